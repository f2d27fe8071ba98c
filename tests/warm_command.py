"""Has a command forked by warm_source.py, and ends with its exit code: python -I -S warm_command.py SOCKET -m MODULE...

Where a signal has ended that, SIGKILL ends this. The number of the process is written to the file WARM_PID, if that is given.
"""

import json
import os
import signal
import socket
import sys


def main() -> int:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        request = {"words": sys.argv[2:], "folder": os.getcwd(), "environment": dict(os.environ)}
        line = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(connection, [line], [0, 1, 2])
        connection.sendall(line[sent:])
        answers = connection.makefile()
        pid = answers.readline()
        if place := os.environ.get("WARM_PID"):
            with open(place, "w", encoding="ascii") as file:
                file.write(pid)
        code = int(answers.readline() or -signal.SIGKILL)
    if code < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return code


sys.exit(main())
