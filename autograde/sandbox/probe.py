"""Tries what a box needs of the system: namespaces in namespaces, and mounts in them. Ends with 0 if all of it works."""

import json
import os
import sys

from . import linux
from .box import NAMESPACES


def main() -> None:
    settings = json.loads(sys.argv[1])
    if settings["uid"] is not None:
        linux.become(settings["uid"])
        linux.drop_capabilities()
    linux.own_namespaces(NAMESPACES)
    linux.mount("none", "/", "none", linux.MS_REC | linux.MS_PRIVATE)
    first = os.fork()
    if first == 0:
        linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
        linux.mount("tmpfs", "/tmp", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV)
        os._exit(0)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]) != 0)
