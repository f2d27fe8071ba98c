"""The trusted side's end of a connection with a Jupyter kernel: ZeroMQ's own protocol, within bounds.

A ZeroMQ library takes as much memory as the other side cares to send. Here a message longer than agreed is thrown away
while it comes in, and what has come is counted. The protocol is ZMTP 3.0, https://rfc.zeromq.org/spec/23/, without
security: 64 bytes of greeting each way, a READY command each way, then frames.
"""

import socket
import time
from collections.abc import Iterator

MORE, LONG, COMMAND = 1, 2, 4  # flags of a frame
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
MAX_FRAMES = 100  # in one message
CHUNK = 1 << 18  # bytes read at once


class Closed(Exception):
    """The other side has gone, or does not speak the protocol."""


class Channel:
    """One connection, as a DEALER or a SUB socket. received: bytes, in all."""

    def __init__(self, connected: socket.socket, kind: str, max_message: int, seconds: float):
        """Greets the other side, which has so many seconds to answer; raises Closed if it does not."""
        self._socket, self._max = connected, max_message
        self._buffer = bytearray()
        self._message: list[bytes] | None = []  # the frames so far; None if they are too much
        self._size = self._skip = self.received = 0
        self._more = False
        try:
            self._greet(kind, time.monotonic() + seconds)
        except OSError as error:
            raise Closed(str(error)) from None

    def _greet(self, kind: str, end: float) -> None:
        self._send(GREETING, end)
        greeting = self._exactly(len(GREETING), end)
        if greeting[0] != 0xFF or greeting[9] != 0x7F or greeting[10] < 3 or not greeting[12:].startswith(b"NULL\0"):
            raise Closed("it speaks another protocol")
        ready = b"\x05READY" + b"\x0bSocket-Type" + len(kind).to_bytes(4, "big") + kind.encode()
        self._send(bytes((COMMAND, len(ready))) + ready, end)
        flags, size = self._exactly(2, end)
        if flags != COMMAND or not self._exactly(size, end).startswith(b"\x05READY"):
            raise Closed("it speaks another protocol")
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """The socket's descriptor, for a selector."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def send(self, frames: list[bytes], seconds: float) -> None:
        """Send one message; raises Closed if it is not taken in time."""
        parts = []
        for i, frame in enumerate(frames):
            flags = (MORE if i + 1 < len(frames) else 0) | (LONG if len(frame) > 255 else 0)
            parts += [bytes((flags,)), len(frame).to_bytes(8 if flags & LONG else 1, "big"), frame]
        try:
            self._send(b"".join(parts), time.monotonic() + seconds)
            self._socket.setblocking(False)
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self) -> Iterator[list[bytes] | None]:
        """The messages that are there, each as its frames; None for one that was too long. Raises Closed."""
        try:
            data = self._socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise Closed(str(error)) from None
        if not data:
            raise Closed("it has gone")
        self.received += len(data)
        self._buffer += data
        while self._advance():
            if not self._more:
                yield self._message
                self._message, self._size = [], 0

    def _advance(self) -> bool:
        """Take one frame of a message from the buffer, if there is a whole one."""
        while True:
            skipped = min(self._skip, len(self._buffer))
            del self._buffer[:skipped]
            self._skip -= skipped
            if self._skip or len(self._buffer) < 2:
                return False
            flags = self._buffer[0]
            head = 9 if flags & LONG else 2
            if len(self._buffer) < head:
                return False
            size = int.from_bytes(self._buffer[1:head], "big")
            if flags & COMMAND:  # none of them matters here
                del self._buffer[:head]
                self._skip = size
                continue
            if self._message is None or self._size + size > self._max or len(self._message) == MAX_FRAMES:
                self._message = None
                del self._buffer[:head]
                self._skip = size
            elif len(self._buffer) < head + size:
                return False
            else:
                self._message.append(bytes(self._buffer[head : head + size]))
                self._size += size
                del self._buffer[: head + size]
            self._more = bool(flags & MORE)
            return True

    def _send(self, data: bytes, end: float) -> None:
        self._socket.settimeout(max(0.001, end - time.monotonic()))
        self._socket.sendall(data)

    def _exactly(self, size: int, end: float) -> bytes:
        parts = b""
        while len(parts) < size:
            self._socket.settimeout(max(0.001, end - time.monotonic()))
            if not (part := self._socket.recv(size - len(parts))):
                raise Closed("it has gone")
            parts += part
        return parts
