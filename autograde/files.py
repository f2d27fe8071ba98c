"""Files that are there in full or not at all, whenever the program is stopped."""

import os
from pathlib import Path


def write_whole(content: str | bytes, path: Path) -> None:
    """Write a file, and its folder if need be; text as UTF-8. What was there stays until all of the new is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(unfinished, path)
