"""One activation: its curve and its slope, what leaves it for inputs from a standard normal distribution, and a layer of units of
this kind after one step of descent, as lamps that are out where next to nothing is left of a unit's slope for all examples."""

from collections.abc import Callable

import numpy as np

from helpers.explorers.draws import normal
from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, number, to_decimals
from helpers.explorers.signal import product
from helpers.plots import BLACK, BLUE, ORANGE, VERMILION

Z = -6 + 0.01 * (
    np.arange(1200) + 0.5
)  # the middles of pieces of the normal distribution, which has next to nothing outside
WEIGHTS = np.exp(-Z * Z / 2) / np.exp(-Z * Z / 2).sum()  # its share in each of them
LOW, HIGH, BINS = -2.0, 4.0, 24  # of the histogram
UNITS, INPUTS, EXAMPLES = 100, 8, 20
FLAT = 0.001  # a slope below this counts as none
CURVE = np.linspace(-4, 4, 161)
TOPS = (0.2, 0.3, 0.4, 0.6, 0.8, 1)  # where the axis of the histogram may end
NAMES = {"relu": "ReLU", "leaky": "leaky ReLU", "elu": "ELU", "tanh": "tanh", "logistic": "logistic"}


def _logistic(z, alpha):
    with np.errstate(over="ignore"):  # whose 1 / inf is the 0 it should be
        a = 1 / (1 + np.exp(-z))
    return a, a * (1 - a)


def _tanh(z, alpha):
    a = np.tanh(z)
    return a, 1 - a * a


def _elu(z, alpha):
    below = alpha * np.expm1(np.minimum(z, 0))
    return np.where(z > 0, z, below), np.where(z > 0, 1, below + alpha)


def _broken(z, alpha):
    return np.where(z > 0, z, alpha * z), np.where(z > 0, 1, alpha)


UNIT_KINDS: dict[str, Callable] = {  # (z, alpha) -> a and its slope
    "relu": lambda z, alpha: _broken(z, 0),
    "leaky": _broken,
    "elu": _elu,
    "tanh": _tanh,
    "logistic": _logistic,
}


def layer() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X: (INPUTS, EXAMPLES), as ReLU units below put it out; W: (UNITS, INPUTS), by He et al. (2015); dA: (UNITS, EXAMPLES), the
    error from above, which tells most examples of a unit the same."""
    sizes = (INPUTS * EXAMPLES, UNITS * INPUTS, UNITS, UNITS * EXAMPLES)
    inputs, weights, common, own = np.split(normal(4, sum(sizes)), np.cumsum(sizes)[:-1])
    X = np.where(inputs > 0, inputs, 0).reshape(INPUTS, EXAMPLES)
    dA = common[:, None] + 0.5 * own.reshape(UNITS, EXAMPLES)
    return X, np.sqrt(2 / INPUTS) * weights.reshape(UNITS, INPUTS), dA


def lamps(kind: Callable, alpha: float, rate: float) -> np.ndarray:
    """The mean slope of each unit over the examples, (UNITS,), after one step of descent with this rate; biases begin at 0."""
    X, W, dA = layer()
    _, slope = kind(product(W, X), alpha)
    dZ = dA * slope
    W = W - rate * (product(dZ, X.T) / EXAMPLES)
    b = -rate * (product(dZ, np.ones((EXAMPLES, 1))) / EXAMPLES)
    _, slope = kind(product(W, X) + b, alpha)
    return np.abs(slope).mean(axis=1)


def compute(params: Params) -> Arrays:
    """The curve, the histogram and the lamps.

    a, slope: (161,), on CURVE; shares: (BINS,), of the outputs for standard normal z, those outside in the outermost bins; mean, flat:
    their mean, and the share of z with a slope below FLAT; glow: (UNITS,), the mean slope after the step; out, before: how many are
    below FLAT after it, and without it; top: where the axis of the shares ends.
    """
    kind, alpha = UNIT_KINDS[params["unit"]], params["alpha"]
    a, slope = kind(CURVE, alpha)
    outputs, slopes = kind(Z, alpha)
    places = np.clip(np.floor((outputs - LOW) * (BINS / (HIGH - LOW))), 0, BINS - 1).astype(int)
    shares = np.bincount(places, WEIGHTS, BINS)
    glow, start = lamps(kind, alpha, params["rate"]), lamps(kind, alpha, 0)
    return {
        "a": a,
        "slope": slope,
        "shares": shares,
        "mean": WEIGHTS @ outputs,
        "flat": WEIGHTS @ (np.abs(slopes) < FLAT),
        "glow": glow,
        "out": int((glow < FLAT).sum()),
        "before": int((start < FLAT).sum()),
        "top": next(top for top in TOPS if top > 1.05 * shares.max() or top == TOPS[-1]),
        "unit": params["unit"],
        "alpha": alpha,
        "rate": params["rate"],
    }


def frame(axes, arrays: Arrays) -> None:
    """Axes of the curve, of the shares, and a field for ten rows of ten lamps."""
    axes[0].set(xlim=(-4, 4), ylim=(-2, 4), xlabel="$z$")
    axes[1].set(xlim=(LOW, HIGH), ylim=(0, arrays["top"]), xlabel="what leaves, $a$", ylabel="share")
    axes[2].set(xlim=(-0.7, 9.7), ylim=(-0.7, 9.7), xticks=[], yticks=[], xlabel="100 units")
    axes[2].grid(False)


def draw(axes, arrays: Arrays) -> None:
    """Curve and slope; the histogram with its mean; a dot for each lamp, larger the more it glows, and a cross where it is out."""
    axes[0].axhline(0, color="#767676", lw=1)
    axes[0].plot(CURVE, arrays["a"], "-", color=BLUE, lw=2.2, label="a")
    axes[0].plot(CURVE, arrays["slope"], "--", color=VERMILION, lw=1.8, label="slope")
    axes[0].legend(loc="upper left", fontsize=9)
    axes[1].stairs(arrays["shares"], np.linspace(LOW, HIGH, BINS + 1), fill=True, color=BLUE)
    axes[1].axvline(arrays["mean"], ls="--", color=BLACK, lw=1.3, label="mean")
    axes[1].legend(loc="upper right", fontsize=9)
    for i, glow in enumerate(arrays["glow"]):
        column, row = i % 10, 9 - i // 10
        if glow < FLAT:
            axes[2].plot(column, row, "x", color=BLACK, ms=6)
        else:
            axes[2].plot(column, row, "o", color=ORANGE, ms=4 + 8 * min(glow, 1))


def describe(arrays: Arrays) -> str:
    """The unit, its mean output and its flat share, and how many lamps are out before and after the step."""
    unit = NAMES[arrays["unit"]]
    if arrays["unit"] in ("leaky", "elu"):
        unit += f" with α = {number(arrays['alpha'])}"
    return (
        f"{unit}: for z of mean 0 and variance 1 the mean output is {to_decimals(arrays['mean'], 2)}, and the slope is less than 0.001 for"
        f" {to_decimals(100 * arrays['flat'], 1)} % of z. Of 100 units {arrays['before']} are out before the step and"
        f" {arrays['out']} after one step with rate {number(arrays['rate'])}."
    )


ACTIVATIONS = Explorer(
    name="activations",
    title="Activations, and units that go out",
    about=(
        "The first picture has a unit's output a and its slope, the second what leaves it for standard normal z, the third 100 such"
        " units after one step of descent on 20 examples: a dot grows with the mean slope, a cross is a unit that is out, its mean"
        " slope below 0.001."
    ),
    prediction=Prediction(
        question="ReLU, and a step with rate 5: many units are out. Leaky ReLU with α = 0.1, the same step: how many?",
        answers=("about as many", "about half as many", "none"),
        right=2,
        attempt="choose ReLU, raise the rate and count the crosses; then change the unit, then its α.",
        see=(
            "With ReLU 2 units are out before any step and 42 after it. With leaky ReLU none is, at any rate: its slope is never less"
            " than α. ELU's slope fades as e to the z: it is never quite 0, but a step that is large enough leaves next to nothing of"
            " it, and so it is with the logistic function, which is flat at both ends."
        ),
    ),
    controls=(
        Choice("unit", "unit", NAMES, "leaky"),
        Slider("alpha", "α of leaky ReLU and ELU", (0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1), 0.2),
        Slider("rate", "rate of the step", (0, 0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30), 1, played=True),
    ),
    presets={
        "ReLU, rate 5": {"unit": "relu", "rate": 5},
        "leaky, α = 0.1, rate 5": {"unit": "leaky", "alpha": 0.1, "rate": 5},
        "ELU, α = 1, rate 30": {"unit": "elu", "alpha": 1, "rate": 30},
        "logistic, rate 30": {"unit": "logistic", "rate": 30},
    },
    panels=("Output and slope", "Outputs for z of N(0, 1)", "After one step"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=230,
    framing=("top",),
    size=(12.0, 3.8),
)
