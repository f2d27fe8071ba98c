"""Every question of every assignment: the reference is right, and nothing empty passes."""

import re

import numpy as np
import pytest
from conftest import solution, visible_questions

from autograde.authoring.questions import specs_in
from autograde.authoring.script import between_marks, read_script
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.notebook import grade_id
from checking.calls import Outcome, call_case
from checking.examiner import EDGE_WEIGHT, FORM_WEIGHT, examine
from helpers import data, nets, training

# The network of helpers/nets.py trains, so it has a backward pass and a step of its own; whoever looks there finds them.
KNOWN = {
    ("gradient_checking", "backward_propagation_n"): "backward_propagation",
    ("optimizers", "update_parameters_with_gd"): "descend",
}
ALL_ZERO = ("initialize_parameters_zeros", "initialize_velocity", "initialize_adam")  # what zeros are right for
IS_ITS_INPUT = ("gradient_checking", "backward_propagation")  # the derivative of theta x by theta is x

QUESTIONS = [(a, q) for a in this_course().assignments for q in specs_in(a)]


def verdict(assignment, name, function):
    return examine(all_questions(assignment)[name], lambda case: call_case(function, case))


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_the_reference_solution_is_right(assignment, name):
    said = verdict(assignment, name, solution(assignment)[name])
    assert (said.state, said.score, said.mistake) == ("right", said.question.points, None)


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
@pytest.mark.parametrize("value", [{}, (), [], 0.0, np.zeros((1, 1)), float("nan"), "right", True], ids=repr)
def test_a_constant_is_not_right(assignment, name, value):
    assert examine(all_questions(assignment)[name], lambda case: Outcome("returned", value)).state != "right"


@pytest.mark.parametrize(("assignment", "name"), [q for q in QUESTIONS if q != IS_ITS_INPUT])
def test_giving_back_an_input_is_not_right(assignment, name):
    question = all_questions(assignment)[name]
    for i in range(max(len(case.args) for case in question.cases)):

        def give_back(case, i=i):
            return Outcome("returned", case.args[i] if i < len(case.args) else None)

        assert examine(question, give_back).state != "right"


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_no_helper_is_the_answer_but_for_the_known_two(assignment, name):
    helpers = [f for module in (nets, data, training) for f in vars(module).values() if callable(f)]
    right = [f for f in helpers if getattr(f, "__module__", "").startswith("helpers")]
    found = [f.__name__ for f in right if verdict(assignment, name, f).state == "right"]
    assert set(found) <= {KNOWN.get((assignment, name))}


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_there_are_visible_and_hidden_cases_and_a_hint_for_every_mistake(assignment, name):
    question = all_questions(assignment)[name]
    trains = any(c.accuracy is not None for c in question.cases)  # each such case takes a third of a second
    assert sum(not c.hidden for c in question.cases) >= (1 if trains else 2)
    assert sum(c.hidden for c in question.cases) >= 1
    assert all(m.hint and m.diagnosis for m in question.mistakes)


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_where_a_card_shows_other_shares_than_usual_the_text_says_so(assignment):
    functions = solution(assignment)
    cards = [
        examine(question, lambda case, name=name: call_case(functions[name], case))
        for name, question in visible_questions()[assignment].items()
    ]
    weights = {group.weight for card in cards for group in card.groups if group.name == "values"}
    assert weights == {100 - FORM_WEIGHT - EDGE_WEIGHT} or re.search(
        "goes to the[ #\n]+values|has no shape", this_course().script(assignment).read_text()
    )


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_students_have_a_case_that_is_no_edge_case_and_so_has_the_grader(assignment, name):
    """Edge cases are worth nothing to who fails all others, so that there must be others."""
    cases = all_questions(assignment)[name].cases
    assert {True, False} <= {case.hidden for case in cases if not case.edge}


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
@pytest.mark.parametrize("value", [{}, (), [], None, float("nan"), "right"], ids=repr)
def test_what_has_neither_the_form_nor_a_value_gets_no_points(assignment, name, value):
    assert examine(all_questions(assignment)[name], lambda case: Outcome("returned", value)).score == 0


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
@pytest.mark.parametrize("kind", ["raised", "unfilled", "unusable", "missing", "died", "timeout"])
def test_what_does_not_return_gets_no_points(assignment, name, kind):
    assert examine(all_questions(assignment)[name], lambda case: Outcome(kind)).score == 0


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_zeros_in_the_right_form_get_no_points(assignment, name):
    question = all_questions(assignment)[name]
    said = examine(question, lambda case: Outcome("returned", nothing_like(case.expected)))
    values = next(group for group in said.groups if group.name == "values")
    if name in ALL_ZERO:
        assert said.score == question.points
    else:
        assert (values.right, said.score) == (0, 0)


def nothing_like(value):
    """Zeros in the form of a result; another word where the result is one."""
    return "0" if isinstance(value, str) else zeros_like(value)


def zeros_like(value):
    """Zeros in the form of a result; words stay."""
    if isinstance(value, dict):
        return {key: zeros_like(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(zeros_like(part) for part in value)
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    return value if isinstance(value, str) else 0.0


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_there_are_two_hints_that_students_have_too_and_no_line_of_the_solution_is_in_them(assignment, name):
    hints = all_questions(assignment)[name].hints
    assert len(set(hints)) == 2
    assert visible_questions()[assignment][name].hints == hints
    assert all(hint[0].isupper() or hint[0] == "`" for hint in hints)
    assert all(hint.endswith((".", "?")) for hint in hints)
    source = next(c.source for c in read_script(this_course().script(assignment)).notebook.cells if grade_id(c) == name)
    solved = [line.strip() for region in between_marks(source) for line in region.splitlines() if len(line.split()) > 2]
    right_sides = [line.split(" = ", 1)[-1].removeprefix("return ") for line in solved]
    said = "".join(" ".join(hints).replace("`", "").split())
    assert [side for side in right_sides if len(side) > 8 and "".join(side.split()) in said] == []
