"""What a run is asked for, and what comes of it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograde.course import this_course
from autograde.files import FULL, why_not
from autograde.judging.submission import points_of
from autograde.records.class_folder import ClassFolder
from autograde.records.refusals import AGAIN
from autograde.records.verdicts import Row
from autograde.running.basis import CannotGrade

RECORDED = 0  # the seed that stands for the hidden inputs of the recorded reference


@dataclass(frozen=True)
class Selection:
    """Which of the submissions are judged anew though nothing of theirs has changed; empty: all.

    questions: whose cases are those of today; the others of their assignments are asked as before.
    """

    students: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    def has(self, student: str, assignment: str) -> bool:
        """Whether a submission is to be judged anew."""
        return student in (self.students or (student,)) and self.has_assignment(assignment)

    def has_assignment(self, assignment: str) -> bool:
        """Whether any submission to an assignment is."""
        if assignment not in (self.assignments or (assignment,)):
            return False
        if not self.questions or assignment not in this_course().assignments:
            return not self.questions
        return not points_of(assignment).keys().isdisjoint(self.questions)


@dataclass(frozen=True)
class Cluster:
    """Other machines that judge. address: of a Dask scheduler, its file, or local:N; tls: the folder of certificates."""

    address: str
    tls: Path | None = None


@dataclass(frozen=True)
class Request:
    """What `course grade` was asked. jobs: notebooks at a time. seconds_per_cell: when a cell is interrupted.

    memory_mb: that a box may use. seed: of the hidden inputs; RECORDED for those of the recorded reference. What is None is
    with `resume` as in the run that is resumed, else the usual; of seeds that is a new one. anew: with `resume`, what of OUT
    is judged once more, by what the course is now. before_grades: see `write_class`. more_jobs: see LocalWorkers. counts: which
    of several attempts does, see Run. cluster: which machines judge, None for this one.
    """

    submissions: Path
    out: Path
    jobs: int
    tier: str = "auto"
    resume: bool = False
    showcase: bool | None = None
    seconds_per_cell: int | None = None
    seed: int | None = None
    memory_mb: int | None = None
    anew: Selection | None = None
    before_grades: Callable[[list[Row]], None] | None = None
    more_jobs: int = 0
    counts: str | None = None
    cluster: Cluster | None = None


@dataclass
class Result:
    """The rows of grades.csv, the seed, what was said about isolation, "" if nothing had to be run; and what else is to be said.

    left_out: what was not graded and no verdict tells of, in a sentence; "" if nothing. taken_over: how many verdicts of an
    earlier run hold. anew: which do not, where it was resumed, by why: of WHY_ANEW.
    """

    rows: list[Row]
    seed: int
    isolation: str = ""
    notes: list[str] = field(default_factory=list)
    left_out: str = ""
    taken_over: int = 0
    anew: dict[str, list[str]] = field(default_factory=dict)


def default_jobs() -> int:
    """As many notebooks at a time as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cannot_write(out: Path, error: OSError) -> CannotGrade:
    """What is said where OUT takes nothing in."""
    if error.errno in FULL:
        return CannotGrade(f"'{out}' cannot be written: {error.strerror}. Free some space, then go on with --resume")
    if error.filename and Path(error.filename).absolute() != out.absolute() and ClassFolder(out).mark.exists():
        return CannotGrade(f"'{error.filename}' cannot be used: {why_not(error)}. Put that right, then {AGAIN}")
    return CannotGrade(f"'{out}' cannot be written: {why_not(error)}. Choose another folder")
