"""The engine knows no course: what is graded, and how its functions are called, stands in the course's own folders."""

import importlib
import re

import pytest

from autograde.authoring.questions import specs_in
from autograde.course import ENGINE, this_course

# Functions whose names are words of the language, or of CSS, too.
WORDS = {"folds", "grid", "model", "penalty", "restore"}
FILES = [
    path
    for folder in ("autograde", "checking")
    for path in sorted((ENGINE / folder).rglob("*"))
    if path.suffix in (".py", ".html", ".txt", ".md")
]


def names():
    """Of all assignments and graded functions."""
    course = this_course()
    return {*course.assignments, *(name for a in course.assignments for name in specs_in(a))} - WORDS


def test_there_is_something_to_look_at():
    assert len(FILES) > 60
    assert len(names()) > 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_it_names_nothing_of_this_course(path):
    found = re.findall(rf"\b({'|'.join(map(re.escape, sorted(names())))})\b", path.read_text(encoding="utf-8"))
    assert found == []


def test_nor_does_it_name_a_module_that_only_this_course_has():
    modules = {path.stem for path in this_course().helpers.glob("*.py")} - {
        "__init__",
        "doctor",
    }  # any may have a doctor
    strings = re.compile(rf"""["']helpers\.({"|".join(sorted(modules))})\b""")
    assert modules
    for path in FILES:
        found = [line for line in path.read_text(encoding="utf-8").splitlines() if strings.search(line)]
        assert [line for line in found if '"""' not in line] == [], path  # an example may be said


def test_nor_does_it_import_what_a_course_has():
    for path in FILES:
        if path.suffix == ".py":
            assert not re.search(r"^\s*(from|import) helpers\b", path.read_text(encoding="utf-8"), re.MULTILINE), path


@pytest.mark.parametrize(
    ("published", "place"),
    [("autograde.exports", "autograde.lms.exports"), ("autograde.preprocessors", "autograde.judging.preprocessors")],
)
def test_what_configurations_of_nbgrader_name_is_still_there(published, place):
    shim, module = importlib.import_module(published), importlib.import_module(place)
    assert [getattr(shim, name) for name in shim.__all__] == [getattr(module, name) for name in shim.__all__]
    assert {"CanvasExport", "JudgeInBox"} & set(shim.__all__)
