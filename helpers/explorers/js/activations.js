// One activation and a layer of such units; ../activations.py says what is computed.

import { normal } from "./draws.js";
import { widget } from "./frame.js";
import { number, toDecimals } from "./words.js";

const Z = Array.from({ length: 1200 }, (_, i) => -6 + 0.01 * (i + 0.5)); // the middles of pieces of the normal distribution
const [LOW, HIGH, BINS] = [-2, 4, 24]; // of the histogram
const [UNITS, INPUTS, EXAMPLES] = [100, 8, 20];
const FLAT = 0.001; // a slope below this counts as none
const CURVE = Array.from({ length: 161 }, (_, i) => -4 + i * 0.05);
const TOPS = [0.2, 0.3, 0.4, 0.6, 0.8, 1]; // where the axis of the histogram may end
const NAMES = { relu: "ReLU", leaky: "leaky ReLU", elu: "ELU", tanh: "tanh", logistic: "logistic" };

const broken = (z, alpha) => (z > 0 ? [z, 1] : [alpha * z, alpha]);

const UNIT_KINDS = { // (z, alpha) -> a and its slope
  relu: (z) => broken(z, 0),
  leaky: broken,
  elu: (z, alpha) => {
    const below = alpha * Math.expm1(Math.min(z, 0));
    return z > 0 ? [z, 1] : [below, below + alpha];
  },
  tanh: (z) => {
    const a = Math.tanh(z);
    return [a, 1 - a * a];
  },
  logistic: (z) => {
    const a = 1 / (1 + Math.exp(-z));
    return [a, a * (1 - a)];
  },
};

/** X[j][k], W[i][j] and dA[i][k], drawn one after the other. */
function layer() {
  const z = normal(4, INPUTS * EXAMPLES + UNITS * INPUTS + UNITS + UNITS * EXAMPLES);
  const cut = (from, rows, columns) =>
    Array.from({ length: rows }, (_, i) => Array.from(z.subarray(from + i * columns, from + (i + 1) * columns)));
  const X = cut(0, INPUTS, EXAMPLES).map((row) => row.map((x) => (x > 0 ? x : 0)));
  const weights = INPUTS * EXAMPLES;
  const W = cut(weights, UNITS, INPUTS).map((row) => row.map((w) => Math.sqrt(2 / INPUTS) * w));
  const common = weights + UNITS * INPUTS;
  const dA = cut(common + UNITS, UNITS, EXAMPLES).map((row, i) => row.map((own) => z[common + i] + 0.5 * own));
  return { X, W, dA };
}

const LAYER = layer();
const add = (values) => values.reduce((sum, value) => sum + value, 0);
const mean = (values) => add(values) / values.length;
const density = (z) => Math.exp((-z * z) / 2);
const ALL = add(Z.map(density));
const WEIGHTS = Z.map((z) => density(z) / ALL); // its share in each of them

function lamps(kind, alpha, rate) {
  const { X, W, dA } = LAYER;
  return W.map((w, i) => {
    const arrives = (weights, k) => weights.reduce((sum, weight, j) => sum + weight * X[j][k], 0);
    const dZ = dA[i].map((d, k) => d * kind(arrives(w, k), alpha)[1]);
    const moved = w.map((weight, j) => weight - rate * mean(dZ.map((d, k) => d * X[j][k])));
    const b = -rate * mean(dZ);
    return mean(dZ.map((_, k) => Math.abs(kind(arrives(moved, k) + b, alpha)[1])));
  });
}

function compute({ unit, alpha, rate }) {
  const kind = UNIT_KINDS[unit];
  const curve = CURVE.map((z) => kind(z, alpha));
  const leaves = Z.map((z) => kind(z, alpha));
  const shares = new Array(BINS).fill(0);
  leaves.forEach(([a], i) => {
    const place = Math.floor((a - LOW) * (BINS / (HIGH - LOW)));
    shares[Math.min(Math.max(place, 0), BINS - 1)] += WEIGHTS[i];
  });
  const glow = lamps(kind, alpha, rate);
  const out = (values) => values.filter((value) => value < FLAT).length;
  const tallest = Math.max(...shares);
  return {
    a: curve.map(([a]) => a),
    slope: curve.map(([, slope]) => slope),
    shares,
    mean: add(leaves.map(([a], i) => WEIGHTS[i] * a)),
    flat: add(WEIGHTS.filter((_, i) => Math.abs(leaves[i][1]) < FLAT)),
    glow,
    out: out(glow),
    before: out(lamps(kind, alpha, 0)),
    top: TOPS.find((top) => top > 1.05 * tallest || top === TOPS.at(-1)),
    unit,
    alpha,
    rate,
  };
}

function draw([curve, histogram, field], { a, slope, shares, mean: middle, glow, top }) {
  curve.begin({ low: -4, high: 4, label: "z" }, { low: -2, high: 4 });
  curve.rule({ y: 0, dash: "solid" });
  curve.line(CURVE, a, { colour: "blue", width: 2.4, label: "a" });
  curve.line(CURVE, slope, { colour: "vermilion", dash: "dashed", label: "slope" });
  curve.legend("top left");
  const width = (HIGH - LOW) / BINS;
  histogram.begin({ low: LOW, high: HIGH, label: "what leaves, a" }, { low: 0, high: top, label: "share" });
  histogram.bars(shares.map((_, i) => LOW + (i + 0.5) * width), shares, { colour: "blue", width });
  histogram.line([middle, middle], [0, top], { colour: "ink", dash: "dashed", width: 1.3, label: "mean" });
  histogram.legend("top right");
  const edge = { low: -0.7, high: 9.7, ticks: [] };
  field.begin({ ...edge, label: "100 units" }, edge);
  glow.forEach((value, i) => {
    const [x, y] = [[i % 10], [9 - Math.floor(i / 10)]];
    if (value < FLAT) field.points(x, y, { colour: "ink", marker: "cross", size: 4 });
    else field.points(x, y, { colour: "orange", size: 2.5 + 5 * Math.min(value, 1) });
  });
}

function describe({ mean: middle, flat, out, before, unit, alpha, rate }) {
  const name = NAMES[unit] + (unit === "leaky" || unit === "elu" ? ` with α = ${number(alpha)}` : "");
  return (
    `${name}: for z of mean 0 and variance 1 the mean output is ${toDecimals(middle, 2)}, and the slope is less than 0.001 for` +
    ` ${toDecimals(100 * flat, 1)} % of z. Of 100 units ${before} are out before the step and` +
    ` ${out} after one step with rate ${number(rate)}.`
  );
}

export default widget({ compute, draw, describe });
