"""Foundations: the figures of the documents, TensorFlow's tape, differences and scikit-learn as oracles, and what counts as right."""

import itertools
import re

import numpy as np
import pytest
from conftest import solution
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import log_loss, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler

from autograde.authoring.questions import module_of
from autograde.course import this_course
from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from helpers import nets
from helpers.data import load_houses, load_moons

ASSIGNMENT = "foundations"
ours = module_of(ASSIGNMENT)


def reference(name):
    return solution(ASSIGNMENT)[name]


def verdict_on(name, function):
    """The grader's verdict on `function` in the place of the student's function of that name."""
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


def randn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def slopes(f, array, epsilon=1e-6):
    """Two-sided differences of a number f(array) by every entry."""
    result = np.zeros(np.shape(array))
    for at in np.ndindex(result.shape):
        step = np.zeros_like(result)
        step[at] = epsilon
        result[at] = (f(array + step) - f(array - step)) / (2 * epsilon)
    return result


@pytest.fixture(scope="module")
def tf():
    from helpers.signs import tf

    return tf


# 1 · A curve from powers

X61 = np.linspace(-3, 3, 61)
Y61 = (0.9 + 0.5 * X61 + 3 * X61**2 + 2.4 * X61**3)[None]


def descent(rate, steps):
    """Costs after each step on the curve of the documents, from zeros."""
    X, w, b, costs = reference("polynomial_features")(X61, 3), np.zeros((1, 3)), 0.0, []
    for _ in range(steps):
        _, dw, db = reference("mean_squared_error")(X, Y61, w, b)
        w, b = w - rate * dw, b - rate * db
        costs.append(reference("mean_squared_error")(X, Y61, w, b)[0])
    return costs


def test_powers_are_those_of_scikit_learn():
    x = randn(7)
    theirs = PolynomialFeatures(4, include_bias=False).fit_transform(x[:, None]).T
    np.testing.assert_allclose(reference("polynomial_features")(x, 4), theirs, rtol=1e-12)


def test_losses_of_the_curve_are_those_of_the_documents():
    assert [float(f"{cost:.4g}") for cost in descent(0.001, 100)[19::20]] == [40.48, 9.485, 2.254, 0.5652, 0.1697]


def test_the_curve_flies_apart_from_2_over_the_largest_curvature_on():
    powers = np.vander(X61, 4)
    curvatures = np.linalg.eigvalsh(2 * powers.T @ powers / 61)
    limit = 2 / curvatures[-1]
    assert float(f"{limit:.3g}") == 0.00852
    assert round(curvatures[-1] / curvatures[0]) == 273
    assert descent(0.99 * limit, 4_000)[-1] < 1e-3 < 1e3 < descent(1.01 * limit, 1_000)[-1]
    assert descent(0.009, 100)[-1] > 1e6


def test_the_line_is_the_one_of_least_squares():
    X, w, b = X61[None], np.zeros((1, 1)), 0.0
    for _ in range(400):
        _, dw, db = reference("mean_squared_error")(X, Y61, w, b)
        w, b = w - 0.05 * dw, b - 0.05 * db
    line = LinearRegression().fit(X61[:, None], Y61[0])
    np.testing.assert_allclose([w.item(), b], [line.coef_[0], line.intercept_], rtol=1e-9)


@pytest.mark.parametrize("n", [1, 3])
def test_mean_squared_error_against_differences(n):
    X, y, w, b = randn(n, 6, seed=1), randn(1, 6, seed=2), randn(1, n, seed=3), 0.4
    f = reference("mean_squared_error")
    cost, dw, db = f(X, y, w, b)
    assert cost == pytest.approx(
        sum((sum(w[0, j] * X[j, i] for j in range(n)) + b - y[0, i]) ** 2 for i in range(6)) / 6
    )
    np.testing.assert_allclose(dw, slopes(lambda v: f(X, y, v, b)[0], w), rtol=1e-7)
    np.testing.assert_allclose(db, slopes(lambda v: f(X, y, w, float(v))[0], np.array(b)), rtol=1e-7)


# 2 · A border


@pytest.mark.parametrize("n", [1, 3])
def test_logistic_cost_against_scikit_learn_and_differences(n):
    X, Y, w, b = randn(n, 8, seed=4), np.array([[0, 1, 1, 0, 1, 0, 0, 1]]), randn(1, n, seed=5), -0.3
    f = reference("logistic_cost")
    cost, dw, db = f(X, Y, w, b)
    assert cost == pytest.approx(log_loss(Y[0], 1 / (1 + np.exp(-(w @ X + b)))[0]), rel=1e-12)
    np.testing.assert_allclose(dw, slopes(lambda v: f(X, Y, v, b)[0], w), rtol=1e-6)
    np.testing.assert_allclose(db, slopes(lambda v: f(X, Y, w, float(v))[0], np.array(b)), rtol=1e-6)


def test_a_sure_error_costs_what_it_should():
    cost, dw, db = reference("logistic_cost")(np.array([[1000.0, -1000.0]]), np.array([[0, 0]]), np.ones((1, 1)), 0.0)
    assert (cost, dw.item(), db) == (500.0, 500.0, 0.5)


def test_the_border_on_the_moons_is_that_of_the_documents():
    moons, w, b, costs = load_moons(), np.zeros((1, 2)), 0.0, []
    for _ in range(1000):
        _, dw, db = reference("logistic_cost")(moons.X_train, moons.Y_train, w, b)
        w, b = w - dw, b - db
        costs.append(reference("logistic_cost")(moons.X_train, moons.Y_train, w, b)[0])
    assert [round(costs[step - 1], 4) for step in (200, 1000)] == [0.3328, 0.3326]
    shares = [np.mean((w @ X + b > 0) == Y) for X, Y in ((moons.X_train, moons.Y_train), (moons.X_test, moons.Y_test))]
    assert np.round(shares, 3).tolist() == [0.857, 0.87]


# 4 · Back through a graph


def test_the_graph_of_the_documents():
    g = reference("sigmoid_graph")(np.array([2.0, -3, -3]), np.array([-1.0, -2]))
    found = [g[name] for name in ("s", "neg", "exp", "plus1", "f", "df", "dplus1", "dexp", "dneg", "ds")]
    assert np.round(found, 3).tolist() == [1, -1, 0.368, 1.368, 0.731, 1, -0.534, -0.534, -0.197, 0.197]
    assert np.round([*g["dw"], *g["dx"]], 3).tolist() == [-0.197, -0.393, 0.197, 0.393, -0.590]


def test_the_graph_against_differences():
    w, x = randn(3, seed=6), randn(2, seed=7)
    f = reference("sigmoid_graph")
    g = f(w, x)
    np.testing.assert_allclose(g["dw"], slopes(lambda v: f(v, x)["f"], w), rtol=1e-7)
    np.testing.assert_allclose(g["dx"], slopes(lambda v: f(w, v)["f"], x), rtol=1e-7)
    assert g["f"] == pytest.approx(nets.sigmoid(w[:2] @ x + w[2]))


# 5 · The tape, written by you


def random_tape(rng):
    """Inputs and some operations on values that chance chooses, none beyond what can be read."""
    tape = [("input", (), float(value)) for value in rng.standard_normal(3)]
    for _ in range(rng.integers(3, 12)):
        kind = str(rng.choice(list(ours.COMPUTED)))
        places = tuple(int(i) for i in rng.integers(len(tape), size=2 if kind in ("add", "multiply") else 1))
        values = [tape[i][2] for i in places]
        if (kind == "reciprocal" and abs(values[0]) < 0.2) or (kind == "exp" and values[0] > 3):
            continue
        value = float(ours.COMPUTED[kind](*values))
        if abs(value) < 1e3:
            tape.append((kind, places, value))
    return tape


def test_the_tape_against_that_of_tensorflow_on_random_graphs(tf):
    rng = np.random.default_rng(11)
    operations = {**ours.COMPUTED, "exp": tf.exp}
    used_often = 0
    for _ in range(40):
        tape = random_tape(rng)
        with tf.GradientTape() as theirs:
            values = [tf.constant(value, tf.float64) for _, _, value in tape[:3]]
            theirs.watch(values)
            for kind, places, _ in tape[3:]:
                values.append(operations[kind](*(values[i] for i in places)))
        expected = [float(g) for g in theirs.gradient(values[-1], values, unconnected_gradients="zero")]
        np.testing.assert_allclose(reference("backpropagate")(tape), expected, rtol=1e-10, atol=1e-300)
        used_often += max(np.bincount([i for _, places, _ in tape for i in places], minlength=1)) > 2
    assert used_often > 5


def test_the_tape_by_hand():
    square = [("input", (), 3.0), ("multiply", (0, 0), 9.0)]
    assert reference("backpropagate")(square).tolist() == [6, 1]
    of_the_text = [
        ("input", (), 3.0),
        ("input", (), 0.5),
        ("multiply", (0, 1), 1.5),
        ("add", (2, 0), 4.5),
        ("reciprocal", (3,), 1 / 4.5),
    ]
    by_hand = [-1.5 / 4.5**2, -3 / 4.5**2, -1 / 4.5**2, -1 / 4.5**2, 1]
    np.testing.assert_allclose(reference("backpropagate")(of_the_text), by_hand)


def test_on_a_tree_overwriting_would_pass_so_the_cases_have_more_than_trees():
    uses = [
        max(np.bincount([i for _, places, _ in case.args[0] for i in places] or [0]))
        for case in ours.backpropagate.cases
    ]
    assert sum(most > 1 for most in uses) >= 5


# 6 · Find the bug


def test_the_deep_net_is_that_of_keras(tf):
    parameters = {
        name: randn(*shape, seed=i)
        for i, (name, shape) in enumerate(
            {"W1": (3, 2), "b1": (3, 1), "W2": (4, 3), "b2": (4, 1), "W3": (2, 4), "b3": (2, 1)}.items()
        )
    }
    layers = [tf.keras.layers.Dense(n, kind) for n, kind in ((3, "relu"), (4, "relu"), (2, None))]
    model = tf.keras.Sequential([tf.keras.Input((2,)), *layers])
    model.set_weights([value.T if name[0] == "W" else value.ravel() for name, value in parameters.items()])
    X = randn(2, 5, seed=9)
    np.testing.assert_allclose(reference("deep_net")(X, parameters), np.asarray(model(X.T)).T, rtol=1e-4, atol=1e-5)


# 7, 8 · Sessions, and what is kept


@pytest.mark.parametrize(
    ("coefficients", "first", "last"),
    [((1, -10, 25), 0.1, 4.99999), ((1, -8, 16), 0.08, 3.99999), ((1, -20, 100), 0.2, 9.99998)],
)
def test_sessions_are_those_of_the_documents(coefficients, first, last):
    minimize = reference("minimize_by_feeding")
    assert round(minimize(coefficients, 1), 6) == first
    assert f"{minimize(coefficients, 1001):.5f}" == f"{last:.5f}"


def test_a_float32_step_ends_where_half_the_last_digit_is_longer():
    """w stops where rate times slope is less than half the distance to the next float32."""
    w = np.float32(reference("minimize_by_feeding")((1, -10, 25), 1400))
    step = 0.01 * 2 * (5 - float(w))
    assert 0 < step <= 1.01 * float(np.spacing(w)) / 2


def test_the_newest_checkpoint_is_that_of_the_largest_step():
    latest = reference("latest_checkpoint")
    for names in itertools.permutations(["m-900", "m-10000", "m-2000"]):
        assert latest(list(names)) == "m-10000"
    assert latest([]) == ""


# 9 · The price of a house


def test_tables_are_prepared_as_scikit_learn_does():
    houses = load_houses()
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    for name, transformer, kind in (("fill_and_scale", numbers, "numbers"), ("one_hot_columns", words, "words")):
        train, test = (
            np.array(list(getattr(part, kind).values()), dtype=object if kind == "words" else float).T
            for part in (houses.train, houses.test)
        )
        expected = [transformer.fit_transform(train).T, transformer.transform(test).T]
        if kind == "words":  # where a missing word is a word, too
            kept = [bool(word) for category in transformer.categories_ for word in category]
            expected = [rows[kept] for rows in expected]
        for found, rows in zip(
            reference(name)(getattr(houses.train, kind), getattr(houses.test, kind)), expected, strict=True
        ):
            np.testing.assert_allclose(found, rows, rtol=1e-9, atol=1e-12)


def test_the_error_of_logs_is_that_of_scikit_learn_on_logarithms():
    p, q = 0.5 + 3 * np.random.default_rng(3).random((2, 1, 9))
    found = reference("root_mean_squared_error_of_logs")(p, q)
    assert found == pytest.approx(root_mean_squared_error(np.log(q[0]), np.log(p[0])))
    assert reference("root_mean_squared_error_of_logs")(2 * q, q) == pytest.approx(np.log(2))


# What the text says of other draws


def test_what_the_text_says_of_five_draws_is_what_was_measured():
    measured = this_course().script(ASSIGNMENT).with_name("five_seeds.txt").read_text(encoding="utf-8")
    figures = re.findall(r"([\d.]+ ± [\d.]+)", measured)
    text = " ".join(this_course().script(ASSIGNMENT).read_text(encoding="utf-8").replace("\n#", " ").split())
    assert len(figures) == 6
    assert [figure for figure in figures if figure not in text] == []


# What counts as right (other right ways to write it are in test_variants.py)


def test_the_points_are_100():
    assert sum(question.points for question in all_questions(ASSIGNMENT).values()) == 100


NO_ANSWERS = {
    "nothing": lambda *args: None,
    "what came in first": lambda *args: args[0],
    "an empty dict": lambda *args: {},
    "an empty list": lambda *args: [],
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("name", all_questions(ASSIGNMENT))
def test_no_answer_gets_no_points_for_values(name, answer):
    earned = {group.name for group in verdict_on(name, answer).groups if group.earned}
    assert earned <= {"shape and keys"}


WRONG = {  # ways of the review that the deciding cases have to find out, beside the named mistakes
    "polynomial_features": lambda x, degree: np.array([x**k for k in range(degree, 0, -1)]),
    "mean_squared_error": lambda X, y, w, b: (lambda e: ((e**2).mean() / 2, e @ X.T / X.shape[1], e.mean()))(
        w @ X + b - y
    ),
    "logistic_cost": lambda X, Y, w, b: (
        lambda A: (
            -np.mean(Y * np.log(A + 1e-12) + (1 - Y) * np.log(1 - A + 1e-12)),
            (A - Y) @ X.T / X.shape[1],
            np.mean(A - Y),
        )
    )(nets.sigmoid(w @ X + b)),
    "sigmoid_graph": lambda w, x: solution(ASSIGNMENT)["sigmoid_graph"](w, x) | {"dw": np.append(w[:2], 1)},
    "deep_net": lambda X, parameters: nets.forward_propagation(X, parameters)[0],
    "latest_checkpoint": lambda names: max(names, default=""),
    "root_mean_squared_error_of_logs": lambda p, q: np.sqrt(np.mean((np.log1p(p) - np.log1p(q)) ** 2)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ways_do_not_pass(name):
    assert verdict_on(name, WRONG[name]).state != "right"
