"""Every student notebook in full: with the reference solution pasted in, and with nothing filled in."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from autograde import ASSIGNMENTS
from autograde.hidden import all_questions
from autograde.sample import Work
from autograde.script import grade_id, is_showcase
from helpers.check import VERDICT_TYPE


def executed(notebook, assignment, folder, *options):
    """The notebook after `jupyter nbconvert --execute`, run where students run it."""
    path = folder / "notebooks" / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        *options,
        "--output",
        "ran",
        str(path),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "MPLBACKEND": ""}, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return nbformat.read(path.with_name("ran.ipynb"), as_version=4)


def verdicts(notebook):
    """{question: what its check said}."""
    return {
        output.data[VERDICT_TYPE]["question"]: output.data[VERDICT_TYPE]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if VERDICT_TYPE in output.get("data", {})
    }


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_with_the_reference_solution_it_runs_and_every_check_is_full(assignment, tmp_path):
    work = Work(assignment)
    work.solve()
    notebook = executed(work.notebook, assignment, tmp_path)
    said = verdicts(notebook)
    assert {q: v["score"] for q, v in said.items()} == {q.name: q.points for q in all_questions(assignment).values()}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert not (output.output_type == "stream" and output.name == "stderr"), output.text
            assert not re.search("Warning|Traceback", output.get("text", ""))
    pictures = [o for c in notebook.cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(pictures) >= 3


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_with_nothing_filled_in_every_check_says_so_and_only_demonstrations_fail(assignment, tmp_path):
    notebook = executed(Work(assignment).notebook, assignment, tmp_path, "--allow-errors")
    said = verdicts(notebook)
    assert {q: v["state"] for q, v in said.items()} == dict.fromkeys(all_questions(assignment), "unfilled")
    for cell in notebook.cells:
        failed = [o for o in cell.get("outputs", []) if o.output_type == "error"]
        assert not failed or is_showcase(cell), grade_id(cell) or cell.source
        for error in failed:  # a sentence, no traceback
            assert error.ename in ("NotReady", "NotImplementedError"), f"{error.ename}: {error.evalue}\n{cell.source}"
            assert len(error.traceback) == 1, "\n".join(error.traceback)
