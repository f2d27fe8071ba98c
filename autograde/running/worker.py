"""A process that judges notebooks: reads a job a line, writes an execution a line.

python -m autograde.running.worker '{"root": ..., "boxes": {...}, "rules": {...}}'

It is started so, or forked out of a process that has imported this module (`become`).
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

import nbconvert.filters  # noqa: F401  # which pages need: while there is no work, it keeps nobody waiting

from autograde.files import FULL
from autograde.judging.judge import judge
from autograde.judging.notebook_run import OpenBox, Rules
from autograde.judging.submission import points_of
from autograde.judging.tiers import Boxes, OneAhead
from autograde.notebook import read_notebook
from autograde.records.attempts import Attempts
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import GradebookEntry, handed_in, save_autograded
from autograde.reporting.feedback import write_feedback
from autograde.results import Execution, Job, scores_of
from autograde.sandbox.client import SandboxError
from autograde.sandbox.linux import MB, limit
from autograde.text import lines
from checking.questions import load_questions

MEMORY_MB = 1024  # seven times what honest submissions take


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker needs to know: the course folder, where boxes come from, how notebooks are run."""

    root: str
    boxes: Boxes
    rules: Rules
    _ahead: dict[int, OneAhead] = field(default_factory=dict)  # by the socket of a fork server

    def opener(self, assignment: str) -> Callable[[], OpenBox]:
        """A function that opens a box for one notebook of the assignment."""
        opener = self.boxes.opener(assignment)
        server = self.boxes.sockets.get(assignment)
        if server is None:
            return opener
        return self._ahead.setdefault(server, OneAhead(opener))


def main() -> None:
    """Take jobs from standard input until it ends. Executions go to standard output, what else is printed to the log."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed here goes to the log
    given = json.loads(sys.argv[1])
    _work(given["root"], Boxes.of(given["boxes"]), Rules(**given["rules"]), sys.stdin, replies)


def become(
    root: str,
    boxes: Boxes,
    rules: Rules,
    sockets: dict[int, Connection],
    pipes: tuple[Connection, Connection],
    log: str,
) -> None:
    """The same for a process that was forked. sockets: by what they are called in `boxes`. pipes: for jobs and for executions."""
    os.setsid()  # a Ctrl-C in the terminal is the grader's to handle
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for standard in (1, 2):
        os.dup2(said, standard)
    here = {assignment: sockets[socket].fileno() for assignment, socket in boxes.sockets.items()}
    jobs, replies = (os.dup(pipe.fileno()) for pipe in pipes)
    with open(jobs, encoding="utf-8") as source, open(replies, "w", encoding="utf-8") as target:
        _work(root, replace(boxes, sockets=here), rules, source, target)


def _work(root: str, boxes: Boxes, rules: Rules, jobs: Iterable[str], replies: IO[str]) -> None:
    if sys.platform == "linux":  # whatever a submission makes of it, this process does not take the machine's memory
        limit(data=MEMORY_MB * MB)
    settings = WorkerSettings(root, boxes, rules)
    for line in jobs:
        began = time.monotonic()
        execution = grade(Job(**json.loads(line)), settings)
        replies.write(json.dumps(asdict(execution) | {"seconds": time.monotonic() - began}) + "\n")
        replies.flush()


def grade(job: Job, settings: WorkerSettings) -> Execution:
    """Judge one notebook; write it as it came out, and its feedback page. A failure that is ours is said, not hidden."""
    out = ClassFolder(Path(settings.root))
    folder = Attempts(out).folder(*job.key)
    try:
        path = folder.submitted(job.student, job.assignment)
        notebook = read_notebook(path)
        questions = _questions(out.asked(job.assignment))
        judged = judge(notebook, questions, settings.opener(job.assignment), settings.rules)
        scores = scores_of(judged.answers)
        graded = GradebookEntry(job.student, job.assignment, scores, handed_in(path.parent), judged.notebook, job.notes)
        save_autograded(graded, folder)
        write_feedback(graded, points_of(job.assignment), folder.page(job.student, job.assignment))
    except SandboxError:
        _say_why()
        sys.exit(3)  # another worker, with another fork server, takes the job
    except Exception as error:
        _say_why()
        if isinstance(error, OSError) and error.errno in FULL:
            return Execution(job, failure=("full", str(error.strerror)))
        return Execution(
            job, failure=("error", f"the grader failed on it ({type(error).__name__}); its log/ says more")
        )
    return Execution(job, judged.answers, starved=judged.starved)


def _say_why() -> None:
    """In the log, which is read in a terminal; an exception may have words of the submission in it."""
    print(lines(traceback.format_exc()), file=sys.stderr, flush=True)


@cache
def _questions(path: Path):
    return load_questions(path)


if __name__ == "__main__":
    main()
