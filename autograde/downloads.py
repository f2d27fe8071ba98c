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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from autograde import ASSIGNMENTS
from autograde.archives import RESERVED, Entry, Limits, Refused, Unpacker, entries_of, is_clutter, open_zip
from autograde.reading import recognise
from autograde.tables import BadTable, Table, column, harmless, is_harmless, read_table, write_table
from autograde.words import one_line

STUDENTS = "students.csv"
ASIDE = "__aside"  # beside the students; the grader looks into no folder that begins like this
CANVAS, MOODLE, NBGRADER = "Canvas", "Moodle", "nbgrader"
MAX_NAME = 120  # bytes of a student's folder
MAX_TIMESTAMP = 1_000  # bytes; the grader says what is no time
BIG = 20_000_000  # bytes; from here on progress is shown
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")

# Canvas: name, LATE, number of the user, number of the file (it grows), the student's own name for it
_CANVAS = re.compile(r"(?P<name>.+?)_(?P<late>LATE_|)(?P<id>\d+)_(?P<file>\d+)_(?P<rest>.+)", re.ASCII)
_ANONYMOUS = re.compile(r"(?P<late>LATE_|)(?P<name>anon)_(?P<id>[^\W_]+)_(?P<file>\d+)_(?P<rest>.+)", re.ASCII)
# Moodle: name, number of the participant in this one assignment, kind of submission: a folder, or the start of a file's name
_MOODLE = re.compile(r"(?P<name>.+?)(_(?P<id>\d+))?_assignsubmission_[a-z]+_(?P<rest>.*)", re.ASCII)
_BLIND = "participant"  # Moodle's name for everybody while marking is anonymous
_AGAIN = re.compile(r"(?: ?\((\d+)\)|-(\d+))$", re.ASCII)  # what a second file of the same name gets


class CannotImport(Exception):
    """Something that the command cannot work with; the message is one line for the user."""


@dataclass(frozen=True)
class Known:
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
    limits: Limits | None = None,
) -> Import:
    """Take a zip into the folder of submissions `to`; what became of it. Raises CannotImport.

    assignment: of all notebooks in it; None goes by their cells, then by their names. roster: a Canvas gradebook or a
    Moodle grading worksheet, which knows students' logins.
    """
    if assignment is not None and assignment not in ASSIGNMENTS:
        raise CannotImport(f"there is no assignment '{assignment}'; there are {', '.join(ASSIGNMENTS)}")
    if to.exists() and not to.is_dir():
        raise CannotImport(f"'{to}' is a file. Give the folder for <student>/<assignment>/")
    limits = limits or Limits()
    try:
        with open_zip(download, limits.entries) as archive:
            known = {(k.student, k.assignment): k for k in read_students(to / STUDENTS)}
            to.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".import-", dir=to) as staging:
                result = Import()
                reader = _Reader(archive, Unpacker(Path(staging), limits), limits, result)
                logins = _logins(roster, reader.system) if roster else {}
                candidates = reader.read()
                if not candidates and not result.refused:
                    raise CannotImport(f"'{download}' holds no notebook. Give the zip of all submissions")
                for candidate in candidates:
                    _assign(candidate, assignment, reader.system)
                folders = _Folders(reader.system, to, known.values(), logins, candidates)
                writer = _Writer(to.resolve(), known, folders, reader, result)
                try:
                    writer.place(candidates, replace_old)
                finally:  # also where the disk is full: what has its place is known
                    _write_students(known.values(), to / STUDENTS)
                return result
    except Refused as problem:
        raise CannotImport(f"'{download}' {problem}") from None
    except BadTable as problem:
        raise CannotImport(str(problem)) from None
    except OSError as error:
        raise CannotImport(f"'{error.filename or to}' cannot be written: {error.strerror or error}") from None


def read_students(path: Path) -> list[Known]:
    """The lines of a students.csv; none if there is no such file. Raises BadTable."""
    if not path.exists():
        return []
    header, *rows = read_table(path).rows
    places = {f.name: column(header, f.name) for f in fields(Known)}
    if missing := [name for name, place in places.items() if place is None]:
        raise BadTable(f"'{path}' has no column '{missing[0]}'. Move it away, then import again")
    return [Known(*(row[place] for place in places.values() if place is not None)) for row in rows]


def _write_students(known: Iterable[Known], path: Path) -> None:
    """Names and files are there to be read; what tells students apart is written as it is."""
    shown = [replace(k, name=harmless(k.name), file=harmless(k.file)) for k in known]
    rows = [list(astuple(k)) for k in sorted(shown, key=lambda k: (k.student, k.assignment))]
    write_table(Table([[f.name for f in fields(Known)], *rows]), path)


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
    """Unpacks the notebooks of a download, and says whose each is."""

    def __init__(self, archive: zipfile.ZipFile, unpacker: Unpacker, limits: Limits, result: Import):
        self._archive, self._unpacker, self._limits, self._result = archive, unpacker, limits, result
        self._entries = entries_of(archive, self.refuse)
        self.system = result.system = _system_of(self._entries)
        self._depth = _depth_of_students(self._entries)
        self.timestamps: dict[tuple[str, str], Path] = {}
        result.files = len(self._entries) + len(result.refused)

    def refuse(self, name: str, why: Refused) -> None:
        self._result.refused.append(f"'{name}' {why}")

    def read(self) -> list[_Candidate]:
        """All notebooks, those in students' own zips too."""
        candidates: list[_Candidate] = []
        empty_handed: dict[_Owner, list[str]] = {}
        total = sum(entry.info.compress_size for entry in self._entries)
        with tqdm(total=total, unit="B", unit_scale=True, desc="import", disable=total < BIG) as bar:
            for entry in self._entries:
                place = self._place_of(entry)
                if place is None:
                    self._pass_over(entry)
                else:
                    found = list(self._notebooks(entry, place))
                    empty_handed.setdefault(place.owner, []).extend([] if found else [entry.parts[-1]])
                    candidates += found
                bar.update(entry.info.compress_size)
        for owner in {candidate.place.owner for candidate in candidates}:
            empty_handed.pop(owner, None)
        self._result.without += [f"{owner}: {', '.join(files)}" for owner, files in empty_handed.items()]
        return candidates

    def _place_of(self, entry: Entry) -> _Place | None:
        """Whose the entry is; None if its name does not say so."""
        if "__MACOSX" in entry.parts or entry.parts[-1].startswith("._"):
            return None
        if self.system == CANVAS:
            return _place_in_canvas(entry)
        if self.system == MOODLE:
            return _place_in_moodle(entry)
        rest = entry.parts[self._depth + 1 :]
        return _Place(_Owner(entry.parts[self._depth]), "/".join(rest)) if rest else None

    def _pass_over(self, entry: Entry) -> None:
        if is_clutter(entry.name) or entry.suffix not in (".ipynb", ".zip"):
            self._result.other += 1
        elif self.system == NBGRADER:
            self.refuse(entry.name, Refused("lies in no student's folder"))
        else:
            self.refuse(entry.name, Refused(f"has not the name that {self.system} gives: nobody knows whose it is"))

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
                key = place.owner.name, PurePosixPath(place.rest).parent.name
                self.timestamps[key] = self._unpacker.unpack(self._archive, entry, MAX_TIMESTAMP)
            else:
                self._result.other += 1
        except Refused as problem:
            self.refuse(entry.name, problem)

    def _nested(self, entry: Entry, place: _Place) -> Iterator[_Candidate]:
        """The notebooks in a student's own zip; no zip in that is opened."""
        path = self._unpacker.unpack(self._archive, entry, self._limits.nested)
        with open_zip(path, self._limits.nested_entries) as archive:
            for inner in entries_of(archive, lambda name, why: self.refuse(f"{entry.name}/{name}", why)):
                name = f"{entry.name}/{inner.name}"
                try:
                    if is_clutter(inner.name) or inner.suffix not in (".ipynb", ".zip", *OTHER_ARCHIVES):
                        self._result.other += 1
                    elif inner.suffix != ".ipynb":
                        raise Refused("is an archive in an archive, which is not opened: ask for the notebook")
                    else:
                        yield self._candidate(archive, inner, place, inner.name, name)
                except Refused as problem:
                    self.refuse(name, problem)

    def _candidate(self, archive: zipfile.ZipFile, entry: Entry, place: _Place, rest: str, shown: str) -> _Candidate:
        """Unpack a notebook. Canvas numbers files as they come in; elsewhere the plain name counts, then the date."""
        path = self._unpacker.unpack(archive, entry, self._limits.file)
        again = _AGAIN.search(PurePosixPath(rest).stem)
        n = int(again[1] or again[2]) if again and len(again[0]) < 10 else 0
        date = entry.info.date_time
        order = (place.number, n, date) if self.system == CANVAS else (n == 0 and bool(_named(rest)), date, n)
        return _Candidate(replace(place, rest=rest), shown, path, order)


def _system_of(entries: Sequence[Entry]) -> str:
    if any(_MOODLE.fullmatch(part) for entry in entries for part in entry.parts):
        return MOODLE
    if any(len(e.parts) > 2 and e.parts[-2] in ASSIGNMENTS for e in entries):
        return NBGRADER
    canvas = [e for e in entries if e.suffix in (".ipynb", ".zip") and _place_in_canvas(e)]
    return CANVAS if canvas else NBGRADER


def _depth_of_students(entries: Sequence[Entry]) -> int:
    """In how many folders the students' folders lie, in nbgrader's layout."""
    depths = Counter(i - 1 for entry in entries for i, part in enumerate(entry.parts[:-1]) if i and part in ASSIGNMENTS)
    return depths.most_common(1)[0][0] if depths else 0


def _place_in_canvas(entry: Entry) -> _Place | None:
    name = entry.parts[-1]
    found = _ANONYMOUS.fullmatch(name) or _CANVAS.fullmatch(name)
    if found is None:
        return None
    return _Place(_Owner(found["name"], found["id"]), found["rest"], bool(found["late"]), int(found["file"][:18]))


def _place_in_moodle(entry: Entry) -> _Place | None:
    for i, part in enumerate(entry.parts):
        if found := _MOODLE.fullmatch(part):
            rest = [found["rest"], *entry.parts[i + 1 :]]
            return _Place(_Owner(found["name"], found["id"] or ""), "/".join(filter(None, rest)))
    return None


def _named(rest: str) -> str:
    """The assignment that a student's own path names, by the file or else by its folder; "" if none."""
    path = PurePosixPath(rest)
    words = (_AGAIN.sub("", path.stem).casefold(), path.parent.name)
    return next((word for word in words if word in ASSIGNMENTS), "")


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


def safe_name(words: str) -> str:
    """A name of one file or folder on every system, which no spreadsheet takes for a formula; most stay as they are."""
    name = re.sub(r'[<>:"/\\|?*]', "_", one_line(unicodedata.normalize("NFC", words)))
    name = re.sub(r"^__+|^(?=\.)", "_", name)  # the grader passes over such folders
    if not is_harmless(name):
        name = re.sub(r"[=+\-@＝＋－＠]", "_", name)
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    return name.encode()[:MAX_NAME].decode(errors="ignore").rstrip(". ") or "_"


class _Folders:
    """Which folder is whose. Two students never share one; one who is known keeps the one that is there."""

    def __init__(
        self,
        system: str,
        to: Path,
        known: Iterable[Known],
        logins: dict[str, str],
        candidates: Sequence[_Candidate],
    ):
        self.notes: list[str] = []
        self._system, self._logins, self._known = system, logins, list(known)
        self._there = {_folded(folder.name): folder.name for folder in to.iterdir() if folder.is_dir()}
        self._mine = {k.lms_id: k.student for k in self._known if k.system == system and k.lms_id}
        self._assignments: dict[_Owner, set[str]] = {}
        for candidate in candidates:
            self._assignments.setdefault(candidate.place.owner, set()).add(candidate.assignment)
        self._namesakes = Counter(_folded(safe_name(owner.name)) for owner in self._assignments)
        self._given: dict[_Owner, str] = {}

    def login(self, owner: _Owner) -> str:
        return self._logins.get(owner.lms_id, "")

    def of(self, owner: _Owner) -> str:
        """The name of a student's folder. Raises Refused: in nbgrader's layout, where it may not be changed."""
        if owner not in self._given:
            folder = self._choose(owner)
            others = {_folded(given) for given in self._given.values()}
            self._given[owner] = next(
                name for name in (folder, *(f"{folder}_{n}" for n in range(2, 10_000))) if _folded(name) not in others
            )
        return self._given[owner]

    def _choose(self, owner: _Owner) -> str:
        if self._system == NBGRADER:
            return self._unchanged(owner.name)
        if owner.lms_id in self._mine:
            return self._mine[owner.lms_id]
        if self.login(owner):
            return safe_name(self.login(owner))
        alone = safe_name(owner.name)
        numbered = f"{alone}_{owner.lms_id}"
        if self._system == CANVAS or (owner.lms_id and self._is_somebody_else(owner, alone)):
            return numbered
        return alone

    def _unchanged(self, student: str) -> str:
        if safe_name(student) != student:
            raise Refused(f"lies in '{student}', which cannot be a student's folder everywhere: rename it")
        there = self._there.setdefault(_folded(student), student)
        if there != student:
            raise Refused(f"lies in '{student}', and there is '{there}': some systems take them for one, so rename one")
        return student

    def _is_somebody_else(self, owner: _Owner, folder: str) -> bool:
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
        lines = [k for k in self._known if k.student == there]
        return there is not None and not (
            lines
            and all(k.system == MOODLE and k.name == harmless(owner.name) for k in lines)
            and not any(k.assignment in self._assignments[owner] for k in lines)
        )


def _folded(name: str) -> str:
    """The name as a file system sees it that knows no capitals."""
    return unicodedata.normalize("NFC", name).casefold()


class _Writer:
    """Gives each submission its place, and keeps aside what is none."""

    def __init__(
        self,
        to: Path,
        known: dict[tuple[str, str], Known],
        folders: _Folders,
        reader: _Reader,
        result: Import,
    ):
        self._to, self._known, self._folders, self._reader, self._result = to, known, folders, reader, result

    def place(self, candidates: Sequence[_Candidate], replace_old: bool) -> None:
        submissions: dict[tuple[str, str], list[_Candidate]] = {}
        for candidate in candidates:
            try:
                student = self._folders.of(candidate.place.owner)
                if candidate.why_not:
                    self._put_aside(candidate, student, candidate.why_not)
                else:
                    submissions.setdefault((student, candidate.assignment), []).append(candidate)
            except Refused as problem:
                self._reader.refuse(candidate.entry, problem)
        for (student, _), several in sorted(submissions.items()):
            *older, newest = sorted(several, key=lambda c: (c.certain, c.order))
            for one in older:
                if not filecmp.cmp(one.path, newest.path, shallow=False):
                    self._put_aside(one, student, f"gives way to '{newest.filename}'")
            try:
                self._place_one(newest, student, replace_old)
            except Refused as problem:
                self._reader.refuse(newest.entry, problem)
        self._result.notes += self._folders.notes

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
        self._known[student, assignment] = Known(
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
        stamp = self._reader.timestamps.get((chosen.place.owner.name, folder))
        place = target.with_name("timestamp.txt")
        if stamp is not None:
            _require_inside(self._to, place)
            shutil.copyfile(stamp, place)

    def _put_aside(self, candidate: _Candidate, student: str, why: str) -> None:
        try:
            kept = self._keep(candidate.path, student, candidate.assignment, candidate.filename)
            self._result.aside.append(f"'{candidate.entry}' {why}: {kept.relative_to(self._to / ASIDE)}")
        except Refused as problem:
            self._reader.refuse(candidate.entry, problem)

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
    """Raises Refused where a link, in a folder that was there before, would lead out of the folder asked for."""
    for path in (target, *target.parents):
        if path == to:
            return
        if path.is_symlink():
            raise Refused(f"would be written through the link '{path}': put a folder in its place")
    raise Refused(f"would be written outside of '{to}'")
