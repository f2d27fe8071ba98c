"""What is said about an error: in the words of each version, of the right numbers, and nothing where nothing is known.

The errors are made by Python, NumPy and TensorFlow themselves, so that a version with other words is noticed.
"""

import math
import re
import sys
from operator import getitem

import numpy as np
import pytest
from conftest import visible_questions

from checking.calls import call
from checking.explain import StudentError, about_a_raise_left_in, explanation

A, B, C = np.ones((3, 4)), np.ones((4, 5)), np.ones((3, 5))


def undefined_counter():
    for k in range(0):  # noqa: B007
        pass
    return k


def one(x):
    return x


def forever():
    return forever()


def begins_with_its_name():
    def relu(Z):
        return Z

    def f(Z):
        relu = relu(Z)  # noqa: F823
        return relu

    return f(A)


def adds_to_nothing():
    for W in (A, B):
        total += np.sum(W)  # noqa: F821
    return total


def in_place(sign, array, other):
    return lambda: getattr(array.copy(), f"__i{sign}__")(other)


ERRORS = [  # the student's line, what stops, what has to be said
    ("W = np.zeros(2, 5)", lambda: np.zeros(2, 5), "`np.zeros((2, 3))`", "5 is taken for the type"),
    ("b = np.ones(3, 1)", lambda: np.ones(3, 1), "`np.ones((2, 3))`", "1 is taken for the type"),
    ("W = np.random.randn((3, 4))", lambda: np.random.randn((3, 4)), "one by one", "`np.random.randn(2, 3)`"),
    ("np.zeros((4 / 2, 1))", lambda: np.zeros((4 / 2, 1)), "whole number", "//"),
    ("Z = W * X", lambda: A * B, "(3, 4) and (4, 5)", "`@` or np.dot and gives shape (3, 5)"),
    ("Z = W + X", lambda: A + C, "(3, 4) and (3, 5)", "Print both shapes"),
    ("Z = Z + b", lambda: A + np.ones(3), "(3,) is taken for a row", "a column has shape (3, 1)"),
    ("Z = W * X + b", lambda: A * B, "If you meant the matrix product", "(3, 5)"),
    ("theta - grad", lambda: np.ones(3) - np.ones(4), "(3,) and (4,) do not match", "flat arrays have to be of the same length"),
    ("D1 * A1", lambda: B * B.T, "One is the other's transpose", "which of the two"),
    ("db += dZ", in_place("add", np.ones((3, 1)), A), "an array of shape (3,1)", "sum over the examples"),
    ("A1 *= D1", in_place("mul", np.ones((1, 4)), A), "combined with what is on the right it would need shape (3,4)", ""),
    ("v += dv", in_place("add", np.ones(3, int), np.ones(3)), "whole numbers", "astype(float)"),
    ("range(theta.shape)", lambda: range(A.shape), "`range` takes one number", "theta.size"),
    ("np.eye(A.shape)", lambda: np.eye(A.shape), "one whole number", "A.shape[0]"),
    ("np.mean(X, 1, True)", lambda: np.mean(A, 1, True), "keepdims=True by name", ""),
    ("np.array(1, 2)", lambda: np.array(1, 2), "np.array([1, 2])", "one list"),
    ("W @ X", lambda: A @ C, "as many columns as B has rows; here it is 4 and 3", ""),
    ("np.dot(W, X)", lambda: np.dot(A, C), "as many columns as B has rows; here it is 4 and 3", ""),
    ("W @ 2", lambda: A @ 2, "Numbers are multiplied by *", ""),
    ("X.reshape(5, 2)", lambda: A.reshape(5, 2), "keeps all 12 numbers", "(5,2)"),
    ("X.reshape(5, -1)", lambda: A.reshape(5, -1), "12 cannot be divided by 5", "-1"),
    ("X.reshape(5, 2, -1)", lambda: A.reshape(5, 2, -1), "12 cannot be divided by 10", ""),
    ("if A > 0:", lambda: bool(A > 0), "An `if`, `while`, `and`, `or` or `not` needs one yes or no", ""),
    ("0 < A < 1", lambda: 0 < A < 1, "one yes or no", ""),
    ("A = max(0, Z)", lambda: max(0, A), "np.maximum(0, Z)", "entry by entry"),
    ("math.sqrt(A)", lambda: math.sqrt(A), "np.sqrt", ""),
    ("A[3]", lambda: A[3], "no entry 3", "size 3"),
    ("[1][1]", lambda: [1][1], "counted from 0", ""),
    ("A[0, 0, 0]", lambda: A[0, 0, 0], "2 axes", "3 indices"),
    ("v[0, 0]", lambda: np.ones(3)[0, 0], "1 axis, and there are 2 indices", ""),
    ("A.sum(axis=2)", lambda: A.sum(axis=2), "There is no axis 2", "axis 1, the columns"),
    ("v.sum(axis=1)", lambda: np.ones(3).sum(axis=1), "The array has 1 axis, axis 0, and no axis 1", "keepdims=True"),
    ("J.sum(axis=1)", lambda: np.float64(3).sum(axis=1), "a single number, which has no axes", ""),
    ("return k", undefined_counter, "k has a value only if", "loop"),
    ("relu = relu(Z)", begins_with_its_name, "another name", "this very line"),
    ("total += np.sum(W)", adds_to_nothing, "total = 0", "This very line"),
    ("J = cost", lambda: eval("cost"), "There is no variable cost here", "run to its end first"),
    ("J = cost(A)", lambda: eval("cost(A)"), "There is no function cost here", "run to its end first"),
    ("A = sqrt(Z)", lambda: eval("sqrt(Z)"), "NumPy has one: write np.sqrt.", ""),
    ("W = randn(2, 3)", lambda: eval("randn(2, 3)"), "write np.random.randn.", ""),
    ("m = size", lambda: eval("size"), "There is no variable size here", "slip in the name"),
    ("if kind == inverse:", lambda: eval("1 == inverse"), "no variable inverse", "'inverse', with quotes"),
    ("parameters[W1]", lambda: eval("{}[W1]"), "no variable W1", "'W1', with quotes"),
    ("parameters['W{l}']", lambda: {}["W{l}"], "f'W{l}'", "letter f"),
    ("beta^t", lambda: 0.5 ^ 2, "`**`", "power"),
    ("np.ones(3)^2", lambda: np.ones(3) ^ 2, "`**`", "power"),
    ("v['dW1']", lambda: A["dW1"], "v['dW1'] = …", "is an array"),
    ("v = beta * v[d] + 1", lambda: A["dW1"], "`v` is an array by now", "`v[d] = …` changes the entry alone"),
    ('p = p[n] - a * g["d" + n]', lambda: A["W1"], "put it in the place of the dict", "`p[n] = …`"),
    ("A[n]", lambda: A[0.5], "takes whole numbers there", "Print both"),
    ("J = L2 * 2.5", lambda: 2.5 - "L2", "is a text", "take its quotes away"),
    ("X - mu", lambda: A - np.array("mean"), "is a text", "take its quotes away"),
    ("W1**2 + W2**2", lambda: A + C, "is a sum missing", "np.sum(…)"),
    ("1 / m * dZ3 * A2.T", lambda: A * B, "`@` or np.dot", "(3, 5)"),
    ("X[permutation]", lambda: A[[9]], "no entry 9 along axis 0", "columns are X[:, i]"),
    ("J = print(1) / m", lambda: None / 2, "`print(…)` shows a value and gives back None", ""),
    ("A[n / 2]", lambda: A[4 / 2], "whole numbers", "//"),
    ("[1]['a']", lambda: getitem([1], "a"), "A list", "whole numbers"),
    ("p['W1']", lambda: getitem(({},), "W1"), "A tuple", "parameters, v = update(…)"),
    ("'W' + l", lambda: "W" + 1, "'W' + str(l)", "f'W{l}'"),
    ("(J - J2) / 2", lambda: (1, 2) - (1, 2), "a tuple", "J, cache = "),
    ("m = Y.shape[1]", lambda: np.ones(3).shape[1], "A flat array has shape[0] alone", ""),
    ("(1,)[1]", lambda: (1,)[1], "tuple is shorter", ""),
    ("rand(A1.shape)", lambda: np.random.rand(A.shape), "`np.random.rand(2, 3)`", "np.random.rand(*A.shape)"),
    ("range(layers_dims)", lambda: range([2, 1]), "was given a list", "len(…)"),
    ("x.T", lambda: getattr(2, "T"), "one number", "only an array"),  # noqa: B009
    ("A[3, 0]", lambda: A[3, 0], "so the last is 2", ""),
    ("np.zeros(A)", lambda: np.zeros(A), "np.zeros_like(W)", "W.shape"),
    ("p['W1'] -= v['dW1']", lambda: A["dW1"], "such as v['dW1'] = …", ""),
    ("v = beta * v", lambda: 0.9 * {}, "a dict cannot be calculated with", "v['dW1']"),
    ("theta - 1", lambda: [1.0] - 1, "a list", "np.array(…)"),
    ("X.mean - 1", lambda: A.mean - 1, "without its parentheses", "X.mean()"),
    ("for l in len(d):", lambda: list(len([1])), "range(1, L + 1)", ""),
    ("J[0]", lambda: getitem(1.5, 0), "one number", ""),
    ("grads[1]", lambda: {}[1], "the number 1 is not the text 'W1'", ""),
    ("for k, v in p:", lambda: [a for a, b in {"dW1": 1}], "names on the left", ".items()"),
    ("averages[0] = X", lambda: np.zeros(2).__setitem__(0, [1, 2]), "takes one number", ""),
    ("parameters[:, 0]", lambda: getitem({}, (slice(None), 0)), "a dict", "'W1'"),
    ("parameters.W1", lambda: {}.W1, "by their keys", "parameters['W1']"),
    ("np.randn(2)", lambda: np.randn(2), "np.random.randn", ""),
    ("np.Zeros(2)", lambda: np.Zeros(2), "no Zeros in numpy", ""),
    ("averages.append(v)", lambda: None.append(1), "without `averages = `", "list"),
    ("A.append(v)", lambda: A.append(1), "no append", "np.array"),
    ("grads['dW0']", lambda: {}["dW0"], "layers are counted from 1", "'dW1'"),
    ("parameters['w1']", lambda: {}["w1"], "no entry 'w1'", "upper and lower case"),
    ("p[n] = p[n] - a * grads[n]", lambda: {}["W1"], "no entry 'W1'", "begin with d: 'dW1'"),
    ("A(3)", lambda: A(3), "brackets", ""),
    ("one()", lambda: one(), "does not pass 'x'", "`def` line"),
    ("one(1, 2)", lambda: one(1, 2), "passes 2 arguments", ""),
    ("forever(1)", lambda: forever(1), "passes 1 argument, and", "so many"),
    ("-None", lambda: -None, "A function without `return` gives None", ""),
    ("tape.gradient(J, W)[0]", lambda: getitem(None, 0), "A function without `return` gives None", "the tape has not seen"),
    ("grad[0]", lambda grad=None: grad[0], "is None", ""),
    ("0.5 * None", lambda: 0.5 * None, "is None", ""),
    ("forever()", forever, "calls itself", ""),
    ("1 / 0", lambda: 1 / 0, "below the fraction line", ""),
    ("import nowhere", lambda: __import__("nowhere_at_all"), "no package nowhere_at_all", "leave it out"),
    ("f(", lambda: compile("f((1)", "<cell>", "exec"), "each that opens has to close", ""),
    ("if x:\n1", lambda: compile("if x:\n1", "<cell>", "exec"), "same column", ""),
]  # fmt: skip


def raised_by(function):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        function()
    return type(caught.value).__name__, str(caught.value)


@pytest.mark.parametrize(("line", "stops", "says", "and_says"), ERRORS, ids=[line for line, *_ in ERRORS])
def test_an_error_is_explained_with_its_own_numbers(line, stops, says, and_says):
    said = explanation(StudentError(*raised_by(stops), line))
    assert says in said
    assert and_says in said
    assert re.fullmatch(r"[A-Z+@`k\d].*[.?]", said), "whole sentences"


def test_the_matrix_product_is_not_advised_where_nobody_can_have_meant_it():
    for line in (
        "A1 * D1 * 2",
        "dA1 * (Z1 > 0)",
        "W - 2 * dW",
        "A ** B",
        "W @ X * Y",
        "np.dot(W, X) * Y",
        "W - rate * dW",
    ):
        said = explanation(StudentError(*raised_by(lambda: A * B), line))
        assert "matrix product" not in said, line
        assert "Print both shapes" in said, line


@pytest.mark.parametrize("line", ["np.std(X, 1, 3)", "np.arange(1, 2)", ""])
def test_nothing_is_said_of_a_shape_where_the_line_makes_none(line):
    assert explanation(StudentError("TypeError", "Cannot interpret '3' as a data type", line)) == ""


def test_the_tape_is_spoken_of_where_tensorflow_is(monkeypatch):
    none = StudentError(*raised_by(lambda: getitem(None, "dW1")), "v = beta * v + grads['dW1']")
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    assert "the tape has not seen" in explanation(none)
    monkeypatch.delitem(sys.modules, "tensorflow")
    assert "tape" not in explanation(none)


def test_what_is_not_known_is_not_explained():
    assert explanation(StudentError("ValueError", "shapes are odd")) == ""
    assert explanation(StudentError("Odd", "name 'x' is not defined")) == ""
    assert explanation(StudentError("KeyError", "0" * 10**6)) == ""


def test_the_words_of_tensorflow():
    tf = pytest.importorskip("tensorflow")
    x, wide = tf.ones((3, 4)), tf.ones((3, 4), tf.float64)
    variable = tf.Variable(1.0)
    step = tf.keras.optimizers.SGD(0.1).apply_gradients
    for stops, says in (
        (lambda: tf.matmul(x, x), "here it is 4 and 3"),
        (lambda: x + wide, "one is float, the other double"),
        (lambda: tf.sigmoid(tf.constant(0)), "whole numbers (int32)"),
        (lambda: x * tf.ones((2, 2)), "tf.matmul"),
        (lambda: x.T, "tf.transpose(x)"),
        (lambda: x.assign(x), "tf.Variable(value)"),
        (lambda: step([(None, variable)]), "inside `with tf.GradientTape() as tape:`"),
        (lambda: tf.function(lambda t: t.numpy(), autograph=False)(x), "leave out .numpy()"),
    ):
        assert says in explanation(StudentError(*raised_by(stops)))


def test_a_long_line_is_shown_around_the_error_with_dots_where_it_goes_on():
    names = {"np": np}
    terms = " + ".join(["np.sum(A * A)"] * 30)
    define(f"def begins(A):\n    return (A @ 2) + {terms}\n\ndef ends(A):\n    return {terms} + (A @ 2)\n", names)
    begins, ends = (call(names[name], (A,)).message.split("`")[1] for name in ("begins", "ends"))
    assert (begins[:18], begins[-3:]) == ("return (A @ 2) + n", "...")
    assert (ends[:3], ends[-10:]) == ("...", " + (A @ 2)")
    assert len(begins) == len(ends) == 123


def test_the_call_brings_the_explanation_and_keeps_the_words():
    said = call(lambda: np.zeros(2, 5), ())
    assert "Cannot interpret '5' as a data type" in said.message
    assert "A shape is one argument" in said.advice
    assert call(lambda: {}["x y z!"], ()).advice == ""


HE = """
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
BODY    return parameters
"""
WRITTEN = "        parameters[f'W{l}'] = np.zeros((2, 3))\n"
STUB = "        # Your code here\n        raise NotImplementedError\n"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (STUB, None),
        (STUB.replace("here", "HERE"), None),
        ("        raise NotImplementedError\n", None),
        (WRITTEN + STUB, 8),
        (STUB + WRITTEN, 7),
        (WRITTEN + "    # Your code here\n    raise NotImplementedError\n", 8),
        ("        # a note of my own\n\n" + STUB, None),
    ],
    ids=["as handed out", "comment changed", "comment gone", "above", "below", "below the loop", "a comment alone"],
)
def test_a_raise_that_was_left_in_is_told_from_one_that_nothing_was_written_for(body, line):
    question = visible_questions()["initialization"]["initialize_parameters_he"]
    names = {"np": np}
    define(HE.replace("BODY", body), names)
    outcome = call(names["initialize_parameters_he"], ([2, 3],))
    assert outcome.kind == "unfilled"
    said = about_a_raise_left_in(outcome.line, outcome.around, question.given)
    assert said == (f"If this part is written, delete line {line}, `raise NotImplementedError`; if it is not, write it there."
                    if line else "")  # fmt: skip


def define(source, names):
    """Run a cell as the shell does, which remembers its lines."""
    import linecache

    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), names)


TWO = """
def train_step(x):
    raise NotImplementedError

def model(x):
    def inner():
        raise NotImplementedError

    if x == "own":
        inner()
    return train_step(x)
"""


def test_what_is_not_written_is_told_from_what_calls_it_and_from_the_error_of_a_library():
    names = {"np": np}
    define(TWO, names)
    assert call(names["train_step"], (1,)).kind == "unfilled"
    assert call(names["model"], ("own",)).kind == "unfilled"
    calls_it = call(names["model"], (1,))
    assert (calls_it.kind, calls_it.error) == ("raised", "NotImplementedError")
    assert calls_it.message == "It calls `train_step`, which is not written yet."
    assert calls_it.advice == "Write `train_step` first and run its cell, then run this one again."
    define("def f():\n    return helper.library()", names := {"helper": Library})
    library = call(names["f"], ())
    assert (library.kind, library.error) == ("raised", "NotImplementedError")
    assert "NotImplementedError: of a library" in library.message


class Library:
    @staticmethod
    def library():
        raise NotImplementedError("of a library")


def test_a_function_whose_source_nobody_knows_is_not_written_either():
    names: dict = {}
    exec(compile("def f():\n    raise NotImplementedError", "<nowhere>", "exec"), names)
    assert call(names["f"], ()).kind == "unfilled"


def test_a_line_whose_source_nobody_knows_is_not_shown():
    names: dict = {}
    exec(compile("def f():\n    return 1 / 0", "<nowhere>", "exec"), names)
    assert call(names["f"], ()).message == "It stops in line 2: ZeroDivisionError: division by zero"


IN_A_GRAPH = """
def compute_cost(Z):
    raise NotImplementedError

def train_step(Z):
    return compute_cost(Z)

def with_numpy(Z):
    cost = Z * Z
    return np.mean(cost)
"""


@pytest.mark.parametrize("autograph", [False, True])
def test_the_same_inside_a_graph(autograph):
    tf = pytest.importorskip("tensorflow")
    names = {"np": np}
    define(IN_A_GRAPH, names)

    def said(name):
        return call(tf.function(names[name], autograph=autograph), (tf.ones(2),))

    assert said("compute_cost").kind == "unfilled"
    assert said("train_step").message == "It calls `compute_cost`, which is not written yet."
    numpy = said("with_numpy")
    assert numpy.message.startswith(
        "It stops in line 10, `return np.mean(cost)`: NotImplementedError: Cannot convert a symbolic tf.Tensor"
    )
    assert "tf.reduce_mean" in numpy.advice


def test_where_one_of_two_parts_is_written_it_is_said_that_the_other_is_not():
    question = visible_questions()["regularization"]["forward_propagation_with_dropout"]
    around = ("A2 = relu(Z2)", "Z3 = W3 @ A2 + b3")
    assert about_a_raise_left_in(9, ("A1 = relu(Z1)", "Z2 = W2 @ A1 + b2"), question.given) == ""
    assert about_a_raise_left_in(9, around, question.given).startswith("The part in line 9 is still to be written")
    assert "delete line 9" in about_a_raise_left_in(9, ("A2 = A2 * D2", around[1]), question.given)


def by_a_session(initialized=True, fed=True, run=True):
    """A function that builds a graph and runs it, but for what is left out."""

    def minimum(start):
        tf = pytest.importorskip("tensorflow")
        v1 = tf.compat.v1
        with tf.Graph().as_default():
            a = v1.placeholder(tf.float32, [2])
            w = v1.Variable(0.0)
            cost = a[0] * w**2 + a[1]
            with v1.Session() as session:
                if initialized:
                    session.run(v1.global_variables_initializer())
                session.run(cost, feed_dict={a: start} if fed else {})
                return session.run(w) if run else w

    return minimum


@pytest.mark.parametrize(
    ("function", "said", "advice"),
    [
        (by_a_session(initialized=False), "FailedPreconditionError: Could not find variable", "Run the initializer"),
        (by_a_session(fed=False), "InvalidArgumentError: You must feed a value", "feed_dict={placeholder: values}"),
        (by_a_session(run=False), "is out of scope", "Run it in the session while that is open"),
        (lambda start: pytest.importorskip("tensorflow").placeholder("float32"), "'placeholder'", "tf.compat.v1"),
        (
            lambda start: pytest.importorskip("tensorflow").train.GradientDescentOptimizer,
            "no attribute",
            "tf.compat.v1",
        ),
    ],
)
def test_what_stops_in_a_session_is_said_in_its_own_words_and_explained(function, said, advice):
    outcome = call(function, ([1.0, 2.0],))
    assert said in outcome.message
    assert advice in outcome.advice


def test_a_session_in_which_all_is_done_gives_its_number():
    assert call(by_a_session(), ([1.0, 2.0],)).value == 0.0
