"""Initialization: the published figures, independent oracles for the reference solution, and the questions."""

import math

import numpy as np
import pytest
from conftest import solution

from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from helpers import nets, plots
from helpers.data import load_circles
from helpers.training import History, train

ASSIGNMENT = "initialization"
INITIALIZE = [f"initialize_parameters_{name}" for name in ("zeros", "random", "he", "xavier")]
NAMES = [*INITIALIZE, "signal_by_depth"]


def verdict_on(name, function, questions=None):
    """The grader's verdict on `function`, or, with other questions, that of those."""
    question = (questions or all_questions(ASSIGNMENT))[name]
    return examine(question, lambda case: call_case(function, case))


# The published figures


def trained(name):
    """Cost every 1,000 steps, accuracy on the training and on the test points, after the course's training."""
    circles = load_circles()
    history = train(circles, solution(ASSIGNMENT)[name], record_every=1000)
    accuracies = [
        nets.accuracy(history.parameters, circles.X_train, circles.Y_train),
        nets.accuracy(history.parameters, circles.X_test, circles.Y_test),
    ]
    return dict(zip(history.steps, history.costs, strict=True)), accuracies


def test_training_from_zeros(figures):
    published = figures["initialization"]["zeros"]
    costs, accuracies = trained("initialize_parameters_zeros")
    assert list(costs) == list(range(0, 15_000, 1000))
    assert list(costs.values()) == pytest.approx([published["cost_every_1000"]] * 15, rel=1e-14)
    assert accuracies == [published["train_accuracy"], published["test_accuracy"]]


def test_training_from_he(figures):
    published = figures["initialization"]["he"]
    costs, accuracies = trained("initialize_parameters_he")
    expected = {int(step): cost for step, cost in published["cost"].items()}
    assert costs == pytest.approx(expected, rel=10.0 ** -published["digits"])
    assert accuracies == [published["train_accuracy"], published["test_accuracy"]]


def test_training_from_large_random_weights(figures):
    """The first thousand steps jump about and blow a rounding error up to 0.002; another processor does the same."""
    published = figures["initialization"]["random_times_10"]
    costs, accuracies = trained("initialize_parameters_random")
    assert costs[0] == math.inf
    assert costs[1000] == pytest.approx(published["cost"]["1000"], abs=4e-3)
    for step in (2000, 9000, 14_000):
        assert costs[step] == pytest.approx(published["cost"][str(step)], abs=1e-3)
    assert accuracies[0] == pytest.approx(published["train_accuracy"], abs=0.004)  # one point of 300
    assert accuracies[1] == pytest.approx(published["test_accuracy"], abs=0.011)  # one point of 100


# Independent oracles: the drawn weights


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("initialize_parameters_random", lambda fan_in, fan_out: 100),
        ("initialize_parameters_he", lambda fan_in, fan_out: 2 / fan_in),
        ("initialize_parameters_xavier", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    ],
)
def test_drawn_weights_have_the_variance_of_the_formula(name, variance):
    """At 60,000 to 300,000 weights a layer, the variance of a sample is within 2 % of that of the distribution."""
    layers_dims = [1000, 300, 200, 400]
    parameters = solution(ASSIGNMENT)[name](layers_dims)
    for l in range(1, 4):
        W = parameters[f"W{l}"]
        expected = variance(layers_dims[l - 1], layers_dims[l])
        assert W.var() == pytest.approx(expected, rel=0.02)
        assert abs(W.mean()) < 4 * math.sqrt(expected / W.size)
        assert np.mean(W**4) / W.var() ** 2 == pytest.approx(3, rel=0.05)  # the kurtosis of a normal distribution


@pytest.mark.parametrize("name", INITIALIZE)
def test_names_shapes_and_biases(name):
    parameters = solution(ASSIGNMENT)[name]([5, 4, 3, 2])
    assert {key: value.shape for key, value in parameters.items()} == {
        "W1": (4, 5), "b1": (4, 1), "W2": (3, 4), "b2": (3, 1), "W3": (2, 3), "b3": (2, 1),
    }  # fmt: skip
    assert not any(parameters[f"b{l}"].any() for l in (1, 2, 3))


def test_draws_come_in_the_order_of_the_layers():
    stream = np.random.RandomState(3)
    W1, W2 = stream.randn(4, 6), stream.randn(2, 4)
    drawn = {
        name: solution(ASSIGNMENT)[f"initialize_parameters_{name}"]([6, 4, 2]) for name in ("random", "he", "xavier")
    }
    scales = {
        "random": (10, 10),
        "he": (math.sqrt(2 / 6), math.sqrt(2 / 4)),
        "xavier": (math.sqrt(0.2), math.sqrt(1 / 3)),
    }
    for name, (first, second) in scales.items():
        np.testing.assert_allclose(drawn[name]["W1"], first * W1)
        np.testing.assert_allclose(drawn[name]["W2"], second * W2)


# Independent oracles: the signal


def signal_by_hand(X, parameters, activation):
    """The same measurement, number by number, with Python's own arithmetic."""
    g = {
        "linear": lambda z: z,
        "relu": lambda z: z if z > 0 else 0.0,
        "tanh": math.tanh,
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    }[activation]
    columns, signal = X.T.tolist(), []
    for l in range(1, len(parameters) // 2 + 1):
        W, b = parameters[f"W{l}"].tolist(), parameters[f"b{l}"].ravel().tolist()
        columns = [
            [g(sum(w * a for w, a in zip(row, column, strict=True)) + bias) for row, bias in zip(W, b, strict=True)]
            for column in columns
        ]
        values = [a for column in columns for a in column]
        mean = sum(values) / len(values)
        signal.append(math.sqrt(sum((a - mean) ** 2 for a in values) / len(values)))
    return signal


@pytest.mark.parametrize("activation", ["linear", "relu", "tanh", "sigmoid"])
def test_signal_against_plain_arithmetic(activation):
    rng = np.random.default_rng(7)
    sizes = [4, 6, 3, 5, 1]
    parameters = {}
    for l in range(1, 5):
        parameters[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1]))
        parameters[f"b{l}"] = rng.normal(size=(sizes[l], 1))
    X = rng.normal(size=(4, 9))
    signal = solution(ASSIGNMENT)["signal_by_depth"](X, parameters, activation)
    np.testing.assert_allclose(signal, signal_by_hand(X, parameters, activation), rtol=1e-12)


@pytest.mark.parametrize(("factor", "after_50"), [(0.9, 0.005154), (1.1, 117.39), (1.5, 6.3762e8)])
def test_signal_of_multiples_of_the_identity(factor, after_50):
    """Powers from a table; the input has standard deviation 1."""
    parameters = {}
    for l in range(1, 51):
        parameters |= {f"W{l}": factor * np.eye(2), f"b{l}": np.zeros((2, 1))}
    signal = solution(ASSIGNMENT)["signal_by_depth"](np.array([[1.0], [-1.0]]), parameters, "linear")
    assert len(signal) == 50
    assert signal[0] == pytest.approx(factor)
    assert signal[-1] == pytest.approx(after_50, rel=1e-4)


@pytest.fixture(scope="module")
def fifty_layers():
    """Input of standard deviation 1 and He's weights for 50 layers of 400 units."""
    X = np.random.default_rng(5).standard_normal((400, 100))
    return X, solution(ASSIGNMENT)["initialize_parameters_he"]([400] * 51)


def test_he_keeps_the_signal_of_fifty_relu_layers(fifty_layers):
    """In a layer that keeps the mean square q of ReLU's outputs, they have mean sqrt(q/pi): their std is sqrt(q - q/pi)."""
    signal = solution(ASSIGNMENT)["signal_by_depth"](*fifty_layers, "relu")
    assert signal[0] == pytest.approx(math.sqrt(1 - 1 / math.pi), rel=0.02)
    assert signal.min() > 0.4
    assert signal.max() < 2


@pytest.mark.parametrize("factor", [0.5, 2])
def test_another_scale_costs_a_power_of_the_depth(fifty_layers, factor):
    """ReLU(c z) = c ReLU(z) for c > 0, so weights times c give exactly c^l times the signal."""
    X, parameters = fifty_layers
    scaled = {name: factor * value for name, value in parameters.items()}
    signal = solution(ASSIGNMENT)["signal_by_depth"]
    powers = factor ** np.arange(1.0, 51.0)
    np.testing.assert_allclose(signal(X, scaled, "relu"), powers * signal(X, parameters, "relu"), rtol=1e-9)


def test_xavier_suits_tanh_and_is_too_small_for_relu(fifty_layers):
    X, _ = fifty_layers
    parameters = solution(ASSIGNMENT)["initialize_parameters_xavier"]([400] * 51)
    signal = solution(ASSIGNMENT)["signal_by_depth"]
    assert 0.05 < signal(X, parameters, "tanh")[-1] < 0.2  # about 1 / sqrt(2 * 50), what tanh's cubic term leaves
    assert signal(X, parameters, "relu")[-1] == pytest.approx(2.0**-25, rel=0.9)


def test_equal_units_stay_equal():
    circles = load_circles()
    zeros = solution(ASSIGNMENT)["initialize_parameters_zeros"]
    equal = {name: value + 0.5 for name, value in zeros([2, 10, 5, 1]).items()}
    parameters = train(circles, lambda layers_dims: equal, iterations=300).parameters
    assert np.ptp(parameters["W1"], axis=0) == pytest.approx(0, abs=1e-12)
    assert not np.allclose(parameters["W1"], 0.5)


# The plots


def test_plot_cost_copes_with_an_infinite_start(capsys):
    ax = plots.new_axes()
    history = History({}, steps=[0, 100, 200, 300], costs=[math.inf, math.inf, 3.25, 0.5])
    plots.plot_cost(history, ax=ax)
    low, high = ax.get_ylim()
    assert low < 0.5 < 3.25 < high < 4
    assert (
        capsys.readouterr().out == "The cost goes from infinity (and 3.25 at iteration 200) to 0.5 in 300 iterations.\n"
    )


def test_plot_cost_of_a_finite_run(capsys):
    plots.plot_cost(History({}, steps=[0, 100], costs=[0.75, 0.5]), labels=("He",))
    assert capsys.readouterr().out == "He: the cost goes from 0.75 to 0.5 in 100 iterations.\n"


def test_plot_signal_draws_each_curve_over_its_layers(capsys):
    ax = plots.new_axes()
    plots.plot_signal({"half": np.array([0.5, 0.25, 0.125]), "double": [2.0, 4.0]}, ax=ax)
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2, 3], [1, 2]]
    assert ax.get_yscale() == "log"
    assert "half: the signal is 0.5 after layer 1 and 0.12 after layer 3." in capsys.readouterr().out


def test_plot_outputs_says_how_much_is_saturated(capsys):
    plots.plot_outputs({"a": np.array([[-1.0, 0.995], [0.2, 0.1]]), "b": np.zeros((2, 2))})
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("a: 50% of the outputs lie beyond ±0.99")
    assert said[1].startswith("b: 0% of the outputs")


def test_plot_outputs_of_a_sigmoid_counts_both_of_its_ends(capsys):
    plots.plot_outputs({"a": np.array([[0.001, 0.995], [0.5, 0.02]])}, from_zero=("a",))
    assert capsys.readouterr().out.startswith("a: 50% of the outputs lie within 0.01 of 0 or 1;")


def test_what_is_said_of_sigmoids_with_large_weights_holds_for_five_draws():
    """Section 5: the variance saturates them, their mean of 1/2 keeps many units on one side, which tanh does not."""

    def outputs(g, X, weights):
        for W in weights:
            X = g(W @ X)
        return X

    def on_one_side(A):
        return np.mean(np.all(A > 0, axis=1) | np.all(A < 0, axis=1))

    for seed in range(5):
        draw = np.random.default_rng(seed)
        X, weights = draw.standard_normal((500, 100)), [draw.standard_normal((500, 500)) for _ in range(5)]
        sigmoid = outputs(lambda Z: 1 / (1 + np.exp(-Z)), X, weights)
        centred = outputs(lambda Z: np.tanh(Z / 2) / 2, X, weights)  # the same less 1/2
        assert 0.75 < np.mean((sigmoid < 0.01) | (sigmoid > 0.99)) < 0.78
        assert 0.64 < np.mean(np.abs(centred) > 0.49) < 0.67
        assert on_one_side(sigmoid - 0.5) > 0.2
        assert on_one_side(centred) == on_one_side(outputs(np.tanh, X, weights)) == 0


# The questions (what holds for those of every assignment is in test_questions.py)


def test_points():
    assert {name: all_questions(ASSIGNMENT)[name].points for name in NAMES} == dict(
        zip(NAMES, (15, 15, 25, 20, 25), strict=True)
    )


@pytest.mark.parametrize("name", INITIALIZE[1:])
def test_zeros_are_no_random_weights(name):
    assert verdict_on(name, solution(ASSIGNMENT)["initialize_parameters_zeros"]).score == 0


@pytest.mark.parametrize("name", INITIALIZE)
def test_a_network_learnt_by_heart_is_not_enough(name):
    """Sizes, or the number of layers, of the training net instead of those asked for."""
    right = solution(ASSIGNMENT)[name]
    assert verdict_on(name, lambda layers_dims: right([2, 10, 5, 1])).score == 0
    assert verdict_on(name, lambda layers_dims: right(layers_dims[:3])).state == "partly"


def test_signal_with_one_activation_gets_part_of_the_points():
    def tanh_only(X, parameters, activation):
        return solution(ASSIGNMENT)["signal_by_depth"](X, parameters, "tanh")

    verdict = verdict_on("signal_by_depth", tanh_only)
    assert verdict.state == "partly"
    assert 0 < verdict.score < 25
