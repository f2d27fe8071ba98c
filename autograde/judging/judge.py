"""Judge one notebook: run its cells in a box, ask the functions they define, compare what comes back, and score.

This is the trusted side. The box sees cells and inputs, and returns plain data; expected results, comparison and points
stay here. Visible cases of all questions come first: whatever is shown to a student was there before the box got the
first hidden input.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import inf
from typing import Protocol

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograde.judging.sanitize import as_outputs, new_output
from autograde.notebook import grade_id, is_manual, is_showcase
from autograde.results import Answer
from autograde.sandbox.client import BoxDied
from autograde.text import one_line
from checking.calls import PRINTED_KEPT, SECONDS_PER_CALL, Outcome
from checking.card import as_html, note_html, title
from checking.cause import Cause, cause_of
from checking.check import VERDICT_TYPE
from checking.examiner import Verdict, places_as_recorded, twins_of_returned, verdict_on
from checking.explain import StudentError, explanation
from checking.questions import Case, Question

SECONDS_PER_CELL = 60  # unless the command says otherwise; a call has checking.calls.SECONDS_PER_CALL
MAX_RESTARTS = 8  # of a notebook whose cells end its process
QUICK_SECONDS = 2  # a call, where all questions share a process
SKIPPED = Outcome("skipped")
FINAL = ("died", "timeout", "missing")  # after which a question is not asked on
KINDS = ("returned", "raised", "unfilled", "timeout", "unusable", "missing")
MAX_NAME, MAX_TOLD = 60, 300  # characters of a type's name, and of what else a box says of an error
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")  # differs from run to run, and grades.csv must not
IN_CELL = re.compile(r"\(\S+, line (\d+)\)$")


class OpenBox(Protocol):
    """What a tier offers: a place where one notebook runs. All of it may raise BoxDied, and then it is of no more use.

    until: when, by time.monotonic(), all of a request must have ended. out_of_turn: whether it has said what it was not
    asked. forks: whether it can be asked in a fork; if not, all happens in one process.
    """

    out_of_turn: bool
    forks: bool

    def run_cells(self, sources: Sequence[str], seconds: float, until: float = inf) -> Iterator[dict]:
        """Run cells one after the other; {"outputs", "fine", "timeout"} of each. seconds: for each."""
        ...

    def ask(self, calls: Sequence[dict], fork: bool, until: float = inf) -> Iterator[dict]:
        """Call functions: {"name", "args", "stubs", "adapter", "seconds"} of each; what came of each. fork: in a fork of the
        box, where there are forks."""
        ...

    def starved(self, whole: bool = False) -> bool:
        """Whether what it does now (whole: all that it has done) might have ended in time on a machine with nothing else
        to do."""
        ...

    def close(self) -> None:
        """Kill what is left of it."""
        ...


@dataclass(frozen=True)
class Rules:
    """How a notebook is run. seconds: for all of it; showcase: whether demonstrations are run too."""

    seconds_per_cell: float = SECONDS_PER_CELL
    seconds: float = 300
    showcase: bool = False

    @staticmethod
    def of(seconds_per_cell: float, showcase: bool) -> "Rules":
        """The rules with this limit for a cell; demonstrations train for minutes, so they get more time."""
        if showcase:
            return Rules(max(600, seconds_per_cell), 3600, showcase=True)
        return Rules(seconds_per_cell, max(300, 5 * seconds_per_cell))


@dataclass(frozen=True)
class JudgedNotebook:
    """The notebook with its outputs, verdict cards in place of the check cells' own, and an answer a question.

    starved: whether something ran out of time that might have ended on a machine with nothing else to do.
    """

    notebook: NotebookNode
    answers: tuple[Answer, ...]
    starved: bool = False


def judge(
    notebook: NotebookNode, questions: dict[str, Question], open_box: Callable[[], OpenBox], rules: Rules
) -> JudgedNotebook:
    """Run and judge a notebook that intake has restored. Only SandboxError comes out of it."""
    cells = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    functions = {name: cells[name] for name in questions if name in cells}
    untouched = {name for name, cell in functions.items() if is_untouched(cell, cell.metadata.nbgrader.get("checksum"))}
    by_a_person = [_for_a_person(cell) for cell in cells.values() if is_manual(cell)]
    run = _NotebookRun(notebook, open_box, rules)
    try:
        found = _ask_all(run, questions, untouched)
    finally:
        run.drop()
    executed = run.executed()
    answers = []
    for name, (verdict, outcomes) in found.items():
        answers.append(_answer(verdict, outcomes, run))
        check = cells.get(f"test_{name}")
        if check is not None:
            check.outputs, check.execution_count = [_card(verdict, answers[-1])], 0
    ran = (cell for cell in executed.cells if cell.get("execution_count") is not None)
    for count, cell in enumerate(ran, start=1):
        cell.execution_count = count
    return JudgedNotebook(executed, (*answers, *by_a_person), run.starved)


def _for_a_person(cell: NotebookNode) -> Answer:
    """What is known of an answer before a person has read it. As nbgrader has it, what was left empty waits for nobody."""
    if is_untouched(cell, cell.metadata.nbgrader.get("checksum")):
        return Answer(grade_id(cell), 0.0, "graded", Cause("not started"))
    return Answer(grade_id(cell), 0.0, "manual")


def is_untouched(cell: NotebookNode, checksum: str | None) -> bool:
    """Whether a marked cell is as it was handed out. checksum: nbgrader's, of the cell as released."""
    return checksum is not None and compute_checksum(cell) == checksum


@dataclass
class _NotebookRun:
    """One notebook being run; it gets a new box whenever the last one has died."""

    notebook: NotebookNode
    open_box: Callable[[], OpenBox]
    rules: Rules
    outputs: dict[int, list] = field(default_factory=dict)
    deadly: dict[int, BoxDied] = field(default_factory=dict)  # cells that ended the process; left out from then on
    slow: set[int] = field(default_factory=set)  # cells that took all their time, by the clock here

    def __post_init__(self):
        self.end = time.monotonic() + self.rules.seconds
        self.starved = False
        self.forks = True  # whether its boxes do
        self._box: OpenBox | None = None

    def cells(self) -> list[int]:
        """Which cells are run: the code but for check cells, and for demonstrations, which are run once if they are wanted."""
        return [
            i
            for i, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code"
            and not grade_id(cell).startswith("test_")
            and (not is_showcase(cell) or (self.rules.showcase and i not in self.outputs))
            and i not in self.deadly
        ]

    def has_time(self) -> bool:
        """Whether the notebook's time is not up."""
        return time.monotonic() < self.end

    def box(self) -> OpenBox:
        """A box in which the cells have run. BoxDied if time is up, or if too many cells end its process."""
        if self._box is not None and self._box.out_of_turn:
            self.drop()
        while self._box is None:
            if not self.has_time():
                raise self._out_of_time()
            if len(self.deadly) > MAX_RESTARTS:
                raise BoxDied("error", f"more than {MAX_RESTARTS} of the notebook's cells end its process")
            self._open()
        return self._box

    def _open(self) -> None:
        self._box = box = self.open_box()
        self.forks = box.forks
        cells, done = self.cells(), 0
        sources = [self.notebook.cells[i].source for i in cells]
        due = time.monotonic() + self.rules.seconds_per_cell
        try:
            for said in box.run_cells(sources, self.rules.seconds_per_cell, self.end):
                self.outputs.setdefault(cells[done], as_outputs(said.get("outputs")))
                if time.monotonic() >= due:
                    self.slow.add(cells[done])
                    self.ran_out()
                due = time.monotonic() + self.rules.seconds_per_cell
                done += 1
        except BoxDied as death:
            if death.status == "timeout":
                self.ran_out()
            self.drop()
            if not self.has_time():  # of the notebook, and not of this cell
                raise self._out_of_time() from None
            if done == len(cells):  # all have run, and then it died: nothing can be left out
                raise
            self.deadly[cells[done]] = death
            words = one_line(str(death))
            error = new_output("error", ename="ProcessEnded", evalue=words, traceback=[f"This cell: {words}."])
            self.outputs[cells[done]] = [error]

    def ran_out(self) -> None:
        """Note that something has run out of time in this box, which is still open."""
        whole = not self.has_time()
        self.starved = self.starved or (self._box is not None and self._box.starved(whole))

    def _out_of_time(self) -> BoxDied:
        return BoxDied("timeout", f"the notebook was still running after {self.rules.seconds:g} seconds")

    def drop(self) -> None:
        """End this box; the next question gets a new one."""
        if self._box is not None:
            self._box.close()
            self._box = None

    def executed(self) -> NotebookNode:
        """The notebook with what its cells showed; those that were run have a number."""
        for i, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = self.outputs.get(i, []), 0 if i in self.outputs else None
        return self.notebook


def _ask_all(
    run: _NotebookRun, questions: dict[str, Question], untouched: set[str]
) -> dict[str, tuple[Verdict, list[Outcome]]]:
    """The verdict on each question, and what came of its cases, in their order. untouched: those with nothing filled in.

    First all questions one after the other in the notebook's own process, which is quick. What is right there is right.
    What is not may be another question's doing, so it is asked again, each question in a fork of its own, and its visible
    cases' twins too: what passes all cases needs none. Where boxes do not fork, those are asked together in a new box, and
    what is not right then in boxes of their own, as long as there is time; the better verdict counts.
    """
    found = _asked_together(run, questions)
    verdicts = {name: _verdict(question, found[name]) for name, question in questions.items()}
    fine = {name for name, verdict in verdicts.items() if verdict.state == "right"}
    fine |= {name for name in untouched if verdicts[name].state == "unfilled"}
    again = {name: question for name, question in questions.items() if name not in fine}
    run.drop()
    found |= _asked_apart(run, again)
    verdicts |= {name: _verdict(question, found[name]) for name, question in again.items()}
    for alone in _boxes_of_their_own(run, again, verdicts):
        run.drop()
        outcomes = _asked_apart(run, alone)
        for name, question in alone.items():
            verdict = _verdict(question, outcomes[name])
            if verdict.score > verdicts[name].score or (verdict.score == verdicts[name].score and run.has_time()):
                found[name], verdicts[name] = outcomes[name], verdict
    return {name: (verdicts[name], found[name]) for name in questions}


def _boxes_of_their_own(
    run: _NotebookRun, asked: dict[str, Question], verdicts: dict[str, Verdict]
) -> Iterator[dict[str, Question]]:
    """Which questions are asked once more where boxes do not fork: each by itself. Functions that were missing may have been
    taken away by another's call; they are asked in one box, since nothing is called for those that are missing indeed.
    """
    if run.forks or len(asked) < 2:
        return
    wrong = {name: question for name, question in asked.items() if verdicts[name].state != "right"}
    missing = {n: q for n, q in wrong.items() if any(r.status == "missing" for r in verdicts[n].results)}
    for alone in (missing, *({name: question} for name, question in wrong.items() if name not in missing)):
        if alone and run.has_time():
            yield alone


def _asked_together(run: _NotebookRun, questions: dict[str, Question]) -> dict[str, list[Outcome]]:
    """Visible cases of all questions in one go, then hidden ones, until a call does not end, or ends the process."""
    found: dict[tuple[str, int], Outcome] = {}
    for hidden in (False, True):
        wanted = [place for name, question in questions.items() for place in _places(name, question, hidden)]
        found |= _ask(run, questions, wanted, fork=False, seconds=QUICK_SECONDS)
        if any(outcome.kind in ("died", "timeout") for outcome in found.values()):
            break
    return _in_order(questions, found)


def _asked_apart(run: _NotebookRun, questions: dict[str, Question]) -> dict[str, list[Outcome]]:
    """The same in a fork a question. One that does not end, or ends its process, is not asked on.

    Hidden cases come after the twins, which are asked in any case: they say what the visible cases are worth.
    """
    found: dict[tuple[str, int], Outcome] = {}
    for hidden in (False, True):
        for name, question in questions.items():
            wanted = _places(name, question, hidden)
            if hidden:
                so_far = [found.get(place, SKIPPED) for place in _all_places(name, question)]
                ended = any(outcome.kind in FINAL for outcome in so_far)
                wanted += [(name, i) for i in places_as_recorded(question)]
                wanted = [(name, i) for i in twins_of_returned(question, so_far)] + (wanted if not ended else [])
            if wanted:
                found |= _ask(run, questions, wanted, fork=True, seconds=SECONDS_PER_CALL)
    return _in_order(questions, found)


def _places(name: str, question: Question, hidden: bool) -> list[tuple[str, int]]:
    return [(name, i) for i, case in enumerate(question.cases) if case.hidden == hidden]


def _all_places(name: str, question: Question) -> list[tuple[str, int]]:
    return [(name, i) for i in range(len(question.calls))]


def _in_order(questions: dict[str, Question], found: dict[tuple[str, int], Outcome]) -> dict[str, list[Outcome]]:
    return {name: [found.get(p, SKIPPED) for p in _all_places(name, q)] for name, q in questions.items()}


def _ask(
    run: _NotebookRun, questions: dict[str, Question], wanted: list[tuple[str, int]], fork: bool, seconds: float
) -> dict[tuple[str, int], Outcome]:
    """What came of the cases wanted, up to one that did not end, or that ended the process."""
    found: dict[tuple[str, int], Outcome] = {}
    left = iter(wanted)
    try:
        calls = [_call(name, questions[name].calls[i], seconds) for name, i in wanted]
        for reply in run.box().ask(calls, fork, run.end):
            found[next(left)] = outcome = _outcome(reply)
            if outcome.kind == "timeout":
                run.ran_out()
                run.drop()  # it goes on with the next case, for nobody
                break
    except BoxDied as death:
        if death.status == "timeout":
            run.ran_out()
        run.drop()
        kind = "timeout" if death.status == "timeout" else "died"
        found |= {place: Outcome(kind, message=_sentence(str(death))) for place in islice(left, 1)}
    return found


def _call(name: str, case: Case, seconds: float) -> dict:
    """One call as a box takes it."""
    how = {"stubs": case.stubs, "adapter": case.adapter, "seconds": seconds}
    return {"name": name, "args": case.args, **how}


def _outcome(reply: dict) -> Outcome:
    """A reply of the box, as far as it has the right form."""
    kind, message, printed, error = (reply.get(key) for key in ("kind", "message", "printed", "error"))
    if kind not in KINDS:
        return Outcome("died", message="Its process sent what cannot be read.")
    message, advice = (
        ADDRESS.sub("0x…", w[:500]) if isinstance(w, str) else "" for w in (message, reply.get("advice"))
    )
    printed = printed[:PRINTED_KEPT] if isinstance(printed, str) else ""
    line, around = reply.get("line"), reply.get("around")
    return Outcome(
        str(kind),
        reply.get("value"),
        message,
        printed,
        _name(error),
        advice,
        line=line if isinstance(line, int) else 0,
        around=tuple(w for w in around[:2] if isinstance(w, str)) if isinstance(around, (list, tuple)) else (),
    )


def _name(error: object) -> str:
    """The name of a type, as the box says it; "" for what is none."""
    return error if isinstance(error, str) and error.isidentifier() and len(error) <= MAX_NAME else ""


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _verdict(question: Question, outcomes: list[Outcome]) -> Verdict:
    """The examiner's, on what is known already. A result at which it stumbles costs its own question, and no other's."""
    try:
        return verdict_on(question, outcomes)
    except Exception as error:
        beyond = Outcome("died", message=f"What it returns cannot be compared ({type(error).__name__}).")
        return verdict_on(question, [beyond, *[SKIPPED] * (len(outcomes) - 1)])


def _answer(verdict: Verdict, outcomes: list[Outcome], run: _NotebookRun) -> Answer:
    question = verdict.question.name
    kinds = {outcome.kind for outcome in outcomes}
    if "missing" in kinds:
        return _without_function(question, run)
    cause = cause_of(verdict)
    if cause.words:
        cause = replace(cause, words=_told(cause.words))
    if any(result.status == "died" for result in verdict.results):
        return Answer(question, verdict.score, "error", cause)
    return Answer(question, verdict.score, "timeout" if verdict.state == "timeout" else "graded", cause)


def _told(words: str) -> str:
    """Words of the box, as one line that is the same in every run."""
    return one_line(ADDRESS.sub("0x…", words))[:MAX_TOLD]


def _without_function(question: str, run: _NotebookRun) -> Answer:
    """No cell has defined the function: why, by what is recorded here of its own cell; of the student's, only words."""
    cells = run.notebook.cells
    place = next((i for i, cell in enumerate(cells) if grade_id(cell) == question), -1)
    if place in run.deadly:
        return Answer(question, 0.0, run.deadly[place].status, Cause("other", words=one_line(str(run.deadly[place]))))
    error = next((output for output in run.outputs.get(place, ()) if output.output_type == "error"), None)
    if error is None:
        return Answer(question, 0.0, "missing", Cause("other", words="its function is not in the notebook"))
    if place in run.slow:
        return Answer(question, 0.0, "timeout", Cause("other", words="its cell did not end in time"))
    words = IN_CELL.sub(r"(line \1 of its cell)", _told(f"{error.ename}: {error.evalue}"))
    advice = explanation(StudentError(str(error.ename), str(error.evalue)))
    return Answer(question, 0.0, "error", Cause("cell", error=_name(error.ename), words=words, advice=advice))


def _card(verdict: Verdict, answer: Answer) -> NotebookNode:
    """The check cell's output: the points as nbgrader reads them, and the card that the student sees."""
    html, first_line = as_html(verdict), title(verdict)
    if any(result.status == "missing" for result in verdict.results):
        first_line = [f"○ {answer.question}", f"0 of {verdict.question.points:g} points"]
        html = note_html(" · ".join(first_line), *filter(None, (f"{answer.cause}.", answer.cause.advice)))
    data = {"text/plain": repr(answer.score), "text/html": html, VERDICT_TYPE: {"title": first_line}}
    return new_output("execute_result", data=data, metadata={}, execution_count=1)
