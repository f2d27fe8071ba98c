"""Search for hyper-parameters: grid or random, on a linear or a logarithmic scale, and once more around the best."""

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from helpers.explorers.draws import uniform
from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, Switch, linear, number
from helpers.plots import BLUE, GREEN, VERMILION

LOWEST, DECADES = 0.0001, 4  # alpha is searched from 0.0001 to 1
LEAST, RANGE = 0.5, 0.5  # keep_prob from 0.5 to 1
BEST = 5.0  # per cent, the least dev error there is
COLUMNS, ROWS = 60, 40  # of the field
EDGES = (-4.2, 0.2, 0.46, 1.04)  # of the axes: log10(alpha), keep_prob; a little more than what is searched
TICKS = (5, 10, 20, 50, 100)  # of the error; above them is room for the legend
EPSILONS = (
    -10,
    4,
)  # the powers of ten of the least epsilon of Adam, and how many there are; it has the places of keep_prob
ZOOM = 0.25  # of each side, what the second round searches
FIELD = LinearSegmentedColormap.from_list("error", ["#ffffff", "#c9dfee", "#8db4d0"])


def compute(params: Params) -> Arrays:
    """The trials in their order, those of both rounds, as far as the search has come.

    alpha, keep_prob, error, best_so_far: (t,), the error in per cent; box: [[from, to], [from, to]], what the second
    round searches of alpha and keep_prob, or empty; field: (ROWS * COLUMNS,), the error over the axes from below left;
    optimum: alpha and keep_prob of the least error.
    """
    n = params["trials"]
    influence = 0 if params["second"] == "epsilon" else params["influence"]  # epsilon only prevents a division by 0
    r = uniform(params["seed"], 2 + 4 * n)
    optimum = (-3.2 + 2.4 * r[0], 0.2 + 0.6 * r[1])  # log10(alpha), and the share of keep_prob's range

    def dev_error(log_alpha, share):
        return error_at(log_alpha - optimum[0], share - optimum[1], influence)

    places = first = spots(params["method"], n, r[2 : 2 + 2 * n])  # (n, 2) in the unit square
    box = []
    if params["refine"]:
        best = first[np.argmin(dev_error(np.log10(alpha_at(first[:, 0], params["scale"])), first[:, 1]))]
        corner = np.clip(best - ZOOM / 2, 0, 1 - ZOOM)
        places = np.vstack([first, corner + ZOOM * spots(params["method"], n, r[2 + 2 * n :])])
        sides = np.stack([corner, corner + ZOOM], axis=1)
        box = [alpha_at(sides[0], params["scale"]), LEAST + RANGE * sides[1]]
    total = len(places)
    places = places[: int(np.ceil(params["done"] * total - 1e-9))]
    alpha = alpha_at(places[:, 0], params["scale"])
    error = dev_error(np.log10(alpha), places[:, 1])
    x = EDGES[0] + (EDGES[1] - EDGES[0]) * np.arange(COLUMNS) / (COLUMNS - 1)
    y = EDGES[2] + (EDGES[3] - EDGES[2]) * np.arange(ROWS) / (ROWS - 1)
    return {
        "alpha": alpha,
        "keep_prob": LEAST + RANGE * places[:, 1],
        "error": error,
        "best_so_far": np.minimum.accumulate(error),
        "box": box,
        "field": dev_error(x[None, :], (y[:, None] - LEAST) / RANGE).ravel(),
        "optimum": [10 ** optimum[0], LEAST + RANGE * optimum[1]],
        "different": [len(np.unique(np.round(side * 1e9))) for side in places.T],
        "total": total,
        "seed": params["seed"],
        "influence": influence,
        "second": params["second"],
        "scale": params["scale"],
        "method": params["method"],
    }


def error_at(d_alpha, d_share, influence: float):
    """Dev error in per cent, so far from the best in decades of alpha and shares of keep_prob's range. Invented, but as
    it often is: too small an alpha has not learned enough yet, one that is too large soon learns nothing at all."""
    a = d_alpha / np.where(d_alpha < 0, 0.8, 0.4)
    b = DECADES * d_share / 0.8
    return BEST + 45 * (a * a / (1 + a * a) + influence * (b * b / (1 + b * b)))


def spots(method: str, n: int, r: np.ndarray) -> np.ndarray:
    """n places of the unit square, (n, 2): a grid from edge to edge, or r, which is uniform, pair by pair."""
    if method == "random":
        return r[: 2 * n].reshape(n, 2)
    k = round(n**0.5)
    at = np.arange(k) / (k - 1)
    return np.stack([np.tile(at, k), np.repeat(at, k)], axis=1)


def alpha_at(share, scale: str):
    """alpha at a share of its range: evenly, or evenly in its logarithm."""
    if scale == "linear":
        return LOWEST + share * (1 - LOWEST)
    return 10 ** (DECADES * share - DECADES)


def frame(axes, arrays: Arrays) -> None:
    """The error as shades over a logarithmic alpha and keep_prob, and logarithmic axes of the error by trial."""
    x = 10 ** np.linspace(EDGES[0], EDGES[1], COLUMNS)
    y = np.linspace(EDGES[2], EDGES[3], ROWS)
    field = np.reshape(arrays["field"], (ROWS, COLUMNS))
    axes[0].pcolormesh(x, y, field, cmap=FIELD, vmin=BEST, vmax=70, shading="gouraud", rasterized=True)
    axes[0].set(xscale="log", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel="α, logarithmic", ylabel="keep_prob")
    axes[0].grid(False)
    if arrays["second"] == "epsilon":
        axes[0].set_ylabel("ε of Adam, logarithmic")
        axes[0].set_yticks([LEAST, LEAST + RANGE / 2, LEAST + RANGE], ["10⁻¹⁰", "10⁻⁸", "10⁻⁶"])
    axes[1].set(xlim=(0, arrays["total"] + 1), ylim=(4, 500), yscale="log", xlabel="trial", ylabel="dev error, %")
    axes[1].set_yticks(TICKS, TICKS)
    axes[1].minorticks_off()


def draw(axes, arrays: Arrays) -> None:
    """The trials, the best among them and the second round's box, with marks at both edges; the error by trial."""
    alpha, keep_prob, error = arrays["alpha"], arrays["keep_prob"], arrays["error"]
    at = int(np.argmin(error))
    plane, course = axes
    plane.plot(*arrays["optimum"], "+", color="black", ms=12, mew=2)
    plane.plot(alpha, keep_prob, "o", color=BLUE, mec="white", mew=0.5, ms=5)
    plane.plot(alpha[at], keep_prob[at], "*", color=VERMILION, mec="black", mew=0.5, ms=13)
    plane.vlines(alpha, EDGES[2], EDGES[2] + 0.025, color=VERMILION, lw=1.5)
    plane.hlines(keep_prob, 10 ** EDGES[0], 10 ** (EDGES[0] + 0.11), color=VERMILION, lw=1.5)
    if len(arrays["box"]):
        (left, right), (low, high) = arrays["box"]
        plane.plot([left, right, right, left, left], [low, low, high, high, low], "--", color="black", lw=1.2)
    t = np.arange(1, len(error) + 1)
    course.plot(t, error, "o", color=BLUE, ms=3.5, label="trial")
    course.step(t, arrays["best_so_far"], where="post", color=VERMILION, lw=2.2, label="best so far")
    course.plot(at + 1, error[at], "*", color=VERMILION, mec="black", mew=0.5, ms=13, label="best trial")
    course.axhline(BEST, color=GREEN, ls="--", label=f"best possible, {number(BEST)} %")
    course.legend(loc="upper right", fontsize=9)


def describe(arrays: Arrays) -> str:
    """How many values of each were tried, which share of them has alpha above 0.1, and the best trial's error."""
    alpha, error, t = arrays["alpha"], arrays["error"], len(arrays["error"])
    at = int(np.argmin(error))
    above = float(np.mean(alpha > 0.1))
    words = "1 trial" if t == 1 else f"{t} trials"
    scale = "linear" if arrays["scale"] == "linear" else "logarithmic"
    many = arrays["different"]
    name, value = "keep_prob", arrays["keep_prob"][at]
    if arrays["second"] == "epsilon":
        name, value = "ε", 10 ** (EPSILONS[0] + EPSILONS[1] * (value - LEAST) / RANGE)
    return (
        f"{words}, {arrays['method']}, α on a {scale} scale: {many[0]} different α, {many[1]} different {name}."
        f" {number(100 * above)} % of them have α above 0.1, which is one of the four decades. The best, with"
        f" α = {number(alpha[at])} and {name} = {number(value)}, has"
        f" {number(error[at])} % dev error, {number(error[at] - BEST)} more than the best possible."
    )


RANDOM: dict[str, Any] = {
    "second": "keep_prob",
    "method": "random",
    "scale": "log",
    "trials": 25,
    "refine": False,
    "done": 1,
}
SEARCH = Explorer(
    name="search",
    title="Search for hyper-parameters",
    about=(
        "Every trial trains once, with a learning rate α and a keep_prob, or an ε of Adam, and is judged by its dev error"
        " (invented here; the bluer the worse). The marks at the edges show which values were tried."
    ),
    prediction=Prediction(
        question="25 trials draw α evenly between 0.0001 and 1. How many fall below 0.1, in three of the four decades?",
        answers=("about 19", "about 12", "two or three"),
        right=2,
        attempt="choose the linear scale, then the logarithmic one again; then compare grid and random.",
        see=(
            "0.1 to 1 is 90 % of the length, so two or three of 25 are left for 0.0001 to 0.1. Drawn evenly in"
            " log10(α), α = 10^r with r from −4 to 0, each decade gets a quarter. And a 5 × 5 grid tries 5 values of"
            " α, random search 25: over 200 such tasks random search comes to 8 % on average, the grid to 12 %; with"
            " influence 1 both come to 16 %."
        ),
    ),
    controls=(
        Choice("second", "second knob", {"keep_prob": "keep_prob", "epsilon": "ε of Adam"}, "keep_prob"),
        Choice("method", "method", {"grid": "grid", "random": "random"}, "random"),
        Choice("scale", "scale of α", {"linear": "linear", "log": "logarithmic"}, "log"),
        Slider("trials", "trials in a round", (9, 16, 25, 36, 49, 64), 25),
        Switch("refine", "second round around the best", False),
        Slider("influence", "influence of keep_prob (α: 1)", (0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1), 0.1),
        Slider("seed", "seed of task and draws", tuple(range(1, 41)), 20),
        Slider("done", "share of the trials done", linear(0.04, 1, 0.04), 1, played=True),
    ),
    presets={
        "grid": RANDOM | {"method": "grid"},
        "random": RANDOM,
        "random, linear": RANDOM | {"scale": "linear"},
        "random, second round": RANDOM | {"refine": True},
        "ε of Adam, influence 0": RANDOM | {"method": "grid", "second": "epsilon"},
    },
    panels=("Which values are tried (+ is the best)", "What the search has found"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=275,
    framing=("seed", "influence", "total", "second"),
)
