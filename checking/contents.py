"""What a course has: its notebooks in order, with their sections, minutes and points. `course build` writes it for students."""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Section:
    """A section of a notebook: its heading without the minutes, and what these are; 0 where none are said.

    anchor: what a link to its cell ends with, in Jupyter and in exported pages. functions: those that are checked in it.
    """

    title: str
    minutes: int = 0
    anchor: str = ""
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A notebook of the course. path: where it lies in the folder of the notebooks.

    points: of its functions. answers: how many of its questions a person reads.
    """

    name: str
    title: str
    path: str
    points: float = 0.0
    answers: int = 0
    sections: tuple[Section, ...] = ()

    @property
    def minutes(self) -> int:
        """Of all its sections; 0 where none are said."""
        return sum(section.minutes for section in self.sections)

    def minutes_of(self, titles: set[str]) -> int:
        """Of the sections with these headings."""
        return sum(section.minutes for section in self.sections if section.title in titles)


@dataclass(frozen=True)
class Contents:
    """All that students get. title: the course's. front: the notebook with which they begin, "" where there is none."""

    title: str = ""
    front: str = ""
    chapters: tuple[Chapter, ...] = ()

    def chapter(self, name: str | None) -> Chapter | None:
        """The notebook of this name, None where there is none."""
        return next((chapter for chapter in self.chapters if chapter.name == name), None)

    def after(self, name: str) -> Chapter | None:
        """The notebook with points that comes next, None after the last."""
        graded = [chapter for chapter in self.chapters if chapter.points or chapter.answers]
        names = [chapter.name for chapter in graded]
        return next(iter(graded[names.index(name) + 1 :]), None) if name in names else None


def as_json(contents: Contents) -> dict[str, Any]:
    """The contents as JSON data."""
    return asdict(contents)


@cache
def read_contents(path: Path) -> Contents:
    """The contents that `course build` wrote; of a file that is not there or cannot be read, nothing."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Contents(data["title"], data["front"], tuple(map(_chapter, data["chapters"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Contents()


def _chapter(data: dict[str, Any]) -> Chapter:
    sections = (Section(**{**section, "functions": tuple(section["functions"])}) for section in data["sections"])
    return Chapter(**{**data, "sections": tuple(sections)})
