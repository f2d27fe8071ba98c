"""The trusted side: starts a fork server in bubblewrap, opens boxes, and speaks with what runs in them.

Everything that a box says is bounded, decoded as plain data, and given a time; one that breaks these rules is killed.
"""

import contextlib
import json
import math
import os
import secrets
import select
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from autograde.sandbox import wire
from autograde.sandbox.box import USAGE, Limits
from autograde.sandbox.cgroups import CgroupPlace, Group
from autograde.sandbox.launcher import SandboxError, bubblewrapped
from checking.time_limit import IDLE, PATIENCE, WORKING, idle_seconds

GRACE = 5  # seconds after which what should have ended by itself is killed
MAX_SAID = 64 << 20  # bytes that one box may send in all
SOON = 2  # seconds after the last reply in which a request is done
CHUNK = 1 << 18  # bytes read at once
MAX_SOURCES = 1 << 20  # characters of cells that are sent together; as JSON they may be six times as long
START_SECONDS = 120


class BoxDied(Exception):
    """A box ended, or had to be ended. status: what the question or cell gets, error or timeout."""

    def __init__(self, status: str, reason: str):
        super().__init__(reason)
        self.status = status


def death(said: dict) -> BoxDied:
    """What was said of a box that has ended, as a verdict; {} if nothing (see box.Guard)."""
    if said.get("why"):
        return BoxDied("timeout" if "seconds" in said["why"] else "error", said["why"])
    ended = said.get("ended")
    if isinstance(ended, int) and ended < 0:
        return BoxDied("error", f"its process was ended by signal {-ended}")
    return BoxDied("error", "its process ended while it ran")


class ForkServer:
    """A warm process in bubblewrap, out of which boxes are forked. preload: modules that it imports first.

    While it still imports, boxes can be asked for; they come when it is ready.
    """

    def __init__(self, preload: Sequence[str], log: Path | None = None):
        self._log, self._is_ready = log, False
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, contextlib.ExitStack() as stack:
            said = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
            self._process = subprocess.Popen(
                bubblewrapped("server", {"socket": theirs.fileno(), "preload": list(preload)}),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it is ready. Raises SandboxError if it does not start."""
        if self._is_ready:
            return
        self.control.settimeout(START_SECONDS)
        try:
            said = json.loads(self.control.recv(1 << 16) or b"{}")
        except (TimeoutError, OSError):
            said = {}
        if said.get("threads") != 1:
            self.close()
            raise SandboxError(f"the fork server did not start{f'; {self._log} says why' if self._log else ''}")
        self.control.settimeout(None)
        self._is_ready = True

    def alive(self) -> bool:
        """Whether its process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Kill its process, and wait until it has ended."""
        self.control.close()
        self._process.kill()
        self._process.wait()


class _Stream:
    """What comes from a box on one socket. After a TimeoutError what has come is still there."""

    def __init__(self, end: socket.socket):
        self.end = end
        self._received = bytearray()

    @property
    def has_more(self) -> bool:
        """Whether more has come than was taken."""
        return bool(self._received or select.select([self.end], [], [], 0)[0])

    def exactly(self, size: int, until: float) -> bytes:
        """So many bytes. Raises TimeoutError, and EOFError when the other side has gone."""
        while (left := until - time.monotonic()) <= 0 or len(self._received) < size:
            if left <= 0:
                raise TimeoutError
            self.end.settimeout(left)
            try:
                part = self.end.recv(CHUNK)
            except TimeoutError:
                raise
            except OSError:
                part = b""
            if not part:
                raise EOFError
            self._received += part
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken


class Box:
    """One notebook's process. After any exception it is of no more use; close it and open another.

    out_of_turn: whether it has said what it was not asked. Then what it says next need not be what it is asked next.
    forks: whether it can be asked in a fork, as it says itself; it no longer can once TensorFlow has run.
    """

    def __init__(self, control: int, limits: Limits, groups: CgroupPlace | None = None):
        """control: file descriptor of a fork server's socket, which this process has or has inherited. groups: where to
        make a control group for it. Raises SandboxError."""
        self.out_of_turn = False
        self.forks = True
        calls_end, calls = socket.socketpair()
        self._calls = _Stream(calls_end)
        self._status, status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = 0
        self._group: Group | None = None
        self._waited_for = 0.0, 0.0  # when the present reply was first waited for, and how many seconds it may take
        self._ended: dict = {}  # how, once the fork server has said so
        self._too_much = f"it used more than {limits.memory_mb} MB of memory"
        self._began: tuple[float, float | None] | None = (
            None  # the time of the first request; idle seconds of the machine
        )
        with calls, status:
            try:
                self._group = Group(groups, limits) if groups else None
                given = [calls.fileno(), status.fileno(), *([self._group.entry] if self._group else [])]
                with socket.socket(fileno=os.dup(control)) as server:
                    socket.send_fds(server, [json.dumps(asdict(limits)).encode()], given)
            except OSError as error:
                self.close()
                raise SandboxError(f"no box could be opened: {error.strerror or error}") from None

    def close(self) -> None:
        """Kill what is left of it."""
        self._calls.end.close()
        self._status.close()
        if self._group:
            self._group.close()

    def run_cells(
        self, sources: Sequence[str], seconds: float, until: float = math.inf, lenient: bool = False
    ) -> Iterator[dict]:
        """Run cells one after the other; {"outputs", "fine", "timeout"} of each, as the box says.

        seconds: for each. until: when, by time.monotonic(), all must have ended. lenient: see sandbox.lenient.
        """
        for together in _batches(sources):
            request = {"do": "cells", "sources": together, "seconds": seconds, "lenient": lenient}
            number = self._send(request)
            for _ in together:
                yield self._reply(self._calls, number, seconds, until)
            self._done(number)

    def ask(self, calls: Sequence[dict], fork: bool, until: float = math.inf) -> Iterator[dict]:
        """Call functions: {"name", "args", "stubs", "adapter", "seconds"} of each; what came of each, as the box says.

        fork: in a fork of the box. That replies on a socket of its own, so that it can say nothing in the name of the box.
        """
        request = {"do": "ask", "calls": list(calls), "fork": fork}
        if not fork:
            yield from self._replies(self._calls, self._send(request), calls, until)
            return
        ours, theirs = socket.socketpair()
        with ours, theirs:
            number = self._send(request, theirs)
            theirs.close()
            yield from self._replies(_Stream(ours), number, calls, until)

    def _replies(self, source: _Stream, number: str, calls: Sequence[dict], until: float) -> Iterator[dict]:
        for call in calls:
            try:
                reply = self._reply(source, number, call["seconds"], until)
            except EOFError:  # the fork has ended before its time; the box has more to say of it, if it has ended too
                reply = self._reply(self._calls, number, 0, until)
            if "done" in reply:
                raise BoxDied("error", "its process ended while it ran")
            yield reply
        self._done(number)

    def starved(self, whole: bool = False) -> bool:
        """Whether what it does now would perhaps have ended in time, had nobody else used the processors meanwhile: it has
        not had its seconds. whole: whether all that the box has done would have."""
        began, idle = self._began or (0.0, None)
        now, idle_now = time.monotonic(), idle_seconds()
        if idle is None or idle_now is None:  # nobody knows
            return True
        if idle_now - idle > IDLE * (now - began):
            return False
        with contextlib.suppress(OSError):
            self._status.send(USAGE)
        computed = self._told().get("computed")
        if not isinstance(computed, float):
            return True
        if whole:
            return computed < WORKING * (now - began)
        since, seconds = self._waited_for
        return computed - (since - began) * (os.cpu_count() or 1) < WORKING * seconds

    def _send(self, request: dict, descriptor: socket.socket | None = None) -> str:
        self._began = self._began or (time.monotonic(), idle_seconds())
        number = secrets.token_hex(8)
        try:
            frame = wire.encode({"number": number, **request})
        except wire.BadFrame:
            raise BoxDied("error", "it is too long to be run") from None
        calls = self._calls.end
        calls.settimeout(GRACE)
        try:
            sent = socket.send_fds(calls, [frame], [descriptor.fileno()]) if descriptor else 0
            calls.sendall(frame[sent:])
        except OSError:
            raise self._death() from None
        return number

    def _done(self, number: str) -> None:
        """Wait for the word that a request is done. A box that says more, or something else, is not to be asked again."""
        try:
            reply = self._reply(self._calls, number, 0, time.monotonic() + SOON)
            self.out_of_turn |= "done" not in reply or self._calls.has_more
            self.forks = reply.get("forks") is True
        except BoxDied:  # nobody waits for anything of it any more
            self.out_of_turn = True

    def _reply(self, source: _Stream, number: str, seconds: float, until: float) -> dict:
        """The next reply to this request, which may take so many seconds. Others are stale, or forged, and count for nothing."""
        began = time.monotonic()
        self._waited_for = began, seconds
        while True:
            try:
                tree, numbers = wire.sizes(self._exactly(source, wire.HEAD.size, began, seconds, until))
                self._said += wire.HEAD.size + tree + numbers
                if self._said > MAX_SAID:
                    raise wire.BadFrame("more than a box may send")
                parts = (self._exactly(source, size, began, seconds, until) for size in (tree, numbers))
                reply = wire.decode(*parts)
            except wire.BadFrame as bad:
                raise BoxDied("error", f"its process sent what cannot be read: {bad}") from None
            if isinstance(reply, dict) and reply.get("number") == number:
                return reply
            self.out_of_turn = True

    def _exactly(self, source: _Stream, size: int, began: float, seconds: float, until: float) -> bytes:
        """So many bytes of a reply that has been waited for since `began`; longer while processors are short."""
        end, last = began + seconds + GRACE, began + PATIENCE * seconds + GRACE
        while True:
            try:
                return source.exactly(size, min(end, until))
            except TimeoutError:
                now = time.monotonic()
                if now >= min(last, until) or not self.starved():
                    raise BoxDied("timeout", "it did not end in time and was killed") from None
                end = now + 1
            except EOFError:
                if source is self._calls:
                    raise self._death() from None
                raise

    def _death(self) -> BoxDied:
        """What the fork server says of a box that has ended. Raises SandboxError if it has ended itself."""
        said = self._told()
        if self._group and said.get("ended") == -9 and not said.get("why") and self._group.overflowed():
            said["why"] = self._too_much
        return death(said)

    def _told(self) -> dict:
        """What the fork server says, as it does soon; {} if it says nothing. Raises SandboxError if it has ended itself."""
        if self._ended:
            return self._ended
        try:
            self._status.settimeout(GRACE)
            try:
                said = self._status.recv(1 << 12)
            except ConnectionResetError:  # it has not heard a question of ours; its last word comes behind this
                said = self._status.recv(1 << 12)
        except TimeoutError:  # the box has closed its connection, and lives
            return {}
        except OSError:
            said = b""
        if not said:
            raise SandboxError("the fork server has ended")
        told = json.loads(said)
        if "ended" in told:  # its last word
            self._ended = told
        return told


def _batches(sources: Sequence[str]) -> Iterator[list[str]]:
    """Cells in their order, as many together as may be sent at once; one that is too long for that comes alone."""
    batch: list[str] = []
    room = MAX_SOURCES
    for source in sources:
        if batch and len(source) > room:
            yield batch
            batch, room = [], MAX_SOURCES
        batch.append(source)
        room -= len(source)
    if batch:
        yield batch
