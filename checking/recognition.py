"""Which known mistake a wrong function has: the one that explains all its results, or else the one that comes nearest.

The evidence is what each mistake returns in each case, recorded beside what the reference solution returns.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from checking.calls import Outcome
from checking.comparison import close, compare
from checking.plain import leaves
from checking.questions import Case, Mistake, Question

ENOUGH = 3  # telling numbers, or shapes, or keys; fewer may agree by chance
Path = tuple[str | int, ...]


class _Absent:
    """Stands where a result has no part of that path."""


ABSENT = _Absent()


def recognise(question: Question, outcomes: Sequence[Outcome]) -> Mistake | None:
    """The known mistake whose results are these on every case, and that is wrong on at least one of them."""
    for mistake in question.mistakes:
        pairs = list(zip(mistake.outcomes, outcomes, strict=True))
        if all(_same(theirs, mine, question) for theirs, mine in pairs):
            return mistake
    return None


def _same(recorded: dict, outcome: Outcome, question: Question) -> bool:
    """Whether a recorded outcome {"kind", "value"} of a mistake is what the student's function did."""
    if recorded["kind"] != outcome.kind:
        return False
    if outcome.kind != "returned":
        return True
    if _number_of_keys(recorded["value"]) != _number_of_keys(outcome.value):
        return False  # or a mistake that returns {} would be seen in every dict
    return not any(d.what for d in compare(recorded["value"], outcome.value, question.rtol, question.atol))


def _number_of_keys(value) -> int:
    """How many keys all dicts in a value have together."""
    if isinstance(value, dict):
        return len(value) + sum(map(_number_of_keys, value.values()))
    return sum(map(_number_of_keys, value)) if isinstance(value, (list, tuple)) else 0


def nearest(question: Question, outcomes: Sequence[Outcome], failed: list[int]) -> Mistake | None:
    """The known mistake that explains the most of what is wrong, where no one explains all; None if none does.

    A mistake is named if the function is wrong wherever the mistake is, and if some part of its result is wrong in exactly
    the mistake's way: in at least two of five cases that fail, and in three of four in which the mistake shows, since two
    ways to be wrong may well meet in a special case. failed: the places of those that fail in the question.
    """
    wrong = [_wrong_parts(question, case, outcome) for case, outcome in zip(question.cases, outcomes, strict=True)]
    found: tuple[int, int] = (0, 0)
    best = None
    for mistake in question.mistakes:
        telling = [_telling_numbers(question, i, mistake, outcomes[i], wrong[i]) for i in failed]
        explained = (sum(n > 0 for n in telling), sum(telling))
        if explained <= found or explained[1] < ENOUGH or 5 * explained[0] < 2 * len(failed):
            continue
        shows = _cases_in_which_it_shows(question, mistake, wrong)
        if shows is not None and 4 * explained[0] >= 3 * shows:
            found, best = explained, mistake
    return best


def _wrong_parts(question: Question, case: Case, outcome: Outcome) -> set[Path]:
    """Paths of the parts of what was expected that are missing or otherwise in a result."""
    expected = _parts(_expected(case))
    if outcome.kind != "returned":
        return set(expected)
    return {path for path, part in expected.items() if not _alike(part, _at(outcome.value, path), question)}


def _telling_numbers(question: Question, i: int, mistake: Mistake, outcome: Outcome, wrong: set[Path]) -> int:
    """How many numbers of a result are wrong in exactly the way of a mistake and could hardly be so by chance.

    A wrong shape and a key that should not be there count as one each. A value that anybody may come to says nothing: an
    argument handed back, zeros, ones, the same number everywhere, nan, yes instead of no.
    """
    if outcome.kind != "returned" or mistake.outcomes[i]["kind"] != "returned":
        return 0
    case, found = question.cases[i], 0
    for path, theirs in _parts(mistake.outcomes[i]["value"]).items():
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


def _cases_in_which_it_shows(question: Question, mistake: Mistake, wrong: list[set[Path]]) -> int | None:
    """In how many cases a mistake is wrong; None if the function is right in a part in which the mistake is wrong."""
    shows = 0
    for case, recorded, mine in zip(question.cases, mistake.outcomes, wrong, strict=True):
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
    """Whether two innermost values are the same within the question's tolerance."""
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
