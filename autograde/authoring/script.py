"""Read a solution script: a jupytext percent script whose cell headers are short, expanded to nbgrader's metadata.

# %% setup                              imports, locked; above them, the build writes what finds the course (finding.py)
# %% solution="name"                    a graded function between ### BEGIN SOLUTION and ### END SOLUTION
# %% test="name" points=20              its check cell, locked; the grader's cases are wired in here
# %% manual="name" points=10           an answer in code that a person grades; a model answer between the same marks
# %% [markdown] manual="name" points=10  an answer in words; without the marks all of it is the model answer
# %% predict [markdown]                 a question with choices, each with what is said of it: see predictions.py
# %% [markdown] recall="place"          such a question about another notebook, which is asked from memory
# %% contents [markdown]                the list of the course's notebooks, below what the cell says: see contents.py
# %% glossary [markdown]                the terms of glossary.toml; so does this
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
from typing import Protocol

from nbformat import NotebookNode

from autograde.authoring.finding import with_finding, with_links
from autograde.authoring.predictions import BadPrediction, fold_what_came, prediction
from autograde.course import CourseError, load, nearest
from autograde.notebook import KERNEL, SHOWCASE, grade_id, is_function, is_manual
from checking.calls import nearest_code

MANUAL = re.compile(r"(?!test_|setup$)[A-Za-z0-9_-]+")  # how a question for a person may be called
MARK = re.compile(r"^.*\b(BEGIN|END) SOLUTION.*$", re.MULTILINE)  # a line around what students do not get
# What `check` is called with. No parser: scripts are read in two threads at once, which Python 3.11's does not bear.
CALL = re.compile(r"""^check(\.begin)?\(["']?(\w+)""", re.MULTILINE)
FROM_COURSE = ("contents", "glossary")  # kinds of cells whose text follows from the course
HIDDEN_TEST = """\
### BEGIN HIDDEN TESTS
from autograde.hidden import grader_check; check = grader_check("{assignment}")
### END HIDDEN TESTS
{source}"""


class ScriptError(CourseError):
    """A solution script does not say what it must; the message says where."""


class FromCourse(Protocol):
    """What of a notebook's text follows from the other notebooks of its course."""

    def text(self, kind: str) -> str:
        """What such a cell says: one of FROM_COURSE."""
        ...

    def about(self, place: str) -> tuple[str, str]:
        """What stands before a question about a place, and what links to it."""
        ...


@dataclass(frozen=True)
class Script:
    """One assignment as its author wrote it: the nbgrader source notebook and the points of each question in order.

    points: of graded functions.
    """

    assignment: str
    notebook: NotebookNode
    points: dict[str, float]


def read_script(path: Path, from_course: FromCourse | None = None) -> Script:
    """The nbgrader source notebook of a solution script. Cell ids are the grade ids, or follow from the content.

    from_course: what follows from the course; without it, cells that have it are left as they are written.
    """
    import jupytext  # takes a quarter of a second, in which `course grade` has questions drawn

    assignment = path.parent.name
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = NotebookNode(KERNEL)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    points: dict[str, float] = {}
    manual: dict[str, float] = {}
    ids: set[str] = set()
    root = nearest(path.parent)
    course = load(root) if root else None
    for cell in notebook.cells:
        header, cell.metadata = cell.metadata, NotebookNode()
        header.pop("lines_to_next_cell", None)
        if unread := header.get("incorrectly_encoded_metadata"):
            raise ScriptError(
                f"{_told(path)}: the cell header {unread!r} cannot be read: name=value, and text in quotes"
            )
        kind = header.pop("title", None)
        if "solution" in header:
            name = header.pop("solution")
            _require_marks(path, cell, f"solution={name!r}", least=1)
            _mark(cell, name, solution=True)
        elif "test" in header:
            name = header.pop("test")
            if name in points:
                raise ScriptError(f"{_told(path)}: test={name!r} is there more than once")
            _require_call(path, cell, name)
            points[name] = _points(path, f"test={name!r}", header)
            _mark(cell, f"test_{name}", grade=True, locked=True, points=points[name])
            cell.source = HIDDEN_TEST.format(assignment=assignment, source=cell.source)
        elif "manual" in header:
            name = _manual_name(path, cell, header.pop("manual"), manual)
            manual[name] = _points(path, f"manual={name!r}", header)
            _mark(cell, name, grade=True, solution=True, points=manual[name])
        elif "recall" in header:
            place = header.pop("recall")
            begins, ends = from_course.about(place) if from_course else ("**Recall.**", "")
            cell.source = _prediction(path, cell, begins, ends)
        elif kind == "setup":
            _require_call(path, cell, assignment)
            _mark(cell, "setup", locked=True)
            if course:
                cell.source = with_finding(cell.source, course)
        elif kind == SHOWCASE:
            cell.metadata.tags = [SHOWCASE]
        elif kind == "predict":
            cell.source = _prediction(path, cell)
        elif kind in FROM_COURSE:
            cell.source = f"{cell.source}\n\n{from_course.text(kind)}".strip() if from_course else cell.source
        elif kind:
            known = ", ".join(("setup", SHOWCASE, "predict", *FROM_COURSE))
            raise ScriptError(f"{_told(path)}: a cell header says {kind!r}; {known} are known")
        if header:
            raise ScriptError(f"{_told(path)}: a cell header has {', '.join(header)}, which is not known")
        if cell.cell_type == "markdown":
            cell.source = fold_what_came(cell.source)
            if "<details>" in cell.source:  # a double click would show the answers, and leave them open
                cell.metadata.editable = False
            if course and cell is notebook.cells[0]:
                cell.source = with_links(cell.source, course, assignment)
        cell.id = _cell_id(cell, ids)
    _require_pairs(path, notebook, points)
    if both := sorted(set(manual) & set(points)):
        raise ScriptError(f"{_told(path)}: {both[0]!r} is a graded function and manual={both[0]!r}; rename one of them")
    return Script(assignment, notebook, points)


def _prediction(path: Path, cell: NotebookNode, *around: str) -> str:
    begins = cell.source.strip().partition("\n")[0]
    if cell.cell_type != "markdown":
        raise ScriptError(f"{_told(path)}: the prediction {begins!r} is text: write '# %% predict [markdown]'")
    try:
        return prediction(cell.source, *around)
    except BadPrediction as error:
        raise ScriptError(f"{_told(path)}: the prediction {begins!r}: {error}") from error


def _manual_name(path: Path, cell: NotebookNode, name: object, taken: dict[str, float]) -> str:
    """The name of a question for a person, whose cell is one that it can be asked in."""
    where = f"{_told(path)}: manual={name!r}"
    if not isinstance(name, str) or not MANUAL.fullmatch(name):
        raise ScriptError(f"{where} is no name: letters, digits, _ and -, not 'setup', and not with test_ before it")
    if name in taken:
        raise ScriptError(f"{where} is there more than once")
    if cell.cell_type not in ("code", "markdown"):
        raise ScriptError(f"{where} is a {cell.cell_type} cell, and has to be code or [markdown]")
    _require_marks(path, cell, f"manual={name!r}")
    return name


def _require_marks(path: Path, cell: NotebookNode, header: str, least: int = 0) -> None:
    marks = [found[1] for found in MARK.finditer(cell.source)]
    if marks != ["BEGIN", "END"] * (len(marks) // 2):
        raise ScriptError(f"{_told(path)}: {header}: each ### BEGIN SOLUTION needs one ### END SOLUTION below it")
    if len(marks) < 2 * least:
        raise ScriptError(
            f"{_told(path)}: {header} has no ### BEGIN SOLUTION and ### END SOLUTION around what students write"
        )


def _require_call(path: Path, cell: NotebookNode, name: str) -> None:
    """A check cell checks its own function, and the setup cell, if it says so, begins its own assignment."""
    for begins, given in CALL.findall(cell.source):
        if given != name and begins:
            raise ScriptError(f"{_told(path)}: the setup cell begins {given!r}, not {name!r}")
        if given != name:
            raise ScriptError(f"{_told(path)}: the cell test={name!r} checks {given!r}, not {name!r}")


def _points(path: Path, cell: str, header: dict) -> float:
    """The points in the header of a cell, which are taken out of it."""
    if "points" not in header:
        raise ScriptError(f"{_told(path)}: the cell {cell} has no points")
    said = header.pop("points")
    try:
        points = float(str(said))
    except ValueError:
        points = math.nan
    if not 0 < points < math.inf:
        raise ScriptError(f"{_told(path)}: the points of {cell} are {said!r}, and have to be a number above 0")
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
    solutions = [grade_id(cell) for cell in notebook.cells if is_function(cell)]
    if sorted(solutions) != sorted(points):
        odd = set(solutions) ^ set(points)
        raise ScriptError(
            f"{_told(path)}: every solution needs one test and the reverse; alone: {', '.join(sorted(odd))}"
        )


def model_answers(script: Script) -> dict[str, list[str]]:
    """What stands in a question for a person and students do not get, by its name: between the marks, or all if there are none."""
    found = {}
    for cell in filter(is_manual, script.notebook.cells):
        found[grade_id(cell)] = between_marks(cell.source) or [cell.source]
    return found


def solution_source(script: Script, name: str) -> str | None:
    """The code of a solution cell, without the marks around what students write; None if there is no such cell."""
    for cell in script.notebook.cells:
        if grade_id(cell) == name and is_function(cell):
            return without_marks(cell.source).strip() + "\n"
    return None


def without_marks(source: str) -> str:
    """A cell's source without the lines that mark what students do not get."""
    return "\n".join(line for line in source.splitlines() if not MARK.match(line))


def between_marks(source: str) -> list[str]:
    """What stands between the marks of a cell, which students do not get."""
    return MARK.split(source)[2::4]  # the words of the marks stand between


def lines_around_marks(script: Script, name: str) -> list[str]:
    """The lines of code right above and below each part that students write in a solution cell; "" where there is none."""
    source = next(c.source for c in script.notebook.cells if grade_id(c) == name and is_function(c))
    given = MARK.split(source)[0::4]  # the words of the marks, and what is between them, stand between
    above = [nearest_code(reversed(part.splitlines())) for part in given[:-1]]
    below = [nearest_code(part.splitlines()) for part in given[1:]]
    return list(dict.fromkeys([*above, *below]))


def solution_namespace(script: Script) -> dict:
    """The names that the reference solution defines: its setup and solution cells, run in order in a fresh namespace."""
    namespace: dict = {"__name__": f"solutions.{script.assignment}"}
    for cell in script.notebook.cells:
        if cell.cell_type == "code" and (grade_id(cell) == "setup" or is_function(cell)):
            try:
                with contextlib.redirect_stdout(io.StringIO()):  # a setup cell may say what it found
                    run_source(cell.source, f"<{script.assignment}: {grade_id(cell)}>", namespace)
            except Exception as error:
                raise ScriptError(f"{_where(script, cell)} stops with {type(error).__name__}: {error}") from error
            if is_function(cell) and grade_id(cell) not in namespace:
                raise ScriptError(f"{_where(script, cell)} does not define {grade_id(cell)}")
    return namespace


def _where(script: Script, cell: NotebookNode) -> str:
    return f"solutions/{script.assignment}/notebook.py, cell '{grade_id(cell)}'"


def run_source(source: str, name: str, namespace: dict) -> None:
    """Run code of ours under a file's name; as in IPython, tracebacks and TensorFlow find its lines."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), namespace)
