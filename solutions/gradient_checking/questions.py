"""Questions of gradient checking. Points stand in notebook.py.

The student's own pair of functions takes no part when `gradient_check` is judged: stand-ins do, whose gradients are
right or wrong by a known amount, at epsilons so large that each way of taking the slope leaves a number of its own.
"""

import numpy as np

from autograde.authoring.questions import (
    draws,
    hidden,
    mistake,
    net_parameters,
    question,
    rounded,
    stream,
    visible,
    within,
)
from helpers import nets

LINE, CUBE, HALF, QUARTIC = (
    {"stubs": f"helpers.stubs.{name}"}
    for name in ("LINE", "CUBE", "CUBE_WITH_HALF_ITS_GRADIENT", "QUARTIC_WITH_A_WRONG_SIGN")
)
SECTION_1D = "3 · A cost with one parameter"
SECTION_CHECK = "4 · The check in one dimension"
SECTION_N = "5 · The check of a network"
SECTION_BUGS = "6 · Find the two bugs"


def course_net():
    """X, Y and parameters of the course's test case: a 4-5-3-1 net and three examples."""
    randn = draws(1, decimals=None)
    X, Y = randn(4, 3), np.array([[1, 1, 0]])
    parameters = {}
    for l, (fan_in, units) in enumerate([(4, 5), (5, 3), (3, 1)], start=1):
        parameters[f"W{l}"], parameters[f"b{l}"] = randn(units, fan_in), randn(units, 1)
    return X, Y, parameters


def small_net(seed, *layers_dims, m, ones=None):
    """X, Y and parameters of a net of these sizes, m examples; ones: all labels 1 (True), all 0 (False), or mixed."""
    labels = stream(seed, same_in_twins=True).randint(0, 2, (1, m)) if ones is None else np.full((1, m), int(ones))
    return draws(seed + 1)(layers_dims[0], m), labels, net_parameters(seed + 2, *layers_dims, scale=0.8)


def right_gradients(X, Y, parameters):
    """dW1, db1, ..., dWL, dbL."""
    grads = nets.backward_propagation(X, Y, nets.forward_propagation(X, parameters)[1])
    return {f"d{name}": grads[f"d{name}"] for name in parameters}


def check_of(X, Y, parameters, *epsilon, **factors):
    """Arguments of gradient_check_n; `factors` (dW2=2, ...) say which gradients are wrong, and how much too large."""
    gradients = {name: grad * factors.get(name, 1) for name, grad in right_gradients(X, Y, parameters).items()}
    return parameters, gradients, X, Y, *epsilon


def pass_back(X, Y, parameters):
    """Arguments of backward_propagation_n. No output is exactly 0 or 1: right solutions may divide by A3 and 1 - A3."""
    cache = rounded(nets.forward_propagation(X, parameters)[1])
    return X, Y, (*cache[:-3], np.clip(cache[-3], 1e-6, 1 - 1e-6), *cache[-2:])


# 3 · One parameter: forward and backward ------------------------------------------------------------------------------

forward_propagation = question(
    "forward_propagation",
    visible("x = 2, theta = 4", within(2, 1.5, 6.0), within(4, 1.5, 9.0)),
    visible("a negative x", within(-3, -6.0, -1.5), within(0.5, 0.2, 0.8)),
    hidden("theta of 0", within(5, 1.5, 9.0), 0, edge=True),
    hidden("x of 0", 0, within(2.5, 1.5, 9.0), edge=True),
    hidden("both negative", within(-1.25, -4.0, -1.2), within(-6, -9.0, -4.5)),
    hidden("large numbers", within(3e5, 1e5, 9e5), within(-7e4, -9e4, -1e4)),
    section=SECTION_1D,
    hints=(
        "The formula of J stands in the docstring. The body is one line.",
        "Is a value given back? A function without return gives None.",
    ),
)

mistake(forward_propagation, "sum instead of product",
    "*", "+",
    says="You added theta and x; J is their product.",
    hint="Which operation stands between theta and x in J?")

mistake(forward_propagation, "the derivative instead of J",
    "theta * x", "x",
    says="You returned x, the slope of J; the forward pass gives the value of J.",
    hint="At x = 2, theta = 4, how large is J itself?")

mistake(forward_propagation, "power instead of product",
    "theta * x", "theta**x",
    says="You raised theta to the power x; J is their product.",
    hint="In Python, * multiplies and ** does something else.")


backward_propagation = question(
    "backward_propagation",
    visible("x = 2, theta = 4", within(2, 1.5, 6.0), within(4, 1.5, 9.0), **LINE),
    visible("theta of 0", within(3, 1.5, 9.0), 0, **LINE, edge=True),
    hidden("a negative x", within(-1.5, -4.0, -0.5), within(2, 1.5, 6.0), **LINE),
    hidden("x of 0", 0, within(3.5, 1.5, 9.0), **LINE, edge=True),
    hidden("both 0", 0, 0, **LINE, edge=True),
    hidden("a large theta", within(0.25, 0.1, 0.9), within(8e6, 1e6, 9e6), **LINE),
    section=SECTION_1D,
    hints=(
        "J is a straight line over theta. The derivative is its slope.",
        "Try theta = 1, 2 and 3 with x = 5: by how much does J grow from one to the next?",
    ),
)

mistake(backward_propagation, "J divided by theta",
    "return x", "return theta * x / theta",
    says="You computed J / theta. That has the right value for most theta, and none at all where theta is 0.",
    hint="Differentiate theta times x with respect to theta on paper. Does theta appear in the result?")

mistake(backward_propagation, "derivative with respect to x",
    "return x", "return theta",
    says="You returned theta, which is the slope of J when x changes; theta is what changes here.",
    hint="Which letter is the parameter that training changes?")

mistake(backward_propagation, "J instead of its slope",
    "return x", "return theta * x",
    says="You returned the value of J; the backward pass gives its slope.",
    hint="If theta grows by 1, by how much does J grow?")

mistake(backward_propagation, "the x is lost",
    "return x", "return 1",
    says="You returned 1, which is the slope of theta alone; J is theta times x.",
    hint="J is a straight line over theta. How steep is it when x is 2?")


# 4 · One parameter: the check -----------------------------------------------------------------------------------------

ONE = within(1, 0.6, 0.9)
gradient_check = question(
    "gradient_check",
    visible("J = theta x, right gradient", within(2, 1.2, 4.0), within(4, 1.5, 6.0), below=1e-7, **LINE),
    visible("J = x theta³, half its gradient", within(2, 1.2, 3.5), 3, **HALF, one_answer=True),  # 1/3: epsilon is small
    visible("J = theta³ at 1, epsilon 0.01", ONE, ONE, within(0.01, 0.01, 0.03), **CUBE),
    visible(
        "J = (x + theta)⁴, a wrong gradient, epsilon 0.1",
        *(within(3, 2.2, 4.0), within(1, 0.6, 1.4), within(0.1, 0.05, 0.2)), **QUARTIC,
    ),
    visible(  # where x is less than theta; the two sizes add up, so it is 1 for all numbers
        "J = (x + theta)⁴, a gradient of the wrong sign",
        *(within(1, 0.6, 1.8), within(3, 2.2, 4.0), within(0.05, 0.02, 0.05)), **QUARTIC, one_answer=True,
    ),
    hidden(
        "half the gradient, large epsilon",
        *(within(-1.5, -4.0, -0.5), within(2, 1.2, 3.5), within(0.5, 0.3, 0.8)), **HALF,
    ),
    hidden(  # of the wrong sign where x is less than theta
        "gradient of the wrong sign",
        *(within(1, 0.6, 1.8), within(3, 2.2, 4.0), within(0.02, 0.01, 0.05)), **QUARTIC,
    ),
    hidden("a negative theta", *(within(2.5, 1.2, 4.0), within(-0.75, -1.5, -0.6), within(0.05, 0.03, 0.09)), **CUBE),
    hidden("gradient of 0", within(3, 1.2, 5.0), 0, within(0.1, 0.05, 0.3), **CUBE, edge=True),
    hidden("right gradient, default epsilon", within(1.2, 0.6, 2.0), within(0.9, 0.7, 1.4), below=1e-7, **CUBE),
    section=SECTION_CHECK,
    hints=(
        "Four numbers come first: J a little to the right, J a little to the left, the slope between them, and "
        "the slope by backward_propagation.",
        "The distance between the two places is not epsilon. And two slopes are far apart only in comparison with"
        " their sizes: see the formula with the three norms.",
    ),
)

RATIO = "np.linalg.norm(grad - gradapprox) / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))"
RATIO_OF_NUMBERS = RATIO, "abs(grad - gradapprox) / (abs(grad) + abs(gradapprox))"  # 0/0 of plain numbers is an error

mistake(gradient_check, "one-sided difference",
    "theta - epsilon", "theta",
    "(2 * epsilon)", "epsilon",
    also=[("theta + epsilon", "theta", "(2 * epsilon)", "epsilon")],
    says="You compared J at theta with J on one side of it; the check needs one value on each side.",
    hint="Section 1 has two ways to measure a slope. Which one errs less?")

mistake(gradient_check, "multiplied by epsilon",
    "(2 * epsilon)", "2 * epsilon",
    says="Your gradapprox is multiplied by epsilon instead of divided by it.",
    hint="Is there a / 2 * epsilon in your code? In which order does Python work out a / 2 * b?")

mistake(gradient_check, "divided by epsilon once",
    "(2 * epsilon)", "epsilon",
    says="Your gradapprox is twice as large as it should be: you divided by epsilon, not by 2 epsilon.",
    hint="How far apart are theta + epsilon and theta - epsilon?")

mistake(gradient_check, "x moved instead of theta",
    "x, theta + epsilon", "x + epsilon, theta",
    "x, theta - epsilon", "x - epsilon, theta",
    *RATIO_OF_NUMBERS,
    says="You added epsilon to x; it is theta that has to move.",
    hint="With respect to which letter does backward_propagation differentiate?")

mistake(gradient_check, "one of the slopes is 0",
    "theta - epsilon", "theta + epsilon",
    *RATIO_OF_NUMBERS,
    also=[
        ("theta - epsilon", "theta + epsilon"),
        ("grad = backward_propagation(x, theta)", "grad = 0"),
        ("grad = backward_propagation(x, theta)", "grad = 0", *RATIO_OF_NUMBERS),
    ],
    says="Your difference is always 1, as it is where one of the two slopes is 0. If that is gradapprox, J_plus and "
    "J_minus are the same.",
    hint="Print J_plus, J_minus, gradapprox and grad. Which of them are the same, and which is 0?")

mistake(gradient_check, "denominator missing",
    " / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))", "",
    says="You returned the distance of the two slopes, not divided by the sum of their sizes.",
    hint="Is a distance of 0.01 much? Compared with what?")

mistake(gradient_check, "norms missing",
    RATIO, "(grad - gradapprox) / (grad + gradapprox)",
    says="You divided the plain difference by the plain sum; without the norms the result can be negative.",
    hint="What does the formula put around the difference, and around each slope?")

mistake(gradient_check, "norm of the sum below the fraction line",
    "np.linalg.norm(grad) + np.linalg.norm(gradapprox)", "np.linalg.norm(grad + gradapprox)",
    says="You divided by the size of the sum of both slopes; the sum of their two sizes is asked for.",
    hint="Which of the two is 0 where one slope is 3 and the other -3?")

mistake(gradient_check, "epsilon ignored",
    "theta + epsilon", "theta + 1e-7",
    "theta - epsilon", "theta - 1e-7",
    "(2 * epsilon)", "2e-7",
    says="You always use the same small epsilon, such as 1e-7; the caller may pass another one.",
    hint="Where in your function does the argument epsilon appear?")

mistake(gradient_check, "slopes not from the two functions",
    "forward_propagation(x, theta + epsilon)", "(theta + epsilon) * x",
    "forward_propagation(x, theta - epsilon)", "(theta - epsilon) * x",
    "backward_propagation(x, theta)", "x",
    says="Your difference is about 0 even where the gradient is wrong. So the two slopes do not come from "
    "forward_propagation and backward_propagation, one from each.",
    hint="Where do J_plus, J_minus and grad come from? A check with J = theta x written into it can check nothing else.")


# 5 · A network: the check ---------------------------------------------------------------------------------------------

gradient_check_n = question(
    "gradient_check_n",
    visible("4-5-3-1 net, dW2 doubled and db1 multiplied by 4", *check_of(*course_net(), dW2=2, db1=4)),
    visible("4-5-3-1 net, right gradients", *check_of(*course_net()), below=1e-6),
    visible("2-3-1 net, dW1 too large, epsilon 0.1", *check_of(*small_net(10, 2, 3, 1, m=4), 0.1, dW1=1.5)),
    hidden(
        "one layer",
        *check_of(*small_net(23, 3, 1, m=5), within(0.05, 0.03, 0.09), dW1=within(0.7, 0.4, 0.8)), edge=True,
    ),
    hidden("four layers", *check_of(*small_net(30, 3, 4, 2, 3, 1, m=6), 0.02, dW3=-1, db2=within(3, 2, 6))),
    hidden("a single example", *check_of(*small_net(40, 5, 2, 1, m=1), 0.1, db1=within(0.5, 0.3, 0.7)), edge=True),
    hidden("right gradients, large epsilon", *check_of(*small_net(50, 2, 4, 3, 1, m=7), within(0.2, 0.1, 0.3))),
    hidden("right gradients, default epsilon", *check_of(*small_net(60, 3, 2, 1, m=4)), below=1e-6),
    hidden("gradients of 0", *check_of(*small_net(70, 2, 2, 1, m=3), 0.05, dW1=0, db1=0, dW2=0, db2=0), edge=True),
    hidden("one part one per cent too large", *check_of(*small_net(81, 4, 3, 1, m=8), 1e-4, dW2=1.01)),
    atol=1e-6,
    section=SECTION_N,
    hints=(
        "Write it for one entry first, i = 0: move this entry alone to each side, go forward twice, take the "
        "slope. Then put a loop around it.",
        "At the beginning of each round all entries have to stand where they stood. np.linalg.norm gives the "
        "length of a vector.",
    ),
)

mistake(gradient_check_n, "one-sided difference",
    "vector_to_dictionary(theta_minus, parameters)", "parameters",
    "(2 * epsilon)", "epsilon",
    also=[("vector_to_dictionary(theta_plus, parameters)", "parameters", "(2 * epsilon)", "epsilon")],
    says="You compared J at theta with J on one side of it; take one value on each side.",
    hint="How many forward passes does each entry of theta need?")

mistake(gradient_check_n, "multiplied by epsilon",
    "(2 * epsilon)", "2 * epsilon",
    says="Your gradapprox is multiplied by epsilon instead of divided by it.",
    hint="Is there a / 2 * epsilon in your code? In which order does Python work out a / 2 * b?")

mistake(gradient_check_n, "divided by epsilon once",
    "(2 * epsilon)", "epsilon",
    says="Your gradapprox is twice as large as it should be: you divided by epsilon, not by 2 epsilon.",
    hint="How far apart are theta_plus and theta_minus in entry i?")

mistake(gradient_check_n, "gradapprox is 0",
    "(theta_minus,", "(theta_plus,",
    says="Your difference is always 1, as it is where gradapprox is 0: J_plus and J_minus are the same, or gradapprox is "
    "never filled.",
    hint="Print J_plus, J_minus and gradapprox[i] for one i.")

mistake(gradient_check_n, "J_minus at theta",  # the two ways come to the same numbers at every epsilon
    "        theta_minus[i] -= epsilon\n", "",
    also=[(
        "theta.copy(), theta.copy()", "theta, theta",
        "        theta_minus[i] -= epsilon\n", "",
        "J_minus, _", "theta_minus[i] -= epsilon\n        J_minus, _",
    )],
    says="Your J_minus is the cost at theta itself: either entry i of theta_minus is never moved, or theta_plus and "
    "theta_minus are two names of one array, where minus only undoes plus.",
    hint="Print theta_minus[i] - theta[i]. And after `a = b` on arrays, what does `a[0] += 1` do to b?")

mistake(gradient_check_n, "J_plus at theta",
    "        theta_plus[i] += epsilon\n", "",
    says="Your J_plus is the cost at theta itself: entry i of theta_plus is not moved when J_plus is computed.",
    hint="Print theta_plus[i] - theta[i] just before you compute J_plus.")

mistake(gradient_check_n, "the moves pile up",
    "for i in range(theta.size):",
    "theta_plus, theta_minus = theta.copy(), theta.copy()\n"
    "    for i in range(theta.size):",
    "        theta_plus, theta_minus = theta.copy(), theta.copy()\n", "",
    says="The entries that you moved stay moved: theta_plus and theta_minus are not copied from theta anew for each i.",
    hint="When the loop comes to entry 1, where does entry 0 stand?")

mistake(gradient_check_n, "all entries moved at once",
    "plus[i]", "plus",
    "minus[i]", "minus",
    says="You moved all entries of theta at once; entry i of the gradient needs entry i moved and the others at rest.",
    hint="A partial derivative changes how many entries of theta?")

mistake(gradient_check_n, "row minus column",
    "np.zeros_like(theta)", "np.zeros(theta.size)",
    says="Your gradapprox is a row, of shape (n,) or (1, n), and grad a column, of shape (n, 1): NumPy makes their "
    "difference an (n, n) table.",
    hint="Print the shapes of grad, gradapprox and grad - gradapprox.")

mistake(gradient_check_n, "denominator missing",
    " / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))", "",
    says="You returned the length of the difference, not divided by the sum of the two lengths.",
    hint="Is a distance of 0.01 much? Compared with what?")

mistake(gradient_check_n, "norm of the sum below the fraction line",
    "np.linalg.norm(grad) + np.linalg.norm(gradapprox)", "np.linalg.norm(grad + gradapprox)",
    says="You divided by the length of the sum of both vectors; the sum of their two lengths is asked for.",
    hint="Which of the two is 0 where one vector is the other's negative?")

mistake(gradient_check_n, "sum of squares in place of the length",
    "np.linalg.norm(grad - gradapprox)", "np.sum(np.square(grad - gradapprox))",
    "np.linalg.norm(grad) + np.linalg.norm(gradapprox)", "np.sum(np.square(grad)) + np.sum(np.square(gradapprox))",
    says="You took the sums of squares; the length of a vector is the root of that.",
    hint="How long is the vector (3, 4)?")

mistake(gradient_check_n, "epsilon ignored",
    "+= epsilon", "+= 1e-7",
    "-= epsilon", "-= 1e-7",
    "(2 * epsilon)", "2e-7",
    says="You always use the same small epsilon, such as 1e-7; the caller may pass another one.",
    hint="Where in your function does the argument epsilon appear?")


# 6 · A network: the repaired backward pass ----------------------------------------------------------------------------

backward_propagation_n = question(
    "backward_propagation_n",
    visible("4-5-3-1 net, 3 examples", *pass_back(*course_net())),
    visible("2-3-4-1 net, 6 examples", *pass_back(*small_net(110, 2, 3, 4, 1, m=6))),
    hidden("a single example", *pass_back(*small_net(120, 3, 4, 2, 1, m=1, ones=True)), edge=True),
    hidden("four examples", *pass_back(*small_net(130, 5, 2, 3, 1, m=4))),
    hidden("many examples", *pass_back(*small_net(140, 3, 5, 2, 1, m=17))),
    hidden("all labels 0", *pass_back(*small_net(150, 2, 4, 5, 1, m=5, ones=False)), edge=True),
    section=SECTION_BUGS,
    hints=(
        "Let the check say where: the picture above has one bar for each gradient. Which of the six are long?",
        "Read each suspicious line beside the same line of another layer. Layers differ in their numbers only, "
        "not in their form.",
    ),
    form_given=True,  # by the version with the planted bugs
)

mistake(backward_propagation_n, "both planted bugs left in",
    "dW2 = 1", "dW2 = 2",
    "db1 = 1", "db1 = 4",
    says="Your gradients are those of the given version: two of the six are still wrong.",
    hint="Which two bars of the picture are long? Compare their lines with the lines of the other layers.")

mistake(backward_propagation_n, "planted bug left in dW2",
    "dW2 = 1", "dW2 = 2",
    says="db1 is repaired; dW2 is still the given one.",
    hint="Its bar shows a relative difference of 1/3. By which factor is a gradient wrong that gives 1/3?")

mistake(backward_propagation_n, "planted bug left in db1",
    "db1 = 1", "db1 = 4",
    says="dW2 is repaired; db1 is still the given one.",
    hint="Its bar shows a relative difference of 0.6. By which factor is a gradient wrong that gives 0.6?")

mistake(backward_propagation_n, "the mean became a sum",
    "dW2 = 1 / m *", "dW2 =",
    "db1 = 1 / m *", "db1 =",
    says="You removed the whole factor from dW2 and db1; a part of it belonged there.",
    hint="The cost is a mean over m examples. What does that put in front of each of the six gradients?")

mistake(backward_propagation_n, "ReLU left out on the way back",
    " * (A2 > 0)", "",
    " * (A1 > 0)", "",
    says="In your dZ2 and dZ1, units that were off pass a gradient back; the factors (A2 > 0) and (A1 > 0) prevent that.",
    hint="Compare your dZ2 and dZ1 with the given lines. What do units that were off pass back?")
