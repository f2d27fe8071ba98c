"""What the terminal shows at the end: tables that fit it, and all of them where there is no terminal."""

import os
import subprocess
import sys

import pytest

from autograde.authoring.new import new_course
from autograde.course import ENGINE, VARIABLE, command_for_this, this_course, use
from autograde.paths import COMMAND
from autograde.running.summary import print_table

NAMES = [f"assignment_{i}" for i in range(11)]
TABLE = [["student", *NAMES], ["ada", *map(str, range(11))], ["a long name", *["100"] * 11]]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_table_wider_than_the_terminal_comes_in_several_each_with_the_students(columns, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    print_table(TABLE)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    heads = [line.split() for line in lines if line.startswith("student")]
    assert len(heads) > 1
    assert [name for _, *names in heads for name in names] == NAMES
    assert [cell for line in lines if line.startswith("ada") for cell in line.split()[1:]] == TABLE[1][1:]


def test_in_a_file_it_is_one_table(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    print_table(TABLE)
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="a virtual environment is laid out otherwise there")
@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("has_script", [True, False])
def test_the_command_that_is_named_can_be_given_as_it_is(tmp_path, is_active, has_script):
    """By a shell in the same folder, in an environment that is active or is not, and where only Python can be called."""
    programs = tmp_path / "a folder" / ".venv" / "bin"
    programs.mkdir(parents=True)
    paths = [str(ENGINE), *(path for path in sys.path if path)]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(paths), "HOME": str(tmp_path)}
    (programs / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (programs / "python").chmod(0o755)
    if has_script:
        (programs / "course").write_text(f'#!/bin/sh\nexec {sys.executable} -m autograde "$@"\n')
        (programs / "course").chmod(0o755)
    if is_active:
        environment["PATH"] = f"{programs}:{environment['PATH']}"
    say = f"import sys; sys.executable = {str(programs / 'python')!r}; from autograde.paths import COMMAND; print(COMMAND)"
    here = programs.parents[1]
    said = subprocess.run(
        [sys.executable, "-c", say], cwd=here, env=environment, capture_output=True, text=True, check=True
    )
    named = said.stdout.strip()
    assert (
        named
        == {
            (True, True): "course",
            (True, False): "python -m autograde",
            (False, True): ".venv/bin/course",
            (False, False): ".venv/bin/python -m autograde",
        }[is_active, has_script]
    )
    ran = subprocess.run(
        f"{named} lab --help", shell=True, cwd=here, env=environment, capture_output=True, text=True, check=False
    )
    assert "Open JupyterLab" in ran.stdout, ran.stderr


def test_elsewhere_the_command_that_is_named_says_which_course(tmp_path, monkeypatch, request):
    new_course(tmp_path / "a course")
    request.addfinalizer(this_course.cache_clear)
    monkeypatch.setattr("sys.path", [*sys.path])
    named = []
    for here in (tmp_path, tmp_path / "a course" / "solutions"):
        monkeypatch.chdir(here)
        monkeypatch.setenv(VARIABLE, "")
        use(tmp_path / "a course")
        named.append(command_for_this().removeprefix(COMMAND))
    assert named == [" --course 'a course'", ""]


@pytest.mark.parametrize("course", [None, ENGINE], ids=["by_folder", "by_the_environment"])
def test_in_a_folder_that_was_removed_a_line_says_so(course, tmp_path):
    here = tmp_path / "gone"
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment |= {"PYTHONPATH": str(ENGINE)} | ({VARIABLE: str(course)} if course else {})
    for words, code in (("--help", 0), ("new course", 2), ("check", 2)):
        script = f'rmdir "{here}"; exec "{sys.executable}" -m autograde {words}'
        here.mkdir()
        ran = subprocess.run(
            ["sh", "-c", script], cwd=here, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == code, ran.stderr
        said = "course: the folder in which this was called has been removed: go to another one\n" if code else ""
        assert ran.stderr == said
