"""Lines 8 and 9: the process that runs a function or a cell ends, in every way there is."""

from attacks.attempt import BACKWARD, FORWARD, TENSORFLOW
from attacks.table import ANY, attack, in_function

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
