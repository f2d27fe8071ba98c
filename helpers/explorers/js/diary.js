// One model that is looked after beside twenty that are not; ../diary.py says what is computed.

import { normal, uniform } from "./draws.js";
import { widget } from "./frame.js";
import { number } from "./words.js";

const [DAYS, STEPS, WEEK] = [20, 100, 5]; // days in all, steps a day, days a week
const CURVATURES = [0.3, 30];
const START = [11, 1];
const NOISE = 20; // standard deviation of each slope
const FAR = 1000; // w is kept within this of 0
const [BEST, WORST] = [5, 100]; // per cent, the least dev error there is, and the largest that is shown
const [OTHERS, RATES] = [20, [0.0003, 0.3]]; // unattended models, and between which ends their rates are drawn
const TICKS = [5, 10, 20, 50, 100].map((error) => [error, String(error)]);
const kept = {}; // curves of the others, which depend on the seed alone

function compute(params) {
  const { seed, momentum, back, day } = params;
  const own = Array.from({ length: DAYS }, (_, i) => params[`rate${Math.floor(i / WEEK) + 1}`]);
  if (kept.seed !== seed) {
    const noise = normal(seed + 1000, 2 * DAYS * STEPS).map((z) => NOISE * z);
    const rates = Array.from(uniform(seed, OTHERS), (u) => RATES[0] * (RATES[1] / RATES[0]) ** u);
    const others = rates.map((rate) => course(() => rate, 0, false, noise).errors);
    Object.assign(kept, { seed, noise, rates, others });
  }
  const { errors, undone } = course((i) => own[i], momentum, back, kept.noise);
  return { rates: kept.rates, own, ours: errors, others: kept.others, undone, day };
}

/** The mean error of each day of one model, and the days that were undone. */
function course(rate, beta, back, noise) {
  let [w1, w2, v1, v2] = [...START, 0, 0];
  const [errors, undone] = [[], []];
  for (let day = 0; day < DAYS; day++) {
    const morning = [w1, w2, v1, v2];
    const alpha = rate(day);
    let total = 0;
    for (let step = 0; step < STEPS; step++) {
      const at = 2 * (day * STEPS + step);
      v1 = beta * v1 + (1 - beta) * (CURVATURES[0] * w1 + noise[at]);
      v2 = beta * v2 + (1 - beta) * (CURVATURES[1] * w2 + noise[at + 1]);
      w1 = Math.min(FAR, Math.max(-FAR, w1 - alpha * v1));
      w2 = Math.min(FAR, Math.max(-FAR, w2 - alpha * v2));
      total += Math.min(WORST, BEST + (CURVATURES[0] * w1 * w1 + CURVATURES[1] * w2 * w2) / 2);
    }
    errors.push(total / STEPS);
    if (back && day && errors[day] > errors[day - 1]) {
      [w1, w2, v1, v2] = morning;
      errors[day] = errors[day - 1];
      undone.push(day + 1);
    }
  }
  return { errors, undone };
}

function draw([diary, byRate], { rates, own, ours, others, undone, day }) {
  const days = Array.from({ length: day }, (_, i) => i + 1);
  const error = { low: 4.8, high: 400, log: true, ticks: TICKS, label: "dev error, %" };
  diary.begin({ low: 0.5, high: DAYS + 0.5, label: "day", ticks: [1, 5, 10, 15, 20] }, error);
  diary.rule({ y: BEST });
  others.forEach((curve, i) =>
    diary.line(days, curve.slice(0, day), { colour: "sky", width: 0.9, label: i ? "" : "unattended" }),
  );
  diary.line(days, ours.slice(0, day), { colour: "vermilion", width: 2.6, marker: "circle", label: "looked after" });
  const crossed = undone.filter((i) => i <= day);
  diary.points(crossed, crossed.map((i) => ours[i - 1]), { colour: "ink", marker: "cross", size: 4.5 });
  diary.legend("top right");
  byRate.begin({ low: 0.00008, high: 0.4, log: true, label: "learning rate" }, error);
  byRate.rule({ y: BEST });
  byRate.points(rates, others.map((curve) => curve[day - 1]), { colour: "blue", size: 3.6, label: "unattended" });
  byRate.points([own[day - 1]], [ours[day - 1]], { colour: "vermilion", marker: "star", size: 6, edge: "ink", label: "looked after" });
  byRate.legend("top left");
}

function describe({ rates, own, ours, others, undone, day }) {
  const [mine, theirs] = [ours[day - 1], others.map((curve) => curve[day - 1])];
  const at = theirs.reduce((best, value, i) => (value < theirs[best] ? i : best), 0);
  const weeks = own.slice(0, day).filter((_, i) => i % WEEK === 0).map((rate) => number(rate)).join(", ");
  const days = undone.filter((i) => i <= day).length;
  const gone = days ? `, ${days} ${days === 1 ? "day" : "days"} undone` : "";
  return (
    `Day ${day}. Looked after, with the rate ${weeks} week by week${gone}: ${number(mine)} %. The best of ${OTHERS} unattended ones,` +
    ` with the rate ${number(rates[at])}, has ${number(theirs[at])} %; ${theirs.filter((error) => error > mine).length} of them are` +
    ` worse than the one that is looked after, ${theirs.filter((error) => error > 50).length} are above 50 %.`
  );
}

export default widget({ compute, draw, describe });
