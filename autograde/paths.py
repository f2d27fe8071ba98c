"""Where things lie. `build/` and all below it is derived and not committed."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"
HELPERS = ROOT / "helpers"
DATASETS = ROOT / "datasets"
REFERENCE = ROOT / "autograde" / "reference"
VISIBLE_CASES = HELPERS / "cases"
PAGES = ROOT / "autograde" / "templates" / "jupyter"  # what nbconvert takes in place of its own
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"  # from where nbgrader's pages draw formulas
NBGRADER_CONFIG = ROOT / "autograde" / "nbgrader_config.py"
BUILD = ROOT / "build"  # nbgrader's course folder: source/, release/, submitted/, autograded/, feedback/, gradebook.db
SOURCE = BUILD / "source"


def find_commands_beside_python() -> None:
    """Let programs of this environment be found by name though it was not activated: nbgrader's gradebook calls `alembic`."""
    folder, *others = str(Path(sys.executable).parent), *os.environ.get("PATH", "").split(os.pathsep)
    if folder not in others[:1]:
        os.environ["PATH"] = os.pathsep.join([folder, *others])
