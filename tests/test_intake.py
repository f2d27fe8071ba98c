"""Intake: what cannot be a notebook is refused with a reason, what can be repaired is, and nobody stops the others."""

import json
import os
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import compute_checksum

from autograde.authoring.questions import specs_in
from autograde.course import this_course
from autograde.judging.intake import Unreadable, find, read_cells, recognise, take_in
from autograde.judging.restore import restore
from autograde.judging.submission import Submission, points_of, released
from autograde.notebook import grade_id, points_in

A = "initialization"
FUNCTIONS = list(specs_in(A))
FIRST, SECOND = FUNCTIONS[:2]


@pytest.fixture
def notebook():
    return released(A)


def hand_in(folder, content, student="ada", assignment=A, name=None):
    path = folder / student / assignment / f"{name or assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else nbformat.writes(content), encoding="utf-8")
    return path


def only(folder) -> Submission:
    (submission,) = map(take_in, find(folder, recognise))
    return submission


def cell(notebook, name):
    return next(c for c in notebook.cells if grade_id(c) == name)


def restored(notebook, tmp_path):
    """What intake makes of an edited notebook: (notebook, notes)."""
    hand_in(tmp_path, notebook)
    submission = only(tmp_path)
    assert submission.status == "", submission.reason
    return submission.notebook, submission.notes


def test_an_honest_notebook_passes_with_every_source_as_it_was(notebook, tmp_path):
    cell(notebook, FIRST).source = "def f():\n    return 1"
    notebook.cells.insert(3, new_code_cell("my_own = 1"))
    after, notes = restored(notebook, tmp_path)
    assert [c.source for c in after.cells] == [c.source for c in notebook.cells]
    assert notes == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b'{"cells": [', "not JSON"),
        (b"\xff\xfe\x00bad", "not text"),
        (b"[]", "no notebook"),
        (b'{"nbformat": 4, "cells": 7}', "no list of cells"),
        (b'{"nbformat": 2, "worksheets": []}', "format"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": {"a": 1}}]}', "source of cell 1"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "heading", "source": ""}]}', "cell 1"),
        (b'{"nbformat": 4, "cells": ["text"]}', "cell 1"),
        (b"[" * 100_000, "nested|not JSON"),
        (
            b'{"nbformat": 4, "cells": [' + b",".join([b'{"cell_type": "raw", "source": ""}'] * 2_001) + b"]}",
            "more than",
        ),
    ],
    ids=range(11),
)
def test_what_is_no_notebook_is_rejected_with_the_reason(content, reason, tmp_path):
    path = hand_in(tmp_path, content)
    with pytest.raises(Unreadable, match=reason):
        read_cells(path)
    assert only(tmp_path).status == "rejected"


def test_a_large_file_and_a_link_are_not_read(tmp_path):
    path = hand_in(tmp_path, b"")
    with path.open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(Unreadable, match="30 MB"):
        read_cells(path)
    link = tmp_path / "link.ipynb"
    link.symlink_to("/etc/passwd")
    with pytest.raises(Unreadable, match="link"):
        read_cells(link)


def test_an_edited_check_cell_is_restored_and_noted(notebook, tmp_path):
    original = cell(notebook, f"test_{FIRST}").source
    cell(notebook, f"test_{FIRST}").source = "1000.0"
    cell(notebook, f"test_{FIRST}").metadata.nbgrader.points = 1000
    after, notes = restored(notebook, tmp_path)
    assert cell(after, f"test_{FIRST}").source == original
    assert cell(after, f"test_{FIRST}").metadata.nbgrader.points != 1000
    assert set(notes) == {FIRST}


def test_points_in_a_notebook_count_for_nothing_and_are_no_accusation(notebook, tmp_path):
    expected = points_of(A)
    for i, points in enumerate((1000, -3, "many", None, 10**400)):
        cell(notebook, f"test_{FUNCTIONS[i]}").metadata.nbgrader.points = points
    after, notes = restored(notebook, tmp_path)
    assert points_in(after) == expected
    assert notes == {}


def test_a_notebook_that_was_handed_out_before_the_texts_and_points_changed_is_not_accused(notebook, tmp_path):
    text = nbformat.writes(notebook)
    checks = [c for c in notebook.cells if grade_id(c) in ("setup", f"test_{FIRST}", f"test_{SECOND}")]
    for locked in checks:  # as an earlier release had them
        locked.source += "\n# as it was last year"
        if "points" in locked.metadata.nbgrader:
            locked.metadata.nbgrader.points = 7.0
        locked.metadata.nbgrader.checksum = compute_checksum(locked)
    after, notes = restored(notebook, tmp_path / "then")
    assert notes == {}
    assert [c.source for c in after.cells] == [c.source for c in nbformat.reads(text, 4).cells]
    assert points_in(after) == points_of(A)
    checks[1].source += "\n# edited by a student"
    _, notes = restored(notebook, tmp_path / "edited")
    assert set(notes) == {FIRST}


def test_missing_check_and_setup_cells_come_back_behind_their_function(notebook, tmp_path):
    notebook.cells = [c for c in notebook.cells if grade_id(c) not in ("setup", f"test_{SECOND}")]
    after, notes = restored(notebook, tmp_path)
    ids = [grade_id(c) for c in after.cells]
    assert ids[0] == "setup"
    assert ids.index(f"test_{SECOND}") == ids.index(SECOND) + 1
    assert set(notes) == {"", SECOND}


def test_a_notebook_with_one_function_gets_every_check_cell(tmp_path):
    after, _ = restored(nbformat.v4.new_notebook(cells=[new_code_cell(f"{FIRST} = print")]), tmp_path)
    ids = {grade_id(c) for c in after.cells} - {""}
    assert ids == {"setup", *(f"test_{name}" for name in FUNCTIONS)}


@pytest.mark.parametrize("cells", [[], [new_code_cell("x = 1")], [new_markdown_cell(FIRST)]])
def test_a_notebook_without_any_graded_function_is_missing(cells, tmp_path):
    hand_in(tmp_path, nbformat.v4.new_notebook(cells=cells))
    submission = only(tmp_path)
    assert (submission.status, submission.reason) == ("missing", "the notebook has none of the assignment's functions")


def test_a_notebook_of_check_cells_alone_is_missing(notebook, tmp_path):
    notebook.cells = [c for c in notebook.cells if grade_id(c).startswith("test_")]
    hand_in(tmp_path, notebook)
    assert only(tmp_path).status == "missing"


def test_of_cells_with_one_id_the_last_counts_and_the_others_stay_code(notebook, tmp_path):
    earlier = deepcopy(cell(notebook, FIRST))
    earlier.source = "first_try = 1"
    notebook.cells.insert(1, earlier)
    after, notes = restored(notebook, tmp_path)
    marked = [c for c in after.cells if grade_id(c) == FIRST]
    assert len(marked) == 1
    assert marked[0].source != "first_try = 1"
    assert any(c.source == "first_try = 1" and c.cell_type == "code" for c in after.cells)
    assert set(notes) == {FIRST}


def test_stripped_marks_are_found_again_by_content(notebook, tmp_path):
    for c in notebook.cells:
        c.metadata = nbformat.NotebookNode()
    after, notes = restored(notebook, tmp_path)
    assert {grade_id(c) for c in after.cells if grade_id(c)} == {grade_id(c) for c in released(A).cells if grade_id(c)}
    assert set(notes) >= set(FUNCTIONS)


def test_a_check_cell_moved_before_its_function_is_moved_back(notebook, tmp_path):
    check = cell(notebook, f"test_{SECOND}")
    notebook.cells.remove(check)
    notebook.cells.insert(0, check)
    after, notes = restored(notebook, tmp_path)
    ids = [grade_id(c) for c in after.cells]
    assert ids.index(SECOND) < ids.index(f"test_{SECOND}")
    assert set(notes) == {SECOND}


def test_saved_outputs_and_foreign_metadata_are_left_behind(notebook, tmp_path):
    target = cell(notebook, f"test_{FIRST}")
    target.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "20.0"}, execution_count=1)]
    notebook.metadata["widgets"] = {"state": {}}
    notebook.metadata.kernelspec = {"name": "bash", "display_name": "Bash"}
    after, _ = restored(notebook, tmp_path)
    assert all(not c.get("outputs") for c in after.cells)
    assert after.metadata.kernelspec.name == "python3"
    assert "widgets" not in after.metadata


def test_what_was_restored_is_a_valid_notebook(notebook, tmp_path):
    notebook.cells += [nbformat.from_dict({**c, "id": f"again-{i}"}) for i, c in enumerate(deepcopy(notebook.cells))]
    notebook.cells[-1].id = "again-0"
    after, _ = restored(notebook, tmp_path)
    nbformat.validate(after)
    assert len({c.id for c in after.cells}) == len(after.cells)


def test_a_renamed_notebook_is_recognised(notebook, tmp_path):
    hand_in(tmp_path, notebook, name="initialization (1)")
    submission = only(tmp_path)
    assert submission.status == ""
    assert "initialization (1).ipynb" in submission.notes[""][0]


def test_two_renamed_notebooks_are_not_guessed_at(notebook, tmp_path):
    hand_in(tmp_path, notebook, name="one")
    hand_in(tmp_path, notebook, name="two")
    submission = only(tmp_path)
    assert submission.status == "rejected"
    assert "'one.ipynb'" in submission.reason


def test_the_right_name_wins_over_a_copy(notebook, tmp_path):
    hand_in(tmp_path, notebook, name="Copy of initialization")
    path = hand_in(tmp_path, notebook)
    assert only(tmp_path).path == path


def test_a_notebook_in_the_folder_of_a_student_or_in_another_folder_is_recognised(notebook, tmp_path):
    path = tmp_path / "ada" / "my homework" / "final.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(notebook))
    submission = only(tmp_path)
    assert (submission.assignment, submission.status) == (A, "")


def test_every_student_gets_a_line_for_what_others_handed_in(notebook, tmp_path):
    hand_in(tmp_path, notebook, "ada")
    (tmp_path / "bela").mkdir()
    (tmp_path / "chidi" / A).mkdir(parents=True)
    (tmp_path / "notes.txt").write_text("not a student")
    found = {s.student: (s.status, s.reason) for s in map(take_in, find(tmp_path, recognise))}
    assert found["ada"][0] == ""
    assert found["bela"][0] == found["chidi"][0] == "missing"
    assert set(found) == {"ada", "bela", "chidi"}


def test_an_unknown_assignment_is_rejected_and_the_known_ones_are_named(notebook, tmp_path):
    hand_in(tmp_path, notebook)
    hand_in(tmp_path, nbformat.v4.new_notebook(), assignment="week9")
    submissions = {s.assignment: s for s in map(take_in, find(tmp_path, recognise))}
    assert submissions["week9"].status == "rejected"
    assert all(a in submissions["week9"].reason for a in this_course().assignments)


def test_a_byte_order_mark_and_source_as_lines_do_no_harm(notebook, tmp_path):
    document = json.loads(nbformat.writes(notebook))
    hand_in(tmp_path, b"\xef\xbb\xbf" + json.dumps(document).encode())
    assert only(tmp_path).status == ""


def test_restoring_twice_changes_nothing(notebook):
    submission = Submission("ada", A)
    once = restore(notebook.cells, submission)
    twice = restore(deepcopy(once.cells), submission)
    assert nbformat.writes(once) == nbformat.writes(twice)


def test_a_notebook_without_cell_ids_comes_out_the_same_each_time(notebook, tmp_path):
    """Notebooks of format 4.4 have none, and a run that is resumed knows a verdict again by the notebook's text."""
    document = json.loads(nbformat.writes(notebook)) | {"nbformat_minor": 4}
    for i, cell in enumerate(document["cells"]):
        del cell["id"]
        if i == 0:
            cell["id"] = "cell-3"  # which is what the fourth would be called
    hand_in(tmp_path, json.dumps(document))
    once, twice = only(tmp_path).notebook, only(tmp_path).notebook
    nbformat.validate(once)
    assert len({cell.id for cell in once.cells}) == len(once.cells)
    assert nbformat.writes(once) == nbformat.writes(twice)


@pytest.mark.parametrize("files", [1, 2])
def test_a_file_name_that_is_no_text_can_still_be_told(notebook, tmp_path, files):
    for i in range(files):
        path = hand_in(tmp_path, notebook, name=f"copy-{i}")
        try:
            os.rename(os.fsencode(path), os.path.join(os.fsencode(path.parent), b"\xff\n=%d.ipynb" % i))
        except OSError:
            pytest.skip("this system has no such names")
    submission = only(tmp_path)
    said = submission.reason + "".join(submission.notes.get("", []))
    assert said.isprintable()
    assert f"{'' if files == 2 else A + '/'}? =0.ipynb'" in said
    said.encode("utf-8")
