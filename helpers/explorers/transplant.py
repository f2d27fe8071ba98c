"""How many layers of a net for the digits 0 to 4 are kept for 5 to 9, and how many of these are frozen: what came of it, five seeds.

The figures are those of datasets/transfer/transplant.csv, which make_transplant.py beside it makes; nothing is trained here.
"""

from functools import cache
from typing import Any

import numpy as np

from helpers.data import read_table
from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, Switch, to_decimals
from helpers.plots import BLACK, BLUE, VERMILION

LAYERS = 5  # hidden ones
PER_CLASS = (5, 20, 100)
EDGE = (0.0, 1.0, -0.6, 7.6)  # of the picture of the net
LOW, HIGH = 40, 100  # of the axis of per cent


@cache
def measured() -> dict[str, Any]:
    """Per cent for each seed, (5,), by "digits others kept frozen per_class", as "pen new 3 2 100"."""
    rows = [list(row.values()) for row in read_table("transfer/transplant.csv")]
    return {" ".join(row[:5]): [float(value) for value in row[5:]] for row in rows}


def compute(params: Params) -> Arrays:
    """What is right with each number of frozen layers up to those that are kept, (kept + 1, 5), and from scratch, (5,).

    layers: what each layer is, from the lowest hidden one to the output. frozen: no more than are kept. better: in how many of
    the five seeds the setting is better than from scratch.
    """
    table, kept = measured(), params["kept"]
    frozen = min(params["frozen"], kept)
    others = "dropped" if params["dropped"] and kept < LAYERS else "new"
    about = (params["digits"], params["per_class"])
    right = np.array([table[f"{about[0]} {others} {kept} {f} {about[1]}"] for f in range(kept + 1)])
    scratch = np.array(table[f"{about[0]} new 0 0 {about[1]}"])
    hidden = range(1, 1 + (kept if others == "dropped" else LAYERS))
    return {
        "layers": ["old, frozen" if l <= frozen else "old, trained" if l <= kept else "new" for l in hidden] + ["new"],
        "right": right,
        "scratch": scratch,
        "kept": kept,
        "frozen": frozen,
        "per_class": about[1],
        "mean": right.sum(axis=1) / right.shape[1],
        "mean_scratch": scratch.sum() / len(scratch),
        "better": int((right[frozen] > scratch).sum()),
        "spread": _spread(right[frozen]),
        "spread_scratch": _spread(scratch),
    }


def _spread(values) -> float:
    """The standard deviation, with 1 / (n - 1)."""
    mean = values.sum() / len(values)
    return float(np.sqrt(((values - mean) ** 2).sum() / (len(values) - 1)))


def frame(axes, arrays: Arrays) -> None:
    """A bare picture for the net, and axes of per cent over the number of frozen layers."""
    axes[0].set(xlim=EDGE[:2], ylim=EDGE[2:], xticks=[], yticks=[])
    axes[0].grid(False)
    axes[0].spines[["left", "bottom"]].set_visible(False)
    axes[1].set(xlim=(-0.5, LAYERS + 0.5), ylim=(LOW, HIGH), xlabel="layers frozen", ylabel="new digits right, %")
    axes[1].set_xticks(range(LAYERS + 1))


def draw(axes, arrays: Arrays) -> None:
    """The net from the inputs up, thick edges around what is trained; five dots for each number of frozen layers."""
    net, results = axes
    words = ["inputs: 14 by 14 pixels", *(f"layer {l}: {what}" for l, what in enumerate(arrays["layers"][:-1], 1))]
    words.append("output, 5 units: new")
    for height, text in enumerate(words):
        trained = "old, frozen" not in text and height > 0
        edge = {"edgecolor": BLACK if trained else "0.6", "lw": 2.2 if trained else 1}
        box = {"boxstyle": "round,pad=0.3", "facecolor": "white", **edge}
        net.text(0.5, height, text, ha="center", va="center", fontsize=9.5, bbox=box, zorder=3)
    net.plot([0.5, 0.5], [0, len(words) - 1], color="0.7", lw=1.2, zorder=1)
    for f, values in enumerate(arrays["right"]):
        mine = f == arrays["frozen"]
        colour = VERMILION if mine else BLUE
        results.plot([f] * len(values), values, "o", color=colour, mfc="white" if not mine else colour, ms=5)
        results.plot([f - 0.3, f + 0.3], [arrays["mean"][f]] * 2, "-", color=colour, lw=2.5)
    results.axhline(arrays["mean_scratch"], color="0.45", ls="--", lw=1.2, label="from scratch")
    results.legend(loc="upper right", fontsize=9)


def describe(arrays: Arrays) -> str:
    """Mean and spread of the setting and of a net from scratch, and in how many seeds the one beats the other."""
    kept, frozen, better = arrays["kept"], arrays["frozen"], arrays["better"]
    layers = "1 old layer" if kept == 1 else f"{kept} old layers"
    held = "none of them frozen" if frozen == 0 else f"{frozen} of them frozen"
    mean = to_decimals(arrays["mean"][frozen], 1)
    scratch = f"{to_decimals(arrays['mean_scratch'], 1)} ± {to_decimals(arrays['spread_scratch'], 1)} %"
    which = f"No old layer, {arrays['per_class']} pictures a class" if kept == 0 else f"{layers}, {held}"
    pictures = "" if kept == 0 else f" and {arrays['per_class']} pictures a class"
    return (
        f"{which}{pictures}: {mean} ± {to_decimals(arrays['spread'], 1)} % of the new digits are right; from scratch,"
        f" with five layers, {scratch}. It is better than that in {better} of five seeds."
    )


TRANSPLANT = Explorer(
    name="transplant",
    title="What to keep of a net",
    about=(
        "A net has learnt the digits 0 to 4. Its lowest layers are kept for 5 to 9, of which there are few pictures; some of them are"
        " frozen, and all else is trained. A dot is one of five seeds, a bar their mean. All of it was measured before."
    ),
    prediction=Prediction(
        question="With 100 pictures a class, all five old layers are kept. Freeze all five, or none?",
        answers=("all five: that is what one keeps them for", "none", "it makes no difference"),
        right=1,
        attempt="move the number of frozen layers from 0 to 5. Then take 5 pictures a class, and then real handwriting.",
        see=(
            "With all five frozen 76 % are right, from scratch 84 %, with none frozen 86 %: the upper layers know what parts 0 to 4, not 5 to 9."
            " With 5 pictures a class the layers frozen matter little. On handwriting nothing that is kept gains a point, and freezing costs."
        ),
    ),
    controls=(
        Slider("kept", "old layers kept", tuple(range(LAYERS + 1)), LAYERS),
        Slider("frozen", "of these frozen, at most", tuple(range(LAYERS + 1)), LAYERS, played=True),
        Slider("per_class", "pictures a class", PER_CLASS, 100),
        Switch("dropped", "no new layers above", False),
        Choice("digits", "digits", {"pen": "pen, invented hands", "handwriting": "real handwriting"}, "pen"),
    ),
    presets={
        "5 kept, 5 frozen": {"kept": 5, "frozen": 5},
        "5 kept, 0 frozen": {"kept": 5, "frozen": 0},
        "3 kept, 0 frozen": {"kept": 3, "frozen": 0},
        "handwriting": {"digits": "handwriting"},
    },
    panels=("The net", "What came of it"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=200,
    size=(10.5, 4.2),
    data=measured,
)
