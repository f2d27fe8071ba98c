"""A course of one small assignment, as `course new` makes it, and work of its students: what a test can grade in a moment."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from outside import without_this_repository
from warm import ran_course

from autograde.authoring.new import new_course
from autograde.course import ENGINE
from autograde.notebook import grade_id

A = "first_steps"
RIGHT = {"predict": "return w * x + b", "squared_loss": "return np.mean((y_hat - y) ** 2)"}
ENVIRONMENT = {**without_this_repository(), "PYTHONPATH": str(ENGINE)}


def course(*words, cwd: Path, code: int = 0) -> str:
    """What a command of `course` prints, or says where it refuses."""
    ran = ran_course(*words, cwd=cwd, environment=ENVIRONMENT)
    assert ran.returncode == code, ran.stderr
    return ran.stdout if code == 0 else ran.stderr


def make(folder: Path) -> Path:
    """The course, built."""
    new_course(folder)
    course("build", cwd=folder)
    return folder


def work_of(folder: Path, code: dict[str, str]) -> NotebookNode:
    """The released notebook of the course with these function bodies."""
    released = nbformat.read(folder / "notebooks" / A / f"{A}.ipynb", as_version=4)
    for cell in released.cells:
        if grade_id(cell) in code:
            cell.source = f"{re.match('def .*', cell.source)[0]}\n    {code[grade_id(cell)]}"
    return released
