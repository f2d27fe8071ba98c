"""Judge one notebook: run its cells in a box, ask the functions they define, compare what comes back, and score.

This is the trusted side. The box sees cells and inputs, and returns plain data; expected results, comparison and points
stay here. Visible cases of all questions come first: whatever is shown to a student was there before the box got the
first hidden input.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from nbformat import NotebookNode, from_dict

from autograde.gradebook import is_untouched
from autograde.runner import Answer
from autograde.sandbox.client import BoxDied
from autograde.script import grade_id, is_showcase
from autograde.words import one_line
from helpers.calls import PRINTED_KEPT, SECONDS_PER_CALL, Outcome
from helpers.card import as_html, note_html
from helpers.check import VERDICT_TYPE, summary
from helpers.examiner import Verdict, twins_of_returned, verdict_on
from helpers.questions import Case, Question

MAX_RESTARTS = 8  # of a notebook whose cells end its process
QUICK_SECONDS = 2  # a call, where all questions share a process
SKIPPED = Outcome("skipped")
FINAL = ("died", "timeout", "missing")  # after which a question is not asked on
KINDS = ("returned", "raised", "unfilled", "timeout", "unusable", "missing")
SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")  # differs from run to run, and grades.csv must not
IN_CELL = re.compile(r"\(\S+, line (\d+)\)$")


class OpenBox(Protocol):
    """What a tier offers: a place where one notebook runs. All of it may raise BoxDied, and then it is closed."""

    def run_cells(self, sources: Sequence[str], seconds: float) -> Iterator[dict]: ...

    def ask(self, calls: Sequence[dict], fork: bool) -> Iterator[dict]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Rules:
    """How a notebook is run. seconds: for all of it; showcase: whether demonstrations are run too."""

    seconds_per_cell: float = 60
    seconds: float = 300
    showcase: bool = False

    @staticmethod
    def of(seconds_per_cell: float, showcase: bool) -> "Rules":
        """The rules with this limit for a cell; demonstrations train for minutes, so they get more time."""
        if showcase:
            return Rules(max(600, seconds_per_cell), 3600, showcase=True)
        return Rules(seconds_per_cell, max(300, 5 * seconds_per_cell))


@dataclass(frozen=True)
class Judged:
    """The notebook with its outputs, verdict cards in place of the check cells' own, and an answer a question."""

    notebook: NotebookNode
    answers: tuple[Answer, ...]


def judge(
    notebook: NotebookNode, questions: dict[str, Question], open_box: Callable[[], OpenBox], rules: Rules
) -> Judged:
    """Run and judge a notebook that intake has restored. Only SandboxError comes out of it."""
    cells = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    functions = {name: cells[name] for name in questions if name in cells}
    untouched = {name for name, cell in functions.items() if is_untouched(cell, cell.metadata.nbgrader.get("checksum"))}
    run = _Run(notebook, open_box, rules)
    try:
        found = _ask_all(run, questions, untouched)
    finally:
        run.drop()
    executed = run.executed()
    answers = []
    for name, (verdict, outcomes) in found.items():
        answers.append(_answer(verdict, outcomes, cells.get(name)))
        check = cells.get(f"test_{name}")
        if check is not None:
            check.outputs, check.execution_count = [_card(verdict, answers[-1])], 0
    ran = (cell for cell in executed.cells if cell.get("execution_count") is not None)
    for count, cell in enumerate(ran, start=1):
        cell.execution_count = count
    return Judged(executed, tuple(answers))


@dataclass
class _Run:
    """One notebook being run; it gets a new box whenever the last one has died."""

    notebook: NotebookNode
    open_box: Callable[[], OpenBox]
    rules: Rules
    outputs: dict[int, list] = field(default_factory=dict)
    deadly: dict[int, BoxDied] = field(default_factory=dict)  # cells that ended the process; left out from then on

    def __post_init__(self):
        self.end = time.monotonic() + self.rules.seconds
        self._box: OpenBox | None = None

    def cells(self) -> list[int]:
        """Which cells are run: the code but for check cells, and for demonstrations unless they are wanted."""
        return [
            i
            for i, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code"
            and not grade_id(cell).startswith("test_")
            and (self.rules.showcase or not is_showcase(cell))
            and i not in self.deadly
        ]

    def box(self) -> OpenBox:
        """A box in which the cells have run. BoxDied if time is up, or if too many cells end its process."""
        while self._box is None:
            if time.monotonic() > self.end:
                raise BoxDied("timeout", f"the notebook was still running after {self.rules.seconds:g} seconds")
            if len(self.deadly) > MAX_RESTARTS:
                raise BoxDied("error", f"more than {MAX_RESTARTS} of the notebook's cells end its process")
            self._open()
        return self._box

    def _open(self) -> None:
        box, cells, done = self.open_box(), self.cells(), 0
        try:
            for said in box.run_cells([self.notebook.cells[i].source for i in cells], self.rules.seconds_per_cell):
                self.outputs.setdefault(cells[done], clean_outputs(said.get("outputs")))
                done += 1
        except BoxDied as death:
            box.close()
            if done == len(cells):  # all have run, and then it died: nothing can be left out
                raise
            self.deadly[cells[done]] = death
            error = _output("error", ename="ProcessEnded", evalue=str(death), traceback=[f"This cell: {death}."])
            self.outputs[cells[done]] = [error]
            return
        self._box = box

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
    run: _Run, questions: dict[str, Question], untouched: set[str]
) -> dict[str, tuple[Verdict, list[Outcome]]]:
    """The verdict on each question, and what came of its cases, in their order. untouched: those with nothing filled in.

    First all questions one after the other in the notebook's own process, which is quick. What is right there is right.
    What is not may be another question's doing, so it is asked again, each question in a fork of its own, and its visible
    cases' twins too: what passes all cases needs none.
    """
    found = _asked_together(run, questions)
    verdicts = {name: _verdict(question, found[name]) for name, question in questions.items()}
    fine = {name for name, verdict in verdicts.items() if verdict.state == "right"}
    fine |= {name for name in untouched if verdicts[name].state == "unfilled"}
    again = {name: question for name, question in questions.items() if name not in fine}
    if again:
        run.drop()
        found |= _asked_apart(run, again)
        verdicts |= {name: _verdict(question, found[name]) for name, question in again.items()}
    return {name: (verdicts[name], found[name]) for name in questions}


def _asked_together(run: _Run, questions: dict[str, Question]) -> dict[str, list[Outcome]]:
    """Visible cases of all questions in one go, then hidden ones, until a call does not end, or ends the process."""
    found: dict[tuple[str, int], Outcome] = {}
    for hidden in (False, True):
        wanted = [place for name, question in questions.items() for place in _places(name, question, hidden)]
        found |= _ask(run, questions, wanted, fork=False, seconds=QUICK_SECONDS)
        if any(outcome.kind in ("died", "timeout") for outcome in found.values()):
            break
    return _in_order(questions, found)


def _asked_apart(run: _Run, questions: dict[str, Question]) -> dict[str, list[Outcome]]:
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
    run: _Run, questions: dict[str, Question], wanted: list[tuple[str, int]], fork: bool, seconds: float
) -> dict[tuple[str, int], Outcome]:
    """What came of the cases wanted, up to one that did not end, or that ended the process."""
    found: dict[tuple[str, int], Outcome] = {}
    left = iter(wanted)
    try:
        for reply in run.box().ask([_call(name, questions[name].calls[i], seconds) for name, i in wanted], fork):
            found[next(left)] = outcome = _outcome(reply)
            if outcome.kind == "timeout":
                run.drop()  # it goes on with the next case, for nobody
                break
    except BoxDied as death:
        run.drop()
        kind = "timeout" if death.status == "timeout" else "died"
        found |= {place: Outcome(kind, message=_sentence(str(death))) for place in islice(left, 1)}
    return found


def _call(name: str, case: Case, seconds: float) -> dict:
    """One call as a box takes it."""
    how = {"stand_ins": case.stand_ins, "adapter": case.adapter, "seconds": seconds}
    return {"name": name, "args": case.args, **how}


def _outcome(reply: dict) -> Outcome:
    """A reply of the box, as far as it has the right form."""
    kind, message, printed = reply.get("kind"), reply.get("message"), reply.get("printed")
    if kind not in KINDS:
        return Outcome("died", message="Its process sent what cannot be read.")
    message = ADDRESS.sub("0x…", message[:500]) if isinstance(message, str) else ""
    return Outcome(str(kind), reply.get("value"), message, printed[:PRINTED_KEPT] if isinstance(printed, str) else "")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _verdict(question: Question, outcomes: list[Outcome]) -> Verdict:
    """The examiner's, on what is known already. A result at which it stumbles costs its own question, and no other's."""
    try:
        return verdict_on(question, outcomes)
    except Exception as error:
        beyond = Outcome("died", message=f"What it returns cannot be compared ({type(error).__name__}).")
        return verdict_on(question, [beyond, *[SKIPPED] * (len(outcomes) - 1)])


def _answer(verdict: Verdict, outcomes: list[Outcome], cell: NotebookNode | None) -> Answer:
    question = verdict.question.name
    kinds = {outcome.kind for outcome in outcomes}
    if "missing" in kinds:
        return _without_function(question, cell)
    words = one_line(ADDRESS.sub("0x…", summary(verdict)["mistake"]))[:300] if verdict.state != "right" else ""
    if any(result.status == "died" for result in verdict.results):
        return Answer(question, verdict.score, "error", words)
    return Answer(question, verdict.score, "timeout" if verdict.state == "timeout" else "graded", words)


def _without_function(question: str, cell: NotebookNode | None) -> Answer:
    """No cell has defined the function: why, as far as its own cell says."""
    errors = [output for output in (cell.outputs if cell else []) if output.output_type == "error"]
    if not errors:
        return Answer(question, 0.0, "missing", "its function is not in the notebook")
    error = errors[0]
    if error.ename == "ProcessEnded":
        return Answer(question, 0.0, "timeout" if "in time" in error.evalue else "error", error.evalue)
    if error.ename == "KeyboardInterrupt":
        return Answer(question, 0.0, "timeout", "its cell did not end in time")
    words = ADDRESS.sub("0x…", one_line(f"{error.ename}: {error.evalue}"))
    return Answer(question, 0.0, "error", IN_CELL.sub(r"(line \1 of its cell)", words)[:300])


def _card(verdict: Verdict, answer: Answer) -> NotebookNode:
    """The check cell's output: the points as nbgrader reads them, and the card that the student sees."""
    html = as_html(verdict)
    if any(result.status == "missing" for result in verdict.results):
        html = note_html(f"○ {answer.question} · 0 of {verdict.question.points:g} points", f"{answer.mistake}.")
    data = {"text/plain": repr(answer.score), "text/html": html, VERDICT_TYPE: summary(verdict)}
    return _output("execute_result", data=data, metadata={}, execution_count=1)


def clean_outputs(said) -> list[NotebookNode]:
    """What a cell showed, as far as it has the form of a notebook's outputs; only kinds of data that a page can show."""
    outputs = []
    for output in said if isinstance(said, list) else []:
        match output:
            case {"output_type": "stream", "name": ("stdout" | "stderr") as name, "text": str(text)}:
                outputs.append(_output("stream", name=name, text=text))
            case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
                trace = [line for line in lines if isinstance(line, str)]
                outputs.append(_output("error", ename=name[:200], evalue=value[:2000], traceback=trace))
            case {"output_type": ("display_data" | "execute_result") as kind, "data": dict(data)}:
                data = {key: text for key, text in data.items() if key in SHOWN and isinstance(text, str)}
                count = {"execution_count": 1} if kind == "execute_result" else {}
                if data:  # a widget is nothing without its kernel
                    outputs.append(_output(kind, data=data, metadata={}, **count))
    return outputs


def _output(kind: str, **content) -> NotebookNode:
    """As nbformat's new_output, which validates each alone and takes a millisecond for it."""
    return from_dict({"output_type": kind, **content})
