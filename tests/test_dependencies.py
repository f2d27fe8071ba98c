"""Whatever is imported is declared in pyproject.toml itself, not got by way of another, and students get what they need."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograde.authoring.release import student_pyproject
from autograde.course import this_course

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAIN = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
FOR_STUDENTS = ("checking", "helpers", "solutions")  # of a solution, the notebook is made
TOPS = (*FOR_STUDENTS, "autograde", "tests", "benchmarks", "datasets")
PATHS = (".", "tests", "datasets", "datasets/signs")  # from which the modules of this project are imported
BY_NAME = ("importorskip", "import_module")
DISTRIBUTIONS = packages_distributions()


def modules_in(source):
    """The first parts of the names of all modules that a source imports."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(level=0, module=str(module)):
                names = [module]
            case ast.Call(
                func=ast.Attribute(attr=called) | ast.Name(id=called), args=[ast.Constant(value=str(name)), *_]
            ) if called in BY_NAME:
                names = [name]
            case _:
                continue
        yield from (name.partition(".")[0] for name in names)


def imported_by(*tops):
    """{module that is neither Python's nor ours: files that import it}."""
    ours = {
        path.stem for folder in PATHS for path in (ROOT / folder).iterdir() if path.suffix == ".py" or path.is_dir()
    }
    found = {}
    for path in (path for top in tops for path in sorted((ROOT / top).rglob("*.py"))):
        for module in modules_in(path.read_text(encoding="utf-8")):
            if module not in sys.stdlib_module_names | ours:
                found.setdefault(module, set()).add(path.relative_to(ROOT).as_posix())
    return found


def undeclared(imported, requirements):
    """Modules that none of these requirements stands for. What is not installed is taken to be called as its module."""
    names = {canonicalize_name(Requirement(line).name) for line in requirements}
    return {
        module: sorted(files)
        for module, files in imported.items()
        if names.isdisjoint(map(canonicalize_name, DISTRIBUTIONS.get(module, [module])))
    }


def test_the_engine_declares_what_it_imports():
    assert undeclared(imported_by("autograde"), [*MAIN, *EXTRAS["cluster"]]) == {}


def test_who_grades_on_one_machine_needs_nothing_of_a_cluster():
    names = [Requirement(line).name for line in EXTRAS["cluster"]]
    program = f"""
import sys
sys.modules.update(dict.fromkeys({names!r}))  # an import of them fails, as where they are not installed
import autograde.campus.service, autograde.cli, autograde.running.run
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_students_get_what_checking_and_helpers_import():
    project = tomllib.loads(student_pyproject())["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["tensorflow"], *extras["original"]]
    assert undeclared(imported_by(*FOR_STUDENTS), needed) == {}


def test_students_get_nothing_that_only_the_engine_imports():
    imported = imported_by(*FOR_STUDENTS)
    needed = {canonicalize_name(name) for module in imported for name in DISTRIBUTIONS.get(module, [module])}
    for_engine = {
        canonicalize_name(name) for module in imported_by("autograde") for name in DISTRIBUTIONS.get(module, [module])
    } - needed
    given = {Requirement(line).name for line in tomllib.loads(student_pyproject())["project"]["dependencies"]}
    assert given & for_engine == {"jupyterlab"}, "which they start themselves"


def with_what_they_need(requirements):
    """{name of a package that is installed for these requirements here, theirs included: its distribution}."""
    found, left = {}, [(line, frozenset()) for line in requirements]
    while left:
        line, extras = left.pop()
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            continue
        if name not in found or requirement.extras:
            found[name] = distribution(name)
            left += [(needed, frozenset(requirement.extras)) for needed in found[name].requires or ()]
    return found


def test_the_light_set_up_is_as_light_as_its_readme_says():
    """Sizes are those that the packages' own lists of files have; what Python compiles of them comes on top."""
    project = tomllib.loads(student_pyproject())["project"]
    light = with_what_they_need(project["dependencies"])
    assert not {"tensorflow", "tensorflow-cpu", "tensorboard", "keras", "scipy", "nbgrader"} & set(light)
    full = with_what_they_need([*project["dependencies"], *project["optional-dependencies"]["tensorflow"]])
    assert {"tensorboard", "keras"} <= set(full)
    megabytes = sum(file.size or 0 for package in light.values() for file in package.files) / 1e6
    said = re.search(r"(\d+) MB to download and (\d+) MB of disk", (ROOT / "STUDENTS.md").read_text(encoding="utf-8"))
    assert int(said[1]) < megabytes < int(said[2]) < 600


def test_tests_and_benchmarks_declare_what_they_import():
    given = [*MAIN, *EXTRAS["tensorflow"], *EXTRAS["dev"], *EXTRAS["signs"], *EXTRAS["cluster"]]
    assert undeclared(imported_by("tests", "benchmarks"), given) == {}


def test_what_makes_the_data_sets_is_declared():
    assert undeclared(imported_by("datasets"), [*MAIN, *EXTRAS["dev"], *EXTRAS["signs"]]) == {}


@pytest.mark.parametrize("requirement", [*MAIN, *(line for extra in EXTRAS.values() for line in extra)])
def test_a_declared_range_has_the_pinned_version_in_it(requirement):
    declared = Requirement(requirement)
    lines = (this_course().root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [pin for pin in map(Requirement, filter(None, lines)) if canonicalize_name(pin.name) == declared.name]
    assert pins, f"constraints.txt does not pin {declared.name}"
    for pin in pins:
        (version,) = pin.specifier
        assert declared.specifier.contains(version.version), f"{pin} is not in {declared.specifier}"


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import traitlets.config", "traitlets"),
        ("def f():\n    from nbformat import v4", "nbformat"),
        ("import pytest\nm = pytest.importorskip('keras.layers')", "keras"),
        ("from . import linux", None),
    ],
)
def test_every_kind_of_import_is_found(source, module):
    assert set(modules_in(source)) - {"pytest"} == ({module} if module else set())


def test_what_comes_by_way_of_another_is_undeclared():
    assert undeclared({"yaml": {"a.py"}, "numpy": {"a.py"}}, ["numpy>=1"]) == {"yaml": ["a.py"]}
