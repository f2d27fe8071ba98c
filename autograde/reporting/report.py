"""Pages for people: the class report with its tables, and the page of a submission that could not be executed."""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, fields
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograde.files import write_atomically
from autograde.paths import TEMPLATES
from autograde.records.class_folder import ClassFolder
from autograde.records.verdicts import Row, SubmissionResult
from autograde.reporting.feedback import title_of
from autograde.reporting.statistics import (
    ENOUGH,
    AssignmentLine,
    AttentionLine,
    ClassStatistics,
    MistakeLine,
    QuestionLine,
    ScoreLine,
    WorkSummary,
    class_statistics,
)
from autograde.results import IN_ORDER, STATUSES
from autograde.tables import harmless, write_lines
from autograde.text import duration

# How much of a large class is on the page, so that it can be read and opened; the tables beside it have everything.
STUDENTS_SHOWN, ATTENTION_SHOWN, SLOWEST_SHOWN, KINDS_SHOWN = 300, 150, 10, 5
LONGEST = 24  # letters of a word that is never broken
UPRIGHT = 5  # assignments, whose names stand upright above a column; of more they are turned


def write_report(decided: Iterable[SubmissionResult], out: ClassFolder) -> None:
    """report.html, and its tables as CSV in report/. decided: the verdicts, one a submission, in the order of students."""
    found = class_statistics(decided)
    _write_tables(found, out)
    page = pages.get_template("report.html").render(
        statistics=found,
        at_a_glance=_at_a_glance(found),
        assignments=[line.assignment for line in found.assignments],
        sections=_sections(found),
        attention_says=_attention_says(found.works),
        attention=found.attention[:ATTENTION_SHOWN],
        students=_students(found.works)[:STUDENTS_SHOWN],
        number_of_students=len({work.student for work in found.works}),
        statuses=_statuses(found.works),
        slowest=_slowest(found.works)[:SLOWEST_SHOWN],
        enough=ENOUGH,
        upright=UPRIGHT,
        in_order=IN_ORDER,
        all_students=_all_students(found),
        script=Markup(_script()),
        script_hash=f"sha256-{base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()}",
        feedback=lambda student, assignment: quote(out.page_link(student, assignment)),
    )
    write_atomically(page, out.report)


def write_stopped_page(rows: list[Row], path: Path) -> None:
    """The feedback page of a submission that was not executed: what happened, what to do, and any points all the same."""
    page = pages.get_template("stopped.html").render(
        row=rows[0],
        title=title_of(rows[0].assignment),
        given=[row for row in rows if row.score],
        says_what_to_do=". " in str(rows[0].cause),  # its first sentence is what is wrong
    )
    write_atomically(page, path)


# The tables as files


def _write_tables(found: ClassStatistics, out: ClassFolder) -> None:
    folder = out.tables
    folder.mkdir(exist_ok=True)
    _write_csv(folder / "students.csv", *_student_table(found))
    _write_csv(folder / "assignments.csv", _columns(AssignmentLine), map(astuple, found.assignments))
    _write_csv(folder / "scores.csv", _columns(ScoreLine), map(astuple, found.scores))
    _write_csv(folder / "questions.csv", _columns(QuestionLine), map(astuple, found.questions))
    _write_csv(folder / "mistakes.csv", _columns(MistakeLine), map(astuple, found.mistakes))
    times = ([work.student, work.assignment, work.status, work.seconds] for work in found.works)
    _write_csv(folder / "times.csv", ["student", "assignment", "status", "seconds"], times)
    attention = (
        [*astuple(line), out.page_link(line.student, line.assignment) if line.student else ""]
        for line in found.attention
    )
    _write_csv(folder / "attention.csv", [*_columns(AttentionLine), "feedback"], attention)


def _student_table(found: ClassStatistics) -> tuple[list[str], list[list]]:
    """A line a student: points by assignment and together, and which assignments are not plainly graded."""
    names = [line.assignment for line in found.assignments]
    lines: list[list] = []
    for student, works in _by_student(found.works):
        points = [works[name].points if name in works else None for name in names]
        odd = [f"{work.assignment}: {work.status}" for work in works.values() if work.status != "graded"]
        together = [sum(work.points for work in works.values()), sum(work.max_points for work in works.values())]
        lines.append([student, *points, *together, "; ".join(odd)])
    return ["student", *names, "together", "max_points", "not_graded"], lines


def _by_student(works: Iterable[WorkSummary]) -> Iterator[tuple[str, dict[str, WorkSummary]]]:
    """Each student's works, by assignment."""
    for student, of_student in groupby(works, key=lambda work: work.student):
        yield student, {work.assignment: work for work in of_student}


def _columns(line: type) -> list[str]:
    return [field.name for field in fields(line)]


def _write_csv(path: Path, columns: Sequence[str], lines: Iterable[Iterable[object]]) -> None:
    """For spreadsheets, which take a file without a mark (bom) for one in an older encoding."""
    write_lines((map(_cell, line) for line in chain([columns], lines)), path, bom=True)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{round(value, 4):.10g}"
    return str(value) if isinstance(value, int) else harmless(value) if isinstance(value, str) else ""


# What the page says


def _at_a_glance(found: ClassStatistics) -> list[tuple[str, str]]:
    """(heading, sentence) of what one wants to know first."""
    known = [work for work in found.works if work.rows[0].question]
    here = sum(work.handed_in for work in known)
    facts = [("Handed in", f"{here:,} of {_count(len(known), 'submission')}, " + _mean_share(known))]
    if hard := _hardest(found.questions):
        share, line = hard
        facts.append(
            ("Hardest question", f"{line.question} ({_title(line.assignment)}): {_percent(share)} of its points")
        )
    named = [line for line in found.mistakes if line.named]
    often = max(named, key=lambda line: line.submissions, default=None)
    if often and often.submissions > 1:  # of many that each occur once none is frequent
        where = f"; section {often.section}" if often.section else ""
        times = _count(often.submissions, "submission")
        facts.append(
            (
                "Most frequent mistake",
                f"{often.mistake}, in {often.question} ({_title(often.assignment)}{where}): {times}",
            )
        )
    odd = _not_in_order(found.works)
    absent = sum(work.status == "missing" and not work.handed_in for work in odd)
    beside = f", of which {absent:,} missing" if absent else ""
    facts.append(("Need a person", f"{_count(len(odd), 'submission')}{beside}" if odd else "none"))
    if waiting := sum(line.manual for line in found.questions):
        facts.append(
            (
                "Wait for points",
                f"{_count(waiting, 'answer')} that a person grades; until then they count 0, or what they had before",
            )
        )
    seconds = sum(work.seconds or 0 for work in found.works)
    if seconds:
        facts.append(("Time to grade", f"{duration(seconds)}, all submissions added up"))
    return facts


def _hardest(lines: Iterable[QuestionLine]) -> tuple[float, QuestionLine] | None:
    """(mean share of its points, question) of that with the smallest; None if everybody has all points of every one."""
    tried = [
        (line.mean_share, line)
        for line in lines
        if line.mean_share is not None and line.mean_share < 1 and not line.manual
    ]
    return min(tried, key=lambda one: one[0], default=None)


def _not_in_order(works: Iterable[WorkSummary]) -> list[WorkSummary]:
    """What needs a person."""
    return [work for work in works if not all(row.is_in_order for row in work.rows)]


def _attention_says(works: Iterable[WorkSummary]) -> str:
    """How many submissions need a person, by their status."""
    counts = Counter(work.status for work in _not_in_order(works))
    return ", ".join(f"{counts[status]:,} {status}" for status in STATUSES if counts[status])


def _sections(found: ClassStatistics) -> list[dict]:
    """What there is to say of each assignment, first in a line of the overview, then in a section."""
    person = Counter(work.assignment for work in _not_in_order(found.works))
    sections = []
    for line in found.assignments:
        drawn = _chart(line, found.scores)
        questions = [one for one in found.questions if one.assignment == line.assignment]
        mistakes = _mistakes([one for one in found.mistakes if one.assignment == line.assignment])
        sections.append(
            {
                "line": line,
                "chart": drawn,
                "mean_share": line.mean / line.max_points if line.mean is not None and line.max_points else None,
                "less": sum(drawn["counts"][: len(drawn["counts"]) // 2]),
                "person": person[line.assignment],
                "hardest": _hardest(questions),
                "questions": questions,
                "mistakes": mistakes,
                "wrong": sum(entry["submissions"] for entry in mistakes),
            }
        )
    return sections


def _mean_share(works: Sequence[WorkSummary]) -> str:
    shares = [work.points / work.max_points for work in works if work.handed_in and work.max_points]
    return f"with {_percent(sum(shares) / len(shares))} of the points on average" if shares else "nothing to judge"


def _chart(line: AssignmentLine, scores: Sequence[ScoreLine]) -> dict:
    """What a picture of a distribution is drawn from, and what it says."""
    counts = [score.submissions for score in scores if score.assignment == line.assignment]
    return {
        "assignment": line.assignment,
        "counts": counts,
        "most": max(counts, default=0),
        "says": _says(line, counts),
    }


def _says(line: AssignmentLine, counts: Sequence[int]) -> str:
    """A distribution in sentences."""
    of_all = f"{line.handed_in:,} of {line.submissions:,} handed in"
    if line.mean is None or line.median is None or line.lower_quartile is None or line.upper_quartile is None:
        return "Nobody has handed it in."
    if line.handed_in == 1:
        return f"{of_all}, with {_points(line.mean)} of {_points(line.max_points)} points.{_wait(line)}"
    less = sum(counts[: len(counts) // 2])
    middle = ""
    if line.handed_in >= 4:
        middle = f", the middle half lies between {_about(line.lower_quartile)} and {_about(line.upper_quartile)}"
    return (
        f"{of_all}. Of {_points(line.max_points)} points, the mean is {_about(line.mean)}, the median "
        f"{_about(line.median)}{middle}. All points: {line.full}; less than half: {less}.{_wait(line)}"
    )


def _wait(line: AssignmentLine) -> str:
    """That some points are yet to come, if so."""
    return f" {_count(line.manual, 'submission')} with answers that wait for a person's points." if line.manual else ""


def _mistakes(lines: Sequence[MistakeLine]) -> list[dict]:
    """One entry a question, the one that went wrong most often first: its frequent mistakes, and how much is left out."""
    entries = []
    for (assignment, question), group in groupby(lines, key=lambda line: (line.assignment, line.question)):
        kinds = list(group)
        entries.append(
            {
                "assignment": assignment,
                "question": question,
                "section": kinds[0].section,
                "submissions": sum(kind.submissions for kind in kinds),
                "share": sum(kind.share for kind in kinds),
                "kinds": kinds[:KINDS_SHOWN],
                "others": len(kinds) - KINDS_SHOWN,
                "in_others": sum(kind.submissions for kind in kinds[KINDS_SHOWN:]),
            }
        )
    return sorted(entries, key=lambda entry: -entry["submissions"])


def _students(works: Sequence[WorkSummary]) -> list[dict]:
    """By name; in a class too large for the page, those with the fewest points first."""
    students: list[dict] = []
    for student, of_student in _by_student(works):
        together = sum(work.points for work in of_student.values())
        students.append({"student": student, "works": of_student, "points": together})
    if len(students) > STUDENTS_SHOWN:
        students.sort(key=lambda one: one["points"])
    return students


def _all_students(found: ClassStatistics) -> Markup:
    """What the page's script finds, filters and sorts, as JSON that may stand in a page."""
    names = [line.assignment for line in found.assignments]
    students = []
    for student, works in _by_student(found.works):
        cells = [_cell_of(works.get(name)) for name in names]
        students.append([student, cells, round(sum(work.points for work in works.values()), 2)])
    half = sum(line.max_points for line in found.assignments) / 2
    data = {"assignments": names, "students": students, "half": half, "in_order": IN_ORDER}
    return Markup(json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"))


def _cell_of(work: WorkSummary | None) -> object:
    """Points, and the status where it is not plainly graded; there are a hundred thousand in a class of ten thousand."""
    if work is None:
        return None
    points = float(_points(work.points))
    short = int(points) if points.is_integer() else points
    return short if work.status == "graded" else [short, work.status]


@cache
def _script() -> str:
    """The script that the page has in it, which is the only one that a browser runs there."""
    return (TEMPLATES / "report.js").read_text(encoding="utf-8")


def _statuses(works: Sequence[WorkSummary]) -> list[tuple[str, int, int]]:
    """(status, submissions, questions) of each that occurs; a submission counts by the gravest of its questions'."""
    submissions = Counter(work.status for work in works)
    questions = Counter(row.status for work in works for row in work.rows)
    return [(status, submissions[status], questions[status]) for status in reversed(STATUSES) if questions[status]]


def _slowest(works: Sequence[WorkSummary]) -> list[WorkSummary]:
    timed = [work for work in works if work.seconds is not None]
    return sorted(timed, key=lambda work: -(work.seconds or 0))


# How things are written


def _points(value: float) -> str:
    return f"{round(value, 2):g}"


def _about(value: float) -> str:
    return f"{round(value, 1):g}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u00a0%"


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def _title(assignment: str) -> str:
    return assignment.replace("_", " ")


def _breakable(words: str) -> Markup:
    """Words that may be broken after an underscore, and anywhere only where one is longer than any column."""
    parts = re.split(r"(\s+)", words)
    return Markup("").join(
        Markup('<span class="long">{}</span>').format(part)
        if max(map(len, part.split("_"))) > LONGEST
        else Markup(str(escape(part)).replace("_", "_<wbr>"))
        for part in parts
    )


pages = Environment(
    loader=PackageLoader("autograde"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
pages.filters |= {
    "points": _points,
    "about": _about,
    "percent": _percent,
    "duration": duration,
    "title_of": _title,
    "breakable": _breakable,
    "count_of": _count,
}
