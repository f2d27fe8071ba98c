"""Where things of the engine lie, and of whom it asks what. What belongs to a course: see autograde.course."""

import contextlib
import os
import shlex
import shutil
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


def _command() -> str:
    """How `course` is called here: by its name where that leads to this environment, else by its path, or through Python."""
    python = Path(sys.executable)
    beside, found = python.with_name("course"), shutil.which("course")
    if found and Path(found).parent.resolve() == python.parent.resolve():
        return "course"
    if beside.is_file():
        return typed(beside)
    is_found = Path(shutil.which("python") or "").resolve() == python.resolve()
    return "python -m autograde" if is_found else f"{typed(python)} -m autograde"


def typed(path: Path) -> str:
    """As it can be typed in this folder, and as short as that goes."""
    with contextlib.suppress(ValueError, FileNotFoundError):  # it lies elsewhere, or this folder has been removed
        path = path.relative_to(Path.cwd())
    words = str(path)
    return shlex.quote(words) if os.name == "posix" else f'"{words}"' if " " in words else words


COMMAND = _command()  # before anything is put on the PATH of this process
