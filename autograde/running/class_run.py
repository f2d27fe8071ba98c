"""One run over a class: takes submissions in, has them judged by workers, and lands what comes of them.

What is decided is written at once, a batch at a time, so that a stopped run can be resumed and loses nothing; and no more
than a batch is held in memory.
"""

import contextlib
import json
import os
import shlex
import shutil
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from tqdm import tqdm

from autograde.authoring.script import read_script
from autograde.course import command_for_this, in_order, this_course
from autograde.files import FULL, write_atomically
from autograde.judging.notebook_run import SECONDS_PER_CELL, Rules
from autograde.judging.reader import Reader
from autograde.judging.submission import Candidate, Submission, as_handed_out, points_of
from autograde.judging.tiers import Boxes, Isolation, describe, isolate, limits_for
from autograde.notebook import PYTHON, is_newer_python, notebook_text, read_notebook, write_notebook
from autograde.paths import typed
from autograde.records.attempts import Attempts
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import GradebookEntry, Late, handed_in, keep_for_exchange
from autograde.records.refusals import NbgraderFailed, RecordsError
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Key, Row, SubmissionResult, files_seen, fingerprint, rows_of
from autograde.reporting.feedback import write_feedback
from autograde.reporting.report import write_stopped_page
from autograde.results import Execution, Job, scores_of
from autograde.running.basis import CannotGrade, Run, basis_now, keep_basis, read_run, write_run
from autograde.running.drawing import Drawing
from autograde.running.entered import log_failure, raise_common, write_class
from autograde.running.request import Cluster, Request, Result, Selection
from autograde.running.runner import (
    Executor,
    LocalWorkers,
    SourceEnded,
    Worker,
    begin_worker,
    end_workers,
    seconds_of_a_job,
)
from autograde.text import some

if TYPE_CHECKING:
    from autograde.records.gradebook import GradebookWriter

BATCH, BATCH_SECONDS = 50, 2.0  # how many verdicts are landed together, and how long one waits at most
AHEAD = 4 * BATCH  # how many submissions may wait to be run or landed; more are not taken in before
AHEAD_OF_EACH = 5  # the same for each that judges, where these are many
TICK = 0.05  # seconds between two looks at what may be done
MOST_NAMES = 20  # in a line
NEEDED = 1_000_000  # bytes of disk for an empty gradebook

Landed = Callable[[Candidate | Submission, SubmissionResult], None]


@dataclass
class _Pending:
    """A submission whose notebook is being run."""

    submission: Submission
    fingerprint: str
    seen: str = ""  # of its files; see files_seen
    handed_in: datetime | None = None
    is_same: bool = False  # as what was judged last; see GradebookEntry

    @property
    def key(self) -> Key:
        """Whose it is."""
        return self.submission.student, self.submission.assignment


class ClassRun:
    """One run of the command: takes submissions, has them judged, and lands what came out.

    seconds_to_land: how long one verdict may wait for others. on_landed: called with each that has come to a verdict. stop:
    nobody waits any more for questions that are drawn.
    """

    def __init__(self, request: Request, terms: Run, result: Result, reader: Reader):
        self.request, self.result, self._terms, self._reader = request, result, terms, reader
        self.out = ClassFolder(request.out.resolve())
        self.decided: dict[Key, SubmissionResult] = {}
        self.bar = tqdm(disable=True)
        self.seconds_to_land = BATCH_SECONDS
        self.stop = threading.Event()
        self.on_landed: Landed = lambda submission, decided: None
        self._verdicts = VerdictFile(self.out)
        self._attempts = Attempts(self.out, self._verdicts)
        self._together = contextlib.ExitStack()  # while verdicts are written that are kept together
        self._written = 0  # how many these are
        self._to_tell: list[tuple[Candidate | Submission, SubmissionResult]] = []  # when these are kept
        self._waiting: dict[tuple[str, str, str], _Pending] = {}
        self._done: list[Execution] = []
        self._landed = time.monotonic()
        self.say: Callable[[str], None] = lambda line: self.bar.write(line, file=sys.stderr)
        self._say_isolation: Callable[[], str] | None = None  # what is known of it only when work was judged
        self._held = contextlib.ExitStack()  # what is to be ended after the executor
        self._executor: Executor | None = None
        self._isolation: Isolation | None = None
        self._gradebook: GradebookWriter | None = None
        self._apart = ThreadPoolExecutor(1)  # where the gradebook is prepared
        self._registered: Future[None] | None = None
        self._workers = 0
        self._is_warned = False
        self._kept: set[Key] = set()  # whose verdict is that of an earlier run
        self._drawing: Drawing | None = None
        self._to_come: set[str] = set()  # assignments whose questions are not drawn yet
        self._asked: dict[str, str] = {}  # fingerprints, by assignment
        self._goes_by: dict[str, str] = {}
        self._timeless: list[str] = []  # whose time of handing in cannot be read
        self._not_judged: list[str] = []  # students of whose work the grader failed on something
        self._why: dict[Key, str] = {}  # of WHY_ANEW, why others were not kept without a look
        self._elsewhere: list[SubmissionResult] = []  # of OUT, and not in this folder of submissions
        self._has_gradebook = self.out.gradebook.exists()  # else all is judged, and landed, again

    def ask(self, assignments: list[str], to_run: int = 0) -> list[str]:
        """Begin to draw the questions of this run, or find those of the run that is resumed; those that are drawn, in order.

        to_run: for how many submissions, at least, boxes and workers are started meanwhile, which takes as long.
        """
        self._assignments = assignments
        anew = self.request.anew
        self._anew = {a for a in assignments if anew and anew.has_assignment(a)}
        missing = [a for a in assignments if a in self._anew or not self.out.asked(a).is_file()]
        self._drawing, self._to_come = Drawing(missing, self._terms.seed_of_draw, self.stop), set(missing)
        for assignment in assignments:
            if assignment not in missing:
                self._note_asked(assignment)
        if missing and to_run and self.request.cluster is None:  # whose machines are given the questions
            self.start(min(to_run, self.request.jobs))
        self._basis = basis_now(missing, self.out)
        self._drawing.go_on()
        return missing

    def have_questions(self, *assignments: str) -> None:
        """Wait until the questions of these assignments are drawn, and keep them; what is judged meanwhile is landed."""
        for assignment in self._to_come & set(assignments):
            assert self._drawing is not None
            while not self._drawing.wait_for(assignment, 0.0 if self.awaited else TICK):
                self.land(TICK if self.awaited else 0.0)
            text, anew = self._drawing.text(assignment), self.request.anew
            if anew and anew.questions and self.out.asked(assignment).is_file():
                before = self.out.asked(assignment).read_text(encoding="utf-8")
                text = with_others_as_before(text, before, anew.questions)
            if assignment not in self._anew:
                keep_basis(self.out, {assignment: self._basis[assignment]})
            write_atomically(text, self.out.asked(assignment))
            self._to_come.remove(assignment)
            self._note_asked(assignment)

    def _note_asked(self, assignment: str) -> None:
        """Fingerprints of what is asked, and of what else the restored notebook depends on."""
        asked = fingerprint(self.out.asked(assignment).read_text(encoding="utf-8"))
        self._asked[assignment] = asked
        self._goes_by[assignment] = fingerprint(asked, notebook_text(as_handed_out(assignment)))

    def keep(self) -> None:
        """Keep what was gone by, where all submissions to an assignment were judged anew; and where all that OUT has lie."""
        anew = self.request.anew
        if anew and not (anew.students or anew.questions):
            keep_basis(self.out, {a: basis for a, basis in self._basis.items() if a in self._anew})
        students = {student for student, _ in self.decided}
        if not self._elsewhere and self._verdicts.students() <= students:
            write_run(replace(read_run(self.out), submissions=str(self.request.submissions.resolve())), self.out)

    def have_gradebook(self) -> None:
        """Wait until the gradebook is prepared and its settings are read. Raises CannotGrade, RecordsError."""
        self._writer()

    @property
    def awaited(self) -> int:
        """How many submissions are being judged."""
        return self._executor.awaited if self._executor is not None else 0

    @property
    def width(self) -> int:
        """How many notebooks are judged at a time; 0 before it is known."""
        return self._executor.width if self._executor is not None else 0

    def take(self, found: Candidate, read: Callable[[Candidate], tuple[Submission, str]] | None = None) -> None:
        """Keep an earlier verdict, settle what cannot be run, hand out the rest; land what is done meanwhile.

        read: says what intake makes of it, and its notebook, if another reader has read it.
        """
        waiting = None
        self.have_questions(found.assignment)
        self._write_batch_when_due()
        with self._alone(found):
            seen = files_seen(found, self._goes_by.get(found.assignment, ""))
            if self._is_kept_unread(found, seen):
                return
            self._note_why(found)
            submission, text = (read or self._reader.take_in)(found)
            self._warn_of_newer_python(submission)
            if found.paths is None and submission.status == "missing" and self._keeps_what_is_not_there(found):
                return
            waiting = self._unless_decided(submission, text, seen)
        if waiting is None:
            return
        self.start()
        assert self._executor is not None
        with self._alone(found):
            self._hand_out(waiting, text)
            job = Job(found.student, found.assignment, waiting.submission.notes, found.attempt)
            self._waiting[job.key] = waiting
            self._executor.submit(job)
        self._begin_to_register()
        self.land()
        while len(self._waiting) > max(AHEAD, AHEAD_OF_EACH * self._executor.width):
            self.land(self.seconds_to_land)

    def _is_kept_unread(self, found: Candidate, seen: str) -> bool:
        """Whether a verdict is kept without a look into the files, since nobody has written to them, or asked for it."""
        anew, kept = self.request.anew, None
        if self.request.resume and self._has_gradebook and not found.attempt:
            if anew is None:
                kept = self._verdicts.read(found, "", seen) if seen else None
            elif not anew.has(found.student, found.assignment):
                kept = self._verdicts.of(found.student, found.assignment)
        if kept is not None:
            self._keep(found, kept)
        return kept is not None

    def _note_why(self, found: Candidate) -> None:
        """Why it is graded, unless a verdict turns out to hold when it is read."""
        if self.request.resume and self.request.anew is None and not found.attempt:
            why = self._verdicts.why_not_kept(found, self._asked.get(found.assignment, ""))
            self._why[found.student, found.assignment] = why if self._has_gradebook or why == "new" else "gradebook"

    def _keeps_what_is_not_there(self, found: Candidate) -> bool:
        """Whether there is a verdict of work that is not in this folder of submissions any more: it is kept."""
        kept = (
            self._verdicts.of(found.student, found.assignment) if self.request.resume and self._has_gradebook else None
        )
        if kept is None or not kept.executed:
            return False
        self._elsewhere.append(kept)
        self._keep(found, kept)
        return True

    def _keep(self, one: Candidate | Submission, kept: SubmissionResult) -> None:
        self.decided[one.student, one.assignment] = kept
        self._kept.add((one.student, one.assignment))
        self.bar.update()
        self.on_landed(one, kept)

    def _unless_decided(self, submission: Submission, text: str, seen: str) -> _Pending | None:
        """A submission that is to be run. Others are settled here, or have been in an earlier run."""
        content = text or submission.status + submission.reason
        time = self._handed_in(submission)
        if submission.notes:  # they are not in the notebook
            content += json.dumps(submission.notes, sort_keys=True)
        if time is not None:
            content += time.isoformat()
        print_ = fingerprint(content, self._asked.get(submission.assignment, ""))
        kept = self._verdicts.read(submission, print_) if self.request.anew is None else None
        is_landed = self._has_gradebook or (submission.student, submission.assignment) in self.decided
        if kept is not None and (submission.status or is_landed):
            self._keep(submission, kept)
            self._write_verdict(submission, print_, kept, seen)  # the next time it need not be read
            return None
        waiting = _Pending(submission, print_, seen, time)
        if submission.status:
            self._settle(waiting, SubmissionResult(rows_of(submission, None)))
            return None
        return waiting

    def _handed_in(self, submission: Submission) -> datetime | None:
        """When a submission was handed in; what says no time is noted."""
        try:
            return handed_in(submission.path.parent) if submission.path and not submission.status else None
        except ValueError as error:
            submission.note("", str(error))
            self._timeless.append(f"{submission.student}/{submission.assignment}")
            return None

    def _warn_of_newer_python(self, submission: Submission) -> None:
        """Say it once if a notebook was written with a newer Python than that which grades."""
        if is_newer_python(submission.python) and not self._is_warned:
            self._is_warned = True
            words = f"some notebooks were written with Python {submission.python}, and are graded with {PYTHON}"
            self.bar.write(f"{words}: what is new in the language since then is a SyntaxError here", file=sys.stderr)

    @contextlib.contextmanager
    def _alone(self, one: Candidate | Submission) -> Iterator[None]:
        """What fails here is this submission's misfortune, whatever it is, and no other's."""
        try:
            yield
        except Exception as error:
            raise_common(error)
            self._give_up(Submission(one.student, one.assignment, status="error", attempt=one.attempt), error)

    def _give_up(self, submission: Submission, error: Exception) -> None:
        """Settle a submission over which something has failed that nobody thought of."""
        key = submission.student, submission.assignment
        submission.reason = f"the grader failed on it ({type(error).__name__}); its log/ says more"
        if isinstance(error, OSError):
            submission.reason = f"what came of it cannot be written ({error.strerror}); give its folder another name"
        log_failure(self.out, key, error)
        self._not_judged.append(submission.student)
        self._waiting.pop((*key, submission.attempt), None)
        decided = SubmissionResult(rows_of(submission, None))
        try:
            self._settle(_Pending(submission, ""), decided)  # "": it is tried again on a resume
        except Exception as another:
            raise_common(another)
            self.decided[key] = decided
            self.bar.update()

    def finish(self) -> None:
        """Wait for what was handed out."""
        while self._executor is not None and self._executor.awaited:
            self.land(self.seconds_to_land)
        self._write_batch()
        if self._executor is not None:
            self.have_gradebook()  # whatever came of the work
        if self._say_isolation is not None:
            self.result.isolation = self._say_isolation()

    def tell(self, found: list[Candidate]) -> list[Row]:
        """Write tables, report and pages with what a person has entered; the rows."""
        decided = [self.decided[place.student, place.assignment] for place in found]
        if self.request.resume:  # what is not in this folder of submissions keeps its verdict
            try:
                others = self._verdicts.all(but=self.decided.keys())
            except RecordsError as error:
                raise CannotGrade(str(error)) from None
            anew = self.request.anew or Selection()
            self._elsewhere += [one for one in others if anew.has(*one.key)]
            order = in_order({one.key[1] for one in (*decided, *others)})
            if others:
                decided = sorted([*decided, *others], key=lambda one: (one.key[0], order.index(one.key[1])))
            if lost := self._without_verdicts({one.key for one in decided}):
                self.result.notes.append(
                    f"Graded before, and in no table now, since their verdicts are lost: {some(lost, MOST_NAMES)}. Grade the"
                    " folder in which their work lies as well, with --resume"
                )
        written = write_class(self.out, decided, self.decided.keys() - self._kept, self.request.before_grades)
        self.result.notes += written.failures()
        if written.late:
            whose = f"{written.late:,} submissions lose" if written.late > 1 else "1 submission loses"
            self.result.notes.append(
                f"For being late, {whose} points: on their pages and in exports, not in {self.out.grades.name}"
            )
        if students := list(dict.fromkeys(self._not_judged)):
            again = " ".join(f"--student {shlex.quote(student)}" for student in students[:MOST_NAMES])
            self.result.notes.append(
                f"Not judged, since the grader failed on work of {some(students, MOST_NAMES)}:"
                f" `{command_for_this()} regrade {typed(self.out.root)} {again}` tries again"
            )
        if self._timeless:
            self.result.notes.append(
                f"A timestamp.txt that tells no time, so that it counts as in time: {some(self._timeless, MOST_NAMES)}"
            )
        self.result.taken_over = len(self._kept)
        for (student, assignment), why in self._why.items():
            if (student, assignment) not in self._kept:
                self.result.anew.setdefault(why, []).append(f"{student}/{assignment}")
        if self._elsewhere:
            left = list(dict.fromkeys(one.key[0] for one in self._elsewhere))
            self.result.notes.append(
                f"Work of {some(left, MOST_NAMES)} is not in '{self.request.submissions}' and keeps the points"
                f" that it has in '{self.request.out}'{'; --submissions says where all of it lies' if self.request.anew else ''}"
            )
        return written.rows

    def _without_verdicts(self, keys: Collection[Key]) -> list[str]:
        """Whose page is in OUT, with the assignment, of all but these."""
        names = ((page.parts[-3], page.parts[-2]) for page in sorted(self.out.pages.glob("*/*/*.html")))
        return ["/".join(key) for key in dict.fromkeys(names) if key not in keys]

    def close(self) -> None:
        """End everything that was started; what is judged already is still landed."""
        if self._drawing is not None:
            self._drawing.close()
        if self._executor is not None:
            self._executor.close()
        with contextlib.suppress(CannotGrade, RecordsError, OSError):  # it is judged again when the run is resumed
            self._write_batch()
        with contextlib.suppress(CannotGrade, RecordsError, OSError):  # what that has left
            self._keep_verdicts()
        self._apart.shutdown()
        if self._gradebook is not None:
            self._gradebook.close()
        if self._isolation is not None:
            self._isolation.close()
        self._held.close()

    def start(self, ready: int = 0) -> None:
        """The isolation, the gradebook and the workers, when there is something to run at all.

        ready: how many workers are started before there is work. What takes long is done side by side; a new gradebook
        waits until the first submission is being judged.
        """
        if self._executor is not None:
            return
        log = self.out.log
        log.mkdir(exist_ok=True)
        if self.request.cluster is not None:
            self._start_on(self.request.cluster)
            return
        has_gradebook = self.out.gradebook.exists()
        if has_gradebook:
            self._begin_to_register()
        limits = limits_for(self._rules(), self._terms.memory_mb)
        begun: list[Worker] = []

        def begin(boxes: Boxes) -> None:
            end_workers(begun)  # of a tier that does not work here
            try:
                begun[:] = [self._begin_worker_of(boxes) for _ in range(ready)]
            except SourceEnded:
                raise CannotGrade("the process that workers come from was ended; give the same command again") from None

        try:
            # in this thread, since what is started ends with the thread that has started it
            self._isolation, self.result.notes = isolate(
                self.request.tier, self._assignments, limits, log / "sandbox.log", begin
            )
            if has_gradebook:
                self.have_gradebook()  # its settings are read before anything is run
        except BaseException:
            end_workers(begun)
            raise
        self.result.isolation = describe(self._isolation)
        seconds = seconds_of_a_job(self._rules())
        self._executor = LocalWorkers(self._begin_worker, self.request.jobs, seconds, self.request.more_jobs, begun)

    def _start_on(self, cluster: Cluster) -> None:
        """The same, where other machines judge, which are given all questions."""
        self.have_questions(*self._assignments)
        from autograde.running.cluster import reached

        place = self._held.enter_context(reached(cluster))  # which says it if Dask is not installed
        from autograde.running.bench import Terms
        from autograde.running.dask_workers import DaskWorkers
        from autograde.running.identity import identity

        questions = {a: self.out.asked(a).read_text(encoding="utf-8") for a in self._assignments}
        terms = Terms(identity(), self.request.tier, self._rules(), self._terms.memory_mb, questions)
        self._begin_to_register()
        self._executor = DaskWorkers(place, terms, self.out, self.say)
        self._say_isolation = self._executor.isolation
        self.result.isolation = self._say_isolation()
        self.have_gradebook()

    def _begin_to_register(self) -> "Future[None]":
        """Prepare the gradebook beside what else is done; it takes a second, most of it to import nbgrader."""
        if self._registered is None:
            self._registered = self._apart.submit(self._register)
        return self._registered

    def _writer(self) -> "GradebookWriter":
        if self._gradebook is None:
            self._begin_to_register().result()
            from autograde.records.gradebook import GradebookWriter

            self._gradebook = GradebookWriter(self.out)
        return self._gradebook

    def _rules(self) -> Rules:
        return Rules.of(self._terms.seconds_per_cell or SECONDS_PER_CELL, self._terms.showcase)

    def _register(self) -> None:
        """Fill OUT as an nbgrader course folder: source/, release/, the assignments in gradebook.db."""
        from sqlalchemy.exc import SQLAlchemyError

        from autograde.records.nbgrader import register

        new = [a for a in self._assignments if a in self._anew or not self.out.release(a).parent.exists()]
        is_begun = self.out.gradebook.exists()
        if not is_begun:
            new = self._assignments
        for assignment in new:
            source = read_script(this_course().script(assignment)).notebook
            write_notebook(source, self.out.source(assignment))
        try:
            register(new, self.out)
        except (NbgraderFailed, SQLAlchemyError) as error:
            if not is_begun:  # the half of one would be taken for one that is damaged
                self.out.gradebook.unlink(missing_ok=True)
            if shutil.disk_usage(self.out.root).free < NEEDED:  # nbgrader speaks of an upgrade then
                raise OSError(FULL[0], os.strerror(FULL[0]), str(self.out.root)) from None
            why = str(error).splitlines()[0]
            raise CannotGrade(
                f"nbgrader cannot prepare '{self.out.root}': {why}. See to that, then go on with --resume"
            ) from None

    def _begin_worker(self) -> Worker:
        assert self._isolation is not None
        return self._begin_worker_of(self._isolation.boxes())

    def _begin_worker_of(self, boxes: Boxes) -> Worker:
        self._workers += 1
        return begin_worker(self.out.root, boxes, self._rules(), self.out.log / f"worker-{self._workers}.log")

    def _hand_out(self, waiting: _Pending, text: str) -> None:
        """Write the restored notebook where workers and nbgrader look for it."""
        submission = waiting.submission
        before = self._verdicts.of(*waiting.key)
        waiting.is_same = before is not None and before.work == submission.work
        place = self._place_of(submission)
        if before is not None and before.executed and not (waiting.is_same or submission.attempt or self.request.anew):
            self._attempts.put_aside(waiting.key)
        path = place.submitted(*waiting.key)
        write_atomically(text, path)
        timestamp = path.with_name("timestamp.txt")
        timestamp.unlink(missing_ok=True)  # of an earlier run
        if waiting.handed_in is not None:  # as nbgrader writes it
            timestamp.write_text(f"{waiting.handed_in:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")
        if submission.path:
            keep_for_exchange(submission.path.parent, place.page(*waiting.key).parent)

    def _place_of(self, submission: Submission) -> ClassFolder:
        """Where the files of a submission lie while it is judged."""
        return self._attempts.folder(submission.student, submission.assignment, submission.attempt)

    def settle(self, submission: Submission) -> None:
        """Let an attempt come to a verdict by its status and reason alone."""
        with self._alone(submission):
            self._settle(_Pending(submission, ""), SubmissionResult(rows_of(submission, None)))

    def land(self, seconds: float = 0.0) -> None:
        """Take in what is done, for which it may wait so long; write what has waited for its like long enough."""
        done = self._executor.collect(seconds) if self._executor is not None else ()
        for execution in islice(done, BATCH):  # there may always be one more
            if execution.failure and execution.failure[0] == "full":
                raise OSError(FULL[0], execution.failure[1], str(self.out.root))
            self._done.append(execution)
            self._write_batch_when_due()
        self._write_batch_when_due()

    def _write_batch_when_due(self) -> None:
        n = len(self._done) + self._written
        if n >= BATCH or (n and time.monotonic() - self._landed > self.seconds_to_land):
            self._write_batch()

    def _write_batch(self) -> None:
        """Gradebook first, then the verdicts: a verdict says that everything else is there."""
        done, self._done = self._done, []  # if this fails they are judged again when the run is resumed
        counting = self._that_count(done)
        counts = {execution.job.key for execution in counting}
        try:
            self._enter(counting)
        except Exception as error:
            raise_common(error)
            for execution in counting:  # nothing was entered, so each can be by itself
                with self._alone(self._waiting[execution.job.key].submission):
                    self._enter([execution])
        for execution in done:
            waiting = self._waiting.pop(execution.job.key, None)
            if waiting is None:  # it was given up
                continue
            with self._alone(waiting.submission):
                notes, rows = waiting.submission.notes, rows_of(waiting.submission, execution)
                came_out = not execution.failure
                if execution.failure and execution.failure[0] == "error":
                    self._not_judged.append(waiting.submission.student)
                work = waiting.submission.work if came_out else ""
                decided = SubmissionResult(rows, execution.seconds, notes, came_out, work)
                self._settle(waiting, decided, execution.job.key in counts)
        self._keep_verdicts()
        self._landed = time.monotonic()

    def _write_verdict(
        self, submission: Submission, print_: str, decided: SubmissionResult, seen: str, aside: str = ""
    ) -> None:
        if not self._written:
            self._together.enter_context(self._verdicts.together())
        self._written += 1
        asked = self._asked.get(submission.assignment, "")
        self._verdicts.write(submission, print_, decided, seen, asked, aside)

    def _keep_verdicts(self) -> None:
        """Let verdicts that were written be kept, and only then tell of them: what is told of is not judged again."""
        told, self._to_tell, self._written = self._to_tell, [], 0
        self._together.close()
        for submission, decided in told:
            with self._alone(submission):
                self.on_landed(submission, decided)

    def _that_count(self, done: list[Execution]) -> list[Execution]:
        """Those of the executed that count, one a student and assignment; they are put in their place."""
        counting: dict[Key, Execution] = {}
        for execution in sorted(done, key=lambda one: one.job.attempt):
            waiting = self._waiting.get(execution.job.key)
            if waiting is None or execution.failure:
                continue
            before = counting.get(waiting.key)
            other = self._result_of(before) if before else self._attempts.counting(waiting.key)
            if self._counts(self._result_of(execution), other):
                counting[waiting.key] = execution
        for key, execution in counting.items():
            if execution.job.attempt:
                self._attempts.put_in_place(key, execution.job.attempt)
        return list(counting.values())

    def _result_of(self, execution: Execution) -> SubmissionResult:
        rows = rows_of(self._waiting[execution.job.key].submission, execution)
        return SubmissionResult(rows, executed=not execution.failure, attempt=execution.job.attempt)

    def _counts(self, one: SubmissionResult, other: SubmissionResult | None) -> bool:
        """Whether an attempt counts, and not the other, which does so far. One that was not executed gives way to any."""
        if other is None or not one.attempt:
            return True
        if one.executed != other.executed:
            return one.executed
        if self._terms.counts == "best" and one.score != other.score:
            return one.score > other.score
        return one.attempt >= other.attempt

    def _enter(self, executed: list[Execution]) -> None:
        """Into the gradebook; the pages of those that were late are written anew."""
        batch = [self._graded(execution) for execution in executed]
        for graded, late in zip(batch, self._writer().write(batch) if batch else (), strict=True):
            if late:
                self._write_late_page(graded, late)

    def _graded(self, execution: Execution) -> GradebookEntry:
        job = execution.job
        path = self.out.autograded(job.student, job.assignment)
        notebook = read_notebook(path)
        scores = scores_of(execution.answers)
        waiting = self._waiting.get(job.key)
        is_same = waiting is not None and waiting.is_same
        return GradebookEntry(job.student, job.assignment, scores, handed_in(path.parent), notebook, job.notes, is_same)

    def _write_late_page(self, graded: GradebookEntry, late: Late) -> None:
        page = self.out.page(graded.student, graded.assignment)
        write_feedback(graded, points_of(graded.assignment), page, late)

    def _attempt_judged_anew(self, key: Key) -> str:
        """The name of the attempt that counts, if it is that which is judged anew."""
        counting = self._attempts.counting(key) if self.request.anew else None
        return counting.attempt if counting else ""

    def _settle(self, waiting: _Pending, decided: SubmissionResult, counts: bool = False) -> None:
        """Keep a verdict; where no notebook was executed, write a feedback page that says why.

        counts: whether one that was executed counts; of others it shows here.
        """
        submission, key = waiting.submission, waiting.key
        decided = replace(decided, attempt=submission.attempt or self._attempt_judged_anew(key))
        if not decided.executed:
            before = self._attempts.counting(key)
            counts = not submission.attempt or self._counts(decided, before)
            if counts and (submission.attempt or (before and before.executed and not self.request.anew)):
                self._attempts.put_aside(key)
        place = self.out if counts else self._place_of(submission)
        if not decided.executed:  # a page of an earlier run would tell of another notebook
            write_stopped_page(decided.rows, place.page(*key))
            if counts and self._has_gradebook and self._verdicts.has(key):  # the points of an earlier notebook
                self._writer().withdraw(*key)
        aside = "" if counts else submission.attempt
        self._write_verdict(submission, waiting.fingerprint, decided, waiting.seen, aside)
        if counts:
            self.decided[key] = decided
            self._attempts.remove_emptied(key, submission.attempt)
        self.bar.update()
        self._to_tell.append((submission, decided))


def with_others_as_before(text: str, before: str, questions: Sequence[str]) -> str:
    """The questions of an assignment as drawn, but those that are not named as they were asked before; points are today's."""
    document = json.loads(text)
    asked = {question["name"]: question for question in json.loads(before)["questions"]}
    document["questions"] = [
        question
        if question["name"] in questions
        else asked.get(question["name"], question) | {"points": question["points"]}
        for question in document["questions"]
    ]
    return json.dumps(document, allow_nan=False)
