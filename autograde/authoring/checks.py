"""`make check`: derived files are current, variants have full marks, students get no answer, code is clean."""

import filecmp
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from autograde.authoring.build import build
from autograde.authoring.leaks import leaks_in
from autograde.authoring.listing import stale_lists
from autograde.authoring.release import release_files, texts_of
from autograde.authoring.variants import failing_variants
from autograde.course import ENGINE, Course, this_course

TOOLS = (  # over the code of the engine and of the course that it comes with
    ("-m", "ruff", "check", "."),
    ("-m", "ruff", "format", "--check", "--quiet", "."),
    ("-m", "mypy"),
    ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-logo"),
)


def check_all() -> int:
    """Run every check and print what is wrong; 0 if nothing is, else 1."""
    course = this_course()
    if missing := [a for a in course.assignments if not course.reference(a).is_file()]:
        print(f"check: {missing[0]} was never built; run `course build` first")
        return 1
    problems = drift() + stale_lists(this_course()) + failing_variants() + leaks_in(texts_of(release_files()))
    for problem in problems:
        print(f"check: {problem}")
    failed = [_python(*tool) for tool in TOOLS] if this_course().root == ENGINE else []  # a course has tools of its own
    if problems or any(failed):
        return 1
    print(
        f"check: derived files are current, variants have full marks, nothing leaks{', code is clean' if failed else ''}."
    )
    return 0


def drift() -> list[str]:
    """A phrase for each derived file that a fresh build would change."""
    course = this_course()
    with tempfile.TemporaryDirectory() as folder:
        fresh = replace(course, root=Path(folder))
        for assignment in course.assignments:  # recordings are compared up to rounding, so the build begins with these
            if course.reference(assignment).is_file():
                fresh.reference(assignment).parent.mkdir(parents=True)
                fresh.reference(assignment).write_bytes(course.reference(assignment).read_bytes())
        build(into=fresh)
        found = []
        made, kept = (_derived(of) for of in (fresh, course))
        for path in sorted(made | kept):
            if path not in made:
                found.append(f"{path} is built from nothing; delete it")
            elif path not in kept or not filecmp.cmp(fresh.root / path, course.root / path, shallow=False):
                found.append(f"{path} is not what its source gives; run `make build`")
        return found


def _derived(course: Course) -> set[Path]:
    """All that a build writes and that is committed, by its path in the course."""
    patterns = ("notebooks/**/*.ipynb", "solutions/*/reference.json", "helpers/cases/*.json", "helpers/contents.json")
    paths = (path.relative_to(course.root) for pattern in patterns for path in course.root.glob(pattern))
    return {path for path in paths if ".ipynb_checkpoints" not in path.parts}


def _python(*arguments: str) -> int:
    return subprocess.run([sys.executable, *arguments], cwd=this_course().root, check=False).returncode
