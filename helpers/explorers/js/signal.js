// Signal by depth; ../signal.py says what is computed.

import { normal } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const [INPUTS, EXAMPLES, WIDEST, DEEPEST] = [64, 8, 64, 50];
const POWERS = [0.9, 1.1, 1.5]; // a layer, the lines to compare with
const EXPONENTS = [4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256]; // of ten, where the axes may end
const ACTIVATIONS = { // name: a = g(z), and g'(z) as a function of a
  sigmoid: [(z) => 1 / (1 + Math.exp(-z)), (a) => a * (1 - a)],
  tanh: [Math.tanh, (a) => 1 - a * a],
  relu: [(z) => (z > 0 ? z : 0), (a) => (a > 0 ? 1 : 0)],
  leaky: [(z) => (z > 0 ? z : 0.01 * z), (a) => (a > 0 ? 1 : 0.01)],
  elu: [(z) => (z > 0 ? z : Math.expm1(z)), (a) => (a > 0 ? 1 : a + 1)],
  linear: [(z) => z, () => 1],
};
const VARIANCES = {
  small: () => 0.0001,
  normal: () => 1,
  lecun: (n_in) => 1 / n_in,
  xavier: (n_in, n_out) => 2 / (n_in + n_out),
  he: (n_in) => 2 / n_in,
};

function compute({ init, activation, gain, width: n, depth: L, seed }) {
  const [g, slope] = ACTIVATIONS[activation];
  const z = standard(seed);
  const n_in = Array.from({ length: L }, (_, l) => (l ? n : INPUTS));
  const W = n_in.map((_, l) => z.subarray((INPUTS + WIDEST) * EXAMPLES + l * WIDEST * WIDEST)); // still to be scaled
  const scale = n_in.map((inputs) => gain * Math.sqrt(VARIANCES[init](inputs, n)));
  const A = [z.subarray(0, INPUTS * EXAMPLES)];
  for (let l = 0; l < L; l++) {
    const Z = product(W[l], scale[l], n, n_in[l], A[l]);
    for (let i = 0; i < Z.length; i++) Z[i] = rounded(g(Z[i]));
    A.push(Z);
  }
  let dA = z.slice(INPUTS * EXAMPLES, (INPUTS + n) * EXAMPLES).map((draw) => (draw > 0 ? 1 : -1));
  const gradient = new Array(L + 1).fill(1);
  for (let l = L - 1; l >= 0; l--) {
    for (let i = 0; i < dA.length; i++) dA[i] *= slope(A[l + 1][i]);
    dA = product(W[l], scale[l], n_in[l], n, dA, true);
    gradient[l] = root((i) => dA[i] * dA[i], dA.length);
  }
  const spread = A.map((values) => deviation(values, 0, values.length));
  const between = A.map((values) => root((i) => deviation(values, i * EXAMPLES, EXAMPLES) ** 2, values.length / EXAMPLES));
  return { spread, between, gradient, span: span([...spread, ...between]), gradient_span: span(gradient), width: n };
}

let kept = { seed: NaN }; // the draws of one seed, which are most of the work

function standard(seed) {
  if (kept.seed === seed) return kept.z;
  const z = normal(seed, (INPUTS + WIDEST) * EXAMPLES + DEEPEST * WIDEST * WIDEST);
  for (let i = 0; i < z.length; i++) z[i] = rounded(z[i]);
  kept = { seed, z };
  return z;
}

/** scale W A, or with W transposed; each sum in the order of A's rows. */
function product(W, scale, rows, columns, A, transposed = false) {
  const Z = new Float64Array(rows * EXAMPLES);
  const [down, right] = transposed ? [1, rows] : [columns, 1];
  const w = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) w[j] = scale * W[i * down + j * right];
    for (let k = 0; k < EXAMPLES; k++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += w[j] * A[j * EXAMPLES + k];
      Z[i * EXAMPLES + k] = sum;
    }
  }
  return Z;
}

function rounded(x) {
  const c = x * (2 ** 29 + 1);
  return c - (c - x);
}

/** The root of the mean of n squares. */
function root(square, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += square(i);
  return Math.sqrt(sum / n);
}

/** The standard deviation of n of the values. */
function deviation(values, from, n) {
  let sum = 0;
  for (let i = from; i < from + n; i++) sum += values[i];
  return root((i) => (values[from + i] - sum / n) ** 2, n);
}

function span(sizes) {
  const exponents = sizes.filter((size) => size > 0).map(Math.log10);
  const [low, high] = [-1.5 * Math.min(...exponents), Math.max(...exponents)];
  return [
    10 ** -EXPONENTS.find((e) => e >= Math.max(low, high / 4)),
    10 ** EXPONENTS.find((e) => e >= Math.max(high, low / 4)),
  ];
}

function draw([forwards, backwards], { spread, between, gradient, span: ends, gradient_span: gradientEnds }) {
  const L = spread.length - 1;
  const layers = Array.from(spread, (_, l) => l);
  const axis = { low: 0, high: DEEPEST, label: "layer" };
  forwards.begin(axis, { low: ends[0], high: ends[1], log: true });
  powers(forwards, ends, DEEPEST, (layer) => layer, "right");
  forwards.line(layers, spread, { colour: "blue", width: 4, label: "all activations" });
  forwards.line(layers, between, { colour: "orange", dash: "dashed", width: 2, label: "between examples" });
  forwards.legend(`${ends[0] * ends[1] <= 1.001 ? "bottom" : "top"} left`);
  backwards.begin(axis, { low: gradientEnds[0], high: gradientEnds[1], log: true });
  powers(backwards, gradientEnds, L, (layer) => L - layer, "left");
  backwards.line(layers, gradient, { colour: "vermilion", width: 2 });
  backwards.points(layers, gradient, { colour: "vermilion", size: 2.2 });
}

/** The lines to compare with, each as far as the axes reach. at: the layer that is so many layers from the start. */
function powers(plot, ends, last, at, align) {
  const range = Math.log10(ends[1] / ends[0]);
  POWERS.forEach((power, k) => {
    const up = power > 1;
    const away = Math.min(last, Math.log(ends[up ? 1 : 0]) / Math.log(power));
    const label = k === 0 ? "×0.9, ×1.1, ×1.5 a layer" : "";
    plot.line([at(0), at(away)], [1, power ** away], { colour: "grey", dash: "dotted", width: 1.3, label });
    if (Math.abs(Math.log10(power)) * 0.85 * away > 0.02 * range)
      plot.words(`×${power}`, at(0.85 * away), power ** (0.85 * away), { align, dy: up ? -9 : 10 });
  });
}

function describe({ spread, between, gradient, width }) {
  const L = spread.length - 1;
  const [left, apart, arrived] = [spread.at(-1) / spread[0], between.at(-1) / between[0], gradient[0]];
  return (
    `${L} ${L === 1 ? "layer" : "layers"} of ${width} units. Forwards the spread changes by` +
    ` ×${number(left ** (1 / L))} a layer; ${number(left)} of it is left, and ${number(apart)} of the differences` +
    ` between examples: the signal ${verdict(apart)}. Backwards the gradient changes by` +
    ` ×${number(arrived ** (1 / L))} a layer; ${number(arrived)} of it arrives: it ${verdict(arrived)}.`
  );
}

function verdict(left) {
  return left < 0.01 ? "vanishes" : left > 100 ? "explodes" : "holds";
}

export default widget({ compute, draw, describe });
