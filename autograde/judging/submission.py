"""A submission on its way in, and what was handed out, against which it is held."""

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde.course import this_course
from autograde.notebook import grade_id, is_manual, points_in
from autograde.text import one_line


@dataclass
class Submission:
    """One student's work on one assignment. `status` is empty while it can be graded, else missing or rejected.

    attempt: see Candidate. reason: why not, in words. notes: what was put right, by question; "" concerns the whole
    notebook. tampered: the questions whose graded cells were changed. needs_person: whether a person should see which notebook counts. python: the version with
    which the notebook says it was written; "" if it does not. work: see `work_in`.
    """

    student: str
    assignment: str
    path: Path | None = None
    status: str = ""
    reason: str = ""
    notes: dict[str, list[str]] = field(default_factory=dict)
    notebook: NotebookNode | None = None
    tampered: set[str] = field(default_factory=set)
    needs_person: bool = False
    python: str = ""
    attempt: str = ""
    work: str = ""

    def note(self, question: str, text: str, tampered: bool = False) -> None:
        """Note a sentence on a question, on one line; the same one once only. tampered: its graded cells were changed."""
        if tampered and question:
            self.tampered.add(question)
        words = one_line(text)  # it may hold the name of a file
        if words not in self.notes.setdefault(question, []):
            self.notes[question].append(words)


@cache
def as_handed_out(assignment: str) -> NotebookNode:
    """The released notebook, read once. Never change it."""
    return nbformat.read(this_course().notebook(assignment), as_version=4)


def released(assignment: str) -> NotebookNode:
    """A copy of the notebook that students were given."""
    return deepcopy(as_handed_out(assignment))


@cache
def points_of(assignment: str) -> dict[str, float]:
    """The points of each question of an assignment, in the order of the notebook."""
    return points_in(as_handed_out(assignment))


@cache
def manual_questions(assignment: str) -> frozenset[str]:
    """Those of them that a person grades; none of an assignment that the course does not have."""
    if assignment not in this_course().assignments:
        return frozenset()
    return frozenset(grade_id(cell) for cell in as_handed_out(assignment).cells if is_manual(cell))


@dataclass(frozen=True)
class Candidate:
    """Where one student's work on one assignment may lie; None for paths: there is no folder. Nothing is read yet.

    unread: what of the student's folder was not looked at, and why; "" if all was. elsewhere: the notebooks that have the
    names of other assignments. beside: what else lies in its folder, in words; "" if nothing. closed: whether the student's
    folder cannot be opened, as `unread` says. attempt: its name among several; "" where there is one only.
    """

    student: str
    assignment: str
    paths: tuple[Path, ...] | None
    unread: str = ""
    elsewhere: tuple[Path, ...] = ()
    beside: str = ""
    closed: bool = False
    attempt: str = ""
