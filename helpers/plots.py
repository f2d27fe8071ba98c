"""Pictures of the course. Every function draws on the axes it is given, or on a new figure, and prints one sentence that
says what the picture shows. Nothing here loads data or trains.

Colours are Okabe-Ito's, and never the only cue: classes differ by marker, curves by dash.
"""

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from helpers import nets
from helpers.data import Dataset
from helpers.training import History

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"
STYLES = cycler(color=[BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY]) + cycler(
    linestyle=["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1))]
)
CLASSES = {0: (VERMILION, "o"), 1: (BLUE, "^")}  # label: colour, marker


def new_axes(columns: int = 1, width: float = 5.0, height: float = 3.6):
    """A figure with `columns` axes side by side in the course's look: one Axes, or an array of them."""
    figure, axes = plt.subplots(1, columns, figsize=(width * columns, height), layout="constrained")
    for ax in np.atleast_1d(axes):
        ax.set_prop_cycle(STYLES)
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.25)
    return axes


def plot_points(X, Y, ax: Axes | None = None, names: tuple[str, str] = ("label 0", "label 1")) -> None:
    """The examples X of shape (2, m) as points, their labels Y of shape (1, m) by colour and marker."""
    ax = ax or new_axes(width=4.6, height=4)
    for label, (colour, marker) in CLASSES.items():
        chosen = Y.ravel() == label
        ax.scatter(*X[:, chosen], c=colour, marker=marker, s=22, edgecolors="white", linewidths=0.5, label=names[label])
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.legend(loc="upper right", framealpha=0.9)
    print(f"{Y.size} points in the plane, {int((Y == 0).sum())} with {names[0]} and {int((Y == 1).sum())} with {names[1]}.")


def plot_boundary(parameters: nets.Parameters, dataset: Dataset, ax: Axes | None = None, title: str = "") -> None:
    """Where the net answers 0 and 1, behind the training points. Labels are read off shade and marker."""
    ax = ax or new_axes(width=4.6, height=4)
    low, high = dataset.X_train.min(axis=1) - 0.15, dataset.X_train.max(axis=1) + 0.15
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    AL, _ = nets.forward_propagation(np.vstack([x1.ravel(), x2.ravel()]), parameters)
    answer = (AL > 0.5).reshape(x1.shape).astype(float)
    ax.pcolormesh(x1, x2, answer, cmap=ListedColormap(["#F6D5C3", "#C9DFEE"]), vmin=0, vmax=1, rasterized=True)
    if 0 < answer.mean() < 1:
        ax.contour(x1, x2, answer, levels=[0.5], colors=BLACK, linewidths=1.2)
    for label, (colour, marker) in CLASSES.items():
        chosen = dataset.Y_train.ravel() == label
        ax.scatter(*dataset.X_train[:, chosen], c=colour, marker=marker, s=16, edgecolors="white", linewidths=0.4)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", title=title)
    ax.grid(False)
    train = nets.accuracy(parameters, dataset.X_train, dataset.Y_train)
    test = nets.accuracy(parameters, dataset.X_test, dataset.Y_test)
    about = f"{title}: the" if title else "The"
    print(
        f"{about} net says 1 in {answer.mean():.0%} of the picture and is right on {train:.1%} of the training points"
        f" and {test:.1%} of the test points."
    )


def plot_cost(*histories: History, labels: tuple[str, ...] = (), ax: Axes | None = None, title: str = "") -> None:
    """Cost against step for one or several runs."""
    ax = ax or new_axes()
    for i, history in enumerate(histories):
        label = labels[i] if labels else None
        ax.plot(history.steps, history.costs, label=label)
        name = f"{label}: the" if label else "The"
        print(f"{name} cost goes from {history.costs[0]:.3g} to {history.costs[-1]:.3g} in {history.steps[-1]:,} {history.unit}s.")
    ax.set(xlabel=histories[0].unit, ylabel="cost $J$", title=title)
    if labels:
        ax.legend()
