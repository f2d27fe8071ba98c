// Softmax and softmax regression; ../softmax.py says what is computed.

import { normal } from "./draws.js";
import { widget } from "./frame.js";
import { number, toDecimals } from "./words.js";

const CLASSES = ["blue", "vermilion", "green", "purple", "orange", "sky"];
const EACH = 12; // points of a class
const [RING, SPREAD_OF_CLOUD] = [2.4, 0.65];
const EDGE = 4.5; // the picture goes from -EDGE to EDGE
const CELLS = 90; // of it, in a row
const STEPS = 60;
const ALPHA = 0.5;

const sum = (values) => values.reduce((total, value) => total + value, 0);

function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

function softmax(z) {
  const top = Math.max(...z);
  const t = z.map((value) => Math.exp(value - top));
  const total = sum(t);
  return t.map((value) => value / total);
}

const logits = (W, b, x1, x2) => W.map((w, c) => w[0] * x1 + w[1] * x2 + b[c]);

function costAndGradients(W, b, { x1, x2, y }) {
  const m = y.length;
  const [dW, db] = [W.map(() => [0, 0]), b.map(() => 0)];
  let cost = 0;
  for (let i = 0; i < m; i++) {
    const a = softmax(logits(W, b, x1[i], x2[i]));
    cost -= Math.log(a[y[i]]) / m;
    a.forEach((answer, c) => {
      const dz = (answer - (c === y[i] ? 1 : 0)) / m;
      dW[c][0] += dz * x1[i];
      dW[c][1] += dz * x2[i];
      db[c] += dz;
    });
  }
  return [cost, dW, db];
}

function clouds(C, seed) {
  const z = normal(seed, 2 * C + 2 * C * EACH);
  const y = Array.from({ length: C * EACH }, (_, i) => Math.floor(i / EACH));
  const onRing = C > 3 ? C - 1 : C;
  const radius = (c) => (c < onRing ? RING : 0);
  const angle = (c) => Math.PI / 2 + (2 * Math.PI * c) / onRing;
  return {
    x1: y.map((c, i) => radius(c) * Math.cos(angle(c)) + SPREAD_OF_CLOUD * z[2 * C + i]),
    x2: y.map((c, i) => radius(c) * Math.sin(angle(c)) + SPREAD_OF_CLOUD * z[2 * C + C * EACH + i]),
    y,
    W: Array.from({ length: C }, (_, c) => [z[2 * c], z[2 * c + 1]]),
  };
}

const kept = { key: "", points: null, run: [] };

/** Points and gradient descent on them, kept until C or the seed changes. */
function course(C, seed) {
  const key = `${C} ${seed}`;
  if (kept.key !== key) {
    const points = clouds(C, seed);
    let [W, b] = [points.W, points.W.map(() => 0)];
    const run = [];
    for (let k = 0; k <= STEPS; k++) {
      const [cost, dW, db] = costAndGradients(W, b, points);
      run.push([W, b, cost]);
      W = W.map((w, c) => [w[0] - ALPHA * dW[c][0], w[1] - ALPHA * dW[c][1]]);
      b = b.map((value, c) => value - ALPHA * db[c]);
    }
    Object.assign(kept, { key, points, run });
  }
  return kept;
}

function boundaries(W, b) {
  const stretches = [];
  for (let i = 0; i < b.length; i++)
    for (let j = i + 1; j < b.length; j++) {
      const across = [W[i][0] - W[j][0], W[i][1] - W[j][1]];
      const length2 = across[0] ** 2 + across[1] ** 2;
      const start = across.map((part) => (-(b[i] - b[j]) * part) / length2);
      const direction = [-across[1] / Math.sqrt(length2), across[0] / Math.sqrt(length2)];
      let [low, high] = [-Infinity, Infinity]; // of t, where slope t <= room for all
      const bound = (slope, room) => (slope > 0 ? (high = Math.min(high, room / slope)) : (low = Math.max(low, room / slope)));
      for (const k of [0, 1]) {
        bound(direction[k], EDGE - start[k]);
        bound(-direction[k], EDGE + start[k]);
      }
      W.forEach((w, k) => {
        if (k === i || k === j) return;
        const more = [w[0] - W[i][0], w[1] - W[i][1]];
        bound(more[0] * direction[0] + more[1] * direction[1], b[i] - b[k] - more[0] * start[0] - more[1] * start[1]);
      });
      if (low < high) stretches.push([low, high].flatMap((t) => [start[0] + t * direction[0], start[1] + t * direction[1]]));
    }
  return stretches;
}

function regions(W, b) {
  const field = new Uint8Array(CELLS * CELLS);
  const found = W.map(() => [0, 0, 0, 0]); // of a class: cells, their weights, and the weighted sums of x1 and x2
  for (let row = 0; row < CELLS; row++)
    for (let column = 0; column < CELLS; column++) {
      const x1 = -EDGE + ((column + 0.5) * 2 * EDGE) / CELLS;
      const x2 = -EDGE + ((row + 0.5) * 2 * EDGE) / CELLS;
      let [c, best] = [0, -Infinity]; // written out, for it is done for every cell
      for (let k = 0; k < b.length; k++) {
        const logit = W[k][0] * x1 + W[k][1] * x2 + b[k];
        if (logit > best) [c, best] = [k, logit];
      }
      field[row * CELLS + column] = c;
      const weight = x1 * x1 + x2 * x2;
      found[c][0] += 1;
      found[c][1] += weight;
      found[c][2] += weight * x1;
      found[c][3] += weight * x2;
    }
  const spots = found.map(([cells, all, x1, x2]) => (cells > 0.015 * field.length ? [x1 / all, x2 / all] : [NaN, NaN]));
  return [field, spots];
}

function compute({ z1, z2, z3, z4, T, C, step, seed }) {
  const z = [z1, z2, z3, z4];
  const { points, run } = course(C, seed);
  const { x1, x2, y } = points;
  const [W, b, cost] = run[step];
  const wrong = y.map((c, i) => argmax(logits(W, b, x1[i], x2[i])) !== c);
  const [field, spots] = regions(W, b);
  const first = argmax(z);
  const top = z[first];
  const total = Math.log(sum(z.map((value) => Math.exp((value - top) / T))));
  return {
    z,
    T,
    p: softmax(z.map((value) => value / T)),
    loss: z.map((value) => total - (value - top) / T),
    first,
    second: argmax(z.map((value, k) => (k === first ? -Infinity : value))),
    last: argmax(z.map((value) => -value)),
    x1,
    x2,
    y,
    wrong,
    W,
    b,
    lines: boundaries(W, b),
    field,
    spots,
    step,
    cost,
    right: 1 - sum(wrong.map(Number)) / wrong.length,
  };
}

function draw([left, middle, plane], { z, p, first, x1, x2, y, wrong, lines, field, spots }) {
  const classes = { low: 0.4, high: 4.6, label: "class", ticks: [1, 2, 3, 4] };
  left.begin(classes, { low: -7.5, high: 7.5, label: "logit z", ticks: [-6, -4, -2, 0, 2, 4, 6] });
  middle.begin(classes, { low: 0, high: 1.2, label: "p", ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] });
  for (const [plot, heights, said] of [[left, z, number], [middle, p, share]])
    heights.forEach((height, k) => {
      plot.bars([k + 1], [height], { colour: CLASSES[k], width: 0.7 });
      plot.words(said(height), k + 1, height, { align: "center", dy: height >= 0 ? -9 : 10 });
    });
  left.rule({ y: 0, dash: "solid" });
  const [a, e] = [first + 1 - 0.42, first + 1 + 0.42];
  middle.line([a, a, e, e], [0, 1, 1, 0], { colour: "ink", dash: "short", width: 1.4, label: "hardmax: 1 or 0" });
  middle.legend("top right");

  plane.begin({ low: -EDGE, high: EDGE, label: "x₁" }, { low: -EDGE, high: EDGE, label: "x₂" }, { square: true });
  const shades = CLASSES.map((name) => shade(plane.colours[name], plane.colours.dark));
  plane.field(field, CELLS, CELLS, (c) => shades[c], { smooth: false });
  for (const [x, u, s, v] of lines) plane.line([x, s], [u, v], { colour: "ink", width: 2.4 });
  const missed = x1.map((_, i) => i).filter((i) => wrong[i]);
  plane.points(missed.map((i) => x1[i]), missed.map((i) => x2[i]), { colour: "ink", size: 7.5, hollow: true });
  y.forEach((c, i) => plane.words(String(c + 1), x1[i], x2[i], { align: "center" }));
  spots.forEach(([x, u], c) => {
    if (!Number.isFinite(x)) return;
    plane.points([x], [u], { colour: CLASSES[c], marker: "square", size: 10 });
    plane.words(String(c + 1), x, u, { colour: "paper", align: "center" });
  });
}

/** A colour #rrggbb, mixed with much paper: [r, g, b]. */
function shade(colour, dark) {
  const paper = dark ? 17 : 255;
  return [1, 3, 5].map((at) => paper + 0.28 * (parseInt(colour.slice(at, at + 2), 16) - paper));
}

function describe({ z, T, p, loss, first, second, last, y, step, right, cost }) {
  const gap = number(z[first] - z[second]);
  return (
    `p = ${p.map(share).join(", ")}, together ${number(sum(p))}.` +
    ` Class ${first + 1} is e^${T === 1 ? gap : `(${gap}/${number(T)})`} =` +
    ` ${number(Math.exp((z[first] - z[second]) / T))} times as probable as class ${second + 1}: only differences of logits` +
    ` count. The loss −log p is ${number(loss[first])} if class ${first + 1} is true and ${number(loss[last])} if class` +
    ` ${last + 1} is. After ${step} ${step === 1 ? "step" : "steps"} ${number(100 * right)}%` +
    ` of the ${y.length} points are right, at cost ${number(cost)}; every boundary is straight.`
  );
}

/** A probability to three decimals; one that would be 0 then, to one figure. */
function share(p) {
  return p >= 0.0005 ? toDecimals(p, 3) : number(p, 1);
}

export default widget({ compute, draw, describe });
