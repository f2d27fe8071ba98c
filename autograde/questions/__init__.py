"""What is asked: the cases of every graded function, and the mistakes that people make in it.

A module here per assignment: for each graded function `name = question("name", visible(...), hidden(...), ...)`, and
under it the named mistakes, each a small wrong solution. Points stand in the solution script, beside the check cell.
"""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from types import ModuleType

import numpy as np


@dataclass(frozen=True)
class CaseInput:
    """One call to make: see helpers.questions.Case, which adds what the reference solution returned.

    unseen: with `accuracy`, the inputs and labels on which the parameters are judged.
    """

    name: str
    args: tuple
    hidden: bool
    below: float | None = None
    stand_ins: str | None = None
    adapter: str | None = None
    accuracy: float | None = None
    unseen: tuple | None = None


@dataclass(frozen=True)
class WrongSolution:
    """A named mistake: `function` is what such a student would have written."""

    name: str
    diagnosis: str
    hint: str
    function: Callable


@dataclass
class Asked:
    """All that is asked about one function."""

    name: str
    cases: tuple[CaseInput, ...]
    rtol: float
    atol: float
    section: str
    mistakes: list[WrongSolution] = field(default_factory=list)


def visible(name: str, *args, **how) -> CaseInput:
    """A case that students have. `name` says in a few words what is special about it; `how`: see CaseInput."""
    return CaseInput(name, args, hidden=False, **how)


def hidden(name: str, *args, **how) -> CaseInput:
    """A case that only the grader has. Students are shown its name, so it names the kind and not the data."""
    return CaseInput(name, args, hidden=True, **how)


def question(name: str, *cases: CaseInput, rtol: float = 1e-5, atol: float = 1e-7, section: str = "") -> Asked:
    """The cases of one graded function. section: the heading of the notebook to read again."""
    return Asked(name, cases, rtol, atol, section)


def mistake(asked: Asked, name: str, hint: str) -> Callable:
    """Decorator: adds the function below as a named mistake; its docstring is the one-line diagnosis."""

    def add(function: Callable) -> Callable:
        diagnosis = " ".join((inspect.getdoc(function) or "").split())
        asked.mistakes.append(WrongSolution(name, diagnosis, hint, function))
        return function

    return add


def asked_in(assignment: str) -> dict[str, Asked]:
    """The questions of an assignment by function name, in the order of its module."""
    module: ModuleType = importlib.import_module(f"autograde.questions.{assignment}")
    return {value.name: value for value in vars(module).values() if isinstance(value, Asked)}


def draws(seed: int) -> Callable[..., np.ndarray]:
    """randn(*shape) of a stream of its own, rounded to 6 decimals so that every machine gets the same inputs."""
    stream = np.random.RandomState(seed)
    return lambda *shape: np.round(stream.randn(*shape), 6)


def net_parameters(seed: int, *layers_dims: int, scale: float = 0.5) -> dict[str, np.ndarray]:
    """Random W1, b1, ... for layers of these sizes, biases not zero, for cases."""
    randn = draws(seed)
    parameters = {}
    for l, (fan_in, units) in enumerate(pairwise(layers_dims), start=1):
        parameters[f"W{l}"] = np.round(randn(units, fan_in) * scale, 6)
        parameters[f"b{l}"] = np.round(randn(units, 1) * scale, 6)
    return parameters
