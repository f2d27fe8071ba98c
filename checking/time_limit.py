"""A time limit for a piece of work in this process, which does not count that a busy machine has kept it waiting."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 3  # times the limit: the most that is waited on a busy machine
WORKING = 0.5  # of its seconds that it has computed, from which on something is not held up by others
IDLE = 0.25  # processors that were idle, from which on nobody had to wait for one
LOOK = 0.5  # seconds for which it is looked whether processors are idle


class Alarm:
    """rang: whether the limit was reached."""

    rang = False


@contextlib.contextmanager
def time_limit(seconds: float, error: BaseException) -> Iterator[Alarm]:
    """Raise `error` in the block after `seconds`; later, up to PATIENCE times that, while processors are short.

    Work that has used its seconds, or that sleeps while processors are idle, is stopped at once. What the system does for
    it meanwhile is none of its seconds: to find memory takes a virtual machine fifty times as long while its host is short of
    it. There is no limit where the system has no alarm signals (Windows), and outside of the main thread.
    """
    alarm = Alarm()
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield alarm
        return
    began, used = time.monotonic(), computed_seconds()
    looked: tuple[float, float] | None = None  # when, and the idle seconds then

    def ring(signum, frame):
        nonlocal looked
        now, idle = time.monotonic(), idle_seconds()
        starved = computed_seconds() - used < WORKING * seconds and now - began < PATIENCE * seconds
        if starved and idle is not None and (looked is None or idle - looked[1] < IDLE * (now - looked[0])):
            looked = now, idle
            signal.setitimer(signal.ITIMER_REAL, LOOK)
            return
        alarm.rang = True
        raise error

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield alarm
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def computed_seconds() -> float:
    """Seconds for which this process has computed, without what the system did for it."""
    return os.times().user


def idle_seconds() -> float | None:
    """Seconds that all processors together were idle since the machine was started; None where nobody knows (proc(5))."""
    try:
        with Path("/proc/stat").open("rb") as file:
            ticks = file.readline().split()
        return (int(ticks[4]) + int(ticks[5])) / 100
    except (OSError, ValueError, IndexError):
        return None
