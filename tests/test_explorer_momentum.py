"""What the plane of alpha and beta must show, against eigenvalues of the 2 x 2 matrix of one step, and in the hand."""

import itertools
import shutil

import numpy as np
import pytest
from browser import CHROMIUM
from explorer_page import explorer_page
from test_explorers import kernel_heard, settled

from helpers.explorers.momentum import (
    ALPHAS,
    BETAS,
    FATES,
    KAPPAS,
    MOMENTUM,
    START,
    diverges_from,
    factor,
    swings_from,
)

in_browser = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
CURVATURES = (1, *KAPPAS)
A_LITTLE = 1e-6


def computed(**values):
    return MOMENTUM.compute(MOMENTUM.defaults() | values)


def step(alpha, beta, curvature):
    """The matrix that takes (w, v) to the next: v = beta v + (1 - beta) lambda w, and w = w - alpha v with the new v."""
    average = np.array([[1, 0], [(1 - beta) * curvature, beta]])
    return np.array([[1, -alpha], [0, 1]]) @ average


def eigenvalues(alpha, beta, curvature):
    return np.linalg.eigvals(step(alpha, beta, curvature))


def swings(values):
    """Complex ones turn, negative ones change the sign in each step."""
    return bool((np.abs(values.imag) > 1e-9).any() or (values.real < -1e-9).any())


@pytest.mark.parametrize("curvature", CURVATURES)
def test_the_borders_are_those_of_the_eigenvalues(curvature):
    for beta in BETAS:
        low, high = swings_from(beta, curvature), diverges_from(beta, curvature)
        assert low < high
        assert not swings(eigenvalues(low * (1 - A_LITTLE), beta, curvature)), beta
        assert swings(eigenvalues(low * (1 + A_LITTLE), beta, curvature)), beta
        assert abs(eigenvalues(high * (1 - A_LITTLE), beta, curvature)).max() < 1, beta
        assert abs(eigenvalues(high * (1 + A_LITTLE), beta, curvature)).max() > 1, beta


def test_the_border_is_that_of_the_literature_with_alpha_times_one_minus_beta():
    """0 < alpha < 2 (1 + beta) / lambda where v has no factor 1 - beta (Polyak, 1964; Goh, 2017)."""
    for beta, curvature in itertools.product(BETAS, CURVATURES):
        assert diverges_from(beta, curvature) * (1 - beta) == pytest.approx(2 * (1 + beta) / curvature)


def test_the_factor_is_the_largest_eigenvalue():
    for alpha, beta, curvature in itertools.product(ALPHAS[::7], BETAS, CURVATURES):
        largest = abs(eigenvalues(alpha, beta, curvature)).max()
        assert factor(alpha, beta, curvature) == pytest.approx(largest, abs=1e-6), (alpha, beta, curvature)


@pytest.mark.parametrize(("alpha", "beta"), [(0.0769, 0), (0.2, 0.9), (0.01, 0.5), (2, 0.9)])
def test_the_path_is_a_power_of_the_matrix(alpha, beta):
    arrays = computed(alpha=alpha, beta=beta, kappa=25)
    for i, curvature in enumerate((1, 25)):
        powers = [np.linalg.matrix_power(step(alpha, beta, curvature), t) for t in range(61)]
        np.testing.assert_allclose(
            arrays["w"][i], [(power @ [START[i], 0])[0] for power in powers], rtol=1e-6, atol=1e-12
        )


def test_the_region_and_the_fates_are_what_the_eigenvalues_say():
    for alpha, beta, kappa in itertools.product(ALPHAS[::9], BETAS, (4, 25, 100)):
        both = [eigenvalues(alpha, beta, curvature) for curvature in (1, kappa)]
        if any(abs(abs(values[0] - values[1])) < 1e-6 or abs(abs(values).max() - 1) < 1e-9 for values in both):
            continue  # on a border
        fates = ["diverges" if abs(v).max() > 1 else "swings" if swings(v) else "comes straight in" for v in both]
        arrays = computed(alpha=alpha, beta=beta, kappa=kappa)
        assert [FATES[fate] for fate in arrays["fates"]] == fates, (alpha, beta, kappa)
        assert arrays["region"] == (4 if fates[1] == "diverges" else 1 + sum(fate == "swings" for fate in fates))


@pytest.mark.parametrize("kappa", KAPPAS)
def test_no_other_point_of_the_sliders_is_quicker_than_polyaks(kappa):
    worst = {
        (alpha, beta): max(factor(alpha, beta, curvature) for curvature in (1, kappa))
        for alpha, beta in itertools.product(ALPHAS, BETAS)
    }
    alpha, beta = min(worst, key=worst.get)
    root = np.sqrt(kappa)
    assert alpha == pytest.approx(1 / root, rel=1e-3)
    assert beta == pytest.approx(((root - 1) / (root + 1)) ** 2, rel=1e-3)
    assert worst[alpha, beta] == pytest.approx((root - 1) / (root + 1), abs=5e-4)
    without = min(worst[alpha, 0] for alpha in ALPHAS)
    assert without == pytest.approx((kappa - 1) / (kappa + 1), abs=1e-3)


def test_the_answer_to_the_prediction_has_the_figures_that_are_seen():
    see, question, answers = MOMENTUM.prediction.see, MOMENTUM.prediction.question, MOMENTUM.prediction.answers
    assert max(computed()["factors"]) == pytest.approx(0.923, abs=5e-4)
    assert "0.923" in question
    assert max(computed(alpha=0.2, beta=4 / 9)["factors"]) == pytest.approx(0.667, abs=5e-4)
    assert answers[MOMENTUM.prediction.right].startswith("0.667")
    assert pytest.approx(0.923**50, rel=0.06) == 0.667**10
    many = computed(alpha=0.2, beta=0.9)
    np.testing.assert_allclose(many["factors"], 0.949, atol=5e-4)
    assert "0.949 for β = 0.9" in see
    assert [f"{diverges_from(beta, 25):.3g}" for beta in (0, 0.9)] == ["0.08", "1.52"]
    assert "0.08 for β = 0, 1.52 for β = 0.9" in see


def test_it_opens_on_gradient_descent_at_its_best():
    assert MOMENTUM.defaults() == {"alpha": 0.07692, "beta": 0, "kappa": 25, "steps": 60}


@in_browser
def test_the_point_is_moved_by_mouse_and_keyboard():
    with explorer_page(MOMENTUM) as tab:
        plane = tab.locator("canvas").first
        plane.focus()
        tab.keyboard.press("ArrowUp")
        tab.keyboard.press("Shift+ArrowRight")
        settled(tab)
        wanted = {"beta": BETAS[1], "alpha": ALPHAS[ALPHAS.index(0.07692) + 5]}
        kernel_heard(tab, wanted)
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("ArrowDown")  # there is nothing below 0
        kernel_heard(tab, {"beta": 0})
        box = plane.bounding_box()
        tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tab.mouse.down()
        tab.mouse.move(box["x"] + box["width"] - 40, box["y"] + 30, steps=4)
        tab.mouse.up()
        tab.wait_for_function("state.params.alpha > 10 && state.params.beta > 0.85")
        name = plane.get_attribute("aria-label")
        assert "Arrow keys move the point" in name
        assert "region 4" in name
