"""Verdicts in one file: whole whenever the program is stopped, read while they are written, and those of earlier versions taken in."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import nbformat
import pytest
from kept_verdicts import change, kept_verdicts
from small_course import ENVIRONMENT, RIGHT, course, make, work_of
from small_course import A as SMALL
from warm import ran_course

from autograde.course import this_course
from autograde.judging.submission import Submission
from autograde.records.class_folder import ClassFolder
from autograde.records.refusals import VerdictsError
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Row, SubmissionResult
from checking.cause import Cause

A, B = list(this_course().assignments)[:2]


def decided(student, assignment=A, attempt="", score=1.0):
    row = Row(
        student, assignment, "q", score, 2.0, "graded", Cause("other", words="né"), ("a note",), needs_person=True
    )
    return SubmissionResult(
        [row, row], 1.5, {"q": ["put right"], "": ["all"]}, executed=True, work="w", attempt=attempt
    )


def write(verdicts, student, assignment=A, **more):
    verdicts.write(Submission(student, assignment), "print", decided(student, assignment), **more)


@pytest.fixture
def verdicts(tmp_path):
    return VerdictFile(ClassFolder(tmp_path))


def test_nothing_is_there_and_no_file_is_made_by_reading(verdicts, tmp_path):
    assert verdicts.of("ada", A) is None
    assert not verdicts.has(("ada", A))
    assert verdicts.all() == []
    assert verdicts.students() == set()
    assert list(verdicts.attempts()) == []
    assert verdicts.judged_at(("ada", A)) is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_read_again_whatever_the_student_is_called(verdicts):
    names = ("ada", "Ada", "né", "ne\N{COMBINING ACUTE ACCENT}", "a'b\"; DROP TABLE verdict", "50%_", "\u202e")
    for name in names:
        write(verdicts, name)
    for name in names:
        assert verdicts.of(name, A) == decided(name)
    assert [one.key[0] for one in verdicts.all()] == sorted(names)
    assert verdicts.students() == set(names)


def test_all_are_by_student_and_in_the_order_of_the_course(verdicts):
    keys = [(student, assignment) for student in ("ada", "bob", "cleo") for assignment in (A, B)]
    for key in random.Random(0).sample(keys, len(keys)):
        write(verdicts, *key)
    write(verdicts, "aside", aside="20311001T120000.000000")
    assert [one.key for one in verdicts.all()] == keys
    assert [one.key for one in verdicts.all(but={("bob", A)})] == [key for key in keys if key != ("bob", A)]


def test_what_is_written_together_is_seen_here_at_once_and_elsewhere_at_its_end(verdicts, tmp_path):
    write(verdicts, "ada")
    other = VerdictFile(ClassFolder(tmp_path))
    with verdicts.together():
        write(verdicts, "bob")
        assert verdicts.of("bob", A) == decided("bob")
        assert other.students() == {"ada"}, "who reads does not wait for who writes"
    assert other.students() == {"ada", "bob"}


def test_what_was_written_before_an_error_is_kept(verdicts):
    def stop():
        with verdicts.together():
            write(verdicts, "ada")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stop()
    assert verdicts.students() == {"ada"}


def test_one_that_is_put_aside_is_kept_at_once(verdicts, tmp_path):
    write(verdicts, "ada")
    with verdicts.together():
        verdicts.keep_aside(("ada", A), "t")
        write(verdicts, "bob")
        assert [one.aside for one in kept_verdicts(tmp_path)] == ["", "t"]
    assert len(kept_verdicts(tmp_path)) == 3


WRITER = """
import sys
from pathlib import Path
from autograde.judging.submission import Submission
from autograde.records.class_folder import ClassFolder
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Row, SubmissionResult
verdicts = VerdictFile(ClassFolder(Path(sys.argv[1])))
n = 0
while True:
    with verdicts.together():
        for _ in range(5):
            student, assignment = f"s{n:05}", sys.argv[2]
            decided = SubmissionResult([Row(student, assignment, "q", 1.0, 2.0, "graded")] * 9)
            verdicts.write(Submission(student, assignment), "print", decided)
            n += 1
    print(n, flush=True)
"""


def test_whoever_is_killed_leaves_whole_batches(tmp_path):
    """Several times, at moments that come as they come."""
    for i in range(3):
        out = tmp_path / str(i)
        out.mkdir()
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(out), A],
            stdout=subprocess.PIPE,
            text=True,
            cwd=this_course().root,
        )
        said = [int(writer.stdout.readline()) for _ in range(1 + 7 * i)]
        writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.communicate()[0].splitlines()]
        there = [one.key[0] for one in VerdictFile(ClassFolder(out)).all()]
        assert there == [f"s{n:05}" for n in range(len(there))]
        assert len(there) in (said[-1], said[-1] + 5), "all that it told of, and at most one batch more"


def test_a_verdict_that_cannot_be_read_is_none_and_named_where_all_are_asked_for(verdicts, tmp_path):
    write(verdicts, "ada")
    for document in ("{", "{}", "[]", "null", '{"rows": [{}]}'):
        change(tmp_path, "ada", document=document)
        assert verdicts.of("ada", A) is None
        with pytest.raises(VerdictsError, match=f"ada, {A} in '.*verdicts.db' is damaged .* --resume"):
            verdicts.all()


@pytest.mark.parametrize("content", [b"no database at all " * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_named_and_left_as_it_is(verdicts, tmp_path, content):
    (tmp_path / "verdicts.db").write_bytes(content)
    for use in (verdicts.all, verdicts.students, lambda: verdicts.of("ada", A), lambda: write(verdicts, "ada")):
        with pytest.raises(VerdictsError, match=r"verdicts.db' is damaged .* give `.*course grade "):
            use()
    assert (tmp_path / "verdicts.db").read_bytes() == content


def test_a_file_that_another_holds_is_named(verdicts, tmp_path, monkeypatch):
    write(verdicts, "ada")
    monkeypatch.setattr("autograde.records.verdict_file._AT_A_TIME", 0.1)
    with closing(sqlite3.connect(tmp_path / "verdicts.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(VerdictsError, match="in use"):
            verdicts.of("ada", A)
    assert verdicts.of("ada", A) == decided("ada")


def test_verdicts_of_earlier_versions_are_taken_in(verdicts, tmp_path):
    """They were a file each, of those that do not count too, and the time of the file was when it was judged."""
    aside = "20311001T120000.000000-a"
    places = {
        tmp_path / "verdicts" / "ada" / f"{A}.json": ("ada", A, "", "t"),
        tmp_path / "verdicts" / "ada" / f"{B}.json": ("ada", B, "", ""),
        tmp_path / "attempts" / "ada" / A / aside / "verdicts" / "ada" / f"{A}.json": ("ada", A, aside, aside),
    }
    elsewhere = VerdictFile(ClassFolder(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    for i, (path, (student, assignment, _, attempt)) in enumerate(places.items()):
        one = decided(student, assignment, attempt)
        elsewhere.write(Submission(student, assignment), "print", one, "seen", "asked")
        document = next(k.document for k in kept_verdicts(tmp_path / "elsewhere") if k.assignment == assignment)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
        os.utime(path, (1e9 + i, 1e9 + i))
    damaged = tmp_path / "verdicts" / "bob" / f"{A}.json"
    damaged.parent.mkdir()
    damaged.write_text("{")
    assert verdicts.of("ada", A) == decided("ada", A, "t")
    assert verdicts.of("ada", B) == decided("ada", B)
    assert verdicts.of("ada", A, aside) == decided("ada", A, aside)
    assert verdicts.has(("bob", A))
    assert verdicts.of("bob", A) is None
    assert sorted(verdicts.attempts()) == [("ada", A, aside, 1e9 + 2), ("ada", A, "t", 1e9)]
    assert not (tmp_path / "verdicts").exists()
    assert list((tmp_path / "attempts").glob("*/*/*/verdicts")) == []


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course, in it a class that was graded, and that with an attempt which the service keeps besides."""
    folder = make(tmp_path_factory.mktemp("lost") / "c")
    for student in ("ada", "bob"):
        place = folder / "in" / student / SMALL
        place.mkdir(parents=True)
        nbformat.write(work_of(folder, RIGHT), place / f"{SMALL}.ipynb")
    course("grade", "in", "--out", "out", "--seed", "0", cwd=folder)
    earlier = folder / "out" / "attempts" / "ada" / SMALL / "20311001T120000.000000" / "submitted" / "ada" / SMALL
    shutil.copytree(folder / "in" / "ada" / SMALL, earlier)
    (folder / "inbox").mkdir()
    return folder


def another_database(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE grade (points REAL)")


def emptied_database(path):
    another_database(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE grade")


LOST = {
    "is not there": lambda path: None,
    "is empty": lambda path: path.touch(),
    "is no file": lambda path: path.mkdir(),
    "is another database": another_database,
    "is another database, without": emptied_database,
    "is damaged": lambda path: path.write_bytes(b"no database at all " * 1000),
}
COMMANDS = {
    "grade": ("grade", "in", "--out", "out", "--resume"),
    "grade others": ("grade", "late", "--out", "out", "--resume"),
    "regrade": ("regrade", "out"),
    "regrade one": ("regrade", "out", "--student", "ada"),
    "feedback": ("feedback", "out"),
    "serve": ("serve", "out", "--inbox", "inbox"),
}


def files_in(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (".lock", "status.html", "metrics.prom")
    }


@pytest.mark.parametrize("how", LOST)
def test_where_the_verdicts_of_a_class_are_lost_every_command_says_so_and_leaves_the_rest(graded, tmp_path, how):
    folder = shutil.copytree(graded, tmp_path / "c")
    shutil.copytree(folder / "in" / "ada", folder / "late" / "cleo")
    path = folder / "out" / "verdicts.db"
    path.unlink()
    LOST[how](path)
    before = files_in(folder / "out")
    for name, words in COMMANDS.items():
        ran = ran_course(*words, cwd=folder, environment=ENVIRONMENT, timeout=120)
        assert ran.returncode == 2, (name, ran.stderr)
        (said,) = [line for line in ran.stderr.splitlines() if "verdicts.db" in line]
        assert how in said
        assert "put a copy of it back" in said
        assert f"grade {graded / 'in'} --out out --resume" in said
        assert "Traceback" not in ran.stderr
        assert files_in(folder / "out") == before, name


def test_what_is_advised_then_grades_everything_again(graded, tmp_path):
    folder = shutil.copytree(graded, tmp_path / "c")
    before = (folder / "out" / "grades.csv").read_bytes()
    for name in ("verdicts.db", "grades.csv"):
        (folder / "out" / name).rename(folder / name)
    for name in ("feedback", "regrade", "regrade one"):
        assert "has no verdicts: give" in course(*COMMANDS[name], cwd=folder, code=2)
    said = course(*COMMANDS["grade"], cwd=folder)
    assert f"2 graded anew, since their verdicts were not there: ada/{SMALL}, bob/{SMALL}" in said
    assert (folder / "out" / "grades.csv").read_bytes() == before


def test_whose_work_lies_elsewhere_is_named_when_all_is_graded_again(graded, tmp_path):
    folder = shutil.copytree(graded, tmp_path / "c")
    shutil.copytree(folder / "in" / "ada", folder / "late" / "cleo")
    assert "in no table" not in course(*COMMANDS["grade others"], cwd=folder)
    for name in ("verdicts.db", "grades.csv"):
        (folder / "out" / name).unlink()
    said = course(*COMMANDS["grade"], cwd=folder)
    assert f"in no table now, since their verdicts are lost: cleo/{SMALL}. Grade the folder" in said
    said = course(*COMMANDS["grade others"], cwd=folder)
    assert "in no table" not in said
    assert all(name in (folder / "out" / "grades.csv").read_text() for name in ("ada", "bob", "cleo"))


IS_ROOT = os.name == "posix" and os.geteuid() == 0
# Root without the right to read and write everything.
AS_OTHERS = [
    "setpriv",
    *("--bounding-set", "-dac_override,-dac_read_search"),
    *("--inh-caps", "-dac_override,-dac_read_search"),
]


@pytest.mark.skipif(IS_ROOT and shutil.which("setpriv") is None, reason="root may read everything")
@pytest.mark.parametrize(
    ("mode", "said", "commands"),
    [(0o000, "read", COMMANDS), (0o400, "written", ("grade others", "regrade", "regrade one"))],
)
def test_verdicts_that_may_not_be_read_or_written_are_said_in_a_line(graded, tmp_path, mode, said, commands):
    folder = shutil.copytree(graded, tmp_path / "c")
    shutil.copytree(folder / "in" / "ada", folder / "late" / "cleo")
    (folder / "out" / "verdicts.db").chmod(mode)
    for name in commands:
        command = [*AS_OTHERS * IS_ROOT, sys.executable, "-m", "autograde", *COMMANDS[name]]
        ran = subprocess.run(
            command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 2, (name, ran.stdout, ran.stderr)
        assert "Traceback" not in ran.stderr
        assert f"cannot be {said}: Permission denied" in ran.stderr, (name, ran.stderr)


def test_work_that_was_missing_before_is_graded_for_the_first_time(graded, tmp_path):
    folder = shutil.copytree(graded, tmp_path / "c")
    (folder / "in" / "cleo" / SMALL).mkdir(parents=True)
    course(*COMMANDS["grade"], cwd=folder)
    shutil.copy(folder / "in" / "ada" / SMALL / f"{SMALL}.ipynb", folder / "in" / "cleo" / SMALL)
    said = course(*COMMANDS["grade"], cwd=folder)
    assert "graded for the first time: cleo" in said, said
