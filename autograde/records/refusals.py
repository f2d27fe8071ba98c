"""What gradebook, verdicts and nbgrader refuse, apart from what raises it, which takes a second to import."""

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


class VerdictsLost(VerdictsError):
    """There are none where there were some. what: that, without what to do."""

    def __init__(self, what: str, to_do: str):
        super().__init__(f"{what}: {to_do}")
        self.what = what


class NbgraderFailed(Exception):
    """An nbgrader command did not succeed; the message has what it said."""
