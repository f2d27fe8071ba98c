"""Regularization live: a small net trained on the football pitch anew for every lambda, cap and keep_prob.

Adam (Kingma and Ba, 2015) on all examples at once, the cross-entropy with the L2 term lambda / (2m) * sum of squared
weights or the L1 term lambda / (2m) * sum of their sizes, max-norm after each step, and inverted dropout (Srivastava et al.,
2014) after all hidden layers with fresh masks in every step.
"""

from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from helpers import data
from helpers.explorers.draws import normal, uniform
from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, Switch, linear, number
from helpers.nets import sigmoid
from helpers.plots import BLACK, BLUE, CLASSES, GREEN, ORANGE, PURPLE, SKY, VERMILION

STEPS, EVERY = 120, 2  # of training, and how many of them one stop of the slider is
ALPHA, BETA1, BETA2, EPSILON = 0.05, 0.9, 0.999, 1e-8  # Adam's
MOST = 3  # hidden layers
UNITS = tuple(range(1, 11))  # of a hidden layer
DEV = 100  # points
COLUMNS, ROWS = 56, 40  # of the grid on which the answer is computed
UNIT_COLUMNS, UNIT_ROWS = 30, 20  # of the grid on which a hidden unit is
EDGES = (-0.85, 0.85, -0.57, 0.57)  # of the picture: x1 from, to, x2 from, to
TOPS = (1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32)  # of the axes of costs and of weights
SIZES = (10, 15, 20, 25, 30, 35, 40, 50, 60)  # of the training set
LAMBDAS = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10)
LINES = ((GREEN, "-"), (PURPLE, "--"), (ORANGE, ":"), (SKY, "-."))  # of the norms of W1, W2, ...
SHADES = LinearSegmentedColormap.from_list("shades", ["#F6D5C3", "#C9DFEE"])

ACTIVE = LinearSegmentedColormap.from_list("active", ["#ffffff", BLUE])


def _grid(columns: int, rows: int):
    return np.array(np.meshgrid(np.linspace(*EDGES[:2], columns), np.linspace(*EDGES[2:], rows))).reshape(2, -1)


GRID, UNIT_GRID = _grid(COLUMNS, ROWS), _grid(UNIT_COLUMNS, UNIT_ROWS)


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


def unpack(theta, hidden: tuple[int, ...]) -> dict[str, np.ndarray]:
    """The parameters W1, b1, ..., WL, bL as views into the vector theta, in which they lie one after another. hidden: units
    of each of the L - 1 hidden layers."""
    sizes, at, parameters = (2, *hidden, 1), 0, {}
    for l in range(1, len(sizes)):
        for name, shape in ((f"W{l}", (sizes[l], sizes[l - 1])), (f"b{l}", (sizes[l], 1))):
            parameters[name] = theta[at : at + shape[0] * shape[1]].reshape(shape)
            at += shape[0] * shape[1]
    return parameters


def initialize(hidden: tuple[int, ...], seed: int):
    """theta, shape (p,), with normal weights of variance 2 / n_{l-1} (He et al., 2015) and biases zero."""
    sizes = (2, *hidden, 1)
    theta = np.zeros(sum((sizes[l - 1] + 1) * sizes[l] for l in range(1, len(sizes))))
    for name, value in unpack(theta, hidden).items():
        if name[0] == "W":
            value[:] = np.sqrt(2 / value.shape[1]) * normal(100 * seed + int(name[1]), value.size).reshape(value.shape)
    return theta


def masks(keep_prob: float, hidden: tuple[int, ...], m: int, seed: int, step: int) -> list:
    """Dl / keep_prob of a step for each hidden layer l, of shape (n_l, m); ones where all units stay."""
    if keep_prob == 1:
        return [1] * len(hidden)
    draw = (2 * step, 2 * step + 1, 500 + step)  # so that no two masks have the same draws
    return [(uniform(1000 * seed + draw[i], n * m).reshape(n, m) < keep_prob) / keep_prob for i, n in enumerate(hidden)]


def forward(X, parameters, D=(1,) * MOST) -> list:
    """A0 = X, then A1, A2, ... after dropout with the masks D, and at last ZL of shape (1, m), whose sigmoid is the answer."""
    A, last = [X], len(parameters) // 2
    for l in range(1, last):
        A.append(np.maximum(0, parameters[f"W{l}"] @ A[-1] + parameters[f"b{l}"]) * D[l - 1])
    return [*A, parameters[f"W{last}"] @ A[-1] + parameters[f"b{last}"]]


def cross_entropy(Z, Y) -> float:
    """The mean of log(1 + e^Z) - Y Z, which is the cross-entropy of sigmoid(Z), in a form that cannot overflow."""
    return float(np.mean(np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(-np.abs(Z)))))


def gradient(theta, X, Y, hidden: tuple[int, ...], lambd: float, D=(1,) * MOST, is_l1: bool = False):
    """The gradient of cross-entropy plus lambda / (2m) times the sum of squared weights, or of their sizes; (p,) as theta."""
    m = X.shape[1]
    parameters, dtheta = unpack(theta, hidden), np.empty_like(theta)
    grads = unpack(dtheta, hidden)
    A = forward(X, parameters, D)
    dZ = sigmoid(A[-1]) - Y
    for l in range(len(hidden) + 1, 0, -1):
        W = parameters[f"W{l}"]
        grads[f"W{l}"][:] = dZ @ A[l - 1].T / m + (lambd / (2 * m) * np.sign(W) if is_l1 else lambd / m * W)
        grads[f"b{l}"][:] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dZ = (W.T @ dZ) * D[l - 2] * (A[l - 1] > 0)  # where a unit was absent, A is 0 too
    return dtheta


def cap(theta, hidden: tuple[int, ...], r: float) -> None:
    """Bring the weights into each unit back to length r where they are longer; in theta itself."""
    for name, W in unpack(theta, hidden).items():
        if name[0] == "W":
            W *= r / np.maximum(np.sqrt((W**2).sum(axis=1, keepdims=True)), r)


@lru_cache(maxsize=4)
def train(
    lambd: float, keep_prob: float, n: int, hidden: tuple[int, ...], seed: int, penalty: str = "l2", most: str = "none"
) -> Arrays:
    """Training with the first n points, looked at in s of its steps: 0, EVERY, ..., STEPS.

    step: (s,); thetas: (s, p); train_cost, dev_cost: (s,), cross-entropies of the whole net, without the L2 term;
    norms: (L, s), the Frobenius norms of W1, ..., WL.
    """
    X_train, Y_train, X_dev, Y_dev = points().values()
    X, Y = X_train[:, :n], Y_train[:n]
    theta = initialize(hidden, seed)
    v, s, thetas = np.zeros_like(theta), np.zeros_like(theta), [theta]
    for t in range(1, STEPS + 1):
        g = gradient(theta, X, Y, hidden, lambd, masks(keep_prob, hidden, n, seed, t), penalty == "l1")
        v = BETA1 * v + (1 - BETA1) * g
        s = BETA2 * s + (1 - BETA2) * g * g
        theta = theta - ALPHA * (v / (1 - BETA1**t)) / (np.sqrt(s / (1 - BETA2**t)) + EPSILON)
        if most != "none":
            cap(theta, hidden, float(most))
        if t % EVERY == 0:
            thetas.append(theta)
    nets = [unpack(theta, hidden) for theta in thetas]
    weights = [[net[f"W{l}"] for net in nets] for l in range(1, len(hidden) + 2)]
    return {
        "step": np.arange(0, STEPS + 1, EVERY),
        "thetas": thetas,
        "train_cost": np.array([cross_entropy(forward(X, net)[-1], Y) for net in nets]),
        "dev_cost": np.array([cross_entropy(forward(X_dev, net)[-1], Y_dev) for net in nets]),
        "norms": np.array([[np.linalg.norm(W) for W in Ws] for Ws in weights]),
    }


def compute(params: Params) -> Arrays:
    """What the net is after the steps shown, and how it came there.

    answer: (ROWS * COLUMNS,) of the net on a grid, row by row from the lowest x2; x, y: (2, n) and (n,) the training
    points; dev_x, dev_y: (2, DEV) and (DEV,); train_right, dev_right: shares; step, train_cost, dev_cost, norms: as
    `train` gives them; at, early: where in these the step shown is, and the one with the lowest dev cost; squares: the
    sum of squared weights; small: the share of weights below 0.01; units: of each hidden layer the activations on a coarser grid, (n_l, UNIT_ROWS * UNIT_COLUMNS),
    each divided by its unit's largest; silent: how many units are 0 on all of it.
    """
    n, hidden, at = params["n"], layers_of(params), params["steps"] // EVERY
    X_train, Y_train, X_dev, Y_dev = points().values()
    X, Y = X_train[:, :n], Y_train[:n]
    run = train(params["lambd"], params["keep_prob"], n, hidden, params["seed"], params["penalty"], params["most"])
    net = unpack(run["thetas"][at], hidden)
    units = forward(UNIT_GRID, net)[1:-1]
    largest = [A.max(axis=1, keepdims=True) for A in units]
    return {
        "answer": sigmoid(forward(GRID, net)[-1])[0],
        "units": [A / np.where(top > 0, top, 1) for A, top in zip(units, largest, strict=True)],
        "silent": int(sum((top == 0).sum() for top in largest)),
        "x": X,
        "y": Y,
        "dev_x": X_dev,
        "dev_y": Y_dev,
        "train_right": float(np.mean((forward(X, net)[-1] > 0) == Y)),
        "dev_right": float(np.mean((forward(X_dev, net)[-1] > 0) == Y_dev)),
        "step": run["step"],
        "at": at,
        "train_cost": run["train_cost"],
        "dev_cost": run["dev_cost"],
        "early": int(np.argmin(run["dev_cost"])),
        "norms": run["norms"],
        "squares": float(np.sum(run["norms"][:, at] ** 2)),
        "small": _share_below(net, 0.01),
        "top_cost": _top(max(run["train_cost"].max(), run["dev_cost"].max())),
        "top_norm": _top(run["norms"].max()),
        "lambd": params["lambd"],
        "keep_prob": params["keep_prob"],
        "show_dev": params["show_dev"],
    }


def _share_below(net: dict[str, np.ndarray], size: float) -> float:
    weights = np.concatenate([np.abs(value).ravel() for name, value in net.items() if name[0] == "W"])
    return float(np.mean(weights < size))


def layers_of(params: Params) -> tuple[int, ...]:
    """Units of each hidden layer that there is."""
    return tuple(params[f"units{l}"] for l in range(1, params["layers"] + 1))


def _top(value: float) -> float:
    """The end of an axis, with room for a legend above the value."""
    return next(end for end in TOPS if end > 1.35 * value)


def frame(axes, arrays: Arrays) -> None:
    """Axes of the pitch, of the hidden units, of the costs up to `top_cost` and of the norms up to `top_norm`."""
    axes[0].set(xlim=EDGES[:2], ylim=EDGES[2:], xlabel="$x_1$  (filled: training, hollow: dev)", ylabel="$x_2$")
    axes[1].set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    axes[1].spines[:].set_visible(False)
    axes[2].set(ylim=(0, arrays["top_cost"]), ylabel="cross-entropy")
    axes[3].set(ylim=(0, arrays["top_norm"]), ylabel="Frobenius norm")
    for ax in axes[2:]:
        ax.set(xlim=(0, STEPS), xticks=range(0, STEPS + 1, 30), xlabel="step of training")


def draw(axes, arrays: Arrays) -> None:
    """The net's answer with its border at 0.5 and the points; where each hidden unit is active; both costs, a star where
    dev's is least; the norms."""
    pitch, maps, costs, weights = axes
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
    _draw_units(maps, arrays["units"])
    step, at, early = arrays["step"], arrays["at"], arrays["early"]
    costs.plot(step, arrays["train_cost"], color=BLUE, label="training points")
    costs.plot(step, arrays["dev_cost"], "--", color=VERMILION, label="dev points")
    costs.plot(step[early], arrays["dev_cost"][early], "*", color=GREEN, ms=13, label=f"lowest, step {step[early]}")
    for l, (norm, (colour, dash)) in enumerate(zip(arrays["norms"], LINES, strict=False), start=1):
        weights.plot(step, norm, dash, color=colour, label=f"W{l}")
    for ax in (costs, weights):
        ax.axvline(step[at], color="#767676", ls="--", lw=1.2)
        ax.legend(loc="upper left", fontsize=9)


def _draw_units(ax, units) -> None:
    """A column a layer, a map a unit; a cross on one that is 0 everywhere."""
    wide, high = 1 / len(units), 0.9  # of a column, below the layers' names
    columns = _columns(max(len(A) for A in units), 0.95 * wide)
    size = min(0.95 * wide / columns, high / -(-max(len(A) for A in units) // columns) * RATIO)
    for l, A in enumerate(units):
        ax.text((l + 0.5) * wide, 0.95, f"layer {l + 1}", ha="center", va="center", fontsize=9)
        for k, values in enumerate(A):
            left = (l + 0.5) * wide + (k % columns - columns / 2) * size + 0.04 * size
            top = high - (k // columns) * size / RATIO
            box = (left, left + 0.92 * size, top - 0.92 * size / RATIO, top)
            places = np.meshgrid(np.linspace(*box[:2], UNIT_COLUMNS), np.linspace(*box[2:], UNIT_ROWS))
            shown = values.reshape(UNIT_ROWS, UNIT_COLUMNS)
            ax.pcolormesh(*places, shown, cmap=ACTIVE, vmin=0, vmax=1, shading="gouraud", rasterized=True)
            ax.plot([box[i] for i in (0, 1, 1, 0, 0)], [box[i] for i in (2, 2, 3, 3, 2)], color="#767676", lw=0.8)
            if not values.any():
                ax.plot(sum(box[:2]) / 2, sum(box[2:]) / 2, "x", color=BLACK, ms=7)


RATIO = (EDGES[1] - EDGES[0]) / (EDGES[3] - EDGES[2])  # of a map's sides


def _columns(n: int, wide: float) -> int:
    """In how many columns n maps lie largest within a box so wide and 1 high."""
    return max(range(1, n + 1), key=lambda columns: min(wide / columns, RATIO / -(-n // columns)))


def describe(arrays: Arrays) -> str:
    """Shares of right points and costs after the steps shown, the sum of squared weights, and the least dev cost."""
    step, at, early, train_cost, dev_cost = (arrays[name] for name in ("step", "at", "early", "train_cost", "dev_cost"))
    return (
        f"λ = {number(arrays['lambd'])}, keep_prob = {number(arrays['keep_prob'])}: after {step[at]} of {STEPS} steps,"
        f" {number(100 * arrays['train_right'])} % of the {len(arrays['y'])} training points and"
        f" {number(100 * arrays['dev_right'])} % of the {DEV} dev points are right, at costs of"
        f" {number(train_cost[at])} and {number(dev_cost[at])}. The squared weights sum to"
        f" {number(arrays['squares'])}; {number(100 * arrays['small'])} % of them are below 0.01 in size. The dev cost is lowest, {number(dev_cost[early])}, after {step[early]} steps,"
        f" and {number(dev_cost[-1])} at the end. {_hidden(arrays)}"
    )


def _hidden(arrays: Arrays) -> str:
    silent, n = arrays["silent"], sum(len(A) for A in arrays["units"])
    return f"Of {n} hidden {'unit' if n == 1 else 'units'}, {silent or 'none'} {'is' if silent < 2 else 'are'} 0 everywhere."


START: dict[str, Any] = {
    "lambd": 0,
    "keep_prob": 1,
    "n": 30,
    "steps": STEPS,
    "seed": 9,
    "penalty": "l2",
    "most": "none",
}
START |= {"layers": 2, "units1": 10, "units2": 6, "units3": 6}

REGULARIZATION = Explorer(
    name="regularization",
    title="Regularization",
    about=(
        "A net learns from a few kicks who heads the ball, ▲ our player or ● theirs; on the line it is undecided. Each"
        " change trains it anew, in 120 steps of Adam on all training points. The costs are those of the whole net,"
        " without penalty."
    ),
    prediction=Prediction(
        question="The net has learnt its 30 points by heart. λ goes from 0 to 0.5. What will both costs be at the end?",
        answers=("training cost higher, dev cost lower", "both lower", "both higher"),
        right=0,
        attempt="move λ from 0 to 0.5 and on to 10. With λ = 0 again, move keep_prob down to 0.6, or play the steps.",
        see=(
            "λ = 0: all 30 training points are right, strays too, at a cost of 0.067; of the dev points 81 %, at 1.69."
            " λ = 0.5 gives the strays up: 0.355 and 0.322, and 94 % of the dev points are right."
            " Dropout with keep_prob = 0.6 or stopping after 12 steps does much the same. With λ = 10 no weights are"
            " left: the net says the same everywhere, and both costs are near log 2 = 0.693."
        ),
    ),
    controls=(
        Slider("lambd", "λ, the price of weights", LAMBDAS, START["lambd"]),
        Choice("penalty", "kind of price", {"l2": "L2: λ/2m · w²", "l1": "L1: λ/2m · |w|"}, START["penalty"]),
        Choice("most", "max-norm, a cap", {"none": "none", "1": "r = 1", "2": "r = 2", "3": "r = 3"}, START["most"]),
        Slider("keep_prob", "keep_prob, units that stay", linear(0.5, 1, 0.05), START["keep_prob"]),
        Slider("steps", "steps of training shown", tuple(range(0, STEPS + 1, EVERY)), START["steps"], played=True),
        Slider("n", "n, training points", SIZES, START["n"]),
        Slider("layers", "hidden layers", tuple(range(1, MOST + 1)), START["layers"]),
        *(Slider(f"units{l}", f"units in layer {l}", UNITS, START[f"units{l}"]) for l in range(1, MOST + 1)),
        Slider("seed", "seed of weights and masks", tuple(range(1, 11)), START["seed"]),
        Switch("show_dev", "show the dev points", True),
    ),
    presets={
        "λ = 0": START,
        "λ = 0.5": START | {"lambd": 0.5},
        "λ = 10": START | {"lambd": 10},
        "keep_prob = 0.6": START | {"keep_prob": 0.6},
        "12 steps": START | {"steps": 12},
        "L1, λ = 1": START | {"lambd": 1, "penalty": "l1"},
        "max-norm 1": START | {"most": "1"},
        "2 and 2 units, n = 15": START | {"units1": 2, "units2": 2, "n": 15, "seed": 1},
    },
    panels=("The pitch, and the net's answer", "Where each hidden unit is active", "Cost", "Size of the weights"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=335,
    framing=("top_cost", "top_norm"),
    size=(16.0, 3.8),
    data=points,
)
