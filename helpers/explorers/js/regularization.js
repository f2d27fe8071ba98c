// A small net trained anew for every lambda and keep_prob; ../regularization.py says what is computed.

import { normal, uniform } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const [STEPS, EVERY] = [120, 2];
const [ALPHA, BETA1, BETA2, EPSILON] = [0.05, 0.9, 0.999, 1e-8]; // Adam's
const SECOND = 6; // units of hidden layer 2
const [COLUMNS, ROWS] = [56, 40]; // of the grid on which the answer is computed
const [LEFT, RIGHT, LOW, HIGH] = [-0.85, 0.85, -0.57, 0.57]; // edges of the picture
const TOPS = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32]; // of the axes of costs and of weights

// x1 of the whole grid, then x2
const GRID = Float64Array.from({ length: 2 * ROWS * COLUMNS }, (_, at) => {
  const [i, j] = [at % COLUMNS, Math.floor((at % (ROWS * COLUMNS)) / COLUMNS)];
  return at < ROWS * COLUMNS ? LEFT + ((RIGHT - LEFT) * i) / (COLUMNS - 1) : LOW + ((HIGH - LOW) * j) / (ROWS - 1);
});

/** Sizes of each layer, and where its W and b begin in the vector theta. */
function layout(hidden) {
  const sizes = [2, hidden, SECOND, 1];
  let at = 0;
  return [1, 2, 3].map((l) => {
    const [out, into] = [sizes[l], sizes[l - 1]];
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

/** D1 / keep_prob and D2 / keep_prob of a step; null where all units stay. */
function masks(keepProb, layers, m, seed, step) {
  if (keepProb === 1) return null;
  return [0, 1].map((i) => {
    const D = uniform(1000 * seed + 2 * step + i, layers[i].out * m);
    for (let k = 0; k < D.length; k++) D[k] = D[k] < keepProb ? 1 / keepProb : 0;
    return D;
  });
}

/** Room for A0 = X, A1, A2 and Z3 of m examples; a unit's values lie side by side. */
function room(X, layers) {
  const m = X.length / 2;
  return [X, ...layers.map(({ out }) => new Float64Array(out * m))];
}

function multiply(a, b) {
  for (let i = 0; i < a.length; i++) a[i] *= b[i];
}

/** Fills A1, A2 (with dropout, if there are masks D) and Z3, which it returns. By pairs of inputs, which is quicker. */
function forward(theta, layers, A, D = null) {
  const m = A[0].length / 2;
  for (let l = 0; l < 3; l++) {
    const { out, into, W, b } = layers[l];
    const [below, here] = [A[l], A[l + 1]];
    for (let k = 0; k < out; k++) {
      const row = k * m;
      here.fill(theta[b + k], row, row + m);
      for (let j = 0; j < into; j += 2) {
        const [p, q, w, u] = [j * m, j * m + m, theta[W + k * into + j], theta[W + k * into + j + 1]];
        for (let i = 0; i < m; i++) here[row + i] += w * below[p + i] + u * below[q + i];
      }
    }
    if (l === 2) continue;
    for (let i = 0; i < here.length; i++) here[i] = here[i] > 0 ? here[i] : 0;
    if (D) multiply(here, D[l]);
  }
  return A[3];
}

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** The mean of log(1 + e^z) - y z, in a form that cannot overflow. */
function crossEntropy(Z3, Y) {
  let sum = 0;
  for (let i = 0; i < Y.length; i++) sum += Math.max(Z3[i], 0) - Y[i] * Z3[i] + Math.log1p(Math.exp(-Math.abs(Z3[i])));
  return sum / Y.length;
}

/** Fills dtheta, and dA with the gradients of X, A1, A2 and Z3. */
function gradient(theta, layers, A, Y, lambd, D, dA, dtheta) {
  const m = Y.length;
  const Z3 = forward(theta, layers, A, D);
  for (let i = 0; i < m; i++) dA[3][i] = sigmoid(Z3[i]) - Y[i];
  for (let l = 2; l >= 0; l--) {
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
        dtheta[at] = sum / m + (lambd / m) * w;
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

function train({ lambd, keep_prob, n, hidden, seed }, { X_train, Y_train, X_dev, Y_dev }) {
  const layers = layout(hidden);
  const X = Float64Array.from(X_train.flatMap((row) => row.slice(0, n)));
  const Y = Y_train.slice(0, n);
  const [A, dA, dev] = [room(X, layers), room(X.slice(), layers), room(Float64Array.from(X_dev.flat()), layers)];
  const theta = initialize(layers, seed);
  const [v, s, g] = [0, 0, 0].map(() => new Float64Array(theta.length));
  const run = { layers, A, dev, grid: room(GRID, layers), Y, step: [], thetas: [] };
  Object.assign(run, { train_cost: [], dev_cost: [], norms: [[], [], []] });
  for (let t = 0; t <= STEPS; t++) {
    if (t > 0) {
      gradient(theta, layers, A, Y, lambd, masks(keep_prob, layers, n, seed, t), dA, g);
      const [c1, c2] = [1 - BETA1 ** t, 1 - BETA2 ** t];
      for (let i = 0; i < theta.length; i++) {
        v[i] = BETA1 * v[i] + (1 - BETA1) * g[i];
        s[i] = BETA2 * s[i] + (1 - BETA2) * g[i] * g[i];
        theta[i] -= (ALPHA * (v[i] / c1)) / (Math.sqrt(s[i] / c2) + EPSILON);
      }
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
  const { lambd, keep_prob, n, hidden, seed, steps: now, show_dev } = params;
  const at = now / EVERY;
  const key = [lambd, keep_prob, n, hidden, seed].join();
  if (last.key !== key) last = { key, ...train(params, data) };
  const { layers, A, dev, grid, Y, step, thetas, train_cost, dev_cost, norms } = last;
  const right = (A, labels) => forward(thetas[at], layers, A).filter((z, i) => z > 0 === labels[i] > 0).length / labels.length;
  return {
    answer: forward(thetas[at], layers, grid).map(sigmoid),
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
    top_cost: topOf(Math.max(...train_cost, ...dev_cost)),
    top_norm: topOf(Math.max(...norms.flat())),
    lambd,
    keep_prob,
    show_dev,
  };
}

/** The end of an axis, with room for a legend above the value. */
const topOf = (value) => TOPS.find((end) => end > 1.35 * value);

const CLASSES = [
  { colour: "vermilion", marker: "circle" },
  { colour: "blue", marker: "triangle" },
];

function draw([pitch, costs, weights], arrays) {
  const { answer, x, y, dev_x, dev_y, step, at, train_cost, dev_cost, early, norms, top_cost, top_norm, show_dev } = arrays;
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

  const axis = { low: 0, high: STEPS, label: "step of training", ticks: [0, 30, 60, 90, 120] };
  costs.begin(axis, { low: 0, high: top_cost, label: "cross-entropy" });
  costs.rule({ x: step[at] });
  costs.line(step, train_cost, { colour: "blue", width: 2.2, label: "training points" });
  costs.line(step, dev_cost, { colour: "vermilion", dash: "dashed", width: 2.2, label: "dev points" });
  costs.points([step[early]], [dev_cost[early]], { colour: "green", marker: "star", size: 6, label: `lowest, step ${step[early]}` });
  costs.legend("top left");

  weights.begin(axis, { low: 0, high: top_norm, label: "Frobenius norm" });
  weights.rule({ x: step[at] });
  const looks = [["green", "solid"], ["purple", "dashed"], ["orange", "dotted"]];
  looks.forEach(([colour, dash], l) => weights.line(step, norms[l], { colour, dash, width: 2.2, label: `W${l + 1}` }));
  weights.legend("top left");
}

function describe({ lambd, keep_prob, step, at, train_right, dev_right, y, dev_y, train_cost, dev_cost, squares, early }) {
  return (
    `λ = ${number(lambd)}, keep_prob = ${number(keep_prob)}: after ${step[at]} of ${STEPS} steps,` +
    ` ${number(100 * train_right)} % of the ${y.length} training points and` +
    ` ${number(100 * dev_right)} % of the ${dev_y.length} dev points are right, at costs of ${number(train_cost[at])} and` +
    ` ${number(dev_cost[at])}. The squared weights sum to ${number(squares)}. The dev cost is lowest,` +
    ` ${number(dev_cost[early])}, after ${step[early]} steps, and` +
    ` ${number(dev_cost.at(-1))} at the end.`
  );
}

export default widget({ compute, draw, describe });
