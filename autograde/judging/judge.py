"""Judge one notebook: run its cells in a box, ask the functions they define, compare what comes back, and score.

This is the trusted side. The box sees cells and inputs, and returns plain data; expected results, comparison and points
stay here. Visible cases of all questions come first: whatever is shown to a student was there before the box got the
first hidden input.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograde.judging.asking import ADDRESS, Place, ask, in_order, type_name, verdict_of
from autograde.judging.notebook_run import NotebookRun, OpenBox, Rules
from autograde.judging.sanitize import new_output
from autograde.judging.second_look import SecondLook, missing_name, why_missing
from autograde.notebook import PYTHON, checksum_of, grade_id, is_manual, is_newer_python
from autograde.results import Answer
from autograde.text import one_line
from checking.calls import Outcome
from checking.card import STATES, Body, as_html, html_card, title
from checking.cause import Cause, cause_of
from checking.check import VERDICT_TYPE
from checking.examiner import Verdict, twins_of_returned
from checking.explain import StudentError, explanation
from checking.questions import Question

QUICK_SECONDS = 2  # a call, where all questions share a process
MAX_TOLD = 300  # characters of what a box says of an error
IN_CELL = re.compile(r"\(\S+, line (\d+)\)$")


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
    run = NotebookRun(notebook, open_box, rules)
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
    return checksum is not None and checksum_of(cell) == checksum


def _ask_all(
    run: NotebookRun, questions: dict[str, Question], untouched: set[str]
) -> dict[str, tuple[Verdict, list[Outcome]]]:
    """The verdict on each question, and what came of its cases, in their order. untouched: those with nothing filled in.

    First all questions one after the other in the notebook's own process, which is quick. What is right there is right.
    What is not may be the doing of another question, of a later cell, or of something that is lacking here, and gets a
    second look.
    """
    found = _asked_together(run, questions)
    verdicts = {name: verdict_of(question, found[name]) for name, question in questions.items()}
    fine = {name for name, verdict in verdicts.items() if verdict.state == "right"}
    fine |= {name for name in untouched if verdicts[name].state == "unfilled"}
    again = {name: question for name, question in questions.items() if name not in fine}
    if again:
        first = _with_twins(run, again, found)
        for name, outcomes in SecondLook(run, again, found).outcomes().items():
            found[name] = [_with_what_stopped(outcome, run) for outcome in outcomes]
            verdicts[name] = verdict_of(questions[name], found[name])
            if verdicts[name].state != "right":  # as where there was too little time to run all cells once more
                before = verdict_of(questions[name], first[name])
                if before.score > verdicts[name].score:
                    found[name], verdicts[name] = first[name], before
    return {name: (verdicts[name], found[name]) for name in questions}


def _asked_together(run: NotebookRun, questions: dict[str, Question]) -> dict[str, list[Outcome]]:
    """Visible cases of all questions in one go, then hidden ones, until a call does not end, or ends the process."""
    found: dict[Place, Outcome] = {}
    for hidden in (False, True):
        wanted = [
            (name, i)
            for name, question in questions.items()
            for i, case in enumerate(question.cases)
            if case.hidden == hidden
        ]
        found |= ask(run, questions, wanted, QUICK_SECONDS)
        if any(outcome.kind in ("died", "timeout") for outcome in found.values()):
            break
    return {name: in_order(name, question, found) for name, question in questions.items()}


def _with_twins(
    run: NotebookRun, questions: dict[str, Question], found: dict[str, list[Outcome]]
) -> dict[str, list[Outcome]]:
    """What came of these questions, with the twins that say what their visible cases are worth, if the process is still there."""
    twins = [(name, i) for name, question in questions.items() for i in twins_of_returned(question, found[name])]
    asked = ask(run, questions, twins, QUICK_SECONDS) if run.is_open else {}
    return {name: [asked.get((name, i), out) for i, out in enumerate(found[name])] for name in questions}


def _with_what_stopped(outcome: Outcome, run: NotebookRun) -> Outcome:
    """The same; of a name that was not there it is said which cell should have made it, if that was stopped."""
    name = missing_name(outcome)
    reason = why_missing(name, run) if name else ""
    return replace(outcome, message=f"{outcome.message}. {one_line(reason)}") if reason else outcome


def _answer(verdict: Verdict, outcomes: list[Outcome], run: NotebookRun) -> Answer:
    question = verdict.question.name
    kinds = {outcome.kind for outcome in outcomes}
    if "missing" in kinds:
        return _without_function(question, run)
    cause = cause_of(verdict)
    if cause.words:
        cause = replace(cause, words=_as_one_line(cause.words))
    if any(result.status == "died" for result in verdict.results):
        return Answer(question, verdict.score, "error", cause)
    return Answer(question, verdict.score, "timeout" if verdict.state == "timeout" else "graded", cause)


def _as_one_line(words: str) -> str:
    """Words of the box, as one line that is the same in every run."""
    return one_line(ADDRESS.sub("0x…", words))[:MAX_TOLD]


def _without_function(question: str, run: NotebookRun) -> Answer:
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
    words = IN_CELL.sub(r"(line \1 of its cell)", _as_one_line(f"{error.ename}: {error.evalue}"))
    if error.ename == "SyntaxError":
        words += _if_newer(run.notebook.metadata.get("language_info", {}).get("version", ""))
    advice = explanation(StudentError(str(error.ename), str(error.evalue)))
    return Answer(question, 0.0, "error", Cause("cell", error=type_name(error.ename), words=words, advice=advice))


def _if_newer(version: str) -> str:
    """What to say of a syntax error in a notebook that was written with this version of Python; "" if it is not newer."""
    if not is_newer_python(version):
        return ""
    return f". The notebook was written with Python {version} and is graded with {PYTHON}, which does not know all of its syntax"


def _card(verdict: Verdict, answer: Answer) -> NotebookNode:
    """The check cell's output: the points as nbgrader reads them, and the card that the student sees."""
    html, first_line = as_html(verdict), title(verdict)
    if any(result.status == "missing" for result in verdict.results):
        state, word = {
            "missing": ("unfilled", "not in the notebook"),
            "timeout": ("timeout", STATES["timeout"][1]),
        }.get(answer.status, ("wrong", "does not run"))
        first_line = [f"{STATES[state][0]} {answer.question}", word, f"0 of {verdict.question.points:g} points"]
        said = tuple(filter(None, (f"{answer.cause}.", answer.cause.advice)))
        html = html_card(state, " · ".join(first_line), Body(lines=said))
    data = {"text/plain": repr(answer.score), "text/html": html, VERDICT_TYPE: {"title": first_line}}
    return new_output("execute_result", data=data, metadata={}, execution_count=1)
