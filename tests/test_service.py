"""`course serve`, run as an instructor runs it: what arrives is judged once, handed back once, and nothing stops it for good."""

import json
import math
import os
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import psutil
import pytest
from kept_verdicts import kept_verdicts
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash
from processes import is_worker, is_worker_source
from small_course import ENVIRONMENT, RIGHT, A, course, make, work_of
from test_manual import table
from waiting import wait_until
from warm import warm_python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="course serve runs on Linux and macOS")

WRONG = RIGHT | {"predict": "return w * x - b"}
EMPTY: dict[str, str] = {}
BEGUN = datetime(2031, 10, 1, 12)
ARRIVALS = int(os.environ.get("COURSE_ARRIVALS", "90"))  # while processes are killed; 500 were tried


class Exchange:
    """nbgrader's exchange as students write into it. secrets: by the name of the folder that they made."""

    def __init__(self, root: Path, folder: Path):
        self.inbound = root / "course101" / "inbound"
        self.inbound.mkdir(parents=True)
        self.feedback = self.inbound.parent / "feedback"
        self.texts = {
            kind: nbformat.writes(work_of(folder, code))
            for kind, code in (("right", RIGHT), ("wrong", WRONG), ("empty", EMPTY))
        }
        self.texts["broken"] = self.texts["right"][:400]
        self.secrets: dict[str, str] = {}

    def submit(self, student: str, kind: str, minute: float = 0, says: str = "") -> str:
        """As `nbgrader submit` does; the name of the folder. says: in `timestamp.txt`, if not the same as the name."""
        moment = f"{BEGUN + timedelta(minutes=minute):%Y-%m-%d %H:%M:%S.%f} UTC"
        name = f"{student}+{A}+{moment}+{secrets.token_urlsafe(9)}"
        place = self.inbound / name
        place.mkdir()
        (place / f"{A}.ipynb").write_text(self.texts[kind], encoding="utf-8")
        (place / "timestamp.txt").write_text(says or moment)
        self.secrets[name] = secrets.token_hex(64)
        (place / "submission_secret.txt").write_text(self.secrets[name])
        return name

    def page(self, name: str) -> Path:
        """Where the student's own nbgrader looks for the page."""
        return self.feedback / f"{notebook_hash(secret=self.secrets[name], notebook_id=A)}.html"

    def all_answered(self) -> bool:
        return all(self.page(name).exists() for name in self.secrets)


class Service:
    """The command, as a process, which is forked unless it is to differ. before: Python that runs in it first."""

    def __init__(self, folder: Path, inbox: Path, *words: object, before: str = ""):
        patched = ["-c", f"{before}\nfrom autograde.cli import main\nraise SystemExit(main())"]
        begun = [sys.executable, *patched] if before else [*warm_python(), "-m", "autograde"]
        command = [*begun, "serve", "OUT", "--inbox", str(inbox), "--jobs", "2"]
        self.out, self._log, self._pid = folder / "OUT", folder / "serve.log", folder / "serve.pid"
        self._pid.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--seed", "0", *map(str, words)],
                cwd=folder,
                env=ENVIRONMENT | {"WARM_PID": str(self._pid)},
                stdout=log,
                stderr=log,
            )
        if before:
            self._pid.write_text(f"{self.process.pid}\n")

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def ready(self, times: int = 1) -> "Service":
        assert wait_until(lambda: self.said().count("ready: ") >= times or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.said()
        return self

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self._number()).children(recursive=True)

    def send_signal(self, number: int) -> None:
        if self.process.poll() is None:
            os.kill(self._number(), number)

    def _number(self) -> int:
        assert wait_until(lambda: self._pid.is_file() and self._pid.read_text().endswith("\n"), 60)
        return int(self._pid.read_text())

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit code, when everything that it had started has ended too."""
        family = self.children() if self.process.poll() is None else []
        self.send_signal(number)
        code = self.process.wait(60)
        _, alive = psutil.wait_procs(family, timeout=30)
        assert alive == []
        return code


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("service") / "c")


@pytest.fixture
def here(made, tmp_path):
    """A copy of the course of its own, with an exchange."""
    folder = shutil.copytree(made, tmp_path / "c")
    return folder, Exchange(tmp_path / "exchange", folder)


@pytest.fixture
def serving():
    """Makes services, and ends those that still run."""
    begun = []

    def begin(*words, **options):
        begun.append(Service(*words, **options))
        return begun[-1]

    yield begin
    for service in begun:
        if service.process.poll() is None:
            service.end(signal.SIGKILL if sys.exc_info()[0] else signal.SIGTERM)


def scores(out: Path) -> dict[tuple[str, str], float]:
    if not (out / "grades.csv").is_file():
        return {}
    return {(row["student"], row["question"]): float(row["score"]) for row in table(out / "grades.csv")}


def verdicts(out: Path) -> list[tuple[str, str]]:
    """(student, attempt) of every verdict there is; one stands twice for as long as another takes its place."""
    return sorted((one.student, one.attempt) for one in kept_verdicts(out))


def test_what_arrives_is_judged_handed_back_and_counts_as_it_should(here, serving):
    folder, exchange = here
    before = exchange.submit("early", "right")
    service = serving(folder, exchange.inbound).ready()
    assert wait_until(lambda: exchange.page(before).exists(), 60), service.said()
    first = exchange.submit("ada", "wrong")
    assert wait_until(lambda: exchange.page(first).exists(), 60)
    first_page = exchange.page(first).read_text(encoding="utf-8")
    then = r"When this page was written, at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC,"
    said = rf"Attempt of 2031-10-01 12:00:00 UTC\. {then} this attempt counted\. In the hour before, 1 of 10 attempts was used"
    assert re.search(said, first_page)
    second = exchange.submit("ada", "right", minute=5)
    assert wait_until(lambda: exchange.page(second).exists(), 60)
    assert "In the hour before, 2 of 10 attempts were used" in exchange.page(second).read_text(encoding="utf-8")
    broken, late = exchange.submit("ada", "broken", minute=9), exchange.submit("ada", "empty", minute=1)
    assert wait_until(exchange.all_answered, 60), service.said()
    assert re.search(
        f"{then} another attempt counted, with 100 points\\.", exchange.page(broken).read_text(encoding="utf-8")
    )
    assert re.search(f"{then} another attempt", exchange.page(late).read_text(encoding="utf-8")), (
        "it was handed in before"
    )
    assert exchange.page(first).read_text(encoding="utf-8") == first_page, "it was handed back once"
    assert wait_until(lambda: ("ada", "predict") in scores(service.out), 60)
    assert service.end() == 0
    assert (
        scores(service.out)
        == {
            ("ada", "predict"): 50,
            ("ada", "squared_loss"): 50,
            ("early", "predict"): 50,
            ("early", "squared_loss"): 50,
        }
        or sum(scores(service.out).values()) == 200
    )
    assert len(verdicts(service.out)) == 5
    assert list((service.out / "arrived").glob("*")) == []
    page = (service.out / "feedback" / "ada" / A / f"{A}.html").read_text(encoding="utf-8")
    assert "w * x + b" in page
    kept = list((service.out / "attempts" / "ada" / A).glob(f"*/feedback/ada/{A}/{A}.html"))
    assert len(kept) == 3
    assert any("w * x - b" in path.read_text(encoding="utf-8") for path in kept)


def test_what_a_person_enters_reaches_the_student(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound).ready()
    name, other = exchange.submit("ada", "wrong"), exchange.submit("bob", "right")
    assert wait_until(exchange.all_answered, 60), service.said()
    assert wait_until(lambda: len(scores(service.out)) == 4, 60)
    before = exchange.page(other).stat().st_mtime_ns
    with Gradebook(f"sqlite:///{service.out / 'gradebook.db'}") as book:
        grade = book.find_grade("test_predict", A, A, "ada")
        grade.manual_score, grade.needs_manual_grade = 7, False
        book.find_comment("predict", A, A, "ada").manual_comment = "Mind the sign"
        book.db.commit()
    assert wait_until(lambda: "Mind the sign" in exchange.page(name).read_text(encoding="utf-8"), 60), service.said()
    assert "this attempt counted" in exchange.page(name).read_text(encoding="utf-8")
    assert exchange.page(other).stat().st_mtime_ns == before
    assert scores(service.out)["ada", "predict"] == 7


def test_the_best_attempt_counts_where_that_is_wished_and_a_folder_gets_an_outbox(here, serving):
    folder, exchange = here
    inbox, outbox = folder / "in", folder / "outbox"
    place = inbox / "ada" / A
    place.mkdir(parents=True)
    service = serving(folder, inbox, "--outbox", outbox, "--counts", "best").ready()
    for n, kind in enumerate(("wrong", "right", "empty"), start=1):
        (place / f"{A}.ipynb").write_text(exchange.texts[kind], encoding="utf-8")
        assert wait_until(lambda n=n: len(list((outbox / "ada" / A).glob("*.html"))) == n, 60), service.said()
    assert service.end() == 0
    assert sum(scores(service.out).values()) == 100
    assert len(verdicts(service.out)) == 3
    assert "Stopped at" in (service.out / "status.html").read_text(encoding="utf-8")
    refused = course("serve", "OUT", "--inbox", "in", "--counts", "last", cwd=folder, code=2)
    assert "was begun with --counts best" in refused


def test_the_points_are_those_of_course_grade_over_the_same_folder(here, serving):
    folder, exchange = here
    for i, kind in enumerate(("right", "wrong", "empty", "broken")):
        path = folder / "in" / f"student{i}" / A / f"{A}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(exchange.texts[kind], encoding="utf-8")
    service = serving(folder, folder / "in").ready()
    assert wait_until(lambda: len(set(verdicts(service.out))) == 4, 60), service.said()
    assert service.end() == 0
    course("grade", "in", "--out", "graded", "--seed", "0", cwd=folder)
    assert (service.out / "grades.csv").read_bytes() == (folder / "graded" / "grades.csv").read_bytes()


def test_whatever_is_killed_every_attempt_is_judged_once_and_handed_back_once(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound, "--attempts-an-hour", 0).ready()
    kinds = ("right", "wrong", "empty")
    for i in range(ARRIVALS):
        exchange.submit(f"student{i % (ARRIVALS // 2)}", kinds[i % 3], minute=i)
        if i == ARRIVALS // 4:
            next(filter(is_worker, service.children())).kill()
        elif i == 3 * ARRIVALS // 8:
            next(filter(is_worker_source, service.children())).kill()
        elif i == ARRIVALS // 2:
            box = next(p for p in service.children() if "bwrap" in p.name())
            box.kill()
        elif i == 3 * ARRIVALS // 4:
            family = service.children()
            service.send_signal(signal.SIGKILL)
            service.process.wait(30)
            psutil.wait_procs(family, timeout=30)
            service = serving(folder, exchange.inbound, "--attempts-an-hour", 0).ready(2)
    assert wait_until(exchange.all_answered, 300), service.said()
    pages = {name: exchange.page(name).stat() for name in exchange.secrets}
    assert service.end() == 0
    again = serving(folder, exchange.inbound, "--attempts-an-hour", 0).ready(3)
    time.sleep(2)
    assert again.end() == 0
    assert {n: (s.st_ino, s.st_mtime_ns) for n, s in pages.items()} == {
        n: (exchange.page(n).stat().st_ino, exchange.page(n).stat().st_mtime_ns) for n in exchange.secrets
    }
    judged = verdicts(service.out)
    assert len(judged) == len(set(judged)) == ARRIVALS
    last = {}
    for name in exchange.secrets:
        student, _, moment, _ = name.split("+", 3)
        last[student] = max(last.get(student, ("", "")), (moment, name))
    course_in = folder / "in"
    for student, (_, name) in last.items():
        shutil.copytree(exchange.inbound / name, course_in / student / A)
    course("grade", "in", "--out", "graded", "--seed", "0", cwd=folder)
    assert scores(service.out) == scores(folder / "graded")


def test_hidden_cases_are_drawn_anew_and_follow_from_the_seed(here, serving):
    folder, exchange = here
    asked = folder / "OUT" / "questions" / f"{A}.json"
    service = serving(folder, exchange.inbound).ready()
    first = exchange.submit("ada", "right")
    assert wait_until(lambda: exchange.page(first).exists(), 60), service.said()
    before, mark = asked.read_text(), folder / "OUT" / "run.json"
    assert service.end() == 0
    kept = json.loads(mark.read_text())
    mark.write_text(json.dumps(kept | {"drawn": "2020-01-01 00:00:00"}))
    service = serving(folder, exchange.inbound).ready(2)
    assert "hidden cases are drawn anew" in service.said()
    second = exchange.submit("ada", "wrong", minute=5)
    assert wait_until(lambda: exchange.page(second).exists(), 60), service.said()
    assert service.end() == 0
    drawn, now = asked.read_text(), json.loads(mark.read_text())
    assert drawn != before
    assert (now["draw"], now["seed"]) == (1, kept["seed"])
    assert len(verdicts(service.out)) == 2, "what was judged stays judged"
    asked.unlink()
    serving(folder, exchange.inbound).ready(3).end()
    assert asked.read_text() == drawn


def test_beyond_the_limit_of_an_hour_attempts_wait(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound, "--attempts-an-hour", 2).ready()
    names = [exchange.submit("ada", "right", minute=i) for i in range(2)]
    assert wait_until(lambda: all(exchange.page(name).exists() for name in names), 60), service.said()
    names += [exchange.submit("ada", "right", minute=i) for i in (2, 3)]
    other = exchange.submit("bob", "right")
    assert wait_until(lambda: exchange.page(other).exists(), 60), service.said()
    assert wait_until(lambda: metric(service, "attempts_waiting") == 2, 30)
    shown = service.out / "status.html"
    assert wait_until(lambda: "2 attempts" in re.sub("<[^>]*>", "", shown.read_text(encoding="utf-8")), 30)
    time.sleep(2)
    assert [exchange.page(name).exists() for name in names] == [True, True, False, False]
    assert service.end() == 0


def test_an_inbox_that_vanishes_and_comes_back_is_said_and_loses_nothing(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound).ready()
    away = exchange.inbound.with_name("away")
    exchange.inbound.rename(away)
    assert wait_until(lambda: f"the inbox '{exchange.inbound}' cannot be read" in service.said(), 30)
    assert wait_until(lambda: math.isnan(metric(service, "attempts_waiting")), 30), "what arrives is not known"
    away.rename(exchange.inbound)
    name = exchange.submit("ada", "right")
    assert wait_until(lambda: exchange.page(name).exists(), 60), service.said()
    assert service.said().count("cannot be read") == 1
    assert wait_until(lambda: metric(service, "attempts_waiting") == 0, 30)


def test_an_exchange_that_takes_no_page_is_said_and_tried_again(here, serving):
    folder, exchange = here
    exchange.feedback.write_text("in the way")
    service = serving(folder, exchange.inbound).ready()
    name = exchange.submit("ada", "right")
    assert wait_until(lambda: f"pages cannot be handed back to '{exchange.feedback}'" in service.said(), 60), (
        service.said()
    )
    exchange.feedback.unlink()
    assert wait_until(lambda: exchange.page(name).exists(), 60), service.said()
    assert service.end() == 0


def test_an_outbox_that_vanishes_is_not_made_anew_and_gets_its_pages_when_it_is_back(here, serving):
    folder, exchange = here
    outbox = folder / "outbox"
    (folder / "in").mkdir()
    service = serving(folder, folder / "in", "--outbox", outbox).ready()
    for student, kind in (("ada", "right"), ("bob", "wrong")):
        path = folder / "in" / student / A / f"{A}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(exchange.texts[kind], encoding="utf-8")
        if student == "ada":
            assert wait_until(lambda: list(outbox.glob("ada/*/*.html")), 60), service.said()
            outbox.rename(folder / "away")
    said = f"pages cannot be handed back to '{outbox}': it is not there any more"
    assert wait_until(lambda: said in service.said(), 60), service.said()
    assert not outbox.exists()
    (folder / "away").rename(outbox)
    assert wait_until(lambda: list(outbox.glob("bob/*/*.html")), 60), service.said()
    assert service.end() == 0


def test_a_gradebook_that_is_taken_away_is_said_and_none_is_made_in_its_place(here, serving):
    """Else what people have entered would be lost, and nobody told."""
    folder, exchange = here
    service = serving(folder, exchange.inbound).ready()
    first = exchange.submit("ada", "right")
    assert wait_until(lambda: exchange.page(first).exists(), 60), service.said()
    book = service.out / "gradebook.db"
    with Gradebook(f"sqlite:///{book}") as entered:
        grade = entered.find_grade("test_predict", A, A, "ada")
        grade.manual_score, grade.needs_manual_grade = 7, False
        entered.db.commit()
    assert wait_until(lambda: scores(service.out).get(("ada", "predict")) == 7, 60), service.said()
    book.rename(folder / "away.db")
    second = exchange.submit("bob", "wrong")
    assert wait_until(lambda: "has what people entered: put a copy of it back" in service.said(), 60), service.said()
    time.sleep(5)  # it tries again meanwhile
    assert not book.exists()
    assert not exchange.page(second).exists()
    (folder / "away.db").rename(book)
    assert wait_until(lambda: exchange.page(second).exists(), 120), service.said()
    assert wait_until(lambda: {student for student, _ in scores(service.out)} == {"ada", "bob"}, 60)
    assert scores(service.out)["ada", "predict"] == 7
    assert service.end() == 0
    with Gradebook(f"sqlite:///{book}") as entered:
        assert {one.id for one in entered.students} >= {"ada", "bob"}
    book.rename(folder / "away.db")
    before = (service.out / "grades.csv").read_bytes()
    for words in (("serve", "OUT", "--inbox", exchange.inbound), ("regrade", "OUT"), ("feedback", "OUT")):
        said = course(*words, cwd=folder, code=2)
        assert (
            "gradebook.db' is not there, and has what people entered: put a copy of it back. Without one, give `"
            in said
        )
        assert not book.exists()
    assert (service.out / "grades.csv").read_bytes() == before
    course(*shlex.split(said.partition("give `")[2].partition("`")[0])[1:], cwd=folder)
    assert {student for student, _ in scores(service.out)} == {"ada", "bob"}


def test_a_changed_course_is_not_taken_up_but_judged_anew_and_then_gone_on_with(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound).ready()
    name = exchange.submit("ada", "wrong")
    assert wait_until(lambda: exchange.page(name).exists(), 60), service.said()
    assert service.end() == 0
    questions = folder / "solutions" / A / "questions.py"
    questions.write_text(questions.read_text(encoding="utf-8") + "\nA = 1\n", encoding="utf-8")
    said = course("serve", "OUT", "--inbox", exchange.inbound, cwd=folder, code=2)
    assert "the cases of 'first_steps'" in said
    assert "course regrade OUT" in said
    assert "No points and no status have changed." in course("regrade", "OUT", cwd=folder)
    before = verdicts(service.out)
    serving(folder, exchange.inbound).ready(2).end()
    assert verdicts(service.out) == before, "it is the same attempt"
    assert (service.out / "handed_in" / "ada" / A / "timestamp.txt").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("serve", "solutions", "--inbox", "in"), "is not the result of `course grade` or `course serve`"),
        (("serve", "OUT", "--inbox", "nowhere"), "there is no folder 'nowhere'"),
        (("serve", "in/OUT", "--inbox", "in"), "lies in the inbox"),
        (("serve", "OUT", "--inbox", "course.toml"), "'course.toml' is a file"),
        (("serve", "OUT", "--inbox", "in", "--outbox", "OUT/pages"), "lies in 'OUT'"),
        (("serve", "OUT", "--inbox", "in", "--outbox", "course.toml"), "is a file"),
    ],
)
def test_what_cannot_be_served_is_refused_in_a_line(here, words, said):
    folder, _ = here
    (folder / "in" / "ada").mkdir(parents=True)
    refused = course(*words, cwd=folder, code=2)
    assert said in refused
    assert len(refused.splitlines()) == 1


def test_paths_are_those_of_where_one_stands_and_a_regrade_adds_nobody(here):
    folder, exchange = here
    path = folder.parent / "elsewhere" / "class" / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(exchange.texts["right"], encoding="utf-8")
    there = folder.parent / "elsewhere"
    course("--course", folder, "grade", "class", "--out", "OUT", "--seed", "0", cwd=there)
    before = scores(there / "OUT")
    assert sum(before.values()) == 100
    (there / "class" / "zoe").mkdir()
    assert "No points and no status" in course("--course", folder, "regrade", "OUT", cwd=there)
    assert scores(there / "OUT") == before


def test_two_services_on_one_folder_do_not_work_at_once(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound).ready()
    refused = course("serve", "OUT", "--inbox", exchange.inbound, cwd=folder, code=2)
    assert "another process is at work" in refused
    assert service.process.poll() is None


def test_an_attempt_that_comes_twice_while_it_waits_is_judged_once(here, serving):
    """From two inboxes, or put back in place of another, as the same file."""
    folder, exchange = here
    one, two = (folder / name / "ada" / A / f"{A}.ipynb" for name in ("in", "in2"))
    for path in (one, two):
        path.parent.mkdir(parents=True)
    outbox = folder / "outbox"
    words = ("--inbox", folder / "in2", "--outbox", outbox, "--attempts-an-hour", 2)
    service = serving(folder, folder / "in", *words).ready()
    for n, (kind, path) in enumerate((("right", one), ("wrong", two)), start=1):
        path.write_text(exchange.texts[kind], encoding="utf-8")
        assert wait_until(lambda n=n: len(list((outbox / "ada" / A).glob("*.html"))) == n, 60), service.said()
    kept = [folder / f"kept{i}" for i in range(2)]
    for i, path in enumerate(kept):
        path.write_text(exchange.texts["empty"] + " " * i, encoding="utf-8")
    for path, place in (
        (kept[0], one),
        (kept[1], two),
        (kept[0], two),
        (kept[1], one),
    ):  # beyond the limit, so all wait
        shutil.rmtree(place.parent)
        place.parent.mkdir()
        place.hardlink_to(path)
        time.sleep(1.5)
    assert wait_until(lambda: "course_attempts_waiting 4.0" in (service.out / "metrics.prom").read_text(), 30)
    assert service.end() == 0, service.said()
    service = serving(folder, folder / "in", *words[:-1], 0).ready(2)
    assert wait_until(lambda: len(set(verdicts(service.out))) == 3, 60), service.said()
    assert service.end() == 0


def test_what_is_replaced_while_it_waits_is_never_judged_under_the_time_of_the_first(here, serving):
    """Another's later work would else count as handed in when the first was: before it was due, say."""
    folder, exchange = here
    work = {kind: exchange.texts[kind] for kind in ("right", "wrong")}
    work["slow"] = nbformat.writes(
        work_of(folder, RIGHT | {"predict": "import time\n    time.sleep(1.5)\n    return w * x + b"})
    )
    path = folder / "in" / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    service = serving(folder, folder / "in").ready()
    for n, (kind, becomes) in enumerate((("slow", "working 1.0"), ("wrong", "waiting 1.0"), ("right", ""))):
        path.write_text(work[kind], encoding="utf-8")
        os.utime(path, (BEGUN.timestamp() + n,) * 2)
        metrics = service.out / "metrics.prom"
        assert wait_until(lambda: metrics.exists() and becomes in metrics.read_text(encoding="utf-8"), 10)  # noqa: B023
    assert wait_until(lambda: len(set(verdicts(service.out))) == 2 and sum(scores(service.out).values()) == 100, 60), (
        service.said()
    )
    assert {attempt[9:15] for _, attempt in verdicts(service.out)} == {
        f"{datetime.fromtimestamp(BEGUN.timestamp() + n, UTC):%H%M%S}" for n in (0, 2)
    }
    assert service.said().count(f"ada, {A}: other work came in its place before it was judged") == 1
    assert service.end() == 0


def test_what_the_grader_failed_on_is_named_with_what_to_do(here, serving):
    folder, exchange = here
    dies = (
        "import autograde.running.runner as module\n"
        "def run(worker, job, seconds, run=module.WorkerProcess.run):\n"
        "    if 'unlucky' in repr(job):\n"
        "        worker.kill()\n"
        "    return run(worker, job, seconds)\n"
        "module.WorkerProcess.run = run"
    )
    service = serving(folder, exchange.inbound, before=dies).ready()
    exchange.submit("unlucky", "right"), exchange.submit("ada", "right")
    assert wait_until(exchange.all_answered, 60), service.said()
    assert service.end() == 0
    assert service.said().count("unlucky, first_steps: not judged, since the grader's own process ended") == 1
    assert "need not be your fault" in (service.out / "feedback" / "unlucky" / A / f"{A}.html").read_text()
    assert sum(scores(service.out).values()) == 100
    again = re.search("course (regrade .*)`", service.said())[1]
    course(*shlex.split(again), cwd=folder)
    assert sum(scores(service.out).values()) == 200


@pytest.mark.parametrize("when", ["as it arrives", "at the next start"])
def test_an_attempt_with_whatever_names_ends_nothing(here, serving, when):
    folder, exchange = here
    name = exchange.submit("ada", "right")
    for other in (b"\xff.ipynb", b"\n\x1b[2J.ipynb", b"<img src=x onerror=alert(1)>.ipynb", b"a" * 249 + b".ipynb"):
        (exchange.inbound / name / os.fsdecode(other)).write_text("{}")
    service = serving(folder, exchange.inbound).ready()
    assert wait_until(lambda: exchange.page(name).exists(), 60), service.said()
    if when == "at the next start":
        assert service.end() == 0
        service = serving(folder, exchange.inbound).ready(2)
    after = exchange.submit("bob", "right")
    assert wait_until(lambda: exchange.page(after).exists(), 60), service.said()
    assert wait_until(lambda: "course_attempts_working 0.0" in (service.out / "metrics.prom").read_text(), 30)
    assert service.end() == 0
    assert "<img" not in (service.out / "status.html").read_text(encoding="utf-8")


def test_the_limit_of_an_hour_goes_by_when_attempts_were_judged_whatever_time_they_claim(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound, "--attempts-an-hour", 2).ready()
    names = [exchange.submit("ada", "right", minute=-60 * 24 * 365 * n) for n in (9, 10)]  # of years ago
    assert wait_until(exchange.all_answered, 60), service.said()
    assert service.end() == 0
    service = serving(folder, exchange.inbound, "--attempts-an-hour", 2).ready(2)
    assert "timestamp.txt" not in service.said(), "a submission of nbgrader's says one time"
    third, other = exchange.submit("ada", "right", minute=1), exchange.submit("bob", "right")
    assert wait_until(lambda: exchange.page(other).exists(), 60), service.said()
    time.sleep(2)
    assert not exchange.page(third).exists()
    assert service.end() == 0
    assert len(names) == 2


def metric(service: Service, name: str) -> float:
    """As the service told it last."""
    return float(re.search(rf"^course_{name} (.*)$", (service.out / "metrics.prom").read_text(), re.M)[1])


def test_a_wait_for_the_hour_to_be_over_is_no_wait_for_the_service(here, serving):
    folder, exchange = here
    words, short = ("--attempts-an-hour", 1), "import autograde.campus.service as module; module.HOUR = 45.0"
    service = serving(folder, exchange.inbound, *words, before=short).ready()
    first, other = exchange.submit("ada", "right"), exchange.submit("bob", "right")
    assert wait_until(exchange.all_answered, 60), service.said()
    waits = exchange.submit("ada", "wrong", minute=1)
    assert wait_until(lambda: metric(service, "attempts_waiting") == 1, 30)
    assert service.end() == 0
    service = serving(folder, exchange.inbound, *words, before=short).ready(2)
    assert wait_until(lambda: metric(service, "attempts_waiting") == 1, 30)
    assert metric(service, "oldest_waiting_seconds") == 0
    assert not exchange.page(waits).exists()
    assert wait_until(exchange.all_answered, 90), service.said()
    assert wait_until(lambda: metric(service, "attempts_judged_total") == 1, 30)
    waited = exchange.page(waits).stat().st_ctime - (exchange.inbound / waits / "submission_secret.txt").stat().st_ctime
    assert 0 < metric(service, "latency_seconds") < waited - 5, "it waited some seconds for that"
    assert service.end() == 0
    assert exchange.page(first).exists()
    assert exchange.page(other).exists()


def test_a_clock_that_is_put_back_by_a_day_is_said_and_ends_nothing(here, serving):
    folder, exchange = here
    ahead = folder / "ahead"  # seconds by which the service's clock is
    ahead.write_text("0")
    clock = f"import time; _time = time.time; time.time = lambda: _time() + float(open({str(ahead)!r}).read())"
    inbox, outbox = folder / "in", folder / "outbox"
    path = inbox / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    words = ("--inbox", inbox, "--outbox", outbox)
    service = serving(folder, exchange.inbound, *words, before=clock).ready()
    path.write_text(exchange.texts["wrong"], encoding="utf-8")
    exchange.submit("bob", "right")
    assert wait_until(lambda: exchange.all_answered() and list(outbox.rglob("*.html")), 60), service.said()
    (folder / "next").write_text(f"{-24 * 3600}")
    (folder / "next").rename(ahead)
    assert wait_until(lambda: "put back by 24 h" in service.said(), 30), service.said()
    path.write_text(exchange.texts["right"], encoding="utf-8")
    exchange.submit("bob", "wrong", minute=1)
    exchange.submit("eve", "right")
    assert wait_until(lambda: exchange.all_answered() and len(list(outbox.rglob("*.html"))) == 2, 60), service.said()
    assert metric(service, "attempts_per_minute") <= 5
    assert service.end() == 0
    service = serving(folder, exchange.inbound, *words, before=clock).ready(2)
    exchange.submit("zoe", "right")
    assert wait_until(exchange.all_answered, 60), service.said()
    assert service.end() == 0
    assert len(verdicts(service.out)) == 6, "each is judged once"
    assert sum(score for (student, _), score in scores(service.out).items() if student == "ada") == 100


def test_an_attempt_that_claims_two_times_or_none_is_said(here, serving):
    """What is late goes by `timestamp.txt`, which may say another time than the name by which attempts are in order."""
    folder, exchange = here
    name = exchange.submit("ada", "right", says="2031-09-01 12:00:00.000000 UTC")
    service = serving(folder, exchange.inbound).ready()
    assert wait_until(lambda: exchange.page(name).exists(), 60), service.said()
    assert (
        "ada, first_steps: its name or its files are of 2031-10-01 12:00:00 UTC, and 'timestamp.txt' says 2031-09-01"
        in (service.said())
    )
    other = exchange.submit("bob", "right")
    assert wait_until(lambda: exchange.page(other).exists(), 60), service.said()
    third = exchange.submit("cleo", "right", says="soon")
    assert wait_until(lambda: exchange.page(third).exists(), 60), service.said()
    assert not re.search("bob.*timestamp.txt", service.said())
    assert "cleo, first_steps: 'timestamp.txt' does not say when it was handed in" in service.said()
    assert service.end() == 0


def test_what_course_grade_began_is_gone_on_with_and_regrade_goes_by_what_came_since(here, serving):
    folder, exchange = here
    for student, kind in (("ada", "wrong"), ("bob", "right")):
        path = folder / "in" / student / A / f"{A}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(exchange.texts[kind], encoding="utf-8")
    course("grade", "in", "--out", "OUT", "--seed", "0", cwd=folder)
    service = serving(folder, exchange.inbound).ready()
    assert "what lies in" in service.said()
    name = exchange.submit("ada", "right")
    assert wait_until(lambda: exchange.page(name).exists(), 60), service.said()
    assert service.end() == 0
    after = scores(service.out)
    assert sum(after.values()) == 200
    assert "No points and no status have changed." in course("regrade", "OUT", cwd=folder)
    assert scores(service.out) == after


def test_how_many_questions_are_drawn_is_counted(here, serving):
    folder, exchange = here
    course("new", "assignment", "second_steps", cwd=folder)
    course("build", cwd=folder)
    service = serving(folder, exchange.inbound).ready()
    assert re.findall(r"drawn: (.*)", service.said()) == [f"{A}, 1 of 2", "second_steps, 2 of 2"]
    assert service.end() == 0
    service = serving(folder, exchange.inbound).ready(2)
    assert service.said().count("drawn: ") == 2


SOON_MENDED = "from autograde.campus import service\nservice.LASTING = 4.0"


@pytest.mark.parametrize("how", ["away", "damaged"])
def test_verdicts_that_are_lost_while_it_runs_are_on_the_page_until_they_are_back(here, serving, tmp_path, how):
    folder, exchange = here
    service = serving(folder, exchange.inbound, before=SOON_MENDED).ready()
    exchange.submit("ada", "right")
    assert wait_until(lambda: scores(service.out), 60), service.said()
    path, page, metrics = (service.out / name for name in ("verdicts.db", "status.html", "metrics.prom"))
    path.rename(tmp_path / "kept.db")
    if how == "damaged":
        path.write_text("notes " * 1000)
    late = exchange.submit("bob", "wrong")
    assert wait_until(lambda: "put a copy of it back" in page.read_text(encoding="utf-8"), 60), service.said()
    assert wait_until(lambda: "course_faults 1.0" in metrics.read_text(), 30)
    assert "--resume" not in service.said(), "which is no advice while it runs"
    assert wait_until(lambda: math.isnan(metric(service, "attempts_waiting")), 30), "bob's is not counted as none"
    assert "counted once this is mended" in page.read_text(encoding="utf-8")
    seen = page.stat().st_mtime_ns
    assert wait_until(lambda: page.stat().st_mtime_ns > seen, 30), "the page goes on telling"
    (tmp_path / "kept.db").replace(path)
    assert wait_until(exchange.all_answered, 60), service.said()
    assert wait_until(lambda: "mended: the service goes on" in service.said(), 60), service.said()
    assert wait_until(lambda: "course_faults 0.0" in metrics.read_text(), 30)
    assert wait_until(lambda: "Something is wrong" not in page.read_text(encoding="utf-8"), 30)
    assert metric(service, "attempts_waiting") == 0
    assert [one.student for one in kept_verdicts(service.out)] == ["ada", "bob"]
    assert exchange.page(late).exists()


def test_what_an_earlier_service_kept_is_judged_before_another_begins(here, serving):
    """Else the best attempt is lost that its student's folder has no more."""
    folder, exchange = here
    service = serving(folder, exchange.inbound, "--counts", "best").ready()
    for minute, kind in enumerate(("right", "wrong")):
        exchange.submit("ada", kind, minute)
        assert wait_until(exchange.all_answered, 60), service.said()
    assert wait_until(lambda: sum(scores(service.out).values()) == 100, 60)
    assert service.end() == 0
    for name in ("verdicts.db", "grades.csv"):
        (service.out / name).unlink()
    before = sorted(path for path in service.out.rglob("*") if path.is_file())
    service = serving(folder, exchange.inbound)
    assert service.process.wait(120) == 2
    said = service.said().splitlines()[-1]
    assert "give `" in said
    assert sorted(path for path in service.out.rglob("*") if path.is_file()) == before
    words = shlex.split(said.partition("`")[2].partition("`")[0])
    course(*words[1:], cwd=folder)
    service = serving(folder, exchange.inbound).ready(2)
    assert sum(scores(service.out).values()) == 100
    assert service.end() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_processes_while_workers_are_begun_leaves_no_traceback(here, number):
    """As Ctrl-C in a terminal sends it, and the system to all of a service."""
    folder, exchange = here
    command = [sys.executable, "-m", "autograde", "serve", "OUT", "--inbox", str(exchange.inbound), "--seed", "0"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    family = psutil.Process(process.pid)
    assert wait_until(lambda: any(is_worker_source(one) for one in family.children()), 60)
    time.sleep(0.3)  # it imports what workers need
    os.killpg(process.pid, number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "Traceback" not in said, said
    assert "stopped; " in said


def test_tables_that_cannot_be_written_are_a_fault_until_they_can(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound, before=SOON_MENDED).ready()
    exchange.submit("ada", "right")
    assert wait_until(lambda: scores(service.out), 60), service.said()
    shutil.rmtree(service.out / "report")
    (service.out / "report").write_text("in the way")
    exchange.submit("bob", "wrong")
    assert wait_until(lambda: "course_faults 1.0" in (service.out / "metrics.prom").read_text(), 60), service.said()
    time.sleep(7)  # longer than what counts as mended here
    assert "mended: " not in service.said()
    assert (
        f"'{service.out / 'report'}' cannot be used: it is a file, and a folder belongs in its place" in service.said()
    )
    (service.out / "report").unlink()
    assert wait_until(lambda: "mended: the service goes on" in service.said(), 60), service.said()
    assert {student for student, _ in scores(service.out)} == {"ada", "bob"}


def test_tables_that_are_taken_away_while_nothing_arrives_are_written_again(here, serving):
    folder, exchange = here
    service = serving(folder, exchange.inbound).ready()
    exchange.submit("ada", "right")
    assert wait_until(lambda: scores(service.out), 60), service.said()
    before = (service.out / "grades.csv").read_bytes()
    (service.out / "grades.csv").unlink()
    assert wait_until(lambda: (service.out / "grades.csv").is_file(), 60), service.said()
    assert (service.out / "grades.csv").read_bytes() == before


def test_the_work_that_counts_already_is_not_counted_as_judged(here, serving):
    folder, exchange = here
    path = folder / "in" / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(exchange.texts["right"], encoding="utf-8")
    service = serving(folder, folder / "in").ready()
    assert wait_until(lambda: metric(service, "attempts_judged_total") == 1, 60), service.said()
    os.utime(path)
    assert wait_until(lambda: metric(service, "attempts_same_total") == 1, 60), service.said()
    assert metric(service, "attempts_judged_total") == 1
    assert len(kept_verdicts(service.out)) == 1


def test_it_ends_at_once_while_questions_are_drawn(here, serving):
    folder, exchange = here
    questions = folder / "solutions" / A / "questions.py"
    questions.write_text(f"import time\ntime.sleep(300)\n{questions.read_text(encoding='utf-8')}", encoding="utf-8")
    service = serving(folder, exchange.inbound, "--seed", 5)
    assert wait_until(lambda: any("autograde.authoring.asking" in one.cmdline() for one in service.children()), 60)
    assert "questions of 1 assignment are drawn first" in service.said()
    assert service.end() == 0
    assert "stopped; " in service.said()
    assert "Traceback" not in service.said()


WITHOUT_BOXES = """
from autograde.judging import tiers
from autograde.sandbox.client import SandboxError

whole = tiers.Isolation.__init__

def of_a_machine_without(self, tier, *others):
    if tier != "none":
        raise SandboxError("this machine forbids it")
    whole(self, tier, *others)

tiers.Isolation.__init__ = of_a_machine_without
"""


def test_where_nothing_is_contained_it_begins_only_if_told_so(here, serving):
    folder, exchange = here
    refused = serving(folder, exchange.inbound, before=WITHOUT_BOXES)
    assert refused.process.wait(60) == 2
    (line,) = (line for line in refused.said().splitlines() if line.startswith("course: "))
    for words in ("isolation 'fork' does not work here: this machine forbids it", "'kernel'", "`--tier none` judges"):
        assert words in line
    told = serving(folder, exchange.inbound, "--tier", "none", before=WITHOUT_BOXES).ready()
    assert "Isolation: none; submissions run with your rights" in told.said()
