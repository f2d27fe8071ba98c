"""nbgrader as a library: its commands with this course's configuration, any folder as the course folder."""

import logging
import os
import warnings
from collections.abc import Iterable
from pathlib import Path

from autograde.paths import NBGRADER_CONFIG
from autograde.records.class_folder import ClassFolder
from autograde.records.refusals import NbgraderFailed
from autograde.text import one_line

with warnings.catch_warnings():
    # nbgrader 0.9.6 uses a spelling that SQLAlchemy 2.1 deprecates; nothing here can mend it.
    warnings.simplefilter("ignore")
    import nbgrader.api
    from nbgrader.api import Gradebook as Gradebook
    from nbgrader.apps import NbGraderAPI
    from nbgrader.converters import Autograde, GenerateFeedback
    from nbgrader.dbutil import ALEMBIC_DIR
    from nbgrader.utils import capture_log, temp_attrs

from alembic.script import ScriptDirectory
from traitlets.config import Config, PyFileConfigLoader

# The version of a new gradebook's tables, for which nbgrader starts the command `alembic`: seconds, and it must be found.
nbgrader.api.get_alembic_version = lambda: str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


def course_api(root: Path, overrides: Config | None = None) -> NbGraderAPI:
    """nbgrader's API on the course folder `root`, configured by its nbgrader_config.py or ours, then by `overrides`.

    Raises NbgraderFailed if what that file says cannot be run.
    """
    # nbgrader keeps what is relative to where it is. To go there meanwhile would take other threads' paths along.
    root = root.absolute()
    folder = ClassFolder(root)
    own = folder.config.resolve()
    file = own if own.is_file() else NBGRADER_CONFIG
    try:
        config = PyFileConfigLoader(file.name, path=str(file.parent)).load_config()
    except Exception as error:  # whatever somebody has written there
        raise NbgraderFailed(f"'{file}' cannot be run: {one_line(f'{type(error).__name__}: {error}')}") from error
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{folder.gradebook}"
    config.merge(overrides or Config())
    root.mkdir(parents=True, exist_ok=True)
    return NbGraderAPI(config=config)


def write_config(root: Path, *settings: str) -> None:
    """Make `root` a course folder for nbgrader's own commands: this course's configuration there, then `settings`."""
    lines = [
        "# nbgrader's configuration for this folder: the course's, and what is said here.",
        f"load_subconfig({str(NBGRADER_CONFIG)!r})",
        f"c.CourseDirectory.root = {str(root)!r}",
        *settings,
    ]
    ClassFolder(root).config.write_text("\n".join(lines) + "\n", encoding="utf-8")


class _ByName:
    """A converter of one submission. nbgrader's own take names for glob patterns, and find no student called `[a]`."""

    def init_notebooks(self) -> None:
        assignment, student = self.coursedir.assignment_id, self.coursedir.student_id  # type: ignore[attr-defined]
        folder = self._format_source(assignment, student)  # type: ignore[attr-defined]
        self.assignments = {folder: [os.path.join(folder, f"{assignment}.ipynb")]}
        self.notebooks: list[str] = []


class _AutogradeByName(_ByName, Autograde):
    pass


class _FeedbackByName(_ByName, GenerateFeedback):
    pass


def autograde_one(api: NbGraderAPI, assignment: str, student: str) -> dict:
    """Autograde one submission; nbgrader's result: success, error, log."""
    with temp_attrs(api.coursedir, assignment_id=assignment, student_id=student):
        return capture_log(_AutogradeByName(coursedir=api.coursedir, parent=api, force=True, create_student=True))


def feedback_on_one(api: NbGraderAPI, assignment: str, student: str) -> dict:
    """Write the feedback page of one autograded submission; nbgrader's result."""
    template = Config()
    template.HTMLExporter.template_name = "feedback"
    with temp_attrs(api.coursedir, assignment_id=assignment, student_id=student):
        converter = _FeedbackByName(coursedir=api.coursedir, parent=api, force=True)
        converter.update_config(template)
        result = capture_log(converter)
        for copy in Path(converter._format_dest(assignment, student)).glob("*.ipynb"):
            copy.unlink()  # nbgrader means to leave notebooks out, and fails with names that are patterns
        return result


def require_success(result: dict, what: str) -> None:
    """Raise NbgraderFailed with nbgrader's own words unless the command succeeded."""
    if not result["success"]:
        words = (result.get("error") or result.get("log") or "no reason given").strip().splitlines()
        raise NbgraderFailed(f"{what}: {words[-1] if words else 'no reason given'}")


def register(only: Iterable[str], folder: ClassFolder) -> None:
    """Let nbgrader register assignments in the folder's gradebook, from its `source/`, and write its `release/`."""
    config = Config()
    config.CourseDirectory.source_directory = str(folder.sources)
    api = course_api(folder.root, config)
    # That prints a traceback of what is raised as well: the disk is full, say.
    with temp_attrs(nbgrader.api.app_log, disabled=True):
        for assignment in only:
            require_success(
                api.generate_assignment(assignment, force=True), f"nbgrader generate_assignment {assignment}"
            )


def quiet() -> None:
    """Keep nbgrader's running commentary off the terminal; its words come back in results."""
    for name in ("nbgrader", "traitlets", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
