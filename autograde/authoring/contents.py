"""What a course has, made of its scripts: `helpers/contents.json` for overviews, and the texts of the front page that follow
from it: the list of notebooks, and the glossary.

The minutes of a section stand at the end of its heading: `## 3 · An average that forgets  (9 min)`. The glossary is
`glossary.toml`, beside the notebook that shows it:

    [[term]]
    term = "learning rate"
    symbol = '$\\alpha$'                      what stands for it, if anything does
    says = "How long a step is, times the derivative."
    places = ["averages 1"]                  a notebook, and the number of a section, or words its heading begins with
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
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
        name = grade_id(cell).removeprefix("test_")
        if section and name in script.points and name not in section.functions:
            section = replace(section, functions=(*section.functions, name))
    if section:
        yield section


class FromContents:
    """What of a notebook's text follows from what the course has."""

    def __init__(self, course: Course, name: str, contents: Contents):
        self._glossary, self._contents = course.script(name).with_name("glossary.toml"), contents
        self._told = course.told(course.script(name))
        self._up = "" if name == course.front else "../"  # from the notebook's folder to that of all

    def text(self, kind: str) -> str:
        """The list of notebooks, or the glossary. Raises CourseError."""
        return self._list() if kind == "contents" else "\n".join(self._terms())

    def about(self, place: str) -> tuple[str, str]:
        """From which notebook a question is, and a link to the place. Raises CourseError."""
        chapter, _ = self._found(place, self._told)
        return f"**Recall**, from *{_short(chapter)}*.", f"It is in {self._link(place, self._told)}."

    def _list(self) -> str:
        rows = [
            f"| [{_cell(c.title)}]({self._up}{quote(c.path)}) | {_points(c)} | {c.minutes or ''} |"
            for c in self._contents.chapters
        ]
        return "\n".join(["| notebook | points | minutes |", "|:--|--:|--:|", *rows])

    def _terms(self) -> Iterator[str]:
        told = "/".join(self._glossary.parts[-3:])
        try:
            entries = tomllib.loads(self._glossary.read_text(encoding="utf-8"))["term"]
        except FileNotFoundError:
            raise CourseError(f"{told} is missing, which the glossary of the notebook is made of") from None
        except (tomllib.TOMLDecodeError, KeyError) as error:
            raise CourseError(f"{told}: this is no list of [[term]]: {error}") from None
        for entry in sorted(entries, key=lambda entry: str(entry.get("term", "")).casefold()):
            where = f"{told}, {entry.get('term')!r}"
            if wrong := [key for key, value in entry.items() if not isinstance(value, KEYS.get(key, type(None)))]:
                raise CourseError(f"{where}: {wrong[0]!r} is not known here, or not of the right kind")
            if missing := [key for key in KEYS if key != "symbol" and not entry.get(key)]:
                raise CourseError(f"{where}: {missing[0]!r} is missing")
            symbol = f", {entry['symbol']}" if entry.get("symbol") else ""
            places = ", ".join(self._link(place, where) for place in entry["places"])
            yield f"- **{entry['term']}**{symbol}: {entry['says']} ({places})"

    def _link(self, place: str, where: str) -> str:
        chapter, section = self._found(place, where)
        words = f"{_short(chapter)}, {place.partition(' ')[2]}"
        return f"[{words}]({self._up}{quote(chapter.path)}#{section.anchor})"

    def _found(self, place: str, where: str) -> tuple[Chapter, Section]:
        """The section of a place: the name of a notebook, a blank, and what the section's heading begins with."""
        name, _, begins = str(place).partition(" ")
        chapter = self._contents.chapter(name)
        sections = chapter.sections if chapter and begins else ()
        found = next((s for s in sections if re.match(rf"{re.escape(begins)}(?!\w)", s.title)), None)
        if chapter is None or found is None:
            raise CourseError(
                f"{where}: there is no place {place!r}; write a notebook and what the heading of a section begins with"
            )
        return chapter, found


def _points(chapter: Chapter) -> str:
    if chapter.points:
        return f"{chapter.points:g}"
    return "by a person" if chapter.answers else "not graded"


def _short(chapter: Chapter) -> str:
    return chapter.title.partition(":")[0]


def _cell(words: str) -> str:
    """Words as they stand in a table."""
    return words.replace("|", "\\|")
