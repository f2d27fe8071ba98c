"""Words of others, so that they can be written to a file and shown in a terminal."""

import re

# Control characters, and those that turn the direction of writing: a terminal or a table would obey them.
_COMMANDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def as_text(words: str) -> str:
    """The same, with ? for halves of characters, which no file can hold."""
    return words.encode("utf-8", "replace").decode("utf-8")


def one_line(words: str) -> str:
    """The same as one line without commands to whoever shows it."""
    return _COMMANDS.sub(" ", _ANSI.sub("", as_text(words))).strip() or "?"
