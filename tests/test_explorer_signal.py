"""Signal by depth against powers, mean-field theory and numeric gradients."""

import numpy as np
import pytest
from scipy.special import expit

from helpers.explorers.signal import SIGNAL, net

FUNCTIONS = {
    "sigmoid": expit,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "leaky": lambda z: np.maximum(z, 0.01 * z),
    "elu": lambda z: np.maximum(z, np.exp(np.minimum(z, 0)) - 1),
    "linear": lambda z: z,
}
SEEDS = range(1, 13)


def seen(**values):
    return SIGNAL.compute(SIGNAL.defaults() | values)


def layers(**values):
    """The activations, by this file's own functions: A[0] ... A[L], each (units, examples)."""
    params = SIGNAL.defaults() | values
    X, W, _ = net(params)
    A = [X]
    for W_l in W:
        A.append(FUNCTIONS[params["activation"]](W_l @ A[-1]))
    return A


@pytest.mark.parametrize("power", [0.9, 1.1, 1.5])
def test_in_a_linear_net_a_gain_is_a_power_of_the_depth(power):
    one, other = (seen(activation="linear", depth=50, gain=gain) for gain in (1, power))
    np.testing.assert_allclose(other["spread"] / one["spread"], power ** np.arange(51.0), rtol=1e-5)
    np.testing.assert_allclose(other["gradient"] / one["gradient"], power ** np.arange(50, -1, -1.0), rtol=1e-5)
    assert (other["spread"][-1] / one["spread"][-1] > 6e8) == (power == 1.5)


@pytest.mark.parametrize(
    ("activation", "init", "variance"),
    [
        ("tanh", "lecun", 1),
        ("tanh", "normal", 64),
        ("sigmoid", "lecun", 1),
        ("relu", "he", 2),
        ("relu", "lecun", 1),
        ("leaky", "he", 2),
        ("elu", "xavier", 1),
        ("linear", "small", 64 * 0.0001),
    ],
)
def test_a_wide_net_does_what_mean_field_theory_says(activation, init, variance):
    """q[l] = E g(z)^2 for z ~ N(0, variance q[l - 1]): Poole et al. (2016). The integrals as sums.

    Backwards the mean square changes by variance E g'(z)^2: Schoenholz et al. (2017).
    """
    nodes = np.linspace(-8, 8, 20_001)
    weights = np.exp(-(nodes**2) / 2) / np.exp(-(nodes**2) / 2).sum()
    g = FUNCTIONS[activation]
    q, spreads, factors = 1.0, [], []
    for _ in range(6):
        z = np.sqrt(variance * q) * nodes
        factors.append(variance * weights @ ((g(z + 1e-6) - g(z - 1e-6)) / 2e-6) ** 2)
        q = weights @ g(z) ** 2
        spreads.append(np.sqrt(q - (weights @ g(z)) ** 2))
    nets = [seen(activation=activation, init=init, depth=6, seed=seed) for seed in SEEDS]
    np.testing.assert_allclose(np.mean([one["spread"][1:] for one in nets], axis=0), spreads, rtol=0.15)
    gradient = np.mean([one["gradient"] ** 2 for one in nets], axis=0)[0]
    np.testing.assert_allclose(gradient ** (1 / 12), np.prod(factors) ** (1 / 12), rtol=0.06)


def test_he_keeps_the_mean_square_of_relu_and_lecun_halves_it():
    """A layer's factor of the mean square: 1 (He et al. 2015) and 1/2; narrow nets stray from it."""

    def factor(init, width):
        A = [layers(activation="relu", init=init, width=width, depth=20, seed=seed) for seed in SEEDS]
        return np.exp(np.mean([np.log((a[-1] ** 2).mean() / (a[0] ** 2).mean()) for a in A]) / 20)

    assert 0.9 < factor("he", 64) < 1.05
    assert 0.45 < factor("lecun", 64) < 0.53
    assert factor("he", 8) < factor("he", 64)
    A, arrays = layers(activation="relu", init="he"), seen(activation="relu", init="he")
    np.testing.assert_allclose(arrays["spread"], [a.std() for a in A], rtol=1e-4)


def test_sigmoids_shrink_every_gradient_to_a_quarter_of_what_the_weights_allow():
    """g' <= 1/4, so |dA[l - 1]| <= |W[l]| |dA[l]| / 4 with the largest singular value of W[l]."""
    for init in ("lecun", "he", "normal"):
        params = SIGNAL.defaults() | {"activation": "sigmoid", "init": init}
        gradient = SIGNAL.compute(params)["gradient"]
        largest = [np.linalg.norm(W_l, 2) for W_l in net(params)[1]]
        assert (gradient[:-1] <= 0.25 * np.array(largest) * gradient[1:]).all()
    arrays = seen(activation="sigmoid")
    assert 0.2 < arrays["gradient"][0] ** (1 / 30) < 0.25
    assert arrays["spread"][-1] > 0.1  # while the numbers themselves look as if nothing were wrong
    assert arrays["between"][-1] < 1e-7


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_gradients_are_those_of_finite_differences(activation):
    """dA[l] is the gradient of sum(top * A[L]) in A[l], with the other layers' weights as they are."""
    params = SIGNAL.defaults() | {"activation": activation, "init": "he", "width": 4, "depth": 5, "seed": 3}
    X, W, top = net(params)
    g = FUNCTIONS[activation]

    def value(A, above):
        for W_l in above:
            A = g(W_l @ A)
        return (top * A).sum()

    A, sizes = X, []
    for l in range(6):
        numeric = np.empty_like(A)
        for at in np.ndindex(A.shape):
            step = np.zeros_like(A)
            step[at] = 1e-6
            numeric[at] = (value(A + step, W[l:]) - value(A - step, W[l:])) / 2e-6
        sizes.append(np.sqrt((numeric**2).mean()))
        if l < 5:
            A = g(W[l] @ A)
    np.testing.assert_allclose(seen(**params)["gradient"], sizes, rtol=1e-4)


@pytest.mark.parametrize(
    ("init", "variance"), [("small", 0.0001), ("normal", 1), ("lecun", 1 / 64), ("xavier", 2 / 80), ("he", 2 / 64)]
)
def test_weights_have_the_variance_that_their_name_says(init, variance):
    """The first layer has 64 inputs and here 16 units, which tells 1/n_in from 2/(n_in + n_out)."""
    W = [net(SIGNAL.defaults() | {"init": init, "width": 16, "depth": 1, "seed": seed})[1][0] for seed in SEEDS]
    assert W[0].shape == (16, 64)
    np.testing.assert_allclose(np.var(W), variance, rtol=0.05)


def test_saturated_tanh_hides_an_exploding_gradient():
    arrays = seen(activation="tanh", init="normal", depth=50)
    assert arrays["spread"].min() > 0.9
    assert arrays["gradient"][0] > 1e10
    assert "the signal holds" in SIGNAL.describe(arrays)
    assert SIGNAL.describe(arrays).endswith("it explodes.")
