"""How far honest results in float32 lie from what is expected, beyond what the questions allow double precision.

python benchmarks/float32.py [--quick]

For every function of the assignments in NumPy, the reference solution is run on all cases, hidden ones of several seeds and
twins too, in the ways in which people come to float32. A question's need is the largest distance that its own tolerance
does not cover, in units of float32's epsilon (1.2e-7) times the largest entry of the array. `FLOAT32_ROUNDING` in
checking/comparison.py has to be above the largest of them, which is printed last. --quick: two seeds.
"""

import argparse
from collections.abc import Callable
from functools import wraps

import numpy as np

from autograde.authoring.asking import questions_for_run
from autograde.authoring.script import read_script, solution_namespace
from autograde.course import this_course
from checking.calls import call_case
from checking.plain import leaves
from checking.questions import Case, Question
from helpers.adapters import replaced

NUMPY = [
    assignment for assignment in this_course().assignments if assignment not in ("foundations", "tensorflow_signs")
]
EPSILON = float(np.finfo(np.float32).eps)
# The check takes the difference of two costs that agree in all but their last digits: only its result can be float32.
DOUBLE_INSIDE = ("gradient_check", "gradient_check_n")


def single(value):
    """Plain data with float32 in place of double precision, in arrays and in NumPy's own numbers."""
    if isinstance(value, dict):
        return {key: single(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(single, value))
    if getattr(value, "dtype", None) != np.float64:
        return value
    with np.errstate(over="ignore"):
        return value.astype(np.float32)


class SingleNumPy:
    """NumPy, or a module of it, whose functions return float32 instead of double precision."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name: str):
        found = getattr(self._module, name)
        if isinstance(found, type(np)):
            return SingleNumPy(found)
        if isinstance(found, type) or not callable(found):
            return found
        return lambda *args, **how: single(found(*args, **how))


def result_only(function: Callable) -> Callable:
    """Computed in double precision, returned as float32."""
    return lambda *args: single(function(*args))


def arrays_given(function: Callable) -> Callable:
    """Arrays are cast before anything is computed; the rest is as it comes."""
    return lambda *args: single(function(*single(args)))


def arrays_only(function: Callable) -> Callable:
    """The same, and all that NumPy gives on the way is float32."""

    def run(*args):
        with replaced(function, {"np": SingleNumPy(np)}):
            return single(function(*single(args)))

    return run


def everything(function: Callable) -> Callable:
    """Numbers too, such as the learning rate."""

    def run(*args):
        numbers = [np.float32(arg) if isinstance(arg, float) else arg for arg in args]
        return arrays_only(function)(*numbers)

    return run


def first_argument(function: Callable) -> Callable:
    """Only the first argument is float32, so that both kinds meet."""
    return lambda first, *rest: single(function(single(first), *rest))


WAYS = (result_only, arrays_given, arrays_only, everything, first_argument)


def ways_of(name: str) -> tuple[Callable, ...]:
    """The ways in which a question can be answered in float32."""
    return WAYS[:1] if name in DOUBLE_INSIDE else WAYS


def need(question: Question, case: Case, way: Callable, function: Callable) -> float:
    """How many epsilons of the largest entry a result is away beyond the question's tolerance; 0 if not at all."""
    if case.below is not None:
        return 0.0
    outcome = call_case(wraps(function)(way(function)), case)
    found, expected = leaves(outcome.value), leaves(case.expected)
    assert outcome.kind == "returned", (question.name, case.name, outcome)
    assert len(found) == len(expected), (question.name, case.name)
    return max(_beyond(question, e, f) for e, f in zip(expected, found, strict=True))


def _beyond(question: Question, expected, found) -> float:
    if not isinstance(expected, (float, int, np.ndarray)):
        return 0.0
    expected, found = np.asarray(expected, float), np.asarray(found, float)
    beyond = np.abs(found - expected) - question.atol - question.rtol * np.abs(expected)
    largest = np.abs(expected).max(initial=0)
    excess = max(beyond.max(initial=0), 0.0)
    return float(excess / largest / EPSILON) if excess else 0.0


def needs(seeds) -> dict[tuple[str, str], dict[str, float]]:
    """What each question needs in each way, over the recorded cases and those of these seeds."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for assignment in NUMPY:
        functions = solution_namespace(read_script(this_course().script(assignment)))
        for seed in (None, *seeds):
            for question in questions_for_run(assignment, seed).values():
                line = found.setdefault((assignment, question.name), {})
                for way in ways_of(question.name):
                    worst = max(need(question, case, way, functions[question.name]) for case in question.calls)
                    line[way.__name__] = max(worst, line.get(way.__name__, 0.0))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two seeds instead of twenty")
    options = parser.parse_args()
    found = needs(range(1, 3 if options.quick else 21))
    print("| question | " + " | ".join(way.__name__.replace("_", " ") for way in WAYS) + " |")
    print("|---|" + "--:|" * len(WAYS))
    for (_, name), line in found.items():
        cells = [f"{line[way.__name__]:.1f}" if way.__name__ in line else "" for way in WAYS]
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"float32_need: {max(max(line.values()) for line in found.values()):.1f}")


if __name__ == "__main__":
    main()
