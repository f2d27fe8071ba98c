"""The class report: its tables against figures worked out by hand and by NumPy, its words, and what it makes of hostile text."""

import csv
import html
import html.parser
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import numpy as np
import pytest
from kept_verdicts import change, kept_verdicts
from report_class import HOSTILE, decided, large_class, mixed_class, written
from warm import ran_course

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE, this_course
from autograde.hidden import all_questions
from autograde.judging.submission import Submission
from autograde.notebook import grade_id
from autograde.records.class_folder import ClassFolder
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import SubmissionResult
from autograde.reporting.statistics import ENOUGH, class_statistics
from autograde.results import Job
from autograde.running.runner import LocalWorkers
from checking.cause import NOTHING, Cause

A, B = "gradient_checking", "tensorflow_signs"
Q = "forward_propagation"  # a question of both
TABLES = ("students", "assignments", "scores", "questions", "mistakes", "times", "attention")


def table(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "report" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def class_of(points, assignment=A, most=100):
    """Each student has these points for the one question."""
    return [decided(f"s{i:03}", assignment, [(Q, p, most)]) for i, p in enumerate(points)]


# Scores


def test_the_distribution_is_that_of_the_points():
    points = [0, 9.99, 10, 29.99, 30, 55, 70, 89.99, 99.99, 100, 100]
    found = class_statistics(class_of(points))
    counts = {line.at_least: line.submissions for line in found.scores}
    assert counts == {0: 2, 10: 1, 20: 1, 30: 1, 40: 0, 50: 1, 60: 0, 70: 1, 80: 1, 90: 1, 100: 2}
    (line,) = found.assignments
    assert [line.lowest, line.lower_quartile, line.median, line.upper_quartile, line.highest] == pytest.approx(
        np.percentile(points, [0, 25, 50, 75, 100])
    )
    assert (line.mean, line.full, line.handed_in) == (pytest.approx(np.mean(points)), 2, 11)


def test_every_multiple_of_ten_percent_is_in_the_step_that_it_begins():
    for most in (95, 100, 7):
        lines = class_statistics(class_of([most * i / 10 for i in range(11)], most=most)).scores
        assert [line.submissions for line in lines] == [1] * 11, most


def test_what_was_not_handed_in_is_in_no_score_and_in_no_difficulty():
    verdicts = [
        decided("ada", A, [(Q, 60, 100)]),
        decided("bela", A, [(Q, 0, 100, "missing", "there is no folder")], None),
        decided("chidi", A, [(Q, 0, 100, "rejected", "the file is empty")], None),
        decided("dana", A, [(Q, 0, 100, "error", "SyntaxError: oh")]),
    ]
    found = class_statistics(verdicts)
    (line,) = found.assignments
    assert (line.submissions, line.handed_in, line.mean, line.missing, line.rejected) == (4, 2, 30, 1, 1)
    assert (found.questions[0].handed_in, found.questions[0].mean_share) == (2, 0.3)


def test_the_picture_says_in_words_and_bars_what_the_numbers_are(tmp_path):
    page = written(class_of([0, 20, 80, 100, 100]), tmp_path)
    words = "5 of 5 handed in. Of 100 points, the mean is 60, the median 80, the middle half lies between 20 and 100."
    assert f"{words} All points: 2; less than half: 2." in page
    (svg,) = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    heights = [float(h) for h in re.findall(r'<rect [^>]*height="([\d.]+)"', svg)]
    assert heights == pytest.approx([50, 50, 50, 100])
    written(class_of([85]), tmp_path)
    assert "1 of 1 handed in, with 85 of 100 points." in (tmp_path / "report.html").read_text(encoding="utf-8")


# Questions


def test_difficulty_is_mean_share_and_share_of_full_points():
    verdicts = [
        decided("ada", A, [(Q, 10, 10), ("gradient_check", 25, 25)]),
        decided(
            "bela",
            A,
            [(Q, 5, 10, "graded", "sum instead of product"), ("gradient_check", 0, 25, "graded", Cause("not started"))],
        ),
        decided(
            "chidi",
            A,
            [(Q, 0, 10, "timeout", "it"), ("gradient_check", 0, 25, "tampered", Cause("not started"), ("its points",))],
        ),
        decided("dana", A, [(Q, 10, 10, "tampered", "its points"), ("gradient_check", 25, 25)]),
    ]
    first, second = class_statistics(verdicts).questions
    assert (first.question, first.mean_share, first.full, first.full_share, first.not_started) == (Q, 0.625, 2, 0.5, 0)
    assert (first.graded, first.timeout, first.tampered) == (2, 1, 1)
    assert (second.mean_share, second.full_share, second.not_started) == (0.5, 0.5, 2)


def test_discrimination_is_the_correlation_with_the_other_questions():
    points = np.random.default_rng(5).integers(0, 11, size=(ENOUGH, 3)).astype(float)
    verdicts = [decided(f"s{i}", A, [(f"q{j}", p, 10) for j, p in enumerate(row)]) for i, row in enumerate(points)]
    for j, line in enumerate(class_statistics(verdicts).questions):
        others = points.sum(axis=1) - points[:, j]
        assert line.discrimination == pytest.approx(np.corrcoef(points[:, j], others)[0, 1])
    assert all(line.discrimination is None for line in class_statistics(verdicts[1:]).questions), "too few students"
    alike = [decided(f"s{i}", A, [("q", 10, 10), ("r", i % 4, 10)]) for i in range(ENOUGH)]
    assert [line.discrimination for line in class_statistics(alike).questions] == [None, None], "nobody differs in q"


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_the_section_of_a_question_is_the_heading_above_it_in_the_notebook(assignment):
    cells = nbformat.read(this_course().notebook(assignment), as_version=4).cells
    headings, above = {}, ""
    for cell in cells:
        found = (
            re.findall(r"^## (.*?)(?: *\(\d+ min\))?$", cell.source, re.MULTILINE)
            if cell.cell_type == "markdown"
            else []
        )
        above = found[-1] if found else above
        headings[grade_id(cell)] = above
    rows = [(q.name, 0, q.points, "graded", "a slip") for q in all_questions(assignment).values()]
    found = class_statistics([decided("ada", assignment, rows)])
    assert rows
    for line in (*found.questions, *found.mistakes):
        assert line.section == headings[line.question]


# Mistakes


def kinds(*rows, assignment=A):
    """{mistake: submissions}, of students with these (status, words) for one question that is worth 10 and gave 5."""
    verdicts = [
        decided(f"s{i}", assignment, [(Q, 5, 10, *row), ("gradient_check", 25, 25)]) for i, row in enumerate(rows)
    ]
    return {line.mistake: line.submissions for line in class_statistics(verdicts).mistakes}


def named(name, kind="mistake"):
    return Cause(kind, name)


def test_a_known_mistake_is_counted_with_what_its_students_are_told():
    verdicts = [
        decided("ada", A, [(Q, 5, 10, "graded", named("power instead of product"))]),
        decided("bela", A, [(Q, 5, 10, "graded", named("sum instead of product"))]),
        decided(
            "chidi", A, [(Q, 5, 10, "tampered", named("sum instead of product"), ("its check cell was restored",))]
        ),
        decided("dana", A, [(Q, 5, 10, "graded", named("sum instead of product", "nearest"), ("recognised in 'x'",))]),
    ]
    lines = class_statistics(verdicts).mistakes
    assert [(line.mistake, line.submissions, line.share) for line in lines] == [
        ("sum instead of product", 2, 0.5),
        ("nearest: sum instead of product", 1, 0.25),
        ("power instead of product", 1, 0.25),
    ]
    assert all(line.named for line in lines)
    assert lines[0].explanation == lines[1].explanation == "You added theta and x; J is their product."


def test_what_has_no_name_is_counted_by_what_happened():
    def fails(failed, words="", error=""):
        return Cause("case", "a case", error, words, failed, 4)

    assert kinds(
        ("graded", fails(2, "It stops in line 3, `a: b`: NameError: name 'x' is not defined", "NameError")),
        ("graded", fails(4, "It stops with NameError: name 'y' is not defined", "NameError"), ("recognised in 'x'",)),
        ("graded", fails(3)),
        ("tampered", fails(1), ("its cell was missing and was put back",)),
        ("graded", fails(3, "It returns nothing (None). Is the `return` missing?")),
        ("timeout", fails(3, "It was still running after 10 seconds. Does every loop end?")),
        ("error", Cause("cell", error="SyntaxError", words="SyntaxError: '(' was never closed (line 1 of its cell)")),
        ("error", Cause("cell", error="SyntaxError", words="SyntaxError: invalid syntax (line 9 of its cell)")),
    ) == {
        "it stops with NameError": 2,
        "no known mistake; the first case that fails is 'a case'": 2,
        "It returns nothing (None). Is the `return` missing?": 1,
        "It was still running after 10 seconds. Does every loop end?": 1,
        "its cell stops with SyntaxError": 2,
    }


def test_what_is_right_or_not_started_or_absent_is_no_mistake():
    found = class_statistics(
        [
            decided("ada", A, [(Q, 10, 10, "tampered", NOTHING, ("its check cell was edited and was restored",))]),
            decided("bela", A, [(Q, 10, 10, "graded", NOTHING, ("recognised in 'x/y.ipynb'",))]),
            decided("chidi", A, [(Q, 0, 10, "graded", Cause("not started")), ("gradient_check", 25, 25)]),
            decided(
                "dana", A, [(Q, 0, 10, "missing", "its function is not in the notebook"), ("gradient_check", 25, 25)]
            ),
        ]
    )
    assert found.mistakes == []


def test_a_reason_that_holds_for_a_whole_notebook_is_no_mistake_in_each_question():
    words = "the notebook was still running after 300 seconds"
    whole = decided("ada", A, [(Q, 0, 10, "timeout", words), ("gradient_check", 0, 25, "timeout", words)])
    assert class_statistics([whole]).mistakes == []
    assert [line.questions for line in class_statistics([whole]).attention] == ["all"]


def test_questions_of_the_same_name_in_two_assignments_are_kept_apart(tmp_path):
    verdicts = [decided("ada", A, [(Q, 5, 10, "graded", "a")]), decided("ada", B, [(Q, 5, 10, "graded", "a")])]
    assert [(line.assignment, line.submissions) for line in class_statistics(verdicts).mistakes] == [(A, 1), (B, 1)]
    page = written(verdicts, tmp_path)
    for assignment in (A, B):
        assert all_questions(assignment)[Q].section in page


def test_the_most_frequent_mistake_and_the_hardest_question_come_first(tmp_path):
    verdicts = large_class(9)
    verdicts += [
        decided(f"z{i}", A, [("gradient_check", 0, 25, "graded", named("multiplied by epsilon"))]) for i in range(9)
    ]
    page = written(verdicts, tmp_path)
    glance = re.search(r"<dl.*?</dl>", page, re.DOTALL)[0].replace("<wbr>", "")
    assert (
        "multiplied by epsilon, in gradient_check (gradient checking; section 4 · The check in one dimension)" in glance
    )
    assert "gradient_check (gradient checking): " in glance
    section = page[page.index(f"<h3>{A.replace('_', ' ')}</h3>") :]
    assert re.search(r'<section class="wrong">\s*<h5><code>(.*?)</code>', section)[1] == "gradient_<wbr>check"


def test_the_overview_has_a_line_an_assignment_with_what_can_be_counted_by_hand(tmp_path):
    verdicts = [
        decided("ada", A, [(Q, 10, 10), ("gradient_check", 25, 25)]),
        decided("bela", A, [(Q, 10, 10), ("gradient_check", 0, 25, "error", "SyntaxError: oh")]),
        decided("chidi", A, [(Q, 2, 10, "graded", "a"), ("gradient_check", 5, 25, "graded", "a")]),
        decided("dana", A, [(Q, 0, 10, "missing", "no"), ("gradient_check", 0, 25, "missing", "no")], None),
        decided("ada", B, [(Q, 0, 10, "missing", "no")], None),
    ]
    page = written(verdicts, tmp_path)
    rows = re.findall(r"<tr>.*?</tr>", re.search(r'<table class="overview">.*?</table>', page, re.S)[0], re.S)
    cells = [
        [html.unescape(re.sub("<[^>]*>", "", cell)).strip() for cell in re.split(r"<t[hd]", row)[1:]] for row in rows
    ]
    said = [[cell.partition(">")[2].strip().replace("\u00a0", " ") for cell in row] for row in cells]
    assert said[1:] == [
        ["gradient checking", "3 of 4", "50 %", "1", "2", "2", "gradient_check, 40 %"],
        ["tensorflow signs", "0 of 1", "–", "0", "0", "1", "–"],
    ]
    assert 'Need a person</h2> <span class="soft">1 error, 2 missing</span>' in page


# What needs a person, and times


def test_what_is_not_plainly_graded_needs_a_person_and_the_gravest_is_first(tmp_path):
    verdicts = [
        decided("ada", A, [(Q, 10, 10), ("gradient_check", 0, 25, "tampered", "edited")]),
        decided(
            "bela", A, [(Q, 0, 10, "missing", "no folder"), ("gradient_check", 0, 25, "missing", "no folder")], None
        ),
        decided("chidi", A, [(Q, 10, 10), ("gradient_check", 25, 25)]),
        decided("dana", "week9", [("", 0, 0, "rejected", "no assignment")], None),
    ]
    assert "3 submissions, of which 1 missing" in written(verdicts, tmp_path)
    found = [(line.student, line.status, line.questions) for line in class_statistics(verdicts).attention]
    assert found == [("dana", "rejected", "all"), ("ada", "tampered", "gradient_check"), ("bela", "missing", "all")]


def test_times_are_added_up_and_the_slowest_come_first(tmp_path):
    verdicts = class_of([100] * 4)
    seconds = [3.25, 61.0, None, 7.5]
    page = written([SubmissionResult(one.rows, s) for one, s in zip(verdicts, seconds, strict=True)], tmp_path)
    assert [line["seconds"] for line in table(tmp_path, "times")] == ["3.25", "61", "", "7.5"]
    (line,) = table(tmp_path, "assignments")
    assert (line["timed"], line["seconds"], line["median_seconds"], line["most_seconds"]) == ("3", "71.75", "7.5", "61")
    slowest = page[page.index("The slowest submissions</h4>") :]
    assert re.findall(r"<bdi>(\w+)</bdi>", slowest) == ["s001", "s003", "s000"]
    assert "1 min 12 s, all submissions added up" in page


def test_a_verdict_keeps_its_seconds_and_one_of_an_earlier_version_is_read(tmp_path):
    folder, submission = VerdictFile(ClassFolder(tmp_path)), Submission("ada", A)
    verdict = decided("ada", A, [(Q, 10.0, 10.0)], 4.5)
    folder.write(submission, "print", verdict)
    assert folder.read(submission, "print") == verdict
    document = kept_verdicts(tmp_path)[0].document
    del document["seconds"]
    change(tmp_path, "ada", document=json.dumps(document))
    assert folder.read(submission, "print") == SubmissionResult(verdict.rows, None)
    change(tmp_path, "ada", document=json.dumps(document | {"seconds": "soon"}))
    assert folder.read(submission, "print") is None, "what is damaged is graded again"


def test_a_notebook_that_never_ends_has_a_time_too():
    endless = [sys.executable, "-c", "import time; time.sleep(600)"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    workers = LocalWorkers(lambda: subprocess.Popen(endless, **pipes), workers=1, seconds=0.2)
    try:
        workers.submit(Job("ada", A))
        (execution,) = workers.collect()
    finally:
        workers.close()
    assert execution.failure[0] == "timeout"
    assert execution.seconds >= 0.2


def test_a_run_measures_times_and_keeps_them_when_it_is_resumed(tmp_path):
    work = SampleNotebook(A)
    work.solve()
    work.hand_in(tmp_path / "in", "ada")
    grade = ("grade", tmp_path / "in", "--out", tmp_path / "out")
    assert ran_course(*grade, "--seed", "0", cwd=this_course().root).returncode == 0
    (first,) = table(tmp_path / "out", "times")
    grades = (tmp_path / "out" / "grades.csv").read_bytes()
    assert float(first["seconds"]) > 0
    assert b"seconds" not in grades
    work.hand_in(tmp_path / "in", "bela")
    assert ran_course(*grade, "--resume", cwd=this_course().root).returncode == 0
    ada, bela = table(tmp_path / "out", "times")
    assert ada == first
    assert float(bela["seconds"]) > 0
    assert (tmp_path / "out" / "grades.csv").read_bytes().startswith(grades)


# Files and hostile text


def test_every_column_of_every_table_is_documented(tmp_path):
    written(mixed_class(), tmp_path)
    assert sorted(path.stem for path in (tmp_path / "report").iterdir()) == sorted(TABLES)
    documented = dict(
        re.findall(r"^\| `report/(\w+)\.csv` \| (.*) \|$", (ENGINE / "docs" / "grading.md").read_text(), re.M)
    )
    for name in TABLES:
        columns = [c for c in table(tmp_path, name)[0] if c not in this_course().assignments]
        assert [c for c in re.findall(r"`(\w+)`", documented[name]) if c not in this_course().assignments] == columns, (
            name
        )


def test_no_cell_of_a_table_is_a_formula(tmp_path):
    begins = ("=1+1", "+x", "-x", "@x", "\t=1", "\r=1", "  =1", "＝1", "\n=1")
    verdicts = [decided(name, A, [(Q, 0, 10, "tampered", f"{name}!")]) for name in begins] + mixed_class()
    written(verdicts, tmp_path)
    assert [line["student"] for line in table(tmp_path, "students")][: len(begins)] == [
        f"'{name.strip()}" for name in begins
    ]
    for name in TABLES:
        for line in table(tmp_path, name):
            for cell in line.values():
                is_number = re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)
                assert is_number or not cell.strip().startswith(("=", "+", "-", "@", "＝")), (name, line)


def test_a_negative_number_stays_a_number(tmp_path):
    rows = [[("q", i % 5, 10), ("r", 10 - i % 5, 10)] for i in range(ENOUGH)]
    written([decided(f"s{i}", A, row) for i, row in enumerate(rows)], tmp_path)
    assert [line["discrimination"] for line in table(tmp_path, "questions")] == ["-1", "-1"]


class Page(html.parser.HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(re.sub(r"<script.*?</script>", "", text, flags=re.S))  # what its reader is shown without them

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("students", ["mixed", 1, 30])
def test_the_page_is_whole_by_itself(tmp_path, students):
    verdicts = mixed_class() if students == "mixed" else large_class(students)
    verdicts.append(decided("zoe", A, [(name, 0, 10, "tampered", name) for name in HOSTILE] + [(Q, 10, 10)]))
    page = Page(written(verdicts, tmp_path))
    assert not page.tags & {"img", "link", "iframe", "object", "base", "form", "image", "use"}
    assert [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "xlink:href")] == []
    for address in {value for name, value in page.attributes if name == "href"}:
        assert address.startswith(("#", "report/", "feedback/", "grades.csv")), address
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", (tmp_path / "report.html").read_text(encoding="utf-8"), re.S)
    assert [kind for kind, _ in scripts] == [' type="application/json" id="all-students"', ""]
    assert len(json.loads(scripts[0][1])["students"]) == len({one.rows[0].student for one in verdicts})
    assert "url(" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_hostile_names_and_words_are_shown_as_they_are_and_links_lead_to_their_pages(tmp_path):
    page = Page(written(mixed_class(), tmp_path))
    links = {unquote(urlsplit(value).path) for name, value in page.attributes if name == "href"}
    for name in HOSTILE:
        assert page.text.count(name) > 1, name
        assert f"feedback/{name}/initialization/initialization.html" in links
    assert "49" not in page.text.split("?q=")[1][:10]


def test_a_class_of_thousands_gives_a_small_page_and_whole_tables(tmp_path):
    page = Page(written(large_class(3000), tmp_path))
    assert (tmp_path / "report.html").stat().st_size < 1_000_000
    assert len(table(tmp_path, "students")) == 3000
    assert len(table(tmp_path, "times")) == 3000 * len(this_course().assignments)
    shown = set(re.findall(r"student\d{4}", page.text))
    assert 0 < len(shown) < 600
    points = {line["student"]: float(line["together"]) for line in table(tmp_path, "students")}
    fewest = sorted(points, key=lambda student: points[student])[:100]
    assert set(fewest) <= shown, "those with the fewest points are on the page"
    assert "of 3,000 students with the fewest points" in page.text
