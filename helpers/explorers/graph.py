"""The graph of a sigmoid unit, f = 1 / (1 + e^-(w0 x0 + w1 x1 + w2)): values, gradients, and a nudge at any node.

A node that is nudged keeps its inputs and grows by so much itself; what is computed from it is computed anew.
"""

import numpy as np

from helpers.explorers.explorer import Arrays, Choice, Explorer, Params, Prediction, Slider, linear, number
from helpers.plots import BLACK, BLUE, GREEN, VERMILION

INPUTS = ("w0", "x0", "w1", "x1", "w2")
NODES = (*INPUTS, "w0·x0", "w1·x1", "s", "neg", "exp", "plus1", "f")
PLACES = {
    "w2": (0, 4), "w0": (0, 3), "x0": (0, 2), "w1": (0, 1), "x1": (0, 0), "w0·x0": (1.4, 2.5), "w1·x1": (1.4, 0.5),
    "s": (2.75, 4), "neg": (2.75, 3), "exp": (2.75, 2), "plus1": (2.75, 1), "f": (2.75, 0),
}  # fmt: skip
ARROWS = (
    ("w0", "w0·x0"), ("x0", "w0·x0"), ("w1", "w1·x1"), ("x1", "w1·x1"), ("w0·x0", "s"), ("w1·x1", "s"), ("w2", "s"),
    ("s", "neg"), ("neg", "exp"), ("exp", "plus1"), ("plus1", "f"),
)  # fmt: skip
RULES = {  # what a node's gradient is made of
    "w0": "times x0, the other factor of the product", "x0": "times w0, the other factor of the product",
    "w1": "times x1, the other factor of the product", "x1": "times w1, the other factor of the product",
    "w2": "as it is, through the sum", "w0·x0": "as it is, through the sum", "w1·x1": "as it is, through the sum",
    "s": "times −1", "neg": "times exp, the value that comes out", "exp": "as it is, since 1 is added",
    "plus1": "times −f², the derivative of 1/plus1",
}  # fmt: skip
USED_BY = dict(ARROWS)
NUDGES = np.linspace(-1, 1, 81)
EDGE = (-2.35, 5.5, -0.6, 4.9)  # of the picture of the graph: left, right, bottom, top
HEADS = 4.62  # where it says what the columns of numbers are


def forward(given, nudged: str = "", by=0.0) -> dict:
    """The value of every node, where one of them grows by `by`, a number or an array. given: by input."""
    value: dict = {}

    def keep(name: str, computed) -> None:
        value[name] = computed + by if name == nudged else computed

    with np.errstate(divide="ignore", over="ignore"):
        for name in INPUTS:
            keep(name, given[name])
        keep("w0·x0", value["w0"] * value["x0"])
        keep("w1·x1", value["w1"] * value["x1"])
        keep("s", value["w0·x0"] + value["w1·x1"] + value["w2"])
        keep("neg", -value["s"])
        keep("exp", np.exp(value["neg"]))
        keep("plus1", value["exp"] + 1)
        keep("f", 1 / value["plus1"])
    return value


def backward(value) -> dict:
    """The gradient of f by every node."""
    d = {"f": 1.0, "plus1": -(value["f"] ** 2)}
    d["exp"] = d["plus1"]
    d["neg"] = d["exp"] * value["exp"]
    d["s"] = -d["neg"]
    for name in ("w0·x0", "w1·x1", "w2"):
        d[name] = d["s"]
    for i in ("0", "1"):
        d[f"w{i}"], d[f"x{i}"] = d["s"] * value[f"x{i}"], d["s"] * value[f"w{i}"]
    return d


def compute(params: Params) -> Arrays:
    """Values with the nudge and gradients without it, in the order of NODES; f before and after, and what the gradient says;
    curve: f over all nudges."""
    node, by = params["node"], params["nudge"]
    before, after = forward(params), forward(params, node, by)
    gradient = backward(before)
    curve = forward(params, node, NUDGES)["f"]
    beyond = node in ("exp", "plus1") and before["plus1"] + NUDGES < 0.05  # nothing there: the curve has a pole
    return {
        "node": node,
        "at": NODES.index(node),
        "nudge": by,
        "values": np.array([after[name] for name in NODES]),
        "gradients": np.array([gradient[name] for name in NODES]),
        "moved": [bool(after[name] != before[name]) for name in NODES],
        "before": before["f"],
        "after": after["f"],
        "predicted": before["f"] + gradient[node] * by,
        "curve": np.where(beyond, np.nan, curve * np.ones_like(NUDGES)),
    }


def frame(axes, arrays: Arrays) -> None:
    """A bare picture for the graph, and axes of f over the nudge."""
    axes[0].set(xlim=EDGE[:2], ylim=EDGE[2:])
    axes[0].grid(False)
    axes[0].set(xticks=[], yticks=[])
    axes[0].spines[["left", "bottom"]].set_visible(False)
    axes[1].set(xlim=(-1, 1), ylim=(-0.5, 1.5), xlabel="nudge", ylabel="f")


def draw(axes, arrays: Arrays) -> None:
    """The graph, each node with its value and its gradient; the curve of f, its tangent, and both ends of the nudge."""
    graph, nudge = axes
    for source, target in ARROWS:
        (x, y), (u, v) = PLACES[source], PLACES[target]
        graph.plot([x, u], [y, v], color="0.7", lw=1.2, zorder=1)
    for i, name in enumerate(NODES):
        chosen = i == arrays["at"]
        edge = {"edgecolor": BLACK if chosen else "0.6", "lw": 2.2 if chosen else 1}
        box = {"boxstyle": "round,pad=0.25", "facecolor": "white", **edge}
        graph.text(*PLACES[name], name, ha="center", va="center", fontsize=9, bbox=box, zorder=3)
        value, weight = number(arrays["values"][i]), "bold" if arrays["moved"][i] else "normal"
        about = {"va": "center", "fontsize": 9, "zorder": 4}
        (x, y, align), (u, v, other) = numbers_of(name)
        graph.text(x, y, value, ha=align, color=GREEN, weight=weight, **about)
        graph.text(u, v, number(arrays["gradients"][i]), ha=other, color=VERMILION, **about)
    for name in ("w2", "s"):
        for text, colour, (x, _, align) in zip(
            ("value", "gradient"), (GREEN, VERMILION), numbers_of(name), strict=True
        ):
            graph.text(x, HEADS, text, ha=align, va="center", fontsize=8.5, color=colour, style="italic")
    tangent = arrays["before"] + arrays["gradients"][arrays["at"]] * NUDGES
    nudge.plot(NUDGES, arrays["curve"], color=BLUE, lw=2, label="f, computed anew")
    nudge.plot(NUDGES, tangent, "--", color=VERMILION, lw=1.5, label="by the gradient")
    nudge.plot(0, arrays["before"], "s", color=BLACK, mfc="white", ms=8)
    nudge.plot(arrays["nudge"], arrays["predicted"], "x", color=VERMILION, ms=9, mew=2)
    nudge.plot(arrays["nudge"], arrays["after"], "o", color=BLUE, ms=7)
    nudge.legend(loc="upper left", fontsize=9)


def numbers_of(name: str) -> tuple[tuple[float, float, str], tuple[float, float, str]]:
    """Where the value and the gradient of a node stand: beside it, or above and below a product; x, y, alignment."""
    x, y = PLACES[name]
    if name in INPUTS:
        return (x - 0.42, y, "right"), (x - 1.25, y, "right")
    if "·" in name:
        return (x, y + 0.6, "center"), (x, y - 0.6, "center")
    return (x + 0.58, y, "left"), (x + 1.68, y, "left")


def describe(arrays: Arrays) -> str:
    """How the node's gradient comes about, and what a nudge does to f beside what the gradient says."""
    node, by = arrays["node"], arrays["nudge"]
    gradient = arrays["gradients"][arrays["at"]]
    how = (
        "the last node, so its gradient is 1"
        if node == "f"
        else (f"used by {USED_BY[node]}; its gradient, {number(gradient)}, is that of {USED_BY[node]} {RULES[node]}")
    )
    return (
        f"{node} is {how}. If it grows by {number(by)}, f goes from {number(arrays['before'], 4)} to"
        f" {number(arrays['after'], 4)}, by {number(arrays['after'] - arrays['before'])}; gradient times nudge is"
        f" {number(gradient * by)}."
    )


GRAPH = Explorer(
    name="graph",
    title="Back through a graph, with a nudge",
    about=(
        "f = 1 / (1 + e^−s) with s = w0·x0 + w1·x1 + w2, node by node. Choose a node and let it grow a little: what is computed"
        " from it is computed anew, in bold, and f moves by about the nudge times the gradient of that node."
    ),
    prediction=Prediction(
        question="If s grows by 0.1, f grows by about 0.02. With w1 = −3, what does f do if x1 grows by 0.1?",
        answers=("it grows by about 0.02, too", "it falls by about 0.06", "it falls by about 0.3"),
        right=1,
        attempt="choose the node x1, and move the nudge. Then go from node to node, back from f.",
        see=(
            "x1 reaches s through the product w1·x1, which changes −3 times as much as x1 does. From s on the way is the same: the"
            " gradient is −3 · 0.197 = −0.59, and f changes by −0.0629, not quite −0.059, since f is a curve and not a line."
        ),
    ),
    controls=(
        Slider("w0", "w0", linear(-4, 4, 0.5), 2),
        Slider("x0", "x0", linear(-4, 4, 0.5), -1),
        Slider("w1", "w1", linear(-4, 4, 0.5), -3),
        Slider("x1", "x1", linear(-4, 4, 0.5), -2),
        Slider("w2", "w2", linear(-4, 4, 0.5), -3),
        Choice("node", "node that is nudged", {name: name for name in NODES}, "s"),
        Slider("nudge", "nudge", linear(-1, 1, 0.05), 0.1, played=True),
    ),
    presets={
        "node f": {"node": "f"},
        "node plus1": {"node": "plus1"},
        "node x1": {"node": "x1"},
        "node x1, nudge 1": {"node": "x1", "nudge": 1},
        "w2 0": {"w2": 0},
    },
    panels=("The graph", "f over the nudge"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=260,
    size=(12.0, 4.0),
)
