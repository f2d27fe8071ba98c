"""Every student notebook in full: with the reference solution pasted in, and with nothing filled in."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import nbformat
import pytest
from conftest import solution
from figures import read_figures, untrue
from hurry import hurry
from nbconvert import HTMLExporter
from warm import FOR_KERNELS, kernels_of, warm

from autograde.authoring.executed import execute
from autograde.authoring.sample import SampleNotebook
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.notebook import grade_id
from checking.check import VERDICT_TYPE


def verdicts(notebook):
    """{question: what its check said}."""
    return {
        output.data[VERDICT_TYPE]["question"]: output.data[VERDICT_TYPE]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if VERDICT_TYPE in output.get("data", {})
    }


@pytest.fixture(scope="module")
def ran(tmp_path_factory, ran_solved):
    """{(assignment, what is in its functions): the future of the executed notebook}, two at a time.

    All assignments of a kind are begun when the first of them is asked for. Those that run with the reference solution have
    kernels that were started, and the others such as were forked.
    """

    def run_with(change, assignment):
        work = SampleNotebook(assignment)
        change(work)
        hurry(work.notebook)
        folder = tmp_path_factory.mktemp(assignment)
        return execute(
            work.notebook, assignment, folder, allow_errors=True, kernel_manager_class=kernels, startup_timeout=180
        )

    class Runs(dict):
        def __missing__(self, key):
            _, kind = key
            run = ran_solved if kind == "solved" else partial(run_with, KINDS[kind])
            self |= {(a, kind): pool.submit(run, a) for a in this_course().assignments}
            return self[key]

    pictures = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # as a kernel that starts has it
    # TensorFlow starts no thread before its first operation.
    with warm(*FOR_KERNELS, "tensorflow", "keras", **pictures) as python, ThreadPoolExecutor(2) as pool:
        kernels = kernels_of(python)
        yield Runs()


def untouched(work):
    """As it is handed out."""


def all_wrong(work):
    """A known mistake in every function."""
    for name in work.functions:
        work.mistake(name)


def numbers_as_tables(work):
    """What is to be a number is an array of one row and one column, which is as right: `e @ e.T` gives one."""
    work.solve()
    for name, question in all_questions(work.assignment).items():
        expected = question.cases[0].expected
        if any(isinstance(part, (int, float)) for part in (expected if isinstance(expected, tuple) else (expected,))):
            source = work.cell(name).source
            work.write(
                name,
                f"""{source}


_{name} = {name}


def {name}(*args, **kwargs):
    def table(part):
        return np.array([[part]]) if isinstance(part, (float, np.floating)) else part

    result = _{name}(*args, **kwargs)
    return tuple(map(table, result)) if isinstance(result, tuple) else table(result)""",
            )


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_with_the_reference_solution_it_runs_and_every_check_is_full(assignment, ran):
    notebook = ran[assignment, "solved"].result()
    said = verdicts(notebook)
    assert {q: v["score"] for q, v in said.items()} == {q.name: q.points for q in all_questions(assignment).values()}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert not (output.output_type == "stream" and output.name == "stderr"), output.text
            assert not re.search("Warning|Traceback", output.get("text", ""))
    pictures = [o for c in notebook.cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(pictures) >= 3


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_what_the_text_says_of_numbers_is_what_comes_out(assignment, ran, figures):
    """Which numbers these are, tests/test_figures.py asks."""
    if any(path.suffix in (".mat", ".h5") for path in (this_course().datasets / "original").iterdir()):
        pytest.skip("the text is about our own data, and datasets/original/ has others")
    table = read_figures(this_course().script(assignment).with_name("figures.toml"))
    names = {**solution(assignment), "published": figures}
    assert untrue(ran[assignment, "solved"].result(), table, names) == []


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_exported_pictures_have_alternative_text(assignment, ran):
    page, _ = HTMLExporter().from_notebook_node(ran[assignment, "solved"].result())
    described = re.findall(r'<img[^>]* alt="([^"]+)"', page)
    assert len(described) == page.count("<img ") >= 3
    assert "No description has been provided" not in page


def plain_text(output) -> str:
    return output.get("data", {}).get("text/plain", "")


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_with_nothing_filled_in_every_check_says_so_and_all_cells_run(assignment, ran):
    notebook = ran[assignment, "untouched"].result()
    said = verdicts(notebook)
    assert {q: v["state"] for q, v in said.items()} == dict.fromkeys(all_questions(assignment), "unfilled")
    passed_over = 0
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        assert [o.evalue for o in outputs if o.output_type == "error"] == [], grade_id(cell) or cell.source
        passed_over += any("This " in text and " needs " in text for text in map(plain_text, outputs))
    assert passed_over >= 3


KINDS = {"untouched": untouched, "wrong": all_wrong, "tables": numbers_as_tables}


def errors_in(notebook):
    return [
        f"{grade_id(cell) or cell.source[:60]}: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_with_a_mistake_in_every_function_all_cells_run(assignment, ran):
    notebook = ran[assignment, "wrong"].result()
    assert "right" not in {v["state"] for v in verdicts(notebook).values()}
    assert errors_in(notebook) == []


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_where_numbers_are_tables_of_one_all_is_right_and_all_cells_run(assignment, ran):
    notebook = ran[assignment, "tables"].result()
    assert {v["state"] for v in verdicts(notebook).values()} == {"right"}
    assert errors_in(notebook) == []


def test_a_name_that_no_cell_has_made_is_a_sentence_and_a_slip_in_a_function_keeps_its_traceback(tmp_path):
    work = SampleNotebook("gradient_checking")
    setup = next(cell for cell in work.notebook.cells if grade_id(cell) == "setup")
    sources = ("plot(histories)", "def f():\n    return no_such_name\n\nf()", "1 / 0")
    work.notebook.cells = [setup, *map(nbformat.v4.new_code_cell, sources)]
    _, top, inside, other = execute(work.notebook, "gradient_checking", tmp_path, allow_errors=True).cells
    (sentence,) = top.outputs[0].traceback
    assert "There is no 'plot' yet" in sentence
    assert "no_such_name" in "".join(inside.outputs[0].traceback)
    assert len(inside.outputs[0].traceback) > 1
    assert other.outputs[0].ename == "ZeroDivisionError"
    assert len(other.outputs[0].traceback) > 1


def test_a_cell_that_stops_because_of_a_wrong_function_says_so_and_others_stop_as_ever(tmp_path):
    work = SampleNotebook("initialization")
    name = work.functions[0]
    work.mistake(name)
    setup, function, check = (work.cell(each) for each in ("setup", name, f"test_{name}"))
    sources = (
        f"def made(*sizes):\n    return {name}(sizes)",
        "these = made(2, 3, 1)",
        "these['W9']",
        "made(2, 3)['W8']",
        "{}['W7']",
    )
    work.notebook.cells = [setup, function, check, *map(nbformat.v4.new_code_cell, sources)]
    *_, value, call, own = execute(work.notebook, "initialization", tmp_path, allow_errors=True).cells
    for cell, key in ((value, "W9"), (call, "W8")):
        (said,) = map(plain_text, cell.outputs)
        assert f"This cell stops, with KeyError: '{key}'. It uses {name}, which its check says is not right yet" in said
    assert own.outputs[0].ename == "KeyError"
