"""System calls in boxes: what is not on the list does not exist, what it could be used for does not work, and honest work does.

The oracles are the kernel's own headers, what calls answer inside real boxes, and the cells of honest.py.
"""

import contextlib
import errno
import json
import platform
import re
import sys
import textwrap
from pathlib import Path

import pytest
from honest import HONEST, WITH_TENSORFLOW

from autograde.sandbox import linux, seccomp
from autograde.sandbox.box import Limits
from autograde.sandbox.client import Box, BoxDied, ForkServer
from autograde.sandbox.kernel_box import KernelBox
from autograde.sandbox.launcher import namespaces_work

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not seccomp.seccomp_supported(), reason="filters need Linux on a processor that is known"
)
HEADERS = ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h")  # linux-libc-dev
COLUMN = 0 if platform.machine() == "x86_64" else 1
TIERS = ("fork", "namespaces", "landlock")


@pytest.fixture(scope="module")
def server():
    started = ForkServer(["checking.check"])
    yield started
    assert started.alive()
    started.close()


@contextlib.contextmanager
def opened(tier, request):
    if tier == "landlock" and not linux.landlock_version():
        pytest.skip("this Linux has no Landlock")
    if tier != "landlock" and not namespaces_work():
        pytest.skip("no namespaces on this machine")
    if tier == "fork":
        box = Box(request.getfixturevalue("server").control.fileno(), Limits())
    else:
        box = KernelBox(True, Limits(), wanted=tier)
    try:
        yield box
    finally:
        box.close()


@pytest.fixture(scope="module", params=TIERS)
def tier(request):
    return request.param


@pytest.fixture(scope="module")
def box(tier, request):
    """One for all tests that leave it alive."""
    with opened(tier, request) as shared:
        yield shared


def shown(box, source, seconds=60):
    """What a cell prints. An error in it fails the test."""
    (said,) = box.run_cells([textwrap.dedent(source).strip()], seconds)
    assert [output for output in said["outputs"] if output["output_type"] == "error"] == []
    return "".join(output.get("text", "") for output in said["outputs"])


# ------------------------------------------------------------------------------------------------------------ the numbers


def numbers_of(path):
    """{call: number} as a header of the kernel's has them."""
    if not Path(path).exists():
        pytest.skip(f"{path} is not here")
    defined = dict(re.findall(r"#define\s+(__NR(?:3264)?_\w+)\s+(\d+|__NR3264_\w+)", Path(path).read_text()))
    direct = {name: defined.get(value, value) for name, value in defined.items()}
    return {
        name.removeprefix("__NR_"): int(value)
        for name, value in direct.items()
        if value.isdigit() and "3264" not in name
    }


@pytest.mark.parametrize("column", [0, 1], ids=["x86-64", "arm64"])
def test_numbers_are_those_of_the_kernels_headers(column):
    here = {name: numbers[column] for name, numbers in (seccomp.allowed(True) | seccomp.WITHOUT_ATTRIBUTES).items()}
    header = numbers_of(HEADERS[column])
    assert len(here) > 150
    assert {name: number for name, number in here.items() if number != header.get(name)} == {}


def test_a_filter_can_be_made_for_each_architecture():
    programs = {(m, f): seccomp.seccomp_filter(f, m) for m in ("x86_64", "aarch64") for f in ((), (1, 16))}
    assert len(set(programs.values())) == 4
    assert max(map(len, programs.values())) <= 4096 * 8  # BPF_MAXINSNS


# ------------------------------------------------------------------------------------------------- what is not on the list

# Linux lets these by every filter (`uretprobe` and `uprobe` of x86-64), and ends who makes them without a probe.
PROBES = {335, 336} if COLUMN == 0 else set()
# Call numbers with arguments that no call can do anything with, in a child, so that the end of it can be seen.
CALLER = """
import ctypes, json, os
def answers(numbers):
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        call, bad = ctypes.CDLL(None, use_errno=True).syscall, [ctypes.c_long(-1)] * 6
        for number in numbers:
            ctypes.set_errno(0)
            result = call(ctypes.c_long(number), *bad)
            os.write(into, f"{number} {ctypes.get_errno() if result == -1 else 0}\\n".encode())
        os._exit(0)
    os.close(into)
    with open(out) as said:
        found = dict(line.split() for line in said)
    os.waitpid(child, 0)
    return found
"""


def test_what_is_not_on_the_list_does_not_exist(tier, box):
    known = seccomp.allowed(False) | seccomp.KERNEL_CALLS if tier != "fork" else seccomp.allowed(False)
    others = {numbers[COLUMN] for numbers in (known | seccomp.WITHOUT_ATTRIBUTES).values()}
    others.add(seccomp.OPENING_CALLS["socket"][COLUMN])  # which says that there is no network
    asked = [number for number in range(501) if number not in others | PROBES]
    assert len(asked) > 250
    answered = json.loads(shown(box, f"{CALLER}\nprint(json.dumps(answers({asked})))"))
    assert {number: answered.get(str(number)) for number in asked} == dict.fromkeys(asked, str(errno.ENOSYS))


@pytest.mark.skipif(COLUMN != 0, reason="x86-64 has these")
def test_the_calls_of_x32_do_not_exist(box):
    asked = [0x4000_0000 + number for number in (0, 1, 39, 56, 101, 317, 512, 520, 540)]
    answered = json.loads(shown(box, f"{CALLER}\nprint(json.dumps(answers({asked})))"))
    assert answered == {str(number): str(errno.ENOSYS) for number in asked}


# By the numbers of x86-64: what the issue names, whatever the table of the code says.
NEVER = """
    ptrace 101; mount 165; unshare 272; setns 308; bpf 321; perf_event_open 298; userfaultfd 323; io_uring_setup 425
    io_setup 206; io_submit 209; shmget 29; shmat 30; semget 64; semop 65; semctl 66; semtimedop 220; msgget 68; msgsnd 69
    mq_open 240; add_key 248; wantedkey 249; keyctl 250; memfd_create 319; memfd_secret 447; inotify_init1 294
    fanotify_init 300; signalfd4 289; timerfd_create 283; timer_create 222; pidfd_open 434; pidfd_send_signal 424
    process_vm_readv 310; process_madvise 440; remap_file_pages 216; mbind 237; mlock 149; mlockall 151; vmsplice 278
    splice 275; tee 276; personality 135; seccomp 317; landlock_create_ruleset 444; ioprio_set 251; sched_setattr 314
    sched_setaffinity 203; sendmsg 46; setsockopt 54; cachestat 451; map_shadow_stack 453; statmount 457; listmount 458
    mseal 462; setxattrat 463; mknod 133; chroot 161; sync 162; syncfs 306; clone3 435
"""


@pytest.mark.skipif(COLUMN != 0, reason="numbers of x86-64")
def test_kernel_objects_and_other_peoples_processes_are_out_of_reach(box):
    named = {int(number): name for name, number in re.findall(r"(\w+) (\d+)", NEVER)}
    answered = json.loads(shown(box, f"{CALLER}\nprint(json.dumps(answers({list(named)})))"))
    assert {named[int(n)] for n, answer in answered.items() if answer != str(errno.ENOSYS)} == set()
    assert len(answered) == len(named) > 50


# -------------------------------------------------------------------------------------- what those on the list may not do

LIBC = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
def tried(function, *arguments):
    ctypes.set_errno(0)
    function(*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    os.write(into, errno.errorcode.get(ctypes.get_errno(), "done").encode() + b"\\n")
out, into = os.pipe()
"""
REQUESTS = {
    "a namespace by clone": ("tried(libc.syscall, {clone}, 0x10000000 | 17, 0, 0, 0, 0)", "EPERM"),
    "a sibling by clone": ("tried(libc.syscall, {clone}, 0x8000 | 17, 0, 0, 0, 0)", "EPERM"),
    "a file that stands for a process": ("tried(libc.syscall, {clone}, 0x1000 | 17, 0, 0, 0, 0)", "EPERM"),
    "memory that is shared and in no file": ("tried(libc.mmap, 0, 4096, 3, 0x21, -1, 0)", "EPERM"),
    "huge pages": ("tried(libc.mmap, 0, 1 << 21, 3, 0x40022, -1, 0)", "EINVAL"),
    "locked memory": ("tried(libc.mmap, 0, 4096, 3, 0x2022, -1, 0)", "EINVAL"),
    "droppable memory": ("tried(libc.mmap, 0, 4096, 3, 0x28, -1, 0)", "EINVAL"),
    "memory written out": ("tried(libc.madvise, libc.mmap(0, 4096, 3, 0x22, -1, 0), 4096, 21)", "EINVAL"),
    "merged memory": ("tried(libc.madvise, libc.mmap(0, 4096, 3, 0x22, -1, 0), 4096, 12)", "EINVAL"),
    "filled tables of pages": ("tried(libc.madvise, libc.mmap(0, 4096, 1, 0x22, -1, 0), 4096, 22)", "EINVAL"),
    "a larger pipe": ("tried(libc.fcntl, os.pipe()[0], 1031, 1 << 20)", "EINVAL"),
    "signals to whom a file belongs": ("tried(libc.fcntl, 0, 8, os.getpid())", "EINVAL"),
    "a signal of one's choice for a file": ("tried(libc.fcntl, 0, 10, 9)", "EINVAL"),
    "a watch on a folder": ("tried(libc.fcntl, os.open('.', os.O_RDONLY), 1026, 1)", "EINVAL"),
    "a lease": ("tried(libc.fcntl, os.open('leased', os.O_CREAT), 1024, 0)", "EINVAL"),
    "typing into the terminal": ("tried(libc.ioctl, 0, 0x5412, b'x')", "ENOTTY"),
    "another filter": ("tried(libc.prctl, 22, 1, 0)", "EINVAL"),
    "names for memory": ("tried(libc.prctl, 0x53564D41, 0, libc.mmap(0, 4096, 3, 0x22, -1, 0), 4096, b'x')", "EINVAL"),
    "limits of another process": ("tried(libc.prlimit, os.getppid() or 7, 7, 0, 0)", "EPERM"),
    "the share of all of a user's processes": ("tried(libc.setpriority, 2, 0, 5)", "EPERM"),
    "the share of another process": ("tried(libc.setpriority, 0, os.getppid() or 7, 5)", "EPERM"),
    "a larger share": ("tried(libc.setpriority, 0, 0, -5)", "EACCES"),
    "the share of what must be in time": (
        "tried(libc.sched_setscheduler, 0, 1, ctypes.byref(ctypes.c_int(1)))",
        "EPERM",
    ),
    "the share of what nobody waits for": (
        "tried(libc.sched_setscheduler, os.getpid(), 5, ctypes.byref(ctypes.c_int(0)))",
        "EPERM",
    ),
    "a socket of the Internet": ("tried(libc.socket, 2, 1, 0)", "EAFNOSUPPORT"),
    "a socket of this machine": ("tried(libc.socket, 1, 1, 0)", "EAFNOSUPPORT"),
    "a socket of the kernel": ("tried(libc.socket, 16, 3, 0)", "EAFNOSUPPORT"),
    "attributes of files": ("tried(libc.setxattr, b'.', b'user.x', b'x', 1, 0)", "ENOTSUP"),
}


@pytest.mark.parametrize("wanted", REQUESTS)
def test_what_calls_on_the_list_may_not_do(box, wanted):
    source, answer = REQUESTS[wanted]
    source = source.replace("{clone}", str(seccomp.CALLS["processes and threads"]["clone"][COLUMN]))
    # in a child: where a clone succeeds, two processes go on
    child = f"if not os.fork():\n    try:\n        {source}\n    finally:\n        os._exit(0)"
    said = shown(box, f"{LIBC}\n{child}\nos.close(into)\nprint(open(out).read())\nos.wait()")
    assert said.split() == [answer]


def test_pairs_of_sockets_are_a_kernels_only_and_streams(tier, box):
    source = """
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    try:
        for end in socket.socketpair(socket.AF_UNIX, kind):
            end.close()
        print("made")
    except OSError:
        print("refused")
"""
    assert shown(box, source).split() == ["refused" if tier == "fork" else "made", "refused", "refused"]


# --------------------------------------------------------------------------------- memory that no counter sees (line 45)

# Each prints how much it got, bounded where nothing holds it. Numbers are of x86-64.
HIDDEN_MEMORY = {
    "arrays of semaphores": """
        got = sum(libc.semget(0, 32000, 0o1600) >= 0 for _ in range(20))
    """,
    "queued messages": """
        class Message(ctypes.Structure):
            _fields_ = [("kind", ctypes.c_long), ("text", ctypes.c_char * 8000)]
        got = sum(libc.msgsnd(libc.msgget(0, 0o1600), ctypes.byref(Message(1)), 8000, 0o4000) == 0 for _ in range(20))
    """,
    "shared segments": "got = sum(libc.shmget(0, 1 << 20, 0o1600) >= 0 for _ in range(20))",
    "slots of asynchronous I/O": """
        slots = ctypes.c_ulong(0)
        got = libc.syscall(206, 10_000, ctypes.byref(slots)) == 0
    """,
    "secret memory": "got = libc.syscall(447, 0) >= 0",
    "files in memory": "got = libc.syscall(319, b'x', 0) >= 0",
    "keys": "got = sum(libc.syscall(248, b'user', b'k%d' % i, b'x' * 1000, 1000, -2) >= 0 for i in range(20))",
    "messages of POSIX": "got = libc.syscall(240, b'x', 0o102, 0o600, None) >= 0",
    "watches": "got = libc.syscall(294, 0) >= 0",
    "timers": "timer = ctypes.c_int(0)\ngot = libc.syscall(222, 1, None, ctypes.byref(timer)) == 0",
    "timers as files": "got = libc.syscall(283, 1, 0) >= 0",
    "signals as files": "got = libc.syscall(289, -1, ctypes.byref(ctypes.c_ulong(0)), 8, 0) >= 0",
    "processes as files": "got = libc.syscall(434, os.getpid(), 0) >= 0",
    "shared pages without a file": """
        import mmap
        try:
            got = len(mmap.mmap(-1, 1 << 20))
        except OSError:
            got = 0
    """,
    "shared pages of a device": """
        import mmap
        got = 0
        for name in ("zero", "full", "null", "random", "urandom", "tty", "ptmx", "kmsg", "mem", "fd/0"):
            for way in (os.O_RDWR, os.O_RDONLY):
                try:
                    device = os.open("/dev/" + name, way)
                except OSError:
                    continue
                try:
                    mmap.mmap(device, 1 << 20, mmap.MAP_SHARED, mmap.PROT_READ | (way and mmap.PROT_WRITE)).close()
                    got += 1
                except (OSError, ValueError):
                    pass
                os.close(device)
    """,
    "huge pages": "got = libc.mmap(None, 1 << 21, 3, 0x40022, -1, 0) != (1 << 64) - 1",
    "room in pipes": "got = libc.fcntl(os.pipe()[1], 1031, 1 << 20) > 65536",
}


@pytest.mark.skipif(COLUMN != 0, reason="numbers of x86-64")
@pytest.mark.parametrize("kind", HIDDEN_MEMORY)
def test_memory_that_no_counter_sees_is_not_to_be_had(box, kind):
    body = textwrap.dedent(HIDDEN_MEMORY[kind]).strip()
    assert shown(box, f"{LIBC}\n{body}\nprint(int(got))") == "0\n"


def test_files_in_memory_count_in_each_folder(tier, box):
    if tier == "landlock":
        pytest.skip("its folders lie on the disk, and are watched")
    source = """
import os
for folder in (os.path.expanduser("~"), "/tmp", "/dev/shm"):
    names, written = [f"{folder}/full-{i}" for i in range(4)], 0
    try:
        for name in names:
            with open(name, "wb", buffering=0) as file:
                for _ in range(40):
                    written += file.write(bytes(1 << 20))
    except OSError:
        pass
    for name in names:
        if os.path.exists(name):
            os.remove(name)
    print(written >> 20)
"""
    written = [int(line) for line in shown(box, source).split()]
    assert len(written) == 3
    assert all(30 <= megabytes <= Limits.files_mb for megabytes in written)


# ------------------------------------------------------------------------------------------------------ what honest work does

WITHOUT_SHARED_FOLDER = {"processes", "shared_memory", "process_pool"}  # /dev/shm, which Landlock alone cannot give


@pytest.mark.parametrize("what", HONEST)
def test_honest_work_goes_on(tier, box, what):
    if tier == "landlock" and what in WITHOUT_SHARED_FOLDER:
        pytest.skip("needs /dev/shm")
    shown(box, HONEST[what])


def test_a_child_of_a_kernel_can_print(box):
    source = """
import multiprocessing
def work():
    print("said")
process = multiprocessing.get_context("fork").Process(target=work)
process.start()
process.join(20)
assert process.exitcode == 0, process.exitcode
"""
    shown(box, source)


@pytest.mark.skipif(not namespaces_work(), reason="no namespaces on this machine")
def test_tensorflow_goes_on():
    pytest.importorskip("tensorflow")
    server = ForkServer(["helpers.signs"])
    box = Box(server.control.fileno(), Limits())
    try:
        for source in WITH_TENSORFLOW.values():
            shown(box, source, 120)
    finally:
        box.close()
        server.close()


@pytest.mark.skipif(not namespaces_work() or COLUMN != 0, reason="needs namespaces on x86-64")
def test_calls_of_another_architecture_end_the_process(request):
    """`int 0x80` is a call of 32 bits: 20 is getpid."""
    code = "b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3'"
    source = f"""
import ctypes, mmap
page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
page.write({code})
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
"""
    with opened("fork", request) as box, pytest.raises(BoxDied, match="signal 31"):
        shown(box, source)
