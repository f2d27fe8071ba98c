"""The fork server: imports what notebooks need, once, and then forks a box for every notebook.

python -c "from boxed.server import main; main()" '{"preload": [...], "socket": 3, ...}' inside bubblewrap.
On the socket comes one JSON object a box, its limits, with two sockets, calls and status, and where there is one the
descriptor of a control group (see box.open_box).
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import socket
import sys
from functools import partial

from . import linux
from .answering import ModuleSnapshot, answer
from .box import Limits, Mounts, Watchdog, enter_pid_namespace, open_box, tell_end
from .seccomp import seccomp_filter
from .session import serve
from .shell import make_shell

# Keras imports these where it finds them, for what no notebook of the course uses: a quarter of the memory to be forked.
NOT_NEEDED = ("sklearn", "scipy", "pandas")


def main() -> None:
    """Read the settings, warm up, say so, and serve until the other side closes."""
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["socket"])
    if settings["uid"] is not None:  # started by root, so that every file could be mounted: root no more
        linux.become(settings["uid"])
        linux.drop_capabilities()
    linux.die_with_parent()
    enter_pid_namespace()
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    sys.modules.update(dict.fromkeys(NOT_NEEDED))  # type: ignore[arg-type]  # None: it cannot be imported
    for name in settings["preload"]:
        with contextlib.suppress(ImportError):  # the notebook will say so itself
            importlib.import_module(name)
    for name in NOT_NEEDED:
        sys.modules.pop(name, None)
    shell = make_shell()
    _warm_up()
    pristine = ModuleSnapshot()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    gc.collect()
    gc.freeze()  # the collector does not touch, and so does not copy, what all forks share
    places = Mounts(**settings["places"])
    seccomp_filter(tuple(places.families))  # once, and not in every box
    control.send(json.dumps({"threads": linux.threads()}).encode())
    watch = Watchdog()
    while True:
        if control.fileno() not in watch.wait([control.fileno()]):
            continue
        message, descriptors, *_ = socket.recv_fds(control, 1 << 16, 3)
        if not message:
            return
        calls, status = (socket.socket(fileno=descriptor) for descriptor in descriptors[:2])
        group = descriptors[2] if len(descriptors) > 2 else None
        with calls:
            try:
                limits = Limits(**json.loads(message))
                run = partial(serve, calls, shell, pristine)
                watch.guards.append(open_box(limits, places, [calls.fileno()], status, run, group))
            except Exception as error:
                with status:
                    tell_end(status, None, f"{type(error).__name__}: {error}")
        if group is not None:
            os.close(group)


def _warm_up() -> None:
    """Load what a first call, and a first progress bar, would load in every box again."""
    answer({"first": float}, {"name": "first", "args": (1,), "stubs": None, "adapter": None, "seconds": 1})
    importlib.import_module("multiprocessing.synchronize")
