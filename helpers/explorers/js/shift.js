// One unit's z of a batch as a row of dots; ../shift.py says what is computed.

import { widget } from "./frame.js";
import { toDecimals } from "./words.js";

const EPSILON = 1e-5;
const MOST = 6; // dots
const RUNNING = [0.5, 4]; // mean and variance in use
const EDGE = 6;
const ROWS = [0, 1]; // of the dots as they arrive, and as they leave

const sliders = ({ m }) => Array.from({ length: m }, (_, i) => `z${i + 1}`);

function statistics(z, use) {
  if (use) return RUNNING;
  const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
  return [mean, z.reduce((sum, value) => sum + (value - mean) ** 2, 0) / z.length];
}

function compute(params) {
  const z = sliders(params).map((name) => params[name]);
  const held = Math.min(params.held, params.m) - 1;
  const [mean, variance] = statistics(z, params.use);
  const spread = Math.sqrt(variance + EPSILON);
  const out = z.map((value) => (value - mean) / spread);
  const slopes = out.map((value, i) => {
    const own = i === held ? 1 : 0;
    return (params.use ? own : own - (1 + value * out[held]) / z.length) / spread;
  });
  let top = 0.5; // of the axis of the bars
  while (top < 1.2 * Math.max(...slopes.map(Math.abs))) top *= 2;
  return { z, out, mean, spread, held, slopes, top, use: params.use };
}

function draw([row, bars], { z, out, mean, spread, held, slopes, top }) {
  const ticks = [[ROWS[0], "in"], [ROWS[1], "out"]];
  row.begin({ low: -EDGE, high: EDGE, label: "z, and what becomes of it" }, { low: -0.45, high: 1.9, ticks });
  row.line([mean, mean], [-0.25, 0.25], { colour: "ink", dash: "dashed", width: 1.3, label: "mean" });
  row.line([mean - spread, mean + spread], [-0.3, -0.3], { colour: "ink", width: 2, label: "one spread each way" });
  row.legend("top left");
  const order = [...z.keys()].filter((i) => i !== held).concat(held); // the one in hand on top
  for (const i of order) {
    const mine = i === held;
    const colour = mine ? "vermilion" : "blue";
    const xs = [z[i], out[i]];
    row.line(xs, ROWS, { colour, width: mine ? 2 : 1 });
    row.points(xs, ROWS, { colour, size: 9, hollow: !mine });
    xs.forEach((x, k) => {
      if (Math.abs(x) < EDGE) row.words(String(i + 1), x, ROWS[k], { colour: mine ? "paper" : "ink", align: "center", bold: mine });
    });
  }
  const dots = Array.from({ length: MOST }, (_, i) => i + 1);
  bars.begin({ low: 0.4, high: MOST + 0.6, label: "dot", ticks: dots }, { low: -top, high: top, label: "moves by" });
  slopes.forEach((slope, i) => {
    const mine = i === held;
    bars.bars([i + 1], [slope], { colour: mine ? "vermilion" : "blue", width: 0.7, outline: !mine });
    const above = slope >= 0;
    bars.words(toDecimals(slope, 3), i + 1, slope, { align: "center", baseline: above ? "bottom" : "top", dy: above ? -3 : 3 });
  });
  bars.rule({ y: 0, dash: "solid" });
}

function describe({ z, out, mean, spread, held, slopes, use }) {
  const others = slopes.filter((_, i) => i !== held);
  const left = others.filter((slope) => slope < -5e-4).length;
  const right = others.filter((slope) => slope > 5e-4).length;
  const sum = slopes.reduce((all, slope) => all + slope, 0);
  const follow = use
    ? "no other dot moves"
    : `${left} of the others ${left === 1 ? "moves" : "move"} to the left and ${right} to the right;` +
      ` together all ${z.length} move by ${toDecimals(sum, 3)}`;
  return (
    `Normalized ${use ? "by the running averages" : "by this batch"}: mean ${toDecimals(mean, 3)}, spread ${toDecimals(spread, 3)}.` +
    ` Dot ${held + 1} arrives at ${toDecimals(z[held], 3)} and leaves at ${toDecimals(out[held], 3)}. If it is moved to the right by a` +
    ` little, it leaves further right by ${toDecimals(slopes[held], 3)} of that; ${follow}.`
  );
}

export default widget({ compute, draw, describe, drag: { panel: 0, of: sliders, held: "held" } });
