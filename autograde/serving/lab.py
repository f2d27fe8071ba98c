"""JupyterLab on the notebooks of the course, or on a graded class, which nbgrader's formgrader then shows."""

import os
import secrets
from pathlib import Path

from autograde.course import this_course
from autograde.paths import MATHJAX, find_commands_beside_python
from autograde.records.class_folder import ClassFolder

# What pages over a graded class may do, whatever is in them: JupyterLab's own scripts need to evaluate, nothing needs to
# speak with another server. Formgrader's pages say less for themselves (see exporter.py).
POLICY = (
    f"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: {MATHJAX}; style-src 'self' 'unsafe-inline' {MATHJAX}; "
    f"img-src 'self' data: blob: {MATHJAX}; font-src 'self' data: {MATHJAX}; worker-src 'self' blob:; frame-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class CannotOpen(Exception):
    """This folder is none that `course grade` wrote to; the message says so in a sentence."""


def lab(out: Path | None = None) -> int:
    """Open JupyterLab until it is stopped; its exit code. out: what `course grade` wrote. Raises CannotOpen."""
    root = this_course().notebooks if out is None else out.resolve()
    if out is not None:
        os.environ.update(formgrader_on(root))
        print("JupyterLab opens at the address below; the class is under Nbgrader > Formgrader.", flush=True)
    from jupyterlab.labapp import LabApp

    if is_root():
        print("course: JupyterLab runs as root here, so whoever has its address may do anything on this machine.")
    os.chdir(this_course().root)
    try:
        # in this process, since everybody on the machine can read what another one was started with
        LabApp.launch_instance(
            [f"--{name}={value}" for name, value in settings(root, of_class=out is not None).items()]
        )
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def settings(root: Path, of_class: bool) -> dict[str, object]:
    """What the server is told, whatever configuration its user has: to serve nobody without a token, a new one each time.

    of_class: `root` is what `course grade` wrote. Of that only what is for people is served, and no terminal.
    """
    said: dict[str, object] = {
        "ServerApp.root_dir": root,
        "ServerApp.identity_provider_class": "jupyter_server.auth.identity.PasswordIdentityProvider",
        "IdentityProvider.token": secrets.token_urlsafe(32),
        "PasswordIdentityProvider.hashed_password": "",
        "ServerApp.allow_unauthenticated_access": False,
        "ServerApp.disable_check_xsrf": False,
        "ServerApp.allow_origin": "",
        "ServerApp.allow_origin_pat": "",
    }
    front = this_course().notebook(this_course().front) if this_course().front else None
    if front and front.is_file() and front.parent == root:
        said["LabApp.default_url"] = f"/lab/tree/{front.name}"
    if is_root():  # as in a container; JupyterLab does not start then without being told
        said["ServerApp.allow_root"] = True
    return said | (over_a_class() if of_class else {})


def over_a_class() -> dict[str, object]:
    """What a server over what `course grade` wrote is told, whoever started it: to serve what is for people, and no terminal."""
    return {
        "ServerApp.contents_manager_class": "autograde.serving.contents.ForPeople",
        "ContentsManager.allow_hidden": False,
        "ServerApp.terminals_enabled": False,
        "ServerApp.tornado_settings": {"headers": {"Content-Security-Policy": POLICY}},
    }


def is_root() -> bool:
    """Whether this process may do anything on the machine."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def formgrader_on(out: Path) -> dict[str, str]:
    """What the environment of a Jupyter server says so that its formgrader has this gradebook. Raises CannotOpen.

    Writes `nbgrader_config.py` in `out`, unless somebody has one there already.
    """
    folder = ClassFolder(out)
    if not folder.gradebook.is_file():
        raise CannotOpen(f"there is no gradebook in '{out}'. Give the folder that `course grade` wrote to")
    from autograde.records.nbgrader import write_config

    find_commands_beside_python()
    if not folder.config.exists():
        write_config(out, f"c.JudgeInBox.questions = {str(folder.questions)!r}")
    name = "JUPYTER_CONFIG_PATH"
    return {name: os.pathsep.join([str(out), *filter(None, [os.environ.get(name)])])}
