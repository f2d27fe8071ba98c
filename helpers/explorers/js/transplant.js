// How many layers are kept, and how many of these are frozen; ../transplant.py says what is computed.

import { widget } from "./frame.js";
import { toDecimals } from "./words.js";

const LAYERS = 5; // hidden ones
const [X, Y] = [{ low: 0, high: 1 }, { low: -0.6, high: 7.6 }]; // of the picture of the net
const [LOW, HIGH] = [40, 100]; // of the axis of per cent

const sum = (values) => values.reduce((all, value) => all + value, 0);
const meanOf = (values) => sum(values) / values.length;

/** The standard deviation, with 1 / (n - 1). */
function spreadOf(values) {
  const mean = meanOf(values);
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
}

function compute({ kept, frozen: wished, per_class, dropped, digits }, table) {
  const frozen = Math.min(wished, kept);
  const others = dropped && kept < LAYERS ? "dropped" : "new";
  const right = Array.from({ length: kept + 1 }, (_, f) => table[`${digits} ${others} ${kept} ${f} ${per_class}`]);
  const scratch = table[`${digits} new 0 0 ${per_class}`];
  const hidden = Array.from({ length: others === "dropped" ? kept : LAYERS }, (_, i) => i + 1);
  const layers = hidden.map((l) => (l <= frozen ? "old, frozen" : l <= kept ? "old, trained" : "new"));
  return {
    layers: [...layers, "new"],
    right,
    scratch,
    kept,
    frozen,
    per_class,
    mean: right.map(meanOf),
    mean_scratch: meanOf(scratch),
    better: right[frozen].filter((value, i) => value > scratch[i]).length,
    spread: spreadOf(right[frozen]),
    spread_scratch: spreadOf(scratch),
  };
}

function draw([net, results], { layers, right, frozen, mean, mean_scratch }) {
  net.bare({ top: 4, x: X, y: Y });
  const words = ["inputs: 14 by 14 pixels", ...layers.slice(0, -1).map((what, i) => `layer ${i + 1}: ${what}`), "output, 5 units: new"];
  net.line([0.5, 0.5], [0, words.length - 1], { colour: "grey", width: 1.2 });
  words.forEach((text, height) => net.box(text, 0.5, height, { strong: height > 0 && !text.includes("old, frozen") }));
  const ticks = Array.from({ length: LAYERS + 1 }, (_, i) => i);
  results.begin({ low: -0.5, high: LAYERS + 0.5, label: "layers frozen", ticks }, { low: LOW, high: HIGH, label: "new digits right, %" });
  right.forEach((values, f) => {
    const mine = f === frozen;
    const colour = mine ? "vermilion" : "blue";
    results.points(values.map(() => f), values, { colour, size: 3.4, hollow: !mine });
    results.line([f - 0.3, f + 0.3], [mean[f], mean[f]], { colour, width: 2.6 });
  });
  results.rule({ y: mean_scratch, label: "from scratch" });
  results.legend("top right");
}

function describe({ kept, frozen, per_class, mean, mean_scratch, better, spread, spread_scratch }) {
  const layers = kept === 1 ? "1 old layer" : `${kept} old layers`;
  const held = frozen === 0 ? "none of them frozen" : `${frozen} of them frozen`;
  const which = kept === 0 ? `No old layer, ${per_class} pictures a class` : `${layers}, ${held} and ${per_class} pictures a class`;
  return (
    `${which}: ${toDecimals(mean[frozen], 1)} ± ${toDecimals(spread, 1)} % of the new digits are right; from scratch,` +
    ` with five layers, ${toDecimals(mean_scratch, 1)} ± ${toDecimals(spread_scratch, 1)} %.` +
    ` It is better than that in ${better} of five seeds.`
  );
}

export default widget({ compute, draw, describe });
