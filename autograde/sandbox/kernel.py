"""A Jupyter kernel's process and the connections with it. What it sends is bounded, and believed in nothing."""

import contextlib
import json
import logging
import os
import selectors
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner

from autograde.course import ENGINE, this_course
from autograde.sandbox.box import Limits
from autograde.sandbox.cgroups import CgroupPlace, Group
from autograde.sandbox.client import GRACE, START_SECONDS, BoxDied
from autograde.sandbox.client import death as death_of
from autograde.sandbox.folders import PrivateFolder
from autograde.sandbox.kernel_start import OPTIONS
from autograde.sandbox.launcher import SandboxError
from autograde.sandbox.provisioner import SandboxProvisioner
from autograde.sandbox.zmtp import Channel, Closed

MAX_SAID = 512 << 20  # bytes that a kernel may send in all; of outputs, nearly all are thrown away
MAX_SHOWN = 8 << 20  # bytes of one message that shows something
MAX_REPLY = 32 << 20  # bytes of one reply
MAX_HEADER = 1 << 16  # bytes of a message's header
SETTLED = 2  # seconds until a process whose connections are closed has ended
DELIMITER = b"<IDS|MSG>"
SILENT = logging.Logger(__name__, logging.CRITICAL + 1)  # what goes wrong is said by exceptions


class KernelGone(Exception):
    """The kernel has ended, cannot be reached, or has broken the rules."""


@dataclass(frozen=True)
class Message:
    """What a kernel sends. parent: the number of the request that it is about."""

    kind: str
    parent: str
    raw: bytes

    def content(self) -> dict:
        """What it says, a JSON object; {} if it is something else."""
        return _json(self.raw)


class Kernel:
    """One kernel, from its start on. isolation: namespaces, landlock or none."""

    def __init__(
        self, sandboxed: bool, limits: Limits, wanted: str, log: Path | None, groups: CgroupPlace | None = None
    ):
        """Raises SandboxError if it does not start or cannot be reached."""
        self._folder = PrivateFolder()
        self._manager = _Manager(connection_file=str(self._folder.path / "kernel.json"), log=SILENT)
        self._broke: BoxDied | None = None
        self._channels: list[Channel] = []
        self._selector = selectors.DefaultSelector()
        self._group: Group | None = None
        try:
            self._group = Group(groups, limits) if groups else None
            self._start(sandboxed, limits, wanted, log)
            self._shell = self._connect(self._manager.shell_port, "DEALER", MAX_REPLY)
            self._shown = self._connect(self._manager.iopub_port, "SUB", MAX_SHOWN)
            self._shown.send([b"\x01"], GRACE)  # subscribe to everything
        except (Closed, OSError) as error:
            death = self.death()
            reason = error if self._manager.is_alive() else death
            self.close()
            raise SandboxError(f"the kernel did not start: {reason}{f'; {log} may say why' if log else ''}") from None
        except BaseException:
            self.close()
            raise

    def _start(self, sandboxed: bool, limits: Limits, wanted: str, log: Path | None) -> None:
        options = {"kernel_id": str(uuid.uuid4()), "kernel_spec": self._manager.kernel_spec, "parent": self._manager}
        if sandboxed:
            self._provisioner: LocalProvisioner = SandboxProvisioner(
                limits=limits, wanted=wanted, group=self._group, **options
            )
            more = {}
        else:
            self._provisioner = LocalProvisioner(**options)
            folder = str(self._folder.path)
            more = {"env": _environment(folder), "cwd": folder, "extra_arguments": list(OPTIONS)}
        self._manager.provisioner = self._provisioner
        with contextlib.ExitStack() as stack:
            said = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
            self._manager.start_kernel(stdout=said, stderr=said, **more)
        self.isolation = self._provisioner.isolation if isinstance(self._provisioner, SandboxProvisioner) else "none"

    def _connect(self, port: int, kind: str, max_message: int) -> Channel:
        end = time.monotonic() + START_SECONDS
        while True:
            if not self._manager.is_alive():
                raise Closed("it has ended")
            try:
                channel = Channel(self._reached(port), kind, max_message, START_SECONDS)
                break
            except OSError:  # it does not listen yet
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self._channels.append(channel)
        self._selector.register(channel, selectors.EVENT_READ)
        return channel

    def _reached(self, port: int) -> socket.socket:
        manager = self._manager
        if manager.transport == "ipc":
            reached = socket.socket(socket.AF_UNIX)
            reached.connect(f"{manager.ip}-{port}")
            return reached
        reached = socket.create_connection((manager.ip, port))
        reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if reached.getsockname() == reached.getpeername():  # a port that nobody listens at may be given to ourselves
            reached.close()
            raise ConnectionRefusedError
        return reached

    def send(self, kind: str, content: dict) -> str:
        """Send a request; its number."""
        request = self._manager.session.msg(kind, content)
        try:
            self._shell.send(self._manager.session.serialize(request), GRACE)
        except Closed:
            raise KernelGone from None
        return request["header"]["msg_id"]

    def receive(self, seconds: float) -> Iterator[Message | None]:
        """What comes next, within so many seconds; None for an output that was too long. Raises KernelGone."""
        ready = self._selector.select(seconds)
        if not ready and not self._manager.is_alive():
            raise KernelGone
        for key, _ in ready:
            channel = key.fileobj
            assert isinstance(channel, Channel)
            try:
                for frames in channel.receive():
                    if frames is None and channel is self._shell:
                        raise self._breaks("it is too long")
                    message = self._message(frames) if frames else None
                    if message or frames is None:
                        yield message
            except Closed:
                raise KernelGone from None
        if sum(channel.received for channel in self._channels) > MAX_SAID:
            raise self._breaks(f"more than {MAX_SAID >> 20} MB")

    def _message(self, frames: list[bytes]) -> Message | None:
        """A message of Jupyter's form, signed with the key that only this kernel has."""
        parts = frames[frames.index(DELIMITER) + 1 :] if DELIMITER in frames else []
        if len(parts) < 5 or not compare_digest(self._manager.session.sign(parts[1:5]), parts[0]):
            return None
        if max(len(parts[1]), len(parts[2])) > MAX_HEADER:
            return None
        match _json(parts[1]), _json(parts[2]):
            case {"msg_type": str(kind)}, {"msg_id": str(parent)}:
                return Message(kind, parent, parts[4])
        return None

    def _breaks(self, rule: str) -> KernelGone:
        self._broke = BoxDied("error", f"its process sent what cannot be read: {rule}")
        return KernelGone()

    def interrupt(self) -> None:
        """Stop what it runs, as Ctrl-C does. What is sent to it from then on comes after the signal."""
        self._manager.interrupt_kernel()
        if isinstance(self._provisioner, SandboxProvisioner):
            self._provisioner.passed_on(GRACE)

    def death(self) -> BoxDied:
        """Why it is gone."""
        if self._broke:
            return self._broke
        if isinstance(self._provisioner, SandboxProvisioner):
            return death_of(self._provisioner.ended(SETTLED))
        process = self._provisioner.process
        try:
            return death_of({"ended": process.wait(SETTLED) if process else None})
        except subprocess.TimeoutExpired:
            return death_of({})

    def close(self) -> None:
        """Kill what is left of it."""
        self._selector.close()
        for channel in self._channels:
            channel.close()
        if self._manager.has_kernel:
            family = [] if isinstance(self._provisioner, SandboxProvisioner) else _family(self._provisioner)
            self._manager.shutdown_kernel(now=True)
            for process in family:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        if self._group:
            self._group.close()
        self._folder.remove()


class _Manager(KernelManager):
    """Starts this Python, whatever kernels are installed, and does not listen to it: Kernel does, within bounds."""

    kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Python 3",
        language="python",
    )

    def _connect_control_socket(self) -> None:
        pass


def _environment(folder: str) -> dict[str, str]:
    """Of a kernel that is not sandboxed: as it is, but for what would make a difference."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(this_course().root), str(ENGINE)]),
        "IPYTHONDIR": folder,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def _family(provisioner: LocalProvisioner) -> list[psutil.Process]:
    """What a kernel has started that is still its own."""
    try:
        return psutil.Process(provisioner.pid).children(recursive=True)
    except psutil.Error:
        return []


def _json(raw: bytes) -> dict:
    """A JSON object; {} if it is something else."""
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
