"""The site, opened from its folder in a real browser without network: widgets answer, search finds, nothing is asked of
anybody, and no answer is in it. How fast widgets answer, benchmarks/site_explorers.py measures.
"""

import contextlib
import json
import re
import shutil
from typing import NamedTuple

import nbformat
import pytest
from browser import CHROMIUM, page, serious
from bs4 import BeautifulSoup
from nbformat.v4 import new_output
from small_course import course

from autograde.authoring import pages, site
from autograde.authoring.executed import solved
from autograde.authoring.leaks import leaks_in
from autograde.course import CourseError, this_course
from autograde.notebook import grade_id, is_function
from helpers.explorers import EXPLORERS
from helpers.explorers.race import RACE, RACE_WITH_YOURS

in_browser = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
NOTEBOOKS = this_course().in_reading_order
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 480, "height": 800}
HERE = ("file", "blob", "data", "about")  # schemes of what is asked of nobody


@pytest.fixture(scope="module")
def folder(tmp_path_factory, ran_solved):
    """The site of this course."""
    out = tmp_path_factory.mktemp("site") / "site"
    site.write_site(out, ran_solved)
    return out


@pytest.fixture(scope="module")
def asked():
    """The addresses of all requests so far."""
    return []


@pytest.fixture(scope="module")
def opened(folder, asked):
    """What opens a page of the site without network, for as long as it is looked at."""

    @contextlib.contextmanager
    def open_page(name, **options):
        with page(**{"viewport": WIDE, "offline": True, **options}) as tab:
            tab.problems = []
            tab.on("request", lambda request: asked.append(request.url))
            tab.on("pageerror", lambda error: tab.problems.append(str(error)))
            tab.goto(f"{folder.as_uri()}/{name}")
            if options.get("java_script_enabled", True):
                tab.wait_for_function("document.documentElement.dataset.widgets", timeout=120_000)
            yield tab

    return open_page


@pytest.fixture
def new_tab(opened):
    """What opens a page that is closed after the test."""
    with contextlib.ExitStack() as tabs:
        yield lambda name, **options: tabs.enter_context(opened(name, **options))


def place(name):
    """Where the page of a notebook lies."""
    course = this_course()
    return course.notebook(name).relative_to(course.root).with_suffix(".html").as_posix()


def soup(folder, name):
    return BeautifulSoup((folder / name).read_text(encoding="utf-8"), "html.parser")


# --- widgets


@pytest.fixture(scope="module")
def all_explorers(opened):
    """The page that has each explorer."""
    with opened(place("explorers")) as tab:
        yield tab


DRAWN = "(section) => [...section.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join()"


@in_browser
@pytest.mark.parametrize("explorer", EXPLORERS.values(), ids=list(EXPLORERS))
def test_every_explorer_answers_a_moved_control(explorer, all_explorers):
    section = all_explorers.get_by_role("region", name=explorer.title, exact=True)
    section.scroll_into_view_if_needed()
    words = section.locator(".explorer-summary")
    words.filter(has_text=re.compile(".")).wait_for()
    before = section.evaluate(DRAWN)
    slider = section.locator("input[type=range]").first
    slider.focus()
    at_end = slider.evaluate("(input) => input.value === input.max")
    all_explorers.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    all_explorers.wait_for_function(
        f"([section, before]) => ({DRAWN})(section) !== before", arg=[section.element_handle(), before], timeout=30_000
    )
    assert all_explorers.problems == []


@in_browser
def test_the_still_pictures_give_way_to_what_moves(all_explorers):
    all_explorers.wait_for_timeout(300)
    assert all_explorers.locator("article .site-picture:visible").count() == 0
    assert all_explorers.locator("article .explorer:visible").count() == len(EXPLORERS)


@in_browser
def test_without_javascript_each_still_picture_is_there_with_its_words(new_tab):
    tab = new_tab(place("explorers"), java_script_enabled=False)
    assert tab.locator("article .site-picture:visible").count() == len(EXPLORERS)
    for explorer in EXPLORERS.values():
        assert tab.get_by_role("img", name=f"{explorer.title}, a still picture.").count() == 1
        assert tab.get_by_text(f"{explorer.title}, a still picture.").first.is_visible()


@in_browser
def test_where_a_notebook_runs_the_students_rule_the_page_shows_the_rules_that_it_has(new_tab):
    tab = new_tab(place("optimizers"))
    race = tab.get_by_role("region", name=RACE.title)
    assert race.count() == 1
    missing = {c.label for c in RACE_WITH_YOURS.controls} - {c.label for c in RACE.controls}
    assert missing
    for label in missing:
        assert race.get_by_label(label, exact=True).count() == 0
    assert tab.problems == []


@in_browser
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_widget_of_a_page_is_drawn(name, looked_at, folder):
    widgets = len(soup(folder, place(name)).select(".site-widget"))
    assert looked_at[place(name)].drawn == widgets
    assert len(re.findall(r"\bexplorers\.\w+\(", this_course().script(name).read_text(encoding="utf-8"))) == widgets
    assert looked_at[place(name)].problems == []


# --- reading


@in_browser
def test_search_finds_a_term_and_leads_to_it(new_tab):
    tab = new_tab("index.html")
    tab.get_by_role("textbox", name="Search").fill("symmetry")
    tab.keyboard.press("Enter")
    found = tab.locator("#search-results").get_by_role("link", name=re.compile("Initialization"))
    found.first.click()
    tab.wait_for_url(re.compile("/initialization.html"))
    assert "symmetry" in tab.locator("article").inner_text()


@in_browser
def test_formulas_are_set(new_tab):
    tab = new_tab(place("initialization"))
    tab.locator(".MathJax .mi").first.wait_for(timeout=60_000)
    tab.wait_for_function("document.querySelector('article').innerText.includes('\\\\(') === false", timeout=60_000)


@in_browser
def test_a_prediction_is_answered_by_keyboard(new_tab):
    tab = new_tab(place("initialization"))
    fold = tab.locator("article details", has_text="Not so.").first
    said = fold.locator("p").first
    assert not said.is_visible()
    fold.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert said.is_visible()


READY = """[...document.querySelectorAll('.explorer-summary')].every((p) => p.textContent)
    && (!document.querySelector('.math') || document.documentElement.dataset.formulas)"""


def wrong_with(tab):
    """What axe finds that is serious, and whether the page has to be moved sideways."""
    tab.wait_for_function(READY, timeout=120_000)
    return serious(tab) + tab.evaluate("document.documentElement.scrollWidth > innerWidth ? ['too wide'] : []")


class Seen(NamedTuple):
    """What one visit to a page has shown."""

    wrong: list
    problems: list[str]
    drawn: int


@pytest.fixture(scope="module")
def looked_at(opened, folder):
    """{page: what was seen}, of all pages: opened in a narrow, dark window, which then becomes a wide and light one."""
    seen = {}
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        with opened(name, color_scheme="dark", viewport=NARROW) as tab:
            wrong = wrong_with(tab)
            tab.set_viewport_size(WIDE)
            tab.emulate_media(color_scheme="light")
            tab.wait_for_function(READY)
            seen[name] = Seen(wrong, tab.problems, tab.locator(".site-widget section.explorer").count())
    return seen


@in_browser
def test_axe_finds_nothing_serious_in_any_page(looked_at):
    assert len(looked_at) > len(NOTEBOOKS) + 5
    assert {name: seen for name, seen in looked_at.items() if seen.wrong or seen.problems} == {}


@in_browser
@pytest.mark.parametrize("name", ["index.html", "search.html?q=momentum", place("initialization")])
def test_nor_in_a_wide_and_light_one(name, new_tab):
    tab = new_tab(name)
    assert wrong_with(tab) == []


@in_browser
def test_no_request_leaves_the_site(looked_at, asked, folder):
    """In none of its pages, which have all been opened."""
    assert len(asked) > 100
    assert {name for name in looked_at if f"{folder.as_uri()}/{name}" not in asked} == set()
    assert [address for address in asked if address.partition(":")[0] not in HERE] == []
    assert [a for a in asked if a.startswith("file:") and not a.startswith(folder.as_uri())] == []


def test_every_picture_says_what_it_shows(folder):
    shown = 0
    for path in folder.rglob("*.html"):
        for picture in soup(folder, path.relative_to(folder)).find_all("img"):
            assert picture.get("alt", "").strip(), (path.name, picture.get("src"))
            assert picture["alt"] != pages.UNDESCRIBED
            shown += 1
    assert shown > 50


def test_links_inside_the_site_lead_somewhere(folder):
    pages_ = {path.resolve(): soup(folder, path.relative_to(folder)) for path in folder.rglob("*.html")}
    places = {path: {each["id"] for each in page_.find_all(id=True)} for path, page_ in pages_.items()}
    lost = []
    for path, page_ in pages_.items():
        for address in (link["href"] for link in page_.find_all("a", href=True)):
            target, _, part = address.partition("#")
            there = (path.parent / target).resolve() if target else path
            if ":" not in target and (there not in places or (part and part not in places[there])):
                lost.append((path.name, address))
    assert lost == []


# --- no answer


@pytest.mark.parametrize("name", this_course().assignments)
def test_a_page_has_gaps_where_students_write_and_no_line_of_the_solution(name, folder):
    released = nbformat.read(this_course().notebook(name), as_version=4)
    handed_out = "\n".join(cell.source for cell in released.cells)
    said = soup(folder, place(name)).get_text()
    gaps = sum(is_function(cell) for cell in released.cells)
    assert said.count("raise NotImplementedError") == handed_out.count("raise NotImplementedError") >= gaps >= 4
    solution = {
        line.strip()
        for cell in solved(name).cells
        if is_function(cell)
        for line in cell.source.splitlines()
        if len(line.strip()) > 12
    }
    secret = [line for line in solution if line not in handed_out]
    assert len(secret) > gaps
    assert [line for line in secret if line in said] == []
    assert not re.search(r"\d of \d+ points", said)


def first_solution():
    """The function and the source of the first question of this course."""
    name = this_course().assignments[0]
    cell = next(cell for cell in solved(name).cells if is_function(cell))
    return f"{name}.{grade_id(cell)}", cell.source


def test_a_solution_in_a_page_is_found_however_it_is_marked_up():
    function, source = first_solution()
    spans = "<pre>" + "\n".join(f"<span class='n'>{line}</span>" for line in source.splitlines()) + "</pre>"
    common = "<pre>for l in range(3):\n    print(l)</pre>"
    found = leaks_in({"a.html": spans, "a.js": json.dumps(source), "b.html": common})
    assert found == [f"a part of the solution of {function}, in a.{kind}" for kind in ("html", "js")]


def test_numbers_of_a_hidden_case_are_found_in_any_layout():
    names = this_course().assignments
    documents = [json.loads(this_course().reference(name).read_text(encoding="utf-8")) for name in names]
    questions = [question for document in documents for question in document["questions"]]
    cases = [(case["hidden"], json.dumps(case["args"])) for q in questions for case in (*q["cases"], *q["twins"])]
    shown = "".join(args for hidden, args in cases if not hidden)
    secret = [
        found[0].split(", ")
        for hidden, args in cases
        if hidden and (found := re.search(r"(-?\d+\.\d{6}, ){2}-?\d+\.\d{6}\b", args)) and found[0] not in shown
    ]
    assert len(secret) > len(questions)
    visible = re.findall(r"-?\d+\.\d{6}", shown)[:3]
    laid_out = {f"{i}.html": "<td>" + "</td>\n<td>".join(secret[i]) + "</td>" for i in range(0, len(secret), 9)}
    found = leaks_in({**laid_out, "visible.html": f"<pre>[{' '.join(visible)}]</pre>"})
    assert [words.rpartition("in ")[2] for words in found] == list(laid_out)
    assert all(words.startswith("numbers of a hidden case of ") for words in found)


def test_an_error_among_the_outputs_is_refused():
    name = NOTEBOOKS[-1]
    ran = solved(name)
    cell = next(cell for cell in ran.cells if cell.cell_type == "code" and not grade_id(cell))
    cell.outputs = [new_output("error", ename="KeyError", evalue="'W1'", traceback=["a line of the solution"])]
    with pytest.raises(CourseError, match=f"'{cell.id}' of the executed notebook ends in KeyError"):
        pages.page_of(name, ran)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.html", '<img src="https://example.org/a.png">', "a.html loads https://example.org/a.png"),
        ("a.html", '<script src="//example.org/a.js"></script>', "a.html loads //example.org/a.js"),
        ("a.css", "@import 'https://example.org/a.css';", "a.css loads https://example.org/a.css"),
        ("a.css", "a { background: url(http://example.org/a.png) }", "a.css loads http://example.org/a.png"),
        ("a.html", '<a href="https://example.org">a</a><img src="b/a.png"><link rel="next" href="//b">', None),
    ],
)
def test_what_a_page_would_load_from_elsewhere_is_found(name, content, said, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert list(site.asked_elsewhere(tmp_path)) == ([said] if said else [])


# --- the command


def test_without_its_packages_it_says_in_one_sentence_what_to_install(monkeypatch):
    monkeypatch.setattr(site, "EXTRA", ("sphinx", "no_such_package"))
    with pytest.raises(CourseError, match=r"pip install 'descent\[site\]'") as refused:
        site.require_extra()
    assert "\n" not in str(refused.value)


def test_it_replaces_a_site_and_nothing_else(tmp_path):
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(CourseError, match="holds other things than a site"):
        site.write_site(tmp_path)
    assert (tmp_path / "mine.txt").exists()


def test_a_new_course_has_a_site(tmp_path):
    course("new", "c", cwd=tmp_path)
    course("build", cwd=tmp_path / "c")
    assert "dist/site: 4 pages" in course("site", cwd=tmp_path / "c")
    made = tmp_path / "c" / "dist" / "site"
    said = soup(made, place("first_steps")).get_text()
    assert "raise NotImplementedError" in said
    assert "0.005" in said  # what its demonstration puts out
    assert "w * x + b" not in said
    assert "A line through points" in soup(made, "index.html").find("table").get_text()
