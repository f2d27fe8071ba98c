"""The process out of which warm.py has commands forked: python warm_source.py SOCKET MODULE...

Whoever connects sends `{"words": [...], "folder": ..., "environment": {...}}` in a line, with its standard streams, and gets the
number of the process in a line, and its exit code in another. When it hangs up before, what was forked is killed. Ends when its
own standard input does.
"""

import contextlib
import ctypes
import importlib
import json
import multiprocessing.util
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from itertools import pairwise


def main() -> None:
    place, *modules = sys.argv[1:]
    del sys.path[0]  # the folder of the tests
    for module in modules:
        importlib.import_module(module)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{place}.new")
    listener.listen(64)
    os.rename(f"{place}.new", place)
    request = serve(listener)  # in a process that was forked
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[:0] = [request["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    option, module, *rest = request["words"]
    assert option == "-m"
    sys.argv = [module, *rest]
    multiprocessing.util.spawnv_passfds = begin
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def serve(listener: socket.socket) -> dict:
    """Fork for whoever asks; returns in each process that was forked, with what is to be done there."""
    running: dict[int, socket.socket] = {}  # who waits for it, by process
    woken, wake = os.pipe()  # when one of them has ended
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([listener, woken, sys.stdin, *running.values()], [], [])
        if sys.stdin in ready:  # whoever began this has ended
            sys.exit()
        for pid, connection in list(running.items()):
            if connection in ready:  # who waited has gone
                os.kill(pid, signal.SIGKILL)
        if woken in ready:
            os.read(woken, 1000)
            for pid, connection in list(running.items()):
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    with contextlib.suppress(OSError):
                        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
                    running.pop(pid).close()
        if listener in ready:
            connection = listener.accept()[0]
            line, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
            while not line.endswith(b"\n"):
                line += connection.recv(1 << 20)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for standard, stream in enumerate(streams):
                    os.dup2(stream, standard)
                for other in (woken, wake, *streams):
                    os.close(other)
                for end in (listener, connection, *running.values()):
                    end.close()
                return json.loads(line)
            for stream in streams:
                os.close(stream)
            with contextlib.suppress(OSError):
                connection.sendall(b"%d\n" % pid)
            running[pid] = connection


NAME = 15  # PR_SET_NAME
_begin_anew = multiprocessing.util.spawnv_passfds


def begin(path: str, words: list[str], descriptors: list[int]) -> int:
    """Begin a process of multiprocessing's; its fork server, which imports what is imported here, by a fork."""
    code = words[-1]
    if "multiprocessing.forkserver" not in code:
        return _begin_anew(path, words, descriptors)
    pid = os.fork()
    if not pid:
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            ctypes.CDLL(None).prctl(NAME, b"forkserver")  # by which processes.py knows it
            kept = [2, *sorted(descriptors), os.sysconf("SC_OPEN_MAX")]
            for first, last in pairwise(kept):
                os.closerange(first + 1, last)
            exec(code, {})
        except SystemExit:  # with which it ends
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return pid


if __name__ == "__main__":
    main()
