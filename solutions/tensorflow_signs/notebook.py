# %% [markdown]
# # Hand signs with TensorFlow: let the machine do the derivatives
#
# So far you have written every backward pass yourself. From here on a framework does it: you write the way forward,
# and TensorFlow works out how the cost depends on each of 300,000 parameters. With it you will build a network that
# reads numbers off pictures of hands, see it learn its pictures by heart, and do something about that.
#
# You will learn
#
# - what a tensor and a variable are, and how a *tape* turns a computation into derivatives,
# - to compute with logits, one-hot labels, the softmax and its cost,
# - to turn pictures into columns, and to start and train a network of three layers on them,
# - to look at its errors one by one, to find the units that do nothing, and to mend both,
# - what a convolutional network does better, and for whom a network is right,
# - to read TensorFlow programs from before 2019, which you will meet.
#
# It takes about 115 minutes, of which your computer trains for a few. You need back-propagation and Adam as
# something you have seen. Examples are columns, as before: $X$ has shape $(n_x, m)$, and $Y$ has a row for each class.

# %% setup
import time

import numpy as np

from helpers import check, signs  # before TensorFlow, whose start-up notes it keeps away
import tensorflow as tf

from helpers.data import load_attributes, load_signs
from helpers.groups import by_group
from helpers.photos import choose_photo, read_photo
from helpers.plots import (
    new_axes, plot_confusion, plot_groups, plot_lines, plot_maps, plot_pictures, plot_probabilities,
)  # fmt: skip

check.begin("tensorflow_signs")
print(signs.describe_device())

# %% [markdown]
# ## 1 · Tensors  (5 min)
#
# A *tensor* is an array that TensorFlow computes with. `tf.constant` makes one that stays as it is, `tf.Variable` one
# that training may change. Arithmetic looks as in NumPy: `+`, `*`, `@` for the matrix product (or `tf.matmul`). Two
# things are stricter: a tensor's type is never changed silently, so float32 and float64 do not mix; and the type is
# usually float32, which is precise enough to learn with and half as large.

# %% showcase
y_hat = tf.constant(36.0)
y = tf.Variable(39.0)
loss = (y_hat - y) ** 2
print(loss)
print("as a plain number:", float(loss))

# %% [markdown]
# **Try.** Write the first half of a layer, $WX + b$, with tensors. $X$ has shape $(n_x, m)$, $W$ has shape $(n, n_x)$
# and $b$ has shape $(n, 1)$: it is added to each of the $m$ columns.


# %% solution="linear_function"
def linear_function(X, W, b):
    """WX + b.

    X: shape (n_x, m). W: shape (n, n_x). b: shape (n, 1). NumPy arrays or tensors, all of one type.
    Returns a tensor of shape (n, m).
    """
    ### BEGIN SOLUTION
    result = tf.matmul(W, X) + b
    ### END SOLUTION
    return result


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once any
# part of a result is right; edge cases 30 %, once an ordinary case passes. A share for which a check has no case goes to the values,
# so a card may show a larger share for them. Grading uses these visible cases and further ones. If you are stuck,
# `check.hint(linear_function)` gives a hint, then another; asking costs nothing.

# %% test="linear_function" points=5
check(linear_function)

# %% [markdown]
# **What if you count in float32?** Compute `tf.constant(16777216.0) + 1`. What would happen to a variable that counts
# the pictures it has seen?

# %% [markdown]
# ## 2 · The sigmoid, and a matter of types  (3 min)
#
# TensorFlow has the usual functions ready: `tf.sigmoid`, `tf.nn.relu`, `tf.nn.softmax`.

# %% predict [markdown]
# What does `tf.sigmoid(12)` give?
#
# - A number just below 1
#   With NumPy it would be one, since NumPy turns whole numbers into floats by itself. TensorFlow does not.
# * An error
#   12 becomes a tensor of whole numbers. The sigmoid wants floats, and TensorFlow never changes a type silently.
# - Exactly 1
#   Even in float32, $\sigma(12)$ stays just below 1. But for whole numbers TensorFlow computes no sigmoid at all.

# %% [markdown]
# **Try.** Write a sigmoid that takes whatever it is given, whole numbers too: `tf.cast(z, tf.float32)` changes the
# type.


# %% solution="sigmoid"
def sigmoid(z):
    """1 / (1 + e^-z), element by element, in float32.

    z: a number, an array or a tensor, of any numeric type.
    Returns a float32 tensor of the same shape.
    """
    ### BEGIN SOLUTION
    result = tf.sigmoid(tf.cast(z, tf.float32))
    ### END SOLUTION
    return result


# %% test="sigmoid" points=5
check(sigmoid)

# %% showcase
for z in (0, 12):
    print(f"sigmoid({z}) = {float(sigmoid(z)):.8f}")
try:
    tf.sigmoid(12)
except Exception as error:
    print(f"tf.sigmoid(12) fails: {type(error).__name__}")

# %% [markdown]
# **See.** $\sigma(12)$ is 0.99999386. In float32 there are some hundred numbers left between it and 1; at
# $\sigma(17)$ there are none, and its logarithm and that of $1 - \sigma$ can no longer be trusted. That is why the next
# function never sees the sigmoid.

# %% [markdown]
# **What if you look at the other side?** Compare `float(sigmoid(-80.0))` with `1 - float(sigmoid(80.0))`. In
# mathematics they are the same number. Why has float32 so much more room near 0 than near 1?

# %% [markdown]
# ## 3 · The cost of a logit  (5 min)
#
# The number that goes into the sigmoid is called a *logit*. For an example with logit $z$ and label $y$ (0 or 1) the
# cross-entropy is
#
# $$-\, y \log \sigma(z) - (1 - y) \log(1 - \sigma(z))$$
#
# `tf.nn.sigmoid_cross_entropy_with_logits(labels=..., logits=...)` computes it from the logit itself, in a form that
# stays exact where $\sigma(z)$ would round to 0 or 1.

# %% predict [markdown]
# A logit of $-60$ with the label 1 is a confident error. How much does it cost?
#
# - About 1
#   That is the difference between label and probability. The cost is a logarithm, and it has no such limit.
# * About 60
#   $-\log \sigma(-60) = \log(1 + e^{60})$, and beside $e^{60}$ the 1 hardly counts.
# - It is infinite
#   Only a probability of 0 costs so much. $\sigma(-60)$ is about $10^{-26}$, and the function computes from the logit, so
#   that nothing is rounded to 0 on the way.

# %% [markdown]
# **Try.** Return the cost of each logit. Nothing is averaged here.


# %% solution="sigmoid_cost"
def sigmoid_cost(logits, labels):
    """The cross-entropy of each logit.

    logits, labels: float32, of one shape; labels are 0 or 1.
    Returns a float32 tensor of the same shape.
    """
    ### BEGIN SOLUTION
    cost = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    ### END SOLUTION
    return cost


# %% test="sigmoid_cost" points=10
check(sigmoid_cost)

# %% showcase
z, labels = tf.constant([0.2, 0.4, 0.7, 0.9]), tf.constant([0.0, 0.0, 1.0, 1.0])
print("cost of these logits:                    ", sigmoid_cost(z, labels).numpy())
print("the sigmoid taken twice, a frequent slip:", sigmoid_cost(sigmoid(z), labels).numpy())
print("a logit of -60 with label 1:             ", sigmoid_cost(tf.constant(-60.0), tf.constant(1.0)).numpy())

# %% [markdown]
# **See.** Both lines look reasonable, which makes the slip hard to find: nothing fails, and training even works,
# slowly. Keep in mind which functions want logits. The confident error costs 60: far from the right answer, the cost
# grows like $|z|$, so that its gradient never dies.

# %% [markdown]
# **What if the label is not quite sure?** Draw the cost for a label of 0.9 over logits from $-10$ to 10. Where is it
# lowest, and what does that do to a network that wants to be certain? (It is called label smoothing: [Szegedy et al.,
# 2016](https://arxiv.org/abs/1512.00567).)

# %% [markdown]
# ## 4 · Labels as columns  (4 min)
#
# With six classes, label 4 becomes a column of six numbers: all 0 but the one in row 4, counted from 0. That is a
# *one-hot* column, and it says: all probability belongs here.
#
# **Try.** `tf.one_hot` does it; its argument `axis` says in which direction a column lies.


# %% solution="one_hot_matrix"
def one_hot_matrix(labels, C):
    """Labels as one-hot columns.

    labels: m whole numbers from 0 to C - 1, shape (m,). C: the number of classes.
    Returns a float32 tensor of shape (C, m), with a 1 in row labels[i] of column i and 0 elsewhere.
    """
    ### BEGIN SOLUTION
    matrix = tf.one_hot(labels, C, axis=0)
    ### END SOLUTION
    return matrix


# %% test="one_hot_matrix" points=10
check(one_hot_matrix)

# %% showcase
print(one_hot_matrix([1, 2, 3, 0, 2, 1], 4).numpy().astype(int))

# %% [markdown]
# **What if a label is out of range?** Ask for `one_hot_matrix([7], 6)`. What would such an example cost, and would you
# ever notice?

# %% [markdown]
# ## 5 · The tape: derivatives for nothing  (6 min)
#
# Inside `with tf.GradientTape() as tape:` TensorFlow writes down every operation on variables. Afterwards
# `tape.gradient(cost, w)` goes back through that list, by the chain rule, just as you did by hand. What to do with the
# gradient is up to you: `w.assign_sub(...)` subtracts something from a variable.

# %% predict [markdown]
# Take $J(w) = w^2 - 10w + 25$, start at $w = 0$, with the learning rate 0.01. Where is $w$ after one step, and where
# after a thousand more?
#
# * At 0.1, and then almost at 5
#   The slope at 0 is $-10$, so the first step goes to 0.1. The nearer $w$ comes to 5, the smaller are slope and steps.
# - At 0.1, and then at about 100
#   A thousand steps of the same length would lead there. But the slope falls on the way to 5, and the steps with it.
# - At 0.01, and then at about 10
#   Those would be steps as long as the learning rate. It is multiplied by the slope, which is $-10$ at the start.
# - At 5 at once, where it stays
#   The tape finds the slope, not the minimum. A step with this slope is as short as the learning rate makes it.


# %% showcase
def minimum(a, b, c, steps):
    """w after so many steps of gradient descent on a w^2 + b w + c from w = 0, learning rate 0.01."""
    w = tf.Variable(0.0)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            cost = a * w**2 + b * w + c
        w.assign_sub(0.01 * tape.gradient(cost, w))
    return float(w)


print(f"after 1 step:       w = {minimum(1, -10, 25, 1):.5f}")
print(f"after 1,001 steps:  w = {minimum(1, -10, 25, 1001):.5f}")
print(f"w² - 20w + 100:     w = {minimum(1, -20, 100, 1001):.5f}")

# %% [markdown]
# **See.** After the first step $w$ is 0.1, and a thousand steps later 4.99999. Each step multiplies the distance to 5 by
# 0.98, down to where float32 runs out of digits. With other coefficients the same lines find 10. You wrote no
# derivative, and that is the point: the way forward is all you write.

# %% [markdown]
# **What if a part of the way leaves TensorFlow?** Write `tf.constant(w.numpy()) ** 2` in place of `w**2`. The cost is
# the same number. Where does `w` go, and what did the tape not see?

# %% [markdown]
# ## 6 · Pictures as columns  (6 min)
#
# The data: 1,080 pictures to train on and 120 to test with, 64 by 64 pixels, each a hand that shows 0, 1, 2, 3, 4 or 5 as
# American Sign Language does. Note 0, a closed O, and 3, which uses the thumb. Nobody was photographed: a hand of
# triangles was bent, tinted, lit and rendered, with other hands and places in the test set than in the training set.
# If you have the photographs of the original exercise, put `train_signs.h5` and `test_signs.h5` into
# `datasets/original/`, and this notebook uses them.

# %% showcase
data = load_signs()
labels_train, labels_test = data.labels_train, data.labels_test
first = [int(np.flatnonzero(labels_train[0] == c)[i]) for i in range(2) for c in data.classes]
plot_pictures(data.images_train[first], [f"label {labels_train[0, i]}" for i in first])
print(f"{data.name}: training images {data.images_train.shape}, {data.images_train.dtype}; labels {labels_train.shape}")

# %% [markdown]
# A fully connected network wants columns. Each picture has $64 \cdot 64 \cdot 3 = 12288$ numbers from 0 to 255; they
# are to stand below each other in one column, divided by 255, so that they lie between 0 and 1.

# %% predict [markdown]
# Someone writes `images.reshape(12288, m)`. The shape is right. What is in the first column?
#
# - The first picture
#   That would be true if `reshape` turned rows into columns. It fills one row after the other, so the first picture lies
#   along the first rows.
# - The first picture, with its pixels in another order
#   Down a column, the numbers come from places in the data that are $m$ apart, and soon from other pictures.
# * A mixture of all pictures
#   `reshape` keeps the order of the numbers and only cuts them elsewhere. The first column gets every $m$-th number of
#   the whole data set.

# %% [markdown]
# **Try.** First lay each picture out as a row, then turn rows into columns. The result is float32, like the weights.


# %% solution="normalize_images"
def normalize_images(images):
    """Pictures as columns of numbers from 0 to 1.

    images: uint8, shape (m, height, width, 3).
    Returns a NumPy array or tensor, float32, of shape (height * width * 3, m);
    column i is picture i.
    """
    ### BEGIN SOLUTION
    rows = images.reshape(images.shape[0], -1)
    columns = rows.T.astype(np.float32) / 255
    ### END SOLUTION
    return columns


# %% test="normalize_images" points=10
check(normalize_images)

# %% showcase
X_train, X_test = normalize_images(data.images_train), normalize_images(data.images_test)
Y_train = one_hot_matrix(labels_train[0], 6)
print(f"X_train {X_train.shape}, Y_train {Y_train.shape}, X_test {X_test.shape}")

m = data.images_train.shape[0]
scrambled = data.images_train.reshape(12288, m)[:, 0].reshape(64, 64, 3)
plot_pictures(np.stack([data.images_train[0], scrambled]), ["right: picture 0", "reshape(12288, m): column 0"])

# %% [markdown]
# **See.** Column 0 of the wrong version has every 1080th number of the whole data set. The shape does not tell, a look at
# the picture does.

# %% [markdown]
# **What if you brighten a picture before you divide?** Show `data.images_train[0] + 100` beside the picture as it is.
# What do whole numbers of eight bits do at 255?

# %% [markdown]
# ## 7 · Where to start: Glorot's interval  (6 min)
#
# The first notebook scaled normal weights to the layer. The choice of
# [Glorot and Bengio (2010)](https://proceedings.mlr.press/v9/glorot10a.html) looks both ways, at the $n^{[l-1]}$ inputs and the $n^{[l]}$ outputs of a layer, and draws evenly from an interval:
#
# $$W^{[l]} \in [-r, r], \qquad r = \sqrt{\frac{6}{n^{[l-1]} + n^{[l]}}}$$
#
# Its variance is $r^2/3 = 2/(n^{[l-1]} + n^{[l]})$: a compromise between a forward signal and a backward signal that
# keep their size.

# %% predict [markdown]
# How large is $r$ for our first layer, with 12288 inputs and 25 units?
#
# - About 0.5
#   That is $\sqrt{6 / 25}$, with the outputs alone. The inputs count too, and here they are far more.
# * About 0.02
#   $\sqrt{6 / (12288 + 25)} = 0.022$. With so many inputs the outputs hardly matter.
# - About 0.0005
#   That is $6 / (12288 + 25)$, which is $r^2$. The root is missing.

# %% [markdown]
# **Try.** `tf.keras.initializers.GlorotUniform(seed=...)` makes a function that you call with a shape. Give each layer
# a seed of its own, for example `seed + l`. Biases are zero. All of them are variables, for training shall change
# them.


# %% solution="initialize_parameters"
def initialize_parameters(layers_dims=(12288, 25, 12, 6), seed=1):
    """Glorot-uniform weights, biases zero.

    layers_dims: sizes of the layers, input first. seed: another one gives other weights.
    Returns a dict W1, b1, ..., WL, bL of tf.Variable, float32, with Wl of shape (n_l, n_{l-1}) and
    bl of shape (n_l, 1).
    """
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        draw = tf.keras.initializers.GlorotUniform(seed=seed + l)
        parameters[f"W{l}"] = tf.Variable(draw((layers_dims[l], layers_dims[l - 1])))
        parameters[f"b{l}"] = tf.Variable(tf.zeros((layers_dims[l], 1)))
        ### END SOLUTION
    return parameters


# %% test="initialize_parameters" points=10
check(initialize_parameters)

# %% [markdown]
# **What if all layers share a seed?** Make the weights of two layers with `GlorotUniform(seed=1)`, divide each by its
# $r$, and compare the first numbers. Would you call these layers independent?

# %% [markdown]
# ## 8 · Forward, as far as the logits  (5 min)
#
# Three layers: linear → ReLU → linear → ReLU → linear. The last one gives six logits for each example, a score for each
# class. The softmax that turns scores into probabilities comes with the cost, for the reason of section 2.
#
# **Try.** Write the forward pass. $b$ is added to every column, and `tf.nn.relu` is the ReLU.


# %% solution="forward_propagation"
def forward_propagation(X, parameters):
    """linear -> ReLU -> linear -> ReLU -> linear.

    X: float32, shape (n_x, m). parameters: dict W1, b1, W2, b2, W3, b3.
    Returns Z3, the logits, shape (n_3, m).
    """
    ### BEGIN SOLUTION
    A1 = tf.nn.relu(parameters["W1"] @ X + parameters["b1"])
    A2 = tf.nn.relu(parameters["W2"] @ A1 + parameters["b2"])
    Z3 = parameters["W3"] @ A2 + parameters["b3"]
    ### END SOLUTION
    return Z3


# %% test="forward_propagation" points=10
check(forward_propagation)

# %% [markdown]
# **What if you leave out the two ReLUs?** Find one matrix of shape $(6, 12288)$ that gives the same logits for every
# picture, as long as all biases are zero. What have the layers in between been good for?

# %% [markdown]
# ## 9 · Softmax and its cost  (6 min)
#
# The softmax makes positive numbers of the logits and divides them by their sum:
#
# $$a_c = \frac{e^{z_c}}{\sum_k e^{z_k}}$$
#
# The cost of an example is $-\log a_c$ of its right class $c$, and the cost $J$ is the mean over the examples.
# `tf.nn.softmax_cross_entropy_with_logits(labels=..., logits=...)` takes logits, as its name says, but it expects one
# example in each *row*.

# %% predict [markdown]
# The logits are 5, 2, $-1$ and 3. Which probability does the first class get?
#
# - About 0.56
#   That is 5 of a sum of 9: the logits themselves, divided by their sum. The softmax raises $e$ to each of
#   them first.
# * About 0.84
#   $e^5 = 148.4$ of a sum of 176.3 makes 0.842.
# - More than 0.99
#   The largest logit does not take everything. That of the last class is smaller by 2, so its probability is smaller by the
#   factor $e^2 \approx 7.4$, and that still makes 0.11.

# %% predict [markdown]
# What is the cost if all six classes of our network get the same probability?
#
# - $\log 2$, about 0.69
#   That is the cost of guessing between two classes, as in the first notebook.
# - $5/6$, about 0.83
#   That is how often a guess is wrong. The cost does not count errors, but takes the logarithm of a probability.
# * $\log 6$, about 1.79
#   Whichever class is the right one, it gets $1/6$, and $-\log(1/6) = \log 6$.

# %% [markdown]
# **Try.** Transpose both, and take the mean.


# %% solution="compute_cost"
def compute_cost(Z3, Y):
    """Mean cross-entropy of the softmax of Z3.

    Z3: logits, float32, shape (C, m). Y: one-hot labels, float32, shape (C, m).
    Returns a tensor with a single number.
    """
    ### BEGIN SOLUTION
    costs = tf.nn.softmax_cross_entropy_with_logits(labels=tf.transpose(Y), logits=tf.transpose(Z3))
    cost = tf.reduce_mean(costs)
    ### END SOLUTION
    return cost


# %% test="compute_cost" points=10
check(compute_cost)

# %% showcase
print("softmax of 5, 2, -1, 3:    ", tf.nn.softmax([5.0, 2.0, -1.0, 3.0]).numpy().round(3))
print("six equal probabilities:   ", round(float(compute_cost(tf.zeros((6, 1)), one_hot_matrix([2], 6))), 3))
Z3 = forward_propagation(X_train, initialize_parameters())
print("our network, not trained:  ", round(float(compute_cost(Z3, Y_train)), 3))

# %% [markdown]
# **See.** Guessing among six classes costs $\log 6 = 1.792$, and an untrained network should be near that. If yours starts
# at 50, look at the scale of the weights before you train for an hour.

# %% [markdown]
# Move the logits 5, 2, $-1$ and 3 yourself. Which change leaves all four probabilities as they are?

# %% showcase
from helpers import explorers

explorers.softmax()

# %% [markdown]
# **What if you write the softmax as the formula says?** Compute it with `np.exp` for the logits 1,000 and 1,001, and
# compare with `tf.nn.softmax`. Which number, subtracted from both, saves the formula?

# %% [markdown]
# ## 10 · One step of training  (8 min)
#
# Everything is ready for the step that training repeats:
#
# 1. inside a tape, go forward and compute the cost, with `forward_propagation` and `compute_cost`,
# 2. ask the tape for the gradients with respect to all parameters,
# 3. let the *optimizer* move them: an object that knows the rule, here Adam, and keeps its averages.

# %% predict [markdown]
# `train_step` returns the cost. Is it that before the step or that after it?
#
# * That before the step
#   The cost is computed inside the tape, from the parameters as they were. The optimizer moves them afterwards.
# - That after the step
#   The optimizer changes the parameters, but not a number that has been computed from them. For the cost after the step
#   one would have to go forward again.

# %% [markdown]
# **Try.** `parameters.values()` are the variables. `tape.gradient` takes a list of them and gives the gradients in the
# same order; `zip(gradients, variables)` makes the pairs that `optimizer.apply_gradients` wants. Return the cost as the
# tensor it is: the training loop will turn your function into a graph, and a graph has no plain numbers yet.


# %% solution="train_step"
def train_step(X, Y, parameters, optimizer):
    """One step of training on a mini-batch.

    X: float32, shape (n_x, m). Y: one-hot, shape (C, m). parameters: dict of tf.Variable, changed
    in place.
    optimizer: has apply_gradients(pairs of gradient and variable).
    Returns the cost before the step, a tensor with a single number.
    """
    ### BEGIN SOLUTION
    variables = list(parameters.values())
    with tf.GradientTape() as tape:
        cost = compute_cost(forward_propagation(X, parameters), Y)
    gradients = tape.gradient(cost, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    ### END SOLUTION
    return cost


# %% test="train_step" points=15
check(train_step)

# %% [markdown]
# **What if the optimizer forgets?** Take 100 steps on the first 32 pictures with one `signs.Adam(0.001)`, and another
# 100 from fresh parameters with a new one for each step. How long is Adam's very first step, and so each of these?

# %% [markdown]
# ## 11 · Train it  (10 min)
#
# `signs.fit` is the loop around your step: it shuffles, cuts mini-batches of 32 and calls `train_step` on each, 34 times
# an epoch. You find it in `helpers/signs.py`. It is fast for two reasons. `@tf.function` makes a whole epoch one *graph*,
# which TensorFlow runs without coming back to Python at each operation. And the large matrix $W^{[1]}$ is handed to your
# step in pieces, so that each core has its own. The next cell measures what that is worth on your computer.

# %% showcase
def seconds(run):
    """How long a call takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


trial, m = initialize_parameters(), X_train.shape[1]
epoch = signs.epochs(train_step, X_train, Y_train, trial, signs.Adam(0.0001))
next(epoch)  # makes the graph, which takes its time too, but only once
as_graph = min(seconds(lambda: next(epoch)) for _ in range(3))

batches = [(X_train[:, i : i + 32], Y_train[:, i : i + 32]) for i in range(0, m, 32)]
optimizer = signs.Adam(0.0001)
one_by_one = seconds(lambda: [train_step(X, Y, trial, optimizer) for X, Y in batches])
print(f"An epoch as one graph takes {as_graph:.3f} s, its {len(batches)} steps called from Python {one_by_one:.2f} s.")
print(f"That is {one_by_one / as_graph:.0f} times as long.")

# %% [markdown]
# **Try.** Put it together: parameters for the sizes $n_x$, 25, 12, $C$, an optimizer `signs.Adam(learning_rate)`, and
# `signs.fit(train_step, X, Y, parameters, optimizer, num_epochs, minibatch_size, watch=watch)`. It changes the
# parameters in place.


# %% solution="model"
def model(X_train, Y_train, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, watch=None):
    """Train a network n_x - 25 - 12 - C with Adam.

    X_train: float32, shape (n_x, m). Y_train: one-hot, shape (C, m). watch: handed on to signs.fit.
    Returns the trained parameters.
    """
    n_x, C = X_train.shape[0], Y_train.shape[0]
    ### BEGIN SOLUTION
    parameters = initialize_parameters((n_x, 25, 12, C))
    optimizer = signs.Adam(learning_rate)
    signs.fit(train_step, X_train, Y_train, parameters, optimizer, num_epochs, minibatch_size, watch=watch)
    ### END SOLUTION
    return parameters


# %% [markdown]
# The check trains small networks on invented points and asks what counts: are they right on points that they have not
# seen? So does grading.

# %% test="model" points=15
check(model)

# %% [markdown]
# Now the real thing: 1,500 epochs on 1,080 pictures. It takes about 1,500 times as long as the one epoch, as a graph,
# that you have just measured. The record writes down the accuracies every 25 epochs.

# %% predict [markdown]
# Guessing gives 17 %. How will the accuracies on the training and on the test pictures rise from there?
#
# * On the training pictures to the top, on the test pictures not so far and not for so long
#   With so many weights the network can learn its training pictures by heart, and that is of no use for others.
# - On both to the end, with the test pictures a little behind
#   The cost asks for the training pictures alone. Learning them by heart lowers it, but not the errors on other pictures.
# - On both at first, and then on the test pictures back to guessing, as the network over-fits
#   Learning by heart adds nothing for the test pictures, but it does not wipe out what has been learned about hands.


# %% showcase
def predict(X, parameters):
    """The class with the largest logit, shape (1, m)."""
    return tf.argmax(forward_propagation(X, parameters))[None].numpy()


record = signs.Record(
    predict, {"training": (X_train, labels_train), "test": (X_test, labels_test)}, log="runs/plain"
)
parameters = model(X_train, Y_train, num_epochs=1500, watch=record)

# %% showcase
left, right = new_axes(2)
plot_lines({"cost on the training set": (record.epochs, record.costs)}, left, xlabel="epoch", ylabel="cost $J$", ylim=(0, None))
plot_lines(
    {name: (record.epochs, values) for name, values in record.accuracies.items()},
    right, xlabel="epoch", ylabel="accuracy", ylim=(0, 1.02),
)
plain = record

# %% [markdown]
# **See.** In the end all training pictures are right, or all but a few, and the cost goes to zero. The test accuracy
# stops rising much earlier, mostly somewhere between 75 and 90 %; where, depends on the weights that you started with, for
# a reason that section 13 finds. From there on the network learns its training pictures by heart and nothing about
# hands. With 1,080 pictures and 300,000 weights it can afford to. That is *over-fitting*, and the gap between the two
# curves is its measure: high variance, in the words of the second notebook.

# %% [markdown]
# **What if the mini-batches had 8 pictures, or 256?** Train for 100 epochs with each. Which cost is lower after as
# many epochs, and which after as many seconds?

# %% [markdown]
# ## 12 · Look at the errors  (5 min)
#
# A number says how many, pictures say why. The *confusion matrix* has a row for each true label and a column for each
# answer; off its diagonal are the errors.

# %% predict [markdown]
# Which signs will be mistaken for each other most often?
#
# - Any two, as chance has it
#   The network is not wrong at random. It is wrong where pictures with different labels look alike to it.
# - Those of which it has seen the fewest pictures
#   That is a good question to ask of any data. Here all six signs have the same number of training pictures.
# * Those that differ by a finger or two
#   The fewer fingers are different, the more pixels are the same, and it is pixels that the network compares.

# %% showcase
answers = predict(X_test, parameters)
plot_confusion(labels_test, answers, data.classes)
wrong = np.flatnonzero(answers[0] != labels_test[0])[:12]
plot_pictures(data.images_test[wrong], [f"{labels_test[0, i]}, taken for {answers[0, i]}" for i in wrong])

# %% [markdown]
# **See.** Look for signs that differ by a finger or two, such as 1 and 2: they are confused more often than signs that
# have little in common. Now look at the pictures. Nothing is wrong with them: any child would count the fingers. But the
# network does not count. Each unit of its first layer compares the picture, pixel by pixel, with one fixed pattern, and a
# finger some pixels away from where the training pictures had it is another pattern.

# %% [markdown]
# **What if you asked which errors are the surest?** Sort the wrong test pictures by the probability that the network
# gave to its answer, and look at the first six. Would you have been in doubt about them?

# %% [markdown]
# ## 13 · Units that died  (6 min)
#
# ReLU lets no gradient through where its input is negative. A unit whose input is negative for *every* picture gives 0 for
# each of them, gets no gradient, and stays as it is for ever. It is *dead*.

# %% predict [markdown]
# The first layer has 25 units. How many of them are dead in the network that you trained?
#
# - None
#   That nearly all training pictures are right does not say so. The units that live can do all the work.
# - About 5
#   A few units may well be dead from the start, by bad luck. But many more die in the first epochs, for a common reason.
# * 10 or more
#   How many depends on the first weights. Nearly all of them die in the first epochs, and for the same reason.


# %% showcase
def dead(X, parameters):
    """How many units of the first layer are 0 for all pictures (columns)."""
    Z1 = parameters["W1"] @ X + parameters["b1"]
    return int(np.sum(Z1.numpy().max(axis=1) <= 0))


first = initialize_parameters()
before = dead(X_train, first)
signs.fit(train_step, X_train, Y_train, first, signs.Adam(0.0001), num_epochs=1)
print(f"Dead units: {before} before training, {dead(X_train, first)} after one epoch, {dead(X_train, parameters)} at the end.")
print(f"The numbers of a picture add up to {np.sum(X_train, axis=0).mean():,.0f} on average.")

# %% [markdown]
# **See.** From 10 to 22 of the 25 are dead, and nearly all of them died in the first epochs. The rest has to do all the work,
# and how many are left, and which, is a matter of luck: of the weights that you started with.

# %% [markdown]
# Units die because all inputs are positive. One of Adam's first steps changes each of a unit's 12,288 weights by about
# 0.0001, and where every input is positive, most of these changes have the same sign. The numbers of a picture add up to
# about 5,100, so a single step can move the input of ReLU by 0.5, and does so for all pictures alike. A few steps
# down, and it is negative for all.
#
# So let inputs have both signs: subtract from each pixel its mean over the training pictures, as in section 7 of
# *Regularization*. Whatever the network is shown later has to have the same mean subtracted.

# %% predict [markdown]
# Will the network learn faster now, and will it be better on the test pictures?
#
# - Faster, and as good on the test pictures as on the training pictures
#   The units that live now learn by heart as well as the few did before. A gap remains.
# * Faster and better, but not as good as on the training pictures
#   More units live, so more can be learned about hands in less time. But they can learn pictures by heart, too.
# - Neither, since the biases could have subtracted a constant just as well
#   They could have: the network can compute the same functions as before. But with centred inputs its steps lead
#   elsewhere, and units do not die.

# %% showcase
mean = np.mean(X_train, axis=1, keepdims=True)  # the mean picture, a column
centred = initialize_parameters()
record = signs.Record(
    predict, {"training": (X_train - mean, labels_train), "test": (X_test - mean, labels_test)}, every=5, log="runs/centred"
)
signs.fit(train_step, X_train - mean, Y_train, centred, signs.Adam(0.0001), num_epochs=150, watch=record)
print(f"Dead units with centred inputs: {dead(X_train - mean, centred)}.")
runs = {"plain": plain, "centred": record}


def compare(runs):
    """The accuracies of several training runs, {name: record}, in one picture."""
    lines = {f"{name}, {how}": (r.epochs, values) for how, r in runs.items() for name, values in r.accuracies.items()}
    plot_lines(lines, new_axes(width=7), xscale="log", xlabel="epoch", ylabel="accuracy", ylim=(0, 1.02))


compare(runs)

# %% [markdown]
# **See.** No unit is dead. Now all training pictures, or all but one or two, are right within 150 epochs, a tenth of what
# the network had before. The test accuracy is higher, between 85 and 95 %, and depends less on the first weights. The gap is
# still there, though: 25 units that live learn pictures by heart as well as a few did, and sooner.

# %% [markdown]
# **What if ReLU let a little through?** The *leaky ReLU* ([Maas et al.,
# 2013](https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf)) is `tf.nn.leaky_relu`. Put it into a
# copy of your forward pass and train on pictures that are not centred. Do units die now?

# %% [markdown]
# ## 14 · More pictures than there are  (7 min)
#
# The network has seen each hand in one place only. Nothing tells it that the same hand two pixels further left is the
# same sign, so we tell it: before each step, every picture of the batch is moved by up to four pixels, anew each time.
# This is *augmentation*. It may change everything but the label: a moved or mirrored hand shows the same number, a
# hand from which fingers are cut off does not.

# %% predict [markdown]
# After as many epochs, but with moved pictures, how will the accuracies compare with those of the centred network?
#
# * Lower on the training set, and on the test set mostly higher
#   A picture that comes in another place each time is hard to learn by heart. What is learned instead is of more use for
#   other hands, though not with every start.
# - Higher on both
#   There is more to learn from, but not more time. A picture that comes in another place each time is harder to learn by
#   heart, so fewer of the training pictures are right.
# - Lower on both, since moved pictures are not real ones
#   Moving changes the picture, but not its label, and hands in the test set are not all in the same place either.


# %% showcase
def moved(X, pixels=4):
    """The pictures of a batch (columns), moved by up to `pixels` in each direction; their edges are mirrored outwards."""
    pictures = tf.reshape(X, (64, 64, -1))  # row, column, all else
    wider = tf.pad(pictures, [[pixels, pixels], [pixels, pixels], [0, 0]], "SYMMETRIC")
    return tf.reshape(tf.image.random_crop(wider, tf.shape(pictures)), tf.shape(X))


tf.random.set_seed(1)
X = X_train[:, :1]
shown = [X, *(moved(X) for _ in range(5))]
plot_pictures(
    [np.reshape(x, (64, 64, 3)) for x in shown], ["as it is"] + ["moved"] * 5,
    sentence="One training picture as it is, and in five other places, a few pixels away.",
)

# %% showcase
better = initialize_parameters()
record = signs.Record(
    predict, {"training": (X_train - mean, labels_train), "test": (X_test - mean, labels_test)}, every=5, log="runs/moved"
)
signs.fit(train_step, X_train - mean, Y_train, better, signs.Adam(0.0001), num_epochs=150, watch=record, prepare=moved)
runs["moved"] = record
compare(runs)

# %% [markdown]
# **See.** Learning by heart takes longer: the training accuracy stays behind that of the centred network, and a few
# training pictures are still wrong at the end. On the test set the accuracy comes to about 90 % or more, whatever the
# first weights are. But of five starts that we tried, three gained 6 to 9 of the 120 test pictures by moving, and two
# lost 1 and 4. So do not judge a remedy by one run, and read the last digits with care: one of 120 pictures is 0.8 %,
# and the curve swings by several. What else would help? Mirrored, brighter and darker pictures; fewer weights; and
# above all a network that looks for the same pattern everywhere in the picture.

# %% [markdown]
# **What if you mirrored pictures too?** Let `moved` turn left and right round in half of the batches, by
# `tf.reverse(pictures, axis=[1])`, and train once more. Why may a hand be mirrored, but not a picture of the letter b?

# %% [markdown]
# ## 15 · One pattern for all places  (12 min)
#
# A fully connected, or *dense*, layer, such as you have trained, has a weight of its own for each number of the
# picture. What a unit learns about a fingertip in one place it does not know in another. It does not even know which
# pixels are neighbours.
#
# A *convolutional layer* ([LeCun et al., 1998](https://doi.org/10.1109/5.726791)) knows both. It has *filters*,
# patterns of a few pixels, here 5 by 5 in three colours. Each filter is laid on every place of the picture in turn,
# its weights are multiplied with the numbers there and added up, and the results make a new picture, a *feature map*,
# bright where the pattern is. *Max pooling* keeps the largest of each 2 by 2 numbers of a map, so that a small move
# changes little. Such layers on top of each other see larger and larger parts of the picture, and a dense layer at the
# end makes six logits.
#
# Keras has these layers ready. It wants an example in each row, and makes the gradients and steps itself.

# %% showcase
def convolutional_network(seed=1):
    """From pictures, uint8, shape (m, 64, 64, 3), to logits, shape (m, 6)."""
    tf.keras.utils.set_random_seed(seed)  # decides the weights, and then the batches, the moves and the dropout
    layers = tf.keras.layers
    network = tf.keras.Sequential([
        tf.keras.Input((64, 64, 3)),
        layers.Rescaling(1 / 255, offset=-0.5),  # both signs, as in section 13
        layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),  # 16 filters, at every second pixel
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.4),
        layers.Dense(6),
    ])  # fmt: skip
    cost = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer=tf.keras.optimizers.Adam(0.002), loss=cost)
    return network


network = convolutional_network()
for layer in network.layers:
    print(f"{layer.name:16}{layer.output.shape[1:]!s:15}{layer.count_params():7,} parameters")
print(f"{'in all':31}{network.count_params():7,}")
print(f"{'the dense network':31}{sum(int(tf.size(p)) for p in initialize_parameters().values()):7,}")

# %% predict [markdown]
# The convolutional network has 18,182 parameters, the dense one 17 times as many. It is trained on the same pictures,
# moved in the same way. How will it do on the test pictures?
#
# - Worse: with fewer parameters it can learn less
#   It can represent less, and what it cannot represent is mostly of no use: other weights for the same finger in
#   another place.
# - As well: it is the pictures that limit both
#   They are the same, but one network gets more out of them. A fingertip in one picture teaches a filter for all
#   places.
# * Better
#   Its filters are shared by all places: each learns from every place of every picture, and what it finds, it finds
#   wherever the hand is.

# %% showcase
def moved_pictures(batch, pixels=4):
    """As `moved`, for a batch of shape (m, 64, 64, 3)."""
    wider = tf.pad(batch, [[0, 0], [pixels, pixels], [pixels, pixels], [0, 0]], "SYMMETRIC")
    return tf.image.random_crop(wider, tf.shape(batch))


def predict_pictures(images, network):
    """The most probable class of each picture, shape (1, m)."""
    return tf.argmax(network(images), axis=1)[None].numpy()


record = signs.Record(
    predict_pictures, {"training": (data.images_train, labels_train), "test": (data.images_test, labels_test)},
    every=2, log="runs/convolutional",
)  # fmt: skip
signs.fit_network(network, data.images_train, labels_train, num_epochs=20, watch=record, prepare=moved_pictures)
runs["convolutional"] = record
compare({name: runs[name] for name in ("moved", "convolutional")})

# %% showcase
def dense(images):
    """What the network of section 14 makes of pictures (m, 64, 64, 3): probabilities, shape (m, 6)."""
    Z3 = forward_propagation(normalize_images(images) - mean, better)
    return tf.nn.softmax(tf.transpose(Z3)).numpy()


def convolutional(images):
    """What the convolutional network makes of them, in the same form."""
    return tf.nn.softmax(network(images)).numpy()


nets = {"dense": dense, "convolutional": convolutional}


def count_right(net, images):
    """How many of the test pictures a net is right on, when it is shown these images of them."""
    return int(np.sum(net(images).argmax(axis=1) == labels_test[0]))


for name, net in nets.items():
    print(f"{name}: {count_right(net, data.images_test)} of {len(data.images_test)} test pictures are right.")

# %% [markdown]
# **See.** With 18,182 parameters the network is right on about 98 % of the test pictures: from five starts on 116 to 119
# of the 120, where the dense one was right on 108 to 115. It needs 20 epochs in place of 150, though each of them takes
# longer, since every filter is laid on every place.

# %% predict [markdown]
# In training, both networks saw pictures that were moved by up to 4 pixels. Now all test pictures are moved by 8. What
# becomes of the accuracies?
#
# - Both fall by about as much
#   Both have been trained on as large moves. But a dense network learned each place by itself, and has learned nothing
#   about places where it saw no hand.
# * That of the dense network falls much further
#   Its first layer finds other pixels in front of each weight. The filters find the same patterns, a few places
#   further on.
# - That of the convolutional network stays as it is
#   Its feature maps move along with the hand, unchanged. But its last layer is dense, and expects each pattern about
#   where it was in training.

# %% showcase
def aside(images, pixels):
    """The pictures moved to the right by so many pixels; their left edge is repeated."""
    return np.pad(images, [(0, 0), (0, 0), (pixels, 0), (0, 0)], "edge")[:, :, :64]


distances = [0, 2, 4, 6, 8, 10, 12]
counts = {name: [count_right(net, aside(data.images_test, d)) for d in distances] for name, net in nets.items()}
lines = {name: (distances, np.divide(c, len(data.images_test))) for name, c in counts.items()}
plot_lines(lines, xlabel="moved to the right, in pixels", ylabel="accuracy", ylim=(0, 1.02))
print(f"Right when moved by 8 pixels: dense {counts['dense'][4]}, convolutional {counts['convolutional'][4]}.")

# %% [markdown]
# **See.** From each of five starts the dense network was right on less than two thirds of the moved pictures, and the
# convolutional one still on nine in ten.

# %% [markdown]
# Why is it better? *Shared weights*: a filter has 76 parameters, whatever the size of the picture, and every place of
# every picture trains them. There is less to learn by heart with, and more examples for each weight. *Neighbourhood*:
# an edge, a fingertip or the gap between two fingers is a matter of pixels that lie together, so a layer that looks at
# small windows asks the right questions. Both are knowledge about pictures which you put in by the form of the
# network. Where it is wrong, it does harm: on a table of numbers, whose columns can be put in any order, a convolution
# makes no sense.
#
# The picture below is what the 16 filters of the first layer make of one hand. Look for filters that answer to one
# side of every finger, and for others that answer to all of the skin.

# %% showcase
first_layer = tf.keras.Sequential(network.layers[:2])
plot_maps(data.images_test[0], first_layer(data.images_test[:1])[0].numpy())

# %% [markdown]
# **What if all pictures were shuffled?** Draw one order of the 4,096 pixels, and put the pixels of all pictures,
# training and test, into this order, so that no hand can be seen any more. Train both networks on them, without
# moving. Which one suffers, and why does the other not mind?

# %% [markdown]
# ## 16 · Your own hand  (6 min)
#
# Take a photograph of your hand showing a number, before a plain wall, the hand in the middle and upright. Any size
# will do: it is cut to a square and reduced to 64 by 64. Press the button, or put the file beside this notebook and
# use its name, as in the second cell. Both networks give their answers.

# %% predict [markdown]
# Neither network has ever seen a photograph, or your hand, or your wall. How good will the better of the two be on
# photographs of real hands?
#
# - As good as on the test pictures, which it has not seen either
#   The test pictures were rendered just as the training pictures were. In a photograph light, skin, lens and wall
#   differ.
# - No better than guessing
#   Some of what it has learned holds for real hands too: on photographs of them, networks like yours were right more
#   than twice as often as guessing.
# * Better than guessing, but far worse than on the test pictures
#   On photographs of real hands, networks like both of yours were right on about half at best. They learned from
#   another kind of picture.


# %% showcase
def classify(image):
    """Show a picture of shape (64, 64, 3), and what both networks say of it."""
    plot_probabilities(image, {name: net(image[None])[0] for name, net in nets.items()}, data.classes)


choose_photo(classify)

# %% showcase
path = ""  # the name of your photograph, for example "my_hand.jpg"
if not path:
    print(f"No photograph is named, so this is the first test picture of the course, label {labels_test[0, 0]}.")
classify(read_photo(path) if path else data.images_test[0])

# %% [markdown]
# **See.** Without a name, the cell shows a picture of the course. With a photograph, do not be disappointed. We tested
# networks like these, from five starts, on 120 photographs of real hands. The dense ones were right on 38 to 42 % of
# them, the convolutional ones on 39 to 53 %, where guessing is right on one in six. And the convolutional ones were surer of
# themselves: on average they gave their answers a probability of about 90 %. What was gained on rendered pictures holds
# for rendered pictures. Training pictures must resemble what a network will see. Light, skin, lens and wall of these
# were invented, and a photograph comes from elsewhere. How would you collect pictures so that it works for you, and
# for everybody else?
#
# If there is no hand at all, both give an answer all the same. The six probabilities add up to 1, whatever is on the
# picture.

# %% [markdown]
# **What if the photograph shows no hand?** Try a cup, a face, a bare wall. How sure are the networks, and what would
# you have to change for one of them to say "none of these"?

# %% [markdown]
# ## 17 · For whom is it right?  (9 min)
#
# An accuracy is a mean over everybody, and does not show if a network is worse for some. [Buolamwini and Gebru
# (2018)](https://proceedings.mlr.press/v81/buolamwini18a.html) tested three programs that tell women from men in
# photographs: of light-skinned men nearly all were classified rightly, of dark-skinned women up to a third wrongly. So
# count by groups. Of our pictures we know the tone of the skin, from 1, very light, to 6, very dark, and which hand it
# is, since somebody chose them before they were rendered.
#
# The groups are small, and a small sample says little. A *95 % interval* says which accuracies, on very many such
# pictures, would agree with what was counted in these few. Ours is that of [Wilson
# (1927)](https://doi.org/10.1080/01621459.1927.10502953), which suits small groups and shares close to 1.

# %% predict [markdown]
# In a group of 18 pictures all 18 are right. How low may the accuracy on very many such pictures be, by the 95 %
# interval?
#
# - 100 %, since there was no error
#   A network that is wrong on one picture in twenty gets all of 18 right with a probability of 40 %. No error in
#   so few does not mean that there is none.
# - About 95 %
#   This is how often such intervals contain the true accuracy, not how low that may be.
# * About 82 %
#   The interval goes from 82 to 100 %. From 18 pictures one cannot learn more, however good they look.

# %% showcase
about, ours = load_attributes(), load_signs(original=False)  # of our own test pictures
right = {name: net(ours.images_test).argmax(axis=1) == ours.labels_test[0] for name, net in nets.items()}
by_tone = {name: by_group(r, [f"tone {tone}" for tone in about.tone], about.person) for name, r in right.items()}
by_hand = {name: by_group(r, [f"{hand} hand" for hand in about.hand], about.person) for name, r in right.items()}
plot_groups(by_tone)

# %% showcase
plot_groups(by_hand)

# %% showcase
for name, r in right.items():
    print(f"{name}: {np.sum(~r)} wrong pictures, of {len(set(about.person[~r]))} people")
wrong = np.flatnonzero(~right["convolutional"])
titles = [f"person {about.person[i]}, tone {about.tone[i]},\n{about.hand[i]} hand, {about.wall[i]}" for i in wrong]
plot_pictures(ours.images_test[wrong], titles, columns=5)

# %% [markdown]
# **See.** The points lie here and there, but the intervals are wide, and those of a network overlap. A difference of one or
# two pictures between groups of this size is no evidence that the network is worse for anybody. And a group without an
# error is no evidence that it is not.
#
# The intervals even promise too much. They take each picture for a sample of its own, but 18 pictures are three people,
# each before one wall. Look at the wrong pictures of the convolutional network: from the first of our starts, three of four
# are of one person, whose hand is a left one, of tone 1, before tiles. Is the network worse for left hands, for light skin or
# for tiles? From one person nobody can tell. Nor does it help to train again: in five starts 9 of 13 errors were left
# hands, but all five networks were asked about the same four people.

# %% [markdown]
# What may one conclude? That neither network fails for a whole group of these pictures. Not that they are fair, nor
# that they are worse for somebody: one hand was bent and coloured for all, so nobody's skin was seen; the walls were
# chosen to suit the tones, so that a difference between tones may be one between walls; and six signs are not a
# language.
#
# What would be needed? Photographs of many people who agreed to it; tones that are measured, not chosen; groups and
# questions that are fixed before anybody looks. And numbers: to tell 95 % from 90 % in four of five such studies takes
# about 430 people in each group, with a picture each. The data card of these pictures, `datasets/signs/README.md`,
# says what else they are not good for.

# %% [markdown]
# **What if you count by something else?** `about.side` and `about.wall` say which side of the hand is seen, and what
# is behind it. Whoever looks at enough ways to form groups finds one with a large difference. How many have you looked
# at by then, and what does that do to the 5 % which an interval leaves to chance?

# %% [markdown]
# ## 18 · TensorBoard  (3 min)
#
# The records above also wrote their numbers to the folder `runs`, beside this notebook. TensorBoard draws them in the
# browser, and goes on drawing while a training runs. The next cell prints a command. Copy it into a terminal, in
# JupyterLab (*File*, *New*, *Terminal*) or outside; it works in any folder.

# %% showcase
from pathlib import Path

for file in sorted(Path("runs").rglob("events*")):
    print(f"{file.parent}: {file.stat().st_size:,} bytes")
print()
print(signs.tensorboard_command("runs"))

# %% [markdown]
# Open the address that it prints, tick all runs under *Time series*, and move *Smoothing* to 0. It needs no network: it
# runs on your computer only, until you press Ctrl+C in the terminal.

# %% [markdown]
# **What if the learning rate were ten times as high?** Train once more with another rate and a record of its own,
# `log="runs/fast"`, and find its curve among the others.

# %% [markdown]
# ## 19 · How it used to be: sessions  (5 min, not graded)
#
# Before version 2, TensorFlow computed nothing when you wrote a line. You built a graph of operations first and ran it
# in a *session*; what came in from outside was a *placeholder*, fed by a dict. Books, lectures and old repositories are
# full of such programs, and `tf.compat.v1` still runs them. Here are the ones of the lectures, with their numbers.

# %% showcase
v1 = tf.compat.v1

with tf.Graph().as_default(), v1.Session() as session:
    c = tf.constant(2) * tf.constant(10)
    print("c is an operation, not a number:", c)
    print("in a session it is a number:    ", session.run(c))

    x = v1.placeholder(tf.int64, name="x")
    print("2x, with 3 fed for x:           ", session.run(2 * x, feed_dict={x: 3}))

    y_hat, y = tf.constant(36), v1.Variable(39)
    loss = (y - y_hat) ** 2
    session.run(v1.global_variables_initializer())  # variables have no value before this
    print("squared loss:                   ", session.run(loss))

# %% showcase
with tf.Graph().as_default(), v1.Session() as session:
    w = v1.Variable(0.0)
    coefficients = v1.placeholder(tf.float32, [3, 1])
    cost = coefficients[0, 0] * w**2 + coefficients[1, 0] * w + coefficients[2, 0]
    train = v1.train.GradientDescentOptimizer(0.01).minimize(cost)
    for values in ([[1.0], [-10.0], [25.0]], [[1.0], [-20.0], [100.0]]):
        session.run(v1.global_variables_initializer())
        session.run(train, feed_dict={coefficients: values})
        print(f"{values}: w = {session.run(w):.5f} after 1 step", end=", ")
        for _ in range(1000):
            session.run(train, feed_dict={coefficients: values})
        print(f"{session.run(w):.5f} after 1,000 more")

# %% [markdown]
# **See.** The same numbers as in section 5. What the session did in two stages, `@tf.function` does today: the first
# call of a function builds the graph, later calls run it.

# %% [markdown]
# **What if you looked when a graph is built?** Put `print("now")` into a function under `@tf.function`. Call it with
# 1.0, with 2.0, and with tensors of the same and of another shape. When does it print, and why not each time?

# %% [markdown]
# ## What to take away
#
# - You write the way forward; the tape finds the derivatives. An error in the forward pass is learnt, not reported.
# - Costs want logits. Types and axes are where TensorFlow programs go wrong: look at shapes, look at a picture.
# - Begin near $\log C$, and compare training with test from the first epoch on. A perfect score on the training set is
#   no news.
# - The form of a network is knowledge, too: shared weights and small windows suit pictures.
# - An accuracy does not say for whom a network works, and where: ask who and what was in the test set, and count people.
# - Pictures of errors tell more than the accuracy.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
