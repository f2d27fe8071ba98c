# %% [markdown]
# # Regularization
#
# A net with enough weights can learn its training examples by heart, the accidents included. This notebook shows how to
# notice that, and what one does about it. You will learn to
#
# - read off the errors whether a net has too much bias, too much variance, or both,
# - put a price on large weights (L2) and write the gradient that goes with it,
# - drop units at random while training (dropout), forward and backward,
# - bring all input features to one size, and treat new examples in the same way,
# - stop a training run at the right moment.
#
# It takes about 75 minutes. You need forward and backward propagation of a small net, and NumPy arrays. Examples are
# columns: $X$ has shape $(n_x, m)$. The letters are those of the course: $W^{[l]}$, $b^{[l]}$, $A^{[l]}$, `lambd`,
# `keep_prob`. (`lambda` is a word of Python's own, so the regularization parameter $\lambda$ is spelt `lambd`.)

# %% setup
import dataclasses
from functools import partial
from itertools import count

import numpy as np

from helpers import check
from helpers.data import load_football, load_moons
from helpers.nets import (
    accuracy,
    backward_propagation,
    compute_cost,
    descend,
    forward_propagation,
    initialize_scaled,
    relu,
    sigmoid,
)
from helpers.plots import (
    new_axes,
    plot_boundary,
    plot_bowl,
    plot_cost,
    plot_early_stopping,
    plot_points,
    plot_weights,
)
from helpers.training import number_of, ready, train

check.begin("regularization")

# %% [markdown]
# ## 1 · A net that learns by heart  (6 min)
#
# A goalkeeper kicks the ball far out, players of both teams jump, one of them heads it. Each point below is a place
# on the pitch where that happened, and its marker says whose player it was. Where should our keeper aim?
#
# There is a trend, but players are not always where the plan says. The points were made by a rule with chance in it,
# and even that rule is wrong on about 7 % of them. A good net does not follow those. (Numbers in this text are for our
# own points, `football`. If you have put the original ones into `datasets/original/`, they are used instead, and section
# 9 has their numbers.)

# %% showcase
football = load_football()
print(f"Data: {football.name}")
ax = new_axes(width=5.6, height=4)
plot_points(football.X_train, football.Y_train, ax=ax, names=("their player", "our player"))
_ = ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)  # beside the points, not over them

# %% predict [markdown]
# A net with hidden layers of 20 and 3 units has $20 \cdot 2 + 20 + 3 \cdot 20 + 3 + 1 \cdot 3 + 1 = 127$ parameters.
# After 30,000 steps, how much more often is it right on the points that it was trained with than on new ones?
#
# - not at all
#   The same rule made both, but the parameters were fitted to the training points only. With 127 of them for 200
#   points, the net can bend its boundary around accidents that new points do not share.
# * about 9 percentage points more often
#   The trend that it has learnt holds for new points too. The accidents that it has learnt are those of the training
#   points, and new points have others.
# - about 40 percentage points more often
#   A net that knew its points by heart and nothing else would guess on new ones and be right on about half. This one
#   has learnt the trend as well, and the trend holds for new points.

# %% showcase
settings = dict(hidden_layers=(20, 3), learning_rate=0.3, iterations=30_000)


def first_weights(layers_dims):
    """Normal weights of variance 1/n, the same in every run of this notebook."""
    return initialize_scaled(layers_dims, gain=1, seed=3)


plain = train(football, first_weights, **settings)
runs = {"none": plain}  # the nets of sections 4 and 6 come in here too
plot_boundary(plain.parameters, football, title="no regularization")

# %% [markdown]
# **See.** 96.5 % of the training points and 87.5 % of the test points: 9 percentage points apart. The boundary has a
# notch, islands around single points, and corners that it gave away for one or two points. That is **over-fitting**.

# %% [markdown]
# **What if there is nothing to learn?** Give the training points the labels of others, `import dataclasses` and
# `dataclasses.replace(football, Y_train=np.random.permutation(football.Y_train[0])[None])`, and train once more. Which
# share of them does the net get right, where guessing gets half? ([Zhang et al.,
# 2017](https://arxiv.org/abs/1611.03530), did this with photographs.)

# %% [markdown]
# ## 2 · Reading the errors: bias and variance  (11 min)
#
# Examples are split into three sets. The **training set** sets the parameters. The **dev set** (development, also
# called validation) helps you to choose: which $\lambda$, how many units, when to stop. The **test set** is touched
# once, at the end, to report a number that no choice was made with. With a few thousand examples 60 / 20 / 20 percent
# is usual; with a million, 98 / 1 / 1 is enough, because 10,000 examples measure an error well, and with more still
# 99.5 / 0.25 / 0.25. Who has no number to report needs no test set; but then nobody should quote the error on the dev set,
# which looks better than it is, because choices were made with it. Dev and test set must come from the source that you will meet later: a net for photographs taken with telephones is not measured on studio
# pictures.
#
# Two numbers then say what is wrong. **Bias** is an error that is already there on the training set: the net cannot,
# or did not, follow the data. **Variance** is what comes on top of it on the dev set: the net followed accidents.
# Measure both against what is possible. Below, people who look carefully make about 0 % errors.
#
# Four nets, and how often they are wrong:
#
# | net | training error | dev error |
# |---|---:|---:|
# | A | 1 % | 11 % |
# | B | 15 % | 16 % |
# | C | 15 % | 30 % |
# | D | 0.5 % | 1 % |

# %% predict [markdown]
# Which of the four nets have high bias, and which have high variance?
#
# * bias: B and C; variance: A and C
#   Bias is the training error, 15 % for B and for C. Variance is what comes on top of it on the dev set, 10 percentage
#   points for A and 15 for C.
# - bias: B; variance: A and C
#   C too is wrong on 15 % of its own training examples, as B is. Bias and variance are two measurements, and one net
#   can have much of both.
# - bias: B and C; variance: A, B and C
#   Here the dev error was taken for the variance, but it contains the bias. Of B's 16 % the training error makes up
#   15 %, and only 1 % comes on top.
# - bias: A and C; variance: B and C
#   Here the two words have changed places. Bias is the error that is already there on the training set, and variance is
#   what comes on top of it on the dev set.

# %% [markdown]
# **See.** Net by net:
#
# | net | bias (training error) | variance (dev minus training) | so |
# |---|---:|---:|---|
# | A | 1 % | 10 % | high variance: it over-fits |
# | B | 15 % | 1 % | high bias: it under-fits |
# | C | 15 % | 15 % | both: wrong in general, and bent around single points |
# | D | 0.5 % | 0.5 % | neither |
#
# If people too made 15 % errors, because the pictures are blurred, net B would be fine.

# %% [markdown]
# All four on the pitch. Bias comes from what a net cannot do: two of the nets below do not see $x_2$. Variance comes
# from many units for few points: two have one unit, one is the net of section 1, and the last has 50 units and was given
# 30 of the kicks.


# %% showcase
def blind_to_x2(layers_dims):
    """Weights that pass over x2; many units, if there are, of which each is steep at another place of x1."""
    parameters = first_weights(layers_dims)
    if len(layers_dims) > 2:
        parameters["W1"] *= 20
        parameters["b1"] = np.random.default_rng(3).uniform(-10, 10, parameters["b1"].shape)
    parameters["W1"][:, 1] = 0  # and with inputs of 0 it stays 0
    return parameters


def without_x2(points):
    """The same points, each with 0 for x2, to train with."""
    return dataclasses.replace(points, X_train=points.X_train * [[1], [0]])


few = dataclasses.replace(football, X_train=football.X_train[:, :30], Y_train=football.Y_train[:, :30])
about = dict(learning_rate=0.3, iterations=1_000)
one_unit_x1 = train(without_x2(football), blind_to_x2, hidden_layers=(), **about)
one_unit = train(football, first_weights, hidden_layers=(), **about)
many_x1 = train(without_x2(few), blind_to_x2, hidden_layers=(50,), learning_rate=0.3, iterations=4_000)
ways = {
    "one unit, sees x1": (one_unit_x1, football),
    "one unit, sees both": (one_unit, football),
    "section 1": (plain, football),
    "50 units, sees x1": (many_x1, few),
}
for ax, (name, (run, points)) in zip(new_axes(4, width=3.6, height=3), ways.items(), strict=True):
    plot_boundary(run.parameters, points, ax=ax, title=name)

# %% [markdown]
# **See.** From left to right: too stiff, right, too free, and both. The first is wrong on much of either set. The second has
# about the error that nobody can avoid. The third follows accidents. The fourth is wrong in general, since it cannot see what
# matters, and its strips stand where single points are. With five other pitches and first weights, the errors in per cent,
# mean and spread, are:
#
# | net | training | new kicks |
# |---|---:|---:|
# | one unit, sees $x_1$: bias | 15.9 ± 1.3 | 18.8 ± 0.8 |
# | one unit, sees both | 7.9 ± 2.4 | 8.4 ± 1.6 |
# | as in section 1: variance | 4.1 ± 2.3 | 10.0 ± 2.2 |
# | 50 units, sees $x_1$: both | 14.0 ± 4.4 | 25.5 ± 7.9 |

# %% [markdown]
# What to do follows from it. High bias first: a larger net, longer training, another architecture. Then high variance:
# more data, **regularization**, another architecture.
#
# One used to speak of a trade-off: whatever lowers the one raises the other. A deep net has tools for each that spare the
# other. A larger net lowers the bias, and if it is regularized well, the variance stays where it was; the price is time.
# More data lower the variance and leave the bias alone.

# %% showcase
train_error = 1 - accuracy(plain.parameters, football.X_train, football.Y_train)
test_error = 1 - accuracy(plain.parameters, football.X_test, football.Y_test)
print(f"Training error {train_error:.1%}, test error {test_error:.1%}: {test_error - train_error:.1%} on top.")

# %% [markdown]
# **See.** 3.5 % and 12.5 %. The trouble is variance, 9 %. The training error alone is suspicious too: the rule that
# made the points is wrong on 7 % of them, so a net with 3.5 % has learnt accidents.

# %% [markdown]
# **What if the test points come from another pitch?** Mirror them, `football.X_test * np.array([[-1], [1]])`, and
# measure the error of `plain.parameters` again. Is that bias, is it variance, or a third thing?

# %% [markdown]
# ## 3 · A price on large weights  (8 min)
#
# To bend a boundary sharply around one point, a net needs large weights: a small step in $x$ must change the output a
# lot. So let large weights cost something. With $L = 3$ layers the regularized cost is
#
# $$J = \underbrace{-\frac{1}{m}\sum_{i=1}^{m}
#   \left(y^{(i)}\log a^{[3](i)} + (1-y^{(i)})\log(1-a^{[3](i)})\right)}_{\text{cross-entropy}}
#   + \underbrace{\frac{\lambda}{2m}\sum_{l=1}^{3}\sum_{k}\sum_{j}\left(W^{[l]}_{kj}\right)^2}_{\text{L2 term}}$$
#
# The double sum is the square of the Frobenius norm of $W^{[l]}$. The biases $b^{[l]}$ are left out: a bias shifts a
# boundary, it does not bend it, and there are few of them.

# %% predict [markdown]
# Which costs more in the L2 term, one weight of 4 or four weights of 1, and how many times as much?
#
# - both cost the same
#   That would be so if the weights themselves were added up, 4 either way. The L2 term adds up their squares.
# * one weight of 4, four times as much
#   $4^2 = 16$ against $4 \cdot 1^2 = 4$. The factor $\lambda / (2m)$ is the same for both.
# - one weight of 4, sixteen times as much
#   16 is what the one weight contributes. There are four weights of 1 to compare it with, and they contribute 1 each.
# - four weights of 1, four times as much
#   L2 does not count weights, it adds up squares. The one weight of 4 contributes 16, the four weights of 1 only 4.

# %% [markdown]
# **Try.** Write the L2 term. The cross-entropy comes from `compute_cost`.


# %% solution="compute_cost_with_regularization"
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    """Cross-entropy plus the L2 term.

    A3: outputs of the net, shape (1, m). Y: labels 0 or 1, shape (1, m).
    parameters: dict W1, b1, W2, b2, W3, b3. lambd: the regularization parameter, a number of 0 or
    more.
    Returns the cost, a number.
    """
    m = Y.shape[1]
    W1, W2, W3 = parameters["W1"], parameters["W2"], parameters["W3"]
    cross_entropy = compute_cost(A3, Y)
    # L2_term = ...
    ### BEGIN SOLUTION
    L2_term = lambd / (2 * m) * sum(np.sum(np.square(W)) for W in (W1, W2, W3))
    ### END SOLUTION
    return cross_entropy + L2_term


# %% [markdown]
# The next cell checks your function. It calls it with a few inputs, the *visible cases*, and says what is right and
# what differs. Right values bring 50 % of the points; shapes and keys 20 %, once any part of a result is right; edge
# cases 30 %, once an ordinary case passes. A single number, as here, has no shape, so values bring 70 %. For the grade, the same visible cases are used and
# further ones: other sizes, other values, edge cases. If you are stuck, `check.hint(compute_cost_with_regularization)`
# gives a hint, then another; asking costs nothing.

# %% test="compute_cost_with_regularization" points=15
check(compute_cost_with_regularization)

# %% showcase
weights = {"one weight of 4": np.array([[4.0, 0, 0, 0]]), "four weights of 1": np.ones((1, 4))}
for name, W in weights.items():
    others = {"W2": np.zeros((1, 1)), "W3": np.zeros((1, 1))}
    output = label = np.ones((1, 1))  # a net that is right: its cross-entropy is 0
    cost = number_of(compute_cost_with_regularization, output, label, {"W1": W, **others}, 0.7)
    print(f"{name}: cost {cost:.2f}")

# %% [markdown]
# **See.** 5.60 against 1.40: four times as much, though the weights add up to the same. L2 therefore prefers to spread
# the work over many small weights, and it takes from the largest ones first.

# %% [markdown]
# **What if two nets give the same answers?** Double `W1` and `b1` of `plain.parameters` and halve `W2`: no output
# changes, since ReLU hands a factor through. Compute the cost with an L2 term of both. What will descent do, then,
# while it leaves the answers as they are?

# %% [markdown]
# ## 4 · The gradient of the price: weight decay  (13 min)
#
# A new cost needs a new gradient. The L2 term depends on the weights directly, so each $dW^{[l]}$ gets one more
# summand and nothing else changes:
#
# $$\frac{\partial}{\partial W}\left(\frac{\lambda}{2m}W^2\right) = \frac{\lambda}{m}W,
#   \qquad dW^{[l]} = \frac{1}{m}\,dZ^{[l]}A^{[l-1]T} + \frac{\lambda}{m}W^{[l]}$$
#
# Put that into a step of gradient descent with learning rate $\alpha$ and sort the terms:
#
# $$W^{[l]} \leftarrow \left(1-\frac{\alpha\lambda}{m}\right)W^{[l]} - \alpha\,\frac{1}{m}\,dZ^{[l]}A^{[l-1]T}$$
#
# Before each step the weights shrink by a constant factor. Hence the second name, **weight decay**
# ([Krogh and Hertz, 1992](https://proceedings.neurips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html)).
# The two are the same for plain gradient descent only; for Adam they differ
# ([Loshchilov and Hutter, 2019](https://arxiv.org/abs/1711.05101)).

# %% predict [markdown]
# With $\alpha = 0.3$, $\lambda = 0.7$ and our 200 examples, what is left of a weight after 1,000 steps if nothing in
# the data pulls at it?
#
# - nothing
#   One step takes 0.105 %, and 1,000 times that would be more than everything. But each step takes its share of what is
#   left by then, so the weight shrinks ever more slowly and does not reach 0.
# - about 99.9 %
#   That is what a single step leaves. The next step multiplies the rest by the same factor, and so on, 1,000 times in
#   all.
# * about 35 %
#   Each step multiplies it by $1 - 0.3 \cdot 0.7 / 200 = 0.99895$, and $0.99895^{1000} \approx 0.35$.

# %% [markdown]
# **Try.** Complete the three gradients of the weights. Everything else is as you know it.


# %% solution="backward_propagation_with_regularization"
def backward_propagation_with_regularization(X, Y, cache, lambd):
    """Gradients of the cost with the L2 term, for a net with three layers.

    X: inputs, shape (n_x, m). Y: labels, shape (1, m). lambd: the regularization parameter.
    cache: (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) of the forward pass.
    Returns a dict dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1; each gradient has the
    shape of its variable.
    """
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache

    dZ3 = A3 - Y
    # dW3 = ...
    ### BEGIN SOLUTION
    dW3 = dZ3 @ A2.T / m + lambd / m * W3
    ### END SOLUTION
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m

    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (Z2 > 0)
    # dW2 = ...
    ### BEGIN SOLUTION
    dW2 = dZ2 @ A1.T / m + lambd / m * W2
    ### END SOLUTION
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m

    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (Z1 > 0)
    # dW1 = ...
    ### BEGIN SOLUTION
    dW1 = dZ1 @ X.T / m + lambd / m * W1
    ### END SOLUTION
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m

    return dict(dZ3=dZ3, dW3=dW3, db3=db3, dA2=dA2, dZ2=dZ2, dW2=dW2, db2=db2, dA1=dA1, dZ1=dZ1, dW1=dW1, db1=db1)


# %% test="backward_propagation_with_regularization" points=20
check(backward_propagation_with_regularization)

# %% showcase
lambd = 0.7
with_L2 = train(
    football,
    first_weights,
    cost=lambda A3, Y, parameters: compute_cost_with_regularization(A3, Y, parameters, lambd),
    backward=lambda X, Y, cache: backward_propagation_with_regularization(X, Y, cache, lambd),
    **settings,
)
runs["L2, lambd = 0.7"] = with_L2
plot_boundary(with_L2.parameters, football, title="L2, lambd = 0.7")
left, right = new_axes(2)
plot_weights(plain.parameters, with_L2.parameters, labels=("none", "L2"), ax=left)
plot_cost(plain, with_L2, labels=("none", "L2, with its L2 term"), ax=right)
m = football.X_train.shape[1]
print(f"Decay: {1 - 0.3 * lambd / m:.6f} a step, {(1 - 0.3 * lambd / m) ** 1000:.0%} is left after 1,000 steps.")

# %% [markdown]
# **See.** The boundary is a single, almost straight line. The net gives up some training points (93.0 % instead of
# 96.5 %) and is right more often on new ones (92.5 % instead of 87.5 %). The weights show why: their root mean square
# fell from 2.83 to 0.50, and most lie close to 0. The cost with L2 stays higher; it has another term, and a net that
# follows no accidents cannot fit as well. Every weight decays in each step, so only those that the data renew all the
# time stay large.

# %% [markdown]
# Why does it help to have small weights? Two reasons can be seen. First, units fall out: what the data do not renew decays
# until the unit hands on next to nothing, and a smaller net is left. Second, what is left becomes straighter. ReLU has its
# bend however small its weights are, but tanh is nearly straight while $z$ is small, and several straight layers are worth one.
# So for this we take a tanh net, 2-5-3-1, and two half-moons, which a straight line cannot part.


# %% showcase
def units_at_work(parameters):
    """How many units of layer 1 hand on something: size of the weights into it, times that of those out of it, above 0.01."""
    sizes = np.linalg.norm(parameters["W1"], axis=1) * np.linalg.norm(parameters["W2"], axis=0)
    return np.sum(sizes > 0.01)


for name, run in (("none", plain), ("L2", with_L2)):
    print(f"{name}: {units_at_work(run.parameters)} of 20 units are at work.")


def backward_tanh(X, Y, cache, lambd):
    """Gradients for the tanh net, and what the L2 term adds, which is the same for any activation: your function knows."""
    grads = backward_propagation(X, Y, cache, "tanh")
    with_price, without = (backward_propagation_with_regularization(X, Y, cache, price) for price in (lambd, 0))
    return {name: grads[name] + with_price[name] - without[name] for name in ("dW1", "db1", "dW2", "db2", "dW3", "db3")}


forward_tanh = partial(forward_propagation, hidden="tanh")
moons = load_moons()
left, middle, right = new_axes(3, width=4.4)
for lambd, ax in ((0, left), (10, middle)):
    tanh_net = train(
        moons,
        first_weights,
        hidden_layers=(5, 3),
        learning_rate=0.3,
        iterations=5_000,
        forward=forward_tanh,
        backward=partial(backward_tanh, lambd=lambd),
    )
    plot_boundary(tanh_net.parameters, moons, ax=ax, title=f"tanh, lambd = {lambd}", hidden="tanh")
    _, (Z1, *_) = forward_tanh(moons.X_train, tanh_net.parameters)
    dash, fill = ("-", "///") if lambd else ("--", "")
    right.hist(Z1.ravel(), 40, range=(-8, 8), histtype="step", ls=dash, hatch=fill, lw=1.5, label=f"lambd = {lambd}")
    print(f"lambd = {lambd}: {np.mean(abs(Z1) < 0.5):.0%} of all z in layer 1 lie between -0.5 and 0.5.")
right.set(xlabel="$z$ in layer 1", ylabel="number", title="Where tanh is used")
_ = right.legend()

# %% [markdown]
# **See.** With L2 5 of the 20 units are left at work, without it all are. In the tanh net with $\lambda = 10$, 74 % of all $z$
# in layer 1 lie between -0.5 and 0.5, where tanh differs from a straight line by less than 8 %; with 0 it is 25 %. The border
# becomes straight, and so this $\lambda$ is too large: 85.3 % of the training points are right in place of 94.3 %. With five
# other draws of points and first weights, L2 left 10.4 ± 2.7 units at work on the pitch, and the shares on the moons were
# 76 ± 2 % and 24 ± 2 %, in each of the five at least 2.8 times as many with the price.

# %% [markdown]
# **What if only the first layer has to pay?** Call `backward_propagation_with_regularization` with a `lambd` of 0 and
# add the term to `dW1` alone. Compare the root mean squares of the three layers with those of the net without
# regularization: where have the large weights gone?

# %% [markdown]
# ## 5 · Dropout: units that are sometimes missing  (10 min)
#
# Another idea: in every training step, and for every example anew, each hidden unit is switched off with probability
# $1 -$ `keep_prob` ([Srivastava et al., 2014](https://jmlr.org/papers/v15/srivastava14a.html)). No unit can rely on one particular neighbour, so what is learnt is
# spread over many. For layer 1, and in the same way for layer 2:
#
# $$D^{[1]}_{ij} = \begin{cases}1 & \text{if } u_{ij} < \text{keep\_prob}\\ 0 & \text{otherwise}\end{cases}\quad (u_{ij}
#   \text{ uniform on } [0, 1)), \qquad A^{[1]} = \frac{\mathrm{relu}(Z^{[1]}) * D^{[1]}}{\text{keep\_prob}}$$
#
# Only $W, b$ are kept after training. **Dropout belongs to training**: to predict, all units are there and nothing is
# divided. That works because of the division above (*inverted* dropout), which keeps the mean of every activation as
# it was.

# %% predict [markdown]
# A unit's activation is 5 and `keep_prob` is 0.8. Which values can it have after dropout, with which probabilities, and
# what is their mean?
#
# * 0 (probability 0.2) or 6.25 (probability 0.8), with mean 5
#   The unit stays with probability 0.8, and then its activation is divided by 0.8. The mean is $0.8 \cdot 6.25 = 5$,
#   what it would be without dropout.
# - 0 (probability 0.2) or 5 (probability 0.8), with mean 4
#   This is dropout without the division. The next layer would then get 4 on average in training, and 5 afterwards.
# - 0 (probability 0.8) or 25 (probability 0.2), with mean 5
#   `keep_prob` is the probability that a unit stays, not that it goes. With a `keep_prob` of 0.2 this would be right.
# - always 4
#   A mask switches a unit on or off; it does not turn it down. $0.8 \cdot 5 = 4$ would be the mean if nothing were
#   divided.

# %% [markdown]
# **Try.** For each hidden layer: draw the mask (`np.random.rand`, shape of the activation), apply it, divide. First
# `D1`, then `D2`, one number for every unit and every example. Beware: the neighbour `np.random.randn` is normal, not
# uniform.


# %% solution="forward_propagation_with_dropout"
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5, seed=1):
    """Forward pass of a net with three layers, with inverted dropout after layers 1 and 2.

    X: inputs, shape (n_x, m). parameters: dict W1, b1, W2, b2, W3, b3.
    keep_prob: the probability that a unit stays. seed: of the masks, so that your numbers can be
    compared with ours.
    Returns A3 of shape (1, m) and (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3), the
    cache, where A1 and A2 are the activations after dropout and D1, D2 the masks, of the same
    shapes as A1, A2.
    """
    np.random.seed(seed)
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]

    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    # D1 = ... the mask, then A1 = ... what is left of the activation
    ### BEGIN SOLUTION
    D1 = np.random.rand(*A1.shape) < keep_prob
    A1 = A1 * D1 / keep_prob
    ### END SOLUTION
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    # D2 = ..., A2 = ...
    ### BEGIN SOLUTION
    D2 = np.random.rand(*A2.shape) < keep_prob
    A2 = A2 * D2 / keep_prob
    ### END SOLUTION
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)

    cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    return A3, cache


# %% test="forward_propagation_with_dropout" points=25
check(forward_propagation_with_dropout)

# %% showcase
one, zero = np.ones((1, 1)), np.zeros((1, 1))
small_net = {"W1": one, "b1": zero, "W2": one, "b2": zero, "W3": one, "b3": zero}  # one unit a layer, A1 = relu(X)
X_five = np.full((1, 10_000), 5.0)  # 10,000 examples whose first activation is 5
_, (_, D1, A1, *_) = ready(forward_propagation_with_dropout, X_five, small_net, 0.8)
print(f"The activation is one of {np.unique(A1)}, with mean {A1.mean():.3f}; {D1.mean():.1%} were kept.")
print(f"Without the division the mean would be {5 * D1.mean():.3f}.")

# %% [markdown]
# **See.** The activation is 0 or 6.25, and its mean is close to 5, as chance goes. Without the division the next layer
# would get about 4 in training and 5 afterwards.

# %% [markdown]
# **What if you look at the other end of the net?** The division keeps the mean of `A1`. Compare the mean of the
# outputs `A3` with the output without dropout, for the same `small_net` and `X_five`. Why does the promise not hold
# there?

# %% [markdown]
# ## 6 · Backward through the same mask  (12 min)
#
# Forward, the activation was multiplied by $D$ and divided by `keep_prob`. The chain rule multiplies its gradient by
# the same two factors:
#
# $$dA^{[2]} = \frac{(W^{[3]T}dZ^{[3]}) * D^{[2]}}{\text{keep\_prob}}, \qquad
#   dA^{[1]} = \frac{(W^{[2]T}dZ^{[2]}) * D^{[1]}}{\text{keep\_prob}}$$

# %% predict [markdown]
# In one step, unit 4 of layer 1 was absent for example 7. How does example 7 change the weights that lead into unit 4?
#
# - as usual
#   The weights are changed by the examples for which the unit was there. In example 7 its output was 0 whatever these
#   weights were, so the cost of that example does not depend on them.
# - more than usual, to make up for the absence
#   The division by `keep_prob` does make up for absent units, but by means of those that stayed. What is absent is
#   multiplied by 0, and 0 divided by `keep_prob` is 0.
# * not at all
#   On the way back $dA^{[1]}$ is multiplied by the same mask, which is 0 at this place. So example 7 adds nothing to
#   row 4 of $dW^{[1]}$.

# %% [markdown]
# **Try.** Compute `dA2` and `dA1`. The masks of the forward pass are in the cache.


# %% solution="backward_propagation_with_dropout"
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    """Gradients of the cross-entropy, for a net with three layers and inverted dropout after layers
    1 and 2.

    X: inputs, shape (n_x, m). Y: labels, shape (1, m). keep_prob: the one of the forward pass.
    cache: (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) of the forward pass.
    Returns a dict dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1, where dA2 and dA1 are the
    gradients of the activations before dropout.
    """
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache

    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m

    # dA2 = ...
    ### BEGIN SOLUTION
    dA2 = (W3.T @ dZ3) * D2 / keep_prob
    ### END SOLUTION
    dZ2 = dA2 * (Z2 > 0)
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m

    # dA1 = ...
    ### BEGIN SOLUTION
    dA1 = (W2.T @ dZ2) * D1 / keep_prob
    ### END SOLUTION
    dZ1 = dA1 * (Z1 > 0)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m

    return dict(dZ3=dZ3, dW3=dW3, db3=db3, dA2=dA2, dZ2=dZ2, dW2=dW2, db2=db2, dA1=dA1, dZ1=dZ1, dW1=dW1, db1=db1)


# %% test="backward_propagation_with_dropout" points=20
check(backward_propagation_with_dropout)

# %% [markdown]
# A remark before the run. The `seed=1` inside makes the masks **the same in all 30,000 steps**: each example meets the
# same thinned net again and again. The published figures of this exercise were made so, and we keep it to be comparable.
# Real dropout draws a fresh mask in every step; here that is another seed in every step. We run both.

# %% predict [markdown]
# Which of the two costs falls lower, and which one is smooth?
#
# * lower and smooth: the one with the same masks
#   With the same masks in each step, descent goes down on one and the same function. Each example has to be fitted by
#   one thinned net only, which is easier than by many.
# - lower: with fresh masks; smooth: with the same masks
#   Fresh masks are the better practice, but this cost does not show it. With them every example has to be fitted by
#   many thinned nets, which is harder than by one.
# - lower: with the same masks; smooth: with fresh masks
#   Chance evens out in a mean over many masks. But each point of the curve is the cost with the masks of a single step,
#   and the next point has others.

# %% showcase
keep_prob = 0.86
seeds = count(1)  # 1, 2, 3, ...: a fresh mask in every step
dropout = dict(backward=lambda X, Y, cache: backward_propagation_with_dropout(X, Y, cache, keep_prob), **settings)
same_mask = train(
    football, first_weights, forward=lambda X, p: forward_propagation_with_dropout(X, p, keep_prob), **dropout
)
fresh_masks = train(
    football,
    first_weights,
    forward=lambda X, p: forward_propagation_with_dropout(X, p, keep_prob, next(seeds)),
    **dropout,
)
runs["dropout, keep_prob = 0.86"] = same_mask

left, right = new_axes(2)
plot_cost(same_mask, fresh_masks, labels=("same mask in every step", "fresh mask in every step"), ax=left)
plot_boundary(fresh_masks.parameters, football, ax=right, title="dropout, fresh masks")
for name, history in (("same mask", same_mask), ("fresh masks", fresh_masks)):
    A3, _ = forward_propagation(football.X_train, history.parameters)  # no dropout: the whole net
    print(f"{name}: cost of the whole net on the training points {compute_cost(A3, football.Y_train):.3f}.")

# %% showcase
for ax, (name, run) in zip(np.atleast_1d(new_axes(len(runs), width=5)), runs.items(), strict=True):
    plot_boundary(run.parameters, football, ax=ax, title=name)

# %% [markdown]
# **See.** Without regularization 87.5 % of the test points are right, with L2 92.5 %, and with dropout 92.5 % too,
# with either kind of masks. The islands are gone. (200 points measure such a share to about 2 percentage points, so
# this does not say which of the two remedies is better.)
#
# The costs show what the masks do. With fresh masks the cost jumps, because each step measures another thinned net;
# the whole net has about the same cost, 0.143. With the same masks it falls smoothly to 0.047. But that is the cost
# of thinned nets that nobody will use: the whole net has 1.286 on the very same points. Every example always had the
# same units missing, and that pattern is a name tag by which a net can learn the example by heart. The boundary came
# out well here; do not count on it, and use fresh masks in your own work. To look for errors in a program with
# dropout, set `keep_prob` to 1 first.

# %% [markdown]
# Each layer may have a `keep_prob` of its own. Where many weights come together there is most to learn by heart, so there it
# is lowest; a small layer keeps all its units, and the output layer always does. Below, layer 1 with its 20 units has 0.6 and
# layer 2 with its 3 units has 1. The masks are drawn by a helper of the explorers this time.

# %% showcase
from helpers.explorers.regularization import gradient, unpack

rng = np.random.default_rng(1)
theta = np.concatenate([value.ravel() for value in first_weights([2, 20, 3, 1]).values()])  # all parameters as one vector
for _ in range(6_000):
    factors = rng.binomial(1, 0.6, (20, m)) / 0.6, 1
    theta = theta - 0.3 * gradient(theta, football.X_train, football.Y_train[0], (20, 3), 0, factors)
by_layer = unpack(theta, (20, 3))
left, right = new_axes(2)
plot_boundary(by_layer, football, ax=left, title="keep_prob of 0.6 and 1")
plot_weights(plain.parameters, fresh_masks.parameters, labels=("none", "dropout, fresh masks"), ax=right)

# %% [markdown]
# **See.** This too is right on 93.0 % of the test points, after a fifth of the steps. And the weights show what dropout has in
# common with L2: the root of their mean square is 2.12 with fresh masks and 2.83 without, and nobody put a price on them. A
# unit that cannot rely on any one of its inputs spreads its trust, and many middling weights have a smaller sum of squares
# than a few large ones with the same sum. How strong the pull is depends on the inputs of each weight, whereas L2 treats all
# alike. It is a tendency, no law: with five other pitches and first weights, 10,000 steps each, the root mean square was
# 1.51 ± 0.09 without dropout, 1.34 ± 0.18 with 0.86 in both layers and 1.41 ± 0.16 with 0.6 and 1; in 3 of the 5 both were
# smaller than without.
#
# Dropout is common with pictures, where there are hardly ever enough examples for all the weights. Elsewhere one tries it
# when a net over-fits, and not before.

# %% [markdown]
# **What if dropout stays on when you predict?** Take the mean of a hundred outputs of `fresh_masks.parameters` on the
# test points, each with a seed of its own, and their standard deviation. Where on the pitch does the net contradict
# itself most? ([Gal and Ghahramani, 2016](https://arxiv.org/abs/1506.02142), take this for a measure of doubt.)

# %% [markdown]
# ## 7 · Features of one size  (8 min)
#
# This is no regularization, but it belongs to the preparation of every run, and it makes one $\lambda$ fair to all
# weights. Say one feature is the length of a kick in metres, another the wind in metres per second. Their weights
# need very different sizes, the cost becomes a narrow valley, and a learning rate that is safe across the valley is
# far too small along it ([LeCun et al., 1998](https://doi.org/10.1007/3-540-49430-8_2)). So bring every feature $j$ to mean 0 and variance 1:
#
# $$\mu_j = \frac1m\sum_i x_j^{(i)}, \qquad \sigma_j^2 = \frac1m\sum_i\left(x_j^{(i)}-\mu_j\right)^2, \qquad
#   x_j^{(i)} \leftarrow \frac{x_j^{(i)}-\mu_j}{\sigma_j}$$
#
# One divides by the standard deviation $\sigma_j$, **not** by the variance $\sigma_j^2$, which is a common slip.
# A feature in metres has a variance in square metres; only $\sigma_j$ has its unit.

# %% predict [markdown]
# A feature has standard deviation 10. Somebody divides by the variance. What is its standard deviation now?
#
# - 1
#   That comes from dividing by the standard deviation. The variance is its square, 100.
# * 0.1
#   The variance is $10^2 = 100$, and $10 / 100 = 0.1$. The feature has a tenth of the size that it should have.
# - 0.01
#   That is its variance now: division by 100 divides the variance by $100^2$, which leaves 0.01. The standard deviation
#   is the root of that.

# %% [markdown]
# **Try.** Compute $\mu$ and $\sigma$ along the examples, and keep their shape $(n_x, 1)$. A feature that never
# changes has $\sigma = 0$; return 1 in its place, so that it becomes 0 everywhere and nothing is divided by zero.


# %% solution="normalize_inputs"
def normalize_inputs(X):
    """Features shifted and scaled to mean 0 and variance 1, and the numbers to do the same to other
    examples.

    X: inputs, shape (n_x, m), one example a column.
    Returns (X_norm, mu, sigma): X_norm of shape (n_x, m); mu, the means, and sigma, the standard
    deviations (with 1/m, not 1/(m - 1)), each of shape (n_x, 1), such that
    X_norm = (X - mu) / sigma.
    A feature that is the same in all examples has sigma 1 in place of 0, and becomes 0.
    """
    # mu = ..., sigma = ..., X_norm = ...
    ### BEGIN SOLUTION
    mu = np.mean(X, axis=1, keepdims=True)
    sigma = np.std(X, axis=1, keepdims=True)
    constant = np.ptp(X, axis=1) == 0  # largest minus smallest; sigma itself may be rounded to 1e-17 instead of 0
    sigma[constant] = 1
    X_norm = (X - mu) / sigma
    ### END SOLUTION
    return X_norm, mu, sigma


# %% test="normalize_inputs" points=20
check(normalize_inputs)

# %% showcase
rng = np.random.default_rng(7)
kicks = np.array([[42.0], [0.6]]) + np.array([[4.0], [0.8]]) * rng.standard_normal((2, 80))  # two features, 80 kicks
target = np.array([[0.3, 1.2]]) @ (kicks - kicks.mean(axis=1, keepdims=True))  # what a linear unit should answer


def steps_of_descent(X, y, n=15):
    """Descent of a linear unit from w = 0, with 3/4 of the largest safe learning rate; the path, shape (2, n + 1)."""
    curvature = X @ X.T / X.shape[1]
    learning_rate = 1.5 / np.linalg.eigvalsh(curvature).max()  # from 2 on it diverges
    path = [np.zeros((2, 1))]
    for _ in range(n):
        path.append(path[-1] - learning_rate * (curvature @ path[-1] - X @ y.T / X.shape[1]))
    return np.hstack(path)


kicks_norm, mu, sigma = ready(normalize_inputs, kicks)
left, right = new_axes(2, width=5, height=4.2)
plot_bowl(kicks - mu, target, steps_of_descent(kicks - mu, target), ax=left, title="as measured")
plot_bowl(kicks_norm, target, steps_of_descent(kicks_norm, target), ax=right, title="normalized")

# %% [markdown]
# New examples, from dev set, test set or life, get the **same** $\mu$ and $\sigma$, those of the training set. They
# are part of the model, like the weights. Below, the same kick occurs in training and on a day with other kicks.

# %% showcase
another_day = np.hstack([kicks[:, :1], kicks[:, 1:] + np.array([[6.0], [0.5]])])  # the first kick is the same
kicks_norm, mu, sigma = ready(normalize_inputs, kicks)
_, mu_day, sigma_day = ready(normalize_inputs, another_day)
print("the kick in training:               ", kicks_norm[:, 0].round(2))
print("that day, mu and sigma of training: ", ((another_day - mu) / sigma)[:, 0].round(2))
print("that day, mu and sigma of that day: ", ((another_day - mu_day) / sigma_day)[:, 0].round(2))

# %% [markdown]
# **See.** The valley of the cost as measured is 5.1 times as long as wide, and after 15 steps 39.2 % of the way is
# left; for normalized features next to nothing is. And with the mean and deviation of its own day, the same kick
# becomes $(-1.45, -1.00)$ instead of $(0.20, -0.30)$: for the net, another kick.

# %% [markdown]
# Inside a net one can do the same after each layer, batch by batch: *batch normalization*
# ([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167)). *Softmax and batch norm* is about it.

# %% [markdown]
# **What if features are divided, but not shifted?** Put `kicks / kicks.std(axis=1, keepdims=True)` into `plot_bowl`,
# with its own `steps_of_descent`. Now all features have one size. Is the valley rounder than that of the kicks as
# measured?

# %% [markdown]
# ## 8 · Stop in time, and other remedies  (8 min)
#
# **Early stopping** ([Prechelt, 1998](https://doi.org/10.1007/3-540-49430-8_3)) watches the cost on held-out examples during training and keeps the parameters
# with which it was lowest. It costs one run only. Its price: it stops two things with one knob, the fit of the
# training set and the growth of the weights, and so cannot be tuned apart as $\lambda$ can.
#
# We choose with held-out examples, so those are a dev set now and cannot be the test set too. Half of the points that
# we called test set will be dev, and the other half remains to report.

# %% predict [markdown]
# The training cost of our first net goes down until the end, apart from some jumps. What does its cost on the dev
# points do?
#
# - fall too
#   It does while the net learns the trend. The accidents that it learns after that are those of its training points,
#   and they make it wrong on some of the others.
# - fall, then stay level
#   That would be so if what comes after the trend did nothing to new points. But a boundary bent around an accident is
#   wrong for new points near it, and the net grows ever more certain of it.
# * fall, then rise
#   First the net learns the trend, which holds for dev points too. Later it follows accidents of the training points.
#   Dev points near these are then wrong, and cost the more the more certain the net is.

# %% showcase
half = football.X_test.shape[1] // 2
X_dev, Y_dev = football.X_test[:, :half], football.Y_test[:, :half]
X_rest, Y_rest = football.X_test[:, half:], football.Y_test[:, half:]
dev_costs, snapshots = [], []


def watch(iteration, parameters):
    """Notes the cost on the dev points, and the parameters."""
    A3, _ = forward_propagation(X_dev, parameters)
    A3 = np.clip(A3, 1e-5, 1 - 1e-5)  # a sure and wrong answer costs 11.5, and not infinity
    dev_costs.append(compute_cost(A3, Y_dev))
    snapshots.append(parameters)


watched = train(football, first_weights, watch=watch, **settings)
plot_early_stopping(watched.steps, watched.costs, dev_costs)
best = int(np.argmin(dev_costs))
for name, parameters in (("stopped at the best dev cost", snapshots[best]), ("trained to the end", watched.parameters)):
    print(f"{name}: {accuracy(parameters, X_rest, Y_rest):.1%} right on the points that are left.")

# %% [markdown]
# **See.** The dev cost turns. It is lowest, 0.246, after 1,200 of the 30,000 steps, and 0.567 at the end, while the
# training cost falls from 0.191 to 0.097. The net stopped there is right on 91 % of the points that are left, the one
# trained to the end on 87 %.

# %% [markdown]
# Other remedies, in a line each:
#
# - **L1** ([Tibshirani, 1996](https://doi.org/10.1111/j.2517-6161.1996.tb02080.x)) adds $\frac{\lambda}{2m}\sum\lvert w\rvert$ to the cost. Its gradient is a pull of
#   constant size, $\pm\frac{\lambda}{2m}$, however small the weight already is, so many weights end at or near 0 and
#   the net becomes sparse.
# - **Max-norm** ([Srivastava et al., 2014](https://jmlr.org/papers/v15/srivastava14a.html)): after each step, the weights into a unit are scaled back to length $r$
#   if they are longer. Nothing is added to the cost.
# - **Data augmentation** makes more examples out of those one has: pictures mirrored, cut, turned a little. The label
#   must stay true: a mirrored cat is a cat, a 6 turned upside down is not a 6.
# - **More data** is the best remedy where it can be had.

# %% [markdown]
# The first two on the pitch, beside L2, 8,000 steps each. Which one will have the most weights near 0?

# %% showcase
def with_L1(grads, parameters, lambd=0.7):
    """The gradients with the constant pull of L1."""
    pulls = {f"dW{l}": lambd / (2 * m) * np.sign(parameters[f"W{l}"]) for l in (1, 2, 3)}
    return grads | {name: grads[name] + pull for name, pull in pulls.items()}


def max_norm(parameters, r=1):
    """The parameters with the weights into each unit scaled back to length r where they are longer."""
    lengths = {l: np.linalg.norm(parameters[f"W{l}"], axis=1, keepdims=True) for l in (1, 2, 3)}
    return parameters | {f"W{l}": parameters[f"W{l}"] * np.minimum(1, r / (n + 1e-12)) for l, n in lengths.items()}


m = football.X_train.shape[1]
L1 = capped = first_weights([2, 20, 3, 1])
for _ in range(8_000):
    _, cache = forward_propagation(football.X_train, L1)
    L1 = descend(L1, with_L1(backward_propagation(football.X_train, football.Y_train, cache), L1), 0.3)
    _, cache = forward_propagation(football.X_train, capped)
    capped = max_norm(descend(capped, backward_propagation(football.X_train, football.Y_train, cache), 0.3))
penalized = partial(backward_propagation_with_regularization, lambd=0.7)
L2 = train(football, first_weights, backward=penalized, **settings | {"iterations": 8_000}).parameters
rivals = {"L2, lambd = 0.7": L2, "L1, lambd = 0.7": L1, "max-norm, r = 1": capped}
for ax, (name, parameters) in zip(new_axes(3, width=4.2), rivals.items(), strict=True):
    plot_boundary(parameters, football, ax=ax, title=name)

# %% showcase
bins = np.logspace(-6, 1, 29)
for ax, (name, parameters) in zip(new_axes(3, width=4.2, height=3), rivals.items(), strict=True):
    sizes = abs(np.concatenate([parameters[f"W{l}"].ravel() for l in (1, 2, 3)]))
    ax.hist(np.clip(sizes, bins[0], None), bins)  # what is smaller still stands at the left edge
    ax.set(xscale="log", ylim=(0, 60), xlabel="size of a weight", ylabel="number of weights", title=name, axisbelow=True)
    print(f"{name}: {np.mean(sizes < 0.001):.0%} of {sizes.size} weights are below 0.001, the largest is {sizes.max():.2f},")
    print(f"and {units_at_work(parameters)} units are at work.")

# %% [markdown]
# **See.** The three borders are much alike, and the weights are not. L1 leaves 84 % of them below 0.001 and 4 of the 20 units at
# work: a net that can be cut down, and then needs less memory and time. With L2, whose pull becomes weaker as a weight becomes
# smaller, it is 27 % and 13 units. Max-norm lets all units work; it only forbids any weight above 1. With five other pitches and
# first weights, the shares below 0.001 were 86 ± 4 % for L1, 18 ± 10 % for L2 and 2 ± 1 % for max-norm, and L1's was the
# largest in each of the five.

# %% [markdown]
# All of it with one small net on the same pitch, which is trained anew as soon as you move $\lambda$ or `keep_prob`.

# %% showcase
from helpers import explorers

explorers.regularization()

# %% [markdown]
# **What if the dev set is small?** Compute the costs of all `snapshots` on ten dev points only, then on ten others,
# and so on. At which step would you have stopped each time?

# %% [markdown]
# ## 9 · What you learned
#
# The training error shows bias, what comes on top of it on new examples shows variance. Regularization lowers the
# variance: L2 adds $\frac{\lambda}{2m}\sum W^2$ to the cost and $\frac{\lambda}{m}W$ to the gradient, which makes the
# weights decay in each step. Dropout removes units at random in training, divides the rest by `keep_prob`, goes back
# through the same mask, and is absent afterwards. Early stopping keeps the parameters with the lowest dev cost.
# Inputs are divided by the standard deviation, and new examples by that of the training set. A remedy is chosen with
# a dev set, and the result is reported on a test set that no choice has seen.
#
# Try next:
#
# - `lambd` of 0.01, 0.1, 3 and 30 in section 4. From which value on does the boundary become a straight line, or
#   vanish?
# - `keep_prob` of 0.5 with fresh masks. A hidden layer of 3 units loses half of them: what happens to the training
#   error? Give layer 2 a `keep_prob` of its own.
# - If you have `data.mat` of the exercise from which the figures 0.7 and 0.86 come, put it into `datasets/original/`
#   and run the notebook again: 91.5 % of its test points are right without regularization, 93 % with L2, 95 % with
#   dropout.
# - L2 and dropout together: add the L2 term to `backward_propagation_with_dropout`.
#
# The next assignment, *gradient checking*, compares a backward pass with differences of the forward pass, which finds
# slips such as a forgotten $\frac{\lambda}{m}W$ at once. (Switch dropout off for it, or keep the mask.)

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
