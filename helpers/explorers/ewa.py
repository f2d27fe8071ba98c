"""Exponentially weighted averages: v_t = beta v_{t-1} + (1 - beta) x_t over noisy daily temperatures."""

import numpy as np

from helpers.explorers.draws import normal
from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, Switch, linear, number
from helpers.plots import BLUE, GREEN, VERMILION

DAYS = 180
TOPS = (0.025, 0.055, 0.11, 0.22, 0.55, 1.1)  # of the axis of weights
BETAS = (
    0,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.85,
    0.9,
    0.92,
    0.94,
    0.95,
    0.96,
    0.97,
    0.98,
    0.985,
    0.99,
    0.995,
    0.999,
)


def compute(params: Params) -> Arrays:
    """The temperatures x, their average v, v / (1 - beta^t), and the weight that the last day gives to each day before it.

    t: (n,) days from 1; truth, x, v, corrected: (n,) degrees; weight: (n,), the share of day t in v of the last day.
    """
    beta, n = params["beta"], params["days"]
    t = np.arange(1, n + 1)
    truth = 15 - 10 * np.cos(2 * np.pi * (t + 20) / 365)
    x = truth + params["noise"] * normal(params["seed"], n)
    v = np.empty(n)
    average = 0.0
    for i in range(n):
        average = beta * average + (1 - beta) * x[i]
        v[i] = average
    return {
        "t": t,
        "truth": truth,
        "x": x,
        "v": v,
        "corrected": v / (1 - beta**t),
        "weight": (1 - beta) * beta ** (n - t).astype(float),
        "window": 1 / (1 - beta),
        "top": next(top for top in TOPS if top > 1 - beta),
        "beta": beta,
        "correct": params["correct"],
    }


def frame(axes, arrays: Arrays) -> None:
    """Axes of degrees and of weights over all DAYS; those of weights end at `top`."""
    axes[0].set(xlim=(0, DAYS), ylim=(-5, 35), xlabel="day", ylabel="degrees")
    axes[1].set(xlim=(0, DAYS), ylim=(0, arrays["top"]), xlabel="day", ylabel="weight in the last average")


def draw(axes, arrays: Arrays) -> None:
    """The days and their average, corrected too if wanted; each day's weight, and a line 1 / (1 - beta) days back."""
    t = arrays["t"]
    axes[0].plot(t, arrays["x"], "o", color="#767676", ms=3, label="measured")
    axes[0].plot(t, arrays["v"], color=BLUE, label="average $v_t$")
    if arrays["correct"]:
        axes[0].plot(t, arrays["corrected"], "--", color=VERMILION, label=r"corrected, $v_t / (1 - \beta^t)$")
    axes[0].legend(loc="upper left", fontsize=9)
    axes[1].vlines(t, 0, arrays["weight"], color=GREEN, lw=2)
    edge = t[-1] - arrays["window"]
    if edge > 0:
        axes[1].axvline(edge, color="#767676", ls="--")


def describe(arrays: Arrays) -> str:
    """Over how many days beta averages, and the average on the first and on the last day beside what was measured."""
    n, beta, window = len(arrays["t"]), arrays["beta"], arrays["window"]
    share = (1 - beta) * arrays["x"][0] / arrays["x"][0]
    words = (
        f"β = {number(beta, 4)} averages over about {number(window)} {'day' if window == 1 else 'days'}: a day that far back"
        f" weighs {number(beta**window)} of today. On day 1 the average is {number(arrays['v'][0])}, {number(share)} of the"
        f" measured {number(arrays['x'][0])}; on day {n} it is {number(arrays['v'][-1])}"
    )
    if arrays["correct"]:
        words += f", corrected {number(arrays['corrected'][-1])}"
    return f"{words}, the truth {number(arrays['truth'][-1])}."


EWA = Explorer(
    name="ewa",
    title="Exponentially weighted averages",
    about="Each day the average keeps β of what it was and takes 1 − β of the new measurement.",
    prediction=Prediction(
        question="β goes from 0.9 to 0.98. What happens to the blue curve?",
        answers=("it gets smoother and comes later", "it gets rougher and comes earlier", "it gets smoother, no later"),
        right=0,
        attempt="move β up and down, then look at the first days with and without correction.",
        see=(
            "About 1 / (1 − β) days count: 10 for 0.9, 50 for 0.98. Old days keep the average back while the temperature"
            " rises. At the start there is nothing to average yet, so v begins at 0.02 of the truth for β = 0.98;"
            " dividing by 1 − β^t, which is 0.02 on day 1, puts that right."
        ),
    ),
    controls=(
        Slider("beta", "β, the share that is kept", BETAS, 0.9),
        Slider("noise", "noise, degrees", linear(0, 6, 0.5), 3),
        Slider("days", "days so far", tuple(range(1, DAYS + 1)), DAYS, played=True),
        Slider("seed", "seed of the noise", tuple(range(1, 21)), 1),
        Switch("correct", "show the corrected average", True),
    ),
    presets={
        "β = 0.9": {"beta": 0.9},
        "β = 0.98": {"beta": 0.98},
        "β = 0.5": {"beta": 0.5},
        "β = 0.98, days 1 to 30": {"beta": 0.98, "days": 30, "correct": True},
    },
    panels=("Temperatures and their average", "How much each day counts"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=215,
    framing=("top",),
)
