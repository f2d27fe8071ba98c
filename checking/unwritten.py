"""What a notebook shows where a function is not written yet: a sentence in place of a traceback, and the cells below run on."""

import symtable
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from checking.calls import innermost
from checking.explain import in_numpy


class PassOver:
    """Lets a notebook go on past cells that need what is not written yet. show: puts a note with this title below the cell.

    Other errors stop the notebook as they always do; of a name that no cell has made, one sentence says so.
    """

    def __init__(self, shell, show: Callable[[str, str], None]):
        self._shell, self._show = shell, show
        # names that cells passed over would have made: the function that has to be mended for them, and what it lacks
        self._not_made: dict[str, tuple[str, str]] = {}
        self._needed = ("", "")  # the same of this cell
        self._there: set[str] = set()  # names that were there before the cell
        self._is_passed = False
        shell.set_custom_exc((NotImplementedError, NameError), self._on_error)
        shell.events.register("pre_run_cell", self._before_cell)
        shell.events.register("post_run_cell", self._after_cell)

    def _on_error(self, shell, kind, error, trace, tb_offset=None) -> None:
        """IPython's hook for these errors; what it is handed first is the shell."""
        frame = innermost(trace).tb_frame
        function = frame.f_code.co_name
        at_top = function == "<module>"
        name = getattr(error, "name", None)
        if hasattr(error, "_render_traceback_"):  # helpers.training has found it out, and says so in a sentence
            runs = getattr(error, "returns_nothing", False)
            title = "nothing is returned" if runs else "not written yet"
            self._pass(title, str(error), getattr(error, "function", ""), "returned" if runs else "written")
        elif isinstance(error, NotImplementedError) and frame.f_globals is shell.user_ns:
            needed = "a part that" if at_top else f"{function}, which"
            sentence = f"This cell needs {needed} is not written yet: fill it in above, then run this cell again."
            self._pass("not written yet", sentence, "" if at_top else function)
        elif isinstance(error, NameError) and frame.f_globals is shell.user_ns and name in self._not_made:
            needed, lack = self._not_made[name]
            if lack == "returned":
                once = f"{needed or 'its function'} returns its result"
            else:
                once = f"{needed} is written" if needed else "its functions are written"
            self._pass(
                "not there yet", f"This cell needs '{name}', which a cell above makes once {once}.", needed, lack
            )
        elif isinstance(error, NameError) and at_top and name:
            sentence = (
                f"There is no '{name}' yet. If a cell above makes it, run that one to its end first; "
                "if none does, look for a slip in the name."
            )
            if full := in_numpy(name):
                sentence += f" If you mean NumPy's, write {full}."
            shell._showtraceback(kind, error, [sentence])
        else:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    def _pass(self, title: str, sentence: str, needed: str, lack: str = "written") -> None:
        self._is_passed, self._needed = True, (needed, lack)
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")  # axes on which nothing was drawn
        self._show(title, sentence)

    def _before_cell(self, info: Any) -> None:
        """IPython's hook before each cell."""
        self._there = set(self._shell.user_ns)

    def _after_cell(self, result: Any) -> None:
        """IPython's hook after each cell: one that was passed over has not failed, so that the next one runs.

        What it has begun to make is taken away, so that nothing is drawn of it; its functions stay.
        """
        if not self._is_passed:
            return
        self._is_passed = False
        result.error_in_exec = None
        made = names_made_in(result.info.raw_cell)
        self._not_made |= dict.fromkeys(made, self._needed)
        for name in made - self._there:
            if not isinstance(self._shell.user_ns.get(name), (FunctionType, type, ModuleType)):
                self._shell.user_ns.pop(name, None)


def names_made_in(source: str) -> set[str]:
    """The names that a cell would make at its top level; none if it cannot be read."""
    code = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    try:
        symbols = symtable.symtable(code, "<cell>", "exec").get_symbols()
    except SyntaxError:
        return set()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
