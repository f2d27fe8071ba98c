"""Explorers in a real browser without Jupyter: their JavaScript beside their Python, and pictures of them.

python tests/explorer_page.py NAME     pictures of one explorer, light, dark and narrow, in build/screenshots/
"""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from browser import page

from autograde.course import this_course
from helpers.explorers import EXPLORERS
from helpers.explorers.explorer import Explorer, Params
from helpers.explorers.widget import HERE, plain, script, specification

PICTURES = this_course().build / "screenshots"
DARK = ":root { --jp-layout-color0: #111; --jp-layout-color2: #333; --jp-ui-font-color0: #f0f0f0; --jp-border-color1: #666; }"

HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>explorer</title><style></style>
<body style="margin:8px"><div id="place"></div>
<script type="module">
const widgets = {};
let close = () => {};
window.show = async ({ css, light, paper, source, spec, params }) => {
  close();
  const place = document.createElement("div");
  document.getElementById("place").replaceChildren(place);
  scrollTo(0, 0);
  document.querySelector("style").textContent = css;
  document.body.dataset.jpThemeLight = light;
  document.body.style.background = paper;
  widgets[source] ??= await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const widget = widgets[source].default;
  const [state, heard, listeners] = [{ spec, params }, [], {}];
  Object.assign(window, { state, heard, listeners, explorer: widget.explorer, library: widget.library });
  const model = {
    get: (name) => state[name],
    set: (name, value) => (state[name] = value),
    save_changes: () => {},
    on: (event, callback) => (listeners[event] = callback),
    off: () => {},
    send: (message) => heard.push(message),
  };
  close = widget.render({ model, el: place });
};
</script></body></html>"""


@contextlib.contextmanager
def explorer_page(
    explorer: Explorer, params: Params | None = None, dark: bool = False, width: int = 1000, asks: bool = False
) -> Iterator[Any]:
    """A page that shows the explorer; `window.explorer` is its JavaScript, `window.state.params` its controls' values."""
    with page(viewport={"width": width, "height": 900}) as tab:
        problems: list[str] = []
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.set_content(HTML)
        load(tab, explorer, params, dark, asks)
        yield tab
        assert problems == []


def load(tab, explorer: Explorer, params: Params | None = None, dark: bool = False, asks: bool = False) -> None:
    """Put the explorer, as new, into a page that is open, in place of the one before; a new page would take far longer."""
    shown = {
        "css": (HERE / "style.css").read_text(encoding="utf-8") + (DARK if dark else ""),
        "light": json.dumps(not dark),
        "paper": "#111" if dark else "#fff",
        "source": script(explorer.name),
        "spec": specification(explorer, asks),
        "params": plain(explorer.defaults() | dict(params or {})),
    }
    tab.evaluate("(shown) => show(JSON.parse(shown))", json.dumps(shown))
    tab.wait_for_function("document.querySelector('.explorer-summary').textContent")


def computed(tab, explorer: Explorer, params: Params, answer: Any = None) -> dict[str, Any]:
    """What the JavaScript computes, and what it says about it under the key "words"."""
    said = tab.evaluate(
        """([params, answer]) => {
            const arrays = explorer.compute(params, state.spec.data, answer);
            const words = explorer.describe(arrays);
            const listed = (_, v) => (ArrayBuffer.isView(v) ? Array.from(v) : v === undefined ? null : v);
            return JSON.stringify({ ...arrays, words }, listed); // which has null for a number that is none, or infinite
        }""",
        [plain(explorer.defaults() | dict(params)), plain(answer)],
    )
    return json.loads(said)


def assert_alike(python: Any, javascript: Any, where: str = "", tolerance: float = 1e-6) -> None:
    """The same names and, up to the tolerance, the same numbers. A number that is none, or infinite, is None in both."""
    if isinstance(python, dict):
        assert python.keys() == javascript.keys(), where
        for name in python:
            assert_alike(python[name], javascript[name], f"{where}.{name}", tolerance)
    elif isinstance(python, list):
        assert len(python) == len(javascript), where
        with contextlib.suppress(TypeError, ValueError):
            ours, theirs = np.array(python, dtype=float), np.array(javascript, dtype=float)
            np.testing.assert_allclose(theirs, ours, rtol=tolerance, atol=tolerance, err_msg=where)
            return
        for i, (ours, theirs) in enumerate(zip(python, javascript, strict=True)):
            assert_alike(ours, theirs, f"{where}[{i}]", tolerance)
    elif isinstance(python, bool | str) or python is None or javascript is None:
        assert python == javascript, where
    else:
        assert abs(python - javascript) <= tolerance * max(1, abs(python)), f"{where}: {python} and {javascript}"


def main() -> None:
    explorer = EXPLORERS[sys.argv[1]]
    values = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, options in {"light": {}, "dark": {"dark": True}, "narrow": {"width": 400}}.items():
        with explorer_page(explorer, values, **options) as tab:
            tab.wait_for_timeout(200)
            path = Path(PICTURES / f"explorer_{explorer.name}_{name}.png")
            tab.screenshot(path=path, full_page=True)
            print(path)
    from helpers.explorers.widget import static_figure

    arrays = explorer.compute(explorer.defaults() | values)
    static_figure(explorer, arrays).savefig(PICTURES / f"explorer_{explorer.name}_static.png", dpi=80)
    print(PICTURES / f"explorer_{explorer.name}_static.png", explorer.describe(arrays), sep="\n")


if __name__ == "__main__":
    main()
