// Search for hyper-parameters; ../search.py says what is computed.

import { uniform } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const [LOWEST, DECADES] = [0.0001, 4]; // alpha is searched from 0.0001 to 1
const [LEAST, RANGE] = [0.5, 0.5]; // keep_prob from 0.5 to 1
const BEST = 5; // per cent, the least dev error there is
const [COLUMNS, ROWS] = [60, 40]; // of the field
const EDGES = [-4.2, 0.2, 0.46, 1.04]; // of the axes: log10(alpha), keep_prob; a little more than what is searched
const TICKS = [5, 10, 20, 50, 100].map((error) => [error, String(error)]); // above them is room for the legend
const EPSILONS = [-10, 4]; // the power of ten of the least epsilon of Adam, and how many there are; it has the places of keep_prob
const EPSILON_TICKS = [[LEAST, "10⁻¹⁰"], [LEAST + RANGE / 2, "10⁻⁸"], [LEAST + RANGE, "10⁻⁶"]];
const ZOOM = 0.25; // of each side, what the second round searches
const FIELD = { light: [[255, 255, 255], [201, 223, 238], [141, 180, 208]], dark: [[17, 17, 17], [18, 52, 74], [38, 92, 125]] };

function compute({ second, method, scale, trials: n, refine, influence: set, seed, done }) {
  const influence = second === "epsilon" ? 0 : set; // epsilon only prevents a division by 0
  const r = uniform(seed, 2 + 4 * n);
  const optimum = [-3.2 + 2.4 * r[0], 0.2 + 0.6 * r[1]]; // log10(alpha), and the share of keep_prob's range
  const devError = (logAlpha, share) => errorAt(logAlpha - optimum[0], share - optimum[1], influence);
  const errors = (places) => places.map(([x, y]) => devError(Math.log10(alphaAt(x, scale)), y));
  const first = spots(method, n, r.subarray(2, 2 + 2 * n)); // pairs in the unit square
  let places = first;
  let box = [];
  if (refine) {
    const corner = first[lowest(errors(first))].map((x) => Math.min(Math.max(x - ZOOM / 2, 0), 1 - ZOOM));
    const next = spots(method, n, r.subarray(2 + 2 * n)).map((place) => place.map((x, i) => corner[i] + ZOOM * x));
    places = [...first, ...next];
    const sides = corner.map((from) => [from, from + ZOOM]);
    box = [sides[0].map((x) => alphaAt(x, scale)), sides[1].map((y) => LEAST + RANGE * y)];
  }
  const total = places.length;
  places = places.slice(0, Math.ceil(done * total - 1e-9));
  const error = errors(places);
  let best = Infinity;
  const field = new Float64Array(ROWS * COLUMNS);
  for (let j = 0; j < ROWS; j++)
    for (let i = 0; i < COLUMNS; i++) {
      const x = EDGES[0] + ((EDGES[1] - EDGES[0]) * i) / (COLUMNS - 1);
      const y = EDGES[2] + ((EDGES[3] - EDGES[2]) * j) / (ROWS - 1);
      field[j * COLUMNS + i] = devError(x, (y - LEAST) / RANGE);
    }
  return {
    alpha: places.map(([x]) => alphaAt(x, scale)),
    keep_prob: places.map(([, y]) => LEAST + RANGE * y),
    error,
    best_so_far: error.map((value) => (best = Math.min(best, value))),
    box,
    field,
    optimum: [10 ** optimum[0], LEAST + RANGE * optimum[1]],
    different: [0, 1].map((side) => new Set(places.map((place) => Math.round(place[side] * 1e9))).size),
    total,
    seed,
    influence,
    second,
    scale,
    method,
  };
}

function errorAt(dAlpha, dShare, influence) {
  const a = dAlpha / (dAlpha < 0 ? 0.8 : 0.4);
  const b = (DECADES * dShare) / 0.8;
  return BEST + 45 * ((a * a) / (1 + a * a) + influence * ((b * b) / (1 + b * b)));
}

/** n places of the unit square: a grid from edge to edge, or r, which is uniform, pair by pair. */
function spots(method, n, r) {
  if (method === "random") return Array.from({ length: n }, (_, i) => [r[2 * i], r[2 * i + 1]]);
  const k = Math.round(Math.sqrt(n));
  return Array.from({ length: n }, (_, i) => [(i % k) / (k - 1), Math.floor(i / k) / (k - 1)]);
}

function alphaAt(share, scale) {
  return scale === "linear" ? LOWEST + share * (1 - LOWEST) : 10 ** (DECADES * share - DECADES);
}

function lowest(values) {
  return values.reduce((best, value, i) => (value < values[best] ? i : best), 0);
}

function draw([plane, course], arrays) {
  const { alpha, keep_prob, error, best_so_far, box, field, optimum, total, seed, influence, second } = arrays;
  const at = lowest(error);
  const [left, right, bottom, top] = [10 ** EDGES[0], 10 ** EDGES[1], EDGES[2], EDGES[3]];
  const ordinate = second === "epsilon" ? { label: "ε of Adam, logarithmic", ticks: EPSILON_TICKS } : { label: "keep_prob" };
  Object.assign(ordinate, { low: bottom, high: top });
  plane.begin({ low: left, high: right, log: true, label: "α, logarithmic" }, ordinate);
  plane.backdrop(`${seed} ${influence}`, () => plane.field(field, COLUMNS, ROWS, shadeOf(plane.colours.dark)));
  const stub = 10 ** (EDGES[0] + 0.11);
  for (const value of new Set(alpha)) plane.line([value, value], [bottom, bottom + 0.025], { colour: "vermilion" });
  for (const value of new Set(keep_prob)) plane.line([left, stub], [value, value], { colour: "vermilion" });
  if (box.length) {
    const [[a, b], [c, d]] = box;
    plane.line([a, b, b, a, a], [c, c, d, d, c], { colour: "ink", dash: "dashed", width: 1.3 });
  }
  plane.points([optimum[0]], [optimum[1]], { colour: "ink", marker: "plus", size: 6 });
  plane.points(alpha, keep_prob, { colour: "blue", size: 3.4, edge: "paper" });
  plane.points([alpha[at]], [keep_prob[at]], { colour: "vermilion", marker: "star", size: 5.5, edge: "ink" });
  const t = error.map((_, i) => i + 1);
  course.begin({ low: 0, high: total + 1, label: "trial" }, { low: 4, high: 500, log: true, ticks: TICKS, label: "dev error, %" });
  course.points(t, error, { colour: "blue", size: 2.4, label: "trial" });
  const stairs = t.flatMap((trial) => [trial, trial + 1]).slice(0, -1);
  course.line(stairs, best_so_far.flatMap((value) => [value, value]).slice(0, -1), { colour: "vermilion", width: 2.4, label: "best so far" });
  course.points([at + 1], [error[at]], { colour: "vermilion", marker: "star", size: 5.5, edge: "ink", label: "best trial" });
  course.rule({ y: BEST, colour: "green", label: `best possible, ${number(BEST)} %` });
  course.legend("top right");
}

/** From light for a small error to dark for a large one; in a dark theme the other way about. */
function shadeOf(dark) {
  const stops = FIELD[dark ? "dark" : "light"];
  return (error) => {
    const part = Math.min(1, Math.max(0, (error - BEST) / (70 - BEST))) * 2;
    const k = part < 1 ? 0 : 1;
    return stops[k].map((from, i) => from + (part - k) * (stops[k + 1][i] - from));
  };
}

function describe({ alpha, keep_prob, error, different, scale, method, second }) {
  const t = error.length;
  const at = lowest(error);
  const share = (keep_prob[at] - LEAST) / RANGE;
  const [name, value] = second === "epsilon" ? ["ε", 10 ** (EPSILONS[0] + EPSILONS[1] * share)] : ["keep_prob", keep_prob[at]];
  const above = alpha.filter((value) => value > 0.1).length / t;
  return (
    `${t === 1 ? "1 trial" : `${t} trials`}, ${method}, α on a ${scale === "linear" ? "linear" : "logarithmic"} scale:` +
    ` ${different[0]} different α, ${different[1]} different ${name}.` +
    ` ${number(100 * above)} % of them have α above 0.1, which is one of the four decades. The best, with` +
    ` α = ${number(alpha[at])} and ${name} = ${number(value)}, has ${number(error[at])} % dev error,` +
    ` ${number(error[at] - BEST)} more than the best possible.`
  );
}

export default widget({ compute, draw, describe });
