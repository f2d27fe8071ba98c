#!/usr/bin/env python3
"""Run a command for ever: a Dask worker ends when its scheduler does, and is to be there again when that is.

keep_running.py COMMAND...      where there is no systemd, whose Restart=always does the same (dask-worker@.service)

SIGTERM and Ctrl-C end the command, and this.
"""

import signal
import subprocess
import sys
import time

SHORTEST, LONGEST = 1.0, 30.0  # seconds between two starts
LASTED = 60.0  # seconds after which a command is one that works


def main(command: list[str]) -> int:
    """Until told to end; the exit code of what was ended."""
    if not command or command[0] in ("-h", "--help"):
        print(__doc__, file=sys.stderr)
        return 2
    is_told = False
    process: subprocess.Popen | None = None

    def end(*_: object) -> None:
        nonlocal is_told
        is_told = True
        if process is not None and process.poll() is None:
            process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    pause = SHORTEST
    while not is_told:
        began = time.monotonic()
        try:
            process = subprocess.Popen(command)
        except OSError as error:
            print(f"keep_running: '{command[0]}' cannot be run: {error.strerror}", file=sys.stderr)
            return 127
        code = process.wait()
        if is_told:
            return code
        pause = SHORTEST if time.monotonic() - began > LASTED else min(2 * pause, LONGEST)
        print(f"ended with {code}; started again in {pause:g} s", file=sys.stderr, flush=True)
        until = time.monotonic() + pause
        while not is_told and time.monotonic() < until:
            time.sleep(0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
