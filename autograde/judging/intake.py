"""Take submissions in: find each student's notebook, refuse what cannot be one, repair what can be repaired.

What leaves here is a notebook built anew from sources and cell types only: no saved outputs, no foreign metadata, every
check cell where it belongs. Everything that was put right is noted, and nothing that a student writes is lost.

Everything here takes linear time, within bounds on files, bytes, values and cells. What opens a file of a student's is called
by the process in `reader`, which has a limit of time and memory too; `find` looks at names only.
"""

import contextlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from itertools import count, islice
from pathlib import Path
from time import monotonic

import nbformat
from nbformat import NotebookNode

from autograde.course import this_course
from autograde.notebook import grade_id, is_manual, is_showcase, points_in
from autograde.text import as_text, one_line

MAX_BYTES = 20_000_000
MAX_VALUES = 2_000_000  # in the JSON of a file, where each takes a hundred bytes of memory
MAX_CELLS = 2_000
MAX_SOURCE = (
    1_000_000  # bytes of a cell that is run: even escaped six times as long, it fits into a frame (sandbox.wire)
)
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
CELL_TYPES = ("code", "markdown", "raw")
PASTED = ("image/png", "image/jpeg")  # what of a text's attachments is taken in, where a person will read it
# Of one student's folder:
MAX_FILES = 200  # notebooks
MAX_ENTRIES = 10_000  # files and folders that are looked at
MAX_DEPTH = 10
MAX_FOLDERS = 20  # of no assignment that get a line each
MAX_STRAYS = 40_000_000  # bytes of notebooks that lie elsewhere than they should, which are read to see what they are
STRAY_SECONDS = 4.0  # for that
MAX_NAME = 200  # bytes of a student's or an assignment's name, so that there is room for what names of files add
MAX_REASON = 500  # characters
_BLOCK = 1 << 20
# Definitions at the left margin, past comments and strings. It takes linear time, where a parser takes a thousand times the
# memory of the source; and it finds what a cell defines that does not parse.
_DEFINITION = re.compile(
    r"""\#[^\n]* | '{3}.*?(?:'{3}|\Z) | "{3}.*?(?:"{3}|\Z) 
    | '[^'\\\n]*(?:\\.[^'\\\n]*)*'? | "[^"\\\n]*(?:\\.[^"\\\n]*)*"? | ^def[ \t]+(?P<name>\w+)[ \t]*\(""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


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
        """Note a sentence on a question, on one line; the same one once only."""
        words = one_line(text)  # it may hold the name of a file
        if words not in self.notes.setdefault(question, []):
            self.notes[question].append(words)


class Unreadable(Exception):
    """A file that is no notebook; the message says why."""


@cache
def _as_handed_out(assignment: str) -> NotebookNode:
    """The released notebook, read once. Never change it."""
    return nbformat.read(this_course().notebook(assignment), as_version=4)


def released(assignment: str) -> NotebookNode:
    """A copy of the notebook that students were given."""
    return deepcopy(_as_handed_out(assignment))


@cache
def points_of(assignment: str) -> dict[str, float]:
    """The points of each question of an assignment, in the order of the notebook."""
    return points_in(_as_handed_out(assignment))


@cache
def manual_questions(assignment: str) -> frozenset[str]:
    """Those of them that a person grades; none of an assignment that the course does not have."""
    if assignment not in this_course().assignments:
        return frozenset()
    return frozenset(grade_id(cell) for cell in _as_handed_out(assignment).cells if is_manual(cell))


@dataclass(frozen=True)
class Candidate:
    """Where one student's work on one assignment may lie; None for paths: there is no folder. Nothing is read yet.

    unread: what of the student's folder was not looked at, and why; "" if all was.
    """

    student: str
    assignment: str
    paths: tuple[Path, ...] | None
    unread: str = ""


def find(submissions: Path, recognise: Callable[[Path], str | None]) -> list[Candidate]:
    """All that was or should have been handed in, by student and in the order of the course.

    An assignment that anybody handed in is expected of everybody. recognise: says of which assignment a notebook is that
    lies elsewhere than it should.
    """
    students = sorted(p for p in submissions.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    names = _names([student.name for student in students])
    looked = {names[student.name]: _look(student, recognise) for student in students}
    expected = [a for a in this_course().assignments if any(a in one.candidates for one in looked.values())]
    found = []
    for student, one in looked.items():
        for assignment in expected:
            paths = one.candidates.get(assignment)
            found.append(Candidate(student, assignment, None if paths is None else tuple(paths), one.unread))
        shown = _names(one.unknown, taken=this_course().assignments)
        found += [Candidate(student, shown[name], (), one.unread) for name in one.unknown]
    return found


def _file_name(name: str) -> str:
    """A folder's name as one that can be printed, that still names nothing but a folder, and that files can be named after."""
    words = one_line(name).replace("/", "_")
    words = words if words == name or not words.startswith(".") else f"_{words}"
    return words.encode()[:MAX_NAME].decode(errors="ignore").rstrip() or "_"


def _names(folders: Sequence[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Each folder's name as it can be printed and written; with a number where another's looks the same then."""
    names = {folder: folder for folder in folders if _file_name(folder) == folder}
    gone = {*names, *taken}
    for folder in folders:
        if folder not in names:
            name, n = _file_name(folder), 1
            while (numbered := name if n == 1 else f"{name}-{n}") in gone:
                n += 1
            names[folder] = numbered
            gone.add(numbered)
    return names


def take_in(found: Candidate) -> Submission:
    """Read one submission, and reject, restore or accept it."""
    submission = Submission(found.student, found.assignment)
    if found.assignment not in this_course().assignments:
        known = ", ".join(this_course().assignments)
        words = (
            f"'{found.assignment}' is not an assignment of this course and holds no notebook of one; there are {known}"
        )
        return _stop(submission, "rejected", f"{words}. {found.unread}" if found.unread else words)
    return _read_first(submission, found)


@dataclass
class _Folder:
    """What lies in one student's folder.

    candidates: notebooks by assignment, best first. unknown: folders of no assignment. unread: see Candidate.
    """

    candidates: dict[str, list[Path]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    unread: str = ""


def _look(student: Path, recognise: Callable[[Path], str | None]) -> _Folder:
    """A notebook with another name, or in another place, is taken for the assignment whose cells it has."""
    found = _Folder()
    notebooks, folders = _listed(student, found)
    strays = []
    for path in notebooks:
        if path.parent.name in this_course().assignments and path.stem == path.parent.name:
            found.candidates.setdefault(path.stem, []).append(path)
        else:
            strays.append(path)
    recognised = _recognised(strays, recognise, found)
    for name in folders:
        if name in this_course().assignments:
            found.candidates.setdefault(name, [])
        elif not any(student / name in path.parents for path in recognised):
            found.unknown.append(name)
    for path in strays:
        assignment = recognised.get(path, path.parent.name)
        if assignment in this_course().assignments:
            found.candidates.setdefault(assignment, []).append(path)
    if len(found.unknown) > MAX_FOLDERS:
        found.unread = f"{len(found.unknown) - MAX_FOLDERS:,} more folders of no assignment have no line of their own"
        del found.unknown[MAX_FOLDERS:]
    return found


def _listed(student: Path, found: _Folder) -> tuple[list[Path], list[str]]:
    """The notebooks in a student's folder, nearest first, and the folders right in it. No link is followed."""
    notebooks: dict[Path, None] = {}  # in order, and each once
    folders: dict[str, None] = {}
    for assignment in this_course().assignments:  # what lies where it should is found however much lies beside it
        path = student / assignment / f"{assignment}.ipynb"
        with contextlib.suppress(OSError):
            if stat.S_ISDIR(path.parent.lstat().st_mode):
                folders[assignment] = None
                path.lstat()
                notebooks[path] = None
    left, level = MAX_ENTRIES, [student]
    for depth in range(MAX_DEPTH):
        below: list[Path] = []
        for folder in level:
            try:
                with os.scandir(folder) as entries:
                    here = sorted(islice(entries, left), key=lambda entry: entry.name)
            except OSError as error:
                found.unread = f"The folder '{folder.name}' cannot be read: {error.strerror}"
                continue
            left -= len(here)
            for entry in here:
                path = folder / entry.name
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    below.append(path)
                    if depth == 0 and not entry.name.startswith("__"):
                        folders[entry.name] = None
                elif entry.name.endswith(".ipynb"):
                    notebooks[path] = None
                elif depth == 0 and entry.name in this_course().assignments:
                    folders[entry.name] = None
                    found.unread = f"'{entry.name}' is a link or no folder"
        level = below
    if left == 0:
        found.unread = f"Only {MAX_ENTRIES:,} files and folders of this student were looked at"
    elif level:
        found.unread = f"What lies in more than {MAX_DEPTH} folders was not looked at"
    elif len(notebooks) > MAX_FILES:
        found.unread = f"Only {MAX_FILES} of the notebooks of this student were looked at"
    return list(notebooks)[:MAX_FILES], sorted(folders)


def _recognised(strays: Sequence[Path], recognise: Callable[[Path], str | None], found: _Folder) -> dict[Path, str]:
    """Those that are of an assignment, and of which; as many are read as one student may have read."""
    recognised: dict[Path, str] = {}
    left, end = MAX_STRAYS, monotonic() + STRAY_SECONDS
    for path in strays:
        try:
            size = path.lstat().st_size
        except OSError:
            continue
        left -= size if size <= MAX_BYTES else 0  # a larger one is not read
        if left < 0 or monotonic() > end:
            found.unread = "Not all notebooks in other places were read: they are too many, or too large"
            break
        if assignment := recognise(path):
            recognised[path] = assignment
    return recognised


def recognise(path: Path) -> str | None:
    """The assignment to which a notebook's graded cells or functions belong, whatever the file is called."""
    try:
        cells = read_cells(path)
    except Unreadable:
        return None
    ids = {grade_id(cell) for cell in cells} | {name for cell in cells for name in _defined(cell)}
    graded = {a: {grade_id(c) for c in _as_handed_out(a).cells if _is_solution(c)} for a in this_course().assignments}
    best = max(graded, key=lambda a: len(ids & graded[a]), default=None)
    return best if best and len(ids & graded[best]) >= min(2, len(graded[best])) > 0 else None


def _read_first(submission: Submission, found: Candidate) -> Submission:
    assignment, paths, unread = found.assignment, found.paths, f". {found.unread}" if found.unread else ""
    if paths is None:
        return _stop(submission, "missing", f"there is no folder '{assignment}'{unread}")
    if not paths:
        return _stop(submission, "missing", f"the folder '{assignment}' holds no notebook{unread}")
    submission.path = path = paths[0]
    if path.stem != assignment or path.parent.name != assignment:
        if len(paths) > 1:
            names = ", ".join(f"'{p.name}'" for p in paths[:5]) + (f" and {len(paths) - 5} more" if paths[5:] else "")
            return _stop(submission, "rejected", f"several notebooks could be meant: {names}. Keep one{unread}")
        submission.note("", f"recognised in '{path.parent.name}/{path.name}'")
    try:
        cells = read_cells(path)
    except Unreadable as problem:
        return _stop(submission, "rejected", str(problem))
    if not _names_a_question(cells, assignment):
        asked = "functions and answers" if manual_questions(assignment) else "functions"
        return _stop(submission, "missing", f"the notebook has none of the assignment's {asked}")
    submission.notebook = restore(cells, submission)
    return submission


def _names_a_question(cells: list[NotebookNode], assignment: str) -> bool:
    """Whether any code but the check cells names a graded function, however it may come to be defined, or a cell is for an
    answer."""
    if any({grade_id(cell), cell.id} & manual_questions(assignment) for cell in cells):
        return True
    questions = [grade_id(cell) for cell in _as_handed_out(assignment).cells if _is_solution(cell)]
    sources = [c.source for c in cells if c.cell_type == "code" and not grade_id(c).startswith("test_")]
    return any(question in source for question in questions for source in sources)


def _stop(submission: Submission, status: str, reason: str) -> Submission:
    submission.status, submission.reason = status, one_line(reason)[:MAX_REASON]
    return submission


def read_cells(path: Path) -> list[NotebookNode]:
    """The cells of a notebook file, rebuilt from type, source, id and the marks that grading needs.

    Raises Unreadable for links, files too large, what is not JSON or no notebook.
    """
    content = _content(path)
    if len(content) > MAX_VALUES and _most_values(content) > MAX_VALUES:
        raise Unreadable(f"the file holds more than {MAX_VALUES:,} values. Clear its outputs first")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("the file is not text, so it is no notebook") from None
    except RecursionError:
        raise Unreadable("the file is nested too deeply to be a notebook") from None
    except ValueError as error:
        empty = "the file is empty" if not content else f"the file is not JSON, so it is no notebook: {error}"
        raise Unreadable(empty) from None
    if not isinstance(document, dict) or document.get("nbformat") not in (3, 4):
        raise Unreadable("the file is JSON, but no notebook of format 3 or 4")
    cells = _cells_of_format_3(document) if document["nbformat"] == 3 else document.get("cells")
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise Unreadable(f"the notebook has no list of cells, or more than {MAX_CELLS:,}")
    return [_rebuilt(cell, i) for i, cell in enumerate(cells)]


def _content(path: Path) -> bytes:
    """What is in an ordinary file of not too many bytes; nothing else is opened. Raises Unreadable."""
    flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    try:
        _require_ordinary(path, path.lstat())
        with open(os.open(path, flags), "rb") as file:
            _require_ordinary(path, os.fstat(file.fileno()))  # it may have become another one
            return file.read(MAX_BYTES)
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror}") from None


def _require_ordinary(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"'{path.name}' is a link or no ordinary file")
    if status.st_size > MAX_BYTES:
        size, most = status.st_size / 1e6, MAX_BYTES / 1e6
        raise Unreadable(f"the file has {size:.0f} MB; {most:.0f} are accepted. Clear its outputs first")


def _most_values(content: bytes) -> int:
    """How many values a JSON text can have at most: by the signs outside of its strings, a block at a time."""
    plain = content.replace(b"\\\\", b"").replace(b'\\"', b"")  # so that each quote begins or ends a string
    count = within = 0
    for start in range(0, len(plain), _BLOCK):
        parts = plain[start : start + _BLOCK].split(b'"')
        outside = b"".join(parts[within::2])
        within = (within + len(parts) - 1) % 2
        count += sum(map(outside.count, (b",", b":", b"[", b"{")))
    return count


def _cells_of_format_3(document: dict) -> list | None:
    """The cells of a notebook as it was written until 2014, like those of today. nbformat's own converter has no bounds."""
    sheets = document.get("worksheets")
    if not isinstance(sheets, list) or not all(
        isinstance(s, dict) and isinstance(s.get("cells"), list) for s in sheets
    ):
        return None
    return [_of_today(cell) for sheet in sheets for cell in sheet["cells"]]


def _of_today(cell):
    match cell:
        case {"cell_type": "code"}:
            return cell | {"source": cell.get("input", "")}
        case {"cell_type": "heading" | "html"}:
            return cell | {"cell_type": "markdown"}
    return cell


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
    if kind == "markdown" and (pictures := _pasted(cell.get("attachments"))):
        new.attachments = pictures
    marks = metadata.get("nbgrader")
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        new.metadata.nbgrader = NotebookNode(grade_id=as_text(marks["grade_id"]), points=marks.get("points"))
    if isinstance(metadata.get("tags"), list) and "showcase" in metadata["tags"]:
        new.metadata.tags = ["showcase"]
    return new


def _pasted(attachments: object) -> NotebookNode:
    """The pictures that were pasted into a text, by name, as far as they have the form of it; nothing here opens them."""
    kept = NotebookNode()
    for name, forms in attachments.items() if isinstance(attachments, dict) else ():
        pictures = {
            kind: as_text(content)
            for kind, content in (forms.items() if isinstance(forms, dict) else ())
            if kind in PASTED and isinstance(content, str)
        }
        if pictures:
            kept[as_text(name)] = NotebookNode(pictures)
    return kept


def restore(cells: list[NotebookNode], submission: Submission) -> NotebookNode:
    """A notebook that can be graded: marks and check cells as released, the student's code as it is. Changes `cells`."""
    ours = _as_handed_out(submission.assignment)
    original = {grade_id(cell): cell for cell in ours.cells if grade_id(cell)}
    demonstrations = {cell.id for cell in ours.cells if is_showcase(cell)}
    _adopt_unmarked(cells, original, submission)
    _adopt_answers(cells, ours.cells, submission)
    _keep_last(cells, original, submission)
    for cell in cells:
        if grade_id(cell):
            _as_released(cell, original[grade_id(cell)], submission)
        elif cell.id in demonstrations:
            cell.metadata.tags = ["showcase"]
    _put_back(cells, original, submission)
    _put_back_answers(cells, ours.cells, submission)
    if not manual_questions(submission.assignment):
        for cell in cells:
            cell.pop("attachments", None)  # nobody reads them
    _set_aside_long_ones(cells, submission)
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
    defined = [(cell, _defined(cell)) for cell in cells if not grade_id(cell)]
    for name, cell in original.items():
        if name in present or is_manual(cell):
            continue
        if _is_solution(cell):
            alike = [c for c, names in defined if name in names and not grade_id(c)]
        else:
            alike = [c for c in cells if not grade_id(c) and c.source.strip() == cell.source.strip()]
        if alike:
            alike[-1].metadata.nbgrader = NotebookNode(grade_id=name)
            if name.startswith("test_") or _is_solution(cell):
                submission.note(_question_of(name), "the mark of its cell was missing and was restored")


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


def _defined(cell: NotebookNode) -> set[str]:
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
        _make(cell, ours.cell_type)
    if ours.metadata.nbgrader.locked and cell.source.strip() != ours.source.strip():
        what = "the setup cell" if name == "setup" else "its check cell"
        submission.note("" if name == "setup" else question, f"{what} was edited and was restored")
    if ours.metadata.nbgrader.locked:
        cell.source = ours.source
    cell.metadata = deepcopy(ours.metadata)


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


def _set_aside_long_ones(cells: list[NotebookNode], submission: Submission) -> None:
    """A cell that is too long to be run becomes plain text, so that the others still count."""
    for i, cell in enumerate(cells):
        if cell.cell_type == "code" and (size := len(cell.source.encode())) > MAX_SOURCE:
            which = f"its cell, number {i + 1}," if grade_id(cell) else f"cell {i + 1}"
            words = f"{which} has {size / 1e6:.1f} MB and was not run; up to {MAX_SOURCE / 1e6:g} MB are. Shorten it"
            submission.note(_question_of(grade_id(cell)), words)
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
