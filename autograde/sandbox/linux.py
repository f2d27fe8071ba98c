"""Linux's own means of confinement, called through ctypes: namespaces, mounts, Landlock, seccomp, capabilities, limits.

Numbers and layouts are those of the kernel's headers (linux/sched.h, landlock.h, seccomp.h, bpf_common.h) and of
unshare(2), mount(2), landlock(7), seccomp(2), capabilities(7). Importing this works on every system, using it on Linux.
"""

import contextlib
import ctypes
import os
import platform
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
ANY_NAMESPACE = 0x7E02_0000  # all of these; clone() knows no other

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _syscall(number: int, what: str, *arguments) -> int:
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments), what)


# ----------------------------------------------------------------------------------------------- processes and namespaces


def prctl(option: int, *arguments: int) -> None:
    numbers = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    _checked(_libc().prctl(ctypes.c_int(option), *numbers), f"prctl {option}")


def die_with_parent() -> None:
    """PR_SET_PDEATHSIG: this process is killed when its parent ends."""
    prctl(1, 9)


def no_new_privileges() -> None:
    """PR_SET_NO_NEW_PRIVS: no program that this process starts has more rights than it, set-uid or not."""
    prctl(38, 1)


def unshare(flags: int) -> None:
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
        _libc().prctl(24, ctypes.c_ulong(capability), 0, 0, 0)  # PR_CAPBSET_DROP
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x2008_0522, 0))  # version 3, this process
    _checked(_libc().capset(header, (ctypes.c_uint32 * 6)(keep, keep)), "capset")  # effective, permitted, inheritable


def become(user: int, keep: int = 0) -> None:
    """From root to a user and group of this number, which stay able to look at themselves in /proc. keep: capabilities."""
    prctl(
        8, 1 if keep else 0
    )  # PR_SET_KEEPCAPS: they are permitted still, and drop_capabilities puts `keep` into effect
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    prctl(4, 1)  # PR_SET_DUMPABLE: a change of user ends it


def adopt_orphans() -> None:
    """PR_SET_CHILD_SUBREAPER: processes whose parent ends become children of this one, not of the system's first."""
    prctl(36, 1)


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
    ruleset = _syscall(
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
    _syscall(_RESTRICT, "landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = rights if os.path.isdir(path) else rights & _ON_FILES
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
    _syscall(_ADD_RULE, f"landlock_add_rule {path}", ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))
    os.close(place)


# -------------------------------------------------------------------------------------------------------------- seccomp

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16

_ARCHITECTURES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}  # column of the table below, AUDIT_ARCH_*

# Calls that no notebook needs: other processes' memory, mounts, namespaces, the kernel's own settings, and the parts of
# the kernel with the largest record of faults. Numbers on x86-64 and on arm64; None where there is none.
_REFUSED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "vmsplice": (278, 75),
    "memfd_create": (319, 279),  # memory that no process shows as its own
    "shmget": (29, 194),  # so is this
    "personality": (135, 92),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}
_SOCKET, _CLONE, _IOCTL, _CLONE3, _SOCKETPAIR, _MMAP = (41, 198), (56, 220), (16, 29), (435, 435), (53, 199), (9, 222)

# Calls that a kernel needs only until it listens: sockets, files that are sockets or devices, queues of the whole system.
_CLOSED_LATER = {
    "socket": _SOCKET,
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}
_SIGNALS = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL = 0x7FFF_0000, 0x8000_0000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND, _FOURTH = (
    0,
    4,
    16,
    24,
    40,
)  # offsets in struct seccomp_data, of arguments the low half
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97


def seccomp_supported() -> bool:
    """Whether this machine's architecture is one of those whose numbers are known here."""
    return platform.machine() in _ARCHITECTURES


class _Filter:
    """A filter being written, as classic BPF: instructions (code, jump if true, jump if false, value).

    The call's number is loaded before and after each part; what no part refuses is allowed.
    """

    def __init__(self):
        self._column, architecture = _ARCHITECTURES[platform.machine()]
        self._program: list[tuple[int, int, int, int]] = [
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_EQUAL, 1, 0, architecture),
            (_RETURN, 0, 0, _KILL),
            (_LOAD, 0, 0, _NUMBER),
        ]
        if self._column == 0:  # the x32 calls, which begin here, are the same ones under other numbers
            self._program += [(_AT_LEAST, 0, 1, 0x4000_0000), _refuse(ENOSYS)]

    def refuse(self, numbers: tuple[int, int | None]) -> None:
        if (number := numbers[self._column]) is not None:
            self._program += [(_EQUAL, 0, 1, number), _refuse(EPERM)]

    def when(self, numbers: tuple[int, int], *body: tuple[int, int, int, int]) -> None:
        """Do `body` for this call, and jump over it otherwise."""
        self._program += [(_EQUAL, 0, len(body) + 1, numbers[self._column]), *body, (_LOAD, 0, 0, _NUMBER)]

    def written(self) -> bytes:
        program = [*self._program, (_RETURN, 0, 0, _ALLOW)]
        return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _refuse(error: int) -> tuple[int, int, int, int]:
    return _RETURN, 0, 0, 0x0005_0000 | error


def seccomp_filter(families: Iterable[int]) -> bytes:
    """A filter that refuses what no notebook needs, and sockets of other families than these."""
    new = _Filter()
    for numbers in _REFUSED.values():
        new.refuse(numbers)
    # Memory that is shared and in no file counts for nobody once it is not mapped; MAP_SHARED | MAP_ANONYMOUS.
    new.when(_MMAP, (_LOAD, 0, 0, _FOURTH), (_AND, 0, 0, 0x21), (_EQUAL, 0, 1, 0x21), _refuse(EPERM))
    allowed = sorted(families)
    tests = [(_EQUAL, len(allowed) - i, 0, family) for i, family in enumerate(allowed)]
    new.when(_SOCKET, (_LOAD, 0, 0, _FIRST), *tests, _refuse(EAFNOSUPPORT))
    if not allowed:  # what waits in a pair of sockets is memory too
        new.refuse(_SOCKETPAIR)
    new.when(_CLONE, (_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, ANY_NAMESPACE), _refuse(EPERM))
    # Its flags lie in memory, where a filter cannot look; libc falls back to clone.
    new.when(_CLONE3, _refuse(ENOSYS))
    terminal = ((_EQUAL, 1, 0, 0x5412), (_EQUAL, 0, 1, 0x541C))  # TIOCSTI, TIOCLINUX: typing into the terminal
    new.when(_IOCTL, (_LOAD, 0, 0, _SECOND), *terminal, _refuse(EPERM))
    return new.written()


def closing_filter(signals: bool) -> bytes:
    """A filter for a process that listens already: no more sockets but connected pairs; `signals`: none of these either."""
    new = _Filter()
    for numbers in (*_CLOSED_LATER.values(), *(_SIGNALS.values() if signals else ())):
        new.refuse(numbers)
    # Event loops need pairs of sockets. One of datagrams can be made to send elsewhere (SOCK_DGRAM is 2 in the low four bits).
    new.when(_SOCKETPAIR, (_LOAD, 0, 0, _SECOND), (_AND, 0, 0, 15), (_EQUAL, 0, 1, 2), _refuse(EPERM))
    return new.written()


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install_filter(program: bytes) -> None:
    """Put a filter on all threads of this process and all that they start, for good."""
    no_new_privileges()
    instructions = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // 8, ctypes.addressof(instructions))
    number = (317, 277)[_ARCHITECTURES[platform.machine()][0]]
    # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC; a positive result is a thread that could not be changed
    if _syscall(number, "seccomp", ctypes.c_uint(1), ctypes.c_uint(1), ctypes.byref(described)):
        raise OSError("seccomp: a thread has another filter")
