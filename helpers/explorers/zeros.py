"""Exact zeros: two weights, a slanted bowl and a penalty; plain descent, shrink and cut, and FTRL on their way down."""

import numpy as np

from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, linear, number
from helpers.plots import BLUE, GREEN, VERMILION

STEPS = 60
LIMIT = 3.2  # of the axes of w
CROSS, STEEP = 0.5, 1.5  # the cost is (d_1^2 + 2 CROSS d_1 d_2 + STEEP d_2^2) / 2, d the way from the bottom
START = (2.5, 2.5)
BETA, FASTER = 1.0, 5  # of FTRL: its alpha is so many times the rate, since it divides by the root of all it has seen
WAYS = ("descent", "shrink", "FTRL")


def compute(params: Params) -> Arrays:
    """The paths of the three ways, (2, n + 1) each: descent, shrink, FTRL.

    bottom: (2,), where the cost alone is least; zeros: (3,), how many weights are exactly 0 now; reach: the size of the penalty's diamond or circle through the point where shrink is.
    """
    n, rate, lam = params["steps"], params["rate"], params["lambd"]
    alpha = FASTER * rate
    is_l1 = params["kind"] == "l1"
    c1, c2 = params["c1"], params["c2"]
    paths = np.empty((3, 2, n + 1))
    paths[:, :, 0] = START
    z, squares = [-w * BETA / alpha for w in START], [0.0, 0.0]  # FTRL keeps w in z
    for t in range(n):
        for k in range(3):
            d1, d2 = paths[k, 0, t] - c1, paths[k, 1, t] - c2
            slopes = (d1 + CROSS * d2, CROSS * d1 + STEEP * d2)
            for i in range(2):
                w, g = paths[k, i, t], slopes[i]
                if k == 0:
                    pull = lam * np.sign(w) if is_l1 else 2 * lam * w
                    paths[k, i, t + 1] = w - rate * (g + pull)
                elif k == 1:
                    moved = w - rate * g
                    paths[k, i, t + 1] = soft(moved, rate * lam) if is_l1 else moved / (1 + 2 * rate * lam)
                else:
                    grown = squares[i] + g * g
                    z[i] = z[i] + g - (np.sqrt(grown) - np.sqrt(squares[i])) / alpha * w
                    squares[i] = grown
                    total = lam * (t + 1)  # over all steps so far
                    below = (BETA + np.sqrt(grown)) / alpha
                    paths[k, i, t + 1] = -soft(z[i], total) / below if is_l1 else -z[i] / (below + 2 * total)
    last = paths[:, :, n]
    return {
        "descent": paths[0],
        "shrink": paths[1],
        "FTRL": paths[2],
        "bottom": np.array([c1, c2], dtype=float),
        "zeros": (last == 0).sum(axis=1),
        "reach": np.abs(last[1]).sum() if is_l1 else np.sqrt((last[1] ** 2).sum()),
        "is_l1": is_l1,
        "rate": rate,
        "lambd": lam,
    }


def soft(value: float, amount: float) -> float:
    """Nearer to 0 by the amount, and 0 if it was not farther away."""
    if abs(value) <= amount:
        return 0.0
    return value - amount if value > 0 else value + amount


def ellipse(bottom, r: float):
    """The contour on which the cost is r^2 / 2."""
    turn = np.linspace(0, 2 * np.pi, 121)
    d2 = r * np.sin(turn) / np.sqrt(STEEP - CROSS * CROSS)
    return bottom[0] + r * np.cos(turn) - CROSS * d2, bottom[1] + d2


def border(reach: float, is_l1: bool):
    """Where the penalty is as large as at the point where shrink is: a diamond, or a circle."""
    turn = np.linspace(0, 2 * np.pi, 121)
    if is_l1:
        return reach * np.array([1, 0, -1, 0, 1]), reach * np.array([0, 1, 0, -1, 0])
    return reach * np.cos(turn), reach * np.sin(turn)


def frame(axes, arrays: Arrays) -> None:
    """The plane of the weights, and axes of w_2 by step."""
    axes[0].axhline(0, color="#767676", lw=0.8)
    axes[0].axvline(0, color="#767676", lw=0.8)
    axes[0].set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    axes[1].axhline(0, color="#767676", lw=0.8)
    axes[1].set(xlim=(0, STEPS), ylim=(-1.2, 2.8), xlabel="step", ylabel="$w_2$")


def draw(axes, arrays: Arrays) -> None:
    """Contours of the cost, the penalty's border, and the three paths, in the plane and of w_2 alone."""
    for r in np.arange(0.5, 4.6, 0.5):
        axes[0].plot(*ellipse(arrays["bottom"], r), color="#bbbbbb", lw=1)
    axes[0].plot(*border(arrays["reach"], arrays["is_l1"]), "--", color="#767676", lw=1.2)
    axes[0].plot(*arrays["bottom"], "+", color="black", ms=9)
    looks = ((BLUE, "o", "descent"), (GREEN, "s", "shrink and cut"), (VERMILION, "D", "FTRL"))
    for way, (colour, marker, label) in zip(WAYS, looks, strict=True):
        w1, w2 = arrays[way]
        axes[0].plot(w1, w2, color=colour, lw=1.2)
        axes[0].plot(w1[-1], w2[-1], marker, color=colour, ms=7, label=label, linestyle="none")
        axes[1].plot(w2, marker + "-", color=colour, lw=1, ms=3, label=label)
    axes[1].legend(loc="upper right", fontsize=9)


def describe(arrays: Arrays) -> str:
    """Where each way is, how many of its weights are exactly 0, and how far a step of the penalty reaches."""
    n = arrays["descent"].shape[1] - 1
    told = []
    for i, (way, name) in enumerate(zip(WAYS, ("Descent", "shrink and cut", "FTRL"), strict=True)):
        w1, w2 = arrays[way][:, n]
        count = ("no weight", "one weight", "both weights")[int(arrays["zeros"][i])]
        told.append(f"{name} is at ({number(w1)}, {number(w2)}), {count} exactly 0")
    words = f"After {n} {'step' if n == 1 else 'steps'}: {'; '.join(told)}."
    if arrays["is_l1"]:
        words += f" L1 moves a weight by {number(arrays['rate'] * arrays['lambd'])} in each step, wherever it is."
    else:
        words += (
            f" L2 takes {number(200 * arrays['rate'] * arrays['lambd'])} % of a weight in each step, so less and less."
        )
    return words


ZEROS = Explorer(
    name="zeros",
    title="Exact zeros",
    about=(
        "The cost is a slanted bowl over two weights, with its bottom at the cross; a penalty pulls at both, λ (|w₁| + |w₂|)"
        " or λ (w₁² + w₂²). The dashed line is where the penalty is as large as at the green point. FTRL counts its penalty over"
        " all steps so far."
    ),
    prediction=Prediction(
        question="With L1 the least of cost and penalty has w₂ = 0. Which ways land exactly there?",
        answers=("all three", "shrink and cut, and FTRL", "descent alone"),
        right=1,
        attempt="play the steps, then look at w₂ near 0, and at what changes when the rate is halved.",
        see=(
            "The slope of L1 is λ above 0 and −λ below, so descent steps past 0 and is pushed back, for ever; a smaller rate makes"
            " smaller steps past it. Shrink and cut stops at 0. FTRL is 0 as long as gradients have not added up to more than"
            " λ a step. With L2 nobody lands on 0: its pull fades."
        ),
    ),
    controls=(
        Choice("kind", "penalty", {"l1": "L1", "l2": "L2"}, "l1"),
        Slider("lambd", "λ", linear(0, 2, 0.1), 1),
        Slider("rate", "rate", (0.05, 0.1, 0.2, 0.3, 0.4, 0.5), 0.2),
        Slider("steps", "steps so far", tuple(range(STEPS + 1)), STEPS, played=True),
        Slider("c1", "bottom of the cost, w₁", linear(-2, 2, 0.25), 1.5),
        Slider("c2", "bottom of the cost, w₂", linear(-2, 2, 0.25), 0.25),
    ),
    presets={
        "L1, λ = 1": {"kind": "l1", "lambd": 1, "rate": 0.2},
        "L1, rate 0.05": {"kind": "l1", "lambd": 1, "rate": 0.05},
        "L1, λ = 2": {"kind": "l1", "lambd": 2, "rate": 0.2},
        "L2, λ = 1": {"kind": "l2", "lambd": 1, "rate": 0.2},
    },
    panels=("The plane of the weights", "w₂, step by step"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=330,
)
