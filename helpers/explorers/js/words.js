// Numbers as sentences and labels say them, the same as in ../explorer.py.

/** 0.9, 1200, 1.5e-7 */
export function number(x, figures = 3) {
  if (!Number.isFinite(x)) return "beyond all numbers";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size < 1e-4 || size >= 1e6) {
    const [mantissa, exponent] = x.toExponential(figures - 1).split("e");
    return `${withoutZeros(mantissa)}e${Number(exponent)}`.replaceAll("-", "−");
  }
  const decimals = Math.max(0, figures - 1 - Number(x.toExponential(6).split("e")[1]));
  return withoutZeros(x.toFixed(decimals)).replace("-", "−");
}

/** A number to so many decimals; what rounding leaves of a zero is not worth saying. */
export function toDecimals(x, decimals) {
  return number(Math.floor(x * 10 ** decimals + 0.5) / 10 ** decimals);
}

function withoutZeros(digits) {
  return digits.includes(".") ? digits.replace(/0+$/, "").replace(/\.$/, "") : digits;
}
