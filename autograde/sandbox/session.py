"""What runs in a box: the notebook's cells, then calls of the functions they define. Nothing in here is trusted.

Requests and replies are wire frames; each reply repeats the number of its request.

{"do": "cells", "sources", "seconds"}   a reply a cell {"outputs", "fine"}, then {"done"}
{"do": "ask", "name", "calls", "fork"}  a reply a call {"kind", "value", "message", "printed"}, then {"done"}

With "fork" the calls are made in a fork of this process, which then ends with all it started; so nothing that one question
does can reach the next. That needs a process with one thread: after TensorFlow has run, it is asked for in vain.
"""

import contextlib
import os
import signal
import socket
import threading
from functools import partial

from . import linux, wire
from .answering import Pristine, answer, forget_hooks
from .shell import Shell


def serve(calls: socket.socket, shell: Shell, pristine: Pristine) -> None:
    """Answer requests until there are no more."""
    while True:
        head = _exactly(calls, wire.HEAD.size)
        if not head:
            return
        tree, numbers = wire.sizes(head)
        request = wire.decode(_exactly(calls, tree), _exactly(calls, numbers))
        if request["do"] == "cells":
            _run(shell, request["sources"], request["seconds"], _replier(calls, request["number"]))
        elif request["fork"] and linux.threads() == 1:
            _apart(partial(_answer, shell, pristine, request, calls))
        else:
            _answer(shell, pristine, request, calls)
        _replier(calls, request["number"])({"done": True})


def _exactly(source: socket.socket, size: int) -> bytes:
    """So many bytes; nothing if the other side has gone."""
    parts = []
    while size and (part := source.recv(min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts) if not size else b""


def _replier(calls: socket.socket, number: str):
    """What sends a reply; in a fork that a cell or a function has left behind, it ends that fork instead."""
    own = os.getpid()

    def reply(content: dict) -> None:
        if os.getpid() != own:
            os._exit(0)
        calls.sendall(wire.encode({"number": number, **content}))

    return reply


def _run(shell: Shell, sources: list[str], seconds: float, reply) -> None:
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
    for asked in request["calls"]:
        reply(answer(shell.user_ns, request["name"], asked))
