"""What is asked in the assignment on initialization."""

import numpy as np

from autograde.authoring.questions import draws, hidden, mistake, net_parameters, question, sizes, visible, within


def networks():
    """Each of the four initializations is asked about such networks: sizes that differ, so that no two can be mixed up."""
    return (
        visible("two layers, 5-2-3", sizes(5, 2, 3)),
        visible("three layers, 2-4-3-1", sizes(2, 4, 3, 1)),
        hidden("one layer", sizes(4, 3, most=25), edge=True),
        hidden("five layers", sizes(3, 5, 4, 6, 2, 1)),
        hidden("a single input", [1, *sizes(4, 2, most=25)], edge=True),
        hidden("wide layers", [within(12, 25, 50), 3, within(9, 20, 40), 2]),
        hidden("a hidden layer of one unit", [within(3, 2, 40), 1, within(5, 2, 40)], edge=True),
    )


def transposed(asked):
    """A mistake where the solution writes both sizes out."""
    mistake(asked, "rows and columns exchanged",
        "[l], layers_dims[l - 1]", "[l - 1], layers_dims[l]",
        says="Your weights have shape (n_{l-1}, n_l), the transpose of what is needed.",
        hint="W takes n_{l-1} rows and gives n_l rows. What is its shape?")


def misplaced_randomness(asked, units, inputs, scale):
    """Three mistakes with random weights. units, inputs, scale: how the solution writes n_l, n_{l-1} and the factor."""
    mistake(asked, "random biases",
        f"np.zeros(({units}, 1))", f"np.random.randn({units}, 1) * {scale}",
        also=[
            (f"np.zeros(({units}, 1))", f"np.random.{drawn}({units}, 1){factor}")
            for drawn in ("randn", "rand")
            for factor in ("", " * 0.01", " * 0.1", f" * {scale}")
        ],
        says="You drew the biases at random too. They should be zero, and their draws change the weights that follow.",
        hint="Random weights break the symmetry. What is left to do for the biases?")

    mistake(asked, "seed set in every layer",
        "len(layers_dims)):", "len(layers_dims)):\n        np.random.seed(3)",
        says="Every layer begins with the same numbers, as it does where the seed is set again in each.",
        hint="What does setting a seed do to the numbers that come next?")

    mistake(asked, "one number for a whole layer",
        f"randn({units}, {inputs})", f"randn() * np.ones(({units}, {inputs}))",
        says="You drew one number a layer and gave it to every weight, so the units of a layer still start equal.",
        hint="What does randn return with a shape, and what without?")


# ---------------------------------------------------------------------------------------------------------------- zeros

zeros = question(
    "initialize_parameters_zeros",
    *networks(),
    section="2 · All zeros",
    hints=(
        "Take layers_dims = [2, 4, 1] and write the shapes of W1, b1, W2 and b2 on paper. Which entries of the "
        "list give them?",
        "A function of NumPy makes an array of zeros. It takes a shape, and a shape is one argument: a tuple.",
    ),
)

transposed(zeros)

mistake(zeros, "biases without columns",
    "(layers_dims[l], 1)", "layers_dims[l]",
    says="Your biases have shape (n_l,). Added to Z, such an array is taken for a row, one number for each example.",
    hint="Biases are a column: how many axes does that array have?")

mistake(zeros, "biases as a row",
    "layers_dims[l], 1", "1, layers_dims[l]",
    says="Your biases have shape (1, n_l); a row cannot be added to Z, which has a row for each unit.",
    hint="Z has a row for each unit. Along which axis does one bias belong to one unit?")

mistake(zeros, "biases of the layer before",
    "layers_dims[l], 1", "layers_dims[l - 1], 1",
    says="Your b has as many entries as layer l-1 has units, not as layer l has.",
    hint="Each unit has one bias. How many units has layer l?")

mistake(zeros, "layers counted from 0",
    '[f"W{l}"]', '[f"W{l - 1}"]',
    '[f"b{l}"]', '[f"b{l - 1}"]',
    says="Your keys begin with W0 and b0. Layer 0 is the input, which has no weights.",
    hint="Which names does the docstring ask for? What is l in the first round?")


# --------------------------------------------------------------------------------------------------------------- random

random = question(
    "initialize_parameters_random",
    *networks(),
    section="3 · Large random numbers",
    hints=(
        "The shapes are those of the section before. What is new is what W is filled with.",
        "Only the weights are random here, and each layer needs numbers of its own, drawn after the seed was set once.",
    ),
)

mistake(random, "factor 10 left out",
    " * 10", "",
    says="Your weights are a standard normal, not yet multiplied by 10.",
    hint="Read the formula again: what stands before N?")

mistake(random, "uniform numbers",
    "np.random.randn", "np.random.rand",
    says="You drew from the uniform distribution on [0, 1), where all weights are positive; a normal one was "
    "asked for.",
    hint="np.random has a function for each distribution. What does the n in randn mean?")

misplaced_randomness(random, "layers_dims[l]", "layers_dims[l - 1]", "10")

transposed(random)


# ------------------------------------------------------------------------------------------------------------------- He

he = question(
    "initialize_parameters_he",
    *networks(),
    section="4 · Scale the numbers to the layer: He",
    hints=(
        "Start from the function of the section before: what stands in place of the factor 10?",
        "The text gives the variance of the weights, and randn draws numbers of variance 1. What happens to the "
        "variance of a number that you multiply by c?",
    ),
)

mistake(he, "variance used as scale",
    "np.sqrt", "",
    says="You multiplied by 2/n instead of its square root.",
    hint="Variance is measured in squares. Which number, squared, is 2/n?")

mistake(he, "root of the 2 alone",
    "np.sqrt(2 / fan_in)", "(np.sqrt(2) / fan_in)",
    says="You took the root of 2 and divided by n; the root belongs over the whole fraction 2/n.",
    hint="How far does the root sign reach in the formula, and how far in your code?")

mistake(he, "n of the wrong layer",
    "2 / fan_in", "2 / layers_dims[l]",
    says="You divided by the number of units of layer l; what counts is its number of inputs, the units of "
    "layer l-1.",
    hint="How many products does one unit of layer l add up?")

mistake(he, "1/n instead of 2/n",
    "2 / fan_in", "1 / fan_in",
    says="Your weights have variance 1/n, the form for tanh. ReLU halves the signal, and the 2 makes up for it.",
    hint="Which part of Z does ReLU cut off, and what makes up for it?")

mistake(he, "divided instead of multiplied",
    "*", "/",
    says="Your weights are multiplied by the root of n/2 and not of 2/n, so wide layers get large weights.",
    hint="More inputs ask for smaller weights. Are yours smaller?")

misplaced_randomness(he, "layers_dims[l]", "fan_in", "np.sqrt(2 / fan_in)")


# --------------------------------------------------------------------------------------------------------------- Xavier

xavier = question(
    "initialize_parameters_xavier",
    *networks(),
    section="5 · The scale depends on the activation: Xavier",
    hints=(
        "Compare the formula with He's, sign by sign: one thing below the fraction line is new.",
        "Work the scale out by hand for a layer of 3 inputs and 5 units, and print yours for [3, 5].",
    ),
)

mistake(xavier, "He instead of Xavier",
    "(fan_in + fan_out)", "fan_in",
    says="Your weights have variance 2/n_{l-1}, which is He's for ReLU. Xavier also counts the units of layer l.",
    hint="Two sizes occur in the formula. Which are they?")

mistake(xavier, "the other common form, 1/n",
    "2 / (fan_in + fan_out)", "1 / fan_in",
    says="Your weights have variance 1/n_{l-1}. That form is in use as well; the one asked for has both sizes in it.",
    hint="Which size does the backward pass bring in?")

mistake(xavier, "variance used as scale",
    "np.sqrt", "",
    says="You multiplied by 2/(n_{l-1} + n_l) instead of its square root.",
    hint="Variance is measured in squares. What, squared, is 2/(n_{l-1} + n_l)?")

mistake(xavier, "1 above the fraction line",
    "(2 /", "(1 /",
    says="Your weights have variance 1/(n_{l-1} + n_l), half of what was asked for.",
    hint="The formula divides by the mean of two sizes. And you?")

mistake(xavier, "parentheses missing",
    "(fan_in + fan_out)", "fan_in + fan_out",
    says="You computed 2/n_{l-1} and added n_l to it, because the sum is not in parentheses.",
    hint="In which order does Python compute 2 / a + b?")

mistake(xavier, "the uniform form",
    "np.random.randn(fan_out, fan_in) * np.sqrt(2 / (fan_in + fan_out))",
    "np.random.uniform(-1, 1, (fan_out, fan_in)) * np.sqrt(6 / (fan_in + fan_out))",
    says="You drew from the uniform distribution with the right variance. It is in use too; a normal one was "
    "asked for.",
    hint="Which function of NumPy did the sections before this one draw from?")

misplaced_randomness(xavier, "fan_out", "fan_in", "np.sqrt(2 / (fan_in + fan_out))")


# ------------------------------------------------------------------------------------------------------ signal by depth

signal = question(
    "signal_by_depth",
    visible("relu, all layers of 3 units", draws(1)(3, 5), net_parameters(2, 3, 3, 3, 3, scale=0.8), "relu"),
    visible("tanh, 4-5-2", draws(3)(4, 6), net_parameters(4, 4, 5, 2), "tanh"),
    visible("sigmoid, 2-4-3-1", draws(5)(2, 7), net_parameters(6, 2, 4, 3, 1, scale=1.5), "sigmoid"),
    hidden("one layer", draws(11)(5, 4), net_parameters(12, 5, 3), "tanh", edge=True),
    hidden("a single example", draws(13)(3, 1), net_parameters(14, 3, 6, 4, 2), "relu", edge=True),
    hidden("no activation", draws(15)(4, 9), net_parameters(16, 4, 2, 5), "linear"),
    hidden("many layers", draws(17)(2, 8), net_parameters(18, 2, 4, 5, 3, 6, 4, 3, 5, 2, scale=0.9), "tanh"),
    hidden("another activation", draws(19)(6, 3), net_parameters(20, 6, 5, 7), "sigmoid"),
    hidden("an input of zeros", np.zeros((3, 4)), net_parameters(21, 3, 5, 4, 2), "relu", edge=True),
    section="6 · Signals vanish and explode",
    hints=(
        "In each round two things happen: the signal goes through one layer, and one number about what comes out "
        "is noted.",
        "What comes out of a layer is what goes into the next. Which variable carries it from one round to the other?",
    ),
)

mistake(signal, "biases left out",
    'A + parameters[f"b{l}"]', "A",
    says="You left out the biases. They are zero in the pictures here, but not in every network.",
    hint="Compare your line with the formula of A, term by term.")

mistake(signal, "activation left out",
    "= g(", "= (",
    says="You measured a network without activation: each layer hands on Z itself.",
    hint="Where does g occur in the formula of A?")

mistake(signal, "measured before the activation",
    "A = g(", "Z = (",
    "signal.append(A.std())", "A = g(Z)\n        signal.append(Z.std())",
    says="You took the standard deviation of Z; the signal is what leaves the layer, A.",
    hint="Which array is the output of a layer: Z or A?")

mistake(signal, "every layer fed with X",
    "@ A", "@ X",
    says="You gave X to every layer. Layer l takes the output of layer l-1.",
    hint="Which array enters layer 2, and which variable holds it in your code?")

mistake(signal, "one layer late",
    "A = g", "A_before, A = A, g",
    "A.std", "A_before.std",
    says="You measured the input of each layer, before it was replaced by the output.",
    hint="In the first round, what is in A at the moment when you measure it?")

mistake(signal, "variance instead of standard deviation",
    "A.std", "A.var",
    says="You took the variance; the standard deviation is its root.",
    hint="If A is in volts, in what is its variance?")

mistake(signal, "averaged over units",
    "A.std()", "A.std(axis=1).mean()",
    says="You took the standard deviation of each unit by itself and averaged; it should be one, over all "
    "entries of A.",
    hint="Over which entries of A does the docstring want it?")

mistake(signal, "ReLU for every activation",
    "= g(", "= np.maximum(0, ",
    says="You used ReLU whatever `activation` says.",
    hint="Which of the arguments does your code never use?")
