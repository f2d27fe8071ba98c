"""Zips of others: what they hold is read only after it has been looked at, and nothing that they declare is believed.

Nothing here writes under a name that a zip gives. Names are checked all the same: one that means harm is told, not mended.
"""

import contextlib
import io
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograde.judging.notebook_file import MAX_FILE
from autograde.notebook import notebook_stem
from autograde.text import one_line

RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL)
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")  # which are not opened
_DRIVE = re.compile(r"[A-Za-z]:")
_LISTED = b"PK\x01\x02"  # before each entry of the list at the end of a zip
_LISTING = struct.Struct("<4s2xBxH6x3L3H8xL")  # one of them: mark, version, flags, checksum and sizes, lengths, place
_ZIP64, _BIG = 0x1, 0xFFFFFFFF  # the extra field that holds what does not fit, and what stands in its place then
_UNKNOWN = 0xFFFF  # an extra field that nobody reads
_UTF8, _ENCRYPTED = 0x800, 0x1  # flags of an entry
_MAX_VERSION = 63  # of the format, tenfold
_MAX_NAME = 1_000  # characters of an entry's whole name
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
    OverflowError,
    OSError,
)


class Refused(Exception):
    """A rejected entry; the message follows its name."""


@dataclass(frozen=True)
class ZipLimits:
    """What a zip may unpack to, in bytes, and how many entries it may list. ratio: unpacked to packed, from 1 MB on.

    Those of a student are for all that one student handed in, in this zip.
    """

    file: int = MAX_FILE
    nested: int = 100_000_000  # a zip in the zip, packed
    total: int = 20_000_000_000
    ratio: int = 200
    entries: int = 300_000
    nested_entries: int = 2_000
    student: int = 300_000_000  # five assignments with pictures take a tenth of it
    student_files: int = 2_000
    student_zips: int = 20


@dataclass(frozen=True)
class Entry:
    """A file in a zip, with a name that is one on every system. as_written: before accents became one letter."""

    info: zipfile.ZipInfo
    name: str
    as_written: str

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The folders and the file."""
        return parts_of(self.name)

    @cached_property
    def suffix(self) -> str:
        """What comes after the last dot of the name, with the dot and in lower case; "" if there is none."""
        return _suffix(self.name)

    @cached_property
    def may_hold_work(self) -> bool:
        """Whether it is a notebook or an archive, by its name."""
        return may_hold_work(self.name)


def may_hold_work(name: str) -> bool:
    """Whether a file is a notebook or an archive, by its name."""
    return notebook_stem(name) is not None or _suffix(name) in (".zip", *OTHER_ARCHIVES)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def parts_of(path: str) -> tuple[str, ...]:
    """The folders and the file; pathlib, which says the same, takes ten times as long."""
    return tuple(part for part in path.split("/") if part not in ("", "."))


def looks_like_work(path: str) -> bool:
    """Whether somebody may mean a file to be graded, by its path."""
    return may_hold_work(path) and not is_clutter(path)


def is_clutter(path: str) -> bool:
    """Whether an operating system or an editor has put a file there, by its path."""
    return any(part.startswith(".") or part == "__MACOSX" for part in parts_of(path))


@contextlib.contextmanager
def open_zip(path: Path, most: int) -> Iterator[zipfile.ZipFile]:
    """A zip that lists at most so many entries. Raises Refused."""
    with contextlib.ExitStack() as stack:
        try:
            listing = stack.enter_context(_Listing(path, most))
            archive = stack.enter_context(zipfile.ZipFile(listing))
        except _DAMAGE as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged or no zip"
            raise Refused(f"cannot be opened: {why}") from None
        listing.is_read = True
        yield archive


class _Listing(io.BufferedReader):
    """A zip whose list of entries is looked at before zipfile makes an object of each.

    zipfile takes the list in with one call of `read`, and stops at the first entry that it cannot read; here that entry
    is changed so that it does not, and known as `unreadable` by its place.
    """

    def __init__(self, path: Path, most: int):
        super().__init__(io.FileIO(path))
        self.bytes = path.stat().st_size
        self._most = most
        self.is_read = False
        self.unreadable: set[int] = set()

    def read(self, size: int | None = -1, /) -> bytes:
        if not self.is_read and size is not None and size > _MAX_NAME * self._most:
            raise Refused(f"has a list of more than {self._most:,} files")
        content = super().read(size)
        return content if self.is_read or not content.startswith(_LISTED) else self._readable(bytearray(content))

    def _readable(self, content: bytearray) -> bytes:
        if content.count(_LISTED) > self._most:
            raise Refused(f"lists more than {self._most:,} files")
        self.unreadable = set()
        start, i = 0, 0
        while start + _LISTING.size <= len(content) and content.startswith(_LISTED, start):
            _, version, flags, _, packed, unpacked, *lengths, place = _LISTING.unpack_from(content, start)
            extra, comment, end = (start + _LISTING.size + sum(lengths[:n]) for n in (1, 2, 3))
            name, fields = bytes(content[start + _LISTING.size : extra]), bytes(content[extra:comment])
            big = (packed, unpacked, place).count(_BIG)
            if version > _MAX_VERSION or not _decodes(name, flags) or not _is_sound(fields, big):
                self.unreadable.add(i)
                content[start + 6] = _MAX_VERSION
                content[start + 9] &= ~(_UTF8 >> 8) & 0xFF
                if len(fields) >= 4:
                    struct.pack_into("<HH", content, extra, _UNKNOWN, len(fields) - 4)
            start, i = end, i + 1
        return bytes(content)


def _decodes(name: bytes, flags: int) -> bool:
    try:
        name.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        return False
    return True


def _is_sound(extra: bytes, big: int) -> bool:
    """Whether the extra fields of an entry are as long as they say, and hold so many numbers that did not fit."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if length + 4 > len(extra) or (kind == _ZIP64 and length < 8 * big):
            return False
        extra = extra[length + 4 :]
    return True


def entries_of(archive: zipfile.ZipFile, refuse: Callable[[Entry, Refused], None]) -> list[Entry]:
    """The files in a zip, in its order; those that cannot be taken are refused instead."""
    entries: dict[str, Entry] = {}
    listing = archive.fp
    assert isinstance(listing, _Listing), "opened by open_zip"
    for i, info in enumerate(archive.infolist()):
        as_written = _name_of(info)
        entry = Entry(info, unicodedata.normalize("NFC", as_written), as_written)
        try:
            if i in listing.unreadable or info.compress_size > listing.bytes:
                raise Refused("is listed in a way that cannot be read")
            _require_plain(entry.name, info)
            if entry.name in entries:
                raise Refused("is listed more than once; the first one counts")
        except Refused as problem:
            refuse(entry, problem)
        else:
            if not info.is_dir():
                entries[entry.name] = entry
    return list(entries.values())


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name in full. Many programs write UTF-8 and do not say so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name


def _require_plain(name: str, info: zipfile.ZipInfo) -> None:
    """Raises Refused for a name that leads elsewhere, or that is none, and for what is no file or folder."""
    parts = name.split("/")
    if len(name) > _MAX_NAME:
        raise Refused(f"has a name of more than {_MAX_NAME:,} characters")
    if not parts_of(name):
        raise Refused("has no name")
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
    """Unpacks entries of zips into files of our own, until for one student or all in all there is too much."""

    def __init__(self, folder: Path, limits: ZipLimits):
        self._folder, self._limits = folder, limits
        self._left, self._count = limits.total, 0
        self.next_student()

    def next_student(self) -> None:
        """What was unpacked for the last one goes, as far as it was not moved to its place; a budget begins."""
        for path in self._folder.iterdir():
            path.unlink()
        self._student_left, self._files_left, self._zips_left = (
            self._limits.student,
            self._limits.student_files,
            self._limits.student_zips,
        )

    def unpack(self, archive: zipfile.ZipFile, entry: Entry, most: int | None = None) -> Path:
        """The content of an entry, of at most so many bytes or what a file may have, in a new file. Raises Refused."""
        most = self._limits.file if most is None else most
        self._require_declared(entry.info, most)
        self._files_left -= 1
        if self._files_left < 0:
            raise Refused(f"is too much: {self._limits.student_files:,} files are unpacked for one student")
        self._count += 1
        path = self._folder / str(self._count)
        try:
            with path.open("wb") as file:
                for block in _blocks(archive, entry.info):
                    most -= len(block)
                    self._left -= len(block)
                    self._student_left -= len(block)
                    if min(most, self._left, self._student_left) < 0:
                        raise Refused("unpacks to more than it declares")
                    file.write(block)
        except Refused:
            path.unlink()
            raise
        return path

    @contextlib.contextmanager
    def unpacked_zip(self, archive: zipfile.ZipFile, entry: Entry) -> Iterator[zipfile.ZipFile]:
        """A student's own zip, which is there only as long as it is read. Raises Refused."""
        self._zips_left -= 1
        if self._zips_left < 0:
            raise Refused(f"is too much: {self._limits.student_zips:,} zips are opened for one student")
        path = self.unpack(archive, entry, self._limits.nested)
        try:
            with open_zip(path, self._limits.nested_entries) as own:
                yield own
        finally:
            path.unlink()

    def _require_declared(self, info: zipfile.ZipInfo, most: int) -> None:
        """Raises Refused for what one need not unpack to know."""
        if info.flag_bits & _ENCRYPTED:
            raise Refused("is encrypted: ask for it without a password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("is packed in a way that is not unpacked here")
        if info.file_size > most:
            raise Refused(f"unpacks to {info.file_size / 1e6:,.1f} MB; {most / 1e6:,.1f} are accepted")
        if info.file_size > self._student_left:
            raise Refused(f"is too much: {self._limits.student / 1e6:g} MB are unpacked for one student")
        if info.file_size > self._left:
            raise Refused(f"is too much: {self._limits.total / 1e9:g} GB are unpacked, all in all")
        if info.file_size > _SMALL and info.file_size > self._limits.ratio * info.compress_size:
            raise Refused(f"unpacks to more than {self._limits.ratio} times its size")


def beginning_of(archive: zipfile.ZipFile, entry: Entry) -> bytes:
    """The first kilobyte of what an entry unpacks to. Raises Refused."""
    return next(_blocks(archive, entry.info, 1_000), b"")


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int = _BLOCK) -> Iterator[bytes]:
    try:
        with archive.open(info) as packed:
            while block := packed.read(size):
                yield block
    except _DAMAGE as error:
        raise Refused(f"is damaged ({one_line(str(error))})") from None
