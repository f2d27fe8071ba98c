"""What a student wrote or a student's code put out, made harmless by allow-lists before it is written anywhere.

A notebook that was handed in is opened by others: in formgrader, whose pages show HTML as it comes and hold the teacher's
rights; in JupyterLab; in a page of feedback. So nothing stays in it that could run, ask the network for something, or be
painted outside its own place. What is on no list here goes. What a person wrote is still to be read: as text, if not
otherwise.
"""

import base64
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import nh3
from nbformat import NotebookNode, from_dict
from pygments.token import STANDARD_TYPES

from autograde.judging.notebook_file import PLAIN_NAME
from autograde.text import as_text
from checking.check import VERDICT_TYPE

if TYPE_CHECKING:
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

# What HTML may hold: text and tables. Nothing that runs, loads, sends, or lies over the rest of the page.
# fmt: off
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "del", "details", "div",
    "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
    "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}
NOT_TEXT = {  # what stands in these is none to be read
    "audio", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "select", "style",
    "svg", "template", "textarea", "title", "video", "xmp",
}
# fmt: on
ATTRIBUTES = {
    "align",
    "alt",
    "aria-label",
    "aria-level",
    "border",
    "class",
    "color",
    "colspan",
    "height",
    "href",
    "open",
    "role",
}
ATTRIBUTES |= {"rowspan", "src", "start", "style", "title", "width"}
CLASSES = {"dataframe", "highlight", "tex", "tex-block"} | set(filter(None, STANDARD_TYPES.values()))
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
NUMBER = re.compile(r"\d{1,4}%?")
COLOUR_NAME = re.compile(r"#?\w{1,20}")

# What a style may say: a property, and what its value is made of, all of it small. Shorthands are made of several.
_COLOUR = r"(?:#[0-9a-f]{3,8}|[a-z]{3,20}|(?:rgb|hsl)a?\([\d\s%.,/]{1,40}\))"
_LENGTH = r"(?:0|\d{0,2}(?:\.\d{1,4})?(?:px|pt|em|rem|ex|ch)|(?:100|\d{1,2})(?:\.\d{1,4})?%)"
_SPACE = r"(?:0|[0-2]?\d(?:\.\d{1,4})?(?:px|pt)|[0-3]?(?:\.\d{1,4})?(?:em|rem)|auto)"  # beside a thing, never negative
_LINE = rf"(?:0|[0-6](?:\.\d{{1,4}})?(?:px|pt)|thin|medium|thick|none|solid|dashed|dotted|double|{_COLOUR})"
_WORD = r"[a-z-]{1,20}"
_VALUES = {
    r"(?:background-)?color|border-color": rf"{_COLOUR}(?: {_COLOUR}){{0,3}}",
    r"border(?:-(?:top|right|bottom|left))?(?:-(?:width|style))?": rf"{_LINE}(?: {_LINE}){{0,3}}",
    r"border-collapse|text-align|vertical-align|white-space|overflow-wrap|text-decoration|font-style": _WORD,
    r"font-weight": r"normal|bold|bolder|lighter|[1-9]00",
    r"font-size": r"(?:[6-9]|[12]\d)(?:\.\d{1,4})?p[xt]|(?:0?\.[5-9]\d{0,3}|1(?:\.\d{1,4})?)r?em|(?:[5-9]\d|1\d\d)%|"
    r"(?:x-)?small|medium|(?:x-)?large|smaller|larger",
    r"font-family": r"[\w ,'\"-]{1,100}",
    r"line-height": r"(?:1(?:\.\d{1,4})?|2)|normal",
    r"(?:padding|margin)(?:-(?:top|right|bottom|left))?": rf"{_SPACE}(?: {_SPACE}){{0,3}}",
    r"(?:max-)?width": rf"{_LENGTH}|auto",
}
_STYLE = re.compile("|".join(f"(?:{name}): ?(?:{value})" for name, value in _VALUES.items()), re.IGNORECASE)
_LAID_OUT_ANEW = re.compile(r"white-space: ?(?!normal$|nowrap$|pre$|pre-wrap$)", re.IGNORECASE)

# Of an output, what a page can show.
SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
MAX_HTML, MAX_TAGS = 2_000_000, 20_000  # characters and tags of one output
# Formatting that is left open, which a parser opens again in each block, by the HTML standard; and characters of that.
REOPENED = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
MAX_REOPENED = 4_000_000
# Characters of a piece of Markdown, and of all of a notebook's, that are rendered to see what comes of it: parsers take
# quadratic time over the worst.
MAX_MARKDOWN, MAX_MARKDOWN_OF_ALL = 8_000, 100_000
MAX_TITLE = 300  # of a part of a card's first line
MAX_LATEX = 20_000
_IMG = re.compile(r'<img(?: [\w-]+="[^"]*")*>')  # as the cleaner writes it
_START_OR_END = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_ATTRIBUTES = re.compile(r"""(?:\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'|[\w#.-]+))?)*\s*/?""")
NO_PICTURE = "<em>(a picture that is not kept here)</em>"
NO_SVG = "<p>(A drawing in SVG is left out here.)</p>"
# An output that is one picture, as `_svg_as_picture` makes it.
ONE_PICTURE = re.compile(r'<img alt="a drawing" src="data:(image/svg\+xml);base64,([A-Za-z0-9+/=]*)">')

# All but line ends, tabs, colours.
_CONTROLS = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[0-9;]*m)")
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_CALLED = re.compile(r"[\w .()/+-]{1,100}")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,60}")


def _is_bounded(html: str) -> bool:
    """Whether what a parser makes of it is not many times as long: elements that are left open are opened again in others."""
    if len(html) > MAX_HTML or html.count("<") > MAX_TAGS:
        return False
    tags = list(_START_OR_END.finditer(html))
    still_open: dict[str, list[int]] = {name: [] for name in REOPENED}  # the characters of each, with its attributes
    now = most = 0
    for i, tag in enumerate(tags):
        slash, name = tag[1], tag[2].lower()
        if name not in REOPENED:
            continue
        if not slash:
            end = html.find(">", tag.end())
            if not _ATTRIBUTES.fullmatch(html, tag.end(), max(end, tag.end())):  # this may not be where it ends
                end = tags[i + 1].start() if i + 1 < len(tags) else len(html)
            still_open[name].append(end - tag.start())
            now += still_open[name][-1]
            most = max(most, now)
        elif still_open[name]:
            now -= still_open[name].pop()
    return most * len(tags) <= MAX_REOPENED


def clean(html: str) -> str:
    """HTML of a student's, reduced to what a page may hold; "" if it would become much more than it is."""
    if not _is_bounded(html):
        return ""
    cleaned = _IMG.sub(lambda img: img[0] if ' src="' in img[0] else NO_PICTURE, _cleaner().clean(html))
    return cleaned + NO_SVG if "<svg" in html.lower() else cleaned


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=NOT_TEXT,
        attributes={"*": ATTRIBUTES},
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "data"},
    )


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """What an attribute may say, None if nothing."""
    match attribute:
        case "class":  # others belong to the page's own style sheet, and could imitate its parts
            allowed = set(value.split()) <= CLASSES
        case "href":
            allowed = tag == "a" and LINK.match(value) is not None
        case "src":
            allowed = tag == "img" and PICTURE.fullmatch(value) is not None
        case "style":
            return harmless_style(value) or None
        case "width" | "height" | "border" | "colspan" | "rowspan" | "start":
            allowed = NUMBER.fullmatch(value) is not None and (attribute != "border" or len(value) == 1)
        case "color":
            allowed = tag == "font" and COLOUR_NAME.fullmatch(value) is not None
        case "role":
            allowed = value in ("group", "heading")
        case _:
            allowed = attribute in ATTRIBUTES or (tag == "a" and attribute == "rel")
    return value if allowed else None


@lru_cache(maxsize=4096)
def harmless_style(style: str) -> str:
    """Those declarations of a style that keep what they style in its place, and load nothing."""
    kept = [words for declaration in style.split(";") if _is_harmless_style(words := " ".join(declaration.split()))]
    return style if len(kept) == len([d for d in style.split(";") if d.strip()]) else "; ".join(kept)


def _is_harmless_style(declaration: str) -> bool:
    return _STYLE.fullmatch(declaration) is not None and not _LAID_OUT_ANEW.match(declaration)


# Markdown. What shows it makes HTML of it, and lets HTML through that stands in it.

_MAY_BE_ACTIVE = re.compile(r"[<\[&]|mermaid")


@lru_cache(maxsize=1024)
def harmless_markdown(source: str) -> str:
    """The same where nothing active comes of it; else with its HTML to be read as text; else all of it as text."""
    if not _MAY_BE_ACTIVE.search(source) or _is_fenced(source):
        return source
    if len(source) > MAX_MARKDOWN:
        return _fenced(source)
    return next((text for text in (source, _without_html(source)) if _is_harmless_markdown(text)), _fenced(source))


def _is_harmless_markdown(source: str) -> bool:
    """Whether nothing but what is allowed comes of it when nbconvert renders it."""
    try:
        html = _parser().render(source)
    except Exception:  # whatever odd text makes the parsers do
        return False
    return is_harmless_html(html)


@cache
def _parser() -> "MarkdownWithMath":
    """nbconvert's, without what it adds by itself to headings, to code and to lists of tasks."""
    # takes a quarter of a second, which the first verdict need not wait for
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, import_plugin

    class Renderer(IPythonRenderer):
        def heading(self, text: str, level: int, **_attributes: object) -> str:
            return f"<h{level}>{text}</h{level}>"

        def block_code(self, code: str, info: str | None = None) -> str:
            # diagrams are put into the page as they were written
            return code if (info or "").startswith("mermaid") else f"<pre>{escape(code)}</pre>"

    plugins = [import_plugin(name) for name in MarkdownWithMath.DEFAULT_PLUGINS if name != "task_lists"]
    return MarkdownWithMath(renderer=Renderer(escape=False), plugins=plugins)


class _ActiveParts(HTMLParser):
    """Looks for what is not allowed. tags: how many there were that are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.active, self.tags = False, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        self.active |= tag not in TAGS or not all(self._is_harmless(tag, name, value or "") for name, value in attrs)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.tags += 1
        self.active |= tag not in TAGS

    @staticmethod
    def _is_harmless(tag: str, name: str, value: str) -> bool:
        if name == "style":
            return harmless_style(value) == value
        if name == "href" and tag == "a" and re.match(r"[\w./-]*([/?#]|$)", value):  # beside the notebook
            return True
        return _allowed(tag, name, value) == value


def is_harmless_html(html: str) -> bool:
    """Whether HTML holds only what is allowed; no if in doubt, so that parsers need not agree on what is malformed."""
    if "<!" in html or "<?" in html:
        return False
    found = _ActiveParts()
    found.feed(html)
    found.close()
    return not found.active and html.count("<") == found.tags


_CODE_OR_MATH = re.compile(
    r"""(?P<code>^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^`\n]*\n.*?(?:^[ ]{0,3}(?P=fence)[`~]*[ ]*$|\Z) | (?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))
    | (?P<math>\${2}.+?\${2} | \$[^$\n]+\$)
    | (?P<picture>!\[(?P<alt>[^\]\n]*)\]\(\s*(?P<url>[^)\n]*)\))
    | (?P<link>\]\(\s*(?!https?://|mailto:|\#)(?=[^)\s]*:))
    | (?P<plain></?(?:b|i|u|em|strong|br|hr|sub|sup|code|kbd|details|summary|p|div|center|table|tbody|thead|tr|td|th|ul|ol|li)[ ]*/?> | <https?://[^\s<>"'`]*>)
    | (?P<tag><)(?=[A-Za-z/!?])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def _without_html(source: str) -> str:
    """Markdown with its HTML as text, pictures from elsewhere as links, and links that are none as text."""
    return _CODE_OR_MATH.sub(_defused, source)


def _defused(found: re.Match) -> str:
    match found.lastgroup:
        case "math":
            return re.sub(r"<(?=[A-Za-z/!?])", "< ", found[0])
        case "picture" if not found["url"].startswith("data:image/"):
            if LINK.match(found["url"]):
                return f"[{found['alt'] or 'a picture'}]({found['url']})"
            return f"*({found['alt'] or 'a picture'}, which is not kept)*"
        case "link":
            return "](#"
        case "tag":
            return "&lt;"
    return found[0]


def _fenced(source: str) -> str:
    """All of it as text: no fence within is as long as the one around it."""
    fence = "`" * max(3, _longest_ticks(source) + 1)
    return f"{fence}text\n{source}\n{fence}"


def _is_fenced(source: str) -> bool:
    """Whether `_fenced` has been here."""
    whole = re.fullmatch(r"(`{3,})text\n(.*)\n\1", source, re.DOTALL)
    return whole is not None and _longest_ticks(whole[2]) < len(whole[1])


def _longest_ticks(source: str) -> int:
    return max((len(ticks) for ticks in re.findall("`+", source)), default=0)


def harmless_attachments(attachments: object) -> dict[str, dict[str, str]]:
    """The pictures that were pasted into a text cell, by name: PNG and JPEG, of which nothing can run."""
    kept: dict[str, dict[str, str]] = {}
    for name, data in attachments.items() if isinstance(attachments, dict) else ():
        forms = data.items() if isinstance(data, dict) else ()
        pictures = {
            mime: content
            for mime, content in forms
            if mime in ("image/png", "image/jpeg") and isinstance(content, str) and BASE64.fullmatch(content)
        }
        if pictures and PLAIN_NAME.fullmatch(str(name)):
            kept[str(name)] = pictures
    return kept


def _with_pictures(source: str, names: Iterable[str]) -> str:
    """`harmless_markdown` of text that may show pictures of these names, which are pasted into its cell."""
    places = {f"](attachment:{name})": f"](data:image/png;base64,{i:08})" for i, name in enumerate(names)}
    for pasted, place in places.items():
        source = source.replace(pasted, place)
    source = harmless_markdown(source)
    for pasted, place in places.items():
        source = source.replace(place, pasted)
    return source


# Outputs


def as_outputs(said: object) -> list[NotebookNode]:
    """What a cell showed, as far as it has the form of a notebook's outputs; only kinds of data that a page can show."""
    outputs = []
    for output in said if isinstance(said, list) else []:
        match output:
            case {"output_type": "stream", "name": ("stdout" | "stderr") as name, "text": text}:
                outputs.append(new_output("stream", name=name, text=plain_text(text)))
            case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
                trace = [plain_text(line) for line in lines if isinstance(line, str)]
                outputs.append(
                    new_output("error", ename=plain_text(name)[:200], evalue=plain_text(value)[:2000], traceback=trace)
                )
            case {"output_type": ("display_data" | "execute_result") as kind, "data": dict(data)}:
                shown: dict = {mime: _text(data[mime]) for mime in SHOWN if isinstance(data.get(mime), str | list)}
                shown |= _verdict(data.get(VERDICT_TYPE))
                count = {"execution_count": 1} if kind == "execute_result" else {}
                if shown:  # a widget is nothing without its kernel
                    sizes = _sizes(output.get("metadata"))
                    outputs.append(new_output(kind, data=shown, metadata=sizes, **count))
    return outputs


def _verdict(said: object) -> dict:
    """The first line of a verdict card, in plain words, which feedback pages make their index of."""
    match said:
        case {"title": [str(), *_] as parts} if all(isinstance(part, str) for part in parts):
            return {VERDICT_TYPE: {"title": [plain_text(part)[:MAX_TITLE] for part in parts[:3]]}}
    return {}


def new_output(kind: str, **content) -> NotebookNode:
    """As nbformat's new_output, which validates each alone and takes a millisecond for it."""
    return from_dict({"output_type": kind, **content})


def plain_text(words: object) -> str:
    """What was printed, with no commands to a terminal but those for colours."""
    return _CONTROLS.sub("", as_text(_text(words)))


def _text(value: object) -> str:
    """What a notebook keeps as a string or as a list of lines."""
    return "".join(line for line in value if isinstance(line, str)) if isinstance(value, list) else str(value)


def _sizes(metadata: object) -> dict:
    """Of an output's metadata, how large its pictures are to be shown."""
    sizes = {}
    for mime in ("image/png", "image/jpeg"):
        said = metadata.get(mime) if isinstance(metadata, dict) else None
        kept = (
            {side: said[side] for side in ("width", "height") if _is_size(said.get(side))}
            if isinstance(said, dict)
            else {}
        )
        if kept:
            sizes[mime] = kept
    return sizes


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000


def harmless_data(data: dict) -> dict:
    """What an output shows, each kind of it harmless; a kind of which nothing is left goes."""
    kept: dict = {}
    for mime, content in data.items():
        match mime:
            case _ if mime == VERDICT_TYPE:
                kept[mime] = content  # as _verdict left it
            case "text/html":
                html = clean(content)
                if re.search(r"<img|>[^<]*[^<\s]", f">{html}"):
                    kept[mime] = html
            case "text/markdown":
                kept[mime] = harmless_markdown(content)
            case "text/plain":
                kept[mime] = plain_text(content)
            case "text/latex" if len(content) <= MAX_LATEX:
                kept[mime] = plain_text(content)
            case "image/png" | "image/jpeg" if BASE64.fullmatch(content):
                kept[mime] = content
            case "image/svg+xml" if not {"image/png", "text/html"} & data.keys():
                kept["text/html"] = _svg_as_picture(content)
    return kept or {"text/plain": f"(not shown here: {', '.join(sorted(data)) or 'nothing'})"}


def _svg_as_picture(svg: str) -> str:
    """A drawing as a picture, in which scripts, links and what lies elsewhere are dead."""
    content = base64.b64encode(as_text(svg).encode()).decode()
    return f'<img alt="a drawing" src="data:image/svg+xml;base64,{content}">'


def _harmless_output(output: NotebookNode) -> NotebookNode:
    if "data" not in output:
        return output
    return NotebookNode(output, data=NotebookNode(harmless_data(output.data)))


# Notebooks


def harmless_notebook(notebook: NotebookNode) -> NotebookNode:
    """A copy of a notebook in which nothing is active; its code is as it was. Cells that need no change are shared."""
    metadata = {key: _names(notebook.metadata.get(key)) for key in ("kernelspec", "language_info")}
    left, cells = MAX_MARKDOWN_OF_ALL, []
    for cell in notebook.cells:
        cells.append(_harmless_cell(cell, left))
        left -= len(cell.source) if cell.cell_type == "markdown" else 0
    return NotebookNode(
        cells=cells,
        metadata=NotebookNode({key: kept for key, kept in metadata.items() if kept}),
        nbformat=notebook.get("nbformat", 4),
        nbformat_minor=notebook.get("nbformat_minor", 5),
    )


def _harmless_cell(cell: NotebookNode, left: int) -> NotebookNode:
    """left: how much Markdown may still be rendered."""
    kept = NotebookNode(cell, metadata=_harmless_marks(cell.get("metadata", {})))
    pictures = harmless_attachments(kept.pop("attachments", None)) if cell.cell_type == "markdown" else {}
    source = as_text(_text(cell.source))
    if pictures:
        kept.attachments = from_dict(pictures)
    if cell.cell_type == "markdown":
        source = _with_pictures(source, pictures) if len(source) <= left else _fenced(source)
    elif cell.cell_type == "raw" and not is_harmless_html(source):
        source = escape(source, quote=False)  # nbconvert takes it for HTML
    elif cell.cell_type == "code":
        kept.outputs = [_harmless_output(output) for output in as_outputs(cell.get("outputs"))]
        count = cell.get("execution_count")
        kept.execution_count = count if isinstance(count, int) else None
    kept.source = source
    return kept


def _harmless_marks(metadata: dict) -> NotebookNode:
    """Of a cell's metadata, nbgrader's marks, what locks a cell, and tags; what templates take up of others goes."""
    kept = NotebookNode(
        {key: metadata[key] for key in ("deletable", "editable") if isinstance(metadata.get(key), bool)}
    )
    marks = metadata.get("nbgrader")
    if isinstance(marks, dict) and _GRADE_ID.fullmatch(str(marks.get("grade_id", "x"))):
        kept.nbgrader = NotebookNode({key: value for key, value in marks.items() if _is_mark(key, value)})
    tags = metadata.get("tags")
    if isinstance(tags, list) and (words := [tag for tag in tags if isinstance(tag, str) and _TAG.fullmatch(tag)]):
        kept.tags = words
    return kept


def _is_mark(key: str, value: object) -> bool:
    return _TAG.fullmatch(key) is not None and (
        value is None
        or isinstance(value, bool | int | float)
        or (isinstance(value, str) and bool(_GRADE_ID.fullmatch(value)))
    )


def _names(words: object) -> NotebookNode | None:
    """Of a kernel's description, what it is called."""
    if not isinstance(words, dict):
        return None
    keys: Iterable[str] = (
        "name",
        "display_name",
        "language",
        "version",
        "pygments_lexer",
        "file_extension",
        "mimetype",
    )
    kept = {key: words[key] for key in keys if isinstance(words.get(key), str) and _CALLED.fullmatch(words[key])}
    return NotebookNode(kept) if "name" in kept else None
