"""Pictures of the course. Every function draws on the axes it is given, or on a new figure, and prints one sentence that
says what the picture shows, which becomes the picture's alternative text too. Nothing here loads data or trains.

Colours are Okabe-Ito's, and never the only cue: classes differ by marker, curves by dash.
"""

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from helpers import nets
from helpers.data import Dataset
from helpers.groups import Group, wilson_interval
from helpers.pictures import Picture
from helpers.training import History

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"
STYLES = cycler(color=[BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK]) + cycler(
    linestyle=["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 3))]
)
CLASSES = {0: (VERMILION, "o"), 1: (BLUE, "^")}  # label: colour, marker


def new_axes(columns: int = 1, width: float = 5.0, height: float = 3.6):
    """A figure with `columns` axes side by side in the course's look: one Axes, or an array of them."""
    figure, axes = plt.subplots(
        1, columns, figsize=(width * columns, height), layout="constrained", FigureClass=Picture
    )
    for ax in np.atleast_1d(axes):
        ax.set_prop_cycle(STYLES)
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.25)
    return axes


def _say(ax: Axes, sentence: str) -> None:
    """Print what a picture shows, and keep it as its description."""
    if isinstance(ax.figure, Picture):  # a student may have made another
        ax.figure.describe(sentence)
    print(sentence)


def plot_points(X, Y, ax: Axes | None = None, names: tuple[str, str] = ("label 0", "label 1")) -> None:
    """The examples X of shape (2, m) as points, their labels Y of shape (1, m) by colour and marker."""
    ax = ax or new_axes(width=4.6, height=4)
    for label, (colour, marker) in CLASSES.items():
        chosen = Y.ravel() == label
        ax.scatter(*X[:, chosen], c=colour, marker=marker, s=22, edgecolors="white", linewidths=0.5, label=names[label])
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)  # above, where no point is hidden
    _say(
        ax,
        f"{Y.size} points in the plane, {int((Y == 0).sum())} with {names[0]} and {int((Y == 1).sum())} with {names[1]}.",
    )


def plot_boundary(
    parameters: nets.Parameters, dataset: Dataset, ax: Axes | None = None, title: str = "", hidden: str = "relu"
) -> None:
    """Where the net answers 0 and 1, behind the training points. Labels are read off shade and marker.

    hidden: the activation of its hidden layers, a name in nets.ACTIVATIONS.
    """
    ax = ax or new_axes(width=4.6, height=4)
    low, high = dataset.X_train.min(axis=1) - 0.15, dataset.X_train.max(axis=1) + 0.15
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    answer = nets.predict(parameters, np.vstack([x1.ravel(), x2.ravel()]), hidden).reshape(x1.shape)
    ax.pcolormesh(x1, x2, answer, cmap=ListedColormap(["#F6D5C3", "#C9DFEE"]), vmin=0, vmax=1, rasterized=True)
    if 0 < answer.mean() < 1:
        ax.contour(x1, x2, answer, levels=[0.5], colors=BLACK, linewidths=1.2)
    for label, (colour, marker) in CLASSES.items():
        chosen = dataset.Y_train.ravel() == label
        ax.scatter(*dataset.X_train[:, chosen], c=colour, marker=marker, s=16, edgecolors="white", linewidths=0.4)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", title=title)
    ax.grid(False)
    train = nets.accuracy(parameters, dataset.X_train, dataset.Y_train, hidden)
    test = nets.accuracy(parameters, dataset.X_test, dataset.Y_test, hidden)
    about = f"{title}: the" if title else "The"
    _say(
        ax,
        f"{about} net says 1 in {answer.mean():.0%} of the picture and is right on {train:.1%} of the training points"
        f" and {test:.1%} of the test points.",
    )


def plot_cost(*histories: History, labels: tuple[str, ...] = (), ax: Axes | None = None, title: str = "") -> None:
    """Cost against step for one or several runs."""
    ax = ax or new_axes()
    for i, history in enumerate(histories):
        label = labels[i] if labels else None
        ax.plot(history.steps, history.costs, label=label)
        name = f"{label}: the" if label else "The"
        first = f"{history.costs[0]:.3g}"
        if np.isinf(history.costs[0]) and np.isfinite(history.costs[-1]):
            start = int(np.argmax(np.isfinite(history.costs)))
            first = f"infinity (and {history.costs[start]:.3g} at {history.unit} {history.steps[start]:,})"
        _say(ax, f"{name} cost goes from {first} to {history.costs[-1]:.3g} in {history.steps[-1]:,} {history.unit}s.")
    ax.set(xlabel=histories[0].unit, ylabel="cost $J$", title=title)
    if labels:
        ax.legend()


# Optimizers: curves, paths over a surface, averages of a noisy series


def plot_lines(lines: dict, ax: Axes | None = None, **labels_and_scales) -> None:
    """Curves {label: (x, y)}. labels_and_scales: what axes can be set to, such as xlabel, title, yscale, ylim."""
    ax = ax or new_axes()
    for label, (x, y) in lines.items():
        ax.plot(x, y, label=label)
    ax.set(**labels_and_scales)
    _whole_ticks(ax)
    ax.legend(framealpha=0.9)
    quantity = labels_and_scales.get("ylabel", "the value").replace("$", "").replace(", %", " in per cent")
    changes = "; ".join(f"{label} from {y[0] + 0.0:.3g} to {y[-1] + 0.0:.3g}" for label, (_, y) in lines.items())
    _say(ax, f"Curves of {quantity}: {changes}.")


def _whole_ticks(ax: Axes) -> None:
    """No ticks between whole numbers, where all curves are over whole numbers: there is no epoch 2.5."""
    whole = all(np.all(np.mod(np.asarray(line.get_xdata(), float), 1) == 0) for line in ax.get_lines())
    ticks = ax.xaxis.get_major_locator()
    if whole and isinstance(ticks, MaxNLocator):  # neither a logarithmic axis nor ticks that were chosen
        ticks.set_params(integer=True)


def plot_paths(
    cost, paths: dict, w: tuple[float, float], b: tuple[float, float], ax: Axes | None = None, title: str = ""
) -> None:
    """Paths {label: points of shape (steps + 1, 2)} on the contours of cost(w, b); the first path is on top.

    w, b: the lowest and highest value in the picture.
    """
    ax = ax or new_axes(width=6.4, height=3.6)
    W, B = np.meshgrid(np.linspace(*w, 120), np.linspace(*b, 120))
    heights = cost(W, B)
    levels = heights.min() + np.ptp(heights) * np.linspace(0, 1, 12) ** 2  # closer together near the bottom
    ax.contour(W, B, heights, levels=levels, colors="0.75", linewidths=0.8, linestyles="solid", zorder=0)
    for i, ((label, points), marker) in enumerate(zip(paths.items(), "osD^vP", strict=False)):
        size, width = (3, 1.3) if len(points) <= 300 else (1, 0.5)
        ax.plot(*points.T, label=label, marker=marker, markersize=size, linewidth=width, zorder=2 + len(paths) - i)
    ax.plot(*next(iter(paths.values()))[0], "x", color=BLACK, markersize=9, label="start", linestyle="none", zorder=9)
    ax.set(xlabel="$w$", ylabel="$b$", xlim=w, ylim=b, title=title)
    ax.grid(False)
    ax.legend(framealpha=0.9)
    ends = (
        f"{label} ends at cost {cost(*points[-1]):.3g} after {len(points) - 1:,} steps"
        for label, points in paths.items()
    )
    _say(ax, "Paths on the contours of the cost: " + "; ".join(ends) + ".")


def plot_surface(
    cost, paths: dict, w: tuple[float, float], b: tuple[float, float], ax: Axes | None = None, title: str = ""
) -> None:
    """The surface cost(w, b) in space and paths over it. A new figure, unless `ax` is an axes with projection "3d"."""
    ax = ax or plt.figure(figsize=(6.4, 4.8), layout="constrained", FigureClass=Picture).add_subplot(
        projection="3d", computed_zorder=False
    )
    W, B = np.meshgrid(np.linspace(*w, 60), np.linspace(*b, 60))
    ax.plot_surface(W, B, cost(W, B), cmap="Greys_r", alpha=0.6, linewidth=0, rasterized=True)
    ax.contour(W, B, cost(W, B), levels=12, colors="0.45", linewidths=0.5)
    for (label, points), style in zip(paths.items(), STYLES, strict=False):
        ax.plot(*points.T, cost(*points.T), label=label, linewidth=2, **style)
    ax.set(xlabel="$w$", ylabel="$b$", zlabel="$J$", title=title, box_aspect=(1, 1.2, 0.55))
    ax.view_init(elev=45, azim=25)
    ax.locator_params(nbins=5)
    ax.legend(loc="upper left")
    _say(
        ax,
        f"The surface of the cost, between {cost(W, B).min():.3g} and {cost(W, B).max():.3g}, with {len(paths)} paths.",
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
    _say(ax, f"{len(days)} measured days, the first {values[0]:.2f}, and their averages: {starts}.")


# Regularization


def plot_weights(*parameters: nets.Parameters, labels: tuple[str, ...], ax: Axes | None = None) -> None:
    """How large the weights of several nets of one shape are: a histogram of all entries of W1, W2, ... each."""
    ax = ax or new_axes()
    weights = [
        np.concatenate([net[f"W{l + 1}"].ravel() for l in range(nets.number_of_layers(net))]) for net in parameters
    ]
    bins = np.linspace(-1, 1, 31) * max(np.abs(w).max() for w in weights)
    fills = [(BLUE, "-", "///"), (VERMILION, "--", ""), (GREEN, "-.", "...")]
    for w, label, (colour, dash, hatch) in zip(weights, labels, fills, strict=False):
        ax.hist(
            w, bins, histtype="stepfilled", facecolor=colour + "33", edgecolor=colour, ls=dash, hatch=hatch, label=label
        )
        _say(
            ax,
            f"{label}: {w.size} weights, root of the mean square {np.sqrt(np.mean(w**2)):.2f}, largest {np.abs(w).max():.2f}.",
        )
    ax.set(xlabel="weight", ylabel="number of weights")
    ax.legend()


def plot_early_stopping(
    steps, train_costs, dev_costs, ax: Axes | None = None, unit: str = "iteration", title: str = ""
) -> None:
    """Cost on the training and on the dev set, equally long lists, against what steps count; the lowest dev cost is marked."""
    ax = ax or new_axes(width=6.4)
    ax.plot(steps, train_costs, label="training set")
    ax.plot(steps, dev_costs, label="dev set")
    best = int(np.argmin(dev_costs))
    ax.axvline(steps[best], color=BLACK, linewidth=0.8)
    ax.plot(steps[best], dev_costs[best], color=BLACK, marker="*", markersize=13, linestyle="", label="lowest dev cost")
    ax.set(xlabel=unit, ylabel="cost $J$", ylim=(0, None), title=title)
    ax.legend()
    _say(
        ax,
        f"The dev cost is lowest, {dev_costs[best]:.3f}, at {unit} {steps[best]:,}; at the end it is {dev_costs[-1]:.3f}."
        f" The training cost goes from {train_costs[best]:.3f} there to {train_costs[-1]:.3f}.",
    )


def plot_bowl(X, y, path, ax: Axes | None = None, title: str = "") -> None:
    """The mean squared error of a linear unit with two weights as contours, and a descent on it.

    X: inputs, shape (2, m). y: answers, shape (1, m). path: the weights after each step, shape (2, steps + 1).
    """
    ax = ax or new_axes(width=5, height=4.2)
    curvature = X @ X.T / X.shape[1]
    lowest = np.linalg.solve(curvature, X @ y.T / X.shape[1])
    reach = 1.3 * np.abs(path - lowest).max()
    w1, w2 = np.meshgrid(*(np.linspace(c - reach, c + reach, 200) for c in lowest.ravel()))
    away = np.stack([w1, w2]) - lowest[:, :, None]
    cost = np.einsum("iab,ij,jab->ab", away, curvature, away) / 2
    ax.contour(w1, w2, cost, levels=cost.max() * np.linspace(0.02, 1, 12) ** 2, colors=[SKY], linewidths=0.9)
    ax.plot(*path, color=VERMILION, marker="o", markersize=4, linewidth=1.2, label="gradient descent")
    ax.plot(*lowest.ravel(), color=BLACK, marker="*", markersize=12, linestyle="", label="lowest cost")
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", title=title)
    ax.legend(loc="upper right", framealpha=0.9)
    left = np.linalg.norm(path[:, -1:] - lowest) / np.linalg.norm(path[:, :1] - lowest)
    ratio = np.sqrt(np.linalg.cond(curvature))
    _say(
        ax,
        f"{title or 'the bowl'}: the valley is {ratio:.1f} times as long as wide; after {path.shape[1] - 1} steps"
        f" {left:.1%} of the way is left.",
    )


# Gradient checking: slopes from two values, errors against epsilon, differences by parameter


def plot_slopes(f, slope, at: float, epsilon: float, ax: Axes | None = None, title: str = "") -> None:
    """A curve f with its tangent at one place, and the one-sided and the two-sided slope through its points nearby."""
    ax = ax or new_axes(width=5.4, height=4)
    left, right = at - epsilon, at + epsilon
    theta = np.linspace(at - 1.6 * epsilon, at + 1.6 * epsilon, 200)
    slopes = {
        "tangent": slope(at),
        "one-sided": (f(right) - f(at)) / epsilon,
        "two-sided": (f(right) - f(left)) / (2 * epsilon),
    }
    anchors = {"tangent": at, "one-sided": at, "two-sided": left}
    ax.plot(theta, f(theta), color=BLACK, linewidth=2, label="$f$")
    for (name, value), style in zip(slopes.items(), list(STYLES), strict=False):
        anchor = anchors[name]
        ax.plot(theta, f(anchor) + value * (theta - anchor), label=f"{name}, {value:.4g}", linewidth=1.4, **style)
    ax.plot([left, at, right], [f(left), f(at), f(right)], "o", color=BLACK, markersize=6)
    ax.set(xlabel=r"$\theta$", title=title)
    ax.legend()
    _say(
        ax,
        f"At {at:g} with epsilon {epsilon:g} the tangent has slope {slopes['tangent']:.5g}, the one-sided line"
        f" {slopes['one-sided']:.5g}, the two-sided line {slopes['two-sided']:.5g}.",
    )


def plot_against_epsilon(
    epsilons, errors: dict, ax: Axes | None = None, ylabel: str = "error", title: str = ""
) -> None:
    """Errors {label: array} against epsilon, both axes logarithmic; the smallest of each curve is marked."""
    ax = ax or new_axes(width=6, height=4)
    for label, values in errors.items():
        shown = np.where(np.asarray(values) > 0, values, np.nan)  # an error of exactly 0 has no logarithm
        (line,) = ax.loglog(epsilons, shown, label=label, linewidth=1.4)
        best = int(np.nanargmin(shown))
        ax.plot(epsilons[best], shown[best], "o", color=line.get_color(), markersize=8)
        _say(ax, f"{label}: smallest at epsilon {epsilons[best]:.1g}, where the {ylabel} is {shown[best]:.1g}.")
    ax.set(xlabel=r"$\varepsilon$", ylabel=ylabel, title=title)
    ax.legend()


def plot_differences(differences: dict, ax: Axes | None = None, bounds=(1e-7, 1e-3), title: str = "") -> None:
    """Relative differences {name: value} as bars on a logarithmic axis; bars beyond the upper bound are hatched."""
    ax = ax or new_axes(width=6, height=0.9 + 0.36 * len(differences))
    low, high = 1e-12, 10
    for name, value in differences.items():
        wrong = value > bounds[1]
        colour, hatch = (VERMILION, "///") if wrong else (BLUE, "")
        ax.barh(name, max(value - low, 0), left=low, color=colour, hatch=hatch, edgecolor="white", height=0.65)
        label = ax.text(max(value, low) * 1.5, name, f"{value:.2g}", va="center", fontsize=9)
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})  # over the dotted lines
    for bound in bounds:
        ax.axvline(bound, color=BLACK, linestyle=":", linewidth=1)
    ax.set(xscale="log", xlim=(low, high * 20), xlabel="relative difference (log scale)", title=title)
    ax.set_xticks([10.0**k for k in range(-12, 1, 2)])
    ax.invert_yaxis()
    ax.grid(False, axis="y")
    found = [name for name, value in differences.items() if value > bounds[1]]
    _say(
        ax, f"Above {bounds[1]:g}: {', '.join(found)}." if found else f"All {len(differences)} are below {bounds[1]:g}."
    )


# Initialization: outputs of a layer, signal by depth


def plot_outputs(outputs: dict[str, np.ndarray], from_zero: tuple[str, ...] = ()) -> None:
    """How the outputs of tanh units, {label: array}, spread over -1 to 1: one histogram each, side by side.

    from_zero: labels of sigmoid units, whose outputs spread over 0 to 1.
    """
    axes = np.atleast_1d(new_axes(len(outputs), width=min(3.4, 12 / len(outputs)), height=3))
    for ax, (label, A) in zip(axes, outputs.items(), strict=True):
        low, ends = (0, "within 0.01 of 0 or 1") if label in from_zero else (-1, "beyond ±0.99")
        ax.hist(A.ravel(), bins=41, range=(low, 1), weights=np.full(A.size, 100 / A.size), color=BLUE)
        ax.set(xlabel="output", ylabel="share in %", title=label, axisbelow=True)
        flat = np.mean((A - low < 0.01) | (A > 0.99))
        _say(ax, f"{label}: {flat:.0%} of the outputs lie {ends}; their standard deviation is {A.std():.2g}.")


def plot_signal(signals: dict[str, np.ndarray], ax: Axes | None = None, title: str = "") -> None:
    """Strength of the signal, {label: one number a layer}, on a log axis, where a power of the depth is a line."""
    ax = ax or new_axes(width=7.6, height=3.6)
    for label, signal in signals.items():
        L = len(signal)
        ax.plot(np.arange(1, L + 1), signal, label=label)
        _say(ax, f"{label}: the signal is {signal[0]:.2g} after layer 1 and {signal[-1]:.2g} after layer {L}.")
    ax.set(yscale="log", xlabel="layer $l$", ylabel="standard deviation of $A^{[l]}$", title=title)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


# Pictures: a wall of them, one with its probabilities, and who is taken for whom


def plot_pictures(images, titles, columns: int = 6, sentence: str = "") -> None:
    """Small pictures in rows of `columns`. images: uint8, shape (n, height, width, 3). titles: n short texts.

    sentence: printed in the place of the usual one, which gives the titles.
    """
    if len(images) == 0:
        print("No pictures to show.")
        return
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(1.5 * columns + 0.6, 1.75 * rows),
        layout="constrained",
        squeeze=False,
        FigureClass=Picture,
    )
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image)
        ax.set_title(title, fontsize=9)
    _say(axes.flat[0], sentence or f"{len(images)} pictures: {'; '.join(titles)}.".replace("\n", " "))


def plot_confusion(labels, answers, classes, ax: Axes | None = None) -> None:
    """How many examples of each class (rows) got which answer (columns). labels, answers: whole numbers, shape (1, m)."""
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (np.searchsorted(classes, labels.ravel()), np.searchsorted(classes, answers.ravel())), 1)
    ax = ax or new_axes(width=4.4, height=4)
    ax.grid(False)
    ax.imshow(counts, cmap="Blues", vmin=0, vmax=counts.max() * 1.3)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ax.text(column, row, count, ha="center", va="center", weight="bold" if row != column else "normal")
    ticks = range(len(classes))
    ax.set(xlabel="answer", ylabel="true label", xticks=ticks, yticks=ticks, xticklabels=classes, yticklabels=classes)
    errors = sorted(
        ((counts[r, c], classes[r], classes[c]) for r in ticks for c in ticks if r != c and counts[r, c]), reverse=True
    )
    worst = ", ".join(f"{true} taken for {answer} {_times(n)}" for n, true, answer in errors[:3])
    _say(
        ax,
        f"{np.trace(counts)} of {counts.sum()} are right. {f'Most frequent errors: {worst}.' if worst else ''}".strip(),
    )


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def plot_probabilities(image, probabilities: dict, classes) -> None:
    """A picture of shape (height, width, 3), and beside it, for each net by its name, the probabilities of the classes."""
    left, *others = new_axes(1 + len(probabilities), width=3.1, height=2.8)
    left.imshow(image)
    left.axis("off")
    for ax, (name, values) in zip(others, probabilities.items(), strict=True):
        best = int(np.argmax(values))
        bars = ax.barh(range(len(classes)), values, color=[BLUE if c == best else SKY for c in range(len(classes))])
        ax.bar_label(bars, [f"{p:.0%}" for p in values], padding=3)
        ax.set(yticks=range(len(classes)), yticklabels=classes, xlim=(0, 1.22), xticks=[0, 0.5, 1])
        ax.set(title=name, xlabel="probability", ylabel="class")
        ax.invert_yaxis()
        ax.grid(False)
        _say(left, f"The answer of {name} is {classes[best]}, with a probability of {values[best]:.0%}.")


def plot_maps(image, maps) -> None:
    """A picture of shape (height, width, 3), and what each of n filters makes of it: maps, shape (h, w, n), not negative."""
    n = maps.shape[-1]
    columns = -(-n // 2)
    figure = plt.figure(figsize=(1.05 * (columns + 2), 2.3), layout="constrained", FigureClass=Picture)
    grid = figure.add_gridspec(2, columns + 2)
    axes = [
        figure.add_subplot(grid[:, :2]),
        *(figure.add_subplot(grid[k // columns, 2 + k % columns]) for k in range(n)),
    ]
    axes[0].imshow(image)
    for ax, values in zip(axes[1:], np.moveaxis(maps, -1, 0), strict=True):
        ax.imshow(values, cmap="gray")
    for ax in axes:
        ax.axis("off")
    peaks = np.maximum(maps.max(axis=(0, 1)), np.finfo(np.float32).tiny)
    narrow = int(np.sum((maps > 0.25 * peaks).mean(axis=(0, 1)) < 0.2))
    _say(
        axes[0],
        f"A picture, and the maps of {n} filters, bright where a filter finds its pattern: {narrow} of them in less than a"
        f" fifth of the picture, as along edges, {n - narrow} in more.",
    )


# Groups: how often each is right, and between which bounds that may lie


def plot_groups(groups: dict[str, list[Group]], ax: Axes | None = None) -> None:
    """The share of right answers in each group, {net: groups}, with its 95 % interval; all nets have the same groups."""
    first, *_ = groups.values()
    ax = ax or new_axes(width=7, height=1.2 + 0.5 * len(first))
    for i, (net, found) in enumerate(groups.items()):
        colour, marker = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"), (PURPLE, "D"))[i]
        places = np.arange(len(found)) + 0.3 * (i - (len(groups) - 1) / 2)
        shares = np.array([group.right / group.total for group in found])
        bounds = np.array([wilson_interval(group.right, group.total) for group in found]).T
        ax.errorbar(shares, places, xerr=np.abs(bounds - shares), label=net, capsize=3, fmt=marker, color=colour)
        for place, group in zip(places, found, strict=True):
            counted = f"{group.right} of {group.total}"
            ax.text(1.02, place, counted, transform=ax.get_yaxis_transform(), color=colour, va="center", fontsize=9)
    people = ("person" if group.people == 1 else "people" for group in first)
    ax.set(xlabel="right answers, with 95 % intervals", yticks=range(len(first)), ylim=(len(first) - 0.4, -0.6))
    ax.set_yticklabels(
        [f"{g.name}\n{g.total} pictures, {g.people} {who}" for g, who in zip(first, people, strict=True)]
    )
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.grid(False, axis="y")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(groups), frameon=False)
    width = max(len(group.name) for group in first)
    for row in zip(*groups.values(), strict=True):
        _say(ax, f"{row[0].name:{width}}  " + ";  ".join(map(_share, groups, row)) + ".")


def _share(net: str, group: Group) -> str:
    low, high = wilson_interval(group.right, group.total)
    return f"{net} {group.right:3} of {group.total:3}, {low:4.0%} to {high:4.0%}"


# Foundations: a computation as a graph


def plot_graph(
    places: dict[str, tuple[float, float]],
    arrows: list[tuple[str, str]],
    values: dict[str, float] | None = None,
    gradients: dict[str, float] | None = None,
    ax: Axes | None = None,
    title: str = "",
) -> None:
    """A computation as nodes, {name: (x, y)}, with an arrow from each that is used to the one that uses it, and, where they
    are given, the value of a node above it and its gradient below."""
    ax = ax or new_axes(width=8)
    values, gradients = values or {}, gradients or {}
    box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": BLACK}
    nodes = {
        name: ax.text(*place, name, ha="center", va="center", fontsize=10, bbox=box, zorder=3)
        for name, place in places.items()
    }
    for source, target in arrows:
        style = {"arrowstyle": "-|>", "color": "0.4", "shrinkA": 0, "shrinkB": 2}
        ends = {"patchA": nodes[source].get_bbox_patch(), "patchB": nodes[target].get_bbox_patch()}
        # above the boxes, which are laid out before it then
        ax.annotate("", places[target], places[source], arrowprops=style | ends, zorder=4)
    for numbers, colour, up, align in ((values, GREEN, 13, "bottom"), (gradients, VERMILION, -13, "top")):
        for name, number in numbers.items():
            about = {"textcoords": "offset points", "ha": "center", "va": align, "fontsize": 9.5, "zorder": 4}
            ax.annotate(f"{number:.3g}", places[name], (0, up), color=colour, **about)
    x, y = np.array(list(places.values())).T
    ax.set(xlim=(x.min() - 0.5, x.max() + 0.6), ylim=(y.min() - 0.6, y.max() + 0.6), title=title)
    ax.axis("off")
    told = "; ".join(
        f"{name} is {values[name]:.3g}, gradient {gradients[name]:.3g}" for name in values if name in gradients
    )
    _say(
        ax, f"{title or 'A graph'}: {', '.join(f'{a} goes into {b}' for a, b in arrows)}.{f' {told}.' if told else ''}"
    )


def plot_predicted(predicted, actual, ax: Axes | None = None, quantity: str = "price", title: str = "") -> None:
    """Predictions over what they should have been, both above 0 and of shape (1, m), on logarithmic axes with the diagonal."""
    ax = ax or new_axes(width=5, height=4.4)
    ends = [min(predicted.min(), actual.min()), max(predicted.max(), actual.max())]
    ax.plot(actual[0], predicted[0], ".", markersize=4, label=f"{actual.size} examples")
    ax.plot(ends, ends, "--", color=BLACK, linewidth=1.2, label="predicted as it is")
    ax.set(xscale="log", yscale="log", xlabel=quantity, ylabel=f"predicted {quantity}", title=title)
    ax.legend()
    off = np.abs(predicted / actual - 1)
    _say(
        ax,
        f"{title}: of {actual.size} predictions half are off by less than {np.median(off):.0%}, the worst by {off.max():.0%}.",
    )


# Deep networks: which units of a net are alive


def plot_lamps(lamps: dict, columns: int, unit: str = "lamp") -> None:
    """Rows of lamps, {label: booleans, shape (n,)}, `columns` in a row: a full dot is on, a small cross is off."""
    axes = new_axes(
        columns=1, width=9, height=0.35 + sum(0.16 * -(-len(on) // columns) + 0.24 for on in lamps.values())
    )
    y, places = 0.0, []
    for on in lamps.values():
        x, row = np.arange(len(on)) % columns, y + np.arange(len(on)) // columns
        axes.plot(x[on], row[on], "o", color=ORANGE, markersize=4, linestyle="none")
        axes.plot(x[~on], row[~on], "x", color=BLACK, markersize=3, linestyle="none")
        places.append((y + row.max()) / 2)
        y = row.max() + 2.5
    axes.set(yticks=places, yticklabels=list(lamps), xticks=[], ylim=(y - 1.5, -1))
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    counts = ", ".join(f"{label} {np.sum(~on)} of {len(on)}" for label, on in lamps.items())
    _say(axes, f"Each {unit} that is out is a cross. Out: {counts}.")


# Several classes: scores and shares as bars, digits and weights as pictures, regions of the plane


def plot_scores(groups: dict, classes, ax: Axes | None = None, title: str = "") -> None:
    """A few numbers for each class, {label: array with a number for each class}, as bars side by side."""
    ax = ax or new_axes(width=6, height=3.4)
    width = 0.8 / len(groups)
    places = np.arange(len(classes))
    for i, ((label, values), hatch) in enumerate(zip(groups.items(), ("", "///", "..."), strict=False)):
        values = np.ravel(values).astype(float)
        at = places + (i - (len(groups) - 1) / 2) * width
        bars = ax.bar(at, values, width, label=label, color=(BLUE, ORANGE, GREEN)[i], hatch=hatch, edgecolor="white")
        ax.bar_label(bars, [f"{value:.3g}" for value in values], padding=2, fontsize=8)
        named = ", ".join(f"{name} {value:.3g}" for name, value in zip(classes, values, strict=True))
        _say(ax, f"{label}: {named}.")
    ax.axhline(0, color=BLACK, linewidth=0.8)
    ax.margins(y=0.15)
    ax.set(xticks=places, xticklabels=classes, title=title)
    ax.grid(False, axis="x")
    if len(groups) > 1:
        ax.legend(framealpha=0.9)


def _picture_rows(pictures, titles, columns: int, draw) -> np.ndarray:
    """Square pictures, given as columns of X, in rows of `columns` axes; draw(ax, picture) fills one. Returns the axes."""
    side = round(pictures.shape[0] ** 0.5)
    rows = -(-pictures.shape[1] // columns)
    size = (0.92 * columns + 0.2, 1.12 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False, FigureClass=Picture)
    for ax in axes.flat:
        ax.axis("off")
    for ax, picture, name in zip(axes.flat, pictures.T, titles, strict=False):
        draw(ax, picture.reshape(side, side))
        ax.set_title(name, fontsize=9, pad=2)
    return axes


def plot_digits(X, labels, columns: int = 12, sentence: str = "") -> None:
    """Digits in columns of X, shape (n, m), 0 white and 1 black, under their labels, m of them.

    sentence: what the picture shows, if labels read out do not say so.
    """

    def draw(ax, picture):
        ax.imshow(picture, cmap="Greys", vmin=0, vmax=1)
        ax.add_patch(
            Rectangle((-0.5, -0.5), *picture.shape, fill=False, edgecolor="0.75", linewidth=0.8, clip_on=False)
        )  # the sheet of paper

    axes = _picture_rows(X, labels, columns, draw)
    _say(axes.flat[0], sentence or f"{len(labels)} digits with their labels: {' '.join(map(str, labels))}.")


def plot_weight_pictures(W, classes, columns: int = 5) -> None:
    """The weights of each class, a row of W of shape (C, 64), as a picture: + and orange speaks for it, - and purple against."""
    largest = np.abs(W).max()

    def draw(ax, picture):
        ax.imshow(picture, cmap="PuOr_r", vmin=-largest, vmax=largest)
        for (row, column), weight in np.ndenumerate(picture):
            if abs(weight) > 0.35 * largest:
                sign = "+" if weight > 0 else "−"
                ax.text(column, row, sign, ha="center", va="center", fontsize=7, color="white", weight="bold")

    axes = _picture_rows(W.T, classes, columns, draw)
    side = round(W.shape[1] ** 0.5)
    against = {c: np.unravel_index(row.argmin(), (side, side)) for c, row in zip(classes, W, strict=True)}
    said = ", ".join(f"{c} row {row + 1} column {column + 1}" for c, (row, column) in against.items())
    _say(axes.flat[0], f"The weights of {len(W)} classes. The pixel that speaks most against each: {said}.")


REGIONS = ("#C9DFEE", "#F6D5C3", "#CDEBDD", "#EFE3B8", "#E9D3E2", "#DDDDDD")


def plot_regions(scores, X, labels, ax: Axes | None = None, title: str = "") -> None:
    """Where in the plane which class has the largest score, and the points X of shape (2, m), as digits, on top.

    scores(X) gives scores of shape (C, m). labels: shape (1, m). A ring is around each point on the wrong side.
    """
    ax = ax or new_axes(width=4.8, height=4.4)
    low, high = X.min(axis=1) - 0.2, X.max(axis=1) + 0.2
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    found = scores(np.vstack([x1.ravel(), x2.ravel()]))
    classes = range(found.shape[0])
    winner = found.argmax(axis=0).reshape(x1.shape)
    shades = ListedColormap(REGIONS[: len(classes)])
    ax.pcolormesh(x1, x2, winner, cmap=shades, vmin=-0.5, vmax=len(classes) - 0.5, rasterized=True)
    for c in classes:
        ax.contour(x1, x2, (winner == c).astype(float), levels=[0.5], colors=BLACK, linewidths=0.9)
        mine = labels.ravel() == c
        ax.scatter(*X[:, mine], marker=f"${c}$", s=26, color=BLACK, linewidths=0.3, zorder=3)
    wrong = scores(X).argmax(axis=0) != labels.ravel()
    ax.scatter(*X[:, wrong], s=70, facecolors="none", edgecolors=VERMILION, linewidths=1.2, zorder=4)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", title=title)
    ax.grid(False)
    each = ", ".join(f"{c}: {np.mean(~wrong[labels.ravel() == c]):.0%}" for c in classes)
    _say(ax, f"{title}: {np.mean(~wrong):.1%} of {wrong.size} points are on the right side; by class {each}.")


# Searches: what knobs are worth, where draws lie, folds, and who goes on


def plot_bars(values: dict, ax: Axes | None = None, xlabel: str = "", title: str = "") -> None:
    """A number for each label, {label: number}, as bars from the left, the first on top."""
    ax = ax or new_axes(width=6, height=0.6 + 0.32 * len(values))
    bars = ax.barh(list(values), list(values.values()), color=BLUE)
    ax.bar_label(bars, [f"{value:.3g}" for value in values.values()], padding=3, fontsize=9)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set(xlabel=xlabel, title=title)
    ax.grid(False, axis="y")
    _say(ax, f"{title}: " + ", ".join(f"{label} {value:.3g}" for label, value in values.items()) + ".")


def plot_ruler(sizes, rights, marks: dict, m: int, ax: Axes | None = None, title: str = "") -> None:
    """Per cent right over the number of pictures, and what each remedy reaches with m pictures, as a mark on that curve.

    marks: {label: (per cent right, as many pictures without it; inf where the curve ends first)}, least first.
    """
    ax = ax or new_axes(width=6.4, height=4.2)
    ax.plot(sizes, rights, "o-", color=BLUE, label="no remedy")
    for i, (label, (right, like)) in enumerate(marks.items()):
        end = min(like, sizes[-1])
        colour, marker = (VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)[i % 6], "sD^vP*"[i % 6]
        ax.plot([m, end], [right, right], ":", color=colour, linewidth=1)
        ax.plot([m], [right], marker, color=colour, label=f"{label}: {_like(like, sizes[-1])}")
    ax.set(xscale="log", xlabel="training pictures", ylabel="right on test pictures, %", title=title)
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.minorticks_off()
    ax.legend(framealpha=0.9, fontsize=9, title=f"with {m} pictures, like")
    curve = ", ".join(f"{right:.1f} % from {size:,}" for size, right in zip(sizes, rights, strict=True))
    reached = "; ".join(
        f"{label} {right:.1f} %, as from {_like(like, sizes[-1])}" for label, (right, like) in marks.items()
    )
    _say(ax, f"Test pictures right, without a remedy: {curve}. With {m} pictures and a remedy: {reached}.")


def _like(pictures: float, most: int) -> str:
    return f"{round(pictures, -2):,.0f}" if np.isfinite(pictures) else f"more than {most:,}"


def plot_strips(groups: dict, ax: Axes | None = None, **labels_and_scales) -> None:
    """Numbers as strokes on a row, {label: values}, a row for each label, the first on top."""
    ax = ax or new_axes(width=6, height=0.8 + 0.6 * len(groups))
    for row, values in enumerate(groups.values()):
        ax.plot(
            np.ravel(values), np.full(np.size(values), -row), "|", color=(BLUE, VERMILION, GREEN)[row % 3], ms=22, mew=1
        )
    ax.set(yticks=-np.arange(len(groups)), yticklabels=list(groups), ylim=(0.6 - len(groups), 0.6), **labels_and_scales)
    ax.grid(False, axis="y")
    about = labels_and_scales.get("xlabel", "the value").replace("$", "").replace("\\", "")
    ranges = "; ".join(
        f"{label}, {np.size(values)} draws from {np.min(values):.3g} to {np.max(values):.3g}, half of them below"
        f" {np.median(values):.3g}"
        for label, values in groups.items()
    )
    _say(ax, f"Strokes along {about}: {ranges}.")


def plot_clouds(places: dict, labels) -> None:
    """Pictures as their digits, where a net puts them in a plane.

    places: by title, arrays of shape (2, m). labels: the digits, shape (m,).
    """
    axes = np.atleast_1d(new_axes(columns=len(places), width=2.8, height=3.3))
    for ax, (title, there) in zip(axes, places.items(), strict=True):
        for digit in np.unique(labels):
            ax.scatter(*there[:, labels == digit], marker=f"${digit}$", s=70, lw=0.3)
        ax.set(title=title, xlabel="first unit")
        ax.set_aspect("equal", adjustable="datalim")
    axes[0].set(ylabel="second unit")
    _say(axes[0], f"{len(labels)} pictures, each as its digit where a net puts it in a plane: {', '.join(places)}.")


def plot_folds(pairs, ax: Axes | None = None, title: str = "") -> None:
    """Which examples are in dev, for each of some folds (train, dev) of indices: a row for each fold, a column an example."""
    m = 1 + max(int(np.max(part)) for pair in pairs for part in pair if np.size(part))
    ax = ax or new_axes(width=1 + 0.3 * m, height=0.9 + 0.34 * len(pairs))
    for row, parts in enumerate(pairs):
        for part, (name, colour, face) in zip(
            parts, (("train", BLUE, "white"), ("dev", VERMILION, VERMILION)), strict=True
        ):
            about = {"color": colour, "mfc": face, "label": name if row == 0 else None}
            ax.plot(part, np.full(np.size(part), -row), "s", ms=9, mew=1.4, **about)
    names = [f"fold {row + 1}" for row in range(len(pairs))]
    ax.set_xticks(range(0, m, max(1, m // 10)))
    ax.set(
        yticks=-np.arange(len(pairs)), yticklabels=names, ylim=(0.6 - len(pairs), 0.6), xlabel="example", title=title
    )
    ax.grid(False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=2, frameon=False)
    _say(ax, f"{title}: the dev sets have {', '.join(str(np.size(dev)) for _, dev in pairs)} examples.")


def plot_survivors(curves, checkpoints, survivors, ax: Axes | None = None, **labels_and_scales) -> None:
    """Curves of shape (n, T), each as far as its training goes: full and thick for those who go on after the last checkpoint."""
    n, T = curves.shape
    ax = ax or new_axes(width=6, height=3.6)
    for i, curve in enumerate(curves):
        stopped = [t for t, alive in zip(checkpoints, survivors, strict=True) if i not in alive]
        end = stopped[0] if stopped else T
        style = {"color": "#999999", "lw": 1, "ls": "--"} if stopped else {"color": BLUE, "lw": 2.2}
        ax.plot(range(1, end + 1), curve[:end], marker="" if not stopped else "o", markevery=[end - 1], ms=4, **style)
    for t in checkpoints:
        ax.axvline(t, color=BLACK, lw=0.8, ls=":")
    ax.set(**labels_and_scales)
    _whole_ticks(ax)
    left = ", ".join(f"{len(alive)} after {t}" for t, alive in zip(checkpoints, survivors, strict=True))
    _say(ax, f"{n} curves; of these go on: {left}.")
