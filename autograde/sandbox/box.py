"""One box: a process in namespaces of its own, with nothing to reach, bounded in all it can use.

Who opens boxes holds a namespace of processes, in which it sees them all. It forks the first process of each into another
one; that confines itself and runs the notebook, and whatever the notebook starts dies with it. Meanwhile the one that forked
watches over memory and time: the fork server over all of its boxes, `supervise` over one.

Where the system forbids namespaces, `supervise` does with Landlock, seccomp, limits and its own watch over what the box
uses; as root, each box then has a user number of its own.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from . import linux, seccomp
from .linux import MB

ENTERED = b"."  # what the first process says once it is confined
INTERRUPT, USAGE = b"interrupt", b"usage"  # what may be sent to who watches over a box
LOOKS = 0.05  # seconds between two looks at how much memory a box uses
MOST_DATA_MB = 4096  # that a process may reserve: TensorFlow does so, and hardly uses it
FAR_LOOKS = 0.25  # the same without namespaces, among all processes of the system, and at its files


@dataclass(frozen=True)
class Limits:
    """What one box may use. Memory: of all its processes together. seconds: from its first to its last moment."""

    memory_mb: int = 2048  # where nothing is said; of a class it is said in judging/tiers.py
    files_mb: int = 64
    files: int = 10_000
    open_files: int = 128
    processes: int = 64
    seconds: float = 600


HOME, TEMPORARY = "/box", "/tmp"


@dataclass(frozen=True)
class Mounts:
    """What a box can read and run, and where it may write and listen. families: of sockets. namespaces: whether it gets its own.

    Without namespaces `home` and `temporary` are folders of the system's, and `user` is who the box's processes become;
    None if they stay who they are. closed: whether what is readable is closed to `user`, who then keeps root's right to look;
    Landlock says at what.
    """

    readable: Sequence[str]
    runnable: Sequence[str]
    listening: Sequence[str] = ()
    families: Sequence[int] = ()
    home: str = HOME
    temporary: str = TEMPORARY
    namespaces: bool = True
    user: int | None = None
    closed: bool = False


DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
OWN_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version")  # of a /proc that is shared
NAMESPACES = (  # that a box makes itself, beside those of users and processes
    linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS | linux.CLONE_NEWCGROUP
)


def enter_pid_namespace() -> None:
    """From here on this is the first process of namespaces of its own, with all rights in them and a /proc that shows what
    it forks; so it can fork boxes into others. The process that was waits for it, and ends as it does."""
    linux.own_namespaces(linux.CLONE_NEWPID | linux.CLONE_NEWNS)
    linux.die_with_parent()
    if held := os.fork():
        os._exit(os.waitpid(held, 0)[1] != 0)
    linux.die_with_parent()
    linux.mount("none", "/", "none", linux.MS_REC | linux.MS_PRIVATE)
    mount_proc()


def mount_proc() -> None:
    """Mount a /proc that shows the processes of the caller's own namespace. Raises OSError."""
    linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)


def open_box(
    limits: Limits,
    places: Mounts,
    keep: Sequence[int],
    status: socket.socket,
    run: Callable,
    group: int | None = None,
) -> "Guard":
    """Fork a box in which `run()` is called, with the descriptors `keep` open. Only for a process with one thread.

    With namespaces it has to be one that holds processes. Of the namespaces, its own processes are made by who forks it,
    and the rest by itself. group: descriptor by which the box enters a control group (cgroups.Group).
    """
    if linux.threads() != 1:
        raise RuntimeError("a process with several threads cannot be forked safely")
    ready, tell = os.pipe()
    try:
        first = linux.fork_apart() if places.namespaces else os.fork()
    except OSError:
        os.close(ready)
        os.close(tell)
        raise
    if first == 0:
        try:
            status.close()
            os.close(ready)
            try:
                if group is not None:
                    os.write(group, b"0")
                _enter(limits, places, keep=(*keep, tell))
                os.write(tell, ENTERED)
            except BaseException as error:
                os.write(tell, f"the box could not be made: {error}".encode())
                raise
            os.close(tell)
            run()
        finally:
            os._exit(0)
    os.close(tell)
    return Guard(first, ready, status, limits, places)


def supervise(
    limits: Limits,
    places: Mounts,
    keep: Sequence[int],
    status: socket.socket,
    run: Callable[[], object],
    group: int | None = None,
) -> NoReturn:
    """Open a box and watch over it. This process ends with it."""
    code = 1
    try:
        linux.die_with_parent()
        if places.namespaces:
            enter_pid_namespace()
        else:
            linux.adopt_orphans()
        watch = Watchdog()
        watch.guards.append(open_box(limits, places, keep, status, run, group))
        for descriptor in (*keep, *([] if group is None else [group])):
            os.close(descriptor)
        while watch.guards:
            watch.wait()
        code = 0
    except BaseException as error:
        tell_end(status, None, f"{type(error).__name__}: {error}")
    finally:
        os._exit(code)


def tell_end(status: socket.socket, ended: int | None, why: str) -> None:
    """Say how a box has ended (see Guard), or why there is none: then `ended` is None. Ignored if the peer has closed."""
    with contextlib.suppress(OSError):
        status.send(json.dumps({"ended": ended, "why": why}).encode())


class Watchdog:
    """What the process that has forked boxes does beside: it keeps them within their limits, and says how each ended."""

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self._look = 0.0  # when to look next at what they use

    def wait(self, also: Sequence[int] = ()) -> set[int]:
        """Wait until something happens to a box or to the descriptors `also`, and see to the boxes; what happened."""
        looks = max((guard.looks for guard in self.guards), default=None)
        poll = select.poll()
        for descriptor in (*also, *(d for guard in self.guards for d in guard.descriptors())):
            poll.register(descriptor, select.POLLIN)
        happened = {descriptor for descriptor, _ in poll.poll(looks and looks * 1000)}
        children: dict[str, list[str]] | None = None
        if looks and time.monotonic() >= self._look:
            self._look = time.monotonic() + looks
            children = _children()
        for guard in list(self.guards):
            try:
                over = guard.attend(happened, children)
            except Exception as error:  # whatever it was in one box that cannot be looked at, the others go on
                over = guard.give_up(error)
            if over:
                self.guards.remove(guard)
        return happened


class Guard:
    """Watches over one box. first: its first process, a child of this one; ready: the pipe on which it says ENTERED.

    When the box has ended, one JSON object on `status` says how: {"ended": exit code or minus signal, "why": words}. When
    the other end of `status` is closed, the box is killed; INTERRUPT from there is a Ctrl-C for it, and USAGE is answered by
    {"computed": seconds for which its processes have}. What is read of a box is bytes, since it chooses them.
    """

    def __init__(self, first: int, ready: int, status: socket.socket, limits: Limits, places: Mounts):
        self._first, self._ready, self._status, self._limits, self._places = first, ready, status, limits, places
        self._alive = os.pidfd_open(first)
        self._end = time.monotonic() + limits.seconds
        self._inherited: int | None = None  # KB that came with the fork; None until it has entered
        self._why: str | None = None  # why it has to end, once it has
        self.looks = LOOKS if places.namespaces else FAR_LOOKS

    def descriptors(self) -> list[int]:
        """What to poll: the first process, and, until the box has to end, `status` and, until it has entered, `ready`."""
        if self._why is not None:
            return [self._alive]
        return [self._alive, self._status.fileno(), *([self._ready] if self._inherited is None else [])]

    def attend(self, happened: set[int], children: dict[str, list[str]] | None) -> bool:
        """Do what is due; whether the box has ended. children: of all processes, if it is time to look at them."""
        if self._why is None:  # also of one that has ended: it may have said why it could not enter
            self._why = self._fault(happened, children)
            if self._why:
                os.kill(self._first, signal.SIGKILL)
        if self._alive in happened:
            self._see_off()
        return self._alive in happened

    def give_up(self, error: Exception) -> bool:
        """End a box that cannot be watched over; whether nothing is left of it to wait for."""
        again = self._why is not None
        self._why = self._why or f"it could not be watched over ({type(error).__name__})"
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._first, signal.SIGKILL)
        if again:
            self._release(None)
        return again

    def _see_off(self) -> None:
        ended = os.waitstatus_to_exitcode(os.waitpid(self._first, 0)[1])
        if not self._places.namespaces:
            _end_all()
        self._release(ended)

    def _release(self, ended: int | None) -> None:
        os.close(self._alive)
        os.close(self._ready)
        tell_end(self._status, ended, self._why or "")
        self._status.close()

    def _fault(self, happened: set[int], children: dict[str, list[str]] | None) -> str | None:
        """Why the box must end, "" if it ends by itself; None if it may go on."""
        if self._inherited is None and self._ready in happened:
            if (said := os.read(self._ready, 1000)) != ENTERED:
                return said.decode(errors="replace")
            self._inherited = _memory(str(self._first))
        if self._status.fileno() in happened and not self._obey(_asked(self._status)):
            return "no longer wanted"
        if time.monotonic() > self._end:
            return f"it ran for more than {self._limits.seconds:g} seconds"
        if self._inherited is None or children is None:
            return None
        family = self._family(children)
        if self._uses(list(family)) > self._limits.memory_mb * 1024:
            return f"it used more than {self._limits.memory_mb} MB of memory"
        if not self._places.namespaces and _fills(self._limits, self._places):
            return f"it wrote more than {2 * self._limits.files_mb} MB, or {2 * self._limits.files} files"
        return None

    def _uses(self, family: list[str]) -> int:
        """KB of memory, without what the box has of the process that forked it, which is taken off once and never more
        often: a process of the box need not have it still.

        What several processes have counts once. Only where it matters is that asked, since it takes the kernel long.
        """
        assert self._inherited is not None
        each = [_memory(process) for process in family]
        if sum(each) - self._inherited <= self._limits.memory_mb * 1024 or len(family) == 1:
            return sum(each) - self._inherited
        shares = [_share(process) for process in family]
        counted = sum(memory if share is None else share for memory, share in zip(each, shares, strict=True))
        # The pristine process has nothing but what it passes on, so its share of that is the share of each of its forks,
        # however many other boxes there are.
        inherited = len(family) * (_share("self") or 0)
        return max(max(each) - self._inherited, counted - min(inherited, self._inherited))

    def _obey(self, asked: bytes) -> bool:
        """Do what was asked from the other side; whether that is anything: if not, it has gone."""
        if asked == INTERRUPT:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._first, signal.SIGINT)
        elif asked == USAGE:
            computed = sum(map(_computed, self._family(_children())))
            with contextlib.suppress(OSError):
                self._status.send(json.dumps({"computed": computed}).encode())
        return asked in (INTERRUPT, USAGE)

    def _family(self, children: dict[str, list[str]]) -> Iterator[str]:
        # Without namespaces, orphans are children of this process, which then has no other box.
        return _family(children, str(self._first if self._places.namespaces else os.getpid()))


def _asked(status: socket.socket) -> bytes:
    try:
        return status.recv(100)
    except OSError:
        return b""


def _children() -> dict[str, list[str]]:
    """{a process: those it has started} of all that /proc shows."""
    children: dict[str, list[str]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            parent = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()[1].decode()
            children.setdefault(parent, []).append(name)
    return children


def _family(children: dict[str, list[str]], first: str) -> Iterator[str]:
    """This process and what descends from it."""
    todo = [first]
    while todo:
        name = todo.pop()
        yield name
        todo += children.get(name, [])


def _kilobytes(process: str, file: str, *names: bytes) -> int:
    """The sum of what a file in /proc says under these names."""
    # A process chooses its name, which comes first in there; but that cannot hold the end of a line.
    lines = Path(f"/proc/{process}/{file}").read_bytes().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(names))


def _memory(process: str) -> int:
    """KB of memory that is this process's own or shared without a file, and of the tables that its maps take."""
    try:
        return _kilobytes(process, "status", b"RssAnon:", b"RssShmem:", b"VmPTE:")
    except OSError:  # it has ended
        return 0


def _share(process: str) -> int | None:
    """The same with a part only of what several processes have; None if the process keeps that to itself."""
    try:
        return _kilobytes(process, "smaps_rollup", b"Pss_Anon:", b"Pss_Shmem:") + _kilobytes(
            process, "status", b"VmPTE:"
        )
    except PermissionError:
        return None
    except OSError:
        return 0


def _computed(process: str) -> float:
    """Seconds for which a process and those it has waited for have computed, as checking.time_limit counts them."""
    try:
        ticks = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[11:15:2]
    except OSError:
        return 0.0
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _fills(limits: Limits, places: Mounts) -> bool:
    """Whether there is more in a box's two folders than may be."""
    size = count = 0
    for place in (places.home, places.temporary):
        for folder, folders, files in os.walk(place):
            count += len(folders) + len(files)
            for name in files:
                with contextlib.suppress(OSError):
                    size += os.lstat(os.path.join(folder, name)).st_blocks * 512
            if size > 2 * limits.files_mb * MB or count > 2 * limits.files:
                return True
    return False


def _end_all() -> None:
    """End what descends from this process. Those stopped count as processes of the box, which so can start no more."""
    own = str(os.getpid())
    stopped: set[str] = set()
    while new := set(_family(_children(), own)) - stopped - {own}:
        stopped |= new
        for name in new:
            with contextlib.suppress(OSError):
                os.kill(int(name), signal.SIGSTOP)
    for name in stopped:
        with contextlib.suppress(OSError):
            os.kill(int(name), signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _enter(limits: Limits, places: Mounts, keep: tuple[int, ...]) -> None:
    """Confine this process, the first of its box, for good."""
    os.setsid()
    _close_all_but(keep)
    if places.namespaces:
        linux.unshare(NAMESPACES)
    processes, kept = limits.processes, linux.CAP_DAC_READ_SEARCH if places.closed else 0
    if places.namespaces:
        mount_proc()
        for place in (places.home, places.temporary, "/dev/shm"):
            options = f"size={limits.files_mb}m,nr_inodes={limits.files},mode=0700"
            linux.mount("tmpfs", place, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
        linux.own_namespaces()  # in which it has no rights over what it is in, and its processes are counted alone
    elif places.user is not None:
        linux.become(places.user, kept)
    else:
        processes += linux.tasks_of_user()
    linux.drop_capabilities(kept)
    linux.die_with_parent()
    os.chdir(places.home)
    linux.limit(
        core=0,
        fsize=limits.files_mb * MB,
        nofile=limits.open_files,
        nproc=processes,
        data=max(MOST_DATA_MB, 2 * limits.memory_mb) * MB,
        cpu=int(limits.seconds),
    )
    confined = linux.landlock(
        readable=(*places.readable, *(("/proc",) if places.namespaces else OWN_PROC)),
        runnable=places.runnable,
        writable=(
            places.home,
            places.temporary,
            *(("/dev/shm", "/proc/self") if places.namespaces else ()),
            *DEVICES,
        ),
        listening=places.listening,
    )
    if not (confined or places.namespaces):
        raise RuntimeError("this system offers neither namespaces nor Landlock")
    seccomp.install_filter(seccomp.seccomp_filter(tuple(places.families)))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.enable()


def _close_all_but(keep: tuple[int, ...]) -> None:
    """Nothing is open but these, and /dev/null in the place of input and output."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    last = 3
    for descriptor in sorted(keep):
        os.closerange(last, descriptor)
        last = descriptor + 1
    os.closerange(last, os.sysconf("SC_OPEN_MAX"))
    sys.stdin = open(os.devnull)  # noqa: SIM115  # for as long as the process lives
