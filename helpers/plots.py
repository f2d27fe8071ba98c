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
    print(
        f"{Y.size} points in the plane, {int((Y == 0).sum())} with {names[0]} and {int((Y == 1).sum())} with {names[1]}."
    )


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
        print(
            f"{name} cost goes from {history.costs[0]:.3g} to {history.costs[-1]:.3g} in {history.steps[-1]:,} {history.unit}s."
        )
    ax.set(xlabel=histories[0].unit, ylabel="cost $J$", title=title)
    if labels:
        ax.legend()


# Optimizers: curves, paths over a surface, averages of a noisy series


def plot_lines(x, lines: dict, ax: Axes | None = None, **labels_and_scales) -> None:
    """Several curves over the same x, {label: y}. labels_and_scales: xlabel, ylabel, title, xscale, yscale, ylim, ..."""
    ax = ax or new_axes()
    for label, y in lines.items():
        ax.plot(x, y, label=label)
    ax.set(**labels_and_scales)
    ax.legend()
    quantity = labels_and_scales.get("ylabel", "the value").replace("$", "")
    print(
        f"Curves of {quantity}: "
        + "; ".join(f"{label} from {y[0]:.3g} to {y[-1]:.3g}" for label, y in lines.items())
        + "."
    )


def plot_paths(
    cost, paths: dict, w: tuple[float, float], b: tuple[float, float], ax: Axes | None = None, title: str = ""
) -> None:
    """Paths {label: points of shape (steps + 1, 2)} over the contours of cost(w, b), for w and b between two values."""
    ax = ax or new_axes(width=6.4, height=3.6)
    W, B = np.meshgrid(np.linspace(*w, 200), np.linspace(*b, 200))
    heights = cost(W, B)
    levels = heights.min() + np.ptp(heights) * np.linspace(0, 1, 12) ** 2  # closer together near the bottom
    ax.contour(W, B, heights, levels=levels, colors="0.75", linewidths=0.8, linestyles="solid", zorder=0)
    for (label, points), marker in zip(paths.items(), "osD^vP", strict=False):
        ax.plot(*points.T, label=label, marker=marker, markersize=3, linewidth=1.3)
    ax.plot(*next(iter(paths.values()))[0], "x", color=BLACK, markersize=9, label="start", linestyle="none")
    ax.set(xlabel="$w$", ylabel="$b$", xlim=w, ylim=b, title=title)
    ax.grid(False)
    ax.legend(framealpha=0.9)
    ends = (
        f"{label} ends at cost {cost(*points[-1]):.3g} after {len(points) - 1:,} steps"
        for label, points in paths.items()
    )
    print("Paths on the contours of the cost: " + "; ".join(ends) + ".")


def plot_surface(
    cost, paths: dict, w: tuple[float, float], b: tuple[float, float], ax: Axes | None = None, title: str = ""
) -> None:
    """The surface cost(w, b) in space and paths over it. A new figure, unless `ax` is an axes with projection "3d"."""
    ax = ax or plt.figure(figsize=(5.2, 4.4), layout="constrained").add_subplot(projection="3d", computed_zorder=False)
    W, B = np.meshgrid(np.linspace(*w, 60), np.linspace(*b, 60))
    ax.plot_surface(W, B, cost(W, B), cmap="Greys_r", alpha=0.55, linewidth=0, rasterized=True)
    for (label, points), style in zip(paths.items(), STYLES, strict=False):
        ax.plot(*points.T, cost(*points.T), label=label, linewidth=2, **style)
    ax.set(xlabel="$w$", ylabel="$b$", zlabel="$J$", title=title)
    ax.view_init(elev=32, azim=-58)
    ax.legend(loc="upper left")
    print(
        f"The surface of the cost, between {cost(W, B).min():.3g} and {cost(W, B).max():.3g}, with {len(paths)} paths."
    )


def plot_averages(days, values, averages: dict, ax: Axes | None = None, ylabel: str = "", title: str = "") -> None:
    """A noisy series as dots and smoothed versions of it, {label: array of the same length}, as curves."""
    ax = ax or new_axes(width=8, height=3.6)
    ax.scatter(days, values, s=9, color="0.7", label="measured")
    for label, average in averages.items():
        ax.plot(days, average, label=label, linewidth=1.8)
    ax.set(xlabel="day $t$", ylabel=ylabel, title=title)
    ax.legend()
    starts = "; ".join(f"{label} starts at {average[0]:.2f}" for label, average in averages.items())
    print(f"{len(days)} measured days, the first {values[0]:.2f}, and their averages: {starts}.")
