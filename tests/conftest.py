"""Shared by all tests: the published figures, and the functions of the reference solutions."""

import json
import os
import shutil
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")  # two cost a fifth more, which pays where nothing else runs
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # published figures are a CPU's

import autograde  # noqa: F401 - before nbformat, which would build grammars for a second

# isort: split
import nbformat
import pytest
from browser import close_browser
from waiting import wait_until

from autograde.authoring.asking import questions_for_run, record_run
from autograde.authoring.executed import execute, solved
from autograde.authoring.script import read_script, solution_namespace
from autograde.course import ENGINE, this_course
from autograde.paths import find_commands_beside_python
from checking.questions import Question, questions_from, questions_in
from helpers import data

find_commands_beside_python()


@pytest.fixture(scope="module", autouse=True)
def _browser_of_one_file():
    """The next file may run what a browser in the same thread keeps from running."""
    yield
    close_browser()


@pytest.fixture(scope="session")
def ran_solved(tmp_path_factory):
    """What gives a notebook as it runs with the reference solution. That takes minutes, so each runs once for all tests:
    whichever process asks first runs it, and others that test beside it wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "ran_solved"
    folder.mkdir(exist_ok=True)

    def run(name):
        done, failed = folder / f"{name}.ipynb", folder / f"{name}.failed"
        try:
            (folder / f"{name}.begun").touch(exist_ok=False)
        except FileExistsError:
            assert wait_until(lambda: done.exists() or failed.exists(), seconds=1800), f"{name} is still running"
        else:
            try:
                notebook = execute(solved(name), name, folder / name)
            except BaseException as error:
                failed.write_text(f"{error}", encoding="utf-8")
                raise
            nbformat.write(notebook, folder / f"{name}.part")
            os.replace(folder / f"{name}.part", done)
        assert done.exists(), failed.read_text(encoding="utf-8")
        return nbformat.read(done, as_version=4)

    return run


def visible_questions() -> dict[str, dict[str, Question]]:
    """What students have: {assignment: {function name: Question}}."""
    return questions_in(this_course().cases)


# The original football data, which may not be passed on. Tests that need it skip where neither file is there.
SHARED_DATA = ENGINE.parent / "shared" / "data"  # real data, on some machines
ORIGINALS = (ENGINE / "datasets" / "original" / "data.mat", SHARED_DATA / "data.mat")
ORIGINAL_FOOTBALL = next((path for path in ORIGINALS if path.exists()), None)

# The original photographs of hand signs, training and test: None where they are not. In the second place the training
# pictures are rebuilt from JPEGs.
SIGNS = (
    (ENGINE / "datasets" / "original" / "train_signs.h5", ENGINE / "datasets" / "original" / "test_signs.h5"),
    tuple(SHARED_DATA / name for name in ("train_signs_from_jpeg.h5", "test_signs.h5")),
)
ORIGINAL_SIGNS = next((pair for pair in SIGNS if all(path.exists() for path in pair)), None)

# Files that take minutes go first, so that two processes end at about the same time. Beside the attacks, which keep
# processors busy until their time is up, stands what waits itself.
FIRST = (
    "test_attacks",
    "test_faults",
    "test_grade",
    "test_notebooks",
    "test_attacks_kernel",
    "test_hub",
    "test_cluster",
    "test_service",
    "test_site",
    "test_tensorflow_signs",
)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: (*FIRST, item.path.stem).index(item.path.stem))


@pytest.fixture(scope="session")
def figures():
    """The figures that the course notes print (`tests/seed_figures.json`), by chapter."""
    return json.loads((Path(__file__).parent / "seed_figures.json").read_text(encoding="utf-8"))


@cache
def solution(assignment: str) -> dict:
    """The names that an assignment's reference solution defines."""
    return solution_namespace(read_script(this_course().script(assignment)))


# Questions as recorded (None), and as drawn for other seeds; TensorFlow takes five times as long, so it has one.
ASKED_WITH = {a: (None, 3) if a == "tensorflow_signs" else (None, 3, 12) for a in this_course().assignments}


DRAWN = (
    this_course().build / "drawn" / os.environ["PYTEST_XDIST_TESTRUNUID"]
    if "PYTEST_XDIST_WORKER" in os.environ
    else None
)


@cache
def asked(assignment: str, seed: int | None) -> dict:
    """The questions of an assignment, by name. They are drawn once for all processes that test side by side."""
    if seed is None or DRAWN is None:
        return questions_for_run(assignment, seed)
    path = DRAWN / f"{assignment}-{seed}.json"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        ours = path.with_suffix(f".{os.getpid()}")  # another process may be at it too
        ours.write_text(json.dumps(record_run(assignment, seed)), encoding="utf-8")
        os.replace(ours, path)
    return questions_from(json.loads(path.read_text(encoding="utf-8")))


def pytest_sessionfinish(session):
    if session.config.getoption("dist", "no") != "no" and DRAWN is None:  # the process that has handed out the tests
        shutil.rmtree(this_course().build / "drawn", ignore_errors=True)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the datasets folder without original data, which the loaders use in place of the real one."""
    copy = shutil.copytree(
        this_course().datasets, tmp_path / "datasets", ignore=shutil.ignore_patterns("*.mat", "hand", "*.png")
    )
    for path in (copy / "original").glob("*"):
        if path.suffix in (".h5", ".gz"):
            path.unlink()
    monkeypatch.setattr(data, "FOLDER", copy)
    return copy


def assert_one_sentence(call, *words):
    """The call raises a DataError that has the words in one line and ends as a sentence."""
    with pytest.raises(data.DataError) as caught:
        call()
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    assert message.endswith(".")
    assert "\n" not in message
    assert caught.value._render_traceback_() == [message]
