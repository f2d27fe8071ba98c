"""Pictures that come with a description, for whoever does not see them.

Neither JupyterLab nor its export to HTML shows a PNG with alternative text, so a picture is kept as HTML too, which both
prefer; LaTeX and others take the PNG.
"""

import base64
from html import escape

from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure


class Picture(Figure):
    """A figure that notebooks show with its description: what `describe` was given, else the titles and labels of its axes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._sentences: list[str] = []

    def describe(self, sentence: str) -> None:
        """Add a sentence on what the figure shows."""
        self._sentences.append(sentence)

    @property
    def description(self) -> str:
        """All that is to be said in the place of the picture."""
        named = (ax.get_title() or f"{ax.get_ylabel()} against {ax.get_xlabel()}" for ax in self.axes)
        return " ".join(self._sentences) or f"A picture: {', '.join(named)}."

    def _repr_mimebundle_(self, include=None, exclude=None):
        drawn = print_figure(self)  # None without axes
        return described(drawn, self.description) if drawn else {}


def draw_once(shell: InteractiveShell | None) -> None:
    """Let IPython draw no PNG of a Picture besides the one that it shows, as it is told to of every figure."""
    if shell is not None and shell.display_formatter is not None:
        shell.display_formatter.formatters["image/png"].for_type(Picture, lambda picture: None)


draw_once(get_ipython())


def described(png: bytes, description: str) -> tuple[dict, dict]:
    """A picture as IPython displays one, with a text in its place: data and metadata, by type."""
    content = base64.b64encode(png).decode()
    html = f'<img alt="{escape(description)}" src="data:image/png;base64,{content}">'
    return {"image/png": content, "text/html": html}, {"image/png": {"alt": description}}
