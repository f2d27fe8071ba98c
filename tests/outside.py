"""This project as others get it: a copy of what is committed, its wheel, and an environment with nothing else of it."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from autograde.course import ENGINE

# What the small course of `course new` does without. This project itself comes from its wheel.
LEFT_OUT = ("__editable__*", "descent-*", "tensorflow*", "keras*", "playwright*", "mitsuba*", "sklearn*")


def copy_of_this_repository(folder: Path) -> Path:
    """What git has or would take of this repository, copied into `folder`, which it makes; `folder`."""
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ENGINE, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, said.stdout.split("\0")):
        if (ENGINE / name).is_file() and not (
            ENGINE / name
        ).is_symlink():  # a file may be deleted and not yet committed
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ENGINE / name, folder / name)
    return folder


def wheel_of(project: Path, into: Path) -> Path:
    """Build a project's wheel, with the setuptools that are here, so without the network; its path."""
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    into.mkdir()
    subprocess.run([sys.executable, "-c", build, str(into)], cwd=project, check=True, capture_output=True)
    return next(into.glob("*.whl"))


def environment_with(wheel: Path, folder: Path) -> Path:
    """A new virtual environment that has the wheel and what is installed here; the folder of its commands.

    What is installed here is linked into it: a box sees the environment of Python and no other folder with packages.
    """
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    here = Path(sysconfig.get_path("purelib"))
    there = folder / here.relative_to(sys.prefix)
    shutil.copytree(
        here, there, copy_function=_link, ignore=shutil.ignore_patterns("pip*", *LEFT_OUT), dirs_exist_ok=True
    )
    shutil.copytree(Path(sys.prefix, "share"), folder / "share", copy_function=_link)
    commands = folder / "bin"
    for name in ("alembic", "bwrap"):
        if Path(sys.prefix, "bin", name).exists():
            _link(Path(sys.prefix, "bin", name), commands / name)
    install = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([commands / "python", *install], check=True, capture_output=True)
    return commands


def without_this_repository() -> dict[str, str]:
    """The environment variables of a process that must not find this course or this engine."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DESCENT_COURSE")}


def _link(source, target) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another file system
        shutil.copy2(source, target)
