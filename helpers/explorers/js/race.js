// The optimizer race; ../race.py says what is computed. Every rule acts on each parameter by itself, so here it is one for
// numbers: (w, g, state, alpha) -> new w.

import { widget } from "./frame.js";
import { number } from "./words.js";

const STEPS = 200;
const FAR = 100; // a path that comes so far has diverged
const AXES = [{ low: -3, high: 3, label: "w" }, { low: -2, high: 2, label: "b" }];
const LEVELS = [0.1, 0.3, 1, 3, 10, 30, 100];
const [COLUMNS, ROWS] = [91, 61];
const [BETA, BETA2, RHO] = [0.9, 0.999, 0.95];
const [EPSILON, EPSILON_ADADELTA] = [1e-8, 1e-6];

const slanted = (w, b) => [0.8 * w + 0.6 * b, 0.8 * b - 0.6 * w];

const SURFACES = {
  bowl: { height: (w, b) => (w * w + b * b) / 2, gradient: (w, b) => [w, b] },
  ravine: { height: (w, b) => (w * w + 50 * b * b) / 2, gradient: (w, b) => [w, 50 * b] },
  slanted: {
    height(w, b) {
      const [along, across] = slanted(w, b);
      return (along * along + 50 * across * across) / 2;
    },
    gradient(w, b) {
      const [along, across] = slanted(w, b);
      return [0.8 * along - 30 * across, 0.6 * along + 40 * across];
    },
  },
  saddle: {
    height(w, b) {
      const c = b * b - 1;
      return (w * w) / 2 + (c * c) / 4;
    },
    gradient: (w, b) => [w, b * (b * b - 1)],
    minima: [[0, -1], [0, 1]],
  },
  plateau: {
    height(w, b) {
      const q = w * w + b * b;
      return q / (1 + q);
    },
    gradient(w, b) {
      const q = 1 + w * w + b * b;
      return [(2 * w) / (q * q), (2 * b) / (q * q)];
    },
  },
  rosenbrock: {
    height(w, b) {
      const r = b - w * w;
      return ((1 - w) * (1 - w) + 100 * r * r) / 50;
    },
    gradient(w, b) {
      const r = b - w * w;
      return [(-2 * (1 - w) - 400 * w * r) / 50, (200 * r) / 50];
    },
    minima: [[1, 1]],
  },
};

const averaged = (average, beta, x) => beta * average + (1 - beta) * x;

const RULES = {
  gd: (w, g, state, alpha) => w - alpha * g,
  momentum(w, g, state, alpha) {
    state.v = averaged(state.v, BETA, g);
    return w - alpha * state.v;
  },
  nesterov(w, g, state, alpha) {
    state.v = averaged(state.v, BETA, g);
    return w - alpha * averaged(state.v, BETA, g);
  },
  adagrad(w, g, state, alpha) {
    state.s += g * g;
    return w - (alpha * g) / (Math.sqrt(state.s) + EPSILON);
  },
  rmsprop(w, g, state, alpha) {
    state.s = averaged(state.s, BETA, g * g);
    return w - (alpha * g) / (Math.sqrt(state.s) + EPSILON);
  },
  adadelta(w, g, state, alpha) {
    state.s = averaged(state.s, RHO, g * g);
    const step = (Math.sqrt(state.d + EPSILON_ADADELTA) / Math.sqrt(state.s + EPSILON_ADADELTA)) * g;
    state.d = averaged(state.d, RHO, step * step);
    return w - alpha * step;
  },
  adam(w, g, state, alpha) {
    state.v = averaged(state.v, BETA, g);
    state.s = averaged(state.s, BETA2, g * g);
    state.power *= BETA;
    state.power2 *= BETA2;
    const corrected = { v: state.v / (1 - state.power), s: state.s / (1 - state.power2) };
    return w - (alpha * corrected.v) / (Math.sqrt(corrected.s) + EPSILON);
  },
};

const LOOKS = {
  GD: { colour: "grey", dash: "solid", marker: "circle" },
  momentum: { colour: "blue", dash: "dashed", marker: "square" },
  Nesterov: { colour: "sky", dash: "dashdot", marker: "triangle" },
  AdaGrad: { colour: "green", dash: "dotted", marker: "diamond", width: 2.2 },
  RMSprop: { colour: "orange", dash: "long", marker: "cross" },
  Adadelta: { colour: "purple", dash: "short", marker: "plus" },
  Adam: { colour: "vermilion", dash: "solid", marker: "star" },
  yours: { colour: "ink", dash: "solid", marker: "wedge", width: 2.4 },
};
const NAMES = Object.fromEntries(Object.keys(RULES).map((key, i) => [key, Object.keys(LOOKS)[i]]));
const SHOWN = {
  all: Object.keys(RULES),
  course: ["gd", "momentum", "rmsprop", "adam"],
  averages: ["gd", "momentum", "nesterov"],
  scaled: ["gd", "adagrad", "rmsprop", "adadelta", "adam"],
};

function run(rule, { gradient }, start, alpha, steps) {
  const states = start.map(() => ({ v: 0, s: 0, d: 0, power: 1, power2: 1 }));
  const points = [start];
  for (let t = 1; t <= steps; t++) {
    const [w, b] = points.at(-1);
    const g = gradient(w, b);
    const next = [rule(w, g[0], states[0], alpha), rule(b, g[1], states[1], alpha)];
    if (!next.every((coordinate) => Math.abs(coordinate) <= FAR)) break;
    points.push(next);
  }
  return points;
}

function compute(params, data, answer) {
  const { surface, steps: n } = params;
  const { height } = SURFACES[surface];
  const start = [params.w, params.b];
  const paths = SHOWN[params.show].map((key) => run(RULES[key], SURFACES[surface], start, params[`alpha_${key}`], n));
  const names = SHOWN[params.show].map((key) => NAMES[key]);
  if (answer?.surface === surface) {
    names.push("yours");
    paths.push(answer.path.slice(0, n + 1));
  }
  const coordinate = (k) => paths.map((path) => Array.from({ length: n + 1 }, (_, t) => (t < path.length ? path[t][k] : NaN)));
  const [w, b] = [coordinate(0), coordinate(1)];
  return {
    names,
    w,
    b,
    excess: w.map((row, i) => row.map((value, t) => height(value, b[i][t]))),
    diverged: paths.map((path) => (path.length <= n ? path.length : 0)),
    surface,
  };
}

function draw([map, costs], { names, w, b, excess, diverged, surface }) {
  const { height, minima = [[0, 0]] } = SURFACES[surface];
  map.begin(...AXES);
  map.backdrop(surface, () => {
    const along = ({ low, high }, i, n) => low + ((high - low) * i) / (n - 1);
    const heights = Float64Array.from({ length: COLUMNS * ROWS }, (_, k) =>
      height(along(AXES[0], k % COLUMNS, COLUMNS), along(AXES[1], Math.floor(k / COLUMNS), ROWS)),
    );
    const [low, high] = map.colours.dark ? [[20, 46, 66], [24, 24, 24]] : [[196, 216, 232], [251, 251, 251]];
    const [bottom, top] = [Math.log(0.03), Math.log(0.03 + Math.max(...heights))];
    map.field(heights, COLUMNS, ROWS, (value) => {
      const part = (Math.log(0.03 + value) - bottom) / (top - bottom);
      return low.map((channel, i) => channel + part * (high[i] - channel));
    });
    map.contours(heights, COLUMNS, ROWS, LEVELS, { colour: map.colours.dark ? "#4f4f4f" : "#b8b8b8", width: 0.8 });
    map.points(minima.map((m) => m[0]), minima.map((m) => m[1]), { marker: "plus", colour: "ink", size: 6 });
  });
  costs.begin({ low: 0, high: STEPS, label: "step" }, { low: 1e-14, high: 1e3, log: true, label: "cost" });
  const t = excess[0].map((_, step) => step);
  names.forEach((name, i) => {
    const last = (diverged[i] || t.length) - 1;
    const look = LOOKS[name];
    map.line(w[i], b[i], { ...look, marker: "" });
    map.points([w[i][last]], [b[i][last]], { ...look, size: 4.5 });
    costs.line(t, excess[i].map((value) => Math.max(value, 1e-99)), { ...look, every: 25, label: name });
  });
  map.points([w[0][0]], [b[0][0]], { colour: "ink", size: 5, hollow: true });
  costs.legend("bottom left");
}

function describe({ names, w, excess, diverged }) {
  const n = w[0].length - 1;
  const end = excess.map((row) => row.at(-1));
  const running = [...names.keys()].filter((i) => !diverged[i]);
  let words = `After ${n} ${n === 1 ? "step" : "steps"} `;
  if (running.length) {
    const first = running.reduce((best, i) => (end[i] < end[best] ? i : best));
    const last = running.reduce((worst, i) => (end[i] > end[worst] ? i : worst));
    if (end[first] < end[last])
      words += `${names[first]} leads, ${number(end[first])} above the minimum; ${names[last]} is last, ${number(end[last])} above it.`;
    else if (running.length > 1) words += `all that run are level, ${number(end[first])} above the minimum.`;
    else words += `only ${names[first]} is left, ${number(end[first])} above the minimum.`;
    if (names.at(-1) === "yours" && !diverged.at(-1))
      words += ` Yours is number ${1 + running.filter((i) => end[i] < end.at(-1)).length} of ${names.length}.`;
  } else words += "nobody is left.";
  const gone = names.map((name, i) => `${name} in step ${diverged[i]}`).filter((_, i) => diverged[i]);
  return `${words} ${gone.length ? `Diverged: ${gone.join(", ")}` : "Nobody has diverged"}.`;
}

export default widget({ compute, draw, describe, drag: { panel: 0, x: "w", y: "b" } });
