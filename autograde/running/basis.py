"""On what a class was graded: the points, questions, solutions and due dates of each assignment, and what of it has changed.

OUT keeps it, so that a run is not resumed on other terms than it was begun on.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from nbgrader.api import Assignment
from sqlalchemy import create_engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from autograde.authoring.script import read_script, solution_source
from autograde.course import this_course
from autograde.files import write_atomically
from autograde.judging.submission import points_of
from autograde.records.class_folder import ClassFolder
from autograde.records.gradebook import GradebookError, explain, read_only
from autograde.records.verdicts import fingerprint


@dataclass(frozen=True)
class Basis:
    """What the grades of an assignment depend on, besides what was handed in.

    points: by question. questions, solutions: fingerprints of code without its comments. due: as text, "" for none.
    """

    points: dict[str, float]
    questions: str
    solutions: str
    due: str = ""

    def changes_to(self, now: "Basis") -> list[str]:
        """What is other now, in words that are followed by the name of the assignment."""
        added, removed = now.points.keys() - self.points.keys(), self.points.keys() - now.points.keys()
        differ = [
            f"{question} {points:g} -> {now.points[question]:g}"
            for question, points in self.points.items()
            if now.points.get(question, points) != points
        ]
        said = [
            (added, f"the questions (new: {', '.join(sorted(added))})"),
            (removed, f"the questions (no more: {', '.join(sorted(removed))})"),
            (differ, f"the points ({', '.join(differ)})"),
            (self.questions != now.questions, "the cases"),
            (self.solutions != now.solutions, "the solutions"),
            (self.due != now.due, f"the due date ({self.due or 'none'} -> {now.due or 'none'})"),
        ]
        return [words for is_so, words in said if is_so]


def basis_now(assignments: Iterable[str], folder: ClassFolder) -> dict[str, Basis]:
    """What a run would go by now, the due dates those in the gradebook. Raises GradebookError."""
    due = _due_dates(folder)
    return {assignment: _basis_of(assignment, due.get(assignment, "")) for assignment in assignments}


def _basis_of(assignment: str, due: str) -> Basis:
    course = this_course()
    script = read_script(course.script(assignment))
    solutions = [solution_source(script, question) or "" for question in script.points]
    questions = course.questions(assignment)
    cases = questions.read_text(encoding="utf-8") if questions.is_file() else ""
    return Basis(points_of(assignment), _print(cases), _print("\n".join(solutions)), due)


def _print(code: str) -> str:
    lines = (line.rstrip() for line in code.splitlines())
    return fingerprint("\n".join(line for line in lines if line and not line.lstrip().startswith("#")))


def _due_dates(folder: ClassFolder) -> dict[str, str]:
    if not folder.gradebook.is_file():
        return {}
    engine = create_engine(read_only(folder.gradebook), poolclass=NullPool)
    try:
        with Session(engine) as session:
            rows = session.execute(select(Assignment.name, Assignment.duedate))
            return {name: f"{due:%Y-%m-%d %H:%M:%S} UTC" for name, due in rows if due is not None}
    except DatabaseError as error:
        raise GradebookError(explain(error, folder.gradebook)) from error
    finally:
        engine.dispose()


def basis_then(folder: ClassFolder) -> dict[str, Basis]:
    """What the grades in a folder go by, as far as it is kept. Raises ValueError, KeyError or TypeError for a damaged file."""
    kept = json.loads(folder.mark.read_text(encoding="utf-8")).get("basis", {})
    return {assignment: Basis(**basis) for assignment, basis in kept.items()}


def keep_basis(folder: ClassFolder, basis: dict[str, Basis]) -> None:
    """Keep what the grades of these assignments go by; of others it stays."""
    run = json.loads(folder.mark.read_text(encoding="utf-8"))
    run["basis"] = run.get("basis", {}) | {assignment: asdict(one) for assignment, one in basis.items()}
    write_atomically(json.dumps(run) + "\n", folder.mark)


def changes_since(folder: ClassFolder) -> list[str]:
    """What the grades in a folder go by and the course has otherwise now, a phrase each. Raises as `basis_then` does."""
    then = {a: basis for a, basis in basis_then(folder).items() if a in this_course().assignments}
    now = basis_now(then, folder)
    return [f"{what} of '{a}'" for a, basis in then.items() for what in basis.changes_to(now[a])]
