// Gradient descent on a bowl; ../learning_rate.py says what is computed.

import { widget } from "./frame.js";
import { number } from "./words.js";

const STEPS = 60;
const LIMIT = 3.2; // of the axes of w
const COST = { low: 1e-8, high: 1e4, ticks: [1e-8, 1e-4, 1, 1e4], log: true, label: "cost" };
const W2 = Array.from({ length: 81 }, (_, i) => LIMIT * (i / 40 - 1));
const TURN = Array.from({ length: 121 }, (_, i) => (2 * Math.PI * i) / 120);

function compute(params) {
  const { kappa, steps: n } = params;
  const lambdas = [1, kappa];
  const alpha = Array.from({ length: STEPS + 1 }, (_, t) => learningRate(params, t));
  const factors = lambdas.map((lambda) => alpha.map((a) => 1 - a * lambda));
  const w = lambdas.map((lambda, i) => {
    const path = [[params.w1, params.w2][i]];
    for (let t = 0; t < n; t++) path.push(path[t] - alpha[t] * (lambda * path[t]));
    return path;
  });
  const parts = lambdas.map((lambda, i) => {
    let product = w[i][0];
    return factors[i].map((factor) => {
      const part = 0.5 * lambda * product ** 2;
      product *= factor;
      return part;
    });
  });
  const late = parts.flatMap((part) => part.slice(STEPS / 2));
  const border = 2 / kappa;
  return {
    kappa,
    alpha,
    factors,
    w,
    cost: w[0].map((w1, t) => 0.5 * (w1 ** 2 + kappa * w[1][t] ** 2)),
    parts,
    border,
    best: 2 / (1 + kappa),
    above: alpha.filter((a) => a > border).length,
    crowded: late.some((part) => part > 2 && part < COST.high),
  };
}

/** alpha of step t = 0, 1, ...; it stays the same for `interval` steps. */
function learningRate({ alpha, schedule, decay_rate, interval }, t) {
  const n = Math.floor(t / interval);
  if (schedule === "inverse") return alpha / (1 + decay_rate * n);
  if (schedule === "exponential") return alpha * decay_rate ** n;
  if (schedule === "root") return (alpha * decay_rate) / Math.sqrt(Math.max(n, 1));
  return alpha;
}

function draw([bowl, contours, costs], { kappa, factors, w, cost, parts, above, crowded }) {
  const n = cost.length - 1;
  const axis = (label) => ({ low: -LIMIT, high: LIMIT, label });
  const height = (w2) => 0.5 * kappa * w2 ** 2;
  bowl.begin(axis("w₂"), { low: -0.04 * height(LIMIT), high: height(LIMIT), label: "½ λ₂ w₂²" });
  bowl.line(W2, W2.map(height), { colour: "grey", width: 1.5 });
  const last = w.every((path) => Math.abs(path[n]) < LIMIT) ? `step ${n}` : "now outside";
  drawPath(bowl, w[1], w[1].map(height), last);
  contours.begin(axis("w₁"), axis("w₂"), { square: true });
  for (let r = 0.5; r < 4.6; r += 0.5) // where the contour meets the axis of w2
    contours.line(TURN.map((a) => r * Math.sqrt(kappa) * Math.cos(a)), TURN.map((a) => r * Math.sin(a)), { colour: "grey", width: 0.8 });
  contours.points([0], [0], { colour: "ink", marker: "plus", size: 5 });
  drawPath(contours, ...w, last);
  contours.legend(`${w[1][0] > 0 ? "bottom" : "top"} ${w[0][0] > 0 ? "left" : "right"}`);
  costs.begin({ low: 0, high: STEPS, label: "step" }, COST);
  const t = Array.from({ length: STEPS + 1 }, (_, i) => i);
  costs.points(t.slice(0, n + 1), cost, { colour: "blue", size: 2.4, label: "measured" });
  costs.line(t, parts[0], { colour: "green", dash: "dashed", width: 2, label: `w₁: × ${number(factors[0][n])}` });
  costs.line(t, parts[1], { colour: "vermilion", dash: "dashdot", width: 2, label: `w₂: × ${number(factors[1][n])}` });
  if (0 < above && above < STEPS) costs.rule({ x: above, dash: "dotted", label: "from here α ≤ 2/λ₂" });
  costs.legend(crowded ? "bottom left" : "top right");
}

function drawPath(plot, xs, ys, last) {
  plot.line(xs, ys, { colour: "blue", width: 1.2 });
  plot.points(xs, ys, { colour: "blue", size: 2 });
  plot.points([xs[0]], [ys[0]], { colour: "blue", marker: "square", hollow: true, label: "start" });
  plot.points([xs.at(-1)], [ys.at(-1)], { colour: "vermilion", marker: "diamond", label: last });
}

function describe({ kappa, alpha, factors, cost, border, best, above }) {
  const n = cost.length - 1;
  const [flat, steep] = [factors[0][n], factors[1][n]];
  const words =
    `This bowl bears α up to 2/λ₂ = ${number(border)}; ${number(best)} is best, with` +
    ` |1 − αλ| = ${number((kappa - 1) / (kappa + 1))} both ways. After ${n} ${n === 1 ? "step" : "steps"} α is` +
    ` ${number(alpha[n])}: a step multiplies w₁ by ${number(flat)} (${fate(flat)}) and w₂ by ${number(steep)}` +
    ` (${fate(steep)}). The cost went from ${number(cost[0])} to ${number(cost[n])}`;
  return `${words}${0 < above && above < STEPS ? `; α is above the border only before step ${above}` : ""}.`;
}

/** What becomes of a number that is multiplied by this again and again. */
function fate(factor) {
  if (factor < -1) return "it rings and grows";
  if (factor === -1) return "it rings for ever";
  if (factor < 0) return "it rings";
  if (factor === 0) return "there at once";
  return factor < 0.95 ? "it comes in" : "it crawls";
}

export default widget({ compute, draw, describe, drag: { panel: 1, x: "w1", y: "w2" } });
