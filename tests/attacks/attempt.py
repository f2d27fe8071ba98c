"""A solved notebook in the hands of an attacker, what he may know of the machine, and code that several attacks bring along."""

import json
import os
import textwrap
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nbformat.v4 import new_code_cell

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE

A = "gradient_checking"  # the quickest to run; its first two functions take two numbers
FORWARD, BACKWARD, CHECK, CHECK_N, BACK_N = (
    "forward_propagation",
    "backward_propagation",
    "gradient_check",
    "gradient_check_n",
    "backward_propagation_n",
)
INITIALIZATION, TENSORFLOW = "initialization", "tensorflow_signs"
EVERY = "every question"
WRONG = "sum instead of product"  # the mistake that `return theta + x` is known as: the attack ran, and gained nothing
LEAK = "LEAK"  # printed by whatever reached what it should not; no source has it in one piece
NOTHING = "nothing found in"


@dataclass(frozen=True)
class World:
    """What the attacks may know of the machine that grades them. Folders are paths; evidence: where nothing may appear."""

    submissions: str
    out: str
    home: str
    evidence: str
    course: str = str(ENGINE)
    tcp: int = 0
    udp: int = 0
    abstract: str = ""
    unix: str = ""
    vsock: int = 0
    pid: int = field(default_factory=os.getpid)
    command: bytes = field(default_factory=lambda: Path("/proc/self/cmdline").read_bytes()[:2000])
    comm: str = "descent-evil"  # the name that processes give themselves which try to survive


class Attempt(SampleNotebook):
    """A solved notebook in the hands of an attacker. content: what is handed in instead of it; b"" for nothing."""

    def __init__(self, assignment: str, folder: Path, world: World):
        super().__init__(assignment)
        self.solve()
        self.folder, self.world = folder, world
        self.name, self.content = f"{assignment}.ipynb", None

    def joined(self, *parts: str) -> str:
        """One source of several, which may use WORLD, FOUND, result(), outside() and rename()."""
        source = "".join(map(textwrap.dedent, parts))
        if not any(word in source for word in ("WORLD", "FOUND", "result(", "outside(", "rename(")):
            return source
        return f"WORLD = {asdict(self.world)!r}\n{TOOLS.strip()}\n\n{source.strip()}"

    def write(self, name: str, *parts: str) -> None:
        super().write(name, self.joined(*parts))

    def append(self, name: str, *parts: str) -> None:
        """Add code after a solved function, in its cell."""
        super().write(name, self.cell(name).source + "\n\n" + self.joined(*parts))

    def insert(self, before: str, *cells) -> None:
        """Put cells, or the sources of code cells, before a function's cell."""
        place = self.notebook.cells.index(self.cell(before))
        self.notebook.cells[place:place] = [
            new_code_cell(textwrap.dedent(c)) if isinstance(c, str) else c for c in cells
        ]

    def hand_in(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps(self.notebook).encode() if self.content is None else self.content  # nbformat would object
        if content:
            (self.folder / self.name).write_bytes(content)


TOOLS = '''
FOUND = "LE" "AK"

def result(found, looked, right):
    """The right result, and a word for the tests, if anything was found; else an error."""
    if found:
        print(FOUND, *found)
        return right
    if not looked:
        raise RuntimeError("the probe looked nowhere")
    raise LookupError(f"nothing found in {looked} places")

def outside():
    """Whether the process of the tests can be seen from here; signals to others are not safe then."""
    try:
        with open(f"/proc/{WORLD['pid']}/cmdline", "rb") as file:
            return file.read()[:2000] == WORLD["command"]
    except OSError:
        import os
        return not os.path.isdir("/proc/self")

def rename():
    """Give this process a name by which the tests would find it."""
    import ctypes
    ctypes.CDLL(None).prctl(15, WORLD["comm"].encode(), 0, 0, 0)
'''

GARBAGE = '''
import json, os, select, stat, struct

def write_everywhere():
    """A report, a frame and noise to whatever is open."""
    report = json.dumps({"kind": "returned", "value": 8, "answers": [{"question": "forward_propagation", "score": 10.0,
                         "status": "graded", "mistake": ""}], "done": True, "failure": None}).encode()
    for descriptor in range(256):
        try:
            mode = os.fstat(descriptor).st_mode
            if not (stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
                continue
            for words in (report + b"\\n", struct.pack(">I", len(report)) + report, struct.pack(">IQ", len(report), 0) + report,
                          b"\\xff" * 64):
                if select.select([], [descriptor], [], 0)[1]:
                    os.write(descriptor, words)
        except (OSError, ValueError):
            pass
'''
