"""What arrives: whose attempt it is, whether all of it is there, and whether it was theirs to hand in.

Two layouts. nbgrader's exchange: `<exchange>/<course>/inbound/<student>+<assignment>+<time>+<chance>/`, where
`submission_secret.txt` is written last. And that of `course grade`: `<student>/<assignment>/`, in which a file that has
changed is another attempt. The folder is the queue; nothing in it is ever written or removed.
"""

import contextlib
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO

from autograde.course import this_course
from autograde.judging.intake import MAX_ENTRIES, MAX_FILES, MAX_NAME
from autograde.judging.notebook_file import MAX_FILE
from autograde.lms.archives import is_clutter, looks_like_work
from autograde.notebook import notebook_stem
from autograde.records.attempts import attempt_at
from autograde.records.entry import FIRST_TIME, LAST_TIME
from autograde.running.entered import ITS_OWN
from autograde.text import one_line, some

try:
    import pwd
except ImportError:  # Windows, where files have no owner that could be compared
    pwd = None  # type: ignore[assignment]

SETTLED = 0.3  # seconds after its last change for which a file is left alone
PATIENCE = 5.0  # the same for what cannot be read, or lacks its secret
ENDLESS = 60.0  # seconds after which a file that is still growing is taken as it is
LARGEST = 1 << 36  # bytes of a copy that is a length alone; every file system holds as many
SECRET, SECRET_BYTES, MAX_SECRET = "submission_secret.txt", 128, 1_000
TIME = "timestamp.txt"
_users: dict[int, str] = {}  # names by number, which may take a while to look up
_MARK = 8  # signs that tell two attempts of the same moment apart
_EXCHANGE = re.compile(r"([^+]+)\+([^+]+)\+(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)( [\w/+-]+?)?(?:\+([\w=-]+))?")


class Refused(Exception):
    """What arrived is not taken; the message is one line for the instructor."""


class Replaced(Refused):
    """It is not there any more: the same file has later work in it, which is an attempt of its own."""


class Closed(Refused):
    """It may not be opened: nbgrader writes a submission as private as the student's own folder, and opens it at the end."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An attempt that has arrived: small, since each is kept. attempt: its name. place: of its folder, in that of the inbox.
    since: when it was written, in seconds of the epoch, as the system noted it: the other time of a file is set by whoever owns
    it. state: of its files, by which later work in their place is known; None where there is none, or where they never cease
    to change.
    """

    student: str
    assignment: str
    attempt: str
    inbox: Path
    place: str
    since: float
    state: str | None = None

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.inbox / self.place

    @property
    def key(self) -> tuple[str, str]:
        """Whose work on what."""
        return self.student, self.assignment

    @property
    def is_fresh(self) -> bool:
        """Whether something of it may still be to come."""
        return _is_within(PATIENCE, self.since)


def inbox_at(root: Path) -> "Inbox":
    """The inbox that a folder is: nbgrader's if it has nbgrader's name for it."""
    return ExchangeInbox(root) if root.name == "inbound" else FolderInbox(root)


class Inbox:
    """A folder in which attempts arrive. For one thread."""

    def __init__(self, root: Path):
        self.root = root

    def look(self, hints: Collection[Path] = ()) -> Iterator[Arrival | Refused]:
        """What is there in full and was not told of yet. hints: paths to which the look is confined, unless there are none.

        Raises OSError where the folder cannot be read.
        """
        raise NotImplementedError

    def take_later(self, arrival: Arrival) -> None:
        """Tell of it once more, since it could not be read."""
        raise NotImplementedError

    def require_unchanged(self, arrival: Arrival) -> None:
        """Raise Replaced if what lies in its folder is another attempt by now, and OSError if nothing can be read there."""

    def _no_name(self, student: str) -> Refused:
        return Refused(f"'{one_line(student)}' in '{self.root}' is no name of a student")

    def _entries(self, hints: Collection[Path]) -> list[str]:
        """The names of the folders that are looked at."""
        if hints:
            inside = (path.relative_to(self.root).parts for path in hints if path.is_relative_to(self.root))
            return sorted({parts[0] for parts in inside if parts and not parts[0].startswith(".")})
        with os.scandir(self.root) as entries:
            return sorted(entry.name for entry in entries if not entry.name.startswith((".", "__")))


class ExchangeInbox(Inbox):
    """The `inbound` folder of nbgrader's exchange, in which every submission is a folder of its own."""

    def __init__(self, root: Path):
        super().__init__(root)
        self._told: set[str] = set()

    def look(self, hints: Collection[Path] = ()) -> Iterator[Arrival | Refused]:
        """As Inbox has it."""
        for name in self._entries(hints):
            if name in self._told:
                continue
            said = self._seen(name)
            if said is not None:
                self._told.add(name)
                yield said

    def take_later(self, arrival: Arrival) -> None:
        """As Inbox has it."""
        self._told.discard(arrival.place)

    def _seen(self, name: str) -> Arrival | Refused | None:
        """None while something is still to come."""
        path = self.root / name
        found = _EXCHANGE.fullmatch(name)
        if found is None:
            return Refused(f"'{one_line(name)}' in '{self.root}' is not named as nbgrader names a submission")
        state = None
        try:
            state = path.lstat()
            if not stat.S_ISDIR(state.st_mode):
                return Refused(f"'{one_line(name)}' in '{self.root}' is no folder")
            since = _complete_since(path, state.st_mtime)
        except FileNotFoundError:  # it is gone
            return None
        except OSError as error:
            if state is not None and _is_within(PATIENCE, state.st_ctime):
                return None
            return Refused(f"'{one_line(name)}' in '{self.root}' cannot be opened: {error.strerror}")
        if since is None:
            return None
        student, assignment, moment, *_ = found.groups()
        if not _is_name(student):
            return self._no_name(student)
        if assignment not in this_course().assignments:
            return Refused(f"'{one_line(assignment)}', of {one_line(student)}, is no assignment of this course")
        try:
            time_ = datetime.fromisoformat(moment)
        except ValueError:
            time_ = LAST_TIME
        if not FIRST_TIME <= time_ < LAST_TIME:
            return Refused(f"'{one_line(name)}' in '{self.root}' names no time")
        arrival = Arrival(student, assignment, f"{attempt_at(time_)}-{_mark(name)}", self.root, name, since)
        try:  # before it stands in line with what is the student's own
            _require_owner(state, _trusted(self.root), arrival)
        except Refused as why:
            return why
        return arrival


class FolderInbox(Inbox):
    """A folder <student>/<assignment>/ in which work is replaced by later work."""

    def __init__(self, root: Path):
        super().__init__(root)
        self._told: dict[tuple[str, str], str] = {}  # the state of what was told of
        self._growing: dict[tuple[str, str], float] = {}  # since when it has been changing

    def look(self, hints: Collection[Path] = ()) -> Iterator[Arrival | Refused]:
        """As Inbox has it."""
        for student in self._entries(hints):
            for name in self._names_in(student):
                try:
                    said = (
                        self._seen(student, name) if name in this_course().assignments else self._stray(student, name)
                    )
                except (FileNotFoundError, NotADirectoryError):
                    continue
                except OSError as error:  # of this student's folder, which keeps nobody else waiting
                    words = (
                        f"'{one_line(student)}/{one_line(name)}' in '{self.root}' cannot be opened: {error.strerror}"
                    )
                    said = self._once((student, name), words, Refused(words))
                if said is not None:
                    yield said

    def _names_in(self, student: str) -> list[str]:
        """What lies in a student's folder; all assignments where that cannot be told, and "" for a notebook in its place."""
        try:
            with os.scandir(self.root / student) as entries:
                here = sorted(entry.name for entry in islice(entries, MAX_ENTRIES))
        except NotADirectoryError:
            return [""] if looks_like_work(student) else []
        except OSError:
            return list(this_course().assignments)
        return [name for name in here if not name.startswith((".", "__"))]

    def _stray(self, student: str, name: str) -> Refused | None:
        """What is neither an assignment's folder nor in one: it is said, so that no work is passed over in silence."""
        path = self.root / student / name if name else self.root / student
        if path.is_dir():
            why = f"'{one_line(name)}' is no assignment of this course"
        elif _is_notebook(path.name):
            why = "a notebook belongs in <student>/<assignment>/"
        elif looks_like_work(path.name):
            why = "an archive is taken in by `course import`"
        else:
            return None
        words = f"'{one_line(f'{student}/{name}' if name else student)}' in '{self.root}': {why}"
        return self._once((student, name), words, Refused(words))

    def take_later(self, arrival: Arrival) -> None:
        """As Inbox has it."""
        self._told.pop(arrival.key, None)

    def require_unchanged(self, arrival: Arrival) -> None:
        """As Inbox has it."""
        if arrival.state is not None and _state_of(_notebooks(_entries_of(arrival.folder))) != arrival.state:
            raise Replaced(
                f"{_told(arrival)}: other work came in its place before it was judged; that is judged instead"
            )

    def _seen(self, student: str, assignment: str) -> Arrival | Refused | None:
        folder, key = self.root / student / assignment, (student, assignment)
        if folder.is_symlink() or folder.parent.is_symlink():
            return self._once(key, "link", Refused(f"'{one_line(student)}/{assignment}' in '{self.root}' is a link"))
        here = _entries_of(folder)
        if len(here) > MAX_ENTRIES:
            words = f"'{one_line(student)}/{assignment}' in '{self.root}' holds more than {MAX_ENTRIES:,} files"
            return self._once(key, words, Refused(words))
        files = _notebooks(here)
        if not files:
            return self._without_notebook(key, folder, sorted(e.name for e in here))
        state = _state_of(files)
        if self._told.get(key) == state:
            return None
        changed, now = max(s.st_mtime for _, s in files), time.monotonic()
        began = self._growing.setdefault(key, now)
        is_changing = _is_within(SETTLED, changed)
        if is_changing and now - began < ENDLESS:
            return None
        if not _is_name(student):
            return self._once(key, state, self._no_name(student))
        self._once(key, state)
        since = max(s.st_ctime for _, s in files)
        attempt = f"{attempt_at(_time_that_can_be(changed, since))}-{state[:_MARK]}"
        place = f"{student}/{assignment}"
        return Arrival(*key, attempt, self.root, place, since, state=None if is_changing else state)

    def _without_notebook(self, key: tuple[str, str], folder: Path, names: list[str]) -> Refused | None:
        """Of a folder in which there is something else, as long as no notebook comes."""
        others = [one_line(name) for name in names if name != TIME and not is_clutter(name)]
        if not others or _is_within(PATIENCE, folder.stat().st_mtime):
            return None
        words = f"'{one_line('/'.join(key))}' in '{self.root}' holds no notebook; there is {some(others)}"
        return self._once(key, words, Refused(words))

    def _once(self, key: tuple[str, str], state: str, said: Refused | None = None) -> Refused | None:
        """Note what was told of, and say it if it was not said of this state before."""
        self._growing.pop(key, None)
        before, self._told[key] = self._told.get(key), state
        return said if before != state else None


def _entries_of(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder; one more than may, where it is too much."""
    with os.scandir(folder) as entries:
        return list(islice(entries, MAX_ENTRIES + 1))


def _notebooks(entries: list[os.DirEntry[str]]) -> list[tuple[str, os.stat_result]]:
    return [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries if _is_notebook(entry.name)]


def _state_of(files: list[tuple[str, os.stat_result]]) -> str:
    """Another one for whatever is written in their place."""
    return _digest(repr(sorted((name, s.st_size, s.st_mtime_ns, s.st_ino) for name, s in files)))


def _is_name(student: str) -> bool:
    """Whether it can be printed, and files can be named after it."""
    return student == one_line(student) and len(os.fsencode(student)) <= MAX_NAME


def _is_notebook(name: str) -> bool:
    return notebook_stem(name) is not None and not name.startswith(".")


def _mark(words: str) -> str:
    """What tells two attempts of the same moment apart."""
    return _digest(words)[:_MARK]


def _digest(words: str) -> str:
    return hashlib.sha256(os.fsencode(words)).hexdigest()


def _is_within(seconds: float, moment: float) -> bool:
    """Whether a moment was so short a time ago; one that is still to come was not."""
    return 0 <= time.time() - moment < seconds


def _time_that_can_be(claimed: float, noted: float) -> datetime:
    """The time that a file claims, or when the system noted it, if no calendar has that."""
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if FIRST_TIME <= (moment := datetime.fromtimestamp(claimed, UTC)).replace(tzinfo=None) < LAST_TIME:
            return moment
    return datetime.fromtimestamp(noted, UTC)


def _complete_since(folder: Path, changed: float) -> float | None:
    """When a submission was complete; None if it is not yet. Old versions of nbgrader write no secret."""
    with contextlib.suppress(FileNotFoundError):
        secret = (folder / SECRET).lstat()
        if secret.st_size >= SECRET_BYTES:
            return secret.st_ctime
        changed = secret.st_mtime
    return None if _is_within(PATIENCE, changed) else changed


def copy_of(arrival: Arrival, inbox: Inbox, target: Path, take_room: Callable[[int], None]) -> list[str]:
    """Copy the files of an attempt to `target`, as they are at this moment; the names of the notebooks among them.

    No link is followed, and what is not the student's own is not taken, so that nobody hands in under another's name, or has
    a file shown to which they have no right. take_room: called with the bytes of each before it is copied; what that raises
    ends it. Raises Refused, OSError.
    """
    target.mkdir(parents=True, exist_ok=True)
    room = MAX_FILE  # for all files together
    with _folder_of(arrival, inbox) as (folder, owners):
        names = sorted(os.listdir(folder), key=lambda name: (name != f"{arrival.assignment}.ipynb", name))
        notebooks = [name for name in names if _is_notebook(name)][:MAX_FILES]
        for name in (*(name for name in (TIME, SECRET) if name in names), *notebooks):
            room -= _copy(folder, name, target / name, owners, arrival, room, take_room)
    return notebooks


def secret_of(arrival: Arrival, inbox: Inbox) -> tuple[str, list[str]]:
    """The secret by which nbgrader finds the pages of an attempt, and the names of the files beside it, not all if they are many.

    As in `copy_of` neither is taken from a link, or from what is another's. Raises Refused, OSError.
    """
    with _folder_of(arrival, inbox) as (folder, owners):
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MAX_ENTRIES)]
        with _ordinary(folder, SECRET, owners, arrival) as file:
            return file.read(MAX_SECRET).decode(errors="replace"), names


@contextlib.contextmanager
def _folder_of(arrival: Arrival, inbox: Inbox) -> Iterator[tuple[int, Collection[int]]]:
    """The folder of an attempt, opened, and who may own files in it besides the student. In a student's own folder that is
    nobody, since a file of the grader's can only be a link there.
    """
    folder = _opened(arrival.folder, os.O_DIRECTORY, arrival)
    try:
        state, trusted = os.fstat(folder), _trusted(inbox.root)
        _require_owner(state, trusted, arrival)
        yield folder, trusted if state.st_uid in trusted else set()
    finally:
        os.close(folder)


@contextlib.contextmanager
def _ordinary(folder: int, name: str, owners: Collection[int], arrival: Arrival) -> Iterator[IO[bytes]]:
    """A file in the opened folder of an attempt."""
    source = _opened(Path(name), os.O_NONBLOCK, arrival, folder)
    try:
        state = os.fstat(source)
        if not stat.S_ISREG(state.st_mode):
            raise Refused(f"{_told(arrival)}: '{one_line(name)}' is no file")
        _require_owner(state, owners, arrival)
        with open(source, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(source)


def _copy(
    folder: int,
    name: str,
    target: Path,
    owners: Collection[int],
    arrival: Arrival,
    room: int,
    take_room: Callable[[int], None],
) -> int:
    """Copy a file as long as it is at this moment; how many bytes that took. Of what has no room the size is enough."""
    with _ordinary(folder, name, owners, arrival) as file:
        state = os.fstat(file.fileno())
        left = length = state.st_size if state.st_size <= room else 0
        take_room(length)
        try:
            with target.open("wb") as copy:
                while left and (part := file.read(min(left, 1 << 20))):
                    copy.write(part)
                    left -= len(part)
                if state.st_size > room:
                    copy.truncate(min(max(state.st_size, MAX_FILE + 1), LARGEST))
        except OSError as error:
            if error.errno in ITS_OWN:  # a name that this disk does not take
                raise Refused(f"{_told(arrival)}: '{one_line(name)}' cannot be kept ({error.strerror})") from None
            raise
    with contextlib.suppress(OSError, OverflowError):  # a time that this disk does not take
        os.utime(target, ns=(state.st_atime_ns, state.st_mtime_ns))
    return length


def _opened(path: Path, flags: int, arrival: Arrival, folder: int | None = None) -> int:
    """A file or a folder of a student's. Raises Refused, and FileNotFoundError if it is gone."""
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        words = f"{_told(arrival)}: '{one_line(path.name)}' cannot be opened ({error.strerror}), or is a link"
        raise (Closed if isinstance(error, PermissionError) else Refused)(words) from None


def _trusted(inbox: Path) -> set[int]:
    """Who may hand in for others: root, whoever runs this service, and whoever owns the inbox."""
    return {0, os.geteuid(), inbox.stat().st_uid} if pwd is not None else set()


def _require_owner(state: os.stat_result, trusted: Collection[int], arrival: Arrival) -> None:
    """Raise Refused, unless a file is the student's, or one of those that are trusted.

    The owner's name is looked up, and not the number of the name that was claimed: a directory of users may take several
    spellings for one user, each of which would be a student with attempts of their own, and need not be asked for each.
    """
    if pwd is not None and state.st_uid not in trusted and _user(state.st_uid) != arrival.student:
        raise Refused(f"{_told(arrival)} was handed in by another (user {_user(state.st_uid)})")


def _user(uid: int) -> str:
    if uid not in _users:
        try:
            _users[uid] = pwd.getpwuid(uid).pw_name
        except KeyError:  # perhaps not for ever
            return str(uid)
    return _users[uid]


def _told(arrival: Arrival) -> str:
    return f"{one_line(arrival.student)}, {arrival.assignment}"
