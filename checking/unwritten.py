"""What a notebook shows where a function is not written or not right yet: a sentence in place of a traceback, and the cells
below run on.
"""

import ast
import dis
import symtable
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from checking.calls import innermost
from checking.explain import in_numpy


class PassOver:
    """Lets a notebook go on past cells that stop for want of what is not written, or not right yet.

    show: puts a note with this title below the cell. not_right: the names of functions that are not, by their last checks.
    Other errors stop the notebook as they always do; of a name that no cell has made, one sentence says so.
    """

    def __init__(self, shell, show: Callable[[str, str], None], not_right: Callable[[], set[str]]):
        self._shell, self._show, self._not_right = shell, show, not_right
        # names that cells passed over would have made: the function that has to be mended for them, and what it lacks
        self._not_made: dict[str, tuple[str, str]] = {}
        self._needed = ("", "")  # the same of this cell
        self._there: set[str] = set()  # names that were there before the cell
        self._source = ""  # of the cell
        self._made_by: dict[str, str] = {}  # names in which there is something of a function that was not right
        self._is_passed = False
        shell.set_custom_exc((Exception,), self._on_error)
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
            if lack == "right":
                once = f"{needed} is right"
            elif lack == "returned":
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
        elif function := self._not_right_in(self._source):
            said = f"{kind.__name__}: {error}".splitlines()[0]
            sentence = f"This cell stops, with {said if len(said) < 200 else f'{said[:197]}...'}. It uses {function}, which its check says is not right yet: mend it above, then run this cell again."
            self._pass("stopped", sentence, function, "right")
        else:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset, running_compiled_code=True)

    def _not_right_in(self, source: str) -> str:
        """The first function that is not right of those that a cell uses, by itself, in functions or in what these made."""
        if not (wrong := self._not_right()):
            return ""
        todo, seen, own = names_used_in(source), set(), names_made_first_in(source)
        while todo:
            name = todo.pop(0)
            function = name if name in own else self._made_by.get(name, name)
            if function in wrong:
                return function
            made = self._shell.user_ns.get(name)
            if name not in seen and isinstance(made, FunctionType) and made.__globals__ is self._shell.user_ns:
                todo += sorted(_names_in(made.__code__))
            seen.add(name)
        return ""

    def _pass(self, title: str, sentence: str, needed: str, lack: str = "written") -> None:
        self._is_passed, self._needed = True, (needed, lack)
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")  # axes on which nothing was drawn
        self._show(title, sentence)

    def _before_cell(self, info: Any) -> None:
        """IPython's hook before each cell."""
        self._there, self._source = set(self._shell.user_ns), info.raw_cell

    def _after_cell(self, result: Any) -> None:
        """IPython's hook after each cell: one that was passed over has not failed, so that the next one runs.

        What it has begun to make is taken away, so that nothing is drawn of it; its functions stay.
        """
        if not self._is_passed:
            function = self._not_right_in(result.info.raw_cell)
            if function and result.success and _only_shows(result.info.raw_cell, function):
                sentence = f"This cell uses {function}, of which its last check says that it is not right yet: what is shown here may be wrong."
                self._show("may be wrong", sentence)
            for name in names_made_in(result.info.raw_cell) if function or self._made_by else ():
                if function and not isinstance(self._shell.user_ns.get(name), FunctionType):
                    self._made_by[name] = function
                else:
                    self._made_by.pop(name, None)
            return
        self._is_passed = False
        result.error_in_exec = None
        made = names_made_in(result.info.raw_cell)
        self._not_made |= dict.fromkeys(made, self._needed)
        for name in made - self._there:
            if not isinstance(self._shell.user_ns.get(name), (FunctionType, type, ModuleType)):
                self._shell.user_ns.pop(name, None)


def _only_shows(source: str, function: str) -> bool:
    """Whether a cell does something with a function, and neither makes it nor checks anything, whose card says more."""
    does = any(not isinstance(one, (ast.FunctionDef, ast.Import, ast.ImportFrom)) for one in ast.parse(source).body)
    return does and function not in names_made_in(source) and "check" not in names_used_in(source)


def names_made_in(source: str) -> set[str]:
    """The names that a cell would make at its top level; none if it cannot be read."""
    table = _table_of(source)
    symbols = table.get_symbols() if table else ()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def names_made_first_in(source: str) -> set[str]:
    """The names that a cell makes at its top level before it reads them there, as it does its loops' variables."""
    try:
        code = compile(source, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set()
    first: dict[str, str] = {}
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_NAME", "STORE_NAME"):
            first.setdefault(step.argval, step.opname)
    return {name for name, done in first.items() if done == "STORE_NAME"}


def names_used_in(source: str) -> list[str]:
    """The names that a cell reads at its top level, or in functions that it makes; none if it cannot be read."""
    tables, names = [_table_of(source)], []
    while tables:
        if table := tables.pop():
            at_top = table.get_type() == "module"
            names += [s.get_name() for s in table.get_symbols() if s.is_referenced() and (at_top or s.is_global())]
            tables += table.get_children()
    return list(dict.fromkeys(names))


def _table_of(source: str) -> symtable.SymbolTable | None:
    code = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    try:
        return symtable.symtable(code, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None


def _names_in(code: CodeType) -> Iterator[str]:
    """The names of globals, and of attributes, in a function and those inside it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names_in(inner)
