"""What is asked in the assignment on initialization."""

import numpy as np

from autograde.questions import draws, hidden, mistake, net_parameters, question, sizes, visible, within
from helpers import nets


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


@mistake(zeros, "rows and columns exchanged", hint="W takes n_{l-1} rows and gives n_l rows. What is its shape?")
def zeros_transposed(layers_dims):
    """Your weights have shape (n_{l-1}, n_l), the transpose of what is needed."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.zeros((layers_dims[l - 1], layers_dims[l]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(zeros, "biases without columns", hint="Biases are a column: how many axes does that array have?")
def zeros_flat_biases(layers_dims):
    """Your biases have shape (n_l,). Added to Z, such an array is taken for a row, one number for each example."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros(layers_dims[l])
    return parameters


@mistake(zeros, "biases as a row", hint="Z has a row for each unit. Along which axis does one bias belong to one unit?")
def zeros_row_biases(layers_dims):
    """Your biases have shape (1, n_l); a row cannot be added to Z, which has a row for each unit."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((1, layers_dims[l]))
    return parameters


@mistake(zeros, "biases of the layer before", hint="Each unit has one bias. How many units has layer l?")
def zeros_biases_of_previous_layer(layers_dims):
    """Your b has as many entries as layer l-1 has units, not as layer l has."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l - 1], 1))
    return parameters


@mistake(zeros, "layers counted from 0", hint="Which names does the docstring ask for? What is l in the first round?")
def zeros_counted_from_0(layers_dims):
    """Your keys begin with W0 and b0. Layer 0 is the input, which has no weights."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l - 1}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l - 1}"] = np.zeros((layers_dims[l], 1))
    return parameters


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


@mistake(random, "factor 10 left out", hint="Read the formula again: what stands before N?")
def random_without_factor(layers_dims):
    """Your weights are a standard normal, not yet multiplied by 10."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1])
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(
    random, "uniform numbers", hint="np.random has a function for each distribution. What does the n in randn mean?"
)
def random_uniform(layers_dims):
    """You drew from the uniform distribution on [0, 1), where all weights are positive; a normal one was asked for."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.rand(layers_dims[l], layers_dims[l - 1]) * 10
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(random, "random biases", hint="Random weights break the symmetry. What is left to do for the biases?")
def random_biases(layers_dims):
    """You drew the biases at random too. They should be zero, and their draws change the weights that follow."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
        parameters[f"b{l}"] = np.random.randn(layers_dims[l], 1) * 10
    return parameters


@mistake(random, "one number for a whole layer", hint="What does randn return with a shape, and what without?")
def random_same_value(layers_dims):
    """You drew one number a layer and gave it to every weight, so the units of a layer still start equal."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.ones((layers_dims[l], layers_dims[l - 1])) * np.random.randn() * 10
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(random, "seed set in every layer", hint="What does setting a seed do to the numbers that come next?")
def random_seed_in_loop(layers_dims):
    """You set the seed again in each layer, so every layer gets the same numbers."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        np.random.seed(3)
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(random, "rows and columns exchanged", hint="W takes n_{l-1} rows and gives n_l rows. What is its shape?")
def random_transposed(layers_dims):
    """Your weights have shape (n_{l-1}, n_l), the transpose of what is needed."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l - 1], layers_dims[l]) * 10
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


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


@mistake(he, "variance used as scale", hint="Variance is measured in squares. Which number, squared, is 2/n?")
def he_without_root(layers_dims):
    """You multiplied by 2/n instead of its square root."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) * (2 / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(he, "root of the 2 alone", hint="How far does the root sign reach in the formula, and how far in your code?")
def he_root_of_2_only(layers_dims):
    """You took the root of 2 and divided by n; the root belongs over the whole fraction 2/n."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) * (np.sqrt(2) / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(he, "n of the wrong layer", hint="How many products does one unit of layer l add up?")
def he_fan_out(layers_dims):
    """You divided by the number of units of layer l; what counts is its number of inputs, the units of layer l-1."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * np.sqrt(2 / layers_dims[l])
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(he, "1/n instead of 2/n", hint="Which part of Z does ReLU cut off, and what makes up for it?")
def he_one_over_n(layers_dims):
    """Your weights have variance 1/n, the form for tanh. ReLU halves the signal, and the 2 makes up for it."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) * np.sqrt(1 / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(he, "divided instead of multiplied", hint="More inputs ask for smaller weights. Are yours smaller?")
def he_divided(layers_dims):
    """You divided by the root of 2/n instead of multiplying by it, so wide layers get large weights."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) / np.sqrt(2 / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(he, "random biases", hint="Random weights break the symmetry. What is left to do for the biases?")
def he_random_biases(layers_dims):
    """You drew the biases at random too. They should be zero, and their draws change the weights that follow."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        scale = np.sqrt(2 / layers_dims[l - 1])
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * scale
        parameters[f"b{l}"] = np.random.randn(layers_dims[l], 1) * scale
    return parameters


@mistake(he, "one number for a whole layer", hint="What does randn return with a shape, and what without?")
def he_same_value(layers_dims):
    """You drew one number a layer and gave it to every weight, so the units of a layer still start equal."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        scale = np.sqrt(2 / layers_dims[l - 1])
        parameters[f"W{l}"] = np.full((layers_dims[l], layers_dims[l - 1]), np.random.randn() * scale)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


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


@mistake(xavier, "He instead of Xavier", hint="Two sizes occur in the formula. Which are they?")
def xavier_as_he(layers_dims):
    """Your weights have variance 2/n_{l-1}, which is He's for ReLU. Xavier also counts the units of layer l."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) * np.sqrt(2 / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(xavier, "the other common form, 1/n", hint="Which size does the backward pass bring in?")
def xavier_fan_in(layers_dims):
    """Your weights have variance 1/n_{l-1}. That form is in use as well; the one asked for has both sizes in it."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) * np.sqrt(1 / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


@mistake(xavier, "variance used as scale", hint="Variance is measured in squares. What, squared, is 2/(n_{l-1} + n_l)?")
def xavier_without_root(layers_dims):
    """You multiplied by 2/(n_{l-1} + n_l) instead of its square root."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in, fan_out = layers_dims[l - 1], layers_dims[l]
        parameters[f"W{l}"] = np.random.randn(fan_out, fan_in) * (2 / (fan_in + fan_out))
        parameters[f"b{l}"] = np.zeros((fan_out, 1))
    return parameters


@mistake(xavier, "1 above the fraction line", hint="The formula divides by the mean of two sizes. And you?")
def xavier_one_over_sum(layers_dims):
    """Your weights have variance 1/(n_{l-1} + n_l), half of what was asked for."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in, fan_out = layers_dims[l - 1], layers_dims[l]
        parameters[f"W{l}"] = np.random.randn(fan_out, fan_in) * np.sqrt(1 / (fan_in + fan_out))
        parameters[f"b{l}"] = np.zeros((fan_out, 1))
    return parameters


@mistake(xavier, "parentheses missing", hint="In which order does Python compute 2 / a + b?")
def xavier_without_parentheses(layers_dims):
    """You computed 2/n_{l-1} and added n_l to it, because the sum is not in parentheses."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in, fan_out = layers_dims[l - 1], layers_dims[l]
        parameters[f"W{l}"] = np.random.randn(fan_out, fan_in) * np.sqrt(2 / fan_in + fan_out)
        parameters[f"b{l}"] = np.zeros((fan_out, 1))
    return parameters


@mistake(xavier, "the uniform form", hint="Which function of NumPy did the sections before this one draw from?")
def xavier_uniform(layers_dims):
    """You drew from the uniform distribution with the right variance. It is in use too; a normal one was asked for."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in, fan_out = layers_dims[l - 1], layers_dims[l]
        limit = np.sqrt(6 / (fan_in + fan_out))
        parameters[f"W{l}"] = np.random.uniform(-limit, limit, (fan_out, fan_in))
        parameters[f"b{l}"] = np.zeros((fan_out, 1))
    return parameters


@mistake(xavier, "random biases", hint="Random weights break the symmetry. What is left to do for the biases?")
def xavier_random_biases(layers_dims):
    """You drew the biases at random too. They should be zero, and their draws change the weights that follow."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        scale = np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * scale
        parameters[f"b{l}"] = np.random.randn(layers_dims[l], 1) * scale
    return parameters


@mistake(xavier, "one number for a whole layer", hint="What does randn return with a shape, and what without?")
def xavier_same_value(layers_dims):
    """You drew one number a layer and gave it to every weight, so the units of a layer still start equal."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        scale = np.sqrt(2 / (layers_dims[l - 1] + layers_dims[l]))
        parameters[f"W{l}"] = np.full((layers_dims[l], layers_dims[l - 1]), np.random.randn() * scale)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


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


@mistake(signal, "biases left out", hint="Compare your line with the formula of A, term by term.")
def signal_without_biases(X, parameters, activation):
    """You left out the biases. They are zero in the pictures here, but not in every network."""
    g = nets.ACTIVATIONS[activation]
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        A = g(parameters[f"W{l}"] @ A)
        signal.append(A.std())
    return np.array(signal)


@mistake(signal, "activation left out", hint="Where does g occur in the formula of A?")
def signal_without_activation(X, parameters, activation):
    """You measured a network without activation: each layer hands on Z itself."""
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        A = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        signal.append(A.std())
    return np.array(signal)


@mistake(signal, "measured before the activation", hint="Which array is the output of a layer: Z or A?")
def signal_of_Z(X, parameters, activation):
    """You took the standard deviation of Z; the signal is what leaves the layer, A."""
    g = nets.ACTIVATIONS[activation]
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = g(Z)
        signal.append(Z.std())
    return np.array(signal)


@mistake(signal, "every layer fed with X", hint="Which array enters layer 2, and which variable holds it in your code?")
def signal_from_X_in_every_layer(X, parameters, activation):
    """You gave X to every layer. Layer l takes the output of layer l-1."""
    g = nets.ACTIVATIONS[activation]
    signal = []
    for l in range(1, len(parameters) // 2 + 1):
        A = g(parameters[f"W{l}"] @ X + parameters[f"b{l}"])
        signal.append(A.std())
    return np.array(signal)


@mistake(signal, "one layer late", hint="In the first round, what is in A at the moment when you measure it?")
def signal_one_layer_late(X, parameters, activation):
    """You measured the input of each layer, before it was replaced by the output."""
    g = nets.ACTIVATIONS[activation]
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        signal.append(A.std())
        A = g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])
    return np.array(signal)


@mistake(signal, "variance instead of standard deviation", hint="If A is in volts, in what is its variance?")
def signal_variance(X, parameters, activation):
    """You took the variance; the standard deviation is its root."""
    g = nets.ACTIVATIONS[activation]
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        A = g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        signal.append(A.var())
    return np.array(signal)


@mistake(signal, "averaged over units", hint="Over which entries of A does the docstring want it?")
def signal_averaged_over_units(X, parameters, activation):
    """You took the standard deviation of each unit by itself and averaged; it should be one, over all entries of A."""
    g = nets.ACTIVATIONS[activation]
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        A = g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        signal.append(A.std(axis=1).mean())
    return np.array(signal)


@mistake(signal, "ReLU for every activation", hint="Which of the arguments does your code never use?")
def signal_relu_only(X, parameters, activation):
    """You used ReLU whatever `activation` says."""
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        A = np.maximum(0, parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        signal.append(A.std())
    return np.array(signal)
