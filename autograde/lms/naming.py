"""Whose a file of a download is, and of which system, by the names that learning systems and nbgrader give."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import PurePosixPath

from autograde.course import this_course
from autograde.lms.archives import Entry, parts_of
from autograde.notebook import notebook_stem
from autograde.text import some

NBGRADER, CANVAS, MOODLE, GRADESCOPE = "nbgrader", "Canvas", "Moodle", "Gradescope"
BLACKBOARD, BRIGHTSPACE = "Blackboard", "Brightspace"
GOOGLE, GITHUB = "Google Classroom", "GitHub Classroom"
BY_LOGIN = (GRADESCOPE, BLACKBOARD, GITHUB)  # the number that they give is a login: an email address or a username
BY_NAME = (MOODLE, GOOGLE)  # a student is known by name from one assignment to the next

MAX_DEPTH = 8  # folders that are looked at to find out which are the students'
AGAIN = re.compile(r"(?: ?\((\d+)\)|-(\d+))$", re.ASCII)  # what a second file of the same name gets

# Canvas: name, LATE, number of the user, number of the file (it grows), the student's own name for it. A student has a say
# in the first and the last, so every place where the middle may stand is looked at.
_CANVAS = re.compile(r"(?=_(?P<late>LATE_|)(?P<id>[1-9]\d{0,19})_(?P<file>[1-9]\d{0,19})_(?P<rest>.+))", re.ASCII)
_ANONYMOUS = re.compile(
    r"(?P<late>LATE_|)(?P<name>anon)_(?P<id>[^\W_]{1,20})_((?P<file>\d{1,20})_)?(?P<rest>(?(file).+|(text|link)\.html))",
    re.ASCII,
)
_NO_FILE = re.compile(r"(?P<name>.+)_(?P<late>LATE_|)(?P<id>[1-9]\d{0,19})_(?P<rest>(text|link)\.html)", re.ASCII)
_FAR_OLDER = 100  # a file with so many times smaller a number than any other is a date or a version
# Moodle: name, number of the participant in this one assignment, kind of submission: a folder, or the start of a file's name
_MOODLE_FOLDER = re.compile(r"(?P<name>.+?)(_(?P<id>\d{1,20}))?_assignsubmission_[a-z]+_?", re.ASCII)
_MOODLE_FILE = re.compile(r"(?=(?P<kind>_assignsubmission_[a-z]+_))", re.ASCII)
_NUMBERED = re.compile(r"(?P<name>.+?)(_(?P<id>\d{1,20}))?", re.ASCII)
# Gradescope: a folder for each submission; whose it is, says METADATA beside them.
METADATA = "submission_metadata.yml"
_GRADESCOPE_FOLDER = re.compile(r"submission_\d{1,20}", re.ASCII)
# Blackboard: the assignment and the username, then when it was handed in; with no name of a file, the student's comment.
_BLACKBOARD = re.compile(r"(?P<whose>.+?)_attempt_(?P<when>\d{4}(-\d\d){5})(_(?P<rest>.+)|\.txt)", re.ASCII)
# Brightspace: numbers of the user and of the assignment, the name, and when: a folder, or the start of a file's name.
_BRIGHTSPACE_FOLDER = re.compile(r"(?P<id>\d{1,20})-\d{1,20} - (?P<name>.+?) ?- (?P<when>[^-]*\d{4} \d{3,4}\b[^-]*)")
_BRIGHTSPACE_FILE = re.compile(r"(?P<id>\d{1,20})-\d{1,20} - (?P<name>.+?) - (?P<rest>.+)")
_WHEN = re.compile(r"(?P<day>\w{3} \d{1,2}, \d{4}) (?P<hour>\d{1,2})(?P<minute>\d\d) (?P<half>[AP]M)", re.ASCII)
# Google Classroom: the name before the student's own name for the file; all in one folder, as Drive downloads it.
_GOOGLE = re.compile(r"(?P<name>.+?) - (?P<rest>.+)")


@dataclass(frozen=True)
class Owner:
    """Whose entry it is, as its name says. lms_id: "" if it says none."""

    name: str
    lms_id: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.lms_id})" if self.lms_id not in ("", self.name) else self.name


@dataclass(frozen=True)
class EntryName:
    """What the name of an entry says. rest: the student's own name for it. number: it grows from one file to the next."""

    owner: Owner
    rest: str
    late: bool = False
    number: int = 0


Folder = tuple[str, ...]  # its path in the zip
Submitters = Mapping[Folder, Sequence[Owner]]  # of Gradescope's folders: what METADATA beside them says


class Naming:
    """How a learning system names what lies in a download: which system it is, and whose an entry is by that.

    What most students' entries say counts for all, whatever others' files and folders are called.
    """

    def __init__(self, entries: Sequence[Entry]):
        self.submitters: Submitters = {}  # to be given where the system is Gradescope
        self.usernames: Mapping[
            str, str
        ] = {}  # where it is Blackboard: by what stands before `_attempt_`, as a .txt says
        self.known: Collection[str] = ()  # there too: usernames of earlier imports
        weights = _weights([entry.parts for entry in entries])
        flat = _of_several_in_google(entries)
        says = [_systems_of(entry, flat) for entry in entries]
        # a tie goes to the first: nbgrader, whose names are no pattern; Canvas' numbers may stand in any other name
        systems = (NBGRADER, MOODLE, GRADESCOPE, BLACKBOARD, BRIGHTSPACE, GITHUB, GOOGLE, CANVAS)
        votes = {system: 1e-5 * (system == NBGRADER) for system in systems}
        for several, weight in zip(says, weights, strict=True):
            for system in several:
                votes[system] += weight
        self.system = max(votes, key=lambda system: round(votes[system], 6))
        self.notes: list[str] = []
        self._depth = self._students_depth(entries, weights) if self.system == NBGRADER else 0
        ours = [entry.parts[-1] for entry, systems in zip(entries, says, strict=True) if self.system in systems]
        self._is_anonymous = 2 * sum(bool(_ANONYMOUS.fullmatch(name)) for name in ours) > len(ours)
        self._oldest = 0
        if self.system == CANVAS and not self._is_anonymous:
            places = map(self._in_canvas, ours)
            self._oldest = min((several[0].number for several in places if len(several) == 1), default=0)
        self._title = _title([found["whose"] for name in ours if (found := _BLACKBOARD.fullmatch(name))])
        for other in votes:
            odd = [
                e.name for e, systems in zip(entries, says, strict=True) if other != self.system and other in systems
            ]
            if odd:
                self.notes.append(f"read as {self.system}'s like most, though the name may be {other}'s: {some(odd)}")

    def _students_depth(self, entries: Sequence[Entry], weights: Sequence[float]) -> int:
        """How many folders lie around those of the students: by those of assignments in them, or else by their names."""
        within = [(entry.parts[:-1], weight) for entry, weight in zip(entries, weights, strict=True)]
        within = [(folders, weight) for folders, weight in within if folders]
        certain: dict[int, float] = defaultdict(float)
        plain: dict[int, float] = defaultdict(float)
        for folders, weight in within:
            found = next((i - 1 for i, part in enumerate(folders) if i and part in this_course().assignments), None)
            votes, depth = (plain, len(folders) - 1) if found is None else (certain, found)
            votes[depth] += weight
        total = sum(weight for _, weight in within)
        if certain:
            depth = max(certain, key=lambda d: round(certain[d], 6))
            if sum(weight for folders, weight in within if len(folders) <= depth) <= total / 2:
                return depth
        depth = max(plain, key=lambda d: round(plain[d], 6)) if plain else 0
        while depth and _share_of_namesakes(within, depth) > 1 / 2:  # as `src` in the folders of all students
            depth -= 1
        around = Counter("/".join(folders[:depth]) for folders, _ in within)
        if depth:
            self.notes.append(f"the folders in '{max(around, key=lambda f: around[f])}' are taken for the students")
        return depth

    def places(self, entry: Entry) -> list[EntryName]:
        """Whose an entry may be; none if its name does not say so, several where it can be read in several ways.

        Those in a folder of Gradescope's, which several students handed in together, are each one's.
        """
        readers: dict[str, Callable[[Entry], list[EntryName]]] = {
            NBGRADER: self._in_nbgrader,
            CANVAS: lambda entry: self._in_canvas(entry.parts[-1]),
            MOODLE: _in_moodle,
            GRADESCOPE: self._in_gradescope,
            BLACKBOARD: self._in_blackboard,
            BRIGHTSPACE: _in_brightspace,
            GITHUB: _in_github,
            GOOGLE: lambda entry: _in_google(entry.parts[-1]),
        }
        places = readers[self.system](entry)
        if self.system == GRADESCOPE:
            return places
        same = len({place.owner.lms_id for place in places}) == 1 and places[0].owner.lms_id
        return places[:1] if same else places

    def spelling(self, entry: Entry) -> str:
        """The student's folder as it is written in the zip, in nbgrader's layout; otherwise ""."""
        return parts_of(entry.as_written)[self._depth] if self.system == NBGRADER else ""

    def home(self, entry: Entry) -> str:
        """The path of the student's folder in the zip, in nbgrader's layout; otherwise ""."""
        return "/".join(entry.parts[: self._depth + 1]) if self.system == NBGRADER else ""

    def _in_canvas(self, name: str) -> list[EntryName]:
        if self._is_anonymous:
            found = _ANONYMOUS.fullmatch(name)
            return [_canvas_place(found["name"], found)] if found else []
        places = [_canvas_place(name[: found.start()], found) for found in _CANVAS.finditer(name)]
        if not places and (found := _NO_FILE.fullmatch(name)):
            return [EntryName(Owner(found["name"].removesuffix("_LATE"), found["id"]), found["rest"])]
        return [place for place in places if place.number * _FAR_OLDER >= self._oldest] or places

    def _in_nbgrader(self, entry: Entry) -> list[EntryName]:
        rest = entry.parts[self._depth + 1 :]
        return [EntryName(Owner(entry.parts[self._depth]), "/".join(rest))] if rest else []

    def _in_gradescope(self, entry: Entry) -> list[EntryName]:
        if (folder := gradescope_folder(entry.parts)) is None:
            return []
        rest = "/".join(entry.parts[len(folder) :])
        return [EntryName(owner, rest) for owner in self.submitters.get(folder, ()) if owner.lms_id]

    def _in_blackboard(self, entry: Entry) -> list[EntryName]:
        found = _BLACKBOARD.fullmatch(entry.parts[-1])
        if found is None:
            return []
        rest, number = found["rest"] or entry.parts[-1], int(found["when"].replace("-", ""))
        return [EntryName(Owner(login, login), rest, number=number) for login in self._in_the_end(found["whose"])]

    def _in_the_end(self, whose: str) -> list[str]:
        """The usernames that may stand at the end, behind the assignment's name and a `_`; both may hold another `_`."""
        if whose in self.usernames:
            return [self.usernames[whose]]
        parts = whose.split("_")
        shortest = whose.removeprefix(self._title) if self._title else parts[-1]
        possible = ["_".join(parts[i:]) for i in range(min(1, len(parts) - 1), len(parts))]
        possible = [login for login in possible if len(login) >= len(shortest)]
        known = [login for login in possible if login in self.known]
        if len(possible) > 1 and len(known) == 1:
            self._note(f"'{known[0]}', who is known, is taken for the username at the end of '{whose}'")
            return known
        if len(possible) > 1 and self._title and shortest != whose:
            self._note(
                f"the usernames are taken to begin after '{self._title}', since no .txt of Blackboard's says them"
            )
            return [shortest]
        return possible

    def _note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)


def whose_comment(name: str) -> str:
    """What stands before `_attempt_` in the name of a .txt that Blackboard itself puts beside the files; "" for others."""
    found = _BLACKBOARD.fullmatch(name)
    return found["whose"] if found and found["rest"] is None else ""


def _title(several: Sequence[str]) -> str:
    """What all begin with, up to a `_`: the assignment, before the usernames."""
    first, last = min(several, default=""), max(several, default="")
    common = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    return common[: common.rfind("_") + 1] if len(set(several)) > 1 else ""


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


def _share_of_namesakes(within: Sequence[tuple[tuple[str, ...], float]], depth: int) -> float:
    """How much of what lies so deep lies in a folder of which there are several of one name, in different ones."""
    deep = [(folders[: depth + 1], weight) for folders, weight in within if len(folders) > depth]
    names = Counter(path[-1] for path in {path for path, _ in deep})
    total = sum(weight for _, weight in deep)
    return sum(weight for path, weight in deep if names[path[-1]] > 1) / total if total else 0.0


def _of_several_in_google(entries: Sequence[Entry]) -> set[Folder]:
    """The folders in which a file of one name lies behind several names of people; or the only folder that there is."""
    people: dict[tuple[Folder, str], set[str]] = {}
    for entry in entries:
        for place in _in_google(entry.parts[-1]):
            name = AGAIN.sub("", notebook_stem(place.rest) or place.rest).casefold()
            people.setdefault((entry.parts[:-1], name), set()).add(place.owner.name)
    folders = {entry.parts[:-1] for entry in entries}
    return folders if len(folders) == 1 else {folder for (folder, _), names in people.items() if len(names) > 1}


def _systems_of(entry: Entry, flat: set[Folder]) -> set[str]:
    """The systems that may have given an entry its place. In a folder of theirs, the rest of its name is the student's.

    flat: folders that are of several students, if the download is of Google Classroom.
    """
    folders = entry.parts[:-1]
    for i, part in enumerate(folders):
        if _is_moodles(part):
            return {MOODLE}
        if _GRADESCOPE_FOLDER.fullmatch(part):
            return {GRADESCOPE}
        if _BRIGHTSPACE_FOLDER.fullmatch(part):
            return {BRIGHTSPACE}
        if _in_repository(folders, i):
            return {GITHUB}
        if i and part in this_course().assignments:
            return {NBGRADER}
    name = entry.parts[-1]
    patterns = {
        MOODLE: _MOODLE_FILE.search(name),
        CANVAS: _CANVAS.search(name) or _ANONYMOUS.fullmatch(name),
        BLACKBOARD: _BLACKBOARD.fullmatch(name),
        BRIGHTSPACE: _BRIGHTSPACE_FILE.fullmatch(name),
    }
    found = {system for system, match in patterns.items() if match}
    if not found and _in_google(name):
        return {GOOGLE} if folders in flat or not folders else {GOOGLE, NBGRADER}
    return found or ({NBGRADER} if folders else set())


def gradescope_folder(path: tuple[str, ...]) -> Folder | None:
    """The folder of a submission to Gradescope in which a file lies, the outermost, since students name the others."""
    i = next((i for i, part in enumerate(path[:-1]) if _GRADESCOPE_FOLDER.fullmatch(part)), None)
    return None if i is None else path[: i + 1]


def _canvas_place(name: str, found: re.Match) -> EntryName:
    return EntryName(Owner(name, found["id"]), found["rest"], bool(found["late"]), int(found["file"] or 0))


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


def _in_brightspace(entry: Entry) -> list[EntryName]:
    *folders, name = entry.parts
    for i, part in enumerate(folders):
        if found := _BRIGHTSPACE_FOLDER.fullmatch(part):
            rest = "/".join(entry.parts[i + 1 :])
            return [EntryName(Owner(found["name"], found["id"]), rest, number=_minutes(found["when"]))]
    found = _BRIGHTSPACE_FILE.fullmatch(name)
    return [EntryName(Owner(found["name"], found["id"]), found["rest"])] if found else []


def _minutes(when: str) -> int:
    """A number that grows with the time that Brightspace writes in English; 0 for others."""
    found = _WHEN.fullmatch(when)
    try:
        day = datetime.strptime(found["day"], "%b %d, %Y") if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        return 0
    return (day.toordinal() * 24 + int(found["hour"]) % 12 + 12 * (found["half"] == "PM")) * 60 + int(found["minute"])


def _in_repository(folders: Sequence[str], i: int) -> str:
    """The username at the end of a folder that is a repository of GitHub Classroom's; "" for another folder.

    It begins like an assignment of the course, or like the folder around it, which ends in `-submissions`.
    """
    around = folders[i - 1].removesuffix("-submissions") if i and folders[i - 1].endswith("-submissions") else ""
    names = [around] if around else [n for a in this_course().assignments for n in (a, a.replace("_", "-"))]
    names.sort(key=len, reverse=True)  # `nets-deep-jdoe` is of `nets_deep`, not of `nets`
    return next((folders[i][len(n) + 1 :] for n in names if folders[i].casefold().startswith(f"{n.casefold()}-")), "")


def _in_github(entry: Entry) -> list[EntryName]:
    folders = entry.parts[:-1]
    for i in range(len(folders)):
        if login := _in_repository(folders, i):
            return [EntryName(Owner(login, login), "/".join(entry.parts[i + 1 :]))]
    return []


def _in_google(name: str) -> list[EntryName]:
    found = _GOOGLE.fullmatch(name)
    if found is None or named_assignment(found["name"]):
        return []  # as `averages - Copy`
    return [EntryName(Owner(found["name"]), found["rest"])]


def named_assignment(rest: str) -> str:
    """The assignment that a student's own path names, by the file or else by its folder; "" if none."""
    path = PurePosixPath(rest)
    words = (AGAIN.sub("", notebook_stem(path.name) or path.stem).casefold(), path.parent.name)
    return next((word for word in words if word in this_course().assignments), "")
