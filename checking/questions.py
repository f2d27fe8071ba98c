"""Questions as data: the cases of one assignment, what the reference solution returned, and the mistakes one knows.

A question is one graded function. Its file is written by `make build`; `helpers/cases/<assignment>.json` has the
visible cases only, and that is all that a student's copy contains.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from checking.plain import from_json


@dataclass(frozen=True)
class Case:
    """One call: `args` go in, `expected` should come out.

    hidden: used in grading only. below: judge by size alone, 0 <= result < below (for results that are rounding noise).
    stubs: the set of helpers.stubs that replaces the student's own functions during the call. adapter: the one of
    helpers.adapters through which the function is called. accuracy: judge the parameters that come out by this share of
    right labels at least; `expected` is then a pair of inputs X, shape (n_x, m), and labels, shape (1, m). edge: an edge
    case, which is a group of its own in the score.
    """

    name: str
    args: tuple
    expected: Any
    hidden: bool = False
    below: float | None = None
    stubs: str | None = None
    adapter: str | None = None
    accuracy: float | None = None
    edge: bool = False


@dataclass(frozen=True)
class Mistake:
    """A wrong solution that people write: what it returns for each case of the question (`outcomes`, same order)."""

    name: str
    diagnosis: str
    hint: str
    outcomes: tuple


@dataclass(frozen=True)
class Question:
    """One graded function: its name, what it is worth, its cases, and how close a number must be (relative, absolute).

    section: the heading of the notebook to read again. hints: shown one at a time, on request.
    form_given: whether the notebook hands out code with results of the right form, which is then worth no points.
    twins: visible cases once more with other numbers, under the same names; only the grader has them.
    """

    name: str
    points: float
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...] = ()
    rtol: float = 1e-5
    atol: float = 1e-7
    section: str = ""
    hints: tuple[str, ...] = ()
    form_given: bool = False
    twins: tuple[Case, ...] = ()

    @property
    def calls(self) -> tuple[Case, ...]:
        """All that a function may be called on: the cases, then the twins."""
        return self.cases + self.twins


def load_questions(path: Path) -> dict[str, Question]:
    """Questions of one assignment by name, in the notebook's order, from a file that `make build` wrote."""
    return questions_from(json.loads(path.read_text(encoding="utf-8")))


def questions_from(document: dict[str, Any]) -> dict[str, Question]:
    """The same from the JSON data of such a file."""
    return {entry["name"]: _question(entry) for entry in document["questions"]}


def case_from(entry: dict[str, Any]) -> Case:
    """A case from its JSON data."""
    return Case(**{**entry, "args": tuple(from_json(entry["args"])), "expected": from_json(entry["expected"])})


def _question(entry: dict) -> Question:
    cases, twins = (tuple(map(case_from, entry.get(key, ()))) for key in ("cases", "twins"))
    mistakes = tuple(Mistake(**{**m, "outcomes": tuple(from_json(m["outcomes"]))}) for m in entry["mistakes"])
    hints = tuple(entry.get("hints", ()))
    return Question(**{**entry, "cases": cases, "twins": twins, "mistakes": mistakes, "hints": hints})


@cache
def questions_in(folder: Path) -> dict[str, dict[str, Question]]:
    """The questions of all assignments whose files are in a folder: {assignment: {function name: Question}}."""
    return {path.stem: load_questions(path) for path in sorted(folder.glob("*.json"))}
