"""What it costs to have other machines judge: `course grade` with workers of its own, and on a Dask cluster on the same cores.

python benchmarks/scale.py [--quick] [--memory]

The cluster is a scheduler and a worker a processor, as processes of this machine with the settings of deploy/dask. The two
take turns. Counted is the time from when a tenth of the feedback pages are there to the last verdict, as if all had gone on
like that, so that no start is in it; the grades have to be the same byte for byte. --memory: the most that command and scheduler had, with few and with many submissions.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograde.authoring.sample import right_and_wrong
from autograde.course import ENGINE, this_course
from autograde.running.request import default_jobs

NUMPY = ("gradient_checking", "initialization", "regularization", "optimizers")
TENTH = 10  # of the submissions is left out, while each machine begins
SETTINGS = {"DASK_CONFIG": str(ENGINE / "deploy" / "dask" / "dask.yaml")}


@dataclass
class Cost:
    """Of one run. seconds: for all, the start left out; start: until the first page. peaks: MB, by process."""

    seconds: float
    start: float
    cpu: float
    peaks: dict[str, float]


class Cluster:
    """A scheduler and its workers, each in a folder of its own."""

    def __init__(self, folder: Path, workers: int):
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._log = (folder / "cluster.log").open("ab")
        self._processes: list[psutil.Popen] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        for n in range(workers):
            place = folder / f"machine{n}"
            place.mkdir()
            self._start("worker", self.address, "--nthreads", "1", "--local-directory", str(place))

    def _start(self, *words: str) -> psutil.Popen:
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        environment = os.environ | SETTINGS
        process = psutil.Popen(command, cwd=this_course().root, env=environment, stdout=self._log, stderr=self._log)
        self._processes.append(process)
        return process

    def close(self) -> None:
        """End all of it."""
        for process in reversed(self._processes):
            family = [process, *process.children(recursive=True)]
            for one in family:
                with contextlib.suppress(psutil.Error):
                    one.kill()
            process.wait()
        self._log.close()


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    with contextlib.closing(Cluster(folder, workers)) as started:
        time.sleep(5)  # until workers have come
        yield started


def hand_in(folder: Path, n: int) -> None:
    """So many submissions, half of them right, half with a mistake that has a name."""
    works = [work for assignment in NUMPY for work in right_and_wrong(assignment)]
    for i in range(n):  # nothing is missing, which would be landed before anything is judged
        student = i // len(NUMPY)
        works[2 * (i % len(NUMPY)) + student % 2].hand_in(folder, f"student{student:05}")


def peak(process: psutil.Popen) -> float:
    """MB that it has had at most."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def grade(submissions: Path, out: Path, *words: str, scheduler: psutil.Popen | None = None) -> Cost:
    command = [sys.executable, "-m", "autograde", "grade", str(submissions), "--out", str(out), "--seed", "0", *words]
    began = time.time()
    process = psutil.Popen(command, cwd=this_course().root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most, cpu = 0.0, 0.0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            most = max(most, peak(process))
            cpu = sum(process.cpu_times()[:2])  # its own, without those of what it has started
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"course grade ended with {process.returncode}")
    pages = sorted(path.stat().st_mtime for path in out.glob("feedback/*/*/*.html"))
    first = pages[len(pages) // TENTH]
    last = (out / "verdicts.db").stat().st_mtime
    peaks = {"command": most} | ({"scheduler": peak(scheduler)} if scheduler else {})
    return Cost((last - first) * TENTH / (TENTH - 1), pages[0] - began, cpu, peaks)


def report(what: str, n: int, cost: Cost) -> None:
    memory = ", ".join(f"{name} {mb:.0f} MB" for name, mb in cost.peaks.items())
    print(
        f"{what:<14}{n:>6}{cost.seconds:>9.1f}{n / cost.seconds:>9.1f}{cost.start:>8.1f}{1000 * cost.cpu / n:>10.1f}   {memory}",
        flush=True,
    )


def compare(folder: Path, n: int, rounds: int, workers: int) -> float:
    """How many times as long the cluster takes; the middle of the rounds."""
    submissions = folder / "in"
    hand_in(submissions, n)
    ratios = []
    with cluster(folder, workers) as started:
        for i in range(rounds):
            here = grade(submissions, folder / f"here{i}", "--jobs", str(workers))
            report("own workers", n, here)
            there = grade(submissions, folder / f"there{i}", "--cluster", started.address, scheduler=started.scheduler)
            report("cluster", n, there)
            if (folder / f"here{i}" / "grades.csv").read_bytes() != (folder / f"there{i}" / "grades.csv").read_bytes():
                raise SystemExit("the grades differ")
            ratios.append(there.seconds / here.seconds)
    return sorted(ratios)[len(ratios) // 2]


def memory(folder: Path, sizes: tuple[int, ...], workers: int) -> None:
    """The most that command and scheduler had, a new cluster for each size."""
    for n in sizes:
        place = folder / str(n)
        hand_in(place / "in", n)
        with cluster(place, workers) as started:
            cost = grade(place / "in", place / "out", "--cluster", started.address, scheduler=started.scheduler)
        report("cluster", n, cost)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few submissions, one round")
    parser.add_argument("--memory", action="store_true", help="memory with 300 and 3,000 submissions, and nothing else")
    options = parser.parse_args()
    if sys.platform != "linux":
        print("cluster_overhead: measured on Linux only")
        return
    print("               number  seconds  a second  start  own CPU, ms")
    with tempfile.TemporaryDirectory() as name:
        folder, workers = Path(name), default_jobs()
        if options.memory:
            memory(folder, (300, 3000), workers)
            return
        overhead = compare(folder, *((120, 1) if options.quick else (900, 3)), workers)
    print(f"cluster_overhead: {overhead:.2f}")


if __name__ == "__main__":
    main()
