"""Fill in a table that Canvas or Moodle handed out: rows and columns are found, grades are written, all else is kept.

What the system reads back stays as it is. Names and students' words, which it does not read, are made harmless.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autograde.lms.grades import CannotExport, Grades, Person, SubmissionGrade
from autograde.lms.naming import CANVAS, MOODLE
from autograde.tables import Table, as_number, column, harmless, is_harmless, number_in

POINTS_POSSIBLE = "Points Possible"
_WITH_ID = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)", re.ASCII | re.DOTALL)  # Canvas' name of a column
_KEPT_IN_CANVAS = ("EX", "N/A")  # excused; not for this student


@dataclass(frozen=True)
class _Row:
    """A student's row. keys: what it says of the student, the surest first, in the same order in every row."""

    cells: list[str]
    name: str
    keys: tuple[str, ...]


def fill_gradebook(
    table: Table, grades: Grades, headings: dict[str, str], zeros: bool, template: str, notes: list[str]
) -> int:
    """Fill in a gradebook that Canvas exported; in how many rows. Raises CannotExport.

    headings: of assignments whose column is not called like them. zeros: into empty cells of those who handed nothing in.
    """
    head, *rows = table.rows
    number, user, login, section = (column(head, n) for n in ("ID", "SIS User ID", "SIS Login ID", "Section"))
    if number is None or section is None or not re.search("Student|LastName", head[0]):
        raise CannotExport(f"'{template}' is no gradebook of Canvas: it lacks 'Student', 'ID' or 'Section'")
    possible = next((row for row in rows if POINTS_POSSIBLE in row[0]), [""] * len(head))
    columns = _columns(head, section + 1, grades.points, headings, notes)
    factors = {a: _factor(grades.points[a], number_in(possible[i]), head[i], notes) for a, i in columns.items()}
    named = [row for row in rows if POINTS_POSSIBLE not in row[0] and row[number].strip()]
    students = [_Row(row, row[0], _cells(row, number, login, user)) for row in named]
    kept: list[str] = []
    filled = 0
    for row, person in _match(students, grades, _keys_in_canvas, zeros, notes):
        written = 0
        for assignment, place in columns.items():
            one, old = _of(person, assignment, grades), row.cells[place].strip()
            if one and old.upper() in _KEPT_IN_CANVAS:
                kept.append(f"{one.student}/{assignment} ({old})")
            elif one or (zeros and not old):
                row.cells[place] = as_number(one.score * factors[assignment] if one else 0)
                written += 1
        filled += written > 0
    for row in students:
        _make_harmless(row.cells, (0, column(head, "FirstName"), section))  # Canvas goes by the number
    _tell(notes, "left as Canvas has it, excused or not for this student", kept)
    return filled


def _keys_in_canvas(person: Person) -> tuple[set[str], ...]:
    """ID, SIS Login ID, SIS User ID."""
    numbers = {person.lms_user_id, *(k.lms_id for k in person.known if k.system == CANVAS)}
    return numbers, {person.id, person.login, person.email}, {person.id, person.lms_user_id}


def fill_worksheet(table: Table, grades: Grades, zeros: bool, template: str, notes: list[str]) -> int:
    """Fill in a grading worksheet of Moodle, which is of one assignment; in how many rows. Raises CannotExport."""
    head, *rows = table.rows
    identifier, grade, modified, maximum = _require_worksheet(head, template)
    if len(grades.points) != 1:
        raise CannotExport("a grading worksheet is of one assignment: say which with --assignment")
    ((assignment, points),) = grades.points.items()
    changeable, comment = column(head, "Grade can be changed"), column(head, "Feedback comments")
    most = number_in(rows[0][maximum]) if rows else None
    factor = _factor(points, most, assignment, notes)
    students = [_participant(head, row, identifier) for row in rows]
    locked: list[str] = []
    cut: list[str] = []
    filled = 0
    for row, person in _match(students, grades, lambda person: _keys_in_moodle(person, assignment), zeros, notes):
        cells, one = row.cells, _of(person, assignment, grades)
        if one and changeable is not None and cells[changeable].strip().casefold() == "no":
            locked.append(one.student)
        elif one or (zeros and not cells[grade].strip()):
            score = one.score * factor if one else 0.0
            if most is not None and score > most:  # Moodle would pass over the row
                score = most
                cut.append(one.student if one else row.name)
            cells[grade] = as_number(score)
            if person and comment is not None and not cells[comment].strip():
                cells[comment] = grades.comments.get((person.id, assignment), "")
            filled += 1
    for cells in rows:  # from the date of the grade on, Moodle reads what is there
        _make_harmless(cells, (i for i in range(modified) if i not in (identifier, grade)))
    _tell(notes, "cannot be changed in Moodle, left as they are", locked)
    _tell(notes, "cut to Moodle's maximum", cut)
    if grades.comments and comment is None:
        notes.append("the worksheet has no column 'Feedback comments': turn that kind of feedback on in Moodle")
    return filled


def _require_worksheet(head: list[str], template: str) -> tuple[int, int, int, int]:
    """The columns that Moodle reads, and the maximum. Raises CannotExport."""
    wanted = ("Identifier", "Grade", "Last modified (grade)", "Maximum grade")
    places = [column(head, name) for name in wanted]
    if missing := [name for name, place in zip(wanted, places, strict=True) if place is None]:
        why = {
            "Maximum grade": "Set the assignment in Moodle to points, not to a scale",
            "Last modified (grade)": "Download it again, as Moodle's grading worksheet",
        }.get(missing[0], "Download Moodle's grading worksheet, with Moodle in English")
        raise CannotExport(f"'{template}' has no column '{missing[0]}'. {why}")
    identifier, grade, modified, maximum = (place for place in places if place is not None)
    return identifier, grade, modified, maximum


def _participant(head: list[str], row: list[str], identifier: int) -> _Row:
    digits = re.search(r"\d+$", row[identifier].strip(), re.ASCII)
    logins = _cells(row, *(column(head, name) for name in ("Email address", "Username", "ID number")))
    (name,) = _cells(row, column(head, "Full name"))
    return _Row(row, f"{name} ({row[identifier]})" if name else row[identifier], (digits[0] if digits else "", *logins))


def _keys_in_moodle(person: Person, assignment: str) -> tuple[set[str], ...]:
    """The participant's number in this assignment, email address, username, ID number."""
    numbers = {k.lms_id for k in person.known if k.system == MOODLE and k.assignment == assignment}
    logins = {person.id, person.login}
    return numbers, {person.email, *logins}, logins, {person.lms_user_id, *logins}


def _of(person: Person | None, assignment: str, grades: Grades) -> SubmissionGrade | None:
    return grades.submissions.get((person.id, assignment)) if person else None


def _match(
    rows: Sequence[_Row],
    grades: Grades,
    keys_of: Callable[[Person], tuple[set[str], ...]],
    zeros: bool,
    notes: list[str],
) -> list[tuple[_Row, Person | None]]:
    """Rows and people who are the same, never by name; who cannot be matched is told. keys_of: like the keys of a row.

    zeros: also the rows of those who are not in the gradebook, without a person. Not where somebody of the gradebook has no
    row, or not surely one: then any of them may be theirs.
    """
    index: dict[tuple[int, str], dict[str, Person]] = {}
    for person in grades.people:
        for i, keys in enumerate(keys_of(person)):
            for key in keys - {""}:
                index.setdefault((i, key.casefold()), {})[person.id] = person
    hits = [[index.get((i, key.strip().casefold()), {}) for i, key in enumerate(row.keys)] for row in rows]
    first = [(row, next(filter(None, found), {})) for row, found in zip(rows, hits, strict=True)]
    times = Counter(student for _, found in first for student in found)
    matched: list[tuple[_Row, Person | None]] = []
    doubtful: list[str] = []
    for row, found in first:
        if len(found) == 1 and times[next(iter(found))] == 1:
            matched.append((row, next(iter(found.values()))))
        elif found:
            doubtful.append(row.name)
    _tell(notes, "not sure who this is, left as it is", doubtful)
    absent = [row for row, found in first if not found]
    missing = {student for student, _ in grades.submissions} - set(times)
    _tell(notes, "in the gradebook, and in no row of the template", sorted(missing))
    if zeros and not missing and not doubtful:
        _tell(notes, "no grade, so 0 where the cell was empty", [row.name for row in absent])
        return [*matched, *((row, None) for row in absent)]
    if absent:
        why = "no 0 written, since a grade of those above may be theirs" if zeros else "`--zeros` writes 0"
        notes.append(f"no grade for {', '.join(row.name for row in absent)} (cells left as they are; {why})")
    return matched


def _columns(
    head: Sequence[str], first: int, assignments: Iterable[str], headings: dict[str, str], notes: list[str]
) -> dict[str, int]:
    """{assignment: its column}, by its name without regard to case, spaces and Canvas' number; else it is told."""
    found: dict[str, int] = {}
    for assignment in assignments:
        places = [i for i in range(first, len(head)) if _is_called(head[i], headings.get(assignment, assignment))]
        if len(places) == 1:
            found[assignment] = places[0]
        else:
            why = "more than one column" if places else "no column"
            notes.append(f"{why} for '{assignment}' in the template: name it, --column \"{assignment}=its name\"")
    if not found:
        raise CannotExport(f"the template has no column for any assignment. {notes[-1]}")
    return found


def _is_called(heading: str, wanted: str) -> bool:
    with_id = _WITH_ID.fullmatch(heading.strip())
    title, number = (with_id["title"], with_id["id"]) if with_id else (heading, "")
    return wanted in (heading.strip(), number) or _letters(title) == _letters(wanted)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _factor(here: float, there: float | None, heading: str, notes: list[str]) -> float:
    """By which points here become points there."""
    if there is None or there == here or not here:
        return 1.0
    if not there:
        notes.append(f"'{heading}' has no points there: the points of here were written")
        return 1.0
    notes.append(f"'{heading}' has {as_number(there)} points there, {as_number(here)} here: grades were scaled to that")
    return there / here


def _cells(row: Sequence[str], *places: int | None) -> tuple[str, ...]:
    """The cells at these places; "" where there is no such column."""
    return tuple("" if place is None else row[place] for place in places)


def _make_harmless(row: list[str], places: Iterable[int | None]) -> None:
    for place in places:
        if place is not None and not is_harmless(row[place]):
            row[place] = harmless(row[place])


def _tell(notes: list[str], what: str, who: Sequence[str]) -> None:
    if who:
        notes.append(f"{what}: {', '.join(who)}")
