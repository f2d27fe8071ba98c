"""Intake: what cannot be a notebook is refused with a reason, what can be repaired is, and nobody stops the others."""

import bz2
import errno
import gzip
import io
import json
import lzma
import os
import pickle
import plistlib
import random
import re
import shutil
import tarfile
import zipfile
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import compute_checksum
from PIL import Image

from autograde.authoring.questions import specs_in
from autograde.course import this_course
from autograde.judging import notebook_file
from autograde.judging.intake import find, recognise, take_in
from autograde.judging.notebook_file import Unreadable, read_notebook_file
from autograde.judging.reader import Reader
from autograde.judging.restore import restore
from autograde.judging.submission import Submission, points_of, released
from autograde.notebook import checksum_of, grade_id, points_in
from autograde.records.verdicts import needing_attention, rows_of
from autograde.results import Answer, Execution, Job

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
        (b'{"cells": [', "cut off: it ends in line 1"),
        (b"\x80\x81bad", "not text"),
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
        read_notebook_file(path)
    assert only(tmp_path).status == "rejected"


def test_a_large_file_and_a_link_are_not_read(tmp_path):
    path = hand_in(tmp_path, b"")
    with path.open("wb") as file:
        file.truncate(300_000_000)
    with pytest.raises(Unreadable, match="300 MB"):
        read_notebook_file(path)
    link = tmp_path / "link.ipynb"
    link.symlink_to("/etc/passwd")
    with pytest.raises(Unreadable, match="link"):
        read_notebook_file(link)


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
        locked.source += "\nas_it_was = 'last year'"
        if "points" in locked.metadata.nbgrader:
            locked.metadata.nbgrader.points = 7.0
        locked.metadata.nbgrader.checksum = compute_checksum(locked)
    after, notes = restored(notebook, tmp_path / "then")
    assert notes == {}
    assert [c.source for c in after.cells] == [c.source for c in nbformat.reads(text, 4).cells]
    assert points_in(after) == points_of(A)
    checks[1].source += "\nedited = True"
    _, notes = restored(notebook, tmp_path / "edited")
    assert set(notes) == {FIRST}


def test_checksums_are_nbgraders():
    seen = 0
    for assignment in this_course().assignments:
        for cell in nbformat.read(this_course().notebook(assignment), 4).cells:
            if "nbgrader" in cell.metadata:
                seen += 1
                assert checksum_of(cell) == compute_checksum(cell) == cell.metadata.nbgrader.checksum
    assert seen > 200


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
    assert set(notes) == {""}


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


def test_two_renamed_notebooks_with_other_answers_are_not_guessed_at(notebook, tmp_path):
    for name in ("one", "two"):
        cell(notebook, FIRST).source = f"def {FIRST}(layers_dims):\n    return {name!r}"
        hand_in(tmp_path, notebook, name=name)
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


# What a file is


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", "byte-order mark"),
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "not written in UTF-8"),
    ],
)
def test_a_notebook_is_read_in_whatever_its_letters_are_written(encoding, note, notebook, tmp_path):
    cell(notebook, FIRST).source = "# müde\nx = 1"
    hand_in(tmp_path, nbformat.writes(notebook).encode(encoding))
    submission = only(tmp_path)
    assert submission.status == ""
    source = cell(submission.notebook, FIRST).source
    assert source == ("# müde\nx = 1" if encoding != "cp1252" else "# m\ufffdde\nx = 1")
    assert submission.notes.keys() == ({""} if note else set())
    assert not note or note in submission.notes[""][0]


def packed(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "x")
    return content.getvalue()


def of_type(kind: str) -> bytes:
    content = io.BytesIO()
    if kind == "tar":
        with tarfile.open(fileobj=content, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("x"))
    else:
        Image.new("RGB", (2, 2)).save(content, kind)
    return content.getvalue()


WHOLE = nbformat.writes(released(A))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty. Save"),
        (" \n\n", "is empty. Save"),
        (b"\0" * 1001, "nothing but zeros"),
        (
            WHOLE.replace("\n  {\n", "\n<<<<<<< HEAD\n  {\n=======\n>>>>>>> mine\n", 1),
            "Git's merge marks in line 3. Resolve",
        ),
        ("\n<!DOCTYPE html><html>", "a web page. Download the file itself"),
        ("<HTML lang='en'>", "a web page"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (packed("initialization.ipynb"), "a zip archive. Unpack it"),
        (packed("[Content_Types].xml"), "a document of Word"),
        (of_type("tar"), "a tar archive"),
        (gzip.compress(WHOLE.encode()), "packed by gzip"),
        (bz2.compress(WHOLE.encode()), "packed by bzip2"),
        (lzma.compress(WHOLE.encode()), "packed by xz"),
        (of_type("png"), "a picture"),
        (of_type("jpeg"), "a picture"),
        (pickle.dumps(WHOLE), "not text"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "pointer of Git LFS"),
        ('{"url": "https://docs.google.com/open?id=1", "doc_id": "1", "email": "a@b"}', "a link to the notebook"),
        ("[InternetShortcut]\r\nURL=https://x\r\n", "a shortcut to a web page"),
        (plistlib.dumps({"URL": "https://x"}), "a shortcut to a web page"),
        ('{"message": "Not Found", "status": "404"}', "error message of a web page"),
        ("#!/usr/bin/env python\n# coding: utf-8\n", "a Python script"),
        ("import numpy as np\n", "a Python script"),
        ("---\njupyter:\n  jupytext:\n", "converted to text"),
        ("dear sir", "it begins with 'dear sir'"),
        (
            WHOLE[: len(WHOLE) // 2],
            f"cut off: it ends in line {WHOLE[: len(WHOLE) // 2].rstrip().count(chr(10)) + 1:,}, in",
        ),
        (WHOLE.rstrip()[:-1], "cut off: it ends in line"),
        (WHOLE.strip() + "\n}\n", f"ends in line {WHOLE.strip().count(chr(10)) + 2:,}, and something else follows"),
        ('{"nbformat": 4, "cells": [}', "not JSON.*line 1 column 27"),
        ('{"nbformat": 5, "cells": []}', "has format 5; 3 and 4 are read"),
    ],
)
def test_what_is_no_notebook_is_named_for_what_it_is(content, reason, tmp_path):
    hand_in(tmp_path, content)
    submission = only(tmp_path)
    assert submission.status == "rejected"
    assert re.search(reason, submission.reason), submission.reason


def test_of_a_file_with_large_outputs_the_outputs_are_left_behind(notebook, tmp_path):
    cell(notebook, FIRST).source = "x = 'outputs'"
    document = json.loads(nbformat.writes(notebook))
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "QUJD" * 3_000_000}}
    lines = {"output_type": "stream", "name": "stdout", "text": ['a "]" [[{\\n'] * 300_000}
    for i in (3, 4):
        document["cells"][i] |= {"cell_type": "code", "execution_count": 1, "outputs": [picture, lines][i - 3 :]}
    document["metadata"]["widgets"] = {"x": [{}] * 50_000}
    document["cells"][0]["attachments"] = {"a.png": {"image/png": "QUJD" * 3_000_000}}
    path = hand_in(tmp_path, json.dumps(document))
    assert path.stat().st_size > 24_000_000
    submission = only(tmp_path)
    assert submission.status == "", submission.reason
    assert [c.source for c in submission.notebook.cells] == [c.source for c in notebook.cells]
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert "cut off" in only(tmp_path).reason
    document["cells"][0]["source"] = "a" * 21_000_000
    hand_in(tmp_path, json.dumps(document))
    assert "MB without its outputs" in only(tmp_path).reason


def test_lines_are_counted_as_in_the_file_where_outputs_were_left_behind():
    text = b'{"cells": [\n{"outputs": [\n1,\n"]"\n]},\n{"outputs":[\n\n[[]]\n], "source": "\\"outputs\\": ["}\n]}'
    short, _ = notebook_file._without_bulk(text)
    assert json.loads(short) == {"cells": [{"outputs": []}, {"outputs": [], "source": '"outputs": ['}]}
    assert short.count(b"\n") == text.count(b"\n")


def test_outputs_are_left_out_of_any_json():
    """Against json itself; Python 3.11.2, of Debian 12, has faults in what a pattern may use."""
    chance = random.Random(0)
    strings = ("", 'a"b', "\\", '"outputs": [', '\\"outputs\\": [{', "x]", "[{", "\n", '"')

    def value(depth=0):
        kind = chance.random() if depth < 6 else 0
        if kind < 0.3:
            return chance.choice([1, None, *strings])
        if kind < 0.6:
            return [value(depth + 1) for _ in range(chance.randrange(4))]
        keys = ("outputs", "widgets", "attachments", "a", 'b"', "c\\")
        return {chance.choice(keys): value(depth + 1) for _ in range(chance.randrange(4))}

    def without_bulk(value):
        if isinstance(value, list):
            return [without_bulk(one) for one in value]
        if not isinstance(value, dict):
            return value
        empty = {k: type(v)() for k, v in value.items() if k in ("outputs", "widgets") and isinstance(v, list | dict)}
        pasted = {k: v for k, v in value.items() if k == "attachments" and isinstance(v, list | dict)}
        return {k: without_bulk(v) for k, v in value.items()} | empty | pasted

    for _ in range(2_000):
        whole = {"cells": [value() for _ in range(5)]}
        text = json.dumps(whole, indent=chance.choice((None, 1))).encode()
        short, _ = notebook_file._without_bulk(text)
        assert json.loads(short) == without_bulk(whole), text
        assert short.count(b"\n") == text.count(b"\n")


def test_pasted_pictures_are_kept_within_bounds(notebook, tmp_path):
    texts = [c for c in notebook.cells if c.cell_type == "markdown"]
    texts[0].attachments = {
        "a.png": {"image/png": "QUJD", "text/html": "<script>"},
        "b.svg": {"image/svg+xml": "<svg/>"},
    }
    texts[1].attachments = {f"{i}.png": {"image/png": "QUJD"} for i in range(30)}
    texts[2].attachments = {"big.png": {"image/png": "QUJD" * 3_000_000}}
    after, notes = restored(notebook, tmp_path)
    kept = [c.get("attachments", {}) for c in after.cells if c.cell_type == "markdown"]
    assert kept[0] == {"a.png": {"image/png": "QUJD"}}
    assert sum(map(len, kept)) == notebook_file.MAX_PICTURES
    assert notes == {
        "": ["12 of the pictures that were pasted into its text were left out: 20 pictures, or 10 MB of them, are kept"]
    }


def test_a_folder_that_cannot_be_opened_is_no_work_that_is_missing(notebook, tmp_path, monkeypatch):
    hand_in(tmp_path, notebook, "ada")
    hand_in(tmp_path, notebook, "bob")
    scandir = os.scandir

    def refuse(folder):
        if folder == tmp_path / "bob":
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scandir(folder)

    shutil.rmtree(tmp_path / "bob" / A)
    monkeypatch.setattr("autograde.judging.intake.os.scandir", refuse)
    ada, bob = (take_in(found) for found in find(tmp_path, recognise))
    assert (ada.status, bob.status) == ("", "rejected")
    assert bob.reason.startswith("The folder 'bob' cannot be read: Permission denied. Make it readable")


@pytest.mark.parametrize("link", ["attachment:My%20sum%20(1).png", "<attachment:My sum (1).png>"])
def test_a_pasted_picture_whose_name_has_blanks_is_shown(notebook, tmp_path, link):
    text = next(c for c in notebook.cells if c.cell_type == "markdown")
    text.source = f"My sum: ![sum]({link})"
    text.attachments = {"My sum (1).png": {"image/png": "QUJD"}, "b.png": {"image/png": "QUJD"}}
    after, _ = restored(notebook, tmp_path)
    (kept,) = (c for c in after.cells if c.get("attachments"))
    assert kept.source == "My sum: ![sum](attachment:picture-1)"
    assert set(kept.attachments) == {"picture-1", "b.png"}


@pytest.mark.parametrize(
    ("language", "python"),
    [
        ({"name": "python", "version": "3.12.4"}, "3.12.4"),
        ({"name": "python", "version": "3.13.0rc1"}, "3.13.0"),
        ({"name": "python", "version": "x3.12"}, ""),
        ({"name": "python", "version": [3, 12]}, ""),
        ({"name": "julia", "version": "1.10.0"}, ""),
        ("python", ""),
    ],
)
def test_the_python_that_a_notebook_names_is_known(language, python, notebook, tmp_path):
    document = json.loads(nbformat.writes(notebook))
    document["metadata"]["language_info"] = language
    hand_in(tmp_path, json.dumps(document))
    submission = only(tmp_path)
    assert submission.python == python
    assert submission.notebook.metadata.get("language_info", {}).get("version", "") == python


# Which file is the work


def answer(notebook, number, name=FIRST):
    """A copy in which a function has this answer."""
    copy = deepcopy(notebook)
    cell(copy, name).source = f"def {name}(layers_dims):\n    return {number}"
    return copy


@pytest.mark.parametrize("name", [f"{A}-Copy1", f"{A} (1)", f"{A}(1)", "my own", f"{A}.ipynb"])
def test_where_the_plain_one_is_as_handed_out_the_one_with_answers_counts(name, notebook, tmp_path):
    notebook.cells.append(new_code_cell(""))
    hand_in(tmp_path, notebook)
    path = hand_in(tmp_path, answer(notebook, 1), name=name)
    submission = only(tmp_path)
    assert submission.path == path
    assert submission.status == ""
    assert not submission.needs_person
    (words,) = submission.notes[""]
    assert f"'{path.name}'" in words
    assert f"'{A}.ipynb'" in words


@pytest.mark.parametrize("broken", ["", WHOLE[:5000], json.dumps({"nbformat": 4, "cells": []})])
def test_where_the_plain_one_cannot_be_it_the_one_beside_it_counts(broken, notebook, tmp_path):
    hand_in(tmp_path, broken)
    path = hand_in(tmp_path, answer(notebook, 1), name="two")
    assert only(tmp_path).path == path


def test_where_both_hold_other_answers_the_plain_one_counts_and_a_person_is_asked(notebook, tmp_path):
    plain = hand_in(tmp_path, answer(notebook, 1))
    hand_in(tmp_path, answer(notebook, 2), name=f"{A}-Copy1")
    with Reader() as reader:
        (found,) = find(tmp_path, reader.recognise)
        submission, text = reader.take_in(found)
    assert (submission.path, submission.status, submission.needs_person) == (plain, "", True)
    assert f"'{A}-Copy1.ipynb'" in submission.notes[""][0]
    answers = tuple(Answer(name, 0.0, "graded") for name in FUNCTIONS)
    rows = rows_of(submission, Execution(Job("ada", A), answers))
    assert {row.status for row in rows} == {"graded"}
    assert [questions for *_, questions in needing_attention(rows)] == [FUNCTIONS]


def test_copies_and_earlier_states_of_the_plain_one_are_nothing_to_tell(notebook, tmp_path):
    hand_in(tmp_path, answer(answer(notebook, 1), 2, SECOND))
    hand_in(tmp_path, answer(answer(notebook, 1), 2, SECOND), name="copy")
    hand_in(tmp_path, answer(notebook, 1), name="earlier")
    hand_in(tmp_path, notebook, name="first")
    submission = only(tmp_path)
    assert (submission.path.stem, submission.notes, submission.needs_person) == (A, {}, False)


def test_of_renamed_notebooks_that_with_all_answers_of_the_others_counts(notebook, tmp_path):
    hand_in(tmp_path, answer(notebook, 1), name="one")
    hand_in(tmp_path, answer(answer(notebook, 1), 2, SECOND), name="two")
    hand_in(tmp_path, notebook, name="three")
    assert only(tmp_path).path.stem == "two"


@pytest.mark.parametrize("name", [f"{A}.ipynb.json", f"{A}.ipynb.txt", f"{A}.IPYNB", f"{A} (1).Ipynb.JSON"])
def test_other_endings_of_a_notebook_are_taken(name, notebook, tmp_path):
    hand_in(tmp_path, answer(notebook, 1)).rename(tmp_path / "ada" / A / name)
    submission = only(tmp_path)
    assert submission.status == ""
    assert f"'{A}/{name}'" in submission.notes[""][0]


def test_what_lies_in_the_place_of_a_notebook_is_named(notebook, tmp_path):
    for name in ("solution.py", "report.pdf", "timestamp.txt"):
        (tmp_path / "ada" / A).mkdir(parents=True, exist_ok=True)
        (tmp_path / "ada" / A / name).touch()
    submission = only(tmp_path)
    assert submission.status == "missing"
    assert "'report.pdf', 'solution.py'" in submission.reason
    assert "timestamp" not in submission.reason


B = "regularization"


def found_in(folder) -> dict[str, Submission]:
    return {s.assignment: s for s in map(take_in, find(folder, recognise))}


def test_swapped_notebooks_are_judged_for_what_they_are(notebook, tmp_path):
    first = hand_in(tmp_path, released(B), assignment=A)
    second = hand_in(tmp_path, answer(notebook, 1), assignment=B)
    found = found_in(tmp_path)
    assert (found[A].path, found[B].path) == (second, first)
    assert {s.status for s in found.values()} == {""}
    assert f"'{B}/{B}.ipynb'" in found[A].notes[""][0]


def test_a_notebook_in_the_folder_of_another_assignment_is_named_and_counts_if_there_is_no_other(notebook, tmp_path):
    first = hand_in(tmp_path, released(B), assignment=A)
    (tmp_path / "bela" / B).mkdir(parents=True)
    found = {(s.student, s.assignment): s for s in map(take_in, find(tmp_path, recognise))}
    assert found["ada", A].status == "missing"
    assert f"the notebook of '{B}'" in found["ada", A].reason
    assert (found["ada", B].status, found["ada", B].path) == ("", first)
    hand_in(tmp_path, released(B), assignment=B)
    found = {(s.student, s.assignment): s for s in map(take_in, find(tmp_path, recognise))}
    assert f"the notebook of '{B}'" in found["ada", A].reason
    assert (found["ada", B].path.parent.name, found["ada", B].notes) == (B, {})


def test_a_stray_of_another_assignment_is_named_where_it_lies(notebook, tmp_path):
    hand_in(tmp_path, released(B), name="final")
    found = found_in(tmp_path)
    assert found[A].status == "missing"
    assert f"'final.ipynb', the notebook of '{B}'" in found[A].reason


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
        cell(notebook, FIRST).source = f"def {FIRST}(layers_dims):\n    return {i}"
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
