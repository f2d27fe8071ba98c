# %% [markdown]
# # Foundations: a curve, a border, and the way back through a graph
#
# Every network, however large, is trained by three things: a cost, its derivatives, and steps. Here you make each of them
# with your own hands where it is smallest: a curve through points, a border between two classes, and then the program that
# finds derivatives for *any* computation. It has thirty lines, and it agrees with TensorFlow but for the rounding of the last digit.
#
# You will learn
#
# - to fit a curve with a unit that only knows straight lines, and why it flies apart when a step is too long,
# - to draw a border with a cost that stays right when the answer is sure and wrong,
# - why tiny weights make a net wait, and for how long,
# - to go back through a computation node by node, and to write the tape that does it by itself,
# - to find an error that no error message, no cost and no accuracy shows,
# - to read TensorFlow programs with sessions, and to keep what training has found,
# - to predict a number from a table with gaps and words in it.
#
# It takes about 80 minutes. Sections 1 to 6 belong together and take 54. Sections 7 and 8 show how it used to be done;
# they may wait until you have met TensorFlow in *Hand signs*. Section 9 stands alone.
#
# Examples are columns: $X$ has shape $(n, m)$, for $n$ inputs and $m$ examples. One unit's weights are a row, `w` of
# shape $(1, n)$, like `W1` of a layer of one unit; its bias `b` is a number.

# %% setup
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the old parts of TensorFlow complain of what is no error
import numpy as np

from helpers import check, signs  # before TensorFlow, whose start-up notes it keeps away
import tensorflow as tf

from helpers import nets
from helpers.data import Dataset, load_circles, load_houses, load_moons
from helpers.nets import sigmoid
from helpers.plots import new_axes, plot_boundary, plot_graph, plot_lines, plot_points, plot_predicted
from helpers.training import as_number, number_of, ready, train

v1 = tf.compat.v1  # TensorFlow as it was before 2019, for section 7
tf.get_logger().setLevel("ERROR")
check.begin("foundations")

# %% [markdown]
# ## 1 · A curve from powers  (9 min)
#
# A unit that computes $\hat y = w x + b$ draws a straight line. Give it three inputs, $x$, $x^2$ and $x^3$, and the same
# unit draws a curve: $\hat y = w_1 x + w_2 x^2 + w_3 x^3 + b$. It is bent in $x$ and still straight in its *weights*, and it is
# the weights that training moves.
#
# **Try.** Make the inputs: one row for each power, one column for each point. The constant needs no row, since that is what
# $b$ is for.


# %% solution="polynomial_features"
def polynomial_features(x, degree):
    """The powers of x as inputs of a unit.

    x: shape (m,). degree: the highest power, 1 or more.
    Returns the rows x, x^2, ..., x^degree, shape (degree, m).
    """
    ### BEGIN SOLUTION
    features = np.array([x**power for power in range(1, degree + 1)])
    ### END SOLUTION
    return features


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once any
# part of a result is right; edge cases 30 %, once an ordinary case passes. A share for which a check has no case goes to the values,
# so a card may show a larger share for them. Grading uses these visible cases and further ones. If you are stuck,
# `check.hint(polynomial_features)` gives a hint, then another; asking costs nothing.

# %% test="polynomial_features" points=3
check(polynomial_features)

# %% [markdown]
# How far is the curve from the points? Take the *mean squared error*, and no half of it:
#
# $$e = w X + b - y \qquad J = \frac{1}{m} \sum_{i=1}^{m} \left(e^{(i)}\right)^2 \qquad \frac{\partial J}{\partial e^{(i)}} = \frac{2}{m}\, e^{(i)}$$
#
# (*Optimizers* took half the mean, so that the 2 cancels. Both are in use; what matters is that a cost and its derivatives
# belong together.) The rest is the chain rule: $e^{(i)}$ grows by $x_j^{(i)}$ if $w_j$ grows by 1, and by 1 if $b$ does.

# %% predict [markdown]
# A colleague takes the derivatives of half the mean, but the cost of the whole mean. What will happen?
#
# - It never reaches the minimum
#   Where the one derivative is zero, the other is, too. The minimum is the same for half the cost.
# - It stops with an error
#   Shapes and types are right, and no program knows what belongs to what.
# * It trains, with steps of half the length
#   Half a gradient is a gradient with half the learning rate. You would only notice when you compare it with
#   differences of the cost, as in *Gradient checking*, or with a rate from somebody else.

# %% [markdown]
# **Try.** Return the cost and both derivatives. `dw` has the shape of `w`; cost and `db` are numbers.


# %% solution="mean_squared_error"
def mean_squared_error(X, y, w, b):
    """The mean squared error of the unit w X + b, and its derivatives.

    X: shape (n, m). y: shape (1, m), the wanted answers. w: shape (1, n). b: a number.
    Returns cost, dw, db: a number, shape (1, n), a number. The cost is the mean and not half of it,
    so the derivatives have a factor 2.
    """
    m = X.shape[1]
    ### BEGIN SOLUTION
    error = w @ X + b - y
    cost = np.sum(error**2) / m
    dw = 2 * error @ X.T / m
    db = 2 * np.sum(error) / m
    ### END SOLUTION
    return cost, dw, db


# %% test="mean_squared_error" points=10
check(mean_squared_error)

# %% [markdown]
# Now the unit learns a curve of which we know the answer: $y = 0.9 + 0.5x + 3x^2 + 2.4x^3$ at 61 points from $-3$ to 3.

# %% predict [markdown]
# With a learning rate of 0.001 the curve is fitted nicely. What happens with 0.009?
#
# - It is fitted nine times as fast
#   That holds for rates that are small against the limit. Here the limit lies between the two.
# - It is a little faster, since the last steps are short anyway
#   Steps get short where the gradient is small. With 0.009 it never gets small.
# - It is restless, but about right in the end
#   Noise of batches makes a descent restless, and there are no batches here. A step that is too long overshoots by more each
#   time.
# * It is further away at every step
#   The limit is 2 over the largest curvature, $2 / 234.8 = 0.0085$. Beyond it each step along the steepest direction leads over
#   the minimum, and up further than it came down.

# %% showcase
x = np.linspace(-3, 3, 61)
y = (0.9 + 0.5 * x + 3 * x**2 + 2.4 * x**3)[None]


def fit_curve(degree, learning_rate, steps):
    """w, b and the costs of a descent from zeros; the last cost is that of w and b."""
    X = ready(polynomial_features, x, degree)
    w, b, costs = np.zeros((1, degree)), 0.0, []
    for _ in range(steps):
        cost, dw, db = ready(mean_squared_error, X, y, w, b)
        w, b, costs = w - learning_rate * dw, b - learning_rate * db, [*costs, as_number(cost)]
    return w, b, [*costs, as_number(mean_squared_error(X, y, w, b)[0])]


w, b, costs = fit_curve(3, 0.001, 100)
for step in range(20, 101, 20):
    print(f"after {step} steps the cost is {costs[step]:.4g}")
X_and_1 = np.vstack([polynomial_features(x, 3), np.ones((1, 61))])
curvatures = np.linalg.eigvalsh(2 * X_and_1 @ X_and_1.T / 61)
print(f"curvatures from {curvatures[0]:.3f} to {curvatures[-1]:.1f}, ratio {curvatures[-1] / curvatures[0]:.0f}; limit {2 / curvatures[-1]:.5f}")

left, right = new_axes(columns=2, width=5.6, height=4)
w1, b1, straight = fit_curve(1, 0.05, 200)
left.plot(x, y[0], ".", color="0.5", label="points")
curves = {"straight line": (x, (w1 @ x[None] + b1)[0]), "powers, 100 steps": (x, (w @ X_and_1[:-1] + b)[0])}
plot_lines(curves, left, xlabel="$x$", ylabel="$y$", title="One unit, one input or three")
rates = {f"α = {rate}": (range(101), fit_curve(3, rate, 100)[2]) for rate in (0.0001, 0.001, 0.008, 0.009)}
plot_lines(rates, right, xlabel="step", ylabel="cost $J$", yscale="log", title="Four learning rates")
print(f"the straight line ends at cost {straight[-1]:.0f}")

# %% [markdown]
# **See.** The cost of the curve falls to 40.48, 9.485, 2.254, 0.5652 and 0.1697 after 20, 40, ... 100 steps, and that of the
# straight line stays above 175: no rate and no patience help where the form is missing. Of the four rates the largest flies apart. The
# steepest direction is curved by 234.8 and the flattest by 0.860, a ratio of 273: a rate that suits the first is slow for the
# other. That is what *Regularization* normalized inputs for.

# %% [markdown]
# More powers fit better, and then too well. Answer the question in the box first, then move the degree.

# %% showcase
from helpers import explorers

explorers.fit()

# %% [markdown]
# **What if you divide each row of the features by its standard deviation first?** Guess the new limit and the new ratio, then
# compute them as above. By which factor may the rate grow?

# %% [markdown]
# ## 2 · A border  (9 min)
#
# With a class 0 or 1 in place of a number, the unit's $z = wx + b$ becomes a probability, $\hat y = \sigma(z)$, and an answer
# costs minus the logarithm of the probability that it gave to what was true:
#
# $$-\log \hat y = \log(1 + e^{-z}) \ \text{ if } y = 1, \qquad -\log(1 - \hat y) = \log(1 + e^{z}) \ \text{ if } y = 0.$$

# %% predict [markdown]
# An example of class 0 has $z = 1000$: the unit is sure, and wrong. What does it cost?
#
# - 1, the difference between answer and class
#   That is the error $\hat y - y$, and it goes into the gradient. The cost is a logarithm, which has no such limit.
# - Infinitely much
#   That is what a program says that computes $\sigma(1000)$ first: it rounds to 1, and $\log(1 - 1)$ is $-\infty$. The true cost
#   has a value.
# * 1000
#   $\log(1 + e^{1000})$, and beside $e^{1000}$ the 1 does not count.
# - Nothing that a computer could say, since $e^{1000}$ is too large for it
#   $e^{1000}$ is, but its logarithm is not. One has to take the logarithm before computing the power.

# %% [markdown]
# So never compute the sigmoid for the cost. With $|z|$ the powers stay small, whatever the sign:
#
# $$\log(1 + e^{z}) = \max(z, 0) + \log\!\left(1 + e^{-|z|}\right).$$
#
# And for $y = 1$ it is the same with $-z$, or the same minus $z$. The derivative is as simple as that of the line: of each
# example's own cost by $z$ it is $\hat y - y$. There the sigmoid does no harm; `sigmoid` of the setup gives 0 and 1 where it has
# to, without a warning.
#
# **Try.** The cost is the mean over the examples.


# %% solution="logistic_cost"
def logistic_cost(X, Y, w, b):
    """The mean cross-entropy of the unit sigmoid(w X + b), computed from z, and its derivatives.

    X: shape (n, m). Y: shape (1, m), classes 0 or 1. w: shape (1, n). b: a number.
    Returns cost, dw, db: a number, shape (1, n), a number. The cost is exact for z of 1,000 and of
    -1,000 too.
    """
    m = X.shape[1]
    ### BEGIN SOLUTION
    Z = w @ X + b
    cost = np.sum(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))) / m
    dZ = sigmoid(Z) - Y
    dw = dZ @ X.T / m
    db = np.sum(dZ) / m
    ### END SOLUTION
    return cost, dw, db


# %% test="logistic_cost" points=12
check(logistic_cost)

# %% [markdown]
# Two half-moons, 300 points to learn from and 100 to be tested with, $\alpha = 1$, from zeros. First by hand, then with an
# optimizer object of TensorFlow, which knows the steps and leaves the derivatives to a tape.

# %% showcase
moons = load_moons()
plot_points(moons.X_train, moons.Y_train)


# %% showcase
def right_share(w, b, X, Y):
    """The share of examples on the right side: sigmoid(z) is above 0.5 where z is above 0."""
    return np.mean((w @ X + b > 0) == Y)


w, b = np.zeros((1, 2)), 0.0
begin = time.perf_counter()
for step in range(1, 1001):
    cost, dw, db = ready(logistic_cost, moons.X_train, moons.Y_train, w, b)
    w, b = w - 1.0 * dw, b - 1.0 * db
    if step % 200 == 0:
        shares = (right_share(w, b, X, Y) for X, Y in ((moons.X_train, moons.Y_train), (moons.X_test, moons.Y_test)))
        cost = as_number(logistic_cost(moons.X_train, moons.Y_train, w, b)[0])
        print(f"step {step}: cost {cost:.4f}, right {next(shares):.1%} and {next(shares):.1%}")
print(f"1,000 steps by hand took {time.perf_counter() - begin:.2f} s")

X, Y = tf.constant(moons.X_train), tf.constant(moons.Y_train, tf.float64)
w_tf, b_tf = tf.Variable(np.zeros((1, 2))), tf.Variable(0.0, dtype=tf.float64)
optimizer = tf.keras.optimizers.SGD(1.0)
begin = time.perf_counter()
for _ in range(200):
    with tf.GradientTape() as tape:
        cost = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=Y, logits=w_tf @ X + b_tf))
    optimizer.apply_gradients(zip(tape.gradient(cost, [w_tf, b_tf]), [w_tf, b_tf]))
print(f"200 steps of the object took {time.perf_counter() - begin:.2f} s and leave cost {float(cost):.4f}")
plot_boundary({"W1": w, "b1": np.array([[b]])}, moons)

# %% [markdown]
# **See.** After 200 steps the cost is 0.3328, and 800 steps later 0.3326; 85.7% of the training points and 87.0% of the test
# points are on the right side, from the first line to the last. The descent has arrived, and the border has not: a unit's border
# is where $wx + b = 0$, and that is a straight line. The object takes the same way as your three lines. It earns its keep where
# there are many variables, or a rule with a memory.

# %% [markdown]
# **What if the unit gets powers here too?** Put `np.vstack([X, X[:1] ** 2, X[:1] ** 3])` in the place of $X$ and train again.
# The border is straight in four dimensions; what is it in two?

# %% [markdown]
# ## 3 · Two layers, and a long wait  (6 min)
#
# A net with one hidden layer bends the border by itself: 2 inputs, 4 units with tanh, 1 output, and the cost of section 2. Many
# programs begin with weights from a normal distribution with a standard deviation of 0.01, "small random numbers". We train that
# on the moons, and on two circles, one in the other, with $\alpha = 1$.

# %% predict [markdown]
# All weights are tiny at the start. On which of the two data sets does the cost begin to fall sooner?
#
# * On the moons, at once; on the circles it stays where it is for a thousand steps and more
#   With tiny weights tanh is nearly straight, and the net is a straight border at first. That helps with the moons, and with
#   circles no straight border is better than none.
# - On the circles, since their rings do not overlap as much
#   How good the end can be does not say how the beginning goes. What can the net do *first*?
# - At the same time, since net, weights and rate are the same
#   The gradients are not the same: they depend on what the data want of the net in its present state.
# - On neither: with weights of 0.01 gradients are 0.01 as large
#   They are small at the start, but on the moons each step makes them larger, and that goes fast.


# %% showcase
def forward_tanh(X, parameters):
    """2-4-1 with tanh: the hidden outputs A1, and z of the output."""
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    return A1, parameters["W2"] @ A1 + parameters["b2"]


def train_tanh(data, scale, seed, steps=10_000, every=10):
    """Costs every few steps, and the parameters at the end; first weights of the given scale."""
    rng, X, Y = np.random.default_rng(seed), data.X_train, data.Y_train
    parameters = {"W1": scale * rng.standard_normal((4, 2)), "b1": np.zeros((4, 1))}
    parameters |= {"W2": scale * rng.standard_normal((1, 4)), "b2": np.zeros((1, 1))}
    m, costs = X.shape[1], []
    for step in range(steps + 1):
        A1, Z2 = forward_tanh(X, parameters)
        if step % every == 0:
            costs.append(np.mean(np.logaddexp(0, Z2) - Y * Z2))
        dZ2 = (sigmoid(Z2) - Y) / m
        dZ1 = parameters["W2"].T @ dZ2 * (1 - A1**2)
        grads = {"dW1": dZ1 @ X.T, "db1": dZ1.sum(axis=1, keepdims=True)}
        grads |= {"dW2": dZ2 @ A1.T, "db2": dZ2.sum(axis=1, keepdims=True)}
        parameters = nets.descend(parameters, grads, 1.0)
    return np.array(costs), parameters


waits = {}
for data in (moons, load_circles()):
    for scale in (0.01, 1.0):
        costs, parameters = train_tanh(data, scale, seed=0)
        label = f"{data.name}, weights of {scale:g}"
        waits[label] = (np.arange(1, len(costs)) * 10, costs[1:])
        print(f"{label}: cost {costs[0]:.4f} at the start, {costs[5]:.4f} after 50 steps, {costs[200]:.4f} after 2,000, {costs[-1]:.3f} at the end")
about = {"xlabel": "step", "ylabel": "cost $J$", "xscale": "log", "ylim": (0, 1.2), "title": "2-4-1, tanh, α = 1"}
plot_lines(waits, new_axes(width=7, height=4), **about)

# %% [markdown]
# **See.** With weights of 0.01 the moons' cost is down to 0.3351 after 50 steps: that is the straight border of section 2. It
# waits there for more than 2,000 steps until a bend begins to pay, and ends at 0.127. The circles stay at 0.6931, which is
# $\log 2$, for more than 2,000 steps: no straight border helps, and for anything bent the gradient is a product of two tiny
# layers. Between two plateaus the cost falls fast. Weights of 1 skip most of the waiting. Later the circles' cost jumps up and down:
# a border that closes around the inner circle is sharply curved, and a rate of 1 is too long for it, as 0.009 was in section 1.
#
# The place with all weights zero is a *saddle*: the gradient vanishes there and it is no minimum. Tiny weights begin beside it.
# *Initialization* says which scale is right; *Optimizers*, section 9, what rules do on plateaus.

# %% [markdown]
# **What if all four hidden units begin with the *same* tiny weights?** Set `rng.standard_normal((4, 2))` to `np.ones((4, 2))`,
# and the row of `W2` likewise. On which data set does the net still learn something, and how much?

# %% [markdown]
# ## 4 · Back through a graph  (11 min)
#
# A program that computes is a graph: values are nodes, and an arrow says what goes into what. It is drawn in two ways. Either a
# node is a *value* and the arrow into it is the operation, or a node is an *operation* and values run along the arrows. The
# lectures and papers use both; TensorFlow names its nodes by operations.

# %% showcase
left, right = new_axes(columns=2, width=5.2, height=2.6)
by_value = {"w": (0, 2), "x": (0, 1), "b": (1.5, 0), "u = w·x": (1.5, 1.5), "z = u + b": (3.2, 0.8)}
plot_graph(by_value, [("w", "u = w·x"), ("x", "u = w·x"), ("u = w·x", "z = u + b"), ("b", "z = u + b")], ax=left, title="Nodes are values")
by_operation = {"w": (0, 2), "x": (0, 1), "b": (1.5, 0), "multiply": (1.5, 1.5), "add": (3.2, 0.8)}
plot_graph(by_operation, [("w", "multiply"), ("x", "multiply"), ("multiply", "add"), ("b", "add")], ax=right, title="Nodes are operations")

# %% [markdown]
# On the way forward each node computes its value. On the way back each node asks: *how much does the answer grow if I grow by a
# little?* That number is its gradient. The last node's is 1. Any other node passes its question on: it looks at the node that
# uses it, takes that node's gradient, and multiplies it by the derivative of that *one* operation. No node has to know the whole.
#
# | the node that uses it | passes back, of its gradient $d$ |
# |---|---|
# | $c = a + b$ | $d$ to both |
# | $c = a \cdot b$ | $b\,d$ to $a$, and $a\,d$ to $b$ |
# | $c = -a$ | $-d$ |
# | $c = e^{a}$ | $c\,d$ |
# | $c = a + 1$ | $d$ |
# | $c = 1 / a$ | $-c^2 d$ |
#
# Here is the classic example, a sigmoid unit with two inputs taken apart: $s = w_0 x_0 + w_1 x_1 + w_2$, then `neg` $= -s$, `exp`
# $= e^{neg}$, `plus1` $= exp + 1$, and `f` $= 1 / plus1$.

# %% predict [markdown]
# With $w = (2, -3, -3)$ and $x = (-1, -2)$ the sum is $s = 1$, and `plus1` is 1.368. What is the gradient of `plus1`?
#
# * $-0.534$
#   $f = 1/1.368 = 0.731$, and the derivative of $1/a$ is $-1/a^2 = -f^2$.
# - $-0.731$
#   That is $-f$. The derivative of $1/a$ has a square in it: half as large an $a$ makes a curve four times as steep.
# - 0.534
#   The size is right. But when `plus1` grows, $1/plus1$ falls.
# - 1
#   That is the gradient of the last node, `f`. `plus1` does not reach the answer as it is, but through $1/a$.

# %% [markdown]
# **Try.** Compute the five values, then the gradients from the back to the front. `dw` and `dx` are arrays; `w[2]` stands alone,
# as if it were multiplied by 1.


# %% solution="sigmoid_graph"
def sigmoid_graph(w, x):
    """f = 1 / (1 + e^-(w0 x0 + w1 x1 + w2)), node by node, forward and back.

    w: shape (3,). x: shape (2,).
    Returns a dict: values s, neg, exp, plus1, f, and df, dplus1, dexp, dneg, ds, the derivatives of
    f by each of these (df is 1); dw, shape (3,), and dx, shape (2,), those by the inputs.
    """
    ### BEGIN SOLUTION
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    neg = -s
    exp = np.exp(neg)
    plus1 = exp + 1
    f = 1 / plus1
    df = 1.0
    dplus1 = df * (-1 / plus1**2)
    dexp = dplus1
    dneg = dexp * exp
    ds = -dneg
    dw = np.array([ds * x[0], ds * x[1], ds])
    dx = np.array([ds * w[0], ds * w[1]])
    ### END SOLUTION
    values = {"s": s, "neg": neg, "exp": exp, "plus1": plus1, "f": f}
    return values | {"df": df, "dplus1": dplus1, "dexp": dexp, "dneg": dneg, "ds": ds, "dw": dw, "dx": dx}


# %% test="sigmoid_graph" points=12
check(sigmoid_graph)

# %% showcase
w, x_in = np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0])
graph = ready(sigmoid_graph, w, x_in)
places = {"w0": (0, 4), "x0": (0, 3), "w1": (0, 2), "x1": (0, 1), "w2": (0, 0), "w0·x0": (1.3, 3.5), "w1·x1": (1.3, 1.5)}
places |= {name: (2.6 + 1.25 * i, 2) for i, name in enumerate(("s", "neg", "exp", "plus1", "f"))}
arrows = [("w0", "w0·x0"), ("x0", "w0·x0"), ("w1", "w1·x1"), ("x1", "w1·x1"), ("w0·x0", "s"), ("w1·x1", "s"), ("w2", "s")]
arrows += [("s", "neg"), ("neg", "exp"), ("exp", "plus1"), ("plus1", "f")]
values = {"w0": w[0], "w1": w[1], "w2": w[2], "x0": x_in[0], "x1": x_in[1], "w0·x0": w[0] * x_in[0], "w1·x1": w[1] * x_in[1]}
gradients = {"w0": graph["dw"][0], "w1": graph["dw"][1], "w2": graph["dw"][2], "x0": graph["dx"][0], "x1": graph["dx"][1]}
gradients |= {"w0·x0": graph["ds"], "w1·x1": graph["ds"]}
for name in ("s", "neg", "exp", "plus1", "f"):
    values[name], gradients[name] = graph[name], graph["d" + name]
plot_graph(places, arrows, values, gradients, ax=new_axes(width=10, height=4.4), title="Values above, gradients below")
print(f"dw = {graph['dw'].round(3)}, dx = {graph['dx'].round(3)}; f (1 - f) = {graph['f'] * (1 - graph['f']):.4f}")

# %% [markdown]
# **See.** Forward 1, $-1$, 0.368, 1.368, 0.731; back 1, $-0.534$, $-0.534$, $-0.197$, 0.197. From $s$ on the gradients are 0.197 times
# the *other* factor: $-0.197$, $-0.393$ and 0.197 for $w$, 0.393 and $-0.590$ for $x$. Four nodes together make a sigmoid, and
# $f(1-f)$ is 0.1966: whoever knows that may take one node in the place of four. How finely a graph is cut is a matter of taste.

# %% [markdown]
# Now grow nodes by hand: the explorer gives any node a nudge, and shows what arrives at the end.

# %% showcase
from helpers import explorers

explorers.graph()

# %% [markdown]
# **What if you check one number without any calculus: add 0.01 to `w[1]`, call `sigmoid_graph` again, and divide the
# change of `f` by 0.01?** Do it for another one, and compare.

# %% [markdown]
# ## 5 · The tape, written by you  (13 min)
#
# What you just did by hand needs no insight, only order. A *tape* is a list of what was computed, in the order in which it was:
# each entry has the operation, the places of what went in, and the value.
#
# ```
# place  (operation,    inputs, value)
#   0    ("input",      (),      3.0)
#   1    ("input",      (),      0.5)
#   2    ("multiply",   (0, 1),  1.5)      the values at places 0 and 1
#   3    ("add",        (2, 0),  4.5)      the one at place 2, and the one at place 0 once more
#   4    ("reciprocal", (3,),    0.2222)   the last entry is the answer
# ```
#
# The five operations `"input"`, `"add"`, `"multiply"`, `"exp"` and `"reciprocal"` are enough for a whole net with sigmoids; $-a$ is
# $a$ times an input of $-1$. Whatever an entry needs stands *before* it. So go through the list from its end to its beginning: when
# you come to an entry, everything that uses it has been there already.

# %% predict [markdown]
# In the list above, the value at place 0 goes into place 2 and into place 3. What is its gradient?
#
# - That of the way through place 3, which is the nearer one
#   A nudge at place 0 also changes place 2, and that changes place 3 too.
# - The mean of what comes back on the two ways
#   If place 0 grows by 0.01, place 3 grows by 0.01 because of the one and by 0.005 because of the other, together by 0.015.
# * The sum of what comes back on the two ways
#   A nudge arrives on both ways, and the answer feels both. So what comes back is *added* to what is there already.
# - The product of what comes back on the two ways
#   Along *one* way derivatives are multiplied. Different ways are added.

# %% [markdown]
# **Try.** Begin with zeros, and 1 for the last entry. Then one loop backwards: each entry hands its gradient on to its inputs, as
# in the table of section 4. `+=` is the whole secret.


# %% solution="backpropagate"
def backpropagate(tape):
    """The derivative of the last value on the tape by every value on it.

    tape: list of entries (operation, inputs, value). operation: "input", "add", "multiply", "exp"
    or "reciprocal". inputs: the places of what goes in, all earlier: none for an input, two for add
    and multiply, which may be the same, one for the others. The last entry is the answer and has
    gradient 1; a value that does not reach it has gradient 0.
    Returns an array of shape (n,), a number for each of the n entries.
    """
    gradients = [0.0] * len(tape)
    ### BEGIN SOLUTION
    gradients[-1] = 1.0
    for place in range(len(tape) - 1, -1, -1):
        operation, inputs, value = tape[place]
        gradient = gradients[place]
        if operation == "add":
            for i in inputs:
                gradients[i] += gradient
        elif operation == "multiply":
            i, j = inputs
            gradients[i] += gradient * tape[j][2]
            gradients[j] += gradient * tape[i][2]
        elif operation == "exp":
            gradients[inputs[0]] += gradient * value
        elif operation == "reciprocal":
            gradients[inputs[0]] -= gradient * value**2
    ### END SOLUTION
    return np.array(gradients)


# %% test="backpropagate" points=22
check(backpropagate)

# %% [markdown]
# A small recorder writes tapes for us. First the sigmoid of section 4, then a graph of which nobody knows the derivative: drawn by
# chance, with values that are used again and again. TensorFlow's tape gets the same operations.


# %% showcase
OPERATIONS = {"add": lambda a, b: a + b, "multiply": lambda a, b: a * b, "exp": np.exp, "reciprocal": lambda a: 1 / a}


def put(tape, operation, *inputs):
    """Append an operation on the values at some places; the place of the result."""
    value = OPERATIONS[operation](*(tape[i][2] for i in inputs))
    tape.append((operation, inputs, float(value)))
    return len(tape) - 1


tape = [("input", (), float(value)) for value in (2, -3, -3, -1, -2, -1, 1)]  # w0 w1 w2 x0 x1, and the constants -1 and 1
s = put(tape, "add", put(tape, "add", put(tape, "multiply", 0, 3), put(tape, "multiply", 1, 4)), 2)
put(tape, "reciprocal", put(tape, "add", put(tape, "exp", put(tape, "multiply", s, 5)), 6))
gradients = ready(backpropagate, tape)
print("dw by the tape:", np.round(gradients[:3], 3), "   dx by the tape:", np.round(gradients[3:5], 3))


def random_tape(rng, inputs, operations):
    """A tape of so many inputs and operations; each uses the last value and one more, at a place that chance says."""
    tape = [("input", (), value) for value in rng.uniform(0.5, 1.5, inputs)]
    for _ in range(operations):
        last, other = len(tape) - 1, int(rng.integers(len(tape)))
        value = tape[last][2]
        if value > 2:  # bring it back to numbers that one can read
            put(tape, "reciprocal", last)
        else:
            put(tape, *[("add", last, other), ("multiply", last, other), ("exp", last)][rng.integers(3)])
    return tape


def same_by_tensorflow(tape):
    """The gradients of all values by tf.GradientTape, for the same operations."""
    operations = {**OPERATIONS, "exp": tf.exp}
    inputs = {i: tf.constant(value, tf.float64) for i, (operation, _, value) in enumerate(tape) if operation == "input"}
    with tf.GradientTape() as theirs:
        theirs.watch(list(inputs.values()))
        values = []
        for i, (operation, places, _) in enumerate(tape):
            values.append(inputs[i] if operation == "input" else operations[operation](*(values[place] for place in places)))
    found = theirs.gradient(values[-1], values, unconnected_gradients="zero")
    return [float(gradient) for gradient in found]


tape = random_tape(np.random.default_rng(5), inputs=6, operations=40)
mine, theirs = ready(backpropagate, tape), same_by_tensorflow(tape)
uses = np.bincount([i for _, places, _ in tape for i in places], minlength=len(tape))
apart = np.max(np.abs(np.subtract(mine, theirs)) / np.maximum(np.abs(theirs), 1e-300))
print(f"{len(tape)} entries, one of them used {uses.max()} times; gradients from {min(mine):.3g} to {max(mine):.3g}.")
print(f"Largest relative difference to tf.GradientTape: {apart:.0e}.")

# %% showcase
def nudged(tape, place, by):
    """The answer if the value at a place grows by so much, and everything after it is computed anew."""
    again = []
    for i, (operation, places, value) in enumerate(tape):
        if operation != "input":
            value = float(OPERATIONS[operation](*(again[k][2] for k in places)))
        again.append((operation, places, value + (by if i == place else 0)))
    return again[-1][2]


print("place  operation    gradient   measured by a nudge of ±0.0001")
for place in (0, 3, 12, 25, 40):
    slope = (nudged(tape, place, 1e-4) - nudged(tape, place, -1e-4)) / 2e-4
    print(f"{place:5}  {tape[place][0]:10} {mine[place]:10.5f}   {slope:10.5f}")

# %% [markdown]
# **See.** Two programs, yours and one by hundreds of engineers, agree up to the rounding of the last digit. Yours lacks matrices,
# speed and a few hundred operations; its idea is complete. It is the idea of reverse-mode differentiation
# ([Linnainmaa, 1976](https://doi.org/10.1007/BF01931367); for nets
# [Rumelhart, Hinton and Williams, 1986](https://doi.org/10.1038/323533a0); a survey:
# [Baydin et al., 2018](https://jmlr.org/papers/v18/17-468.html)), and one walk back gives the derivatives by *all* inputs, be they
# six or six billion. [micrograd](https://github.com/karpathy/micrograd) makes a whole small library of it.
#
# "A value that is used several times collects several gradients" will come back: in a layer that is normalized by its batch, the
# mean is used by every example.

# %% [markdown]
# **What if there were a sixth operation, `"log"`?** Write the line for it, build $\log(1 + e^{z})$ with `put` (add `"log": np.log`
# to `OPERATIONS`), and see that its gradient is the sigmoid of $z$.

# %% [markdown]
# ## 6 · Find the bug  (6 min)
#
# The next listing stood in a course about deep nets. It builds a net of any depth, and it runs. Read it slowly.

# %% showcase
def net_of_the_listing(X, parameters, relu=nets.relu):
    """Z of the last layer. X: shape (n_0, m)."""
    L = sum(name.startswith("W") for name in parameters)
    A = X
    for l in range(1, L):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = Z
    A = relu(Z)
    return parameters[f"W{L}"] @ A + parameters[f"b{L}"]


# %% predict [markdown]
# With four layers, what tells you that something is wrong?
#
# - It stops with an error
#   All shapes fit. A matrix does not mind whether a ReLU came before it.
# - The cost stays where it was at the start
#   One ReLU is left, before the last layer. A net with one ReLU can learn the moons.
# - The cost becomes "not a number"
#   Nothing in it divides or takes logarithms, and values do not grow more than they should.
# * Nothing does
#   It trains, and its accuracy is as good. You find out by reading, or by a test of what *should* be so: that the layers
#   cannot be replaced by one.

# %% [markdown]
# **Try.** Write it as it was meant: ReLU after each hidden layer, none at the end. The number of layers is that of the names that
# begin with `W`.


# %% solution="deep_net"
def deep_net(X, parameters):
    """The way forward through a net of any depth: linear, ReLU, ..., linear, ReLU, linear.

    X: shape (n_0, m). parameters: W1, b1, ..., WL, bL with Wl of shape (n_l, n_{l-1}) and bl of
    shape (n_l, 1); L is 1 or more.
    Returns Z of the last layer, shape (n_L, m), without ReLU.
    """
    L = sum(name.startswith("W") for name in parameters)
    A = X
    ### BEGIN SOLUTION
    for l in range(1, L):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = nets.relu(Z)
    Z = parameters[f"W{L}"] @ A + parameters[f"b{L}"]
    ### END SOLUTION
    return Z


# %% test="deep_net" points=6
check(deep_net)

# %% [markdown]
# Now train both on the moons: three hidden layers of 10, 2,000 steps with $\alpha = 0.1$. The right net is that of the course, with
# its own backward pass; for the listing TensorFlow's tape finds the derivatives.


# %% showcase
def first_weights(layers_dims):
    """The same for both."""
    return nets.initialize_scaled(layers_dims, gain=2, seed=0)


def train_the_listing(layers_dims, steps):
    """Parameters after a descent on the moons, by TensorFlow's tape."""
    X, Y = tf.constant(moons.X_train), tf.constant(moons.Y_train, tf.float64)
    variables = {name: tf.Variable(value) for name, value in first_weights(layers_dims).items()}

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            Z = net_of_the_listing(X, variables, tf.nn.relu)
            cost = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=Y, logits=Z))
        for name, gradient in tape.gradient(cost, variables).items():
            variables[name].assign_sub(0.1 * gradient)

    for _ in range(steps):
        step()
    return {name: value.numpy() for name, value in variables.items()}


right = train(moons, first_weights, hidden_layers=(10, 10, 10), learning_rate=0.1, iterations=2_000).parameters
trained = {"ReLU in the loop": right, "ReLU after the loop": train_the_listing([2, 10, 10, 10, 1], steps=2_000)}
for (name, parameters), forward in zip(trained.items(), (deep_net, net_of_the_listing), strict=True):
    Z = ready(forward, moons.X_test, parameters)
    print(f"{name}: {np.mean((Z > 0) == moons.Y_test):.1%} of the test points")

p = trained["ReLU after the loop"]
one = {"W1": p["W3"] @ p["W2"] @ p["W1"], "b1": p["W3"] @ (p["W2"] @ p["b1"] + p["b2"]) + p["b3"], "W2": p["W4"], "b2": p["b4"]}
apart = np.abs(net_of_the_listing(moons.X_test, p) - deep_net(moons.X_test, one)).max()
print(f"The listing's net, its three hidden layers multiplied into one: outputs differ by {apart:.0e}.")

# %% [markdown]
# **See.** You cannot tell them apart. Over five draws of points, with weights of their own, the right net is right on
# 96.8 ± 0.6 % of 2,000 new points, the wrong one on 96.8 ± 0.4 %, and a single unit on 87.1 ± 0.3 % (mean and standard deviation).
# So an accuracy that is fine proves little. What proves something is a question whose answer you know: multiply the three
# matrices, and if the output is the same, they were one layer.

# %% [markdown]
# **What if the bug were the other way round, a ReLU after the *last* layer too?** Train that, and look at the share of test points
# and at the gradient of an example whose $z$ is negative.

# %% [markdown]
# ## 7 · How it used to be: sessions  (9 min)
#
# Until 2019 a TensorFlow program had two halves. The first *built* a graph like that of section 4 and computed nothing. The second
# opened a *session* and ran parts of the graph; what came from outside was fed to *placeholders*. Much code in books, lectures and
# old repositories is written so, and `tf.compat.v1` still runs it.

# %% showcase
with tf.Graph().as_default() as graph, v1.Session() as session:
    X = v1.placeholder(tf.float32, shape=[12288, None], name="X")  # None: as many columns as are fed
    Y = v1.placeholder(tf.float32, shape=[6, None], name="Y")
    print("X =", X)
    print("Y =", Y)
    print("ones:", session.run(tf.ones([3])))
    a, b = tf.constant(3.0), tf.constant(4.0)
    written, by_name = a * b + a, tf.add(tf.multiply(a, b), a)
    print("an operator and a name make the same node:", written.op.type, by_name.op.type, session.run([written, by_name]))

with tf.Graph().as_default(), v1.Session() as session:
    w = v1.Variable(0.0)  # 1. variables
    cost = w**2 - 20 * w + 100  #    and what is made of them
    train_step = v1.train.GradientDescentOptimizer(0.01).minimize(cost)
    initializer = v1.global_variables_initializer()  # 2. an operation that gives them their first values
    session.run(initializer)  # 3. in a session, first that
    print("cost at w = 0:", session.run(cost))  # 4. then anything else
    session.run(train_step)
    print("w after one step:", session.run(w))

# %% predict [markdown]
# Somebody writes `print(cost)` in place of `print(session.run(cost))`. What is shown?
#
# - 100.0, as the cost is 100 at $w = 0$
#   Nothing has been computed. `cost` is a node, and a number comes only of running it.
# * A line such as `Tensor("add:0", shape=(), dtype=float32)`
#   `cost` is the name of a node. In the first half of the program there are no numbers yet.
# - An error, since `w` has no value yet
#   Without a value of `w`, *running* the node would fail. Printing it runs nothing.

# %% [markdown]
# **Try.** Minimize $a w^2 + b w + c$ from $w = 0$. Feed the three coefficients to a placeholder in each run of the step, so that
# the same graph serves any parabola. The graph and the session are there; inside them come the placeholder, a variable, cost and
# optimizer, the initializer, and the runs.


# %% solution="minimize_by_feeding"
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    """w after some steps of descent on a w^2 + b w + c, in a session that is fed the coefficients.

    coefficients: [a, b, c]. steps: how many times the training step is run, 0 or more, each time
    fed with the coefficients. w begins at 0. Everything is float32.
    Returns a number.
    """
    with tf.Graph().as_default(), v1.Session() as session:
        ### BEGIN SOLUTION
        abc = v1.placeholder(tf.float32, shape=[3])
        w = v1.Variable(0.0)
        cost = abc[0] * w**2 + abc[1] * w + abc[2]
        train_step = v1.train.GradientDescentOptimizer(learning_rate).minimize(cost)
        session.run(v1.global_variables_initializer())
        for _ in range(steps):
            session.run(train_step, feed_dict={abc: coefficients})
        result = session.run(w)
        ### END SOLUTION
    return float(result)


# %% test="minimize_by_feeding" points=8
check(minimize_by_feeding)

# %% showcase
for coefficients in ([1, -10, 25], [1, -8, 16], [1, -20, 100]):
    first, last = (number_of(minimize_by_feeding, coefficients, steps) for steps in (1, 1001))
    print(f"{coefficients}: w = {first:.2f} after 1 step, {last:.5f} after 1,001")

# %% [markdown]
# **See.** 0.1 and 4.99999, 0.08 and 3.99999, 0.2 and 9.99998. The minima are at 5, 4 and 10, and $w$ does not reach them however
# long you wait. Each step multiplies the distance by 0.98, until it is so short that it adds less than half of the last digit that
# float32 has, and is rounded away.

# %% [markdown]
# A net was trained the same way: one graph, and in each step a placeholder is fed with the next mini-batch. Here is one as it
# was written in 2017. Functions make the layers; weights come from a truncated normal of 0.1, biases are 0.1; parameters are kept
# in a *collection*; the cost is that of softmax, and `argmax` says which class is answered. Another optimizer is another line.

# %% showcase
def add_layer(A, units):
    """A layer below which examples are rows, as was usual: A W + b. W has the shape (inputs, units)."""
    W = v1.get_variable("W", [A.shape[1], units], initializer=v1.truncated_normal_initializer(stddev=0.1, seed=1))
    b = v1.get_variable("b", [units], initializer=v1.constant_initializer(0.1))
    for parameter in (W, b):
        v1.add_to_collection("parameters", parameter)
    return A @ W + b


def build_net(X, hidden=(20, 20), classes=2):
    """Scores of the classes, each layer in a scope of its own, so that names do not collide: layer1/W, layer2/W, ..."""
    A = X
    for l, units in enumerate(hidden, start=1):
        with v1.variable_scope(f"layer{l}"):
            A = tf.nn.relu(add_layer(A, units))  # inside the loop
    with v1.variable_scope("output"):
        return add_layer(A, classes)


def feed_batches(make_step, epochs=100, batch=50):
    """Share of right test points of a net that is fed one mini-batch after the other."""
    rows, labels = moons.X_train.T, moons.Y_train[0]
    with tf.Graph().as_default(), v1.Session() as session:
        X, Y = v1.placeholder(tf.float32, [None, 2]), v1.placeholder(tf.int64, [None])
        scores = build_net(X)
        cost = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=Y, logits=scores))
        accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(scores, 1), Y), tf.float32))
        train_step = make_step(cost)
        session.run(v1.global_variables_initializer())
        for epoch in range(epochs):
            order = np.random.default_rng(epoch).permutation(len(labels))
            for part in np.split(order, range(batch, len(order), batch)):
                session.run(train_step, feed_dict={X: rows[part], Y: labels[part]})
        return session.run(accuracy, feed_dict={X: moons.X_test.T, Y: moons.Y_test[0]})


def by_hand(cost):
    """Plain descent without an optimizer: the gradients of the collection, and an assignment for each parameter."""
    parameters = v1.get_collection("parameters")
    gradients = v1.gradients(cost, parameters)
    return tf.group(*(v1.assign_sub(p, 0.3 * d) for p, d in zip(parameters, gradients, strict=True)))


steps = {
    "descent by hand, 0.3": by_hand,
    "GradientDescentOptimizer, 0.3": lambda cost: v1.train.GradientDescentOptimizer(0.3).minimize(cost),
    "MomentumOptimizer, 0.1": lambda cost: v1.train.MomentumOptimizer(0.1, 0.9).minimize(cost),
    "AdamOptimizer, 0.03": lambda cost: v1.train.AdamOptimizer(0.03).minimize(cost),
}
for name, make_step in steps.items():
    print(f"{name}: {feed_batches(make_step):.1%} of the test points after 100 epochs")

# %% [markdown]
# **See.** The first two lines are the same descent, once spelt out. After 600 steps it still has a nearly straight border: weights
# of 0.1 are small, and section 3 says what comes of it. Momentum and Adam are past the plateau. To change one for another
# is to change one line.

# %% [markdown]
# What was written then, and what is written now:
#
# | then | now |
# |---|---|
# | `placeholder`, `feed_dict` | arguments of a function |
# | `Session().run(train)` | a call; with `@tf.function` it is a graph inside all the same |
# | `global_variables_initializer()` | variables have values from the start |
# | `get_variable`, `variable_scope`, collections | objects that hold their variables: `keras.layers`, or a dict as in this course |
# | `contrib.layers.fully_connected`, later `layers.dense` | `keras.layers.Dense` |
# | `tf.gradients(cost, parameters)` | `tape.gradient(cost, parameters)` |
# | `train.GradientDescentOptimizer(0.01).minimize(cost)` | `keras.optimizers.SGD(0.01)`, `apply_gradients` |
# | `train.Saver`, `import_meta_graph` | `train.Checkpoint`, `model.save` |
# | `summary.FileWriter`, `merge_all` | `tf.summary.create_file_writer`, `tf.summary.scalar(...)` |
#
# `contrib` and `tf.layers` are gone altogether; programs with them have to be rewritten. What makes a framework worth learning has
# stayed: is it easy to write and to run, is it fast, and is it *really* open, that is, will it stay so and not depend on one
# owner? A lecture of 2017 listed ten: Caffe, CNTK, DL4J, Keras, Lasagne, MXNet, PaddlePaddle, TensorFlow, Theano and Torch. Caffe,
# CNTK, Lasagne, MXNet and Theano have been given up since; Torch became PyTorch, and JAX was to come. So learn the ideas, and
# then the words of whichever is in use where you work.

# %% [markdown]
# **What if the session is not closed?** Open one without `with`, let a line after it fail, and look for what is still there. What
# does `with` do about it, and where else in Python have you met that?

# %% [markdown]
# ## 8 · Record and keep  (7 min)
#
# A training that runs for a night should leave two things behind: a record, so that one can see what happened, and its
# parameters, so that one can go on. Both are files. First the parameters, in the old way, with the number of the step in the name.
# A folder then looks like this: `net-900.index`, `net-900.meta`, `net-1000.index`, ... and which is the newest?

# %% predict [markdown]
# What does `max(["net-900", "net-1000"])` give?
#
# - `"net-1000"`, since 1000 is more than 900
#   As numbers, yes. These are texts.
# * `"net-900"`
#   Texts are compared letter by letter, and `"9"` comes after `"1"`. The mistake shows at the first step with one digit
#   more, that is, late at night.
# - An error, since they are no numbers
#   Texts can be compared: that is how they are sorted.

# %% [markdown]
# **Try.** Find the name with the largest number. It stands behind the *last* hyphen, for a name may have others.


# %% solution="latest_checkpoint"
def latest_checkpoint(names):
    """The name with the largest step.

    names: a list of texts, each of which ends in a hyphen and a whole number, such as "net-900" or
    "run-3-50".
    Returns one of them, or "" if there are none.
    """
    ### BEGIN SOLUTION
    latest = max(names, key=lambda name: int(name.split("-")[-1]), default="")
    ### END SOLUTION
    return latest


# %% test="latest_checkpoint" points=3
check(latest_checkpoint)

# %% showcase
import tempfile
from pathlib import Path

folder = Path(tempfile.mkdtemp())
feed = {"X": moons.X_train.T, "Y": moons.Y_train[0]}
with tf.Graph().as_default(), v1.Session() as session:
    X, Y = v1.placeholder(tf.float32, [None, 2], name="X"), v1.placeholder(tf.int64, [None], name="Y")
    cost = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=Y, logits=build_net(X)), name="cost")
    train_step = v1.train.GradientDescentOptimizer(0.3).minimize(cost, name="step")
    session.run(v1.global_variables_initializer())
    saver = v1.train.Saver()
    for step in range(1, 1001):
        session.run(train_step, {X: feed["X"], Y: feed["Y"]})
        if step in (900, 1000):
            saver.save(session, str(folder / "net"), global_step=step)
    saved = float(session.run(cost, {X: feed["X"], Y: feed["Y"]}))

newest = ready(latest_checkpoint, sorted(path.stem for path in folder.glob("*.index")))
with tf.Graph().as_default(), v1.Session() as session:  # another program, which knows nothing of the net
    saver = v1.train.import_meta_graph(str(folder / f"{newest}.meta"))  # first the structure
    saver.restore(session, str(folder / newest))  # then the values, in the place of the initializer
    restored = float(session.run("cost:0", {"X:0": feed["X"], "Y:0": feed["Y"]}))
    for _ in range(100):
        session.run("step", {"X:0": feed["X"], "Y:0": feed["Y"]})
    later = float(session.run("cost:0", {"X:0": feed["X"], "Y:0": feed["Y"]}))
print(f"{newest}: cost {saved:.6f} when it was saved, {restored:.6f} restored, {later:.6f} after 100 more steps")

variables = {name: tf.Variable(value) for name, value in trained["ReLU in the loop"].items()}  # the same today
path = tf.train.Checkpoint(**variables).save(str(folder / "today"))
others = {name: tf.Variable(tf.zeros_like(value)) for name, value in variables.items()}
tf.train.Checkpoint(**others).restore(path).assert_consumed()
print("tf.train.Checkpoint: every number is back:", all(np.array_equal(others[n], variables[n]) for n in variables))

# %% [markdown]
# **See.** The restored net has the cost of the saved one to the last digit, and goes on from there. The file with the structure
# was needed because the second program did not build the net; the values alone would have had no place.

# %% [markdown]
# Now the record. A *summary* is a number, a histogram, a picture or a sound with a name and a step. Two runs go into two folders,
# so that TensorBoard draws their curves into one picture.

# %% showcase
runs = Path("runs") / "foundations"
rng, X, Y = np.random.default_rng(0), moons.X_train, moons.Y_train
w, b = np.zeros((1, 2)), 0.0
writers = {name: tf.summary.create_file_writer(str(runs / name)) for name in ("train", "test")}
for step in range(0, 201):
    cost, dw, db = logistic_cost(X, Y, w, b)
    if step % 20 == 0:
        test_cost = logistic_cost(moons.X_test, moons.Y_test, w, b)[0]
        for name, value in (("train", cost), ("test", test_cost)):
            with writers[name].as_default(step=step):
                tf.summary.scalar("cost", as_number(value))
        with writers["train"].as_default(step=step):
            tf.summary.histogram("z", w @ X + b)
    w, b = w - dw, b - db
with writers["train"].as_default(step=200):
    grid = np.stack(np.meshgrid(np.linspace(-1.5, 2.5, 64), np.linspace(1.5, -1, 64)))
    tf.summary.image("border", sigmoid(np.tensordot(w[0], grid, 1) + b)[None, :, :, None])
    tone = np.sin(2 * np.pi * 440 * np.arange(4000) / 8000)
    tf.summary.audio("A4", tone[None, :, None].astype(np.float32), sample_rate=8000)
for writer in writers.values():
    writer.close()  # or the last lines may not be in the file

for name in writers:  # what is in the files, read back by code
    events = [v1.Event.FromString(record.numpy()) for file in sorted(runs.glob(f"{name}/*")) [-1:] for record in tf.data.TFRecordDataset(str(file))]
    kinds = [(value.metadata.plugin_data.plugin_name, value.tag) for event in events for value in event.summary.value]
    print(f"{name}:", ", ".join(f"{kinds.count(kind)} x {kind[0]} '{kind[1]}'" for kind in sorted(set(kinds))))
print(signs.tensorboard_command(str(runs)))

# %% [markdown]
# Copy the command of the last line into a terminal (in JupyterLab: *File*, *New*, *Terminal*), and open the address that it prints
# below some lines about the machine. TensorBoard smooths curves at first: set *Smoothing* to 0, and they show the costs themselves.
# Old texts write `-logdir=train:...,test:...`; today it is two hyphens, and one folder above all runs. With sessions one merged all
# summaries into one operation, ran it, and gave the result to a `FileWriter`; the files are of the same kind.

# %% [markdown]
# **What if you run the cell above once more?** Look into the folder, then at the curves. What would you do so that tomorrow's run
# is not mixed with today's?

# %% [markdown]
# ## 9 · The price of a house  (12 min)
#
# The last section is about an answer that is a number, from a table as tables are: with gaps, with words, with columns of all
# scales. 1,200 sales to learn from and 300 to be tested with, all of them invented by a rule, with noise. So we know what no real
# table says: the best possible error.

# %% showcase
houses = load_houses()
for name, column in (houses.train.numbers | houses.train.words).items():
    print(f"{name:9}", *(f"{str(value) or '-':>10}" for value in column[:6]))
print(f"{'price':9}", *(f"{value:>10,.0f}" for value in houses.train.prices[0, :6]))
gaps = {name: np.isnan(column).sum() for name, column in houses.train.numbers.items()} | {name: column.count("") for name, column in houses.train.words.items()}
print("missing:", ", ".join(f"{name} {count}" for name, count in gaps.items()))

# %% [markdown]
# **Numbers.** A gap gets the *median* of the known values, for that is a usual value even where a few are huge. Then each column
# is shifted and scaled to mean 0 and standard deviation 1, as in *Regularization*.

# %% predict [markdown]
# The test table has gaps, too, and its areas are a little larger on average. With which median, mean and standard deviation is it
# treated?
#
# - With its own, so that it has mean 0 as well
#   Then a house of 100 m² would be another number in each table, and a single house would always be an average one.
# * With those of the training table
#   The net has learnt what $-0.3$ means in the units of the training table. The test table is treated in the same way, whatever its
#   own mean is.
# - With those of both tables together, which are more exact
#   Then the test table has had a say in what was learnt, and it no longer tests how the net does with what it has not seen.

# %% [markdown]
# **Try.** First fill, then take mean and deviation of the *filled* training column. A column that is always the same has deviation
# 0; count that as 1. Leave the tables that you are given as they are.


# %% solution="fill_and_scale"
def fill_and_scale(train, other):
    """Columns of numbers as rows of inputs, for a training table and for another one.

    train, other: dicts with the same names of columns, each an array of floats, nan where a value
    is missing; shape (m,) in train, another length in other. A gap gets the median of the known
    training values of its column; then the mean of the filled training column is subtracted and its
    standard deviation (with 1/m) divided by. A deviation of 0 counts as 1.
    Returns two arrays, shape (n, m) and (n, m_other), with a row for each column, in their order.
    """
    rows, other_rows = [], []
    for name in train:
        ### BEGIN SOLUTION
        median = np.nanmedian(train[name])
        filled = np.where(np.isnan(train[name]), median, train[name])
        other_filled = np.where(np.isnan(other[name]), median, other[name])
        mean, deviation = filled.mean(), filled.std()
        if deviation == 0:
            deviation = 1
        rows.append((filled - mean) / deviation)
        other_rows.append((other_filled - mean) / deviation)
        ### END SOLUTION
    return np.array(rows), np.array(other_rows)


# %% test="fill_and_scale" points=10
check(fill_and_scale)

# %% [markdown]
# **Words.** Quarters have no order, so numbering them would be a lie: it would say that "mills" lies between "hill" and "old town".
# Each word of the *training* table gets a row of its own, 1 where it stands and 0 elsewhere. A gap is 0 in all of them, and so is a
# word that the training table has never had: the net has no weight for it, and should not invent one.
#
# **Try.** Rows in the order of the columns, and within a column in alphabetical order.


# %% solution="one_hot_columns"
def one_hot_columns(train, other):
    """Columns of words as rows of 0 and 1, for a training table and for another one.

    train, other: dicts with the same names of columns, each a list of texts, "" where one is
    missing.
    Returns two arrays of floats with m columns and as many as `other` has. For each column, in
    their order, they have a row for each word that the training table has there, in alphabetical
    order. A missing word, and one that the training table does not have, is 0 in all rows.
    """
    rows, other_rows = [], []
    for name in train:
        ### BEGIN SOLUTION
        for word in sorted(set(train[name]) - {""}):
            rows.append([1.0 if value == word else 0.0 for value in train[name]])
            other_rows.append([1.0 if value == word else 0.0 for value in other[name]])
        ### END SOLUTION
    return np.array(rows), np.array(other_rows)


# %% test="one_hot_columns" points=8
check(one_hot_columns)

# %% [markdown]
# **The error.** Whoever is wrong by 50,000 is badly wrong about a flat and hardly about a villa. What counts with prices is the
# *factor*, so predict the logarithm, and measure differences of logarithms:
#
# $$\sqrt{\frac{1}{m} \sum_i \left(\log \hat p^{(i)} - \log p^{(i)}\right)^2}$$
#
# 0.1 means: off by about ten per cent, up or down. (A function of scikit-learn with a similar name takes the logarithm of 1 + price,
# which is another thing where prices are small.)
#
# **Try.** Both arguments are prices.


# %% solution="root_mean_squared_error_of_logs"
def root_mean_squared_error_of_logs(predicted, actual):
    """The root of the mean squared difference of the logarithms.

    predicted, actual: prices above 0, shape (1, m) each.
    Returns a number.
    """
    ### BEGIN SOLUTION
    error = np.sqrt(np.mean((np.log(predicted) - np.log(actual)) ** 2))
    ### END SOLUTION
    return error


# %% test="root_mean_squared_error_of_logs" points=6
check(root_mean_squared_error_of_logs)

# %% predict [markdown]
# The noise in the logarithms has a standard deviation of 0.10. A net, trained long enough, comes on *training* houses to 0.09. Is it
# a good net?
#
# - Yes, better than anybody could hope for
#   Nobody can know the noise of a house that is to come. Whoever is below it has learnt the noise of those that were.
# * It has begun to learn the noise by heart
#   Below 0.10 there is nothing to be learnt that would hold for other houses.
# - No, the error should be 0
#   The price has a part that nothing in the table tells. 0 would be pure learning by heart.

# %% [markdown]
# Now two kinds of model: a unit as in section 1, which can add up what each input is worth, and a net of two hidden layers, whose
# forward pass is your `deep_net`. Its backward pass is that of the course: with the error $Z - y$ in place of $\hat y - y$ nothing
# else changes, as you saw in sections 1 and 2.

# %% showcase
X_train, X_test = (np.vstack(parts) for parts in zip(
    ready(fill_and_scale, houses.train.numbers, houses.test.numbers),
    ready(one_hot_columns, houses.train.words, houses.test.words), strict=True,
))
mean = np.log(houses.train.prices).mean()
logs = Dataset("houses", X_train, np.log(houses.train.prices) - mean, X_test, np.log(houses.test.prices) - mean)


def forward_price(X, parameters):
    """`deep_net`, and the cache that the backward pass of the course needs."""
    _, cache = nets.forward_propagation(X, parameters, last="linear")
    return ready(deep_net, X, parameters), cache


def fit_prices(hidden_layers, lambd=0.0, iterations=3_000):
    """Parameters that predict log price - mean, after a descent on half the mean squared error, with L2 if wished."""

    def backward(X, Y, cache):
        grads = nets.backward_propagation(X, Y, cache)
        for l in range(1, len(cache) // 4 + 1):
            grads[f"dW{l}"] += lambd / X.shape[1] * cache[4 * l - 2]
        return grads

    def cost(Z, Y, parameters):
        return np.mean((Z - Y) ** 2) / 2

    def first(layers_dims):
        return nets.initialize_scaled(layers_dims, gain=2, seed=3)

    about = {"hidden_layers": hidden_layers, "learning_rate": 0.1, "iterations": iterations}
    return train(logs, first, forward=forward_price, cost=cost, backward=backward, **about).parameters


def price(X, parameters):
    """Prices of the houses in the columns of X, shape (1, m)."""
    return np.exp(deep_net(X, parameters) + mean)


models = {"line": fit_prices(()), "net": fit_prices((20, 10)), "net with L2": fit_prices((20, 10), lambd=3.0)}
for name, parameters in models.items():
    on = {
        part: number_of(root_mean_squared_error_of_logs, price(X, parameters), sales.prices)
        for part, X, sales in (("training", X_train, houses.train), ("test", X_test, houses.test))
    }
    print(f"{name}: {on['training']:.3f} on training houses, {on['test']:.3f} on test houses")

# %% showcase
axes = new_axes(columns=2, width=5.2, height=4.4)
for ax, name in zip(axes, ("line", "net with L2"), strict=True):
    plot_predicted(price(X_test, models[name]) / 1000, houses.test.prices / 1000, ax, "price in 1,000", name)

# %% [markdown]
# **See.** The line is off by 0.181 on test houses, the net by 0.139, and with L2 by 0.127, where 0.10 is the best that anybody could
# do who knew the rule and had no gaps. Over five other draws of houses and weights: line 0.182 ± 0.010, net 0.145 ± 0.006, net with
# L2 0.136 ± 0.003 (mean and standard deviation). The line cannot say that the oldest houses are dear again, or that the way to the
# centre hardly matters at the harbour.

# %% [markdown]
# We looked at the test houses to compare three models. Had we chosen $\lambda$ that way, its error would be too good. With 1,200
# houses one chooses by *folds*: cut the training set into five parts, learn from four, look at the fifth, in turn. You will
# write that when it comes to the search for hyper-parameters.

# %% [markdown]
# **What if gaps are told to the net?** For each column with gaps, add a row that is 1 where the value was missing. Does the error
# fall, and why would that be more in a real table than in this one, where gaps are pure chance?

# %% [markdown]
# ## What to take away
#
# A cost, its derivatives, and steps: for a curve, a border and a net they are the same three. Steps may be as long as the largest
# curvature allows. Costs of classes are computed from $z$, not from its sigmoid. Derivatives go back through a graph by one rule an
# operation, and a value that is used several times collects the sum. A net that trains is not yet a net that is right; ask it
# questions whose answers you know. Treat new data as the training data were treated. And whatever took a night to compute, keep.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
