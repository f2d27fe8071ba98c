"""What JupyterLab's server serves of a graded class: what people read and grade, and nothing that is hidden."""

import errno

from jupyter_server.files.handlers import FilesHandler
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado import web
from traitlets import default

# Of what `course grade` writes. Not submitted/, which is as it came; not questions/, source/ and run.json, from which the
# hidden cases follow; nor the gradebook, the log, and nbgrader's and Jupyter's configuration, which a server runs.
FOR_PEOPLE = ("autograded", "release", "feedback", "report", "report.html", "grades.csv")


class NotServed(web.HTTPError, PermissionError):
    """Said to who asks for it by name; a listing of files passes over it."""

    def __init__(self, path: str):
        super().__init__(404, "'%s' is not served", path)
        self.errno = errno.EACCES


class ForPeople(AsyncLargeFileManager):
    """Serves files in FOR_PEOPLE and no others, to read and to write."""

    @default("files_handler_class")
    def _files_handler_class_default(self) -> type:
        return FilesHandler  # which asks this manager, where the usual one reads the folder itself

    def _get_os_path(self, path: str) -> str:
        if not _is_served(path):
            raise NotServed(path)
        return super()._get_os_path(path)

    async def file_exists(self, path: str) -> bool:
        """Also asked by extensions that look for their own settings beside a notebook."""
        return _is_served(path) and await super().file_exists(path)

    async def dir_exists(self, path: str) -> bool:
        """Whether there is such a folder, as far as it is served."""
        return _is_served(path) and await super().dir_exists(path)

    async def is_hidden(self, path: str) -> bool:
        """What is not served counts as hidden."""
        return not _is_served(path) or await super().is_hidden(path)


def _is_served(path: str) -> bool:
    parts = path.strip("/").split("/")
    return parts[0] in ("", *FOR_PEOPLE) and ".." not in parts
