"""Signal by depth: the size of activations and gradients for weights drawn at random, with nothing learned yet."""

from collections.abc import Callable

import numpy as np

from helpers.explorers.draws import normal
from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, number
from helpers.plots import BLUE, ORANGE, VERMILION

INPUTS, EXAMPLES, WIDEST, DEEPEST = 64, 8, 64, 50
POWERS = (0.9, 1.1, 1.5)  # a layer, the lines to compare with
EXPONENTS = (4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256)  # of ten, where the axes may end
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {  # name: A = g(Z), and g'(Z) as a function of A
    "sigmoid": (lambda Z: 1 / (1 + np.exp(-Z)), lambda A: A * (1 - A)),
    "tanh": (np.tanh, lambda A: 1 - A * A),
    "relu": (lambda Z: np.where(Z > 0, Z, 0), lambda A: np.where(A > 0, 1, 0)),
    "leaky": (lambda Z: np.where(Z > 0, Z, 0.01 * Z), lambda A: np.where(A > 0, 1, 0.01)),
    "elu": (lambda Z: np.where(Z > 0, Z, np.expm1(Z)), lambda A: np.where(A > 0, 1, A + 1)),
    "linear": (lambda Z: Z, lambda A: np.ones_like(A)),
}


def compute(params: Params) -> Arrays:
    """The size of the activations A[l] on the way up and of the gradients dA[l] on the way down, l = 0 ... L.

    spread: (L + 1,), standard deviation over all units and examples; between: (L + 1,), over the examples only, in the
    quadratic mean over the units; gradient: (L + 1,), quadratic mean of dA[l], which is 1 at the top.
    """
    X, W, dA = net(params)
    g, slope = ACTIVATIONS[params["activation"]]
    A = [X]
    with np.errstate(over="ignore"):  # e^-Z of the sigmoid, whose 1 / inf is the 0 it should be
        for W_l in W:
            A.append(rounded(g(product(W_l, A[-1]))))
    gradient = [1.0]
    for W_l, A_l in zip(reversed(W), reversed(A[1:]), strict=True):
        dA = product(W_l.T, dA * slope(A_l))
        gradient.append(np.sqrt((dA * dA).mean()))
    spread = np.array([A_l.std() for A_l in A])
    between = np.array([np.sqrt(A_l.var(axis=1).mean()) for A_l in A])
    return {
        "spread": spread,
        "between": between,
        "gradient": np.array(gradient[::-1]),
        "span": span([*spread, *between]),
        "gradient_span": span(gradient),
        "width": params["width"],
    }


def net(params: Params) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """The inputs X: (INPUTS, EXAMPLES), the weights W[l]: (n[l], n[l - 1]), and a gradient of +1 and -1 at the top.

    Variances: 1/n_in, LeCun et al. (1998); 2/(n_in + n_out), called Xavier, Glorot and Bengio (2010); 2/n_in, He et al. (2015).
    A layer's draws do not depend on how many layers come after it.
    """
    z = rounded(normal(params["seed"], (INPUTS + WIDEST) * EXAMPLES + DEEPEST * WIDEST * WIDEST))
    n, start = params["width"], (INPUTS + WIDEST) * EXAMPLES
    X = z[: INPUTS * EXAMPLES].reshape(INPUTS, EXAMPLES)
    top = np.where(z[INPUTS * EXAMPLES :][: n * EXAMPLES].reshape(n, EXAMPLES) > 0, 1.0, -1.0)
    W = []
    for l in range(params["depth"]):
        n_in = n if l else INPUTS
        variance = {
            "small": 0.0001,
            "normal": 1,
            "lecun": 1 / n_in,
            "xavier": 2 / (n_in + n),
            "he": 2 / n_in,
        }[params["init"]]
        draws = z[start + l * WIDEST * WIDEST :][: n * n_in].reshape(n, n_in)
        W.append(params["gain"] * np.sqrt(variance) * draws)
    return X, W, top


def product(W: np.ndarray, A: np.ndarray) -> np.ndarray:
    """W A, summed in the same order as in JavaScript: a deep net can make a difference in the last digit large."""
    Z = np.zeros((W.shape[0], A.shape[1]))
    for j in range(W.shape[1]):
        Z += W[:, j, None] * A[j]
    return Z


def rounded(x: np.ndarray) -> np.ndarray:
    """To 24 bits, those of a float32 but not its range (Veltkamp, 1968). It takes away the last digits, in which two
    languages' tanh or log may differ."""
    c = x * (2.0**29 + 1)
    return c - (c - x)


def span(sizes) -> list[float]:
    """Ends of an axis on which these sizes, the legend and the lines to compare with have room."""
    exponents = np.log10([size for size in sizes if size > 0])
    low, high = -1.5 * exponents.min(), exponents.max()
    return [
        10.0 ** -next(e for e in EXPONENTS if e >= max(low, high / 4)),
        10.0 ** next(e for e in EXPONENTS if e >= max(high, low / 4)),
    ]


def frame(axes, arrays: Arrays) -> None:
    """Logarithmic axes over DEEPEST layers, from end to end of `span` and `gradient_span`."""
    for ax, ends in zip(axes, (arrays["span"], arrays["gradient_span"]), strict=True):
        ax.set(xlim=(0, DEEPEST), ylim=ends, yscale="log", xlabel="layer")


def draw(axes, arrays: Arrays) -> None:
    """Both spreads on the way up and the gradient on the way down, beside the lines to compare with."""
    L = len(arrays["spread"]) - 1
    layers = np.arange(L + 1)
    powers(axes[0], arrays["span"], DEEPEST, lambda away: away, "right")
    powers(axes[1], arrays["gradient_span"], L, lambda away: L - away, "left")
    axes[0].plot(layers, positive(arrays["spread"]), color=BLUE, lw=4, label="all activations")
    axes[0].plot(layers, positive(arrays["between"]), "--", color=ORANGE, label="between examples")
    axes[1].plot(layers, positive(arrays["gradient"]), "o-", color=VERMILION, ms=3)
    axes[0].legend(loc=f"{'lower' if falls(arrays['span']) else 'upper'} left", fontsize=9)


def powers(ax, ends: list[float], last: int, at: Callable[[float], float], align: str) -> None:
    """The lines to compare with, each as far as the axes reach. at: the layer that is so many layers from the start."""
    decades = np.log10(ends[1] / ends[0])
    for k, power in enumerate(POWERS):
        up = power > 1
        away = min(last, np.log(ends[up]) / np.log(power))
        label = "×0.9, ×1.1, ×1.5 a layer" if k == 0 else None
        ax.plot([at(0), at(away)], [1, power**away], ":", color="#767676", lw=1.2, label=label)
        if abs(np.log10(power)) * 0.85 * away > 0.02 * decades:  # else the words would lie on one another
            place = {"textcoords": "offset points", "ha": align, "va": "bottom" if up else "top", "fontsize": 9}
            ax.annotate(f"×{power}", (at(0.85 * away), power ** (0.85 * away)), (0, 3 if up else -3), **place)


def positive(sizes: np.ndarray) -> np.ndarray:
    """A logarithmic axis has no 0."""
    return np.where(sizes > 0, sizes, np.nan)


def falls(ends: list[float]) -> bool:
    """Whether there is more room below 1 than above."""
    return ends[0] * ends[1] <= 1.001


def describe(arrays: Arrays) -> str:
    """What each layer multiplies signal and gradient by, how much of them is left, and the verdict on it."""
    spread, between, gradient = arrays["spread"], arrays["between"], arrays["gradient"]
    L = len(spread) - 1
    left, apart, arrived = spread[-1] / spread[0], between[-1] / between[0], gradient[0]
    return (
        f"{L} {'layer' if L == 1 else 'layers'} of {arrays['width']} units. Forwards the spread changes by"
        f" ×{number(left ** (1 / L))} a layer; {number(left)} of it is left, and {number(apart)} of the differences"
        f" between examples: the signal {verdict(apart)}. Backwards the gradient changes by"
        f" ×{number(arrived ** (1 / L))} a layer; {number(arrived)} of it arrives: it {verdict(arrived)}."
    )


def verdict(left: float) -> str:
    """A word for a signal of which this is left: it vanishes below 0.01 and explodes above 100."""
    return "vanishes" if left < 0.01 else "explodes" if left > 100 else "holds"


SIGNAL = Explorer(
    name="signal",
    title="Signal by depth",
    about=(
        "8 examples go up through layers of random weights, and a gradient of size 1 comes back down. Nothing is"
        " learned yet. Numbers have 24 bits, as float32 has."
    ),
    prediction=Prediction(
        question="Weights of variance 1/n_in and tanh. Now ReLU instead: what is left of the signal after 30 layers?",
        answers=("as much as with tanh", "about a tenth", "less than a thousandth"),
        right=2,
        attempt="choose ReLU, then the variance 2/n_in; then move the gain a little.",
        see=(
            "ReLU sets half of the numbers to 0 and with them half of the mean square: √½ ≈ 0.71 a layer, which is"
            " 0.00003 after 30 layers. He's variance 2/n_in makes up for it. A factor that is a little off becomes a"
            " power: 0.9^50 = 0.005, 1.1^50 = 117, 1.5^50 = 640 million."
        ),
    ),
    controls=(
        Choice(
            "init",
            "variance of the weights",
            {
                "small": "small random: 0.01²",
                "normal": "standard normal: 1",
                "lecun": "LeCun: 1/n_in",
                "xavier": "Xavier: 2/(n_in + n_out)",
                "he": "He: 2/n_in",
            },
            "lecun",
        ),
        Choice(
            "activation",
            "activation g",
            {
                "sigmoid": "sigmoid",
                "tanh": "tanh",
                "relu": "ReLU",
                "leaky": "leaky ReLU (0.01)",
                "elu": "ELU",
                "linear": "none (linear)",
            },
            "tanh",
        ),
        Slider("gain", "gain, times every weight", (0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.5, 2, 3), 1),
        Slider("width", "units a layer, n", (4, 8, 16, 32, WIDEST), WIDEST),
        Slider("depth", "layers, L", tuple(range(1, DEEPEST + 1)), 30, played=True),
        Slider("seed", "seed of the weights", tuple(range(1, 21)), 1),
    ),
    presets={
        "ReLU, 1/n": {"activation": "relu", "init": "lecun", "gain": 1, "depth": 30},
        "ReLU, 2/n": {"activation": "relu", "init": "he", "gain": 1, "depth": 30},
        "linear, 1/n, gain 1.5": {"activation": "linear", "init": "lecun", "gain": 1.5, "depth": 50},
        "sigmoid, 1/n": {"activation": "sigmoid", "init": "lecun", "gain": 1, "depth": 30},
        "tanh, variance 1": {"activation": "tanh", "init": "normal", "gain": 1, "depth": 50},
    },
    panels=("Forwards: standard deviation of A[l]", "Backwards: size of dA[l]"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=270,
    framing=("span", "gradient_span"),
)
