"""The pages in docs/ and beside them name files that are there, and can be read in a terminal."""

import re

import pytest

from autograde.course import ENGINE

DOCS = sorted((ENGINE / "docs").glob("*.md"))
PAGES = [*(ENGINE / name for name in ("README.md", "STUDENTS.md", "CONTRIBUTING.md")), *DOCS]
PATH = re.compile(r"`((?:autograde|checking|helpers|tests|benchmarks|docs|datasets)/[\w/.]*)`")
LINK = re.compile(r"\]\(([^)#\s]+)")
WIDTH = 100


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_it_names_files_that_are_there(page):
    text = page.read_text(encoding="utf-8")
    assert [path for path in PATH.findall(text) if not (ENGINE / path).exists()] == []
    links = [link for link in LINK.findall(text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_its_lines_are_no_longer_than_a_terminal_is_wide(page):
    """Tables cannot be wrapped."""
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > WIDTH and not line.startswith("|")] == []


def test_the_picture_of_the_rooms_has_each_of_them():
    text = (ENGINE / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ENGINE / "autograde").glob("*/__init__.py")}
    picture = text.partition("## The rooms")[2].partition("- Imports run")[0]
    assert rooms - set(re.findall(r"\w+", picture)) == set()
    assert len(text.splitlines()) < 130
