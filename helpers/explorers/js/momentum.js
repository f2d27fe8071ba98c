// Momentum on a bowl, and its plane of alpha and beta; ../momentum.py says what is computed.

import { widget } from "./frame.js";
import { number } from "./words.js";

const STEPS = 60;
const START = [-2.5, 2];
const LIMIT = 3.2; // of the axes of w
const ERROR = { low: 1e-8, high: 1e4, ticks: [1e-8, 1e-4, 1, 1e4], log: true, label: "error" };
const PLANE = [
  { low: 1e-3, high: 100, log: true, label: "α, logarithmic" },
  { low: -0.04, high: 1, label: "β" },
];
const CURVE = Array.from({ length: 200 }, (_, i) => (0.995 * i) / 199); // of beta, along which the borders are drawn
const FATES = ["comes straight in", "swings", "diverges"];
const SHADES = {
  light: [[255, 255, 255], [220, 235, 245], [180, 211, 232], [246, 213, 195]], // of the regions 1 to 4
  dark: [[17, 17, 17], [20, 40, 55], [24, 68, 98], [77, 42, 21]],
};
const PLACES = [0.1, 0.45, 0.93, 0.62]; // beta of their numbers
const [ACROSS, UP] = [240, 120]; // cells in which the regions are coloured
const ROUND = Array.from({ length: 121 }, (_, i) => (2 * Math.PI * i) / 120);

const swingsFrom = (beta, curvature) => (1 - Math.sqrt(beta)) / ((1 + Math.sqrt(beta)) * curvature);
const divergesFrom = (beta, curvature) => (2 * (1 + beta)) / ((1 - beta) * curvature);

function factor(alpha, beta, curvature) {
  const half = (1 + beta - alpha * (1 - beta) * curvature) / 2;
  const inside = half * half - beta;
  return inside < 0 ? Math.sqrt(beta) : Math.abs(half) + Math.sqrt(inside);
}

function compute({ alpha, beta, kappa, steps }) {
  const lambdas = [1, kappa];
  const w = lambdas.map((lambda, i) => {
    const path = [START[i]];
    let v = 0;
    for (let t = 0; t < steps; t++) {
      v = beta * v + (1 - beta) * (lambda * path[t]);
      path.push(path[t] - alpha * v);
    }
    return path;
  });
  const swings = lambdas.map((lambda) => swingsFrom(beta, lambda));
  const diverges = lambdas.map((lambda) => divergesFrom(beta, lambda));
  const fates = lambdas.map((_, i) => (alpha > diverges[i] ? 2 : alpha > swings[i] ? 1 : 0));
  return {
    alpha,
    beta,
    kappa,
    w,
    factors: lambdas.map((lambda) => factor(alpha, beta, lambda)),
    fates,
    region: fates[1] === 2 ? 4 : 1 + fates[0] + fates[1],
    swings,
    diverges,
  };
}

function draw([plane, bowl, errors], { alpha, beta, kappa, w, factors }) {
  plane.begin(...PLANE);
  plane.backdrop(`${kappa}`, () => regions(plane, kappa));
  for (const [curvature, colour, name] of [[1, "blue", "w₁"], [kappa, "vermilion", "w₂"]]) {
    const border = (from) => CURVE.map((b) => from(b, curvature));
    plane.line(border(swingsFrom), CURVE, { colour, dash: "dashed", label: `${name} swings` });
    plane.line(border(divergesFrom), CURVE, { colour, label: `${name} diverges` });
  }
  plane.legend("bottom right");
  PLACES.forEach((b, i) => {
    const ends = [PLANE[0].low, swingsFrom(b, kappa), swingsFrom(b, 1), divergesFrom(b, kappa), divergesFrom(b, 1)];
    plane.words(String(i + 1), Math.sqrt(ends[i] * ends[i + 1]), b, { align: "center", bold: true });
  });
  plane.points([alpha], [beta], { colour: "ink", marker: "diamond", size: 6, hollow: true });

  const axis = (label) => ({ low: -LIMIT, high: LIMIT, label });
  bowl.begin(axis("w₁"), axis("w₂"), { square: true });
  for (let r = 0.5; r < 4.6; r += 0.5)
    bowl.line(ROUND.map((a) => r * Math.sqrt(kappa) * Math.cos(a)), ROUND.map((a) => r * Math.sin(a)), { colour: "grey", width: 0.8 });
  bowl.points([0], [0], { colour: "ink", marker: "plus", size: 5 });
  bowl.line(...w, { colour: "blue", width: 1.2 });
  bowl.points(...w, { colour: "blue", size: 2 });
  bowl.points([START[0]], [START[1]], { colour: "blue", marker: "square", hollow: true, label: "start" });
  bowl.points([w[0].at(-1)], [w[1].at(-1)], { colour: "vermilion", marker: "diamond", label: `step ${w[0].length - 1}` });
  bowl.legend("bottom right");

  errors.begin({ low: 0, high: STEPS, label: "step" }, ERROR);
  const t = w[0].map((_, step) => step);
  [["blue", "solid"], ["vermilion", "dashed"]].forEach(([colour, dash], i) => {
    const predicted = [0, STEPS].map((step) => Math.max(Math.abs(START[i]) * factors[i] ** step, 1e-99));
    errors.line([0, STEPS], predicted, { colour, dash: "dotted", width: 1.2 });
    const label = `w${"₁₂"[i]}: × ${number(factors[i])}`;
    errors.line(t, w[i].map((value) => Math.max(Math.abs(value), 1e-99)), { colour, dash, label });
  });
  errors.legend("top right");
}

function regions(plane, kappa) {
  const shades = SHADES[plane.colours.dark ? "dark" : "light"];
  const cells = Float64Array.from({ length: ACROSS * UP }, (_, at) => {
    const alpha = PLANE[0].low * (PLANE[0].high / PLANE[0].low) ** (((at % ACROSS) + 0.5) / ACROSS);
    const beta = Math.max(0, PLANE[1].low + ((PLANE[1].high - PLANE[1].low) * (Math.floor(at / ACROSS) + 0.5)) / UP);
    if (alpha > divergesFrom(beta, kappa)) return 3;
    return (alpha > swingsFrom(beta, 1)) + (alpha > swingsFrom(beta, kappa));
  });
  plane.field(cells, ACROSS, UP, (region) => shades[region], { smooth: false });
}

function describe({ alpha, beta, w, factors, fates, region, swings, diverges }) {
  const [flat, steep] = fates.map((fate, i) => `${FATES[fate]}, × ${number(factors[i])} a step`);
  const n = w[0].length - 1;
  return (
    `α = ${number(alpha)}, β = ${number(beta)}, in region ${region}: the error along w₁ ${flat}, and along w₂ it ${steep},` +
    ` in the long run. With this β, w₂ swings above α = ${number(swings[1])} and diverges above ${number(diverges[1])}.` +
    ` After ${n} ${n === 1 ? "step" : "steps"} w₁ is ${number(w[0][n])} and w₂ ${number(w[1][n])}.`
  );
}

export default widget({ compute, draw, describe, drag: { panel: 0, x: "alpha", y: "beta" } });
