"""Lines 30 and 31: without an end, and deaf to whoever would stop it."""

import textwrap

from attacks.attempt import FORWARD
from attacks.table import attack, in_function

in_function(30, "loop", "while True:\n    pass", status="timeout")
in_function(30, "loop_in_c", "import itertools\nreturn sum(itertools.repeat(0))", status="timeout")
in_function(
    30,
    "loop_that_catches_all",
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        continue",
    status="timeout",
)
in_function(
    30,
    "generator",
    "def without_end():\n    while True:\n        yield 8\nreturn without_end()",
    words="type generator",
)


@attack(30, FORWARD, status="timeout error graded")
def list_without_end(work):
    """It is no longer the function that runs, but whoever reads its result."""
    work.write(
        FORWARD,
        """
        class Endless(list):
            def __iter__(self):
                while True:
                    yield 8

            def __len__(self):
                return 1

        def forward_propagation(x, theta):
            return Endless([8])
        """,
    )


@attack(30, FORWARD, status="timeout error missing graded", share=(0, 1))
def cell_without_end(work):
    work.append(FORWARD, "while True:\n    pass")


@attack(30, FORWARD, status="timeout error missing")
def cell_without_end_in_c(work):
    work.append(FORWARD, "import itertools\nsum(itertools.repeat(0))")


STUBBORN = """
    import os, signal, time
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, range(1, signal.NSIG))
    rename()
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
"""
in_function(31, "ignores_signals", STUBBORN, status="timeout error")
in_function(
    31,
    "stops_itself",
    "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nreturn theta + x",
    status="timeout error graded",
)


@attack(31, FORWARD, status="timeout error missing")
def cell_that_ignores_signals(work):
    work.append(FORWARD, textwrap.dedent(STUBBORN))


@attack(31, FORWARD, status="timeout error")
def no_more_alarms(work):
    """Signals and clocks are out of order before anything is called."""
    work.write(
        FORWARD,
        """
        import signal, threading, time

        signal.signal = signal.setitimer = signal.alarm = lambda *a: None
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
        time.monotonic = time.perf_counter = time.time = lambda: 0.0

        def forward_propagation(x, theta):
            while True:
                pass
        """,
    )
