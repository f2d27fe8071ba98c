"""The one comparison: what a student's function returned against what the reference solution returned.

Pure functions of plain data. The notebook's `check` and the grader both come here, so that they can never disagree.
How the function is called is not known here: `examine` is handed a `call` that takes a case and gives an Outcome.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.calls import Outcome
from helpers.nets import forward_propagation
from helpers.plain import leaves
from helpers.questions import Case, Mistake, Question

MAX_WEIGHTS = 1_000_000  # of one layer of a net that is judged
FLOAT32_RTOL = 1e-3  # float32 carries seven digits, and sums lose some


@dataclass(frozen=True)
class Difference:
    """One place where a result is not what was expected. `where` is its path, "" for the whole result."""

    where: str
    what: str


@dataclass(frozen=True)
class CaseResult:
    """How one case went. status: passed, differs, raised, unusable, unfilled, timeout or skipped.

    right: paths of the parts that are as expected, when others are not.
    """

    case: Case
    status: str
    differences: tuple[Difference, ...] = ()
    right: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class Verdict:
    """The judgement on one function. state: right, partly, wrong, unfilled or timeout.

    printed: what it wrote in the first visible case in which it wrote anything.
    """

    question: Question
    state: str
    score: float
    results: tuple[CaseResult, ...]
    mistake: Mistake | None = None
    printed: str = ""

    @property
    def passed(self) -> int:
        return sum(result.status == "passed" for result in self.results)


def examine(question: Question, call: Callable[[Case], Outcome]) -> Verdict:
    """Call the function on every case and judge it. Each case counts the same; after a time-out the rest is skipped."""
    results: list[CaseResult] = []
    outcomes: list[Outcome] = []
    for case in question.cases:
        if results and results[-1].status in ("timeout", "died", "skipped"):
            outcomes.append(Outcome("skipped"))
            results.append(CaseResult(case, "skipped", message="Not tried, because an earlier case did not end."))
            continue
        outcomes.append(call(case))
        results.append(judge(question, case, outcomes[-1]))
    passed = sum(result.status == "passed" for result in results)
    return Verdict(
        question=question,
        state=_state(results, passed),
        score=round(question.points * passed / len(results), 2),
        results=tuple(results),
        mistake=None if passed == len(results) else recognise(question, outcomes),
        printed=next(
            (o.printed for case, o in zip(question.cases, outcomes, strict=True) if o.printed and not case.hidden), ""
        ),
    )


def _state(results: list[CaseResult], passed: int) -> str:
    if passed == len(results):
        return "right"
    statuses = {result.status for result in results}
    if "timeout" in statuses:
        return "timeout"
    if passed == 0 and statuses == {"unfilled"}:
        return "unfilled"
    return "partly" if passed else "wrong"


def judge(question: Question, case: Case, outcome: Outcome) -> CaseResult:
    """One case: passed, or what differs and which parts are right."""
    if outcome.kind != "returned":
        return CaseResult(case, outcome.kind, message=outcome.message)
    if case.below is not None:
        differences = _not_below(case.below, outcome.value)
        return CaseResult(case, "differs" if differences else "passed", differences)
    if case.accuracy is not None:
        differences = _not_accurate(case.expected, case.accuracy, outcome.value)
        return CaseResult(case, "differs" if differences else "passed", differences)
    parts = compare(case.expected, outcome.value, question.rtol, question.atol)
    differences = tuple(d for d in parts if d.what)
    right = tuple(d.where for d in parts if not d.what and d.where)
    return CaseResult(case, "differs", differences, right) if differences else CaseResult(case, "passed")


def recognise(question: Question, outcomes: list[Outcome]) -> Mistake | None:
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


def compare(expected, found, rtol: float, atol: float, where: str = "") -> list[Difference]:
    """Every part of `expected` with what is wrong about its counterpart in `found` ("" if nothing is).

    The walk follows `expected`, so an empty dict cannot pass; extra keys in `found` do no harm. Lists and tuples stand
    for each other, so do ints, floats and bools that are equal as numbers.
    """
    if isinstance(expected, dict):
        return _compare_dicts(expected, found, rtol, atol, where)
    if isinstance(expected, (list, tuple)):
        return _compare_sequences(expected, found, rtol, atol, where)
    if isinstance(expected, np.ndarray):
        return [Difference(where, _array_difference(expected, found, rtol, atol))]
    if isinstance(expected, (bool, int, float)):
        return [Difference(where, _number_difference(expected, found, rtol, atol))]
    same = type(expected) is type(found) and expected == found
    return [Difference(where, "" if same else f"{expected!r} was expected, this is {_kind(found)}")]


def _compare_dicts(expected: dict, found, rtol, atol, where) -> list[Difference]:
    if not isinstance(found, dict):
        return [Difference(where, f"a dict was expected, this is {_kind(found)}")]
    parts = []
    for key, value in expected.items():
        inside = f"{where}[{key!r}]" if where else key
        if key in found:
            parts += compare(value, found[key], rtol, atol, inside)
        else:
            parts.append(Difference(inside, f"the key is missing{_near(key, found)}"))
    return parts


def _near(key: str, found: dict) -> str:
    """A note on a key that differs in case only, a slip that is hard to see."""
    near = [other for other in found if other.lower() == key.lower()]
    return f" (there is {near[0]!r}: upper and lower case matter)" if near else ""


def _compare_sequences(expected, found, rtol, atol, where) -> list[Difference]:
    if not isinstance(found, (list, tuple)):
        return [Difference(where, f"{len(expected)} values were expected, this is {_kind(found)}")]
    if len(found) != len(expected):
        return [Difference(where, f"{len(expected)} values were expected, there are {len(found)}")]
    pairs = enumerate(zip(expected, found, strict=True))
    return [part for i, (e, f) in pairs for part in compare(e, f, rtol, atol, f"{where}[{i}]" if where else _nth(i))]


def _nth(i: int) -> str:
    ordinals = ("first", "second", "third", "fourth", "fifth")
    return f"{ordinals[i]} value" if i < len(ordinals) else f"value {i + 1}"


def _number_difference(expected, found, rtol, atol) -> str:
    if isinstance(found, np.ndarray):
        if found.size != 1:
            return f"a single number was expected, this is an array of shape {found.shape}"
        found = found.item()  # np.squeeze forgotten: the number is what counts
    if not isinstance(found, (bool, int, float)):
        return f"a number was expected, this is {_kind(found)}"
    if _close(expected, found, rtol, atol).all():
        return ""
    if np.isnan(found):
        return f"{_show(expected)} was expected, this is nan (not a number)"
    return f"{_show(expected)} was expected, this is {_show(found)}{_relation(np.array([expected]), np.array([found]))}"


def _array_difference(expected: np.ndarray, found, rtol, atol) -> str:
    if isinstance(found, (list, tuple)):
        if not all(isinstance(leaf, (bool, int, float, np.ndarray)) for leaf in leaves(found)):
            return f"an array of shape {expected.shape} was expected, this is a list of other things"
        try:
            found = np.array(found)
        except ValueError:
            return f"an array of shape {expected.shape} was expected, this is {_kind(found)} of uneven parts"
        if found.dtype.kind not in "biuf":
            return f"an array of shape {expected.shape} was expected, this is a list of other things"
    if not isinstance(found, np.ndarray):
        return f"an array of shape {expected.shape} was expected, this is {_kind(found)}"
    if found.shape != expected.shape:
        turned = ", which is its transpose" if found.shape == expected.shape[::-1] else ""
        return f"shape {expected.shape} was expected, this is {found.shape}{turned}"
    if found.dtype == np.float32:
        rtol = max(rtol, FLOAT32_RTOL)
        atol = max(atol, FLOAT32_RTOL * float(np.abs(expected).max(initial=0)))
    bad = ~_close(expected, found, rtol, atol)
    if not bad.any():
        return ""
    if np.isnan(found).any() and not np.isnan(expected).any():
        return f"{int(np.isnan(found).sum())} of {found.size} entries are nan (not a number)"
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    at = f"[{', '.join(map(str, first))}]"
    count = f"all {bad.size} entries differ" if bad.all() else f"{int(bad.sum())} of {bad.size} entries differ"
    return (
        f"{count}; at {at} {_show(expected[first])} was expected, this is {_show(found[first])}"
        f"{_relation(expected, found)}"
    )


def _close(expected, found, rtol, atol) -> np.ndarray:
    """What np.isclose(found, expected, rtol, atol, equal_nan=True) says, in a quarter of its time on small arrays."""
    x, y = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(x - y) <= atol + rtol * np.abs(y)
    return near & np.isfinite(y) | (x == y) | np.isnan(x) & np.isnan(y)


def _relation(expected: np.ndarray, found: np.ndarray) -> str:
    """A sentence on how all of `found` follows from `expected`, where it does: a factor, a sign, a shift."""
    expected, found = expected.astype(float), found.astype(float)
    if not (np.isfinite(expected).all() and np.isfinite(found).all()):
        return ""
    nonzero = expected != 0
    if nonzero.any() and (found[~nonzero] == 0).all():
        ratio = found[nonzero] / expected[nonzero]
        if np.allclose(ratio, ratio[0], rtol=1e-4, atol=0) and expected.size > 1:
            if np.isclose(ratio[0], -1):
                return ". The sign is reversed everywhere"
            if ratio[0] == 0:
                return ". Everything is zero"
            return f". Everything is {_show(ratio[0])} times what was expected"
    if expected.size >= 8 and expected.std() > 0 and not np.isclose(found.std(), expected.std(), rtol=0.02):
        return f". Its standard deviation is {_show(found.std())}; {_show(expected.std())} was expected"
    return ""


def _not_below(bound: float, found) -> tuple[Difference, ...]:
    number = found.item() if isinstance(found, np.ndarray) and found.size == 1 else found
    if isinstance(number, (int, float)) and 0 <= number < bound:
        return ()
    shown = _show(number) if isinstance(number, (int, float)) else _kind(found)
    return (Difference("", f"a number from 0 up to {bound:g} was expected, this is {shown}"),)


def _not_accurate(unseen: tuple[np.ndarray, np.ndarray], wanted: float, found) -> tuple[Difference, ...]:
    """Whether trained parameters W1, b1, ... label inputs that they have not seen well enough. ReLU between the layers."""
    X, labels = unseen
    try:
        _require_layers(found, X.shape[0])
        _, cache = forward_propagation(X, found)
        right = float(np.mean(cache[-4].argmax(axis=0) == labels))  # the last Z: the largest of it is the answer
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        what = f"the trained parameters W1, b1, ... were expected, with {X.shape[0]} inputs; this is {_kind(found)}"
        return (Difference("", what),)
    if right >= wanted:
        return ()
    share = f"it is right on {right:.0%} of {labels.size} examples that it has not seen"
    return (Difference("", f"{share}; {wanted:.0%} at least was expected"),)


def _require_layers(parameters: dict, inputs: int) -> None:
    """ValueError unless W1, b1, ... follow one another, with one bias a unit and not more units than anybody needs."""
    for l in range(1, len(parameters) // 2 + 1):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        if W.shape != (len(b), inputs) or b.shape not in ((len(b), 1), (len(b),)) or W.size > MAX_WEIGHTS:
            raise ValueError
        inputs = len(b)


def _kind(value) -> str:
    """What a plain value is, in words."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    names = {"NoneType": "None", "dict": "a dict", "list": "a list", "tuple": "a tuple", "str": "a string"}
    name = names.get(type(value).__name__, f"the number {value!r}")
    return f"{name} of {len(value)}" if isinstance(value, (dict, list, tuple)) else name


def _show(number) -> str:
    return f"{float(number):.6g}"
