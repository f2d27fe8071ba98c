// A polynomial fitted to noisy points of a sine; ../fit.py says what is computed.

import { normal, uniform } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const [HIGHEST, MOST, FRESH] = [12, 60, 200]; // degree, points, new points
const [COST, Y, WEIGHT] = [[1e-4, 100], 2.4, 4]; // of the axes
const CURVE = Array.from({ length: 161 }, (_, i) => -1 + (2 * i) / 160);
const TINY = 1e-99;

const truth = (x) => Math.sin(Math.PI * x);

/** Rows T_0, T_1, ..., T_degree of Chebyshev's polynomials. */
function inputs(x, degree) {
  const rows = [x.map(() => 1), x];
  for (let k = 2; k <= degree; k++) rows.push(x.map((at, i) => 2 * at * rows[k - 1][i] - rows[k - 2][i]));
  return rows.slice(0, degree + 1);
}

const dot = (a, b) => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
};

function product(A, B) {
  const n = A.length;
  const C = A.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) C[i][j] += A[i][k] * B[k][j];
  return C;
}

function descend(X, y, lambd, steps) {
  const [n, m] = [X.length, y.length];
  const rate = 1 / (n + lambd / m);
  let step = Array.from({ length: n + 1 }, (_, i) => Float64Array.from({ length: n + 1 }, (_, j) => (i === j ? 1 : 0)));
  let all = step.map((row) => Float64Array.from(row));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      step[i][j] -= rate * ((2 / m) * dot(X[i], X[j]) + (i === j && i > 0 ? (2 * lambd) / m : 0));
    step[i][n] = rate * (2 / m) * dot(X[i], y);
  }
  for (let left = steps; left > 0; left = Math.floor(left / 2)) {
    if (left % 2) all = product(step, all);
    step = product(step, step);
  }
  return Array.from({ length: n }, (_, i) => all[i][n]);
}

function values(w, X) {
  return X[0].map((_, i) => {
    let total = 0;
    for (let k = 0; k < w.length; k++) total += w[k] * X[k][i];
    return total;
  });
}

function draws(seed, count, noise) {
  const x = Array.from(uniform(seed, count), (u) => 2 * u - 1);
  const z = normal(seed, count);
  return [x, x.map((at, i) => truth(at) + noise * z[i])];
}

function compute({ degree, points, noise, lambd, steps, seed }) {
  const [x, y] = draws(2 * seed, MOST, noise).map((all) => all.slice(0, points));
  const [x_new, y_new] = draws(2 * seed + 1, FRESH, noise);
  const [X, X_new] = [inputs(x, HIGHEST), inputs(x_new, HIGHEST)];
  const runs = Array.from({ length: HIGHEST }, (_, d) => descend(X.slice(0, d + 2), y, lambd, steps));
  const cost = (w, at, wanted) => values(w, at).reduce((total, value, i) => total + (value - wanted[i]) ** 2, 0) / wanted.length;
  const test = runs.map((w) => cost(w, X_new, y_new));
  const w = runs[degree - 1];
  return {
    degree,
    points,
    noise,
    steps,
    x,
    y,
    x_new,
    y_new,
    w,
    curve: values(w, inputs(CURVE, degree)),
    train: runs.map((each) => cost(each, X, y)),
    test,
    best: 1 + test.indexOf(Math.min(...test)),
  };
}

function draw([left, costs, weights], { degree, noise, x, y, x_new, y_new, w, curve, train, test }) {
  left.begin({ low: -1, high: 1, label: "x" }, { low: -Y, high: Y, label: "y" });
  left.line(CURVE, CURVE.map(truth), { colour: "grey", dash: "dashed", width: 1.3, label: "truth" });
  left.line(CURVE, curve, { colour: "blue", width: 2.2, label: `degree ${degree}` });
  left.points(x_new.slice(0, 30), y_new.slice(0, 30), { colour: "vermilion", marker: "cross", size: 3, label: "new points" });
  left.points(x, y, { colour: "blue", size: 4, label: "points" });
  left.legend("top left");

  const degrees = Array.from({ length: HIGHEST }, (_, d) => d + 1);
  const above = (value) => Math.max(value, TINY);
  const ticks = [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100];
  costs.begin({ low: 0.5, high: HIGHEST + 0.5, label: "degree", ticks: degrees }, { low: COST[0], high: COST[1], log: true, ticks, label: "cost, logarithmic" });
  costs.line([0, HIGHEST + 1], Array(2).fill(above(noise ** 2)), { colour: "grey", dash: "dotted", width: 1.3, label: "noise alone" });
  for (const [cost, colour, dash, marker, label] of [[train, "blue", "solid", "circle", "points"], [test, "vermilion", "dashed", "cross", "new points"]]) {
    costs.points([degree], [above(cost[degree - 1])], { colour: "ink", size: 7, hollow: true });
    costs.line(degrees, cost.map(above), { colour, dash, marker, width: 1.5, label });
  }
  costs.legend("top left");

  weights.begin({ low: -0.5, high: HIGHEST + 0.5, label: "input", ticks: [0, 2, 4, 6, 8, 10, 12] }, { low: -WEIGHT, high: WEIGHT, label: "weight" });
  weights.bars(w.map((_, k) => k), w, { colour: "blue", width: 0.7 });
  weights.rule({ y: 0, dash: "solid" });
}

function describe({ degree, points, noise, steps, w, train, test, best }) {
  return (
    `Degree ${degree} after ${steps} ${steps === 1 ? "step" : "steps"}: cost ${number(train[degree - 1])} on its ${points} points and` +
    ` ${number(test[degree - 1])} on ${FRESH} new ones; the noise alone costs ${number(noise ** 2)}. On new points degree` +
    ` ${best} is best, with ${number(Math.min(...test))}. The largest weight is ${number(Math.max(...w.map(Math.abs)))}.`
  );
}

export default widget({ compute, draw, describe });
