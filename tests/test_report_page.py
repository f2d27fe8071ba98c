"""The class report in a real browser: nothing runs or is fetched, it fits a phone and paper, and axe finds no fault."""

import contextlib
import json
import shutil
from functools import cache

import pytest
from browser import CHROMIUM, page, serious
from report_class import HOSTILE, large_class, mixed_class, written

from autograde.course import this_course
from autograde.reporting.report import LONGEST

pytestmark = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")

PICTURES = this_course().build / "screenshots"
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
SIZES = {
    "laptop": {"width": 1366, "height": 768},
    "wide": WIDE,
    "tablet": {"width": 800, "height": 1000},
    "phone": NARROW,
}
PAPER = {"width": 718, "height": 1000}  # A4 less its margins
CLASSES = {
    "mixed": mixed_class,
    "one": lambda: large_class(1),
    "few": lambda: large_class(6),
    "many": lambda: large_class(500),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """{name of a class: the address of its report}."""
    addresses = {}
    for name, made in CLASSES.items():
        out = tmp_path_factory.mktemp(name)
        written(made(), out)
        addresses[name] = (out / "report.html").as_uri()
    return addresses


@pytest.fixture(scope="module")
def look_at(reports):
    """What shows the report of a class, unfolded, in a window of this size. It is opened once for all tests that only
    look; `asked` and `said` have what it fetched, and what its scripts or a dialog said.
    """
    with contextlib.ExitStack() as open_pages:

        @cache
        def opened(name):
            tab = open_pages.enter_context(page(viewport=WIDE))
            tab.asked, tab.said = [], []
            tab.on("request", lambda request: tab.asked.append(request.url))
            tab.on("console", lambda message: tab.said.append(message.text))
            tab.on("dialog", lambda dialog: (tab.said.append("dialog"), dialog.dismiss()))
            tab.goto(reports[name], wait_until="networkidle")
            return tab

        def look(name, size, scheme="light"):
            tab = opened(name)
            tab.set_viewport_size(size)
            tab.emulate_media(color_scheme=scheme)
            unfold(tab)
            return tab

        yield look


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", ["mixed", "one"])
def test_axe_finds_nothing_that_keeps_anybody_out(look_at, name, size, scheme):
    PICTURES.mkdir(parents=True, exist_ok=True)
    tab = look_at(name, size, scheme)
    tab.screenshot(path=PICTURES / f"report_{name}_{scheme}_{size['width']}.png", full_page=True)
    assert serious(tab) == []


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_is_fetched_and_nothing_runs(look_at, reports, name):
    tab = look_at(name, WIDE)
    assert tab.evaluate("() => window.evil") is None
    assert (tab.asked, tab.said) == ([reports[name]], [])


def unfold(tab):
    """Open all that is folded, and wait until what is measured then has been."""
    tab.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


# Each visible word, which is letters and digits, with what it is in: whether it stands in one line, and
# whether any of it lies beyond the edge of the page or of what it is scrolled in; in JSON, because these are many.
PIECES = """() => {
  const found = [], walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.parentElement, region = at.closest(".scroll");
    if (at.closest("script, style, noscript, option, svg") || !at.checkVisibility({contentVisibilityAuto: true})) continue;
    for (const piece of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      const range = document.createRange();
      range.setStart(node, piece.index);
      range.setEnd(node, piece.index + piece[0].length);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      if (!boxes.length) continue;
      const turned = getComputedStyle(at).writingMode !== "horizontal-tb";
      const place = (box) => Math.round(turned ? box.left : box.top);
      found.push({
        word: piece[0],
        of: Math.max(...(node.data.slice(0, piece.index).match(/\\S*$/)[0] + node.data.slice(piece.index).match(/^\\S*/)[0])
          .split("_").map((part) => part.length)),
        broken: Math.max(...boxes.map(place)) - Math.min(...boxes.map(place)) > 4,
        beyond: Math.max(...boxes.map((box) => box.right)) > (region ? region.getBoundingClientRect().right : innerWidth) + 1,
        region: region && region.getAttribute("aria-label"),
      });
    }
  }
  return JSON.stringify(found);
}"""
# Of the regions that are scrolled: what tells of them, to whom sees, to whom listens, to whom uses the keyboard.
REGIONS = """() => Object.fromEntries([...document.querySelectorAll(".scroll")].map((region) => [
  region.getAttribute("aria-label"),
  region.getAttribute("role") === "region" && region.tabIndex === 0 &&
    getComputedStyle(region, "::before").content.includes("scroll sideways") &&
    ["auto", "scroll"].includes(getComputedStyle(region).overflowX),
]))"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CLASSES)
def test_no_word_is_broken_and_nothing_lies_beyond_the_edge_without_a_sign(look_at, name, size):
    tab = look_at(name, SIZES[size])
    assert tab.evaluate("() => document.documentElement.scrollWidth") <= SIZES[size]["width"]
    pieces, tells = json.loads(tab.evaluate(PIECES)), tab.evaluate(REGIONS)
    assert len(pieces) > 100
    assert {piece["word"] for piece in pieces if piece["broken"] and piece["of"] <= LONGEST} == set()
    assert [piece for piece in pieces if piece["beyond"] and not tells.get(piece["region"])] == []


@pytest.mark.parametrize("name", CLASSES)
def test_a_table_as_wide_as_its_place_has_no_sign_of_more(look_at, name):
    assert look_at(name, SIZES["laptop"]).evaluate(REGIONS)["Assignments at a glance"] is False


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("name", CLASSES)
def test_on_paper_all_is_open_no_word_is_broken_and_no_table_is_wider_than_the_sheet(reports, name, scripts):
    with page(viewport=PAPER, java_script_enabled=scripts) as tab:
        tab.emulate_media(media="print")
        tab.goto(reports[name])
        pieces = json.loads(tab.evaluate(PIECES))
        assert {piece["word"] for piece in pieces if piece["broken"] and piece["of"] <= LONGEST} == set()
        assert [piece for piece in pieces if piece["beyond"]] == []
        shown = {piece["region"] for piece in pieces}
        assert {"Points by student", "Points by assignment", "Time by assignment"} <= shown, "what is folded on screen"
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= PAPER["width"]
        regions = "() => [...document.querySelectorAll('.scroll')].filter((r) => r.scrollWidth > r.clientWidth).length"
        assert tab.evaluate(regions) == 0
        assert not tab.locator("nav").is_visible()


def test_one_screen_says_how_it_went_and_the_rest_is_folded_and_opened_by_key_and_link(reports):
    with page(viewport=SIZES["laptop"]) as tab:
        tab.goto(reports["few"])
        assert tab.locator("details[open]").count() == 0
        bottom = tab.locator(".overview").evaluate("(table) => table.getBoundingClientRect().bottom")
        assert bottom <= SIZES["laptop"]["height"]
        assert tab.locator(".overview tbody tr").count() == len(this_course().assignments)
        assert tab.evaluate("() => document.documentElement.scrollHeight") < 3 * SIZES["laptop"]["height"]
        heading = tab.get_by_role("heading", name="Points by student")
        assert not tab.get_by_label("Find").is_visible()
        heading.locator("xpath=..").focus()
        tab.keyboard.press("Enter")
        assert tab.get_by_label("Find").is_visible()
        tab.keyboard.press("Enter")
        assert not tab.get_by_label("Find").is_visible()
        tab.locator(".overview").get_by_role("link", name="optimizers").click()
        assert tab.get_by_role("region", name="Difficulty of the questions, optimizers").is_visible()
        assert tab.locator("details[open]").count() == 1
        tab.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        assert tab.locator("details:not([open])").count() == 0, "for browsers that print what is folded as it is"
        tab.evaluate("() => dispatchEvent(new Event('afterprint'))")
        assert tab.locator("details[open]").count() == 1


def shown(tab):
    """The students in the table, from its top, and what is said of how many there are."""
    return tab.locator("#by-student tbody th").all_inner_texts(), tab.locator("#found").inner_text()


def test_students_are_found_filtered_and_sorted_on_the_page_alone(reports):
    with page(viewport=WIDE) as tab:
        failed = []
        tab.on("pageerror", lambda error: failed.append(str(error)))
        tab.goto(reports["many"])
        unfold(tab)
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
        unfold(tab)
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
        tab.get_by_role("heading", name="optimizers").click()
        assert tab.get_by_role("heading", name="Difficulty of the questions").is_visible()
    with page(viewport=NARROW) as tab:
        tab.goto(reports["mixed"])
        unfold(tab)
        regions = tab.locator(".scroll").count()
        reached = set()
        for _ in range(40):
            tab.keyboard.press("Tab")
            reached.add(tab.evaluate("() => document.activeElement.getAttribute('aria-label')"))
        assert {"Assignments at a glance", "Submissions that need a person"} <= reached
        assert regions == len({tab.locator(".scroll").nth(i).get_attribute("aria-label") for i in range(regions)})
