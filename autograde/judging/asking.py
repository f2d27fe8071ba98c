"""Ask functions in a box, and what is believed of its replies: outcomes of the right form, and a verdict on them."""

import re
from collections.abc import Sequence
from itertools import islice

from autograde.judging.notebook_run import NotebookRun
from autograde.sandbox.client import BoxDied
from checking.calls import PRINTED_KEPT, Outcome
from checking.examiner import Verdict, verdict_on
from checking.questions import Case, Question

Place = tuple[str, int]  # a question, and which of its calls

SKIPPED = Outcome("skipped")
KINDS = ("returned", "raised", "unfilled", "timeout", "unusable", "missing")
MAX_NAME = 60  # characters of a type's name
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")  # differs from run to run, and grades.csv must not


def in_order(name: str, question: Question, found: dict[Place, Outcome]) -> list[Outcome]:
    """What came of each call of a question, skipped if nothing was found."""
    return [found.get((name, i), SKIPPED) for i in range(len(question.calls))]


def ask(
    run: NotebookRun,
    questions: dict[str, Question],
    wanted: Sequence[Place],
    seconds: float,
    fork: bool = False,
    cell: int | None = None,
) -> dict[Place, Outcome]:
    """What came of the cases wanted, up to one that did not end, or that ended the process.

    seconds: for each, though no more than a cell may take. fork: in a fork, where the box forks. cell: before which cell of the notebook; None for its end.
    """
    found: dict[Place, Outcome] = {}
    left = iter(wanted)
    if not wanted:
        return found
    try:
        seconds = min(seconds, run.rules.seconds_per_cell)
        calls = [_call(name, questions[name].calls[i], seconds) for name, i in wanted]
        for reply in run.box(cell).ask(calls, fork, run.end):
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
        type_name(error),
        advice,
        line=line if isinstance(line, int) else 0,
        around=tuple(w for w in around[:2] if isinstance(w, str)) if isinstance(around, (list, tuple)) else (),
    )


def type_name(error: object) -> str:
    """The name of a type, as the box says it; "" for what is none."""
    return error if isinstance(error, str) and error.isidentifier() and len(error) <= MAX_NAME else ""


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def verdict_of(question: Question, outcomes: list[Outcome]) -> Verdict:
    """The examiner's, on what is known already. A result at which it stumbles costs its own question, and no other's."""
    try:
        return verdict_on(question, outcomes)
    except Exception as error:
        beyond = Outcome("died", message=f"What it returns cannot be compared ({type(error).__name__}).")
        return verdict_on(question, [beyond, *[SKIPPED] * (len(outcomes) - 1)])
