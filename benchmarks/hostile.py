"""What hostile submissions cost honest ones: a class alone, and the same class with hostile ones in it, in one run.

python benchmarks/hostile.py [--quick]

The hostile ones are the dearest of each kind in tests/attacks/. They are spread evenly over the class, so that honest ones
run beside them. Seconds are those that grading notes for each honest submission, on the clock, added up; memory is what the
machine had in use at most, less what it had before. Nothing else should run.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograde.course import ENGINE, this_course

sys.path.insert(0, str(ENGINE / "tests"))
from attacks import ATTACKS, A, Attack, Attempt, World

DEAREST = (
    "loop-in-c",
    "no-more-alarms",
    "cell-without-end",
    "ignores-signals",
    "fork-bomb-that-doubles",
    "busy-processes",
    "one-large-array",
    "many-processes",
    "files-in-memory",
    "gigabytes",
    "a-hundred-thousand-files",
    "two-gigabytes-printed-by-a-cell",
    "ten-gigabytes",
    "many-keys",
    "one-array-many-times",
    "page-tables",
    "pipes-full-to-the-brim",
    "sixty-busy-sessions",
    "forges-its-replies-and-hangs",
    "a-cell-of-nine-megabytes",
)
QUICK = ("many-processes", "sixty-busy-sessions", "one-array-many-times")


@dataclass(frozen=True)
class ClassCost:
    """What came of the honest ones. seconds: by student; wall: of the whole command; memory: bytes at most."""

    seconds: dict[str, float]
    points: dict[str, float]
    wall: float
    memory: int


def hand_in(folder: Path, honest: int, hostile: list[Attack]) -> None:
    """So many honest submissions, and hostile ones among them at even distances; grading goes by name."""
    place = max(1, honest // max(1, len(hostile)))
    world = World(str(folder), str(folder.with_name("out")), "/nowhere", str(folder))
    for i in range(honest):
        Attempt(A, folder / f"{i:04}-honest" / A, world).hand_in()
    for i, attack in enumerate(hostile):
        attack.hand_in(folder / f"{i * place:04}-{attack.name}" / A, world)


def grade(folder: Path, out: Path) -> ClassCost:
    """`course grade`, watched."""
    before = psutil.virtual_memory().available
    least = [before]
    begin = time.perf_counter()
    words = [sys.executable, "-m", "autograde", "grade", str(folder), "--out", str(out), "--seed", "0"]
    with (out.with_suffix(".log")).open("wb") as log:
        process = subprocess.Popen([*words, "--cell-seconds", "5"], cwd=this_course().root, stdout=log, stderr=log)

        def watch() -> None:
            while process.poll() is None:
                least[0] = min(least[0], psutil.virtual_memory().available)
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = process.wait()
        watcher.join()
    if code:
        raise SystemExit(f"course grade ended with {code}: {out.with_suffix('.log').read_text()[-500:]}")
    wall = time.perf_counter() - begin
    with (out / "report" / "times.csv").open(encoding="utf-8-sig", newline="") as file:
        seconds = {row["student"]: float(row["seconds"]) for row in csv.DictReader(file) if "-honest" in row["student"]}
    points = dict.fromkeys(seconds, 0.0)
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["student"] in points:
                points[row["student"]] += float(row["score"])
    return ClassCost(seconds, points, wall, before - least[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer submissions, and three hostile ones")
    options = parser.parse_args()
    names, honest = (QUICK, 40) if options.quick else (DEAREST, 100)
    table = {attack.name: attack for attack in ATTACKS}
    hostile = [table[name] for name in names]
    found = []
    with tempfile.TemporaryDirectory() as name:
        for kind, chosen in (("alone", []), ("with them", hostile)):
            folder = Path(name, kind.replace(" ", "-"))
            hand_in(folder / "in", honest, chosen)
            found.append(graded := grade(folder / "in", folder / "out"))
            own = sorted(graded.seconds.values())
            print(
                f"{honest} honest, {len(chosen):>2} hostile: {sum(own):>7.2f} s for the honest ones"
                f" (median {own[len(own) // 2]:.3f}, longest {own[-1]:.3f}), {graded.wall:.1f} s in all,"
                f" {graded.memory / 1e6:,.0f} MB at most",
                flush=True,
            )
    alone, beside = found
    lost = sum(alone.points[student] - beside.points[student] for student in alone.points)
    print(f"points lost by honest ones: {lost:g}")
    print(f"memory above the honest class: {(beside.memory - alone.memory) / 1e6:,.0f} MB")
    print(f"hostile_ratio: {sum(beside.seconds.values()) / sum(alone.seconds.values()):.2f}")


if __name__ == "__main__":
    main()
