"""Whose a file of a download is, and of which system, by the names that Canvas, Moodle and nbgrader give."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograde.course import this_course
from autograde.lms.archives import Entry, parts_of
from autograde.notebook import notebook_stem

CANVAS, MOODLE, NBGRADER = "Canvas", "Moodle", "nbgrader"
MAX_DEPTH = 8  # folders that are looked at to find out which are the students'
AGAIN = re.compile(r"(?: ?\((\d+)\)|-(\d+))$", re.ASCII)  # what a second file of the same name gets

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


@dataclass(frozen=True)
class Owner:
    """Whose entry it is, as its name says. lms_id: "" if it says none."""

    name: str
    lms_id: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.lms_id})" if self.lms_id else self.name


@dataclass(frozen=True)
class EntryName:
    """What the name of an entry says. rest: the student's own name for it. number: Canvas' of the file, which grows."""

    owner: Owner
    rest: str
    late: bool = False
    number: int = 0


class Naming:
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
                self.notes.append(f"read as {self.system}'s like most, though the name may be {other}'s: {some(odd)}")

    def places(self, entry: Entry) -> list[EntryName]:
        """Whose an entry may be; none if its name does not say so, several where it can be read in several ways."""
        if self.system == NBGRADER:
            rest = entry.parts[self._depth + 1 :]
            return [EntryName(Owner(entry.parts[self._depth]), "/".join(rest))] if rest else []
        places = self._in_canvas(entry.parts[-1]) if self.system == CANVAS else _in_moodle(entry)
        same = len({place.owner.lms_id for place in places}) == 1 and places[0].owner.lms_id
        return places[:1] if same else places

    def spelling(self, entry: Entry) -> str:
        """The student's folder as it is written in the zip, in nbgrader's layout; otherwise ""."""
        return parts_of(entry.as_written)[self._depth] if self.system == NBGRADER else ""

    def _in_canvas(self, name: str) -> list[EntryName]:
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


def _canvas_place(name: str, found: re.Match) -> EntryName:
    return EntryName(Owner(name, found["id"]), found["rest"], bool(found["late"]), int(found["file"]))


def _is_moodles(folder: str) -> re.Match | None:
    return _MOODLE_FOLDER.fullmatch(folder) if "_assignsubmission_" in folder else None


def _in_moodle(entry: Entry) -> list[EntryName]:
    *folders, name = entry.parts
    for i, part in enumerate(folders):
        if found := _is_moodles(part):
            return [EntryName(Owner(found["name"], found["id"] or ""), "/".join(entry.parts[i + 1 :]))]
    places = []
    for kind in _MOODLE_FILE.finditer(name):
        if who := _NUMBERED.fullmatch(name[: kind.start()]):
            places.append(EntryName(Owner(who["name"], who["id"] or ""), name[kind.end("kind") :]))
    return places


def some(names: Sequence[str]) -> str:
    """The first five of them in words, and how many more there are."""
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5:,} more" if len(names) > 5 else shown


def named_assignment(rest: str) -> str:
    """The assignment that a student's own path names, by the file or else by its folder; "" if none."""
    path = PurePosixPath(rest)
    words = (AGAIN.sub("", notebook_stem(path.name) or path.stem).casefold(), path.parent.name)
    return next((word for word in words if word in this_course().assignments), "")
