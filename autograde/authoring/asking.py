"""The questions of one run of the grader: every hidden case with inputs of its own, drawn from a seed that is recorded.

So an answer that was prepared for the recorded numbers gains nothing, and the seed makes a grading reproducible. The visible
cases stay as recorded, and each has a twin: the same case with numbers of the run, which has to be right too where not
all is right (see checking.examiner). The recording has twins of its own. `python -m autograde.authoring.asking ASSIGNMENT SEED` prints the questions in the form of the recording.

The reference solution and the mistakes run in the process that asks. Where that is an assignment with TensorFlow, the
process must not fork afterwards: let it be one of its own, and read what it prints.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from autograde.authoring.questions import CaseInput, QuestionSpec, names_in, specs_in
from autograde.authoring.reference import case_document
from autograde.authoring.script import ScriptError
from autograde.course import this_course
from autograde.hidden import all_questions
from checking.calls import Outcome, call_case
from checking.examiner import judge
from checking.plain import leaves, to_json
from checking.questions import Case, Question, case_from, questions_from

TRIES = 20  # draws of a case, of which the first fair one is asked
NUDGES = {8: 1e-9, 4: 1e-6}  # relative, by the bytes of a float: far more than rounding, far less than a tolerance


def questions_for_run(assignment: str, seed: int | None) -> dict[str, Question]:
    """Visible and hidden questions of an assignment by name; without a seed the recorded ones."""
    return all_questions(assignment) if seed is None else questions_from(record_run(assignment, seed))


def record_run(assignment: str, seed: int) -> dict[str, Any]:
    """The recording of an assignment, with the hidden cases of one run in the place of its own.

    The same seed gives the same, in whatever order and process. A case of which no draw is fair stays as recorded. Mistakes
    are named by the recording's own cases, which go along as "recorded".
    """
    document = json.loads(this_course().reference(assignment).read_text(encoding="utf-8"))
    functions = names_in(assignment)
    draws, others = _Draws(assignment, str(seed)), _Draws(assignment, str(seed), twins=True)
    for entry, recorded in zip(document["questions"], questions_from(document).values(), strict=True):
        for i, case in enumerate(recorded.cases):
            found = _first_fair(recorded, i, draws.of(recorded.name), functions[recorded.name]) if case.hidden else None
            if found and found != entry["cases"][i]:
                entry.setdefault("recorded", []).append(entry["cases"][i])
                entry["cases"][i] = found
        twins = {twin["name"]: twin for twin in _twins(recorded, others.of, functions[recorded.name])}
        entry["twins"] = [twins.get(twin["name"], twin) for twin in entry["twins"]]
    return {
        **document,
        "derived": f"for one run of the grader, from solutions/{assignment}/reference.json",
        "seed": seed,
    }


def with_twins(document: dict[str, Any], functions: dict[str, Any]) -> dict[str, Any]:
    """A recording with a twin for each visible case that has other numbers. functions: those of the reference solution.

    ScriptError where no draw is fair.
    """
    draws, questions = _Draws(document["assignment"], "recording", twins=True), []
    for entry, recorded in zip(document["questions"], questions_from(document).values(), strict=True):
        twins = list(_twins(recorded, draws.of, functions[recorded.name]))
        wanted = {case.name for case in next(draws.of(recorded.name)).cases if not (case.hidden or case.alone)}
        if missing := wanted - {twin["name"] for twin in twins}:
            raise ScriptError(f"{recorded.name}: no draw is a fair twin of {', '.join(sorted(missing))}")
        mistakes = {"mistakes": entry.pop("mistakes")}
        questions.append({**entry, "twins": twins, **mistakes})
    return {**document, "questions": questions}


class _Draws:
    """The draws of a run, one after the other: each is all that is asked in an assignment, with other numbers."""

    def __init__(self, assignment: str, run: str, twins: bool = False):
        self._asked = cache(lambda attempt: specs_in(assignment, f"{run}/{attempt}", twins))

    def of(self, name: str) -> Iterator[QuestionSpec]:
        """What is asked about one function."""
        return (self._asked(attempt)[name] for attempt in range(TRIES))


def _twins(
    recorded: Question, draws: Callable[[str], Iterator[QuestionSpec]], reference: Callable
) -> Iterator[dict[str, Any]]:
    """The twins of visible cases as JSON data, as far as a draw is fair."""
    for i, case in enumerate(recorded.cases):
        if not case.hidden and (found := _first_fair(recorded, i, draws(recorded.name), reference)):
            yield found


def _first_fair(
    recorded: Question, i: int, draws: Iterator[QuestionSpec], reference: Callable
) -> dict[str, Any] | None:
    """Case i, or its twin if it is visible, as JSON data."""
    for asked in draws:
        if asked.cases[i].alone:
            return None
        drawn = replace(asked.cases[i], hidden=True)
        outcome = _call(reference, drawn)
        if outcome.kind != "returned":
            continue
        document = case_document(drawn, outcome)
        case = case_from(document)
        if not _is_clear(recorded, i, case, outcome, reference):
            continue
        if not recorded.cases[i].hidden and _shows_nothing(recorded, i, case, drawn.one_answer):
            continue
        wrong = [_call(mistake.function, case) for mistake in asked.mistakes]
        is_fair = _shows_as_much if recorded.cases[i].hidden else _costs_nothing
        if is_fair(recorded, i, case, wrong):
            return document
    return None


def _call(function: Callable, case: Case | CaseInput) -> Outcome:
    """As students are called. Running out of time would make the questions depend on how busy the machine is."""
    outcome = call_case(function, case)
    if outcome.kind == "timeout":
        raise ScriptError(f"case {case.name!r}: this machine is too slow now. {outcome.message}")
    return outcome


def _is_clear(recorded: Question, i: int, case: Case, outcome: Outcome, reference: Callable) -> bool:
    """Whether any right solution passes: the reference does with room to spare, or on inputs nudged to either side.

    What nudging changes is close to a kink or a tie, and may come out otherwise for other right solutions.
    """
    if case.below is not None:
        return _passes(recorded, replace(case, below=case.below / 10), outcome)
    if case.accuracy is not None:
        return _passes(recorded, replace(case, accuracy=(1 + case.accuracy) / 2), outcome)
    if _facts(case.expected) != _facts(recorded.cases[i].expected):
        return False
    sides = (replace(case, args=_nudged(case.args, side, np.random.RandomState(0))) for side in (-1, 1))
    return all(_passes(recorded, case, _call(reference, nudged)) for nudged in sides)


def _shows_as_much(recorded: Question, i: int, case: Case, wrong: list[Outcome]) -> bool:
    """Whether every mistake that fails the recorded case fails this one too."""
    return not any(
        _passes(recorded, case, outcome) and not _passes(recorded, recorded.cases[i], Outcome(**mistake.outcomes[i]))
        for mistake, outcome in zip(recorded.mistakes, wrong, strict=True)
    )


def _shows_nothing(recorded: Question, i: int, twin: Case, one_answer: bool) -> bool:
    """Whether a twin asks what its visible case asks, or is answered by the same, though others are not."""
    if to_json(list(twin.args)) == to_json(list(recorded.cases[i].args)):
        return True
    if one_answer or twin.below is not None:
        return False
    return _passes(recorded, twin, Outcome("returned", recorded.cases[i].expected))


def _costs_nothing(recorded: Question, i: int, twin: Case, wrong: list[Outcome]) -> bool:
    """Whether no mistake that gets something for a visible case loses it by the twin: its code is its own."""

    def worth(case: Case, outcome: Outcome) -> tuple[bool, bool, bool]:
        result = judge(recorded, case, outcome)
        return result.status == "passed", result.well_formed, result.has_right_part

    return all(
        seen <= again
        for mistake, outcome in zip(recorded.mistakes, wrong, strict=True)
        for seen, again in zip(
            worth(recorded.cases[i], Outcome(**mistake.outcomes[i])), worth(twin, outcome), strict=True
        )
    )


def _passes(question: Question, case: Case, outcome: Outcome) -> bool:
    return judge(question, case, outcome).status == "passed"


def _facts(expected) -> list:
    """What is said in words or with yes and no, which no draw of numbers should change."""
    return [leaf for leaf in leaves(expected) if isinstance(leaf, (bool, str))]


def _nudged(value, side: int, rng: np.random.RandomState):
    """A copy of plain data in which every float differs a little; zeros stay zero. Sides 1 and -1 are opposite."""
    if isinstance(value, dict):
        return {key: _nudged(part, side, rng) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_nudged(part, side, rng) for part in value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return (value * (1 + side * NUDGES[value.itemsize] * rng.uniform(-1, 1, value.shape))).astype(value.dtype)
    return value * (1 + side * NUDGES[8] * rng.uniform(-1, 1)) if isinstance(value, float) else value


def main() -> None:
    """Print the questions of the assignment with the seed that the command line names, as JSON."""
    assignment, seed = sys.argv[1:]
    print(json.dumps(record_run(assignment, int(seed)), allow_nan=False))


if __name__ == "__main__":
    main()
