"""What the explorer of L2 and dropout shows, against nets.py, finite differences and closed forms."""

import csv
import subprocess
import sys

import numpy as np
import pytest

from autograde.course import this_course
from helpers import data, nets
from helpers.explorers import EXPLORERS
from helpers.explorers.regularization import REGULARIZATION, STEPS, gradient, initialize, masks, train, unpack

SEEDS = REGULARIZATION.controls[-2].stops
GOOD, TOO_MUCH = 0.5, 10


def shown(**values):
    return REGULARIZATION.compute(REGULARIZATION.defaults() | values)


def points(part, n):
    """The first n points of a CSV file of the football pitch: X of shape (2, n), Y of shape (1, n)."""
    with open(data.FOLDER / f"football_{part}.csv", encoding="utf-8") as file:
        rows = [[float(row[name]) for name in ("x1", "x2", "label")] for row in csv.DictReader(file)][:n]
    table = np.array(rows).T
    return table[:2], table[2:]


@pytest.mark.parametrize("keep_prob", [1, 0.7])
@pytest.mark.parametrize("lambd", [0, 2.5])
def test_the_gradient_is_that_of_the_cost_with_its_price(lambd, keep_prob):
    """Against differences of the formula J = cross-entropy + lambda / (2m) * sum of W^2, with the masks held."""
    hidden, (X, Y) = 4, points("train", 9)
    theta = initialize(hidden, 3) + 0.1
    D1, D2 = masks(keep_prob, hidden, 9, 3, 1)

    def cost(vector):
        p = unpack(vector, hidden)
        A1 = nets.relu(p["W1"] @ X + p["b1"]) * D1
        A2 = nets.relu(p["W2"] @ A1 + p["b2"]) * D2
        price = lambd / (2 * 9) * sum(np.sum(p[name] ** 2) for name in ("W1", "W2", "W3"))
        return nets.compute_cost(nets.sigmoid(p["W3"] @ A2 + p["b3"]), Y) + price

    steps = 1e-6 * np.eye(theta.size)
    differences = [(cost(theta + step) - cost(theta - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(gradient(theta, X, Y, hidden, lambd, (D1, D2)), differences, atol=1e-8)


def test_training_is_adam_on_the_gradients_of_nets():
    """With keep_prob 1 there is no dropout; Adam as in algorithm 1 of Kingma and Ba (2015)."""
    lambd, n, hidden, seed = 0.3, 20, 6, 4
    X, Y = points("train", n)
    parameters = {name: value.copy() for name, value in unpack(initialize(hidden, seed), hidden).items()}
    v, s = ({name: 0 * value for name, value in parameters.items()} for _ in range(2))
    for t in range(1, STEPS + 1):
        grads = nets.backward_propagation(X, Y, nets.forward_propagation(X, parameters)[1])
        for name, value in parameters.items():
            g = grads[f"d{name}"] + (lambd / n * value if name.startswith("W") else 0)
            v[name] = 0.9 * v[name] + 0.1 * g
            s[name] = 0.999 * s[name] + 0.001 * g**2
            parameters[name] = value - 0.05 * (v[name] / (1 - 0.9**t)) / (np.sqrt(s[name] / (1 - 0.999**t)) + 1e-8)
    ours = unpack(train(lambd, 1, n, hidden, seed)["thetas"][-1], hidden)
    for name, value in parameters.items():
        np.testing.assert_allclose(ours[name], value, atol=1e-8, err_msg=name)


def test_masks_are_those_of_inverted_dropout():
    """Each unit stays with probability keep_prob and is divided by it, anew for every step and layer."""
    layer1, layer2 = masks(0.8, 12, 2000, 1, 1)
    assert layer1.shape == (12, 2000)
    assert set(np.unique(layer1)) == {0, 1 / 0.8}
    assert abs(layer1.mean() - 1) < 0.02  # six standard deviations
    assert abs(np.corrcoef(layer1[:6].ravel(), layer2.ravel())[0, 1]) < 0.05
    assert abs(np.corrcoef(layer1.ravel(), masks(0.8, 12, 2000, 1, 2)[0].ravel())[0, 1]) < 0.05


@pytest.mark.parametrize("steps", [0, 14, STEPS])
def test_costs_accuracies_and_the_boundary_are_those_of_the_whole_net(steps):
    """Dropout is absent when costs are measured, and the costs have no L2 term."""
    values = REGULARIZATION.defaults() | {"keep_prob": 0.7, "lambd": 0.1, "steps": steps}
    arrays = shown(**values)
    run = train(*(values[name] for name in ("lambd", "keep_prob", "n", "hidden", "seed")))
    parameters = unpack(run["thetas"][steps // 2], values["hidden"])
    for part, file, n in (("train", "train", values["n"]), ("dev", "test", 100)):
        X, Y = points(file, n)
        answers, _ = nets.forward_propagation(X, parameters)
        assert arrays[f"{part}_cost"][arrays["at"]] == pytest.approx(nets.compute_cost(answers, Y))
        assert arrays[f"{part}_right"] == pytest.approx(nets.accuracy(parameters, X, Y))
    corner, _ = nets.forward_propagation(np.array([[-0.85], [0.57]]), parameters)  # first column, last row of the grid
    assert arrays["answer"][-56] == pytest.approx(corner.item())


def test_the_early_stop_is_the_step_with_the_lowest_dev_cost():
    for seed in SEEDS:
        arrays = shown(seed=seed)
        assert arrays["dev_cost"][arrays["early"]] == min(arrays["dev_cost"])
        assert arrays["step"][arrays["early"]] < STEPS / 2  # it over-fits long before the end
    stopped = shown(**REGULARIZATION.presets["14 steps"])
    assert stopped["at"] == stopped["early"]


def test_a_higher_price_leaves_smaller_weights():
    for seed in SEEDS[:5]:
        squares = [shown(lambd=lambd, seed=seed)["squares"] for lambd in (0, 0.05, 0.2, 0.5, 1, 3, 10)]
        assert np.all(np.diff(squares) < 0), squares


def test_a_price_makes_all_layers_equally_large():
    """A ReLU unit's weights can go over from one layer to the next without a change of the answer; their squares are
    least where both layers have the same norm (Neyshabur et al., 2015). At the start and at lambda 0 they differ."""
    for seed in SEEDS:
        none, priced = shown(seed=seed)["norms"], shown(lambd=GOOD, seed=seed)["norms"]
        for norms in (none[:, 0], none[:, -1]):
            assert max(norms) > 2 * min(norms), seed
        np.testing.assert_allclose(priced[:, -1], priced[:, -1].mean(), rtol=0.02, err_msg=f"seed {seed}")


@pytest.mark.parametrize("remedy", [{"lambd": GOOD}, {"keep_prob": 0.6}])
def test_a_remedy_halves_the_gap_between_training_and_dev_cost(remedy):
    for seed in SEEDS:
        none, cured = shown(seed=seed), shown(seed=seed, **remedy)
        gaps = [arrays["dev_cost"][-1] - arrays["train_cost"][-1] for arrays in (none, cured)]
        assert gaps[0] > 0.8, seed
        assert gaps[1] < gaps[0] / 2, (seed, gaps)
        assert cured["train_cost"][-1] > none["train_cost"][-1]


def test_too_high_a_price_leaves_only_the_share_of_the_classes():
    """Biases have no price: with all weights 0, the best answer is the share p of label 1, at a cost of its entropy."""
    arrays = shown(lambd=TOO_MUCH)
    p = points("train", 30)[1].mean()
    np.testing.assert_allclose(arrays["answer"], p, atol=0.02)
    assert arrays["train_cost"][-1] == pytest.approx(-p * np.log(p) - (1 - p) * np.log(1 - p), abs=1e-3)
    assert arrays["squares"] < 0.01


def test_the_answer_to_the_prediction_has_the_figures_that_are_seen():
    see = REGULARIZATION.prediction.see
    by_heart, good = shown(), shown(lambd=GOOD)
    assert by_heart["train_right"] == 1
    for arrays, words in (
        (by_heart, "cost of 0.0315; of the dev points 84 %, at 1.67"),
        (good, "0.352 and 0.32, and 94 % of the dev"),
    ):
        assert words in see
        for figure in (arrays["train_cost"][-1], arrays["dev_cost"][-1]):
            assert f"{figure:.3g}" in words
        assert f"{100 * arrays['dev_right']:.0f} %" in words
    assert f"after {by_heart['step'][by_heart['early']]} steps" in see


WITHOUT_FILES = """
from pathlib import Path
from helpers import data
data.FOLDER = Path("missing")
from helpers.explorers import EXPLORERS
from helpers.explorers.widget import specification
for name, explorer in EXPLORERS.items():
    try:
        specification(explorer), explorer.compute(explorer.defaults())
        print(name)
    except data.DataError as problem:
        print(problem)
"""


def test_without_its_data_one_explorer_says_so_and_the_others_work():
    """In a process of its own, since the points are read once."""
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_FILES], cwd=this_course().root, capture_output=True, text=True, check=True
    )
    said = ran.stdout.splitlines()
    assert len(said) == len(EXPLORERS)
    assert [line for line in said if line not in EXPLORERS] == [line for line in said if "football_train.csv" in line]
    assert "regularization" not in said
