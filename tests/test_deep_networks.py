"""Deep networks: the figures of the documents, Keras, TensorFlow and differences as oracles, and what counts as right."""

import math

import numpy as np
import pytest
from conftest import solution

from autograde.authoring.questions import module_of
from autograde.hidden import all_questions
from checking.calls import call_case, replaced
from checking.examiner import examine
from helpers import deep, nets, stubs
from helpers.data import load_digits
from helpers.slopes import check_gradient, measured_slopes

ASSIGNMENT = "deep_networks"
ours = module_of(ASSIGNMENT)
SINGLE = {"rtol": 2e-5, "atol": 1e-6}  # Keras keeps its rates in float32


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def reference(name):
    return solution(ASSIGNMENT)[name]


def verdict_on(name, function):
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


def keras_steps(keras, optimizer, parameters, gradients):
    """The parameters after a step along each of the gradients, by an optimizer of Keras."""
    variables = {name: keras.Variable(value, dtype="float64") for name, value in parameters.items()}
    optimizer.build(list(variables.values()))
    for grads in gradients:
        optimizer.apply(
            [keras.ops.convert_to_tensor(grads[f"d{name}"]) for name in variables], list(variables.values())
        )
    return {name: np.asarray(variable) for name, variable in variables.items()}


def assert_same(found, expected, **how):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, **how)


def zeros(parameters):
    return {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}


# 1 and 2 · Units


@pytest.mark.parametrize("alpha", [0.01, 0.2, 1.0])
def test_leaky_relu_and_elu_are_those_of_keras(keras, alpha):
    Z = ours.away(1, 5, 7, scale=2.0)
    leaky, _ = reference("leaky_relu")(Z, alpha)
    np.testing.assert_allclose(leaky, np.asarray(keras.activations.leaky_relu(Z, alpha)), rtol=1e-6)
    A, _ = reference("elu")(Z, alpha)
    np.testing.assert_allclose(A, np.asarray(keras.activations.elu(Z, alpha)), rtol=1e-6)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_slopes_are_those_of_differences(name):
    Z = ours.away(2, 4, 5)
    _, slope = reference(name)(Z, 0.3)
    measured = measured_slopes(lambda a: reference(name)(a["Z"], 0.3)[0].sum(), {"Z": Z})["Z"]
    np.testing.assert_allclose(slope, measured, rtol=1e-8)


def test_prelu_has_the_gradients_of_the_tape(tf, keras):
    dA, Z = ours.back(3, 4, 6)
    layer = keras.layers.PReLU(shared_axes=[1], alpha_initializer=keras.initializers.Constant(0.25), dtype="float64")
    z = tf.Variable(Z.T)
    with tf.GradientTape() as tape:
        cost = tf.reduce_sum(layer(z) * dA.T) / 6  # a mean over the examples
    dz, dalpha = tape.gradient(cost, [z, layer.trainable_variables[0]._value])
    found = reference("prelu_backward")(dA, Z, 0.25)
    np.testing.assert_allclose(found[0] / 6, dz.numpy().T, rtol=1e-9)
    assert found[1] == pytest.approx(float(np.sum(dalpha)), rel=1e-9)


def test_the_slopes_of_rrelu_lie_between_low_and_high_and_in_use_in_the_middle():
    Z = -np.ones((1, 3))
    slopes = -reference("rrelu")(Z, np.array([[0.0, 0.5, 1.0]]))
    np.testing.assert_allclose(slopes, [[1 / 8, (1 / 8 + 1 / 3) / 2, 1 / 3]])
    np.testing.assert_allclose(-reference("rrelu")(Z, np.zeros((1, 3)), training=False), (1 / 8 + 1 / 3) / 2)


def test_figures_of_the_units():
    A, _ = reference("elu")(np.array([[-1.0, -3.0, 1000.0, -1000.0]]))
    assert A.round(3).tolist() == [[-0.632, -0.950, 1000, -1]]
    Z = np.random.default_rng(1).standard_normal((1000, 1000))
    means = [f(Z)[0].mean() for f in (deep.relu, reference("elu"), lambda Z: reference("leaky_relu")(Z, 0.2))]
    assert np.round(means, 2).tolist() == [0.40, 0.16, 0.32]
    assert round(2 / (1 + 0.2**2), 2) == 1.92
    z = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(np.tanh(z), 2 * nets.sigmoid(2 * z) - 1, atol=1e-15)


def test_a_unit_is_dead_if_its_gradient_is_0_on_all_examples():
    digits = load_digits()
    parameters = nets.initialize_scaled([64, 30, 20, 10], gain=2, seed=1)
    parameters["b1"][[3, 8, 21]] = -100
    Y = np.eye(10)[:, digits.Y_train[0]]
    _, layers = deep.forward(digits.X_train, parameters)
    _, grads = deep.gradients(digits.X_train, Y, parameters)
    dead = reference("dead_units")(layers[0]["A"])
    assert dead[[3, 8, 21]].all()
    np.testing.assert_array_equal(dead, np.all(grads["dW1"] == 0, axis=1))


# 4 · Clipping


@pytest.mark.parametrize("threshold", [0.3, 1.0, 100.0])
def test_clipping_is_tensorflows(tf, threshold):
    grads = ours.gradients(4, 3, 4, 2)
    arrays = list(grads.values())
    by_norm, norm = reference("clip_by_norm")(grads, threshold)
    theirs, their_norm = tf.clip_by_global_norm(arrays, threshold)
    assert norm == pytest.approx(float(their_norm), rel=1e-12)
    for found, expected in zip(by_norm.values(), theirs, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    by_value = reference("clip_by_value")(grads, threshold)
    for found, expected in zip(by_value.values(), arrays, strict=True):
        np.testing.assert_allclose(found, tf.clip_by_value(expected, -threshold, threshold))


def test_by_norm_the_direction_stays_and_by_value_it_does_not():
    grads = {"dW1": np.array([[100.0, 1.0]])}
    assert reference("clip_by_value")(grads)["dW1"].tolist() == [[1, 1]]
    np.testing.assert_allclose(reference("clip_by_norm")(grads, 1.0)[0]["dW1"], [[100, 1]] / np.sqrt(10001))


# 5 to 7 · Rules


def test_the_final_speed_of_momentum():
    speeds = [v := 0.0]
    for _ in range(60):
        v = 0.9 * v + 1
        speeds.append(v)
    assert np.round(speeds[1:4], 2).tolist() == [1, 1.9, 2.71]
    assert next(i for i, v in enumerate(speeds) if v > 9) == 22
    assert round(speeds[60], 2) == 9.98


def test_nesterov_is_that_of_keras(keras):
    """Which keeps the point ahead in the place of theta."""
    parameters, _ = ours.moving(5, 3, 4, 2)
    function, beta, rate = reference("update_parameters_with_nesterov"), 0.8, 0.05
    theta, v, ahead = parameters, zeros(parameters), []
    with replaced(function, stubs.OTHER_GRADIENT):
        for _ in range(6):
            ahead.append({name: theta[name] - beta * v[f"d{name}"] for name in theta})
            theta, v = function(theta, v, beta, rate)
    gradient = stubs.OTHER_GRADIENT["gradient"]
    optimizer = keras.optimizers.SGD(rate, momentum=beta, nesterov=True)
    theirs = keras_steps(keras, optimizer, parameters, [gradient(point) for point in ahead])
    assert_same({name: theta[name] - beta * v[f"d{name}"] for name in theta}, theirs, **SINGLE)


def test_adagrad_and_adadelta_are_those_of_keras(keras):
    parameters, *_ = ours.with_sums(6, 3, 4, 2)
    gradients = [ours.gradients(seed, 3, 4, 2) for seed in (7, 8, 9, 10)]
    theta, s = parameters, zeros(parameters)
    for grads in gradients:
        theta, s = reference("update_parameters_with_adagrad")(theta, grads, s, 0.1)
    optimizer = keras.optimizers.Adagrad(0.1, initial_accumulator_value=0.0, epsilon=1e-8)
    assert_same(theta, keras_steps(keras, optimizer, parameters, gradients), **SINGLE)
    theta, s, d = parameters, zeros(parameters), zeros(parameters)
    for grads in gradients:
        theta, s, d = reference("update_parameters_with_adadelta")(theta, grads, s, d)
    optimizer = keras.optimizers.Adadelta(1.0, rho=0.95, epsilon=1e-6)
    assert_same(theta, keras_steps(keras, optimizer, parameters, gradients), **SINGLE)


def test_the_first_step_of_adadelta():
    one, g = {"W1": np.ones((1, 1))}, {"dW1": np.full((1, 1), 3.0)}
    new, *_ = reference("update_parameters_with_adadelta")(one, g, zeros(one), zeros(one))
    assert 1 - new["W1"].item() == pytest.approx(1e-3 / math.sqrt(0.05 * 9 + 1e-6) * 3, rel=1e-9)


# 8 · Rates


def test_rates_of_the_documents():
    rate = reference("scheduled_learning_rate")
    assert [rate(0.1, epoch, "piecewise", 1, 1.0, (50,), (0.001,)) for epoch in (0, 49, 50)] == [0.1, 0.1, 0.001]
    assert [round(rate(0.1, t, "exponential"), 4) for t in (0, 5_000, 10_000)] == [0.1, 0.0316, 0.01]
    assert [round(rate(0.1, t, "power"), 4) for t in (0, 5_000, 10_000)] == [0.1, 0.0667, 0.05]


def test_rates_are_those_of_keras_but_at_a_boundary(keras):
    rate, schedules = reference("scheduled_learning_rate"), keras.optimizers.schedules
    exponential = schedules.ExponentialDecay(0.3, 40, 0.1)
    power = schedules.InverseTimeDecay(0.3, 40, 1.0)
    table = schedules.PiecewiseConstantDecay([20, 50], [0.3, 0.1, 0.02])
    for t in (0, 1, 19, 21, 49, 51, 130):
        assert rate(0.3, t, "exponential", 40) == pytest.approx(float(exponential(t)), rel=1e-5)
        assert rate(0.3, t, "power", 40) == pytest.approx(float(power(t)), rel=1e-5)
        assert rate(0.3, t, "piecewise", 1, 1.0, (20, 50), (0.1, 0.02)) == pytest.approx(float(table(t)), rel=1e-5)
    assert (rate(0.3, 20, "piecewise", 1, 1.0, (20, 50), (0.1, 0.02)), round(float(table(20)), 6)) == (0.1, 0.3)


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_performance_scheduling_is_reduce_lr_on_plateau(keras, patience):
    for seed in range(20):
        errors = np.random.RandomState(seed).randint(1, 9, 15)
        found = reference("performance_schedule")(0.4, errors, 2.0, patience)
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.4))
        callback = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=patience, min_delta=0)
        callback.set_model(model)
        callback.on_train_begin()
        theirs = []
        for epoch, error in enumerate(errors):
            callback.on_epoch_end(epoch, {"val_loss": float(error)})
            theirs.append(float(model.optimizer.learning_rate))
        np.testing.assert_allclose(found, theirs, rtol=1e-6)


def test_what_is_said_of_the_defaults_of_keras(keras):
    assert keras.layers.LeakyReLU().negative_slope == 0.3
    assert keras.layers.BatchNormalization().momentum == 0.99
    assert float(keras.optimizers.Adadelta().learning_rate) == pytest.approx(0.001)
    assert keras.optimizers.Adagrad().initial_accumulator_value == 0.1


# The net of the demonstrations


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("name", ["relu", "elu"])
def test_the_deep_net_has_the_gradients_of_differences(name, skip):
    activation = deep.relu if name == "relu" else reference("elu")
    parameters = nets.initialize_scaled([5, 4, 4, 3, 3, 2], gain=2, seed=2)
    rng = np.random.default_rng(3)
    X, Y = rng.standard_normal((5, 7)), np.eye(2)[:, rng.integers(2, size=7)]
    _, grads = deep.gradients(X, Y, parameters, activation, skip)
    found = check_gradient(lambda p: deep.gradients(X, Y, p, activation, skip)[0], parameters, grads)
    assert max(found.values()) < 1e-5


def test_rules_keep_what_they_need_from_step_to_step():
    parameters, _ = ours.moving(11, 3, 2)
    gradients = [ours.gradients(seed, 3, 2) for seed in (12, 13, 14)]
    step, found = deep.keeping(reference("update_parameters_with_adagrad")), parameters
    expected, s, rates = parameters, zeros(parameters), [0.1, 0.2, 0.3]
    at = deep.at_rates(lambda t, now: rates[t], step)
    for grads, rate in zip(gradients, rates, strict=True):
        found = at(found, grads, None)
        expected, s = reference("update_parameters_with_adagrad")(expected, grads, s, rate)
    assert_same(found, expected)


# What counts as right


def test_the_slips_of_the_book_lose_points_and_are_named():
    def looks_back(parameters, v, beta, learning_rate):
        grads = gradient({k: p + beta * v[f"d{k}"] for k, p in parameters.items()})
        v = {d: beta * v[d] + learning_rate * grads[d] for d in v}
        return {k: p - v[f"d{k}"] for k, p in parameters.items()}, v

    def when_it_falls(learning_rate0, dev_errors, factor=10.0, patience=1):
        rates, rate, best, waited = [], learning_rate0, math.inf, 0
        for error in dev_errors:
            waited = waited + 1 if error < best else 0
            best = min(best, error)
            if waited == patience:
                rate, waited = rate / factor, 0
            rates.append(rate)
        return np.array(rates)

    for name, function, said in (
        ("update_parameters_with_nesterov", looks_back, "looks back"),
        ("performance_schedule", when_it_falls, "lowered while the error falls"),
    ):
        verdict = verdict_on(name, function)
        assert verdict.state != "right"
        assert verdict.mistake is not None
        assert verdict.mistake.name == said


def gradient(parameters):
    """Stands where a stand-in is put."""
    raise AssertionError("the stand-in was not used")


def test_arrays_changed_in_place_are_seen_though_the_result_is_right():
    def in_place(parameters, grads, s, learning_rate, epsilon=1e-8):
        parameters, s = dict(parameters), dict(s)
        for name in parameters:
            s[f"d{name}"] += grads[f"d{name}"] ** 2
            parameters[name] -= learning_rate * grads[f"d{name}"] / (np.sqrt(s[f"d{name}"]) + epsilon)
        return parameters, s

    verdict = verdict_on("update_parameters_with_adagrad", in_place)
    assert verdict.state == "partly"
    assert verdict.mistake is not None
    assert verdict.mistake.name == "changed in place"


def test_who_asks_for_the_gradient_anew_for_each_parameter_is_not_right():
    """With some of them moved already, it is the gradient of another place."""

    def anew(parameters, v, beta, learning_rate):
        parameters, v = dict(parameters), dict(v)
        for name in parameters:
            ahead = {other: parameters[other] - beta * v["d" + other] for other in parameters}
            v["d" + name] = beta * v["d" + name] + learning_rate * anew.__globals__["gradient"](ahead)["d" + name]
            parameters[name] = parameters[name] - v["d" + name]
        return parameters, v

    verdict = verdict_on("update_parameters_with_nesterov", anew)
    assert verdict.score < all_questions(ASSIGNMENT)["update_parameters_with_nesterov"].points / 2
