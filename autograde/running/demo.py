"""`make demo`: grade the sample class. A second call finds everything done and shows it again."""

import shutil
import sys

from autograde.authoring.build import build
from autograde.authoring.sample import make_sample
from autograde.course import this_course
from autograde.records.class_folder import ClassFolder
from autograde.records.gradebook import GradebookError
from autograde.running.basis import changes_since
from autograde.running.run import RECORDED, CannotGrade, Request, Selection, default_jobs, grade
from autograde.running.summary import print_summary


def demo() -> int:
    """Build the course and the sample class, grade it into build/demo, print a table and where everything is."""
    build()
    submissions, out = this_course().build / "sample", this_course().build / "demo"
    print(f"A sample class of {make_sample(submissions)} submissions, in {this_course().told(submissions)}.")
    if out.exists() and not ClassFolder(out).mark.exists():
        shutil.rmtree(out)  # a demo that was stopped before it began
    try:
        changed = out.exists() and bool(changes_since(ClassFolder(out)))
    except (GradebookError, ValueError, KeyError, TypeError):
        changed = False  # which is said when it is graded
    anew = Selection() if changed else None  # the course was worked on
    try:
        result = grade(Request(submissions, out, jobs=default_jobs(), resume=out.exists(), seed=RECORDED, anew=anew))
    except CannotGrade as error:
        print(f"course: {error}", file=sys.stderr)
        return 2
    print_summary(result, out.relative_to(this_course().root))
    return 0
