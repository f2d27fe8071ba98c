"""An IPython shell without a kernel: runs one cell after the other and keeps what they show, up to a bound."""

import asyncio
import base64
import sys
import threading
import warnings
from io import TextIOBase

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from .commands import run_command
from .outputs import MAX_CHARACTERS, MAX_OF_ALL, Outputs, size


class _Stream(TextIOBase):
    """sys.stdout and sys.stderr of a cell."""

    encoding = "utf-8"  # type: ignore[assignment]  # a plain attribute in every other stream

    def __init__(self, shell: "Shell", name: str):
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.outputs.write(self._name, text)
        return len(text)


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
        name = (transient or {}).get("display_id")
        content = _as_text(data)
        if update:
            self.shell.outputs.replace(name, content)
            return
        output = {"output_type": "display_data", "data": content, "metadata": {}}
        if name:
            output["shown_as"] = str(name)
        self.shell.outputs.add(output, size(content))

    def clear_output(self, wait=False):
        self.shell.outputs.clear()


class _Hook(DisplayHook):
    def start_displayhook(self):
        pass

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        content = _as_text(format_dict)
        count = self.shell.execution_count
        output = {"output_type": "execute_result", "data": content, "metadata": {}, "execution_count": count}
        self.shell.outputs.add(output, size(content))

    def finish_displayhook(self):
        pass


def _as_text(data: dict) -> dict:
    """Pictures come as bytes; a notebook has them in base64. What is neither bytes nor text is dropped."""
    encoded = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}
    return {k: v for k, v in encoded.items() if isinstance(k, str) and isinstance(v, str)}


class _Loop(asyncio.BaseEventLoop):
    """What runs the `await` of a cell. A box may not open the sockets by which the usual loops wait for something."""

    def __init__(self):
        super().__init__()
        self._woken, self._selector = threading.Event(), self

    def select(self, timeout: float | None) -> list:
        """As of a selector: waits until something is to be done; there are no files whose events it could give."""
        self._woken.wait(timeout)
        self._woken.clear()
        return []

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        self._woken.set()


def _run_to_its_end(coroutine):
    loop = _Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


class Shell(InteractiveShell):
    """Runs cells; `outputs` has what the present one shows."""

    display_pub_class = _Publisher
    displayhook_class = _Hook
    outputs = Outputs()
    left = MAX_OF_ALL  # characters that the cells to come may show

    def _showtraceback(self, etype, evalue, stb):
        try:
            words = str(evalue)[:2000]
        except Exception:  # str() of it is the student's code too
            words = ""
        error = {"output_type": "error", "ename": etype.__name__, "evalue": words, "traceback": [str(s) for s in stb]}
        self.outputs.add(error, sum(map(len, error["traceback"])) + len(words))

    def enable_gui(self, gui=None):
        """There is no screen to open windows on."""
        pass

    def ask_exit(self):
        """What exit() and quit() call; it ends the cell."""
        raise SystemExit("the cell asked to exit")

    def transform_cell(self, raw_cell: str) -> str:
        """IPython reads every token, in Python, for what is its own; a cell that compiles has none of it."""
        if raw_cell[:1].isspace():  # empty lines at the top, which it takes away
            return super().transform_cell(raw_cell)
        try:
            with warnings.catch_warnings(action="ignore"):
                compile(raw_cell, "<cell>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return super().transform_cell(raw_cell)
        return raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"

    def should_run_async(self, raw_cell: str, **transformed) -> bool:
        """IPython compiles every cell once more to see whether it waits for something."""
        return ("await" in raw_cell or "async" in raw_cell) and super().should_run_async(raw_cell, **transformed)

    def run(self, source: str) -> tuple[list[dict], bool]:
        """Run one cell; its outputs, and whether it ended without an error."""
        self.outputs = Outputs(min(MAX_CHARACTERS, self.left))
        kept = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        try:
            result = self.run_cell(source, store_history=True)
        finally:
            sys.stdout, sys.stderr = kept
        self.left -= self.outputs.used
        return self.outputs.collected(), bool(result.success)


def make_shell() -> Shell:
    """The shell, warmed up: plots inline, and what the first cell, error and picture load is loaded."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    shell = Shell.instance(config=config)
    shell.system = run_command  # type: ignore[method-assign]
    shell.loop_runner = _run_to_its_end
    if "matplotlib" in sys.modules:
        shell.enable_matplotlib("inline")
        shell.run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('x')\nplt.show()\nplt.close('all')")
    shell.run("1 / 0")
    shell.run("print(1)\n2")
    shell.reset(new_session=False)
    shell.left = MAX_OF_ALL
    shell.execution_count = 1
    return shell
