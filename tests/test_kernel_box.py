"""Boxes that are Jupyter kernels: what they answer, what they survive, and what they contain in each kind of isolation."""

import contextlib
import copy
import os
import secrets
import socket
import subprocess
import sys
import textwrap
import threading
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import psutil
import pytest
from memory import peak_memory
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from waiting import wait_until

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE, this_course
from autograde.hidden import all_questions
from autograde.judging.judge import judge
from autograde.judging.notebook_run import Rules
from autograde.judging.restore import restore
from autograde.judging.submission import Submission
from autograde.sandbox import kernel, kernel_box, linux, seccomp
from autograde.sandbox.box import Limits
from autograde.sandbox.client import Box, BoxDied, ForkServer
from autograde.sandbox.folders import PrivateFolder
from autograde.sandbox.kernel_box import KernelBox
from autograde.sandbox.launcher import bubblewrap, namespaces_work
from autograde.sandbox.outputs import CUT, MAX_CHARACTERS

A = "gradient_checking"
LIMITS = Limits(memory_mb=600)
SECRET = "DESCENT_TEST_SECRET"


def why_not(isolation):
    if isolation == "none":
        return ""
    if sys.platform != "linux" or not seccomp.seccomp_supported():
        return "sandboxes need Linux on a processor whose calls are known"
    if isolation == "namespaces" and not namespaces_work():
        return "bubblewrap cannot make namespaces here" if bubblewrap() else "there is no bubblewrap"
    if isolation == "landlock" and not linux.landlock_version():
        return "this Linux has no Landlock"
    return ""


@pytest.fixture(scope="module", params=["namespaces", "landlock", "none"])
def isolation(request):
    if reason := why_not(request.param):
        pytest.skip(reason)
    return request.param


@pytest.fixture(scope="module")
def sandbox(isolation):
    """The isolations that are any."""
    if isolation == "none":
        pytest.skip("this tier has time limits only")
    return isolation


@pytest.fixture(autouse=True, scope="module")
def secret():
    """Something in the environment of the grader, for all boxes that these tests start."""
    os.environ[SECRET] = "known to the grader"
    yield
    del os.environ[SECRET]


@contextlib.contextmanager
def opened(isolation, limits=LIMITS):
    sandboxed = isolation != "none"
    box = KernelBox(sandboxed, limits, wanted=isolation if sandboxed else "auto")
    try:
        assert box.isolation == isolation
        yield box
    finally:
        box.close()


@pytest.fixture(scope="module")
def box(isolation):
    """One for all tests that leave it alive."""
    with opened(isolation) as shared:
        yield shared


def run(box, *sources, seconds=20):
    return list(box.run_cells([textwrap.dedent(source) for source in sources], seconds))


def ask(box, name, *args, seconds=10, **how):
    call = {"name": name, "args": args, "stubs": None, "adapter": None, "seconds": seconds} | how
    return next(box.ask([call], True))


def text(said):
    return "".join(output.get("text", "") for output in said["outputs"])


# --------------------------------------------------------------------------------------------------------- what it answers


def test_cells_show_what_they_show_in_a_notebook(box):
    first, second, third = run(box, "print('hi')\n6 * 7", "import sys\nsys.stderr.write('!')\n1 / 0", "x = 3")
    assert (first["fine"], second["fine"], third) == (True, False, {"outputs": [], "fine": True, "timeout": False})
    assert [o["output_type"] for o in first["outputs"]] == ["stream", "execute_result"]
    assert first["outputs"][1]["data"] == {"text/plain": "42"}
    assert [(o["output_type"], o.get("name", o.get("ename"))) for o in second["outputs"]] == [
        ("stream", "stderr"),
        ("error", "ZeroDivisionError"),
    ]


def test_pictures_and_displays_that_change(box):
    source = """
        import matplotlib.pyplot as plt
        from IPython.display import display
        shown = display('first', display_id=True)
        shown.update('second')
        plt.plot([1, 2]); plt.show()
    """
    (said,) = run(box, source)
    displays = [o["data"] for o in said["outputs"] if o["output_type"] == "display_data"]
    assert displays[0]["text/plain"] == "'second'"
    assert "image/png" in displays[1]


def test_calls_are_answered_with_plain_values(box):
    run(box, "import numpy as np\ndef f(x, d):\n    print('seen')\n    return {'y': x * 2, 't': (d['n'], None, ...)}")
    x = np.linspace(0, 1, 5).reshape(5, 1)
    reply = ask(box, "f", x, {"n": 1.5})
    assert (reply["kind"], reply["value"]) == ("unusable", None)  # part of it is not filled in
    run(box, "def f(x, d):\n    return g(x)\ndef g(x):\n    raise NotImplementedError")
    assert ask(box, "f", x, {})["message"] == "It calls `g`, which is not written yet."
    assert ask(box, "g", x)["kind"] == "unfilled"
    run(box, "def f(x, d):\n    x *= 2\n    return {'y': x, 't': (d['n'], 'word')}")
    for _ in range(2):  # each call has inputs of its own
        reply = ask(box, "f", x, {"n": 1.5})
        assert reply["kind"] == "returned"
        np.testing.assert_array_equal(reply["value"]["y"], 2 * np.linspace(0, 1, 5).reshape(5, 1))
        assert reply["value"]["t"] == (1.5, "word")


def test_what_is_no_answer_says_so(box):
    run(box, "def g(): return object()\nh = 3\ndef k(): raise KeyError('no')\ndef s(): import sys; sys.exit(0)")
    assert [ask(box, name)["kind"] for name in "ghks"] == ["unusable", "unusable", "raised", "raised"]
    assert ask(box, "nowhere")["kind"] == "missing"


def test_what_cells_have_patched_is_put_back(box):
    run(box, "import builtins\nbuiltins.divmod = lambda x, y: 7\nimport numpy as np\nnp.zeros = None")
    run(box, "def f(): return (divmod(7, 2), np.zeros(3))")
    divided, zeros = ask(box, "f")["value"]
    assert (divided, list(zeros)) == ((3, 1), [0, 0, 0])


def test_hooks_of_one_cell_do_not_change_the_next(box):
    hooked = """
        def hook(lines): return ["print('hooked')"]
        get_ipython().input_transformers_post.append(hook)
        get_ipython().events.register('pre_run_cell', lambda info: print('hooked'))
    """
    _, said = run(box, hooked, "print('plain')")
    assert text(said) == "plain\n"


def test_commands_run_without_a_terminal(sandbox, box):
    said, code = run(box, "word = 'hello'\n!echo {word}; exit 3", "_exit_code")
    assert text(said) == "hello\n"
    assert code["outputs"][0]["data"]["text/plain"] == "3"


# --------------------------------------------------------------------------------------------------------- what it survives


def test_endless_cells_and_calls_are_interrupted(box):
    first, second = run(box, "while True: pass", "def endless():\n    while True: pass\n1 + 1", seconds=1)
    assert (first["timeout"], first["outputs"][0]["ename"]) == (True, "KeyboardInterrupt")
    assert (second["timeout"], second["outputs"][0]["data"]["text/plain"]) == (False, "2")
    assert ask(box, "endless", seconds=1)["kind"] == "timeout"
    assert run(box, "3")[0]["fine"]


def test_output_is_cut_and_memory_stays_flat(box):
    run(box, "import sys\nfrom IPython.display import display")
    before = peak_memory()
    much, many, next_cell = run(
        box,
        "for _ in range(200): sys.stdout.write('x' * 1_000_000); sys.stdout.flush()",
        "for i in range(500): display(i)",
        "print('fine')",
        seconds=60,
    )
    assert CUT in text(much)
    assert MAX_CHARACTERS * 0.9 < len(text(much)) <= MAX_CHARACTERS + len(CUT)
    assert CUT in text(many)
    assert len(many["outputs"]) < 300
    assert text(next_cell) == "fine\n"
    assert peak_memory() - before < 100


def test_endless_output_ends_the_kernel(monkeypatch):
    monkeypatch.setattr(kernel, "MAX_SAID", 30 << 20)
    with opened("none") as box, pytest.raises(BoxDied, match="more than 30 MB") as caught:
        run(box, "while True: print('x' * 100_000, flush=True)", seconds=60)
    assert caught.value.status == "error"


def test_what_cannot_be_interrupted_is_killed_with_all_that_it_has_started(isolation, monkeypatch):
    monkeypatch.setattr(kernel_box, "GRACE", 1)
    length = f"98765.{secrets.randbelow(10**6)}"
    with opened(isolation) as box:
        run(box, f"import subprocess\nsubprocess.Popen(['sleep', '{length}'], start_new_session=True)")
        assert asleep(length)
        with pytest.raises(BoxDied, match="in time") as caught:
            run(box, "sum(iter(int, 1))", seconds=1)  # a loop in C
        assert caught.value.status == "timeout"
        assert wait_until(lambda: not asleep(length))


def asleep(length):
    return any(process.info["cmdline"] == ["sleep", length] for process in psutil.process_iter(["cmdline"]))


def test_an_interrupt_that_comes_late_meets_no_question(sandbox):
    """The one who passes it on is held up until the slow cell has ended by itself, and the first question has begun."""
    with opened(sandbox) as box:
        run(box, "import time\ndef f(x):\n    time.sleep(1)\n    return x + 1")
        started = psutil.Process(box._kernel._provisioner.pid)
        (kernel_itself,) = (process for process in started.children(recursive=True) if not process.children())
        watching = kernel_itself.parent()
        watching.suspend()
        later = threading.Timer(3, watching.resume)
        later.start()
        try:
            (said,) = run(box, "time.sleep(1.5)", seconds=1)
            assert said["timeout"]
            assert [ask(box, "f", i, seconds=5).get("value") for i in (1, 2)] == [2, 3]
        finally:
            later.cancel()
            watching.resume()


def test_who_does_not_send_what_was_printed_ends_with_the_cell_that_printed_it(monkeypatch):
    monkeypatch.setattr(kernel_box, "LATE", 0.1)
    monkeypatch.setattr(kernel_box, "CATCH_UP", 1)
    hold_back = """
        from ipykernel.iostream import IOPubThread
        IOPubThread.send_multipart = lambda *a, **k: None
    """
    with opened("none") as box, pytest.raises(BoxDied, match="does not send") as caught:
        run(box, hold_back)
    assert caught.value.status == "timeout"


@pytest.mark.parametrize("isolation", ["namespaces", "none"], indirect=True)
def test_a_process_that_ends_is_noticed(isolation):
    with opened(isolation) as box:
        run(box, "import os\ndef f(x):\n    if x: os._exit(0)\n    return 5")
        assert ask(box, "f", 0)["value"] == 5
        with pytest.raises(BoxDied, match="ended while it ran") as caught:
            ask(box, "f", 1)
        assert caught.value.status == "error"


def test_memory_of_all_processes_together_is_bounded(sandbox):
    source = """
        import os, time
        for _ in range(4):
            if os.fork() == 0:
                hog = b'x' * 200_000_000
                time.sleep(30)
                os._exit(0)
        time.sleep(30)
    """
    with opened(sandbox) as box, pytest.raises(BoxDied, match="600 MB of memory") as caught:
        run(box, source)
    assert caught.value.status == "error"


# --------------------------------------------------------------------------------------------------------- what it contains

PROBE = """
def probe(grader, port, name, files, secret):
    import os, socket, subprocess

    def tcp():
        with socket.create_connection(('127.0.0.1', port), timeout=2): pass

    def udp():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b'x', ('127.0.0.1', port))

    def unix(address):
        with socket.socket(socket.AF_UNIX) as s: s.connect(address)

    def datagrams():
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        one.sendto(b'x', files['socket'])

    def device():
        os.mknod(os.path.join(os.getcwd(), 'special'), 0o600 | 0o10000)

    def write():
        with open(files['beside'] + '.new', 'w') as f: f.write('x')
        os.remove(files['beside'] + '.new')

    def processes():
        assert str(grader) in os.listdir('/proc')

    def environment():
        assert secret in os.environ

    def command():
        subprocess.run(['cat', files['home']], check=True, capture_output=True)

    tries = {
        'tcp': tcp, 'udp': udp, 'abstract': lambda: unix('\\0' + name), 'unix': lambda: unix(files['socket']),
        'datagrams': datagrams, 'device': device, 'write': write, 'processes': processes, 'environment': environment,
        'command': command, 'signal': lambda: os.kill(grader, 0), 'grader': lambda: open(f'/proc/{grader}/environ').read(),
        'autograde': lambda: __import__('autograde.hidden'),
        **{place: lambda path=path: open(path).read() for place, path in files.items() if place != 'socket'},
    }
    reached = []
    for name_of, attempt in tries.items():
        try:
            attempt()
            reached.append(name_of)
        except BaseException:
            pass
    return (len(tries), sorted(reached))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """What a box must not reach: the arguments of `probe`, and what was reached, by listeners."""
    name, folder = f"canary-{secrets.token_hex(8)}", tmp_path_factory.mktemp("world")
    files = {
        "home": str(Path.home() / f".{name}"),
        "beside": str(ENGINE / name),
        "answers": str(this_course().reference(A)),
        "socket": f"/tmp/{name}",
    }
    seen = []
    with contextlib.ExitStack() as stack:
        for place in ("home", "beside"):
            Path(files[place]).write_text("canary")
            Path(files[place]).chmod(0o644)
            stack.callback(Path(files[place]).unlink)
        listeners = [
            (socket.AF_INET, ("127.0.0.1", 0)),
            (socket.AF_UNIX, f"\0{name}"),
            (socket.AF_UNIX, files["socket"]),
        ]
        servers = []
        for family, address in listeners:
            servers.append(stack.enter_context(socket.socket(family)))
            servers[-1].bind(address)
            servers[-1].listen()
            threading.Thread(target=_note, args=(servers[-1], seen), daemon=True).start()
        Path(files["socket"]).chmod(0o666)
        stack.callback(Path(files["socket"]).unlink)
        yield (os.getpid(), servers[0].getsockname()[1], name, files, SECRET), seen


def _note(server, seen):
    with contextlib.suppress(OSError):  # closed at the end
        while True:
            server.accept()[0].close()
            seen.append(server.family)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for things of Linux")
def test_a_box_reaches_nothing(box, isolation, world):
    arguments, seen = world
    seen.clear()
    run(box, PROBE)
    reply = ask(box, "probe", *arguments)
    assert reply["kind"] == "returned", reply
    tried, reached = reply["value"]
    if isolation == "none":  # the same code reaches everything without a sandbox, but for sending datagrams to a stream
        assert (tried, len(reached)) == (16, 15)
        assert len(seen) == 3
    else:
        assert (tried, reached) == (16, [])
        assert seen == []


def test_large_files_are_refused(sandbox, box):
    assert run(box, "with open('one', 'wb') as f: f.write(bytes(100_000_000))")[0]["outputs"][-1]["ename"] == "OSError"
    run(box, "import os\nos.remove('one')")


MANY = (
    "for i in range(80):\n    with open(f'many-{i}', 'wb') as f: f.write(bytes(2_000_000))\nimport time; time.sleep(20)"
)


@pytest.mark.parametrize("isolation", ["namespaces"], indirect=True)
def test_many_files_do_not_fit_into_a_file_system_of_its_own(box):
    assert run(box, MANY)[0]["outputs"][-1]["ename"] == "OSError"
    assert run(box, "for i in range(80):\n    if os.path.exists(f'many-{i}'): os.remove(f'many-{i}')")[0]["fine"]


@pytest.mark.parametrize("isolation", ["landlock"], indirect=True)
def test_many_files_end_a_kernel_in_a_folder_of_ours(isolation):
    with opened(isolation) as box, pytest.raises(BoxDied, match="wrote more than 128 MB"):
        run(box, MANY)


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_a_private_folder_goes_and_what_links_in_it_lead_to_stays(tmp_path):
    beside = tmp_path / "beside"
    beside.write_text("of somebody else")
    beside.chmod(0o400)
    folder = PrivateFolder()
    assert folder.path.stat().st_mode & 0o777 == 0o700
    closed = folder.path / "a" / "closed"
    closed.mkdir(parents=True)
    (closed / "link").symlink_to(beside)
    (folder.path / "a" / "loop").symlink_to(folder.path)
    closed.chmod(0)
    folder.remove()
    assert not folder.path.exists()
    assert (beside.read_text(), beside.stat().st_mode & 0o777) == ("of somebody else", 0o400)


# ---------------------------------------------------------------------------------------------------------- judging with it


@pytest.fixture(scope="module")
def judged_in_forks():
    """How tier `fork` judges: a function of a notebook."""
    if reason := why_not("namespaces"):
        pytest.skip(reason)
    server = ForkServer(["numpy", "matplotlib.pyplot", "checking.check", "helpers.plots"])
    yield lambda notebook: judge(notebook, all_questions(A), lambda: Box(server.control.fileno(), LIMITS), Rules())
    server.close()


def notebook_of(work):
    return restore(work.notebook.cells, Submission("ada", A))


@pytest.mark.parametrize("isolation", ["namespaces"], indirect=True)
def test_judging_comes_to_the_same_as_in_forks(isolation, judged_in_forks):
    solved, faulty = SampleNotebook(A), SampleNotebook(A)
    solved.solve()
    faulty.solve()
    faulty.mistake(faulty.functions[0])
    faulty.write(faulty.functions[-1], "import numpy as np\n1 / 0")
    for work in (solved, faulty):
        notebook = notebook_of(work)
        here = judge(copy.deepcopy(notebook), all_questions(A), lambda: KernelBox(True, LIMITS, isolation), Rules())
        there = judged_in_forks(notebook)
        assert here.answers == there.answers
        assert shown(here.notebook) == shown(there.notebook)
        total = sum(answer.score for answer in here.answers)
        assert (total == 100) == (work is solved)


SPOILED = """
def forward_propagation(x, theta):
    import builtins, sys
    for name in ("backward_propagation", "gradient_check", "gradient_check_n", "backward_propagation_n"):
        globals()[name] = lambda *a, **k: 42
    for name in ("zeros_like", "linalg", "sum", "concatenate", "array"):
        setattr(sys.modules["numpy"], name, lambda *a, **k: 42)
    return theta + x
"""


def test_a_question_that_spoils_its_process_costs_no_other_one(isolation):
    work, opened_boxes = SampleNotebook(A), []
    work.solve()
    work.write("forward_propagation", SPOILED)

    def open_box():
        sandboxed = isolation != "none"
        opened_boxes.append(KernelBox(sandboxed, LIMITS, isolation if sandboxed else "auto"))
        return opened_boxes[-1]

    answers = {
        answer.question: answer.score
        for answer in judge(notebook_of(work), all_questions(A), open_box, Rules()).answers
    }
    points = {name: question.points for name, question in all_questions(A).items()}
    assert answers == points | {"forward_propagation": 0}
    assert len(opened_boxes) <= 2 + len(points), "one for all that failed and one more for each, not for each case"


def shown(notebook):
    """Kinds of outputs of each cell, and their text."""
    return [
        [
            (o.output_type, o.get("text", o.get("evalue", "")), *sorted(o.get("data", {})))
            for o in cell.get("outputs", [])
        ]
        for cell in notebook.cells
    ]


ELSEWHERE = """
import ctypes, sys, psutil
sys.modules["resource"] = None
real = ctypes.CDLL
def refuse(name, *more, **options):
    if name is None:
        raise TypeError("Windows has no such library")
    return real(name, *more, **options)
ctypes.CDLL = refuse
import autograde.sandbox.kernel_box, autograde.sandbox.provisioner
"""


def test_without_linux_it_can_be_imported():
    ran = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], cwd=this_course().root, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


# --------------------------------------------------------------------------------------------- kernels that others start


@pytest.mark.parametrize("isolation", ["landlock"], indirect=True)
def test_any_program_gets_sandboxed_kernels(sandbox, monkeypatch, tmp_path):
    from jupyter_client.provisioning import KernelProvisionerFactory

    from autograde.sandbox.provisioner import SandboxProvisioner

    group = "jupyter_client.kernel_provisioners"
    entry = EntryPoint("descent-sandbox", "autograde.sandbox.provisioner:SandboxProvisioner", group)
    monkeypatch.setitem(KernelProvisionerFactory.provisioners, entry.name, entry)
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", entry.name)
    monkeypatch.setattr(SandboxProvisioner.wanted, "default_value", sandbox)
    (tmp_path / "answers.txt").write_text("42")
    cells = ["import os\nos.listdir('.'), os.getuid()", "open('answers.txt')", "from helpers import check\n'here'"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    client = NotebookClient(
        notebook, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    folder, answers, helpers = (cell.outputs[0] for cell in notebook.cells)
    assert folder.data["text/plain"] != f"(['answers.txt'], {os.getuid()})"
    assert answers.ename == "FileNotFoundError"
    assert helpers.data["text/plain"] == "'here'"
