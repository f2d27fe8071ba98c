"""Zips of others: what they hold is read only after it has been looked at, and nothing that they declare is believed.

Nothing here writes under a name that a zip gives. Names are checked all the same: one that means harm is told, not mended.
"""

import contextlib
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograde.words import one_line

RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:")
_LISTED = b"PK\x01\x02"  # before each entry of the list at the end of a zip
_UTF8, _ENCRYPTED = 0x800, 0x1  # flags of an entry
_BLOCK = 1 << 20
_SMALL = 1_000_000  # bytes; below it a ratio says nothing
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)


class Refused(Exception):
    """What is not taken; the message is what is wrong with it, to be read behind its name."""


@dataclass(frozen=True)
class Limits:
    """What a zip may unpack to, in bytes, and how many entries it may list. ratio: unpacked to packed, from 1 MB on."""

    file: int = 100_000_000
    nested: int = 100_000_000  # a zip in the zip, packed
    total: int = 20_000_000_000
    ratio: int = 200
    entries: int = 100_000
    nested_entries: int = 2_000


@dataclass(frozen=True)
class Entry:
    """A file in a zip, with a name that is one on every system."""

    info: zipfile.ZipInfo
    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.name).parts

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()


def is_clutter(path: str) -> bool:
    """Whether an operating system or an editor has put a file there, by its path."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(path).parts)


@contextlib.contextmanager
def open_zip(path: Path, most: int) -> Iterator[zipfile.ZipFile]:
    """A zip that lists at most so many entries. Raises Refused."""
    try:
        if _count_at_most(path, _LISTED) > most:  # before zipfile makes an object of each
            raise Refused(f"lists more than {most:,} files")
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged or no zip"
        raise Refused(f"cannot be opened: {why}") from None
    with archive:
        yield archive


def _count_at_most(path: Path, mark: bytes) -> int:
    """How often the mark stands in a file; never less."""
    count, end = 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += (end + block).count(mark)
            end = block[-len(mark) + 1 :]
    return count


def entries_of(archive: zipfile.ZipFile, refuse: Callable[[str, Refused], None]) -> list[Entry]:
    """The files in a zip, in its order; those that cannot be taken are refused instead."""
    entries = []
    for info in archive.infolist():
        name = _name_of(info)
        try:
            _require_plain(name, info)
        except Refused as problem:
            refuse(name, problem)
        else:
            if not info.is_dir():
                entries.append(Entry(info, name))
    return entries


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name in full, with accents as one letter. Many programs write UTF-8 and do not say so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _require_plain(name: str, info: zipfile.ZipInfo) -> None:
    """Raises Refused for a name that leads elsewhere, or that is none, and for what is no file or folder."""
    parts = name.split("/")
    if one_line(name) != name:
        raise Refused("has characters in its name that are not for names")
    if "\\" in name:
        raise Refused("has a backslash in its name")
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts:
        raise Refused("names a place outside of the zip")
    if any(RESERVED.fullmatch(part) for part in parts):
        raise Refused("has a name that Windows keeps for devices")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise Refused("is a link")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("is no ordinary file")


class Unpacker:
    """Unpacks entries of zips into files of our own, until all in all there is too much."""

    def __init__(self, folder: Path, limits: Limits):
        self._folder, self._limits = folder, limits
        self._left, self._files = limits.total, 0

    def unpack(self, archive: zipfile.ZipFile, entry: Entry, most: int) -> Path:
        """The content of an entry, of at most so many bytes, in a new file. Raises Refused."""
        self._require_declared(entry.info, most)
        self._files += 1
        path = self._folder / str(self._files)
        try:
            with path.open("wb") as file:
                for block in _blocks(archive, entry.info):
                    most, self._left = most - len(block), self._left - len(block)
                    if most < 0 or self._left < 0:
                        raise Refused("unpacks to more than it declares")
                    file.write(block)
        except Refused:
            path.unlink()
            raise
        return path

    def _require_declared(self, info: zipfile.ZipInfo, most: int) -> None:
        """Raises Refused for what one need not unpack to know."""
        if info.flag_bits & _ENCRYPTED:
            raise Refused("is encrypted: ask for it without a password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("is packed in a way that is not unpacked here")
        if info.file_size > most:
            raise Refused(f"unpacks to {info.file_size / 1e6:,.1f} MB; {most / 1e6:,.1f} are accepted")
        if info.file_size > self._left:
            raise Refused(f"is too much: {self._limits.total / 1e9:g} GB are unpacked, all in all")
        if info.file_size > _SMALL and info.file_size > self._limits.ratio * info.compress_size:
            raise Refused(f"unpacks to more than {self._limits.ratio} times its size")


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(info) as packed:
            while block := packed.read(_BLOCK):
                yield block
    except _DAMAGE as error:
        raise Refused(f"is damaged ({one_line(str(error))})") from None
