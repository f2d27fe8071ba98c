// Exponentially weighted averages; ../ewa.py says what is computed.

import { normal } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const DAYS = 180;
const TOPS = [0.025, 0.055, 0.11, 0.22, 0.55, 1.1]; // of the axis of weights

function compute({ beta, noise, days: n, seed, correct }) {
  const t = Array.from({ length: n }, (_, i) => i + 1);
  const truth = t.map((day) => 15 - 10 * Math.cos((2 * Math.PI * (day + 20)) / 365));
  const z = normal(seed, n);
  const x = truth.map((degrees, i) => degrees + noise * z[i]);
  let average = 0;
  const v = x.map((degrees) => (average = beta * average + (1 - beta) * degrees));
  return {
    t,
    truth,
    x,
    v,
    corrected: v.map((value, i) => value / (1 - beta ** t[i])),
    weight: t.map((day) => (1 - beta) * beta ** (n - day)),
    window: 1 / (1 - beta),
    top: TOPS.find((top) => top > 1 - beta),
    beta,
    correct,
  };
}

function draw([days, weights], { t, x, v, corrected, weight, window, top, correct }) {
  const axis = { low: 0, high: DAYS, label: "day" };
  days.begin(axis, { low: -5, high: 35, label: "degrees" });
  days.points(t, x, { colour: "grey", size: 2.2, label: "measured" });
  days.line(t, v, { colour: "blue", width: 2.4, label: "average v" });
  if (correct) days.line(t, corrected, { colour: "vermilion", dash: "dashed", width: 2, label: "corrected, v / (1 − βᵗ)" });
  days.legend("top left");
  weights.begin(axis, { low: 0, high: top, label: "weight in the last average" });
  weights.bars(t, weight, { colour: "green", width: 0.7 });
  const edge = t.at(-1) - window;
  if (edge > 0) {
    weights.rule({ x: edge });
    weights.words(`${number(window)} days`, edge, top * 0.93, { align: edge > DAYS / 2 ? "right" : "left", dx: edge > DAYS / 2 ? -6 : 6 });
  }
}

function describe({ t, x, v, corrected, truth, window, beta, correct }) {
  const share = ((1 - beta) * x[0]) / x[0];
  const words =
    `β = ${number(beta, 4)} averages over about ${number(window)} ${window === 1 ? "day" : "days"}: a day that far back` +
    ` weighs ${number(beta ** window)} of today. On day 1 the average is ${number(v[0])}, ${number(share)} of the` +
    ` measured ${number(x[0])}; on day ${t.length} it is ${number(v.at(-1))}`;
  return `${words}${correct ? `, corrected ${number(corrected.at(-1))}` : ""}, the truth ${number(truth.at(-1))}.`;
}

export default widget({ compute, draw, describe });
