"""A submission's feedback page: nbgrader's own `feedback` template, filled without a query and safe to open.

Everything that a student wrote or that their code put out is made harmless here, before the template sees it; the
verdict cards, which this side makes, pass as they are. The same pieces come back in every submission, so they are
rendered once.
"""

import base64
import contextlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache, lru_cache
from html import escape
from pathlib import Path

from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from jinja2 import Template
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

from autograde.gradebook import NO_RESPONSE, Graded, is_untouched
from autograde.script import grade_id

# Beyond these numbers of characters things are shown as plain text: parsers take quadratic time over the worst input.
MAX_RICH = 8_000  # a piece of code, Markdown or HTML
MAX_RENDERED = 50_000  # the HTML that comes of a piece of Markdown
MAX_RICH_PAGE = 100_000  # all pieces of a page
BLANKS = re.compile(r"\s{200}")

SHOWN = (  # of what an output comes as, the first of these is shown; all else is dropped
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/latex",
    "image/png",
    "image/jpeg",
    "text/plain",
)
ALT = "picture made by this cell"


def write_feedback(graded: Graded, max_scores: dict[str, float], path: Path, late_penalty: float = 0.0) -> None:
    """Write the feedback page of a submission. max_scores: points by question. late_penalty: points taken off.

    The check cells of `graded.notebook`, named `test_<question>`, must have been filled by the grader. What a person
    entered in the gradebook is not on the page; `nbgrader generate_feedback` writes one that has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(feedback_page(graded, max_scores, late_penalty), encoding="utf-8")
    os.replace(unfinished, path)


def feedback_page(graded: Graded, max_scores: dict[str, float], late_penalty: float = 0.0) -> str:
    """The page as HTML. Not for several threads at once."""
    summary = {
        "notebook": graded.assignment,
        "score": max(0.0, sum(graded.scores.values()) - late_penalty),
        "max_score": sum(max_scores.values()),
        "late_penalty": late_penalty,
    }
    template, resources = _template()
    return template.render(
        nb=_Page(graded, max_scores).notebook(), resources=resources | {"nbgrader": summary}
    ).lstrip()


class _Page:
    """Rebuilds a notebook for the template: sources and outputs as safe HTML, scores and comments as nbgrader marks."""

    def __init__(self, graded: Graded, max_scores: dict[str, float]):
        self._graded = graded
        self._max_scores = max_scores
        self._left = MAX_RICH_PAGE
        names = Counter(grade_id(cell) for cell in graded.notebook.cells)
        # a name that occurs twice tells nothing about who made the cell
        self._checks = {f"test_{q}": q for q in max_scores if names[f"test_{q}"] == 1}

    def notebook(self) -> NotebookNode:
        return NotebookNode(metadata=NotebookNode(), cells=[self._cell(cell) for cell in self._graded.notebook.cells])

    def _cell(self, cell: NotebookNode) -> NotebookNode:
        is_check = grade_id(cell) in self._checks and cell.cell_type == "code"
        if is_check:
            cell, _ = _clear_hidden_tests().preprocess_cell(NotebookNode(cell), {}, 0)
        shown = NotebookNode(cell_type=cell.cell_type, id=str(cell.get("id", "")), metadata=self._marks(cell, is_check))
        source = _text(cell.source)
        if cell.cell_type == "markdown":
            shown.source = self._rich(source, _markdown, _plain)
            return shown
        if cell.cell_type != "code":
            shown.source = _plain(source)
            return shown
        shown.source = self._rich(source, _code, _plain_code)
        count = cell.get("execution_count")
        shown.execution_count = count if isinstance(count, int) else None
        shown.outputs = cell.outputs if is_check else [self._output(output) for output in cell.outputs]
        return shown

    def _marks(self, cell: NotebookNode, is_check: bool) -> NotebookNode:
        """nbgrader's marks, with the score of a check cell and the automatic comment on an answer; else none."""
        marks = cell.metadata.get("nbgrader", {})
        name = grade_id(cell)
        if is_check:
            question = self._checks[name]
            shown = NotebookNode(grade_id=name, grade=True, solution=False)
            shown.score, shown.points = self._graded.scores.get(question, 0.0), self._max_scores[question]
        elif marks.get("solution") and name in self._max_scores:
            shown = NotebookNode(grade_id=name, grade=False, solution=True)
            shown.comment = f"<p>{NO_RESPONSE}</p>" if is_untouched(cell, marks.get("checksum")) else None
        else:
            return NotebookNode()
        return NotebookNode(nbgrader=shown)

    def _output(self, output: NotebookNode) -> NotebookNode:
        """An output of a student's code, in the safest form in which it says the same."""
        kind = output.output_type
        if kind == "stream":
            name = "stderr" if output.name == "stderr" else "stdout"
            return NotebookNode(output_type=kind, name=name, text=_text(output.text))
        if kind == "error":
            return NotebookNode(output_type=kind, traceback=[_text(line) for line in output.traceback])
        data = {mime: _text(output.data[mime]) for mime in SHOWN if mime in output.data}
        best = next((mime for mime, text in data.items() if not self._too_long(mime, text)), "")
        if not best:
            others = ", ".join(sorted(output.data))[:200] or "nothing"
            best, data = "text/plain", {"text/plain": f"(not shown here: {others})"}
        mime, text = self._displayable(best, data[best])
        picture = {"alt": ALT}
        sizes = output.get("metadata", {}).get(best, {}) if best.startswith("image/") else {}
        picture |= {side: sizes[side] for side in ("width", "height") if isinstance(sizes.get(side), int)}
        return NotebookNode(output_type=kind, data={mime: text}, metadata={mime: picture})

    def _too_long(self, mime: str, text: str) -> bool:
        return mime in ("text/html", "text/markdown") and len(text) > min(MAX_RICH, self._left)

    def _displayable(self, mime: str, text: str) -> tuple[str, str]:
        if mime == "text/html":
            return mime, self._rich(text, clean, _plain)
        if mime == "text/markdown":
            return "text/html", self._rich(text, _markdown, _plain)
        if mime == "image/svg+xml":  # scripts and links in it are dead in an img
            address = f"data:image/svg+xml;base64,{base64.b64encode(text.encode()).decode()}"
            return "text/html", f'<img alt="{ALT}" src="{address}">'
        return mime, text

    def _rich(self, text: str, rich: Callable[[str], str], plain: Callable[[str], str]) -> str:
        """Rendered, while it is not too long and not too much has been rendered on this page."""
        if len(text) > min(MAX_RICH, self._left):
            return plain(text)
        self._left -= len(text)
        return rich(text)


def _text(value: object) -> str:
    """What a notebook keeps as a string or as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(text: str) -> str:
    return f'<pre style="white-space:pre-wrap">{escape(text)}</pre>'


def _plain_code(text: str) -> str:
    return f'<div class="highlight"><pre>{escape(text)}</pre></div>'


def _terminal(text: str) -> str:
    """What was printed, as HTML; without its colours where nbconvert would take quadratic time over them, or fail."""
    if len(text) <= MAX_RICH:
        with contextlib.suppress(IndexError):  # an unfinished colour
            return ansi2html(text)
    return escape(strip_ansi(text))


@lru_cache(maxsize=1024)
def _code(source: str) -> str:
    if BLANKS.search(source):  # over which the lexer takes cubic time
        return _plain_code(source)
    lexer, formatter = _python()
    return highlight(source or " ", lexer, formatter)


@cache
def _python():
    return get_lexer_by_name("ipython3"), HtmlFormatter(cssclass=" highlight hl-ipython3")


class _Renderer(IPythonRenderer):
    """nbconvert's Markdown, without what could fail or take any lexer's time."""

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split(maxsplit=1)[:1]
        return _code(code) if language in (["python"], ["ipython"], ["py"]) else _plain_code(code)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if not url.startswith("data:image/"):  # attachments were not kept, and a page asks nothing of the network
            return f"<em>{escape(text) or 'a picture'} (not shown here)</em>"
        return super().image(text, url, title)


@lru_cache(maxsize=1024)
def _markdown(source: str) -> str:
    try:
        html = _parser().render(source)
        return clean(html) if len(html) <= MAX_RENDERED else _plain(source)
    except Exception:  # whatever odd text makes the parsers do
        return _plain(source)


@cache
def _parser() -> MarkdownWithMath:
    return MarkdownWithMath(renderer=_Renderer(escape=False))


# What HTML may hold: text and tables. Nothing that runs, loads, sends, or lies over the rest of the page.
# fmt: off
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
})
STYLES = frozenset({
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
    "border-style", "border-top", "border-width", "color", "font-family", "font-style", "font-weight", "text-align",
    "text-decoration", "vertical-align", "white-space",
})
# fmt: on
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
CLASSES = frozenset({"anchor-link", "dataframe", "highlight", "hl-ipython3"} | set(STANDARD_TYPES.values()) - {""})
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
STYLE = re.compile(r"[\w\s#%.,:;()'\"-]*")  # no escapes, so that it means what it says
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
NOT_TEXT = re.compile(r"<(script|style|title|textarea|template|noscript)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)


def clean(html: str) -> str:
    """HTML of a student's, reduced to what a page may hold."""
    # the cleaner takes tags away and leaves their text, which for these is none to be read
    return _cleaner().clean(NOT_TEXT.sub("", html))


@cache
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=TAGS,
        attributes=_is_allowed,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=()),
    )


def _is_allowed(tag: str, attribute: str, value: str) -> bool:
    if attribute == "class":  # others belong to the page's own style sheet, and could imitate or cover its parts
        return set(value.split()) <= CLASSES
    if attribute == "href":
        return tag == "a" and LINK.match(value) is not None
    if attribute == "src":
        return tag == "img" and PICTURE.fullmatch(value) is not None
    if attribute == "style":
        return STYLE.fullmatch(value) is not None and "url" not in value.lower()
    if attribute == "id":
        return tag in HEADINGS
    return attribute in ("align", "alt", "border", "colspan", "open", "rowspan", "start", "title")


@cache
def _clear_hidden_tests() -> ClearHiddenTests:
    return ClearHiddenTests()


@cache
def _template() -> tuple[Template, dict]:
    """nbgrader's template, which takes sources as HTML here, and what it asks for besides the notebook."""
    config = GenerateFeedback(coursedir=CourseDirectory()).config
    exporter = HTMLExporter(config=config)
    exporter.register_filter("ansi2html", _terminal)
    for name in ("markdown2html", "highlight_code", "clean_html", "strip_files_prefix"):
        exporter.register_filter(name, _as_it_is)
    exporter.register_filter("filter_data_type", _best)

    @cache
    def include_css(name: str) -> Markup:
        css, _, _ = exporter.environment.loader.get_source(exporter.environment, name)
        return Markup(f'<style type="text/css">\n{css}</style>')

    resources = {
        "include_css": include_css,
        "inlining": {"css": [HtmlFormatter(style="default").get_style_defs(".highlight")]},
        "global_content_filter": defaultdict(lambda: True),  # everything is shown
        "output_mimetype": "text/html",
        "should_sanitize_html": False,
    }
    return exporter.template, resources


def _as_it_is(html: str, **_options: object) -> str:
    return html


def _best(data: dict) -> list[str]:
    return [next((mime for mime in SHOWN if mime in data), "")]
