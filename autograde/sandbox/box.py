"""One box: a process in namespaces of its own, with nothing to reach, bounded in all it can use.

`open_box` forks a supervisor, which is trusted, holds the namespaces and watches memory; its child, the first process of
the new namespaces, is confined and runs the notebook. Whatever the notebook starts dies with that child.

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

from . import linux
from .linux import MB

ENTERED = b"."  # what the first process says once it is confined
INTERRUPT = b"interrupt"  # what may be sent to a supervisor
LOOKS = 0.05  # seconds between two looks at how much memory a box uses
FAR_LOOKS = 0.25  # the same without namespaces, among all processes of the system, and at its files


@dataclass(frozen=True)
class Limits:
    """What one box may use. Memory: of all its processes together. seconds: from its first to its last moment."""

    memory_mb: int = 2048
    files_mb: int = 64
    files: int = 10_000
    open_files: int = 128
    processes: int = 64
    seconds: float = 600


HOME, TEMPORARY = "/box", "/tmp"


@dataclass(frozen=True)
class Places:
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


DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
OWN_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version")  # of a /proc that is shared
NAMESPACES = (
    linux.CLONE_NEWPID
    | linux.CLONE_NEWNS
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWCGROUP
)


def open_box(limits: Limits, places: Places, calls: socket.socket, status: socket.socket, run: Callable) -> None:
    """Fork a box in which `run(calls)` is called; returns at once. Only for a process with one thread."""
    if linux.threads() != 1:
        raise RuntimeError("a process with several threads cannot be forked safely")
    if not os.fork():
        supervise(limits, places, [calls.fileno()], status, lambda: run(calls))


def supervise(
    limits: Limits, places: Places, keep: Sequence[int], status: socket.socket, run: Callable[[], object]
) -> NoReturn:
    """Fork a box in which `run()` is called, with the descriptors `keep` open, and watch over it. This process ends with it.

    When the box has ended, one JSON object on `status` says how: {"ended": exit code or minus signal, "why": words}. When
    the other end of `status` is closed, the box is killed; INTERRUPT from there is a Ctrl-C for it.
    """
    code = 1
    try:
        ended, why = _supervise(limits, places, keep, status, run)
        status.send(json.dumps({"ended": ended, "why": why}).encode())
        code = 0
    except BaseException as error:
        with contextlib.suppress(OSError):
            status.send(json.dumps({"ended": None, "why": f"{type(error).__name__}: {error}"}).encode())
    finally:
        os._exit(code)


def _supervise(limits, places, keep, status, run) -> tuple[int, str]:
    linux.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if places.namespaces:
        linux.own_namespaces(NAMESPACES)
        linux.mount("none", "/", "none", linux.MS_REC | linux.MS_PRIVATE)
    else:
        linux.adopt_orphans()
    ready, tell = os.pipe()
    first = os.fork()
    if first == 0:
        try:
            status.close()
            os.close(ready)
            try:
                _enter(limits, places, keep=(*keep, tell))
                os.write(tell, ENTERED)
            except BaseException as error:
                os.write(tell, f"the box could not be made: {error}".encode())
                raise
            os.close(tell)
            run()
        finally:
            os._exit(0)
    for descriptor in (*keep, tell):
        os.close(descriptor)
    why = _watch(first, ready, status, limits, places)
    if why:
        os.kill(first, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    if not places.namespaces:
        _end_all()
    return ended, why


def _watch(first: int, ready: int, status: socket.socket, limits: Limits, places: Places) -> str:
    """Wait until the box's first process ends (""), or say why it must be ended."""
    end = time.monotonic() + limits.seconds
    alive = os.pidfd_open(first)
    poll = select.poll()
    for descriptor in (alive, ready, status.fileno()):
        poll.register(descriptor, select.POLLIN)
    inherited = None  # KB, per process, that came with the fork
    looks = LOOKS if places.namespaces else FAR_LOOKS
    look = 0.0
    while True:
        happened = {descriptor for descriptor, _ in poll.poll(looks * 1000)}
        if ready in happened:
            poll.unregister(ready)
            if (said := os.read(ready, 1000)) != ENTERED:
                return said.decode()
            inherited = _memory("1" if places.namespaces else str(first))
        if alive in happened:
            return ""
        if status.fileno() in happened:
            if not _interrupts(status):
                return "no longer wanted"
            with contextlib.suppress(ProcessLookupError):
                os.killpg(first, signal.SIGINT)
        if time.monotonic() > end:
            return f"it ran for more than {limits.seconds:g} seconds"
        if inherited is None or time.monotonic() < look:
            continue
        look = time.monotonic() + looks
        if sum(max(0, _memory(p) - inherited) for p in _processes(places)) > limits.memory_mb * 1024:
            return f"it used more than {limits.memory_mb} MB of memory"
        if not places.namespaces and _fills(limits, places):
            return f"it wrote more than {2 * limits.files_mb} MB, or {2 * limits.files} files"


def _interrupts(status: socket.socket) -> bool:
    """Whether the other side has sent an interrupt; if not, it has gone."""
    try:
        return status.recv(100) == INTERRUPT
    except OSError:
        return False


def _processes(places: Places) -> Iterator[str]:
    """The box's processes. In namespaces /proc is its own by now; otherwise it is what descends from the supervisor."""
    if places.namespaces:
        yield from filter(str.isdigit, os.listdir("/proc"))
        return
    children: dict[str, list[str]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            parent = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()[1].decode()
            children.setdefault(parent, []).append(name)
    todo = children.get(str(os.getpid()), [])
    while todo:
        name = todo.pop()
        yield name
        todo += children.get(name, [])


def _memory(process: str) -> int:
    """KB of memory that is this process's own or shared without a file."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem")))


def _fills(limits: Limits, places: Places) -> bool:
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
    places = Places((), (), namespaces=False)
    stopped: set[str] = set()
    while new := set(_processes(places)) - stopped:
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


def _enter(limits: Limits, places: Places, keep: tuple[int, ...]) -> None:
    """Confine this process, the first of its box, for good."""
    os.setsid()
    _close_all_but(keep)
    processes, kept = limits.processes, linux.CAP_DAC_READ_SEARCH if places.closed else 0
    if places.namespaces:
        linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
        for place in (places.home, places.temporary, "/dev/shm"):
            options = f"size={limits.files_mb}m,nr_inodes={limits.files},mode=0700"
            linux.mount("tmpfs", place, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
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
        data=2 * limits.memory_mb * MB,
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
    linux.install_filter(linux.seccomp_filter(places.families))
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
