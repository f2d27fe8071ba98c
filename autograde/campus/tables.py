"""The tables of a class whose work goes on arriving, and what people enter meanwhile."""

import threading
import time
from collections import deque

from autograde.campus.status import GOES_ON, Status, in_words
from autograde.course import in_order
from autograde.records.class_folder import ClassFolder
from autograde.records.refusals import RecordsError
from autograde.records.verdicts import Key, SubmissionResult
from autograde.running.basis import CannotGrade
from autograde.running.entered import write_class


class Tables:
    """Tables, report and what people have entered, written in a thread of their own, and rarely enough to be no burden.

    pages: of whom a page was written anew, since a person has entered something.
    """

    def __init__(self, folder: ClassFolder, status: Status):
        self.now: list[SubmissionResult] = []
        self.pages: deque[Key] = deque()
        self._folder, self._status = folder, status
        self._new: dict[Key, SubmissionResult] = {}
        self._began = self._took = 0.0
        self._seen = 0  # when the gradebook was changed, as it was written from
        self._thread: threading.Thread | None = None
        self._fault = ""  # what the last try met

    def note(self, decided: SubmissionResult) -> None:
        """What a submission counts with now."""
        self._new[decided.key] = decided

    def write_if_due(self, seconds: float, wait: bool = False) -> None:
        """Write what is new, unless it was done so many seconds ago or is being done."""
        if wait and self._thread is not None:
            self._thread.join()
        if self._fault:
            self._status.say_fault(self._fault)  # until a try succeeds, however rare they are
        is_running = self._thread is not None and self._thread.is_alive()
        if is_running or time.monotonic() - self._began < max(seconds, 30 * self._took * (not wait)):
            return
        is_whole = self._folder.grades.is_file() and self._folder.report.is_file()
        if not self._new and not (self.now and (self._is_gradebook_changed() or not is_whole)):
            return
        new, self._new = self._new, {}
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._write, args=(new,), daemon=True)
        self._thread.start()
        if wait:
            self._thread.join()

    def _is_gradebook_changed(self) -> bool:
        """Whether anybody has written to the gradebook, as formgrader does."""
        return self._gradebook_changed() != self._seen

    def _gradebook_changed(self) -> int:
        path = self._folder.gradebook
        return path.stat().st_mtime_ns if path.is_file() else 0

    def _write(self, new: dict[Key, SubmissionResult]) -> None:
        kept = {one.key: one for one in self.now} | new
        order = in_order({assignment for _, assignment in kept})
        self.now = [kept[key] for key in sorted(kept, key=lambda key: (key[0], order.index(key[1])))]
        try:
            self._seen = self._gradebook_changed()
            written = write_class(self._folder, self.now, new.keys())
            for line in written.failures():
                self._status.say(line)
            self.pages.extend(written.pages)
            self._fault = ""
        except (OSError, RecordsError, CannotGrade) as error:
            self._new, self._seen = new | self._new, 0
            self._fault = f"{in_words(error, self._status.folder)}; {GOES_ON}"
        self._took = time.monotonic() - self._began
