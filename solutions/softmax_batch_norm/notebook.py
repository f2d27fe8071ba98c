# %% [markdown]
# # Softmax and batch norm: a net that normalizes itself
#
# So far a net has answered yes or no. This notebook gives it ten answers to choose from, digits written by hand, with
# every derivative by your own hand. Then it puts something between the layers that makes deep nets far less
# particular about the learning rate and the first weights: batch normalization.
#
# You will learn
#
# - to turn scores into shares that add up to 1, and to price an answer, without ever overflowing,
# - why the gradient of both together is the shortest of all, shares minus labels,
# - to train softmax regression on scanned digits, and to read what it has learnt,
# - to normalize a layer by its batch, to go backward through it, and to use it on a single example,
# - what batch norm is known to do, and what is only believed.
#
# It takes about 80 minutes. You need back-propagation, and one idea of it above all: a value that is used in several
# places collects a gradient from each of them, and they add up. Examples are columns: $X$ has shape $(n^{[0]}, m)$,
# and labels are one-hot, $Y$ of shape $(C, m)$. As in the whole course, $dZ$ is the derivative of each example's own
# cost, without $1/m$; `dW1`, `db1` and all other gradients of parameters are means over the examples.

# %% setup
import numpy as np

from helpers import check, nets
from helpers.data import load_digits, load_moons
from helpers.plots import (
    new_axes,
    plot_confusion,
    plot_differences,
    plot_digits,
    plot_lines,
    plot_regions,
    plot_scores,
    plot_weight_pictures,
)
from helpers.slopes import check_gradient, measured_slopes
from helpers.training import number_of, ready, train, train_classes

check.begin("softmax_batch_norm")

# %% [markdown]
# ## 1 · Scores and shares  (8 min)
#
# A net for $C$ classes ends in $C$ numbers, the *scores* $z_1, \dots, z_C$, also called logits. Say the classes are
# "none of these", cat, dog and chick, and a picture gets 5, 2, -1 and 3. The first one wins; but by how much? *Softmax*
# makes positive shares of the scores that add up to 1:
#
# $$t_i = e^{z_i} \qquad a_i = \frac{t_i}{\sum_j t_j}$$
#
# Here $t$ is 148.4, 7.4, 0.4 and 20.1, together 176.3, and the shares are 0.842, 0.042, 0.002 and 0.114. A sigmoid or a
# ReLU takes a number and gives a number. Softmax takes a whole column: each share depends on all scores. The hard
# version, *hardmax*, gives 1 to the largest score and 0 to all others.

# %% predict [markdown]
# Now 100 is added to each of the four scores 5, 2, -1, 3. The first share was 0.842. What is it now?
#
# - Almost 1
#   That would be so if the first score alone grew, or if all were multiplied. Here the distances stay.
# * 0.842
#   Each $t_i$ grows by the factor $e^{100}$, and so does their sum. The factor cancels: only differences count.
# - 0.25
#   That would be so if large scores became more alike. What counts is how far apart they are, and that is as before.
# - Not a number
#   $e^{105}$ is large, but far from the limit of a computer's numbers, which lies at about $e^{709}$.

# %% [markdown]
# With scores of 1,000 a careless program does get "not a number", infinity divided by infinity. Since only differences
# count, subtract the largest score of each column first. Then the largest power is $e^0 = 1$, and nothing overflows.
#
# **Try.** Each column is an example of its own, so each has its own largest score.


# %% solution="softmax"
def softmax(Z):
    """Shares of the classes, by softmax in each column.

    Z: scores, shape (C, m), of any size. Returns A of the same shape, positive, each column with
    the sum 1.
    """
    ### BEGIN SOLUTION
    T = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    A = T / np.sum(T, axis=0, keepdims=True)
    ### END SOLUTION
    return A


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once any
# part of a result is right; edge cases 30 %, once an ordinary case passes. A share for which a check has no case goes to the
# values, so a card may show a larger share for them. Grading uses these visible cases and further ones. If you are stuck,
# `check.hint(softmax)` gives a hint, then another; asking costs nothing.

# %% test="softmax" points=10
check(softmax)

# %% showcase
scores = np.array([[5.0], [2.0], [-1.0], [3.0]])
left, right = new_axes(columns=2, width=4.8, height=3.2)
names = ("none", "cat", "dog", "chick")
plot_scores({"score": scores}, names, left, title="Scores")
shares = ready(softmax, scores)
plot_scores({"softmax": shares, "hardmax": scores == scores.max()}, names, right, title="Shares")
print("e to the scores:", np.exp(scores).ravel().round(1), "sum", np.exp(scores).sum().round(1))
print("scores with 1,000 more:", ready(softmax, scores + 1000).ravel().round(3))

# %% [markdown]
# **See.** The shares follow the scores, but not in proportion: two points ahead is a factor of $e^2$, about 7.4. And
# 1,000 more in each score changes nothing, not even for the computer.

# %% [markdown]
# **What if the net were less sure of itself?** Divide all scores by a *temperature* before softmax: `softmax(scores / 4)`,
# `softmax(scores / 0.25)`. What do the shares become for a very high and a very low temperature? Which of the two is
# hardmax?

# %% [markdown]
# ## 2 · The price of an answer  (8 min)
#
# How bad is an answer? The price is $-\log$ of the share that the *right* class got. A share of 1 costs nothing, a
# half costs 0.69, and a share near 0 costs as much as you like. With the label $y = (0, 1, 0, 0)$ and the answer
# $a = (0.3, 0.2, 0.1, 0.4)$ it is $-\log 0.2 = 1.609$. Written for whole columns, where $y$ picks the right class:
#
# $$L = -\sum_i y_i \log a_i \qquad J = \frac{1}{m} \sum_{k=1}^{m} L^{(k)}$$
#
# Why the logarithm? Under the net, the labels of all examples together have the probability of a product, one factor
# for each example: the share of its right class. The parameters under which the labels are most likely are those with the
# largest product, so with the largest sum of logarithms, and so with the lowest $J$. This is called *maximum
# likelihood*. $L$ itself is the *cross-entropy* of two distributions. It says how different they are, it is not the same
# with the two exchanged, and it has no $1/m$: that belongs to the mean over the examples.

# %% predict [markdown]
# Two classes with scores 1000 and 0, and the second one is right. What does this answer cost?
#
# * 1,000
#   The share of the right class is $e^{-1000}$, or a hair less. Minus its logarithm is the distance between the scores.
# - Infinity
#   That is what a program says that computes the share first: it is $e^{-1000}$, which is rounded to 0, and $-\log 0$ is
#   infinite. The price itself is finite.
# - About 0.69
#   That is the price of a share of one half, of an answer that knows nothing. This one is sure, and wrong.
# - Not a number
#   Only where $e^{1000}$ is computed. The price can be had without it.

# %% [markdown]
# So never take the logarithm of a share. Put the definition of softmax into the price instead:
#
# $$-\log a_i = \log \sum_j e^{z_j} - z_i$$
#
# The first term is called *log-sum-exp*. To compute it, take the largest score $M$ out:
# $\log \sum_j e^{z_j} = M + \log \sum_j e^{z_j - M}$.
#
# **Try.** The cost from the scores. `Z * Y` has the score of the right class in each column, and zeros.


# %% solution="softmax_cost"
def softmax_cost(Z, Y):
    """Mean cross-entropy of softmax(Z) and Y, from the scores.

    Z: scores before softmax, shape (C, m), of any size. Y: one-hot labels, shape (C, m).
    Returns a number.
    """
    ### BEGIN SOLUTION
    largest = np.max(Z, axis=0)
    log_sum = largest + np.log(np.sum(np.exp(Z - largest), axis=0))
    cost = np.mean(log_sum - np.sum(Z * Y, axis=0))
    ### END SOLUTION
    return cost


# %% test="softmax_cost" points=12
check(softmax_cost)

# %% showcase
answer, label = np.array([[0.3], [0.2], [0.1], [0.4]]), np.array([[0], [1], [0], [0]])
print(f"the answer 0.3, 0.2, 0.1, 0.4 costs {number_of(softmax_cost, np.log(answer), label):.3f}")
print(f"a net that knows nothing of ten classes: {number_of(softmax_cost, np.zeros((10, 1)), np.eye(10)[:, :1]):.3f}")
print(f"a sure error: {number_of(softmax_cost, np.array([[1000.0], [0.0]]), np.array([[0], [1]])):,.0f}")
p = np.linspace(0.002, 0.999, 400)
about = {"xlabel": "share $p$ of the right class", "ylabel": "price", "title": "What a share costs"}
plot_lines({"−log p": (p, -np.log(p)), "1 − p, for comparison": (p, 1 - p)}, **about)

# %% [markdown]
# **See.** The price rises without limit where a share goes to 0: to be sure and wrong is what the net is taught to fear
# most. A net that knows nothing gives each of $C$ classes the share $1/C$ and pays $\log C$, 2.303 for ten. Remember this
# number. A training on ten classes that begins far above it has scores that are too large from the start.

# %% [markdown]
# **What if the labels are not quite sure?** Let `soft = 0.9 * label + 0.1 / 4`, and price the answer with it. Which
# answer is now the cheapest, and what does it cost? Can the price still become 0?

# %% [markdown]
# ## 3 · The shortest gradient there is  (9 min)
#
# How does the price change with the scores? On paper it takes two cases, since a score $z_j$ is in the numerator of its
# own share and in the sum below all of them:
#
# $$\frac{\partial a_i}{\partial z_j} = a_i (1 - a_i) \ \text{ if } i = j \qquad
# \frac{\partial a_i}{\partial z_j} = -a_i\, a_j \ \text{ if } i \ne j$$
#
# The score $z_j$ reaches the price through every share, so its gradient is a sum over all $i$ of
# $-\frac{y_i}{a_i} \frac{\partial a_i}{\partial z_j}$. The $a_i$ cancel:
#
# $$\frac{\partial L}{\partial z_j} = -y_j (1 - a_j) + \sum_{i \ne j} y_i\, a_j
# = a_j \sum_i y_i - y_j = a_j - y_j$$
#
# since the labels of an example add up to 1. All that work, and what is left is shares minus labels. The other way
# round is quicker: differentiate $\log \sum_j e^{z_j} - z_i$, and there it is.

# %% predict [markdown]
# The answer is 0.3, 0.2, 0.1, 0.4, and the second class is right. What is the gradient of the four scores?
#
# - 0, -0.8, 0, 0
#   The right score is pulled up with 0.8. But the others are pushed down too: to raise a share is to lower the rest.
# - 0, -5, 0, 0
#   That is the gradient of the *shares*, $-y_i / a_i$ with $a_2 = 0.2$. From there it is one step more to the scores.
# - -0.3, 0.8, -0.1, -0.4
#   These are labels minus shares, the direction in which the scores should move. Descent subtracts the gradient.
# * 0.3, -0.8, 0.1, 0.4
#   Shares minus labels. The four numbers add up to 0: what is pulled up on one side is pushed down on the others.

# %% [markdown]
# **Try.** One line. Call your `softmax` in it; in this check another function of shares takes its place, so that nothing
# is counted wrong here which belongs to section 1.


# %% solution="softmax_backward"
def softmax_backward(Z, Y):
    """The gradient of the scores, as the derivative of each example's own cost, without 1/m.

    Z: scores, shape (C, m). Y: one-hot labels, shape (C, m).
    Calls softmax. Returns dZ, shape (C, m).
    """
    ### BEGIN SOLUTION
    dZ = softmax(Z) - Y
    ### END SOLUTION
    return dZ


# %% test="softmax_backward" points=6
check(softmax_backward)

# %% showcase
dZ = ready(softmax_backward, np.log(answer), label)
plot_scores({"share": answer, "label": label, "gradient": dZ}, names, title="Shares minus labels")
rng = np.random.default_rng(0)
Z, Y = 3 * rng.standard_normal((4, 6)), np.eye(4)[:, rng.integers(4, size=6)]
gradients = {"dZ": ready(softmax_backward, Z, Y) / 6}
differences = check_gradient(lambda arrays: softmax_cost(arrays["Z"], Y), {"Z": Z}, gradients)
print(f"against measured slopes of the cost: {differences['Z']:.0e}")
sure = np.array([[10.0], [0.0]])  # and the second class is right
a = ready(softmax, sure)
print("gradient of the price:", ready(softmax_backward, sure, np.array([[0], [1]])).ravel().round(4))
print("gradient of the squared error:", (2 * a * ((a - [[0], [1]]) - np.sum(a * (a - [[0], [1]])))).ravel().round(4))
gap = np.log(0.842 / 0.158)  # between two scores
print("two classes:", ready(softmax, np.array([[gap], [0.0]])).ravel().round(3), "sigmoid:", nets.sigmoid(gap).round(3))

# %% [markdown]
# **See.** Each wrong class is pushed down by its share, and the right one is pulled up by what is missing to 1. Your
# formula agrees with slopes that were measured. A sure error gets a gradient of almost 1, the largest possible; with a
# squared error in place of the price it would be 0.0002, since softmax is flat there. Price and softmax belong
# together: the logarithm of one undoes the exponential of the other.
#
# With two classes, softmax is the old logistic function of the *difference* of the scores: 0.842 and 0.158 both ways. So
# nothing of what you learned about one sigmoid is lost.

# %% [markdown]
# **What if only the right class is corrected?** Multiply `softmax_backward(Z, Y)` by `Y`, so that the other scores get no
# gradient. Does the cost of one example still go down? What happens to the sum of the scores in the long run?

# %% [markdown]
# ## 4 · Digits with one layer  (9 min)
#
# Our data are 1,797 digits that 13 people wrote by hand, scanned and reduced to 8 by 8 pixels
# ([Alpaydin and Kaynak, 1998](https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits)): 1,200
# to train on, 597 to test. The simplest net for them has one layer, $Z = W^{[1]} X + b^{[1]}$, with softmax on top. It is
# called *softmax regression*.

# %% showcase
digits = load_digits()
Y_train = np.eye(10)[:, digits.Y_train[0]]
plot_digits(digits.X_train[:, :24], digits.Y_train[0, :24])

# %% predict [markdown]
# Each of the ten classes has 64 weights, which can be drawn as a picture of 8 by 8. What will the picture of the 0 show
# after training?
#
# * Positive weights on a ring, and a strongly negative patch in the middle
#   Ink in the middle is the best evidence *against* a zero: nearly all other digits have some there.
# - The mean of all zeros
#   The mean says where zeros have ink. The weights say what tells a zero from the nine others, and that is not the same.
# - Noise, since one layer is too simple to learn shapes
#   One layer cannot combine pixels, but it can weigh each of them, and that makes a picture.

# %% [markdown]
# **Try.** The scores first, then their gradient by calling your `softmax_backward` (in this check another takes its
# place), then $dW^{[1]}$ and $db^{[1]}$ as means over the examples.


# %% solution="softmax_regression_gradients"
def softmax_regression_gradients(X, Y, parameters):
    """Gradients of the mean cost of softmax regression.

    X: shape (n, m). Y: one-hot labels, shape (C, m). parameters: W1 of shape (C, n), b1 of shape
    (C, 1). Calls softmax_backward. Returns a dict dW1, db1, in the shapes of W1 and b1.
    """
    W1, b1 = parameters["W1"], parameters["b1"]
    m = X.shape[1]
    ### BEGIN SOLUTION
    dZ = softmax_backward(W1 @ X + b1, Y)
    dW1 = dZ @ X.T / m
    db1 = np.sum(dZ, axis=1, keepdims=True) / m
    ### END SOLUTION
    return {"dW1": dW1, "db1": db1}


# %% test="softmax_regression_gradients" points=8
check(softmax_regression_gradients)


# %% showcase
def regression(X, Y, parameters):
    """Cost and gradients of softmax regression, in the form that `train_classes` asks for."""
    cost = ready(softmax_cost, parameters["W1"] @ X + parameters["b1"], Y)
    return cost, ready(softmax_regression_gradients, X, Y, parameters)


test_share = {}


def watch(t, parameters):
    test_share[t] = nets.share_right(parameters["W1"] @ digits.X_test + parameters["b1"], digits.Y_test)


zeros = {"W1": np.zeros((10, 64)), "b1": np.zeros((10, 1))}
about = {"learning_rate": 0.5, "epochs": 200, "batch_size": None}
history = train_classes(digits.X_train, Y_train, zeros, regression, watch=watch, **about)
for t in (1, 10, 50, 200):
    print(f"after {t} step{'s' * (t > 1)} {100 * test_share[t]:.1f} % of the test digits are right")
left, right = new_axes(columns=2, width=5, height=3.4)
plot_lines({"cost on all training digits": (history.steps, history.costs)}, left, xlabel="step", ylabel="cost $J$")
plot_lines({"test digits": (list(test_share), list(test_share.values()))}, right, xlabel="step", ylabel="share right")

# %% showcase
plot_weight_pictures(history.parameters["W1"], range(10))
scores = history.parameters["W1"] @ digits.X_test + history.parameters["b1"]
plot_confusion(digits.Y_test, np.argmax(scores, axis=0)[None], np.arange(10))

# %% [markdown]
# **See.** The cost begins at $\log 10 = 2.303$, as it must where all weights are 0. One single step brings 68.0 % of the
# test digits, and 200 steps 94.6 %. Over five ways of splitting the digits the mean is 94.2 %, with a standard deviation
# of 1.1. In the pictures ink on orange, with +, speaks for the class, ink on purple, with −, against it: that of the 0 is a
# ring that hates ink in its middle.

# %% [markdown]
# Why not 100 %? The border between two classes is where their scores are equal, $w_i^T x + b_i = w_j^T x + b_j$, and that
# is a straight line, or a plane in 64 dimensions. In two dimensions one sees it. Below are four classes, four arms that are
# bent round each other.

# %% showcase
rng = np.random.default_rng(4)
labels = np.repeat(np.arange(4), 60)[None]
radius = 0.3 + 1.5 * rng.random(labels.shape)
angle = np.pi / 2 * labels + 2 * radius  # the further out, the further round
plane = radius * np.vstack([np.cos(angle), np.sin(angle)]) + 0.08 * rng.standard_normal((2, 240))


def with_hidden_layer(X, Y, parameters):
    """Cost and gradients of a net with tanh inside and softmax at the end."""
    A, cache = nets.forward_propagation(X, parameters, "tanh", "softmax")
    return nets.class_cost(A, np.argmax(Y, axis=0)[None]), nets.backward_propagation(X, Y, cache, "tanh")


Y_plane = np.eye(4)[:, labels[0]]
about = {"learning_rate": 0.5, "epochs": 1500, "batch_size": None}
straight = {"W1": np.zeros((4, 2)), "b1": np.zeros((4, 1))}
straight = train_classes(plane, Y_plane, straight, regression, **about).parameters
curved = nets.initialize_scaled([2, 12, 4], gain=1, seed=3)
curved = train_classes(plane, Y_plane, curved, with_hidden_layer, **about).parameters
left, right = new_axes(columns=2, width=4.8, height=4.4)
plot_regions(lambda X: straight["W1"] @ X + straight["b1"], plane, labels, left, "softmax regression")
plot_regions(
    lambda X: nets.forward_propagation(X, curved, "tanh", "softmax")[0], plane, labels, right, "one hidden layer of 12"
)

# %% [markdown]
# **See.** Without a hidden layer all borders are straight, and 55.4 % of the points are right. With one they are curved, and
# all are right.

# %% [markdown]
# The explorer below has up to six classes, and steps that you can watch.

# %% showcase
from helpers import explorers

explorers.softmax()

# %% [markdown]
# **What if some of the weights had no say?** A few pixels at the border are white in every picture, so their weights stay
# at 0 for ever. Find out how many rows of `digits.X_train` are always 0, and why their gradient is exactly 0.

# %% [markdown]
# ## 5 · One unit, one batch  (9 min)
#
# Normalized inputs make training easier, as you know from *Regularization*. But the inputs of layer 3 are the outputs of
# layer 2, which change with every step. *Batch normalization*
# ([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167)) normalizes them too, anew for each mini-batch. For one
# unit, over the $m$ examples of the batch:
#
# $$\mu = \frac{1}{m} \sum_k z^{(k)} \qquad \sigma^2 = \frac{1}{m} \sum_k (z^{(k)} - \mu)^2 \qquad
# z_{norm}^{(k)} = \frac{z^{(k)} - \mu}{\sqrt{\sigma^2 + \varepsilon}} \qquad
# \tilde z^{(k)} = \gamma\, z_{norm}^{(k)} + \beta$$
#
# Divide by the standard deviation, not by the variance; $\varepsilon$ is there so that nothing is divided by 0. We do it
# between $z$ and $a$: then comes the activation. (To normalize $a$ is possible as well, and less usual.)
#
# Why $\gamma$ and $\beta$? A mean of 0 and a variance of 1 need not be what the unit wants. A sigmoid is nearly
# straight between -1 and 1, and a net of straight units is worth one layer. So each *unit* has its own scale and shift,
# a pair for each unit and not for each example, learnt by descent like $W$ or by any other rule, be it momentum, RMSprop
# or Adam. With $\gamma = \sqrt{\sigma^2 + \varepsilon}$ and $\beta = \mu$ it can even undo the normalization. This
# $\beta$ has nothing to do with that of momentum; there are not letters enough.

# %% predict [markdown]
# A layer is normalized by its batch. The bias $b$ of a unit grows by 7. What happens to its output $\tilde z$?
#
# - It grows by 7
#   It would without batch norm. But the mean of the batch grows by 7 as well, and is subtracted.
# - It grows by $7\gamma/\sigma$
#   That is what happens to a *single* example that grows by 7 in a large batch, not to all together.
# * It does not change
#   $\mu$ grows by 7 too. So $b$ has no effect, its gradient is always 0, and one leaves it out; $\beta$ does its work.
# - It depends on the batch
#   The mean of whatever batch grows by 7, since each of its examples does.

# %% [markdown]
# **Try.** Mean and variance of each unit, so over the examples, along a row of $Z$.


# %% solution="batch_norm_forward"
def batch_norm_forward(Z, gamma, beta, epsilon=1e-5):
    """Normalize each unit by its batch, then scale and shift it (Ioffe and Szegedy, 2015, algorithm 1).

    Z: shape (n, m). gamma, beta: shape (n, 1). Returns Z_tilde, shape (n, m), and the cache, a dict
    of Z_norm, shape (n, m), and of mu and var, shape (n, 1), with 1/m in var. Your
    batch_norm_backward will get our cache, with these three entries and no other.
    """
    ### BEGIN SOLUTION
    mu = np.mean(Z, axis=1, keepdims=True)
    var = np.mean((Z - mu) ** 2, axis=1, keepdims=True)
    Z_norm = (Z - mu) / np.sqrt(var + epsilon)
    Z_tilde = gamma * Z_norm + beta
    cache = {"Z_norm": Z_norm, "mu": mu, "var": var}
    ### END SOLUTION
    return Z_tilde, cache


# %% test="batch_norm_forward" points=14
check(batch_norm_forward)

# %% showcase
rng = np.random.default_rng(5)
Z = 3 + 2 * rng.standard_normal((4, 64))
one, zero = np.ones((4, 1)), np.zeros((4, 1))
Z_norm, cache = ready(batch_norm_forward, Z, one, zero)
undone, _ = ready(batch_norm_forward, Z, np.sqrt(cache["var"] + 1e-5), cache["mu"])
moved, _ = ready(batch_norm_forward, Z + 7, one, zero)
pair, _ = ready(batch_norm_forward, Z[:, :2], one, zero)
print(f"gamma and beta that undo it: off by {np.abs(undone - Z).max():.0e}")
print(f"b larger by 7: off by {np.abs(moved - Z_norm).max():.0e}")
print("two examples, as they leave:", pair.round(3).tolist())
z = np.linspace(-6, 6, 200)
tangent = 0.5 + z / 4
lines = {"sigmoid": (z, nets.sigmoid(z)), "tangent at 0": (z, tangent)}
plot_lines(lines, xlabel="$z$", ylabel="$a$", ylim=(-0.1, 1.1), title="Between -1 and 1 a sigmoid is nearly straight")

# %% [markdown]
# **See.** The right $\gamma$ and $\beta$ give $Z$ back, up to rounding; a larger $b$ changes nothing, up to rounding. And
# a batch of two leaves as $-1$ and $1$, *wherever* the two were: nothing is left that one could learn from. Batches must
# not be tiny.

# %% showcase
explorers.batch_norm()

# %% [markdown]
# **What if a unit is constant?** Give `batch_norm_forward` a row of equal numbers. What leaves, and which part of the
# formula prevents a division by 0? The original paper has $\varepsilon$ inside the root; what changes for this row if it
# stands outside?

# %% [markdown]
# ## 6 · Training is not use  (8 min)
#
# In use there may be one example and no batch at all. Then one needs a mean and a variance from elsewhere: exponentially
# weighted averages of what the batches had, as in *Optimizers*, a pair for each unit. So a unit has four numbers, of which
# two are learnt by descent, $\gamma$ and $\beta$, and two are averages.
#
# $$\mu_{running} := momentum \cdot \mu_{running} + (1 - momentum)\, \mu \qquad
# \tilde z = \gamma\, \frac{z - \mu_{running}}{\sqrt{\sigma^2_{running} + \varepsilon}} + \beta$$
#
# The variance goes the same way. The averages begin at 0 and 1, as in Keras. (Or one sends all training examples through
# the finished net once and takes their mean and variance. That is more exact, and takes a pass more.)

# %% predict [markdown]
# A net with batch norm is asked about one picture at a time, but somebody left the statistics of the batch on. What will it
# answer?
#
# - What it should, with some noise
#   With a batch of 64 it would be so. One example is its own mean.
# - Not a number, from 0 divided by 0
#   Without $\varepsilon$ it would be so. With it, 0 is divided by a small number.
# * The same for every picture
#   One example is its own mean, so $z_{norm} = 0$ in each unit, and only $\beta$ is left, which knows nothing of it.
# - What it should, with shares that are too even
#   That is what scores near 0 would give. Here nothing of the picture is left at all.

# %% [markdown]
# **Try.** `momentum` is the weight of the *old* average. (PyTorch calls $1 - momentum$ by this name.) Make a new dict and
# leave the old one as it is: whoever keeps it must be able to rely on it.


# %% solution="update_running_averages"
def update_running_averages(running, mu, var, momentum=0.9):
    """Running averages after one more batch.

    running: dict of mu and var, shape (n, 1). mu, var: those of the batch, with 1/m in var.
    momentum: the weight of the old average. Returns a new dict of mu and var; the old one stays as
    it was.
    """
    ### BEGIN SOLUTION
    new_running = {
        "mu": momentum * running["mu"] + (1 - momentum) * mu,
        "var": momentum * running["var"] + (1 - momentum) * var,
    }
    ### END SOLUTION
    return new_running


# %% test="update_running_averages" points=6
check(update_running_averages)

# %% [markdown]
# **Try.** Now the unit in use. What comes out for an example must not depend on any other example.


# %% solution="batch_norm_inference"
def batch_norm_inference(Z, gamma, beta, running, epsilon=1e-5):
    """Batch norm in use: normalized by the running averages, then scaled and shifted.

    Z: shape (n, m). gamma, beta: shape (n, 1). running: dict of mu and var, shape (n, 1). Returns
    Z_tilde, shape (n, m).
    """
    ### BEGIN SOLUTION
    Z_norm = (Z - running["mu"]) / np.sqrt(running["var"] + epsilon)
    Z_tilde = gamma * Z_norm + beta
    ### END SOLUTION
    return Z_tilde


# %% test="batch_norm_inference" points=10
check(batch_norm_inference)

# %% showcase
rng = np.random.default_rng(6)
running = {"mu": np.zeros((1, 1)), "var": np.ones((1, 1))}
mus, variances, times = [0.0], [1.0], range(61)
for _ in times[1:]:
    batch = 4 + 2 * rng.standard_normal((1, 64))
    _, cache = ready(batch_norm_forward, batch, np.ones((1, 1)), np.zeros((1, 1)))
    running = ready(update_running_averages, running, cache["mu"], cache["var"])
    mus.append(running["mu"].item())
    variances.append(running["var"].item())
about = {"xlabel": "batches", "ylabel": "running average", "title": "Mean 4 and variance 4, found batch by batch"}
plot_lines({"mean": (times, mus), "variance": (times, variances)}, **about)
print(f"after 22 batches an average that begins at 0 holds {100 * (1 - 0.9**22):.0f} % of the truth")

W, x = rng.standard_normal((3, 5)), rng.standard_normal((5, 2))  # a layer with batch norm, two examples
gamma, beta = rng.standard_normal((3, 1)), rng.standard_normal((3, 1))
running = {"mu": rng.standard_normal((3, 1)), "var": 1 + rng.random((3, 1))}
factor = gamma / np.sqrt(running["var"] + 1e-5)
folded = (factor * W) @ x + (beta - factor * running["mu"])
found = ready(batch_norm_inference, W @ x, gamma, beta, running)
print(f"folded into W and b: off by {np.abs(folded - found).max():.0e}")
for k in (0, 1):
    alone, _ = ready(batch_norm_forward, W @ x[:, k : k + 1], gamma, beta)
    print(f"example {k + 1} alone, by its batch of one: {alone.ravel().round(3)}   in use: {found[:, k].round(3)}")

# %% [markdown]
# **See.** The averages need some twenty batches until they have forgotten where they began: with momentum 0.9 they hold 90 %
# of the truth after 22. In use batch norm costs nothing: $\gamma$, $\beta$, $\mu$ and $\sigma^2$ are constants then, and fold
# into the weights and a bias of the layer, $\frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}} W$ and
# $\beta - \frac{\gamma \mu}{\sqrt{\sigma^2 + \varepsilon}}$. And a batch of one gives $\beta$, whatever the example was.

# %% [markdown]
# Below are the examples of one batch as a row of dots. Drag one, and look at the others; then switch to use.

# %% showcase
explorers.shift()

# %% [markdown]
# **What if the momentum is 0.99, as in Keras?** How many batches does an average that begins at 0 need until it holds 90 %
# of the truth? What does that mean for a net that is trained for 100 steps only?

# %% [markdown]
# ## 7 · Backward through the batch  (16 min)
#
# You have seen it: drag one dot and all others move. So on the way back, too, an example hears from all others. Look at
# what happens to $z$ on the way forward. It is used in *three* places: it is the thing that is normalized, it is part of
# $\mu$, and it is part of $\sigma^2$. What is used three times collects three gradients.
#
# Go back rung by rung. With $s = \sqrt{\sigma^2 + \varepsilon}$ and $D = Z - \mu$, the way forward is six short steps, and
# each has a short derivative. The first is written down for you:
#
# | | forward | backward |
# |---|---|---|
# | 6 | $\tilde Z = \gamma Z_{norm} + \beta$ | $dZ_{norm} = \gamma\, d\tilde Z$ |
# | 5 | $Z_{norm} = D / s$ | $ds$: how does a quotient change with what is below the line? Sum over the examples |
# | 4 | $s = \sqrt{\sigma^2 + \varepsilon}$ | $d\sigma^2$: the derivative of a root |
# | 3 | $\sigma^2 = \frac{1}{m} \sum D^2$ | $dD$: two ways lead to $D$, through step 5 and through this one; add them |
# | 2 | $D = Z - \mu$ | $d\mu$: minus the sum of $dD$ over the examples |
# | 1 | $\mu = \frac{1}{m} \sum Z$ | $dZ$: two ways again, $dD$ itself, and the share $\frac{1}{m}$ of $d\mu$ |
#
# The cell below is a ladder to try your lines on. It measures all six gradients by nudging, and says of each line whether
# it agrees. Nothing of it is graded. Climb as far as you like, then fold the six lines into one function.

# %% showcase
rng = np.random.default_rng(7)
m, epsilon = 5, 0.5  # an epsilon that one sees
Z, gamma, beta = rng.standard_normal((3, m)), rng.standard_normal((3, 1)), rng.standard_normal((3, 1))
dZ_tilde = rng.standard_normal((3, m))  # what arrives from above
mu = Z.mean(axis=1, keepdims=True)
D = Z - mu
var = np.mean(D**2, axis=1, keepdims=True)
s = np.sqrt(var + epsilon)
Z_norm = D / s


def price(Z_norm):
    """A cost with the gradient dZ_tilde: what the layers above make of this one, as far as slopes go."""
    return np.sum(dZ_tilde * (gamma * Z_norm + beta))


def spread(D):
    return np.sqrt(np.mean(D**2, axis=1, keepdims=True) + epsilon)


onwards = {  # from each value to the price, all that comes after it included
    "Z_norm": price,
    "s": lambda s: price(D / s),
    "var": lambda var: price(D / np.sqrt(var + epsilon)),
    "D": lambda D: price(D / spread(D)),
    "mu": lambda mu: price((Z - mu) / spread(Z - mu)),
    "Z": lambda Z: price((Z - Z.mean(axis=1, keepdims=True)) / spread(Z - Z.mean(axis=1, keepdims=True))),
}
values = {"Z_norm": Z_norm, "s": s, "var": var, "D": D, "mu": mu, "Z": Z}


def slope_of(name):
    """The slope of the price in one of the six values, all that comes after it included."""
    return measured_slopes(lambda arrays: onwards[name](arrays[name]), {name: values[name]})[name]


measured = {f"d{name}": slope_of(name) for name in values}

# %% showcase
dZ_norm = gamma * dZ_tilde  # given
ds = None  # your line, shape (3, 1)
dvar = None  # your line, shape (3, 1)
dD = None  # your line, shape (3, 5)
dmu = None  # your line, shape (3, 1)
dZ = None  # your line, shape (3, 5)

for name, found in {"dZ_norm": dZ_norm, "ds": ds, "dvar": dvar, "dD": dD, "dmu": dmu, "dZ": dZ}.items():
    if found is None:
        print(f"{name:8} not written yet; measured, its first number is {measured[name].flat[0]:.4f}")
    else:
        print(f"{name:8} {'agrees' if np.allclose(found, measured[name], atol=1e-6) else 'does not agree yet'}")

# %% [markdown]
# One thing makes it short: the deviations $D$ of a batch add up to 0, so in $d\mu$ the way through the variance drops out.
# What is left can be folded together. Three ways lead to $dZ$, and all carry the factor $\gamma / s$: the direct one,
# $d\tilde Z$; the one through the mean, which takes off the mean of $d\tilde Z$; and the one through the variance, which takes
# off $Z_{norm}$ times the mean of $d\tilde Z \cdot Z_{norm}$. The gradients of $\beta$ and $\gamma$ are these very means:
#
# $$d\beta = \frac{1}{m} \sum d\tilde Z \qquad d\gamma = \frac{1}{m} \sum d\tilde Z \cdot Z_{norm} \qquad
# dZ = \frac{\gamma}{s} \left( d\tilde Z - d\beta - Z_{norm} \cdot d\gamma \right)$$

# %% predict [markdown]
# Add up a unit's $dZ$ over all examples of the batch. What is the sum?
#
# - The sum of $d\tilde Z$, times $\gamma / s$
#   That is the direct way alone. The way through the mean takes just that off again.
# * Exactly 0
#   Raise all examples of the unit by the same amount, and nothing changes. The sum of $dZ$ is the slope of that.
# - Some number, another for each batch
#   Each $dZ$ is. Their sum is the slope for a common shift of all examples, and batch norm takes any such shift away.

# %% [markdown]
# **Try.** `cache` is ours, with `Z_norm`, `mu` and `var`. $d\gamma$ and $d\beta$ are means over the examples, like all
# gradients of parameters here.


# %% solution="batch_norm_backward"
def batch_norm_backward(dZ_tilde, cache, gamma, epsilon=1e-5):
    """Back through batch norm: through the batch, its mean and its variance.

    dZ_tilde: shape (n, m), without 1/m as always. cache: dict of Z_norm, mu, var of
    batch_norm_forward.
    gamma: shape (n, 1). Returns dZ, shape (n, m), without 1/m too, and dgamma, dbeta, shape (n, 1),
    means over the examples like db.
    """
    Z_norm, var = cache["Z_norm"], cache["var"]
    ### BEGIN SOLUTION
    dgamma = np.mean(dZ_tilde * Z_norm, axis=1, keepdims=True)
    dbeta = np.mean(dZ_tilde, axis=1, keepdims=True)
    dZ = gamma / np.sqrt(var + epsilon) * (dZ_tilde - dbeta - Z_norm * dgamma)
    ### END SOLUTION
    return dZ, dgamma, dbeta


# %% test="batch_norm_backward" points=18
check(batch_norm_backward)


# %% showcase
def mean_price(arrays):
    """The mean cost over the examples, whose own gradients are dZ_tilde."""
    Z_tilde, _ = batch_norm_forward(arrays["Z"], arrays["gamma"], arrays["beta"], epsilon)
    return np.sum(dZ_tilde * Z_tilde) / m


_, cache = ready(batch_norm_forward, Z, gamma, beta, epsilon)
dZ, dgamma, dbeta = ready(batch_norm_backward, dZ_tilde, cache, gamma, epsilon)
s = np.sqrt(cache["var"] + epsilon)
arrays, gradients = {"Z": Z, "gamma": gamma, "beta": beta}, {"dZ": dZ / m, "dgamma": dgamma, "dbeta": dbeta}
differences = {f"d{name}": d for name, d in check_gradient(mean_price, arrays, gradients).items()}
ways = {
    "dZ with the mean held fixed": gamma / s * (dZ_tilde - cache["Z_norm"] * dgamma),
    "dZ with the variance held fixed": gamma / s * (dZ_tilde - dbeta),
}
for name, way in ways.items():
    differences[name] = check_gradient(mean_price, arrays, gradients | {"dZ": way / m})["Z"]
plot_differences(differences, title="Yours, and two that forget a way")
print(f"sum of dZ over the batch: {np.abs(dZ.sum(axis=1)).max():.0e}")

# %% [markdown]
# **See.** All three gradients agree with measured slopes. Leave out one of the three ways, and the gradient is wrong by
# a good part of its size, and yet it points roughly downhill: such a net trains, only worse, and no error message says
# so. The sum over the batch is 0 up to rounding, which is why $b$ would never move.

# %% [markdown]
# **What if the batch has two examples?** Set `m = 2` and a small `epsilon` in the ladder's cell, and look at your `dZ`. It
# is almost 0. Which picture of section 5 explains it?

# %% [markdown]
# ## 8 · A deep net with it  (10 min)
#
# Now all layers together: hidden layers of $W$, batch norm and ReLU, without $b$; at the end $W$ and $b$, and no batch
# norm, since the scores should be as free as they like. In training a layer takes the statistics of its batch and updates its
# running averages; in use it takes the averages and leaves them as they are. One argument, `training`, decides.
#
# **Try.** The loop over the hidden layers. Call `batch_norm_forward`, `update_running_averages` and `batch_norm_inference`, and hand
# `epsilon` and `momentum` on. In this check other functions take their place, which do something else: it shows in the
# result whether you call them and with what.


# %% solution="forward_propagation_with_batch_norm"
def forward_propagation_with_batch_norm(X, parameters, running, training, momentum=0.9, epsilon=1e-5):
    """Scores of a net with batch norm and ReLU in each hidden layer.

    X: shape (n_0, m). parameters: W1, gamma1, beta1, ..., and WL, bL of the last layer. running: a
    list with a dict mu, var for each hidden layer. training: True for statistics of the batch,
    False for the running averages. Returns ZL, shape (n_L, m); caches, a list with a dict
    A_previous, Z_tilde, Z_norm, mu, var for each hidden layer (in training; in use hidden layers
    leave none) and A_previous for the last; and the running averages after this batch, in a new
    list. The old one stays as it was.
    """
    L = nets.number_of_layers(parameters)
    A, caches, now = X, [], list(running)
    # for each hidden layer l = 1, ..., L - 1, with its parameters[f"W{l}"], parameters[f"gamma{l}"], parameters[f"beta{l}"]:
    # Z, then Z_tilde, then the new A; in training something for caches, and for now[l - 1]
    ### BEGIN SOLUTION
    for l in range(1, L):
        gamma, beta = parameters[f"gamma{l}"], parameters[f"beta{l}"]
        Z = parameters[f"W{l}"] @ A
        if training:
            Z_tilde, cache = batch_norm_forward(Z, gamma, beta, epsilon)
            now[l - 1] = update_running_averages(running[l - 1], cache["mu"], cache["var"], momentum)
            caches.append({"A_previous": A, "Z_tilde": Z_tilde, **cache})
        else:
            Z_tilde = batch_norm_inference(Z, gamma, beta, running[l - 1], epsilon)
        A = np.maximum(0, Z_tilde)
    ### END SOLUTION
    caches.append({"A_previous": A})
    ZL = parameters[f"W{L}"] @ A + parameters[f"b{L}"]
    return ZL, caches, now


# %% test="forward_propagation_with_batch_norm" points=16
check(forward_propagation_with_batch_norm)


# %% [markdown]
# The way back is put together of your functions. It is given, so that you see how little is new.


# %% showcase
def backward_propagation_with_batch_norm(ZL, Y, parameters, caches):
    """Gradients of all parameters, a dict dW1, dgamma1, dbeta1, ..., dWL, dbL."""
    m, L = Y.shape[1], len(caches)
    dZ = ready(softmax_backward, ZL, Y)
    grads = {f"db{L}": dZ.sum(axis=1, keepdims=True) / m}
    for l in range(L, 0, -1):
        grads[f"dW{l}"] = dZ @ caches[l - 1]["A_previous"].T / m
        if l > 1:
            below = caches[l - 2]
            dZ_tilde = (parameters[f"W{l}"].T @ dZ) * (below["Z_tilde"] > 0)
            dZ, dgamma, dbeta = ready(batch_norm_backward, dZ_tilde, below, parameters[f"gamma{l - 1}"])
            grads[f"dgamma{l - 1}"], grads[f"dbeta{l - 1}"] = dgamma, dbeta
    return grads


def begin(layers_dims, gain=2, seed=3):
    """First parameters and running averages of a net with batch norm; weights of variance gain / n."""
    parameters, running = nets.initialize_scaled(layers_dims, gain=gain, seed=seed), []
    for l, units in enumerate(layers_dims[1:-1], start=1):
        del parameters[f"b{l}"]
        parameters[f"gamma{l}"], parameters[f"beta{l}"] = np.ones((units, 1)), np.zeros((units, 1))
        running.append({"mu": np.zeros((units, 1)), "var": np.ones((units, 1))})
    return parameters, running


rng = np.random.default_rng(8)
parameters, running = begin([5, 4, 3, 3])
X, Y = rng.standard_normal((5, 8)), np.eye(3)[:, rng.integers(3, size=8)]
ZL, caches, _ = ready(forward_propagation_with_batch_norm, X, parameters, running, True)
grads = backward_propagation_with_batch_norm(ZL, Y, parameters, caches)


def cost_of(parameters):
    return softmax_cost(forward_propagation_with_batch_norm(X, parameters, running, True)[0], Y)


differences = {f"d{name}": d for name, d in check_gradient(cost_of, parameters, grads).items()}
plot_differences(differences, title="A small net of your functions, array by array")

# %% predict [markdown]
# A net of 64-50-50-50-50-50-10 units with ReLU is trained on the digits for ten epochs, at a learning rate of 1. What
# becomes of it, without and with batch norm?
#
# * It fails without, and is right on more than 90 % with it
#   The first steps blow up the scores of the net without it. With batch norm each layer brings them back.
# - It fails both times: 1 is too much for six layers
#   Without batch norm it does. With it, weights may be scaled up or down without a change of the output.
# - It learns both times, with batch norm somewhat faster
#   At 0.1 it is about so. At 1 the net without it is at the level of guessing.


# %% showcase
SIZES = [64, 50, 50, 50, 50, 50, 10]


def train_with(learning_rate, batch_size=64, gain=2, seed=3, watch=None):
    """Parameters and running averages after ten epochs with batch norm, by your functions."""
    parameters, running = begin(SIZES, gain, seed)

    def gradients(X, Y, parameters):
        nonlocal running
        ZL, caches, running = ready(forward_propagation_with_batch_norm, X, parameters, running, True)
        if watch:
            watch(caches)
        cost = ready(softmax_cost, ZL, Y)
        return cost, backward_propagation_with_batch_norm(ZL, Y, parameters, caches)

    about = {"learning_rate": learning_rate, "epochs": 10, "batch_size": batch_size}
    history = train_classes(digits.X_train, Y_train, parameters, gradients, **about)
    return history.parameters, running


def train_without(learning_rate, batch_size=64, gain=2, seed=3, watch=None):
    """Parameters after ten epochs without batch norm."""

    def gradients(X, Y, parameters):
        A, cache = nets.forward_propagation(X, parameters, "relu", "softmax")
        if watch:
            watch(cache)
        return nets.class_cost(A, np.argmax(Y, axis=0)[None]), nets.backward_propagation(X, Y, cache)

    parameters = nets.initialize_scaled(SIZES, gain=gain, seed=seed)
    about = {"learning_rate": learning_rate, "epochs": 10, "batch_size": batch_size}
    return train_classes(digits.X_train, Y_train, parameters, gradients, **about).parameters


def share_with(parameters, running):
    """Share of the test digits that are right, with batch norm, in use."""
    ZL, _, _ = forward_propagation_with_batch_norm(digits.X_test, parameters, running, False)
    return nets.share_right(ZL, digits.Y_test)


def share_without(parameters):
    """The same without batch norm."""
    return nets.share_right(nets.forward_propagation(digits.X_test, parameters)[0], digits.Y_test)


# %% showcase
rates = (0.01, 0.03, 0.1, 0.3, 1, 3, 5)
with np.errstate(all="ignore"):  # a net that flies apart comes to numbers that are none
    without = [100 * share_without(train_without(rate)) for rate in rates]
    normalized = [100 * share_with(*train_with(rate)) for rate in rates]
lines = {"with batch norm": (rates, normalized), "without": (rates, without)}
about = {"xlabel": "learning rate", "ylabel": "% of the test digits", "xscale": "log", "ylim": (0, 102)}
plot_lines(lines, title="Ten epochs at seven rates", **about)
for rate, a, b in zip(rates, without, normalized, strict=True):
    print(f"rate {rate}: {a:.0f} % without, {b:.0f} % with batch norm")

# %% [markdown]
# **See.** Without batch norm the net learns well at 0.03 and 0.1 only; with it, from 0.03 to 3, a factor of 100. At 5 it
# fails as well: this is tolerance, not immunity. One run is one run, so here are five, each with another split of the
# digits and other first weights, in per cent of the test digits, mean and standard deviation:
#
# | rate | 0.01 | 0.1 | 1 | 3 | 5 |
# |---|---:|---:|---:|---:|---:|
# | ReLU, He's weights, without | 68.2 ± 4.2 | 93.0 ± 2.3 | 11.6 ± 4.9 | 9.5 ± 0.6 | 9.5 ± 0.4 |
# | with | 77.0 ± 3.2 | 96.1 ± 0.8 | 97.3 ± 0.4 | 93.7 ± 3.9 | 52.1 ± 19.9 |
# | sigmoid, weights of variance $1/n$, without | 9.2 ± 0.4 | 9.5 ± 0.7 | 9.7 ± 0.6 | 9.5 ± 0.7 | 9.5 ± 0.7 |
# | with | 74.9 ± 4.1 | 95.3 ± 0.7 | 94.6 ± 1.7 | 93.4 ± 1.8 | 90.5 ± 5.7 |
# | ReLU, weights of variance 1, without | 9.4 ± 0.4 | 9.3 ± 0.4 | 9.5 ± 0.4 | 9.5 ± 0.4 | 9.5 ± 0.4 |
# | with | 43.1 ± 2.9 | 83.5 ± 2.2 | 95.4 ± 0.9 | 96.7 ± 0.7 | 25.0 ± 10.7 |
#
# So batch norm makes larger rates possible, makes saturating units usable in a deep net, and makes the first weights matter
# less: three claims of its inventors, in seconds. (The others, 14 times fewer steps on a large net and 4.9 % of errors
# where people make 5.1 %, belong to 1.2 million photographs.) But it works no miracle. What the sigmoid net lacks is
# known from *Initialization*: its slope is at most 1/4 and its mean 1/2. Four times the weights, and biases that take the
# mean off again, and the same net reaches 91.7 ± 3.7 % without any batch norm at rate 1. Batch norm repairs by itself, at every
# step, what one can repair by hand at the first.

# %% [markdown]
# **What if the batches are small?** Train with `share_with(*train_with(0.01, batch_size=2))`, and the same with 4 and with 8;
# without batch norm, too. (Batches of 2 may take half a minute.) Which picture of section 5 have you seen come true?

# %% [markdown]
# ## 9 · Why does it help?  (3 min)
#
# Data whose distribution moves are a fact of life. A net that has learned what a cat is from black cats meets coloured ones;
# this is called *covariate shift*. Seen from layer 3, the layers below do the same at every step: its inputs move. The
# inventors named that *internal* covariate shift and thought that batch norm helps because it reduces it.

# %% showcase
moons = load_moons()
turned = np.deg2rad(30)
turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
about = {"hidden_layers": (10,), "learning_rate": 1.0, "iterations": 2000}
net = train(moons, lambda sizes: nets.initialize_scaled(sizes, gain=2, seed=3), **about).parameters
print(f"moons as in training: {nets.accuracy(net, moons.X_test, moons.Y_test):.0%} right")
print(f"the same, turned by 30 degrees: {nets.accuracy(net, turn @ moons.X_test, moons.Y_test):.0%}")

means, spreads = {"with": [], "without": []}, {"with": [], "without": []}


def note(name, Z):
    means[name].append(round(Z[0].mean(), 6))
    spreads[name].append(Z[0].std())


train_with(0.1, watch=lambda caches: note("with", caches[2]["Z_tilde"]))
train_without(0.1, watch=lambda cache: note("without", cache[8]))
left, right = new_axes(columns=2, width=5, height=3.4)
steps = range(len(means["with"]))
lines = {"with batch norm": (steps, means["with"]), "without": (steps, means["without"])}
plot_lines(lines, left, xlabel="step", ylabel="mean", title="A unit of layer 3: mean of its $z$")
lines = {"with batch norm": (steps, spreads["with"]), "without": (steps, spreads["without"])}
plot_lines(lines, right, xlabel="step", ylabel="standard deviation", title="and its spread")

# %% [markdown]
# **See.** For the net that was trained on them, the turned moons are other data, and it is right on far fewer: a shift that
# nobody doubts.
#
# With batch norm, mean and spread of the unit follow $\beta$ and $\gamma$, which move slowly; without it they
# wander, from batch to batch and in the long run. That much can be measured. That batch norm helps *because* of it is a
# hypothesis, and it has been doubted:
# [Santurkar and others (2018)](https://arxiv.org/abs/1805.11604) put noise behind each batch norm, so that
# inputs moved more than ever, and the net trained as well. They see the reason in a smoother cost.
#
# One more thing is measurable. Mean and variance of a batch are noisy, the mean by $1/\sqrt{m}$ of a standard deviation: 0.125
# for batches of 64, 0.044 for 512. So each example sees a little noise, as with dropout, and this regularizes a little, the
# more the smaller the batch. It may be combined with dropout. But it is a side effect: nobody should choose batch norm, or
# the size of a batch, in order to regularize.

# %% [markdown]
# **What if you normalize the turned moons?** Give them mean 0 and variance 1 in each coordinate, as batch norm would, before
# the old net sees them. Does it help? Which kind of shift would it help against?

# %% [markdown]
# ## What you have learned
#
# Softmax makes shares of scores, and only differences of scores count. The price of an answer is minus the logarithm of the
# right share; take it from the scores, and nothing overflows. Both together have the gradient shares minus labels. Softmax
# regression draws straight borders, a hidden layer bends them. Batch norm gives each unit the mean and the spread that it
# learns to want, whatever arrives. In training an example's output depends on its whole batch, so gradients come back by
# three ways; in use running averages take the batch's place, and the whole fits into $W$ and $b$. It makes a deep net
# tolerant of rates and first weights. Why it does is not settled.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
