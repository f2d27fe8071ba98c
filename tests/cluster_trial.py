"""Trials of a cluster that take minutes and rights of root: run by hand, and what was seen is in docs/cluster.md.

python tests/cluster_trial.py faults [NUMBER]     a class of NumPy and TensorFlow on three machines with namespaces of their own
python tests/cluster_trial.py attacks             attacks on the whole class, on two machines
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from attacks import ATTACKS, A, make_class
from dask_machines import Machines, certificates, end, family, freeze
from kept_verdicts import kept_verdicts
from test_attacks import grade, make_world
from waiting import wait_until

from autograde.authoring.sample import right_and_wrong
from autograde.course import this_course

ASSIGNMENTS = ("gradient_checking", "initialization", "regularization", "optimizers", "tensorflow_signs")
NAMES = ("scheduler", "one", "two", "three")
ON_THE_CLASS = (43, 44, 45, 47)


@contextlib.contextmanager
def namespaces(prefix: str):
    """A network of four machines and this one, 10.213.0.1 to 5; what goes before a command that is to be on one."""
    bridge = f"{prefix}br"

    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    made = []
    try:
        ip("link", "add", bridge, "type", "bridge")
        ip("addr", "add", "10.213.0.5/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        for i, name in enumerate(NAMES):
            space, ours, theirs = f"{prefix}{name}", f"{prefix}{i}a", f"{prefix}{i}b"
            ip("netns", "add", space)
            made.append(space)
            ip("link", "add", ours, "type", "veth", "peer", "name", theirs)
            ip("link", "set", theirs, "netns", space)
            ip("link", "set", ours, "master", bridge, "up")
            for words in (
                ("addr", "add", f"10.213.0.{i + 1}/24", "dev", theirs),
                ("link", "set", theirs, "up"),
                ("link", "set", "lo", "up"),
            ):
                ip("-n", space, *words)
        yield {name: ["ip", "netns", "exec", f"{prefix}{name}"] for name in NAMES}
    finally:
        for space in made:
            subprocess.run(["ip", "netns", "del", space], check=False)
        subprocess.run(["ip", "link", "del", bridge], check=False)


def hand_in(folder: Path, number: int) -> int:
    """So many submissions, right ones and wrong ones; how many there are."""
    students = -(-number // len(ASSIGNMENTS))
    for assignment in ASSIGNMENTS:
        for first, work in enumerate(right_and_wrong(assignment)):
            for i in range(first, students, 2):
                work.hand_in(folder, f"student{i:04}")
    return students * len(ASSIGNMENTS)


def command(submissions: Path, out: Path, *words: object) -> list[str]:
    words = ("grade", submissions, "--out", out, "--seed", "5", "--tier", "fork", *words)
    return [sys.executable, "-m", "autograde", *map(str, words)]


def landed(out: Path) -> int:
    return len(kept_verdicts(out))


def faults(folder: Path, number: int) -> None:
    """Kill one worker, freeze a machine, start the scheduler anew; then the same class here, byte for byte."""
    n = hand_in(folder / "in", number)
    tls = certificates(folder / "tls")
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {words}; {landed(folder / 'there')} of {n} landed", flush=True)

    with namespaces(f"c{os.getpid() % 1000}") as inside, contextlib.ExitStack() as held:
        here = Machines(folder / "machines", this_course().root, tls, "10.213.0.1", inside)
        held.callback(here.close)
        here.start_scheduler()
        for i, name in enumerate(NAMES[1:], start=2):
            here.add(name, supervised=True, host=f"10.213.0.{i}")
        here.ready(3)
        words = command(folder / "in", folder / "there", "--cluster", here.address, "--tls", tls)
        with (folder / "said").open("w") as log:
            process = subprocess.Popen(words, cwd=this_course().root, stdout=log, stderr=log)
        held.callback(lambda: process.poll() is None and end(process))
        assert wait_until(lambda: landed(folder / "there") > n // 10, 300)
        next(p for p in family(here.workers["one"]) if "spawn_main" in " ".join(p.cmdline())).kill()
        say("one worker is killed")
        freeze(here.workers["two"])
        say("another machine stands still")
        assert wait_until(lambda: landed(folder / "there") > n // 2, 600)
        end(here.scheduler)
        say("the scheduler is killed")
        here.start_scheduler()
        say("and started")
        assert process.wait(1200) == 0
        say("done")
    print(*[line for line in (folder / "said").read_text().splitlines() if "10.213" in line], sep="\n")
    subprocess.run(command(folder / "in", folder / "here"), cwd=this_course().root, check=True, capture_output=True)
    same = (folder / "here" / "grades.csv").read_bytes() == (folder / "there" / "grades.csv").read_bytes()
    say(f"grades.csv is {'the same byte for byte' if same else 'NOT the same'}")
    sys.exit(not same)


def attacks(folder: Path) -> None:
    """Which workers ended over attacks on the class, and what honest neighbours came to."""
    world = make_world(folder)
    make_class(Path(world.submissions), world, [attack for attack in ATTACKS if attack.number in ON_THE_CLASS])
    with contextlib.closing(Machines(folder / "machines", this_course().root)) as here:
        here.start_scheduler()
        for name in NAMES[1:3]:
            here.add(name)
        here.ready(2)
        before = {name: {p.pid for p in family(process)} for name, process in here.workers.items()}
        ran = grade(world, "fork", "--cluster", here.address, "--cell-seconds", "5")
        after = {name: {p.pid for p in family(process)} for name, process in here.workers.items()}
        print(
            {name: len(before[name] & after[name]) for name in before},
            "of Dask's processes are still there, of",
            before,
        )
        print("workers that came:", here.came())
    print("exit", ran.code, "\n", ran.said[-1500:])
    for (student, assignment), rows in sorted(ran.rows.items()):
        whole = all(row["status"] == "graded" and row["score"] == row["max_score"] for row in rows)
        print(f"{student:<40}{assignment:<20}{'all points' if whole else {row['status'] for row in rows}}")
    assert all(
        row["status"] == "graded" and row["score"] == row["max_score"]
        for (student, assignment), rows in ran.rows.items()
        if student in ("ada", "zoe") and assignment == A
        for row in rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trial", choices=("faults", "attacks"))
    parser.add_argument("number", nargs="?", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if options.trial == "faults":
            faults(Path(name), options.number)
        else:
            attacks(Path(name))


if __name__ == "__main__":
    main()
