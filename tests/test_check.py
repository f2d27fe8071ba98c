"""`check`: whatever a student's function is or does, a card with the right words comes out, and never an error."""

import re
import sys
import time
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from autograde.judging.sanitize import clean
from checking.calls import call
from checking.check import Check
from checking.questions import Case, Mistake, Question

EXPECTED = {"W1": np.array([[2.0, 4.0]]), "b1": np.zeros((1, 1))}
PARAMETERS = {"W1": np.array([[1.0, 2.0]]), "b1": np.zeros((1, 1))}
HALVED = {"W1": np.array([[0.5, 1.0]]), "b1": np.zeros((1, 1))}
QUESTION = Question(
    "scale",
    20.0,
    (
        Case("twice", (PARAMETERS, 2), EXPECTED),
        Case("once", (PARAMETERS, 1), PARAMETERS),
    ),
    (
        Mistake(
            "divided instead of multiplied",
            "You divided by the factor.",
            "Should the weights grow?",
            ({"kind": "returned", "value": HALVED}, {"kind": "returned", "value": PARAMETERS}),
        ),
    ),
    section="1 · Scales",
    hints=("Which entries change?", "What is a factor of 1?"),
)
check = Check(lambda: {"demo": {"scale": QUESTION}}, "demo")


def card(function) -> str:
    """The card in plain text; the HTML must say the same words."""
    score = check(function)
    assert type(float(score)) is float
    plain_html = re.sub(r"<[^>]*>", "", score.html)
    assert score.text.splitlines()[0].split("·")[0].strip() in plain_html
    return score.text


def test_a_right_function_gets_all_points_whether_it_changes_its_input_or_not():
    def scale(parameters, factor):
        return {key: value * factor for key, value in parameters.items()}

    assert float(check(scale)) == 20

    def scale(parameters, factor):
        for key in parameters:
            parameters[key] *= factor
        return parameters

    assert float(check(scale)) == 20
    assert PARAMETERS["W1"].tolist() == [[1.0, 2.0]], "the case's own input was changed"


def test_the_score_is_read_by_nbgrader_as_a_number():
    bundle = check(lambda p, f: p)._repr_mimebundle_()
    assert float(bundle["text/plain"]) == float(bundle["text/plain"])
    assert "text/html" in bundle


def stub_not_implemented(parameters, factor):
    raise NotImplementedError


def stub_pass(parameters, factor):
    pass


def stub_ellipsis(parameters, factor):
    return ...


def stub_nones(parameters, factor):
    W1 = None
    b1 = None
    return {"W1": W1, "b1": b1}


@pytest.mark.parametrize("stub", [stub_not_implemented, stub_pass, stub_ellipsis, stub_nones])
def test_what_is_not_filled_in_is_not_started_not_wrong(stub):
    stub.__name__ = "scale"
    text = card(stub)
    assert "not started yet" in text
    assert "not right" not in text


def missing_return(parameters, factor):
    parameters["W1"] = parameters["W1"] * factor


def half_none(parameters, factor):
    return {"W1": parameters["W1"] * factor, "b1": None}


def crash(parameters, factor):
    return parameters["W2"] * factor


def wrong_type(parameters, factor):
    return "done"


def a_set(parameters, factor):
    return {1, 2}


def transposed(parameters, factor):
    return {"W1": (parameters["W1"] * factor).T, "b1": parameters["b1"]}


def other_keys(parameters, factor):
    return {"weights": parameters["W1"] * factor, "b1": parameters["b1"]}


def other_key(parameters, factor):
    return {"weights": parameters["W1"] * factor}


def with_nan(parameters, factor):
    return {"W1": parameters["W1"] * np.nan, "b1": parameters["b1"]}


def wants_to_leave(parameters, factor):
    sys.exit(0)


def one_argument(parameters):
    return parameters


def itself(parameters, factor):
    parameters["W1"] = parameters
    return parameters


def dots_inside(parameters, factor):
    return parameters, {"W1": 1.0, "b1": ...}


def set_inside(parameters, factor):
    return parameters, {1, 2}


def huge(parameters, factor):
    return np.broadcast_to(0.0, (3000, 3000))


def named_by_numpy(parameters, factor):
    return {np.str_(key): value - 1 for key, value in parameters.items()}


def bad_message(parameters, factor):
    class Nasty(Exception):
        def __str__(self):
            raise ValueError

    raise Nasty


def shouts(parameters, factor):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (missing_return, "Does every way through the function end at a `return`?"),
        (half_none, "Part of what it returns is still None: `b1`."),
        (dots_inside, "Part of what it returns is still `...`: `result[1]['b1']`."),
        (huge, "It returns an array of 9,000,000 numbers. That is more than can be compared."),
        (named_by_numpy, "W1: all 2 entries differ"),
        (set_inside, "It returns an object of type set in `result[1]`; numbers and arrays were expected."),
        (crash, "`return parameters[\"W2\"] * factor`: KeyError: 'W2'"),
        (wrong_type, "expected a dict, got a string"),
        (a_set, "an object of type set"),
        (transposed, "W1: expected shape (1, 2), got (2, 1), which is its transpose"),
        (with_nan, "nan"),
        (other_keys, "W1: the key is missing (the keys are 'weights', 'b1')."),
        (other_key, "W1: the key is missing (the only key is 'weights')."),
        (wants_to_leave, "SystemExit"),
        (one_argument, "TypeError"),
        (itself, "It returns lists or dicts that are nested more than 12 deep. Does one of them contain itself?"),
        (bad_message, "Nasty"),
        (shouts, "Does every loop end?"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(function, words):
    function.__name__ = "scale"
    text = card(function)
    assert words in text
    assert "Traceback" not in text


def test_a_known_mistake_is_named_with_its_hint():
    def scale(parameters, factor):
        return {"W1": parameters["W1"] / factor, "b1": parameters["b1"]}

    text = card(scale)
    assert "12 of 20 points" in text
    assert "Points for shape and keys 2 of 2 (20 %), values 1 of 2 (80 %)." in text
    assert text.splitlines()[1] == "  It looks as if you divided by the factor."
    assert "Hint: Should the weights grow?" in text


def test_an_endless_loop_is_stopped_and_the_rest_is_not_tried():
    def scale(parameters, factor):
        while True:
            pass

    began = time.monotonic()
    outcome = call(scale, (PARAMETERS, 2), seconds=0.2)
    assert outcome.kind == "timeout"
    assert time.monotonic() - began < 60


def test_what_a_function_prints_is_kept_and_bounded_and_warnings_do_no_harm(capsys):
    def scale(parameters, factor):
        import warnings

        print("x" * 10_000)
        print("to the error stream", file=sys.stderr)
        warnings.warn("odd", stacklevel=1)
        np.array([1.0]) / 0
        return {key: value * factor for key, value in parameters.items()}

    score = check(scale)
    assert float(score) == 20
    assert 1_000 < len(score.text) < 4_000
    assert capsys.readouterr().err == ""


def test_the_comparison_itself_is_silent(capsys):
    """nbgrader gives no point to a check cell that writes to standard error, whoever wrote."""

    def scale(parameters, factor):
        return {"W1": np.array([[np.inf, 1e308]]), "b1": np.array([[np.nan]])}

    assert "not right" in str(check(scale))
    assert capsys.readouterr().err == ""


def test_the_random_state_of_the_notebook_is_left_alone_and_does_not_matter():
    def scale(parameters, factor):
        np.random.seed(5)
        return {key: value * factor for key, value in parameters.items()}

    np.random.seed(1)
    expected = np.random.RandomState(1).rand()
    check(scale)
    assert np.random.rand() == expected


def test_markup_in_messages_is_shown_not_obeyed():
    def scale(parameters, factor):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in check(scale).html


@pytest.mark.parametrize("thing", [None, 3.0, {"W1": 1}, "scale"])
def test_what_is_no_function_gets_advice(thing):
    assert "needs the function itself" in card(thing)


def test_a_function_that_is_no_question_gets_the_names_of_those_that_are():
    def shift():
        return 1

    assert "shift is not a question of this notebook" in card(shift)
    assert "scale" in card(shift)


def test_a_lambda_is_known_by_the_name_that_the_notebook_gives_it():
    namespace = {"check": check}
    exec("scale = lambda p, f: {k: v * f for k, v in p.items()}\nscore = check(scale)", namespace)
    assert float(namespace["score"]) == 20


def test_hidden_cases_show_their_kind_and_none_of_their_data():
    secret = Question("scale", 20.0, (Case("a large factor", (PARAMETERS, 123.5), EXPECTED, hidden=True),))

    def scale(parameters, factor):
        print("the factor is", factor)
        raise ValueError(f"factor {factor}")

    score = Check(lambda: {"demo": {"scale": secret}}, "demo")(scale)
    assert "a large factor" in score.text
    for shown in (score.text, score.html, str(score.summary)):
        assert "123.5" not in shown


def right(parameters, factor):
    return {key: value * factor for key, value in parameters.items()}


def divided(parameters, factor):
    return {"W1": parameters["W1"] / factor, "b1": parameters["b1"]}


def hints(*functions):
    """What a student is told who asks for a hint on each in turn, as text; the HTML must say the same words."""
    session = Check(lambda: {"demo": {"scale": QUESTION}}, "demo")
    told = []
    for function in functions:
        function.__name__ = "scale"
        given = session.hint(function)
        in_html = re.sub(r"<[^>]*>", " ", given.html)
        assert [line for line in given.text.splitlines() if line.strip() not in in_html] == []
        told.append(given.text)
    return told


def test_hints_come_one_by_one_and_then_the_place_in_the_text():
    first, second, last, again = hints(*[stub_not_implemented] * 4)
    assert first == "? scale · hint 1 of 2\n  Which entries change?"
    assert second == "? scale · hint 2 of 2\n  What is a factor of 1?"
    assert "Read again: 1 · Scales." in last
    assert "Which entries change?" in last
    assert again == last


def test_a_mistake_that_is_recognised_has_its_hint_first():
    assert [told.split("\n  ")[1] for told in hints(divided, divided, divided)] == [
        "Should the weights grow?",
        "Which entries change?",
        "What is a factor of 1?",
    ]


def test_a_mistake_made_later_still_has_its_hint_before_the_others_go_on():
    told = hints(stub_pass, divided, crash, crash)
    assert [text.splitlines()[0] for text in told[:3]] == [
        f"? scale · hint {i} of {n}" for i, n in ((1, 2), (2, 3), (3, 3))
    ]
    assert "Should the weights grow?" in told[1]
    assert "What is a factor of 1?" in told[2]
    assert "Read again" in told[3]


def test_what_is_right_needs_no_hint_and_none_is_used_up():
    told = hints(right, crash)
    assert "no hint is needed" in told[0]
    assert "hint 1 of 2" in told[1]


def test_hints_are_counted_for_each_session_and_cost_nothing():
    assert hints(crash) == hints(crash)
    session = Check(lambda: {"demo": {"scale": QUESTION}}, "demo")
    divided.__name__ = "scale"
    before = float(session(divided))
    for _ in range(5):
        session.hint(divided)
    assert float(session(divided)) == before


def test_a_name_that_a_cell_has_taken_for_something_else_is_named():
    session = Check(lambda: {"demo": {"scale": QUESTION}}, "demo")
    names = {"session": session, "scale": 5}
    exec("given = session(scale)", names)
    assert "scale is no function any more" in names["given"].text
    assert "Run the function's cell again" in names["given"].text


@pytest.mark.parametrize("thing", [None, 3.0, "scale", len])
def test_no_hint_on_what_is_no_question(thing):
    given = check.hint(thing)
    assert "needs the function itself" in given.text or "len is not a question" in given.text
    assert not isinstance(given, float)


def test_a_hint_says_how_it_is_asked_for():
    assert "  Write the function's name in the parentheses, without calling it: check.hint(name)." in check.hint().text
    assert "Leave the quotes out: check.hint(scale)." in check.hint("scale").text
    assert "Leave the quotes out: check.hint(name)." in check.hint("scales").text
    assert "Leave the quotes out: check(scale)." in check("scale").text


def test_a_hint_is_shown_as_a_card_that_a_screen_reader_announces():
    bundle = check.hint(crash)._repr_mimebundle_()
    assert bundle["text/plain"].startswith("? scale · hint 1 of 2")
    assert 'role="group" aria-label="? scale · hint 1 of 2"' in bundle["text/html"]


def test_importing_helpers_is_light():
    import subprocess

    code = (
        "import sys, helpers; print([m for m in ('tensorflow', 'sklearn', 'matplotlib', 'scipy') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_hint_that_a_card_has_shown_is_not_given_again():
    session = Check(lambda: {"demo": {"scale": QUESTION}}, "demo")
    divided.__name__ = "scale"
    assert "Hint: Should the weights grow?" in session(divided).text
    first, second, last = (session.hint(divided).text for _ in range(3))
    assert first == "? scale · hint 1 of 2\n  Which entries change?"
    assert "What is a factor of 1?" in second
    assert "no more hints" in last


def test_a_hint_on_the_card_of_one_function_is_still_given_for_another():
    shared = {"scale": QUESTION, "shrink": replace(QUESTION, name="shrink")}
    session = Check(lambda: {"demo": shared, "other": shared}, "demo")
    divided.__name__ = "scale"
    session(divided)
    divided.__name__ = "shrink"
    assert "Should the weights grow?" in session.hint(divided).text
    session.begin("other")
    divided.__name__ = "scale"
    assert "Should the weights grow?" in session.hint(divided).text


def test_how_many_cases_fail_agrees_with_the_verb():
    asked = replace(QUESTION, mistakes=())
    assert (
        Check(lambda: {"demo": {"scale": asked}}, "demo")(named(divided))
        .summary["mistake"]
        .startswith("1 of 2 cases fails")
    )
    assert check(named(crash)).summary["mistake"].startswith("2 of 2 cases fail, first: twice")


def named(function, name="scale"):
    function.__name__ = name
    return function


def in_order(html, *parts):
    """Whether these stand in the text one after the other."""
    places = [html.index(part) for part in parts]
    return places == sorted(places)


def test_the_diagnosis_comes_first_and_in_bold_and_the_cases_are_folded():
    divided.__name__ = "scale"
    score = check(divided)
    finding = '<div style="font-weight:600;margin:2px 0 2px 0em">It looks as if you divided by the factor.</div>'
    folded = '<details style="margin-top:4px"><summary>1 of 2 cases fails: details</summary>'
    assert in_order(score.html, "scale · partly right", finding, "<code>W1</code>", "Hint: Should", folded, "✗ twice")
    assert in_order(score.text, "scale · partly right", "It looks as if", "Hint:", "1 of 2 cases fails:", "✗ twice")
    assert unescape(clean(score.html)) == unescape(score.html), "what a student has shown stays as it is, folded"


def test_an_error_is_first_with_its_line_and_what_it_means():
    def scale(parameters, factor):
        return np.zeros(2, 5)

    lines = check(scale).text.splitlines()
    assert "`return np.zeros(2, 5)`: TypeError: Cannot interpret '5' as a data type" in lines[1]
    assert lines[2].startswith("  A shape is one argument")


def test_parts_of_a_tuple_have_the_names_of_the_return_statement():
    expected = (1.0, (np.ones(2), np.zeros(2)), {"W1": np.ones(2)})
    parts = ("cost", ("cache", ("Z", "A")), "parameters")
    asked = Question("f", 1.0, (Case("a", (), expected),), parts=parts)

    def f():
        return 2.0, (np.ones(2), np.ones(2)), {}

    text = Check(lambda: {"demo": {"f": asked}}, "demo")(f).text
    for said in (
        "`cost`: expected 1, got 2",
        "A in cache: 2 of 2",
        "W1 in parameters: the key is missing",
        "Z in cache.",
    ):
        assert said.replace("2 of 2", "all 2") in text


@pytest.mark.parametrize("expected", [np.ones(3), [1.0, 2.0, 3.0]])
def test_an_empty_list_is_called_so(expected):
    asked = Question("f", 1.0, (Case("a", (2,), expected),))
    text = Check(lambda: {"demo": {"f": asked}}, "demo")(named(lambda n: [1.0] * (n - 2), "f")).text
    assert ", got an empty list." in text
    assert "(0,)" not in text
