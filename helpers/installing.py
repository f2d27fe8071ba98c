"""The command that installs the course or more of it: for a terminal, in the course's folder, for the Python that runs this."""

import shlex
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]


def install(extra: str = "") -> str:
    """The words to type. extra: of pyproject.toml, what the course can do without, such as "tensorflow"."""
    python = Path(sys.executable)
    if python.is_relative_to(FOLDER):
        python = python.relative_to(FOLDER)
    quoted = subprocess.list2cmdline([str(python)]) if sys.platform == "win32" else shlex.quote(str(python))
    what = f'".[{extra}]"' if extra else "."  # zsh takes bare brackets for a pattern
    return f"{quoted} -m pip install -c constraints.txt -e {what}"
