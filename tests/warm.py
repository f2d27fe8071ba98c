"""Commands and kernels for tests, forked out of a process that has imported what they import: a second or more less for each.

    with warm("tensorflow") as python:  # in place of sys.executable
        subprocess.run([*python, "-m", "autograde", "build"])

What it is about how something starts (where it is installed, on which signals it ends) is tested with new processes.
"""

import atexit
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from waiting import wait_until

from autograde.course import ENGINE

FOR_COMMANDS = (
    "autograde.cli",
    "autograde.running.run",
    "autograde.running.worker",
    "autograde.records.gradebook",
    "autograde.campus.service",
    "autograde.serving.formgrader",
    "multiprocessing.popen_forkserver",
    *("jupytext", "sqlalchemy.dialects.sqlite"),  # which the engine imports where it uses them
)
NBGRADER = "nbgrader.apps.nbgraderapp"  # which makes more be logged, so `course` has it only where it is used
FOR_KERNELS = ("ipykernel.kernelapp", "matplotlib.pyplot")
HERE = Path(__file__).parent


@contextlib.contextmanager
def warm(*modules: str, **environment: str) -> Iterator[list[str]]:
    """What stands before `-m MODULE ...` in a command. modules, environment: what the process has that is forked."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "socket")
        source = subprocess.Popen(
            [sys.executable, HERE / "warm_source.py", place, *modules],
            env={**os.environ, "PYTHONPATH": str(ENGINE), **environment},
            stdin=subprocess.PIPE,  # whose end it sees, however this process ends
            stderr=subprocess.DEVNULL,
        )
        try:
            assert wait_until(lambda: place.exists() or source.poll() is not None, 90)
            assert source.poll() is None
            yield [sys.executable, "-I", "-S", str(HERE / "warm_command.py"), str(place)]
        finally:
            source.terminate()
            source.wait(30)


_open = contextlib.ExitStack()
atexit.register(_open.close)


@cache
def warm_python(*more: str) -> list[str]:
    """The same for commands of `course`, from one process for as long as this one lives. more: modules that it has besides."""
    return _open.enter_context(warm(*FOR_COMMANDS, *more))


def ran_course(
    *words, cwd: Path, environment: Mapping[str, str] | None = None, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """What came of a command of `course`. timeout: seconds."""
    command = [*warm_python(), "-m", "autograde", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=timeout
    )


def kernels_of(python: list[str]) -> type[AsyncKernelManager]:
    """What nbclient starts kernels with, so that they are forked."""

    class WarmKernels(AsyncKernelManager):
        def format_kernel_cmd(self, extra_arguments=None):
            return [*python, *super().format_kernel_cmd(extra_arguments)[1:]]

    return WarmKernels
