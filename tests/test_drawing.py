"""Questions that are still being drawn keep nobody waiting who is not asked them, and end with the run."""

import shutil
import signal
import subprocess
import sys
from functools import partial

import psutil
import pytest
from kept_verdicts import kept_verdicts
from small_course import ENVIRONMENT, A, course
from test_manual import table
from waiting import wait_until

from autograde.authoring.new import new_assignment, new_course

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an interrupt is sent as Linux and macOS do it")

B = "second_steps"  # whose questions are drawn when there is a file `go`
WAITS = "import pathlib, time\nwhile not pathlib.Path(__file__).with_name('go').exists():\n    time.sleep(0.05)\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course of two assignments, and two students who have handed in both as they were handed out."""
    folder = tmp_path_factory.mktemp("drawing") / "c"
    new_course(folder)
    new_assignment(folder, B)
    course("build", cwd=folder)
    for student in ("ada", "bob"):
        for assignment in (A, B):
            place = folder / "in" / student / assignment
            place.mkdir(parents=True)
            shutil.copy(folder / "notebooks" / assignment / f"{assignment}.ipynb", place)
    questions = folder / "solutions" / B / "questions.py"
    questions.write_text(WAITS + questions.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


@pytest.fixture
def grading(made, tmp_path):
    """A run that has judged one submission and waits for questions; its folder."""
    folder = shutil.copytree(made, tmp_path / "c")
    listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "autograde", "grade", "in", "--out", "OUT", "--seed", "5"]
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=listen
    )
    assert wait_until(lambda: verdicts(folder) or process.poll() is not None, 90)
    assert verdicts(folder) == [("ada", A)]
    assert not (folder / "OUT" / "questions" / f"{B}.json").exists()
    yield process, folder
    if process.poll() is None:
        process.kill()
    process.communicate()


def verdicts(folder):
    return [(one.student, one.assignment) for one in kept_verdicts(folder / "OUT")]


def go(folder):
    (folder / "solutions" / B / "go").touch()


EVERY = [("ada", A), ("ada", B), ("bob", A), ("bob", B)]


def test_what_is_drawn_is_judged_while_the_rest_is_still_drawn(grading):
    process, folder = grading
    go(folder)
    assert process.wait(90) == 0
    assert verdicts(folder) == EVERY
    assert {row["status"] for row in table(folder / "OUT" / "grades.csv")} == {"graded"}


def test_an_interrupt_ends_what_is_being_drawn_and_the_run_is_resumed(grading):
    process, folder = grading
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in said
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    go(folder)
    assert "1 taken over from before" in course("grade", "in", "--out", "OUT", "--resume", cwd=folder)
    assert verdicts(folder) == EVERY
