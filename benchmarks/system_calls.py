"""Which system calls honest work makes inside boxes, compared with the list of autograde/sandbox/seccomp.py.

    python benchmarks/system_calls.py            everything, with demonstrations and TensorFlow (half an hour)
    python benchmarks/system_calls.py --quick    one assignment and the cells of tests/honest.py, in forks (a minute)

Needs strace, and Linux with namespaces. All assignments are run with demonstrations, all variants, the
explorers, and the cells of tests/honest.py; TensorFlow in forks only, where it is the same. strace makes everything slow, so a
question may run out of time; what counts is which calls there were, from where a process has installed its filter. The
last line is the number of calls that somebody made, that were refused, and that are not known to be done without.
"""

import argparse
import contextlib
import datetime
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE, this_course
from autograde.judging.submission import released
from autograde.notebook import is_showcase
from autograde.sandbox import seccomp

sys.path.insert(0, str(ENGINE / "tests"))

TIERS = ("fork", "namespaces", "landlock")
TENSORFLOW = "tensorflow_signs"
# {call: which of its arguments says what it does, from 0}
TOLD_APART = {
    "ioctl": 1,
    "fcntl": 1,
    "prctl": 0,
    "arch_prctl": 0,
    "madvise": 2,
    "mmap": 3,
    "socket": 0,
    "socketpair": 1,
    "clone": 1,
    "prlimit64": 1,
    "setpriority": 0,
    "sched_setscheduler": 1,
}
DONE_WITHOUT = {
    "clone3": "libc takes clone, whose flags a filter can see",
    "mbind": "OpenBLAS says where its buffers should lie, and does not mind",
    "get_mempolicy": "the same",
    "set_mempolicy": "the same",
    "timer_create": "`timeout` takes alarm",
    "socketpair": "asyncio, in forks: it does not work there",
    "landlock_create_ruleset": "asks for a version",
}
LINE = re.compile(r"(\d+) +(\w+)\((.*)")
RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
RESULT = re.compile(r"= (-?\d+|\?)(?: (E\w+))?[^=]*$")
CHILD = re.compile(r"= \d+ /\* (\d+) in strace's PID NS \*/|= (\d+)$")


# ------------------------------------------------------------------------------------------------------- what is looked at


def work(tier: str, quick: bool) -> None:
    """Run honest work in one tier; strace looks on."""
    from honest import HONEST, WITH_TENSORFLOW

    from autograde.hidden import all_questions
    from autograde.judging.judge import judge
    from autograde.judging.notebook_run import Rules
    from autograde.judging.tiers import _modules_by_server
    from autograde.sandbox.box import Limits
    from autograde.sandbox.client import Box, ForkServer
    from autograde.sandbox.kernel_box import KernelBox

    limits = Limits(seconds=3600)
    with contextlib.ExitStack() as stack:
        servers = {}
        if tier == "fork":
            for names, modules in _modules_by_server(
                this_course().assignments[2:3] if quick else this_course().assignments
            ).items():
                server = ForkServer(modules)
                stack.callback(server.close)
                servers |= dict.fromkeys(names, server.control.fileno())

        def open_box(assignment: str):
            if tier == "fork":
                return Box(servers.get(assignment, servers[this_course().assignments[2]]), limits)
            return KernelBox(True, limits, wanted=tier)

        def cells(name: str, sources: list[str], assignment: str) -> None:
            box = open_box(assignment)
            try:
                for said in box.run_cells(sources, 600):
                    for error in (o for o in said["outputs"] if o["output_type"] == "error"):
                        print(f"{tier}, {name}: {error['ename']}: {error['evalue']}"[:300], flush=True)
            finally:
                box.close()

        def notebook(name: str, work: SampleNotebook) -> None:
            questions = all_questions(work.assignment)
            judged = judge(work.notebook, questions, lambda: open_box(work.assignment), Rules.of(600, not quick))
            lost = [
                a.question for a in judged.answers if a.status != "graded" or a.score != questions[a.question].points
            ]
            print(f"{tier}, {name}: {'lost ' + str(lost) if lost else 'full marks'}", flush=True)

        for name, source in HONEST.items():
            cells(name, [textwrap.dedent(source).strip()], this_course().assignments[2])
        with_tensorflow = tier == "fork" and not quick
        for name, source in WITH_TENSORFLOW.items() if with_tensorflow else ():
            cells(name, [textwrap.dedent(source).strip()], TENSORFLOW)
        for assignment in this_course().assignments[2:3] if quick else this_course().assignments:
            if assignment == TENSORFLOW and not with_tensorflow:
                continue
            solved = SampleNotebook(assignment)
            solved.solve()
            notebook(assignment, solved)
            for number, varied in enumerate(() if quick else variants(assignment)):
                notebook(f"{assignment}, variants {number}", varied)
        for lesson in () if quick else this_course().lessons:
            cells(
                lesson,
                [c.source for c in released(lesson).cells if c.cell_type == "code"],
                this_course().assignments[0],
            )


def variants(assignment: str) -> Iterator[SampleNotebook]:
    """Notebooks that have a variant of each function, as long as there are any, and the reference solution of the others."""
    from autograde.authoring.variants import variants_of

    left = list(variants_of(assignment))
    while left:
        varied = SampleNotebook(assignment)
        varied.solve()
        varied.notebook.cells = [cell for cell in varied.notebook.cells if not is_showcase(cell)]
        for variant in {variant.question: variant for variant in reversed(left)}.values():
            varied.write(variant.question, variant.source)
            left.remove(variant)
        yield varied


# ------------------------------------------------------------------------------------------------------------- what is seen


@dataclass
class Process:
    """A process or thread, as strace has seen it. confined: whether it has the filter."""

    confined: bool = False
    calls: Counter = field(default_factory=Counter)  # {(call, what it does, error): how often}
    pending: tuple[str, str] = ("", "")


def seen(lines: Iterator[str]) -> Counter:
    """{(call, what it does, error or ""): how often} of all processes that have a filter."""
    processes: dict[str, Process] = {}
    total: Counter = Counter()
    for line in lines:
        if resumed := RESUMED.match(line):
            number, _, rest = resumed.groups()
            name, arguments = processes.setdefault(number, Process()).pending
            arguments += rest
        elif made := LINE.match(line):
            number, name, arguments = made.groups()
            if arguments.rstrip().endswith("<unfinished ...>"):
                arguments = arguments.rstrip().removesuffix("<unfinished ...>")
                processes.setdefault(number, Process()).pending = (name, arguments)
                continue
        else:
            continue
        if name.startswith("syscall_"):  # of a process that was ended between two calls
            continue
        process = processes.setdefault(number, Process())
        result = RESULT.search(arguments)
        error = (result and result[2]) or ""
        process.calls[name, told(name, arguments), error] += 1
        if name == "seccomp" and "SET_MODE_FILTER" in arguments and not error and not process.confined:
            process.confined = True
            process.calls.clear()
        if name in ("clone", "clone3", "fork", "vfork") and not error and (child := CHILD.search(arguments.rstrip())):
            processes.setdefault(child[1] or child[2], Process()).confined |= process.confined
    for process in processes.values():
        if process.confined:
            total.update(process.calls)
    return total


def told(name: str, arguments: str) -> str:
    """What a call is asked to do, as strace says it."""
    if name not in TOLD_APART:
        return ""
    parts = arguments.rpartition(" = ")[0].strip().removesuffix(")").split(", ")
    which = TOLD_APART[name]
    return parts[which].strip().removeprefix("flags=").partition(")")[0] if which < len(parts) else ""


def trace(tier: str, quick: bool) -> Counter:
    """What strace has seen of one tier's work."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = ["strace", "-f", "-qq", "-s", "0", "-e", "signal=none", "--pidns-translation", "-o", str(log)]
        command += [sys.executable, __file__, "--work", tier, *(["--quick"] if quick else [])]
        subprocess.run(command, check=True, cwd=this_course().root)
        with log.open(errors="replace") as lines:
            return seen(lines)


def show(found: Counter) -> int:
    """Print what was called, what was refused, and what was not called; the number of calls missed."""
    calls, answers = Counter(), {}
    for (name, what, error), count in found.items():
        calls[name] += count
        answers.setdefault((name, what), Counter())[error] += count
    print("\nCalled:", ", ".join(f"{name} {count}" for name, count in calls.most_common()))
    print("\nAsked for, of those that may not do everything:")
    for (name, what), errors in sorted(answers.items()):
        if name in TOLD_APART:
            answered = ", ".join(f"{error or 'done'} {count}" for error, count in errors.items())
            print(f"  {name} {what}: {answered}")
    listed = seccomp.allowed(kernel=True)
    missing = sorted(name for name in calls if name not in listed and name not in seccomp.WITHOUT_ATTRIBUTES)
    missing += sorted({name for name, _, error in found if error == "ENOSYS" and name in listed})
    print("\nCalled and refused:")
    for name in missing:
        print(f"  {name}: {DONE_WITHOUT.get(name, 'MISSED')}")
    print("\nAllowed and not called:", ", ".join(name for name in listed if name not in calls))
    return sum(name not in DONE_WITHOUT for name in missing)


def main() -> None:
    """Trace the tiers one after the other, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tier", choices=TIERS, action="append", help="only this tier; may be repeated")
    parser.add_argument("--work", choices=TIERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments.work, arguments.quick)
        return
    if shutil.which("strace") is None:
        sys.exit("strace is missing: apt install strace")
    print(f"{platform.platform()}, {platform.machine()}, Python {platform.python_version()}, {datetime.date.today()}")
    found: Counter = Counter()
    for tier in arguments.tier or (TIERS[:1] if arguments.quick else TIERS):
        found.update(trace(tier, arguments.quick))
    print(f"\nsystem_calls_missed: {show(found)}")


if __name__ == "__main__":
    main()
