"""Predictions: choices that fold away what is said of them, the same in a text cell, in an exported page and as plain text."""

import shutil
from collections import Counter

import nbformat
import pytest
from browser import CHROMIUM, jupyterlab, page
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

from autograde.authoring.predictions import RIGHT, SEE, WRONG, BadPrediction, fold_what_came, prediction
from autograde.authoring.script import ScriptError, read_script
from autograde.course import this_course
from autograde.judging.sanitize import harmless_markdown

SOURCE = """\
Two days of 20 degrees, $\\beta = 0.98$. What is $v_2$?

- 20
  That would be so if the weights added up to 1.

  They do not.
* $0.8$, or `0.8`
  They add up to 0.04."""

in_browser = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")


def test_each_choice_folds_what_is_said_of_it():
    text = prediction(SOURCE)
    before, *folds = text.split("<details")
    assert before.startswith("**Predict.** Two days of 20 degrees, $\\beta = 0.98$. What is $v_2$?")
    assert [WRONG in fold for fold in folds] == [True, False]
    assert [RIGHT in fold for fold in folds] == [False, True]
    assert "They do not." in folds[0]
    assert "<summary>$0.8$, or <code>0.8</code></summary>\n\n" in folds[1]


def test_an_exported_page_has_markdown_inside():
    html, _ = HTMLExporter().from_notebook_node(new_notebook(cells=[new_markdown_cell(prediction(SOURCE))]))
    folds = BeautifulSoup(html, "html.parser").find_all("details")
    assert [fold.summary.text for fold in folds] == ["20", "$0.8$, or 0.8"]
    assert [fold.find("strong").text for fold in folds] == ["Not so.", "Right."]
    assert all(fold.attrs == {} for fold in folds), "which formgrader and JupyterLab would take out"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Two days of 20 degrees, $\\beta = 0.98$. What is $v_2$?", "", "no question"),
        ("* $0.8$", "- $0.8$", "just one"),
        ("- 20", "* 20", "just one"),
        ("  They add up to 0.04.", "", "nothing is said of the choice '$0.8$, or `0.8`'"),
        ("  They add", "They add", "belongs to no choice"),
        ("- 20\n  That would be so if the weights added up to 1.\n\n  They do not.\n", "", "two choices or more"),
    ],
)
def test_what_is_wrong_with_one_is_said(old, new, said):
    assert old in SOURCE
    with pytest.raises(BadPrediction, match=said.replace("$", r"\$")):
        prediction(SOURCE.replace(old, new))


def test_a_script_names_the_prediction(tmp_path):
    path = tmp_path / "solutions" / "a" / "notebook.py"
    path.parent.mkdir(parents=True)
    path.write_text("# %% predict [markdown]\n# Which?\n#\n# - this\n#   No.\n", encoding="utf-8")
    with pytest.raises(ScriptError, match=r"a/notebook.py: the prediction 'Which\?': it needs two choices"):
        read_script(path)
    path.write_text("# %% predict\n# Which?\n", encoding="utf-8")
    with pytest.raises(ScriptError, match=r"write '# %% predict \[markdown\]'"):
        read_script(path)


def test_a_page_over_submissions_shows_it_as_it_is():
    assert harmless_markdown(prediction(SOURCE)) == prediction(SOURCE)


def test_what_came_of_an_experiment_is_folded():
    assert fold_what_came("Text.") == "Text."
    assert fold_what_came(f"{SEE} It falls.\n\nMore.").endswith("</summary>\n\nIt falls.\n\nMore.\n\n</details>")


@pytest.mark.parametrize("name", [*this_course().assignments, *this_course().lessons])
def test_nothing_that_is_asked_is_answered_openly(name):
    """No prediction without choices, and no text on what came of it that is read before one has chosen."""
    for cell in nbformat.read(this_course().notebook(name), as_version=4).cells:
        if cell.cell_type == "markdown":
            assert cell.source.count("**Predict.**") == cell.source.startswith("**Predict.**"), cell.source
            assert not cell.source.startswith("**Predict.**") or cell.source.count(RIGHT) == 1, cell.source
            assert SEE not in cell.source, cell.source


def test_the_right_choice_has_no_place_of_its_own():
    places = Counter()
    for name in this_course().assignments:
        from_either_end = Counter()
        for cell in nbformat.read(this_course().notebook(name), as_version=4).cells:
            if cell.source.startswith("**Predict.**"):
                folds = cell.source.split("<details")[1:]
                place = next(i for i, fold in enumerate(folds) if RIGHT in fold)
                places[place] += 1
                from_either_end.update({place, place - len(folds)})
        assert from_either_end[0] >= 1, f"never the first in {name}"
        assert from_either_end[-1] >= 1, f"never the last in {name}"
    assert places.total() >= 45
    assert max(places.values()) < 0.55 * places.total()
    assert min(places[i] for i in range(3)) > 0.15 * places.total()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a notebook with a prediction, which nobody has trusted or run."""
    root = tmp_path_factory.mktemp("lab")
    nbformat.write(new_notebook(cells=[new_markdown_cell(prediction(SOURCE))]), root / "a.ipynb")
    with jupyterlab(root) as address, page() as tab:
        tab.set_default_timeout(90_000)
        yield address, tab


@in_browser
@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_a_choice_is_made_by_keyboard_without_a_kernel(lab, place):
    address, tab = lab
    tab.goto(f"{address}/{place}/a.ipynb", wait_until="domcontentloaded")
    text = tab.locator(".jp-RenderedMarkdown")
    choices = text.locator("summary")
    choices.first.wait_for()
    assert choices.count() == 2
    said = text.get_by_text("That would be so")
    assert not said.is_visible()
    for _ in range(20):  # Jupyter draws the text anew while the page is loading
        choices.first.focus()
        tab.keyboard.press("Enter")
        tab.wait_for_timeout(1000)
        if said.is_visible():
            break
    assert said.is_visible()
    assert text.get_by_text("Not so.").is_visible()
    assert not text.get_by_text("They add up").is_visible(), "the other choice stays folded"
    assert text.is_visible(), "the cell is not being edited"
