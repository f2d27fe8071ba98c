"""helpers/nets.py against finite differences, TensorFlow and sums by hand; helpers/training.py as notebooks use it."""

import math

import numpy as np
import pytest

from helpers import nets, training
from helpers.data import Dataset
from helpers.slopes import check_gradient, measured_slopes

DEPTHS = [(3, 1), (2, 4, 1), (4, 3, 5, 1), (2, 3, 4, 3, 2, 1)]


def net(*layers_dims, m, seed=0):
    """Random input, labels and parameters (biases too, so that no unit is dead by construction)."""
    stream = np.random.RandomState(seed)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = stream.randn(layers_dims[l], layers_dims[l - 1])
        parameters[f"b{l}"] = stream.randn(layers_dims[l], 1)
    return stream.randn(layers_dims[0], m), stream.randint(0, 2, (1, m)), parameters


def cost_of(X, Y, parameters):
    return nets.compute_cost(nets.forward_propagation(X, parameters)[0], Y)


def gradients(X, Y, parameters):
    return nets.backward_propagation(X, Y, nets.forward_propagation(X, parameters)[1])


def numerical(X, Y, parameters, name, epsilon=1e-6):
    """Two-sided differences of the cost in every entry of one parameter."""
    slope = np.zeros_like(parameters[name])
    for entry in np.ndindex(*slope.shape):
        at = []
        for step in (epsilon, -epsilon):
            moved = {key: value.copy() for key, value in parameters.items()}
            moved[name][entry] += step
            at.append(cost_of(X, Y, moved))
        slope[entry] = (at[0] - at[1]) / (2 * epsilon)
    return slope


@pytest.mark.parametrize("m", [7, 1])
@pytest.mark.parametrize("layers_dims", DEPTHS)
def test_gradients_are_the_slopes_of_the_cost(layers_dims, m):
    X, Y, parameters = net(*layers_dims, m=m, seed=len(layers_dims))
    grads = gradients(X, Y, parameters)
    for name in parameters:
        np.testing.assert_allclose(grads[f"d{name}"], numerical(X, Y, parameters, name), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("m", [7, 1])
@pytest.mark.parametrize("layers_dims", DEPTHS)
def test_gradients_agree_with_tensorflow(layers_dims, m):
    import tensorflow as tf

    X, Y, parameters = net(*layers_dims, m=m, seed=10 + len(layers_dims))
    L = len(layers_dims) - 1
    variables = {name: tf.Variable(value) for name, value in parameters.items()}
    with tf.GradientTape() as tape:
        A = tf.constant(X)
        for l in range(1, L + 1):
            Z = variables[f"W{l}"] @ A + variables[f"b{l}"]
            A = tf.nn.relu(Z)
        labels = tf.constant(Y, dtype=tf.float64)
        cost = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=Z))
    expected = tape.gradient(cost, variables)
    assert cost_of(X, Y, parameters) == pytest.approx(float(cost), rel=1e-12)
    grads = gradients(X, Y, parameters)
    for name in parameters:
        np.testing.assert_allclose(grads[f"d{name}"], expected[name].numpy(), rtol=1e-10, atol=1e-14)


def test_some_gradient_in_every_layer_is_not_zero():
    """Otherwise the comparisons above would compare zeros."""
    for layers_dims in DEPTHS:
        grads = gradients(*net(*layers_dims, m=7, seed=len(layers_dims)))
        assert all(np.abs(grads[f"dW{l}"]).max() > 1e-4 for l in range(1, len(layers_dims)))


def test_forward_propagation_by_hand():
    parameters = {
        "W1": np.array([[1.0, -1.0], [2.0, 0.5]]),
        "b1": np.array([[0.5], [-1.0]]),
        "W2": np.array([[2.0, -1.0]]),
        "b2": np.array([[0.25]]),
    }
    X = np.array([[1.0, 0.0], [2.0, -2.0]])
    # Z1 = [[-0.5, 2.5], [2, -2]], A1 = [[0, 2.5], [2, 0]], Z2 = [[-1.75, 5.25]]
    AL, cache = nets.forward_propagation(X, parameters)
    np.testing.assert_allclose(AL, [[1 / (1 + math.exp(1.75)), 1 / (1 + math.exp(-5.25))]])
    Z1, A1, W1, b1, Z2, A2, W2, b2 = cache
    np.testing.assert_allclose(Z1, [[-0.5, 2.5], [2, -2]])
    np.testing.assert_allclose(A1, [[0, 2.5], [2, 0]])
    np.testing.assert_allclose(Z2, [[-1.75, 5.25]])
    assert A2 is AL
    assert [W1, b1, W2, b2] == [parameters[name] for name in ("W1", "b1", "W2", "b2")]


def test_cost_by_hand():
    AL, Y = np.array([[0.8, 0.4, 0.5]]), np.array([[1, 0, 1]])
    assert nets.compute_cost(AL, Y) == pytest.approx(-(math.log(0.8) + math.log(0.6) + math.log(0.5)) / 3)


def test_cost_of_certain_answers():
    assert nets.compute_cost(np.array([[1.0, 0.0]]), np.array([[1, 0]])) == 0
    assert nets.compute_cost(np.array([[1.0, 0.5]]), np.array([[0, 1]])) == math.inf
    assert nets.compute_cost(np.array([[0.0, 0.5]]), np.array([[1, 0]])) == math.inf
    assert nets.compute_cost(np.array([[1.0, 0.5]]), np.array([[1, 0]])) == pytest.approx(math.log(2) / 2)


def test_activations():
    Z = np.array([[-800.0, -1.0, 0.0, 2.0, 800.0]])
    np.testing.assert_allclose(nets.ACTIVATIONS["sigmoid"](Z), [[0, 1 / (1 + math.e), 0.5, 1 / (1 + math.exp(-2)), 1]])
    np.testing.assert_array_equal(nets.ACTIVATIONS["relu"](Z), [[0, 0, 0, 2, 800]])
    np.testing.assert_allclose(nets.ACTIVATIONS["tanh"](Z), [[-1, math.tanh(-1), 0, math.tanh(2), 1]])
    np.testing.assert_array_equal(nets.ACTIVATIONS["linear"](Z), Z)


def test_descend_steps_down_and_leaves_the_old_parameters():
    X, Y, parameters = net(2, 4, 1, m=9)
    before = {name: value.copy() for name, value in parameters.items()}
    grads = gradients(X, Y, parameters)
    after = nets.descend(parameters, grads, 0.1)
    for name in parameters:
        np.testing.assert_array_equal(parameters[name], before[name])
        np.testing.assert_allclose(after[name], before[name] - 0.1 * grads[f"d{name}"])
    assert cost_of(X, Y, after) < cost_of(X, Y, parameters)


def test_predict_and_accuracy():
    parameters = {"W1": np.array([[1.0]]), "b1": np.array([[-1.0]])}
    X = np.array([[0.0, 1.0, 1.5, 3.0]])
    np.testing.assert_array_equal(nets.predict(parameters, X), [[0, 0, 1, 1]])  # exactly 0.5 counts as 0
    assert nets.accuracy(parameters, X, np.array([[0, 1, 1, 1]])) == 0.75


def test_scaled_initialization_has_the_variance_it_names():
    parameters = nets.initialize_scaled([400, 300, 200], gain=2, seed=5)
    assert parameters["W1"].shape == (300, 400)
    assert parameters["b2"].shape == (200, 1)
    assert parameters["W1"].var() == pytest.approx(2 / 400, rel=0.02)
    assert parameters["W2"].var() == pytest.approx(2 / 300, rel=0.02)
    assert not parameters["b1"].any()
    np.testing.assert_array_equal(parameters["W1"], nets.initialize_scaled([400, 300], gain=2, seed=5)["W1"])
    assert not np.array_equal(parameters["W1"], nets.initialize_scaled([400, 300], gain=2, seed=6)["W1"])


# Training


@pytest.fixture
def line():
    """Points of the plane, labelled by the sign of their first coordinate."""
    stream = np.random.RandomState(4)
    X, X_test = stream.randn(2, 50), stream.randn(2, 20)
    return Dataset("line", X, (X[:1] > 0).astype(int), X_test, (X_test[:1] > 0).astype(int))


def start(layers_dims):
    return nets.initialize_scaled(layers_dims, gain=2, seed=1)


def test_train_is_the_plain_loop(line):
    parameters, costs = start([2, 4, 3, 1]), []
    for _ in range(30):
        AL, cache = nets.forward_propagation(line.X_train, parameters)
        costs.append(nets.compute_cost(AL, line.Y_train))
        grads = nets.backward_propagation(line.X_train, line.Y_train, cache)
        parameters = nets.descend(parameters, grads, 0.05)
    history = training.train(line, start, hidden_layers=(4, 3), learning_rate=0.05, iterations=30, record_every=10)
    assert history.steps == [0, 10, 20]
    assert history.unit == "iteration"
    assert history.costs == [costs[0], costs[10], costs[20]]
    for name in parameters:
        np.testing.assert_array_equal(history.parameters[name], parameters[name])


def test_train_learns(line):
    history = training.train(line, start, hidden_layers=(4,), learning_rate=0.3, iterations=600)
    assert history.costs[-1] < 0.3 * history.costs[0]
    assert nets.accuracy(history.parameters, line.X_train, line.Y_train) >= 0.95


def test_train_takes_other_costs_and_gradients_and_a_watcher(line):
    seen = []
    history = training.train(
        line,
        start,
        hidden_layers=(3,),
        iterations=5,
        record_every=2,
        cost=lambda AL, Y, parameters: 7.0,
        backward=lambda X, Y, cache: {f"d{name}": np.ones(1) for name in ("W1", "b1", "W2", "b2")},
        learning_rate=1,
        watch=lambda step, parameters: seen.append([step, parameters["W1"][0, 0]]),
    )
    first = start([2, 3, 1])["W1"][0, 0]
    assert history.costs == [7.0, 7.0, 7.0]
    np.testing.assert_allclose(seen, [[0, first], [2, first - 2], [4, first - 4]])
    assert history.parameters["W1"][0, 0] == pytest.approx(first - 5)


def not_written(*args):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("unfilled", "said"), [(not_written, "not written yet"), (lambda *args: None, r"returns nothing \(None\)")]
)
@pytest.mark.parametrize("role", ["initialize", "forward", "cost", "backward"])
def test_training_says_which_function_is_not_written(line, role, unfilled, said, capsys):
    functions = {"initialize": start, role: unfilled}
    with pytest.raises(training.NotReady, match=said) as caught:
        training.train(line, functions.pop("initialize"), iterations=3, **functions)
    if unfilled is not_written:
        assert "not_written" in str(caught.value)
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_a_students_own_error_is_not_hidden(line):
    def broken(layers_dims):
        raise KeyError("W1")

    with pytest.raises(KeyError):
        training.train(line, broken, iterations=3)


def test_mini_batch_training_counts_steps_and_epochs(line):
    seeds, steps = [], []

    def halves(X, Y, batch_size, seed):
        seeds.append(seed)
        assert batch_size == 25
        return [(X[:, :25], Y[:, :25]), (X[:, 25:], Y[:, 25:])]

    def update(parameters, grads, t, epoch):
        steps.append((t, epoch))
        return nets.descend(parameters, grads, 0.1)

    history = training.train_mini_batches(line, halves, update, batch_size=25, epochs=3, record_every=2)
    assert steps == [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2)]
    assert np.diff(seeds).tolist() == [1, 1]
    assert history.steps == [0, 2]
    assert history.unit == "epoch"

    parameters = nets.initialize_scaled([2, 5, 2, 1], gain=2, seed=3)
    X, Y = line.X_train, line.Y_train
    parameters = nets.descend(parameters, gradients(X[:, :25], Y[:, :25], parameters), 0.1)
    assert history.costs[0] == cost_of(X[:, 25:], Y[:, 25:], parameters)  # of the last batch, before its step


def test_mini_batch_training_says_which_function_is_not_written(line):
    with pytest.raises(training.NotReady, match="not_written"):
        training.train_mini_batches(line, not_written, lambda *args: args[0], epochs=2)
    with pytest.raises(training.NotReady, match="not_written"):
        training.train_mini_batches(line, lambda X, Y, *_: [(X, Y)], not_written, epochs=2)


# Several classes


CLASS_DEPTHS = [(3, 4), (2, 5, 3), (4, 3, 6, 5)]


@pytest.mark.parametrize("hidden", ["relu", "tanh", "sigmoid", "linear"])
@pytest.mark.parametrize("layers_dims", CLASS_DEPTHS)
def test_gradients_of_a_net_with_softmax_are_the_slopes_of_its_cost(layers_dims, hidden):
    X, _, parameters = net(*layers_dims, m=7, seed=len(layers_dims))
    labels = np.arange(7)[None] % layers_dims[-1]

    def cost(parameters):
        return nets.class_cost(nets.forward_propagation(X, parameters, hidden, "softmax")[0], labels)

    _, cache = nets.forward_propagation(X, parameters, hidden, "softmax")
    grads = nets.backward_propagation(X, np.eye(layers_dims[-1])[:, labels[0]], cache, hidden)
    assert max(check_gradient(cost, parameters, grads).values()) < 1e-6


def test_a_net_with_softmax_is_tensorflows():
    import tensorflow as tf

    X, _, parameters = net(4, 3, 5, m=6)
    labels = np.array([[0, 4, 2, 2, 1, 3]])
    AL, cache = nets.forward_propagation(X, parameters, "tanh", "softmax")
    scores = parameters["W2"] @ tf.tanh(parameters["W1"] @ X + parameters["b1"]) + parameters["b2"]
    np.testing.assert_allclose(AL, tf.nn.softmax(scores, axis=0), rtol=1e-12)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[0], tf.transpose(scores))
    assert nets.class_cost(AL, labels) == pytest.approx(float(tf.reduce_mean(losses)), rel=1e-12)
    assert nets.share_right(AL, labels) == np.mean(tf.argmax(scores, axis=0) == labels[0])


def test_layers_are_counted_by_their_weights():
    assert nets.number_of_layers({"W1": 0, "gamma1": 0, "beta1": 0, "W2": 0, "b2": 0}) == 2


# Slopes that are measured


def test_measured_slopes_are_those_of_arithmetic_and_leave_arrays_alone():
    arrays = {"a": np.array([[1.0, -2.0]]), "b": np.array(3.0)}
    kept = {name: array.copy() for name, array in arrays.items()}
    slopes = measured_slopes(lambda now: float((now["a"] ** 3).sum() * now["b"]), arrays)
    np.testing.assert_allclose(slopes["a"], [[9, 36]], rtol=1e-8)
    assert float(slopes["b"]) == pytest.approx(-7)
    assert all((arrays[name] == kept[name]).all() for name in arrays)


def test_a_wrong_gradient_is_found_in_its_array_by_its_share():
    arrays = {"a": np.array([1.0, 2.0]), "b": np.array([1.0])}
    gradients = {"da": np.array([2.0, 4.0]), "db": np.array([1.5])}
    found = check_gradient(lambda now: float((now["a"] ** 2).sum() + now["b"].sum()), arrays, gradients)
    assert found["a"] < 1e-8
    assert found["b"] == pytest.approx(0.5)
    flat = check_gradient(lambda now: 0.0, {"a": np.ones(2)}, {"da": np.array([0.0, 0.25])})
    assert flat == {"a": 0.25}


# Training on several classes


@pytest.mark.parametrize(("batch_size", "sizes"), [(4, [4, 4, 2] * 2), (None, [10, 10]), (20, [10, 10])])
def test_each_epoch_sees_every_example_once_in_an_order_of_its_own(batch_size, sizes):
    seen, watched = [], []

    def gradients(X, Y, parameters):
        assert X.shape[1] == Y.shape[1]
        np.testing.assert_array_equal(X, Y[:1])
        seen.append(X[0])
        return len(seen), {"dW1": np.ones((1, 1))}

    X = np.arange(10.0)[None]
    history = training.train_classes(
        X,
        np.vstack([X, -X]),
        {"W1": np.zeros((1, 1))},
        gradients,
        learning_rate=0.5,
        epochs=2,
        batch_size=batch_size,
        watch=lambda t, parameters: watched.append((t, parameters["W1"].item())),
    )
    assert [len(batch) for batch in seen] == sizes
    first, second = np.split(np.concatenate(seen), 2)
    assert sorted(first) == sorted(second) == list(range(10))
    assert list(first) != list(second)
    assert history.costs == list(range(1, len(sizes) + 1))
    assert watched == [(t, -0.5 * t) for t in range(1, len(sizes) + 1)]
    assert history.parameters["W1"].item() == -0.5 * len(sizes)


def test_predictions_of_a_net_with_another_activation():
    X, Y, parameters = net(2, 5, 3, 1, m=200)
    A = X
    for l in (1, 2):
        A = np.tanh(parameters[f"W{l}"] @ A + parameters[f"b{l}"])
    expected = parameters["W3"] @ A + parameters["b3"] > 0  # where its sigmoid is above a half
    assert np.array_equal(nets.predict(parameters, X, "tanh"), expected)
    assert not np.array_equal(nets.predict(parameters, X), expected)
    assert nets.accuracy(parameters, X, Y, "tanh") == np.mean(expected == Y)
