"""A notebook's first cell finds the course from wherever it is run, or says in one sentence what to do; links to other places."""

import functools
import http.server
import json
import re
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from outside import without_this_repository

from autograde.authoring.finding import finding, open_in
from autograde.authoring.listing import write_lists
from autograde.authoring.new import new_course
from autograde.authoring.script import read_script
from autograde.course import CourseError, load, this_course

CELLS = """
import json, os, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder)]  # nothing of ours is installed
shell, path, said = InteractiveShell.instance(colors="nocolor"), sys.path[:], []
cell, runs = json.load(sys.stdin)
for folder, variables in runs:
    os.chdir(folder)
    sys.path[:] = path
    sys.modules.pop("helpers", None)
    shell.user_ns.pop("__vsc_ipynb_file__", None)
    shell.user_ns.update(variables)
    with capture_output() as captured:
        shell.run_cell(cell)
    said.append((captured.stdout + captured.stderr).strip())
print(json.dumps(said))
"""


def first_cells(course, *runs, installed=None):
    """What the cell puts out that finds the course and then says which one it found, once for each run, in one process.

    runs: the folder each is run in, and variables that are there before, as VS Code has one. installed: the folder with
    packages that are.
    """
    cell = finding(course) + "import helpers\nprint(helpers.__file__)"
    environment = {**without_this_repository(), **({"PYTHONPATH": str(installed)} if installed else {})}
    ran = subprocess.run(
        [sys.executable, "-c", CELLS], input=json.dumps([cell, [(str(folder), given) for folder, given in runs]]),
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def copy_of_a_course(folder):
    """The least that a course has; the file that says that it was found."""
    for path in (folder / "helpers" / "cases", folder / "notebooks" / "a"):
        path.mkdir(parents=True)
    (folder / "helpers" / "__init__.py").write_text("check = print\n")
    return folder / "helpers" / "__init__.py"


def test_a_course_is_found_above_and_beside_and_else_where_it_is_installed(tmp_path):
    home, other = tmp_path / "home", tmp_path / "other"
    (home / "desktop" / "deep").mkdir(parents=True)
    course, older, elsewhere, installed = map(
        copy_of_a_course, (home / "descent", home / "descent-old", other / "descent", tmp_path / "installed")
    )
    in_course = {"__vsc_ipynb_file__": str(home / "descent" / "notebooks" / "a" / "a.ipynb")}
    runs = {
        "in JupyterLab": (home / "descent" / "notebooks" / "a", {}, course),
        "from the course's folder": (home / "descent", {}, course),
        "where the course was unzipped": (home, {}, course),
        "a notebook that was moved": (home / "desktop" / "deep", {}, course),
        "an older copy beside a newer one": (home / "descent-old" / "notebooks" / "a", {}, older),
        "from another working directory": (other, {}, elsewhere),
        "VS Code, in the same one": (other, in_course, course),
        "no copy above or beside": (tmp_path, {}, installed),
    }
    told = ((folder, given) for folder, given, _ in runs.values())
    said = first_cells(this_course(), *told, installed=tmp_path / "installed")
    assert dict(zip(runs, said, strict=True)) == {name: str(found) for name, (_, _, found) in runs.items()}


def test_where_there_is_no_course_one_sentence_says_what_to_do(tmp_path):
    (tmp_path / "none" / "helpers").mkdir(parents=True)  # somebody else's
    copy_of_a_course(tmp_path / "bare").write_text("import nunpy\n")
    none, bare = first_cells(this_course(), (tmp_path / "none", {}), (tmp_path / "bare", {}))
    assert none == (
        "The course cannot be used here (cannot import name 'check' from 'helpers' (unknown location)): move this notebook "
        "into the folder 'descent', or choose the kernel of the Python that has the course, and run this cell again."
    )
    assert bare.startswith("The course cannot be used here (No module named 'nunpy'): ")
    assert len(bare.splitlines()) == 1


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path):
    """Address of a repository with a course, on a server of this machine."""
    copy_of_a_course(tmp_path / "work")
    (tmp_path / "work" / "helpers" / "cases" / "a.json").write_text("{}")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["commit", "-qm", "a"],
        ["clone", "-q", "--bare", ".", "../served/a-course"],
    ):
        subprocess.run([*git, *words], cwd=tmp_path / "work", check=True, capture_output=True)
    subprocess.run(["git", "update-server-info"], cwd=tmp_path / "served" / "a-course", check=True)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path / "served"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/a-course"
    server.shutdown()


def test_what_the_sentence_says_for_colab_fetches_the_course(tmp_path, served, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    here = tmp_path / "content"
    here.mkdir()
    course = replace(this_course(), repository=served)
    command = re.search(r"in Colab or Kaggle, run !(.+) in a new cell", sentence(course))[1]
    subprocess.run(command, shell=True, cwd=here, check=True)
    assert first_cells(course, (here, {})) == [str(here / "descent" / "helpers" / "__init__.py")]


def sentence(course):
    """What the cell says where it finds no course, as it stands there."""
    written = finding(course).partition("except ImportError")[2].partition("].copy")[0]
    return "".join(re.findall(r'"(.*)"', written))


# The repository in course.toml


def course_with(tmp_path, address):
    new_course(tmp_path / "c")
    with (tmp_path / "c" / "course.toml").open("a", encoding="utf-8") as file:
        file.write(f'repository = "{address}"\n')
    return load(tmp_path / "c")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://github.com/me/my-course", "me/my-course/blob/main"),
        ("https://github.com/me/my.course.git", "me/my.course/blob/main"),
        ("https://github.com/me/my-course/tree/autumn/2", "me/my-course/blob/autumn/2"),
        ("https://github.com/me/my-course/", "me/my-course/blob/main"),
    ],
)
def test_a_repository_on_github_gives_links(tmp_path, address, place):
    course = course_with(tmp_path, address)
    cells = read_script(course.script("first_steps")).notebook.cells
    notebook = f"{place}/notebooks/first_steps/first_steps.ipynb"
    colab = f"https://colab.research.google.com/github/{notebook}"
    kaggle = f"https://kaggle.com/kernels/welcome?src=https://github.com/{notebook}"
    assert cells[0].source.splitlines()[:3] == [
        "# A line through points", "", f"[Open in Colab]({colab}) · [Open in Kaggle]({kaggle})",
    ]  # fmt: skip
    write_lists(course)
    for page in ("README.md", "STUDENTS.md"):
        text = (tmp_path / "c" / page).read_text(encoding="utf-8")
        assert f"| A line through points (open in [Colab]({colab}), [Kaggle]({kaggle})) | 100 |" in text


def test_a_branch_is_what_is_fetched(tmp_path):
    course = course_with(tmp_path, "https://github.com/me/my-course/tree/autumn")
    assert "run !git clone -q -b autumn https://github.com/me/my-course c in a new cell" in sentence(course)


def test_elsewhere_and_without_a_repository_there_are_no_links(tmp_path):
    assert open_in(course_with(tmp_path, "https://git.example.org/me/my-course"), "first_steps") == {}
    assert this_course().repository == ""
    assert open_in(this_course(), this_course().assignments[0]) == {}


@pytest.mark.parametrize(
    "address", ["github.com/me/x", "git@github.com:me/x", "https://a.b/c; rm -rf ~", "https://a.b/{x}"]
)
def test_what_is_no_address_is_refused(tmp_path, address):
    with pytest.raises(CourseError, match=r"course.toml, line \d+: 'repository' has to be an address"):
        course_with(tmp_path, address)
