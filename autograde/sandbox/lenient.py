"""Cells that need what is not here: the statement or magic that stops is passed over, and the rest of the cell is run.

The libraries, files and magics of a student's machine are not all on this one, and a cell that begins with `import pandas`
may go on with what a graded function needs. Whoever saw the cell stop saw no more of it, and loses nothing by this.
"""

import ast
from functools import partial

HIDES = ("timeit", "prun")  # cell magics that run a cell as the body of a function, whose names nobody sees afterwards


def be_lenient(shell) -> None:
    """The next cell is run so. An InteractiveShell; its magics stay so."""
    shell.ast_transformers = [_EachForItself()]
    if not isinstance(shell.run_line_magic, partial):
        shell.run_line_magic = partial(_run_line_magic, shell, shell.run_line_magic)
        shell.run_cell_magic = partial(_run_cell_magic, shell, shell.run_cell_magic)


class _EachForItself(ast.NodeTransformer):
    """Puts every statement at the margin but the last into a try: what stops it is shown, and the next one is run."""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Module) and len(node.body) > 1:
            node.body = [_tried(statement) for statement in node.body[:-1]] + node.body[-1:]
            ast.fix_missing_locations(node)
        return node


def _tried(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":  # which has to come first
        return statement
    handler = ast.ExceptHandler(
        ast.Name("Exception", ast.Load()), None, [ast.parse("get_ipython().showtraceback()").body[0]]
    )
    return ast.copy_location(ast.Try([statement], [handler], [], []), statement)


def _run_line_magic(shell, run, name, *args, **kwargs):
    try:
        return run(name, *args, **kwargs)
    except Exception:
        shell.showtraceback()
        return None


def _run_cell_magic(shell, run, name, line, cell):
    if name in HIDES or shell.find_cell_magic(name) is None:
        return shell.run_cell(cell)
    return run(name, line, cell)
