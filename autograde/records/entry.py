"""What one submission came to, as it goes into the gradebook, what people have entered there, and the files beside it.

Nothing here asks nbgrader or the database, which take a second to import: a worker needs neither.
"""

import shutil
import stat
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import dateutil.parser
from nbformat import NotebookNode

from autograde.files import write_atomically
from autograde.judging.sanitize import harmless_notebook
from autograde.notebook import notebook_text
from autograde.records.class_folder import ClassFolder

MAX_TIMESTAMP = 100  # bytes of a timestamp.txt
FIRST_TIME, LAST_TIME = datetime(1971, 2, 3), datetime(2200, 3, 4)  # between which work can be handed in
MAX_SHORT = 1_000  # bytes of a file of nbgrader's exchange


@dataclass(frozen=True)
class GradebookEntry:
    """What one submission came to.

    scores: points by question, of those that wait for no person; the check cell of a question is `test_<question>`, a
    question for a person is a cell of its own name. timestamp: when it was handed in, in
    UTC, or None if nobody knows. notebook: as executed, with the marks that it was released with. notes: what was put right
    before that, by question; "" concerns the whole notebook. is_same: as the one that a person may have graded.
    """

    student: str
    assignment: str
    scores: dict[str, float]
    timestamp: datetime | None
    notebook: NotebookNode
    notes: dict[str, list[str]] = field(default_factory=dict)
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class ManualGrade:
    """A person's points and comment for a question. score: None if none were given. waits: for a person, perhaps once more.

    extra_credit: points beyond those of the question, added to whatever it has.
    """

    score: float | None = None
    waits: bool = True
    comment: str = ""
    extra_credit: float = 0.0


@dataclass(frozen=True, slots=True)
class Late:
    """What is taken off a submission for being late, in points; and when it was due, in words."""

    points: float
    due: str


@dataclass(frozen=True, slots=True)
class ManualGrades:
    """Those of one submission, by question; and what is taken off it for being late, if anything is."""

    grades: dict[str, ManualGrade] = field(default_factory=dict)
    late: Late | None = None

    @staticmethod
    def of(data: dict) -> "ManualGrades":
        """From its JSON data."""
        grades = {name: ManualGrade(**grade) for name, grade in data["grades"].items()}
        return ManualGrades(grades, Late(**data["late"]) if data["late"] else None)


def handed_in(folder: Path) -> datetime | None:
    """When a submission was handed in, by the `timestamp.txt` that nbgrader puts beside it: UTC; None if there is none.

    Raises ValueError, in one sentence, for what tells no time between FIRST_TIME and LAST_TIME.
    """
    path = folder / "timestamp.txt"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise ValueError
        with path.open("rb") as file:
            words = file.read(MAX_TIMESTAMP + 1)
        if len(words) > MAX_TIMESTAMP:
            raise ValueError
        return _time(words.decode().strip()) if words.strip() else None
    except FileNotFoundError:
        return None
    except Exception:  # whatever dateutil makes of it
        raise ValueError("'timestamp.txt' does not say when it was handed in, so it counts as in time") from None


def _time(words: str) -> datetime:
    """The time that is meant, in UTC. Raises anything for words that say none in full: what is missing would be today's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a time zone that is not known
        times = {_utc(dateutil.parser.parse(words, default=day)) for day in (FIRST_TIME, LAST_TIME)}
    (time,) = times
    if not FIRST_TIME <= time < LAST_TIME:  # others cannot be held by every database, or subtracted from every date
        raise ValueError
    return time


def _utc(time: datetime) -> datetime:
    offset = time.utcoffset()
    return time if offset is None else (time - offset).replace(tzinfo=None)


def save_autograded(graded: GradebookEntry, folder: ClassFolder) -> Path:
    """Write the executed notebook, made harmless, where formgrader and `nbgrader generate_feedback` look for it; its path."""
    path = folder.autograded(graded.student, graded.assignment)
    write_atomically(notebook_text(harmless_notebook(graded.notebook)), path)
    submitted = folder.submitted(graded.student, graded.assignment).with_name("timestamp.txt")
    if submitted.is_file():  # by which nbgrader tells whether a newer submission has come in
        shutil.copyfile(submitted, path.with_name("timestamp.txt"))
    else:
        path.with_name("timestamp.txt").unlink(missing_ok=True)  # of an earlier run
    return path


def keep_for_exchange(submission: Path, page: Path) -> None:
    """Put beside a page what `nbgrader release_feedback` looks for there, of a submission that nbgrader's exchange collected.

    submission, page: folders. By its secret the student's own nbgrader finds the page.
    """
    for name in ("timestamp.txt", "submission_secret.txt"):
        page.joinpath(name).unlink(missing_ok=True)  # of an earlier one
    contents = {name: _short_file(submission / name) for name in ("timestamp.txt", "submission_secret.txt")}
    if contents["submission_secret.txt"]:
        for name, content in contents.items():
            write_atomically(content, page / name)


def _short_file(path: Path) -> bytes:
    """An ordinary file of a few lines; b"" for anything else."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return b""
        with path.open("rb") as file:
            content = file.read(MAX_SHORT + 1)
    except OSError:
        return b""
    return content if len(content) <= MAX_SHORT else b""
