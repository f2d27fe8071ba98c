"""Momentum on a bowl, J = (lambda_1 w_1^2 + lambda_2 w_2^2) / 2: for which alpha and beta it converges, swings or diverges.

In the course's form, v = beta v + (1 - beta) g and w = w - alpha v, each direction goes its own way, by the recurrence
w_{t+1} = (1 + beta - a lambda) w_t - beta w_{t-1} with a = alpha (1 - beta). Its roots are complex, and w swings, between
a lambda = (1 - sqrt(beta))^2 and (1 + sqrt(beta))^2; above, they are negative, and w swings from step to step; from
2 (1 + beta) on, one is below -1 (Polyak, 1964; Goh, "Why momentum really works", Distill, 2017, has alpha for a).
"""

import numpy as np

from helpers.explorers.explorer import Arrays, Explorer, Params, Prediction, Slider, linear, logarithmic, number, tidy
from helpers.explorers.learning_rate import from_above
from helpers.plots import BLACK, BLUE, VERMILION

STEPS = 60
START = (-2.5, 2.0)
ERROR = (1e-8, 1e4)  # of the axis of errors
ALPHA, BETA = (1e-3, 100), (-0.04, 1)  # of the plane
KAPPAS = (4, 9, 16, 25, 49, 100)
BEST = [(tidy(1 / k**0.5), tidy(((k**0.5 - 1) / (k**0.5 + 1)) ** 2)) for k in KAPPAS]  # alpha and beta
WITHOUT = [tidy(round(2 / (1 + k), 5)) for k in KAPPAS]  # the best alpha where beta is 0
ALPHAS = tuple(sorted({*logarithmic(*ALPHA, 20), *WITHOUT, *(alpha for alpha, _ in BEST)}))
BETAS = tuple(sorted({*linear(0, 0.95, 0.05), 0.98, 0.99, *(beta for _, beta in BEST)}))
CURVE = np.linspace(0, 0.995, 200)  # of beta, along which the borders are drawn
FATES = ("comes straight in", "swings", "diverges")
SHADES = ("#ffffff", "#dcebf5", "#b4d3e8", "#f6d5c3")  # of the regions 1 to 4
PLACES = (0.1, 0.45, 0.93, 0.62)  # beta of their numbers


def swings_from(beta, curvature):
    """The alpha from which w swings along a direction of this curvature: (1 - sqrt(beta))^2 / ((1 - beta) lambda)."""
    return (1 - np.sqrt(beta)) / ((1 + np.sqrt(beta)) * curvature)


def diverges_from(beta, curvature):
    """The alpha from which it diverges: 2 (1 + beta) / ((1 - beta) lambda)."""
    return 2 * (1 + beta) / ((1 - beta) * curvature)


def factor(alpha: float, beta: float, curvature: float) -> float:
    """What a step multiplies the error by in the long run: the absolute value of the larger root."""
    half = (1 + beta - alpha * (1 - beta) * curvature) / 2
    inside = half * half - beta
    return float(np.sqrt(beta)) if inside < 0 else float(abs(half) + np.sqrt(inside))


def compute(params: Params) -> Arrays:
    """The path of w, and where alpha and beta lie.

    w: (2, n + 1), at the start and after each of n steps; factors: (2,), by direction; fates: (2,), which of FATES;
    region: 1 both come straight in, 2 the steep one swings, 3 both swing, 4 the steep one diverges; swings, diverges: (2,),
    the borders of alpha for this beta.
    """
    alpha, beta, kappa = params["alpha"], params["beta"], params["kappa"]
    lambdas = np.array([1.0, kappa])
    w, v = np.empty((2, params["steps"] + 1)), np.zeros(2)
    w[:, 0] = START
    for t in range(params["steps"]):
        v = beta * v + (1 - beta) * (lambdas * w[:, t])
        w[:, t + 1] = w[:, t] - alpha * v
    swings, diverges = swings_from(beta, lambdas), diverges_from(beta, lambdas)
    fates = [2 if alpha > high else 1 if alpha > low else 0 for low, high in zip(swings, diverges, strict=True)]
    return {
        "alpha": alpha,
        "beta": beta,
        "kappa": kappa,
        "w": w,
        "factors": [factor(alpha, beta, curvature) for curvature in lambdas],
        "fates": fates,
        "region": 4 if fates[1] == 2 else 1 + sum(fates),
        "swings": swings,
        "diverges": diverges,
    }


def frame(axes, arrays: Arrays) -> None:
    """The plane with its borders and numbered regions, the contours of the bowl, and logarithmic axes of the error."""
    kappa, (plane, bowl, errors) = arrays["kappa"], axes
    plane.set(xlim=ALPHA, ylim=BETA, xscale="log", xlabel=r"$\alpha$, logarithmic", ylabel=r"$\beta$")
    plane.grid(False)
    flat, steep, border = swings_from(CURVE, 1), swings_from(CURVE, kappa), diverges_from(CURVE, kappa)
    edges = (np.full_like(CURVE, ALPHA[0]), steep, np.minimum(flat, border), border, np.full_like(CURVE, ALPHA[1]))
    for i, shade in enumerate(SHADES):
        plane.fill_betweenx(CURVE, edges[i], edges[i + 1], where=edges[i + 1] > edges[i], color=shade, lw=0)
        plane.text(*_place(i, kappa), str(i + 1), ha="center", va="center", fontsize=13, fontweight="bold")
    for curvature, colour, name in ((1, BLUE, "1"), (kappa, VERMILION, "2")):
        plane.plot(swings_from(CURVE, curvature), CURVE, "--", color=colour, label=f"$w_{name}$ swings")
        plane.plot(diverges_from(CURVE, curvature), CURVE, "-", color=colour, label=f"$w_{name}$ diverges")
    plane.legend(loc="lower right", fontsize=8)
    from_above(bowl, kappa)
    errors.set(xlim=(0, STEPS), yscale="log", ylim=ERROR, yticks=(1e-8, 1e-4, 1, 1e4), xlabel="step", ylabel="error")


def _place(region: int, kappa: float) -> tuple[float, float]:
    """alpha and beta of a region's number: half way between its borders, and left of where w_1 diverges, too."""
    beta = PLACES[region]
    ends = (
        ALPHA[0],
        swings_from(beta, kappa),
        swings_from(beta, 1),
        diverges_from(beta, kappa),
        diverges_from(beta, 1),
    )
    return float(np.sqrt(ends[region] * ends[region + 1])), beta


def draw(axes, arrays: Arrays) -> None:
    """The point, the path, and the size of the error along each direction beside what its factor predicts."""
    plane, bowl, errors = axes
    w, t = arrays["w"], np.arange(arrays["w"].shape[1])
    plane.plot(arrays["alpha"], arrays["beta"], "D", color=BLACK, mfc="white", ms=9, mew=2)
    bowl.plot(*w, "o-", color=BLUE, lw=1.2, ms=3)
    bowl.plot(*w[:, 0], "s", color=BLUE, mfc="white", ms=7)
    bowl.plot(*w[:, -1], "D", color=VERMILION, ms=7)
    for i, (colour, dash) in enumerate(((BLUE, "-"), (VERMILION, "--"))):
        size = np.maximum(np.abs(w[i]), 1e-99)
        errors.plot(t, size, dash, color=colour, label=f"$w_{i + 1}$: × {number(arrays['factors'][i])}")
        predicted = abs(START[i]) * arrays["factors"][i] ** np.array([0.0, STEPS])
        errors.plot([0, STEPS], np.maximum(predicted, 1e-99), ":", color=colour, lw=1.2)
    errors.legend(loc="upper right", fontsize=9)


def describe(arrays: Arrays) -> str:
    """The region, what becomes of the error along each direction, the borders for this beta, and w at the end."""
    flat, steep = (
        f"{FATES[fate]}, × {number(rate)} a step" for fate, rate in zip(arrays["fates"], arrays["factors"], strict=True)
    )
    w, n = arrays["w"], arrays["w"].shape[1] - 1
    return (
        f"α = {number(arrays['alpha'])}, β = {number(arrays['beta'])}, in region {arrays['region']}: the error along w₁"
        f" {flat}, and along w₂ it {steep}, in the long run. With this β, w₂ swings above α ="
        f" {number(arrays['swings'][1])} and diverges above {number(arrays['diverges'][1])}. After {n}"
        f" {'step' if n == 1 else 'steps'} w₁ is {number(w[0, -1])} and w₂ {number(w[1, -1])}."
    )


PLAIN = {"alpha": WITHOUT[KAPPAS.index(25)], "beta": 0, "kappa": 25, "steps": STEPS}

MOMENTUM = Explorer(
    name="momentum",
    title="The plane of momentum",
    about=(
        "v = βv + (1 − β)g, then w = w − αv, on the bowl ½ (w₁² + κ w₂²). In region 1 of the plane both directions come straight"
        " to the minimum, in 2 the steep one, w₂, swings, in 3 both swing, in 4 the steep one diverges. Drag the point."
    ),
    prediction=Prediction(
        question="κ = 25. At its best, gradient descent (β = 0) keeps 0.923 of the error a step. And momentum at its best?",
        answers=("0.923 too: it only smooths", "0.852, two steps in one", "0.667: 10 steps do what 50 did"),
        right=2,
        attempt="raise β a little, then look for the α that suits it. Where do both errors fall fastest?",
        see=(
            "With α = 1/√κ = 0.2 and β = 0.444, where three borders nearly meet, both directions keep"
            " (√κ − 1)/(√κ + 1) = 0.667; gradient descent keeps (κ − 1)/(κ + 1) = 0.923. With more β both swing and keep √β,"
            " whatever α is: 0.949 for β = 0.9. It diverges from α = 2(1 + β)/((1 − β)κ) on: 0.08 for β = 0, 1.52 for β = 0.9."
        ),
    ),
    controls=(
        Slider("alpha", "α, learning rate", ALPHAS, PLAIN["alpha"]),
        Slider("beta", "β, momentum", BETAS, PLAIN["beta"]),
        Slider("kappa", "κ, condition number", KAPPAS, PLAIN["kappa"]),
        Slider("steps", "steps so far", tuple(range(STEPS + 1)), STEPS, played=True),
    ),
    presets={
        "α = 0.0769, β = 0": PLAIN,
        "α = 0.2, β = 0": PLAIN | {"alpha": 0.2},
        "α = 0.2, β = 0.9": PLAIN | {"alpha": 0.2, "beta": 0.9},
        "α = 2, β = 0.9": PLAIN | {"alpha": 2, "beta": 0.9},
    },
    panels=("α and β, with borders", "From above, with contours", "Error: predicted and measured"),
    compute=compute,
    frame=frame,
    draw=draw,
    describe=describe,
    longest=330,
    framing=("kappa",),
    size=(12.0, 3.8),
)
