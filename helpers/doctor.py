"""Does this machine have what the course needs? `python -m helpers.doctor` says so, and what to do where it has not.

None of the packages that it looks for is imported before it has been looked for.
"""

import importlib.metadata
import os
import platform
import sys
from pathlib import Path

from helpers import CASES

PYTHONS = ((3, 11), (3, 13))
NEEDED = (
    "numpy",
    "matplotlib",
    "scipy",
    "h5py",
    "pillow",
    "ipywidgets",
    "anywidget",
    "tqdm",
    "tensorboard",
    "jupyterlab",
)
INSTALL = "in the course's folder, run: python -m pip install -c constraints.txt -e ."


def findings() -> list[tuple[bool, str]]:
    """(all right, sentence) for each thing looked at."""
    return [_python(), *map(_package, NEEDED), _tensorflow(), _cases(), *_data(), _writable()]


def _python() -> tuple[bool, str]:
    low, high = PYTHONS
    fits = low <= sys.version_info[:2] <= high
    wanted = f"{low[0]}.{low[1]} to {high[0]}.{high[1]}"
    advice = "" if fits else f" The course needs {wanted}: install one of these and set the course up again with it."
    return fits, f"Python {platform.python_version()} on {platform.system()}.{advice}"


def _package(name: str) -> tuple[bool, str]:
    try:
        return True, f"{name} {importlib.metadata.version(name)}."
    except importlib.metadata.PackageNotFoundError:
        return False, f"{name} is not installed: {INSTALL}"


def _tensorflow() -> tuple[bool, str]:
    try:
        from helpers.signs import describe_device  # some seconds, so not before it is asked for
    except ImportError as error:
        return False, f"TensorFlow cannot be used ({error}): {INSTALL}"
    return True, describe_device()


def _cases() -> tuple[bool, str]:
    try:
        from checking.questions import questions_in
    except ImportError as error:
        return False, f"Check cases cannot be read ({error}): {INSTALL}"
    names = ", ".join(questions_in(CASES))
    if names:
        return True, f"Check cases for {names}."
    return False, "helpers/cases/ is empty, so `check` knows no question: unzip the course again."


def _data() -> list[tuple[bool, str]]:
    try:
        from helpers.data import verify_datasets
    except ImportError as error:
        return [(False, f"Data sets cannot be read ({error}): {INSTALL}")]
    problems = verify_datasets()
    return [(False, problem) for problem in problems] or [(True, "Data sets are complete and unchanged.")]


def _writable() -> tuple[bool, str]:
    here = Path.cwd()
    if os.access(here, os.W_OK):
        return True, "This folder can be written, so notebooks can be saved."
    return False, f"'{here}' cannot be written, so no notebook can be saved: copy the course to a folder of your own."


def examine_machine() -> int:
    """Print all findings; 0 if the course can be worked through here, else 1."""
    every = findings()
    for fine, sentence in every:
        print(f"{'✓' if fine else '✗'} {sentence}")
    return 0 if all(fine for fine, _ in every) else 1


if __name__ == "__main__":
    sys.exit(examine_machine())
