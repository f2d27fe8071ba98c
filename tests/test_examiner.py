"""The comparison: what passes, what does not, and what is said about it."""

import numpy as np
import pytest

from helpers.calls import Outcome
from helpers.examiner import _close, compare, examine
from helpers.questions import Case, Mistake, Question

W = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])


def problems(expected, found, rtol=1e-5, atol=1e-7):
    return [f"{d.where}: {d.what}" for d in compare(expected, found, rtol, atol) if d.what]


@pytest.mark.parametrize(
    "found",
    [
        W,
        W.astype(np.float32),
        np.asfortranarray(W),
        W[::1, :],
        W.tolist(),
        W + 1e-9,
    ],
    ids=["same", "float32", "fortran order", "view", "nested list", "rounding"],
)
def test_right_arrays_in_other_clothes_pass(found):
    assert problems(W, found) == []


def test_numbers_pass_as_int_float_bool_or_array_of_one():
    for found in (1, 1.0, True, np.array([[1.0]])):
        assert problems(1.0, found) == []


def test_more_keys_and_another_order_pass_fewer_keys_do_not():
    expected = {"W1": W, "b1": 0.0}
    assert problems(expected, {"extra": 1, "b1": 0.0, "W1": W}) == []
    assert problems(expected, {"W1": W}) == ["b1: the key is missing"]
    assert problems(expected, {}) == ["W1: the key is missing", "b1: the key is missing"]


def test_a_key_in_the_wrong_case_is_pointed_at():
    assert "there is 'w1'" in problems({"W1": 1.0}, {"w1": 1.0})[0]


def test_a_tuple_may_be_a_list_but_not_shorter():
    assert problems((1.0, 2.0), [1.0, 2.0]) == []
    assert problems((1.0, 2.0), (1.0,)) == [": 2 values were expected, there are 1"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (W.T, "transpose"),
        (W[:1], "shape (2, 3) was expected, this is (1, 3)"),
        (-W, "The sign is reversed everywhere"),
        (W * 0.5, "Everything is 0.5 times what was expected"),
        (W * 0, "Everything is zero"),
        (np.where(W == 3, np.nan, W), "1 of 6 entries are nan"),
        (np.where(W == 3, 4, W), "1 of 6 entries differ; at [1, 0] 3 was expected, this is 4"),
        ("W", "this is a string"),
        (None, "this is None"),
        ({"a": 1}, "this is a dict of 1"),
        ([[1.0, 2.0], [3.0]], "uneven"),
    ],
)
def test_what_is_wrong_about_an_array_is_said(found, said):
    (problem,) = problems(W, found)
    assert said in problem


def test_nan_does_not_pass_as_a_number():
    assert "nan" in problems(1.0, float("nan"))[0]


def test_infinity_passes_as_infinity_only():
    assert problems(np.array([np.inf]), np.array([np.inf])) == []
    assert problems(np.array([np.inf]), np.array([-np.inf])) != []


def test_a_small_error_in_one_small_entry_of_a_large_array_is_seen():
    expected = np.array([1e6, 1e-3])
    assert problems(expected, np.array([1e6, 2e-3])) != []


def question(*cases, mistakes=()):
    return Question("f", 20.0, cases, mistakes)


def double(case):
    return Outcome("returned", 2.0 * case.args[0])


def test_each_case_counts_the_same():
    verdict = examine(question(*(Case(str(i), (i,), 2.0 * i if i else 1.0) for i in range(4))), double)
    assert verdict.state == "partly"
    assert verdict.score == 15.0


def test_all_right_all_wrong_and_not_started():
    assert examine(question(Case("a", (1,), 2.0)), double).state == "right"
    assert examine(question(Case("a", (1,), 3.0)), double).state == "wrong"
    assert examine(question(Case("a", (1,), 3.0)), lambda case: Outcome("unfilled")).state == "unfilled"


def test_after_a_case_that_does_not_end_the_rest_is_not_tried():
    tried = []

    def call(case):
        tried.append(case.name)
        return Outcome("timeout")

    verdict = examine(question(Case("a", (1,), 1.0), Case("b", (1,), 1.0)), call)
    assert tried == ["a"]
    assert verdict.state == "timeout"
    assert verdict.score == 0


def test_a_result_that_is_noise_is_judged_by_size():
    case = Case("noise", (), None, below=1e-7)
    for value, passes in (
        (3e-10, True),
        (0.0, True),
        (1e-3, False),
        (-1e-9, False),
        (float("nan"), False),
        ("0", False),
    ):
        verdict = examine(question(case), lambda _, value=value: Outcome("returned", value))
        assert (verdict.state == "right") is passes, value


def returned(*values):
    return tuple({"kind": "returned", "value": value} for value in values)


def test_a_mistake_is_recognised_only_if_every_case_is_as_it_would_be():
    mistakes = (Mistake("tripled", "", "", returned(3.0, 6.0)), Mistake("added", "", "", returned(3.0, 4.0)))
    asked = question(Case("a", (1,), 2.0), Case("b", (2,), 4.0), mistakes=mistakes)
    assert examine(asked, lambda c: Outcome("returned", 3.0 * c.args[0])).mistake.name == "tripled"
    assert examine(asked, lambda c: Outcome("returned", c.args[0] + 2.0)).mistake.name == "added"
    assert examine(asked, lambda c: Outcome("returned", 99.0)).mistake is None
    assert examine(asked, double).mistake is None


def test_closeness_is_that_of_numpy():
    values = [0.0, -0.0, 1.0, 1.0 + 1e-9, 1.0 + 1e-4, -1.0, 1e-12, 1e308, -1e308, np.inf, -np.inf, np.nan]
    x, y = (np.array(side) for side in zip(*((a, b) for a in values for b in values), strict=True))
    for rtol, atol in ((1e-5, 1e-8), (0.0, 0.0), (1e-3, 2.0)):
        with np.errstate(invalid="ignore", over="ignore"):
            expected = np.isclose(x, y, rtol, atol, equal_nan=True)
        np.testing.assert_array_equal(_close(y, x, rtol, atol), expected)
