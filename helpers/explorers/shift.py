"""One unit's z of a batch as a row of dots: in training each of them moves all, through the mean and the variance of the batch
(Ioffe and Szegedy, 2015); in use the running averages stand still, and so do the other dots."""

import numpy as np

from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, Switch, linear, to_decimals
from helpers.plots import BLACK, BLUE, VERMILION

EPSILON = 1e-5
MOST = 6  # dots
RUNNING = (0.5, 4.0)  # mean and variance in use
Z = (-3.0, -1.5, -0.5, 0.5, 1.5, 2.5)  # at the start
EDGE = 6
ROWS = (0, 1)  # of the dots as they arrive, and as they leave


def statistics(z, use: bool):
    """Mean and variance by which z, (m,), is normalized: of the batch, with 1/m, or in use the running averages."""
    if use:
        return RUNNING
    mean = z.sum() / len(z)
    return mean, ((z - mean) ** 2).sum() / len(z)


def slopes(out, spread: float, held: int, use: bool):
    """How far each dot that leaves moves, (m,), if dot `held` moves by 1 as it arrives: the derivative of normalization."""
    own = (np.arange(len(out)) == held).astype(float)
    return own / spread if use else (own - (1 + out * out[held]) / len(out)) / spread


def compute(params: Params) -> Arrays:
    """z and what leaves, (m,), the mean and the spread that made it, and by how much each would follow the dot in hand.

    held: which dot is in hand, from 0; top: where the axis of the bars ends, 1/2, 1, 2, ...
    """
    m = params["m"]
    z = np.array([params[f"z{i}"] for i in range(1, m + 1)], dtype=float)
    held = min(params["held"], m) - 1
    mean, var = statistics(z, params["use"])
    spread = np.sqrt(var + EPSILON)
    out = (z - mean) / spread
    follow = slopes(out, spread, held, params["use"])
    top = 0.5
    while top < 1.2 * np.abs(follow).max():
        top *= 2
    return {
        "z": z,
        "out": out,
        "mean": mean,
        "spread": spread,
        "held": held,
        "slopes": follow,
        "top": top,
        "use": params["use"],
    }


def frame(axes, arrays: Arrays) -> None:
    """The row as it arrives below the row as it leaves, and bars of how each dot follows."""
    axes[0].set(xlim=(-EDGE, EDGE), ylim=(-0.45, 1.9), xlabel="z, and what becomes of it")
    axes[0].set_yticks(ROWS, labels=("arrives", "leaves"))
    axes[1].set(xlim=(0.4, MOST + 0.6), ylim=(-arrays["top"], arrays["top"]), xlabel="dot", ylabel="moves by")
    axes[1].set_xticks(range(1, MOST + 1))


def draw(axes, arrays: Arrays) -> None:
    """Each dot with its number, below and above, a line between them; the mean; the bar of the dot in hand is full."""
    z, out, held = arrays["z"], arrays["out"], arrays["held"]
    mean, spread = arrays["mean"], arrays["spread"]
    axes[0].plot([mean, mean], [-0.25, 0.25], "--", color=BLACK, lw=1.3, label="mean")
    axes[0].plot([mean - spread, mean + spread], [-0.3, -0.3], "-", color=BLACK, lw=2, label="one spread each way")
    for i, (below, above) in enumerate(zip(z, out, strict=True)):
        colour = VERMILION if i == held else BLUE
        axes[0].plot([below, above], ROWS, "-", color=colour, lw=2 if i == held else 1)
        axes[0].plot([below, above], ROWS, "o", color=colour, ms=13, mfc=colour if i == held else "white", mew=1.6)
        for x, y in zip((below, above), ROWS, strict=True):
            ink = "white" if i == held else BLACK
            axes[0].annotate(str(i + 1), (x, y), ha="center", va="center", fontsize=9, color=ink, annotation_clip=True)
    axes[0].legend(loc="upper left", fontsize=9)
    for i, slope in enumerate(arrays["slopes"], 1):
        mine = i == held + 1
        colour = VERMILION if mine else BLUE
        axes[1].stairs([slope], [i - 0.35, i + 0.35], fill=mine, color=colour, lw=1.8)
        axes[1].annotate(
            to_decimals(slope, 3),
            (i, slope),
            xytext=(0, 3 if slope >= 0 else -3),
            textcoords="offset points",
            ha="center",
            va="bottom" if slope >= 0 else "top",
            fontsize=9,
        )
    axes[1].axhline(0, color="#767676", lw=1)


def describe(arrays: Arrays) -> str:
    """What normalizes, where the dot in hand arrives and leaves, and what all others do when it moves."""
    held, slopes_, m = arrays["held"], arrays["slopes"], len(arrays["z"])
    others = np.delete(slopes_, held)
    if arrays["use"]:
        by, follow = "by the running averages", "no other dot moves"
    else:
        left, right = int((others < -5e-4).sum()), int((others > 5e-4).sum())
        by = "by this batch"
        follow = f"{left} of the others {'moves' if left == 1 else 'move'} to the left and {right} to the right"
        follow += f"; together all {m} move by {to_decimals(slopes_.sum(), 3)}"
    return (
        f"Normalized {by}: mean {to_decimals(arrays['mean'], 3)}, spread {to_decimals(arrays['spread'], 3)}. Dot {held + 1} arrives at"
        f" {to_decimals(arrays['z'][held], 3)} and leaves at {to_decimals(arrays['out'][held], 3)}. If it is moved to the right by a"
        f" little, it leaves further right by {to_decimals(slopes_[held], 3)} of that; {follow}."
    )


SHIFT = Explorer(
    name="shift",
    title="A batch as a row of dots",
    about=(
        "Below, one unit's z for the examples of a batch; above, what leaves batch norm (γ = 1, β = 0). Beside them: by how"
        " much each dot above follows when the dot in hand is moved to the right by 1, at this slope. Drag a dot."
    ),
    prediction=Prediction(
        question="Training. Dot 6, on the far right, is dragged further to the right. What do the others do, above?",
        answers=(
            "nothing: each has a z of its own",
            "they move too, closer together",
            "they move to the right with it",
        ),
        right=1,
        attempt="drag dot 6 or move its slider, and look at the row above. Then switch to use, and drag again.",
        see=(
            "Dot 6 raises the mean and the spread of the batch, and all others are measured by these: they come closer"
            " together. So on the way back each example hears from all. The slopes of a batch add up to 0. In use mean and"
            " spread are constants: nothing else moves. Two dots leave at −1 and 1 wherever they are: nothing is left to learn."
        ),
    ),
    controls=(
        *(Slider(f"z{i}", f"z of dot {i}", linear(-5, 5, 0.1), Z[i - 1]) for i in range(1, MOST + 1)),
        Slider("held", "dot in hand", tuple(range(1, MOST + 1)), MOST),
        Slider("m", "dots in the batch", tuple(range(2, MOST + 1)), MOST),
        Switch("use", "use, not training", False),
    ),
    presets={
        "2 dots in the batch": {"m": 2, "held": 2},
        "z of dot 6 = 5": {"m": 6, "z6": 5, "held": 6},
        "z = 1.1 to 1.6": {f"z{i}": round(1 + 0.1 * i, 1) for i in range(1, MOST + 1)} | {"m": 6},
        "use": {"use": True},
    },
    panels=("The batch, before and after", "What one dot does to all"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=310,
    framing=("top",),
)
