"""Steps that nbgrader takes with a submission, besides its own; nbgrader_config.py lists them."""

import atexit
from functools import cache
from pathlib import Path

from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Bool, Enum, Float, Unicode

from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.judging.judge import judge
from autograde.judging.notebook_run import SECONDS_PER_CELL, Rules
from autograde.judging.sanitize import harmless_notebook
from autograde.judging.tiers import TIERS, Isolation, describe, isolate, limits_for
from autograde.notebook import is_showcase
from checking.questions import load_questions


class DropEmptyMarks(NbGraderPreprocessor):
    """Removes the empty marks that nbgrader's DeduplicateIds leaves on copied cells, at which its OverwriteCells stumbles."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Take the mark {} off the cell."""
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources


class MakeHarmless(NbGraderPreprocessor):
    """Takes out of a notebook whatever could be active where it is opened. The last step before it is written."""

    def preprocess(self, nb, resources):
        """Make the whole notebook harmless."""
        return harmless_notebook(nb), resources


class SkipShowcase(NbGraderPreprocessor):
    """Marks demonstrations as not to be run, for nbgrader's own Execute: they cost minutes, and no verdict depends on them."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Tag the cell if it is a demonstration."""
        if is_showcase(cell):
            cell.metadata.tags = [*cell.metadata.tags, "skip-execution"]  # nbclient's own word for it
        return cell, resources


class JudgeInBox(Execute):
    """Takes the place of nbgrader's Execute: runs the notebook in a box and judges it outside, as `course grade` does.

    The check cells are not run; they get the points and cards that the judgement gives.
    """

    tier = Enum(("auto", *TIERS), "auto", help="How well isolated submissions run.").tag(config=True)
    showcase = Bool(False, help="Run the demonstrations too (minutes a notebook).").tag(config=True)
    seconds_per_cell = Float(SECONDS_PER_CELL, help="Interrupt a cell after this.").tag(config=True)
    questions = Unicode("", help="Folder of what a run of `course grade` asked; empty: the recorded cases.").tag(
        config=True
    )

    def preprocess(self, nb, resources, retries=None):
        """Judge the notebook of one of the course's assignments; any other is run as nbgrader does."""
        assignment = resources["nbgrader"]["assignment"]
        if assignment not in this_course().assignments:
            return super().preprocess(nb, resources, retries)
        rules = Rules.of(self.seconds_per_cell, self.showcase)
        isolation, news = _isolation(self.tier, assignment, rules)
        for sentence in (describe(isolation), *news):
            self.log.info(sentence)
        asked = Path(self.questions, f"{assignment}.json")
        questions = load_questions(asked) if self.questions and asked.is_file() else all_questions(assignment)
        judged = judge(nb, questions, isolation.boxes().opener(assignment), rules)
        return judged.notebook, resources


@cache
def _isolation(tier: str, assignment: str, rules: Rules) -> tuple[Isolation, tuple[str, ...]]:
    """One an assignment for as long as the process lives, which may be a Jupyter server."""
    isolation, news = isolate(tier, [assignment], limits_for(rules))
    atexit.register(isolation.close)
    return isolation, tuple(news)
