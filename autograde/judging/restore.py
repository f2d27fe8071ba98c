"""Restore a submission to a notebook that can be graded: marks, check cells and order as handed out, the student's code as it is.

Everything that was put right is noted, and nothing that a student writes is lost.
"""

import hashlib
import re
from copy import deepcopy
from itertools import count

from nbformat import NotebookNode

from autograde.judging.submission import Submission, as_handed_out, manual_questions
from autograde.notebook import SHOWCASE, grade_id, is_function, is_manual, is_showcase, is_written, question_of

MAX_SOURCE = (
    1_000_000  # bytes of a cell that is run: even escaped six times as long, it fits into a frame (sandbox.wire)
)

# Definitions at the left margin, past comments and strings. It takes linear time, where a parser takes a thousand times the
# memory of the source; and it finds what a cell defines that does not parse.
_DEFINITION = re.compile(
    r"""\#[^\n]* | '{3}.*?(?:'{3}|\Z) | "{3}.*?(?:"{3}|\Z) 
    | '[^'\\\n]*(?:\\.[^'\\\n]*)*'? | "[^"\\\n]*(?:\\.[^"\\\n]*)*"? | ^def[ \t]+(?P<name>\w+)[ \t]*\(""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def restore(cells: list[NotebookNode], submission: Submission) -> NotebookNode:
    """A notebook that can be graded: marks and check cells as released, the student's code as it is. Changes `cells`."""
    ours = as_handed_out(submission.assignment)
    original = {grade_id(cell): cell for cell in ours.cells if grade_id(cell)}
    demonstrations = {cell.id for cell in ours.cells if is_showcase(cell)}
    _adopt_unmarked(cells, original, submission)
    _adopt_answers(cells, ours.cells, submission)
    _keep_last(cells, original, submission)
    for cell in cells:
        if grade_id(cell):
            _as_released(cell, original[grade_id(cell)], submission)
        elif cell.id in demonstrations:
            cell.metadata.tags = [SHOWCASE]
    _put_back(cells, original, submission)
    _put_back_answers(cells, ours.cells, submission)
    if not manual_questions(submission.assignment):
        for cell in cells:
            cell.pop("attachments", None)  # nobody reads them
    _set_aside_long_ones(cells, submission)
    notebook = NotebookNode(cells=cells, metadata=deepcopy(ours.metadata), nbformat=4, nbformat_minor=5)
    _number(notebook)
    return notebook


def _adopt_unmarked(cells: list[NotebookNode], original: dict[str, NotebookNode], submission: Submission) -> None:
    """Marks that were stripped: a cell that defines a graded function, or is a check cell's text, gets them back."""
    present = {grade_id(cell) for cell in cells}
    defined = [(cell, defined_in(cell)) for cell in cells if not grade_id(cell)]
    for name, cell in original.items():
        if name in present or is_manual(cell):
            continue
        if is_function(cell):
            alike = [c for c, names in defined if name in names and not grade_id(c)]
        else:
            alike = [c for c in cells if not grade_id(c) and c.source.strip() == cell.source.strip()]
        if alike:
            alike[-1].metadata.nbgrader = NotebookNode(grade_id=name)
            if name.startswith("test_") or is_written(cell):
                submission.note(question_of(name), "the mark of its cell was missing and was restored")


def _adopt_answers(cells: list[NotebookNode], ours: list[NotebookNode], submission: Submission) -> None:
    """An answer whose mark was stripped gets it back: it has the cell's id, or stands where the cell did."""
    present = {grade_id(cell) for cell in cells}
    for i, cell in enumerate(ours):
        if is_manual(cell) and grade_id(cell) not in present and (found := _answer_to(cells, ours, i)):
            found.metadata.nbgrader = NotebookNode(grade_id=grade_id(cell))
            submission.note(grade_id(cell), "the mark of its cell was missing and was restored")


def _answer_to(cells: list[NotebookNode], ours: list[NotebookNode], i: int) -> NotebookNode | None:
    """The unmarked cell that is the answer to ours[i]. Of several in its place, the one that has a line of it, or the first."""
    cell, handed_out = ours[i], {_likeness(one) for j, one in enumerate(ours) if j != i}
    unmarked = [c for c in cells if not grade_id(c)]
    if by_id := [c for c in unmarked if c.id == cell.id and c.cell_type == cell.cell_type]:
        return by_id[-1]
    first, last = _before(cells, ours[:i]) + 1, len(cells) - 1 - _before(cells[::-1], ours[:i:-1])
    there = [
        c
        for c in cells[first:last]
        if not grade_id(c) and c.cell_type == cell.cell_type and c.source.strip() and _likeness(c) not in handed_out
    ]
    asked = {line.strip() for line in cell.source.splitlines()} - {""}
    alike = [c for c in there if asked & {line.strip() for line in c.source.splitlines()}]
    return next(iter(alike or there), None)


def _before(cells: list[NotebookNode], ours: list[NotebookNode]) -> int:
    """Where the last of our cells that is still there stands; -1 if none is."""
    place = {_likeness(cell): i for i, cell in enumerate(cells)}
    return next((place[likeness] for cell in reversed(ours) if (likeness := _likeness(cell)) in place), -1)


def _likeness(cell: NotebookNode) -> tuple[str, str]:
    """By which a cell of ours is known again: its mark, else its text."""
    return ("mark", grade_id(cell)) if grade_id(cell) else (cell.cell_type, cell.source.strip())


def _put_back_answers(cells: list[NotebookNode], ours: list[NotebookNode], submission: Submission) -> None:
    """Insert the empty cell of an answer that is not there, so that a person who looks for it finds its place."""
    for i, cell in enumerate(ours):
        if is_manual(cell) and grade_id(cell) not in _places(cells):
            cells.insert(_before(cells, ours[:i]) + 1, deepcopy(cell))
            submission.note(grade_id(cell), "its cell was missing and was put back")


def defined_in(cell: NotebookNode) -> set[str]:
    """Functions that a code cell defines at its left margin; none of a cell that is too long to be run."""
    source = cell.source
    if cell.cell_type != "code" or len(source) > MAX_SOURCE or source.startswith("%%"):  # that may be another language
        return set()
    return {found["name"] for found in _DEFINITION.finditer(source) if found["name"]}


def _keep_last(cells: list[NotebookNode], original: dict[str, NotebookNode], submission: Submission) -> None:
    """One cell a mark, the last one; unknown marks go. The earlier cells stay as ordinary code."""
    seen: set[str] = set()
    for cell in reversed(cells):
        name = grade_id(cell)
        if not name:
            continue
        if name in seen and name in original:
            submission.note(question_of(name), "its cell was there more than once; the last one counts")
        if name in seen or name not in original:
            del cell.metadata["nbgrader"]
            if name.startswith("test_") or name == "setup":
                cell.cell_type = "raw"  # a copy of a locked cell has nothing to add
                for key in ("outputs", "execution_count"):
                    cell.pop(key, None)
        seen.add(name)


def _as_released(cell: NotebookNode, ours: NotebookNode, submission: Submission) -> None:
    """Marks, type and, for locked cells, source as released; what was edited is noted.

    What differs because it was handed out otherwise is nobody's doing: a cell that fits its own checksum is as it was once.
    Who forges that is spared the note, and gains nothing: what counts is ours. So do points, which need no note at all.
    """
    name, question = grade_id(cell), question_of(grade_id(cell))
    if cell.cell_type != ours.cell_type:
        submission.note(question, f"its cell was made a {cell.cell_type} cell and was restored")
        _make(cell, ours.cell_type)
    edited = cell.source.strip() != ours.source.strip() and not _fits_checksum(cell, ours)
    if ours.metadata.nbgrader.locked and edited:
        what = "the setup cell" if name == "setup" else "its check cell"
        submission.note("" if name == "setup" else question, f"{what} was edited and was restored")
    if ours.metadata.nbgrader.locked:
        cell.source = ours.source
    cell.metadata = deepcopy(ours.metadata)


def _fits_checksum(cell: NotebookNode, ours: NotebookNode) -> bool:
    """Whether a cell of the same kind as ours is as nbgrader says, in the cell itself, that it was handed out."""
    marks, points = ours.metadata.nbgrader, cell.metadata.nbgrader.get("points")
    # as nbgrader.utils.compute_checksum, which takes a second to import
    said = [cell.source, cell.cell_type, str(marks.grade), str(marks.solution), str(marks.locked), marks.grade_id]
    if marks.grade:
        said.append(str(float(points)) if isinstance(points, (int, float)) and abs(points) < 1e9 else "")
    checksum = hashlib.md5("".join(said).encode(), usedforsecurity=False).hexdigest()
    return checksum == cell.metadata.nbgrader.get("checksum")


def _make(cell: NotebookNode, kind: str) -> None:
    """Make it a cell of another type."""
    for key in ("outputs", "execution_count", "attachments"):
        cell.pop(key, None)
    cell.cell_type = kind
    if kind == "code":
        cell.outputs, cell.execution_count = [], None


def _put_back(cells: list[NotebookNode], original: dict[str, NotebookNode], submission: Submission) -> None:
    """Insert locked cells that are missing, and move a check cell that stands before its function behind it."""
    place = _places(cells)
    for name, ours in original.items():
        if is_written(ours):
            continue
        target = 0 if name == "setup" else place.get(question_of(name), len(cells) - 1) + 1
        if name not in place:
            cells.insert(target, deepcopy(ours))
            what = "the setup cell" if name == "setup" else "its check cell"
            submission.note("" if name == "setup" else question_of(name), f"{what} was missing and was put back")
            place = _places(cells)
        elif question_of(name) in place and place[name] < target - 1:
            submission.note(question_of(name), "its check cell stood before it and was moved behind it")
            cells.insert(target - 1, cells.pop(place[name]))
            place = _places(cells)


def _set_aside_long_ones(cells: list[NotebookNode], submission: Submission) -> None:
    """A cell that is too long to be run becomes plain text, so that the others still count."""
    for i, cell in enumerate(cells):
        if cell.cell_type == "code" and (size := len(cell.source.encode())) > MAX_SOURCE:
            which = f"its cell, number {i + 1}," if grade_id(cell) else f"cell {i + 1}"
            words = f"{which} has {size / 1e6:.1f} MB and was not run; up to {MAX_SOURCE / 1e6:g} MB are. Shorten it"
            submission.note(question_of(grade_id(cell)), words)
            cells[i] = NotebookNode(id=cell.id, cell_type="raw", metadata=NotebookNode(), source=cell.source)


def _places(cells: list[NotebookNode]) -> dict[str, int]:
    return {grade_id(cell): i for i, cell in enumerate(cells) if grade_id(cell)}


def _number(notebook: NotebookNode) -> None:
    """Give every cell an id of its own, the same ones each time: a verdict is known again by the notebook's text."""
    taken: set[str] = set()
    for i, cell in enumerate(notebook.cells):
        if cell.id in taken or not cell.id:
            cell.id = next(name for n in count(i) if (name := f"cell-{n}") not in taken)
        taken.add(cell.id)
