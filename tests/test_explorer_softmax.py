"""The explorer of softmax against known numbers, SciPy, logistic regression, and differences of the cost."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from helpers.explorers.draws import normal
from helpers.explorers.softmax import (
    ALPHA,
    CELLS,
    EDGE,
    SOFTMAX,
    STEPS,
    clouds,
    compute,
    cost_and_gradients,
    course,
    softmax,
)

FIVE_TWO = np.array([5.0, 2.0, -1.0, 3.0])


def computed(**values):
    return compute(SOFTMAX.defaults() | values)


def test_the_numbers_that_everybody_knows():
    a = computed()
    assert a["z"].tolist() == FIVE_TWO.tolist()
    assert a["p"].round(3).tolist() == [0.842, 0.042, 0.002, 0.114]
    assert "p = 0.842, 0.042, 0.002, 0.114, together 1." in SOFTMAX.describe(a)


def test_softmax_is_that_of_scipy_even_for_huge_logits():
    Z = 30 * normal(3, 24).reshape(4, 6)
    np.testing.assert_allclose(softmax(Z), scipy_softmax(Z, axis=0), rtol=1e-12)
    np.testing.assert_allclose(softmax(np.array([1000.0, 999.0])), [1 / (1 + np.exp(-1)), 1 / (1 + np.e)], rtol=1e-12)
    for T in (0.1, 4):
        np.testing.assert_allclose(computed(T=T)["p"], scipy_softmax(FIVE_TWO / T), rtol=1e-12)
        np.testing.assert_allclose(computed(T=T)["loss"], -log_softmax(FIVE_TWO / T), rtol=1e-12)


def test_the_same_added_to_all_logits_changes_nothing_and_the_rest_adds_up():
    here, lower = computed(), computed(**SOFTMAX.presets["z = 1, −2, −5, −1"])
    np.testing.assert_allclose(lower["z"], here["z"] - 4)
    np.testing.assert_allclose(lower["p"], here["p"], rtol=1e-12)
    np.testing.assert_allclose(lower["loss"], here["loss"], rtol=1e-12)
    for T in (0.1, 1, 10):
        assert abs(computed(T=T)["p"].sum() - 1) < 1e-12


def test_temperature_leads_from_hardmax_to_all_alike():
    np.testing.assert_allclose(computed(T=0.1)["p"], [1, 0, 0, 0], atol=1e-8)
    np.testing.assert_allclose(computed(T=0.5)["p"][0] / computed(T=0.5)["p"][3], np.exp(4), rtol=1e-12)
    assert f"{np.exp(4):.1f}" in SOFTMAX.prediction.see
    assert f"{computed(T=0.5)['p'][0]:.2f}" in SOFTMAX.prediction.see
    largest = [computed(T=T)["p"].max() for T in (0.1, 0.5, 1, 4, 10)]
    assert largest == sorted(largest, reverse=True)


def test_two_classes_are_logistic_regression():
    """The sigmoid of the difference, and the gradient of logistic regression on it."""
    X, y, W = clouds(2, 5)
    b, Y = np.array([[0.3], [-0.2]]), np.eye(2)[:, y]
    w, bias = W[1] - W[0], b[1, 0] - b[0, 0]
    a = 1 / (1 + np.exp(-(w @ X + bias)))
    np.testing.assert_allclose(softmax(W @ X + b)[1], a, rtol=1e-12)
    cost, dW, db = cost_and_gradients(W, b, X, Y)
    np.testing.assert_allclose(cost, -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), rtol=1e-12)
    np.testing.assert_allclose(dW[1], ((a - y) * X).mean(axis=1), rtol=1e-10)
    np.testing.assert_allclose(db[:, 0], [-(a - y).mean(), (a - y).mean()], rtol=1e-10)


def test_gradients_are_those_of_differences():
    X, y, W = clouds(4, 2)
    b, Y = 0.1 * normal(8, 4).reshape(4, 1), np.eye(4)[:, y]
    _, dW, db = cost_and_gradients(W, b, X, Y)
    for values, gradients in ((W, dW), (b, db)):
        for at in np.ndindex(values.shape):
            costs = []
            for step in (1e-5, -1e-5):
                kept = values[at]
                values[at] = kept + step
                costs.append(cost_and_gradients(W, b, X, Y)[0])
                values[at] = kept
            assert abs((costs[0] - costs[1]) / 2e-5 - gradients[at]) < 1e-8


def test_each_step_is_one_of_gradient_descent_and_lowers_the_cost():
    run = course(5, 3)
    X, y, start = clouds(5, 3)
    assert len(run) == STEPS + 1
    np.testing.assert_array_equal(run[0][0], start)
    for (W, b, cost), (W_next, b_next, cost_next) in pairwise(run):
        _, dW, db = cost_and_gradients(W, b, X, np.eye(5)[:, y])
        np.testing.assert_allclose(W_next, W - ALPHA * dW, rtol=1e-12)
        np.testing.assert_allclose(b_next, b - ALPHA * db, rtol=1e-12)
        assert cost_next < cost


@pytest.mark.parametrize("C", [3, 4, 5, 6])
def test_what_is_learnt_beats_guessing_by_far(C):
    for seed in range(1, 21):
        before, after = computed(C=C, seed=seed, step=0), computed(C=C, seed=seed, step=STEPS)
        assert after["cost"] < before["cost"] / 3
        assert after["right"] > 0.8
        assert after["right"] == np.mean(
            (after["W"] @ [after["x1"], after["x2"]] + after["b"][:, None]).argmax(0) == after["y"]
        )


@pytest.mark.parametrize("values", [{}, {"C": 6, "step": 60}, {"C": 5, "step": 0}, {"C": 3, "seed": 9}])
def test_boundaries_are_straight_and_all_of_them_are_drawn(values):
    """On a drawn line two classes tie and no other is larger; between neighbouring cells of different classes lies a line."""
    a = computed(**values)
    W, b = a["W"], a["b"]
    for x1, y1, x2, y2 in a["lines"]:
        for t in (0.01, 0.3, 0.77, 0.99):
            scores = W @ [x1 + t * (x2 - x1), y1 + t * (y2 - y1)] + b
            second, first = np.sort(scores)[-2:]
            assert first - second < 1e-9
    field = a["field"].reshape(CELLS, CELLS)
    width = 2 * EDGE / CELLS
    for row, column in np.argwhere(field[:, 1:] != field[:, :-1]):
        middle = np.array([-EDGE + (column + 1) * width, -EDGE + (row + 0.5) * width])
        assert min(distance(middle, line) for line in a["lines"]) < width
    assert len(a["lines"]) >= len(set(a["field"])) - 1


def distance(point, line) -> float:
    start, end = np.array(line[:2]), np.array(line[2:])
    t = np.clip((point - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
    return float(np.linalg.norm(point - start - t * (end - start)))


def test_the_number_of_a_region_stands_in_it():
    for seed in range(1, 9):
        a = computed(C=6, seed=seed)
        for c, spot in enumerate(a["spots"]):
            if np.isfinite(spot).all():
                assert (a["W"] @ spot + a["b"]).argmax() == c
            else:
                assert np.mean(a["field"] == c) <= 0.015
