"""The list of assignments in the pages of a course is what course.toml and the notebooks say, and a check sees if not."""

import pytest

from autograde.authoring.checks import check_all
from autograde.authoring.listing import rows_of, stale_lists, write_lists
from autograde.authoring.new import new_assignment, new_course
from autograde.course import CourseError, load, this_course

HEAD = "| notebook | title | points |\n|---|---|--:|\n"
FIRST = "| `first_steps` | A line through points | 100 |\n"
SECOND = "| `second` | A line through points | 100 |\n"


@pytest.fixture
def place(tmp_path):
    new_course(tmp_path / "c")
    write_lists(load(tmp_path / "c"))
    return tmp_path / "c"


def page(place, name="README.md"):
    return (place / name).read_text(encoding="utf-8")


def test_the_lists_of_this_course_are_current():
    assert stale_lists(this_course()) == []
    for name in ("README.md", "STUDENTS.md"):
        assert all(f"\n| `{a}` | " in page(this_course().root, name) for a in this_course().assignments)


def test_an_assignment_is_listed_in_its_place(place):
    assert f"\n\n{HEAD}{FIRST}\n<!--" in page(place)
    before = page(place)
    new_assignment(place, "second")
    assert [words.partition(" are ")[0] for words in stale_lists(load(place))] == [
        "the assignments in README.md",
        "the assignments in STUDENTS.md",
    ]
    assert write_lists(load(place)) == [place / "README.md", place / "STUDENTS.md"]
    assert page(place) == before.replace(FIRST, FIRST + SECOND)
    assert stale_lists(load(place)) == []
    assert write_lists(load(place)) == []


def test_a_title_and_points_are_those_of_the_notebook(place):
    script = load(place).script("first_steps")
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("# # A line", "# # A | line", 1), encoding="utf-8")
    assert len(stale_lists(load(place))) == 2
    write_lists(load(place))
    assert "| A \\| line through points | 100 |" in page(place)
    assert stale_lists(load(place)) == []


def test_points_that_a_person_gives_count_too(place):
    script = load(place).script("first_steps")
    text = script.read_text(encoding="utf-8")
    script.write_text(text + '\n# %% [markdown] manual="why" points=7\n# # Squares are positive.\n', encoding="utf-8")
    write_lists(load(place))
    assert FIRST.replace("100", "107") in page(place)


def test_a_lesson_is_listed_after_them_without_points(place):
    lesson = load(place).script("more")
    lesson.parent.mkdir()
    lesson.write_text("# %% [markdown]\n# # More of it\n", encoding="utf-8")
    (place / "course.toml").write_text(page(place, "course.toml") + 'lessons = ["more"]\n', encoding="utf-8")
    write_lists(load(place))
    assert f"{FIRST}| `more` | More of it | not graded |\n" in page(place)


def test_columns_of_the_author_stay_with_their_notebook(place):
    text = page(place).replace("| points |", "| points | data | time |").replace("|--:|", "|--:|---|:-:|")
    text = text.replace(FIRST, FIRST.replace("| 100 |", "| 9 | a\\|b, [c](d) | |"))
    (place / "README.md").write_text(text, encoding="utf-8")
    new_assignment(place, "second")
    write_lists(load(place))
    assert "| points | data | time |\n|---|---|--:|---|:-:|\n" in page(place)
    assert "| 100 | a\\|b, [c](d) | |\n" in page(place)
    assert "| `second` | A line through points | 100 | | |\n" in page(place)
    assert stale_lists(load(place)) == []


def test_pages_without_marks_are_left_alone(place):
    (place / "README.md").write_text("# C\n", encoding="utf-8")
    (place / "STUDENTS.md").unlink()
    assert stale_lists(load(place)) == []
    assert write_lists(load(place)) == []


@pytest.mark.parametrize(
    "marks", ["<!-- assignments -->", "<!-- assignments -->\n<!-- assignments -->\n<!-- /assignments -->"]
)
def test_a_mark_without_its_end_is_refused(place, marks):
    (place / "README.md").write_text(f"# C\n\n{marks}\n\nMore.\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"README.md: one <!-- assignments --> is followed by one"):
        write_lists(load(place))


def test_check_says_which_page_is_old(monkeypatch, capsys):
    from autograde.authoring import checks

    monkeypatch.setattr(checks, "drift", list)
    monkeypatch.setattr(checks, "leaks_in", lambda files: [])
    monkeypatch.setattr(checks, "stale_lists", lambda course: ["the assignments in README.md are not"])
    monkeypatch.setattr(checks, "_python", lambda *arguments: 0)
    assert check_all() == 1
    assert capsys.readouterr().out == "check: the assignments in README.md are not\n"


def test_the_readme_says_of_each_assignment_what_it_is_about():
    head, *rows = rows_of(this_course())
    about = {cells[0].strip("`"): dict(zip(head, cells, strict=True)) for cells in rows}
    assert [name for name in this_course().assignments if not about[name]["what it is about"]] == []
