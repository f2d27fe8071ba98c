"""A notebook in a real JupyterLab: the cards of a right, a wrong and an unstarted function as a student sees them."""

import re
import shutil

import nbformat
import pytest
from browser import CHROMIUM, jupyterlab, page, run_all

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE, this_course
from autograde.judging.submission import released
from autograde.notebook import grade_id, is_showcase

pytestmark = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")

A = "initialization"
RIGHT, WRONG, UNSTARTED = "initialize_parameters_zeros", "initialize_parameters_he", "initialize_parameters_xavier"
PICTURES = this_course().build / "screenshots"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a folder with one notebook: one function right, one with a named mistake, one untouched."""
    work = SampleNotebook(A)
    work.solve(RIGHT)
    work.mistake(WRONG)
    kept = {"setup"} | {f"{prefix}{name}" for name in (RIGHT, WRONG, UNSTARTED) for prefix in ("", "test_")}
    work.notebook.cells = [c for c in work.notebook.cells if c.cell_type == "markdown" or grade_id(c) in kept]
    root = tmp_path_factory.mktemp("lab")
    nbformat.write(work.notebook, root / f"{A}.ipynb")
    with jupyterlab(root, {"PYTHONPATH": str(ENGINE)}) as address:
        yield address


def see_cards(tab, address):
    """Open the notebook and run it; return when the last card is there."""
    run_all(tab, address, f"{A}.ipynb")
    tab.locator(f'[role=group][aria-label*="{UNSTARTED}"]').wait_for(timeout=120_000)


def test_the_three_cards_say_what_is_right_wrong_and_not_started(lab):
    PICTURES.mkdir(parents=True, exist_ok=True)
    with page(viewport={"width": 1200, "height": 900}) as tab:
        see_cards(tab, lab)
        for name, words in ((RIGHT, "right"), (WRONG, "not right yet|partly right"), (UNSTARTED, "not started yet")):
            card = tab.locator(f'[role=group][aria-label*="{name}"]')
            card.scroll_into_view_if_needed()
            tab.screenshot(path=PICTURES / f"card_{name}.png")
            assert re.search(f"{name} · ({words})", card.inner_text())
            assert "Traceback" not in card.inner_text()


def test_the_page_is_not_wider_than_a_phone_allows_the_cards_to_be(lab):
    with page(viewport={"width": 420, "height": 800}) as tab:
        see_cards(tab, lab)
        card = tab.locator(f'[role=group][aria-label*="{WRONG}"]')
        card.scroll_into_view_if_needed()
        assert card.bounding_box()["width"] <= 420


def test_the_released_notebook_has_no_output_to_begin_with():
    assert all(not cell.get("outputs") for cell in released(A).cells)
    assert any(is_showcase(cell) for cell in released(A).cells)
