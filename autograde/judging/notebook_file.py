"""A file that was handed in as a notebook: its cells, or else what the file is instead, in words.

A notebook is built anew from sources, cell types, marks and pasted pictures; its outputs are left behind. Everything takes
linear time, within bounds on bytes, values and cells: what opens a file of a student's is called by the process in `reader`.
"""

import itertools
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from nbformat import NotebookNode

from autograde.notebook import SHOWCASE
from autograde.text import as_text, one_line

MAX_FILE = 200_000_000  # bytes of a file
MAX_BYTES = 20_000_000  # of them, without outputs
MAX_VALUES = 2_000_000  # in the JSON of a file, where each takes a hundred bytes of memory
MAX_CELLS = 2_000
MAX_PICTURES, MAX_PICTURE_BYTES = 20, 10_000_000  # pasted into the text of a notebook, all together, in base64
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
CELL_TYPES = ("code", "markdown", "raw")
PASTED = ("image/png", "image/jpeg")  # what of a text's attachments is taken in
PLAIN_NAME = re.compile(r"[\w.+-]{1,100}")  # of a picture: it stands in Markdown as it is
_LINK = re.compile(
    r"\]\((?:<attachment:([^<>\n]{1,300})>|attachment:((?:[^()\s]|\([^()\s]{0,99}\)){1,300}))\)"
)  # to a picture
VERSION = re.compile(r"\d{1,3}(\.\d{1,3}){1,2}")
_BLOCK = 1 << 20

# Of JSON: what is bulky, with its bracket, and all up to a bracket, past pairs that hold no others. What is possessive takes
# no memory; such a group may not fail half-way, from where Python before 3.11.5 goes on as if it had matched. In a string
# a backslash precedes each quote.
_BULKY = re.compile(rb'(?<!\\)"(outputs|attachments|widgets)"\s{0,20}:\s{0,20}[\[{]')
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+'
_PLAIN = rb'[^"\[\]{}]*+(?:%s[^"\[\]{}]*+)*+' % _STRING
_TO_BRACKET = re.compile(rb"%s(?>(?:[\[{]%s[\]}]%s){0,500})([\[\]{}])" % (_PLAIN, _PLAIN, _PLAIN), re.DOTALL)


class Unreadable(Exception):
    """A file that is no notebook; the message says what it is, and what to do."""


@dataclass(frozen=True)
class NotebookFile:
    """What a file holds. python: the version with which it says it was written; "" if it does not. notes: on the file."""

    cells: list[NotebookNode]
    python: str = ""
    notes: tuple[str, ...] = ()


def read_notebook_file(path: Path) -> NotebookFile:
    """A notebook of format 3 or 4, its cells rebuilt from type, source, id, pictures and the marks that grading needs.

    Raises Unreadable for links, files too large, and what is no notebook.
    """
    content = _content(path)
    if not content.strip(b"\0 \t\r\n"):
        zeros = ": it holds nothing but zeros" if content.strip() else ""
        raise Unreadable(f"the file is empty{zeros}. Save the notebook and hand it in again")
    text, notes = _as_utf8(content)
    text, dropped = _without_bulk(text) if len(text) > MAX_VALUES else (text, 0)
    if len(text) > MAX_BYTES:
        size, most = len(text) / 1e6, MAX_BYTES / 1e6
        raise Unreadable(f"the file has {size:.0f} MB without its outputs; {most:.0f} are accepted")
    if len(text) > MAX_VALUES and _most_values(text) > MAX_VALUES:
        raise Unreadable(f"the file holds more than {MAX_VALUES:,} values without its outputs, so it is no notebook")
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        decoded = text.decode(errors="replace")
        notes += (
            "its file is not written in UTF-8, so letters outside of English may be wrong in it. Save it in UTF-8",
        )
    try:
        document = json.loads(decoded)
    except RecursionError:
        raise Unreadable("the file is nested too deeply to be a notebook") from None
    except ValueError as error:
        raise Unreadable(_what_it_is(content, text, error)) from None
    if not isinstance(document, dict) or document.get("nbformat") not in (3, 4):
        raise Unreadable(_what_json_it_is(document))
    cells = _cells_of_format_3(document) if document["nbformat"] == 3 else document.get("cells")
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise Unreadable(f"the notebook has no list of cells, or more than {MAX_CELLS:,}")
    rebuilt = [_rebuilt(cell, i) for i, cell in enumerate(cells)]
    return NotebookFile(rebuilt, _python_of(document), (*notes, *_bound_pictures(rebuilt, dropped)))


# Bytes


def _content(path: Path) -> bytes:
    """What is in an ordinary file of not too many bytes; nothing else is opened. Raises Unreadable."""
    flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    try:
        _require_ordinary(path, path.lstat())
        with open(os.open(path, flags), "rb") as file:
            _require_ordinary(path, os.fstat(file.fileno()))  # it may have become another one
            return file.read(MAX_FILE)
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror}") from None


def _require_ordinary(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"'{path.name}' is a link or no ordinary file")
    if status.st_size > MAX_FILE:
        size, most = status.st_size / 1e6, MAX_FILE / 1e6
        raise Unreadable(f"the file has {size:.0f} MB; {most:.0f} are accepted. Clear its outputs first")


def _as_utf8(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The same in UTF-8 without a mark at its beginning, and what there is to say about it. Raises Unreadable."""
    encoding = json.detect_encoding(content[:4])
    if encoding == "utf-8-sig":
        return content[3:], ("its file begins with a byte-order mark, which Jupyter does not read; it was left out",)
    if encoding == "utf-8":
        return content, ()
    try:
        text = content.decode(encoding).encode("utf-8", "replace")
    except UnicodeDecodeError:
        raise Unreadable(_what_bytes_are(content) or "the file is not text, so it is no notebook") from None
    return text, (f"its file is written in {encoding[:6].upper()}, and was read all the same. Save it in UTF-8",)


def _without_bulk(content: bytes) -> tuple[bytes, int]:
    """The same JSON without what is in its outputs and the state of its widgets, and without very large attachments; how many
    of these there were.

    Line ends stay, so that a line has the same number. What is not closed is left out to the end.
    """
    kept: list[bytes] = []
    start = brackets = dropped = 0
    while bulk := _BULKY.search(content, start):
        opened = at = bulk.end()
        level, end = 1, len(content)
        while level and (piece := _TO_BRACKET.match(content, at)):
            level += 1 if piece[1] in b"[{" else -1
            at, brackets = piece.end(), brackets + 1
            if brackets > MAX_VALUES:
                raise Unreadable(f"the outputs of the file hold more than {MAX_VALUES:,} values. Clear them first")
            if level == 0:
                end = piece.start(1)
        is_kept = bulk[1] == b"attachments" and end - opened <= MAX_PICTURE_BYTES
        dropped += bulk[1] == b"attachments" and not is_kept
        dull = content[opened:end] if is_kept else b"\n" * content.count(b"\n", opened, end)
        kept += [content[start:opened], dull]
        start = end
    return b"".join([*kept, content[start:]]), dropped


def _most_values(content: bytes) -> int:
    """How many values a JSON text can have at most: by the signs outside of its strings, a block at a time."""
    plain = content.replace(b"\\\\", b"").replace(b'\\"', b"")  # so that each quote begins or ends a string
    count = within = 0
    for start in range(0, len(plain), _BLOCK):
        parts = plain[start : start + _BLOCK].split(b'"')
        outside = b"".join(parts[within::2])
        within = (within + len(parts) - 1) % 2
        count += sum(map(outside.count, (b",", b":", b"[", b"{")))
    return count


# What else is handed in under a notebook's name

_BINARY = (  # how a file begins, and what it is then
    (b"%PDF", "a PDF. Hand in the notebook itself, which you can download in Jupyter by File > Download"),
    (b"\x1f\x8b", "packed by gzip. Unpack it, and hand in the notebook"),
    (b"7z\xbc\xaf", "a 7z archive. Hand in the notebook that is in it"),
    (b"Rar!", "a RAR archive. Hand in the notebook that is in it"),
    (b"BZh", "packed by bzip2. Unpack it, and hand in the notebook"),
    (b"\xfd7zXZ", "packed by xz. Unpack it, and hand in the notebook"),
    (b"\xd0\xcf\x11\xe0", "a document of Word or another office program. Hand in the notebook itself"),
    (b"\x89PNG", "a picture. Hand in the notebook itself"),
    (b"\xff\xd8\xff", "a picture. Hand in the notebook itself"),
    (b"GIF8", "a picture. Hand in the notebook itself"),
    (b"bplist", "a shortcut to a web page. Download the notebook itself"),
    (b"SQLite format 3", "a database. Hand in the notebook itself"),
    (b"\x89HDF", "a file of data (HDF5). Hand in the notebook itself"),
    (b"\x93NUMPY", "an array of NumPy. Hand in the notebook itself"),
)
_TEXTS = (  # what stands at the beginning of a text's line, near its beginning
    (
        r"version https://git-lfs",
        "a pointer of Git LFS, and the notebook is not in it. Run `git lfs pull` and hand in the notebook",
    ),
    (r"\[InternetShortcut\]|.{0,300}<!DOCTYPE plist", "a shortcut to a web page. Download the notebook itself"),
    (
        r"\s*<(!doctype html|html|head|body|script|\?xml|!--)",
        "a web page. Download the file itself: on GitHub by Raw, in Google Drive by Download",
    ),
    (
        r"---\s*\n(jupyter|jupytext)\b|# ---\s*\n# jupyter\b",
        "a notebook that was converted to text. Hand in the .ipynb file",
    ),
    (
        r"(#!.*python|from [\w.]+ import |import \w|def \w+\(|# %%|# coding|%matplotlib)",
        "a Python script. Hand in the notebook",
    ),
)
_MERGE_MARK = re.compile(rb"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_HEAD = 4_000  # bytes by which a text is known


def _what_bytes_are(content: bytes) -> str:
    """What a file is that is not text, as a sentence; "" if its beginning does not say."""
    if content.startswith(b"PK"):
        if b"[Content_Types].xml" in content[:_HEAD]:
            return "the file is a document of Word or another office program. Hand in the notebook itself"
        return "the file is a zip archive. Unpack it, and hand in the notebook that is in it"
    if content[257:262] == b"ustar":
        return "the file is a tar archive. Hand in the notebook that is in it"
    if content[4:12] in (b"ftypheic", b"ftypmif1"):
        return "the file is a picture. Hand in the notebook itself"
    return next((f"the file is {what}" for begin, what in _BINARY if content.startswith(begin)), "")


def _what_it_is(content: bytes, text: bytes, error: ValueError) -> str:
    """What a file is that is no JSON, as a sentence. text: as it was read. error: that of reading it."""
    if said := _what_bytes_are(content):
        return said
    head = text[:_HEAD].decode("utf-8", "replace").replace("\r\n", "\n")
    for begin, what in _TEXTS:
        if re.match(begin, head, re.IGNORECASE | re.DOTALL if "plist" in begin else re.IGNORECASE):
            return f"the file is {what}"
    if mark := _MERGE_MARK.search(text):
        line = text.count(b"\n", 0, mark.start()) + 1
        return f"the file has Git's merge marks in line {line}. Resolve them, save the notebook and hand it in again"
    if "\ufffd" in head[:-1]:  # the last letter may be cut
        return "the file is not text, so it is no notebook"
    if not isinstance(error, json.JSONDecodeError):  # a number with very many digits
        return f"the file is not JSON, so it is no notebook: {error}"
    if not head.lstrip().startswith(("{", "[")):
        return f"the file is not JSON, so it is no notebook: it begins with '{one_line(head.strip()[:40])}'"
    if error.msg == "Extra data":
        return f"the notebook ends in line {error.lineno:,}, and something else follows in its file. Hand in the notebook alone"
    rest = error.doc[error.pos :].strip(" \t\r\n,") if len(error.doc) - error.pos < _HEAD else "more"
    if error.msg.startswith("Unterminated string") or any(word.startswith(rest) for word in ("true", "false", "null")):
        lines = content.rstrip().count(b"\n") + 1
        return f"the file is cut off: it ends in line {lines:,}, in the middle of the notebook. Hand in the whole file"
    return f"the file is not JSON, so it is no notebook: {error}"


def _what_json_it_is(document: object) -> str:
    """What a JSON file is that is no notebook which can be read, as a sentence."""
    match document:
        case {"nbformat": int(version)}:
            return f"the notebook has format {version}; 3 and 4 are read. Open it in Jupyter, save it, and hand it in again"
        case {"doc_id": _} | {"url": _} | {"download_url": _}:
            return (
                "the file is a link to the notebook, as Google Drive and others make them. Download the notebook itself"
            )
        case {"error": _} | {"errors": _} | {"message": _}:
            return "the file is the error message of a web page, saved in the notebook's place. Download the notebook itself"
    return "the file is JSON, but no notebook of format 3 or 4"


# Cells


def _cells_of_format_3(document: dict) -> list | None:
    """The cells of a notebook as it was written until 2014, like those of today. nbformat's own converter has no bounds."""
    sheets = document.get("worksheets")
    if not isinstance(sheets, list) or not all(
        isinstance(s, dict) and isinstance(s.get("cells"), list) for s in sheets
    ):
        return None
    return [_of_today(cell) for sheet in sheets for cell in sheet["cells"]]


def _of_today(cell):
    match cell:
        case {"cell_type": "code"}:
            return cell | {"source": cell.get("input", "")}
        case {"cell_type": "heading" | "html"}:
            return cell | {"cell_type": "markdown"}
    return cell


def _rebuilt(cell, i: int) -> NotebookNode:
    kind = cell.get("cell_type") if isinstance(cell, dict) else None
    if kind not in CELL_TYPES:
        raise Unreadable(f"cell {i + 1} is no code, markdown or raw cell")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"the source of cell {i + 1} is not text")
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = cell.get("id")
    name = name if isinstance(name, str) and CELL_ID.fullmatch(name) else ""  # `restore` gives it one then
    # not by nbformat's new_code_cell, which validates every cell alone, slower than all else that happens here
    new = NotebookNode(id=name, cell_type=kind, metadata=NotebookNode(), source=as_text(source))
    if kind == "code":
        new |= {"execution_count": None, "outputs": []}
    if kind == "markdown" and (pictures := _pasted(cell.get("attachments"))):
        new.attachments = pictures
    marks = metadata.get("nbgrader")
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        new.metadata.nbgrader = NotebookNode(
            grade_id=as_text(marks["grade_id"]), points=marks.get("points"), checksum=marks.get("checksum")
        )
    if isinstance(metadata.get("tags"), list) and SHOWCASE in metadata["tags"]:
        new.metadata.tags = [SHOWCASE]
    return new


def _pasted(attachments: object) -> NotebookNode:
    """The pictures that were pasted into a text, by name, as far as they have the form of it; nothing here opens them."""
    kept = NotebookNode()
    for name, forms in attachments.items() if isinstance(attachments, dict) else ():
        pictures = {
            kind: as_text(content)
            for kind, content in (forms.items() if isinstance(forms, dict) else ())
            if kind in PASTED and isinstance(content, str)
        }
        if pictures:
            kept[as_text(name)] = NotebookNode(pictures)
    return kept


def _name_plainly(cell: NotebookNode) -> None:
    """Give pictures whose names have blanks, which a link writes otherwise, names that stand in Markdown as they are."""
    numbers = (f"picture-{i}" for i in itertools.count(1))
    plain = {
        name: name if PLAIN_NAME.fullmatch(name) else next(n for n in numbers if n not in cell.attachments)
        for name in cell.attachments
    }

    def link(found: re.Match) -> str:
        written = found[1] or found[2]
        name = plain.get(written) or plain.get(unquote(written))
        return f"](attachment:{name})" if name else found[0]

    cell.source = _LINK.sub(link, cell.source)
    cell.attachments = NotebookNode({plain[name]: forms for name, forms in cell.attachments.items()})


def _bound_pictures(cells: list[NotebookNode], dropped: int) -> Iterator[str]:
    """Leave out pictures that are too many, or too large, and say so. dropped: how many were before."""
    left, room = MAX_PICTURES, MAX_PICTURE_BYTES
    for cell in cells:
        for name, forms in list(cell.get("attachments", {}).items()):
            size = sum(map(len, forms.values()))
            if left and size <= room:
                left, room = left - 1, room - size
            else:
                dropped += 1
                del cell.attachments[name]
        if cell.get("attachments") == {}:
            del cell.attachments
        elif "attachments" in cell:
            _name_plainly(cell)
    if dropped:
        most = f"{MAX_PICTURES} pictures, or {MAX_PICTURE_BYTES / 1e6:g} MB of them, are kept"
        yield f"{dropped} of the pictures that were pasted into its text were left out: {most}"


def _python_of(document: dict) -> str:
    """The version of Python that a notebook names, digits and dots; "" if it names none. It is the student's claim."""
    metadata = document.get("metadata")
    language = metadata.get("language_info") if isinstance(metadata, dict) else None
    match language:
        case {"name": "python", "version": str(version)} if found := VERSION.match(version):
            return found[0]
    return ""
