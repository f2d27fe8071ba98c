"""Questions as data: the cases of one assignment, what the reference solution returned, and the mistakes one knows.

A question is one graded function. Its file is written by `make build`; `helpers/cases/<assignment>.json` has the
visible cases only, and that is all that a student's copy contains.
"""

import json
from dataclasses import dataclass, replace
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
    """A wrong solution that people write: what came of it in each case of the question (`outcomes`, same order).

    also: the same for other ways to write the same mistake, where these come to other numbers.
    """

    name: str
    diagnosis: str
    hint: str
    outcomes: tuple
    also: tuple[tuple, ...] = ()

    @property
    def ways(self) -> tuple[tuple, ...]:
        """The outcomes of each way to write it."""
        return self.outcomes, *self.also


@dataclass(frozen=True)
class Question:
    """One graded function: its name, what it is worth, its cases, and how close a number must be (relative, absolute).

    section: the heading of the notebook to read again. hints: shown one at a time, on request.
    form_given: whether the notebook hands out code with results of the right form, which is then worth no points.
    twins: visible cases once more with other numbers, under the same names; only the grader has them.
    recorded: hidden cases as they are recorded, under the same names, where `cases` has them with other numbers. They carry
    no points: mistakes are named by them, so that a name does not depend on the numbers of a run.
    given: the lines of code that the notebook hands out above and below the parts to be written.
    parts: what the values of a result that is a tuple are called: a name each, or a pair of a name and the parts inside.
    Of a result that is a list: such a pair, of what an item is called and of the parts in it.
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
    recorded: tuple[Case, ...] = ()
    given: tuple[str, ...] = ()
    parts: tuple = ()

    @property
    def calls(self) -> tuple[Case, ...]:
        """All that a function may be called on: the cases, then the twins, then hidden cases as recorded."""
        return self.cases + self.twins + self.recorded

    @property
    def evidence(self) -> tuple[int, ...]:
        """The place in `calls` of each case as it is recorded, in the order of the mistakes' outcomes."""
        first = len(self.cases) + len(self.twins)
        places = {case.name: first + i for i, case in enumerate(self.recorded)}
        return tuple(places.get(case.name, i) if case.hidden else i for i, case in enumerate(self.cases))

    @property
    def as_recorded(self) -> "Question":
        """The same question with its cases as they are recorded."""
        return replace(self, cases=tuple(self.calls[i] for i in self.evidence), twins=(), recorded=())


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
    cases = {key: tuple(map(case_from, entry.get(key, ()))) for key in ("cases", "twins", "recorded")}
    plain = {key: _as_tuples(entry.get(key, ())) for key in ("hints", "given", "parts")}
    return Question(**{**entry, **cases, **plain, "mistakes": tuple(map(_mistake, entry["mistakes"]))})


def _mistake(entry: dict) -> Mistake:
    also = tuple(tuple(from_json(way)) for way in entry.get("also", ()))
    return Mistake(**{**entry, "outcomes": tuple(from_json(entry["outcomes"])), "also": also})


def _as_tuples(value):
    """Lists of lists as tuples of tuples."""
    return tuple(map(_as_tuples, value)) if isinstance(value, (list, tuple)) else value


@cache
def questions_in(folder: Path) -> dict[str, dict[str, Question]]:
    """The questions of all assignments whose files are in a folder: {assignment: {function name: Question}}."""
    return {path.stem: load_questions(path) for path in sorted(folder.glob("*.json"))}
