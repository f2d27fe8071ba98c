"""On what a class was graded: the points, questions, solutions and due dates of each assignment, and what of it has changed.

OUT keeps it in run.json, with the seed and the limits, so that a run is not resumed on other terms than it was begun on.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace

from autograde.authoring.script import Script, read_script, solution_source
from autograde.course import this_course
from autograde.files import write_atomically
from autograde.judging.submission import points_of
from autograde.notebook import is_locked
from autograde.records.class_folder import ClassFolder
from autograde.records.verdicts import fingerprint


class CannotGrade(Exception):
    """The command was given something it cannot work with; the message is one line for the user."""


@dataclass(frozen=True)
class Basis:
    """What the grades of an assignment depend on, besides what was handed in.

    points: by question. questions, solutions, locked: fingerprints of code without its comments; locked: of the setup cell
    and the check cells, "" if an earlier version did not keep it. due: as text, "" for none.
    """

    points: dict[str, float]
    questions: str
    solutions: str
    due: str = ""
    locked: str = ""

    def changes_to(self, now: "Basis") -> list[str]:
        """What is other now, in words that are followed by the name of the assignment."""
        added, removed = now.points.keys() - self.points.keys(), self.points.keys() - now.points.keys()
        differ = self.other_points(now.points)
        said = [
            (added, f"the questions (new: {', '.join(sorted(added))})"),
            (removed, f"the questions (no more: {', '.join(sorted(removed))})"),
            (differ, f"the points ({', '.join(differ)})"),
            (self.questions != now.questions, "the cases"),
            (self.solutions != now.solutions, "the solutions"),
            (self.locked not in ("", now.locked), "the setup cell or a check cell"),
            (self.due != now.due, f"the due date ({self.due or 'none'} -> {now.due or 'none'})"),
        ]
        return [words for is_so, words in said if is_so]

    def other_points(self, now: dict[str, float]) -> list[str]:
        """The questions that have other points now, each with both."""
        return [
            f"{question} {points:g} -> {now[question]:g}"
            for question, points in self.points.items()
            if now.get(question, points) != points
        ]

    def has_other_questions(self, assignment: str) -> bool:
        """Whether the assignment has other questions now; a gradebook with submissions takes in none, and gives none up."""
        return self.points.keys() != points_of(assignment).keys()


def basis_now(assignments: Iterable[str], folder: ClassFolder) -> dict[str, Basis]:
    """What a run would go by now, the due dates those in the gradebook. Raises RecordsError."""
    due = {}
    if folder.gradebook.is_file():
        from autograde.records.gradebook_read import due_dates  # takes a second, which a new class need not wait for

        due = due_dates(folder)
    return {assignment: _basis_of(assignment, due.get(assignment, "")) for assignment in assignments}


def _basis_of(assignment: str, due: str) -> Basis:
    course = this_course()
    script = read_script(course.script(assignment))
    solutions = [solution_source(script, question) or "" for question in script.points]
    questions = course.questions(assignment)
    cases = questions.read_text(encoding="utf-8") if questions.is_file() else ""
    return Basis(points_of(assignment), _print(cases), _print("\n".join(solutions)), due, _print(_locked(script)))


def _locked(script: Script) -> str:
    return "\n".join(cell.source for cell in script.notebook.cells if is_locked(cell))


def _print(code: str) -> str:
    lines = (line.rstrip() for line in code.splitlines())
    return fingerprint("\n".join(line for line in lines if line and not line.lstrip().startswith("#")))


@dataclass(frozen=True)
class Run:
    """What run.json keeps: where the submissions lie, the seed, the limits (None: the usual ones), the basis of each assignment.

    seconds_per_cell, memory_mb, showcase: see `Request`; earlier versions did not keep them. counts: which of several attempts
    does, the "last" or the "best". draw: how often hidden cases were drawn anew; drawn: when they were drawn, in UTC, "" if an
    earlier version did not keep it.
    """

    submissions: str
    seed: int
    seconds_per_cell: int | None = None
    memory_mb: int | None = None
    showcase: bool = False
    counts: str = "last"
    draw: int = 0
    drawn: str = ""
    basis: dict[str, Basis] = field(default_factory=dict)

    @property
    def seed_of_draw(self) -> int:
        """The seed of the hidden cases as they are now, which follows from the first one."""
        if not self.draw:
            return self.seed
        return 1 + int.from_bytes(hashlib.sha256(f"{self.seed} {self.draw}".encode()).digest()[:4]) % (2**31 - 1)


def read_run(folder: ClassFolder) -> Run:
    """What a folder keeps of its run. Raises CannotGrade."""
    try:
        kept = json.loads(folder.mark.read_text(encoding="utf-8"))
        basis = {assignment: Basis(**one) for assignment, one in kept.get("basis", {}).items()}
        return Run(**(kept | {"basis": basis}))
    except OSError as error:
        raise CannotGrade(f"'{folder.mark}' cannot be read: {error.strerror}. Put that right first") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CannotGrade(f"'{folder.mark}' is damaged or from another version. Grade into a new folder") from None


def write_run(run: Run, folder: ClassFolder) -> None:
    """Keep what `read_run` reads."""
    write_atomically(json.dumps(asdict(run)) + "\n", folder.mark)


def keep_basis(folder: ClassFolder, basis: dict[str, Basis]) -> None:
    """Keep what the grades of these assignments go by; of others it stays."""
    run = read_run(folder)
    write_run(replace(run, basis=run.basis | basis), folder)


def changes_since(folder: ClassFolder) -> list[str]:
    """What the grades in a folder go by and the course has otherwise now, a phrase each. Raises CannotGrade, RecordsError."""
    then = {a: basis for a, basis in read_run(folder).basis.items() if a in this_course().assignments}
    now = basis_now(then, folder)
    return [f"{what} of '{a}'" for a, basis in then.items() for what in basis.changes_to(now[a])]
