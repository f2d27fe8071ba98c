"""What the verdicts on a class add up to: the tables of the class report. Plain data in, plain data out.

Each table is a list of lines, and each line a dataclass, whose fields are the columns of the table's CSV file.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean, median, quantiles

from autograde.course import in_order, this_course
from autograde.hidden import all_questions
from autograde.judging.submission import manual_questions
from autograde.records.verdicts import Row, SubmissionResult, needing_attention, waiting_answers
from autograde.results import STATUSES
from checking.questions import Question

NOT_HANDED_IN = ("missing", "rejected")
STEPS = 10  # of a distribution, each as wide; all the points are a step of their own
ENOUGH = 20  # submissions for a discrimination; with n of them it is known to 1 / sqrt(n), which is 0.22


@dataclass(frozen=True, slots=True)
class WorkSummary:
    """One student's submission of one assignment. status: the gravest of its questions'. seconds: None if not timed.

    handed_in: there was a notebook that could be read, with something of the assignment in it.
    """

    student: str
    assignment: str
    status: str
    points: float
    max_points: float
    handed_in: bool
    seconds: float | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class AssignmentLine:
    """An assignment: what was handed in, how many points that has, which statuses there are, and what it cost.

    lowest to full: over what was handed in, None if nothing was. full: how many have all points. seconds: added up.
    """

    assignment: str
    max_points: float
    submissions: int
    handed_in: int
    lowest: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    highest: float | None
    mean: float | None
    full: int
    graded: int
    manual: int
    tampered: int
    timeout: int
    error: int
    missing: int
    rejected: int
    timed: int
    seconds: float
    median_seconds: float | None
    most_seconds: float | None


@dataclass(frozen=True)
class ScoreLine:
    """How many submissions of an assignment have from `at_least` to below `below` percent of its points; 100: all."""

    assignment: str
    at_least: int
    below: int | None
    submissions: int


@dataclass(frozen=True)
class QuestionLine:
    """How difficult a question was, over what was handed in. full, not_started: how many have all its points, or no try.

    mean_share: of its points. discrimination: correlation of its points with those of the assignment's other questions,
    -1 to 1; None where fewer than ENOUGH were handed in, or nobody differs. graded to missing: statuses of the question.
    Of a question for a person, shares and discrimination are those of the answers that have been graded; None before that.
    """

    assignment: str
    question: str
    section: str
    max_points: float
    handed_in: int
    mean_share: float | None
    full: int
    full_share: float | None
    not_started: int
    discrimination: float | None
    graded: int
    manual: int
    tampered: int
    timeout: int
    error: int
    missing: int


@dataclass(frozen=True)
class MistakeLine:
    """A way in which a question went wrong, and in how many submissions. share: of those that were handed in.

    named: it is a known mistake, or nearest to one, and `explanation` is what the student is told about it.
    """

    assignment: str
    question: str
    section: str
    mistake: str
    named: bool
    submissions: int
    share: float
    explanation: str


@dataclass(frozen=True)
class AttentionLine:
    """A submission, or some of its questions, that is not plainly graded, and why. questions: "all", or their names.

    Of what waits for a person's points there is a line a question, with student "".
    """

    student: str
    assignment: str
    status: str
    questions: str
    reason: str


@dataclass(frozen=True)
class ClassStatistics:
    """All tables of a class, each in the order of the course and of the students."""

    works: list[WorkSummary]
    assignments: list[AssignmentLine]
    scores: list[ScoreLine]
    questions: list[QuestionLine]
    mistakes: list[MistakeLine]
    attention: list[AttentionLine]


def class_statistics(decided: Iterable[SubmissionResult]) -> ClassStatistics:
    """The tables of a class from its verdicts, one a submission."""
    works = [_work(one) for one in decided if one.rows]
    asked: dict[str, list[WorkSummary]] = defaultdict(list)  # not by folders that are no assignment
    for work in works:
        if work.rows[0].question:
            asked[work.assignment].append(work)
    names = in_order(asked)
    return ClassStatistics(
        works,
        [_assignment_line(asked[name]) for name in names],
        [line for name in names for line in _score_lines(asked[name])],
        [line for name in names for line in _question_lines(asked[name])],
        [line for name in names for line in _mistake_lines(asked[name])],
        _attention_lines(works),
    )


def _work(decided: SubmissionResult) -> WorkSummary:
    rows = tuple(decided.rows)
    statuses = {row.status for row in rows}
    return WorkSummary(
        rows[0].student,
        rows[0].assignment,
        next((status for status in STATUSES if status in statuses), rows[0].status),
        round(math.fsum(row.score for row in rows), 2),
        math.fsum(row.max_score for row in rows),
        not statuses <= set(NOT_HANDED_IN),
        decided.seconds,
        rows,
    )


def _assignment_line(works: Sequence[WorkSummary]) -> AssignmentLine:
    points = sorted(work.points for work in works if work.handed_in)
    # all quartiles of a single submission are its points
    low, middle, high = (
        quantiles(points * 2 if len(points) == 1 else points, method="inclusive") if points else [None] * 3
    )
    seconds = [work.seconds for work in works if work.seconds is not None]
    statuses = Counter(work.status for work in works)
    return AssignmentLine(
        assignment=works[0].assignment,
        max_points=works[0].max_points,
        submissions=len(works),
        handed_in=len(points),
        lowest=points[0] if points else None,
        lower_quartile=low,
        median=middle,
        upper_quartile=high,
        highest=points[-1] if points else None,
        mean=mean(points) if points else None,
        full=sum(work.handed_in and _step(work) == STEPS for work in works),
        graded=statuses["graded"],
        manual=statuses["manual"],
        tampered=statuses["tampered"],
        timeout=statuses["timeout"],
        error=statuses["error"],
        missing=statuses["missing"],
        rejected=statuses["rejected"],
        timed=len(seconds),
        seconds=math.fsum(seconds),
        median_seconds=median(seconds) if seconds else None,
        most_seconds=max(seconds, default=None),
    )


def _score_lines(works: Sequence[WorkSummary]) -> list[ScoreLine]:
    counts = Counter(_step(work) for work in works if work.handed_in)
    width = 100 // STEPS
    ends = [*((i * width, (i + 1) * width) for i in range(STEPS)), (100, None)]
    return [ScoreLine(works[0].assignment, low, high, counts[i]) for i, (low, high) in enumerate(ends)]


def _step(work: WorkSummary) -> int:
    """In which step of the distribution a submission is; STEPS for all points."""
    if work.points >= work.max_points:
        return STEPS
    return min(int(STEPS * work.points / work.max_points), STEPS - 1)


def _question_lines(works: Sequence[WorkSummary]) -> list[QuestionLine]:
    """In the order of the notebook."""
    handed_in = [work for work in works if work.handed_in]
    by_question: dict[str, list[tuple[Row, float]]] = defaultdict(list)
    for work in handed_in:
        for row in work.rows:
            if row.max_score:
                by_question[row.question].append((row, round(work.points - row.score, 2)))
    return [_question_line(pairs) for pairs in by_question.values()]


def _question_line(pairs: Sequence[tuple[Row, float]]) -> QuestionLine:
    """pairs: the row of each submission, and its points for the other questions."""
    statuses = Counter(row.status for row, _ in pairs)
    first = pairs[0][0]
    pairs_judged = [(row, other) for row, other in pairs if row.status != "manual"]
    rows, others = [row for row, _ in pairs_judged], [other for _, other in pairs_judged]
    full, n = sum(row.score >= row.max_score for row in rows), len(rows)
    if statuses["manual"] and all(map(_is_unstarted, rows)):
        n = 0  # of what is there nothing has been graded, and empty answers say nothing of it
    known = _known(first.assignment, first.question)
    return QuestionLine(
        assignment=first.assignment,
        question=first.question,
        section=known.section if known else "",
        max_points=first.max_score,
        handed_in=len(pairs),
        mean_share=math.fsum(min(row.score / row.max_score, 1) for row in rows) / n if n else None,
        full=full,
        full_share=full / n if n else None,
        not_started=sum(_is_unstarted(row) for row in rows),
        discrimination=_discrimination([row.score for row in rows], others),
        graded=statuses["graded"],
        manual=statuses["manual"],
        tampered=statuses["tampered"],
        timeout=statuses["timeout"],
        error=statuses["error"],
        missing=statuses["missing"],
    )


def _discrimination(points: Sequence[float], others: Sequence[float]) -> float | None:
    """The corrected item-total correlation: with the question itself in the total, every question would discriminate."""
    if len(points) < ENOUGH:
        return None
    try:
        return correlation(points, others)
    except StatisticsError:  # no spread
        return None


def _known(assignment: str, question: str) -> Question | None:
    return all_questions(assignment).get(question) if assignment in this_course().assignments else None


def _is_unstarted(row: Row) -> bool:
    return row.cause.kind == "not started"


def _mistake_lines(works: Sequence[WorkSummary]) -> list[MistakeLine]:
    """By question, the one that went wrong most often first; within a question the most frequent first."""
    handed_in = [work for work in works if work.handed_in]
    seen: dict[str, Counter[tuple[str, str | None]]] = defaultdict(Counter)
    for work in handed_in:
        for row in _judged_alone(work):
            if row.question in manual_questions(row.assignment):
                continue  # what a person says of an answer is no kind of mistake
            if row.score < row.max_score and row.status not in NOT_HANDED_IN and not _is_unstarted(row):
                seen[row.question][_kind(row)] += 1
    lines = []
    for question, kinds in sorted(seen.items(), key=lambda item: -item[1].total()):
        known = _known(works[0].assignment, question)
        for (words, explanation), n in sorted(kinds.items(), key=lambda item: (-item[1], item[0][0])):
            lines.append(
                MistakeLine(
                    assignment=works[0].assignment,
                    question=question,
                    section=known.section if known else "",
                    mistake=words,
                    named=explanation is not None,
                    submissions=n,
                    share=n / len(handed_in),
                    explanation=explanation or "",
                )
            )
    return lines


def _judged_alone(work: WorkSummary) -> Sequence[Row]:
    """The rows of a submission whose questions were judged; none where one reason holds for all, as after a time-out."""
    first = work.rows[0]
    one_reason = all((row.status, row.cause) == (first.status, first.cause) for row in work.rows)
    return () if one_reason and first.status in ("timeout", "error") and len(work.rows) > 1 else work.rows


def _kind(row: Row) -> tuple[str, str | None]:
    """What went wrong, in words that are the same for all to whom it happened; what they are told, if it has a name."""
    cause, question = row.cause, _known(row.assignment, row.question)
    match cause.kind:
        case "mistake" | "nearest":
            told = next((m.diagnosis for m in question.mistakes if m.name == cause.name), None) if question else None
            return str(cause), told
        case "case" if cause.error:
            return f"it stops with {cause.error}", None
        case "case" if not cause.words:
            return f"no known mistake; the first case that fails is '{cause.name}'", None
        case "cell" if cause.error:
            return f"its cell stops with {cause.error}", None
    return cause.words or "no reason given", None


def answers(n: int) -> str:
    """So many answers, and that they wait."""
    return f"{n:,} answer waits" if n == 1 else f"{n:,} answers wait"


def _attention_lines(works: Sequence[WorkSummary]) -> list[AttentionLine]:
    """The gravest first."""
    lines = []
    for work in works:
        for student, assignment, status, reason, questions in needing_attention(work.rows):
            which = "all" if len(questions) == len(work.rows) else ", ".join(questions)
            lines.append(AttentionLine(student, assignment, status, which, reason))
    for assignment, question, n in waiting_answers(row for work in works for row in work.rows):
        lines.append(AttentionLine("", assignment, "manual", question, f"{answers(n)} for a person's points"))
    return sorted(lines, key=lambda line: STATUSES.index(line.status) if line.status in STATUSES else 0)
