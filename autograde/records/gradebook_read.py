"""What nbgrader's gradebook says: due dates, late penalties, and what a person has entered in formgrader, which stays there."""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import URL, Select, create_engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from autograde.judging.submission import manual_questions
from autograde.notebook import question_of
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import Late, ManualGrade, ManualGrades
from autograde.records.gradebook import explain
from autograde.records.refusals import GradebookError
from autograde.text import moment


def read_only(path: Path) -> URL:
    """The address of a gradebook that is read and never written, nor made where there is none."""
    return URL.create("sqlite", database=path.resolve().as_uri(), query={"mode": "ro", "uri": "true"})


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Session]:
    """A session that reads a gradebook. Raises GradebookError."""
    engine = create_engine(read_only(path), poolclass=NullPool)
    try:
        with Session(engine) as session:
            yield session
    except DatabaseError as error:
        raise GradebookError(explain(error, path)) from error
    finally:
        engine.dispose()


def due_dates(folder: ClassFolder) -> dict[str, str]:
    """Of each assignment that has one, as text. Raises GradebookError."""
    with reading(folder.gradebook) as session:
        rows = session.execute(select(Assignment.name, Assignment.duedate))
        return {name: moment(due) for name, due in rows if due is not None}


def read_manual_grades(folder: ClassFolder, assignments: Iterable[str]) -> dict[tuple[str, str], ManualGrades]:
    """By student and assignment: all of questions for a person; of other questions what a person has entered; late penalties.

    Submissions of which there is none of these are left out. Raises GradebookError.
    """
    if not folder.gradebook.is_file():
        return {}
    with reading(folder.gradebook) as session:
        return _read(session, list(assignments))


def _read(session: Session, asked: Sequence[str]) -> dict[tuple[str, str], ManualGrades]:
    for_a_person = sorted({question for assignment in asked for question in manual_questions(assignment)})
    found: dict[tuple[str, str], ManualGrades] = defaultdict(ManualGrades)
    off = SubmittedNotebook.late_submission_penalty
    late = _of(asked, off, Assignment.duedate, SubmittedAssignment.extension).where(off != 0)
    for student, assignment, points, due, more in session.execute(late):
        found[student, assignment] = ManualGrades(
            late=Late(float(points), "" if due is None else moment(due + (more or timedelta())))
        )
    grades = _of_cells(asked, Grade, GradeCell, Grade.manual_score, Grade.needs_manual_grade, Grade.extra_credit).where(
        Grade.manual_score.is_not(None) | BaseCell.name.in_(for_a_person) | (Grade.extra_credit != 0)
    )
    for student, assignment, cell, score, waits, extra in session.execute(grades):
        is_for_a_person = cell in manual_questions(assignment)
        if score is not None or extra or is_for_a_person:
            waits = bool(waits) and (score is not None or is_for_a_person)
            entered = ManualGrade(None if score is None else float(score), waits, extra_credit=float(extra or 0))
            found[student, assignment].grades[question_of(cell)] = entered
    said = _of_cells(asked, Comment, SolutionCell, Comment.manual_comment).where(Comment.manual_comment.is_not(None))
    for student, assignment, question, words in session.execute(said):
        if words.strip():
            grades_of_one = found[student, assignment].grades
            grade = grades_of_one.get(question, ManualGrade(waits=False))
            grades_of_one[question] = replace(grade, comment=words)
    return found


def _of(asked: Sequence[str], *columns) -> Select:
    """Student, assignment and these columns of all submissions to these assignments."""
    return (
        select(SubmittedAssignment.student_id, Assignment.name, *columns)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(Assignment.name.in_(asked))
    )


def _of_cells(asked: Sequence[str], kind, cell, *columns) -> Select:
    """Student, assignment, cell and these columns of all grades, or all comments, of these assignments."""
    return (
        _of(asked, BaseCell.name, *columns)
        .join(kind, kind.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, kind.cell_id == BaseCell.id)
        .where(BaseCell.type == cell.__name__)
    )
