"""Cases and known mistakes of the assignment on softmax and batch norm.

Epsilon is far larger than its default in ordinary cases, since next to a variance of about 1 nobody sees 1e-5. Functions
that call others are judged on tell-tale ones in their place (helpers/stubs.py), so that a slip counts once, and writing
out again what stands above is seen. No two sizes of a case are equal: with as many classes as examples, axes can be confused.
"""

import numpy as np

from autograde.authoring.questions import drawn, draws, hidden, mistake, question, stream, visible, within

SHARES = {"stubs": "helpers.stubs.SHARES_BY_SIZE"}
OTHER = {"stubs": "helpers.stubs.OTHER_BATCH_NORM"}
UNTOUCHED = {"adapter": "helpers.adapters.with_inputs_untouched"}

S1, S2, S3 = "1 · Scores and shares", "2 · The price of an answer", "3 · The shortest gradient there is"
S4, S5, S6 = "4 · Digits with one layer", "5 · One unit, one batch", "6 · Training is not use"
S7, S8 = "7 · Backward through the batch", "8 · A deep net with it"


def scores(seed, C, m, scale=2.0):
    """Scores of C classes for m examples, in steps of 1/64, so that float32 has them exactly even where they are large."""
    return np.round(64 * scale * draws(seed)(C, m)) / 64


def one_hot(seed, C, m):
    """Labels for m examples, as columns. The first C are all different, in an order of their own."""
    rng = stream(seed)
    labels = np.concatenate([rng.permutation(C), rng.randint(0, C, m)])[:m]
    return np.eye(C)[:, labels]


def answers(seed, C, m, **how):
    """Z and Y."""
    return scores(seed, C, m, **how), one_hot(seed + 1, C, m)


# 1 · Scores and shares -----------------------------------------------------------------------------------------------

FAR = within(1000, 800, 3000)
GAP = drawn(1.0, lambda rng: rng.randint(20, 115) / 64)  # between two scores, however large these are
PUBLISHED = np.array([[5.0], [2.0], [-1.0], [3.0]])

softmax = question(
    "softmax",
    visible("the scores 5, 2, -1, 3", drawn(PUBLISHED, lambda rng: rng.randint(-4, 6, (4, 1)).astype(float))),
    visible("three classes, five examples", scores(10, 3, 5)),
    visible(
        "scores far above and far below 0",
        np.array([[FAR, -FAR, FAR, -2], [FAR - GAP, GAP - FAR, -1, 3], [FAR - 2, -FAR, -FAR, FAR]], float), edge=True,
    ),
    hidden("two classes", scores(12, 2, 3)),
    hidden("more classes than examples", scores(13, 7, 4, scale=3.0)),
    hidden("a single example", scores(14, 5, 1), edge=True),
    hidden("a single class", scores(15, 1, 4), edge=True),
    hidden("all scores far from 0", scores(16, 4, 3) + np.array([[FAR, -FAR, FAR]], float), edge=True),
    hidden("equal scores", np.full((within(5, 3, 9), 2), within(3.0, 1.0, 9.0))),
    section=S1,
    hints=(
        "Three steps: take something off each column, raise e to all of it, divide by something of each column.",
        "Sums and largest values of a column: which axis is that, and what does keepdims=True do for the subtraction?",
    ),
)

mistake(softmax, "along the wrong axis",
    "T / np.sum(T, axis=0, keepdims=True)", "T / np.sum(T, axis=1, keepdims=True)",
    also=[("np.max(Z, axis=0, keepdims=True)", "np.max(Z, axis=1, keepdims=True)",
           "T / np.sum(T, axis=0, keepdims=True)", "T / np.sum(T, axis=1, keepdims=True)")],
    says="Your shares add up to 1 along the rows, over the examples; they should in each column, over the classes.",
    hint="Add up your result with np.sum(A, axis=0). What should come out, and for each of what?")

mistake(softmax, "over all entries",
    "T / np.sum(T, axis=0, keepdims=True)", "T / np.sum(T)",
    "np.max(Z, axis=0, keepdims=True)", "np.max(Z)",
    also=[("T / np.sum(T, axis=0, keepdims=True)", "T / np.sum(T)")],
    says="You divided by the sum over all columns; each example has shares of its own.",
    hint="Each column is one example. What should the shares of one example add up to?")

mistake(softmax, "shifted by the largest of all",
    "np.max(Z, axis=0, keepdims=True)", "np.max(Z)",
    says="You subtracted the largest of all scores. A column that lies far below it becomes 0 divided by 0.",
    hint="Look at an example with scores of -1,000 beside one with 1,000. Which score is the largest in its own column?")

mistake(softmax, "largest of each row",
    "np.max(Z, axis=0, keepdims=True)", "np.max(Z, axis=1, keepdims=True)",
    says="You subtracted the largest score of each row, so that what you take off differs within a column.",
    hint="An example is a column. Along which axis do you find its largest score?")

mistake(softmax, "not shifted",
    " - np.max(Z, axis=0, keepdims=True)", "",
    says="You raised e to the scores as they are; for scores of 1,000 that is infinite.",
    hint="Only differences count. What could you subtract from a column, so that its largest power is 1?")

mistake(softmax, "smallest subtracted",
    "np.max", "np.min",
    says="You subtracted the smallest score of each column. Where scores lie far apart, the powers of e overflow all the same.",
    hint="What is the largest exponent after your subtraction?")

mistake(softmax, "hardmax",
    "A = T / np.sum(T, axis=0, keepdims=True)", "A = (Z == np.max(Z, axis=0, keepdims=True)) * 1.0",
    says="You gave 1 to the largest score and 0 to the others; that is hardmax.",
    hint="The shares of softmax are between 0 and 1, and a larger score elsewhere lowers them only a little.")

mistake(softmax, "without the powers of e",
    "T = np.exp(Z - np.max(Z, axis=0, keepdims=True))", "T = Z",
    says="You divided the scores by their sum; it is the powers of e that are divided by theirs.",
    hint="A score may be negative. Which step makes all numbers positive?")

mistake(softmax, "sum of the scores below",
    "np.sum(T, axis=0, keepdims=True)", "np.sum(Z, axis=0, keepdims=True)",
    says="Below the line you added up the scores, and not their powers of e.",
    hint="What must stand below the line for the shares to add up to 1?")

mistake(softmax, "a sigmoid for each score",
    "A = T / np.sum(T, axis=0, keepdims=True)", "A = 1 / (1 + np.exp(-Z))",
    says="You took the sigmoid of each score by itself; with softmax each share depends on all scores of its column.",
    hint="Do your shares of one example add up to 1?")

mistake(softmax, "sign",
    "np.exp(Z - np.max(Z, axis=0, keepdims=True))", "np.exp(np.min(Z, axis=0, keepdims=True) - Z)",
    also=[("np.exp(Z - np.max(Z, axis=0, keepdims=True))", "np.exp(np.max(Z, axis=0, keepdims=True) - Z)")],
    says="You raised e to minus the scores, so the lowest score got the largest share.",
    hint="Which class should get the largest share?")


# 2 · The price of an answer ------------------------------------------------------------------------------------------

LOG_SHARES = np.log([[0.3], [0.2], [0.1], [0.4]])
SURE = within(1000, 800, 3000)

softmax_cost = question(
    "softmax_cost",
    visible(
        "the shares 0.3, 0.2, 0.1, 0.4, as logarithms",
        drawn(np.round(LOG_SHARES, 6), lambda rng: np.round(np.log(rng.dirichlet(4 * np.ones(4)))[:, None], 6)),
        drawn(np.eye(4)[:, 1:2], lambda rng: np.eye(4)[:, rng.permutation(4)[:1]]),
    ),
    visible("three classes, five examples", *answers(20, 3, 5)),
    visible(
        "a sure error beside a right answer",
        *(np.array([[SURE, 5.0], [0.0, -5.0], [1.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])), edge=True,
    ),
    visible(  # the price is large, so that float32 has enough of its digits
        "all scores far above 0", scores(30, 6, 4, scale=15.0) + within(1000, 900, 1500), one_hot(31, 6, 4), edge=True
    ),
    hidden("two classes", *answers(22, 2, 3)),
    hidden("more classes than examples", *answers(24, 7, 4, scale=3.0)),
    hidden("a single example", *answers(26, 5, 1), edge=True),
    hidden("scores far above and far below 0", *answers(28, 4, 6, scale=900.0), edge=True),
    section=S2,
    hints=(
        "For each column two numbers: the log-sum-exp of its scores, and the score of its right class. Then one number of all.",
        "No share may be computed on the way, since it may round to 0. What do you have to add again after you took the "
        "largest score out?",
    ),
)

mistake(softmax_cost, "sum instead of mean",
    "np.mean(log_sum", "np.sum(log_sum",
    says="You added up the prices of the examples; the cost is their mean.",
    hint="By what does the formula of J divide?")

mistake(softmax_cost, "mean over classes too",
    "cost = np.mean(log_sum - np.sum(Z * Y, axis=0))", "cost = np.mean(log_sum - np.sum(Z * Y, axis=0)) / len(Z)",
    says="You divided by the number of classes as well; the mean is over the examples alone.",
    hint="An example has one price, however many classes there are. How many prices have you averaged?")

mistake(softmax_cost, "softmax taken twice",
    "largest = np.max(Z, axis=0)",
    "Z = np.exp(Z - np.max(Z, axis=0)) / np.sum(np.exp(Z - np.max(Z, axis=0)), axis=0)\n    largest = np.max(Z, axis=0)",
    says="You took softmax of the scores and then treated the shares as scores, so softmax was taken twice.",
    hint="The formula with log-sum-exp has softmax in it already. What goes into it?")

mistake(softmax_cost, "logarithm of a rounded share",
    "cost = np.mean(log_sum - np.sum(Z * Y, axis=0))",
    "cost = -np.mean(np.log(np.sum(Y * np.exp(Z - largest) / np.sum(np.exp(Z - largest), axis=0), axis=0)))",
    also=[
        ("cost = np.mean(log_sum - np.sum(Z * Y, axis=0))",
         "cost = -np.mean(np.log(np.maximum(1e-15, np.sum(Y * np.exp(Z - largest) / np.sum(np.exp(Z - largest), axis=0), axis=0))))"),
        ("cost = np.mean(log_sum - np.sum(Z * Y, axis=0))",
         "cost = -np.sum(Y * np.log(np.exp(Z - largest) / np.sum(np.exp(Z - largest), axis=0))) / Z.shape[1]"),
    ],
    says="You took the logarithm of a share. The share of a sure error rounds to 0, and then its price is lost.",
    hint="Put the definition of softmax into the logarithm first, on paper. What is left to compute?")

mistake(softmax_cost, "largest score not added again",
    "largest + np.log", "np.log",
    says="You took the largest score out of the sum, and did not add it again to its logarithm.",
    hint="log of (e^M times a sum) is M plus the log of the sum.")

mistake(softmax_cost, "right score added",
    "log_sum - np.sum(Z * Y, axis=0)", "log_sum + np.sum(Z * Y, axis=0)",
    says="You added the score of the right class to the log-sum-exp; it is taken off.",
    hint="Should the price rise or fall when the right class gets a larger score?")

mistake(softmax_cost, "not shifted",
    "largest + np.log(np.sum(np.exp(Z - largest), axis=0))", "np.log(np.sum(np.exp(Z), axis=0))",
    says="You raised e to the scores as they are; for scores of 1,000 that is infinite.",
    hint="Take the largest score of each column out of the sum, as the formula above shows.")

mistake(softmax_cost, "largest of all",
    "largest = np.max(Z, axis=0)", "largest = np.max(Z)",
    says="You took out the largest of all scores. In a column that lies far below it, log 0 is left.",
    hint="Each column has a log-sum-exp of its own. Which is the largest score in it?")

mistake(softmax_cost, "sign",
    "log_sum - np.sum", "-log_sum + np.sum",
    says="Your cost has the wrong sign: a price is never below 0.",
    hint="The logarithm of a share is negative. What stands before it in L?")

mistake(softmax_cost, "largest score in place of the right one",
    "np.sum(Z * Y, axis=0)", "largest",
    says="You priced the class with the largest score, and not the right one.",
    hint="What are the labels for? Z * Y has something in each column.")

mistake(softmax_cost, "scores taken for shares",
    "cost = np.mean(log_sum - np.sum(Z * Y, axis=0))", "cost = -np.mean(np.log(np.sum(Z * Y, axis=0)))",
    says="You took the logarithm of a score; Z has scores, before softmax.",
    hint="A score may be negative. What is its logarithm then?")


# 3 · The shortest gradient there is ----------------------------------------------------------------------------------

softmax_backward = question(
    "softmax_backward",
    visible("three classes, five examples", *answers(40, 3, 5), **SHARES),
    visible("four classes, two examples", *answers(42, 4, 2, scale=4.0), **SHARES),
    visible("a single example", *answers(44, 5, 1), **SHARES, edge=True),
    hidden("two classes", *answers(46, 2, 3), **SHARES),
    hidden("more classes than examples", *answers(48, 7, 4, scale=3.0), **SHARES),
    hidden("large scores", *answers(50, 3, 4, scale=100.0), **SHARES, edge=True),
    section=S3,
    hints=(
        "The last formula of the section has it. Two arrays of the same shape, and one sign.",
        "`softmax` is a function that you have: call it on Z. And is there a 1/m in what the docstring asks for?",
    ),
)

mistake(softmax_backward, "sign",
    "softmax(Z) - Y", "Y - softmax(Z)",
    says="You returned labels minus shares. That is the way down; the gradient is the way up.",
    hint="The right class has too small a share. Should its gradient be positive or negative, if descent subtracts it?")

mistake(softmax_backward, "divided by m",
    "softmax(Z) - Y", "(softmax(Z) - Y) / Z.shape[1]",
    says="You divided by the number of examples; that comes later, with dW and db.",
    hint="dZ is the derivative of each example's own cost. Does it know how many others there are?")

mistake(softmax_backward, "right class only",
    "softmax(Z) - Y", "(softmax(Z) - Y) * Y",
    says="Only the right class gets a gradient from you; the others have to be pushed down.",
    hint="What do the four numbers of the prediction above add up to?")

mistake(softmax_backward, "gradient of the shares",
    "softmax(Z) - Y", "-Y / softmax(Z)",
    says="You returned the gradient of the shares, -Y / A; the gradient of the scores is one step further.",
    hint="The price depends on the shares, and they depend on the scores. Which derivative is still missing?")

mistake(softmax_backward, "scores in place of shares",
    "softmax(Z) - Y", "Z - Y",
    says="You subtracted the labels from the scores; it should be from the shares.",
    hint="What has to be between 0 and 1 for the gradient of a perfect answer to be 0?")

mistake(softmax_backward, "slope of a single share",
    "dZ = softmax(Z) - Y", "A = softmax(Z)\n    dZ = (A - Y) * A * (1 - A)",
    says="You multiplied by A (1 - A) as well. The exponential and the logarithm have cancelled already.",
    hint="Look at the derivation: which factors have gone when the last line is reached?")

mistake(softmax_backward, "written out again",
    "softmax(Z)", "np.exp(Z - np.max(Z, axis=0)) / np.sum(np.exp(Z - np.max(Z, axis=0)), axis=0)",
    says="You wrote softmax out again. Call your `softmax`: in this check another function takes its place.",
    hint="The name `softmax` followed by brackets, and what goes into them?")


# 4 · Digits with one layer -------------------------------------------------------------------------------------------


def one_layer(seed, n, C, m):
    """X, Y and the parameters of one layer."""
    randn = draws(seed)
    return randn(n, m), one_hot(seed + 1, C, m), {"W1": randn(C, n), "b1": randn(C, 1)}


softmax_regression_gradients = question(
    "softmax_regression_gradients",
    visible("two inputs, three classes, five examples", *one_layer(60, 2, 3, 5), **SHARES),
    visible("four inputs, two classes, three examples", *one_layer(62, 4, 2, 3), **SHARES),
    visible("a single example", *one_layer(64, 3, 4, 1), **SHARES, edge=True),
    hidden("one input", *one_layer(66, 1, 3, 4), **SHARES, edge=True),
    hidden("many examples", *one_layer(68, 5, 4, within(40, 30, 60)), **SHARES),
    hidden("more classes than examples", *one_layer(70, 3, 6, 2), **SHARES),
    section=S4,
    hints=(
        "Three lines: dZ by your function, from the scores W1 X + b1; then dW1, a product of two matrices; then db1, a sum.",
        "`dW1` has the shape of W1, and db1 that of b1, with two dimensions. Both are means over the examples.",
    ),
)

mistake(softmax_regression_gradients, "sum instead of mean",
    "X.T / m", "X.T",
    "keepdims=True) / m", "keepdims=True)",
    says="You added up over the examples; the gradients are means, so divide by m.",
    hint="dZ has no 1/m in it. Where does it come in?")

mistake(softmax_regression_gradients, "db1 along the wrong axis",
    "np.sum(dZ, axis=1, keepdims=True) / m", "np.sum(dZ, axis=0, keepdims=True) / m",
    says="You added up dZ over the classes; db1 has an entry for each class, so add up over the examples.",
    hint="Which shape has b1, and which has your db1?")

mistake(softmax_regression_gradients, "db1 of all classes",
    "np.sum(dZ, axis=1, keepdims=True) / m", "np.sum(dZ) / m",
    says="Your db1 is one number; each class has a bias of its own.",
    hint="Which shape has b1, and which has your db1?")

mistake(softmax_regression_gradients, "db1 with one dimension",
    ", keepdims=True", "",
    says="Your db1 has one dimension, shape (C,); it should have the shape of b1, (C, 1).",
    hint="What does keepdims=True do?")

mistake(softmax_regression_gradients, "transposed",
    "dZ @ X.T / m", "X @ dZ.T / m",
    says="Your dW1 is transposed; it should have the shape of W1.",
    hint="W1 has a row for each class. Which of the two factors has the classes in its rows?")

mistake(softmax_regression_gradients, "bias left out of the scores",
    "W1 @ X + b1", "W1 @ X",
    says="Your scores lack the bias b1.",
    hint="What is Z in softmax regression?")

mistake(softmax_regression_gradients, "scores in place of their gradient",
    "softmax_backward(W1 @ X + b1, Y)", "W1 @ X + b1",
    says="You took the scores themselves where their gradient belongs.",
    hint="What makes dZ of Z and Y?")

mistake(softmax_regression_gradients, "mean over the classes",
    "    dZ =", "    m = Y.shape[0]\n    dZ =",
    says="You divided by the number of classes; the mean is over the examples.",
    hint="Which dimension of X and Y counts the examples?")

mistake(softmax_regression_gradients, "written out again",
    "softmax_backward(W1 @ X + b1, Y)",
    "W1 @ X + b1\n"
    "    dZ = np.exp(dZ - np.max(dZ, axis=0)) / np.sum(np.exp(dZ - np.max(dZ, axis=0)), axis=0) - Y",
    says="You wrote softmax out again. Call your `softmax_backward`: in this check another function takes its place.",
    hint="Section 3 has a function that makes dZ of scores and labels.")


# 5 · One unit, one batch ---------------------------------------------------------------------------------------------


def layer(seed, n, m, scale=1.5):
    """Z, gamma and beta of a layer. gamma has both signs; each row of Z has a mean of its own."""
    randn = draws(seed)
    Z = np.round(scale * randn(n, m) + 2 * randn(n, 1), 6)
    signs = np.where(np.arange(n)[:, None] % 2, -1, 1)
    return Z, np.round(signs * (0.5 + np.abs(randn(n, 1))), 6), np.round(randn(n, 1) + 0.3, 6)


def with_constant_unit(seed, n, m):
    """The same, and the second unit is the same for all examples."""
    Z, gamma, beta = layer(seed, n, m, scale=4.0)
    Z[1] = np.round(Z[1, 0], 1)
    return Z, gamma, beta


LARGE = within(0.5, 0.3, 0.9)  # an epsilon that one sees

batch_norm_forward = question(
    "batch_norm_forward",
    visible("three units, five examples", *layer(80, 3, 5), LARGE),
    visible("two units, four examples, epsilon 0.5", *layer(82, 2, 4), LARGE),
    visible("a unit that is constant", *with_constant_unit(84, 3, 4), LARGE, edge=True),
    hidden("one unit", *layer(86, 1, 6), LARGE, edge=True),
    hidden("more units than examples", *layer(88, 6, 3), LARGE),
    hidden("a single example", *layer(90, 4, 1), edge=True),
    hidden("a large batch", *layer(92, 2, within(50, 40, 70), scale=4.0), LARGE),
    hidden("small numbers, default epsilon", np.round(0.004 * draws(94)(3, 4), 6), *layer(95, 3, 4)[1:]),
    section=S5,
    hints=(
        "Four lines, one for each formula of the section, and a dict. Mean and variance are taken along a row.",
        "Which of the two is under the root, and is epsilon added before or after the root is taken? Z_norm in the cache is "
        "what it is before gamma and beta.",
    ),
)

mistake(batch_norm_forward, "over the units",
    "np.mean(Z, axis=1, keepdims=True)", "np.mean(Z, axis=0, keepdims=True)",
    "np.mean((Z - mu) ** 2, axis=1, keepdims=True)", "np.mean((Z - mu) ** 2, axis=0, keepdims=True)",
    says="You took mean and variance over the units of an example; it is over the examples, for each unit.",
    hint="A unit is a row of Z. What should the mean of each row of Z_norm be?")

mistake(batch_norm_forward, "over all entries",
    "np.mean(Z, axis=1, keepdims=True)", "np.mean(Z, keepdims=True)",
    "np.mean((Z - mu) ** 2, axis=1, keepdims=True)", "np.mean((Z - mu) ** 2, keepdims=True)",
    says="You took one mean and one variance of the whole layer; each unit has its own.",
    hint="Which shape should mu have?")

mistake(batch_norm_forward, "variance with m - 1",
    "np.mean((Z - mu) ** 2, axis=1, keepdims=True)", "np.sum((Z - mu) ** 2, axis=1, keepdims=True) / np.float64(Z.shape[1] - 1)",
    says="You divided the variance by m - 1; here it is by m.",
    hint="Which factor stands before the sum of squares?")

mistake(batch_norm_forward, "mean minus Z",
    "Z_norm = (Z - mu)", "Z_norm = (mu - Z)",
    says="You took Z from the mean; it is the mean that is taken from Z.",
    hint="Should an entry above the mean be positive or negative after normalizing?")

mistake(batch_norm_forward, "beta scaled too",
    "gamma * Z_norm + beta", "gamma * (Z_norm + beta)",
    says="You multiplied beta by gamma as well; the shift comes after the scale.",
    hint="Which mean should Z_tilde have?")

mistake(batch_norm_forward, "epsilon outside the root",
    "np.sqrt(var + epsilon)", "(np.sqrt(var) + epsilon)",
    says="You added epsilon to the root; it belongs inside, to the variance.",
    hint="Compare with the formula: what is all under the root?")

mistake(batch_norm_forward, "epsilon forgotten",
    "np.sqrt(var + epsilon)", "np.sqrt(var)",
    says="You left epsilon out, so a constant unit gives 0 divided by 0.",
    hint="What is the variance of a unit that is the same for all examples?")

mistake(batch_norm_forward, "epsilon fixed",
    "np.sqrt(var + epsilon)", "np.sqrt(var + 1e-5)",
    says="You used 1e-5 whatever the argument epsilon says.",
    hint="Which value arrives as an argument of the function?")

mistake(batch_norm_forward, "divided by the variance",
    "np.sqrt(var + epsilon)", "(var + epsilon)",
    says="You divided by the variance; it is its root, the standard deviation.",
    hint="If Z is measured in metres, in what is the variance measured?")

mistake(batch_norm_forward, "mean not subtracted",
    "(Z - mu) / np.sqrt", "Z / np.sqrt",
    says="You divided by the standard deviation and did not subtract the mean.",
    hint="What should the mean of each row of Z_norm be?")

mistake(batch_norm_forward, "gamma and beta exchanged",
    "gamma * Z_norm + beta", "beta * Z_norm + gamma",
    says="You multiplied by beta and added gamma.",
    hint="Which of the two is the scale, and which the shift?")

mistake(batch_norm_forward, "gamma and beta left out",
    "Z_tilde = gamma * Z_norm + beta", "Z_tilde = Z_norm",
    says="You returned Z_norm; scale and shift are missing.",
    hint="What does the last of the four formulas do?")

mistake(batch_norm_forward, "Z scaled in place of Z_norm",
    "gamma * Z_norm + beta", "gamma * Z + beta",
    says="You scaled and shifted Z itself; what is scaled is Z_norm.",
    hint="What did the three lines before do their work for?")

mistake(batch_norm_forward, "Z_tilde in the cache",
    '"Z_norm": Z_norm', '"Z_norm": Z_tilde',
    says="Z_norm in your cache has been scaled and shifted already.",
    hint="The way back needs Z_norm as it was before gamma and beta.")

mistake(batch_norm_forward, "standard deviation in the cache",
    '"var": var', '"var": np.sqrt(var)',
    says="var in your cache is the standard deviation.",
    hint="What is the variance, before the root?")

mistake(batch_norm_forward, "epsilon in the cache's variance",
    '"var": var', '"var": var + epsilon',
    says="var in your cache has epsilon added to it.",
    hint="The variance of the batch is one thing, what stands under the root another.")


# 6 · Training is not use ---------------------------------------------------------------------------------------------


def averages(seed, n):
    """A dict of mu and var, as running averages are; var is from 3 on, so that nobody sees an epsilon of 1e-5."""
    randn = draws(seed)
    return {"mu": randn(n, 1), "var": np.round(3 + 6 * np.abs(randn(n, 1)), 6)}


def one_more_batch(seed, n):
    """running, mu and var."""
    batch = averages(seed + 1, n)
    return averages(seed, n), batch["mu"], batch["var"]


update_running_averages = question(
    "update_running_averages",
    visible("three units", *one_more_batch(100, 3)),
    visible("two units, momentum 0.3", *one_more_batch(102, 2), within(0.3, 0.1, 0.4), **UNTOUCHED),
    visible("momentum 0", *one_more_batch(104, 2), 0.0, edge=True),
    hidden("momentum 1", *one_more_batch(106, 3), 1.0, edge=True),
    hidden("one unit", *one_more_batch(108, 1), within(0.6, 0.5, 0.8), **UNTOUCHED, edge=True),
    hidden("many units", *one_more_batch(110, within(9, 7, 12)), within(0.99, 0.95, 0.99), **UNTOUCHED),
    section=S6,
    hints=(
        "An exponentially weighted average, twice: once for mu, once for var. Both go into a new dict.",
        "Which of the two, old or new, gets the weight `momentum`? And is `running` after the call what it was before?",
    ),
)

mistake(update_running_averages, "weights exchanged",
    'momentum * running["mu"] + (1 - momentum) * mu', '(1 - momentum) * running["mu"] + momentum * mu',
    'momentum * running["var"] + (1 - momentum) * var', '(1 - momentum) * running["var"] + momentum * var',
    says="You gave the weight momentum to the new batch. That is PyTorch's meaning of the word; here it is the old average's.",
    hint="With a momentum of 0.9, how much of the old average should be kept?")

mistake(update_running_averages, "only the last batch",
    'momentum * running["mu"] + (1 - momentum) * mu', "mu",
    'momentum * running["var"] + (1 - momentum) * var', "var",
    says="You kept the statistics of the last batch; what was there before is forgotten.",
    hint="Which values should the new average be made of?")

mistake(update_running_averages, "average of the standard deviations",
    'momentum * running["var"] + (1 - momentum) * var',
    '(momentum * np.sqrt(running["var"]) + (1 - momentum) * np.sqrt(var)) ** 2',
    also=[('momentum * running["var"] + (1 - momentum) * var',
           'momentum * np.sqrt(running["var"]) + (1 - momentum) * np.sqrt(var)')],
    says="You averaged the standard deviations; it is the variances that are averaged.",
    hint="Is there a root in the formula?")

mistake(update_running_averages, "variance not averaged",
    'momentum * running["var"] + (1 - momentum) * var', "var",
    says="You averaged mu, and took var from the last batch as it is.",
    hint="The variance goes the same way as the mean.")

mistake(update_running_averages, "momentum fixed",
    "    new_running", "    momentum = 0.9\n    new_running",
    says="You used 0.9 whatever the argument momentum says.",
    hint="Which value arrives as an argument of the function?")

mistake(update_running_averages, "1 - momentum forgotten",
    "(1 - momentum) * mu", "mu",
    "(1 - momentum) * var", "var",
    says="You added the new values in full, without their weight 1 - momentum.",
    hint="What do the two weights of an average add up to?")

mistake(update_running_averages, "old dict changed",
    "    new_running = {", "    running |= {",
    "    }\n", "    }\n    new_running = running\n",
    also=[("    new_running = {",
           '    running["mu"][...] = momentum * running["mu"] + (1 - momentum) * mu\n'
           '    running["var"][...] = momentum * running["var"] + (1 - momentum) * var\n    new_running = running\n    unused = {')],
    says="Your values are right, but you wrote them into the old dict; it should stay as it was.",
    hint="Make a new dict, and put the new values into that one.")


def in_use(seed, n, m, scale=1.5):
    """Z, gamma, beta and running averages."""
    return *layer(seed, n, m, scale), averages(seed + 1, n)


SMALL = within(0.0001, 0.00005, 0.0003)  # a variance beside which one sees an epsilon of 1e-5
batch_norm_inference = question(
    "batch_norm_inference",
    visible("three units, five examples", *in_use(120, 3, 5), LARGE),
    visible("two units, three examples, epsilon 0.5", *in_use(122, 2, 3), LARGE, **UNTOUCHED),
    visible("a single example", *in_use(124, 4, 1), LARGE, edge=True),
    visible("a small variance, default epsilon", *layer(132, 3, 4), {"mu": draws(133)(3, 1), "var": SMALL * np.ones((3, 1))}),
    hidden("one unit", *in_use(126, 1, 4), LARGE, edge=True),
    hidden("more units than examples", *in_use(128, 5, 2), LARGE),
    hidden("a large batch", *in_use(130, 2, within(50, 40, 70), scale=4.0), LARGE),
    section=S6,
    hints=(
        "The same two lines as in training, but mean and variance are not computed: they are there.",
        "`running` is a dict. Which two entries does it have, and where does epsilon go?",
    ),
)

mistake(batch_norm_inference, "statistics of the batch",
    'Z - running["mu"]', "Z - np.mean(Z, axis=1, keepdims=True)",
    'running["var"] + epsilon', "np.var(Z, axis=1, keepdims=True) + epsilon",
    says="You used mean and variance of the batch. In use an example must not depend on the others.",
    hint="What comes out of your function for a single example?")

mistake(batch_norm_inference, "mean of the batch",
    'Z - running["mu"]', "Z - np.mean(Z, axis=1, keepdims=True)",
    says="You subtracted the mean of the batch, and took the variance from the running averages.",
    hint="Which of your two statistics still depends on the other examples?")

mistake(batch_norm_inference, "variance of the batch",
    'running["var"] + epsilon', "np.var(Z, axis=1, keepdims=True) + epsilon",
    says="You subtracted the running mean, and divided by the spread of the batch.",
    hint="Which of your two statistics still depends on the other examples?")

mistake(batch_norm_inference, "epsilon forgotten",
    'running["var"] + epsilon', 'running["var"]',
    says="You left epsilon out. What is used must be what was trained.",
    hint="What is all under the root?")

mistake(batch_norm_inference, "epsilon fixed",
    'running["var"] + epsilon', 'running["var"] + 1e-5',
    says="You used 1e-5 whatever the argument epsilon says.",
    hint="Which value arrives as an argument of the function?")

mistake(batch_norm_inference, "epsilon outside the root",
    'np.sqrt(running["var"] + epsilon)', '(np.sqrt(running["var"]) + epsilon)',
    says="You added epsilon to the root; it belongs inside, to the variance.",
    hint="Compare with the formula: what is all under the root?")

mistake(batch_norm_inference, "divided by the variance",
    'np.sqrt(running["var"] + epsilon)', '(running["var"] + epsilon)',
    says="You divided by the variance; it is its root, the standard deviation.",
    hint="If Z is measured in metres, in what is the variance measured?")

mistake(batch_norm_inference, "mean not subtracted",
    '(Z - running["mu"])', "Z",
    says="You did not subtract the running mean.",
    hint="What stands above the line in the formula?")

mistake(batch_norm_inference, "beta subtracted",
    "gamma * Z_norm + beta", "gamma * Z_norm - beta",
    says="You subtracted beta; the shift is added.",
    hint="What comes out where Z is the running mean itself?")

mistake(batch_norm_inference, "mean added",
    'Z - running["mu"]', 'Z + running["mu"]',
    says="You added the running mean to Z; it is subtracted.",
    hint="What should Z_norm be where Z is the running mean itself?")

mistake(batch_norm_inference, "gamma and beta left out",
    "Z_tilde = gamma * Z_norm + beta", "Z_tilde = Z_norm",
    says="You returned Z_norm; scale and shift are missing.",
    hint="What was learnt must be used: which two are still missing?")

mistake(batch_norm_inference, "gamma and beta exchanged",
    "gamma * Z_norm + beta", "beta * Z_norm + gamma",
    says="You multiplied by beta and added gamma.",
    hint="Which of the two is the scale, and which the shift?")


# 7 · Backward through the batch --------------------------------------------------------------------------------------


def way_back(seed, n, m, *epsilon, scale=4.0):
    """dZ_tilde, the cache of the way forward, gamma, and epsilon, if it is given."""
    Z, gamma, _ = layer(seed, n, m, scale)
    mu, var = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    Z_norm = (Z - mu) / np.sqrt(var + (epsilon[0] if epsilon else 1e-5))
    return draws(seed + 1)(n, m), {"Z_norm": Z_norm, "mu": mu, "var": var}, gamma, *epsilon


batch_norm_backward = question(
    "batch_norm_backward",
    visible("three units, five examples, epsilon 0.5", *way_back(140, 3, 5, LARGE)),
    visible("two units, four examples, another epsilon", *way_back(142, 2, 4, within(2.5, 1.5, 4.0))),
    visible("two examples, epsilon 0.5", *way_back(144, 3, 2, LARGE), edge=True),
    visible("small numbers, default epsilon", *way_back(154, 3, 4, scale=0.004)),
    hidden("one unit", *way_back(146, 1, 6, LARGE), edge=True),
    hidden("more units than examples", *way_back(148, 6, 3, LARGE)),
    hidden("a large batch", *way_back(150, 2, within(50, 40, 70), LARGE)),
    section=S7,
    hints=(
        "`dgamma` and `dbeta` come first: two means along the rows, one of them of a product. Then dZ is one line with both in it.",
        "`dZ` has no 1/m of its own, as always here; dgamma and dbeta are means. And what stands under the root, besides var?",
    ),
)

mistake(batch_norm_backward, "mean held fixed",
    "(dZ_tilde - dbeta - Z_norm * dgamma)", "(dZ_tilde - Z_norm * dgamma)",
    says="Your dZ has no way through the mean: each example moves mu, and mu moves all.",
    hint="Three ways lead to dZ. Which one is missing? Add up your dZ along a row.")

mistake(batch_norm_backward, "variance held fixed",
    "(dZ_tilde - dbeta - Z_norm * dgamma)", "(dZ_tilde - dbeta)",
    says="Your dZ has no way through the variance: each example moves it, and it scales all.",
    hint="Three ways lead to dZ. Which one is missing?")

mistake(batch_norm_backward, "mean and variance held fixed",
    "(dZ_tilde - dbeta - Z_norm * dgamma)", "dZ_tilde",
    says="Your dZ takes the direct way only, as if mean and variance were constants. They are in use, not in training.",
    hint="Drag one dot of the explorer, and look at the others.")

mistake(batch_norm_backward, "sum in place of mean",
    "dgamma = np.mean(dZ_tilde * Z_norm, axis=1, keepdims=True)", "m = Z_norm.shape[1]\n    dgamma = np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True)",
    "dbeta = np.mean(dZ_tilde, axis=1, keepdims=True)", "dbeta = np.sum(dZ_tilde, axis=1, keepdims=True)",
    "(dZ_tilde - dbeta - Z_norm * dgamma)", "(dZ_tilde - dbeta / m - Z_norm * dgamma / m)",
    says="Your dgamma and dbeta are sums over the examples; here they are means, like db.",
    hint="With batches of 64, how much further would gamma move than W?")

mistake(batch_norm_backward, "1/m missing in the corrections of dZ",
    "(dZ_tilde - dbeta - Z_norm * dgamma)", "(dZ_tilde - Z_norm.shape[1] * (dbeta + Z_norm * dgamma))",
    also=[("dgamma = np.mean(dZ_tilde * Z_norm, axis=1, keepdims=True)", "dgamma = np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True)",
           "dbeta = np.mean(dZ_tilde, axis=1, keepdims=True)", "dbeta = np.sum(dZ_tilde, axis=1, keepdims=True)")],
    says="What comes back to dZ through the mean and the variance is m times too large: it takes off means, not sums.",
    hint="How much does mu move when one of m examples moves by 1?")

mistake(batch_norm_backward, "epsilon forgotten",
    "np.sqrt(var + epsilon)", "np.sqrt(var)",
    says="You left epsilon out on the way back; it was there on the way forward.",
    hint="By what was divided on the way forward?")

mistake(batch_norm_backward, "epsilon fixed",
    "np.sqrt(var + epsilon)", "np.sqrt(var + 1e-5)",
    says="You used 1e-5 whatever the argument epsilon says.",
    hint="Which value arrives as an argument of the function?")

mistake(batch_norm_backward, "root forgotten",
    "np.sqrt(var + epsilon)", "(var + epsilon)",
    says="You divided by the variance; it is its root, the standard deviation.",
    hint="By what was divided on the way forward?")

mistake(batch_norm_backward, "gamma forgotten",
    "gamma / np.sqrt", "1 / np.sqrt",
    says="Your dZ lacks the factor gamma.",
    hint="The first rung of the way back is the product with gamma.")

mistake(batch_norm_backward, "not divided by the standard deviation",
    "gamma / np.sqrt(var + epsilon)", "gamma",
    says="Your dZ lacks the division by the standard deviation.",
    hint="On the way forward the unit was divided by s. What becomes of that factor on the way back?")

mistake(batch_norm_backward, "dgamma without Z_norm",
    "np.mean(dZ_tilde * Z_norm, axis=1, keepdims=True)", "np.mean(dZ_tilde, axis=1, keepdims=True)",
    says="Your dgamma is the mean of dZ_tilde alone, without Z_norm; that is dbeta.",
    hint="By what is gamma multiplied on the way forward?")

mistake(batch_norm_backward, "dgamma with gamma",
    "np.mean(dZ_tilde * Z_norm, axis=1, keepdims=True)", "np.mean(gamma * dZ_tilde * Z_norm, axis=1, keepdims=True)",
    "(dZ_tilde - dbeta - Z_norm * dgamma)", "(dZ_tilde - dbeta - Z_norm * dgamma / gamma)",
    says="Your dgamma has gamma as a factor; the derivative of gamma times something is the something.",
    hint="Differentiate gamma * Z_norm + beta with respect to gamma.")

mistake(batch_norm_backward, "over the units",
    "np.mean(dZ_tilde * Z_norm, axis=1, keepdims=True)", "np.mean(dZ_tilde * Z_norm, axis=0, keepdims=True)",
    "np.mean(dZ_tilde, axis=1, keepdims=True)", "np.mean(dZ_tilde, axis=0, keepdims=True)",
    says="You took means over the units; they are over the examples, for each unit.",
    hint="Which shape has gamma, and which has your dgamma?")

mistake(batch_norm_backward, "dbeta added",
    "dZ_tilde - dbeta", "dZ_tilde + dbeta",
    says="You added dbeta to dZ_tilde; both corrections are taken off.",
    hint="What should the sum of dZ over the batch be?")

mistake(batch_norm_backward, "sign of the corrections",
    "(dZ_tilde - dbeta - Z_norm * dgamma)", "(dZ_tilde + dbeta + Z_norm * dgamma)",
    says="You added the two corrections to dZ_tilde; they are taken off.",
    hint="What should the sum of dZ over the batch be?")


# 8 · A deep net with it ----------------------------------------------------------------------------------------------


def normalized_net(seed, *layers_dims, m):
    """X, parameters and running averages of a net with batch norm."""
    randn = draws(seed)
    parameters, running = {}, []
    L = len(layers_dims) - 1
    for l in range(1, L + 1):
        n = layers_dims[l]
        parameters[f"W{l}"] = randn(n, layers_dims[l - 1])
        if l < L:
            parameters |= {f"gamma{l}": randn(n, 1), f"beta{l}": randn(n, 1)}
            running.append(averages(seed + l, n))
        else:
            parameters[f"b{l}"] = randn(n, 1)
    return randn(layers_dims[0], m), parameters, running


forward_propagation_with_batch_norm = question(
    "forward_propagation_with_batch_norm",
    visible(  # of one size, so that what belongs to the other layer gives other values, and no error
        "two hidden layers of one size, in training",
        *(*normalized_net(240, 2, 3, 3, 4, m=5), True, within(0.6, 0.5, 0.8), LARGE), **OTHER,
    ),
    visible(
        "two hidden layers, in use", *(*normalized_net(300, 3, 4, 2, 3, m=5), False, within(0.6, 0.5, 0.8), LARGE), **OTHER
    ),
    visible("no hidden layer", *normalized_net(180, 3, 2, m=4), True, edge=True, **OTHER),
    visible("in training, the old averages untouched", *normalized_net(200, 2, 4, 3, m=3), True, **OTHER, **UNTOUCHED),
    hidden(
        "two hidden layers, in training",
        *(*normalized_net(210, 3, 2, 4, 3, m=5), True, within(0.7, 0.5, 0.8), LARGE), **OTHER,
    ),
    hidden("one example, three hidden layers, in use", *normalized_net(370, 4, 3, 5, 2, 3, m=1), False, edge=True, **OTHER),
    hidden("three hidden layers, defaults", *normalized_net(230, 2, 3, 4, 3, 2, m=6), True, **OTHER),
    section=S8,
    hints=(
        "Z first. Then one of two ways to Z_tilde, by `training`; one of them leaves something in `caches` and in `now`. Then ReLU.",
        "Three of your functions are called, each with all that it needs: epsilon and momentum, too. Layer l has its place "
        "l - 1 in the lists.",
    ),
)

forward = forward_propagation_with_batch_norm

mistake(forward, "always as in training",
    "if training:", "if True:",
    says="You take the statistics of the batch in use as well; the argument training is not asked.",
    hint="What would a single example give with your function?")

mistake(forward, "always as in use",
    "if training:", "if False:",
    says="You take the running averages in training as well; the argument training is not asked.",
    hint="When would the running averages ever learn anything?")

mistake(forward, "training and use exchanged",
    "if training:", "if not training:",
    says="You exchanged training and use.",
    hint="In which of the two is there a batch whose statistics one can take?")

mistake(forward, "running averages not updated",
    'now[l - 1] = update_running_averages(running[l - 1], cache["mu"], cache["var"], momentum)\n', "pass\n",
    says="The running averages that you return are the old ones, in training too.",
    hint="What should happen to `now` when a batch has been seen?")

mistake(forward, "ReLU left out",
    "A = np.maximum(0, Z_tilde)", "A = Z_tilde",
    says="There is no ReLU after batch norm in your hidden layers.",
    hint="Without an activation, what are three layers worth?")

mistake(forward, "ReLU before batch norm",
    'parameters[f"W{l}"] @ A\n        if', 'np.maximum(0, parameters[f"W{l}"] @ A)\n        if',
    "A = np.maximum(0, Z_tilde)", "A = Z_tilde",
    says="You applied ReLU before batch norm; here it comes after it.",
    hint="Between which two does batch norm stand, in section 5?")

mistake(forward, "ReLU of Z",
    "A = np.maximum(0, Z_tilde)", "A = np.maximum(0, Z)",
    says="You applied ReLU to Z; what batch norm gave is not used.",
    hint="Which of Z and Z_tilde goes on to the next layer?")

mistake(forward, "epsilon not handed on",
    "batch_norm_forward(Z, gamma, beta, epsilon)", "batch_norm_forward(Z, gamma, beta)",
    "batch_norm_inference(Z, gamma, beta, running[l - 1], epsilon)", "batch_norm_inference(Z, gamma, beta, running[l - 1])",
    says="You do not hand epsilon on to the functions that you call.",
    hint="They have a default of their own. Which value should they get?")

mistake(forward, "momentum not handed on",
    'cache["var"], momentum)', 'cache["var"])',
    says="You do not hand momentum on to update_running_averages.",
    hint="It has a default of its own. Which value should it get?")

mistake(forward, "averages of the first layer for all",
    "update_running_averages(running[l - 1]", "update_running_averages(running[0]",
    "batch_norm_inference(Z, gamma, beta, running[l - 1], epsilon)", "batch_norm_inference(Z, gamma, beta, running[0], epsilon)",
    says="All your layers use the running averages of the first one.",
    hint="`running` is a list. Where in it are those of layer l?")

mistake(forward, "scale and shift of the first layer for all",
    'gamma, beta = parameters[f"gamma{l}"], parameters[f"beta{l}"]', 'gamma, beta = parameters["gamma1"], parameters["beta1"]',
    also=[
        ('gamma, beta = parameters[f"gamma{l}"], parameters[f"beta{l}"]', 'gamma, beta = parameters["gamma1"], parameters[f"beta{l}"]'),
        ('gamma, beta = parameters[f"gamma{l}"], parameters[f"beta{l}"]', 'gamma, beta = parameters[f"gamma{l}"], parameters["beta1"]'),
    ],
    says="All your layers use gamma or beta of the first one.",
    hint="Which names have gamma and beta of layer l in `parameters`?")

mistake(forward, "all new averages in the first place",
    "now[l - 1] = update", "now[0] = update",
    says="Each layer's new averages go into the first place of `now`, so the last layer's are there and the others are the old ones.",
    hint="`now` is a list. Where in it do those of layer l belong?")

mistake(forward, "X in place of A_previous",
    '"A_previous": A,', '"A_previous": X,',
    says="A_previous in each of your caches is X; that is what the first layer gets, and only the first.",
    hint="What goes into layer 2?")

mistake(forward, "A in place of A_previous",
    'caches.append({"A_previous": A, "Z_tilde": Z_tilde, **cache})',
    'caches.append({"A_previous": np.maximum(0, Z_tilde), "Z_tilde": Z_tilde, **cache})',
    says="A_previous in your cache is what the layer gives; it should be what the layer gets.",
    hint="By what is W multiplied? dW needs just that.")

mistake(forward, "Z_tilde not in the cache",
    '"Z_tilde": Z_tilde, **cache', '"Z_tilde": Z, **cache',
    says="Z_tilde in your cache is Z, before batch norm.",
    hint="ReLU was applied to Z_tilde. What does its derivative need?")

mistake(forward, "cache of batch norm left out",
    ', "Z_tilde": Z_tilde, **cache', ', "Z_tilde": Z_tilde',
    says="Your caches lack Z_norm, mu and var, which batch_norm_backward needs.",
    hint="What does batch_norm_forward return besides Z_tilde?")

mistake(forward, "old running averages written into",
    'now[l - 1] = update_running_averages(running[l - 1], cache["mu"], cache["var"], momentum)',
    'now[l - 1] = running[l - 1] = update_running_averages(running[l - 1], cache["mu"], cache["var"], momentum)',
    says="Your values are right, but you wrote the new averages into the old list as well; it should stay as it was.",
    hint="`now` is the new list. Which one should be as before?")

mistake(forward, "written out again",
    "Z_tilde, cache = batch_norm_forward(Z, gamma, beta, epsilon)",
    'cache = {"mu": np.mean(Z, axis=1, keepdims=True), "var": np.var(Z, axis=1, keepdims=True)}\n'
    '            cache["Z_norm"] = (Z - cache["mu"]) / np.sqrt(cache["var"] + epsilon)\n'
    '            Z_tilde = gamma * cache["Z_norm"] + beta',
    'update_running_averages(running[l - 1], cache["mu"], cache["var"], momentum)',
    '{k: momentum * running[l - 1][k] + (1 - momentum) * cache[k] for k in ("mu", "var")}',
    "batch_norm_inference(Z, gamma, beta, running[l - 1], epsilon)",
    'gamma * (Z - running[l - 1]["mu"]) / np.sqrt(running[l - 1]["var"] + epsilon) + beta',
    says="You wrote batch norm out again. Call your three functions: in this check others take their place.",
    hint="Which functions of sections 5 and 6 do the work?")
