"""students.csv, which `course import` writes beside the submissions: who handed in what, and how the system knows them."""

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from autograde.lms.naming import CANVAS, MOODLE
from autograde.tables import BadTable, Table, column, harmless, read_table, write_table

STUDENTS = "students.csv"


@dataclass(frozen=True)
class RosterEntry:
    """One line of students.csv: whose work lies in a folder. lms_id: of Canvas, or of Moodle in this assignment."""

    student: str
    assignment: str
    name: str
    system: str
    lms_id: str
    login: str  # by the roster; "" if it has none
    late: str  # "yes" or ""
    file: str  # in the zip


def read_students(path: Path) -> list[RosterEntry]:
    """The lines of a students.csv; none if there is no such file. Raises BadTable."""
    if not path.exists():
        return []
    header, *rows = read_table(path).rows
    places = {f.name: column(header, f.name) for f in fields(RosterEntry)}
    if missing := [name for name, place in places.items() if place is None]:
        raise BadTable(f"'{path}' has no column '{missing[0]}'. Move it away, then import again")
    return [RosterEntry(*(row[place] for place in places.values() if place is not None)) for row in rows]


def write_students(known: Iterable[RosterEntry], path: Path) -> None:
    """Names and files are there to be read; what tells students apart is written as it is."""
    shown = [replace(k, name=harmless(k.name), file=harmless(k.file)) for k in known]
    rows = [list(astuple(k)) for k in sorted(shown, key=lambda k: (k.student, k.assignment))]
    write_table(Table([[f.name for f in fields(RosterEntry)], *rows]), path)


def logins_in(roster: Path, system: str) -> dict[str, str]:
    """{number in the learning system: login}, from a table of that system. Raises BadTable."""
    header, *rows = read_table(roster).rows
    wanted = {CANVAS: ("ID", "SIS Login ID"), MOODLE: ("Identifier", "Username", "Email address", "ID number")}
    if system not in wanted:
        raise BadTable(f"--roster is for downloads from Canvas and Moodle; this one is read as {system}'s")
    identifier, *logins = wanted[system]
    number = column(header, identifier)
    places = [place for place in (column(header, login) for login in logins) if place is not None]
    if number is None or not places:
        raise BadTable(f"'{roster}' is no roster for {system}: it needs '{identifier}' and one of {', '.join(logins)}")
    known: dict[str, str] = {}
    for row in rows:
        digits = re.search(r"\d+$", row[number].strip(), re.ASCII)
        login = next((row[place].strip() for place in places if row[place].strip()), "")
        if digits and login:
            known[digits[0]] = login
    return known
