"""Explorers in a real JupyterLab and in Notebook 7: every one is drawn, answers to mouse and keyboard, survives `m` and
`a`; without widgets its figure stays; where our JavaScript does not load, matplotlib takes over.
"""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from browser import CHROMIUM, jupyterlab, page, run_all, until_it_runs
from nbformat.v4 import new_code_cell, new_notebook

from autograde.course import ENGINE, this_course
from autograde.notebook import KERNEL
from helpers.explorers import EXPLORERS
from helpers.explorers.explorer import Slider

pytestmark = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")

PICTURES = this_course().build / "screenshots"
MINE = """\
from helpers import explorers

def mine(w, g, state, alpha, t):
    return w - alpha * g

explorers.race(mine=mine)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a folder with the explorers' notebook, one with a rule of the student's, and a small one."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copy(this_course().notebooks / "explorers" / "explorers.ipynb", root)
    small = "from helpers import explorers\nexplorers.ewa(beta=0.5)"
    for name, source in {"mine": MINE, "small": small}.items():
        nbformat.write(new_notebook(cells=[new_code_cell(source)], metadata=KERNEL), root / f"{name}.ipynb")
    with jupyterlab(root, {"PYTHONPATH": str(ENGINE)}) as address:
        yield root, address


@pytest.fixture(scope="module")
def new_tab():
    """What opens a tab of one and the same Chromium."""
    with page() as first:
        yield lambda: first.context.browser.new_page(viewport={"width": 1250, "height": 950})


@pytest.fixture(scope="module")
def opened(lab, new_tab):
    """A tab with the explorers' notebook after Run All."""
    _, address = lab
    tab = new_tab()
    tab.requests = []
    tab.on("request", lambda request: tab.requests.append(request.url))
    run_all(tab, address, "explorers.ipynb")
    for explorer in EXPLORERS.values():
        region(tab, explorer).wait_for(timeout=60_000)
    return tab


def region(tab, explorer):
    return tab.get_by_role("region", name=explorer.title, exact=True)


PIXELS = "[...e.querySelectorAll('canvas')].map((c) => c.toDataURL()).join()"


def pixels(place):
    return place.evaluate(f"(e) => {PIXELS}")


def redrawn(tab, place, before):
    """Wait until the picture is another than before."""
    tab.wait_for_function(f"([e, before]) => {PIXELS} !== before", arg=[place.element_handle(), before])


@pytest.mark.parametrize("explorer", EXPLORERS.values(), ids=list(EXPLORERS))
def test_it_answers_to_keyboard_and_mouse_and_survives_command_keys(opened, explorer):
    place = region(opened, explorer)
    place.scroll_into_view_if_needed()
    cells = opened.locator(".jp-CodeCell").count()
    control = next(c for c in explorer.controls if isinstance(c, Slider))
    slider = place.get_by_label(control.label, exact=True)
    before = pixels(place)
    slider.focus()
    for key in ("ArrowRight" if control.value != control.stops[-1] else "ArrowLeft", "m", "a", "b", "d", "d", "y"):
        opened.keyboard.press(key)
    redrawn(opened, place, before)
    assert opened.locator(".jp-CodeCell").count() == cells
    assert slider.evaluate("(e) => document.activeElement === e")
    moved = pixels(place)
    place.get_by_role("button", name="Reset").click()
    redrawn(opened, place, moved)
    PICTURES.mkdir(parents=True, exist_ok=True)
    place.screenshot(path=PICTURES / f"lab_{explorer.name}.png")


def test_the_still_figure_is_hidden_while_the_explorer_moves(opened):
    for explorer in EXPLORERS.values():
        words = opened.locator(".jp-RenderedMarkdown").get_by_text(f"{explorer.title}, a still picture.")
        assert words.count() == 1
        assert words.is_hidden()
    assert opened.locator(".jp-CodeCell img:visible").count() == 0


def test_nothing_is_fetched_from_a_network(opened):
    outside = [url for url in opened.requests if not url.startswith(("http://127.0.0.1", "blob:", "data:"))]
    assert outside == []


def test_without_a_kernel_every_figure_is_there_with_its_sentence(lab, opened, new_tab):
    """Saved, and exported to HTML."""
    root, _ = lab
    opened.locator(".jp-MarkdownCell h1").first.click()
    opened.keyboard.press("Control+s")
    path = root / "explorers.ipynb"
    opened.wait_for_timeout(500)
    for _ in range(40):
        if path.read_text(encoding="utf-8").count("data:image/png") == len(EXPLORERS):
            break
        opened.wait_for_timeout(250)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(path), "--output-dir", str(root)]
    subprocess.run(command, check=True, capture_output=True)
    tab = new_tab()
    tab.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file") else route.abort())
    tab.goto((root / "explorers.html").as_uri(), wait_until="domcontentloaded")
    widths = tab.evaluate("[...document.images].map((image) => image.naturalWidth)")
    assert len([width for width in widths if width > 400]) == len(EXPLORERS)
    for explorer in EXPLORERS.values():
        words = explorer.describe(explorer.compute(explorer.defaults()))
        assert words in tab.locator("body").inner_text()
    tab.screenshot(path=PICTURES / "explorers_html.png")


def test_a_rule_of_the_students_runs_in_the_kernel(lab, new_tab):
    _, address = lab
    tab = new_tab()
    run_all(tab, address, "mine.ipynb")
    place = region(tab, EXPLORERS["race"])
    place.wait_for(timeout=60_000)
    place.get_by_text("yours").first.wait_for(timeout=20_000)
    place.screenshot(path=PICTURES / "lab_race_mine.png")


def test_notebook_7_draws_it_too(lab, new_tab):
    root, address = lab
    shutil.copy(
        root / "small.ipynb", root / "seven.ipynb"
    )  # of one that other tabs save it would ask what is to be kept
    tab = new_tab()
    tab.goto(f"{address}/notebooks/seven.ipynb", wait_until="domcontentloaded")
    tab.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=90_000)
    tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(timeout=90_000)

    def run():
        tab.locator(".jp-CodeCell .cm-content").first.click()
        tab.keyboard.press("Shift+Enter")

    until_it_runs(tab, run)
    place = region(tab, EXPLORERS["ewa"])
    place.wait_for(timeout=60_000)
    slider = place.get_by_label("β, the share that is kept", exact=True)
    before = pixels(place)
    slider.focus()
    for key in ("ArrowRight", "m", "a"):
        tab.keyboard.press(key)
    redrawn(tab, place, before)
    assert slider.get_attribute("aria-valuetext") == "0.6"
    tab.screenshot(path=PICTURES / "notebook7_ewa.png")


def test_matplotlib_takes_over_where_the_javascript_does_not_load(lab, new_tab):
    _, address = lab
    tab = new_tab()
    tab.route("**/extensions/anywidget/**", lambda route: route.abort())
    run_all(tab, address, "small.ipynb")
    tab.get_by_text("drawn in Python").wait_for(timeout=60_000)
    picture = tab.locator(".widget-image, .jupyter-widgets img").first
    before = picture.get_attribute("src")
    handle = tab.locator(".noUi-handle").first
    handle.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("([e, before]) => e.src !== before", arg=[picture.element_handle(), before])
    tab.screenshot(path=PICTURES / "lab_blit.png")


def test_saved_notebooks_stay_small(lab, opened):
    root, _ = lab
    assert (root / "explorers.ipynb").stat().st_size < 190_000 * len(EXPLORERS)
    outputs = [o for c in json.loads((root / "explorers.ipynb").read_text())["cells"] for o in c.get("outputs", [])]
    assert not any(o["output_type"] == "error" for o in outputs)
