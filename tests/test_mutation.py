"""The cases leave no gap: whatever is changed in a reference solution is found out, or is right, and then it says why.

benchmarks/mutation.py makes the mutants. Here are those of the four assignments in NumPy; TensorFlow's are in `make bench`.
"""

import importlib.util
import sys
from collections import Counter
from dataclasses import replace

import pytest

from autograde.course import ENGINE, this_course
from autograde.hidden import all_questions

spec = importlib.util.spec_from_file_location("mutation", ENGINE / "benchmarks" / "mutation.py")
mutation = sys.modules["mutation"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mutation)

TASKS = [(a, f) for a in this_course().assignments if a != "tensorflow_signs" for f in all_questions(a)]


@pytest.mark.parametrize(("assignment", "function"), TASKS)
def test_the_mutants_that_survive_are_those_that_are_right(assignment, function):
    listed = mutation.equivalent_mutants().get(assignment, {}).get(function, {})
    tried = mutation.try_all((assignment, function))
    assert [name for name in tried.alive if name not in listed] == [], "wrong, and no case shows it"
    assert [name for name in listed if name not in tried.alive] == [], "listed, but found out or gone"
    assert all(reason.endswith(".") for reason in listed.values())
    names = Counter(mutant.name for mutant in tried.mutants)
    assert [name for name, n in names.items() if n > 1] == [], (
        "one name for several, so that one reason would excuse all"
    )


def test_functions_in_the_list_exist():
    listed = {(a, f) for a, functions in mutation.equivalent_mutants().items() for f in functions}
    assert listed <= {(a, f) for a in this_course().assignments for f in all_questions(a)}


@pytest.mark.parametrize(
    ("assignment", "function", "survivor"),
    [
        (
            "optimizers",
            "random_mini_batches",
            "for start in range(0, m, mini_batch_size): -> for start in range(0, m - 1, mini_batch_size):",
        ),
        (
            "optimizers",
            "learning_rate_decay",
            "return learning_rate0 * decay_rate ** n -> return learning_rate0 * decay_rate ** epoch",
        ),
    ],
)
def test_where_hidden_cases_are_left_out_mutants_live(assignment, function, survivor):
    question = all_questions(assignment)[function]
    visible = replace(question, cases=tuple(case for case in question.cases if not case.hidden))
    mutants = mutation.mutants_of(function, mutation.source_of(assignment, function))
    (mutant,) = (mutant for mutant in mutants if mutant.name == survivor)
    assert mutation.survives(assignment, mutant, visible)
    assert not mutation.survives(assignment, mutant)


SOURCE = """
def f(X, W1, W2, grads):
    total = {}
    for l in range(1, 3):
        kept = X.copy()
        kept += W1 @ X
        total["dW" + str(l)] = np.sum(W2.T, axis=1, keepdims=True) * 2 - grads["dW1"] ** l
        total["db"] = X[:, l:4]
    return total
"""


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("another operator", "kept += W1 @ X -> kept += W1 * X"),
        ("another operator", "kept += W1 @ X -> kept = W1 @ X"),
        ("another function", "np.sum(W2.T, axis=1, keepdims=True) -> np.mean(W2.T, axis=1, keepdims=True)"),
        ("sign", "kept += W1 @ X -> kept += -(W1 @ X)"),
        ("axis or keepdims", "np.sum(W2.T, axis=1, keepdims=True) -> np.sum(W2.T, axis=0, keepdims=True)"),
        ("axis or keepdims", "np.sum(W2.T, axis=1, keepdims=True) -> np.sum(W2.T, axis=1)"),
        ("transpose", "np.sum(W2.T, axis=1, keepdims=True) -> np.sum(W2, axis=1, keepdims=True)"),
        ("transpose", "kept += W1 @ X -> kept += np.transpose(W1) @ X"),
        ("transpose", "kept += W1 @ X -> kept += X @ W1"),
        ("off by one", "total['db'] = X[:, l:4] -> total['db'] = X[:, l + 1:4]"),
        ("off by one", "total['db'] = X[:, l:4] -> total['db'] = X[:, l:3]"),
        ("off by one", "range(1, 3) -> range(1, 2)"),
        ("off by one", "grads['dW1'] ** l -> grads['dW1'] ** (l + 1)"),
        ("constant", "* 2 -> * 3"),
        ("left out", "keepdims=True) * 2 - grads['dW1'] ** l -> keepdims=True) * 2"),
        ("left out", "kept = X.copy() -> kept = X"),
        ("left out", "kept += W1 @ X -> pass"),
        ("exchanged", "keepdims=True) * 2 - grads['dW1'] ** l -> grads['dW1'] ** l - np.sum("),
        ("another name", "kept += W1 @ X -> kept += W2 @ X"),
        ("another key", "grads['dW1'] -> grads['dw1']"),
        ("another key", "total['db'] = X[:, l:4] -> total['dW1'] = X[:, l:4]"),
    ],
)
def test_every_kind_of_change_is_made(kind, change):
    before, after = change.split(" -> ")
    names = [mutant.name for mutant in mutation.mutants_of("f", SOURCE) if mutant.kind == kind]
    assert any(before in name.split(" -> ")[0] and after in name.split(" -> ")[1] for name in names), names
