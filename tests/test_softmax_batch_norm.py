"""Softmax and batch norm: the figures of the course notes, TensorFlow and differences as oracles, and what counts as right."""

import math

import numpy as np
import pytest
from conftest import solution

from autograde.authoring.questions import module_of
from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from helpers import nets, stubs
from helpers.slopes import check_gradient

ASSIGNMENT = "softmax_batch_norm"
ours = module_of(ASSIGNMENT)
RIGHT = 1e-7  # a relative error that differences leave


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


def reference(name):
    return solution(ASSIGNMENT)[name]


def verdict_on(name, function):
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


def tape(tf, cost, *values):
    """The derivatives of a number by TensorFlow."""
    variables = [tf.Variable(value) for value in values]
    with tf.GradientTape() as recorded:
        result = cost(*variables)
    return [gradient.numpy() for gradient in recorded.gradient(result, variables)]


def cross_entropy(tf, Y):
    return lambda Z: tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(tf.transpose(Y), tf.transpose(Z)))


@pytest.fixture(scope="module")
def answers():
    return ours.answers(7, 4, 9)


# Figures of the course notes, and arithmetic


def test_the_example_of_the_notes():
    z = np.array([[5.0], [2.0], [-1.0], [3.0]])
    assert [*np.exp(z).ravel().round(1), np.exp(z).sum().round(1)] == [148.4, 7.4, 0.4, 20.1, 176.3]
    assert reference("softmax")(z).ravel().round(3).tolist() == [0.842, 0.042, 0.002, 0.114]


def test_two_classes_are_the_logistic_function_of_the_difference():
    gap = math.log(0.842 / 0.158)
    shares = reference("softmax")(np.array([[1.5 + gap], [1.5]]))
    np.testing.assert_allclose(shares.ravel(), [0.842, 0.158], rtol=1e-12)
    assert shares[0, 0] == pytest.approx(1 / (1 + math.exp(-gap)), rel=1e-12)


def test_prices():
    cost, label = reference("softmax_cost"), np.array([[0], [1], [0], [0]])
    assert cost(np.log([[0.3], [0.2], [0.1], [0.4]]), label) == pytest.approx(-math.log(0.2), rel=1e-12)
    assert round(-math.log(0.2), 3) == 1.609
    assert cost(np.array([[0.3], [0.2], [0.1], [0.4]]), label) == pytest.approx(1.4425, abs=5e-5), "taken for scores"
    assert cost(np.array([[1000.0], [0.0]]), np.array([[0], [1]])) == 1000
    assert cost(np.array([[1000.0, 5], [0, 0]]), np.array([[0, 1], [1, 0]])) == pytest.approx(
        500 + 0.0067153 / 2, rel=1e-9
    )
    assert cost(np.zeros((10, 3)), np.eye(10)[:, :3]) == pytest.approx(math.log(10), rel=1e-12)


def test_gamma_and_beta_undo_the_normalization_and_b_does_nothing():
    Z, gamma, beta = ours.layer(3, 4, 64)
    forward = reference("batch_norm_forward")
    _, cache = forward(Z, gamma, beta)
    np.testing.assert_allclose(forward(Z, np.sqrt(cache["var"] + 1e-5), cache["mu"])[0], Z, atol=1e-14)
    np.testing.assert_allclose(forward(Z + 7, gamma, beta)[0], forward(Z, gamma, beta)[0], atol=1e-13)
    dZ, _, _ = reference("batch_norm_backward")(np.cos(Z), cache, gamma)
    np.testing.assert_allclose(dZ.sum(axis=1), 0, atol=1e-13)  # the gradient of b


def test_noise_of_a_batch_and_memory_of_an_average():
    assert (1 / math.sqrt(64), round(1 / math.sqrt(512), 3)) == (0.125, 0.044)
    update, running = reference("update_running_averages"), {"mu": np.zeros((1, 1)), "var": np.ones((1, 1))}
    for _ in range(22):
        running = update(running, np.full((1, 1), 5.0), np.full((1, 1), 3.0))
    assert running["mu"].item() == pytest.approx(5 * (1 - 0.9**22), rel=1e-12)
    assert round(1 - 0.9**22, 4) == 0.9015


# TensorFlow, and differences


def test_softmax_its_cost_and_its_gradient_are_tensorflows(tf, answers):
    Z, Y = answers
    np.testing.assert_allclose(reference("softmax")(Z), tf.nn.softmax(Z, axis=0), rtol=1e-12)
    cost = cross_entropy(tf, Y)
    assert reference("softmax_cost")(Z, Y) == pytest.approx(float(cost(Z)), rel=1e-12)
    (dZ,) = tape(tf, cost, Z)
    np.testing.assert_allclose(reference("softmax_backward")(Z, Y) / Z.shape[1], dZ, rtol=1e-10, atol=1e-15)
    found = check_gradient(
        lambda a: reference("softmax_cost")(a["Z"], Y), {"Z": Z}, {"dZ": reference("softmax_backward")(Z, Y) / 9}
    )
    assert found["Z"] < RIGHT


def test_softmax_regression_has_the_gradients_of_the_tape_and_of_differences(tf):
    X, Y, parameters = ours.one_layer(11, 5, 4, 7)
    grads = reference("softmax_regression_gradients")(X, Y, parameters)
    dW, db = tape(tf, lambda W, b: cross_entropy(tf, Y)(W @ X + b), parameters["W1"], parameters["b1"])
    np.testing.assert_allclose(grads["dW1"], dW, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(grads["db1"], db, rtol=1e-9, atol=1e-14)
    cost = reference("softmax_cost")
    differences = check_gradient(lambda p: cost(p["W1"] @ X + p["b1"], Y), parameters, grads)
    assert max(differences.values()) < RIGHT


@pytest.mark.parametrize("epsilon", [1e-5, 0.5])
@pytest.mark.parametrize("m", [2, 9])
def test_batch_norm_is_tensorflows_forward_and_backward(tf, m, epsilon):
    Z, gamma, beta = ours.layer(20 + m, 3, m)
    D = np.cos(3 * Z)  # the examples' own gradients

    def normalized(Z, gamma, beta):
        mean, variance = tf.nn.moments(tf.convert_to_tensor(Z), [1], keepdims=True)
        return tf.nn.batch_normalization(Z, mean, variance, beta, gamma, epsilon)

    Z_tilde, cache = reference("batch_norm_forward")(Z, gamma, beta, epsilon)
    np.testing.assert_allclose(Z_tilde, normalized(Z, gamma, beta), rtol=1e-9, atol=1e-12)
    theirs = tape(tf, lambda *a: tf.reduce_sum(D * normalized(*a)) / m, Z, gamma, beta)
    dZ, dgamma, dbeta = reference("batch_norm_backward")(D, cache, gamma, epsilon)
    for found, expected in zip((dZ / m, dgamma, dbeta), theirs, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-10)
    arrays, gradients = {"Z": Z, "gamma": gamma, "beta": beta}, {"dZ": dZ / m, "dgamma": dgamma, "dbeta": dbeta}

    def cost(a):
        return np.sum(D * reference("batch_norm_forward")(a["Z"], a["gamma"], a["beta"], epsilon)[0]) / m

    if epsilon == 0.5 or m > 2:  # with two examples and next to no epsilon dZ is all but 0
        assert max(check_gradient(cost, arrays, gradients).values()) < 1e-6


def test_averages_and_use_are_keras(tf):
    Z, gamma, beta = ours.layer(30, 4, 12)
    layer = tf.keras.layers.BatchNormalization(momentum=0.8, epsilon=0.01, dtype="float64")
    layer.build((None, 4))
    running = ours.averages(31, 4)
    layer.set_weights([gamma.ravel(), beta.ravel(), running["mu"].ravel(), running["var"].ravel()])
    layer(Z.T, training=True)
    _, cache = reference("batch_norm_forward")(Z, gamma, beta, 0.01)
    new = reference("update_running_averages")(running, cache["mu"], cache["var"], 0.8)
    np.testing.assert_allclose(new["mu"].ravel(), layer.moving_mean, rtol=1e-6)
    np.testing.assert_allclose(new["var"].ravel(), layer.moving_variance, rtol=1e-6)
    in_use = reference("batch_norm_inference")(Z, gamma, beta, new, 0.01)
    np.testing.assert_allclose(in_use.T, layer(Z.T, training=False), rtol=1e-5, atol=1e-6)
    alone = np.hstack([reference("batch_norm_inference")(z[:, None], gamma, beta, new, 0.01) for z in Z.T])
    np.testing.assert_array_equal(alone, in_use)


def test_the_deep_net_is_put_together_of_these(tf):
    X, parameters, running = ours.normalized_net(40, 3, 4, 5, 2, m=8)
    forward = reference("forward_propagation_with_batch_norm")

    def tensors(training):
        A = tf.constant(X)
        for l in (1, 2):
            Z = parameters[f"W{l}"] @ A
            mean, variance = (
                tf.nn.moments(Z, [1], keepdims=True) if training else (running[l - 1]["mu"], running[l - 1]["var"])
            )
            beta, gamma = parameters[f"beta{l}"], parameters[f"gamma{l}"]
            A = tf.nn.relu(tf.nn.batch_normalization(Z, mean, variance, beta, gamma, 1e-5))
        return (parameters["W3"] @ A + parameters["b3"]).numpy()

    for training in (True, False):
        ZL, caches, now = forward(X, parameters, running, training)
        np.testing.assert_allclose(ZL, tensors(training), rtol=1e-9, atol=1e-12)
        assert len(caches) == (3 if training else 1)
        assert all(new is old for new, old in zip(now, running, strict=True)) is (not training)
    one, other = (forward(X[:, i : i + 1], parameters, running, True)[0] for i in (0, 3))
    np.testing.assert_array_equal(one, other)  # by its own batch, every example gets one answer
    used = forward(X[:, :1], parameters, running, False)[0]
    np.testing.assert_allclose(used, forward(X, parameters, running, False)[0][:, :1], rtol=1e-12)


# What counts as right


@pytest.mark.parametrize(
    "name", ["softmax_backward", "softmax_regression_gradients", "forward_propagation_with_batch_norm"]
)
def test_a_slip_in_a_function_that_is_called_costs_nothing_here(name):
    """The student's softmax and batch norm are wrong; what calls them is right."""
    function = reference(name)
    broken = dict.fromkeys({**stubs.SHARES_BY_SIZE, **stubs.OTHER_BATCH_NORM}, lambda *args, **how: args[0])
    kept = {key: function.__globals__[key] for key in broken if key != name}
    function.__globals__.update({key: broken[key] for key in kept})
    try:
        assert verdict_on(name, function).state == "right"
    finally:
        function.__globals__.update(kept)


def test_stand_ins_are_not_what_they_stand_for():
    Z, Y = ours.answers(50, 3, 5)
    shares = stubs.SHARES_BY_SIZE["softmax"](Z)
    np.testing.assert_allclose(shares.sum(axis=0), 1)
    assert np.abs(shares - reference("softmax")(Z)).max() > 0.1
    for known in (stubs.SHARES_BY_SIZE["softmax"], reference("softmax")):
        np.testing.assert_allclose(
            known(Z - [[7, 0, -30, 2, 5]]), known(Z), rtol=1e-9, err_msg="both know differences only"
        )
    assert np.abs(stubs.SHARES_BY_SIZE["softmax_backward"](Z, Y) - reference("softmax_backward")(Z, Y)).max() > 0.1
    Z, gamma, beta, running = ours.in_use(51, 3, 5)
    for name, args in {
        "batch_norm_forward": (Z, gamma, beta),
        "batch_norm_inference": (Z, gamma, beta, running),
        "update_running_averages": (running, gamma, beta**2),
    }.items():
        found, right = (f(*args) for f in (stubs.OTHER_BATCH_NORM[name], reference(name)))
        part = {"batch_norm_forward": 0, "update_running_averages": "mu"}.get(name, slice(None))
        assert np.abs(found[part] - right[part]).max() > 0.1


def test_ways_that_fail_in_the_cases_of_the_review_only():
    """Slips that pass wherever nobody thought of them: each is right in all ordinary cases of an unwary author."""

    def of_all(Z):
        T = np.exp(Z - Z.max())
        with np.errstate(invalid="ignore"):
            return T / T.sum(axis=0)

    def clipped(Z, Y):
        return -(Y * np.log(np.clip(nets.ACTIVATIONS["softmax"](Z), 1e-15, 1))).sum() / Z.shape[1]

    def outside(Z, gamma, beta, epsilon=1e-5):
        mu, var = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
        Z_norm = (Z - mu) / (np.sqrt(var) + epsilon)
        return gamma * Z_norm + beta, {"Z_norm": Z_norm, "mu": mu, "var": var}

    def in_place(running, mu, var, momentum=0.9):
        for name, value in (("mu", mu), ("var", var)):
            running[name] = momentum * running[name] + (1 - momentum) * value
        return running

    for name, function in {
        "softmax": of_all, "softmax_cost": clipped, "batch_norm_forward": outside, "update_running_averages": in_place,
    }.items():  # fmt: skip
        said = verdict_on(name, function)
        assert said.state == "partly", name
        assert said.mistake is not None, name


def test_a_helper_is_not_needed_for_what_is_graded():
    Z, Y = ours.answers(60, 3, 5)
    np.testing.assert_allclose(nets.ACTIVATIONS["softmax"](Z), reference("softmax")(Z), rtol=1e-12)
    shares = reference("softmax")(Z)
    assert nets.class_cost(shares, Y.argmax(axis=0)[None]) == pytest.approx(reference("softmax_cost")(Z, Y), rel=1e-12)
