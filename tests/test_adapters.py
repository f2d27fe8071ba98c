"""The adapters that show what the comparison of results leaves out."""

import numpy as np
import pytest

from checking.calls import call
from checking.comparison import is_same
from helpers import adapters

STATE = {"v": [np.array([1.0, np.nan]), 2], "name": "first", "none": np.zeros((0, 3))}


def keep(state):
    return {"v": [state["v"][0] + 1, 3]}


def fill_array(state):
    state["v"][0][...] = 1
    return keep(state)


def add_key(state):
    state["new"] = 1
    return keep(state)


def take_key(state):
    state.pop("none")
    return keep(state)


def change_type(state):
    state["v"][1] = 2.0
    return keep(state)


def change_shape(state):
    state["none"] = np.zeros((3, 0))
    return keep(state)


def swap_array(state):
    state["v"][0] = np.array([1, 2])
    return keep(state)


def called(name, function, *args):
    outcome = call(function, args, adapter=f"helpers.adapters.{name}")
    assert outcome.kind == "returned", outcome.message
    return outcome.value


def test_inputs_that_were_left_alone():
    found = called("with_inputs_untouched", keep, STATE)
    assert found["what was given is as it was"] is True
    np.testing.assert_array_equal(found["result"]["v"][0], STATE["v"][0] + 1)


@pytest.mark.parametrize(
    ("space", "named"),
    [
        ({"rate": ("log", 0.1, 1)}, {"rate": {"kind": "log", "low": 0.1, "high": 1}}),
        ({"rate": ["log", 0.1, 1]}, {"rate": {"kind": "log", "low": 0.1, "high": 1}}),
        ({"rate": (0.1, 1)}, {"rate": {"kind": 0.1, "low": 1}}),
        ({"rate": ("log", 0.1, 1, 2)}, {"rate": {"kind": ("log", 0.1, 1, 2)}}),
        ({"rate": 0.1, "units": ()}, {"rate": {"kind": 0.1}, "units": {}}),
        ([0.1], [0.1]),
    ],
)
def test_a_space_whose_parts_have_names(space, named):
    assert called("with_named_ends", lambda: space) == named


@pytest.mark.parametrize("function", [fill_array, add_key, take_key, change_type, change_shape, swap_array])
def test_inputs_that_were_changed(function):
    found = called("with_inputs_untouched", function, STATE)
    assert found["what was given is as it was"] is False
    assert not is_same(called("with_inputs_untouched", keep, STATE), found, 1e-5, 1e-7)


def test_a_name_too_many_is_seen_and_a_missing_one():
    one, two, three = ({"dW2": np.ones(2), **more} for more in ({}, {"dW1": np.zeros(2)}, {"dW3": np.ones(2)}))
    assert called("with_sorted_keys", lambda: one)["names"] == ["dW2"]
    assert called("with_sorted_keys", lambda: two)["names"] == ["dW1", "dW2"]
    assert called("with_sorted_keys", lambda: (three, 1.0, [one]))["names"] == [["dW2", "dW3"]]
    assert called("with_sorted_keys", lambda: 1.0)["names"] == []
    assert is_same(one, two, 1e-5, 1e-7), "without it, nobody sees the difference"


def test_a_tiny_number_is_no_zero():
    exact, tiny = np.array([[0.0, 0.5], [-0.0, 1.0]]), np.array([[1e-9, 0.5], [0.0, 1.0]])
    assert called("with_exact_zeros", lambda: exact)["how many are exactly 0"] == 2
    assert called("with_exact_zeros", lambda: tiny)["how many are exactly 0"] == 1
    counts = called("with_exact_zeros", lambda: ({"W1": exact, "b1": tiny}, 0.0))["how many are exactly 0"]
    assert counts == [{"W1": 2, "b1": 1}, 1]
    assert is_same(exact, tiny, 1e-5, 1e-7), "without it, nobody sees the difference"


@pytest.mark.parametrize("name", ["with_inputs_untouched", "with_sorted_keys", "with_exact_zeros"])
def test_what_is_not_written_yet_stays_so(name):
    def unfilled(x):
        result = None
        return result

    assert getattr(adapters, name)(unfilled)(1) is None
    assert call(unfilled, (1,), adapter=f"helpers.adapters.{name}").kind == "unfilled"
