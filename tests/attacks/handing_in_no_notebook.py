"""Lines 24 and 25: files under the name of a notebook that are none, or too much of one; links and archives."""

import os
import zipfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from attacks.attempt import EVERY, A, Attempt
from attacks.table import attack


def raw(number: int, name: str, content: bytes, status: str = "rejected", words: str = "") -> None:
    """A file that is no notebook, under the name of one."""

    def build(work: Attempt) -> None:
        work.content = content

    build.__name__ = name
    attack(number, EVERY, status=status, words=words)(build)


def notebook_of(*cells: str, version: str = "4", more: str = "") -> bytes:
    return f'{{"nbformat": {version}, "nbformat_minor": 5, "metadata": {{}}, "cells": [{", ".join(cells)}]{more}}}'.encode()


raw(24, "not_json", b"this is not JSON", words="not JSON")
raw(24, "half_of_it", notebook_of('{"cell_type": "code"')[:60], words="cut off")
raw(24, "not_text", b"\x80\x02\xff\xfe" * 100, words="not text")
raw(24, "zeros", b"\0" * 100_000)
raw(24, "format_2", notebook_of(version="2"), words="format")
raw(24, "format_5", notebook_of(version="5"), words="format")
raw(24, "format_in_words", notebook_of(version='"4"'), words="format")
raw(
    24,
    "ten_thousand_cells",
    notebook_of(*['{"cell_type": "code", "source": "", "metadata": {}, "outputs": []}'] * 10_000),
)
raw(24, "deep_nesting", b"[" * 1_000_000, words="nest")
raw(24, "deep_metadata", notebook_of('{"cell_type": "raw", "metadata": ' + '{"a":' * 50_000))
raw(24, "a_long_number", notebook_of('{"cell_type": "raw", "source": "", "n": ' + "9" * 1_000_000 + "}"))
raw(24, "millions_of_parts", notebook_of(more=', "more": [' + "{}," * 6_000_000 + "0]"), status="missing rejected")
raw(24, "odd_source", notebook_of('{"cell_type": "code", "source": [1, 2]}'), words="source of cell 1")


@attack(24, EVERY, status="rejected", words="100 MB")
def hundred_megabytes(work):
    work.content = b""
    with (work.folder / work.name).open("wb") as file:
        file.write(b'{"nbformat": 4, "cells": [')
        file.truncate(100_000_000)


@attack(24, EVERY, status="rejected")
def folder_in_its_place(work):
    work.content = b""
    (work.folder / work.name / "inside").mkdir(parents=True)


@attack(24, EVERY, status="rejected missing")
def pipe_in_its_place(work):
    """To open it would wait for ever."""
    work.content = b""
    os.mkfifo(work.folder / work.name)


@attack(24, EVERY, share=1.0)
def timestamp_of_400_megabytes(work):
    """The file beside the notebook in which nbgrader keeps when it was handed in. It takes no place on the disk."""
    work.hand_in()
    with (work.folder / "timestamp.txt").open("wb") as file:
        file.truncate(400_000_000)


@attack(24, EVERY, share=1.0, status="graded tampered")
def odd_ids_and_metadata(work):
    """Honest code in cells with marks of the wrong types."""
    for i, cell in enumerate(work.notebook.cells):
        cell.id = ("../../evil", "", 'a"><b>', "x" * 5000, "\u202e", "a b")[i % 6]
    work.notebook.cells.insert(
        3,
        nbformat.from_dict(
            {"cell_type": "code", "source": "1", "metadata": {"nbgrader": [], "tags": "x"}, "outputs": 7}
        ),
    )
    work.notebook.cells.insert(
        4, nbformat.from_dict({"cell_type": "raw", "source": "1", "metadata": {"nbgrader": {"grade_id": {"a": 1}}}})
    )
    cell = new_code_cell("2")
    cell.metadata.nbgrader = {"grade_id": "../../../evil", "points": {"a": []}, "grade": True, "locked": "no"}
    work.notebook.cells.insert(5, cell)


@attack(25, EVERY, status="missing", words="no notebook")
def archive(work):
    """A zip bomb and a path that leads out; archives are nobody's notebook."""
    work.content = b""
    with zipfile.ZipFile(work.folder / "submission.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../../" + Path(work.world.evidence).name + "/unpacked", "unpacked")
        file.writestr(f"{A}.ipynb", b"\0" * (64 << 20))
        file.writestr(f"{work.world.evidence}/absolute", "unpacked")


@attack(25, EVERY, status="rejected", words="link")
def link(work):
    work.content = b""
    (work.folder / work.name).symlink_to(Path(work.world.submissions, "ada", A, f"{A}.ipynb"))


@attack(25, EVERY, status="rejected missing")
def link_to_an_endless_file(work):
    work.content = b""
    (work.folder / work.name).symlink_to("/dev/zero")


@attack(25, EVERY, status="rejected missing")
def link_to_a_folder(work):
    """Somebody else's folder under one's own name."""
    work.content = b""
    work.folder.rmdir()
    work.folder.symlink_to(Path(work.world.submissions, "ada", A))
