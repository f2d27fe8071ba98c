"""The explorer of scales: shares that arithmetic knows, and what its words promise."""

import numpy as np
import pytest

from helpers.explorers.scales import SCALES, compute, describe

DEFAULTS = SCALES.defaults() | {"n": 1000}


def computed(**values):
    return compute(DEFAULTS | values)


@pytest.mark.parametrize(("p", "share"), [(1, 0.9001), (0, 0.25), (-1, 0.0009)])
def test_the_share_above_a_tenth(p, share):
    """Even in q^p from 0.0001 to 1."""
    assert np.mean(computed(p=p)["q"] > 0.1) == pytest.approx(share, abs=0.04)


def test_beta_on_the_plain_line_has_nine_per_cent_of_long_memories_and_half_with_powers_of_ten():
    beta = {"knob": "beta", "bottom": -3, "top": -1}
    for p, share in ((1, 0.009 / 0.099), (0, 0.5)):
        a = computed(**beta, p=p)
        assert np.mean(1 / a["q"] > 100) == pytest.approx(share, abs=0.04)
        assert a["felt"][:5].sum() / 100 == pytest.approx(share, abs=0.04)
    assert SCALES.prediction.answers[SCALES.prediction.right] == f"about {round(200 * 0.009 / 0.099)}"


def test_the_listing_puts_a_third_below_09():
    q = computed(**SCALES.presets["β, p = 0, largest = 0"] | {"n": 1000})["q"]
    assert np.mean(1 - q < 0.9) == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("knob", ["rate", "beta"])
@pytest.mark.parametrize("p", [1, 0.5, 0, -0.3, -1])
def test_the_power_is_even_within_the_ends_and_bars_add_up(knob, p):
    a = computed(knob=knob, p=p)
    low, high = 10.0 ** a["bottom"], 10.0 ** a["top"]
    assert ((a["q"] >= low * (1 - 1e-9)) & (a["q"] <= high * (1 + 1e-9))).all()
    even = np.log(a["q"] / low) / np.log(high / low) if p == 0 else (a["q"] ** p - low**p) / (high**p - low**p)
    np.testing.assert_allclose(np.histogram(even, 4, (0, 1))[0], 250, atol=60)
    assert a["plain"].sum() == pytest.approx(100)
    assert a["felt"].sum() == pytest.approx(100)


def test_both_knobs_run_upwards_from_the_first_draws():
    """u = 0 gives the lowest rate, and the lowest beta."""
    rate, beta = computed()["q"], computed(knob="beta")["q"]
    assert np.corrcoef(rate, beta)[0, 1] < -0.9


def test_words():
    assert describe(computed(p=0)).startswith("1000 draws of α, even on powers of ten. ")
