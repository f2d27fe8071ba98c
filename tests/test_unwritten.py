"""Cells that need what is not written yet say so in a sentence, and the notebook runs on; others stop it as ever."""

from types import SimpleNamespace

import pytest
from conftest import visible_questions
from IPython.core.interactiveshell import InteractiveShell

from autograde.authoring.script import read_script
from autograde.course import this_course
from checking.stopped import StoppedCells
from checking.unwritten import PassOver, names_made_in
from helpers.training import ready


@pytest.fixture
def run():
    """Runs a cell: whether it counts as run, and the notes that were shown below it."""
    shell, notes = InteractiveShell(), []
    PassOver(shell, lambda title, sentence: notes.append(sentence), set)
    shell.run_cell("def f():\n    raise NotImplementedError")
    shell.user_ns["ready"] = ready

    def run(source):
        notes.clear()
        result = shell.run_cell(source)
        return SimpleNamespace(ran=result.success, notes=list(notes), kind=type(result.error_in_exec).__name__)

    return run


@pytest.mark.parametrize("source", ["f()", "ready(f)", "ready(lambda: ready(f))", "def g():\n    f()\n\ng()"])
def test_a_cell_that_needs_it_says_what_and_counts_as_run(run, source):
    said = run(f"{source}\nfine = 1")
    assert said.ran
    assert len(said.notes) == 1
    assert " needs f" in said.notes[0]


def test_so_does_one_that_needs_what_such_a_cell_would_have_made(run):
    run("history = f()\ncosts, (steps, *rest) = history")
    said = run("best = min(costs)")
    assert said.ran
    assert "needs 'costs', which a cell above makes once f is written." in said.notes[0]
    assert run("best").ran, "and what needs that in turn"


def test_a_function_that_forgets_its_return_is_not_called_unwritten(run):
    run("def g(x):\n    y = x + 1")
    said = run("result = ready(g, 1)")
    assert said.ran
    assert said.notes[0].startswith("This cell needs the result of g, which returns nothing (None).")
    assert "written" not in said.notes[0]
    needs = "This cell needs 'result', which a cell above makes once"
    assert run("print(result)").notes == [f"{needs} g returns its result."]
    run("result = ready(lambda: g(1))")
    assert run("print(result)").notes == [f"{needs} its function returns its result."]


def test_what_such_a_cell_has_begun_is_taken_away_and_its_functions_stay(run):
    run("kept = {}")
    run("paths, kept = {}, {}\ndef draw(paths): return paths\nf()")
    assert "needs 'paths'" in run("draw(paths)").notes[0]
    assert run("draw(kept)").notes == []


def test_it_goes_on_as_usual_when_the_function_is_there(run):
    assert run("history = f()").ran
    run("def f():\n    return [1]")
    assert run("history = f()\nassert history == [1]").notes == []


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("no_such_name", "NameError"),
        ("def g():\n    return no_such_name\n\ng()", "NameError"),
        ("1 / 0", "ZeroDivisionError"),
        ("import numbers\nnumbers.Complex.conjugate(1)", "NotImplementedError"),
        ("raise NameError('of my own')", "NameError"),
    ],
)
def test_every_other_error_stops_the_notebook(run, source, kind, capsys):
    said = run(source)
    assert (said.ran, said.notes, said.kind) == (False, [], kind)
    shown = capsys.readouterr().out
    assert ("There is no 'no_such_name' yet." if source == "no_such_name" else kind) in shown


def test_a_name_of_numpy_is_said_as_it_is_written(run, capsys):
    assert run("sqrt(4)").kind == "NameError"
    assert "If you mean NumPy's, write np.sqrt." in capsys.readouterr().out
    run("no_such_name")
    assert "NumPy" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "is_said"),
    [
        ("wrong(1)", True),
        ("def g():\n    return wrong(1)\n\ng()", True),
        ("other(1)", False),
        ("def wrong(x):\n    return x + 1", False),
        ("def check(function):\n    pass", False),
        ("check(wrong)", False),
        ("x = 1", False),
        ("def g():\n    return wrong(1)", False),
        ("%time wrong(1)", False),
        ("wrong(1) / 0", False),
    ],
)
def test_a_cell_that_shows_what_a_wrong_function_gives_says_so(source, is_said, capsys):
    shell, notes = InteractiveShell(), []
    PassOver(shell, lambda title, sentence: notes.append((title, sentence)), lambda: {"wrong"})
    shell.run_cell("def wrong(x):\n    return x\n\ndef other(x):\n    return x\n\ndef check(function):\n    pass")
    notes.clear()
    shell.run_cell(source)
    assert [title for title, _ in notes if title == "may be wrong"] == ["may be wrong"] * is_said
    assert all("uses wrong, of which its last check says" in sentence for _, sentence in notes if is_said)


def test_names_that_a_cell_would_have_made():
    made = names_made_in(
        "%time x = 1\nfor i, j in p:\n    a[i] = y = f(z=1)\nimport os as system\ndef g(q): pass\nclass H: pass"
    )
    assert made == {"i", "j", "y", "system", "g", "H"}
    inside = "def g(q):\n    local = q\n    return [n for n in local]\nimport a.b"
    assert names_made_in(inside) == {"g", "a"}, "and not those that a function makes for itself"
    assert names_made_in("x = (") == set()


def test_a_check_says_that_it_judges_the_version_before_one_that_could_not_be_read():
    shell = InteractiveShell()
    stopped = StoppedCells(shell)
    shell.run_cell("def f():\n    return 1")
    assert stopped.said_of("f") == ""
    shell.run_cell("def f():\n    return (1")
    assert stopped.said_of("f").startswith("Your last change is not judged: its cell stopped with a SyntaxError.")
    shell.run_cell("def f():\n  return 1\n def g(): pass")
    assert "an IndentationError" in stopped.said_of("f")
    shell.run_cell("other = (")
    assert "an IndentationError" in stopped.said_of("f"), "which another cell changes nothing of"
    shell.run_cell("def f():\n    return 2")
    assert stopped.said_of("f") == ""


HE = """def he(layers):
    \"\"\"Weights after He.\"\"\"
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers)):
        parameters[f"W{l}"] = np.zeros((layers[l], layers[l - 1]))
    return parameters
"""
IN_FULL = HE.replace('    """Weights after He."""\n', "")
RENAMED = "The cell of this function defines `mine` now, and this check wants `he`: the version before is judged."
LIKE_IT = "A cell that is much like this function's has defined `mine` since, and this check wants `he`"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([("a", HE), ("a", HE.replace("he(", "mine("))], RENAMED),
        ([("a", HE), ("a", "def mine(): pass")], RENAMED),
        ([("a", HE), ("b", HE.replace("he(", "mine("))], ""),  # a copy, to try something
        ([("a", HE), ("a", HE.replace("he(", "mine(") + "\nhe = mine")], ""),
        ([("a", HE), ("a", HE.replace("he(", "mine(")), ("a", HE)], ""),
        ([("a", HE), ("a", HE.replace("he(", "mine(")), ("b", "he = mine")], ""),
        ([("a", HE), ("a", "x = 1")], ""),
        ([(None, HE), (None, HE.replace("he(", "mine("))], LIKE_IT),
        ([(None, IN_FULL), (None, IN_FULL.replace("he(", "mine(").replace("seed(3)", "seed(4)"))], LIKE_IT),
        ([(None, HE), (None, "def mine(a):\n    return a\n")], ""),
        ([(None, HE), (None, HE.replace("he(", "zeros("))], ""),  # a question of its own
        ([(None, HE.replace("he(", "mine(")), (None, HE), (None, HE.replace("he(", "mine("))], ""),
        ([(None, HE), (None, HE.replace("he(", "mine(")), (None, HE)], ""),
    ],
)
def test_a_check_says_that_the_cell_of_its_function_has_another_one_now(cells, said):
    shell = InteractiveShell()
    stopped = StoppedCells(shell, lambda: ("he", "zeros"))
    for cell, source in cells:
        shell.run_cell(source, cell_id=cell)
    assert stopped.said_of("he").startswith(said)
    assert bool(stopped.said_of("he")) == bool(said)
    assert stopped.said_of("zeros") == stopped.said_of("mine") == ""
    assert not stopped.is_unread("he")


@pytest.mark.parametrize("name", this_course().assignments)
def test_no_cell_of_the_course_is_taken_for_one_that_was_renamed(name, visible):
    hooks = []
    stopped = StoppedCells(
        SimpleNamespace(events=SimpleNamespace(register=lambda _, hook: hooks.append(hook))), visible
    )
    for cell in read_script(this_course().script(name)).notebook.cells:
        if cell.cell_type == "code":
            info = SimpleNamespace(raw_cell=cell.source, cell_id=None)
            hooks[0](SimpleNamespace(info=info, error_before_exec=None))
    assert [said for question in visible() if (said := stopped.said_of(question))] == []


@pytest.fixture
def visible(name):
    return lambda: visible_questions()[name]
