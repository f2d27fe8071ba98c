"""What answers calls in a Jupyter kernel, whoever has started it. Nothing in here is trusted.

Importing this, before any student's code runs, notes what is pristine. Requests and replies are wire frames in base64.
"""

import base64
import sys
from functools import partial
from typing import NoReturn

from IPython import get_ipython
from IPython.core.compilerop import CachingCompiler

from . import wire
from .answering import ModuleSnapshot, forget_hooks
from .answering import answer as _answer
from .lenient import be_lenient

_pristine = ModuleSnapshot()


def prepare(lenient: bool) -> None:
    """Before the first cell, and after each."""
    shell = get_ipython()
    if "" not in sys.path:  # a module that a cell writes can be imported, as where Jupyter has started the kernel
        sys.path.insert(0, "")
    forget_hooks(shell)
    if lenient:
        be_lenient(shell)
    shell.ask_exit = _ask_exit
    # A kernel names cells after its process, and names get into messages. These are the same in every run and tier.
    shell.compile.get_code_name = partial(CachingCompiler.get_code_name, shell.compile)


def _ask_exit() -> NoReturn:
    """`exit` in a cell ends that cell; a kernel would end with the next one."""
    raise SystemExit("the cell asked to exit")


def answer(request: str) -> str:
    """Call a function of the notebook: the request is what `answering.answer` takes."""
    _pristine.restore()
    asked = wire.whole(base64.b64decode(request))
    reply = _answer(get_ipython().user_ns, asked)
    return base64.b64encode(wire.encode(reply)).decode()
