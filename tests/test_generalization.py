"""Generalization: Keras, TensorFlow, differences and arithmetic as oracles, the net for remedies, and what counts as right."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import solution

from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from checking.recognition import recognise
from helpers import nets, remedies
from helpers.data import Dataset
from helpers.slopes import check_gradient

ASSIGNMENT = "generalization"


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def reference(name):
    return solution(ASSIGNMENT)[name]


def verdict_on(name, function):
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


def net(seed, *sizes):
    return nets.initialize_scaled(list(sizes), gain=2, seed=seed)


# --- oracles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_training_stops_where_keras_stops(keras, seed):
    """Keras counts patience in checks and tells of epochs from 0."""
    errors = np.random.default_rng(seed).integers(0, 12, 30) / 4
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=4)
    model = SimpleNamespace(stop_training=False)
    stop.set_model(model)
    stop.on_train_begin()
    last = len(errors)
    for epoch, error in enumerate(errors):
        stop.on_epoch_end(epoch, {"val_loss": error})
        if model.stop_training:
            last = epoch + 1
            break
    best, ended = reference("early_stopping")(errors, check_every=50, patience=200)
    assert ended == 50 * last
    assert best == 50 * (1 + int(np.argmin(errors[:last])))


def test_forty_checks_are_a_patience_of_2000_steps():
    dev_errors = np.array([5, 4, *[4.5] * 60])
    assert reference("early_stopping")(dev_errors) == (100, 100 + 40 * 50)


@pytest.mark.parametrize("sizes", [(3, 4, 2), (2, 3, 4, 3, 1), (5, 2)])
def test_penalties_are_those_of_keras_and_their_gradients_are_the_measured_slopes(keras, sizes):
    parameters = net(3, *sizes)
    theirs = sum(
        float(keras.regularizers.L1L2(l1=0.03, l2=0.2)(value.astype("float32")))
        for name, value in parameters.items()
        if name.startswith("W")
    )
    assert float(reference("penalty")(parameters, 0.03, 0.2)) == pytest.approx(theirs, rel=1e-5)
    zero = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    grads = reference("add_penalty_gradient")(zero, parameters, 0.03, 0.2)
    far = check_gradient(lambda arrays: float(reference("penalty")(arrays, 0.03, 0.2)), parameters, grads)
    assert max(far.values()) < 1e-6


def test_lambda_of_regularization_is_twice_m_times_l2():
    parameters, m, lambd = net(1, 2, 20, 3, 1), 200, 0.7
    assert lambd / (2 * m) == pytest.approx(0.00175)
    squares = sum(np.sum(value**2) for name, value in parameters.items() if name[0] == "W")
    assert reference("penalty")(parameters, 0.0, 0.00175) == pytest.approx(lambd / (2 * m) * squares)


def test_shrinking_is_the_least_of_distance_and_penalty():
    """The point w for which (w - v)^2 / 2 + amount |w| is least, found by trying."""
    tried = np.linspace(-3, 3, 60_001)
    for v in (-2.1, -0.4, 0.0, 0.3, 0.9, 2.4):
        best = tried[np.argmin((tried - v) ** 2 / 2 + 0.5 * np.abs(tried))]
        assert reference("shrink")(np.array([[v]]), 0.5).item() == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_max_norm_is_that_of_keras_on_the_transposed_matrix(keras, seed):
    W = np.random.default_rng(seed).standard_normal((6, 4))
    W[2] = 0
    theirs = np.asarray(keras.constraints.MaxNorm(max_value=1.3, axis=0)(W.T)).T
    np.testing.assert_allclose(reference("max_norm")(W, 1.3), theirs, rtol=1e-5, atol=1e-6)


def test_dropout_keeps_the_mean_and_the_other_form_is_the_mean_of_all_masks():
    rng = np.random.default_rng(1)
    A, W, b = rng.random((4, 3)), rng.standard_normal((2, 4)), rng.standard_normal((2, 1))
    masks = [np.array(bits) for bits in np.ndindex(*(2,) * 4)]
    assert len(masks) == 2**4
    rate = 0.3
    chances = [math.prod(1 - rate if bit else rate for bit in mask) for mask in masks]
    exact = sum(p * (W @ (A * mask[:, None]) + b) for p, mask in zip(chances, masks, strict=True))
    scaled = reference("weights_after_dropout")({"W1": W, "b1": b}, (rate,))
    np.testing.assert_allclose(scaled["W1"] @ A + scaled["b1"], exact)
    divided = sum(
        p * reference("dropout")(A, np.where(mask[:, None], 0.9, 0.1) * np.ones_like(A), rate)[0]
        for p, mask in zip(chances, masks, strict=True)
    )
    np.testing.assert_allclose(divided, A)


def test_the_mean_over_all_masks_of_dropconnect_is_the_layer_itself():
    rng = np.random.default_rng(2)
    W, A, b, rate = rng.standard_normal((1, 4)), rng.random((4, 2)), np.array([[0.4]]), 0.25
    total = np.zeros((1, 2))
    for bits in np.ndindex(2, 2, 2, 2):
        kept = np.array(bits).reshape(1, 4)
        chance = math.prod(1 - rate if bit else rate for bit in bits)
        total += chance * reference("dropconnect")(W, A, b, np.where(kept, 0.9, 0.1), rate)
    np.testing.assert_allclose(total, W @ A + b)


def test_pictures_move_as_scipy_moves_them():
    ndimage = pytest.importorskip("scipy.ndimage")
    rng = np.random.default_rng(3)
    images, dx, dy = rng.random((7, 6, 5)), rng.integers(-7, 8, 7), rng.integers(-7, 8, 7)
    theirs = [ndimage.shift(image, (y, x), order=0, cval=0) for image, x, y in zip(images, dx, dy, strict=True)]
    np.testing.assert_allclose(reference("shift_pictures")(images, dx, dy), theirs)


def test_pruning_leaves_the_largest_whatever_their_layer():
    parameters = {
        "W1": np.array([[1.0, -9.0], [2.0, 8.0]]),
        "b1": np.full((2, 1), 0.1),
        "W2": np.array([[3.0, -4.0, 0.5, 7.0]]),
    }
    pruned = reference("prune")(parameters, 0.5)
    np.testing.assert_array_equal(pruned["W1"], [[0, -9], [0, 8]])
    np.testing.assert_array_equal(pruned["W2"], [[0, -4, 0, 7]])
    assert pruned["b1"] is parameters["b1"]


def test_ftrl_is_that_of_keras(keras):
    """Which has twice our l2 in its formula, and may start its sums at 0."""
    rng = np.random.default_rng(4)
    w0 = np.zeros((3, 4))
    variable = keras.Variable(w0, dtype="float32")
    optimizer = keras.optimizers.Ftrl(
        learning_rate=0.5,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.0,
        l1_regularization_strength=0.6,
        l2_regularization_strength=0.1,
        beta=1.0,
    )
    optimizer.build([variable])
    w, z, n = w0, np.zeros_like(w0), np.zeros_like(w0)
    for _ in range(8):
        g = rng.standard_normal(w0.shape)
        optimizer.apply([keras.ops.convert_to_tensor(g.astype("float32"))], [variable])
        w, z, n = reference("ftrl_step")(w, g, z, n, 0.5, 1.0, 0.6, 0.2)
    np.testing.assert_allclose(w, np.asarray(variable), rtol=1e-3, atol=1e-4)
    assert (w == 0).any()
    assert (w != 0).any()


def test_five_per_cent_to_three_are_forty_per_cent_fewer_errors():
    before, after = 5, 3
    assert (before - after) / before == pytest.approx(0.4)


# --- the net for remedies -----------------------------------------------------------------------------------------


def some_digits(m, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(m)[None] % 10
    return rng.random((20, m)) + np.eye(20)[:, labels[0]], labels


def test_its_gradients_are_the_measured_slopes_with_dropped_units_too():
    X, labels = some_digits(7)
    Y, parameters = np.eye(10)[:, labels[0]], net(5, 20, 8, 6, 10)

    def draw():  # the same masks each time
        return np.random.default_rng(9)

    for dropout in (None, (reference("dropout"), (0.2, 0.4, 0.3))):

        def cost(arrays, dropout=dropout):
            rng, A = draw(), X
            for l in (1, 2, 3):
                if dropout:
                    A = dropout[0](A, rng.random(A.shape), dropout[1][l - 1])[0]
                Z = arrays[f"W{l}"] @ A + arrays[f"b{l}"]
                A = np.maximum(Z, 0)
            return float(np.mean(np.logaddexp.reduce(Z, axis=0) - Z[labels[0], np.arange(7)]))

        grads = remedies._gradients(X, Y, parameters, dropout, draw())
        assert max(check_gradient(cost, parameters, grads).values()) < 1e-6


def test_what_is_handed_in_is_done_in_each_step():
    X, labels = some_digits(100)
    calls = []

    def change(X, rng):
        calls.append("change")
        return X

    def add(grads, parameters):
        calls.append("add")
        return grads

    def after(parameters):
        calls.append("after")
        return parameters

    changed = remedies.learn(X, labels, 2, change=change, add=add, after=after, seed=3)
    assert calls == ["change", "add", "after"] * 4  # 2 epochs of 2 batches
    plain = remedies.learn(X, labels, 2, seed=3)
    for name, value in plain.items():
        np.testing.assert_array_equal(changed[name], value)


def test_a_remedy_that_reaches_what_4000_pictures_reach_is_like_4000():
    sizes, rights = (500, 1000, 2000, 4000), (70.0, 76.0, 82.0, 88.0)
    assert remedies.like_so_many(sizes, rights, 88.0) == pytest.approx(4000)
    assert remedies.like_so_many(sizes, rights, 79.0) == pytest.approx(math.sqrt(1000 * 2000))
    assert remedies.like_so_many(sizes, rights, 60.0) == pytest.approx(500)
    assert remedies.like_so_many(sizes, rights, 88.1) == math.inf


def test_some_training_pictures_are_drawn_once_each_and_dev_pictures_are_others():
    dataset = Dataset("few", np.arange(12.0)[None], np.arange(12)[None], np.zeros((1, 0)), np.zeros((1, 0), int))
    X, labels, X_dev, labels_dev = remedies.some_of(dataset, 5, seed=1, m_dev=4)
    assert X.shape == (1, 5)
    assert X_dev.shape == (1, 4)
    assert not {*X[0]} & {*X_dev[0]}
    np.testing.assert_array_equal(X, labels)
    np.testing.assert_array_equal(X_dev, labels_dev)


# --- what counts as right -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(all_questions(ASSIGNMENT)))
def test_the_reference_gets_all_points(name):
    assert verdict_on(name, reference(name)).score == all_questions(ASSIGNMENT)[name].points


def test_a_tiny_number_is_no_zero():
    almost = verdict_on("shrink", lambda W, amount: np.sign(W) * np.maximum(np.abs(W) - amount, 1e-9))
    assert almost.score < all_questions(ASSIGNMENT)["shrink"].points


def test_the_share_of_kept_units_may_not_be_drawn_from_the_other_end():
    """As many units are kept, but other ones; said as what it is."""

    def other_end(A, U, rate, training=True):
        keep_prob = 1 - rate
        mask = np.less(U, keep_prob) if training else np.ones(A.shape, dtype=bool)
        return (A * mask / (1 - rate) if training else A), mask

    question = all_questions(ASSIGNMENT)["dropout"]
    found = recognise(question, [call_case(other_end, case) for case in question.cases])
    assert [mistake.name for mistake in found] == ["keeps where U is below keep_prob"]
