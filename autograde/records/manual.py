"""What a person has entered in formgrader, points and comments: it stays in the gradebook, and is read there."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

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
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from autograde.judging.submission import manual_questions
from autograde.notebook import question_of
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import ManualGrade, ManualGrades
from autograde.records.gradebook import reading
from autograde.records.verdicts import Row, SubmissionResult
from autograde.text import one_line
from checking.cause import NOTHING, Cause

JUDGED = ("graded", "manual", "tampered")  # statuses of an answer that there is
MAX_COMMENT = 300  # characters of it in grades.csv


def read_manual_grades(folder: ClassFolder, assignments: Iterable[str]) -> dict[tuple[str, str], ManualGrades]:
    """By student and assignment: all of questions for a person; of other questions what a person has entered; late penalties.

    Submissions that the gradebook does not know are left out. Raises GradebookError.
    """
    if not folder.gradebook.is_file():
        return {}
    with reading(folder.gradebook) as session:
        return _read(session, list(assignments))


def _read(session: Session, asked: Sequence[str]) -> dict[tuple[str, str], ManualGrades]:
    for_a_person = sorted({question for assignment in asked for question in manual_questions(assignment)})
    found = {
        (student, assignment): ManualGrades(late_penalty=float(off or 0))
        for student, assignment, off in session.execute(_of(asked, SubmittedNotebook.late_submission_penalty))
    }
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
    notes = list(row.notes)
    if grade.comment.strip():
        notes.append(f"comment: {one_line(grade.comment)[:MAX_COMMENT]}")
    if grade.extra_credit:
        notes.append(f"extra credit: {grade.extra_credit:g}")
    row = replace(row, notes=tuple(notes))
    if grade.score is None:
        return replace(row, score=row.score + grade.extra_credit)
    given = min(max(grade.score, 0.0), row.max_score)
    row = replace(row, score=given + grade.extra_credit)
    if grade.waits and row.status not in JUDGED:
        return row  # the gradebook counts it; why there is none of now, stays
    if grade.waits:
        return replace(row, status="manual", cause=Cause("other", words="a person graded what was there before"))
    words = "graded by a person"
    if grade.score != given:
        words = f"a person gave {grade.score:g} of {row.max_score:g} points; see to it in formgrader"
    is_all = grade.score == row.max_score and row.question in manual_questions(row.assignment)
    cause = NOTHING if is_all else Cause("other", words=words)
    return replace(row, status="graded", cause=cause, needs_person=False)
