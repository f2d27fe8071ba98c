"""What a notebook shows where a function is not written yet: a sentence in place of a traceback, and the cells below run on."""

import ast
from collections.abc import Callable
from typing import Any

from checking.calls import innermost


class PassOver:
    """Lets a notebook go on past cells that need what is not written yet. show: puts a note with this title below the cell.

    Other errors stop the notebook as they always do; of a name that no cell has made, one sentence says so.
    """

    def __init__(self, shell, show: Callable[[str, str], None]):
        self._shell, self._show = shell, show
        self._not_made: set[str] = set()  # names that the cells passed over would have made
        self._is_passed = False
        shell.set_custom_exc((NotImplementedError, NameError), self._on_error)
        shell.events.register("post_run_cell", self._after_cell)

    def _on_error(self, shell, kind, error, trace, tb_offset=None) -> None:
        """IPython's hook for these errors; what it is handed first is the shell."""
        frame = innermost(trace).tb_frame
        function = frame.f_code.co_name
        at_top = function == "<module>"
        name = getattr(error, "name", None)
        if hasattr(error, "_render_traceback_"):  # helpers.training has found it out, and says so in a sentence
            self._pass("not written yet", str(error))
        elif isinstance(error, NotImplementedError) and frame.f_globals is shell.user_ns:
            needed = "a part of it" if at_top else function
            self._pass("not written yet", f"This cell needs {needed}: fill it in above, then run this cell again.")
        elif isinstance(error, NameError) and at_top and name in self._not_made:
            self._pass(
                "not there yet", f"This cell needs '{name}', which a cell above makes once its functions are written."
            )
        elif isinstance(error, NameError) and at_top and name:
            sentence = (
                f"There is no '{name}' yet. If a cell above makes it, run that one to its end first; "
                "if none does, look for a slip in the name."
            )
            shell._showtraceback(kind, error, [sentence])
        else:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    def _pass(self, title: str, sentence: str) -> None:
        self._is_passed = True
        self._show(title, sentence)

    def _after_cell(self, result: Any) -> None:
        """IPython's hook after each cell: one that was passed over has not failed, so that the next one runs."""
        if self._is_passed:
            self._is_passed = False
            result.error_in_exec = None
            self._not_made |= names_made_in(result.info.raw_cell)


def names_made_in(source: str) -> set[str]:
    """The names that a cell would make at its top level; none if it cannot be read."""
    try:
        tree = ast.parse("\n".join(line for line in source.splitlines() if not line.startswith(("%", "!"))))
    except SyntaxError:
        return set()
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    made |= {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return made | {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
