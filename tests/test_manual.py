"""Questions that a person grades, from the script to the learning system, in a course whose points add up to seven."""

import base64
import csv
import dataclasses
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from small_course import ENVIRONMENT, course

from autograde.authoring.new import new_course
from autograde.authoring.script import ScriptError, read_script
from autograde.course import this_course
from autograde.notebook import grade_id, points_in
from autograde.records.entry import ManualGrade, ManualGrades
from autograde.records.manual import with_manual_grades
from autograde.records.verdicts import Row, SubmissionResult
from autograde.reporting.report import write_stopped_page
from checking.cause import Cause

A = "first_steps"
ASKED = {"predict": 1.0, "squared_loss": 2.0, "essay": 3.0, "places": 1.0}
MODEL = "Squares of differences are never negative, so that nothing cancels out"
QUESTIONS = f"""
# %% [markdown] manual="essay" points=3
# **Explain** why the errors are squared.
#
# ### BEGIN SOLUTION
# {MODEL}.
# ### END SOLUTION

# %% [markdown]
# ## 3 · Ten places

# %% manual="places" points=1
# Show the line at ten places.
### BEGIN SOLUTION
places = np.linspace(0, 1, 10)
print(predict(places, 2, 1).round(3).tolist())
### END SOLUTION

# %% [markdown]
# The end.
"""
ANSWER = "It punishes <script>alert(1)</script> **large** errors. ![seen](attachment:seen.png)"
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 60).decode()


def said_by(folder, code):
    """What a process says that works on the course there."""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def script_with(folder: Path, more: str, old: str = "", new: str = "") -> Path:
    """The script of a new course with these cells too, its functions worth three points."""
    if not folder.exists():
        new_course(folder)
    path = folder / "solutions" / A / "notebook.py"
    text = path.read_text(encoding="utf-8").replace("points=40", "points=1").replace("points=60", "points=2") + more
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def answered(notebook, stripped=False):
    """Functions left alone, both answers written. stripped: without marks and ids, as some programs save notebooks."""
    essay, places = (next(c for c in notebook.cells if grade_id(c) == name) for name in ("essay", "places"))
    essay.source = ANSWER
    essay.attachments = {"seen.png": {"image/png": PICTURE, "text/html": "<script>"}}
    places.source = "print([1 + i for i in range(10)])"
    for i, cell in enumerate(notebook.cells if stripped else ()):
        cell.metadata, cell.id = {}, f"other{i}"
    return notebook


def without_answers(notebook):
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in ("essay", "places")]
    return notebook


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A course with submissions that were graded into OUT, and what was printed."""
    folder = tmp_path_factory.mktemp("manual") / "seven"
    script_with(folder, QUESTIONS)
    course("build", cwd=folder)

    def released():
        return nbformat.read(folder / "notebooks" / A / f"{A}.ipynb", as_version=4)

    works = {
        "answered": answered(released()),
        "deleted": without_answers(released()),
        "stripped": answered(released(), stripped=True),
        "untouched": released(),
    }
    for student, notebook in works.items():
        place = folder / "submissions" / student / A
        place.mkdir(parents=True)
        (place / f"{A}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    (folder / "printed").write_text(course("grade", "submissions", "--out", "OUT", "--seed", 0, cwd=folder))
    return folder


def rows_of(folder, student):
    rows = table(folder / "OUT" / "grades.csv")
    assert [r["question"] for r in rows if r["student"] == student] == list(ASKED)
    return {r["question"]: (r["status"], float(r["score"])) for r in rows if r["student"] == student}


def gradebook(folder):
    return Gradebook(f"sqlite:///{folder / 'OUT' / 'gradebook.db'}")


def pages_written(folder):
    """When each feedback page was written."""
    return {path: path.stat().st_mtime_ns for path in (folder / "OUT" / "feedback").rglob("*.html")}


def page_of(folder, student):
    return (folder / "OUT" / "feedback" / student / A / f"{A}.html").read_text(encoding="utf-8")


def test_students_get_the_question_and_not_the_model_answer(here):
    cells = {grade_id(c): c for c in nbformat.read(here / "notebooks" / A / f"{A}.ipynb", as_version=4).cells}
    assert cells["essay"].source == "**Explain** why the errors are squared.\n\n*Your answer here.*"
    assert cells["places"].source.startswith("# Show the line at ten places.\n# Your code here\nraise")
    course("release", "--out", "students.zip", cwd=here)
    with zipfile.ZipFile(here / "students.zip") as archive:
        everything = b"".join(map(archive.read, archive.namelist()))
    assert b"why the errors are squared" in everything
    assert MODEL.encode() not in everything
    assert b"np.linspace(0, 1, 10)" not in everything


def test_a_model_answer_that_got_into_another_text_is_found(here):
    texts = {
        "broken.md": MODEL.replace(" ", "\n") + ".",
        "half.md": MODEL,
        "n.ipynb": json.dumps({"cells": [{"cell_type": "markdown", "source": [f"As *you* saw: {MODEL}.\n"]}]}),
    }
    found = said_by(here, f"from autograde.authoring.leaks import leaks_in; print(*leaks_in({texts!r}), sep='\\n')")
    answer = f"a part of the model answer to {A}.essay, in"
    assert found.splitlines() == [f"{answer} broken.md", f"{answer} n.ipynb"]


def test_each_answer_has_a_row_that_says_who_has_to_act(here):
    functions = {"predict": ("graded", 0), "squared_loss": ("graded", 0)}
    waits, empty, gone = ("manual", 0), ("graded", 0), ("tampered", 0)
    assert rows_of(here, "answered") == functions | {"essay": waits, "places": waits}
    assert rows_of(here, "untouched") == functions | {"essay": empty, "places": empty}
    assert rows_of(here, "deleted") == functions | {"essay": gone, "places": gone}
    assert {q: rows_of(here, "stripped")[q] for q in ("essay", "places")} == {"essay": waits, "places": waits}
    said = {(r["student"], r["question"]): r["mistake"] for r in table(here / "OUT" / "grades.csv")}
    assert said["untouched", "essay"] == "not started"
    assert said["deleted", "essay"] == "not started; its cell was missing and was put back"
    assert (
        said["stripped", "essay"] == "the marks of all its cells were missing, and its cells were known by their text"
    )


def test_an_answer_stays_as_it_was_written_and_is_shown_without_its_script(here):
    for student in ("answered", "stripped"):
        kept, shown = (
            {grade_id(c): c for c in nbformat.read(here / "OUT" / which / student / A / f"{A}.ipynb", 4).cells}
            for which in ("submitted", "autograded")
        )
        assert kept["essay"].source == ANSWER
        assert kept["essay"].cell_type == "markdown"
        assert "<script>" not in shown["essay"].source
        assert "**large**" in shown["essay"].source
        assert shown["essay"].attachments == {"seen.png": {"image/png": PICTURE}}
        assert shown["places"].outputs[0].text == "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n"
        page = page_of(here, student)
        assert page.count("a person will grade this") >= 2
        assert "<strong>large</strong>" in page
        assert PICTURE in page
        assert "<script" not in page
    empty = [c for c in nbformat.read(here / "OUT" / "autograded" / "deleted" / A / f"{A}.ipynb", 4).cells]
    assert [grade_id(c) for c in empty][-4::2] == ["essay", "places"], "put back where they were"


def test_the_gradebook_asks_for_a_person_where_there_is_something_to_read(here):
    with gradebook(here) as book:
        assert book.find_assignment(A).max_score == 7
        for student, waits in (("answered", True), ("stripped", True), ("untouched", False), ("deleted", False)):
            assert book.find_submission(A, student).needs_manual_grade is waits, student
            for question in ("essay", "places"):
                grade, comment = (f(question, A, A, student) for f in (book.find_grade, book.find_comment))
                assert (grade.needs_manual_grade, grade.auto_score) == (waits, None if waits else 0)
                assert comment.auto_comment == (None if waits else "No response.")


def test_summary_and_report_have_one_line_a_question(here):
    printed = (here / "printed").read_text()
    assert re.search(r"^  manual    first_steps: essay: 2 answers wait; \S*course lab OUT$", printed, re.MULTILINE)
    assert re.search(r"^answered +0 \+\?$", printed, re.MULTILINE)
    lines = table(here / "OUT" / "report" / "attention.csv")
    assert [(r["student"], r["questions"], r["feedback"]) for r in lines if r["status"] == "manual"] == [
        ("", "essay", ""),
        ("", "places", ""),
    ]
    (assignment,) = table(here / "OUT" / "report" / "assignments.csv")
    assert [assignment[k] for k in ("max_points", "handed_in", "manual", "graded", "error")] == [
        "7",
        "4",
        "2",
        "1",
        "0",
    ]
    essay = table(here / "OUT" / "report" / "questions.csv")[2]
    assert (essay["manual"], essay["mean_share"], essay["not_started"]) == ("2", "", "2")
    page = (here / "OUT" / "report.html").read_text(encoding="utf-8")
    assert "2 answers to be graded" in page
    assert "4 answers that a person grades" in page
    assert "Hardest question" in page
    assert "essay" not in re.search(r"<dt>Hardest question</dt><dd>(.*?)</dd>", page)[1]


def exported(folder):
    """The grades as csv, canvas and moodle have them, and what was said of each."""
    said = said_by(
        folder,
        "from pathlib import Path; from autograde.lms.exports import export\n"
        "for f in ('csv', 'canvas', 'moodle'): print('; '.join(export(Path('OUT'), f, Path(f + '.csv')).lines()))",
    )
    return {f: table(folder / f"{f}.csv") for f in ("csv", "canvas", "moodle")}, said.splitlines()


def test_what_a_person_enters_is_exported_and_in_everything_that_is_written_again(here):
    _, said = exported(here)
    assert ["2 wait for a person's grade" in line for line in said] == [True] * 3
    before = page_of(here, "untouched")
    with gradebook(here) as book:  # what formgrader does
        for question, score in (("essay", 2.5), ("places", 1.0)):
            grade = book.find_grade(question, A, A, "answered")
            grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment("essay", A, A, "answered").manual_comment = "Well said, <b>but</b> short."
        book.db.commit()
    exports, said = exported(here)
    assert ["1 waits for a person's grade" in line for line in said] == [True] * 3
    rows = exports["csv"]
    assert {r["student"]: (r["score"], r["max_score"], r["needs_manual_grade"]) for r in rows}["answered"] == (
        *("3.5", "7"),
        "no",
    )
    assert {r["Student"]: r[A] for r in exports["canvas"]} == {
        "    Points Possible": "7",
        **{"answered": "3.5", "deleted": "0", "stripped": "0", "untouched": "0"},
    }
    assert [r[A] for r in exports["moodle"]] == ["3.5", "0", "0", "0"]

    course("grade", "submissions", "--out", "OUT", "--resume", cwd=here)
    now = rows_of(here, "answered")
    assert (now["essay"], now["places"]) == (("graded", 2.5), ("graded", 1))
    assert rows_of(here, "stripped")["essay"] == ("manual", 0)
    said = {(r["student"], r["question"]): r["mistake"] for r in table(here / "OUT" / "grades.csv")}
    assert said["answered", "essay"] == "graded by a person; comment: Well said, <b>but</b> short."
    page = page_of(here, "answered")
    assert "<strong>3.5</strong> of 7 points" in page
    assert "essay · graded by a person · 2.5 of 3 points" in page
    assert "Well said, &lt;b&gt;but&lt;/b&gt; short." in page
    assert "a person will grade this" not in page
    assert page_of(here, "untouched") == before
    written = pages_written(here)
    course("grade", "submissions", "--out", "OUT", "--resume", cwd=here)
    assert pages_written(here) == written, "there is nothing new to tell"
    essay = table(here / "OUT" / "report" / "questions.csv")[2]
    assert (essay["manual"], essay["graded"]) == ("1", "2")
    assert essay["mean_share"] == f"{(2.5 / 3 + 0 + 0) / 3:.4f}"
    assert "Well said" not in (here / "OUT" / "report" / "mistakes.csv").read_text(encoding="utf-8")

    path = here / "submissions" / "answered" / A / f"{A}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("It punishes", "It really punishes"), encoding="utf-8")
    course("grade", "submissions", "--out", "OUT", "--resume", cwd=here)
    assert rows_of(here, "answered")["essay"] == ("manual", 2.5), "it counts what the gradebook counts, and waits again"
    page = page_of(here, "answered")
    assert "Until then what you had before counts: 2.5 of 3 points." in page
    assert page.count("essay · a person will read this again · until then 2.5 of 3 points") >= 1

    with gradebook(here) as book:
        book.find_grade("essay", A, A, "untouched").manual_score = 30.0
        book.find_grade("essay", A, A, "untouched").needs_manual_grade = False
        book.db.commit()
    _, said = exported(here)
    assert [f"untouched/{A} essay 30 of 3" in line for line in said] == [True] * 3
    course("grade", "submissions", "--out", "OUT", "--resume", cwd=here)
    said = {(r["student"], r["question"]): r["mistake"] for r in table(here / "OUT" / "grades.csv")}
    assert said["untouched", "essay"] == "a person gave 30 of 3 points; see to it in formgrader"

    path = here / "OUT" / "autograded" / "answered" / A / f"{A}.ipynb"
    path.write_text("{", encoding="utf-8")
    with gradebook(here) as book:  # points are taken back, and given
        book.find_grade("essay", A, A, "answered").manual_score = None
        book.find_grade("essay", A, A, "stripped").manual_score = 3.0
        book.find_grade("essay", A, A, "stripped").needs_manual_grade = False
        book.db.commit()
    course("grade", "submissions", "--out", "OUT", "--resume", cwd=here)
    assert rows_of(here, "answered")["essay"] == ("manual", 0)
    assert "JSONDecodeError" in (here / "OUT" / "log" / "failures.log").read_text(encoding="utf-8")
    assert "essay · graded by a person · 3 of 3 points" in page_of(here, "stripped"), "nobody else's page waits"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"essay" points=3', '"essay"', "the cell manual='essay' has no points"),
        ("points=3", 'points="some"', "the points of manual='essay' are 'some', and have to be a number above 0"),
        ("points=3", "points=0", "the points of manual='essay' are 0, and have to be a number above 0"),
        ('manual="places"', 'manual="essay"', "manual='essay' is there more than once"),
        ('manual="places"', 'manual="predict"', "'predict' is a graded function and manual='predict'"),
        ('manual="places"', 'manual="test_predict"', "manual='test_predict' is no name"),
        ('manual="places"', 'manual="setup"', "manual='setup' is no name"),
        ('manual="places"', 'manual="ten places"', "manual='ten places' is no name"),
        ("[markdown] manual", "[raw] manual", "manual='essay' is a raw cell"),
        (f"{MODEL}.\n# ### END SOLUTION", f"{MODEL}.", "manual='essay': each ### BEGIN SOLUTION needs one"),
        ('"places" points=1', '"places" points=1 showcase=1', "a cell header has showcase, which is not known"),
    ],
)
def test_a_mistake_in_a_header_is_one_line(tmp_path, old, new, said):
    path = script_with(tmp_path / "c", QUESTIONS, old, new)
    with pytest.raises(ScriptError) as refused:
        read_script(path)
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"solutions/{A}/notebook.py: ")
    assert "\n" not in str(refused.value)


def test_what_a_person_enters_is_in_the_row_whatever_else_there_is_to_say():
    a = this_course().assignments[0]
    row = Row("ada", a, "q", 1.0, 4.0, "graded", needs_person=True)

    def told(status="graded", **grade):
        decided = SubmissionResult([dataclasses.replace(row, status=status)])
        return with_manual_grades(decided, ManualGrades({"q": ManualGrade(comment="Good", **grade)})).rows[0]

    for one, score, words in (
        (told(score=4.0, waits=False), 4, "graded by a person; comment: Good"),
        (told(score=9.0, waits=False), 4, "a person gave 9 of 4 points; see to it in formgrader; comment: Good"),
        (told(score=2.0, waits=True), 2, "a person graded what was there before; comment: Good"),
        (told("rejected", score=2.0, waits=True), 2, "comment: Good"),
        (told(waits=False), 1, "comment: Good"),
        (told(waits=False, extra_credit=2.0), 3, "comment: Good; extra credit: 2"),
        (told(score=4.0, waits=False, extra_credit=2.0), 6, "graded by a person; comment: Good; extra credit: 2"),
    ):
        assert (one.score, one.mistake.removesuffix("; a person should see which is meant")) == (score, words)
    assert told(score=4.0, waits=False).is_in_order, "a person has seen to it"
    assert not told(waits=False).is_in_order


def test_points_by_hand_are_on_the_page_of_what_could_not_be_run(tmp_path):
    row = Row("ada", "a", "q", 2.5, 4.0, "rejected", Cause("other", words="it is a web page"), ("comment: By mail",))
    write_stopped_page([row], tmp_path / "page.html")
    assert "<bdi>q</bdi>: 2.5 of 4 points. <bdi>comment: By mail</bdi>" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("reason", "is_advised"),
    [
        ("the file is a PDF. Hand in the notebook itself", False),
        ("the file is nested too deeply to be a notebook", True),
    ],
)
def test_a_reason_that_says_what_to_do_is_all_the_advice_there_is(tmp_path, reason, is_advised):
    row = Row("ada", "a", "q", 0.0, 4.0, "rejected", Cause("other", words=reason))
    write_stopped_page([row], tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert ("Open the notebook in JupyterLab" in page, "Do what is said above" in page) == (is_advised, not is_advised)


def test_points_and_questions_are_those_of_the_script(tmp_path):
    script = read_script(script_with(tmp_path / "c", QUESTIONS))
    assert points_in(script.notebook) == ASKED


def test_a_sample_class_of_such_a_course_is_graded(tmp_path):
    folder = tmp_path / "c"
    script_with(folder, QUESTIONS.replace("### BEGIN SOLUTION\n# ", "").replace("# ### END SOLUTION\n", ""))
    course("demo", cwd=folder)  # which builds it
    released = (folder / "notebooks" / A / f"{A}.ipynb").read_text(encoding="utf-8")
    essay = next(c for c in json.loads(released)["cells"] if c["id"] == "essay")
    assert essay["source"] == ["*Your answer here.*"], "without marks all of it is the model answer"
    rows = table(folder / "build" / "demo" / "grades.csv")
    assert [r["status"] for r in rows if r["student"] == "ada"] == ["graded", "graded", "manual", "manual"]
    assert {float(r["max_score"]) for r in rows} == {1, 2, 3}
