"""nbgrader's formgrader, made to fit: it reads anew what others write, and nothing of a submission runs in its pages."""

import secrets
from functools import cache
from pathlib import Path

from nbgrader.server_extensions.formgrader.base import BaseHandler
from nbgrader.server_extensions.formgrader.handlers import FormgraderHandler, SubmissionFilesHandler
from tornado import web

from autograde.records.nbgrader import Gradebook
from autograde.serving.exporter import FROM_NETWORK, FormgraderExporter, MathJax, Numbers


@cache
def let_formgrader_read_afresh() -> None:
    """Have its server show what was written since it last looked: `course grade --resume` beside it, its own button.

    It keeps one session for as long as it runs, in which what was read once may stay as it was.
    """
    keep = BaseHandler.gradebook.fget

    def gradebook(handler) -> Gradebook:
        found = keep(handler)
        if not getattr(handler, "_has_looked", False):  # a handler is made for each request
            handler._has_looked = True
            found.db.expire_all()
        return found

    BaseHandler.gradebook = property(gradebook)


@cache
def harden_formgrader() -> None:
    """Have its pages show what students wrote and are called as text, and serve no files but those of submissions.

    Its templates put names into pages and scripts as they come, and its files reach over the whole course folder.
    """
    render, validate, open_ = BaseHandler.render, SubmissionFilesHandler.validate_absolute_path, FormgraderHandler.get

    def exporter(handler) -> FormgraderExporter:
        theirs = handler.settings["nbgrader_exporter"]
        if not isinstance(theirs, FormgraderExporter):
            theirs = handler.settings["nbgrader_exporter"] = FormgraderExporter(config=theirs.config)
        theirs.mathjax = mathjax_of(handler)
        return theirs

    def page(handler, name: str, **values) -> str:
        environment = handler.settings["nbgrader_jinja2_env"]
        if Numbers.identifier not in environment.extensions:
            environment.autoescape = True
            environment.add_extension(Numbers)
        numbers = environment.extensions[Numbers.identifier]
        numbers.number = secrets.token_urlsafe(16)
        return numbers.with_policy(render(handler, name, **values), "'self'")

    def path_in_submission(handler, root: str, absolute_path: str) -> str | None:
        own = Path(handler.coursedir.root, handler.coursedir.autograded_directory).resolve()
        place = Path(absolute_path).resolve()
        if not place.is_relative_to(own) or len(place.relative_to(own).parts) < 3:
            raise web.HTTPError(404)
        return validate(handler, root, absolute_path)

    @web.authenticated
    def get(handler):
        if handler.get_argument("path", ""):  # another folder, whose configuration it would run
            raise web.HTTPError(403)
        return open_(handler)

    BaseHandler.exporter = property(exporter)
    BaseHandler.render = page
    SubmissionFilesHandler.validate_absolute_path = path_in_submission
    FormgraderHandler.get = get


def mathjax_of(handler: BaseHandler) -> MathJax:
    """The server's own, which jupyter-server-mathjax serves, so that formulas need no network."""
    script = handler.mathjax_url
    if not script.startswith("/"):
        return FROM_NETWORK
    folder, _, _ = script.rpartition("/")
    configuration = handler.settings["mathjax_config"]
    return MathJax(f"{script}?config={configuration}", f"{handler.request.host}{folder}/")
