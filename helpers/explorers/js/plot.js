// A small plotting library on a canvas: axes, lines with dashes, markers, bars, fields and their contours.
//
// A plot is drawn anew for every frame. What does not change from frame to frame, such as a surface, is kept as a bitmap
// under a key (`backdrop`).

const MARGIN = { left: 54, right: 12, top: 10, bottom: 38 };
const SMALL = { left: 46, right: 12, top: 6, bottom: 34 }; // of a picture lower than this
const SMALL_BELOW = 190; // CSS pixels, as all lengths here
const [TEXT, SMALL_TEXT] = [12.5, 11];
const NARROW_BELOW = 420; // where words that have no axes are small, too
const BETWEEN = { across: 5, down: 12 }; // what is left free between two numbers of an axis; the second would go unwritten

export const DASHES = { solid: [], dashed: [7, 4], dotted: [2, 3], dashdot: [8, 3, 2, 3], long: [12, 4], short: [4, 2] };

/** The colours of the page's theme, and Okabe and Ito's; none of these is ever the only cue. */
export function colours(element) {
  const style = getComputedStyle(element);
  const ink = style.getPropertyValue("--explorer-ink").trim() || "#1a1a1a";
  const paper = style.getPropertyValue("--explorer-paper").trim() || "#ffffff";
  const dark = brightness(paper) < 0.4;
  return {
    ink,
    paper,
    dark,
    faint: dark ? "#4a4a4a" : "#dddddd",
    grey: dark ? "#a0a0a0" : "#767676",
    blue: dark ? "#4aa3df" : "#0072B2",
    orange: dark ? "#E69F00" : "#B87F00",
    green: dark ? "#19b88d" : "#009E73",
    vermilion: dark ? "#f0793a" : "#D55E00",
    purple: dark ? "#dd94bd" : "#B0568C",
    sky: dark ? "#56B4E9" : "#2E8BC0",
    shade: { vermilion: dark ? "#4d2a15" : "#F6D5C3", blue: dark ? "#12344a" : "#C9DFEE" },
  };
}

function brightness(colour) {
  const scratch = document.createElement("canvas").getContext("2d");
  scratch.fillStyle = colour;
  scratch.fillRect(0, 0, 1, 1);
  const [r, g, b] = scratch.getImageData(0, 0, 1, 1).data;
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

/** One picture: a canvas of its own with two axes. */
export class Plot {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.backdrops = new Map();
    this.legendEntries = [];
  }

  /**
   * Begin a frame. x and y: {low, high, label, log, ticks}; `square` gives both axes the same scale.
   * ticks: values, or [value, text] pairs, in the place of the usual ones.
   */
  begin(x, y, { square = false } = {}) {
    this.#clear();
    const margin = this.height < SMALL_BELOW ? SMALL : MARGIN;
    let [left, top] = [margin.left, margin.top];
    let [wide, high] = [Math.max(1, this.width - left - margin.right), Math.max(1, this.height - top - margin.bottom)];
    if (square) {
      const unit = Math.min(wide / (x.high - x.low), high / (y.high - y.low));
      left += (wide - unit * (x.high - x.low)) / 2;
      top += (high - unit * (y.high - y.low)) / 2;
      [wide, high] = [unit * (x.high - x.low), unit * (y.high - y.low)];
    }
    this.area = { left, top, wide, high };
    [this.x, this.y] = [axis(x), axis(y)];
    this.#axes();
    return this;
  }

  /**
   * Begin a frame without axes, of which `top` pixels above the area are left for notes. x and y: {low, high} of what is not
   * placed by pixels.
   */
  bare({ top, x, y }) {
    this.#clear();
    this.area = { left: 8, top, wide: Math.max(1, this.width - 16), high: Math.max(1, this.height - top - 4) };
    if (x) [this.x, this.y] = [axis(x), axis(y)];
    if (this.width < NARROW_BELOW) this.#font(SMALL_TEXT);
  }

  /** An empty picture at the present size of the canvas. */
  #clear() {
    const ratio = window.devicePixelRatio || 1;
    [this.width, this.height] = [this.canvas.clientWidth || 360, this.canvas.clientHeight || 300];
    const [w, h] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      [this.canvas.width, this.canvas.height] = [w, h];
      this.backdrops.clear();
    }
    this.ratio = ratio;
    this.colours = colours(this.canvas);
    this.legendEntries = [];
    const c = this.context;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.fillStyle = this.colours.paper;
    c.fillRect(0, 0, this.width, this.height);
    c.lineJoin = "round";
    this.#font(this.height < SMALL_BELOW ? SMALL_TEXT : TEXT);
  }

  /** Words at CSS pixels. */
  note(text, px, py) {
    this.#text(text, px, py, "center", "middle", this.colours.ink);
  }

  /** The edge of a box; crossed out if nothing is in it. */
  outline({ left, top, wide, high }, full) {
    const c = this.context;
    [c.strokeStyle, c.lineWidth] = [this.colours.grey, 1];
    c.setLineDash([]);
    c.strokeRect(left, top, wide, high);
    if (full) return;
    this.#stroke([[left, top], [left + wide, top + high]], this.colours.ink);
    this.#stroke([[left, top + high], [left + wide, top]], this.colours.ink);
  }

  /** CSS pixels of a point, and back. */
  px(x) {
    return this.area.left + this.x.part(x) * this.area.wide;
  }
  py(y) {
    return this.area.top + (1 - this.y.part(y)) * this.area.high;
  }
  at(px, py) {
    return [
      this.x.value((px - this.area.left) / this.area.wide),
      this.y.value(1 - (py - this.area.top) / this.area.high),
    ];
  }

  #axes() {
    const { left, top, wide, high } = this.area;
    const c = this.context;
    c.lineWidth = 1;
    let free = -Infinity; // where the next number may begin
    for (const [t, text] of this.x.ticks) {
      const p = Math.round(this.px(t)) + 0.5;
      this.#stroke([[p, top], [p, top + high]], this.colours.faint);
      const half = c.measureText(text).width / 2;
      if (p - half < free) continue;
      free = p + half + BETWEEN.across;
      this.#text(text, p, top + high + 5, "center", "top", this.colours.ink);
    }
    free = Infinity;
    for (const [t, text] of this.y.ticks) {
      const p = Math.round(this.py(t)) + 0.5;
      this.#stroke([[left, p], [left + wide, p]], this.colours.faint);
      if (p > free) continue;
      free = p - BETWEEN.down;
      this.#text(text, left - 6, p, "right", "middle", this.colours.ink);
    }
    this.#stroke([[left, top], [left, top + high], [left + wide, top + high]], this.colours.grey);
    this.#name(this.x.label, left + wide / 2, this.height - 2, this.width, 0);
    this.#name(this.y.label, 2, top + high / 2, this.height, -Math.PI / 2);
  }

  /** What an axis is called, centred and, where there is little room, smaller, but still within the picture. */
  #name(label, x, y, room, turn) {
    const c = this.context;
    const font = c.font;
    const size = parseFloat(font) * Math.min(1, (room - 4) / c.measureText(label).width);
    this.#font(Math.max(8, size));
    const half = c.measureText(label).width / 2;
    const within = (at) => Math.max(half + 2, Math.min(room - half - 2, at));
    c.save();
    c.translate(...(turn ? [x, within(y)] : [within(x), y]));
    c.rotate(turn);
    this.#text(label, 0, 0, "center", turn ? "top" : "bottom", this.colours.ink);
    c.restore();
    c.font = font;
  }

  #font(size) {
    this.context.font = `${size}px system-ui, sans-serif`;
  }

  #stroke(points, colour) {
    const c = this.context;
    c.strokeStyle = colour;
    c.beginPath();
    points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.stroke();
  }

  #text(words, x, y, align, baseline, colour) {
    const c = this.context;
    [c.textAlign, c.textBaseline, c.fillStyle] = [align, baseline, colour];
    c.fillText(words, x, y);
  }

  /** Draw inside the axes only. */
  #clipped(paint) {
    const { left, top, wide, high } = this.area;
    const c = this.context;
    c.save();
    c.beginPath();
    c.rect(left, top, wide, high);
    c.clip();
    paint(c);
    c.restore();
  }

  /** A line through points; with `label` it is in the legend. A value that is no number interrupts it. */
  line(xs, ys, { colour = "blue", dash = "solid", width = 1.8, label = "", marker = "", every = 1 } = {}) {
    const ink = this.colours[colour] || colour;
    this.#clipped((c) => {
      c.strokeStyle = ink;
      c.lineWidth = width;
      c.setLineDash(DASHES[dash]);
      c.beginPath();
      let down = false;
      for (let i = 0; i < xs.length; i++) {
        const [px, py] = [this.px(xs[i]), this.py(ys[i])];
        const drawable = Number.isFinite(px) && Number.isFinite(py) && Math.abs(px) < 1e5 && Math.abs(py) < 1e5;
        if (drawable) down ? c.lineTo(px, py) : c.moveTo(px, py);
        down = drawable;
      }
      c.stroke();
    });
    if (marker) {
      const chosen = Array.from(xs.keys()).filter((i) => i % every === 0);
      this.points(chosen.map((i) => xs[i]), chosen.map((i) => ys[i]), { colour, marker, size: 3.5 });
    }
    if (label) this.legendEntries.push({ label, ink, dash, width, marker });
  }

  /** Markers: circle, square, triangle, wedge, diamond, cross, plus, star; hollow ones are filled with the paper's colour. */
  points(xs, ys, { colour = "blue", marker = "circle", size = 4, label = "", hollow = false, edge = "" } = {}) {
    const ink = this.colours[colour] || colour;
    this.#clipped((c) => {
      for (let i = 0; i < xs.length; i++) {
        const [px, py] = [this.px(xs[i]), this.py(ys[i])];
        if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
        paintMarker(c, marker, px, py, size, ink, hollow ? this.colours.paper : ink, this.colours[edge] || edge);
      }
    });
    if (label) this.legendEntries.push({ label, ink, marker, hollow });
  }

  /** Bars from the foot of the axes, or from zero. width: of a bar, in the units of x. */
  bars(xs, heights, { colour = "blue", width = 0.8, label = "", outline = false } = {}) {
    const ink = this.colours[colour] || colour;
    const foot = this.y.low > 0 || this.y.log ? this.y.low : 0;
    this.#clipped((c) => {
      [c.fillStyle, c.strokeStyle, c.lineWidth] = [ink, ink, 1.5];
      for (let i = 0; i < xs.length; i++) {
        const [a, b] = [this.px(xs[i] - width / 2), this.px(xs[i] + width / 2)];
        const [p, q] = [this.py(heights[i]), this.py(foot)];
        outline ? c.strokeRect(a, p, b - a, q - p) : c.fillRect(a, p, b - a, q - p);
      }
    });
    if (label) this.legendEntries.push({ label, ink, bar: true, hollow: outline });
  }

  /** Words at a point. */
  words(text, x, y, { colour = "ink", align = "left", baseline = "middle", dx = 0, dy = 0, bold = false } = {}) {
    const font = this.context.font;
    if (bold) this.context.font = `bold ${font}`;
    this.#text(text, this.px(x) + dx, this.py(y) + dy, align, baseline, this.colours[colour] || colour);
    this.context.font = font;
  }

  /** Words in a rounded box, its middle at a point. strong: with a thick edge. */
  box(text, x, y, { strong = false } = {}) {
    const c = this.context;
    const [px, py, half] = [this.px(x), this.py(y), c.measureText(text).width / 2 + 5];
    const high = parseFloat(c.font.match(/[\d.]+(?=px)/)[0]) / 2 + 3.5;
    [c.strokeStyle, c.fillStyle, c.lineWidth] = [this.colours[strong ? "ink" : "grey"], this.colours.paper, strong ? 2.4 : 1];
    c.setLineDash([]);
    c.beginPath();
    c.roundRect(px - half, py - high, 2 * half, 2 * high, 4);
    c.fill();
    c.stroke();
    this.#text(text, px, py, "center", "middle", this.colours.ink);
  }

  /** A straight line across the axes, upright at x or level at y. */
  rule({ x, y, colour = "grey", dash = "dashed", label = "" }) {
    const xs = x === undefined ? [this.x.low, this.x.high] : [x, x];
    const ys = y === undefined ? [this.y.low, this.y.high] : [y, y];
    this.line(xs, ys, { colour, dash, width: 1.2, label });
  }

  /**
   * Values over the whole area, or another box, row by row from the lowest y, as colours: `paint(value)` gives [r, g, b], or
   * [r, g, b, how opaque], up to 255 each.
   * Drawn coarse and stretched, so a field of 60 by 60 is enough for a smooth surface.
   */
  field(values, columns, rows, paint, { smooth = true, box = this.area } = {}) {
    const image = new ImageData(columns, rows);
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++) {
        const at = 4 * ((rows - 1 - j) * columns + i);
        const [r, g, b, opaque = 255] = paint(values[j * columns + i]);
        image.data.set([r, g, b, opaque], at);
      }
    const coarse = new OffscreenCanvas(columns, rows);
    coarse.getContext("2d").putImageData(image, 0, 0);
    const { left, top, wide, high } = box;
    this.context.imageSmoothingEnabled = smooth;
    this.context.drawImage(coarse, left, top, wide, high);
  }

  /** Lines of equal value of a field whose columns and rows reach from edge to edge, by marching squares. */
  contours(values, columns, rows, levels, { colour = "grey", width = 1 } = {}) {
    const X = (i) => this.area.left + (i / (columns - 1)) * this.area.wide;
    const Y = (j) => this.area.top + (1 - j / (rows - 1)) * this.area.high;
    this.#clipped((c) => {
      [c.strokeStyle, c.lineWidth] = [this.colours[colour] || colour, width];
      c.beginPath();
      for (const level of levels)
        for (let j = 0; j + 1 < rows; j++)
          for (let i = 0; i + 1 < columns; i++) {
            const v = [j * columns + i, j * columns + i + 1, (j + 1) * columns + i + 1, (j + 1) * columns + i].map(
              (k) => values[k] - level,
            );
            const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
            const crossed = [];
            for (let k = 0; k < 4; k++) {
              const [a, b] = [v[k], v[(k + 1) % 4]];
              if (a < 0 === b < 0) continue;
              const [p, q, t] = [corners[k], corners[(k + 1) % 4], a / (a - b)];
              crossed.push([X(p[0] + t * (q[0] - p[0])), Y(p[1] + t * (q[1] - p[1]))]);
            }
            for (let k = 0; k + 1 < crossed.length; k += 2) {
              c.moveTo(...crossed[k]);
              c.lineTo(...crossed[k + 1]);
            }
          }
      c.stroke();
    });
  }

  /** Paint what `key` names once, and show the same bitmap until the key, the theme or the size changes. */
  backdrop(key, paint) {
    const whole = `${key} ${this.colours.paper} ${Object.values(this.area)}`;
    const { left, top, wide, high } = this.area;
    const r = this.ratio;
    const place = [Math.round(left * r), Math.round(top * r), Math.round(wide * r), Math.round(high * r)];
    if (!this.backdrops.has(whole)) {
      paint(this);
      this.backdrops.clear();
      this.backdrops.set(whole, this.context.getImageData(...place));
    } else this.context.putImageData(this.backdrops.get(whole), place[0], place[1]);
  }

  /** The legend, in the corner given or beside the curves. corner: "top right" and the like. */
  legend(corner = "top right") {
    const c = this.context;
    const entries = this.legendEntries;
    const { left, top } = this.area;
    const font = c.font;
    const line = Math.max(11, Math.min(17, Math.floor((this.area.high - 14) / entries.length)));
    if (line < 15) this.#font(10);
    const wide = 34 + Math.max(...entries.map((e) => c.measureText(e.label).width));
    const high = line * entries.length + 6;
    const x = corner.includes("right") ? left + this.area.wide - wide - 6 : left + 6;
    const y = corner.includes("bottom") ? top + this.area.high - high - 4 : top + 4;
    c.globalAlpha = 0.85;
    c.fillStyle = this.colours.paper;
    c.fillRect(x, y, wide, high);
    c.globalAlpha = 1;
    entries.forEach((e, i) => {
      const middle = y + 3 + line * (i + 0.5);
      [c.strokeStyle, c.fillStyle, c.lineWidth] = [e.ink, e.ink, e.width || 1.8];
      if (e.bar) e.hollow ? c.strokeRect(x + 6, middle - 5, 14, 10) : c.fillRect(x + 6, middle - 5, 14, 10);
      if (e.dash) {
        c.setLineDash(DASHES[e.dash]);
        c.beginPath();
        c.moveTo(x + 2, middle);
        c.lineTo(x + 26, middle);
        c.stroke();
        c.setLineDash([]);
      }
      if (e.marker) paintMarker(c, e.marker, x + 14, middle, 4, e.ink, e.hollow ? this.colours.paper : e.ink);
      this.#text(e.label, x + 31, middle, "left", "middle", this.colours.ink);
    });
    c.font = font;
  }
}

function paintMarker(c, marker, x, y, size, ink, fill, edge = "") {
  [c.fillStyle, c.strokeStyle, c.lineWidth] = [fill, edge || ink, edge ? 0.7 : 1.4];
  c.setLineDash([]);
  c.beginPath();
  const corners = {
    square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
    triangle: [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]],
    wedge: [[0, 1.2], [1.1, -0.9], [-1.1, -0.9]],
    diamond: [[0, -1.35], [1.1, 0], [0, 1.35], [-1.1, 0]],
    star: Array.from({ length: 10 }, (_, k) => {
      const r = k % 2 ? 0.6 : 1.5;
      return [r * Math.sin((k * Math.PI) / 5), -r * Math.cos((k * Math.PI) / 5)];
    }),
  }[marker];
  const strokes = { cross: [[-1, -1, 1, 1], [-1, 1, 1, -1]], plus: [[-1.2, 0, 1.2, 0], [0, -1.2, 0, 1.2]] }[marker];
  if (strokes) {
    for (const [a, b, d, e] of strokes) {
      c.moveTo(x + a * size, y + b * size);
      c.lineTo(x + d * size, y + e * size);
    }
    c.stroke();
    return;
  }
  if (corners) corners.forEach(([a, b], i) => c[i ? "lineTo" : "moveTo"](x + a * size, y + b * size));
  else c.arc(x, y, size, 0, 2 * Math.PI);
  c.closePath();
  c.fill();
  c.stroke();
}

function axis({ low, high, label = "", log = false, ticks }) {
  const [a, b] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const chosen = ticks || (log ? decades(a, b) : steps(low, high));
  return {
    low,
    high,
    label,
    log,
    ticks: chosen.map((t) => (Array.isArray(t) ? t : [t, tickText(t, log)])),
    part: (v) => ((log ? Math.log10(v) : v) - a) / (b - a),
    value: (p) => (log ? 10 ** (a + p * (b - a)) : a + p * (b - a)),
  };
}

function steps(low, high) {
  const rough = (high - low) / 5;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * decade).find((s) => s >= rough * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step);
  return ticks;
}

function decades(a, b) {
  const every = Math.max(1, Math.ceil((b - a) / 5));
  const ticks = [];
  for (let k = Math.ceil(a - 1e-9); k <= b + 1e-9; k += every) ticks.push(10 ** k);
  return ticks;
}

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

function tickText(t, log) {
  const exponent = Math.round(Math.log10(t));
  if (log && Math.abs(exponent) > 2) return `10${[...String(exponent)].map((digit) => SUPERSCRIPT[digit]).join("")}`;
  return String(Number(t.toPrecision(6))).replace("-", "−");
}
