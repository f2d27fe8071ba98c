"""What questions are written with: the cases of every graded function, and the mistakes that people make in it.

`solutions/<assignment>/questions.py` has, for each graded function, `name = question("name", visible(...), hidden(...), ...)`, and
under it the named mistakes, each an edit of the reference solution. Points stand in the solution script, beside the check cell.

Every run of the grader may ask hidden cases with inputs of its own. So they come from `stream`, `draws`, `net_parameters`,
`drawn` and `within`, which give the recorded values, or others while a copy of the module is loaded for a run. What a
case is about (an input of zeros, a beta of 0) is written as it is. Visible cases are written in the same way: students get
the recorded values, and the grader asks each once more with others, as its twin (see autograde.authoring.asking). Random arrays of
a twin are near to the recorded ones, so that what is right by chance in one is right in the other.
"""

import ast
import hashlib
import importlib.util
import inspect
import textwrap
import traceback
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from autograde.authoring.script import Script, read_script, run_source, solution_namespace, solution_source
from autograde.course import CourseError, this_course

STREAMS = "autograde.questions"  # begins the names of random streams: another word, and every seed asks something else


@dataclass(frozen=True)
class CaseInput:
    """One call to make: see checking.questions.Case, which adds what the reference solution returned.

    unseen: with `accuracy`, the inputs and labels on which the parameters are judged. one_answer: the same comes out
    whatever the numbers are, as far as anybody can see. alone: there are no other numbers, so a visible case has no twin.
    """

    name: str
    args: tuple
    hidden: bool
    below: float | None = None
    stubs: str | None = None
    adapter: str | None = None
    accuracy: float | None = None
    edge: bool = False
    unseen: tuple | None = None
    one_answer: bool = False
    alone: bool = False


@dataclass(frozen=True)
class WrongSolution:
    """A named mistake of a graded function: `function` is what such a student has, and `source` how they wrote it.

    also: other ways to write it, which come to other numbers.
    """

    name: str
    diagnosis: str
    hint: str
    function: Callable
    source: str
    also: tuple[Callable, ...] = ()


@dataclass
class QuestionSpec:
    """All that is asked about one function."""

    name: str
    cases: tuple[CaseInput, ...]
    rtol: float
    atol: float
    section: str
    hints: tuple[str, ...]
    form_given: bool
    equivalent: tuple[Sequence[str], ...] = ()
    items: tuple[str, ...] = ()
    mistakes: list[WrongSolution] = field(default_factory=list)


def visible(name: str, *args, **how) -> CaseInput:
    """A case that students have. `name` says in a few words what is special about it; `how`: see CaseInput.

    edge=True where a function that is right otherwise may fail: one example, one layer, a factor of 0, the last batch.
    """
    return CaseInput(name, args, hidden=False, **how)


def hidden(name: str, *args, **how) -> CaseInput:
    """A case that only the grader has. Students are shown its name, so it names the kind and not the data."""
    return CaseInput(name, args, hidden=True, **how)


def question(
    name: str,
    *cases: CaseInput,
    rtol: float = 1e-5,
    atol: float = 1e-7,
    section: str = "",
    hints: tuple[str, ...] = (),
    form_given: bool = False,
    equivalent: tuple[Sequence[str], ...] = (),
    items: tuple[str, ...] = (),
) -> QuestionSpec:
    """The cases of one graded function. section: the heading of the notebook to read again.

    hints: for students who ask, whether they have begun or not: first where to begin, then what is easily missed. They
    lead, and leave the answer to be found. form_given: see checking.questions.Question. equivalent: edits after which the
    solution is right all the same; each mistake is known with them too. items: what an item of the list that the function
    returns is called, and after that the parts of such an item, if it is a tuple.
    """
    if not cases:
        raise CourseError(f"{_told(_LOADING.get())}: {name} has no case; add a visible and a hidden one")
    for kind, there in (("visible", not all(case.hidden for case in cases)), ("hidden", any(c.hidden for c in cases))):
        if not there:
            raise CourseError(f"{_told(_LOADING.get())}: {name} has no {kind} case; add one")
    if isinstance(hints, str):
        raise CourseError(f'{_told(_LOADING.get())}: hints of {name} are a text; write them as ("one", "another")')
    return QuestionSpec(name, cases, rtol, atol, section, hints, form_given, equivalent, items)


def mistake(
    asked: QuestionSpec, name: str, *edits: str, says: str = "", hint: str, also: Sequence[Sequence[str]] = ()
) -> Callable | None:
    """A named mistake. says: the diagnosis, in one line.

    edits: what the mistake differs in from the reference solution, old text and new text in turns. Each old text stands
    there exactly once. also: further edits, of the solution too, that make the same mistake in another way, where that comes
    to other numbers. Without edits this is a decorator, for people who take another way altogether: it adds the function
    below, whose docstring is the diagnosis.
    """
    assignment = _LOADING.get()
    if edits:
        if not says:
            raise CourseError(f"{_told(assignment)}, mistake {name!r} of {asked.name}: says= is missing, the diagnosis")
        source = _edited(assignment, asked.name, name, edits)
        ways = [source, *(_edited(assignment, asked.name, name, tuple(other)) for other in also)]
        ways += [way for edits in asked.equivalent if (way := _also_edited(source, edits))]
        function, *others = (_defined(assignment, asked.name, way) for way in ways)
        asked.mistakes.append(WrongSolution(name, says, hint, function, source, tuple(others)))
        return None

    def add(function: Callable) -> Callable:
        diagnosis = says or " ".join((inspect.getdoc(function) or "").split())
        asked.mistakes.append(WrongSolution(name, diagnosis, hint, function, _renamed(function, asked.name)))
        return function

    return add


@cache  # a module of questions is loaded once for each draw
def _edited(assignment: str, function: str, name: str, edits: tuple[str, ...]) -> str:
    """The reference solution of a function with these edits. Raises CourseError."""
    names_in(assignment)  # which says so if a solution stops
    source = solution_source(script_of(assignment), function)

    def wrong(what: str) -> CourseError:
        return CourseError(f"{_told(assignment)}, mistake {name!r} of {function}: {what}")

    if source is None:
        raise wrong("there is no such solution in notebook.py")
    if len(edits) % 2:
        raise wrong("after the old text comes the new one, but their number is odd")
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        if (times := source.count(old)) != 1:
            raise wrong(f"{old!r} stands there {times} times, and has to once")
        source = source.replace(old, new)
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise wrong(f"what comes of it is no Python: {error.msg}: {(error.text or '').strip()}") from None
    return source


def _also_edited(source: str, edits: Sequence[str]) -> str:
    """A source with edits of the solution that are no mistake, "" if it has not each old text once."""
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        if source.count(old) != 1:
            return ""
        source = source.replace(old, new)
    return source


def equivalents_of(asked: QuestionSpec, assignment: str) -> list[Callable]:
    """The solution with each of the edits that leave it right. Raises CourseError."""
    sources = [_edited(assignment, asked.name, "equivalent=", tuple(edits)) for edits in asked.equivalent]
    return [_defined(assignment, asked.name, source) for source in sources]


@cache
def _defined(assignment: str, function: str, source: str) -> Callable:
    """The function that a source defines among the names of the notebook."""
    namespace = dict(names_in(assignment))
    run_source(source, f"<a mistake of {function}: {hash(source)}>", namespace)
    return namespace[function]


@cache
def names_in(assignment: str) -> dict:
    """What the notebook of an assignment defines, with its reference solutions; to be copied before it is used."""
    return solution_namespace(script_of(assignment))


@cache
def script_of(assignment: str) -> Script:
    """The script of an assignment, read once; not to be changed."""
    return read_script(this_course().script(assignment))


def _told(assignment: str) -> str:
    return this_course().told(this_course().questions(assignment))


def _renamed(function: Callable, name: str) -> str:
    """The source of a function under another name, without decorators and docstring."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    defined = tree.body[0]
    assert isinstance(defined, ast.FunctionDef)
    defined.name, defined.decorator_list = name, []
    if ast.get_docstring(defined):
        defined.body = defined.body[1:]
    return ast.unparse(defined)


def specs_in(assignment: str, run: str | None = None, twins: bool = False) -> dict[str, QuestionSpec]:
    """The questions of an assignment by function name, in the order of its module.

    run: any text; the inputs then follow from it and from nothing else. twins: whether inputs are for twins of visible
    cases, and not for hidden cases.
    """
    module = (
        module_of(assignment) if run is None else _loaded(assignment, _RunDraws(f"{run}/{STREAMS}.{assignment}", twins))
    )
    return {value.name: value for value in vars(module).values() if isinstance(value, QuestionSpec)}


@cache
def module_of(assignment: str) -> ModuleType:
    """The questions.py of an assignment, loaded once. Raises CourseError."""
    return _loaded(assignment, None)


def _loaded(assignment: str, run: "_RunDraws | None") -> ModuleType:
    """The same, loaded anew, with the inputs of a run."""
    spec = importlib.util.spec_from_file_location(f"questions_of_{assignment}", this_course().questions(assignment))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    loading, running = _LOADING.set(assignment), _RUN.set(run)
    try:
        spec.loader.exec_module(module)
    except CourseError:
        raise
    except FileNotFoundError:
        raise CourseError(f"{_told(assignment)} is missing: it has the cases of each function") from None
    except Exception as error:
        lines = [str(f.lineno) for f in traceback.extract_tb(error.__traceback__) if f.filename == spec.origin]
        line = str(error.lineno) if isinstance(error, SyntaxError) else (lines or ["1"])[-1]
        words = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
        raise CourseError(f"{_told(assignment)}, line {line}: {words}") from error
    finally:
        _RUN.reset(running)
        _LOADING.reset(loading)
    return module


class _RunDraws:
    """Where the inputs of a run come from, while a module is loaded for it."""

    def __init__(self, key: str, twins: bool):
        self.key, self.twins = key, twins
        self.values = 0  # drawn so far

    def stream(self, name: str) -> np.random.RandomState:
        return np.random.RandomState(list(hashlib.sha256(f"{self.key}/{name}".encode()).digest()))

    def next_stream(self) -> np.random.RandomState:
        self.values += 1
        return self.stream(f"value {self.values}")


_LOADING: ContextVar[str] = ContextVar("assignment")
_RUN: ContextVar[_RunDraws | None] = ContextVar("run", default=None)


def stream(seed: int, same_in_twins: bool = False) -> np.random.RandomState:
    """Random numbers of a stream of their own: always the same in the recording, others in each run."""
    run = _RUN.get()
    if run is None or (run.twins and same_in_twins):
        return np.random.RandomState(seed)
    return run.stream(f"stream {seed}")


def drawn(recorded: Any, draw: Callable[[np.random.RandomState], Any]) -> Any:
    """`recorded`; in a run draw(stream) instead. For inputs that would be literals otherwise."""
    run = _RUN.get()
    return recorded if run is None else draw(run.next_stream())


def within(recorded: float, low: float, high: float) -> Any:
    """`recorded`; in a run a number from low to high instead: whole if these are, else of four digits."""
    if isinstance(low, int) and isinstance(high, int):
        return drawn(recorded, lambda rng: int(rng.randint(low, high + 1)))
    return drawn(recorded, lambda rng: float(f"{rng.uniform(low, high):.4g}"))


def sizes(*recorded: int, most: int = 9) -> list[int]:
    """layers_dims; in a run others of as many layers, from 2 to about `most` units, no two neighbours alike."""

    def draw(rng):
        layers_dims = [int(n) for n in rng.randint(2, most + 1, len(recorded))]
        for l in range(1, len(recorded)):
            layers_dims[l] += layers_dims[l] == layers_dims[l - 1]
        return layers_dims

    return drawn(list(recorded), draw)


def draws(seed: int, decimals: int | None = 6) -> Callable[..., np.ndarray]:
    """randn(*shape) of a stream of its own, rounded so that every machine gets the same inputs.

    In a twin each number is as recorded up to 5 to 20 per cent: far more than any tolerance, and no sign changes.
    """
    rng, run = stream(seed, same_in_twins=True), _RUN.get()
    factors = run.stream(f"factors {seed}") if run is not None and run.twins else None

    def randn(*shape: int) -> np.ndarray:
        array = rng.randn(*shape)
        if factors is not None:
            array *= 1 + factors.choice([-1, 1], shape) * factors.uniform(0.05, 0.2, shape)
        return array if decimals is None else np.round(array, decimals)

    return randn


def net_parameters(seed: int, *layers_dims: int, scale: float = 0.5) -> dict[str, np.ndarray]:
    """Random W1, b1, ... for layers of these sizes, biases not zero, for cases."""
    randn = draws(seed)
    parameters = {}
    for l, (fan_in, units) in enumerate(pairwise(layers_dims), start=1):
        parameters[f"W{l}"] = np.round(randn(units, fan_in) * scale, 6)
        parameters[f"b{l}"] = np.round(randn(units, 1) * scale, 6)
    return parameters


def rounded(cache: tuple) -> tuple:
    """A forward pass's cache of 6 decimals, for cases: (Z1, A1, W1, b1, ...), or (Z1, D1, A1, ...) with masks.

    No Z is exactly 0, since right solutions may differ in the derivative of ReLU there.
    """
    parts = [part if part.dtype == bool else np.round(part, 6) for part in cache]
    for l in range(0, len(parts), 5 if any(part.dtype == bool for part in parts) else 4):
        parts[l] = np.where(parts[l] == 0, -1e-6, parts[l])
    return tuple(parts)
