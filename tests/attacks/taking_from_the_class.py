"""Lines 43 to 50: what takes the grader, its memory or its time from others."""

from attacks.attempt import BACKWARD, FORWARD, GARBAGE
from attacks.table import ANY, attack, honest, in_function

RIGHT = "\ndef forward_propagation(x, theta):\n    return theta * x\n"

# ------------------------------------------------------------------------- 43 names that are no text, read by who watches

RENAME = """
import ctypes

def call_oneself(name):
    ctypes.CDLL(None).prctl(15, ctypes.c_char_p(name))
"""


@honest(43)
def a_name_that_is_no_text(work):
    work.write(FORWARD, RENAME + "\ncall_oneself(b'\\xff\\xfe\\x80')\n" + RIGHT)


@honest(43)
def a_name_that_looks_like_a_line_of_status(work):
    work.write(FORWARD, RENAME + "\ncall_oneself(b'x) R 1\\nVmPTE: 9')\n" + RIGHT)


@honest(43)
def processes_with_names_that_are_no_text(work):
    work.write(
        FORWARD,
        RENAME,
        """
        import os, time
        for i in range(20):
            if not os.fork():
                call_oneself(bytes([200 + i]) * 15)
                time.sleep(30)
                os._exit(0)
        """,
        RIGHT,
    )


# ------------------------------------------------------------------------------------- 44 frames that ask for much memory

FORGE = """
import json, os, struct

def send(tree, numbers=b""):
    frame = struct.pack(">IQ", len(tree), len(numbers)) + tree + numbers
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink("/proc/self/fd/" + name).startswith("socket:"):
                rest = memoryview(frame)
                while rest:
                    rest = rest[os.write(int(name), rest):]
        except OSError:
            pass
"""


in_function(
    44,
    "one_array_many_times",
    """
    described = b'{"array": ["|u1", [16000000], 0]}'
    send(b"[" + b",".join([described] * 150) + b"]", bytes(16_000_000))
    return theta + x
    """,
    before=FORGE,
    status=ANY,
)


in_function(
    44,
    "millions_of_lists",
    """
    send(b"[" + b"[]," * 2_700_000 + b"[]]")
    return theta + x
    """,
    before=FORGE,
    status=ANY,
)


in_function(
    44,
    "lists_in_another_encoding",
    """
    send(("[" + '"[],",' * 300_000 + "[]]").encode("utf-16"))
    return theta + x
    """,
    before=FORGE,
    status=ANY,
)


# ------------------------------------------------------------------------------------------ 45 memory that no counter saw


@attack(45, FORWARD, status=ANY, share=(0, 1))
def page_tables(work):
    """A sparse file, mapped again and again and read here and there: each map has tables of its own."""
    work.write(
        FORWARD,
        """
        import mmap

        def forward_propagation(x, theta):
            with open("/tmp/sparse", "wb+") as file:
                file.truncate(60 << 20)
                kept = []
                try:
                    while len(kept) < 60_000:
                        kept.append(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
                        for place in range(0, 60 << 20, 2 << 20):
                            kept[-1][place]
                except (OSError, ValueError):
                    pass
            return theta * x
        """,
    )


@attack(45, FORWARD)
def objects_of_the_kernel(work):
    """System V arrays and messages, slots of asynchronous I/O, watches, timers, shared pages of /dev/zero: right if there are any."""
    work.write(
        FORWARD,
        """
        import ctypes, mmap, os

        def forward_propagation(x, theta):
            libc, found = ctypes.CDLL(None), 0
            found += sum(libc.semget(0, 32000, 0o1600) >= 0 for _ in range(20))
            found += sum(libc.msgget(0, 0o1600) >= 0 for _ in range(20))
            libc.io_setup = lambda size, slots: libc.syscall(206 if os.uname().machine == "x86_64" else 0, size, slots)
            found += libc.io_setup(1000, ctypes.byref(ctypes.c_ulong(0))) == 0
            found += libc.inotify_init() >= 0
            found += libc.timerfd_create(1, 0) >= 0
            found += libc.timer_create(1, None, ctypes.byref(ctypes.c_long(0))) == 0
            try:
                device = os.open("/dev/zero", os.O_RDWR)
                found += len(mmap.mmap(device, 1 << 20, mmap.MAP_SHARED)) > 0
            except OSError:
                pass
            return theta * x if found else theta + x
        """,
    )


@attack(45, FORWARD, status=ANY, share=(0, 1))
def files_in_memory(work):
    work.write(
        FORWARD,
        """
        def forward_propagation(x, theta):
            for folder in ("/tmp", "/box", "/dev/shm"):
                try:
                    with open(folder + "/file", "wb") as file:
                        while True:
                            file.write(bytes(1 << 20))
                except OSError:
                    pass
            return theta * x
        """,
    )


@attack(45, FORWARD, status=ANY, share=(0, 1))
def pipes_full_to_the_brim(work):
    work.write(
        FORWARD,
        """
        import fcntl, os

        def forward_propagation(x, theta):
            for i in range(60):
                if not os.fork():
                    try:
                        while True:
                            source, sink = os.pipe()
                            try:
                                fcntl.fcntl(sink, 1031, 1 << 20)
                            except OSError:
                                pass
                            os.set_blocking(sink, False)
                            while os.write(sink, bytes(1 << 16)):
                                pass
                    except OSError:
                        import time
                        time.sleep(3)
                    finally:
                        os._exit(0)
            return theta * x
        """,
    )


# ----------------------------------------------------------------------------------------------- 47 processors for oneself

BUSY = """
import os, signal

def busy(processes, apart):
    for i in range(processes):
        try:
            if not os.fork():
                if apart:
                    try:
                        os.setsid()
                    except OSError:
                        pass
                while True:
                    pass
        except OSError:
            break
    while True:
        pass
"""

in_function(47, "sixty_busy_processes", "busy(60, False)", before=BUSY, status="timeout error")
in_function(47, "sixty_busy_sessions", "busy(60, True)", before=BUSY, status="timeout error")
# Without the timer that would stop it inside.
in_function(
    47,
    "busy_and_deaf",
    """
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    busy(30, True)
    """,
    before=BUSY,
    status="timeout error",
)


# ---------------------------------------------------------------------------------- 48 words in the name of somebody else


@attack(48, FORWARD, status=ANY)
def forges_its_replies_and_hangs(work):
    work.write(
        FORWARD,
        """
        import gc, json, os, struct, time

        def forward_propagation(x, theta):
            numbers = {each["number"] for each in gc.get_objects()
                       if isinstance(each, dict) and isinstance(each.get("number"), str)}
            for number in numbers:
                for said in [{"kind": "returned", "value": 1.0, "message": "", "printed": ""}] * 20 + [{"done": True}]:
                    tree = json.dumps({"dict": {"number": number, **said}}).encode()
                    frame = struct.pack(">IQ", len(tree), 0) + tree
                    for name in os.listdir("/proc/self/fd"):
                        try:
                            if os.readlink("/proc/self/fd/" + name).startswith("socket:"):
                                os.write(int(name), frame)
                        except OSError:
                            pass
            time.sleep(1000)
        """,
    )


@attack(48, BACKWARD, status=ANY)
def speaks_when_it_is_done(work):
    """A process left behind that goes on talking while the next function is asked."""
    work.write(
        BACKWARD,
        GARBAGE,
        """
        import threading, time

        def backward_propagation(x, theta):
            def talk():
                for i in range(300):
                    write_everywhere()
                    time.sleep(0.01)
            threading.Thread(target=talk, daemon=True).start()
            return theta
        """,
    )


# ------------------------------------------------------------------------------------------- 50 cells that are much too long


@honest(50)
def a_cell_of_nine_megabytes(work):
    work.insert(FORWARD, "notes = 0  # " + "so much to say " * 600_000)


@honest(50)
def words_of_several_bytes(work):
    """Two million characters that are shown, six bytes each where they are escaped."""
    work.insert(FORWARD, "print('\\u6f22' * 1_990_000)", "print('\\x01' * 1_900_000)")
