"""What a student has done, kept in small files beside the notebooks: the student's own, sent to nobody, read by no grader.

A notebook has a file of its own, so that two that are open at once never write the same one. A file that cannot be written
or read is never an error: what can be read of it counts, and whoever asks is told that it is not all.
"""

import contextlib
import json
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "progress"
ABOUT = "What check last showed you in this notebook. It is yours: no grading reads it, and you may delete it."


@dataclass(frozen=True)
class Done:
    """What a function last got on the visible cases. on: the day, as 2026-01-31."""

    score: float
    points: float
    on: str = ""


@dataclass(frozen=True)
class Noted:
    """What is noted of the functions of a notebook, as far as it can be read. is_whole: whether all of it can."""

    done: Mapping[str, Done]
    is_whole: bool = True


def place_of_progress(front: str) -> Path | None:
    """The folder for the files: beside the front page, which lies here or one folder up. None where there is no such page."""
    with contextlib.suppress(OSError):  # of a working directory that is gone
        here = Path.cwd()
        return next((f / FOLDER for f in (here, here.parent) if front and (f / front).is_file()), None)
    return None


def note(folder: Path | None, assignment: str, scores: Mapping[str, tuple[float, float]]) -> bool:
    """Note what functions got, of how many points each; what is known of others stays. Whether it is kept."""
    if folder is None:
        return False
    today = time.strftime("%Y-%m-%d")
    known = {name: vars(done) for name, done in done_in(folder, assignment).items()}
    known |= {name: {"score": score, "points": points, "on": today} for name, (score, points) in scores.items()}
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True)
        path = _file(folder, assignment)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            text = json.dumps({"about": ABOUT, "functions": known}, indent=1)
            unfinished.write_text(text + "\n", encoding="utf-8")
            os.replace(unfinished, path)
            return True
        finally:
            unfinished.unlink(missing_ok=True)
    return False


def can_keep(folder: Path, assignment: str = "") -> bool:
    """Whether it looks as if something could be noted there, of this notebook if one is said. Nothing is written for it."""
    with contextlib.suppress(OSError):
        if folder.exists():
            is_in_the_way = bool(assignment) and _file(folder, assignment).is_dir()
            return folder.is_dir() and not is_in_the_way and os.access(folder, os.W_OK | os.X_OK)
        return os.access(folder.parent, os.W_OK | os.X_OK)
    return False


def noted_in(folder: Path | None, assignment: str) -> Noted:
    """What is noted of the functions of a notebook. An entry that cannot be read is left out, and the others stay."""
    if folder is None:
        return Noted({})
    try:
        entries = json.loads(_file(folder, assignment).read_text(encoding="utf-8"))["functions"].items()
    except (FileNotFoundError, NotADirectoryError):
        return Noted({})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Noted({}, is_whole=False)
    found = {name: done for name, entry in entries if (done := _done(entry)) is not None}
    return Noted(found, len(found) == len(entries))


def done_in(folder: Path | None, assignment: str) -> Mapping[str, Done]:
    """What is noted of the functions of a notebook, as far as it can be read."""
    return noted_in(folder, assignment).done


def _done(entry: Any) -> Done | None:
    """An entry of the file; None of one that says nothing that could be."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, OverflowError):
        done = Done(float(entry["score"]), float(entry["points"]), str(entry.get("on", "")))
        return done if 0 <= done.score <= done.points < math.inf else None
    return None


def _file(folder: Path, assignment: str) -> Path:
    return folder / f"{assignment}.json"
