"""Where things of the engine lie, and of whom it asks what. What belongs to a course: see autograde.course."""

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent
TEMPLATES = PACKAGE / "templates"
PAGES = TEMPLATES / "jupyter"  # what nbconvert takes in place of its own
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"  # from where nbgrader's pages draw formulas
NBGRADER_CONFIG = PACKAGE / "nbgrader_config.py"


def find_commands_beside_python() -> None:
    """Let programs of this environment be found by name though it was not activated: nbgrader's gradebook calls `alembic`."""
    folder, *others = str(Path(sys.executable).parent), *os.environ.get("PATH", "").split(os.pathsep)
    if folder not in others[:1]:
        os.environ["PATH"] = os.pathsep.join([folder, *others])
