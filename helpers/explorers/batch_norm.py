"""Batch normalization of one unit's z (Ioffe and Szegedy, 2015): what arrives, what leaves, and what is used at test time."""

from functools import lru_cache

import numpy as np

from helpers.explorers.draws import normal
from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, linear, number, to_decimals
from helpers.plots import BLUE, GREEN, VERMILION

EPSILON = 1e-5
BATCHES = 100
SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
BIN = 0.5  # width of a bar; the middles of the bars are its multiples, from -EDGE to EDGE
EDGE = 11
TOPS = (0.2, 0.3, 0.4, 0.6, 0.8, 1.25)  # of the axis of shares


def normalize(z, gamma: float, beta: float, epsilon: float = EPSILON):
    """gamma (z - mean) / sqrt(var + epsilon) + beta for one unit's z of a mini-batch, (m,): the paper's algorithm 1."""
    mean = z.mean()
    var = ((z - mean) ** 2).mean()
    return gamma * (z - mean) / np.sqrt(var + epsilon) + beta


def running_averages(z, momentum: float):
    """Averages for use at test time: means (t,) after every batch of z, (t, m), and the variance after the last (paper's
    algorithm 2: its m / (m - 1) makes a batch's variance right on average). They begin at 0 and 1."""
    m = z.shape[1]
    running_mean, running_var = 0.0, 1.0
    means = np.empty(len(z))
    for t, batch in enumerate(z):
        mean = batch.mean()
        var = ((batch - mean) ** 2).mean()
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var * m / (m - 1)
        means[t] = running_mean
    return means, running_var


@lru_cache(maxsize=4)
def pool(seed: int) -> np.ndarray:
    """Standard normal numbers, a row for each batch, (BATCHES, 256); a batch of m is the first m of its row."""
    return normal(seed, BATCHES * SIZES[-1]).reshape(BATCHES, SIZES[-1])


def shares(z) -> np.ndarray:
    """The share of z in each bar of the histogram."""
    bars = 2 * EDGE / BIN + 1
    at = np.floor((z + EDGE) / BIN + 0.5)
    return np.bincount(at[(at >= 0) & (at < bars)].astype(int), minlength=int(bars)) / len(z)


def compute(params: Params) -> Arrays:
    """The last batch before and after, the means of the batches so far, and how batch means of every size scatter.

    middles, before, after: the histograms; t, means, running: (batches,); scatter, law: for SIZES, measured and sigma / sqrt(m).
    """
    mu, sigma, m, n = params["shift"], params["scale"], params["m"], params["batches"]
    gamma, beta = params["gamma"], params["beta"]
    z = mu + sigma * pool(params["seed"])[:n, :m]
    out = normalize(z[-1], gamma, beta)
    running, running_var = running_averages(z, params["momentum"])
    spread = np.sqrt(running_var + EPSILON)
    before, after = shares(z[-1]), shares(out)
    sums = np.cumsum(pool(params["seed"]), axis=1)
    noise = sigma / np.sqrt(m)
    far, near = (
        mu - np.copysign(6.5 * noise, mu),
        mu + np.copysign(3.5 * noise, mu),
    )  # the legend stands on the far side
    return {
        "middles": -EDGE + BIN * np.arange(len(before)),
        "before": before,
        "after": after,
        "arrives": [z[-1].mean(), z[-1].std()],
        "leaves": [out.mean(), out.std()],
        "t": np.arange(1, n + 1),
        "means": z.mean(axis=1),
        "running": running,
        "tested": [gamma * (mu - running[-1]) / spread + beta, gamma * sigma / spread],
        "scatter": [sigma * (sums[:, size - 1] / size).std() for size in SIZES],
        "law": sigma / np.sqrt(SIZES),
        "noise": noise,
        "measured": sigma * (sums[:, m - 1] / m).std(),
        "mu": mu,
        "m": m,
        "low": np.floor(2 * min(0, far, near)) / 2,
        "high": np.ceil(2 * max(0, far, near)) / 2,
        "top": next(top for top in TOPS if max(before.max(), after.max()) <= 0.8 * top),
    }


def frame(axes, arrays: Arrays) -> None:
    """Axes of the histogram, of the batch means by batch, and of their scatter by batch size, which is logarithmic."""
    axes[0].set(xlim=(-EDGE, EDGE), ylim=(0, arrays["top"]), xlabel="z", ylabel="share of the batch")
    axes[1].set(xlim=(0, BATCHES), ylim=(arrays["low"], arrays["high"]), xlabel="batch", ylabel="mean of z")
    axes[2].set(
        xlim=(1.6, 320), ylim=(0.01, 10), xscale="log", yscale="log", xlabel="m", ylabel="scatter of batch means"
    )
    axes[2].set_xticks(SIZES, labels=SIZES)
    axes[2].minorticks_off()


def draw(axes, arrays: Arrays) -> None:
    """z before and after, the batch means with their running average, and their scatter beside sigma / sqrt(m)."""
    edges = np.append(arrays["middles"], EDGE + BIN) - BIN / 2
    axes[0].stairs(arrays["after"], edges, fill=True, color=BLUE, label="as it leaves")
    axes[0].stairs(arrays["before"], edges, color=VERMILION, lw=1.8, label="as it arrives")
    axes[0].legend(loc="upper left" if arrays["mu"] >= 0 else "upper right", fontsize=9)
    axes[1].plot(arrays["t"], arrays["means"], "o", color="#767676", ms=3, label="mean of a batch")
    axes[1].plot(arrays["t"], arrays["running"], color=BLUE, label="running average")
    axes[1].axhline(arrays["mu"], color=VERMILION, ls="--", lw=1.3, label="μ, the true mean")
    axes[1].legend(loc="lower right" if arrays["mu"] >= 0 else "upper right", fontsize=9)
    axes[2].plot(SIZES, arrays["law"], color=GREEN, label=r"$\sigma / \sqrt{m}$")
    axes[2].plot(SIZES, arrays["scatter"], "o", color="#767676", ms=4, label=f"in {BATCHES} batches")
    axes[2].plot([arrays["m"]], [arrays["noise"]], "P", color=VERMILION, ms=9, label="this m")
    axes[2].legend(loc="upper right", fontsize=9)


def describe(arrays: Arrays) -> str:
    """The last batch before and after, how batch means scatter, and what the running average makes of z at test time."""
    n, running, mu = len(arrays["t"]), arrays["running"][-1], arrays["mu"]
    return (
        f"Batch {n}: z arrives with mean {to_decimals(arrays['arrives'][0], 4)} and standard deviation {to_decimals(arrays['arrives'][1], 4)};"
        f" it leaves with mean {to_decimals(arrays['leaves'][0], 4)} and standard deviation"
        f" {to_decimals(arrays['leaves'][1], 4)}, which are β and γ whatever arrives."
        f" Batch means scatter by σ/√m = {number(arrays['noise'])} (measured {number(arrays['measured'])}). The running average"
        f" is {to_decimals(running, 4)}, off by {to_decimals(abs(running - mu), 4)}: with it, at test time, z leaves with mean"
        f" {to_decimals(arrays['tested'][0], 4)} and standard deviation {to_decimals(arrays['tested'][1], 4)}."
    )


BATCH_NORM = Explorer(
    name="batch_norm",
    title="Batch normalization",
    about=(
        "One unit's z over a mini-batch loses the batch's mean, is divided by the batch's standard deviation, multiplied by γ"
        " and shifted by β."
    ),
    prediction=Prediction(
        question="The bias b of the layer grows, so that every z arrives 3 higher. What happens to the mean as z leaves?",
        answers=("it grows by 3", "it grows by 3 / σ", "it stays at β"),
        right=2,
        attempt="move μ, then σ, and watch the blue histogram; then play from batch 1 with momentum 0.99.",
        see=(
            "The mean of the batch grows by 3 as well, and it is subtracted: nothing is left of b, which is why a layer before"
            " batch normalization needs none, and β takes its place. Only the running average has to learn of it: with momentum"
            " 0.99 it still lacks 0.99^100 = 37% of the mean after 100 batches."
        ),
    ),
    controls=(
        Slider("shift", "μ, mean of z as it arrives", linear(-4, 4, 0.5), 0),
        Slider("scale", "σ, its standard deviation", (0.25, 0.5, 1, 1.5, 2, 2.5, 3), 2),
        Slider("m", "m, examples in a batch", SIZES, 64),
        Slider("gamma", "γ, multiplies", linear(0, 3, 0.25), 1),
        Slider("beta", "β, is added", linear(-3, 3, 0.5), 0),
        Slider("momentum", "momentum of the average", (0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999), 0.9),
        Slider("batches", "batches so far", tuple(range(1, BATCHES + 1)), 60, played=True),
        Slider("seed", "seed of the examples", tuple(range(1, 21)), 1),
    ),
    presets={
        "μ = −3, σ = 0.5": {"shift": -3, "scale": 0.5, "gamma": 1, "beta": 0},
        "m = 4": {"m": 4},
        "γ = σ, β = μ": {"shift": 2, "scale": 2, "gamma": 2, "beta": 2, "m": 256},
        "momentum = 0.99": {"shift": 2, "m": 64, "momentum": 0.99, "batches": 60},
    },
    panels=("z of this batch", "Used at test time", "Noise of the batch's mean"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=350,
    framing=("low", "high", "top"),
    size=(12.0, 3.8),
)
