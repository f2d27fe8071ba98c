// Widgets of anywidget's without a kernel: a model that holds the state which was saved with the notebook. Scripts of the
// page put each widget's module and style sheet, as texts, into siteWidgets.modules. A module is imported from a blob, since
// a page that was opened from a folder may import no file.

window.siteWidgets ??= { modules: {} }; // which a script of the page may have made before

/** What a widget takes for its model: anywidget's interface, as far as it needs no kernel. Nobody answers what it sends. */
class SavedModel {
  constructor(state) {
    this.state = state;
    this.listeners = [];
  }
  get(name) {
    return this.state[name];
  }
  set(name, value) {
    const values = typeof name === "object" ? name : { [name]: value };
    const changed = Object.keys(values).filter((key) => this.state[key] !== values[key]);
    Object.assign(this.state, values);
    for (const key of changed) this.#tell(`change:${key}`, values[key]);
    if (changed.length) this.#tell("change");
  }
  on(events, callback) {
    for (const event of events.split(" ")) this.listeners.push({ event, callback });
  }
  off(events, callback) {
    const named = events?.split(" ");
    this.listeners = this.listeners.filter(
      (each) => (named && !named.includes(each.event)) || (callback && callback !== each.callback),
    );
  }
  save_changes() {}
  send() {}
  #tell(event, ...told) {
    for (const each of [...this.listeners]) if (each.event === event) each.callback(this, ...told);
  }
}

const models = new Map(); // by the id that they had in the kernel: views of one model move together
const widgets = new Map(); // by the name of the module

function modelOf({ id, state, buffers }) {
  if (!models.has(id)) {
    for (const { path, data } of buffers) {
      const holder = path.slice(0, -1).reduce((inside, key) => inside[key], state);
      holder[path.at(-1)] = new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
    }
    models.set(id, new SavedModel(state));
  }
  return models.get(id);
}

async function widgetOf(name) {
  const { esm, css } = siteWidgets.modules[name];
  if (css) document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const address = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const module = await import(address);
  URL.revokeObjectURL(address);
  return typeof module.default === "function" ? module.default() : (module.default ?? module);
}

async function show(place) {
  const name = place.dataset.module;
  const model = modelOf(JSON.parse(place.querySelector("script").textContent));
  if (!widgets.has(name)) widgets.set(name, widgetOf(name));
  const widget = await widgets.get(name);
  await widget.initialize?.({ model });
  const el = document.createElement("div");
  place.append(el);
  await widget.render({ model, el });
}

document.addEventListener("DOMContentLoaded", async () => {
  for (const place of document.querySelectorAll(".site-widget")) {
    await new Promise((done) => setTimeout(done)); // the page stays usable between two of them
    await show(place).catch((error) => console.error("A widget could not be shown; its picture stays.", error));
  }
  document.documentElement.dataset.widgets = "shown";
});
