"""Never less than `check` showed: notebooks whose cells move, redefine, stop or take long get what their functions are worth.

Each notebook here has right functions throughout, as a student saw who restarted and ran all cells, and something beside them
that takes points away where all questions are asked at the end of a process in which only some cells have run.
"""

import contextlib
from copy import deepcopy
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograde.authoring.sample import SampleNotebook
from autograde.hidden import all_questions
from autograde.judging.judge import judge
from autograde.judging.notebook_run import Rules
from autograde.judging.restore import restore
from autograde.judging.submission import Submission, points_of
from autograde.judging.tiers import isolate, limits_for
from autograde.notebook import EDITED, SHOWCASE, is_showcase

A = "initialization"
F, G = "initialize_parameters_he", "initialize_parameters_random"


@contextlib.contextmanager
def grader(tier: str):
    """What gives an answer by question of a notebook of initialization, in this tier."""
    rules = Rules(seconds_per_cell=20, seconds=120)
    isolation, reasons = isolate(tier, [A], limits_for(rules))
    assert not reasons

    def grade(work: SampleNotebook):
        judged = judge(work.notebook, all_questions(A), isolation.boxes().opener(A), rules)
        return {answer.question: answer for answer in judged.answers}

    yield grade
    isolation.close()


@pytest.fixture(scope="module")
def grade():
    """In forks."""
    with grader("fork") as grade:
        yield grade


@pytest.fixture(scope="module")
def grade_in_kernels():
    with grader("kernel") as grade:
        yield grade


@pytest.fixture
def work():
    """A notebook in which all is right."""
    solved = SampleNotebook(A)
    solved.solve()
    return solved


def needs(work: SampleNotebook, expression: str, name: str = F) -> None:
    """Have a function evaluate this first."""
    lines = work.cell(name).source.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("def "))
    work.cell(name).source = "\n".join([*lines[: first + 1], f"    {expression}", *lines[first + 1 :]])


def add(work: SampleNotebook, source: str, place: int) -> NotebookNode:
    cell = new_code_cell(source)
    work.notebook.cells.insert(place, cell)
    return cell


def place_of(work: SampleNotebook, name: str) -> int:
    return next(i for i, cell in enumerate(work.notebook.cells) if cell is work.cell(name))


def everything_right(found) -> bool:
    return {name: answer.score for name, answer in found.items()} == points_of(A)


LATER = {
    "redefined as an experiment": f"def {F}(layers_dims):\n    return {{}}",
    "hidden by a number": f"{F} = 3",
    "deleted": f"del {F}",
    "all names forgotten": "%reset -f",
    "a library is another one now": "import math as np",
    "a name that it needs is another": "np.sqrt = lambda x: 0 * x\nnp.zeros = None",
    "its process ends": "import os\nos._exit(1)",
}


@pytest.mark.parametrize("source", LATER.values(), ids=LATER)
def test_what_comes_after_its_check_cell_takes_nothing(grade, work, source):
    add(work, source, len(work.notebook.cells))
    assert everything_right(grade(work))


BEFORE = {
    "a library that is not here": "import no_such_library\nimport math",
    "two, and one that is used": "import no_such_library as nsl\nfrom nowhere import thing\nnsl.set(1)\nimport math",
    "a file that is not here": "data = open('my data.csv').read()\nimport math",
    "a magic that is not here": "%no_such_magic 2.x\nimport math",
    "a cell magic that is not here": "%%no_such_magic\nimport math",
    "timed": "%%timeit -n 1 -r 1\nimport math",
    "a widget toolkit that is not here": "%matplotlib widget\nimport math",
    "on a hosted notebook": "from google.colab import drive\ndrive.mount('/content/drive')\nimport math",
}


@pytest.mark.parametrize("source", BEFORE.values(), ids=BEFORE)
def test_what_is_lacking_here_does_not_take_the_rest_of_its_cell_along(grade, work, source):
    needs(work, "math.pi")
    add(work, source, 1)
    assert everything_right(grade(work))


@pytest.mark.parametrize("source", [s.rpartition("\n")[0] for s in BEFORE.values()], ids=BEFORE)
def test_nor_does_it_above_the_function_itself(grade, work, source):
    work.cell(F).source = f"{source}\n{work.cell(F).source}"
    assert everything_right(grade(work))


def test_a_module_that_a_cell_writes_can_be_imported(grade, work):
    needs(work, "my_scale.two()")
    add(work, "%%writefile my_scale.py\ndef two():\n    return 2", 1)
    add(work, "import my_scale", 2)
    assert everything_right(grade(work))


def demonstration(work: SampleNotebook) -> NotebookNode:
    first = place_of(work, F)
    return next(cell for cell in work.notebook.cells[:first] if is_showcase(cell))


WAITS = {
    "of its own": "import asyncio\nawait asyncio.sleep(0.01)\nfactor = 2.0",
    "for several": "import asyncio\nasync def one(): return 1.0\nfactor = sum(await asyncio.gather(one(), one()))",
    "for a thread": "import asyncio\nfactor = await asyncio.to_thread(lambda: 2.0)",
}


@pytest.mark.parametrize("source", WAITS.values(), ids=WAITS)
def test_a_cell_may_await_something(grade, work, source):
    add(work, source, place_of(work, F))
    needs(work, "assert factor == 2.0")
    assert everything_right(grade(work))


def test_so_may_that_of_the_function(grade, work):
    work.cell(F).source = "import asyncio\nawait asyncio.sleep(0)\n" + work.cell(F).source
    assert everything_right(grade(work))


def test_an_import_in_a_demonstration_that_was_edited_is_there(grade, work):
    needs(work, "math.pi")
    cell = demonstration(work)
    cell.source, cell.metadata.tags = f"import math\n1\n{'x = 1'}", [*cell.metadata.tags, EDITED]
    assert everything_right(grade(work))


def test_so_is_a_name_that_only_a_demonstration_makes(grade, work):
    needs(work, "of_a_demonstration")
    demonstration(work).source = "of_a_demonstration = 1"
    assert everything_right(grade(work))


def test_so_is_what_that_demonstration_needs_of_another(grade, work):
    needs(work, "of_two")
    first, second = [cell for cell in work.notebook.cells if is_showcase(cell)][:2]
    for cell in (first, second):
        work.notebook.cells.remove(cell)
    add(work, "of_two = int(of_one == 1)", place_of(work, F)).metadata.tags = [SHOWCASE]
    add(work, "for of_one in range(2):\n    pass", place_of(work, F) - 1).metadata.tags = [SHOWCASE]
    assert everything_right(grade(work))


def test_an_edited_demonstration_that_switches_something_for_the_function_is_run(grade, work):
    answer = work.cell(F)
    answer.source = answer.source.replace("return parameters", "return {k: scale * v for k, v in parameters.items()}")
    add(work, "scale = 2", 2)
    cell = demonstration(work)
    cell.source, cell.metadata.tags = "scale = 1", [*cell.metadata.tags, EDITED]
    assert everything_right(grade(work))


def test_demonstrations_are_not_run_where_a_function_only_gives_other_results(grade, work):
    work.mistake(F)
    cell = demonstration(work)
    cell.source, cell.metadata.tags = "layers_dims = parameters = 1", [*cell.metadata.tags, EDITED]
    found = grade(work)
    assert found[F].score < points_of(A)[F]
    assert cell.outputs == []


def test_of_a_missing_name_it_is_said_which_cell_stopped(grade, work):
    needs(work, "my_factor")
    add(work, "my_factor = 1 / 0", 3)
    found = grade(work)[F]
    assert found.score == 0
    assert "Cell 4, which has `my_factor`, stopped with ZeroDivisionError: division by zero." in str(found.cause)


@pytest.mark.parametrize("what", [(F,), (F, f"test_{F}")], ids=["the answer", "the answer and its check"])
def test_copied_cells_in_which_something_is_tried_take_nothing(grade, work, what):
    right = points_of(A)[F]
    place = place_of(work, f"test_{F}")
    for name in reversed(what):
        copy = deepcopy(work.cell(name))
        work.notebook.cells.insert(place + 1, copy)
        copy.id = f"{name}-copy"
        copy.source = copy.source.replace("2 / ", "1 / ")
    assert "1 / " in work.notebook.cells[place + 1].source
    work.notebook = restore(work.notebook.cells, Submission("ada", A, Path()))
    assert grade(work)[F].score == right


def test_what_is_wrong_stays_wrong(grade, work):
    """A right answer that is nobody's: a function that is wrong at its check cell and mended below counts at the end."""
    right = work.cell(F).source
    work.mistake(F)
    assert grade(work)[F].score < points_of(A)[F]
    add(work, right, len(work.notebook.cells))
    assert everything_right(grade(work))


def test_kernels_hold_it_too(grade_in_kernels, work):
    """Where no process is forked: later cells, what is lacking here, a module that a cell writes, an edited demonstration."""
    needs(work, "math.pi")
    needs(work, "my_scale.two()", G)
    add(work, "import no_such_library\n%no_such_magic\nimport math", 1)
    add(work, "%%writefile my_scale.py\ndef two():\n    return 2", 2)
    cell = demonstration(work)
    cell.source, cell.metadata.tags = "import my_scale", [*cell.metadata.tags, EDITED]
    add(work, LATER["redefined as an experiment"], len(work.notebook.cells))
    assert everything_right(grade_in_kernels(work))
