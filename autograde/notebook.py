"""Notebooks of this course: what their cells are marked with, and how they are read and written."""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograde.files import write_text

ENDINGS = (".ipynb", ".ipynb.json", ".ipynb.txt")  # of a notebook's file, in small letters; browsers add to it
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
PYTHON = ".".join(map(str, sys.version_info[:2]))  # this one, by which notebooks are run
SHOWCASE = "showcase"
EDITED = "edited-showcase"  # beside it, on a demonstration that is not as it was handed out any more


def notebook_stem(name: str) -> str | None:
    """The name of a notebook's file without its ending, whatever its capitals; None for a file that is not named as one."""
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
    return None if ending is None else name[: -len(ending)]


def is_newer_python(version: str) -> bool:
    """Whether the version that a notebook names, digits and dots, is newer than that by which it is run; not if it is ""."""
    return tuple(int(number) for number in version.split(".")[:2] if number) > sys.version_info[:2]


def is_showcase(cell: NotebookNode) -> bool:
    """Whether a cell only demonstrates."""
    return SHOWCASE in cell.metadata.get("tags", [])


def is_edited(cell: NotebookNode) -> bool:
    """Whether a cell is a demonstration of ours that the student has changed, as `judging.restore` found out."""
    return is_showcase(cell) and EDITED in cell.metadata.get("tags", [])


def grade_id(cell: NotebookNode) -> str:
    """The id by which nbgrader knows a cell; "" for an ordinary one."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_locked(cell: NotebookNode) -> bool:
    """Whether a cell is ours alone: the setup cell, or a check cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("locked"))


def checksum_of(cell: NotebookNode, marks: Mapping[str, Any] | None = None) -> str:
    """nbgrader's checksum of a cell: nbgrader.utils.compute_checksum, which takes a second to import.

    marks: what nbgrader knows of it, if not what the cell itself says.
    """
    marks = cell.metadata.nbgrader if marks is None else marks
    grade, solution = bool(marks.get("grade")), bool(marks.get("solution"))
    locked = not solution and (grade or bool(marks.get("locked")))
    said = [cell.source, cell.cell_type, str(grade), str(solution), str(locked), marks["grade_id"]]
    if grade:
        said.append(str(float(marks["points"])))
    return hashlib.md5("".join(said).encode(), usedforsecurity=False).hexdigest()


def is_manual(cell: NotebookNode) -> bool:
    """Whether a cell holds an answer that a person grades: to nbgrader it is both, what is written and what has points."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("solution"))


def is_function(cell: NotebookNode) -> bool:
    """Whether a student writes a graded function in a cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution")) and not is_manual(cell)


def is_written(cell: NotebookNode) -> bool:
    """Whether what counts in a cell is the student's: a graded function, or an answer."""
    return is_function(cell) or is_manual(cell)


def question_of(name: str) -> str:
    """The question to which the cell of this grade id belongs."""
    return name.removeprefix("test_")


def points_in(notebook: NotebookNode) -> dict[str, float]:
    """The points of each question of a notebook with its marks, in order: of functions, and of what a person grades."""
    return {
        question_of(grade_id(cell)): float(cell.metadata.nbgrader.points)
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def work_in(notebook: NotebookNode) -> str:
    """A fingerprint of what the student wrote in a restored notebook: the cells that are not ours alone."""
    sources = [cell.source for cell in notebook.cells if not is_locked(cell)]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def write_notebook(notebook: NotebookNode, path: Path) -> bool:
    """Write a notebook if it differs from what is there; whether it did."""
    return write_text(nbformat.writes(notebook) + "\n", path)


def notebook_text(notebook: NotebookNode) -> str:
    """A notebook as its file, in one line: a fifth of the time that nbformat takes, which counts for thousands of them."""
    return json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"


def read_notebook(path: Path) -> NotebookNode:
    """A notebook that `notebook_text` wrote, and that need not be validated once more."""
    return json.loads(path.read_text(encoding="utf-8"), object_hook=NotebookNode)
