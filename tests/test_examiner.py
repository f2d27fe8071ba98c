"""The comparison: what passes, what does not, and what is said about it."""

from itertools import product

import numpy as np
import pytest

from checking.calls import Outcome
from checking.card import as_text
from checking.comparison import close, compare, is_same
from checking.examiner import examine
from checking.questions import Case, Mistake, Question

W = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])


def problems(expected, found, rtol=1e-5, atol=1e-7):
    parts = compare(expected, found, rtol, atol)
    assert [bool(part.what) for part in parts] == [part.differs for part in parts]
    assert is_same(expected, found, rtol, atol) is not any(part.differs for part in parts)
    return [f"{part.where}: {part.what}" for part in parts if part.differs]


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


def test_a_key_that_was_not_filled_in_is_pointed_at():
    said = problems({"W1": 1.0, "b1": 1.0}, {"W{l}": 1.0, "b{l}": 1.0})
    assert said[0] == "W1: the key is missing (there is 'W{l}': the letter f is missing before its quotes)"


def test_a_flat_array_in_place_of_a_column_is_called_flat():
    assert problems(np.ones((3, 1)), np.ones(3)) == [
        ": expected shape (3, 1), got (3,), which is flat: an axis is missing"
    ]


def test_a_number_is_shown_with_six_digits():
    assert problems(np.ones((2, 1)), 0.1 + 0.2) == [": expected an array of shape (2, 1), got the number 0.3"]


def test_a_tuple_may_be_a_list_but_not_shorter():
    assert problems((1.0, 2.0), [1.0, 2.0]) == []
    assert problems((1.0, 2.0), (1.0,)) == [": expected 2 values, got 1"]
    assert problems((1.0,), (1.0, 2.0)) == [": expected 1 value, got 2"]


def test_items_of_a_list_that_are_missing_have_their_name():
    said = [d.what for d in compare([1.0, 2.0, 3.0], [1.0], 1e-5, 1e-7, names=("batch", ()))]
    assert said == ["expected 3 values (batch 1 to batch 3), got 1"]
    said = [d.what for d in compare([1.0], [1.0, 2.0], 1e-5, 1e-7, names=("batch", ()))]
    assert said == ["expected 1 value (batch 1), got 2"]


def test_a_spread_is_spoken_of_only_where_it_is_not_chance():
    rng = np.random.default_rng(1)
    wide, few = rng.normal(size=(20, 20)), rng.normal(size=(2, 5))
    assert "Its standard deviation is" in problems(wide, 2 * rng.normal(size=(20, 20)))[0]
    assert "standard deviation" not in problems(wide, rng.normal(size=(20, 20)))[0]
    assert "standard deviation" not in problems(few, 2 * rng.normal(size=(2, 5)))[0]
    for mask in (wide < 1.2, (wide < 1.2).astype(int), (wide < 1.2) * 1.0):
        assert "standard deviation" not in problems(mask, np.roll(wide, 1) < 0)[0]


def test_what_is_true_or_false_is_shown_as_that():
    assert "expected True, got False" in problems(np.array([True, True]), np.array([True, False]))[0]


def test_of_two_that_cancel_nothing_is_said_of_a_factor():
    balanced = np.array([[0.4], [-0.4]])
    for other in (np.array([[0.7], [-0.7]]), 2 * balanced):
        assert "times what was expected" not in problems(balanced, other)[0]
    assert "The sign is reversed everywhere" in problems(balanced, -balanced)[0]
    assert "Everything is 2 times" in problems(np.array([[0.4], [-0.3]]), np.array([[0.8], [-0.6]]))[0]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (W.T, "transpose"),
        (W[:1], "expected shape (2, 3), got (1, 3)"),
        (-W, "The sign is reversed everywhere"),
        (W * 0.5, "Everything is 0.5 times what was expected"),
        (W * 0, "Everything is zero"),
        (np.where(W == 3, np.nan, W), "1 of 6 entries is nan"),
        (np.where(W > 0.6, np.nan, W), "2 of 6 entries are nan"),
        (np.where(W == 3, 4, W), "1 of 6 entries differs; at [1, 0] expected 3, got 4"),
        (np.where(W > 0.6, 4, W), "2 of 6 entries differ; at [0, 0] expected 1, got 4"),
        ("W", "got a string"),
        (None, "got None"),
        ({"a": 1}, "got a dict of 1"),
        ([[1.0, 2.0], [3.0]], "uneven"),
    ],
)
def test_what_is_wrong_about_an_array_is_said(found, said):
    (problem,) = problems(W, found)
    assert said in problem


@pytest.mark.parametrize("expected", [1.0, W, {"a": 1.0}])
def test_an_integer_of_any_size_is_compared(expected):
    for found in (10**30, -(10**80), [10**30], {"a": 10**30}):
        assert problems(expected, found) != []
    assert problems(1e30, 10**30) == []
    assert problems(np.array([1e30, 1.0]), [10**30, 1]) == []


def test_the_words_are_the_same_whatever_the_student_makes_of_rounding_errors():
    """Words are found when they are read, which may be in the student's own process."""
    expected, found = np.array([1e-300, 2.0]), np.array([1e300, 3.0])
    said = problems(expected, found)
    with np.errstate(all="raise"):
        assert problems(expected, found) == said


def test_words_are_found_only_for_what_is_read(monkeypatch):
    monkeypatch.setattr("checking.comparison._relation", lambda *arrays: pytest.fail("a relation is looked for"))
    mistakes = (Mistake("added", "", "", returned(np.array([3.0, 3.0]), np.array([4.0, 4.0]))),)
    asked = question(Case("a", (1,), W[0, :2]), Case("b", (2,), W[1, :2]), mistakes=mistakes)
    verdict = examine(asked, lambda case: Outcome("returned", np.full(2, case.args[0] + 2.0)))
    assert [result.status for result in verdict.results] == ["differs", "differs"]
    assert verdict.mistake == mistakes[0]


def test_a_result_at_which_the_comparison_stumbles_costs_its_case_alone(monkeypatch):
    """The notebook and the grader say so in the same words."""
    from checking import examiner, recognition

    def stumbling(compares):
        def stumbles(expected, found, *rest, **named):
            if found == 4.0:
                raise TypeError
            return compares(expected, found, *rest, **named)

        return stumbles

    monkeypatch.setattr(examiner, "compare", stumbling(compare))
    monkeypatch.setattr(recognition, "is_same", stumbling(is_same))
    mistakes = (Mistake("tripled", "", "", returned(3.0, 6.0)),)
    said = examine(question(Case("a", (1,), 2.0), Case("b", (2,), 4.0), mistakes=mistakes), double)
    assert [result.status for result in said.results] == ["passed", "unusable"]
    assert "What it returns cannot be compared (TypeError)." in as_text(said)


def test_an_array_of_one_entry_differs_in_that_entry():
    (problem,) = problems(np.array([[3.0]]), np.array([[4.0]]))
    assert problem.startswith(": the entry differs: expected 3, got 4")


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


def test_a_number_has_no_form_so_values_are_all_there_is():
    verdict = examine(question(*(Case(str(i), (i,), 2.0 * i if i else 1.0) for i in range(4))), double)
    assert verdict.state == "partly"
    assert verdict.score == 15.0
    assert [(g.name, g.right, g.cases, g.weight) for g in verdict.groups] == [("values", 3, 4, 100)]


def judged(*outcomes, edges=0, expected=W):
    """The verdict where cases come to these results, of which the last `edges` are those of edge cases."""
    ordinary = len(outcomes) - edges
    cases = [Case(str(i), (), expected, edge=i >= ordinary) for i in range(len(outcomes))]
    answers = iter(outcomes)
    return examine(question(*cases), lambda case: Outcome("returned", next(answers)))


@pytest.mark.parametrize(
    ("outcomes", "edges", "score"),  # of 20 points: 4 for the form, 10 for values, 6 for edge cases
    [
        ([W, W, W, W], 2, 20.0),
        ([W, W, W, -W], 2, 17.0),  # an edge case: 6 / 2
        ([W, -W, W, W], 2, 15.0),  # a value: 10 / 2
        ([W, W.T, W, W], 2, 14.0),  # a value whose form is wrong too: 4 / 4 more
        ([-W, -W, W, W], 2, 0.0),  # no value right: nothing else counts
        ([-W, W, "x", None], 2, 7.0),  # 4 * 2 / 4 + 10 / 2
        ([-W, -W, -W], 0, 0.0),
        ([W, W, -W], 0, 14.67),  # no edge cases: 16 for values; 4 + 16 * 2 / 3
        ([W.T, {}, []], 0, 0.0),
    ],
)
def test_the_score_is_made_of_form_values_and_edge_cases(outcomes, edges, score):
    assert judged(*outcomes, edges=edges).score == score


def test_shapes_count_once_any_part_is_right_and_then_say_so():
    """Right biases beside wrong weights: 4 of 20, and the card says which part is right."""
    said = judged({"W1": -W, "b1": 0 * W}, expected={"W1": W, "b1": 0 * W})
    assert (said.state, said.score) == ("partly", 4.0)
    assert "as expected: b1." in as_text(said)
    assert "Shape and keys count" not in as_text(said)
    assert judged({"W1": -W, "b1": W}, expected={"W1": W, "b1": 0 * W}).score == 0
    assert judged({"W1": -W}, expected={"W1": W, "b1": 0 * W}).score == 0
    assert judged({"W1": W[:1], "b1": 0 * W}, expected={"W1": W, "b1": 0 * W}).score == 0, "a shape is wrong"
    assert judged({"shape": (1,), "dtype": "f4", "x": 1}, expected={"shape": (1,), "dtype": "f4", "x": 2}).score == 0


def test_a_form_that_was_given_is_worth_nothing_and_values_bring_its_part():
    asked = Question("f", 20.0, (Case("a", (), {"W1": W, "b1": 0 * W}),), form_given=True)
    said = examine(asked, lambda case: Outcome("returned", {"W1": -W, "b1": 0 * W}))
    assert (said.score, [(g.name, g.weight) for g in said.groups]) == (0, [("values", 100)])


def test_full_marks_only_for_who_passes_everything_and_never_more():
    for points in (0.1, 1, 3, 7, 14, 25):
        for passes in product((True, False), repeat=6):
            cases = tuple(Case(str(i), (p,), W, edge=i > 3) for i, p in enumerate(passes))
            asked = Question("f", points, cases)
            said = examine(asked, lambda case: Outcome("returned", W if case.args[0] else -W))
            assert said.score <= points
            assert (said.score == points) is all(passes) is (said.state == "right")


@pytest.mark.parametrize(
    ("expected", "found", "formed"),
    [
        ({"W1": W}, {"W1": -W}, True),
        ({"W1": W}, {"W1": W * np.nan}, True),
        ({"W1": W}, {"W1": W[:1]}, False),
        ({"W1": W}, {"w1": W}, False),
        ({"W1": W}, [W], False),
        ((W, 1.0), (W, 2.0), True),
        ((W, 1.0), (W, W), False),
        ((W, 1.0), (W,), False),
        ({"shape": (2, 3), "dtype": "float32"}, {"shape": (2, 3), "dtype": "float64"}, True),
        ({"shape": (2, 3), "dtype": "float32"}, {"shape": (3, 2), "dtype": "float32"}, False),
        ({"shapes": {"W1": (2, 3)}}, {"shapes": {"W1": (3, 2)}}, False),
    ],
)
def test_form_is_keys_kinds_shapes_and_numbers_of_values(expected, found, formed):
    said = judged(found, expected=expected)
    assert said.state in ("partly", "wrong")
    assert said.results[0].well_formed is formed


def test_the_card_says_what_the_points_are_made_of():
    said = as_text(judged(W, -W, W, -W, edges=2))
    assert "Points for shape and keys 4 of 4 (20 %), values 1 of 2 (50 %), edge cases 1 of 2 (30 %)." in said
    assert "✓ 2 (edge case)" in said
    assert "✗ 3 (edge case)" in said
    assert "count once" not in said
    assert "Shape and keys count once any part of a result is right. Edge cases count once an" in as_text(
        judged(-W, W, edges=1)
    )
    assert "%). Shape and keys count once any part of a result is right." in as_text(judged(-W))


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
        np.testing.assert_array_equal(close(y, x, rtol, atol), expected)


@pytest.mark.parametrize("guess", [0.0, 1, 1.0, True, np.array([[1.0]])], ids=repr)
@pytest.mark.parametrize("assignment", ["initialization", "regularization", "gradient_checking", "optimizers"])
def test_one_number_for_everything_is_worth_nothing(assignment, guess):
    from autograde.hidden import all_questions

    for name, question in all_questions(assignment).items():
        assert examine(question, lambda case: Outcome("returned", guess)).score == 0, name
