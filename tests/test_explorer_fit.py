"""The explorer of the fit against NumPy's least squares, ridge regression, single steps of descent, and the figures it tells."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from helpers.explorers.fit import FIT, FRESH, HIGHEST, compute, descend, inputs, truth

UNIFORM = np.linspace(-1, 1, 25)


def computed(**values):
    return compute(FIT.defaults() | values)


def test_inputs_are_chebyshevs_polynomials():
    x = np.linspace(-1, 1, 9)
    for k, row in enumerate(inputs(x, HIGHEST)):
        np.testing.assert_allclose(row, np.cos(k * np.arccos(x)), atol=1e-9)


def test_many_steps_without_a_penalty_find_the_polynomial_of_least_squares():
    y = truth(UNIFORM) + 0.1 * np.random.default_rng(0).standard_normal(25)
    for degree in (1, 3, 5):
        w = descend(inputs(UNIFORM, degree), y, 0, 100_000)
        best = np.polynomial.chebyshev.chebfit(UNIFORM, y, degree)
        np.testing.assert_allclose(w, best, atol=1e-6)


def test_with_a_penalty_they_find_ridge_regression():
    y = truth(UNIFORM) + 0.1 * np.random.default_rng(1).standard_normal(25)
    X = inputs(UNIFORM, 7)
    ridge = Ridge(alpha=0.7).fit(X[1:].T, y)
    np.testing.assert_allclose(descend(X, y, 0.7, 100_000), [ridge.intercept_, *ridge.coef_], atol=1e-8)


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 50])
def test_a_power_of_the_matrix_is_as_many_steps(steps):
    y, X, lambd = truth(UNIFORM), inputs(UNIFORM, 4), 0.3
    (n, m), w = X.shape, np.zeros(5)
    for _ in range(steps):
        penalty = 2 * lambd / m * np.array([0, *w[1:]])
        w = w - (2 / m * X @ (w @ X - y) + penalty) / (n + lambd / m)
    np.testing.assert_allclose(descend(X, y, lambd, steps), w, atol=1e-12)


def test_costs_are_those_of_the_curve():
    a = computed(degree=7)
    for x, y, costs in ((a["x"], a["y"], a["train"]), (a["x_new"], a["y_new"], a["test"])):
        values = np.polynomial.chebyshev.chebval(x, a["w"])
        assert costs[6] == pytest.approx(np.mean((values - y) ** 2))
    assert len(a["x_new"]) == FRESH


def test_without_a_penalty_a_higher_degree_never_costs_more_on_the_points():
    for seed in (1, 4, 9):
        costs = computed(seed=seed, points=30)["train"]
        assert (np.diff(costs) < 1e-4).all()  # steps end before the flattest directions do


def test_the_answer_to_the_prediction_has_the_figures_that_are_seen():
    see = FIT.prediction.see
    for said, figure, values, degree, where in (
        ("(0.269 on new points)", 0.269, {}, 1, "test"),
        ("(0.0463)", 0.0463, {}, 5, "test"),
        ("0.00268 on its points", 0.00268, {}, 12, "train"),
        ("1.74 on new ones", 1.74, {}, 12, "test"),
        ("With 60 points it costs 0.0528", 0.0528, {"points": 60}, 12, "test"),
        ("15 points 0.0963", 0.0963, {"lambd": 0.1}, 12, "test"),
    ):
        assert said in see
        assert float(f"{computed(**values)[where][degree - 1]:.3g}") == figure, said
    test = computed()["test"]
    assert test[0] > test[4] < test[11]
    assert computed()["best"] == 5
