"""An explorer drawn by matplotlib in the kernel: for browsers in which our JavaScript does not load.

Axes, ticks and labels are drawn once and kept as a bitmap; only what moves is drawn on it anew (blitting).
"""

import io
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers.explorers.explorer import Arrays, Choice, Control, Explorer, Params, Slider, Switch, frame, number, panels

DPI = 72
BITMAPS = 30  # of frames that are kept, a megabyte each


class BlitWidget(ipywidgets.VBox):
    """Sliders and a picture. `params` are the controls' values; compute gives the arrays, and what went wrong or ""."""

    def __init__(self, explorer: Explorer, compute: Callable[[Params], tuple[Arrays, str]], params: Params):
        self._explorer, self._compute = explorer, compute
        self.params = dict(params)
        self._picture = ipywidgets.Image(format="png", width=int(explorer.size[0] * DPI))
        self._words = ipywidgets.HTML()
        self._canvas = _Canvas(explorer)
        self._controls = {control.name: _widget_of(control, params[control.name]) for control in explorer.controls}
        for name, control in self._controls.items():
            control.observe(lambda change, name=name: self._set(name, change["new"]), names="value")
        presets = [ipywidgets.Button(description=name) for name in explorer.presets]
        for button in presets:
            button.on_click(lambda pressed: self._adopt(explorer.presets[pressed.description]))
        reset = ipywidgets.Button(description="Reset")
        reset.on_click(lambda _pressed: self._adopt(explorer.defaults()))
        note = ipywidgets.HTML(f"<b>{explorer.title}</b> (drawn in Python: the quicker version did not load here)")
        buttons = ipywidgets.HBox([*presets, reset])
        super().__init__([note, self._picture, self._words, buttons, *self._controls.values()])
        self._redraw()

    def _set(self, name: str, value: float | str | bool) -> None:
        if self.params[name] != value:
            self.params[name] = value
            self._redraw()

    def _adopt(self, values: Params) -> None:
        self.params |= values
        for name, value in values.items():  # which redraws nothing, since params have it already
            self._controls[name].value = value
        self._redraw()

    def _redraw(self) -> None:
        arrays, problem = self._compute(self.params)
        self._picture.value = self._canvas.png(arrays)
        self._words.value = escape(f"{self._explorer.describe(arrays)} {problem}")


class _Canvas:
    """Draws an explorer's pictures; the frame only when it has changed."""

    def __init__(self, explorer: Explorer):
        self._explorer = explorer
        self._framing: object = None
        self._backgrounds: dict[str, Any] = {}  # by framing: a slider goes back and forth between a few
        with plt.ioff():
            figure = plt.figure(dpi=DPI)
        plt.close(figure)  # pyplot need not know it
        self._canvas = FigureCanvasAgg(figure)
        self._axes = panels(explorer, figure)

    def png(self, arrays: Arrays) -> bytes:
        framing = [arrays[name] for name in self._explorer.framing]
        if self._framing != framing:
            self._framing = framing
            self._frame(arrays)
        self._canvas.restore_region(self._background)
        still = [set(ax.get_children()) for ax in self._axes]
        self._explorer.draw(self._axes, arrays)
        for ax, kept in zip(self._axes, still, strict=True):
            moving = [artist for artist in ax.get_children() if artist not in kept]
            for artist in sorted(moving, key=lambda artist: artist.get_zorder()):
                ax.draw_artist(artist)
                artist.remove()
            ax.containers.clear()  # of bars; else the next legend would list them again
        out = io.BytesIO()
        Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB").save(out, "PNG", compress_level=1)
        return out.getvalue()

    def _frame(self, arrays: Arrays) -> None:
        """Prepare the axes for what stays, and have it as a bitmap."""
        for ax in self._axes:
            ax.clear()
        frame(self._explorer, self._axes, arrays)
        for ax in self._axes:
            ax.apply_aspect()
        name = repr(self._framing)
        if name not in self._backgrounds:
            if len(self._backgrounds) == BITMAPS:
                self._backgrounds.clear()
            self._canvas.draw()
            self._backgrounds[name] = self._canvas.copy_from_bbox(self._canvas.figure.bbox)
        self._background = self._backgrounds[name]


def _widget_of(control: Control, value: float | str | bool) -> ipywidgets.ValueWidget:
    style = {"description_width": "160px"}
    layout = ipywidgets.Layout(width="460px")
    if isinstance(control, Slider):
        options = [(number(stop, 4), stop) for stop in control.stops]
        return ipywidgets.SelectionSlider(
            options=options, value=value, description=control.label, style=style, layout=layout
        )
    if isinstance(control, Choice):
        pairs = [(label, key) for key, label in control.options.items()]
        return ipywidgets.Dropdown(options=pairs, value=value, description=control.label, style=style, layout=layout)
    assert isinstance(control, Switch)
    return ipywidgets.Checkbox(value=bool(value), description=control.label, style=style, layout=layout)
