"""The grader's `check`: the same examiner as the student's, on all cases. The check cells call it when nbgrader grades."""

from functools import cache

from autograde.course import this_course
from checking.check import Check
from checking.questions import Question, load_questions


@cache
def all_questions(assignment: str) -> dict[str, Question]:
    """Visible and hidden questions of an assignment, from the recorded reference."""
    return load_questions(this_course().reference(assignment))


@cache
def grader_check(assignment: str) -> Check:
    """A `check` that judges on all cases and shows nothing of the hidden ones but their kind.

    One for all check cells of a notebook, so that an overview at its end has what each of them said.
    """
    return Check(lambda: {assignment: all_questions(assignment)}, assignment)
