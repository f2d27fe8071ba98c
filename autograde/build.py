"""Build the course: solution scripts -> nbgrader source -> student notebooks and recorded reference outputs.

nbgrader's own generator strips solutions and hidden parts. Rebuilding an unchanged course changes no byte.
"""

from collections.abc import Iterable
from pathlib import Path

import nbformat
from traitlets.config import Config

from autograde import ASSIGNMENTS, LESSONS
from autograde.asking import with_twins
from autograde.nbgrader_api import course_api, require_success
from autograde.paths import BUILD, NOTEBOOKS, REFERENCE, SOLUTIONS, VISIBLE_CASES
from autograde.reference import record, write_record, write_visible
from autograde.script import Script, read_script, solution_namespace, write_notebook


def scripts(only: Iterable[str] = ASSIGNMENTS) -> list[Script]:
    """The solution scripts, read, in the order of the course."""
    return [read_script(SOLUTIONS / f"{assignment}.py") for assignment in only]


def build(
    only: Iterable[str] = ASSIGNMENTS,
    lessons: Iterable[str] = LESSONS,
    notebooks: Path = NOTEBOOKS,
    reference: Path = REFERENCE,
    cases: Path = VISIBLE_CASES,
    work: Path = BUILD,
) -> list[Path]:
    """Build assignments and lessons; the derived files that changed. `work` becomes nbgrader's course folder."""
    every = scripts(only)
    for script in every:
        write_notebook(script.notebook, work / "source" / script.assignment / f"{script.assignment}.ipynb")
    register(only, root=work, source=work / "source")
    changed = [path for path in (_lesson(name, notebooks) for name in lessons) if path]
    for script in every:
        a = script.assignment
        released = nbformat.read(work / "release" / a / f"{a}.ipynb", as_version=4)
        for written, path in (
            (write_notebook(released, notebooks / a / f"{a}.ipynb"), notebooks / a / f"{a}.ipynb"),
            (write_record(_recording(script), reference / f"{a}.json"), reference / f"{a}.json"),
            (write_visible(reference / f"{a}.json", cases / f"{a}.json"), cases / f"{a}.json"),
        ):
            if written:
                changed.append(path)
    return changed


def _recording(script: Script) -> dict:
    return with_twins(record(script), solution_namespace(script))


def _lesson(name: str, notebooks: Path) -> Path | None:
    """Write a notebook in which nothing is graded; its path if that changed it."""
    path = notebooks / name / f"{name}.ipynb"
    return path if write_notebook(read_script(SOLUTIONS / f"{name}.py").notebook, path) else None


def register(only: Iterable[str], root: Path, source: Path) -> None:
    """Let nbgrader register assignments in the gradebook of the course folder `root` and write its `release/`."""
    config = Config()
    config.CourseDirectory.source_directory = str(source)
    api = course_api(root, config)
    for assignment in only:
        require_success(api.generate_assignment(assignment, force=True), f"nbgrader generate_assignment {assignment}")
