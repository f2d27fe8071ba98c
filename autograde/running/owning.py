"""One process at a time writes into OUT: two would grade twice, and each over the tables of the other."""

import contextlib
from collections.abc import Iterator

from filelock import FileLock, Timeout

from autograde.records.class_folder import ClassFolder
from autograde.running.basis import CannotGrade


@contextlib.contextmanager
def owning(folder: ClassFolder) -> Iterator[None]:
    """Keep other processes from writing into a class, whose folder is there; who owns it already may own it once more.

    Nothing is waited for. The system lets go of it however this process ends. Raises CannotGrade.
    """
    lock = FileLock(folder.lock.resolve(), is_singleton=True)  # one, however the folder is called
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(lock.acquire(blocking=False))
        except Timeout:
            raise CannotGrade(
                f"another process is at work in '{folder.root}'. Wait until it is done, or end it; then give the same command again"
            ) from None
        except OSError as error:
            raise CannotGrade(
                f"'{folder.root}' cannot be written: {error.strerror or error}. Choose another folder"
            ) from None
        except NotImplementedError:  # a file system that has no locks: no worse than it was
            pass
        yield
