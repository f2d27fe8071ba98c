"""`course serve`: judge what arrives, hand each page back, and go on for as long as the term lasts.

The inboxes are the queue and verdicts are the state: whatever ends the service, it goes on from what lies there. What goes
wrong with one attempt is that attempt's; what goes wrong with the machine is said in a line, and tried again.
"""

import contextlib
import errno
import heapq
import itertools
import shlex
import shutil
import signal
import sys
import threading
import time
from bisect import insort
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from watchfiles import watch

from autograde.campus.handing_back import Outlet
from autograde.campus.inbox import Arrival, Closed, Refused, Replaced, inbox_at
from autograde.campus.reading import NoRoom, Place, Readers
from autograde.campus.status import GOES_ON, Status, in_words
from autograde.campus.tables import Tables
from autograde.course import command_for_this, this_course
from autograde.files import is_full
from autograde.judging.submission import Candidate, Submission
from autograde.paths import typed
from autograde.records.attempts import Attempts, time_of
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import handed_in
from autograde.records.refusals import RecordsError
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Key, SubmissionResult
from autograde.running.basis import CannotGrade, Run, changes_since, read_run, write_run
from autograde.running.class_run import ClassRun
from autograde.running.cluster import require_reachable
from autograde.running.entered import log_failure, raise_common, require_gradebook
from autograde.running.owning import owning
from autograde.running.request import Cluster, Request, Result
from autograde.running.run import open_out, require_same_course
from autograde.sandbox.client import SandboxError
from autograde.text import duration, moment

FRESH = 2.0  # seconds for which a new folder is looked at again and again, until all of it is there
SWEEP = 0.5  # seconds between looks at an inbox, which take a tenth of them at most
TOGETHER = 0.05  # seconds that one verdict waits for others, with which it is landed
SPARE = 2  # workers that are ready from the start, besides those for which there are processors
MORE_WORKERS = 8  # that may come besides; see LocalWorkers
TABLES = 10.0  # seconds between two versions of the tables, which take a thirtieth of them at most
LOOK_AT_COURSE = 60.0  # seconds
HOUR = 3600.0
MOST_OVERTAKEN = 50  # attempts of one student that get pages which say that a later one was judged
LONG_AGO = 900.0  # seconds between the time that an attempt claims and its arrival, which are said
CLOCK_IS_SET = 60.0  # seconds by which the clock of the machine is put back, from which on it is said
LITTLE = 1_000_000  # bytes; a disk on which fewer are free is called full, where a notebook does not fit
PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds, after something is wrong with the machine
LASTING = LONGEST_PAUSE + 10.0  # seconds without that, from which on it counts as mended
TELL = 2.0  # seconds between two versions of status and metrics


@dataclass(frozen=True)
class Settings:
    """What `course serve` was asked. attempts_an_hour: of a student at an assignment; 0 for as many as one likes.

    counts: see running.basis.Run. jobs: notebooks at a time. outbox: see Outlet. days_of_a_draw: after which hidden cases are
    drawn anew, so that nobody learns about them try by try; 0 for never. cluster: see Request.
    """

    out: Path
    inboxes: tuple[Path, ...]
    jobs: int
    outbox: Path | None = None
    tier: str = "auto"
    counts: str | None = None
    attempts_an_hour: int = 10
    days_of_a_draw: float = 7
    seed: int | None = None
    seconds_per_cell: int | None = None
    memory_mb: int | None = None
    cluster: Cluster | None = None


@dataclass(slots=True)
class _Student:
    """A student's attempts at one assignment, of which one at a time is judged. judged: when, in the last hour; a list, since
    an empty deque takes as much as all the rest of this.
    """

    waiting: list[tuple[str, int, Place]] = field(default_factory=list)  # a heap by attempt, then by arrival
    is_busy: bool = False
    judged: list[float] = field(default_factory=list)


def serve(settings: Settings, stop: threading.Event) -> None:
    """Until `stop`. Raises CannotGrade, RecordsError if it cannot begin at all."""
    folder = ClassFolder(settings.out.resolve())  # so that a fault is named the same way wherever it is seen
    _require_inboxes(settings)
    if settings.cluster is not None:
        require_reachable(settings.cluster)
    try:
        settings.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotGrade(f"'{settings.out}' cannot be written: {error.strerror}. Choose another folder") from None
    if not folder.mark.is_file() and any(path.name != ".lock" for path in settings.out.iterdir()):
        raise CannotGrade(
            f"'{settings.out}' is not the result of `course grade` or `course serve`. Choose a new folder"
        )
    with owning(folder):
        status = Status(folder.root, is_counting=False)
        verdicts = VerdictFile(folder)
        verdicts.require()
        require_gradebook(folder)
        if folder.handed_in.is_dir() and any(folder.handed_in.iterdir()) and not verdicts.students():
            raise CannotGrade(
                f"'{folder.handed_in}' has work of an earlier service, of which there are no verdicts: give `{folder.grade_again}`,"
                " then begin the service again"
            )
        if folder.mark.is_file():
            require_same_course(folder)
        pause, has_begun = PAUSE, False
        while not stop.is_set():
            try:
                if folder.mark.is_file() and _is_draw_over(settings, read_run(folder)):
                    _draw_anew(folder)
                    status.say("hidden cases are drawn anew")
                verdicts.require()  # before workers are begun in vain
                require_gradebook(folder)  # else a new one would be made, without what people entered
                if not has_begun:
                    _say_what_is_drawn(folder, status)
                with _service(settings, status, stop) as service:
                    has_begun, pause = True, PAUSE
                    service.run()
            except (CannotGrade, RecordsError, SandboxError, OSError) as error:
                if stop.is_set():
                    break
                if not has_begun and is_full(error):
                    full = f"{in_words(error, settings.out)}. Free some space, then give the same command again"
                    raise CannotGrade(full) from None
                if not has_begun:
                    raise (
                        error if isinstance(error, CannotGrade) else CannotGrade(in_words(error, settings.out))
                    ) from None
                status.is_counting, status.working = False, 0
                status.say_fault(f"{in_words(error, status.folder)}; {GOES_ON}")
                _wait(pause, status, stop)
                pause = min(2 * pause, LONGEST_PAUSE)
        status.say("stopped; what has arrived meanwhile is judged after the next start")
        status.end()
        with contextlib.suppress(OSError):
            status.write()


def _wait(seconds: float, status: Status, stop: threading.Event) -> None:
    """Unless it is stopped; how it goes is told meanwhile."""
    end = time.monotonic() + seconds
    while not stop.is_set() and (left := end - time.monotonic()) > 0:
        with contextlib.suppress(OSError):
            status.write()
        stop.wait(min(TELL, left))


def _is_draw_over(settings: Settings, run: Run) -> bool:
    """Whether the hidden cases have been the same for long enough."""
    if not settings.days_of_a_draw or not run.drawn:
        return False
    return datetime.now(UTC) - datetime.fromisoformat(f"{run.drawn}+00:00") > timedelta(settings.days_of_a_draw)


def _draw_anew(folder: ClassFolder) -> None:
    """Let the cases be drawn with the next seed. Those of before follow from the number of their draw."""
    run = read_run(folder)
    write_run(replace(run, draw=run.draw + 1, drawn=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"), folder)
    shutil.rmtree(folder.questions, ignore_errors=True)


def _require_inboxes(settings: Settings) -> None:
    for inbox in settings.inboxes:
        if inbox.is_file():
            raise CannotGrade(f"'{inbox}' is a file. Give --inbox a folder in which work arrives")
        if not inbox.is_dir():
            raise CannotGrade(f"there is no folder '{inbox}'. Give --inbox a folder in which work arrives")
        for name, place in (("OUT", settings.out), ("the outbox", settings.outbox)):
            if place is not None and place.resolve().is_relative_to(inbox.resolve()):
                raise CannotGrade(f"{name}, '{place}', lies in the inbox '{inbox}'. Give a folder beside it")
    if settings.outbox is not None:
        if settings.outbox.is_file():
            raise CannotGrade(f"the outbox, '{settings.outbox}', is a file. Give a folder")
        if settings.outbox.resolve().is_relative_to(settings.out.resolve()):
            raise CannotGrade(f"the outbox, '{settings.outbox}', lies in '{settings.out}'. Give a folder beside it")


@contextlib.contextmanager
def _service(settings: Settings, status: Status, stop: threading.Event) -> Iterator["_Service"]:
    folder = ClassFolder(status.folder)
    request = Request(
        submissions=folder.handed_in.absolute(),
        out=settings.out.absolute(),  # nbgrader goes to another folder while it converts, and takes along what is relative
        jobs=settings.jobs,
        tier="contained" if settings.tier == "auto" else settings.tier,  # nobody looks on who would read of it
        resume=folder.mark.is_file(),
        seed=settings.seed,
        seconds_per_cell=settings.seconds_per_cell,
        memory_mb=settings.memory_mb,
        more_jobs=MORE_WORKERS,
        counts=settings.counts,
        cluster=settings.cluster,
    )
    terms = open_out(request)
    status.write()
    result = Result([], terms.seed)
    with contextlib.ExitStack() as held:
        readers = held.enter_context(Readers(request.out))
        run = ClassRun(request, terms, result, readers.here)
        held.callback(run.close)
        run.seconds_to_land = TOGETHER
        run.say, run.stop = status.say, stop
        to_draw = run.ask(list(this_course().assignments))
        for n, assignment in enumerate(to_draw, 1):
            run.have_questions(assignment)
            status.say(f"drawn: {assignment}, {n} of {len(to_draw)}")
            status.write()
        run.start(settings.jobs + SPARE)
        run.have_gradebook()
        for line in (result.isolation, *result.notes):
            status.say(line)
        _go_by_what_is_handed_in(folder, status)
        service = _Service(settings, terms, run, readers, status, stop)
        held.callback(service.close)
        yield service


def _say_what_is_drawn(folder: ClassFolder, status: Status) -> None:
    """Since the start takes as long as drawing the questions does."""
    to_draw = sum(not folder.asked(a).is_file() for a in this_course().assignments)
    of = f"{to_draw} assignment{'' if to_draw == 1 else 's'}"
    status.say(
        f"starting; the questions of {of} are drawn first, seconds each"
        if to_draw
        else "starting; the questions of all assignments are drawn already"
    )


def _go_by_what_is_handed_in(folder: ClassFolder, status: Status) -> None:
    """Of an OUT of `course grade`: else `course regrade` would judge the old work again, and put it in place of what came since."""
    run, kept = read_run(folder), str(folder.handed_in.resolve())
    if run.submissions != kept:
        write_run(replace(run, submissions=kept), folder)
        status.say(
            f"`course regrade` goes by '{kept}' from now on; what lies in '{run.submissions}' alone keeps its points"
        )


class _Service:
    """A run of the service, for as long as nothing goes wrong with the machine. For one thread."""

    def __init__(
        self, settings: Settings, terms: Run, run: ClassRun, readers: "Readers", status: Status, stop: threading.Event
    ):
        self._settings, self._run, self._readers, self._status, self._stop = settings, run, readers, status, stop
        self._terms = terms
        status.waiting = 0  # all that lies in the inboxes is counted anew
        self._folder = ClassFolder(settings.out.resolve())
        self._verdicts = VerdictFile(self._folder)
        self._attempts = Attempts(self._folder)
        self._outlets = [
            Outlet(inbox_at(root), settings.outbox and settings.outbox.resolve())
            for root in dict.fromkeys(map(Path.resolve, settings.inboxes))
        ]
        self._known = {outlet.folder for outlet in self._outlets if outlet.folder and outlet.folder.is_dir()}
        self._students: dict[Key, _Student] = {}
        self._ready: deque[Key] = deque()  # who has an attempt that may be taken up, each once
        self._held: list[tuple[float, Key]] = []  # a heap: until when somebody has to wait for the hour to be over
        self._put_off: list[tuple[float, int, Place]] = []  # a heap: until when an attempt waits for room
        self._places: dict[tuple[str, str, str], Place] = {}  # of what is read or judged
        self._arrivals: dict[tuple[str, str, str], tuple[Arrival, Outlet]] = {}  # all of them
        self._to_hand_back: list[tuple[Place, SubmissionResult | None]] = []
        self._news = threading.Event()
        self._hints: deque[Path] = deque()
        self._fresh: dict[Path, float] = {}  # of what there was a hint, and when
        self._order = itertools.count()  # in which attempts have arrived
        self._swept = dict.fromkeys(range(len(self._outlets)), (0.0, 0.0))  # when, and how long it took
        self._has_swept = False
        self._unread: set[int] = set()  # inboxes that cannot be looked at
        self._tables = Tables(self._folder, status)
        self._attempts.remove_unfinished()
        self._judged = {(*key, attempt) for *key, attempt, _ in self._verdicts.attempts()}
        self._told = self._looked = self._tried = 0.0
        self._clock = _clock()
        self._course = _course_state()
        for copy in self._arrived.glob("*/*/*"):  # of an attempt that was judged when the service was ended
            self._keep_handed_in((copy.parent.name, copy.name), copy.parents[1].name, copy)
        shutil.rmtree(self._arrived, ignore_errors=True)
        self._count_last_hour()
        run.on_landed = self._landed

    @property
    def _regrade(self) -> str:
        """How to judge this class anew."""
        return f"{command_for_this()} regrade {typed(self._settings.out)}"

    @property
    def _arrived(self) -> Path:
        """Folder of the copies of what is being judged."""
        return self._folder.root / "arrived"

    def run(self) -> None:
        """Until it is told to stop. Raises what is wrong with the machine."""
        self._tables.now = self._verdicts.all()
        watching = threading.Thread(
            target=_watch, args=(self._outlets, self._hints, self._news, self._stop), daemon=True
        )
        watching.start()
        self._status.say(f"ready: {', '.join(str(outlet.inbox.root) for outlet in self._outlets)}")
        for line in dict.fromkeys(self._where_pages_go(outlet) for outlet in self._outlets):
            self._status.say(line)
        self._status.say(
            f"how it goes: {self._status.page}; as work is judged, grades: {self._folder.grades}, report: {self._folder.report}"
        )
        while not (self._stop.is_set() or self._is_to_be_drawn_anew()):
            self._news.clear()
            self._look()
            self._take_up()
            self._take_read()
            self._run.land(0.02 if self._run.awaited else 0.0)
            self._try_again_to_hand_back()
            self._tell()
            if not self._run.awaited and not self._ready:
                self._news.wait(0.02 if self._places else 0.05 if self._fresh else SWEEP / 2)

    def _where_pages_go(self, outlet: Outlet) -> str:
        """In a line."""
        if outlet.folder is None:
            return f"pages stay in {self._folder.pages}, since no --outbox is given"
        return f"pages go to {outlet.folder}"

    def _is_to_be_drawn_anew(self) -> bool:
        """Whether the hidden cases are to be drawn anew, and nothing is being judged by those of before."""
        return not self._places and _is_draw_over(self._settings, self._terms)

    def close(self) -> None:
        """Leave the tables as they are now."""
        with contextlib.suppress(OSError, RecordsError, CannotGrade):
            self._tables.write_if_due(0.0, wait=True)
        shutil.rmtree(self._arrived, ignore_errors=True)

    # What arrives

    def _look(self) -> None:
        now = time.monotonic()
        while self._hints:
            self._fresh.setdefault(self._hints.popleft(), now)
        self._fresh = {path: when for path, when in self._fresh.items() if now - when < FRESH}
        hints = list(self._fresh)
        for i, outlet in enumerate(self._outlets):
            when, took = self._swept[i]
            due = time.monotonic() - when > max(SWEEP, 10 * took)
            if not due and not hints:
                continue
            began = time.monotonic()
            try:
                for arrived in outlet.inbox.look([] if due else hints):
                    self._arrive(arrived, outlet)
                self._unread.discard(i)
            except OSError as error:
                self._unread.add(i)
                self._status.say_fault(f"the inbox '{outlet.inbox.root}' cannot be read: {error.strerror}")
            if due:
                self._has_swept = True
                self._swept[i] = (time.monotonic(), time.monotonic() - began)

    def _arrive(self, arrived: Arrival | Refused, outlet: Outlet) -> None:
        if isinstance(arrived, Refused):
            self._refuse(arrived)
            return
        copy = self._arrived / arrived.attempt / arrived.student / arrived.assignment
        place = Place(arrived, outlet, copy, arrived.since)
        self._arrivals[*arrived.key, arrived.attempt] = arrived, outlet
        if (*arrived.key, arrived.attempt) in self._judged:
            self._to_hand_back.append((place, None))
            return
        claimed = time_of(arrived.attempt).timestamp()
        ago = time.time() - claimed
        if ago < -LONG_AGO or (self._has_swept and ago > LONG_AGO):
            self._status.say_of_arrival(
                f"{', '.join(arrived.key)}: it says that it was handed in at {moment(time_of(arrived.attempt))}, and arrived just now"
            )
        self._status.waiting += 1
        self._wait(place)

    def _wait(self, place: Place) -> None:
        """Let an attempt wait for its turn among those of its student."""
        arrival = place.arrival
        student = self._students.setdefault(arrival.key, _Student())
        heapq.heappush(student.waiting, (arrival.attempt, next(self._order), place))
        self._offer(arrival.key)

    def _refuse(self, why: Refused) -> None:
        self._status.note_refused(str(why))
        self._status.say_of_arrival(f"not taken: {why}")

    def _offer(self, key: Key) -> None:
        """Let the next attempt of a student be taken up, as soon as the limit of an hour lets it."""
        student = self._students[key]
        if student.is_busy or not student.waiting:
            return
        limit, now = self._settings.attempts_an_hour, time.monotonic()
        while student.judged and student.judged[0] <= now - HOUR:
            del student.judged[0]
        if limit and len(student.judged) >= limit:
            heapq.heappush(self._held, (student.judged[0] + HOUR, key))
            return
        student.is_busy = True
        self._ready.append(key)

    def _take_up(self) -> None:
        """Begin to read as many as may be on their way."""
        while self._held and self._held[0][0] <= time.monotonic():
            _, key = heapq.heappop(self._held)
            self._only_last_waits(key)
            for _, _, place in self._students[key].waiting:
                place.since = time.time()
            self._offer(key)
        while self._put_off and self._put_off[0][0] <= time.monotonic():
            self._wait(heapq.heappop(self._put_off)[-1])
        while self._ready and len(self._places) < 2 * (max(self._settings.jobs, self._run.width) + MORE_WORKERS):
            key = self._ready.popleft()
            attempt, _, place = heapq.heappop(self._students[key].waiting)
            self._status.waiting -= 1
            if (*key, attempt) in self._judged:  # it came twice: from two inboxes, or back in place of another
                self._to_hand_back.append((place, None))
                self._students[key].is_busy = False
                self._offer(key)
                continue
            place.read = self._readers.read(place)
            self._places[*key, attempt] = place

    def _only_last_waits(self, key: Key) -> None:
        """Of what waited for the hour to be over, the last is judged; the others were overtaken, which their pages say."""
        waiting = sorted(self._students[key].waiting, key=lambda entry: entry[:2])
        self._students[key].waiting = waiting[-1:]
        self._status.waiting -= len(waiting[:-1])
        self._status.overtaken += len(waiting[:-1])
        if len(waiting) > MOST_OVERTAKEN:
            self._status.say(f"{len(waiting):,} attempts of {', '.join(key)} waited; only the last have pages")
        for attempt, _, place in waiting[-MOST_OVERTAKEN:-1]:
            if (*key, attempt) in self._judged or attempt == waiting[-1][0]:
                continue
            submission = Submission(*key, status="missing", attempt=attempt)
            limit = self._settings.attempts_an_hour
            submission.reason = f"a later attempt was judged in its place, since {limit} attempts an hour are judged"
            place.since = None
            self._places[*key, attempt] = place
            self._run.settle(submission)

    def _take_read(self) -> None:
        """Hand out what was read."""
        for key, place in list(self._places.items()):
            if place.read is None or not place.read.done():
                continue
            read, place.read = place.read, None
            try:
                candidate, submission, _ = read.result()
            except Replaced as why:
                self._status.overtaken += 1
                self._status.say_of_arrival(str(why))
                self._forget(key)
            except Refused as why:
                if isinstance(why, Closed) and place.arrival.is_fresh:
                    place.outlet.inbox.take_later(place.arrival)
                else:
                    self._refuse(why)
                self._forget(key)
            except FileNotFoundError:  # it was replaced or taken away meanwhile
                place.outlet.inbox.take_later(place.arrival)
                self._forget(key)
            except Exception as failure:  # ReadingFailed, or what nobody thought of
                if is_full(failure):  # others may fit
                    self._wait_for_room(key, place, failure)
                    continue
                raise_common(failure)
                self._run.take(Candidate(*key[:2], (), attempt=key[2]), partial(_what_was_read, read))
            else:
                if submission.status == "rejected" and place.arrival.is_fresh:
                    place.outlet.inbox.take_later(place.arrival)  # it may be half-written
                    self._forget(key)
                    continue
                self._say_if_its_time_is_odd(place)
                if place.is_told:
                    self._status.say_of_arrival(f"{', '.join(key[:2])}: there is room for it by now")
                self._run.take(candidate, partial(_what_was_read, read))

    def _wait_for_room(self, key: tuple[str, str, str], place: Place, why: Exception) -> None:
        """Put an attempt off by itself; those that fit go on."""
        if not isinstance(why, NoRoom) or why.free < LITTLE:
            self._status.say_fault(f"{in_words(why, self._status.folder)}; {GOES_ON}")
        elif why.alone:
            place.is_told = True
            self._status.say_of_arrival(
                f"{', '.join(key[:2])} waits: it takes up to {why.needed / 1e6:.1f} MB on the disk of '{self._status.folder}', where"
                " less is free; tried again until there is room, nothing is lost"
            )
        has_to_wait_for_others = isinstance(why, NoRoom) and not why.alone
        place.pause = PAUSE if has_to_wait_for_others else min(2 * place.pause or PAUSE, LONGEST_PAUSE)
        heapq.heappush(self._put_off, (time.monotonic() + place.pause, next(self._order), place))
        self._status.waiting += 1
        self._forget(key)

    def _say_if_its_time_is_odd(self, place: Place) -> None:
        """By the time in `timestamp.txt`, which the student writes, goes what is late; by that of the name, which counts."""
        whose, named = ", ".join(place.arrival.key), time_of(place.arrival.attempt)
        try:
            said = handed_in(place.copy)
        except ValueError as error:
            self._status.say_of_arrival(f"{whose}: {error}")
            return
        if said is not None and abs((named.replace(tzinfo=None) - said).total_seconds()) > LONG_AGO:
            self._status.say_of_arrival(
                f"{whose}: its name or its files are of {moment(named)}, and 'timestamp.txt' says {moment(said)}"
            )

    def _forget(self, key: tuple[str, str, str]) -> None:
        """An attempt that is on its way no more."""
        place = self._places.pop(key)
        shutil.rmtree(place.copy.parent.parent, ignore_errors=True)
        self._readers.room.give_back(place.copy)
        self._students[key[:2]].is_busy = False
        self._offer(key[:2])

    # What came of it

    def _landed(self, one: Candidate | Submission, decided: SubmissionResult) -> None:
        key = one.student, one.assignment, one.attempt
        place = self._places.get(key)
        if place is None:
            return
        self._judged.add(key)
        if key[:2] in self._run.decided:
            self._tables.note(self._run.decided[key[:2]])
        self._keep_handed_in(key[:2], one.attempt, place.copy)
        is_judged = decided.attempt == one.attempt  # and not the work that counts already
        if is_judged:
            self._students[key[:2]].judged.append(time.monotonic())
        self._hand_back(place, decided)
        if is_judged:
            self._status.note_landed(place.since)
        else:
            self._status.same += 1
        if is_judged and not decided.executed and decided.rows[0].status == "error":
            again = f"{self._regrade} --student {shlex.quote(one.student)}"
            self._status.say_of_arrival(
                f"{', '.join(key[:2])}: not judged, since {decided.rows[0].mistake}. To try again, stop the service, and give `{again}`"
            )
        self._forget(key)

    def _keep_handed_in(self, key: Key, attempt: str, copy: Path) -> None:
        """Keep what counts as it was handed in, from which `course regrade` judges it anew."""
        counting = self._attempts.counting(key)
        if counting is None or counting.attempt != attempt or not copy.is_dir():
            return
        kept = self._folder.handed_in.joinpath(*key)
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        copy.replace(kept)

    def _hand_back(self, place: Place, decided: SubmissionResult | None) -> None:
        arrival = place.arrival
        try:
            if all(path.exists() for path in place.outlet.places(arrival)):
                return
            decided = decided or self._attempts.judged(arrival.key, arrival.attempt)
            if decided is not None:
                self._write_page(place.outlet, arrival, decided)
        except OSError as error:
            self._say_page_stays(arrival, place.outlet, error)
            self._to_hand_back.append((place, decided))
        except Exception as error:  # of this one alone
            raise_common(error)
            log_failure(self._folder, arrival.key, error)
            self._status.say(
                f"a page of {', '.join(arrival.key)} cannot be handed back ({type(error).__name__}); log/failures.log says more"
            )

    def _hand_back_anew(self, key: Key) -> None:
        """Hand back once more the page of what counts, in which there is now what a person has entered."""
        decided = self._attempts.counting(key)
        found = self._arrivals.get((*key, decided.attempt)) if decided else None
        if decided is not None and found is not None:
            arrival, outlet = found
            try:
                self._write_page(outlet, arrival, decided, anew=True)
            except OSError as error:
                self._say_page_stays(arrival, outlet, error)
                self._tables.pages.append(key)

    def _write_page(self, outlet: Outlet, arrival: Arrival, decided: SubmissionResult, anew: bool = False) -> None:
        """Hand a page back. Raises OSError, also where the folder for pages was there and is not: it may be mounted again."""
        folder = outlet.folder
        if folder in self._known and not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "it is not there any more", str(folder))
        outlet.hand_back(arrival, self._page(arrival, decided), anew=anew)
        if folder is not None:
            self._known.add(folder)

    def _say_page_stays(self, arrival: Arrival, outlet: Outlet, error: OSError) -> None:
        """Of the folder in which pages lie, and not of each of them."""
        where, of = outlet.folder, Path(str(error.filename or arrival.folder))
        if where is None or not (of.is_relative_to(where) or where.is_relative_to(of)):
            where = of
        self._status.say_fault(
            f"pages cannot be handed back to '{where}': {error.strerror}; tried again until they can"
        )

    def _page(self, arrival: Arrival, decided: SubmissionResult) -> str:
        """The page of an attempt, with a line that says whether it counted and how many more there could be when it was written.

        Of that moment, since a page is handed back once, and another attempt may count later.
        """
        counting = self._attempts.counting(arrival.key)
        counts = counting is not None and counting.attempt == decided.attempt
        folder = self._folder if counts else self._attempts.folder(*arrival.key, decided.attempt)
        page = folder.page(*arrival.key).read_text(encoding="utf-8")
        words, then = (
            [f"Attempt of {moment(time_of(arrival.attempt))}."],
            f"When this page was written, at {moment(datetime.now(UTC))},",
        )
        if counts:
            words.append(f"{then} this attempt counted.")
        elif counting is not None:
            words.append(f"{then} another attempt counted, with {counting.score:g} points.")
        if limit := self._settings.attempts_an_hour:
            used = len(self._students[arrival.key].judged) if arrival.key in self._students else 0
            words.append(
                f"In the hour before, {used} of {limit} attempts {'was' if used == 1 else 'were'} used; once all are,"
                " further ones wait until the hour is over."
            )
        return page.replace("</h1>", f'</h1>\n<p class="soft">{" ".join(words)}</p>', 1)

    def _try_again_to_hand_back(self) -> None:
        if not self._to_hand_back or time.monotonic() - self._tried < PAUSE:
            return
        self._tried = time.monotonic()
        later, self._to_hand_back = self._to_hand_back, []
        for place, decided in later:
            self._hand_back(place, decided)

    # What is told

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told > TELL:
            self._told = now
            self._say_if_clock_is_set()
            self._status.is_counting = self._has_swept and not self._unread
            self._status.working = len(self._places)
            held = {key for _, key in self._held}
            self._status.without_room = len(self._put_off)
            self._status.held = sum(len(self._students[key].waiting) for key in held)
            places = [*self._places.values()]
            places += [place for *_, place in self._put_off]
            places += [one.waiting[0][2] for key, one in self._students.items() if one.waiting and key not in held]
            self._status.oldest = min((place.since for place in places if place.since is not None), default=None)
            self._status.write()
            self._status.say_if_mended(LASTING)
            self._status.say_how_it_goes()
            self._tables.write_if_due(TABLES)
            for _ in range(len(self._tables.pages)):
                self._hand_back_anew(self._tables.pages.popleft())
        if now - self._looked > LOOK_AT_COURSE:
            self._looked = now
            if (state := _course_state()) != self._course:
                self._course = state
                if changes := changes_since(self._folder):
                    self._status.say(
                        f"the course has changed ({'; '.join(changes)}): the service goes on with what it began with. To take"
                        f" it up, stop it, give `{self._regrade}`, and start it again"
                    )

    def _say_if_clock_is_set(self) -> None:
        """An attempt of after the clock was put back is earlier by its name than one of before, so it may not count as the last."""
        before, self._clock = self._clock, _clock()
        if before - self._clock > CLOCK_IS_SET:
            self._status.say(
                f"the clock of this machine was put back by {duration(before - self._clock)}: attempts go by the times that they"
                " say, so of who hands in twice meanwhile, see which counts"
            )

    def _count_last_hour(self) -> None:
        """How many attempts of each student were judged in the last hour, by their verdicts: their names say what was claimed."""
        now, clock = time.time(), time.monotonic()
        for student, assignment, _, judged in self._verdicts.attempts(since=now - HOUR):
            ago = max(0.0, now - judged)
            insort(self._students.setdefault((student, assignment), _Student()).judged, clock - ago)


def _watch(outlets: list[Outlet], hints: deque[Path], news: threading.Event, stop: threading.Event) -> None:
    """Pass on what the system says of the inboxes. It may say nothing, and not all: a look at the whole is taken as well.

    Of the inboxes alone, and not of what is in their folders: there the watch would follow a student's link, to anywhere.
    """
    roots = [outlet.inbox.root for outlet in outlets if outlet.inbox.root.is_dir()]
    with contextlib.suppress(Exception):  # a file system without events, or a folder that vanishes
        for changes in watch(*roots, recursive=False, debounce=50, step=10, stop_event=stop, yield_on_timeout=False):
            hints.extend(Path(name) for _, name in changes)
            news.set()


def _clock() -> float:
    """By how much the clock of the machine is ahead of one that nobody sets."""
    return time.time() - time.monotonic()


def _course_state() -> float:
    """When anything of the course was last changed."""
    course = this_course()
    places = [course.root / "course.toml", *course.notebooks.rglob("*.ipynb")]
    for assignment in course.assignments:
        places += [course.script(assignment), course.questions(assignment)]
    return max((path.stat().st_mtime for path in places if path.is_file()), default=0.0)


def _what_was_read(read: "Future[tuple[Candidate, Submission, str]]", found: Candidate) -> tuple[Submission, str]:
    """Raises what reading it has raised."""
    return read.result()[1:]


def serve_until_ended(settings: Settings) -> None:
    """Until SIGTERM, SIGINT or Ctrl-C. Raises CannotGrade, RecordsError."""
    if sys.platform == "win32":
        raise CannotGrade("`course serve` runs on Linux and macOS: who owns a file cannot be told on Windows")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serve(settings, stop)
