"""Restore a submission to a notebook that can be graded: marks, check cells and order as handed out, the student's code as it is.

Everything that was put right is noted, and nothing that a student writes is lost.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count

from nbformat import NotebookNode

from autograde.judging.submission import Submission, as_handed_out
from autograde.notebook import (
    EDITED,
    SHOWCASE,
    checksum_of,
    grade_id,
    is_function,
    is_manual,
    is_showcase,
    is_written,
    question_of,
)

MAX_SOURCE = (
    1_000_000  # bytes of a cell that is run: even escaped six times as long, it fits into a frame (sandbox.wire)
)

USUAL = 10_000  # letters of a cell; the names in longer ones are not kept

SETUP = "setup"  # the mark of the cell that imports
STUB = "raise NotImplementedError"  # in a function as it is handed out, which is nothing yet
MOSTLY = 0.6  # the share of its lines by which an edited demonstration is known again

# Definitions at the left margin, past comments and strings. It takes linear time, where a parser takes a thousand times the
# memory of the source; and it finds what a cell defines that does not parse.
_DEFINITION = re.compile(
    r"""\#[^\n]* | '{3}.*?(?:'{3}|\Z) | "{3}.*?(?:"{3}|\Z) 
    | '[^'\\\n]*(?:\\.[^'\\\n]*)*'? | "[^"\\\n]*(?:\\.[^"\\\n]*)*"? | ^def[ \t]+(?P<name>\w+)[ \t]*\(""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


# A line at the left margin that makes a name.
_NAMING = re.compile(r"^(?:(?:async +)?def|class|import|from) |^[^\W\d]\w*(?: *, *\w+)* *=(?!=)", re.MULTILINE)


def restore(cells: list[NotebookNode], submission: Submission) -> NotebookNode:
    """A notebook that can be graded: marks and check cells as released, the student's code as it is. Changes `cells`."""
    ours = as_handed_out(submission.assignment)
    original = {grade_id(cell): cell for cell in ours.cells if grade_id(cell)}
    stripped = not any(grade_id(cell) in original for cell in cells)
    for cell in cells:
        if grade_id(cell) not in original:
            cell.metadata.pop("nbgrader", None)
    marked: dict[str, list[NotebookNode]] = defaultdict(list)
    for cell in cells:
        if name := grade_id(cell):
            marked[name].append(cell)
    for name, cell in original.items():
        if not is_written(cell):
            _find_locked(cell, marked[name], cells, submission, stripped)
    defined = {id(cell): defined_in(cell) for cell in cells}
    for name, cell in original.items():
        if is_function(cell):
            defining = [c for c in cells if name in defined[id(c)] and grade_id(c) not in (name, f"test_{name}")]
            _find_function(cell, marked[name], defining, cells, submission, stripped)
    for name, cell in original.items():
        if is_manual(cell):  # after the others, between which its place is
            _find_answer(name, marked[name], cells, ours.cells, submission, stripped)
    if stripped and any(map(grade_id, cells)):
        submission.note("", "the marks of all its cells were missing, and its cells were known by their text")
    for cell in cells:
        if grade_id(cell):
            _as_released(cell, original[grade_id(cell)], submission)
    _tag_demonstrations(cells, submission.assignment, defined)
    _put_back(cells, original, submission)
    _put_back_answers(cells, ours.cells, submission)
    _set_aside_long_ones(cells, submission)
    metadata = deepcopy(ours.metadata)
    if submission.python:
        metadata.language_info = NotebookNode(name="python", version=submission.python)
    notebook = NotebookNode(cells=cells, metadata=metadata, nbformat=4, nbformat_minor=5)
    _number(notebook)
    return notebook


# Which cell is a question's


def _find_function(
    handed_out: NotebookNode,
    marked: list[NotebookNode],
    defining: list[NotebookNode],
    cells: list[NotebookNode],
    submission: Submission,
    stripped: bool,
) -> None:
    """Leave the mark of a function to one cell: to the last above its check cell that is filled in, else to the last that is,
    else to the last. So a copy further down, in which something was tried, takes nothing from what the check cell showed.

    A cell as it was handed out never takes away what is written in another: it becomes plain text, and where the function
    stands in an unmarked cell, that one gets the mark. Other cells that are filled in stay ordinary code. marked: the cells
    that have the mark; defining: those without it that define the function.
    """
    name, blank = grade_id(handed_out), ((), code_of(handed_out))
    filled = [cell for cell in marked if code_of(cell) not in blank and name in cell.source]
    written = [cell for cell in defining if code_of(cell) not in _codes(submission.assignment)]
    unmarked = [cell for cell in written if not grade_id(cell)]
    wiped_out = bool(written) and STUB in handed_out.source  # by the cell as handed out, if it were run after them
    chosen: NotebookNode | None
    if filled or (marked and not wiped_out):
        chosen = _last_above_check(name, filled or marked, cells)
    elif unmarked:
        chosen = _last_above_check(name, unmarked, cells)
    else:
        chosen = next((cell for cell in reversed(defining) if not grade_id(cell) and not written), None)
    if chosen and not marked and not stripped:
        submission.note(name, "the mark of its cell was missing and was restored", tampered=True)
    elif marked and not filled and wiped_out:
        where = "in another cell" if chosen else "in the cell of another question"
        submission.note(name, f"its function was found {where}; its own cell is as it was handed out, and was left out")
    for cell in (*marked, *defining):
        if cell is chosen or grade_id(cell) not in ("", name):
            continue
        if code_of(cell) in blank:
            _set_aside(cell)
            if filled:
                submission.note(name, "a copy of its cell as it was handed out was left out")
        elif grade_id(cell):
            del cell.metadata["nbgrader"]
            submission.note(
                name, "its cell was there more than once; the last one above its check counts", tampered=True
            )
    if chosen:
        chosen.metadata.setdefault("nbgrader", NotebookNode(grade_id=name))


def _last_above_check(name: str, several: list[NotebookNode], cells: list[NotebookNode]) -> NotebookNode:
    """The last of them that stands above the check cell of a function, else the last."""
    if len(several) == 1:
        return several[0]
    check = _places(cells).get(f"test_{name}", len(cells))
    above = {id(cell) for cell in cells[:check]}
    return [*several[-1:], *(cell for cell in several if id(cell) in above)][-1]


def _find_answer(
    name: str,
    marked: list[NotebookNode],
    cells: list[NotebookNode],
    ours: list[NotebookNode],
    submission: Submission,
    stripped: bool,
) -> None:
    """Leave the mark of an answer to one cell: to the last that is written, else to the last. A mark that was stripped comes
    back: to the cell that has the answer's id, or stands where it did."""
    i = next(i for i, cell in enumerate(ours) if grade_id(cell) == name)
    if not marked:
        if found := _answer_to(cells, ours, i):
            found.metadata.nbgrader = NotebookNode(grade_id=name)
            if not stripped:
                submission.note(name, "the mark of its cell was missing and was restored", tampered=True)
        return
    chosen = [*marked, *(cell for cell in marked if code_of(cell) not in ((), code_of(ours[i])))][-1]
    for cell in marked:
        if cell is not chosen:
            del cell.metadata["nbgrader"]
            submission.note(
                name, "its cell was there more than once; the last one that is written counts", tampered=True
            )


def _find_locked(
    ours: NotebookNode, marked: list[NotebookNode], cells: list[NotebookNode], submission: Submission, stripped: bool
) -> None:
    """Leave the mark of the setup cell to the first that has it, that of a check cell to the first below a cell with an answer;
    what a student wrote into them is kept. A mark that was stripped comes back to the cell with the same text. marked: the
    cells that have it."""
    name = grade_id(ours)
    is_setup = name == SETUP
    if not marked:
        alike = [cell for cell in cells if not grade_id(cell) and cell.source.strip() == ours.source.strip()]
        if alike:
            alike[0 if is_setup else -1].metadata.nbgrader = NotebookNode(grade_id=name)
            if not is_setup and not stripped:
                submission.note(question_of(name), "the mark of its cell was missing and was restored", tampered=True)
        return
    for cell in marked:
        if cell.cell_type == "code":
            _keep_own_lines(cell, cells, ours, submission)
    chosen = marked[0] if is_setup else _first_below_answer(question_of(name), marked, cells, submission)
    for cell in marked:
        if cell is not chosen:
            _set_aside(cell)
            if not is_setup:
                words = "its check cell was there more than once; the first one below an answer counts"
                submission.note(question_of(name), words, tampered=True)


def _first_below_answer(
    name: str, checks: list[NotebookNode], cells: list[NotebookNode], submission: Submission
) -> NotebookNode:
    """Of several check cells of a function the first that has an answer above it, else the last. What the others showed is
    asked too, at the end of the notebook."""
    if len(checks) == 1:
        return checks[0]
    handed_out, answered = _codes(submission.assignment), False
    for cell in cells:
        if answered and any(cell is check for check in checks):
            return cell
        answered = answered or (name in defined_in(cell) and code_of(cell) not in handed_out)
    return checks[-1]


def _set_aside(cell: NotebookNode) -> None:
    """Make a copy that has nothing to add plain text, which is not run."""
    cell.metadata.pop("nbgrader", None)
    _make(cell, "raw")


def code_of(cell: NotebookNode) -> tuple[str, ...]:
    """What makes two cells the same: their lines but for blank ones, and for comments in code."""
    lines = (line.rstrip() for line in cell.source.splitlines())
    is_code = cell.cell_type == "code"
    return tuple(line for line in lines if line and not (is_code and line.lstrip().startswith("#")))


@cache
def _codes(assignment: str) -> frozenset[tuple[str, ...]]:
    return frozenset(map(code_of, as_handed_out(assignment).cells))


# Lines in cells that are restored


def _keep_own_lines(cell: NotebookNode, cells: list[NotebookNode], ours: NotebookNode, submission: Submission) -> None:
    """What a student wrote into a locked cell becomes a cell of its own: behind the setup cell, or before a check cell."""
    if _fits_checksum(cell, ours):  # it is as it was once handed out
        return
    own, is_added = _own_lines(cell.source, ours.source)
    is_setup = grade_id(ours) == SETUP
    if is_setup and own:
        words = (
            "lines were added to the setup cell; they were kept, in a cell of their own behind it"
            if is_added
            else "the setup cell was edited and was restored; the edited one is run behind it"
        )
        submission.note("", words)
    if own and (is_setup or _NAMING.search(own)):
        place = next(i for i, one in enumerate(cells) if one is cell) + is_setup
        kept = NotebookNode(
            id="", cell_type="code", metadata=NotebookNode(), source=own, outputs=[], execution_count=None
        )
        cells.insert(place, kept)
        if is_setup:
            cell.source = ours.source
        else:
            words = "lines were added to its check cell; they were kept, in a cell of their own before it"
            submission.note(question_of(grade_id(ours)), words)


def _own_lines(source: str, ours: str) -> tuple[str, bool]:
    """The lines that were added to a cell of ours, and whether no other was changed; if one was, the whole cell.

    Lines that continue one of ours are no lines to be run alone, so with them it is the whole cell too. "" if there is nothing
    to keep.
    """
    left = [line.rstrip() for line in ours.splitlines() if line.strip()]
    known, own, is_whole, was_ours = set(left), [], False, True
    for line in source.splitlines():
        if left and line.rstrip() == left[0]:
            left.pop(0)
            was_ours = True
        elif line.strip():
            is_whole |= was_ours and line[0] in " \t)]}"
            own.append(line)
            was_ours = False
    if all(line.rstrip() in known for line in own):
        return "", not own and not left
    return (source, False) if left or is_whole else ("\n".join(own), True)


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
            submission.note(grade_id(cell), "its cell was missing and was put back", tampered=True)


def defined_in(cell: NotebookNode) -> frozenset[str]:
    """Functions that a code cell defines at its left margin; none of a cell that is too long to be run."""
    source = cell.source
    if cell.cell_type != "code" or len(source) > MAX_SOURCE or source.startswith("%%"):  # that may be another language
        return frozenset()
    return _seen_to_define(source) if len(source) <= USUAL else _defined(source)


def _defined(source: str) -> frozenset[str]:
    return frozenset(found["name"] for found in _DEFINITION.finditer(source) if found["name"])


_seen_to_define = lru_cache(maxsize=2_000)(_defined)  # most cells are the same for everybody


def _as_released(cell: NotebookNode, ours: NotebookNode, submission: Submission) -> None:
    """Marks, type and, for locked cells, source as released; what was edited is noted.

    What differs because it was handed out otherwise is nobody's doing: a cell that fits its own checksum is as it was once.
    Who forges that is spared the note, and gains nothing: what counts is ours. So do points, which need no note at all.
    """
    name, question = grade_id(cell), question_of(grade_id(cell))
    if cell.cell_type != ours.cell_type:
        submission.note(question, f"its cell was made a {cell.cell_type} cell and was restored", tampered=True)
        _make(cell, ours.cell_type)
    if ours.metadata.nbgrader.locked and code_of(cell) != code_of(ours) and not _fits_checksum(cell, ours):
        what = "the setup cell" if name == SETUP else "its check cell"
        submission.note("" if name == SETUP else question, f"{what} was edited and was restored", tampered=True)
    if ours.metadata.nbgrader.locked:
        cell.source = ours.source
    cell.metadata = deepcopy(ours.metadata)


def _fits_checksum(cell: NotebookNode, ours: NotebookNode) -> bool:
    """Whether a cell of the same kind as ours is as nbgrader says, in the cell itself, that it was handed out."""
    marks, points = ours.metadata.nbgrader, cell.metadata.nbgrader.get("points")
    if marks.grade and not (isinstance(points, (int, float)) and abs(points) < 1e9):
        return False
    return checksum_of(cell, marks | {"points": points}) == cell.metadata.nbgrader.get("checksum")


def _make(cell: NotebookNode, kind: str) -> None:
    """Make it a cell of another type."""
    for key in ("outputs", "execution_count", "attachments"):
        cell.pop(key, None)
    cell.cell_type = kind
    if kind == "code":
        cell.outputs, cell.execution_count = [], None


@dataclass(frozen=True)
class _Demonstrations:
    """Those of an assignment as handed out: texts, ids, lines. questions: the graded functions beside them."""

    texts: frozenset[str]
    ids: frozenset[str]
    lines: tuple[Counter[str], ...]
    questions: frozenset[str]


@cache
def _demonstrations(assignment: str) -> _Demonstrations:
    ours = as_handed_out(assignment).cells
    shown = [cell for cell in ours if is_showcase(cell)]
    return _Demonstrations(
        frozenset(cell.source.strip() for cell in shown),
        frozenset(cell.id for cell in shown),
        tuple(map(_lines, shown)),
        frozenset(grade_id(cell) for cell in ours if is_function(cell)),
    )


def _tag_demonstrations(cells: list[NotebookNode], assignment: str, defined: dict[int, frozenset[str]]) -> None:
    """Tag our demonstrations, known by their text; and those that the student changed, known by tag, id, or most of their lines.

    What defines a graded function is run, whatever else it does.
    """
    ours = _demonstrations(assignment)
    for cell in cells:
        if grade_id(cell):
            continue
        was_tagged = cell.metadata.pop("tags", None)
        if cell.cell_type != "code" or ours.questions & defined[id(cell)]:
            continue
        if cell.source.strip() in ours.texts:
            cell.metadata.tags = [SHOWCASE]
        elif was_tagged or cell.id in ours.ids or _is_mostly_one_of(_lines(cell), ours.lines):
            cell.metadata.tags = [SHOWCASE, EDITED]


def _lines(cell: NotebookNode) -> Counter[str]:
    """The lines of a cell without their indentation, and how often each is there; none of a cell too long to be run."""
    lines = (line.strip() for line in cell.source.splitlines()) if len(cell.source) <= MAX_SOURCE else ()
    return Counter(line for line in lines if line)


def _is_mostly_one_of(lines: Counter[str], several: Iterable[Counter[str]]) -> bool:
    """Whether a cell shares most of its lines with one of several; as difflib's ratio, but in linear time."""
    return any(2 * (one & lines).total() >= MOSTLY * (one.total() + lines.total()) for one in several if lines)


def _put_back(cells: list[NotebookNode], original: dict[str, NotebookNode], submission: Submission) -> None:
    """Insert locked cells that are missing, and move a check cell that stands before its function behind it."""
    place = _places(cells)
    for name, ours in original.items():
        if is_written(ours):
            continue
        target = 0 if name == SETUP else place.get(question_of(name), len(cells) - 1) + 1
        if name not in place:
            cells.insert(target, deepcopy(ours))
            what = "the setup cell" if name == SETUP else "its check cell"
            submission.note(
                "" if name == SETUP else question_of(name), f"{what} was missing and was put back", tampered=True
            )
            place = _places(cells)
        elif question_of(name) in place and place[name] < target - 1:
            submission.note(question_of(name), "its check cell stood before it and was moved behind it", tampered=True)
            cells.insert(target - 1, cells.pop(place[name]))
            place = _places(cells)


def _set_aside_long_ones(cells: list[NotebookNode], submission: Submission) -> None:
    """A cell that is too long to be run becomes plain text, so that the others still count."""
    for i, cell in enumerate(cells):
        if cell.cell_type == "code" and (size := len(cell.source.encode())) > MAX_SOURCE:
            which = f"its cell, number {i + 1}," if grade_id(cell) else f"cell {i + 1}"
            words = f"{which} has {size / 1e6:.1f} MB and was not run; up to {MAX_SOURCE / 1e6:g} MB are. Shorten it"
            submission.note(question_of(grade_id(cell)), words, tampered=True)
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
