"""Boxes of one fork server: each within its own limits, none at another's cost, and all of them ended with it."""

import contextlib
import os
import time

import psutil
import pytest
from waiting import wait_until

from autograde.sandbox import box as box_module
from autograde.sandbox import client, kernel
from autograde.sandbox.box import Limits
from autograde.sandbox.client import Box, BoxDied, ForkServer
from autograde.sandbox.launcher import SandboxError, namespaces_work

pytestmark = pytest.mark.skipif(not namespaces_work(), reason="no namespaces on this machine")


@pytest.fixture(scope="module")
def server():
    started = ForkServer(["checking.check"])
    yield started
    assert started.alive(), "whatever becomes of boxes, their server goes on"
    started.close()


@contextlib.contextmanager
def opened(server, **limits):
    box = Box(server.control.fileno(), Limits(**limits))
    try:
        yield box
    finally:
        box.close()


def shown(box, source, seconds=20):
    (said,) = box.run_cells([source], seconds)
    return "".join(output.get("text", "") for output in said["outputs"])


def sleeping(length):
    return [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", length]]


def start_sleeping(box, length):
    shown(box, f"import os\nif not os.fork(): os.execv('/bin/sleep', ['sleep', '{length}'])")
    assert wait_until(lambda: sleeping(length))


def test_each_box_is_the_first_process_of_its_own_and_sees_no_other(server):
    look = "import os\nprint(os.getpid(), [p for p in os.listdir('/proc') if p.isdigit()])"
    with opened(server) as one, opened(server) as other:
        assert shown(one, look) == shown(other, look) == "1 ['1']\n"


def test_no_box_sees_a_graphics_card(server):
    with opened(server) as box:
        assert shown(box, "import os\nprint(os.environ['CUDA_VISIBLE_DEVICES'])") == "-1\n"
    assert kernel._environment("")["CUDA_VISIBLE_DEVICES"] == "-1"


@pytest.mark.parametrize(
    ("limits", "source", "reason"),
    [
        ({"memory_mb": 200}, "kept = [bytearray(b'x') * (1 << 20) for _ in range(250)]\nwhile True: pass", "200 MB"),
        ({"seconds": 1}, "while True: pass", "more than 1 seconds"),
        ({}, "import os\nos._exit(3)", "ended while it ran"),
        ({}, "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\nos.abort()", "ended"),
    ],
    ids=["memory", "time", "exit", "abort"],
)
def test_one_that_goes_too_far_is_ended_and_its_neighbour_goes_on(server, limits, source, reason):
    with opened(server) as neighbour, opened(server, **limits) as box:
        shown(neighbour, "x = 6")
        with pytest.raises(BoxDied, match=reason):
            shown(box, source)
        assert shown(neighbour, "print(7 * x)") == "42\n"


def test_memory_is_that_of_all_processes_of_a_box_together(server):
    source = """
import os, time
for _ in range(4):
    if not os.fork():
        kept = bytearray(b"x") * (100 << 20)
        time.sleep(20)
time.sleep(20)
"""
    with opened(server, memory_mb=300) as box, pytest.raises(BoxDied, match="300 MB"):
        shown(box, source)
    with opened(server, memory_mb=300) as one, opened(server, memory_mb=300) as other:
        for box in (one, other):
            shown(box, 'kept = bytearray(b"x") * (200 << 20)')
        time.sleep(0.3)  # some looks at what they use
        assert shown(one, "print(len(kept))") == shown(other, "print(len(kept))")


def test_memory_that_forks_share_counts_once(server):
    """Each question that is not right is asked in a fork, which has all that the notebook's cells keep."""
    source = """
import os, time
kept = bytearray(b"x") * (180 << 20)
for _ in range(3):
    if not os.fork():
        time.sleep(1)
        os._exit(0)
time.sleep(1)
print(len(kept))
"""
    with opened(server, memory_mb=300) as box:
        assert shown(box, source) == f"{180 << 20}\n"


@contextlib.contextmanager
def beside_idle_boxes(server, number=8):
    """Boxes that share with the one under test what all have of the fork server."""
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            shown(stack.enter_context(opened(server)), "x = 1")
        yield


SHARERS = """
import os, time
for _ in range(3):
    if not os.fork():
        kept = bytearray(b"x") * ({mb} << 20)
        time.sleep(2)
        os._exit(0)
time.sleep(2)
print("lived")
"""


@pytest.mark.parametrize(
    ("work", "kind", "starved"), [("sum(range(10_000))", 0, False), ("os.urandom(1 << 20)", 1, True)]
)
def test_what_the_system_does_for_a_box_is_none_of_its_seconds(server, monkeypatch, work, kind, starved):
    """So on a busy machine it is waited for, as for others' work."""
    monkeypatch.setattr(client, "idle_seconds", lambda: 0.0)
    with opened(server) as box:
        shown(box, f"import os\nwhile os.times()[{kind}] < 1: {work}")
        monkeypatch.setattr(client, "WORKING", 0.5 / (time.monotonic() - box._began[0]))  # half a second
        assert box.starved(whole=True) is starved


def test_what_other_boxes_share_with_one_gives_it_no_memory(server):
    with beside_idle_boxes(server):
        with opened(server, memory_mb=200) as box, pytest.raises(BoxDied, match="200 MB"):
            shown(box, SHARERS.format(mb=70))
        with opened(server, memory_mb=250) as box:
            assert shown(box, SHARERS.format(mb=70)) == "lived\n"


def test_who_drops_what_came_with_the_fork_gets_its_memory_once_at_most(server):
    """A program that a box starts has nothing of the fork server."""
    source = """
import subprocess, sys
keep = "import time; kept = bytearray(b'x') * (30 << 20); time.sleep(3)"
started = [subprocess.Popen([sys.executable, "-I", "-S", "-c", keep]) for _ in range(12)]
print("lived", {each.wait() for each in started})
"""
    with opened(server, memory_mb=200) as box, pytest.raises(BoxDied, match="200 MB"):
        shown(box, source)


@pytest.mark.parametrize(("shares", "used"), [((60, 60), 40), ((None, None), 220), ((None, 60), 130)], ids=str)
def test_what_came_with_the_fork_is_never_taken_off_twice(monkeypatch, shares, used):
    """Two processes of 150 KB each, of which 100 came with the fork; the pristine process' share of these is 40."""
    told = {"1": shares[0], "2": shares[1], "self": 40}
    monkeypatch.setattr(box_module, "_memory", lambda process: 150)
    monkeypatch.setattr(box_module, "_share", told.__getitem__)
    guard = box_module.Guard.__new__(box_module.Guard)
    guard._inherited, guard._limits = 100, Limits(memory_mb=0)
    assert guard._uses(["1", "2"]) == max(50, used)


def test_processes_are_counted_for_each_box_alone(server):
    source = """
import os, time
started = 0
try:
    while started < 100:
        if not os.fork():
            time.sleep(20)
        started += 1
except OSError:
    pass
print(started)
"""
    with opened(server, processes=20) as one, opened(server, processes=20) as other:
        numbers = [int(shown(box, source)) for box in (one, other)]
    assert numbers[0] == numbers[1]
    assert 0 < numbers[0] < 20


def test_a_box_that_cannot_be_made_says_why_and_the_next_one_can(server):
    with opened(server, files_mb=-1) as box, pytest.raises(BoxDied, match=r"could not be made: .*mount"):
        shown(box, "1")
    with opened(server) as box:
        assert shown(box, "print(1)") == "1\n"


@pytest.mark.parametrize("name", [b"\xff\xfe\xfd", b"a) R 1 1", b"Name:\nVmPTE: x", b"\x1b[2J\x00"], ids=repr)
def test_a_name_that_a_process_gives_itself_is_nobody_elses_trouble(server, name):
    rename = (
        f"import ctypes\nctypes.CDLL(None).prctl(15, ctypes.c_char_p({name!r}))\nkept = bytearray(b'x') * (50 << 20)"
    )
    with opened(server) as neighbour, opened(server) as box, opened(server, memory_mb=300) as greedy:
        for one in (box, greedy):
            shown(one, rename)
        with pytest.raises(BoxDied, match="300 MB"):
            shown(greedy, "more = bytearray(b'x') * (300 << 20)\nwhile True: pass")
        assert shown(box, "print(6 * 7)") == shown(neighbour, "print(6 * 7)") == "42\n"


def test_a_function_that_forges_its_replies_and_their_end_costs_no_other_question(server):
    source = """
import gc, json, socket, struct, time

def honest(x):
    return x + 1

def forger(x):
    tree = [frame for frame in gc.get_objects() if isinstance(frame, dict) and "number" in frame and "calls" in frame]
    said = [{"number": request["number"], **content} for request in tree for content in (
        *[{"kind": "returned", "value": 7, "message": "", "printed": ""}] * 3, {"done": True})]
    for end in [found for found in gc.get_objects() if isinstance(found, socket.socket)]:
        for content in said:
            packed = json.dumps({"dict": content}).encode()
            try:
                end.sendall(struct.pack(">IQ", len(packed), 0) + packed)
            except OSError:
                pass
    time.sleep(60)
"""
    with opened(server) as box:
        shown(box, source)
        call = {"stubs": None, "adapter": None, "seconds": 1}
        replies = list(box.ask([{"name": "forger", "args": (1,), **call}] * 3, fork=True, until=time.monotonic() + 20))
        assert [reply["value"] for reply in replies] == [7, 7, 7], "it has forged them"
        assert box.out_of_turn, "so that another is opened for the next question"


def test_what_a_box_has_started_ends_with_it(server):
    length = f"{600 + os.getpid() % 100}.25"
    with opened(server) as box:
        start_sleeping(box, length)
    assert wait_until(lambda: not sleeping(length))


def test_all_end_with_their_server():
    length = f"{700 + os.getpid() % 100}.25"
    server = ForkServer([])
    with opened(server) as box:
        start_sleeping(box, length)
        server.close()
        assert wait_until(lambda: not sleeping(length))
        with pytest.raises(SandboxError, match="fork server has ended"):  # which is not this notebook's doing
            shown(box, "1")
