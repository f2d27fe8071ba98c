"""Take submissions in: find each student's notebook, refuse what cannot be one, and have repaired what can be repaired.

What leaves here is a notebook built anew from sources and cell types only: no saved outputs, no foreign metadata, every
check cell where it belongs. Everything that was put right is noted, and nothing that a student writes is lost.

Which file is the work is said by its name, and where that leaves a doubt by what is in the files. What opens a file of a
student's is called by the process in `reader`, which has a limit of time and memory; `find` looks at names only.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from time import monotonic

from nbformat import NotebookNode

from autograde.course import this_course
from autograde.judging.notebook_file import MAX_BYTES, MAX_FILE, Unreadable, read_notebook_file
from autograde.judging.restore import code_of, defined_in, restore
from autograde.judging.submission import Candidate, Submission, as_handed_out, manual_questions
from autograde.notebook import grade_id, is_function, is_written, notebook_stem
from autograde.text import one_line, some

# Of one student's folder:
MAX_FILES = 200  # notebooks
MAX_ENTRIES = 10_000  # files and folders that are looked at
MAX_DEPTH = 10
MAX_FOLDERS = 20  # of no assignment that get a line each
MAX_STRAYS = 40_000_000  # bytes of notebooks that lie elsewhere than they should, which are read to see what they are
STRAY_SECONDS = 4.0  # for that
MAX_NAME = 200  # bytes of a student's or an assignment's name, so that there is room for what names of files add
MAX_REASON = 500  # characters
MAX_RIVALS, MAX_RIVAL_BYTES = 10, 100_000_000  # notebooks of one assignment that are compared


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
        found += [_candidate(student, assignment, one) for assignment in expected]
        shown = _names(one.unknown, taken=this_course().assignments)
        found += [Candidate(student, shown[name], (), one.unread) for name in one.unknown]
    return found


def candidates_of(student: Path, recognise: Callable[[Path], str | None]) -> dict[str, Candidate]:
    """What one student's folder holds, by assignment; of assignments of which it holds nothing there is nothing."""
    one = _look(student, recognise)
    return {assignment: _candidate(student.name, assignment, one) for assignment in one.candidates}


def _candidate(student: str, assignment: str, one: "_Folder") -> Candidate:
    paths = one.candidates.get(assignment)
    named = (p for others in one.candidates.values() for p in others[:1] if _is_named(p))
    elsewhere = tuple(path for path in named if path.parent.name != assignment)
    beside = some(one.beside.get(assignment, []))
    lies = None if paths is None else tuple(paths)
    return Candidate(student, assignment, lies, one.unread, elsewhere, beside, one.closed)


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

    candidates: notebooks by assignment, best first. unknown: folders of no assignment. unread: see Candidate. beside: by
    assignment, what lies in its folder and is no notebook of it, in words. closed: see Candidate.
    """

    candidates: dict[str, list[Path]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    unread: str = ""
    beside: dict[str, list[str]] = field(default_factory=dict)
    closed: bool = False


def _is_named(path: Path) -> bool:
    """Whether a notebook has the name and the place that it should have."""
    return path.parent.name in this_course().assignments and path.name == f"{path.parent.name}.ipynb"


def _look(student: Path, recognise: Callable[[Path], str | None]) -> _Folder:
    """A notebook with another name, or in another place, is taken for the assignment whose cells it has."""
    found = _Folder()
    notebooks, folders = _listed(student, found)
    strays = []
    for path in notebooks:
        if _is_named(path):
            found.candidates.setdefault(path.parent.name, []).append(path)
        else:
            strays.append(path)
    recognised = _recognised(strays, recognise, found)
    for name in folders:
        if name in this_course().assignments:
            found.candidates.setdefault(name, [])
        elif not any(student / name in path.parents for path in recognised):
            found.unknown.append(name)
    for path in strays:
        assignment, folder = recognised.get(path, path.parent.name), path.parent.name
        if assignment in this_course().assignments:
            found.candidates.setdefault(assignment, []).append(path)
        if assignment != folder:
            found.beside.setdefault(folder, []).append(f"'{path.name}', the notebook of '{assignment}'")
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
                found.closed = found.closed or folder == student
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
                elif notebook_stem(entry.name) is not None:
                    notebooks[path] = None
                elif depth == 0 and entry.name in this_course().assignments:
                    folders[entry.name] = None
                    found.unread = f"'{entry.name}' is a link or no folder"
                elif depth and entry.name != "timestamp.txt" and folder.name in this_course().assignments:
                    found.beside.setdefault(folder.name, []).append(f"'{entry.name}'")
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
        left -= min(size, MAX_BYTES) if size <= MAX_FILE else 0  # a larger one is not read
        if left < 0 or monotonic() > end:
            found.unread = "Not all notebooks in other places were read: they are too many, or too large"
            break
        if assignment := recognise(path):
            recognised[path] = assignment
    return recognised


def recognise(path: Path) -> str | None:
    """The assignment to which a notebook's graded cells or functions belong, whatever the file is called."""
    try:
        return _assignment_of(read_notebook_file(path).cells)
    except Unreadable:
        return None


def _assignment_of(cells: list[NotebookNode], named: str | None = None) -> str | None:
    """The assignment of which a notebook has most graded cells or functions; the one it is named after, if it has two of that."""
    ids = {grade_id(cell) for cell in cells} | {name for cell in cells for name in defined_in(cell)}
    graded = {assignment: _graded_in(assignment) for assignment in this_course().assignments}
    enough = [a for a in graded if len(ids & graded[a]) >= min(2, len(graded[a])) > 0]
    return named if named in enough else max(enough, key=lambda a: len(ids & graded[a]), default=None)


@cache
def _graded_in(assignment: str) -> frozenset[str]:
    return frozenset(grade_id(cell) for cell in as_handed_out(assignment).cells if is_written(cell))


# Which of a student's notebooks counts


def _read_first(submission: Submission, found: Candidate) -> Submission:
    """The notebook that counts: the one with the right name, unless it is as it was handed out or cannot be that, and another
    holds answers. Where that leaves a choice, a person is asked for it."""
    rivals, unread = _rivals(found)
    named = next((one for one in rivals if one.path and _is_named_for(one.path, found)), None)
    usable = [one for one in rivals if one.notebook]
    filled = [(one, answers) for one in usable if len(rivals) > 1 and (answers := _answers(one))]
    chosen = next(iter(usable or rivals), None)
    if named and filled and filled[0][0] is named:
        if others := [one for one, answers in filled if not answers.items() <= filled[0][1].items()]:
            names = some([_shown(one, found) for one in others])
            named.note("", f"other answers lie in {names}; {_shown(named, found)} counts")
            named.needs_person = True
    elif filled:  # the one that has all that is in the others
        chosen = next((one for one, all_ in filled if all(some.items() <= all_.items() for _, some in filled)), None)
        if chosen is None:
            names = some([_shown(one, found) for one, _ in filled])
            return _stop(submission, "rejected", f"several notebooks could be meant: {names}. Keep one{unread}")
    if chosen is None and found.closed:
        return _stop(submission, "rejected", f"{found.unread}. Make it readable and grade again with --resume")
    if chosen is None:
        lies = f"; there is {found.beside}" if found.beside else ""
        folder = f"'{found.assignment}'"
        nothing = (
            f"there is no folder {folder}"
            if found.paths is None
            else f"the folder {folder} holds no notebook of this assignment"
        )
        return _stop(submission, "missing", f"{nothing}{lies}{unread}")
    if chosen.notebook and chosen is not named and chosen.path:
        if named:
            why = named.reason or "it is as it was handed out"
            chosen.note("", f"{_shown(chosen, found)} was graded in place of {_shown(named, found)}: {why}")
        else:
            chosen.note("", f"recognised in '{chosen.path.parent.name}/{chosen.path.name}'")
    if chosen.status and unread:
        return _stop(chosen, chosen.status, f"{chosen.reason}{unread}")
    return chosen


def _rivals(found: Candidate) -> tuple[list[Submission], str]:
    """The notebooks that may be the work, opened; and what was not looked at, as a sentence to end with.

    Notebooks with the names of other assignments are opened only where there is no other with answers, and are rivals only if
    they are of this one.
    """
    left = MAX_RIVAL_BYTES
    opened: list[Submission] = []
    unread = f". {found.unread}" if found.unread else ""
    for i, path in enumerate((*(found.paths or ()), *found.elsewhere)):
        is_elsewhere = i >= len(found.paths or ())
        if is_elsewhere and any(one.notebook and _answers(one) for one in opened):
            break
        with contextlib.suppress(OSError):
            left -= path.lstat().st_size
        if i and (left < 0 or i >= MAX_RIVALS):
            unread += ". Not all of this student's notebooks were compared: they are too many, or too large"
            break
        one = _open(path, found, is_elsewhere)
        if one.notebook or not is_elsewhere:
            opened.append(one)
    return opened, unread


def _open(path: Path, found: Candidate, is_elsewhere: bool) -> Submission:
    """What becomes of one notebook, if it is the one that counts."""
    submission = Submission(found.student, found.assignment, path)
    try:
        file = read_notebook_file(path)
    except Unreadable as problem:
        return _stop(submission, "rejected", str(problem))
    belongs_to = _assignment_of(file.cells, named=found.assignment)
    if belongs_to != found.assignment and (belongs_to or is_elsewhere):
        return _stop(submission, "missing", _belongs_elsewhere(submission, found, belongs_to))
    if not _names_a_question(file.cells, found.assignment):
        asked = "functions and answers" if manual_questions(found.assignment) else "functions"
        return _stop(submission, "missing", f"the notebook has none of the assignment's {asked}")
    for words in file.notes:
        submission.note("", words)
    submission.python = file.python
    submission.notebook = restore(file.cells, submission)
    return submission


def _belongs_elsewhere(one: Submission, found: Candidate, assignment: str | None) -> str:
    """That a notebook is of another assignment, which is expected only if somebody has handed it in there."""
    said = f"{_shown(one, found)} is the notebook of '{assignment}'"
    return f"{said}. If that has no row here, put it into '{found.student}/{assignment}/' and use --resume"


def _is_named_for(path: Path, found: Candidate) -> bool:
    return path.parent.name == found.assignment and _is_named(path)


def _shown(one: Submission, found: Candidate) -> str:
    """The name of a notebook's file; with its folder, where that is not the assignment's."""
    assert one.path
    folder = one.path.parent.name
    return f"'{one.path.name}'" if folder == found.assignment else f"'{folder}/{one.path.name}'"


def _answers(one: Submission) -> dict[str, tuple[str, ...]]:
    """What is written in the cells of the questions, without those as handed out; and where a question has no cell, in those
    that name it."""
    assert one.notebook
    cells, answers = one.notebook.cells, {}
    for ours in as_handed_out(one.assignment).cells:
        if name := grade_id(ours) if is_written(ours) else "":
            own = [c for c in cells if grade_id(c) == name]
            own = own or [c for c in cells if c.cell_type == "code" and not grade_id(c) and name in c.source]
            written = tuple(line for cell in own for line in code_of(cell))
            if written and written != code_of(ours):
                answers[name] = written
    return answers


def _names_a_question(cells: list[NotebookNode], assignment: str) -> bool:
    """Whether any code but the check cells names a graded function, however it may come to be defined, or a cell is for an
    answer."""
    answers = manual_questions(assignment)
    if answers and any({grade_id(cell), cell.id} & answers for cell in cells):
        return True
    questions = [grade_id(cell) for cell in as_handed_out(assignment).cells if is_function(cell)]
    sources = [c.source for c in cells if c.cell_type == "code" and not grade_id(c).startswith("test_")]
    return any(question in source for question in questions for source in sources)


def _stop(submission: Submission, status: str, reason: str) -> Submission:
    submission.status, submission.reason = status, one_line(reason)[:MAX_REASON]
    return submission
