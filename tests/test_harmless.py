"""What is active in HTML, Markdown, attachments and styles does not get past `autograde/judging/sanitize.py`; names and words become plain lines.

What is honest stays as it is, and nothing that is cleaned grows beyond bounds.
"""

import base64
import csv
import re

import pytest
from active_pieces import HTML, MARKDOWN, PAINT, PNG, STYLES, active
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograde.judging.sanitize import clean, harmless_markdown, harmless_notebook, harmless_style
from autograde.records.verdicts import Row, write_csv
from autograde.text import lines, one_line
from checking.cause import Cause


@pytest.mark.parametrize("html", [*HTML, *PAINT])
def test_html_that_is_active_is_not_when_it_is_cleaned(html):
    cleaned = clean(html)
    assert active(cleaned) == []
    assert clean(cleaned) == cleaned, "what is clean stays as it is"


@pytest.mark.parametrize("source", [*MARKDOWN, *HTML, *PAINT])
def test_markdown_that_is_active_is_not_when_nbconvert_renders_it(source):
    html = markdown2html(harmless_markdown(source))
    assert [found for found in active(html) if " id=" not in found] == []
    assert not re.search(r"9000|fixed", "".join(re.findall(r'style="([^"]*)"', html)))


@pytest.mark.parametrize(
    "source",
    [
        "Where `a < b` and $x<y$ hold, and $$\\sum_{i<n} x_i<\\infty$$ too.",
        "```html\n<script>alert(1)</script>\n```\n\nand `<img onerror=x>`, and\n\n    <b>indented</b>",
        "# Title\n\n**bold** <b>b</b> <details><summary>more</summary>x</details> [link](https://example.org) [next](other.ipynb)",
        "<font color='red'>red</font><br/>\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\n- [ ] todo\n\n<https://example.org>",
        f"![x](data:image/png;base64,{PNG})\n\n<p align='center' style='color: #444; text-align: center'>c</p> a &lt; b &amp; c",
        "a " * 10_000,
    ],
    ids=["less", "code", "html", "table", "picture", "long"],
)
def test_honest_markdown_stays_letter_by_letter(source):
    assert harmless_markdown(source) == source


@pytest.mark.parametrize(
    "source", [*MARKDOWN, *HTML, "```text\n<b>\n```\n<script>RAN=1</script>\n```", "<p>" + "`" * 9 + "x" * 20_000]
)
def test_what_is_harmless_is_left_alone_the_next_time(source):
    once = harmless_markdown(source)
    assert harmless_markdown(once) == once


def test_what_was_honest_beside_it_stays():
    source = "**mine** $a<b$ `<script>` <script>RAN=1</script> ![x](http://evil.example/x.png)"
    assert harmless_markdown(source) == (
        "**mine** $a< b$ `<script>` &lt;script>RAN=1&lt;/script> [x](http://evil.example/x.png)"
    )
    assert harmless_markdown("![y](attachment:y.png) **z**") == "*(y, which is not kept)* **z**"


@pytest.mark.parametrize(("tag", "around"), [("b", "p"), ("font", "div"), ("nobr", "li")])
def test_no_html_multiplies(tag, around):
    """A parser opens formatting that was left open again in every block: 3,000 tags in 3,000 blocks make gigabytes."""
    for n, m, title in ((3_000, 3_000, 1), (200, 200, 1), (20, 1_000, 10_000), (1, 3_000, 100_000), (100, 100, 10_000)):
        for before, after in "''", '""', ("", ""), ("x'>", ""), ("x=' ", "'"):
            html = "".join(f"<{tag} title={before}{i}{'y' * title}{after}>" for i in range(n))
            html = f"<{around}>{html}</{around}>" + f"<{around}>x</{around}>" * m
            assert len(clean(html)) <= 10_000_000
    assert "honest" in clean(f"<{tag} title='x'>{'honest ' * 10_000}</{tag}>" + "<p>x</p>" * 1_000)
    assert clean(f"<{tag}>honest</{tag}>" + f"<{around}>x</{around}>" * 100).count("x") == 100


def test_a_picture_that_was_pasted_stays_and_nothing_else_that_was():
    """A photograph of a sum on paper is an answer too."""
    cell = new_markdown_cell("My sum: ![sum](attachment:sum.png) ![b](attachment:b.svg) ![c](attachment:c.png)")
    script = base64.b64encode(b"<svg onload='RAN=1'/>").decode()
    cell.attachments = {
        "sum.png": {"image/png": PNG, "text/html": "<script>RAN=1</script>"},
        "b.svg": {"image/svg+xml": script},
        "c.png": {"image/png": '" onerror="RAN=1'},
        '"><script>RAN=1</script>.png': {"image/png": PNG},
        "list.png": ["no dict"],
    }
    (kept,) = harmless_notebook(NotebookNode(new_notebook(), cells=[cell])).cells
    assert kept.attachments == {"sum.png": {"image/png": PNG}}
    assert "![sum](attachment:sum.png)" in kept.source
    assert "attachment:b" not in kept.source
    assert "attachment:c" not in kept.source
    html, _ = HTMLExporter(template_name="basic").from_notebook_node(new_notebook(cells=[kept]))
    assert f"data:image/png;base64,{PNG}" in html
    assert "RAN" not in html
    (again,) = harmless_notebook(new_notebook(cells=[kept])).cells
    assert again == kept


@pytest.mark.parametrize(
    "source",
    [
        "![x](attachment:gone.png)",
        "![x](<attachment:gone away.png>)",
        "![x][1]\n\n[1]: attachment:gone.png",
        'a ![](attachment:gone.png "title") b',
        "[![x](attachment:gone.png)](https://example.org)",
        "| ![x](attachment:gone.png) |\n|---|\n| 1 |",
    ],
)
def test_a_reference_to_a_picture_that_is_not_there_does_not_stop_nbconvert(source):
    cell = new_markdown_cell(f"before\n\n{source}\n\nafter ![kept](attachment:kept.png)")
    cell.attachments = {"kept.png": {"image/png": PNG}}
    kept = harmless_notebook(new_notebook(cells=[cell]))
    html, _ = HTMLExporter(template_name="basic").from_notebook_node(kept)
    assert "before" in html
    assert "after" in html


def test_of_a_style_what_is_small_stays():
    small = "color: #123; font-weight:bold; border-left:6px solid red; margin:2px 0 2px 1.6em; font-size: 12px"
    assert harmless_style(small) == small
    for style in STYLES:
        kept = harmless_style(style)
        assert not re.search(r"\d{3}|fixed|-\d", kept), kept


AWKWARD = [
    "a\nb\r\nc\x85d\u2028e\u2029f\x0bg\x0ch", "\x1b[31mred\x1b]0;title\x07\x1b]8;;javascript:x\x1b\\\x9b31m", "\u202eabc\u2066\u200f\u061c",
    "half \ud83d a character", "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "＝1", "x" * 1_000_000, "\0\x01\x7f", "\ufeff=1",
    "Z" + "\u0335\u030d" * 1000, "\U000e0041\U000e0042\ufff9\u2060", "", " ", "\x1b[" + "9" * 100_000, "\ue000\U0010ffff",
]  # fmt: skip


@pytest.mark.parametrize("words", AWKWARD, ids=range(len(AWKWARD)))
def test_every_field_is_one_line_of_printable_text(words, tmp_path):
    for text in (words, f"honest {words} words", f"{words};{words}"):
        line = one_line(text)
        assert line.isprintable()
        assert len(line) < 3000
        assert all(part.isprintable() for part in lines(text).split("\n"))
        path = tmp_path / "grades.csv"
        write_csv([Row(text, text, text, 1.0, 2.0, "graded", Cause("other", words=text))], path)
        content = path.read_bytes().decode("utf-8")
        assert content.count("\n") == 2
        (row,) = csv.DictReader(content.splitlines())
        for field in row.values():
            assert field.isprintable()
            assert not re.match(r"\s*[=+@＝＋－＠-](?!\Z)", field) or re.fullmatch(r"-?[\d.]+", field)


def test_names_that_are_honest_stay():
    for name in ("Zoë", "O'Brien-Smith", "李小龍", "محمد", "می‌خواهم", "Đặng Thị Hồng", "नमस्ते", "👩‍🔬"):
        assert one_line(name) == name
