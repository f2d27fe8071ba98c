"""Land results in nbgrader's gradebook: what its own `autograde` would have left there, many submissions a transaction.

nbgrader opens the database a dozen times a submission. Here one session writes whole batches through nbgrader's own
models, so that formgrader, manual grades, late penalties, feedback and export find what they always found.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import URL, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, load_only, selectinload
from sqlalchemy.pool import NullPool
from traitlets.config import Config

from autograde.judging.judge import is_untouched
from autograde.notebook import grade_id, question_of
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import GradebookEntry, Late
from autograde.records.nbgrader import course_api
from autograde.records.refusals import AGAIN, MOVE_AWAY, GradebookError, GradebookLost, NbgraderFailed
from autograde.text import moment, one_line

SECONDS_TO_WAIT = 30.0  # for a gradebook that something else is writing
NO_RESPONSE = "No response."  # nbgrader's comment on an answer that is as it was handed out

_AT_A_TIME = 0.5  # seconds SQLite waits by itself, deaf to Ctrl-C; the rest is waited here
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


T = TypeVar("T")


class GradebookWriter:
    """The one writer of a course folder's gradebook.db. For one thread; the assignments were registered before."""

    def __init__(self, folder: ClassFolder, overrides: Config | None = None, seconds_to_wait: float = SECONDS_TO_WAIT):
        self._folder, self._path = folder, folder.gradebook
        self._seconds_to_wait = seconds_to_wait
        self._engine = _engine(self._path)
        self._session = Session(self._engine, autoflush=False, expire_on_commit=False)
        try:
            self._late = AssignLatePenalties(config=course_api(folder.root, overrides).config)
            self._late.init_plugin()
        except NbgraderFailed as error:
            raise GradebookError(f"{error}. Mend it, then {AGAIN}") from error
        except Exception as error:  # of a plugin, which may be somebody's own, or of its settings
            why = one_line(f"{type(error).__name__}: {error}").rstrip(".")
            raise GradebookError(
                f"the late penalty that '{folder.config}' sets cannot be used: {why}. Mend it, then {AGAIN}"
            ) from error

    def __enter__(self) -> "GradebookWriter":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def write(self, graded: Sequence[GradebookEntry]) -> list[Late | None]:
        """Write a batch in one transaction; what is taken off each submission for being late, None if nothing is.

        Students who are new are added. Automatic scores and comments replace earlier ones; what a person entered stays.
        Raises GradebookError, after which the batch can be written again, and ValueError if a score is for no
        question or is not between 0 and its points.
        """
        return self._in_one_transaction(lambda: self._write(graded))

    def withdraw(self, student: str, assignment: str) -> None:
        """Take back the automatic scores of a submission in whose place there is now one that cannot be judged.

        What a person entered stays; nbgrader asks for the rest. Nothing is done where no such submission is known. Raises
        GradebookError.
        """
        self._in_one_transaction(lambda: self._withdraw(student, assignment))

    def _in_one_transaction(self, change: Callable[[], T]) -> T:
        """All of the change or, with a GradebookError, nothing of it."""
        deadline = monotonic() + self._seconds_to_wait
        while True:
            if not self._path.is_file():  # SQLite would make an empty one
                raise GradebookLost(self._folder)
            try:
                with self._session.begin():
                    return change()
            except DatabaseError as error:
                if _code(error) not in _IN_USE or monotonic() >= deadline:
                    raise GradebookError(explain(error, self._path)) from error
            finally:
                self._session.close()  # forgets its objects; the next batch reads the file anew
            sleep(0.05)

    def close(self) -> None:
        """Close the session and every connection to the database."""
        self._session.close()
        self._engine.dispose()

    def _write(self, graded: Sequence[GradebookEntry]) -> list[Late | None]:
        registered = {name: self._registered(name) for name in {g.assignment for g in graded}}
        self._add_students({g.student for g in graded})
        submissions = self._submissions(graded, registered)
        notebooks: dict[tuple[str, str], SubmittedNotebook] = {}
        new: dict[tuple[str, str], GradebookEntry] = {}
        for one in graded:
            ours = registered[one.assignment]
            _require_points(one, ours)
            key = one.student, one.assignment
            if key not in submissions and not _is_late(one, ours):
                new[key] = one
                continue  # without an object for each of its rows
            if key not in submissions:
                submissions[key] = SubmittedAssignment(assignment_id=ours.assignment.id, student_id=one.student)
                self._session.add(submissions[key])
            if one.timestamp is not None:
                submissions[key].timestamp = parse_utc(one.timestamp)
            notebooks[key] = _fill(submissions[key], one, ours)
        self._session.flush()
        self._add(new.values(), registered)
        late: dict[tuple[str, str], Late] = {}
        for key, notebook in notebooks.items():
            notebook.late_submission_penalty = points = self._late_penalty(submissions[key], notebook)
            if points:
                late[key] = Late(points, moment(submissions[key].duedate))  # with the time that a person has given them
        return [late.get((one.student, one.assignment)) for one in graded]

    def _add(self, entries: Iterable[GradebookEntry], registered: dict[str, "_Registered"]) -> None:
        """Submissions that are new and in time, table by table: an object for each row takes twice as long."""
        rows: dict[type, list[dict]] = {kind: [] for kind in (SubmittedAssignment, SubmittedNotebook, Grade, Comment)}
        for one in entries:
            ours, submission, notebook = registered[one.assignment], new_uuid(), new_uuid()
            time = None if one.timestamp is None else parse_utc(one.timestamp)
            whose = {"assignment_id": ours.assignment.id, "student_id": one.student, "timestamp": time}
            rows[SubmittedAssignment].append({"id": submission, **whose})
            of = {"assignment_id": submission, "notebook_id": ours.notebook.id}
            rows[SubmittedNotebook].append({"id": notebook, **of})
            rows[Grade] += (
                {"notebook_id": notebook, "cell_id": cell, "auto_score": score, "needs_manual_grade": score is None}
                for cell, score in _scores(one, ours).items()
            )
            comments = _comments(one, ours)
            rows[Comment] += (
                {"notebook_id": notebook, "cell_id": cell.id, "auto_comment": comments.get(cell.id)}
                for cell in ours.commented
            )
        for kind, of_kind in rows.items():
            if of_kind:
                self._session.execute(insert(kind), of_kind)

    def _withdraw(self, student: str, assignment: str) -> None:
        grades = (
            select(Grade)
            .join(Grade.notebook)
            .join(SubmittedNotebook.assignment)
            .join(SubmittedAssignment.assignment)
            .where(SubmittedAssignment.student_id == student, Assignment.name == assignment)
            .options(load_only(Grade.auto_score, Grade.needs_manual_grade))
        )
        for grade in self._session.scalars(grades):
            grade.auto_score, grade.needs_manual_grade = None, True
            grade.notebook.late_submission_penalty = None

    def _registered(self, name: str) -> "_Registered":
        """What the gradebook knows of an assignment; read for every batch, since it may be registered again meanwhile."""
        assignment = self._session.scalars(
            select(Assignment)
            .where(Assignment.name == name)
            .options(load_only(Assignment.name, Assignment.duedate), selectinload(Assignment.notebooks))
        ).one_or_none()
        notebook = next((n for n in assignment.notebooks if n.name == name), None) if assignment else None
        if notebook is None:
            raise GradebookError(f"'{self._path}' knows no assignment '{name}': {MOVE_AWAY}")
        return _Registered(
            assignment,
            notebook,
            [_Cell(*row) for row in self._rows(select(BaseCell.id, BaseCell.name, BaseCell.type), BaseCell, notebook)],
            dict(self._rows(select(GradeCell.name, GradeCell.max_score), GradeCell, notebook)),
            dict(self._rows(select(SourceCell.name, SourceCell.checksum), SourceCell, notebook)),
        )

    def _rows(self, selected, kind, notebook: Notebook) -> list:
        return list(self._session.execute(selected.where(kind.notebook_id == notebook.id)))

    def _add_students(self, students: set[str]) -> None:
        known = set(self._session.scalars(select(Student.id).where(Student.id.in_(students))))
        self._session.add_all(Student(id=student) for student in sorted(students - known))

    def _submissions(
        self, graded: Sequence[GradebookEntry], registered: dict[str, "_Registered"]
    ) -> dict[tuple[str, str], SubmittedAssignment]:
        """Those that are there already, by student and assignment; the totals, which nbgrader computes, are left out."""
        names = {ours.assignment.id: name for name, ours in registered.items()}
        notebooks = selectinload(SubmittedAssignment.notebooks).load_only(SubmittedNotebook.notebook_id)
        submissions = self._session.scalars(
            select(SubmittedAssignment)
            .where(
                SubmittedAssignment.assignment_id.in_(names),
                SubmittedAssignment.student_id.in_({g.student for g in graded}),
            )
            .options(
                load_only(
                    SubmittedAssignment.assignment_id,
                    SubmittedAssignment.student_id,
                    SubmittedAssignment.timestamp,
                    SubmittedAssignment.extension,
                ),
                notebooks.selectinload(SubmittedNotebook.grades).load_only(
                    Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade
                ),
                notebooks.selectinload(SubmittedNotebook.comments).load_only(Comment.cell_id, Comment.auto_comment),
            )
        )
        return {(s.student_id, names[s.assignment_id]): s for s in submissions}

    def _late_penalty(self, submission: SubmittedAssignment, notebook: SubmittedNotebook) -> float | None:
        """What the configured plugin takes off, between 0 and the score; None if it is in time or nothing is taken off."""
        seconds = submission.total_seconds_late
        if seconds <= 0:
            return None
        penalty = self._late.plugin_inst.late_submission_penalty(submission.student_id, notebook.score, seconds)
        return None if penalty is None else min(max(penalty, 0), notebook.score)


@dataclass(frozen=True)
class _Cell:
    """A cell that nbgrader keeps grades or comments on. kind: GradeCell, SolutionCell or TaskCell."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True)
class _Registered:
    """An assignment as registered. max_scores: by check cell. checksums: of cells as handed out."""

    assignment: Assignment
    notebook: Notebook
    cells: list[_Cell]
    max_scores: dict[str, float]
    checksums: dict[str, str]

    @property
    def commented(self) -> list[_Cell]:
        """The cells on whose content there is a comment."""
        return [cell for cell in self.cells if cell.kind in ("SolutionCell", "TaskCell")]


def _is_late(one: GradebookEntry, ours: _Registered) -> bool:
    """Whether it was handed in after the time by which all have to; nobody who is new has a time of their own."""
    due = ours.assignment.duedate
    return one.timestamp is not None and due is not None and parse_utc(one.timestamp) > due


def _require_points(one: GradebookEntry, ours: _Registered) -> None:
    for question, score in one.scores.items():
        points = ours.max_scores.get(f"test_{question}", ours.max_scores.get(question))
        if points is None:
            raise ValueError(f"'{question}' is no question of '{one.assignment}'")
        if not 0 <= score <= points:
            raise ValueError(f"{one.student}, {one.assignment}: {question} has {points:g} points, not {score:g}")


def _fill(submission: SubmittedAssignment, one: GradebookEntry, ours: _Registered) -> SubmittedNotebook:
    """The submitted notebook with automatic scores and comments; what it lacks of what is registered is made."""
    notebook = next((n for n in submission.notebooks if n.notebook_id == ours.notebook.id), None)
    if notebook is None:
        notebook = SubmittedNotebook(notebook_id=ours.notebook.id)
        submission.notebooks.append(notebook)
    grades = {grade.cell_id: grade for grade in notebook.grades}
    comments = {comment.cell_id: comment for comment in notebook.comments}
    for cell, score in _scores(one, ours).items():
        grade = grades.get(cell) or _added(notebook.grades, Grade(cell_id=cell))
        grade.auto_score = score
        # nbgrader asks a person where there is no automatic score, and where a person scored the earlier work
        if grade.manual_score is None or not one.is_same:
            grade.needs_manual_grade = score is None or grade.manual_score is not None
    said = _comments(one, ours)
    for cell in (cell.id for cell in ours.commented):
        comment = comments.get(cell) or _added(notebook.comments, Comment(cell_id=cell))
        if cell in said:
            comment.auto_comment = said[cell]
    return notebook


def _scores(one: GradebookEntry, ours: _Registered) -> dict[str, float | None]:
    """The automatic score of each cell that has points, by its key; None where a person gives them."""
    graded = (cell for cell in ours.cells if cell.kind in ("GradeCell", "TaskCell"))
    scores = {cell.id: one.scores.get(question_of(cell.name)) for cell in graded}
    return {cell: None if score is None else float(score) for cell, score in scores.items()}


def _comments(one: GradebookEntry, ours: _Registered) -> dict[str, str | None]:
    """nbgrader's comment on each cell that is in the notebook, by its key; None where it has none."""
    answers = {grade_id(cell): cell for cell in one.notebook.cells if grade_id(cell)}
    comments: dict[str, str | None] = {}
    for cell in ours.commented:
        if cell.name in answers:
            as_released = is_untouched(answers[cell.name], ours.checksums.get(cell.name))
            if cell.name in ours.max_scores:  # an answer for a person, which has points if it is empty
                as_released = cell.name in one.scores
            comments[cell.id] = NO_RESPONSE if as_released and cell.kind == "SolutionCell" else None
    return comments


def _added(collection: list, new):
    collection.append(new)  # which also takes it into the session
    return new


def _engine(path: Path) -> Engine:
    """An engine whose transactions hold the right to write from their first statement on.

    Else two writers that have both read wait for each other, and SQLite gives one of them up at once.
    """
    # A connection a batch: one kept open would go on writing to a file that somebody has moved away.
    url = URL.create("sqlite", database=str(path.resolve()))
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _AT_A_TIME})

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection, _record) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _code(error: DatabaseError) -> int:
    """SQLite's primary result code, 0 if it has none."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF


def explain(error: DatabaseError, path: Path) -> str:
    """Why a gradebook cannot be used, and what to do, in one sentence."""
    code = _code(error)
    if code in _IN_USE:
        return f"'{path}' is in use: close what uses it (formgrader, another grading run), then {AGAIN}"
    if code in _DAMAGED:
        return f"'{path}' is damaged ({error.orig}): {MOVE_AWAY}"
    if code in _NOT_WRITABLE:
        return f"'{path}' cannot be written ({error.orig}): put that right, then {AGAIN}"
    return f"'{path}' is no gradebook of this nbgrader ({error.orig}): {MOVE_AWAY}"
