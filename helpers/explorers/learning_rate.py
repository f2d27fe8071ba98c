"""Gradient descent on a bowl, J = (lambda_1 w_1^2 + lambda_2 w_2^2) / 2: what learning rates do, constant and falling."""

import numpy as np

from helpers.explorers.explorer import (
    Arrays,
    Choice,
    Explorer,
    Params,
    Prediction,
    Slider,
    linear,
    logarithmic,
    number,
    tidy,
)
from helpers.plots import BLUE, GREEN, VERMILION

STEPS = 60
LIMIT = 3.2  # of the axes of w
COST = (1e-8, 1e4)  # of the axis of costs
KAPPAS = (1, 1.5, 2, 3, 4, 6, 9, 14, 19, 29, 39, 59, 99)
BEST = (tidy(round(2 / (1 + kappa), 5)) for kappa in KAPPAS)  # so that each bowl's best alpha is on the slider
ALPHAS = tuple(sorted({*logarithmic(0.002, 2.52, 40), *BEST}))
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 1)


def compute(params: Params) -> Arrays:
    """The path of w, its cost, and what the factors 1 - alpha lambda say of both in advance.

    alpha: (STEPS + 1,), the learning rate of each step; factors: (2, STEPS + 1), its 1 - alpha lambda; w: (2, n + 1) and
    cost: (n + 1,), at the start and after each of the n steps so far; parts: (2, STEPS + 1), each direction's share of the
    cost by the product of its factors (Polyak, 1987, section 1.4); above: steps with alpha above the border; crowded:
    whether the cost stays high, where the legend would be.
    """
    n, kappa = params["steps"], params["kappa"]
    lambdas, start = np.array([1.0, kappa]), np.array([params["w1"], params["w2"]], dtype=float)
    alpha = np.array([learning_rate(params, t) for t in range(STEPS + 1)])
    factors = 1 - alpha * lambdas[:, None]
    w = np.empty((2, n + 1))
    w[:, 0] = start
    for t in range(n):
        w[:, t + 1] = w[:, t] - alpha[t] * (lambdas * w[:, t])
    products = np.cumprod(np.column_stack([start, factors[:, :-1]]), axis=1)
    parts = 0.5 * lambdas[:, None] * products**2
    late, border = parts[:, STEPS // 2 :], 2 / kappa
    return {
        "kappa": kappa,
        "alpha": alpha,
        "factors": factors,
        "w": w,
        "cost": 0.5 * (w[0] ** 2 + kappa * w[1] ** 2),
        "parts": parts,
        "border": border,
        "best": 2 / (1 + kappa),
        "above": int((alpha > border).sum()),
        "crowded": bool(((late > 2) & (late < COST[1])).any()),
    }


def learning_rate(params: Params, t: int) -> float:
    """alpha of step t = 0, 1, ...; it stays the same for `interval` steps."""
    alpha, decay_rate, n = params["alpha"], params["decay_rate"], t // params["interval"]
    if params["schedule"] == "inverse":
        return alpha / (1 + decay_rate * n)
    if params["schedule"] == "exponential":
        return alpha * decay_rate**n
    if params["schedule"] == "root":
        return alpha * decay_rate / np.sqrt(max(n, 1))
    return alpha


def from_above(ax, kappa: float) -> None:
    """The contours of the bowl and its minimum, on axes of w_1 and w_2."""
    turn = np.linspace(0, 2 * np.pi, 121)
    for r in np.arange(0.5, 4.6, 0.5):  # where the contour meets the axis of w2
        ax.plot(r * np.sqrt(kappa) * np.cos(turn), r * np.sin(turn), color="#bbbbbb", lw=1)
    ax.plot(0, 0, "+", color="black", ms=9)
    ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), xlabel="$w_1$", ylabel="$w_2$", aspect="equal")


def frame(axes, arrays: Arrays) -> None:
    """The bowl from the side along w_2, its contours from above, and logarithmic axes of the cost."""
    kappa = arrays["kappa"]
    w2 = np.linspace(-LIMIT, LIMIT, 81)
    axes[0].plot(w2, 0.5 * kappa * w2**2, color="#767676", lw=1.5)
    top = 0.5 * kappa * LIMIT**2
    axes[0].set(xlim=(-LIMIT, LIMIT), ylim=(-0.04 * top, top), xlabel="$w_2$", ylabel=r"$\lambda_2 w_2^2 / 2$")
    from_above(axes[1], kappa)
    axes[2].set(xlim=(0, STEPS), yscale="log", ylim=COST, yticks=(1e-8, 1e-4, 1, 1e4), xlabel="step", ylabel="cost")


def draw(axes, arrays: Arrays) -> None:
    """The path on both, and its cost beside the parts of the two directions that their factors predict."""
    w, cost, parts = arrays["w"], arrays["cost"], arrays["parts"]
    n = len(cost) - 1
    last = f"step {n}" if np.abs(w[:, n]).max() < LIMIT else "now outside"
    for ax, (x, y) in zip(axes, ((w[1], 0.5 * arrays["kappa"] * w[1] ** 2), w), strict=False):
        ax.plot(x, y, "o-", color=BLUE, lw=1.2, ms=3)
        ax.plot(x[0], y[0], "s", color=BLUE, mfc="white", ms=7, label="start")
        ax.plot(x[-1], y[-1], "D", color=VERMILION, ms=7, label=last)
    t = np.arange(STEPS + 1)
    axes[2].plot(t[: n + 1], cost, "o", color=BLUE, ms=4, label="measured")
    for i, (colour, dash) in enumerate(((GREEN, "--"), (VERMILION, "-."))):
        label = f"$w_{i + 1}$: × {number(arrays['factors'][i][n])}"
        axes[2].plot(t, parts[i], dash, color=colour, label=label)
    if 0 < arrays["above"] < STEPS:
        axes[2].axvline(arrays["above"], color="#767676", ls=":", lw=1.6, label=r"from here $\alpha \leq 2/\lambda_2$")
    opposite = f"{'lower' if w[1, 0] > 0 else 'upper'} {'left' if w[0, 0] > 0 else 'right'}"
    axes[1].legend(loc=opposite, fontsize=9)
    axes[2].legend(loc="lower left" if arrays["crowded"] else "upper right", fontsize=9)


def describe(arrays: Arrays) -> str:
    """The border of alpha and its best value, what the latest step multiplies w_1 and w_2 by, and the cost."""
    kappa, cost, n = arrays["kappa"], arrays["cost"], len(arrays["cost"]) - 1
    flat, steep = arrays["factors"][0][n], arrays["factors"][1][n]
    words = (
        f"This bowl bears α up to 2/λ₂ = {number(arrays['border'])}; {number(arrays['best'])} is best, with"
        f" |1 − αλ| = {number((kappa - 1) / (kappa + 1))} both ways. After {n} {'step' if n == 1 else 'steps'} α is"
        f" {number(arrays['alpha'][n])}: a step multiplies w₁ by {number(flat)} ({fate(flat)}) and w₂ by {number(steep)}"
        f" ({fate(steep)}). The cost went from {number(cost[0])} to {number(cost[-1])}"
    )
    if 0 < arrays["above"] < STEPS:
        words += f"; α is above the border only before step {arrays['above']}"
    return f"{words}."


def fate(factor: float) -> str:
    """What becomes of a number that is multiplied by this again and again."""
    if factor < -1:
        return "it rings and grows"
    if factor == -1:
        return "it rings for ever"
    if factor < 0:
        return "it rings"
    if factor == 0:
        return "there at once"
    return "it comes in" if factor < 0.95 else "it crawls"


CONSTANT = {"kappa": 9, "schedule": "none", "steps": STEPS}
LEARNING_RATE = Explorer(
    name="learning_rate",
    title="How long a step may be",
    about=(
        "The cost is ½ (λ₁ w₁² + λ₂ w₂²), flat along w₁ (λ₁ = 1) and steep along w₂ (λ₂ = κ). Each step subtracts α times"
        " the gradient and so multiplies each w by its 1 − αλ. α may fall with n = ⌊step / interval⌋. Drag the start on the"
        " contours."
    ),
    prediction=Prediction(
        question="For κ = 9, a constant α = 0.2 arrives fastest. What does α = 0.238 do, a fifth more?",
        answers=("it arrives a little later", "it arrives a little sooner", "it never arrives"),
        right=2,
        attempt="press “α = 0.2”, then move α up stop by stop. Look at w₂: what is it multiplied by?",
        see=(
            "With α = 0.2, w₁ is multiplied by 0.8 and w₂ by 1 − 0.2 · 9 = −0.8: neither could be faster without slowing"
            " the other. With 0.238 it is −1.14 for w₂, and 60 steps make it 2,900 times larger, while w₁ would have"
            " liked α = 1. The steepest direction sets the border, 2/λ₂ = 0.222; the flattest pays for it."
        ),
    ),
    controls=(
        Slider("alpha", "α₀, first learning rate", ALPHAS, 0.2),
        Slider("kappa", "κ, condition number", KAPPAS, 9),
        Choice(
            "schedule",
            "α of each step",
            {
                "none": "no decay: α₀",
                "inverse": "1/t: α₀ / (1 + rate · n)",
                "exponential": "exponential: α₀ · rateⁿ",
                "root": "root: α₀ · rate / √n",
            },
            "none",
        ),
        Slider("decay_rate", "decay rate", RATES, 0.95),
        Slider("steps", "steps so far", tuple(range(STEPS + 1)), STEPS, played=True),
        Slider("interval", "interval (1: no stairs)", (1, 2, 5, 10, 20), 1),
        Slider("w1", "w₁ at the start", linear(-3, 3, 0.25), -2.5),
        Slider("w2", "w₂ at the start", linear(-3, 3, 0.25), 2),
    ),
    presets={
        "α = 0.01": CONSTANT | {"alpha": 0.01},
        "α = 0.2": CONSTANT | {"alpha": 0.2},
        "α = 0.212": CONSTANT | {"alpha": 0.212},
        "α = 0.238": CONSTANT | {"alpha": 0.238},
        "α₀ = 0.252, exponential": CONSTANT
        | {"alpha": 0.252, "schedule": "exponential", "decay_rate": 0.95, "interval": 1},
    },
    panels=("Along the steep direction", "From above, with contours", "Cost: predicted and measured"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=330,
    framing=("kappa",),
    size=(11.0, 3.8),
)
