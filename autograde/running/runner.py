"""Hand out submissions to be run and judged: the one interface behind which that happens, and local workers for it.

An executor takes a notebook that intake has restored and gives back what each question came to. Where it runs, and how
well isolated, is its own affair. Grading, reports and the command line know this interface only.
"""

import contextlib
import json
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Protocol

import psutil

from autograde.course import this_course
from autograde.judging.notebook_run import Rules
from autograde.judging.tiers import GRACE, Boxes
from autograde.results import Answer, Execution, Job
from checking.cause import Cause

FOR_ALL = (signal.SIGINT, signal.SIGTERM)  # which come to all processes of a terminal or a service
SLOW = 2.0  # seconds after which a job is one that takes long; honest ones take tenths


class Executor(Protocol):
    """Takes jobs at any time and gives back each as it is done. Closing it ends everything it started.

    awaited: how many jobs it still has to give back.
    """

    awaited: int

    @property
    def width(self) -> int:
        """How many notebooks it judges at a time, as far as it is known now."""
        ...

    def submit(self, job: Job) -> None:
        """Take a job, without waiting for what comes of it."""
        ...

    def collect(self, seconds: float = math.inf) -> Iterator[Execution]:
        """What is done, each as it is done; ends when nothing was for so many seconds, or when nothing is left."""
        ...

    def close(self) -> None:
        """End whatever was started; what is not done is dropped."""
        ...


class Worker(Protocol):
    """What is used of a `subprocess.Popen` that is a worker."""

    pid: int
    stdin: IO[str] | None
    stdout: IO[str] | None

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def wait(self) -> int | None:
        """Its exit code, when it has ended."""
        ...


class LocalWorkers:
    """Long-lived processes on this machine. `start` starts one that reads a job a line and writes an execution a line.

    What ran out of time beside others, or whose worker ended, which may be another submission's doing, is run once more
    when nothing else is. more: how many workers there may be besides, while as many jobs take longer than SLOW seconds, so
    that a few that take for ever keep nobody waiting. begun: workers that were started before.
    """

    def __init__(
        self,
        start: Callable[[], Worker],
        workers: int,
        seconds: float,
        more: int = 0,
        begun: Sequence[Worker] = (),
    ):
        self._start, self._seconds, self._workers = start, seconds, workers
        self._pool = ThreadPoolExecutor(workers + more)
        self._turns = threading.BoundedSemaphore(workers)
        self._lends = more > 0
        self._done: SimpleQueue[Future[Execution]] = SimpleQueue()
        self.awaited = 0
        self._for_later: list[Execution] = []
        self._idle: SimpleQueue[WorkerProcess] = SimpleQueue()
        self._all = [WorkerProcess(process) for process in begun]
        for worker in self._all:
            self._idle.put(worker)
        self._lock = threading.Lock()
        self._closed = False

    @property
    def width(self) -> int:
        """As many as were asked for, those aside that come besides."""
        return self._workers

    def submit(self, job: Job) -> None:
        """Queue the job for the next worker that is idle."""
        self.awaited += 1
        self._pool.submit(self._run, job).add_done_callback(self._done.put)

    def collect(self, seconds: float = math.inf) -> Iterator[Execution]:
        """As Executor has it; what starved comes last, after it was run once more, alone."""
        with contextlib.suppress(Empty):
            while self.awaited:
                if len(self._for_later) == self.awaited:
                    if seconds == 0:  # there may be more to come, and it should not wait
                        return
                    first = self._for_later.pop(0)
                    self._pool.submit(self._once_more, first).add_done_callback(self._done.put)
                timeout = None if seconds == math.inf else seconds
                execution = self._done.get(seconds > 0, timeout).result()
                if execution.starved and not self._closed:
                    self._for_later.append(execution)
                    continue
                self.awaited -= 1
                yield execution

    def _once_more(self, first: Execution) -> Execution:
        """Run it alone; what comes of it then is what counts."""
        second = self._run(first.job)
        return replace(second, seconds=(first.seconds or 0) + (second.seconds or 0), starved=False)

    def close(self) -> None:
        """Kill the workers with what they started. Jobs that wait are dropped; one that runs ends with an error."""
        with self._lock:
            self._closed = True
        for worker in self._all:
            worker.kill()
        self._pool.shutdown(cancel_futures=True)

    def _run(self, job: Job) -> Execution:
        with self._turn():
            began = time.monotonic()
            try:
                worker = self._take()
                execution = worker.run(job, self._seconds)
            except WorkerDied as died:
                return died.execution(job, time.monotonic() - began)
            self._idle.put(worker)
            return execution

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until fewer jobs are run than there are processors for; one that takes long gives its turn to another."""
        self._turns.acquire()
        given = threading.Lock()  # taken by whoever gives the turn back, once

        def give_back() -> None:
            if given.acquire(blocking=False):
                self._turns.release()

        def lend() -> None:
            give_back()
            with contextlib.suppress(RuntimeError):  # it is closed
                self._pool.submit(self._spare)

        timer = threading.Timer(SLOW, lend)
        if self._lends:
            timer.start()
        try:
            yield
        finally:
            timer.cancel()
            give_back()

    def _spare(self) -> None:
        """Have a worker ready for whoever is next, since to start one takes longer than to judge."""
        with contextlib.suppress(WorkerDied):
            if self._idle.empty():
                self._idle.put(self._started())

    def _take(self) -> "WorkerProcess":
        with contextlib.suppress(Empty):
            while True:
                worker = self._idle.get(block=False)
                if worker.alive():  # it may have been ended while it had nothing to do, which is no job's doing
                    return worker
        return self._started()

    def _started(self) -> "WorkerProcess":
        with self._lock:
            if self._closed:
                raise WorkerDied("error", "grading was stopped")
            try:
                worker = WorkerProcess(self._start())
            except SourceEnded:  # the next try begins another
                raise WorkerDied("error", "the grader's own process was ended as it began") from None
            self._all = [other for other in self._all if other.alive()] + [worker]
            return worker


class SourceEnded(Exception):
    """The process that workers are forked out of was ended as it was asked for one."""


class WorkerDied(Exception):
    """A worker ended or ran out of time. `status` is what the submission gets."""

    def __init__(self, status: str, reason: str):
        super().__init__(reason)
        self.status = status

    def execution(self, job: Job, seconds: float) -> Execution:
        """What it means for the job over which it happened; one that may not be the job's doing is to be run again."""
        return Execution(job, failure=(self.status, str(self)), seconds=seconds, starved=self.status == "error")


def start_worker(root: Path, boxes: Boxes, rules: Rules, log: Path) -> subprocess.Popen:
    """A process of `autograde.running.worker`. root: the folder in which jobs lie. Its fork servers are to live as long."""
    settings = {"root": str(root), "boxes": asdict(boxes), "rules": asdict(rules)}
    with log.open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "autograde.running.worker", json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
            cwd=this_course().root,
            pass_fds=sorted(set(boxes.sockets.values())),
            start_new_session=True,  # a Ctrl-C in the terminal is the grader's to handle
        )


class ForkedWorker:
    """The same, forked out of a process that has imported what a worker needs, which takes longer than to judge a notebook."""

    def __init__(self, root: Path, boxes: Boxes, rules: Rules, log: Path):
        begin = multiprocessing.get_context("forkserver")
        begin.set_forkserver_preload(["autograde.running.worker"])
        theirs_in, ours_in = begin.Pipe(duplex=False)
        ours_out, theirs_out = begin.Pipe(duplex=False)
        sockets = {each: Connection(os.dup(each)) for each in set(boxes.sockets.values())}
        given = (str(root), boxes, rules, sockets, (theirs_in, theirs_out), str(log))
        self._process = begin.Process(
            target=_become_worker, args=(str(this_course().root), dict(os.environ), given), daemon=True
        )
        resource_tracker.ensure_running()  # here, since to begin it makes signals heeded again
        try:
            with _heeding_no_signal():
                self._process.start()
        except (EOFError, ConnectionError):
            raise SourceEnded from None
        for end in (theirs_in, theirs_out, *sockets.values()):
            end.close()
        self.stdin: IO[str] | None = os.fdopen(os.dup(ours_in.fileno()), "w", encoding="utf-8")
        self.stdout: IO[str] | None = os.fdopen(os.dup(ours_out.fileno()), encoding="utf-8")
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        """As Worker has it."""
        return self._process.exitcode

    def kill(self) -> None:
        """As Worker has it."""
        self._process.kill()

    def wait(self) -> int | None:
        """As Worker has it."""
        self._process.join()
        return self._process.exitcode


@contextlib.contextmanager
def _heeding_no_signal() -> Iterator[None]:
    """What is begun meanwhile does not heed what is sent to all processes of a terminal or a service: it is the grader's to handle."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FOR_ALL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _become_worker(folder: str, environment: dict[str, str], given: tuple) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, FOR_ALL)
    os.environ.clear()  # of the process that was forked: it may be older than what is set here
    os.environ.update(environment)
    os.chdir(folder)
    from autograde.running.worker import become

    become(*given)


def begin_worker(root: Path, boxes: Boxes, rules: Rules, log: Path) -> Worker:
    """A worker: forked on Linux, and started anew where a fork may inherit what does not survive it."""
    return (ForkedWorker if sys.platform == "linux" else start_worker)(root, boxes, rules, log)


def end_workers(processes: Iterable[Worker]) -> None:
    """End workers that have had no job."""
    for process in processes:
        WorkerProcess(process).kill()


def seconds_of_a_job(rules: Rules) -> float:
    """After which whoever judges a notebook by these rules is ended."""
    return rules.seconds_of_both_looks + 2 * GRACE


class WorkerProcess:
    """A process that takes one job after the other."""

    def __init__(self, process: Worker):
        self._process = process

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def run(self, job: Job, seconds: float) -> Execution:
        """Raises WorkerDied, and then the process has ended."""
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
        except (OSError, ValueError):  # its end of the pipe, or ours, is closed
            line = ""
        finally:
            timer.cancel()
        if timed_out.is_set():
            raise WorkerDied("timeout", f"the notebook was still running after {seconds:g} seconds")
        if not line.endswith("\n"):
            self.kill()
            raise WorkerDied(
                "error", "the grader's own process ended while it judged this; its log/ has what it said, if anything"
            )
        reply = json.loads(line)
        failure = (reply["failure"][0], reply["failure"][1]) if reply["failure"] else None
        answers = tuple(Answer(**{**answer, "cause": Cause(**answer["cause"])}) for answer in reply["answers"])
        return Execution(job, answers, failure, reply["seconds"], reply["starved"])

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout

    def kill(self) -> None:
        """End the process and what it started."""
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
