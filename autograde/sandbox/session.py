"""What runs in a box: the notebook's cells, then calls of the functions they define. Nothing in here is trusted.

Requests and replies are wire frames; each reply repeats the number of its request.

{"do": "cells", "sources", "seconds"}   a reply a cell {"outputs", "fine"}, then {"done"}
{"do": "ask", "calls", "fork"}          a reply a call {"kind", "value", "message", "printed"}, then {"done"}

With "fork" the calls are made in a fork of this process, which then ends with all it started; so nothing that one question
does can reach the next. That needs a process with one thread: after TensorFlow has run, it is asked for in vain.
"""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial

from . import linux, wire
from .answering import Pristine, answer, forget_hooks
from .shell import Shell

SOON = 0.01  # seconds that a reply may wait for the next


def serve(calls: socket.socket, shell: Shell, pristine: Pristine) -> None:
    """Answer requests until there are no more."""
    while True:
        head = _exactly(calls, wire.HEAD.size)
        if not head:
            return
        tree, numbers = wire.sizes(head)
        request = wire.decode(_exactly(calls, tree), _exactly(calls, numbers))
        reply = _replier(calls, request["number"])
        if request["do"] == "cells":
            _run(shell, request["sources"], request["seconds"], reply)
        elif request["fork"] and linux.threads() == 1:
            _apart(partial(_answer, shell, pristine, request, calls))
        else:
            _answer(shell, pristine, request, calls)
        reply({"done": True})


def _exactly(source: socket.socket, size: int) -> bytes:
    """So many bytes; nothing if the other side has gone."""
    parts = []
    while size and (part := source.recv(min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts) if not size else b""


def _replier(calls: socket.socket, number: str) -> Callable[..., None]:
    """What sends a reply; in a fork that a cell or a function has left behind, it ends that fork instead.

    One that may `wait` goes out with the next, if that is soon: waking the other side takes longer than a short call.
    """
    own, waiting, sent = os.getpid(), bytearray(), time.monotonic()

    def reply(content: dict, wait: bool = False) -> None:
        nonlocal sent
        if os.getpid() != own:
            os._exit(0)
        waiting.extend(wire.encode({"number": number, **content}))
        if not wait or time.monotonic() > sent + SOON:
            calls.sendall(waiting)
            waiting.clear()
            sent = time.monotonic()

    return reply


def _run(shell: Shell, sources: list[str], seconds: float, reply: Callable[..., None]) -> None:
    for source in sources:
        forget_hooks(shell)
        timer = threading.Event()  # set once the cell was interrupted

        def interrupt(signum, frame, timer=timer):
            timer.set()
            raise KeyboardInterrupt(f"the cell was stopped after {seconds:g} seconds")

        signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            outputs, fine = shell.run(source)
        except BaseException as error:  # the timer rang between two steps of the shell
            outputs, fine = (
                [{"output_type": "error", "ename": type(error).__name__, "evalue": "", "traceback": []}],
                False,
            )
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        reply({"outputs": outputs, "fine": fine, "timeout": timer.is_set()})


def _apart(work) -> None:
    """Do it in a fork. This process is the first of its namespace: when the fork has ended, nothing else is left alive."""
    fork = os.fork()
    if fork == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(fork, 0)
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def _answer(shell: Shell, pristine: Pristine, request: dict, calls: socket.socket) -> None:
    reply = _replier(calls, request["number"])
    if request["fork"]:  # else nobody minds: what comes out right is right, and the rest is asked again in forks
        pristine.restore()
    last = len(request["calls"])
    for i, asked in enumerate(request["calls"], start=1):
        # in a fork each reply counts, whatever the next call does to the process
        reply(answer(shell.user_ns, asked), wait=i < last and not request["fork"])
