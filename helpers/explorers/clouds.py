"""Where a net with two output units puts new digits while it learns whether two pictures show the same one, by |a - b|^2 alone.

The places were recorded by solutions/transfer/record_clouds.py and lie in datasets/transfer/clouds.csv; nothing is trained here.
"""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba

from helpers.data import load_pen, read_table
from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, to_decimals
from helpers.plots import BLACK, BLUE, VERMILION

BATCHES = (0, 25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1300, 1600, 2000, 2500, 3000, 3500, 4000, 5000)
SIDE = 14  # pixels
LEVELS = 15  # of ink, which one hexadecimal figure tells
EDGE = (-8.0, 4.8, -5.3, 6.6)  # of the plane: left, right, bottom, top
HALF = 0.5  # of the width of a picture there
END = 5200  # of the axis of batches


@cache
def recorded() -> dict[str, Any]:
    """digits: (m,), which each new picture shows; ink: (m,) texts, a figure for each pixel; x, y: places, a row for each of
    BATCHES, (20, m); mean_x, mean_y: those of the mean of each digit's old pictures, (20, 10)."""
    rows = read_table("transfer/clouds.csv")
    pictures = [int(row["picture"]) for row in rows if row["batches"] == "0" and row["picture"] != "mean"]
    X = load_pen(SIDE, original=False).X_test[:, pictures]
    found: dict[str, Any] = {
        "digits": np.array([int(row["digit"]) for row in rows[: len(pictures)]]),
        "ink": ["".join(f"{level:x}" for level in np.rint(LEVELS * x).astype(int)) for x in X.T],
    }
    for axis in ("x", "y"):
        values = np.array([float(row[axis]) for row in rows]).reshape(len(BATCHES), -1)
        found[axis], found[f"mean_{axis}"] = values[:, : len(pictures)], values[:, len(pictures) :]
    return found


def nearest(x, y, mean_x, mean_y):
    """The digit whose mean is nearest to each place, (m,)."""
    return np.argmin((x[:, None] - mean_x) ** 2 + (y[:, None] - mean_y) ** 2, axis=1)


def compute(params: Params) -> Arrays:
    """The places, (m,), after so many batches, and for all records up to then the share of pictures nearest to their own mean.

    own: of the digit in hand, how many are; mean: where the mean of its old pictures lies; of: how many there are of it.
    """
    data = recorded()
    at, digits = BATCHES.index(params["batches"]), data["digits"]
    found = [nearest(*(data[name][t] for name in ("x", "y", "mean_x", "mean_y"))) == digits for t in range(at + 1)]
    mine = digits == params["digit"]
    return {
        "x": data["x"][at],
        "y": data["y"][at],
        "digits": digits,
        "ink": data["ink"],
        "digit": params["digit"],
        "mean": [data["mean_x"][at][params["digit"]], data["mean_y"][at][params["digit"]]],
        "batches": list(BATCHES[: at + 1]),
        "right": [100 * int(right.sum()) / len(digits) for right in found],
        "own": int(found[-1][mine].sum()),
        "of": int(mine.sum()),
    }


def frame(axes, arrays: Arrays) -> None:
    """The plane of the two units, and axes of the share over the batches."""
    axes[0].set(xlim=EDGE[:2], ylim=EDGE[2:], xlabel="first unit", ylabel="second unit", aspect="equal")
    axes[1].set(xlim=(0, END), ylim=(0, 100), xlabel="batches of pairs", ylabel="new pictures, %")


def draw(axes, arrays: Arrays) -> None:
    """Each picture at its place, those of the digit in hand in colour and on top; the share of right ones so far."""
    plane, course = axes
    mine = arrays["digits"] == arrays["digit"]
    for k in np.argsort(mine, kind="stable"):
        levels = np.array([int(figure, 16) for figure in arrays["ink"][k]]).reshape(SIDE, SIDE) / LEVELS
        picture = np.empty((SIDE, SIDE, 4))
        picture[:] = to_rgba(VERMILION if mine[k] else BLACK)
        picture[:, :, 3] = levels
        x, y = arrays["x"][k], arrays["y"][k]
        plane.imshow(picture, extent=(x - HALF, x + HALF, y - HALF, y + HALF), zorder=2)
    plane.set(xlim=EDGE[:2], ylim=EDGE[2:])
    plane.plot(*arrays["mean"], "+", color=BLUE, ms=14, mew=2.5, label=f"mean of the old {arrays['digit']}s")
    plane.legend(loc="lower left", fontsize=9)
    course.plot(arrays["batches"], arrays["right"], "-", color=BLUE, lw=2, label="nearest to their digit's mean")
    course.plot(arrays["batches"][-1], arrays["right"][-1], "o", color=VERMILION, ms=8)
    course.axhline(10, color="0.45", ls="--", lw=1.2, label="by chance, 10 %")
    course.legend(loc="lower right", fontsize=9)


def describe(arrays: Arrays) -> str:
    """How many new pictures lie nearest to the mean of their own digit, of all and of the digit in hand."""
    t, digit = arrays["batches"][-1], arrays["digit"]
    begun = "Before the first batch" if t == 0 else f"After {t} batches"
    return (
        f"{begun}, {to_decimals(arrays['right'][-1], 0)} % of these {len(arrays['digits'])} new pictures lie nearest to the mean of"
        f" their own digit's old pictures; of the {digit}s it is {arrays['own']} of {arrays['of']}."
    )


CLOUDS = Explorer(
    name="clouds",
    title="Ten clouds, though nobody said ten",
    about=(
        "A net 196-100-100-100-2 sees pairs of digits and is told of each whether it is of one digit or of two. It may answer by"
        " nothing but the distance of the two places that its last two units give. These are pictures that it never learnt from."
    ),
    prediction=Prediction(
        question="The net is told “same” or “different”, never which digit or how many there are. What will its plane look like?",
        answers=(
            "two clouds, one for “same” and one for “different”",
            "no clouds: it knows pairs, and a single picture is no pair",
            "ten clouds",
        ),
        right=2,
        attempt="move the batches up from 0, or press play. Then choose another digit.",
        see=(
            "Pictures of one digit have to lie close together and those of two digits apart, whichever two. Ten clouds do both, and"
            " nothing else does. That there are ten is in the pairs, though nobody said it."
        ),
    ),
    controls=(
        Slider("batches", "batches of 100 pairs", BATCHES, 5000, played=True),
        Slider("digit", "digit in colour", tuple(range(10)), 4),
    ),
    presets={
        "0 batches": {"batches": 0},
        "300 batches": {"batches": 300},
        "1300 batches": {"batches": 1300},
        "5000 batches": {"batches": 5000},
    },
    panels=("Where the net puts new pictures", "How many are where they should be"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=190,
    size=(11.0, 4.6),
    data=recorded,
)
