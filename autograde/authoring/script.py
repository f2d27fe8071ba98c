"""Read a solution script: a jupytext percent script whose cell headers are short, expanded to nbgrader's metadata.

# %% setup                              imports, locked
# %% solution="name"                    a graded function between ### BEGIN SOLUTION and ### END SOLUTION
# %% test="name" points=20              its check cell, locked; the grader's cases are wired in here
# %% showcase                           a demonstration that no verdict depends on; grading skips it
# %% and # %% [markdown]                anything else
"""

import contextlib
import hashlib
import io
import linecache
import math
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from autograde.course import CourseError
from autograde.notebook import KERNEL, SHOWCASE, grade_id

HIDDEN_TEST = """\
### BEGIN HIDDEN TESTS
from autograde.hidden import grader_check; check = grader_check("{assignment}")
### END HIDDEN TESTS
{source}"""


class ScriptError(CourseError):
    """A solution script does not say what it must; the message says where."""


@dataclass(frozen=True)
class Script:
    """One assignment as its author wrote it: the nbgrader source notebook and the points of each question in order."""

    assignment: str
    notebook: NotebookNode
    points: dict[str, float]


def read_script(path: Path) -> Script:
    """The nbgrader source notebook of a solution script. Cell ids are the grade ids, or follow from the content."""
    assignment = path.parent.name
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = NotebookNode(KERNEL)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    points: dict[str, float] = {}
    ids: set[str] = set()
    for cell in notebook.cells:
        header, cell.metadata = cell.metadata, NotebookNode()
        header.pop("lines_to_next_cell", None)
        if unread := header.get("incorrectly_encoded_metadata"):
            raise ScriptError(
                f"{_told(path)}: the cell header {unread!r} cannot be read: name=value, and text in quotes"
            )
        kind = header.pop("title", None)
        if "solution" in header:
            _mark(cell, header.pop("solution"), solution=True)
        elif "test" in header:
            name = header.pop("test")
            if "points" not in header:
                raise ScriptError(f"{_told(path)}: the cell test={name!r} has no points")
            points[name] = _points(path, name, header.pop("points"))
            _mark(cell, f"test_{name}", grade=True, locked=True, points=points[name])
            cell.source = HIDDEN_TEST.format(assignment=assignment, source=cell.source)
        elif kind == "setup":
            _mark(cell, "setup", locked=True)
        elif kind == SHOWCASE:
            cell.metadata.tags = [SHOWCASE]
        elif kind:
            raise ScriptError(f"{_told(path)}: a cell header says {kind!r}; setup and showcase are known")
        if header:
            raise ScriptError(f"{_told(path)}: a cell header has {', '.join(header)}, which is not known")
        cell.id = _cell_id(cell, ids)
    _require_pairs(path, notebook, points)
    return Script(assignment, notebook, points)


def _points(path: Path, name: str, said: object) -> float:
    try:
        points = float(str(said))
    except ValueError:
        points = math.nan
    if not 0 < points < math.inf:
        raise ScriptError(f"{_told(path)}: the points of test={name!r} are {said!r}, and have to be a number above 0")
    return points


def _told(path: Path) -> str:
    return "/".join(path.parts[-3:])


def _mark(cell: NotebookNode, name: str, *, grade=False, solution=False, locked=False, points=None) -> None:
    """nbgrader's metadata in full, so that no later step has to guess."""
    marks = {
        "grade": grade,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        marks["points"] = points
    cell.metadata.nbgrader = NotebookNode(marks)


def _cell_id(cell: NotebookNode, taken: set[str]) -> str:
    """The grade id, or a hash of the content; a cell that occurs twice gets a number too."""
    base = grade_id(cell) or hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
    name, n = base, 1
    while name in taken:
        n += 1
        name = f"{base}-{n}"
    taken.add(name)
    return name


def _require_pairs(path: Path, notebook: NotebookNode, points: dict[str, float]) -> None:
    solutions = [grade_id(cell) for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    if sorted(solutions) != sorted(points):
        odd = set(solutions) ^ set(points)
        raise ScriptError(
            f"{_told(path)}: every solution needs one test and the reverse; alone: {', '.join(sorted(odd))}"
        )
    if points and sum(points.values()) != 100:
        raise ScriptError(f"{_told(path)}: the points add up to {sum(points.values()):g}, not 100")


def solution_source(script: Script, name: str) -> str | None:
    """The code of a solution cell, without the marks around what students write; None if there is no such cell."""
    for cell in script.notebook.cells:
        if grade_id(cell) == name and cell.metadata.nbgrader.solution:
            return re.sub(r"^ *### (BEGIN|END) SOLUTION\n", "", cell.source, flags=re.MULTILINE).strip() + "\n"
    return None


def solution_namespace(script: Script) -> dict:
    """The names that the reference solution defines: its setup and solution cells, run in order in a fresh namespace."""
    namespace: dict = {"__name__": f"solutions.{script.assignment}"}
    for cell in script.notebook.cells:
        if cell.cell_type == "code" and (
            grade_id(cell) == "setup" or cell.metadata.get("nbgrader", {}).get("solution")
        ):
            try:
                with contextlib.redirect_stdout(io.StringIO()):  # a setup cell may say what it found
                    run_source(cell.source, f"<{script.assignment}: {grade_id(cell)}>", namespace)
            except Exception as error:
                where = f"solutions/{script.assignment}/notebook.py, cell '{grade_id(cell)}'"
                raise ScriptError(f"{where} stops with {type(error).__name__}: {error}") from error
    return namespace


def run_source(source: str, name: str, namespace: dict) -> None:
    """Run code of ours under a file's name; as in IPython, tracebacks and TensorFlow find its lines."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), namespace)
