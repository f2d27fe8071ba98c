"""`course grade`: a folder of submissions in; gradebook, grades.csv, feedback pages and a report out.

One bad submission never stops the rest. Every verdict is written as soon as it is there, so that a stopped run can be
resumed and loses nothing.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import nbformat
from tqdm import tqdm

from autograde.build import register
from autograde.intake import Submission, take_in
from autograde.paths import SOLUTIONS
from autograde.report import write_report, write_stopped_page
from autograde.runner import Job, NbgraderRunner, NbgraderSettings, Runner
from autograde.script import read_script, write_notebook
from autograde.verdicts import Row, VerdictFolder, rows_of, write_csv

MARK = "run.json"  # says that a folder is the result of `course grade`
TIERS = ("auto", "fork", "kernel", "none")


class CannotGrade(Exception):
    """The command was given something it cannot work with; the message is one line for the user."""


@dataclass(frozen=True)
class Request:
    """What `course grade` was asked. jobs: notebooks at a time. seconds_per_cell: when a cell is interrupted."""

    submissions: Path
    out: Path
    jobs: int
    tier: str = "auto"
    resume: bool = False
    showcase: bool = False
    seconds_per_cell: int = 60


def grade(request: Request) -> list[Row]:
    """Grade everything; the rows of grades.csv. Raises CannotGrade before anything is written."""
    _require_submissions(request.submissions)
    _require_tier(request.tier)
    _require_out(request)
    submissions = list(take_in(request.submissions))
    if not submissions:
        raise CannotGrade(
            f"no submission in '{request.submissions}': it holds no folder <student>/<assignment> with a notebook"
        )
    _open_out(request)
    verdicts = VerdictFolder(request.out / "verdicts")
    rows = {_key(s): verdicts.read(s) for s in submissions}
    todo = [s for s in submissions if rows[_key(s)] is None]

    for submission in (s for s in todo if s.status):
        rows[_key(submission)] = _settle(submission, rows_of(submission, None), request.out, verdicts)
    to_run = {_key(s): s for s in todo if not s.status}
    if to_run:
        runner = _runner(request, len(to_run))
        _prepare(request.out, list(to_run.values()))
        try:
            _run(runner, to_run, rows, request.out, verdicts, done=len(submissions) - len(to_run))
        finally:
            runner.close()

    every = [row for s in submissions for row in rows[_key(s)] or []]
    write_csv(every, request.out / "grades.csv")
    write_report(every, request.out)
    return every


def _key(submission: Submission | Job) -> tuple[str, str]:
    return submission.student, submission.assignment


def _require_submissions(folder: Path) -> None:
    if not folder.exists():
        raise CannotGrade(f"there is no folder '{folder}'. Give the folder that holds <student>/<assignment>/")
    if not folder.is_dir():
        raise CannotGrade(f"'{folder}' is a file. Give the folder that holds <student>/<assignment>/")


def _require_tier(tier: str) -> None:
    if tier not in ("auto", "none"):
        raise CannotGrade(f"isolation '{tier}' is not available in this version; 'none' is (time limits only)")


def _require_out(request: Request) -> None:
    """OUT must be new, or, to resume, one of ours."""
    out = request.out
    if out.exists() and not request.resume:
        raise CannotGrade(f"'{out}' exists already. Choose another folder, or continue in it with --resume")
    if out.exists() and not (out / MARK).is_file():
        raise CannotGrade(f"'{out}' is not the result of an earlier `course grade`, so nothing is resumed in it")


def _open_out(request: Request) -> None:
    try:
        request.out.mkdir(parents=True, exist_ok=True)
        mark = json.dumps({"submissions": str(request.submissions)})
        (request.out / MARK).write_text(mark + "\n", encoding="utf-8")
    except OSError as error:
        raise CannotGrade(f"'{request.out}' cannot be written: {error.strerror}. Choose another folder") from None


def _settle(submission: Submission, rows: list[Row], out: Path, verdicts: VerdictFolder) -> list[Row]:
    """Keep a verdict; where no notebook was executed, write a feedback page that says why."""
    if all(row.status in ("missing", "rejected", "error", "timeout") for row in rows):
        page = out / "feedback" / submission.student / submission.assignment / f"{submission.assignment}.html"
        if not page.exists():
            write_stopped_page(rows, page)
    verdicts.write(submission, rows)
    return rows


def _runner(request: Request, jobs: int) -> Runner:
    """The best runner that this machine offers. So far there is one."""
    root = request.out.resolve()
    settings = NbgraderSettings(str(root), str(root / "source"), request.showcase, request.seconds_per_cell)
    seconds = 3600 if request.showcase else max(300, 5 * request.seconds_per_cell)
    return NbgraderRunner(settings, max(1, min(request.jobs, jobs)), seconds)


def _prepare(out: Path, submissions: list[Submission]) -> None:
    """Fill OUT as an nbgrader course folder: source/, the assignments in gradebook.db, submitted/."""
    new = [a for a in dict.fromkeys(s.assignment for s in submissions) if not (out / "release" / a).exists()]
    for assignment in new:
        source = read_script(SOLUTIONS / f"{assignment}.py").notebook
        write_notebook(source, out / "source" / assignment / f"{assignment}.ipynb")
    register(new, root=out.resolve(), source=(out / "source").resolve())
    for s in submissions:
        assert s.notebook is not None
        path = out / "submitted" / s.student / s.assignment / f"{s.assignment}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(s.notebook, path)


def _run(runner: Runner, to_run: dict, rows: dict, out: Path, verdicts: VerdictFolder, done: int) -> None:
    with tqdm(total=done + len(to_run), initial=done, unit=" submissions", desc="grading", dynamic_ncols=True) as bar:
        for execution in runner.run(Job(*key) for key in to_run):
            key = _key(execution.job)
            rows[key] = _settle(to_run[key], rows_of(to_run[key], execution), out, verdicts)
            bar.update()


def default_jobs() -> int:
    """As many notebooks at a time as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
