"""Cases and known mistakes of the assignment on deep networks.

No z is ever exactly 0, where slopes are a matter of taste. State is never 0 but in the cases of a first step: from zeros, plain
momentum and Nesterov with the wrong sign come to the same. AdaGrad's epsilon may stand inside the root or outside, so in its
cases it makes less difference than the tolerance; Adadelta's may not, and there it is large enough to be seen.
"""

import numpy as np

from autograde.authoring.questions import (
    drawn,
    draws,
    hidden,
    mistake,
    net_parameters,
    question,
    stream,
    visible,
    within,
)

UNTOUCHED = {"adapter": "helpers.adapters.with_inputs_untouched"}
OTHER = {"stubs": "helpers.stubs.OTHER_GRADIENT"}

S1, S2, S4 = "1 · Flat ends, dead units", "2 · A little slope", "4 · Too much at once"
S6, S7, S8 = "6 · Look ahead", "7 · A rate for each weight", "8 · Rates that fall"


def away(seed, n, m, scale=1.0):
    """z of n units for m examples, of both signs, none nearer to 0 than 0.15 times the scale."""
    values = draws(seed)(n, m)
    signs = np.where((np.arange(n)[:, None] + np.arange(m)) % 3 == 0, -1, 1)  # some of each, whatever is drawn
    return np.round(scale * signs * (np.abs(values) + 0.2), 6)


# 1 · Flat ends, dead units -------------------------------------------------------------------------------------------


def outputs(seed, n, m):
    """Outputs of a ReLU layer of four units or more: some dead, one that is 0 for the first example, one that is nearly dead."""
    rng = stream(seed)
    A = np.round(0.1 + np.abs(rng.randn(n, m)), 6) * (rng.rand(n, m) < 0.7)
    kinds = rng.permutation(n)
    alive = kinds[: 3 if n < 6 else rng.randint(3, n - 1)]
    A[np.arange(n), rng.randint(1, max(m, 2), n) % m] = 0.5
    A[alive[0], 0] = 0.0 if m > 1 else 0.7
    A[alive[1], 0], A[alive[1], m - 1] = 1.2, (0.0 if m > 1 else 1.2)
    A[alive[2]] = np.round(0.004 * (1 + rng.rand(m)), 6)
    A[np.setdiff1d(kinds, alive)] = 0.0
    return A


dead_units = question(
    "dead_units",
    visible("five units, four examples", outputs(10, 5, 4)),
    visible("six units, three examples", outputs(11, 6, 3)),
    visible("a single example", outputs(12, 7, 1), edge=True),
    hidden("four units", outputs(13, 4, 5)),
    hidden("many units", outputs(14, within(30, 25, 40), 6)),
    hidden("many examples", outputs(15, 8, within(50, 40, 60))),
    hidden("a single example, more units", outputs(16, 9, 1), edge=True),
    section=S1,
    hints=(
        "Compare with 0 first, which gives True and False in the shape of A. Then one answer for each row.",
        "A unit that is 0 for some examples is alive. Which function of NumPy asks whether *all* of a row are true?",
    ),
)

mistake(dead_units, "for any example",
    "np.all(", "np.any(",
    says="You call a unit dead if it answers 0 to some example. It is dead if it answers 0 to all.",
    hint="A ReLU unit that is 0 now and then is at work: it tells examples apart.")

mistake(dead_units, "over the units",
    "axis=1", "axis=0",
    says="You asked each example whether all units are 0; it is each unit that is asked, over the examples.",
    hint="A unit is a row of A. How many answers should there be?")

mistake(dead_units, "living units",
    "np.all(A == 0, axis=1)", "np.any(A > 0, axis=1)",
    says="You marked the units that are alive.",
    hint="What should be True: that a unit answers, or that it never does?")

mistake(dead_units, "first example only",
    "np.all(A == 0, axis=1)", "A[:, 0] == 0",
    says="You looked at the first example only.",
    hint="The unit may be 0 there and answer to the next one.")

mistake(dead_units, "share of zeros",
    "np.all(", "np.mean(",
    says="You returned the share of examples to which a unit answers 0, and not whether that is all of them.",
    hint="Which share has a dead unit?")

mistake(dead_units, "as a column",
    "axis=1", "axis=1, keepdims=True",
    says="Your answers stand in a column, shape (n, 1); asked for is shape (n,).",
    hint="What does keepdims=True do?")

mistake(dead_units, "nearly 0 counts as 0",
    "A == 0", "A < 0.01",
    says="You call a unit dead whose outputs are small. As long as it answers at all, it has a slope.",
    hint="ReLU gives exactly 0 where it is flat. With what do you compare?")

mistake(dead_units, "numbers of the units",
    "np.all(A == 0, axis=1)", "np.flatnonzero(np.all(A == 0, axis=1))",
    says="You returned the numbers of the dead units; asked for is True or False for each unit.",
    hint="The result has as many entries as there are units.")

mistake(dead_units, "how many",
    "np.all(A == 0, axis=1)", "np.sum(np.all(A == 0, axis=1))",
    says="You counted the dead units; asked for is True or False for each unit.",
    hint="The result has as many entries as there are units.")


# 2 · A little slope --------------------------------------------------------------------------------------------------

leaky_relu = question(
    "leaky_relu",
    visible("three units, five examples", away(20, 3, 5), within(0.3, 0.15, 0.45)),
    visible("alpha left out", away(21, 2, 4)),
    visible("alpha of 0", away(22, 4, 2), 0.0, edge=True),
    hidden("alpha of 1", away(23, 3, 2), 1.0, edge=True),
    hidden("one unit", away(24, 1, 6), within(0.2, 0.1, 0.4)),
    hidden("a single example", away(25, 5, 1), within(0.25, 0.1, 0.4), edge=True),
    hidden("large numbers", away(26, 4, 3, scale=100.0), within(0.05, 0.02, 0.2)),
    section=S2,
    hints=(
        "`np.where(condition, this, that)` takes this where the condition holds, and that where it does not. You need it twice.",
        "The slope of a line through 0 is its factor. Which factor has z above 0, and which below?",
    ),
)

mistake(leaky_relu, "the larger of alpha and z",
    "np.where(Z > 0, Z, alpha * Z)", "np.maximum(alpha, Z)",
    says="You took the larger of alpha and z; below 0 it is alpha *times* z.",
    hint="What should come of z = -2 with alpha 0.1?")

mistake(leaky_relu, "slope of ReLU",
    "1.0, alpha)", "1.0, 0.0)",
    says="Your slope below 0 is 0, as with ReLU; there it is alpha.",
    hint="How does A change below 0 when z grows by 1?")

mistake(leaky_relu, "0 below 0",
    "Z, alpha * Z)", "Z, 0.0 * Z)",
    says="Your A is 0 below 0, as with ReLU.",
    hint="What is left of z = -2 with alpha 0.1?")

mistake(leaky_relu, "alpha fixed",
    "alpha * Z)", "0.01 * Z)",
    "1.0, alpha)", "1.0, 0.01)",
    says="You used 0.01 whatever the argument alpha says.",
    hint="Which value arrives as an argument of the function?")

mistake(leaky_relu, "sides exchanged",
    "np.where(Z > 0, Z, alpha * Z)", "np.where(Z < 0, Z, alpha * Z)",
    "np.where(Z > 0, 1.0, alpha)", "np.where(Z < 0, 1.0, alpha)",
    also=[("np.where(Z > 0, Z, alpha * Z)", "np.where(Z < 0, Z, alpha * Z)")],
    says="You multiplied by alpha above 0; it is below.",
    hint="On which side is ReLU flat?")

mistake(leaky_relu, "slopes exchanged",
    "1.0, alpha)", "alpha, 1.0)",
    says="Your slopes are exchanged: alpha above 0, and 1 below.",
    hint="Above 0, A is z itself. Which slope is that?")

mistake(leaky_relu, "alpha z for the slope",
    "1.0, alpha)", "1.0, alpha * Z)",
    says="You returned alpha z as the slope below 0. That is A; its slope is the factor.",
    hint="Differentiate alpha z by z.")

mistake(leaky_relu, "divided by alpha",
    "alpha * Z)", "Z / np.float64(alpha))",
    "1.0, alpha)", "1.0, 1 / np.float64(alpha))",
    says="You divided by alpha below 0.",
    hint="Should a small alpha give a small slope or a large one?")

mistake(leaky_relu, "slope 1 everywhere",
    "np.where(Z > 0, 1.0, alpha)", "np.ones_like(Z)",
    says="Your slope is 1 everywhere; below 0 it is alpha.",
    hint="How does A change below 0 when z grows by 1?")

mistake(leaky_relu, "positive below 0",
    "alpha * Z)", "-alpha * Z)",
    "1.0, alpha)", "1.0, -alpha)",
    also=[("alpha * Z)", "-alpha * Z)")],
    says="Your A is positive below 0: it should go on falling there, only more slowly.",
    hint="Which sign has alpha times a negative number?")


mistake(leaky_relu, "slope negative below 0",
    "1.0, alpha)", "1.0, -alpha)",
    says="Your slope is negative below 0; A rises there as z grows, only more slowly than above.",
    hint="Which of A(-2) and A(-1) is the larger one?")

mistake(leaky_relu, "ReLU",
    "alpha * Z)", "0.0 * Z)",
    "1.0, alpha)", "1.0, 0.0)",
    says="That is ReLU: below 0 your A and your slope are both 0.",
    hint="Which argument has not been used?")


FAR = within(1000, 800, 3000)

elu = question(
    "elu",
    visible("three units, five examples, alpha 0.3", away(30, 3, 5), within(0.3, 0.2, 0.5)),
    visible("alpha left out", away(31, 2, 4)),
    visible("far above and far below 0", np.array([[FAR, -FAR, 0.5], [-2.0, 3.0, -FAR]], float), within(0.7, 0.4, 0.8), edge=True),
    hidden("alpha of 2", away(33, 4, 3), within(2.0, 1.5, 2.5)),
    hidden("one unit", away(34, 1, 6), within(0.4, 0.2, 0.7)),
    hidden("a single example", away(35, 5, 1), within(1.3, 1.1, 1.6), edge=True),
    hidden("far above 0", np.abs(away(36, 3, 2, scale=500.0)) + 800, within(0.5, 0.3, 0.8), edge=True),
    section=S2,
    hints=(
        "Three steps: what stands below 0, then A, then the slope. Above 0 both are as with ReLU.",
        "Below 0 the slope is alpha times e to the z. Do you have that number already, up to a constant? And which z do you raise e "
        "to where z is 1,000?",
    ),
)

mistake(elu, "without - 1",
    "(np.exp(np.minimum(Z, 0)) - 1)", "np.exp(np.minimum(Z, 0))",
    "below + alpha", "below",
    also=[("(np.exp(np.minimum(Z, 0)) - 1)", "np.exp(np.minimum(Z, 0))")],
    says="You left out the - 1, so A jumps at 0 and is positive below it.",
    hint="What is e to the 0, and what should A be there?")

mistake(elu, "alpha in the slope alone",
    "np.where(Z > 0, Z, below)", "np.where(Z > 0, Z, np.exp(np.minimum(Z, 0)) - 1)",
    also=[("alpha * (np.exp(np.minimum(Z, 0)) - 1)", "np.exp(np.minimum(Z, 0)) - 1")],
    says="Your A has no alpha in it.",
    hint="Where does the curve end, far to the left?")

mistake(elu, "alpha in A alone",
    "below + alpha", "np.exp(np.minimum(Z, 0))",
    says="Your slope has no alpha in it.",
    hint="Differentiate alpha times (e to the z, minus 1) by z.")

mistake(elu, "A + 1 for the slope",
    "below + alpha", "below + 1",
    says="Below 0 you returned A + 1 as the slope. That is right for alpha = 1 only.",
    hint="Write A + something = alpha times e to the z, and solve for something.")

mistake(elu, "A for the slope",
    "below + alpha", "below",
    says="Below 0 you returned A as the slope. It is negative, and the curve rises.",
    hint="Differentiate alpha times (e to the z, minus 1) by z.")

mistake(elu, "infinity times 0",
    "A = np.where(Z > 0, Z, below)", "A = (Z > 0) * Z + (Z < 0) * alpha * (np.exp(Z) - 1)",
    says="Where z is 1,000 you multiply 0 by infinity, which is not a number.",
    hint="Which z have to be raised to at all? What could the others be replaced with before?")

mistake(elu, "slope 1 everywhere",
    "np.where(Z > 0, 1.0, below + alpha)", "np.ones_like(Z)",
    says="Your slope is 1 everywhere; below 0 the curve flattens out.",
    hint="Differentiate alpha times (e to the z, minus 1) by z.")

mistake(elu, "alpha in the exponent",
    "alpha * (np.exp(np.minimum(Z, 0)) - 1)", "np.exp(alpha * np.minimum(Z, 0)) - 1",
    "below + alpha", "alpha * (below + 1)",
    says="Your alpha stands in the exponent; it is a factor before the bracket.",
    hint="Where should the curve end, far to the left?")

mistake(elu, "minus z in the exponent",
    "np.exp(np.minimum(Z, 0))", "np.exp(-np.minimum(Z, 0))",
    says="You raised e to minus z below 0, so the curve shoots up there.",
    hint="For z far below 0, should the power of e be large or small?")

mistake(elu, "leaky ReLU",
    "alpha * (np.exp(np.minimum(Z, 0)) - 1)", "alpha * np.minimum(Z, 0)",
    "below + alpha", "alpha",
    says="That is leaky ReLU: below 0 you have alpha z.",
    hint="Where does the exponential come in?")

mistake(elu, "alpha left out",
    "alpha * (np.exp(np.minimum(Z, 0)) - 1)", "np.exp(np.minimum(Z, 0)) - 1",
    "below + alpha", "below + 1",
    says="You left alpha out, as if it were 1.",
    hint="Which value arrives as an argument of the function?")


mistake(elu, "sides exchanged",
    "np.where(Z > 0, Z, below)", "np.where(Z > 0, below, Z)",
    "np.where(Z > 0, 1.0, below + alpha)", "np.where(Z > 0, below + alpha, 1.0)",
    also=[
        ("np.where(Z > 0, Z, below)", "np.where(Z > 0, below, Z)"),
        ("np.exp(np.minimum(Z, 0))", "np.exp(Z)",
         "np.where(Z > 0, Z, below)", "np.where(Z > 0, below, Z)",
         "np.where(Z > 0, 1.0, below + alpha)", "np.where(Z > 0, below + alpha, 1.0)"),
    ],
    says="You exchanged the two sides: the exponential belongs below 0, and z itself above.",
    hint="Which of its three arguments does np.where take where the condition holds?")

mistake(elu, "slopes exchanged",
    "np.where(Z > 0, 1.0, below + alpha)", "np.where(Z > 0, below + alpha, 1.0)",
    says="Your slopes are exchanged: that of z itself belongs above 0, that of the exponential below.",
    hint="Which of its three arguments does np.where take where the condition holds?")

mistake(elu, "alpha before the bracket is closed",
    "alpha * (np.exp(np.minimum(Z, 0)) - 1)", "alpha * np.exp(np.minimum(Z, 0)) - 1",
    also=[("alpha * (np.exp(np.minimum(Z, 0)) - 1)", "alpha * np.exp(np.minimum(Z, 0)) - 1", "below + alpha", "below + 1")],
    says="You multiplied the power of e alone by alpha, so A jumps at 0; alpha is a factor of the whole bracket.",
    hint="What is your A just below 0?")


def back(seed, n, m):
    """dA and Z."""
    return draws(seed)(n, m), away(seed + 1, n, m)


prelu_backward = question(
    "prelu_backward",
    visible("three units, five examples", *back(40, 3, 5), within(0.25, 0.15, 0.4)),
    visible("two units, four examples", *back(42, 2, 4), within(0.6, 0.45, 0.8)),
    visible("alpha of 0", *back(44, 4, 3), 0.0, edge=True),
    hidden("one unit", *back(46, 1, 6), within(0.3, 0.2, 0.5)),
    hidden("a single example", *back(48, 5, 1), within(0.2, 0.1, 0.4), edge=True),
    hidden("many examples", *back(50, 4, within(40, 30, 60)), within(0.1, 0.05, 0.3)),
    hidden("a negative alpha", *back(52, 3, 4), within(-0.3, -0.5, -0.2), edge=True),
    section=S2,
    hints=(
        "Two lines. dZ is dA times a slope, as with every activation; dalpha is one sum of products, and a division.",
        "Which z does alpha reach at all? np.minimum(Z, 0) has these, and 0 elsewhere. And by what does a mean over the examples "
        "divide?",
    ),
)

mistake(prelu_backward, "sum in place of the mean",
    "np.sum(dA * np.minimum(Z, 0)) / m", "np.sum(dA * np.minimum(Z, 0))",
    says="Your dalpha is a sum over the examples; like db it is a mean.",
    hint="dA has no 1/m in it. Where does it come in?")

mistake(prelu_backward, "mean over the units too",
    "np.sum(dA * np.minimum(Z, 0)) / m", "np.mean(dA * np.minimum(Z, 0))",
    says="Your dalpha is a mean over the units as well; they share one alpha, so what comes from them adds up.",
    hint="How many numbers have you divided by, and how many examples are there?")

mistake(prelu_backward, "z above 0",
    "np.minimum(Z, 0)", "np.maximum(Z, 0)",
    says="Your dalpha comes from the z above 0; alpha acts below.",
    hint="If alpha grows a little, which outputs change?")

mistake(prelu_backward, "all z",
    "np.minimum(Z, 0)", "Z",
    says="Your dalpha has all z in it; above 0 alpha changes nothing.",
    hint="If alpha grows a little, which outputs change?")

mistake(prelu_backward, "A in place of z",
    "np.minimum(Z, 0)", "alpha * np.minimum(Z, 0)",
    says="Your dalpha is too small by the factor alpha: the derivative of alpha z by alpha is z, not alpha z.",
    hint="Differentiate alpha z by alpha.")

mistake(prelu_backward, "dZ divided by m",
    "np.where(Z > 0, 1.0, alpha)", "np.where(Z > 0, 1.0, alpha) / m",
    says="You divided dZ by the number of examples; that comes later, with dW and db.",
    hint="dZ is the derivative of each example's own cost. Does it know how many others there are?")

mistake(prelu_backward, "slope of ReLU",
    "1.0, alpha)", "1.0, 0.0)",
    says="Your dZ is 0 below 0, as with ReLU; there the slope is alpha.",
    hint="Which slope has the unit below 0?")

mistake(prelu_backward, "dA left out of dalpha",
    "np.sum(dA * np.minimum(Z, 0))", "np.sum(np.minimum(Z, 0))",
    says="Your dalpha is the slope of the outputs alone; what comes from above, dA, is missing.",
    hint="The chain rule has two factors. Which ones?")

mistake(prelu_backward, "one for each unit",
    "np.sum(dA * np.minimum(Z, 0))", "np.sum(dA * np.minimum(Z, 0), axis=1, keepdims=True)",
    says="You returned a dalpha for each unit; the layer has one alpha.",
    hint="The gradient has the shape of the parameter.")

mistake(prelu_backward, "slope in place of dZ",
    "dA * np.where(Z > 0, 1.0, alpha)", "np.where(Z > 0, 1.0, alpha)",
    says="You returned the slope in place of dZ; what comes from above, dA, is missing.",
    hint="The chain rule has two factors. Which ones?")

mistake(prelu_backward, "dA below 0",
    "dA * np.minimum(Z, 0)", "np.minimum(dA, 0) * Z",
    says="In dalpha you took the entries where dA is negative; it is those where z is.",
    hint="Where does alpha act: where the gradient is negative, or where z is?")


def even(seed, n, m):
    """Draws, even in [0, 1)."""
    return np.round(0.999 * stream(seed).rand(n, m), 6)


LOW, HIGH = within(0.1, 0.05, 0.2), within(0.7, 0.5, 0.9)
rrelu = question(
    "rrelu",
    visible("in training, slopes from 0.1 to 0.7", away(60, 3, 5), even(61, 3, 5), LOW, HIGH, True),
    visible("in use", away(62, 2, 4), even(63, 2, 4), LOW, HIGH, False),
    visible("low and high left out", away(64, 4, 3), even(65, 4, 3)),
    visible("all draws 0", away(66, 2, 3), np.zeros((2, 3)), LOW, HIGH, True, edge=True),
    hidden("one unit", away(67, 1, 6), even(68, 1, 6), within(0.2, 0.1, 0.3), HIGH, True),
    hidden("a single example", away(69, 5, 1), even(70, 5, 1), LOW, HIGH, True, edge=True),
    hidden("in use, another layer", away(71, 3, 4), even(72, 3, 4), within(0.3, 0.2, 0.4), HIGH, False),
    section=S2,
    hints=(
        "First the slope, an array in training and a number in use. Then the line that you know from leaky ReLU.",
        "A number u between 0 and 1 becomes one between low and high: where should 0 land, and where 1?",
    ),
)

mistake(rrelu, "U the other way round",
    "low + (high - low) * U", "high - (high - low) * U",
    says="Your slopes are as even as they should be, but U is read from the other end: 0 gives low.",
    hint="Which slope should come of U = 0?")

mistake(rrelu, "drawn in use too",
    " if training else (low + high) / 2", "",
    says="You use the drawn slopes even if training is False.",
    hint="What should happen to chance when the net is used?")

mistake(rrelu, "never drawn",
    "low + (high - low) * U if training else ", "",
    says="You use the middle slope even if training is True.",
    hint="What is U for?")

mistake(rrelu, "one slope for all",
    "(high - low) * U", "(high - low) * np.mean(U)",
    says="You took one slope for the whole layer; each entry has its own.",
    hint="U has the shape of Z.")

mistake(rrelu, "high in place of the difference",
    "(high - low) * U", "high * U",
    says="Your slopes go up to low + high.",
    hint="Which slope should come of U = 1?")

mistake(rrelu, "low not added",
    "low + (high - low) * U", "(high - low) * U",
    says="Your slopes begin at 0 instead of low.",
    hint="Which slope should come of U = 0?")

mistake(rrelu, "training and use exchanged",
    "if training", "if not training",
    says="You draw in use and take the middle in training.",
    hint="When should chance play a part?")

mistake(rrelu, "limits fixed",
    "low + (high - low) * U if training else (low + high) / 2",
    "1 / 8 + (1 / 3 - 1 / 8) * U if training else (1 / 8 + 1 / 3) / 2",
    says="You used 1/8 and 1/3 whatever the arguments low and high say.",
    hint="Which values arrive as arguments of the function?")

mistake(rrelu, "half of the difference",
    "(low + high) / 2", "(high - low) / 2",
    says="In use you took half of the difference of low and high, and not the middle between them.",
    hint="Which number lies half-way between 3 and 5?")

mistake(rrelu, "sum not halved",
    "(low + high) / 2", "(low + high)",
    says="In use you took the sum of low and high, and not the middle between them.",
    hint="Which number lies half-way between 3 and 5?")

mistake(rrelu, "high alone halved",
    "(low + high) / 2", "low + high / 2",
    says="In use you halved high alone: brackets are missing around the sum.",
    hint="Which is done first, + or /?")

mistake(rrelu, "middle of the reciprocals",
    "(low + high) / 2", "2 / (1 / low + 1 / high)",
    says="In use you took the slope with the middle *reciprocal*, as the paper does, which divides by its drawn numbers. Here it is "
    "the middle of low and high.",
    hint="Which number lies half-way between low and high?")

mistake(rrelu, "above 0 too",
    "np.where(Z > 0, Z, slope * Z)", "slope * Z",
    says="You multiplied all z by a slope; above 0 they stay as they are.",
    hint="It is a kind of ReLU. What does that do above 0?")

mistake(rrelu, "divided by the slope",
    "slope * Z)", "Z / slope)",
    says="You divided by the slope.",
    hint="Should a small slope give small outputs or large ones?")


# 4 · Too much at once ------------------------------------------------------------------------------------------------


def gradients(seed, *layers_dims, scale=1.0):
    """dW1, db1, ... for layers of these sizes, none nearer to zero than 0.2 times the scale."""
    values = net_parameters(seed, *layers_dims, scale=1.0)
    return {
        f"d{name}": np.round(scale * (value + 0.2 * np.where(value < 0, -1, 1)), 6) for name, value in values.items()
    }


clip_by_value = question(
    "clip_by_value",
    visible("two layers, threshold 0.5", gradients(80, 3, 4, 2), within(0.5, 0.4, 0.6), **UNTOUCHED),
    visible("threshold left out", gradients(81, 4, 2, 3)),
    visible("nothing beyond the threshold", gradients(82, 3, 2), within(20.0, 15.0, 30.0), edge=True),
    hidden("everything beyond the threshold", gradients(83, 2, 5, 3), within(0.1, 0.05, 0.15), edge=True),
    hidden("one layer", gradients(84, 5, 3), within(0.8, 0.6, 0.9), **UNTOUCHED, edge=True),
    hidden("three layers", gradients(85, 2, 4, 3, 2, scale=10.0), within(5.0, 3.0, 7.0)),
    section=S4,
    hints=(
        "One line. NumPy has a function that cuts all entries of an array into a range.",
        "Entries may be negative: which are the two ends of the range? And is the result a new array?",
    ),
)

mistake(clip_by_value, "above only",
    "np.clip(grads[name], -threshold, threshold)", "np.minimum(grads[name], threshold)",
    says="You cut what is too large and leave what is too far below 0.",
    hint="What becomes of -100 with a threshold of 1?")

mistake(clip_by_value, "scaled",
    "np.clip(grads[name], -threshold, threshold)",
    "grads[name] * min(1.0, threshold / np.max(np.abs(grads[name])))",
    says="You scaled each array down until its largest entry fits; clipping by value cuts each entry by itself.",
    hint="What becomes of the 1 in (100, 1) with a threshold of 1?")

mistake(clip_by_value, "taken out",
    "np.clip(grads[name], -threshold, threshold)",
    "np.where(np.abs(grads[name]) > threshold, 0.0, grads[name])",
    says="You set entries beyond the threshold to 0; they become the threshold.",
    hint="A steep direction should still be followed, only less far.")

mistake(clip_by_value, "sign lost",
    "np.clip(grads[name], -threshold, threshold)", "np.minimum(np.abs(grads[name]), threshold)",
    says="Your entries have lost their signs.",
    hint="What becomes of -100 with a threshold of 1?")

mistake(clip_by_value, "threshold fixed at 1",
    "-threshold, threshold)", "-1.0, 1.0)",
    says="You used 1 whatever the argument threshold says.",
    hint="Which value arrives as an argument of the function?")

mistake(clip_by_value, "changed in place",
    "-threshold, threshold)", "-threshold, threshold, out=grads[name])",
    says="You changed the gradients that you were given; they have to stay as they are.",
    hint="Which of your lines writes into an array of `grads`?")

mistake(clip_by_value, "every entry to the threshold",
    "np.clip(grads[name], -threshold, threshold)", "threshold * np.sign(grads[name])",
    says="You set every entry to the threshold, small ones too.",
    hint="What becomes of 0.3 with a threshold of 1?")

mistake(clip_by_value, "weights only",
    "np.clip(grads[name], -threshold, threshold)",
    'np.clip(grads[name], -threshold, threshold) if name[1] == "W" else grads[name].copy()',
    says="You clipped the gradients of the weights only; biases have gradients too.",
    hint="Which entries of the result are still as they were?")

mistake(clip_by_value, "from 0 on",
    "-threshold, threshold)", "0, threshold)",
    says="You cut at 0 from below, so negative entries are lost.",
    hint="Which are the two ends of the range?")

mistake(clip_by_value, "ends exchanged",
    "-threshold, threshold)", "threshold, -threshold)",
    says="You exchanged the two ends of the range, and every entry became the same.",
    hint="Which argument of np.clip comes first, the lower end or the upper one?")


HALVES = within(3, 1, 9) / 2


def at_the_threshold():
    """Gradients of norm 5 k, and 5 k, exactly."""
    return {"dW1": np.array([[3 * HALVES, 0.0]]), "db1": np.array([[4 * HALVES]])}, 5 * HALVES


clip_by_norm = question(
    "clip_by_norm",
    visible("two layers, longer than the threshold", gradients(90, 3, 4, 2), within(0.6, 0.4, 0.8), **UNTOUCHED),
    visible("each array short, all together long", gradients(91, 2, 3, 2, scale=0.5), within(2.0, 1.9, 2.1)),
    visible("shorter than the threshold", gradients(92, 4, 2), within(30.0, 20.0, 50.0), edge=True),
    hidden("no gradient at all", {name: 0 * value for name, value in gradients(93, 3, 2).items()}, within(0.8, 0.5, 2.0), edge=True),
    hidden("just as long as the threshold", *at_the_threshold(), edge=True),
    hidden("one layer", gradients(94, 5, 3), within(0.4, 0.2, 0.6), **UNTOUCHED),
    hidden("three layers, large gradients", gradients(95, 2, 4, 3, 2, scale=50.0), within(7.0, 5.0, 9.0)),
    section=S4,
    hints=(
        "Three steps: add up the squares of all entries of all arrays and take a root; choose a factor; multiply every array by it.",
        "When is the factor 1? And which norm is returned: that before, or that after?",
    ),
)

mistake(clip_by_norm, "a norm for each array",
    "factor * grads[name]", "grads[name] * min(1.0, threshold / max(np.sqrt(np.sum(grads[name] ** 2)), 1e-300))",
    says="You shortened each array by a factor of its own; there is one norm and one factor for all, or the direction changes.",
    hint="Think of all entries as one long vector. How many lengths does it have?")

mistake(clip_by_norm, "lengthened when short",
    "threshold / norm if norm > threshold else 1.0", "threshold / norm",
    says="You lengthen gradients that are shorter than the threshold; they stay as they are.",
    hint="What is clipping for: steps that are too long, or too short?")

mistake(clip_by_norm, "norm after clipping",
    "return clipped, norm", "return clipped, factor * norm",
    says="You returned the norm after clipping; asked for is that before.",
    hint="What would one want to know in training: how large the gradient was, or what the threshold is?")

mistake(clip_by_norm, "sum of the norms",
    "np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))",
    "sum(np.sqrt(np.sum(gradient**2)) for gradient in grads.values())",
    says="You added up the norms of the arrays. Squares are added up, and the root comes last.",
    hint="Which length has a vector with the parts 3 and 4?")

mistake(clip_by_norm, "without the root",
    "np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))",
    "sum(np.sum(gradient**2) for gradient in grads.values())",
    says="Your norm is the sum of squares; the root is missing.",
    hint="Which length has a vector with the parts 3 and 4?")

mistake(clip_by_norm, "largest entry",
    "np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))",
    "max(np.max(np.abs(gradient)) for gradient in grads.values())",
    says="Your norm is the largest entry; it should be the length, the root of the sum of squares.",
    hint="Which length has a vector with the parts 3 and 4?")

mistake(clip_by_norm, "to the length 1",
    "threshold / norm if", "1.0 / norm if",
    says="You shorten to the length 1; it should be the threshold.",
    hint="How long should the result be?")

mistake(clip_by_norm, "clipped by value",
    "factor * grads[name]", "np.clip(grads[name], -threshold, threshold)",
    says="You cut each entry at the threshold, which is clipping by value.",
    hint="The direction should stay. Which operation on all entries leaves it as it is?")

mistake(clip_by_norm, "changed in place",
    "clipped[name] = factor * grads[name]", "grads[name] *= factor\n        clipped[name] = grads[name]",
    says="You changed the gradients that you were given; they have to stay as they are.",
    hint="Which of your lines writes into an array of `grads`?")

mistake(clip_by_norm, "norm of the weights alone",
    "for gradient in grads.values()", 'for name, gradient in grads.items() if name[1] == "W"',
    says="Your norm has only the gradients of the weights in it.",
    hint="How many arrays are in `grads`?")

mistake(clip_by_norm, "factor upside down",
    "threshold / norm if", "norm / threshold if",
    says="Your factor is upside down: what is too long becomes longer still.",
    hint="Should the factor be above 1 or below?")

mistake(clip_by_norm, "mean in place of the sum",
    "np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))",
    "np.sqrt(np.mean(np.concatenate([gradient.ravel() ** 2 for gradient in grads.values()])))",
    says="You took the root of the mean of the squares; a length is the root of their sum.",
    hint="Which length has a vector with the parts 3 and 4?")


# 6 · Look ahead ------------------------------------------------------------------------------------------------------


def velocities(seed, *layers_dims):
    """dW1, db1, ... of the steps before."""
    return gradients(seed, *layers_dims, scale=0.6)


def moving(seed, *layers_dims):
    """parameters and v."""
    return net_parameters(seed, *layers_dims), velocities(seed + 1, *layers_dims)


def at_rest(seed, *layers_dims):
    """parameters, and v all zero."""
    parameters, v = moving(seed, *layers_dims)
    return parameters, {name: 0 * value for name, value in v.items()}


update_parameters_with_nesterov = question(
    "update_parameters_with_nesterov",
    visible("two layers", *moving(100, 3, 4, 2), within(0.8, 0.7, 0.9), within(0.1, 0.05, 0.2), **OTHER),
    visible("one layer, what is given untouched", *moving(102, 4, 3), within(0.6, 0.5, 0.7), within(0.3, 0.2, 0.4), **OTHER, **UNTOUCHED),
    visible("the first step, v all 0", *at_rest(104, 2, 3, 2), within(0.9, 0.8, 0.95), within(0.2, 0.1, 0.4), **OTHER, edge=True),
    hidden("three layers", *moving(106, 2, 4, 3, 2), within(0.9, 0.85, 0.95), within(0.05, 0.03, 0.1), **OTHER),
    hidden("no memory", *moving(108, 3, 2), 0.0, within(0.2, 0.1, 0.4), **OTHER, edge=True),
    hidden("a long memory", *moving(110, 2, 5, 2), within(0.99, 0.97, 0.995), within(0.4, 0.2, 0.6), **OTHER, **UNTOUCHED),
    section=S6,
    hints=(
        "Three steps: a dict with the parameters at the point ahead; one call of `gradient` with it; then v and the parameters, name "
        "by name.",
        "Where will the old v alone carry a parameter? v is subtracted. And which factor has v on its way into the new v?",
    ),
)

mistake(update_parameters_with_nesterov, "looks back",
    'parameters[name] - beta * v["d" + name]', 'parameters[name] + beta * v["d" + name]',
    says="You asked for the gradient at theta + beta v and then subtract v. That is behind, not ahead.",
    hint="Which sign has v in the step? Ahead lies where the step leads.")

mistake(update_parameters_with_nesterov, "gradient where it stands",
    "gradient(ahead)", "gradient(parameters)",
    says="You asked for the gradient at theta itself. That is plain momentum.",
    hint="Where will the old v carry the parameters?")

mistake(update_parameters_with_nesterov, "ahead without beta",
    "- beta * v[", "- v[",
    says="Your point ahead is theta - v; the old step is repeated with the factor beta only.",
    hint="How much of the old v is in the new one?")

mistake(update_parameters_with_nesterov, "learning rate outside of v",
    "learning_rate * grads[d]", "grads[d]",
    "parameters[name] - v[d]", "parameters[name] - learning_rate * v[d]",
    says="Your v is a sum of gradients, and the learning rate comes in later; here v is the step itself, with the rate inside.",
    hint="By what do the parameters change in this section's formula?")

mistake(update_parameters_with_nesterov, "learning rate twice",
    "parameters[name] - v[d]", "parameters[name] - learning_rate * v[d]",
    says="The learning rate is in v already, and you multiply by it once more in the step.",
    hint="How often does the learning rate stand in the two formulas of this section?")

mistake(update_parameters_with_nesterov, "learning rate left out",
    "learning_rate * grads[d]", "grads[d]",
    says="Your rule has no learning rate in it.",
    hint="Which argument has not been used?")

mistake(update_parameters_with_nesterov, "old v forgotten",
    "beta * v[d] + learning_rate * grads[d]", "learning_rate * grads[d]",
    says="Your new v has the gradient alone in it; the old v is lost.",
    hint="What keeps a ball rolling?")

mistake(update_parameters_with_nesterov, "average of gradients",
    "learning_rate * grads[d]", "(1 - beta) * grads[d]",
    "parameters[name] - v[d]", "parameters[name] - learning_rate * v[d]",
    says="Your v is the average of the gradients, as in Optimizers; here v is the step itself, with the learning rate inside.",
    hint="Compare the two forms in section 5.")

mistake(update_parameters_with_nesterov, "goes on from the point ahead",
    "parameters[name] - v[d]", "ahead[name] - v[d]",
    says="You made the step from the point ahead; it begins at theta, and the point ahead is only where the gradient is asked for.",
    hint="The new v has beta v in it already. How often is it subtracted?")

mistake(update_parameters_with_nesterov, "step along the gradient",
    "parameters[name] - v[d]", "parameters[name] - learning_rate * grads[d]",
    says="You update v, but step along the gradient alone.",
    hint="What is v for, if the parameters do not see it?")

mistake(update_parameters_with_nesterov, "uphill",
    "parameters[name] - v[d]", "parameters[name] + v[d]",
    says="You added v to the parameters instead of subtracting it.",
    hint="The gradient points to where the cost grows. Which way do you want to go?")

mistake(update_parameters_with_nesterov, "beta left out of v",
    "v[d] = beta * v[d]", "v[d] = v[d]",
    says="Your new v has the whole old one in it; friction, the factor beta, is missing.",
    hint="What keeps the ball from rolling for ever?")

mistake(update_parameters_with_nesterov, "step along the old v",
    "v[d] = beta", "old, v[d] = v[d], beta",
    "parameters[name] - v[d]", "parameters[name] - old",
    says="Your step goes along the old v, from before its update.",
    hint="Which comes first, the new v or the step?")

mistake(update_parameters_with_nesterov, "written out again",
    "gradient(ahead)", '{"d" + name: 3 * ahead[name] + np.sin(ahead[name]) for name in ahead}',
    says="You wrote the gradient of the bowl out. Call `gradient`: in this check another function takes its place.",
    hint="The name `gradient` followed by brackets, and what goes into them?")

mistake(update_parameters_with_nesterov, "changed in place",
    "v[d] = beta * v[d] + learning_rate * grads[d]", "v[d] *= beta\n        v[d] += learning_rate * grads[d]",
    "parameters[name] = parameters[name] - v[d]", "parameters[name] -= v[d]",
    also=[("parameters[name] = parameters[name] - v[d]", "parameters[name] -= v[d]")],
    says="You changed arrays that you were given; the old parameters and the old v have to stay as they are.",
    hint="The copies of the dicts share their arrays. Which of your lines writes into an array?")


# 7 · A rate for each weight ------------------------------------------------------------------------------------------


def squares(seed, *layers_dims, scale=0.7):
    """dW1, db1, ... of squares, none zero."""
    return {name: np.round(value**2, 6) for name, value in gradients(seed, *layers_dims, scale=scale).items()}


def with_sums(seed, *layers_dims, scale=1.0):
    """parameters, grads and s."""
    return net_parameters(seed, *layers_dims), gradients(seed + 1, *layers_dims, scale=scale), squares(seed + 2, *layers_dims)


def first_of(parameters, grads, *state):
    """The same, and all state zero."""
    return parameters, grads, *({name: 0 * value for name, value in part.items()} for part in state)


def silent_unit(parameters, grads, s):
    """The same for a unit that has never had a gradient."""
    for name in ("dW1", "db1"):
        grads[name][0] = s[name][0] = 0
    return parameters, grads, s


update_parameters_with_adagrad = question(
    "update_parameters_with_adagrad",
    visible("two layers", *with_sums(120, 3, 4, 2), within(0.1, 0.05, 0.3)),
    visible("one layer, what is given untouched", *with_sums(123, 4, 3), within(0.5, 0.3, 0.8), **UNTOUCHED),
    visible("the first step, s all 0", *first_of(*with_sums(126, 2, 3, 2)), within(0.2, 0.1, 0.4), edge=True),
    hidden("three layers", *with_sums(129, 2, 4, 3, 2), within(0.02, 0.01, 0.05)),
    hidden("a unit without a gradient", *silent_unit(*with_sums(132, 3, 2, 4)), within(0.3, 0.1, 0.5), edge=True),
    hidden("large gradients", *with_sums(135, 2, 5, scale=40.0), within(0.2, 0.1, 0.4), **UNTOUCHED),
    section=S7,
    equivalent=(("(np.sqrt(s[d]) + epsilon)", "np.sqrt(s[d] + epsilon)"),),
    hints=(
        "Two lines, as with RMSprop in Optimizers; one of them is different.",
        "Does s forget anything here? And is it the old s or the new one that the step is divided by the root of?",
    ),
)

mistake(update_parameters_with_adagrad, "average in place of the sum",
    "s[d] + grads[d] ** 2", "0.9 * s[d] + 0.1 * grads[d] ** 2",
    says="Your s is an average, as with RMSprop; AdaGrad adds up all squares.",
    hint="Does s forget anything?")

mistake(update_parameters_with_adagrad, "old s",
    "s[d] = s[d]", "old, s[d] = s[d], s[d]",
    "np.sqrt(s[d])", "np.sqrt(old)",
    also=[("s[d] = s[d]", "old, s[d] = s[d], s[d]", "(np.sqrt(s[d]) + epsilon)", "np.sqrt(old + epsilon)")],
    says="You made the step before you updated s.",
    hint="Which comes first, the sum or the step?")

mistake(update_parameters_with_adagrad, "without the root",
    "np.sqrt(s[d])", "s[d]",
    says="You divided by s; it is its root.",
    hint="If gradients are ten times as large, how much longer should the steps be?")

mistake(update_parameters_with_adagrad, "not squared",
    "grads[d] ** 2", "np.abs(grads[d])",
    also=[("grads[d] ** 2", "grads[d]")],
    says="You added the gradient to s and did not square it.",
    hint="A root is taken later. Of what?")

mistake(update_parameters_with_adagrad, "past forgotten",
    "s[d] + grads[d] ** 2", "grads[d] ** 2",
    says="Your s has only the new square in it; the old s is lost.",
    hint="What is s for, if it remembers nothing?")

mistake(update_parameters_with_adagrad, "uphill",
    "parameters[name] - learning_rate", "parameters[name] + learning_rate",
    says="You added the step to the parameters instead of subtracting it.",
    hint="The gradient points to where the cost grows. Which way do you want to go?")

mistake(update_parameters_with_adagrad, "learning rate left out",
    "learning_rate * grads[d]", "grads[d]",
    says="Your step has no learning rate in it.",
    hint="Which argument has not been used?")

mistake(update_parameters_with_adagrad, "sign of the gradient alone",
    "learning_rate * grads[d]", "learning_rate * np.sign(grads[d])",
    says="In the step you took the sign of the gradient alone, divided by the root.",
    hint="What stands above the line in the formula?")

mistake(update_parameters_with_adagrad, "s not kept",
    "s[d] = s[d] + grads[d] ** 2", "now = s[d] + grads[d] ** 2",
    "np.sqrt(s[d])", "np.sqrt(now)",
    says="Your step is right, and the s that you return is still the old one.",
    hint="What does the next step need to know?")

mistake(update_parameters_with_adagrad, "s never grows",
    "s[d] = s[d] + grads[d] ** 2", "s[d] = s[d]",
    says="Your s stays as it was: the new square is neither in the step nor in the s that you return.",
    hint="What does each step add to s?")

mistake(update_parameters_with_adagrad, "one s for an array",
    "grads[d] ** 2", "np.sum(grads[d] ** 2)",
    says="You added the sum over the whole array to s; each entry has a sum of its own.",
    hint="How many learning rates should there be: one for a matrix, or one for each weight?")

mistake(update_parameters_with_adagrad, "changed in place",
    "s[d] = s[d] + grads[d] ** 2", "s[d] += grads[d] ** 2",
    "parameters[name] = parameters[name] - learning_rate", "parameters[name] -= learning_rate",
    also=[("s[d] = s[d] + grads[d] ** 2", "s[d] += grads[d] ** 2")],
    says="You changed arrays that you were given; the old parameters and the old s have to stay as they are.",
    hint="The copies of the dicts share their arrays. Which of your lines writes into an array?")


def with_averages(seed, *layers_dims):
    """parameters, grads, s and d."""
    return *with_sums(seed, *layers_dims), squares(seed + 3, *layers_dims, scale=0.3)


RHO, LARGE = within(0.7, 0.5, 0.8), within(0.01, 0.005, 0.03)  # an epsilon that one sees

update_parameters_with_adadelta = question(
    "update_parameters_with_adadelta",
    visible("two layers, epsilon 0.01", *with_averages(140, 3, 4, 2), RHO, LARGE),
    visible("one layer, what is given untouched", *with_averages(144, 4, 3), RHO, LARGE, **UNTOUCHED),
    visible("the first step, s and d all 0", *first_of(*with_averages(148, 2, 3, 2)), edge=True),
    hidden("three layers, rho and epsilon left out", *with_averages(152, 2, 4, 3, 2)),
    hidden("the first step of one layer", *first_of(*with_averages(156, 3, 2)), within(0.9, 0.8, 0.95), LARGE, edge=True),
    hidden("a short memory", *with_averages(160, 2, 5), within(0.2, 0.1, 0.3), LARGE, **UNTOUCHED),
    section=S7,
    hints=(
        "Four lines, one for each formula, in the order of the formulas. The step is a number with a name, since it is used twice.",
        "The step is made with the new s and the old d. And what is added under a root before the root is taken?",
    ),
)

mistake(update_parameters_with_adadelta, "epsilon outside the roots",
    "np.sqrt(d[key] + epsilon) / np.sqrt(s[key] + epsilon)", "(np.sqrt(d[key]) + epsilon) / (np.sqrt(s[key]) + epsilon)",
    says="You added epsilon to the roots; it belongs inside. Outside, the first step is a thousand times shorter.",
    hint="What is the root of 0 plus a millionth, and what the root of a millionth?")

mistake(update_parameters_with_adadelta, "squares of gradients in d",
    "step**2", "grads[key] ** 2",
    says="Your d averages squared gradients, as s does; it averages squared steps.",
    hint="d says how long steps usually are.")

mistake(update_parameters_with_adadelta, "step with the new d",
    "d[key] = rho * d[key] + (1 - rho) * step**2",
    "d[key] = rho * d[key] + (1 - rho) * step**2\n"
    "        step = np.sqrt(d[key] + epsilon) / np.sqrt(s[key] + epsilon) * grads[key]",
    says="Your step is made with the new d; it needs the old one, for the new one needs the step.",
    hint="In which order do the four formulas stand?")

mistake(update_parameters_with_adadelta, "step with the old s",
    "s[key] = rho * s[key]", "old, s[key] = s[key], rho * s[key]",
    "np.sqrt(s[key] + epsilon)", "np.sqrt(old + epsilon)",
    says="Your step is made with the old s; the new gradient has to be in it already.",
    hint="In which order do the four formulas stand?")

mistake(update_parameters_with_adadelta, "roots exchanged",
    "np.sqrt(d[key] + epsilon) / np.sqrt(s[key] + epsilon)", "np.sqrt(s[key] + epsilon) / np.sqrt(d[key] + epsilon)",
    says="You divided the root of s by that of d.",
    hint="If gradients are ten times as large, how much longer should the steps be?")

mistake(update_parameters_with_adadelta, "without roots",
    "np.sqrt(d[key] + epsilon) / np.sqrt(s[key] + epsilon)", "(d[key] + epsilon) / (s[key] + epsilon)",
    says="You left the roots out.",
    hint="s and d are squares. What has the size of a gradient, and of a step?")

mistake(update_parameters_with_adadelta, "weights exchanged",
    "rho * s[key] + (1 - rho)", "(1 - rho) * s[key] + rho",
    "rho * d[key] + (1 - rho)", "(1 - rho) * d[key] + rho",
    says="You gave the weight rho to the new squares and 1 - rho to the past.",
    hint="With rho 0.95, how much of the past should be kept?")

mistake(update_parameters_with_adadelta, "weights exchanged in s",
    "rho * s[key] + (1 - rho)", "(1 - rho) * s[key] + rho",
    says="In s you gave the weight rho to the new square and 1 - rho to the past; in d they are as they should be.",
    hint="With rho 0.95, how much of the past should be kept?")

mistake(update_parameters_with_adadelta, "weights exchanged in d",
    "rho * d[key] + (1 - rho)", "(1 - rho) * d[key] + rho",
    says="In d you gave the weight rho to the new square and 1 - rho to the past; in s they are as they should be.",
    hint="With rho 0.95, how much of the past should be kept?")

mistake(update_parameters_with_adadelta, "uphill",
    "parameters[name] - step", "parameters[name] + step",
    says="You added the step to the parameters instead of subtracting it.",
    hint="The gradient points to where the cost grows. Which way do you want to go?")

mistake(update_parameters_with_adadelta, "rho and epsilon fixed",
    "        s[key] =", "        rho, epsilon = 0.95, 1e-6\n        s[key] =",
    says="You used 0.95 and 1e-6 whatever the arguments rho and epsilon say.",
    hint="Which values arrive as arguments of the function?")

mistake(update_parameters_with_adadelta, "step not squared",
    "step**2", "np.abs(step)",
    says="Your d averages the size of the steps; it averages their squares.",
    hint="A root is taken of d later. Of what is it a root?")

mistake(update_parameters_with_adadelta, "sums in place of averages",
    "rho * s[key] + (1 - rho) * grads", "s[key] + grads",
    "rho * d[key] + (1 - rho) * step", "d[key] + step",
    says="Your s and d are sums, as with AdaGrad; Adadelta forgets.",
    hint="What is rho for?")

mistake(update_parameters_with_adadelta, "s is a sum",
    "rho * s[key] + (1 - rho) * grads", "s[key] + grads",
    says="Your s is a sum, as with AdaGrad; here it forgets, as d does.",
    hint="What is rho for?")

mistake(update_parameters_with_adadelta, "d is a sum",
    "rho * d[key] + (1 - rho) * step", "d[key] + step",
    says="Your d is a sum; it forgets, as s does.",
    hint="What is rho for?")

mistake(update_parameters_with_adadelta, "epsilon below the line only",
    "np.sqrt(d[key] + epsilon)", "np.sqrt(d[key])",
    says="You left epsilon out above the line. d starts at 0, so nothing would ever move.",
    hint="What is the first step of all?")

mistake(update_parameters_with_adadelta, "changed in place",
    "s[key] = rho * s[key] + (1 - rho) * grads[key] ** 2", "s[key] *= rho\n        s[key] += (1 - rho) * grads[key] ** 2",
    "d[key] = rho * d[key] + (1 - rho) * step**2", "d[key] *= rho\n        d[key] += (1 - rho) * step**2",
    "parameters[name] = parameters[name] - step", "parameters[name] -= step",
    also=[("parameters[name] = parameters[name] - step", "parameters[name] -= step")],
    says="You changed arrays that you were given; the old parameters, s and d have to stay as they are.",
    hint="The copies of the dicts share their arrays. Which of your lines writes into an array?")


# 8 · Rates that fall -------------------------------------------------------------------------------------------------


def table(*recorded):
    """Rates, each smaller than the one before."""
    return drawn(recorded, lambda rng: tuple(float(f"{0.1 * 2.0**-k * rng.uniform(0.6, 0.9):.4g}") for k in range(len(recorded))))


BOUNDARIES = (20, 50, 80)
START = within(0.4, 0.2, 0.8)
scheduled_learning_rate = question(
    "scheduled_learning_rate",
    visible("exponential", START, within(30, 25, 35), "exponential", within(40, 37, 47)),
    visible("power, c = 1.5", START, within(95, 85, 105), "power", within(40, 37, 41), within(1.5, 1.3, 1.7)),
    visible("piecewise, past two boundaries", START, within(60, 52, 78), "piecewise", 10_000, 1.0, BOUNDARIES, table(0.08, 0.03, 0.01)),
    visible("piecewise, on a boundary", START, 50, "piecewise", 10_000, 1.0, BOUNDARIES, table(0.07, 0.02, 0.005), edge=True),
    visible("piecewise, before the first boundary", START, within(7, 1, 19), "piecewise", 10_000, 1.0, BOUNDARIES, table(0.05, 0.01, 0.001), edge=True),
    hidden("exponential, r left out", START, within(5_000, 2_000, 9_000), "exponential"),
    hidden("power, r and c left out", START, within(7_000, 2_000, 9_000), "power"),
    hidden("exponential, many steps", START, within(130, 110, 170), "exponential", within(60, 52, 70)),
    hidden("step 0, exponential", START, 0, "exponential", within(40, 20, 60), edge=True),
    hidden("step 0, power", START, 0, "power", within(40, 20, 60), within(2.0, 1.5, 2.5), edge=True),
    hidden("piecewise, past the last boundary", START, within(120, 85, 900), "piecewise", 10_000, 1.0, BOUNDARIES, table(0.06, 0.02, 0.004)),
    hidden("piecewise, one boundary", START, within(51, 41, 99), "piecewise", 10_000, 1.0, (40,), table(0.001), edge=True),
    section=S8,
    hints=(
        "Three kinds, three branches. Two are formulas of the table; the third is a loop over boundaries and rates together, `zip`.",
        "In the loop, each boundary that t has reached overrules the one before. What is the rate if none is reached? And does a "
        "boundary count at t itself?",
    ),
)

mistake(scheduled_learning_rate, "powers of e",
    "10 ** (-t / r)", "np.exp(-t / r)",
    says="Your exponential rate is a power of e; it should be a tenth after r steps, a power of 10.",
    hint="What is left after r steps?")

mistake(scheduled_learning_rate, "whole-number division",
    "(-t / r)", "(-(t // r))",
    "(1 + t / r)", "(1 + t // r)",
    says="You divided t by r without a remainder, so the rate falls in stairs.",
    hint="What does // do, and what /?")

mistake(scheduled_learning_rate, "one step late",
    "if t >= boundary", "if t > boundary",
    says="At a boundary you still have the old rate. Keras does so; here the new rate holds from the boundary on.",
    hint="Compare with the docstring: is it >, or >=?")

mistake(scheduled_learning_rate, "rises",
    "(-t / r)", "(t / r)",
    says="Your exponential rate rises.",
    hint="Which sign has the exponent?")

mistake(scheduled_learning_rate, "power rises",
    "** -c", "** c",
    says="Your power rate rises.",
    hint="Which sign has the exponent?")

mistake(scheduled_learning_rate, "both rise",
    "(-t / r)", "(t / r)",
    "** -c", "** c",
    says="Your exponential rate and your power rate rise.",
    hint="Which signs have the two exponents?")

mistake(scheduled_learning_rate, "c left out",
    "** -c", "** -1.0",
    says="You left c out, as if it were 1.",
    hint="Which argument has not been used?")

mistake(scheduled_learning_rate, "c inside the bracket",
    "(1 + t / r) ** -c", "(1 + c * t / r) ** -1.0",
    says="You multiplied t / r by c; c is the exponent.",
    hint="Look at the table: where does c stand?")

mistake(scheduled_learning_rate, "first boundary that is reached",
    "rate = later", "rate = later\n                break",
    says="You stop at the first boundary that t has reached; it is the last one that counts.",
    hint="With boundaries 20 and 50 and t = 60, which rate holds?")

mistake(scheduled_learning_rate, "first of the rates before the first boundary",
    "rate = learning_rate0\n", "rate = rates[0] if rates else learning_rate0\n",
    says="Before the first boundary you have the first of the rates; there it is still learning_rate0.",
    hint="There is one rate for each boundary, and one more before all of them.")

mistake(scheduled_learning_rate, "factors in place of rates",
    "rate = later", "rate = learning_rate0 * later",
    says="You multiplied learning_rate0 by the entries of rates; they are rates, not factors.",
    hint="What stands in `rates`?")

mistake(scheduled_learning_rate, "all factors together",
    "rate = later", "rate = rate * later",
    says="You multiplied the rates of all boundaries that t has reached; each replaces the one before.",
    hint="What stands in `rates`?")

mistake(scheduled_learning_rate, "a straight line",
    "10 ** (-t / r)", "(1 - 0.9 * t / r)",
    says="Your exponential rate falls in a straight line to a tenth, and below 0 later on.",
    hint="What is left after 2 r steps, if a tenth is left after r?")

mistake(scheduled_learning_rate, "1 left out",
    "(1 + t / r) ** -c", "np.float64(t / r) ** -c",
    says="In the power rule you left out the 1, so the rate is infinite at the start.",
    hint="What should the rate be for t = 0?")

mistake(scheduled_learning_rate, "boundaries counted from the end",
    "if t >= boundary", "if t < boundary",
    says="You took the rate of boundaries that t has not reached yet.",
    hint="Has t = 60 reached the boundary 50, or the boundary 80?")


def errors(*recorded):
    """Wrong answers on the dev set, whole numbers, so that ties are ties; in a run others in the same order, with the same ties."""

    def draw(rng):
        levels = 5 + np.cumsum(rng.randint(2, 9, len(set(recorded))))
        return levels[np.unique(recorded, return_inverse=True)[1]]

    return drawn(np.array(recorded), draw)


def many_errors(seed, k):
    """The same for k checks: they fall, and rise again, with ties."""
    return np.round(30 + 90 * np.exp(-np.arange(k) / 6)).astype(int) + 5 * stream(seed).randint(0, 5, k)


performance_schedule = question(
    "performance_schedule",
    visible("eight checks", START, errors(50, 30, 40, 35, 30, 20, 25, 25)),
    visible("patience 2, factor 2", START, errors(60, 50, 55, 52, 40, 46, 42, 47, 48, 30, 33), 2.0, 2),
    visible("patience 3, one better in between", START, errors(40, 45, 46, 30, 35, 30, 37, 38), within(4.0, 3.0, 5.0), 3),
    visible("a single check", START, errors(10), edge=True),
    hidden("patience longer than the training", START, errors(30, 40, 50, 60), within(5.0, 3.0, 8.0), 5, edge=True),
    hidden("always better", START, errors(60, 50, 40, 30, 20), within(3.0, 2.0, 5.0), edge=True),
    hidden("many checks", START, many_errors(170, 25), within(2.0, 1.5, 3.0), 2),
    hidden("many checks, patience 1", START, many_errors(171, 20), within(1.5, 1.2, 2.0)),
    hidden("never better again", START, errors(20, 30, 30, 40, 30, 50, 40), within(2.0, 1.5, 3.0), 2),
    section=S8,
    hints=(
        "Follow one check after the other with three numbers: the rate, the best error so far, and how many checks have been waited.",
        "What happens to the count when a check is better, and what when the rate has been divided? What happens to the best?",
    ),
)

mistake(performance_schedule, "lowered while the error falls",
    "best, waited = error, 0", "best, waited = error, waited + 1",
    "            waited = waited + 1", "            waited = 0",
    says="You divide the rate when the error has fallen. It is lowered when the error *stops* falling. (There is a book that has it "
    "the wrong way round.)",
    hint="As long as all goes well, is there a reason to slow down?")

mistake(performance_schedule, "better than the last",
    "            waited = waited + 1", "            best, waited = error, waited + 1",
    says="You compare each error with the last one; it is the best so far that counts.",
    hint="After 3 and 4, is 3.5 better?")

mistake(performance_schedule, "rate before the check",
    "        rates.append(rate)", "        pass",
    "for error in dev_errors:", "for error in dev_errors:\n        rates.append(rate)",
    says="Your entry i is the rate before check i; asked for is that after it.",
    hint="Should a check have an effect on its own entry?")

mistake(performance_schedule, "not counted anew",
    "waited == patience", "waited >= patience",
    "rate, waited = rate / factor, 0", "rate = rate / factor",
    says="After a division you do not begin to count anew, so the next check divides again.",
    hint="How long should one wait after the rate has been lowered?")

mistake(performance_schedule, "equal is better",
    "error < best", "error <= best",
    says="You count an error that equals the best as better; better is strictly below.",
    hint="Compare with the docstring: is it <, or <=?")

mistake(performance_schedule, "best forgotten",
    "rate, waited = rate / factor, 0", "rate, waited, best = rate / factor, 0, np.inf",
    says="After a division your next one comes too late, or never: the count begins anew there, and the best error stays.",
    hint="What has a new check to beat?")

mistake(performance_schedule, "multiplied",
    "rate / factor", "rate * factor",
    says="You multiplied the rate by factor; it is divided.",
    hint="Should the rate become smaller or larger?")

mistake(performance_schedule, "factor fixed at 10",
    "rate / factor", "rate / 10.0",
    says="You divided by 10 whatever the argument factor says.",
    hint="Which value arrives as an argument of the function?")

mistake(performance_schedule, "patience left out",
    "waited == patience", "waited == 1",
    says="You divide after the first check that is not better, whatever patience says.",
    hint="Which argument has not been used?")

mistake(performance_schedule, "one check too late",
    "waited == patience", "waited == patience + 1",
    says="You divide one check too late: with patience 1 the first check that is not better divides.",
    hint="How many checks without a better one are needed? Is it > or >=?")

mistake(performance_schedule, "a better check does not renew the patience",
    "best, waited = error, 0", "best = error",
    says="A check that is better does not set your count back to 0; only checks in a row count.",
    hint="After a success, how many checks in a row have failed?")

mistake(performance_schedule, "always from the first rate",
    "rate / factor", "learning_rate0 / factor",
    says="You always divide the first rate, so it is lowered once only.",
    hint="Which rate is divided the second time?")
