"""What nbgrader's gradebook says of a class, as it is told to other systems: manual grades and late penalties count."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import func, select

from autograde.course import in_order
from autograde.lms.naming import NBGRADER
from autograde.lms.roster import RosterEntry
from autograde.notebook import question_of
from autograde.tables import as_number, harmless


class CannotExport(Exception):
    """Something that cannot be exported; the message is one line for the user. Nothing was written."""


@dataclass(frozen=True)
class Person:
    """A student. known: the lines of students.csv, if the work came from a learning system."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    known: tuple[RosterEntry, ...] = ()

    @property
    def name(self) -> str:
        """Last name first; else as the learning system has it; else the id."""
        full = ", ".join(filter(None, (self.last_name, self.first_name)))
        return full or next((k.name for k in self.known if k.name), self.id)

    @property
    def login(self) -> str:
        """The id, unless the folder was named after what a download says of its owner: then that of the roster, or ""."""
        lines = [k for k in self.known if k.system != NBGRADER]
        return next((k.login for k in lines if k.login), "") if lines else self.id


@dataclass(frozen=True)
class SubmissionGrade:
    """What the gradebook has of one submission. Points; times in UTC. waits: for a person to grade a part."""

    student: str
    assignment: str
    handed_in: datetime | None
    raw: float
    penalty: float
    extra: float
    maximum: float
    waits: bool

    @property
    def score(self) -> float:
        """Less the late penalty, as nbgrader has it: not below 0; not above the maximum but for extra credit."""
        return min(max(self.raw - self.penalty, 0.0), self.maximum + max(self.extra, 0.0))

    @property
    def is_cut(self) -> bool:
        """Whether the maximum takes points away that are left after the late penalty."""
        return self.raw - self.penalty > self.score + 1e-6


@dataclass
class Grades:
    """All that is exported. points: by assignment, in the order of the course. comments: by student and assignment.

    beyond: each question for which a person entered points that it does not have.
    """

    points: dict[str, float]
    due: dict[str, datetime | None]
    people: list[Person]
    submissions: dict[tuple[str, str], SubmissionGrade]
    comments: dict[tuple[str, str], str] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)

    def add_people(self, students: Iterable[str], known: Iterable[RosterEntry] = ()) -> None:
        """Those of whom there was nothing that could be judged, whom the gradebook does not know."""
        there, lines = {person.id for person in self.people}, _by_student(known)
        self.people += [Person(one, known=tuple(lines.get(one, ()))) for one in sorted(set(students) - there)]
        self.people.sort(key=lambda person: person.id)


def read_grades(
    gradebook: Gradebook,
    known: Iterable[RosterEntry] = (),
    students: Sequence[str] = (),
    assignments: Sequence[str] = (),
    feedback: bool = False,
) -> Grades:
    """The grades of these students and assignments, of all if none is named. Raises CannotExport for unknown ones."""
    db = gradebook.db
    registered = {a.id: a for a in db.scalars(select(Assignment))}
    names = {assignment.name for assignment in registered.values()}
    wanted = {str(name) for name in assignments} or names
    people = {person.id: person for person in db.scalars(select(Student))}
    chosen = {str(name) for name in students} or set(people)
    for what, missing, there in (("assignment", wanted - names, names), ("student", chosen - set(people), ())):
        if missing:
            has = f"; it has {', '.join(sorted(there))}" if there else ""
            raise CannotExport(f"the gradebook has no {what} '{sorted(missing)[0]}'{has}")
    course = in_order(names)
    ours = {a.name: a for a in registered.values() if a.name in wanted}
    lines = _by_student(known)
    submissions = {
        (one.student, one.assignment): one
        for one in _submissions(gradebook, {a.id: a for a in ours.values()})
        if one.student in chosen
    }
    return Grades(
        {name: float(ours[name].max_score) for name in course if name in ours},
        {name: ours[name].duedate for name in course if name in ours},
        [_person(person, lines.get(person.id, ())) for _, person in sorted(people.items()) if person.id in chosen],
        submissions,
        _comments(gradebook, submissions) if feedback else {},
        _beyond(gradebook, submissions),
    )


def _beyond(gradebook: Gradebook, submissions: dict[tuple[str, str], SubmissionGrade]) -> list[str]:
    """Each question for which a person entered points that it does not have, and these."""
    points = select(SubmittedAssignment.student_id, Assignment.name, BaseCell.name, Grade.manual_score, Grade.max_score)
    points = points.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    points = points.join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    points = points.join(Grade, Grade.notebook_id == SubmittedNotebook.id).join(BaseCell, Grade.cell_id == BaseCell.id)
    return [
        f"{student}/{assignment} {question_of(cell)} {as_number(score)} of {as_number(most)}"
        for student, assignment, cell, score, most in gradebook.db.execute(
            points.where(Grade.manual_score.is_not(None))
        )
        if (student, assignment) in submissions and not 0 <= score <= most
    ]


def _by_student(known: Iterable[RosterEntry]) -> dict[str, list[RosterEntry]]:
    lines: dict[str, list[RosterEntry]] = {}
    for line in known:
        lines.setdefault(line.student, []).append(line)
    return lines


def _person(student: Student, known: Sequence[RosterEntry]) -> Person:
    first, last, email = student.first_name or "", student.last_name or "", student.email or ""
    return Person(student.id, first, last, email, student.lms_user_id or "", tuple(known))


def _submissions(gradebook: Gradebook, ours: dict[str, Assignment]) -> Iterator[SubmissionGrade]:
    """All in one question, where nbgrader asks one for each."""
    extra = dict(
        gradebook.db.execute(
            select(SubmittedNotebook.assignment_id, func.sum(Grade.extra_credit))
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .group_by(SubmittedNotebook.assignment_id)
        ).all()
    )
    for row in gradebook.db.execute(
        select(
            SubmittedAssignment.id,
            SubmittedAssignment.student_id,
            SubmittedAssignment.assignment_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.score,
            SubmittedAssignment.late_submission_penalty,
            SubmittedAssignment.needs_manual_grade,
        ).where(SubmittedAssignment.assignment_id.in_(ours))
    ):
        id_, student, assignment, handed_in, score, penalty, waits = row
        maximum = float(ours[assignment].max_score)
        yield SubmissionGrade(
            *(student, ours[assignment].name, handed_in, float(score or 0), float(penalty or 0)),
            *(float(extra.get(id_) or 0), maximum, bool(waits)),
        )


def _comments(gradebook: Gradebook, submissions: dict[tuple[str, str], SubmissionGrade]) -> dict[tuple[str, str], str]:
    """Points by question, the late penalty, and what a person wrote, as one line of the HTML that Moodle takes."""
    said: dict[tuple[str, str], list[str]] = {}
    whose = select(SubmittedAssignment.student_id, Assignment.name, BaseCell.name).join(
        Assignment, SubmittedAssignment.assignment_id == Assignment.id
    )
    whose = whose.join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    grades = whose.add_columns(Grade.score, Grade.max_score, Grade.needs_manual_grade)
    grades = grades.join(Grade, Grade.notebook_id == SubmittedNotebook.id)
    for student, assignment, cell, score, most, waits in gradebook.db.execute(
        grades.join(BaseCell, Grade.cell_id == BaseCell.id).order_by(BaseCell.name)
    ):
        points = f"{question_of(cell)} {as_number(score)}/{as_number(most)}"
        said.setdefault((student, assignment), []).append(f"{points} until a person has graded it" if waits else points)
    for key, one in submissions.items():
        if one.penalty:
            said.setdefault(key, []).append(f"late: {as_number(one.penalty)} off")
    comments = whose.add_columns(Comment.manual_comment).join(Comment, Comment.notebook_id == SubmittedNotebook.id)
    for student, assignment, cell, words in gradebook.db.execute(
        comments.join(BaseCell, Comment.cell_id == BaseCell.id).where(Comment.manual_comment.is_not(None))
    ):
        if words.strip():
            said.setdefault((student, assignment), []).append(f"{cell}: {words}")
    return {key: harmless(html.escape("; ".join(parts), quote=False)) for key, parts in said.items()}
