"""A Jupyter kernel provisioner that starts Python kernels in a sandbox, for any program that starts kernels.

It is an entry point of jupyter_client, chosen by JUPYTER_DEFAULT_PROVISIONER_NAME=descent-sandbox. Whatever kernel is asked
for gets this Python's ipykernel, with no network and nothing to read but Python, helpers and datasets. Its sockets are
Unix sockets in a private folder, the only thing that both sides see. `autograde` is not in there: notebooks whose tests
import it cannot run in such a kernel, and the course's are judged from outside.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Enum, Float, Instance, Integer

from autograde.sandbox.box import INTERRUPT, USAGE, Limits
from autograde.sandbox.cgroups import Group
from autograde.sandbox.folders import PrivateFolder
from autograde.sandbox.fonts import font_lists
from autograde.sandbox.launcher import NOBODY, SandboxError, bubblewrapped, namespaces_work, unwrapped_command

NAME = "k"  # of the sockets, with a dash and a number
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


class SandboxProvisioner(LocalProvisioner):
    """Starts and ends one sandboxed kernel. isolation: how, once it is started."""

    wanted = Enum(("auto", "namespaces", "landlock"), "auto", help="How to isolate kernels.").tag(config=True)
    memory_mb = Integer(Limits.memory_mb, help="MB of memory that a kernel may use.").tag(config=True)
    seconds = Float(3600, help="Seconds after which a kernel is ended.").tag(config=True)

    limits = Instance(Limits, allow_none=True)  # instead of these two
    group = Instance(Group, allow_none=True)  # that the kernel enters
    isolation = ""
    _folder: PrivateFolder | None = None
    _status: socket.socket | None = None
    _end_told: dict[str, Any] | None = None  # how it has ended, once that was said

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the isolation and where the kernel's sockets are. Raises SandboxError if it does not run on Linux."""
        if sys.platform != "linux":
            raise SandboxError("kernels can be sandboxed on Linux only")
        manager = self.parent
        assert manager is not None, "a kernel manager has to know where the kernel listens"
        self.isolation = self._choose()
        self._folder = self._folder or PrivateFolder()
        manager.transport, manager.cache_ports = "ipc", False
        manager.ip = str(self._sockets() / NAME)
        for number, channel in enumerate(CHANNELS, start=1):
            setattr(manager, f"{channel}_port", number)
        return await super().pre_launch(**kwargs)

    def _choose(self) -> str:
        if self.wanted == "auto":
            return "namespaces" if namespaces_work() else "landlock"
        return self.wanted

    def _sockets(self) -> Path:
        assert self._folder is not None
        return self._folder.path if self.isolation == "namespaces" else self._folder.path / "sockets"

    async def launch_kernel(self, cmd: list[str], **kwargs: Any):
        """Start the supervisor, which starts the kernel, in the place of Jupyter's command `cmd`."""
        manager = self.parent
        assert self._folder is not None
        assert manager is not None
        self._folder.empty()  # something is there if the kernel is started again
        folder = self._folder.path
        self._end_told = None
        self._status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection = {**self.connection_info, "key": manager.session.key.decode()}
        limits = self.limits or Limits(memory_mb=self.memory_mb, seconds=self.seconds)
        settings = {"status": theirs.fileno(), "connection": connection, "name": NAME, "limits": asdict(limits)}
        descriptors = [theirs.fileno()]
        if self.group:
            settings["group"] = self.group.entry
            descriptors.append(self.group.entry)
        environment: dict[str, str] = {}
        if self.isolation == "namespaces":
            if os.getuid() == 0:
                os.chown(folder, NOBODY, NOBODY)
            command = bubblewrapped("kernel_start", settings, listening=folder)
        else:
            command, environment = unwrapped_command("kernel_start", settings, folder)
        for name, fonts in font_lists().items():
            (self._sockets() / name).write_text(fonts)  # the kernel takes them before it is confined
        kwargs |= {"env": environment, "cwd": "/", "pass_fds": descriptors, "independent": True}
        with theirs:
            return await super().launch_kernel(command, **kwargs)

    async def send_signal(self, signum: int) -> None:
        """An interrupt goes to the kernel, through its supervisor; everything else ends both."""
        if signum == signal.SIGINT:
            with contextlib.suppress(OSError):
                if self._status:
                    self._status.send(INTERRUPT)
        elif signum == 0:
            await super().send_signal(0)
        else:
            self._end()

    def _end(self) -> None:
        """Without its `status`, the supervisor ends the kernel, and then itself."""
        if self._status:
            self._status.shutdown(socket.SHUT_WR)
            if self.isolation == "namespaces" and self.process:
                self.process.kill()

    async def cleanup(self, restart: bool = False) -> None:
        """Close `status`, which ends what still runs, and remove the folder if the kernel does not start again."""
        await super().cleanup(restart)
        if self._status:
            self._status.close()
            self._status = None
        if self._folder and not restart:  # whoever is connected finds the sockets of the next kernel in the same place
            self._folder.remove()
            self._folder = None

    def passed_on(self, seconds: float) -> None:
        """Wait until the supervisor has sent all signals that it was asked for, or for so long."""
        with contextlib.suppress(OSError):
            if self._status:
                self._status.send(USAGE)
                self._said(seconds)  # it does one thing after the other

    def ended(self, seconds: float) -> dict:
        """What the supervisor says of how the kernel has ended; {} if it says nothing for so long."""
        end = time.monotonic() + seconds
        while self._end_told is None and time.monotonic() < end and self._said(max(0.001, end - time.monotonic())):
            pass
        return self._end_told or {}

    def _said(self, seconds: float) -> dict:
        """What the supervisor says next; {} if it says nothing for so long, or nothing any more."""
        if self._status is None:
            return {}
        with contextlib.suppress(OSError, ValueError):
            self._status.settimeout(seconds)
            said = json.loads(self._status.recv(1 << 12) or b"{}")
            if isinstance(said, dict):
                if "ended" in said:
                    self._end_told = said
                return said
        return {}
