"""Call a student's function so that whatever it does becomes a value: a result, an error, silence or a time-out.

Every call gets fresh copies of its inputs, a fixed random state, a time limit, and its prints are kept aside.
"""

import contextlib
import dis
import importlib
import inspect
import io
import linecache
import re
import traceback
import warnings
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checking.explain import MAX_READ, StudentError, explanation
from checking.plain import NotPlain, leaves, plain
from checking.time_limit import time_limit

SECONDS_PER_CALL = 10
PRINTED_KEPT = 2_000  # characters


@dataclass(frozen=True)
class Outcome:
    """What one call came to. `kind` is returned, raised, unfilled, timeout or unusable; `value` counts if returned.

    message: one or two sentences for the student, for every kind but returned and unfilled. printed: what the call wrote.
    error: the type of the exception, for kind raised; advice: what it means, if that is known. line, around: for kind unfilled,
    in which line of its cell the function says `raise NotImplementedError`, and the lines of code above and below that one.
    """

    kind: str
    value: Any = None
    message: str = ""
    printed: str = ""
    error: str = ""
    advice: str = ""
    line: int = 0
    around: tuple[str, ...] = ()


def call_case(function: Callable, case) -> Outcome:
    """Call a function as a case says: a checking.questions.Case, or its author's CaseInput."""
    return call(function, case.args, case.stubs, case.adapter)


def call(
    function: Callable,
    args: tuple,
    stubs: str | None = None,
    adapter: str | None = None,
    seconds: float = SECONDS_PER_CALL,
) -> Outcome:
    """Call `function(*args)` on copies of `args`; never raises for anything that the function does.

    It starts with numpy's random state at seed 0, and leaves it as the function does: reading it takes longer than most
    calls, so callers save and restore the state, once for all calls.
    """
    adapted = _named(adapter)(function) if adapter else function
    printed = io.StringIO()
    np.random.seed(0)
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
            replaced(function, _named(stubs) if stubs else {}),
            time_limit(seconds, _TimeLimit()),
        ):
            warnings.simplefilter("ignore")
            outcome = _judged(function, adapted(*deepcopy(args)))
    except _TimeLimit:
        outcome = Outcome("timeout", message=f"It was still running after {seconds:g} seconds. Does every loop end?")
    except KeyboardInterrupt:
        outcome = Outcome("timeout", message="It was stopped while it was running. Does every loop end?")
    except NotImplementedError as error:
        outcome = _unfilled(error, function)
    except NotPlain as problem:
        where = f" in {problem.where}" if problem.where else ""
        outcome = Outcome("unusable", message=f"It returns {problem.what}{where}; numbers and arrays were expected.")
    except BaseException as error:  # a student's code may raise anything, SystemExit included
        outcome = _raised(error, function)
    return replace(outcome, printed=printed.getvalue()[:PRINTED_KEPT])


def _named(place: str) -> Any:
    """What a course has for its questions, by its place: 'helpers.adapters.with_dtype'."""
    module, _, name = place.rpartition(".")
    return getattr(importlib.import_module(module), name)


@contextlib.contextmanager
def replaced(function: Callable, names: dict[str, Any]):
    """Put other values under global names of the function for the length of one call."""
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    kept = {name: namespace[name] for name in names if name in namespace}
    namespace.update(names)
    try:
        yield
    finally:
        for name in names.keys() - kept.keys():
            namespace.pop(name, None)
        namespace.update(kept)  # names that were there keep their place


def _judged(function: Callable, result) -> Outcome:
    value = plain(result)
    if value is None and _does_something(function):
        return Outcome("unusable", message="It returns nothing (None). Is the `return` missing?")
    parts = leaves(value)
    if parts and all(part is None or part is Ellipsis for part in parts):
        return Outcome("unfilled")
    if any(part is None or part is Ellipsis for part in parts):
        return Outcome("unusable", message="Part of what it returns is still None or `...`.")
    return Outcome("returned", value)


def _does_something(function: Callable) -> bool:
    """Whether the body computes at all; a body of `pass`, `...` or `x = None` does not."""
    try:
        operations = {instruction.opname for instruction in dis.get_instructions(inspect.unwrap(function))}
    except TypeError:  # not a function with code of its own
        return True
    return any(name.startswith(("CALL", "BINARY", "STORE_SUBSCR", "FOR_ITER", "COMPARE")) for name in operations)


def _raised(error: BaseException, function: Callable) -> Outcome:
    """Name, message and the student's own line of an error, in one or two short lines, and what it means."""
    kind = type(error).__name__
    with contextlib.suppress(Exception):  # str(error) is the student's code too
        text = str(error)
        number, line = _own_line(error, function)
        where = f"in line {number}, `{line[:120]}`:" if number else "with"
        said = f"{kind}: {_first_line(text)[:200]}" if text else kind
        advice = explanation(StudentError(kind, text[:MAX_READ], line))
        return Outcome("raised", message=f"It stops {where} {said}", error=kind, advice=advice)
    return Outcome("raised", message=f"It stops with an error of type {kind}", error=kind)


def _first_line(text: str) -> str:
    """TensorFlow's errors begin with the name of a node, and go on for lines."""
    return re.sub(r"^\{\{function_node \S+\}\} ", "", text.strip()).partition("\n")[0].strip()


def _own_line(error: BaseException, function: Callable) -> tuple[int, str]:
    """Number and text of the line at which the function's cell had arrived; 0 if it is none of its own."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if code and f.filename == code.co_filename]
    if not frames:
        return 0, ""
    number = frames[-1].lineno or 0
    return number, linecache.getline(frames[-1].filename, number).strip()


def nearest_code(lines: Iterable[str]) -> str:
    """The first of these lines that is no comment, "" if the function ends before."""
    code = next((line for line in lines if line.strip() and not line.strip().startswith("#")), "")
    return code.strip() if code[:1].isspace() or code.startswith("def ") else ""


def _unfilled(error: NotImplementedError, function: Callable) -> Outcome:
    """What is not written yet, or is, and the line that says it is not stands there still."""
    with contextlib.suppress(Exception):
        number, line = _own_line(error, function)
        if line.startswith("raise NotImplementedError"):
            lines = linecache.getlines(inspect.unwrap(function).__code__.co_filename)
            above, below = nearest_code(reversed(lines[: number - 1])), nearest_code(lines[number:])
            return Outcome("unfilled", line=number, around=(above[:200], below[:200]))
    return Outcome("unfilled")


class _TimeLimit(BaseException):
    """Raised inside a call that takes too long; no `except Exception` of the student's catches it."""
