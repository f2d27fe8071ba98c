"""Grading by stock nbgrader and by `course grade`: the same submissions, in one run.

python benchmarks/grading.py [--quick] [--scale] [--first]

Stock is nbgrader's own `autograde`, each notebook in a kernel of its own, on the submissions as they are. Ours is `course
grade`, to the gradebook and the feedback pages. Both leave demonstrations out; `--showcase` below is with them. Seconds
are of the wall clock; CPU seconds are those of the whole machine, so nothing else should run. What is spent once,
whatever the number of submissions, is the start; the rest divided by their number is the cost of one.
"""

import argparse
import contextlib
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil
from nbgrader.api import Gradebook

from autograde.authoring.sample import right_and_wrong
from autograde.course import this_course
from autograde.records.class_folder import ClassFolder
from autograde.records.nbgrader import quiet, register, write_config

NUMPY, TENSORFLOW = "regularization", "tensorflow_signs"
STOCK_STEPS = [
    f"nbgrader.preprocessors.{n}" for n in ("Execute", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties")
]


@dataclass(frozen=True)
class Cost:
    """Wall-clock and CPU seconds."""

    wall: float
    cpu: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def __truediv__(self, n: int) -> "Cost":
        return Cost(self.wall / n, self.cpu / n)


def now() -> Cost:
    times = psutil.cpu_times()
    return Cost(time.perf_counter(), times.user + times.nice + times.system)


def hand_in(folder: Path, assignment: str, students: int, wrong: bool = False) -> None:
    """So many students' right solutions. wrong: but for the last function, which has a named mistake."""
    work = right_and_wrong(assignment)[wrong]
    for i in range(students):
        work.hand_in(folder, f"student{i:04}")


def command(submissions: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "autograde", "grade", str(submissions), "--out", str(out), "--seed", "0", *options]


def course_grade(submissions: Path, out: Path, *options: str) -> tuple[Cost, Cost, dict[tuple[str, str], float]]:
    """`course grade` on all of them: the cost until the first is judged, that of the rest, and points by student and
    assignment."""
    words = command(submissions, out, *options)
    before = now()
    with subprocess.Popen(
        words, cwd=this_course().root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None and not any(out.glob("feedback/*/*/*.html")):
            time.sleep(0.02)
        first = now()
        if process.wait():
            raise SystemExit(f"course grade ended with {process.returncode}")
    rest = now() - first
    points: dict[tuple[str, str], float] = {}
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["student"], row["assignment"]
            points[key] = points.get(key, 0) + float(row["score"])
    return first - before, rest, points


def stock(folder: Path, submissions: Path, assignment: str, source: Path, showcase: bool) -> tuple[list[Cost], dict]:
    """`nbgrader autograde`: the cost of each submission, from its own log, and points."""
    folder.mkdir()
    (folder / "submitted").symlink_to(submissions)
    (folder / "source").symlink_to(source)
    write_config(
        folder,
        f"c.Autograde.autograde_preprocessors = {STOCK_STEPS!r}",
        f"c.SkipShowcase.enabled = {not showcase}",
        "c.Execute.timeout = 3600",
    )
    register([assignment], ClassFolder(folder))
    marks: list[Cost] = []
    words = [sys.executable, "-m", "nbgrader", "autograde", assignment]
    with subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if "Overwriting files with master versions" in line:  # said once a submission
                marks.append(now())
    marks.append(now())
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        points = {(s.student.id, assignment): s.score for s in gradebook.assignment_submissions(assignment)}
    return [after - before for before, after in pairwise(marks)], points


def median(costs: list[Cost]) -> Cost:
    walls, cpus = sorted(c.wall for c in costs), sorted(c.cpu for c in costs)
    return Cost(walls[len(costs) // 2], cpus[len(costs) // 2])


def own_cells(assignment: str, showcase: bool) -> float:
    """CPU seconds of a right solution's own cells and of its functions' calls in a warm process, nothing around them.

    As many processes at a time as there are processors, as in grading: two that share a core slow each other down.
    """
    program = f"""
import contextlib, io, time
import nbformat
from autograde.hidden import all_questions
from autograde.authoring.sample import SampleNotebook
from autograde.notebook import grade_id, is_showcase
from checking.calls import call_case
import helpers.plots
if {assignment!r} == {TENSORFLOW!r}: import helpers.signs
questions = all_questions({assignment!r})
work = SampleNotebook({assignment!r}); work.solve()
cells = [c.source for c in work.notebook.cells
         if c.cell_type == "code" and not grade_id(c).startswith("test_") and ({showcase} or not is_showcase(c))]
spent = []
for _ in range({1 if showcase or assignment == TENSORFLOW else 9}):
    names = {{"__name__": "__main__"}}
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        for source in cells: exec(compile(source, "<cell>", "exec"), names)
    for question in questions.values():
        for case in question.cases: call_case(names[question.name], case)
    spent.append(time.process_time() - start)
print(sorted(spent)[len(spent) // 2])
"""
    words = [sys.executable, "-c", program]
    together = [
        subprocess.Popen(words, cwd=this_course().root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(psutil.cpu_count() or 1)
    ]
    return sum(float(process.communicate()[0].split()[-1]) for process in together) / len(together)


def compare(folder: Path, assignment: str, by_stock: int, by_us: int, showcase: bool, with_own: bool) -> float:
    """Print a line for each; how many times as long stock takes."""
    for name, n in (("in", by_us), ("in_stock", by_stock)):
        hand_in(folder / name, assignment, n)
    start, rest, ours = course_grade(folder / "in", folder / "out", *(["--showcase"] if showcase else []))
    one, whole = rest / (by_us - 1), (start + rest) / by_us
    costs, theirs = stock(folder / "stock", folder / "in_stock", assignment, folder / "out" / "source", showcase)
    theirs_one = median(costs)
    differ = sum(abs(theirs[key] - ours[key]) > 1e-6 for key in theirs)
    named = f"{assignment}{' --showcase' if showcase else ''}"
    print(f"{named:<32}{'wall':>8}{'CPU':>8}   seconds a submission")
    print(f"  nbgrader autograde{theirs_one.wall:>20.2f}{theirs_one.cpu:>8.2f}   median of {len(costs)}")
    print(f"  course grade{one.wall:>26.3f}{one.cpu:>8.3f}   from the 2nd to the {by_us}th")
    print(
        f"  course grade, start included{whole.wall:>10.3f}{whole.cpu:>8.3f}   the first came after {start.wall:.1f} s"
    )
    print(f"  ratio{theirs_one.wall / one.wall:>33.1f}{theirs_one.cpu / one.cpu:>8.1f}   grades that differ: {differ}")
    if with_own:
        own = own_cells(assignment, showcase)
        print(f"  own cells and calls{'':>19}{own:>8.3f}   of which grading's CPU is {one.cpu / own:.2f} times")
    if with_own and not showcase:
        hand_in(folder / "in_wrong", assignment, by_us, wrong=True)
        rest = course_grade(folder / "in_wrong", folder / "out_wrong")[1] / (by_us - 1)
        print(
            f"  course grade, one wrong answer{rest.wall:>8.3f}{rest.cpu:>8.3f}   asked again in a process of its own"
        )
    sys.stdout.flush()
    return theirs_one.wall / one.wall


def scale(folder: Path) -> None:
    """What a submission costs, and how much memory the grader takes, from 10 to 10,000, all assignments; and a resume after it.

    A machine's pace moves, so own cells are measured before and after each size; their mean is what counts for it.
    """

    def own() -> float:
        return sum(own_cells(assignment, showcase=False) for assignment in this_course().assignments) / len(
            this_course().assignments
        )

    print(
        "submissions  wall, all  wall, one  CPU, one  own cells and calls, CPU  CPU / own  memory of command  of worker  resume, wall  files, one"
    )
    before_it = own()
    for n in (10, 100, 1_000, 10_000):
        students = -(-n // len(this_course().assignments))
        for assignment in this_course().assignments:
            hand_in(folder / f"in{students}", assignment, students)
        n = students * len(this_course().assignments)
        words = command(folder / f"in{students}", folder / f"out{students}")
        before = now()
        process = psutil.Popen(words, cwd=this_course().root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peaks = {"command": 0, "worker": 0}
        while process.poll() is None:
            for each in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    is_worker = "multiprocessing.forkserver" in " ".join(each.cmdline())
                    kind = "command" if each == process else "worker" if is_worker else ""
                    if kind:
                        peaks[kind] = max(peaks[kind], each.memory_info().rss)
            time.sleep(0.5)
        cost = now() - before
        after_it = own()
        theirs, before_it = (before_it + after_it) / 2, after_it
        before = now()
        subprocess.run([*words, "--resume"], cwd=this_course().root, capture_output=True, check=True)
        resumed = now() - before
        files = sum(len(names) for _, _, names in os.walk(folder / f"out{students}"))
        command_mb, worker_mb = (peaks[kind] / 2**20 for kind in ("command", "worker"))
        print(
            f"{n:>11}{cost.wall:>11.1f}{cost.wall / n:>11.3f}{cost.cpu / n:>10.3f}{theirs:>26.3f}"
            f"{cost.cpu / n / theirs:>11.2f}{command_mb:>15.0f} MB{worker_mb:>8.0f} MB{resumed.wall:>14.1f}{files / n:>12.2f}"
        )
        sys.stdout.flush()
        shutil.rmtree(folder / f"in{students}")


def first(folder: Path) -> None:
    """Seconds from the command to the first page, where questions are drawn by a seed: of one assignment, and of several."""
    numpy_alone = ("initialization", NUMPY, "gradient_checking", "optimizers")
    for assignments in ((NUMPY,), numpy_alone, (TENSORFLOW,), this_course().assignments):
        submissions = folder / f"in{len(assignments)}{assignments[0]}"
        for assignment in assignments:
            hand_in(submissions, assignment, 2)
        start, rest, _ = course_grade(submissions, submissions.with_name(f"{submissions.name}-out"), "--seed", "1")
        what = assignments[0] if len(assignments) == 1 else f"{len(assignments)} assignments"
        print(f"{what:<18} first {start.wall:6.2f} s, all {start.wall + rest.wall:6.2f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few submissions, no demonstrations")
    parser.add_argument(
        "--scale", action="store_true", help="10 to 10,000 submissions, all assignments, by course grade only"
    )
    parser.add_argument("--first", action="store_true", help="how soon the first is judged, by course grade only")
    options = parser.parse_args()
    quiet()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.scale:
            scale(folder)
            return
        if options.first:
            first(folder)
            return
        by_stock, by_us = ((1, 1), (25, 12)) if options.quick else ((10, 5), (200, 200))
        long = not options.quick
        with_numpy = compare(folder / "numpy", NUMPY, by_stock[0], by_us[0], showcase=False, with_own=long)
        with_tf = compare(folder / "tf", TENSORFLOW, by_stock[1], by_us[1], showcase=False, with_own=long)
        if long:
            compare(folder / "numpy_showcase", NUMPY, 3, 8, showcase=True, with_own=True)
    print(f"grading_tf_ratio: {with_tf:.1f}")
    print(f"grading_numpy_ratio: {with_numpy:.1f}")


if __name__ == "__main__":
    main()
