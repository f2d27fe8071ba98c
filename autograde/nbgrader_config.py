"""nbgrader's configuration for this course. Stock nbgrader commands work from this folder: `cd autograde; nbgrader ...`.

The course folder is `build/`; `make build` fills `build/source/` from the solution scripts.
"""

import sys

from autograde.course import this_course
from autograde.paths import find_commands_beside_python

c = get_config()  # type: ignore[name-defined]  # traitlets provides it

c.CourseDirectory.course_id = this_course().name
c.CourseDirectory.root = str(this_course().build)

find_commands_beside_python()
if "nbgrader.server_extensions.formgrader.base" in sys.modules:  # this process is formgrader's server
    from autograde.serving.formgrader import harden_formgrader, let_formgrader_read_afresh

    let_formgrader_read_afresh()
    harden_formgrader()

c.ClearSolutions.code_stub = {"python": "# Your code here\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"
# A deleted check cell comes back instead of leaving a question without a score.
c.OverwriteCells.add_missing_cells = True

c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "autograde.judging.preprocessors.DropEmptyMarks",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograde.judging.preprocessors.SkipShowcase",
    "autograde.judging.preprocessors.MakeHarmless",
]
# Submissions run in a box and are judged outside of it, as with `course grade`.
c.Autograde.autograde_preprocessors = [
    "autograde.judging.preprocessors.JudgeInBox",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograde.judging.preprocessors.MakeHarmless",
]
# The lines that bring in the grader's cases mean nothing to students.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Whose pages run nothing of what a notebook holds.
c.GenerateFeedback.exporter_class = "autograde.serving.exporter.HarmlessExporter"

c.Execute.timeout = 120  # seconds a cell; a call of a graded function is stopped after 10 (checking.calls)
c.ExecutePreprocessor.startup_timeout = 120
