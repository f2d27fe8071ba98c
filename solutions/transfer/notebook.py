# %% [markdown]
# # Transfer: keep what a net has learnt
#
# Few have a million pictures with labels, and nearly everybody has a net that somebody else trained on some. This
# notebook is about using it: which layers to keep, which to freeze, what that is worth, and how to get labels where
# there are none. It follows the last three exercises of a book chapter on deep nets, with every step written by hand
# once.
#
# You will learn
#
# - to keep a net in a file, and to find the right arrays again, of your own net or of another framework,
# - to freeze layers, to compute them once, and to thaw them,
# - how many layers to keep, with 5, 20 or 100 pictures a class, and when it is better to keep none,
# - to train on pairs, "same or different?", and why one logistic unit on two joined nets cannot do it,
# - to invent a task whose labels cost nothing, and to see what it adds, and what it does not.
#
# It takes about 95 minutes. You need softmax and batch norm (*Softmax and batch norm*), folds (*Hyper-parameters*)
# and ELU (*Deep networks*). Examples are columns, $X$ has shape $(n, m)$, and labels are class numbers of shape
# $(m,)$. Functions that need chance take the drawn numbers as an argument $U$, drawn evenly from 0 to 1.
#
# The digits are *pen*, which invented hands have written; those for the test are of other hands. They stand in for
# MNIST. Pen is drawn by a program that shifts, turns and bends each digit, so what it says about new pictures holds
# for real handwriting only in part. Where it matters, the tables have a second half, measured on MNIST's 10,000 test
# pictures.

# %% setup
import re
import time

import numpy as np

from helpers import check, deep, explorers, nets, reuse
from helpers.data import load_pen
from helpers.explorers.transplant import measured
from helpers.plots import new_axes, plot_clouds, plot_digits, plot_lines
from helpers.reuse import elu, softmax
from helpers.training import ready, train_classes

pen = load_pen(size=14)
X, labels = pen.X_train.astype(np.float32), pen.Y_train[0]
X_test, labels_test = pen.X_test.astype(np.float32), pen.Y_test[0]
check.begin("transfer")

# %% [markdown]
# ## 1 · Zero to four  (12 min)
#
# Somebody has to train the first net. It shall tell the digits 0 to 4 apart, and never see a 5. So the first tool is
# one that takes some classes out of a set, all of their examples or the first few of each.
#
# **Try.** The columns that you keep stay in their old order. Their new labels are the places in `classes`: with
# `classes=(5, 3, 1)` a 5 gets the label 0, since a softmax layer counts its units from 0.


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


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once
# any part of a result is right; edge cases 30 %, once an ordinary case passes. Grading uses these visible cases and
# further ones. If you are stuck, `check.hint(select_classes)` gives a hint, then another; asking costs nothing.

# %% test="select_classes" points=8
check(select_classes)

# %% showcase
X_old, labels_old = map(np.asarray, ready(select_classes, X, labels, (0, 1, 2, 3, 4)))
print(f"{labels_old.size:,} of {labels.size:,} training pictures are of 0 to 4")
plot_digits(X_old[:, :24], labels_old[:24])

# %% [markdown]
# The net is that of the book: five hidden layers of 100 units, ELU, He's weights, Adam, softmax. A fifth of the
# pictures is held back as a dev set. After each epoch the dev cost is measured and the best net so far is kept, a
# *checkpoint*; after six epochs without a new best, training ends and the checkpoint counts. That is *patience*. Then
# the same with batch norm, and with dropout of a fifth of the units in each hidden layer.

# %% predict [markdown]
# The net has five layers of 100 units and 4,000 pictures. What will batch norm and dropout change?
#
# - Both make it clearly better
#   That is what they are for, but they have to find something to mend: signals that vanish, or a net that learns by
#   heart.
# * Batch norm makes the start faster, dropout slower; in the end there is little between the three
#   ELU and He's weights carry the signal through five layers already, and patience stops before much is learnt by
#   heart.
# - Dropout makes it worse, since a fifth of the net is missing
#   One draw may look so. Over five draws it has as many right answers as the others; it only takes twice as long to learn,
#   since each unit is trained on four of five batches.

# %% showcase
def learn_old(net, seed=1):
    """Exercise 8 with one of three nets: the run, and per cent of the test pictures of 0 to 4."""
    X_old, labels_old = map(np.asarray, ready(select_classes, X, labels, (0, 1, 2, 3, 4)))
    order = np.random.default_rng(seed).permutation(labels_old.size)
    train, dev = np.split(order, [4 * labels_old.size // 5])
    start = reuse.first_weights([196, 100, 100, 100, 100, 100, 5], seed)
    Y = reuse.one_hot(labels_old[train], 5)
    run = reuse.train_patiently(X_old[:, train], Y, X_old[:, dev], labels_old[None, dev], start, net, seed=seed)
    X_new, labels_new = map(np.asarray, ready(select_classes, X_test, labels_test, (0, 1, 2, 3, 4)))
    return run, 100 * nets.share_right(net.scores(X_new, run.parameters), labels_new)


curves = {}
kinds = {"plain": {}, "batch norm": {"normalized": True}, "dropout": {"drop": 0.2}}
for name, about in kinds.items():
    run, right = learn_old(reuse.Remedied(**about))
    costs = run.dev_costs
    curves[name] = np.arange(1, len(costs) + 1), costs
    print(f"{name}: {len(costs)} epochs, dev cost {costs[1]:.3f} after two, {min(costs):.3f} at best; {right:.1f} % right")
plot_lines(curves, xlabel="epoch", ylabel="dev cost $J$", title="Zero to four")
for inputs in (196, 784):
    arrays = reuse.first_weights([inputs, 100, 100, 100, 100, 100, 5], seed=1).values()
    print(f"{inputs} inputs: {sum(array.size for array in arrays):,} parameters")

# %% [markdown]
# **See.** Over five draws of the pictures, first weights and orders, mean and standard deviation:
#
# | | dev cost after two epochs | best dev cost | epochs | test pictures right | on handwriting |
# |---|---:|---:|---:|---:|---:|
# | plain | 0.254 ± 0.025 | 0.147 ± 0.023 | 16.0 ± 4.9 | 96.2 ± 0.6 | 98.1 ± 0.1 |
# | batch norm | 0.236 ± 0.013 | 0.122 ± 0.010 | 17.6 ± 3.0 | 96.6 ± 0.4 | 98.2 ± 0.6 |
# | dropout, a fifth | 0.371 ± 0.032 | 0.138 ± 0.023 | 32.0 ± 5.8 | 96.5 ± 0.4 | 97.5 ± 0.5 |
#
# Batch norm has a slightly better cost, dropout needs twice the epochs, and the shares of right answers lie within a
# point of each other. The book's questions "faster?" and "better?" have the answers: the start a little, and hardly.

# %% [markdown]
# **What if it were tuned?** The book asks for cross-validation here. Take three learning rates and three sizes of a
# layer, judge each pair by one dev set, and then see how far the dev costs of one pair lie apart with another `seed`.
# Which differences would you believe?

# %% [markdown]
# ## 2 · Keep and find again  (9 min)
#
# A net is a dict of arrays, and `np.savez` writes it into a file, each array under its name. Reading it back is easy.

# %% showcase
import tempfile
from pathlib import Path

old = reuse.first_net(X, labels, seed=1)  # zero to four, as above
file = Path(tempfile.mkdtemp()) / "zero_to_four.npz"
np.savez(file, **old)
with np.load(file) as content:
    saved = dict(content)
print(f"{file.name}, {file.stat().st_size:,} bytes:", ", ".join(f"{name} {value.shape}" for name, value in saved.items()))

# %% [markdown]
# What takes care is to read *some* of it: the lower layers for a new net, whose last layer has another shape and its
# own first weights.
#
# **Try.** A *regular expression* says which names are wanted: `"[Wb][123]"` are W1, b1, W2, b2, W3 and b3. Let it
# match the **whole** name, or `"[Wb]1"` takes layers 10 to 19 along. Take a name only if both have it in one shape.
# And copy: who trains on in place must not change what was saved.


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

# %% predict [markdown]
# A program restores layers 1 to 3 and *then* draws first weights for all layers, as one does with a new net. What has
# it got?
#
# * New layers only, and no error
#   The draw has written over what was restored. Nothing fails, the net trains, and the file was read for nothing.
# - Layers 1 to 3 from the file, the others new
#   That is what restoring last gives. Whoever writes last wins, and here that is the draw.
# - An error, since these names are there already
#   A dict does not mind. Nor did TensorFlow 1, where one had to run the initializer before the saver, and people
#   forgot.

# %% showcase
new = reuse.first_weights([196, 100, 100, 100, 20, 5], seed=2)  # its fourth layer is smaller
net = ready(restore, new, saved, "[Wb][123]")
for name in ("W1", "W3", "W4", "W5"):
    print(f"{name}: {'from the file' if np.array_equal(net[name], saved[name]) else 'as it was drawn'}")
everything = ready(restore, new, saved, ".*")
taken = [name for name in new if name in saved and np.array_equal(everything[name], saved[name])]
print("with the pattern .* it takes", ", ".join(taken))

# %% [markdown]
# With the pattern `.*` layers 4 and 5 are left out, weights and biases, because their shapes differ. That is convenient and
# dangerous: a slip in a size is not an error then, it only takes less. A program that restores should say what it
# took.
#
# What else belongs in a file? To go on as if nothing had happened, the *optimizer's* averages. To use the net, what
# was done to the inputs: size, scale, mean. And which label has which unit.

# %% showcase
X_few, labels_few = reuse.some_of_each(X, labels, range(5), 200, seed=1)
Y_few = reuse.one_hot(labels_few, 5)
about = {"learning_rate": 0.001, "batch_size": 50}
start = reuse.first_weights([196, 100, 100, 100, 100, 100, 5], seed=3)
adam = deep.each_by(reuse.adam)
half = train_classes(X_few, Y_few, start, reuse.class_gradients, update=adam, epochs=5, seed=1, **about).parameters
for kept, update in (("with", adam), ("without", deep.each_by(reuse.adam))):
    history = train_classes(X_few, Y_few, half, reuse.class_gradients, update=update, epochs=1, seed=2, **about)
    print(f"gone on {kept} Adam's averages: cost of the next 20 batches {np.mean(history.costs):.3f}")

# %% [markdown]
# **What if a file is from yesterday's program?** Rename `W2` in `saved` to `weights2`. What does your function take,
# and what would you like it to say?

# %% [markdown]
# ## 3 · From another world  (8 min)
#
# Most nets worth keeping were trained by others, in another framework. There examples are rows,
# $Z = X\,\text{kernel} + \text{bias}$, with a kernel of shape (inputs, units) and a flat bias. Ours is $Z = W X + b$.
# And layers have names with numbers, which need not begin at 1 nor be without gaps: a layer that was tried and thrown
# away has used up its number.
#
# **Try.** The layers in ascending number become 1, 2, ... As text, "dense_10" comes before "dense_9".


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

# %% showcase
foreign = {f"dense_{l + 8}/kernel": old[f"W{l}"].T for l in range(1, 7)}
foreign |= {f"dense_{l + 8}/bias": old[f"b{l}"].ravel() for l in range(1, 7)}
foreign = dict(sorted(foreign.items()))  # as a file lists them
print("in the file:", ", ".join(name for name in foreign if "kernel" in name))
theirs = X_test.T  # rows
for number in range(9, 15):
    theirs = theirs @ foreign[f"dense_{number}/kernel"] + foreign[f"dense_{number}/bias"]
    theirs = theirs if number == 14 else elu(theirs)[0]
ours = reuse.class_scores(X_test, ready(import_weights, foreign))
print(f"their scores and ours differ by {np.abs(theirs.T - ours).max():.0e} at most")
known = labels_test < 5
right = reuse.percent_right(X_test[:, known], labels_test[known], ready(import_weights, foreign))
print(f"{right:.1f} % of the test pictures of 0 to 4")

# %% [markdown]
# In Keras a layer's arrays are `layer.kernel` and `layer.bias`, or a list from `layer.get_weights()`. Unless you name
# them, the first dense layer of a program is called `dense`, without a number, and the next `dense_1`, so names
# depend on what was built before: give names of your own to what you want to find again.

# %% predict [markdown]
# The weights are imported rightly. But that net was trained on pixels from 0 to 255, and ours go from 0 to 1. What
# happens?
#
# - An error: the weights do not fit
#   All shapes fit. Nothing knows of the scale.
# - Nothing: only the order of the scores counts
#   In a net without biases and with ReLU that is even so. Biases do not shrink with the inputs, and ELU is no
#   straight line.
# * It runs, and is wrong more often
#   All sums of the first layer are 255 times too small beside their biases. The scale is a part of the net, as the
#   weights are.

# %% showcase
X_five, five = X_test[:, labels_test < 5], labels_test[labels_test < 5]
for scale in (1, 1 / 4, 1 / 255):
    print(f"pixels times {scale:.3g}: {reuse.percent_right(scale * X_five, five, old):.1f} % right")

# %% [markdown]
# **See.** Nothing fails, and the answers are worthless. The same goes for the *size* of the pictures. The first layer
# has a weight for each pixel, so pictures have to be brought to the size that the net learnt on, by means over
# squares or by a proper resampling; and for what was white, which is 0 here and 1 elsewhere.

# %% [markdown]
# Collections of trained nets are called *model zoos*. Keras has [one](https://keras.io/api/applications/), PyTorch
# [one](https://pytorch.org/vision/stable/models.html), and [Hugging Face](https://huggingface.co/models) has more
# than anybody can look through. Each net there should come with a card: data, inputs, licence, and what it is not
# good for.

# %% [markdown]
# **What if black and white change places?** Give the net `1 - X_five`. Is it worse than guessing?

# %% [markdown]
# ## 4 · Frozen  (12 min)
#
# Now the new task: the digits 5 to 9, of which there are few labelled pictures. It has five classes as well, but
# other ones, so the last layer goes. What replaces it begins as any new layer does.
#
# **Try.** He's factor is about the inputs of the new layer. `draws` has shape $(C, n)$.


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

# %% showcase
fresh = ready(replace_output, old, 5, np.random.default_rng(4).standard_normal((5, 100)))
print("replaced:", ", ".join(name for name in old if not np.array_equal(fresh[name], old[name])))
print(f"He's factor for 100 inputs is {np.sqrt(2 / 100):.3f}; the new weights have a standard deviation of {np.std(fresh['W6']):.3f}")

# %% [markdown]
# To *freeze* a layer means to leave its weights as they are while others are trained. In most frameworks the
# optimizer gets a list of what it may move, and the frozen layers are not in it.
#
# **Try.** One step of descent for all but the frozen layers. `frozen` may name any layers, not just the lowest, and
# gradients of frozen ones may be missing.


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

# %% showcase
X_new, labels_new = reuse.some_of_each(X, labels, range(5, 10), 100, seed=1)
Y_new = reuse.one_hot(labels_new, 5)
start = reuse.transplanted(old, 5, others_new=True, classes=5, seed=1)  # five old layers, and a new last one
unseen = labels_test >= 5
distances = {}
for frozen in ((), (1, 2, 3), (2,)):

    def update(parameters, grads, learning_rate, frozen=frozen):
        return ready(update_trainable, parameters, grads, learning_rate, frozen)

    about = {"learning_rate": 0.05, "batch_size": 20, "update": update, "epochs": 20}
    net = train_classes(X_new, Y_new, start, reuse.class_gradients, **about).parameters
    moved = [np.linalg.norm(net[f"W{l}"] - start[f"W{l}"]) for l in range(1, 7)]
    name = f"{', '.join(map(str, frozen)) or 'none'} frozen"
    distances[name] = np.arange(1, 7), moved
    right = reuse.percent_right(X_test[:, unseen], labels_test[unseen] - 5, net)
    print(f"{name}: {right:.1f} % of the test pictures of 5 to 9; weights moved by", np.round(moved, 2))
plot_lines(distances, xlabel="layer", ylabel="how far the weights moved", title="Twenty epochs of descent")

# %% [markdown]
# **See.** Frozen layers stand at 0, and the others move for them. The gradient still passes *through* a frozen layer
# that lies above one that is trained: frozen means that its own weights stay.

# %% [markdown]
# Which should one freeze? The book begins with all five, and trains only the new last layer.

# %% predict [markdown]
# 100 pictures of each of the digits 5 to 9, and five layers that have learnt 0 to 4. Which is worst?
#
# * All five frozen, only the last layer trained
#   The upper layers know what tells 0 to 4 apart. What they have thrown away for that, the last layer cannot get
#   back.
# - From scratch, without the old layers
#   500 pictures are few, but a net can learn a good deal from them.
# - Three frozen, the rest trained
#   What the lower layers see, strokes and their directions, serves both tasks.
# - All five kept, and all trained
#   That is a good start, and everything can still move.

# %% [markdown]
# **Try it** in the figure, in which all was measured before, five seeds each.

# %% showcase
explorers.transplant()

# %% [markdown]
# **What if the middle is frozen?** Freeze layers 2 to 5 above and train the first one and the last. Which inputs can
# a net mend that way?

# %% [markdown]
# ## 5 · Computed once  (12 min)
#
# What frozen layers give for a picture is the same in every epoch. So compute it once, keep it, and train the upper
# layers on that, as if it were the pictures.
#
# **Try.** $A$ of layer $k$ for all examples. `elu(Z)` gives $A$ and the slope; it was imported at the top.


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

# %% [markdown]
# The way back ends where the frozen layers begin. Their gradients are not zero, they are *not computed*.
#
# **Try.** Back from the scores down to layer $k + 1$, and no further. For hidden layers, which are ELU layers,
#
# $$dZ^{[l-1]} = W^{[l]T} dZ^{[l]} \cdot \text{slope}(Z^{[l-1]}) \qquad dW^{[l]} = \tfrac{1}{m}\, dZ^{[l]} A^{[l-1]T}$$


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

# %% predict [markdown]
# Only layer 1 is frozen, with 19,700 of the net's 60,605 parameters; no other layer has as many. The others learn for
# 40 epochs, once with the output of layer 1 computed anew for each batch, once with the cache. The way back ends above
# layer 1 both times. How much of the time does the cache save?
#
# * Less than a third
#   What is saved is one product of matrices in each batch. Five layers are still computed, there and back, and moved by
#   Adam.
# - About a third, as much as layer 1 has of the parameters
#   It would if all that a layer costs were its way ahead. That is the smaller part: the trained layers have the way
#   back and Adam besides, and the cache spares them neither.
# - Nearly all, since the largest layer is computed once in place of 40 times
#   39 of 40 times of layer 1's way ahead are saved. But how large a part of the work was that?

# %% showcase
def forward_above(A, parameters, k):
    """A of layer k, and Z and A of all layers above it, by name."""
    cache, L = {f"A{k}": A}, nets.number_of_layers(parameters)
    for l in range(k + 1, L + 1):
        cache[f"Z{l}"] = parameters[f"W{l}"] @ cache[f"A{l - 1}"] + parameters[f"b{l}"]
        if l < L:
            cache[f"A{l}"] = elu(cache[f"Z{l}"])[0]
    return cache


def trained_above(k, once):
    """Adam on the layers above layer k, whose output is computed once, or for each batch anew."""
    adam = deep.each_by(reuse.adam)

    def gradients(inputs, Y, parameters):
        A = inputs if once else ready(cache_frozen, inputs, parameters, k)
        cache = forward_above(A, parameters, k)
        shares = softmax(cache[f"Z{nets.number_of_layers(parameters)}"])
        return nets.class_cost(shares, np.argmax(Y, axis=0)[None]), ready(backward_above, Y, cache, parameters, k)

    def update(parameters, grads, learning_rate):
        may_move = {name: value for name, value in parameters.items() if f"d{name}" in grads}
        return parameters | adam(may_move, grads, learning_rate)

    inputs = ready(cache_frozen, X_new, start, k) if once else X_new
    about = {"learning_rate": 0.001, "batch_size": 20, "update": update, "epochs": 40}
    return train_classes(inputs, Y_new, start, gradients, **about)


X_new, labels_new = reuse.some_of_each(X, labels, range(5, 10), 100, seed=1)
Y_new = reuse.one_hot(labels_new, 5)
start = reuse.transplanted(old, 5, others_new=True, classes=5, seed=1)
for k in (5, 3, 1):
    runs, seconds = {}, {}
    for once in (False, True):
        begun = time.perf_counter()
        runs[once], seconds[once] = trained_above(k, once), time.perf_counter() - begun
    apart = max(np.abs(runs[True].parameters[name] - runs[False].parameters[name]).max() for name in start)
    saves = 100 * (1 - seconds[True] / seconds[False])
    print(f"{k} frozen: {seconds[False]:.2f} s, with the cache {seconds[True]:.2f} s, which saves {saves:.0f} %; weights differ by {apart:.0e} at most")

# %% [markdown]
# **See.** The same weights, to rounding, in less time; how much less depends on your machine and on $k$. With five
# frozen layers it is much. With one it is little, although that layer is the largest: most of the work is the way
# back through the layers above, and Adam.

# %% [markdown]
# There is one thing that a cache forbids: changing the pictures in each epoch, as by shifts, since the frozen layers
# would have to look at every change.

# %% [markdown]
# **What if there is dropout in the frozen layers?** What would be computed once then, and what would it be to freeze
# a dropped unit?

# %% [markdown]
# ## 6 · Four, three, two; thaw  (9 min)
#
# Freezing all was the worst: layers near the end have specialised ([Yosinski et al.,
# 2014](https://arxiv.org/abs/1411.1792)). The book goes on: drop the fifth layer, keep four; then thaw the upper two;
# search. Here is the whole search, per cent of the test pictures of 5 to 9, over five seeds with another old net and
# another draw of the pictures in each.
#
# | a class | from scratch | 5, frozen | 4, frozen, no fifth | 3, frozen | 2, frozen | 4, two thawed, no fifth | 5, all thawed |
# |---|---:|---:|---:|---:|---:|---:|---:|
# | 5 | 52.3 ± 3.2 | 55.2 ± 2.5 | 53.7 ± 3.3 | 54.2 ± 1.1 | 54.9 ± 2.6 | 54.7 ± 4.3 | 58.0 ± 1.8 |
# | 20 | 69.1 ± 2.2 | 68.6 ± 1.9 | 69.0 ± 3.0 | 70.9 ± 1.1 | 71.1 ± 1.0 | 72.4 ± 1.5 | 73.6 ± 0.8 |
# | 100 | 83.5 ± 1.0 | 75.9 ± 1.9 | 75.9 ± 2.1 | 83.7 ± 1.2 | 84.0 ± 0.8 | 84.4 ± 1.4 | 85.9 ± 0.5 |
# | handwriting, 5 | 73.2 ± 3.3 | 65.4 ± 3.0 | 67.0 ± 2.6 | 70.8 ± 2.6 | 71.5 ± 2.9 | 71.0 ± 2.1 | 73.7 ± 2.6 |
# | handwriting, 20 | 84.6 ± 1.6 | 77.8 ± 1.3 | 79.1 ± 2.6 | 82.2 ± 2.3 | 82.0 ± 2.5 | 82.3 ± 2.1 | 85.0 ± 1.2 |
# | handwriting, 100 | 92.6 ± 0.8 | 84.1 ± 0.8 | 85.0 ± 0.7 | 90.6 ± 0.4 | 91.6 ± 0.2 | 91.3 ± 0.6 | 92.7 ± 0.9 |
#
# Where a layer is not kept and not dropped, a new one stands in its place. You can measure any entry yourself:

# %% showcase
setting = {"kept": 5, "frozen": 5, "per_class": 100, "seed": 1}
percent = reuse.transplant_percent(pen, old, **setting)
row = measured()["pen new {kept} {frozen} {per_class}".format(**setting)]
said = "{kept} layers kept, {frozen} frozen, {per_class} pictures a class, seed {seed}".format(**setting)
print(f"{said}: {percent:.1f} % right here, {row[setting['seed'] - 1]:.1f} % in what was measured before")

# %% [markdown]
# **See.** On *pen*, the more pictures there are, the more freezing costs. With 100 a class each frozen layer does, the fifth
# most of all (the explorer shows it); all five thawed are better than from scratch, by about two points. With 5 a class it
# matters little what is frozen, and keeping brings a few points, hardly more than the spread. More training does not mend the
# frozen net: five times as long, it is right on 78.8 ± 1.2 % with 100 a class, and all five thawed on 86.1 ± 0.8.
#
# On *handwriting* nothing is gained. Five thawed layers and none at all are the same within the spread, and freezing
# costs everywhere. Why so? The old net has seen five digits and 4,000 pictures of them, and that is not a world.
# People who keep layers have nets that learnt a thousand classes from a million pictures. A net for a hundred things,
# cars among them, is a good start for kinds of vehicles. One for five digits is hardly a start for five others.

# %% [markdown]
# The usual advice is this order in which to try:
#
# | | few new pictures | many new pictures |
# |---|---|---|
# | **tasks alike** | keep all, freeze most | keep all, thaw all |
# | **tasks not alike** | keep the lower ones, freeze little | keep the lower ones or none, thaw all |
#
# Its first cell did not hold here: with few pictures freezing brought nothing. Thaw from the top, one layer at a time, with a smaller learning rate than from scratch, and look at the dev error
# after each. And measure from scratch, too: else you will never know that it was for nothing.

# %% [markdown]
# **What if the old task were harder?** Let the old net learn all of 0 to 6, and the new one 7 to 9. Does keeping
# bring more then?

# %% [markdown]
# ## 7 · Equal or different?  (16 min)
#
# Another old task, and a strange one: two pictures, and the question whether they show the same digit. With
# photographs it is "is this one person?", and then nobody has to know *who* it is: two pictures from one album are
# enough to say "same". The labels are of the pair, not of the picture.
#
# **Try.** Draw pairs, half of them alike. Of all pairs that one can form from ten digits only a tenth is alike, and a
# net that always says "different" would be right on nine of ten.


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

# %% showcase
i, j, target = map(np.ravel, ready(pair_batch, labels, np.random.default_rng(6).random((12, 2))))
shown = X[:, np.ravel(np.stack([i, j], axis=1))]
titles = [title for t in target for title in ("alike:" if t == 0 else "different:", "")]
of = ", ".join(f"{labels[a]} and {labels[b]}" for a, b in zip(i, j, strict=True))
plot_digits(shown, titles, sentence=f"Twelve of your pairs, of which the first six should be alike: {of}.")

# %% [markdown]
# Which net? Let each picture go through *one and the same* net, so that there are two columns of outputs, $a_1$ and
# $a_2$. Equal pictures have equal outputs, so what counts is how far apart they are, output by output. A weight for
# each distance and a logistic unit make it a probability:
#
# $$P(\text{different}) = \sigma\left(w^T \lvert a_1 - a_2\rvert + b\right)$$
#
# **Try.** For $m$ pairs at once. If the two pictures of a pair change places, the answer should stay.


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
# The book wires it otherwise: *two* nets side by side, net A for the first picture and net B for the second, their
# 200 outputs joined, and one logistic unit on top.

# %% predict [markdown]
# Two nets, outputs joined, one logistic unit, "same digit?". What does a pair cost in the end?
#
# - 0.1
#   So it would be if the unit could compare. It can only add.
# - 0.4
#   Being right on most pairs would bring that. But what is right on most?
# * 0.69
#   The unit adds up an opinion on the first picture and one on the second. No sum of two opinions says "same".
# - It rises and never settles
#   Its cost is convex in these opinions, so it settles soon: at $\log 2$.

# %% showcase
first = reuse.tower_of(reuse.first_weights([196, 100, 100, 100, 100, 100, 10], seed=1), 5)
second = reuse.tower_of(reuse.first_weights([196, 100, 100, 100, 100, 100, 10], seed=11), 5)
towers, curves = {}, {}


def learn_pairs(name, start, head, judge, batches):
    """Train on your pairs, by this judge; then judge 2,000 new pairs."""
    ends, head, costs = reuse.train_pairs(X, labels, start, head, judge, pair_batch, batches, seed=1)
    towers[name] = ends[0]
    i, j, target = ready(pair_batch, labels_test, np.random.default_rng(5).random((2000, 2)))
    said = reuse.answers(X_test, i, j, ends, head, judge) > 0.5
    print(f"{name}: {100 * np.mean(said == target):.1f} % of new pairs right, cost {np.mean(costs[-500:]):.3f} at last")
    curves[name] = np.arange(50, batches + 1, 50), np.reshape(costs, (-1, 50)).mean(axis=1)


learn_pairs("two nets, one unit", [first, second], reuse.first_head(200, seed=1), reuse.by_joining, 1000)
print(f"log 2 is {np.log(2):.3f}")

# %% [markdown]
# **See.** The exercise as it is stated cannot be solved. Its logit is $g(x_1) + h(x_2)$, whatever the two nets are.
# Say the first picture shows digit $i$ and the second digit $j$. For the pairs to be told apart, $g_i + h_i$ has to
# be small for every $i$ and $g_i + h_j$ large for $i \ne j$. But add up the four sums of any two digits:
# $(g_i + h_i) + (g_j + h_j)$ is just the same as $(g_i + h_j) + (g_j + h_i)$. What makes the alike pairs small makes
# the different ones small. It is XOR with ten classes.
#
# Take care what this bars. Not every right answer: the rule "different, if the second digit is the larger" is right
# on three of four pairs, as with XOR, and no sum does better. What it bars is a *cost* below $\log 2$. The cost is
# convex in $g$ and $h$, and it does not change if the ten digits change their names. So it is least where $g$ and $h$
# are the same for all digits, and then the best answer to pairs of which half are alike is 1/2.
#
# It is mended by anything that lets the two meet before they are added up: a hidden layer of ten units on the joined
# outputs, or the distances.

# %% showcase
learn_pairs("two nets, ten units between", [first, second], reuse.first_head(200, seed=1, hidden=10), reuse.by_joining, 2000)

# %% showcase
learn_pairs("one net, distances", [first], reuse.first_head(100, seed=1), reuse.by_difference(pair_forward), 3000)

# %% showcase
ax = new_axes(width=6.5, height=3.8)
ax.axhline(np.log(2), color="0.4", ls=":", lw=1.2)
ax.annotate("log 2", (1.0, np.log(2)), xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points", ha="right", color="0.3")
plot_lines(curves, ax, xlabel="batches of 100 pairs", ylabel="cost", title="Same or different?", ylim=(0, 0.85))

# %% predict [markdown]
# A net has only ever learnt "same or different". Its five layers are frozen, and a new last layer is trained on 5
# pictures of each of the ten digits. How many of the test pictures is it right on?
#
# - 10 %: it does not know any digit
#   It does not know their names. To tell same from different it had to tell every digit from every other.
# - 40 %, as a net from scratch with so few pictures
#   Then the five layers would be worth nothing. They have seen thousands of pairs.
# * 85 %
#   Ten names are all that is missing, and for a name a few pictures are enough.
# - It cannot be used: it needs two pictures
#   One half of it takes a single picture, and that half is what we keep.

# %% showcase
ten = reuse.first_weights([196, *[100] * 5, 10], seed=1)
from_names = reuse.train_all(X, reuse.one_hot(labels, 10), ten, epochs=10, batch_size=50)
towers["names"] = reuse.tower_of(from_names, 5)
start = reuse.first_weights([196, *[100] * 5, 10], seed=7)
for per_class in (5, 20):
    X_few, labels_few = reuse.some_of_each(X, labels, range(10), per_class, seed=1)
    Y_few = reuse.one_hot(labels_few, 10)
    scratch = reuse.train_upper(X_few, Y_few, start, 0, steps=1000)
    said = [f"from scratch {reuse.percent_right(X_test, labels_test, scratch):.1f} %"]
    for name, tower in towers.items():
        net = reuse.train_upper(X_few, Y_few, start | tower, 5, steps=1000)
        said.append(f"{name} {reuse.percent_right(X_test, labels_test, net):.1f} %")
    print(f"{per_class} a class: " + "; ".join(said))

# %% [markdown]
# **See.** This is one draw, in which two nets look worse than they are, and the cell is generous, for its few pictures were
# among those that the pairs were drawn from. Over five seeds, with pairs and few pictures kept apart, per cent of the test pictures with five frozen layers:
#
# | a class | from scratch | one net, pairs | two nets, hidden ten, pairs | two nets, one unit | the *names* of the 9,000 | handwriting: scratch | pairs | names |
# |---|---:|---:|---:|---:|---:|---:|---:|---:|
# | 5 | 42.1 ± 2.6 | 84.6 ± 2.1 | 86.4 ± 1.9 | 20.0 ± 2.3 | 76.1 ± 4.5 | 65.9 ± 2.6 | 91.4 ± 0.7 | 87.5 ± 1.0 |
# | 20 | 61.1 ± 2.1 | 89.3 ± 1.1 | 89.6 ± 0.8 | 23.2 ± 2.8 | 86.9 ± 1.3 | 80.7 ± 1.5 | 92.6 ± 0.6 | 91.7 ± 0.8 |
# | 100 | 80.6 ± 1.5 | 92.2 ± 0.8 | 91.0 ± 0.5 | 21.4 ± 3.3 | 91.7 ± 0.3 | 89.5 ± 0.9 | 94.0 ± 0.5 | 93.5 ± 0.5 |
#
# Five pictures a digit, and twice as many right answers as from scratch. But look at the column *names* before you
# call that free. "Alike" was computed from the labels of 9,000 pictures, and a plain net of ten classes that learns
# from these labels is right on 93.1 ± 0.8 % of the test pictures at once. What is astonishing is another thing:
# **alike or not is worth as much as the names**. With 5 a class it is even worth more, on both kinds of digits. A
# guess why: a net for names needs no more than ten directions that its last layer can read, and one for pairs has to
# keep equal things close together, which is what a new layer with few pictures needs.

# %% [markdown]
# How close? Let the last layer have two units, so that one can look. Now "different" has the logit
# $\lvert a - b\rvert^2 - 4$, without any weight: the net can answer by nothing but where it puts the two pictures in
# a plane.

# %% showcase
snapshots = {}


def watch(t, parameters):
    if t in (0, 150, 1000):
        snapshots[t] = parameters


net = reuse.train_clouds(X, labels, reuse.first_weights([196, 100, 100, 100, 2], seed=1), pair_batch, 5000, watch, seed=1)
snapshots[5000] = net
plot_clouds({f"after {t} batches": reuse.places(X_test[:, :150], p) for t, p in snapshots.items()}, labels_test[:150])
right = reuse.nearest_mean_percent(X, labels, X_test, labels_test, net)
print(f"After {max(snapshots)} batches {right:.1f} % of all new pictures lie nearest to their own digit's mean.")

# %% showcase
explorers.clouds()

# %% [markdown]
# **See.** Ten clouds of pictures that the net never saw, and nobody said "ten". Over five seeds 92.9 ± 0.5 % of the
# new pictures lie nearest to the mean of their own digit, and 93.9 ± 0.5 % on handwriting, from two numbers a
# picture. Digits that look alike lie side by side.

# %% [markdown]
# This is how faces are recognized: a net trained on "same or different" puts a new person's photographs close
# together, without being trained for that person ([Bromley et al.,
# 1993](https://papers.nips.cc/paper/1993/hash/288cc0ff022877bd3df94bc9360b9c5d-Abstract.html), for signatures;
# [Hadsell et al., 2006](https://doi.org/10.1109/CVPR.2006.100), for digits).

# %% [markdown]
# **What if a digit is left out?** Train the clouds without a single 7 among the pairs (`select_classes` gives the
# rest). Where does the net put the sevens of the test?

# %% [markdown]
# ## 8 · Labels for nothing  (12 min)
#
# Pairs needed labels. Can a task do without any? Take something good, spoil it, and ask which is which. For texts one
# exchanges a word ([Collobert and Weston, 2008](https://doi.org/10.1145/1390156.1390177)); for pictures, here, the
# lower half is taken from another digit. A net gives a *score*, and the good one should be ahead by a margin:
#
# $$J = \frac{1}{m} \sum_i \max\left(0,\ \text{margin} - \text{good}_i + \text{bad}_i\right)$$
#
# A pair that is ahead by the margin costs nothing and teaches nothing. So the scores need no scale: only who is ahead
# counts.
#
# **Try.** The cost and its two derivatives. A pair exactly on the margin has the slope 0.


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

# %% showcase
first = reuse.tower_of(reuse.first_weights([196, *[100] * 5, 10], seed=1), 5)
cost, dgood, dbad = ready(margin_cost, np.array([[2.0, 0.4]]), np.array([[0.1, 0.1]]))
print(f"one pair far ahead, one ahead by 0.3: cost {np.squeeze(cost):.2f}, derivatives by the bad ones {np.ravel(dbad)}")
shown = np.hstack([X[:, :8], reuse.spoil(X[:, :8], np.random.default_rng(1))])
plot_digits(shown, [*labels[:8], *["spoilt"] * 8], columns=8, sentence="Eight digits, and below each the same with its lower half from another one.")
spoilt, head, ahead = reuse.train_scores(X, first, reuse.first_head(100, seed=1), margin_cost, 1000, seed=1)
at_first, in_the_end = 100 * np.mean(ahead[:20]), 100 * np.mean(ahead[-200:])
print(f"the good one is ahead in {at_first:.0f} % of the pairs at first, in {in_the_end:.0f} % in the end")

# %% [markdown]
# **See.** The net finds out nearly all spoilt pictures, 97.1 ± 0.1 % after 2,000 batches. And it is worth little.
# With 20 pictures a class and five frozen layers 57.4 ± 0.9 % are right, with all thawed 65.7 ± 1.1, from scratch
# 61.1 ± 2.1. To see a break in the middle of a picture one need not know any digit. **A free task teaches what it
# takes to solve it, and no more.**

# %% [markdown]
# So make it harder. Take 100 pictures and change each *twice*, by chance: turned, slanted, stretched, moved, bent.
# Now ask: *which of these 100 is the other view of this one?* That is a softmax with 100 classes, and the right
# answer is known for nothing. The score of two views is the product of their outputs, brought to length 1, divided by
# a *temperature* $\tau$:
#
# $$z_{ki} = b_k^T a_i / \tau \qquad J = -\frac{1}{m} \sum_i \log \frac{e^{z_{ii}}}{\sum_k e^{z_{ki}}}$$

# %% predict [markdown]
# Outputs have length 1, so products lie between $-1$ and 1. What is the smallest cost with 100 pictures, if $\tau$ is
# 1 and all wrong views have the product 0?
#
# - 0: the right view has the largest product, 1
#   Largest is not enough. Softmax gives shares, and 99 views with the score 0 have a share each.
# * About 3.6
#   The right one has $e^1 / (e^1 + 99)$, under 3 per cent. With $\tau = 0.1$ it has $e^{10} / (e^{10} + 99)$, nearly
#   all.
# - $\log 100$, about 4.6
#   That is the cost of guessing, with all products alike.

# %% [markdown]
# **Try.** Scores, shares, cost and both gradients. It is softmax regression: the labels are an identity matrix.


# %% solution="which_of_the_batch"
def which_of_the_batch(A, B, temperature=0.1):
    """The cost of finding the column of B that belongs to each column of A: that of the same number.

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

# %% showcase
for tau in (1.0, 0.1):
    print(f"temperature {tau}: the smallest such cost is {-np.log(np.exp(1 / tau) / (np.exp(1 / tau) + 99)):.3f}")
rng = np.random.default_rng(2)
shown = np.hstack([X[:, :8], reuse.views(X[:, :8], rng), reuse.views(X[:, :8], rng)])
plot_digits(shown, [*labels[:8], *["a view"] * 8, *["another"] * 8], columns=8, sentence="Eight digits, and below each two views of it.")
first = reuse.tower_of(reuse.first_weights([196, *[100] * 5, 10], seed=1), 5)
free, costs = reuse.train_views(X, first, which_of_the_batch, 3000, seed=1)
mean_costs = np.reshape(costs, (-1, 50)).mean(axis=1)
curve = {"free task": (np.arange(50, 3001, 50), mean_costs)}
plot_lines(curve, xlabel="batches", ylabel="cost", title="Which of a hundred?")
print(f"guessing costs {np.log(100):.1f}")
start = reuse.first_weights([196, *[100] * 5, 10], seed=7)
for per_class in (5, 20):
    X_few, labels_few = reuse.some_of_each(X, labels, range(10), per_class, seed=1)
    net = reuse.train_upper(X_few, reuse.one_hot(labels_few, 10), start | free, 5, steps=1000)
    print(f"{per_class} a class, five frozen: {reuse.percent_right(X_test, labels_test, net):.1f} % of the test pictures")

# %% [markdown]
# **See.** No label anywhere, and with five frozen layers it is better than what was learnt from 9,000 names, at any
# number of pictures. That is the moment to become suspicious. Pen is drawn by a program that turns, slants and bends
# each digit, in much the way that our views do. So a part of the gain comes from the *views*, and not from the task.
# The control is a net from scratch that sees each of its few pictures in a new view in each epoch. Over five draws, of which the
# cell above is one:
#
# | a class | from scratch | from scratch, with views | free task, frozen | free task, thawed | free task, thawed, with views |
# |---|---:|---:|---:|---:|---:|
# | 5 | 42.1 ± 2.6 | 80.3 ± 1.9 | 86.6 ± 1.0 | 70.9 ± 4.4 | 84.6 ± 1.1 |
# | 20 | 61.1 ± 2.1 | 90.3 ± 0.9 | 92.1 ± 0.8 | 84.5 ± 1.4 | 91.4 ± 0.7 |
# | 100 | 80.6 ± 1.5 | 92.6 ± 0.7 | 94.2 ± 0.4 | 91.2 ± 3.4 | 94.3 ± 0.5 |
# | handwriting, 5 | 65.9 ± 2.6 | 83.9 ± 2.1 | 82.1 ± 3.1 | 78.7 ± 4.1 | 83.9 ± 1.5 |
# | handwriting, 20 | 80.7 ± 1.5 | 90.7 ± 0.7 | 88.3 ± 1.0 | 87.5 ± 1.1 | 90.9 ± 0.8 |
# | handwriting, 100 | 89.5 ± 0.9 | 92.4 ± 0.7 | 91.3 ± 0.5 | 92.9 ± 0.4 | 92.9 ± 0.3 |
#
# Read it from the left. On pen the views alone bring most of it; what the free task adds to them is six points with 5
# pictures a class and two with 20 and 100. On handwriting the task adds *nothing* to the views, and with frozen
# layers it is behind them. It is a good way to use pictures without labels when the changes are those that should not
# matter, and the changes are where the knowledge goes in: you know that a turned 4 is a 4. The net is told so.

# %% [markdown]
# The recipe is from [Chen et al., 2020](https://arxiv.org/abs/2002.05709), with photographs and far larger batches,
# where it does bring much. There are more pictures, and more to know about them.

# %% [markdown]
# **A little history.** Fully connected nets of many layers were first trained well in 2006, from unlabelled data
# ([Hinton, Osindero and Teh](https://doi.org/10.1162/neco.2006.18.7.1527); [Bengio et
# al.](https://proceedings.neurips.cc/paper/2006/hash/5da713a690c067105aeb2fae32403405-Abstract.html)): the lowest
# layer alone learns to make its own inputs again from fewer numbers (a restricted Boltzmann machine, or an
# *autoencoder*), then the next one learns to do so with what the first gives, and so on; at last a layer for the
# classes is put on top and all of it is trained together. It was the way around signals that vanish. Then came He's
# weights, ReLU, batch norm and more labels, and within ten years nobody needed it for that. What is left of it is
# the thought of this section: learn from what has no labels first.

# %% [markdown]
# **What if the views only shift?** Replace `reuse.views` by a shift of one pixel in a random direction. How fast does
# the cost fall now, and what is the net worth?

# %% [markdown]
# ## 9 · What did it bring?  (4 min)
#
# All ten digits, per cent of the test pictures. The five layers are frozen, unless it says thawed.
#
# | learnt before from | 5 a class | 20 | 100 | handwriting: 5 | 20 | 100 |
# |---|---:|---:|---:|---:|---:|---:|
# | nothing | 42.1 ± 2.6 | 61.1 ± 2.1 | 80.6 ± 1.5 | 65.9 ± 2.6 | 80.7 ± 1.5 | 89.5 ± 0.9 |
# | nothing, with views | 80.3 ± 1.9 | 90.3 ± 0.9 | 92.6 ± 0.7 | 83.9 ± 2.1 | 90.7 ± 0.7 | 92.4 ± 0.7 |
# | the names of all pictures | 76.1 ± 4.5 | 86.9 ± 1.3 | 91.7 ± 0.3 | 87.5 ± 1.0 | 91.7 ± 0.8 | 93.5 ± 0.5 |
# | pairs, one net | 84.6 ± 2.1 | 89.3 ± 1.1 | 92.2 ± 0.8 | 91.4 ± 0.7 | 92.6 ± 0.6 | 94.0 ± 0.5 |
# | the free task | 86.6 ± 1.0 | 92.1 ± 0.8 | 94.2 ± 0.4 | 82.1 ± 3.1 | 88.3 ± 1.0 | 91.3 ± 0.5 |
# | the free task, thawed, with views | 84.6 ± 1.1 | 91.4 ± 0.7 | 94.3 ± 0.5 | 83.9 ± 1.5 | 90.9 ± 0.8 | 92.9 ± 0.3 |
#
# Three things to take home. What was learnt before is worth most where the new pictures are few. Knowing what does
# not matter, and changing pictures accordingly, is worth nearly as much as thousands of labels, and costs nothing; on
# pen, whose generator changes pictures in the same way, even more. And each of these gains has a control beside it
# that makes it smaller than it looked at first.

# %% [markdown]
# ## What you have learned
#
# A net is arrays with names, and to keep it is to find them again: whole names, one shape, copies, the right order,
# the right scale. Frozen layers are not moved, are computed once, and have no gradients. Layers near the end have
# specialised, so freezing all of them is the worst one can do with enough pictures; thaw from the top, and measure
# from scratch as well. A sum of two opinions cannot say "same"; distances can, and a net that has learnt nothing but
# same or different has learnt the classes without their names. Labels can be had for nothing, if one knows what does
# not matter. What such a task is worth, only a control can say.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
