# %% [markdown]
# # Optimizers: how to walk downhill
#
# The gradient says which way is down. It does not say how far to go, how many examples to ask first, or what to do in
# a valley that is steep across and flat along. This notebook is about these three questions.
#
# You will learn
#
# - to take a step for every few examples instead of one for all of them,
# - to average a noisy series with a single number of memory, and to repair the start of such an average,
# - to build momentum, RMSprop and Adam from that average, and what each of them is good for,
# - to lower the learning rate in the course of training,
# - why a large network gets stuck on saddle points and plateaus rather than in bad minima.
#
# It takes about 65 minutes. You need back-propagation as something you have seen, and NumPy. Examples are columns:
# $X$ has shape $(n^{[0]}, m)$. `parameters` is a dict with $W^{[l]}$ under `W1`, `W2`, ... and $b^{[l]}$ under `b1`,
# `b2`, ...; `grads` has the derivatives of the cost under `dW1`, `db1`, ...

# %% setup
import math
import time

import numpy as np

from helpers import check
from helpers.data import load_moons
from helpers.plots import (
    new_axes,
    plot_averages,
    plot_boundary,
    plot_cost,
    plot_lines,
    plot_paths,
    plot_points,
    plot_surface,
)
from helpers.training import number_of, ready, train_mini_batches, walk

check.begin("optimizers")

# %% [markdown]
# ## 1 · One step downhill  (4 min)
#
# Gradient descent moves every parameter against its derivative, by the learning rate $\alpha$ times that derivative:
#
# $$W^{[l]} := W^{[l]} - \alpha\, dW^{[l]} \qquad b^{[l]} := b^{[l]} - \alpha\, db^{[l]}$$

# %% predict [markdown]
# Take the cost $J(w) = (w - 5)^2$, start at $w = 0$, and let $\alpha = 0.1$. Where is $w$ after one step?
#
# - $-1$
#   That is up the slope. The derivative at 0 is negative, and subtracting a negative number makes $w$ larger.
# - 0.5
#   That is a tenth of the way to 5. The step is a tenth of the derivative, and the derivative is twice the distance.
# * 1
#   The derivative at 0 is $2 \cdot (0 - 5) = -10$, and $0 - 0.1 \cdot (-10) = 1$.
# - 5
#   The derivative says which way is down and how steep it is there. It does not say how far away the minimum is.

# %% predict [markdown]
# With $\alpha = 1$, from the same start: what does $w$ do, step after step?
#
# - It reaches 5 in the first step and stays there
#   With $\alpha = 1$ the step is as long as the derivative is large, and that is twice the distance to 5.
# * It jumps between 0 and 10 for ever
#   Each step is twice the distance to 5. It leads over the minimum, and just as far away on the other side.
# - It moves further and further away
#   It does so for every $\alpha$ above 1. With $\alpha = 1$ the distance to 5 stays the same, and only the side changes.

# %% [markdown]
# **Try.** Update every entry of `parameters`. A loop over its names treats $W$ and $b$ of all layers alike, however
# many there are. You may also write the loop over layers that you know; what counts is what the function returns.


# %% solution="update_parameters_with_gd"
def update_parameters_with_gd(parameters, grads, learning_rate):
    """One step of gradient descent.

    parameters: dict of W1, b1, ..., WL, bL. grads: dict of dW1, db1, ..., of the same shapes.
    Returns the updated parameters, a dict with the same names.
    """
    for name in parameters:  # "W1", "b1", "W2", ...; its derivative is grads["d" + name]
        ### BEGIN SOLUTION
        parameters[name] = parameters[name] - learning_rate * grads["d" + name]
        ### END SOLUTION
    return parameters


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once any
# part of a result is right; edge cases 30 %, once an ordinary case passes. A share for which a check has no case goes to the values,
# so a card may show a larger share for them. Grading uses these visible cases and further ones. If you are stuck,
# `check.hint(update_parameters_with_gd)` gives a hint, then another; asking costs nothing.

# %% test="update_parameters_with_gd" points=8
check(update_parameters_with_gd)


# %% showcase
def slope(w, b, t):
    return 2 * (w - 5), 0


def with_gd(learning_rate):
    """The update rule of plain gradient descent, in the form that `walk` and `train_mini_batches` ask for."""
    return lambda parameters, grads, t, epoch: update_parameters_with_gd(parameters, grads, learning_rate)


lines = {}
for learning_rate in (0.1, 0.9, 1.02):
    w = walk(slope, (0, 0), with_gd(learning_rate), steps=30)[:, 0]
    lines[f"α = {learning_rate}"] = (range(31), w)
plot_lines(lines, xlabel="step", ylabel="$w$", title="The same bowl, three learning rates")

# %% [markdown]
# **See.** Each step multiplies the distance to 5 by $1 - 2\alpha$: by 0.8, by $-0.8$, and by $-1.04$. The second run
# jumps from side to side and still arrives; the third moves away. The limit lies at $\alpha = 1$, where the factor is
# $-1$. It depends on the curvature, and a cost with many parameters has many curvatures at once. Sections 4 to 6 are
# about that.

# %% [markdown]
# **What if the bowl is flat at its bottom?** The cost $(w - 5)^4$ has the slope `4 * (w - 5) ** 3`. Walk with a
# learning rate of 0.005, then 0.01 and 0.02, for 3,000 steps. One of them looks like luck: will it be so from another
# start?

# %% [markdown]
# ## 2 · A step for every few examples  (10 min)
#
# With five million examples, one exact gradient costs five million forward and backward passes, and buys one step. A
# *mini-batch* of 64 examples gives an estimate of the same gradient for a tiny part of the price. So we shuffle the
# examples, cut them into batches, and make a step after each. One pass through all batches is an *epoch*. The
# extremes have names: all $m$ examples in one batch is *batch* gradient descent, one example a batch is *stochastic*
# gradient descent.

# %% predict [markdown]
# The moons of section 7 have 300 examples. How many batches of 64 do they give, and how many examples does the last
# one have?
#
# * 5 batches, and the last one has 44
#   Four full batches take 256 examples. The 44 that are left make a fifth, smaller one.
# - 4 batches, and the last one has 64
#   The 44 examples that are left over would take no part in this epoch. They make a batch of their own, a smaller one.
# - 5 batches, and each of them has 60
#   Examples are not shared out evenly. Each batch takes 64 as long as there are so many.

# %% [markdown]
# **Try.** The permutation is drawn for you. Put the columns of $X$ and $Y$ into its order, both into the same one, or
# each example gets another's label. Then cut: columns 0 to 63, 64 to 127, and so on.


# %% solution="random_mini_batches"
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    """Shuffle the examples and cut them into mini-batches.

    X: shape (n, m). Y: shape (1, m), the labels in the same order.
    Returns a list of pairs (X_batch, Y_batch) of mini_batch_size columns each; the last pair may
    have fewer.
    """
    np.random.seed(seed)  # fixed, so that your batches can be compared with ours
    m = X.shape[1]
    permutation = np.random.permutation(m)
    mini_batches = []
    ### BEGIN SOLUTION
    X, Y = X[:, permutation], Y[:, permutation]
    for start in range(0, m, mini_batch_size):
        end = start + mini_batch_size
        mini_batches.append((X[:, start:end], Y[:, start:end]))
    ### END SOLUTION
    return mini_batches


# %% test="random_mini_batches" points=14
check(random_mini_batches)

# %% [markdown]
# To see what the size of a batch does, we fit a straight line $\hat{y} = w x + b$ to 300 noisy points. It has two
# parameters, so the whole cost is a picture.

# %% showcase
rng = np.random.default_rng(1)
x = rng.standard_normal((1, 300))
y = 2 * x + 1 + rng.standard_normal((1, 300))


def line_cost(w, b):
    """Half the mean squared error of y = w x + b; w and b are numbers or arrays of one shape."""
    return np.mean((np.multiply.outer(w, x[0]) + np.expand_dims(b, -1) - y[0]) ** 2, axis=-1) / 2


def fit_line(batch_size, update, epochs):
    """Points (w, b) on the way, one a step."""
    batches = [batch for epoch in range(epochs) for batch in ready(random_mini_batches, x, y, batch_size, epoch)]

    def gradient(w, b, t):
        X, Y = batches[t - 1]
        error = w * X + b - Y
        return np.mean(error * X), np.mean(error)

    return walk(gradient, (-1, -1), update, len(batches), steps_per_epoch=len(batches) // epochs)


paths, costs = {}, {}
for batch_size in (300, 64, 1):
    begin = time.perf_counter()
    points = fit_line(batch_size, with_gd(0.1), epochs=10)
    milliseconds = 100 * (time.perf_counter() - begin)
    print(f"batches of {batch_size}: {len(points) // 10} steps and about {milliseconds:.1f} ms a pass")
    paths[f"batches of {batch_size}"] = points
    costs[f"batches of {batch_size}"] = np.linspace(0, 10, len(points)), line_cost(*points.T)
print(f"The lowest cost of any line is {line_cost(*np.polyfit(x[0], y[0], 1)):.3f}.")
left, right = new_axes(columns=2, width=5.6, height=4)
plot_paths(line_cost, paths, (-1.3, 3.2), (-1.3, 2.2), left, "The way of the parameters")
about = {"xlabel": "passes through the data", "ylabel": "cost $J$ on all points", "title": "What a pass buys"}
plot_lines(costs, right, ylim=(0, 3), **about)

# %% [markdown]
# **See.** After ten passes the full batch has made 10 steps and stands at a cost of 1.50. Batches of 64 have made 50
# steps and are at 0.469, the minimum being 0.468. Single examples came close in the first pass, and then they wander
# round the minimum, because each example pulls towards its own best line. With a constant learning rate that never
# ends; section 8 cures it.
#
# Look at the milliseconds as well. A pass of single examples costs far more time than a pass in one batch, although
# both do the same multiplications: NumPy is fast when it is given many columns at once. Between the extremes lies the
# usual choice, 64 to 512 examples, often a power of two. A batch also has to fit into the memory of the machine, together
# with the outputs of all layers, which are kept for the way back. If it does not, everything becomes slow or stops.

# %% [markdown]
# Who trains a net does not see the cost on all points, but that of the batch which is being used.

# %% showcase
batches = []
for epoch in range(6):
    batches += ready(random_mini_batches, x, y, 64, epoch)
points = fit_line(64, with_gd(0.1), epochs=6)[:-1]  # where each of the 30 steps begins
own = np.array([np.mean((w * X + b - Y) ** 2) / 2 for (w, b), (X, Y) in zip(points, batches, strict=True)])
whole = line_cost(*fit_line(300, with_gd(0.1), epochs=30)[:-1].T)
curves = {"all points at once": (range(30), whole), "batches of 64": (range(30), own)}
plot_lines(curves, new_axes(width=7), xlabel="step", ylabel="cost $J$ of the batch", ylim=(0, None))
for name, cost in (("all points", whole), ("batches of 64", own)):
    print(f"{name}: the cost rises in {np.sum(np.diff(cost) > 0)} of {cost.size - 1} steps.")

# %% [markdown]
# **See.** The cost of all points falls in every step; if it does not, there is an error in the program, or $\alpha$ is too
# large. The cost of the batches is rough and rises in 10 of 29 steps, though the line becomes better: each point of the
# curve is measured on other examples, and some batches are harder than others. Judge such a curve by its trend.

# %% [markdown]
# **What if everybody gets as many steps?** Compare the costs after fifty steps each: ten passes with batches of 64,
# fifty with all points, a sixth of a pass with single examples. What has the exact gradient bought?

# %% [markdown]
# ## 3 · An average that forgets  (10 min)
#
# Gradients of mini-batches are noisy, like the temperatures of single days. To see the season, average. The
# *exponentially weighted average* does so with one number of memory:
#
# $$v_0 = 0 \qquad v_t = \beta\, v_{t-1} + (1 - \beta)\, \theta_t$$
#
# Written out, $v_t = (1-\beta)(\theta_t + \beta\,\theta_{t-1} + \beta^2\,\theta_{t-2} + \dots)$: the weights fall by
# the factor $\beta$ a day. After $1/(1-\beta)$ days they are down to about $1/e$, so one says that $v_t$ averages
# about $1/(1-\beta)$ days: 2 days for 0.5, 10 for 0.9, 50 for 0.98.
#
# All weights together are $1 - \beta^t$, not 1. In the first days that is far less than 1, and $v_t$ is too small.
# *Bias correction* divides by it: $v_t^{corrected} = v_t / (1 - \beta^t)$.

# %% predict [markdown]
# Two days of 20 degrees, $\beta = 0.98$. What is $v_2$, and what is it after the correction?
#
# - 20, and the correction changes nothing
#   That would be true if the weights of the two days added up to 1. But $v_0 = 0$ has a weight too, by far the largest.
# - 10, and 20 after the correction
#   That would be halfway from 0 to 20. Each day takes $v$ only $1 - \beta = 0.02$ of the way to that day's
#   temperature.
# * About 0.8, and 20 after the correction
#   $v_2 = 0.0196 \cdot 20 + 0.02 \cdot 20 = 0.792$. The two weights add up to $1 - 0.98^2 = 0.0396$, and
#   $0.792 / 0.0396 = 20$.
# - About 0.8, and 40 after the correction
#   That is $v_2$ divided by $1 - \beta$, the weight of the last day alone. With the day before, the weights add up to
#   $1 - \beta^2$, which is about twice as much.

# %% [markdown]
# **Try.** Compute $v_t$ for each day and append it, or the corrected value if `correct` is true. Take care that the
# recursion goes on with $v_t$ itself.


# %% solution="exponentially_weighted_average"
def exponentially_weighted_average(theta, beta, correct=False):
    """Exponentially weighted averages v_1 ... v_T of a series.

    theta: array of shape (T,), the values theta_1 ... theta_T. correct: whether to divide
    v_t by 1 - beta^t.
    Returns an array of shape (T,).
    """
    averages = []
    v = 0
    for t, value in enumerate(theta, start=1):  # t = 1, 2, ..., T
        ### BEGIN SOLUTION
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta**t) if correct else v)
        ### END SOLUTION
    return np.array(averages)


# %% test="exponentially_weighted_average" points=14
check(exponentially_weighted_average)

# %% showcase
days = np.arange(1, 366)
noise = np.random.default_rng(3).standard_normal(365)
temperature = 12 + 10 * np.cos(2 * np.pi * (days - 20) / 365) + 3 * noise  # a year that begins in summer

averages = {
    f"β = {beta}, about {length} days": ready(exponentially_weighted_average, temperature, beta)
    for beta, length in ((0.5, 2), (0.9, 10), (0.98, 50))
}
plot_averages(days, temperature, averages, ylabel="temperature in °C", title="Longer memory: smoother, and later")

# %% showcase
left, right = new_axes(columns=2, width=5.6, height=3.6)
back = np.arange(61)
weights = {f"β = {beta}": (back, (1 - beta) * beta**back) for beta in (0.5, 0.9, 0.98)}
plot_lines(
    weights, left, xlabel="days back", ylabel="weight", yscale="log", ylim=(1e-4, 1), title="How much each day counts"
)
starts = {
    "measured": (days[:60], temperature[:60]),
    "not corrected": (days[:60], ready(exponentially_weighted_average, temperature[:60], 0.98)),
    "corrected": (days[:60], ready(exponentially_weighted_average, temperature[:60], 0.98, True)),
}
plot_lines(starts, right, xlabel="day $t$", ylabel="temperature in °C", title="The start, β = 0.98")

# %% [markdown]
# **See.** A long memory gives a smooth curve that lags behind: with $\beta = 0.98$ the turn of the year comes weeks
# late. $\beta$ is a compromise between noise and delay. On a logarithmic scale the weights are straight lines;
# $0.9^{10}$ is 0.349 and $1/e$ is 0.368, which is where the "10 days" come from.
#
# The right picture shows the cold start. In $v_2 = 0.0196\,\theta_1 + 0.02\,\theta_2$ the weights add up to almost
# nothing, and the correction divides by just that sum. As $t$ grows, $\beta^t$ vanishes and the correction with it.

# %% [markdown]
# And where there is no season? The same three averages of 100 numbers that are drawn evenly between 0 and 1:

# %% showcase
draws = np.random.RandomState(1).rand(100)
curves = {"the numbers": (range(1, 101), draws)}
for beta in (0.5, 0.9, 0.98):
    curves[f"β = {beta}"] = range(1, 101), ready(exponentially_weighted_average, draws, beta)
plot_lines(curves, new_axes(width=8), xlabel="number $t$", ylabel="value", ylim=(0, 1.55), title="Averages of pure chance")

# %% [markdown]
# **See.** All three look for the mean, 1/2. In the long run an average spreads $\sqrt{(1 - \beta) / (1 + \beta)}$ times as
# much as the single numbers: 0.58 times with $\beta = 0.5$, 0.23 times with 0.9, 0.10 times with 0.98. The last one needs
# more than these 100 numbers to get there, for its weights add up to $1 - 0.98^{100} = 0.87$ by then. An average shows what
# was; here it has nothing to say about the next number.

# %% [markdown]
# Now with your own hand on $\beta$. Answer the question in the box first, then move.

# %% showcase
from helpers import explorers

explorers.ewa()

# %% [markdown]
# **What if one day has 1,000 degrees?** Take 200 days of 20 degrees, a broken thermometer on one of them, and look at
# the three averages. Which of them is hit hardest, and which is wrong for longest?

# %% [markdown]
# ## 4 · Momentum  (11 min)
#
# Think of a ravine: steep across, nearly flat along. The learning rate must be small enough for the steep direction,
# and is then far too small for the flat one. Plain descent jumps from wall to wall and creeps along the floor.
#
# *Momentum* ([Polyak, 1964](https://doi.org/10.1016/0041-5553%2864%2990137-5)) steps along the average of the gradients. Across the ravine they point left and right in
# turn and cancel; along it they agree and add up. In the form of the course:
#
# $$v_{dW^{[l]}} := \beta\, v_{dW^{[l]}} + (1 - \beta)\, dW^{[l]} \qquad W^{[l]} := W^{[l]} - \alpha\, v_{dW^{[l]}}$$
#
# and the same for $b^{[l]}$. Usually $\beta = 0.9$, and the bias correction is left out, since after a few dozen
# steps it hardly matters. Other texts and most libraries leave out the factor $1 - \beta$; what that changes is at the end
# of this section.
#
# The averages begin at zero. First write a function that makes them.
#
# **Try.** For each entry of `parameters` an array of zeros of its shape, under the name of its gradient: `dW1`,
# `db1`, ...


# %% solution="initialize_velocity"
def initialize_velocity(parameters):
    """Zeros in the shapes of the gradients: a dict of dW1, db1, ..., dWL, dbL. parameters stay as
    they are.
    """
    v = {}
    for name in parameters:
        ### BEGIN SOLUTION
        v["d" + name] = np.zeros_like(parameters[name])
        ### END SOLUTION
    return v


# %% test="initialize_velocity" points=5
check(initialize_velocity)

# %% predict [markdown]
# The gradient is the same at every step, say 1, and $\beta = 0.9$. What is $v$ after one step, and what after many?
#
# * 0.1, and then it comes near 1
#   From zero, one step takes $v$ a tenth of the way. After many steps the weights of all gradients add up to nearly 1.
# - 0.9, and then it comes near 1
#   0.9 is the weight of the past, which is still zero. The new gradient has the weight $1 - \beta$.
# - 1, and it stays there
#   That would be true if the average began with the first gradient. It begins at zero, as in section 3.
# - 1, and then it grows to 10
#   That is momentum without the factor $1 - \beta$. With the factor $v$ is an average, and an average of ones is never
#   larger than 1.

# %% [markdown]
# **Try.** Update $v$ first, then step along the new $v$.


# %% solution="update_parameters_with_momentum"
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    """One step of gradient descent with momentum.

    v: dict of dW1, db1, ..., the averages of the gradients so far. beta: their memory, from 0 to 1.
    Returns the updated parameters and the updated v.
    """
    for name in parameters:
        d = "d" + name  # the name of its gradient in grads and in v
        ### BEGIN SOLUTION
        v[d] = beta * v[d] + (1 - beta) * grads[d]
        parameters[name] = parameters[name] - learning_rate * v[d]
        ### END SOLUTION
    return parameters, v


# %% test="update_parameters_with_momentum" points=14
check(update_parameters_with_momentum)

# %% [markdown]
# The ravine is $J(w, b) = \frac{1}{2}(w^2 + 100\, b^2)$, a hundred times more curved across than along. Plain descent
# flies apart as soon as $\alpha$ exceeds $2/100$.


# %% showcase
def ravine(w, b):
    return (w**2 + 100 * b**2) / 2


def ravine_gradient(w, b, t):
    return w, 100 * b


def with_momentum(learning_rate, beta=0.9):
    """An update rule that remembers its velocity from step to step."""
    v = None

    def update(parameters, grads, t, epoch):
        nonlocal v
        v = v or initialize_velocity(parameters)
        parameters, v = update_parameters_with_momentum(parameters, grads, v, beta, learning_rate)
        return parameters

    return update


def show_descents(rules, steps=100, start=(-4, 0.6)):
    """Two pictures of some update rules {label: rule} in the ravine: the paths and the costs."""
    paths = {label: walk(ravine_gradient, start, rule, steps) for label, rule in rules.items()}
    left, right = new_axes(columns=2, width=5.8, height=3.6)
    plot_paths(ravine, paths, (-4.4, 1), (-0.75, 0.75), left, "Paths in the ravine")
    costs = {label: (range(steps + 1), ravine(*points.T)) for label, points in paths.items()}
    plot_lines(costs, right, xlabel="step", ylabel="cost $J$", yscale="log", ylim=(1e-5, 100), title="What it reaches")


rules = {
    "descent, α = 0.019": with_gd(0.019),
    "momentum, α = 0.019": with_momentum(0.019),
    "momentum, α = 0.05": with_momentum(0.05),
}
show_descents(rules)

# %% [markdown]
# **See.** Plain descent zigzags: each step multiplies $b$ by $1 - 1.9 = -0.9$ and $w$ by only 0.981. Momentum with
# the same $\alpha$ turns the zigzag into a swing, and is about as fast: 0.11 after 100 steps against 0.17. The gain
# is that it bears a larger learning rate. With $\alpha = 0.05$, where plain descent would fly apart, it is down to
# 0.0002.
#
# In this form momentum does not lengthen the step along the floor, where the gradient hardly changes. It averages away
# what goes across, so that you can lengthen it.

# %% [markdown]
# The other form has a velocity $u$ that is a sum, not an average:
#
# $$u := \beta\, u + dW \qquad W := W - \alpha'\, u$$
#
# From zero on, $u$ is $v / (1 - \beta)$ in every step. So both are one rule, with $\alpha' = \alpha\,(1 - \beta)$. To see it,
# we give your function gradients that are larger by $1 / (1 - \beta)$, which cancels the factor.


# %% showcase
def with_sum(learning_rate, beta=0.9):
    """Momentum in the other form, without the factor 1 - beta."""
    rule = with_momentum(learning_rate, beta)
    return lambda parameters, grads, t, epoch: rule(
        parameters, {name: gradient / (1 - beta) for name, gradient in grads.items()}, t, epoch
    )


velocities = {}
for name, rule in (("average (ours)", with_momentum(1)), ("sum", with_sum(1))):
    w = walk(lambda w, b, t: (1, 0), (0, 0), rule, steps=40)[:, 0]  # the slope is 1 everywhere, and so is α
    velocities[name] = range(1, 41), -np.diff(w)
    print(f"{name}: {', '.join(f'{step:.3g}' for step in -np.diff(w)[:3])}, ...")
rules = {
    "average, α = 0.05": with_momentum(0.05),
    "sum, α' = 0.005": with_sum(0.005),
    "sum, α' = 0.05": with_sum(0.05),
}
costs = {name: (range(101), ravine(*walk(ravine_gradient, (-4, 0.6), rule, 100).T)) for name, rule in rules.items()}
left, right = new_axes(columns=2, width=5.8, height=3.6)
plot_lines(velocities, left, xlabel="step", ylabel="velocity", title="The same gradient, 1, in each step")
plot_lines(costs, right, xlabel="step", ylabel="cost $J$", yscale="log", ylim=(1e-5, 1e6), title="In the ravine")

# %% [markdown]
# **See.** The average goes from 0.1 to 1, the sum from 1 over 1.9 and 2.71 to 10, ten times as much in each step. With
# $\alpha' = 0.005$ it takes the same way through the ravine as ours with 0.05, to the last digit that one can see. With 0.05
# in place of 0.005 its steps are ten times as long, and it flies apart. Find out which form a library has before you take
# over a learning rate from elsewhere: Keras and PyTorch have the sum.

# %% [markdown]
# $\alpha$ and $\beta$ decide together. Answer the question in the box first; then drag the point over the plane.

# %% showcase
from helpers import explorers

explorers.momentum()

# %% [markdown]
# **What if you go to the limit?** Plain descent flies apart in this ravine beyond $\alpha = 2/100$. Look for the
# largest $\alpha$ that momentum bears with $\beta = 0.9$. Is it the best one, too?

# %% [markdown]
# ## 5 · RMSprop  (7 min)
#
# Another way out of the ravine: give each parameter a step size of its own. Keep an average of the *squared*
# gradients, and divide by its root. A parameter with large gradients gets a short step, one with small gradients a
# long one.
#
# $$s_{dW^{[l]}} := \beta_2\, s_{dW^{[l]}} + (1 - \beta_2)\, (dW^{[l]})^2 \qquad
# W^{[l]} := W^{[l]} - \alpha\, \frac{dW^{[l]}}{\sqrt{s_{dW^{[l]}}} + \varepsilon}$$
#
# The square is taken entry by entry. A small $\varepsilon$, such as $10^{-8}$, prevents the division by zero where a
# gradient has been zero so far. The method is from a lecture ([Tieleman and Hinton, 2012](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf)).

# %% predict [markdown]
# If $s$ starts at zero and $\beta_2 = 0.9$, how long are the first steps of two parameters, one with the gradient 1000 and
# one with the gradient 0.001?
#
# - The step of the large gradient is a million times as long
#   That would be true of plain descent. Here each gradient is divided by a root that grows as it does.
# - The step of the large gradient is a millionth as long
#   That is what dividing by $s$ would do. Its root grows like the gradient, not like the gradient's square.
# * Both steps are about $3.2\,\alpha$ long
#   $s$ is a tenth of the gradient's square. So $\sqrt{s}$ is $\sqrt{0.1}$ times the gradient's size, which cancels:
#   $\alpha / \sqrt{0.1} \approx 3.2\,\alpha$ is left.
# - Both steps are $\alpha$ long
#   That would be true if $s$ were the whole square of the gradient. After one step from zero it is only a tenth of it,
#   and the divisor is too small.

# %% [markdown]
# **Try.** Update $s$ first, then the parameter. $\varepsilon$ may stand inside or outside the root; both are accepted
# here.


# %% solution="update_parameters_with_rmsprop"
def update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    """One step of RMSprop.

    s: dict of dW1, db1, ..., the averages of the squared gradients so far. beta2: their memory,
    from 0 to 1.
    Returns the updated parameters and the updated s.
    """
    for name in parameters:
        d = "d" + name
        ### BEGIN SOLUTION
        s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
        parameters[name] = parameters[name] - learning_rate * grads[d] / (np.sqrt(s[d]) + epsilon)
        ### END SOLUTION
    return parameters, s


# %% test="update_parameters_with_rmsprop" points=14
check(update_parameters_with_rmsprop)


# %% showcase
def with_rmsprop(learning_rate, beta2=0.9):
    """An update rule that remembers the averages of the squared gradients."""
    s = None

    def update(parameters, grads, t, epoch):
        nonlocal s
        s = s or initialize_velocity(parameters)  # zeros of the same shapes
        parameters, s = update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate)
        return parameters

    return update


rules = {
    "descent, α = 0.019": with_gd(0.019),
    "momentum, α = 0.05": with_momentum(0.05),
    "RMSprop, α = 0.05": with_rmsprop(0.05),
}
show_descents(rules)

# %% [markdown]
# **See.** RMSprop hardly notices the ravine: in both directions its steps are of the order of $\alpha$, and it slides
# to the floor without a zigzag.
#
# There is a price. As the gradient shrinks, the divisor shrinks with it, so the steps stay of the order of $\alpha$
# and RMSprop does not settle: it jumps over the minimum and back, and its cost falls and rises again. Here, after 100
# steps it is 0.13, not far below the 0.17 of plain descent and far above the 0.0002 of momentum. A learning rate that
# falls with time helps (section 8). And the first steps are too long, because $s$ starts at zero and is too small at
# first. That is the cold start of section 3.

# %% [markdown]
# **What if it forgets everything?** Run `with_rmsprop(0.05, beta2=0)`. What is left of the gradient, and what of the
# path?

# %% [markdown]
# ## 6 · Adam  (9 min)
#
# Adam ([Kingma and Ba, 2015](https://arxiv.org/abs/1412.6980)) joins the two: momentum's average of the gradients above, RMSprop's average of their
# squares below, both corrected for the cold start. With $t$ counting the steps from 1, for $W^{[l]}$ and in the same
# way for $b^{[l]}$:
#
# $$v := \beta_1 v + (1 - \beta_1)\, dW \qquad s := \beta_2 s + (1 - \beta_2)\, (dW)^2$$
#
# $$v^{corrected} = \frac{v}{1 - \beta_1^t} \qquad s^{corrected} = \frac{s}{1 - \beta_2^t} \qquad
# W := W - \alpha\, \frac{v^{corrected}}{\sqrt{s^{corrected}} + \varepsilon}$$
#
# The name is short for *adaptive moment estimation*. $v$ estimates the first moment of the gradient, which is its mean, and
# $s$ the second, the mean of its square. $\beta_1$ and $\beta_2$ are no moments; they say how long the two remember.
#
# The paper's values are $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\varepsilon = 10^{-8}$; the learning rate remains to be
# chosen.
#
# **Try.** Zeros for both averages, in two dicts of their own.


# %% solution="initialize_adam"
def initialize_adam(parameters):
    """Two dicts v and s of zeros, each with dW1, db1, ..., dWL, dbL in the shapes of the
    parameters.
    """
    v, s = {}, {}
    for name in parameters:
        ### BEGIN SOLUTION
        v["d" + name] = np.zeros_like(parameters[name])
        s["d" + name] = np.zeros_like(parameters[name])
        ### END SOLUTION
    return v, s


# %% test="initialize_adam" points=5
check(initialize_adam)

# %% predict [markdown]
# How long is Adam's very first step, $t = 1$, if the gradient is 1000, and how long if it is 0.001?
#
# - $1000\,\alpha$ and $0.001\,\alpha$
#   Those are the steps of plain descent. Adam divides by the root of $s$, as RMSprop does.
# * $\alpha$ both times
#   At $t = 1$ both corrections undo the factors: $v^{corrected} = dW$ and $s^{corrected} = (dW)^2$. Of the gradient only
#   the sign is left.
# - About $3.2\,\alpha$ both times
#   That would be true without the corrections, as $0.1 / \sqrt{0.001}$ is about 3.2. The corrections undo both the 0.1 and
#   the 0.001.

# %% [markdown]
# **Try.** The corrected averages serve this one step. What you keep in `v` and `s` are the uncorrected ones.


# %% solution="update_parameters_with_adam"
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """One step of Adam (Kingma and Ba, 2015).

    v, s: dicts of dW1, db1, ..., the averages of the gradients and of their squares. t: number of
    this step, from 1.
    Returns the updated parameters, v and s.
    """
    for name in parameters:
        d = "d" + name
        ### BEGIN SOLUTION
        v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
        s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
        v_corrected = v[d] / (1 - beta1**t)
        s_corrected = s[d] / (1 - beta2**t)
        parameters[name] = parameters[name] - learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)
        ### END SOLUTION
    return parameters, v, s


# %% test="update_parameters_with_adam" points=16
check(update_parameters_with_adam)


# %% showcase
def with_adam(learning_rate, beta1=0.9, beta2=0.999):
    """An update rule that remembers both averages. learning_rate: a number, or a function of the epoch that gives it."""
    v = s = None

    def update(parameters, grads, t, epoch):
        nonlocal v, s
        if t == 1:
            v, s = initialize_adam(parameters)
        alpha = learning_rate(epoch) if callable(learning_rate) else learning_rate
        parameters, v, s = update_parameters_with_adam(parameters, grads, v, s, t, alpha, beta1, beta2)
        return parameters

    return update


rules = {
    "momentum, α = 0.05": with_momentum(0.05),
    "RMSprop, α = 0.05": with_rmsprop(0.05),
    "Adam, α = 0.2": with_adam(0.2),
}
show_descents(rules)

# %% [markdown]
# **See.** In the ravine Adam is as good as momentum, and its learning rate did not have to be fitted to the curvature
# 100: multiply the cost by 1000 and Adam takes the same path, while plain descent would fly apart.

# %% predict [markdown]
# For a gradient of size $10^{-6}$, does it matter whether one adds $\varepsilon = 10^{-8}$ to the root or puts it inside?
#
# * Yes: inside, it makes the step a hundredth as long
#   Inside, it is added to the square $10^{-12}$, and the root becomes $10^{-4}$ instead of $10^{-6}$. Outside, it is added
#   to the root itself, and is a hundredth of it.
# - Yes: outside, it makes the step a hundredth as long
#   It is the other way round. Outside, $\varepsilon$ is a hundredth of what it is added to, and hardly changes the step.
# - No: it is far smaller than the gradient
#   Inside the root it does not meet the gradient but the gradient's square, and that is far smaller than $\varepsilon$.

# %% showcase
g = np.logspace(-12, 0, 200)
steps = {
    "outside: g / (√g² + ε)": (g, g / (np.sqrt(g**2) + 1e-8)),
    "inside: g / √(g² + ε)": (g, g / np.sqrt(g**2 + 1e-8)),
}
about = {"xlabel": "size of the gradient $g$", "ylabel": "first step, in units of α"}
plot_lines(steps, xscale="log", ylim=(-0.05, 1.45), title="The place of ε = $10^{-8}$", **about)

# %% [markdown]
# **See.** Outside, $\varepsilon$ holds back parameters whose gradients are below $10^{-8}$; inside, it does so from
# $\sqrt{\varepsilon} = 10^{-4}$ on. The paper has it outside, and so have we; Keras' RMSprop has it inside. For gradients
# of ordinary size you will not see a difference, but compare the formulas before you copy an $\varepsilon$ from one
# library to another.

# %% [markdown]
# Now all rules side by side, and one more: **your** `update_parameters_with_momentum` runs along as "yours". Put another of
# your functions in its place, or a rule that you invent: `def mine(w, g, state, alpha, t)` gets the point `w`, the gradient
# `g`, a dict `state` to remember things in, and the step's number `t` from 1, and returns the new point.

# %% showcase
from helpers import explorers

explorers.race(mine=update_parameters_with_momentum)

# %% [markdown]
# **What if the ravine runs diagonally?** Turn it by 45 degrees: `u, v = (w + b) / 2**0.5, (w - b) / 2**0.5` are the
# old coordinates, for the cost, the gradient and the start. Two of the four rules do not even notice. Which ones do,
# and why?

# %% [markdown]
# ## 7 · The race on the moons  (4 min)
#
# Now a real, if small, network: 2-5-2-1 units, ReLU inside and a sigmoid at the end, batches of 64, 10,000 epochs,
# $\alpha = 0.0007$ for all three rules. The data are two interlocked half-moons.

# %% predict [markdown]
# Which of the three will end up looking alike?
#
# - Momentum and Adam, which both average the gradients
#   Adam also divides by their size, and at such a small $\alpha$ it is this that makes the difference.
# * Descent and momentum
#   In ten steps of this size the gradient hardly changes, noise aside. So an average of ten is much the same as the last.
# - All three, since they lower the same cost
#   The cost is the same, but in the same time they do not come equally far. Where gradients are small, only Adam's
#   steps stay long.

# %% showcase
moons = load_moons()
plot_points(moons.X_train, moons.Y_train)

# %% showcase
rules = {"descent": with_gd(0.0007), "momentum": with_momentum(0.0007), "Adam": with_adam(0.0007)}
histories = {name: train_mini_batches(moons, random_mini_batches, rule) for name, rule in rules.items()}

# %% showcase
axes = new_axes(columns=3, width=4.2, height=3.6)
for ax, name in zip(axes, histories, strict=True):
    plot_boundary(histories[name].parameters, moons, ax, name)

# %% showcase
ax = new_axes(width=7)
plot_cost(*histories.values(), labels=tuple(histories), ax=ax, title="Cost of the last mini-batch of an epoch")

# %% [markdown]
# **See.** Descent and momentum are right on 79.7% of the training points and 83.0% of the test points; their curves
# lie on each other. Adam is right on 94.0% and 96.0%. All curves are rough, since each of their points is the cost of
# a single batch, the 44 examples that come last in an epoch.
#
# Why does momentum not help? With $\alpha = 0.0007$ the parameters hardly move within ten steps, so the average of
# ten gradients is much the same as a fresh one with less noise, and there is no zigzag to remove. The learning rate
# is too small for both, not the rule too weak: plain descent with $\alpha = 0.1$ is right on 95.0% after 3,000 epochs
# (the first experiment at the end). Adam's steps are of the order of $\alpha$ even where gradients are small, and so
# it forgives a learning rate that is far too low. That, rather than a better minimum, is what one gains.

# %% [markdown]
# **What if Adam gets a tenth of the time?** Train with `with_adam(0.007)` and `epochs=1_000`. What have the other
# 9,000 epochs been good for?

# %% [markdown]
# ## 8 · A learning rate that falls  (7 min)
#
# In section 2 single examples wandered round the minimum for ever. Large steps are good at the beginning, small ones
# at the end. With $n$ the number of the epoch, three rules are common:
#
# | `kind` | learning rate |
# |---|---|
# | `"inverse"` | $\alpha = \alpha_0 / (1 + decay\_rate \cdot n)$ |
# | `"exponential"` | $\alpha = \alpha_0 \cdot decay\_rate^{\,n}$, for instance $0.95^{\,n} \alpha_0$ |
# | `"root"` | $\alpha = \alpha_0 \cdot decay\_rate / \sqrt{n}$, with 1 in place of $n = 0$ |
#
# One may also lower it in stairs, every `interval` epochs: then $n = \lfloor epoch / interval \rfloor$ takes the
# place of the epoch. With `interval` 1, stairs and slope are the same. Some let the rate fall within an epoch too, most
# often by the third rule, with the number $t$ of the step in the place of $n$. And who watches a long training run may lower
# it by hand, when the cost has stopped falling.

# %% predict [markdown]
# $\alpha_0 = 0.1$, $decay\_rate = 1$, kind `"inverse"`, `interval` 10. What is $\alpha$ in epoch 19?
#
# - 0.005
#   That is the formula with $n = 19$, a slope instead of stairs. With stairs $n$ counts intervals, not epochs.
# - About 0.033
#   That is the formula with $n = 2$. Epoch 19 is on the second stair, but the first one has $n = 0$.
# * 0.05
#   $n = \lfloor 19 / 10 \rfloor = 1$, so $\alpha = 0.1 / (1 + 1)$.

# %% [markdown]
# **Try.** Compute $n$ first; then the formula of each kind.


# %% solution="learning_rate_decay"
def learning_rate_decay(learning_rate0, epoch, decay_rate, kind="inverse", interval=1):
    """The learning rate of an epoch.

    epoch: 0, 1, 2, ... kind: "inverse", "exponential" or "root". interval: epochs between two
    changes; it stays the same in between. Returns a number.
    """
    ### BEGIN SOLUTION
    n = epoch // interval
    if kind == "inverse":
        return learning_rate0 / (1 + decay_rate * n)
    if kind == "exponential":
        return learning_rate0 * decay_rate**n
    return learning_rate0 * decay_rate / math.sqrt(max(n, 1))
    ### END SOLUTION


# %% test="learning_rate_decay" points=10
check(learning_rate_decay)

# %% showcase
schedules = {
    "constant": lambda epoch: 0.1,
    "inverse, rate 0.5": lambda epoch: number_of(learning_rate_decay, 0.1, epoch, 0.5),
    "exponential, rate 0.85": lambda epoch: number_of(learning_rate_decay, 0.1, epoch, 0.85, "exponential"),
    "root, k = 1": lambda epoch: number_of(learning_rate_decay, 0.1, epoch, 1, "root"),
    "inverse in stairs of 5": lambda epoch: number_of(learning_rate_decay, 0.1, epoch, 0.5, "inverse", 5),
}


def with_schedule(schedule):
    """Plain descent with the learning rate that `schedule` gives for the epoch."""
    return lambda parameters, grads, t, epoch: update_parameters_with_gd(parameters, grads, schedule(epoch))


epochs = np.arange(31)
best = np.polyfit(x[0], y[0], 1)  # w and b at the minimum
rates, excess = {}, {}
for name, schedule in schedules.items():
    moments = np.linspace(0, 30, 601)  # the rate stays the same in the course of an epoch
    rates[name] = moments, [schedule(int(moment)) for moment in moments]
    points = fit_line(1, with_schedule(schedule), epochs=30)[::300]  # where each epoch begins
    excess[name] = epochs, line_cost(*points.T) - line_cost(*best)
left, right = new_axes(columns=2, width=5.8, height=4)
plot_lines(rates, left, xlabel="epoch", ylabel="learning rate α", ylim=(0, 0.105), title="Five schedules")
left.get_legend().remove()  # it is that of the other picture
plot_lines(
    excess, right, xlabel="epoch", ylabel="cost above the minimum", yscale="log", title="Single examples, 30 epochs"
)

# %% [markdown]
# **See.** With a constant rate the cost stays some hundredths above the minimum. Each of the schedules comes closer,
# and the faster the rate falls, the calmer is the end. Too fast is a danger too: where the exponential rate has
# become tiny, the walk stops wherever it happens to be, and here it had arrived before.

# %% [markdown]
# Adam chooses the size of its steps for each parameter by itself. Does it need a schedule?

# %% predict [markdown]
# Single examples again, and Adam with the constant rate 0.1. How far above the minimum does it wander in the end?
#
# - Not at all: its steps become shorter by themselves
#   They would, if it divided by the sum of all squares so far, as AdaGrad does. Adam divides by the root of an average,
#   which shrinks with the gradients and grows with them.
# * About as far as plain descent with that rate
#   Its steps stay of the order of $\alpha$, whatever the gradients are. Each example still pulls towards its own line.
# - Much farther than plain descent
#   Its first steps are longer where gradients are small. Near the minimum the gradients of single examples are about 1
#   in size, and then the two differ little.

# %% showcase
rules = {
    "descent, constant": with_gd(0.1),
    "Adam, constant": with_adam(0.1),
    "Adam, exponential, rate 0.85": with_adam(schedules["exponential, rate 0.85"]),
}
excess = {}
for name, rule in rules.items():
    above = line_cost(*fit_line(1, rule, epochs=30).T) - line_cost(*best)
    excess[name] = epochs, above[::300]  # where each epoch begins
    print(f"{name}: {above[-1500:].mean():.4f} above the minimum, in the mean of the last five epochs.")
about = {"xlabel": "epoch", "ylabel": "cost above the minimum", "yscale": "log", "title": "Adam without and with a schedule"}
plot_lines(excess, new_axes(width=7), **about)

# %% [markdown]
# **See.** In the last five epochs Adam is above the minimum by about as much as plain descent, 0.0564 against 0.0518. With a
# rate that falls it is 0.0001. Five times with other points and another order, the means and their spread are 0.049 ± 0.007
# for Adam, 0.054 ± 0.007 for descent and 0.0001 for Adam with the schedule, which in each of the five left less than a
# hundredth of Adam's excess. Of the rules that adapt their steps, AdaGrad
# ([Duchi et al., 2011](https://jmlr.org/papers/v12/duchi11a.html)) alone has a schedule built in: it divides by the root of a
# *sum* of squares, which only grows.

# %% [markdown]
# How long may a step be? On a bowl the answer is exact. Look for the border, and for what a schedule does beyond it.

# %% showcase
from helpers import explorers

explorers.learning_rate()

# %% [markdown]
# $\alpha$ is one of many *hyper-parameters*, numbers that training does not find: $\beta$, the size of a batch, the number of
# layers and of units, a schedule. As a rule $\alpha$ decides most and is looked for first, then $\beta$, the batch and the
# units; Adam's other three numbers are left as the paper has them. Where does one look? Compare a grid with random trials,
# and the two scales.

# %% showcase
from helpers import explorers

explorers.search()

# %% [markdown]
# **What if you do not lower the rate at all?** Walk with single examples and the constant rate, and take the mean of
# the last 3,000 points as the result. Compare its cost with those of the schedules ([Polyak and Juditsky,
# 1992](https://doi.org/10.1137/0330046)).

# %% [markdown]
# ## 9 · Saddle points and plateaus  (4 min)
#
# Where the gradient is zero, the cost may be lowest, highest, or neither. For a minimum the curvature has to be
# positive in *every* direction. If each of $n$ directions decided by a coin, that would happen with probability
# $2^{-n}$: for the 20,000 parameters of a small network, never. With some directions up and some down, one has a
# *saddle point*.

# %% predict [markdown]
# Draw random symmetric matrices of size $n > 1$ in place of the second derivatives. Do more or fewer than $2^{-n}$ of them
# have only positive eigenvalues?
#
# * Fewer
#   The eigenvalues of one matrix push each other apart, so they seldom lie all on the same side of 0.
# - Just as many
#   That would be true if they were independent, like coins. The eigenvalues of one matrix depend on each other.
# - More
#   That would be true if the eigenvalues of one matrix tended to lie close together. They push each other apart.

# %% showcase
sizes = np.arange(1, 6)
rng = np.random.default_rng(0)
shares = []
for n in sizes:
    A = rng.standard_normal((40_000, n, n))
    eigenvalues = np.linalg.eigvalsh(A + A.transpose(0, 2, 1))
    shares.append(np.mean((eigenvalues > 0).all(axis=1)))


def saddle(w, b):
    """A saddle point at (0, 0), between two minima at b = -1 and b = 1."""
    return w**2 / 2 - b**2 / 2 + b**4 / 4


def saddle_gradient(w, b, t):
    return w, b**3 - b


rules = {
    "descent, α = 0.1": with_gd(0.1),
    "momentum, α = 0.1": with_momentum(0.1),
    "Adam, α = 0.05": with_adam(0.05),
}
paths = {name: walk(saddle_gradient, (1.2, 0.001), rule, steps=160) for name, rule in rules.items()}
plot_surface(saddle, paths, (-1.3, 1.3), (-1.5, 1.5), title="Past a saddle point")

# %% showcase
left, right = new_axes(columns=2, width=5.6, height=3.6)
costs = {name: (range(161), saddle(*points.T)) for name, points in paths.items()}
plot_lines(costs, left, xlabel="step", ylabel="cost $J$", title="The plateau on the way")
chances = {"a coin a direction": (sizes, 0.5**sizes), "random matrices": (sizes, shares)}
about = {"xlabel": "number of directions $n$", "ylabel": "share of minima", "title": "All curvatures positive"}
plot_lines(chances, right, yscale="log", xticks=sizes, **about)

# %% [markdown]
# **See.** Far fewer: 15% for two directions, and about 2 in 10,000 for five. Curvatures of one matrix are not
# independent coins; they push each other apart. So at the heights where training begins, points with zero gradient
# are nearly always saddles ([Dauphin et al., 2014](https://arxiv.org/abs/1406.2572)). Matrices of a real network are not random ones, but the tendency
# is the same.
#
# Saddles do not hold you: some direction leads down, and noise finds it. What they cost is time. Near one the ground
# is flat, a *plateau*: descent, started almost on the ridge, spends about 60 steps where nothing seems to happen.
# Momentum in our form takes longer still at the same $\alpha$. Adam leaves first, since its steps do not shrink with
# the gradient. A cost curve that is flat for a long time need not be at its end.

# %% [markdown]
# **What if you start exactly on the ridge?** Begin at $b = 0$ in place of 0.001: which of the rules leaves? Then add
# noise of the size $10^{-12}$ to the gradient. How many steps does so little buy?

# %% [markdown]
# ## What you have learned
#
# A mini-batch buys a step for a small part of the data's price, and pays with noise. An exponentially weighted
# average smooths it with one number of memory, and needs a correction at the start. Momentum averages the gradients
# and so allows larger learning rates in ravines. RMSprop gives each parameter a step of its own; Adam does both and
# forgives a poor choice of the learning rate. Rates that fall let the noise die out. In many dimensions the obstacle
# is the plateau round a saddle, not the bad minimum.
#
# Go on with these, if you like:
#
# - Train on the moons with `with_gd(0.1)` and `with_momentum(0.1)` for 3,000 epochs (`epochs=3_000`). Is there still
#   a difference to Adam?
# - Set `beta2=0.9` in `with_adam`, and $\alpha$ ten times as large. When does the cost become restless?
# - Give Adam one of the schedules of section 8 on the moons: `update` receives the epoch as its fourth argument.
#
# Learning rate, batch size and $\beta$ are hyper-parameters, which one searches for as in section 8; the next
# assignment hands the gradients and Adam to TensorFlow, and trains a network on
# photographs.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
