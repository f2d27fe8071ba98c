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
from types import CodeType
from typing import Any

import numpy as np

from checking.explain import MAX_READ, StudentError, explanation
from checking.plain import NotPlain, leaves, place_of, plain
from checking.time_limit import time_limit

SECONDS_PER_CALL = 10
PRINTED_KEPT = 2_000  # characters
LINE_SHOWN = 120  # characters of a line of the student's
AS_IT_RAN = re.compile(r"^Graph execution error:.*?\nNode: [^\n]*\n", re.DOTALL)  # how one in a session begins
IN_GRAPH = "in user code:"  # how an error begins in a function that TensorFlow has rewritten for a graph
STUB = re.compile(r"raise\b.*\bNotImplementedError\b")


@dataclass(frozen=True)
class Outcome:
    """What one call came to. `kind` is returned, raised, unfilled, timeout or unusable; `value` counts if returned.

    message: one or two sentences for the student, for every kind but returned and unfilled. printed: what the call wrote.
    error: the type of the exception, for kind raised; advice: what it means, if that is known. line, around: for kind unfilled,
    in which line of its cell the function itself says `raise NotImplementedError`, and the lines of code above and below it.
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
        outcome = _not_written(error, function) or _raised(error, function)
    except NotPlain as problem:
        where = f" in `{_of_result(problem.where)}`" if problem.where else ""
        wanted = problem.why or "; numbers and arrays were expected."
        outcome = Outcome("unusable", message=f"It returns {problem.what}{where}{wanted}")
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
        return Outcome(
            "unusable", message="It returns nothing (None). Does every way through the function end at a `return`?"
        )
    parts = leaves(value)
    if parts and all(part is None or part is Ellipsis for part in parts):
        return Outcome("unfilled")
    for sign, name in ((None, "None"), (..., "`...`")):
        if any(part is sign for part in parts):
            where = _of_result(place_of(value, sign))
            return Outcome("unusable", message=f"Part of what it returns is still {name}: `{where}`.")
    return Outcome("returned", value)


def _of_result(place: str) -> str:
    """A place in a result as the student would write it: the first key of a dict says enough without it."""
    return f"result{place}" if place.startswith("[") else place


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
        text = _words(error)
        first = text.partition("\n")[0].strip()
        number, line, column = _own_line(error, function)
        place = f"in line {number}, `{_excerpt(line, column).rstrip(':')}`:" if line else f"in line {number}:"
        where = place if number else "with"
        said = f"{kind}: {first[:200]}" if text else kind
        advice = explanation(StudentError(kind, text[:MAX_READ], line))
        return Outcome("raised", message=f"It stops {where} {said}", error=kind, advice=advice)
    return Outcome("raised", message=f"It stops with an error of type {kind}", error=kind)


def _words(error: BaseException) -> str:
    """What an error says. TensorFlow's begin with the name of a node, or of a graph's with the lines that led to it."""
    text = AS_IT_RAN.sub("", str(error).strip())
    if text.startswith(IN_GRAPH):
        text = text.rpartition(f"{type(error).__name__}: ")[2].strip()
    return re.sub(r"^\{\{function_node \S+\}\} ", "", text)


def _own_line(error: BaseException, function: Callable) -> tuple[int, str, int]:
    """Number and text of the line at which the function's cell had arrived, and where in it; 0 if it is none of its own."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return 0, "", 0
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == code.co_filename]
    numbers = [f.lineno or 0 for f in frames]
    if not numbers and str(error).startswith(IN_GRAPH):  # rewritten for a graph: its words have the lines
        numbers = [int(n) for n in re.findall(rf'File "{re.escape(code.co_filename)}", line (\d+)', str(error))]
    number = numbers[-1] if numbers else 0
    line = linecache.getline(code.co_filename, number)
    column = (frames[-1].colno or 0) if frames else 0
    return number, line.strip(), max(0, column - (len(line) - len(line.lstrip())))


def _excerpt(line: str, column: int) -> str:
    """A line as it is shown: of a long one, the part with this column in it, with dots where it goes on."""
    if len(line) <= LINE_SHOWN:
        return line
    start = 0 if column < LINE_SHOWN // 2 else min(column - LINE_SHOWN // 4, len(line) - LINE_SHOWN)
    end = start + LINE_SHOWN
    return f"{'...' if start else ''}{line[start:end]}{'...' if end < len(line) else ''}"


def nearest_code(lines: Iterable[str]) -> str:
    """The first of these lines that is no comment, "" if the function ends before."""
    code = next((line for line in lines if line.strip() and not line.strip().startswith("#")), "")
    return code.strip() if code[:1].isspace() or code.startswith("def ") else ""


def _not_written(error: NotImplementedError, function: Callable) -> Outcome | None:
    """What is not written yet: this function, or another of the notebook that it calls. None for an error of a library."""
    with contextlib.suppress(Exception):
        own, trace = inspect.unwrap(function), innermost(error.__traceback__)
        frame, number = trace.tb_frame, trace.tb_lineno
        line = linecache.getline(frame.f_code.co_filename, number).strip()
        if frame.f_globals is not own.__globals__ or (line and not STUB.match(line)):
            return None
        name = frame.f_code.co_name.removeprefix("tf__")  # as TensorFlow calls what it has rewritten for a graph
        if frame.f_code not in _codes_in(own.__code__):
            if name == own.__name__:
                return Outcome("unfilled")
            advice = f"Write `{name}` first and run its cell, then run this one again."
            said = f"It calls `{name}`, which is not written yet."
            return Outcome("raised", message=said, error="NotImplementedError", advice=advice)
        if not line:
            return Outcome("unfilled")
        lines = linecache.getlines(frame.f_code.co_filename)
        above, below = nearest_code(reversed(lines[: number - 1])), nearest_code(lines[number:])
        return Outcome("unfilled", line=number, around=(above[:200], below[:200]))
    return None


def innermost(trace):
    """The part of a traceback at which the error was raised."""
    while trace.tb_next:
        trace = trace.tb_next
    return trace


def _codes_in(code: CodeType) -> list[CodeType]:
    """The code of a function, and of all that is defined inside it."""
    inside = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [code, *(deeper for part in inside for deeper in _codes_in(part))]


class _TimeLimit(BaseException):
    """Raised inside a call that takes too long; no `except Exception` of the student's catches it."""
