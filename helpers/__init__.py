"""What the course's notebooks import: nets, data, training, plots, and `check`.

`from helpers import check` is all that a graded cell needs. Nothing heavy is imported here: plots bring in matplotlib
when they are imported themselves.
"""

from pathlib import Path

from checking.check import Check
from checking.questions import questions_in

CASES = Path(__file__).parent / "cases"  # the visible cases, an assignment a file; `make build` writes them

check = Check(lambda: questions_in(CASES))

__all__ = ["check"]
