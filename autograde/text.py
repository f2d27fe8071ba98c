"""Words of others, so that they can be written to a file and shown in a terminal."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

MAX_LINE = 2_000  # characters of one line
_MARK = "\0"
_BETWEEN_LETTERS = "\u200c\u200d"  # joiners that Persian, Hindi and emoji need; they command nothing
# Commands to a terminal: colours and cursor, titles and links. What is left of others is no command without its ESC.
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)")
# Marks above and below a letter: three are enough for every language that is written with them, more climb over other lines.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACK = re.compile(f"({_MARKS}{{3}}){_MARKS}+")


def as_text(words: str) -> str:
    """The same, with ? for halves of characters, which no file can hold."""
    return words.encode("utf-8", "replace").decode("utf-8")


def moment(time: datetime) -> str:
    """A time, which is UTC where it does not say, to the second."""
    return f"{time.astimezone(UTC) if time.tzinfo else time:%Y-%m-%d %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """A time that something takes, with its unit."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def one_line(words: str) -> str:
    """The same as one line of printable text, control and bidirectional characters removed; cut where it is very long."""
    words = words[: 4 * MAX_LINE]  # before the expressions, so that their time is bounded
    if not words.isprintable():
        words = _ANSI.sub("", as_text(words))
        words = "".join(c if c.isprintable() or c in _BETWEEN_LETTERS else _MARK for c in words)
        words = re.sub(f"{_MARK}+", " ", words)
    words = _STACK.sub(r"\1", words).strip()
    return (words if len(words) <= MAX_LINE else f"{words[: MAX_LINE - 1]}…") or "?"


def lines(words: str) -> str:
    """Text of several lines, each of them printable: for logs and what is shown of them."""
    return "\n".join(one_line(line) if line.strip() else "" for line in as_text(words).splitlines())


def some(things: Sequence[str], most: int = 5) -> str:
    """The first of them, and how many more there are."""
    return ", ".join(things[:most]) + (f" and {len(things) - most:,} more" if things[most:] else "")
