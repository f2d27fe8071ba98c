"""What the explorer of learning rates must show, against closed forms, published figures and differences of the cost itself."""

import numpy as np
import pytest

from helpers.explorers.learning_rate import ALPHAS, KAPPAS, LEARNING_RATE, STEPS, describe

NONE = {"schedule": "none", "steps": STEPS}


def computed(**values):
    return LEARNING_RATE.compute(LEARNING_RATE.defaults() | values)


def preset(name):
    """Arrays of the preset of this name."""
    return computed(**LEARNING_RATE.presets[name])


def bowl(w1, w2, kappa):
    return 0.5 * (w1**2 + kappa * w2**2)


@pytest.mark.parametrize("kappa", [1, 9, 99])
@pytest.mark.parametrize("alpha", [0.002, 0.02, 0.2, 1.0])
def test_without_decay_w_is_a_power_of_its_factor(alpha, kappa):
    """w_t = (1 - alpha lambda)^t w_0 in each direction."""
    arrays, t = computed(**NONE, alpha=alpha, kappa=kappa, w1=-2.5, w2=1.75), np.arange(STEPS + 1)
    np.testing.assert_allclose(arrays["w"][0], -2.5 * (1 - alpha) ** t, rtol=1e-10)
    np.testing.assert_allclose(arrays["w"][1], 1.75 * (1 - alpha * kappa) ** t, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(arrays["factors"][:, 0], [1 - alpha, 1 - alpha * kappa])
    np.testing.assert_allclose(arrays["cost"], bowl(*arrays["w"], kappa))


def test_a_step_follows_the_slope_of_the_cost():
    """One step against central differences of J."""
    for kappa, alpha, w1, w2 in ((9, 0.2, -2.5, 2), (39, 0.05, 1.5, -0.75), (1.5, 0.8, 3, 0.5)):
        h = 1e-5
        slope = [
            (bowl(w1 + h, w2, kappa) - bowl(w1 - h, w2, kappa)) / (2 * h),
            (bowl(w1, w2 + h, kappa) - bowl(w1, w2 - h, kappa)) / (2 * h),
        ]
        w = computed(schedule="none", kappa=kappa, alpha=alpha, w1=w1, w2=w2, steps=1)["w"]
        np.testing.assert_allclose(w[:, 1], np.array([w1, w2]) - alpha * np.array(slope), rtol=1e-7)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_the_border_is_two_over_the_largest_lambda(kappa):
    """Just below it the cost falls in the end, just above it the cost rises; the sentence says so."""
    below, above = (a for a in ALPHAS if a < 2 / kappa), (a for a in ALPHAS if a > 2 / kappa)
    inside, outside = computed(**NONE, kappa=kappa, alpha=max(below)), computed(**NONE, kappa=kappa, alpha=min(above))
    assert inside["border"] == pytest.approx(2 / np.linalg.eigvalsh(np.diag([1, kappa])).max())
    assert inside["cost"][-1] < inside["cost"][-2]
    assert outside["cost"][-1] > outside["cost"][-2]
    assert "grows" not in describe(inside)
    assert "grows" in describe(outside)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_the_best_alpha_lies_between_both_curvatures(kappa):
    """2 / (lambda_1 + lambda_2), with the factor (kappa - 1) / (kappa + 1) (Polyak, 1987): no other on the slider is better."""
    worst = {alpha: np.abs(computed(**NONE, kappa=kappa, alpha=alpha)["factors"][:, 0]).max() for alpha in ALPHAS}
    best = min(worst, key=worst.get)
    assert best == pytest.approx(2 / (1 + kappa), rel=1e-3)
    arrays = computed(**NONE, kappa=kappa, alpha=best)
    assert arrays["best"] == pytest.approx(2 / (1 + kappa))
    assert worst[best] == pytest.approx((kappa - 1) / (kappa + 1), abs=1e-3)
    ratios = arrays["cost"][1:] / np.where(arrays["cost"][:-1] > 0, arrays["cost"][:-1], 1)
    np.testing.assert_allclose(ratios, ((kappa - 1) / (kappa + 1)) ** 2, atol=2e-3)


def test_schedules_against_their_formulas_by_hand():
    """The first row is the table in Ng's course (Deep Learning, course 2, learning rate decay)."""

    def alphas(n, **values):
        return computed(alpha=0.2, **values)["alpha"][:n]

    np.testing.assert_allclose(alphas(5, schedule="inverse", decay_rate=1), [0.2, 0.1, 0.067, 0.05, 0.04], atol=5e-4)
    np.testing.assert_allclose(
        alphas(4, schedule="exponential", decay_rate=0.95), [0.2, 0.19, 0.1805, 0.171475], rtol=1e-12
    )
    np.testing.assert_allclose(
        alphas(5, schedule="root", decay_rate=0.5), [0.1, 0.1, 0.0707106781, 0.0577350269, 0.05], rtol=1e-8
    )
    np.testing.assert_allclose(alphas(3, schedule="none", decay_rate=0.5), 0.2)
    stairs = alphas(12, schedule="inverse", decay_rate=1, interval=5)
    np.testing.assert_allclose(stairs, [0.2] * 5 + [0.1] * 5 + [0.2 / 3] * 2)


@pytest.mark.parametrize("schedule", ["none", "inverse", "exponential", "root"])
def test_the_factors_predict_the_cost_of_all_steps(schedule):
    arrays = computed(schedule=schedule, steps=STEPS, interval=2)
    np.testing.assert_allclose(arrays["parts"].sum(axis=0), arrays["cost"], rtol=1e-9)


def test_a_rate_that_falls_below_the_border_is_rescued_and_a_constant_one_is_not():
    """0.252 * 0.95^t is below 2/9 from t = ln(0.252 / (2/9)) / ln(1 / 0.95) = 2.45 on."""
    falling = preset("α₀ = 0.252, exponential")
    steep = np.abs(falling["w"][1])
    assert falling["above"] == 3 == np.ceil(np.log(0.252 * 9 / 2) / np.log(1 / 0.95))
    assert np.argmax(steep) == 3
    assert falling["cost"][-1] < 1e-3 * falling["cost"][0]
    assert computed(**NONE, alpha=0.252)["cost"][-1] > 1e6 * falling["cost"][0]


def test_a_rate_that_falls_too_fast_stops_before_the_minimum():
    """With alpha_t = 2^-(t + 1), w_1 keeps the product of all 1 - 2^-k: 0.2887880951 of it (OEIS A048651)."""
    arrays = computed(schedule="exponential", alpha=0.5, decay_rate=0.5, kappa=3, w1=1, steps=STEPS)
    assert arrays["w"][0][-1] == pytest.approx(0.2887880951, abs=1e-10)


def test_presets_show_crawling_arriving_ringing_and_diverging():
    crawl, right, ring, diverge = (preset(name) for name in ("α = 0.01", "α = 0.2", "α = 0.212", "α = 0.238"))
    assert (np.diff(np.abs(crawl["w"])) < 0).all()  # no ringing
    assert abs(crawl["w"][0][-1]) > abs(crawl["w"][0][0]) / 2  # and not half way yet
    signs = np.sign(ring["w"][1])
    assert (signs[1:] == -signs[:-1]).all()
    assert ring["cost"][-1] < ring["cost"][0]
    assert (np.diff(diverge["cost"]) > 0).all()
    assert right["cost"][-1] < min(crawl["cost"][-1], ring["cost"][-1]) / 1e6
    assert diverge["w"][1][-1] / diverge["w"][1][0] == pytest.approx(2900, rel=0.02)  # as the explanation says
