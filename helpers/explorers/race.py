"""Seven update rules, and the student's own, from one start with equal numbers of steps on surfaces of two parameters.

In the rules only + - * / and square roots are taken, which every language rounds in the same way, and so Python and
JavaScript agree to the last digit even where a path is chaotic.
"""

import contextlib
import ctypes
import inspect
import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from checking.calls import replaced
from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, linear, number, tidy
from helpers.plots import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

STEPS = 200
FAR = 100  # a path that comes so far has diverged
SECONDS = 2.0  # that the student's function may take for all its steps
W, B = (-3, 3), (-2, 2)  # what is shown of the surfaces
EXCESS = (1e-14, 1e3)  # what is shown of the cost above the minimum
LEVELS = (0.1, 0.3, 1, 3, 10, 30, 100)  # of the contours
ALPHAS = tuple(tidy(m * 10**k) for k in (-3, -2, -1, 0) for m in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8))

# --- surfaces


@dataclass(frozen=True)
class Surface:
    """height(w, b): the cost above the minimum, for numbers or arrays; gradient(w, b): its two slopes. minima: where it is 0."""

    label: str
    height: Callable
    gradient: Callable
    minima: tuple[tuple[float, float], ...] = ((0, 0),)


def _slanted(w, b):
    """Along and across a ravine that is turned by 37 degrees."""
    return 0.8 * w + 0.6 * b, 0.8 * b - 0.6 * w


def _slanted_height(w, b):
    along, across = _slanted(w, b)
    return (along * along + 50 * across * across) / 2


def _slanted_gradient(w, b):
    along, across = _slanted(w, b)
    return 0.8 * along - 30 * across, 0.6 * along + 40 * across


def _plateau_height(w, b):
    q = w * w + b * b
    return q / (1 + q)


def _plateau_gradient(w, b):
    q = 1 + w * w + b * b
    return 2 * w / (q * q), 2 * b / (q * q)


def _saddle_height(w, b):
    c = b * b - 1
    return w * w / 2 + c * c / 4


def _rosenbrock_height(w, b):
    r = b - w * w
    return ((1 - w) * (1 - w) + 100 * r * r) / 50


def _rosenbrock_gradient(w, b):
    r = b - w * w
    return (-2 * (1 - w) - 400 * w * r) / 50, 200 * r / 50


SURFACES = {
    "bowl": Surface("bowl", lambda w, b: (w * w + b * b) / 2, lambda w, b: (w, b)),
    "ravine": Surface(
        "ravine, 50 times steeper across", lambda w, b: (w * w + 50 * b * b) / 2, lambda w, b: (w, 50 * b)
    ),
    "slanted": Surface("the same ravine, slanted", _slanted_height, _slanted_gradient),
    "saddle": Surface(
        "saddle between two minima", _saddle_height, lambda w, b: (w, b * (b * b - 1)), ((0, -1), (0, 1))
    ),
    "plateau": Surface("plateau around a pit", _plateau_height, _plateau_gradient),
    "rosenbrock": Surface("Rosenbrock's valley", _rosenbrock_height, _rosenbrock_gradient, ((1, 1),)),
}

# --- rules: (w, g, state, alpha, t) -> new w, with w and g of shape (2,), a dict that is kept, and t from 1

BETA, BETA2, RHO = 0.9, 0.999, 0.95
EPSILON, EPSILON_ADADELTA = 1e-8, 1e-6


def gd(w, g, state, alpha, t):
    """Gradient descent (Cauchy, 1847)."""
    return w - alpha * g


def momentum(w, g, state, alpha, t):
    """Polyak (1964), in the course's form: v is an average of the gradients."""
    state["v"] = BETA * state.get("v", 0.0) + (1 - BETA) * g
    return w - alpha * state["v"]


def nesterov(w, g, state, alpha, t):
    """Nesterov (1983), as Bengio et al. (2012) write it for the point that looks ahead."""
    state["v"] = BETA * state.get("v", 0.0) + (1 - BETA) * g
    return w - alpha * (BETA * state["v"] + (1 - BETA) * g)


def adagrad(w, g, state, alpha, t):
    """Duchi, Hazan and Singer (2011)."""
    state["s"] = state.get("s", 0.0) + g**2
    return w - alpha * g / (np.sqrt(state["s"]) + EPSILON)


def rmsprop(w, g, state, alpha, t):
    """Tieleman and Hinton (2012)."""
    state["s"] = BETA * state.get("s", 0.0) + (1 - BETA) * g**2
    return w - alpha * g / (np.sqrt(state["s"]) + EPSILON)


def adadelta(w, g, state, alpha, t):
    """Zeiler (2012), who has alpha = 1; epsilon is inside the roots."""
    state["s"] = RHO * state.get("s", 0.0) + (1 - RHO) * g**2
    step = np.sqrt(state.get("d", 0.0) + EPSILON_ADADELTA) / np.sqrt(state["s"] + EPSILON_ADADELTA) * g
    state["d"] = RHO * state.get("d", 0.0) + (1 - RHO) * step**2
    return w - alpha * step


def adam(w, g, state, alpha, t):
    """Kingma and Ba (2015). The powers of the betas are products, which are the same in JavaScript."""
    state["v"] = BETA * state.get("v", 0.0) + (1 - BETA) * g
    state["s"] = BETA2 * state.get("s", 0.0) + (1 - BETA2) * g**2
    state["beta^t"] = state.get("beta^t", 1.0) * BETA
    state["beta2^t"] = state.get("beta2^t", 1.0) * BETA2
    v_corrected = state["v"] / (1 - state["beta^t"])
    s_corrected = state["s"] / (1 - state["beta2^t"])
    return w - alpha * v_corrected / (np.sqrt(s_corrected) + EPSILON)


@dataclass(frozen=True)
class Runner:
    """A rule with the learning rate it starts with, and how it is drawn."""

    name: str
    rule: Callable
    alpha: float
    look: Mapping[str, Any]


def _look(colour: str, dash: Any, marker: str, width: float = 1.6) -> dict[str, Any]:
    return {"color": colour, "ls": dash, "marker": marker, "lw": width}


RUNNERS = {
    "gd": Runner("GD", gd, 0.03, _look("#767676", "-", "o")),
    "momentum": Runner("momentum", momentum, 0.1, _look(BLUE, "--", "s")),
    "nesterov": Runner("Nesterov", nesterov, 0.1, _look(SKY, "-.", "^")),
    "adagrad": Runner("AdaGrad", adagrad, 0.3, _look(GREEN, ":", "D", 2.2)),
    "rmsprop": Runner("RMSprop", rmsprop, 0.03, _look(ORANGE, (0, (5, 1)), "x")),
    "adadelta": Runner("Adadelta", adadelta, 3, _look(PURPLE, (0, (3, 1)), "P")),
    "adam": Runner("Adam", adam, 0.1, _look(VERMILION, "-", "*")),
}
YOURS = _look(BLACK, "-", "v", 2.4)
SHOWN = {
    "all": tuple(RUNNERS),
    "course": ("gd", "momentum", "rmsprop", "adam"),
    "averages": ("gd", "momentum", "nesterov"),
    "scaled": ("gd", "adagrad", "rmsprop", "adadelta", "adam"),
}

# --- the race


def run(rule: Callable, surface: Surface, start: tuple[float, float], alpha: float, steps: int) -> np.ndarray:
    """The points of a rule's path, of shape (steps + 1, 2), or fewer where it diverges: those before it is too FAR."""
    w = np.array(start, dtype=float)
    points = [w]
    state: dict[str, Any] = {}
    for t in range(1, steps + 1):
        w = rule(w, np.array(surface.gradient(*w)), state, alpha, t)
        if not (np.abs(w) <= FAR).all():
            break
        points.append(w)
    return np.array(points)


def compute(params: Params, answer: Mapping | None = None) -> Arrays:
    """All paths shown. answer: the student's {"surface": its name, "path": up to STEPS + 1 points}, or None.

    names: of the k runners; w, b, excess: (k, n + 1), the points and their cost above the minimum, NaN after a path has
    diverged; diverged: (k,), the step in which it did, or 0.
    """
    n, surface = params["steps"], SURFACES[params["surface"]]
    start = (params["w"], params["b"])
    shown = SHOWN[params["show"]]
    paths = {RUNNERS[key].name: run(RUNNERS[key].rule, surface, start, params[f"alpha_{key}"], n) for key in shown}
    if answer and answer["surface"] == params["surface"]:  # and not one to a question before this
        paths["yours"] = np.array(answer["path"][: n + 1])
    w, b = np.full((2, len(paths), n + 1), np.nan)
    for i, path in enumerate(paths.values()):
        w[i, : len(path)], b[i, : len(path)] = path.T
    return {
        "names": list(paths),
        "w": w,
        "b": b,
        "excess": surface.height(w, b),
        "diverged": [len(path) if len(path) <= n else 0 for path in paths.values()],
        "surface": params["surface"],
    }


def frame(axes, arrays: Arrays) -> None:
    """Shades and contours of the surface with a + in its minima, and logarithmic axes of the cost above the minimum."""
    surface = SURFACES[arrays["surface"]]
    w, b = np.meshgrid(np.linspace(*W, 91), np.linspace(*B, 61))
    height = surface.height(w, b)
    shades = LinearSegmentedColormap.from_list("heights", ["#c4d8e8", "#fbfbfb"])
    axes[0].pcolormesh(w, b, np.log(0.03 + height), cmap=shades, shading="gouraud", rasterized=True)
    axes[0].contour(w, b, height, levels=LEVELS, colors="0.72", linewidths=0.7)
    axes[0].plot(*np.transpose(surface.minima), "k+", ms=12)
    axes[0].set(xlim=W, ylim=B, xlabel="$w$", ylabel="$b$")
    axes[1].set(xlim=(0, STEPS), ylim=EXCESS, yscale="log", xlabel="step", ylabel="cost")


def draw(axes, arrays: Arrays) -> None:
    """Each path with a mark at its last point, which is the one before it diverged, and its cost by step."""
    looks = {runner.name: runner.look for runner in RUNNERS.values()} | {"yours": YOURS}
    for i, name in enumerate(arrays["names"]):
        w, b, excess, look = arrays["w"][i], arrays["b"][i], arrays["excess"][i], looks[name]
        last = (arrays["diverged"][i] or len(w)) - 1
        axes[0].plot(w, b, **look, ms=7, markevery=[last])
        axes[1].plot(np.maximum(excess, 1e-99), **look, ms=5, markevery=25, label=name)
    axes[0].plot(arrays["w"][0][0], arrays["b"][0][0], "o", mfc="white", mec="black", ms=8, zorder=5)
    axes[1].legend(loc="lower left", fontsize=8)


def describe(arrays: Arrays) -> str:
    """Who leads and who is last, which place the student's rule has, and who diverged in which step."""
    names, diverged, n = arrays["names"], arrays["diverged"], arrays["w"].shape[1] - 1
    end = [row[-1] for row in arrays["excess"]]
    running = [i for i in range(len(names)) if not diverged[i]]
    words = f"After {n} {'step' if n == 1 else 'steps'} "
    if running:
        first, last = min(running, key=lambda i: end[i]), max(running, key=lambda i: end[i])
        if end[first] < end[last]:
            words += f"{names[first]} leads, {number(end[first])} above the minimum; {names[last]} is last, {number(end[last])} above it."
        elif len(running) > 1:
            words += f"all that run are level, {number(end[first])} above the minimum."
        else:
            words += f"only {names[first]} is left, {number(end[first])} above the minimum."
        if names[-1] == "yours" and not diverged[-1]:
            words += f" Yours is number {1 + sum(end[i] < end[-1] for i in running)} of {len(names)}."
    else:
        words += "nobody is left."
    gone = [f"{name} in step {step}" for name, step in zip(names, diverged, strict=True) if step]
    return f"{words} {'Diverged: ' + ', '.join(gone) if gone else 'Nobody has diverged'}."


# --- the student's own rule


def answering(mine: Callable) -> Callable[[Params], dict[str, Any]]:
    """What the browser asks the kernel for: the path of the student's function, for some values of the controls.

    mine: f(w, g, state, alpha, t) -> new w, like the rules above, or one of the course's update_parameters functions.
    """

    @lru_cache(maxsize=64)
    def path(surface: str, start: tuple[float, float], alpha: float) -> np.ndarray | _Stopped:
        rule = _Checked(mine, SURFACES[surface])
        return _within_seconds(lambda: run(rule, SURFACES[surface], start, alpha, STEPS), rule)

    def answer(params: Params) -> dict[str, Any]:
        found = path(params["surface"], (params["w"], params["b"]), params["alpha_mine"])
        if isinstance(found, _Stopped):
            raise found
        return {"surface": params["surface"], "path": found}

    return answer


class _Stopped(Exception):
    """The student's function has stopped; the message says where, and what was expected."""


def _stopped(kind: str, words: str) -> _Stopped:
    """One that is called `kind`, the name with which the sentence that the browser shows begins."""
    return type(kind, (_Stopped,), {})(words)


class _Checked:
    """The student's function as a rule. What goes wrong in it says in which step, and what was expected."""

    def __init__(self, mine: Callable, surface: Surface):
        self.mine, self.surface = mine, surface
        self.t = 0
        self.called, self.wanted = "f(w, g, state, alpha, t)", "the new w, two finite numbers as an array of shape (2,)"

    def __call__(self, w, g, state, alpha, t):
        self.t = t
        try:
            names = inspect.signature(self.mine).parameters
            call = self._as_rule
            if "parameters" in names:
                call = self._as_course_function
                self.called = f"{getattr(self.mine, '__name__', 'f')}({', '.join(names)})"
                self.wanted = f"{_and('parameters', *_averages(names))}; W1 in the parameters has the shape (1, 2)"
            new = call(w.copy(), g.copy(), state, alpha, t)
        except _Stopped:
            raise
        except NotImplementedError:
            raise _stopped(
                "NotImplementedError", "it is not written yet. Fill it in above, then run this cell again."
            ) from None
        except BaseException as error:  # exit() too
            raise self.problem(type(error).__name__, f"{error or 'no message'}") from error
        if not np.isfinite(new).all():
            raise self.problem("ValueError", f"it returned {new.tolist()} for w = {w.tolist()} and g = {g.tolist()}")
        return new

    def problem(self, kind: str, what: str) -> _Stopped:
        return _stopped(kind, f"in step {self.t}, {what}. It is called as {self.called} and must return {self.wanted}.")

    def _as_rule(self, w, g, state, alpha, t):
        return self._array("it returned", self.mine(w, g, state, alpha, t), (2,))

    def _as_course_function(self, w, g, state, alpha, t):
        """Give the function dicts in the place of two numbers, and only what it has no default for; keep v, s and d."""
        names = inspect.signature(self.mine).parameters
        kept = _averages(names)
        values = {
            "parameters": {"W1": w.reshape(1, 2), "b1": np.zeros((1, 1))},
            "grads": {"dW1": g.reshape(1, 2), "db1": np.zeros((1, 1))},
            **{name: state.get(name) or {"dW1": np.zeros((1, 2)), "db1": np.zeros((1, 1))} for name in kept},
            "t": t,
            "beta": BETA,
            "beta1": BETA,
            "beta2": BETA2 if "v" in names else BETA,
        }
        given = {
            name: values[name] for name in names if name in values and names[name].default is inspect.Parameter.empty
        }
        if "learning_rate" in names:
            given["learning_rate"] = alpha
        with replaced(self.mine, {} if "grads" in names else {"gradient": self._gradient}):
            returned = self.mine(**given)
        parts = returned if isinstance(returned, tuple) else (returned,)
        if len(parts) != 1 + len(kept) or not all(isinstance(part, Mapping) for part in parts):
            raise self.problem("TypeError", f"it returned {_and(*map(_kind, parts))}")
        state.update(zip(kept, parts[1:], strict=True))
        if "W1" not in parts[0]:
            raise self.problem("KeyError", "there is no W1 in the parameters it returned")
        return self._array("the W1 it returned is", parts[0]["W1"], (1, 2)).reshape(2)

    def _gradient(self, parameters):
        """What a function that is given no gradient asks for, by this name, at a point of its choice."""
        point = self._array("gradient was asked for a W1 that is", parameters["W1"], (1, 2)).reshape(2)
        return {"dW1": np.reshape(self.surface.gradient(*point), (1, 2)), "db1": np.zeros((1, 1))}

    def _array(self, what: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
        if value is None or np.shape(value) != shape:
            raise self.problem("ValueError", f"{what} {_kind(value)}")
        return np.asarray(value, dtype=float)


def _averages(names) -> list[str]:
    return [name for name in ("v", "s", "d") if name in names]


def _and(*words: str) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, float | int | np.number):
        return "one number"
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"


def _within_seconds(work: Callable, rule: _Checked) -> Any:
    """What `work` returns or raises, as a value. It runs in a thread, which is told to end when its time is up, so that a
    loop without end does not stop the kernel; what it prints is dropped."""
    outcome: list[Any] = []

    def task() -> None:
        try:
            with np.errstate(all="ignore"):
                outcome.append(work())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=task, daemon=True)
    with contextlib.redirect_stdout(io.StringIO()):
        thread.start()
        thread.join(SECONDS)
    if outcome:
        return outcome[0]
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    return rule.problem("TimeoutError", f"the {number(SECONDS)} seconds for all {STEPS} steps were over")


# --- the explorer

RATES = {f"alpha_{key}": runner.alpha for key, runner in RUNNERS.items()}
START: dict[str, Any] = {"surface": "ravine", "show": "all", "w": -2.5, "b": 1, "steps": STEPS, **RATES}

RACE = Explorer(
    name="race",
    title="The optimizer race",
    about="Seven rules start at one point and make as many steps. Drag the start across the map.",
    prediction=Prediction(
        question="The ravine lies along the axis of w. Turn it by 37°. Which optimizers suffer most?",
        answers=(
            "none, it is the same ravine",
            "GD, momentum and Nesterov",
            "AdaGrad, RMSprop, Adadelta and Adam",
        ),
        right=2,
        attempt="show the ravine, then the slanted one, and look for who is ahead after 200 steps.",
        see=(
            "These four scale each parameter by the size of its own gradients, which straightens a ravine along an axis."
            " Across the slant both gradients are large and there is nothing to tell apart: after 200 steps Adam is"
            " 0.077 above the minimum in place of 1.5e−9. To the other three the direction of the axes is nothing;"
            " Nesterov leads in both."
        ),
    ),
    controls=(
        Choice("surface", "surface", {key: surface.label for key, surface in SURFACES.items()}, START["surface"]),
        Choice(
            "show",
            "runners",
            {
                "all": "all seven",
                "course": "the course's four",
                "averages": "GD, momentum, Nesterov",
                "scaled": "GD and the four that scale",
            },
            START["show"],
        ),
        Slider("w", "start, w", linear(*W, 0.05), START["w"]),
        Slider("b", "start, b", linear(*B, 0.05), START["b"]),
        Slider("steps", "steps", tuple(range(1, STEPS + 1)), START["steps"], played=True),
        *(Slider(f"alpha_{key}", f"α of {runner.name}", ALPHAS, runner.alpha) for key, runner in RUNNERS.items()),
    ),
    presets={
        "ravine": START,
        "slanted": START | {"surface": "slanted"},
        "plateau": START | {"surface": "plateau"},
        "saddle, b = 0.05": START | {"surface": "saddle", "b": 0.05, "steps": 60},
        "ravine, α of GD = 0.05": START | {"alpha_gd": 0.05},
    },
    panels=("Paths, from the start (ring) to a minimum (+)", "Cost above the minimum"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=240,
    framing=("surface",),
)
RACE_WITH_YOURS = replace(
    RACE,
    about="Seven rules and yours start at one point and make as many steps. Drag the start across the map.",
    controls=(*RACE.controls, Slider("alpha_mine", "α of yours", ALPHAS, 0.1)),
)
