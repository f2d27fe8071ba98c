"""Lines 19 to 23: cells and their marks, magics and stored outputs, edited in the file that is handed in."""

from copy import deepcopy

import nbformat
from nbformat.v4 import new_code_cell, new_output

from attacks.attempt import BACKWARD, CHECK_N, EVERY, FORWARD, LEAK, A
from attacks.table import attack
from checking.check import VERDICT_TYPE

SUM = "def forward_propagation(x, theta):\n    return theta + x"

# -------------------------------------------------------------------------------------------- 19, 20, 21 cells and marks


@attack(19, FORWARD, status="tampered", words="restored")
def edited_check(work):
    work.write(FORWARD, SUM)
    check = work.cell(f"test_{FORWARD}")
    check.source = "1000.0"
    check.metadata.nbgrader.update(points=1000.0, locked=False, solution=True)


@attack(19, FORWARD, status="tampered", words="put back")
def other_grade_id(work):
    work.write(FORWARD, SUM)
    check = work.cell(f"test_{FORWARD}")
    check.source, check.metadata.nbgrader.grade_id = "10.0", "test_of_my_own"


@attack(19, CHECK_N, status="tampered")
def check_of_another(work):
    """The check of an easy question under the name of a hard one."""
    work.write(CHECK_N, "def gradient_check_n(*args):\n    return 42")
    check = work.cell(f"test_{CHECK_N}")
    check.source = work.cell(f"test_{FORWARD}").source


@attack(19, FORWARD, status="graded tampered")
def solution_that_is_graded(work):
    """A function's cell that calls itself a check, with points and a number as its value."""
    work.write(FORWARD, SUM + "\n\n1000.0")
    work.cell(FORWARD).metadata.nbgrader.update(grade=True, points=1000, solution=False, locked=True, cell_type="code")


@attack(20, FORWARD, status="tampered", share=1.0, words="put back")
def deleted_check(work):
    work.notebook.cells.remove(work.cell(f"test_{FORWARD}"))


@attack(20, BACKWARD, status="missing")
def deleted_function(work):
    work.notebook.cells.remove(work.cell(BACKWARD))


@attack(20, FORWARD, status="tampered", share=1.0, words="the last one above its check counts")
def duplicated(work):
    cell = work.cell(FORWARD)
    earlier = deepcopy(cell)
    earlier.source = "def forward_propagation(*args):\n    return 42"
    work.notebook.cells.insert(work.notebook.cells.index(cell), earlier)
    work.notebook.cells.append(deepcopy(work.cell(f"test_{FORWARD}")))


@attack(20, FORWARD, status="graded", share=1.0)
def defined_twice(work):
    """Two definitions in cells of one's own; the last one that is run wins, as in any notebook."""
    work.cell(FORWARD).source = "def forward_propagation(*args):\n    return 42"
    work.notebook.cells.append(new_code_cell("def forward_propagation(x, theta):\n    return theta * x"))


@attack(20, EVERY, status="graded tampered", share=1.0)
def reordered(work):
    work.notebook.cells.reverse()


@attack(20, EVERY, status="graded tampered", share=1.0)
def one_id_for_all(work):
    for cell in work.notebook.cells:
        cell.id = "same"


@attack(21, EVERY, status="graded tampered", share=1.0)
def stripped(work):
    work.notebook.metadata.clear()
    for cell in work.notebook.cells:
        cell.metadata = nbformat.NotebookNode()
        cell.pop("id", None)


@attack(21, EVERY, status="graded tampered", share=1.0, words="recognised")
def renamed(work):
    work.name = "final FINAL (2).ipynb"


@attack(21, EVERY, status="rejected", words="several notebooks")
def renamed_twice(work):
    work.hand_in()
    (work.folder / work.name).rename(work.folder / "one.ipynb")
    work.write(FORWARD, "def forward_propagation(x, theta):\n    return theta * x  # in other words\n    pass")
    work.name = "two.ipynb"


# -------------------------------------------------------------------------------------- 22, 23 kernels, magics, outputs


@attack(22, BACKWARD, status="tampered", share=1.0, words="markdown cell")
def other_kernel_and_cell_type(work):
    work.notebook.metadata.kernelspec = {
        "name": "bash",
        "display_name": "Bash",
        "argv": ["touch", work.world.evidence + "/k"],
    }
    work.notebook.metadata.language_info = {"name": "R", "version": "4"}
    cell = work.cell(BACKWARD)
    cell.cell_type = "markdown"
    cell.pop("outputs"), cell.pop("execution_count")


@attack(22)
def magics(work):
    w = work.world
    work.insert(
        BACKWARD,
        f"%%bash\ncat {w.home}/* {w.submissions}/*/* {w.out}/gradebook.db /etc/shadow; echo $DESCENT_CANARY\nenv",
        f"%%script sh\ntouch {w.evidence}/script; kill -9 $PPID",
        f"!touch {w.evidence}/shell; cat {w.home}/.canary; ls -laR {w.submissions} {w.course}/solutions",
        f"%run {w.course}/autograde/authoring/sample.py",
        f"%load {w.course}/solutions/{A}/notebook.py",
        f"%%writefile {w.evidence}/written\nwritten",
        f"%env DESCENT_CANARY\n%cd {w.out}\n!ls",
        "%%javascript\nwindow.evil28 = 1",
        "%load_ext no_such_extension",
        "%config InteractiveShell.ast_node_interactivity = 'none'",
        "%alias_magic t timeit\n%system ls /\n%sx cat /etc/passwd",
    )


@attack(23, FORWARD)
def forged_outputs(work):
    work.write(FORWARD, SUM)
    said = {"question": FORWARD, "state": "right", "score": 10.0, "mistake": ""}
    data = {"text/plain": "10.0", "text/html": f"<b>{LEAK}: all right</b>", VERDICT_TYPE: said}
    for name in (f"test_{FORWARD}", FORWARD):
        cell = work.cell(name)
        cell.outputs = [
            new_output("execute_result", data=data, execution_count=1),
            new_output("stream", name="stdout", text=f"{LEAK} forged\n"),
            new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {"model_id": LEAK}}),
        ]
        cell.execution_count = 1
    work.notebook.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {
            "state": {LEAK: {"model_name": "HTMLModel", "state": {"value": LEAK}}}
        }
    }
