"""Every line of the list of attacks, tried on `course grade --tier fork`: one class of hostile submissions, graded once.

What is attacked comes out as the list in attacks/ says, the honest questions beside it and the honest neighbours in
full, and nothing of what is hidden is anywhere to be seen.
"""

import contextlib
import csv
import html.parser
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import attacks
import nbformat
import psutil
import pytest
from attacks import ATTACKS, EVERY, LEAK, NOTHING, A, Attack, Attempt, World, make_class, token
from browser import CHROMIUM, page

from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.judging.tiers import Isolation
from autograde.sandbox.box import Limits
from autograde.sandbox.client import SandboxError
from checking.questions import load_questions

SECONDS = 1500  # for the whole class; a run that takes longer is stopped, and every test fails
MAX_MEMORY = 1.5e9  # bytes, of any process that is the grader's own
MAX_FILE = 100e6  # bytes, of anything that grading leaves behind
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2066-\u2069\u202a-\u202e]")


@dataclass
class Listeners:
    """Servers that must never be reached. seen: what has reached them."""

    seen: list[str] = field(default_factory=list)
    sockets: dict[str, socket.socket] = field(default_factory=dict)

    def listen(self, name: str, family: int, kind: int, address) -> None:
        server = socket.socket(family, kind)
        self.sockets[name] = server
        server.bind(address)
        if kind == socket.SOCK_STREAM:
            server.listen()
        threading.Thread(target=self._watch, args=(name, server, kind), daemon=True).start()

    def port(self, name: str) -> int:
        return self.sockets[name].getsockname()[1]

    def _watch(self, name: str, server: socket.socket, kind: int) -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                if kind == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(100)
                self.seen.append(name)

    def close(self) -> None:
        for server in self.sockets.values():
            server.close()


@dataclass
class Ran:
    """One run of `course grade`, with what was seen of it."""

    world: World
    out: Path
    code: int
    said: str
    rows: dict[tuple[str, str], list[dict]]
    peaks: dict[str, int]  # bytes that each of the grader's own processes had at most, by what it is
    seen: list[str]  # by listeners, before they were tried


@contextlib.contextmanager
def listening(folder: Path, name: str) -> Iterator[Listeners]:
    listeners = Listeners()
    try:
        listeners.listen("tcp", socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", 0))
        listeners.listen("udp", socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", 0))
        listeners.listen("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}")
        listeners.listen("abstract datagrams", socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{name}-datagrams")
        listeners.listen("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket"))
        with contextlib.suppress(OSError, AttributeError):  # few machines have it
            listeners.listen(
                "vsock", socket.AF_VSOCK, socket.SOCK_STREAM, (socket.VMADDR_CID_ANY, 50_000 + os.getpid() % 9999)
            )
        yield listeners
    finally:
        listeners.close()


def watch_memory(process: subprocess.Popen, peaks: dict[str, int]) -> None:
    """Note the largest memory that the grader's own processes have had: those outside of any sandbox."""
    ours = os.readlink("/proc/self/ns/pid")
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            for each in [root := psutil.Process(process.pid), *root.children(recursive=True)]:
                with contextlib.suppress(psutil.Error, OSError):
                    if os.readlink(f"/proc/{each.pid}/ns/pid") != ours:
                        continue
                    peak = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{each.pid}/status").read_text())
                    what = f"{each.pid} {' '.join(each.cmdline())[:60]}"
                    if peak:
                        peaks[what] = max(peaks.get(what, 0), int(peak[1]) * 1024)
        time.sleep(0.5)  # the system keeps the largest for us; to look at all processes takes a processor's time


def grade(world: World, tier: str, *options: str) -> Ran:
    """`course grade` on the world's submissions, with secrets in its home and its environment."""
    environment = {**os.environ, "HOME": world.home, "DESCENT_CANARY": Path(world.home, ".canary").read_text()}
    command = [
        sys.executable,
        "-m",
        "autograde",
        "grade",
        world.submissions,
        "--out",
        world.out,
        "--tier",
        tier,
        *options,
    ]
    peaks: dict[str, int] = {}
    said = Path(world.home).with_name("said")
    with said.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=this_course().root, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
        watcher = threading.Thread(target=watch_memory, args=(process, peaks))
        watcher.start()
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            code = -9
        watcher.join()
    rows: dict[tuple[str, str], list[dict]] = {}
    grades = Path(world.out, "grades.csv")
    if grades.exists():
        with grades.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rows.setdefault((row["student"], row["assignment"]), []).append(row)
    return Ran(world, Path(world.out), code, said.read_text(errors="replace"), rows, peaks, [])


def make_world(folder: Path, listeners: Listeners | None = None, name: str = "") -> World:
    """Folders for submissions, results, a home with a secret and evidence; and where the listeners are."""
    for each in ("submissions", "home", "evidence"):
        (folder / each).mkdir()
    (folder / "home" / ".canary").write_text(f"canary-{secrets.token_hex(8)}")
    shutil.copy(folder / "home" / ".canary", folder / "home" / "id_rsa")
    known = {}
    if listeners:
        known = {
            "tcp": listeners.port("tcp"),
            "udp": listeners.port("udp"),
            "abstract": name,
            "unix": str(folder / "socket"),
        }
        if "vsock" in listeners.sockets:
            known["vsock"] = listeners.port("vsock")
    paths = (str(folder / each) for each in ("submissions", "out", "home", "evidence"))
    return World(*paths, comm=f"evil-{secrets.token_hex(4)}", **known)


def require(tier: str) -> None:
    try:
        Isolation(tier, [A], Limits()).close()
    except SandboxError as error:
        pytest.skip(f"isolation '{tier}' does not work on this machine: {error}")


def grade_attacks(folder: Path, chosen: Sequence[Attack], tier: str) -> Ran:
    """A class of these attacks and their honest neighbours, graded; listeners wait for whatever gets out."""
    require(tier)
    name = f"descent-{secrets.token_hex(8)}"
    with listening(folder, name) as listeners:
        world = make_world(folder, listeners, name)
        make_class(Path(world.submissions), world, chosen)
        secret = Path(world.home, ".canary")
        for place in ("ada", f"ada/{A}"):  # beside what the neighbour handed in
            shutil.copy(secret, Path(world.submissions, place, "notes.txt"))
        result = grade(world, tier, "--jobs", "4", "--cell-seconds", "5")
        result.seen = list(listeners.seen)
        for kind, address in (
            (socket.SOCK_STREAM, ("127.0.0.1", world.tcp)),
            (socket.SOCK_DGRAM, ("127.0.0.1", world.udp)),
        ):
            with socket.socket(socket.AF_INET, kind) as caller:
                caller.connect(address)
                caller.send(b"hello")
        deadline = time.monotonic() + 5
        while len(listeners.seen) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert {"tcp", "udp"} <= set(listeners.seen), (
            "the listeners notice nothing, so that they saw nothing says nothing"
        )
    assert result.code == 0, result.said[-5000:]
    return result


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Ran:
    """The whole class, graded."""
    return grade_attacks(tmp_path_factory.mktemp("attacks"), ATTACKS, "fork")


def row_of(ran: Ran, attack: Attack, question: str) -> dict:
    return next(row for row in ran.rows[attack.student, attack.assignment] if row["question"] == question)


def texts(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def feedback(ran: Ran, attack: Attack) -> str:
    page = ran.out / "feedback" / attack.student / attack.assignment / f"{attack.assignment}.html"
    return page.read_text(encoding="utf-8")


def test_every_line_of_the_list_is_tried():
    # what reaches pages, imports, files and scores (41, 42, 46, 49, 51 to 56) has tests of its own: active_content,
    # harmless, import_attacks, reading, twins, float32
    assert {attack.number for attack in ATTACKS} >= {*range(1, 41), 43, 44, 45, 47, 48, 50}
    assert len({attack.student for attack in ATTACKS}) == len(ATTACKS)
    for attack in ATTACKS:
        assert {*attack.attacked} <= {EVERY, *all_questions(attack.assignment)}


def assert_it_comes_out_as_it_should(attack: Attack, ran: Ran) -> None:
    questions = all_questions(attack.assignment)
    rows = {row["question"]: row for row in ran.rows[attack.student, attack.assignment]}
    assert list(rows) == list(questions)
    for name, row in rows.items():
        score, points = float(row["score"]), float(row["max_score"])
        assert points == questions[name].points
        if name in attack.attacked or EVERY in attack.attacked:
            assert row["status"] in attack.statuses, row
            assert attack.least * points - 0.01 <= score <= attack.most * points + 0.01, row
            assert attack.words in row["mistake"], row
        else:
            assert (row["status"], score) == ("graded", points), row
        assert row["mistake"] or row["status"] == "graded", row


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.student)
def test_an_attack_comes_out_as_it_should(attack, ran):
    assert_it_comes_out_as_it_should(attack, ran)


@pytest.mark.parametrize("assignment", sorted({A, *(attack.assignment for attack in ATTACKS)}))
@pytest.mark.parametrize("student", ["ada", "zoe"])
def test_honest_neighbours_get_all_their_points(student, assignment, ran):
    rows = ran.rows[student, assignment]
    assert [(row["question"], row["status"], float(row["score"])) for row in rows] == [
        (question.name, "graded", question.points) for question in all_questions(assignment).values()
    ]


def test_nothing_out_of_reach_was_reached(ran):
    secret = Path(ran.world.home, ".canary").read_text()
    assert sorted(path.name for path in Path(ran.world.evidence).iterdir()) == []
    assert sorted(path.name for path in Path(ran.world.home).iterdir() if path.name.startswith("written")) == []
    assert LEAK not in ran.said
    for path, content in texts(ran.out):
        assert LEAK.encode() not in content, path
        assert secret.encode() not in content, path


def test_no_connection_was_made(ran):
    assert ran.seen == []


def test_nothing_is_left_running(ran):
    def left():
        return [p.pid for p in psutil.process_iter(["name"]) if p.info["name"] == ran.world.comm]

    deadline = time.monotonic() + 5
    while left() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left() == []


def test_the_memory_of_the_grader_stays_flat(ran):
    assert len(ran.peaks) >= 2, "the command and its workers were watched"
    assert {what: peak for what, peak in ran.peaks.items() if peak > MAX_MEMORY} == {}


def test_what_grading_leaves_behind_is_small(ran):
    sizes = {path: path.stat().st_size for path in ran.out.rglob("*") if path.is_file()}
    assert {path: size for path, size in sizes.items() if size > MAX_FILE} == {}


def test_no_hidden_input_is_shown(ran):
    """The inputs of this run, as the attacks of line 27 call them. The visible ones must be there: the channel works."""
    question = load_questions(ran.out / "questions" / f"{A}.json")[attacks.FORWARD]
    seen = {True: set(), False: set()}
    for case in question.calls:
        seen[case.hidden].add(token(*case.args))
    seen[True] -= seen[False]
    assert len(seen[True]) >= 2
    shown = set()
    for path, content in texts(ran.out):
        if path.parent.name not in ("log", "questions"):
            found = {word for words in seen.values() for word in words if word.encode() in content}
            assert not found & seen[True], path
            shown |= found
    assert shown == seen[False]


def test_how_a_process_ends_in_a_hidden_case_is_not_told(ran):
    (attack,) = [attack for attack in ATTACKS if attack.name == "smuggled-by-how-it-ends"]
    assert "213" not in row_of(ran, attack, attacks.FORWARD)["mistake"]


def test_no_control_character_gets_into_grades_or_the_terminal(ran):
    for rows in ran.rows.values():
        for row in rows:
            assert not CONTROL.search("".join(row.values())), row
    table = ran.said[ran.said.index("student ") :]  # below the progress bar
    assert not CONTROL.search(table.replace("\r", ""))


class Active(html.parser.HTMLParser):
    """Collects what a browser would run, or fetch from elsewhere, of what is marked by the attacks of line 28."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag, attrs):
        self._inside = tag if tag in ("script", "style") else ""
        for name, value in attrs:
            scheme = re.match(r"[\s\x00-\x20]*(javascript|data:text|vbscript)", value or "", re.I)
            if "evil28" in f"{name}{value}" and (
                name.startswith("on") or scheme or tag in self.ACTIVE or name == "srcdoc"
            ):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside and "evil28" in data:
            self.found.append(f"<{self._inside}>{data[:200]}")

    ACTIVE = ("script", "iframe", "object", "embed", "form", "button", "base", "meta", "link", "style")


PAGES = [attack for attack in ATTACKS if attack.number == 28]


@pytest.mark.parametrize("attack", PAGES, ids=lambda attack: attack.name)
def test_pages_have_no_active_content(attack, ran):
    for text in (feedback(ran, attack), (ran.out / "report.html").read_text(encoding="utf-8")):
        parser = Active()
        parser.feed(text)
        assert parser.found == []


@pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
def test_a_browser_runs_nothing_of_it(ran, tmp_path):
    control = tmp_path / "control.html"
    control.write_text("".join(attacks.ACTIVE))
    with page() as tab:
        tab.on("dialog", lambda dialog: dialog.dismiss())

        def runs(path):
            tab.goto(path.as_uri(), wait_until="load")
            tab.wait_for_timeout(500)
            for link in tab.locator("a[id*=evil28], details, summary").all():
                with contextlib.suppress(Exception):  # not to be clicked is as good
                    link.click(timeout=300, no_wait_after=True)
            return tab.evaluate("() => window.evil28")

        assert runs(control) == 1, "the attacks do nothing in this browser, so that they do nothing here says nothing"
        for attack in PAGES:
            assert runs(ran.out / "feedback" / attack.student / A / f"{A}.html") is None, attack.name
        assert runs(ran.out / "report.html") is None


def test_forged_outputs_are_not_in_the_executed_notebook(ran):
    (attack,) = [attack for attack in ATTACKS if attack.name == "forged-outputs"]
    executed = nbformat.read(ran.out / "autograded" / attack.student / A / f"{A}.ipynb", as_version=4)
    assert "widgets" not in executed.metadata
    assert LEAK not in json.dumps(executed.cells)


def test_probes_find_what_is_not_hidden(tmp_path):
    """The other half of `nothing found`: without a sandbox, the same code finds the answers and the secrets."""
    world = make_world(tmp_path)
    os.mkdir(world.out)
    for attack in ATTACKS:
        if attack.name not in ("expected-values", "reference", "files-of-the-grader"):
            continue
        work = Attempt(A, tmp_path / "attempt", world)
        attack.build(work)
        code = f"import numpy as np\nimport autograde.hidden, helpers\n{work.cell(attacks.FORWARD).source}\n"
        code += "print(forward_propagation(300000.0, -70000.0))"
        ran = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            cwd=this_course().root,
            check=False,
            timeout=300,
        )
        assert LEAK in ran.stdout, (attack.name, ran.stdout[-500:], ran.stderr[-1000:])
        assert "-21000000000" in ran.stdout
        assert NOTHING not in ran.stderr


ODD_SOURCES = {
    "words that are no text": """
        def forward_propagation(x, theta):
            print("\\ud800 \\udcff")
            raise type("Error\\udc80", (Exception,), {})("\\ud800 \\udcff")
        """,
    "keys that are no text": "def forward_propagation(x, theta):\n    return {'\\ud800': object()}",
    "a source that is no text": "def forward_propagation(x, theta):\n    return theta + x  # \ud800 \udcff",
    "\x1b]0;a name\nthat speaks\x07 to the terminal": "def forward_propagation(x, theta):\n    raise SystemExit",
}


def test_what_cannot_be_written_as_text_stops_nobody(tmp_path):
    """Halves of characters, which JSON and Python can hold and no file can; a folder with a name in another encoding."""
    require("fork")
    world = make_world(tmp_path)
    submissions = Path(world.submissions)
    make_class(submissions, world, [])
    for student, source in ODD_SOURCES.items():
        work = Attempt(A, submissions / student / A, world)
        work.write(attacks.FORWARD, source)
        work.hand_in()
    os.rename(submissions / "zoe", os.fsencode(submissions) + b"/Zo\xeb")
    graded = grade(world, "fork", "--jobs", "2")
    assert graded.code == 0, graded.said[-3000:]
    assert not CONTROL.search(graded.said[graded.said.index("student ") :].replace("\r", ""))
    points = {student: sum(float(row["score"]) for row in rows) for (student, _), rows in graded.rows.items()}
    assert points.pop("ada") == 100
    assert len(points) == 1 + len(ODD_SOURCES)
    for (student, _), rows in graded.rows.items():
        others = [row for row in rows if row["question"] != attacks.FORWARD]
        assert all(row["status"] == "rejected" or row["score"] == row["max_score"] for row in others), student
