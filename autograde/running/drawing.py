"""The questions of a class: drawn by its seed, each assignment's in a process of its own."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from autograde.course import this_course
from autograde.running.basis import CannotGrade
from autograde.running.request import RECORDED

HEED = 0.2  # seconds within which it is heeded that nobody waits any more


class Drawing:
    """The questions of these assignments on their way, as many at a time as there are processors. stop: ends it.

    Only the first are drawn before `go_on`, on all processors but one, so that their work can be judged early.
    """

    def __init__(self, assignments: Sequence[str], seed: int, stop: threading.Event):
        self._seed, self._given_up, self._stop = seed, threading.Event(), stop
        processors = os.cpu_count() or 1
        self._first, self._goes_on = assignments[: max(1, processors - 1)], threading.Event()
        self._pool = ThreadPoolExecutor(processors)
        self._drawn = {assignment: self._pool.submit(self._draw, assignment) for assignment in assignments}

    def go_on(self) -> None:
        """Draw the others too."""
        self._goes_on.set()

    def wait_for(self, assignment: str, seconds: float) -> bool:
        """Whether it is drawn, or has failed, within so many seconds."""
        return bool(wait([self._drawn[assignment]], seconds).done)

    def text(self, assignment: str) -> str:
        """What was drawn, as JSON. Raises CannotGrade."""
        return self._drawn[assignment].result()

    def close(self) -> None:
        """End what is still being drawn."""
        self._given_up.set()
        self._goes_on.set()
        self._pool.shutdown(cancel_futures=True)

    def _draw(self, assignment: str) -> str:
        """In a process of its own, since the reference solution may use TensorFlow."""
        if self._seed == RECORDED:
            return this_course().reference(assignment).read_text(encoding="utf-8")
        if assignment not in self._first:
            self._goes_on.wait()
        command = [sys.executable, "-m", "autograde.authoring.asking", assignment, str(self._seed)]
        # a Ctrl-C in the terminal is the grader's to handle
        process = subprocess.Popen(
            command,
            cwd=this_course().root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        while True:
            if self._stop.is_set() or self._given_up.is_set():
                process.kill()
            try:
                drawn, said = process.communicate(timeout=HEED)
                break
            except subprocess.TimeoutExpired:
                continue
        if process.returncode:
            last = (said.strip().splitlines() or ["no reason given"])[-1]
            raise CannotGrade(f"the questions of '{assignment}' could not be drawn: {last}")
        return drawn
