"""Whose a folder of Gradescope's export is, by the `submission_metadata.yml` beside the folders."""

import yaml

from autograde.lms.naming import Owner
from autograde.text import one_line

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # which makes text of every value, whatever it claims to be


class Unclear(Exception):
    """A file that does not say whose the folders are; the message follows its name."""


def submitters_in(content: bytes) -> dict[str, list[Owner]]:
    """Those who have handed in each folder, known by email address or else by student number. Raises Unclear."""
    try:
        data = yaml.load(content, _Loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise Unclear("is no YAML that can be read, so nobody knows whose the folders are: export them again") from None
    found = {}
    for folder, one in data.items() if isinstance(data, dict) else ():
        people = one.get(":submitters") if isinstance(one, dict) else None
        owners = [_owner(person) for person in people if isinstance(person, dict)] if isinstance(people, list) else []
        found[str(folder)] = [owner for owner in dict.fromkeys(owners) if owner.lms_id]
    return found


def _owner(person: dict) -> Owner:
    said = {key: value.strip() for key, value in person.items() if isinstance(value, str) and value.strip()}
    login = said.get(":email") or said.get(":sid") or ""
    return Owner(one_line(said.get(":name", login)), login)
