"""Import what a learning system or nbgrader hands out as one zip: each student's notebook goes where the grader looks for it.

All that is written is a folder named after the student, and in it the notebook under the name of its assignment, inside
the one folder asked for. What cannot be taken is refused with its reason, and stops nothing else.
"""

import contextlib
import filecmp
import os
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from autograde.course import this_course
from autograde.judging.intake import MAX_RIVALS
from autograde.judging.reader import recognise
from autograde.lms.archives import (
    OTHER_ARCHIVES,
    Entry,
    Refused,
    Unpacker,
    ZipLimits,
    beginning_of,
    entries_of,
    is_clutter,
    open_zip,
)
from autograde.lms.folders import Folders, safe_name
from autograde.lms.gradescope import Unclear, submitters_in
from autograde.lms.naming import (
    AGAIN,
    BLACKBOARD,
    BRIGHTSPACE,
    BY_LOGIN,
    CANVAS,
    GOOGLE,
    GRADESCOPE,
    METADATA,
    NBGRADER,
    EntryName,
    Folder,
    Naming,
    Owner,
    Submitters,
    gradescope_folder,
    named_assignment,
    whose_comment,
)
from autograde.lms.roster import STUDENTS, RosterEntry, logins_in, read_students, write_students
from autograde.notebook import notebook_stem
from autograde.tables import BadTable
from autograde.text import one_line, some

BY_ATTEMPT = (BLACKBOARD, BRIGHTSPACE)  # they say when each was handed in, and may give all attempts
TIMESTAMP = "timestamp.txt"  # nbgrader's, of when a submission was handed in
ASIDE = "__aside"  # beside the students; the grader looks into no folder that begins like this
MAX_METADATA = 50_000_000  # bytes, which say all that the tests of Gradescope have put out too
MAX_TIMESTAMP = 1_000  # bytes; the grader says what is no time
MAX_LINES = 10  # about one student, of one kind
# notebooks beside the one that has the assignment's name, which the grader compares with it
MAX_BESIDE = MAX_RIVALS - 1
MAX_ASIDE = 20  # files of one student and assignment, those beside it too
BIG = 20_000_000  # bytes; from here on progress is shown

_IN_BRACKETS = re.compile(r"\A.*\((?P<login>[^()\s]+)\)[^\S\n]*$", re.MULTILINE)  # `Name: Jane Doe (jdoe)`, at the top
_COPY = re.compile(r"[-_ ]*(copy|\(\d+\)|(?<=[-_ ])\d{1,2}|(?<=copy)\d+)$", re.ASCII)
_NAMESAKES = (
    "is one of several notebooks of '{}' for '{}', and Google Classroom does not say whether they are one student's:"
    " put the right one in its place by hand"
)


class CannotImport(Exception):
    """Something that the command cannot work with; the message is one line for the user."""


@dataclass
class Import:
    """What became of a download: one phrase for each submission or entry, by what became of it."""

    system: str = ""
    files: int = 0
    found: int = 0  # notebooks, whatever became of them
    assignments: Counter[str] = field(default_factory=Counter)  # of what is in its place now
    taken: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    other: int = 0

    @property
    def complete(self) -> bool:
        """Whether everybody's notebook has its place, and nothing is left for a person to look at."""
        return not (self.refused or self.kept or self.without or self.aside)

    def lines(self, to: Path) -> Iterator[str]:
        """The report for the terminal."""
        told_of = f"{self.system}, files in the zip: {self.files}"
        yield f"{told_of}. Submissions taken into {to}: {len(self.taken)}; there already: {len(self.same)}"
        if len(self.assignments) > 1:
            counted = ", ".join(f"{count} of {assignment}" for assignment, count in self.assignments.most_common())
            yield (
                f"these are {counted}. What anybody hands in is expected of everybody: if the download is of one assignment, "
                "name it with --assignment"
            )
        for what, told in (
            ("late", self.late),
            ("more notebooks of one student, among which `course grade` chooses by what is in them", self.beside),
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


@dataclass
class _Candidate:
    """An unpacked notebook that may be a submission. order: the greatest is the newest."""

    place: EntryName
    entry: str
    path: Path
    order: tuple
    assignment: str = ""
    is_in_place: bool = False  # in nbgrader's layout
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
                reader = _Reader(archive, Unpacker(Path(staging), limits), result, known.values())
                logins = logins_in(roster, reader.system) if roster else reader.logins
                folders = Folders(reader.system, to, list(known.values()), logins, reader.owners)
                writer = _Writer(to.resolve(), known, folders, reader, result)
                try:
                    for candidates in reader.read():
                        for candidate in candidates:
                            _assign(candidate, assignment, reader.system)
                        writer.place(candidates, replace_old)
                finally:  # also where the disk is full: what has its place is known
                    if known:
                        write_students(known.values(), to / STUDENTS)
                if not (result.found or result.refused):
                    raise CannotImport(f"'{download}' holds no notebook. Give the zip of all submissions")
                reader.sum_up()
                result.notes += dict.fromkeys(folders.notes)
                return result
    except Refused as problem:
        raise CannotImport(f"'{download}' {problem}") from None
    except BadTable as problem:
        raise CannotImport(str(problem)) from None
    except OSError as error:
        raise CannotImport(f"'{error.filename or to}' cannot be written: {error.strerror or error}") from None


class _Reader:
    """Unpacks the notebooks of a download, one student's after the other's, and says whose each is."""

    def __init__(self, archive: zipfile.ZipFile, unpacker: Unpacker, result: Import, known: Iterable[RosterEntry]):
        self._archive, self._unpacker, self._result = archive, unpacker, result
        self._told: Counter[Owner | None] = Counter()
        bad: list[tuple[Entry, Refused]] = []
        entries = entries_of(archive, lambda entry, why: bad.append((entry, why)))
        result.files = len(entries) + len(bad)
        likely = [e for e in entries if e.may_hold_work and not is_clutter(e.name)]
        self._naming = Naming(likely or entries)
        self.system = result.system = self._naming.system
        if self.system == GRADESCOPE:
            self._naming.submitters = self._submitters(entries)
        elif self.system == BLACKBOARD:
            self._naming.usernames = self._usernames(entries)
            self._naming.known = {line.login for line in known if line.system == BLACKBOARD}
        self._by_owner: dict[Owner, list[tuple[Entry, EntryName]]] = {}
        self._spellings: dict[Owner, str] = {}
        self._homes: dict[Owner, set[str]] = {}
        for entry, why in bad:
            places = self._naming.places(entry) if entry.parts else []
            self.refuse(entry.name, why, places[0].owner if places else None)
        for entry in entries:
            self._sort_in(entry)
        result.notes += self._naming.notes
        for owner in list(self._by_owner):
            if why_not := self._several_in(owner):
                for entry, _ in self._by_owner.pop(owner):
                    self.refuse(entry.name, why_not, owner)
        self.owners = [o for o, own in self._by_owner.items() if any(e.may_hold_work for e, _ in own)]

    @property
    def logins(self) -> dict[str, str]:
        """{number: login}, where the download itself says logins."""
        return {owner.lms_id: owner.lms_id for owner in self.owners} if self.system in BY_LOGIN else {}

    def _submitters(self, entries: Sequence[Entry]) -> Submitters:
        """Who has handed in the folders of Gradescope's, by the file right beside them; students' own say nothing."""
        found: dict[Folder, list[Owner]] = {}
        there = dict.fromkeys(filter(None, (gradescope_folder(entry.parts) for entry in entries)))
        for entry in entries:
            if entry.parts[-1] != METADATA or gradescope_folder(entry.parts):
                continue
            try:
                said = submitters_in(self._unpacker.unpack(self._archive, entry, MAX_METADATA))
            except (Refused, Unclear) as problem:
                self.refuse(entry.name, Refused(str(problem)))
            else:
                found |= {(*entry.parts[:-1], name): owners for name, owners in said.items()}
        for folder in there:
            for owner in found.get(folder, ()):
                if not owner.lms_id:
                    why = f"was handed in by '{owner.name}', of whom {METADATA} says no email address and no number:"
                    self.refuse("/".join(folder), Refused(f"{why} put it in its place by hand"))
        return found

    def _usernames(self, entries: Sequence[Entry]) -> dict[str, str]:
        """{what stands before `_attempt_`: the username at its end}, by the .txt that Blackboard puts beside the files."""
        found: dict[str, str] = {}
        for entry in entries:
            if whose := whose_comment(entry.parts[-1]):
                with contextlib.suppress(Refused):
                    said = _IN_BRACKETS.search(beginning_of(self._archive, entry).decode(errors="replace").lstrip())
                    if said and whose.endswith(f"_{said['login']}"):
                        found[whose] = said["login"]
        return found

    def _sort_in(self, entry: Entry) -> None:
        """Find out whose an entry is; say so where that cannot be told."""
        if "__MACOSX" in entry.parts or entry.parts[-1].startswith("._"):
            self._result.other += 1
            return
        places = self._naming.places(entry)
        owners = dict.fromkeys(place.owner for place in places)
        if len(owners) == 1 or (owners and self.system == GRADESCOPE):  # there several have handed it in together
            for place in places:
                self._give(entry, place)
        elif is_clutter(entry.name) or not entry.may_hold_work:
            self._result.other += 1
        elif owners:
            whose = " or of ".join(f"'{owner}'" for owner in list(owners)[:3])
            by_txt = ", or leave Blackboard's own .txt beside it in the zip" * (self.system == BLACKBOARD)
            why = Refused(f"may be of {whose}: put it in its place by hand{by_txt}")
            self.refuse(entry.name, why, places[-1].owner)
        elif self.system == NBGRADER:
            self.refuse(entry.name, Refused("lies in no student's folder"))
        elif self.system == GRADESCOPE:
            whose = f"is of Gradescope, and no {METADATA} beside its folder says once whose it is"
            self.refuse(entry.name, Refused(f"{whose}: export the submissions again"))
        else:
            self.refuse(entry.name, Refused(f"has not the name that {self.system} gives: nobody knows whose it is"))

    def _give(self, entry: Entry, place: EntryName) -> None:
        spelling = self._naming.spelling(entry)
        if self._spellings.setdefault(place.owner, spelling) != spelling:
            twin = "lies in a folder beside another of the same name in other letters: rename one"
            self.refuse(entry.name, Refused(twin), place.owner)
        else:
            self._by_owner.setdefault(place.owner, []).append((entry, place))
            self._homes.setdefault(place.owner, set()).add(self._naming.home(entry))

    def _several_in(self, owner: Owner) -> Refused | None:
        """Why what is taken for one student's may be several students', in folders that no system has named; None if not."""
        if self.system != NBGRADER:
            return None
        if len(homes := sorted(self._homes[owner])) > 1:
            return Refused(
                f"lies in one of several folders of this name: {some(homes)}. Give each student one of their own"
            )
        inner = sorted(
            {
                _below_assignment(PurePosixPath(place.rest))
                for entry, place in self._by_owner[owner]
                if entry.may_hold_work and not is_clutter(place.rest)
            }
        )
        if len(inner) > 1 and "" not in inner:
            return Refused(
                f"lies in one of several folders in '{owner}' ({some(inner)}), which may be several students':"
                " make a zip of <student>/<assignment>/ from them"
            )
        return None

    def refuse(self, name: str, why: Refused, owner: Owner | None = None) -> None:
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
                    self._result.without.append(f"{owner}: {some(files)}")
                self._result.found += len(candidates)
                yield candidates
                bar.update(sum(entry.info.compress_size for entry, _ in own))
            self._unpacker.next_student()

    def _notebooks(self, entry: Entry, place: EntryName) -> Iterator[_Candidate]:
        """The notebooks that an entry is or holds."""
        try:
            if is_clutter(place.rest):
                self._result.other += 1
            elif notebook_stem(entry.parts[-1]) is not None:
                yield self._candidate(self._archive, entry, place, place.rest, entry.name)
            elif entry.suffix == ".zip":
                yield from self._nested(entry, place)
            elif entry.suffix in OTHER_ARCHIVES:
                raise Refused("is an archive that is not opened here: ask for the notebook")
            elif self.system == NBGRADER and entry.parts[-1] == TIMESTAMP:
                folder = PurePosixPath(place.rest).parent.name
                self.timestamps[folder] = self._unpacker.unpack(self._archive, entry, MAX_TIMESTAMP)
            else:
                self._result.other += 1
        except Refused as problem:
            self.refuse(entry.name, problem, place.owner)

    def _nested(self, entry: Entry, place: EntryName) -> Iterator[_Candidate]:
        """The notebooks in a student's own zip; no zip in that is opened."""

        def refuse(inner: Entry, why: Refused) -> None:
            self.refuse(f"{entry.name}/{inner.name}", why, place.owner)

        with self._unpacker.unpacked_zip(self._archive, entry) as archive:
            for inner in entries_of(archive, refuse):
                try:
                    if is_clutter(inner.name) or not inner.may_hold_work:
                        self._result.other += 1
                    elif notebook_stem(inner.parts[-1]) is None:
                        raise Refused("is an archive in an archive, which is not opened: ask for the notebook")
                    else:
                        yield self._candidate(archive, inner, place, inner.name, f"{entry.name}/{inner.name}")
                except Refused as problem:
                    refuse(inner, problem)

    def _candidate(self, archive: zipfile.ZipFile, entry: Entry, place: EntryName, rest: str, shown: str) -> _Candidate:
        """Unpack a notebook. Some systems number files as they come in; elsewhere the plain name counts, then what
        lies nearest, then the date."""
        path = self._unpacker.unpack(archive, entry)
        again = AGAIN.search(notebook_stem(rest) or "")
        n = int(again[1] or again[2]) if again and len(again[0]) < 10 else 0
        date = entry.info.date_time
        plain = (notebook_stem(PurePosixPath(rest).name) or "").casefold() in this_course().assignments
        in_place = self.system == NBGRADER and plain and not _below_assignment(PurePosixPath(rest))
        depth = rest.count("/")
        by_number, by_place = (-depth, n, date), (in_place, plain, -depth, date, n)
        order = (place.number, *(by_number if self.system == CANVAS else by_place))
        return _Candidate(replace(place, rest=rest), shown, path, order)


def _first_name(filename: str) -> str:
    """What a file was called before it was copied, by the words that Jupyter and systems add, whatever its capitals."""
    stem = (notebook_stem(filename) or filename).casefold().removeprefix("copy of ")
    while (shorter := _COPY.sub("", stem)) != stem:
        stem = shorter
    return re.sub(r"[-_ ]+", " ", stem)


def _names_of(candidate: _Candidate) -> tuple[str, str]:
    """Those that a notebook and its copies have, as `_first_name` says them."""
    return _first_name(candidate.filename), _first_name(f"{candidate.assignment}.ipynb")


def _below_assignment(path: PurePosixPath) -> str:
    """Where in a student's folder a notebook lies, or what a zip is, without the folder of an assignment at its beginning."""
    folders = path.parent.parts
    if folders and folders[0] in this_course().assignments:
        return "/".join(folders[1:])
    return str(path) if path.suffix == ".zip" else "/".join(folders)


def _assign(candidate: _Candidate, asked: str | None, system: str) -> None:
    """Find out of which assignment a notebook is, or why it is of none."""
    named = named_assignment(candidate.place.rest)
    path = PurePosixPath(candidate.place.rest)
    # there its name counts for the grader too
    candidate.is_in_place = system == NBGRADER and path.stem == path.parent.name == named
    seen = named if candidate.is_in_place else recognise(candidate.path) or ""
    candidate.assignment = asked or seen or named
    candidate.certain = candidate.assignment in (seen, named)
    if asked and seen and seen != asked:
        candidate.why_not = f"is a notebook of '{seen}', not of '{asked}'"
    elif not candidate.assignment:
        candidate.why_not = "is of no assignment, by its cells and its name; say which with --assignment"


class _Writer:
    """Gives each submission its place, and keeps aside what is none."""

    def __init__(
        self,
        to: Path,
        known: dict[tuple[str, str], RosterEntry],
        folders: Folders,
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
        for assignment, several in sorted(submissions.items()):
            if why_not := self._may_be_of_several(several, assignment):
                for one in several:
                    self._reader.refuse(one.entry, why_not, owner)
                continue
            *older, newest = sorted(several, key=lambda c: (c.certain, c.order))
            others: list[_Candidate] = []
            alike: list[_Candidate] = []
            for one in reversed(older):
                (alike if filecmp.cmp(one.path, newest.path, shallow=False) else others).append(one)
            alike = [one for one in alike if _first_name(one.filename) not in _names_of(newest)]
            if self._reader.system == NBGRADER and alike:
                same = f"the same as '{newest.entry}', and taken for that student's copy"
                self._result.notes.append(f"{same}: {some([one.entry for one in alike])}")
            by_attempt = self._reader.system in BY_ATTEMPT  # where an older attempt is over
            beside = [one for one in others if not (by_attempt and one.place.number < newest.place.number)][:MAX_BESIDE]
            aside += [(one, f"gives way to '{newest.filename}'") for one in others if one not in beside]
            self._put_aside(aside, student, MAX_ASIDE - len(beside))
            aside = []
            try:
                self._place_one(newest, beside, student, replace_old)
            except Refused as problem:
                for one in (newest, *beside):
                    self._reader.refuse(one.entry, problem, owner)
        self._put_aside(aside, student, MAX_ASIDE)

    def _may_be_of_several(self, several: Sequence[_Candidate], assignment: str) -> Refused | None:
        """Why one student's notebooks of an assignment may be several students', if no system says whose they are."""
        if self._reader.system == GOOGLE and len(several) > 1:
            return Refused(_NAMESAKES.format(several[0].place.owner, assignment))
        if self._reader.system != NBGRADER or any(one.is_in_place for one in several):
            return None
        called: dict[PurePosixPath, dict[str, str]] = {}
        for one in several:
            name = _first_name(one.filename)
            if name != _first_name(f"{assignment}.ipynb"):
                called.setdefault(PurePosixPath(one.entry).parent, {})[name] = one.filename
        for folder, names in called.items():
            if len(names) > 1:
                return Refused(
                    f"is one of several notebooks of '{assignment}' in '{folder}' ({some(sorted(names.values()))}), which"
                    " may be several students': make a zip of <student>/<assignment>/ from them"
                )
        return None

    def _place_one(self, chosen: _Candidate, beside: Sequence[_Candidate], student: str, replace_old: bool) -> None:
        """Move a notebook to where the grader looks for it, and beside it those with which the grader compares it.

        Raises Refused.
        """
        assignment, owner = chosen.assignment, chosen.place.owner
        target = self._to / student / assignment / f"{assignment}.ipynb"
        _require_inside(self._to, target)
        submission = f"{student}/{assignment}"
        there = target.exists()
        same = there and filecmp.cmp(target, chosen.path, shallow=False)
        if there and not same and not replace_old:
            self._result.kept += [f"{submission}, by '{one.entry}'" for one in (chosen, *beside)]
            return
        if there and not same:  # with what has come with it
            for old in sorted(target.parent.iterdir()):
                is_of_it = notebook_stem(old.name) is not None or old.name == TIMESTAMP
                if is_of_it and old.is_file() and not old.is_symlink():
                    self._keep(old, self._aside(student, assignment), old.name)
        if not same:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(chosen.path, target)
        (self._result.same if same else self._result.taken).append(submission)
        self._result.assignments[assignment] += 1
        self._stamp(chosen, target)
        for one in beside:
            try:
                kept = self._keep(one.path, target.parent, one.filename).relative_to(self._to)
                self._result.beside.append(f"'{one.entry}' beside '{chosen.filename}': {kept}")
            except Refused as problem:
                self._reader.refuse(one.entry, problem, owner)
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
        place = target.with_name(TIMESTAMP)
        if stamp is not None:
            _require_inside(self._to, place)
            shutil.copyfile(stamp, place)

    def _aside(self, student: str, assignment: str) -> Path:
        return self._to / ASIDE / student / assignment

    def _put_aside(self, several: Sequence[tuple[_Candidate, str]], student: str, most: int) -> None:
        for candidate, why in several[:most]:
            try:
                kept = self._keep(candidate.path, self._aside(student, candidate.assignment), candidate.filename)
                self._result.aside.append(f"'{candidate.entry}' {why}: {kept.relative_to(self._to / ASIDE)}")
            except Refused as problem:
                self._reader.refuse(candidate.entry, problem, candidate.place.owner)
        if left := several[most:]:
            self._result.aside.append(f"{len(left):,} more of '{student}' stay in the zip")

    def _keep(self, path: Path, place: Path, filename: str) -> Path:
        """Move a file into a folder, under a name that nothing else has there; its new path. Raises Refused."""
        stem = notebook_stem(filename)
        ending = Path(filename).suffix if stem is None else ".ipynb"
        stem = safe_name(Path(filename).stem if stem is None else stem)
        for n in range(1, 1_000):
            target = place / (f"{stem}{ending}" if n == 1 else f"{stem} ({n}){ending}")
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
