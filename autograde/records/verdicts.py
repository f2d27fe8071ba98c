"""What grading decided: one row a question."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path

from autograde.course import this_course
from autograde.judging.submission import Candidate, Submission, points_of
from autograde.results import IN_ORDER, Answer, Execution
from autograde.tables import harmless, write_lines
from checking.cause import NOTHING, Cause

Key = tuple[str, str]  # student and assignment


@dataclass(frozen=True, slots=True)  # there are a hundred thousand in a large class
class Row:
    """What one question of a submission came to.

    cause: why it has not all of its points. notes: what was put right. needs_person: whether a person should look at it, though
    its status does not say so.
    """

    student: str
    assignment: str
    question: str
    score: float
    max_score: float
    status: str
    cause: Cause = NOTHING
    notes: tuple[str, ...] = ()
    needs_person: bool = False

    @property
    def is_in_order(self) -> bool:
        """Whether it needs no second look."""
        return self.status in IN_ORDER and not self.needs_person

    @property
    def mistake(self) -> str:
        """Cause and notes in words; "" if all is right."""
        asked = ["a person should see which is meant"] if self.needs_person else []  # which is not told to the student
        return "; ".join([*([str(self.cause)] if self.cause != NOTHING else []), *self.notes, *asked])

    @staticmethod
    def of(data: dict) -> "Row":
        """From its JSON data."""
        shared = {
            key: _shared(data[key]) for key in ("student", "assignment", "question", "score", "max_score", "status")
        }
        cause, notes = _shared(Cause(**data["cause"])), _shared(tuple(data["notes"]))
        return Row(**{**data, **shared, "cause": cause, "notes": notes})


@lru_cache(maxsize=10_000, typed=True)
def _shared(value):
    """The same object for all that are equal, as names, points and causes are in thousands of rows."""
    return value


# The columns of grades.csv.
COLUMNS = ("student", "assignment", "question", "score", "max_score", "status", "mistake")


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """What came of one submission. seconds: that it took to run and judge it; None if it was not run, or not timed.

    notes: see intake.Submission. executed: whether a notebook was run to its end, of which there is a page. work: a
    fingerprint of what the student wrote, "" if nothing was executed or an earlier version kept none. attempt: its name, ""
    where work is graded once.
    """

    rows: list[Row]
    seconds: float | None = None
    notes: dict[str, list[str]] = field(default_factory=dict)
    executed: bool = False
    work: str = ""
    attempt: str = ""

    @property
    def key(self) -> Key:
        """Student and assignment."""
        return self.rows[0].student, self.rows[0].assignment

    @property
    def score(self) -> float:
        """All points together."""
        return sum(row.score for row in self.rows)


def rows_of(submission: Submission, execution: Execution | None) -> list[Row]:
    """The rows of one submission, in the order of the notebook; `execution` is None if it was not run."""
    if execution is None:
        return _same_for_all(submission, submission.status, submission.reason)
    if execution.failure:
        return _same_for_all(submission, *execution.failure)
    answers = {answer.question: answer for answer in execution.answers}
    return [
        _row(submission, question, points, answers.get(question))
        for question, points in points_of(submission.assignment).items()
    ]


def _same_for_all(submission: Submission, status: str, reason: str) -> list[Row]:
    """No question has a verdict of its own; one row without a question if the assignment is not known."""
    points = {"": 0.0}
    if submission.assignment in this_course().assignments:
        points = points_of(submission.assignment)
    cause = Cause("other", words=reason)
    return [Row(submission.student, submission.assignment, q, 0.0, p, status, cause) for q, p in points.items()]


def _row(submission: Submission, question: str, points: float, answer: Answer | None) -> Row:
    answer = answer or Answer(question, 0.0, "error", Cause("other", words="its check cell was not run"))
    status = "tampered" if question in submission.tampered and answer.status == "graded" else answer.status
    notes = (*submission.notes.get(question, []), *submission.notes.get("", []))
    score, cause = _shared(min(answer.score, points)), _shared(answer.cause)
    status, notes, asks = _shared(status), _shared(notes), submission.needs_person
    return Row(submission.student, submission.assignment, question, score, points, status, cause, notes, asks)


def needing_attention(rows: Iterable[Row]) -> list[tuple[str, str, str, str, list[str]]]:
    """(student, assignment, status, reason, questions) of all that is not plainly graded, and does not only wait for points."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        if not row.is_in_order:
            found.setdefault((row.student, row.assignment, row.status, row.mistake), []).append(row.question)
    return [(*key, questions) for key, questions in found.items()]


def waiting_answers(rows: Iterable[Row]) -> list[tuple[str, str, int]]:
    """(assignment, question, number of answers) of all that waits for a person's points."""
    counts = Counter((row.assignment, row.question) for row in rows if row.status == "manual")
    return [(*place, n) for place, n in counts.items()]


def fingerprint(*contents: str) -> str:
    """Of what a verdict depends on: the restored notebook, or the reason why there is none, and the questions' own print."""
    return hashlib.sha256("".join(contents).encode()).hexdigest()


def files_seen(found: Candidate, also: str) -> str:
    """A fingerprint of the files that may be a submission, without reading them: places, sizes and when they were changed.

    Whoever writes a file changes the last of these. The files that say when it was handed in are among them. also: what else a verdict depends on. "" if a file cannot be seen.
    """
    paths = (*(found.paths or ()), *found.elsewhere)
    try:
        files = [_state(path) for path in paths]
        times = [path.with_name("timestamp.txt") for path in paths]
        files += [_state(path) for path in dict.fromkeys(times) if os.path.lexists(path)]
    except OSError:
        return ""
    return fingerprint(repr((found.paths is None, found.unread, found.beside, files)), also)


def _state(path: Path) -> tuple[str, int, int, int, int]:
    s = path.lstat()
    return str(path), s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino


def result_in(document: dict) -> SubmissionResult:
    """A verdict from its JSON data. Earlier versions wrote no seconds, and not whether it was executed.

    Raises ValueError, KeyError, TypeError or AttributeError for what is none.
    """
    seconds, rows = document.get("seconds"), [Row.of(row) for row in document["rows"]]
    executed = document.get("executed", any(row.status in (*IN_ORDER, "tampered") for row in rows))
    return SubmissionResult(
        rows,
        None if seconds is None else float(seconds),
        document.get("notes", {}),
        executed,
        document.get("work", ""),
        document.get("attempt", ""),
    )


def write_csv(rows: Iterable[Row], path: Path) -> None:
    """grades.csv, a line a question; every field is one line of printable text that no spreadsheet runs."""
    values = ([getattr(row, column) for column in COLUMNS] for row in rows)
    lines = ([f"{value:g}" if isinstance(value, float) else harmless(value) for value in line] for line in values)
    write_lines(chain([COLUMNS], lines), path)
