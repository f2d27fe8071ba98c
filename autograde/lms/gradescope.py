"""Whose a folder of Gradescope's export is, by the `submission_metadata.yml` beside the folders."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from autograde.lms.naming import Owner
from autograde.text import one_line

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # which makes text of every value, whatever it claims to be


class Unclear(Exception):
    """A file that does not say whose the folders are; the message follows its name."""


def submitters_in(path: Path) -> dict[str, list[Owner]]:
    """Those who have handed in each folder, known by email address or else by student number; "" if neither is said.

    A folder that is named twice is nobody's. Raises Unclear.
    """
    try:
        with path.open(encoding="utf-8") as file:
            loader = _Loader("".join(_on_submitters(file)))
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise Unclear("is no YAML that can be read, so nobody knows whose the folders are: export them again") from None
    if not isinstance(data, dict):
        return {}
    found: dict[str, list[Owner]] = {}
    times = Counter(key.value for key, _ in node.value)
    for folder, one in data.items():
        people = one.get(":submitters") if isinstance(one, dict) and times[folder] == 1 else None
        owners = [_owner(person) for person in people if isinstance(person, dict)] if isinstance(people, list) else []
        found[str(folder)] = list(dict.fromkeys(owners))
    return found


def _on_submitters(lines: Iterable[str]) -> Iterator[str]:
    """The lines that name folders and those who handed them in; most of the file are scores and what tests put out."""
    depth, is_on = 0, False
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip():  # as in what a test has put out
            continue
        if indent == 0:
            depth, is_on = 0, False
            yield line
            continue
        depth = depth or indent
        if indent == depth and not line[indent:].startswith("-"):
            is_on = line[indent:].startswith(":submitters:")
        if is_on:
            yield line


def _owner(person: dict) -> Owner:
    said = {key: value.strip() for key, value in person.items() if isinstance(value, str) and value.strip()}
    login = said.get(":email") or said.get(":sid") or ""
    return Owner(one_line(said.get(":name", login)), login)
