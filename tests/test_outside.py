"""A course of somebody else's, with the engine from its wheel: made, built, released, solved, graded, opened.

Everything happens outside of this repository and in an environment that knows nothing of it but the wheel.
"""

import csv
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from outside import copy_of_this_repository, environment_with, wheel_of, without_this_repository

from autograde.authoring.script import read_script, solution_source
from autograde.course import load
from autograde.judging.tiers import available_tiers
from autograde.records.nbgrader import course_api

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or importlib.util.find_spec("ensurepip") is None,
    reason="this Python cannot make an environment with pip",
)


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """Folder `root` of somebody who has the wheel; `run` runs one of the environment's commands."""
    root = tmp_path_factory.mktemp("outside")
    wheel = wheel_of(copy_of_this_repository(root / "repository"), root / "wheel")
    commands = environment_with(wheel, root / "environment")

    def run(name, *words, cwd=root):
        command = [str(commands / name), *map(str, words)]
        return subprocess.run(
            command, cwd=cwd, env=without_this_repository(), capture_output=True, text=True, check=False
        )

    return SimpleNamespace(root=root, wheel=wheel, environment=commands.parent, run=run)


def course(outside, *words, cwd):
    """What a verb of `course` prints. It succeeds."""
    ran = outside.run("course", *words, cwd=cwd)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def made(outside):
    """A new course with two assignments, built."""
    course(outside, "new", "my course", cwd=outside.root)
    here = outside.root / "my course"
    course(outside, "new", "assignment", "second", cwd=here / "solutions")
    assert load(here).assignments == ("first_steps", "second")
    built = course(outside, "build", cwd=here)
    assert len(built.splitlines()) == 10, (
        "notebooks, front page, contents, recordings, visible cases, lists of assignments"
    )
    assert course(outside, "build", cwd=here) == "notebooks and reference outputs are current.\n"
    return here


@pytest.fixture(scope="module")
def students_copy(outside, made):
    """What students have after they unzipped the release."""
    course(outside, "--course", made, "release", "--out", "students.zip", cwd=outside.root)
    with zipfile.ZipFile(outside.root / "students.zip") as archive:
        archive.extractall(outside.root / "unzipped")
    return outside.root / "unzipped" / "my_course"


def solved(students_copy, made, **instead):
    """The handed-out first notebook with the reference solution written in, and `instead` of it some functions' own."""
    notebook = nbformat.read(students_copy / "notebooks" / "first_steps" / "first_steps.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            name = cell.metadata.nbgrader.grade_id
            cell.source = instead.get(name) or solution_source(read_script(load(made).script("first_steps")), name)
    return notebook


def test_the_engine_is_the_one_of_the_wheel(outside):
    where = outside.run(
        "python", "-c", "import autograde, checking; print(autograde.__file__); print(checking.__file__)"
    )
    paths = [Path(line) for line in where.stdout.splitlines()]
    assert len(paths) == 2, where.stderr
    assert all(path.is_relative_to(outside.environment) for path in paths), paths


def test_the_wheel_has_every_file_of_its_packages(outside):
    with zipfile.ZipFile(outside.wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    repository = outside.root / "repository"
    folders = [repository / name for name in ("autograde", "checking", "helpers")]
    files = {p.relative_to(repository).as_posix() for folder in folders for p in folder.rglob("*") if p.is_file()}
    assert files == packed


def test_students_get_the_notebooks_and_no_answer(students_copy):
    names = {path.relative_to(students_copy).as_posix() for path in students_copy.rglob("*") if path.is_file()}
    assert {"notebooks/second/second.ipynb", "helpers/cases/second.json", "checking/check.py"} <= names
    assert not [name for name in names if "solutions" in name or "autograde" in name]
    assert "tensorflow" not in (students_copy / "pyproject.toml").read_text(encoding="utf-8")
    assert not [name for name in names if b"y = w * x + b" in (students_copy / name).read_bytes()]


def test_a_notebook_runs_where_another_course_is_installed(outside, students_copy, made):
    """The wheel brings `helpers` of its own course; the notebook has to find those of the course it is in."""
    path = students_copy / "notebooks" / "first_steps" / "mine.ipynb"
    nbformat.write(solved(students_copy, made, predict="def predict(x, w, b):\n    return w * x"), path)
    ran = outside.run("python", "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", path)
    assert ran.returncode == 0, ran.stderr
    text = path.read_text(encoding="utf-8")
    assert "squared_loss · right" in text
    assert "our line goes through the origin" in text


def test_a_class_is_graded_and_formgrader_has_its_points(outside, students_copy, made):
    folder, out = outside.root / "submissions", outside.root / "graded"
    for student, notebook in {
        "ada": solved(students_copy, made),
        "bela": solved(students_copy, made, predict="def predict(x, w, b):\n    return 42"),
    }.items():
        path = folder / student / "first_steps" / "first_steps.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    said = course(outside, "--course", made, "grade", folder, "--out", out, "--tier", "auto", cwd=outside.root)
    assert f"Isolation: {available_tiers()[0]};" in said
    assert {name: row["score"] for name, row in in_formgrader(out).items()} == {"ada": 100, "bela": 60}
    assert {row["max_score"] for row in in_formgrader(out).values()} == {100}
    assert not any(row["needs_manual_grade"] for row in in_formgrader(out).values())
    for student in ("ada", "bela"):
        assert (out / "feedback" / student / "first_steps" / "first_steps.html").is_file()


def in_formgrader(out):
    """The submissions of the first assignment, by student, as the API gives them to formgrader's page."""
    return {row["student"]: row for row in course_api(out).get_submissions("first_steps")}


def test_its_demo_grades_a_sample_class(outside, made):
    course(outside, "demo", cwd=made)
    with (made / "build" / "demo" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 * 2 * 2
    assert {(r["score"], r["max_score"]) for r in rows if r["student"] == "ada"} == {("40", "40"), ("60", "60")}
    assert {r["mistake"] for r in rows if r["student"] == "bela"} == {"", "added up"}
    assert (made / "build" / "demo" / "feedback" / "ada" / "second" / "second.html").is_file()
    assert (made / "build" / "demo" / "gradebook.db").is_file()
