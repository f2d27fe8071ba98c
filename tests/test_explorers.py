"""What holds for every explorer: Python and JavaScript agree, everything is reached by keyboard and has a name, and the
picture moves. What one of them must show has a test file of its own, test_explorer_<name>.py.
"""

import io
import shutil
import warnings
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import matplotlib.pyplot as plt
import numpy as np
import pytest
from browser import CHROMIUM
from explorer_page import assert_alike, computed, explorer_page, load
from PIL import Image

from helpers.explorers import EXPLORERS, draws
from helpers.explorers.blit import BlitWidget
from helpers.explorers.explorer import Choice, ExplorerError, Slider, linear, logarithmic, number
from helpers.explorers.widget import plain, static_figure

in_browser = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
each = pytest.mark.parametrize("explorer", EXPLORERS.values(), ids=list(EXPLORERS), scope="module")  # one after another


def settings(explorer):
    """The defaults, every preset, and every control at its ends or other values, one at a time."""
    yield {}
    yield from explorer.presets.values()
    for control in explorer.controls:
        if isinstance(control, Slider):
            yield from ({control.name: stop} for stop in (control.stops[0], control.stops[-1]))
        elif isinstance(control, Choice):
            yield from ({control.name: option} for option in control.options)
        else:
            yield {control.name: not control.value}


def arrays_of(explorer, values):
    """What Python computes for these settings: once for all tests of an explorer, so nobody may change it."""
    return _computed(explorer.name, tuple((explorer.defaults() | dict(values)).items()))


@lru_cache(maxsize=100)  # the settings of two explorers
def _computed(name, params):
    return read_only(EXPLORERS[name].compute(dict(params)))


def read_only(value):
    """The same arrays, in which nothing can be set."""
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    elif isinstance(value, Mapping):
        return MappingProxyType({key: read_only(each) for key, each in value.items()})
    return value


@pytest.fixture(scope="module")
def tab():
    """One page for all comparisons of a module."""
    with explorer_page(next(iter(EXPLORERS.values()))) as opened:
        yield opened


# --- what they are made of


@each
def test_presets_name_controls_and_values_that_exist(explorer):
    known = {
        control.name: control.stops
        if isinstance(control, Slider)
        else control.options
        if isinstance(control, Choice)
        else (True, False)
        for control in explorer.controls
    }
    for values in explorer.presets.values():
        assert [name for name, value in values.items() if value not in known[name]] == []


@each
def test_a_prediction_has_one_right_answer_among_several(explorer):
    prediction = explorer.prediction
    assert len(set(prediction.answers)) == len(prediction.answers) >= 2
    assert 0 <= prediction.right < len(prediction.answers)
    assert prediction.question.endswith(("?", "…"))


@each
def test_every_setting_gives_a_picture_and_a_sentence(explorer):
    for values in settings(explorer):
        arrays = arrays_of(explorer, values)
        words = explorer.describe(arrays)
        assert words.endswith(".")
        assert len(words) < 420
        assert [bad for bad in ("nan", "None", "inf ", "e+", "  ") if bad in words] == []
    for values in ({}, *explorer.presets.values()):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            figure = static_figure(explorer, arrays_of(explorer, values))
            figure.canvas.draw()
        plt.close(figure)


@each
def test_the_same_seed_gives_the_same_arrays(explorer):
    first, second = (plain(explorer.compute(explorer.defaults())) for _ in range(2))
    assert first == second


# --- Python and JavaScript


@in_browser
def test_random_numbers_are_those_of_python(tab):
    for seed in (0, 1, 17, 2**31):
        for name in ("uniform", "normal"):
            ours = getattr(draws, name)(seed, 101)
            theirs = tab.evaluate(f"([seed, n]) => Array.from(library.{name}(seed, n))", [seed, 101])
            np.testing.assert_allclose(theirs, ours, rtol=1e-12)


def test_random_numbers_are_spread_as_they_should_be():
    u, z = draws.uniform(3, 40_000), draws.normal(3, 40_000)
    assert u.min() >= 0
    assert u.max() < 1
    np.testing.assert_allclose(np.histogram(u, 10, (0, 1))[0], 4000, atol=300)  # five standard deviations
    np.testing.assert_allclose([z.mean(), z.std(), (z**4).mean()], [0, 1, 3], atol=0.12)
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 0.025
    assert abs(np.corrcoef(u, draws.uniform(4, 40_000))[0, 1]) < 0.025


@in_browser
def test_numbers_are_said_alike(tab):
    numbers = [
        0,
        1,
        -1,
        0.9,
        0.98,
        0.123456,
        12,
        1234.5,
        99999.9,
        999999,
        1e6,
        1e-4,
        9.99e-5,
        -2.5e-7,
        3.14159e12,
        0.001,
    ]
    for figures in (2, 3, 4):
        theirs = tab.evaluate("([xs, n]) => xs.map((x) => library.number(x, n))", [numbers, figures])
        assert theirs == [number(x, figures) for x in numbers]
    assert [number(x) for x in (0.9, 1234.5, 1.5e-7, -0.25)] == ["0.9", "1235", "1.5e−7", "−0.25"]


def test_stops():
    assert linear(0, 0.3, 0.1) == (0, 0.1, 0.2, 0.3)
    assert logarithmic(0.01, 1, 2) == (0.01, 0.0316, 0.1, 0.316, 1)


@in_browser
@each
def test_javascript_computes_and_says_what_python_does(explorer, tab):
    load(tab, explorer)
    for values in settings(explorer):
        arrays = arrays_of(explorer, values)
        theirs = computed(tab, explorer, values)
        assert theirs.pop("words") == explorer.describe(arrays), values
        assert_alike(plain(arrays), theirs, str(values))


# --- in the hand


PIXELS = "[...document.querySelectorAll('canvas')].map((c) => c.toDataURL()).join()"


def pixels(tab):
    return tab.evaluate(PIXELS)


def kernel_heard(tab, wanted):
    """Wait until the model that is shared with the kernel has these values, which it gets when the hand rests."""
    same = "([name, value]) => JSON.stringify(state.params[name]) === JSON.stringify(value)"
    tab.wait_for_function(f"(wanted) => Object.entries(wanted).every({same})", arg=plain(wanted), polling=20)


def settled(tab):
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@in_browser
@each
def test_everything_is_reached_by_keyboard_and_has_a_name(explorer, tab):
    load(tab, explorer)
    tab.locator("input[type=radio]").first.check()  # which brings the answer into reach
    wanted = tab.evaluate(
        "document.querySelectorAll('button, select, input:not([type=radio]), summary, canvas[tabindex]').length"
    )
    tab.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(wanted + 3):
        tab.keyboard.press("Tab")
        about = tab.evaluate(
            """() => { const e = document.activeElement; if (e === document.body) return null;
            return [e.tagName, e.id || e.textContent, e.labels?.[0]?.textContent || e.ariaLabel || e.textContent,
                    e.dataset.lmSuppressShortcuts, e.type || '']; }"""
        )
        if about is not None:
            tag, identity, label, suppressed, kind = about
            assert label.strip(), about
            assert suppressed == "true", about
            if kind != "radio":
                reached.add((tag, identity))
    assert len(reached) == wanted


NEEDED = {"decay_rate": {"schedule": "exponential"}, "interval": {"schedule": "exponential"}, "units3": {"layers": 3}}


@in_browser
@each
def test_arrow_keys_move_every_slider_and_the_picture(explorer, tab):
    for control in explorer.controls:
        if not isinstance(control, Slider):
            continue
        load(tab, explorer, NEEDED.get(control.name))
        slider = tab.get_by_label(control.label, exact=True)
        at = control.stops.index(control.value)
        key, next_ = ("ArrowRight", at + 1) if at + 1 < len(control.stops) else ("ArrowLeft", at - 1)
        slider.focus()
        before = tab.locator(".explorer-summary").text_content() + pixels(tab)
        tab.keyboard.press(key)
        tab.keyboard.press("m")
        tab.keyboard.press("a")
        settled(tab)
        assert slider.get_attribute("aria-valuetext") == number(control.stops[next_], 4)
        assert tab.locator(".explorer-summary").text_content() + pixels(tab) != before, control.name


@in_browser
@each
def test_presets_reset_and_play_do_what_they_say(explorer, tab):
    load(tab, explorer)
    for name, values in explorer.presets.items():
        tab.get_by_role("button", name=name, exact=True).click()
        kernel_heard(tab, values)
    tab.get_by_role("button", name="Reset").click()
    kernel_heard(tab, explorer.defaults())
    assert tab.evaluate("state.params") == plain(explorer.defaults())
    played = next((c for c in explorer.controls if isinstance(c, Slider) and c.played), None)
    if played is not None:
        tab.get_by_role("button", name="Step", exact=True).click()
        # In the page, since on a busy machine a click from here may come when it has reached the end.
        paused = tab.evaluate(f"""async () => {{
            const find = (word) => [...document.querySelectorAll("button")].find((b) => b.textContent.includes(word));
            const frame = () => new Promise(requestAnimationFrame);
            await frame(), await frame();
            const before = {PIXELS};
            find("Play").click();
            for (let i = 0; i < 1000 && find("Pause") && {PIXELS} === before; i++) await frame();
            const pause = find("Pause"), has_moved = {PIXELS} !== before;
            pause?.click();
            return has_moved && !!pause && !!find("Play");
        }}""")
        assert paused


@in_browser
@each
def test_a_prediction_leads_to_trying_and_then_to_the_answer(explorer, tab):
    prediction = explorer.prediction
    load(tab, explorer)
    assert not tab.get_by_text("See: was the prediction right?").is_visible()
    tab.get_by_label(prediction.answers[prediction.right], exact=True).check()
    assert prediction.attempt in tab.locator(".explorer-attempt").text_content()
    tab.get_by_text("See: was the prediction right?").click()
    tab.get_by_text("It was. ").wait_for(timeout=5000)


@in_browser
@each
def test_python_moves_the_controls(explorer, tab):
    control = next(c for c in explorer.controls if isinstance(c, Slider))
    load(tab, explorer)
    value = control.stops[0] if control.value != control.stops[0] else control.stops[1]
    before = pixels(tab)
    tab.evaluate(
        "([name, value]) => { state.params = {...state.params, [name]: value}; listeners['change:params'](); }",
        [control.name, value],
    )
    settled(tab)
    assert tab.get_by_label(control.label, exact=True).get_attribute("aria-valuetext") == number(value, 4)
    assert pixels(tab) != before


# --- drawn in Python


def shown(widget):
    return np.asarray(Image.open(io.BytesIO(widget._picture.value))).astype(int)


@each
def test_the_picture_drawn_in_python_moves_and_is_the_whole_picture(explorer):
    """After every change it is what a drawing from scratch gives."""

    def drawn(values):
        return BlitWidget(explorer, lambda params: (arrays_of(explorer, params), ""), explorer.defaults() | values)

    widget = drawn({})
    pictures = [shown(widget)]
    for values in list(settings(explorer))[1:6]:
        widget._adopt(explorer.defaults() | values)
        pictures.append(shown(widget))
        np.testing.assert_allclose(pictures[-1], shown(drawn(values)), atol=2)
    assert any((picture != pictures[0]).any() for picture in pictures[1:])
    widget._adopt(explorer.defaults())
    np.testing.assert_allclose(shown(widget), pictures[0], atol=2, err_msg="back where it was")


# --- shown


def test_values_are_set_to_what_the_controls_can_have():
    ewa = EXPLORERS["ewa"]
    assert ewa.set({"beta": 0.97, "correct": 0}) == ewa.defaults() | {"beta": 0.97, "correct": False}
    assert ewa.set({"beta": 0.881})["beta"] == 0.9  # the nearest stop


@pytest.mark.parametrize("values", [{"betta": 0.9}, {"beta": "much"}])
def test_what_no_control_can_have_is_said_in_a_sentence(values):
    with pytest.raises(ExplorerError) as caught:
        EXPLORERS["ewa"].set(values)
    assert "beta" in str(caught.value)
    assert caught.value._render_traceback_() == [str(caught.value)]
