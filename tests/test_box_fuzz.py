"""Boxes that do at random what a box can do, hundreds of them from one seed, with an honest box beside them all the while."""

import random
import time

import pytest

from autograde.sandbox import client
from autograde.sandbox.box import Limits
from autograde.sandbox.client import Box, BoxDied, ForkServer
from autograde.sandbox.launcher import namespaces_work

pytestmark = pytest.mark.skipif(not namespaces_work(), reason="no namespaces on this machine")

SEED, ROUNDS = 20261125, 300
LIMITS = Limits(memory_mb=200, seconds=4, processes=20)

# What is done with each of them, at random: every descriptor, signal, name, process and frame that a box can touch.
HOSTILE = r"""
import ctypes, gc, json, os, random, resource, signal, socket, struct, threading, time

rng = random.Random({seed})
libc = ctypes.CDLL(None, use_errno=True)

def descriptors():
    return [int(name) for name in os.listdir("/proc/self/fd")]

def noise():
    return rng.randbytes(rng.choice((1, 11, 12, 13, 500, 70_000)))

def frame():
    tree = rng.choice((
        b"", b"[", b"[" * 100_000, b"[]" , b'{"dict": {"number": 1}}', noise(), b"1" * 10_000, b'{"tuple": 5}',
        json.dumps({"dict": {"number": number(), "done": True}}).encode(),
        json.dumps({"dict": {"number": number(), "outputs": "x", "kind": "returned", "value": {"array": ["<f8", [2], 0]}}}).encode(),
        b"[" + b",".join([b'{"array": ["|u1", [60000000], 0]}'] * 20) + b"]",
        b"[" + b"[]," * 2_000_000 + b"[]]",
    ))
    numbers = rng.choice((0, 0, 8, 16, 1 << 20, 1 << 40))
    return struct.pack(">IQ", rng.choice((len(tree), len(tree), 1, 2**32 - 1)), numbers) + tree + bytes(min(numbers, 1 << 20))

def number():
    asked = [each["number"] for each in gc.get_objects() if isinstance(each, dict) and isinstance(each.get("number"), str)]
    return rng.choice(asked or ["0"])

def garble():
    for descriptor in descriptors():
        try:
            os.set_blocking(descriptor, False)
            os.write(descriptor, rng.choice((noise, frame))())
        except OSError:
            pass

def flood():
    end = time.monotonic() + 0.2
    words = frame()
    while time.monotonic() < end:
        for descriptor in descriptors():
            try:
                os.set_blocking(descriptor, False)
                os.write(descriptor, words)
            except OSError:
                pass

def close():
    for descriptor in rng.sample(descriptors(), 2):
        try:
            rng.choice((lambda d: os.close(d), lambda d: os.dup2(0, d), lambda d: os.dup2(d, 0),
                        lambda d: socket.socket(fileno=os.dup(d)).shutdown(socket.SHUT_RDWR)))(descriptor)
        except (OSError, ValueError):
            pass

def rename():
    libc.prctl(15, ctypes.c_char_p(bytes(rng.choice(range(1, 256)) for _ in range(15))))

def steal():
    for descriptor in descriptors():
        try:
            os.set_blocking(descriptor, False)
            os.read(descriptor, 1000)
        except OSError:
            pass

def stop():
    if not os.fork():
        os.kill(rng.choice((1, -1)), rng.choice((signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL, signal.SIGALRM)))
        os._exit(0)

def ignore():
    for each in range(1, 65):
        try:
            signal.signal(each, rng.choice((signal.SIG_IGN, signal.SIG_DFL)))
        except (OSError, ValueError):
            pass

def timer():
    signal.setitimer(signal.ITIMER_REAL, rng.choice((0, 0.01)))

def processes():
    for _ in range(30):
        try:
            if not os.fork():
                rename()
                time.sleep(30)
        except OSError:
            break

def thread():
    threading.Thread(target=lambda: [garble() or time.sleep(0.01) for _ in range(100)], daemon=True).start()

def memory():
    kept.append(bytearray(b"x") * rng.choice((1 << 20, 150 << 20, 400 << 20)))

def files():
    for i in range(300):
        with open(f"/tmp/{i}" + "\udcff" * rng.choice((0, 50)), "wb") as file:
            file.write(bytes(1 << 18))

def starve():
    for name in ("RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_DATA"):
        kind = getattr(resource, name)
        resource.setrlimit(kind, (min(2, resource.getrlimit(kind)[0]), resource.getrlimit(kind)[1]))

def end():
    rng.choice((lambda: os._exit(rng.choice((0, 1, 255))), os.abort, lambda: ctypes.string_at(8), lambda: time.sleep(1)))()

kept = []
for act in rng.choices((garble, flood, close, rename, steal, stop, ignore, timer, processes, thread, memory, files, starve, end), k=rng.choice((1, 2, 4))):
    try:
        act()
    except Exception:
        pass
"""


@pytest.fixture(scope="module")
def server():
    started = ForkServer(["checking.check"])
    yield started
    started.close()


def ask(box: Box, name: str, *arguments, fork: bool) -> dict:
    call = {"name": name, "args": arguments, "stubs": None, "adapter": None, "seconds": 0.2}
    (reply,) = box.ask([call], fork, until=time.monotonic() + 5)
    return reply


def test_whatever_a_box_does_its_neighbour_and_the_server_go_on(server, monkeypatch):
    monkeypatch.setattr(client, "GRACE", 0.4)
    rng = random.Random(SEED)
    control = server.control.fileno()
    honest = Box(control, Limits())
    assert list(honest.run_cells(["def double(x):\n    return 2 * x"], 5))
    ends: dict[str, int] = {}
    for round_ in range(ROUNDS):
        source = HOSTILE.replace("{seed}", str(rng.randrange(2**31)))
        source = rng.choice((source, f"def attack():\n    exec({source!r}, {{}})"))
        box = Box(control, LIMITS)
        try:
            list(box.run_cells([source, "x = 1"], 0.2, time.monotonic() + 5))
            for fork in (True, False):
                ask(box, "attack", fork=fork)
            end = "out of turn" if box.out_of_turn else "fine"
        except BoxDied as died:
            end = died.status
        finally:
            box.close()
        ends[end] = ends.get(end, 0) + 1
        assert server.alive(), f"round {round_}"
        assert ask(honest, "double", round_, fork=bool(round_ % 2))["value"] == 2 * round_, f"round {round_}"
    honest.close()
    assert set(ends) >= {"fine", "error"}, f"the attacks did hardly anything: {ends}"
    assert sum(ends.values()) == ROUNDS
