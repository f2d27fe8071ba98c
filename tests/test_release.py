"""The zip that students get: the same bytes every time, and it works unzipped, without the rest of the repository."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import nbformat
import pytest
from outside import wheel_of

from autograde.authoring import release as release_module
from autograde.authoring.new import new_course
from autograde.authoring.release import student_pyproject, write_release
from autograde.authoring.sample import SampleNotebook
from autograde.course import CourseError, load, this_course


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    write_release(folder / "descent.zip")
    with zipfile.ZipFile(folder / "descent.zip") as archive:
        archive.extractall(folder)
    return folder / "descent"


def test_it_has_what_students_need_and_nothing_of_the_grader(release):
    names = {p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()}
    assert {f"notebooks/{a}/{a}.ipynb" for a in this_course().assignments} <= names
    assert {
        "README.md",
        "pyproject.toml",
        "constraints.txt",
        "environment.yml",
        "LICENSE",
        "checking/check.py",
    } <= names
    assert not [n for n in names if n.split("/")[0] in ("autograde", "solutions", "tests", "build")]


def test_the_same_course_gives_the_same_bytes(release, tmp_path):
    write_release(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (release.parent / "descent.zip").read_bytes()


def test_its_project_file_asks_for_nothing_that_only_instructors_need(release):
    project = tomllib.loads((release / "pyproject.toml").read_text())["project"]
    needed = " ".join(project["dependencies"])
    assert "jupyterlab" in needed
    assert "numpy" in needed
    assert "nbgrader" not in needed


def test_data_that_may_not_be_passed_on_stay_behind(tmp_path, monkeypatch):
    new_course(tmp_path / "course")
    original = tmp_path / "course" / "datasets" / "original"
    original.mkdir()
    for name in ("README.md", "photographs.h5", "digits.gz", "points.csv"):
        (original / name).write_text("what it is")
    (original.parent / "points.csv").write_text("x1,x2,label\n")
    course = load(tmp_path / "course")
    for path in map(course.notebook, course.handed_out):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    monkeypatch.setattr(release_module, "this_course", lambda: course)
    names = [name for name in release_module.release_files() if name.startswith("datasets/")]
    assert sorted(names) == ["datasets/README.md", "datasets/original/README.md", "datasets/points.csv"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", {"name": "a-course", "version": "1"}),
        ('[project]\nname = "own"\nversion = "2"\n', {"name": "own", "version": "2"}),
        ("""[project]\ndependencies = ['a; os_name == "nt"', "nbgrader"]""", {"dependencies": ['a; os_name == "nt"']}),
        ('[project]\ndescription = "\\"A\\""', {"description": '"A": a student\'s copy'}),
        ('[project.optional-dependencies]\ngpu = ["b"]\ndev = ["c"]', {"optional-dependencies": {"gpu": ["b"]}}),
        ("[tool.ruff]\nline-length = 100\n", {"name": "a-course"}),
    ],
)
def test_what_a_courses_project_file_leaves_out_is_filled_in(tmp_path, monkeypatch, written, kept):
    new_course(tmp_path / "a course")
    monkeypatch.setattr(release_module, "this_course", lambda: load(tmp_path / "a course"))
    (tmp_path / "a course" / "pyproject.toml").write_text(written)
    project = tomllib.loads(student_pyproject())["project"]
    hub = project["optional-dependencies"].pop("hub")
    assert [re.match(r"\w+", line)[0] for line in hub] == ["nbgrader", "jupyterhub"]
    assert {key: project[key] for key in kept} == kept
    assert "dependencies" in kept or any(d.startswith("numpy") for d in project["dependencies"])


def test_a_project_file_that_is_no_toml_is_refused(tmp_path, monkeypatch):
    new_course(tmp_path / "course")
    monkeypatch.setattr(release_module, "this_course", lambda: load(tmp_path / "course"))
    (tmp_path / "course" / "pyproject.toml").write_text("[project")
    with pytest.raises(CourseError, match=r"pyproject.toml: this is no TOML"):
        student_pyproject()


def test_a_notebook_that_was_moved_runs_with_the_release_beside_it(release, tmp_path):
    """With `autograde` and `solutions` made impossible to import; `helpers` is taken from the unzipped folder."""
    work = SampleNotebook(this_course().assignments[0])
    work.solve(work.functions[0])
    work.notebook.cells = [c for c in work.notebook.cells if "tags" not in c.metadata]
    work.notebook.cells.append(nbformat.v4.new_code_cell("import helpers\nhelpers.__file__"))
    folder = release.parent / "desktop"
    folder.mkdir()
    nbformat.write(work.notebook, folder / "mine.ipynb")
    for name in ("autograde", "solutions"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('students do not have this')")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "--output", "ran"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    subprocess.run(
        [*command, str(folder / "mine.ipynb")], check=True, capture_output=True, env=environment, cwd=tmp_path
    )
    text = (folder / "ran.ipynb").read_text(encoding="utf-8")
    assert (release / "helpers" / "__init__.py").as_posix() in text
    assert f"{work.functions[0]} · right" in text
    assert f"{work.functions[1]} · not started yet" in text


def doctor(folder, *options):
    """What `python -m helpers.doctor` says in a folder that a student has. options: of Python itself."""
    command = [sys.executable, *options, "-m", "helpers.doctor"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)


def test_the_doctor_finds_it_healthy(release):
    ran = doctor(release)
    assert ran.returncode == 0, ran.stdout
    assert "✗" not in ran.stdout


def test_the_doctor_says_what_is_missing_and_what_to_do(release, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(release, broken)
    (broken / "datasets" / "circles_train.csv").write_text("x1,x2,label\n")
    ran = doctor(broken)
    assert ran.returncode == 1
    assert "circles_train.csv" in ran.stdout
    assert "Traceback" not in ran.stderr


def test_the_doctor_needs_none_of_the_packages_that_it_looks_for(release):
    ran = doctor(release, "-S")  # without site-packages
    assert ran.returncode == 1
    assert ran.stderr == ""
    assert "✗ numpy is not installed: in the course's folder, run: " in ran.stdout
    assert ran.stdout.count("No module named 'numpy'") == 2  # of cases, data


def test_without_tensorflow_the_doctor_and_the_notebook_say_how_to_get_it(release):
    code = "import importlib.util as u; find = u.find_spec; u.find_spec = lambda n, *a: None if n == 'tensorflow' else find(n, *a)"
    code += "; from helpers.doctor import examine_machine; print(examine_machine())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=release, check=True).stdout
    command = f'{sys.executable} -m pip install -c constraints.txt -e ".[tensorflow]"'
    assert [line for line in said.splitlines() if line[0] != "✓"] == [
        f"· TensorFlow is not installed. Notebooks that train with it need it: in the course's folder, run: {command}",
        "0",
    ]
    code = "import sys; sys.modules['tensorflow'] = None\ntry: import helpers.signs\n"
    code += "except ImportError as error: print(*error._render_traceback_())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=release, check=True).stdout
    assert said == (
        f"This notebook needs TensorFlow, which is not installed: in a terminal, in the folder '{release}', run "
        f"{command} and then restart the kernel.\n"
    )


def test_without_numpy_check_says_what_to_do(release):
    code = "import sys; sys.modules['numpy'] = None; from helpers import check"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=release, check=False)
    assert ran.stderr.splitlines()[-1].endswith("what else is missing says python -m helpers.doctor")


def test_it_works_installed_from_a_wheel(release, tmp_path):
    """As `pip install .` does it, without -e: what helpers read lies beside them."""
    copy = shutil.copytree(release, tmp_path / "copy")
    with zipfile.ZipFile(wheel_of(copy, tmp_path / "wheel")) as wheel:
        wheel.extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    code = "import helpers; from helpers.data import *; load_circles(); load_signs(); print(helpers.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    assert ran.stdout.startswith(str(tmp_path / "installed")), ran.stderr
