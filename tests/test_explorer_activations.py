"""The explorer of activations: against Keras, the normal distribution, and a step of descent that is taken entry by entry."""

import math

import numpy as np
import pytest

from helpers.explorers.activations import ACTIVATIONS, CURVE, EXAMPLES, FLAT, NAMES, UNITS, compute, lamps, layer
from helpers.explorers.activations import UNIT_KINDS as KINDS

DEFAULTS = ACTIVATIONS.defaults()


def computed(**values):
    return compute(DEFAULTS | values)


@pytest.mark.parametrize("unit", NAMES)
def test_curves_are_those_of_keras_and_slopes_those_of_differences(unit):
    keras = pytest.importorskip("keras")
    theirs = {
        "relu": keras.activations.relu,
        "leaky": lambda z: keras.activations.leaky_relu(z, 0.3),
        "elu": lambda z: keras.activations.elu(z, 0.3),
        "tanh": keras.activations.tanh,
        "logistic": keras.activations.sigmoid,
    }[unit]
    arrays = computed(unit=unit, alpha=0.3)
    np.testing.assert_allclose(arrays["a"], np.asarray(theirs(CURVE.astype("float32"))), atol=1e-6)
    away = np.abs(CURVE) > 1e-3  # where there may be a corner
    higher, lower = (KINDS[unit](CURVE + step, 0.3)[0] for step in (1e-5, -1e-5))
    np.testing.assert_allclose(arrays["slope"][away], ((higher - lower) / 2e-5)[away], atol=1e-6)


def test_mean_outputs_are_those_of_the_normal_distribution():
    """1 / sqrt(2 pi) for ReLU; with a slope below 0 a share of it less; 1/2 for the logistic function."""
    relu = 1 / math.sqrt(2 * math.pi)
    elu = relu + math.exp(0.5) * (1 + math.erf(-1 / math.sqrt(2))) / 2 - 0.5  # E[e^z; z < 0] - 1/2
    assert [round(x, 2) for x in (relu, 0.8 * relu, elu)] == [0.4, 0.32, 0.16]
    for values, mean in (
        ({"unit": "relu"}, relu),
        ({"unit": "leaky", "alpha": 0.2}, 0.8 * relu),
        ({"unit": "elu", "alpha": 1}, elu),
        ({"unit": "tanh"}, 0),
        ({"unit": "logistic"}, 0.5),
    ):
        assert computed(**values)["mean"] == pytest.approx(mean, abs=1e-5)
    assert computed(unit="relu")["flat"] == pytest.approx(0.5, abs=1e-9)
    assert computed(unit="leaky", alpha=0.01)["flat"] == 0


@pytest.mark.parametrize("unit", NAMES)
def test_every_output_is_in_a_bar(unit):
    assert computed(unit=unit, alpha=1)["shares"].sum() == pytest.approx(1)


def test_lamps_are_what_a_step_leaves_taken_unit_by_unit():
    X, W, dA = layer()
    found = lamps(KINDS["relu"], 0, 2)
    for i in range(0, UNITS, 7):
        at_work = [W[i] @ x > 0 for x in X.T]
        w = W[i] - 2 * sum(dA[i, k] * X[:, k] for k in range(EXAMPLES) if at_work[k]) / EXAMPLES
        b = -2 * sum(dA[i, k] for k in range(EXAMPLES) if at_work[k]) / EXAMPLES
        assert found[i] == pytest.approx(np.mean([w @ x + b > 0 for x in X.T]))


def test_relu_units_go_out_as_the_rate_grows_and_leaky_ones_never():
    """And these are the numbers of its text."""
    out = [computed(unit="relu", rate=rate)["out"] for rate in (0, 1, 5, 30)]
    assert sorted(out) == out
    assert out[0] < out[1]
    for control in ACTIVATIONS.controls:
        if control.name == "rate":
            assert {computed(unit="leaky", alpha=0.01, rate=rate)["out"] for rate in control.stops} == {0}
    words = ACTIVATIONS.prediction.see
    assert f"{out[0]} units are out before any step and {out[2]} after it" in words
    assert computed(unit="elu", alpha=1, rate=30)["out"] > 0
    assert computed(unit="logistic", rate=30)["out"] > 0
    assert ACTIVATIONS.prediction.answers[ACTIVATIONS.prediction.right] == "none"


def test_a_unit_is_out_where_its_lamp_does_not_glow():
    a = computed(unit="elu", alpha=0.5, rate=10)
    assert a["out"] == np.sum(a["glow"] < FLAT) > 0
    assert computed(unit="elu", alpha=0.5, rate=0)["before"] == computed(unit="elu", alpha=0.5, rate=0)["out"]
