"""What grading decided: one row a question, kept in one small file a submission, so that a stopped run can go on."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path

from autograde.course import in_order, this_course
from autograde.files import write_atomically
from autograde.judging.submission import Candidate, Submission, points_of
from autograde.records.class_folder import ClassFolder
from autograde.results import IN_ORDER, Answer, Execution
from autograde.tables import harmless, write_lines
from checking.cause import NOTHING, Cause


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


# Why a run that is resumed grades a submission, in words that stand behind how many there are.
WHY_ANEW = {
    "new": "graded for the first time",
    "changed": "graded anew, since files or the time of handing in have changed",
    "asked": "graded anew, since other cases are asked now",
    "failed": "graded anew, since the grader had failed on them",
    "unreadable": "graded anew, since their verdicts could not be read",
    "gradebook": "graded anew, since the gradebook was not there",
}

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
    def key(self) -> tuple[str, str]:
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


class VerdictFolder:
    """One JSON file a submission. A file is there in full or not at all, whenever the program is stopped."""

    def __init__(self, folder: ClassFolder):
        self._folder = folder

    def _path(self, submission: Submission | Candidate) -> Path:
        return self._folder.verdict(submission.student, submission.assignment)

    def of(self, student: str, assignment: str) -> SubmissionResult | None:
        """What a submission came to, whatever it was then; None if there is no verdict, or one of another version."""
        return self._kept(student, assignment, lambda document: True)

    def has(self, submission: Submission) -> bool:
        """Whether there is a verdict of an earlier run, on whatever was handed in then."""
        return self._path(submission).is_file()

    def read(self, found: Submission | Candidate, print_: str, seen: str | None = None) -> SubmissionResult | None:
        """The verdict of an earlier run, if the fingerprint is still the same, or if it is of the files that were seen.

        seen: see `files_seen`.
        """
        is_same = (lambda one: one.get("seen") == seen) if seen else (lambda one: one["fingerprint"] == print_)
        return self._kept(found.student, found.assignment, is_same)

    def _kept(self, student: str, assignment: str, is_wanted: Callable[[dict], bool]) -> SubmissionResult | None:
        try:
            document = json.loads(self._folder.verdict(student, assignment).read_text(encoding="utf-8"))
            return _result_in(document) if is_wanted(document) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # none yet, or from another version: it is graded again

    def all(self, but: Collection[tuple[str, str]] = ()) -> list[SubmissionResult]:
        """Every verdict there is, by student and in the order of the course, but those of these students and assignments.

        Raises ValueError for one that is damaged.
        """
        found = []
        for student in sorted(path for path in self._folder.verdicts.glob("*") if path.is_dir()):
            for assignment in in_order(path.stem for path in student.glob("*.json")):
                if (student.name, assignment) in but:
                    continue
                path = self._folder.verdict(student.name, assignment)
                try:
                    found.append(_result_in(json.loads(path.read_text(encoding="utf-8"))))
                except (ValueError, KeyError, TypeError):
                    raise ValueError(
                        f"'{path}' is damaged or from another version: delete it, and grade that work again with"
                        " `course grade` and --resume"
                    ) from None
        return found

    def why_not_kept(self, found: Candidate, asked: str) -> str:
        """Why what an earlier run has decided does not hold any more, of WHY_ANEW. asked: a fingerprint of the questions."""
        try:
            document = json.loads(self._path(found).read_text(encoding="utf-8"))
            _result_in(document)
            if not document["fingerprint"]:
                return "failed"
            return "asked" if document.get("asked", asked) != asked else "changed"
        except FileNotFoundError:
            return "new"
        except (OSError, ValueError, KeyError, TypeError):
            return "unreadable"

    def write(
        self, submission: Submission, print_: str, decided: SubmissionResult, seen: str = "", asked: str = ""
    ) -> None:
        """Keep the verdict, with the fingerprint that `read` compares, what was seen of the files that it is of, and what was asked."""
        document = {"fingerprint": print_, "seen": seen, "asked": asked, **_fields(decided)}
        write_atomically(json.dumps(document, ensure_ascii=False, default=_fields), self._path(submission))


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


def _fields(record: SubmissionResult | Row | Cause) -> dict[str, object]:
    """By name, as they are."""
    return {name: getattr(record, name) for name in record.__slots__}


def _state(path: Path) -> tuple[str, int, int, int, int]:
    s = path.lstat()
    return str(path), s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino


def _result_in(document: dict) -> SubmissionResult:
    """A verdict from its JSON data. Earlier versions wrote no seconds, and not whether it was executed."""
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
