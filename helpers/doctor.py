"""Does this machine have what the course needs? `python -m helpers.doctor` says so, and what to do where it has not.

None of the packages that it looks for is imported before it has been looked for.
"""

import importlib.metadata
import importlib.util
import os
import platform
import sys
from pathlib import Path

from helpers import CASES
from helpers.installing import install

PYTHONS = ((3, 11), (3, 13))
NEEDED = ("numpy", "matplotlib", "h5py", "pillow", "ipywidgets", "anywidget", "tqdm", "jupyterlab")
INSTALL = f"in the course's folder, run: {install()}"
INSTALL_TENSORFLOW = f"in the course's folder, run: {install('tensorflow')}"
MARKS = {True: "✓", False: "✗", None: "·"}

Finding = tuple[bool | None, str]  # whether it is as it should be, None if one can do without it; and a sentence


def findings() -> list[Finding]:
    """What is found of each thing looked at."""
    return [_python(), *map(_package, NEEDED), *_tensorflow(), _cases(), *_data(), _writable()]


def _python() -> Finding:
    low, high = PYTHONS
    fits = low <= sys.version_info[:2] <= high
    wanted = f"{low[0]}.{low[1]} to {high[0]}.{high[1]}"
    advice = "" if fits else f" The course needs {wanted}: install one of these and set the course up again with it."
    return fits, f"Python {platform.python_version()} on {platform.system()}.{advice}"


def _package(name: str, advice: str = INSTALL) -> Finding:
    try:
        return True, f"{name} {importlib.metadata.version(name)}."
    except importlib.metadata.PackageNotFoundError:
        return False, f"{name} is not installed: {advice}"


def _tensorflow() -> list[Finding]:
    if importlib.util.find_spec("tensorflow") is None:
        return [(None, f"TensorFlow is not installed. Notebooks that train with it need it: {INSTALL_TENSORFLOW}")]
    beside = _package("tensorboard", INSTALL_TENSORFLOW)
    try:
        from helpers.signs import describe_device  # some seconds, so not before it is asked for
    except ImportError as error:
        return [beside, (False, f"TensorFlow cannot be used ({error}): {INSTALL_TENSORFLOW}")]
    return [beside, (True, describe_device())]


def _cases() -> Finding:
    try:
        from checking.questions import questions_in
    except ImportError as error:
        return False, f"Check cases cannot be read ({error}): {INSTALL}"
    names = ", ".join(questions_in(CASES))
    if names:
        return True, f"Check cases for {names}."
    return False, "helpers/cases/ is empty, so `check` knows no question: unzip the course again."


def _data() -> list[Finding]:
    try:
        from helpers.data import verify_datasets
    except ImportError as error:
        return [(False, f"Data sets cannot be read ({error}): {INSTALL}")]
    problems = verify_datasets()
    return [(False, problem) for problem in problems] or [(True, "Data sets are complete and unchanged.")]


def _writable() -> Finding:
    here = Path.cwd()
    if os.access(here, os.W_OK):
        return True, "This folder can be written, so notebooks can be saved."
    return False, f"'{here}' cannot be written, so no notebook can be saved: copy the course to a folder of your own."


def examine_machine() -> int:
    """Print all findings; 0 if the course can be worked through here, else 1."""
    every = findings()
    for fine, sentence in every:
        print(f"{MARKS[fine]} {sentence}")
    return 1 if any(fine is False for fine, _ in every) else 0


if __name__ == "__main__":
    sys.exit(examine_machine())
