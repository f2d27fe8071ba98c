"""Take submissions in: find each student's notebook, refuse what cannot be one, and have repaired what can be repaired.

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
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import monotonic

from nbformat import NotebookNode

from autograde.course import this_course
from autograde.judging.restore import defined_in, restore
from autograde.judging.submission import Candidate, Submission, as_handed_out, manual_questions
from autograde.notebook import SHOWCASE, grade_id, is_function, is_written
from autograde.text import as_text, one_line

MAX_BYTES = 20_000_000
MAX_VALUES = 2_000_000  # in the JSON of a file, where each takes a hundred bytes of memory
MAX_CELLS = 2_000
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


class Unreadable(Exception):
    """A file that is no notebook; the message says why."""


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
    ids = {grade_id(cell) for cell in cells} | {name for cell in cells for name in defined_in(cell)}
    graded = {a: {grade_id(c) for c in as_handed_out(a).cells if is_written(c)} for a in this_course().assignments}
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
    questions = [grade_id(cell) for cell in as_handed_out(assignment).cells if is_function(cell)]
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
        new.metadata.nbgrader = NotebookNode(
            grade_id=as_text(marks["grade_id"]), points=marks.get("points"), checksum=marks.get("checksum")
        )
    if isinstance(metadata.get("tags"), list) and SHOWCASE in metadata["tags"]:
        new.metadata.tags = [SHOWCASE]
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
