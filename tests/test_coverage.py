"""docs/coverage.md: what it calls the place of a statement is there, and every statement has one row."""

import re
from functools import cache

import pytest

from autograde.course import ENGINE, this_course
from helpers.explorers import EXPLORERS

PAGE = ENGINE / "docs" / "coverage.md"
ROW = re.compile(r"^\| (\d{3}-\d{2}) \| (.+?) \| ([^|]+) \|$", re.MULTILINE)
SECTION = re.compile(r"`(\w+)` § (\d+)")
EXPLORER = re.compile(r"`explorers\.(\w+)`")
FUNCTION = re.compile(r"`(\w+)`")


@cache
def there() -> tuple[set[tuple[str, str]], set[str]]:
    """(notebook, number) of every section, and the names of all graded functions: headings and headers of cells."""
    course = this_course()
    sections, functions = set(), set()
    for name in (*course.assignments, *course.lessons):
        text = course.script(name).read_text(encoding="utf-8")
        sections |= {(name, number) for number in re.findall(r"^# ## (\d+) ·", text, re.MULTILINE)}
        functions |= set(re.findall(r'^# %% solution="(\w+)"', text, re.MULTILINE))
    return sections, functions


def missing(places: str) -> list[str]:
    """Those of some places, separated by commas, that do not exist."""
    sections, functions = there()
    return [
        place
        for place in map(str.strip, places.split(","))
        if not (
            ((found := SECTION.fullmatch(place)) and found.groups() in sections)
            or ((found := EXPLORER.fullmatch(place)) and found[1] in EXPLORERS)
            or ((found := FUNCTION.fullmatch(place)) and found[1] in functions)
        )
    ]


def rows() -> list[tuple[str, str, str]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_every_place_exists():
    assert {row: gone for row, _, places in rows() if (gone := missing(places))} == {}


# How many statements each document makes, by the list that was made of them.
STATEMENTS = {"000": 42, "001": 57, "002": 98, "003": 79, "004": 33}


def test_every_statement_of_every_document_has_one_row():
    numbers = [row for row, _, _ in rows()]
    assert sorted(numbers) == [f"{d}-{n:02}" for d, count in STATEMENTS.items() for n in range(1, count + 1)]


@pytest.mark.parametrize(
    "place", ["`optimizers` § 99", "`no_notebook` § 1", "`explorers.none`", "`no_function`", "optimizers", ""]
)
def test_a_place_that_does_not_exist_is_found(place):
    assert missing(f"`optimizers` § 1, {place}") == [place]
    assert missing("`optimizers` § 1, `explorers.ewa`, `random_mini_batches`") == []
