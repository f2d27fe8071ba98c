"""Demonstrations that take a tenth of their time, for tests that ask only whether they run, or what comes after them."""

import re

import nbformat

from autograde.notebook import grade_id

# How long a training takes that says nothing of it: a tenth of what the helpers have. Pictures are drawn, once each, and
# nobody measures words for their layout: half the time of these runs went into that.
USUAL = """
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure
from helpers import remedies, reuse, training

print_figure.__defaults__ = ("png", None, False)
Figure.get_layout_engine = lambda self: None

reuse.train_patiently.__kwdefaults__["most"] = 3
remedies.learn_pitch.__kwdefaults__["steps"] = 3_000
training.train.__kwdefaults__["iterations"] = 1_500
training.train_mini_batches.__kwdefaults__["epochs"] = 1_000
"""
FEWER = re.compile(r"(epochs=)(?:15|20)\b(?=.*(?:\)\.parameters|moved_pictures\))$)", re.MULTILINE)
OFTEN = {
    "linspace(-12, 0, 49)": "linspace(-12, 0, 5)",
    "25, 1001)": "25, 101)",
    "100, 1001)": "100, 101)",
    "range(1, 1001):\n    cost, dw": "range(1, 201):\n    cost, dw",
    "range(200):\n    with tf": "range(20):\n    with tf",
    "range(6_000)": "range(600)",
    "range(20_000)": "range(2_000)",
    "random((25, 4))": "random((5, 4))",
    "(0.01, 0.03, 0.1, 0.3, 1, 3, 5)": "(0.03, 0.1, 5)",
    "(5, 3, 1):\n    runs": "(3,):\n    runs",
    '"epochs": 40}': '"epochs": 4}',
    "500, watch, seed=1": "200, watch, seed=1",
    "in (0, 150, 1000)": "in (0, 150)",
    "random(400)": "random(40)",
    "arange(1, 401)": "arange(1, 41)",
    "(80, 80, 40, 30, 20)": "(8, 8, 4, 3, 2)",
    "epochs=10, batch_size=50": "epochs=1, batch_size=50",
    "epochs=20, batch_size=20)": "epochs=2, batch_size=20)",
    "range(1, 21), history[": "range(1, 3), history[",
    "epochs=20, update=update": "epochs=2, update=update",
    "range(1, 21), np.reshape(history.costs, (20,": "range(1, 3), np.reshape(history.costs, (2,",
    "range(20), np.reshape(history.costs, (20,": "range(2), np.reshape(history.costs, (2,",
    "(range(400), used)": "(range(40), used)",
    "steps=1000)": "steps=100)",
    "steps=10_000, every": "steps=2_100, every",
    "range(8_000)": "range(800)",
    '"iterations": 8_000': '"iterations": 800',
    'long", 160': 'long", 16',
    "num_epochs=1500": "num_epochs=20",
}
LONG = re.compile(r"\b((?:num_epochs|epochs|iterations) *= *)([\d_]{2,})\b")
MANY = re.compile(r"(?<=, )(\d0)0([01])(?=[,)])")  # batches or steps, where a line of TRAINS has them
TRAINS = ("learn_pairs(", "reuse.train_", "np.arange(50, ", "for steps in (1, ")


def hurry(notebook):
    """Training for a tenth of the time, where it is only asked whether it runs."""
    cells = notebook.cells
    setup = next((i for i, cell in enumerate(cells) if grade_id(cell) == "setup"), None)
    if setup is not None:  # which a student may have removed
        cells.insert(setup + 1, nbformat.v4.new_code_cell(USUAL))
    for cell in cells:
        if cell.cell_type == "code" and not grade_id(cell):
            source = FEWER.sub(r"\g<1>2", cell.source)
            for words, fewer in OFTEN.items():
                source = source.replace(words, fewer)
            source = LONG.sub(lambda found: found[1] + str(shorter(int(found[2]))), source)
            lines = (
                MANY.sub(r"\1\2", line) if any(train in line for train in TRAINS) else line
                for line in source.splitlines()
            )
            cell.source = "\n".join(lines)


def shorter(n):
    return max(6, n // 10) if n >= 60 else n
