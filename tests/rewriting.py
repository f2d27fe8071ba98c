"""The same function written otherwise: rewritings that change nothing about which mistake it has.

Run as a script, it rewrites every named mistake in every way, asks it as each of some runs of the grader does, and lists
what is not given its own name:  python tests/rewriting.py [--seeds 20] [ASSIGNMENT ...]
"""

import argparse
import ast
import copy
import inspect
from collections.abc import Callable, Iterator

import numpy as np

from autograde.authoring.asking import questions_for_run
from autograde.authoring.questions import WrongSolution, names_in, specs_in
from autograde.course import this_course
from checking.calls import call_case
from checking.examiner import Verdict, examine
from checking.questions import Question


def loop_product(A, B):
    """The matrix product, number by number; of tensors and vectors as usual."""
    if not (isinstance(A, np.ndarray) and isinstance(B, np.ndarray) and A.ndim == B.ndim == 2) or A.shape[1] != len(B):
        return A @ B
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
    return C


class InLoops(ast.NodeTransformer):
    """`A @ B` and np.dot(A, B) as three loops."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return _call("loop_product", node.left, node.right) if isinstance(node.op, ast.MatMult) else node


class EpsilonInside(ast.NodeTransformer):
    """The root of s + epsilon in place of the root of s, plus epsilon."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.Call(ast.Attribute(attr="sqrt"), [inside]) as root, ast.Add(), ast.Name("epsilon")):
                root.args = [ast.BinOp(inside, ast.Add(), node.right)]
                return root
        return node


class ActivationsAboveZero(ast.NodeTransformer):
    """A1 > 0 in place of Z1 > 0, in a net with layers: the same for ReLU."""

    def visit_Compare(self, node):
        match node:
            case ast.Compare(ast.Name(name), [ast.Gt()], [ast.Constant(0)]) if name[0] == "Z" and name[1:].isdigit():
                node.left = ast.Name("A" + name[1:], ast.Load())
        return node


class Augmented(ast.NodeTransformer):
    """`x = x - y` as `x -= y`, which changes an array in place."""

    def visit_Assign(self, node):
        match node:
            case ast.Assign([target], ast.BinOp(left, ast.Add() | ast.Sub() as op, right)) if _same(target, left):
                return ast.AugAssign(target, op, right)
        return node


def _same(a: ast.AST, b: ast.AST) -> bool:
    return ast.unparse(a) == ast.unparse(b)


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def rewritten(assignment: str, name: str, source: str, transformer: ast.NodeTransformer) -> Callable | None:
    """The function of a source after a rewriting; None if there is nothing to rewrite."""
    tree = ast.parse(source)
    new = ast.fix_missing_locations(transformer.visit(copy.deepcopy(tree)))
    if ast.unparse(new) == ast.unparse(tree):
        return None
    namespace = {**names_in(assignment), "loop_product": loop_product}
    exec(compile(new, "<rewritten>", "exec"), namespace)
    return namespace[name]


# What is done to the result


def more_keys(value, changed: dict[int, dict] | None = None):
    """Each dict with keys of its own besides; one that stands in two places is still one. changed: those that were met."""
    changed = {} if changed is None else changed
    if isinstance(value, dict) and id(value) not in changed:
        parts = {key: more_keys(part, changed) for key, part in value.items()}
        changed[id(value)] = {"mine": np.ones((2, 2)), **parts, "m": 5}
    if isinstance(value, dict):
        return changed[id(value)]
    return type(value)(more_keys(part, changed) for part in value) if isinstance(value, (list, tuple)) else value


def nested_lists(value):
    """Arrays as lists, numbers as NumPy's, tuples as lists."""
    if isinstance(value, dict):
        return {key: nested_lists(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [nested_lists(part) for part in value]
    if isinstance(value, np.ndarray):
        return value.tolist() if value.size else value
    return np.float64(value) if isinstance(value, float) else value


def single_precision(value):
    """Arrays of floats as float32, where they are not too large for it."""
    if isinstance(value, dict):
        return {key: single_precision(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(single_precision, value))
    if not isinstance(value, np.ndarray) or value.dtype != np.float64:
        return value
    with np.errstate(over="ignore", invalid="ignore"):
        short = value.astype(np.float32)
    return short if (np.isfinite(short) == np.isfinite(value)).all() else value


def into_the_arguments(value, parts, given):
    """Results written into the arrays that came in as an argument of the same name. parts: the names; given: the arguments."""
    for name, part in zip(parts, value if isinstance(value, tuple) else (value,), strict=False):
        for key, new in part.items() if isinstance(part, dict) and isinstance(given.get(name), dict) else ():
            old = given[name].get(key)
            if isinstance(old, np.ndarray) and np.shape(new) == old.shape:
                old[...] = new
                part[key] = old
    return value


def wrapped(function: Callable, change: Callable) -> Callable:
    """The function with its result changed; it keeps its names, which stubs replace."""

    def run(*args):
        return change(function(*args))

    run.__wrapped__ = function
    return run


def with_arguments(function: Callable, parts: tuple) -> Callable:
    """The function, writing into its arguments. parts: what its results are called."""

    def run(*args):
        given = dict(zip(inspect.signature(function).parameters, args, strict=False))
        return into_the_arguments(function(*copy.deepcopy(args)), parts or ("parameters",), given)

    run.__wrapped__ = function
    return run


TRANSFORMERS = {
    "products in loops": InLoops,
    "epsilon inside the root": EpsilonInside,
    "A > 0 for Z > 0": ActivationsAboveZero,
    "in place": Augmented,
}
RESULTS = {"more keys": more_keys, "nested lists": nested_lists, "float32": single_precision}


UNTOUCHED = "helpers.adapters.with_inputs_untouched"
COPIES = "helpers.adapters.with_arrays_of_its_own"
NAMES = ("helpers.adapters.with_sorted_keys", COPIES)


def ways(assignment: str, name: str, wrong: WrongSolution, question: Question) -> Iterator[tuple[str, Callable]]:
    """All rewritings of a mistake, two or three of which every function has, with a name each.

    Whoever has to leave the arguments as they are makes another mistake by writing into them, and whoever has to return certain
    names and no others by returning more; so there these ways are left out.
    """
    may_write = all(case.adapter not in (UNTOUCHED, COPIES) for case in question.cases)
    may_add = all(case.adapter not in NAMES for case in question.cases)
    for way, transformer in TRANSFORMERS.items():
        function = rewritten(assignment, name, wrong.source, transformer())
        if function is not None and (may_write or way != "in place"):
            yield way, function
    for way, change in RESULTS.items():
        if way == "more keys" and not may_add:
            continue
        if assignment != "tensorflow_signs" or way == "more keys":  # there variables and types are asked for
            yield way, wrapped(wrong.function, change)
    if assignment != "tensorflow_signs" and may_write:
        yield "into the arguments", with_arguments(wrong.function, question.parts)


def said_of(verdict: Verdict) -> str:
    """The name that a verdict gives, "" for none."""
    names = " or ".join(mistake.name for mistake in verdict.mistakes)
    return f"nearest: {names}" if verdict.nearest else names


def misnamed(assignment: str, questions: dict, only: slice = slice(None)) -> tuple[int, list[tuple[str, ...]]]:
    """How many rewritings were asked, and of those that are not given their mistake's name: question, mistake, way, name."""
    asked, found = 0, []
    for name, entry in specs_in(assignment).items():
        for wrong in entry.mistakes[only]:
            for way, function in ways(assignment, name, wrong, questions[name]):
                said = examine(questions[name], lambda case, f=function: call_case(f, case))
                asked += 1
                if said_of(said) != (
                    "" if said.state == "right" else wrong.name
                ):  # two dicts that were one are two again
                    found.append((name, wrong.name, way, said_of(said) or said.state))
    return asked, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*", default=this_course().assignments)
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    for assignment in options.assignments:
        for seed in (None, *range(1, options.seeds + 1)):
            asked, found = misnamed(assignment, questions_for_run(assignment, seed))
            print(f"{assignment}, seed {seed}: {asked} asked, {len(found)} not given their name", flush=True)
            for line in found:
                print("   ", " | ".join(line), flush=True)


if __name__ == "__main__":
    main()
