"""A table of the visible cases' answers is worth nothing, and honest code gets what it got without twins.

Each visible case has a twin: the same with other numbers, which only the grader has.
"""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from called_once import called_once, input_text
from conftest import ASKED_WITH, asked, solution, visible_questions
from nbformat.v4 import new_code_cell, new_notebook

from autograde.authoring.asking import with_twins
from autograde.authoring.leaks import leaks_in
from autograde.authoring.questions import specs_in
from autograde.authoring.script import ScriptError
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.judging.judge import judge as judge_notebook
from autograde.judging.notebook_run import Rules
from checking.calls import Outcome, call_case
from checking.card import as_text
from checking.check import summary
from checking.examiner import FORM_WEIGHT, examine, groups_of, judge, verdict_on
from checking.plain import leaves
from checking.questions import Case, Mistake, Question, questions_from

QUESTIONS = [(a, name, seed) for a in this_course().assignments for seed in (None, 3) for name in specs_in(a)]
NO_OTHER_NUMBERS = {
    ("sigmoid", "0, an integer"),
    ("latest_checkpoint", "none"),
    ("latest_checkpoint", "a single one"),
}
ONE_ANSWER = {
    ("gradient_check", "J = x theta³, half its gradient"),
    ("gradient_check", "J = (x + theta)⁴, a gradient of the wrong sign"),
    ("sigmoid", "12, an integer"),
    ("latest_checkpoint", "900 and 10000"),
    ("latest_checkpoint", "a name with another hyphen"),
    ("root_mean_squared_error_of_logs", "all predicted right"),
}
SENTENCE = "Right for the numbers of the notebook, not for others."


def visible(question):
    return [case for case in question.cases if not case.hidden]


# --- what the grader asks


@pytest.mark.parametrize(("assignment", "name", "seed"), QUESTIONS)
def test_each_visible_case_has_a_hidden_twin_of_its_kind_with_other_numbers(assignment, name, seed):
    question = asked(assignment, seed)[name]
    twins = {twin.name: twin for twin in question.twins}
    wanted = {case.name for case in visible(question) if (name, case.name) not in NO_OTHER_NUMBERS}
    assert set(twins) == wanted
    for case in (case for case in visible(question) if case.name in twins):
        twin = twins[case.name]
        assert twin.hidden
        assert replace(twin, args=(), expected=None, hidden=False) == replace(case, args=(), expected=None)
        assert len(leaves(list(twin.args))) == len(leaves(list(case.args)))
        assert [np.ndim(x) for x in leaves(list(twin.args))] == [np.ndim(x) for x in leaves(list(case.args))]
        assert input_text(twin) != input_text(case)
        assert judge(question, twin, call_case(solution(assignment)[name], twin)).status == "passed"
        if twin.below is None and twin.accuracy is None and (name, case.name) not in ONE_ANSWER:
            found = judge(question, twin, Outcome("returned", case.expected))
            assert found.status == "differs", "a table of the visible cases would pass"


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_each_run_has_twins_of_its_own(assignment):
    versions = [asked(assignment, seed) for seed in ASKED_WITH[assignment]]
    for name in versions[0]:
        for twins in zip(*(version[name].twins for version in versions), strict=True):
            assert len(set(map(input_text, twins))) == len(versions), name


def test_the_names_of_cases_tell_them_apart():
    for assignment in this_course().assignments:
        for question in all_questions(assignment).values():
            assert len({case.name for case in question.cases}) == len(question.cases)
            hidden = [case.hidden for case in question.cases]
            assert hidden == sorted(hidden), "what is shown to students is asked first"


def test_a_visible_case_without_a_fair_twin_stops_the_build(monkeypatch):
    document = json.loads((this_course().reference("initialization")).read_text(encoding="utf-8"))
    monkeypatch.setattr("autograde.authoring.asking._is_clear", lambda *anything: False)
    with pytest.raises(ScriptError, match="initialize_parameters_zeros: no draw is a fair twin of "):
        with_twins(document, solution("initialization"))


def test_students_have_no_twins_and_a_leak_of_one_is_seen():
    texts = {a: (this_course().cases / f"{a}.json").read_text(encoding="utf-8") for a in this_course().assignments}
    assert leaks_in({f"{assignment}.json": text for assignment, text in texts.items()}) == []
    for assignment, text in texts.items():
        assert "twins" not in text
        assert all(not question.twins for question in visible_questions()[assignment].values())
    recorded = json.loads((this_course().reference("initialization")).read_text(encoding="utf-8"))
    (twin, *_) = recorded["questions"][0]["twins"]
    shown = json.dumps({"cases": [{**twin, "hidden": False}]})
    assert leaks_in({"cases.json": shown}) == ["a hidden case of initialize_parameters_zeros, in cases.json"]


# --- what a table is worth


def without_twins(question, call):
    """The score as it would be without twins: that of what is right in the cases themselves."""
    results = [judge(question, case, call(case)) for case in question.cases]
    return round(question.points * sum(group.earned for group in groups_of(results, question.form_given)) / 100, 2)


def answer(case):
    """What stands in helpers/ as the answer to a visible case; trained parameters do not."""
    return 0.0 if case.below is not None else case.expected if case.accuracy is None else None


def numbers(case):
    return [leaf for leaf in leaves(list(case.args)) if not isinstance(leaf, str)]


def in_form(case):
    """What tells cases apart without their numbers."""
    return [leaf if isinstance(leaf, str) else np.shape(leaf) for leaf in leaves(list(case.args))]


def far(case, other):
    pairs = zip(numbers(case), numbers(other), strict=True)
    return sum(float(np.abs(np.asarray(a, float) - b).mean()) for a, b in pairs if np.shape(a) == np.shape(b))


def same_arguments(known, case):
    return next((c for c in known if input_text(c) == input_text(case)), None)


def same_form(known, case):
    return min((c for c in known if in_form(c) == in_form(case)), key=lambda c: far(c, case), default=None)


def nearly_the_same(known, case):
    found = same_form(known, case)
    pairs = zip(numbers(found), numbers(case), strict=True) if found else ()
    return found if all(np.allclose(a, b, rtol=0.3, atol=0.3) for a, b in pairs) else None


def looks_up(known, find, otherwise=lambda case: Outcome("raised")):
    """A function that has the answers to the visible cases, and something else for all others."""

    def call(case):
        found = find(known, case)
        value = answer(found) if found is not None else None
        return otherwise(case) if value is None else Outcome("returned", value)

    return call


@pytest.mark.parametrize(("assignment", "name", "seed"), QUESTIONS)
def test_a_table_of_the_visible_cases_is_worth_nothing(assignment, name, seed):
    """And it was worth something: a third of the points in all, which is seen below."""
    question, known = asked(assignment, seed)[name], visible_questions()[assignment][name].cases
    said = examine(question, looks_up(known, same_arguments))
    assert said.score == 0
    assert {r.status for r in said.results if not r.case.hidden} <= {"only here", "raised"}
    assert without_twins(question, looks_up(known, same_arguments)) > 0


@pytest.mark.parametrize(("assignment", "name", "seed"), QUESTIONS)
@pytest.mark.parametrize("end", ["timeout", "died", "unusable"])
def test_nor_is_one_that_ends_the_process_or_does_not_end_elsewhere(assignment, name, seed, end):
    question, known = asked(assignment, seed)[name], visible_questions()[assignment][name].cases
    assert examine(question, looks_up(known, same_arguments, lambda case: Outcome(end))).score == 0


def filled(value, number):
    if isinstance(value, dict):
        return {key: filled(part, number) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(filled(part, number) for part in value)
    if isinstance(value, np.ndarray):
        return np.full_like(value, number)
    return value if isinstance(value, (str, bool)) else number


def constant(number):
    """Knows the form of every result, and nothing of the numbers."""

    def call(case):
        value = number if case.below is not None else filled(case.expected, number)
        return Outcome("raised") if case.accuracy is not None else Outcome("returned", value)

    return call


@pytest.mark.parametrize("find", [same_arguments, same_form, nearly_the_same], ids=lambda find: find.__name__)
@pytest.mark.parametrize(("assignment", "name", "seed"), QUESTIONS)
def test_a_table_adds_no_more_to_a_guess_than_its_form(assignment, name, seed, find):
    """Where a part is right, say the biases, shapes count as they do for anybody. And three answers of the check are what
    they are for all numbers, 0, 1 and 1/3, so that they are a guess too.
    """
    question, known = asked(assignment, seed)[name], visible_questions()[assignment][name].cases
    guesses = [constant(number) for number in (0.0, 1.0, 0.5, 7.77)]
    best = max(without_twins(question, guess) for guess in guesses)  # not by `examine`, for which one number is worth 0
    ordinary = sum(not case.edge for case in question.cases)
    steady = sum(case.below is not None or (name, case.name) in ONE_ANSWER for case in known)
    allowed = FORM_WEIGHT + (100 - FORM_WEIGHT) * steady / ordinary
    for guess in guesses:
        assert examine(question, looks_up(known, find, guess)).score <= best + allowed / 100 * question.points


# --- what honest code gets


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("assignment", this_course().assignments)
def test_no_known_mistake_loses_by_a_twin(assignment, seed):
    """Not even who has e^z for e^-z, which is right at 0, for which there is no other number."""
    if seed and assignment == "tensorflow_signs":
        pytest.skip("takes long, and one seed is enough")
    lost = set()
    for name, entry in specs_in(assignment).items():
        question = asked(assignment, seed)[name]
        for wrong in entry.mistakes:
            call = called_once(wrong.function)
            said = examine(question, call)
            if answers_alike(question, call):  # one number for everything, which is worth nothing
                continue
            if said.score != without_twins(question, call):
                lost.add((name, wrong.name))
    assert lost == set()


def answers_alike(question, call):
    """Whether all that a function returns is one and the same number."""
    outcomes = [call(case) for case in question.cases]
    returned = [outcome.value for outcome in outcomes if outcome.kind == "returned"]
    return all(isinstance(value, float) for value in returned) and len(set(returned)) == 1


# --- the examiner

W = np.array([[1.0, -2.0], [3.0, 0.25]])


def asks(*passes, twins=(True, True), hidden=(False,)):
    """A question of two visible cases, their twins and hidden cases, and what comes of each: right or wrong."""
    cases = [Case(f"visible {i}", (right,), W) for i, right in enumerate(passes)]
    cases += [Case(f"hidden {i}", (right,), W, hidden=True) for i, right in enumerate(hidden)]
    others = tuple(Case(f"visible {i}", (right,), W, hidden=True) for i, right in enumerate(twins) if right is not None)
    return Question("f", 30.0, tuple(cases), twins=others)


def by_args(case):
    """Right, wrong, or as the argument says."""
    (said,) = case.args
    return Outcome(said) if isinstance(said, str) else Outcome("returned", W if said else -W)


@pytest.mark.parametrize(
    ("passes", "twins", "score"),  # of 30 points: 6 for the form, 24 for values, 8 a case
    [
        ((True, True), (True, True), 22.0),
        ((True, True), (True, False), 14.0),
        ((True, True), (False, False), 0.0),
        ((True, False), (True, True), 14.0),
        ((False, False), (True, True), 0.0),
        ((True, True), ("raised", True), 12.0),  # its form is not that of others
        ((True, True), ("raised", "unusable"), 0.0),
    ],
)
def test_a_visible_case_counts_as_far_as_its_twin(passes, twins, score):
    assert examine(asks(*passes, twins=twins), by_args).score == score


def test_where_all_is_right_no_twin_is_asked():
    tried = []

    def call(case):
        tried.append(case)
        return by_args(case)

    question = asks(True, True, hidden=(True, True))
    assert examine(question, call).score == 30
    assert tried == list(question.cases)
    assert verdict_on(question, [*map(by_args, question.cases), *[Outcome("skipped")] * 2]).state == "right"


def test_a_hidden_case_that_does_not_end_hides_no_twin():
    for end, twins in product(("timeout", "died"), (True, False)):
        said = examine(asks(True, True, twins=(twins, twins), hidden=(end, True)), by_args)
        assert (said.score > 0) is twins
        assert [r.status for r in said.results[2:]] == [end, "skipped"]


def test_what_did_not_return_has_no_twin_to_ask():
    tried = []

    def call(case):
        tried.append((case.name, case.hidden))
        return by_args(case)

    said = examine(asks(True, "timeout", hidden=(True,)), call)
    assert tried == [("visible 0", False), ("visible 1", False), ("visible 0", True)]
    assert said.state == "timeout"
    assert said.score == 10, "what check showed: one case of three, and its form"


def test_after_a_twin_that_does_not_end_the_others_say_that_they_were_not_tried():
    said = examine(asks(True, True, twins=("timeout", True)), by_args)
    assert said.score == 0
    assert said.state == "timeout"
    assert "Not tried with other numbers, since a case could not be finished." in as_text(said)


def test_a_case_without_other_numbers_counts_where_an_ordinary_hidden_one_does():
    for hidden, score in (((True, False), 30 * (20 + 80 * 2 / 4) / 100), ((False, False), 0.0)):
        assert examine(asks(True, False, twins=(None, True), hidden=hidden), by_args).score == score
    edge = asks(True, False, twins=(None, True), hidden=(True,))
    edge = replace(edge, cases=tuple(replace(case, edge=case.hidden) for case in edge.cases))
    assert examine(edge, by_args).score == 0


def test_or_where_all_is_as_in_a_known_mistake():
    question = asks(True, False, twins=(None, True), hidden=(False,))
    outcomes = tuple({"kind": "returned", "value": value} for value in (W, -W, -W))
    known = replace(question, mistakes=(Mistake("minus", "", "", outcomes),))
    assert (examine(question, by_args).score, examine(known, by_args).score) == (0, 14)


def test_students_see_nothing_of_it():
    """Their questions have neither twins nor hidden cases."""
    question = replace(asks(True, False, twins=(), hidden=()))
    assert examine(question, by_args).score == 15 * 0.8 + 6


def test_the_card_and_the_gradebook_say_so_in_one_sentence():
    said = examine(asks(True, True, twins=(False, True)), by_args)
    assert f"✗ visible 0: {SENTENCE}" in as_text(said)
    assert summary(said)["mistake"] == f"2 of 3 cases fail, first: visible 0: {SENTENCE}"


def test_a_question_reads_back_with_its_twins():
    document = json.loads((this_course().reference("optimizers")).read_text(encoding="utf-8"))
    for entry, question in zip(document["questions"], questions_from(document).values(), strict=True):
        assert [twin["name"] for twin in entry["twins"]] == [twin.name for twin in question.twins]
        assert question.calls == (*question.cases, *question.twins)


# --- the judge


class Box:
    """Where a notebook's only function runs, in place of a process; remembers what it was asked."""

    asked: list
    out_of_turn = False
    forks = True

    def __init__(self, question, answers):
        self.question, self.answers, self.asked = question, answers, []

    def run_cells(self, sources, seconds, until, lenient=False):
        return iter([{"outputs": []}] * len(sources))

    def ask(self, calls, fork, until):
        for call in calls:
            (case,) = [case for case in self.question.calls if case.args == call["args"]]
            self.asked.append((fork, case.name, case.hidden))
            outcome = self.answers(case)
            yield {"kind": outcome.kind, "value": outcome.value}

    def starved(self, whole=False):
        return False

    def close(self):
        pass


def judged(answers):
    """Points, status, and what was asked, of a question of two visible cases and two hidden ones."""
    cases = [Case(f"visible {i}", (i,), float(i + 1)) for i in range(2)]
    cases += [Case(f"hidden {i}", (i,), float(i + 1), hidden=True) for i in (2, 3)]
    twins = tuple(Case(f"visible {i - 4}", (i,), float(i + 1), hidden=True) for i in (4, 5))
    question = Question("f", 8.0, tuple(cases), twins=twins)
    box = Box(question, answers)
    cell = new_code_cell("def f(x): ...", metadata={"nbgrader": {"grade_id": "f"}})
    (answer,) = judge_notebook(new_notebook(cells=[cell]), {"f": question}, lambda: box, Rules()).answers
    return answer.score, answer.status, box.asked


def right(case):
    return Outcome("returned", case.args[0] + 1.0)


VISIBLE = [("visible 0", False), ("visible 1", False)]
TWINS = [("visible 0", True), ("visible 1", True)]
HIDDEN = [("hidden 2", True), ("hidden 3", True)]


def test_what_is_right_is_asked_no_twin():
    score, status, asked_of_it = judged(right)
    assert (score, status) == (8, "graded")
    assert asked_of_it == [(False, *place) for place in VISIBLE + HIDDEN]


def test_what_is_not_right_is_asked_its_twins_after_all_that_is_shown_and_before_the_hidden_cases():
    score, status, asked_of_it = judged(lambda case: right(case) if case.args[0] < 2 else Outcome("returned", 0.0))
    assert (score, status) == (0, "graded"), "a table"
    # visible cases at the check cell and at the end
    in_the_first_look = [(False, *place) for place in VISIBLE + HIDDEN + TWINS]
    assert asked_of_it[: len(in_the_first_look)] == in_the_first_look
    assert asked_of_it[len(in_the_first_look) :] == [(True, *place) for place in VISIBLE + VISIBLE + TWINS + HIDDEN]
    assert judged(lambda case: right(case) if case.args[0] != 3 else Outcome("returned", 0.0))[0] == 6, "honest"


@pytest.mark.parametrize(
    ("works", "score"), [(lambda x: x < 2, 0), (lambda x: x not in (2, 3), 4), (lambda x: x in (0, 4), 2)]
)
def test_a_call_that_does_not_end_saves_no_table_and_costs_nothing_that_was_shown(works, score):
    found = judged(lambda case: right(case) if works(case.args[0]) else Outcome("timeout"))
    assert found[:2] == (score, "timeout")
