"""The executor that hands notebooks to other machines, by way of Dask.

A job travels with its notebook, and a reply with what came of it, both as bytes of our own form (`parcels`); nothing that
comes back is ever unpickled. A few jobs a thread are at the scheduler at any time, the others wait here by name. Whatever
the scheduler or a worker forgets, loses or does not know is handed out again; points come of a verdict in full, and of
nothing else.
"""

import contextlib
import math
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from queue import Empty, SimpleQueue

import dask.config
from distributed import Client, Future

from autograde.files import write_atomically
from autograde.judging.submission import points_of
from autograde.judging.tiers import CONTAINS, TIERS
from autograde.records.attempts import Attempts
from autograde.records.class_folder import ClassFolder
from autograde.results import Execution, Job
from autograde.running.basis import CannotGrade
from autograde.running.bench import Terms
from autograde.running.cluster import SETTINGS, Place, require_not_open
from autograde.running.dask_side import Judges, judge_one
from autograde.running.identity import differences
from autograde.running.parcels import NoParcel, Reply, pack_job, unpack_reply
from autograde.running.runner import seconds_of_a_job
from autograde.text import one_line

AHEAD = 8  # jobs a thread that are at the scheduler, so that there are some while verdicts are landed here
PULSE = 0.5  # seconds between looks at what nobody tells of
CONNECT = 8.0  # seconds until a scheduler has answered
RECONNECT = 120.0  # seconds for which one that has gone is looked for
ALONE = 10.0  # seconds without any worker, after which that is said
MOST_BARE = 3  # times that a worker may say that it knows nothing of the class, though it was told
MOST_UNKNOWN = 20  # replies a thread that are none, one after the other, of workers that nobody can name
AGAIN = 30.0  # seconds for what is fetched once more
RAW = ["dask", "msgpack"]  # kinds of data that are taken from others; what is pickled is not one of them


class NotUnpickled(Exception):
    """An exception that came from elsewhere, as it came. has_died: whether the scheduler says that the worker ended."""

    def __init__(self, pickled: object):
        super().__init__("what ran a job failed")
        self.has_died = isinstance(pickled, bytes | bytearray) and b"KilledWorker" in pickled


class _Client(Client):
    """Dask's client, which does not unpickle what others have raised: that would run what they like."""

    def _handle_task_erred(self, key=None, exception=None, traceback=None):
        super()._handle_task_erred(key, NotUnpickled(exception), None)


@dataclass
class _Handed:
    """A job at the scheduler. since: when it was handed out."""

    job: Job
    future: Future
    since: float


class DaskWorkers:
    """See Executor. say: takes a line of what has happened."""

    def __init__(self, place: Place, terms: Terms, out: ClassFolder, say: Callable[[str], None]):
        """Raises CannotGrade if there is no scheduler."""
        self._place, self._terms, self._attempts, self._say = place, terms, Attempts(out), say
        self._seconds = seconds_of_a_job(terms.rules)
        packed = terms.packed()
        self._run = os.urandom(4).hex()
        self._plugin = Judges(f"course-{sha256(packed).hexdigest()[:12]}-{self._run}", packed)
        self.awaited = 0
        self._tiers: set[str] = set()  # that work was judged in
        self._waiting: deque[Job] = deque()
        self._handed: dict[int, _Handed] = {}
        self._came: SimpleQueue[tuple[int, object]] = (
            SimpleQueue()
        )  # of what was handed out, and a reply or what was raised
        self._first: dict[tuple[str, str, str], Execution] = {}  # what came of those that are run again
        self._for_later: deque[Job] = deque()
        self._numbers = 0
        self._bare: Counter[str] = Counter()  # replies of a worker that knew nothing, though it was told
        self._refused: set[str] = set()  # workers that are used no more
        self._narrowed = -math.inf  # when a worker was refused last
        self._unknown = 0  # refusals since of workers that nobody can name
        self._said: set[str] = set()
        self._registered = self._looked = -math.inf
        self._seen = time.monotonic()  # when there was a worker
        self._threads = 0
        self._client = self._connected()
        self._register()

    # The scheduler

    def _connected(self) -> Client:
        try:
            with dask.config.set(SETTINGS):  # else what was sent last is kept, a thousand notebooks
                client = _Client(
                    self._place.address,
                    security=self._place.security,
                    timeout=CONNECT,
                    set_as_default=False,
                    direct_to_workers=False,
                    deserializers=RAW,
                    name="course",
                )
        except Exception as error:  # its kinds are many
            words = one_line(str(error)) or type(error).__name__
            raise CannotGrade(f"no scheduler can be reached at '{self._place.address}': {words}") from None
        try:
            require_not_open(client.scheduler_info()["address"], self._place.address)
        except CannotGrade:
            client.close()
            raise
        return client

    def _register(self) -> None:
        """Let all workers know what is judged, also those that come later."""
        with self._unless_it_goes():
            self._client.register_plugin(self._plugin)
        self._registered = time.monotonic()

    @contextlib.contextmanager
    def _unless_it_goes(self) -> Iterator[None]:
        """Do what takes a scheduler; one that goes meanwhile is looked for afterwards."""
        try:
            yield
        except CannotGrade:
            raise
        except Exception as error:
            if self._client.status == "running":
                self._tell(
                    f"the scheduler at '{self._place.address}' did not do as it was asked ({type(error).__name__})"
                )

    def _see_to_scheduler(self) -> None:
        """Look for a scheduler that has gone. Raises CannotGrade if it does not come back."""
        if self._client.status == "running":
            return
        self._say(f"the scheduler at '{self._place.address}' has gone; it is looked for")
        until = time.monotonic() + RECONNECT
        while self._client.status != "running":
            if self._client.status == "closed":  # it has given up
                with contextlib.suppress(CannotGrade):
                    self._client = self._connected()
                    break
            if time.monotonic() > until:
                raise CannotGrade(
                    f"the scheduler at '{self._place.address}' has gone and did not come back; verdicts so far are kept."
                    " Start it, and go on with --resume"
                )
            time.sleep(PULSE)
        self._say(f"the scheduler at '{self._place.address}' is there again; what it had is handed out again")
        self._seen = time.monotonic()
        self._register()

    @property
    def width(self) -> int:
        """How many threads the workers have."""
        self._look_for_workers()
        return max(1, self._threads)

    def _look_for_workers(self) -> None:
        """Count their threads, now and then; say it where there are none for long."""
        now = time.monotonic()
        if now - self._looked > 2 * PULSE:
            self._looked = now
            with self._unless_it_goes():
                there = self._client.nthreads().items()
                self._threads = sum(threads for worker, threads in there if worker not in self._refused)
        if self._threads:
            self._seen = now
        elif now - self._seen > ALONE and self.awaited:
            self._tell(f"no worker is at '{self._place.address}'; one is waited for")

    # Jobs

    def submit(self, job: Job) -> None:
        """Hand it out as soon as a thread is near to it."""
        self.awaited += 1
        self._waiting.append(job)
        self._hand_out()

    def collect(self, seconds: float = math.inf) -> Iterator[Execution]:
        """As Executor has it; what was lost or starved comes last, after it was run once more, alone."""
        since = time.monotonic()
        while self.awaited:
            self._see_to_scheduler()
            self._hand_out()
            if not self._handed and not self._waiting:
                if seconds == 0:  # there may be more to come, and it should not wait
                    return
                self._hand(self._for_later.popleft())
            left = since + seconds - time.monotonic()
            try:
                number, came = self._came.get(seconds > 0, max(0.0, min(PULSE, left)))
            except Empty:
                if time.monotonic() - self._seen > ALONE:
                    self._look_for_workers()
                self._give_up_overdue()
                if left <= 0:
                    return
                continue
            execution = self._taken(number, came)
            if execution is not None:
                self.awaited -= 1
                yield execution
                since = time.monotonic()

    def isolation(self) -> str:
        """One line for the terminal, as `describe` has it: the best and the worst of what there was."""
        where = f"on the workers at {self._place.address}"
        if not self._tiers:
            return f"Isolation: that of {where.removeprefix('on ')}, which are asked for {self._terms.tier}."
        return " ".join(f"Isolation: {tier}, {where}; {CONTAINS[tier]}." for tier in TIERS if tier in self._tiers)

    def close(self) -> None:
        """Take back what is not done, and have the workers end what they began for this class."""
        with contextlib.suppress(Exception):
            if self._client.status == "running":
                self._client.cancel([handed.future for handed in self._handed.values()], force=True)
                self._client.unregister_worker_plugin(self._plugin.name)
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def _hand_out(self) -> None:
        if not self._waiting:
            return
        room = AHEAD * self.width
        while self._waiting and len(self._handed) < room and self._client.status == "running":
            self._hand(self._waiting.popleft())

    def _hand(self, job: Job) -> None:
        path = self._attempts.folder(*job.key).submitted(job.student, job.assignment)
        timestamp = path.with_name("timestamp.txt")
        parcel = pack_job(job, path.read_bytes(), timestamp.read_bytes() if timestamp.is_file() else None)
        self._numbers += 1
        number, client = self._numbers, self._client
        try:
            future = client.submit(judge_one, self._plugin.name, parcel, key=f"judge-{self._run}-{number}", pure=False)
        except Exception as error:
            self._waiting.appendleft(job)
            if client.status == "running":
                raise CannotGrade(
                    f"the scheduler at '{self._place.address}' takes no jobs: {one_line(str(error))}"
                ) from None
            return
        assert client.loop is not None
        self._handed[number] = _Handed(job, future, time.monotonic())
        client.loop.add_callback(self._fetch, number, client, future)

    async def _fetch(self, number: int, client: Client, future: Future) -> None:
        """Get what comes of it, beside all others: a worker that is frozen lets one wait for what it has."""
        try:
            came = await future
        except TypeError:  # of this or of another: Dask gets several together
            came = await _alone(client, future.key)
        except BaseException as error:  # among them that it was cancelled
            came = error
        self._came.put((number, came))

    def _taken(self, number: int, came: object) -> Execution | None:
        """The verdict that has come; None if none has, and then its job is handed out again."""
        handed = self._handed.pop(number, None)
        if handed is None:  # it was overdue, and is judged elsewhere
            return None
        job = handed.job
        if isinstance(came, NotUnpickled) and came.has_died:
            return self._lost(job)
        reply, fault = _read(came, job, points_of(job.assignment))
        if reply is not None:
            return self._heard(handed, reply)
        if fault or isinstance(came, NotUnpickled):
            worker, why = _giver(self._client, handed.future.key, job, points_of(job.assignment))
            if worker or handed.since > self._narrowed:  # else it may be of one that was refused meanwhile
                self._refuse(worker, why)
        self._waiting.appendleft(job)
        return None

    def _heard(self, handed: _Handed, reply: Reply) -> Execution | None:
        if reply.kind == "died":
            return self._lost(handed.job, reply.reason)
        if reply.kind == "verdict":
            found = differences(reply.identity or {}, self._terms.identity)
            if not found:
                return self._landed(handed.job, reply)
            self._refuse(reply.worker, f"is refused: it says that it is fit, and has {found}")
        elif reply.kind == "unfit":
            self._refuse(reply.worker, f"is not used: {reply.reason}")
        elif reply.kind == "bare":
            self._know_bare(handed, reply.worker)
        self._waiting.appendleft(handed.job)
        return None

    def _landed(self, job: Job, reply: Reply) -> Execution | None:
        execution = reply.execution
        assert execution is not None
        self._note_tier(reply)
        self._unknown = 0
        first = self._first.pop(job.key, None)
        if first is None and execution.starved:
            self._later(execution)
            return None
        if not execution.failure:
            self._write(job, reply)
        seconds = (first.seconds or 0 if first else 0) + (execution.seconds or 0)
        return replace(execution, seconds=seconds, starved=False)

    def _write(self, job: Job, reply: Reply) -> None:
        """Put files where a worker on this machine would have."""
        folder = self._attempts.folder(*job.key)
        submitted = folder.submitted(job.student, job.assignment).with_name("timestamp.txt")
        autograded = folder.autograded(job.student, job.assignment)
        write_atomically(reply.notebook, autograded)
        write_atomically(reply.page, folder.page(job.student, job.assignment))
        timestamp = autograded.with_name("timestamp.txt")
        if submitted.is_file():
            timestamp.write_bytes(submitted.read_bytes())
        else:
            timestamp.unlink(missing_ok=True)

    def _lost(self, job: Job, reason: str = "the machine that judged it ended over it") -> Execution | None:
        """What judged it has ended: perhaps by another's doing, the first time."""
        first = self._first.pop(job.key, None)
        lost = Execution(job, failure=("error", reason), seconds=first.seconds if first else 0.0, starved=True)
        if first is not None:
            return replace(lost, starved=False)
        self._later(lost)
        return None

    def _later(self, execution: Execution) -> None:
        """Run it again when nothing else is."""
        self._first[execution.job.key] = execution
        self._for_later.append(execution.job)

    def _refuse(self, worker: str, why: str) -> None:
        """Use a worker no more that does not do as it should; "" if it cannot be named. Raises CannotGrade if there is no other."""
        words = f"worker {worker or 'unknown'} {why}"
        if worker:
            self._tell(words)
        self._unknown += not worker
        self._looked = -math.inf
        with self._unless_it_goes():
            if worker and worker not in self._refused:
                self._refused.add(worker)
                self._unknown, self._narrowed = 0, time.monotonic()
                # at once: what goes in peace first gives others what it has, which would then be taken for theirs
                self._client.run_on_scheduler(_remove, address=worker)
            if self._unknown > MOST_UNKNOWN * self.width or not self._client.nthreads().keys() - self._refused:
                raise CannotGrade(f"no worker at '{self._place.address}' can be used: {words}")

    def _know_bare(self, handed: _Handed, worker: str) -> None:
        """Tell a worker of the class that knows nothing of it; a scheduler that was restarted has forgotten it."""
        if handed.since < self._registered:  # it has been told since
            return
        self._bare[worker] += 1
        if self._bare[worker] > MOST_BARE:
            self._refuse(worker, "is not used: it was told what is judged, and does not know it")
        self._register()

    def _give_up_overdue(self) -> None:
        """What a worker keeps for longer than it can take to judge it is judged by another; both would say the same."""
        for number, handed in list(self._handed.items()):
            if time.monotonic() - handed.since > (AHEAD + 1) * self._seconds:
                del self._handed[number]
                self._tell("a job has not come back for too long; it is handed out again")
                with self._unless_it_goes():
                    self._client.cancel([handed.future], force=True)
                self._waiting.appendleft(handed.job)

    def _note_tier(self, reply: Reply) -> None:
        self._tiers.add(reply.tier)
        for note in reply.notes:
            self._tell(f"worker {reply.worker}: {note}")

    def _tell(self, line: str) -> None:
        """Say it, once."""
        if line not in self._said:
            self._said.add(line)
            self._say(line)


def _giver(client: Client, key: object, job: Job, points: dict[str, float]) -> tuple[str, str]:
    """Which worker gave what is no reply, and what is said of it; "" where that cannot be known.

    What came may be of a worker that has been removed since, and what is under the key now of another, who is not to be
    named for it. So it is fetched once more, and the worker has to have it before and afterwards.
    """
    with contextlib.suppress(Exception):
        who, has_raised = client.run_on_scheduler(_who_had, key=key)
        if who and has_raised:
            return who, "could not run a job: is the engine installed there?"
        _, fault = _read(client.sync(_alone, client, key, callback_timeout=AGAIN), job, points)
        if who and fault and client.run_on_scheduler(_who_had, key=key) == (who, False):
            return who, fault
    return "", "gave what is no reply"


def _read(came: object, job: Job, points: dict[str, float]) -> tuple[Reply | None, str]:
    """The reply, or what is said of a worker that gave none. Neither, where nothing came that it has given."""
    if isinstance(came, TypeError):  # Dask's word for what is of another kind
        return None, "is refused: what came back is no bytes"
    if isinstance(came, BaseException):
        return None, ""
    try:
        return unpack_reply(came, job, points), ""
    except NoParcel as error:
        return None, f"is refused: {error}"


async def _alone(client: Client, key: object) -> object:
    """What there is under a key, or what was raised over it."""
    try:
        return (await client.scheduler.gather(keys=[key]))["data"][key]
    except BaseException as error:
        return error


def _who_had(key: str, dask_scheduler) -> tuple[str, bool]:
    """On the scheduler: the worker that has what it made of a job, or that has raised something over it; and whether it has."""
    task = dask_scheduler.tasks[key]
    for has_raised, workers in ((False, task.who_has), (True, task.erred_on)):
        for worker in workers or ():
            return str(getattr(worker, "address", worker)), has_raised
    return "", False


async def _remove(address: str, dask_scheduler) -> None:
    """On the scheduler: have a worker end; what it has is done again by others."""
    await dask_scheduler.remove_worker(address, stimulus_id="course", expected=True)
