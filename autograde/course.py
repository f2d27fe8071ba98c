"""The course that is worked on: what `course.toml` says, and where everything of the course lies.

Which course that is, the environment says (VARIABLE, which `course --course FOLDER` sets); without that it is the nearest
`course.toml` upwards from the working directory, and at last the course that this engine came with.
"""

import os
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograde.paths import COMMAND, typed

FILE = "course.toml"
VARIABLE = "DESCENT_COURSE"
ENGINE = Path(__file__).resolve().parents[1]  # where this package and `checking` lie
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")  # of an assignment: a folder's, a module's and nbgrader's
# Of a repository, and, as GitHub writes it, of a branch of it. Students copy it into a command, so no other character is in it.
ADDRESS = re.compile(r"(?P<repository>https?://[\w.:/~-]+?)(/tree/(?P<branch>[\w./-]+))?/?", re.ASCII)


class CourseError(Exception):
    """The files of a course do not say what they must. The message is one line: file, line, what to do."""


@dataclass(frozen=True)
class Course:
    """One course.

    assignments: in order. lessons: notebooks without points. front: the notebook with which students begin, or "". packages:
    what they import besides NumPy, as pip names it, where the course has no pyproject.toml of its own. repository: its public
    address, or ""; branch: of it, "" for its main one.
    """

    root: Path
    name: str
    title: str
    assignments: tuple[str, ...]
    lessons: tuple[str, ...] = ()
    front: str = ""
    packages: tuple[str, ...] = ()
    repository: str = ""
    branch: str = ""

    @property
    def helpers(self) -> Path:
        """What notebooks import."""
        return self.root / "helpers"

    @property
    def cases(self) -> Path:
        """The visible cases, one file an assignment. Derived."""
        return self.helpers / "cases"

    @property
    def datasets(self) -> Path:
        """Small files that are handed out with the notebooks."""
        return self.root / "datasets"

    @property
    def notebooks(self) -> Path:
        """The student's notebooks. Derived."""
        return self.root / "notebooks"

    @property
    def ungraded(self) -> tuple[str, ...]:
        """The notebooks that are handed out and not handed in: lessons, and the front page."""
        return (*self.lessons, *filter(None, [self.front]))

    @property
    def handed_out(self) -> tuple[str, ...]:
        """All notebooks that students get."""
        return (*self.assignments, *self.ungraded)

    @property
    def in_reading_order(self) -> tuple[str, ...]:
        """The same, as one comes upon them: the front page first, lessons last."""
        return (*filter(None, [self.front]), *self.assignments, *self.lessons)

    @property
    def contents(self) -> Path:
        """What notebooks there are, with their sections, minutes and points. Derived."""
        return self.helpers / "contents.json"

    @property
    def build(self) -> Path:
        """nbgrader's course folder: source/, release/, gradebook.db; and what is made while building. Not committed."""
        return self.root / "build"

    def script(self, name: str) -> Path:
        """The notebook of an assignment or a lesson as its author wrote it."""
        return self.root / "solutions" / name / "notebook.py"

    def questions(self, assignment: str) -> Path:
        """The cases, hints and named mistakes of an assignment."""
        return self.root / "solutions" / assignment / "questions.py"

    def variants(self, assignment: str) -> Path:
        """Other right solutions of an assignment, which have to get all points."""
        return self.root / "solutions" / assignment / "variants.py"

    def reference(self, assignment: str) -> Path:
        """What the reference solution returned for all cases. Derived."""
        return self.root / "solutions" / assignment / "reference.json"

    def notebook(self, name: str) -> Path:
        """The student's notebook of an assignment or a lesson; the front page lies above them. Derived."""
        folder = self.notebooks if name == self.front else self.notebooks / name
        return folder / f"{name}.ipynb"

    def told(self, path: Path) -> str:
        """A path of the course as messages name it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def here() -> Path:
    """The folder in which this process runs. Raises CourseError where it has been removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise CourseError("the folder in which this was called has been removed: go to another one") from None


@cache
def this_course() -> Course:
    """The course of this process. Raises CourseError."""
    folder = os.environ.get(VARIABLE)
    course = load(Path(folder) if folder else nearest(here()) or ENGINE)
    if str(course.root) not in sys.path:
        sys.path.insert(0, str(course.root))  # its `helpers`
    return course


def use(folder: Path | None) -> Course:
    """Make this the course of this process and of those that it starts. None: the nearest one. Raises CourseError."""
    if folder is None and VARIABLE not in os.environ and nearest(here()) is None:
        raise CourseError(
            f"there is no {FILE} here or further up: `course new FOLDER` makes a course, --course says where one is"
        )
    if folder is not None:
        os.environ[VARIABLE] = str(folder.resolve())
    this_course.cache_clear()
    course = this_course()
    os.environ[VARIABLE] = str(course.root)
    return course


def command_for_this() -> str:
    """How `course` is called in this folder to work on the course of this process."""
    root = this_course().root
    return COMMAND if nearest(here()) == root.resolve() else f"{COMMAND} --course {typed(root)}"


def nearest(folder: Path) -> Path | None:
    """The first folder with a course.toml from this one upwards."""
    return next((f for f in (folder.resolve(), *folder.resolve().parents) if (f / FILE).is_file()), None)


def load(folder: Path) -> Course:
    """Read a course.toml. Raises CourseError."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise CourseError(
            f"there is no '{path}': `course new FOLDER` makes a course, --course says where one is"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"'{path}' cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{FILE}: this is no TOML: {error}") from None

    def wrong(key: str, what: str) -> CourseError:
        word = re.compile(rf"""^\s*{re.escape(key)}\s*=|["']{re.escape(key)}["']""")
        line = next((i for i, words in enumerate(text.splitlines(), 1) if word.search(words.split("#")[0])), 1)
        return CourseError(f"{FILE}, line {line}: {what}")

    known = {
        **{"name": str, "title": str, "assignments": list, "lessons": list},
        **{"front": str, "packages": list, "repository": str},
    }
    for key, value in data.items():
        if key not in known:
            raise wrong(key, f"'{key}' is not known here; known are {', '.join(known)}")
        if not isinstance(value, known[key]) or (
            isinstance(value, list) and not all(isinstance(v, str) for v in value)
        ):
            kind = "text in quotes" if known[key] is str else 'a list of names, such as ["one", "two"]'
            raise wrong(key, f"'{key}' has to be {kind}")
    for key in ("name", "title", "assignments"):
        if not data.get(key) and data.get(key) != []:
            raise CourseError(f"{FILE}: '{key}' is missing")
    if not NAME.fullmatch(data["name"]):
        raise wrong("name", f"the course cannot be called '{data['name']}': letters, digits and _ only, a letter first")
    names = [*data["assignments"], *data.get("lessons", ()), *filter(None, [data.get("front")])]
    for name in names:
        if not NAME.fullmatch(name):
            raise wrong(
                name, f"'{name}' cannot be the name of an assignment: letters, digits and _ only, a letter first"
            )
        if names.count(name) > 1:
            raise wrong(name, f"'{name}' is there more than once")
        if not (script := folder / "solutions" / name / "notebook.py").is_file():
            raise wrong(name, f"'{name}' has no {script.relative_to(folder).as_posix()}")
    address: dict[str, str] = {}
    if said := data.get("repository"):
        found = ADDRESS.fullmatch(said)
        if not found:
            raise wrong("repository", "'repository' has to be an address such as \"https://github.com/me/my-course\"")
        address = found.groupdict("")
    return Course(
        folder.resolve(),
        data["name"],
        data["title"],
        tuple(data["assignments"]),
        tuple(data.get("lessons", ())),
        data.get("front", ""),
        tuple(data.get("packages", ())),
        **address,
    )


def in_order(assignments: Iterable[str]) -> list[str]:
    """Assignments in the order of the course, those that it does not know at the end."""
    known = this_course().assignments
    return sorted(assignments, key=lambda a: (known.index(a) if a in known else len(known), a))
