"""What runs in a box: the notebook's cells, then calls of the functions they define. Nothing in here is trusted.

Requests and replies are wire frames; each reply repeats the number of its request.

{"do": "cells", "sources", "seconds", "lenient"}   a reply a cell {"outputs", "fine", "timeout"}, then {"done", "forks"}
{"do": "ask", "calls", "fork"}   a reply a call {"kind", "value", "message", "printed"}, then {"done", "forks"}

With "fork" the calls are made in a fork of this process, which then ends with all it started; so nothing that one question
does can reach the next. It replies on a socket that comes with the request, and has no other, so it cannot say that it is
done. That needs a process with one thread: after TensorFlow has run, a fork is asked for in vain.
"""

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial

from checking.time_limit import time_limit

from . import linux, wire
from .answering import ModuleSnapshot, answer, forget_hooks
from .lenient import be_lenient
from .outputs import CUT
from .shell import Shell

SOON = 0.01  # seconds that a reply may wait for the next


def serve(calls: socket.socket, shell: Shell, pristine: ModuleSnapshot) -> None:
    """Answer requests until there are no more."""
    sys.path.insert(0, "")  # as a kernel has it: a module that a cell writes can be imported
    while True:
        head, descriptors, *_ = socket.recv_fds(calls, wire.HEAD.size, 1)
        if not head:
            return
        head += _exactly(calls, wire.HEAD.size - len(head))
        tree, numbers = wire.sizes(head)
        request = wire.decode(_exactly(calls, tree), _exactly(calls, numbers))
        if request["do"] == "cells":
            _run(shell, request, _replier(calls, request["number"]))
        else:
            answers = socket.socket(fileno=descriptors[0]) if descriptors else calls
            work = partial(_answer, shell, pristine, request, answers)
            if request["fork"] and linux.threads() == 1:
                _apart(work, calls)
            else:
                work()
            if answers is not calls:
                answers.close()
        _replier(calls, request["number"])({"done": True, "forks": linux.threads() == 1})


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


def _run(shell: Shell, request: dict, reply: Callable[..., None]) -> None:
    seconds = request["seconds"]
    for source in request["sources"]:
        forget_hooks(shell)
        if request["lenient"]:
            be_lenient(shell)
        stopped = KeyboardInterrupt(f"the cell was stopped after {seconds:g} seconds")
        outputs: list[dict] = [{"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []}]
        fine = False
        with contextlib.suppress(BaseException), time_limit(seconds, stopped) as alarm:
            outputs, fine = shell.run(source)  # it may be stopped between two steps of the shell too
        said = {"outputs": outputs, "fine": fine, "timeout": alarm.rang}
        try:
            reply(said)
        except wire.BadFrame:  # characters that take several bytes each
            reply(said | {"outputs": [{"output_type": "stream", "name": "stdout", "text": CUT}]})


def _apart(work: Callable[[], None], calls: socket.socket) -> None:
    """Do it in a fork. This process is the first of its namespace: when the fork has ended, nothing else is left alive."""
    fork = os.fork()
    if fork == 0:
        try:
            calls.close()
            work()
        finally:
            os._exit(0)
    os.waitpid(fork, 0)
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def _answer(shell: Shell, pristine: ModuleSnapshot, request: dict, calls: socket.socket) -> None:
    reply = _replier(calls, request["number"])
    if request["fork"]:  # else nobody minds: what comes out right is right, and the rest is asked again in forks
        pristine.restore()
    last = len(request["calls"])
    for i, asked in enumerate(request["calls"], start=1):
        # in a fork each reply counts, whatever the next call does to the process
        wait = i < last and not request["fork"]
        try:
            reply(answer(shell.user_ns, asked), wait)
        except wire.BadFrame as bad:
            reply({"kind": "unusable", "message": f"It returns more than can be compared: {bad}."}, wait)
