"""A notebook as a page of the site: what students get of it, with the outputs that the reference solution gives.

Functions that students write stay open, and what `check` says of the reference is left out. Pictures become files. A widget
of anywidget's that a cell shows goes into the page with its state, where templates/site/widgets.js has it draw without a
kernel; the picture and the words that were put out before it stay for whoever has no JavaScript.
"""

import ast
import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Any

import nbformat
from nbconvert.filters import markdown2html
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograde.course import CourseError, this_course
from autograde.notebook import grade_id, is_function, is_locked, is_written, points_in

WIDGETS = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
REFERENCE = "IPY_MODEL_"
CHECK = "check"  # the name by which notebooks know what judges a function
WITHOUT_KERNEL = "without_kernel"  # a trait that a widget may have: what of its state is other where no kernel answers
SUMMARY = re.compile(r"<summary>(.*?)</summary>")
FORMULA = re.compile(r"\$([^$\n]+)\$")
PROGRESS = re.compile(r"^.*\d+%\|.*\|.*\[.*\]$\n?", re.MULTILINE)  # a bar of tqdm's, at its end
ABOUT = "about-this-page"  # the cell that says so
UNDESCRIBED = "A picture that this cell puts out."
SOLVED = """\
:::{note}
Pictures and numbers on this page come from the reference solution. What you write yourself is left open, as it is in the
notebook, and what `check` says there is not shown.
:::"""


@dataclass
class Page:
    """A page of the site. files: what it shows, by the place in the site's folder of static files."""

    notebook: NotebookNode
    files: dict[str, bytes] = field(default_factory=dict)


def page_of(name: str, ran: NotebookNode) -> Page:
    """The page of an assignment or a lesson. ran: its notebook as executed with the reference solution. Raises CourseError."""
    course = this_course()
    released = nbformat.read(course.notebook(name), as_version=4)
    is_graded = bool(points_in(released))
    ran, _ = CoalesceStreamsPreprocessor().preprocess(ran, {})
    outputs = {cell.id: cell.get("outputs", []) for cell in ran.cells}
    if missing := [cell.id for cell in released.cells if cell.id not in outputs]:
        raise CourseError(f"the executed notebook of '{name}' has no cell '{missing[0]}': run `course build` first")
    page = Page(released)
    up = "../" * len(PurePosixPath(course.notebook(name).relative_to(course.root).as_posix()).parent.parts)
    widgets = _Widgets(ran, page, f"{up}_static")
    for cell in released.cells:
        tags = _tags(cell)
        if cell.cell_type == "markdown":
            cell.source = SUMMARY.sub(_with_formulas, cell.source)
        elif cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [] if _is_personal(cell) else list(_outputs(cell.id, outputs[cell.id], widgets))
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
    if is_graded:
        released.cells.insert(1, new_markdown_cell(SOLVED, id=ABOUT))
    released.metadata.pop("widgets", None)
    return page


def _tags(cell: NotebookNode) -> list[str]:
    """What the style sheet and MyST-NB have to know of a cell."""
    if is_written(cell):
        return ["written"]
    if grade_id(cell) == "setup":
        return ["hide-input"]
    return ["checks"] if is_locked(cell) else []


def _is_personal(cell: NotebookNode) -> bool:
    """Whether what a cell puts out is about the student's own work: graded functions and whatever calls `check`."""
    if is_written(cell) or is_function(cell) or is_locked(cell):
        return True
    code = "\n".join(line for line in cell.source.splitlines() if not line.startswith(("%", "!")))
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Name) and node.id == CHECK for node in ast.walk(tree))


def _with_formulas(found: re.Match) -> str:
    """The label of a fold, in which Markdown is not read, with its formulas as MathJax finds them, and in words for whoever
    hears it."""
    label, count = FORMULA.subn(r'<span class="math notranslate nohighlight">\\(\1\\)</span>', found[1])
    said = re.sub(r"<[^>]*>|[${}]", "", found[1]).replace("\\", " ").replace('"', "&quot;")
    return f'<summary aria-label="{" ".join(said.split())}">{label}</summary>' if count else found[0]


def _outputs(cell: str, outputs: list[NotebookNode], widgets: "_Widgets") -> Iterator[NotebookNode]:
    """The outputs of a cell as the page has them."""
    shown = [widgets.of(output) for output in outputs]
    parts: list[str] = []  # of HTML that stand in one box, for a widget looks there for what stood in its place
    for output, models in zip(outputs, shown, strict=True):
        if output.output_type == "error":
            raise CourseError(f"the cell '{cell}' of the executed notebook ends in {output.ename}: {output.evalue}")
        if output.output_type == "stream":
            if output.name == "stdout" and (text := PROGRESS.sub("", output.text)).strip():
                yield new_output("stream", name="stdout", text=text)
            continue
        html = widgets.html(models) if models else _html_of(output, widgets)
        if html and any(shown):
            parts.append(f'<div class="jp-OutputArea-child">{html}</div>')
        elif html:
            yield new_output("display_data", {"text/html": html})
        elif VIEW not in output.data and "text/plain" in output.data:
            yield new_output("display_data", {key: output.data[key] for key in output.data if key.startswith("text/")})
    if parts:
        yield new_output("display_data", {"text/html": "\n".join(parts)})


def _html_of(output: NotebookNode, widgets: "_Widgets") -> str:
    """An output as HTML, a picture as a file with its description; "" where the page does better with its text."""
    data = output.data
    if "image/png" in data:
        described = re.search(r'<img alt="([^"]*)"', data.get("text/html", ""))
        told = escape(output.metadata.get("image/png", {}).get("alt", "")) or (described[1] if described else "")
        return widgets.picture(base64.b64decode(data["image/png"]), told or UNDESCRIBED)
    if "text/html" in data:
        return data["text/html"]
    return markdown2html(data["text/markdown"]) if "text/markdown" in data else ""


class _Widgets:
    """The widgets of an executed notebook, and the files of a page."""

    def __init__(self, ran: NotebookNode, page: Page, static: str):
        self._models: Mapping[str, Any] = ran.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {})
        self._files, self._static = page.files, static

    def of(self, output: NotebookNode) -> list[str]:
        """The models of anywidget's that an output shows, by themselves or in boxes."""
        return list(self._inside(output.data[VIEW]["model_id"])) if VIEW in output.get("data", {}) else []

    def _inside(self, model: str) -> Iterator[str]:
        state = self._models.get(model, {}).get("state", {})
        if state.get("_esm"):
            yield model
        for child in state.get("children", []):
            yield from self._inside(str(child).removeprefix(REFERENCE))

    def html(self, models: list[str]) -> str:
        """Places for widgets, each with its state; what they run and how they look are files, which pages may share."""
        return "\n".join(map(self._place, models))

    def _place(self, model: str) -> str:
        kept = self._models[model]
        state = {key: value for key, value in kept["state"].items() if not key.startswith("_") and key != "layout"}
        state |= state.pop(WITHOUT_KERNEL, None) or {}
        code = {"esm": kept["state"]["_esm"], "css": kept["state"].get("_css", "")}
        name = _name_of(json.dumps(code).encode())
        self._files[f"widgets/{name}.js"] = (
            f"(window.siteWidgets ??= {{ modules: {{}} }}).modules[{name!r}] = {_in_script(code)};\n".encode()
        )
        saved = _in_script({"id": model, "state": state, "buffers": kept.get("buffers", [])})
        return (
            f'<script defer src="{self._static}/widgets/{name}.js"></script>'
            f'<div class="site-widget" data-module="{name}"><script type="application/json">{saved}</script></div>'
        )

    def picture(self, png: bytes, described: str) -> str:
        """A picture as a file. described: in HTML already."""
        name = f"pictures/{_name_of(png)}.png"
        self._files[name] = png
        width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
        size = f'width="{width}" height="{height}"'
        return f'<img class="site-picture" loading="lazy" alt="{described}" {size} src="{self._static}/{name}">'


def _name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _in_script(value: Any) -> str:
    """JSON that no page takes for the end of a script."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("</", "<\\/").replace("<!--", "<\\!--")
