// The graph of a sigmoid unit, with a nudge; ../graph.py says what is computed.

import { widget } from "./frame.js";
import { number } from "./words.js";

const INPUTS = ["w0", "x0", "w1", "x1", "w2"];
const NODES = [...INPUTS, "w0·x0", "w1·x1", "s", "neg", "exp", "plus1", "f"];
const PLACES = {
  w2: [0, 4], w0: [0, 3], x0: [0, 2], w1: [0, 1], x1: [0, 0], "w0·x0": [1.4, 2.5], "w1·x1": [1.4, 0.5],
  s: [2.75, 4], neg: [2.75, 3], exp: [2.75, 2], plus1: [2.75, 1], f: [2.75, 0],
};
const ARROWS = [
  ["w0", "w0·x0"], ["x0", "w0·x0"], ["w1", "w1·x1"], ["x1", "w1·x1"], ["w0·x0", "s"], ["w1·x1", "s"], ["w2", "s"],
  ["s", "neg"], ["neg", "exp"], ["exp", "plus1"], ["plus1", "f"],
];
const RULES = {
  w0: "times x0, the other factor of the product", x0: "times w0, the other factor of the product",
  w1: "times x1, the other factor of the product", x1: "times w1, the other factor of the product",
  w2: "as it is, through the sum", "w0·x0": "as it is, through the sum", "w1·x1": "as it is, through the sum",
  s: "times −1", neg: "times exp, the value that comes out", exp: "as it is, since 1 is added",
  plus1: "times −f², the derivative of 1/plus1",
};
const USED_BY = Object.fromEntries(ARROWS);
const NUDGES = Array.from({ length: 81 }, (_, i) => -1 + (2 * i) / 80);
const [X, Y, HEADS] = [{ low: -2.35, high: 5.5 }, { low: -0.6, high: 4.9 }, 4.62]; // of the picture of the graph

function forward(given, nudged, by) {
  const value = {};
  const keep = (name, computed) => (value[name] = name === nudged ? computed + by : computed);
  INPUTS.forEach((name) => keep(name, given[name]));
  keep("w0·x0", value.w0 * value.x0);
  keep("w1·x1", value.w1 * value.x1);
  keep("s", value["w0·x0"] + value["w1·x1"] + value.w2);
  keep("neg", -value.s);
  keep("exp", Math.exp(value.neg));
  keep("plus1", value.exp + 1);
  keep("f", 1 / value.plus1);
  return value;
}

function backward(value) {
  const d = { f: 1, plus1: -(value.f ** 2) };
  d.exp = d.plus1;
  d.neg = d.exp * value.exp;
  d.s = -d.neg;
  for (const name of ["w0·x0", "w1·x1", "w2"]) d[name] = d.s;
  for (const i of [0, 1]) {
    d[`w${i}`] = d.s * value[`x${i}`];
    d[`x${i}`] = d.s * value[`w${i}`];
  }
  return d;
}

function compute(params) {
  const { node, nudge } = params;
  const before = forward(params, "", 0);
  const after = forward(params, node, nudge);
  const d = backward(before);
  const beyond = (by) => (node === "exp" || node === "plus1") && before.plus1 + by < 0.05; // the curve has a pole there
  return {
    node,
    at: NODES.indexOf(node),
    nudge,
    values: NODES.map((name) => after[name]),
    gradients: NODES.map((name) => d[name]),
    moved: NODES.map((name) => after[name] !== before[name]),
    before: before.f,
    after: after.f,
    predicted: before.f + d[node] * nudge,
    curve: NUDGES.map((by) => (beyond(by) ? NaN : forward(params, node, by).f)),
  };
}

/** Where the value and the gradient of a node stand. */
function numbersOf(name) {
  const [x, y] = PLACES[name];
  if (INPUTS.includes(name)) return [[x - 0.42, y, "right"], [x - 1.25, y, "right"]];
  if (name.includes("·")) return [[x, y + 0.6, "center"], [x, y - 0.6, "center"]];
  return [[x + 0.58, y, "left"], [x + 1.68, y, "left"]];
}

function draw([graph, curve], { at, nudge, values, gradients, moved, before, after, predicted, curve: f }) {
  graph.bare({ top: 4, x: X, y: Y });
  for (const [source, target] of ARROWS) arrow(graph, PLACES[source], PLACES[target]);
  NODES.forEach((name, i) => {
    graph.box(name, ...PLACES[name], { strong: i === at });
    const [[x, y, align], [u, v, other]] = numbersOf(name);
    graph.words(number(values[i]), x, y, { colour: "green", align, bold: moved[i] });
    graph.words(number(gradients[i]), u, v, { colour: "vermilion", align: other });
  });
  for (const name of ["w2", "s"])
    numbersOf(name).forEach(([x, , align], k) =>
      graph.words(["value", "gradient"][k], x, HEADS, { colour: ["green", "vermilion"][k], align }),
    );

  curve.begin({ low: -1, high: 1, label: "nudge" }, { low: -0.5, high: 1.5, label: "f" });
  curve.line(NUDGES, f, { colour: "blue", width: 2.2, label: "f, computed anew" });
  curve.line(NUDGES, NUDGES.map((by) => before + gradients[at] * by), { colour: "vermilion", dash: "dashed", width: 1.5, label: "by the gradient" });
  curve.points([0], [before], { colour: "ink", marker: "square", hollow: true, size: 5 });
  curve.points([nudge], [predicted], { colour: "vermilion", marker: "cross", size: 5 });
  curve.points([nudge], [after], { colour: "blue", size: 5 });
  curve.legend("top left");
}

/** A line from one node to the other, with a head half way. */
function arrow(graph, [x, y], [u, v]) {
  graph.line([x, u], [y, v], { colour: "grey", width: 1.2 });
  const [px, py, qx, qy] = [graph.px(x), graph.py(y), graph.px(u), graph.py(v)];
  const [mx, my, length] = [(px + qx) / 2, (py + qy) / 2, Math.hypot(qx - px, qy - py)];
  const [dx, dy] = [(qx - px) / length, (qy - py) / length];
  const tip = graph.at(mx + 4 * dx, my + 4 * dy);
  for (const side of [-1, 1]) {
    const back = graph.at(mx - 3 * dx + side * 3.5 * dy, my - 3 * dy - side * 3.5 * dx);
    graph.line([back[0], tip[0]], [back[1], tip[1]], { colour: "grey", width: 1.4 });
  }
}

function describe({ node, at, nudge, gradients, before, after }) {
  const gradient = gradients[at];
  const how =
    node === "f"
      ? "the last node, so its gradient is 1"
      : `used by ${USED_BY[node]}; its gradient, ${number(gradient)}, is that of ${USED_BY[node]} ${RULES[node]}`;
  return (
    `${node} is ${how}. If it grows by ${number(nudge)}, f goes from ${number(before, 4)} to ${number(after, 4)},` +
    ` by ${number(after - before)}; gradient times nudge is ${number(gradient * nudge)}.`
  );
}

export default widget({ compute, draw, describe });
