"""Demonstrations need no function but those that they show: of a wrong one all others go on."""

import ast

import pytest
from conftest import visible_questions

from autograde.authoring.script import read_script
from autograde.course import this_course
from checking.unwritten import names_made_in, names_used_in


def needed_by_demonstrations(name):
    """For each demonstration of a notebook: functions that it names, and others that come with names which cells above made."""
    cells = [cell for cell in read_script(this_course().script(name)).notebook.cells if cell.cell_type == "code"]
    graded = set(visible_questions()[name])
    made: dict[str, set[str]] = {}
    for cell in cells:
        if cell.metadata.get("nbgrader"):
            continue
        used, own = set(names_used_in(cell.source)), names_made_in(cell.source)
        named, along = used & graded, {(x, f) for x in used - own for f in made.get(x, ())}
        yield named, along
        functions = {
            node.name: names_used_in(ast.unparse(node))
            for node in ast.parse(cell.source).body
            if isinstance(node, ast.FunctionDef)
        }
        made |= {x: named | {f for _, f in along} for x in own - functions.keys()}
        for function, names in functions.items():
            made[function] = set(names) & graded | {f for x in names if x != function for f in made.get(x, ())}


@pytest.mark.parametrize(
    ("name", "along"),
    [
        (
            "generalization",
            {("pitch_nets", "add_penalty_gradient"), ("capping", "max_norm"), ("cut_more_and_more", "prune")},
        ),
        ("transfer", {(x, "pair_batch") for x in ("learn_pairs", "first", "second", "curves", "towers")}),
    ],
)
def test_demonstrations_need_no_function_but_those_that_they_show(name, along):
    """Else one that is wrong closes what comes later, or is blamed for it; what comes along is what a cell goes on with."""
    found = list(needed_by_demonstrations(name))
    assert set().union(*(also for _, also in found)) == along
    assert max(len(named) for named, _ in found) <= 2
