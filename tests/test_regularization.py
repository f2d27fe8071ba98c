"""The assignment "regularization": published figures, independent oracles, and what its questions accept and refuse."""

from functools import cache

import numpy as np
import pytest
from conftest import ORIGINAL_FOOTBALL, solution

from autograde.authoring.questions import draws, net_parameters, specs_in
from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from helpers.data import load_football
from helpers.nets import accuracy, forward_propagation, initialize_scaled, relu, sigmoid
from helpers.training import train

ASSIGNMENT = "regularization"
QUESTIONS = tuple(specs_in(ASSIGNMENT))
KEEP_PROB, LAMBD = 0.86, 0.7


def reference(name):
    return solution(ASSIGNMENT)[name]


# --- the football pitch: published figures, and ours


@cache
def pitch(original: bool):
    if not original:
        return load_football(original=False)
    if not ORIGINAL_FOOTBALL:
        pytest.skip("the original football data is not here")
    from scipy.io import loadmat

    from helpers.data import Dataset

    data = loadmat(ORIGINAL_FOOTBALL)
    return Dataset("original", data["X"].T, data["y"].T, data["Xval"].T, data["yval"].T)


def cost_as_printed(A3, Y, parameters):
    """The cost that the notes print for dropout, with 1e-5 inside each logarithm."""
    return np.sum(-np.log(A3 + 1e-5) * Y - np.log(1 - A3 + 1e-5) * (1 - Y)) / Y.shape[1]


def l2(lambd: float) -> dict:
    cost, backward = (
        reference("compute_cost_with_regularization"),
        reference("backward_propagation_with_regularization"),
    )
    return {
        "cost": lambda A3, Y, parameters: cost(A3, Y, parameters, lambd),
        "backward": lambda X, Y, cache: backward(X, Y, cache, lambd),
    }


def dropout(keep_prob: float) -> dict:
    forward, backward = reference("forward_propagation_with_dropout"), reference("backward_propagation_with_dropout")
    return {
        "forward": lambda X, parameters: forward(X, parameters, keep_prob),
        "cost": cost_as_printed,
        "backward": lambda X, Y, cache: backward(X, Y, cache, keep_prob),
    }


@cache
def trained(original: bool, remedy: str):
    """A History of 30,000 steps, as published; on our pitch of 10,000, which show the same and take less time."""
    functions = {"none": dict, "l2": lambda: l2(LAMBD), "dropout": lambda: dropout(KEEP_PROB)}[remedy]()
    return train(
        pitch(original),
        lambda dims: initialize_scaled(dims, gain=1, seed=3),
        hidden_layers=(20, 3),
        learning_rate=0.3,
        iterations=30_000 if original else 10_000,
        record_every=10_000,
        **functions,
    )


@pytest.mark.parametrize(
    ("remedy", "key"), [("none", "none"), ("l2", "l2_lambda_0.7"), ("dropout", "dropout_keep_0.86")]
)
def test_published_figures(figures, remedy, key):
    published = figures["regularization"][key]
    dataset, history = pitch(True), trained(True, remedy)
    costs = dict(zip(history.steps, history.costs, strict=True))
    for step, cost in published["cost"].items():
        assert costs[int(step)] == pytest.approx(cost, rel=1e-9)
    assert accuracy(history.parameters, dataset.X_train, dataset.Y_train) == pytest.approx(published["train_accuracy"])
    assert accuracy(history.parameters, dataset.X_test, dataset.Y_test) == pytest.approx(published["test_accuracy"])


def test_on_our_pitch_the_plain_net_overfits_and_both_remedies_help():
    ours = pitch(False)
    on_test = {r: accuracy(trained(False, r).parameters, ours.X_test, ours.Y_test) for r in ("none", "l2", "dropout")}
    on_train = accuracy(trained(False, "none").parameters, ours.X_train, ours.Y_train)
    assert on_train - on_test["none"] > 0.05
    assert on_test["l2"] > on_test["none"] + 0.02
    assert on_test["dropout"] > on_test["none"] + 0.02


# --- independent oracles


def example(seed: int, m: int = 6) -> tuple:
    """X, Y and parameters of a 3-5-4-1 net."""
    return draws(seed)(3, m), np.arange(m).reshape(1, m) % 2, net_parameters(seed + 1, 3, 5, 4, 1, scale=0.8)


def assert_gradient(gradients: dict, cost, parameters: dict, epsilon: float = 1e-6):
    """`gradients` are the two-sided differences of cost(parameters), parameter by parameter."""
    for name, values in parameters.items():
        differences = np.zeros_like(values)
        for index in np.ndindex(values.shape):
            sides = []
            for sign in (1, -1):
                moved = values.copy()
                moved[index] += sign * epsilon
                sides.append(cost({**parameters, name: moved}))
            differences[index] = (sides[0] - sides[1]) / (2 * epsilon)
        np.testing.assert_allclose(gradients[f"d{name}"], differences, rtol=1e-5, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("lambd", [0.0, 0.7, 12.0])
def test_l2_gradient_is_the_difference_quotient_of_the_l2_cost(lambd):
    X, Y, parameters = example(5)

    def cost(moved):
        return reference("compute_cost_with_regularization")(forward_propagation(X, moved)[0], Y, moved, lambd)

    cache = forward_propagation(X, parameters)[1]
    assert_gradient(reference("backward_propagation_with_regularization")(X, Y, cache, lambd), cost, parameters)


def test_l2_cost_and_gradient_are_tensorflows():
    import tensorflow as tf

    X, Y, parameters = example(6)
    lambd, m = 1.7, Y.shape[1]
    variables = {name: tf.Variable(value) for name, value in parameters.items()}
    with tf.GradientTape() as tape:
        A = tf.constant(X)
        for l in (1, 2, 3):
            Z = tf.matmul(variables[f"W{l}"], A) + variables[f"b{l}"]
            A = tf.nn.relu(Z)
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant(Y, Z.dtype), logits=Z)
        squares = tf.add_n([tf.nn.l2_loss(variables[f"W{l}"]) for l in (1, 2, 3)])  # half the sum of squares
        cost = tf.reduce_mean(losses) + lambd / m * squares
    A3, cache = forward_propagation(X, parameters)
    assert reference("compute_cost_with_regularization")(A3, Y, parameters, lambd) == pytest.approx(float(cost))
    ours = reference("backward_propagation_with_regularization")(X, Y, cache, lambd)
    for name, gradient in tape.gradient(cost, variables).items():
        np.testing.assert_allclose(ours[f"d{name}"], gradient.numpy(), rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("keep_prob", [0.4, 0.8, 1.0])
def test_dropout_gradient_is_the_difference_quotient_of_the_pass_with_the_same_masks(keep_prob):
    X, Y, parameters = example(7)
    forward = reference("forward_propagation_with_dropout")

    def cost(moved):
        A3, _ = forward(X, moved, keep_prob, seed=4)
        return np.mean(-np.log(A3) * Y - np.log(1 - A3) * (1 - Y))

    cache = forward(X, parameters, keep_prob, seed=4)[1]
    assert_gradient(reference("backward_propagation_with_dropout")(X, Y, cache, keep_prob), cost, parameters)


def test_dropout_keeps_the_mean_of_every_activation_and_the_share_of_units():
    X, _, parameters = example(8, m=2)
    without = relu(parameters["W1"] @ X + parameters["b1"])
    passes = [reference("forward_propagation_with_dropout")(X, parameters, 0.8, seed)[1] for seed in range(4000)]
    masks, activations = np.array([p[1] for p in passes]), np.array([p[2] for p in passes])
    # The standard error of a mean activation a is a / 2 / sqrt(4000), that of a share 0.4 / sqrt(4000).
    np.testing.assert_allclose(activations.mean(axis=0), without, rtol=5 * 0.5 / 63)
    np.testing.assert_allclose(masks.mean(axis=0), 0.8, atol=5 * 0.4 / 63)


def test_dropout_masks_are_those_of_the_legacy_stream_and_keep_prob_1_drops_nothing():
    X, _, parameters = example(9)
    _, (_, D1, A1, _, _, _, D2, *_) = reference("forward_propagation_with_dropout")(X, parameters, 0.6, seed=3)
    stream = np.random.RandomState(3)
    np.testing.assert_array_equal(D1, stream.rand(5, 6) < 0.6)
    np.testing.assert_array_equal(D2, stream.rand(4, 6) < 0.6)
    assert (A1[~D1] == 0).all()
    whole, _ = forward_propagation(X, parameters)
    np.testing.assert_allclose(reference("forward_propagation_with_dropout")(X, parameters, 1.0)[0], whole)


def test_normalize_inputs_is_the_plain_definition():
    X = 5 + draws(10)(4, 9) * np.array([[1], [30], [0.01], [0]])
    X_norm, mu, sigma = reference("normalize_inputs")(X)
    assert mu.shape == sigma.shape == (4, 1)
    for j, row in enumerate(X.tolist()):
        mean = sum(row) / 9
        deviation = (sum((x - mean) ** 2 for x in row) / 9) ** 0.5
        expected = [(x - mean) / deviation if j < 3 else 0 for x in row]
        np.testing.assert_allclose(X_norm[j], expected, atol=1e-9)
        assert mu[j, 0] == pytest.approx(mean)
        assert sigma[j, 0] == pytest.approx(deviation if j < 3 else 1)


def test_a_constant_feature_becomes_0_even_if_its_mean_is_rounded():
    X = np.full((1, 3), 0.1)
    assert X.std() > 0  # the trap: the mean of three times 0.1 is not 0.1
    X_norm, _, sigma = reference("normalize_inputs")(X)
    np.testing.assert_allclose(X_norm, 0, atol=1e-12)
    assert sigma.item() == 1


# --- the questions (what holds for those of every assignment is in test_questions.py)


def verdict(name: str, function):
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


@pytest.mark.parametrize("name", QUESTIONS)
def test_zeros_of_the_right_shapes_and_all_inputs_given_back_get_nothing(name):
    assert verdict(name, lambda *args: _zeros(reference(name)(*args))).score == 0
    assert verdict(name, lambda *args: args).score == 0


def _zeros(value):
    if isinstance(value, dict):
        return {key: _zeros(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_zeros(part) for part in value)
    return np.zeros_like(value)


def test_a_function_that_breaks_down_is_not_taken_for_a_known_mistake():
    def broken(*args):
        raise ValueError

    assert [verdict(name, broken).mistake for name in QUESTIONS] == [None] * len(QUESTIONS)


# Wrong solutions without a name: each must lose points in some case


def forward_default_ignored(X, parameters, keep_prob=0.9, seed=1):
    return reference("forward_propagation_with_dropout")(X, parameters, keep_prob, seed)


def forward_seed_ignored(X, parameters, keep_prob=0.5, seed=1):
    return reference("forward_propagation_with_dropout")(X, parameters, keep_prob, 1)


def forward_keep_prob_of_a_half_always(X, parameters, keep_prob=0.5, seed=1):
    return reference("forward_propagation_with_dropout")(X, parameters, 0.5, seed)


def forward_without_masks_in_the_second_layer(X, parameters, keep_prob=0.5, seed=1):
    np.random.seed(seed)
    W1, b1, W2, b2, W3, b3 = (parameters[key] for key in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    D1 = np.random.rand(*Z1.shape) < keep_prob
    A1 = relu(Z1) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    D2 = np.random.rand(*Z2.shape) < keep_prob
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


def cost_that_forgets_the_last_layer(A3, Y, parameters, lambd):
    return reference("compute_cost_with_regularization")(A3, Y, {**parameters, "W3": 0 * parameters["W3"]}, lambd)


def l2_backward_that_forgets_the_last_layer(X, Y, cache, lambd):
    gradients = reference("backward_propagation_with_regularization")(X, Y, cache, lambd)
    return {**gradients, "dW3": gradients["dW3"] - lambd / X.shape[1] * cache[10]}


def dropout_backward_with_masks_on_one_layer(X, Y, cache, keep_prob):
    cache = list(cache)
    cache[1] = np.ones_like(cache[1])
    return reference("backward_propagation_with_dropout")(X, Y, cache, keep_prob)


def normalize_that_returns_the_variance(X):
    X_norm, mu, sigma = reference("normalize_inputs")(X)
    return X_norm, mu, sigma**2


def normalize_with_constants_left_alone(X):
    X_norm, mu, sigma = reference("normalize_inputs")(X)
    return np.where(np.ptp(X, axis=1, keepdims=True) == 0, X, X_norm), mu, sigma


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("forward_propagation_with_dropout", forward_default_ignored),
        ("forward_propagation_with_dropout", forward_seed_ignored),
        ("forward_propagation_with_dropout", forward_keep_prob_of_a_half_always),
        ("forward_propagation_with_dropout", forward_without_masks_in_the_second_layer),
        ("compute_cost_with_regularization", cost_that_forgets_the_last_layer),
        ("backward_propagation_with_regularization", l2_backward_that_forgets_the_last_layer),
        ("backward_propagation_with_dropout", dropout_backward_with_masks_on_one_layer),
        ("normalize_inputs", normalize_that_returns_the_variance),
        ("normalize_inputs", normalize_with_constants_left_alone),
    ],
)
def test_plausible_wrong_solutions_lose_points(name, wrong):
    assert verdict(name, wrong).state in ("partly", "wrong")
