"""Notebooks as they run to their end: assignments with the reference solution in, lessons as they are."""

import copy
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from importlib.metadata import distributions
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE, CourseError, this_course

# Questions and setup cells are run in this process, with its standard output put aside, which no two threads may do at once.
ONE_AT_A_TIME = threading.Lock()
NOT_READ = ("__pycache__", ".ipynb_checkpoints")


class DoesNotRun(CourseError):
    """A notebook stops before its end."""


def solved(name: str) -> NotebookNode:
    """The notebook of an assignment with the reference solution and the model answers written in; a lesson's as it is."""
    if name not in this_course().assignments:
        return nbformat.read(this_course().notebook(name), as_version=4)
    with ONE_AT_A_TIME:
        work = SampleNotebook(name)
        work.solve()
    return work.notebook


def execute(notebook: NotebookNode, name: str, folder: Path, **options: object) -> NotebookNode:
    """The notebook with the outputs of all its cells, run where students run it: in `folder`/notebooks/<name>/.

    options: of nbclient's NotebookClient. Raises DoesNotRun, for a cell that stops unless errors are allowed.
    """
    place = folder / "notebooks" / name
    place.mkdir(parents=True)
    if front := this_course().front:  # beside it the points are noted, and an overview says so where there is none
        (place.parent / this_course().notebook(front).name).touch()
    nbformat.write(notebook, place / f"{name}.ipynb")
    ran = copy.deepcopy(notebook)
    options = {"timeout": None, "resources": {"metadata": {"path": str(place)}}, **options}
    client = NotebookClient(ran, None, **options)
    paths = [str(this_course().root), str(ENGINE), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "MPLBACKEND": "", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    try:
        client.execute(env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (CellExecutionError, DeadKernelError) as error:
        last = str(error).strip().splitlines()[-1]
        raise DoesNotRun(
            f"notebooks/{name}/{name}.ipynb does not run to its end with the reference solution: {last}"
        ) from None
    return ran


def execute_solved(name: str) -> NotebookNode:
    """The solved notebook with its outputs; from `build/executed/` where nothing has changed since. Raises DoesNotRun."""
    notebook = solved(name)
    kept = this_course().build / "executed" / f"{name}-{_basis(notebook)}.ipynb"
    if kept.is_file():
        return nbformat.read(kept, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        ran = execute(notebook, name, Path(folder))
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob(f"{name}-*.ipynb"):
        old.unlink()
    nbformat.write(ran, kept)
    return ran


def _basis(notebook: NotebookNode) -> str:
    """A name for all that outputs depend on: the notebook, what it imports and reads, what is installed."""
    course = this_course()
    parts = hashlib.sha256(nbformat.writes(notebook).encode())
    for folder in (course.helpers, course.datasets, ENGINE / "checking"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not set(path.parts) & set(NOT_READ):
                parts.update(path.relative_to(folder).as_posix().encode())
                parts.update(path.read_bytes())
    installed = sorted(f"{each.name}=={each.version}" for each in distributions())
    parts.update("\n".join([sys.version, *installed]).encode())
    return parts.hexdigest()[:16]
