// Draws on scales between the plain line and powers of ten; ../scales.py says what is computed.

import { uniform } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const BINS = 20; // of the plain line
const EACH = 5; // bins in a power of ten
const TOPS = [12, 25, 50, 105]; // of the axes, per cent

function compute({ knob: which, bottom, top, p, n, seed }) {
  const beta = which === "beta";
  const [first, last] = [10 ** bottom, 10 ** top];
  const q = Array.from(uniform(seed, n), (drawn) => {
    const u = beta ? 1 - drawn : drawn; // so that the first draws on the line are the lowest beta
    return p === 0 ? first * (last / first) ** u : (first ** p + u * (last ** p - first ** p)) ** (1 / p);
  });
  const [low, high] = beta ? [1 - last, 1 - first] : [first, last];
  const knob = q.map((value) => (beta ? 1 - value : value));
  const plain = shares(knob.map((value) => (value - low) / (high - low)), BINS);
  const felt = shares(q.map((value) => (Math.log10(value) - bottom) / (top - bottom)), EACH * (top - bottom));
  const tops = [plain, felt].map((values) => TOPS.find((end) => end > Math.max(...values)));
  const middle = knob.toSorted((a, b) => a - b)[Math.floor(n / 2)];
  return { q, low, high, plain, felt, tops, middle, bottom, top, p, is_beta: beta };
}

/** Per cent of the places, from 0 to 1, in each of equal bins. */
function shares(places, bins) {
  const counts = new Array(bins).fill(0);
  for (const place of places) counts[Math.min(bins - 1, Math.max(0, Math.floor(place * bins)))] += 1;
  return counts.map((count) => (100 * count) / places.length);
}

function power(k) {
  return k >= 0 ? (10 ** k).toLocaleString("en") : (10 ** k).toFixed(-k);
}

function draw([drawn, acting], { low, high, plain, felt, tops, bottom, top, is_beta }) {
  const share = "% of the draws";
  drawn.begin(
    { low, high, label: is_beta ? "β, on the plain line" : "learning rate α, on the plain line" },
    { low: 0, high: tops[0], label: share },
  );
  const width = (high - low) / BINS;
  drawn.bars(plain.map((_, i) => low + (i + 0.5) * width), plain, { colour: "blue", width });
  drawn.rule({ y: 100 / BINS });
  const ticks = Array.from({ length: top - bottom + 1 }, (_, i) => bottom + i).map((k) => [k, power(is_beta ? -k : k)]);
  const ends = is_beta ? [top, bottom] : [bottom, top]; // memories run to the right too
  acting.begin(
    { low: ends[0], high: ends[1], label: is_beta ? "memory 1 / (1 − β), by factors" : "learning rate α, by factors", ticks: is_beta ? ticks.reverse() : ticks },
    { low: 0, high: tops[1], label: share },
  );
  acting.bars(felt.map((_, i) => bottom + (i + 0.5) / EACH), felt, { colour: "vermilion", width: 1 / EACH });
  acting.rule({ y: 100 / felt.length });
}

function describe({ q, felt, middle, bottom, top, p, is_beta }) {
  const sum = (values) => values.reduce((all, value) => all + value, 0);
  const [lowest, highest] = [sum(felt.slice(0, EACH)), sum(felt.slice(-EACH))];
  const scale = p === 1 ? "the plain line" : p === 0 ? "powers of ten" : `the power ${number(p)}`;
  const first = is_beta
    ? `${number(highest)} % have a memory from ${power(-top)} to ${power(1 - top)}`
    : `${number(lowest)} % lie between ${power(bottom)} and ${power(bottom + 1)}`;
  const last = is_beta
    ? `${number(lowest)} % one from ${power(-bottom - 1)} to ${power(-bottom)}`
    : `${number(highest)} % between ${power(top - 1)} and ${power(top)}`;
  return `${q.length} draws of ${is_beta ? "β" : "α"}, even on ${scale}. ${first}, ${last}. Half of all are below ${number(middle, 5)}.`;
}

export default widget({ compute, draw, describe });
