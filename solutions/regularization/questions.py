"""What is asked in notebook.py: cases and named mistakes of the five graded functions."""

import numpy as np

from autograde.authoring.questions import (
    drawn,
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
from helpers.nets import forward_propagation, relu, sigmoid


def _labels(seed: int, m: int) -> np.ndarray:
    """Zeros and ones, shape (1, m), not all alike where m > 1."""
    return (np.arange(m).reshape(1, m) * 7 + seed) % 3 % 2


def _outputs(seed: int, m: int) -> np.ndarray:
    """Outputs of a net, shape (1, m), strictly between 0 and 1."""
    return np.round(sigmoid(draws(seed)(1, m)), 6)


def _net(seed: int, *layers_dims: int, m: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Inputs X, labels Y and the parameters of a net with three layers."""
    return draws(seed + 100)(layers_dims[0], m), _labels(seed, m), net_parameters(seed, *layers_dims, scale=0.8)


def each(*layers: int, old: str, new: str) -> list[str]:
    """One edit in each of these layers, whose numbers take the place of #."""
    return [text.replace("#", str(l)) for l in layers for text in (old, new)]


# --- 3 · compute_cost_with_regularization


def _cost_case(seed: int, *layers_dims: int, m: int, lambd: float) -> tuple:
    return _outputs(seed, m), _labels(seed, m), net_parameters(seed, *layers_dims), lambd


compute_cost_with_regularization = question(
    "compute_cost_with_regularization",
    visible("lambd 0.7, 6 examples", *_cost_case(1, 3, 4, 2, 1, m=6, lambd=0.7)),
    visible("lambd 2, 5 examples", *_cost_case(2, 2, 5, 3, 1, m=5, lambd=2.0)),
    visible("lambd 0: only the cross-entropy is left", *_cost_case(3, 4, 3, 2, 1, m=7, lambd=0.0), edge=True),
    hidden("another lambd and other sizes", *_cost_case(4, 5, 2, 6, 1, m=9, lambd=within(0.3, 0.2, 0.6))),
    hidden("a single example", *_cost_case(5, 3, 2, 4, 1, m=1, lambd=within(1.5, 1.1, 1.9)), edge=True),
    hidden("a very large lambd", *_cost_case(6, 2, 3, 5, 1, m=4, lambd=within(250.0, 100.0, 400.0))),
    hidden("more examples than weights", *_cost_case(7, 1, 2, 3, 1, m=40, lambd=within(5.0, 3.0, 8.0))),
    section="3 · A price on large weights",
    hints=(
        "The first part of the cost is there already. What is missing is one number, made of three matrices, "
        "lambd and m.",
        "Work it out by hand where W1, W2 and W3 are [[1.]], [[2.]] and [[3.]], lambd is 1 and m is 2: the L2 "
        "term is 3.5.",
    ),
)

mistake(compute_cost_with_regularization, "L2 term not divided by m",
    "(2 * m)", "2",
    says="Your L2 term is lambd / 2 times the sum of squares: it is not divided by the number of examples m, or your m "
    "is 1.",
    hint="Both parts of the cost are means over the examples. What stands below the fraction before the sums, and which "
    "number of Y's shape is m?")

mistake(compute_cost_with_regularization, "factor 1/2 of the L2 term forgotten",
    "(2 * m)", "m",
    says="Your L2 term is twice as large as the formula says: lambd / m instead of lambd / (2 m).",
    hint="The half is there so that the derivative of the square comes out without a 2.")

mistake(compute_cost_with_regularization, "multiplied by m",
    "(2 * m)", "2 * m",
    says="Your L2 term is multiplied by m instead of divided by it.",
    hint="Is there a / 2 * m in your code? In which order does Python work out a / 2 * b?")

mistake(compute_cost_with_regularization, "biases regularized too",
    "(W1, W2, W3)", "parameters.values()",
    says="Your sum of squares runs over the biases as well; the formula has the weights only.",
    hint="Go through the formula: which letters are under the sum, and which are not?")

mistake(compute_cost_with_regularization, "absolute values: L1 instead of L2",
    "np.square", "np.abs",
    says="You added up the absolute values of the weights (L1); L2 adds up their squares.",
    hint="How much should a weight of -3 add to the sum, and how much does it add in yours?")

mistake(compute_cost_with_regularization, "norms not squared",
    "np.sum(np.square(W))", "np.linalg.norm(W)",
    says="You added up the norms of the weight matrices; their squares are wanted.",
    hint="np.linalg.norm ends with a square root. The formula has the norm squared.")

mistake(compute_cost_with_regularization, "cross-entropy left out",
    "cross_entropy + ", "",
    says="You returned the L2 term alone; the cross-entropy has to be added to it.",
    hint="The regularized cost has two parts, and the first one is given.")


# --- 4 · backward_propagation_with_regularization


def _backward_case(seed: int, *layers_dims: int, m: int, lambd: float) -> tuple:
    X, Y, parameters = _net(seed, *layers_dims, m=m)
    return X, Y, rounded(forward_propagation(X, parameters)[1]), lambd


backward_propagation_with_regularization = question(
    "backward_propagation_with_regularization",
    visible("lambd 0.7, 5 examples", *_backward_case(11, 3, 4, 2, 1, m=5, lambd=0.7)),
    visible("lambd 3, 6 examples", *_backward_case(12, 2, 3, 4, 1, m=6, lambd=3.0)),
    visible("lambd 0: the usual gradient", *_backward_case(13, 4, 2, 3, 1, m=7, lambd=0.0), edge=True),
    hidden("another lambd and other sizes", *_backward_case(14, 5, 3, 2, 1, m=8, lambd=within(0.25, 0.2, 0.6))),
    hidden("a single example", *_backward_case(15, 2, 4, 3, 1, m=1, lambd=within(1.2, 1.1, 1.9)), edge=True),
    hidden("a very large lambd", *_backward_case(16, 3, 2, 5, 1, m=4, lambd=within(90.0, 50.0, 200.0))),
    hidden("one unit in a layer", *_backward_case(17, 2, 5, 1, 1, m=3, lambd=within(0.6, 0.3, 0.9)), edge=True),
    hidden("more examples than weights", *_backward_case(18, 1, 2, 3, 1, m=25, lambd=within(2.0, 1.0, 4.0))),
    section="4 · The gradient of the price: weight decay",
    hints=(
        "Three lines change, and each has the usual gradient in it, plus what the L2 term adds.",
        "What the L2 term adds to the gradient of one weight depends on that weight, on lambd and on m. "
        "Differentiate it on paper for one w.",
    ),
    equivalent=(each(2, 1, old="(Z# > 0)", new="(A# > 0)"),),
)

mistake(backward_propagation_with_regularization, "lambd not divided by m",
    *each(3, 2, 1, old="lambd / m * W#", new="lambd * W#"),
    says="You added lambd * W to the gradient; the division by the number of examples m is missing.",
    hint="Differentiate lambd / (2 m) times W squared. What is left of the fraction?")

mistake(backward_propagation_with_regularization, "2m below the fraction, as in the cost",
    *each(3, 2, 1, old="m * W#", new="(2 * m) * W#"),
    says="You added lambd / (2 m) * W; the derivative of the square cancels the 2.",
    hint="The derivative of a square brings a factor 2 down. What does it do to the 2 in the cost?")

mistake(backward_propagation_with_regularization, "lambd / m left out",
    *each(3, 2, 1, old="lambd / m * W#", new="W#"),
    says="You added W itself to the gradient; its factor lambd / m is missing.",
    hint="How strong is the price in your gradient? Which of the arguments should say so?")

mistake(backward_propagation_with_regularization, "biases regularized too",
    *each(3, 2, 1, old="db# =", new="db# = lambd / m * b# +"),
    says="You added a term to the gradients of the biases; b1, b2 and b3 are not in the L2 term.",
    hint="Which parameters stand in the L2 term of the cost? Only their gradients change.")

mistake(backward_propagation_with_regularization, "L2 term subtracted",
    *each(3, 2, 1, old="+ lambd / m * W#", new="- lambd / m * W#"),
    says="You subtracted lambd / m * W from the gradient, which makes the weights grow; it has to be added.",
    hint="The L2 term is added to the cost, so its derivative is added to the gradient. Descent subtracts later.")

mistake(backward_propagation_with_regularization, "no L2 term at all",
    *each(3, 2, 1, old=" + lambd / m * W#", new=""),
    says="Your gradients are those of the cross-entropy alone; the derivative of the L2 term is missing.",
    hint="Descent looks at the gradients only. If they do not know about the price, nothing changes.")

mistake(backward_propagation_with_regularization, "the cost term itself added instead of its derivative",
    *each(3, 2, 1, old="m * W#", new="(2 * m) * np.square(W#)"),
    says="You added the squares of the weights to the gradient; the derivative of the squares is wanted.",
    hint="What is the derivative of w squared with respect to w?")


# --- 5 · forward_propagation_with_dropout


def _forward_case(seed: int, *layers_dims: int, m: int) -> tuple:
    X, _, parameters = _net(seed, *layers_dims, m=m)
    return X, parameters


forward_propagation_with_dropout = question(
    "forward_propagation_with_dropout",
    visible("keep_prob 0.7, seed 3", *_forward_case(21, 3, 4, 2, 1, m=5), 0.7, within(3, 2, 9999)),
    visible("keep_prob left at its default", *_forward_case(22, 2, 6, 3, 1, m=4)),
    visible("keep_prob 1: nothing is dropped", *_forward_case(23, 4, 2, 5, 1, m=3), 1.0, edge=True),
    hidden("another keep_prob and other sizes", *_forward_case(24, 5, 7, 4, 1, m=6), within(0.86, 0.75, 0.9)),
    hidden("most units dropped", *_forward_case(25, 2, 8, 5, 1, m=9), within(0.25, 0.2, 0.35)),
    hidden("another seed", *_forward_case(26, 3, 5, 4, 1, m=7), 0.6, within(12, 2, 9999)),
    hidden("a single example", *_forward_case(27, 4, 6, 7, 1, m=1), within(0.8, 0.6, 0.85), edge=True),
    hidden("one unit in a layer", *_forward_case(28, 2, 1, 3, 1, m=8), 0.75, within(3, 2, 9999), edge=True),
    section="5 · Dropout: units that are sometimes missing",
    hints=(
        "Two steps after each hidden layer: draw a table of True and False as large as the activations, then use "
        "it on them.",
        "With keep_prob 0.8 the table should be True in about 80 % of its entries, and the mean of the "
        "activations should stay about the same. Print both.",
    ),
)

mistake(forward_propagation_with_dropout, "randn instead of rand",
    *each(1, 2, old="rand(*A#", new="randn(*A#"),
    says="You drew the masks from a normal distribution (randn); the uniform one on 0 to 1 (rand) is needed.",
    hint="For which of the two is the chance to lie below keep_prob exactly keep_prob?")

mistake(forward_propagation_with_dropout, "no division by keep_prob",
    *each(1, 2, old="D# / keep_prob", new="D#"),
    says="You masked the units but did not divide by keep_prob, so that the signal gets weaker in training.",
    hint="Some of the signal is gone. By which factor must the rest grow, so that the mean stays the same?")

mistake(forward_propagation_with_dropout, "kept and dropped swapped",
    *each(1, 2, old="A#.shape) <", new="A#.shape) >"),
    says="Your masks are True where the number is above keep_prob, so that units stay with chance 1 - keep_prob.",
    hint="keep_prob is the chance to stay. Where does a uniform number lie with that chance?")

mistake(forward_propagation_with_dropout, "one mask for all examples",
    *each(1, 2, old="*A#.shape", new="A#.shape[0], 1"),
    says="You drew one number for each unit, so that a unit is missing for all examples at once.",
    hint="A mask needs as many numbers as the activations: one for each unit and each example.")

mistake(forward_propagation_with_dropout, "multiplied by keep_prob",
    *each(1, 2, old="D# /", new="D# *"),
    says="You multiplied the kept activations by keep_prob; they have to be divided by it.",
    hint="With half of the units gone, should the others become larger or smaller?")

mistake(forward_propagation_with_dropout, "mask drawn but not used",
    *each(1, 2, old="* D# ", new=""),
    also=[each(1, 2, old="    A# = A# * D# / keep_prob\n", new="")],
    says="You drew the masks, but the activations are not multiplied by them.",
    hint="Look at A1 in your cache: is it zero where D1 is False?")

mistake(forward_propagation_with_dropout, "dropout after layer 1 alone",
    *each(2, old=" * D# / keep_prob", new=""),
    says="No mask changes your A2: there is dropout after layer 1 alone.",
    hint="Compare your lines for layer 2 with those for layer 1. Which step is missing?")

mistake(forward_propagation_with_dropout, "dropout after layer 2 alone",
    *each(1, old=" * D# / keep_prob", new=""),
    says="No mask changes your A1: there is dropout after layer 2 alone.",
    hint="Compare your lines for layer 1 with those for layer 2. Which step is missing?")

mistake(forward_propagation_with_dropout, "seed set again before the second mask",
    *each(2, old="D# = np", new="np.random.seed(seed)\n    D# = np"),
    says="Your mask of layer 2 begins with the same numbers as that of layer 1, as it does where the seed is set again.",
    hint="What does setting a seed do to the numbers that come next?")

mistake(forward_propagation_with_dropout, "seed not used",
    "np.random.seed(seed)", "np.random.seed(1)",
    also=[("    np.random.seed(seed)\n", "")],
    says="Your masks do not depend on the argument seed.",
    hint="Which value arrives as the argument seed, and where does your function use it?")


# --- 6 · backward_propagation_with_dropout


def _dropout_case(seed: int, *layers_dims: int, m: int, keep_prob: float) -> tuple:
    """Arguments X, Y, cache, keep_prob; the masks come from a stream that no student's function draws from."""
    X, Y, parameters = _net(seed, *layers_dims, m=m)
    rng = stream(seed + 200, same_in_twins=True)
    A, cache = X, []
    for l in (1, 2, 3):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        Z = W @ A + b
        if l == 3:
            A = sigmoid(Z)
            cache += [Z, A, W, b]
        else:
            D = rng.rand(*Z.shape) < keep_prob
            A = relu(Z) * D / keep_prob
            cache += [Z, D, A, W, b]
    return X, Y, rounded(tuple(cache)), keep_prob


backward_propagation_with_dropout = question(
    "backward_propagation_with_dropout",
    visible("keep_prob 0.8, 5 examples", *_dropout_case(31, 3, 4, 2, 1, m=5, keep_prob=0.8)),
    visible("keep_prob 0.5, 6 examples", *_dropout_case(32, 2, 5, 3, 1, m=6, keep_prob=0.5)),
    visible("keep_prob 1: nothing was dropped", *_dropout_case(33, 4, 3, 2, 1, m=7, keep_prob=1.0), edge=True),
    hidden("another keep_prob and other sizes", *_dropout_case(34, 5, 6, 4, 1, m=8, keep_prob=within(0.86, 0.75, 0.9))),
    hidden("most units dropped", *_dropout_case(35, 2, 8, 6, 1, m=9, keep_prob=within(0.3, 0.25, 0.4))),
    hidden("a single example", *_dropout_case(36, 3, 7, 5, 1, m=1, keep_prob=within(0.7, 0.6, 0.85)), edge=True),
    hidden("one unit in a layer", *_dropout_case(37, 2, 4, 1, 1, m=10, keep_prob=within(0.6, 0.55, 0.75)), edge=True),
    section="6 · Backward through the same mask",
    hints=(
        "Write the two lines of the forward pass that made A1 out of relu(Z1). What is the derivative of the one "
        "by the other?",
        "The backward pass draws nothing. All that it needs is in the cache and in keep_prob.",
    ),
    equivalent=(each(2, 1, old="(Z# > 0)", new="(A# > 0)"),),
)

mistake(backward_propagation_with_dropout, "mask not applied backward",
    *each(2, 1, old=" * D#", new=""),
    says="You divided by keep_prob but did not multiply by the masks, so that dropped units get a gradient.",
    hint="A unit that was absent had no effect on the cost. What is its gradient?")

mistake(backward_propagation_with_dropout, "as if nothing had been dropped",
    *each(2, 1, old=" * D# / keep_prob", new=""),
    says="You used neither the masks nor keep_prob: this is the backward pass of a net without dropout.",
    hint="Which steps did the forward pass add after each ReLU? Each of them has a derivative.")

mistake(backward_propagation_with_dropout, "no division by keep_prob",
    *each(2, 1, old="D# / keep_prob", new="D#"),
    says="You applied the masks but did not divide by keep_prob, which the forward pass did.",
    hint="Forward, A was multiplied by D and by 1 / keep_prob. The chain rule keeps both factors.")

mistake(backward_propagation_with_dropout, "mask of layer 1 left out",
    *each(1, old=" * D# / keep_prob", new=""),
    says="You used D2 in dA2, but dA1 is left as it is without dropout.",
    hint="The forward pass changed A1 in two ways after its ReLU. Which of them are in your dA1?")

mistake(backward_propagation_with_dropout, "mask of layer 2 left out",
    *each(2, old=" * D# / keep_prob", new=""),
    says="You used D1 in dA1, but dA2 is left as it is without dropout.",
    hint="The forward pass changed A2 in two ways after its ReLU. Which of them are in your dA2?")

mistake(backward_propagation_with_dropout, "masks drawn again",
    *each(2, 1, old="* D#", new="* (np.random.rand(*A#.shape) < keep_prob)"),
    says="You drew new masks; the gradient needs those of the forward pass, which are in the cache.",
    hint="The units that were missing on the way forward must be missing on the way back. Where are their masks?")

mistake(backward_propagation_with_dropout, "activations taken for the mask",
    *each(2, 1, old="* D#", new="* A#"),
    says="You multiplied the gradient by the activations A; the mask D is wanted.",
    hint="The mask is True or False. Which name in the cache is that?")

mistake(backward_propagation_with_dropout, "multiplied by keep_prob",
    *each(2, 1, old="D# /", new="D# *"),
    says="You multiplied the gradient by keep_prob; the forward pass divided by it, and so must the backward pass.",
    hint="Forward, the kept activations were divided by keep_prob. The derivative of a / k with respect to a "
    "is 1 / k.")


# --- 7 · normalize_inputs


def _features(seed: int, m: int, *ranges: tuple[float, float]) -> np.ndarray:
    """A table (n_x, m) whose feature j has about mean ranges[j][0] and standard deviation ranges[j][1]."""
    mean, deviation = np.array(ranges).T.reshape(2, -1, 1)
    return np.round(mean + deviation * draws(seed)(len(ranges), m), 3)


CONSTANT = drawn(7.0, lambda rng: 0.0)  # no other is constant once it is nudged, see asking._is_clear
normalize_inputs = question(
    "normalize_inputs",
    visible("two features, 6 examples", _features(41, 6, (50, 20), (0.5, 0.1))),
    visible("three features, 3 examples", _features(42, 3, (-3, 2), (8, 5), (0.2, 0.3))),
    visible("a constant feature", np.vstack([np.full((1, 4), CONSTANT), _features(43, 4, (2, 3))]), edge=True),
    hidden("other sizes", _features(44, 12, (300, 80), (-2, 0.4), (10, 3))),
    hidden("one feature", _features(45, 7, (4, 9)), edge=True),
    hidden("as many features as examples", _features(46, 4, (1, 2), (-20, 6), (5, 0.5), (0, 3))),
    hidden("a single example", _features(47, 1, (3, 1), (-1, 2), (6, 2), (0, 1)), edge=True),
    hidden(
        "a feature that is 0 everywhere", np.vstack([_features(48, 5, (9, 4), (-5, 2)), np.zeros((1, 5))]), edge=True
    ),
    section="7 · Features of one size",
    hints=(
        "Each feature is a row. For each row you need two numbers, in the shape of a column, so that they fit all"
        " examples.",
        "Look at a feature that has the same value in all examples: what are its two numbers, and what would the "
        "formula do with them?",
    ),
)

CONSTANTS_UNTREATED = "    sigma[constant] = 1\n", ""

mistake(normalize_inputs, "divided by the variance",
    "np.std", "np.var",
    also=[("np.std", "np.var", *CONSTANTS_UNTREATED)],
    says="You divided by the variance; a feature divided by s gets its variance divided by the square of s.",
    hint="If a feature is in metres, its variance is in square metres. What has the unit of the feature?")

mistake(normalize_inputs, "constant features not treated",
    *CONSTANTS_UNTREATED,
    says="A feature that never changes has standard deviation 0, and you divided by it.",
    hint="What is 0 / 0? The docstring says what to do with a feature that never changes.")

mistake(normalize_inputs, "mean over the wrong axis",
    "np.mean(X, axis=1", "np.mean(X, axis=0",
    "np.std(X, axis=1", "np.std(X, axis=0",
    "sigma[constant]", "sigma[sigma == 0]",
    also=[("np.mean(X, axis=1", "np.mean(X, axis=0", "np.std(X, axis=1", "np.std(X, axis=0", *CONSTANTS_UNTREATED)],
    says="You took mean and deviation of each example over its features; each feature has its own, over the examples.",
    hint="Examples are columns. A mean over the examples runs along a row: which axis is that?")

mistake(normalize_inputs, "one mean for the whole table",
    "np.mean(X, axis=1, keepdims=True)", "np.mean(X)",
    "np.std(X, axis=1, keepdims=True)", "np.std(X)",
    *CONSTANTS_UNTREATED,
    says="You took one mean and one deviation of all numbers together; every feature needs its own.",
    hint="How many means do n_x features have? Think of axis.")

mistake(normalize_inputs, "mean not subtracted",
    "(X - mu) / sigma\n", "X / sigma\n",
    also=[("(X - mu) / sigma\n", "X / sigma\n", *CONSTANTS_UNTREATED)],
    says="You divided by the deviation but did not subtract the mean first.",
    hint="After this step every feature should have mean 0. What is it now?")

mistake(normalize_inputs, "m - 1 instead of m",
    "np.std(X, axis=1", "np.std(X, ddof=min(1, X.shape[1] - 1), axis=1",
    also=[
        ("np.std(X, axis=1", "np.std(X, ddof=1, axis=1"),
        ("np.std(X, axis=1", "np.std(X, ddof=1, axis=1", *CONSTANTS_UNTREATED),
    ],
    says="You divided the sum of squares by m - 1; the formula here has m, so that the variance comes "
    "out as exactly 1.",
    hint="The formula divides the sum of squares by m, which is NumPy's default. Is there a ddof in your code?")

mistake(normalize_inputs, "axis not kept",
    "np.mean(X, axis=1, keepdims=True)", "np.mean(X, axis=1)",
    "np.std(X, axis=1, keepdims=True)", "np.std(X, axis=1)",
    also=[(
        "np.mean(X, axis=1, keepdims=True)", "np.mean(X, axis=1)",
        "np.std(X, axis=1, keepdims=True)", "np.std(X, axis=1)",
        *CONSTANTS_UNTREATED,
    )],
    says="Your mean and deviation have shape (n_x,), which NumPy takes for a row; they should be columns, of shape "
    "(n_x, 1).",
    hint="Which argument of np.mean and np.std keeps the axis over which they go?")
