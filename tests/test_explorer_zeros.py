"""The explorer of exact zeros: where the least of cost and penalty is, found by trying, and who lands there."""

import numpy as np
import pytest

from helpers.explorers.zeros import STEPS, WAYS, ZEROS, compute


def computed(**values):
    return compute(ZEROS.defaults() | values)


def least(c1, c2, lambd, kind):
    """The place on a fine grid, through 0, where cost and penalty together are least."""
    w = np.linspace(-2.5, 2.5, 1001)
    w1, w2 = np.meshgrid(w, w)
    d1, d2 = w1 - c1, w2 - c2
    price = np.abs(w1) + np.abs(w2) if kind == "l1" else w1**2 + w2**2
    total = d1**2 / 2 + 0.5 * d1 * d2 + 0.75 * d2**2 + lambd * price
    at = np.unravel_index(np.argmin(total), total.shape)
    return np.array([w1[at], w2[at]])


@pytest.mark.parametrize("kind", ["l1", "l2"])
@pytest.mark.parametrize(("c1", "c2", "lambd"), [(1.5, 0.25, 1), (-1, 1.25, 0.4), (2, -2, 0.2)])
def test_shrink_arrives_where_cost_and_penalty_are_least(kind, c1, c2, lambd):
    found = computed(kind=kind, c1=c1, c2=c2, lambd=lambd, rate=0.3)["shrink"][:, -1]
    np.testing.assert_allclose(found, least(c1, c2, lambd, kind), atol=0.01)


def test_with_l1_shrink_and_ftrl_land_on_zero_and_descent_never_does():
    arrays = computed()
    assert arrays["shrink"][1, -1] == 0
    assert arrays["FTRL"][1, -1] == 0
    late = arrays["descent"][1, STEPS // 2 :]
    assert (late != 0).all()
    assert late.min() < 0 < late.max(), "it steps past 0 and is pushed back"
    assert ZEROS.prediction.answers[ZEROS.prediction.right] == "shrink and cut, and FTRL"
    slower = computed(rate=0.05)["descent"][1, STEPS // 2 :]
    assert np.ptp(slower) < np.ptp(late)


def test_with_l2_nobody_lands_on_zero():
    arrays = computed(kind="l2")
    for way in WAYS:
        assert (arrays[way] != 0).all()


def test_without_a_price_all_ways_go_to_the_bottom():
    arrays = computed(lambd=0, rate=0.3)
    for way in WAYS:
        np.testing.assert_allclose(arrays[way][:, -1], arrays["bottom"], atol=0.02)
