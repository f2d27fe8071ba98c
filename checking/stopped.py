"""Which functions a cell should have made anew and did not, since Python could not read it: a check then judges the version before."""

import re
from typing import Any

DEFINED = re.compile(r"^(?:async )?def\s+(\w+)", re.MULTILINE)


class StoppedCells:
    """Looks on as cells are run in an IPython shell."""

    def __init__(self, shell):
        self._errors: dict[str, str] = {}  # by function, of the last cell that has it
        shell.events.register("post_run_cell", self._after_cell)

    def _after_cell(self, result: Any) -> None:
        """IPython's hook after each cell. An error before it is run is one of reading it."""
        error = result.error_before_exec
        for name in DEFINED.findall(result.info.raw_cell or ""):
            self._errors.pop(name, None)
            if error is not None:
                self._errors[name] = type(error).__name__

    def said_of(self, function: str) -> str:
        """What there is to say before the function is judged; "" if its last cell was run."""
        error = self._errors.get(function)
        if not error:
            return ""
        return f"Your last change is not judged: its cell stopped with {_article(error)} {error}. This is the version before it."


def _article(word: str) -> str:
    return "an" if word[0] in "AEIOU" else "a"
