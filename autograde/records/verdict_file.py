"""All verdicts of a class in one file, a database of SQLite's, so that a stopped run can go on.

A verdict is there in full or not at all, whenever the program is stopped. One process at a time writes here, as in all of
OUT; others may read.
"""

import contextlib
import errno
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from autograde.course import in_order
from autograde.files import FULL
from autograde.judging.submission import Candidate, Submission
from autograde.records.class_folder import ClassFolder
from autograde.records.refusals import VerdictsError, VerdictsLost
from autograde.records.verdicts import Key, SubmissionResult, result_in

# Why a run that is resumed grades a submission, in words that stand behind how many there are.
WHY_ANEW = {
    "new": "graded for the first time",
    "changed": "graded anew, since files or the time of handing in have changed",
    "asked": "graded anew, since other cases are asked now",
    "failed": "graded anew, since the grader had failed on them",
    "unreadable": "graded anew, since their verdicts could not be read",
    "gradebook": "graded anew, since the gradebook was not there",
    "lost": "graded anew, since their verdicts were not there",
}

# aside: the name of an attempt that does not count, and "" for what does. attempt: see SubmissionResult.
# judged: when, in seconds of the epoch. document: JSON.
_TABLE = """
    CREATE TABLE IF NOT EXISTS verdict (
        student TEXT NOT NULL, assignment TEXT NOT NULL, aside TEXT NOT NULL, attempt TEXT NOT NULL,
        judged REAL NOT NULL, document TEXT NOT NULL, PRIMARY KEY (student, assignment, aside)
    )"""
_PUT = (
    "INSERT OR REPLACE INTO verdict (student, assignment, aside, attempt, judged, document) VALUES (?, ?, ?, ?, ?, ?)"
)
_OF = "FROM verdict WHERE student = ? AND assignment = ? AND aside = ?"
_AT_A_TIME = 10.0  # seconds waited for another program that writes; ours write for a moment
_NO_VERDICT = (ValueError, KeyError, TypeError, AttributeError)  # of what is damaged or from another version


class VerdictFile:
    """The verdicts of a class. Everything raises OSError where the disk is at fault, and VerdictsError for a file that is no use."""

    def __init__(self, folder: ClassFolder):
        self._folder = folder
        self._path = folder.verdicts
        self._open: sqlite3.Connection | None = None  # while there is written together

    def require(self) -> None:
        """Raise VerdictsError where the file is no use, or is not there although the class has grades."""
        self._select("SELECT 1 FROM verdict LIMIT 1")

    # Reading

    def of(self, student: str, assignment: str, aside: str = "") -> SubmissionResult | None:
        """What a submission came to, whatever it was then; None if there is no verdict, or one of another version.

        aside: the name of an attempt that does not count.
        """
        return self._kept((student, assignment), lambda document: True, aside)

    def has(self, key: Key, aside: str = "") -> bool:
        """Whether there is a verdict, on whatever was handed in then."""
        return bool(self._select(f"SELECT 1 {_OF}", *key, aside))

    def read(self, found: Submission | Candidate, print_: str, seen: str | None = None) -> SubmissionResult | None:
        """The verdict of an earlier run, if the fingerprint is still the same, or if it is of the files that were seen.

        seen: see `files_seen`.
        """
        is_same = (lambda one: one.get("seen") == seen) if seen else (lambda one: one["fingerprint"] == print_)
        return self._kept((found.student, found.assignment), is_same)

    def _kept(self, key: Key, is_wanted: Callable[[dict], bool], aside: str = "") -> SubmissionResult | None:
        found = self._select(f"SELECT document {_OF}", *key, aside)
        try:
            document = json.loads(found[0][0]) if found else None
            return result_in(document) if document is not None and is_wanted(document) else None
        except _NO_VERDICT:
            return None  # it is graded again

    def all(self, but: Collection[Key] = ()) -> list[SubmissionResult]:
        """Every verdict that counts, by student and in the order of the course, but those of these students and assignments.

        Raises VerdictsError for one that is damaged.
        """
        found = []
        with self._connected() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                "SELECT student, assignment, document FROM verdict WHERE aside = '' ORDER BY student"
            )
            for student, of_student in groupby(rows, key=lambda row: row[0]):
                documents = {a: document for _, a, document in of_student if (student, a) not in but}
                found += [self._result((student, a), documents[a]) for a in in_order(documents)]
        return found

    def _result(self, key: Key, document: str) -> SubmissionResult:
        try:
            return result_in(json.loads(document))
        except _NO_VERDICT:
            raise VerdictsError(
                f"the verdict on {', '.join(key)} in '{self._path}' is damaged or from another version: grade that work"
                " again with `course grade` and --resume"
            ) from None

    def why_not_kept(self, found: Candidate, asked: str) -> str:
        """Why what an earlier run has decided does not hold any more, of WHY_ANEW. asked: a fingerprint of the questions."""
        rows = self._select(f"SELECT document {_OF}", found.student, found.assignment, "")
        if not rows:
            return "lost" if self._folder.page(found.student, found.assignment).exists() else "new"
        try:
            document = json.loads(rows[0][0])
            result_in(document)
            if all(row["status"] == "missing" for row in document["rows"]):
                return "new"
            if not document["fingerprint"]:
                return "failed"
            return "asked" if document.get("asked", asked) != asked else "changed"
        except _NO_VERDICT:
            return "unreadable"

    def students(self) -> set[str]:
        """Everybody of whom there is a verdict."""
        return {student for (student,) in self._select("SELECT DISTINCT student FROM verdict")}

    def attempts(self, since: float = 0.0) -> Iterator[tuple[str, str, str, float]]:
        """(student, assignment, attempt, when it was judged in seconds of the epoch) of all that have a name, each once.

        since: of those alone that were judged then or later.
        """
        rows = self._select(
            "SELECT student, assignment, CASE aside WHEN '' THEN attempt ELSE aside END AS name, min(judged) FROM verdict"
            " WHERE name != '' GROUP BY student, assignment, name HAVING min(judged) >= ?",
            since,
        )
        yield from rows

    def judged_at(self, key: Key) -> float | None:
        """When what counts was judged, in seconds of the epoch; None if nothing was."""
        rows = self._select(f"SELECT judged {_OF}", *key, "")
        return rows[0][0] if rows else None

    def _select(self, query: str, *values: object) -> list[tuple]:
        with self._connected() as connection:
            return connection.execute(query, values).fetchall() if connection is not None else []

    # Writing

    def write(
        self,
        submission: Submission,
        print_: str,
        decided: SubmissionResult,
        seen: str = "",
        asked: str = "",
        aside: str = "",
    ) -> None:
        """Keep the verdict, with the fingerprint that `read` compares, what was seen of the files that it is of, and what was asked.

        aside: the attempt's name if it does not count.
        """
        document = asdict(decided) | {"fingerprint": print_, "seen": seen, "asked": asked}
        text = json.dumps(document, ensure_ascii=False)
        self._change(_PUT, submission.student, submission.assignment, aside, decided.attempt, time.time(), text)

    def keep_aside(self, key: Key, attempt: str) -> None:
        """Keep what counts among the attempts that do not as well, at once, so that whoever is stopped after it knows."""
        self._change(
            "INSERT OR REPLACE INTO verdict (student, assignment, aside, attempt, judged, document)"
            f" SELECT student, assignment, ?, attempt, judged, document {_OF}",
            attempt,
            *key,
            "",
        )
        if self._open is not None:
            with self._explained():
                self._open.execute("COMMIT")
                self._open.execute("BEGIN IMMEDIATE")

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Verdicts that are written meanwhile are kept at once, at its end, which is faster; who reads here sees them already."""
        with self._connected(to_write=True) as connection:
            assert connection is not None
            connection.execute("BEGIN IMMEDIATE")
            self._open = connection
            try:
                yield
            finally:
                self._open = None
                if connection.in_transaction:
                    connection.execute("COMMIT")

    def _change(self, query: str, *values: object) -> None:
        with self._connected(to_write=True) as connection:
            assert connection is not None
            connection.execute(query, values)

    @contextlib.contextmanager
    def _connected(self, to_write: bool = False) -> Iterator[sqlite3.Connection | None]:
        """To the file as it lies there now, since one kept open would go on with what was moved away; None if there is none."""
        if self._open is not None:
            with self._explained():
                yield self._open
            return
        earlier = self._folder.root / "verdicts"
        with self._explained():
            is_there = self._path.is_file() and self._path.stat().st_size > 0
            may_be_new = earlier.is_dir() or not self._folder.grades.is_file()
            if not is_there:
                if not may_be_new:
                    how = (
                        "is empty" if self._path.is_file() else "is no file" if self._path.exists() else "is not there"
                    )
                    raise self._lost(f"{how}, in which all verdicts of the class were")
                if not (to_write or earlier.is_dir()):
                    yield None
                    return
            with contextlib.closing(sqlite3.connect(self._path, _AT_A_TIME, isolation_level=None)) as connection:
                tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
                if "verdict" not in tables:
                    if tables or not may_be_new:
                        raise self._lost("is another database, without verdicts")
                    connection.execute(_TABLE)
                if earlier.is_dir():
                    _take_in(earlier, self._folder.attempts, connection)
                yield connection

    def _lost(self, how: str) -> VerdictsLost:
        """Whoever moves grades.csv away too says that they know, and keeps what it says."""
        others = "it and " if self._path.exists() else ""
        return VerdictsLost(
            f"'{self._path}' {how}",
            f"put a copy of it back. Without one, move {others}'{self._folder.grades}' away and give `{self._folder.grade_again}`,"
            " which grades again what lies there, and names whose work it lacks",
        )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_FULL:
                raise OSError(FULL[0], os.strerror(FULL[0]), str(self._path)) from error
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise VerdictsError(
                    f"'{self._path}' is in use: close what uses it, then give the command again"
                ) from error
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
                raise self._lost(f"is damaged ({error})") from error
            if not code:  # a slip of the program
                raise
            if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY):
                raise VerdictsError(
                    f"'{self._path}' cannot be {self._not_allowed()}: see whose it is, then give the command again"
                ) from error
            raise OSError(errno.EIO, str(error), str(self._path)) from error

    def _not_allowed(self) -> str:
        """What may not be done with the file, and why."""
        for how, mode in (("read", "rb"), ("written", "r+b")):
            try:
                self._path.open(mode).close()
            except OSError as error:
                return f"{how}: {error.strerror}"
        return "written: beside it no file can be made"


def _take_in(verdicts: Path, attempts: Path, connection: sqlite3.Connection) -> None:
    """Of earlier versions, which kept a file a verdict; they go when all are taken in."""
    places = {verdicts: "", **{place / "verdicts": place.name for place in attempts.glob("*/*/*")}}
    connection.execute("BEGIN IMMEDIATE")
    for place, aside in places.items():
        for path in place.glob("*/*.json"):
            text = path.read_text(encoding="utf-8", errors="replace")
            attempt = ""
            with contextlib.suppress(*_NO_VERDICT):
                attempt = str(json.loads(text).get("attempt", ""))
            connection.execute(_PUT, (path.parent.name, path.stem, aside, attempt, path.stat().st_mtime, text))
    connection.execute("COMMIT")
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
