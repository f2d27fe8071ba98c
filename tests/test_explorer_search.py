"""Search for hyper-parameters: what Bergstra and Bengio (2012) say of grid and random, and shares of uniform draws."""

import numpy as np
import pytest

from helpers.explorers.search import SEARCH, error_at


def seen(**values):
    return SEARCH.compute(SEARCH.defaults() | values)


def best(**values):
    return seen(**values)["error"].min()


@pytest.mark.parametrize("trials", [9, 16, 25, 64])
def test_a_grid_tries_the_root_of_its_trials_and_random_search_all(trials):
    grid, random = (seen(method=method, trials=trials) for method in ("grid", "random"))
    assert len(set(grid["alpha"])) == len(set(grid["keep_prob"])) == grid["different"][0] == trials**0.5
    assert len(set(random["alpha"])) == len(set(random["keep_prob"])) == random["different"][0] == trials
    assert len(set(zip(grid["alpha"], grid["keep_prob"], strict=True))) == trials
    assert f"{trials} different α" in SEARCH.describe(random)
    assert f" {round(trials**0.5)} different α" in SEARCH.describe(grid)


@pytest.mark.parametrize(("scale", "share"), [("linear", 0.9 / 0.9999), ("log", 0.25)])
def test_the_linear_scale_spends_nine_tenths_above_a_tenth_the_logarithmic_a_quarter(scale, share):
    alpha = np.concatenate([seen(method="random", scale=scale, trials=64, seed=s)["alpha"] for s in range(1, 101)])
    assert alpha.min() >= 0.0001
    assert alpha.max() <= 1
    assert abs((alpha > 0.1).mean() - share) < 0.02  # 6400 draws: nearly four standard deviations
    decades = np.histogram(np.log10(alpha), 4, (-4, 0))[0] / len(alpha)
    expected = [0.25] * 4 if scale == "log" else np.diff([0.0001, 0.001, 0.01, 0.1, 1]) / 0.9999
    np.testing.assert_allclose(decades, expected, atol=0.02)


def test_random_beats_grid_when_one_of_the_two_matters_little_and_not_when_both_do():
    """The figures of the explanation."""
    mean = {
        (method, influence): np.mean([best(method=method, influence=influence, seed=s) for s in range(1, 201)])
        for method in ("grid", "random")
        for influence in (0.1, 1)
    }
    assert round(mean["random", 0.1]) == 8
    assert round(mean["grid", 0.1]) == 12
    assert round(mean["random", 1]) == round(mean["grid", 1]) == 16


@pytest.mark.parametrize("method", ["grid", "random"])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_second_round_never_loses_what_the_first_found(method, scale):
    for seed in range(1, 21):
        one = seen(method=method, scale=scale, seed=seed)
        two = seen(method=method, scale=scale, seed=seed, refine=True)
        for name in ("alpha", "keep_prob", "error"):
            np.testing.assert_array_equal(two[name][:25], one[name])
        assert len(two["error"]) == 50
        assert two["best_so_far"][-1] <= one["best_so_far"][-1]
        at = np.argmin(one["error"])
        (left, right), (low, high) = two["box"]
        near = 1e-9
        assert left - near <= one["alpha"][at] <= right + near  # the second round is searched around the best
        assert low - near <= one["keep_prob"][at] <= high + near
        assert ((two["alpha"][25:] >= left - near) & (two["alpha"][25:] <= right + near)).all()
        assert ((two["keep_prob"][25:] >= low - near) & (two["keep_prob"][25:] <= high + near)).all()
        assert 0.0001 - near <= left < right <= 1 + near
        assert high - low == pytest.approx(0.125)


def test_the_second_round_pays():
    gains = [best(method="random", seed=s) - best(method="random", seed=s, refine=True) for s in range(1, 101)]
    assert np.median(gains) > 1


def test_the_error_is_least_at_the_optimum_and_the_field_shows_it():
    for seed in (1, 3, 8):
        arrays = seen(seed=seed, influence=1)
        row, column = np.unravel_index(np.argmin(arrays["field"]), (40, 60))
        assert abs(10 ** (-4.2 + 4.4 * column / 59) / arrays["optimum"][0] - 1) < 0.2
        assert abs(0.46 + 0.58 * row / 39 - arrays["optimum"][1]) < 0.015
        assert arrays["field"].min() >= 5
    away = np.linspace(-1, 1, 21)
    assert error_at(0, 0, 1) == 5
    assert (error_at(away, 0, 0.1) >= 5).all()
    assert error_at(0.4, 0, 0.1) == error_at(-0.8, 0, 0.1)  # too large an alpha hurts sooner
    assert error_at(0, 0.5, 0) == 5  # without influence keep_prob changes nothing


def test_the_best_so_far_never_rises_and_trials_come_one_by_one():
    whole = seen(method="random")
    for done in (0.04, 0.4, 0.96):
        part = seen(method="random", done=done)
        n = round(25 * done)
        assert len(part["error"]) == n
        np.testing.assert_array_equal(part["error"], whole["error"][:n])
        assert part["best_so_far"][-1] == min(whole["error"][:n])
    assert (np.diff(whole["best_so_far"]) <= 0).all()
