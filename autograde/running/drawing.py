"""The questions of a class: drawn by its seed, each assignment's in a process of its own."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from autograde.course import this_course
from autograde.running.basis import CannotGrade
from autograde.running.request import RECORDED

HEED = 0.2  # seconds within which it is heeded that nobody waits any more


class Drawing:
    """The questions of these assignments on their way. stop: ends it, as leaving the block does."""

    def __init__(self, assignments: Sequence[str], seed: int, stop: threading.Event):
        self._seed, self._given_up, self._stop = seed, threading.Event(), stop
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)
        self._drawn = self._pool.map(self._draw, assignments)

    def __enter__(self) -> Iterator[str]:
        return self._drawn

    def __exit__(self, *exception: object) -> None:
        self._given_up.set()  # which whoever is done does not notice
        self._pool.shutdown(cancel_futures=True)

    def _draw(self, assignment: str) -> str:
        """In a process of its own, since the reference solution may use TensorFlow. Raises CannotGrade."""
        if self._seed == RECORDED:
            return this_course().reference(assignment).read_text(encoding="utf-8")
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
            try:
                drawn, said = process.communicate(timeout=HEED)
                break
            except subprocess.TimeoutExpired:
                if self._stop.is_set() or self._given_up.is_set():
                    process.kill()
        if process.returncode:
            last = (said.strip().splitlines() or ["no reason given"])[-1]
            raise CannotGrade(f"the questions of '{assignment}' could not be drawn: {last}")
        return drawn
