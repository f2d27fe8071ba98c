"""Cells as a box runs them: what is Python is run as it is, as IPython itself would have it."""

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograde.authoring.script import read_script
from autograde.course import this_course
from autograde.sandbox.shell import Shell

ODD = [
    "x = 1",
    "x = 1\n",
    "x = 1;  # shown nowhere\n\n",
    "# a comment alone",
    "# empty lines\n\n\nx = 1\n\n",
    "",
    's = """\n%time 1\n!ls\n  ?\n"""',
    "y = (1\n  % 2)",
    "def f():\n    return 'a?'\n",
    "r = '\\d'",
]


@pytest.mark.parametrize("source", ODD)
def test_python_is_left_as_it_is(source):
    assert Shell.transform_cell(None, source) == TransformerManager().transform_cell(source)


@pytest.mark.parametrize("name", [*this_course().assignments, *this_course().lessons])
def test_so_is_every_cell_of_the_course(name):
    cells = [cell.source for cell in read_script(this_course().script(name)).notebook.cells if cell.cell_type == "code"]
    assert cells
    assert [Shell.transform_cell(None, s) for s in cells] == [TransformerManager().transform_cell(s) for s in cells]
