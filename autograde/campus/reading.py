"""Attempts on their way in, copied and read by several processes at a time."""

import errno
import os
import shutil
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autograde.campus.handing_back import Outlet
from autograde.campus.inbox import Arrival, copy_of
from autograde.judging.intake import candidates_of
from autograde.judging.notebook_file import MAX_BYTES
from autograde.judging.reader import Reader
from autograde.judging.submission import Candidate, Submission

READERS = 3  # processes that read, so that two files which take for ever keep nobody waiting
LATER = 3  # times its notebook, without outputs, that an attempt takes on the disk besides its copy: restored, and two pages


@dataclass
class Place:
    """An attempt on its way: where it arrived, and where its copy lies.

    since: from when its student waits for the service, and not for the hour to be over, in seconds of the epoch; None where
    a later attempt was judged in its place. pause: seconds that it waits until it is tried again, where it had no room.
    is_told: whether that was said of it.
    """

    arrival: Arrival
    outlet: Outlet
    copy: Path
    since: float | None
    read: "Future[tuple[Candidate, Submission, str]] | None" = None
    pause: float = 0.0
    is_told: bool = False


class NoRoom(OSError):
    """An attempt that does not fit on the disk now, even if there were no others where it is `alone`. needed, free: bytes."""

    def __init__(self, needed: int, free: int):
        super().__init__(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.needed, self.free, self.alone = needed, free, needed > free


class Room:
    """What attempts on their way take, or will take, on the disk of a folder: one that does not fit keeps no other waiting."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._taken: Counter[Path] = Counter()  # bytes, by where the copy of an attempt lies
        self._lock = threading.Lock()

    def take(self, copy: Path, size: int) -> None:
        """For a file of an attempt. Raises NoRoom."""
        needed = size + LATER * min(size, MAX_BYTES)
        with self._lock:
            free, own = shutil.disk_usage(self._folder).free, self._taken[copy] + needed
            # what is written already counts twice, which is the safe side
            if self._taken.total() + needed > free:
                raise NoRoom(own, free)
            self._taken[copy] = own

    def give_back(self, copy: Path) -> None:
        """Of an attempt that is on its way no more."""
        with self._lock:
            del self._taken[copy]


class Readers:
    """Processes that read, each with a thread of its own. room: on the disk on which copies lie."""

    def __init__(self, folder: Path) -> None:
        self.room = Room(folder)
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
        inbox = place.outlet.inbox
        inbox.require_unchanged(arrival)  # before it waits for room
        copy_of(arrival, inbox, place.copy, partial(self.room.take, place.copy))
        inbox.require_unchanged(arrival)
        candidate = candidates_of(place.copy.parent, reader.recognise).get(arrival.assignment)
        candidate = candidate or Candidate(*arrival.key, ())
        candidate = replace(candidate, student=arrival.student, attempt=arrival.attempt)
        return (candidate, *reader.take_in(candidate))
