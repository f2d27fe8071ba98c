"""The class report in a real browser: nothing runs or is fetched, it fits a phone and paper, and axe finds no fault."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import CHROMIUM, page
from report_class import large_class, mixed_class, written

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
