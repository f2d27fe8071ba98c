"""Softmax: logits to probabilities, and softmax regression, whose boundaries between classes are straight."""

from functools import lru_cache
from itertools import combinations

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb

from helpers.explorers.draws import normal
from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, linear, number, to_decimals
from helpers.plots import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
SHADES = ListedColormap([tuple(1 - 0.28 * (1 - part) for part in to_rgb(colour)) for colour in COLOURS])
EACH = 12  # points of a class
RING, SPREAD = 2.4, 0.65  # where the clouds are, and how wide
EDGE = 4.5  # the picture goes from -EDGE to EDGE
CELLS = 90  # of it, in a row
STEPS = 60
ALPHA = 0.5


def softmax(Z):
    """exp(Z) / sum of exp(Z), for Z of shape (C,) or (C, m), one class a row; the largest is subtracted first, so nothing
    overflows."""
    t = np.exp(Z - Z.max(axis=0))
    return t / t.sum(axis=0)


def cost_and_gradients(W, b, X, Y):
    """Mean of -log p of the true class, and dW (C, 2), db (C, 1), for weights W (C, 2), b (C, 1), points X (2, m), Y one-hot
    (C, m)."""
    m = X.shape[1]
    A = softmax(W @ X + b)
    dZ = A - Y
    return -np.log((A * Y).sum(axis=0)).mean(), dZ @ X.T / m, dZ.sum(axis=1, keepdims=True) / m


def clouds(C: int, seed: int):
    """EACH points a class, X (2, m) and labels y (m,), and weights to begin with, (C, 2). Up to three classes stand on a ring;
    of more, the last is in its middle."""
    z = normal(seed, 2 * C + 2 * C * EACH)
    y = np.repeat(np.arange(C), EACH)
    on_ring = C - 1 if C > 3 else C
    angle = np.pi / 2 + 2 * np.pi * np.arange(C) / on_ring
    radius = np.where(np.arange(C) < on_ring, RING, 0)
    centres = np.stack([radius * np.cos(angle), radius * np.sin(angle)])
    return centres[:, y] + SPREAD * z[2 * C :].reshape(2, -1), y, z[: 2 * C].reshape(C, 2)


@lru_cache(maxsize=32)
def course(C: int, seed: int):
    """Gradient descent on all points: (W (C, 2), b (C, 1), cost), STEPS + 1 of them, from before the first step to
    after the last."""
    X, y, W = clouds(C, seed)
    Y, b = np.eye(C)[:, y], np.zeros((C, 1))
    run = []
    for _ in range(STEPS + 1):
        cost, dW, db = cost_and_gradients(W, b, X, Y)
        run.append((W, b, cost))
        W, b = W - ALPHA * dW, b - ALPHA * db
    return run


def boundaries(W, b) -> list[list[float]]:
    """Where two classes tie for the largest w x + b: stretches of lines as [x1, y1, x2, y2], for W (C, 2) and b (C,).

    A point of the line of classes i and j is start + t direction; every other class and every edge of the picture bounds t.
    """
    stretches = []
    for i, j in combinations(range(len(b)), 2):
        across, offset = W[i] - W[j], b[i] - b[j]
        length2 = across @ across
        start, direction = -offset * across / length2, np.array([-across[1], across[0]]) / np.sqrt(length2)
        slopes = [*direction, *-direction, *((W - W[i]) @ direction)]
        rooms = [*(EDGE - start), *(EDGE + start), *((W[i] - W) @ start + b[i] - b)]
        low, high = -np.inf, np.inf  # of t, where slope t <= room for all
        for k, (slope, room) in enumerate(zip(slopes, rooms, strict=True)):
            if k - 4 in (i, j):
                continue
            if slope > 0:
                high = min(high, room / slope)
            else:
                low = max(low, room / slope)
        if low < high:
            stretches.append([*(start + low * direction), *(start + high * direction)])
    return stretches


def regions(W, b):
    """For W (C, 2) and b (C, 1) the winning class in each cell, (CELLS^2,), row by row from below, and where to write each
    class's number, (C, 2): in its region, which is convex, and rather outside, where few points are; nowhere if the region
    is hardly seen."""
    middles = -EDGE + (np.arange(CELLS) + 0.5) * 2 * EDGE / CELLS
    x = np.stack([np.tile(middles, CELLS), np.repeat(middles, CELLS)])
    field = (W @ x + b).argmax(axis=0)
    spots = np.full((len(b), 2), np.nan)
    for c in range(len(b)):
        mine = x[:, field == c]
        if mine.shape[1] > 0.015 * field.size:
            spots[c] = np.average(mine, axis=1, weights=(mine**2).sum(axis=0))
    return field, spots


def compute(params: Params) -> Arrays:
    """Probabilities of four logits, and where softmax regression is after some steps.

    z, p, loss: (4,), loss is -log p; first, second, last: the class with the largest, second and least logit, from 0; x1,
    x2, y, wrong: (m,) points, m = C * EACH; W (C, 2), b (C,); right: the share of points that are not wrong; lines, field
    and spots: see boundaries and regions.
    """
    z = np.array([params[f"z{k}"] for k in range(1, 5)], dtype=float)
    T, C, step = params["T"], params["C"], params["step"]
    X, y, _ = clouds(C, params["seed"])
    W, b, cost = course(C, params["seed"])[step]
    wrong = (W @ X + b).argmax(axis=0) != y
    field, spots = regions(W, b)
    first, second = np.argsort(-z, kind="stable")[:2]
    return {
        "z": z,
        "T": T,
        "p": softmax(z / T),
        "loss": np.log(np.exp((z - z.max()) / T).sum()) - (z - z.max()) / T,
        "first": first,
        "second": second,
        "last": z.argmin(),
        "x1": X[0],
        "x2": X[1],
        "y": y,
        "wrong": wrong,
        "W": W,
        "b": b[:, 0],
        "lines": boundaries(W, b[:, 0]),
        "field": field,
        "spots": spots,
        "step": step,
        "cost": cost,
        "right": 1 - wrong.mean(),
    }


def frame(axes, arrays: Arrays) -> None:
    """Axes of the logits, of the probabilities, and of the plane from -EDGE to EDGE."""
    classes = np.arange(1, 5)
    axes[0].set(xlim=(0.4, 4.6), ylim=(-7.5, 7.5), xlabel="class", ylabel="logit z", xticks=classes)
    axes[1].set(xlim=(0.4, 4.6), ylim=(0, 1.2), xlabel="class", ylabel="p", xticks=classes)
    axes[2].set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    axes[2].grid(False)


def draw(axes, arrays: Arrays) -> None:
    """Bars with their values, the hardmax dashed; regions and boundaries, the points, and a ring around each mistake."""
    for ax, heights, said in ((axes[0], arrays["z"], number), (axes[1], arrays["p"], _share)):
        for k, height in enumerate(heights, 1):
            ax.stairs([height], [k - 0.35, k + 0.35], fill=True, color=COLOURS[k - 1])
            ax.annotate(
                said(height),
                (k, height),
                xytext=(0, 3 if height >= 0 else -3),
                textcoords="offset points",
                ha="center",
                va="bottom" if height >= 0 else "top",
                fontsize=9,
            )
    axes[0].axhline(0, color="#767676", lw=1)
    left, right = arrays["first"] + 1 - 0.42, arrays["first"] + 1 + 0.42
    axes[1].plot([left, left, right, right], [0, 1, 1, 0], "--", color=BLACK, lw=1.3, label="hardmax: 1 or 0")
    axes[1].legend(loc="upper right", fontsize=9)
    edges = np.linspace(-EDGE, EDGE, CELLS + 1)
    field = arrays["field"].reshape(CELLS, CELLS)
    axes[2].pcolormesh(edges, edges, field, cmap=SHADES, vmin=-0.5, vmax=len(COLOURS) - 0.5, rasterized=True)
    for x1, y1, x2, y2 in arrays["lines"]:
        axes[2].plot([x1, x2], [y1, y2], color=BLACK, lw=1.6)
    wrong = arrays["wrong"]
    axes[2].scatter(arrays["x1"][wrong], arrays["x2"][wrong], s=90, facecolors="white", edgecolors=BLACK, zorder=3)
    for c, (x, y) in enumerate(arrays["spots"]):
        mine = arrays["y"] == c
        axes[2].scatter(
            arrays["x1"][mine], arrays["x2"][mine], s=28, marker=f"${c + 1}$", color=BLACK, lw=0.4, zorder=4
        )
        if np.isfinite(x):
            box = {"facecolor": COLOURS[c], "edgecolor": "none", "boxstyle": "square,pad=0.25"}
            axes[2].text(x, y, c + 1, color="white", weight="bold", ha="center", va="center", bbox=box, zorder=5)


def describe(arrays: Arrays) -> str:
    """The probabilities, by what factor the first is ahead of the second, two losses, and how many points are right."""
    z, T, p, loss = arrays["z"], arrays["T"], arrays["p"], arrays["loss"]
    first, second, last = arrays["first"], arrays["second"], arrays["last"]
    gap = number(z[first] - z[second])
    shares = ", ".join(_share(each) for each in p)
    return (
        f"p = {shares}, together {number(p.sum())}. Class {first + 1} is e^{gap if T == 1 else f'({gap}/{number(T)})'} ="
        f" {number(np.exp((z[first] - z[second]) / T))} times as probable as class {second + 1}: only differences of logits"
        f" count. The loss −log p is {number(loss[first])} if class {first + 1} is true and {number(loss[last])} if class"
        f" {last + 1} is. After {arrays['step']} {'step' if arrays['step'] == 1 else 'steps'} {number(100 * arrays['right'])}%"
        f" of the {len(arrays['y'])} points are right, at cost {number(arrays['cost'])}; every boundary is straight."
    )


def _share(p: float) -> str:
    """A probability to three decimals; one that would be 0 then, to one figure."""
    return to_decimals(p, 3) if p >= 0.0005 else number(p, 1)


SOFTMAX = Explorer(
    name="softmax",
    title="Softmax",
    about=(
        "First: four logits and their probabilities e^(z/T) / Σ e^(z/T). In the last picture softmax regression learns to tell C"
        " classes apart; digits are points, a circle marks a mistake, and the number in a box is the region's class."
    ),
    prediction=Prediction(
        question="The logits 5, 2, −1, 3 all become 4 smaller: 1, −2, −5, −1. What happens to the 0.842 of class 1?",
        answers=("it falls", "it stays", "it rises"),
        right=1,
        attempt="press “z = 1, −2, −5, −1”, then move one logit alone, then the temperature.",
        see=(
            "e^(z − 4) = e^z e^−4, and e^−4 stands in the numerator and in the sum: it cancels. Only differences count: class 1"
            " is e^(5 − 3) = 7.39 times as probable as class 4, before and after. Multiplying the logits is another matter:"
            " twice as large (T = 0.5), class 1 is e^4 = 54.6 times as probable as class 4 and has 0.98."
        ),
    ),
    controls=(
        Slider("z1", "z₁, logit of class 1", linear(-6, 6, 0.5), 5),
        Slider("z2", "z₂", linear(-6, 6, 0.5), 2),
        Slider("z3", "z₃", linear(-6, 6, 0.5), -1),
        Slider("z4", "z₄", linear(-6, 6, 0.5), 3),
        Slider("T", "T, temperature", (0.1, 0.25, 0.5, 1, 2, 4, 10), 1),
        Slider("C", "C, classes to tell apart", (3, 4, 5, 6), 4),
        Slider("step", "steps of gradient descent", tuple(range(STEPS + 1)), 30, played=True),
        Slider("seed", "seed of points and weights", tuple(range(1, 21)), 10),
    ),
    presets={
        "z = 1, −2, −5, −1": {"z1": 1, "z2": -2, "z3": -5, "z4": -1},
        "T = 0.25": {"T": 0.25},
        "T = 10": {"T": 10},
        "step 0": {"step": 0},
        "C = 6": {"C": 6, "step": 60},
    },
    panels=("Logits", "Probabilities", "The largest w·x + b wins"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=315,
    size=(12.0, 3.8),
)
