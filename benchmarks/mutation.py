"""Can the cases be fooled? Every graded function of the reference, changed in one place at a time, must lose points.

python benchmarks/mutation.py [--quick] [--only FUNCTION ...]

A mutant survives if it passes every case. Those that are right although changed are listed, with the reason, in
`equivalent_mutants.toml`; the score is the share of all others that is found out. --quick tries every eighth mutant.
"""

import argparse
import ast
import copy
import multiprocessing
import pickle
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

from autograde.authoring.script import read_script, solution_namespace
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.notebook import grade_id
from checking.calls import call
from checking.examiner import judge
from checking.questions import Question

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
SECONDS = 2  # a call; a mutant that does not end is found out
QUICK = 8  # with --quick, every n-th mutant

OTHER_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add, ast.Mult), ast.Mult: (ast.Div, ast.Add), ast.Div: (ast.Mult, ast.Sub),
    ast.Pow: (ast.Mult,), ast.FloorDiv: (ast.Div, ast.Mod), ast.MatMult: (ast.Mult,), ast.And: (ast.Or,),
    ast.Or: (ast.And,), ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
}  # fmt: skip
OTHER_FUNCTIONS = {  # another that is written in its place by mistake
    "mean": "sum", "sum": "mean", "reduce_mean": "reduce_sum", "reduce_sum": "reduce_mean", "maximum": "minimum",
    "minimum": "maximum", "max": "min", "randn": "rand", "rand": "randn", "zeros": "ones", "ones": "zeros",
    "zeros_like": "ones_like", "std": "var", "var": "std", "floor": "ceil", "ceil": "floor", "argmax": "argmin",
    "dot": "multiply", "matmul": "multiply", "permutation": "arange", "square": "abs", "sqrt": "square", "ptp": "max",
    "relu": "sigmoid", "sigmoid": "tanh", "softmax_cross_entropy_with_logits": "sigmoid_cross_entropy_with_logits",
    "sigmoid_cross_entropy_with_logits": "softmax_cross_entropy_with_logits", "GlorotUniform": "GlorotNormal",
}  # fmt: skip
LEFT_OUT = {  # what a call of these is put around stands there alone
    "sqrt", "square", "abs", "exp", "log", "floor", "max", "sum", "mean", "reduce_mean", "std", "norm", "relu", "sigmoid",
    "copy", "zeros_like", "squeeze", "reshape", "astype", "transpose", "cast", "int", "float", "Variable",
}  # fmt: skip
SHORT = 12  # letters of a text that is a key or a kind, and no docstring

Change = Callable[[ast.AST, ast.Module], None]  # (the node's copy, the module in which it stands)


@dataclass(frozen=True)
class Scope:
    """What a change may put in a node's place: the function's names with the line where each is bound first, its
    counters, its short texts."""

    bound: dict[str, int]
    counters: frozenset[str]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Mutant:
    """A function with one change. name: the statement before and after, which says which mutant it is."""

    function: str
    kind: str
    name: str
    source: str


def mutants_of(function: str, source: str) -> Iterator[Mutant]:
    """All mutants of a function in the source of its cell, each once. Its signature is handed out, and stays."""
    module = ast.parse(source)
    original, stored = ast.unparse(module), pickle.dumps(module)  # which is copied in a third of the time of a deepcopy
    seen = {original}
    body = _function(module, function)
    signature = set(ast.walk(body.args))
    scope = _scope(body)
    for i, node in enumerate(ast.walk(body)):
        if node in signature:
            continue
        for kind, changes in KINDS.items():
            for change in changes(node, scope):
                mutated = pickle.loads(stored)
                change(list(ast.walk(_function(mutated, function)))[i], mutated)
                text = ast.unparse(mutated)
                if text not in seen:
                    seen.add(text)
                    yield Mutant(function, kind, _difference(original, text), text)


def _function(module: ast.Module, name: str) -> ast.FunctionDef:
    return next(node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name)


def _scope(body: ast.FunctionDef) -> Scope:
    bound = {arg.arg: 0 for arg in body.args.args}
    counters, texts = set(), []
    for node in ast.walk(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "_":
            bound[node.id] = min(bound.get(node.id, node.lineno), node.lineno)
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name):
            first = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
            if node.iter.func.id in ("range", "enumerate") and isinstance(first, ast.Name):
                counters.add(first.id)
        if _is_short_text(node) and node.value not in texts:
            texts.append(node.value)
    return Scope(bound, frozenset(counters), tuple(texts))


def _is_short_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < SHORT


def _difference(original: str, text: str) -> str:
    before, after = original.splitlines(), text.splitlines()
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return f"{' '.join(map(str.strip, before))} -> {' '.join(map(str.strip, after))}"


# What people get wrong: each function gives the changes of its kind that a node allows


def _operators(node: ast.AST, scope: Scope) -> Iterator[Change]:
    match node:
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign():
            for other in OTHER_OPERATORS.get(type(node.op), ()):
                yield lambda t, m, other=other: setattr(t, "op", other())
        case ast.Compare():
            for other in OTHER_OPERATORS.get(type(node.ops[0]), ()):
                yield lambda t, m, other=other: setattr(t, "ops", [other()])
    if isinstance(node, ast.AugAssign):
        yield lambda t, m: _replace(m, t, ast.Assign([t.target], t.value, lineno=t.lineno))
    if isinstance(node, ast.If | ast.IfExp):
        yield lambda t, m: setattr(t, "test", ast.UnaryOp(ast.Not(), t.test))


def _functions(node: ast.AST, scope: Scope) -> Iterator[Change]:
    if isinstance(node, ast.Call) and (other := OTHER_FUNCTIONS.get(_called(node))):
        attribute = "attr" if isinstance(node.func, ast.Attribute) else "id"
        yield lambda t, m: setattr(t.func, attribute, other)


def _signs(node: ast.AST, scope: Scope) -> Iterator[Change]:
    match node:
        case ast.UnaryOp():
            yield lambda t, m: _replace(m, t, t.operand)
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.MatMult() | ast.Pow() | ast.FloorDiv()):
            yield lambda t, m: _replace(m, t, ast.UnaryOp(ast.USub(), copy.copy(t)))
        case ast.BinOp(left=ast.Constant(value=int() | float())):
            yield lambda t, m: setattr(t, "left", ast.UnaryOp(ast.USub(), t.left))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield lambda t, m: setattr(t, "right", ast.UnaryOp(ast.USub(), t.right))


def _axes(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another axis, none, or keepdims left out."""
    if not isinstance(node, ast.Call):
        return
    for i, keyword in enumerate(node.keywords):
        if keyword.arg in ("axis", "keepdims"):
            yield lambda t, m, i=i: t.keywords.pop(i)
        if keyword.arg == "axis":
            for other in (0, 1):
                yield lambda t, m, i=i, other=other: setattr(t.keywords[i], "value", ast.Constant(other))


def _transposes(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A transpose left out, or one too many; the factors of a matrix product exchanged."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield lambda t, m: _replace(m, t, t.value)
    if isinstance(node, ast.Call) and _called(node) == "transpose":
        yield lambda t, m: _replace(m, t, t.args[0] if t.args else t.func.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield lambda t, m: _exchange(t)
        for side in ("left", "right"):
            if not isinstance(getattr(node, side), ast.Attribute):
                yield lambda t, m, side=side: setattr(t, side, _transposed(getattr(t, side)))
    if isinstance(node, ast.Call) and _called(node) in ("dot", "matmul"):
        for i in range(len(node.args)):
            yield lambda t, m, i=i: t.args.__setitem__(i, _transposed(t.args[i]))


def _constants(node: ast.AST, scope: Scope) -> Iterator[Change]:
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield lambda t, m: setattr(t, "value", not t.value)
    elif isinstance(node.value, int | float):
        for other in sorted({node.value + 1, node.value - 1, 0, 2 * node.value} - {node.value}):
            yield lambda t, m, other=other: setattr(t, "value", other)


def _off_by_one(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Counters, ends of ranges, bounds of slices, exponents: one more, one less; a bound left out."""
    places: list[str] = []
    match node:
        case ast.Name(ctx=ast.Load()) if node.id in scope.counters:
            for step in (1, -1):
                yield lambda t, m, step=step: _replace(m, t, _moved(copy.copy(t), step))
        case ast.Slice():
            places = [side for side in ("lower", "upper") if getattr(node, side)]
            for side in places:
                yield lambda t, m, side=side: setattr(t, side, None)
        case ast.BinOp(op=ast.Pow()):
            places = ["right"]
        case ast.BinOp(op=ast.FloorDiv()):
            places = ["left", "right"]
        case ast.Call(func=ast.Name(id="range")):
            for i in range(len(node.args)):
                for step in (1, -1):
                    yield lambda t, m, i=i, step=step: t.args.__setitem__(i, _moved(t.args[i], step))
    for place in places:
        for step in (1, -1):
            yield lambda t, m, place=place, step=step: setattr(t, place, _moved(getattr(t, place), step))


def _terms(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A term, a factor, an entry, an argument or a whole statement left out; a function not applied; no copy made."""
    match node:
        case ast.BinOp():
            yield lambda t, m: _replace(m, t, t.left)
            yield lambda t, m: _replace(m, t, t.right)
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) if len(node.elts) > 1:
            for i in range(len(node.elts)):
                yield lambda t, m, i=i: t.elts.pop(i)
        case ast.Dict() if len(node.keys) > 1:
            for i in range(len(node.keys)):
                yield lambda t, m, i=i: (t.keys.pop(i), t.values.pop(i))
        case ast.Call():
            if _called(node) in LEFT_OUT:
                yield lambda t, m: _replace(m, t, t.args[0] if _has_argument(t) else t.func.value)
            for i in range(len(node.args) - 1, 0, -1):
                yield lambda t, m, i=i: t.args.pop(i)
            for i in range(len(node.keywords)):
                yield lambda t, m, i=i: t.keywords.pop(i)
        case ast.Assign() | ast.AugAssign() | ast.Expr() if not isinstance(node.value, ast.Constant):
            yield lambda t, m: _replace(m, t, ast.Pass())


def _order(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Neighbours that have changed places."""
    match node:
        case ast.BinOp(op=ast.Sub() | ast.Div() | ast.Pow() | ast.FloorDiv()):
            yield lambda t, m: _exchange(t)
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()):
            for i, _ in enumerate(pairwise(node.elts)):
                yield lambda t, m, i=i: t.elts.insert(i, t.elts.pop(i + 1))
        case ast.Call():
            for i, _ in enumerate(pairwise(node.args)):
                yield lambda t, m, i=i: t.args.insert(i, t.args.pop(i + 1))


def _names(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another name of the function that is bound already."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope.bound:
        for other, line in scope.bound.items():
            if other != node.id and line < node.lineno:
                yield lambda t, m, other=other: setattr(t, "id", other)


def _keys(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """Another key or kind of the function, the other case, or one that does not exist."""
    if _is_short_text(node):
        for other in (*scope.texts, node.value.lower(), node.value.upper(), f"{node.value}_"):
            if other != node.value:
                yield lambda t, m, other=other: setattr(t, "value", other)


KINDS: dict[str, Callable[[ast.AST, Scope], Iterator[Change]]] = {
    "another operator": _operators,
    "another function": _functions,
    "sign": _signs,
    "axis or keepdims": _axes,
    "transpose": _transposes,
    "off by one": _off_by_one,
    "constant": _constants,
    "left out": _terms,
    "exchanged": _order,
    "another name": _names,
    "another key": _keys,
}


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _has_argument(node: ast.Call) -> bool:
    """Whether it works on its argument; a method of an array works on what stands before it."""
    module = isinstance(node.func, ast.Name) or ast.unparse(node.func).startswith(("np.", "tf.", "math."))
    return bool(node.args) and module


def _moved(node: ast.expr, step: int) -> ast.expr:
    if isinstance(node, ast.Constant):
        return ast.Constant(node.value + step)
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))


def _transposed(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), "transpose", ast.Load()), [node], [])


def _exchange(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _replace(module: ast.Module, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(module):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return
            if isinstance(value, list) and any(each is old for each in value):
                value[[each is old for each in value].index(True)] = new
                return


# Trying them


@cache
def _prepared(assignment: str) -> tuple[dict, dict[str, str]]:
    """The names of the reference solution, and the sources of the graded functions."""
    script = read_script(this_course().script(assignment))
    return solution_namespace(script), {grade_id(c): c.source for c in script.notebook.cells if grade_id(c)}


def source_of(assignment: str, function: str) -> str:
    """The cell of a graded function in the reference solution."""
    return _prepared(assignment)[1][function]


def survives(assignment: str, mutant: Mutant, question: Question | None = None) -> bool:
    """Whether it passes every case, those of the recording or of another question about the same function."""
    question = question or all_questions(assignment)[mutant.function]
    names = dict(_prepared(assignment)[0])
    try:
        exec(mutant.source, names)
    except Exception:
        return False
    for case in question.cases:
        outcome = call(names[mutant.function], case.args, case.stubs, case.adapter, SECONDS)
        if judge(question, case, outcome).status != "passed":
            return False
    return True


@dataclass(frozen=True)
class Tried:
    """What became of the mutants of one function."""

    assignment: str
    function: str
    mutants: tuple[Mutant, ...]
    alive: tuple[str, ...]  # the names of those that survive


def try_all(task: tuple[str, str], every: int = 1) -> Tried:
    """Try each mutant of a function, or every so manieth. task: assignment and function."""
    assignment, function = task
    mutants = tuple(mutants_of(function, source_of(assignment, function)))[::every]
    return Tried(assignment, function, mutants, tuple(m.name for m in mutants if survives(assignment, m)))


def equivalent_mutants() -> dict[str, dict[str, dict[str, str]]]:
    """The mutants that are right although changed: {assignment: {function: {name: why}}}."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"every {QUICK}th mutant")
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="FUNCTION", help="these functions, or assignments, only"
    )
    options = parser.parse_args()
    equivalent = equivalent_mutants()
    tasks = [
        (a, f)
        for a in this_course().assignments
        for f in all_questions(a)
        if not options.only or {a, f} & set(options.only)
    ]
    kinds: Counter = Counter()
    found = excused = 0
    print(f"{'function':<44}{'mutants':>8}{'found out':>10}{'equivalent':>11}{'survive':>8}")
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for tried in pool.map(partial(try_all, every=QUICK if options.quick else 1), tasks):
            listed = equivalent.get(tried.assignment, {}).get(tried.function, {})
            left = [name for name in tried.alive if name not in listed]
            argued = len(tried.alive) - len(left)
            dead = len(tried.mutants) - len(tried.alive)
            found, excused = found + dead, excused + argued
            kinds.update(mutant.kind for mutant in tried.mutants)
            print(f"{tried.function:<44}{len(tried.mutants):>8}{dead:>10}{argued:>11}{len(left):>8}", flush=True)
            for name in left:
                print(f"    {name}", flush=True)
    print("Of each kind: " + ", ".join(f"{kind} {kinds[kind]}" for kind in KINDS))
    counted = kinds.total() - excused
    print(f"{found} of {counted} mutants are found out; {excused} more are right, as {EQUIVALENT.name} says")
    print(f"mutation_score: {100 * found / counted:.2f}")


if __name__ == "__main__":
    main()
