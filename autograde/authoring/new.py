"""`course new`: a small course that runs, or one more assignment in a course, to be written over."""

import contextlib
import keyword
import re
import tomllib
from pathlib import Path

from autograde.course import FILE, NAME, Course, CourseError, load
from autograde.files import write_atomically
from autograde.paths import TEMPLATES

FIRST = "first_steps"
KINDS = ("notebook", "questions", "variants")


def new_course(folder: Path) -> None:
    """Make a course of one assignment in a new folder, ready for `course build`. Raises CourseError."""
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(f"'{folder}' is not empty: give a new folder")
    words = re.findall(r"[A-Za-z0-9]+", folder.resolve().name)
    name = "_".join(words).lower()
    if not NAME.fullmatch(name):
        name = f"course_{name}".rstrip("_")
    title = " ".join(words).capitalize() or "A course"
    for path in ("README.md", "STUDENTS.md", FILE):
        _write(folder / path, f"{path}.txt", name=name, title=title)
    _write(folder / "helpers" / "__init__.py", "helpers.py.txt")
    _write(folder / "solutions" / "start" / "notebook.py", "start.py.txt", title=title)
    write_atomically(
        b"Small files that are handed out with the notebooks, and where they come from.\n",
        folder / "datasets" / "README.md",
    )
    write_atomically(b"build/\ndist/\nnotebooks/progress/\n__pycache__/\n.ipynb_checkpoints/\n", folder / ".gitignore")
    new_assignment(folder, FIRST)


def new_assignment(folder: Path, name: str) -> None:
    """Add an assignment to a course, which builds and passes as it is. Raises CourseError."""
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CourseError(f"'{name}' cannot be the name of an assignment: letters, digits and _ only, a letter first")
    course = load(folder)
    if name in course.handed_out or course.script(name).parent.exists():
        raise CourseError(f"there is an assignment '{name}' already")
    text = (folder / FILE).read_text(encoding="utf-8")
    added = _with_assignment(name, text, course)
    for kind in KINDS:
        _write(course.script(name).with_name(f"{kind}.py"), f"{kind}.py.txt", assignment=name)
    write_atomically(added, folder / FILE)


def _with_assignment(name: str, text: str, course: Course) -> str:
    """course.toml with one assignment more, all else as it was. Raises CourseError where its list is not understood."""
    if found := re.search(r"^assignments *= *\[", text, re.MULTILINE):
        place, added = found.end(), f'\n  "{name}",'
        if course.assignments and (last := re.search(rf"""(["']){course.assignments[-1]}\1""", text[place:])):
            place, added = place + last.end(), f',\n  "{name}"'
        longer = text[:place] + added + text[place:]
        with contextlib.suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(longer)["assignments"] == [*course.assignments, name]:
                return longer
    raise CourseError(
        f"{FILE}: write the list as 'assignments = [', a name in quotes a line, and no comment among them"
    )


def _write(path: Path, template: str, **values: str) -> None:
    text = (TEMPLATES / "course" / template).read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    write_atomically(text, path)
