"""What a student's account can reach on a machine with JupyterHub: `course doctor --hub` tries it, as that user.

Rights hang on every folder above a file, on groups and on access lists, so they are not worked out here.
"""

import functools
import grp
import json
import os
import pwd
import re
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograde.course import CourseError, load
from autograde.text import one_line

SETTINGS = Path("/opt/jupyterhub/etc/hub.env")
LOGIN = Path("/etc/login.defs")
MARKS = {True: "✓", False: "✗", None: "·"}
MOST = 200_000  # paths of one place that are tried
MOST_HOMES = 200
SECONDS = 120
NOT_TRIED = frozenset({".venv", ".git", "__pycache__"})  # for reading, in folders that are closed as a whole
LOCKED = ("formgrader", "course-list", "create-assignment")  # of JupyterLab's part of nbgrader
OFF = ("formgrader", "course_list")  # of its server's

# Run by the students' Python as the student: of the paths that come in, those that can be listed or read, or written.
PROBE = """
import json, os, sys
def reads(path):
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True
asked = json.load(sys.stdin)
json.dump({"read": list(filter(reads, asked["read"])),
           "write": [p for p in asked["write"] if os.access(p, os.W_OK)]}, sys.stdout)
"""

Finding = tuple[bool | None, str]  # whether it is closed, None if that says nothing; and a sentence


@dataclass(frozen=True)
class Hub:
    """What hub.env says, and the student as whom everything is tried."""

    said: dict[str, str]
    student: pwd.struct_passwd

    def __getitem__(self, name: str) -> str:
        return self.said[f"HUB_{name}"]

    def folder(self, name: str) -> Path:
        """A folder that a setting names."""
        return Path(self[name])

    @functools.cached_property
    def exchange(self) -> Path:
        """The course's own folder in nbgrader's exchange."""
        return self.folder("EXCHANGE") / load(self.folder("COURSE")).name

    @property
    def students(self) -> Path:
        """The students' environment."""
        return self.folder("FOLDER") / "students"

    def run(self, python: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a Python as the student. Raises OSError, where the student may not."""
        who = self.student
        return subprocess.run(
            [str(python), "-I", *words],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "HOME": who.pw_dir, "LANG": "C.UTF-8"},
            timeout=SECONDS,
            user=who.pw_uid,
            group=who.pw_gid,
            extra_groups=os.getgrouplist(who.pw_name, who.pw_gid),
        )

    def reached(self, paths: Iterable[Path], how: str) -> list[str]:
        """Those of the paths that the student can "read" or "write"."""
        asked: dict[str, list[str]] = {"read": [], "write": []}
        asked[how] = [str(path) for path in paths]
        ran = self.run(self.students / "bin" / "python", "-c", PROBE, given=json.dumps(asked))
        if ran.returncode:
            raise CourseError(f"nothing could be tried as {self.student.pw_name}: {one_line(ran.stderr)[-200:]}")
        return json.loads(ran.stdout)[how]


def print_findings(findings: list[Finding]) -> int:
    """Print them, a line each, whatever students call their files; 1 if anything is open, else 0."""
    for fine, sentence in findings:
        print(f"{MARKS[fine]} {one_line(sentence)}")
    return 1 if any(fine is False for fine, _ in findings) else 0


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CourseError(f"'{path}' cannot be read: {error.strerror}. Give the hub.env of this machine") from None
    for number, line in enumerate(lines, start=1):  # setup takes no other lines either, and so means the same by them
        if not re.fullmatch(r"#.*|\s*|HUB_[A-Z_]+=[\w./:,@+-]*", line, re.ASCII):
            raise CourseError(f"'{path}', line {number}: a line is a name, =, and a value without spaces and quotes")
    said = dict(line.split("=", 1) for line in lines if line.startswith("HUB_"))
    needed = ("COURSE", "ENGINE", "GRADES", "STATE", "FOLDER", "EXCHANGE", "STUDENTS", "INSTRUCTORS", "INSTRUCTOR")
    for name in (f"HUB_{name}" for name in needed):
        if not said.get(name):
            raise CourseError(f"'{path}' does not say {name}")
    return said


def _account(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise CourseError(f"there is no account '{one_line(name)}' here") from None


def _members(group: str) -> list[str]:
    """Who is in a group, also who has it as the account's own."""
    try:
        entry = grp.getgrnam(group)
    except KeyError:
        raise CourseError(f"there is no group '{group}' here") from None
    return sorted({*entry.gr_mem, *(user.pw_name for user in pwd.getpwall() if user.pw_gid == entry.gr_gid)})


def _first_of(group: str) -> str:
    members = _members(group)
    if not members:
        raise CourseError(f"nobody is in the group '{group}' yet: give --student NAME")
    return members[0]


def _groups(hub: Hub) -> Iterator[Finding]:
    name, instructors = hub.student.pw_name, hub["INSTRUCTORS"]
    yield _either(
        name not in _members(instructors),
        f"{name} is no instructor",
        f"{name} is in the group {instructors}; run gpasswd -d {name} {instructors}",
    )


def _python(hub: Hub) -> Iterator[Finding]:
    """The engine can be imported by no Python that the student can run; what a student needs can."""
    name, theirs = hub.student.pw_name, hub.students / "bin" / "python"
    for whose, python in (
        ("the students'", theirs),
        ("the instructors'", hub.folder("COURSE") / ".venv" / "bin" / "python"),
    ):
        try:
            imports = hub.run(python, "-c", "import autograde").returncode == 0
        except OSError:
            imports = False
        remedy = (
            "it may have what `course release` writes, and no more"
            if python == theirs
            else f"run chmod 0750 '{hub['COURSE']}'"
        )
        yield _either(
            not imports,
            f"{name} cannot import the engine by {whose} Python",
            f"{name} can import the engine by {whose} Python, '{python}'; {remedy}",
        )
    ran = hub.run(theirs, "-c", "import checking, jupyterhub, nbgrader")
    said = one_line(ran.stderr.strip().rpartition("\n")[2])
    yield _either(
        not ran.returncode,
        "The students' Python has what they need",
        f"The students' Python lacks something: {said}; run setup again",
    )


def _reading(hub: Hub) -> Iterator[Finding]:
    closed = [("the course folder", hub.folder("COURSE"), "0750")]
    if hub["ENGINE"] != hub["COURSE"]:
        closed.append(("the engine", hub.folder("ENGINE"), "0750"))
    closed += [
        ("what the service keeps", hub.folder("GRADES"), "0700"),
        ("the hub's database and secrets", hub.folder("STATE"), "0700"),
    ]
    for what, place, mode in closed:
        yield _closed(hub, what, place, _below(place), f"run chmod {mode} '{place}'")
    people = [_account(name) for group in ("STUDENTS", "INSTRUCTORS") for name in _members(hub[group])]
    others = [user for user in people if user.pw_uid != hub.student.pw_uid][:MOST_HOMES]
    homes = {Path(user.pw_dir) for user in others}
    paths = [path for home in homes for path in islice(_below(home), MOST // MOST_HOMES)]
    open_ = hub.reached(paths, "read")
    found = sorted({str(home) for home in homes for path in open_ if Path(path).is_relative_to(home)})
    yield _either(
        not open_,
        f"{hub.student.pw_name} reads nothing in the homes of {len(homes)} others",
        f"{hub.student.pw_name} can read '{min(open_, default='')}', of others; run chmod 0700 {' '.join(found)}",
    )


def _closed(hub: Hub, what: str, place: Path, paths: Iterable[Path], remedy: str, how: str = "read") -> Finding:
    name, open_ = hub.student.pw_name, hub.reached(paths, how)
    if not place.exists():
        return None, f"There is no '{place}' yet, {what}."
    if not open_:
        return True, f"{name} {how}s nothing of {what}, '{place}'."
    more = f" and {len(open_) - 1} more" if len(open_) > 1 else ""
    return False, f"{name} can {how} '{open_[0]}'{more}, of {what}; {remedy}"


def _below(place: Path, left_out: Set[str] = NOT_TRIED) -> Iterator[Path]:
    """A folder and what is in it, as far as that is tried."""

    def walked() -> Iterator[Path]:
        yield place
        for folder, folders, files in os.walk(place):
            folders[:] = sorted(set(folders) - left_out)
            yield from (Path(folder, name) for name in (*folders, *sorted(files)))

    return islice(walked(), MOST)


def _writing(hub: Hub) -> Iterator[Finding]:
    """Of what others run, root among them, nothing is the student's to change."""
    for what, place in (("what the hub runs", hub.folder("FOLDER")), ("the course folder", hub.folder("COURSE"))):
        yield _closed(hub, what, place, _below(place, set()), f"run chmod -R go-w '{place}'", "write")


def _exchange(hub: Hub) -> Iterator[Finding]:
    """As nbgrader wants it, and no wider."""
    name, owner = hub.student.pw_name, _account(hub["INSTRUCTOR"])
    root, course = hub.folder("EXCHANGE"), hub.exchange
    inbound, outbound, feedback = (course / part for part in ("inbound", "outbound", "feedback"))
    modes = {root: "1777", course: "0755", outbound: "0755", inbound: "3733", feedback: "0711"}
    missing = [path for path in modes if not path.is_dir()]
    if missing:
        yield False, f"nbgrader's exchange lacks '{missing[0]}'; run setup again"
        return
    readable, writable = (set(map(Path, hub.reached(modes, how))) for how in ("read", "write"))
    is_sticky = {path for path in modes if path.stat().st_mode & stat.S_ISVTX}

    def right(places: set[Path], good: str, bad: str) -> Finding:
        wrong = min(places, default=None)
        return _either(wrong is None, good, f"{bad} in '{wrong}'; run chmod {modes.get(wrong or root)} '{wrong}'")

    foreign = [path for path in modes if path != root and path.stat().st_uid != owner.pw_uid]
    yield _either(
        not foreign,
        f"The course's part of the exchange is {owner.pw_name}'s",
        f"{owner.pw_name}, as whom the service runs, does not own all of the exchange; run chown {owner.pw_name} {' '.join(map(str, foreign))}",
    )
    yield right({root, inbound} - writable, f"{name} can hand in", f"{name} cannot hand in: there is no writing")
    yield right({outbound} - readable, f"{name} can fetch what is released", f"{name} cannot see what is released")
    yield right(
        {inbound, feedback} & readable,
        f"{name} sees no list of what others hand in and get back",
        f"{name} can list what is",
    )
    yield right(
        {course, outbound, feedback} & writable,
        f"{name} cannot change what is handed out and back",
        f"{name} can write",
    )
    yield right(
        {root, inbound} - is_sticky,
        "Nobody can move what is another's in the exchange",
        "Whoever knows its name can move what is",
    )


def _either(fine: bool, good: str, bad: str) -> Finding:
    return fine, f"{good}." if fine else bad


def _formgrader(hub: Hub) -> Iterator[Finding]:
    """What belongs to instructors is off in the students' environment, and nobody can switch it on in JupyterLab."""
    place = hub.students / "etc" / "jupyter"
    page = _json(place / "labconfig" / "page_config.json")
    for part in LOCKED:
        plugin = f"@jupyter/nbgrader:{part}"
        words = {"disable": "disabledExtensions", "lock": "lockedExtensions"}
        lacking = [word for word, key in words.items() if page.get(key, {}).get(plugin) is not True]
        yield _either(
            not lacking,
            f"Students have no {part} in JupyterLab",
            f"Students have {part} in JupyterLab, or can switch it on; in their environment run "
            + " and ".join(f"`jupyter labextension {word} --level=sys_prefix {plugin}`" for word in lacking),
        )
    enabled: dict[str, bool] = {}
    for path in sorted((place / "jupyter_server_config.d").glob("*.json")):
        enabled |= _json(path).get("ServerApp", {}).get("jpserver_extensions", {})
    for part in OFF:
        extension = f"nbgrader.server_extensions.{part}"
        yield _either(
            not enabled.get(extension),
            f"Students' servers load no {part}",
            f"Students' servers load {part}; in their environment run `jupyter server extension disable --sys-prefix {extension}`",
        )


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _homes(hub: Hub) -> Iterator[Finding]:
    """How the home of the next account will be, and what the student's server makes of files."""
    said = dict(re.findall(r"^(HOME_MODE|UMASK)\s+([0-7]+)", LOGIN.read_text(encoding="utf-8"), re.MULTILINE))
    mode = int(said["HOME_MODE"], 8) if "HOME_MODE" in said else 0o777 & ~int(said.get("UMASK", "022"), 8)
    yield _either(
        not mode & 0o077,
        f"Homes of new accounts are closed to others ({mode:04o})",
        f"Homes of new accounts are open to others ({mode:04o}); write HOME_MODE 0700 into {LOGIN}",
    )
    masks = {int(found[1], 8) for found in map(_umask_of, _servers_of(hub.student.pw_uid)) if found}
    if not masks:
        yield None, f"{hub.student.pw_name} has no server that runs, so its umask is not known."
    elif any(mask & 0o077 != 0o077 for mask in masks):
        yield (
            None,
            f"{hub.student.pw_name}'s server writes files that others could read if the home were open: UMask=0077 in the hub's unit.",
        )
    else:
        yield True, f"{hub.student.pw_name}'s server writes files for {hub.student.pw_name} alone."


def _servers_of(uid: int) -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid == uid and b"jupyterhub-singleuser" in (folder / "cmdline").read_bytes():
                yield folder
        except OSError:
            continue


def _umask_of(process: Path) -> re.Match[str] | None:
    try:
        return re.search(r"^Umask:\s+(\d+)", (process / "status").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return None


PARTS = (_groups, _python, _reading, _writing, _exchange, _formgrader, _homes)


def examine_hub(
    settings: Path, student: str | None = None, parts: Sequence[Callable[[Hub], Iterable[Finding]]] = PARTS
) -> list[Finding]:
    """What is open, and what is not. student: as whom it is tried, at first the first of their group. Raises CourseError."""
    if os.geteuid() != 0:
        raise CourseError(
            "what a student can reach is tried as that student, so root has to give `course doctor --hub`"
        )
    said = _read(settings)
    hub = Hub(said, _account(student or _first_of(said["HUB_STUDENTS"])))
    try:
        return [finding for part in parts for finding in part(hub)]
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise CourseError(f"the hub of '{settings}' cannot be examined: {one_line(str(error))}") from None
