"""A disk that really fills while a class is graded and while the service runs: one line says so, what is there is whole or as
it was, and the work goes on when there is room. Only root may mount a small disk.
"""

import contextlib
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from kept_verdicts import kept_verdicts
from small_course import ENVIRONMENT, A, course, make
from test_service import Exchange, Service, scores, serving, verdicts  # noqa: F401 (serving is a fixture)
from waiting import wait_until
from warm import ran_course

from autograde.records.verdicts import COLUMNS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a small disk is mounted as Linux does it")

SIZE = 4_000_000  # bytes of the disk
POINTS = {"right": 100, "wrong": 60, "empty": 0}
KINDS = tuple(POINTS)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("full") / "c")


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], check=False).returncode:
        pytest.skip("this root may not mount anything")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path, left: int) -> Path:
    """Leave so many bytes free; what takes the rest."""
    ballast = disk / "ballast"
    state = os.statvfs(disk)
    with contextlib.suppress(OSError), ballast.open("wb") as file:  # the last block may find no room
        file.write(bytes(max(0, state.f_bavail * state.f_frsize - left)))
    return ballast


def require_whole(out: Path) -> None:
    """Nothing is half-written: verdicts, tables, pages, notebooks, the gradebook; and nothing unfinished is left."""
    for path in (*out.rglob("*.json"), *out.rglob("*.ipynb")):
        json.loads(path.read_text(encoding="utf-8"))
    for path in out.rglob("*.html"):
        assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
    for path in out.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert {len(row) for row in rows} == {len(rows[0])}, path
        assert path.read_bytes().endswith(b"\n"), path
    if (out / "gradebook.db").exists():
        with closing(sqlite3.connect(out / "gradebook.db")) as book:
            assert book.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert list(out.rglob("*.part")) == []


def hand_in(folder: Path, texts: dict[str, str], students: range) -> None:
    for i in students:
        path = folder / "in" / f"student{i:02}" / A / f"{A}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(texts[KINDS[i % 3]], encoding="utf-8")


def grade(folder: Path, *words: str) -> subprocess.CompletedProcess:
    return ran_course("grade", "in", *words, "--seed", "5", cwd=folder, environment=ENVIRONMENT)


@pytest.mark.parametrize("left", [0, 20_000, 230_000, 400_000])
def test_a_grading_that_fills_the_disk_says_so_and_is_resumed(made, tmp_path, disk, left):
    folder = shutil.copytree(made, tmp_path / "c")
    hand_in(folder, Exchange(tmp_path / "exchange", folder).texts, range(12))
    out, ballast = disk / "OUT", fill(disk, left)
    ran = grade(folder, "--out", str(out))
    lines = [line for line in ran.stderr.splitlines() if line and "grading:" not in line]
    assert ran.returncode == 2, ran.stdout
    assert lines == [
        f"course: '{out}' cannot be written: No space left on device. Free some space, then go on with --resume"
    ]
    require_whole(out)
    before = kept_verdicts(out)
    ballast.unlink()
    ran = grade(folder, "--out", str(out), "--resume")
    assert ran.returncode == 0, ran.stderr
    assert [one for one in before if one not in kept_verdicts(out)] == [], "what was decided stays"
    expected = [POINTS[KINDS[i % 3]] for i in range(12)]
    found = scores(out)
    assert [sum(p for (s, _), p in found.items() if s == f"student{i:02}") for i in range(12)] == expected
    require_whole(out)


def test_a_table_that_finds_no_room_leaves_the_one_before(made, tmp_path, disk):
    folder = shutil.copytree(made, tmp_path / "c")
    texts = Exchange(tmp_path / "exchange", folder).texts
    hand_in(folder, texts, range(6))
    out = disk / "OUT"
    assert grade(folder, "--out", str(out)).returncode == 0
    tables = [out / "grades.csv", out / "report.html", *(out / "report").glob("*.csv")]
    before = {path: path.read_bytes() for path in tables}
    fill(disk, 0)
    said = course("feedback", str(out), cwd=folder, code=2)
    assert re.fullmatch(r"course: '.*' cannot be written: No space left on device\n", said)
    assert {path: path.read_bytes() for path in tables} == before
    require_whole(out)


def on(disk: Path, made: Path, tmp_path: Path) -> tuple[Path, Exchange]:
    """A course whose OUT is on the disk, and an exchange that is not."""
    folder = shutil.copytree(made, tmp_path / "c")
    (folder / "OUT").symlink_to(disk / "OUT")
    (disk / "OUT").mkdir()
    return folder, Exchange(tmp_path / "exchange", folder)


@pytest.mark.parametrize("left", [0, 120_000])
def test_a_service_whose_disk_is_full_says_it_once_and_goes_on_by_itself(made, tmp_path, disk, serving, left):  # noqa: F811
    folder, exchange = on(disk, made, tmp_path)
    service: Service = serving(folder, exchange.inbound, "--attempts-an-hour", 0).ready()
    first = exchange.submit("early", "right")
    assert wait_until(lambda: exchange.page(first).exists(), 60), service.said()
    assert wait_until(lambda: len(scores(service.out)) == 2, 60), service.said()
    ballast = fill(disk, left)
    for i in range(12):
        exchange.submit(f"student{i % 6}", KINDS[i % 3], minute=i)
    assert wait_until(
        lambda: (
            "is full; the service tries again until it is mended, and nothing that arrives is lost" in service.said()
        ),
        60,
    ), service.said()
    time.sleep(3)  # in which it tries again
    assert service.said().count("is full") == 1
    assert "No space left" not in service.said()
    assert service.process.poll() is None
    for page in exchange.feedback.iterdir():
        assert page.suffix == ".html"
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    with (service.out / "grades.csv").open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
    assert sum(points for (student, _), points in scores(service.out).items() if student == "early") == 100
    ballast.unlink()
    assert wait_until(exchange.all_answered, 120), service.said()
    assert service.end() == 0
    require_whole(service.out)
    assert len(verdicts(service.out)) == len(set(verdicts(service.out))) == 13
    totals = {i: sum(p for (s, _), p in scores(service.out).items() if s == f"student{i}") for i in range(6)}
    assert totals == {i: POINTS[KINDS[(i + 6) % 3]] for i in range(6)}


def test_a_service_that_finds_a_full_disk_says_what_to_do(made, tmp_path, disk):
    folder, exchange = on(disk, made, tmp_path)
    fill(disk, 0)
    said = course("serve", "OUT", "--inbox", str(exchange.inbound), cwd=folder, code=2)
    assert said.endswith("course: the disk of 'OUT' is full. Free some space, then give the same command again\n")


def test_a_notebook_that_does_not_fit_waits_by_itself_and_what_fits_is_judged(made, tmp_path, disk, serving):  # noqa: F811
    folder, exchange = on(disk, made, tmp_path)
    notebook = nbformat.reads(exchange.texts["right"], 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("word " * 120_000))
    exchange.texts["large"] = nbformat.writes(notebook)
    service: Service = serving(folder, exchange.inbound, "--attempts-an-hour", 0).ready()
    workers = {child.pid for child in service.children()}
    ballast = fill(disk, 1_600_000)
    large = exchange.submit("aaa", "large")
    small = [exchange.submit(f"student{i}", "right", minute=i) for i in range(4)]
    assert wait_until(lambda: all(exchange.page(name).exists() for name in small), 60), service.said()
    assert not exchange.page(large).exists()
    assert (
        f"aaa, {A} waits: it takes up to 2.4 MB on the disk of '{disk / 'OUT'}', where less is free; tried"
        in service.said()
    )
    assert "is full" not in service.said()
    assert workers <= {child.pid for child in service.children()}, "nothing was begun anew"
    metrics = service.out / "metrics.prom"
    assert wait_until(lambda: "course_attempts_without_room 1.0" in metrics.read_text(encoding="utf-8"), 10)
    assert "1 attempt, 1 for room on the disk<" in (service.out / "status.html").read_text(encoding="utf-8")
    ballast.unlink()
    assert wait_until(exchange.all_answered, 60), service.said()
    assert service.end() == 0
    require_whole(service.out)
    assert service.said().count(f"aaa, {A}: there is room for it by now") == 1
    assert sum(points for (student, _), points in scores(service.out).items() if student == "aaa") == 100


def test_an_exchange_that_may_only_be_read_is_said_once_for_all_pages_and_tried_again(made, tmp_path, serving):  # noqa: F811
    folder = shutil.copytree(made, tmp_path / "c")
    exchange = Exchange(tmp_path / "exchange", folder)
    exchange.feedback.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", exchange.feedback], check=False).returncode
    ):
        pytest.skip("this user may not mount anything, and a folder's rights stop only those who are not root")
    try:
        service: Service = serving(folder, exchange.inbound).ready()
        for i in range(4):
            exchange.submit(f"student{i}", "right")
        assert wait_until(lambda: len(set(verdicts(service.out))) == 4, 60), service.said()
        said = (
            f"pages cannot be handed back to '{exchange.feedback}': Read-only file system; tried again until they can"
        )
        assert wait_until(lambda: said in service.said(), 30), service.said()
        time.sleep(3)  # in which it tries again
        assert service.said().count("cannot be handed back") == 1
    finally:
        subprocess.run(["umount", "--lazy", exchange.feedback], check=True)
    assert wait_until(exchange.all_answered, 60), service.said()
    assert service.end() == 0
