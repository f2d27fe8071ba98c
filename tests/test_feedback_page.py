"""The feedback page in a real browser: it asks for nothing, fits a phone and paper, and axe finds nothing serious."""

import base64
import contextlib
import shutil

import pytest
from browser import CHROMIUM, page, serious
from bs4 import BeautifulSoup
from conftest import solution
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from test_feedback import HOSTILE, PNG, displays, executed, shows

from autograde.authoring.questions import specs_in
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.judging.submission import released
from autograde.notebook import grade_id
from autograde.records.entry import GradebookEntry, Late
from autograde.records.verdicts import Row
from autograde.reporting.feedback import MAX_PAGE, write_feedback
from autograde.reporting.report import write_stopped_page
from checking.calls import call_case
from checking.card import as_html
from checking.cause import Cause
from checking.examiner import examine

pytestmark = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")

A = "gradient_checking"
LATE = Late(2.5, "2031-09-30 12:00:00 UTC")
PICTURES = this_course().build / "screenshots"
SIZES = {"wide": {"width": 1200, "height": 900}, "narrow": {"width": 360, "height": 740}}
LONG = "loss_of_a_very_long_name_that_has_no_blank_in_it_" * 5
TABLE = "<table class='dataframe'><tr>" + "<td>0.123456789</td>" * 30 + "</tr></table>"


def unfinished(*_):
    raise NotImplementedError


def fails(*_):
    raise ValueError(f"shapes (3,2) and (4,5) not aligned: {LONG}")


def verdicts():
    """One of each kind: right, a named mistake, an error in every case, nothing written; then right again."""
    questions = all_questions(A)
    right = solution(A)
    others = [name for name in questions if specs_in(A)[name].mistakes]
    named = others[-1]
    functions = {name: right[name] for name in questions} | {named: specs_in(A)[named].mistakes[0].function}
    first, second, third = (name for name in list(questions)[:3])
    functions |= {second: fails, third: unfinished}
    return {name: examine(q, lambda case, f=functions[name]: call_case(f, case)) for name, q in questions.items()}


def submission(*extra):
    """A notebook with a card of each kind, and these cells in front."""
    notebook = executed()
    found = verdicts()
    for cell in notebook.cells:
        if grade_id(cell).startswith("test_"):
            cell.outputs[0].data["text/html"] = as_html(found[grade_id(cell).removeprefix("test_")])
    notebook.cells[:0] = extra
    return GradebookEntry("ada", A, {name: verdict.score for name, verdict in found.items()}, None, notebook)


def written(folder, *extra):
    path = folder / f"{A}.html"
    write_feedback(submission(*extra), {q.name: q.points for q in all_questions(A).values()}, path, LATE)
    return path


def of_every_kind():
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='900' height='90'><circle cx='50' cy='50' r='40'/></svg>"
    return (
        new_markdown_cell(
            f"# Notes\n\nIt is $W^{{[1]}}$, see `{LONG}`.\n\n$$J = \\frac{{1}}{{m}}$$\n\n| a | b |\n|--|--|\n| 1 | 2 |"
        ),
        new_code_cell(
            f"import numpy as np\n\n# a comment\nx = '{LONG}' + f'{{np.pi:.3f}}'\n@cached\nclass A: pass",
            execution_count=1,
        ),
        displays({"image/png": PNG}, **{"image/png": {"width": 900}}),
        displays({"image/svg+xml": drawing}),
        displays({"text/html": TABLE}),
        displays({"text/latex": "$\\frac{a}{b}$"}),
        shows(
            new_output("stream", text=f"cost 0.69\n{LONG}"),
            new_output("stream", name="stderr", text="RuntimeWarning: overflow"),
            new_output("error", ename="E", evalue="e", traceback=["\x1b[31mE\x1b[0m: e", LONG]),
        ),
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """{kind: path} of a graded submission's page, and of those that were not executed."""
    folder = tmp_path_factory.mktemp("pages")
    paths = {"graded": written(folder, *of_every_kind())}
    for status, words in (
        ("missing", "there is no folder 'optimizers'"),
        ("rejected", LONG),
        ("timeout", "it did not end"),
    ):
        paths[status] = folder / f"{status}.html"
        write_stopped_page([Row("ada", A, "", 0.0, 0.0, status, Cause("other", words=words))], paths[status])
    return paths


def test_each_page_has_the_title_of_the_notebook(pages, tmp_path):
    title = next(c.source for c in released(A).cells if c.source.startswith("# ")).splitlines()[0][2:]
    row = Row("ada", "no_such_one", "", 0.0, 0.0, "rejected", Cause("other", words="it is of another course"))
    write_stopped_page([row], tmp_path / "other.html")
    for path, words in (*((path, title) for path in pages.values()), (tmp_path / "other.html", "no_such_one")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert page.h1.text == words
        assert page.title.text.startswith(f"{words}: ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious(pages, size, scheme):
    with page(viewport=SIZES[size], color_scheme=scheme) as tab:
        for path in pages.values():
            tab.goto(path.as_uri())
            for folded in tab.locator("details").all():
                folded.evaluate("details => details.open = true")
            assert serious(tab) == [], path.name


def test_axe_would_find_something(tmp_path):
    path = tmp_path / "bad.html"
    path.write_text(
        "<html lang=en><title>x</title><main><h1>x</h1><img src='x.png'><p style='color:#ccc'>pale</p></main>"
    )
    with page() as tab:
        tab.goto(path.as_uri())
        assert {"image-alt", "color-contrast"} <= {rule for rule, _ in serious(tab)}


def test_it_fits_a_phone_and_paper(pages):
    PICTURES.mkdir(parents=True, exist_ok=True)
    with page() as tab:
        for name, path in pages.items():
            for size, viewport in SIZES.items():
                tab.set_viewport_size(viewport)
                tab.goto(path.as_uri())
                width = tab.evaluate("document.scrollingElement.scrollWidth")
                tab.screenshot(path=PICTURES / f"feedback_{name}_{size}.png", full_page=True)
                assert width <= viewport["width"], (name, size)
        tab.goto(pages["graded"].as_uri())
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(27, 27, 27)", "ink on paper is dark"
        tab.pdf(path=PICTURES / "feedback_graded.pdf", format="A4")


def test_the_page_asks_for_nothing_and_runs_nothing(tmp_path):
    everything = "".join(HOSTILE).replace("alert(1)", "window.ran=1")
    cells = (
        displays({"text/html": everything}),
        displays({"text/html": "<b>fine</b> <img src='http://127.0.0.1:9/x.png'>"}),
        new_markdown_cell(everything),
        new_markdown_cell("![x](http://127.0.0.1:9/y.png)"),
        shows(new_output("stream", text=everything)),
        displays(
            {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><image href='http://127.0.0.1:9/z.png'/></svg>"}
        ),
    )
    path = written(tmp_path, *cells)
    with page() as tab:
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        for attempt in (path, control(tmp_path, path)):
            asked.clear()
            tab.goto(attempt.as_uri())
            tab.wait_for_timeout(300)
            elsewhere = {url for url in asked if not url.startswith(("data:", "about:", attempt.as_uri()))}
            for link in tab.locator("summary").all():
                with contextlib.suppress(Exception):
                    link.click(timeout=300, no_wait_after=True)
            ran = tab.evaluate("() => window.ran")
            assert (bool(elsewhere), bool(ran)) == ((False, False) if attempt == path else (True, True))


def control(folder, path):
    """A page of the same style in which something is loaded and run, so that it would be seen."""
    bad = folder / "control.html"
    policy = '<meta http-equiv="Content-Security-Policy"'
    text = path.read_text(encoding="utf-8")
    assert policy in text
    bad.write_text(
        text.replace(policy, "<meta ").replace(
            "<main>", "<main><script>window.ran=1</script><img src='http://127.0.0.1:9/x.png'>"
        )
    )
    return bad


def test_the_policy_alone_would_stop_what_gets_through(tmp_path):
    path = written(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<main>", "<main><script>window.ran=1</script><img src='http://127.0.0.1:9/x.png'>"))
    with page() as tab:
        loaded = []
        tab.on("response", lambda response: loaded.append(response.url))
        tab.on("console", lambda message: loaded.append(message.text))
        tab.goto(path.as_uri())
        assert tab.evaluate("() => window.ran") is None
        assert any("Content Security Policy" in words for words in loaded)


def test_many_large_pictures_make_no_large_page(tmp_path):
    large = base64.b64encode(bytes(150_000)).decode()
    path = written(tmp_path, *[displays({"image/png": large}) for _ in range(25)])
    assert path.stat().st_size < MAX_PAGE
    assert path.read_text(encoding="utf-8").count("A picture of 150 kB is left out") > 20
