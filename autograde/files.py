"""Files: there in full or not at all, whenever the program is stopped, and written only where they change."""

import errno
import os
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)  # errors of a disk, which end a run and not a submission


def write_atomically(content: str | bytes, path: Path) -> None:
    """Write a file, and its folder if need be; text as UTF-8. What was there stays until all of the new is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(unfinished, path)


def write_text(text: str, path: Path) -> bool:
    """Write a file if its content changes; whether it did."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True
