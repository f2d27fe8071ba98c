"""Which folder is whose among the submissions: names that are one on every system, and no folder for two students."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from itertools import chain, count
from pathlib import Path

from autograde.lms.archives import RESERVED, Refused
from autograde.lms.naming import BY_NAME, CANVAS, GOOGLE, MOODLE, NBGRADER, Owner
from autograde.lms.roster import STUDENTS, RosterEntry
from autograde.tables import harmless, is_harmless
from autograde.text import one_line

MAX_NAME = 120  # bytes of a student's folder

_BLIND = "participant"  # Moodle's name for everybody while marking is anonymous


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


class Folders:
    """Which folder is whose. Two students never share one; one who is known keeps the one that is there."""

    def __init__(
        self,
        system: str,
        to: Path,
        known: Collection[RosterEntry],
        logins: dict[str, str],
        owners: Collection[Owner],
    ):
        self.notes: list[str] = []
        self._system, self.logins_in = system, logins
        self._known: dict[str, list[RosterEntry]] = {}  # by folder
        for line in known:
            self._known.setdefault(_folded(line.student), []).append(line)
        self._there = {_folded(folder.name): folder.name for folder in to.iterdir() if folder.is_dir()}
        lines = (line for several in self._known.values() for line in several)
        self._mine = {k.lms_id: k.student for k in lines if k.system == system and k.lms_id}
        self._here = [harmless(owner.name) for owner in owners]
        self._namesakes = Counter(_folded(safe_name(name)) for name in self._here)
        self._in_moodle = {k.name for k in known if k.system == MOODLE}
        self._ends = {end: name for name in sorted(self._in_moodle) for end in _ends(name)}
        self._given: dict[str, Owner] = {}

    def login(self, owner: Owner) -> str:
        """By the roster, or by the download itself; "" if neither says one."""
        return self.logins_in.get(owner.lms_id, "")

    def of(self, owner: Owner, assignments: Collection[str]) -> str:
        """The name of a student's folder. Raises Refused: in nbgrader's layout, where it may not be changed."""
        folder = self._choose(owner, assignments)
        names = chain([folder], (f"{folder}_{n}" for n in count(2)))
        name = next(name for name in names if not self._is_anothers(owner, name))
        self._given[_folded(name)] = owner
        return name

    def _is_anothers(self, owner: Owner, folder: str) -> bool:
        """Whether a folder was given to another student, now or by an earlier import."""
        if self._given.get(_folded(folder), owner) != owner:
            return True
        if self._system == NBGRADER:
            return False
        lines = self._known.get(_folded(folder), [])
        if not lines and self._system == GOOGLE:  # which gives no number that would tell two of one name apart
            return _folded(folder) in self._there
        return bool(lines) and not any(self._is_of(owner, line) for line in lines)

    def _is_of(self, owner: Owner, line: RosterEntry) -> bool:
        """Whether a line of students.csv is of this student. Numbers may change from assignment to assignment."""
        login = self.login(owner)
        if line.system == self._system and line.lms_id == owner.lms_id != "":
            return True
        if login or line.system != self._system:
            return line.login == login != ""
        return self._system in BY_NAME and line.name == harmless(owner.name)

    def _choose(self, owner: Owner, assignments: Collection[str]) -> str:
        if self._system == NBGRADER:
            return self._unchanged(owner.name)
        if owner.lms_id in self._mine:
            return self._mine[owner.lms_id]
        if self.login(owner):
            return safe_name(self.login(owner))
        if self._system == MOODLE:
            self._require_no_team(harmless(owner.name))
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

    def _require_no_team(self, name: str) -> None:
        """Moodle writes a team before the name where work is handed in by teams. Raises Refused."""
        others = (self._ends[end] for end in _ends(name) if end in self._ends)
        if name not in self._in_moodle and (known := next((one for one in others if one not in self._here), "")):
            why = f"is of '{name}', who may be '{known}' in a team"
            raise Refused(f"{why}: put it in its place by hand, or import every assignment with --roster")

    def _is_somebody_else(self, owner: Owner, folder: str, assignments: Collection[str]) -> bool:
        """Whether another may have the folder of this name. Numbers may change from assignment to assignment."""
        if owner.name.casefold() == _BLIND:
            return True
        if self._namesakes[_folded(folder)] > 1:
            self.notes.append(
                f"more than one student is called '{owner.name}': {self._system}'s numbers keep them apart in this"
                f" assignment{', and --roster in all of them' if self._system == MOODLE else ''}"
            )
            return True
        there = self._there.get(_folded(folder))
        if self._system == MOODLE and there is None and len(self._here) == 1 == len(owner.name.split()):
            self.notes.append(
                f"'{owner.name}' may be Moodle's word for everybody while marking is anonymous: the number stays in the"
                " folder's name. --roster tells who it is"
            )
            return True
        lines = [k for k in self._known.get(_folded(folder), []) if k.student == there]
        is_another = there is not None and not (
            lines
            and self._system in BY_NAME
            and all(k.system == self._system and k.name == harmless(owner.name) for k in lines)
            and not any(k.assignment in assignments for k in lines)
        )
        if is_another and any(k.lms_id for k in lines):
            self.notes.append(
                f"'{there}' is of another number in {self._system} than '{owner}', who gets another folder: if both are"
                " one person, move the work there"
            )
        return is_another


def _ends(name: str) -> list[str]:
    """A name, and what follows each dash in it and still is of several words: there it may begin, after a team's."""
    parts = name.split("-")
    return [name, *(end for i in range(1, len(parts)) if " " in (end := "-".join(parts[i:])).strip())]


def _folded(name: str) -> str:
    """What names have in common that a file system or a reader takes for one: capitals, widths and unseen marks go."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(c for c in folded if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f")
