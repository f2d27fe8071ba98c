"""What is asked in notebook.py: cases and named mistakes of the ten graded functions."""

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


def _floats(seed: int, *shape: int) -> np.ndarray:
    """randn(*shape) as float32, the type that TensorFlow computes with."""
    return draws(seed)(*shape).astype(np.float32)


def _net(seed: int, *layers_dims: int) -> dict[str, np.ndarray]:
    return {name: value.astype(np.float32) for name, value in net_parameters(seed, *layers_dims).items()}


def _one_hot(labels, C: int) -> np.ndarray:
    return np.eye(C, dtype=np.float32)[:, np.asarray(labels)]


def _labels(seed: int, m: int, C: int) -> np.ndarray:
    """m labels from 0 to C - 1 in no order, shape (m,)."""
    return stream(seed, same_in_twins=True).randint(0, C, m)


# --- 1 · linear_function


def _linear_case(seed: int, n: int, n_x: int, m: int) -> tuple:
    return _floats(seed, n_x, m), _floats(seed + 50, n, n_x), _floats(seed + 90, n, 1)


linear_function = question(
    "linear_function",
    visible("3 inputs, 4 outputs, one example", *_linear_case(1, 4, 3, 1)),
    visible("2 inputs, 3 outputs, five examples", *_linear_case(2, 3, 2, 5)),
    hidden("other sizes", *_linear_case(3, 2, 6, 4)),
    hidden("as many inputs as outputs", *_linear_case(4, 3, 3, 3)),
    hidden("a single number", *_linear_case(5, 1, 1, 1), edge=True),
    section="1 · Tensors",
    hints=(
        "Check the shapes: (n, n_x) and (n_x, m) are to give (n, m), then a column of n numbers is added.",
        "TensorFlow has a function for the product of two matrices; * is something else.",
    ),
)

mistake(linear_function, "* instead of the matrix product",
    "tf.matmul(W, X)", "tf.multiply(W, tf.transpose(X))",
    says="You multiplied entry by entry (*); WX is a matrix product.",
    hint="Which sign, or which function, is the matrix product?")

mistake(linear_function, "b forgotten",
    "X) + b", "X)",
    says="You computed WX and did not add b.",
    hint="Count the letters in the formula, and those in your code.")

mistake(linear_function, "b subtracted",
    "X) + b", "X) - b",
    says="You computed WX - b; the formula adds b.",
    hint="Look at the sign before b in the formula.")


# --- 2 · sigmoid

TYPED = {"adapter": "helpers.adapters.with_dtype"}


def _row(rng: np.random.RandomState) -> np.ndarray:
    """Four numbers in order, from -3 to 3."""
    return np.round(np.sort(rng.uniform(-3, 3, 4)), 2).astype(np.float32)


sigmoid = question(
    "sigmoid",
    visible("0, an integer", 0, **TYPED, alone=True),
    visible("12, an integer", within(12, 13, 80), **TYPED, one_answer=True),  # nearly 1
    visible("a row of numbers", drawn(np.array([-2.0, -0.5, 0.0, 1.5], np.float32), _row), **TYPED),
    hidden("a matrix", _floats(11, 3, 4), **TYPED),
    hidden(
        "very large and very small numbers",
        np.array([-within(80.0, 50.0, 85.0), within(80.0, 50.0, 85.0)], np.float32), **TYPED, edge=True,
    ),
    hidden("a negative integer", -within(3, 1, 6), **TYPED),
    hidden("double precision", draws(12)(5), **TYPED, edge=True),
    rtol=1e-4,
    section="2 · The sigmoid, and a matter of types",
    hints=(
        "TensorFlow has this function already. The question is what it accepts.",
        "Call yours with 0 and with 0.0. If only one of them works, what has to happen to z first?",
    ),
)

mistake(sigmoid, "integers are refused",
    "tf.cast(z, tf.float32)", "z",
    says="Your function works for floats only; given the integer 0, TensorFlow refuses.",
    hint="`tf.cast` changes the type of a tensor. Which type does the sigmoid need?")

mistake(sigmoid, "minus sign forgotten",
    "tf.sigmoid(tf.cast(z, tf.float32))", "1 / (1 + tf.exp(tf.cast(z, tf.float32)))",
    says="Your values are those of 1 / (1 + e^z), which fall as z grows; the sigmoid has e^-z.",
    hint="As z grows, should the sigmoid rise or fall? Look at the sign before each z in your code.")

mistake(sigmoid, "tanh instead of sigmoid",
    "tf.sigmoid", "tf.tanh",
    says="You returned the hyperbolic tangent, which runs from -1 to 1.",
    hint="The sigmoid lies between 0 and 1. Between which numbers does yours lie?")


# --- 3 · sigmoid_cost


def _sigmoid_cost_case(seed: int, *shape: int) -> tuple:
    logits = _floats(seed, *shape) * 2
    return logits, ((np.arange(logits.size).reshape(shape) * 7 + seed) % 3 % 2).astype(np.float32)


HALVES = np.array([0, 0, 1, 1], np.float32)
NOTES = (drawn(np.array([0.2, 0.4, 0.7, 0.9], np.float32), lambda rng: np.abs(_row(rng))), HALVES)
LARGE = np.array([-1, 1, -1, 1], np.float32) * np.float32(within(60, 40.0, 80.0))
sigmoid_cost = question(
    "sigmoid_cost",
    visible("four logits, two of each label", *NOTES),
    visible("a row of six", *_sigmoid_cost_case(21, 1, 6)),
    hidden("another row", *_sigmoid_cost_case(22, 1, 9)),
    hidden("a matrix", *_sigmoid_cost_case(23, 3, 4)),
    hidden("large logits", LARGE, HALVES, edge=True),
    hidden("a single logit", *_sigmoid_cost_case(24, 1), edge=True),
    rtol=1e-4,
    atol=1e-6,
    section="3 · The cost of a logit",
    hints=(
        "The text above names a function that does all of it. What are its two arguments called?",
        "Read the end of its name: which of the two is it that goes in, the probability or what comes before the "
        "sigmoid?",
    ),
)

mistake(sigmoid_cost, "sigmoid taken twice",
    "logits=logits", "logits=tf.sigmoid(logits)",
    says="You took the sigmoid yourself, and TensorFlow's function takes it again: it wants the logits.",
    hint="Read the name of the function that you call: what does it do to its logits first?")

mistake(sigmoid_cost, "logits and labels swapped",
    "labels=labels, logits=logits", "labels=logits, logits=labels",
    says="Labels and logits have changed places in your call.",
    hint="Name the arguments when you call: labels=..., logits=...")

mistake(sigmoid_cost, "averaged",
    "return cost", "return tf.reduce_mean(cost)",
    says="You returned the mean; one cost for each logit is asked for.",
    hint="How many numbers should come out for four examples?")

mistake(sigmoid_cost, "added up",
    "return cost", "return tf.reduce_sum(cost)",
    says="You returned the sum; one cost for each logit is asked for.",
    hint="How many numbers should come out for four examples?")

mistake(sigmoid_cost, "one of the two terms missing",
    "tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)", "-labels * tf.math.log_sigmoid(logits)",
    says="You have the term of the examples with label 1 only.",
    hint="What should an example with label 0 cost?")


# --- 4 · one_hot_matrix


def _shuffled(rng: np.random.RandomState) -> tuple:
    C = int(rng.randint(4, 9))
    return rng.permutation(C), C


def _single(rng: np.random.RandomState) -> tuple:
    C = int(rng.randint(2, 99))
    return rng.randint(0, C, 1), C


SIX = np.array([1, 2, 3, 0, 2, 1])
one_hot_matrix = question(
    "one_hot_matrix",
    visible("six labels of four classes", drawn(SIX, lambda rng: rng.permutation(SIX)), 4),
    visible("three labels of six classes", drawn(np.array([5, 0, 3]), lambda rng: rng.permutation(6)[:3]), 6),
    hidden("more labels", _labels(31, 9, 5), 5),
    hidden("as many labels as classes", *drawn((np.array([2, 0, 1]), 3), _shuffled)),
    hidden(
        "a class that does not occur", drawn(np.array([0, 0, 1, 1]), lambda rng: rng.randint(0, 3, 6)), 4, edge=True
    ),
    hidden("a single label", *drawn((np.array([1]), 2), _single), edge=True),
    section="4 · Labels as columns",
    hints=(
        "`tf.one_hot` needs the labels and the number of classes; a third argument says along which axis the "
        "classes lie.",
        "Write down the matrix for the labels 2, 0 and three classes. How many rows, how many columns? Print yours.",
    ),
)

mistake(one_hot_matrix, "transposed",
    ", axis=0", "",
    says="Your matrix has one row for each example; one column for each is asked for.",
    hint="Where should the single 1 of an example be: in its row or in its column? See `axis`.")

mistake(one_hot_matrix, "counted from 1",
    "(labels, C, axis", "(np.asarray(labels) - 1, C, axis",
    says="Label 1 has its 1 in the first row; that row belongs to label 0.",
    hint="In which row is the 1 of label 0?")

mistake(one_hot_matrix, "as many rows as labels",
    "C, axis", "len(labels), axis",
    says="Your matrix has a row for each example; it should have a row for each of the C classes.",
    hint="Which argument says how many classes there are?")


# --- 5 · normalize_images


def _images(seed: int, m: int, side: int) -> np.ndarray:
    return stream(seed).randint(0, 256, (m, side, side, 3)).astype(np.uint8)


normalize_images = question(
    "normalize_images",
    visible("four pictures of 2 by 2", _images(41, 4, 2), **TYPED),
    visible("two pictures of 3 by 3", _images(42, 2, 3), **TYPED),
    hidden("more pictures", _images(43, 7, 2), **TYPED),
    hidden("a single picture", _images(44, 1, 4), **TYPED, edge=True),
    hidden("as many pictures as numbers in each", _images(45, 12, 2), **TYPED),
    hidden("black and white", _images(46, 3, 2) // 128 * np.uint8(255), **TYPED, edge=True),
    section="6 · Pictures as columns",
    hints=(
        "Three things: each picture becomes one line of numbers, the lines become columns, and the numbers become"
        " small.",
        "Which order keeps the numbers of one picture together? And look at the dtype of the result.",
    ),
)

mistake(normalize_images, "reshaped to columns directly",
    "images.shape[0], -1", "-1, images.shape[0]",
    "rows.T", "rows",
    says="Each of your columns is a mixture of all pictures, as it is where one reshapes to (n_x, m) at once. Make rows "
    "first, then transpose.",
    hint="reshape keeps the order of the numbers. Which examples are in the first column?")

mistake(normalize_images, "not divided by 255",
    " / 255", "",
    says="The numbers still run from 0 to 255; they should run from 0 to 1.",
    hint="Which is the largest number that comes out?")

mistake(normalize_images, "one example a row",
    "rows.T", "rows",
    says="Your pictures lie in rows; each should be a column.",
    hint="In this course examples are columns.")

mistake(normalize_images, "double precision",
    ".astype(np.float32)", "",
    says="The numbers are right, but they are float64; TensorFlow will not multiply them with float32 weights.",
    hint="Dividing in NumPy gives float64. `.astype` gives what the weights are: np.float32.")

mistake(normalize_images, "divided as whole numbers",
    "/", "//",
    says="Your numbers are only 0 and 1: all between was rounded down, by // or by a type of whole numbers.",
    hint="What is 200 // 255, and what does astype(int) make of 0.8?")


# --- 6 · initialize_parameters

BY_SEED = {"adapter": "helpers.adapters.initial_weights_by_seed"}
initialize_parameters = question(
    "initialize_parameters",
    visible(
        "the network of this notebook",
        (within(12288, 900, 2000), within(25, 20, 40), within(12, 10, 19), within(6, 5, 9)),
        within(1, 3, 9999), adapter="helpers.adapters.initial_weights",
    ),
    visible(
        "two layers, and two seeds",
        (within(400, 300, 500), within(50, 40, 70), within(10, 10, 20)), within(2, 3, 9999), **BY_SEED,
    ),
    hidden(
        "a single layer, and two seeds",
        (within(200, 100, 300), within(60, 30, 90)), within(4, 3, 9999), **BY_SEED, edge=True,
    ),
    hidden(
        "four layers, wider towards the end",
        (within(30, 25, 40), within(60, 50, 80), within(120, 100, 150), within(200, 160, 250), within(40, 30, 50)),
        within(5, 3, 9999), adapter="helpers.adapters.initial_weights",
    ),
    section="7 · Where to start: Glorot's interval",
    hints=(
        "As in the first notebook, a weight matrix and a column of biases for each layer. New: who draws, and "
        "that each is wrapped in `tf.Variable`.",
        "Keras has an initializer with Glorot's name; made with a seed, it is called with a shape. Should all layers "
        "have the same seed?",
    ),
)

mistake(initialize_parameters, "weights all zero",
    "draw((", "tf.zeros((",
    says="Your weights are all zero, so all units of a layer stay alike.",
    hint="The first notebook shows what becomes of equal units.")

mistake(initialize_parameters, "right spread, some outside the limit",
    "GlorotUniform", "GlorotNormal",
    says="Some of your weights lie outside the interval, though their spread is right. Normal weights are like that; "
    "uniform ones were asked for.",
    hint="Glorot's initializer comes in two kinds, GlorotNormal and GlorotUniform.")

mistake(initialize_parameters, "wrong limit and wrong spread",
    "tf.keras.initializers.GlorotUniform(seed=seed + l)",
    "lambda shape: tf.random.stateless_uniform(shape, (seed, l), -1.0, 1.0)",
    says="Some of your weights lie outside the interval, and their spread is not that of the interval either.",
    hint="How does the limit r depend on the sizes of the two layers? Which sizes do your weights depend on?")

mistake(initialize_parameters, "weights that cannot be trained",
    "tf.Variable(draw", "(draw",
    "tf.Variable(tf", "(tf",
    says="Your parameters are plain tensors; training changes variables.",
    hint="`tf.Variable` makes something that a step can change.")

mistake(initialize_parameters, "seed not used",
    "seed=seed + l", "seed=l",
    says="Your weights are the same for every seed.",
    hint="Where does the second argument of the function go?")

mistake(initialize_parameters, "the same draws in each layer",
    "seed=seed + l", "seed=seed",
    says="Your layers begin with the same draws, up to a factor; each should have numbers of its own.",
    hint="Which seed does each layer get in your code?")

mistake(initialize_parameters, "biases not zero",
    "tf.zeros", "draw",
    says="Your biases are not zero; only the weights should be drawn.",
    hint="Random weights break the symmetry. What is left for the biases?")

mistake(initialize_parameters, "weights transposed",
    "[l], layers_dims[l - 1]", "[l - 1], layers_dims[l]",
    says="Your W has shape (n of the layer before, n of the layer); it is the other way round.",
    hint="The docstring gives the shape of W: units of its layer first.")


# --- 7 · forward_propagation


def _forward_case(seed: int, *layers_dims: int, m: int) -> tuple:
    return _floats(seed + 500, layers_dims[0], m), _net(seed, *layers_dims)


forward_propagation = question(
    "forward_propagation",
    visible("four inputs, three classes, five examples", *_forward_case(51, 4, 5, 3, 3, m=5)),
    visible("six classes, two examples", *_forward_case(52, 3, 4, 4, 6, m=2)),
    hidden("other sizes", *_forward_case(53, 7, 6, 5, 4, m=8)),
    hidden("a single example", *_forward_case(54, 5, 4, 3, 6, m=1), edge=True),
    hidden("one unit in a layer", *_forward_case(55, 3, 6, 1, 2, m=4), edge=True),
    hidden("many inputs", *_forward_case(56, 60, 5, 4, 3, m=3)),
    rtol=1e-4,
    atol=1e-6,
    section="8 · Forward, as far as the logits",
    hints=(
        "Three times the linear function of section 1. What comes after the first two, and what after the last?",
        "`tf.nn` has the activation. Print the shapes of A1 and A2 on the way: (units, examples) each.",
    ),
)

mistake(forward_propagation, "softmax at the end",
    "return Z3", "return tf.nn.softmax(Z3, axis=0)",
    says="You returned probabilities; the logits Z3 are asked for. The cost takes the softmax.",
    hint="Who takes the softmax: this function, or the cost function later?")

mistake(forward_propagation, "ReLU after the last layer",
    "return Z3", "return tf.nn.relu(Z3)",
    says="You applied ReLU to Z3 too; the logits may be negative.",
    hint="May a logit be negative?")

mistake(forward_propagation, "no ReLU at all",
    "A1 = tf.nn.relu", "A1 = ",
    "A2 = tf.nn.relu", "A2 = ",
    says="There is no ReLU between your layers, so that together they are a single linear function.",
    hint="Without it, what kind of function are three layers together?")

mistake(forward_propagation, "sigmoid in the hidden layers",
    "A1 = tf.nn.relu", "A1 = tf.sigmoid",
    "A2 = tf.nn.relu", "A2 = tf.sigmoid",
    says="Your hidden layers use the sigmoid; they should use ReLU.",
    hint="Which activation does section 8 name?")

mistake(forward_propagation, "tanh in the hidden layers",
    "A1 = tf.nn.relu", "A1 = tf.tanh",
    "A2 = tf.nn.relu", "A2 = tf.tanh",
    says="Your hidden layers use tanh; they should use ReLU.",
    hint="Which activation does section 8 name?")

mistake(forward_propagation, "biases forgotten",
    'X + parameters["b1"]', "X",
    'A1 + parameters["b2"]', "A1",
    'A2 + parameters["b3"]', "A2",
    says="Your layers compute WA without adding b.",
    hint="Which letters come after the matrix product?")


# --- 8 · compute_cost


def _cost_case(seed: int, C: int, m: int, scale: float = 2.0) -> tuple:
    return _floats(seed, C, m) * np.float32(scale), _one_hot(_labels(seed, m, C), C)


compute_cost = question(
    "compute_cost",
    visible("six classes, five examples", *_cost_case(61, 6, 5)),
    visible("three classes, eight examples", *_cost_case(62, 3, 8)),
    hidden("other sizes", *_cost_case(63, 4, 9)),
    hidden("a single example", *_cost_case(64, 6, 1), edge=True),
    hidden("as many examples as classes", *_cost_case(65, 5, 5)),
    hidden("very large logits", *_cost_case(66, 3, 4, scale=80.0), edge=True),
    rtol=1e-4,
    atol=1e-6,
    section="9 · Softmax and its cost",
    hints=(
        "As in section 3, one function of TensorFlow takes the logits and the labels. This time it is the one "
        "with softmax in its name.",
        "That function takes one example a row, and gives one cost for each. Two things are left: before it, and "
        "after it.",
    ),
)

mistake(compute_cost, "columns taken for classes",
    "labels=tf.transpose(Y), logits=tf.transpose(Z3)", "labels=Y, logits=Z3",
    says="Your softmax runs over the examples and not over the classes, as it does where Z3 and Y are not transposed.",
    hint="TensorFlow's function wants one example a row. How do you turn a matrix?")

mistake(compute_cost, "sum instead of mean",
    "reduce_mean", "reduce_sum",
    says="You added up the examples' costs; the mean is asked for.",
    hint="Should the cost double when there are twice as many examples?")

mistake(compute_cost, "softmax taken twice",
    "tf.transpose(Z3)", "tf.nn.softmax(tf.transpose(Z3))",
    says="You took the softmax yourself, and TensorFlow's function takes it again: it wants the logits.",
    hint="Read the name of the function that you call: what does it do to its logits first?")

mistake(compute_cost, "sigmoid instead of softmax",
    "nn.softmax", "nn.sigmoid",
    says="You used the cost for independent yes-or-no questions (sigmoid); classes that exclude each other "
    "need the softmax.",
    hint="The classes exclude each other. Which function makes their probabilities add up to 1?")

mistake(compute_cost, "one cost an example",
    "tf.reduce_mean(costs)", "costs",
    says="You returned a cost for each example; their mean is asked for.",
    hint="How many numbers is a cost?")


# --- 9 · train_step


def _step_case(seed: int, layers_dims: tuple, m: int, optimizer: str, rate: float, steps=1, in_a_graph=False) -> tuple:
    X, parameters = _forward_case(seed, *layers_dims, m=m)
    C = layers_dims[-1]
    return X, _one_hot(_labels(seed, m, C), C), parameters, optimizer, rate, steps, in_a_graph


LINEAR = {"adapter": "helpers.adapters.training_steps", "stubs": "helpers.stubs.LAYER_AND_SQUARED_ERROR"}
train_step = question(
    "train_step",
    visible("one step of gradient descent", *_step_case(71, (4, 3), 5, "gradient descent", 0.1), **LINEAR),
    visible("two steps of Adam", *_step_case(72, (3, 2), 4, "Adam", 0.01, 2), **LINEAR),
    visible("inside a graph", *_step_case(73, (3, 3), 6, "gradient descent", 0.05, 2, True), **LINEAR),
    hidden("three steps of Adam", *_step_case(75, (2, 3), 7, "Adam", within(0.02, 0.01, 0.05), 3), **LINEAR),
    hidden(
        "a single example", *_step_case(77, (4, 3), 1, "gradient descent", within(0.3, 0.1, 0.4)), **LINEAR, edge=True
    ),
    rtol=1e-4,
    atol=1e-6,
    section="10 · One step of training",
    hints=(
        "What the tape should know about has to happen inside its `with`; the rest comes after it.",
        "Three things after the cost: the list of variables, their gradients in the same order, and pairs of the "
        "two for the optimizer.",
    ),
)

mistake(train_step, "the step is never made",
    "    optimizer.apply_gradients(zip(gradients, variables))\n", "",
    says="You return the right cost, but the parameters stay as they were.",
    hint="The optimizer has a method that changes the variables.")

mistake(train_step, "the weights only",
    "list(parameters.values())", '[value for name, value in parameters.items() if name[0] == "W"]',
    says="You update the weights; the biases stay as they were.",
    hint="Which variables does the tape give gradients for, and which do you ask for?")

mistake(train_step, "uphill",
    "tape.gradient(cost, variables)", "[-g for g in tape.gradient(cost, variables)]",
    says="Your step goes against the right direction: the cost grows.",
    hint="The optimizer subtracts the gradient already.")

mistake(train_step, "the cost after the step",
    "return cost", "return compute_cost(forward_propagation(X, parameters), Y)",
    says="The step is right, but you return the cost after it; the cost before it is asked for.",
    hint="When is the cost computed that the tape watched?")

mistake(train_step, "the gradients summed over the examples",
    "tape.gradient(cost, variables)", "[g * float(X.shape[1]) for g in tape.gradient(cost, variables)]",
    says="Your gradients are multiplied by the number of examples.",
    hint="The cost is a mean already. Does anything need to be multiplied by m?")

mistake(train_step, "a number of NumPy inside a graph",
    "return cost", "return cost.numpy()",
    says="You ask a tensor, such as the cost, for its number in NumPy; inside a graph it has none yet.",
    hint="Inside a graph there are no numbers yet. What does `cost` have to stay?")


# --- 11 · model


def _task(seed: int, n_x: int, C: int, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Clouds of points around C places: X and one-hot Y for training, then X and labels of points not seen."""
    rng = stream(seed)
    centres = rng.rand(n_x, C)
    centres = np.where(centres > 0.5, 0.85, 0.15)
    labels = np.arange(2 * m) % C
    X = np.round(centres[:, labels] + 0.1 * rng.randn(n_x, 2 * m), 3).astype(np.float32)
    return X[:, :m], _one_hot(labels[:m], C), X[:, m:], labels[None, m:]


def _model(kind, name: str, accuracy: float, task: tuple, *options):
    X, Y, X_unseen, labels = task
    return kind(name, X, Y, *options, accuracy=accuracy, unseen=(X_unseen, labels))


COUNTED = {"adapter": "helpers.adapters.counted_training"}
model = question(
    "model",
    _model(visible, "four classes, 4 epochs", 0.9, _task(82, 100, 4, 48), 0.03, 4, 24),
    visible(
        "what it asks of the training",
        *_task(85, within(5, 4, 9), within(3, 3, 5), within(10, 9, 11))[:2], *(0.01, 2, 4), **COUNTED,
    ),
    _model(hidden, "other clouds, the last batch smaller", 0.9, _task(84, 100, 3, 50), 0.03, 2, 16),
    hidden("the same with other numbers", *_task(86, 7, 4, 9)[:2], 0.02, 3, 5, **COUNTED),
    section="11 · Train it",
    hints=(
        "You have written all the parts: the parameters, the step. The text above says which function runs "
        "through the epochs.",
        "Look at the arguments of `signs.fit`, in its docstring: each argument of `model` goes somewhere. What "
        "are the layers' sizes for n_x inputs and C classes?",
    ),
)

mistake(model, "not trained",
    "    signs.fit(train_step, X_train, Y_train, parameters, optimizer, num_epochs, minibatch_size, watch=watch)\n", "",
    says="Your parameters come back as they were drawn: no training has taken place.",
    hint="After `initialize_parameters`, what changes the parameters?")
