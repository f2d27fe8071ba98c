"""CSV files of other systems: read as they were written, written as they are read, with no cell that a spreadsheet runs."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograde.files import replacing
from autograde.text import one_line

MAX_BYTES = 100_000_000
_DELIMITERS = ",;\t"

# What a spreadsheet takes for a formula, at the start of a cell or behind what it may take for the end of one; the wide
# forms count where one writes in them.
_FORMULA = re.compile(rf"(^|[{_DELIMITERS}])(\s*)(?=[=+\-@＝＋－＠])")
_NUMBER_OR_DASH = re.compile(r"[+-]?\d+([.,]\d+)?|-*")


class BadTable(Exception):
    """A file that is no CSV table; the message is one line for the user."""


@dataclass
class Table:
    """Rows of cells, the first with the names of the columns, and how the file that holds them is written."""

    rows: list[list[str]]
    delimiter: str = ","
    bom: bool = False
    newline: str = "\n"


def read_table(path: Path) -> Table:
    """A CSV file with commas, semicolons or tabs, in UTF-8. Raises BadTable."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadTable(f"'{path}' cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise BadTable(f"'{path}' has more than {MAX_BYTES / 1e6:.0f} MB, too much for a table of grades")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(
            f"'{path}' is not UTF-8 text. Download it again, and do not save it from a spreadsheet"
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadTable(f"'{path}' is no CSV table: {error}, in line {reader.line_num}") from None
    if not rows:
        raise BadTable(f"'{path}' is empty")
    width = len(rows[0])
    if any(len(row) > width for row in rows):
        raise BadTable(f"'{path}' has rows that are longer than its first one. Download it again")
    rows = [row + [""] * (width - len(row)) for row in rows]
    return Table(rows, delimiter, content.startswith(b"\xef\xbb\xbf"), "\r\n" if first.endswith("\r") else "\n")


def write_table(table: Table, path: Path) -> None:
    """Write it in full or not at all. Raises OSError."""
    write_lines(table.rows, path, table.delimiter, table.bom, table.newline)


def write_lines(
    lines: Iterable[Iterable[str]], path: Path, delimiter: str = ",", bom: bool = False, newline: str = "\n"
) -> None:
    """Write a table of which no more than a line need be held, in full or not at all. Raises OSError."""
    with (
        replacing(path, path.with_name(path.name + ".part")) as unfinished,
        unfinished.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file,
    ):
        csv.writer(file, delimiter=delimiter, lineterminator=newline).writerows(lines)


@lru_cache(maxsize=10_000)  # names and statuses come back in every row
def harmless(words: str) -> str:
    """One line that is shown as it is: an apostrophe goes before what a spreadsheet would take for a formula."""
    line = one_line(words) if words.strip() else ""
    return line if is_harmless(line) else _FORMULA.sub(r"\1\2'", line)


def is_harmless(cell: str) -> bool:
    """Whether a spreadsheet shows it as it is."""
    return bool(_NUMBER_OR_DASH.fullmatch(cell)) or not _FORMULA.search(cell)


def as_number(points: float) -> str:
    """With two decimals at most, as Canvas and Moodle show them."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def number_in(cell: str) -> float | None:
    """The number in a cell, with a decimal point or comma; None if there is none."""
    digits = cell.strip().replace(",", ".")
    return float(digits) if re.fullmatch(r"\d+(\.\d+)?", digits, re.ASCII) else None


def column(header: list[str], *names: str) -> int | None:
    """Where the first of these names stands, whatever its case; None if none does."""
    folded = [cell.strip().casefold() for cell in header]
    return next((folded.index(name.casefold()) for name in names if name.casefold() in folded), None)
