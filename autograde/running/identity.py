"""What must be the same on every machine that judges a class, as fingerprints that can be compared by name."""

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from autograde.course import ENGINE, FILE, this_course
from autograde.judging.submission import as_handed_out

Identity = Mapping[str, str]


@cache
def identity() -> Identity:
    """Of this process: Python's minor version, and fingerprints of the engine, the course, its helpers and its data sets.

    Raises CourseError and OSError.
    """
    course = this_course()
    for assignment in course.assignments:
        as_handed_out(assignment)  # a course that is not built is said here
    notebooks = [course.notebook(assignment) for assignment in course.assignments]
    return {
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "engine": _print_of(ENGINE, _files(ENGINE / "autograde", ENGINE / "checking")),
        "course": _print_of(course.root, [course.root / FILE, *notebooks]),
        "helpers": _print_of(course.root, _files(course.helpers)),
        "data sets": _print_of(course.root, _files(course.datasets)),
    }


def differences(theirs: Identity, ours: Identity) -> str:
    """How another machine differs from this one, in words that follow "it has"; "" if it does not."""
    said = []
    for name in dict.fromkeys([*ours, *theirs]):
        if theirs.get(name) != ours.get(name):
            plain = name == "Python"
            said.append(f"Python {theirs.get(name)}, not {ours.get(name)}" if plain else f"other {name}")
    return " and ".join(said).replace("other engine", "another engine").replace("other course", "another course")


def _files(*folders: Path) -> Iterable[Path]:
    """All but what Python and others leave there."""
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.parts[len(folder.parts) :])
    ]


def _print_of(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
