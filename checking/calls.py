"""Call a student's function so that whatever it does becomes a value: a result, an error, silence or a time-out.

Every call gets fresh copies of its inputs, a fixed random state, a time limit, and its prints are kept aside.
"""

import contextlib
import dis
import importlib
import inspect
import io
import linecache
import traceback
import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checking.plain import NotPlain, leaves, plain
from checking.time_limit import time_limit

SECONDS_PER_CALL = 10
PRINTED_KEPT = 2_000  # characters


@dataclass(frozen=True)
class Outcome:
    """What one call came to. `kind` is returned, raised, unfilled, timeout or unusable; `value` counts if returned.

    message: one or two sentences for the student, for every kind but returned. printed: what the call wrote. error: the
    type of the exception, for kind raised.
    """

    kind: str
    value: Any = None
    message: str = ""
    printed: str = ""
    error: str = ""


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
    except NotImplementedError:
        outcome = Outcome("unfilled")
    except NotPlain as problem:
        where = f" in {problem.where}" if problem.where else ""
        outcome = Outcome("unusable", message=f"It returns {problem.what}{where}; numbers and arrays were expected.")
    except BaseException as error:  # a student's code may raise anything, SystemExit included
        outcome = Outcome("raised", message=_describe(error, function), error=type(error).__name__)
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


def _describe(error: BaseException, function: Callable) -> str:
    """Name, message and the student's own line of an error, in one or two short lines."""
    with contextlib.suppress(Exception):  # str(error) is the student's code too
        text = str(error)
        code = getattr(inspect.unwrap(function), "__code__", None)
        frames = [f for f in traceback.extract_tb(error.__traceback__) if code and f.filename == code.co_filename]
        said = f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
        if not frames:
            return f"It stops with {said}"
        line = linecache.getline(frames[-1].filename, frames[-1].lineno or 0).strip()
        return f"It stops in line {frames[-1].lineno}, `{line[:120]}`: {said}"
    return f"It stops with an error of type {type(error).__name__}"


class _TimeLimit(BaseException):
    """Raised inside a call that takes too long; no `except Exception` of the student's catches it."""
