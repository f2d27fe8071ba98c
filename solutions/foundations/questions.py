"""Cases and known mistakes of the foundations.

Ties are impossible by construction: no z is 0, prices are positive, steps differ, and what a ReLU sees is never near 0.
"""

import numpy as np

from autograde.authoring.questions import drawn, draws, hidden, mistake, net_parameters, question, visible, within

# 1 · A curve from powers


def points(seed, m):
    """m numbers of both signs, none near 0 or 1, where all powers are alike; shape (m,)."""
    x = draws(seed)(m)
    return np.round(np.where(x < 0, -1, 1) * (1.2 + np.abs(x)), 4)


polynomial_features = question(
    "polynomial_features",
    visible("five points, up to the cube", points(1, 5), 3),
    visible("four points, a straight line", points(2, 4), 1, edge=True),
    hidden("many powers", points(3, 6), within(6, 4, 7)),
    hidden("as many points as powers", points(4, 4), 4),
    hidden("a single point", points(5, 1), within(2, 2, 5), edge=True),
    section="1 · A curve from powers",
    hints=(
        "How many rows are there, and which power is in the first one? In the last?",
        "`range(a, b)` ends before b. `np.array` makes a table of a list of rows.",
    ),
)

mistake(polynomial_features, "constant as a row",
    "range(1,", "range(0,",
    says="Your first row is x to the power 0, a constant; the bias does that.",
    hint="How many rows are there for degree 3?")

mistake(polynomial_features, "constant in place of the highest power",
    "range(1, degree + 1)", "range(degree)",
    says="Your powers are 0 to degree - 1; they should be 1 to degree.",
    hint="Which numbers does range(3) give?")

mistake(polynomial_features, "highest power missing",
    "degree + 1", "degree",
    also=[("range(1, degree + 1)]", "range(1, max(degree, 2))]")],
    says="Your last row is not there: the powers go up to the degree itself.",
    hint="Is b among the numbers of range(a, b)?")

mistake(polynomial_features, "examples in rows",
    "degree + 1)])", "degree + 1)]).T",
    says="Your points are in rows; in this course an example is a column.",
    hint="Which shape has the result for five points and degree 3?")

mistake(polynomial_features, "highest power first",
    "range(1, degree + 1)", "range(degree, 0, -1)",
    says="Your rows begin with the highest power.",
    hint="Which row is x itself?")

mistake(polynomial_features, "multiples in place of powers",
    "x**power", "x * power",
    says="Your rows are multiples of x, and not powers.",
    hint="Which row could be a bent line, over x?")

mistake(polynomial_features, "highest power everywhere",
    "x**power", "x**degree",
    says="All your rows are the highest power.",
    hint="Which of your variables changes from row to row?")

mistake(polynomial_features, "x taken for the exponent",
    "x**power", "float(power)**x",
    says="Your rows are powers of 1, 2, 3, ... with x in the exponent; x is what is raised.",
    hint="What is (-2) squared, and what is 2 to the power -2?")


def regression(seed, n, m):
    """X (n, m), y (1, m), w (1, n), b."""
    randn = draws(seed)
    return randn(n, m), randn(1, m), randn(1, n), float(np.round(0.3 + abs(randn()), 4))


mean_squared_error = question(
    "mean_squared_error",
    visible("three inputs, six points", *regression(10, 3, 6)),
    visible("one input, four points", *regression(11, 1, 4), edge=True),
    hidden("two inputs, many points", *regression(12, 2, within(20, 15, 30))),
    hidden("more inputs than points", *regression(13, 5, 3)),
    hidden("a single point", *regression(14, 2, 1), edge=True),
    hidden("large answers", *(lambda X, y, w, b: (X, 100 * y, w, b))(*regression(15, 3, 7))),
    section="1 · A curve from powers",
    hints=(
        "First the error of each point, shape (1, m). Cost and derivatives are made of it.",
        "`w_j` meets row j of X: its derivative is 2/m times the sum of error times that row. A matrix product with X turned round "
        "adds up over the points. b meets a 1 at each point.",
    ),
)

mistake(mean_squared_error, "factor 2 missing in the derivatives",
    "2 * error", "error",
    "2 * np.sum", "np.sum",
    says="Your derivatives lack the factor 2: they belong to half the mean.",
    hint="What is the derivative of e squared?")

mistake(mean_squared_error, "half the mean",
    "(error**2) / m", "(error**2) / (2 * m)",
    "2 * error", "error",
    "2 * np.sum", "np.sum",
    says="Cost and derivatives are half of what was asked for: here the cost is the whole mean.",
    hint="By what is the sum of squares divided?")

mistake(mean_squared_error, "half the cost alone",
    "(error**2) / m", "(error**2) / (2 * m)",
    says="Your cost is half the mean, and your derivatives are those of the whole.",
    hint="A cost and its derivatives belong together. By what is the sum of squares divided?")

mistake(mean_squared_error, "sum in place of the mean",
    "(error**2) / m", "(error**2)",
    "X.T / m", "X.T",
    "np.sum(error) / m", "np.sum(error)",
    says="You added up over the points and did not divide by m.",
    hint="Would twice as many points of the same kind be twice as expensive?")

mistake(mean_squared_error, "derivatives not divided by m",
    "X.T / m", "X.T",
    "np.sum(error) / m", "np.sum(error)",
    says="Your cost is a mean, and your derivatives are those of a sum.",
    hint="Where does 1/m of the cost go when you differentiate?")

mistake(mean_squared_error, "sign of the derivatives",
    "2 * error", "-2 * error",
    "2 * np.sum", "-2 * np.sum",
    says="Your derivatives have the wrong sign: they lead uphill.",
    hint="The error is w X + b - y. If y is subtracted the other way round, what becomes of the derivative?")

mistake(mean_squared_error, "dw as a column",
    "X.T / m", "X.T / m\n    dw = dw.T",
    says="Your dw stands upright; it has the shape of w.",
    hint="Which shape has w, and which has your dw?")

mistake(mean_squared_error, "bias subtracted",
    "w @ X + b - y", "w @ X - b - y",
    says="You subtracted the bias from what the unit gives; it is added.",
    hint="What does the unit give for inputs of 0?")

mistake(mean_squared_error, "bias left out",
    "w @ X + b - y", "w @ X - y",
    says="Your error is computed without b.",
    hint="What does the unit answer where all inputs are 0?")

mistake(mean_squared_error, "db of each point",
    "np.sum(error) / m", "error / m",
    says="Your db has an entry for each point; they are to be added up.",
    hint="How many numbers is b?")

mistake(mean_squared_error, "absolute errors",
    "np.sum(error**2)", "np.sum(np.abs(error))",
    says="Your cost is the mean of the absolute errors; squares were asked for.",
    hint="Which power has the error in the formula of J?")

mistake(mean_squared_error, "root taken",
    "np.sum(error**2) / m", "np.sqrt(np.sum(error**2) / m)",
    says="You took the root of the mean; the cost is the mean itself.",
    hint="Is there a root in the formula of J?")

mistake(mean_squared_error, "square of the mean",
    "np.sum(error**2) / m", "(np.sum(error) / m) ** 2",
    says="Your cost is the square of the mean error; errors of both signs cancel in it.",
    hint="What comes first, the square or the mean?")


# 2 · A border


def classes(seed, n, m):
    """X (n, m), classes Y (1, m) of both kinds, w (1, n), b."""
    randn = draws(seed)
    X, Y, w = randn(n, m), (randn(1, m) > 0).astype(int), randn(1, n)
    Y[0, :2] = 0, 1
    largest, smallest = np.max(w @ X), np.min(w @ X)
    return X, Y, w, float(np.round(-(0.7 * largest + 0.3 * smallest), 4))  # so that z has both signs


SURE = within(1000, 900, 1500)
logistic_cost = question(
    "logistic_cost",
    visible("three inputs, six examples", *classes(20, 3, 6)),
    visible("sure and wrong", np.array([[SURE, -SURE, 2.0]]), np.array([[0, 1, 1]]), np.array([[1.0]]), 0.0, edge=True),
    visible("sure and right", np.array([[-SURE, SURE, within(-0.5, -0.9, -0.2)]]), np.array([[0, 1, 1]]), np.array([[1.0]]), 0.0, edge=True),
    visible("one input", *classes(21, 1, 5)),
    hidden("many examples", *classes(22, 2, within(25, 20, 40))),
    hidden("more inputs than examples", *classes(23, 6, 3)),
    hidden("all of one class", *(lambda X, Y, w, b: (X, 0 * Y, w, b))(*classes(24, 2, 4)), edge=True),
    hidden("a single example", *(lambda X, Y, w, b: (X[:, :1], Y[:, 1:2], w, b))(*classes(25, 3, 2)), edge=True),
    section="2 · A border",
    hints=(
        "First z of each example. For class 0 the cost is log(1 + e^z), for class 1 it is that minus z. Can you say it in one "
        "formula, with y?",
        "`np.log1p(t)` is log(1 + t), and `np.exp(-np.abs(Z))` is never above 1. For the derivatives, the probability of class 1, less y, takes the place that "
        "twice the error had.",
    ),
)

SIGMOID_COST = "np.sum(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))) / m"
mistake(logistic_cost, "logarithm of the sigmoid",
    SIGMOID_COST, "-np.sum(Y * np.log(sigmoid(Z)) + (1 - Y) * np.log(1 - sigmoid(Z))) / m",
    says="You computed the sigmoid first; for a sure answer it is rounded to 0 or 1, and then there is the logarithm of 0.",
    hint="What is 1 - sigmoid(1000) in the computer? Which formula does without the sigmoid?")

mistake(logistic_cost, "logarithm clipped",
    SIGMOID_COST, "-np.sum(Y * np.log(np.clip(sigmoid(Z), 1e-12, 1)) + (1 - Y) * np.log(np.clip(1 - sigmoid(Z), 1e-12, 1))) / m",
    also=[
        (SIGMOID_COST, "-np.sum(Y * np.log(sigmoid(Z) + 1e-8) + (1 - Y) * np.log(1 - sigmoid(Z) + 1e-8)) / m"),
        (SIGMOID_COST, "-np.sum(Y * np.log(np.clip(sigmoid(Z), 1e-15, 1)) + (1 - Y) * np.log(np.clip(1 - sigmoid(Z), 1e-15, 1))) / m"),
    ],
    says="You kept the probability away from 0, so that the cost stops growing: a sure error costs about 28 and not 1,000.",
    hint="Which formula does without the sigmoid, so that nothing has to be kept away from 0?")

mistake(logistic_cost, "logarithm of a large power",
    SIGMOID_COST, "np.sum(np.log(1 + np.exp(Z)) - Z * Y) / m",
    says="You took e to the power z as it is; for a z of 1,000 that is beyond all numbers.",
    hint="How can the power be kept small, whatever the sign of z is?")

mistake(logistic_cost, "z of class 1 added",
    "- Z * Y +", "+ Z * Y +",
    says="You added z for class 1; it is taken off.",
    hint="Should the cost rise or fall when z rises and the class is 1?")

mistake(logistic_cost, "positive part left out",
    "np.maximum(Z, 0) - Z * Y", "-Z * Y",
    says="Your cost lacks the part max(z, 0); where z is positive, log(1 + e^-|z|) alone is too small.",
    hint="log(1 + e^z) for a z of 5: what is it, and what does log(1 + e^-5) give?")

mistake(logistic_cost, "classes exchanged",
    "- Z * Y +", "- Z * (1 - Y) +",
    "sigmoid(Z) - Y", "sigmoid(Z) - (1 - Y)",
    says="You took class 1 for class 0, and the reverse.",
    hint="Which class is cheap where z is large?")

mistake(logistic_cost, "cost of class 0 for all",
    "- Z * Y +", "+",
    says="Your cost is that of class 0 for every example.",
    hint="What does an example of class 1 with a large z cost with your formula?")

mistake(logistic_cost, "sum in place of the mean",
    "np.abs(Z)))) / m", "np.abs(Z))))",
    "X.T / m", "X.T",
    "np.sum(dZ) / m", "np.sum(dZ)",
    says="You added up over the examples and did not divide by m.",
    hint="Would twice as many examples of the same kind be twice as expensive?")

mistake(logistic_cost, "derivatives not divided by m",
    "X.T / m", "X.T",
    "np.sum(dZ) / m", "np.sum(dZ)",
    says="Your cost is a mean, and your derivatives are those of a sum.",
    hint="Where does 1/m of the cost go when you differentiate?")

mistake(logistic_cost, "sign of the derivatives",
    "sigmoid(Z) - Y", "Y - sigmoid(Z)",
    says="Your derivatives have the wrong sign: they lead uphill.",
    hint="If z grows for an example of class 0, does its cost rise or fall?")

mistake(logistic_cost, "derivative of the sigmoid once more",
    "sigmoid(Z) - Y", "(sigmoid(Z) - Y) * sigmoid(Z) * (1 - sigmoid(Z))",
    says="You multiplied the error by the slope of the sigmoid; with this cost it cancels.",
    hint="The derivative of the cost by z is given in the text. Is there a slope in it?")

mistake(logistic_cost, "z in place of the probability",
    "sigmoid(Z) - Y", "Z - Y",
    says="Your error is z - y; the sigmoid of z was needed.",
    hint="Which of the two is a number between 0 and 1, as y is?")

mistake(logistic_cost, "class decided before the error",
    "sigmoid(Z) - Y", "(Z > 0) - Y",
    says="You rounded the answer to 0 or 1 before you took the error; then right answers teach nothing more.",
    hint="What is the error of an answer of 0.6 where the class is 1?")

mistake(logistic_cost, "factor 2 in the derivatives",
    "dZ @", "2 * dZ @",
    "np.sum(dZ)", "2 * np.sum(dZ)",
    says="Your derivatives are twice as large as they should be; nothing is squared here.",
    hint="Where did the 2 of section 1 come from?")

mistake(logistic_cost, "bias left out",
    "w @ X + b", "w @ X",
    says="You computed z without b.",
    hint="What does the unit answer where all inputs are 0?")


# 4 · Back through a graph


def weights_and_inputs(seed, scale=1.0):
    """w (3,) and x (2,), none of them near 0; all products and gradients differ."""
    randn = draws(seed)
    w, x = randn(3), randn(2)
    return tuple(np.round(scale * (values + 0.3 * np.where(values < 0, -1, 1)), 4) for values in (w, x))


CLASSIC = np.array([within(2.0, 1.5, 2.5), within(-3.0, -3.4, -2.6), within(-3.0, -3.4, -2.6)])
sigmoid_graph = question(
    "sigmoid_graph",
    visible("the example of the lecture", CLASSIC, np.array([within(-1.0, -1.3, -0.8), within(-2.0, -2.3, -1.8)])),
    visible("other numbers", *weights_and_inputs(30)),
    hidden("once more others", *weights_and_inputs(31)),
    hidden("small numbers", *weights_and_inputs(32, 0.3)),
    hidden("a sum well below 0", np.array([within(1.5, 1.2, 1.8), within(-1.1, -1.4, -0.9), -2.0]), np.array([within(-1.2, -1.5, -1.0), 0.4])),
    hidden("inputs of 0", weights_and_inputs(33)[0], np.zeros(2), edge=True),
    section="4 · Back through a graph",
    hints=(
        "Forward is five lines, one for each node. Back is one line for each node, too, from f to s: the gradient of the node that "
        "uses it, times one derivative from the table.",
        "In the table, c is the value of the node that uses it. From s to w[0] there is a product and a sum: the sum hands on what it "
        "gets, and the product multiplies it by the other factor.",
    ),
)

mistake(sigmoid_graph, "square forgotten in the derivative of 1/a",
    "-1 / plus1**2", "-1 / plus1",
    says="You took -1/a for the derivative of 1/a; the square is missing.",
    hint="How does 1/a fall from a = 1 to a = 2, and how from 2 to 3?")

mistake(sigmoid_graph, "sign of 1/a forgotten",
    "-1 / plus1**2", "1 / plus1**2",
    says="Your gradient of plus1 is positive; when plus1 grows, 1/plus1 falls.",
    hint="Add 0.01 to plus1 and divide: does f rise or fall?")

mistake(sigmoid_graph, "sign lost at neg",
    "ds = -dneg", "ds = dneg",
    says="You lost the sign on the way through neg: when s grows, -s falls.",
    hint="A sigmoid rises everywhere. Which sign should ds have?")

mistake(sigmoid_graph, "sign turned at exp",
    "dexp * exp", "-dexp * exp",
    says="You turned the sign on the way through exp; e to the power a rises with a.",
    hint="Add 0.01 to neg: does exp rise or fall?")

mistake(sigmoid_graph, "sign turned at plus1",
    "dexp = dplus1", "dexp = -dplus1",
    says="You turned the sign on the way through plus1; exp + 1 rises with exp.",
    hint="Add 0.01 to exp: does plus1 rise or fall?")

mistake(sigmoid_graph, "input in place of the value of exp",
    "dexp * exp", "dexp * neg",
    says="You multiplied by what goes into exp; its derivative is what comes out of it.",
    hint="What is the derivative of e to the power a?")

mistake(sigmoid_graph, "exp handed on unchanged",
    "dexp * exp", "dexp",
    says="Your gradient goes through exp unchanged; it has to be multiplied by the value of exp.",
    hint="What is the derivative of e to the power a? It is 1 only at a = 0.")

mistake(sigmoid_graph, "exponential of exp once more",
    "dexp * exp", "dexp * np.exp(exp)",
    says="You multiplied by e to the power of the node's value; the value itself is the derivative.",
    hint="Which of your variables is e to the power neg already?")

mistake(sigmoid_graph, "value of plus1 multiplied in",
    "dexp = dplus1", "dexp = dplus1 * plus1",
    says="You multiplied by the value of plus1; adding 1 hands the gradient on as it is.",
    hint="If exp grows by 0.01, by how much does exp + 1 grow?")

mistake(sigmoid_graph, "own factor in place of the other",
    "[ds * x[0], ds * x[1], ds]", "[ds * w[0], ds * w[1], ds]",
    "[ds * w[0], ds * w[1]]", "[ds * x[0], ds * x[1]]",
    says="In the products you multiplied by the factor itself; the derivative of a product is the other factor.",
    hint="If w[0] grows by 0.01, by how much does w[0] * x[0] grow?")

mistake(sigmoid_graph, "w[2] multiplied by itself",
    "ds * x[1], ds]", "ds * x[1], ds * w[2]]",
    says="You multiplied the gradient of w[2] by w[2]; it is added as it is.",
    hint="If w[2] grows by 0.01, by how much does s grow?")

mistake(sigmoid_graph, "gradient of w[2] left at 0",
    "ds * x[1], ds]", "ds * x[1], 0 * ds]",
    says="Your gradient of w[2] is 0; it is part of the sum.",
    hint="If w[2] grows by 0.01, by how much does s grow?")

mistake(sigmoid_graph, "f in the place of 1",
    "df = 1.0", "df = f",
    says="You began with the value of f; the gradient of the last node is 1.",
    hint="If f grows by 0.01, by how much does the answer, f, grow?")

mistake(sigmoid_graph, "s not handed on",
    "[ds * x[0], ds * x[1], ds]", "[x[0], x[1], 1]",
    "[ds * w[0], ds * w[1]]", "[w[0], w[1]]",
    says="Your dw and dx are the derivatives of s; they have to be multiplied by ds.",
    hint="What you have is how much s grows. How much does f grow then?")


# 5 · The tape, written by you

COMPUTED = {
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "exp": lambda a: float(np.exp(a)),
    "reciprocal": lambda a: 1 / a,
}


def tape(inputs, *operations):
    """Entries for these numbers, and then for (operation, place, ...)."""
    entries = [("input", (), float(value)) for value in inputs]
    for operation, *places in operations:
        entries.append((operation, tuple(places), COMPUTED[operation](*(entries[place][2] for place in places))))
    return entries


def numbers(seed, n):
    """n numbers of both signs, from 0.4 to about 1.5 in size."""
    values = draws(seed)(n)
    return [float(value) for value in np.round(np.where(values < 0, -1, 1) * (0.4 + 0.4 * np.abs(values)), 4)]


def positive(seed, n):
    """n numbers from 0.4 to about 1.5."""
    return [abs(value) for value in numbers(seed, n)]


def random_operations(seed, n, count):
    """An operation on the last value and on another one, `count` times, of numbers from 0.4 to 1.6; values stay readable."""
    rng, operations = np.random.RandomState(seed), []
    for last in range(n - 1, n - 1 + count):
        kind = ["add", "reciprocal", "multiply", "reciprocal", "exp", "reciprocal"][(last - n + 1) % 6]
        operations.append((kind, last, int(rng.randint(last))) if kind in ("add", "multiply") else (kind, last))
    return operations


SIGMOID = [
    ("multiply", 0, 3), ("multiply", 1, 4), ("add", 7, 8), ("add", 9, 2), ("multiply", 10, 5), ("exp", 11), ("add", 12, 6),
    ("reciprocal", 13),
]
backpropagate = question(
    "backpropagate",
    visible("the sigmoid of section 4", tape([*numbers(40, 5), -1, 1], *SIGMOID)),
    visible("a value times itself", tape([within(3.0, 1.5, 4.0)], ("multiply", 0, 0))),
    visible("a value added to itself", tape(numbers(44, 2), ("add", 0, 0), ("multiply", 2, 1))),
    visible(
        "a value that is used in three places",
        tape(positive(41, 2), ("exp", 0), ("multiply", 0, 1), ("add", 2, 3), ("multiply", 4, 0)),
    ),
    visible("a value that does not reach the end", tape(positive(42, 3), ("multiply", 0, 1), ("exp", 2), ("reciprocal", 3)), edge=True),
    hidden("exp and reciprocal in a row", tape(positive(43, 1), ("exp", 0), ("reciprocal", 1), ("exp", 2), ("reciprocal", 3))),
    hidden("a graph with many ways", tape(positive(45, 4), *random_operations(1, 4, 12))),
    hidden("a long graph", tape(positive(46, 5), *random_operations(2, 5, 30))),
    hidden("nothing but an input", tape([within(0.7, 0.5, 0.9)]), edge=True),
    hidden("an answer that does not use the last input", tape(positive(47, 3), ("exp", 1), ("multiply", 3, 0)), edge=True),
    hidden("a square of a sum", tape(numbers(48, 3), ("add", 0, 1), ("multiply", 3, 2), ("multiply", 4, 4))),
    section="5 · The tape, written by you",
    hints=(
        "Set the last gradient to 1. Then go through the places from the last to the first; range(n - 1, -1, -1) does that. At each "
        "place, what the entry hands on depends on its operation: the table of section 4 has it.",
        "Take the tape of the text and work it out by hand: what stands in gradients[0] after place 3, and what after place 2? And "
        "whose value does a product need, its own or that of the other input?",
    ),
)

mistake(backpropagate, "overwritten instead of added",
    "gradients[i] += gradient\n", "gradients[i] = gradient\n",
    "gradients[i] += gradient * tape[j][2]", "gradients[i] = gradient * tape[j][2]",
    "gradients[j] += gradient * tape[i][2]", "gradients[j] = gradient * tape[i][2]",
    "gradients[inputs[0]] += gradient * value", "gradients[inputs[0]] = gradient * value",
    "gradients[inputs[0]] -= gradient", "gradients[inputs[0]] = -gradient",
    says="You overwrite what came back on another way; where a value is used several times, its gradients are added.",
    hint="Which places of your tape are used twice? What do they have after the second time?")

mistake(backpropagate, "forwards in place of backwards",
    "range(len(tape) - 1, -1, -1)", "range(len(tape))",
    says="You went through the tape from its beginning; an entry is reached before those that use it.",
    hint="When you come to an entry, is its gradient known already?")

mistake(backpropagate, "own factor in place of the other",
    "gradient * tape[j][2]", "gradient * tape[i][2] ",
    "gradient * tape[i][2]\n", "gradient * tape[j][2]\n",
    says="In a product you multiplied by the factor itself; the derivative is the other factor.",
    hint="If a grows by 0.01, by how much does a * b grow?")

mistake(backpropagate, "product's value as factor",
    "gradient * tape[j][2]", "gradient * value",
    "gradient * tape[i][2]", "gradient * value",
    says="You multiplied by the value of the product; the derivative is the other factor.",
    hint="If a grows by 0.01, by how much does a * b grow?")

mistake(backpropagate, "product handed on unchanged",
    "gradient * tape[j][2]", "gradient",
    "gradient * tape[i][2]", "gradient",
    says="A product hands its gradient on as it is, like a sum; the other factor is missing.",
    hint="If a grows by 0.01, by how much does a * b grow?")

mistake(backpropagate, "exp handed on unchanged",
    "gradient * value\n", "gradient\n",
    says="exp hands its gradient on unchanged; its derivative is the value that came out.",
    hint="What is the derivative of e to the power a?")

mistake(backpropagate, "exponential of exp once more",
    "gradient * value\n", "gradient * np.exp(value)\n",
    says="For exp you multiplied by e to the power of the entry's value; the value is e to the power of its input already.",
    hint="Is `value` what went into the operation or what came out?")

mistake(backpropagate, "input in place of the value of exp",
    "gradient * value\n", "gradient * tape[inputs[0]][2]\n",
    says="For exp you multiplied by what went in; the derivative is what came out.",
    hint="What is the derivative of e to the power a?")

mistake(backpropagate, "square forgotten in the derivative of 1/a",
    "gradient * value**2", "gradient * value",
    says="For the reciprocal you multiplied by its value; it should be the square of it.",
    hint="What is the derivative of 1/a, and what is it in terms of c = 1/a?")

mistake(backpropagate, "input's square in the derivative of 1/a",
    "gradient * value**2", "gradient * tape[inputs[0]][2] ** 2",
    says="For the reciprocal you multiplied by the square of its input; you should divide by it.",
    hint="`value` is 1/a already. What is 1/a squared?")

mistake(backpropagate, "sign of 1/a forgotten",
    "-= gradient", "+= gradient",
    says="Your reciprocal hands on a gradient with the wrong sign: when a grows, 1/a falls.",
    hint="Which sign has the derivative of 1/a?")

mistake(backpropagate, "only the first input",
    "            gradients[j] += gradient * tape[i][2]\n", "",
    "for i in inputs:", "for i in inputs[:1]:",
    says="Sums and products hand a gradient to their first input only.",
    hint="How many inputs has a sum, and which of them can change it?")

mistake(backpropagate, "all gradients begin at 1",
    "[0.0] * len(tape)", "[1.0] * len(tape)",
    says="All your gradients begin with 1; only the last one does.",
    hint="What is the gradient of a value that nothing uses?")

mistake(backpropagate, "value of the answer in the place of 1",
    "gradients[-1] = 1.0", "gradients[-1] = tape[-1][2]",
    says="You began with the value of the answer; its gradient is 1.",
    hint="If the answer grows by 0.01, by how much does the answer grow?")

mistake(backpropagate, "a product of a value with itself counted once",
    "gradients[j] += gradient * tape[i][2]", "gradients[j] += gradient * tape[i][2] * (i != j)",
    says="In a product of a value with itself you count one of the two ways only.",
    hint="What is the derivative of a times a?")


# 6 · Find the bug


def net(seed, m, *layers_dims):
    """X and parameters; in each layer some units are on and some off for every draw of weights of this size."""
    return draws(seed)(layers_dims[0], m), net_parameters(seed + 1, *layers_dims, scale=1.0)


deep_net = question(
    "deep_net",
    visible("three layers", *net(60, 6, 2, 4, 5, 2)),
    visible("four layers", *net(62, 5, 3, 5, 4, 6, 1)),
    visible("one layer", *net(64, 4, 3, 2), edge=True),
    hidden("two layers", *net(66, 7, 4, 6, 3)),
    hidden("three layers of other sizes", *net(68, 8, 5, 3, 6, 4)),
    hidden("five layers", *net(70, 6, 3, 4, 6, 5, 4, 2)),
    hidden("eleven layers", *net(74, 5, 3, 6, 5, 6, 5, 6, 5, 6, 5, 6, 4, 2)),
    hidden("a single example", *net(72, 1, 2, 5, 4, 3), edge=True),
    section="6 · Find the bug",
    hints=(
        "Three things happen in the listing: linear, ReLU, linear at the end. Which of them has to happen once for each hidden layer?",
        "What goes into the next layer is what comes out of ReLU. And with one layer there is no hidden one: then the loop does not "
        "run at all.",
    ),
)

mistake(deep_net, "ReLU after the loop",
    "A = nets.relu(Z)\n", "A = Z\n    A = nets.relu(A) if L > 1 else A\n",
    also=[("A = nets.relu(Z)\n", "A = Z\n    A = nets.relu(A)\n")],
    says="Your ReLU stands after the loop, as in the listing: all hidden layers but the last are linear.",
    hint="Which lines belong to each turn of the loop? Python goes by their indentation.")

mistake(deep_net, "ReLU at the end too",
    'parameters[f"W{L}"] @ A + parameters[f"b{L}"]', 'nets.relu(parameters[f"W{L}"] @ A + parameters[f"b{L}"])',
    says="You applied ReLU to the last layer, too; its Z may be negative.",
    hint="What could a net never answer whose last step is ReLU?")

mistake(deep_net, "no ReLU at all",
    "A = nets.relu(Z)", "A = Z",
    says="There is no ReLU left in your net: however many layers it has, they are worth one.",
    hint="What was the listing's ReLU for, and where does it belong?")

mistake(deep_net, "ReLU on the inputs",
    "    A = X\n", "    A = nets.relu(X)\n",
    says="You applied ReLU to the inputs, which may be negative.",
    hint="What is A before the first layer?")

mistake(deep_net, "ReLU before the matrix in place of after it",
    'Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]\n        A = nets.relu(Z)', 'A = parameters[f"W{l}"] @ nets.relu(A) + parameters[f"b{l}"]',
    says="You applied ReLU to what goes into each hidden layer, and not to what comes out: the inputs are cut off, and the last "
    "hidden layer has none.",
    hint="What is A in the first turn of your loop?")

mistake(deep_net, "only the first layer has ReLU",
    "nets.relu(Z)", "nets.relu(Z) if l == 1 else Z",
    says="Only your first layer has a ReLU; all hidden layers need one.",
    hint="How often is ReLU applied in a net with three hidden layers?")

mistake(deep_net, "biases left out",
    ' @ A + parameters[f"b{l}"]', " @ A",
    says="Your hidden layers have no bias.",
    hint="Which entries of `parameters` are never used?")

mistake(deep_net, "last bias left out",
    ' @ A + parameters[f"b{L}"]', " @ A",
    says="Your last layer has no bias.",
    hint="Which entry of `parameters` is never used?")

mistake(deep_net, "last layer left out",
    '    Z = parameters[f"W{L}"] @ A + parameters[f"b{L}"]\n    ', "    Z = A\n    ",
    says="Your last layer is missing: you return what the last hidden layer gives.",
    hint="How many rows should the result have?")

mistake(deep_net, "sigmoid in place of ReLU",
    "nets.relu(Z)", "sigmoid(Z)",
    says="Your hidden layers have a sigmoid; the listing has ReLU.",
    hint="Which function does the text ask for?")

mistake(deep_net, "slope kept where ReLU is off",
    "nets.relu(Z)", "np.where(Z > 0, Z, 0.01 * Z)",
    says="Your ReLU lets a little through below 0; ReLU gives 0 there.",
    hint="What is max(0, -5)?")


# 7 · How it used to be: sessions

NEW_GRAPH = "helpers.adapters.in_a_new_graph"
minimize_by_feeding = question(  # few steps and few cases: each run of a session takes its time
    "minimize_by_feeding",
    visible("one step", [1.0, within(-12.0, -16.0, -11.0), 36.0], 1, adapter=NEW_GRAPH),
    visible("forty steps", [1.0, within(-12.0, -16.0, -11.0), 36.0], 40, adapter=NEW_GRAPH),
    visible(
        "a few steps, another rate",
        [within(2.0, 1.5, 3.0), within(3.0, 2.0, 4.0), -1.0], 4, within(0.05, 0.02, 0.09), adapter=NEW_GRAPH,
    ),
    hidden(
        "a minimum below 0", [within(1.5, 1.1, 2.5), within(6.0, 4.0, 8.0), 3.0], within(30, 20, 40), adapter=NEW_GRAPH
    ),
    hidden("no step at all", [1.0, within(-20.0, -30.0, -10.0), 100.0], 0, edge=True, adapter=NEW_GRAPH),
    section="7 · How it used to be: sessions",
    rtol=1e-4,
    hints=(
        "The lecture's order: a placeholder of shape [3] and a variable; the cost of them; an optimizer's minimize(cost), which gives "
        "the step; the initializer; then session.run, again and again.",
        "`session.run(node, feed_dict={placeholder: values})` feeds. The initializer is run once, before the first step. At the end, run "
        "the variable to get its value.",
    ),
)

mistake(minimize_by_feeding, "one step, or begun anew in each step",
    "            session.run(train_step,", "            session.run(v1.global_variables_initializer())\n            session.run(train_step,",
    says="Your w is where a single step leads: the step is run once only, or the initializer before each step takes w back to 0.",
    hint="How often has the initializer to be run, and how often the step?")

mistake(minimize_by_feeding, "rate fixed at 0.01",
    "Optimizer(learning_rate)", "Optimizer(0.01)",
    says="You used 0.01 whatever the argument learning_rate says.",
    hint="Which value arrives as an argument of the function?")

mistake(minimize_by_feeding, "one step too many",
    "range(steps)", "range(steps + 1)",
    says="You ran one step more than you were asked for.",
    hint="How often does your loop run for steps = 1?")

mistake(minimize_by_feeding, "one step too few",
    "range(steps)", "range(1, steps)",
    says="You ran one step less than you were asked for.",
    hint="How often does your loop run for steps = 1?")

mistake(minimize_by_feeding, "coefficients in the reverse order",
    "abc[0] * w**2", "abc[2] * w**2",
    "+ abc[2]", "+ abc[0]",
    says="You took the last coefficient for that of the square.",
    hint="The coefficients are [a, b, c]. Which of them belongs to w squared?")

mistake(minimize_by_feeding, "square forgotten",
    "w**2", "w",
    says="Your cost has no square in it, so it has no minimum.",
    hint="Write the cost once more, beside a w^2 + b w + c.")

mistake(minimize_by_feeding, "linear term without its coefficient",
    "abc[1] * w", "w",
    says="Your cost has w in the place of b w.",
    hint="Write the cost once more, beside a w^2 + b w + c.")

mistake(minimize_by_feeding, "cost returned",
    "session.run(w)", "session.run(cost, feed_dict={abc: coefficients})",
    says="You return the cost at the end; w was asked for.",
    hint="Which node is run last?")

mistake(minimize_by_feeding, "uphill",
    "minimize(cost)", "minimize(-cost)",
    says="You went uphill: w moves away from the minimum.",
    hint="What does `minimize` do with what it gets?")

mistake(minimize_by_feeding, "coefficients of the lecture",
    "feed_dict={abc: coefficients})\n        result", "feed_dict={abc: [1, -10, 25]})\n        result",
    says="You feed 1, -10, 25 whatever the argument says.",
    hint="Which value arrives as an argument of the function?")

mistake(minimize_by_feeding, "begun at 1",
    "v1.Variable(0.0)", "v1.Variable(1.0)",
    says="Your w begins at 1; it should begin at 0.",
    hint="What is w before the first step?")


# 8 · Record and keep


latest_checkpoint = question(  # what is right is a text, which has to be the same for all draws; what is wrong is drawn
    "latest_checkpoint",
    visible(
        "900 and 10000",
        [f"net-{within(n, low, high)}" for n, low, high in ((2000, 2000, 4900), (900, 500, 999))]  # 900 is last as a text
        + ["net-10000"]
        + [f"net-{within(n, low, high)}" for n, low, high in ((150, 110, 190), (1200, 1100, 1900))],
        one_answer=True,
    ),
    visible(
        "a name with another hyphen",
        [f"run-9-{within(50, 30, 70)}", "run-3-120", f"run-12-{within(7, 1, 9)}"], one_answer=True,
    ),
    visible("none", [], edge=True, alone=True),
    visible("a single one", ["net-0"], edge=True, alone=True),
    hidden("the newest in the middle", [f"a-{within(99, 20, 99)}", "a-1000", f"a-{within(98, 20, 98)}"]),
    hidden("other names", [f"old-{within(300, 200, 400)}", "new-1200", f"a-longer-name-{within(0, 0, 9)}"]),
    section="8 · Record and keep",
    hints=(
        "Which number belongs to a name? `split` cuts a text, and `int` makes a number of digits.",
        "`max` has an argument `key`, a function by which things are compared, and `default`, for when there are none.",
    ),
)

mistake(latest_checkpoint, "compared as texts",
    'max(names, key=lambda name: int(name.split("-")[-1]), default="")', 'max(names, default="")',
    says="You compared the names as texts, in which 900 comes after 10000.",
    hint="Which comes later in a dictionary, 9 or 10000?")

mistake(latest_checkpoint, "digits compared as texts",
    'int(name.split("-")[-1])', 'name.split("-")[-1]',
    says="You compared the steps as texts; make numbers of them first.",
    hint="What is '900' > '10000', and what is 900 > 10000?")

mistake(latest_checkpoint, "last of the list",
    'max(names, key=lambda name: int(name.split("-")[-1]), default="")', 'names[-1] if names else ""',
    says="You return the last name of the list; their order says nothing.",
    hint="Where in the list may the newest stand?")

mistake(latest_checkpoint, "first of the list",
    'max(names, key=lambda name: int(name.split("-")[-1]), default="")', 'names[0] if names else ""',
    says="You return the first name of the list; their order says nothing.",
    hint="Where in the list may the newest stand?")

mistake(latest_checkpoint, "number behind the first hyphen",
    'split("-")[-1]', 'split("-")[1]',
    says="You took the number behind the first hyphen; the step is behind the last.",
    hint="What does 'run-3-50'.split('-') give?")

mistake(latest_checkpoint, "smallest step",
    "max(", "min(",
    says="You return the oldest one, with the smallest step.",
    hint="Which of two steps is the later?")

mistake(latest_checkpoint, "error where there are none",
    ', default="")', ")",
    says="Your function stops where there is no name at all; it should return an empty text.",
    hint="What is the largest of no numbers?")

mistake(latest_checkpoint, "step in place of the name",
    'default="")', 'default="").split("-")[-1]',
    says="You return the step; the whole name was asked for.",
    hint="Which of the two can be restored from?")


# 9 · The price of a house


def table(seed, m, names, shift=0.0):
    """Columns of m numbers with gaps: skewed, so that mean and median differ."""
    randn, columns = draws(seed), {}
    for k, name in enumerate(names):
        values = np.round((10 + 3 * k) * np.exp(0.8 * randn(m)) + shift, 3)
        values[(1 + 2 * k) % m] = np.nan
        columns[name] = values
    return columns


def without_gaps(columns):
    """The same table, each gap filled with a number of its own."""
    return {name: np.where(np.isnan(values), 7.5 + k, values) for k, (name, values) in enumerate(columns.items())}


NAMES = ("rooms", "area", "age")
SWING = within(3.0, 2.0, 4.0)
fill_and_scale = question(
    "fill_and_scale",
    visible("three columns with gaps", table(90, 7, NAMES), table(91, 4, NAMES, 5.0)),
    visible("no gaps", without_gaps(table(92, 5, NAMES[:2])), without_gaps(table(93, 3, NAMES[:2], 5.0))),
    visible(
        "a column that is always the same",
        table(94, 6, NAMES[:1]) | {"floors": np.zeros(6)},  # zeros, since the draws of a run are asked with nudges, too
        table(95, 3, NAMES[:1], 5.0) | {"floors": np.array([5.0, np.nan, 6.5])}, edge=True,
    ),
    visible("the tables are left as they are", table(96, 6, NAMES[:2]), table(97, 5, NAMES[:2], 5.0), adapter="helpers.adapters.with_inputs_untouched"),
    hidden("more columns", table(98, 9, (*NAMES, "distance", "garden")), table(99, 6, (*NAMES, "distance", "garden"), 5.0)),
    hidden("one column", table(100, 8, NAMES[:1]), table(101, 4, NAMES[:1], 5.0)),
    hidden("a single other house", table(102, 7, NAMES), without_gaps(table(103, 1, NAMES, 5.0)), edge=True),
    hidden(
        "a column about 0",  # mean and median are 0, and the deviation is not
        {"balance": np.array([-1.0, 0.0, 1.0, -1.0, 1.0]) * np.array([SWING, 1, SWING, 1, 1])},
        {"balance": np.array([2.5, np.nan, -0.5])},
    ),
    hidden("all of the other column is missing", table(104, 6, NAMES[:2]), {name: np.full(3, np.nan) for name in NAMES[:2]}, edge=True),
    section="9 · The price of a house",
    hints=(
        "For each column: one median, one mean, one deviation, all from `train`. Then the same two steps for both tables.",
        "`np.nanmedian` passes gaps over; `np.where(np.isnan(v), a, v)` is v with its gaps filled, in a new array. Mean and deviation are "
        "those of the filled column.",
    ),
)

mistake(fill_and_scale, "filled with the mean",
    "np.nanmedian", "np.nanmean",
    says="You filled gaps with the mean; the median was asked for.",
    hint="Which of the two is hardly moved by one huge value?")

mistake(fill_and_scale, "statistics of the other table",
    "other_filled = np.where(np.isnan(other[name]), median, other[name])",
    "other_filled = np.where(np.isnan(other[name]), np.nanmedian(other[name]), other[name])",
    "(other_filled - mean) / deviation", "(other_filled - other_filled.mean()) / (other_filled.std() or 1)",
    says="You treated the other table by its own median, mean and deviation; those of the training table are needed.",
    hint="How would a table of a single house look then?")

mistake(fill_and_scale, "other table filled with its own median",
    "median, other[name])", "np.nanmedian(other[name]), other[name])",
    says="You filled the gaps of the other table with its own median; the training table's is needed.",
    hint="With what can a gap be filled if the other table is a single house?")

mistake(fill_and_scale, "other table scaled by its own mean",
    "(other_filled - mean) / deviation", "(other_filled - other_filled.mean()) / (other_filled.std() or 1)",
    says="You scaled the other table by its own mean and deviation; those of the training table are needed.",
    hint="What would become of a table of a single house?")

mistake(fill_and_scale, "mean and deviation before filling",
    "mean, deviation = filled.mean(), filled.std()", "mean, deviation = np.nanmean(train[name]), np.nanstd(train[name])",
    says="You took mean and deviation of the known values; those of the filled column were asked for.",
    hint="What comes first, filling or scaling?")

mistake(fill_and_scale, "deviation with m - 1",
    "filled.std()", "filled.std(ddof=1)",
    says="You divided by m - 1 in the deviation; here it is 1/m.",
    hint="What does np.std do if you say nothing?")

mistake(fill_and_scale, "divided by the variance",
    "filled.std()", "filled.var()",
    says="You divided by the variance; the standard deviation is its root.",
    hint="Which unit has the variance of metres?")

mistake(fill_and_scale, "not scaled",
    "(filled - mean) / deviation", "filled - mean",
    "(other_filled - mean) / deviation", "other_filled - mean",
    says="You subtracted the mean, but did not divide by the deviation.",
    hint="Which spread should each row have?")

mistake(fill_and_scale, "not shifted",
    "(filled - mean) / deviation", "filled / deviation",
    "(other_filled - mean) / deviation", "other_filled / deviation",
    says="You divided by the deviation, but did not subtract the mean.",
    hint="Which mean should each row have?")

mistake(fill_and_scale, "filled with 0",
    "median = np.nanmedian(train[name])", "median = 0",
    says="You filled gaps with 0, before scaling: that is a house of 0 rooms.",
    hint="Which value is a usual one for the column?")

mistake(fill_and_scale, "divided by a deviation of 0",
    "deviation == 0", "deviation < 0",
    says="You divided by 0 where a column is always the same; there the deviation counts as 1.",
    hint="What is the deviation of 2, 2, 2?")

mistake(fill_and_scale, "tables changed",
    "filled = np.where(np.isnan(train[name]), median, train[name])", "filled = train[name]\n        filled[np.isnan(filled)] = median",
    "other_filled = np.where(np.isnan(other[name]), median, other[name])",
    "other_filled = other[name]\n        other_filled[np.isnan(other_filled)] = median",
    says="You filled the gaps in the tables that you were given; afterwards nobody can tell where they were.",
    hint="Of `a = table[name]`, is `a` another array, or the same one?")

mistake(fill_and_scale, "examples in rows",
    "np.array(rows), np.array(other_rows)", "np.array(rows).T, np.array(other_rows).T",
    says="Your houses are in rows; in this course an example is a column.",
    hint="Which shape has X for three columns and seven houses?")


WORDS = {
    "quarter": ["station", "harbour", "", "mills", "station", "hill"],
    "heating": ["oil", "gas", "gas", "", "district", "oil"],
}
PLACES = ["station", "harbour", "mills", "hill", "castle", "north", "west"]


def words(seed, m, *columns, of=PLACES, gap=True):
    """Columns of m words in no order, with a gap in each."""
    def draw(rng):
        table = {}
        for k, name in enumerate(columns):
            values = [of[i] for i in rng.randint(len(of) - 1 - k, size=m)]
            if gap:
                values[rng.randint(m)] = ""
            table[name] = values
        return table
    return drawn(draw(np.random.RandomState(seed)), draw)


one_hot_columns = question(
    "one_hot_columns",
    visible("two columns with gaps", drawn(WORDS, lambda rng: {name: [str(word) for word in rng.permutation(column)] for name, column in WORDS.items()}),
        {"quarter": ["mills", "station", "hill"], "heating": ["gas", "district", "oil"]}),
    visible(
        "a word that training never had", words(110, 6, "quarter"),
        {"quarter": ["market", within(4, 4, 9) * "x", "hill", "station"]}, edge=True,
    ),
    hidden("one column", words(111, 8, "street"), words(112, 5, "street", of=PLACES[:4])),
    hidden("three columns", words(113, 9, "quarter", "street", "school"), words(114, 4, "quarter", "street", "school")),
    hidden("a word that two columns have", {"front": ["oak", "", "fir"], "back": ["fir", "oak", "oak"]}, words(115, 4, "front", "back", of=["fir", "oak", "", "ash"])),
    hidden("nothing but gaps in the other table", words(116, 6, "quarter"), {"quarter": ["", "", ""]}, edge=True),
    hidden("the tables are left as they are", words(117, 6, "quarter"), words(118, 5, "quarter"), adapter="helpers.adapters.with_inputs_untouched"),
    hidden("a single house to learn from", words(119, 1, "quarter", gap=False), words(120, 4, "quarter"), edge=True),
    section="9 · The price of a house",
    hints=(
        "Which rows are there? set(column) has each word once, and sorted(...) puts them in order. Which word is none?",
        "The rows of both tables are those of the training table's words: two lists, filled in the same loop.",
    ),
)

mistake(one_hot_columns, "words of the other table",
    "            other_rows.append([1.0 if value == word else 0.0 for value in other[name]])\n",
    "        for word in sorted(set(other[name]) - {\"\"}):\n            other_rows.append([1.0 if value == word else 0.0 for value in other[name]])\n",
    says="The rows of your other table are its own words; a net can only use the rows that it has been trained with.",
    hint="Which words does the net have weights for?")

mistake(one_hot_columns, "words of both tables",
    'set(train[name]) - {""}', 'set(train[name] + other[name]) - {""}',
    says="You made rows for words of both tables; the training table's words are the ones.",
    hint="What could a net have learnt about a word that it has never met?")

mistake(one_hot_columns, "order of first appearance",
    'sorted(set(train[name]) - {""})', 'dict.fromkeys(value for value in train[name] if value)',
    says="Your rows are in the order in which the words appear; they should be in alphabetical order.",
    hint="What does `sorted` do?")

mistake(one_hot_columns, "gap as a word",
    ' - {""}', "",
    says="You made a row for missing words; a gap is 0 in all rows.",
    hint="Which word is '' ?")

mistake(one_hot_columns, "numbers in place of rows",
    "            rows.append([1.0 if value == word else 0.0 for value in train[name]])\n"
    "            other_rows.append([1.0 if value == word else 0.0 for value in other[name]])\n",
    "            pass\n        known = sorted(set(train[name]) - {\"\"})\n"
    "        rows.append([float(known.index(value)) if value in known else -1.0 for value in train[name]])\n"
    "        other_rows.append([float(known.index(value)) if value in known else -1.0 for value in other[name]])\n",
    says="You numbered the words in one row; that would say that one lies between two others.",
    hint="How many rows does a column of four words give?")

mistake(one_hot_columns, "all but the first word",
    'set(train[name]) - {""}):', 'set(train[name]) - {""})[1:]:',
    says="You left out the first word of each column; then it looks like a gap.",
    hint="How can the net tell a missing word from the first one?")

mistake(one_hot_columns, "examples in rows",
    "np.array(rows), np.array(other_rows)", "np.array(rows).T, np.array(other_rows).T",
    says="Your houses are in rows; in this course an example is a column.",
    hint="Which shape has X for four words and six houses?")

mistake(one_hot_columns, "words of all columns together",
    'sorted(set(train[name]) - {""})', 'sorted({value for column in train.values() for value in column} - {""})',
    says="Each of your columns has rows for the words of all columns; it should have those of its own.",
    hint="Can a heating be called 'harbour'?")

mistake(one_hot_columns, "0 and 1 exchanged",
    "[1.0 if value == word else 0.0 for value in train[name]]", "[0.0 if value == word else 1.0 for value in train[name]]",
    "[1.0 if value == word else 0.0 for value in other[name]]", "[0.0 if value == word else 1.0 for value in other[name]]",
    says="Your rows are 0 where the word stands and 1 elsewhere.",
    hint="What does a 1 in the row of 'hill' say?")


def prices(seed, m, scale=1.0):
    """Two rows of m prices above 0."""
    randn = draws(seed)
    return tuple(np.round(scale * np.exp(0.6 * randn(1, m)), 4) for _ in range(2))


root_mean_squared_error_of_logs = question(
    "root_mean_squared_error_of_logs",
    visible("five prices near 1", *prices(130, 5)),
    visible("prices of houses", *prices(131, 4, 250_000)),
    visible("all predicted right", prices(132, 3)[0], prices(132, 3)[0], edge=True, one_answer=True),
    hidden("prices near 5", *prices(133, 7, 5)),
    hidden("a single price", *prices(134, 1, 3), edge=True),
    hidden("all twice too high", 2 * prices(135, 6)[0], prices(135, 6)[0]),
    hidden("many prices", *prices(136, within(30, 20, 40), 0.5)),
    section="9 · The price of a house",
    hints=(
        "From inside out: logarithms, their difference, squares, mean, root.",
        "If every price is predicted twice too high, the result is log 2, whatever the prices are.",
    ),
)

mistake(root_mean_squared_error_of_logs, "logarithm of 1 + price",
    "np.log(predicted)", "np.log1p(predicted)",
    "np.log(actual)", "np.log1p(actual)",
    says="You took the logarithm of 1 + price; here it is that of the price itself.",
    hint="What is the result if all prices are predicted twice too high?")

mistake(root_mean_squared_error_of_logs, "root forgotten",
    "np.sqrt(np.mean((np.log(predicted) - np.log(actual)) ** 2))", "np.mean((np.log(predicted) - np.log(actual)) ** 2)",
    says="You did not take the root of the mean.",
    hint="If all prices are twice too high, is your result log 2, or its square?")

mistake(root_mean_squared_error_of_logs, "no logarithms",
    "np.log(predicted)", "predicted",
    "np.log(actual)", "actual",
    says="You compared the prices and not their logarithms.",
    hint="What should the result be for prices that are twice too high, in euros and in cents?")

mistake(root_mean_squared_error_of_logs, "logarithm of the difference",
    "(np.log(predicted) - np.log(actual)) ** 2", "np.log(np.abs(predicted - actual) + 1e-12) ** 2",
    also=[("(np.log(predicted) - np.log(actual)) ** 2", "np.log(np.abs(predicted - actual)) ** 2")],
    says="You took the logarithm of the difference; it is the difference of the logarithms.",
    hint="Which comes first, the logarithm or the difference?")

mistake(root_mean_squared_error_of_logs, "absolute differences",
    "np.sqrt(np.mean((np.log(predicted) - np.log(actual)) ** 2))", "np.mean(np.abs(np.log(predicted) - np.log(actual)))",
    says="You took the mean of the absolute differences; squares and a root were asked for.",
    hint="Which power stands in the formula?")

mistake(root_mean_squared_error_of_logs, "sum in place of the mean",
    "np.mean(", "np.sum(",
    says="You added up the squares and did not divide by their number.",
    hint="Would twice as many houses of the same kind be a larger error?")

mistake(root_mean_squared_error_of_logs, "relative differences",
    "(np.log(predicted) - np.log(actual)) ** 2", "((predicted - actual) / actual) ** 2",
    says="You took the difference relative to the price; that is near to the logarithms for small errors only.",
    hint="Twice too high and half as high should count alike. Do they?")

mistake(root_mean_squared_error_of_logs, "mean before the square",
    "np.mean((np.log(predicted) - np.log(actual)) ** 2)", "np.mean(np.log(predicted) - np.log(actual)) ** 2",
    says="You took the mean before the square; too high and too low cancel out.",
    hint="What comes first, the square or the mean?")

mistake(root_mean_squared_error_of_logs, "decimal logarithms",
    "np.log(predicted)", "np.log10(predicted)",
    "np.log(actual)", "np.log10(actual)",
    says="You took logarithms to base 10; natural ones were meant.",
    hint="If all prices are twice too high, the result is log 2, which is 0.69.")
