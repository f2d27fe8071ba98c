"""The folder that `course grade` writes, OUT: an nbgrader course folder with verdicts, pages and tables beside it."""

import json
from dataclasses import dataclass
from pathlib import Path

from autograde.course import command_for_this
from autograde.paths import typed


@dataclass(frozen=True)
class ClassFolder:
    """Where everything of a graded class lies."""

    root: Path

    @property
    def mark(self) -> Path:
        """What was graded, with which seed; says that the folder is the result of `course grade`."""
        return self.root / "run.json"

    @property
    def submissions(self) -> Path | None:
        """Where the work lies that was graded, as the mark says it; None where that says nothing."""
        try:
            return Path(json.loads(self.mark.read_text(encoding="utf-8"))["submissions"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def grade_again(self) -> str:
        """The command that grades what has no verdict."""
        place = "SUBMISSIONS" if self.submissions is None else typed(self.submissions)
        return f"{command_for_this()} grade {place} --out {typed(self.root)} --resume"

    @property
    def lock(self) -> Path:
        """What the process holds that writes here."""
        return self.root / ".lock"

    @property
    def gradebook(self) -> Path:
        """nbgrader's database."""
        return self.root / "gradebook.db"

    @property
    def config(self) -> Path:
        """What nbgrader's own commands are told here, where anything is."""
        return self.root / "nbgrader_config.py"

    @property
    def grades(self) -> Path:
        """A row a question."""
        return self.root / "grades.csv"

    @property
    def report(self) -> Path:
        """The page on the class."""
        return self.root / "report.html"

    @property
    def tables(self) -> Path:
        """Folder of the report's tables as CSV."""
        return self.root / "report"

    @property
    def log(self) -> Path:
        """Folder of what processes said."""
        return self.root / "log"

    @property
    def sources(self) -> Path:
        """Folder of the assignments as nbgrader registers them, with solutions."""
        return self.root / "source"

    def source(self, assignment: str) -> Path:
        """An assignment with its solutions."""
        return _notebook(self.sources, assignment)

    def release(self, assignment: str) -> Path:
        """The same as students get it."""
        return _notebook(self.root / "release", assignment)

    @property
    def questions(self) -> Path:
        """Folder of what was asked in this run."""
        return self.root / "questions"

    def asked(self, assignment: str) -> Path:
        """All cases that were asked of an assignment."""
        return self.questions / f"{assignment}.json"

    def submitted(self, student: str, assignment: str) -> Path:
        """A submission as intake has restored it."""
        return _notebook(self.root / "submitted" / student, assignment)

    def autograded(self, student: str, assignment: str) -> Path:
        """The same as executed."""
        return _notebook(self.root / "autograded" / student, assignment)

    @property
    def verdicts(self) -> Path:
        """What all submissions came to; see `verdict_file.VerdictFile`."""
        return self.root / "verdicts.db"

    @property
    def handed_in(self) -> Path:
        """Folder of what counts as it was handed in to `course serve`, in the layout of submissions."""
        return self.root / "handed_in"

    @property
    def attempts(self) -> Path:
        """Folder of the attempts that do not count; see `attempts.Attempts`."""
        return self.root / "attempts"

    def entered(self, student: str, assignment: str) -> Path:
        """What of a person's points and comments the feedback page of a submission has."""
        return self.root / "entered" / student / f"{assignment}.json"

    @property
    def pages(self) -> Path:
        """Folder of the feedback pages."""
        return self.root / "feedback"

    def page(self, student: str, assignment: str) -> Path:
        """The feedback page of a submission."""
        return self.pages / student / assignment / f"{assignment}.html"

    def page_link(self, student: str, assignment: str) -> str:
        """The same as tables and links in OUT say it."""
        return f"{self.pages.name}/{student}/{assignment}/{assignment}.html"


def _notebook(folder: Path, assignment: str) -> Path:
    """As nbgrader lays out every one of its folders."""
    return folder / assignment / f"{assignment}.ipynb"
