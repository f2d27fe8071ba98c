"""The figures that the course notes print, reproduced by the reference solutions: initialization and optimizers."""

import numpy as np
import pytest
from conftest import solution

from helpers import nets
from helpers.data import load_circles, load_moons
from helpers.training import train, train_mini_batches

INITIALIZATION, OPTIMIZERS = solution("initialization"), solution("optimizers")


def trained(scheme, dataset):
    with np.errstate(all="ignore"):  # the large weights overflow, which is the lesson
        return train(dataset, INITIALIZATION[f"initialize_parameters_{scheme}"], record_every=1000)


@pytest.mark.parametrize(
    ("scheme", "key", "tolerance"),
    [("zeros", "zeros", 1e-12), ("random", "random_times_10", 1e-3), ("he", "he", 1e-12)],
)
def test_costs_and_accuracies_on_the_circles(figures, scheme, key, tolerance):
    printed, circles = figures["initialization"][key], load_circles()
    history = trained(scheme, circles)
    costs = {str(step): cost for step, cost in zip(history.steps, history.costs, strict=True)}
    if scheme == "zeros":
        assert list(costs.values()) == pytest.approx([printed["cost_every_1000"]] * 15, abs=tolerance)
    else:
        assert {k: costs[k] for k in printed["cost"]} == pytest.approx(
            {k: float(v) for k, v in printed["cost"].items()}, abs=tolerance
        )
    assert nets.accuracy(history.parameters, circles.X_train, circles.Y_train) == pytest.approx(
        printed["train_accuracy"]
    )
    assert nets.accuracy(history.parameters, circles.X_test, circles.Y_test) == pytest.approx(printed["test_accuracy"])


def step_of_the_notes():
    """Parameters and gradients of the notes' test cases."""
    np.random.seed(1)
    shapes = {"W1": (2, 3), "b1": (2, 1), "W2": (3, 3), "b2": (3, 1)}
    parameters = {name: np.random.randn(*shape) for name, shape in shapes.items()}
    return parameters, {f"d{name}": np.random.randn(*shape) for name, shape in shapes.items()}


def require_printed(parameters, printed):
    for name in ("W1", "b1", "W2", "b2"):
        np.testing.assert_allclose(parameters[name], printed[name], rtol=0, atol=6e-9)


def test_one_step_of_descent(figures):
    parameters, grads = step_of_the_notes()
    printed = figures["optimization"]["update_parameters_with_gd"]
    require_printed(OPTIMIZERS["update_parameters_with_gd"](parameters, grads, 0.01), printed)


def test_one_step_of_momentum(figures):
    parameters, grads = step_of_the_notes()
    printed = figures["optimization"]["update_parameters_with_momentum"]
    v = OPTIMIZERS["initialize_velocity"](parameters)
    after, _ = OPTIMIZERS["update_parameters_with_momentum"](parameters, grads, v, 0.9, 0.01)
    require_printed(after, printed)


def test_one_step_of_adam(figures):
    parameters, grads = step_of_the_notes()
    v, s = OPTIMIZERS["initialize_adam"](parameters)
    after, _, _ = OPTIMIZERS["update_parameters_with_adam"](parameters, grads, v, s, 2)
    require_printed(after, figures["optimization"]["update_parameters_with_adam"])


def test_mini_batches(figures):
    printed = figures["optimization"]["random_mini_batches"]
    np.random.seed(1)
    X, Y = np.random.randn(12288, 148), np.random.randn(1, 148) < 0.5
    batches = OPTIMIZERS["random_mini_batches"](X, Y, 64, 0)
    assert [list(X_batch.shape) for X_batch, _ in batches] == printed["X_shapes"]
    assert [list(Y_batch.shape) for _, Y_batch in batches] == printed["Y_shapes"]
    np.testing.assert_allclose(batches[0][0][0][:3], printed["first_batch_X_row0_first3"], atol=6e-9)


def test_averages(figures):
    printed = figures["exponentially_weighted_averages"]["beta_0.98"]["v_2_coefficients"]
    average = OPTIMIZERS["exponentially_weighted_average"]
    assert average(np.array([1.0, 0.0]), 0.98)[1] == pytest.approx(printed["theta_1"])
    assert average(np.array([0.0, 1.0]), 0.98)[1] == pytest.approx(printed["theta_2"])
    assert 0.9**10 == pytest.approx(1 / np.e, abs=0.02)
    constant = np.full(30, 4.0)
    np.testing.assert_allclose(average(constant, 0.98, True), constant, err_msg="corrected, a constant stays itself")


def rule(name):
    """An update rule for training, with the state that it needs."""
    state = []

    def update(parameters, grads, t, epoch):
        if name == "gd":
            return OPTIMIZERS["update_parameters_with_gd"](parameters, grads, 0.0007)
        if name == "momentum":
            state[:] = state or [OPTIMIZERS["initialize_velocity"](parameters)]
            parameters, state[0] = OPTIMIZERS["update_parameters_with_momentum"](
                parameters, grads, state[0], 0.9, 0.0007
            )
            return parameters
        state[:] = state or OPTIMIZERS["initialize_adam"](parameters)
        parameters, *state[:] = OPTIMIZERS["update_parameters_with_adam"](parameters, grads, *state, t, 0.0007)
        return parameters

    return update


@pytest.mark.parametrize("name", ["gd", "momentum", "adam"])
def test_training_on_the_moons(figures, name):
    printed, moons = figures["optimization"]["training"][name], load_moons()
    history = train_mini_batches(moons, OPTIMIZERS["random_mini_batches"], rule(name), record_every=1000)
    np.testing.assert_allclose(history.costs, printed["cost"], rtol=0, atol=6e-7)
    assert nets.accuracy(history.parameters, moons.X_train, moons.Y_train) == pytest.approx(printed["accuracy"])


@pytest.mark.parametrize("name", ["momentum", "rmsprop", "adam"])
def test_keras_takes_the_same_steps(name):
    """Ten steps against Keras in float64, with what differs in the formulas allowed for.

    Keras' momentum keeps the sum of gradients, ours their average: its learning rate is ours times 1 - beta. Its Adam
    adds epsilon to the root before the correction, ours after it, and its RMSprop adds it inside the root; with
    epsilon 1e-8 beside roots of order 0.1 and more that moves a step by about 1e-6 of its size.
    """
    keras = pytest.importorskip("keras")
    rng = np.random.RandomState(5)
    start = {"W1": rng.randn(2, 3), "b1": rng.randn(2, 1)}
    gradients = [
        {f"d{k}": np.sign(g := rng.randn(*v.shape)) * (0.3 + abs(g)) for k, v in start.items()} for _ in range(10)
    ]
    optimizer = {
        "momentum": lambda: keras.optimizers.SGD(0.01 * (1 - 0.9), momentum=0.9),
        "rmsprop": lambda: keras.optimizers.RMSprop(0.01, rho=0.9, epsilon=1e-8),
        "adam": lambda: keras.optimizers.Adam(0.01, epsilon=1e-8),
    }[name]()
    variables = {k: keras.Variable(v, dtype="float64") for k, v in start.items()}
    parameters = {k: v.copy() for k, v in start.items()}
    v = OPTIMIZERS["initialize_velocity"](parameters)
    s = OPTIMIZERS["initialize_velocity"](parameters)
    for t, grads in enumerate(gradients, start=1):
        optimizer.apply(
            [keras.ops.convert_to_tensor(grads[f"d{k}"], dtype="float64") for k in variables], list(variables.values())
        )
        if name == "momentum":
            parameters, v = OPTIMIZERS["update_parameters_with_momentum"](parameters, grads, v, 0.9, 0.01)
        elif name == "rmsprop":
            parameters, s = OPTIMIZERS["update_parameters_with_rmsprop"](parameters, grads, s, 0.9, 0.01)
        else:
            parameters, v, s = OPTIMIZERS["update_parameters_with_adam"](parameters, grads, v, s, t, 0.01)
        for k, variable in variables.items():
            np.testing.assert_allclose(parameters[k], keras.ops.convert_to_numpy(variable), rtol=0, atol=1e-6)
