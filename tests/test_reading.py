"""What is handed in is read within bounds, away from the process that the class waits for, and costs nobody else anything."""

import csv
import json
import os
import random
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell
from tqdm import tqdm
from warm import ran_course

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE, this_course
from autograde.judging import intake, restore
from autograde.judging import reader as reading
from autograde.judging.intake import find, take_in
from autograde.judging.reader import Reader
from autograde.judging.submission import Candidate, Submission, released
from autograde.notebook import grade_id
from autograde.records.entry import handed_in
from autograde.running.class_run import ClassRun
from autograde.running.request import Request
from autograde.running.run import grade
from autograde.sandbox import wire
from autograde.tables import harmless

A = "gradient_checking"
ADA = "ada"  # the honest neighbour


@pytest.fixture(scope="module")
def reader():
    with Reader() as one:
        yield one


@pytest.fixture
def right():
    work = SampleNotebook(A)
    work.solve()
    return work


def put(folder: Path, content, name=f"{A}/{A}.ipynb", student="mallory") -> Candidate:
    path = folder / student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Candidate(student, A, (path,))


def notebook(*sources, **more) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells, **more})


def honest(tmp_path, right) -> Candidate:
    return Candidate(ADA, A, (right.hand_in(tmp_path, ADA),))


def require_honest(reader, found) -> None:
    submission, text = reader.take_in(found)
    assert (submission.status, submission.notes) == ("", {})
    assert [cell["source"] for cell in json.loads(text)["cells"]] == [
        cell.source for cell in nbformat.read(found.paths[0], as_version=4).cells
    ]


# What a parser of Python or of JSON takes gigabytes or minutes for: kind, file, what comes of it
NAMES = SampleNotebook(A).functions
BOMBS = {
    "statements": (notebook("1;" * 1_000_000, f"{NAMES[0]} = print"), ""),
    "operators": (notebook("a" + "<a" * 450_000, f"{NAMES[0]} = print"), ""),
    "an f-string": (notebook('f"' + "{1}" * 330_000 + '"', f"{NAMES[0]} = print"), ""),
    "brackets": (notebook("(" * 990_000, f"{NAMES[0]} = print"), ""),
    "escapes": (notebook("'" + r"\a" * 490_000 + "'", f"{NAMES[0]} = print"), ""),
    "lists": ('{"nbformat": 4, "cells": [], "x": [' + "[]," * 6_600_000 + "0]}", "more than 2,000,000 values"),
    "objects": ('{"nbformat": 4, "cells": [], "x": [' + '{"":0},' * 2_000_000 + "0]}", "more than 2,000,000 values"),
    "keys": ("{" + ",".join(f'"{i:x}":0' for i in range(1_700_000)) + "}", "more than 2,000,000 values"),
    "depth": ('{"nbformat": 4, "cells": ' + "[" * 1_000_000, "nested too deeply"),
    "digits": ('{"nbformat": 4, "cells": ' + "9" * 10_000_000 + "}", "not JSON"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_for_a_parser_takes_little_memory_and_the_next_file_is_read(kind, reader, tmp_path, right):
    content, reason = BOMBS[kind]
    found = put(tmp_path, content)
    reader.close()
    submission, text = reader.take_in(found)
    assert bool(reason) == (submission.status == "rejected") == (not text), submission.reason
    assert reason in submission.reason
    if sys.platform == "linux":
        lines = Path(f"/proc/{reader._process.pid}/status").read_text().splitlines()
        (peak,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        assert peak < 250_000, "kB; the file has 20,000 at most, and the process 60,000 without it"
    require_honest(reader, honest(tmp_path, right))


def test_strings_full_of_brackets_and_commas_are_no_values(reader, tmp_path, right):
    right.notebook.cells[-1].source = json.dumps('[{,\\"' * 900_000)
    right.notebook.cells[-1].cell_type = "raw"
    require_honest(reader, honest(tmp_path, right))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    def g(): pass\nasync def h(): pass\ndef  i (y): pass", {"f", "i"}),
        ("'''\ndef f(): pass\n'''\n# def g(): pass\ndef h(): pass", {"h"}),
        ('x = """it\'s\ndef f(): pass"""\ny = \'"""\'\ndef g(): pass', {"g"}),
        ("print('it\\'s')\n%matplotlib inline\ndef f(): pass\nx = (", {"f"}),
        ("%%bash\ndef f(): pass", set()),
        ("def é(x): pass\n@wraps(f)\ndef g(x): pass\nif x:\n    def h(): pass", {"é", "g"}),
    ],
)
def test_names_of_functions_are_found_without_a_parser(source, names):
    assert restore.defined_in(new_code_cell(source)) == names


def test_names_are_those_that_a_parser_finds_in_all_solutions():
    import ast

    for assignment in this_course().assignments:
        work = SampleNotebook(assignment)
        work.solve()
        for cell in work.notebook.cells:
            if cell.cell_type == "code":
                tree = ast.parse(cell.source)
                assert restore.defined_in(cell) == {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("cell", [NAMES[0], ""])
def test_a_cell_that_is_too_long_is_set_aside_and_the_others_count(cell, reader, tmp_path, right):
    long = "x = '" + "\U0001f600" * 250_000 + "'"
    if cell:
        right.cell(cell).source = long
    else:
        right.notebook.cells.insert(1, new_code_cell(long))
    right.notebook.cells.append(new_code_cell("x = '" + "a" * 999_990 + "'"))
    right.hand_in(tmp_path, "mallory")
    submission, text = reader.take_in(Candidate("mallory", A, (tmp_path / "mallory" / A / f"{A}.ipynb",)))
    (note,) = submission.notes[cell]
    assert set(submission.notes) == {cell}
    assert "1.0 MB and was not run" in note
    cells = json.loads(text)["cells"]
    assert [c["source"] for c in cells if c["cell_type"] == "raw"] == [long], "nothing that a student writes is lost"
    for c in cells:  # the bound in the client of a box, and the oracle of this limit
        if c["cell_type"] == "code":
            assert len(wire.encode({"sources": [c["source"]]})) < wire.MAX_TREE
    worst = "\x01" * restore.MAX_SOURCE
    assert len(wire.encode({"sources": [worst]})) < wire.MAX_TREE


def test_a_notebook_of_format_3_is_taken_without_nbformats_converter(reader, tmp_path):
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Title"},
        {"cell_type": "code", "input": [f"def {NAMES[0]}():\n", "    pass"], "outputs": []},
    ]
    document = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    submission, text = reader.take_in(put(tmp_path, json.dumps(document)))
    assert submission.status == ""
    found = {grade_id(c): c.source for c in nbformat.reads(text, as_version=4).cells}
    assert found[NAMES[0]] == f"def {NAMES[0]}():\n    pass"
    for sheets in (7, [7], [{"cells": 7}], [{"cells": [7]}], {}):
        submission, _ = reader.take_in(put(tmp_path, json.dumps({"nbformat": 3, "worksheets": sheets})))
        assert submission.status == "rejected", sheets


def in_child(monkeypatch, tmp_path, body: str) -> None:
    """Let the reading process, and no other, do this when it reads a file of mallory's."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import sys\n"
        "if sys.orig_argv[-1] == 'autograde.judging.reader':\n"
        "    from autograde.judging import notebook_file\n"
        "    plain = notebook_file._content\n"
        "    def content(path):\n"
        "        if 'mallory' in str(path):\n"
        f"            {body}\n"
        "        return plain(path)\n"
        "    notebook_file._content = content\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "site"), str(ENGINE)]))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("while True: pass", reading.TOO_LONG),
        ("x = [bytearray(1_000_000) for _ in range(10_000)]", reading.TOO_MUCH),
        ("import os; os.kill(os.getpid(), 11)", reading.CRASHED),
        ("import time; time.sleep(600)", reading.TOO_LONG),
    ],
    ids=["endless", "memory", "crash", "sleep"],
)
def test_what_ends_the_reading_process_costs_its_own_submission(body, reason, monkeypatch, tmp_path, right):
    in_child(monkeypatch, tmp_path, body)
    monkeypatch.setattr(reading, "SECONDS_ON_CLOCK", 6)
    found = put(tmp_path, notebook(NAMES[0]))
    with Reader() as one:
        require_honest(one, honest(tmp_path, right))
        submission, text = one.take_in(found)
        assert (submission.status, submission.reason, text) == ("rejected", reason, "")
        require_honest(one, honest(tmp_path, right))
        process = psutil.Process(one._process.pid)
    assert not process.is_running()


def test_a_reader_that_two_close_at_a_time_is_closed():
    """The thread whose file has ended the process, and whoever ends the service; the second comes while the first waits."""
    reader = Reader()
    process = reader._process
    wait = process.wait

    def wait_while_another_closes():
        process.wait = wait
        reader.close()
        return wait()

    process.wait = wait_while_another_closes
    reader.close()
    assert reader._process is None
    assert process.returncode is not None


def test_what_is_read_while_another_closes_the_reader_is_given_up(tmp_path):
    reader = Reader()
    reader._process.stdin.close()  # as `close` does it, just before the request is written
    assert reader.recognise(tmp_path / "none.ipynb") is None
    reader.close()


def test_a_failure_of_ours_is_told_with_what_came_of_it(monkeypatch, tmp_path, right):
    in_child(monkeypatch, tmp_path, "raise LookupError('nobody thought of it')")
    with Reader() as one:
        with pytest.raises(reading.ReadingFailed, match="LookupError") as caught:
            one.take_in(put(tmp_path, notebook(NAMES[0])))
        assert "nobody thought of it" in caught.value.__notes__[0]
        require_honest(one, honest(tmp_path, right))
    rows = graded(tmp_path, "out", only=("mallory", ADA))
    assert {row["status"] for row in rows["mallory"]} == {"error"}
    assert "its log/ says more" in rows["mallory"][0]["mistake"]
    assert full(rows[ADA])
    assert "nobody thought of it" in (tmp_path / "out" / "log" / "failures.log").read_text()


# A student's folder


def test_nothing_but_ordinary_files_is_opened(tmp_path, reader, right):
    require = honest(tmp_path, right)
    place = tmp_path / "mallory" / A
    place.mkdir(parents=True)
    path = place / f"{A}.ipynb"
    os.mkfifo(path)
    for make in (lambda: None, lambda: path.symlink_to(require.paths[0]), path.mkdir, lambda: path.symlink_to(path)):
        make()
        found = {(f.student, f.assignment): f for f in find(tmp_path, reader.recognise)}
        submission, _ = reader.take_in(found["mallory", A])
        assert submission.status in ("rejected", "missing")
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    place.rmdir()
    for target in (require.paths[0].parent, place, tmp_path):
        place.symlink_to(target)
        found = {(f.student, f.assignment): f for f in find(tmp_path, reader.recognise)}
        submission, text = reader.take_in(found["mallory", A])
        assert (submission.status, text) == ("missing", ""), "the work of a neighbour is not read through a link"
        assert "is a link" in submission.reason
        place.unlink()


def test_a_flood_of_files_and_folders_is_bounded_and_what_lies_in_its_place_is_found(tmp_path, reader, right):
    right.hand_in(tmp_path, "mallory")
    student = tmp_path / "mallory"
    for i in range(intake.MAX_ENTRIES + 100):
        (student / f"a{i}").touch()
    for i in range(400):
        (student / A / f"a{i}").mkdir()
    deep = student
    for _ in range(intake.MAX_DEPTH + 3):
        deep /= "d"
        deep.mkdir()
    right.hand_in(deep, "e")
    found = [f for f in find(tmp_path, reader.recognise) if f.assignment == A]
    assert [reader.take_in(f)[0].status for f in found] == [""]
    assert found[0].unread.startswith("Only 10,000")


def test_many_folders_of_no_assignment_get_a_bounded_number_of_lines(tmp_path, reader):
    for i in range(100):
        (tmp_path / "mallory" / f"week{i}").mkdir(parents=True)
    found = find(tmp_path, reader.recognise)
    assert len(found) == intake.MAX_FOLDERS
    assert all("80 more folders" in take_in(f).reason for f in found)


def test_notebooks_in_other_places_are_read_up_to_a_sum_and_each_once(tmp_path, right):
    right.hand_in(tmp_path, ADA)
    for i in range(30):
        put(tmp_path, b" " * 3_000_000, f"{'abc'[i % 3]}/{i}.ipynb")
    read = []
    found = find(tmp_path, lambda path: read.append(path))
    assert len(read) == len(set(read)) == intake.MAX_STRAYS // 3_000_000
    (missing,) = (f for f in found if f.student == "mallory" and f.assignment == A)
    assert "Not all notebooks" in take_in(missing).reason
    assert {f.assignment for f in found if f.student == "mallory"} == {A, "a", "b", "c"}


def test_a_folder_that_cannot_be_read_is_told_and_stops_nothing(tmp_path, monkeypatch, right):
    honest_one = honest(tmp_path, right)
    (tmp_path / "mallory" / A).mkdir(parents=True)
    scandir = os.scandir

    def forbidden(folder):
        if "mallory" in str(folder):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", forbidden)
    found = {f.student: f for f in find(tmp_path, intake.recognise)}
    assert "cannot be read: Permission denied" in take_in(found["mallory"]).reason
    assert found[ADA].paths == honest_one.paths


# Times and names


WORDS = ("2024-05-01", "12:00", "UTC", "+99:99", "-", "99999999999999999999", "nan", "1e400", "T", "Z", "\0", "\n", "ä")
TIMES = [
    b"100000000000000000000-01-01 00:00:00 UTC",
    b"9999-12-31 23:59:59 -12:00",
    b"0001-01-01 00:00:00 +14:00",
    b"-5",
    b"NaN",
    b"1e400",
    b"10",
    b"12:00",
    b"2024-05-01 12:00:00 +99:99",
    b"\xff\xfe2\x000\x00",
    b"2" * 1_000_000,
    b"0 0 0 0 0 0 0 0 0 0 0 0 0 0",
    b"1.1.1.1.1.1",
]


def test_a_timestamp_that_is_none_is_said_to_be_none(tmp_path):
    for words in TIMES:
        (tmp_path / "timestamp.txt").write_bytes(words)
        with pytest.raises(ValueError, match=r"^'timestamp.txt' does not say when it was handed in"):
            handed_in(tmp_path)
    (tmp_path / "timestamp.txt").unlink()
    for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)):
        make(tmp_path / "timestamp.txt")
        with pytest.raises(ValueError, match="does not say when"):
            handed_in(tmp_path)
        subprocess.run(["rm", "-r", tmp_path / "timestamp.txt"], check=True)


def test_any_bytes_in_a_timestamp_are_a_time_of_this_age_or_a_sentence(tmp_path):
    rng = random.Random(12)
    outcomes = set()
    for _ in range(1_000):
        if rng.random() < 0.5:
            content = " ".join(rng.choices(WORDS, k=rng.randint(1, 4))).encode()
        else:
            content = bytearray(b"2024-05-01 12:00:00.000000 UTC")
            for _ in range(rng.randint(1, 4)):
                content[rng.randrange(len(content))] = rng.randrange(256)
        (tmp_path / "timestamp.txt").write_bytes(content)
        try:
            time = handed_in(tmp_path)
            assert time is None or (time.tzinfo is None and datetime(1971, 1, 1) < time < datetime(2201, 1, 1))
            outcomes.add(type(time))
        except ValueError as error:
            outcomes.add(str(error))
    sentence = "'timestamp.txt' does not say when it was handed in, so it counts as in time"
    assert {datetime, sentence} <= outcomes <= {datetime, sentence, type(None)}


def full(rows) -> bool:
    return all(row["score"] == row["max_score"] and row["status"] == "graded" for row in rows)


def graded(folder: Path, out: str, only=None) -> dict[str, list[dict]]:
    """The rows by student, of `course grade` in a process of its own, which ends with 0."""
    submissions = folder / "in"
    if only:
        submissions.mkdir()
        for student in only:
            if (folder / student).is_dir():
                (folder / student).rename(submissions / student)
    ran = ran_course("grade", submissions, "--out", folder / out, "--seed", "0", cwd=this_course().root)
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    rows: dict[str, list[dict]] = {}
    pages = {(harmless(p.parts[-3]), harmless(p.parts[-2])) for p in (folder / out / "feedback").glob("*/*/*.html")}
    with (folder / out / "grades.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["student"], []).append(row)
            assert (row["student"], row["assignment"]) in pages
    return rows


def odd_names(rng: random.Random) -> set[bytes]:
    """Names of folders as a file system takes them: no / and no NUL, 255 bytes at most."""
    names = {
        b"\xff" * 255,
        "é".encode() * 127,
        b"x" * 255,
        b"\n",
        b" initialization",
        A.encode() + b"\n",
        b"-rf",
        b"con",
    }
    while len(names) < 30:
        size = rng.choice((1, 5, 60, 255))
        names.add(bytes(rng.choice(b"\x01\n\r\t =@\"'<&;\\ab\xc3\xa9\xff\x80.-") for _ in range(size)))
    return {name for name in names if name not in (b".", b"..") and not name.startswith((b".", b"__"))}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not take these names")
def test_for_any_name_and_any_timestamp_everybody_gets_rows_and_a_page(tmp_path, right):
    rng = random.Random(49)
    submissions = os.fsencode(tmp_path / "in")
    right.hand_in(tmp_path / "in", ADA)
    content = (tmp_path / "in" / ADA / A / f"{A}.ipynb").read_bytes()
    names, stamps = sorted(odd_names(rng)), iter(TIMES)
    for i, name in enumerate(names):
        student = name if i % 2 else b"s%d" % i
        assignment = A.encode() if i % 2 else name
        os.makedirs(place := os.path.join(submissions, student, assignment))
        if i % 2 and (stamp := next(stamps, None)) is not None:
            Path(os.fsdecode(os.path.join(place, b"timestamp.txt"))).write_bytes(stamp)
            Path(os.fsdecode(os.path.join(place, f"{A}.ipynb".encode()))).write_bytes(content)
    rows = graded(tmp_path, "out")
    assert len(rows) == len(names) + 1
    assert full(rows[ADA])
    assert all(row["mistake"] == "" for row in rows[ADA])
    told = [of[0] for of in rows.values() if "does not say when" in of[0]["mistake"]]
    assert len(told) == min(len(TIMES), sum(1 for i in range(len(names)) if i % 2))
    assert all(float(row["score"]) == float(row["max_score"]) for row in told), "a time costs nobody points"
    unknown = [row for of in rows.values() for row in of if row["question"] == ""]
    assert len(unknown) == sum(1 for i in range(len(names)) if not i % 2)
    for of in rows.values():
        assert all(value.isprintable() for row in of for value in row.values())


def test_an_error_that_nobody_thought_of_costs_its_own_submission(tmp_path, monkeypatch, right):
    """Wherever it is raised between the folder of submissions and the gradebook."""
    for student in (ADA, "mallory", "zoe"):
        right.hand_in(tmp_path / "in", student)
    broken = (
        ("_unless_decided", lambda args: args[1].student),
        ("_hand_out", lambda args: args[1].submission.student),
        ("_graded", lambda args: args[1].job.student),
    )
    for i, (name, student_of) in enumerate(broken):
        with monkeypatch.context() as patched:
            plain = getattr(ClassRun, name)

            def fails(*args, plain=plain, student_of=student_of):
                if student_of(args) == "mallory":
                    raise OverflowError("date value out of range")
                return plain(*args)

            patched.setattr(ClassRun, name, fails)
            result = grade(Request(tmp_path / "in", tmp_path / f"out{i}", jobs=1, seed=0))
        points = {s: sum(r.score for r in result.rows if r.student == s) for s in (ADA, "mallory", "zoe")}
        assert points == {ADA: 100, "mallory": 0, "zoe": 100}
        (words,) = {r.mistake for r in result.rows if r.student == "mallory"}
        assert words == "the grader failed on it (OverflowError); its log/ says more"
        again = f"regrade {tmp_path}/out{i} --student mallory` tries again"
        assert [note for note in result.notes if note.startswith("Not judged, ") and note.endswith(again)]
        assert "date value out of range" in (tmp_path / f"out{i}" / "log" / "failures.log").read_text()
        assert (tmp_path / f"out{i}" / "feedback" / "mallory" / A / f"{A}.html").is_file()


def test_a_newer_python_than_that_which_grades_is_said_once(capsys):
    run = SimpleNamespace(bar=tqdm(disable=True), _is_warned=False)
    for python in ("", "3.9.1", f"3.{sys.version_info[1]}", "99.1.0", "99.2.0"):
        ClassRun._warn_of_newer_python(run, Submission(ADA, A, python=python))
    said = capsys.readouterr().err
    assert said.count("Python 99.1.0") == 1
    assert "99.2" not in said
    assert f"graded with 3.{sys.version_info[1]}" in said


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say what a process has taken")
def test_the_main_process_of_a_class_with_bombs_keeps_small(tmp_path, right):
    """The whole of `course grade`, measured from outside, with two that took gigabytes."""
    right.hand_in(tmp_path / "in", ADA)
    put(tmp_path / "in", BOMBS["statements"][0], student="bomb1")
    put(tmp_path / "in", BOMBS["keys"][0], student="bomb2", name=f"{A}/homework.ipynb")
    put(tmp_path / "in", released(A).cells[0].source, student="bomb3")
    program = (  # not ru_maxrss: that of the process which started it counts there too
        "import sys\nfrom autograde.cli import main\ncode = main(sys.argv[1:])\n"
        "print('peak', open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\nsys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "grade", str(tmp_path / "in"), "--out", str(tmp_path / "out")],
        cwd=this_course().root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout.split("peak ")[1]) < 400_000, "kB"
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert full(row for row in rows if row["student"] == ADA)
