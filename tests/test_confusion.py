"""What is said about a wrong solution is true: each named mistake is wrong and named as itself, and nothing right is named.

A confusion matrix for every assignment, printed with `-s` and when something is off the diagonal: a row is the mistake
that was made, a column the one that was named, for sure and not as the nearest. Each is asked as recorded, as drawn for
other seeds, and, as a student sees it, on the visible cases alone.
"""

from collections import Counter

import pytest
from called_once import called_once, variant_called_once
from conftest import ASKED_WITH, asked, visible_questions

from autograde.authoring.questions import specs_in
from autograde.authoring.variants import variants_of
from autograde.course import this_course
from checking.examiner import examine
from checking.recognition import recognise

NOBODY, RIGHT = "no name", "right"


def versions_of(assignment):
    """All versions of an assignment's questions."""
    return [visible_questions()[assignment], *(asked(assignment, seed) for seed in ASKED_WITH[assignment])]


def said_about(question, function):
    verdict = examine(question, called_once(function))
    if verdict.state == "right" or verdict.score >= question.points:
        return RIGHT
    return verdict.mistake.name if verdict.mistake and not verdict.nearest else NOBODY


def confusion(assignment):
    """{question: {mistake made: Counter of what was said}}"""
    versions = versions_of(assignment)
    return {
        name: {wrong.name: Counter(said_about(v[name], wrong.function) for v in versions) for wrong in entry.mistakes}
        for name, entry in specs_in(assignment).items()
    }


def as_text(heading, matrix):
    lines = [f"{heading}: {sum(map(len, matrix.values()))} mistakes"]
    for question, rows in matrix.items():
        columns = [*rows, NOBODY, RIGHT]
        heads = [*(str(i) for i in range(1, len(rows) + 1)), NOBODY, RIGHT]
        width = max(map(len, rows)) + 5
        lines += ["", question.ljust(width) + "".join(f"{head:>{len(head) + 2}}" for head in heads)]
        for i, (made, counts) in enumerate(rows.items(), 1):
            entries = (f"{counts[c] or '.':>{len(h) + 2}}" for c, h in zip(columns, heads, strict=True))
            lines.append(f"{i:>3}  {made}".ljust(width) + "".join(entries))
    return "\n".join(lines)


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_each_mistake_is_wrong_and_named_as_itself(assignment):
    matrix, times = confusion(assignment), len(versions_of(assignment))
    text = as_text(f"{assignment}, each asked {times} times", matrix)
    print(f"\n{text}")
    astray = {
        (question, made): dict(said)
        for question, rows in matrix.items()
        for made, said in rows.items()
        if said != {made: times}
    }
    assert astray == {}, text


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_who_makes_a_mistake_in_another_way_reads_the_same_name(assignment):
    """As a student sees it: `also=` in a mistake, and what leaves the solution right."""
    questions = visible_questions()[assignment]
    astray = {
        (name, wrong.name): said
        for name, entry in specs_in(assignment).items()
        for wrong in entry.mistakes
        for function in wrong.also
        if (said := said_about(questions[name], function)) not in (wrong.name, RIGHT)
    }
    assert astray == {}


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_nothing_right_is_named(assignment):
    """Not even if one asks, which `examine` does for what is not right only."""
    for version in versions_of(assignment):
        for variant in variants_of(assignment):
            question, call = version[variant.question], variant_called_once(variant)
            assert recognise(question, [call(case) for case in question.cases]) == (), variant


def test_the_matrix_shows_what_is_off_its_diagonal():
    """A mistake that takes the name of another, and one whose cases do not show it, are seen where they should be."""
    matrix = {"f": {"one": Counter({"one": 3, "two": 1}), "two": Counter({RIGHT: 4}), "three": Counter({NOBODY: 4})}}
    rows = [line.split() for line in as_text("f", matrix).splitlines()[3:]]
    assert rows == [
        ["1", "one", "3", "1", ".", ".", "."],
        ["2", "two", ".", ".", ".", ".", "4"],
        ["3", "three", ".", ".", ".", "4", "."],
    ]
