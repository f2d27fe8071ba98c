"""How explorers lie on a page: pictures and controls are seen together, narrow ones have one column, and nothing moves when
values change. Sizes are those that JupyterLab leaves for a notebook: on a laptop of 1366 x 768, the same at 200 %, and less.
"""

import itertools
import re
import shutil

import pytest
from browser import CHROMIUM, serious
from explorer_page import explorer_page, load
from test_explorers import arrays_of, each, settings, settled

from helpers.explorers import EXPLORERS
from helpers.explorers.explorer import Choice, Slider, number
from helpers.explorers.widget import plain

pytestmark = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")

LAPTOP = (950, 647)  # of 1366 x 768, beside the list of files
ZOOMED = (683, 384)  # 1366 x 768 at 200 %
ZOOMED_IN_LAB = (581, 263)  # of these, without the list of files
NARROW = (480, 800)
SIZES = {"laptop": LAPTOP, "zoomed": ZOOMED, "zoomed in Lab": ZOOMED_IN_LAB, "narrow": NARROW}
MOVED = (
    "figure, canvas, label, input, select, output, button, summary, .explorer-hand, .explorer-stage, .explorer-summary"
)


@pytest.fixture(scope="module")
def tab():
    """One page for all of them."""
    with explorer_page(next(iter(EXPLORERS.values()))) as opened:
        yield opened


def opened_at(tab, explorer, size, dark=False):
    """The explorer in a window of that size, its pictures at the top."""
    tab.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    load(tab, explorer, dark=dark)
    settled(tab)
    tab.evaluate("document.querySelector('.explorer-work').scrollIntoView()")


def boxes(tab, selector):
    """[left, top, right, bottom] of each, in the window."""
    corners = "((b) => [b.left, b.top, b.right, b.bottom])(e.getBoundingClientRect())"
    return tab.evaluate(f"(selector) => [...document.querySelectorAll(selector)].map((e) => {corners})", selector)


def outside(boxes, size):
    """Those that do not lie in the window altogether, but for a pixel of rounding."""
    return [box for box in boxes if box[0] < -1 or box[1] < -1 or box[2] > size[0] + 1 or box[3] > size[1] + 1]


@each
def test_on_a_laptop_all_pictures_and_all_controls_are_seen_at_once(explorer, tab):
    opened_at(tab, explorer, LAPTOP)
    pictures = boxes(tab, "canvas")
    assert len(pictures) == len(explorer.panels)
    assert outside(pictures, LAPTOP) == []
    assert outside(boxes(tab, ".explorer-hand :is(input, select, output, button, .explorer-summary)"), LAPTOP) == []
    assert min(bottom - top for _, top, _, bottom in pictures) >= 110
    assert min(right - left for left, _, right, _ in pictures) >= 200


# Take each control of these labels in hand, and say where it and one of the pictures are then.
HELD = """([i, labels]) => {
    const corners = (e) => ((b) => [b.left, b.top, b.right, b.bottom])(e.getBoundingClientRect());
    return labels.map((label) => {
        [...document.querySelectorAll("label")].find((e) => e.textContent === label).control.focus();
        return [label, corners(document.activeElement), corners(document.querySelectorAll("canvas")[i])];
    });
}"""


@each
@pytest.mark.parametrize("size", [ZOOMED, ZOOMED_IN_LAB, NARROW], ids=["200 %", "200 % in Lab", "narrow"])
def test_where_there_is_less_room_each_picture_is_seen_with_the_control_in_hand(explorer, size, tab):
    opened_at(tab, explorer, size)
    page = tab.evaluate("scrollY")
    for i in range(len(explorer.panels)):
        tab.evaluate(
            "(i) => document.querySelectorAll('figure')[i].scrollIntoView({inline: 'start', block: 'nearest'})", i
        )
        for label, *held in tab.evaluate(HELD, [i, [control.label for control in explorer.controls]]):
            assert outside(held, size) == [], (explorer.panels[i], label)
    assert tab.evaluate("scrollY") == page


@each
def test_on_a_zoomed_laptop_controls_stand_beside_the_pictures(explorer, tab):
    for size in (ZOOMED, ZOOMED_IN_LAB):
        opened_at(tab, explorer, size)
        (stage,), (hand,) = boxes(tab, ".explorer-stage"), boxes(tab, ".explorer-hand")
        assert stage[2] <= hand[0]
        assert outside([stage, hand], size) == []


@each
def test_a_narrow_one_has_the_controls_in_one_column_below(explorer, tab):
    opened_at(tab, explorer, NARROW)
    (stage,), (hand,) = boxes(tab, ".explorer-stage"), boxes(tab, ".explorer-hand")
    assert stage[3] <= hand[1]
    labels = boxes(tab, ".explorer-controls label")
    assert len({left for left, *_ in labels}) == 1
    assert all(below[1] > above[1] for above, below in itertools.pairwise(labels))
    assert min(right - left for left, _, right, _ in boxes(tab, "input[type=range]")) >= 60
    assert tab.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


# Give the controls each of the values, and say under which of them something has moved, or words or numbers had no room.
WATCHED = """async ([states, moved]) => {
    const boxes = () => JSON.stringify([...document.querySelectorAll(moved)].map((e) => e.getBoundingClientRect()));
    const before = boxes();
    const cut = (e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight;
    const found = [];
    for (const values of states) {
        state.params = values;
        listeners["change:params"]();
        await new Promise((done) => requestAnimationFrame(done));
        if (boxes() !== before) found.push(["moved", values]);
        for (const e of document.querySelectorAll("output, .explorer-summary"))
            if (cut(e)) found.push([`no room for ${e.textContent}`, values]);
    }
    return found;
}"""


@each
@pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))
def test_nothing_moves_when_values_change_and_all_words_have_room(explorer, size, tab):
    opened_at(tab, explorer, size)
    tab.get_by_label(explorer.prediction.answers[0], exact=True).check()  # so that all of it is there
    longest = [
        {c.name: max(c.stops, key=lambda x: len(number(x, 4)))} for c in explorer.controls if isinstance(c, Slider)
    ]
    states = [plain(explorer.defaults() | dict(values)) for values in (*settings(explorer), *longest)]
    assert tab.evaluate(WATCHED, [states, MOVED]) == []


def on_page(tab):
    """Where pictures and controls are; a click may have scrolled the page."""
    tab.evaluate("scrollTo(0, 0)")
    return boxes(tab, f".explorer-work :is({MOVED})")


@each
def test_a_chosen_answer_and_playing_move_nothing_either(explorer, tab):
    opened_at(tab, explorer, LAPTOP)
    before = on_page(tab)
    for answer in explorer.prediction.answers:
        tab.get_by_label(answer, exact=True).check()
        assert on_page(tab) == before
    if any(isinstance(control, Slider) and control.played for control in explorer.controls):
        tab.get_by_role("button", name="Play").click()
        assert on_page(tab) == before
        tab.get_by_role("button", name="Pause").click()


@each
def test_words_are_never_longer_than_the_room_kept_for_them(explorer):
    for values in settings(explorer):
        assert len(explorer.describe(arrays_of(explorer, values))) <= explorer.longest, values


@each
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(explorer, dark, tab):
    opened_at(tab, explorer, LAPTOP if dark else ZOOMED_IN_LAB, dark=dark)
    assert serious(tab, ".explorer") == []


# --- presets


@each
def test_presets_are_called_by_what_they_set_and_do_not_say_what_comes_of_it(explorer):
    """All words of a preset's name are those of controls and their options, or numbers that it sets."""
    words = {"to", "step", "steps", "units"}
    for control in explorer.controls:
        words |= set(_words(f"{control.name} {control.label}"))
        if isinstance(control, Choice):
            words |= {word for key, label in control.options.items() for word in _words(f"{key} {label}")}
    for name in explorer.presets:
        strange = [word for word in _words(name) if word not in words and not re.fullmatch(r"[\d.]+|1/n|2/n", word)]
        assert strange == [], name
        assert len(name) <= 24


def _words(text):
    """Words and numbers, without indices: z of z₁."""
    return [word for word in re.split(r"[\s,:;()=−+·×₀-₉]+", text) if word]
