"""A polynomial fitted by gradient descent to noisy points of a sine: degree, points, noise, penalty and steps.

The inputs are not the powers of x themselves but Chebyshev's polynomials T_1, T_2, ..., which are mixtures of them and so draw
the same curves; they resemble each other less, so that descent is quick. k steps w := A w + c are one, with a power of the
matrix [[A, c], [0, 1]], found by repeated squaring.
"""

import numpy as np

from helpers.explorers.draws import normal, uniform
from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, linear, number
from helpers.plots import BLACK, BLUE, VERMILION

HIGHEST = 12  # degree
MOST = 60  # points
FRESH = 200  # new points
CURVE = np.linspace(-1, 1, 161)
STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 100_000)
COST, Y, WEIGHT = (1e-4, 100), 2.4, 4  # of the axes


def truth(x):
    """The curve that the points come from."""
    return np.sin(np.pi * x)


def inputs(x, degree: int) -> np.ndarray:
    """T_0, which is 1, T_1, ..., T_degree by T_k = 2 x T_{k-1} - T_{k-2}, shape (degree + 1, m)."""
    rows = [np.ones_like(x), x]
    for k in range(2, degree + 1):
        rows.append(2 * x * rows[k - 1] - rows[k - 2])
    return np.array(rows[: degree + 1])


def descend(X, y, lambd: float, steps: int) -> np.ndarray:
    """The weights, that of T_0 first, after so many steps from zeros on the mean squared error + lambd / m times the squares of
    the weights, of which the first has no penalty. The rate is 1 / (n + lambd / m), below the limit for any points."""
    n, m = X.shape
    rate = 1 / (n + lambd / m)
    penalty = np.full(n, 2 * lambd / m)
    penalty[0] = 0
    step = np.eye(n + 1)
    step[:n, :n] -= rate * (2 / m * (X @ X.T) + np.diag(penalty))
    step[:n, n] = rate * 2 / m * (X @ y)
    all_steps = np.eye(n + 1)
    while steps:
        if steps % 2:
            all_steps = step @ all_steps
        step, steps = step @ step, steps // 2
    return all_steps[:n, n]


def compute(params: Params) -> Arrays:
    """The points, the curve, the weights w (degree + 1,), and both costs for each degree from 1 on.

    x, y: the points; x_new, y_new: new ones, of which some are drawn; train, test: (HIGHEST,); best: the degree with the lowest
    cost on new points.
    """
    m, noise, seed = params["points"], params["noise"], params["seed"]
    x = 2 * uniform(2 * seed, MOST)[:m] - 1
    y = truth(x) + noise * normal(2 * seed, MOST)[:m]
    x_new = 2 * uniform(2 * seed + 1, FRESH) - 1
    y_new = truth(x_new) + noise * normal(2 * seed + 1, FRESH)
    runs = [descend(inputs(x, d), y, params["lambd"], params["steps"]) for d in range(1, HIGHEST + 1)]
    costs = [
        [np.mean((w @ inputs(at, len(w) - 1) - wanted) ** 2) for w in runs] for at, wanted in ((x, y), (x_new, y_new))
    ]
    w = runs[params["degree"] - 1]
    return {
        "degree": params["degree"],
        "points": m,
        "noise": noise,
        "steps": params["steps"],
        "x": x,
        "y": y,
        "x_new": x_new,
        "y_new": y_new,
        "w": w,
        "curve": w @ inputs(CURVE, params["degree"]),
        "train": np.array(costs[0]),
        "test": np.array(costs[1]),
        "best": 1 + int(np.argmin(costs[1])),
    }


def frame(axes, arrays: Arrays) -> None:
    """Axes of the points, of the costs by degree, and of the weights."""
    axes[0].set(xlim=(-1, 1), ylim=(-Y, Y), xlabel="$x$", ylabel="$y$")
    about = {"xlim": (0.5, HIGHEST + 0.5), "xticks": range(1, HIGHEST + 1)}
    axes[1].set(yscale="log", ylim=COST, xlabel="degree", ylabel="cost, logarithmic", **about)
    axes[2].set(
        xlim=(-0.5, HIGHEST + 0.5), ylim=(-WEIGHT, WEIGHT), xlabel="input", ylabel="weight", xticks=range(0, 13, 2)
    )


def draw(axes, arrays: Arrays) -> None:
    """Points, some of the new ones, truth and curve; both costs, with a ring at this degree; the weights as bars."""
    points, costs, weights = axes
    points.plot(CURVE, truth(CURVE), "--", color="#767676", lw=1.3, label="truth")
    points.plot(CURVE, arrays["curve"], color=BLUE, lw=2, label=f"degree {arrays['degree']}")
    points.plot(arrays["x_new"][:30], arrays["y_new"][:30], "x", color=VERMILION, ms=4, label="new points")
    points.plot(arrays["x"], arrays["y"], "o", color=BLUE, ms=5, label="points")
    points.legend(loc="upper left", fontsize=8)
    degrees, at = np.arange(1, HIGHEST + 1), arrays["degree"] - 1
    floor = np.full(2, max(arrays["noise"] ** 2, 1e-99))
    costs.plot([0, HIGHEST + 1], floor, ":", color="#767676", label="noise alone")
    for name, colour, style, label in (("train", BLUE, "o-", "points"), ("test", VERMILION, "x--", "new points")):
        costs.plot(degrees, np.maximum(arrays[name], 1e-99), style, color=colour, ms=4, lw=1.5, label=label)
        costs.plot(degrees[at], max(arrays[name][at], 1e-99), "o", mfc="none", mec=BLACK, ms=10, mew=1.5)
    costs.legend(loc="upper left", fontsize=8)
    for k, weight in enumerate(arrays["w"]):
        weights.stairs([weight], [k - 0.35, k + 0.35], fill=True, color=BLUE)
    weights.axhline(0, color="#767676", lw=1)


def describe(arrays: Arrays) -> str:
    """Both costs, beside that of the noise; which degree is best; the largest weight."""
    degree, n = arrays["degree"], arrays["steps"]
    train, test = arrays["train"][degree - 1], arrays["test"][degree - 1]
    return (
        f"Degree {degree} after {n} {'step' if n == 1 else 'steps'}: cost {number(train)} on its {arrays['points']} points and"
        f" {number(test)} on {FRESH} new ones; the noise alone costs {number(arrays['noise'] ** 2)}. On new points degree"
        f" {arrays['best']} is best, with {number(arrays['test'].min())}. The largest weight is"
        f" {number(np.abs(arrays['w']).max())}."
    )


FIT = Explorer(
    name="fit",
    title="A curve, and too much of it",
    about=(
        "Gradient descent fits a polynomial to a few noisy points of a sine. The second picture: what every degree costs on these"
        " points, and on new ones from the same curve; a ring marks the degree of the first. The third: its weights."
    ),
    prediction=Prediction(
        question="15 points. From degree 1 to 12 the cost on these points falls and falls. And on new points?",
        answers=("it falls too", "it falls at first, then it rises", "it rises from the start"),
        right=1,
        attempt="move the degree from 1 to 12. Then, at 12, try more points, and a larger λ.",
        see=(
            "Degree 1 is too stiff (0.269 on new points), degree 5 is about right (0.0463), and degree 12 follows the noise: 0.00268 on"
            " its points, 1.74 on new ones. With 60 points it costs 0.0528 there, and with λ = 0.1 on 15 points 0.0963."
        ),
    ),
    controls=(
        Slider("degree", "degree", tuple(range(1, HIGHEST + 1)), 3, played=True),
        Slider("points", "points", (5, 8, 10, 12, 15, 20, 30, 40, MOST), 15),
        Slider("noise", "noise", linear(0, 0.6, 0.05), 0.2),
        Slider("lambd", "λ, price of the weights", (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100), 0),
        Slider("steps", "steps of descent", STEPS, 100_000),
        Slider("seed", "seed of the points", tuple(range(1, 21)), 4),
    ),
    presets={
        "degree 1": {"degree": 1},
        "degree 12": {"degree": 12},
        "degree 12, points 60": {"degree": 12, "points": 60},
        "degree 12, λ = 0.1": {"degree": 12, "lambd": 0.1},
        "degree 12, steps 100": {"degree": 12, "steps": 100},
    },
    panels=("Points and curve", "Cost by degree", "Weights"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=260,
    size=(12.0, 3.8),
)
