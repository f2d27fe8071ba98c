"""nbconvert's pages of a notebook that somebody handed in, as nbgrader has them made: formgrader's, and those of feedback.

nbgrader's templates put what a notebook holds into the page as it comes. Here it is made harmless before, what becomes of
Markdown is cleaned once more, and the page tells the browser what may run in it: scripts of the templates, and MathJax.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from markupsafe import escape
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from traitlets import default

from autograde.judging.sanitize import clean, harmless_notebook
from autograde.paths import MATHJAX, PAGES

# What a student wrote stays where it is shown, on screen and on paper.
KEPT_INSIDE = """
.output_subarea, .text_cell_render, .input_area { contain: paint; isolation: isolate; overflow-x: auto; overflow-wrap: anywhere; }
.output_html, .output_markdown { max-height: 60rem; overflow-y: auto; }
.output_subarea img, .text_cell_render img { max-width: 100%; max-height: 60rem; }
.breadcrumb a, .panel-title { overflow-wrap: anywhere; unicode-bidi: isolate; }
@media print { .output_html, .output_markdown { max-height: none; overflow: clip; } }
"""


@dataclass(frozen=True)
class MathJax:
    """Where a page takes it from. script: its address; place: what a policy calls the folder from which it loads its parts."""

    script: str
    place: str


FROM_NETWORK = MathJax(f"{MATHJAX}MathJax.js?config=TeX-AMS_CHTML-full,Safe", MATHJAX)


class Numbers(Extension):
    """Marks the scripts in the source of a template with the page's number, and has what it puts in escaped.

    It sees templates only, and never what is put into them, so that a script that is put in has no number.
    """

    def __init__(self, environment: Environment):
        super().__init__(environment)
        self.number, self.handlers = "", set[str]()
        environment.globals["number"] = lambda: self.number

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Jinja's hook: number a template's scripts, have `resources` escaped, and keep the handlers of its onclicks."""
        self.handlers |= set(re.findall(r'(?i)\bonclick="([^"]*)"', source))
        source = re.sub(r"<script\b", '<script nonce="{{ number() }}"', source)
        return re.sub(r"\{\{ (resources\.(?!include|inlining)[\w.]+) \}\}", r"{{ \1 | e }}", source)

    def with_policy(self, html: str, connect: str, mathjax: str = "") -> str:
        """The page that was rendered with `number`, which tells the browser what it may run and load.

        connect: with whom its scripts may speak; mathjax: the place of MathJax, of a page that has formulas.
        """
        handlers = " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(handler.encode()).digest()).decode()}'"
            for handler in sorted(self.handlers)
        )
        policy = "; ".join(
            (
                "default-src 'none'",
                f"script-src-elem 'nonce-{self.number}' {mathjax}".rstrip(),
                f"script-src-attr 'unsafe-hashes' {handlers}" if handlers else "script-src-attr 'none'",
                f"style-src 'self' 'unsafe-inline' {mathjax}".rstrip(),
                f"font-src 'self' data: {mathjax}".rstrip(),
                f"img-src 'self' data: {mathjax}".rstrip(),
                f"connect-src {connect}",
                "base-uri 'none'",
                "form-action 'none'",
            )
        )
        meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}"/>'
        return html.replace("<head>", f'<head>{meta}<meta name="referrer" content="same-origin"/>', 1)


class HarmlessExporter(HTMLExporter):
    """HTML of a notebook as nbgrader's templates have it, in which nothing of the notebook runs."""

    connect = "'none'"  # what a script of the page may speak with
    mathjax = FROM_NETWORK

    @default("sanitize_html")
    def _sanitize_html_default(self) -> bool:
        return True

    @default("template_paths")
    def _template_paths_default(self) -> list[str]:
        return [str(PAGES), *self._template_paths()]

    def default_filters(self) -> Iterator[tuple]:
        """nbconvert's, those that make HTML with a cleaning after them."""
        yield from super().default_filters()
        yield "markdown2html", pass_context(lambda context, source: clean(self.markdown2html(context, source)))
        yield "clean_html", clean

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.add_extension(Numbers)
        environment.globals["mathjax_script"] = lambda: self.mathjax.script
        return environment

    def from_notebook_node(self, nb: NotebookNode, resources=None, **kw):
        """The page, made of a copy of the notebook in which nothing is active."""
        numbers = self.environment.extensions[Numbers.identifier]
        numbers.number = secrets.token_urlsafe(16)
        html, resources = super().from_notebook_node(harmless_notebook(nb), resources, **kw)
        html = html.replace("</head>", f"<style>{KEPT_INSIDE}</style></head>", 1)
        return numbers.with_policy(html, self.connect, self.mathjax.place), resources


class FormgraderExporter(HarmlessExporter):
    """The page on which a person grades, which speaks with its server, and has MathJax from there."""

    connect = "'self'"
