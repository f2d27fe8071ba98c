"""`course regrade`: judge anew what was graded before, by what the course is now, and say whose points have changed.

What a person has entered stays. The submissions are those that OUT was graded from, unless others are given.
"""

import csv
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograde.course import command_for_this, this_course
from autograde.judging.submission import points_of
from autograde.paths import typed
from autograde.records.class_folder import ClassFolder
from autograde.records.gradebook_read import read_manual_grades
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Key, Row
from autograde.running.basis import Basis, CannotGrade, Run, read_run
from autograde.running.entered import require_gradebook, require_verdicts
from autograde.running.owning import owning
from autograde.running.request import Cluster, Request, Result, Selection
from autograde.running.run import grade
from autograde.running.summary import MOST_LINES, print_table
from autograde.tables import Table, harmless, write_table
from autograde.text import one_line, some

MOST_KEPT = 10  # of a person's points that are named

Place = tuple[str, str, str]  # student, assignment, question or LATE
LATE = "late penalty"  # in the place of a question: what is taken off the submission


@dataclass(frozen=True)
class Points:
    """What a question of a submission had. status: as in grades.csv. What is taken off has less than 0 points, and no maximum."""

    score: float
    maximum: float
    status: str

    def __str__(self) -> str:
        of = f" of {self.maximum:g}" if self.maximum else ""
        return f"{self.score:g}{of}{'' if self.status == 'graded' else f' {self.status}'}"


@dataclass
class Regraded:
    """What came of it. changes: by place, what was before and what is now; None for what was or is not there.

    kept: what a person entered for what was judged anew, by place.
    """

    result: Result
    changes: dict[Place, tuple[Points | None, Points | None]]
    path: Path
    kept: dict[Place, float] = field(default_factory=dict)


def regrade(
    out: Path,
    submissions: Path | None,
    selection: Selection,
    jobs: int,
    tier: str = "auto",
    cluster: Cluster | None = None,
) -> Regraded:
    """Judge the selected submissions anew. Raises CannotGrade, RecordsError, as `grade` does."""
    folder = ClassFolder(out)
    run = _run_of(folder)
    submissions = submissions or Path(run.submissions)
    if not submissions.is_dir():
        raise CannotGrade(
            f"the submissions that '{out}' was graded from are not in '{submissions}' any more:"
            " say with --submissions where they are"
        )
    _require_known(selection, folder, submissions)
    _require_possible(selection, out, run.basis)
    changes: dict[Place, tuple[Points | None, Points | None]] = {}
    path = folder.tables / "regraded.csv"

    def list_changes(rows: list[Row]) -> None:
        """While grades.csv still has the old points."""
        now = {_place(row): _points_of(row) for row in rows}
        for place in [*now, *(place for place in before if place not in now)]:
            if before.get(place) != now.get(place):
                changes[place] = before.get(place), now.get(place)
        changes.update(_changed_penalties(penalties, _penalties_in(folder)))
        if not changes:
            return
        try:
            path.parent.mkdir(exist_ok=True)
            _keep_earlier(path)
            write_table(_table(changes), path)
        except OSError as error:
            raise CannotGrade(
                f"'{path}' cannot be written: {error.strerror or error}. '{folder.grades}' still has the old points:"
                " close what has the list open, then give the same command again"
            ) from None

    with owning(folder):
        require_verdicts(folder)
        require_gradebook(folder)
        before, penalties = _points_in(folder.grades), _penalties_in(folder)
        request = Request(
            submissions, out, jobs, tier, resume=True, anew=selection, before_grades=list_changes, cluster=cluster
        )
        result = grade(request)
    return Regraded(result, changes, path, _entered(folder, selection))


def _entered(folder: ClassFolder, selection: Selection) -> dict[Place, float]:
    """The points that people entered for the selected questions, without those that wait for a person once more."""
    found = read_manual_grades(folder, this_course().assignments)
    return {
        (student, assignment, question): grade.score
        for (student, assignment), entered in sorted(found.items())
        if selection.has(student, assignment)
        for question, grade in entered.grades.items()
        if grade.score is not None and not grade.waits and question in (selection.questions or (question,))
    }


def _penalties_in(folder: ClassFolder) -> dict[Key, float]:
    """What is taken off each submission for being late, in points."""
    found = read_manual_grades(folder, this_course().assignments)
    return {key: entered.late.points if entered.late else 0.0 for key, entered in found.items()}


def _changed_penalties(old: dict[Key, float], new: dict[Key, float]) -> dict[Place, tuple[Points, Points]]:
    """By place, what was taken off before and what is now, where these differ."""
    return {
        (harmless(student), harmless(assignment), LATE): (_taken_off(before), _taken_off(now))
        for student, assignment in sorted(old.keys() | new.keys())
        if (before := old.get((student, assignment), 0.0)) != (now := new.get((student, assignment), 0.0))
    }


def _taken_off(penalty: float) -> Points:
    return Points(0.0 - penalty, 0.0, "graded")


def _place(row: Row) -> Place:
    """As grades.csv has it."""
    return harmless(row.student), harmless(row.assignment), harmless(row.question)


def _run_of(folder: ClassFolder) -> Run:
    if not folder.mark.is_file():
        raise CannotGrade(f"'{folder.root}' is not the result of an earlier `course grade`, so nothing is judged anew")
    return read_run(folder)


def _require_known(selection: Selection, folder: ClassFolder, submissions: Path) -> None:
    """Raises CannotGrade for what neither the course nor the class has."""
    known = this_course().assignments
    judged = VerdictFile(folder).students() if selection.students else set()
    for student in selection.students:
        if student not in judged and not os.path.lexists(submissions / student):
            raise CannotGrade(
                f"there is no student '{student}' in '{folder.root}', nor in '{submissions}': give a folder's name"
            )
    for assignment in selection.assignments:
        if assignment not in known:
            raise CannotGrade(f"there is no assignment '{assignment}'; there are {', '.join(known)}")
    for question in selection.questions:
        if not any(question in points_of(a) for a in selection.assignments or known):
            raise CannotGrade(f"there is no question '{question}' in {', '.join(selection.assignments or known)}")


def _require_possible(selection: Selection, out: Path, basis: dict[str, Basis]) -> None:
    """Raises CannotGrade for what nbgrader's gradebook cannot take in, or cannot have for some only."""
    for assignment, one in basis.items():
        if assignment not in this_course().assignments or not selection.has_assignment(assignment):
            continue
        if one.has_other_questions(assignment):
            raise CannotGrade(
                f"'{assignment}' has other questions than when it was graded, which a gradebook with submissions cannot"
                " take in: grade into a new folder, with --out"
            )
        other = one.other_points(points_of(assignment))
        if other and (selection.students or selection.questions):
            raise CannotGrade(
                f"the points of '{assignment}' have changed ({', '.join(other)}), and points hold for everybody:"
                f" `{command_for_this()} regrade {typed(out)} --assignment {assignment}`, without --student and --question"
            )


def _points_of(row: Row) -> Points:
    return Points(float(f"{row.score:g}"), float(f"{row.max_score:g}"), row.status)


def _points_in(path: Path) -> dict[Place, Points]:
    """The points in a grades.csv; none if there is no such file."""
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {
                (row["student"], row["assignment"], row["question"]): Points(
                    float(row["score"]), float(row["max_score"]), row["status"]
                )
                for row in csv.DictReader(file)
            }
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        raise CannotGrade(f"'{path}' cannot be read, so old points are not known: move it away") from None


def _keep_earlier(path: Path) -> None:
    """Give the list of the regrade before a name that tells when it was written."""
    if path.is_file():
        when = datetime.fromtimestamp(path.stat().st_mtime)
        path.rename(path.with_stem(f"{path.stem}-{when:%Y-%m-%d-%H%M%S}"))


def _table(changes: dict[Place, tuple[Points | None, Points | None]]) -> Table:
    head = ["student", "assignment", "question"]
    head += [f"{when}_{what}" for when in ("old", "new") for what in ("score", "max_score", "status")]
    rows = [[*map(harmless, place), *_cells(old), *_cells(new)] for place, (old, new) in changes.items()]
    return Table([head, *rows])


def _cells(points: Points | None) -> list[str]:
    return ["", "", ""] if points is None else [f"{points.score:g}", f"{points.maximum:g}", points.status]


def print_changes(regraded: Regraded) -> None:
    """Old and new points of those whose points have changed, as many as a screen has lines, and how many there are."""
    for line in filter(None, (*regraded.result.notes, regraded.result.left_out)):
        print(one_line(line))
    _print_kept(regraded.kept)
    changes = regraded.changes
    if not changes:
        print("\nNo points and no status have changed.")
        return
    shown = list(changes.items())[:MOST_LINES]
    if shown:
        head = ["student", "assignment", "question", "old", "new"]
        print_table([head, *([*place, str(old or "-"), str(new or "-")] for place, (old, new) in shown)])
    if len(changes) > len(shown):
        print(f"... and {len(changes) - len(shown):,} more")
    if any(None in both for _, both in shown):
        print("- not in the class or the course then")
    late = {place for place in changes if place[2] == LATE}
    both = [(old, new) for place, (old, new) in changes.items() if old and new and place not in late]
    more, less = sum(new.score > old.score for old, new in both), sum(new.score < old.score for old, new in both)
    submissions = {place[:2] for place in changes if place not in late}
    said = []
    if submissions:
        n, of = len(changes) - len(late), len(submissions)
        what = f"{n:,} question{'s have' if n > 1 else ' has'} changed, in {of:,} submission{'s' if of > 1 else ''}"
        said.append(f"{what}: {more:,} with more points, {less:,} with fewer.")
    if late:
        said.append(
            f"What is taken off for being late has changed for {len(late):,} submission{'' if len(late) == 1 else 's'}."
        )
    print(f"\n{' '.join(said)} All of them: {regraded.path}")


def _print_kept(kept: dict[Place, float]) -> None:
    """One line on what people entered."""
    if kept:
        several = len({assignment for _, assignment, _ in kept}) > 1
        named = [
            f"{student} {f'{assignment}: ' if several else ''}{question} {score:g}"
            for (student, assignment, question), score in kept.items()
        ]
        print(one_line(f"Entered by hand, and kept: {some(named, MOST_KEPT)}"))
