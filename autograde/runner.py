"""Run submissions: the one interface behind which they are executed, and the runner that uses nbgrader's own executor.

A runner takes a notebook that intake has restored and gives back what each question came to. How, and how well
isolated, is its own affair; `tier` names that. Grading, reports and the command line know this interface only.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Protocol

import psutil

SECONDS_PER_CELL = 60
SECONDS_PER_SUBMISSION = 300


@dataclass(frozen=True)
class Job:
    """One restored notebook to run; it lies in the course folder, under submitted/."""

    student: str
    assignment: str


@dataclass(frozen=True)
class Answer:
    """What one question came to: graded, missing, error or timeout. mistake: what is wrong, in words; "" if nothing."""

    question: str
    score: float
    status: str
    mistake: str = ""


@dataclass(frozen=True)
class Execution:
    """What running one notebook came to: an answer a question, or a `failure` (status, reason) of the whole."""

    job: Job
    answers: tuple[Answer, ...] = ()
    failure: tuple[str, str] | None = None


class Runner(Protocol):
    """Runs jobs, several at a time, and yields each as it is done. Closing it ends everything it started."""

    tier: str

    def run(self, jobs: Iterable[Job]) -> Iterator[Execution]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class NbgraderSettings:
    """What a worker needs to know: the course folder, where nbgrader's source lies, limits."""

    root: str
    source: str
    showcase: bool = False
    seconds_per_cell: int = SECONDS_PER_CELL


@dataclass
class NbgraderRunner:
    """Runs notebooks with nbgrader's executor in `workers` long-lived processes. Time limits only: nothing is isolated."""

    settings: NbgraderSettings
    workers: int
    seconds_per_submission: int = SECONDS_PER_SUBMISSION
    tier: str = "none"
    _idle: SimpleQueue = field(default_factory=SimpleQueue)
    _all: list["_Worker"] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def run(self, jobs: Iterable[Job]) -> Iterator[Execution]:
        with ThreadPoolExecutor(self.workers) as pool:
            pending: set[Future[Execution]] = {pool.submit(self._run_one, job) for job in jobs}
            try:
                while pending:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            finally:  # also when the consumer stops early
                for future in pending:
                    future.cancel()
                if pending:
                    self.close()

    def _run_one(self, job: Job) -> Execution:
        worker = self._take()
        try:
            execution = worker.run(job, self.seconds_per_submission)
        except WorkerDied as death:
            worker.kill()
            return Execution(job, failure=(death.status, str(death)))
        self._idle.put(worker)
        return execution

    def _take(self) -> "_Worker":
        with self._lock:
            if not self._idle.empty():
                return self._idle.get()
            if self._closed:
                raise WorkerDied("error", "grading was stopped")
            worker = _Worker(self.settings, Path(self.settings.root) / "log" / f"worker-{len(self._all) + 1}.log")
            self._all.append(worker)
            return worker

    def close(self) -> None:
        self._closed = True
        for worker in self._all:
            worker.kill()


class WorkerDied(Exception):
    """A worker ended or ran out of time. `status` is what the submission gets."""

    def __init__(self, status: str, reason: str):
        super().__init__(reason)
        self.status = status


class _Worker:
    """A process that grades one notebook after the other: a job a line in, an execution a line out."""

    def __init__(self, settings: NbgraderSettings, log: Path):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as log_file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "autograde.worker", json.dumps(asdict(settings))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # a Ctrl-C in the terminal is the grader's to handle
            )

    def run(self, job: Job, seconds: int) -> Execution:
        timed_out = threading.Event()

        def stop() -> None:
            timed_out.set()
            self.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            stdin, stdout = self._pipes()
            stdin.write(json.dumps(asdict(job)) + "\n")
            stdin.flush()
            line = stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
        if timed_out.is_set():
            raise WorkerDied("timeout", f"the notebook was still running after {seconds} seconds")
        if not line:
            raise WorkerDied("error", "the process that ran the notebook ended unexpectedly")
        reply = json.loads(line)
        failure = (reply["failure"][0], reply["failure"][1]) if reply["failure"] else None
        return Execution(job, tuple(Answer(**answer) for answer in reply["answers"]), failure)

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout

    def kill(self) -> None:
        """End the process and the kernel it started."""
        try:
            family = [*psutil.Process(self._process.pid).children(recursive=True)]
        except psutil.Error:
            family = []
        self._process.kill()
        for child in family:
            try:
                child.kill()
            except psutil.Error:
                continue
        self._process.wait()
