# %% [markdown]
# # Deep networks: how to make twenty layers train
#
# A net of two layers trains almost whatever one does. One of twenty does not: units die, signals fade or explode, and
# steps that suit one layer do not suit another. This notebook has what people found against it, most of it between
# 2010 and 2016, and lets you measure what each remedy is worth.
#
# You will learn
#
# - to see units die, and to give them a slope that keeps them alive: leaky, learnt, random, exponential,
# - what a path around a layer does,
# - to stop an explosion by clipping, and what clipping does to the direction of a step,
# - to write Nesterov's rule, AdaGrad and Adadelta, and to judge seven rules on one net,
# - to let the learning rate fall by a table, a formula or by what the dev error says,
# - to read programs of 2017 and write them as one does today.
#
# It takes about 90 minutes. You need momentum and RMSprop from *Optimizers*, and softmax with its cost from *Softmax and
# batch norm*. Examples are columns: $Z$ and $A$ of a layer have shape $(n, m)$, for $n$ units and $m$ examples. As in the
# whole course, $dZ$ and $dA$ are derivatives of each example's own cost, without $1/m$; gradients of parameters are means.
#
# One thing is new. Functions with a state, such as $v$, return the new state and **leave the old one as it was**. Their
# first line makes copies of the dicts for you. The arrays in them are still shared, so give names new arrays,
# `v[d] = ...`, and do not change arrays in place, as `v[d] *= ...` would.

# %% setup
import numpy as np

from helpers import check, deep, nets
from helpers.data import load_digits
from helpers.explorers.race import adam, momentum, rmsprop
from helpers.plots import new_axes, plot_lamps, plot_lines, plot_paths
from helpers.training import as_number, number_of, ready, walk

digits = load_digits()
check.begin("deep_networks")

# %% [markdown]
# ## 1 · Flat ends, dead units  (9 min)
#
# The logistic function is flat at both ends. There its slope is nearly 0, and in the middle it is 1/4 at most, so on the
# way back each layer of such units takes three quarters of the gradient or more. ReLU has the slope 1 wherever it is
# not 0, and has no flat end on the right. But it has one on the left.

# %% showcase
z = np.linspace(-8, 8, 321)
a = nets.sigmoid(z)
left, right = new_axes(columns=2, width=5, height=3.2)
relu, slope = deep.relu(z)
plot_lines({"logistic": (z, a), "ReLU": (z, relu)}, left, ylim=(-0.1, 2), xlabel="$z$", ylabel="$a$", title="Two functions")
plot_lines({"logistic": (z, a * (1 - a)), "ReLU": (z, slope)}, right, xlabel="$z$", ylabel="slope", title="Their slopes")
print(f"slope of the logistic function: {np.max(a * (1 - a)):.2f} at 0, {(a * (1 - a))[-1]:.4f} at 8")

# %% predict [markdown]
# The $z$ of a ReLU unit is negative for every example. Its own weights are trained for 1,000 more steps. What becomes of
# them?
#
# * They stay where they are
#   No slope, no gradient, no step. Only the layers below could wake the unit, by changing what arrives at it.
# - They recover slowly
#   A recovery needs a gradient. Where ReLU is flat, the slope is 0, and it is a factor of every derivative of these
#   weights.
# - They shrink to 0
#   That is what weight decay would do. The cost alone does not know that these weights exist.
# - They grow, since the unit is needed
#   The gradient knows nothing of need. It says what a small change would do, and here that is nothing.

# %% [markdown]
# Such a unit is *dead*. A large step is enough to kill one: it throws $b$, or the weights, so far that no example
# reaches the slope again.
#
# **Try.** Find the dead units of a layer. A unit is a row.


# %% solution="dead_units"
def dead_units(A):
    """Which units of a ReLU layer answer 0 to every example.

    A: outputs of the layer, none negative, shape (n, m).
    Returns True for a dead unit and False for a living one, shape (n,).
    """
    ### BEGIN SOLUTION
    dead = np.all(A == 0, axis=1)
    ### END SOLUTION
    return dead


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once any
# part of a result is right; edge cases 30 %, once an ordinary case passes. A share for which a check has no case goes to the
# values, so a card may show a larger share for them. Grading uses these visible cases and further ones. If you are stuck,
# `check.hint(dead_units)` gives a hint, then another; asking costs nothing.

# %% test="dead_units" points=3
check(dead_units)

# %% [markdown]
# The patient is a net of 64-100-100-100-10 units for the scanned digits, with He's weights and plain descent, 20
# epochs in batches of 50. It comes from `helpers/deep.py`, which is short; have a look. Before anything is learnt,
# some units are dead already. That has to be known, or one counts them as victims. In the picture each lamp is a unit, a row a
# layer; a lamp that is out is a dead unit.

# %% showcase
def dead_by_layer(parameters, activation=deep.relu):
    """For each hidden layer, which of its units answer 0 to all training digits."""
    _, layers = deep.forward(digits.X_train, parameters, activation)
    return [ready(dead_units, layer["A"]) for layer in layers[:-1]]


def said(layers):
    return ", ".join(f"{100 * np.mean(dead):.0f} %" for dead in layers)


first = nets.initialize_scaled([64, 100, 100, 100, 10], gain=2, seed=3)
print("dead before the first step, by layer:", said(dead_by_layer(first)))
lamps = {"before": np.hstack(dead_by_layer(first))}
for rate in (0.01, 0.1, 0.5, 1):
    trained = deep.train_digits(digits, first, learning_rate=rate, epochs=20).parameters
    dead = dead_by_layer(trained)
    print(f"rate {rate}: dead {said(dead)}; {deep.percent_right(digits, trained):.1f} % of the test digits are right")
    lamps[f"rate {rate}"] = np.hstack(dead)
plot_lamps({name: ~dead for name, dead in lamps.items()}, columns=100, unit="unit")

# %% [markdown]
# **See.** Rates of 0.01 and 0.1 kill few and wake some: about as many are dead in the end as at the start. At 0.5
# some of the first layer go out, and the net is as good as ever: it has units to spare. At 1 most lamps are out, and
# the net guesses, or nearly. Over five other splits of the digits and other first weights, per cent of units, mean and standard
# deviation:
#
# | rate | layer 1 | layer 2 | layer 3 | test digits right |
# |---|---:|---:|---:|---:|
# | before | 3.0 ± 2.0 | 6.4 ± 3.0 | 8.6 ± 4.3 | |
# | 0.01 | 3.0 ± 2.0 | 8.6 ± 2.2 | 11.4 ± 3.0 | 91.6 ± 2.4 |
# | 0.1 | 3.0 ± 2.0 | 5.2 ± 0.8 | 6.2 ± 4.0 | 96.6 ± 0.8 |
# | 0.5 | 20.4 ± 13.8 | 3.2 ± 3.3 | 1.2 ± 0.4 | 97.4 ± 0.7 |
# | 1 | 71.2 ± 16.4 | 66.6 ± 24.8 | 94.2 ± 8.6 | 20.1 ± 15.8 |
#
# One reads that half of the units of a net may die at a large learning rate. That is so, and a fifth of a layer need
# not hurt. Note the last column of layers at 0.5: fewer are dead there than at the start. When the layers below move,
# what arrives moves, and some units wake.

# %% [markdown]
# **What if the biases start at 0.1?** Set every `b` of `first` to 0.1, as was usual in 2016, and train at 0.5 and at 1. Whom does
# it save?

# %% [markdown]
# ## 2 · A little slope  (15 min)
#
# If the flat end is the trouble, give it a slope. *Leaky ReLU* multiplies what is below 0 by a small $\alpha$:
#
# $$a = z \ \text{ for } z > 0 \qquad a = \alpha z \ \text{ for } z < 0$$
#
# Usual are 0.01 and 0.2. A unit in trouble then crawls, and crawling it may come back.
#
# **Try.** Return $A$ and the slope at each $z$, which the way back needs.


# %% solution="leaky_relu"
def leaky_relu(Z, alpha=0.01):
    """Leaky ReLU and its slope.

    Z: shape (n, m), never exactly 0 here. alpha: slope below 0, a number from 0 to 1.
    Returns A and the slope at each z, both in the shape of Z.
    """
    ### BEGIN SOLUTION
    A = np.where(Z > 0, Z, alpha * Z)
    slope = np.where(Z > 0, 1.0, alpha)
    ### END SOLUTION
    return A, slope


# %% test="leaky_relu" points=7
check(leaky_relu)

# %% [markdown]
# The *exponential linear unit*, ELU ([Clevert et al., 2016](https://arxiv.org/abs/1511.07289)), bends instead of breaking:
#
# $$a = z \ \text{ for } z > 0 \qquad a = \alpha\,(e^z - 1) \ \text{ for } z < 0$$
#
# Three things are said for it. Its outputs can be negative, so their mean is nearer to 0. It has a slope below 0, so
# units can recover. And for $\alpha = 1$ it has no corner; for any other $\alpha$ it has one at 0. The price is an
# exponential for each $z$.

# %% predict [markdown]
# ELU with $\alpha = 1$ gives $-0.632$ at $z = -1$. What is its *slope* there?
#
# - 1
#   That is the slope above 0. Below, the curve flattens out towards $-\alpha$.
# - $-0.632$
#   That is $a$ itself. A function that rises has a positive slope.
# * 0.368
#   The slope is $\alpha e^z$, here $e^{-1}$. It is also $a + \alpha$: once $a$ is there, it costs an addition.
# - 0.01
#   That is a usual slope of leaky ReLU. ELU's depends on $z$.

# %% [markdown]
# **Try.** Take care of large $z$: $e^{1000}$ is infinite, and infinity times 0 is not a number. `np.minimum(Z, 0)` helps.


# %% solution="elu"
def elu(Z, alpha=1.0):
    """Exponential linear unit and its slope (Clevert et al., 2016).

    Z: shape (n, m), of any size, never exactly 0 here. alpha: above 0; the curve ends at -alpha on
    the left.
    Returns A and the slope at each z, both in the shape of Z.
    """
    ### BEGIN SOLUTION
    below = alpha * (np.exp(np.minimum(Z, 0)) - 1)
    A = np.where(Z > 0, Z, below)
    slope = np.where(Z > 0, 1.0, below + alpha)
    ### END SOLUTION
    return A, slope


# %% test="elu" points=11
check(elu)

# %% showcase
z = np.linspace(-4, 3, 281)[None]
curves = {"ReLU": deep.relu(z), "leaky, α = 0.2": ready(leaky_relu, z, 0.2), "ELU": ready(elu, z)}
left, right = new_axes(columns=2, width=5, height=3.4)
plot_lines({n: (z[0], A[0]) for n, (A, _) in curves.items()}, left, xlabel="$z$", ylabel="$a$", title="Three units")
plot_lines({n: (z[0], s[0]) for n, (_, s) in curves.items()}, right, xlabel="$z$", ylabel="slope", title="Their slopes")
A, _ = ready(elu, np.array([[-1.0, -3.0]]))
print(f"ELU: {A[0, 0]:.3f} at -1, {A[0, 1]:.3f} at -3")
Z = np.random.default_rng(0).standard_normal((1000, 1000))
for name, function in (("ReLU", deep.relu), ("leaky, α = 0.2", lambda Z: leaky_relu(Z, 0.2)), ("ELU", elu)):
    print(f"{name}: mean output {function(Z)[0].mean():.2f} for z of mean 0 and variance 1")
print(f"He's factor for leaky ReLU with α = 0.2: {2 / (1 + 0.2**2):.2f} in place of 2")
print(f"tanh z is 2 sigmoid(2z) - 1: off by {np.abs(np.tanh(z) - (2 * nets.sigmoid(2 * z) - 1)).max():.0e}")

# %% [markdown]
# **See.** ELU's mean output is nearest to 0. A slope below 0 keeps a little of the signal, so first weights are drawn a
# little smaller: variance $\frac{2}{1 + \alpha^2} / n$, where He's factor was 2. By the way, tanh is the logistic function,
# stretched and moved: $\tanh z = 2 \sigma(2z) - 1$. Its mean output is 0, and its slope is 1 in the middle, which is why
# tanh trains where the logistic function does not.

# %% [markdown]
# Why choose $\alpha$ by hand? *Parametric* leaky ReLU ([He et al., 2015](https://arxiv.org/abs/1502.01852)) learns it, by
# descent, like $W$. One $\alpha$ for a layer is used at every $z$ below 0, so it collects a gradient from each of them.
# By the chain rule, $\frac{\partial a}{\partial \alpha} = z$ there, and 0 elsewhere:
#
# $$dZ = dA \cdot \text{slope} \qquad d\alpha = \frac{1}{m} \sum_{z < 0} dA \cdot z$$
#
# **Try.** `dalpha` is a gradient of a parameter, so it is a mean over the examples, like `db`; but a sum over the units, since
# they share it.


# %% solution="prelu_backward"
def prelu_backward(dA, Z, alpha):
    """Back through parametric leaky ReLU, whose slope below 0 is learnt.

    dA: shape (n, m), without 1/m as always. Z: shape (n, m), never exactly 0 here. alpha: one
    number for the layer.
    Returns dZ, shape (n, m), without 1/m too, and dalpha, a number: the mean over the examples
    (as for db) of the sum over the units.
    """
    m = Z.shape[1]
    ### BEGIN SOLUTION
    dZ = dA * np.where(Z > 0, 1.0, alpha)
    dalpha = np.sum(dA * np.minimum(Z, 0)) / m
    ### END SOLUTION
    return dZ, dalpha


# %% test="prelu_backward" points=11
check(prelu_backward)

# %% [markdown]
# And *randomized* leaky ReLU ([Xu et al., 2015](https://arxiv.org/abs/1505.00853)) draws a slope for each entry, anew at
# each step, as a kind of regularization. In use nothing is drawn, and the slope is the middle.
#
# **Try.** The draws come in as `U`, so that your numbers can be compared: even in [0, 1), where 0 gives `low`.


# %% solution="rrelu"
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    """Leaky ReLU whose slope below 0 is drawn, for each entry, in training (Xu et al., 2015).

    Z: shape (n, m). U: draws, uniform in [0, 1), in the shape of Z. low, high: the slopes for U = 0
    and U = 1, in between evenly. training: True for the drawn slopes, False for the middle of low
    and high.
    Returns A, in the shape of Z.
    """
    ### BEGIN SOLUTION
    slope = low + (high - low) * U if training else (low + high) / 2
    A = np.where(Z > 0, Z, slope * Z)
    ### END SOLUTION
    return A


# %% test="rrelu" points=3
check(rrelu)

# %% [markdown]
# Which one should it be? Look at the curves under your hand first: what leaves them, and which units go out after one large
# step.

# %% showcase
from helpers import explorers

explorers.activations()

# %% showcase
first = nets.initialize_scaled([64, 100, 100, 100, 10], gain=2, seed=3)
alpha = {"value": 0.25}  # of the parametric unit, one for all layers here


def parametric(Z):
    return ready(leaky_relu, Z, alpha["value"])


def learn_alpha(parameters, grads, learning_rate):
    """Descent that moves alpha too, by what one batch says of the layer at the top."""
    ZL, layers = deep.forward(digits.X_train[:, :50], parameters, parametric)
    dA = parameters["W4"].T @ (nets.ACTIVATIONS["softmax"](ZL) - np.eye(10)[:, digits.Y_train[0, :50]])
    Z = parameters["W3"] @ layers[2]["A_previous"] + parameters["b3"]
    _, dalpha = ready(prelu_backward, dA, Z, alpha["value"])
    alpha["value"] = alpha["value"] - learning_rate * as_number(dalpha)
    return nets.descend(parameters, grads, learning_rate)


kinds = {
    "ReLU": (deep.relu, nets.descend),
    "leaky, α = 0.01": (lambda Z: ready(leaky_relu, Z, 0.01), nets.descend),
    "leaky, α = 0.2": (lambda Z: ready(leaky_relu, Z, 0.2), nets.descend),
    "leaky, α learnt": (parametric, learn_alpha),
    "ELU": (lambda Z: ready(elu, Z), nets.descend),
}
for name, (activation, update) in kinds.items():
    trained = deep.train_digits(digits, first, activation, learning_rate=0.1, epochs=20, update=update).parameters
    print(f"{name}: {deep.percent_right(digits, trained, activation):.1f} % of the test digits")
print(f"α began at 0.25 and ends at {alpha['value']:.2f}")

# %% [markdown]
# **See.** No order is left that one could believe in, and the learnt $\alpha$ has lost a third. Over five draws, at rate 0.1: ReLU 96.6 ± 0.8, leaky with 0.01
# 96.6 ± 0.8, with 0.2 96.6 ± 0.9, ELU 96.9 ± 0.6. At 0.5 ReLU still learns, 97.4 ± 0.7, and ELU does not, 10.1 ± 0.9.
# So here ELU is no better, and bears less. One often reads ELU > leaky ReLU > ReLU > tanh > logistic. That comes from
# convolutional nets on photographs ([Xu et al., 2015](https://arxiv.org/abs/1505.00853), and the paper on ELU); of the first
# three our 1,200 small pictures show no such order. Take it as the order in which to *try*.

# %% [markdown]
# As a starting point: **ReLU**, since it is fast and everything is tuned for it. **ELU** or **leaky ReLU** if units
# die; leaky if answers have to be quick. **Parametric** with many data, since it is one more thing to over-fit with;
# **randomized** when the net over-fits. **tanh** where an output has to lie between -1 and 1, **logistic** for a
# probability, or for a gate,
# **softmax** for several classes that exclude each other.

# %% [markdown]
# **What if $\alpha$ is larger than 1?** Write a copy of yours whose slope below 0 is 2 (`np.maximum` will not do there), and train
# with first weights that are smaller by the factor $2 / (1 + \alpha^2)$ of the variance. Which function is it, seen from the
# other side?

# %% [markdown]
# ## 3 · A path around  (7 min)
#
# A *skip connection* adds what goes into a layer to what comes out of it ([He et al.,
# 2016](https://arxiv.org/abs/1512.03385)):
#
# $$A^{[l]} = A^{[l-1]} + g(W^{[l]} A^{[l-1]} + b^{[l]})$$
#
# Both must have the same shape. With small weights such a layer begins as a wire: what comes in goes out. On the way back,
# $dA$ arrives below in full, *plus* what comes through the layer.

# %% predict [markdown]
# Forty layers of 50 units, with first weights of about a fifth of He's size. The net is trained without and with
# paths around its layers. What happens?
#
# - Both learn, with paths a little faster
#   Without a path each layer takes most of the signal away. After forty of them nothing is left to learn from.
# * Without them it guesses; with them it learns
#   The wires carry the signal up and the gradient down, past all layers that have nothing to say yet.
# - Both guess: weights that small are hopeless
#   Alone they are. But a layer with a path around it may be as small as it likes: it begins as a wire.

# %% showcase
for depth in (5, 20, 40):
    for skip in (False, True):
        small = nets.initialize_scaled([64, *[50] * depth, 10], gain=0.09, seed=3)  # weights of 0.3 / sqrt(n)
        trained = deep.train_digits(digits, small, skip=skip, learning_rate=0.02, epochs=15).parameters
        words = "with" if skip else "without"
        print(f"{depth} layers, {words} paths: {deep.percent_right(digits, trained, skip=skip):.1f} % of the test digits")

# %% [markdown]
# **See.** Over five draws, in per cent of the test digits:
#
# | layers | without, small weights | with, small weights | without, He's weights | with, He's weights |
# |---|---:|---:|---:|---:|
# | 5 | 8.8 ± 0.5 | 68.1 ± 2.8 | 91.5 ± 1.3 | 94.3 ± 1.1 |
# | 20 | 8.8 ± 0.5 | 86.0 ± 5.2 | 62.9 ± 21.9 | 9.5 ± 0.4 |
# | 40 | 8.8 ± 0.5 | 50.7 ± 13.6 | 26.8 ± 15.2 | 9.5 ± 0.4 |
#
# So a path makes a deep net possible whose layers alone would let nothing through. Why twenty small layers learn
# more than five, and more than forty, in these 15 epochs, the figures do not say. It is no cure for everything: with He's
# weights *and* paths the sums grow from layer to layer, and twenty layers are lost again. With paths the size of the first
# weights has to be found anew; in large nets batch norm in each branch does that.

# %% [markdown]
# **What if a path leads around two layers?** That is how most nets have it. Change `forward` and `gradients` in a copy of
# `helpers/deep.py`. Is there a reason for *two*? Think of what $A^{[l-1]} + W A^{[l-1]}$ is when there is no
# activation in between.

# %% [markdown]
# ## 4 · Too much at once  (9 min)
#
# The opposite of a signal that fades is one that explodes. The usual patient is a *recurrent* net, which goes through one
# and the same matrix at each step of time; after 50 steps the gradient has been multiplied by $W^{50}$.

# %% showcase
rng = np.random.default_rng(0)
W = rng.standard_normal((20, 20))
W /= np.abs(np.linalg.eigvals(W)).max()  # the largest eigenvalue has the size 1
g = rng.standard_normal(20)
lines = {}
for factor in (0.9, 1.0, 1.1):
    lengths = [np.linalg.norm(np.linalg.matrix_power(factor * W, k) @ g) for k in range(51)]
    lines[f"largest eigenvalue {factor}"] = (range(51), lengths)
    print(f"{factor}: in 50 steps {factor**50:.3g} times as long as with 1.0")
about = {"xlabel": "times multiplied by $W$", "ylabel": "length of the gradient", "title": "A product of fifty"}
plot_lines(lines, yscale="log", **about)

# %% [markdown]
# **See.** Against the middle line, ten per cent less leave half a per cent, and ten per cent more make it more than a hundred times as
# long. What fades is forgotten;
# what explodes ruins, in one step, all that was learnt.

# %% [markdown]
# Against an explosion there is a crude and good remedy: *gradient clipping*
# ([Pascanu et al., 2013](https://arxiv.org/abs/1211.5063)), between the computation of the gradients and the step. One way
# cuts each entry.
#
# **Try.** Every entry into the range from `-threshold` to `threshold`, in new arrays.


# %% solution="clip_by_value"
def clip_by_value(grads, threshold=1.0):
    """Every entry of every gradient cut into the range from -threshold to threshold.

    grads: dict of dW1, db1, ...; stays as it is. threshold: above 0.
    Returns a new dict with the same names and shapes.
    """
    clipped = {}
    for name in grads:
        ### BEGIN SOLUTION
        clipped[name] = np.clip(grads[name], -threshold, threshold)
        ### END SOLUTION
    return clipped


# %% test="clip_by_value" points=3
check(clip_by_value)

# %% predict [markdown]
# The gradient of two parameters is (100, 1), and it is clipped by value at 1. Where does the step lead now?
#
# - The same way as before, only less far
#   That would be so if both had been divided by 100. But the second entry was small enough and stays as it is.
# - Along the second axis
#   The first entry is cut, not taken out.
# - Nowhere
#   Clipping at 1 leaves a step of 1 in each direction, times the learning rate.
# * Half-way between the two axes
#   Both entries are 1 now. Of what the gradient knew, that the first direction is a hundred times as steep, nothing
#   is left.

# %% [markdown]
# To keep the direction, shorten everything by one factor. The *norm* is the length of one long vector of all entries of
# all gradients, as in *Gradient checking*. If it exceeds the threshold, multiply all by threshold / norm.
#
# **Try.** One norm over all arrays; below the threshold nothing changes.


# %% solution="clip_by_norm"
def clip_by_norm(grads, threshold):
    """All gradients shortened by one factor, where their common norm exceeds the threshold.

    grads: dict of dW1, db1, ...; stays as it is. threshold: above 0.
    Returns a new dict with the same names and shapes, and the norm, a number: that *before*
    clipping.
    """
    clipped = {}
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))
    factor = threshold / norm if norm > threshold else 1.0
    for name in grads:
        clipped[name] = factor * grads[name]
    ### END SOLUTION
    return clipped, norm


# %% test="clip_by_norm" points=12
check(clip_by_norm)


# %% showcase
def clipped_descent(clip, threshold):
    """Plain descent along gradients that were clipped before."""

    def update(parameters, grads, learning_rate):
        found = ready(clip, grads, threshold)
        return nets.descend(parameters, found[0] if clip is clip_by_norm else found, learning_rate)

    return update


too_large = nets.initialize_scaled([64, *[50] * 20, 10], gain=2 * 1.5**2, seed=3)  # 1.5 times He's weights, 20 layers
Y_train = np.eye(10)[:, digits.Y_train[0]]
_, grads = deep.gradients(digits.X_train[:, :50], Y_train[:, :50], too_large)
print(f"largest entry of the first gradient: {max(np.abs(g).max() for g in grads.values()):,.0f}")
clips = {
    "not clipped": nets.descend,
    "by value at 1": clipped_descent(clip_by_value, 1),
    "by value at 0.01": clipped_descent(clip_by_value, 0.01),
    "by norm at 10": clipped_descent(clip_by_norm, 10),
    "by norm at 1": clipped_descent(clip_by_norm, 1),
}
with np.errstate(all="ignore"):  # the first one ends in "not a number"
    for name, update in clips.items():
        trained = deep.train_digits(digits, too_large, learning_rate=0.01, epochs=20, update=update).parameters
        print(f"{name}: {deep.percent_right(digits, trained):.0f} % of the test digits")

# %% [markdown]
# **See.** Without clipping the first steps lead to "not a number", and the net guesses. Over five draws, per cent of the test
# digits:
#
# | not clipped | by value at 1 | at 0.1 | at 0.01 | by norm at 100 | at 10 | at 1 |
# |---:|---:|---:|---:|---:|---:|---:|
# | 9.5 ± 0.4 | 57.6 ± 23.7 | 59.8 ± 6.9 | 28.6 ± 4.0 | 52.0 ± 24.2 | 37.4 ± 17.2 | 25.0 ± 4.3 |
#
# So clipping saves most trainings, though not each: a single net may still guess, which is why the deviations are large.
# The threshold is one more hyper-parameter: too low, and all steps are tiny. That the direction is kept gains nothing
# here. Where few entries are huge, one factor for all makes the rest of the step vanish; by value they still move. Before
# one clips, here, one would look at the first weights: they are 1.5 times too large.

# %% [markdown]
# **What if you plot the norm?** `clip_by_norm` returns it. Collect it over the steps of a net that trains well, one of section 1 say.
# Which threshold would have cut off one step in a hundred?

# %% [markdown]
# ## 5 · The speed of momentum  (7 min)
#
# In *Optimizers* momentum was an average of gradients. Here, as in most books and libraries, $v$ is the **step itself**: a
# sum, with the learning rate inside.
#
# $$v := \beta\, v + \alpha\, dW \qquad W := W - v$$
#
# From zero on it is the same rule: $\alpha$ here is $\alpha\,(1-\beta)$ there. Think of a ball on a slope: the
# gradient accelerates it, and $1 - \beta$ is the friction. On an even slope it reaches a final speed.

# %% predict [markdown]
# $\beta = 0.9$, the gradient is 1 in each step, and $\alpha = 0.01$. How long do the steps become?
#
# - 0.01
#   That is the first step, and every step of plain descent. A ball that rolls is faster.
# - 0.009
#   That is what one old step adds to the next, $0.9 \cdot 0.01$. The steps before it add to it, too.
# * 0.1
#   $0.01 \cdot (1 + 0.9 + 0.81 + \dots) = 0.01 / (1 - 0.9)$. The final speed is ten times that of descent.
# - They grow for ever
#   Without friction, $\beta = 1$, they would.

# %% showcase
steps, v, speeds = 100, 0.0, []
for _ in range(steps):
    v = 0.9 * v + 1
    speeds.append(v)
print(f"speed after 1, 2, 3 and 60 steps: {speeds[0]:.3g}, {speeds[1]:.3g}, {speeds[2]:.3g}, {speeds[59]:.4g}")
print(f"above 9 from step {1 + next(i for i, speed in enumerate(speeds) if speed > 9)} on")
lines = {"β = 0.9": (range(1, steps + 1), speeds)}
for beta in (0.99, 0.99999):
    lines[f"β = {beta}"] = (range(1, steps + 1), [(1 - beta**t) / (1 - beta) for t in range(1, steps + 1)])
plot_lines(lines, xlabel="step", ylabel="speed, in units of α", yscale="log", title="On an even slope")


small = nets.initialize_scaled([64, 100, 50, 10], gain=2, seed=3)
costs = {}
for beta in (0.0, 0.9, 0.99999):
    update = deep.keeping(deep.momentum, beta=beta)  # in the form of this section
    history = deep.train_digits(digits, small, learning_rate=0.01, epochs=20, update=update)
    costs[f"β = {beta}"] = range(20), np.reshape(history.costs, (20, 24)).mean(axis=1)
    print(f"β = {beta}: {deep.percent_right(digits, history.parameters):.0f} % of the test digits after 20 epochs")
plot_lines(costs, xlabel="epoch", ylabel="mean cost $J$", ylim=(0, None), title="A net of three layers")

# %% [markdown]
# **See.** The speed goes 1, 1.9, 2.71, ... and is above 9 from step 22 on. In the net, over five
# draws: 88.3 ± 1.6 % of the test digits without momentum, 96.3 ± 1.0 with 0.9, 70.7 ± 19.3 with 0.99999. That is
# nearly no friction, a final speed of 100,000 $\alpha$. The ball shoots through the minimum, up the other side, comes back,
# and swings for very long; the cost falls and rises, and where one stops is luck.
#
# One reads that momentum is worth most where layers have different scales. It is so here. With `W1` divided by ten and
# `W2` multiplied by ten the net computes the same, as ReLU lets factors through and `b1` is still 0. After 20 epochs at a final speed of 0.1
# the mean cost of the even net is 0.0780 ± 0.0096 without momentum and 0.0759 ± 0.0081 with it; of the uneven one it is
# 0.1972 ± 0.2027 and 0.0084 ± 0.0020. With momentum the uneven net learns even faster than the even one: its large `W2` makes the
# gradient of `W1` ten times as large. Batch norm brings layers to one scale, and so leaves less to be gained.

# %% [markdown]
# **What if the layers have other scales?** Multiply `W1` by ten and divide `W2` by ten: the net computes the same, since ReLU
# lets factors through. Train it with $\beta = 0$ and $\beta = 0.9$. Which order is harder to train, and whose gradients are to blame?

# %% [markdown]
# ## 6 · Look ahead  (9 min)
#
# Momentum knows, before it asks for the gradient, where it will be carried: to $\theta - \beta v$. Nesterov's rule
# asks *there* ([Nesterov, 1983](https://www.mathnet.ru/eng/dan46009); [Sutskever et al.,
# 2013](https://proceedings.mlr.press/v28/sutskever13.html)):
#
# $$v := \beta\, v + \alpha\, g(\theta - \beta v) \qquad \theta := \theta - v$$
#
# where $\theta$ stands for all parameters, and $g$ is the gradient as a *function*. If the ball is about to run up
# the other side of a valley, the gradient over there brakes it before it arrives.
#
# Mind the sign. $v$ is subtracted here, so ahead is $\theta - \beta v$. In texts that *add* $v$, ahead is $\theta +
# \beta v$; mixing the two looks back instead of ahead, and there is a well-known book in which it is mixed.


# %%
def gradient(parameters):
    """The gradient of a bowl at some parameters, a dict of dW1, db1, ...; your function calls it."""
    return {f"d{name}": 3 * value + np.sin(value) for name, value in parameters.items()}


# %% [markdown]
# **Try.** Call `gradient(...)` with a dict of parameters at the point ahead. In this check another function takes its place, and so
# it will in the net below.


# %% solution="update_parameters_with_nesterov"
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    """One step of momentum with Nesterov's look ahead.

    parameters: dict of W1, b1, .... v: dict of dW1, db1, ...: the last step itself, with the
    learning rate inside; not the average of `optimizers`. beta: from 0 to 1. Calls gradient, once,
    with a dict W1, b1, ... of the parameters ahead, and gets a dict of dW1, db1, ....
    Returns the new parameters and the new v; what is given stays as it is.
    """
    parameters, v = dict(parameters), dict(v)  # copies, so that whoever called can rely on the old ones
    ### BEGIN SOLUTION
    ahead = {name: parameters[name] - beta * v["d" + name] for name in parameters}
    grads = gradient(ahead)
    for name in parameters:
        d = "d" + name
        v[d] = beta * v[d] + learning_rate * grads[d]
        parameters[name] = parameters[name] - v[d]
    ### END SOLUTION
    return parameters, v


# %% test="update_parameters_with_nesterov" points=14
check(update_parameters_with_nesterov)


# %% showcase
def valley(w, b):
    return (w**2 + 25 * b**2) / 2


def valley_gradient(parameters):
    return {"dW1": parameters["W1"], "db1": 25 * parameters["b1"]}


def nesterov_rule(beta=0.9, learning_rate=0.015):
    """Your rule, for `walk`: it gets the gradient from `gradient`, and not from what walk computed."""
    v = None

    def update(parameters, grads, t, epoch):
        nonlocal v
        v = v or {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
        parameters, v = update_parameters_with_nesterov(parameters, v, beta, learning_rate)
        return parameters

    return update


def sum_rule(beta=0.9, learning_rate=0.015):
    step = deep.keeping(deep.momentum, beta=beta)
    return lambda parameters, grads, t, epoch: step(parameters, grads, learning_rate)


kept, gradient = gradient, valley_gradient
rules = {"momentum": sum_rule(), "Nesterov": nesterov_rule()}
paths = {name: walk(lambda w, b, t: (w, 25 * b), (-4, 0.8), rule, 60) for name, rule in rules.items()}
gradient = kept
left, right = new_axes(columns=2, width=5.8, height=3.6)
plot_paths(valley, paths, (-4.4, 2.2), (-1, 1), left, "The same speed, asked here or ahead")
costs = {name: (range(61), valley(*points.T)) for name, points in paths.items()}
plot_lines(costs, right, xlabel="step", ylabel="cost $J$", yscale="log", title="What it reaches")

# %% [markdown]
# **See.** Both swing along the valley, since $\beta = 0.9$ is much for it. Nesterov swings less: across the valley, where the slope
# changes quickly, it is braked in time. After 60 steps its cost is
# 0.0071, that of plain momentum 0.0238.

# %% [markdown]
# $\alpha$ and $\beta$ together decide whether anything swings. There is a map of it:

# %% showcase
explorers.momentum()

# %% [markdown]
# **What if the sign is mixed?** Write a copy that asks at $\theta + \beta v$, and walk with the rate 0.015, then with 0.002.
# Why is such a mistake so hard to notice in a net that trains?

# %% [markdown]
# ## 7 · A rate for each weight  (12 min)
#
# RMSprop gives each weight a step of its own, by an average of squared gradients. AdaGrad
# ([Duchi et al., 2011](https://jmlr.org/papers/v12/duchi11a.html)) came before it, with the plain *sum* of all squares:
#
# $$s := s + g^2 \qquad \theta := \theta - \alpha\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# Where gradients were large, the rate has fallen far, and where a weight is seldom used, it is still high. That is
# good for words, most of which are rare. And it tires: a sum only grows.

# %% predict [markdown]
# The gradient is 1 in each step. How long is AdaGrad's hundredth step, in units of $\alpha$?
#
# - 1, since all gradients are alike
#   RMSprop's would be. A sum of a hundred squares is 100.
# * 0.1
#   $s = 100$ then, and its root is 10. The ten thousandth step is 0.01: as if the rate fell like $1/\sqrt t$.
# - 0.01
#   That would be without the root.

# %% [markdown]
# **Try.** First the sum, then the step. $\varepsilon$ may stand inside or outside the root; both are accepted here.


# %% solution="update_parameters_with_adagrad"
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    """One step of AdaGrad (Duchi et al., 2011).

    parameters: dict of W1, b1, .... grads: dict of dW1, db1, .... s: dict of dW1, db1, ..., the
    sums of squared gradients so far.
    Returns the new parameters and the new s; what is given stays as it is.
    """
    parameters, s = dict(parameters), dict(s)  # copies, so that whoever called can rely on the old ones
    for name in parameters:
        d = "d" + name
        ### BEGIN SOLUTION
        s[d] = s[d] + grads[d] ** 2
        parameters[name] = parameters[name] - learning_rate * grads[d] / (np.sqrt(s[d]) + epsilon)
        ### END SOLUTION
    return parameters, s


# %% test="update_parameters_with_adagrad" points=8
check(update_parameters_with_adagrad)

# %% [markdown]
# Adadelta ([Zeiler, 2012](https://arxiv.org/abs/1212.5701)) lets the sum forget, as RMSprop does, and takes the
# learning rate away as well. In its place stands the usual size of its own steps so far: $s$ is an average of squared
# gradients, $d$ one of squared
# *steps*.
#
# $$s := \rho\, s + (1 - \rho)\, g^2 \qquad step = \frac{\sqrt{d + \varepsilon}}{\sqrt{s + \varepsilon}}\, g \qquad
# d := \rho\, d + (1 - \rho)\, step^2 \qquad \theta := \theta - step$$
#
# Here $\varepsilon$ stands **inside** both roots, and its place matters: $d$ starts at 0, and only $\sqrt
# \varepsilon$ gets it going. With $\varepsilon = 10^{-6}$ that is 0.001; outside the root it would be a millionth.
#
# **Try.** In this order: $s$, the step with the *old* $d$, then the new $d$.


# %% solution="update_parameters_with_adadelta"
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    """One step of Adadelta (Zeiler, 2012), which has no learning rate.

    parameters: dict of W1, b1, .... grads: dict of dW1, db1, .... s, d: dicts of dW1, db1, ..., the
    averages of squared gradients and of squared steps so far. rho: their memory. epsilon: added
    inside both roots; here its place matters.
    Returns the new parameters, s and d; what is given stays as it is.
    """
    parameters, s, d = dict(parameters), dict(s), dict(d)  # copies, so that whoever called can rely on the old ones
    for name in parameters:
        key = "d" + name  # the name of its gradient in grads, s and d
        ### BEGIN SOLUTION
        s[key] = rho * s[key] + (1 - rho) * grads[key] ** 2
        step = np.sqrt(d[key] + epsilon) / np.sqrt(s[key] + epsilon) * grads[key]
        d[key] = rho * d[key] + (1 - rho) * step**2
        parameters[name] = parameters[name] - step
        ### END SOLUTION
    return parameters, s, d


# %% test="update_parameters_with_adadelta" points=12
check(update_parameters_with_adadelta)

# %% showcase
one = {"W1": np.zeros((1, 1))}
lines = {}
for name, step in (
    ("AdaGrad, α = 1", deep.keeping(update_parameters_with_adagrad)),
    ("Adadelta", deep.keeping(update_parameters_with_adadelta, 2)),
):
    w, lengths = one, []
    for _ in range(1000):
        new = step(w, {"dW1": np.ones((1, 1))}, 1.0 if "AdaGrad" in name else None)
        lengths.append((w["W1"] - new["W1"]).item())
        w = new
    lines[name] = (range(1, 1001), lengths)
    print(f"{name}: step 1 is {lengths[0]:.3g} long, step 100 {lengths[99]:.3g}, step 1000 {lengths[999]:.3g}")
plot_lines(lines, xlabel="step", ylabel="length", xscale="log", yscale="log", title="The gradient is 1 in each step")

# %% [markdown]
# **See.** AdaGrad tires, as $1/\sqrt t$. Adadelta begins with next to nothing and takes courage: each step makes the next one a
# little longer.

# %% [markdown]
# Now six rules on one net, with the constants that a text of 2017 has for each of them, and Nesterov's besides.
# Momentum, RMSprop and Adam are those that run in the race.

# %% showcase
batch = []  # what train_digits has at hand, so that a gradient can be asked for elsewhere


def look_ahead(parameters, grads, v, learning_rate):
    """Your Nesterov in the net: `gradient` is that of the batch at hand, as long as it is called."""
    global gradient
    kept, gradient = gradient, lambda ahead: deep.gradients(*batch, ahead)[1]
    parameters, v = ready(update_parameters_with_nesterov, parameters, v, 0.9, learning_rate)
    gradient = kept
    return parameters, v


rates_and_rules = {
    "descent, 0.1": (0.1, nets.descend),
    "momentum, 0.01 and 0.9": (0.1, deep.each_by(momentum)),  # which has the average: 0.1 (1 - 0.9) is 0.01
    "Nesterov, 0.01 and 0.9": (0.01, deep.keeping(look_ahead)),
    "AdaGrad, 0.01": (0.01, deep.keeping(update_parameters_with_adagrad)),
    "RMSprop, 0.01 and 0.9": (0.01, deep.each_by(rmsprop)),
    "Adam, 0.001": (0.001, deep.each_by(adam)),
    "Adadelta, 0.9": (None, deep.keeping(update_parameters_with_adadelta, 2, rho=0.9)),
}
costs = {}
for name, (rate, update) in rates_and_rules.items():
    history = deep.train_digits(digits, small, learning_rate=rate, epochs=20, update=update, batch=batch)
    costs[name] = range(1, 21), np.reshape(history.costs, (20, 24)).mean(axis=1)
    print(f"{name}: {deep.percent_right(digits, history.parameters):.1f} % of the test digits")
plot_lines(costs, new_axes(width=7), xlabel="epoch", ylabel="mean cost $J$", yscale="log", title="Seven rules, one net")

# %% [markdown]
# **See.** In the fifth epoch the costs lie far apart, RMSprop's being the lowest, and it still is in the last one. Over five draws,
# mean cost in an epoch and per cent of the test digits:
#
# | rule | cost, epoch 5 | cost, epoch 20 | test digits |
# |---|---:|---:|---:|
# | descent, 0.1 | 0.311 ± 0.034 | 0.078 ± 0.010 | 96.4 ± 0.8 |
# | momentum, 0.01 and 0.9 | 0.330 ± 0.038 | 0.076 ± 0.008 | 96.3 ± 1.0 |
# | Nesterov, 0.01 and 0.9 | 0.321 ± 0.036 | 0.074 ± 0.008 | 96.3 ± 1.1 |
# | AdaGrad, 0.01 | 0.200 ± 0.018 | 0.068 ± 0.005 | 97.0 ± 0.6 |
# | RMSprop, 0.01 and 0.9 | 0.126 ± 0.022 | 0.026 ± 0.031 | 94.7 ± 6.7 |
# | Adam, 0.001 | 0.379 ± 0.039 | 0.055 ± 0.007 | 97.0 ± 0.9 |
# | Adadelta, 0.9 | 0.175 ± 0.021 | 0.025 ± 0.005 | 97.4 ± 0.8 |
#
# There is no order of the last column to be believed in. RMSprop is the fastest, with the rate 0.01, and the only one
# that once went astray. That says as much about the seven rates as about the rules: Adam with 0.001 is slow because
# 0.001 is small for this net. That momentum hardly differs from descent is no wonder either, its final speed being
# that of the rate 0.1. And Nesterov is as good as momentum: at this rate nothing swings.

# %% [markdown]
# Let yours run against the seven of the race; try the slanted ravine, and the plateau. `mine` may be any of your three. For Nesterov
# lower "α of yours", since its steps are sums: at 0.1 it leaves the ravine. Adadelta has no rate, so "α of yours" does
# nothing for it, and the race's own takes its steps three times.

# %% showcase
explorers.race(mine=update_parameters_with_adagrad)

# %% [markdown]
# All these rules look at slopes alone. Why not at *curvatures*, which would say how long a step may be? Because there
# are so many: a net with $n$ weights has $n^2$ second derivatives. The net of section 9, with 784 inputs, has 266,610
# weights, and the table would have $7 \cdot 10^{10}$ numbers, more than half a terabyte. Methods of second order live
# on for small problems, and on short cuts for large ones.

# %% [markdown]
# **What if AdaGrad starts from 0.1?** Keras begins its sums there and not at 0. Begin your walk with `s` of 0.1, and with gradients of
# 0.001. What is changed, and for how long?

# %% [markdown]
# ## 8 · Rates that fall  (11 min)
#
# In *Optimizers* the rate fell with the number of the epoch. Here it falls with the number $t$ of the step, in three
# ways that one meets in every library:
#
# | `kind` | learning rate |
# |---|---|
# | `"piecewise"` | a table: from each boundary on, another rate |
# | `"exponential"` | $\alpha = \alpha_0 \cdot 10^{-t/r}$: a tenth every $r$ steps |
# | `"power"` | $\alpha = \alpha_0\, (1 + t/r)^{-c}$; with $c = 1$ a half after $r$ steps, a third after $2r$ |
#
# `"exponential"` meant $\alpha_0 \cdot decay\_rate^{\,n}$ in *Optimizers*. It is the same curve, with $decay\_rate =
# 0.1^{1/r}$ a step.

# %% predict [markdown]
# $\alpha_0 = 0.1$, exponential, a tenth every 10,000 steps. What is the rate after 5,000?
#
# * 0.032
#   Half of the steps, the root of the factor: $10^{-1/2} = 0.316$. On a logarithmic axis this schedule is a straight line.
# - 0.055
#   That is half-way between 0.1 and 0.01 on a straight line.
# - 0.05
#   That would be `"power"` after 10,000 steps, with $c = 1$.

# %% [markdown]
# **Try.** For `"piecewise"`, `rates` has one rate for each boundary: the rate from that boundary on. At a boundary the new rate holds already.


# %% solution="scheduled_learning_rate"
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    """The learning rate of step t.

    t: 0, 1, 2, .... kind: "piecewise", "exponential" or "power". r, c: see the table above.
    boundaries: steps, ascending; rates: one for each boundary. Piecewise it is the rate of the last
    boundary with t >= boundary, and learning_rate0 before the first.
    Returns a number.
    """
    ### BEGIN SOLUTION
    rate = learning_rate0
    if kind == "exponential":
        rate = learning_rate0 * 10 ** (-t / r)
    elif kind == "power":
        rate = learning_rate0 * (1 + t / r) ** -c
    else:
        for boundary, later in zip(boundaries, rates):
            if t >= boundary:
                rate = later
    ### END SOLUTION
    return rate


# %% test="scheduled_learning_rate" points=8
check(scheduled_learning_rate)

# %% [markdown]
# These know beforehand when to slow down. *Performance scheduling* watches: measure the dev error every so many
# steps, and divide the rate when it **stops falling**. It is what people do by hand who look at a long training from
# time to time.
#
# **Try.** "Better" is strictly below the best so far, not below the last. After `patience` checks in a row that are not better, divide,
# and begin to count anew; the best stays.


# %% solution="performance_schedule"
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    """The learning rate after each check of the dev error.

    dev_errors: shares or counts of errors, in the order of the checks, shape (k,). A check is
    better if its error is strictly below the best so far. After `patience` checks in a row that
    are not better the rate is divided by factor, and the count begins anew; the best stays.
    Returns the rates, shape (k,): entry i is the rate *after* check i.
    """
    rates = []
    rate, best, waited = learning_rate0, np.inf, 0
    for error in dev_errors:
        ### BEGIN SOLUTION
        if error < best:
            best, waited = error, 0
        else:
            waited = waited + 1
        if waited == patience:
            rate, waited = rate / factor, 0
        ### END SOLUTION
        rates.append(rate)
    return np.array(rates)


# %% test="performance_schedule" points=8
check(performance_schedule)

# %% [markdown]
# Now five schedules. The momentum that runs with them is the average of *Optimizers*: its rate 3 is 0.3 in the form of section 5.

# %% showcase
for t in (0, 5_000, 10_000):
    exponential = number_of(scheduled_learning_rate, 0.1, t, "exponential")
    power = number_of(scheduled_learning_rate, 0.1, t, "power")
    print(f"step {t:,}: exponential {exponential:.3g}, power {power:.3g}")
for epoch in (49, 50):
    print(f"epoch {epoch}: piecewise {number_of(scheduled_learning_rate, 0.1, epoch, 'piecewise', 1, 1.0, (50,), (0.001,)):.3g}")


X, labels = digits.X_train, digits.Y_train
part = type(digits)("without and with the last 200", X[:, :-200], labels[:, :-200], X[:, -200:], labels[:, -200:])


def watching(learning_rate0=3.0, patience=3):
    """Rates by your performance_schedule, which sees the dev error of every twentieth step, once a pass."""
    errors = []

    def rate_of(t, parameters):
        if t % 20 == 0:
            errors.append(100 - deep.percent_right(part, parameters))
        return ready(performance_schedule, learning_rate0, errors, 10.0, patience)[-1]

    return rate_of


def by_table(kind, *more):
    return lambda t, parameters: number_of(scheduled_learning_rate, 3.0, t, kind, *more)


schedules = {
    "constant": lambda t, parameters: 3.0,
    "piecewise, a hundredth from half-way on": by_table("piecewise", 1, 1.0, (200,), (0.03,)),
    "exponential, r = 200": by_table("exponential", 200),
    "power, r = 200": by_table("power", 200),
    "performance, patience 3": watching(),
}
rates, costs = {}, {}
for name, rate_of in schedules.items():
    used = []

    def noted(t, parameters, rate_of=rate_of, used=used):
        used.append(rate_of(t, parameters))
        return used[-1]

    update = deep.at_rates(noted, deep.each_by(momentum))
    history = deep.train_digits(part, small, learning_rate=None, epochs=20, update=update)
    rates[name], costs[name] = (range(400), used), (range(1, 21), np.reshape(history.costs, (20, 20)).mean(axis=1))
    share = deep.percent_right(digits, history.parameters)
    print(f"{name}: cost {costs[name][1][-1]:.4f} in the last epoch, {share:.1f} % of the test digits")
left, right = new_axes(columns=2, width=5.8, height=3.8)
plot_lines(rates, left, xlabel="step", ylabel="learning rate", yscale="log", title="Five schedules")
plot_lines(costs, right, xlabel="epoch", ylabel="mean cost $J$", yscale="log", title="Momentum with each of them")
for ax in (left, right):
    ax.get_legend().remove()
legend = left.figure.legend(handles=left.get_lines(), loc="outside lower center", ncols=3)

# %% [markdown]
# **See.** The rate 3 is too much to live with: with the constant rate the cost comes down by a factor of four and then jumps about.
# The others leave it, sooner or later. Over five draws, per cent of the test digits and mean cost of the last epoch, from a rate of 3 and, for
# comparison, of 1:
#
# | schedule | from 3: test digits | cost | from 1: test digits | cost |
# |---|---:|---:|---:|---:|
# | constant | 75.8 ± 37.5 | 0.5945 ± 0.9832 | 97.4 ± 0.6 | 0.0012 ± 0.0002 |
# | piecewise | 95.2 ± 1.0 | 0.0639 ± 0.0337 | 97.2 ± 0.6 | 0.0072 ± 0.0036 |
# | exponential | 97.0 ± 1.0 | 0.0070 ± 0.0028 | 96.4 ± 0.8 | 0.0264 ± 0.0050 |
# | power | 96.8 ± 0.5 | 0.0038 ± 0.0026 | 96.9 ± 0.8 | 0.0047 ± 0.0008 |
# | performance | 95.7 ± 0.8 | 0.0329 ± 0.0234 | 97.3 ± 0.6 | 0.0059 ± 0.0022 |
#
# So a schedule forgives a first rate that is too high, and that is what it is for. From a rate that fits, no schedule
# gains anything here: the net learns all training digits by heart, gradients go to 0 by themselves, and whoever
# lowers the rate only stops sooner.

# %% [markdown]
# In a comparison on speech ([Senior et al.,
# 2013](https://research.google/pubs/an-empirical-study-of-learning-rates-in-deep-neural-networks-for-speech-recognition/))
# performance and exponential schedules did well; the authors preferred the exponential one, being simpler to set up.
# One also reads that AdaGrad, RMSprop and Adam need no schedule at all. Of AdaGrad that is so; RMSprop's and Adam's
# steps stay of the order of $\alpha$, as you saw in *Optimizers*, section 8.

# %% [markdown]
# **What if the dev error is noisy?** Add random noise of half a per cent to `errors` before `performance_schedule` sees them. What does the rate
# do now, and which argument helps?

# %% [markdown]
# ## 9 · The same in Keras  (8 min)
#
# All this takes a few lines today. Here is the program with which a book of 2017 showed batch norm, written for Keras
# 3: hidden layers of 300 and 100 units with ELU and He's weights (by the mean of inputs and outputs, as there), descent with the rate 0.01, clipped by value at 1,
# batch norm with a momentum of 0.9, 20 epochs. The book has 55,000 pictures of 784 pixels in batches of 200; ours are
# 1,200 of 64 pixels, so the batches are of 20. Rows are examples in Keras, and a kernel has the shape (inputs,
# units).
#
# TensorFlow is needed in this section alone. Without it the next cell says so, and nothing is lost but these programs.

# %% showcase
try:
    from helpers.signs import tf

    keras = tf.keras
except ModuleNotFoundError:
    keras = None
    print("The cells of this section need TensorFlow, which is not installed here. Read on; nothing else needs it.")


def chapter_net(batch_norm, inputs=64):
    """784-300-100-10, or with other inputs: ELU, He's weights by the mean fan, with or without batch norm."""
    layers = [keras.Input((inputs,))]
    for units in (300, 100):
        he = keras.initializers.VarianceScaling(2.0, mode="fan_avg", distribution="truncated_normal")
        layers.append(keras.layers.Dense(units, kernel_initializer=he, use_bias=not batch_norm))
        if batch_norm:
            layers.append(keras.layers.BatchNormalization(momentum=0.9))
        layers.append(keras.layers.Activation("elu"))
    return keras.Sequential([*layers, keras.layers.Dense(10)])


def fit(net, optimizer, epochs, batch_size, callbacks=()):
    """Trains a Keras net on the digits. Returns its history and the per cent of the test digits that are right."""
    cost = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(optimizer, cost, metrics=["accuracy"])
    about = {"epochs": epochs, "batch_size": batch_size, "verbose": 0, "callbacks": list(callbacks)}
    history = net.fit(digits.X_train.T, digits.Y_train[0], **about)
    return history.history, 100 * net.evaluate(digits.X_test.T, digits.Y_test[0], verbose=0)[1]


# %% showcase
if keras:
    costs = {}
    for batch_norm in (False, True):
        keras.utils.set_random_seed(1)
        net, name = chapter_net(batch_norm), f"{'with' if batch_norm else 'without'} batch norm"
        history, right_ones = fit(net, keras.optimizers.SGD(0.01, clipvalue=1.0), epochs=20, batch_size=20)
        costs[name] = range(1, 21), history["loss"]
        print(f"{name}: {right_ones:.1f} % of the test digits")
    print(f"with 784 inputs the net has {chapter_net(False, 784).count_params():,} parameters")
    plot_lines(costs, xlabel="epoch", ylabel="mean cost $J$", yscale="log", title="The program of the chapter")

# %% [markdown]
# **See.** With batch norm the cost falls faster from the first epoch on. Over five draws it is 1.293 ± 0.050 after the first epoch
# with batch norm and 1.961 ± 0.047 without, 0.091 ± 0.004 and 0.175 ± 0.006 after the last; and 96.9 ± 0.7 % of the
# test digits are right against 95.3 ± 1.2 %. The book found no great gain in so shallow a net, and says that batch
# norm is slow at first. The first is so here too, less than two points; the second is not seen in epochs. In seconds
# it may well be: each of its steps costs more.

# %% [markdown]
# The second program: momentum, and a rate of 0.1 that falls to a tenth every 10,000 steps, 300 and 50 units, five
# epochs in batches of 50, with the best net kept in a file.

# %% showcase
if keras:
    import tempfile
    from pathlib import Path

    kept_in = Path(tempfile.mkdtemp()) / "best.weights.h5"
    for r in (10_000, 120):
        keras.utils.set_random_seed(1)
        rate = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=r, decay_rate=0.1)
        hidden = [keras.layers.Dense(units, "relu", kernel_initializer="he_normal") for units in (300, 50)]
        net = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10)])
        keep = keras.callbacks.ModelCheckpoint(kept_in, monitor="loss", save_best_only=True, save_weights_only=True)
        _, right_ones = fit(net, keras.optimizers.SGD(rate, momentum=0.9), 5, 50, [keep])
        t = int(net.optimizer.iterations)
        print(f"a tenth every {r:,} steps: rate {float(rate(t)):.3g} after {t} steps, {right_ones:.1f} % of the test digits")
    again = keras.models.clone_model(net)
    again.load_weights(kept_in)
    same = np.allclose(again(digits.X_test.T), net(digits.X_test.T))
    print("restored from the file, a new net gives the same scores:", same)

# %% [markdown]
# **See.** With 10,000 steps the schedule has hardly begun when our 120 steps are over: 0.0973. A schedule counts steps, so it has to go with
# the size of the data; who copies $r$ from a book with 55,000 pictures copies a constant rate.

# %% [markdown]
# The words of then and of now, and where they differ from what you wrote:
#
# | then (TensorFlow 1) | now (Keras 3) |
# |---|---|
# | `variance_scaling_initializer()`: He by fan-in | `"he_normal"`; by the mean of fan-in and fan-out `VarianceScaling(2.0, mode="fan_avg")` |
# | `activation=tf.nn.elu`; leaky ReLU as a function of one's own | `"elu"`; `keras.layers.LeakyReLU(0.2)`, whose default is 0.3 |
# | `functools.partial(layers.dense, ...)`, so that arguments are not repeated | a function that makes a layer, or a list of them |
# | `batch_normalization(training=flag)`, and `get_collection(UPDATE_OPS)` to be run beside each step | `BatchNormalization(momentum=0.9)`; its averages are moved by themselves; default 0.99 |
# | `compute_gradients`, `clip_by_value`, `apply_gradients` | `SGD(0.01, clipvalue=1.0)`, or `global_clipnorm=` for one norm over all |
# | `MomentumOptimizer(0.1, 0.9, use_nesterov=True)` | `SGD(0.1, momentum=0.9, nesterov=True)`, which keeps the point ahead in place of $\theta$ |
# | `AdagradOptimizer`, sums from 0.1 on | `Adagrad(0.01)`, from 0.1 on too; ours begin at 0 |
# | `AdadeltaOptimizer` with the rate 0.001 | `Adadelta(1.0, epsilon=1e-6)` is the paper; the default rate is 0.001 still |
# | `exponential_decay(0.1, global_step, 10_000, 1/10)` | `ExponentialDecay(0.1, 10_000, 0.1)` |
# | `piecewise_constant` | `PiecewiseConstantDecay`: the new rate holds for t > boundary, ours from t = boundary on |
# | by hand, with a look at the curve | `ReduceLROnPlateau(factor=0.1, patience=1, min_delta=0)` |
#
# The step that one used to forget is in the fourth row. Nobody ran the update of the averages, the net trained well,
# and in use it was hopeless, as its averages were still those of the start. Today the layer does it by itself, but
# `training=` still decides by which statistics it works.

# %% [markdown]
# **What if you train with `net(X)` in a loop of your own?** Without `training=True` a batch norm layer of Keras takes the averages. What would the curve of
# the cost look like, and what would you look for?

# %% [markdown]
# ## 10 · What to use  (3 min)
#
# The chapter whose ideas this notebook follows ends with a table of what to begin with. The half of it that belongs here:
#
# | | begin with | why, and when not |
# |---|---|---|
# | first weights | He | *Initialization*; smaller where paths lead around layers |
# | activation | ELU there, ReLU here | section 2: no order on our digits; leaky or ELU if units die |
# | normalization | batch norm | *Softmax and batch norm*; not with tiny batches |
# | optimizer | Nesterov there; Adam in most programs of today | section 7: a fitting rate counts more than the rule |
# | learning rate | a schedule | section 8: it forgives a rate that is too high; exponential is easy, performance needs no $r$ |
# | gradients | clipping | where they explode, recurrent nets above all |
#
# The other half is about regularization, and about nets that others have trained. Take none of it as law: every line is a
# question that costs an afternoon.

# %% [markdown]
# ## What you have learned
#
# A unit without a slope cannot learn, and a large step may leave it there; a little slope below 0 is an insurance,
# which costs little and which our digits did not need. A path around a layer lets signal and gradient pass whatever
# the layer does. Clipping caps a step: by value it bends the direction, by norm it keeps it. Momentum has a final
# speed, Nesterov looks where it goes, AdaGrad slows down for ever, Adadelta measures itself by its own steps. A rate
# that falls forgives a first one that is too high, and how far it falls depends on how many steps there are. Many a law of the books is
# one study; five seeds are cheap.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
