"""Cases and known mistakes of the assignment on transfer.

Sizes all differ: layers of a net, classes and examples. No score lies near to a margin, but where it lies exactly on it, at 0. Which pairs are drawn is the student's own affair, so pairs are judged by facts about them.
"""

import re

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
NAMES = {"adapter": "helpers.adapters.with_sorted_keys"}
COPIES = {"adapter": "helpers.adapters.with_arrays_of_its_own"}
PAIRS = {"adapter": "helpers.adapters.facts_about_pairs"}

S1, S2, S3 = "1 · Zero to four", "2 · Keep and find again", "3 · From another world"
S4, S5, S7, S8 = "4 · Frozen", "5 · Computed once", "7 · Equal or different?", "8 · Labels for nothing"


# 1 · Zero to four ----------------------------------------------------------------------------------------------------


def labelled(seed, n, counts):
    """X and labels, class by class so many as `counts` says, in an order of chance whose first classes are not in order."""
    rng = stream(seed)
    labels = np.repeat(list(counts), list(counts.values()))
    first = list(counts)[::-1]
    while True:
        order = rng.permutation(labels.size)
        met = list(dict.fromkeys(labels[order].tolist()))
        if met != sorted(met) and met != first:
            break
    return draws(seed + 1)(n, labels.size), labels[order]


FIVE = {5: 4, 3: 4, 1: 2, 4: 5, 0: 2}

selecting = question(
    "select_classes",
    visible("three classes of five", *labelled(10, 2, FIVE), (5, 3, 1)),
    visible("two of each", *labelled(12, 3, FIVE), (3, 5, 4), 2),
    visible("fewer than asked for", *labelled(14, 2, FIVE), (4, 1, 5), 3, edge=True),
    hidden("many examples", *labelled(16, 4, {7: within(30, 25, 35), 2: 20, 9: 25, 6: 10}), (9, 7), within(12, 5, 18)),
    hidden("one class", *labelled(18, 3, {8: 4, 1: 5, 6: 3}), (6,)),
    hidden("one of each", *labelled(20, 2, FIVE), (1, 0, 3), 1, edge=True),
    hidden("all classes in another order", *labelled(22, 3, {0: 2, 2: 4, 1: 3}), (2, 0, 1)),
    section=S1,
    hints=(
        "Two questions for each column: is its class among those to keep, and are there fewer than per_class of it so far? If both are "
        "answered with yes, note the column and its new label.",
        "`place` has the new label of each class to keep, and its `get` gives None for any other. `new_labels.count(new)` "
        "says how many of it there are so far.",
    ),
)

mistake(selecting, "old labels",
    "new_labels.append(new)", "new_labels.append(label)",
    "new_labels.count(new)", "new_labels.count(label)",
    says="You kept the old labels. Asked for is the place of each class in `classes`, from 0.",
    hint="A softmax layer with three units has the classes 0, 1 and 2. Which of them is your first class?")

mistake(selecting, "places in ascending order",
    "place.get(label)", "{c: k for k, c in enumerate(sorted(classes))}.get(label)",
    says="You numbered the classes in ascending order; it is the order in `classes` that counts.",
    hint="With classes = (5, 3, 1), which new label has a 5?")

mistake(selecting, "per_class of all together",
    "new_labels.count(new) < per_class", "len(new_labels) < per_class",
    says="You kept per_class examples of all classes together; it is that many of each.",
    hint="Which number tells how many of this very class there are so far?")

mistake(selecting, "per_class left out",
    "(per_class is None or new_labels.count(new) < per_class)", "True",
    says="You kept all examples of the classes, whatever per_class says.",
    hint="Where does your function use per_class?")

mistake(selecting, "one too many",
    "new_labels.count(new) < per_class", "new_labels.count(new) <= per_class",
    says="You kept one example too many of each class.",
    hint="You count before the example is added. With per_class examples there already, is there room for one more?")

mistake(selecting, "last ones instead of the first",
    "place.get(label)", "place.get(label) if per_class is None or list(labels[column:]).count(label) <= per_class else None",
    says="You kept the last examples of each class; asked for are the first ones.",
    hint="In which direction do you go through the columns?")

mistake(selecting, "the classes left out",
    "place.get(label)", "None if label in place else sorted(set(labels) - set(place)).index(label)",
    says="You kept the classes that are not in `classes`.",
    hint="What does `classes` name: what stays, or what goes?")


@mistake(selecting, "class by class", hint="In which order do the columns stand in X, and in which in your result?")
def select_classes(X, labels, classes, per_class=None):
    """You put the examples class by class; they should stay in their old order."""
    found = [np.flatnonzero(labels == c)[:per_class] for c in classes]
    return X[:, np.concatenate(found)], np.repeat(np.arange(len(classes)), [len(columns) for columns in found])


mistake(selecting, "first examples, then classes",
    "(per_class is None or new_labels.count(new) < per_class)", "(per_class is None or column < per_class * len(classes))",
    says="You took the first examples before you looked for the classes, so too few are left.",
    hint="Which comes first, the choice of the class or the count?")


# 2 · Keep and find again ---------------------------------------------------------------------------------------------


def kept(seed, layers, saved_layers, drop=(), more=()):
    """Two nets; of the second some names are missing, and it has some of its own."""
    old = net_parameters(seed + 1, *saved_layers)
    extra = dict(zip(more, (draws(seed + 2)(3, 2) for _ in more), strict=True))
    return net_parameters(seed, *layers), {name: value for name, value in old.items() if name not in drop} | extra


TEN = (2, 3, 2, 4, 2, 3, 2, 3, 4, 2, 3)  # ten layers

restoring = question(
    "restore",
    visible("the lower layers of three", *kept(30, (4, 3, 5, 2), (4, 3, 5, 2)), "[Wb][12]", **COPIES),
    visible("ten layers, of which one is wanted", *kept(33, TEN, TEN), "[Wb]1", edge=True, **COPIES),
    visible("some shapes differ, one name is not saved", *kept(36, (4, 3, 5, 2), (4, 3, 2, 5), drop=("b1",), more=("W9",)), "[Wb].*", **COPIES),
    hidden("a saved name that the net lacks", *kept(39, (3, 4, 2), (3, 4, 2), more=("W3", "gamma1")), ".+", **COPIES),
    hidden("weights alone", *kept(42, (5, 2, 3), (5, 2, 3)), "W.", **COPIES),
    hidden("nothing matches", *kept(45, (3, 2, 4), (3, 2, 4)), "V[0-9]", edge=True, **COPIES),
    hidden("layers 1 and 10 of ten", *kept(48, TEN, TEN), "[Wb](1|10)", **COPIES),
    hidden("a transposed shape", *kept(51, (3, 2, 4), (2, 3, 4)), "[Wb].", edge=True, **COPIES),
    section=S2,
    hints=(
        "Three conditions, joined by `and`: the name matches wholly, it is among the saved ones, and both arrays have one shape.",
        "`re.fullmatch(pattern, name)` asks whether the whole name matches; `re.search` and `re.match` are content with a part. And "
        "`np.copy` makes an array that shares nothing.",
    ),
)

mistake(restoring, "part of a name is enough",
    "re.fullmatch(", "re.match(",
    also=[("re.fullmatch(", "re.search(")],
    says="You are content with a match of the beginning of a name: a pattern for W1 takes W10 along.",
    hint="Which function of the module re asks for the whole name?")

mistake(restoring, "shares the saved arrays",
    "np.copy(saved[name] if wanted else value)", "saved[name] if wanted else np.copy(value)",
    says="The arrays that you took are the saved ones themselves. Who then changes the net in place changes what was saved.",
    hint="What makes an array of the same numbers that shares nothing?")

mistake(restoring, "shares arrays",
    "np.copy(saved[name] if wanted else value)", "saved[name] if wanted else value",
    says="Your arrays are those that you were given, not copies. Who then changes the net in place changes what was saved.",
    hint="What makes an array of the same numbers that shares nothing?")

mistake(restoring, "shares the net's own arrays",
    "np.copy(saved[name] if wanted else value)", "np.copy(saved[name]) if wanted else value",
    says="The arrays that stay are the old net's own; they should be copies, too.",
    hint="Which of the two sorts of array do you copy?")

mistake(restoring, "the other names",
    "saved[name] if wanted else value", "value if wanted or name not in saved or saved[name].shape != value.shape else saved[name]",
    says="You restored the names that do not match.",
    hint="What should become of a name that matches?")

mistake(restoring, "pattern left out",
    "re.fullmatch(pattern, name) and name in saved", "name in saved",
    says="You restored everything that could be, whatever the pattern says.",
    hint="Where does your function use `pattern`?")

mistake(restoring, "shape not compared",
    "name in saved and saved[name].shape == value.shape", "name in saved",
    says="You took an array of another shape. The net would not run with it.",
    hint="What should happen to the layer for new classes, which has another shape than the old one?")

mistake(restoring, "number of entries compared",
    "saved[name].shape == value.shape", "saved[name].size == value.size",
    says="You compared how many entries there are; two arrays of one size may have two shapes.",
    hint="Is a (2, 3) array as good as a (3, 2) one?")

mistake(restoring, "new ones in the place of the old",
    "restored[name] = np.copy(saved[name] if wanted else value)", "restored[name] = np.copy(saved[name]) if wanted else np.zeros_like(value)",
    says="What was not restored is zero in your result; it should be as it was.",
    hint="What are the first weights of the new layer good for?")


@mistake(restoring, "names of the saved net", hint="Over which of the two dicts does your loop go, and which names should the result have?")
def restore(parameters, saved, pattern):
    """Your result has names of the saved net that yours lacks, or lacks some that yours has."""
    restored = {name: np.copy(value) for name, value in parameters.items()}
    for name, value in saved.items():
        if re.fullmatch(pattern, name) and not (name in parameters and parameters[name].shape != value.shape):
            restored[name] = np.copy(value)
    return restored


mistake(restoring, "only what was restored",
    "        restored[name] = np.copy(saved[name] if wanted else value)", "        if wanted:\n            restored[name] = np.copy(saved[name])",
    says="You returned the restored parameters alone; the others belong to the net, too.",
    hint="Could the net run with what you return?")


# 3 · From another world ----------------------------------------------------------------------------------------------


def foreign(seed, name, numbers, layers):
    """Kernels and biases of another framework: the last layer first, then the others."""
    own = net_parameters(seed, *layers)
    bias = draws(seed + 1)
    entries = []
    for l, number in enumerate(numbers, start=1):
        entries += [(f"{name}_{number}/kernel", own[f"W{l}"].T.copy()), (f"{name}_{number}/bias", bias(layers[l]))]
    return dict(entries[-2:] + entries[:-2])


import_weights = question(
    "import_weights",
    visible("layers 9, 10 and 12", foreign(60, "dense", (9, 10, 12), (3, 4, 5, 2)), **NAMES),
    visible("layers 1 and 2", foreign(62, "dense", (1, 2), (4, 3, 2)), **NAMES),
    visible("a single layer", foreign(64, "dense", (7,), (5, 2)), edge=True, **NAMES),
    hidden("another word", foreign(66, "fully_connected", (2, 11, 30), (2, 5, 3, 4)), **NAMES),
    hidden("square kernels", foreign(68, "dense", (3, 4, 5), (3, 3, 3, 2)), **NAMES),
    hidden("layers 99, 100 and 1000", foreign(70, "dense", (99, 100, 1000), (4, 2, 3, 5)), edge=True, **NAMES),
    section=S3,
    hints=(
        "First the layers: `name.split(\"/\")[0]` is what stands before the stroke. Then sort them by their numbers, and go through them with "
        "`enumerate(..., start=1)`.",
        "`sorted` takes a `key`: a function that gives what to sort by. As texts, \"10\" comes before \"9\", so make the number an int. A "
        "kernel has to be transposed, a bias to become a column.",
    ),
)

mistake(import_weights, "not transposed",
    'foreign[f"{layer}/kernel"].T', 'foreign[f"{layer}/kernel"]',
    says="You did not transpose the kernels: theirs have shape (inputs, units), our W has shape (units, inputs).",
    hint="In W @ X, which axis of W runs over the inputs?")

mistake(import_weights, "sorted as text",
    "int(name.split(\"_\")[-1])", "name.split(\"_\")[-1]",
    says="You sorted the numbers as texts, in which 10 comes before 9.",
    hint="What makes a number of a text?")

mistake(import_weights, "in the order of the file",
    "sorted(layers, key=lambda name: int(name.split(\"_\")[-1]))", "dict.fromkeys(name.split(\"/\")[0] for name in foreign)",
    says="You took the layers in the order in which they stand in the file; it is their numbers that count.",
    hint="Which layer comes first, that with the lowest number or that which stands first?")

mistake(import_weights, "descending",
    "int(name.split(\"_\")[-1]))", "-int(name.split(\"_\")[-1]))",
    says="Your layers stand in descending order.",
    hint="Which layer gets the inputs?")

mistake(import_weights, "bias not a column",
    ".reshape(-1, 1)", "",
    says="Your biases have shape (units,); ours are columns, (units, 1).",
    hint="What would W @ X + b do with b of shape (units,)?")

mistake(import_weights, "bias as a row",
    ".reshape(-1, 1)", ".reshape(1, -1)",
    says="Your biases are rows; ours are columns, (units, 1).",
    hint="Which axis of Z runs over the units?")

mistake(import_weights, "their own numbers",
    "enumerate(sorted(layers, key=lambda name: int(name.split(\"_\")[-1])), start=1)",
    "((int(name.split(\"_\")[-1]), name) for name in sorted(layers))",
    says="Your layers have the numbers of the file; ours are numbered from 1 without gaps.",
    hint="With which number should the loop of forward propagation begin?")

mistake(import_weights, "numbered from 0",
    "start=1", "start=0",
    says="Your first layer is W0; ours is W1.",
    hint="With which number does enumerate begin by itself?")

mistake(import_weights, "rows and columns by reshape",
    'foreign[f"{layer}/kernel"].T', 'foreign[f"{layer}/kernel"].reshape(foreign[f"{layer}/kernel"].shape[::-1])',
    says="You reshaped the kernels. That gives the right shape, and the numbers in the wrong places.",
    hint="What is the difference between reshape and a transpose?")

mistake(import_weights, "biases left out",
    '        parameters[f"b{l}"] = foreign[f"{layer}/bias"].reshape(-1, 1)\n', "",
    says="Your result has no biases.",
    hint="What else does each layer of the file have?")


# 4 · Frozen ----------------------------------------------------------------------------------------------------------


def new_output(seed, layers, C):
    """The arguments of replace_output."""
    return net_parameters(seed, *layers), C, draws(seed + 1)(C, layers[-2])


replace_output = question(
    "replace_output",
    visible("three layers, four new classes", *new_output(80, (3, 5, 6, 2), 4), **UNTOUCHED),
    visible("ten layers", *new_output(82, TEN, 5), edge=True, **UNTOUCHED),
    visible("one layer", *new_output(84, (7, 3), 2), **UNTOUCHED),
    hidden("fewer classes than before", *new_output(86, (4, 3, 5, 6), 2), **UNTOUCHED),
    hidden("as many classes as before", *new_output(88, (4, 8, 3), 3), **UNTOUCHED),
    hidden("one unit", *new_output(90, (2, 6, 3), 1), edge=True, **UNTOUCHED),
    section=S4,
    hints=(
        "Two lines: a W and a b, both with the number L in their names, `f\"W{L}\"`.",
        "He's factor is about the inputs of the layer. `draws` has shape (C, n): which of the two is n?",
    ),
)

mistake(replace_output, "not scaled",
    "draws * np.sqrt(2 / n)", "draws * 1.0",
    says="You took the draws as they are; He's factor is missing.",
    hint="By what are draws of variance 1 multiplied, so that their variance is 2/n?")

mistake(replace_output, "variance used as scale",
    "np.sqrt(2 / n)", "(2 / n)",
    says="You multiplied by 2/n instead of its square root.",
    hint="Variance is measured in squares. Which number, squared, is 2/n?")

mistake(replace_output, "n is the number of classes",
    "draws.shape[1]", "draws.shape[0]",
    says="Your n is the number of classes; it is the number of inputs of the layer.",
    hint="Which axis of W runs over the inputs?")

mistake(replace_output, "n is the number of the net's inputs",
    "draws.shape[1]", 'parameters["W1"].shape[1]',
    says="Your n is the number of inputs of the first layer; it is that of the last layer.",
    hint="How many numbers does a unit of the last layer add up?")

mistake(replace_output, "Xavier's factor",
    "np.sqrt(2 / n)", "np.sqrt(1 / n)",
    says="You multiplied by the root of 1/n; He's factor is the root of 2/n.",
    hint="Which numerator has He's variance?")

mistake(replace_output, "bias flat",
    "np.zeros((C, 1))", "np.zeros(C)",
    says="Your bias has shape (C,); it should be a column, (C, 1).",
    hint="Which shape has b of all other layers?")

mistake(replace_output, "old bias stays",
    '    replaced[f"b{L}"] = np.zeros((C, 1))\n', "",
    says="Your net has its old last bias still.",
    hint="What belongs to a layer besides W?")

mistake(replace_output, "a layer added",
    'replaced[f"W{L}"]', 'replaced[f"W{L + 1}"]',
    'replaced[f"b{L}"]', 'replaced[f"b{L + 1}"]',
    says="You put a layer on top of the old one; it should take its place.",
    hint="How many layers should the net have in the end?")

mistake(replace_output, "first layer replaced",
    'replaced[f"W{L}"]', 'replaced["W1"]',
    'replaced[f"b{L}"]', 'replaced["b1"]',
    says="You replaced the first layer; it is the last one.",
    hint="Which layer knows of the classes?")

mistake(replace_output, "bias of ones",
    "np.zeros((C, 1))", "np.ones((C, 1))",
    says="Your bias is 1; a new layer begins with 0.",
    hint="What do all first biases of this course hold?")

mistake(replace_output, "in place",
    "    n = draws.shape[1]\n", "    n, replaced = draws.shape[1], parameters\n",
    says="You changed the dict that you were given. The old net has lost its last layer.",
    hint="The first lines make a new dict for you. Into which one do you write?")


def moved(seed, layers, trained=None):
    """Parameters and gradients, of all layers or of some; numbers of layers."""
    grads = net_parameters(seed + 1, *layers)
    chosen = {f"d{name}": value for name, value in grads.items() if trained is None or int(name[1:]) in trained}
    return net_parameters(seed, *layers), chosen


update_trainable = question(
    "update_trainable",
    visible("layer 2 of three", *moved(100, (3, 4, 5, 2)), within(0.1, 0.05, 0.2), (2,), **UNTOUCHED),
    visible("gradients of the others alone", *moved(102, TEN, range(2, 11)), within(0.3, 0.2, 0.5), (1,), **UNTOUCHED),
    visible("the tenth of ten layers", *moved(104, TEN), within(0.5, 0.3, 0.7), (10,), edge=True, **UNTOUCHED),
    hidden("nothing is frozen", *moved(106, (4, 3, 2)), within(0.2, 0.1, 0.4), (), edge=True, **UNTOUCHED),
    hidden("two of four", *moved(108, (3, 5, 4, 2, 3), (2, 4)), within(0.05, 0.02, 0.1), (1, 3), **UNTOUCHED),
    hidden("layers 1 and 10 of ten", *moved(110, TEN), within(0.4, 0.2, 0.6), (1, 10), **UNTOUCHED),
    hidden("everything is frozen", *moved(112, (4, 2, 3), ()), within(0.1, 0.05, 0.2), (2, 1), edge=True, **UNTOUCHED),
    section=S4,
    hints=(
        "For each parameter one question: is its layer among the frozen ones? If so it stays, else it makes a step.",
        "The number of its layer is all of the name behind its first letter, as an int: \"W10\" is of layer 10.",
    ),
)

mistake(update_trainable, "last digit of the name",
    "int(name[1:])", "int(name[-1])",
    says="You took the last digit of the name for the number of the layer; W10 is of layer 10, not 0.",
    hint="What is \"W10\"[1:]?")

mistake(update_trainable, "first digit of the name",
    "int(name[1:])", "int(name[1])",
    says="You took the first digit of the name for the number of the layer; W10 is of layer 10, not 1.",
    hint="What is \"W10\"[1:]?")

mistake(update_trainable, "the frozen ones move",
    "int(name[1:]) in frozen", "int(name[1:]) not in frozen",
    says="You moved the frozen layers and left the others.",
    hint="Which layers should be as they were?")

mistake(update_trainable, "everything moves",
    "int(name[1:]) in frozen", 'f"d{name}" not in grads',
    says="You moved every layer that has a gradient, the frozen ones too.",
    hint="Where does your function use `frozen`?")

mistake(update_trainable, "all below the highest frozen one",
    "int(name[1:]) in frozen", "int(name[1:]) <= max(frozen, default=0)",
    says="You froze all layers up to the highest in `frozen`; only those that it names are frozen.",
    hint="With frozen = (2,), does layer 1 move?")

mistake(update_trainable, "as many as are named",
    "int(name[1:]) in frozen", "int(name[1:]) <= len(frozen)",
    says="You froze as many layers as `frozen` has entries, from below; it names the layers themselves.",
    hint="With frozen = (2,), which layer is frozen?")

mistake(update_trainable, "weights frozen, biases not",
    "int(name[1:]) in frozen", 'name[0] == "W" and int(name[1:]) in frozen or f"d{name}" not in grads',
    says="You froze the weights of a layer, and its bias moves.",
    hint="What belongs to a layer besides W?")

mistake(update_trainable, "uphill",
    "value - learning_rate", "value + learning_rate",
    says="You went uphill: the gradient is subtracted.",
    hint="In which direction does the cost fall?")

mistake(update_trainable, "frozen ones left out",
    "            updated[name] = value\n", "            continue\n",
    says="Frozen layers are missing in your result; they stay as they were.",
    hint="Could the net run with what you return?")

mistake(update_trainable, "frozen ones zero",
    "            updated[name] = value\n", "            updated[name] = np.zeros_like(value)\n",
    says="Your frozen layers are zero; they stay as they were.",
    hint="What should be kept of a frozen layer?")

mistake(update_trainable, "in place",
    "            updated[name] = value - learning_rate * grads[f\"d{name}\"]", "            value -= learning_rate * grads[f\"d{name}\"]\n            updated[name] = value",
    says="You changed the arrays that you were given.",
    hint="What is the difference between `value -= ...` and `value = value - ...`?")

mistake(update_trainable, "learning rate left out",
    "learning_rate * grads", "grads",
    says="You subtracted the whole gradient; the learning rate is missing.",
    hint="Where does your function use the learning rate?")


# 5 · Computed once ---------------------------------------------------------------------------------------------------


def seen(seed, m, layers, k):
    """The arguments of cache_frozen."""
    return draws(seed)(layers[0], m), net_parameters(seed + 1, *layers), k


cache_frozen = question(
    "cache_frozen",
    visible("two of four layers", *seen(120, 5, (3, 4, 6, 5, 2), 2)),
    visible("one of two layers", *seen(122, 3, (4, 5, 2), 1)),
    visible("nothing is frozen", *seen(124, 4, (3, 5, 2), 0), edge=True),
    hidden("all but the last of five", *seen(126, 6, (3, 4, 2, 5, 4, 3), 4)),
    hidden("a single example", *seen(128, 1, (5, 3, 4, 2), 2), edge=True),
    hidden("many examples", *seen(130, within(40, 30, 50), (4, 6, 3, 2), 1)),
    section=S5,
    hints=(
        "It is the loop of forward propagation, but it ends after layer k. Over which numbers does l run?",
        "`elu(Z)` gives a pair, A and the slope; you need the first. For k = 0 the loop has nothing to do, and A is still X.",
    ),
)

mistake(cache_frozen, "one layer too many",
    "range(1, k + 1)", "range(1, k + 2)",
    says="You went one layer too far: asked for is A of layer k.",
    hint="Which l is the last of range(1, k + 1)?")

mistake(cache_frozen, "one layer too few",
    "range(1, k + 1)", "range(1, k)",
    says="You stopped one layer too soon: asked for is A of layer k.",
    hint="Which l is the last of range(1, k)?")

mistake(cache_frozen, "Z in place of A",
    "A, _ = elu(Z)", "A = elu(Z)[0] if l < k else Z",
    says="You returned Z of layer k; asked for is A, what comes after ELU.",
    hint="What does the next layer get from this one?")

mistake(cache_frozen, "no activation",
    "A, _ = elu(Z)", "A = Z",
    says="Your layers are linear: ELU is missing.",
    hint="What happens to Z before the next layer gets it?")

mistake(cache_frozen, "slope in place of A",
    "A, _ = elu(Z)", "_, A = elu(Z)",
    says="You went on with the slope of ELU, not with its value.",
    hint="In which order does elu give its two results?")

mistake(cache_frozen, "ReLU",
    "A, _ = elu(Z)", "A = nets.relu(Z)",
    says="You used ReLU; these layers are ELU layers.",
    hint="Which function was imported at the top?")

mistake(cache_frozen, "biases left out",
    ' + parameters[f"b{l}"]', "",
    says="Your layers have no biases.",
    hint="What belongs to a layer besides W?")

mistake(cache_frozen, "up to the output",
    "range(1, k + 1)", "range(1, nets.number_of_layers(parameters) + 1)",
    says="You went through all layers; asked for is A of layer k.",
    hint="Where does your function use k?")

mistake(cache_frozen, "biases outside of ELU",
    'Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]', 'Z = parameters[f"W{l}"] @ A',
    "A, _ = elu(Z)", 'A = elu(Z)[0] + parameters[f"b{l}"]',
    says="You added the biases after ELU; they come before it.",
    hint="What is Z of a layer?")


def cut_off(seed, m, layers, k):
    """The arguments of backward_above: a cache that has nothing below A of layer k."""
    parameters, C = net_parameters(seed, *layers), layers[-1]
    Y = np.eye(C)[:, stream(seed + 1).permutation(np.arange(m) % C)]
    A = draws(seed + 2)(layers[k], m)
    cache = {f"A{k}": A}
    for l in range(k + 1, len(layers)):
        Z = np.round(parameters[f"W{l}"] @ A + parameters[f"b{l}"], 6)
        Z = np.where(np.abs(Z) < 0.01, 0.05, Z)  # so that no z is near 0, where the slope of ELU has a corner in its own slope
        A = np.round(np.where(Z > 0, Z, np.exp(np.minimum(Z, 0)) - 1), 6)
        cache |= {f"Z{l}": Z} | ({f"A{l}": A} if l < len(layers) - 1 else {})
    return Y, cache, parameters, k


backward_above = question(
    "backward_above",
    visible("above layer 2 of four", *cut_off(140, 5, (3, 4, 6, 5, 3), 2), **NAMES),
    visible("nothing is frozen", *cut_off(144, 6, (4, 5, 3, 2), 0), **NAMES),
    visible("the output alone", *cut_off(148, 4, (5, 6, 4, 3), 2), edge=True, **NAMES),
    hidden("above layer 1 of five", *cut_off(152, 7, (4, 3, 5, 2, 6, 4), 1), **NAMES),
    hidden("a single example", *cut_off(156, 1, (3, 5, 4, 6, 2), 1), edge=True, **NAMES),
    hidden("two layers", *cut_off(160, 8, (3, 4, 5), 0), **NAMES),
    hidden("many examples", *cut_off(164, within(40, 30, 50), (3, 6, 5, 4, 2), 2), **NAMES),
    section=S5,
    hints=(
        "Each round of the loop needs dZ of its layer: it gives dW and db, and then it is handed down to layer l - 1, if that one is still to "
        "be trained.",
        "The gradient dW is dZ times what came *into* the layer, A of layer l - 1, divided by m. On the way down: the transposed W times dZ, times the "
        "slope of ELU at Z of layer l - 1. The cache has no Z of a frozen layer.",
    ),
)

mistake(backward_above, "1/m left out",
    ".T / m", ".T",
    "keepdims=True) / m", "keepdims=True)",
    says="Your gradients are sums over the examples; the 1/m is missing.",
    hint="The cost is a mean. What does that do to its derivatives?")

mistake(backward_above, "1/m in dW alone",
    "keepdims=True) / m", "keepdims=True)",
    says="Your db are sums over the examples; the 1/m is missing there.",
    hint="db is a mean over the examples, as dW is.")

mistake(backward_above, "slope of ReLU",
    "dZ = parameters[f\"W{l}\"].T @ dZ * slope", "dZ = parameters[f\"W{l}\"].T @ dZ * (slope == 1)",
    says="You took the slope of ReLU on the way down; these are ELU layers, which have a slope below 0, too.",
    hint="Which function gives the slope of ELU at Z?")

mistake(backward_above, "no slope",
    "@ dZ * slope", "@ dZ",
    says="You handed dZ down without the slope of ELU.",
    hint="The chain rule: from dA of layer l - 1 to its dZ there is one more factor.")

mistake(backward_above, "slope at the wrong place",
    'elu(cache[f"Z{l - 1}"])', 'elu(cache[f"A{l - 1}"])',
    says="You took the slope at A; it is the slope at Z of layer l - 1.",
    hint="What does `elu` expect, Z or A?")

mistake(backward_above, "A in place of the slope",
    "_, slope = elu(", "slope, _ = elu(",
    says="You multiplied by A of the layer below, not by its slope.",
    hint="In which order does elu give its two results?")

mistake(backward_above, "frozen gradients zero",
    "    dZ = softmax(", '    grads = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}\n    dZ = softmax(',
    says="Your result has gradients of the frozen layers, which are zero; they should not be there at all.",
    hint="With which dict do you begin, and which names should it have in the end?")

mistake(backward_above, "db left out",
    '        grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m\n', "",
    says="Your result has no gradients of the biases.",
    hint="What belongs to a layer besides W?")

mistake(backward_above, "db flat",
    ", keepdims=True) / m", ") / m",
    says="Your db have shape (n,); they should be columns, like b.",
    hint="What does keepdims=True do?")

mistake(backward_above, "only the output",
    "        if l - 1 > k:", "        break\n        if l - 1 > k:",
    says="You stopped after the last layer; all layers above k have gradients.",
    hint="Where does the loop end?")

mistake(backward_above, "added up over the layers",
    "dZ = parameters[f\"W{l}\"].T @ dZ * slope", "dZ = parameters[f\"W{l}\"].T @ dZ * slope / m",
    says="You divided dZ by the number of examples on the way down. The 1/m belongs to dW and db alone.",
    hint="How often does dW of the lowest layer get the 1/m?")


# 7 · Equal or different? ---------------------------------------------------------------------------------------------


def classes_of(seed, counts):
    """Labels, shape (M,): so many of each class, in an order of chance."""
    return stream(seed).permutation(np.repeat(list(counts), list(counts.values())))


def fair_draws(seed, m, M):
    """Draws, (m, 2): by either column each of M pictures comes in both halves, or nearly so; none near an end of its piece."""
    rng = stream(seed)
    pieces = np.stack([np.concatenate([rng.permutation(np.arange(m // 2) % M) for _ in range(2)]) for _ in range(2)], axis=1)
    return np.round((pieces + 0.1 + 0.8 * rng.rand(m, 2)) / M, 6)


def paired(seed, counts, m):
    """The arguments of pair_batch; which class is called what is drawn, too."""
    classes = drawn(sorted(counts), lambda rng: sorted(rng.permutation(20)[: len(counts)].tolist()))
    counts = dict(zip(classes, [counts[c] for c in sorted(counts)], strict=True))
    return classes_of(seed, counts), fair_draws(seed + 1, m, sum(counts.values()))


pair_batch = question(
    "pair_batch",
    visible("12 pictures of three classes, 120 pairs", *paired(180, {2: 4, 0: 5, 1: 3}, 120), **PAIRS),
    visible("a class of two", *paired(182, {4: 2, 7: 9}, 88), edge=True, **PAIRS),
    visible("200 pairs of an unbalanced set", *paired(184, {0: 14, 3: 3, 9: 3}, 200), **PAIRS),
    hidden("ten classes", *paired(186, dict.fromkeys(range(10), 3), 240), **PAIRS),
    hidden("every class has two pictures", *paired(188, {5: 2, 1: 2, 3: 2}, 60), edge=True, **PAIRS),
    hidden("many pictures", *paired(190, {1: within(30, 25, 35), 2: 25, 8: 20}, 800), **PAIRS),
    section=S7,
    hints=(
        "Three steps for each pair: i[p] from U[p, 0] and the number of pictures; the target from p; then all pictures that fit, from which "
        "U[p, 1] picks one.",
        "`np.flatnonzero(condition)` gives the numbers of all pictures for which the condition holds. For the first half: one class, and not "
        "i[p] itself. A draw u picks entry `int(u * n)` of n.",
    ),
)

mistake(pair_batch, "a picture with itself",
    "        fitting[i[p]] = False\n", "",
    says="Some of your pictures are paired with themselves.",
    hint="Of which class is i[p], and is it among the pictures that fit?")

mistake(pair_batch, "halves exchanged",
    "int(p >= m // 2)", "int(p < m // 2)",
    says="Your first half is different and the second alike; it is the other way about.",
    hint="Which target has pair 0?")

mistake(pair_batch, "alike and different exchanged",
    "(labels != labels[i[p]]) == bool(target[p])", "(labels == labels[i[p]]) == bool(target[p])",
    says="Your pairs with target 0 are of two classes, and those with target 1 of one.",
    hint="Target 0 means alike. Which pictures fit then?")

mistake(pair_batch, "any partner when different",
    "fitting = (labels != labels[i[p]]) == bool(target[p])", "fitting = (labels == labels[i[p]]) | bool(target[p])",
    says="Among your pairs with target 1 some are of one class: any picture may be a partner there.",
    hint="By how many of ten pictures, drawn at random, would a pair be alike by chance?")

mistake(pair_batch, "first picture not drawn",
    "int(U[p, 0] * len(labels))", "p % len(labels)",
    says="Your first pictures do not depend on the draws: they come in the order in which they lie.",
    hint="Where does your function use U[p, 0]?")

mistake(pair_batch, "always the first partner",
    "partners[int(U[p, 1] * len(partners))]", "partners[0]",
    says="You always take the first picture that fits.",
    hint="Where does your function use U[p, 1]?")

mistake(pair_batch, "one draw for both",
    "int(U[p, 1] * len(partners))", "int(U[p, 0] * len(partners))",
    says="Your partner follows from the draw that chose the first picture, so a picture has one and the same partner for ever.",
    hint="Which column of U is used for what?")

mistake(pair_batch, "all alike",
    "int(p >= m // 2)", "int(p >= m)",
    says="All your pairs are alike; half of them should be different.",
    hint="For which p is the target 1?")

mistake(pair_batch, "in turns",
    "int(p >= m // 2)", "p % 2",
    says="Your pairs are alike and different in turns; the first half is alike, the second different.",
    hint="For which p is the target 1?")

mistake(pair_batch, "numbers of the fitting ones",
    "partners[int(U[p, 1] * len(partners))]", "int(U[p, 1] * len(partners))",
    says="Your j is a place in the list of pictures that fit, and not the number of the picture.",
    hint="What does np.flatnonzero give, and what stands at place int(u * n) of it?")

mistake(pair_batch, "drawn anew",
    "int(U[p, 1] * len(partners))", "np.random.randint(len(partners))",
    says="You drew numbers of your own: the same U gives other pairs each time.",
    hint="Where does your function use U[p, 1]?")


def outputs(seed, n, m):
    """The arguments of pair_forward."""
    return draws(seed)(n, m), draws(seed + 1)(n, m), draws(seed + 2)(n, 1), draws(seed + 3)()


pair_forward = question(
    "pair_forward",
    visible("four outputs, six pairs", *outputs(200, 4, 6)),
    visible("three outputs, five pairs", *outputs(204, 3, 5)),
    visible("a single pair", *outputs(208, 5, 1), edge=True),
    hidden("one output", *outputs(212, 1, 7), edge=True),
    hidden("many pairs", *outputs(216, 6, within(40, 30, 50))),
    hidden("the same picture twice", *(lambda A: (A, A))(draws(220)(3, 4)), draws(221)(3, 1), draws(222)()),
    section=S7,
    hints=(
        "Three steps: the distance, output by output; its weighted sum for each pair plus b; the sigmoid.",
        "`np.abs` of the difference has shape (n, m). w has shape (n, 1): how must it lie, so that the product has shape (1, m)?",
    ),
)

mistake(pair_forward, "squared difference",
    "np.abs(A_1 - A_2)", "(A_1 - A_2) ** 2",
    says="You squared the difference; asked for is its absolute value.",
    hint="How far apart are 1 and 3?")

mistake(pair_forward, "difference with its sign",
    "np.abs(A_1 - A_2)", "(A_1 - A_2)",
    says="Your difference has its sign: if the two pictures change places, you answer otherwise.",
    hint="Should (a, b) and (b, a) get the same answer?")

mistake(pair_forward, "probability of alike",
    "nets.sigmoid(w.T @ distance + b)", "nets.sigmoid(-(w.T @ distance + b))",
    says="You returned the probability that the two are alike; asked for is that of different.",
    hint="With positive w, which way should a larger distance go?")

mistake(pair_forward, "b left out",
    "w.T @ distance + b", "w.T @ distance",
    says="Your sum has no b.",
    hint="What should be the answer for two equal pictures?")

mistake(pair_forward, "no sigmoid",
    "nets.sigmoid(w.T @ distance + b)", "w.T @ distance + b",
    says="You returned the sum itself; its sigmoid is the probability.",
    hint="Between which numbers does a probability lie?")

mistake(pair_forward, "distance of the sums",
    "np.abs(A_1 - A_2)", "A_1 - A_2",
    "w.T @ distance + b", "np.abs(w.T @ distance) + b",
    says="You took the absolute value of the sum; it belongs to each difference, before they are added up.",
    hint="Which comes first, the absolute value or the weights?")

mistake(pair_forward, "flat",
    "nets.sigmoid(w.T @ distance + b)", "nets.sigmoid(w.T @ distance + b)[0]",
    says="Your result has shape (m,); asked for is (1, m).",
    hint="Which shape has w.T @ distance?")

mistake(pair_forward, "b subtracted",
    "w.T @ distance + b", "w.T @ distance - b",
    says="You subtracted b.",
    hint="Which sign has b in the formula?")

mistake(pair_forward, "one distance for all outputs",
    "np.abs(A_1 - A_2)", "np.sqrt(np.sum((A_1 - A_2) ** 2, axis=0, keepdims=True)) * np.ones_like(A_1)",
    says="You took one distance for all outputs together; each output has its own, with its own weight.",
    hint="How many weights has w, and what is each for?")

mistake(pair_forward, "sum in place of the difference",
    "np.abs(A_1 - A_2)", "np.abs(A_1 + A_2)",
    says="You added the two outputs; asked for is how far they are apart.",
    hint="What should come of two equal pictures?")


# 8 · Labels for nothing ----------------------------------------------------------------------------------------------


def scores(seed, m, margin):
    """good and bad, (1, m): in turns ahead of the margin, short of it, behind, far behind; none near to the margin or to 0."""
    rng = stream(seed)
    ahead = margin + (margin or 1) * (np.array([1.0, -0.5, -1.5, -3.0])[np.arange(m) % 4] + 0.3 * (2 * rng.rand(m) - 1))
    bad = rng.randn(m)
    order = rng.permutation(m)
    return np.round((bad + ahead)[None, order], 3), np.round(bad[None, order], 3)


def on_the_margin(seed, m):
    """The same for a margin of 0, with one pair of zeros, which is exactly on it, in the place of one that is ahead."""
    good, bad = scores(seed, m, 0.0)
    at = np.argmax(good - bad)
    good[0, at] = bad[0, at] = 0.0
    return good, bad


margin_cost = question(
    "margin_cost",
    visible("seven pairs, margin 0.5", *scores(230, 7, 0.5), 0.5),
    visible("five pairs, margin left out", *scores(232, 5, 1.0)),
    visible("a margin of 0, and one pair of scores on it", *on_the_margin(242, 5), 0.0, edge=True),
    hidden("a margin of 2", *scores(234, 9, 2.0), 2.0),
    hidden("all far ahead", *(lambda bad: (bad + 3 + np.abs(draws(237)(1, 6)), bad))(draws(236)(1, 6)), within(1.5, 1.0, 2.0), edge=True),
    hidden("all the wrong way about", *(lambda good: (good, good + 0.5 + np.abs(draws(239)(1, 4))))(draws(238)(1, 4)), within(0.7, 0.5, 1.0)),
    hidden("many pairs", *scores(240, within(40, 30, 50), 1.5), 1.5),
    section=S8,
    hints=(
        "First how much each pair is short of the margin: the good score should be ahead of the bad one by it. Where that is above 0 it costs so much, else nothing.",
        "A pair that is short has the slope +1 by bad and -1 by good, another has 0. And all is a mean: where does the 1/m go?",
    ),
)

mistake(margin_cost, "sign of the margin",
    "short = margin - good + bad", "short = -margin - good + bad",
    says="Your cost begins where the bad one is ahead by the margin; it should begin where the good one is not ahead by it.",
    hint="A good one is ahead by 0.3, and the margin is 1. Should that cost anything?")

mistake(margin_cost, "good and bad exchanged",
    "short = margin - good + bad", "short = margin + good - bad",
    "dgood = -dbad", "dgood, dbad = dbad, -dbad",
    says="You exchanged good and bad: your cost is high where the good one is far ahead.",
    hint="Which of the two should have the higher score?")

mistake(margin_cost, "squared",
    "np.sum(np.maximum(0, short))", "np.sum(np.maximum(0, short) ** 2)",
    "(short > 0) / m", "2 * np.maximum(0, short) / m",
    says="You squared what is short of the margin.",
    hint="How much does a pair cost that is short by 0.5?")

mistake(margin_cost, "1/m left out of the derivatives",
    "(short > 0) / m", "(short > 0) * 1.0",
    says="Your derivatives are those of a sum; the cost is a mean.",
    hint="By how much does the mean move, if one of m scores moves by a little?")

mistake(margin_cost, "sum in place of the mean",
    "np.sum(np.maximum(0, short)) / m", "np.sum(np.maximum(0, short))",
    "(short > 0) / m", "(short > 0) * 1.0",
    also=[("np.sum(np.maximum(0, short)) / m", "np.sum(np.maximum(0, short))")],
    says="Your cost is a sum over the pairs; asked for is the mean.",
    hint="Does the cost of twice as many such pairs have to be larger?")

mistake(margin_cost, "signs of the derivatives",
    "    dgood = -dbad\n", "    dgood, dbad = dbad, -dbad\n",
    says="Your derivatives have the wrong signs: a higher score of the good one makes the cost fall.",
    hint="If the good one's score rises a little, what does the cost of a pair do that is short?")

mistake(margin_cost, "not cut off at 0",
    "np.maximum(0, short)", "short",
    "(short > 0) / m", "np.ones_like(short) / m",
    says="You let pairs that are far ahead make the cost smaller; they cost 0, and have no slope.",
    hint="What does max(0, ...) do with a negative number?")

mistake(margin_cost, "slope on the margin",
    "(short > 0)", "(short >= 0)",
    says="You have a slope for pairs exactly on the margin; there it is to be 0.",
    hint="Which of > and >= leaves out 0?")

mistake(margin_cost, "margin fixed",
    "short = margin - good", "short = 1.0 - good",
    says="Your margin is 1 whatever the argument says.",
    hint="Which value arrives as the argument margin?")

mistake(margin_cost, "same sign for both",
    "dgood = -dbad", "dgood = dbad",
    says="Both your derivatives have one sign; good and bad pull in opposite directions.",
    hint="Which sign has good in the formula?")

mistake(margin_cost, "margin left out",
    "short = margin - good", "short = 0 * margin - good",
    says="Your cost begins only where the bad one is ahead: the margin is missing.",
    hint="Where does your function use `margin`?")


def unit_columns(seed, n, m):
    """Columns of length 1, to six decimals, shape (n, m)."""
    A = draws(seed, None)(n, m)
    return np.round(A / np.linalg.norm(A, axis=0), 6)


def views(seed, n, m, *temperature):
    """The arguments of which_of_the_batch."""
    return unit_columns(seed, n, m), unit_columns(seed + 1, n, m), *temperature


which_of_the_batch = question(
    "which_of_the_batch",
    visible("four pictures, temperature 0.5", *views(250, 3, 4, within(0.5, 0.4, 0.7))),
    visible("five pictures, temperature left out", *views(252, 4, 5)),
    visible("two pictures", *views(254, 5, 2, within(0.3, 0.25, 0.4)), edge=True),
    hidden("six pictures", *views(256, 3, 6, within(0.2, 0.15, 0.3))),
    hidden("a temperature of 2", *views(258, 4, 3, within(2.0, 1.5, 2.5))),
    hidden("each picture twice the same", *(lambda A: (A, A.copy()))(unit_columns(260, 6, 4)), within(0.4, 0.3, 0.6)),
    hidden("many pictures", *views(262, 5, within(30, 25, 40), within(0.6, 0.5, 0.8))),
    section=S8,
    hints=(
        "It is softmax regression with m classes. Scores first, shape (m, m): B transposed times A, divided by the temperature. Which class "
        "is right for column i?",
        "For dZ take the shares minus one-hot labels, divided by m, and the labels are an identity matrix, `np.eye(m)`. Then back through the product: A "
        "got to the scores by B, and B by A, both by way of the temperature.",
    ),
)

mistake(which_of_the_batch, "temperature left out of the gradients",
    "dA = B @ dZ / temperature", "dA = B @ dZ",
    "dB = A @ dZ.T / temperature", "dB = A @ dZ.T",
    says="Your gradients lack the temperature: the scores are divided by it, and so are their derivatives.",
    hint="If the scores are ten times the products, how much do they move when A moves?")

mistake(which_of_the_batch, "temperature left out",
    "softmax(B.T @ A / temperature)", "softmax(B.T @ A)",
    "dA = B @ dZ / temperature", "dA = B @ dZ",
    "dB = A @ dZ.T / temperature", "dB = A @ dZ.T",
    says="You left the temperature out.",
    hint="By what are the products divided, before softmax gets them?")

mistake(which_of_the_batch, "times the temperature",
    "softmax(B.T @ A / temperature)", "softmax(B.T @ A * temperature)",
    "dA = B @ dZ / temperature", "dA = B @ dZ * temperature",
    "dB = A @ dZ.T / temperature", "dB = A @ dZ.T * temperature",
    says="You multiplied by the temperature; scores are divided by it.",
    hint="Should a low temperature make the answer surer or less sure?")

mistake(which_of_the_batch, "1/m left out of the gradients",
    "(shares - np.eye(m)) / m", "(shares - np.eye(m))",
    says="Your gradients are those of a sum; the cost is a mean.",
    hint="Where does the 1/m of the mean go?")

mistake(which_of_the_batch, "the other way about",
    "softmax(B.T @ A / temperature)", "softmax(A.T @ B / temperature)",
    "dA = B @ dZ / temperature", "dA = B @ dZ.T / temperature",
    "dB = A @ dZ.T / temperature", "dB = A @ dZ / temperature",
    says="You ask for each column of B which column of A belongs to it; asked is it for each column of A.",
    hint="Softmax adds up to 1 in each column. Whose column should that be?")

mistake(which_of_the_batch, "dB not transposed",
    "dB = A @ dZ.T / temperature", "dB = A @ dZ / temperature",
    says="In your dB, dZ is not transposed.",
    hint="Row k of the scores belongs to column k of B. Which axis of dZ has to be added up over?")

mistake(which_of_the_batch, "dA transposed",
    "dA = B @ dZ / temperature", "dA = B @ dZ.T / temperature",
    says="In your dA, dZ is transposed; it should not be.",
    hint="Column i of the scores belongs to column i of A. Which axis of dZ has to be added up over?")

mistake(which_of_the_batch, "dA and dB exchanged",
    "dA = B @ dZ / temperature", "dB = B @ dZ / temperature",
    "dB = A @ dZ.T / temperature", "dA = A @ dZ.T / temperature",
    says="You exchanged dA and dB.",
    hint="The derivative of a product by one factor is the other factor.")

mistake(which_of_the_batch, "sign of the gradients",
    "(shares - np.eye(m))", "(np.eye(m) - shares)",
    says="Your gradients have the wrong sign.",
    hint="If the share of the right answer is too small, should its score rise or fall under descent? And with which sign?")

mistake(which_of_the_batch, "sign of the cost",
    "-np.mean(np.log(", "np.mean(np.log(",
    says="Your cost is negative: the minus before the logarithm is missing.",
    hint="The logarithm of a share, is it above or below 0?")

mistake(which_of_the_batch, "sum in place of the mean",
    "-np.mean(np.log(np.diag(shares)))", "-np.sum(np.log(np.diag(shares)))",
    "(shares - np.eye(m)) / m", "(shares - np.eye(m))",
    also=[("-np.mean(np.log(np.diag(shares)))", "-np.sum(np.log(np.diag(shares)))")],
    says="Your cost is a sum over the pictures; asked for is the mean.",
    hint="Does the cost have to grow with the size of the batch?")

mistake(which_of_the_batch, "all shares",
    "-np.mean(np.log(np.diag(shares)))", "-np.mean(np.log(shares))",
    says="You averaged the logarithms of all shares; only that of the right answer counts.",
    hint="Which of the shares of column i belongs to the right answer?")

mistake(which_of_the_batch, "log of the mean",
    "-np.mean(np.log(np.diag(shares)))", "-np.log(np.mean(np.diag(shares)))",
    says="You took the logarithm of the mean share; asked for is the mean of the logarithms.",
    hint="Which comes first, the logarithm or the mean?")
