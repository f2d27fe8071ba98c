"""Attempts on their way in, copied and read by several processes at a time."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from autograde.campus.handing_back import Outlet
from autograde.campus.inbox import Arrival, copy_of
from autograde.judging.intake import candidates_of
from autograde.judging.reader import Reader
from autograde.judging.submission import Candidate, Submission

READERS = 3  # processes that read, so that two files which take for ever keep nobody waiting


@dataclass
class Place:
    """An attempt on its way: where it arrived, and where its copy lies.

    since: from when its student waits for the service, and not for the hour to be over, in seconds of the epoch; None where
    a later attempt was judged in its place.
    """

    arrival: Arrival
    outlet: Outlet
    copy: Path
    since: float | None
    read: "Future[tuple[Candidate, Submission, str]] | None" = None


class Readers:
    """Processes that read, each with a thread of its own."""

    def __init__(self) -> None:
        self._all: list[Reader] = []
        self._mine = threading.local()
        self._lock = threading.Lock()
        self.here = Reader()  # for what the run itself reads

    def __enter__(self) -> "Readers":
        self._pool = ThreadPoolExecutor(READERS, initializer=self._begin)
        return self

    def __exit__(self, *exception: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for _ in range(2):  # what is being read ends with its process, or begins another
            for reader in (self.here, *self._all):
                reader.close()
            self._pool.shutdown()

    def _begin(self) -> None:
        self._mine.reader = reader = Reader()
        with self._lock:
            self._all.append(reader)

    def read(self, place: Place) -> "Future[tuple[Candidate, Submission, str]]":
        """Begin to copy and to read an attempt."""
        return self._pool.submit(self._read, place)

    def _read(self, place: Place) -> tuple[Candidate, Submission, str]:
        arrival, reader = place.arrival, self._mine.reader
        copy_of(arrival, place.outlet.inbox, place.copy)
        candidate = candidates_of(place.copy.parent, reader.recognise).get(arrival.assignment)
        candidate = candidate or Candidate(*arrival.key, ())
        candidate = replace(candidate, student=arrival.student, attempt=arrival.attempt)
        return (candidate, *reader.take_in(candidate))
