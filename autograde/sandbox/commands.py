"""What `!command` in a notebook does in a box, which has no terminal for it: it runs, and what it says is shown."""

import subprocess
import sys

from IPython import get_ipython


def run_command(command: str) -> None:
    """Takes the place of IPython's `system`."""
    shell = get_ipython()
    words = shell.var_expand(command, depth=1)
    process = subprocess.Popen(
        words,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        assert process.stdout
        while part := process.stdout.read(4096):
            sys.stdout.write(part)
        shell.user_ns["_exit_code"] = process.wait()
    finally:
        process.kill()
