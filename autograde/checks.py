"""`make check`: derived files are current, students get no answer, lint and types are clean."""

import filecmp
import subprocess
import sys
import tempfile
from pathlib import Path

from autograde.build import build
from autograde.leaks import leaks_in
from autograde.paths import NOTEBOOKS, REFERENCE, ROOT, VISIBLE_CASES
from autograde.release import release_files, texts_of


def check_all() -> int:
    """Run every check and print what is wrong; 0 if nothing is, else 1."""
    problems = drift() + leaks_in(texts_of(release_files()))
    for problem in problems:
        print(f"check: {problem}")
    tools = [
        _tool("ruff", "check", "."),
        _tool("ruff", "format", "--check", "--quiet", "."),
        _tool("mypy"),
    ]
    if problems or any(tools):
        return 1
    print("check: derived files are current, nothing leaks, lint and types are clean.")
    return 0


def drift() -> list[str]:
    """A phrase for each derived file that a fresh build would change."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        # recordings are compared up to rounding, so the build begins with those that are there
        places = {"notebooks": NOTEBOOKS, "reference": REFERENCE, "cases": VISIBLE_CASES}
        (fresh / "reference").mkdir()
        for path in REFERENCE.glob("*.json"):
            (fresh / "reference" / path.name).write_bytes(path.read_bytes())
        build(notebooks=fresh / "notebooks", reference=fresh / "reference", cases=fresh / "cases", work=fresh / "work")
        found = []
        for name, place in places.items():
            made = {p.relative_to(fresh / name) for p in (fresh / name).rglob("*") if p.suffix in (".ipynb", ".json")}
            kept = {p.relative_to(place) for p in place.rglob("*") if p.suffix in (".ipynb", ".json")}
            kept = {p for p in kept if ".ipynb_checkpoints" not in p.parts}
            for path in sorted(made | kept):
                where = (place / path).relative_to(ROOT)
                if path not in made:
                    found.append(f"{where} is built from nothing; delete it")
                elif path not in kept or not filecmp.cmp(fresh / name / path, place / path, shallow=False):
                    found.append(f"{where} is not what its source gives; run `make build`")
        return found


def _tool(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, check=False).returncode
