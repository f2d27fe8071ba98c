"""What a person has entered in formgrader for the questions that a person grades: it stays in the gradebook, and is read there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

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
from sqlalchemy import Select, create_engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from autograde.judging.submission import manual_questions
from autograde.records.class_folder import ClassFolder
from autograde.records.gradebook import GradebookError, explain, read_only
from autograde.records.verdicts import Row, SubmissionResult
from autograde.text import one_line
from checking.cause import NOTHING, Cause

JUDGED = ("graded", "manual", "tampered")  # statuses of an answer that there is
MAX_COMMENT = 300  # characters of it in grades.csv


@dataclass(frozen=True)
class ManualGrade:
    """A person's points and comment for an answer. score: None if none were given. waits: for a person, perhaps once more."""

    score: float | None = None
    waits: bool = True
    comment: str = ""


@dataclass(frozen=True)
class ManualGrades:
    """Those of one submission, by question; and what is taken off it for being late, in points."""

    grades: dict[str, ManualGrade] = field(default_factory=dict)
    late_penalty: float = 0.0

    @staticmethod
    def of(data: dict) -> "ManualGrades":
        """From its JSON data."""
        return ManualGrades(
            {name: ManualGrade(**grade) for name, grade in data["grades"].items()}, data["late_penalty"]
        )


def read_manual_grades(folder: ClassFolder, assignments: Iterable[str]) -> dict[tuple[str, str], ManualGrades]:
    """By student and assignment, of those assignments that have questions for a person. Raises GradebookError."""
    asked = [assignment for assignment in assignments if manual_questions(assignment)]
    if not asked or not folder.gradebook.is_file():
        return {}
    engine = create_engine(read_only(folder.gradebook), poolclass=NullPool)
    try:
        with Session(engine) as session:
            return _read(session, asked)
    except DatabaseError as error:
        raise GradebookError(explain(error, folder.gradebook)) from error
    finally:
        engine.dispose()


def _read(session: Session, asked: Sequence[str]) -> dict[tuple[str, str], ManualGrades]:
    said = session.execute(_of(asked, Comment, SolutionCell, Comment.manual_comment))
    comments = {(student, assignment, question): words or "" for student, assignment, question, words in said}
    found: dict[tuple[str, str], ManualGrades] = {}
    columns = (Grade.manual_score, Grade.needs_manual_grade, SubmittedNotebook.late_submission_penalty)
    for student, assignment, question, score, waits, penalty in session.execute(_of(asked, Grade, GradeCell, *columns)):
        if question in manual_questions(assignment):
            of_one = found.setdefault((student, assignment), ManualGrades(late_penalty=float(penalty or 0)))
            comment = comments.get((student, assignment, question), "")
            of_one.grades[question] = ManualGrade(None if score is None else float(score), bool(waits), comment)
    return found


def _of(asked: Sequence[str], kind, cell, *columns) -> Select:
    """Student, assignment, cell and these columns of all grades, or all comments, of these assignments."""
    return (
        select(SubmittedAssignment.student_id, Assignment.name, BaseCell.name, *columns)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(kind, kind.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, kind.cell_id == BaseCell.id)
        .where(Assignment.name.in_(asked), BaseCell.type == cell.__name__)
    )


def is_answered(row: Row) -> bool:
    """Whether it is of a question for a person, in a notebook that was run."""
    return row.question in manual_questions(row.assignment) and row.status in JUDGED


def grades_of_all(decided: SubmissionResult, entered: ManualGrades) -> ManualGrades:
    """What there is to say of each answer of a submission: what a person has entered, or else whether it waits for that."""
    answers = [row for row in decided.rows if is_answered(row)]
    return replace(
        entered,
        grades={
            row.question: entered.grades.get(row.question) or ManualGrade(waits=row.status == "manual")
            for row in answers
        },
    )


def with_manual_grades(decided: SubmissionResult, entered: ManualGrades) -> SubmissionResult:
    """A verdict with what a person has entered since."""
    rows = [
        _entered(row, grade) if is_answered(row) and (grade := entered.grades.get(row.question)) else row
        for row in decided.rows
    ]
    return replace(decided, rows=rows)


def _entered(row: Row, grade: ManualGrade) -> Row:
    """The row of an answer; a score beyond its points is cut, since extra credit has a place of its own in the gradebook."""
    if grade.score is None:
        return row
    score = min(max(grade.score, 0.0), row.max_score)
    if grade.waits:
        words = "a person graded what was there before"
        return replace(row, score=score, status="manual", cause=Cause("other", words=words))
    words = one_line(grade.comment)[:MAX_COMMENT] or "graded by a person"
    if grade.score != score:
        words = f"a person gave {grade.score:g} of {row.max_score:g} points; see to it in formgrader"
    cause = NOTHING if grade.score == row.max_score else Cause("other", words=words)
    return replace(row, score=score, status="graded", cause=cause)
