"""The command `course`, also `python -m autograde`: one verb for each thing that one does with the course."""

import argparse
import contextlib
import importlib
import math
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from autograde.course import CourseError, command_for_this, here, this_course, use
from autograde.paths import COMMAND, typed

MOST_PAGES = 20  # that are named


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code. 0: done. 1: a check failed, or part was left out. 2: it was asked something it cannot do."""
    words = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(words)
    options.command = f"{COMMAND} {shlex.join(words)}"
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        here()  # else every relative path fails in a way of its own
        if run is not _new:
            use(options.course)
        return run(options)
    except CourseError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        print("\ncourse: stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course", description="Build, hand out and grade a course of notebooks.")
    parser.add_argument(
        "--course",
        type=Path,
        metavar="FOLDER",
        help="which course: a folder with course.toml (default: the nearest one upwards from here)",
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(name: str, run: Callable, about: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    grade = verb("grade", _grade, "Grade a folder of submissions: <student>/<assignment>/<assignment>.ipynb.")
    grade.add_argument("submissions", type=Path, metavar="SUBMISSIONS")
    grade.add_argument("--out", type=Path, required=True, help="new folder for gradebook, grades.csv, feedback, report")
    grade.add_argument("--jobs", type=_positive, help="notebooks at a time (default: one a processor)")
    grade.add_argument("--tier", default="auto", choices=("auto", "fork", "kernel", "none"), help="isolation")
    grade.add_argument("--resume", action="store_true", help="continue in OUT; what has a verdict keeps it")
    grade.add_argument(
        "--seed",
        type=int,
        help="of the hidden inputs, to repeat a run (default: a new one, printed; 0: the recorded inputs)",
    )
    grade.add_argument(
        "--showcase",
        action=argparse.BooleanOptionalAction,
        help="run the demonstrations too (minutes a notebook; default: as before, at first not)",
    )
    _limits_of(grade)
    _cluster_of(grade)

    again = verb(
        "regrade", _regrade, "Judge anew what was graded into OUT, by what the course is now; list changed points."
    )
    again.add_argument("out", type=Path, metavar="OUT")
    again.add_argument("--student", action="append", default=[], help="only this one's (may be given again)")
    again.add_argument("--assignment", action="append", default=[], help="only this one (may be given again)")
    again.add_argument(
        "--question", action="append", default=[], help="only with the new cases of this one (may be given again)"
    )
    again.add_argument("--submissions", type=Path, help="where they are now (default: where they were)")
    again.add_argument("--jobs", type=_positive, help="notebooks at a time (default: one a processor)")
    again.add_argument("--tier", default="auto", choices=("auto", "fork", "kernel", "none"), help="isolation")
    _cluster_of(again)

    feedback = verb(
        "feedback", _feedback, "Write pages and tables again, with the points and comments that people entered."
    )
    feedback.add_argument("out", type=Path, metavar="OUT")

    take = verb(
        "import", _import, "Take in the zip of all submissions, from a learning system or in nbgrader's layout."
    )
    take.add_argument("download", type=Path, metavar="DOWNLOAD.zip")
    take.add_argument(
        "--to", type=Path, required=True, metavar="SUBMISSIONS", help="folder for <student>/<assignment>/"
    )
    take.add_argument("--assignment", help="of all notebooks in it (default: by their cells, then by their names)")
    take.add_argument("--roster", type=Path, help="Canvas gradebook or Moodle worksheet, to name folders by login")
    take.add_argument(
        "--replace", action="store_true", help="replace an existing notebook (the old one is kept in __aside)"
    )

    export = verb("export", _export, "Write the grades in OUT for Canvas, Moodle, or one row a submission.")
    export.add_argument("out", type=Path, metavar="OUT")
    export.add_argument("--format", required=True, choices=("canvas", "moodle", "csv"))
    export.add_argument("--to", type=Path, required=True, metavar="FILE")
    export.add_argument("--template", type=Path, help="Canvas gradebook or Moodle grading worksheet, to be filled in")
    export.add_argument("--assignment", action="append", default=[], help="only this one (may be given again)")
    export.add_argument(
        "--column", action="append", default=[], metavar="ASSIGNMENT=NAME", help="its column in the template"
    )
    export.add_argument("--students", type=Path, help="(default: students.csv in SUBMISSIONS, by `course import`)")
    export.add_argument("--zeros", action="store_true", help="0 instead of an empty cell where there is no grade")
    export.add_argument("--feedback", action="store_true", help="points by question and comments (moodle)")

    new = verb("new", _new, "Make a small course in a new folder, or one more assignment in a course.")
    new.add_argument("what", nargs="+", metavar="FOLDER | assignment NAME")

    release = verb("release", _release, "Write the zip that students get.")
    release.add_argument("--out", type=Path, help="(default: dist/<course>.zip)")

    site = verb(
        "site", _site, "Write the course as web pages: readable notebooks, live widgets, docs/; no answer in them."
    )
    site.add_argument("--out", type=Path, metavar="FOLDER", help="(default: dist/site)")

    verb("demo", _demo, "Grade the sample class and say where everything is.")
    verb("build", _build, "Build notebooks and reference outputs from the solution scripts.")
    verb("check", _check, "Check that derived files are current, that nothing leaks, lint and types.")
    lab = verb("lab", _lab, "Open JupyterLab on the notebooks, or on a graded class, for nbgrader's formgrader.")
    lab.add_argument("out", nargs="?", type=Path, metavar="OUT", help="folder that `course grade` wrote")
    serving = verb("serve", _serve, "Judge what arrives in a folder, as it arrives, and hand each page back.")
    serving.add_argument(
        "out", type=Path, metavar="OUT", help="folder for grades and pages, new or of an earlier service"
    )
    serving.add_argument(
        "--inbox",
        type=Path,
        action="append",
        required=True,
        metavar="FOLDER",
        help="<exchange>/<course>/inbound of nbgrader, or a folder <student>/<assignment>/; may be given several times",
    )
    serving.add_argument("--outbox", type=Path, metavar="FOLDER", help="where pages go that no exchange hands back")
    serving.add_argument("--jobs", type=_positive, metavar="N", help="notebooks at a time (default: processors)")
    serving.add_argument("--tier", default="auto", choices=("auto", "fork", "kernel", "none"), help="isolation")
    serving.add_argument(
        "--counts",
        choices=("last", "best"),
        help="which of several attempts counts (default: as before, at first the last)",
    )
    serving.add_argument(
        "--attempts-an-hour",
        type=_not_negative(int),
        default=10,
        metavar="N",
        help="of a student at an assignment (default: 10); 0: as many as one likes",
    )
    serving.add_argument(
        "--draw-anew",
        type=_not_negative(float),
        default=7,
        metavar="DAYS",
        help="draw hidden cases anew after so many days (default: 7); 0: never",
    )
    _limits_of(serving)
    _cluster_of(serving)
    serving.add_argument("--seed", type=int, metavar="N", help="of the hidden inputs, for a new OUT")
    verb("test", _test, "Run the tests.")
    verb("bench", _bench, "Run the benchmarks.")
    doctor = verb(
        "doctor", _doctor, "Say whether this machine has what the course needs; with --hub, what is open to a student."
    )
    doctor.add_argument(
        "--hub",
        type=Path,
        nargs="?",
        const=Path(),
        metavar="HUB.ENV",
        help="try what a student can reach on JupyterHub (as root)",
    )
    doctor.add_argument("--student", metavar="NAME", help="as whom (default: the first in the group of students)")
    return parser


def _limits_of(verb: argparse.ArgumentParser) -> None:
    """The options that say how long a cell and how much memory a notebook may take."""
    verb.add_argument(
        "--cell-seconds",
        type=_positive,
        help="interrupt a cell, or a call, after so many seconds (default: as before, at first a minute; a call after 10)",
    )
    verb.add_argument(
        "--memory",
        type=_positive,
        metavar="MB",
        help="of a notebook (default: as before, at first 400, 2048 with --showcase)",
    )


def _cluster_of(verb: argparse.ArgumentParser) -> None:
    """The options that have other machines judge."""
    verb.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="judge on a Dask cluster: tls://host:8786, tcp://127.0.0.1:8786, a scheduler file, or local:N to try it",
    )
    verb.add_argument("--tls", type=Path, metavar="FOLDER", help="with ca.pem, cert.pem and key.pem, for tls://")


def _cluster(options: argparse.Namespace):
    """What of it was given; None if nothing was."""
    from autograde.running.request import Cluster

    if options.cluster is None and options.tls is not None:
        raise CourseError("--tls goes with --cluster tls://host:8786")
    return Cluster(options.cluster, options.tls) if options.cluster is not None else None


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a number of 1 or more")
    return number


def _not_negative(kind: type) -> Callable[[str], float]:
    """What reads a number of 0 or more."""

    def read(text: str) -> float:
        with contextlib.suppress(ValueError):
            if 0 <= (number := kind(text)) < math.inf:
                return number
        raise argparse.ArgumentTypeError("give a number of 0 or more")

    return read


def _refuse(error: Exception) -> int:
    print(f"course: {error}", file=sys.stderr)
    return 2


def _grade(options: argparse.Namespace) -> int:
    from autograde.records.refusals import RecordsError
    from autograde.running.basis import CannotGrade
    from autograde.running.request import Request, default_jobs
    from autograde.running.run import grade
    from autograde.running.summary import print_summary

    request = Request(
        submissions=options.submissions,
        out=options.out,
        jobs=options.jobs or default_jobs(),
        tier=options.tier,
        resume=options.resume,
        showcase=options.showcase,
        seed=options.seed,
        seconds_per_cell=options.cell_seconds,
        memory_mb=options.memory,
        cluster=_cluster(options),
    )
    try:
        result = grade(request)
    except (CannotGrade, RecordsError) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        again = options.command if options.resume else f"{options.command} --resume"
        print(f"\ncourse: stopped; verdicts so far are kept. Go on with {again}", file=sys.stderr)
        return 130
    print_summary(result, options.out)
    return 1 if result.left_out else 0


def _serve(options: argparse.Namespace) -> int:
    from autograde.campus.service import Settings, serve_until_ended
    from autograde.records.refusals import RecordsError
    from autograde.running.basis import CannotGrade
    from autograde.running.request import default_jobs

    settings = Settings(
        out=options.out,
        inboxes=tuple(options.inbox),
        jobs=options.jobs or default_jobs(),
        outbox=options.outbox,
        tier=options.tier,
        counts=options.counts,
        attempts_an_hour=options.attempts_an_hour,
        days_of_a_draw=options.draw_anew,
        seconds_per_cell=options.cell_seconds,
        memory_mb=options.memory,
        cluster=_cluster(options),
        seed=options.seed,
    )
    try:
        serve_until_ended(settings)
    except (CannotGrade, RecordsError) as error:
        return _refuse(error)
    return 0


def _regrade(options: argparse.Namespace) -> int:
    from autograde.records.refusals import RecordsError
    from autograde.running.basis import CannotGrade
    from autograde.running.regrade import print_changes, regrade
    from autograde.running.request import Selection, default_jobs

    selection = Selection(tuple(options.student), tuple(options.assignment), tuple(options.question))
    try:
        jobs, cluster = options.jobs or default_jobs(), _cluster(options)
        done = regrade(options.out, options.submissions, selection, jobs, options.tier, cluster)
    except (CannotGrade, RecordsError) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        print(f"\ncourse: stopped; begin again with `{options.command}`", file=sys.stderr)
        return 130
    print_changes(done)
    return 1 if done.result.left_out else 0


def _feedback(options: argparse.Namespace) -> int:
    from autograde.records.class_folder import ClassFolder
    from autograde.records.refusals import RecordsError
    from autograde.running.basis import CannotGrade
    from autograde.running.entered import write_class_again

    folder = ClassFolder(options.out)
    if not folder.mark.is_file():
        raise CourseError(f"'{options.out}' is not what `course grade` wrote: give the folder that it had as --out")
    try:
        written = write_class_again(options.out)
    except (CannotGrade, RecordsError, ValueError) as error:
        return _refuse(error)
    except OSError as error:
        raise CourseError(f"'{error.filename or options.out}' cannot be written: {error.strerror or error}") from None
    for student, assignment in written.pages[:MOST_PAGES]:
        print(folder.page(student, assignment))
    print(f"pages written anew: {len(written.pages)}; {folder.grades} and {folder.report} are current.")
    for line in written.failures()[:MOST_PAGES]:
        print(f"course: {line}", file=sys.stderr)
    return 1 if written.failed else 0


def _import(options: argparse.Namespace) -> int:
    from autograde.lms.downloads import CannotImport, import_download

    try:
        result = import_download(
            options.download, options.to, options.assignment, options.roster, replace_old=options.replace
        )
    except CannotImport as error:
        return _refuse(error)
    for line in result.lines(options.to):
        print(line)
    return 0 if result.complete else 1


def _export(options: argparse.Namespace) -> int:
    from autograde.lms.exports import CannotExport, export

    try:
        done = export(
            options.out,
            options.format,
            options.to,
            assignment=options.assignment,
            template=options.template,
            columns=options.column,
            students=options.students,
            zeros=options.zeros,
            feedback=options.feedback,
        )
    except CannotExport as error:
        return _refuse(error)
    for line in done.lines():
        print(line)
    return 0


def _new(options: argparse.Namespace) -> int:
    from autograde.authoring.new import FIRST, new_assignment, new_course

    match options.what:
        case ["assignment"]:
            raise CourseError("say which: course new assignment NAME")
        case [folder]:
            new_course(Path(folder))
            of_it = f"{COMMAND} --course {typed(Path(folder))}"
            print(f"'{folder}' is a course with one assignment, {FIRST}. Next: {of_it} build; {of_it} demo")
        case ["assignment", name]:
            course = use(options.course)
            new_assignment(course.root, name)
            print(
                f"solutions/{name}/ is there, and a line in course.toml. Next: write it, then `{command_for_this()} build`."
            )
        case _:
            raise CourseError("say `course new FOLDER`, or `course new assignment NAME` inside a course")
    return 0


def _release(options: argparse.Namespace) -> int:
    from autograde.authoring.release import Leak, write_release

    out = options.out or this_course().root / "dist" / f"{this_course().name}.zip"
    try:
        files = write_release(out)
    except Leak as error:
        return _refuse(error)
    print(
        f"{this_course().told(out)}: {files} files, {out.stat().st_size / 1e3:.0f} kB. Students unzip it and read README.md."
    )
    return 0


def _site(options: argparse.Namespace) -> int:
    from autograde.authoring.leaks import Leak
    from autograde.authoring.site import write_site

    out = options.out or this_course().root / "dist" / "site"
    try:
        pages = write_site(out)
    except Leak as error:
        return _refuse(error)
    print(
        f"{this_course().told(out)}: {pages} pages. Open index.html in a browser, or put the folder on any web server."
    )
    return 0


def _demo(options: argparse.Namespace) -> int:
    from autograde.running.demo import demo

    return demo()


def _build(options: argparse.Namespace) -> int:
    from autograde.authoring.build import build

    changed = build()
    for path in changed:
        print(f"wrote {this_course().told(path)}")
    if not changed:
        print("notebooks and reference outputs are current.")
    return 0


def _check(options: argparse.Namespace) -> int:
    from autograde.authoring.checks import check_all

    return check_all()


def _lab(options: argparse.Namespace) -> int:
    from autograde.serving.lab import CannotOpen, lab

    try:
        return lab(options.out)
    except CannotOpen as error:
        return _refuse(error)


def _test(options: argparse.Namespace) -> int:
    # three at a time, on two processors too, since many wait; each file in one process, since its tests share what is slow to make
    return _python("-m", "pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")


def _bench(options: argparse.Namespace) -> int:
    scripts = sorted((this_course().root / "benchmarks").glob("*.py"))
    if not scripts:
        raise CourseError("this course has no benchmarks/*.py")
    return max(_python(str(script)) for script in scripts)


def _doctor(options: argparse.Namespace) -> int:
    if options.hub is not None:
        from autograde.campus.hub import SETTINGS, examine_hub, print_findings

        return print_findings(examine_hub(SETTINGS if options.hub == Path() else options.hub, options.student))
    from autograde.judging.tiers import examine_tiers

    code = 0
    if (this_course().helpers / "doctor.py").is_file():  # a course may look for what it needs itself
        code = importlib.import_module("helpers.doctor").examine_machine()
    for sentence in examine_tiers():
        print(sentence)
    return code


def _python(*arguments: str) -> int:
    import subprocess

    return subprocess.run([sys.executable, *arguments], cwd=this_course().root, check=False).returncode
