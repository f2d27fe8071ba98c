"""Classes whose verdicts are made by hand, for tests of the report."""

from collections.abc import Sequence

from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.records.class_folder import ClassFolder
from autograde.records.verdicts import Row, SubmissionResult
from autograde.reporting.report import write_report
from checking.cause import NOTHING, Cause

# Text of people who wish the reader no good: for HTML, for SVG, for spreadsheets, for paths, and simply long.
HOSTILE = (
    "<script>window.evil=1</script>",
    '"><img src=x onerror=window.evil=1>',
    "</title></style></svg><svg onload=window.evil=1>",
    "=HYPERLINK(\"http://example.org\";'x')",
    "[a] & b's #1 100% ?q={{ 7*7 }}",
    "\u05d0\u05d1\u05d2 right to left",
    "x" * 240,
)


def decided(student: str, assignment: str, questions: Sequence[tuple], seconds: float | None = 1.0) -> SubmissionResult:
    """A verdict; questions: (name, score, max_score, status, cause, notes), of which the last three may be left out.

    A cause may be given in words.
    """
    filled = [(*question, *("graded", NOTHING, ())[len(question) - 3 :]) for question in questions]
    return SubmissionResult(
        [
            Row(student, assignment, *place, Cause("other", words=cause) if isinstance(cause, str) else cause, notes)
            for *place, cause, notes in filled
        ],
        seconds,
    )


def large_class(students: int) -> list[SubmissionResult]:
    """Everybody hands in everything; the n-th student has every (n mod 9 + 2)-th question wrong, with one of its mistakes."""
    verdicts = []
    for n in range(students):
        for assignment in this_course().assignments:
            rows = []
            for i, question in enumerate(all_questions(assignment).values()):
                if (n + i) % (n % 9 + 2):
                    rows.append((question.name, question.points, question.points))
                    continue
                cause = Cause("mistake", question.mistakes[n % len(question.mistakes)].name)
                if n % 7 == 0:
                    cause = Cause(
                        "case", question.cases[0].name, f"Error{n}", f"It stops with Error{n}: {n}", n % 5 + 1, 9
                    )
                rows.append((question.name, round(question.points / 3, 2), question.points, "graded", cause))
            verdicts.append(decided(f"student{n:04}", assignment, rows, 0.2 + n % 13 / 10))
    return verdicts


def mixed_class() -> list[SubmissionResult]:
    """Twenty-four ordinary students, and some with hostile names, broken work and unheard-of assignments."""
    verdicts = large_class(24)
    everything = {a: [(q.name, q.points) for q in all_questions(a).values()] for a in this_course().assignments}
    for i, name in enumerate(HOSTILE):
        status = ("error", "timeout", "tampered", "rejected", "missing")[i % 5]
        rows = [
            (q, 0.0, points, status, HOSTILE[-1 - i], ("its check cell was edited",))
            for q, points in everything["optimizers"]
        ]
        first, *rest = everything["initialization"]
        verdicts.append(
            decided(
                name, "initialization", [(*(first[0], 0.0, first[1]), "graded", name), *((q, p, p) for q, p in rest)]
            )
        )
        verdicts.append(decided(name, "optimizers", rows, None if status in ("rejected", "missing") else 61.0 + i))
        verdicts.append(
            decided(name, f"week {name}"[:200], [("", 0.0, 0.0, "rejected", f"'{name}' is not an assignment")], None)
        )
    return verdicts


def written(verdicts: list[SubmissionResult], out) -> str:
    """The text of the page that is written into `out`."""
    write_report(verdicts, ClassFolder(out))
    return (out / "report.html").read_text(encoding="utf-8")
