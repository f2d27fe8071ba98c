// The frame around every explorer: prediction, controls, pictures, summary. What is particular to one of them is an object
//
//   { compute(params, data, answer) -> arrays, draw(plots, arrays), describe(arrays) -> words,
//     drag: {panel, x, y} }         names of the two sliders that a pointer on that picture moves, and the arrow keys there;
//                                   or {panel, of: (params) -> names, held}: of several sliders along x the nearest, whose
//                                   place, from 1, the slider `held` gets; up and down go to another one
//
// and the controls' description comes from Python (../widget.py). `answer` is what the kernel last said, for explorers in
// which the student's own function runs; null until then, and for all others.

import { normal, uniform } from "./draws.js";
import { Plot } from "./plot.js";
import { number } from "./words.js";

const SAVE_AFTER = 150; // ms of rest until the kernel hears of new values
const SAY_AFTER = 600; // ms of rest until a screen reader says the summary
const FRAMES_A_SECOND = 15; // while playing
const LOW_BELOW = 480; // CSS pixels: where the notebook shows less at once, controls stand beside the pictures, not below
const LONGEST_PROBLEM = "Your function stopped with an error, about which so much is said: ".repeat(3);
const UNKNOWN = 640; // what a notebook in a frame of another page is taken to show

/** The anywidget of an explorer. */
export function widget(explorer) {
  return { explorer, library: { uniform, normal, number }, render: ({ model, el }) => new Frame(explorer, model, el).start() };
}

class Frame {
  constructor(explorer, model, el) {
    Object.assign(this, { explorer, model, el });
    this.id = `explorer-${Math.random().toString(36).slice(2)}`; // each explorer is a module of its own, and cannot count
    this.spec = model.get("spec");
    this.params = { ...model.get("params") };
    this.answer = null;
    this.controls = {};
    this.timers = {};
    this.cleanups = [];
  }

  start() {
    this.#build();
    this.#onPython("change:params", () => this.#adopt(this.model.get("params")));
    this.#onPython("msg:custom", (message) => this.#hear(message));
    const observer = new ResizeObserver(() => this.#fit());
    this.plots.forEach(({ canvas }) => observer.observe(canvas));
    observer.observe(this.#notebook() || document.documentElement);
    const themes = new MutationObserver(() => this.redraw());
    themes.observe(document.body, { attributes: true });
    this.cleanups.push(() => observer.disconnect(), () => themes.disconnect());
    this.model.send({ kind: "ready" });
    this.#changed();
    this.#replaceStatic();
    return () => {
      this.#stop();
      Object.values(this.timers).forEach(clearTimeout);
      this.cleanups.forEach((clean) => clean());
    };
  }

  #onPython(event, callback) {
    this.model.on(event, callback);
    this.cleanups.push(() => this.model.off(event, callback));
  }

  // -- what one sees ---------------------------------------------------------------------------------------------------

  #build() {
    const { spec, id } = this;
    this.root = make("section", { class: "explorer", "aria-labelledby": `${id}-title` });
    this.root.append(make("h3", { id: `${id}-title` }, spec.title), make("p", {}, spec.about), this.#prediction());
    const stage = make("div", { class: "explorer-stage", role: "group", "aria-label": "Pictures" });
    this.stage = stage;
    this.plots = spec.panels.map((panel, i) => {
      const canvas = make("canvas", { role: "img" });
      const count = make("span", { class: "explorer-count" }, `${i + 1} of ${spec.panels.length}`);
      stage.append(make("figure", {}, make("figcaption", {}, `${panel} `, count), make("div", { class: "explorer-canvas" }, canvas)));
      return new Plot(canvas);
    });
    if (this.explorer.drag) this.#draggable(this.explorer.drag);
    this.summary = make("p", { class: "explorer-summary" });
    this.alert = make("p", { class: "explorer-alert", role: "alert" });
    this.spoken = make("p", { class: "explorer-spoken", "aria-live": "polite" });
    const hand = make("div", { class: "explorer-hand" }, this.#presets(), this.#controls(), steady(this.summary, spec.longest));
    if (spec.asks) hand.append(steady(this.alert, LONGEST_PROBLEM));
    this.root.append(make("div", { class: "explorer-work" }, stage, hand), this.#seen(), this.spoken);
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.el.append(this.root);
    this.#fit();
  }

  /** What scrolls the notebook: JupyterLab's or Notebook's; elsewhere the page does. */
  #notebook() {
    return this.el.closest(".jp-WindowedPanel-outer") || this.el.closest(".jp-Notebook");
  }

  /** Tell the style sheet how much is seen at once, which is less than the window, and draw at the size that comes of it. */
  #fit() {
    const page = window.parent === window ? window.innerHeight : UNKNOWN; // a frame may be as high as what it shows
    const room = Math.min(page, this.#notebook()?.clientHeight || page);
    this.root.style.setProperty("--explorer-room", `${room}px`);
    this.root.classList.toggle("explorer-low", room < LOW_BELOW);
    const { stage } = this;
    if (stage.scrollWidth > stage.clientWidth + 1) stage.tabIndex = 0; // so that arrow keys scroll it
    else stage.removeAttribute("tabindex");
    this.redraw();
  }

  #prediction() {
    const { question, answers, right, attempt } = this.spec.prediction;
    const box = make("fieldset", { class: "explorer-prediction" }, make("legend", {}, "Predict"), make("p", {}, question));
    const next = make("p", { class: "explorer-attempt", "aria-live": "polite" });
    answers.forEach((answer, i) => {
      const button = focusable("input", { type: "radio", name: `${this.id}-prediction`, value: i });
      button.addEventListener("change", () => {
        this.predicted = i === right;
        next.replaceChildren(make("b", {}, "Try. "), attempt);
        this.seen.hidden = false;
      });
      box.append(make("label", {}, button, ` ${answer}`));
    });
    box.append(steady(next, `Try. ${attempt}`));
    return box;
  }

  #seen() {
    const { answers, right, see } = this.spec.prediction;
    const text = make("p", {});
    const summary = focusable("summary", {}, "See: was the prediction right?");
    this.seen = make("details", { class: "explorer-see", hidden: "" }, summary, text);
    this.seen.addEventListener("toggle", () => {
      text.textContent = `${this.predicted ? "It was" : `It was not; the answer is “${answers[right]}”`}. ${see}`;
    });
    return this.seen;
  }

  #presets() {
    const row = make("div", { class: "explorer-buttons" });
    const names = Object.keys(this.spec.presets);
    if (names.length) row.append(make("span", {}, "Set:"));
    for (const name of names) row.append(button(name, () => this.#adopt({ ...this.params, ...this.spec.presets[name] })));
    const played = this.spec.controls.find((control) => control.played);
    const always = make("div", { class: "explorer-always" });
    if (played) {
      this.play = button("▶ Play", () => (this.timers.play ? this.#stop() : this.#run(played)));
      this.play.classList.add("explorer-play");
      always.append(this.play, button("Step", () => this.#step(played)));
    }
    always.append(button("Reset", () => this.#adopt({ ...this.spec.defaults })));
    row.append(always);
    return row;
  }

  #controls() {
    const box = make("div", { class: "explorer-controls" });
    for (const control of this.spec.controls) {
      const id = `${this.id}-${control.name}`;
      const made = { slider, choice, toggle }[control.kind](id, control, (value) => this.#set({ [control.name]: value }));
      this.controls[control.name] = made;
      box.append(...made.elements);
    }
    return box;
  }

  #draggable({ panel, x, y, of, held }) {
    const plot = this.plots[panel];
    const { canvas } = plot;
    canvas.classList.add("explorer-drag");
    const inHand = () => of(this.params)[Math.min(this.params[held], of(this.params).length) - 1];
    const take = (u) => {
      const far = of(this.params).map((name) => Math.abs(this.params[name] - u));
      this.#set({ [held]: far.indexOf(Math.min(...far)) + 1 });
    };
    const move = (event, begins = false) => {
      const box = canvas.getBoundingClientRect();
      const [u, v] = plot.at(event.clientX - box.left, event.clientY - box.top);
      if (of && begins) take(u);
      else if (of) this.#set({ [inHand()]: this.controls[inHand()].nearest(u) });
      else this.#set({ [x]: this.controls[x].nearest(u), [y]: this.controls[y].nearest(v) });
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      move(event, true);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && move(event));
    canvas.tabIndex = 0;
    canvas.dataset.lmSuppressShortcuts = "true";
    canvas.setAttribute("role", "application"); // so that a screen reader leaves the arrow keys to it
    canvas.addEventListener("keydown", (event) => {
      const [across, up] = of ? [inHand(), held] : [x, y];
      const keys = { ArrowLeft: [across, -1], ArrowRight: [across, 1], ArrowDown: [up, -1], ArrowUp: [up, 1] };
      if (!keys[event.key]) return;
      event.preventDefault();
      const [name, by] = keys[event.key];
      this.#set({ [name]: this.controls[name].beside(this.params[name], event.shiftKey ? 5 * by : by) });
    });
  }

  /** The static figure and its sentence stay in the notebook's file; while this one moves, they need not be seen twice. */
  #replaceStatic() {
    const look = (tries) => {
      const words = this.#before().find((child) => child.textContent.includes(this.spec.static));
      if (!words) {
        if (tries) this.timers.look = setTimeout(look, 100, tries - 1); // neither it nor this one may be in the page yet
        return;
      }
      const still = [words, words.previousElementSibling].filter((child) => child === words || child?.querySelector("img"));
      still.forEach((child) => (child.style.display = "none"));
      this.cleanups.push(() => still.forEach((child) => (child.style.display = "")));
    };
    look(50);
  }

  /** The outputs of this cell that stand before this one, the nearest first. */
  #before() {
    const outputs = [];
    let child = this.el.closest(".jp-OutputArea-child");
    while ((child = child?.previousElementSibling)) outputs.push(child);
    return outputs;
  }

  // -- what happens ----------------------------------------------------------------------------------------------------

  /** New values from the student's hand. */
  #set(values) {
    Object.assign(this.params, values);
    this.#changed();
    this.#later("save", SAVE_AFTER, () => {
      this.model.set("params", { ...this.params });
      this.model.save_changes();
    });
  }

  /** Values from a preset or from Python. */
  #adopt(values) {
    this.#stop();
    if (Object.entries(values).some(([name, value]) => this.params[name] !== value)) this.#set(values);
  }

  #changed() {
    for (const [name, control] of Object.entries(this.controls)) control.show(this.params[name]);
    this.#ask();
    this.redraw();
  }

  /** Draw in the next frame, once, however often this is called. */
  redraw() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (!this.root.clientWidth) return;
      const arrays = this.explorer.compute(this.params, this.spec.data, this.answer);
      this.explorer.draw(this.plots, arrays);
      const words = this.explorer.describe(arrays);
      this.summary.textContent = words;
      this.plots.forEach(({ canvas }, i) => {
        const how = this.explorer.drag?.panel === i ? " Arrow keys move the point." : "";
        canvas.setAttribute("aria-label", `${this.spec.panels[i]}.${how} ${words}`);
      });
      this.#later("say", SAY_AFTER, () => (this.spoken.textContent = words));
    });
  }

  #later(what, after, action) {
    clearTimeout(this.timers[what]);
    this.timers[what] = setTimeout(action, after);
  }

  #run(played) {
    const { stops } = played;
    if (this.params[played.name] === stops.at(-1)) this.#set({ [played.name]: stops[0] });
    this.play.textContent = "❚❚ Pause";
    this.timers.play = setInterval(() => {
      if (this.params[played.name] === stops.at(-1)) this.#stop();
      else this.#step(played, true);
    }, 1000 / FRAMES_A_SECOND);
  }

  #step(played, playing = false) {
    if (!playing) this.#stop();
    const at = played.stops.indexOf(this.params[played.name]);
    this.#set({ [played.name]: played.stops[Math.min(at + 1, played.stops.length - 1)] });
  }

  #stop() {
    clearInterval(this.timers.play);
    this.timers.play = 0;
    if (this.play) this.play.textContent = "▶ Play";
  }

  // -- the kernel ------------------------------------------------------------------------------------------------------

  /** Ask the kernel what the student's function makes of these values: one question at a time, the newest next. */
  #ask() {
    if (!this.spec.asks) return;
    this.waiting = true;
    if (this.asked) return;
    [this.asked, this.waiting] = [true, false];
    this.model.send({ kind: "ask", params: this.params });
  }

  #hear(message) {
    if (message.kind !== "answer") return;
    this.asked = false;
    this.answer = message.answer;
    this.alert.textContent = message.problem || "";
    this.redraw();
    this.root.dispatchEvent(new Event("explorer-answer", { bubbles: true })); // for whoever measures how long it took
    if (this.waiting) this.#ask();
  }
}

// -- controls: each has its elements and show(value); a slider has the stops nearest(value) and beside(value, so many on) ---

function slider(id, { label, stops }, changed) {
  const input = focusable("input", { type: "range", id, min: 0, max: stops.length - 1, step: 1 });
  const output = make("output", { for: id });
  input.addEventListener("input", () => changed(stops[input.value]));
  return {
    elements: [make("label", { for: id }, label), input, output],
    nearest: (wanted) => stops.reduce((best, stop) => (Math.abs(stop - wanted) < Math.abs(best - wanted) ? stop : best)),
    beside: (value, by) => stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(value) + by))],
    show(value) {
      input.value = stops.indexOf(value);
      output.textContent = number(value, 4);
      input.setAttribute("aria-valuetext", number(value, 4));
    },
  };
}

function choice(id, { label, options }, changed) {
  const select = focusable("select", { id });
  for (const [value, words] of Object.entries(options)) select.append(make("option", { value }, words));
  select.addEventListener("change", () => changed(select.value));
  return { elements: [make("label", { for: id }, label), select], show: (value) => (select.value = value) };
}

function toggle(id, { label }, changed) {
  const input = focusable("input", { type: "checkbox", id });
  input.addEventListener("change", () => changed(input.checked));
  return {
    elements: [make("label", { for: id }, label), make("span", {}, input)],
    show: (value) => (input.checked = value),
  };
}

/** An element in a box that has room for `longest` words from the start, so that nothing below it moves when it speaks. */
function steady(element, longest) {
  return make("div", { class: "explorer-steady" }, make("p", { "aria-hidden": "true" }, longest), element);
}

function button(words, action) {
  const made = focusable("button", { type: "button" }, words);
  made.addEventListener("click", action);
  return made;
}

/** An element that takes the keyboard, and keeps it: without the mark, JupyterLab reads `m` and `a` as commands. */
function focusable(tag, attributes, ...children) {
  return make(tag, { ...attributes, "data-lm-suppress-shortcuts": "true" }, ...children);
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
