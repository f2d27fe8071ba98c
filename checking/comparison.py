"""The one comparison: what a student's function returned against what the reference solution returned.

Pure functions of plain data. What differs is said in words for the student; whether the form is wrong or only the numbers
decides on part of the points.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count, takewhile

import numpy as np

from checking.plain import leaves
from checking.words import plural, share

MAX_WEIGHTS = 1_000_000  # of one layer of a net that is judged
ENOUGH_FOR_A_SPREAD = 100  # numbers; the spread of fewer says little
# Of the largest entry of an array of float32. Honest ones are off by 8.5 epsilons (benchmarks/float32.py measures it).
FLOAT32_ROUNDING = 16 * float(np.finfo(np.float32).eps)
MAX_KEYS = 6  # of a result, in a sentence
MAX_TEXT = 60  # letters of a text that was returned, in a sentence
FORM = ("shape", "shapes")  # keys under which an adapter tells what form a result has, so that its numbers are form
OUTWARD = (*FORM, "dtype")  # and those under which nothing of the result's own numbers is


@dataclass(frozen=True)
class Difference:
    """One part of a result, and what is wrong about it. `where` is its path, "" for the whole result.

    said: the words, "" if nothing is wrong, or what finds them: how numbers differ takes longer to say than to see, and few
    are read. form: the key, the kind, the shape or the number of values is wrong, and not the numbers alone. outward: it is
    about no number of the result.
    """

    where: str
    said: str | Callable[[], str] = ""
    form: bool = False
    outward: bool = False

    @property
    def differs(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.said)

    @cached_property
    def what(self) -> str:
        """What is wrong, in words; "" if nothing is."""
        if isinstance(self.said, str):
            return self.said
        with np.errstate(all="ignore"):  # whatever the student has made of it
            return self.said()


def compare(expected, found, rtol: float, atol: float, names: tuple = ()) -> list[Difference]:
    """Every part of `expected`, with what is wrong about its counterpart in `found`.

    The walk follows `expected`, so an empty dict cannot pass; extra keys in `found` do no harm. Lists and tuples stand
    for each other, so do ints, floats and bools that are equal as numbers. names: see `parts` of checking.questions.Question.
    """
    return list(_walk(expected, found, rtol, atol, "", names))


def is_same(expected, found, rtol: float, atol: float) -> bool:
    """Whether `compare` finds nothing wrong."""
    return not any(part.differs for part in _walk(expected, found, rtol, atol, "", ()))


def _walk(expected, found, rtol, atol, where: str, names: tuple) -> Iterator[Difference]:
    if isinstance(expected, dict):
        yield from _compare_dicts(expected, found, rtol, atol, where, names)
    elif isinstance(expected, (list, tuple)):
        yield from _compare_sequences(expected, found, rtol, atol, where, names)
    elif isinstance(expected, np.ndarray):
        yield _compare_array(expected, found, rtol, atol, where)
    elif isinstance(expected, (bool, int, float)):
        yield _compare_number(expected, found, rtol, atol, where)
    elif type(expected) is type(found) and expected == found:
        yield Difference(where)
    else:
        said = f"expected {expected!r}, got {_kind(found) if not isinstance(found, str) else repr(found[:MAX_TEXT])}"
        yield Difference(where, said, form=type(expected) is not type(found))


def _compare_dicts(expected: dict, found, rtol, atol, where, names) -> Iterator[Difference]:
    if not isinstance(found, dict):
        yield Difference(where, f"expected a dict, got {_kind(found)}", form=True)
        return
    there = _not_expected(expected, found)
    for key, value in expected.items():
        inside = f"{key} in {where}" if where else key
        if key not in found:
            yield Difference(inside, f"the key is missing{_near(key, found) or there}", form=True)
            there = ""  # once is enough
            continue
        inner = names if isinstance(value, tuple) else ()  # an adapter has put the result beside what it says of it
        for part in _walk(value, found[key], rtol, atol, inside, inner):
            if key in OUTWARD:
                part = replace(part, outward=True, form=part.form or (key in FORM and part.differs))
            yield part


def _not_expected(expected: dict, found: dict) -> str:
    """A note on the keys of a result, if there is one among them that was not expected."""
    if found.keys() <= expected.keys():
        return ""
    keys = [repr(key[:20]) for key in found]
    more = ", …" if len(keys) > MAX_KEYS else ""
    return f" (the keys are {', '.join(keys[:MAX_KEYS])}{more})" if len(keys) > 1 else f" (the only key is {keys[0]})"


def _near(key: str, found: dict) -> str:
    """A note on a key that differs in case only, or that was to be filled in, slips that are hard to see."""
    near = [other for other in found if other.lower() == key.lower()]
    if near:
        return f" (there is {near[0]!r}: upper and lower case matter)"
    unfilled = next((other for other in found if "{" in other and other[0] == key[0]), None)
    return f" (there is {unfilled!r}: the letter f is missing before its quotes)" if unfilled else ""


def _compare_sequences(expected, found, rtol, atol, where, names) -> Iterator[Difference]:
    if not isinstance(found, (list, tuple)):
        yield Difference(where, f"expected {_values(expected, names)}, got {_kind(found)}", form=True)
        return
    if len(found) != len(expected):
        got = len(found) or f"an empty {type(found).__name__}"
        yield Difference(where, f"expected {_values(expected, names)}, got {got}", form=True)
        return
    if len(names) == len(expected) and isinstance(expected, tuple):
        named = [(name, ()) if isinstance(name, str) else name for name in names]
        inside = [(f"{name} in {where}" if where else name, deeper) for name, deeper in named]
    elif isinstance(expected, list) and names:
        item, deeper = names
        inside = [(f"{item} {i + 1}", deeper) for i in range(len(expected))]
    else:
        inside = [(f"{_nth(i)} in {where}" if where else _nth(i), ()) for i in range(len(expected))]
    for part, theirs, (place, deeper) in zip(expected, found, inside, strict=True):
        yield from _walk(part, theirs, rtol, atol, place, deeper)


def _values(expected, names: tuple) -> str:
    """How many values were expected, and what those of a list are called."""
    said = plural(len(expected), "value")
    if not (isinstance(expected, list) and names and expected):
        return said
    first, last = f"{names[0]} 1", f"{names[0]} {len(expected)}"
    return f"{said} ({first})" if first == last else f"{said} ({first} to {last})"


def _nth(i: int) -> str:
    ordinals = ("first", "second", "third", "fourth", "fifth")
    return f"{ordinals[i]} value" if i < len(ordinals) else f"value {i + 1}"


def _compare_number(expected, found, rtol, atol, where) -> Difference:
    if isinstance(found, np.ndarray):
        if found.size != 1:
            return Difference(where, f"expected a single number, got an array of shape {found.shape}", form=True)
        found = found.item()  # np.squeeze forgotten: the number is what counts
    if not isinstance(found, (bool, int, float)):
        return Difference(where, f"expected a number, got {_kind(found)}", form=True)
    if close(expected, found, rtol, atol).all():
        return Difference(where)
    if math.isnan(found):
        return Difference(where, f"expected {_show(expected)}, got nan (not a number)")
    return Difference(
        where,
        lambda: f"expected {_show(expected)}, got {_show(found)}{_relation(np.array([expected]), np.array([found]))}",
    )


def _compare_array(expected: np.ndarray, found, rtol, atol, where) -> Difference:
    array = _as_array(found) if isinstance(found, (list, tuple)) else found
    if not isinstance(array, np.ndarray):
        said = array if isinstance(found, (list, tuple)) else _kind(found)
        return Difference(where, f"expected an array of shape {expected.shape}, got {said}", form=True)
    if isinstance(found, (list, tuple)) and not found and expected.size:
        said = f"expected shape {expected.shape}, got an empty {type(found).__name__}"
        return Difference(where, said, form=True)
    if array.shape != expected.shape:
        note = ""
        if array.shape == expected.shape[::-1]:
            note = ", which is its transpose"
        elif array.ndim == 1 and expected.ndim == 2 and array.size == expected.size:
            note = ", which is flat: an axis is missing"
        return Difference(where, f"expected shape {expected.shape}, got {array.shape}{note}", form=True)
    bad = ~close(expected, array, rtol, atol)
    return Difference(where, (lambda: _wrong_numbers(expected, array, bad)) if bad.any() else "")


def _as_array(found: list | tuple) -> np.ndarray | str:
    """Nested lists of numbers as an array; in words what they are, where they are none."""
    if not all(isinstance(leaf, (bool, int, float, np.ndarray)) for leaf in leaves(found)):
        return "a list of other things"
    try:
        array = np.array(found)
        if array.dtype == object:  # integers of more than 64 bits
            array = array.astype(float)
    except ValueError:
        return f"{_kind(found)} of uneven parts"
    return array if array.dtype.kind in "biuf" else "a list of other things"


def _wrong_numbers(expected: np.ndarray, found: np.ndarray, bad: np.ndarray) -> str:
    """How many entries differ, the first of them, and how all of them follow from what was expected."""
    if np.isnan(found).any() and not np.isnan(expected).any():
        return f"{share(int(np.isnan(found).sum()), found.size, 'entries', 'is', 'are')} nan (not a number)"
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    at = f"[{', '.join(map(str, first))}]"
    if bad.size == 1:
        where = "the entry differs:"
    else:
        some = share(int(bad.sum()), bad.size, "entries", "differs", "differ")
        where = f"{f'all {bad.size} entries differ' if bad.all() else some}; at {at}"
    return f"{where} expected {_show(expected[first])}, got {_show(found[first])}{_relation(expected, found)}"


def close(expected, found, rtol, atol) -> np.ndarray:
    """What np.isclose(found, expected, rtol, atol, equal_nan=True) says, in a quarter of its time on small arrays.

    An array of float32 is not held to more digits than it has after a few sums.
    """
    x, y = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    same = x == y
    if same.all():
        return same
    if isinstance(found, np.ndarray) and found.dtype == np.float32:
        atol += FLOAT32_ROUNDING * float(np.abs(y[np.isfinite(y)]).max(initial=0))
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(x - y) <= atol + rtol * np.abs(y)
    return near & np.isfinite(y) | same | np.isnan(x) & np.isnan(y)


def _relation(expected: np.ndarray, found: np.ndarray) -> str:
    """A sentence on how all of `found` follows from `expected`, where it does: a factor, a sign, a spread beyond chance."""
    yes_or_no = any(np.isin(array, (0, 1)).all() for array in (expected, found))
    counts = np.issubdtype(expected.dtype, np.integer)  # or names places, of which nothing is a multiple
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
            # Of two of one size whose difference or sum stays 0, everything is a multiple.
            balanced = ratio.size == 2 and np.isclose(*np.abs(expected[nonzero]))
            if ratio.size > 1 and not counts and not balanced:
                return f". Everything is {_show(ratio[0])} times what was expected"
    spread = expected.std()
    if expected.size >= ENOUGH_FOR_A_SPREAD and spread > 0 and not yes_or_no:
        chance = 4 / np.sqrt(expected.size)  # four standard errors of the ratio, and more, if both are drawn
        if abs(found.std() / spread - 1) <= chance:
            return ""
        return f". Its standard deviation is {_show(found.std())}; {_show(spread)} was expected"
    return ""


def not_below(bound: float, found) -> tuple[Difference, ...]:
    """What is wrong, if this is not a number from 0 up to the bound."""
    number = found.item() if isinstance(found, np.ndarray) and found.size == 1 else found
    if isinstance(number, (int, float)) and 0 <= number < bound:
        return ()
    is_number = isinstance(number, (int, float))
    shown = _show(number) if is_number else _kind(found)
    return (Difference("", f"expected a number from 0 up to {bound:g}, got {shown}", form=not is_number),)


def not_accurate(unseen: tuple[np.ndarray, np.ndarray], wanted: float, found) -> tuple[Difference, ...]:
    """What is wrong, if trained parameters W1, b1, ... do not label unseen inputs well enough. ReLU between the layers."""
    X, labels = unseen
    try:
        right = float(np.mean(_scores(found, X).argmax(axis=0) == labels))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        what = f"the trained parameters W1, b1, ... were expected, with {X.shape[0]} inputs; this is {_kind(found)}"
        return (Difference("", what, form=True),)
    if right >= wanted:
        return ()
    share = f"it is right on {right:.0%} of {labels.size} examples that it has not seen"
    return (Difference("", f"{share}; {wanted:.0%} at least was expected"),)


def _scores(parameters: dict, X: np.ndarray) -> np.ndarray:
    """The last layer's Z, shape (n_L, m), of which the largest is the answer.

    ValueError unless W1, b1, ... follow one another, with one bias a unit and not more units than anybody needs. What else
    there is counts for nothing.
    """
    Z = A = X
    if not isinstance(parameters, dict) or "W1" not in parameters:
        raise ValueError
    for l in takewhile(lambda l: f"W{l}" in parameters, count(1)):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        if W.shape != (len(b), len(A)) or b.shape not in ((len(b), 1), (len(b),)) or W.size > MAX_WEIGHTS:
            raise ValueError
        Z = W @ A + b
        A = np.maximum(Z, 0)
    return Z


def _kind(value) -> str:
    """What a plain value is, in words."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    names = {"NoneType": "None", "dict": "a dict", "list": "a list", "tuple": "a tuple", "str": "a string"}
    name = names.get(type(value).__name__) or f"the number {_show(value)}"
    return f"{name} of {len(value)}" if isinstance(value, (dict, list, tuple)) else name


def _show(number) -> str:
    if isinstance(number, (bool, np.bool_)):
        return str(number)
    return f"{float(number):.6g}"
