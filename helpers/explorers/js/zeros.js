// Exact zeros: two weights, a slanted bowl, a penalty and three ways down; ../zeros.py says what is computed.

import { widget } from "./frame.js";
import { number } from "./words.js";

const STEPS = 60;
const LIMIT = 3.2; // of the axes of w
const [CROSS, STEEP] = [0.5, 1.5];
const START = [2.5, 2.5];
const [BETA, FASTER] = [1, 5]; // of FTRL
const WAYS = ["descent", "shrink", "FTRL"];
const TURN = Array.from({ length: 121 }, (_, i) => (2 * Math.PI * i) / 120);

function compute({ steps: n, rate, lambd: lam, kind, c1, c2 }) {
  const isL1 = kind === "l1";
  const alpha = FASTER * rate;
  const paths = WAYS.map(() => START.map((w) => [w]));
  const z = START.map((w) => (-w * BETA) / alpha);
  const squares = [0, 0];
  for (let t = 0; t < n; t++) {
    paths.forEach((path, k) => {
      const [d1, d2] = [path[0][t] - c1, path[1][t] - c2];
      [d1 + CROSS * d2, CROSS * d1 + STEEP * d2].forEach((g, i) => {
        const w = path[i][t];
        if (k === 0) path[i].push(w - rate * (g + (isL1 ? lam * Math.sign(w) : 2 * lam * w)));
        else if (k === 1) {
          const moved = w - rate * g;
          path[i].push(isL1 ? soft(moved, rate * lam) : moved / (1 + 2 * rate * lam));
        } else {
          const grown = squares[i] + g * g;
          z[i] = z[i] + g - ((Math.sqrt(grown) - Math.sqrt(squares[i])) / alpha) * w;
          squares[i] = grown;
          const total = lam * (t + 1); // over all steps so far
          const below = (BETA + Math.sqrt(grown)) / alpha;
          path[i].push(isL1 ? -soft(z[i], total) / below : -z[i] / (below + 2 * total));
        }
      });
    });
  }
  const last = paths.map(([w1, w2]) => [w1[n], w2[n]]);
  return {
    descent: paths[0],
    shrink: paths[1],
    FTRL: paths[2],
    bottom: [c1, c2],
    zeros: last.map((w) => w.filter((value) => value === 0).length),
    reach: isL1 ? Math.abs(last[1][0]) + Math.abs(last[1][1]) : Math.sqrt(last[1][0] ** 2 + last[1][1] ** 2),
    is_l1: isL1,
    rate,
    lambd: lam,
  };
}

/** Nearer to 0 by the amount, and 0 if it was not farther away. */
function soft(value, amount) {
  if (Math.abs(value) <= amount) return 0;
  return value > 0 ? value - amount : value + amount;
}

function draw([plane, one], arrays) {
  const { bottom, reach, is_l1: isL1 } = arrays;
  const axis = (label) => ({ low: -LIMIT, high: LIMIT, label });
  plane.begin(axis("w₁"), axis("w₂"), { square: true });
  for (let r = 0.5; r < 4.6; r += 0.5) {
    const d2 = TURN.map((a) => (r * Math.sin(a)) / Math.sqrt(STEEP - CROSS * CROSS));
    plane.line(TURN.map((a, i) => bottom[0] + r * Math.cos(a) - CROSS * d2[i]), d2.map((d) => bottom[1] + d), { colour: "grey", width: 0.8 });
  }
  plane.rule({ x: 0, dash: "solid", colour: "faint" });
  plane.rule({ y: 0, dash: "solid", colour: "faint" });
  const edge = isL1 ? [[1, 0, -1, 0, 1], [0, 1, 0, -1, 0]] : [TURN.map(Math.cos), TURN.map(Math.sin)];
  plane.line(...edge.map((side) => side.map((u) => reach * u)), { colour: "grey", dash: "dashed", width: 1.4 });
  plane.points([bottom[0]], [bottom[1]], { colour: "ink", marker: "plus", size: 5 });
  one.begin({ low: 0, high: STEPS, label: "step" }, { low: -1.2, high: 2.8, label: "w₂" });
  one.rule({ y: 0, dash: "solid", colour: "faint" });
  const looks = [["blue", "circle", "descent"], ["green", "square", "shrink and cut"], ["vermilion", "diamond", "FTRL"]];
  WAYS.forEach((way, k) => {
    const [w1, w2] = arrays[way];
    const [colour, marker, label] = looks[k];
    plane.line(w1, w2, { colour, width: 1.4 });
    plane.points([w1.at(-1)], [w2.at(-1)], { colour, marker, size: 6 });
    const steps = w2.map((_, t) => t);
    one.line(steps, w2, { colour, width: 1.2 });
    one.points(steps, w2, { colour, marker, size: 2.4, label });
  });
  one.legend("top right");
}

function describe({ descent, shrink, FTRL, zeros, is_l1: isL1, rate, lambd }) {
  const n = descent[0].length - 1;
  const names = ["Descent", "shrink and cut", "FTRL"];
  const told = [descent, shrink, FTRL].map(
    ([w1, w2], i) =>
      `${names[i]} is at (${number(w1[n])}, ${number(w2[n])}), ${["no weight", "one weight", "both weights"][zeros[i]]} exactly 0`,
  );
  const words = `After ${n} ${n === 1 ? "step" : "steps"}: ${told.join("; ")}.`;
  return isL1
    ? `${words} L1 moves a weight by ${number(rate * lambd)} in each step, wherever it is.`
    : `${words} L2 takes ${number(200 * rate * lambd)} % of a weight in each step, so less and less.`;
}

export default widget({ compute, draw, describe });
