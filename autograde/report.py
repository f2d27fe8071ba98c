"""Pages for people: the class report, and the page of a submission that could not be executed. Both self-contained."""

from collections import Counter
from pathlib import Path
from statistics import mean
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograde.verdicts import STATUSES, Row, needing_attention

_pages = Environment(loader=PackageLoader("autograde"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def write_report(rows: list[Row], out: Path) -> None:
    """report.html: totals by student, share of points by question, mistakes by frequency, and what needs a person."""
    page = _pages.get_template("report.html").render(
        assignments=list(dict.fromkeys(row.assignment for row in rows if row.question)),
        totals=_totals(rows),
        questions=_questions(rows),
        mistakes=_mistakes(rows),
        attention=needing_attention(rows),
        statuses=[(status, n) for status in STATUSES if (n := sum(row.status == status for row in rows))],
        submissions=len({(row.student, row.assignment) for row in rows}),
        feedback=feedback_link,
    )
    (out / "report.html").write_text(page, encoding="utf-8")


def write_stopped_page(rows: list[Row], path: Path) -> None:
    """The feedback page of a submission that was not executed: what happened, and what to do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_pages.get_template("stopped.html").render(row=rows[0]), encoding="utf-8")


def feedback_link(student: str, assignment: str) -> str:
    return quote(f"feedback/{student}/{assignment}/{assignment}.html")


def _totals(rows: list[Row]) -> dict[str, dict[str, tuple[float, str]]]:
    """{student: {assignment: (points, worst status)}}."""
    totals: dict[str, dict[str, tuple[float, str]]] = {}
    for row in rows:
        points, status = totals.setdefault(row.student, {}).get(row.assignment, (0.0, "graded"))
        totals[row.student][row.assignment] = (points + row.score, row.status if status == "graded" else status)
    return totals


def _questions(rows: list[Row]) -> list[tuple[str, str, float, int]]:
    """(assignment, question, mean share of its points, how many have all) over what was handed in."""
    handed_in: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row.max_score and row.status not in ("missing", "rejected"):
            handed_in.setdefault((row.assignment, row.question), []).append(row.score / row.max_score)
    return [(a, q, mean(shares), sum(s == 1 for s in shares)) for (a, q), shares in handed_in.items()]


def _mistakes(rows: list[Row]) -> list[tuple[str, str, int]]:
    """(question, what went wrong, how often), most frequent first."""
    seen = Counter((row.question, row.mistake) for row in rows if row.status == "graded" and row.mistake)
    return [(question, mistake, n) for (question, mistake), n in sorted(seen.items(), key=lambda kv: (-kv[1], kv[0]))]
