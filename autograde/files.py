"""Files: there in full or not at all, whenever the program is stopped, and written only where they change."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)  # errors of a disk, which end a run and not a submission


def write_atomically(content: str | bytes, path: Path) -> None:
    """Write a file, and its folder if need be; text as UTF-8. What was there stays until all of the new is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, path.with_suffix(".part")) as unfinished:
        unfinished.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextlib.contextmanager
def replacing(path: Path, unfinished: Path) -> Iterator[Path]:
    """A file to write, which takes the place of `path` when all of it is there; else it goes, and the error names `path`."""
    try:
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def why_not(error: OSError) -> str:
    """Why a file or folder cannot be used, in words that go on from its name."""
    if isinstance(error, FileExistsError):
        return "it is a file, and a folder belongs in its place"
    return error.strerror or str(error)


def is_full(error: BaseException | None) -> bool:
    """Whether a disk that is full is behind an error, of a file or of a database."""
    while error is not None:
        code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and error.errno in FULL):
            return True
        error = error.__cause__
    return False


def write_text(text: str, path: Path) -> bool:
    """Write a file if its content changes; whether it did."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    write_atomically(text, path)
    return True
