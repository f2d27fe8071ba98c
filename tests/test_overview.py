"""Where one stands: the card at the end of a notebook, the front page, and what is kept beside the notebooks."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from autograde.authoring.contents import FromContents, contents_of
from autograde.authoring.new import new_course
from autograde.authoring.sample import SampleNotebook
from autograde.authoring.script import read_script
from autograde.course import ENGINE, CourseError, load, this_course
from autograde.hidden import grader_check
from autograde.judging.judge import judge
from autograde.judging.notebook_run import Rules
from autograde.judging.submission import as_handed_out
from autograde.judging.tiers import isolate, limits_for
from autograde.notebook import is_showcase
from checking import progress
from checking.check import OVERVIEW_TYPE, Check
from checking.contents import Chapter, Contents, Section, read_contents
from checking.questions import Case, Question

CASES = (Case("two", (2,), 4), Case("three", (3,), 9))
DOUBLE = Question("double", 10.0, (Case("two", (2,), 4), Case("five", (5,), 10)), section="1 · Twice")
SQUARE = Question("square", 30.0, CASES, section="2 · Times itself")
CHAPTER = Chapter(
    "demo",
    "Demo: a start",
    "demo/demo.ipynb",
    40.0,
    sections=(
        Section("1 · Twice", 5, "cell-id=a", ("double",)),
        Section("2 · Times itself", 7, "cell-id=b", ("square",)),
        Section("3 · Afterwards", 8, "cell-id=c"),
    ),
)
NEXT = Chapter("later", "What comes later", "later/later.ipynb", 10.0, sections=(Section("1", 3, "x", ("f",)),))
CONTENTS = Contents("A course", "front.ipynb", (CHAPTER, NEXT, Chapter("play", "To play with", "play/play.ipynb")))


class Notebook:
    """Cells that are run one after the other in a kernel's namespace."""

    def __init__(self, questions=(DOUBLE, SQUARE), contents=CONTENTS):
        self.check = Check(lambda: {"demo": {q.name: q for q in questions}}, contents=lambda: contents)
        self.check.begin("demo")
        self.names = {"check": self.check}

    def run(self, source):
        exec(compile(source, "<cell>", "exec"), self.names)
        return self

    def card(self):
        return self.run("card = check.overview()").names["card"]

    def states(self):
        return {each["name"]: each["state"] for each in self.card().summary["functions"]}


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A notebook of a course that has a front page, one folder above it."""
    (tmp_path / "front.ipynb").touch()
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "demo.ipynb").touch()
    monkeypatch.chdir(tmp_path / "demo")
    return Notebook()


RIGHT = "def double(x):\n    return 2 * x\ncheck(double)"
STUB = "def square(x):\n    raise NotImplementedError\ncheck(square)"


def test_before_any_check_it_says_to_run_the_cells(notebook):
    assert notebook.states() == {"double": "unchecked", "square": "unchecked"}
    text = notebook.card().text
    assert "0 of 40 points on the visible cases" in text
    assert "Next: run the cells from the top" in text


def test_it_has_points_state_section_and_time_of_each_function(notebook):
    card = notebook.run(RIGHT).run(STUB).card()
    assert notebook.states() == {"double": "right", "square": "unfilled"}
    assert "10 of 40 points on the visible cases" in card.text
    assert "Next: write `square`" in card.text
    assert "1 of 2 functions is right; the sections of the others take about 7 minutes" in card.text
    assert "`square` · section 2 · Times itself (7 min) · ○ not started yet · 0 of 30" in card.text.replace("\xa0", " ")
    assert 'href="demo.ipynb#cell-id=b"' in card.html
    assert "cell-id=a" not in card.html, "what is right need not be read again"
    assert card._repr_mimebundle_()[OVERVIEW_TYPE]["score"] == 10


def test_where_all_is_right_it_says_how_to_hand_in_and_what_comes_next(notebook):
    text = notebook.run(RIGHT).run("def square(x):\n    return x * x\ncheck(square)").card().text
    assert "40 of 40" in text
    assert "Restart Kernel and Run All Cells" in text
    assert "go on with What comes later" in text


def test_a_broken_function_has_the_state_that_its_check_gave(notebook):
    notebook.run("def double(x):\n    return 1 / 0\ncheck(double)").run(
        "def square(x):\n    return x + 2\ncheck(square)"
    )
    assert notebook.states() == {"double": "wrong", "square": "partly"}
    assert "Next: mend `double`" in notebook.card().text


def test_no_function_is_called_for_it(notebook):
    notebook.run(
        "calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x\ncheck(double)\nbefore = len(calls)"
    )
    notebook.card()
    assert len(notebook.names["calls"]) == notebook.names["before"] > 0


def test_a_function_that_was_changed_since_is_not_said_to_be_right(notebook):
    notebook.run(RIGHT).run(STUB)
    assert notebook.run("def double(x):\n    return 3 * x").states()["double"] == "changed"
    assert "– of 10" in notebook.card().text.replace("\xa0", " ")
    assert "run the check of `double` again" in notebook.card().text
    assert notebook.run("def double(x):\n    return 2 * x").states()["double"] == "right", "its cell, run once more"


def test_a_cell_that_python_cannot_read_is_named(notebook, monkeypatch):
    notebook.run(RIGHT)
    monkeypatch.setattr(notebook.check, "_is_unread", lambda name: name == "double")
    assert notebook.states()["double"] == "unread"
    assert "mend the cell of `double`" in notebook.card().text


@pytest.mark.parametrize(
    "odd",
    [
        "double = 3",
        "del double",
        "class Odd:\n    def __getattr__(self, name):\n        raise SystemExit\n    __eq__ = __getattr__\ndouble = Odd()",
        "import functools\ndouble = functools.partial(double)",
        "double = lambda *a: 1 / 0",
    ],
)
def test_whatever_has_the_name_of_a_function_it_never_raises(notebook, odd):
    assert notebook.run(RIGHT).run(odd).states()["double"] == "changed"


def test_it_sets_no_colour_of_text_and_no_background(notebook):
    """So that contrast is that of the page, in the light and in the dark. Only the bar at the left is coloured."""
    html = notebook.run(RIGHT).run(STUB).card().html
    assert not re.search(r"[;\"]\s*color\s*:", html)
    assert set(re.findall(r"background:([^;\"]+)", html)) == {"none"}
    assert re.findall(r"#[0-9A-F]{6}", html) == ["#E69F00"]


def test_a_course_that_says_nothing_of_its_notebooks_has_it_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bare = Notebook(contents=Contents()).run(RIGHT).run(STUB)
    assert "section 2 · Times itself" in bare.card().text
    assert "minutes" not in bare.card().text
    assert "<a " not in bare.card().html
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_with_another_name_has_no_link_that_leads_nowhere(notebook):
    Path("demo.ipynb").rename("mine.ipynb")
    assert "<a " not in notebook.run(STUB).card().html


def test_answers_for_a_person_are_mentioned(notebook):
    more = replace(CONTENTS, chapters=(replace(CHAPTER, answers=2), NEXT))
    assert "2 answers more: a person reads" in Notebook(contents=more).card().text


# What is kept


def test_the_front_page_has_what_the_checks_last_said(notebook, monkeypatch):
    notebook.run(RIGHT).run(STUB)
    monkeypatch.chdir("..")
    card = Check(dict, contents=lambda: CONTENTS).overview()
    text = card.text.replace("\xa0", " ")
    assert "10 of 50 points" in text
    assert "Demo: a start · about 7 minutes left · ◐ begun · 10 of 40" in text
    assert "What comes later · about 3 minutes · ○ not started yet · 0 of 10" in text
    assert "To play with" not in text, "nothing is checked there"
    assert "Next: go on with Demo: a start." in text
    assert 'href="demo/demo.ipynb"' in card.html


def test_the_file_is_for_people_too_and_what_is_new_replaces_what_was(notebook):
    notebook.run(RIGHT).run(STUB).run("def double(x):\n    return 0\ncheck(double)")
    (file,) = Path("../progress").iterdir()
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["about"].startswith("What check last showed you")
    assert {name: entry["score"] for name, entry in kept["functions"].items()} == {"double": 0, "square": 0}


def test_nothing_is_kept_where_there_is_no_front_page(notebook):
    Path("../front.ipynb").unlink()
    notebook.run(RIGHT)
    assert not Path("../progress").exists()


def test_the_graders_check_keeps_nothing(notebook):
    hidden = replace(DOUBLE, cases=(*DOUBLE.cases, Case("of the grader", (7,), 14, hidden=True)))
    graders = Notebook((hidden,)).run(RIGHT)
    assert not Path("../progress").exists()
    assert "10 of 10 points\n" in graders.card().text
    assert "visible" not in graders.card().text.splitlines()[0]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"functions": 3}', b'{"functions": {"double": {"score": "x"}}}', b"\xff\xfe", b"null",
     b'{"functions": {"double": {"score": NaN, "points": 10}}}', b'{"functions": {"double": {"score": 99, "points": 10}}}',
     b"[" * 100_000],
)  # fmt: skip
def test_a_damaged_file_is_as_good_as_none(notebook, content):
    Path("../progress").mkdir()
    Path("../progress/demo.json").write_bytes(content)
    assert "stand · 0 of 50" in Check(dict, contents=lambda: CONTENTS).overview().text
    notebook.run(RIGHT)
    assert progress.done_in(Path("../progress"), "demo")["double"].score == 10


def test_where_nothing_can_be_written_a_check_works_as_ever(notebook):
    Path("../progress").write_text("a file in the place of the folder")
    assert float(notebook.run(RIGHT + "\nscore = check(double)").names["score"]) == 10
    Path("../progress").unlink()
    Path("../progress").mkdir()
    Path("../progress/demo.json").mkdir()
    assert float(notebook.run("score = check(double)").names["score"]) == 10
    assert [path.name for path in Path("../progress").iterdir()] == ["demo.json"], "and nothing half written is left"


def test_two_notebooks_that_are_open_at_once_lose_nothing(tmp_path):
    program = (
        "import sys; from pathlib import Path; from checking import progress\n"
        "for i in range(200): progress.note(Path(sys.argv[1]), sys.argv[2], {f'f{i}': (i, 200.0)})"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "progress")]
    environment = {**os.environ, "PYTHONPATH": str(ENGINE)}
    both = [subprocess.Popen([*command, name], env=environment) for name in ("one", "two")]
    assert [process.wait() for process in both] == [0, 0]
    for name in ("one", "two"):
        assert len(progress.done_in(tmp_path / "progress", name)) == 200
    assert len(list((tmp_path / "progress").iterdir())) == 2


def front_page():
    """The card of the front page, in a kernel of its own, with blanks that are blanks."""
    return Check(dict, contents=lambda: CONTENTS).overview().text.replace("\xa0", " ")


SQUARED = "def square(x):\n    return x * x\ncheck(square)"


def test_after_a_restart_it_says_what_was_there_when_last_checked(notebook):
    notebook.run(RIGHT).run(SQUARED)
    restarted = Notebook()
    text = restarted.card().text.replace("\xa0", " ")
    assert "Nothing has been checked since the kernel was started. When last checked: 40 of 40 points." in text
    assert "0 of 40 points" not in text.replace("40 of 40 points", "")
    assert "Next: run the cells from the top" in text
    assert re.search(r"`square` · – not checked yet .*· 30 of 30 · when last checked \(20\d\d-\d\d-\d\d\)", text)
    assert "minutes" not in text, "there is nothing to read again"
    text = restarted.run("def double(x):\n    return 0\ncheck(double)").card().text.replace("\xa0", " ")
    assert "· 0 of 40 points on the visible cases" in text
    assert "1 function has not been checked since the kernel was started. When last checked: 30 of 30 points." in text
    assert "`double` · section 1 · Twice (5 min) · ✗ not right yet · 0 of 10\n" in text
    assert "1 of 2 functions was right when last checked; the sections of the others take about 5 minutes" in text
    assert "when last checked" not in restarted.run(RIGHT).run(SQUARED).card().text


@pytest.mark.parametrize(
    "entry", [{"score": "x"}, 3, None, {"score": 99, "points": 30}, {"score": 10**400, "points": 30}]
)
def test_one_damaged_number_takes_nothing_from_the_others(notebook, entry, monkeypatch):
    notebook.run(RIGHT).run(SQUARED)
    (file,) = Path("../progress").iterdir()
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["functions"]["square"] = entry
    file.write_text(json.dumps(kept), encoding="utf-8")
    assert "Not all of `progress/demo.json` could be read" in Notebook().card().text
    monkeypatch.chdir("..")
    text = front_page()
    assert "· 10 of 50 points" in text
    assert "in each notebook, as far as they could be read." in text
    assert "Demo: a start · – not all could be read · 10 of 40" in text
    assert (
        "Not all could be read of `progress/demo.json`; running that notebook once more brings the points back." in text
    )
    assert "Next: run Demo: a start once more." in text


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"[" * 100_000, None])
def test_the_front_page_says_which_file_cannot_be_read(notebook, content, monkeypatch):
    Path("../progress").mkdir()
    file = Path("../progress/demo.json")
    file.mkdir() if content is None else file.write_bytes(content)
    monkeypatch.chdir("..")
    text = front_page()
    assert "`progress/demo.json`; running that notebook once more" in text
    assert "– not all could be read · – of 40" in text
    assert "These are the points that the checks last showed you" not in text, "there are none"
    assert "later.json" not in text


def test_of_points_that_are_gone_the_front_page_says_how_they_come_back(notebook, monkeypatch):
    notebook.run(RIGHT)
    monkeypatch.chdir("..")
    assert "These are the points that the checks last showed you" in front_page()
    Path("progress/demo.json").unlink()
    assert "running the notebook once more brings them back" in front_page()
    assert "These are the points" not in front_page()


def test_where_nothing_can_be_kept_both_cards_say_so(notebook, monkeypatch):
    said = "Your points cannot be kept for another day: nothing can be written to the folder `progress` beside `front.ipynb`."
    assert said not in notebook.card().text
    Path("../progress").write_text("a file in the place of the folder")
    assert notebook.card().text.count(said) == 1
    assert notebook.run(RIGHT).card().text.count(said) == 1
    monkeypatch.chdir("..")
    assert front_page().count(said) == 1
    assert "could be read" not in front_page(), "one sentence is enough"


def test_a_file_that_turns_out_not_to_be_writable_is_said_until_it_is(notebook, monkeypatch):
    def refuse(*paths):
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        assert "cannot be kept" in notebook.run(RIGHT).card().text
    assert list(Path("../progress").iterdir()) == [], "and nothing half written is left"
    assert "cannot be kept" not in notebook.run(RIGHT).card().text


def test_a_notebook_that_lies_elsewhere_says_that_it_is_not_counted(notebook, monkeypatch):
    said = "`front.ipynb` does not count this notebook where it lies"
    assert said not in notebook.run(RIGHT).card().text
    Path("deeper").mkdir()
    monkeypatch.chdir("deeper")
    assert notebook.run(RIGHT).card().text.count(said) == 1
    assert "cannot be kept" not in notebook.card().text
    hidden = replace(DOUBLE, cases=(*DOUBLE.cases, Case("of the grader", (7,), 14, hidden=True)))
    assert said not in Notebook((hidden,)).run(RIGHT).card().text
    assert "does not count" not in Notebook(contents=Contents()).run(RIGHT).card().text, "there is no front page at all"


# In the notebooks of this course


@pytest.mark.parametrize("name", this_course().ungraded)
def test_the_first_code_cell_imports_check_once_and_is_locked(name):
    cells = nbformat.read(this_course().notebook(name), as_version=4).cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    assert first.source.count("from helpers import check") == 1
    assert first.source.count("import sys") == 1
    assert (first.metadata.get("editable"), first.metadata.get("deletable")) == (False, False)
    others = [cell for cell in cells if cell is not first]
    assert all(cell.metadata.get("editable", True) is ("<details>" not in cell.source) for cell in others)


def test_the_front_page_says_which_notebooks_need_tensorflow():
    course = this_course()
    page = nbformat.read(course.notebook(course.front), as_version=4)
    (said,) = [line for cell in page.cells for line in cell.source.splitlines() if "need TensorFlow" in line]
    needing = [
        a for a in course.assignments if re.search(r"^import tensorflow", course.script(a).read_text("utf-8"), re.M)
    ]
    assert re.findall(r"`(\w+)`", said) == needing


def test_how_links_and_texts_behave_is_said_once_before_the_first_link_to_a_section():
    course = this_course()
    page = nbformat.read(course.notebook(course.front), as_version=4)
    text = "\n".join(cell.source for cell in page.cells)
    for said in ("opens at its top", "double click on a text"):
        assert text.count(said) == 1
        assert text.index(said) < text.index("#cell-id=")


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_it_is_the_last_code_cell_and_grading_skips_it(assignment):
    last = [cell for cell in as_handed_out(assignment).cells if cell.cell_type == "code"][-1]
    assert last.source == "check.overview()"
    assert is_showcase(last)
    assert "nbgrader" not in last.metadata


def test_points_are_the_same_with_it_without_it_and_with_another_in_its_place():
    assignment = "gradient_checking"
    rules = Rules(seconds_per_cell=20, seconds=120, showcase=False)
    isolation, _ = isolate("auto", [assignment], limits_for(rules))
    questions = {q.name: q for q in list(grader_check(assignment)._questions()[assignment].values())[:2]}
    points = []
    try:
        for change in ("", None, "check.overview = check = None"):
            work = SampleNotebook(assignment)
            work.solve(work.functions[0])
            cells = [c for c in work.notebook.cells if not is_showcase(c) or "overview" in c.source]
            work.notebook.cells = cells[:-1] if change is None else cells
            if change:
                cells[-1].source, cells[-1].metadata = change, nbformat.NotebookNode()
            judged = judge(work.notebook, questions, isolation.boxes().opener(assignment), rules)
            points.append([(answer.question, answer.score) for answer in judged.answers])
    finally:
        isolation.close()
    assert points[0] == [("forward_propagation", 10), ("backward_propagation", 0)]
    assert all(each == points[0] for each in points)


def test_with_nbgraders_own_check_it_has_all_cells_and_tells_no_hidden_case():
    names = {}
    for cell in read_script(this_course().script("gradient_checking")).notebook.cells[:40]:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id") == "setup" or marks.get("solution") or marks.get("grade"):
            exec(compile(cell.source, "<cell>", "exec"), names)
    card = names["check"].overview() if "check" in names else None
    states = {each["name"]: each["state"] for each in card.summary["functions"]}
    assert list(states.values()).count("unchecked") < len(states) - 1, "the card has what several check cells said"
    hidden = [c.name for q in grader_check("gradient_checking")._known().values() for c in q.cases if c.hidden]
    assert hidden
    assert [name for name in hidden if name in card.text] == []


def links(text):
    return re.findall(r"\]\(([^()\s]*(?:\([^()]*\)[^()\s]*)*)\)", text)


def test_every_link_of_the_front_page_into_a_notebook_leads_to_a_cell_with_a_heading():
    course = this_course()
    page = nbformat.read(course.notebook(course.front), as_version=4)
    found = [link for cell in page.cells for link in links(cell.source) if ".ipynb" in link]
    for link in found:
        path, _, place = link.partition("#")
        cells = nbformat.read(course.notebooks / unquote(path), as_version=4).cells
        if place:
            (cell,) = [cell for cell in cells if f"cell-id={cell.id}" == place]
            assert cell.source.startswith("## "), link
    assert len(found) > 100


def test_the_self_test_mixes_all_notebooks():
    course = this_course()
    page = nbformat.read(course.notebook(course.front), as_version=4)
    asked = [cell.source for cell in page.cells if cell.source.startswith("**Recall**")]
    about = [next(link for link in links(source) if ".ipynb" in link).partition("/")[0] for source in asked]
    assert set(about) == set(course.assignments)
    assert len(about) <= 2 * len(course.assignments), "a few minutes, not an examination"
    assert not any(one == other for one, other in pairwise(about)), "no two of one notebook in a row"
    assert all(source.count("**Right.**") == 1 for source in asked)


def test_the_minutes_that_a_notebook_says_are_those_of_its_sections():
    for chapter in (c for c in read_contents(this_course().contents).chapters if c.points):
        text = "\n".join(c.source for c in as_handed_out(chapter.name).cells[:1])
        (said,) = re.findall(r"about (\d+) minutes", text)
        assert abs(int(said) - chapter.minutes) < 5, chapter.name


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_every_section_in_which_something_is_run_ends_with_an_open_task(assignment):
    sections = {}
    for cell in as_handed_out(assignment).cells:
        if cell.cell_type == "markdown" and (heading := re.match(r"## (\d+) ·", cell.source)):
            sections[assignment, int(heading[1])] = []
        elif cell.source.startswith("## "):
            sections[assignment, 0] = []
        if sections:
            list(sections.values())[-1].append(cell)
    wanted = {
        place for place, cells in sections.items() if place[1] and any(cell.cell_type == "code" for cell in cells)
    }
    assert len(wanted) >= 6
    for place in wanted:
        last = sections[place][-1].source
        assert last.startswith("**What if "), place
        assert "?**" in last, place


@pytest.mark.parametrize("name", this_course().handed_out)
def test_every_paper_that_is_named_is_linked(name):
    named = re.compile(r"\b[A-Z][a-z]\w+(?: et al\.|,? (?:[A-Z]\w+, )*[A-Z]?\w* ?and [A-Z]\w+)?,? \(?(?:19|20)\d\d\b")
    people = re.compile(r" et al\.| and [A-Z]|^[A-Z][a-z]+, (?:19|20)")
    for cell in nbformat.read(this_course().notebook(name), as_version=4).cells:
        if cell.cell_type == "markdown":
            outside = re.sub(r"\[[^\[\]]*\]\(https?://\S+?\)(?: \((?:19|20)\d\d\))?", "", cell.source)
            outside = re.sub(r"^- [A-Z].*", "", outside, flags=re.MULTILINE)  # books, with their titles as links
            assert [found for found in named.findall(outside) if people.search(found)] == []


# In the course of somebody else


@pytest.fixture
def place(tmp_path):
    new_course(tmp_path / "c")
    return tmp_path / "c"


def test_a_new_course_has_a_front_page_and_an_overview(place):
    course = load(place)
    assert course.notebook(course.front) == place / "notebooks" / "start.ipynb"
    contents = contents_of(course)
    (chapter,) = contents.chapters
    assert (chapter.title, chapter.minutes, chapter.points) == ("A line through points", 15, 100)
    page = read_script(course.script("start"), FromContents(course, "start", contents)).notebook
    assert "[A line through points](first_steps/first_steps.ipynb) | 100 | 15 |" in page.cells[1].source
    cells = read_script(course.script("first_steps")).notebook.cells
    assert [cell.source for cell in cells if cell.cell_type == "code"][-1] == "check.overview()"


def test_a_course_without_a_front_page_is_a_course(place):
    path = place / "course.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('front = "start"', ""), encoding="utf-8")
    course = load(place)
    assert course.handed_out == ("first_steps",)
    assert contents_of(course).front == ""


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ('term = "line"\nsays = "It is straight."\nplaces = ["first_steps 9"]', "there is no place 'first_steps 9'"),
        ('term = "line"\nsays = "It is straight."\nplaces = ["second 1"]', "there is no place 'second 1'"),
        ('term = "line"\nsays = "It is straight."\nplaces = ["first_steps"]', "there is no place 'first_steps'"),
        ('term = "line"\nsays = "It is straight."', "'places' is missing"),
        ('term = "line"\nsays = 3\nplaces = ["first_steps 1"]', "'says' is not known here, or not of the right kind"),
        ('term = "line"\nsays = "a"\nplace = ["first_steps 1"]', "'place' is not known here"),
        ("term = ", "this is no list of"),
        (None, "is missing, which the glossary"),
    ],
)
def test_what_is_wrong_with_a_glossary_is_said_in_one_line(place, term, said):
    course, glossary = load(place), place / "solutions" / "start" / "glossary.toml"
    if term is not None:
        glossary.write_text(f"[[term]]\n{term}\n", encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(said)) as refused:
        FromContents(course, "start", contents_of(course)).text("glossary")
    assert "glossary.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_glossary_is_sorted_and_leads_to_the_place(place):
    course = load(place)
    lines = [("zero", "first_steps 2"), ("Alpha", "first_steps 1")]
    text = "".join(f'[[term]]\nterm = "{term}"\nsays = "So."\nplaces = ["{at}"]\n' for term, at in lines)
    (place / "solutions" / "start" / "glossary.toml").write_text(text, encoding="utf-8")
    contents = contents_of(course)
    first, second = FromContents(course, "start", contents).text("glossary").splitlines()
    anchor = contents.chapters[0].sections[0].anchor
    assert first == f"- **Alpha**: So. ([A line through points, 1](first_steps/first_steps.ipynb#{anchor}))"
    assert second.startswith("- **zero**")


def test_a_question_from_memory_names_its_notebook_and_its_place_must_exist(place):
    course = load(place)
    script = course.script("start")
    question = '\n# %% [markdown] recall="first_steps 2"\n# Which?\n#\n# - this\n#   No.\n# * that\n#   Yes.\n'
    text = script.read_text(encoding="utf-8")
    script.write_text(text + question, encoding="utf-8")
    expand = FromContents(course, "start", contents_of(course))
    said = read_script(script, expand).notebook.cells[-1].source
    assert said.startswith("**Recall**, from *A line through points*. Which?")
    assert said.count("It is in [A line through points, 2](first_steps/first_steps.ipynb#") == 2
    script.write_text(text + question.replace("first_steps 2", "first_steps 7"), encoding="utf-8")
    with pytest.raises(CourseError, match="there is no place 'first_steps 7'"):
        read_script(script, expand)


def test_contents_that_cannot_be_read_are_none(tmp_path):
    for i, text in enumerate(("", "{}", '{"title": "a", "front": "", "chapters": [{"name": 1}]}', "[]")):
        path = tmp_path / f"{i}.json"
        path.write_text(text, encoding="utf-8")
        assert read_contents(path) == Contents()
    assert read_contents(tmp_path / "none.json") == Contents()
