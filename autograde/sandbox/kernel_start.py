"""Inside: confines itself, and becomes an ordinary Jupyter kernel. Linux only.

python -c "from boxed.kernel_start import main; main()" '{"status": 3, "connection": {...}, ...}', inside bubblewrap or
without it. On the socket `status` its supervisor says how it ended (see box.Guard).
"""

import json
import os
import socket
import sys
from pathlib import Path

from . import linux, seccomp
from .box import Limits, Mounts, supervise

OPTIONS = (
    "--HistoryManager.enabled=False",
    "--InteractiveShell.colors=nocolor",
    "--InteractiveShell.cache_size=0",
)


def main() -> None:
    """Read the settings, open the box, and run the kernel in it."""
    settings = json.loads(sys.argv[1])
    # ZeroMQ aborts where it cannot ask for the names of network interfaces. After the start there are no sockets at all.
    places = Mounts(**settings["places"], families=(seccomp.AF_UNIX, seccomp.AF_NETLINK))
    if settings["uid"] is not None:  # started by root, so that every file could be mounted: root no more
        linux.become(settings["uid"])
        linux.drop_capabilities()
    fonts = {path.name: path.read_text() for path in Path(places.listening[0]).glob("fontlist-*")}
    connection = settings["connection"] | {"ip": f"{places.listening[0]}/{settings['name']}"}
    # Landlock cannot be asked in the box. Signals must be refused where nothing else keeps them from the user's processes.
    signals = not places.namespaces and linux.landlock_version() < 6
    supervise(
        Limits(**settings["limits"]),
        places,
        [],
        socket.socket(fileno=settings["status"]),
        lambda: _run_kernel(connection, fonts, signals),
        settings.get("group"),
    )


def _run_kernel(connection: dict, fonts: dict[str, str], signals: bool) -> None:
    """signals: whether they are refused."""
    file = Path.home() / ".local/share/jupyter/runtime/kernel.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(connection))
    matplotlib = Path(os.environ["MPLCONFIGDIR"])
    matplotlib.mkdir()
    for name, text in fonts.items():
        (matplotlib / name).write_text(text)
    from ipykernel.kernelapp import IPKernelApp

    from . import kernel_side  # noqa: F401  # notes what is pristine
    from .commands import run_command

    sys.argv = ["ipykernel_launcher", "-f", str(file)]
    app = IPKernelApp.instance(ignore_cwd=True)
    app.initialize([*sys.argv[1:], *OPTIONS])
    app.kernel.shell.system = run_command
    seccomp.install_filter(seccomp.closing_filter(signals))
    app.start()
