# %% [markdown]
# # Generalization: what to do when a net learns by heart
#
# A net that is right on every picture it has seen may be wrong on a quarter of the next ones. This notebook is about closing
# that gap: by stopping, by charging for weights, by capping them, by dropping units, by making more pictures of those there are,
# and by throwing weights away. You measure what each is worth, in the same currency: how many more pictures it replaces.
#
# You will learn
#
# - to stop training with patience, and to keep the best,
# - to put any penalty on any net, and why one of them makes exact zeros,
# - to cap what goes into a unit, and to drop units in training but not in use,
# - to move pictures, so that few of them count for many,
# - to cut most weights of a net without losing what it knows.
#
# It takes about 80 minutes. You need to have seen softmax, Adam and dropout (*Regularization*). Examples are columns: $X$ has shape
# $(n, m)$, and $W^{[1]}$ has shape $(n^{[1]}, n^{[0]})$. Functions that need chance take the drawn numbers as an argument, $U$, drawn evenly from
# 0 to 1; whether a net is in training is an argument, too.

# %% setup
import math

import numpy as np

from helpers import check, explorers, nets
from helpers.data import load_digits, load_football, load_pen
from helpers.plots import new_axes, plot_digits, plot_early_stopping, plot_lines, plot_ruler
from helpers.remedies import learn, learn_pitch, like_so_many, percent_right, shares, some_of, weights_in
from helpers.training import as_number, number_of, ready

digits = load_digits()
check.begin("generalization")

# %% [markdown]
# ## 1 · An elephant with four parameters  (5 min)
#
# Enrico Fermi turned down a theory whose four free parameters had been fitted to his data: a friend of his, John von Neumann, used to
# say that with four parameters he could fit an elephant, and with five make it wiggle its trunk
# ([Dyson, 2004](https://doi.org/10.1038/427297a)). The net of this notebook has 196 inputs, hidden layers of 100 and 50 units, and 10 outputs.
#
# It learns `pen`: digits that invented hands have written, 10,000 to learn from and 2,000 of other hands to be tested on, here with 14 by 14
# pixels. (If MNIST's files lie in `datasets/original/`, it is real handwriting.) And it gets only 500 of them.

# %% showcase
pen = load_pen(size=14)
X, labels, X_dev, labels_dev = some_of(pen, 500, seed=1, m_dev=1000)
plot_digits(X[:, :36], labels[0, :36], columns=12)
start = nets.initialize_scaled([196, 100, 50, 10], gain=2, seed=1)
print(f"{pen.name}: {sum(value.size for value in start.values()):,} parameters for {labels.size} pictures")

# %% predict [markdown]
# The labels of the 500 pictures are shuffled, so that a picture of a 3 may be called a 7. How many of its training pictures does the
# net get right in the end?
#
# - About 10 %, since there is nothing to learn
#   There is nothing to *generalize*. Learning by heart needs no rule, only room.
# - About half, since some labels are right by chance
#   A tenth is right by chance. The rest is learnt as well.
# * All of them
#   25,260 parameters have room for 500 answers, whatever these are ([Zhang et al., 2017](https://arxiv.org/abs/1611.03530)).

# %% showcase
shuffled = labels[:, np.random.default_rng(2).permutation(labels.size)]
for name, taught in (("true labels", labels), ("shuffled labels", shuffled)):
    parameters = learn(X, taught, epochs=150, seed=1)
    print(
        f"{name}: {percent_right(parameters, X, taught):.1f} % of the training pictures,"
        f" {percent_right(parameters, pen.X_test, pen.Y_test):.1f} % of the test pictures"
    )

# %% [markdown]
# **See.** The net learns any 500 answers by heart. So a training error of 0 says nothing, and it is the right place to begin: make the net
# large enough to learn by heart, and see that it can; if it cannot, something is broken, and no remedy against over-fitting will help. Then
# close the gap.
#
# A border can be too free for its points, too stiff, right, or both at once: too stiff here and too free there. Among the settings of this
# explorer there is one of each. Which are they, and what do both costs say of it?

# %% showcase
explorers.regularization()

# %% [markdown]
# **What if the net is small?** Hidden layers of 100 and 50 units stand in `helpers/remedies.py` as `SIZES`. Set `remedies.SIZES = (5, 5)` after
# `import helpers.remedies as remedies`, and run the cell again. How many shuffled labels does that net learn, and how many test pictures
# does it have right with the true ones?

# %% [markdown]
# ## 2 · Stop with patience  (9 min)
#
# In training the dev cost falls, reaches a bottom, and rises again while the training cost goes on falling. So measure it every now and
# then, say every 50 steps, and keep a copy of the parameters whenever it is the best so far. The curve is restless: the first rise is seldom
# the last word. So have *patience*: end only when 2,000 steps have brought nothing better. That is 40 measurements in vain. Then put the best
# copy back.
#
# **Try.** The errors are handed in as a list, one for each check, as if they came one by one. Entry $i$ was measured after
# `(i + 1) * check_every` steps. Better means strictly below the best so far. A check that is not a number is never the best.


# %% solution="early_stopping"
def early_stopping(dev_errors, check_every=50, patience=2000):
    """Where the best parameters were, and where training ended.

    dev_errors: array of numbers; entry i was measured after (i + 1) * check_every steps, and at least
    one is a number. Training ends at the first check with at least `patience` steps since the best,
    or with the last entry.
    Returns two numbers of steps: that of the first lowest error so far, and that of the last check.
    """
    best, best_step, step = math.inf, 0, 0
    for i, error in enumerate(dev_errors):
        ### BEGIN SOLUTION
        step = (i + 1) * check_every
        if error < best:
            best, best_step = error, step
        elif step - best_step >= patience:
            break
        ### END SOLUTION
    return best_step, step


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once any
# part of a result is right; edge cases 30 %, once an ordinary case passes. A share for which a check has no case goes to the
# values, so a card may show a larger share for them. Grading uses these visible cases and further ones. If you are stuck,
# `check.hint(early_stopping)` gives a hint, then another; asking costs nothing.

# %% test="early_stopping" points=14
check(early_stopping)

# %% predict [markdown]
# The net learns from the 500 pictures for a long time. From some pass on its dev *cost* rises. What happens to the share of dev pictures that it has
# *right*?
#
# - It falls, since the cost rises
#   Cost and share are two judges. The cost asks how sure the net was.
# - It stays as it is
#   It moves, if only by a little.
# * It goes on rising a little
#   Some pictures still turn right, while a few errors become surer and so dearer: where the net leaves 1 % to the right answer, it costs 4.6.
# - It jumps up and down by ten points
#   With 1,000 dev pictures it is steadier than that.

# %% showcase
train_costs, dev_costs, rights = [], [], []


def watch(t, parameters):
    if t % 50 == 0:
        train_costs.append(nets.class_cost(shares(parameters, X), labels))
        dev_costs.append(nets.class_cost(shares(parameters, X_dev), labels_dev))
        rights.append(percent_right(parameters, X_dev, labels_dev))


learn(X, labels, epochs=300, seed=1, watch=watch)  # 10 steps a pass
steps = 50 * np.arange(1, len(dev_costs) + 1)
best_step, last_step = (int(as_number(step)) for step in ready(early_stopping, np.array(dev_costs)))
left, right = new_axes(columns=2, width=5)
plot_early_stopping(steps, train_costs, dev_costs, ax=left, unit="step", title="Costs")
plot_lines({"dev set": (steps, rights)}, right, xlabel="step", ylabel="right answers, %", title="Right answers meanwhile")
at = best_step // 50 - 1
print(f"best dev cost {dev_costs[at]:.2f} at step {best_step}, {dev_costs[-1]:.2f} at step {steps[-1]}")
print(f"dev pictures right: {rights[at]:.1f} % at step {best_step}, {rights[-1]:.1f} % at step {steps[-1]}")
print(f"training would have ended at step {last_step}")

# %% [markdown]
# **See.** Over five draws of the pictures the dev cost is lowest after 260.0 ± 41.8 steps, and your patience ends training
# at step 2260.0 ± 41.8. From there to the end of 3,000 steps the dev cost rises from 0.96 ± 0.07 to 1.58 ± 0.17, while the
# share of right answers rises too, from 71.5 ± 2.6 to 73.7 ± 1.7 %, in all five. So cost and share need not agree. Stop by
# the judge that you mean.
#
# Early stopping costs nothing but the copies, and goes together with all that follows.

# %% [markdown]
# **What if you watch the share instead?** Hand `100 - np.array(rights)` to your function in place of the costs. When does it stop now, and
# how good are the parameters that it keeps, by either judge?

# %% [markdown]
# ## 3 · Penalties, for any net  (10 min)
#
# Large weights make sharp bends. A penalty charges for them, in each layer, and leaves biases alone, which move a bend and do not sharpen it:
#
# $$J = \text{cost} + \sum_l \sum_{ij} l_1 \lvert w^{[l]}_{ij} \rvert + l_2 \left(w^{[l]}_{ij}\right)^2$$
#
# Ways to write it differ by factors. In *Regularization* L2 was $\frac{\lambda}{2m} \sum w^2$; so $l_2 = \lambda / (2m)$ here, and
# $\lambda = 0.7$ on 200 points is $l_2 = 0.00175$. Keras writes it as here.
#
# **Try.** Any number of layers; weights have names that begin with W.


# %% solution="penalty"
def penalty(parameters, l1=0.0, l2=0.0):
    """What the weights cost: the sum of l1 |w| + l2 w^2 over all weights of all layers.

    parameters: dict of W1, b1, ..., WL, bL, any number of layers. Returns a number.
    """
    price = 0.0
    for name, value in parameters.items():
        ### BEGIN SOLUTION
        if name.startswith("W"):
            price += l1 * np.sum(np.abs(value)) + l2 * np.sum(value**2)
        ### END SOLUTION
    return price


# %% test="penalty" points=7
check(penalty)

# %% predict [markdown]
# Somebody computes the penalty, prints it beside the cost, and forgets to add its gradient to `grads`. What changes in training?
#
# - Weights shrink half as much
#   Nothing pulls at them at all.
# * Nothing, but the printed cost is larger
#   Descent sees gradients only. In the TensorFlow of old, penalties were put on a list, and who did not add the list to the cost had
#   none, without a word.
# - It stops with an error
#   No line of the program is wrong. That is what makes it hard to find.

# %% [markdown]
# **Try.** Now the gradient. The derivative of $w^2$ is $2w$, that of $\lvert w \rvert$ is the sign of $w$, and at 0, where there is a kink, we take 0, as
# `np.sign` does. Whoever calls you still needs `grads` as it was: return a new dict.


# %% solution="add_penalty_gradient"
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    """The gradients of cost and penalty together.

    grads: dict of dW1, db1, ..., those of the cost. parameters: dict of W1, b1, ..., WL, bL.
    Returns a new dict; what is given stays as it was.
    """
    ### BEGIN SOLUTION
    total = dict(grads)
    for name, W in parameters.items():
        if name.startswith("W"):
            total[f"d{name}"] = grads[f"d{name}"] + l1 * np.sign(W) + 2 * l2 * W
    ### END SOLUTION
    return total


# %% test="add_penalty_gradient" points=11
check(add_penalty_gradient)

# %% [markdown]
# Does the gradient belong to the penalty? Move one weight by a little and see.

# %% showcase
small = nets.initialize_scaled([3, 4, 2], gain=2, seed=1)
moved = {name: value + 1e-6 * (name == "W1") * (np.arange(value.size).reshape(value.shape) == 0) for name, value in small.items()}
zero = {f"d{name}": np.zeros_like(value) for name, value in small.items()}
slope = ready(add_penalty_gradient, zero, small, 0.3, 0.2)["dW1"][0, 0]
measured = (number_of(penalty, moved, 0.3, 0.2) - number_of(penalty, small, 0.3, 0.2)) / 1e-6
print(f"slope of the penalty by one weight: {slope:.5f} by your gradient, {measured:.5f} measured")

# %% [markdown]
# Now the football pitch: a net 2-20-3-1, 30,000 steps of plain descent on 200 kicks. First without a penalty, then with either.

# %% showcase
pitch = load_football()
m = pitch.Y_train.size


def tell(name, parameters):
    w = np.abs(weights_in(parameters))
    train, test = (100 * nets.accuracy(parameters, *points) for points in ((pitch.X_train, pitch.Y_train), (pitch.X_test, pitch.Y_test)))
    print(
        f"{name}: {train:.1f} % of the training kicks, {test:.1f} % of the test kicks;"
        f" {100 * np.mean(w < 0.001):.0f} % of the weights below 0.001"
    )


tell("no penalty", learn_pitch(pitch))

# %% showcase
pitch_nets = {
    "L2, 0.7 / 2m": learn_pitch(pitch, add=lambda grads, parameters: add_penalty_gradient(grads, parameters, 0.0, 0.7 / (2 * m))),
    "L1, 0.7 / 2m": learn_pitch(pitch, add=lambda grads, parameters: add_penalty_gradient(grads, parameters, 0.7 / (2 * m))),
}
for name, parameters in pitch_nets.items():
    tell(name, parameters)

# %% [markdown]
# **See.** The gradient is right. On the pitch, over five draws of kicks, each judged by 5,000 new ones: without a penalty
# 90.0 ± 1.6 % of the new kicks are right, with L2 92.8 ± 0.5, with L1 92.7 ± 0.4 %. The two do different things to the
# weights: with L1 87.4 ± 4.7 % of them end below 0.001, with L2 32.2 ± 17.1 %. And of those that L1 made so small, how many
# are exactly 0?

# %% [markdown]
# **What if both are on?** Take half of each penalty, $l_1$ and $l_2$ together, which is called an *elastic net*. How many weights are small
# now, and how many test kicks are right?

# %% [markdown]
# ## 4 · Exact zeros  (9 min)
#
# L2 pulls a weight by a force that fades as it gets small, so it never arrives. L1 pulls with the same force all the way. That should bring
# many weights to 0.

# %% predict [markdown]
# After 30,000 steps of plain descent with L1, four of five weights are below 0.001. How many are exactly 0?
#
# - All of those
#   They are near 0. Being there is another matter.
# - About half of those
#   Not even one.
# * None
#   Near 0 each step pushes a weight by the rate times $l_1$, to the other side, and the next one pushes it back. It hops about 0 for ever.

# %% showcase
parameters = pitch_nets["L1, 0.7 / 2m"]
tell("descent with L1, 0.7 / 2m", parameters)
print(f"    {100 * np.mean(weights_in(parameters) == 0):.0f} % of the weights exactly 0")

# %% [markdown]
# To land on 0, stop there: after each step of descent on the *cost* alone, take the L1 part as a move of its own. Every weight comes nearer
# to 0 by the same amount, the rate times $l_1$, and one that is nearer than that becomes 0. (A *proximal* step; the function is called the
# soft threshold.)
#
# **Try.** Keep the signs, and see that 0 is exactly 0.


# %% solution="shrink"
def shrink(W, amount):
    """Every weight nearer to 0 by the amount, and exactly 0 where it was not farther away.

    W: array of any shape. amount: a number, 0 or more. Returns an array in the shape of W.
    """
    ### BEGIN SOLUTION
    smaller = np.sign(W) * np.maximum(np.abs(W) - amount, 0)
    ### END SOLUTION
    return smaller


# %% test="shrink" points=8
check(shrink)


# %% showcase
def shrinking(amount):
    """What is done after each step: your function, on all weights."""
    return lambda parameters: {
        name: shrink(value, amount) if name.startswith("W") else value for name, value in parameters.items()
    }


for lambd in (0.7, 2):
    amount = 0.3 * lambd / (2 * m)  # the rate times l1
    parameters = learn_pitch(pitch, after=shrinking(amount))
    tell(f"shrink and cut, {lambd} / 2m", parameters)
    print(f"    {100 * np.mean(weights_in(parameters) == 0):.0f} % of the weights exactly 0")

# %% [markdown]
# **See.** Over five draws, with shrink and cut 86.2 ± 5.2 % of the weights are exactly 0 for $\lambda$ of 0.7, and 94.2 ±
# 3.4 % for 2, and 92.6 ± 0.4 and 92.6 ± 0.2 % of the new kicks are right. A net with a handful of weights left is as good on
# this pitch as any other. Watch the hops from near:

# %% showcase
explorers.zeros()

# %% [markdown]
# **What if the amount is too large?** Try $\lambda$ of 10 and 30. At which share of zeros do the test kicks suffer?

# %% [markdown]
# ## 5 · A cap for each unit  (9 min)
#
# A penalty pulls at all weights, all the time. *Max-norm* does nothing as long as the weights into a unit are together no longer than $r$,
# and brings them back to length $r$ when they are:
#
# $$w := w \, \frac{r}{\max(\lVert w \rVert, r)}$$
#
# It is applied after each step, to each unit by itself. In $W$, of shape (units, inputs), the weights into a unit are a *row*. A program that
# goes around clips along the other axis, because there examples are rows and a unit's weights a column; copied here, it would cap what goes
# *out* of each unit.


# %% predict [markdown]
# The weights into a unit are (6, 8), and $r$ is 5. What are they after max-norm?
#
# * (3, 4)
#   Their length was 10. Half of each keeps the direction and gives length 5.
# - (5, 5)
#   That caps each weight by itself. It turns the direction, and (5, 5) is longer than 5.
# - (1, 3)
#   The same amount less would turn the direction, as shrinking does.
# - (0.6, 0.8)
#   That has length 1: divided by the length, and not multiplied by $r$.

# %% [markdown]
# **Try.** A row that is shorter than $r$ stays as it is, also a row of zeros, which nothing may be divided by.


# %% solution="max_norm"
def max_norm(W, r):
    """W with every row that is longer than r brought back to length r.

    W: shape (units, inputs). r: a number above 0. Returns an array in the shape of W.
    """
    ### BEGIN SOLUTION
    lengths = np.sqrt(np.sum(W**2, axis=1, keepdims=True))
    capped = W * r / np.maximum(lengths, r)
    ### END SOLUTION
    return capped


# %% test="max_norm" points=12
check(max_norm)


# %% showcase
def capping(r):
    """What is done after each step: your function, on all layers."""
    return lambda parameters: {
        name: max_norm(value, r) if name.startswith("W") else value for name, value in parameters.items()
    }


for r in (1, 2, 3):
    tell(f"max-norm {r}", learn_pitch(pitch, after=capping(r)))

# %% [markdown]
# **See.** Over five draws of kicks, 91.6 ± 1.3, 92.6 ± 0.5 and 91.7 ± 0.9 % of the new kicks are right with $r$ of 1, 2 and
# 3, where 90.0 ± 1.6 % are without. With the digits and Adam, in section 7, it brings nothing: a remedy belongs to a net,
# its data and its optimizer.

# %% [markdown]
# **What if only the first layer is capped?** Change `capping` so. Is it enough, and which layer had the long rows? (`np.linalg.norm(W, axis=1)`
# shows their lengths.)

# %% [markdown]
# ## 6 · Dropout, complete  (14 min)
#
# Here are the three things that are mixed up with dropout.
#
# *Rate or keep_prob.* In *Regularization* a unit was kept with probability `keep_prob`. Keras and most papers give the *rate*, the share that is
# dropped, 1 - `keep_prob`. Here a unit is dropped where $U < rate$.
#
# *Divide or multiply.* If half of a layer is silent in training, the sums that it feeds are half as large, and in use they would double. Either
# divide what is kept by 1 - rate in training, and do nothing in use; or leave training alone, and multiply the weights by 1 - rate
# afterwards, as the paper did ([Srivastava et al., 2014](https://jmlr.org/papers/v15/srivastava14a.html)). Never both.
#
# *Training or use.* In use nothing is dropped. So a function has to be told.

# %% predict [markdown]
# Does dropout slow down training? Does it slow down answers, when the net is in use?
#
# - Both, since masks have to be drawn
#   In use there are no masks.
# * Training, yes; answers, no
#   Each step takes a little longer, and more steps are needed. In use it is the same net as without dropout.
# - Neither
#   Half of a layer learns in each step, so it takes longer to come as far.
# - Answers only, since many thinned nets vote
#   They vote in a single pass: all units are there at once.

# %% [markdown]
# **Try.** Return the mask, too: the backward pass goes through the same units. In use it is all True, and $A$ is as it was.


# %% solution="dropout"
def dropout(A, U, rate, training=True):
    """A with units dropped where U < rate, the others divided by 1 - rate; and the mask of those kept.

    A, U: shape (n, m), U drawn evenly from 0 to 1. rate: at least 0 and below 1. training: in use
    nothing is dropped. Returns two arrays of shape (n, m); the mask is True where kept.
    """
    mask = np.ones(A.shape, dtype=bool)
    ### BEGIN SOLUTION
    if training:
        mask = U >= rate
        A = A * mask / (1 - rate)
    ### END SOLUTION
    return A, mask


# %% test="dropout" points=12
check(dropout)

# %% showcase
rng = np.random.default_rng(3)
A = rng.random((100, 1000))
for rate in (0.2, 0.5, 0.8):
    kept, mask = ready(dropout, A, rng.random(A.shape), rate)
    print(f"rate {rate}: {100 * np.mean(mask):.1f} % kept, mean {kept.mean():.3f} where it was {A.mean():.3f}")
RATES = {"none": (0, 0, 0), "0.2": (0, 0.2, 0.2), "0.5": (0, 0.5, 0.5), "0.2, inputs too": (0.2, 0.2, 0.2)}
for name, rates in RATES.items():
    learnt = []  # per cent of the training pictures, every 10 steps

    def watch(t, parameters, learnt=learnt):
        if t % 10 == 0:
            learnt.append(percent_right(parameters, X, labels))

    parameters = learn(X, labels, epochs=160, seed=1, dropout=(dropout, rates), watch=watch)
    first = 10 * (1 + int(np.argmax(np.array(learnt) >= 95)))
    print(
        f"dropout {name}: 95 % of the training pictures after {first} steps;"
        f" {percent_right(parameters, pen.X_test, pen.Y_test):.1f} % of the test pictures in the end"
    )

# %% [markdown]
# **See.** Over five draws, 95 % of the training pictures take 222.0 ± 13.0 steps without dropout, 330.0 ± 35.4 with a rate
# of 0.2 and 676.0 ± 66.9 with 0.5: training is slower, and in use nothing is different. Be fair, then: after 80 passes a rate of
# 0.2 brings 1.0 ± 0.6 points on the test pictures, and 0.5 costs 1.2 ± 0.8; after twice as many, 0.5 brings 0.6 ± 0.8 over a
# net without dropout that has had as many. Books say that dropout gains 1 to 2 points. That is more than it sounds where a net
# is good: from 5 % to 3 % errors is 40 % fewer. More dropout for nets that over-fit and for large layers, less for others.

# %% [markdown]
# A layer of $N$ units has $2^N$ masks, so with 150 hidden units hardly any thinned net is ever trained twice; 10,000 steps train at
# least 10,000 of them, and 50 times as many here, since each example of a batch has a mask of its own. All share their weights. In use their vote is taken by one pass with all units. For a single linear layer that
# is their exact mean; for a deep net it is a good guess.
#
# **Try.** The other form: training did not divide, so now the weights are to be multiplied. `rates[0]` is the rate at which *inputs* were
# dropped, `rates[1]` that of the first hidden layer, and so on. Which of them does $W^{[1]}$ feel?


# %% solution="weights_after_dropout"
def weights_after_dropout(parameters, rates):
    """Parameters for use, after a training with dropout that did not divide.

    parameters: dict of W1, b1, ..., WL, bL. rates: L numbers; rates[l] was that of layer l, rates[0]
    that of the inputs; nothing of the last layer was dropped. Returns a new dict.
    """
    scaled = {}
    for name, value in parameters.items():
        l = int(name[1:])
        ### BEGIN SOLUTION
        if name.startswith("W"):
            scaled[name] = value * (1 - rates[l - 1])
        else:
            scaled[name] = value
        ### END SOLUTION
    return scaled


# %% test="weights_after_dropout" points=4
check(weights_after_dropout)

# %% showcase
one = nets.initialize_scaled([20, 5], gain=2, seed=1)
deep = nets.initialize_scaled([20, 50, 50, 5], gain=2, seed=1)
A_0 = np.random.default_rng(4).random((20, 1))


def scores(parameters, rates, rng=None):
    """Scores of the last layer; with rng, units are dropped and nothing is divided."""
    A, L = A_0, nets.number_of_layers(parameters)
    for l in range(1, L + 1):
        A = A * (rng.random(A.shape) >= rates[l - 1]) if rng else A
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = nets.relu(Z)
    return Z


for name, parameters, rates in (("one layer", one, (0.5,)), ("three layers", deep, (0.2, 0.5, 0.5))):
    rng = np.random.default_rng(5)
    vote = np.mean([scores(parameters, rates, rng) for _ in range(20_000)], axis=0)
    once = scores(ready(weights_after_dropout, parameters, rates), rates)
    print(f"{name}: largest difference between 20,000 thinned nets and one pass {np.abs(vote - once).max():.3f}, largest score {np.abs(vote).max():.2f}")

# %% [markdown]
# **See.** For one layer the single pass is the vote, up to the chance of 20,000 draws. For three layers with ReLU it is not,
# and off by about a quarter of the largest score here. So dividing in training has an advantage: it is what every net is
# *trained* to stand, and use is the same net without masks.

# %% [markdown]
# *DropConnect* ([Wan et al., 2013](https://proceedings.mlr.press/v28/wan13.html)) drops single weights in place of units. The paper draws a mask for each
# example; ours draws one for the whole batch.
#
# **Try.** $U$ has the shape of $W$. The bias stays.


# %% solution="dropconnect"
def dropconnect(W, A, b, U, rate):
    """Z = W A + b with single weights dropped where U < rate, the others divided by 1 - rate.

    W, U: shape (n, n_previous). A: shape (n_previous, m). b: shape (n, 1), which stays. Returns shape
    (n, m).
    """
    ### BEGIN SOLUTION
    kept = U >= rate
    Z = (W * kept / (1 - rate)) @ A + b
    ### END SOLUTION
    return Z


# %% test="dropconnect" points=4
check(dropconnect)

# %% [markdown]
# **What if the rate differs by layer?** Large layers can spare more units than small ones, and inputs are as a rule dropped little or not at
# all. Try `(0, 0.5, 0.2)` and `(0, 0.2, 0.5)` with the 500 pictures. Which is better, and by more than 1 point?

# %% [markdown]
# ## 7 · More pictures than there are  (10 min)
#
# A 3 that is moved by a pixel is still a 3. So each picture can stand for nine: moved by -1, 0 or 1 in both directions, anew in each batch,
# which needs no room on a disk. Turning, stretching, changing the contrast and mirroring work alike, as long as the label stays true:
# a mirrored cat is a cat, a mirrored 3 is nothing, and a 6 upside down is a 9.
#
# **Try.** `images` has shape (m, height, width), and each picture has a shift of its own: `dx` columns to the right and `dy` rows down; negative
# ones to the left and up. Paper, 0, comes in.


# %% solution="shift_pictures"
def shift_pictures(images, dx, dy):
    """Pictures moved by whole pixels; zeros come in, what leaves is lost.

    images: shape (m, height, width). dx, dy: m whole numbers each, of either sign; dx > 0 moves right,
    dy > 0 moves down. Returns an array in the shape of images.
    """
    m, height, width = images.shape
    shifted = np.zeros_like(images)
    ### BEGIN SOLUTION
    padded = np.pad(images, ((0, 0), (height, height), (width, width)))
    for i in range(m):
        y, x = int(np.clip(dy[i], -height, height)), int(np.clip(dx[i], -width, width))
        shifted[i] = padded[i, height - y : 2 * height - y, width - x : 2 * width - x]
    ### END SOLUTION
    return shifted


# %% test="shift_pictures" points=10
check(shift_pictures)

# %% showcase
example = np.repeat(X[:, :1], 9, axis=1).T.reshape(9, 14, 14)
right_by, down_by = np.tile([-1, 0, 1], 3), np.repeat([-1, 0, 1], 3)
plot_digits(
    ready(shift_pictures, example, right_by, down_by).reshape(9, 196).T,
    [f"{x}, {y}".replace("-", "−") for x, y in zip(right_by, down_by, strict=True)],
    columns=9,
    sentence=f"A {labels[0, 0]} nine times, moved by -1, 0 or 1 pixels to the right and down.",
)

# %% predict [markdown]
# 500 pictures. What helps most on new ones?
#
# - Dropout
#   It brings a point or so, and too much of it takes longer than there is time.
# - Max-norm
#   Here it brings nothing. On the pitch it did.
# - Noise on every pixel
#   It brings some points, more than the books say, and far fewer than the best.
# * Moving each picture by a pixel
#   The net is told something true that it could not know: that a digit's place means nothing.


# %% showcase
SIZES, PASSES = (500, 1000, 2000, 4000, 8000), (80, 80, 40, 30, 20)
reached = [
    percent_right(learn(*some_of(pen, m, seed=1), epochs, seed=1), pen.X_test, pen.Y_test)
    for m, epochs in zip(SIZES, PASSES, strict=True)
]
marks = {}


def measure(name, epochs=80, **remedy):
    """Put a net of 500 pictures that has had a remedy on the ruler."""
    share = percent_right(learn(X, labels, epochs, seed=1, **remedy), pen.X_test, pen.Y_test)
    marks[name] = share, like_so_many(SIZES, reached, share)
    print(f"{name}: {share:.1f} % of the test pictures")


def noise(X, rng):
    return X + 0.2 * rng.standard_normal(X.shape)


measure("twice as long", 160)
measure("noise", change=noise)

# %% showcase
measure("max-norm 2", after=capping(2))

# %% showcase
measure("dropout 0.2", dropout=(dropout, (0, 0.2, 0.2)))


# %% showcase
def shifts(X, rng):
    """Each picture of a batch moved by -1, 0 or 1 in both directions."""
    m = X.shape[1]
    moved = shift_pictures(X.T.reshape(m, 14, 14), rng.integers(-1, 2, m), rng.integers(-1, 2, m))
    return moved.reshape(m, 196).T


measure("shifts", change=shifts)
measure("shifts, twice as long", 160, change=shifts)

# %% showcase
plot_ruler(SIZES, reached, marks, 500, title="How many pictures is it worth?")

# %% [markdown]
# **See.** One draw is one draw. Over five, per cent of test pictures, on our digits and on real handwriting (of MNIST's
# 10,000 test pictures 2,000 to test and the others to draw from):
#
# | remedy | `pen`, 500 | `pen`, 2,000 | real, 500 | real, 2,000 |
# |---|---:|---:|---:|---:|
# | none | 73.1 ± 1.2 | 85.6 ± 0.8 | 87.6 ± 0.7 | 92.5 ± 0.7 |
# | none, twice as long | 73.6 ± 1.4 | 86.5 ± 0.9 | 87.8 ± 1.0 | 92.3 ± 0.7 |
# | dropout 0.2 | 74.1 ± 1.5 | 86.8 ± 0.2 | 88.2 ± 0.8 | 92.8 ± 0.7 |
# | dropout 0.5 | 71.9 ± 1.0 | 83.0 ± 0.5 | 87.6 ± 1.0 | 91.8 ± 0.5 |
# | dropout 0.5, twice as long | 74.2 ± 1.3 | 85.6 ± 0.8 | 88.1 ± 0.8 | 92.5 ± 0.5 |
# | max-norm 1 | 71.9 ± 1.1 | 80.8 ± 0.6 | 86.6 ± 0.6 | 90.6 ± 0.5 |
# | max-norm 2 | 73.1 ± 1.2 | 85.5 ± 0.7 | 87.6 ± 0.6 | 92.5 ± 0.6 |
# | L1 | 73.2 ± 1.2 | 85.9 ± 1.1 | 87.2 ± 0.7 | 92.2 ± 0.6 |
# | L2 | 73.4 ± 1.4 | 86.1 ± 0.9 | 87.3 ± 0.7 | 92.3 ± 0.6 |
# | noise | 75.6 ± 1.5 | 87.4 ± 0.7 | 88.4 ± 0.4 | 93.2 ± 0.5 |
# | shifts | 85.2 ± 0.5 | 91.6 ± 0.3 | 90.0 ± 0.6 | 93.5 ± 0.3 |
# | shifts, twice as long | 88.0 ± 1.4 | 93.3 ± 0.2 | 91.2 ± 0.7 | 95.0 ± 0.4 |
# | shifts of two pixels, twice as long | 84.6 ± 0.8 | 90.9 ± 0.4 | 87.7 ± 0.8 | 92.0 ± 0.7 |
# | shifts and dropout 0.2, twice as long | 88.0 ± 0.8 | 93.3 ± 0.5 | 91.1 ± 0.6 | 95.0 ± 0.4 |
#
# 500 pictures with shifts, and twice the passes, are worth about 3,000 of `pen` without, and 1,200 real ones. That is 6 times the pictures here,
# and 2.4 times in real handwriting. Why so much less? `pen` shifts every digit itself, by a spread of 0.7 of these pixels; MNIST's digits
# are centred. The remedy undoes what our generator did, and that is a part of its success here. Twice as many passes without shifts
# bring little, and two pixels are worse than one.
#
# Of noise on each pixel it is said that it does not help, since it is nothing that a net could learn. It does not hold here:
# it brings 2.5 ± 0.7 points with 500 pictures of `pen` and 0.8 ± 0.4 with real ones. It is no shift, though.

# %% [markdown]
# **What if pictures move by two pixels?** Change `shifts` to -2 to 2. More is not always better: why might it be worse here, and would you
# expect the same for pictures of 28 by 28?

# %% [markdown]
# ## 8 · Nets with holes  (9 min)
#
# A weight that is 0 needs no room and no multiplication. There are three ways to a *sparse* net: cut the smallest weights when training is
# over, charge for weights by L1 first, so that cutting hurts less, or use an optimizer that sets them to 0 by itself.
#
# **Try.** First the knife. The smallest share of *all* weights together becomes 0, whatever layer they are in. Biases stay.


# %% solution="prune"
def prune(parameters, share):
    """Parameters with the smallest weights set to 0: k = share * n of all n weights of all layers.

    parameters: dict of W1, b1, ..., WL, bL; biases stay. share: from 0 to 1, share * n is whole.
    Smallest: by size, that is |w|. No two sizes are equal. Returns a new dict.
    """
    names = [name for name in parameters if name.startswith("W")]
    pruned = dict(parameters)
    ### BEGIN SOLUTION
    sizes = np.sort(np.concatenate([np.abs(parameters[name]).ravel() for name in names]))
    k = round(share * sizes.size)
    if k > 0:
        limit = sizes[k - 1]
        for name in names:
            pruned[name] = np.where(np.abs(parameters[name]) <= limit, 0.0, parameters[name])
    ### END SOLUTION
    return pruned


# %% test="prune" points=10
check(prune)

# %% showcase
def cut_more_and_more(name, parameters):
    rights = {cut: percent_right(ready(prune, parameters, cut), digits.X_test, digits.Y_test) for cut in (0, 0.5, 0.6, 0.7, 0.8, 0.9)}
    print(f"{name}: " + ", ".join(f"{100 * cut:.0f} % cut {right:.1f} %" for cut, right in rights.items()))


cut_more_and_more("plain", learn(digits.X_train, digits.Y_train, epochs=60, seed=1))


# %% showcase
def light(grads, parameters):
    return add_penalty_gradient(grads, parameters, 0.001)


cut_more_and_more("with L1", learn(digits.X_train, digits.Y_train, epochs=60, seed=1, add=light))

# %% [markdown]
# **See.** Over five splits of the digits: with half of the weights cut the plain net has 95.8 ± 1.3 % right where it had
# 97.9 ± 0.4, with 70 % cut 86.3 ± 4.3, and with 80 % cut 65.5 ± 8.0. After a training with L1 it had 96.4 ± 0.8 %, and with
# 80 % cut it has 96.2 ± 1.1. L1 costs a little, and then four of five weights can go.

# %% [markdown]
# The third way is *FTRL*, "follow the regularized leader" ([McMahan et al., 2013](https://doi.org/10.1145/2487575.2488200)). It was made for models with
# billions of weights, most of which should be 0. For each weight it keeps two sums, $n$ of squared gradients and $z$ of gradients with a
# correction, and computes the weight anew from them:
#
# $$\sigma = \frac{\sqrt{n + g^2} - \sqrt{n}}{\alpha}, \qquad z := z + g - \sigma w, \qquad n := n + g^2$$
#
# $$w := 0 \;\text{ where } \lvert z \rvert \le l_1, \quad \text{else} \quad w := - \frac{z - \mathrm{sign}(z)\, l_1}{(\beta + \sqrt{n}) / \alpha + l_2}$$
#
# Where gradients have not added up to more than $l_1$, the weight is 0, and exactly so. $\beta$ is a third thing of that name: it keeps
# the first steps short.
#
# **Try.** Five lines, in this order.


# %% solution="ftrl_step"
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    """One step of FTRL-Proximal (McMahan et al., 2013), entry by entry.

    w: weights. g: their gradient. z, n: what is kept from step to step, in the shape of w.
    Returns w, z, n after the step.
    """
    ### BEGIN SOLUTION
    sigma = (np.sqrt(n + g**2) - np.sqrt(n)) / alpha
    z = z + g - sigma * w
    n = n + g**2
    step = (beta + np.sqrt(n)) / alpha + l2
    w = np.where(np.abs(z) <= l1, 0.0, -(z - np.sign(z) * l1) / step)
    ### END SOLUTION
    return w, z, n


# %% test="ftrl_step" points=8
check(ftrl_step)

# %% showcase
Y = np.eye(10)[:, digits.Y_train[0]]
softmax = nets.ACTIVATIONS["softmax"]
always_white = (digits.X_train == 0).all(axis=1)


def slopes(W, b):
    """Gradients of softmax regression on all training digits."""
    dZ = softmax(W @ digits.X_train + b) - Y
    return dZ @ digits.X_train.T / Y.shape[1], dZ.mean(axis=1, keepdims=True)


def say(name, W, b):
    share = nets.share_right(W @ digits.X_test + b, digits.Y_test)
    zeros = np.mean(W[:, ~always_white] == 0)
    print(f"{name}: {100 * share:.1f} % of the test digits, {100 * zeros:.0f} % of the weights exactly 0")


W, b = np.zeros((10, 64)), np.zeros((10, 1))
for _ in range(300):
    dW, db = slopes(W, b)
    W, b = W - 0.5 * (dW + 0.001 * np.sign(W)), b - 0.5 * db
say("plain descent with L1", W, b)

W, b = np.zeros((10, 64)), np.zeros((10, 1))
z, n = np.zeros_like(W), np.zeros_like(W)
for _ in range(300):
    dW, db = slopes(W, b)
    W, z, n = ready(ftrl_step, W, dW, z, n, 0.5, 0.1, 0.3, 0.0)
    b = b - 0.5 * db
say("FTRL", W, b)
print(f"{always_white.sum()} of 64 pixels are white in all training digits; their weights are not counted")

# %% [markdown]
# **See.** Over five splits, FTRL has 96.2 ± 0.7 % right with 47.9 ± 0.5 % of the weights exactly 0; plain descent with L1
# has 94.4 ± 0.9 %, and none of its weights is 0.

# %% [markdown]
# **What if you cut and go on?** Prune to 80 %, then go on for a few passes (`learn` takes `start=`) in which the weights that were cut stay 0 (`after` can see to
# that). How much of what was lost comes back?

# %% [markdown]
# ## 9 · What to do by default  (5 min)
#
# A chapter that this course follows ends with a recipe for deep nets, and four reasons to leave it. Here it stands with what we measured.
#
# | recipe | measured in this course |
# |---|---|
# | weights by He, ELU, Adam, no schedule | *Optimizers*, section 8: Adam ends lower with a schedule, too |
# | batch norm | *Softmax and batch norm*, section 8: rates that break the net without it still work |
# | dropout | section 6: a point or so; at a large rate only with more passes |
# | stop early | section 2: costs nothing; ask which judge you mean |
#
# Leave it when no rate is good (a schedule), when there are few examples (more pictures of those there are: first choice here), when the net
# has to be small (L1, then cut, or FTRL), or when answers have to be fast (no batch norm, or folded into the weights; ReLU). And before
# all of it: has somebody solved a similar problem? Then begin with their net. That is the next notebook.
#
# ## What you have learned
#
# A net with more parameters than examples learns by heart, and should: then close the gap. Stop with patience and restore the best.
# Penalties pull at weights, their gradient is what counts, and exact zeros need a step that stops at 0. Max-norm does nothing until a
# unit's weights are too long. Dropout drops in training, divides by what is left, and is gone in use. A shift by a pixel told the net
# something true, and was worth more pictures than all else. Half of the weights and more can go, if L1 has made them small before.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
