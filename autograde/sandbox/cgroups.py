"""A control group for each box, where this machine lets us make one: the kernel's own count of all memory that a box causes.

Counters of processes miss what belongs to no process: files in memory, tables of pages, pipes. A group has them all, and the
kernel ends what is in it when there is too much. Version 2 is used where a part of the hierarchy is delegated to us (by
systemd or a container), version 1 where we may write in the memory hierarchy; see cgroups(7). A box enters its group by
writing to a file that the trusted side has opened, and sees no other part of this.
"""

import atexit
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import ClassVar

from autograde.sandbox.box import Limits
from autograde.sandbox.linux import MB

PREFIX = "descent-"  # of the names of our groups; behind it, the number of the process that has made it
LEAF = f"{PREFIX}grader"  # where the grader itself goes in version 2: a group has either processes or groups
SPARE_MB = 64  # beyond what processes may have: for files, and so that their counters, which say more, come first
SECONDS_TO_LEAVE = 2.0  # in which the last process of a box that was killed leaves its group
NOBODY = 65534
_MOUNT = re.compile(r"\d+ \d+ \S+ (?P<root>\S+) (?P<point>\S+) .*- (?P<kind>cgroup2?) \S+ (?P<options>\S+)")


class NoGroups(Exception):
    """This machine does not let us make groups; the message says why."""


@dataclass(frozen=True)
class CgroupPlace:
    """A folder of the cgroup file system in which groups can be made. version: 1 or 2; controllers: of these groups."""

    folder: str
    version: int
    controllers: Sequence[str] = ("memory",)


def find_place() -> CgroupPlace:
    """Where groups for boxes can be made; one is. In version 2 this process moves into a leaf. Raises NoGroups."""
    why = "no hierarchy of control groups counts memory here"
    for version, folder in _candidates():
        try:
            place = _delegated(folder) if version == 2 else CgroupPlace(str(folder), 1)
            _are_left(folder)
            group = Group(place, Limits())
            try:
                _try_to_enter(group)
            finally:
                group.close()
            return place
        except OSError as error:
            why = f"'{folder}': {error.strerror or error}"
    raise NoGroups(why)


def _candidates() -> Iterator[tuple[int, Path]]:
    """This process's own folder in each mounted hierarchy that may count memory, with its version."""
    with contextlib.suppress(OSError):
        own: dict[str, str] = {}  # by controller in version 1, under "" in version 2
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            own |= dict.fromkeys(controllers.split(","), path)
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            mount = _MOUNT.fullmatch(line)
            if mount and (mount["kind"] == "cgroup2" or "memory" in mount["options"].split(",")):
                inside = os.path.relpath(own.get("" if mount["kind"] == "cgroup2" else "memory", "/"), mount["root"])
                if not inside.startswith(".."):
                    yield 2 if mount["kind"] == "cgroup2" else 1, Path(mount["point"], inside)


def _delegated(folder: Path) -> CgroupPlace:
    """The part of version 2 that is ours, with the controllers that boxes need turned on. Raises OSError."""
    if folder.name == LEAF:
        folder = folder.parent
        return CgroupPlace(str(folder), 2, (folder / "cgroup.subtree_control").read_text().split())
    if "memory" not in (folder / "cgroup.controllers").read_text().split():
        raise OSError(0, "it does not count memory")
    leaf = folder / LEAF
    leaf.mkdir(exist_ok=True)
    for process in (folder / "cgroup.procs").read_text().split():
        (leaf / "cgroup.procs").write_text(process)
    (folder / "cgroup.subtree_control").write_text("+memory")
    for controller in ("pids", "cpu"):
        with contextlib.suppress(OSError):
            (folder / "cgroup.subtree_control").write_text(f"+{controller}")
    return CgroupPlace(str(folder), 2, (folder / "cgroup.subtree_control").read_text().split())


def remove_forsaken(place: CgroupPlace) -> None:
    """Remove groups of processes that were killed, once what was in them has ended; it is waited for a little."""
    end = time.monotonic() + SECONDS_TO_LEAVE
    while _are_left(Path(place.folder)) and time.monotonic() < end:
        time.sleep(0.01)


def _are_left(folder: Path) -> bool:
    """Whether groups are left whose makers have ended; those that are empty go."""
    left = False
    for old in folder.glob(f"{PREFIX}[0-9]*-*"):
        maker = old.name.removeprefix(PREFIX).partition("-")[0]
        if not Path("/proc", maker).exists():
            try:
                old.rmdir()
            except OSError:
                left = old.exists()
    return left


def _try_to_enter(group: "Group") -> None:
    """Enter as a box does, which is nobody; kernels before 5.16 ask who writes and not who has opened. Raises OSError."""
    become = f"os.setresuid({NOBODY}, {NOBODY}, {NOBODY}); " if os.getuid() == 0 else ""
    program = f"import os; {become}os.write({group.entry}, b'0')"
    tried = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], pass_fds=[group.entry], capture_output=True, check=False
    )
    if tried.returncode:
        raise OSError(0, "a box cannot enter a group of its own")


class Group:
    """One group. entry: descriptor to which a process writes b"0" to enter it."""

    _numbers = count(1)
    _leaving: ClassVar[list[Path]] = []  # closed, with processes that have not ended yet

    def __init__(self, place: CgroupPlace, limits: Limits):
        """Raises OSError."""
        self._version = place.version
        self._folder = Path(place.folder, f"{PREFIX}{os.getpid()}-{next(self._numbers)}")
        self._folder.mkdir()
        try:
            memory = (limits.memory_mb + SPARE_MB) * MB
            if self._version == 1:
                self._set("memory.limit_in_bytes", memory)
                with contextlib.suppress(OSError):  # where swap is counted at all
                    self._set("memory.memsw.limit_in_bytes", memory)
            else:
                self._set("memory.max", memory)
                for name, value in (("memory.swap.max", 0), ("memory.oom.group", 1), ("pids.max", limits.processes)):
                    with contextlib.suppress(OSError):
                        self._set(name, value)
            self.entry = os.open(self._folder / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        except BaseException:
            self._folder.rmdir()
            raise

    def _set(self, name: str, value: int) -> None:
        (self._folder / name).write_text(str(value))

    def overflowed(self) -> bool:
        """Whether the kernel has ended a process in it for want of memory."""
        name = "memory.oom_control" if self._version == 1 else "memory.events"
        try:
            words = (self._folder / name).read_text().split()
            return words[words.index("oom_kill") + 1] != "0"
        except (OSError, ValueError, IndexError):
            return False

    def peak(self) -> int:
        """Bytes that were in use at most."""
        name = "memory.max_usage_in_bytes" if self._version == 1 else "memory.peak"
        return int((self._folder / name).read_text())

    def close(self) -> None:
        """It goes as soon as what is in it has ended, which is somebody else's to do."""
        if self.entry >= 0:
            os.close(self.entry)
            self.entry = -1
            self._leaving.append(self._folder)
        self.sweep()

    @classmethod
    def sweep(cls) -> None:
        """Remove the groups that were closed, as far as they are empty."""
        for folder in list(cls._leaving):
            with contextlib.suppress(OSError):
                folder.rmdir()
            if not folder.exists():
                cls._leaving.remove(folder)


@atexit.register
def _sweep_at_the_end() -> None:
    end = time.monotonic() + SECONDS_TO_LEAVE
    while Group._leaving and time.monotonic() < end:
        Group.sweep()
        time.sleep(0.01)
