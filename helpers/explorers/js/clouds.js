// Where a net with two output units puts new digits; ../clouds.py says what is computed.

import { widget } from "./frame.js";
import { toDecimals } from "./words.js";

const BATCHES = [0, 25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1300, 1600, 2000, 2500, 3000, 3500, 4000, 5000];
const SIDE = 14; // pixels
const LEVELS = 15; // of ink, which one hexadecimal figure tells
const EDGE = [-8, 4.8, -5.3, 6.6]; // of the plane: left, right, bottom, top
const HALF = 0.5; // of the width of a picture there
const END = 5200; // of the axis of batches
const INK = { light: { own: [213, 94, 0], other: [0, 0, 0] }, dark: { own: [240, 121, 58], other: [235, 235, 235] } };

/** The digit whose mean is nearest to a place. */
function nearest(x, y, meanX, meanY) {
  const distance = meanX.map((value, c) => (x - value) ** 2 + (y - meanY[c]) ** 2);
  return distance.indexOf(Math.min(...distance));
}

function compute({ batches, digit }, { digits, ink, x, y, mean_x, mean_y }) {
  const at = BATCHES.indexOf(batches);
  const found = BATCHES.slice(0, at + 1).map((_, t) => digits.map((d, k) => nearest(x[t][k], y[t][k], mean_x[t], mean_y[t]) === d));
  const count = (flags) => flags.filter(Boolean).length;
  return {
    x: x[at],
    y: y[at],
    digits,
    ink,
    digit,
    mean: [mean_x[at][digit], mean_y[at][digit]],
    batches: BATCHES.slice(0, at + 1),
    right: found.map((flags) => (100 * count(flags)) / digits.length),
    own: count(found[at].filter((_, k) => digits[k] === digit)),
    of: count(digits.map((d) => d === digit)),
  };
}

function draw([plane, course], { x, y, digits, ink, digit, mean, batches, right }) {
  const [left, rightmost, bottom, top] = EDGE;
  plane.begin({ low: left, high: rightmost, label: "first unit" }, { low: bottom, high: top, label: "second unit" }, { square: true });
  const inks = INK[plane.colours.dark ? "dark" : "light"];
  const order = [...digits.keys()].sort((a, b) => (digits[a] === digit) - (digits[b] === digit));
  const [wide, high] = [plane.px(HALF) - plane.px(-HALF), plane.py(-HALF) - plane.py(HALF)];
  for (const k of order) {
    const colour = inks[digits[k] === digit ? "own" : "other"];
    const rows = Array.from({ length: SIDE }, (_, row) => ink[k].slice(SIDE * (SIDE - 1 - row), SIDE * (SIDE - row))); // lowest first
    const levels = [...rows.join("")].map((figure) => parseInt(figure, 16) / LEVELS);
    const box = { left: plane.px(x[k] - HALF), top: plane.py(y[k] + HALF), wide, high };
    plane.field(levels, SIDE, SIDE, (level) => [...colour, 255 * level], { box });
  }
  plane.points([mean[0]], [mean[1]], { colour: "blue", marker: "plus", size: 9, label: `mean of the old ${digit}s` });
  plane.legend("bottom left");
  course.begin({ low: 0, high: END, label: "batches of pairs" }, { low: 0, high: 100, label: "new pictures, %" });
  course.line(batches, right, { colour: "blue", width: 2.2, label: "nearest to their digit's mean" });
  course.rule({ y: 10, label: "by chance, 10 %" });
  course.points([batches.at(-1)], [right.at(-1)], { colour: "vermilion", size: 5 });
  course.legend("bottom right");
}

function describe({ digits, digit, batches, right, own, of }) {
  const t = batches.at(-1);
  return (
    `${t === 0 ? "Before the first batch" : `After ${t} batches`}, ${toDecimals(right.at(-1), 0)} % of these ${digits.length}` +
    ` new pictures lie nearest to the mean of their own digit's old pictures; of the ${digit}s it is ${own} of ${of}.`
  );
}

export default widget({ compute, draw, describe });
