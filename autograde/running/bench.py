"""On a machine that judges for others: isolation, scratch folder and judging processes of one class.

What a job comes to is a reply; whatever goes wrong here is one too, and never a verdict. Nothing here knows Dask.
"""

import contextlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autograde.course import CourseError
from autograde.files import write_atomically
from autograde.judging.notebook_run import Rules
from autograde.judging.tiers import Boxes, Isolation, isolate, limits_for
from autograde.records.attempts import Attempts
from autograde.records.class_folder import ClassFolder
from autograde.results import Job
from autograde.running.identity import Identity, differences, identity
from autograde.running.parcels import Reply, unpack_job
from autograde.running.runner import WorkerDied, WorkerProcess, seconds_of_a_job, start_worker
from autograde.sandbox.client import SandboxError
from autograde.text import one_line


@dataclass(frozen=True)
class Terms:
    """On what a class is judged. identity: of whoever asks for it. memory_mb: see Request. questions: by assignment, as JSON."""

    identity: Identity
    tier: str
    rules: Rules
    memory_mb: int | None
    questions: Mapping[str, str]

    def packed(self) -> bytes:
        """As bytes, which `of` reads."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @staticmethod
    def of(packed: bytes) -> "Terms":
        """The terms of which `packed` has made this."""
        data = json.loads(packed)
        return Terms(**data | {"rules": Rules(**data["rules"])})


class Bench:
    """Judges notebooks for one class, a process for each thread that asks. root: an empty folder of its own."""

    def __init__(self, root: Path, terms: Terms, worker: str):
        """Returns at once; what takes seconds is begun beside it. worker: the name by which it goes."""
        self._folder, self._terms, self._worker = ClassFolder(root), terms, worker
        self._isolation: Isolation | None = None
        self._identity: Identity | None = None
        self._notes: tuple[str, ...] = ()
        self._processes: dict[int, WorkerProcess] = {}
        self._lock = threading.Lock()
        self._is_closed = False
        # A fork server is killed when the thread that started it ends, so all that starts one happens in this thread.
        self._own = ThreadPoolExecutor(1, "isolation")
        self._problem = self._own.submit(self._begin)

    def _begin(self) -> str:
        """Why nothing can be judged here; "" if it can."""
        try:
            self._identity = identity()
            if found := differences(self._identity, self._terms.identity):
                return f"it has {found}"
            self._folder.log.mkdir(parents=True)
            for assignment in self._terms.questions:
                self._write_questions(assignment)
            limits = limits_for(self._terms.rules, self._terms.memory_mb)
            log = self._folder.log / "sandbox.log"
            self._isolation, notes = isolate(self._terms.tier, list(self._terms.questions), limits, log)
            self._notes = tuple(notes)
        except (SandboxError, CourseError) as error:
            return one_line(str(error))
        except Exception as error:
            return one_line(f"{type(error).__name__}: {error}")
        return ""

    def _write_questions(self, assignment: str) -> None:
        write_atomically(self._terms.questions[assignment], self._folder.asked(assignment))

    def judge(self, parcel: bytes) -> Reply:
        """Do a job. Raises nothing that is the job's."""
        if problem := self._problem.result():
            return self._reply("unfit", reason=problem)
        assert self._isolation is not None
        job, notebook, timestamp = unpack_job(parcel)
        folder = Attempts(self._folder).folder(*job.key)
        submitted = folder.submitted(job.student, job.assignment)
        try:
            if job.assignment not in self._terms.questions:
                return self._reply("unfit", reason=f"it was not given the questions of '{job.assignment}'")
            if not self._folder.asked(job.assignment).is_file():  # whoever keeps this disk tidy
                self._write_questions(job.assignment)
            write_atomically(notebook, submitted)
            if timestamp is not None:
                write_atomically(timestamp, submitted.with_name("timestamp.txt"))
            reply = self._judge(job, folder)
        except OSError as error:
            reply = self._reply("unfit", reason=f"its folder '{self._folder.root}' cannot be used ({error.strerror})")
        finally:
            for path in (submitted, folder.autograded(job.student, job.assignment)):
                shutil.rmtree(path.parent, ignore_errors=True)
            shutil.rmtree(folder.page(job.student, job.assignment).parent, ignore_errors=True)
        if self._is_closed:  # what was killed with it says nothing of the job
            return self._reply("closing")
        return reply

    def _judge(self, job: Job, folder: ClassFolder) -> Reply:
        began = time.monotonic()
        try:
            execution = self._process().run(job, seconds_of_a_job(self._terms.rules))
        except WorkerDied as died:
            if died.status != "timeout":
                return self._reply("died", reason=str(died))
            return self._reply("verdict", execution=died.execution(job, time.monotonic() - began))
        if execution.failure and execution.failure[0] == "full":
            return self._reply("unfit", reason=f"its disk is full, '{self._folder.root}' ({execution.failure[1]})")
        if execution.failure:
            return self._reply("verdict", execution=execution)
        notebook = folder.autograded(job.student, job.assignment).read_bytes()
        page = folder.page(job.student, job.assignment).read_bytes()
        return replace(self._reply("verdict", execution=execution), notebook=notebook, page=page)

    def _reply(self, kind: str, **more) -> Reply:
        tier = self._isolation.tier if self._isolation else ""
        return Reply(kind, self._worker, identity=self._identity, tier=tier, notes=self._notes, **more)

    def _process(self) -> WorkerProcess:
        """The judging process of this thread."""
        thread = threading.get_ident()
        found = self._processes.get(thread)
        if found is None or not found.alive():
            assert self._isolation is not None
            boxes = self._own.submit(self._isolation.boxes).result()
            with self._lock:
                if self._is_closed:
                    raise WorkerDied("error", "it is being ended")
                found = self._processes[thread] = WorkerProcess(self._start(boxes))
        return found

    def _start(self, boxes: Boxes) -> subprocess.Popen:
        return start_worker(self._folder.root, boxes, self._terms.rules, self._folder.log / "workers.log")

    def close(self) -> None:
        """End all processes, and take the folder away."""
        with self._lock:
            self._is_closed = True
        for process in self._processes.values():
            process.kill()
        with contextlib.suppress(RuntimeError):  # it is closed already
            self._own.submit(self._end_isolation)
        self._own.shutdown()
        shutil.rmtree(self._folder.root, ignore_errors=True)

    def _end_isolation(self) -> None:
        if self._isolation is not None:
            self._isolation.close()
