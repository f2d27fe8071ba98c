"""Which functions a cell should have made anew and did not: a check then judges the version before.

Python could not read the cell, or the function has another name in it by now.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from checking.unwritten import names_made_in

DEFINED = re.compile(
    r"^(?:async )?def\s+(\w+)(.*\n?(?:(?:[ \t)#].*)?\n)*(?:[ \t].*)?)", re.MULTILINE
)  # name, and the rest
DOCSTRING = re.compile(r'"""(.*?)"""', re.DOTALL)
NEARLY = 0.8  # of the text of two functions that are one, but for the name and some change


@dataclass(frozen=True)
class _Made:
    """What made a function last: the text below its `def` line, and the cell, None where cells have no names."""

    text: str
    cell: str | None


class StoppedCells:
    """Looks on as cells are run in an IPython shell. questions: gives the names of the functions that are judged."""

    def __init__(self, shell, questions: Callable[[], Collection[str]] = tuple):
        self._errors: dict[str, str] = {}  # by function, of the last cell that has it
        self._made: dict[str, _Made] = {}
        self._renamed: dict[str, str] = {}  # what there is to say, by function
        self._questions = questions
        shell.events.register("post_run_cell", self._after_cell)

    def _after_cell(self, result: Any) -> None:
        """IPython's hook after each cell. An error before it is run is one of reading it."""
        source, error = result.info.raw_cell or "", result.error_before_exec
        cell = getattr(result.info, "cell_id", None)
        defined = {name: _Made(rest.partition("\n")[2], cell) for name, rest in DEFINED.findall(source)}
        for name in defined:
            self._errors.pop(name, None)
            if error is not None:
                self._errors[name] = type(error).__name__
        made = names_made_in(source) | set(defined)
        for name in made:
            self._renamed.pop(name, None)
        for name in self._made.keys() - made:
            if name in self._questions() and (said := self._said_of_another_name(name, defined)):
                self._renamed[name] = said
        self._made |= defined

    def _said_of_another_name(self, function: str, defined: dict[str, _Made]) -> str:
        """What there is to say of a function that a cell does not define, "" if the cell has nothing to do with it."""
        before = self._made[function]
        for name, made in defined.items():
            if made.cell and before.cell:
                if made.cell == before.cell:
                    return (
                        f"The cell of this function defines `{name}` now, and this check wants `{function}`: "
                        "the version before is judged. Give the function its name back and run its cell."
                    )
            elif name not in self._made and name not in self._questions() and _is_nearly(before.text, made.text):
                return (
                    f"A cell that is much like this function's has defined `{name}` since, and this check wants "
                    f"`{function}`: the version before is judged."
                )
        return ""

    def is_unread(self, function: str) -> bool:
        """Whether Python could not read its last cell."""
        return function in self._errors

    def said_of(self, function: str) -> str:
        """What there is to say before the function is judged; "" if its last cell was run and has it."""
        error = self._errors.get(function)
        if not error:
            return self._renamed.get(function, "")
        return f"Your last change is not judged: its cell stopped with {_article(error)} {error}. This is the version before it."


def _is_nearly(a: str, b: str) -> bool:
    """Whether two functions have the same docstring, or nearly the same text."""
    docstrings = [match[1].strip() for match in (DOCSTRING.search(a), DOCSTRING.search(b)) if match]
    if len(docstrings) == 2 and docstrings[0] and docstrings[0] == docstrings[1]:
        return True
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return bool(a.strip()) and matcher.quick_ratio() >= NEARLY and matcher.ratio() >= NEARLY


def _article(word: str) -> str:
    return "an" if word[0] in "AEIOU" else "a"
