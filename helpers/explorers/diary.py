"""One model that is looked after, week by week, beside twenty that run unattended: plain descent on a noisy bowl.

The bowl is flat one way and steep the other, J = (h1 w1^2 + h2 w2^2) / 2, and each gradient is off by normal noise, the same for all.
"""

from typing import Any

import numpy as np

from helpers.explorers.draws import normal, uniform
from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, Switch, number
from helpers.plots import BLACK, BLUE, VERMILION

DAYS, STEPS, WEEK = 20, 100, 5  # days in all, steps a day, days a week
CURVATURES = (0.3, 30.0)
START = (11.0, 1.0)
NOISE = 20.0  # standard deviation of each slope
FAR = 1000.0  # w is kept within this of 0
BEST, WORST = 5.0, 100.0  # per cent, the least dev error there is, and the largest that is shown
OTHERS, RATES = 20, (0.0003, 0.3)  # unattended models, and between which ends their rates are drawn
STOPS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)


def error_at(w1, w2):
    """Dev error in per cent, at most WORST."""
    return np.minimum(WORST, BEST + (CURVATURES[0] * w1 * w1 + CURVATURES[1] * w2 * w2) / 2)


def compute(params: Params) -> Arrays:
    """The mean error of each day, of the model that is looked after, (DAYS,), and of the others, (OTHERS, DAYS).

    rates: (OTHERS,), drawn evenly in their logarithm; own: the rate of each day, (DAYS,); undone: which days were, numbers from 1.
    """
    weeks = [params[f"rate{i}"] for i in range(1, DAYS // WEEK + 1)]
    own = np.repeat(weeks, WEEK)
    rates = RATES[0] * (RATES[1] / RATES[0]) ** uniform(params["seed"], OTHERS)
    noise = NOISE * normal(params["seed"] + 1000, 2 * DAYS * STEPS).reshape(DAYS, STEPS, 2)
    w = np.tile(np.array(START)[:, None], OTHERS + 1)  # (2, models), ours the last
    v = np.zeros_like(w)
    beta = np.append(np.zeros(OTHERS), params["momentum"])
    errors, undone = np.empty((OTHERS + 1, DAYS)), []
    h = np.array(CURVATURES)[:, None]
    for day in range(DAYS):
        alpha = np.append(rates, own[day])
        morning = w[:, -1].copy(), v[:, -1].copy()
        total = np.zeros(OTHERS + 1)
        for step in range(STEPS):
            v = beta * v + (1 - beta) * (h * w + noise[day, step][:, None])
            w = np.clip(w - alpha * v, -FAR, FAR)
            total = total + error_at(w[0], w[1])
        errors[:, day] = total / STEPS
        if params["back"] and day and errors[-1, day] > errors[-1, day - 1]:
            w[:, -1], v[:, -1] = morning
            errors[-1, day] = errors[-1, day - 1]
            undone.append(day + 1)
    return {
        "rates": rates,
        "own": own,
        "ours": errors[-1],
        "others": errors[:-1],
        "undone": undone,
        "day": params["day"],
    }


def frame(axes, arrays: Arrays) -> None:
    """The error by day, and by rate on the last day so far; both errors by factors."""
    ticks = (5, 10, 20, 50, 100)
    error = {"ylim": (4.8, 400), "yscale": "log", "ylabel": "dev error, %"}  # above the worst is room for the legend
    axes[0].set(xlim=(0.5, DAYS + 0.5), xlabel="day", **error)
    axes[1].set(xlim=(0.00008, 0.4), xscale="log", xlabel="learning rate", **error)
    axes[0].set_xticks([1, 5, 10, 15, 20])
    for ax in axes:
        ax.set_yticks(ticks, ticks)
        ax.minorticks_off()


def draw(axes, arrays: Arrays) -> None:
    """Twenty thin curves and a thick one; days that were undone are crosses. On the right a dot for each of them on that day."""
    n = arrays["day"]
    days = np.arange(1, n + 1)
    for i, curve in enumerate(arrays["others"]):
        axes[0].plot(days, curve[:n], color=BLUE, lw=0.9, alpha=0.55, label="unattended" if i == 0 else None)
    axes[0].plot(days, arrays["ours"][:n], "o-", color=VERMILION, lw=2.4, ms=4, label="looked after")
    undone = [day for day in arrays["undone"] if day <= n]
    axes[0].plot(undone, arrays["ours"][np.array(undone, int) - 1], "x", color=BLACK, ms=9, mew=1.8)
    axes[0].axhline(BEST, color="#767676", ls="--", lw=1)
    axes[0].legend(loc="upper right", fontsize=9)
    axes[1].plot(arrays["rates"], arrays["others"][:, n - 1], "o", color=BLUE, ms=5, label="unattended")
    axes[1].plot(
        arrays["own"][n - 1],
        arrays["ours"][n - 1],
        "*",
        color=VERMILION,
        mec="black",
        mew=0.5,
        ms=14,
        label="looked after",
    )
    axes[1].axhline(BEST, color="#767676", ls="--", lw=1)
    axes[1].legend(loc="upper left", fontsize=9)


def describe(arrays: Arrays) -> str:
    """The day, our error and our rates so far, the best of the others, and how many of them are worse than we are."""
    n = arrays["day"]
    ours, others = arrays["ours"][n - 1], arrays["others"][:, n - 1]
    at = int(np.argmin(others))
    rates = ", ".join(number(rate) for rate in arrays["own"][:n:WEEK])
    undone = sum(day <= n for day in arrays["undone"])
    back = f", {undone} {'day' if undone == 1 else 'days'} undone" if undone else ""
    return (
        f"Day {n}. Looked after, with the rate {rates} week by week{back}: {number(ours)} %. The best of {OTHERS} unattended ones,"
        f" with the rate {number(arrays['rates'][at])}, has {number(others[at])} %; {int((others > ours).sum())} of them are"
        f" worse than the one that is looked after, {int((others > 50).sum())} are above 50 %."
    )


ALONE: dict[str, Any] = {"momentum": 0, "back": False, "day": DAYS}
DIARY = Explorer(
    name="diary",
    title="The diary of one model, beside twenty that run unattended",
    about=(
        "Descent on a noisy bowl (invented), 100 steps a day. You may change the rate of your one model each week, give it momentum,"
        " and go back to the morning after a day that was worse than the one before; a cross is a day undone. Twenty others keep a rate"
        " that was drawn."
    ),
    prediction=Prediction(
        question="The rate stays at 0.03 for all 20 days, and no step diverges. Where does the error of your model end?",
        answers=(
            "at the least error there is, 5 %",
            "above it: it comes down, then it stays at a level",
            "it comes down, and then it rises week by week",
        ),
        right=1,
        attempt="set all four weeks to 0.03. Then lower the rate of weeks 2, 3 and 4, and compare with the best of the twenty.",
        see=(
            "Noise in the gradients keeps the model jumping about the bottom, the wider the larger the rate: there is a level. A"
            " small rate has a low level, but takes too long to come there. Who looks at the curve lowers the rate when it is"
            " level, and can end below all twenty. Twenty at once find a good fixed rate without anybody looking."
        ),
    ),
    controls=(
        *(Slider(f"rate{i}", f"rate in week {i}", STOPS, 0.003) for i in range(1, DAYS // WEEK + 1)),
        Slider("momentum", "momentum β of yours", (0, 0.5, 0.8, 0.9, 0.95), 0),
        Switch("back", "go back after a worse day", False),
        Slider("seed", "seed of noise and rates", tuple(range(1, 21)), 1),
        Slider("day", "days so far", tuple(range(1, DAYS + 1)), DAYS, played=True),
    ),
    presets={
        "rate 0.03": ALONE | {f"rate{i}": 0.03 for i in range(1, 5)},
        "rate 0.0003": ALONE | {f"rate{i}": 0.0003 for i in range(1, 5)},
        "rate 0.1": ALONE | {f"rate{i}": 0.1 for i in range(1, 5)},
        "0.03, 0.01, 0.003, 0.001": ALONE | {"rate1": 0.03, "rate2": 0.01, "rate3": 0.003, "rate4": 0.001},
    },
    panels=("Day by day", "By the rate of that day"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=320,
)
