"""What an explorer consists of. Its modules fill this in; `widget.py` and `blit.py` bring it to life.

    compute(params) -> arrays        NumPy, nothing drawn
    frame(axes, arrays)              limits and labels of the axes, and what seldom changes
    draw(axes, arrays)               the picture, on axes so prepared; every artist of it is one of the axes'
    describe(arrays) -> str          one or two sentences that say what the picture shows

`js/<name>.js` has compute, draw and describe once more, for the browser; a test compares the two.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from helpers.errors import OneSentence

Params = Mapping[str, Any]  # a value a control
Arrays = dict[str, Any]  # NumPy arrays and plain values


@dataclass(frozen=True)
class Slider:
    """A number that takes one of the values `stops`, in their order. played: the one that the play button moves on."""

    name: str
    label: str
    stops: Sequence[float]
    value: float
    played: bool = False

    def __post_init__(self):
        if self.value not in self.stops:
            raise ValueError(f"slider {self.name}: {self.value} is none of its stops")


@dataclass(frozen=True)
class Choice:
    """One of several words. options: label by value."""

    name: str
    label: str
    options: Mapping[str, str]
    value: str


@dataclass(frozen=True)
class Switch:
    """On or off."""

    name: str
    label: str
    value: bool


Control = Slider | Choice | Switch


@dataclass(frozen=True)
class Prediction:
    """What to think about before one moves anything: a question, possible answers, what to try, and what one will see."""

    question: str
    answers: Sequence[str]
    right: int  # which of the answers, from 0
    attempt: str
    see: str


@dataclass(frozen=True)
class Explorer:
    """One explorer. presets: values of some controls by the name of the preset; size: inches of the static figure."""

    name: str
    title: str
    about: str
    prediction: Prediction
    controls: Sequence[Control]
    presets: Mapping[str, Params]
    panels: Sequence[str]  # what each of its pictures is called
    compute: Callable[[Params], Arrays]
    frame: Callable[[Any, Arrays], None]
    draw: Callable[[Any, Arrays], None]
    describe: Callable[[Arrays], str]
    longest: int  # characters of what it says at most; so much room is kept for it
    framing: Sequence[str] = ()  # the arrays on which the frame depends
    size: tuple[float, float] = (10.0, 3.8)
    data: Callable[[], Mapping[str, Any]] = dict  # gives what the browser needs besides the controls' values

    def defaults(self) -> dict[str, Any]:
        """The controls' values at the start."""
        return {control.name: control.value for control in self.controls}

    def set(self, values: Params) -> dict[str, Any]:
        """All controls' values, these among them; a slider takes the stop that is nearest."""
        controls = {control.name: control for control in self.controls}
        for name in values:
            if name not in controls:
                raise ExplorerError(f"explorers.{self.name} has no control '{name}'. It has: {', '.join(controls)}.")
        return self.defaults() | {name: _possible(controls[name], value) for name, value in values.items()}


class ExplorerError(OneSentence):
    """An explorer was asked for what it cannot show."""


def _possible(control: Control, value: Any) -> Any:
    """The value, as the control can have it."""
    match control:
        case Slider() if isinstance(value, int | float):
            return min(control.stops, key=lambda stop: abs(stop - value))
        case Choice() if value in control.options:
            return value
        case Switch():
            return bool(value)
        case Choice():
            raise ExplorerError(f"'{control.name}' cannot be {value!r}. Choose one of: {', '.join(control.options)}.")
    raise ExplorerError(
        f"'{control.name}' is a number from {control.stops[0]:g} to {control.stops[-1]:g}, not {value!r}."
    )


# Inches around and between the panels. Left to matplotlib, measuring all labels takes a third of a picture's time.
LEFT, RIGHT, BOTTOM, TOP, BETWEEN = 0.72, 0.15, 0.55, 0.35, 0.85


def panels(explorer: Explorer, figure) -> list:
    """Axes in matplotlib's figure, one a panel, side by side."""
    (width, height), n = explorer.size, len(explorer.panels)
    figure.set_size_inches(width, height)
    panel = (width - LEFT - RIGHT - (n - 1) * BETWEEN) / n
    edges = {"left": LEFT / width, "right": 1 - RIGHT / width, "bottom": BOTTOM / height, "top": 1 - TOP / height}
    return list(figure.subplots(1, n, squeeze=False, gridspec_kw={**edges, "wspace": BETWEEN / panel})[0])


def frame(explorer: Explorer, axes, arrays: Arrays) -> None:
    """Prepare matplotlib's axes, one a panel: limits, labels, titles, and what does not move."""
    for ax, panel in zip(axes, explorer.panels, strict=True):
        ax.set_title(panel, loc="left", fontsize=11, y=1)  # without y, matplotlib measures all labels to find it
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.25)
    explorer.frame(axes, arrays)
    for ax in axes:
        ax.minorticks_off()  # a logarithmic axis has so many that they take as long as all the rest


def linear(low: float, high: float, step: float) -> tuple[float, ...]:
    """Stops at equal distances, both ends among them."""
    n = round((high - low) / step)
    return tuple(tidy(low + i * step) for i in range(n + 1))


def logarithmic(low: float, high: float, each_decade: int = 10) -> tuple[float, ...]:
    """Stops at equal ratios, rounded to three figures."""
    n = round(np.log10(high / low) * each_decade)
    return tuple(tidy(float(f"{low * 10 ** (i / each_decade):.3g}")) for i in range(n + 1))


def tidy(x: float) -> float:
    """Without the rounding errors of a sum like 0.1 + 0.2; an int where it is one."""
    x = round(float(x), 10)
    return int(x) if x == int(x) else x


def number(x: float, figures: int = 3) -> str:
    """A number as sentences and labels say it, the same as in `js/words.js`: 0.9, 1200, 1.5e-7."""
    if not np.isfinite(x):
        return "beyond all numbers"
    if x == 0:
        return "0"
    if not 1e-4 <= abs(x) < 1e6:
        mantissa, exponent = f"{x:.{figures - 1}e}".split("e")
        return f"{_without_zeros(mantissa)}e{int(exponent)}".replace("-", "−")
    decimals = max(0, figures - 1 - int(f"{x:e}".split("e")[1]))
    rounded = Decimal(abs(float(x))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)  # as JavaScript rounds
    return ("−" if x < 0 and rounded else "") + _without_zeros(f"{rounded:f}")


def to_decimals(x: float, decimals: int) -> str:
    """A number to so many decimals; what rounding leaves of a zero is not worth saying. As in `js/words.js`."""
    return number(np.floor(x * 10**decimals + 0.5) / 10**decimals)


def _without_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
