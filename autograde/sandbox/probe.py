"""Tries what a box needs of the system: namespaces in namespaces, and mounts in them. Ends with 0 if all of it works."""

import json
import os
import sys

from . import linux
from .box import NAMESPACES, enter_pid_namespace, mount_proc


def main() -> None:
    """Try all of it, as the user `uid` of the settings if there is one, and end with 0 or 1. Raises OSError."""
    settings = json.loads(sys.argv[1])
    if settings["uid"] is not None:
        linux.become(settings["uid"])
        linux.drop_capabilities()
    enter_pid_namespace()
    first = linux.fork_apart()
    if first == 0:
        linux.unshare(NAMESPACES)
        mount_proc()
        linux.mount("tmpfs", "/tmp", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV)
        linux.own_namespaces()
        os._exit(0)
    sys.exit(os.waitpid(first, 0)[1] != 0)
