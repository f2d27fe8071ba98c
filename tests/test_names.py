"""A name is true of the function: however it is written and whatever a run asks, it is that of the mistake, or there is none.

A sample of what `python tests/rewriting.py` goes through: there every mistake is asked in every way with twenty seeds. test_confusion.py asks all as they are
written, with other seeds too.
"""

from dataclasses import replace

import numpy as np
import pytest
from conftest import asked, solution, visible_questions
from rewriting import NAMES, misnamed, more_keys, said_of, wrapped

from autograde.authoring.questions import names_in
from autograde.authoring.script import read_script, solution_source
from autograde.course import this_course
from checking.calls import Outcome, call_case
from checking.card import as_html, as_text
from checking.cause import cause_of
from checking.examiner import examine
from checking.plain import to_json
from checking.questions import Case, Mistake, Question

IN_NUMPY = [a for a in this_course().assignments if a != "tensorflow_signs"]
EVERY = 8  # of the mistakes of a question


@pytest.mark.parametrize("assignment", IN_NUMPY)
def test_a_mistake_keeps_its_name_however_it_is_written(assignment):
    times, found = misnamed(assignment, asked(assignment, None), slice(None, None, EVERY))
    assert times > 20
    assert found == []


@pytest.mark.parametrize("assignment", IN_NUMPY)
def test_a_run_asks_the_recorded_cases_too(assignment):
    recorded = asked(assignment, None)
    for name, question in asked(assignment, 3).items():
        cases = [to_json([*case.args, case.expected]) for case in question.as_recorded.cases]
        assert cases == [to_json([*case.args, case.expected]) for case in recorded[name].cases]
        assert all(case.hidden for case in question.recorded)


# What people write who make a mistake in another way than its edit of the solution: old text and new text in turns. The name
# is that of what is seen, so that what is said of it is true of these too.
IN_OTHER_WORDS = [
    (
        "gradient_checking",
        "gradient_check",
        ("theta + epsilon", "theta", "theta - epsilon", "theta"),
        "one of the slopes is 0",
    ),
    ("gradient_checking", "gradient_check", ("backward_propagation(x, theta)", "0.0"), "one of the slopes is 0"),
    ("gradient_checking", "gradient_check", ("/ (2 * epsilon)", "* epsilon / 2"), "multiplied by epsilon"),
    (
        "gradient_checking",
        "gradient_check",
        ("epsilon=1e-7):", "epsilon=1e-7):\n    epsilon = 1e-6"),
        "epsilon ignored",
    ),
    (
        "gradient_checking",
        "gradient_check",
        ("backward_propagation(x, theta)", "gradapprox"),
        "slopes not from the two functions",
    ),
    ("gradient_checking", "gradient_check_n", ("gradapprox[i] =", "approx ="), "gradapprox is 0"),
    ("gradient_checking", "gradient_check_n", ("theta.copy(), theta.copy()", "theta, theta"), "gradapprox is 0"),
    ("gradient_checking", "gradient_check_n", ("(theta_minus, parameters)", "(theta, parameters)"), "J_minus at theta"),
    ("gradient_checking", "gradient_check_n", ("grad - gradapprox", "grad - gradapprox.T"), "row minus column"),
    (
        "gradient_checking",
        "backward_propagation_n",
        ("A2 > 0", "A2 >= 0", "A1 > 0", "A1 >= 0"),
        "ReLU left out on the way back",
    ),
    (
        "initialization",
        "initialize_parameters_he",
        ("np.zeros((layers_dims[l], 1))", "np.random.rand(layers_dims[l], 1)"),
        "random biases",
    ),
    (
        "initialization",
        "initialize_parameters_he",
        ("np.sqrt(2 / fan_in)", "np.sqrt(fan_in / 2)"),
        "divided instead of multiplied",
    ),
    ("regularization", "compute_cost_with_regularization", ("lambd / (2 * m)", "m * lambd / 2"), "multiplied by m"),
    ("regularization", "forward_propagation_with_dropout", ("    np.random.seed(seed)\n", ""), "seed not used"),
    (
        "regularization",
        "normalize_inputs",
        ("np.std", "np.var", "    sigma[constant] = 1\n", ""),
        "divided by the variance",
    ),
    (
        "optimizers",
        "random_mini_batches",
        ("range(0, m, mini_batch_size)", "[0]", "start + mini_batch_size", "m"),
        "not cut",
    ),
    ("optimizers", "random_mini_batches", ("    np.random.seed(seed)", "    pass"), "seed not used"),
    (
        "optimizers",
        "random_mini_batches",
        (
            "(0, m,",
            "(0, m - m % mini_batch_size,",
            "return mini_batches",
            "if m % mini_batch_size:\n        mini_batches.append((X[:, end:], Y[:, end:]))\n    return mini_batches",
        ),
        "variable of the loop used where the loop did not run",
    ),
    (
        "optimizers",
        "update_parameters_with_momentum",
        ("    for name", "    v = initialize_velocity(parameters)\n    for name"),
        "past forgotten",
    ),
    (
        "optimizers",
        "update_parameters_with_rmsprop",
        ("(np.sqrt(s[d]) + epsilon)", "s[d] ** 0.5 + epsilon"),
        "epsilon beside the fraction",
    ),
    ("optimizers", "learning_rate_decay", ("math.sqrt(max(n, 1))", "np.sqrt(n)"), "root of zero"),
]


@pytest.mark.parametrize(("assignment", "name", "edits", "called"), IN_OTHER_WORDS)
def test_a_mistake_made_in_another_way_is_named_by_what_is_seen(assignment, name, edits, called):
    source = solution_source(read_script(this_course().script(assignment)), name)
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        assert source.count(old) == 1
        source = source.replace(old, new)
    namespace = dict(names_in(assignment))
    exec(source, namespace)
    for questions in (visible_questions()[assignment], asked(assignment, None)):
        said = examine(questions[name], lambda case: call_case(namespace[name], case))
        assert said_of(said) == called


def returned(*values):
    return tuple({"kind": "returned", "value": value} for value in values)


def asked_of(function, question):
    return examine(question, lambda case: function(case.args[0]))


TRIPLED = Mistake("tripled", "You multiplied by 3.", "Which factor?", returned(3.0, 9.0))
ADDED = Mistake("added", "You added twice the number.", "Which sign?", returned(3.0, 9.0))
DOUBLE = Question("double", 10.0, (Case("one", (1.0,), 2.0), Case("three", (3.0,), 6.0)), (TRIPLED, ADDED))


def test_two_mistakes_with_the_same_numbers_are_both_named():
    said = asked_of(lambda x: Outcome("returned", 3 * x), DOUBLE)
    assert [mistake.name for mistake in said.mistakes] == ["tripled", "added"]
    assert str(cause_of(said)) == "tripled or added"
    for card in (as_text(said), as_html(said)):
        assert "Either: You multiplied by 3." in card
        assert "Or: You added twice the number." in card


def test_mistakes_go_by_the_recorded_cases_and_points_by_those_of_the_run():
    cases = (DOUBLE.cases[0], Case("three", (5.0,), 10.0, hidden=True))
    run = replace(DOUBLE, cases=cases, recorded=(replace(DOUBLE.cases[1], hidden=True),))
    assert [mistake.name for mistake in asked_of(lambda x: Outcome("returned", 3 * x), run).mistakes] == [
        "tripled",
        "added",
    ]
    only_there = {1.0: 3.0, 3.0: 9.0, 5.0: 10.0}
    said = asked_of(lambda x: Outcome("returned", only_there[x]), run)
    assert (said.passed, len(said.mistakes)) == (1, 2)
    right_in_the_run = {1.0: 2.0, 3.0: 0.0, 5.0: 10.0}
    assert asked_of(lambda x: Outcome("returned", right_in_the_run[x]), run).state == "right"


def test_other_ways_to_write_a_mistake_have_its_name():
    question = replace(DOUBLE, mistakes=(replace(TRIPLED, also=(returned(4.0, 12.0),)),))
    assert asked_of(lambda x: Outcome("returned", 4 * x), question).mistake.name == "tripled"
    assert asked_of(lambda x: Outcome("returned", 5 * x), question).mistake is None


def test_an_error_is_that_of_a_mistake_only_if_it_is_of_the_same_type_and_something_else_returns():
    outcomes = (*returned(3.0), {"kind": "raised", "value": None, "error": "ValueError"})
    question = replace(DOUBLE, mistakes=(replace(TRIPLED, outcomes=outcomes),))

    def stops(error, first=3.0):
        return lambda x: Outcome("returned", first) if x == 1 else Outcome("raised", error=error)

    assert asked_of(stops("ValueError"), question).mistake.name == "tripled"
    assert asked_of(stops("TypeError"), question).mistake is None
    always = replace(question, mistakes=(replace(TRIPLED, outcomes=(outcomes[1],) * 2),))
    assert asked_of(lambda x: Outcome("raised", error="ValueError"), always).mistake is None


def test_something_else_is_wrong_only_where_it_is_seen():
    """All that differs is as the mistake has it, and there is a key more: it is the mistake, and nothing else."""
    expected = {"W": np.arange(6.0), "b": np.ones(3)}
    wrong = {"W": np.arange(6.0) * 2, "b": np.ones(3)}
    question = Question("f", 1.0, (Case("a", (), expected),), (Mistake("doubled", "", "", returned(wrong)),))
    said = examine(question, lambda case: Outcome("returned", more_keys(wrong)))
    assert said_of(said) == "doubled"
    said = examine(question, lambda case: Outcome("returned", {**wrong, "b": np.zeros(3)}))
    assert said_of(said) == "nearest: doubled"
    assert "Something else is wrong too." in as_text(said)
    said = examine(question, lambda case: Outcome("returned", {"W": wrong["W"]}))
    assert said_of(said) == "nearest: doubled"


def test_a_difference_beside_a_name_is_one_that_the_name_explains():
    """First W differs, which the mistake does not explain, then b, which it does. In another case b is wrong in a way of its own."""
    W, b = np.arange(6.0), np.arange(1.0, 5)
    expected, wrong = {"W": W, "b": b}, {"W": W, "b": 2 * b}
    cases = tuple(Case(name, (name,), expected) for name in ("one", "two", "three", "four"))
    question = Question("f", 1.0, cases, (Mistake("doubled", "You doubled b.", "", returned(*[wrong] * 4)),))
    said = as_text(examine(question, lambda case: Outcome("returned", {"W": -W, "b": 2 * b})))
    assert "In the case 'one', `b`: all 4 entries differ" in said
    assert said.splitlines()[2].strip() == "That explains a part of what differs. Something else is wrong too."
    said = as_text(
        examine(question, lambda case: Outcome("returned", {"W": W, "b": -b if case.name == "one" else 2 * b}))
    )
    assert "In the case 'two', `b`: all 4 entries differ" in said
    assert said.splitlines()[2].strip() == "Not all that differs is explained by it."


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_keys_of_ones_own_cost_nothing(assignment):
    """Through each adapter too, but for those that ask for certain keys and no others."""
    for name, question in asked(assignment, None).items():
        if all(case.adapter not in NAMES for case in question.cases):
            more = wrapped(solution(assignment)[name], more_keys)
            assert examine(question, lambda case, f=more: call_case(f, case)).state == "right", name


@pytest.mark.parametrize("assignment", IN_NUMPY)
def test_a_mistake_that_leaves_a_key_out_is_not_seen_in_what_has_it(assignment):
    for name, question in visible_questions()[assignment].items():
        said = examine(question, lambda case: Outcome("returned", more_keys(case.expected)))
        assert said.mistakes == (), name
