"""What a course has, made of its scripts: `helpers/contents.json` for overviews, and the texts of the front page that follow
from it: the list of notebooks, and the glossary.

The minutes of a section stand at the end of its heading: `## 3 · An average that forgets  (9 min)`. The glossary is
`glossary.toml`, beside the notebook that shows it:

    [[term]]
    term = "learning rate"
    symbol = '$\\alpha$'                      what stands for it, if anything does
    says = "How long a step is, times the derivative."
    places = ["optimizers 1"]                a notebook, and the number of a section, or words its heading begins with
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograde.authoring.script import Script, read_script
from autograde.course import Course, CourseError
from autograde.notebook import grade_id, is_manual
from checking.contents import Chapter, Contents, Section, as_json

HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)
MINUTES = re.compile(r"\s*\((\d+) min\b[^()]*\)$")
KEYS = {"term": str, "says": str, "symbol": str, "places": list}


def contents_of(course: Course) -> Contents:
    """All notebooks of the course, in order, the front page left out. Raises CourseError."""
    names = [name for name in (*course.assignments, *course.lessons)]
    chapters = (_chapter(course, read_script(course.script(name))) for name in names)
    front = course.notebook(course.front).name if course.front else ""
    return Contents(course.title, front, tuple(chapters))


def contents_text(contents: Contents) -> str:
    """The file of the contents: a section a line, so that a change shows as the lines it concerns."""

    def line(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def entries(value: dict[str, Any]) -> str:
        return ", ".join(f"{line(key)}: {line(entry)}" for key, entry in value.items())

    data = as_json(contents)
    chapters = []
    for chapter in data.pop("chapters"):
        sections = ",".join(f"\n   {line(section)}" for section in chapter.pop("sections"))
        chapters.append(f'\n  {{{entries(chapter)}, "sections": [{sections}]}}')
    derived = {"derived": "by `make build` from the scripts in solutions/"}
    return f'{{{entries(derived | data)},\n "chapters": [{",".join(chapters)}]}}\n'


def _chapter(course: Course, script: Script) -> Chapter:
    name = script.assignment
    path = course.notebook(name).relative_to(course.notebooks).as_posix()
    title = next((found for cell in _texts(script) for found in re.findall(r"^# +(.+?) *$", cell, re.M)), name)
    answers = sum(map(is_manual, script.notebook.cells))
    return Chapter(name, title, path, float(sum(script.points.values())), answers, tuple(_sections(script)))


def _texts(script: Script) -> Iterator[str]:
    return (c.source for c in script.notebook.cells if c.cell_type == "markdown" and not grade_id(c))


def _sections(script: Script) -> Iterator[Section]:
    section = None
    for cell in script.notebook.cells:
        found = HEADING.findall(cell.source) if cell.cell_type == "markdown" and not grade_id(cell) else []
        for heading in found:
            if section:
                yield section
            said = MINUTES.search(heading)
            section = Section(MINUTES.sub("", heading), int(said[1]) if said else 0, f"cell-id={cell.id}")
        if section and (name := grade_id(cell).removeprefix("test_")) in script.points and name not in section.functions:
            section = replace(section, functions=(*section.functions, name))
    if section:
        yield section


def expander(course: Course, name: str, contents: Contents) -> Callable[[str], str]:
    """What writes the text of a cell of this notebook that follows from the course: `contents` or `glossary`."""
    up = "" if name == course.front else "../"

    def expand(kind: str) -> str:
        return _list(contents, up) if kind == "contents" else _glossary(course.script(name), contents, up)

    return expand


def _list(contents: Contents, up: str) -> str:
    rows = [
        f"| [{c.title}]({up}{quote(c.path)}) | {c.points:g} | {c.minutes or ''} |"
        if c.points
        else f"| [{c.title}]({up}{quote(c.path)}) | {'' if c.answers else 'not graded'} | {c.minutes or ''} |"
        for c in contents.chapters
    ]
    return "\n".join(["| notebook | points | minutes |", "|:--|--:|--:|", *rows])


def _glossary(script: Path, contents: Contents, up: str) -> str:
    path = script.with_name("glossary.toml")
    told = "/".join(path.parts[-3:])
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["term"]
    except FileNotFoundError:
        raise CourseError(f"{told} is missing, which the glossary of the notebook is made of") from None
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise CourseError(f"{told}: this is no list of [[term]]: {error}") from None
    lines = []
    for entry in sorted(entries, key=lambda entry: str(entry.get("term", "")).casefold()):
        known = f"{told}, {entry.get('term')!r}"
        if wrong := [key for key, value in entry.items() if not isinstance(value, KEYS.get(key, type(None)))]:
            raise CourseError(f"{known}: '{wrong[0]}' is not known here, or no {', '.join(KEYS)} of the right kind")
        if missing := [key for key in ("term", "says", "places") if not entry.get(key)]:
            raise CourseError(f"{known}: '{missing[0]}' is missing")
        symbol = f", {entry['symbol']}" if entry.get("symbol") else ""
        places = ", ".join(_place(contents, place, up, known) for place in entry["places"])
        lines.append(f"- **{entry['term']}**{symbol}: {entry['says']} ({places})")
    return "\n".join(lines)


def _place(contents: Contents, place: str, up: str, known: str) -> str:
    """A link to a section. place: the name of a notebook, a blank, and what the section's heading begins with."""
    name, _, begins = place.partition(" ")
    chapter = contents.chapter(name)
    section = next((s for s in chapter.sections if re.match(rf"{re.escape(begins)}\b", s.title)), None) if chapter else None
    if chapter is None or section is None or not begins:
        raise CourseError(f"{known}: there is no place {place!r}: a notebook, and what the heading of a section begins with")
    short = chapter.title.partition(":")[0]
    return f"[{short}, {begins}]({up}{quote(chapter.path)}#{section.anchor})"
