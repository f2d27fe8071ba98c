"""What a person has entered in formgrader, points and comments: it stays in the gradebook, and is read there."""

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
from autograde.notebook import question_of
from autograde.records.class_folder import ClassFolder
from autograde.records.gradebook import GradebookError, explain, read_only
from autograde.records.verdicts import Row, SubmissionResult
from autograde.text import one_line
from checking.cause import NOTHING, Cause

JUDGED = ("graded", "manual", "tampered")  # statuses of an answer that there is
MAX_COMMENT = 300  # characters of it in grades.csv


@dataclass(frozen=True)
class ManualGrade:
    """A person's points and comment for a question. score: None if none were given. waits: for a person, perhaps once more."""

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
    """By student and assignment: all of questions for a person; of other questions what a person has entered.

    Submissions of which there is nothing to say are left out. Raises GradebookError.
    """
    if not folder.gradebook.is_file():
        return {}
    engine = create_engine(read_only(folder.gradebook), poolclass=NullPool)
    try:
        with Session(engine) as session:
            return _read(session, list(assignments))
    except DatabaseError as error:
        raise GradebookError(explain(error, folder.gradebook)) from error
    finally:
        engine.dispose()


def _read(session: Session, asked: Sequence[str]) -> dict[tuple[str, str], ManualGrades]:
    for_a_person = sorted({question for assignment in asked for question in manual_questions(assignment)})
    penalty = SubmittedNotebook.late_submission_penalty
    found: dict[tuple[str, str], ManualGrades] = {}

    def of_one(student: str, assignment: str, off: float | None) -> dict[str, ManualGrade]:
        return found.setdefault((student, assignment), ManualGrades(late_penalty=float(off or 0))).grades

    columns = (penalty, Grade.manual_score, Grade.needs_manual_grade)
    grades = _of(asked, Grade, GradeCell, *columns).where(
        Grade.manual_score.is_not(None) | BaseCell.name.in_(for_a_person)
    )
    for student, assignment, cell, off, score, waits in session.execute(grades):
        if score is not None or cell in manual_questions(assignment):
            entered = ManualGrade(None if score is None else float(score), bool(waits))
            of_one(student, assignment, off)[question_of(cell)] = entered
    said = _of(asked, Comment, SolutionCell, penalty, Comment.manual_comment).where(Comment.manual_comment.is_not(None))
    for student, assignment, question, off, words in session.execute(said):
        if words.strip():
            grades_of_one = of_one(student, assignment, off)
            grade = grades_of_one.get(question, ManualGrade(waits=False))
            grades_of_one[question] = replace(grade, comment=words)
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
    """What there is to say of each question of a submission: what a person has entered; of an answer, else whether it waits."""
    grades = {
        row.question: entered.grades.get(row.question) or ManualGrade(waits=row.status == "manual")
        for row in decided.rows
        if row.question in entered.grades or is_answered(row)
    }
    return replace(entered, grades=grades)


def with_manual_grades(decided: SubmissionResult, entered: ManualGrades) -> SubmissionResult:
    """A verdict with what a person has entered since."""
    rows = [_entered(row, grade) if (grade := entered.grades.get(row.question)) else row for row in decided.rows]
    return replace(decided, rows=rows)


def _entered(row: Row, grade: ManualGrade) -> Row:
    """A row with a person's points and comment. A score beyond its points is cut, since extra credit has its own place."""
    comment = one_line(grade.comment)[:MAX_COMMENT] if grade.comment.strip() else ""
    if grade.score is None:
        if row.question in manual_questions(row.assignment) or not comment:
            return row
        return replace(row, notes=(*row.notes, f"comment: {comment}"))
    score = min(max(grade.score, 0.0), row.max_score)
    if grade.waits and row.status not in JUDGED:
        return replace(row, score=score)  # the gradebook counts it; why there is none of now, stays
    if grade.waits:
        words = "a person graded what was there before"
        return replace(row, score=score, status="manual", cause=Cause("other", words=words))
    words = comment or "graded by a person"
    if grade.score != score:
        words = f"a person gave {grade.score:g} of {row.max_score:g} points; see to it in formgrader"
    cause = NOTHING if grade.score == row.max_score else Cause("other", words=words)
    return replace(row, score=score, status="graded", cause=cause)
