"""What a notebook came to, as it travels from the box to gradebook, page and report: records, never prose."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from checking.cause import NOTHING, Cause

# The words of the `status` column, the gravest first: of several that a submission has, that one stands for it. Only
# `graded` needs no second look; `manual` waits for a person's points.
STATUSES = ("rejected", "error", "timeout", "tampered", "missing", "manual", "graded")
IN_ORDER = ("graded", "manual")  # nothing has gone wrong


@dataclass(frozen=True)
class Job:
    """One restored notebook to run; it lies in the course folder, under submitted/, or, of an attempt, in its folder.

    notes: see intake.Submission. attempt: its name among several; "" where there is one only.
    """

    student: str
    assignment: str
    notes: dict[str, list[str]] = field(default_factory=dict)
    attempt: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other."""
        return self.student, self.assignment, self.attempt


@dataclass(frozen=True)
class Answer:
    """What one question came to: graded, manual, missing, error or timeout, and why it has not all of its points."""

    question: str
    score: float
    status: str
    cause: Cause = NOTHING


def scores_of(answers: Iterable[Answer]) -> dict[str, float]:
    """Points by question; of what waits for a person there are none."""
    return {answer.question: answer.score for answer in answers if answer.status != "manual"}


@dataclass(frozen=True)
class Execution:
    """What running one notebook came to: an answer a question, or a `failure` (status, reason) of the whole.

    seconds: that it took to run, to judge and to write its pages, on the clock; with both tries, where there were two.
    starved: whether it ran out of time, and might not have had nothing else been running.
    """

    job: Job
    answers: tuple[Answer, ...] = ()
    failure: tuple[str, str] | None = None
    seconds: float | None = None
    starved: bool = False
