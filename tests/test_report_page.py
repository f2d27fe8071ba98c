"""The class report in a real browser: nothing runs or is fetched, it fits a phone and paper, and axe finds no fault."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import CHROMIUM, page
from report_class import HOSTILE, large_class, mixed_class, written

from autograde.course import this_course

pytestmark = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")

PICTURES = this_course().build / "screenshots"
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
CLASSES = {"mixed": mixed_class, "one": lambda: large_class(1), "many": lambda: large_class(500)}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """{name of a class: the address of its report}."""
    addresses = {}
    for name, made in CLASSES.items():
        out = tmp_path_factory.mktemp(name)
        written(made(), out)
        addresses[name] = (out / "report.html").as_uri()
    return addresses


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", ["mixed", "one"])
def test_axe_finds_nothing_that_keeps_anybody_out(reports, name, size, scheme):
    PICTURES.mkdir(parents=True, exist_ok=True)
    with page(viewport=size, color_scheme=scheme) as tab:
        tab.goto(reports[name])
        tab.screenshot(path=PICTURES / f"report_{name}_{scheme}_{size['width']}.png", full_page=True)
        violations = Axe().run(tab).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]
    assert grave == []


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_is_fetched_and_nothing_runs(reports, name):
    with page(viewport=WIDE) as tab:
        asked, said = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("dialog", lambda dialog: (said.append("dialog"), dialog.dismiss()))
        tab.goto(reports[name], wait_until="networkidle")
        assert tab.evaluate("() => window.evil") is None
        assert (asked, said) == ([reports[name]], [])


@pytest.mark.parametrize("name", CLASSES)
def test_the_page_fits_a_phone_and_wide_tables_are_scrolled_by_themselves(reports, name):
    with page(viewport=NARROW) as tab:
        tab.goto(reports[name])
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= NARROW["width"]
        assert tab.locator("main > table").count() == 0


@pytest.mark.parametrize("name", CLASSES)
def test_on_paper_no_table_is_wider_than_the_sheet(reports, name):
    with page(viewport={"width": 718, "height": 1000}) as tab:  # A4 less its margins
        tab.emulate_media(media="print")
        tab.goto(reports[name])
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= 718
        regions = "() => [...document.querySelectorAll('.scroll')].filter((r) => r.scrollWidth > r.clientWidth).length"
        assert tab.evaluate(regions) == 0
        assert not tab.locator("nav").is_visible()


def shown(tab):
    """The students in the table, from its top, and what is said of how many there are."""
    return tab.locator("#by-student tbody th").all_inner_texts(), tab.locator("#found").inner_text()


def test_students_are_found_filtered_and_sorted_on_the_page_alone(reports):
    with page(viewport=WIDE) as tab:
        failed = []
        tab.on("pageerror", lambda error: failed.append(str(error)))
        tab.goto(reports["many"])
        students, said = shown(tab)
        assert (len(students), said) == (300, "500 of 500 students, the first 300 are shown")
        assert students == sorted(students)
        tab.get_by_label("Find").fill("STUDENT012")
        assert shown(tab) == ([f"student012{i}" for i in range(10)], "10 of 500 students")
        tab.get_by_label("Find").fill("")
        heading = tab.get_by_role("columnheader", name="together")
        heading.get_by_role("button").focus()
        tab.keyboard.press("Enter")
        assert heading.get_attribute("aria-sort") == "descending"
        best = [float(words) for words in tab.locator("#by-student tbody tr td:last-child").all_inner_texts()]
        assert best == sorted(best, reverse=True)
        tab.keyboard.press("Enter")
        assert heading.get_attribute("aria-sort") == "ascending"
        worst = [float(words) for words in tab.locator("#by-student tbody tr td:last-child").all_inner_texts()]
        assert worst == sorted(worst)
        assert worst[0] < best[-1]
        tab.get_by_label("Find").fill("nobody has this name")
        assert shown(tab) == ([], "0 of 500 students")
        assert failed == []


def test_who_needs_a_person_is_shown_by_name_whatever_the_name_is(reports):
    with page(viewport=WIDE) as tab:
        tab.goto(reports["mixed"])
        everybody, _ = shown(tab)
        tab.get_by_label("Show").select_option("person")
        students, said = shown(tab)
        assert set(HOSTILE) <= {name.strip() for name in students}
        assert said == f"{len(students)} of {len(everybody)} students"
        assert len(students) < len(everybody)
        tab.get_by_label("Show").select_option("missing")
        assert len(shown(tab)[0]) < len(students)
        links = tab.locator("#by-student tbody a").evaluate_all("(links) => links.map((a) => a.getAttribute('href'))")
        assert links
        assert all(link.startswith("feedback/") and link.count("/") == 3 for link in links)
        assert tab.evaluate("() => window.evil") is None


def test_it_can_be_read_without_scripts_and_moved_through_by_keyboard(reports):
    with page(viewport=NARROW, java_script_enabled=False) as tab:
        tab.goto(reports["mixed"])
        assert tab.locator("svg").count() == tab.locator("figcaption").count() == len(this_course().assignments)
        assert tab.get_by_role("heading", name="Difficulty of the questions").is_visible()
    with page(viewport=NARROW) as tab:
        tab.goto(reports["mixed"])
        regions = tab.locator(".scroll").count()
        reached = set()
        for _ in range(20):
            tab.keyboard.press("Tab")
            reached.add(tab.evaluate("() => document.activeElement.getAttribute('aria-label')"))
        assert "Points by assignment" in reached
        assert regions == len({tab.locator(".scroll").nth(i).get_attribute("aria-label") for i in range(regions)})
