"""Several attempts of a student at an assignment: one counts and lies where nbgrader looks for it, the others are kept.

An attempt is named by its time, so that names sort as times do. OUT/attempts/<student>/<assignment>/<time>/ is laid out as
OUT is. A verdict is written last, and is in force where it was until another is: whoever is stopped half-way goes on from there.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from autograde.records.class_folder import ClassFolder
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Key, SubmissionResult


def attempt_at(time: datetime) -> str:
    """The name of an attempt that was handed in at a time, which is UTC where it does not say."""
    return f"{(time.astimezone(UTC) if time.tzinfo else time):%Y%m%dT%H%M%S.%f}"


def time_of(attempt: str) -> datetime:
    """When an attempt was handed in, by its name; what follows the time there tells it from others of the same moment."""
    return datetime.strptime(attempt.partition("-")[0], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)


class Attempts:
    """Where the attempts of a class lie. verdicts: through which their verdicts are written; those of the class if not given."""

    def __init__(self, folder: ClassFolder, verdicts: VerdictFile | None = None):
        self._folder = folder
        self._verdicts = verdicts or VerdictFile(folder)

    def folder(self, student: str, assignment: str, attempt: str = "") -> ClassFolder:
        """Where the files of an attempt lie while it does not count; without a name, of that which counts."""
        return ClassFolder(self._folder.attempts / student / assignment / attempt) if attempt else self._folder

    def counting(self, key: Key) -> SubmissionResult | None:
        """What the attempt that counts came to."""
        return self._verdicts.of(*key)

    def judged(self, key: Key, attempt: str) -> SubmissionResult | None:
        """What an attempt came to, whether it counts or not; None if it has no verdict."""
        counting = self.counting(key)
        if counting is not None and counting.attempt == attempt:
            return counting
        return self._verdicts.of(*key, attempt)

    def put_aside(self, key: Key) -> None:
        """Keep the attempt that counts among the others, since another takes its place."""
        counting, judged = self.counting(key), self._verdicts.judged_at(key)
        if counting is None or judged is None:
            return
        attempt = counting.attempt or attempt_at(datetime.fromtimestamp(judged, UTC))
        if self._verdicts.has(key, attempt):  # by whoever was stopped after it
            return
        self._move(key, self._folder, self.folder(*key, attempt))
        self._verdicts.keep_aside(key, attempt)

    def put_in_place(self, key: Key, attempt: str) -> None:
        """Let an attempt count, whose verdict is still to be written; its files are moved."""
        counting = self.counting(key)
        if counting is None or counting.attempt != attempt:
            self.put_aside(key)
        self._move(key, self.folder(*key, attempt), self._folder)

    def remove_emptied(self, key: Key, attempt: str) -> None:
        """Take away the folder of an attempt that has its verdict elsewhere."""
        if attempt and not self._verdicts.has(key, attempt):
            shutil.rmtree(self.folder(*key, attempt).root, ignore_errors=True)

    def remove_unfinished(self) -> None:
        """Take away what was begun and has no verdict, before anything is begun: what still lies in an inbox is judged again.

        What is on its way aside stays; it is of the attempt that counts.
        """
        for place in self._folder.attempts.glob("*/*/*"):
            student, assignment, attempt = place.parts[-3:]
            counting = self.counting((student, assignment))
            if counting is None or counting.attempt not in ("", attempt):
                self.remove_emptied((student, assignment), attempt)

    def _move(self, key: Key, source: ClassFolder, target: ClassFolder) -> None:
        """What a notebook was, how it was executed, its page, and what the page tells of a person's points."""
        for path in (source.submitted(*key), source.autograded(*key), source.page(*key)):
            self._rename(path.parent, target.root / path.parent.relative_to(source.root))
        self._rename(source.entered(*key), target.entered(*key))

    def _rename(self, path: Path, target: Path) -> None:
        if path.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                shutil.rmtree(target)
            path.replace(target)
