"""Read what students hand in, in a process of its own with a limit of time and memory.

intake says what is read, and within which bounds. Whatever a file should do to a parser all the same costs its own
submission, and nobody waits for it: the process is ended, and the next file gets a new one.

`python -m autograde.judging.reader` takes a request a line, and writes a reply a line, the restored notebook behind it.
"""

import atexit
import contextlib
import gc
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import IO

from autograde.course import this_course
from autograde.judging import intake
from autograde.judging.submission import Candidate, Submission, as_handed_out
from autograde.notebook import notebook_text, work_in

try:
    import resource
except ImportError:  # Windows, where the clock alone counts
    resource = None  # type: ignore[assignment]

SECONDS = 6  # of its processor, for one submission; a file of 200 MB takes three, one of 20 MB less than one
SECONDS_ON_CLOCK = 60 if resource else 10  # for one file, however busy the machine is
START_SECONDS = 120
MEMORY = 500_000_000  # bytes that it may take
TRIES = 2  # with a file, where the process has ended for another reason than these limits
CLEAN = 20  # notebooks, after which what is left of them is looked for
TOO_LONG = "the file takes too long to read, so it is no notebook"
CRASHED = "the file ends the process that reads it, so it is no notebook"
TOO_MUCH = "the file takes too much memory to read. Clear its outputs first"


class ReadingFailed(Exception):
    """A failure that is ours, and not the file's; what came of it is in its notes."""


class Reader:
    """A process that reads one file after the other. One that a file has ended is replaced.

    For one thread; another may close it at any time.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = self._timed_out = False
        self._start()  # before it is needed: it takes a second

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def take_in(self, found: Candidate) -> tuple[Submission, str]:
        """What intake's `take_in` says, without its notebook; that as its file, "" if there is none.

        Raises ReadingFailed.
        """
        reply, text = self._ask({"do": "take_in", "found": vars(found)})
        first = str(found.paths[0]) if found.paths else ""
        submission = Submission(
            found.student, found.assignment, Path(path) if (path := reply.get("path", first)) else None
        )
        submission.status, submission.reason = reply["status"], reply["reason"]
        submission.notes, submission.tampered = reply.get("notes", {}), set(reply.get("tampered", ()))
        submission.needs_person, submission.python = reply.get("needs_person", False), reply.get("python", "")
        submission.attempt, submission.work = found.attempt, reply.get("work", "")
        return submission, text

    def recognise(self, path: Path) -> str | None:
        """What intake's `recognise` says; None for what cannot be read."""
        try:
            return self._ask({"do": "recognise", "path": path})[0].get("assignment")
        except ReadingFailed:
            return None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin
            assert process.stdout
            process.kill()
            process.wait()
            with contextlib.suppress(OSError):  # what it has not read is still to be written
                process.stdin.close()
            process.stdout.close()

    def _start(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None:
            self._is_ready = False
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", "autograde.judging.reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what is worth telling is in the reply
                cwd=this_course().root,
                start_new_session=True,  # a Ctrl-C in the terminal is the grader's to handle
            )
        return process

    def _ask(self, request: dict) -> tuple[dict, str]:
        """The reply, and what is behind it; the reply says "rejected" where a limit was reached."""
        line = json.dumps(request, default=os.path.abspath).encode() + b"\n"  # the process is in another folder
        for _ in range(TRIES):
            reply, text = self._said(line)
            if reply is None:
                ended = self._process
                over = ended is not None and ended.wait() == _OVER
                self.close()
                if over:
                    return _rejected(TOO_LONG), ""
                continue
            if reply.get("last"):
                self.close()
                self._start()
            if "failed" in reply:
                error = ReadingFailed(reply["failed"])
                error.add_note(reply["trace"])
                raise error
            return reply, text
        return _rejected(TOO_LONG if self._timed_out else CRASHED), ""

    def _said(self, line: bytes) -> tuple[dict | None, str]:
        """What the process says to a request; None if it has ended."""
        process = self._start()
        if not self._is_ready:  # the time to start is not the file's
            self._is_ready = self._heard(process, START_SECONDS)[0] is not None
        try:
            assert process.stdin
            process.stdin.write(line)
            process.stdin.flush()
        except (OSError, ValueError):  # it has ended, or is closed
            return None, ""
        return self._heard(process, SECONDS_ON_CLOCK)

    def _heard(self, process: subprocess.Popen[bytes], seconds: float) -> tuple[dict | None, str]:
        """The next reply; None if there is none in time, and then the process is ended."""
        assert process.stdout
        self._timed_out = False
        timer = threading.Timer(seconds, self._time_out, [process])
        timer.start()
        try:
            head = process.stdout.readline()
            if head.endswith(b"\n"):
                reply = json.loads(head)
                text = process.stdout.read(reply["bytes"])
                if len(text) == reply["bytes"]:
                    return reply, text.decode()
        except ValueError:  # it is closed, or says what we don't
            pass
        finally:
            timer.cancel()
        process.kill()
        return None, ""

    def _time_out(self, process: subprocess.Popen[bytes]) -> None:
        self._timed_out = True
        process.kill()


_OVER = -signal.SIGXCPU if resource else None  # what it ends with that used up its time


def _rejected(reason: str) -> dict:
    return {"status": "rejected", "reason": reason}


@cache
def _shared() -> Reader:
    """One for as long as this process lives."""
    reader = Reader()
    atexit.register(reader.close)
    return reader


def recognise(path: Path) -> str | None:
    """The assignment to which a notebook's graded cells or functions belong; None for what cannot be read."""
    return _shared().recognise(path)


def take_in(found: Candidate) -> tuple[Submission, str]:
    """See Reader.take_in."""
    return _shared().take_in(found)


def main() -> None:
    """The process itself."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else is said there
    _limit("RLIMIT_DATA", MEMORY)
    _limit("RLIMIT_CORE", 0)
    for assignment in this_course().assignments:
        as_handed_out(assignment)
    gc.freeze()
    gc.disable()  # a search among a million values takes longer than to read them, and finds nothing
    _say(replies, {})
    for number, line in enumerate(sys.stdin.buffer, 1):
        _limit("RLIMIT_CPU", math.ceil(time.process_time()) + SECONDS)
        try:
            _say(replies, *_reply(json.loads(line)))
        except MemoryError:
            _say(replies, _rejected(TOO_MUCH) | {"last": True})
        except Exception as error:
            trace = traceback.format_exc(limit=-20)[-10_000:]
            _say(replies, {"failed": type(error).__name__, "trace": trace})
        else:
            if number % CLEAN:  # what a notebook is made of holds no rings, while an error may
                continue
        gc.collect()


def _say(replies: IO[bytes], reply: dict, text: bytes = b"") -> None:
    replies.write(json.dumps(reply | {"bytes": len(text)}).encode() + b"\n")
    replies.write(text)
    replies.flush()


def _reply(request: dict) -> tuple[dict, bytes]:
    if request["do"] == "recognise":
        return {"assignment": intake.recognise(Path(request["path"]))}, b""
    found = Candidate(**request["found"])
    paths = None if found.paths is None else tuple(map(Path, found.paths))
    found = replace(found, paths=paths, elsewhere=tuple(map(Path, found.elsewhere)))
    submission = intake.take_in(found)
    text = b""
    if submission.notebook:
        text, submission.work = notebook_text(submission.notebook).encode(), work_in(submission.notebook)
    told = {key: getattr(submission, key) for key in ("status", "reason", "notes", "needs_person", "python", "work")}
    return told | {"path": str(submission.path or ""), "tampered": sorted(submission.tampered)}, text


def _limit(kind: str, value: int) -> None:
    """Set a limit of this process, where the system has it and lets it be set."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        limit = getattr(resource, kind)
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    main()
