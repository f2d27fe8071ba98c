// A small net trained anew for every lambda, cap and keep_prob; ../regularization.py says what is computed.

import { normal, uniform } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const [STEPS, EVERY] = [120, 2];
const [ALPHA, BETA1, BETA2, EPSILON] = [0.05, 0.9, 0.999, 1e-8]; // Adam's
const [COLUMNS, ROWS] = [56, 40]; // of the grid on which the answer is computed
const [UNIT_COLUMNS, UNIT_ROWS] = [30, 20]; // of the grid on which a hidden unit is
const [LEFT, RIGHT, LOW, HIGH] = [-0.85, 0.85, -0.57, 0.57]; // edges of the picture
const TOPS = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32]; // of the axes of costs and of weights

/** x1 of the whole grid, then x2 */
function gridOf(columns, rows) {
  return Float64Array.from({ length: 2 * rows * columns }, (_, at) => {
    const [i, j] = [at % columns, Math.floor((at % (rows * columns)) / columns)];
    return at < rows * columns ? LEFT + ((RIGHT - LEFT) * i) / (columns - 1) : LOW + ((HIGH - LOW) * j) / (rows - 1);
  });
}
const [GRID, UNIT_GRID] = [gridOf(COLUMNS, ROWS), gridOf(UNIT_COLUMNS, UNIT_ROWS)];

/** Sizes of each layer, and where its W and b begin in the vector theta. hidden: units of each hidden layer. */
function layout(hidden) {
  const sizes = [2, ...hidden, 1];
  let at = 0;
  return sizes.slice(1).map((out, l) => {
    const into = sizes[l];
    const layer = { out, into, W: at, b: at + out * into };
    at = layer.b + out;
    return layer;
  });
}

function initialize(layers, seed) {
  const last = layers.at(-1);
  const theta = new Float64Array(last.b + last.out);
  layers.forEach(({ out, into, W }, l) => {
    const spread = Math.sqrt(2 / into);
    theta.set(normal(100 * seed + l + 1, out * into).map((z) => spread * z), W);
  });
  return theta;
}

/** Dl / keep_prob of a step for each hidden layer; null where all units stay. */
function masks(keepProb, layers, m, seed, step) {
  if (keepProb === 1) return null;
  const draw = [2 * step, 2 * step + 1, 500 + step]; // so that no two masks have the same draws
  return layers.slice(0, -1).map(({ out }, i) => {
    const D = uniform(1000 * seed + draw[i], out * m);
    for (let k = 0; k < D.length; k++) D[k] = D[k] < keepProb ? 1 / keepProb : 0;
    return D;
  });
}

/** Room for A0 = X, A1, A2, ... and ZL of m examples; a unit's values lie side by side. */
function room(X, layers) {
  const m = X.length / 2;
  return [X, ...layers.map(({ out }) => new Float64Array(out * m))];
}

function multiply(a, b) {
  for (let i = 0; i < a.length; i++) a[i] *= b[i];
}

/** Fills A1, A2, ... (with dropout, if there are masks D) and ZL, which it returns. By pairs of inputs, which is quicker. */
function forward(theta, layers, A, D = null) {
  const m = A[0].length / 2;
  for (let l = 0; l < layers.length; l++) {
    const { out, into, W, b } = layers[l];
    const [below, here] = [A[l], A[l + 1]];
    for (let k = 0; k < out; k++) {
      const row = k * m;
      here.fill(theta[b + k], row, row + m);
      if (into % 2) {
        const [p, w] = [(into - 1) * m, theta[W + k * into + into - 1]];
        for (let i = 0; i < m; i++) here[row + i] += w * below[p + i];
      }
      for (let j = 0; j + 1 < into; j += 2) {
        const [p, q, w, u] = [j * m, j * m + m, theta[W + k * into + j], theta[W + k * into + j + 1]];
        for (let i = 0; i < m; i++) here[row + i] += w * below[p + i] + u * below[q + i];
      }
    }
    if (l === layers.length - 1) continue;
    for (let i = 0; i < here.length; i++) here[i] = here[i] > 0 ? here[i] : 0;
    if (D) multiply(here, D[l]);
  }
  return A[layers.length];
}

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** The mean of log(1 + e^z) - y z, in a form that cannot overflow. */
function crossEntropy(Z, Y) {
  let sum = 0;
  for (let i = 0; i < Y.length; i++) sum += Math.max(Z[i], 0) - Y[i] * Z[i] + Math.log1p(Math.exp(-Math.abs(Z[i])));
  return sum / Y.length;
}

/** Fills dtheta, and dA with the gradients of X, A1, A2, ... and ZL. */
function gradient(theta, layers, A, Y, lambd, isL1, D, dA, dtheta) {
  const m = Y.length;
  const [Z, last] = [forward(theta, layers, A, D), layers.length - 1];
  for (let i = 0; i < m; i++) dA[last + 1][i] = sigmoid(Z[i]) - Y[i];
  for (let l = last; l >= 0; l--) {
    const { out, into, W, b } = layers[l];
    const [below, dZ, dBelow] = [A[l], dA[l + 1], dA[l]];
    dBelow.fill(0);
    for (let k = 0; k < out; k++) {
      const row = k * m;
      for (let j = 0; j < into; j++) {
        const [at, from] = [W + k * into + j, j * m];
        const w = theta[at];
        let sum = 0;
        for (let i = 0; i < m; i++) {
          sum += dZ[row + i] * below[from + i];
          dBelow[from + i] += w * dZ[row + i];
        }
        dtheta[at] = sum / m + (isL1 ? (lambd / (2 * m)) * Math.sign(w) : (lambd / m) * w);
      }
      let sum = 0;
      for (let i = 0; i < m; i++) sum += dZ[row + i];
      dtheta[b + k] = sum / m;
    }
    if (l === 0) break;
    for (let i = 0; i < dBelow.length; i++) dBelow[i] = below[i] > 0 ? dBelow[i] : 0; // an absent unit's A is 0 too
    if (D) multiply(dBelow, D[l - 1]);
  }
}

/** Brings the weights into each unit back to length r where they are longer. */
function cap(theta, layers, r) {
  layers.forEach(({ out, into, W }) => {
    for (let k = 0; k < out; k++) {
      const row = theta.subarray(W + k * into, W + (k + 1) * into);
      const length = Math.sqrt(row.reduce((sum, w) => sum + w * w, 0));
      const factor = r / Math.max(length, r);
      for (let j = 0; j < into; j++) row[j] *= factor;
    }
  });
}

function train({ lambd, penalty, most, keep_prob, n, seed }, hidden, { X_train, Y_train, X_dev, Y_dev }) {
  const layers = layout(hidden);
  const X = Float64Array.from(X_train.flatMap((row) => row.slice(0, n)));
  const Y = Y_train.slice(0, n);
  const [A, dA, dev] = [room(X, layers), room(X.slice(), layers), room(Float64Array.from(X_dev.flat()), layers)];
  const theta = initialize(layers, seed);
  const [v, s, g] = [0, 0, 0].map(() => new Float64Array(theta.length));
  const run = { layers, A, dev, grid: room(GRID, layers), maps: room(UNIT_GRID, layers), Y, step: [], thetas: [] };
  Object.assign(run, { train_cost: [], dev_cost: [], norms: layers.map(() => []) });
  for (let t = 0; t <= STEPS; t++) {
    if (t > 0) {
      gradient(theta, layers, A, Y, lambd, penalty === "l1", masks(keep_prob, layers, n, seed, t), dA, g);
      const [c1, c2] = [1 - BETA1 ** t, 1 - BETA2 ** t];
      for (let i = 0; i < theta.length; i++) {
        v[i] = BETA1 * v[i] + (1 - BETA1) * g[i];
        s[i] = BETA2 * s[i] + (1 - BETA2) * g[i] * g[i];
        theta[i] -= (ALPHA * (v[i] / c1)) / (Math.sqrt(s[i] / c2) + EPSILON);
      }
      if (most !== "none") cap(theta, layers, Number(most));
    }
    if (t % EVERY) continue;
    run.step.push(t);
    run.thetas.push(theta.slice());
    run.train_cost.push(crossEntropy(forward(theta, layers, A), Y));
    run.dev_cost.push(crossEntropy(forward(theta, layers, dev), Y_dev));
    layers.forEach(({ W, b }, l) => run.norms[l].push(Math.sqrt(theta.subarray(W, b).reduce((sum, w) => sum + w * w, 0))));
  }
  return run;
}

let last = { key: "" }; // the training that was asked for last: other steps of it need no other

function compute(params, data) {
  const { lambd, penalty, most, keep_prob, n, seed, steps: now, show_dev } = params;
  const at = now / EVERY;
  const hidden = [params.units1, params.units2, params.units3].slice(0, params.layers);
  const key = [lambd, penalty, most, keep_prob, n, seed, ...hidden].join();
  if (last.key !== key) last = { key, ...train(params, hidden, data) };
  const { layers, A, dev, grid, maps, Y, step, thetas, train_cost, dev_cost, norms } = last;
  const right = (A, labels) => forward(thetas[at], layers, A).filter((z, i) => z > 0 === labels[i] > 0).length / labels.length;
  forward(thetas[at], layers, maps);
  const units = hidden.map((_, l) => unitsOf(maps[l + 1]));
  return {
    answer: forward(thetas[at], layers, grid).map(sigmoid),
    units,
    silent: units.flat().filter((unit) => unit.every((a) => a === 0)).length,
    x: data.X_train.map((row) => row.slice(0, n)),
    y: Y,
    dev_x: data.X_dev,
    dev_y: data.Y_dev,
    train_right: right(A, Y),
    dev_right: right(dev, data.Y_dev),
    step,
    at,
    train_cost,
    dev_cost,
    early: dev_cost.indexOf(Math.min(...dev_cost)),
    norms,
    squares: norms.reduce((sum, norm) => sum + norm[at] ** 2, 0),
    small: shareBelow(thetas[at], layers, 0.01),
    top_cost: topOf(Math.max(...train_cost, ...dev_cost)),
    top_norm: topOf(Math.max(...norms.flat())),
    lambd,
    keep_prob,
    show_dev,
  };
}

function shareBelow(theta, layers, size) {
  const weights = layers.flatMap(({ W, b }) => Array.from(theta.subarray(W, b)));
  return weights.filter((w) => Math.abs(w) < size).length / weights.length;
}

/** The map of each unit of a layer, divided by its largest value. */
function unitsOf(A) {
  const cells = UNIT_COLUMNS * UNIT_ROWS;
  return Array.from({ length: A.length / cells }, (_, k) => {
    const map = A.slice(k * cells, (k + 1) * cells);
    const top = map.reduce((a, b) => Math.max(a, b), 0);
    return top > 0 ? map.map((a) => a / top) : map;
  });
}

/** The end of an axis, with room for a legend above the value. */
const topOf = (value) => TOPS.find((end) => end > 1.35 * value);

const CLASSES = [
  { colour: "vermilion", marker: "circle" },
  { colour: "blue", marker: "triangle" },
];

const LINES = [["green", "solid"], ["purple", "dashed"], ["orange", "dotted"], ["sky", "dashdot"]]; // of W1, W2, ...

function draw([pitch, maps, costs, weights], arrays) {
  const { answer, units, x, y, dev_x, dev_y, step, at, train_cost, dev_cost, early, norms, top_cost, top_norm, show_dev } = arrays;
  pitch.begin({ low: LEFT, high: RIGHT, label: "x₁  (filled: training, hollow: dev)" }, { low: LOW, high: HIGH, label: "x₂" });
  const [from, to] = [pitch.colours.shade.vermilion, pitch.colours.shade.blue].map((hex) =>
    [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)),
  );
  pitch.field(answer, COLUMNS, ROWS, (a) => from.map((f, i) => f + a * (to[i] - f)));
  pitch.contours(answer, COLUMNS, ROWS, [0.5], { colour: "ink", width: 1.8 });
  const mark = ([x1, x2], labels, options) =>
    CLASSES.forEach((look, label) => {
      const of = (row) => row.filter((_, i) => labels[i] === label);
      pitch.points(of(x1), of(x2), { ...look, ...options });
    });
  if (show_dev) mark(dev_x, dev_y, { size: 2.4, hollow: true });
  mark(x, y, { size: 4.4, edge: "paper" });
  drawUnits(maps, units);

  const axis = { low: 0, high: STEPS, label: "step of training", ticks: [0, 30, 60, 90, 120] };
  costs.begin(axis, { low: 0, high: top_cost, label: "cross-entropy" });
  costs.rule({ x: step[at] });
  costs.line(step, train_cost, { colour: "blue", width: 2.2, label: "training points" });
  costs.line(step, dev_cost, { colour: "vermilion", dash: "dashed", width: 2.2, label: "dev points" });
  costs.points([step[early]], [dev_cost[early]], { colour: "green", marker: "star", size: 6, label: `lowest, step ${step[early]}` });
  costs.legend("top left");

  weights.begin(axis, { low: 0, high: top_norm, label: "Frobenius norm" });
  weights.rule({ x: step[at] });
  norms.forEach((norm, l) => {
    const [colour, dash] = LINES[l];
    weights.line(step, norm, { colour, dash, width: 2.2, label: `W${l + 1}` });
  });
  weights.legend("top left");
}

/** A column a layer, a map a unit; a cross on one that is 0 everywhere. */
function drawUnits(plot, units) {
  plot.bare({ top: 18 });
  const { left, top, wide, high } = plot.area;
  const ratio = (RIGHT - LEFT) / (HIGH - LOW); // of a map's sides
  const [most, column] = [Math.max(...units.map((layer) => layer.length)), wide / units.length];
  const sizeIn = (columns) => Math.min((0.95 * column) / columns, (high / Math.ceil(most / columns)) * ratio);
  const columns = Array.from({ length: most }, (_, i) => i + 1).reduce((best, c) => (sizeIn(c) > sizeIn(best) ? c : best));
  const size = sizeIn(columns);
  const [from, to] = plot.colours.dark ? [[17, 17, 17], [74, 163, 223]] : [[255, 255, 255], [0, 114, 178]];
  units.forEach((layer, l) => {
    const middle = left + (l + 0.5) * column;
    plot.note(`layer ${l + 1}`, middle, top - 9);
    layer.forEach((map, k) => {
      const box = {
        left: middle + ((k % columns) - columns / 2) * size + 0.04 * size,
        top: top + (Math.floor(k / columns) * size) / ratio,
        wide: 0.92 * size,
        high: (0.92 * size) / ratio,
      };
      plot.field(map, UNIT_COLUMNS, UNIT_ROWS, (a) => from.map((f, i) => f + a * (to[i] - f)), { box });
      plot.outline(box, map.some((a) => a > 0));
    });
  });
}

function describe({ lambd, keep_prob, step, at, train_right, dev_right, y, dev_y, train_cost, dev_cost, squares, small, early, units, silent }) {
  const n = units.flat().length;
  return (
    `λ = ${number(lambd)}, keep_prob = ${number(keep_prob)}: after ${step[at]} of ${STEPS} steps,` +
    ` ${number(100 * train_right)} % of the ${y.length} training points and` +
    ` ${number(100 * dev_right)} % of the ${dev_y.length} dev points are right, at costs of ${number(train_cost[at])} and` +
    ` ${number(dev_cost[at])}. The squared weights sum to ${number(squares)};` +
    ` ${number(100 * small)} % of them are below 0.01 in size. The dev cost is lowest,` +
    ` ${number(dev_cost[early])}, after ${step[early]} steps, and` +
    ` ${number(dev_cost.at(-1))} at the end. Of ${n} hidden ${n === 1 ? "unit" : "units"},` +
    ` ${silent || "none"} ${silent < 2 ? "is" : "are"} 0 everywhere.`
  );
}

export default widget({ compute, draw, describe });
