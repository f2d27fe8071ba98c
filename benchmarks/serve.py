"""From file to page: how long a student waits whose work arrives at `course serve`.

python benchmarks/serve.py [--quick] [--no-hostile]
python benchmarks/serve.py --memory

Work arrives in a folder laid out as nbgrader's exchange, as `nbgrader submit` writes it. A burst, of which all is there at
once, gives the rate that this machine has; then work arrives steadily at half of that rate, one in ten of it hostile
(endless loops, processes without end, memory, output, notebooks without end). Counted is the time from the last byte of an
honest submission to its page in the exchange. First without TensorFlow, then with it, in one run of the service.

--memory: what the service's own process takes while 5,000 attempts arrive, ten of each of 500 students.
"""

import argparse
import random
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import numpy as np
import psutil
from nbgrader.utils import notebook_hash

from autograde.authoring.sample import SampleNotebook, right_and_wrong
from autograde.course import this_course

NUMPY, TENSORFLOW = ("gradient_checking", "initialization", "regularization", "optimizers"), ("tensorflow_signs",)
HOSTILE = {
    "endless loop": "while True: pass",
    "processes without end": "import os\nwhile True: os.fork()",
    "memory": "kept = []\nwhile True: kept.append(bytearray(10**7))",
    "output": "while True: print('x' * 10**5)",
    "sleep": "import time\ntime.sleep(10**6)",
}
ONE_IN = 10  # is hostile
ARRIVALS, STUDENTS, AT_A_TIME = 5_000, 500, 50  # of --memory


@dataclass
class Exchange:
    """nbgrader's exchange; since: when each page that is awaited was written for, by its file."""

    root: Path
    since: dict[Path, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    n: int = 0

    @property
    def inbound(self) -> Path:
        return self.root / "inbound"

    def submit(self, assignment: str, text: str, counts: bool = True, student: str = "") -> None:
        self.n += 1
        moment = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
        place = self.inbound / f"{student or f'student{self.n}'}+{assignment}+{moment}+{secrets.token_urlsafe(9)}"
        secret = secrets.token_hex(64)
        place.mkdir(parents=True)
        (place / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
        (place / "timestamp.txt").write_text(moment)
        (place / "submission_secret.txt").write_text(secret)
        if counts:
            self.since[self.root / "feedback" / f"{notebook_hash(secret=secret, notebook_id=assignment)}.html"] = (
                time.time()
            )

    def look(self) -> None:
        """Which pages are there."""
        now = time.time()
        for page in [page for page in self.since if page.exists()]:
            self.latencies.append(min(now, page.stat().st_mtime) - self.since.pop(page))

    def wait(self, seconds: float) -> None:
        """Until all pages are there."""
        end = time.monotonic() + seconds
        while self.since and time.monotonic() < end:
            self.look()
            time.sleep(0.02)
        if self.since:
            raise SystemExit(f"{len(self.since)} pages have not come within {seconds:g} s")


def texts(assignments: tuple[str, ...]) -> list[tuple[str, str]]:
    """(assignment, notebook) of right and of partly wrong work."""
    return [(a, nbformat.writes(work.notebook)) for a in assignments for work in right_and_wrong(a)]


def hostile(assignment: str) -> list[str]:
    made = []
    for code in HOSTILE.values():
        work = SampleNotebook(assignment)
        work.solve()
        work.notebook.cells.insert(3, nbformat.v4.new_code_cell(code))
        made.append(nbformat.writes(work.notebook))
    return made


def report(what: str, latencies: list[float], rate: float, memory: float) -> float:
    p50, p95 = np.percentile(latencies, (50, 95))
    print(
        f"{what:<34}{len(latencies):>6}{rate:>10.2f}{p50:>9.2f}{p95:>9.2f}"
        f"{max(latencies):>9.2f}{memory / 1e6:>10.0f} MB",
        flush=True,
    )
    return float(p95)


def measure(exchange: Exchange, service: psutil.Process, kind: str, burst: int, seconds: float, mixed: bool) -> float:
    """A burst, then a steady stream; the 95th percentile of the latter."""
    assignments = NUMPY if kind == "NumPy" else TENSORFLOW
    works, bad = texts(assignments), hostile(assignments[0])
    exchange.submit(*works[0])  # the first after the start finds everything cold
    exchange.wait(60)
    exchange.latencies.clear()
    began = time.monotonic()
    for i in range(burst):
        exchange.submit(*works[i % len(works)])
    exchange.wait(300)
    rate = burst / (time.monotonic() - began)
    report(f"{kind}, burst", exchange.latencies, rate, service.memory_info().rss)
    exchange.latencies.clear()
    pause, chance = 2 / rate, random.Random(1)
    began, n = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        n += 1
        if mixed and n % ONE_IN == ONE_IN // 2:
            exchange.submit(assignments[0], bad[n // ONE_IN % len(bad)], counts=False)
        else:
            exchange.submit(*chance.choice(works))
        while time.monotonic() < began + n * pause:
            exchange.look()
            time.sleep(0.01)
    exchange.wait(300)
    return report(
        f"{kind}, half of that rate{', mixed' if mixed else ''}",
        exchange.latencies,
        1 / pause,
        service.memory_info().rss,
    )


def measure_memory(exchange: Exchange, service: psutil.Process) -> float:
    """How many times the memory after the first fifth the service takes when all have arrived."""
    works, after = texts(NUMPY[:1]), []
    print(f"{'arrived':>9}{'service':>12}")
    for i in range(1, ARRIVALS + 1):
        exchange.submit(*works[i % len(works)], student=f"student{i % STUDENTS}")
        if i % AT_A_TIME == 0:
            exchange.wait(300)
        if i % (ARRIVALS // 5) == 0:
            time.sleep(15)  # until tables are written
            after.append(service.memory_info().rss)
            print(f"{i:>9,}{after[-1] / 1e6:>9.1f} MB", flush=True)
    return after[-1] / after[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer submissions")
    parser.add_argument("--no-hostile", action="store_true", help="honest submissions only")
    parser.add_argument("--memory", action="store_true", help="memory of the service over many arrivals")
    options = parser.parse_args()
    burst, seconds = ((30, 6), (5, 8)) if options.quick else ((200, 20), (60, 60))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exchange = Exchange(folder / "exchange" / "course101")
        exchange.inbound.mkdir(parents=True)
        words = ["serve", str(folder / "out"), "--inbox", str(exchange.inbound), "--seed", "0"]
        words += ["--attempts-an-hour", "0"] if options.memory else []
        with (folder / "log").open("wb") as log:
            began = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-m", "autograde", *words], cwd=this_course().root, stdout=log, stderr=log
            )
        try:
            while b"ready: " not in (folder / "log").read_bytes():
                if process.poll() is not None or time.monotonic() - began > 120:
                    raise SystemExit((folder / "log").read_text())
                time.sleep(0.05)
            print(f"ready after {time.monotonic() - began:.1f} s")
            service = psutil.Process(process.pid)
            if options.memory:
                print(f"serve_memory_ratio: {measure_memory(exchange, service):.3f}")
                return
            print(f"{'':<34}{'pages':>6}{'a second':>10}{'p50, s':>9}{'p95, s':>9}{'most, s':>9}{'service':>13}")
            mixed = not options.no_hostile
            with_numpy = measure(exchange, service, "NumPy", burst[0], seconds[0], mixed)
            with_tf = measure(exchange, service, "TensorFlow", burst[1], seconds[1], mixed)
        finally:
            process.terminate()
            process.wait(60)
    print(f"serve_tf_p95_s: {with_tf:.2f}")
    print(f"serve_p95_s: {with_numpy:.2f}")


if __name__ == "__main__":
    main()
