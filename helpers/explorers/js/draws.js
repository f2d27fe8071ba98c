// The random numbers of ../draws.py: mulberry32, a counter and a hash of it.

const STEP = 0x6d2b79f5;
const SPREAD = 0x9e3779b1;

/** n numbers in [0, 1); the first of them are the same whatever n is. */
export function uniform(seed, n) {
  const u = new Float64Array(n);
  let a = Math.imul(seed, SPREAD);
  for (let i = 0; i < n; i++) {
    a = (a + STEP) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    u[i] = ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  return u;
}

/** n numbers from a standard normal distribution, by Box and Muller (1958). */
export function normal(seed, n) {
  const u = uniform(seed, 2 * n);
  const z = new Float64Array(n);
  for (let i = 0; i < n; i++) z[i] = Math.sqrt(-2 * Math.log(1 - u[2 * i])) * Math.cos(2 * Math.PI * u[2 * i + 1]);
  return z;
}
