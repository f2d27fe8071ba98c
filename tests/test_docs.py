"""The pages in docs/ and beside them name files that are there, and can be read in a terminal."""

import re

import pytest
from outside import without_this_repository
from warm import ran_course

from autograde.authoring.new import new_course
from autograde.course import ENGINE

DOCS = sorted((ENGINE / "docs").glob("*.md"))
PAGES = [*(ENGINE / name for name in ("README.md", "STUDENTS.md", "CONTRIBUTING.md")), *DOCS]
PATH = re.compile(r"`((?:autograde|checking|helpers|tests|benchmarks|docs|datasets)/[\w/.]*)`")
LINK = re.compile(r"\]\(([^)#\s]+)")
WIDTH = 100
BLOCK = re.compile(r"(?:^(?: {4}.*)?\n)+", re.MULTILINE)


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


def test_what_authoring_shows_can_be_built_and_checked(tmp_path):
    """Its example, put together from the page as a reader would."""
    text = (ENGINE / "docs" / "authoring.md").read_text(encoding="utf-8")
    blocks = [re.sub("^    ", "", block, flags=re.MULTILINE).strip() for block in BLOCK.findall(text)]
    solution, person, asked, edit, way, variant = (
        next(block for block in blocks if block.startswith(words))
        for words in (
            "# %% solution=",
            "# %% [markdown] manual=",
            "import numpy",
            "mistake(",
            "@mistake(",
            "# %% running_average:",
        )
    )
    new_course(tmp_path / "c")
    folder = tmp_path / "c" / "solutions" / "first_steps"
    head, _, _ = (folder / "notebook.py").read_text(encoding="utf-8").partition('# %% solution="')
    pages = {
        "notebook.py": [head, solution, person],
        "questions.py": [asked, edit, way],
        "variants.py": [variant],
    }
    for name, parts in pages.items():
        (folder / name).write_text("\n\n\n".join(parts) + "\n", encoding="utf-8")
    environment = {**without_this_repository(), "PYTHONPATH": str(ENGINE)}
    for verb in ("build", "check"):
        ran = ran_course(verb, cwd=tmp_path / "c", environment=environment)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "c" / "README.md").read_text(encoding="utf-8").count("| 103 |") == 1
