"""A verdict with what a person has entered in formgrader: points and comments."""

from dataclasses import replace

from autograde.judging.submission import manual_questions
from autograde.records.entry import ManualGrade, ManualGrades
from autograde.records.verdicts import Row, SubmissionResult
from autograde.text import one_line
from checking.cause import NOTHING, Cause

JUDGED = ("graded", "manual", "tampered")  # statuses of an answer that there is
MAX_COMMENT = 300  # characters of it in grades.csv


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
    if not entered.grades:
        return decided
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
