"""A submission's feedback page: one HTML file that asks nothing of a network and runs nothing.

First what this side has to say: the score, and the verdict card of each question. Then what the student added to the
notebook and what their code put out, made harmless here, before the template sees it. Text and cells that are as handed
out are left out, since the student has them. A page stays below MAX_PAGE: what does not fit is left out, and the page
says so. The same pieces come back in every submission, so they are rendered once.
"""

import base64
import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from nbformat import NotebookNode

from autograde.course import this_course
from autograde.files import write_atomically
from autograde.judging.sanitize import NOT_TEXT, ONE_PICTURE, clean, harmless_attachments, harmless_markdown
from autograde.judging.submission import manual_questions, released
from autograde.notebook import grade_id, is_showcase
from autograde.records.entry import GradebookEntry, Late, ManualGrade
from autograde.text import moment
from checking.card import STATES, Body, html_card, note_html
from checking.check import VERDICT_TYPE

if TYPE_CHECKING:
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

MAX_PAGE = 500_000  # bytes
FRAME = 20_000  # of them for style, score and the list of questions
MARKUP = 500  # around each card, cell and output
SHARE_OF_TEXT = 0.6  # of what the cards leave; pictures may take the rest

# Beyond these numbers of characters things are shown as plain text: parsers take quadratic time over the worst input.
MAX_RICH = 8_000  # a piece of Markdown or HTML
MAX_RENDERED = 50_000  # the HTML that comes of a piece of Markdown
MAX_RICH_PAGE = 100_000  # all pieces of a page
HEAD, TAIL = 15_000, 5_000  # what is shown of plain text that is longer

PREFERRED = (  # of what an output comes as, the first of these is shown; all else is dropped
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/latex",
    "image/png",
    "image/jpeg",
    "text/plain",
)
BELOW = "#below"  # what a pasted picture is at in the text of its cell
BASE64 = re.compile(r"[A-Za-z0-9+/=]+")
HIDING = re.compile(rf"<(?:{'|'.join(sorted(NOT_TEXT))})\b", re.IGNORECASE)  # what begins with it is not shown
HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)


def write_feedback(
    graded: GradebookEntry,
    max_scores: dict[str, float],
    path: Path,
    late: Late | None = None,
    by_hand: Mapping[str, ManualGrade] | None = None,
) -> None:
    """Write the feedback page of a submission. max_scores: points by question. late: what is taken off.

    The check cells of `graded.notebook`, named `test_<question>`, must have been filled by the grader. by_hand: what a person
    entered in the gradebook, by question.
    """
    write_atomically(_bytes(feedback_page(graded, max_scores, late, by_hand)), path)


def feedback_page(
    graded: GradebookEntry,
    max_scores: dict[str, float],
    late: Late | None = None,
    by_hand: Mapping[str, ManualGrade] | None = None,
) -> str:
    """The page as HTML. Not for several threads at once."""
    total, off = sum(graded.scores.values()), late.points if late else 0.0
    return _template().render(
        student=graded.student,
        assignment=graded.assignment,
        title=title_of(graded.assignment),
        total=round(total, 2),
        late=late,
        handed_in=moment(graded.timestamp) if graded.timestamp else "",
        score=round(max(0.0, total - off), 2),
        points=round(sum(max_scores.values()), 2),
        notes=_notes(graded),
        page=_Page(graded, max_scores, by_hand or {}),
    )


def title_of(assignment: str) -> str:
    """An assignment's first heading; its name, if the course does not have it."""
    return _handed_out(assignment).title if assignment in this_course().assignments else assignment


def _notes(graded: GradebookEntry) -> list[tuple[str, str]]:
    """What was put right, with its question or "", those of the whole notebook first."""
    by_question = sorted(graded.notes.items(), key=lambda noted: noted[0] != "")
    return [(question, words) for question, said in by_question for words in said]


@dataclass(frozen=True)
class _Card:
    """The verdict on a question. title: sign and function, state, score. has_cell: whether its function is shown.

    is_manual: a person grades it. waits: and has not done so.
    """

    question: str
    title: list[str]
    html: Markup
    has_cell: bool
    is_manual: bool = False
    waits: bool = False


@dataclass
class _Output:
    """What a cell put out, as safe HTML. kind: text, warning, error, tex, rich, picture or note."""

    kind: str
    html: Markup


@dataclass
class _Cell:
    """A cell as it is shown. heading: the course's, where this is the first cell below it. card: of a graded function."""

    heading: str
    card: _Card | None
    about: str
    is_folded: bool
    is_text: bool
    source: Markup
    outputs: list[_Output] = field(default_factory=list)


class _Page:
    """What a submission has to show.

    cards, cells: in the notebook's order. not_run: number of demonstrations that were not run. left_out: number of cells
    and outputs for which there was no room. waiting: points that a person has yet to give; until_then: what counts for these.
    """

    def __init__(self, graded: GradebookEntry, max_scores: dict[str, float], by_hand: Mapping[str, ManualGrade]):
        self._graded, self._by_hand = graded, by_hand
        self._ours = _handed_out(graded.assignment)
        times = Counter(map(grade_id, graded.notebook.cells))
        # a name that occurs twice tells nothing about who made the cell
        self._named = {name: cell for cell in graded.notebook.cells if times[name := grade_id(cell)] == 1}
        manual = manual_questions(graded.assignment)
        self.cards = {
            question: (self._manual_card if question in manual else self._judged_card)(question, points)
            for question, points in max_scores.items()
        }
        waiting = [card.question for card in self.cards.values() if card.waits]
        self.waiting = round(sum(max_scores[question] for question in waiting), 2)
        self.until_then = round(sum(graded.scores.get(question) or 0.0 for question in waiting), 2)
        self.not_run = self.left_out = 0
        before = [card.html for card in self.cards.values()] + [words for _, words in _notes(graded)]
        room = MAX_PAGE - FRAME - sum(map(_size, before))
        self._left, self._left_rich = int(SHARE_OF_TEXT * room), MAX_RICH_PAGE
        for_pictures = room - self._left
        self._pictures: list[_Output] = []
        self.cells = list(self._cells())
        self._choose_pictures(for_pictures + self._left)

    def _judged_card(self, question: str, points: float) -> _Card:
        """The card in a question's check cell; before it that of a person who has given other points, or a comment."""
        card, grade = self._card(question, points), self._by_hand.get(question)
        if grade is None:
            return card
        if grade.score is None:
            title = f"{question} · {'a comment' if grade.comment.strip() else 'extra credit'}"
            return replace(card, html=Markup(html_card("note", title, Body(lines=tuple(_said_in(grade))))) + card.html)
        manual = self._manual_card(question, points)
        own = Markup('<p class="soft">What the grader found by itself; a person\'s points count in its place.</p>')
        return replace(manual, html=manual.html + own + card.html, is_manual=False)

    def _card(self, question: str, points: float) -> _Card:
        """The card in a question's check cell."""
        outputs = self._named.get(f"test_{question}", {}).get("outputs", ())
        shown = next(
            (output.data for output in outputs if "title" in output.get("data", {}).get(VERDICT_TYPE, ())), None
        )
        if shown is None:
            title = [f"○ {question}", f"{self._graded.scores.get(question, 0.0):g} of {points:g} points"]
            html = note_html(" · ".join(title), "There is no verdict card for it.")
        else:
            title, html = list(shown[VERDICT_TYPE]["title"]), _text(shown["text/html"])
        return _Card(question, title, Markup(html), question in self._named)

    def _manual_card(self, question: str, points: float) -> _Card:
        """The card of a question that a person grades, with what the person says."""
        score = self._graded.scores.get(question)
        grade = self._by_hand.get(question) or ManualGrade(waits=score is None)
        said = _said_in(grade)
        given = f"{score or 0.0:g} of {points:g} points"
        if grade.waits:
            state, title = "note", ["a person will grade this", f"{points:g} point{'' if points == 1 else 's'}"]
            until = "Its points are added when a person has read it."
            if grade.score is not None:
                title = ["a person will read this again", f"until then {given}"]
                until = f"A person will read it again. Until then what you had before counts: {given}."
            said = [until, *said]
        elif grade.score is None:
            state, title = "unfilled", ["not answered", given]
            said = ["Your answer is as it was handed out.", *said]
        else:
            state = "right" if grade.score >= points else "partly" if grade.score > 0 else "wrong"
            title = ["graded by a person", given]
        title = [f"{STATES[state][0]} {question}", *title]
        html = Markup(html_card(state, " · ".join(title), Body(lines=tuple(said))))
        return _Card(question, title, html, question in self._named, is_manual=True, waits=grade.waits)

    def _cells(self) -> Iterator[_Cell]:
        """The cells that are worth showing, as far as there is room."""
        checks = {f"test_{question}" for question in self.cards} & self._named.keys()
        heading = ""
        for cell in self._graded.notebook.cells:
            name, source, outputs = grade_id(cell), _text(cell.source), cell.get("outputs", ())
            if cell.cell_type == "code" and name in checks:
                continue  # its card stands above
            is_ours = (cell.cell_type, source.strip()) in self._ours.cells
            card = self.cards.get(name) if name in self._named else None
            if is_ours and cell.cell_type == "markdown" and not card:
                heading = self._ours.headings.get(source.strip(), heading)
                continue
            not_run = cell.cell_type == "code" and cell.get("execution_count") is None
            self.not_run += not_run and is_showcase(cell)
            if not card and not outputs and (is_ours or not source.strip()):
                continue
            if not self._takes(""):
                continue
            yield _Cell(
                heading,
                card,
                about=_about(cell, is_ours, not_run),
                is_folded=is_ours,
                is_text=cell.cell_type == "markdown",
                source=self._source(cell.cell_type, _with_pictures_below(cell, source)),
                outputs=[shown for output in outputs if (shown := self._output(output))] + self._pasted(cell),
            )
            heading = ""

    def _source(self, kind: str, source: str) -> Markup:
        html = self._rich(source, _markdown) if kind == "markdown" else None
        if html is None:
            html = (_code if kind == "code" else _plain)(_shortened(source))
        return Markup(html if self._takes(html) else "<p>(too long to be shown here)</p>")

    def _output(self, output: NotebookNode) -> _Output | None:
        """An output of a student's code, in the safest form in which it says the same. None if there is no room."""
        if output.output_type == "stream":
            return self._words("warning" if output.name == "stderr" else "text", _text(output.text))
        if output.output_type == "error":
            return self._words("error", "\n".join(map(_text, output.traceback)))
        data = {mime: _text(output.data[mime]) for mime in PREFERRED if mime in output.data}
        if drawing := ONE_PICTURE.fullmatch(data.get("text/html", "")):
            return self._picture(drawing[1], drawing[2], {})
        mime = next((mime for mime, text in data.items() if not self._too_long(mime, text)), "")
        if mime in ("text/html", "text/markdown"):
            html = self._rich(data[mime], clean if mime == "text/html" else _markdown)
            return self._fitting("rich", html or "")
        if mime.startswith("image/"):
            return self._picture(mime, data[mime], output.get("metadata", {}).get(mime, {}))
        if mime:
            return self._words("tex" if mime == "text/latex" else "text", data[mime])
        return self._words("text", f"(not shown here: {', '.join(sorted(output.data))[:200] or 'nothing'})")

    def _pasted(self, cell: NotebookNode) -> list[_Output]:
        """The pictures that were pasted into a text cell."""
        pictures = harmless_attachments(cell.get("attachments")) if cell.cell_type == "markdown" else {}
        forms = (next(iter(data.items())) for data in pictures.values())
        return [picture for mime, content in forms if (picture := self._picture(mime, content, {}, "pasted into"))]

    def _words(self, kind: str, words: str) -> _Output | None:
        """What was printed, without its colours; of a line that was written over, as it was at last."""
        from nbconvert.filters import strip_ansi

        lines = (line.rstrip("\r").rpartition("\r")[2] for line in strip_ansi(words).split("\n"))
        return self._fitting(kind, escape(_shortened("\n".join(lines).rstrip())))

    def _picture(self, mime: str, content: str, sizes: dict, how: str = "made by") -> _Output | None:
        """A picture that _choose_pictures may yet leave out."""
        if mime == "image/svg+xml" and content.lstrip().startswith("<"):  # scripts and links in it are dead in an img
            content = base64.b64encode(_bytes(content)).decode()
        content = "".join(content.split())
        if not BASE64.fullmatch(content):
            return self._words("text", f"(not shown here: {mime} that is none)")
        size = "".join(f' {side}="{sizes[side]}"' for side in ("width", "height") if isinstance(sizes.get(side), int))
        picture = self._fitting("picture", "")
        if picture:
            self._pictures.append(picture)
            alt = f"picture {len(self._pictures)}, {how} this cell"
            picture.html = Markup(f'<img alt="{alt}"{size} src="data:{mime};base64,{content}">')
        return picture

    def _choose_pictures(self, room: int) -> None:
        """Keep the smallest, so that most are kept. None is scaled: what holds the grades decodes no student's file."""
        for picture in sorted(self._pictures, key=lambda picture: len(picture.html)):
            room -= len(picture.html)
            if room < 0:
                size = f"{max(1, len(picture.html) * 3 // 4000):,} kB"
                picture.kind, picture.html = "note", Markup(f"A picture of {size} is left out; see your notebook.")

    def _too_long(self, mime: str, text: str) -> bool:
        return mime in ("text/html", "text/markdown") and len(text) > min(MAX_RICH, self._left_rich)

    def _rich(self, text: str, render: Callable[[str], str]) -> str | None:
        """Rendered, while it is not too long and not too much has been rendered on this page."""
        if len(text) > min(MAX_RICH, self._left_rich):
            return None
        self._left_rich -= len(text)
        return render(text)

    def _fitting(self, kind: str, html: str) -> _Output | None:
        return _Output(kind, Markup(html)) if self._takes(html) else None

    def _takes(self, html: str) -> bool:
        """Whether there is room for it, which it then occupies."""
        if (size := _size(html)) > self._left:
            self.left_out += 1
            return False
        self._left -= size
        return True


def _said_in(grade: ManualGrade) -> list[str]:
    """A person's comment, line by line, and the extra credit."""
    said = [line for line in _shortened(grade.comment).splitlines() if line.strip()]
    if grade.extra_credit:
        said.append(f"Extra credit: {grade.extra_credit:g} point{'' if grade.extra_credit == 1 else 's'}.")
    return said


def _with_pictures_below(cell: NotebookNode, source: str) -> str:
    """The text of a cell, in which what is said of a pasted picture that is kept leads to what comes below the text."""
    for name in harmless_attachments(cell.get("attachments")) if cell.cell_type == "markdown" else ():
        source = source.replace(f"](attachment:{name})", f"]({BELOW})")
    return source


def _about(cell: NotebookNode, is_ours: bool, not_run: bool) -> str:
    """What a reader should know of a cell, in a sentence; "" if nothing."""
    if cell.cell_type == "raw":
        return "Plain text, which is never run."
    if not_run:
        return "A demonstration. Not run: no points depend on it." if is_showcase(cell) else "Not run."
    return "As handed out." if is_ours else ""


@dataclass(frozen=True)
class _HandedOut:
    """An assignment as students get it. cells: (type, source). headings: by source of the text cells that have one."""

    title: str
    cells: frozenset[tuple[str, str]]
    headings: dict[str, str]


@cache
def _handed_out(assignment: str) -> _HandedOut:
    cells = [(cell.cell_type, cell.source.strip()) for cell in released(assignment).cells]
    found = {source: HEADING.findall(source) for kind, source in cells if kind == "markdown"}
    title = next((words for headings in found.values() for level, words in headings if level == "#"), assignment)
    below = {source: headings[-1][1] for source, headings in found.items() if headings and headings[-1][0] != "#"}
    return _HandedOut(title, frozenset(cells), below)


def _text(value: object) -> str:
    """What a notebook keeps as a string or as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # no file can hold half a character


def _size(html: str) -> int:
    return len(_bytes(html)) + MARKUP


def _shortened(text: str) -> str:
    if len(text) <= HEAD + TAIL:
        return text
    left_out = len(text) - HEAD - TAIL
    return f"{text[:HEAD]}\n[… {left_out:,} characters are left out here …]\n{text[-TAIL:]}"


def _plain(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


# What is coloured in code. One expression in linear time: a lexer of Python takes longer than all the rest of a page, and
# cubic time over blanks.
TOKEN = re.compile(
    r"""(?P<c>\#[^\n]*)
    | (?P<s>(?:\b(?i:[bfru]){1,2})?(?:'{3}.*?(?:'{3}|\Z) | "{3}.*?(?:"{3}|\Z) | '(?:\\.|[^'\\\n])*'? | "(?:\\.|[^"\\\n])*"?))
    | (?P<m>\b\d(?:[\w.]|(?<=[eE])[+-])*)
    | (?P<f>(?<=\bdef\ )\w+ | (?<=\bclass\ )\w+)
    | (?P<k>\b(?:KEYWORDS)\b)""".replace("KEYWORDS", "|".join(keyword.kwlist)),
    re.VERBOSE | re.DOTALL,
)


def _code(source: str) -> str:
    """Python, with comments, strings, numbers, new names and keywords marked."""
    text = escape(source, quote=False)  # which leaves quotes, and puts in nothing that is a token
    return f'<pre class="highlight">{TOKEN.sub(_marked, text).strip(chr(10))}</pre>'


def _marked(token: re.Match) -> str:
    return f'<span class="{token.lastgroup}">{token[0]}</span>'


@lru_cache(maxsize=1024)
def _markdown(source: str) -> str:
    try:
        if HIDING.search(source):  # the rest would vanish with it: it is shown as it was typed
            source = harmless_markdown(source)
        html = _parser().render(source)
        return clean(html) if len(html) <= MAX_RENDERED else _plain(source)
    except Exception:  # whatever odd text makes the parsers do
        return _plain(source)


@cache
def _parser() -> "MarkdownWithMath":
    """nbconvert's Markdown, without what could fail, take any lexer's time or need a script."""
    # takes a quarter of a second, which who writes no page need not wait for
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def heading(self, text: str, level: int, **_attributes: object) -> str:
            return f"<h{min(level + 3, 6)}>{text}</h{min(level + 3, 6)}>"  # below the page's own

        def block_code(self, code: str, info: str | None = None) -> str:
            language = (info or "").split(maxsplit=1)[:1]
            return _code(code) if language in (["python"], ["ipython"], ["py"]) else _plain(code)

        def inline_math(self, body: str) -> str:
            return f'<code class="tex">{escape(body)}</code>'

        def block_math(self, body: str) -> str:
            return f'<code class="tex-block">{escape(body.strip())}</code>'

        def latex_environment(self, name: str, body: str) -> str:
            return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

        def image(self, text: str, url: str, title: str | None = None) -> str:
            if url == BELOW:
                return f"<em>{escape(text) or 'the picture'} (below)</em>"
            if not url.startswith("data:image/"):  # a page asks nothing of the network
                return f"<em>{escape(text) or 'a picture'} (not shown here)</em>"
            return super().image(text, url, title)

    return MarkdownWithMath(renderer=Renderer(escape=False))


@cache
def _template() -> Template:
    pages = Environment(loader=PackageLoader("autograde"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return pages.get_template("feedback.html")
