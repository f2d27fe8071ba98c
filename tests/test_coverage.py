"""docs/coverage.md: what it calls the place of a statement is there, and no statement has two rows."""

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


def test_no_row_is_lost_in_reading_and_none_stands_twice():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    numbers = [row for row, _, _ in rows()]
    assert len(numbers) == len(lines) > 0
    assert sorted(set(numbers)) == sorted(numbers)


@pytest.mark.parametrize(
    "place", ["`optimizers` § 99", "`no_notebook` § 1", "`explorers.none`", "`no_function`", "optimizers", ""]
)
def test_a_place_that_does_not_exist_is_found(place):
    assert missing(f"`optimizers` § 1, {place}") == [place]
    assert missing("`optimizers` § 1, `explorers.ewa`, `random_mini_batches`") == []
