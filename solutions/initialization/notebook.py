# %% [markdown]
# # Initialization: where training begins
#
# Gradient descent improves the weights it is given, but someone has to choose the first ones. In this notebook the
# network, the data and the learning rate stay the same, and only the first weights change. That alone decides between a
# network that learns nothing, one that learns badly and one that is right on 99 % of its training points.
#
# You will learn
#
# - why a network whose weights all start equal cannot learn, and what breaks the symmetry,
# - what goes wrong when random weights are too large,
# - how to derive the right size from the number of inputs of a layer (He for ReLU, Xavier for tanh),
# - how a signal vanishes or explodes in a deep network, and how to measure it.
#
# It takes about 60 minutes. You need to know forward and backward propagation, and arrays in NumPy. In formulas,
# $W^{[l]}$ and $b^{[l]}$ are the weights and biases of layer $l$, $A^{[l]}$ is its output, $n^{[l]}$ the number of its
# units, $L$ the number of layers and $m$ the number of examples. $A^{[0]} = X$ is the input, one example a column.

# %% setup
import numpy as np

from helpers import check, nets
from helpers.data import load_circles
from helpers.plots import new_axes, plot_boundary, plot_cost, plot_outputs, plot_points, plot_signal
from helpers.training import train

check.begin("initialization")

# %% [markdown]
# ## 1 · The task  (5 min)
#
# Two noisy rings, one inside the other. The label says which ring a point belongs to.
#
# The network has two inputs, hidden layers of 10 and 5 ReLU units, and one sigmoid output: 2-10-5-1 for short.
# `train(circles, initialize)` calls your function `initialize` with the list `[2, 10, 5, 1]`, takes 15,000 steps of
# gradient descent with learning rate 0.01, and returns the costs on the way and the final parameters. The cost is the
# mean cross-entropy
#
# $$J = -\frac{1}{m} \sum_{i=1}^{m} \Big( y^{(i)} \log a^{[L](i)} + (1 - y^{(i)}) \log (1 - a^{[L](i)}) \Big).$$

# %% predict [markdown]
# A network that knows nothing answers 0.5 for every point. What is its cost?
#
# - 0
#   The cost is 0 only if every output equals its label. An answer of 0.5 leaves half of the probability to the wrong
#   label, and that has its price, whichever label is right.
# - about 0.5
#   Each output is 0.5 away from its label, but the cross-entropy does not measure this distance. It takes the logarithm
#   of the probability that the network gives to the right label.
# * about 0.7
#   For label 1 the loss is $-\log 0.5$, for label 0 it is $-\log (1 - 0.5)$, which is the same. So every point costs
#   $\log 2$, and so does the mean.

# %% showcase
circles = load_circles()
plot_points(circles.X_train, circles.Y_train)
print(f"Answering 0.5 everywhere costs {-np.log(0.5):.6f}.")

# %% [markdown]
# **See.** To three digits the cost is $\log 2 \approx 0.693$. Keep this number in mind: a cost that stays at 0.693 means
# that the network has learnt nothing.

# %% [markdown]
# **What if nine of ten points had label 1?** A network that knows this and nothing else answers with that share for
# every point. Compute its cost. Would you have taken it for learning?

# %% [markdown]
# ## 2 · All zeros  (10 min)
#
# Zero looks like a neutral start: no weight is preferred. Layer $l$ has $n^{[l]}$ units, each with one weight for every
# output of the layer before, so $W^{[l]}$ has shape $(n^{[l]}, n^{[l-1]})$ and $b^{[l]}$ has shape $(n^{[l]}, 1)$.

# %% predict [markdown]
# What is the cost after 15,000 steps from zeros?
#
# - near 0
#   A step follows the gradient, and at this start the gradient is zero. Gradient descent does not look for another
#   place to begin.
# * still 0.693
#   Hidden units with zero weights put out zeros, so the weights above them get no gradient. Zero weights hand nothing
#   back, so the weights below get none either. The last bias gets none because half of the labels are 1.
# - somewhere in between
#   That would be slow learning, a little in each step. Here the very first gradient is zero, so the first step changes
#   nothing, and each later one starts from the same place.

# %% [markdown]
# **Try.** Fill every $W^{[l]}$ and $b^{[l]}$ with zeros. In the code, `layers_dims[l]` is $n^{[l]}$.


# %% solution="initialize_parameters_zeros"
def initialize_parameters_zeros(layers_dims):
    """Weights and biases zero.

    layers_dims: sizes of the layers, input first, e.g. [2, 10, 5, 1].
    Returns a dict W1, b1, ..., WL, bL with Wl of shape (n_l, n_{l-1}) and bl of shape (n_l, 1).
    """
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        parameters[f"W{l}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters


# %% [markdown]
# The next cell checks your function. It calls it on a few cases: right values bring 50 % of the points; shapes and
# keys 20 %, once any part of a result is right; edge cases 30 %, once an ordinary case passes. A share for which a check
# has no case goes to the values, so a card may show a larger share for them. When the notebook is graded, these cases are used and
# further ones: other sizes and edge cases. So write for every network, not for the one that you see.
#
# If you are stuck, add a cell with `check.hint(initialize_parameters_zeros)`. It gives a hint, then another. Asking costs
# nothing, and it works for every function that is checked.

# %% test="initialize_parameters_zeros" points=15
check(initialize_parameters_zeros)

# %% showcase
zeros = train(circles, initialize_parameters_zeros)
left, right = new_axes(2)
left.set_ylim(0, 1)
plot_cost(zeros, ax=left, title="Start: zeros")
plot_boundary(zeros.parameters, circles, ax=right)

# %% [markdown]
# **See.** The cost is 0.693 at the first step and at the last, and half of the points are right, as with a coin. With
# $W^{[1]} = 0$ and $b^{[1]} = 0$ every $A^{[1]}$ is zero, so $A^{[2]}$ is zero, and so is
# $dW^{[3]} = \frac{1}{m} dZ^{[3]} A^{[2]T}$. Through $W^{[3]} = 0$ nothing flows back to the layers below. Only
# $b^{[3]}$ could move, and half of the labels are 1, so its gradient is zero as well. No number in the network ever
# changes.

# %% [markdown]
# Is zero the culprit? Let every weight start at 0.5 instead.


# %% showcase
def initialize_parameters_equal(layers_dims):
    """Every weight 0.5, every bias zero."""
    parameters = initialize_parameters_zeros(layers_dims)
    return {name: value + 0.5 if name.startswith("W") else value for name, value in parameters.items()}


equal = train(circles, initialize_parameters_equal)
left, right = new_axes(2)
plot_cost(equal, ax=left, title="Start: every weight 0.5")
plot_boundary(equal.parameters, circles, ax=right)
print("W1 after training, one row for each of the 10 units:")
print(equal.parameters["W1"].round(4))

# %% [markdown]
# **See.** Now the weights change and the cost falls, but only to 0.65, and 58 % of the training points are right. The
# ten rows of $W^{[1]}$ have moved and are still equal to each other. Units that start with the same weights compute the
# same output, get the same gradient and take the same step, for ever. Ten of them are worth one. This is the
# **symmetry** that the first weights must break, and random numbers do. Biases may start at zero: once the weights
# differ, the units differ.

# %% [markdown]
# **What if a single layer starts at zero?** Write an `initialize` that draws all weights with `np.random.randn` but
# those of one layer, and train with it. In two of the three layers the zeros stop everything, in one they do no harm.
# Which one is it, and why?

# %% [markdown]
# ## 3 · Large random numbers  (10 min)
#
# Random weights break the symmetry. How large should they be? Begin with a generous choice, a standard normal times 10:
#
# $$W^{[l]} = 10 \cdot N^{[l]}, \quad \text{entries of } N^{[l]} \text{ drawn from } \mathcal{N}(0, 1), \quad b^{[l]} = 0.$$

# %% predict [markdown]
# What is the very first cost?
#
# * infinite
#   The sums $Z^{[3]}$ are so large that the computer rounds their sigmoid to exactly 1. For each point with label 0 the
#   loss is then $-\log (1 - 1)$, which is infinite.
# - about 10
#   The factor 10 enters once in each of the three layers, so $Z^{[3]}$ is 1,000 times what a standard normal would
#   give. The computer rounds the sigmoid of such numbers to exactly 1, even where the label is 0.
# - about 0.693
#   0.693 is the cost of answering 0.5 everywhere. These weights know as little, but their sums are large, and the
#   sigmoid of a large sum is not 0.5. The network is certain, and where it is wrong it pays for that.

# %% [markdown]
# **Try.** Draw each $W^{[l]}$ with `np.random.randn(rows, columns)` and multiply it by 10. The seed is set for you,
# once, so that your numbers can be compared with ours. Therefore draw in this order, $W^{[1]}, W^{[2]}, \dots$, and
# nothing else.


# %% solution="initialize_parameters_random"
def initialize_parameters_random(layers_dims):
    """Weights from a standard normal times 10, biases zero.

    layers_dims: sizes of the layers, input first, e.g. [2, 10, 5, 1].
    Returns a dict W1, b1, ..., WL, bL with Wl of shape (n_l, n_{l-1}) and bl of shape (n_l, 1).
    """
    np.random.seed(3)  # fixed, so that your numbers can be compared with ours
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters


# %% test="initialize_parameters_random" points=15
check(initialize_parameters_random)

# %% showcase
A3, cache = nets.forward_propagation(circles.X_train, initialize_parameters_random([2, 10, 5, 1]))
Z3 = cache[8]
print(f"Before training, Z3 lies between {Z3.min():.0f} and {Z3.max():.0f}.")
wrong = (A3 == 1) & (circles.Y_train == 0)
print(f"{(A3 == 1).sum()} of {A3.size} outputs are exactly 1, and {wrong.sum()} of these should be 0.")

large = train(circles, initialize_parameters_random)
left, right = new_axes(2)
plot_cost(large, ax=left, title="Start: random times 10")
plot_boundary(large.parameters, circles, ax=right)

# %% [markdown]
# **See.** The first cost is infinite. The sums $Z^{[3]}$ are at least 63, and $1 / (1 + e^{-63})$ is rounded to 1
# exactly. For the 150 points with label 0 the loss is $-\log(1 - 1) = \infty$. The network is wrong on half of the
# points, and certain.
#
# Another sigmoid would not help. That of SciPy, `scipy.special.expit`, gives exactly 1 for 63 too, because the $e^{-63}$
# that is missing is lost when a number near 1 is rounded. What helps is a cost that is computed from $Z^{[3]}$ and never
# forms $1 - A^{[3]}$: for label 0 and $z = 63$ it is 63. *Hand signs with TensorFlow*, section 3, has it.
#
# The gradient $dZ^{[3]} = A^{[3]} - Y$ is still finite, so training recovers: by iteration 100 the cost is a number
# again, and after some hundred steps of jumping up and down it falls. But after 15,000 steps it is 0.38, with 83 % of
# the training points right. Symmetry is broken; the size is wrong. One reason for the slow progress: a ReLU unit folds
# the plane along the line $w^T x + b = 0$, which lies at distance $|b| / \lVert w \rVert$ from the origin. All folds
# start at the origin, and with $w$ ten times larger, $b$ has ten times as far to go.

# %% [markdown]
# **What if it was bad luck?** Copy the function under another name, give it other seeds, and look at the first cost
# each time. How many seeds do you have to try until it is finite?

# %% [markdown]
# ## 4 · Scale the numbers to the layer: He  (12 min)
#
# The right size follows from one demand: a layer should hand on a signal that is as strong as the one it got. Take a
# unit with $n^{[l-1]}$ inputs. Its weights are independent, with mean 0 and variance $v$, so $Z^{[l]}$ is a sum of
# $n^{[l-1]}$ products whose variances add up:
#
# $$\operatorname{Var}(Z^{[l]}) = n^{[l-1]} \, v \; \overline{(A^{[l-1]})^2},$$
#
# where the bar means the mean. ReLU sets the negative half of $Z^{[l]}$ to zero, so the mean square of $A^{[l]}$ is
# half of that. It equals the mean square of $A^{[l-1]}$ if
#
# $$\tfrac12 \, n^{[l-1]} \, v = 1, \qquad \text{that is} \qquad v = \frac{2}{n^{[l-1]}}.$$
#
# This is He initialization ([He, Zhang, Ren and Sun, 2015](https://arxiv.org/abs/1502.01852)).

# %% predict [markdown]
# In a layer with 200 inputs, what is the standard deviation of He's weights?
#
# - 1
#   Standard deviation 1 fits a single number, but 200 variances add up here. Even after ReLU the root of the mean
#   square would be $\sqrt{200 / 2} = 10$ times that of the inputs, and 100 times after a second such layer.
# * 0.1
#   $\sqrt{2 / 200} = 0.1$. Over 200 inputs the variances add up to $200 \cdot 0.1^2 = 2$ times the mean square of the
#   inputs, and ReLU keeps half of that.
# - 0.01
#   This is the variance, $2 / 200$, and the standard deviation is its root. With 0.01 in its place, a layer would hand
#   on a tenth of its signal.
# - 0.005
#   Division by the number of inputs, $1 / 200$, turns a sum into a mean. That fits terms which are all alike. Terms
#   with random signs cancel in part, and a sum of 200 of them grows like $\sqrt{200}$ only.

# %% [markdown]
# **Try.** Draw a standard normal as before and multiply it so that its variance is $2 / n^{[l-1]}$. The formula is
# about variances, and you scale values: multiplying by $c$ multiplies the variance by $c^2$.


# %% solution="initialize_parameters_he"
def initialize_parameters_he(layers_dims):
    """Normal weights of variance 2 / n_{l-1}, biases zero (He et al., 2015).

    layers_dims: sizes of the layers, input first, e.g. [2, 10, 5, 1].
    Returns a dict W1, b1, ..., WL, bL with Wl of shape (n_l, n_{l-1}) and bl of shape (n_l, 1).
    """
    np.random.seed(3)  # fixed, so that your numbers can be compared with ours
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) * np.sqrt(2 / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters


# %% test="initialize_parameters_he" points=25
check(initialize_parameters_he)

# %% showcase
he = train(circles, initialize_parameters_he)
ax = new_axes(width=7, height=4)
ax.set_ylim(0, 1)
plot_cost(zeros, large, he, labels=("zeros", "random times 10", "He"), ax=ax)

# %% showcase
axes = new_axes(3, width=3.6)
for ax, history, title in zip(axes, (zeros, large, he), ("zeros", "random times 10", "He"), strict=True):
    plot_boundary(history.parameters, circles, ax=ax, title=title)

for title, initialize, history in (
    ("random times 10", initialize_parameters_random, large),
    ("He", initialize_parameters_he, he),
):
    W2 = initialize([2, 10, 5, 1])["W2"]
    moved = np.linalg.norm(history.parameters["W2"] - W2) / np.linalg.norm(W2)
    print(f"{title}: training has moved W2 by {moved:.0%} of its first size.")

# %% [markdown]
# **See.** From He's weights the cost falls from 0.883 to 0.066, the boundary closes around the inner ring, and 99.3 %
# of the training and 96 % of the test points are right. Network, data and number of steps are those of the two attempts
# before. In the picture of the costs, the net with the large weights starts far above the upper edge. Its steps are
# small beside its weights: $W^{[2]}$ has moved by 11 % of its size, He's by 114 %.

# %% [markdown]
# **What if weights have the right variance, but only two values?** Take $+\sqrt{2/n^{[l-1]}}$ or
# $-\sqrt{2/n^{[l-1]}}$, by the sign of a normal number. With two inputs, the ten first units then have only four
# different sets of weights. Train, and count the different rows of $W^{[1]}$ afterwards: do equal units stay equal
# here?

# %% [markdown]
# ## 5 · The scale depends on the activation: Xavier  (8 min)
#
# The factor 2 made up for the half that ReLU cuts off. Near zero, $\tanh$ is almost the identity and cuts off nothing.
# The demand for a steady signal is then $n^{[l-1]} v = 1$. On the way back, the gradient of an output of layer $l-1$ is
# a sum over the $n^{[l]}$ units of layer $l$, and the same demand reads $n^{[l]} v = 1$. Both hold only if the sizes
# are equal. [Glorot and Bengio (2010)](https://proceedings.mlr.press/v9/glorot10a.html) take the middle:
#
# $$v = \frac{2}{n^{[l-1]} + n^{[l]}}.$$
#
# It is called Xavier initialization, after Xavier Glorot's first name. What people use:
#
# | activation | variance of $W^{[l]}$ | source |
# |---|---|---|
# | ReLU | $2 / n^{[l-1]}$ | [He et al., 2015](https://arxiv.org/abs/1502.01852) |
# | tanh | $2 / (n^{[l-1]} + n^{[l]})$ | [Glorot and Bengio, 2010](https://proceedings.mlr.press/v9/glorot10a.html); Xavier |
# | tanh, sigmoid | $1 / n^{[l-1]}$ | [LeCun et al., 1998](https://doi.org/10.1007/3-540-49430-8_2); the other common form, often called Xavier as well |

# %% predict [markdown]
# Five tanh layers of 500 units have weights of standard deviation 1, and their input has standard deviation 1 too. Where
# do the outputs of the last layer lie?
#
# - close to 0
#   Terms with random signs cancel, but only in part. A sum of 500 terms of size 1 has a standard deviation of
#   $\sqrt{500} \approx 22$, and at $\pm 22$ the tanh is as good as $\pm 1$.
# - spread over $[-1, 1]$
#   Standard deviation 1 sounds neutral, and for a unit with one input it would be. Here each unit adds up 500, which
#   makes it about 22 times as much, and tanh spreads out only what lies near 0.
# * close to $-1$ and $1$
#   Each sum has 500 terms, so its standard deviation is about 22. That far from 0 tanh is flat, and most of what comes
#   out is close to $-1$ or $1$.

# %% [markdown]
# **Try.** Draw the weights from a normal distribution with variance $2 / (n^{[l-1]} + n^{[l]})$.


# %% solution="initialize_parameters_xavier"
def initialize_parameters_xavier(layers_dims):
    """Normal weights of variance 2 / (n_{l-1} + n_l), biases zero (Glorot and Bengio, 2010).

    layers_dims: sizes of the layers, input first, e.g. [2, 10, 5, 1].
    Returns a dict W1, b1, ..., WL, bL with Wl of shape (n_l, n_{l-1}) and bl of shape (n_l, 1).
    """
    np.random.seed(3)  # fixed, so that your numbers can be compared with ours
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        fan_in, fan_out = layers_dims[l - 1], layers_dims[l]
        parameters[f"W{l}"] = np.random.randn(fan_out, fan_in) * np.sqrt(2 / (fan_in + fan_out))
        parameters[f"b{l}"] = np.zeros((fan_out, 1))
        ### END SOLUTION
    return parameters


# %% test="initialize_parameters_xavier" points=20
check(initialize_parameters_xavier)

# %% showcase
draw = np.random.default_rng(0)
X = draw.standard_normal((500, 100))  # 100 examples with 500 features
standard_normal = [draw.standard_normal((500, 500)) for l in range(5)]
xavier = initialize_parameters_xavier([500] * 6)


def last_outputs(g, X, weights):
    """Outputs of the last of several layers with activation g and without biases."""
    A = X
    for W in weights:
        A = g(W @ A)
    return A


saturated = last_outputs(np.tanh, X, standard_normal)
sigmoids = last_outputs(nets.sigmoid, X, standard_normal)
plot_outputs(
    {
        "weights of std 1": saturated,
        "Xavier": last_outputs(np.tanh, X, [xavier[f"W{l}"] for l in range(1, 6)]),
        "weights of std 0.01": last_outputs(np.tanh, X, [0.01 * W for W in standard_normal]),
        "sigmoid, std 1": sigmoids,
    },
    from_zero=("sigmoid, std 1",),
)
centred = last_outputs(lambda Z: nets.sigmoid(Z) - 0.5, X, standard_normal)  # outputs from -1/2 to 1/2
print(f"With 1/2 taken off after each layer, {np.mean(abs(centred) > 0.49):.0%} lie within 0.01 of an end.")
for name, A in (("tanh", saturated), ("sigmoid", sigmoids - 0.5), ("sigmoid less 1/2", centred)):
    same_side = np.all(A > 0, axis=1) | np.all(A < 0, axis=1)
    print(f"{name}: {same_side.mean():.0%} of the units are on one side for all 100 examples.")

# %% [markdown]
# **See.** With standard deviation 1, $Z$ is a sum of 500 terms and so large that 90 % of the outputs lie beyond
# $\pm 0.99$. There tanh is flat and its slope is near zero, so almost no gradient comes through. With 0.01, five layers
# have shrunk the signal to 0.0005. Xavier's outputs use the range of tanh and stay out of its flat parts.
#
# The fourth picture is what deep nets began with, sigmoids and weights of standard deviation 1: 77 % of the outputs lie at
# an end. One reads that the cause is the sigmoid's mean of 1/2. The cause is the variance, as it is with tanh: take the 1/2
# off after each layer, and 65 % still lie at an end. But the mean makes it worse. Since all inputs of a unit are around 1/2,
# its sum has a large part that is the same for every example, and 30 % of the units are on one side of 1/2 for all hundred
# of them. Of the tanh units none is. In other draws it is a fifth or more, and again none.

# %% [markdown]
# **What if a layer narrows or widens?** Compare `(initialize_parameters_xavier([500, 50])["W1"] @ X).std()` with the
# same for `[50, 500]` and `X[:50]`. Which of the two lets the signal grow, and which one of the formulas in the table
# would not?

# %% [markdown]
# ## 6 · Signals vanish and explode  (13 min)
#
# In a deep network small errors of scale multiply. Take $L$ layers without activation, with $W^{[l]} = c I$ and no
# bias. Then
#
# $$A^{[L]} = c^L X.$$

# %% predict [markdown]
# A signal of strength 1 passes $L = 50$ such layers. How strong is it then with $c = 0.9$, with $c = 1.1$ and with
# $c = 1.5$?
#
# * about 0.005, 100 and 600 million
#   These are $0.9^{50}$, $1.1^{50}$ and $1.5^{50}$. The depth stands in the exponent, so a factor a little above 1
#   makes the signal huge, and one a little below 1 leaves next to nothing.
# - 0, 6 and 26
#   This takes 10 % of the first signal away in each layer until nothing is left, or adds 10 % or 50 % of it. But each
#   layer multiplies what the layer before has handed on, not what the first one got.
# - about 0.005, 100 and 500
#   1.5 is five times as far from 1 as 1.1 is, but the powers do not keep that proportion. Since $1.5 > 1.1^4$, the last
#   number is more than the fourth power of $1.1^{50}$, and $100^4$ is already 100 million.

# %% [markdown]
# To see this in any network, measure the strength of the signal, the standard deviation of $A^{[l]}$ over all units and
# examples, after each layer.
#
# **Try.** In the loop, compute $A^{[l]} = g(W^{[l]} A^{[l-1]} + b^{[l]})$ and append its standard deviation to
# `signal`.


# %% solution="signal_by_depth"
def signal_by_depth(X, parameters, activation):
    """Standard deviation of A1, ..., AL, each over all units and all examples of the layer.

    X: input of shape (n_0, m). parameters: dict W1, b1, ..., WL, bL.
    activation: "linear", "relu", "tanh" or "sigmoid"; every layer uses it, the last one too.
    Returns an array of L numbers.
    """
    g = nets.ACTIVATIONS[activation]  # the function with this name
    A, signal = X, []
    for l in range(1, len(parameters) // 2 + 1):
        ### BEGIN SOLUTION
        A = g(parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        signal.append(A.std())
        ### END SOLUTION
    return np.array(signal)


# %% test="signal_by_depth" points=25
check(signal_by_depth)


# %% showcase
def identity_times(c, L=50, n=2):
    """L layers whose weights are c times the identity, without biases."""
    weights = {f"W{l}": c * np.eye(n) for l in range(1, L + 1)}
    biases = {f"b{l}": np.zeros((n, 1)) for l in range(1, L + 1)}
    return weights | biases


x = np.array([[1.0], [-1.0]])  # standard deviation 1
plot_signal({f"{c} I": signal_by_depth(x, identity_times(c), "linear") for c in (1.5, 1.1, 0.9)})

# %% [markdown]
# **See.** The axis is logarithmic, so a power is a straight line. After 50 layers a factor of 0.9 leaves 0.5 % of the
# signal, 1.1 makes it 117 times larger, and 1.5 more than 600 million times. A gradient on its way back passes the same
# matrices and meets the same powers.

# %% [markdown]
# Now a real network: 50 ReLU layers of 500 units each, with four kinds of weights: He's, He's divided by 2, He's
# multiplied by 2, and Xavier's.

# %% predict [markdown]
# Which of the four curves stays level?
#
# - twice He
#   It seems to make up for the half that ReLU cuts off. The numerator of $2 / n^{[l-1]}$ has done that already, so
#   twice the weights double the signal in each layer.
# - Xavier
#   All layers have the same size here, so Xavier's variance is $1 / n^{[l-1]}$, half of He's. That suits tanh, which
#   cuts off nothing near zero. With ReLU the signal loses a factor of $\sqrt 2$ in each layer.
# * He
#   Its variance was derived from just this demand: that a ReLU layer hands on a signal as strong as the one it got.
# - half of He
#   Smaller weights look like the safe side. But half the weights halve the signal in each layer, and after 50 layers
#   $2^{-50}$ of it is left.


# %% showcase
def scaled(parameters, factor):
    """The same weights times a factor; the biases stay."""
    return {name: factor * value if name.startswith("W") else value for name, value in parameters.items()}


deep = [500] * 51
he_50 = initialize_parameters_he(deep)
xavier_50 = initialize_parameters_xavier(deep)
plot_signal(
    {
        "twice He": signal_by_depth(X, scaled(he_50, 2), "relu"),
        "He": signal_by_depth(X, he_50, "relu"),
        "Xavier": signal_by_depth(X, xavier_50, "relu"),
        "half of He": signal_by_depth(X, scaled(he_50, 0.5), "relu"),
    },
    title="50 ReLU layers",
)

# %% [markdown]
# **See.** Only He stays near 1. Twice He ends at $2^{50} \approx 10^{15}$ times its signal, half of He at
# $2^{-50} \approx 10^{-15}$ times. Xavier, right for tanh, is too small for ReLU by a factor of $\sqrt 2$ here, and
# loses $\sqrt{2}^{\,50} = 2^{25}$, about 34 million.

# %% [markdown]
# The same for tanh and sigmoid. For sigmoid there is a second measurement: the standard deviation over the examples
# only, averaged over the units. It says how different the examples still look to the layer.

# %% showcase
A, differences = X, []
for l in range(1, 51):
    A = nets.sigmoid(xavier_50[f"W{l}"] @ A)
    differences.append(A.std(axis=1).mean())

plot_signal(
    {
        "tanh, Xavier": signal_by_depth(X, xavier_50, "tanh"),
        "sigmoid, Xavier": signal_by_depth(X, xavier_50, "sigmoid"),
        "tanh, half of Xavier": signal_by_depth(X, scaled(xavier_50, 0.5), "tanh"),
        "sigmoid, Xavier: between examples": differences,
    },
    title="50 tanh or sigmoid layers",
)
least = int(np.argmax(np.array(differences) < 2 * min(differences))) + 1
print(f"From layer {least} on, the differences between examples are as small as they get.")

# %% [markdown]
# **See.** With Xavier the tanh signal falls slowly, to about 0.1, because tanh shrinks what is not small. With half the
# weights it is lost as before. The sigmoid curve looks level, but that misleads: the outputs differ from unit to unit,
# but the differences between examples shrink to less than a quarter in each layer, because the slope of the sigmoid is
# at most 1/4. After about 26 layers only rounding errors are left. This is one reason why deep networks left the
# sigmoid to the output layer.

# %% [markdown]
# Does it matter for learning? Train nets with ten hidden layers on the circles, from half of He, He, and twice He.


# %% showcase
def train_deep(factor):
    """Train ten hidden layers of ten units each, from He's weights times a factor."""

    def initialize(layers_dims):
        return scaled(initialize_parameters_he(layers_dims), factor)

    return train(circles, initialize, hidden_layers=[10] * 10, learning_rate=0.003, iterations=4_000)


histories = [train_deep(0.5), train_deep(1), train_deep(2)]
ax = new_axes(width=7, height=4)
ax.set_ylim(0, 1)
plot_cost(*histories, labels=("half of He", "He", "twice He"), ax=ax, title="Ten hidden layers")

# %% [markdown]
# **See.** Only the net that starts with He's weights learns. From half of He the cost stays at 0.693: the signal that
# reaches the output, and the gradient that comes back, are too weak. Twice He starts at an infinite cost, and its first
# steps are so large that it ends at 0.693 too, with the same answer for every point. A factor of 2 is enough for either
# failure.

# %% [markdown]
# With the factor in your own hand: choose an activation, predict which scheme keeps its signal alive to layer 30, and try.

# %% showcase
from helpers import explorers

explorers.signal()

# %% [markdown]
# **What if the layers are narrow?** Call `signal_by_depth(X[:5], initialize_parameters_he([5] * 51), "relu")`, and the
# same with 20 in place of 5. He's variance is right for each of them, on average. What does an average say about one
# narrow network?

# %% [markdown]
# ## 7 · What you learned  (2 min)
#
# Units that start equal stay equal, so the first weights must be random; biases may be zero. Weights that are too large
# make a network certain and wrong, weights that are too small silence it, and depth turns a modest factor into a power.
# The right variance follows from asking that each layer hands on a signal as strong as it got: $2/n^{[l-1]}$ for ReLU,
# about $1/n^{[l-1]}$ or $2/(n^{[l-1]} + n^{[l]})$ for tanh. To find out whether a network is in good health before
# training, measure the signal layer by layer.
#
# Further experiments:
#
# - Use other seeds in `initialize_parameters_he`. How much do cost and accuracy on the circles depend on luck?
# - Train on the circles from Xavier's weights. How much slower than He's is it with two hidden layers, and with ten?
# - A leaky ReLU multiplies negative numbers by 0.2 instead of 0. Derive the variance that keeps its signal, add it with
#   `nets.ACTIVATIONS["leaky"] = lambda Z: np.maximum(0.2 * Z, Z)`, and test your formula with `signal_by_depth`.
#
# Next: He's net is right on 99.3 % of the training points and on 96 % of the test points. What can be done about such a
# gap is the subject of the assignment on regularization.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
