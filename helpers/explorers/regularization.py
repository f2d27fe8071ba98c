"""Regularization live: a small net trained on the football pitch anew for every lambda and keep_prob.

Adam (Kingma and Ba, 2015) on all examples at once, the cross-entropy with the L2 term lambda / (2m) * sum of squared
weights, and inverted dropout (Srivastava et al., 2014) after both hidden layers with fresh masks in every step.
"""

from functools import cache, lru_cache

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from helpers import data
from helpers.explorers.draws import normal, uniform
from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, Switch, linear, number
from helpers.nets import sigmoid
from helpers.plots import BLACK, BLUE, CLASSES, GREEN, ORANGE, PURPLE, VERMILION

STEPS, EVERY = 120, 2  # of training, and how many of them one stop of the slider is
ALPHA, BETA1, BETA2, EPSILON = 0.05, 0.9, 0.999, 1e-8  # Adam's
SECOND = 6  # units of hidden layer 2
DEV = 100  # points
COLUMNS, ROWS = 56, 40  # of the grid on which the answer is computed
EDGES = (-0.85, 0.85, -0.57, 0.57)  # of the picture: x1 from, to, x2 from, to
TOPS = (1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32)  # of the axes of costs and of weights
SIZES = (10, 15, 20, 25, 30, 35, 40, 50, 60)  # of the training set
LAMBDAS = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10)
DASHES = ("-", "--", ":")
SHADES = LinearSegmentedColormap.from_list("shades", ["#F6D5C3", "#C9DFEE"])

GRID = np.array(np.meshgrid(np.linspace(*EDGES[:2], COLUMNS), np.linspace(*EDGES[2:], ROWS))).reshape(2, -1)


@cache
def points() -> Arrays:
    """X_train: (2, 60), Y_train: (60,), of which training takes the first n; X_dev: (2, DEV), Y_dev: (DEV,)."""
    pitch, m = data.load_football(original=False), SIZES[-1]
    return {
        "X_train": pitch.X_train[:, :m],
        "Y_train": pitch.Y_train[0, :m],
        "X_dev": pitch.X_test[:, :DEV],
        "Y_dev": pitch.Y_test[0, :DEV],
    }


def unpack(theta, hidden: int) -> dict[str, np.ndarray]:
    """The parameters W1, b1, W2, b2, W3, b3 as views into the vector theta, in which they lie one after another."""
    sizes, at, parameters = (2, hidden, SECOND, 1), 0, {}
    for l in range(1, 4):
        for name, shape in ((f"W{l}", (sizes[l], sizes[l - 1])), (f"b{l}", (sizes[l], 1))):
            parameters[name] = theta[at : at + shape[0] * shape[1]].reshape(shape)
            at += shape[0] * shape[1]
    return parameters


def initialize(hidden: int, seed: int):
    """theta, shape (p,), with normal weights of variance 2 / n_{l-1} (He et al., 2015) and biases zero."""
    theta = np.zeros(hidden * 3 + SECOND * (hidden + 1) + SECOND + 1)
    for name, value in unpack(theta, hidden).items():
        if name[0] == "W":
            value[:] = np.sqrt(2 / value.shape[1]) * normal(100 * seed + int(name[1]), value.size).reshape(value.shape)
    return theta


def masks(keep_prob: float, hidden: int, m: int, seed: int, step: int) -> list:
    """D1 / keep_prob and D2 / keep_prob of a step, shapes (hidden, m) and (SECOND, m); ones where all units stay."""
    if keep_prob == 1:
        return [1, 1]
    return [
        (uniform(1000 * seed + 2 * step + i, n * m).reshape(n, m) < keep_prob) / keep_prob
        for i, n in enumerate((hidden, SECOND))
    ]


def forward(X, parameters, D=(1, 1)) -> list:
    """A0 = X, A1, A2 after dropout with the masks D, and Z3 of shape (1, m), whose sigmoid is the answer."""
    A = [X]
    for l in (1, 2):
        A.append(np.maximum(0, parameters[f"W{l}"] @ A[-1] + parameters[f"b{l}"]) * D[l - 1])
    return [*A, parameters["W3"] @ A[-1] + parameters["b3"]]


def cross_entropy(Z3, Y) -> float:
    """The mean of log(1 + e^Z) - Y Z, which is the cross-entropy of sigmoid(Z), in a form that cannot overflow."""
    return float(np.mean(np.maximum(Z3, 0) - Y * Z3 + np.log1p(np.exp(-np.abs(Z3)))))


def gradient(theta, X, Y, hidden: int, lambd: float, D=(1, 1)):
    """The gradient of cross-entropy plus lambda / (2m) times the sum of squared weights, shape (p,) as theta."""
    m = X.shape[1]
    parameters, dtheta = unpack(theta, hidden), np.empty_like(theta)
    grads = unpack(dtheta, hidden)
    A = forward(X, parameters, D)
    dZ = sigmoid(A[3]) - Y
    for l in (3, 2, 1):
        W = parameters[f"W{l}"]
        grads[f"W{l}"][:] = dZ @ A[l - 1].T / m + lambd / m * W
        grads[f"b{l}"][:] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dZ = (W.T @ dZ) * D[l - 2] * (A[l - 1] > 0)  # where a unit was absent, A is 0 too
    return dtheta


@lru_cache(maxsize=4)
def train(lambd: float, keep_prob: float, n: int, hidden: int, seed: int) -> Arrays:
    """Training with the first n points, looked at in s of its steps: 0, EVERY, ..., STEPS.

    step: (s,); thetas: (s, p); train_cost, dev_cost: (s,), cross-entropies of the whole net, without the L2 term;
    norms: (3, s), the Frobenius norms of W1, W2, W3.
    """
    X_train, Y_train, X_dev, Y_dev = points().values()
    X, Y = X_train[:, :n], Y_train[:n]
    theta = initialize(hidden, seed)
    v, s, thetas = np.zeros_like(theta), np.zeros_like(theta), [theta]
    for t in range(1, STEPS + 1):
        g = gradient(theta, X, Y, hidden, lambd, masks(keep_prob, hidden, n, seed, t))
        v = BETA1 * v + (1 - BETA1) * g
        s = BETA2 * s + (1 - BETA2) * g * g
        theta = theta - ALPHA * (v / (1 - BETA1**t)) / (np.sqrt(s / (1 - BETA2**t)) + EPSILON)
        if t % EVERY == 0:
            thetas.append(theta)
    nets = [unpack(theta, hidden) for theta in thetas]
    return {
        "step": np.arange(0, STEPS + 1, EVERY),
        "thetas": thetas,
        "train_cost": np.array([cross_entropy(forward(X, net)[3], Y) for net in nets]),
        "dev_cost": np.array([cross_entropy(forward(X_dev, net)[3], Y_dev) for net in nets]),
        "norms": np.array([[np.linalg.norm(net[name]) for net in nets] for name in ("W1", "W2", "W3")]),
    }


def compute(params: Params) -> Arrays:
    """What the net is after the steps shown, and how it came there.

    answer: (ROWS * COLUMNS,) of the net on a grid, row by row from the lowest x2; x, y: (2, n) and (n,) the training
    points; dev_x, dev_y: (2, DEV) and (DEV,); train_right, dev_right: shares; step, train_cost, dev_cost, norms: as
    `train` gives them; at, early: where in these the step shown is, and the one with the lowest dev cost; squares: the
    sum of squared weights.
    """
    n, hidden, at = params["n"], params["hidden"], params["steps"] // EVERY
    X_train, Y_train, X_dev, Y_dev = points().values()
    X, Y = X_train[:, :n], Y_train[:n]
    run = train(params["lambd"], params["keep_prob"], n, hidden, params["seed"])
    net = unpack(run["thetas"][at], hidden)
    return {
        "answer": sigmoid(forward(GRID, net)[3])[0],
        "x": X,
        "y": Y,
        "dev_x": X_dev,
        "dev_y": Y_dev,
        "train_right": float(np.mean((forward(X, net)[3] > 0) == Y)),
        "dev_right": float(np.mean((forward(X_dev, net)[3] > 0) == Y_dev)),
        "step": run["step"],
        "at": at,
        "train_cost": run["train_cost"],
        "dev_cost": run["dev_cost"],
        "early": int(np.argmin(run["dev_cost"])),
        "norms": run["norms"],
        "squares": float(np.sum(run["norms"][:, at] ** 2)),
        "top_cost": _top(max(run["train_cost"].max(), run["dev_cost"].max())),
        "top_norm": _top(run["norms"].max()),
        "lambd": params["lambd"],
        "keep_prob": params["keep_prob"],
        "show_dev": params["show_dev"],
    }


def _top(value: float) -> float:
    """The end of an axis, with room for a legend above the value."""
    return next(end for end in TOPS if end > 1.35 * value)


def frame(axes, arrays: Arrays) -> None:
    """Axes of the pitch, of the costs up to `top_cost` and of the norms up to `top_norm`."""
    axes[0].set(xlim=EDGES[:2], ylim=EDGES[2:], xlabel="$x_1$  (filled: training, hollow: dev)", ylabel="$x_2$")
    axes[1].set(ylim=(0, arrays["top_cost"]), ylabel="cross-entropy")
    axes[2].set(ylim=(0, arrays["top_norm"]), ylabel="Frobenius norm")
    for ax in axes[1:]:
        ax.set(xlim=(0, STEPS), xticks=range(0, STEPS + 1, 30), xlabel="step of training")


def draw(axes, arrays: Arrays) -> None:
    """The net's answer with its border at 0.5 and the points; both costs, a star where dev's is least; the norms."""
    pitch, costs, weights = axes
    places = [place.reshape(ROWS, COLUMNS) for place in (*GRID, arrays["answer"])]
    pitch.pcolormesh(*places, cmap=SHADES, vmin=0, vmax=1, shading="gouraud", rasterized=True)
    if places[2].min() < 0.5 < places[2].max():
        pitch.contour(*places, levels=[0.5], colors=BLACK, linewidths=1.8)
    for label, (colour, marker) in CLASSES.items():
        if arrays["show_dev"]:
            x1, x2 = arrays["dev_x"][:, arrays["dev_y"] == label]
            pitch.scatter(x1, x2, s=14, marker=marker, facecolors="white", edgecolors=colour, linewidths=0.9)
        x1, x2 = arrays["x"][:, arrays["y"] == label]
        pitch.scatter(x1, x2, s=42, marker=marker, c=colour, edgecolors="white", linewidths=0.7)
    step, at, early = arrays["step"], arrays["at"], arrays["early"]
    costs.plot(step, arrays["train_cost"], color=BLUE, label="training points")
    costs.plot(step, arrays["dev_cost"], "--", color=VERMILION, label="dev points")
    costs.plot(step[early], arrays["dev_cost"][early], "*", color=GREEN, ms=13, label=f"lowest, step {step[early]}")
    for name, norm, colour, dash in zip(
        ("W1", "W2", "W3"), arrays["norms"], (GREEN, PURPLE, ORANGE), DASHES, strict=True
    ):
        weights.plot(step, norm, dash, color=colour, label=name)
    for ax in (costs, weights):
        ax.axvline(step[at], color="#767676", ls="--", lw=1.2)
        ax.legend(loc="upper left", fontsize=9)


def describe(arrays: Arrays) -> str:
    """Shares of right points and costs after the steps shown, the sum of squared weights, and the least dev cost."""
    step, at, early, train_cost, dev_cost = (arrays[name] for name in ("step", "at", "early", "train_cost", "dev_cost"))
    return (
        f"λ = {number(arrays['lambd'])}, keep_prob = {number(arrays['keep_prob'])}: after {step[at]} of {STEPS} steps,"
        f" {number(100 * arrays['train_right'])} % of the {len(arrays['y'])} training points and"
        f" {number(100 * arrays['dev_right'])} % of the {DEV} dev points are right, at costs of"
        f" {number(train_cost[at])} and {number(dev_cost[at])}. The squared weights sum to"
        f" {number(arrays['squares'])}. The dev cost is lowest, {number(dev_cost[early])}, after {step[early]} steps,"
        f" and {number(dev_cost[-1])} at the end."
    )


START = {"lambd": 0, "keep_prob": 1, "n": 30, "steps": STEPS, "hidden": 12, "seed": 2}

REGULARIZATION = Explorer(
    name="regularization",
    title="Regularization",
    about=(
        "A net learns from a few kicks who heads the ball, ▲ our player or ● theirs; on the line it is undecided. Each"
        " change trains it anew, in 120 steps of Adam on all training points. The costs are those of the whole net,"
        " without L2 term."
    ),
    prediction=Prediction(
        question="The net has learnt its 30 points by heart. λ goes from 0 to 0.5. What will both costs be at the end?",
        answers=("training cost higher, dev cost lower", "both lower", "both higher"),
        right=0,
        attempt="move λ from 0 to 0.5 and on to 10. With λ = 0 again, move keep_prob down to 0.6, or play the steps.",
        see=(
            "λ = 0: all 30 training points are right, strays too, at a cost of 0.0315; of the dev points 84 %, at 1.67."
            " λ = 0.5 gives the strays up: 0.352 and 0.32, and 94 % of the dev points are right."
            " Dropout with keep_prob = 0.6 or stopping after 14 steps does much the same. With λ = 10 no weights are"
            " left: the net says the same everywhere, and both costs are near log 2 = 0.693."
        ),
    ),
    controls=(
        Slider("lambd", "λ, the price of weights", LAMBDAS, START["lambd"]),
        Slider("keep_prob", "keep_prob, units that stay", linear(0.5, 1, 0.05), START["keep_prob"]),
        Slider("steps", "steps of training shown", tuple(range(0, STEPS + 1, EVERY)), START["steps"], played=True),
        Slider("n", "n, training points", SIZES, START["n"]),
        Slider("hidden", "units in hidden layer 1", (2, 4, 6, 8, 10, 12, 16), START["hidden"]),
        Slider("seed", "seed of weights and masks", tuple(range(1, 11)), START["seed"]),
        Switch("show_dev", "show the dev points", True),
    ),
    presets={
        "λ = 0": START,
        "λ = 0.5": START | {"lambd": 0.5},
        "λ = 10": START | {"lambd": 10},
        "keep_prob = 0.6": START | {"keep_prob": 0.6},
        "14 steps": START | {"steps": 14},
    },
    panels=("The pitch, and the net's answer", "Cost", "Size of the weights"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=275,
    framing=("top_cost", "top_norm"),
    size=(12.5, 3.8),
    data=points,
)
