"""Linux's own means of confinement, called through ctypes: namespaces, mounts, Landlock, capabilities, limits.

The filter of system calls is in seccomp.py. Numbers and layouts are those of the kernel's headers (linux/sched.h, prctl.h, landlock.h)
and of unshare(2), mount(2), landlock(7), capabilities(7). Importing this works on every system, using it on Linux.
"""

import contextlib
import ctypes
import os
import signal
import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path

MB = 1 << 20

CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS = 1, 4, 8
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 24, 36, 38

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, what: str, *arguments) -> int:
    """Make a system call. Raises OSError that says `what` was tried."""
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments), what)


# ----------------------------------------------------------------------------------------------- processes and namespaces


def prctl(option: int, *arguments: int) -> None:
    """prctl(2), with up to four numbers after the option. Raises OSError."""
    numbers = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    _checked(_libc().prctl(ctypes.c_int(option), *numbers), f"prctl {option}")


def die_with_parent() -> None:
    """This process is killed when its parent ends."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def no_new_privileges() -> None:
    """No program that this process starts has more rights than it, set-uid or not."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def unshare(flags: int) -> None:
    """unshare(2): the caller gets namespaces of its own, by their CLONE_ flags. Raises OSError."""
    _checked(_libc().unshare(ctypes.c_int(flags)), f"unshare {flags:#x}")


def fork_apart() -> int:
    """Fork into a new process namespace, whose first process the child is; as os.fork().

    For a process that has all rights in the user namespace that its own process namespace belongs to.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    child = None
    try:
        unshare(CLONE_NEWPID)  # which holds for children only, and is taken back for the next
        child = os.fork()
        return child
    finally:
        if child != 0:
            _checked(_libc().setns(ctypes.c_int(own), ctypes.c_int(CLONE_NEWPID)), "setns")
        os.close(own)


def own_namespaces(flags: int = 0) -> None:
    """New namespaces, a user namespace first, in which the caller keeps its user and group number and nobody else is."""
    uid, gid = os.getuid(), os.getgid()
    unshare(CLONE_NEWUSER | flags)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2), of a file system of this kind, with MS_ flags. Raises OSError."""
    words = (source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _checked(_libc().mount(*words), f"mount {target}")


CAP_DAC_READ_SEARCH = 1 << 2  # to read every file and search every folder


def capabilities() -> int:
    """Those in effect, a bit each."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("CapEff:")).split()[1], 16)


def drop_capabilities(keep: int = 0) -> None:
    """No capability is left but `keep`, in no set: not in the bounding set either, so programs that are started get none."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        with contextlib.suppress(OSError):  # it has no right to, as it has none of them
            prctl(PR_CAPBSET_DROP, capability)
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x2008_0522, 0))  # version 3, this process
    _checked(_libc().capset(header, (ctypes.c_uint32 * 6)(keep, keep)), "capset")  # effective, permitted, inheritable


def become(user: int, keep: int = 0) -> None:
    """From root to a user and group of this number, which stay able to look at themselves in /proc. keep: capabilities."""
    # With `keep` they are permitted still, and drop_capabilities puts these into effect.
    prctl(PR_SET_KEEPCAPS, 1 if keep else 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    prctl(PR_SET_DUMPABLE, 1)  # a change of user ends it


def adopt_orphans() -> None:
    """Processes whose parent ends become children of this one, not of the system's first."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def threads() -> int:
    """How many threads this process has."""
    return len(os.listdir("/proc/self/task"))


def tasks_of_user() -> int:
    """How many threads this user has, which the limit `nproc` counts together."""
    found = 0
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and folder.stat().st_uid == os.getuid():
                found += len(os.listdir(folder / "task"))
    return found


def limit(**limits: int) -> None:
    """setrlimit, soft and hard: limit(nofile=512, fsize=100 * MB)."""
    import resource

    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name.upper()}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


# ------------------------------------------------------------------------------------------------------------- Landlock

_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_MAKE_SOCKET, _TRUNCATE, _IOCTL_DEVICE = 1 << 9, 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE


def landlock_version() -> int:
    """The version of Landlock that the kernel has; 0 for none."""
    return max(0, _libc().syscall(ctypes.c_long(_RULESET), None, ctypes.c_size_t(0), ctypes.c_uint(1)))


def landlock(
    readable: Iterable[str], writable: Iterable[str], runnable: Iterable[str], listening: Iterable[str] = ()
) -> int:
    """From now on only these paths and what is under them; no TCP, no abstract sockets or signals to the outside.

    listening: folders in which Unix sockets can be bound, and nothing else done. What the kernel's version cannot do yet is left out; the version is returned, 0 if there is none. Paths that do not
    exist are skipped.
    """
    version = landlock_version()
    if not version:
        return 0
    handled = (1 << 13) - 1 | (1 << 13 if version >= 2 else 0)
    handled |= (_TRUNCATE if version >= 3 else 0) | (_IOCTL_DEVICE if version >= 5 else 0)
    attributes = struct.pack("=QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    attributes = attributes[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = syscall(
        _RULESET,
        "landlock_create_ruleset",
        ctypes.create_string_buffer(attributes, len(attributes)),
        ctypes.c_size_t(len(attributes)),
        ctypes.c_uint(0),
    )
    reading = _READ_FILE | _READ_DIR
    granted = (
        (readable, reading),
        (runnable, reading | _EXECUTE),
        (writable, handled & ~_EXECUTE),
        (listening, _MAKE_SOCKET),
    )
    for paths, rights in granted:
        for path in paths:
            _allow(ruleset, path, rights & handled)
    no_new_privileges()
    syscall(_RESTRICT, "landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = rights if os.path.isdir(path) else rights & _ON_FILES
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
    syscall(_ADD_RULE, f"landlock_add_rule {path}", ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))
    os.close(place)
