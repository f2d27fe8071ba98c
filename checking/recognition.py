"""Which known mistake a wrong function has: the one that explains all its results, or else the one that comes nearest.

The evidence is what each mistake returns in each case, recorded beside what the reference solution returns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from checking.calls import Outcome
from checking.comparison import close, is_same
from checking.plain import leaves
from checking.questions import Case, Mistake, Question

ENOUGH = 3  # telling numbers, or shapes, or keys; fewer may agree by chance
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Nearest:
    """The known mistakes that come nearest, all to the same numbers. way: what they came to in each case.

    more: whether something is wrong that they leave right.
    """

    mistakes: tuple[Mistake, ...]
    way: Sequence[dict]
    more: bool


class _Absent:
    """Stands where a result has no part of that path."""


ABSENT = _Absent()


def recognise(question: Question, outcomes: Sequence[Outcome]) -> tuple[Mistake, ...]:
    """The known mistakes whose results are these in every recorded case: none, one, or several that come to the same numbers.

    outcomes: what came of the recorded cases, in their order; one of them at least has to be wrong.
    """
    return tuple(m for m in question.mistakes if any(_is_all(question, way, outcomes) for way in m.ways))


def _is_all(question: Question, way: Sequence[dict], outcomes: Sequence[Outcome]) -> bool:
    """Whether what a mistake came to in each case is what the student's function did.

    A function that returns nothing in any case has shown nothing of what it does.
    """
    return any(outcome.kind == "returned" for outcome in outcomes) and all(
        _same(question, case, recorded, outcome)
        for case, recorded, outcome in zip(question.cases, way, outcomes, strict=True)
    )


def _same(question: Question, case: Case, recorded: dict, outcome: Outcome) -> bool:
    """Whether a recorded outcome {"kind", "value", "error"} of a mistake is what the student's function did in a case.

    What the result has besides, under keys of its own, says nothing. What the mistake leaves out, it has to leave out too,
    or a mistake that returns {} would be seen in every dict.
    """
    if recorded["kind"] != outcome.kind or recorded.get("error", "") != outcome.error:
        return False
    if outcome.kind != "returned":
        return True
    value = recorded["value"]
    if not is_same(value, outcome.value, question.rtol, question.atol):
        return False
    left_out = [path for path in _parts(_expected(case)) if path and _at(value, path) is ABSENT]
    return all(_at(outcome.value, path) is ABSENT for path in left_out)


def nearest(question: Question, outcomes: Sequence[Outcome], failed: list[int]) -> Nearest | None:
    """The known mistake that explains the most of what is wrong, where no one explains all; none if none does.

    A mistake is named if the function is wrong wherever the mistake is, and if some part of its result is wrong in exactly
    the mistake's way: in at least two of five cases that fail, and in three of four in which the mistake shows, since two
    ways to be wrong may well meet in a special case. And something else has to be seen to be wrong. failed: the places of
    those recorded cases that fail. Mistakes that come to the same numbers are named together.
    """
    wrong = [_wrong_parts(question, case, outcome) for case, outcome in zip(question.cases, outcomes, strict=True)]
    found: tuple[int, int] = (0, 0)
    best: tuple[Mistake, Sequence[dict]] | None = None
    for mistake, way in ((m, way) for m in question.mistakes for way in m.ways):
        telling = [_telling_numbers(question, i, way[i], outcomes[i], wrong[i]) for i in failed]
        explained = (sum(n > 0 for n in telling), sum(telling))
        if explained <= found or explained[1] < ENOUGH or 5 * explained[0] < 2 * len(failed):
            continue
        shows = _cases_in_which_it_shows(question, way, wrong)
        if shows is not None and 4 * explained[0] >= 3 * shows and _leaves_something(question, way, outcomes, wrong):
            found, best = explained, (mistake, way)
    if best is None:
        return None
    named, numbers = best
    as_outcomes = [Outcome(**recorded) for recorded in numbers]
    others = tuple(other for other in recognise(question, as_outcomes) if other is not named)
    more = any(
        mine - _wrong_parts(question, case, theirs)
        for case, mine, theirs in zip(question.cases, wrong, as_outcomes, strict=True)
    )
    return Nearest((named, *others), numbers, more)


def _leaves_something(
    question: Question, way: Sequence[dict], outcomes: Sequence[Outcome], wrong: list[set[Path]]
) -> bool:
    """Whether some part of a result is wrong in another way than a mistake's."""
    for case, recorded, outcome, paths in zip(question.cases, way, outcomes, wrong, strict=True):
        if not paths or case.below is not None or case.accuracy is not None:
            continue
        if outcome.kind != "returned" or recorded["kind"] != "returned":
            if (outcome.kind, outcome.error) != (recorded["kind"], recorded.get("error", "")):
                return True
        elif not all(_alike(_at(recorded["value"], path), _at(outcome.value, path), question) for path in paths):
            return True
    return False


def _wrong_parts(question: Question, case: Case, outcome: Outcome) -> set[Path]:
    """Paths of the parts of what was expected that are missing or otherwise in a result."""
    expected = _parts(_expected(case))
    if outcome.kind != "returned":
        return set(expected)
    return {path for path, part in expected.items() if not _alike(part, _at(outcome.value, path), question)}


def _telling_numbers(question: Question, i: int, recorded: dict, outcome: Outcome, wrong: set[Path]) -> int:
    """How many numbers of a result are wrong in exactly the way of a mistake (recorded) and could hardly be so by chance.

    A wrong shape and a key that should not be there count as one each. A value that anybody may come to says nothing: an
    argument handed back, zeros, ones, the same number everywhere, nan, yes instead of no.
    """
    if outcome.kind != "returned" or recorded["kind"] != "returned":
        return 0
    case, found = question.cases[i], 0
    for path, theirs in _parts(recorded["value"]).items():
        expected = _at(_expected(case), path)
        if expected is not ABSENT and path not in wrong:
            continue
        if not _alike(theirs, _at(outcome.value, path), question) or _alike(expected, theirs, question):
            continue
        if isinstance(expected, _Absent) or np.shape(expected) != np.shape(theirs):
            found += bool(path)
        elif not _is_common(theirs, case):
            differ = ~close(expected, theirs, question.rtol, question.atol) if _is_number(expected) else np.True_
            found += int(differ.sum())
    return found


def _cases_in_which_it_shows(question: Question, way: Sequence[dict], wrong: list[set[Path]]) -> int | None:
    """In how many cases a mistake is wrong; None if the function is right in a part in which the mistake is wrong."""
    shows = 0
    for case, recorded, mine in zip(question.cases, way, wrong, strict=True):
        if case.below is not None or case.accuracy is not None:
            continue  # not judged part by part
        theirs = _wrong_parts(question, case, Outcome(**recorded))
        if theirs - mine:
            return None
        shows += bool(theirs)
    return shows


def _expected(case: Case):
    """What should come out, where it is judged part by part."""
    return case.expected if case.accuracy is None else None


def _parts(value, path: Path = ()) -> dict[Path, Any]:
    """The innermost values of plain data by their path; lists and tuples stand for each other."""
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, (list, tuple)):
        inside = list(enumerate(value))
    else:
        return {path: value}
    return {deeper: part for key, content in inside for deeper, part in _parts(content, (*path, key)).items()}


def _at(value, path: Path):
    """The part of plain data at a path, or ABSENT."""
    for key in path:
        in_list = isinstance(value, (list, tuple)) and isinstance(key, int) and key < len(value)
        if not (in_list or (isinstance(value, dict) and key in value)):
            return ABSENT
        value = value[key]
    return value


def _is_number(part) -> bool:
    return isinstance(part, (bool, int, float, np.ndarray))


def _alike(expected, found, question: Question) -> bool:
    """Whether two innermost values are the same within the question's tolerance; nested lists stand for arrays."""
    if isinstance(expected, _Absent) or isinstance(found, _Absent):
        return expected is found
    if isinstance(expected, np.ndarray) and isinstance(found, (list, tuple)):
        return is_same(expected, found, question.rtol, question.atol)
    if not (_is_number(expected) and _is_number(found)):
        return type(expected) is type(found) is str and expected == found
    if not isinstance(expected, np.ndarray) and np.size(found) == 1:
        found = np.asarray(found).item()  # an array of one number stands for the number
    if isinstance(expected, np.ndarray) and isinstance(found, np.ndarray):
        if expected.shape != found.shape or _begin_apart(expected, found, question):
            return False
    elif isinstance(expected, np.ndarray) or isinstance(found, np.ndarray):
        return False
    return bool(close(expected, found, question.rtol, question.atol).all())


def _begin_apart(expected: np.ndarray, found: np.ndarray, question: Question) -> bool:
    """Whether the first two numbers differ, for doubles: most arrays that are not alike are told apart by these."""
    if not expected.size or not expected.dtype == found.dtype == np.float64:
        return False
    first = expected.item(0)
    return abs(first - found.item(0)) > 2 * (question.atol + question.rtol * abs(first))


def _is_common(part, case: Case) -> bool:
    """Whether many mistakes come to this value: words, yes and no, the same number everywhere, an argument."""
    if isinstance(part, (bool, str)) or not _is_number(part) or not np.isfinite(part).all():
        return True
    if np.size(part) == 1 and abs(np.asarray(part, float).item()) in (0, 1):
        return True
    if np.size(part) > 1 and np.ptp(np.asarray(part, float)) == 0:
        return True
    return any(np.array_equal(part, argument) for argument in leaves(case.args) if _is_number(argument))
