"""Take submissions in: find each student's notebook, refuse what cannot be one, repair what can be repaired.

What leaves here is a notebook built anew from sources and cell types only: no saved outputs, no foreign metadata, every
check cell where it belongs. Everything that was put right is noted, and nothing that a student writes is lost.
"""

import ast
import json
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde import ASSIGNMENTS
from autograde.paths import NOTEBOOKS
from autograde.script import grade_id, is_showcase
from autograde.words import as_text, one_line

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_FILES = 200  # notebooks looked at in one student's folder
CELL_TYPES = ("code", "markdown", "raw")


@dataclass
class Submission:
    """One student's work on one assignment. `status` is empty while it can be graded, else missing or rejected.

    reason: why not, in words. notes: what was put right, by question; "" concerns the whole notebook.
    """

    student: str
    assignment: str
    path: Path | None = None
    status: str = ""
    reason: str = ""
    notes: dict[str, list[str]] = field(default_factory=dict)
    notebook: NotebookNode | None = None

    def note(self, question: str, text: str) -> None:
        words = one_line(text)  # it may hold the name of a file
        if words not in self.notes.setdefault(question, []):
            self.notes[question].append(words)


class Unreadable(Exception):
    """A file that is no notebook; the message says why."""


@cache
def _as_handed_out(assignment: str) -> NotebookNode:
    """The released notebook, read once. Never change it."""
    return nbformat.read(NOTEBOOKS / assignment / f"{assignment}.ipynb", as_version=4)


def released(assignment: str) -> NotebookNode:
    """A copy of the notebook that students were given."""
    return deepcopy(_as_handed_out(assignment))


@dataclass(frozen=True)
class Found:
    """Where one student's work on one assignment may lie; None for paths: there is no folder. Nothing is read yet."""

    student: str
    assignment: str
    paths: tuple[Path, ...] | None


def find(submissions: Path) -> list[Found]:
    """All that was or should have been handed in, by student and in the order of the course.

    An assignment that anybody handed in is expected of everybody.
    """
    students = sorted(p for p in submissions.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    names = _names(students)
    folders = {names[student]: _by_assignment(student) for student in students}
    expected = [a for a in ASSIGNMENTS if any(a in found for found in folders.values())]
    return [
        Found(student, assignment, tuple(found[assignment]) if assignment in found else None)
        for student, found in folders.items()
        for assignment in (*expected, *sorted({_file_name(name) for name in found} - set(ASSIGNMENTS)))
    ]


def _file_name(name: str) -> str:
    """A folder's name as one that can be printed, and that still names nothing but a folder."""
    words = one_line(name).replace("/", "_")
    return words if words == name or not words.startswith(".") else f"_{words}"


def _names(students: Sequence[Path]) -> dict[Path, str]:
    """Each student's name as it can be printed and written; with a number where another's looks the same then."""
    names = {student: student.name for student in students if _file_name(student.name) == student.name}
    taken = set(names.values())
    for student in students:
        if student not in names:
            name, n = _file_name(student.name), 1
            while (numbered := name if n == 1 else f"{name}-{n}") in taken:
                n += 1
            names[student] = numbered
            taken.add(numbered)
    return names


def take_in(found: Found) -> Submission:
    """Read one submission, and reject, restore or accept it."""
    if found.assignment not in ASSIGNMENTS:
        known = ", ".join(ASSIGNMENTS)
        reason = (
            f"'{found.assignment}' is not an assignment of this course and holds no notebook of one; there are {known}"
        )
        return Submission(found.student, found.assignment, status="rejected", reason=reason)
    return _read_first(found.student, found.assignment, found.paths)


def _by_assignment(student: Path) -> dict[str, list[Path]]:
    """{assignment: its candidate notebooks, best first}; folders of no known assignment come with an empty list.

    A notebook with another name, or in another place, is taken for the assignment whose cells it has.
    """
    candidates: dict[str, list[Path]] = {}
    strays: list[Path] = []
    for path in sorted(student.rglob("*.ipynb"))[:MAX_FILES]:
        if any(part.startswith(".") for part in path.relative_to(student).parts):
            continue
        assignment = path.parent.name
        if assignment in ASSIGNMENTS and path.stem == assignment:
            candidates.setdefault(assignment, []).insert(0, path)
        else:
            strays.append(path)
    for folder in sorted(p for p in student.iterdir() if p.is_dir() and not p.name.startswith((".", "__"))):
        recognised = [recognise(path) for path in strays if folder in path.parents]
        if folder.name in ASSIGNMENTS or not any(recognised):
            candidates.setdefault(folder.name, [])
    for path in strays:
        assignment = recognise(path) or path.parent.name
        if assignment in ASSIGNMENTS:
            candidates.setdefault(assignment, []).append(path)
    return candidates


def recognise(path: Path) -> str | None:
    """The assignment to which a notebook's graded cells or functions belong, whatever the file is called."""
    try:
        cells = read_cells(path)
    except Unreadable:
        return None
    ids = {grade_id(cell) for cell in cells} | {name for cell in cells for name in _defined(cell)}
    overlap = {a: len(ids & {grade_id(c) for c in _as_handed_out(a).cells if _is_solution(c)}) for a in ASSIGNMENTS}
    best = max(overlap, key=lambda a: overlap[a])
    return best if overlap[best] >= 2 else None


def _read_first(student: str, assignment: str, paths: Sequence[Path] | None) -> Submission:
    submission = Submission(student, assignment)
    if paths is None:
        return _stop(submission, "missing", f"there is no folder '{assignment}'")
    if not paths:
        return _stop(submission, "missing", f"the folder '{assignment}' holds no notebook")
    submission.path = path = paths[0]
    if path.stem != assignment or path.parent.name != assignment:
        if len(paths) > 1:
            names = ", ".join(f"'{p.name}'" for p in paths)
            return _stop(submission, "rejected", f"several notebooks could be meant: {names}. Keep one")
        submission.note("", f"recognised in '{path.parent.name}/{path.name}'")
    try:
        cells = read_cells(path)
    except Unreadable as problem:
        return _stop(submission, "rejected", str(problem))
    if not _names_a_question(cells, assignment):
        return _stop(submission, "missing", "the notebook has none of the assignment's functions")
    submission.notebook = restore(cells, submission)
    return submission


def _names_a_question(cells: list[NotebookNode], assignment: str) -> bool:
    """Whether any code but the check cells names a graded function, however it may come to be defined."""
    questions = [grade_id(cell) for cell in _as_handed_out(assignment).cells if _is_solution(cell)]
    sources = [c.source for c in cells if c.cell_type == "code" and not grade_id(c).startswith("test_")]
    return any(question in source for question in questions for source in sources)


def _stop(submission: Submission, status: str, reason: str) -> Submission:
    submission.status, submission.reason = status, one_line(reason)
    return submission


def read_cells(path: Path) -> list[NotebookNode]:
    """The cells of a notebook file, rebuilt from type, source, id and the marks that grading needs.

    Raises Unreadable for links, files too large, what is not JSON or no notebook.
    """
    if path.is_symlink() or not path.is_file():
        raise Unreadable(f"'{path.name}' is a link or no ordinary file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(
            f"the file has {size / 1e6:.0f} MB; {MAX_BYTES / 1e6:.0f} are accepted. Clear its outputs first"
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("the file is not text, so it is no notebook") from None
    except RecursionError:
        raise Unreadable("the file is nested too deeply to be a notebook") from None
    except ValueError as error:
        empty = "the file is empty" if size == 0 else f"the file is not JSON, so it is no notebook: {error}"
        raise Unreadable(empty) from None
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror}") from None
    if not isinstance(document, dict) or document.get("nbformat") not in (3, 4):
        raise Unreadable("the file is JSON, but no notebook of format 3 or 4")
    if document["nbformat"] == 3:
        document = _upgrade(document)
    cells = document.get("cells")
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise Unreadable(f"the notebook has no list of cells, or more than {MAX_CELLS:,}")
    return [_rebuilt(cell, i) for i, cell in enumerate(cells)]


def _upgrade(document: dict) -> dict:
    try:
        return nbformat.convert(nbformat.from_dict(document), 4)
    except Exception:  # whatever an old or odd file makes the converter do
        raise Unreadable("the notebook has the old format 3 and cannot be converted") from None


def _rebuilt(cell, i: int) -> NotebookNode:
    kind = cell.get("cell_type") if isinstance(cell, dict) else None
    if kind not in CELL_TYPES:
        raise Unreadable(f"cell {i + 1} is no code, markdown or raw cell")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"the source of cell {i + 1} is not text")
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = cell.get("id")
    name = name if isinstance(name, str) and CELL_ID.fullmatch(name) else ""  # `restore` gives it one then
    # not by nbformat's new_code_cell, which validates every cell alone, slower than all else that happens here
    new = NotebookNode(id=name, cell_type=kind, metadata=NotebookNode(), source=as_text(source))
    if kind == "code":
        new |= {"execution_count": None, "outputs": []}
    marks = metadata.get("nbgrader")
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        new.metadata.nbgrader = NotebookNode(grade_id=as_text(marks["grade_id"]), points=marks.get("points"))
    if isinstance(metadata.get("tags"), list) and "showcase" in metadata["tags"]:
        new.metadata.tags = ["showcase"]
    return new


def restore(cells: list[NotebookNode], submission: Submission) -> NotebookNode:
    """A notebook that can be graded: marks and check cells as released, the student's code as it is. Changes `cells`."""
    ours = _as_handed_out(submission.assignment)
    original = {grade_id(cell): cell for cell in ours.cells if grade_id(cell)}
    demonstrations = {cell.id for cell in ours.cells if is_showcase(cell)}
    _adopt_unmarked(cells, original, submission)
    _keep_last(cells, original, submission)
    for cell in cells:
        if grade_id(cell):
            _as_released(cell, original[grade_id(cell)], submission)
        elif cell.id in demonstrations:
            cell.metadata.tags = ["showcase"]
    _put_back(cells, original, submission)
    notebook = NotebookNode(cells=cells, metadata=deepcopy(ours.metadata), nbformat=4, nbformat_minor=5)
    _number(notebook)
    return notebook


def _question_of(name: str) -> str:
    return name.removeprefix("test_")


def _is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _adopt_unmarked(cells: list[NotebookNode], original: dict[str, NotebookNode], submission: Submission) -> None:
    """Marks that were stripped: a cell that defines a graded function, or is a check cell's text, gets them back."""
    present = {grade_id(cell) for cell in cells}
    for name, cell in original.items():
        if name in present:
            continue
        if _is_solution(cell):
            alike = [c for c in cells if not grade_id(c) and name in _defined(c)]
        else:
            alike = [c for c in cells if not grade_id(c) and c.source.strip() == cell.source.strip()]
        if alike:
            alike[-1].metadata.nbgrader = NotebookNode(grade_id=name)
            if name.startswith("test_") or _is_solution(cell):
                submission.note(_question_of(name), "the mark of its cell was missing and was restored")


def _defined(cell: NotebookNode) -> set[str]:
    """Functions that a code cell defines at its top level; none if it does not parse."""
    if cell.cell_type != "code":
        return set()
    try:
        tree = ast.parse(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def _keep_last(cells: list[NotebookNode], original: dict[str, NotebookNode], submission: Submission) -> None:
    """One cell a mark, the last one; unknown marks go. The earlier cells stay as ordinary code."""
    seen: set[str] = set()
    for cell in reversed(cells):
        name = grade_id(cell)
        if not name:
            continue
        if name in seen:
            submission.note(_question_of(name), "its cell was there more than once; the last one counts")
        if name in seen or name not in original:
            del cell.metadata["nbgrader"]
            if name.startswith("test_") or name == "setup":
                cell.cell_type = "raw"  # a copy of a locked cell has nothing to add
                for key in ("outputs", "execution_count"):
                    cell.pop(key, None)
        seen.add(name)


def _as_released(cell: NotebookNode, ours: NotebookNode, submission: Submission) -> None:
    """Marks, type and, for locked cells, source as released; what differed is noted."""
    name, question = grade_id(cell), _question_of(grade_id(cell))
    points = cell.metadata.nbgrader.get("points")
    if points is not None and points != ours.metadata.nbgrader.get("points"):
        submission.note(question, "its points were changed and were restored")
    if cell.cell_type != ours.cell_type:
        submission.note(question, f"its cell was made a {cell.cell_type} cell and was restored")
        cell.cell_type, cell.outputs, cell.execution_count = "code", [], None
    if ours.metadata.nbgrader.locked and cell.source.strip() != ours.source.strip():
        what = "the setup cell" if name == "setup" else "its check cell"
        submission.note("" if name == "setup" else question, f"{what} was edited and was restored")
    if ours.metadata.nbgrader.locked:
        cell.source = ours.source
    cell.metadata = deepcopy(ours.metadata)


def _put_back(cells: list[NotebookNode], original: dict[str, NotebookNode], submission: Submission) -> None:
    """Insert locked cells that are missing, and move a check cell that stands before its function behind it."""
    place = _places(cells)
    for name, ours in original.items():
        if _is_solution(ours):
            continue
        target = 0 if name == "setup" else place.get(_question_of(name), len(cells) - 1) + 1
        if name not in place:
            cells.insert(target, deepcopy(ours))
            what = "the setup cell" if name == "setup" else "its check cell"
            submission.note("" if name == "setup" else _question_of(name), f"{what} was missing and was put back")
            place = _places(cells)
        elif name != "setup" and place[name] < target - 1:
            submission.note(_question_of(name), "its check cell stood before it and was moved behind it")
            cells.insert(target - 1, cells.pop(place[name]))
            place = _places(cells)


def _places(cells: list[NotebookNode]) -> dict[str, int]:
    return {grade_id(cell): i for i, cell in enumerate(cells) if grade_id(cell)}


def _number(notebook: NotebookNode) -> None:
    """Give every cell an id of its own, the same ones each time: a verdict is known again by the notebook's text."""
    taken: set[str] = set()
    for i, cell in enumerate(notebook.cells):
        if cell.id in taken or not cell.id:
            cell.id = next(name for n in count(i) if (name := f"cell-{n}") not in taken)
        taken.add(cell.id)
