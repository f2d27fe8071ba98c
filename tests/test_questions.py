"""Every question of every assignment: the reference is right, each named mistake is wrong and named, nothing empty passes."""

import numpy as np
import pytest
from conftest import solution

from autograde import ASSIGNMENTS
from autograde.hidden import all_questions
from autograde.questions import asked_in
from helpers import data, nets, training
from helpers.calls import Outcome, call_case
from helpers.examiner import examine

# The network of helpers/nets.py trains, so it has a backward pass and a step of its own; whoever looks there finds them.
KNOWN = {
    ("gradient_checking", "backward_propagation_n"): "backward_propagation",
    ("optimizers", "update_parameters_with_gd"): "descend",
}
IS_ITS_INPUT = ("gradient_checking", "backward_propagation")  # the derivative of theta x by theta is x

QUESTIONS = [(a, q) for a in ASSIGNMENTS for q in asked_in(a)]
MISTAKES = [(a, q, m.name) for a, q in QUESTIONS for m in asked_in(a)[q].mistakes]


def verdict(assignment, name, function):
    return examine(all_questions(assignment)[name], lambda case: call_case(function, case))


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_the_reference_solution_is_right(assignment, name):
    assert verdict(assignment, name, solution(assignment)[name]).state == "right"


@pytest.mark.parametrize(("assignment", "name", "wrong"), MISTAKES)
def test_a_named_mistake_is_not_right_and_is_recognised_as_itself(assignment, name, wrong):
    function = next(m.function for m in asked_in(assignment)[name].mistakes if m.name == wrong)
    said = verdict(assignment, name, function)
    assert said.state != "right"
    assert said.mistake is not None
    assert said.mistake.name == wrong


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
@pytest.mark.parametrize("value", [{}, (), [], 0.0, np.zeros((1, 1)), float("nan"), "right", True], ids=repr)
def test_a_constant_is_not_right(assignment, name, value):
    assert examine(all_questions(assignment)[name], lambda case: Outcome("returned", value)).state != "right"


@pytest.mark.parametrize(("assignment", "name"), [q for q in QUESTIONS if q != IS_ITS_INPUT])
def test_giving_back_an_input_is_not_right(assignment, name):
    question = all_questions(assignment)[name]
    for i in range(max(len(case.args) for case in question.cases)):
        returned = [Outcome("returned", c.args[i] if i < len(c.args) else None) for c in question.cases]
        answers = iter(returned)
        assert examine(question, lambda case, answers=answers: next(answers)).state != "right"


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
