# %% [markdown]
# # Transfer: keep what a net has learnt

# %% setup
import re

import numpy as np

from helpers import check, nets
from helpers.reuse import elu, softmax

check.begin("transfer")

# %% [markdown]
# ## 1 · Zero to four  (12 min)


# %% solution="select_classes"
def select_classes(X, labels, classes, per_class=None):
    """The examples of some classes, in their old order.

    X: shape (n, m). labels: which class each example is of, shape (m,). classes: those to keep, in
    any order. per_class: None for all examples, or how many of each class to keep: the first ones,
    or as many as there are.
    Returns X with the columns kept, and their new labels, shape (number kept,): place 0, 1, ... of
    the class in `classes`.
    """
    place = {label: k for k, label in enumerate(classes)}
    columns, new_labels = [], []
    for column, label in enumerate(labels):
        ### BEGIN SOLUTION
        new = place.get(label)
        if new is not None and (per_class is None or new_labels.count(new) < per_class):
            columns.append(column)
            new_labels.append(new)
        ### END SOLUTION
    return X[:, columns], np.array(new_labels, dtype=int)


# %% test="select_classes" points=8
check(select_classes)

# %% [markdown]
# ## 2 · Keep and find again  (9 min)


# %% solution="restore"
def restore(parameters, saved, pattern):
    """Parameters of which some are taken from others that were saved.

    parameters, saved: dicts of name -> array. pattern: a regular expression that has to match a
    whole name. A name that matches, is in both, and has an array of one shape in both, gets a copy
    of the saved array.
    Returns a dict with the names of `parameters`; all other arrays are copies of what they were.
    """
    restored = {}
    for name, value in parameters.items():
        ### BEGIN SOLUTION
        wanted = re.fullmatch(pattern, name) and name in saved and saved[name].shape == value.shape
        restored[name] = np.copy(saved[name] if wanted else value)
        ### END SOLUTION
    return restored


# %% test="restore" points=10
check(restore)

# %% [markdown]
# ## 3 · From another world  (8 min)


# %% solution="import_weights"
def import_weights(foreign):
    """Parameters from a file in which examples are rows.

    foreign: dict of "dense_7/kernel", shape (inputs, units), and "dense_7/bias", shape (units,),
    for each layer, in any order. Every layer's name ends in an underscore and a number.
    Returns W1, b1, ..., WL, bL: the layers in ascending number, with W of shape (units, inputs)
    and b of shape (units, 1).
    """
    parameters = {}
    ### BEGIN SOLUTION
    layers = {name.split("/")[0] for name in foreign}
    for l, layer in enumerate(sorted(layers, key=lambda name: int(name.split("_")[-1])), start=1):
        parameters[f"W{l}"] = foreign[f"{layer}/kernel"].T
        parameters[f"b{l}"] = foreign[f"{layer}/bias"].reshape(-1, 1)
    ### END SOLUTION
    return parameters


# %% test="import_weights" points=10
check(import_weights)

# %% [markdown]
# ## 4 · Frozen  (12 min)


# %% solution="replace_output"
def replace_output(parameters, C, draws):
    """The same net with a new last layer, for C classes.

    parameters: dict W1, b1, ..., WL, bL. draws: from a normal distribution, shape (C, n) for a last
    layer with n inputs.
    Returns a dict with the same names: WL is draws times He's factor sqrt(2 / n), bL is zero, shape
    (C, 1), and all others are as they were.
    """
    L = nets.number_of_layers(parameters)
    replaced = dict(parameters)
    ### BEGIN SOLUTION
    n = draws.shape[1]
    replaced[f"W{L}"] = draws * np.sqrt(2 / n)
    replaced[f"b{L}"] = np.zeros((C, 1))
    ### END SOLUTION
    return replaced


# %% test="replace_output" points=5
check(replace_output)

# %% solution="update_trainable"
def update_trainable(parameters, grads, learning_rate, frozen):
    """One step of descent for all layers but the frozen ones.

    parameters: dict W1, b1, ..., WL, bL. grads: dict of dW and db; those of frozen layers may be
    missing. frozen: numbers of layers, a tuple.
    Returns a new dict with all parameters.
    """
    updated = {}
    for name, value in parameters.items():
        ### BEGIN SOLUTION
        if int(name[1:]) in frozen:
            updated[name] = value
        else:
            updated[name] = value - learning_rate * grads[f"d{name}"]
        ### END SOLUTION
    return updated


# %% test="update_trainable" points=7
check(update_trainable)

# %% [markdown]
# ## 5 · Computed once  (12 min)


# %% solution="cache_frozen"
def cache_frozen(X, parameters, k):
    """What layer k gives for each example. Layers up to k are frozen, so this stays as it is.

    X: shape (n_0, m). parameters: dict W1, b1, ..., WL, bL; k: a number from 0 to L - 1. Layers 1
    to k are ELU layers.
    Returns A of layer k, shape (n_k, m); for k = 0 that is X.
    """
    A = X
    ### BEGIN SOLUTION
    for l in range(1, k + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A, _ = elu(Z)
    ### END SOLUTION
    return A


# %% test="cache_frozen" points=8
check(cache_frozen)

# %% solution="backward_above"
def backward_above(Y, cache, parameters, k):
    """Gradients of softmax's mean cost by the layers above layer k, and by no others.

    Y: one-hot, shape (C, m). cache: dict of A of layer k, "Ak" with its number, and of Zl and Al for
    each layer l above it up to ZL; of what is below, it has nothing. Layers below L are ELU layers.
    Returns a dict of dWl, dbl for l = k + 1, ..., L, means over the examples.
    """
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    grads = {}
    dZ = softmax(cache[f"Z{L}"]) - Y
    for l in range(L, k, -1):
        ### BEGIN SOLUTION
        grads[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if l - 1 > k:
            _, slope = elu(cache[f"Z{l - 1}"])
            dZ = parameters[f"W{l}"].T @ dZ * slope
        ### END SOLUTION
    return grads


# %% test="backward_above" points=16
check(backward_above)

# %% [markdown]
# ## 7 · Equal or different?  (16 min)


# %% solution="pair_batch"
def pair_batch(labels, U):
    """Pairs of pictures, half of them alike.

    labels: which class each picture is of, shape (M,); every class has at least two pictures. U:
    draws, uniform in [0, 1), shape (m, 2), m even.
    Returns i, j, target, whole numbers of shape (m,) each: pair p is of pictures i[p] and j[p],
    never one and the same. In the first half of the pairs both are of one class, target 0; in the
    second half they are of two, target 1. Every picture may come as i, and every fitting one as j.
    """
    m = len(U)
    i = np.zeros(m, dtype=int)
    j = np.zeros(m, dtype=int)
    target = np.zeros(m, dtype=int)
    for p in range(m):
        ### BEGIN SOLUTION
        i[p] = int(U[p, 0] * len(labels))
        target[p] = int(p >= m // 2)
        fitting = (labels != labels[i[p]]) == bool(target[p])
        fitting[i[p]] = False
        partners = np.flatnonzero(fitting)
        j[p] = partners[int(U[p, 1] * len(partners))]
        ### END SOLUTION
    return i, j, target


# %% test="pair_batch" points=12
check(pair_batch)

# %% solution="pair_forward"
def pair_forward(A_1, A_2, w, b):
    """The probability that two pictures are different, by the distance of what a net makes of them.

    A_1, A_2: outputs of the net for the first and the second pictures of m pairs, shape (n, m).
    w: a weight for each output, shape (n, 1). b: a number.
    Returns sigma(w^T |A_1 - A_2| + b), shape (1, m).
    """
    ### BEGIN SOLUTION
    distance = np.abs(A_1 - A_2)
    probability = nets.sigmoid(w.T @ distance + b)
    ### END SOLUTION
    return probability


# %% test="pair_forward" points=7
check(pair_forward)

# %% [markdown]
# ## 8 · Labels for nothing  (12 min)


# %% solution="margin_cost"
def margin_cost(good, bad, margin=1.0):
    """The mean of max(0, margin - good + bad), and its derivatives.

    good, bad: scores of a good example and of a spoilt one each, shape (1, m). margin: by how much
    a good one should be ahead.
    Returns the cost, a number, and dgood and dbad, shape (1, m): derivatives of the mean, so with
    1/m in them, and 0 for a pair exactly on the margin.
    """
    m = good.shape[1]
    ### BEGIN SOLUTION
    short = margin - good + bad
    cost = np.sum(np.maximum(0, short)) / m
    dbad = (short > 0) / m
    dgood = -dbad
    ### END SOLUTION
    return cost, dgood, dbad


# %% test="margin_cost" points=7
check(margin_cost)

# %% solution="which_of_the_batch"
def which_of_the_batch(A, B, temperature=0.1):
    """The cost of finding, for each column of A, the column of B that belongs to it: that with the same number.

    A, B: shape (n, m). Column i of A has the score (column k of B) . (column i of A) / temperature for
    each k, and the shares of softmax over these k.
    Returns the cost, a number: the mean over i of -log of the share of k = i; and dA, dB, shape
    (n, m): its derivatives, with 1/m in them.
    """
    m = A.shape[1]
    ### BEGIN SOLUTION
    shares = softmax(B.T @ A / temperature)
    cost = -np.mean(np.log(np.diag(shares)))
    dZ = (shares - np.eye(m)) / m
    dA = B @ dZ / temperature
    dB = A @ dZ.T / temperature
    ### END SOLUTION
    return cost, dA, dB


# %% test="which_of_the_batch" points=10
check(which_of_the_batch)

# %% [markdown]
# ## Where you stand

# %% showcase
check.overview()
