"""The build: scripts to notebooks and recordings, byte for byte again, and nothing that students must not get."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest
from small_course import ENVIRONMENT, A, course, make
from warm import ran_course

from autograde.authoring.asking import with_twins
from autograde.authoring.leaks import leaks_in
from autograde.authoring.questions import specs_in
from autograde.authoring.reference import record, write_record
from autograde.authoring.release import release_files, texts_of
from autograde.authoring.script import ScriptError, read_script, solution_namespace
from autograde.course import this_course
from autograde.judging.submission import released
from autograde.notebook import grade_id, is_function

SCRIPT = """# %% [markdown]
# # Title

# %% setup
import numpy as np

# %% solution="f"
def f(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION

# %% test="f" points=100
check(f)

# %% showcase
f(1)
"""


def script_of(tmp_path, text):
    path = tmp_path / "demo" / "notebook.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_script(path)


def test_derived_files_that_are_not_what_their_sources_give_are_seen(tmp_path):
    """Of a small course; whether those of this one are is asked by `make check`."""
    folder = make(tmp_path / "c")
    notebook, made = Path("notebooks", A, f"{A}.ipynb"), Path("notebooks", "old", "old.ipynb")
    assert "derived files are current" in course("check", cwd=folder)
    (folder / notebook).write_bytes((folder / notebook).read_bytes().replace(b'"cells"', b'"cells" ', 1))
    (folder / made).parent.mkdir()
    shutil.copy(folder / notebook, folder / made)
    (folder / "helpers" / "cases" / f"{A}.json").unlink()
    ran = ran_course("check", cwd=folder, environment=ENVIRONMENT)
    assert ran.returncode == 1
    assert ran.stdout.splitlines() == [
        f"check: helpers/cases/{A}.json is not what its source gives; run `make build`",
        f"check: {notebook} is not what its source gives; run `make build`",
        f"check: {made} is built from nothing; delete it",
    ]


def test_headers_become_complete_nbgrader_metadata(tmp_path):
    cells = {grade_id(c) or c.id: c for c in script_of(tmp_path, SCRIPT).notebook.cells}
    assert cells["f"].metadata.nbgrader == {
        "grade": False, "grade_id": "f", "locked": False, "schema_version": 3, "solution": True, "task": False,
    }  # fmt: skip
    assert cells["test_f"].metadata.nbgrader.points == 100
    assert cells["test_f"].metadata.nbgrader.locked
    assert cells["setup"].metadata.nbgrader.locked
    assert [c.metadata.tags for c in cells.values() if "tags" in c.metadata] == [["showcase"]]


def test_cell_ids_follow_from_the_content_alone(tmp_path):
    one = [c.id for c in script_of(tmp_path, SCRIPT).notebook.cells]
    two = [c.id for c in script_of(tmp_path, "# %% [markdown]\n# New\n\n" + SCRIPT).notebook.cells]
    assert two[1:] == one
    assert len(set(two)) == len(two)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" points=100", "", "no points"),
        ("points=100", "points=0", "above 0"),
        ('solution="f"', 'solution="g"', "alone: f, g"),
        ('test="f"', 'test="g"', "the cell test='g' checks 'f'"),
        ("# %% showcase", "# %% showcace", "showcace"),
        ("# %% showcase", "# %% colour='red'", "colour"),
    ],
)
def test_a_script_that_is_wrong_is_refused_with_the_place(tmp_path, old, new, said):
    with pytest.raises(ScriptError, match=said) as refused:
        script_of(tmp_path, SCRIPT.replace(old, new))
    assert "demo/notebook.py" in str(refused.value)


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_released_notebooks_are_worth_100_points_and_hold_no_answer(assignment):
    notebook = released(assignment)
    assert sum(c.metadata.nbgrader.get("points", 0) for c in notebook.cells if grade_id(c)) == 100
    for cell in notebook.cells:
        assert not re.search("BEGIN|END SOLUTION|HIDDEN", cell.source)
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert "raise NotImplementedError" in cell.source
    assert "jupytext" not in notebook.metadata


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_what_is_asked_of_a_function_can_be_read_on_a_laptop(assignment):
    """A line of its docstring has at most what JupyterLab shows of one beside its file browser, at 1366 pixels."""
    cells = [cell for cell in released(assignment).cells if is_function(cell)]
    said = [ast.get_docstring(node) for cell in cells for node in ast.parse(cell.source).body if is_def(node)]
    assert len(said) >= len(cells)
    assert [line for text in said for line in (text or "").splitlines() if len(line) > 100] == []


def is_def(node):
    return isinstance(node, ast.FunctionDef)


def test_a_recording_that_differs_in_rounding_only_is_left_alone(tmp_path):
    script = read_script(this_course().script(this_course().assignments[0]))
    document = with_twins(record(script), solution_namespace(script))
    path = tmp_path / "record.json"
    assert write_record(document, path)
    assert not write_record(document, path)
    text = path.read_text(encoding="utf-8")
    numbers = re.findall(r"\d\.\d{14,}", text)
    assert not write_record(json.loads(text.replace(numbers[0], numbers[0][:-1] + "1")), path)
    assert write_record(json.loads(text.replace(numbers[0], numbers[0][:4])), path)


def test_students_files_have_no_leak_and_a_leak_is_seen():
    files = texts_of(release_files())
    assert leaks_in(files) == []
    solution = this_course().script(this_course().assignments[0]).read_text(encoding="utf-8")
    assert leaks_in({"helpers/x.py": solution})
    unmarked = re.sub("### (BEGIN|END) SOLUTION", "", solution)
    assert any("a part of the solution" in leak for leak in leaks_in({"helpers/x.py": unmarked}))
    reference = this_course().reference(this_course().assignments[0]).read_text(encoding="utf-8")
    assert any("hidden case" in leak for leak in leaks_in({"helpers/cases/x.json": reference}))


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_students_have_the_visible_cases_and_no_other(assignment):
    every = json.loads(this_course().reference(assignment).read_text(encoding="utf-8"))["questions"]
    visible = json.loads((this_course().cases / f"{assignment}.json").read_text(encoding="utf-8"))["questions"]
    for all_cases, some in zip(every, visible, strict=True):
        assert [c for c in all_cases["cases"] if not c["hidden"]] == some["cases"]
        assert any(c["hidden"] for c in all_cases["cases"]), f"{some['name']} has no hidden case"
        assert all(len(m["outcomes"]) == len(some["cases"]) for m in some["mistakes"])


def test_recording_leaves_the_questions_in_their_order():
    """Stand-ins take the place of names in the module of questions while it is recorded."""
    before = list(specs_in("gradient_checking"))
    record(read_script(this_course().script("gradient_checking")))
    assert list(specs_in("gradient_checking")) == before
