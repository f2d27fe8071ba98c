"""`course grade` when something goes wrong around it: it is stopped or killed, its helpers are, the disk is full, the
gradebook is locked or damaged, the clock jumps. Nothing is lost, and the grades are those of an undisturbed run."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import psutil
import pytest
from kept_verdicts import kept_verdicts
from processes import is_worker, is_worker_source
from warm import ran_course

from autograde.authoring.sample import SampleNotebook
from autograde.course import this_course

A = "gradient_checking"  # the quickest to run
SEED = 12345
STUDENTS = ("ada", "bela", "chidi", "dora")
SLOW = "chidi"  # has a cell that sleeps, so that there is time to disturb the run in the middle
SLEEPS = 4  # seconds
IS_ROOT = hasattr(os, "getuid") and os.getuid() == 0


def command(folder: Path, out: Path, *more) -> list[str]:
    words = [sys.executable, "-m", "autograde", "grade", folder, "--out", out, *more]
    return [str(word) for word in words]


def grade(folder: Path, out: Path, *more) -> subprocess.CompletedProcess:
    return ran_course("grade", folder, "--out", out, *more, cwd=this_course().root, timeout=300)


def table(out: Path) -> bytes:
    return (out / "grades.csv").read_bytes()


def verdicts(out: Path) -> dict[tuple[str, str], float]:
    return {(one.student, one.assignment): one.judged for one in kept_verdicts(out)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A class with one slow notebook and one mistake, and what an undisturbed run makes of it: (submissions, out)."""
    folder = tmp_path_factory.mktemp("faults")
    for student in STUDENTS:
        work = SampleNotebook(A)
        work.solve(*(work.functions[:3] if student == "bela" else work.functions))
        if student == SLOW:
            slowly = f"{work.cell(work.functions[0]).source}\nimport time\ntime.sleep({SLEEPS})"
            work.write(work.functions[0], slowly)
        work.hand_in(folder / "in", student)
    ran = grade(folder / "in", folder / "out", "--seed", SEED)
    assert ran.returncode == 0, ran.stderr
    return folder / "in", folder / "out"


def is_box_source(process: psutil.Process) -> bool:
    return any("bwrap" in part for part in process.cmdline())


class Running:
    """A run that has landed its first verdict and is in the slow notebook."""

    def __init__(self, folder: Path, out: Path):
        self.out = out
        # a shell lets what it runs in the background ignore interrupts, and the tests may be such
        listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        self.process = subprocess.Popen(
            command(folder, out, "--jobs", 1, "--seed", SEED),
            cwd=this_course().root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=listen,
        )
        deadline = time.monotonic() + 120
        while not verdicts(out) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def child(self, is_it) -> psutil.Process:
        return next(filter(is_it, self.family))

    def wait(self) -> str:
        _, said = self.process.communicate(timeout=120)
        assert "Traceback" not in said
        return said


@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_a_run_that_was_stopped_or_killed_is_resumed(whole, tmp_path, name):
    folder, wanted = whole
    running = Running(folder, tmp_path / "out")
    running.process.send_signal(getattr(signal, name))
    said = running.wait()
    if name == "SIGINT":
        assert running.process.returncode == 130
        assert f"--out {tmp_path / 'out'} --jobs 1 --seed {SEED} --resume\n" in said, "the same command once more"
    _, alive = psutil.wait_procs(running.family, timeout=20)
    assert not alive, "something that it started lives on"
    done = verdicts(tmp_path / "out")
    assert 0 < len(done) < len(STUDENTS)
    assert grade(folder, tmp_path / "out", "--resume").returncode == 0
    kept = verdicts(tmp_path / "out")
    assert all(kept[path] == written for path, written in done.items()), "a verdict that was there was made again"
    assert table(tmp_path / "out") == table(wanted)


@pytest.mark.parametrize("which", [is_worker, is_worker_source, is_box_source])
def test_a_worker_or_what_it_or_its_boxes_come_from_that_is_killed_is_replaced(whole, tmp_path, which):
    folder, wanted = whole
    running = Running(folder, tmp_path / "out")
    running.child(which).kill()
    running.wait()
    assert running.process.returncode == 0
    assert table(tmp_path / "out") == table(wanted)


@pytest.mark.skipif(not IS_ROOT, reason="only root may mount a small disk")
@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_full_disk_stops_the_run_in_a_sentence_and_loses_nothing(whole, tmp_path, share):
    folder, wanted = whole
    needed = sum(path.stat().st_blocks * 512 for path in wanted.rglob("*"))
    (tmp_path / "disk").mkdir()
    first = " ".join(command(folder, tmp_path / "disk" / "out", "--seed", SEED))
    script = f"""
        mount -t tmpfs -o size={int(share * needed)},mode=755 tmpfs {tmp_path}/disk || exit 77
        {first} 2> {tmp_path}/said
        echo $? > {tmp_path}/code
        mount -o remount,size=200m {tmp_path}/disk
        {" ".join(command(folder, tmp_path / "disk" / "out", "--resume"))} 2> {tmp_path}/said_again
        echo $? >> {tmp_path}/code
        cp {tmp_path}/disk/out/grades.csv {tmp_path}/
    """
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], cwd=this_course().root, capture_output=True, check=False
    )
    if ran.returncode == 77:
        pytest.skip("this root may not mount anything")
    said = (tmp_path / "said").read_text()
    assert re.search("No space left on device|disk is full", said), said[-500:]
    assert "--resume" in said
    assert "Traceback" not in said
    assert (tmp_path / "code").read_text().split() == ["2", "0"], (tmp_path / "said_again").read_text()
    assert (tmp_path / "grades.csv").read_bytes() == table(wanted)


def test_a_locked_gradebook_is_waited_for_and_then_named(whole, tmp_path):
    folder, wanted = whole
    out = shutil.copytree(wanted, tmp_path / "out")
    for name in ("verdicts.db", "grades.csv"):  # so that all is judged again
        (out / name).unlink()
    with closing(sqlite3.connect(out / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = grade(folder, out, "--resume")
    assert ran.returncode == 2
    assert "is in use" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert grade(folder, out, "--resume").returncode == 0
    assert table(out) == table(wanted)


def test_a_damaged_gradebook_is_named_and_made_anew_once_it_is_moved_away(whole, tmp_path):
    folder, wanted = whole
    out = shutil.copytree(wanted, tmp_path / "out")
    for name in ("verdicts.db", "grades.csv"):  # so that all is judged again
        (out / name).unlink()
    (out / "gradebook.db").write_bytes(b"no database at all " * 1000)
    ran = grade(folder, out, "--resume")
    assert ran.returncode == 2
    assert "move it away" in ran.stderr
    assert "Traceback" not in ran.stderr
    (out / "gradebook.db").rename(tmp_path / "damaged.db")
    assert grade(folder, out, "--resume").returncode == 0
    assert table(out) == table(wanted)
    with closing(sqlite3.connect(out / "gradebook.db")) as database:
        assert database.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (len(STUDENTS),)


JUMPS = """
import itertools, time
_time, _calls = time.time, itertools.count()
time.time = lambda: _time() + (-3 * 10**8 if next(_calls) % 3 else 10**9)
"""


def test_a_clock_that_jumps_changes_nothing(whole, tmp_path):
    folder, wanted = whole
    (tmp_path / "sitecustomize.py").write_text(JUMPS)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    jumps = [sys.executable, "-c", "import time; print(len({round(time.time(), -6) for _ in range(9)}))"]
    assert subprocess.run(jumps, env=environment, capture_output=True, check=True, text=True).stdout.strip() == "2"
    words = command(folder, tmp_path / "out", "--seed", SEED)
    ran = subprocess.run(
        words, cwd=this_course().root, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    assert table(tmp_path / "out") == table(wanted)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["seed"] == SEED


def test_while_one_process_is_at_work_no_other_writes_into_the_same_folder(whole, tmp_path):
    """Said in a line by every verb that writes there; the first goes on as if nothing had been, and lets go at its end."""
    folder, wanted = whole
    running = Running(folder, tmp_path / "out")
    running.process.send_signal(signal.SIGSTOP)  # however slow the others are
    for words in (
        ("grade", folder, "--out", running.out, "--resume"),
        ("regrade", running.out),
        ("feedback", running.out),
    ):
        second = ran_course(*words, cwd=this_course().root, timeout=120)
        assert second.returncode == 2, second.stderr
        assert second.stderr.splitlines()[-1].startswith("course: another process is at work in "), second.stderr
    running.process.send_signal(signal.SIGCONT)
    running.wait()
    assert running.process.returncode == 0
    assert table(running.out) == table(wanted)
    assert grade(folder, running.out, "--resume").returncode == 0
