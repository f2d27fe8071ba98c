"""Hyper-parameters: the figures of the course notes, arithmetic and scikit-learn's folds as oracles, and what counts as right."""

import itertools
import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import solution

from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from helpers import plots, stubs
from helpers.data import load_moons
from helpers.settings import DEFAULTS, as_trained, error, fit, fit_and_measure

ASSIGNMENT = "hyperparameters"
EVEN = (np.arange(100_000) + 0.5) / 100_000  # draws without luck
KINDS = {
    "rate": ("log", 1e-4, 1.0),
    "beta": ("memory", 0.9, 0.999),
    "units": ("whole", 50, 100),
    "keep_prob": ("linear", 0.5, 1.0),
}


def reference(name):
    return solution(ASSIGNMENT)[name]


def verdict_on(name, function):
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


# Figures of the course notes, by arithmetic


def test_nine_tenths_of_the_plain_line_lie_above_a_tenth():
    plain = 1e-4 + (1 - 1e-4) * EVEN
    assert round(np.mean(plain > 0.1), 4) == 0.9001
    assert pytest.approx(0.9001, abs=5e-5) == (1 - 0.1) / (1 - 1e-4)


def test_four_powers_of_ten_get_a_quarter_each():
    rates = reference("on_log_scale")(EVEN, 1e-4, 1)
    for k in range(-4, 0):
        assert np.mean((rates >= 10.0**k) & (rates < 10.0 ** (k + 1))) == pytest.approx(0.25, abs=1e-4)
    np.testing.assert_allclose(rates, 10 ** (-4 + 4 * EVEN), rtol=1e-12)
    assert [reference("on_log_scale")(u, 3, 8) for u in (0, 1)] == pytest.approx([3, 8])
    assert reference("on_log_scale")(0.5, 3, 8) == pytest.approx(math.sqrt(24))


def test_memories_and_the_two_halves_from_09_to_0999():
    assert [round(1 / (1 - beta), 2) for beta in (0.9, 0.9005, 0.999, 0.9995)] == [10, 10.05, 1000, 2000]
    betas = reference("memory_on_log_scale")(EVEN)
    assert np.mean(betas < 0.99) == pytest.approx(0.5, abs=1e-4)
    np.testing.assert_allclose(betas, 1 - 10 ** (-1 - 2 * EVEN), rtol=1e-12)
    assert np.mean(1 - 10 ** (-3 * EVEN) < 0.9) == pytest.approx(1 / 3, abs=1e-4), "the listing that goes around"
    assert betas[0] == pytest.approx(0.9, abs=1e-5)


def test_five_and_twenty_five_values():
    axes = {name: [float(i) for i in range(5)] for name in ("rate", "epsilon")}
    trials = reference("grid")(axes)
    assert trials == [{"rate": a, "epsilon": b} for a, b in itertools.product(range(5), repeat=2)]
    assert len(reference("grid")(axes | {"units": list(range(5))})) == 125
    drawn = reference("random_trials")(
        np.random.default_rng(1).random((25, 2)), {"rate": KINDS["rate"], "beta": KINDS["beta"]}
    )
    counts = [(len({trial[name] for trial in tried})) for tried, name in ((trials, "rate"), (drawn, "rate"))]
    assert counts == [5, 25]


# Each function against another way


def test_whole_numbers_come_equally_often():
    for low, high in ((2, 4), (50, 100), (0, 1)):
        numbers, counts = np.unique(reference("whole_number")(EVEN, low, high), return_counts=True)
        assert numbers.tolist() == list(range(low, high + 1))
        assert counts.max() - counts.min() <= 1
    rounded = np.round(2 + 2 * EVEN)
    assert [np.mean(rounded == n).round(3) for n in (2, 3, 4)] == [0.25, 0.5, 0.25]


def test_trials_are_as_evenly_spread_as_their_scales():
    U = np.stack([EVEN[::100]] * 4, axis=1)
    trials = reference("random_trials")(U, KINDS)
    middle = {name: np.median([trial[name] for trial in trials]) for name in KINDS}
    assert middle["rate"] == pytest.approx(0.01, rel=0.01)
    assert 1 - middle["beta"] == pytest.approx(0.01, rel=0.01)
    assert middle["units"] == 75
    assert middle["keep_prob"] == pytest.approx(0.75, abs=1e-3)


@pytest.mark.parametrize("share", [0.25, 0.5])
@pytest.mark.parametrize("u", [0, 0.03, 0.4, 0.9, 1])
def test_a_zoom_keeps_its_width_on_its_scale_and_stays_inside(u, share):
    """The widths by logarithms, the middle by where the best is."""
    best = {
        "rate": 10 ** (-4 + 4 * u),
        "beta": 1 - 10 ** (-1 - 2 * u),
        "units": round(50 + 50 * u),
        "keep_prob": 0.5 + u / 2,
    }
    closer = reference("zoom")(KINDS, best, share)
    (_, a, b), (_, c, d) = closer["rate"], closer["beta"]
    assert math.log10(b / a) == pytest.approx(4 * share)
    assert math.log10((1 - c) / (1 - d)) == pytest.approx(2 * share)
    start = min(max(u - share / 2, 0), 1 - share)
    assert math.log10(a) == pytest.approx(-4 + 4 * start)
    assert -math.log10(1 - c) == pytest.approx(1 + 2 * start)
    assert closer["keep_prob"][1:] == pytest.approx((0.5 + start / 2, 0.5 + start / 2 + share / 2))
    kind, low, high = closer["units"]
    assert kind == "whole"
    assert 50 <= low <= best["units"] <= high <= 100
    assert 50 * share - 1e-9 <= high - low < 50 * share + 2


def test_the_zoom_of_the_text():
    closer = reference("zoom")({"rate": KINDS["rate"]}, {"rate": 0.01})
    assert closer["rate"][1:] == pytest.approx((10**-2.5, 10**-1.5))
    assert [float(f"{end:.3g}") for end in closer["rate"][1:]] == [0.00316, 0.0316]


@pytest.mark.parametrize(("m", "k"), [(10, 3), (12, 4), (7, 7), (11, 2), (23, 5)])
def test_folds_are_those_of_scikit_learn(m, k):
    selection = pytest.importorskip("sklearn.model_selection")
    permutation = np.random.default_rng(m).permutation(m)
    ours = reference("folds")(m, k, permutation)
    theirs = selection.KFold(k).split(np.zeros(m))
    for (train, dev), (places, dev_places) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(train, permutation[places])
        np.testing.assert_array_equal(dev, permutation[dev_places])


def test_cross_validation_is_that_of_scikit_learn():
    """With a learner that both have: the nearest of two means."""
    neighbors = pytest.importorskip("sklearn.neighbors")
    selection = pytest.importorskip("sklearn.model_selection")
    moons = load_moons()
    X, labels = moons.X_train, moons.Y_train[0]
    permutation = np.random.default_rng(1).permutation(labels.size)

    def measured(X, Y, X_dev, Y_dev, setting):
        means = np.stack([X[:, Y[0] == c].mean(axis=1) for c in (0, 1)])
        off = ((X_dev.T[:, None] - means) ** 2).sum(axis=2)
        return float(np.mean(off.argmin(axis=1) != Y_dev[0]))

    namespace = reference("cross_validation_error").__globals__
    before, namespace["fit_and_measure"] = namespace["fit_and_measure"], measured
    try:
        mean, deviation = reference("cross_validation_error")(X, moons.Y_train, 4, permutation, {})
    finally:
        namespace["fit_and_measure"] = before
    scores = selection.cross_val_score(
        neighbors.NearestCentroid(), X.T[permutation], labels[permutation], cv=selection.KFold(4)
    )
    assert (mean, deviation) == pytest.approx((1 - scores.mean(), scores.std()))


def test_surviving_by_hand():
    nan = math.nan
    curves = np.array([[5, 4, 3, 3], [2, 2, 4, 4], [1, 5, 5, 5], [3, 3, 2, 1], [nan, 1, 1, 1.0]])
    survivors, cost = reference("surviving")(curves, (1, 3))
    assert [alive.tolist() for alive in survivors] == [[1, 2, 3], [1, 3]]
    assert cost == 5 * 1 + 3 * 2 + 2 * 1
    alone, _ = reference("surviving")(np.array([[nan, 1], [nan, 1], [1, 2.0]]), (1,))
    assert alone[0].tolist() == [2], "even if fewer are left than there are places"
    tie, _ = reference("surviving")(np.array([[3, 1], [1, 1], [3, 1]]), (1,))
    assert tie[0].tolist() == [0, 1]


# What counts as right


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("whole_number", lambda u, low, high: low + np.floor(u * (high - low + 1))),
        ("on_log_scale", lambda u, low, high: 10 ** (np.log10(low) + u * np.log10(high / low))),
        ("folds", lambda m, k, p: [(np.setdiff1d(p, d), d) for d in np.array_split(p, k)]),
    ],
)
def test_other_honest_readings_get_all_points(name, function):
    assert verdict_on(name, function).state == "right"


def test_stand_ins_are_no_answers():
    """What takes a function's place while another is judged gets no point itself."""
    for stand_ins in (stubs.OTHER_SCALES, stubs.OTHER_JUDGES):
        for name, function in stand_ins.items():
            if name in all_questions(ASSIGNMENT):
                assert verdict_on(name, function).score == 0


# The net that searches train


def test_adam_of_the_helper_is_that_of_keras():
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    X, Y = np.random.default_rng(1).standard_normal((3, 8)), np.eye(2)[:, [0, 1, 1, 0, 0, 1, 0, 1]]
    setting = {
        "units": 4,
        "layers": 1,
        "batch_size": 8,
        "epochs": 5,
        "learning_rate": 0.05,
        "beta1": 0.7,
        "epsilon": 1e-12,
    }
    trained = fit(X, Y, setting, seed=2)
    variables = {
        name: tf.Variable(value, dtype="float64") for name, value in fit(X, Y, setting | {"epochs": 0}, seed=2).items()
    }
    adam = keras.optimizers.Adam(0.05, beta_1=0.7, beta_2=0.999, epsilon=1e-12)
    for _ in range(5):
        with tf.GradientTape() as tape:
            A = tf.nn.relu(variables["W1"] @ X + variables["b1"])
            Z = variables["W2"] @ A + variables["b2"]
            cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(Y.T, tf.transpose(Z)))
        gradients = tape.gradient(cost, list(variables.values()))
        adam.apply_gradients(zip(gradients, variables.values(), strict=True))
    for name, variable in variables.items():  # Keras keeps its rate in float32
        np.testing.assert_allclose(trained[name], variable.numpy(), rtol=1e-5, atol=1e-6)


def test_the_helper_by_hand():
    """The first step of Adam is the rate, against the sign of the slope; a decay of 1 halves the second epoch's."""
    X, Y = np.array([[1.0, 2.0]]), np.eye(2)
    setting = {
        "units": 2,
        "layers": 1,
        "batch_size": 2,
        "epsilon": 0.0,
        "learning_rate": 0.1,
        "beta1": 0.0,
        "beta2": 0.0,
    }
    start, one, two = (fit(X, Y, setting | {"epochs": n, "decay": 1.0}, seed=3) for n in (0, 1, 2))
    moved = np.abs(one["b2"] - start["b2"])
    np.testing.assert_allclose(moved, 0.1, rtol=1e-9)
    np.testing.assert_allclose(np.abs(two["b2"] - one["b2"]), 0.05, rtol=1e-9)


def test_l2_shrinks_weights_and_no_biases():
    X, Y = np.zeros((2, 4)), np.full((2, 4), 0.5)  # without a slope of their own
    setting = {"units": 3, "layers": 1, "batch_size": 4, "epochs": 1, "epsilon": 0.0, "learning_rate": 0.001}
    start, end = (fit(X, Y, setting | {"lambd": 1.0, "epochs": n}) for n in (0, 1))
    assert (np.abs(end["W1"]) < np.abs(start["W1"])).all()
    with np.errstate(invalid="ignore"):
        unmoved = fit(X, Y, setting | {"lambd": 0.0, "epsilon": 1e-8})
    np.testing.assert_array_equal(unmoved["b2"], start["b2"])


def test_an_unknown_knob_is_refused():
    with pytest.raises(ValueError, match="no such knob: leaning_rate"):
        fit_and_measure(np.zeros((1, 2)), np.eye(2), np.zeros((1, 2)), np.eye(2), {"leaning_rate": 1})
    assert error({"W1": np.eye(2), "b1": np.zeros((2, 1))}, np.eye(2), np.eye(2)[:, ::-1]) == 100
    assert set(DEFAULTS) >= {
        "learning_rate",
        "batch_size",
        "units",
        "layers",
        "beta1",
        "beta2",
        "epsilon",
        "decay",
        "lambd",
    }


def test_a_setting_is_shown_as_training_takes_it():
    given = {"batch_size": np.float64(13.69), "learning_rate": np.float64(0.0123456), "units": 7}
    shown = as_trained(given)
    assert shown == {"batch_size": 13, "learning_rate": 0.0123, "units": 7}
    X, Y = np.random.default_rng(0).standard_normal((2, 40)), np.eye(2)[:, np.arange(40) % 2]
    one, other = (fit(X, Y, given | {"batch_size": size}) for size in (13.69, 13))
    np.testing.assert_array_equal(one["W1"], other["W1"])
    assert not np.array_equal(one["W1"], fit(X, Y, given | {"batch_size": 14})["W1"])


def test_curves_over_epochs_have_whole_ticks_unless_others_are_chosen():
    left, right = plots.new_axes(columns=2)
    plots.plot_lines({"cost": (range(1, 21), range(20))}, left)
    plots.plot_survivors(np.random.default_rng(0).random((4, 8)), (1,), [np.array([2])], right)
    assert [(ax.get_xticks() % 1 == 0).all() for ax in (left, right)] == [True, True]
    plots.plot_lines({"cost": (range(1, 21), range(20))}, left, xticks=[0.5, 2])
    plots.plot_lines({"cost": (range(1, 21), range(20))}, right, xscale="log")
    assert list(left.get_xticks()) == [0.5, 2]
    assert right.get_xscale() == "log"
    plt.close(left.figure)
