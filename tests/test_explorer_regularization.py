"""What the explorer of L2 and dropout shows, against nets.py, finite differences and closed forms."""

import csv
import subprocess
import sys

import numpy as np
import pytest

from autograde.course import this_course
from helpers import data, nets
from helpers.explorers import EXPLORERS
from helpers.explorers.regularization import (
    REGULARIZATION,
    STEPS,
    gradient,
    initialize,
    layers_of,
    masks,
    train,
    unpack,
)

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


def independent_forward(X, p):
    """Activations of each hidden layer and the answer, of shapes (n_l, m) and (1, m), unit by unit."""
    layers, A = [], X
    for l in range(1, len(p) // 2):
        A = np.array([np.clip(w @ A + b, 0, None) for w, b in zip(p[f"W{l}"], p[f"b{l}"], strict=True)])
        layers.append(A)
    last = len(p) // 2
    return layers, 1 / (1 + np.exp(-(p[f"W{last}"] @ A + p[f"b{last}"])))


@pytest.mark.parametrize("is_l1", [False, True])
@pytest.mark.parametrize("keep_prob", [1, 0.7])
@pytest.mark.parametrize("lambd", [0, 2.5])
def test_the_gradient_is_that_of_the_cost_with_its_price(lambd, keep_prob, is_l1):
    """Against differences of J = cross-entropy + lambda / (2m) * sum of W^2, or of |W|, with the masks held."""
    hidden, (X, Y) = (4, 6), points("train", 9)
    theta = initialize(hidden, 3) + 0.1
    D1, D2 = masks(keep_prob, hidden, 9, 3, 1)

    def cost(vector):
        p = unpack(vector, hidden)
        A1 = nets.relu(p["W1"] @ X + p["b1"]) * D1
        A2 = nets.relu(p["W2"] @ A1 + p["b2"]) * D2
        sizes = (np.sum(np.abs(p[name]) if is_l1 else p[name] ** 2) for name in ("W1", "W2", "W3"))
        price = lambd / (2 * 9) * sum(sizes)
        return nets.compute_cost(nets.sigmoid(p["W3"] @ A2 + p["b3"]), Y) + price

    steps = 1e-6 * np.eye(theta.size)
    differences = [(cost(theta + step) - cost(theta - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(gradient(theta, X, Y, hidden, lambd, (D1, D2), is_l1), differences, atol=1e-8)


@pytest.mark.parametrize("r", ["1", "2"])
def test_with_a_cap_no_unit_has_longer_weights_and_without_it_some_have(r):
    hidden = layers_of(REGULARIZATION.defaults())

    def longest(most):
        nets_ = [unpack(theta, hidden) for theta in train(0, 1, 30, hidden, 9, "l2", most)["thetas"][1:]]
        return max(np.linalg.norm(net[f"W{l}"], axis=1).max() for net in nets_ for l in (1, 2, 3))

    assert longest(r) == pytest.approx(float(r))
    assert longest("none") > 2 * float(r)


def test_l1_leaves_small_weights_and_one_setting_is_wrong_on_both_kinds_of_points():
    l1, free = shown(**REGULARIZATION.presets["L1, λ = 1"]), shown(**REGULARIZATION.presets["λ = 0"])
    assert l1["small"] > 0.2 > free["small"]
    both = shown(**REGULARIZATION.presets["2 and 2 units, n = 15"])
    assert both["train_right"] < 0.85
    assert both["dev_right"] < both["train_right"] - 0.1


def test_training_is_adam_on_the_gradients_of_nets():
    """With keep_prob 1 there is no dropout; Adam as in algorithm 1 of Kingma and Ba (2015)."""
    lambd, n, hidden, seed = 0.3, 20, (6, 6), 4
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
    layer1, layer2 = masks(0.8, (12, 6), 2000, 1, 1)
    assert layer1.shape == (12, 2000)
    assert set(np.unique(layer1)) == {0, 1 / 0.8}
    assert abs(layer1.mean() - 1) < 0.02  # six standard deviations
    assert abs(np.corrcoef(layer1[:6].ravel(), layer2.ravel())[0, 1]) < 0.05
    assert abs(np.corrcoef(layer1.ravel(), masks(0.8, (12, 6), 2000, 1, 2)[0].ravel())[0, 1]) < 0.05


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("steps", [0, STEPS])
def test_the_maps_of_hidden_units_are_an_independent_forward_pass(layers, steps):
    """Each divided by its largest value, on 30 by 20 places from edge to edge; those of a later layer rest on the earlier."""
    values = REGULARIZATION.defaults() | {"layers": layers, "units1": 5, "units2": 4, "units3": 3, "steps": steps}
    arrays = shown(**values)
    sizes = (5, 4, 3)[:layers]
    assert layers_of(values) == sizes
    run = train(values["lambd"], values["keep_prob"], values["n"], sizes, values["seed"])
    x2, x1 = np.meshgrid(np.linspace(-0.57, 0.57, 20), np.linspace(-0.85, 0.85, 30), indexing="ij")
    expected, answer = independent_forward(np.array([x1.ravel(), x2.ravel()]), unpack(run["thetas"][steps // 2], sizes))
    assert [A.shape for A in arrays["units"]] == [(n, 600) for n in sizes]
    for ours, A in zip(arrays["units"], expected, strict=True):
        for unit, map_ in zip(ours, A, strict=True):
            np.testing.assert_allclose(unit * max(map_.max(), 1e-300), map_, atol=1e-12)
    assert arrays["silent"] == sum(not map_.any() for A in expected for map_ in A)
    corners = arrays["answer"][[0, 55, -56, -1]]
    np.testing.assert_allclose(corners, answer[0][[0, 29, -30, -1]], rtol=1e-9)


@pytest.mark.parametrize("sizes", [(3,), (4, 3), (4, 1, 3)])
def test_the_gradient_is_that_of_the_cost_for_any_number_of_layers(sizes):
    X, Y = points("train", 9)
    theta = initialize(sizes, 3) + 0.1

    def cost(vector):
        answer = independent_forward(X, unpack(vector, sizes))[1]
        weights = [value for name, value in unpack(vector, sizes).items() if name[0] == "W"]
        return nets.compute_cost(answer, Y) + 2.5 / (2 * 9) * sum(np.sum(W**2) for W in weights)

    differences = [(cost(theta + step) - cost(theta - step)) / 2e-6 for step in 1e-6 * np.eye(theta.size)]
    np.testing.assert_allclose(gradient(theta, X, Y, sizes, 2.5), differences, atol=1e-8)


@pytest.mark.parametrize("steps", [0, 14, STEPS])
def test_costs_accuracies_and_the_boundary_are_those_of_the_whole_net(steps):
    """Dropout is absent when costs are measured, and the costs have no L2 term."""
    values = REGULARIZATION.defaults() | {"keep_prob": 0.7, "lambd": 0.1, "steps": steps}
    arrays = shown(**values)
    run = train(*(values[name] for name in ("lambd", "keep_prob", "n")), layers_of(values), values["seed"])
    parameters = unpack(run["thetas"][steps // 2], layers_of(values))
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
    stopped = shown(**REGULARIZATION.presets["12 steps"])
    assert stopped["at"] == stopped["early"]


def test_a_higher_price_leaves_smaller_weights():
    for seed in SEEDS[:5]:
        squares = [shown(lambd=lambd, seed=seed)["squares"] for lambd in (0, 0.05, 0.2, 0.5, 1, 3)]
        assert np.all(np.diff(squares) < 0), squares


def test_a_price_makes_all_layers_equally_large():
    """A ReLU unit's weights can go over from one layer to the next without a change of the answer; their squares are
    least where both layers have the same norm (Neyshabur et al., 2015). At the start and at lambda 0 they differ."""
    for seed in SEEDS:
        none, priced = shown(seed=seed)["norms"], shown(lambd=GOOD, seed=seed)["norms"]
        for norms in (none[:, 0], none[:, -1]):
            assert max(norms) > 1.5 * min(norms), seed
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
        (by_heart, "cost of 0.067; of the dev points 81 %, at 1.69"),
        (good, "0.355 and 0.322, and 94 % of the dev"),
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


def test_without_its_data_an_explorer_says_so_and_the_others_work():
    """In a process of its own, since the points are read once."""
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_FILES], cwd=this_course().root, capture_output=True, text=True, check=True
    )
    said = ran.stdout.splitlines()
    assert len(said) == len(EXPLORERS)
    needed = {"regularization": "football_train.csv", "transplant": "transplant.csv", "clouds": "clouds.csv"}
    assert {*EXPLORERS} - {*said} == {*needed}
    problems = [line for line in said if line not in EXPLORERS]
    for file in needed.values():
        assert sum(f"{file}' is missing" in line for line in problems) == 1
