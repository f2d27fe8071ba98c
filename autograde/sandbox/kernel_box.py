"""A box that is an ordinary Jupyter kernel: sandboxed (tier `kernel`), or with the rights of whoever runs it (tier `none`).

It offers what client.Box does. Its process cannot be forked, as it has threads: it answers all in one. What the kernel
sends is read by `zmtp`, bounded, and believed in nothing. Tier `none` works on every system.
"""

import base64
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograde.sandbox import wire
from autograde.sandbox.box import Limits
from autograde.sandbox.cgroups import CgroupPlace
from autograde.sandbox.client import GRACE, START_SECONDS, BoxDied
from autograde.sandbox.kernel import Kernel, KernelGone
from autograde.sandbox.launcher import SandboxError
from autograde.sandbox.outputs import MAX_CHARACTERS, MAX_OF_ALL, Outputs, size
from checking.time_limit import IDLE, idle_seconds

LATE = 2  # seconds that outputs may come after the reply
CATCH_UP = 10  # seconds that a kernel has after each cell until all is sent that it shows
LOOKS = 0.25  # seconds between two looks whether time is up


@dataclass
class _Said:
    """What came of one request: what was shown, the reply, and whether everything has come."""

    outputs: Outputs
    reply: dict | None = None
    interrupted: bool = False
    complete: bool = False


class KernelBox:
    """One notebook's kernel. After any exception it is dead; close it and open another.

    isolation: namespaces, landlock or none.
    """

    forks = False
    out_of_turn = False  # each request is answered for itself, by number

    def __init__(
        self,
        sandboxed: bool,
        limits: Limits | None = None,
        wanted: str = "auto",
        log: Path | None = None,
        groups: CgroupPlace | None = None,
    ):
        """Raises SandboxError if the kernel does not start. wanted: the isolation; log: gets what is said on the way;
        groups: where to make a control group for it."""
        self._limits = limits or Limits()
        self._end = time.monotonic() + self._limits.seconds
        self._answers = f"{'boxed' if sandboxed else 'autograde.sandbox'}.kernel_side"
        self._idle = idle_seconds()
        self._began = time.monotonic()
        self._lenient = False
        self._kernel = Kernel(sandboxed, self._limits, wanted, log, groups)
        self.isolation = self._kernel.isolation
        try:
            self._wait(START_SECONDS)
        except BoxDied as died:
            raise SandboxError(f"the kernel did not start: {died}{f'; {log} may say why' if log else ''}") from None

    def _wait(self, seconds: float) -> None:
        """Until it has done what it was asked, has sent what it shows, and has met all interrupts."""
        end = time.monotonic() + seconds
        while True:
            said = self._call(f"prepare(lenient={self._lenient})", seconds, late=0.2)
            if said.complete and not _met_interrupt(said.reply):
                return
            if time.monotonic() > end:
                raise self._killed(BoxDied("timeout", "it does not send what it shows"))

    def close(self) -> None:
        """Kill what is left of it."""
        self._kernel.close()

    def starved(self, whole: bool = False) -> bool:
        """Whether what it does now might have ended in time on a machine with nothing else to do."""
        now = idle_seconds()
        if self._idle is None or now is None:
            return True
        return now - self._idle < IDLE * (time.monotonic() - self._began)

    def run_cells(
        self, sources: Sequence[str], seconds: float, until: float = math.inf, lenient: bool = False
    ) -> Iterator[dict]:
        """Run cells one after the other; {"outputs", "fine", "timeout"} of each, as the kernel says. lenient: see
        sandbox.lenient."""
        if lenient != self._lenient:
            self._lenient = lenient
            self._wait(CATCH_UP)
        self._end = min(self._end, until)
        left = MAX_OF_ALL
        for source in sources:
            outputs = Outputs(min(MAX_CHARACTERS, left))
            said = self._execute({"code": source, "silent": False, "store_history": True}, seconds, outputs)
            left -= outputs.used
            self._wait(CATCH_UP)  # what this cell has left behind is its own affair, and nobody's who comes after it
            fine = said.reply is not None and said.reply.get("status") == "ok"
            yield {"outputs": outputs.collected(), "fine": fine, "timeout": said.interrupted}

    def ask(self, calls: Sequence[dict], fork: bool, until: float = math.inf) -> Iterator[dict]:
        """Call functions as client.Box does, but never in a fork; what came of each."""
        self._end = min(self._end, until)
        for call in calls:
            request = f"answer({base64.b64encode(wire.encode(call)).decode()!r})"
            said = self._call(request, call["seconds"] + 1)
            try:
                reply = _plain(said.reply)
            except wire.BadFrame as bad:
                if said.interrupted:
                    raise self._killed(BoxDied("timeout", "it did not end in time")) from None
                raise self._killed(BoxDied("error", f"its process sent what cannot be read: {bad}")) from None
            yield reply

    def _call(self, call: str, seconds: float, late: float = LATE) -> _Said:
        """Have a function of kernel_side called, apart from the notebook's cells."""
        expression = f"__import__({self._answers!r}, fromlist=['it']).{call}"
        content = {"code": "", "silent": True, "store_history": False, "user_expressions": {"it": expression}}
        return self._execute(content, seconds, Outputs(), late)

    def _execute(self, content: dict, seconds: float, outputs: Outputs, late: float = LATE) -> _Said:
        """Send one request and wait for what comes of it. What takes longer is interrupted, and then killed."""
        said = _Said(outputs)
        end = time.monotonic() + seconds
        try:
            number = self._kernel.send("execute_request", content | {"allow_stdin": False, "stop_on_error": False})
            while said.reply is None or not said.complete:
                now = time.monotonic()
                if now > self._end:
                    raise self._killed(BoxDied("timeout", f"it ran for more than {self._limits.seconds:g} seconds"))
                if now > end:
                    if said.reply is not None:
                        break
                    if said.interrupted:
                        raise self._killed(BoxDied("timeout", "it did not end in time and was killed"))
                    self._kernel.interrupt()
                    said.interrupted, end = True, now + GRACE
                for message in self._kernel.receive(min(LOOKS, max(0, end - now))):
                    if message is None:
                        said.outputs.cut()
                    elif message.parent == number:  # others are stale, or forged
                        _take(said, message.kind, message.content())
                        if message.kind == "execute_reply":
                            end = time.monotonic() + late
        except KernelGone:
            raise self._killed(self._kernel.death()) from None
        return said

    def _killed(self, death: BoxDied) -> BoxDied:
        self.close()
        return death


def _take(said: _Said, kind: str, content: dict) -> None:
    """One message of the kernel, as far as it has the form that Jupyter's messages have."""
    outputs = said.outputs
    match kind, content:
        case "execute_reply", _:
            said.reply = content
        case "status", {"execution_state": "idle"}:
            said.complete = True
        case "stream", {"name": "stdout" | "stderr" as name, "text": str(text)} if text:
            outputs.write(name, text)
        case "error", {"ename": str(name), "evalue": str(value), "traceback": list(lines)}:
            error = {
                "ename": name,
                "evalue": value[:2000],
                "traceback": [line for line in lines if isinstance(line, str)],
            }
            outputs.add({"output_type": "error", **error}, sum(map(len, error["traceback"])) + len(name) + 2000)
        case "display_data" | "update_display_data" | "execute_result", {"data": dict(data)}:
            data = {key: text for key, text in data.items() if isinstance(text, str)}
            match content:
                case {"transient": {"display_id": str(shown_as)}}:
                    pass
                case _:
                    shown_as = ""
            if kind == "update_display_data":
                outputs.replace(shown_as, data)
            else:
                output = {"output_type": kind, "data": data, "metadata": {}, "execution_count": 1}
                outputs.add(output | ({"shown_as": shown_as} if shown_as else {}), size(data))
        case "clear_output", _:
            outputs.clear()


def _met_interrupt(reply: dict | None) -> bool:
    match reply:
        case {"user_expressions": {"it": {"status": "error", "ename": "KeyboardInterrupt"}}}:
            return True
    return False


def _plain(reply: dict | None) -> dict:
    """The answer in a reply. Raises BadFrame, and nothing else."""
    match reply:
        case {"user_expressions": {"it": {"data": {"text/plain": str(text)}}}}:
            try:
                answer = wire.whole(base64.b64decode(text.strip("'"), validate=True))
            except ValueError:
                raise wire.BadFrame("no base64") from None
            if isinstance(answer, dict):
                return answer
    raise wire.BadFrame("no answer")
