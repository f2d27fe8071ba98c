"""Pictures that come with a description."""

from types import SimpleNamespace

from IPython.core.formatters import DisplayFormatter
from IPython.core.pylabtools import select_figure_formats
from matplotlib.figure import Figure

from helpers.pictures import Picture, draw_once


def test_a_picture_is_drawn_once_with_its_description_and_other_figures_as_ever(monkeypatch):
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    select_figure_formats(shell, {"png"})  # what a kernel does for Matplotlib
    draw_once(shell)
    printed, drawn = [], Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda figure, renderer: printed.append(figure) or drawn(figure, renderer))
    picture, other = Picture(), Figure()
    for figure in (picture, other):
        figure.add_subplot(title="Costs")
    data, metadata = shell.display_formatter.format(picture)
    assert set(data) == {"image/png", "text/html", "text/plain"}
    assert metadata["image/png"] == {"alt": "A picture: Costs."}
    data, _ = shell.display_formatter.format(other)
    assert "image/png" in data
    assert printed.count(picture) == printed.count(other)
