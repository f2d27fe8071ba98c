"""What a kernel may send: bounds on messages, and other protocols."""

import contextlib
import socket
import threading
import time

import pytest
from memory import peak_memory

from autograde.sandbox.zmtp import GREETING, LONG, MORE, Channel, Closed


def hostile(*data):
    """A channel whose other side has greeted as it should, and has sent this."""
    ours, theirs = socket.socketpair()
    ready = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER"
    theirs.sendall(GREETING + bytes((4, len(ready))) + ready)
    channel = Channel(ours, "DEALER", 1000, 2)

    def send():
        with contextlib.suppress(OSError), theirs:
            for each in data:
                theirs.sendall(each)

    threading.Thread(target=send, daemon=True).start()
    return channel


def all_of(channel):
    messages = []
    with contextlib.suppress(Closed):
        while True:
            messages += channel.receive()
            time.sleep(0.001)
    return messages


def test_messages_that_are_too_long_are_skipped():
    frame = bytes((LONG,)) + (5000).to_bytes(8, "big") + bytes(5000)
    assert all_of(hostile(b"\x01\x02ab\x00\x01c", frame, b"\x00\x01d")) == [[b"ab", b"c"], None, [b"d"]]


def test_messages_without_end_take_no_memory():
    before = peak_memory()
    endless = bytes((MORE | LONG,)) + (1 << 62).to_bytes(8, "big")
    channel = hostile(endless, *[bytes(1 << 20)] * 60)
    assert all_of(channel) == []
    assert channel.received > 60 << 20
    assert all_of(hostile(*[b"\x01\x01x" * 100_000] * 5)) == []  # frames without end in one message
    assert peak_memory() - before < 30


def test_other_protocols_are_refused():
    ours, theirs = socket.socketpair()
    theirs.sendall(b"HTTP/1.1 400 Bad Request\r\n" + bytes(100))
    with theirs, pytest.raises(Closed, match="another protocol"):
        Channel(ours, "DEALER", 1000, 2)
