"""What people do to a notebook besides solving it: moved, copied, edited, stripped, re-encoded, at random from a seed.

.venv/bin/python tests/disturbances.py 0 200
.venv/bin/python tests/disturbances.py 0 20 foundations

says for which of these seeds grading gave less than `check` showed in a real kernel, after Restart and Run All.
"""

import contextlib
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import nbformat
from hurry import hurry
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograde.authoring.sample import SampleNotebook
from autograde.hidden import all_questions
from autograde.judging.intake import find, recognise, take_in
from autograde.judging.judge import judge
from autograde.judging.notebook_run import Rules
from autograde.judging.submission import points_of, released
from autograde.judging.tiers import Isolation, limits_for
from autograde.notebook import grade_id, is_function, is_showcase
from checking.check import VERDICT_TYPE

A = "gradient_checking"  # its demonstrations take a second together

OWN = (
    "import no_such_library\nimport math",
    "import math",
    "data = open('my data.csv').read()",
    "%no_such_magic on",
    "%matplotlib inline",
    "%reset -f",
    "raise ValueError('stop')",
    "1 / 0",
    "def broken(:",
    "np = None",
    "import numpy as np\nnp.seterr(all='raise')",
    "import warnings\nwarnings.simplefilter('error')",
    "from math import *",
    "sum = 0\nlist = [1, 2]",
    "x = 3; theta = 4; epsilon = 1; parameters = None; gradients = {}",
    "import os\nos.chdir('/tmp')",
    "import sys\nsys.stdout.write('x' * 100_000)",
    "print(undefined)",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "%%writefile my_module.py\none = 1",
    "!echo hello",
    "del check",
    "import gc; gc.disable()",
    "_ = 3; __ = 4; In = Out = None",
    "input = lambda *a: ''",
    "import random; random.seed(1); import numpy; numpy.random.seed(1)",
)


def _place(cells: list, rng: random.Random) -> int:
    return rng.randrange(len(cells) + 1)


def _functions(cells: list[NotebookNode]) -> list[int]:
    return [i for i, cell in enumerate(cells) if is_function(cell)]


def insert(cells, rng):
    """An own cell anywhere."""
    cells.insert(_place(cells, rng), new_code_cell(rng.choice(OWN)))


def redefine(cells, rng):
    """An experiment with a graded function, or its name, below."""
    name = grade_id(cells[rng.choice(_functions(cells))])
    source = rng.choice((f"def {name}(*given):\n    return 0", f"{name} = 3", f"del {name}", f"{name}_old = {name}"))
    cells.insert(_place(cells, rng), new_code_cell(source))


def move(cells, rng):
    """Any cell, to any place."""
    cells.insert(_place(cells, rng), cells.pop(rng.randrange(len(cells))))


def swap(cells, rng):
    """Two neighbours."""
    i = rng.randrange(len(cells) - 1)
    cells[i], cells[i + 1] = cells[i + 1], cells[i]


def copy(cells, rng):
    """Any cell, with its marks, to any place."""
    cells.insert(_place(cells, rng), deepcopy(rng.choice(cells)))


def copy_blank(cells, rng, handed_out):
    """A graded cell as it was handed out, right below the check of the one that is filled in, or anywhere."""
    i = rng.choice(_functions(cells))
    blank = next(deepcopy(cell) for cell in handed_out.cells if grade_id(cell) == grade_id(cells[i]))
    cells.insert(min(len(cells), i + 2) if rng.random() < 0.5 else _place(cells, rng), blank)


def add_to(cells, rng):
    """A line on top of any cell of code, of ours too, that a function below needs."""
    code = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    i = rng.choice(code)
    name = f"needed_{rng.randrange(1000)}"
    cells[i].source = f"{name} = 1\n{cells[i].source}"
    below = [j for j in _functions(cells) if j >= i]
    if below:
        cell = cells[rng.choice(below)]
        lines = cell.source.splitlines()
        first = next((k for k, line in enumerate(lines) if line.startswith("def ")), None)
        if first is not None:
            cell.source = "\n".join([*lines[: first + 1], f"    {name}", *lines[first + 1 :]])


def strip(cells, rng):
    """Marks, tags and ids, of one cell or of all."""
    for cell in cells if rng.random() < 0.5 else [rng.choice(cells)]:
        cell.metadata = NotebookNode()
        cell.pop("id", None)


def remove(cells, rng):
    """Any cell that is no function."""
    cells.pop(rng.choice([i for i, cell in enumerate(cells) if not is_function(cell)]))


def merge(cells, rng):
    """Two cells of code that follow each other, as JupyterLab merges them."""
    pairs = [i for i in range(len(cells) - 1) if cells[i].cell_type == cells[i + 1].cell_type == "code"]
    if pairs:
        i = rng.choice(pairs)
        cells[i].source = f"{cells[i].source}\n\n{cells.pop(i + 1).source}"


def split(cells, rng):
    """Own lines before a function are in a cell of their own then."""
    i = rng.choice(_functions(cells))
    cells[i].source = f"before = 1\n\n{cells[i].source}"
    cells.insert(i, new_code_cell("import numpy as np"))


def retype(cells, rng):
    """A text or a demonstration is another kind of cell."""
    others = [i for i, cell in enumerate(cells) if is_showcase(cell) or cell.cell_type == "markdown"]
    i = rng.choice(others)
    cells[i] = new_markdown_cell(cells[i].source) if cells[i].cell_type == "code" else new_code_cell(cells[i].source)


CHANGES: tuple[Callable, ...] = (
    insert, insert, insert, redefine, redefine, move, swap, copy, copy, copy_blank, copy_blank, add_to, add_to, strip,
    remove, merge, split, retype,
)  # fmt: skip


# What is done to the text of a notebook, and to the name of its file.
FILES: tuple[tuple[Callable[[str], bytes], str], ...] = (
    *3 * ((str.encode, "{}.ipynb"),),
    (lambda text: text.encode("utf-8-sig"), "{}.ipynb"),
    (lambda text: text.encode("utf-16"), "{}.ipynb"),
    (str.encode, "{}-Copy1.ipynb"),
    (str.encode, "{} (1).ipynb"),
    (str.encode, "{}.ipynb.json"),
    (str.encode, "{}.IPYNB"),
    (lambda text: text.replace("\n", "\r\n").encode(), "final.ipynb"),
)


def disturbed(seed: int, assignment: str) -> tuple[NotebookNode, list[str], bytes, str]:
    """A solved notebook after one to four changes, what was done, and its file: what is in it, and its name."""
    rng = random.Random(seed)
    work = SampleNotebook(assignment)
    work.solve()
    cells, done = work.notebook.cells, []
    for change in rng.sample(CHANGES, rng.randint(1, 4)):
        with contextlib.suppress(IndexError):  # no cell is left that it could change, say after `strip`
            change(cells, rng, *([released(assignment)] if change is copy_blank else []))
            done.append(change.__name__)
    encode, name = rng.choice(FILES)
    return work.notebook, done, encode(nbformat.writes(work.notebook)), name.format(assignment)


def shown(notebook: NotebookNode, folder: Path, **options: object) -> dict[str, float]:
    """Points by question on its last card, after Restart and Run All in a real kernel that goes on after errors."""
    run = deepcopy(notebook)
    hurry(run)  # `check` goes by the functions
    for cell in run.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(run, timeout=120, allow_errors=True, resources=resources, **options)
    with contextlib.suppress(
        DeadKernelError, AssertionError
    ):  # what it showed before counts; nbclient stumbles over that
        client.execute(stderr=subprocess.DEVNULL)
    points: dict[str, float] = {}
    for cell in run.cells:
        for output in cell.get("outputs", ()):
            said = output.get("data", {}).get(VERDICT_TYPE)
            if said:
                points[said["question"]] = said["score"]
    return points


def graded(content: bytes, name: str, assignment: str, folder: Path, isolation: Isolation) -> dict[str, float]:
    """Points by question when such a file is handed in."""
    path = folder / "in" / "ada" / assignment / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    (submission,) = [s for s in map(take_in, find(folder / "in", recognise)) if s.assignment == assignment]
    if submission.notebook is None:
        return {}
    opener = isolation.boxes().opener(assignment)
    judged = judge(submission.notebook, all_questions(assignment), opener, Rules())
    return {answer.question: answer.score for answer in judged.answers}


def less_than_shown(seed: int, isolation: Isolation, assignment: str = A, **options: object) -> str:
    """What grading took away of what `check` showed, in words; "" if nothing. options: of nbclient's NotebookClient."""
    notebook, done, content, name = disturbed(seed, assignment)
    points = points_of(assignment)
    with tempfile.TemporaryDirectory() as folder:
        seen = shown(notebook, Path(folder), **options)
        found = graded(content, name, assignment, Path(folder), isolation)
    lost = [name for name, score in seen.items() if score == points.get(name) and found.get(name) != score]
    return f"seed {seed}, {', '.join(done)}, as {name}: {', '.join(lost)}" if lost else ""


def main() -> None:
    first, last = map(int, sys.argv[1:3])
    assignment = (*sys.argv[3:], A)[0]
    isolation = Isolation("fork", [assignment], limits_for(Rules()))
    found = [said for seed in range(first, last) if (said := less_than_shown(seed, isolation, assignment))]
    isolation.close()
    print("\n".join([*found, f"{assignment}, less_than_shown: {len(found)} of {last - first}"]))


if __name__ == "__main__":
    main()
