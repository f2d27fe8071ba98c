"""The list of assignments in README.md and STUDENTS.md: written by `course build` between two comments.

`course.toml` says which notebooks there are, their scripts say the title and the points. A page without the comments has no
such list. Columns that somebody added after these, say for the data, are kept with their notebook.
"""

import re
from pathlib import Path

from autograde.authoring.finding import open_in
from autograde.authoring.script import read_script
from autograde.course import Course, CourseError
from autograde.files import write_text
from autograde.notebook import grade_id, points_in

PAGES = ("README.md", "STUDENTS.md")
BEGIN, END = "<!-- assignments -->", "<!-- /assignments -->"
COLUMNS = ("notebook", "title", "points")
BAR = re.compile(r"(?<!\\)\|")  # between two cells of a table; one inside a cell is written \|


def write_lists(course: Course) -> list[Path]:
    """Bring the lists up to date; the pages that changed. Raises CourseError."""
    return [page for page, _, current in _pages(course) if write_text(current, page)]


def stale_lists(course: Course) -> list[str]:
    """A phrase for each page whose list a build would change. Raises CourseError."""
    return [
        f"the assignments in {course.told(page)} are not those of course.toml and the notebooks; run `make build`"
        for page, text, current in _pages(course)
        if current != text
    ]


def _pages(course: Course) -> list[tuple[Path, str, str]]:
    """The pages that have a list, with their text, and with what it should be."""
    paths = (course.root / name for name in PAGES)
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths if path.is_file()]
    with_list = [(path, text) for path, text in texts if BEGIN in text]
    rows = _rows(course) if with_list else []
    return [(path, text, _with_list(course, rows, path, text)) for path, text in with_list]


def _with_list(course: Course, rows: list[list[str]], page: Path, text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not end or BEGIN in rest:
        raise CourseError(f"{course.told(page)}: one {BEGIN} is followed by one {END}, each in a line of its own")
    return f"{before}{BEGIN}\n\n{_table(rows, old)}\n{END}{after}"


def rows_of(course: Course) -> list[list[str]]:
    """The list as README.md has it, its head first: cells in Markdown, with the columns that somebody added. Raises CourseError."""
    readme = course.root / PAGES[0]
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    return _with_added(_rows(course), text.partition(BEGIN)[2].partition(END)[0])[0]


def _rows(course: Course) -> list[list[str]]:
    return [[f"`{name}`", *_about(course, name)] for name in (*course.assignments, *course.lessons)]


def _with_added(rows: list[list[str]], old: str) -> tuple[list[list[str]], list[str]]:
    """Head and rows with the columns that the `old` table has beyond ours, and the line between head and rows."""
    kept = {cells[0]: cells[len(COLUMNS) :] for cells in map(_cells, old.strip().splitlines())}
    added = kept.get(COLUMNS[0], [])
    rule = ["---", "---", "--:", *kept.get("---", ["---"] * len(added))]
    return [[*COLUMNS, *added], *([*row, *(kept.get(row[0]) or [""] * len(added))] for row in rows)], rule


def _table(rows: list[list[str]], old: str) -> str:
    """The list as a table, with the columns that the `old` one has beyond ours."""
    cells, rule = _with_added(rows, old)
    lines = ["".join(f"| {cell} " if cell else "| " for cell in row) + "|\n" for row in cells]
    return "".join([lines[0], f"|{'|'.join(rule)}|\n", *lines[1:]])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in BAR.split(line.strip().removeprefix("|").removesuffix("|"))]


def _about(course: Course, name: str) -> tuple[str, str]:
    """The title of a notebook, which is its first heading, with where else it can be opened; and its points."""
    script = read_script(course.script(name))
    texts = [cell.source for cell in script.notebook.cells if cell.cell_type == "markdown" and not grade_id(cell)]
    titles = re.findall(r"^# +(.+?) *$", "\n\n".join(texts), flags=re.MULTILINE)
    title = BAR.sub(r"\\|", titles[0]) if titles else name
    links = ", ".join(f"[{where}]({address})" for where, address in open_in(course, name).items())
    title += f" (open in {links})" if links else ""
    points = points_in(script.notebook).values()
    return title, f"{sum(points):g}" if points else "not graded"
