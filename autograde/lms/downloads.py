"""Import what Canvas, Moodle or nbgrader hand out as one zip: each student's notebook goes where the grader looks for it.

All that is written is a folder named after the student, and in it the notebook under the name of its assignment, inside
the one folder asked for. What cannot be taken is refused with its reason, and stops nothing else.
"""

import filecmp
import os
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from autograde.course import this_course
from autograde.judging.reader import recognise
from autograde.lms.archives import (
    RESERVED,
    Entry,
    Refused,
    Unpacker,
    ZipLimits,
    entries_of,
    is_clutter,
    open_zip,
    parts_of,
)
from autograde.tables import BadTable, Table, column, harmless, is_harmless, read_table, write_table
from autograde.text import one_line

STUDENTS = "students.csv"
ASIDE = "__aside"  # beside the students; the grader looks into no folder that begins like this
CANVAS, MOODLE, NBGRADER = "Canvas", "Moodle", "nbgrader"
MAX_NAME = 120  # bytes of a student's folder
MAX_TIMESTAMP = 1_000  # bytes; the grader says what is no time
MAX_LINES = 10  # about one student, of one kind
MAX_DEPTH = 8  # folders that are looked at to find out which are the students'
MAX_ASIDE = 20  # files of one student and assignment
BIG = 20_000_000  # bytes; from here on progress is shown
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")

# Canvas: name, LATE, number of the user, number of the file (it grows), the student's own name for it. A student has a say
# in the first and the last, so every place where the middle may stand is looked at.
_CANVAS = re.compile(r"(?=_(?P<late>LATE_|)(?P<id>[1-9]\d{0,19})_(?P<file>[1-9]\d{0,19})_(?P<rest>.+))", re.ASCII)
_ANONYMOUS = re.compile(
    r"(?P<late>LATE_|)(?P<name>anon)_(?P<id>[^\W_]{1,20})_(?P<file>\d{1,20})_(?P<rest>.+)", re.ASCII
)
_FAR_OLDER = 100  # a file with so many times smaller a number than any other is a date or a version
# Moodle: name, number of the participant in this one assignment, kind of submission: a folder, or the start of a file's name
_MOODLE_FOLDER = re.compile(r"(?P<name>.+?)(_(?P<id>\d{1,20}))?_assignsubmission_[a-z]+_?", re.ASCII)
_MOODLE_FILE = re.compile(r"(?=(?P<kind>_assignsubmission_[a-z]+_))", re.ASCII)
_NUMBERED = re.compile(r"(?P<name>.+?)(_(?P<id>\d{1,20}))?", re.ASCII)
_BLIND = "participant"  # Moodle's name for everybody while marking is anonymous
_AGAIN = re.compile(r"(?: ?\((\d+)\)|-(\d+))$", re.ASCII)  # what a second file of the same name gets


class CannotImport(Exception):
    """Something that the command cannot work with; the message is one line for the user."""


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


@dataclass
class Import:
    """What became of a download: one phrase for each submission or entry, by what became of it."""

    system: str = ""
    files: int = 0
    found: int = 0  # notebooks, whatever became of them
    taken: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    other: int = 0

    @property
    def complete(self) -> bool:
        """Whether everybody's notebook has its place."""
        return not (self.refused or self.kept or self.without)

    def lines(self, to: Path) -> Iterator[str]:
        """The report for the terminal."""
        told_of = f"{self.system}, files in the zip: {self.files}"
        yield f"{told_of}. Submissions taken into {to}: {len(self.taken)}; there already: {len(self.same)}"
        for what, told in (
            ("late", self.late),
            (f"set aside in {to / ASIDE}", self.aside),
            ("not overwritten; --replace would", self.kept),
            ("without a notebook", self.without),
            ("refused", self.refused),
        ):
            if told:
                yield f"{what}: {len(told)}"
                yield from (f"  {one_line(line)}" for line in told)
        if self.other:
            yield f"left in the zip, no notebooks: {self.other}"
        yield from map(one_line, self.notes)


@dataclass(frozen=True)
class _Owner:
    """Whose entry it is, as its name says. lms_id: "" if it says none."""

    name: str
    lms_id: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.lms_id})" if self.lms_id else self.name


@dataclass(frozen=True)
class _Place:
    """What the name of an entry says. rest: the student's own name for it. number: Canvas' of the file, which grows."""

    owner: _Owner
    rest: str
    late: bool = False
    number: int = 0


@dataclass
class _Candidate:
    """An unpacked notebook that may be a submission. order: the greatest is the newest."""

    place: _Place
    entry: str
    path: Path
    order: tuple
    assignment: str = ""
    certain: bool = False  # by its cells or its name
    why_not: str = ""  # it is no submission of this assignment

    @property
    def filename(self) -> str:
        return PurePosixPath(self.entry).name


def import_download(
    download: Path,
    to: Path,
    assignment: str | None = None,
    roster: Path | None = None,
    replace_old: bool = False,
    limits: ZipLimits | None = None,
) -> Import:
    """Take a zip into the folder of submissions `to`; what became of it. Raises CannotImport.

    assignment: of all notebooks in it; None goes by their cells, then by their names. roster: a Canvas gradebook or a
    Moodle grading worksheet, which knows students' logins.
    """
    if assignment is not None and assignment not in this_course().assignments:
        raise CannotImport(f"there is no assignment '{assignment}'; there are {', '.join(this_course().assignments)}")
    if to.exists() and not to.is_dir():
        raise CannotImport(f"'{to}' is a file. Give the folder for <student>/<assignment>/")
    limits = limits or ZipLimits()
    try:
        with open_zip(download, limits.entries) as archive:
            known = {(k.student, k.assignment): k for k in read_students(to / STUDENTS)}
            to.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".import-", dir=to) as staging:
                result = Import()
                reader = _Reader(archive, Unpacker(Path(staging), limits), result)
                logins = _logins(roster, reader.system) if roster else {}
                folders = _Folders(reader.system, to, known.values(), logins, reader.owners)
                writer = _Writer(to.resolve(), known, folders, reader, result)
                try:
                    for candidates in reader.read():
                        for candidate in candidates:
                            _assign(candidate, assignment, reader.system)
                        writer.place(candidates, replace_old)
                finally:  # also where the disk is full: what has its place is known
                    if known:
                        _write_students(known.values(), to / STUDENTS)
                if not (result.found or result.refused):
                    raise CannotImport(f"'{download}' holds no notebook. Give the zip of all submissions")
                reader.sum_up()
                result.notes += folders.notes
                return result
    except Refused as problem:
        raise CannotImport(f"'{download}' {problem}") from None
    except BadTable as problem:
        raise CannotImport(str(problem)) from None
    except OSError as error:
        raise CannotImport(f"'{error.filename or to}' cannot be written: {error.strerror or error}") from None


def read_students(path: Path) -> list[RosterEntry]:
    """The lines of a students.csv; none if there is no such file. Raises BadTable."""
    if not path.exists():
        return []
    header, *rows = read_table(path).rows
    places = {f.name: column(header, f.name) for f in fields(RosterEntry)}
    if missing := [name for name, place in places.items() if place is None]:
        raise BadTable(f"'{path}' has no column '{missing[0]}'. Move it away, then import again")
    return [RosterEntry(*(row[place] for place in places.values() if place is not None)) for row in rows]


def _write_students(known: Iterable[RosterEntry], path: Path) -> None:
    """Names and files are there to be read; what tells students apart is written as it is."""
    shown = [replace(k, name=harmless(k.name), file=harmless(k.file)) for k in known]
    rows = [list(astuple(k)) for k in sorted(shown, key=lambda k: (k.student, k.assignment))]
    write_table(Table([[f.name for f in fields(RosterEntry)], *rows]), path)


def _logins(roster: Path, system: str) -> dict[str, str]:
    """{number in the learning system: login}, from a table of that system. Raises BadTable."""
    header, *rows = read_table(roster).rows
    wanted = {CANVAS: ("ID", "SIS Login ID"), MOODLE: ("Identifier", "Username", "Email address", "ID number")}
    if system not in wanted:
        raise BadTable(
            "--roster is for downloads from Canvas and Moodle; the folders of this one are the students already"
        )
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


class _Reader:
    """Unpacks the notebooks of a download, one student's after the other's, and says whose each is."""

    def __init__(self, archive: zipfile.ZipFile, unpacker: Unpacker, result: Import):
        self._archive, self._unpacker, self._result = archive, unpacker, result
        self._told: Counter[_Owner | None] = Counter()
        bad: list[tuple[Entry, Refused]] = []
        entries = entries_of(archive, lambda entry, why: bad.append((entry, why)))
        result.files = len(entries) + len(bad)
        likely = [e for e in entries if e.suffix in (".ipynb", ".zip") and not is_clutter(e.name)]
        self._naming = _Naming(likely or entries)
        self.system = result.system = self._naming.system
        result.notes += self._naming.notes
        self._by_owner: dict[_Owner, list[tuple[Entry, _Place]]] = {}
        self._spellings: dict[_Owner, str] = {}
        for entry, why in bad:
            places = self._naming.places(entry) if entry.parts else []
            self.refuse(entry.name, why, places[0].owner if places else None)
        for entry in entries:
            self._sort_in(entry)
        self.owners = [o for o, own in self._by_owner.items() if any(e.suffix in (".ipynb", ".zip") for e, _ in own)]

    def _sort_in(self, entry: Entry) -> None:
        """Find out whose an entry is; say so where that cannot be told."""
        if "__MACOSX" in entry.parts or entry.parts[-1].startswith("._"):
            self._result.other += 1
            return
        places = self._naming.places(entry)
        owners = dict.fromkeys(place.owner for place in places)
        if len(owners) == 1:
            self._give(entry, places[0])
        elif is_clutter(entry.name) or entry.suffix not in (".ipynb", ".zip"):
            self._result.other += 1
        elif owners:
            whose = " or of ".join(f"'{owner}'" for owner in list(owners)[:3])
            why = Refused(f"may be of {whose}: put it in its place by hand")
            self.refuse(entry.name, why, places[-1].owner)
        elif self.system == NBGRADER:
            self.refuse(entry.name, Refused("lies in no student's folder"))
        else:
            self.refuse(entry.name, Refused(f"has not the name that {self.system} gives: nobody knows whose it is"))

    def _give(self, entry: Entry, place: _Place) -> None:
        spelling = self._naming.spelling(entry)
        if self._spellings.setdefault(place.owner, spelling) != spelling:
            twin = "lies in a folder beside another of the same name in other letters: rename one"
            self.refuse(entry.name, Refused(twin), place.owner)
        else:
            self._by_owner.setdefault(place.owner, []).append((entry, place))

    def refuse(self, name: str, why: Refused, owner: _Owner | None = None) -> None:
        """Report what is not taken; of one student's so much that the others' can still be found."""
        self._told[owner] += 1
        if owner is None or self._told[owner] <= MAX_LINES:
            self._result.refused.append(f"'{name}' {why}")

    def sum_up(self) -> None:
        """Say how many lines were left out."""
        for owner, count in self._told.items():
            if owner is not None and count > MAX_LINES:
                self._result.refused.append(f"{count - MAX_LINES:,} more files of '{owner}'")

    def read(self) -> Iterator[list[_Candidate]]:
        """The notebooks of each student, those in zips of their own too; each list is good until the next is asked for."""
        total = sum(entry.info.compress_size for own in self._by_owner.values() for entry, _ in own)
        with tqdm(total=total, unit="B", unit_scale=True, desc="import", disable=total < BIG) as bar:
            for owner, own in self._by_owner.items():
                self._unpacker.next_student()
                self.timestamps: dict[str, Path] = {}
                candidates = [c for entry, place in own for c in self._notebooks(entry, place)]
                if not candidates:
                    files = [entry.parts[-1] for entry, _ in own]
                    self._result.without.append(f"{owner}: {_some(files)}")
                self._result.found += len(candidates)
                yield candidates
                bar.update(sum(entry.info.compress_size for entry, _ in own))
            self._unpacker.next_student()

    def _notebooks(self, entry: Entry, place: _Place) -> Iterator[_Candidate]:
        """The notebooks that an entry is or holds."""
        try:
            if is_clutter(place.rest):
                self._result.other += 1
            elif entry.suffix == ".ipynb":
                yield self._candidate(self._archive, entry, place, place.rest, entry.name)
            elif entry.suffix == ".zip":
                yield from self._nested(entry, place)
            elif entry.suffix in OTHER_ARCHIVES:
                raise Refused("is an archive that is not opened here: ask for the notebook")
            elif self.system == NBGRADER and entry.parts[-1] == "timestamp.txt":
                folder = PurePosixPath(place.rest).parent.name
                self.timestamps[folder] = self._unpacker.unpack(self._archive, entry, MAX_TIMESTAMP)
            else:
                self._result.other += 1
        except Refused as problem:
            self.refuse(entry.name, problem, place.owner)

    def _nested(self, entry: Entry, place: _Place) -> Iterator[_Candidate]:
        """The notebooks in a student's own zip; no zip in that is opened."""

        def refuse(inner: Entry, why: Refused) -> None:
            self.refuse(f"{entry.name}/{inner.name}", why, place.owner)

        with self._unpacker.unpacked_zip(self._archive, entry) as archive:
            for inner in entries_of(archive, refuse):
                try:
                    if is_clutter(inner.name) or inner.suffix not in (".ipynb", ".zip", *OTHER_ARCHIVES):
                        self._result.other += 1
                    elif inner.suffix != ".ipynb":
                        raise Refused("is an archive in an archive, which is not opened: ask for the notebook")
                    else:
                        yield self._candidate(archive, inner, place, inner.name, f"{entry.name}/{inner.name}")
                except Refused as problem:
                    refuse(inner, problem)

    def _candidate(self, archive: zipfile.ZipFile, entry: Entry, place: _Place, rest: str, shown: str) -> _Candidate:
        """Unpack a notebook. Canvas numbers files as they come in; elsewhere the plain name counts, then the date."""
        path = self._unpacker.unpack(archive, entry)
        again = _AGAIN.search(PurePosixPath(rest).stem)
        n = int(again[1] or again[2]) if again and len(again[0]) < 10 else 0
        date = entry.info.date_time
        order = (place.number, n, date) if self.system == CANVAS else (n == 0 and bool(_named(rest)), date, n)
        return _Candidate(replace(place, rest=rest), shown, path, order)


class _Naming:
    """How a learning system names what lies in a download: which system it is, and whose an entry is by that.

    What most students' entries say counts for all, whatever others' files and folders are called.
    """

    def __init__(self, entries: Sequence[Entry]):
        weights = _weights([entry.parts for entry in entries])
        says = [_systems_of(entry) for entry in entries]
        votes = {NBGRADER: 1e-5, MOODLE: 0.0, CANVAS: 0.0}  # a tie goes to nbgrader, whose names are no pattern
        depths: dict[int, float] = {}
        for entry, systems, weight in zip(entries, says, weights, strict=True):
            for system in systems:
                votes[system] += weight
            folders = entry.parts[:-1]
            depth = next((i - 1 for i, part in enumerate(folders) if i and part in this_course().assignments), None)
            if depth is not None:
                depths[depth] = depths.get(depth, 0) + weight
        self.system = max(votes, key=lambda system: round(votes[system], 6))
        self._depth = max(depths, key=lambda d: round(depths[d], 6)) if depths else 0  # of the students' folders
        names = [entry.parts[-1] for entry, systems in zip(entries, says, strict=True) if CANVAS in systems]
        self._is_anonymous = 2 * sum(bool(_ANONYMOUS.fullmatch(name)) for name in names) > len(names)
        self._oldest = 0
        if self.system == CANVAS and not self._is_anonymous:
            places = map(self._in_canvas, names)
            self._oldest = min((several[0].number for several in places if len(several) == 1), default=0)
        self.notes = []
        for other in votes:
            odd = [
                e.name for e, systems in zip(entries, says, strict=True) if other != self.system and other in systems
            ]
            if odd:
                self.notes.append(f"read as {self.system}'s like most, though the name may be {other}'s: {_some(odd)}")

    def places(self, entry: Entry) -> list[_Place]:
        """Whose an entry may be; none if its name does not say so, several where it can be read in several ways."""
        if self.system == NBGRADER:
            rest = entry.parts[self._depth + 1 :]
            return [_Place(_Owner(entry.parts[self._depth]), "/".join(rest))] if rest else []
        places = self._in_canvas(entry.parts[-1]) if self.system == CANVAS else _in_moodle(entry)
        same = len({place.owner.lms_id for place in places}) == 1 and places[0].owner.lms_id
        return places[:1] if same else places

    def spelling(self, entry: Entry) -> str:
        """The student's folder as it is written in the zip, in nbgrader's layout; otherwise ""."""
        return parts_of(entry.as_written)[self._depth] if self.system == NBGRADER else ""

    def _in_canvas(self, name: str) -> list[_Place]:
        if self._is_anonymous:
            found = _ANONYMOUS.fullmatch(name)
            return [_canvas_place(found["name"], found)] if found else []
        places = [_canvas_place(name[: found.start()], found) for found in _CANVAS.finditer(name)]
        return [place for place in places if place.number * _FAR_OLDER >= self._oldest] or places


def _weights(paths: Sequence[tuple[str, ...]]) -> list[float]:
    """How much each counts: all that lies in one folder as much as any one thing beside that folder."""
    short = [path[:MAX_DEPTH] for path in paths]
    beside = Counter(path[:-1] for path in {path[:i] for path in short for i in range(1, len(path) + 1)})
    alike = Counter(short)
    weights = []
    for path in short:
        weight = 1 / alike[path]
        for i in range(len(path)):
            weight /= beside[path[:i]]
        weights.append(weight)
    return weights


def _systems_of(entry: Entry) -> set[str]:
    """The systems that may have given an entry its place. In a folder of theirs, the rest of its name is the student's."""
    folders = entry.parts[:-1]
    for i, part in enumerate(folders):
        if _is_moodles(part):
            return {MOODLE}
        if i and part in this_course().assignments:
            return {NBGRADER}
    name = entry.parts[-1]
    patterns = {MOODLE: _MOODLE_FILE.search(name), CANVAS: _CANVAS.search(name) or _ANONYMOUS.fullmatch(name)}
    return {system for system, found in patterns.items() if found} or ({NBGRADER} if folders else set())


def _canvas_place(name: str, found: re.Match) -> _Place:
    return _Place(_Owner(name, found["id"]), found["rest"], bool(found["late"]), int(found["file"]))


def _is_moodles(folder: str) -> re.Match | None:
    return _MOODLE_FOLDER.fullmatch(folder) if "_assignsubmission_" in folder else None


def _in_moodle(entry: Entry) -> list[_Place]:
    *folders, name = entry.parts
    for i, part in enumerate(folders):
        if found := _is_moodles(part):
            return [_Place(_Owner(found["name"], found["id"] or ""), "/".join(entry.parts[i + 1 :]))]
    places = []
    for kind in _MOODLE_FILE.finditer(name):
        if who := _NUMBERED.fullmatch(name[: kind.start()]):
            places.append(_Place(_Owner(who["name"], who["id"] or ""), name[kind.end("kind") :]))
    return places


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5:,} more" if len(names) > 5 else shown


def _named(rest: str) -> str:
    """The assignment that a student's own path names, by the file or else by its folder; "" if none."""
    path = PurePosixPath(rest)
    words = (_AGAIN.sub("", path.stem).casefold(), path.parent.name)
    return next((word for word in words if word in this_course().assignments), "")


def _assign(candidate: _Candidate, asked: str | None, system: str) -> None:
    """Find out of which assignment a notebook is, or why it is of none."""
    named = _named(candidate.place.rest)
    path = PurePosixPath(candidate.place.rest)
    in_place = system == NBGRADER and path.stem == path.parent.name == named  # there its name counts for the grader too
    seen = named if in_place else recognise(candidate.path) or ""
    candidate.assignment = asked or seen or named
    candidate.certain = candidate.assignment in (seen, named)
    if asked and seen and seen != asked:
        candidate.why_not = f"is a notebook of '{seen}', not of '{asked}'"
    elif not candidate.assignment:
        candidate.why_not = "is of no assignment, by its cells and its name; say which with --assignment"


def safe_name(words: str, most: int = MAX_NAME) -> str:
    """A name of one file or folder on every system, which no spreadsheet takes for a formula; most stay as they are."""
    name = re.sub(r'[<>:"/\\|?*]', "_", one_line(unicodedata.normalize("NFC", words)))
    name = re.sub(r"^__+|^(?=\.)", "_", name)  # the grader passes over such folders
    if _folded(name).startswith(STUDENTS):  # also while it is being written
        name = f"_{name}"
    if not is_harmless(name):
        name = re.sub(r"[=+\-@＝＋－＠]", "_", name)
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    return name.encode()[:most].decode(errors="ignore").rstrip(". ") or "_"


class _Folders:
    """Which folder is whose. Two students never share one; one who is known keeps the one that is there."""

    def __init__(
        self,
        system: str,
        to: Path,
        known: Iterable[RosterEntry],
        logins: dict[str, str],
        owners: Iterable[_Owner],
    ):
        self.notes: list[str] = []
        self._system, self._logins = system, logins
        self._known: dict[str, list[RosterEntry]] = {}  # by folder
        for line in known:
            self._known.setdefault(_folded(line.student), []).append(line)
        self._there = {_folded(folder.name): folder.name for folder in to.iterdir() if folder.is_dir()}
        lines = (line for several in self._known.values() for line in several)
        self._mine = {k.lms_id: k.student for k in lines if k.system == system and k.lms_id}
        self._namesakes = Counter(_folded(safe_name(owner.name)) for owner in owners)
        self._given: dict[str, _Owner] = {}

    def login(self, owner: _Owner) -> str:
        return self._logins.get(owner.lms_id, "")

    def of(self, owner: _Owner, assignments: Collection[str]) -> str:
        """The name of a student's folder. Raises Refused: in nbgrader's layout, where it may not be changed."""
        folder = self._choose(owner, assignments)
        names = (folder, *(f"{folder}_{n}" for n in range(2, 10_000)))
        name = next(name for name in names if not self._is_anothers(owner, name))
        self._given[_folded(name)] = owner
        return name

    def _is_anothers(self, owner: _Owner, folder: str) -> bool:
        """Whether a folder was given to another student, now or by an earlier import."""
        if self._given.get(_folded(folder), owner) != owner:
            return True
        if self._system == NBGRADER:
            return False
        lines = self._known.get(_folded(folder), [])
        return bool(lines) and not any(self._is_of(owner, line) for line in lines)

    def _is_of(self, owner: _Owner, line: RosterEntry) -> bool:
        """Whether a line of students.csv is of this student. Moodle's numbers change from assignment to assignment."""
        login = self.login(owner)
        if line.system == self._system and line.lms_id == owner.lms_id != "":
            return True
        if login or line.system != self._system:
            return line.login == login != ""
        return self._system == MOODLE and line.name == harmless(owner.name)

    def _choose(self, owner: _Owner, assignments: Collection[str]) -> str:
        if self._system == NBGRADER:
            return self._unchanged(owner.name)
        if owner.lms_id in self._mine:
            return self._mine[owner.lms_id]
        if self.login(owner):
            return safe_name(self.login(owner))
        alone = safe_name(owner.name)
        numbered = re.sub("^__+", "_", f"{safe_name(owner.name, MAX_NAME - 21)}_{owner.lms_id}")
        if self._system == CANVAS or (owner.lms_id and self._is_somebody_else(owner, alone, assignments)):
            return numbered
        return alone

    def _unchanged(self, student: str) -> str:
        if safe_name(student) != student:
            raise Refused(f"lies in '{student}', which cannot be a student's folder everywhere: rename it")
        there = self._there.setdefault(_folded(student), student)
        if there != student:
            raise Refused(f"lies in '{student}', and there is '{there}': some systems take them for one, so rename one")
        return student

    def _is_somebody_else(self, owner: _Owner, folder: str, assignments: Collection[str]) -> bool:
        """Whether another may have the folder of this name. Moodle's numbers change from assignment to assignment."""
        if owner.name.casefold() == _BLIND:
            return True
        if self._namesakes[_folded(folder)] > 1:
            self.notes.append(
                f"more than one student is called '{owner.name}': Moodle's numbers keep them apart in this assignment,"
                " and --roster in all of them"
            )
            return True
        there = self._there.get(_folded(folder))
        lines = [k for k in self._known.get(_folded(folder), []) if k.student == there]
        return there is not None and not (
            lines
            and all(k.system == MOODLE and k.name == harmless(owner.name) for k in lines)
            and not any(k.assignment in assignments for k in lines)
        )


def _folded(name: str) -> str:
    """What names have in common that a file system or a reader takes for one: capitals, widths and unseen marks go."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(c for c in folded if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f")


class _Writer:
    """Gives each submission its place, and keeps aside what is none."""

    def __init__(
        self,
        to: Path,
        known: dict[tuple[str, str], RosterEntry],
        folders: _Folders,
        reader: _Reader,
        result: Import,
    ):
        self._to, self._known, self._folders, self._reader, self._result = to, known, folders, reader, result

    def place(self, candidates: Sequence[_Candidate], replace_old: bool) -> None:
        """Place all that one student handed in."""
        if not candidates:
            return
        owner = candidates[0].place.owner
        submissions: dict[str, list[_Candidate]] = {}
        for candidate in candidates:
            if not candidate.why_not:
                submissions.setdefault(candidate.assignment, []).append(candidate)
        try:
            student = self._folders.of(owner, submissions)
        except Refused as problem:
            for candidate in candidates:
                self._reader.refuse(candidate.entry, problem, owner)
            return
        aside = [(candidate, candidate.why_not) for candidate in candidates if candidate.why_not]
        for _, several in sorted(submissions.items()):
            *older, newest = sorted(several, key=lambda c: (c.certain, c.order))
            differs = (one for one in reversed(older) if not filecmp.cmp(one.path, newest.path, shallow=False))
            aside += [(one, f"gives way to '{newest.filename}'") for one in differs]
            self._put_aside(aside, student)
            aside = []
            try:
                self._place_one(newest, student, replace_old)
            except Refused as problem:
                self._reader.refuse(newest.entry, problem, owner)
        self._put_aside(aside, student)

    def _place_one(self, chosen: _Candidate, student: str, replace_old: bool) -> None:
        """Move a notebook to where the grader looks for it. Raises Refused."""
        assignment, owner = chosen.assignment, chosen.place.owner
        target = self._to / student / assignment / f"{assignment}.ipynb"
        _require_inside(self._to, target)
        submission = f"{student}/{assignment}"
        there = target.exists()
        same = there and filecmp.cmp(target, chosen.path, shallow=False)
        if there and not same and not replace_old:
            self._result.kept.append(f"{submission}, by '{chosen.entry}'")
            return
        if there and not same:
            self._keep(target, student, assignment, target.name)
        if not same:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(chosen.path, target)
        (self._result.same if same else self._result.taken).append(submission)
        self._stamp(chosen, target)
        if chosen.place.late:
            self._result.late.append(submission)
        self._known[student, assignment] = RosterEntry(
            student,
            assignment,
            owner.name,
            self._reader.system,
            owner.lms_id,
            self._folders.login(owner),
            "yes" if chosen.place.late else "",
            chosen.entry,
        )

    def _stamp(self, chosen: _Candidate, target: Path) -> None:
        """Put nbgrader's timestamp.txt beside a notebook, if there was one in its folder."""
        folder = PurePosixPath(chosen.place.rest).parent.name
        stamp = self._reader.timestamps.get(folder)
        place = target.with_name("timestamp.txt")
        if stamp is not None:
            _require_inside(self._to, place)
            shutil.copyfile(stamp, place)

    def _put_aside(self, several: Sequence[tuple[_Candidate, str]], student: str) -> None:
        for candidate, why in several[:MAX_ASIDE]:
            try:
                kept = self._keep(candidate.path, student, candidate.assignment, candidate.filename)
                self._result.aside.append(f"'{candidate.entry}' {why}: {kept.relative_to(self._to / ASIDE)}")
            except Refused as problem:
                self._reader.refuse(candidate.entry, problem, candidate.place.owner)
        if left := several[MAX_ASIDE:]:
            self._result.aside.append(f"{len(left):,} more of '{student}' stay in the zip")

    def _keep(self, path: Path, student: str, assignment: str, filename: str) -> Path:
        """Move a file to where the grader does not look, under a name that nothing else has there; its new path."""
        name = Path(safe_name(filename))
        place = self._to / ASIDE / student / assignment
        for n in range(1, 1_000):
            target = place / (name.name if n == 1 else f"{name.stem} ({n}){name.suffix}")
            _require_inside(self._to, target)
            if not target.exists():
                place.mkdir(parents=True, exist_ok=True)
                os.replace(path, target)
                return target
            if filecmp.cmp(target, path, shallow=False):
                path.unlink()
                return target
        raise Refused(f"finds no free name in '{place}': clear that folder")


def _require_inside(to: Path, target: Path) -> None:
    """Raises Refused where what was there before would lead out of the folder asked for, or stands in the way."""
    for path in (target, *target.parents):
        if path == to:
            return
        if path.is_symlink():
            raise Refused(f"would be written through the link '{path}': put a folder in its place")
        if path.is_dir() if path == target else path.is_file():
            raise Refused(f"finds '{path}' in its way: move that away")
    raise Refused(f"would be written outside of '{to}'")
