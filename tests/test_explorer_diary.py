"""The explorer of one model that is looked after: against the theory of descent with noise, and what its words promise."""

import numpy as np
import pytest

from helpers.explorers.diary import BEST, CURVATURES, DAYS, DIARY, NOISE, START, STEPS, compute, error_at

DEFAULTS = DIARY.defaults()
SEEDS = range(1, 21)


def computed(rates=(0.03, 0.03, 0.03, 0.03), **values):
    return compute(DEFAULTS | {f"rate{i}": rate for i, rate in enumerate(rates, 1)} | values)


def level(rate):
    """Where the mean error of descent with noise comes to rest: w := (1 - rate h) w - rate noise has the variance
    rate noise^2 / (h (2 - rate h))."""
    return BEST + sum(rate * NOISE**2 / (2 * (2 - rate * h)) for h in CURVATURES)


@pytest.mark.parametrize("rate", [0.01, 0.03])
def test_a_rate_that_stays_has_a_level(rate):
    """The mean over the last ten days and twenty seeds, when the start is forgotten."""
    last = [computed((rate,) * 4, seed=seed)["ours"][10:].mean() for seed in SEEDS]
    assert np.mean(last) == pytest.approx(level(rate), rel=0.08)
    assert level(rate) > BEST + 1


def test_without_noise_the_first_day_is_arithmetic():
    """A rate so small that noise is nothing: the error falls as (1 - rate h)^2t."""
    t = np.arange(1, STEPS + 1)
    rate = 0.0001
    paths = [start * (1 - rate * h) ** t for start, h in zip(START, CURVATURES, strict=True)]
    expected = error_at(*paths).mean()
    found = np.mean([computed((rate,) * 4, seed=seed)["ours"][0] for seed in SEEDS])
    assert found == pytest.approx(expected, rel=0.02)


def test_who_lowers_the_rate_ends_below_all_that_keep_theirs_as_a_rule():
    nursed = [computed((0.03, 0.01, 0.003, 0.001), seed=seed) for seed in SEEDS]
    best = [a["ours"][-1] < a["others"][:, -1].min() for a in nursed]
    assert np.mean(best) > 0.8
    assert DIARY.prediction.answers[DIARY.prediction.right].startswith("above it")


def test_too_large_a_rate_diverges_and_stays_on_the_picture():
    """The limit is 2 over the largest curvature."""
    assert 0.1 > 2 / max(CURVATURES) > 0.03
    assert computed((0.1,) * 4)["ours"][-1] == 100


def test_going_back_never_ends_a_day_above_the_one_before():
    a = computed(back=True)
    assert (np.diff(a["ours"]) <= 0).all()
    assert len(a["undone"]) > 0
    assert computed(back=False)["undone"] == []


def test_the_others_do_not_depend_on_what_one_does():
    np.testing.assert_array_equal(computed()["others"], computed((0.001,) * 4, momentum=0.9, back=True)["others"])
    assert computed()["others"].shape == (20, DAYS)


def test_it_does_not_open_at_what_is_asked():
    asked = DIARY.presets["rate 0.03"]
    assert "0.03 for all 20 days" in DIARY.prediction.question
    assert not any(DEFAULTS[name] == value for name, value in asked.items() if name.startswith("rate"))
