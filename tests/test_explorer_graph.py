"""The explorer of the graph against differences, and the figures that it tells."""

import numpy as np
import pytest

from helpers.explorers.graph import ARROWS, GRAPH, INPUTS, NODES, NUDGES, PLACES, RULES, backward, compute, forward
from helpers.nets import sigmoid

DEFAULTS = GRAPH.defaults()


def computed(**values):
    return compute(DEFAULTS | values)


def test_f_is_the_sigmoid_of_the_sum():
    rng = np.random.default_rng(2)
    for _ in range(20):
        given = dict(zip(INPUTS, rng.uniform(-2, 2, 5), strict=True))
        s = given["w0"] * given["x0"] + given["w1"] * given["x1"] + given["w2"]
        assert forward(given)["f"] == pytest.approx(sigmoid(s))


@pytest.mark.parametrize("node", NODES)
def test_every_gradient_is_what_a_small_nudge_of_its_node_does(node):
    given = {"w0": 1.5, "x0": -0.5, "w1": -1, "x1": 0.5, "w2": 0.7}
    epsilon = 1e-6
    slope = (forward(given, node, epsilon)["f"] - forward(given, node, -epsilon)["f"]) / (2 * epsilon)
    assert backward(forward(given))[node] == pytest.approx(slope, rel=1e-7)


def test_a_nudge_moves_what_comes_after_the_node_and_nothing_else():
    after = {name: {target for source, target in ARROWS if source == name} for name in NODES}
    for node in NODES:
        reached, todo = {node}, [node]
        while todo:
            new = after[todo.pop()] - reached
            reached |= new
            todo += new
        moved = dict(zip(NODES, computed(node=node, nudge=0.3)["moved"], strict=True))
        assert {name for name, is_moved in moved.items() if is_moved} == reached
    assert not any(computed(nudge=0)["moved"])


def test_the_curve_goes_through_both_ends_of_the_nudge():
    a = computed(node="x1", nudge=0.5)
    assert np.interp(0.5, NUDGES, a["curve"]) == pytest.approx(a["after"], abs=1e-3)
    assert np.interp(0, NUDGES, a["curve"]) == pytest.approx(a["before"])


def test_all_nodes_have_a_place_and_a_rule():
    assert set(PLACES) == set(NODES) == {*RULES, "f"}


def test_the_answer_to_the_prediction_has_the_figures_that_are_seen():
    see, question, answers = GRAPH.prediction.see, GRAPH.prediction.question, GRAPH.prediction.answers
    s, x1 = computed(), computed(node="x1")
    assert s["after"] - s["before"] == pytest.approx(0.02, abs=1e-3)
    assert "about 0.02" in question
    assert x1["after"] - x1["before"] == pytest.approx(-0.0629, abs=5e-5)
    assert x1["predicted"] - x1["before"] == pytest.approx(-0.059, abs=5e-5)
    assert [figure in see for figure in ("−0.0629", "−0.059", "−3 · 0.197 = −0.59")] == [True] * 3
    assert answers[GRAPH.prediction.right] == "it falls by about 0.06"
