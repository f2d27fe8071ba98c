"""Can the cases be fooled? Every graded function of the reference, changed in one place at a time, must lose points.

python benchmarks/mutation.py [--quick] [--only FUNCTION ...]

A mutant survives if it passes every case. Those that are right although changed are listed, with the reason, in
`equivalent_mutants.toml`; the score is the share of all others that is found out. --quick tries every eighth mutant.
"""

import argparse
import ast
import copy
import multiprocessing
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from autograde import ASSIGNMENTS
from autograde.hidden import all_questions
from autograde.paths import SOLUTIONS
from autograde.script import grade_id, read_script, solution_namespace
from helpers.calls import call
from helpers.examiner import judge

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
SECONDS = 5  # a call; a mutant that does not end is found out
QUICK = 8  # with --quick, every so manieth mutant

OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Div,
    ast.MatMult: ast.Mult, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
FUNCTIONS = {  # another that is written in its place by mistake
    "mean": "sum", "sum": "mean", "reduce_mean": "reduce_sum", "reduce_sum": "reduce_mean", "maximum": "minimum",
    "minimum": "maximum", "randn": "rand", "rand": "randn", "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like",
    "std": "var", "var": "std", "floor": "ceil", "ceil": "floor", "argmax": "argmin", "dot": "multiply",
    "matmul": "multiply", "permutation": "arange", "GlorotUniform": "GlorotNormal",
}  # fmt: skip
TRANSPARENT = {
    "sqrt",
    "exp",
    "log",
    "square",
    "abs",
    "floor",
    "copy",
    "deepcopy",
    "squeeze",
    "transpose",
    "cast",
    "int",
    "float",
}


@dataclass(frozen=True)
class Mutant:
    """A function with one change. name: the statement before and after, which says which mutant it is."""

    function: str
    name: str
    tree: ast.Module


def mutants_of(function: str, source: str) -> Iterator[Mutant]:
    """All mutants of a function in the source of its cell, each once. Its signature is handed out, and stays."""
    seen = {ast.unparse(ast.parse(source))}
    module = ast.parse(source)
    body = _function(module, function)
    signature = set(ast.walk(body.args))
    for i, node in enumerate(ast.walk(body)):
        if node in signature:
            continue
        for change in _changes(node, [arg.arg for arg in body.args.args]):
            mutated = copy.deepcopy(module)
            target = list(ast.walk(_function(mutated, function)))[i]
            change(target, mutated)
            ast.fix_missing_locations(mutated)
            text = ast.unparse(mutated)
            if text not in seen:
                seen.add(text)
                yield Mutant(function, _difference(source, text), mutated)


def _function(module: ast.Module, name: str) -> ast.FunctionDef:
    return next(node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name)


def _difference(source: str, text: str) -> str:
    before, after = ast.unparse(ast.parse(source)).splitlines(), text.splitlines()
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return f"{' '.join(map(str.strip, before))} -> {' '.join(map(str.strip, after))}"


def _changes(node: ast.AST, parameters: list[str]) -> Iterator:
    """Functions (target, module) that change a node like this one; `target` is its copy."""
    match node:
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign() if type(node.op) in OPERATORS:
            yield lambda t, m: setattr(t, "op", OPERATORS[type(t.op)]())
            if isinstance(node, ast.BinOp):
                yield lambda t, m: _replace(m, t, t.left)
                yield lambda t, m: _replace(m, t, t.right)
                if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow | ast.FloorDiv):
                    yield lambda t, m: _swap(t)
        case ast.UnaryOp():
            yield lambda t, m: _replace(m, t, t.operand)
        case ast.Compare() if type(node.ops[0]) in OPERATORS:
            yield lambda t, m: setattr(t, "ops", [OPERATORS[type(t.ops[0])]()])
        case ast.If() | ast.IfExp():
            yield lambda t, m: setattr(t, "test", ast.UnaryOp(ast.Not(), t.test))
        case ast.Constant(value=bool(value)):
            yield lambda t, m: setattr(t, "value", not value)
        case ast.Constant(value=int(value) | float(value)):
            for other in {value + 1, value - 1, 0, 2 * value} - {value}:
                yield lambda t, m, other=other: setattr(t, "value", other)
        case ast.Constant(value=str(value)) if value and "\n" not in value and len(value) < 12:
            yield lambda t, m: setattr(t, "value", f"{value}_")
        case ast.Attribute(attr="T"):
            yield lambda t, m: _replace(m, t, t.value)
        case ast.Call():
            yield from _call_changes(node)
        case ast.Tuple() if len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
            yield lambda t, m: t.elts.insert(0, t.elts.pop(1))
        case ast.Name(ctx=ast.Load()) if node.id in parameters:
            other = parameters[(parameters.index(node.id) + 1) % len(parameters)]
            yield lambda t, m: setattr(t, "id", other)
        case ast.Slice():
            if node.lower:
                yield lambda t, m: setattr(t, "lower", None)
            if node.upper:
                yield lambda t, m: setattr(t, "upper", None)
        case ast.Assign() | ast.AugAssign() | ast.Expr() if not isinstance(getattr(node, "value", None), ast.Constant):
            yield lambda t, m: _replace(m, t, ast.Pass())


def _call_changes(node: ast.Call) -> Iterator:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in FUNCTIONS and isinstance(node.func, ast.Attribute):
        yield lambda t, m: setattr(t.func, "attr", FUNCTIONS[name])
    if name in TRANSPARENT:
        yield lambda t, m: _replace(m, t, t.args[0] if t.args else t.func.value)
    if len(node.args) > 1:
        yield lambda t, m: t.args.insert(0, t.args.pop(1))
    for i in range(len(node.args) - 1, 0, -1):
        yield lambda t, m, i=i: t.args.pop(i)
    for i in range(len(node.keywords)):
        yield lambda t, m, i=i: t.keywords.pop(i)


def _swap(node: ast.BinOp) -> None:
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


@cache
def _prepared(assignment: str) -> tuple[dict, dict, dict[str, str]]:
    """The names of the reference solution, the questions, and the sources of the graded functions."""
    script = read_script(SOLUTIONS / f"{assignment}.py")
    sources = {grade_id(cell): cell.source for cell in script.notebook.cells if grade_id(cell)}
    return solution_namespace(script), all_questions(assignment), sources


def survives(assignment: str, mutant: Mutant) -> bool:
    """Whether it passes every case."""
    namespace, questions, _ = _prepared(assignment)
    question, names = questions[mutant.function], dict(namespace)
    try:
        exec(compile(mutant.tree, "<mutant>", "exec"), names)
    except Exception:
        return False
    for case in question.cases:
        outcome = call(names[mutant.function], case.args, case.stand_ins, case.adapter, SECONDS)
        if judge(question, case, outcome).status != "passed":
            return False
    return True


def try_all(task: tuple[str, str], every: int) -> tuple[str, int, list[str]]:
    """One function: its name, how many mutants were tried, the names of those that survive."""
    assignment, function = task
    mutants = list(mutants_of(function, _prepared(assignment)[2][function]))[::every]
    return function, len(mutants), [m.name for m in mutants if survives(assignment, m)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"every {QUICK}th mutant")
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="FUNCTION", help="these functions, or assignments, only"
    )
    options = parser.parse_args()
    equivalent = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    tasks = [(a, f) for a in ASSIGNMENTS for f in all_questions(a) if not options.only or {a, f} & set(options.only)]
    total = found = excused = 0
    unused = {(function, name) for function, names in equivalent.items() for name in names}
    print(f"{'function':<44}{'mutants':>8}{'found out':>10}{'equivalent':>11}{'survive':>8}")
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for function, n, alive in pool.map(partial(try_all, every=QUICK if options.quick else 1), tasks):
            argued = [name for name in alive if name in equivalent.get(function, {})]
            unused -= {(function, name) for name in argued}
            left = [name for name in alive if name not in argued]
            total, found, excused = total + n, found + n - len(alive), excused + len(argued)
            print(f"{function:<44}{n:>8}{n - len(alive):>10}{len(argued):>11}{len(left):>8}", flush=True)
            for name in left:
                print(f"    {name}", flush=True)
    print(
        f"{found} of {total - excused} mutants are found out; {excused} more are right, as equivalent_mutants.toml says"
    )
    print(f"mutation_score: {100 * found / (total - excused):.2f}")


if __name__ == "__main__":
    main()
