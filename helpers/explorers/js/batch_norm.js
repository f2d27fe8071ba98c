// Batch normalization of one unit's z; ../batch_norm.py says what is computed.

import { normal } from "./draws.js";
import { widget } from "./frame.js";
import { number, toDecimals } from "./words.js";

const EPSILON = 1e-5;
const BATCHES = 100;
const SIZES = [2, 4, 8, 16, 32, 64, 128, 256];
const BIN = 0.5;
const EDGE = 11;
const TOPS = [0.2, 0.3, 0.4, 0.6, 0.8, 1.25]; // of the axis of shares

const mean = (z) => z.reduce((sum, value) => sum + value, 0) / z.length;
const variance = (z, centre) => z.reduce((sum, value) => sum + (value - centre) ** 2, 0) / z.length;
const moments = (z) => [mean(z), Math.sqrt(variance(z, mean(z)))];

function normalize(z, gamma, beta) {
  const centre = mean(z);
  const spread = Math.sqrt(variance(z, centre) + EPSILON);
  return z.map((value) => (gamma * (value - centre)) / spread + beta);
}

function runningAverages(batches, momentum) {
  const m = batches[0].length;
  let [runningMean, runningVar] = [0, 1];
  const running = batches.map((batch) => {
    const centre = mean(batch);
    runningVar = momentum * runningVar + ((1 - momentum) * variance(batch, centre) * m) / (m - 1);
    return (runningMean = momentum * runningMean + (1 - momentum) * centre);
  });
  return [running, runningVar];
}

const pool = { seed: null, rows: [], scatter: [] };

/** Standard normal numbers, a row for each batch, and how the means of their first 2, 4, 8 ... scatter: kept, for they cost most. */
function pooled(seed) {
  if (pool.seed !== seed) {
    const all = normal(seed, BATCHES * SIZES.at(-1));
    const rows = Array.from({ length: BATCHES }, (_, t) => all.subarray(t * SIZES.at(-1), (t + 1) * SIZES.at(-1)));
    const scatter = SIZES.map((size) => moments(rows.map((row) => mean(row.subarray(0, size))))[1]);
    Object.assign(pool, { seed, rows, scatter });
  }
  return pool;
}

function shares(z) {
  const counts = new Float64Array((2 * EDGE) / BIN + 1);
  for (const value of z) counts[Math.floor((value + EDGE) / BIN + 0.5)] ++; // beyond the bars: ignored
  return counts.map((count) => count / z.length);
}

function compute({ shift: mu, scale: sigma, m, gamma, beta, momentum, batches: n, seed }) {
  const { rows, scatter } = pooled(seed);
  const z = rows.slice(0, n).map((row) => row.subarray(0, m).map((value) => mu + sigma * value));
  const out = normalize(z.at(-1), gamma, beta);
  const [running, runningVar] = runningAverages(z, momentum);
  const [before, after] = [shares(z.at(-1)), shares(out)];
  const noise = sigma / Math.sqrt(m);
  const side = mu < 0 ? -1 : 1;
  const [far, near] = [mu - side * 6.5 * noise, mu + side * 3.5 * noise]; // the legend stands on the far side
  const spread = Math.sqrt(runningVar + EPSILON);
  return {
    middles: Array.from(before, (_, i) => -EDGE + BIN * i),
    before,
    after,
    arrives: moments(z.at(-1)),
    leaves: moments(out),
    t: z.map((_, i) => i + 1),
    means: z.map(mean),
    running,
    tested: [(gamma * (mu - running.at(-1))) / spread + beta, (gamma * sigma) / spread],
    scatter: scatter.map((value) => sigma * value),
    law: SIZES.map((size) => sigma / Math.sqrt(size)),
    noise,
    measured: sigma * scatter[SIZES.indexOf(m)],
    mu,
    m,
    low: Math.floor(2 * Math.min(0, far, near)) / 2,
    high: Math.ceil(2 * Math.max(0, far, near)) / 2,
    top: TOPS.find((top) => Math.max(...before, ...after) <= 0.8 * top),
  };
}

function draw([histogram, course, law], arrays) {
  const { middles, before, after, t, means, running, mu, m, noise, low, high, top } = arrays;
  histogram.begin({ low: -EDGE, high: EDGE, label: "z" }, { low: 0, high: top, label: "share of the batch" });
  histogram.bars(middles, after, { colour: "blue", width: 0.85 * BIN, label: "as it leaves" });
  const edges = Array.from(middles).flatMap((x) => [x - BIN / 2, x + BIN / 2]);
  const outline = Array.from(before).flatMap((share) => [share, share]);
  histogram.line(edges, outline, { colour: "vermilion", width: 2, label: "as it arrives" });
  histogram.legend(mu >= 0 ? "top left" : "top right");
  course.begin({ low: 0, high: BATCHES, label: "batch" }, { low, high, label: "mean of z" });
  course.points(t, means, { colour: "grey", size: 2.2, label: "mean of a batch" });
  course.line(t, running, { colour: "blue", width: 2.4, label: "running average" });
  course.rule({ y: mu, colour: "vermilion", label: "μ, the true mean" });
  course.legend(mu >= 0 ? "bottom right" : "top right");
  law.begin(
    { low: 1.6, high: 320, label: "m", log: true, ticks: SIZES },
    { low: 0.01, high: 10, label: "scatter of batch means", log: true },
  );
  law.line(SIZES, arrays.law, { colour: "green", label: "σ/√m" });
  law.points(SIZES, arrays.scatter, { colour: "grey", size: 3, label: `in ${BATCHES} batches` });
  law.points([m], [noise], { colour: "vermilion", marker: "plus", size: 7, label: "this m" });
  law.legend("top right");
}

function describe({ arrives, leaves, t, running, tested, noise, measured, mu }) {
  return (
    `Batch ${t.length}: z arrives with mean ${toDecimals(arrives[0], 4)} and standard deviation ${toDecimals(arrives[1], 4)};` +
    ` it leaves with mean ${toDecimals(leaves[0], 4)} and standard deviation` +
    ` ${toDecimals(leaves[1], 4)}, which are β and γ whatever arrives.` +
    ` Batch means scatter by σ/√m = ${number(noise)} (measured ${number(measured)}). The running average` +
    ` is ${toDecimals(running.at(-1), 4)}, off by ${toDecimals(Math.abs(running.at(-1) - mu), 4)}: with it, at test time, z leaves with mean` +
    ` ${toDecimals(tested[0], 4)} and standard deviation ${toDecimals(tested[1], 4)}.`
  );
}

export default widget({ compute, draw, describe });
