"""The trusted side: starts a fork server in bubblewrap, opens boxes, and speaks with what runs in them.

Everything that a box says is bounded, decoded as plain data, and given a time; one that breaks these rules is killed.
"""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from autograde.sandbox import wire
from autograde.sandbox.box import Limits
from autograde.sandbox.outer import SandboxError, bubblewrapped

GRACE = 5  # seconds after which what should have ended by itself is killed
MAX_SAID = 64 << 20  # bytes that one box may send in all
CHUNK = 1 << 18  # bytes read at once
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
    """A warm process in bubblewrap, out of which boxes are forked. preload: modules that it imports first."""

    def __init__(self, preload: Sequence[str], log: Path | None = None):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control = ours
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
        ours.settimeout(START_SECONDS)
        try:
            ready = json.loads(ours.recv(1 << 16) or b"{}")
        except (TimeoutError, ConnectionError):
            ready = {}
        ours.settimeout(None)
        if ready.get("threads") != 1:
            self.close()
            raise SandboxError(f"the fork server did not start{f'; {log} says why' if log else ''}")

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self.control.close()
        self._process.kill()
        self._process.wait()


class Box:
    """One notebook's process. After any exception it is dead; close it and open another."""

    def __init__(self, control: int, limits: Limits):
        """control: file descriptor of a fork server's socket, which this process has or has inherited."""
        self._calls, calls = socket.socketpair()
        self._status, status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._received, self._said = bytearray(), 0
        with calls, status:
            try:
                with socket.socket(fileno=os.dup(control)) as server:
                    socket.send_fds(server, [json.dumps(asdict(limits)).encode()], [calls.fileno(), status.fileno()])
            except OSError as error:
                self.close()
                raise SandboxError(f"the fork server has ended ({error.strerror})") from None

    def close(self) -> None:
        """Kill what is left of it."""
        self._calls.close()
        self._status.close()

    def run_cells(self, sources: Sequence[str], seconds: float) -> Iterator[dict]:
        """Run cells one after the other; {"outputs", "fine", "timeout"} of each, as the box says."""
        number = self._send({"do": "cells", "sources": list(sources), "seconds": seconds})
        for _ in sources:
            yield self._reply(number, seconds + GRACE)
        self._reply(number, GRACE)

    def ask(self, calls: Sequence[dict], fork: bool) -> Iterator[dict]:
        """Call functions: {"name", "args", "stand_ins", "adapter", "seconds"} of each; what came of each, as the box says."""
        number = self._send({"do": "ask", "calls": list(calls), "fork": fork})
        for call in calls:
            reply = self._reply(number, call["seconds"] + GRACE)
            if "done" in reply:
                raise BoxDied("error", "its process ended while it ran")
            yield reply
        self._reply(number, GRACE)

    def _send(self, request: dict) -> str:
        number = secrets.token_hex(8)
        self._calls.settimeout(GRACE)
        try:
            self._calls.sendall(wire.encode({"number": number, **request}))
        except OSError:
            raise self._death() from None
        return number

    def _reply(self, number: str, seconds: float) -> dict:
        """The next reply to this request. Others are stale, or forged, and count for nothing."""
        end = time.monotonic() + seconds
        while True:
            try:
                tree, numbers = wire.sizes(self._exactly(wire.HEAD.size, end))
                self._said += tree + numbers
                if self._said > MAX_SAID:
                    raise wire.BadFrame("more than a box may send")
                reply = wire.decode(self._exactly(tree, end), self._exactly(numbers, end))
            except wire.BadFrame as bad:
                self.close()
                raise BoxDied("error", f"its process sent what cannot be read: {bad}") from None
            if isinstance(reply, dict) and reply.get("number") == number:
                return reply

    def _exactly(self, size: int, end: float) -> bytes:
        while len(self._received) < size:
            left = end - time.monotonic()
            try:
                if left <= 0:
                    raise TimeoutError
                self._calls.settimeout(left)
                part = self._calls.recv(CHUNK)
            except TimeoutError:
                self.close()
                raise BoxDied("timeout", "it did not end in time and was killed") from None
            except OSError:
                part = b""
            if not part:
                raise self._death()
            self._received += part
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _death(self) -> BoxDied:
        """What the fork server says of a box that has ended."""
        self._status.settimeout(GRACE)
        try:
            said = json.loads(self._status.recv(1 << 12) or b"{}")
        except (OSError, ValueError):
            said = {}
        self.close()
        return death(said)
