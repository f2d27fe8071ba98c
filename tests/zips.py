"""Zips as learning systems make them, for tests, and what has become of them after an import."""

import csv
import io
import zipfile

import nbformat
from nbformat.v4 import new_markdown_cell

from autograde.judging.submission import released
from autograde.lms.downloads import import_download

A, B = "initialization", "regularization"


def work(words="", assignment=A):
    """A notebook of an assignment that can be told from others by these words."""
    notebook = released(assignment)
    notebook.cells.append(new_markdown_cell(f"these words: {words}", id="words"))
    return nbformat.writes(notebook)


def plain(words=""):
    """A notebook that is of no assignment."""
    return nbformat.writes(nbformat.v4.new_notebook(cells=[new_markdown_cell(words, id="words")]))


def zipped(entries):
    """The bytes of a zip; entries: (name or ZipInfo, content), in order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def taking(tmp_path):
    """Write a zip and import it into tmp_path/in; nothing may change elsewhere."""
    outside = tmp_path / "outside.txt"
    outside.write_text("as it was")

    def take(entries, **settings):
        path = tmp_path / "download.zip"
        path.write_bytes(entries if isinstance(entries, bytes) else zipped(entries))
        try:
            return import_download(path, tmp_path / "in", **settings)
        finally:
            assert {p.name for p in tmp_path.iterdir()} <= {"outside.txt", "download.zip", "in", "roster.csv"}
            assert outside.read_text() == "as it was"
            assert not list(tmp_path.glob("in/.import*")), "what was unpacked on the way is gone"

    take.to = tmp_path / "in"
    return take


def there(to):
    """{path: the words in it} of all notebooks, wherever they lie."""
    found = {}
    for path in sorted(to.rglob("*.ipynb")):
        text = path.read_text(errors="replace") if path.is_file() else ""
        found[path.relative_to(to).as_posix()] = text.partition("these words: ")[2].partition('"')[0]
    return found


def known(to):
    with (to / "students.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
