"""The judgement on one function: its cases one by one, the points in three groups, the mistake that it looks like.

Pure functions of plain data. The notebook's `check` and the grader both come here, so that they can never disagree.
How the function is called is not known here: `examine` is handed a `call` that takes a case and gives an Outcome, and
`verdict_on` the outcomes themselves.

Who looks up the answers to the visible cases has not written the function. So the grader asks each visible case once more
with other numbers, as its twin, and the case counts as far as its twin does. Where all is right, no twin is needed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from checking.calls import Outcome
from checking.comparison import Difference, compare, not_accurate, not_below
from checking.explain import about_a_raise_left_in
from checking.plain import leaves
from checking.questions import Case, Mistake, Question
from checking.recognition import Nearest, nearest, recognise

# What a group of cases carries, per cent. What a question has no use for goes to the values.
FORM_WEIGHT = 20
EDGE_WEIGHT = 30
ONE_NUMBER = "the same number is returned whatever is given"

LAST = ("timeout", "died")  # outcomes after which nothing more can be asked


@dataclass(frozen=True)
class CaseResult:
    """How one case went. status: passed, only here, differs, raised, unusable, unfilled, timeout, died or skipped.

    only here: it passes, and its twin does not.
    right: paths of the parts that are as expected, when others are not; any_right: whether numbers are among them
    in a result that is not zero throughout.
    well_formed: whether the result has the right keys, shapes and number of values, whatever its numbers are.
    error: the type of the exception that ended the call; advice: what it means, if that is known.
    """

    case: Case
    status: str
    differences: tuple[Difference, ...] = ()
    right: tuple[str, ...] = ()
    any_right: bool = False
    message: str = ""
    well_formed: bool = False
    error: str = ""
    advice: str = ""

    @property
    def has_right_part(self) -> bool:
        """Whether all of it is right, or some part of it that counts."""
        return self.status == "passed" or self.any_right


NOTHING = CaseResult(Case("", (), None), "differs", well_formed=True)  # instead of a twin, where nothing passes


@dataclass(frozen=True)
class Group:
    """A part of the score: `right` of `cases` cases are as they should be, which is worth that share of `weight` per cent.

    counts: whether it is worth anything at all.
    """

    name: str
    right: int
    cases: int
    weight: int
    counts: bool = True

    @property
    def earned(self) -> float:
        """Per cent of the question's points."""
        return self.weight * self.right / self.cases if self.counts and self.cases else 0.0


@dataclass(frozen=True)
class Verdict:
    """The judgement on one function. state: right, partly, wrong, unfilled or timeout.

    groups: what the score is made of. mistakes: the known mistake that it looks like, or several that come to the same
    numbers. nearest: whether they explain a part only of what is wrong; more: whether something else is wrong then, that the
    mistake leaves right; explained: the first visible case with a difference that they explain, and this difference alone.
    printed: what it wrote in the first visible case in which it wrote anything.
    """

    question: Question
    state: str
    score: float
    results: tuple[CaseResult, ...]
    groups: tuple[Group, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    nearest: bool = False
    more: bool = False
    explained: CaseResult | None = None
    printed: str = ""

    @property
    def mistake(self) -> Mistake | None:
        """The first of the mistakes, None if there is none."""
        return self.mistakes[0] if self.mistakes else None

    @property
    def passed(self) -> int:
        """How many of the cases it has passed, by their results."""
        return sum(result.status == "passed" for result in self.results)


def examine(question: Question, call: Callable[[Case], Outcome]) -> Verdict:
    """Call the function on every case and judge it. After a time-out the rest is skipped; twins are not.

    Twins and recorded cases are asked where not all is right.
    """
    outcomes = [Outcome("skipped")] * len(question.calls)

    def ask(places: Iterable[int]) -> None:
        for i in places:
            outcomes[i] = call(question.calls[i])
            if outcomes[i].kind in LAST:
                return

    ask(range(len(question.cases)))
    verdict = verdict_on(question, outcomes)
    further = twins_of_returned(question, outcomes)
    if not any(outcome.kind in LAST for outcome in outcomes):
        further += places_as_recorded(question)
    if verdict.state == "right" or not further:
        return verdict
    ask(further)
    return verdict_on(question, outcomes)


def twins_of_returned(question: Question, outcomes: list[Outcome]) -> list[int]:
    """The places, in `question.calls`, of the twins of cases that returned something. What did not has nothing to show."""
    returned = {case.name for case, out in zip(question.cases, outcomes, strict=False) if out.kind == "returned"}
    return [i for i, twin in enumerate(question.twins, start=len(question.cases)) if twin.name in returned]


def places_as_recorded(question: Question) -> list[int]:
    """The places, in `question.calls`, of the hidden cases as they are recorded, where they are asked with other numbers."""
    return list(range(len(question.cases) + len(question.twins), len(question.calls)))


def verdict_on(question: Question, outcomes: Sequence[Outcome]) -> Verdict:
    """The judgement on what came of `question.calls`, in their order.

    Mistakes are named by the recorded cases alone, so that the name is the same with whatever numbers points are given.
    """
    judged = [judge(question, case, out) for case, out in zip(question.calls, outcomes, strict=True)]
    seen = [outcomes[place] for place in question.evidence]
    failed = [i for i, place in enumerate(question.evidence) if judged[place].status != "passed"]
    judged = judged[: len(question.cases) + len(question.twins)]
    if _is_one_number(judged, outcomes):
        judged = [_guessed(result) if result.status == "passed" else result for result in judged]
    own, twins = judged[: len(question.cases)], judged[len(question.cases) :]
    is_wrong = any(result.status != "passed" for result in own)
    exactly, roughly = _known(question.as_recorded, seen, failed) if is_wrong and failed else ((), None)
    results = _as_far_as_twins_go(own, {twin.case.name: twin for twin in twins}, bool(exactly))
    groups = groups_of(results, question.form_given)
    return Verdict(
        question=question,
        state=_state(results, groups),
        score=round(question.points * sum(group.earned for group in groups) / 100, 2),
        results=tuple(results),
        groups=groups,
        mistakes=roughly.mistakes if roughly else exactly,
        nearest=bool(roughly),
        more=roughly is not None and roughly.more,
        explained=_first_explained(question, results, roughly.way, outcomes) if roughly else None,
        printed=next(
            (o.printed for case, o in zip(question.cases, outcomes, strict=False) if o.printed and not case.hidden), ""
        ),
    )


def _known(
    question: Question, seen: Sequence[Outcome], failed: list[int]
) -> tuple[tuple[Mistake, ...], Nearest | None]:
    """The mistakes that explain all, or else the nearest. A result at which this stumbles has no name."""
    try:
        exactly = recognise(question, seen)
        return exactly, None if exactly else nearest(question, seen, failed)
    except Exception:
        return (), None


def _first_explained(
    question: Question, results: Sequence[CaseResult], way: Sequence[dict], outcomes: Sequence[Outcome]
) -> CaseResult | None:
    """The first visible case that differs in a part in which a mistake gives the same, with this difference alone.

    way: what the mistake came to in each case.
    """
    for result, recorded, outcome in zip(results, way, outcomes, strict=False):
        if result.case.hidden or not result.differences or recorded["kind"] != "returned":
            continue
        parts = compare(recorded["value"], outcome.value, question.rtol, question.atol, names=question.parts)
        same = {part.where for part in parts if not part.differs}
        explained = next((difference for difference in result.differences if difference.where in same), None)
        if explained:
            return replace(result, differences=(explained,))
    return None


def _is_one_number(results: Sequence[CaseResult], outcomes: Sequence[Outcome]) -> bool:
    """Whether one and the same number is returned whatever is given, and is not right for all of it: a guess."""
    returned = [(result, out.value) for result, out in zip(results, outcomes, strict=False) if out.kind == "returned"]
    numbers = {_number(value) for _, value in returned}
    return (
        len(returned) > 1 and len(numbers) == 1 and numbers != {None} and any(r.status != "passed" for r, _ in returned)
    )


def _guessed(result: CaseResult) -> CaseResult:
    return replace(result, status="differs", differences=(Difference("", ONE_NUMBER),))


def _number(value) -> float | None:
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    return float(value) if isinstance(value, (bool, int, float)) else None


def _as_far_as_twins_go(results: list[CaseResult], twins: dict[str, CaseResult], is_known: bool) -> list[CaseResult]:
    """The results, those of visible cases being right only as far as their twins are, unless all is right anyway.

    A case for which there are no other numbers has no twin: it counts where any ordinary hidden case does, or where all
    results are those of one known mistake (is_known), which no table has. Students have neither twins nor hidden cases, and so
    nothing changes for them.
    """
    if not any(r.case.hidden for r in results) or all(r.status == "passed" for r in results):
        return results
    shown = next((r for r in results if r.case.hidden and not r.case.edge and r.status == "passed"), NOTHING)
    return [r if r.case.hidden else _as_far_as(r, twins.get(r.case.name, r if is_known else shown)) for r in results]


def _as_far_as(result: CaseResult, twin: CaseResult) -> CaseResult:
    result = replace(
        result,
        well_formed=result.well_formed and twin.well_formed,
        any_right=result.has_right_part and twin.has_right_part,
    )
    if result.status != "passed" or twin.status == "passed":
        return result
    if twin.status == "skipped":
        return replace(
            result, status="skipped", message="Not tried with other numbers, since a case could not be finished."
        )
    if twin.status in LAST:
        return replace(result, status=twin.status, message=f"With other numbers: {twin.message or 'it did not end'}")
    return replace(result, status="only here", message="Right for the numbers of the notebook, not for others.")


def groups_of(results: list[CaseResult], form_given: bool = False) -> tuple[Group, ...]:
    """Shape and keys, values, and edge cases, as far as the question has them.

    A single number has no shape to get right, and a form that is given none to earn. Shapes are worth something once some
    part of an ordinary result is right, say the biases: an input given back has the right shapes too, and so do zeros.
    Edge cases are once an ordinary case passes: zeros are right where zeros happen to be right.
    """
    ordinary = [result for result in results if not result.case.edge]
    edges = [result for result in results if result.case.edge]
    formed = FORM_WEIGHT if any(_has_form(result.case) for result in results) and not form_given else 0
    edged = EDGE_WEIGHT if edges else 0
    right, right_edges = (sum(r.status == "passed" for r in group) for group in (ordinary, edges))
    anything = any(result.has_right_part for result in ordinary)
    groups = (
        Group("shape and keys", sum(result.well_formed for result in results), len(results), formed, counts=anything),
        Group("values", right, len(ordinary), 100 - formed - edged),
        Group("edge cases", right_edges, len(edges), edged, counts=right > 0),
    )
    return tuple(group for group in groups if group.weight)


def _has_form(case: Case) -> bool:
    return case.accuracy is not None or not (case.expected is None or isinstance(case.expected, (bool, int, float)))


def _state(results: list[CaseResult], groups: tuple[Group, ...]) -> str:
    statuses = {result.status for result in results}
    if statuses == {"passed"}:
        return "right"
    if "timeout" in statuses:
        return "timeout"
    if statuses == {"unfilled"}:
        return "unfilled"
    return "partly" if any(group.earned for group in groups) else "wrong"


def judge(question: Question, case: Case, outcome: Outcome) -> CaseResult:
    """One case: passed, or what differs and which parts are right."""
    if outcome.kind == "skipped":
        return CaseResult(case, "skipped", message="Not tried, since an earlier case could not be finished.")
    if outcome.kind == "unfilled" and (said := about_a_raise_left_in(outcome.line, outcome.around, question.given)):
        return CaseResult(case, "raised", message=said, error="NotImplementedError", advice=said)
    if outcome.kind != "returned":
        return CaseResult(case, outcome.kind, message=outcome.message, error=outcome.error, advice=outcome.advice)
    try:
        parts = _compared(question, case, outcome.value)
    except Exception as error:  # whatever a student's function may return, a card comes out
        said = f"What it returns cannot be compared ({type(error).__name__})."
        return CaseResult(case, "unusable", message=said)
    differences = tuple(part for part in parts if part.differs)
    if not differences:
        return CaseResult(case, "passed", well_formed=True)
    right = [part for part in parts if not part.differs and part.where]
    return CaseResult(
        case,
        "differs",
        differences,
        right=tuple(part.where for part in right),
        any_right=_is_more_than_zeros(outcome.value) and not all(part.outward for part in right),
        well_formed=not any(part.form for part in parts),
    )


def _is_more_than_zeros(value) -> bool:
    return any(
        leaf.any() if isinstance(leaf, np.ndarray) else isinstance(leaf, float) and leaf for leaf in leaves(value)
    )


def _compared(question: Question, case: Case, value) -> list[Difference] | tuple[Difference, ...]:
    """The parts of a result, by the rule of the case."""
    if case.below is not None:
        return not_below(case.below, value)
    if case.accuracy is not None:
        return not_accurate(case.expected, case.accuracy, value)
    return compare(case.expected, value, question.rtol, question.atol, names=question.parts)
