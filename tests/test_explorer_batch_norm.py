"""The explorer of batch normalization against the paper's formulas, TensorFlow's and the law of the mean's noise."""

import math

import numpy as np
import pytest

from helpers.explorers import draws
from helpers.explorers.batch_norm import BATCH_NORM, BATCHES, EPSILON, SIZES, compute, normalize, running_averages

Z = 5 + 3 * draws.normal(11, 64)


def computed(**values):
    return compute(BATCH_NORM.defaults() | values)


def test_normalization_is_the_formula_of_the_paper():
    z = [1.0, 2.0, 6.0]  # mean 3, variance (4 + 1 + 9) / 3
    spread = math.sqrt(14 / 3 + EPSILON)
    expected = [2 * (1 - 3) / spread + 7, 2 * (2 - 3) / spread + 7, 2 * (6 - 3) / spread + 7]
    np.testing.assert_allclose(normalize(np.array(z), 2, 7), expected, rtol=1e-12)


def test_normalization_is_that_of_tensorflow():
    tf = pytest.importorskip("tensorflow")
    z = tf.constant(Z)
    mean, variance = tf.nn.moments(z, axes=[0])
    theirs = tf.nn.batch_normalization(z, mean, variance, offset=-1.5, scale=0.75, variance_epsilon=EPSILON)
    np.testing.assert_allclose(normalize(Z, 0.75, -1.5), theirs.numpy(), rtol=1e-10)


@pytest.mark.parametrize(("gamma", "beta"), [(1, 0), (2.5, -3), (0, 1)])
@pytest.mark.parametrize("m", [4, 64, 256])
def test_mean_beta_and_standard_deviation_gamma_whatever_arrives(gamma, beta, m):
    for shift, scale in ((-4, 3), (0, 1), (4, 0.5)):
        leaves = computed(shift=shift, scale=scale, gamma=gamma, beta=beta, m=m)["leaves"]
        np.testing.assert_allclose(leaves, [beta, gamma], rtol=1e-3, atol=1e-12)


def test_neither_a_shift_nor_a_positive_scale_of_the_input_is_felt():
    np.testing.assert_allclose(normalize(3 + 0.7 * Z, 2, 1), normalize(Z, 2, 1), atol=1e-5)
    np.testing.assert_allclose(
        normalize(3 - 0.7 * Z, 2, 0), -normalize(Z, 2, 0), atol=1e-5
    )  # a negative one turns it over
    here, there = computed(shift=-3, scale=0.5), computed()
    assert there["before"].tolist() != here["before"].tolist()
    np.testing.assert_allclose(here["after"], there["after"], atol=1.5 / 64)  # at most one example at a bar's edge


def test_gamma_and_beta_can_undo_it():
    undone = normalize(Z, math.sqrt(np.var(Z) + EPSILON), np.mean(Z))
    np.testing.assert_allclose(undone, Z, rtol=1e-12)


def test_two_examples_leave_as_plus_and_minus_one():
    out = normalize(np.array([3.0, 8.0]), 1, 0)
    np.testing.assert_allclose(out, [-1, 1], atol=1e-5)
    middles, after = (computed(m=2)[name] for name in ("middles", "after"))
    assert after.sum() == 1
    assert middles[after > 0].tolist() == [-1, 1]


def test_means_scatter_by_sigma_over_the_root_of_m():
    scatter = np.mean([computed(seed=seed, scale=3)["scatter"] for seed in range(1, 21)], axis=0)
    np.testing.assert_allclose(scatter, [3 / m**0.5 for m in SIZES], rtol=0.06)
    np.testing.assert_allclose(computed(scale=3)["law"][2:], computed(scale=3)["law"][:-2] / 2, rtol=1e-12)
    a = computed(m=16, scale=3, batches=BATCHES)
    np.testing.assert_allclose(np.std(a["means"]), a["measured"], rtol=1e-12)


def test_the_running_average_is_the_weighted_sum_of_the_means():
    a = computed(momentum=0.8, batches=7)
    expected = sum(0.2 * 0.8 ** (6 - i) * a["means"][i] for i in range(7))
    np.testing.assert_allclose(a["running"][-1], expected, rtol=1e-12)
    np.testing.assert_allclose(computed(momentum=0)["running"], computed(momentum=0)["means"], rtol=1e-12)


def test_with_momentum_0_99_more_than_a_third_is_lacking_after_100_batches():
    means, _ = running_averages(np.full((100, 2), 4.0), 0.99)
    np.testing.assert_allclose(means, 4 * (1 - 0.99 ** np.arange(1, 101)), rtol=1e-12)
    assert "37%" in BATCH_NORM.prediction.see
    assert round(100 * (1 - means[-1] / 4)) == 37


def test_the_running_variance_is_right_on_average_even_for_pairs():
    z = 3 * draws.normal(5, 40_000).reshape(-1, 2)
    _, running_var = running_averages(z, 0.999)
    assert abs(running_var - 9) < 1.5  # without m / (m - 1) it would be 4.5


def test_at_test_time_the_running_averages_take_the_place_of_the_batch():
    a = computed(shift=2, gamma=2, beta=-1, batches=30, momentum=0.95)
    z = 2 + 2 * draws.normal(1, BATCHES * 256).reshape(BATCHES, 256)[:30, :64]
    means, running_var = running_averages(z, 0.95)
    sample = 2 + 2 * draws.normal(77, 200_000)
    out = 2 * (sample - means[-1]) / math.sqrt(running_var + EPSILON) - 1
    np.testing.assert_allclose(a["tested"], [out.mean(), out.std()], atol=0.02)
