"""`course grade`: a folder of submissions in; gradebook, grades.csv, feedback pages and a report out.

One bad submission never stops the rest. What is decided is written at once, a batch at a time, so that a stopped run can
be resumed and loses nothing; and no more than a batch is held in memory.
"""

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from autograde.course import FILE as COURSE_FILE
from autograde.course import command_for_this, this_course
from autograde.files import FULL, is_full
from autograde.judging.intake import find
from autograde.judging.reader import Reader
from autograde.judging.submission import Candidate
from autograde.lms.archives import looks_like_work
from autograde.paths import typed
from autograde.records.class_folder import ClassFolder
from autograde.records.refusals import RecordsError
from autograde.records.verdict_file import VerdictFile
from autograde.running.basis import CannotGrade, Run, changes_since, read_run, write_run
from autograde.running.class_run import MOST_NAMES, ClassRun
from autograde.running.cluster import require_reachable
from autograde.running.owning import owning
from autograde.running.request import Request, Result, cannot_write
from autograde.sandbox.client import SandboxError
from autograde.text import some

BAR = "{l_bar}{bar}| {n_fmt} of {total_fmt}, {remaining} left"


def grade(request: Request) -> Result:
    """Grade everything. Raises CannotGrade, RecordsError: before anything is written, or with all verdicts so far kept."""
    try:
        _require_submissions(request.submissions)
        _require_apart(request.submissions.resolve(), request.out.resolve())
        _require_students(request.submissions)
        _require_out(request)
    except OSError as error:
        raise CannotGrade(f"'{error.filename}' cannot be opened: {error.strerror}") from None
    if request.cluster is not None:
        require_reachable(request.cluster)
    with Reader() as reader:
        # nbgrader goes to another folder while it converts, and takes along what is relative
        here = replace(request, submissions=request.submissions.absolute(), out=request.out.absolute())
        found, left_out = find(here.submissions, reader.recognise), _left_out(here.submissions)
        if not found:
            nothing = "it holds no folder <student>/<assignment> with a notebook"
            raise CannotGrade(
                ". ".join(filter(None, (f"no submission in '{request.submissions}': {nothing}", left_out)))
            )
        try:
            request.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(request.out, error) from error
        with owning(ClassFolder(request.out)):
            if not request.resume and ClassFolder(request.out).mark.is_file():
                raise _there_already(request.out)  # since a moment
            result = _grade(here, found, reader)
            result.left_out = left_out
            return result


def _grade(request: Request, found: list[Candidate], reader: Reader) -> Result:
    kept = VerdictFile(ClassFolder(request.out))
    kept.require()
    if request.resume and request.anew is None and ClassFolder(request.out).mark.is_file():
        require_same_course(ClassFolder(request.out))
    if request.anew is not None:  # what was never there is no work that could be judged anew
        found = [one for one in found if one.paths is not None or kept.of(one.student, one.assignment)]
    terms = open_out(request)
    result = Result([], terms.seed)
    run = ClassRun(request, terms, result, reader)
    try:
        assignments = [a for a in this_course().assignments if any(f.assignment == a and f.paths for f in found)]
        run.ask(assignments, 0 if request.resume else sum(f.paths is not None for f in found))
        with tqdm(total=len(found), desc="grading", bar_format=BAR, dynamic_ncols=True) as run.bar:
            for place in found:
                run.take(place)
            run.finish()
        result.rows = run.tell(found)
        run.keep()
    except (SandboxError, RecordsError) as error:
        if is_full(error):
            raise cannot_write(request.out, OSError(FULL[0], os.strerror(FULL[0]))) from error
        raise CannotGrade(str(error)) from None
    except OSError as error:
        raise cannot_write(request.out, error) from error
    finally:
        run.close()
    return result


def _left_out(submissions: Path) -> str:
    """What lies beside the students' folders and looks like work, in a sentence; "" if nothing does."""
    with os.scandir(submissions) as entries:
        files = sorted(e.name for e in entries if looks_like_work(e.name) and not e.is_dir())
    advice = (
        "a notebook belongs in <student>/<assignment>/, and a zip is taken in by `course import` and then moved away"
    )
    said = f"Nobody's, since they lie right in '{submissions}', and not graded: {some(files, MOST_NAMES)}; {advice}"
    return said if files else ""


def _require_submissions(folder: Path) -> None:
    if not folder.exists():
        raise CannotGrade(f"there is no folder '{folder}'. Give the folder that holds <student>/<assignment>/")
    if not folder.is_dir():
        raise CannotGrade(f"'{folder}' is a file. Give the folder that holds <student>/<assignment>/")


def _require_apart(submissions: Path, out: Path) -> None:
    """What is written must not be taken for what was handed in, nor a course or a graded class for students."""
    advice = "Give the folder that holds <student>/<assignment>/"
    if ClassFolder(submissions).mark.is_file():
        raise CannotGrade(f"'{submissions}' is what `course grade` wrote, not what was handed in. {advice}")
    if (submissions / COURSE_FILE).is_file():
        raise CannotGrade(f"'{submissions}' is a course, not a folder of submissions. {advice}")
    if out.is_relative_to(submissions):
        raise CannotGrade(f"'{out}' lies in the folder of submissions, '{submissions}'. Give --out a folder beside it")
    if submissions.is_relative_to(out) and submissions != ClassFolder(out).handed_in:
        raise CannotGrade(f"the submissions, '{submissions}', lie in '{out}'. Give --out another folder")


def _require_students(submissions: Path) -> None:
    """The folders right below are of students, and neither assignments nor whole classes. Who is one of many is not asked."""
    names = this_course().assignments
    folders = _folders_in(submissions)
    if folders and all(folder.name in names for folder in folders):
        raise CannotGrade(
            f"the folders in '{submissions}' have the names of assignments. Give the folder above, in which each student "
            "has a folder"
        )
    if folders and not any(_has_one_of(folder, names) for folder in folders):  # so the first student ends the search
        inside = [[f for f in _folders_in(folder) if _has_one_of(f, names)] for folder in folders]
        if not all(inside):
            return
        students = some([f"'{f.name}'" for each in inside for f in each])
        raise CannotGrade(
            f"'{folders[0]}' looks like a whole class: the folders in it ({students}) have those of assignments. Give "
            f"'{folders[0]}'"
        )


def _folders_in(folder: Path) -> list[Path]:
    with contextlib.suppress(PermissionError):  # which is told of its student
        return [p for p in sorted(folder.iterdir()) if p.is_dir() and not p.name.startswith((".", "__"))]
    return []


def _has_one_of(folder: Path, names: Sequence[str]) -> bool:
    return any((folder / name).is_dir() for name in names)


def _require_out(request: Request) -> None:
    """OUT must be new, or, to resume, one of ours."""
    out = request.out
    if out.is_dir() and {path.name for path in out.iterdir()} == {ClassFolder(out).lock.name}:
        return  # there was no room for more, or whoever began it was stopped at once
    if out.exists() and not request.resume:
        raise _there_already(out)
    if out.exists() and not ClassFolder(out).mark.is_file():
        raise CannotGrade(f"'{out}' is not the result of an earlier `course grade`, so nothing is resumed in it")


def _there_already(out: Path) -> CannotGrade:
    return CannotGrade(f"'{out}' exists already. Choose another folder, or continue in it with --resume")


def require_same_course(out: ClassFolder) -> None:
    """A class is not graded half on these terms and half on others. Raises CannotGrade, RecordsError."""
    if changes := changes_since(out):
        raise CannotGrade(
            f"since '{out.root}' was graded, these have changed: {'; '.join(changes)}. Nothing was done;"
            f" `{command_for_this()} regrade {typed(out.root)}` judges anew, and lists old and new points"
        )


def open_out(request: Request) -> Run:
    """Make OUT or find it; the terms of the run, which are kept."""
    out = ClassFolder(request.out)
    given = {name: getattr(request, name) for name in ("seconds_per_cell", "memory_mb", "showcase", "counts")}
    given = {name: value for name, value in given.items() if value is not None}
    try:
        if out.mark.is_file():
            run = read_run(out)
            if request.seed not in (None, run.seed):
                raise CannotGrade(f"'{request.out}' was begun with seed {run.seed}; resume it without --seed")
            if request.counts not in (None, run.counts):
                raise CannotGrade(f"'{request.out}' was begun with --counts {run.counts}; go on without --counts")
        else:
            seed = 1 + secrets.randbelow(2**31 - 1) if request.seed is None else request.seed
            run = Run(str(request.submissions.resolve()), seed, drawn=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}")
        run = replace(run, **given)
        write_run(run, out)
        return run
    except OSError as error:
        raise cannot_write(request.out, error) from error
