"""`make demo`: grade the sample class. A second call finds everything done and shows it again."""

import shutil
import sys

from autograde.authoring.build import build
from autograde.authoring.sample import make_sample
from autograde.course import here, this_course
from autograde.records.class_folder import ClassFolder
from autograde.records.refusals import RecordsError
from autograde.running.basis import CannotGrade, changes_since, read_run
from autograde.running.request import RECORDED, Request, Selection, default_jobs
from autograde.running.run import grade
from autograde.running.summary import print_summary


def demo() -> int:
    """Build the course and the sample class, grade it into build/demo, print a table and where everything is."""
    build()
    submissions, out = this_course().build / "sample", this_course().build / "demo"
    print(f"A sample class of {make_sample(submissions)} submissions, in {this_course().told(submissions)}.")
    try:
        if out.exists() and not _can_be_resumed(ClassFolder(out)):
            shutil.rmtree(out)
        changed = out.exists() and bool(changes_since(ClassFolder(out)))
        anew = Selection() if changed else None  # the course was worked on
        result = grade(Request(submissions, out, jobs=default_jobs(), resume=out.exists(), seed=RECORDED, anew=anew))
    except (CannotGrade, RecordsError) as error:
        print(f"course: {error}", file=sys.stderr)
        return 2
    print_summary(result, out.relative_to(here()) if out.is_relative_to(here()) else out)
    return 0


def _can_be_resumed(out: ClassFolder) -> bool:
    """Whether a demo was begun there, with the questions of today."""
    known = this_course().assignments
    return out.mark.exists() and not any(
        basis.has_other_questions(a) for a, basis in read_run(out).basis.items() if a in known
    )
