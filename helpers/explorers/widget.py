"""Show an explorer in a notebook: first its static figure and a sentence, which stay in the file and need no kernel, then
the widget that draws in the browser. Where that does not load, the one that draws in Python takes its place (`blit.py`).
"""

import asyncio
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import Markdown, display
from matplotlib.figure import Figure

from helpers.explorers.blit import BlitWidget
from helpers.explorers.explorer import Arrays, Choice, Control, Explorer, Params, Slider, frame, panels
from helpers.pictures import described

HERE = Path(__file__).parent
LIBRARY = ("draws", "words", "plot", "frame")  # what the explorers' JavaScript is built on, in the order of need
PATIENCE = 8.0  # seconds of an idle kernel after which a browser that has not answered will not

Answer = Callable[[Params], Mapping[str, Any]]


class ExplorerWidget(anywidget.AnyWidget):
    """The widget in the browser. params: the controls' values, as they are now; may be set.

    alone: the explorer that a page without a kernel shows in its place, if this one needs the kernel to answer.
    """

    spec = traitlets.Dict().tag(sync=True)
    params = traitlets.Dict().tag(sync=True)
    without_kernel = traitlets.Dict().tag(sync=True)  # what of the state is other there
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, explorer: Explorer, params: Params, answer: Answer | None = None, alone: Explorer | None = None):
        super().__init__(
            spec=specification(explorer, asks=answer is not None),
            params=dict(params),
            without_kernel=_shown_instead(alone, params) if alone else {},
            _esm=script(explorer.name),
            _css=(HERE / "style.css").read_text(encoding="utf-8"),
        )
        self.explorer = explorer
        self.ready = False
        self._answer = answer
        self.on_msg(self._hear)

    def _hear(self, _widget: object, message: Mapping, _buffers: object) -> None:
        if message.get("kind") == "ready":
            self.ready = True
        elif message.get("kind") == "ask" and self._answer is not None:
            self.send({"kind": "answer", **_answered(self._answer, message.get("params", {}))})


def _shown_instead(explorer: Explorer, params: Params) -> dict[str, Any]:
    """The state of a widget that shows this explorer, with those of the values that it has a control for."""
    return {"spec": specification(explorer), "params": {name: params[name] for name in explorer.defaults()}}


def _answered(answer: Answer, params: Params) -> dict[str, Any]:
    """What the student's function gives, or the words for what went wrong."""
    try:
        return {"answer": plain(answer(params))}
    except Exception as error:  # whatever a student's function does
        return {"answer": None, "problem": f"Your function stopped with {type(error).__name__}: {error}"}


def specification(explorer: Explorer, asks: bool = False) -> dict[str, Any]:
    """What the browser must know of an explorer. asks: whether the kernel answers for a student's function."""
    return plain(
        {
            "title": explorer.title,
            "about": explorer.about,
            "prediction": asdict(explorer.prediction),
            "controls": [_control(control) for control in explorer.controls],
            "defaults": explorer.defaults(),
            "presets": explorer.presets,
            "panels": explorer.panels,
            "data": explorer.data(),
            "static": _label(explorer),
            "longest": ("figures = 0.1234 and words " * explorer.longest)[: int(1.1 * explorer.longest)],
            "asks": asks,
        }
    )


def _control(control: Control) -> dict[str, Any]:
    kind = "slider" if isinstance(control, Slider) else "choice" if isinstance(control, Choice) else "toggle"
    return {"kind": kind, **asdict(control)}


def plain(value: Any) -> Any:
    """Arrays as lists, and numbers that JSON does not know as None."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


@cache
def script(name: str) -> str:
    """One JavaScript module of the library and an explorer's own file. A widget has only one, so the lines that would
    import one file into the other are left out."""
    texts = [(HERE / "js" / f"{file}.js").read_text(encoding="utf-8") for file in (*LIBRARY, name)]
    return re.sub(r"^import .*\n|^export (?!default)", "", "\n".join(texts), flags=re.MULTILINE)


def show(explorer: Explorer, answer: Answer | None = None, alone: Explorer | None = None, **values: Any) -> None:
    """Show an explorer below the cell. values: of controls, in place of their defaults. answer: what the browser needs of a
    student's function for some values; it runs here. alone: what a page without a kernel shows then; it has the same
    controls, or fewer. Raises ExplorerError for a value that no control can have."""
    params = explorer.set(values)
    compute = _computing(explorer, answer)
    _show_static(explorer, *compute(params))
    widget = ExplorerWidget(explorer, params, answer, alone)
    place = ipywidgets.VBox([widget])
    _take_over_if_silent(place, widget, lambda: BlitWidget(explorer, compute, widget.params))
    view = dict(place._repr_mimebundle_() or {})
    view.pop("text/plain", None)  # "VBox(...)" says nothing to whoever sees no widgets
    display(view, raw=True)


def _computing(explorer: Explorer, answer: Answer | None) -> Callable[[Params], tuple[Arrays, str]]:
    """What gives the arrays for some values, and the words for what went wrong in the student's function, or ""."""

    def compute(params: Params) -> tuple[Arrays, str]:
        if answer is None:
            return explorer.compute(params), ""
        answered = _answered(answer, params)
        return explorer.compute(params, answered["answer"]), answered.get("problem", "")  # type: ignore[call-arg]

    return compute


def static_figure(explorer: Explorer, arrays: Arrays) -> Figure:
    """The picture as matplotlib draws it."""
    with plt.ioff():
        figure = plt.figure()
    axes = panels(explorer, figure)
    frame(explorer, axes, arrays)
    explorer.draw(axes, arrays)
    return figure


def _show_static(explorer: Explorer, arrays: Arrays, problem: str) -> None:
    figure = static_figure(explorer, arrays)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=80)
    plt.close(figure)
    data, metadata = described(picture.getvalue(), _label(explorer))
    display(data, metadata=metadata, raw=True)
    display(Markdown(f"**{_label(explorer)}** {explorer.describe(arrays)} {problem}".strip()))


def _label(explorer: Explorer) -> str:
    return f"{explorer.title}, a still picture."


def _take_over_if_silent(place: ipywidgets.VBox, widget: ExplorerWidget, make_blit: Callable) -> None:
    """Show the picture drawn in Python once the kernel has been idle for a while and no browser has spoken."""
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):  # nobody is there to look
        return
    loop = asyncio.get_event_loop()

    def look(count: int) -> None:
        if widget.ready:
            return
        if shell.execution_count != count:  # other cells have run since, and a message may still wait behind them
            loop.call_later(PATIENCE, look, shell.execution_count)
            return
        fallback = make_blit()
        place.children = [widget, fallback]
        widget.on_msg(lambda *_: setattr(place, "children", [widget]))  # it does speak, late

    loop.call_later(PATIENCE, look, shell.execution_count)
