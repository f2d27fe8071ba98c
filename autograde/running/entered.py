"""What a person has entered in the gradebook, brought to rows and to the pages of those whom it concerns.

The gradebook is where it stays; `grades.csv`, the report and the pages are written from it again and again.
"""

import errno
import json
import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograde.course import this_course
from autograde.files import write_atomically
from autograde.notebook import read_notebook
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import GradebookEntry, Late, ManualGrades, handed_in
from autograde.records.manual import grades_of_all, with_manual_grades
from autograde.records.refusals import GradebookLost, RecordsError
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Key, Row, SubmissionResult, write_csv
from autograde.reporting.feedback import write_feedback
from autograde.reporting.report import write_report, write_stopped_page
from autograde.running.basis import CannotGrade
from autograde.running.owning import owning
from autograde.sandbox.client import SandboxError

ITS_OWN = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)  # errors of a submission's names; others are those of OUT


@dataclass
class Written:
    """The rows with what a person has entered, the submissions whose pages were written anew, and why others could not be.

    late: from how many something is taken off for being late.
    """

    rows: list[Row]
    late: int = 0
    pages: list[Key] = field(default_factory=list)
    failed: dict[Key, str] = field(default_factory=dict)

    def failures(self) -> list[str]:
        """A line for each page that could not be written."""
        return [
            f"the page of {', '.join(key)} could not be written ({why}); log/failures.log says more"
            for key, why in self.failed.items()
        ]


def write_class(
    folder: ClassFolder,
    decided: Sequence[SubmissionResult],
    has_new_page: Collection[Key] = (),
    before_grades: Callable[[list[Row]], None] | None = None,
) -> Written:
    """Write grades.csv, the report and what is to be written of the pages, with what a person has entered.

    decided: one a submission, in the order of students. has_new_page: those that were judged just now. before_grades: called
    with the rows while grades.csv still has the old ones. A page that fails by itself stays as it is. Raises RecordsError,
    OSError.
    """
    from autograde.records.gradebook_read import read_manual_grades  # takes a second, where none was needed before

    _require_gradebook(folder, decided)
    keys = [one.key for one in decided]
    known = this_course().assignments
    entered = read_manual_grades(folder, {assignment for _, assignment in keys if assignment in known})
    now = []
    written = Written([])
    for key, one in zip(keys, decided, strict=True):
        grades = grades_of_all(one, entered.get(key, ManualGrades()))
        now.append(with_manual_grades(one, grades))
        written.late += grades.late is not None
        try:
            if grades != _on_page(folder, key, one, grades.late, key in has_new_page):
                _write_page(folder, key, now[-1], grades)
                written.pages.append(key)
        except Exception as error:
            raise_common(error)
            log_failure(folder, key, error)
            written.failed[key] = type(error).__name__
    written.rows = [row for one in now for row in one.rows]
    if before_grades:
        before_grades(written.rows)
    write_csv(written.rows, folder.grades)
    write_report(now, folder)
    return written


def write_class_again(out: Path) -> Written:
    """The same of all that was graded into OUT, without judging anything. Raises CannotGrade, RecordsError."""
    folder = ClassFolder(out.resolve())
    with owning(folder):
        require_verdicts(folder)
        return write_class(folder, VerdictFile(folder).all())


def require_verdicts(folder: ClassFolder) -> None:
    """Raise CannotGrade where nothing is judged, or nobody knows any more what was."""
    if not VerdictFile(folder).students():
        raise CannotGrade(f"'{folder.root}' has no verdicts: give `{folder.grade_again}` first")


def require_gradebook(folder: ClassFolder) -> None:
    """Raise GradebookLost where work was judged, and what people have entered since is not there. Raises VerdictsError."""
    if not folder.gradebook.is_file():  # else verdicts need not be read
        _require_gradebook(folder, VerdictFile(folder).all())


def _require_gradebook(folder: ClassFolder, decided: Sequence[SubmissionResult]) -> None:
    if not folder.gradebook.is_file() and any(one.executed for one in decided):
        raise GradebookLost(folder)


def raise_common(error: Exception) -> None:
    """Raise again what no single submission is to blame for."""
    if isinstance(error, (CannotGrade, SandboxError, RecordsError)):
        raise error
    if isinstance(error, OSError) and error.errno not in ITS_OWN:
        raise error


def log_failure(folder: ClassFolder, key: Key, error: Exception) -> None:
    """Keep what went wrong with one submission in the log."""
    folder.log.mkdir(exist_ok=True)
    with (folder.log / "failures.log").open("a", encoding="utf-8", errors="replace") as log:
        log.write(f"{', '.join(key)}\n{''.join(traceback.format_exception(error))}\n")


def _on_page(
    folder: ClassFolder, key: Key, decided: SubmissionResult, late: Late | None, is_new: bool
) -> ManualGrades | None:
    """What the feedback page of a submission tells now; None if nobody knows."""
    path = folder.entered(*key)
    if is_new:
        path.unlink(missing_ok=True)
    elif path.is_file():
        try:
            return ManualGrades.of(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
    return grades_of_all(decided, ManualGrades(late=late))  # as it was judged


def _write_page(folder: ClassFolder, key: Key, now: SubmissionResult, grades: ManualGrades) -> None:
    """Write a feedback page anew, with what a person says."""
    if now.executed:
        scores, points = ({row.question: getattr(row, what) for row in now.rows} for what in ("score", "max_score"))
        path = folder.autograded(*key)
        graded = GradebookEntry(*key, scores, handed_in(path.parent), read_notebook(path), now.notes)
        write_feedback(graded, points, folder.page(*key), grades.late, grades.grades)
    else:
        write_stopped_page(now.rows, folder.page(*key))
    write_atomically(json.dumps(asdict(grades), ensure_ascii=False), folder.entered(*key))
