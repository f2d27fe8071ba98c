"""Private folders in which untrusted processes write, and how they are removed."""

import contextlib
import os
import shutil
import tempfile
import weakref
from pathlib import Path

MAX_LENGTH = 60  # characters; sockets lie in there, and their paths may have 107


class PrivateFolder:
    """A folder for this user alone. It goes with this object, at the latest."""

    def __init__(self):
        usual = os.path.realpath(tempfile.gettempdir())
        short = "/tmp" if len(usual) > MAX_LENGTH and os.name == "posix" else usual
        self.path = Path(tempfile.mkdtemp(prefix="descent-", dir=short))
        self._removal = weakref.finalize(self, _remove, self.path)

    def empty(self) -> None:
        """Remove all that is in it."""
        _remove(self.path)
        self.path.mkdir(mode=0o700)

    def remove(self) -> None:
        """Remove it now. A second time does nothing."""
        self._removal()


def _remove(folder: Path) -> None:
    """Remove a folder, also where somebody has closed one in it; never what a link in it leads to."""
    for place, inner, _ in os.walk(folder):
        for name in inner:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
