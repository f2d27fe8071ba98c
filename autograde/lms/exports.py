"""Grades for Canvas, Moodle, or one row a submission, from nbgrader's gradebook: manual grades and late penalties count.

Each format is an export plugin of nbgrader (`nbgrader export --exporter=autograde.lms.exports.CanvasExport`); `course export`
uses the same ones. With a template, a table that the system itself handed out is filled in, and all else in it is kept.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.api import InvalidEntry
from nbgrader.plugins.export import ExportPlugin
from sqlalchemy.exc import SQLAlchemyError
from traitlets import Bool, List, Unicode

from autograde.lms.filling import POINTS_POSSIBLE, fill_gradebook, fill_worksheet
from autograde.lms.grades import CannotExport, Grades, Person, read_grades
from autograde.lms.naming import CANVAS
from autograde.lms.roster import STUDENTS, read_students
from autograde.records.class_folder import ClassFolder
from autograde.records.gradebook_read import read_only
from autograde.records.nbgrader import Gradebook
from autograde.records.refusals import GradebookLost, RecordsError
from autograde.records.verdict_file import VerdictFile
from autograde.tables import BadTable, Table, as_number, harmless, is_harmless, read_table, write_table
from autograde.text import one_line

PLAIN = (
    *("assignment", "student", "first_name", "last_name", "email", "lms_user_id", "due", "handed_in"),
    *("raw_score", "late_penalty", "extra_credit", "score", "max_score", "needs_manual_grade"),
)


@dataclass
class ExportResult:
    """What was written: rows with a grade, and what one should know of it, in sentences."""

    path: Path
    rows: int
    notes: list[str]

    def lines(self) -> Iterator[str]:
        """The file with its rows, and each note as one line of printable text."""
        yield f"{self.path}: rows with grades: {self.rows}"
        yield from map(one_line, self.notes)


def export(
    out: Path,
    format: str,
    to: Path,
    assignment: Sequence[str] = (),
    template: Path | None = None,
    columns: Sequence[str] = (),
    students: Path | None = None,
    zeros: bool = False,
    feedback: bool = False,
) -> ExportResult:
    """Write the grades in OUT, the folder that `course grade` has made. Raises CannotExport."""
    folder = ClassFolder(out)
    path = folder.gradebook
    if not path.is_file() and folder.mark.is_file():
        raise CannotExport(str(GradebookLost(folder)))
    if not path.is_file():  # SQLite would make an empty one
        raise CannotExport(f"there is no gradebook '{path}'. Give the folder that `course grade` wrote to")
    plugin = PLUGINS[format](
        to=str(to),
        assignment=list(assignment),
        template=str(template or ""),
        columns=list(columns),
        students=str(students or ""),
        zeros=zeros,
        feedback=feedback,
    )
    try:
        with Gradebook(read_only(path), course_id="") as gradebook:
            return plugin.write(gradebook, out)
    except (SQLAlchemyError, InvalidEntry) as error:
        raise CannotExport(f"'{path}' is no gradebook of this nbgrader: {str(error).splitlines()[0]}") from None


class _Export(ExportPlugin):
    """What the formats have in common."""

    template = Unicode("", help="table of the learning system that is filled in").tag(config=True)
    columns = List(Unicode(), help="ASSIGNMENT=NAME, its column in the template").tag(config=True)
    students = Unicode("", help="students.csv of `course import`; the one in the submissions if empty").tag(config=True)
    zeros = Bool(False, help="0 instead of an empty cell where there is no grade").tag(config=True)
    feedback = Bool(False, help="points by question and comments").tag(config=True)

    default_file = ""
    unused: tuple[str, ...] = ()  # settings that mean nothing for the format

    def export(self, gradebook: Gradebook) -> None:
        """What `nbgrader export` calls."""
        try:
            for line in self.write(gradebook, Path(gradebook.engine.url.database or "").parent).lines():
                self.log.info(line)
        except CannotExport as problem:
            self.log.error(str(problem))
            sys.exit(1)

    def write(self, gradebook: Gradebook, out: Path) -> ExportResult:
        """Read the gradebook of the course folder `out`, and write the file. Raises CannotExport."""
        to = Path(self.to or self.default_file)
        if meaningless := [name for name in self.unused if getattr(self, name)]:
            raise CannotExport(f"--{meaningless[0]} means nothing for this format")
        if self.template and to.exists() and to.samefile(self.template):
            raise CannotExport(f"'{to}' is the template itself. Give --to another file")
        try:
            known = read_students(Path(self.students)) if self.students else read_students(_students_of(out))
            grades = read_grades(gradebook, known, self.student, self.assignment, self.feedback)
            verdicts = VerdictFile(ClassFolder(out))
            if self.zeros and not self.student:
                grades.add_people(verdicts.students(), known)
            notes: list[str] = []
            table, rows = self.fill(grades, notes)
            notes += self._not_judged(verdicts, grades)
            write_table(table, to)
        except (BadTable, RecordsError) as problem:
            raise CannotExport(str(problem)) from None
        except OSError as error:
            raise CannotExport(f"'{to}' cannot be written: {error.strerror or error}") from None
        return ExportResult(to, rows, notes + list(_warnings(grades, table)))

    def fill(self, grades: Grades, notes: list[str]) -> tuple[Table, int]:
        """The table, and in how many of its rows there is a grade."""
        raise NotImplementedError

    def _not_judged(self, verdicts: VerdictFile, grades: Grades) -> Iterator[str]:
        """A note on what was handed in of those who are asked for, and has no grade since it could not be judged."""
        students, assignments = set(map(str, self.student)), set(map(str, self.assignment))
        try:
            decided = verdicts.all()
        except RecordsError as why:  # the gradebook has all grades
            yield f"who handed in what could not be judged is not known, since {why}"
            return
        without = [
            "/".join(one.key)
            for one in decided
            if not one.executed
            and one.rows[0].status != "missing"
            and one.key not in grades.submissions
            and (not students or one.key[0] in students)
            and (not assignments or one.key[1] in assignments)
        ]
        if without:
            counts = "with 0" if self.zeros else "without a grade"
            yield f"handed in and not judged (see the report), so {counts}: {', '.join(without)}"

    def headings(self) -> dict[str, str]:
        """{assignment: what its column is called}, where somebody said so. Raises CannotExport."""
        pairs = [pair.partition("=") for pair in self.columns]
        if wrong := [name for name, equals, heading in pairs if not (equals and heading.strip())]:
            raise CannotExport(f"--column {wrong[0]} does not say ASSIGNMENT=NAME")
        return {name.strip(): heading.strip() for name, _, heading in pairs}

    def cell(self, grades: Grades, person: Person, assignment: str) -> str:
        """The score; for no submission nothing, or 0."""
        one = grades.submissions.get((person.id, assignment))
        return as_number(one.score) if one else "0" if self.zeros else ""


class CsvExport(_Export):
    """One row a submission."""

    default_file = "submissions.csv"
    unused = ("template", "columns", "zeros", "feedback")

    def fill(self, grades: Grades, notes: list[str]) -> tuple[Table, int]:
        """All submissions in the columns PLAIN, by assignment and then by student."""
        rows = [
            [
                *(assignment, person.id, harmless(person.first_name), harmless(person.last_name), person.email),
                *(person.lms_user_id, _time(grades.due[assignment]), _time(one.handed_in)),
                *map(as_number, (one.raw, one.penalty, one.extra, one.score, one.maximum)),
                "yes" if one.waits else "no",
            ]
            for assignment in grades.points
            for person in grades.people
            if (one := grades.submissions.get((person.id, assignment)))
        ]
        return Table([list(PLAIN), *rows], bom=True), len(rows)


class CanvasExport(_Export):
    """Canvas' gradebook: one row a student, one column an assignment."""

    default_file = "canvas.csv"
    unused = ("feedback",)

    def fill(self, grades: Grades, notes: list[str]) -> tuple[Table, int]:
        """The template with the scores filled in; without one, a table, with a note on whom Canvas cannot tell."""
        if self.template:
            table = read_table(Path(self.template))
            return table, fill_gradebook(table, grades, self.headings(), self.zeros, self.template, notes)
        names = self.headings()
        head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(names.get(a, a) for a in grades.points)]
        possible = [f"    {POINTS_POSSIBLE}", "", "", "", "", *map(as_number, grades.points.values())]
        rows = [
            [*_in_canvas(person), *(self.cell(grades, person, assignment) for assignment in grades.points)]
            for person in grades.people
        ]
        if lost := [person.id for person, row in zip(grades.people, rows, strict=True) if not any(row[1:4])]:
            notes.append(f"Canvas cannot tell who these are; fill in a --template: {', '.join(lost)}")
        return Table([head, possible, *rows]), sum(any(row[5:]) for row in rows)


class MoodleExport(_Export):
    """Moodle's grade import: one row a student; or, as the template, the grading worksheet of one assignment."""

    default_file = "moodle.csv"

    def fill(self, grades: Grades, notes: list[str]) -> tuple[Table, int]:
        """The worksheet with the scores filled in; without one, a table, with a note on whom Moodle cannot tell."""
        if self.template:
            table = read_table(Path(self.template))
            return table, fill_worksheet(table, grades, self.zeros, self.template, notes)
        names = self.headings()
        head = ["Username", "ID number", "Email address", "First name", "Last name"]
        for assignment in grades.points:
            name = names.get(assignment, assignment)
            head += [name, f"{name} (feedback)"] if self.feedback else [name]
        rows = [[*_in_moodle(person), *self._cells(grades, person)] for person in grades.people]
        if lost := [person.id for person, row in zip(grades.people, rows, strict=True) if not any(row[:3])]:
            notes.append(f"Moodle cannot tell who these are; fill in a --template: {', '.join(lost)}")
        return Table([head, *rows], bom=True), sum(any(row[5:]) for row in rows)

    def _cells(self, grades: Grades, person: Person) -> Iterator[str]:
        for assignment in grades.points:
            yield self.cell(grades, person, assignment)
            if self.feedback:
                yield grades.comments.get((person.id, assignment), "")


PLUGINS: dict[str, type[_Export]] = {"canvas": CanvasExport, "moodle": MoodleExport, "csv": CsvExport}


def _time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.isoformat(sep=' ', timespec='seconds')} UTC"


def _in_canvas(person: Person) -> tuple[str, str, str, str, str]:
    """Student, ID, SIS User ID, SIS Login ID, Section. Canvas reads digits at the start of an ID, so it gets no other."""
    lms = person.lms_user_id.strip()
    number = next((n for n in (lms, *(k.lms_id for k in person.known if k.system == CANVAS)) if _is_number(n)), "")
    name = person.name if POINTS_POSSIBLE not in person.name else person.id  # else Canvas takes it for the points
    return harmless(name), number, "" if _is_number(lms) else lms, person.login, ""


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+", text, re.ASCII) is not None


def _in_moodle(person: Person) -> tuple[str, str, str, str, str]:
    """Username, ID number, Email address, First name, Last name."""
    email = person.email or (person.login if "@" in person.login else "")
    return person.login, person.lms_user_id, email, harmless(person.first_name), harmless(person.last_name)


def _students_of(out: Path) -> Path:
    """The students.csv beside the submissions that OUT was graded from, which may not be there."""
    return (ClassFolder(out).submissions or out) / STUDENTS  # or a course folder of nbgrader's own


def _warnings(grades: Grades, table: Table) -> Iterator[str]:
    """What one should know before the file goes on."""
    several = grades.submissions.values()
    if waiting := [f"{one.student}/{one.assignment}" for one in several if one.waits]:
        verbs = ("waits", "counts what it has") if len(waiting) == 1 else ("wait", "count what they have")
        yield f"{len(waiting)} {verbs[0]} for a person's grade, and {verbs[1]}: {', '.join(sorted(waiting))}"
    if cut := [f"{one.student}/{one.assignment}" for one in several if one.is_cut]:
        yield f"cut to the maximum, since there is no extra credit: {', '.join(sorted(cut))}"
    if grades.beyond:
        yield f"a person gave more than a question has, or less than 0, which counts: {', '.join(grades.beyond)}"
    if risky := sum(not is_harmless(cell) for row in table.rows for cell in row):
        yield (
            f"kept as they are, since the system reads them: {risky} of the cells, which look like formulas: open the file as"
            " text, not in a spreadsheet"
        )
