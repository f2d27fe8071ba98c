"""Restoring: a cell as it was handed out takes nothing away, and what students write into cells of ours is kept."""

from copy import deepcopy

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograde.authoring.sample import SampleNotebook
from autograde.judging.restore import restore
from autograde.judging.submission import Submission, released
from autograde.notebook import grade_id, is_edited, is_showcase

A = "initialization"
FIRST, SECOND = SampleNotebook(A).functions[:2]


@pytest.fixture
def work():
    """A notebook in which everything is right."""
    one = SampleNotebook(A)
    one.solve()
    return one


def restored(cells) -> tuple[NotebookNode, Submission]:
    submission = Submission("ada", A)
    cells = [nbformat.from_dict({"id": "", **cell}) for cell in deepcopy(cells)]
    return restore(cells, submission), submission


def cell(notebook, name) -> NotebookNode:
    (found,) = (c for c in notebook.cells if grade_id(c) == name)
    return found


def value(notebook, name=FIRST):
    """What a function of the notebook returns after all its cells but checks and demonstrations have run; in plain Python."""
    names: dict = {}
    for one in notebook.cells:
        if one.cell_type == "code" and not grade_id(one).startswith("test_") and not is_showcase(one):
            exec(one.source, names)
    return names[name]([2, 3])["b1"].shape


def blank(name=FIRST, marked=True) -> NotebookNode:
    copy = deepcopy(cell(released(A), name))
    copy.id = "copy"
    if not marked:
        copy.metadata = {}
    return copy


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("place", ["above", "below", "at the end"])
def test_a_copy_as_handed_out_never_wins_over_an_answer(work, marked, place):
    cells, answer = work.notebook.cells, work.cell(FIRST).source
    at = cells.index(work.cell(FIRST))
    cells.insert({"above": at, "below": at + 1, "at the end": len(cells)}[place], blank(marked=marked))
    after, submission = restored(cells)
    assert cell(after, FIRST).source == answer
    assert value(after) == (3, 1)
    assert set(submission.notes) == {FIRST}
    assert submission.tampered == set()
    assert [c.cell_type for c in after.cells if c.id == "copy"] == ["raw"]


def test_of_several_that_are_filled_in_the_last_wins_and_the_others_stay_code(work):
    cells = work.notebook.cells
    earlier = blank()
    earlier.source = f"def {FIRST}(layers_dims):\n    return 42"
    cells.insert(cells.index(work.cell(FIRST)), earlier)
    cells.append(blank())
    after, submission = restored(cells)
    assert value(after) == (3, 1)
    assert [c.cell_type for c in after.cells if c.source == earlier.source] == ["code"]
    assert submission.tampered == {FIRST}
    assert any("the last one above its check counts" in words for words in submission.notes[FIRST])


@pytest.mark.parametrize("place", ["above", "below"])
def test_a_function_in_a_cell_of_ones_own_is_not_wiped_out_by_the_template(work, place):
    answer = work.cell(FIRST).source
    work.cell(FIRST).source = cell(released(A), FIRST).source + "\n# I wrote it elsewhere\n"
    at = work.notebook.cells.index(work.cell(FIRST)) + (place == "below")
    work.notebook.cells.insert(at, new_code_cell(answer))
    after, submission = restored(work.notebook.cells)
    assert cell(after, FIRST).source == answer
    assert value(after) == (3, 1)
    ids = [grade_id(c) for c in after.cells]
    assert ids.index(FIRST) < ids.index(f"test_{FIRST}")
    assert submission.tampered == set()
    assert "in another cell" in submission.notes[FIRST][0]


def test_a_function_in_the_cell_of_another_question_is_not_wiped_out_by_the_template(work):
    work.cell(FIRST).source += "\n\n\n" + work.cell(SECOND).source
    work.cell(SECOND).source = blank(SECOND).source
    after, submission = restored(work.notebook.cells)
    assert value(after, SECOND) == (3, 1)
    assert "another question" in submission.notes[SECOND][0]


def test_a_cell_that_is_begun_still_counts_where_it_stands(work):
    """It is the student's, and the last: as in the notebook, it takes the place of what stands above."""
    answer = work.cell(FIRST).source
    work.cell(FIRST).source = f"def {FIRST}(layers_dims):\n    parameters = {{}}\n    return parameters"
    work.notebook.cells.insert(1, new_code_cell(answer))
    after, submission = restored(work.notebook.cells)
    assert cell(after, FIRST).source == work.cell(FIRST).source
    assert submission.notes == {}


# Lines that were written into cells of ours


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("import sys\n", "import sys\nimport math\n", "import math"),
        ("import sys\n", "# mine\nimport math as m, os\nimport sys\n\n\n", "# mine\nimport math as m, os"),
        (
            'check.begin("initialization")',
            'check.begin("initialization")\n\ndef twice(x):\n    return 2 * x\n',
            "twice",
        ),
        ("import numpy as np", "import numpy as np\nimport numpy as xp", "import numpy as xp"),
    ],
)
def test_lines_added_to_the_setup_cell_are_run_behind_it(work, old, new, kept):
    work.cell("setup").source = work.cell("setup").source.replace(old, new)
    after, submission = restored(work.notebook.cells)
    at = after.cells.index(cell(after, "setup"))
    assert after.cells[at].source == cell(released(A), "setup").source
    assert kept in after.cells[at + 1].source
    assert "load_circles" not in after.cells[at + 1].source
    compile(after.cells[at + 1].source, "kept", "exec")
    assert not grade_id(after.cells[at + 1])
    assert submission.tampered == set()
    assert "added to the setup cell" in submission.notes[""][0]
    assert value(after) == (3, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import check, nets", "import check, nets, data"),
        ("import sys\n", "from math import (\n    pi,\n"),
        ("import numpy as np\n", "if True:\n    import numpy as np\n    import math\n"),
        ("from helpers.training import train", "from helpers.training import (\n    train,\n)\nimport math"),
    ],
)
def test_where_lines_of_the_setup_cell_were_changed_all_of_it_is_run_behind_ours(work, old, new):
    work.cell("setup").source = edited = work.cell("setup").source.replace(old, new)
    after, submission = restored(work.notebook.cells)
    at = after.cells.index(cell(after, "setup"))
    assert after.cells[at + 1].source == edited
    assert "was edited and was restored" in submission.notes[""][0]


def test_a_line_that_continues_one_of_ours_is_not_run_alone(work):
    source = work.cell("setup").source
    work.cell("setup").source = source.replace("import sys", "import sys\n    , math")
    after, _ = restored(work.notebook.cells)
    at = after.cells.index(cell(after, "setup"))
    assert after.cells[at + 1].source == work.cell("setup").source


def test_blank_lines_and_missing_lines_of_the_setup_cell_leave_no_cell_behind(work):
    source = work.cell("setup").source
    work.cell("setup").source = "\n" + source.replace("\n", "\n\n") + "   \n"
    after, submission = restored(work.notebook.cells)
    assert submission.notes == {}
    work.cell("setup").source = source.replace("import numpy as np\n", "")
    again, submission = restored(work.notebook.cells)
    assert len(after.cells) == len(again.cells) == len(work.notebook.cells)
    assert submission.notes == {"": ["the setup cell was edited and was restored"]}


def test_what_a_check_cell_defines_is_run_before_it_and_what_it_forges_is_not_kept(work):
    checks = [work.cell(f"test_{name}") for name in (FIRST, SECOND)]
    checks[0].source = f"import math\ncheck = lambda f: 100.0\n{checks[0].source}"
    checks[1].source = "1000.0"
    after, submission = restored(work.notebook.cells)
    at = after.cells.index(cell(after, f"test_{FIRST}"))
    assert after.cells[at].source == f"check({FIRST})"
    assert after.cells[at - 1].source == "import math\ncheck = lambda f: 100.0"
    assert cell(after, f"test_{SECOND}").source == f"check({SECOND})"
    assert not any("1000.0" in c.source for c in after.cells)
    assert submission.tampered == {FIRST, SECOND}


def test_a_copy_of_the_setup_cell_at_the_end_takes_no_imports_from_what_stands_above(work):
    copy = deepcopy(work.cell("setup"))
    copy.source += "\nimport math"
    work.notebook.cells.append(copy)
    after, _ = restored(work.notebook.cells)
    assert next(grade_id(c) == "setup" for c in after.cells if c.cell_type == "code")
    assert after.cells[-1].source == "import math"


# Marks, and demonstrations


def stripped(cells):
    return [{**c, "id": "", "metadata": {}} for c in cells]


def test_where_a_tool_has_taken_all_marks_nobody_is_said_to_have_tampered(work):
    work.notebook.cells.append(new_code_cell("mine = 1"))
    after, submission = restored(stripped(work.notebook.cells))
    assert list(submission.notes) == [""]
    assert len(submission.notes[""]) == 1
    assert submission.tampered == set()
    ours = released(A).cells
    assert [grade_id(c) for c in after.cells] == [grade_id(c) for c in [*ours, new_code_cell()]]
    assert [is_showcase(c) for c in after.cells] == [is_showcase(c) for c in ours] + [False]
    assert not any(map(is_edited, after.cells))


def test_one_missing_mark_is_told_of_its_question(work):
    work.cell(FIRST).metadata = {}
    _, submission = restored(work.notebook.cells)
    assert submission.tampered == set(submission.notes) == {FIRST}


def test_a_stripped_notebook_with_a_blank_copy_at_the_end_keeps_its_answer(work):
    after, _ = restored(stripped([*work.notebook.cells, blank()]))
    assert value(after) == (3, 1)


@pytest.mark.parametrize("how", ["text", "id", "tag", "lines"])
def test_a_demonstration_is_known_again_and_known_to_be_edited(work, how):
    demonstration = [c for c in work.notebook.cells if is_showcase(c)][2]
    source = demonstration.source
    if how != "text":
        demonstration.source = source.replace("0.5", "0.7") if how == "lines" else "print('mine')"
    if how != "id":
        demonstration.id = "other"
    if how != "tag":
        demonstration.metadata = {}
    after, _ = restored(work.notebook.cells)
    (found,) = (c for c in after.cells if c.source == demonstration.source)
    assert is_showcase(found)
    assert is_edited(found) == (how != "text")
    assert sum(map(is_edited, after.cells)) == (how != "text")


def test_what_defines_a_question_is_no_demonstration_and_a_cell_of_ones_own_neither(work):
    demonstration = next(c for c in work.notebook.cells if is_showcase(c))
    demonstration.source += "\n" + work.cell(FIRST).source
    work.cell(FIRST).source = blank().source
    work.notebook.cells.append(new_code_cell("circles = load_circles()\nmine = 1\nother = 2\nthird = 3"))
    after, _ = restored(work.notebook.cells)
    assert cell(after, FIRST).source == demonstration.source
    assert not is_showcase(cell(after, FIRST))
    assert not is_showcase(after.cells[-1])


def test_restoring_what_was_restored_changes_nothing(work):
    cells = work.notebook.cells
    work.cell("setup").source += "\nimport math"
    work.cell(f"test_{FIRST}").source += "\nx = 1"
    cells[5:5] = [blank(), blank(SECOND, marked=False), new_markdown_cell("mine")]
    demonstration = next(c for c in cells if is_showcase(c))
    demonstration.source += "\nprint(1)"
    once, _ = restored(cells)
    twice, submission = restored(once.cells)
    assert nbformat.writes(once) == nbformat.writes(twice)
    assert submission.notes == {}
    nbformat.validate(once)
