"""What a person has entered in the gradebook, brought to rows and to the pages of those whom it concerns.

The gradebook is where it stays; `grades.csv`, the report and the pages are written from it again and again.
"""

import json
import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autograde.course import this_course
from autograde.files import write_atomically
from autograde.judging.submission import points_of
from autograde.notebook import read_notebook
from autograde.records.class_folder import ClassFolder
from autograde.records.gradebook import GradebookEntry
from autograde.records.manual import ManualGrades, grades_of_all, read_manual_grades, with_manual_grades
from autograde.records.verdicts import Row, SubmissionResult, VerdictFolder, write_csv
from autograde.reporting.feedback import write_feedback
from autograde.reporting.report import write_report

Key = tuple[str, str]  # student and assignment


@dataclass
class Told:
    """The rows with what a person has entered, and the submissions whose pages were written anew."""

    rows: list[Row]
    pages: list[Key]


def tell_class(
    folder: ClassFolder,
    decided: Sequence[SubmissionResult],
    has_new_page: Collection[Key] = (),
    failed: Callable[[Key, Exception], None] | None = None,
) -> Told:
    """Write grades.csv, the report and what is to be written of the pages, with what a person has entered.

    decided: one a submission, in the order of students. has_new_page: those that were judged just now. failed: told of a
    page that cannot be written, which stays as it is. Raises GradebookError, OSError.
    """
    keys = [(one.rows[0].student, one.rows[0].assignment) for one in decided]
    known = this_course().assignments
    entered = read_manual_grades(folder, {assignment for _, assignment in keys if assignment in known})
    now, pages = [], []
    for key, one in zip(keys, decided, strict=True):
        grades = grades_of_all(one, entered.get(key, ManualGrades()))
        now.append(with_manual_grades(one, grades))
        try:
            if one.executed and grades != _on_page(folder, key, one, key in has_new_page):
                _write_page(folder, key, now[-1], grades)
                pages.append(key)
        except Exception as error:
            if failed is None:
                raise
            failed(key, error)
    rows = [row for one in now for row in one.rows]
    write_csv(rows, folder.grades)
    write_report(now, folder)
    return Told(rows, pages)


def tell_again(out: Path) -> Told:
    """The same of all that was graded into OUT, without judging anything. Raises ValueError for a damaged verdict."""
    folder = ClassFolder(out.resolve())
    return tell_class(folder, VerdictFolder(folder).all(), failed=lambda key, error: log_failure(folder, key, error))


def log_failure(folder: ClassFolder, key: Key, error: Exception) -> None:
    """Keep what went wrong with one submission in the log."""
    folder.log.mkdir(exist_ok=True)
    with (folder.log / "failures.log").open("a", encoding="utf-8", errors="replace") as log:
        log.write(f"{', '.join(key)}\n{''.join(traceback.format_exception(error))}\n")


def _on_page(folder: ClassFolder, key: Key, decided: SubmissionResult, is_new: bool) -> ManualGrades:
    """What the feedback page of a submission tells now."""
    path = folder.told(*key)
    if is_new:
        path.unlink(missing_ok=True)
    elif path.is_file():
        return ManualGrades.of(json.loads(path.read_text(encoding="utf-8")))
    return grades_of_all(decided, ManualGrades())


def _write_page(folder: ClassFolder, key: Key, now: SubmissionResult, grades: ManualGrades) -> None:
    """Write a feedback page anew, with what a person says."""
    scores = {row.question: row.score for row in now.rows}
    graded = GradebookEntry(*key, scores, None, read_notebook(folder.autograded(*key)), now.notes)
    write_feedback(graded, points_of(key[1]), folder.page(*key), grades.late_penalty, grades.grades)
    write_atomically(json.dumps(asdict(grades), ensure_ascii=False), folder.told(*key))
