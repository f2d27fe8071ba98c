"""One more assignment in this course is a folder and a line in course.toml: in a copy of this repository, all goes on."""

import csv
import re
import subprocess
import sys

import pytest
from outside import copy_of_this_repository, without_this_repository

from autograde.course import FILE, load, this_course

NEW, OLD = "one_more", "gradient_checking"  # which takes seconds to build


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of this repository with the assignment NEW."""
    folder = copy_of_this_repository(tmp_path_factory.mktemp("copy") / "repository")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    python(folder, "-m", "autograde", "new", "assignment", NEW)
    changed = {path for path, content in before.items() if path.read_bytes() != content}
    assert changed == {folder / FILE}
    return folder


def python(copy, *words):
    """What Python prints in the copy, whose engine and helpers it takes. It succeeds."""
    environment = {**without_this_repository(), "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_its_line_is_the_last_and_no_other_changed(copy):
    assert load(copy).assignments == (*this_course().assignments, NEW)
    assert load(copy).lessons == this_course().lessons


@pytest.fixture(scope="module")
def graded(copy):
    """Built and graded, as the sample class, beside one other assignment, since all of them take a minute; its rows."""
    path = copy / FILE
    text = path.read_text(encoding="utf-8")
    few = re.sub(r"^assignments = \[[^]]*\]", f'assignments = ["{OLD}", "{NEW}"]', text, flags=re.MULTILINE)
    few = re.sub(r"^front = .*", "", few, flags=re.MULTILINE)  # its glossary leads to all assignments
    path.write_text(few, encoding="utf-8")
    python(copy, "-m", "autograde", "demo")
    path.write_text(text, encoding="utf-8")
    with (copy / "build" / "demo" / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_built_and_graded_in_the_sample_class(copy, graded):
    assert (copy / "notebooks" / NEW / f"{NEW}.ipynb").is_file()
    right = [row for row in graded if row["student"] == "ada"]
    assert {row["assignment"] for row in right} == {OLD, NEW}
    assert [row["score"] == row["max_score"] for row in right] == [True] * len(right)


def test_tests_that_go_over_all_assignments_take_it_too(copy, graded):
    asking = [
        p for p in sorted((copy / "tests").glob("test_*.py")) if "this_course().assignments" in p.read_text("utf-8")
    ]
    collected = python(copy, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "-n0", *asking)
    assert "tests/test_variants.py::test_a_right_solution_gets_full_marks[predict, " in collected
    assert len({line.partition("::")[0] for line in collected.splitlines() if NEW in line}) > 5
