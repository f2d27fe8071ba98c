"""What gradebook, verdicts and nbgrader refuse, apart from what raises it, which takes a second to import."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograde.records.class_folder import ClassFolder

AGAIN = "give the command again, `course grade` with --resume"
MOVE_AWAY = (
    "put a copy of it back, or move it away and go on with `course grade` and --resume, which makes a new one"
    " without the points and comments that people have entered"
)


class RecordsError(Exception):
    """What is kept of a class cannot be used; the message is one sentence for the user."""


class GradebookError(RecordsError):
    """The gradebook. Nothing of the batch was written."""


class VerdictsError(RecordsError):
    """The verdicts."""


class Lost(RecordsError):
    """What was there is not. what: that, without what to do."""

    def __init__(self, what: str, to_do: str):
        super().__init__(f"{what}: {to_do}")
        self.what = what


class VerdictsLost(Lost, VerdictsError):
    """There are no verdicts where there were some."""


class GradebookLost(Lost, GradebookError):
    """There is no gradebook where there was one."""

    def __init__(self, folder: "ClassFolder"):
        super().__init__(
            f"'{folder.gradebook}' is not there, and has what people entered",
            f"put a copy of it back. Without one, give `{folder.grade_again}`, which makes a new one without the points and"
            " comments that people have entered",
        )


class NbgraderFailed(Exception):
    """An nbgrader command did not succeed; the message has what it said."""
