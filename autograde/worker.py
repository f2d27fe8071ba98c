"""The process in which nbgrader executes notebooks: reads a job a line, writes an execution a line.

python -m autograde.worker '{"root": ..., "source": ..., "showcase": false, "seconds_per_cell": 60}'
"""

import json
import os
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from autograde.nbgrader_api import autograde_one, course_api, feedback_on_one, quiet
from autograde.runner import NbgraderSettings
from autograde.script import grade_id
from helpers.check import VERDICT_TYPE

IN_CELL = re.compile(r"\(\d+\.py, line (\d+)\)")  # IPython numbers cells as if they were files
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def main() -> None:
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed here goes to the log
    quiet()
    settings = NbgraderSettings(**json.loads(sys.argv[1]))
    api = course_api(Path(settings.root), _config(settings))
    for line in sys.stdin:
        job = json.loads(line)
        replies.write(json.dumps(grade(api, settings, job["student"], job["assignment"])) + "\n")
        replies.flush()


def _config(settings: NbgraderSettings) -> Config:
    config = Config()
    config.CourseDirectory.source_directory = settings.source
    config.SkipShowcase.enabled = not settings.showcase
    config.Execute.timeout = 600 if settings.showcase else settings.seconds_per_cell
    return config


def grade(api, settings: NbgraderSettings, student: str, assignment: str) -> dict:
    """Autograde one notebook and write its feedback page; answers by question, or the failure of the whole."""
    result = autograde_one(api, assignment, student)
    if not result["success"]:
        return {"answers": [], "failure": ("error", _last_words(result))}
    path = Path(settings.root) / "autograded" / student / assignment / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    with api.gradebook as gradebook:
        submission = gradebook.find_submission_notebook(assignment, assignment, student)
        scores = {grade.name: float(grade.auto_score or 0) for grade in submission.grades}
    feedback_on_one(api, assignment, student)
    answers = [_answer(notebook, name.removeprefix("test_"), score) for name, score in scores.items()]
    return {"answers": answers, "failure": None}


def _last_words(result: dict) -> str:
    """The line in which nbgrader says what stopped it."""
    if "DeadKernelError" in str(result):
        return "the notebook's process ended while a cell was running"
    lines = (result.get("error") or result.get("log") or "nbgrader gave no reason").strip().splitlines()
    return ANSI.sub("", lines[-1])[:300]


def _answer(notebook: NotebookNode, question: str, score: float) -> dict:
    """Status and words for one question, from the outputs of its check cell and its own cell."""
    cells = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    check = _outputs(cells.get(f"test_{question}"))
    for output in check:
        verdict = output.get("data", {}).get(VERDICT_TYPE)
        if isinstance(verdict, dict):
            status = "timeout" if verdict.get("state") == "timeout" else "graded"
            mistake = str(verdict.get("mistake", ""))
            return {"question": question, "score": score, "status": status, "mistake": mistake[:300]}
    errors = [o for cell in (_outputs(cells.get(question)), check) for o in cell if o.get("output_type") == "error"]
    status, words = "error", "its check cell gave no verdict"
    if any(error.ename == "CellTimeoutError" for error in errors):
        status, words = "timeout", "its cell did not end in time"
    elif errors and errors[0].evalue == f"name '{question}' is not defined":
        status, words = "missing", "its function is not in the notebook"
    elif errors:
        words = IN_CELL.sub(r"(line \1 of its cell)", f"{errors[0].ename}: {errors[0].evalue}")
    return {"question": question, "score": score, "status": status, "mistake": ANSI.sub("", words)[:300]}


def _outputs(cell: NotebookNode | None) -> list[NotebookNode]:
    return [] if cell is None else cell.get("outputs", [])


if __name__ == "__main__":
    main()
