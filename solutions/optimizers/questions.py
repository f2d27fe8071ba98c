"""Cases and known mistakes of the assignment on optimizers.

Epsilon may be added to the root or inside it; both are accepted. In the cases it makes less difference than the
tolerance: a gradient is either exactly zero, where both give a step of zero, or large against the root of epsilon, and
no learning rate that is drawn is so large that a step of RMSprop or Adam could differ by more than 1e-7.
Hence no case can tell whether another epsilon than the default is used.
"""

import numpy as np

from autograde.authoring.questions import draws, hidden, mistake, net_parameters, question, sizes, visible, within


def published_step():
    """parameters, grads and zero averages of the published example: legacy stream with seed 1.

    The shapes do not fit together.
    """
    randn = draws(1, decimals=12)
    shapes = {"W1": (2, 3), "b1": (2, 1), "W2": (3, 3), "b2": (3, 1)}
    parameters = {name: randn(*shape) for name, shape in shapes.items()}
    grads = {f"d{name}": randn(*shape) for name, shape in shapes.items()}
    return parameters, grads, {name: np.zeros_like(value) for name, value in grads.items()}


def gradients(seed, *layers_dims, scale=1.0):
    """dW1, db1, ... for layers of these sizes, none nearer to zero than 0.2 times the scale."""
    values = net_parameters(seed, *layers_dims)
    return {
        f"d{name}": np.round(scale * (value + 0.2 * np.where(value < 0, -1, 1)), 6) for name, value in values.items()
    }


def averages(seed, *layers_dims):
    """dW1, db1, ... as the averages of earlier gradients."""
    return gradients(seed, *layers_dims, scale=0.7)


def squares(seed, *layers_dims):
    """dW1, db1, ... as the averages of earlier squared gradients."""
    return {name: np.round(value**2, 6) for name, value in averages(seed, *layers_dims).items()}


def zeros(*layers_dims):
    """dW1, db1, ... all zero, before the first step."""
    return {name: np.zeros_like(value) for name, value in gradients(0, *layers_dims).items()}


def step(seed, *layers_dims, scale=1.0):
    """parameters and grads."""
    return net_parameters(seed, *layers_dims), gradients(seed + 1, *layers_dims, scale=scale)


def step_with_v(seed, *layers_dims):
    """parameters, grads and v."""
    return *step(seed, *layers_dims), averages(seed + 2, *layers_dims)


def step_with_s(seed, *layers_dims, scale=1.0):
    """parameters, grads and s."""
    return *step(seed, *layers_dims, scale=scale), squares(seed + 3, *layers_dims)


def step_with_v_and_s(seed, *layers_dims):
    """parameters, grads, v and s."""
    return *step_with_v(seed, *layers_dims), squares(seed + 3, *layers_dims)


def step_without_first_unit(seed, *layers_dims):
    """parameters, grads that are zero for the first unit of layer 1, and averages that are all zero so far."""
    parameters, grads = step(seed, *layers_dims)
    grads["dW1"][0] = grads["db1"][0] = 0
    return parameters, grads, zeros(*layers_dims)


# 1 · One step downhill

update_parameters_with_gd = question(
    "update_parameters_with_gd",
    visible("two layers, learning rate 0.01", *published_step()[:2], 0.01),
    visible("three layers, learning rate 0.5", *step(10, 4, 3, 2, 1), 0.5),
    hidden("one layer", *step(12, 5, 2), within(0.1, 0.05, 0.3), edge=True),
    hidden("four layers", *step(14, 2, 4, 3, 5, 2), within(0.03, 0.02, 0.09)),
    hidden("a learning rate above 1", *step(16, 3, 4, 1), within(1.5, 1.1, 2.5)),
    hidden("large gradients", *step(18, 2, 3, 4, scale=50), within(0.002, 0.001, 0.005)),
    section="1 · One step downhill",
    hints=(
        "One line, and it is the same for every name: new value = old value and a step. The formula says which.",
        "Take a parameter 5 with gradient 2 and learning rate 0.1, and work out the new value by hand: it is 4.8.",
    ),
)

mistake(update_parameters_with_gd, "uphill",
    "-", "+",
    says="You added the step to the parameters instead of subtracting it.",
    hint="The gradient points to where the cost grows. Which way do you want to go?")

mistake(update_parameters_with_gd, "learning rate forgotten",
    "learning_rate * grads", "grads",
    says="You subtracted the whole gradient, without the learning rate.",
    hint="How long should the step be? The formula has a factor for it.")

mistake(update_parameters_with_gd, "learning rate fixed",
    "learning_rate ", "0.01 ",
    says="You used 0.01 whatever the argument learning_rate says.",
    hint="Which value arrives as an argument of the function?")

mistake(update_parameters_with_gd, "biases left out",
    "in parameters", 'in [name for name in parameters if name[0] == "W"]',
    says="You updated the weights only; the biases have gradients too.",
    hint="Which entries of `parameters` are still as they were?")

mistake(update_parameters_with_gd, "last layer left out",
    "in parameters", "in list(parameters)[:-2]",
    says="You updated all layers but the last.",
    hint="range(1, L) stops before L.")

mistake(update_parameters_with_gd, "two layers assumed",
    "in parameters", 'in ("W1", "b1", "W2", "b2")',
    says="You updated layers 1 and 2; there may be more, or only one.",
    hint="How can you find out how many layers `parameters` has?")


# 2 · A step for every few examples


def examples(seed, n, m):
    """X of shape (n, m) and labels Y of shape (1, m)."""
    randn = draws(seed)
    return randn(n, m), (randn(1, m) < 0.3).astype(int)


ALL_IN_ONE = within(8, 6, 20)
SIZE_AND_ONE = within(6, 3, 9)
random_mini_batches = question(
    "random_mini_batches",
    visible("10 examples in batches of 4", *examples(20, 3, 10), 4, within(1, 1, 9999)),
    visible("12 examples in batches of 4, no rest", *examples(21, 2, 12), 4, within(2, 1, 9999)),
    visible("3 examples in batches of 4", *examples(28, 2, 3), 4, within(8, 1, 9999), edge=True),
    visible("70 examples, size and seed left out", *examples(29, 1, 70)),  # more than the default size
    hidden("default size and seed", *examples(22, 2, within(150, 130, 190))),
    hidden("a single example in each batch", *examples(23, 4, within(7, 5, 12)), 1, within(3, 1, 9999), edge=True),
    hidden(
        "fewer examples than a batch holds",
        *examples(24, 5, within(9, 6, 13)), within(16, 14, 30), within(4, 1, 9999), edge=True,
    ),
    hidden("all examples in one batch", *examples(25, 3, ALL_IN_ONE), ALL_IN_ONE, within(5, 1, 9999), edge=True),
    hidden("a rest of one", *examples(26, 4, 2 * SIZE_AND_ONE + 1), SIZE_AND_ONE, within(0, 0, 9999), edge=True),
    hidden("another size", *examples(27, 6, within(23, 21, 39)), within(5, 4, 9), within(11, 1, 9999)),
    section="2 · A step for every few examples",
    items=("batch", "X", "Y"),
    hints=(
        "Two steps: bring the columns of X and Y into the new order, then cut them from left to right.",
        "With 10 examples in fours, at which columns do the batches begin, and where does each end? Write them "
        "down before you write the loop.",
    ),
)

mistake(random_mini_batches, "rest lost",
    "(0, m,", "(0, m - m % mini_batch_size,",
    says="You return the complete batches only; the examples that are left over make a last, smaller one.",
    hint="How many batches should 10 examples in fours give?")

mistake(random_mini_batches, "rest taken from the front",
    "+ mini_batch_size", "+ mini_batch_size\n        if end > m:\n            start, end = 0, m - start",
    says="Your last batch has the right size but the wrong examples: they were in an earlier batch already.",
    hint="At which column does the last batch begin?")

mistake(random_mini_batches, "rest begins at the number of examples left over",
    "+ mini_batch_size", "+ mini_batch_size\n        if end > m:\n            start = m - mini_batch_size * (m // mini_batch_size)",
    says="Your last batch begins at column m - mini_batch_size * k. That is how many columns are left over, and not "
    "where they begin.",
    hint="After k complete batches, how many columns are used up?")

mistake(random_mini_batches, "batches overlap",
    "X[:, start:end]", "X[:, start // mini_batch_size : end]",
    "Y[:, start:end]", "Y[:, start // mini_batch_size : end]",
    says="Your batches overlap: batch k begins at column k, and not at column k * mini_batch_size.",
    hint="Write down the first and the last column of your second batch.")

mistake(random_mini_batches, "variable of the loop used where the loop did not run",
    "(0, m, mini_batch_size):", "(m // mini_batch_size):\n"
    "        start = k * mini_batch_size",
    "for start", "for k",
    "        mini_batches.append((X[:, start:end], Y[:, start:end]))\n",
    "        mini_batches.append((X[:, start:end], Y[:, start:end]))\n"
    "    if m % mini_batch_size:\n"
    "        start = (k + 1) * mini_batch_size\n"
    "        mini_batches.append((X[:, start:], Y[:, start:]))\n",
    says="After the loop over complete batches you use a variable that only the loop sets (its counter, or one computed "
    "in it); where no batch is complete, it does not exist.",
    hint="How many complete batches of 4 do 3 examples give? Which of your variables have a value then?")

mistake(random_mini_batches, "seed not used",
    "np.random.seed(seed)", "np.random.seed(0)",
    says="The order of your examples does not depend on the argument seed.",
    hint="Which value arrives as the argument seed, and where does your function use it?")

mistake(random_mini_batches, "last example lost",
    "+ mini_batch_size", "+ mini_batch_size\n        if end > m:\n            end = -1",
    says="Your last batch stops one column before the end.",
    hint="In X[:, a:b] the column b is not included, and -1 means the last one.")

mistake(random_mini_batches, "rest begins one too late",
    "+ mini_batch_size", "+ mini_batch_size\n        if end > m:\n            start += 1",
    says="Your last batch leaves out its first example: it begins one column too far to the right.",
    hint="Columns are counted from 0. After 2 batches of 4, which number has the next column?")

mistake(random_mini_batches, "every batch one too short",
    "start + mini_batch_size", "min(start + mini_batch_size, m) - 1",
    says="Each of your batches lacks its last example.",
    hint="X[:, a:b] ends before column b. How many columns has X[:, 0 : 4 - 1]?")

mistake(random_mini_batches, "X in place of Y",
    "Y[:, start", "(Y if end <= m else X)[:, start",
    says="In the last batch you cut the labels out of X.",
    hint="Compare the two halves of the last batch: what should each be cut from?")

mistake(random_mini_batches, "empty batch at the end",
    "(0, m,", "(0, m + 1,",
    says="When nothing is left over, you still append a last batch, with no example in it.",
    hint="What is left over when m is a multiple of the size?")

mistake(random_mini_batches, "labels not shuffled",
    "Y[:, permutation]", "Y",
    says="You shuffled X and left Y in its old order, so that examples got the labels of others.",
    hint="Which label belongs to the first column of your first batch?")

mistake(random_mini_batches, "X and Y shuffled apart",
    "Y[:, permutation]", "Y[:, np.random.permutation(m)]",
    says="You drew a second permutation for Y, so that examples got the labels of others.",
    hint="How many permutations do you need for pairs to stay pairs?")

mistake(random_mini_batches, "not shuffled",
    "    X, Y = X[:, permutation], Y[:, permutation]\n", "",
    says="You cut the examples in their old order, without the permutation.",
    hint="What is the permutation for? X[:, permutation] has the columns in its order.")

mistake(random_mini_batches, "not cut",
    "append((X[:, start:end], Y[:, start:end]))", "append((X, Y))\n        break",
    says="You did not cut the examples: all of them are in one batch.",
    hint="How many batches do 10 examples in fours give, and how many are in your list?")

mistake(random_mini_batches, "size fixed at 64",
    "m, mini_batch_size", "m, 64",
    "+ mini_batch_size", "+ 64",
    says="You cut batches of 64 whatever the argument mini_batch_size says.",
    hint="How many examples are in each batch of yours, and how many should there be?")


# 3 · An average that forgets


def series(seed, length):
    """Temperatures of some days, about 15 degrees."""
    return np.round(15 + 4 * draws(seed)(length), 2)


exponentially_weighted_average = question(
    "exponentially_weighted_average",
    visible("five days, beta 0.9", series(30, 5), 0.9),
    visible("four days, beta 0.98, corrected", series(31, 4), 0.98, True),
    hidden("a short memory", series(32, 8), within(0.5, 0.3, 0.6)),
    hidden("a short memory, corrected", series(33, 7), within(0.6, 0.3, 0.7), True),
    hidden("a single day", series(34, 1), within(0.95, 0.8, 0.98), edge=True),
    hidden("two days, corrected", series(35, 2), within(0.95, 0.8, 0.98), True),
    hidden("many days, corrected", series(36, 60), within(0.9, 0.85, 0.95), True),
    hidden("frost", series(37, 6) - 20, within(0.7, 0.6, 0.9)),
    hidden("correction switched off", series(38, 9), within(0.8, 0.7, 0.95), False),
    section="3 · An average that forgets",
    hints=(
        "Two lines in the loop: the new v out of the old v and today's value, then what goes into the list.",
        "What goes into the list and what goes on to the next day are two things. Work out two days by hand with "
        "beta 0.5 and the values 10, 20: v is 5, then 12.5.",
    ),
)

mistake(exponentially_weighted_average, "weights exchanged",
    "beta * v + (1 - beta)", "(1 - beta) * v + beta",
    "beta**t", "(1 - beta) ** t",
    also=[("beta * v + (1 - beta)", "(1 - beta) * v + beta")],
    says="You gave the weight beta to the new value and 1 - beta to the past.",
    hint="With beta 0.9, how much of the past should be kept?")

mistake(exponentially_weighted_average, "1 - beta forgotten",
    "(1 - beta) * value", "value",
    says="You added the new value in full, without its weight 1 - beta.",
    hint="What do the two weights of an average add up to?")

mistake(exponentially_weighted_average, "correction fed back",
    "(v /", "(v := v /",
    says="You went on with the corrected value; the recursion needs v_t itself.",
    hint="Which of the two values should tomorrow's average be built on?")

mistake(exponentially_weighted_average, "never corrected",
    " / (1 - beta**t) if correct else v", "",
    says="You return the uncorrected averages even if `correct` is true.",
    hint="What should change when `correct` is true?")

mistake(exponentially_weighted_average, "always corrected",
    " if correct else v", "",
    says="You correct the averages even if `correct` is false.",
    hint="What should happen when `correct` is false?")

mistake(exponentially_weighted_average, "power forgotten",
    "beta**t", "beta",
    says="You divided by `1 - beta`; the correction divides by `1 - beta**t`.",
    hint="All weights up to day t together: what is their sum?")

mistake(exponentially_weighted_average, "divided by the power",
    "(1 - beta**t)", "beta**t",
    says="You divided by `beta**t` instead of `1 - beta**t`.",
    hint="As t grows the correction should fade. Does yours tend to 1?")

mistake(exponentially_weighted_average, "days counted from 0",
    ", start=1", "",
    says="The power in your correction is one too small, so that you divide by zero on the first day.",
    hint="On the first day, t is 1. What would you divide by if it were 0?")

mistake(exponentially_weighted_average, "begins with the first value",
    "v = 0", "v = theta[0]",
    says="You began with the first value; v_0 is 0.",
    hint="What is v before the first day?")


# 4 · Momentum

initialize_velocity = question(
    "initialize_velocity",
    visible("two layers", net_parameters(40, *sizes(2, 3), 1)),
    visible("three layers", net_parameters(41, *sizes(4, 2, 5, 3))),
    hidden("one layer", net_parameters(42, 6, 4), edge=True),
    hidden("four layers", net_parameters(43, 3, 5, 4, 2, 1)),
    section="4 · Momentum",
    hints=(
        "One entry for each parameter. Only the name and the contents differ from those of the parameter.",
        "NumPy can make zeros of the shape of another array. Look at the names in `grads` for what the entry is "
        "called.",
    ),
)

LAYER_BEFORE = 'f"d{name[0]}{int(name[1:]) - 1}"'  # dW0 for W1

mistake(initialize_velocity, "names of the parameters",
    '"d" + name', "name",
    says="You kept the names W1, b1, ...; the entries are called dW1, db1, ...",
    hint="v belongs to gradients. What are they called in `grads`?")

mistake(initialize_velocity, "layers counted from 0",
    '"d" + name', LAYER_BEFORE,
    says="Your names begin with dW0; the first layer is layer 1.",
    hint="What is the number of the first layer with weights?")

mistake(initialize_velocity, "last layer left out",
    "in parameters", "in list(parameters)[:-2]",
    says="The last layer is missing.",
    hint="range(1, L) stops before L.")

mistake(initialize_velocity, "two layers assumed",
    "in parameters", 'in ("W1", "b1", "W2", "b2")',
    says="You made entries for layers 1 and 2; there may be more, or only one.",
    hint="How can you find out how many layers `parameters` has?")

mistake(initialize_velocity, "parameters instead of zeros",
    "np.zeros_like(parameters[name])", "parameters[name]",
    says="You put the parameters in; before the first step all averages are zero.",
    hint="What has been averaged before the first step?")

mistake(initialize_velocity, "biases in the shape of the weights",
    "parameters[name]", 'parameters[name.replace("b", "W")]',
    says="Your db entries have the shapes of the weights instead of those of the biases.",
    hint="Each array has the shape of the parameter it belongs to.")


update_parameters_with_momentum = question(
    "update_parameters_with_momentum",
    visible("first step, beta 0.9", *published_step(), 0.9, 0.01),
    visible("three layers, with velocity", *step_with_v(50, 4, 3, 2, 1), 0.6, 0.1),
    hidden("one layer", *step_with_v(53, 5, 2), within(0.9, 0.7, 0.97), within(0.2, 0.1, 0.5), edge=True),
    hidden("no memory", *step_with_v(56, 2, 4, 1), 0.0, within(0.05, 0.02, 0.2), edge=True),
    hidden("a long memory", *step_with_v(59, 3, 2, 2), within(0.99, 0.97, 0.995), within(0.5, 0.2, 0.9)),
    hidden(
        "no gradient, only velocity",
        *(net_parameters(62, 3, 5, 2), zeros(3, 5, 2), averages(63, 3, 5, 2)),
        *(within(0.8, 0.7, 0.95), within(0.3, 0.1, 0.5)), edge=True,
    ),
    hidden("four layers", *step_with_v(64, 2, 3, 5, 4, 1), within(0.7, 0.6, 0.85), within(0.02, 0.02, 0.2)),
    section="4 · Momentum",
    hints=(
        "Two lines, in this order: the average, then the step. The first is the formula of section 3 with another"
        " name for the value.",
        "Follow one number: v = 1, gradient 3, beta 0.5, learning rate 0.1, parameter 0. After the step v is 2 "
        "and the parameter -0.2.",
    ),
)

mistake(update_parameters_with_momentum, "1 - beta forgotten",
    "(1 - beta) * grads", "grads",
    says="You added the gradient in full, without its weight 1 - beta. Other texts do, but here v is an average.",
    hint="Compare with the average of section 3: which weight has the new value?")

mistake(update_parameters_with_momentum, "weights exchanged",
    "beta * v[d] + (1 - beta)", "(1 - beta) * v[d] + beta",
    says="You gave the weight beta to the new gradient and 1 - beta to the past.",
    hint="With beta 0.9, how much of the past should be kept?")

mistake(update_parameters_with_momentum, "step along the gradient",
    "rate * v[d]", "rate * grads[d]",
    says="You update v, but step along the plain gradient.",
    hint="What is v for, if the parameters do not see it?")

mistake(update_parameters_with_momentum, "step along the old velocity",
    "v[d] =", "old, v[d] = v[d],",
    "learning_rate * v[d]", "learning_rate * old",
    says="Your step goes along the old v, from before its update.",
    hint="Which comes first, the average or the step?")

mistake(update_parameters_with_momentum, "past forgotten",
    "beta * v[d] + ", "",
    says="Your v has only the new gradient in it; the old v is lost.",
    hint="Where does the old v enter the new one?")

mistake(update_parameters_with_momentum, "learning rate inside the velocity",
    "grads[d]", "learning_rate * grads[d]",
    "learning_rate * v", "v",
    says="You averaged the gradient times the learning rate; v should hold gradients, and the step the "
    "learning rate.",
    hint="v is an average of gradients. Where does the learning rate belong?")

mistake(update_parameters_with_momentum, "beta fixed at 0.9",
    "beta * v[d] + (1 - beta)", "0.9 * v[d] + 0.1",
    says="You used 0.9 whatever the argument beta says.",
    hint="Which value arrives as an argument of the function?")

mistake(update_parameters_with_momentum, "uphill",
    "- learning_rate", "+ learning_rate",
    says="You added the step to the parameters instead of subtracting it.",
    hint="The gradient points to where the cost grows. Which way do you want to go?")


# 5 · RMSprop

update_parameters_with_rmsprop = question(
    "update_parameters_with_rmsprop",
    visible("first step", *step(70, 3, 2, 1), zeros(3, 2, 1), 0.9, 0.01),
    visible("three layers, a later step", *step_with_s(72, 4, 3, 2, 1), 0.8, 0.1),
    visible("a unit without gradient", *step_without_first_unit(75, 2, 4, 1), 0.9, 0.05, edge=True),
    visible(  # no step at all, unless epsilon stands beside the fraction
        "no gradient now, epsilon 0.1",
        *(net_parameters(95, 2, 3, 1), zeros(2, 3, 1), squares(96, 2, 3, 1)), 0.7, 0.05, 0.1, edge=True,
    ),
    hidden("one layer", *step_with_s(77, 5, 2), within(0.95, 0.8, 0.98), within(0.2, 0.05, 0.2), edge=True),
    hidden("a short memory", *step_with_s(80, 2, 3, 4), within(0.3, 0.2, 0.4), within(0.02, 0.02, 0.2)),
    hidden("a long memory", *step_with_s(83, 4, 5, 2), within(0.999, 0.99, 0.999), within(0.03, 0.02, 0.04)),
    hidden("large gradients", *step_with_s(86, 3, 4, 2, scale=100), within(0.9, 0.7, 0.97), within(0.1, 0.05, 0.3)),
    hidden(
        "a unit without gradient so far",
        *step_without_first_unit(89, 3, 3, 2), within(0.5, 0.3, 0.5), within(0.4, 0.1, 0.35), edge=True,
    ),
    hidden("four layers", *step_with_s(91, 2, 3, 5, 4, 1), within(0.7, 0.6, 0.85), within(0.02, 0.02, 0.2)),
    section="5 · RMSprop",
    hints=(
        "The same two lines as with momentum: an average, then a step. What is averaged is new, and what the step"
        " is divided by.",
        "Follow one number: s = 0, gradient 2, beta2 0.75, learning rate 0.1, parameter 1. After the step s is 1 "
        "and the parameter 0.8.",
    ),
    equivalent=(("(np.sqrt(s[d]) + epsilon)", "np.sqrt(s[d] + epsilon)"),),
)

mistake(update_parameters_with_rmsprop, "root forgotten",
    "np.sqrt(s[d])", "s[d]",
    says="You divided by s instead of its square root.",
    hint="s is measured in squared gradients. What has the unit of a gradient?")

mistake(update_parameters_with_rmsprop, "square forgotten",
    " ** 2", "",
    says="You averaged the gradients; s averages their squares.",
    hint="Can the quantity under your root be negative?")

mistake(update_parameters_with_rmsprop, "weight squared too",
    "(1 - beta2) * grads[d]", "((1 - beta2) * grads[d])",
    says="You squared the factor 1 - beta2 together with the gradient.",
    hint="To which part of (1 - beta2) * dW does the square belong?")

mistake(update_parameters_with_rmsprop, "epsilon forgotten",
    "(np.sqrt(s[d]) + epsilon)", "np.sqrt(s[d])",
    says="Your divisor has no epsilon in it, so a gradient that has always been zero gives 0/0.",
    hint="What happens where a gradient has been zero so far?")

mistake(update_parameters_with_rmsprop, "epsilon beside the fraction",
    "(np.sqrt(s[d]) + epsilon)", "np.sqrt(s[d]) + epsilon",
    also=[
        ("learning_rate * grads[d] / (np.sqrt(s[d]) + epsilon)", "(learning_rate * grads[d] / np.sqrt(s[d]) + epsilon)"),
        ("grads[d] / (np.sqrt(s[d]) + epsilon)", "(grads[d] / np.sqrt(s[d]) + epsilon)"),
    ],
    says="You added epsilon to the whole fraction; it belongs below the fraction line, so that nothing is divided by 0.",
    hint="In which order does Python work out a / b + c? Where do brackets have to stand?")

mistake(update_parameters_with_rmsprop, "1 - beta2 forgotten",
    "(1 - beta2) * grads", "grads",
    says="You added the square in full, without its weight 1 - beta2.",
    hint="Compare with the average of section 3: which weight has the new value?")

mistake(update_parameters_with_rmsprop, "weights exchanged",
    "beta2 * s[d] + (1 - beta2)", "(1 - beta2) * s[d] + beta2",
    says="You gave the weight beta2 to the new square and 1 - beta2 to the past.",
    hint="With beta2 0.9, how much of the past should be kept?")

mistake(update_parameters_with_rmsprop, "past forgotten",
    "beta2 * s[d] + ", "",
    says="Your s has only the new square in it; the old s is lost.",
    hint="Where does the old s enter the new one?")

mistake(update_parameters_with_rmsprop, "division by the old s",
    "s[d] =", "old, s[d] = s[d],",
    "np.sqrt(s[d])", "np.sqrt(old)",
    also=[("s[d] =", "old, s[d] = s[d],", "(np.sqrt(s[d]) + epsilon)", "np.sqrt(old + epsilon)")],
    says="Your step is divided by the root of the old s, from before its update.",
    hint="Which comes first, the average or the step?")

mistake(update_parameters_with_rmsprop, "gradient forgotten",
    "learning_rate * grads[d]", "learning_rate",
    says="Your step is the learning rate over the root of s; the gradient above the fraction line is missing.",
    hint="Which way does your step go where the gradient is negative?")


# 6 · Adam

initialize_adam = question(
    "initialize_adam",
    visible("two layers", net_parameters(100, *sizes(3, 2, 2))),
    visible("three layers", net_parameters(101, *sizes(2, 5, 4), 1)),
    visible(
        "v and s are two dicts", net_parameters(104, *sizes(3, 4)),
        adapter="helpers.adapters.second_after_the_first_is_filled",
    ),
    hidden("one layer", net_parameters(102, 4, 3), edge=True),
    hidden("four layers", net_parameters(103, 5, 3, 4, 2, 1)),
    section="6 · Adam",
    hints=(
        "Adam keeps two averages of each gradient. Fill both dicts in the same loop.",
        "Is each entry an array of its own? Names and shapes are those of section 4.",
    ),
)

mistake(initialize_adam, "names of the parameters",
    'v["d" + name]', "v[name]",
    's["d" + name]', "s[name]",
    says="You kept the names W1, b1, ...; the entries are called dW1, db1, ...",
    hint="v and s belong to gradients. What are they called in `grads`?")

mistake(initialize_adam, "layers counted from 0",
    'v["d" + name]', f"v[{LAYER_BEFORE}]",
    's["d" + name]', f"s[{LAYER_BEFORE}]",
    says="Your names begin with dW0; the first layer is layer 1.",
    hint="What is the number of the first layer with weights?")

mistake(initialize_adam, "s left empty",
    '        s["d" + name] = np.zeros_like(parameters[name])\n', "",
    says="Your s has no entries; only v was filled.",
    hint="Print both dicts. Does each have an entry for every gradient?")

mistake(initialize_adam, "one dict only",
    "return v, s", "return v",
    says="You return one dict; Adam needs two, v and s.",
    hint="How many averages does Adam keep?")

mistake(initialize_adam, "one dict under two names",
    "v, s = {}, {}", "v = s = {}",
    says="Your v and s are one and the same dict: what a step writes into v stands in s as well.",
    hint="After `v = s = {}`, what stands in s once `v[0] = 1` is run?")

mistake(initialize_adam, "the same arrays in v and in s",
    's["d" + name] = np.zeros_like(parameters[name])', 's["d" + name] = v["d" + name]',
    says="The entries of v and of s are the same arrays: what a step writes into one stands in the other as well.",
    hint="After `a = b = np.zeros(3)`, what is in b once `a[0] = 1` is run?")

mistake(initialize_adam, "s filled with ones",
    's["d" + name] = np.zeros_like', 's["d" + name] = np.ones_like',
    says="You filled s with ones; both averages begin at zero.",
    hint="What is the average of no squares at all?")


update_parameters_with_adam = question(
    "update_parameters_with_adam",
    visible("zero averages, t = 2, all defaults", *published_step(), published_step()[2], 2),
    visible(
        "first step, a unit without gradient", *step_without_first_unit(110, 3, 4, 1), zeros(3, 4, 1), 1, 0.1, edge=True
    ),
    visible("three layers, a later step, other rates", *step_with_v_and_s(112, 4, 3, 2, 1), 7, 0.05, 0.8, 0.95),
    visible(  # no step at all, unless epsilon stands beside the fraction
        "no gradient, epsilon 0.1", *(net_parameters(141, 2, 3, 1), zeros(2, 3, 1), zeros(2, 3, 1), squares(142, 2, 3, 1)),
        *(4, 0.05, 0.8, 0.95, 0.1), edge=True,
    ),
    hidden("one layer, first step", *step(116, 5, 2), zeros(5, 2), zeros(5, 2), 1, edge=True),
    hidden("a late step", *step_with_v_and_s(118, 2, 4, 3), within(2000, 1500, 3000), within(0.03, 0.02, 0.04)),
    hidden("another beta1", *step_with_v_and_s(122, 3, 2, 4), within(3, 2, 6), 0.02, within(0.5, 0.3, 0.8)),
    hidden("another beta2", *step_with_v_and_s(126, 2, 3, 1), within(4, 2, 6), 0.02, 0.9, within(0.7, 0.5, 0.8)),
    hidden(
        "averages without memory",
        *step_with_v_and_s(130, 4, 2, 3), within(5, 2, 9), within(0.2, 0.1, 0.5), 0.0, 0.0, edge=True,
    ),
    hidden(
        "a unit without gradient so far",
        *step_without_first_unit(134, 2, 5, 2), zeros(2, 5, 2), within(3, 2, 6), edge=True,
    ),
    hidden("four layers", *step_with_v_and_s(136, 2, 3, 5, 4, 1), within(10, 7, 15), within(0.3, 0.1, 0.3), 0.95, 0.99),
    section="6 · Adam",
    hints=(
        "Five lines: two averages, two corrections, one step. You have written the averages before, in sections 4"
        " and 5.",
        "The corrections are for this step alone: give them names of their own. Which of the four quantities does"
        " the step use?",
    ),
    equivalent=(("(np.sqrt(s_corrected) + epsilon)", "np.sqrt(s_corrected + epsilon)"),),
)

mistake(update_parameters_with_adam, "not corrected",
    "* v_corrected", "* v[d]",
    "(s_corrected)", "(s[d])",
    also=[("* v_corrected", "* v[d]", "(np.sqrt(s_corrected) + epsilon)", "np.sqrt(s[d] + epsilon)")],
    says="Your step uses v and s; it should use the corrected ones.",
    hint="By what do the formulas divide v and s before the step?")

mistake(update_parameters_with_adam, "v for v_corrected",
    "* v_corrected", "* v[d]",
    says="Your step uses v above the fraction line; it should be the corrected v.",
    hint="Which of the two quantities in your step is still the uncorrected one?")

mistake(update_parameters_with_adam, "s for s_corrected",
    "(s_corrected)", "(s[d])",
    also=[("(np.sqrt(s_corrected) + epsilon)", "np.sqrt(s[d] + epsilon)")],
    says="Your step uses s below the fraction line; it should be the corrected s.",
    hint="Which of the two quantities in your step is still the uncorrected one?")

mistake(update_parameters_with_adam, "divided by the power",
    "(1 - beta1**t)", "np.float64(beta1**t)",
    "(1 - beta2**t)", "np.float64(beta2**t)",
    says="You divided by `beta**t` instead of `1 - beta**t`.",
    hint="As t grows the correction should fade. Does yours tend to 1?")

mistake(update_parameters_with_adam, "power forgotten",
    "beta1**t", "beta1",
    "beta2**t", "beta2",
    says="You divided by `1 - beta`; the correction divides by `1 - beta**t`.",
    hint="The correction depends on the number of the step. Where is t in yours?")

mistake(update_parameters_with_adam, "square in place of the power t",
    "beta2**t", "beta2**2",
    says="You corrected s with beta2 squared; the power is t, the number of this step.",
    hint="The correction depends on the number of the step. What stands in its place in yours?")

mistake(update_parameters_with_adam, "power one too large",
    "beta1**t", "beta1**(t + 1)",
    "beta2**t", "beta2**(t + 1)",
    says="You raised both betas to the power t + 1; t is 1 in the first step already.",
    hint="What is t in the first step?")

mistake(update_parameters_with_adam, "beta1 in the correction of s",
    "beta2*", "beta1*",
    says="You corrected s with beta1; its memory is beta2.",
    hint="Each average is corrected with its own beta.")

mistake(update_parameters_with_adam, "beta1 for beta2",
    "beta2 * s[d] + (1 - beta2)", "beta1 * s[d] + (1 - beta1)",
    "beta2*", "beta1*",
    says="You used beta1 for s as well; the squares have the memory beta2.",
    hint="Which memory belongs to the squares?")

mistake(update_parameters_with_adam, "root forgotten",
    "np.sqrt(s_corrected)", "s_corrected",
    says="You divided by the corrected s instead of its square root.",
    hint="s is measured in squared gradients. What has the unit of a gradient?")

mistake(update_parameters_with_adam, "square forgotten",
    " ** 2", "",
    says="You averaged the gradients in s; it averages their squares.",
    hint="Can the quantity under your root be negative?")

mistake(update_parameters_with_adam, "epsilon forgotten",
    "(np.sqrt(s_corrected) + epsilon)", "np.sqrt(s_corrected)",
    says="Your divisor has no epsilon in it, so a gradient that has always been zero gives 0/0.",
    hint="What happens where a gradient has been zero so far?")

mistake(update_parameters_with_adam, "epsilon beside the fraction",
    "(np.sqrt(s_corrected) + epsilon)", "np.sqrt(s_corrected) + epsilon",
    also=[
        (
            "learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)",
            "(learning_rate * v_corrected / np.sqrt(s_corrected) + epsilon)",
        ),
        ("v_corrected / (np.sqrt(s_corrected) + epsilon)", "(v_corrected / np.sqrt(s_corrected) + epsilon)"),
    ],
    says="You added epsilon to the whole fraction; it belongs below the fraction line, so that nothing is divided by 0.",
    hint="In which order does Python work out a / b + c? Where do brackets have to stand?")

mistake(update_parameters_with_adam, "corrected averages kept",
    "v_corrected =", "v_corrected = v[d] =",
    "s_corrected =", "s_corrected = s[d] =",
    says="You stored the corrected averages in v and s; the next step needs the uncorrected ones.",
    hint="Which values should the next step build on?")

mistake(update_parameters_with_adam, "defaults used throughout",
    "for name", "learning_rate, beta1, beta2, epsilon = 0.01, 0.9, 0.999, 1e-8\n    for name",
    says="Your result is that of the default values, whatever the arguments say.",
    hint="Which of the arguments does your function never look at?")


# 8 · A learning rate that falls

STAIR = within(4, 3, 9)
learning_rate_decay = question(
    "learning_rate_decay",
    visible("inverse, epoch 3", within(0.2, 0.05, 0.9), within(3, 2, 8), within(0.5, 0.3, 0.9)),
    visible("exponential, epoch 4", within(0.1, 0.05, 0.9), within(4, 2, 8), within(0.9, 0.7, 0.93), "exponential"),
    visible("root, epoch 9", within(0.3, 0.05, 0.9), within(9, 5, 20), within(0.6, 0.3, 0.9), "root"),
    visible("inverse in stairs of 10, epoch 19", *(within(0.1, 0.05, 0.9), within(19, 13, 19), 1.0, "inverse", 10)),
    visible(
        "root in stairs of 4, epoch 2",
        *(within(0.3, 0.05, 0.9), within(2, 2, 3), within(0.6, 0.3, 0.9), "root", 4), edge=True,
    ),
    hidden("inverse, first epoch", within(0.05, 0.02, 0.9), 0, within(2.0, 0.5, 3.0), "inverse", edge=True),
    hidden("exponential, first epoch", within(0.4, 0.02, 0.9), 0, within(0.7, 0.5, 0.9), "exponential", edge=True),
    hidden("root, first epoch", within(0.8, 0.02, 0.9), 0, within(0.25, 0.1, 0.8), "root", edge=True),
    hidden(
        "exponential in stairs", within(0.5, 0.2, 0.9), within(17, 14, 17), within(0.95, 0.8, 0.98), "exponential", 6
    ),
    hidden("root in stairs", within(0.02, 0.02, 0.9), within(23, 21, 24), within(1.7, 1.2, 2.5), "root", 5),
    hidden(
        "where a stair begins", within(0.3, 0.1, 0.9), 3 * STAIR, within(0.4, 0.2, 0.9), "inverse", STAIR, edge=True
    ),
    hidden(
        "where a stair ends", within(0.3, 0.1, 0.9), 3 * STAIR - 1, within(0.4, 0.2, 0.9), "inverse", STAIR, edge=True
    ),
    hidden("a late epoch", within(0.01, 0.01, 0.2), within(400, 300, 900), within(0.03, 0.02, 0.09), "inverse"),
    hidden("no decay", within(0.07, 0.02, 0.9), within(6, 4, 20), 0.0, "inverse", 2, edge=True),
    section="8 · A learning rate that falls",
    hints=(
        "Find n first, the number of changes so far. Then three rules, of which `kind` chooses one.",
        "With interval 10, n is 0 in epochs 0 to 9 and 1 in epochs 10 to 19. And the root rule has something to "
        "say about n = 0.",
    ),
)

mistake(learning_rate_decay, "not rounded down",
    "//", "/",
    says="You divided the epoch by the interval, but did not round the result down.",
    hint="Is the rate the same throughout one interval? n should be a whole number.")

mistake(learning_rate_decay, "rounded up",
    "epoch // interval", "math.ceil(epoch / interval)",
    says="You rounded epoch / interval up, or to the nearest whole number; the stairs need it rounded down.",
    hint="In the first interval nothing should have changed yet. What is your n there?")

mistake(learning_rate_decay, "stairs ignored",
    "epoch // interval", "epoch",
    says="You computed with the epoch itself; interval is not used.",
    hint="What is the argument `interval` for?")

mistake(learning_rate_decay, "brackets missing",
    "(1 + decay_rate * n)", "1 + decay_rate * n",
    says="In the inverse rule the division takes only the 1; the sum below the fraction line needs brackets.",
    hint="In Python, 1 / 1 + x is (1 / 1) + x.")

mistake(learning_rate_decay, "0.95 fixed",
    "decay_rate*", "0.95*",
    says="In the exponential rule you used 0.95 whatever the argument decay_rate says.",
    hint="Which value arrives as an argument of the function?")

mistake(learning_rate_decay, "base and exponent exchanged",
    "decay_rate**n", "n**decay_rate",
    says="In the exponential rule you raised n to the power decay_rate instead of the reverse.",
    hint="What does 0.95 to the power n do as n grows?")

mistake(learning_rate_decay, "root forgotten",
    "math.sqrt(max(n, 1))", "max(n, 1)",
    says="In the root rule you divided by n instead of its square root.",
    hint="By which factor should the rate fall from epoch 1 to epoch 9?")

mistake(learning_rate_decay, "root of zero",
    "max(n, 1)", "n",
    also=[("math.sqrt(max(n, 1))", "np.sqrt(n)")],
    says="In the root rule you divide by zero while n is 0; there n counts as 1.",
    hint="What does the table say about n = 0 in the root rule?")

mistake(learning_rate_decay, "decay_rate missing in the root rule",
    "* decay_rate ", "",
    says="In the root rule you left out the factor decay_rate.",
    hint="The numerator of the root rule has two factors.")
