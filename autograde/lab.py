"""JupyterLab on the notebooks of the course, or on a graded class, which nbgrader's formgrader then shows."""

import os
import subprocess
import sys
from pathlib import Path

from autograde.paths import NOTEBOOKS, ROOT, find_commands_beside_python

PAGES = ROOT / "autograde" / "templates" / "jupyter"  # what formgrader's pages are made of, where nbconvert looks first


class CannotOpen(Exception):
    """This folder is none that `course grade` wrote to; the message says so in a sentence."""


def lab(out: Path | None = None) -> int:
    """Open JupyterLab until it is stopped; its exit code. out: what `course grade` wrote. Raises CannotOpen."""
    root, environment = NOTEBOOKS, {}
    if out is not None:
        root, environment = out.resolve(), formgrader_on(out.resolve())
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def formgrader_on(out: Path) -> dict[str, str]:
    """What the environment of a Jupyter server says so that its formgrader has this gradebook. Raises CannotOpen.

    Writes `nbgrader_config.py` in `out`, unless somebody has one there already.
    """
    if not (out / "gradebook.db").is_file():
        raise CannotOpen(f"there is no gradebook in '{out}'. Give the folder that `course grade` wrote to")
    from autograde.nbgrader_api import write_config

    find_commands_beside_python()
    if not (out / "nbgrader_config.py").exists():
        write_config(out, f"c.JudgeInBox.questions = {str(out / 'questions')!r}")
    return {name: _first(place, name) for name, place in (("JUPYTER_CONFIG_PATH", out), ("JUPYTER_PATH", PAGES))}


def _first(place: Path, name: str) -> str:
    """The environment's list of places of this name, with this one at its head."""
    return os.pathsep.join([str(place), *filter(None, [os.environ.get(name)])])
