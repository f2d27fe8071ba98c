"""Build the course: solution scripts -> nbgrader source -> student notebooks and recorded reference outputs.

nbgrader's own generator strips solutions and hidden parts. Rebuilding an unchanged course changes no byte.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde.authoring.asking import with_twins
from autograde.authoring.contents import FromContents, contents_of, contents_text
from autograde.authoring.listing import write_lists
from autograde.authoring.reference import record, write_record, write_visible
from autograde.authoring.script import Script, read_script, solution_namespace
from autograde.authoring.variants import require_variants
from autograde.course import Course, this_course
from autograde.files import write_text
from autograde.notebook import is_locked, write_notebook
from autograde.records.class_folder import ClassFolder
from autograde.records.nbgrader import register


def build(only: Iterable[str] | None = None, into: Course | None = None) -> list[Path]:
    """Build assignments, or some of them, lessons, and the front page; the derived files that changed.

    into: whose derived files are written, if not those of the course itself; then its pages are left as they are.
    """
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # reference outputs are a CPU's: a card's differ in the last digit
    course = this_course()
    into = into or course
    into_class = ClassFolder(into.build)
    names = course.assignments if only is None else tuple(only)
    scripts = [read_script(course.script(name)) for name in names]
    for script in scripts:
        require_variants(script.assignment, script.points)
    contents = contents_of(course)
    ungraded = {n: read_script(course.script(n), FromContents(course, n, contents)).notebook for n in course.ungraded}
    recordings = {script.assignment: _recording(script) for script in scripts}  # nothing is written if one is refused
    for script in scripts:
        a = script.assignment
        write_notebook(script.notebook, into_class.source(a))
    register(names, into_class)
    changed = [into.contents] if write_text(contents_text(contents), into.contents) else []
    for name, notebook in ungraded.items():
        _lock(notebook)
        if write_notebook(notebook, into.notebook(name)):
            changed.append(into.notebook(name))
    for script in scripts:
        a = script.assignment
        released = nbformat.read(into_class.release(a), as_version=4)
        visible = into.cases / f"{a}.json"
        for written, path in (
            (write_notebook(released, into.notebook(a)), into.notebook(a)),
            (write_record(recordings[a], into.reference(a)), into.reference(a)),
            (write_visible(into.reference(a), visible), visible),
        ):
            if written:
                changed.append(path)
    return changed if into is not course else [*changed, *write_lists(course)]


def _lock(notebook: NotebookNode) -> None:
    """What students need not change in a notebook without points, as nbgrader does it in those with points."""
    for cell in notebook.cells:
        if is_locked(cell):
            cell.metadata.update(editable=False, deletable=False)


def _recording(script: Script) -> dict:
    return with_twins(record(script), solution_namespace(script))
