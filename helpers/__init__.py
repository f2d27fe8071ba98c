"""What the course's notebooks import: nets, data, training, plots, and `check`.

`from helpers import check` is all that a graded cell needs. Nothing heavy is imported here: plots bring in matplotlib
when they are imported themselves.
"""

from pathlib import Path

CASES = Path(__file__).parent / "cases"  # the visible cases, an assignment a file; `make build` writes them
CONTENTS = Path(__file__).parent / "contents.json"  # what notebooks there are; so does this

try:
    from checking.check import Check
    from checking.contents import read_contents
    from checking.questions import questions_in
except ModuleNotFoundError as error:  # `helpers.doctor`, which says what is missing, must run without it
    MISSING = str(error)

    def __getattr__(name: str):
        if name == "check":
            raise ImportError(f"{MISSING}; what else is missing says python -m helpers.doctor")
        raise AttributeError(name)

else:
    check = Check(lambda: questions_in(CASES), contents=lambda: read_contents(CONTENTS))

__all__ = ["check"]
