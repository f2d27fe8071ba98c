"""Draws of a rate or of a beta on scales between the plain line and powers of ten, and what the net feels of them: the factor, or
the memory. On the scale with the power p, q^p is even, where q is the rate or 1 - beta; p = 1 is the plain line, p = 0 the logarithm."""

import numpy as np

from helpers.explorers.draws import uniform
from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, linear, number
from helpers.plots import BLUE, VERMILION

BINS = 20  # of the plain line
EACH = 5  # bins in a power of ten
TOPS = (12, 25, 50, 105)  # of the axes, per cent


def compute(params: Params) -> Arrays:
    """The draws, (n,), as q; the shares in per cent by bins of the knob itself and by bins of what acts, the powers of ten of q.

    knob: (n,) rates or betas; plain: (BINS,); felt: (EACH each power of ten,), the lowest q first.
    """
    bottom, top, p = params["bottom"], params["top"], params["p"]
    u = uniform(params["seed"], params["n"])
    first, last = 10.0**bottom, 10.0**top
    if params["knob"] == "beta":
        u = 1 - u  # so that u = 0 gives the lowest beta
    q = first * (last / first) ** u if p == 0 else (first**p + u * (last**p - first**p)) ** (1 / p)
    low, high = (1 - last, 1 - first) if params["knob"] == "beta" else (first, last)
    knob = 1 - q if params["knob"] == "beta" else q
    plain = _shares((knob - low) / (high - low), BINS)
    felt = _shares((np.log10(q) - bottom) / (top - bottom), EACH * (top - bottom))
    return {
        "q": q,
        "low": low,
        "high": high,
        "plain": plain,
        "felt": felt,
        "tops": [_top(plain), _top(felt)],
        "middle": float(np.sort(knob)[len(knob) // 2]),
        "bottom": bottom,
        "top": top,
        "p": p,
        "is_beta": params["knob"] == "beta",
    }


def _shares(places: np.ndarray, bins: int) -> np.ndarray:
    """Per cent of the places, from 0 to 1, in each of equal bins."""
    at = np.clip(np.floor(places * bins), 0, bins - 1).astype(int)
    return 100 * np.bincount(at, minlength=bins) / len(places)


def _top(shares: np.ndarray) -> int:
    return next(top for top in TOPS if top > shares.max())


def _felt_ticks(arrays: Arrays) -> list[tuple[int, str]]:
    """Places and names of the powers of ten of q: the rate, or the memory 1 / (1 - beta)."""
    powers = range(arrays["bottom"], arrays["top"] + 1)
    return [(k, _power(-k if arrays["is_beta"] else k)) for k in powers]


def _power(k: int) -> str:
    return f"{10**k:,}" if k >= 0 else f"{10.0**k:.{-k}f}"


def frame(axes, arrays: Arrays) -> None:
    """Per cent by the knob itself, and by powers of ten of what acts; memories run to the right too."""
    beta = arrays["is_beta"]
    axes[0].set(xlim=(arrays["low"], arrays["high"]), ylim=(0, arrays["tops"][0]), ylabel="% of the draws")
    axes[0].set_xlabel("β, on the plain line" if beta else "learning rate α, on the plain line")
    ends = (arrays["bottom"], arrays["top"])
    axes[1].set(xlim=ends[::-1] if beta else ends, ylim=(0, arrays["tops"][1]), ylabel="% of the draws")
    axes[1].set_xlabel("memory 1 / (1 − β), by factors" if beta else "learning rate α, by factors")
    places, names = zip(*_felt_ticks(arrays), strict=True)
    axes[1].set_xticks(places, names)


def draw(axes, arrays: Arrays) -> None:
    """Both histograms, and a dashed line where each bar would end if all were equal."""
    edges = np.linspace(arrays["low"], arrays["high"], BINS + 1)
    axes[0].stairs(arrays["plain"], edges, fill=True, color=BLUE)
    axes[0].axhline(100 / BINS, color="#767676", ls="--", lw=1.2)
    n = len(arrays["felt"])
    axes[1].stairs(arrays["felt"], np.linspace(arrays["bottom"], arrays["top"], n + 1), fill=True, color=VERMILION)
    axes[1].axhline(100 / n, color="#767676", ls="--", lw=1.2)


def describe(arrays: Arrays) -> str:
    """The scale, the shares in the first and the last power of ten, and the median."""
    felt, n, p = arrays["felt"], len(arrays["q"]), arrays["p"]
    lowest, highest = float(felt[:EACH].sum()), float(felt[-EACH:].sum())
    bottom, top, beta = arrays["bottom"], arrays["top"], arrays["is_beta"]
    scale = "the plain line" if p == 1 else "powers of ten" if p == 0 else f"the power {number(p)}"
    what = "β" if beta else "α"
    if beta:
        first = f"{number(highest)} % have a memory from {_power(-top)} to {_power(1 - top)}"
        last = f"{number(lowest)} % one from {_power(-bottom - 1)} to {_power(-bottom)}"
    else:
        first = f"{number(lowest)} % lie between {_power(bottom)} and {_power(bottom + 1)}"
        last = f"{number(highest)} % between {_power(top - 1)} and {_power(top)}"
    return (
        f"{n} draws of {what}, even on {scale}. {first}, {last}. Half of all are below {number(arrays['middle'], 5)}."
    )


PLAIN: dict[str, object] = {"p": 1, "n": 200}
SCALES = Explorer(
    name="scales",
    title="What is drawn, and what the net feels",
    about=(
        "The first picture shows where the draws lie on the knob, the second what acts: for a rate the factor, for the β of an average"
        " its memory. What is drawn evenly is the rate, or 1 − β, to the power of p: 1 is the plain line, −1 makes 1 / (1 − β), the"
        " memory, even, and 0 stands for the logarithm, powers of ten. Dashed: all bars alike."
    ),
    prediction=Prediction(
        question="200 draws of β are even on the line from 0.9 to 0.999. How many have a memory above 100 values?",
        answers=("about 100", "about 66", "about 18"),
        right=2,
        attempt="choose β on the plain line, then move p to 0 and watch both pictures. Then do it with the rate.",
        see=(
            "A memory above 100 means β above 0.99, and that is 0.009 of a length of 0.099: 9 %, 18 of 200. With p = 0 each"
            " power of ten of the memory gets as many. What is flat on one side is not on the other: even is a word for a scale."
            " With p = −1 the memories themselves are even, and nearly all are long."
        ),
    ),
    controls=(
        Choice("knob", "knob", {"rate": "learning rate α", "beta": "β of an average"}, "rate"),
        Slider("p", "p: the power that is even", tuple(reversed(linear(-1, 1, 0.1))), 1, played=True),
        Slider("bottom", "least α, or 1 − β: ten to the power of", (-5, -4, -3, -2), -4),
        Slider("top", "largest α, or 1 − β: ten to the power of", (-1, 0), 0),
        Slider("n", "draws", (25, 50, 100, 200, 400, 1000), 200),
        Slider("seed", "seed of the draws", tuple(range(1, 21)), 1),
    ),
    presets={
        "α, p = 1": PLAIN | {"knob": "rate", "bottom": -4, "top": 0},
        "α, p = 0": PLAIN | {"knob": "rate", "bottom": -4, "top": 0, "p": 0},
        "β, p = 1": PLAIN | {"knob": "beta", "bottom": -3, "top": -1},
        "β, p = 0": PLAIN | {"knob": "beta", "bottom": -3, "top": -1, "p": 0},
        "β, p = 0, largest = 0": PLAIN | {"knob": "beta", "bottom": -3, "top": 0, "p": 0},
    },
    panels=("What is drawn", "What the net feels"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=215,
    framing=("low", "high", "tops", "bottom", "top", "is_beta"),
)
