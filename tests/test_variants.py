"""Right solutions get full marks however they are written: variants.py of each assignment has them, a cell each."""

import ast
from collections import Counter

import pytest
from called_once import variant_called_once
from conftest import ASKED_WITH, asked

from autograde.authoring.script import read_script
from autograde.authoring.variants import variants_of
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.notebook import grade_id
from checking.examiner import examine

VARIANTS = [variant for assignment in this_course().assignments for variant in variants_of(assignment)]


@pytest.mark.parametrize(
    ("variant", "seed"),
    [
        pytest.param(v, s, id=f"{v.question}, {v.style}, {s or 'recorded'}")
        for v in VARIANTS
        for s in ASKED_WITH[v.assignment]
    ],
)
def test_a_right_solution_gets_full_marks(variant, seed):
    question = asked(variant.assignment, seed)[variant.question]
    verdict = examine(question, variant_called_once(variant))
    lost = [(r.case.name, r.differences or r.message) for r in verdict.results if r.status != "passed"]
    assert (verdict.state, verdict.score, lost) == ("right", question.points, [])


def test_every_graded_function_has_a_variant_of_its_own():
    """None is the reference's text, or another's, over again."""
    for assignment in this_course().assignments:
        cells = read_script(this_course().script(assignment)).notebook.cells
        references = Counter(_text(cell.source) for cell in cells if grade_id(cell))
        texts = references + Counter(_text(variant.source) for variant in variants_of(assignment))
        assert [text for text, number in texts.items() if number > 1] == []
        assert {variant.question for variant in variants_of(assignment)} == set(all_questions(assignment))


def _text(source: str) -> str:
    """Without comments, docstrings and blanks."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.unparse(tree)
