"""Optimizers: the published figures, Keras' optimizers as oracles, and what counts as right."""

import math

import numpy as np
import pytest
from conftest import solution

from autograde.authoring.questions import module_of, net_parameters
from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from helpers import nets
from helpers.data import load_moons
from helpers.training import NotReady, train_mini_batches, walk

ASSIGNMENT = "optimizers"
ours = module_of(ASSIGNMENT)
EIGHT_DIGITS = {"rtol": 0, "atol": 6e-9}  # printed with 8 decimals, of which the last is rounded
LAYERS = (4, 3, 2)


def reference(name):
    return solution(ASSIGNMENT)[name]


def verdict_on(name, function):
    """The grader's verdict on `function` in the place of the student's function of that name."""
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


def copied(*dicts):
    """Fresh copies of dicts of arrays, since updates may change what they are given."""
    return tuple({name: value.copy() for name, value in each.items()} for each in dicts)


# Published figures


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
class TestPublishedSteps:
    def test_gd(self, figures, name):
        published = figures["optimization"]["update_parameters_with_gd"]
        parameters, grads, _ = ours.published_step()
        parameters = reference("update_parameters_with_gd")(parameters, grads, published["learning_rate"])
        np.testing.assert_allclose(parameters[name], published[name], **EIGHT_DIGITS)

    def test_momentum(self, figures, name):
        published = figures["optimization"]["update_parameters_with_momentum"]
        rates = published["beta"], published["learning_rate"]
        parameters, _ = reference("update_parameters_with_momentum")(*ours.published_step(), *rates)
        np.testing.assert_allclose(parameters[name], published[name], **EIGHT_DIGITS)

    def test_adam(self, figures, name):
        published = figures["optimization"]["update_parameters_with_adam"]
        parameters, grads, v = ours.published_step()
        (s,) = copied(v)
        rates = {key: published[key] for key in ("learning_rate", "beta1", "beta2", "epsilon")}
        parameters, v, s = reference("update_parameters_with_adam")(parameters, grads, v, s, published["t"], **rates)
        np.testing.assert_allclose(parameters[name], published[name], **EIGHT_DIGITS)


def test_published_mini_batches(figures):
    published = figures["optimization"]["random_mini_batches"]
    stream = np.random.RandomState(1)
    X = stream.randn(12288, 148)
    Y = stream.randn(1, 148) < 0.5
    batches = reference("random_mini_batches")(X, Y, 64, 0)
    assert [list(X_batch.shape) for X_batch, _ in batches] == published["X_shapes"]
    assert [list(Y_batch.shape) for _, Y_batch in batches] == published["Y_shapes"]
    first_row = batches[0][0][0]
    np.testing.assert_allclose(first_row[:3], published["first_batch_X_row0_first3"], **EIGHT_DIGITS)


def test_published_coefficients_of_the_second_average(figures):
    published = figures["exponentially_weighted_averages"]["beta_0.98"]["v_2_coefficients"]
    average = reference("exponentially_weighted_average")
    assert average(np.array([1.0, 0.0]), 0.98)[1] == pytest.approx(published["theta_1"], rel=1e-12)
    assert average(np.array([0.0, 1.0]), 0.98)[1] == pytest.approx(published["theta_2"], rel=1e-12)


@pytest.mark.parametrize(("beta", "days"), [(0.5, 2), (0.9, 10), (0.98, 50)])
def test_published_lengths_of_memory(beta, days):
    """After about 1 / (1 - beta) days the weight of a day has fallen to about 1/e of what it was."""
    weights = reference("exponentially_weighted_average")(np.eye(1, 200)[0], beta)
    assert weights[0] == pytest.approx(1 - beta)
    assert days == pytest.approx(1 / (1 - beta))
    assert weights[days] / weights[0] == pytest.approx(1 / math.e, abs=0.12 if days == 2 else 0.02)


@pytest.fixture(scope="session")
def trained():
    """The three published training runs in full: {"gd": History, ...}."""
    return {name: trained_with(rule) for name, rule in (("gd", Gd), ("momentum", Momentum), ("adam", Adam))}


def trained_with(rule, learning_rate=0.0007, epochs=10_000):
    return train_mini_batches(load_moons(), reference("random_mini_batches"), rule(learning_rate), epochs=epochs)


class Gd:
    """An update rule for `train_mini_batches`, made of the reference solution."""

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def __call__(self, parameters, grads, t, epoch):
        return reference("update_parameters_with_gd")(parameters, grads, self.learning_rate)


class Momentum(Gd):
    v = None

    def __call__(self, parameters, grads, t, epoch):
        self.v = self.v or reference("initialize_velocity")(parameters)
        update = reference("update_parameters_with_momentum")
        parameters, self.v = update(parameters, grads, self.v, 0.9, self.learning_rate)
        return parameters


class Adam(Gd):
    v = s = None

    def __call__(self, parameters, grads, t, epoch):
        if t == 1:
            self.v, self.s = reference("initialize_adam")(parameters)
        update = reference("update_parameters_with_adam")
        parameters, self.v, self.s = update(parameters, grads, self.v, self.s, t, self.learning_rate)
        return parameters


@pytest.mark.parametrize("rule", ["gd", "momentum", "adam"])
def test_published_training(figures, trained, rule):
    published = figures["optimization"]["training"][rule]
    history, moons = trained[rule], load_moons()
    assert history.steps[::10] == list(range(0, 10_000, 1000))
    np.testing.assert_allclose(history.costs[::10], published["cost"], rtol=0, atol=6e-7)
    assert nets.accuracy(history.parameters, moons.X_train, moons.Y_train) == published["accuracy"]


def test_what_the_text_says_about_plain_descent_with_a_larger_rate():
    moons = load_moons()
    parameters = trained_with(Gd, learning_rate=0.1, epochs=3_000).parameters
    assert nets.accuracy(parameters, moons.X_train, moons.Y_train) == pytest.approx(0.95, abs=5e-4)


# Keras' optimizers, step by step, in float64. It passes some betas through float32, which 0.9 does not survive beyond
# seven digits; sums of a few powers of two, such as 15/16, are exact.


@pytest.fixture
def keras():
    keras = pytest.importorskip("keras")
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx(before)


def keras_steps(keras, optimizer, before_step=lambda t: None, steps=6):
    """W1, b1, ... after each step of a Keras optimizer; gradients differ from step to step. Yields (grads, parameters)."""
    start = net_parameters(200, *LAYERS)
    variables = {name: keras.Variable(value, dtype="float64") for name, value in start.items()}
    for t in range(1, steps + 1):
        grads = ours.gradients(300 + t, *LAYERS, scale=1 / t)
        before_step(t)
        slopes = [keras.ops.convert_to_tensor(grads[f"d{name}"], dtype="float64") for name in variables]
        optimizer.apply(slopes, list(variables.values()))
        yield grads, {name: variable.numpy() for name, variable in variables.items()}


def assert_same(parameters, expected, rtol):
    assert set(parameters) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(parameters[name], value, rtol=rtol, atol=1e-12)


def test_gd_against_keras(keras):
    parameters = net_parameters(200, *LAYERS)
    for grads, expected in keras_steps(keras, keras.optimizers.SGD(0.3)):
        parameters = reference("update_parameters_with_gd")(parameters, grads, 0.3)
        assert_same(parameters, expected, rtol=1e-12)


@pytest.mark.parametrize(("beta", "rtol"), [(15 / 16, 1e-12), (1 / 2, 1e-12), (0.9, 1e-6)])
def test_momentum_against_keras(keras, beta, rtol):
    """Keras' velocity is m = beta m - rate * g, without a factor 1 - beta; its rate is ours times that factor."""
    optimizer = keras.optimizers.SGD(0.3 * (1 - beta), momentum=beta)
    parameters, v = net_parameters(200, *LAYERS), ours.zeros(*LAYERS)
    for grads, expected in keras_steps(keras, optimizer):
        parameters, v = reference("update_parameters_with_momentum")(parameters, grads, v, beta, 0.3)
        assert_same(parameters, expected, rtol)


@pytest.mark.parametrize("beta2", [0.9, 0.99])
def test_rmsprop_against_keras(keras, beta2):
    """Keras adds epsilon inside the root, we add it outside; at 1e-15 the place makes no difference."""
    optimizer = keras.optimizers.RMSprop(0.02, rho=beta2, epsilon=1e-15)
    parameters, s = net_parameters(200, *LAYERS), ours.zeros(*LAYERS)
    for grads, expected in keras_steps(keras, optimizer):
        parameters, s = reference("update_parameters_with_rmsprop")(parameters, grads, s, beta2, 0.02, 1e-15)
        assert_same(parameters, expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("rate", "beta1", "beta2", "epsilon", "rtol"),
    [(0.01, 0.9, 0.999, 1e-8, 1e-5), (0.01, 7 / 8, 1 - 2**-10, 1e-8, 1e-10), (0.1, 3 / 4, 15 / 16, 1 / 16, 1e-10)],
)
def test_adam_against_keras(keras, rate, beta1, beta2, epsilon, rtol):
    """Keras corrects the rate instead of the averages, so its epsilon is ours times sqrt(1 - beta2^t), anew each step.

    The last case has a large epsilon, which shows where it stands: outside the root, on the corrected average.
    """
    optimizer = keras.optimizers.Adam(rate, beta1, beta2)

    def scale_epsilon(t):
        optimizer.epsilon = epsilon * math.sqrt(1 - beta2**t)

    parameters, v, s = net_parameters(200, *LAYERS), ours.zeros(*LAYERS), ours.zeros(*LAYERS)
    update = reference("update_parameters_with_adam")
    for t, (grads, expected) in enumerate(keras_steps(keras, optimizer, scale_epsilon), start=1):
        parameters, v, s = update(parameters, grads, v, s, t, rate, beta1, beta2, epsilon)
        assert_same(parameters, expected, rtol)


# Independent properties


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.93])
def test_averages_are_weighted_sums(beta):
    theta = np.random.default_rng(4).normal(size=40)
    weights = beta ** np.arange(40)
    sums = np.convolve(theta, weights)[:40]
    average = reference("exponentially_weighted_average")
    np.testing.assert_allclose(average(theta, beta), (1 - beta) * sums, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(average(theta, beta, True), sums / weights.cumsum(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("m", "size"), [(300, 64), (12, 4), (7, 1), (5, 9)])
def test_every_example_is_in_one_batch_with_its_label(m, size):
    X = np.arange(2.0 * m).reshape(2, m)
    Y = 100 + X[:1]
    batches = reference("random_mini_batches")(X, Y, size, seed=8)
    sizes = [X_batch.shape[1] for X_batch, _ in batches]
    assert sizes == [size] * (m // size) + [m % size] * (m % size > 0)
    columns, labels = (np.hstack(parts) for parts in zip(*batches, strict=True))
    np.testing.assert_array_equal(labels, 100 + columns[:1])
    np.testing.assert_array_equal(np.sort(columns), X)
    assert m < 3 or not (columns == X).all()


@pytest.mark.parametrize("kind", ["inverse", "exponential", "root"])
def test_rates_fall_and_are_constant_on_a_stair(kind):
    decay = reference("learning_rate_decay")
    slope = [decay(0.4, epoch, 0.6, kind) for epoch in range(6)]
    assert sorted(set(slope), reverse=True) == list(dict.fromkeys(slope))
    assert len(set(slope)) == (5 if kind == "root" else 6)  # the root rule takes 1 for 0
    stairs = [decay(0.4, epoch, 0.6, kind, 3) for epoch in range(18)]
    np.testing.assert_allclose(stairs, np.repeat(slope, 3))


@pytest.mark.parametrize(
    ("kind", "decay_rate", "rates"),
    [
        ("inverse", 1.0, [0.2, 0.1, 0.2 / 3, 0.05]),
        ("exponential", 0.95, [0.2, 0.19, 0.1805, 0.171475]),
        ("root", 0.5, [0.1, 0.1, 0.1 / math.sqrt(2), 0.1 / math.sqrt(3)]),
    ],
)
def test_rates_by_hand(kind, decay_rate, rates):
    decay = reference("learning_rate_decay")
    assert [decay(0.2, epoch, decay_rate, kind) for epoch in range(4)] == pytest.approx(rates, rel=1e-12)


def test_first_step_of_adam_has_the_length_of_the_rate():
    parameters = {"W1": np.zeros((1, 2)), "b1": np.zeros((1, 1))}
    grads = {"dW1": np.array([[1000.0, -0.001]]), "db1": np.array([[0.0]])}
    v, s = reference("initialize_adam")(parameters)
    parameters, _, _ = reference("update_parameters_with_adam")(parameters, grads, v, s, 1, 0.01)
    np.testing.assert_allclose(parameters["W1"], [[-0.01, 0.01]], rtol=1e-4)
    assert parameters["b1"] == 0


def test_initial_averages_share_no_memory():
    parameters = net_parameters(7, 3, 2)
    v, s = reference("initialize_adam")(parameters)
    v["dW1"] += 1
    assert not s["dW1"].any()


# What counts as right (other right ways to write it are in test_variants.py)


def test_the_points_are_100():
    assert sum(question.points for question in all_questions(ASSIGNMENT).values()) == 100


NO_ANSWERS = {
    "nothing": lambda *args: None,
    "inputs as they were": lambda *args: args[:-2] if len(args) > 3 else args[0],
    "an empty dict": lambda *args: {},
    "empty dicts": lambda *args: ({}, {}, {}),
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("name", all_questions(ASSIGNMENT))
def test_no_answer_gets_no_points(name, answer):
    assert verdict_on(name, answer).score == 0


@pytest.mark.parametrize("name", [name for name in all_questions(ASSIGNMENT) if name.startswith("update")])
def test_parameters_left_as_they_were_get_no_more_than_the_points_for_shapes(name):
    """The averages are right, where there are any, but no step is made."""

    def idle(parameters, *args):
        result = reference(name)({k: value.copy() for k, value in parameters.items()}, *args)
        return (parameters, *result[1:]) if isinstance(result, tuple) else parameters

    earned = {group.name for group in verdict_on(name, idle).groups if group.earned}
    assert earned == (set() if name.endswith("gd") else {"shape and keys"})


# The demonstrations' own helpers


def test_walk_takes_the_steps_of_the_rule():
    """On a bowl plain descent multiplies w by 1 - rate, and b by 1 - 4 rate, at each step."""
    rates = []

    def update(parameters, grads, t, epoch):
        rates.append(0.1 / (1 + epoch))
        return reference("update_parameters_with_gd")(parameters, grads, rates[-1])

    points = walk(lambda w, b, t: (w, 4 * b), (-2, 1), update, steps=4, steps_per_epoch=2)
    assert rates == [0.1, 0.1, 0.05, 0.05]
    w = -2 * np.cumprod([1, *(1 - np.array(rates))])
    b = np.cumprod([1, *(1 - 4 * np.array(rates))])
    np.testing.assert_allclose(points, np.column_stack([w, b]))


def test_a_demonstration_names_the_function_that_is_not_written():
    def update_parameters_with_momentum():
        raise NotImplementedError

    def update(parameters, grads, t, epoch):
        update_parameters_with_momentum()

    with pytest.raises(NotReady, match="needs update_parameters_with_momentum, which is not written yet"):
        walk(lambda w, b, t: (w, b), (1, 1), update, steps=1)


def shared_arrays(parameters):
    v, s = {}, {}
    for name, value in parameters.items():
        v[f"d{name}"] = s[f"d{name}"] = np.zeros_like(value)
    return v, s


def of_lists(parameters):
    v = {f"d{name}": np.zeros_like(value).tolist() for name, value in parameters.items()}
    return v, {name: np.zeros_like(value) for name, value in v.items()}


def of_numbers(parameters):
    return {f"d{name}": 0.0 for name in parameters}, {f"d{name}": np.zeros_like(v) for name, v in parameters.items()}


@pytest.mark.parametrize(("function", "passes"), [(shared_arrays, False), (of_lists, True), (of_numbers, False)])
def test_arrays_that_stand_in_v_and_in_s_are_found_out(function, passes):
    said = verdict_on("initialize_adam", function)
    assert (said.state == "right") is passes
    name = said.mistake.name if said.mistake else ""
    assert name == ("the same arrays in v and in s" if function is shared_arrays else ""), "two dicts in any case"
