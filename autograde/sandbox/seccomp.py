"""The filter of system calls: a box can make those on a list, and for any other the kernel says that it has no such call.

What is not on the list gets ENOSYS, for which libc and Python have another way. So whatever a kernel learns tomorrow is
refused today: what is memory that no counter sees (System V objects, message queues, asynchronous I/O, secret memory,
keys, watches on files, timers), what reaches other processes, mounts, namespaces, and the kernel's own settings.

The list was measured: `benchmarks/system_calls.py` runs all that honest notebooks do, and says what they called that is not
on it, and what is on it though nobody called it. Layouts are those of linux/seccomp.h and linux/bpf_common.h.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Iterable
from functools import cache
from itertools import chain

from .linux import no_new_privileges, syscall

AF_UNIX, AF_NETLINK = 1, 16

_ARCHITECTURES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}  # column of the tables below, AUDIT_ARCH_*

Numbers = tuple[int, int | None]  # on x86-64 and on arm64


def _table(text: str) -> dict[str, Numbers]:
    """{call: its numbers} from lines of "call x86-64 arm64"; - where there is none."""
    found: dict[str, Numbers] = {}
    for entry in text.replace("\n", ";").split(";"):
        if entry.strip():
            name, number, other = entry.split()
            found[name] = int(number), None if other == "-" else int(other)
    return found


# Each group has a word on those that nothing measured has called. Most are what other versions of libc, or libc on arm64,
# call for the same purpose: arm64 has only the newest of several (openat for open, ppoll for poll).
CALLS = {
    # Reading and writing what is open. readv, writev, preadv, pwritev: os.readv and its like, and C++. dup, dup3: shells, and
    # arm64's dup2. fallocate: HDF5 and SQLite, whose libc would not do without. What fcntl and ioctl may ask is below.
    "what is open": _table("""
        read 0 63; write 1 64; readv 19 65; writev 20 66; pread64 17 67; pwrite64 18 68; preadv 295 69; pwritev 296 70
        lseek 8 62; close 3 57; close_range 436 436; dup 32 23; dup2 33 -; dup3 292 24; fcntl 72 25; ioctl 16 29
        fsync 74 82; fdatasync 75 83; ftruncate 77 46; fallocate 285 47; fadvise64 221 223; flock 73 32
        sendfile 40 71; copy_file_range 326 285
    """),
    # Files and folders by their names, which the mounts and Landlock bound. Those in ...at are arm64's, or newer Pythons'; open,
    # stat, utime and utimes older ones'; the rest is what os.chown, os.fchmod and their like are. No mknod: a device or a
    # socket is nothing that a notebook makes.
    "files and folders": _table("""
        open 2 -; creat 85 -; openat 257 56; stat 4 -; lstat 6 -; fstat 5 80; newfstatat 262 79; statx 332 291
        access 21 -; faccessat 269 48; faccessat2 439 439; getdents64 217 61; getcwd 79 17; chdir 80 49; fchdir 81 50
        mkdir 83 -; mkdirat 258 34; rmdir 84 -; unlink 87 -; unlinkat 263 35
        rename 82 -; renameat 264 38; renameat2 316 276; link 86 -; linkat 265 37; symlink 88 -; symlinkat 266 36
        readlink 89 -; readlinkat 267 78; chmod 90 -; fchmod 91 52; fchmodat 268 53
        chown 92 -; fchown 93 55; lchown 94 -; fchownat 260 54; utime 132 -; utimes 235 -; utimensat 280 88
        truncate 76 45; umask 95 166; statfs 137 43; fstatfs 138 44
        getxattr 191 8; lgetxattr 192 9; fgetxattr 193 10; listxattr 194 11; llistxattr 195 12; flistxattr 196 13
    """),
    # Memory of a process's own, and files in it. What mmap and madvise may do is below.
    "memory": _table("""
        mmap 9 222; munmap 11 215; mprotect 10 226; mremap 25 216; brk 12 214; madvise 28 233; msync 26 227; mincore 27 232
    """),
    # Processes and threads. fork: other libcs' os.fork. waitid, getpgid: os.waitid and os.getpgid.
    "processes and threads": _table("""
        clone 56 220; fork 57 -; vfork 58 -; execve 59 221; exit 60 93; exit_group 231 94; wait4 61 260; waitid 247 95
        set_tid_address 218 96; set_robust_list 273 99; rseq 334 293; futex 202 98; arch_prctl 158 -; prctl 157 167
        getpid 39 172; getppid 110 173; gettid 186 178; getpgid 121 155; getpgrp 111 -; setpgid 109 154
        getsid 124 156; setsid 112 157
    """),
    # Their share of the machine, to be seen and to be made smaller. ZeroMQ and TensorFlow look at how threads are scheduled and
    # set it to what it is. getrlimit, setrlimit: older libcs' prlimit64. sched_get_priority_max and _min: what libc asks before
    # it sets a priority. getcpu: malloc of other libcs.
    "shares of the machine": _table("""
        sched_yield 24 124; sched_getaffinity 204 123; sched_getparam 143 121; sched_getscheduler 145 120
        sched_setscheduler 144 119; sched_get_priority_max 146 125; sched_get_priority_min 147 126
        getpriority 140 141; setpriority 141 140; prlimit64 302 261; getrlimit 97 163; setrlimit 160 164
        getrusage 98 165; times 100 153; getcpu 309 168; sysinfo 99 179
    """),
    # Signals. rt_sigpending, rt_sigtimedwait, pause, tkill: signal.sigpending, sigwait, pause, and older libcs' raise.
    "signals": _table("""
        rt_sigaction 13 134; rt_sigprocmask 14 135; rt_sigreturn 15 139; rt_sigpending 127 136; rt_sigsuspend 130 133
        rt_sigtimedwait 128 137; sigaltstack 131 132; restart_syscall 219 128; pause 34 -
        kill 62 129; tkill 200 130; tgkill 234 131
    """),
    # Clocks and the one timer that each process has, with which `timeout` makes do. clock_getres, gettimeofday, time: clocks are
    # read without a call only where the machine has a good one. nanosleep: older libcs'. getitimer: signal.getitimer.
    "time": _table("""
        clock_gettime 228 113; clock_getres 229 114; clock_nanosleep 230 115; nanosleep 35 101; gettimeofday 96 169
        time 201 -; getitimer 36 102; setitimer 38 103; alarm 37 -
    """),
    # Waiting for what is open. select, pipe, epoll_create: older; ppoll, pselect6, epoll_pwait: arm64's. eventfd2: ZeroMQ.
    "waiting": _table("""
        poll 7 -; ppoll 271 73; select 23 -; pselect6 270 72; pipe 22 -; pipe2 293 59; eventfd2 290 19
        epoll_create 213 -; epoll_create1 291 20; epoll_ctl 233 21; epoll_wait 232 -; epoll_pwait 281 22
    """),
    # Who and where one is, and chance. getresuid, getresgid: os.getresuid and os.getresgid.
    "who and where": _table("""
        getuid 102 174; geteuid 107 175; getgid 104 176; getegid 108 177; getgroups 115 158; getresuid 118 148
        getresgid 120 150; uname 63 160; getrandom 318 278
    """),
    # The socket that the grader speaks on. No sendmsg: it could send what is open, which would stay open nowhere. getsockname,
    # getsockopt: Python asks what kind of socket it was given. shutdown: socket.shutdown.
    "a socket that is open": _table("""
        sendto 44 206; recvfrom 45 207; recvmsg 47 212; shutdown 48 210; getsockname 51 204; getsockopt 55 209
    """),
}
# In Jupyter kernels only: connections that come in, and pairs of sockets for event loops. No setsockopt, which could make
# room for more in a socket. accept: older.
KERNEL_CALLS = _table("accept 43 202; accept4 288 242; getpeername 52 205; socketpair 53 199")
# In Jupyter kernels until they listen: then `closing_filter` takes these away again.
OPENING_CALLS = _table("socket 41 198; connect 42 203; bind 49 200; listen 50 201; seccomp 317 277")
SIGNALS = {name: CALLS["signals"][name] for name in ("kill", "tkill", "tgkill")}
# What a file system that has no extended attributes says: shutil.copy2 goes on then.
WITHOUT_ATTRIBUTES = _table("""
    setxattr 188 5; lsetxattr 189 6; fsetxattr 190 7; removexattr 197 14; lremovexattr 198 15; fremovexattr 199 16
""")

_LOAD, _EQUAL, _AT_LEAST, _GREATER, _ANY_BIT, _AND, _JUMP, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x45, 0x54, 0x05, 0x06
_KILL = 0x8000_0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]  # code, how many to skip if true and if false, value
_ALLOW: list[Instruction] = [(_RETURN, 0, 0, 0x7FFF_0000)]


def _refuse(error: int) -> list[Instruction]:
    return [(_RETURN, 0, 0, 0x0005_0000 | error)]


# Checks of an argument's low half, which is all of an int: instructions that go on after them, or refuse.


def _one_of(argument: int, values: Iterable[int], error: int, bits: int = 0xFFFF_FFFF) -> list[Instruction]:
    values = sorted(values)
    return [
        (_LOAD, 0, 0, _ARGUMENTS + 8 * argument),
        *([] if bits == 0xFFFF_FFFF else [(_AND, 0, 0, bits)]),
        *((_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)),
        *_refuse(error),
    ]


def _at_most(argument: int, value: int, error: int) -> list[Instruction]:
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument), (_GREATER, 0, 1, value), *_refuse(error)]


def _only_bits(argument: int, bits: int, error: int) -> list[Instruction]:
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument), (_ANY_BIT, 0, 1, ~bits & 0xFFFF_FFFF), *_refuse(error)]


# What some of these calls may be asked to do; for the rest they answer as for what they do not know. Numbers are those
# of x86-64 and arm64 alike.
CHECKS: dict[str, list[Instruction]] = {
    # Not: namespaces, other processes' parents, tracing, files that stand for processes.
    "clone": _only_bits(
        0,
        0xFF  # the signal at the end
        | 0x0000_0F00  # VM, FS, FILES, SIGHAND
        | 0x0000_4000  # VFORK
        | 0x0001_0000  # THREAD
        | 0x000C_0000  # SYSVSEM, SETTLS
        | 0x0070_0000  # PARENT_SETTID, CHILD_CLEARTID, DETACHED
        | 0x0100_0000,  # CHILD_SETTID
        errno.EPERM,
    ),
    # Not: huge, locked, droppable and growing memory, and (second line) what is shared and in no file, which counts for
    # nobody once it is not mapped. 3: SHARED and PRIVATE; the rest FIXED, ANONYMOUS, 32BIT; DENYWRITE, EXECUTABLE; NORESERVE,
    # POPULATE, NONBLOCK, STACK, FIXED_NOREPLACE.
    "mmap": [
        *_only_bits(3, 0x3 | 0x70 | 0x1800 | 0x4000 | 0x8000 | 0x3_0000 | 0x10_0000, errno.EINVAL),
        *_one_of(3, (0x00, 0x01, 0x20), errno.EPERM, bits=0x21),
    ],
    # NORMAL, RANDOM, SEQUENTIAL, WILLNEED, DONTNEED, FREE, DONTFORK, DOFORK, HUGEPAGE, NOHUGEPAGE, DONTDUMP, DODUMP. Not: what
    # writes memory out to where nobody counts it (PAGEOUT, COLD), or fills the tables of pages (POPULATE, GUARD_INSTALL).
    "madvise": _one_of(2, (0, 1, 2, 3, 4, 8, 10, 11, 14, 15, 16, 17), errno.EINVAL),
    # DUPFD, GETFD, SETFD, GETFL, SETFL, GETLK, SETLK, SETLKW, DUPFD_CLOEXEC, GETPIPE_SZ. Not: signals to others, leases, watches
    # on folders, larger pipes.
    "fcntl": _one_of(1, (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032), errno.EINVAL),
    # TCGETS, TIOCGPGRP, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX, TCGETS2: what does anything else is no terminal here.
    "ioctl": _one_of(1, (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C_542A), errno.ENOTTY),
    # SET_PDEATHSIG, GET_DUMPABLE, SET_NAME, GET_NAME, CAPBSET_READ, SET_ and GET_NO_NEW_PRIVS. Not: filters, names for memory.
    "prctl": _one_of(0, (1, 3, 15, 16, 23, 38, 39), errno.EINVAL),
    "arch_prctl": _one_of(0, (0x1002, 0x1003), errno.EINVAL),  # SET_FS, GET_FS
    # Of this process only: without namespaces, others of the same user could be reached.
    "prlimit64": _one_of(0, (0,), errno.EPERM),
    "setpriority": [*_one_of(0, (0,), errno.EPERM), *_one_of(1, (0,), errno.EPERM), *_at_most(2, 19, errno.EACCES)],
    # A session has a share of the processors, so no box makes more of them.
    "setsid": _refuse(0),  # as if it had been done, for programs that ask for it
    "sched_setscheduler": _one_of(1, (0,), errno.EPERM),  # SCHED_OTHER, which every process has
    # UNIX and STREAM: datagrams can be sent elsewhere.
    "socketpair": [*_one_of(0, (AF_UNIX,), errno.EAFNOSUPPORT), *_one_of(1, (1,), errno.EPERM, bits=15)],
}


def seccomp_supported() -> bool:
    """Whether this machine's architecture is one of those whose numbers are known here."""
    return platform.machine() in _ARCHITECTURES


def allowed(kernel: bool) -> dict[str, Numbers]:
    """{call: its numbers} of all that a fork may call, or a Jupyter kernel that does not listen yet."""
    found = {name: numbers for group in CALLS.values() for name, numbers in group.items()}
    return found | KERNEL_CALLS | OPENING_CALLS if kernel else found


@cache
def seccomp_filter(families: tuple[int, ...], machine: str = "") -> bytes:
    """A filter that allows what is on the list; `families` of sockets: those of a Jupyter kernel until it listens, if any."""
    checks = CHECKS | {"socket": [*_one_of(0, families, errno.EAFNOSUPPORT), *_one_of(2, (0,), errno.EPERM)]}
    rules = {name: [*checks[name], *_ALLOW] if name in checks else _ALLOW for name in allowed(kernel=bool(families))}
    rules |= dict.fromkeys(WITHOUT_ATTRIBUTES, _refuse(errno.EOPNOTSUPP))
    if not families:  # libraries know what it means that there is no network
        rules["socket"] = _refuse(errno.EAFNOSUPPORT)
    return _program(rules, _refuse(errno.ENOSYS), machine)


def closing_filter(signals: bool) -> bytes:
    """A filter for a process that listens already: no more sockets but connected pairs; `signals`: none of these either."""
    rules = dict.fromkeys(OPENING_CALLS, _refuse(errno.ENOSYS))
    rules["socket"] = _refuse(errno.EAFNOSUPPORT)
    if signals:
        rules |= dict.fromkeys(SIGNALS, _refuse(errno.EPERM))
    return _program(rules, _ALLOW)


def _program(rules: dict[str, list[Instruction]], otherwise: list[Instruction], machine: str = "") -> bytes:
    """Classic BPF: what each of these calls comes to, found by halving, and what any other does.

    Linux 5.11 and later work out once which calls a filter allows whatever their arguments, and do not run it for these.
    """
    column, architecture = _ARCHITECTURES[machine or platform.machine()]
    known = allowed(kernel=True) | WITHOUT_ATTRIBUTES
    by_number = {number: rules[name] for name in rules if (number := known[name][column]) is not None}
    parts = [(0, otherwise)]  # (the first number, what is done from there on)
    for number in range(max(by_number) + 2):
        rule = by_number.get(number, otherwise)
        if rule is not parts[-1][1]:
            parts.append((number, rule))
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if column == 0:  # the x32 calls, which begin here, are the same ones under other numbers
        program += [(_AT_LEAST, 0, 1, 0x4000_0000), *_refuse(errno.ENOSYS)]
    program += _halved(parts)
    return struct.pack("=" + "HBBI" * len(program), *chain.from_iterable(program))


def _halved(parts: list[tuple[int, list[Instruction]]]) -> list[Instruction]:
    if len(parts) == 1:
        return parts[0][1]
    middle = len(parts) // 2
    lower, upper = _halved(parts[:middle]), _halved(parts[middle:])
    # a condition skips 255 instructions at most; a jump as many as there are
    return [(_AT_LEAST, 0, 1, parts[middle][0]), (_JUMP, 0, 0, len(lower)), *lower, *upper]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install_filter(program: bytes) -> None:
    """Put a filter on all threads of this process and all that they start, for good."""
    no_new_privileges()
    instructions = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // 8, ctypes.addressof(instructions))
    number = OPENING_CALLS["seccomp"][_ARCHITECTURES[platform.machine()][0]]
    assert number is not None
    # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC; a positive result is a thread that could not be changed
    if syscall(number, "seccomp", ctypes.c_uint(1), ctypes.c_uint(1), ctypes.byref(described)):
        raise OSError("seccomp: a thread has another filter")
