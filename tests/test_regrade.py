"""After the grading: what people enter reaches everything, a changed course is not resumed in silence, and is judged anew."""

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from kept_verdicts import kept_verdicts
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash
from small_course import RIGHT, A, make, work_of
from small_course import course as run
from test_manual import said_by, table

from autograde.cli import main
from autograde.course import ENGINE, this_course
from autograde.judging.submission import Candidate
from autograde.records.class_folder import ClassFolder
from autograde.records.nbgrader import write_config
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Row, SubmissionResult, files_seen, write_csv
from autograde.running import class_run, regrade
from autograde.running import run as grading
from autograde.running.basis import Basis, CannotGrade, Run, write_run
from autograde.running.demo import _can_be_resumed
from autograde.running.regrade import Points, Regraded, print_changes
from autograde.running.request import Request, Result, Selection
from autograde.running.run import grade
from autograde.running.summary import MOST_LINES, print_summary
from checking.cause import Cause

CLASS = {"ada": RIGHT, "bob": RIGHT | {"predict": "return np.atleast_1d(w * x + b)"}, "cleo": RIGHT}


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A course with a class that was graded into OUT."""
    folder = make(tmp_path_factory.mktemp("regrade") / "c")
    for student, code in CLASS.items():
        path = folder / "in" / student / A / f"{A}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(work_of(folder, code), path)
    (folder / "in" / "cleo" / A / "timestamp.txt").write_text(
        "2026-10-01 12:00:00 UTC"
    )  # as nbgrader's exchange has them
    (folder / "in" / "cleo" / A / "submission_secret.txt").write_text("a secret")
    run("grade", "in", "--out", "OUT", "--seed", 0, cwd=folder)
    return folder


def points(folder):
    """{(student, question): (score, maximum, status)} in grades.csv."""
    return {
        (row["student"], row["question"]): (float(row["score"]), float(row["max_score"]), row["status"])
        for row in table(folder / "OUT" / "grades.csv")
    }


def enter(folder, student, cell, score=None, comment=None, due=None):
    """What formgrader does when a person enters something."""
    with Gradebook(f"sqlite:///{folder / 'OUT' / 'gradebook.db'}") as book:
        if score is not None:
            grade = book.find_grade(f"test_{cell}", A, A, student)
            grade.manual_score, grade.needs_manual_grade = score, False
        if comment is not None:
            book.find_comment(cell, A, A, student).manual_comment = comment
        if due is not None:
            book.find_assignment(A).duedate = due
        book.db.commit()


def page(folder, student):
    return (folder / "OUT" / "feedback" / student / A / f"{A}.html").read_text(encoding="utf-8")


def exported(folder):
    run("export", "OUT", "--format", "csv", "--to", "points.csv", cwd=folder)
    return {row["student"]: float(row["score"]) for row in table(folder / "points.csv")}


def everything(folder):
    """All files of OUT, but for the log and what SQLite puts beside its own."""
    return {p: p.read_bytes() for p in sorted((folder / "OUT").rglob("*")) if p.is_file() and "log" not in p.parts}


def test_points_and_comments_by_hand_are_in_everything_that_tells_of_them(here):
    assert points(here)["bob", "predict"][2] == "graded"
    others = page(here, "cleo")
    enter(here, "ada", "predict", score=35.5, comment="A <b>lucky</b> guess?")
    enter(here, "bob", "squared_loss", comment="Well done")
    said = run("feedback", "OUT", cwd=here)
    assert "pages written anew: 2" in said
    assert points(here)["ada", "predict"] == (35.5, 40, "graded")
    assert exported(here)["ada"] == 95.5
    assert {r["student"]: float(r[A]) for r in table(here / "OUT" / "report" / "students.csv")}["ada"] == 95.5
    assert "<strong>95.5</strong> of 100 points" in page(here, "ada")
    assert "predict · graded by a person · 35.5 of 40 points" in page(here, "ada")
    assert "A &lt;b&gt;lucky&lt;/b&gt; guess?" in page(here, "ada")
    both = (
        page(here, "ada").partition("predict · graded by a person")[2].partition("a person's points count in its place")
    )
    assert "predict · right · 40 of 40 points" in both[2]
    assert "predict · right" not in both[0], "which of two cards counts stands between them"
    assert "Well done" in page(here, "bob")
    assert page(here, "cleo") == others
    mistakes = {(r["student"], r["question"]): r["mistake"] for r in table(here / "OUT" / "grades.csv")}
    assert mistakes["ada", "predict"] == "graded by a person; comment: A <b>lucky</b> guess?"
    assert mistakes["bob", "squared_loss"] == "comment: Well done"
    before = everything(here)
    assert "pages written anew: 0" in run("feedback", "OUT", cwd=here)
    run("grade", "in", "--out", "OUT", "--resume", cwd=here)
    assert everything(here) == before, "there is nothing new to tell"


def test_a_course_that_has_changed_is_not_resumed_and_is_judged_anew(here):
    solutions = here / "solutions" / A
    edit(solutions / "questions.py", '"""What is', '# a comment\n"""What is')
    run("grade", "in", "--out", "OUT", "--resume", cwd=here)  # which changes nothing that counts

    edit(solutions / "notebook.py", 'test="predict" points=40', 'test="predict" points=80')
    edit(solutions / "notebook.py", "y = w * x + b", "y = b + w * x")
    edit(solutions / "questions.py", "draws(8)(10), draws(9)(10)", "draws(8)(9), draws(9)(9)")
    edit(solutions / "questions.py", '"w * x + b", "w * x"', '"b + w * x", "w * x"')
    edit(solutions / "questions.py", '"w * x + b", "b * x + w"', '"b + w * x", "b * x + w"')
    enter(here, "ada", "predict", due=datetime(2030, 1, 2))
    run("build", cwd=here)
    enter(here, "cleo", "predict", comment="So far")
    run("feedback", "OUT", cwd=here)
    assert "<strong>100</strong> of 100 points" in page(here, "cleo"), "the points by which it was judged"
    before = everything(here)
    said = run("grade", "in", "--out", "OUT", "--resume", "--cell-seconds", 9, cwd=here, code=2)
    assert len(said.splitlines()) == 1
    for words in ("the points (predict 40 -> 80)", "the cases", "the solutions", "the due date (none -> 2030-01-02", A):
        assert words in said
    assert "course regrade" in said
    assert everything(here) == before, "nothing is written"

    then = points(here)
    for some in (("--student", "bob"), ("--question", "squared_loss")):
        said = run("regrade", "OUT", *some, cwd=here, code=2)
        assert "(predict 40 -> 80), and points hold for everybody" in said
        assert f"course regrade OUT --assignment {A}`" in said
    assert everything(here) == before, "what exports say of the others would be other too"

    listed = here / "OUT" / "report" / "regraded.csv.part"
    listed.mkdir()  # so that the list cannot be written
    assert "regraded.csv' cannot be written" in run("regrade", "OUT", cwd=here, code=2)
    assert points(here) == then, "the old points are still known"
    listed.rmdir()
    said = run("regrade", "OUT", cwd=here)
    assert re.search(rf"bob +{A} +predict +{then['bob', 'predict'][0]:g} of 40 +\S+ of 80", said)
    assert "3 questions have changed, in 3 submissions: 2 with more points, 0 with fewer" in said
    assert "Entered by hand, and kept: ada predict 35.5\n" in said
    now = points(here)
    assert now["ada", "predict"] == (35.5, 80, "graded"), "what a person gave stays, and waits for nobody"
    assert now["cleo", "predict"] == (80, 80, "graded")
    assert exported(here) == {"ada": 95.5, "bob": now["bob", "predict"][0] + 60, "cleo": 140}
    rows = table(here / "OUT" / "report" / "regraded.csv")
    assert [(r["student"], r["old_score"], r["new_max_score"]) for r in rows] == [
        ("ada", "35.5", "80"),
        ("bob", f"{then['bob', 'predict'][0]:g}", "80"),
        ("cleo", "40", "80"),
    ]
    assert "guess?" in page(here, "ada")
    assert "<strong>95.5</strong> of 140 points" in page(here, "ada")
    run("grade", "in", "--out", "OUT", "--resume", cwd=here)


def test_only_those_that_are_there_and_asked_for_are_judged_anew(here):
    """A person's points wait once more where the work is other than what was judged, and only there."""
    enter(here, "bob", "predict", score=3, comment="Half of it")
    folders, out = {s: here / "in" / s / A for s in CLASS}, here / "OUT"
    (folders["ada"] / f"{A}.ipynb").rename(folders["ada"] / "work.ipynb")
    (folders["cleo"] / "timestamp.txt").write_text("2031-10-01 12:00:00 UTC")  # after the due date
    run("grade", "in", "--out", "OUT", "--resume", cwd=here)
    assert points(here)["ada", "predict"] == (35.5, 80, "graded")
    assert "work.ipynb" in {r["student"]: r["mistake"] for r in table(out / "grades.csv")}["ada"]
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        assert book.find_submission(A, "cleo").timestamp.year == 2031
    assert points(here)["bob", "predict"] == (3, 80, "graded")

    before = {path: path.read_bytes() for path in (out / "gradebook.db", out / "verdicts.db")}
    edit(folders["bob"] / f"{A}.ipynb", "np.atleast_1d(w * x + b)", "np.atleast_1d(b + w * x)")
    run("grade", "in", "--out", "OUT", "--resume", cwd=here)
    for path, content in before.items():  # as if that run had been stopped before it had judged
        path.write_bytes(content)
    others = [one for one in kept_verdicts(out) if one.student != "bob"]
    shutil.copytree(here / "in" / "bob", here / "few" / "bob")
    said = run("regrade", "OUT", "--submissions", "few", cwd=here)
    assert "Work of ada, cleo is not in" in said
    assert points(here)["bob", "predict"] == (3, 80, "manual"), "the points were for other work"
    assert set(CLASS) == {student for student, _ in points(here)}
    assert [one for one in kept_verdicts(out) if one.student != "bob"] == others
    assert json.loads((out / "run.json").read_text())["submissions"] == str(here / "in")
    shutil.copytree(here / "in", here / "all")
    run("regrade", "OUT", "--submissions", "all", "--student", "ada", cwd=here)
    assert json.loads((out / "run.json").read_text())["submissions"] == str(here / "all")


def test_what_is_taken_off_for_being_late_is_listed_where_it_is_other_now(here):
    write_config(here / "OUT", "c.LateSubmissionPlugin.penalty_method = 'zero'")
    said = run("regrade", "OUT", "--student", "cleo", cwd=here)
    assert re.search(rf"cleo +{A} +late penalty +0 +-140\n", said)
    assert "For being late, 1 submission loses points: on their pages and in exports, not in grades.csv" in said
    told = "handed in late, at 2031-10-01 12:00:00 UTC; it was due at 2030-01-02 00:00:00 UTC."
    assert told in page(here, "cleo")
    assert f"What is taken off for being late has changed for 1 submission. All of them: {Path('OUT')}" in said
    enter(here, "ada", "predict", due=datetime(2035, 1, 2))
    said = run("regrade", "OUT", cwd=here)
    assert re.search(rf"cleo +{A} +late penalty +-140 +0\n", said)
    rows = table(here / "OUT" / "report" / "regraded.csv")
    assert [(r["student"], r["question"], r["old_score"], r["new_score"]) for r in rows] == [
        ("cleo", "late penalty", "-140", "0")
    ]
    assert "No points and no status have changed." in run("regrade", "OUT", cwd=here)
    ClassFolder(here / "OUT").config.unlink()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("c.LateSubmissionPlugin.penalty_method = 'half'", "cannot be used: TraitError: "),
        ("c.LateSubmissionPlugin.penalty_method = 'zero", "cannot be run: SyntaxError: "),
        ("c.AssignLatePenalties.plugin_class = 'no_such.Plugin'", "cannot be used: "),
    ],
)
def test_a_penalty_that_cannot_be_is_said_in_a_line(here, setting, words):
    write_config(here / "OUT", setting)
    for command in (("regrade", "OUT", "--student", "cleo"), ("grade", "all", "--out", "fresh", "--resume")):
        if command[0] == "grade":
            shutil.copytree(here / "OUT", here / "fresh")
            ClassFolder(here / "fresh").verdicts.unlink()
            ClassFolder(here / "fresh").grades.unlink()
        said = run(*command, cwd=here, code=2)
        assert "Traceback" not in said
        (line,) = (line for line in said.splitlines() if line.startswith("course: "))
        assert "nbgrader_config.py' " in line
        assert words in line
        assert ".. " not in line
    shutil.rmtree(here / "fresh")
    ClassFolder(here / "OUT").config.unlink()


def test_what_lies_beside_the_folders_is_named_here_too(here, capsys):
    loose = here / "all" / "late.zip"
    loose.write_bytes(b"PK")
    run("regrade", "OUT", "--student", "ada", cwd=here, code=1)
    loose.unlink()
    print_changes(Regraded(Result([], 1, left_out="Not graded: late.zip"), {}, here / "OUT"))
    assert "Not graded: late.zip\n" in capsys.readouterr().out


def test_only_the_question_that_is_named_is_asked_otherwise(here):
    asked = here / "OUT" / "questions" / f"{A}.json"
    before = {q["name"]: q for q in json.loads(asked.read_text())["questions"]}
    edit(here / "solutions" / A / "questions.py", "draws(3)(2, 3)", "draws(3)(2, 4)")
    edit(here / "solutions" / A / "questions.py", "draws(10)(1), draws(11)(1)", "draws(10)(2), draws(11)(2)")
    run("build", cwd=here)
    lists = {path: path.read_bytes() for path in (here / "OUT" / "report").glob("regraded*.csv")}
    said = run("regrade", "OUT", "--question", "predict", "--assignment", A, cwd=here)
    assert "No points and no status have changed." in said
    assert "regraded.csv" not in said
    assert {path: path.read_bytes() for path in (here / "OUT" / "report").glob("regraded*.csv")} == lists != {}
    now = {q["name"]: q for q in json.loads(asked.read_text())["questions"]}
    assert now["squared_loss"] == before["squared_loss"]
    assert now["predict"] != before["predict"]


def test_nbgrader_releases_the_page_to_the_student_whose_secret_it_is(here):
    exchange = here / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    said_by(
        here,
        "from pathlib import Path; from autograde.serving.lab import formgrader_on; formgrader_on(Path('OUT').resolve())",
    )
    said_by(
        here,
        "import os, sys; os.chdir('OUT'); import autograde; from nbgrader.apps import NbGraderApp\n"
        f"sys.argv = ['nbgrader', 'release_feedback', '{A}', '--Exchange.root={exchange}', '--student=cleo']\n"
        "NbGraderApp.launch_instance()",
    )
    (released,) = exchange.rglob("*.html")
    assert released.read_text(encoding="utf-8") == page(here, "cleo")
    assert released.stem == notebook_hash(secret="a secret", notebook_id=A)


def test_a_page_that_cannot_be_written_is_named_and_what_it_tells_may_be_damaged(here):
    out = here / "OUT"
    enter(here, "cleo", "predict", comment="Read this")
    (out / "autograded" / "cleo" / A / f"{A}.ipynb").write_text("{")
    (out / "entered" / "bob" / f"{A}.json").write_text("{")
    before = page(here, "cleo")
    said = run("feedback", "OUT", cwd=here, code=1)
    assert f"the page of cleo, {A} could not be written (JSONDecodeError); log/failures.log says more" in said
    assert len(said.splitlines()) == 1
    assert page(here, "cleo") == before
    assert json.loads((out / "entered" / "bob" / f"{A}.json").read_text())["grades"]
    grades = (out / "grades.csv").read_bytes()
    (out / "gradebook.db").rename(out / "away.db")
    said = run("feedback", "OUT", cwd=here, code=2)
    (out / "away.db").rename(out / "gradebook.db")
    assert "gradebook.db' is not there, and has what people entered: put a copy of it back" in said
    assert (out / "grades.csv").read_bytes() == grades


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("OUT", "--student", "tpyo"), "there is no student 'tpyo' in 'OUT', nor in"),
        (("OUT", "--assignment", "nope"), "there is no assignment 'nope'"),
        (("OUT", "--question", "nope"), "there is no question 'nope'"),
        (("OUT", "--submissions", "nowhere"), "are not in 'nowhere' any more"),
        (("in",), "is not the result"),
    ],
)
def test_what_cannot_be_judged_anew_is_one_line(here, words, said):
    before = everything(here)
    line = run("regrade", *words, cwd=here, code=2)
    assert said in line
    assert len(line.splitlines()) == 1
    assert everything(here) == before


def test_out_and_submissions_never_lie_in_each_other(tmp_path):
    notebook = tmp_path / "in" / "ada" / this_course().assignments[0]
    notebook.mkdir(parents=True)
    (tmp_path / "graded").mkdir()
    (tmp_path / "graded" / "run.json").write_text("{}")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "course.toml").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    for submissions, out, said in (
        ("in", "in/out", "lies in the folder of submissions"),
        ("link", "in/ada/out", "lies in the folder of submissions"),
        ("in", "in", "lies in the folder of submissions"),
        ("in/ada", "in", "Give --out another folder"),
        ("graded", "out", "is what `course grade` wrote"),
        ("course", "out", "is a course"),
    ):
        before = sorted(tmp_path.rglob("*"))
        for resume in (False, True):
            with pytest.raises(CannotGrade, match=said) as caught:
                grade(Request(tmp_path / submissions, tmp_path / out, jobs=1, resume=resume))
            assert "\n" not in str(caught.value)
        assert sorted(tmp_path.rglob("*")) == before


def test_a_run_goes_on_within_the_limits_that_it_was_begun_with(tmp_path):
    first = Request(tmp_path / "in", tmp_path / "out", jobs=1, seconds_per_cell=300, memory_mb=2000, showcase=True)
    grading.open_out(first)
    again = Request(tmp_path / "in", tmp_path / "out", jobs=1, resume=True, anew=Selection())
    terms = grading.open_out(again)
    assert (terms.seconds_per_cell, terms.memory_mb, terms.showcase) == (300, 2000, True)
    rules = class_run.ClassRun(again, terms, Result([], terms.seed), None)._rules()
    assert rules.showcase
    assert grading.open_out(replace(again, showcase=False, memory_mb=500)) == grading.open_out(again)
    rules = class_run.ClassRun(again, grading.open_out(again), Result([], 0), None)._rules()
    assert (rules.seconds_per_cell, rules.showcase, grading.open_out(again).memory_mb) == (300, False, 500)


def test_the_setup_cell_and_the_check_cells_are_part_of_what_a_class_is_graded_on():
    then, now = Basis({"q": 1.0}, "q", "s", "", "before"), Basis({"q": 1.0}, "q", "s", "", "after")
    assert then.changes_to(now) == ["the setup cell or a check cell"]
    assert replace(then, locked="").changes_to(now) == [], "of which an earlier version kept nothing"


def test_questions_that_are_asked_as_before_have_the_points_of_today():
    def asked(*questions):
        return json.dumps({"questions": [dict(zip(("name", "points", "cases"), q, strict=True)) for q in questions]})

    text = class_run.with_others_as_before(asked(("p", 60, 1), ("m", 40, 1)), asked(("p", 40, 0), ("m", 60, 0)), ["p"])
    assert text == asked(("p", 60, 1), ("m", 40, 0))


def test_work_that_is_not_to_be_judged_anew_is_not_read(tmp_path):
    folder, a = ClassFolder(tmp_path), this_course().assignments[0]
    folder.gradebook.write_bytes(b"")
    for student in ("ada", "bob"):
        row = Row(student, a, "q", 1.0, 2.0, "graded")
        VerdictFile(folder).write(Candidate(student, a, ()), "print", SubmissionResult([row], executed=True))
    request = Request(tmp_path / "in", tmp_path, jobs=1, resume=True, anew=Selection(students=("bob",)))
    one = class_run.ClassRun(request, Run("in", 0), Result([], 0), None)
    assert one._is_kept_unread(Candidate("ada", a, (tmp_path / "a",)), "seen")
    assert not one._is_kept_unread(Candidate("bob", a, (tmp_path / "a",)), "seen")
    assert one._keeps_what_is_not_there(Candidate("bob", a, None)), "it lies in another folder of submissions"
    assert set(one.decided) == {("ada", a), ("bob", a)}


def test_a_demo_with_other_questions_is_begun_anew(tmp_path):
    folder, a = ClassFolder(tmp_path), this_course().assignments[0]
    assert not _can_be_resumed(folder)
    write_run(Run("in", 0, basis={a: Basis(class_run.points_of(a), "", "")}), folder)
    assert _can_be_resumed(folder)
    write_run(Run("in", 0, basis={a: Basis({"q": 1.0}, "", "")}), folder)
    assert not _can_be_resumed(folder)


def test_a_name_that_a_spreadsheet_would_run_is_found_again(tmp_path):
    row = Row("@ada", "a", "q", 1.0, 2.0, "graded")
    write_csv([row], tmp_path / "grades.csv")
    assert list(regrade._points_in(tmp_path / "grades.csv")) == [regrade._place(row)]


def test_the_list_of_the_regrade_before_is_kept(tmp_path):
    path = tmp_path / "regraded.csv"
    regrade._keep_earlier(path)
    for content, date in (("one", "2026-10-01 12:00:00"), ("two", "2026-10-01 12:00:01")):
        path.write_text(content)
        os.utime(path, (datetime.fromisoformat(date).timestamp(),) * 2)
        regrade._keep_earlier(path)
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {"regraded-2026-10-01-120000.csv": "one", "regraded-2026-10-01-120001.csv": "two"}


def test_a_regrading_that_is_stopped_says_how_to_begin_it_again(monkeypatch, capsys):
    def stop(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(regrade, "regrade", stop)
    monkeypatch.setenv("DESCENT_COURSE", str(ENGINE))
    assert main(["regrade", "OUT", "--student", "ada l"]) == 130
    assert "course regrade OUT --student 'ada l'`" in capsys.readouterr().err


def test_tables_of_a_large_class_fit_a_screen(tmp_path, capsys):
    assignment = this_course().assignments[0]
    rows = [Row(f"student {i:04}" + 60 * "x", assignment, "q", 1.0, 2.0, "error") for i in range(3_000)]
    print_summary(Result(rows, 0), tmp_path)
    said = capsys.readouterr().out
    assert "... and 2,960 more students, in" in said
    assert len(said.splitlines()) < 2 * MOST_LINES + 20
    assert max(map(len, said.splitlines()[:MOST_LINES])) < 100
    changes = {(r.student, r.assignment, r.question): (Points(1, 2, "graded"), Points(2, 2, "graded")) for r in rows}
    print_changes(Regraded(Result(rows, 0), changes, tmp_path))
    said = capsys.readouterr().out
    assert len(said.splitlines()) < MOST_LINES + 10
    assert "3,000 questions have changed, in 3,000 submissions: 3,000 with more points, 0 with fewer" in said


def test_what_people_entered_is_named_in_one_line(tmp_path, capsys):
    kept = {(f"s{i:02}", "a", "q"): 2.5 for i in range(12)}
    print_changes(Regraded(Result([], 0), {}, tmp_path, kept))
    said = capsys.readouterr().out
    assert "Entered by hand, and kept: s00 q 2.5, s01 q 2.5, " in said
    assert "s09 q 2.5 and 2 more\n" in said
    print_changes(Regraded(Result([], 0), {}, tmp_path, {("ada", "a", "q"): 1, ("ada", "b", "q"): 2}))
    assert "kept: ada a: q 1, ada b: q 2\n" in capsys.readouterr().out
    print_changes(Regraded(Result([], 0), {}, tmp_path))
    assert "Entered" not in capsys.readouterr().out


def test_the_summary_says_what_its_signs_mean_and_names_the_same_news_once(tmp_path, capsys):
    a, none = this_course().assignments[0], Cause("other", words="there is no folder")
    rows = [Row(f"s{i:02}", a, q, 0.0, 2.0, "missing", none) for i in range(12) for q in ("q", "r")]
    rows += [Row("tom", a, "q", 0.0, 2.0, "missing", none), Row("tom", a, "r", 1.0, 2.0, "manual")]
    print_summary(Result(rows, 0), tmp_path)
    said = capsys.readouterr().out
    names = ", ".join(f"s{i:02}" for i in range(10))
    assert f"  missing   {a}: nothing from {names}, ... (12): there is no folder\n" in said
    assert f"  missing   tom/{a}: q: there is no folder\n" in said
    assert "\n* not plainly graded, see report.html; +? more points may come from a person\n" in said
    choose = Row("uma", a, "q", 1.0, 2.0, "graded", notes=("other answers lie in it",), needs_person=True)
    print_summary(Result([rows[0], choose], 0), tmp_path)
    said = capsys.readouterr().out
    assert "other answers lie in it; a person should see which is meant" in said
    assert said.index("other answers lie") < said.index(f"missing   s00/{a}: there is no folder")
    print_summary(Result([replace(choose, needs_person=False)], 0), tmp_path)
    assert "plainly graded" not in capsys.readouterr().out


def test_a_file_that_somebody_has_written_to_is_read_again_whatever_its_date_and_size(tmp_path):
    path = tmp_path / "work.ipynb"
    path.write_text("one")
    found = Candidate("ada", A, (path,))
    before, date = files_seen(found, "asked"), path.stat().st_mtime_ns
    assert files_seen(found, "asked") == before
    assert files_seen(found, "otherwise") != before
    path.write_text("two")
    os.utime(path, ns=(date, date))
    assert files_seen(found, "asked") != before
    before = files_seen(found, "asked")
    (tmp_path / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC")
    assert files_seen(found, "asked") != before
    before = files_seen(found, "asked")
    assert files_seen(replace(found, beside="'notes.txt'"), "asked") != before
    other = tmp_path / "other.ipynb"
    other.write_text("one")
    found = replace(found, elsewhere=(other,))
    before = files_seen(found, "asked")
    other.write_text("two two")
    assert files_seen(found, "asked") != before
    path.unlink()
    assert files_seen(found, "asked") == ""
