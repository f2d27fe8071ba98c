# %% [markdown]
# # Hyper-parameters: which knobs, on which scale, in which order
#
# Descent sets the weights. Everything else you set: the learning rate, the size of a batch, the number of units. These are
# *hyper-parameters*, knobs that training does not turn. This notebook is about turning them without wasting trials.
#
# You will learn
#
# - which knobs there are, and how to measure which of them matter,
# - to draw each knob on the scale on which it acts: powers of ten for a rate, memories for a $\beta$,
# - when random trials beat a grid, and how to search more closely around the best,
# - to judge a setting with folds, and to ask what the error of the best of many is worth,
# - when to nurse one model, and when to train many and stop the worse half early.
#
# It takes about 60 minutes. You need to have seen momentum and Adam (*Optimizers*) and softmax. Examples are columns: $X$
# has shape $(n, m)$ and one-hot labels $Y$ have shape $(C, m)$. Functions that need chance take the drawn numbers as an
# argument, called $u$ or $U$, drawn evenly from 0 to 1.

# %% setup
import math

import numpy as np

from helpers import check, explorers
from helpers.data import load_digits, load_moons
from helpers.plots import new_axes, plot_bars, plot_folds, plot_lines, plot_strips, plot_survivors
from helpers.settings import DEFAULTS, RANGES, as_trained, error, fit, fit_and_measure
from helpers.training import as_number, ready

check.begin("hyperparameters")

# %% [markdown]
# ## 1 · A list, and what each knob is worth  (7 min)
#
# For a net like those of this course, trained by Adam, people with experience give this list, most important first:
#
# 1. the learning rate $\alpha$,
# 2. momentum (Adam's $\beta_1$), the size of a batch, the number of units,
# 3. the number of layers, the decay of the learning rate,
# 4. Adam's $\beta_2$ and $\varepsilon$, which are left at 0.999 and $10^{-8}$.
#
# There are more: dropout's `keep_prob`, the $\lambda$ of L2. The list is an opinion, and opinions can be tested. Below, a
# net with two hidden layers learns 400 of the scanned digits. From one good setting, each knob alone goes through five
# values from one end of its range to the other, and the *dev error*, on 400 other digits, says what comes of it. A bar is
# the distance between the worst and the best of the five.

# %% predict [markdown]
# Two knobs of Adam go through their ranges, $\alpha$ from 0.0001 to 1 and $\varepsilon$ from $10^{-10}$ to $10^{-6}$: four
# powers of ten each. How far does the dev error move?
#
# - About as far with both, since both ranges are four powers of ten
#   A range says how far a knob is turned, and not what is connected to it.
# * By most of the scale with $\alpha$, and by next to nothing with $\varepsilon$
#   $\varepsilon$ is added to a root that is far larger. Its task is to prevent a division by 0, and any tiny number does.
# - Little with either, since Adam adapts its steps by itself
#   Adam makes steps alike in all directions. How long they are is still $\alpha$.

# %% showcase
digits = load_digits()
one_hot = np.eye(10)[:, digits.Y_train[0]]
X, Y = digits.X_train[:, :400], one_hot[:, :400]
X_dev, Y_dev = digits.X_train[:, 400:800], one_hot[:, 400:800]
X_test, Y_test = digits.X_test, np.eye(10)[:, digits.Y_test[0]]
moved = {}
for knob, values in RANGES.items():
    errors = [fit_and_measure(X, Y, X_dev, Y_dev, {knob: value}) for value in values]
    moved[knob] = max(errors) - min(errors)
    print(f"{knob}: {', '.join(f'{value:g}' for value in values)}")
print("all other knobs:", DEFAULTS)
plot_bars(moved, xlabel="points of dev error between worst and best", title="What each knob is worth here")

# %% [markdown]
# **See.** One run is one run, so here are five, each with another draw of the digits, and of the moons of *Optimizers*, mean
# and standard deviation of the distance between worst and best:
#
# | knob | digits | moons |
# |---|---:|---:|
# | learning rate | 83.5 ± 2.0 | 25.0 ± 18.0 |
# | $\beta_1$ | 4.5 ± 1.5 | 2.8 ± 0.8 |
# | size of a batch | 6.6 ± 2.4 | 4.4 ± 1.5 |
# | units | 54.0 ± 17.7 | 7.0 ± 2.8 |
# | layers | 2.8 ± 1.3 | 2.2 ± 1.6 |
# | decay | 20.2 ± 3.1 | 7.2 ± 1.8 |
# | $\lambda$ | 3.2 ± 1.9 | 7.6 ± 1.8 |
# | $\beta_2$ | 0.9 ± 0.3 | 1.2 ± 0.8 |
# | $\varepsilon$ | 0.3 ± 0.1 | 0.8 ± 0.4 |
#
# The list is right at both ends: the learning rate comes first, Adam's last two come last. In between it does not hold here:
# momentum is worth little, and the decay, of the third row, more than the size of a batch, since a rate that falls too soon
# gets nowhere in ten epochs.
#
# And a knob that does nothing here may matter elsewhere: the order belongs to a net, its data and the ranges. What carries
# over is the method, one knob at a time from one setting. It is cheap, and it is blind to knobs that act together.

# %% [markdown]
# **What if training takes longer?** Write `{knob: value, "epochs": 50}` and run the cell again, which takes five times as long. Which
# bars shrink, and which knob was important only because time was short?

# %% [markdown]
# ## 2 · Whole numbers and straight scales  (6 min)
#
# For some knobs any value of a range is as good a guess as any other: 50 to 100 units, 2 to 4 layers, a `keep_prob` from
# 0.5 to 1. Draw them evenly, $low + (high - low)\,u$. Only whole numbers need care: each should come equally often, both
# ends among them.

# %% predict [markdown]
# Somebody draws the number of layers, 2 to 4, as `round(2 + 2 * u)`. How often does a 3 come?
#
# * In half of all draws
#   2 + 2u lies between 2.5 and 3.5 for half of all u. The ends get a quarter each.
# - In a third of all draws
#   That would be fair. But 2 gets only what lies below 2.5, and 4 only what lies above 3.5.
# - In a quarter of all draws
#   That is the share of each end.

# %% [markdown]
# **Try.** Cut the line from 0 to 1 into as many equal pieces as there are numbers, and count in which piece $u$ lies:
# $low + \lfloor u\,(high - low + 1) \rfloor$.


# %% solution="whole_number"
def whole_number(u, low, high):
    """One of the whole numbers low, low + 1, ..., high, each for an equal share of u.

    u: a number from 0 up to, but not including 1, or an array of any shape. low, high: whole
    numbers, low <= high.
    Returns a whole number, or an array in the shape of u.
    """
    ### BEGIN SOLUTION
    n = high - low + 1
    values = low + np.floor(n * np.asarray(u)).astype(int)
    ### END SOLUTION
    return values


# %% [markdown]
# The next cell checks your function on a few cases. Right values bring 50 % of the points; shapes and keys 20 %, once any
# part of a result is right; edge cases 30 %, once an ordinary case passes. Grading uses these visible cases and further
# ones. If you are stuck, `check.hint(whole_number)` gives a hint, then another; asking costs nothing.

# %% test="whole_number" points=8
check(whole_number)

# %% showcase
u = np.random.default_rng(1).random(3000)
layers = ready(whole_number, u, 2, 4)
rounded = np.round(2 + 2 * u).astype(int)
for name, drawn in (("yours", layers), ("rounded", rounded)):
    print(f"{name}: " + ", ".join(f"{n} layers in {np.mean(drawn == n):.0%} of the draws" for n in (2, 3, 4)))

# %% [markdown]
# **See.** Each of your numbers has a third of the draws. Rounding gives the middle half of them, and the ends have to share
# the rest. With 51 numbers nobody notices; with three it decides what is tried.

# %% [markdown]
# **What if a number is worth more than the next?** For a batch, 8 against 16 is a great change, 248 against 256 is none.
# How would you draw the size of a batch from 8 to 256 with your function, so that it is always a power of 2?

# %% [markdown]
# ## 3 · Powers of ten  (10 min)
#
# A learning rate may be 0.0001 or 1. What counts in a rate is the *factor*: 0.001 against 0.002 is as great a change as 0.1
# against 0.2. But suppose that one draws it like the number of units, evenly on the plain line.

# %% predict [markdown]
# 200 rates are drawn evenly from 0.0001 to 1, on the plain line. How many are below 0.1?
#
# - 150, since that is three powers of ten of four
#   That would be so if each power of ten got as many draws as the next. Here the number itself is drawn evenly.
# - 100
#   Half of the line lies below 0.5, not below 0.1.
# * 20
#   A tenth of the line lies below 0.1. The other nine tenths are all one power of ten.
# - 50
#   A quarter of the draws is what each power of ten would get if they got equally many.

# %% [markdown]
# Drawn evenly on that line, a share of $(1 - 0.1) / (1 - 0.0001)$, about 90 %, of all draws lies above 0.1, and that is one of
# four powers of ten. So draw the exponent evenly:
#
# $$\alpha = 10^r, \quad r = \log_{10} low + u\,(\log_{10} high - \log_{10} low)$$
#
# For 0.0001 to 1, $r$ runs from -4 to 0, and each power of ten gets a quarter of the draws.
#
# **Try.** The ends need not be powers of ten, and the base of the logarithm does not matter, as long as it is the same both
# ways. There is a form without any logarithm: from low, take the share $u$ of the way in *factors*. The way has the factor
# high / low.


# %% solution="on_log_scale"
def on_log_scale(u, low, high):
    """A value between low and high, even in its logarithm: u = 0 gives low, u = 1 would give high.

    u: a number from 0 to 1, or an array of any shape. low, high: positive, low <= high. Returns it
    in the shape of u.
    """
    ### BEGIN SOLUTION
    factor = high / low
    values = low * factor**u
    ### END SOLUTION
    return values


# %% test="on_log_scale" points=8
check(on_log_scale)

# %% showcase
u = np.random.default_rng(2).random(200)
rates = {"plain line": 0.0001 + 0.9999 * u, "your scale": ready(on_log_scale, u, 0.0001, 1)}
left, right = new_axes(columns=2, width=5, height=2.6)
plot_strips(rates, left, xlabel="learning rate, plain line", title="Where the draws lie")
plot_strips(rates, right, xlabel="learning rate, powers of ten", xscale="log", title="What the net feels of them")
for name, drawn in rates.items():
    print(f"{name}: {np.sum(drawn < 0.1)} of 200 below 0.1")

# %% [markdown]
# What does the wrong scale cost? Find out: 400 trials with rates from the plain line, 400 with rates from yours, and after
# each trial the best so far.


# %% showcase
def best_so_far(rates):
    errors = [fit_and_measure(X, Y, X_dev, Y_dev, {"learning_rate": rate}) for rate in rates]
    return np.minimum.accumulate(errors)


u = np.random.default_rng(3).random(400)
best = {"plain line": best_so_far(0.0001 + 0.9999 * u), "powers of ten": best_so_far(ready(on_log_scale, u, 0.0001, 1))}
about = {"xlabel": "trials", "ylabel": "best dev error so far, %", "xscale": "log"}
plot_lines({name: (np.arange(1, 401), line) for name, line in best.items()}, title="The wrong scale", **about)
for name, line in best.items():
    print(f"{name}: {line[24]:.1f} % after 25 trials, {line[-1]:.1f} % after 400")

# %% [markdown]
# **See.** Over five draws of the digits, the best of 25 trials has a dev error of 9.7 ± 3.3 % on the plain line and of
# 5.4 ± 1.8 % on yours; the best of 400 has 5.0 ± 1.4 and 4.5 ± 1.3 %. So with many trials the wrong scale is forgiven: of
# 400 draws some fall where they should, and a closer search can go on from there. With few trials it is not.

# %% [markdown]
# **What if the range is moved?** Draw the rates from 0.001 to 10 in place of 0.0001 to 1. What does the plain line do now,
# and what do the powers of ten?

# %% [markdown]
# ## 4 · The memory of an average  (8 min)
#
# The $\beta$ of an average runs from 0.9 to 0.999, and what acts of it is the memory, about $1 / (1 - \beta)$ values.

# %% predict [markdown]
# $\beta$ moves by 0.0005, once from 0.9, once from 0.999. Where does the memory change more?
#
# - Equally at both places
#   The step on the line is the same. What the average does with it is not.
# - At 0.9, where the average follows faster
#   There the memory grows by half a per cent.
# * At 0.999: it doubles there, and grows by half a per cent at 0.9
#   $1 - \beta$ goes from 0.001 to 0.0005, and from 0.1 to 0.0995.

# %% [markdown]
# From 0.9 to 0.9005 the memory grows from 10.0 to 10.05, and nobody notices; from 0.999 to 0.9995 it grows from 1,000 to
# 2,000. So neither the plain line nor the logarithm of $\beta$ will do. Draw $1 - \beta$ evenly in its logarithm. From 0.9
# to 0.999 that is $10^{-1}$ to $10^{-3}$, and 0.9 to 0.99 gets as many draws as 0.99 to 0.999. One trap: a listing that
# goes around has $\beta = 1 - 10^{-3u}$. It begins at $\beta = 0$, and a third of its draws lies below 0.9. Another: as $u$
# grows, $1 - \beta$ falls. Ours shall run upwards, $u = 0$ gives low.
#
# **Try.** The formula of section 3, with $1 - low$ and $1 - high$ in the place of low and high, and then back to $\beta$.
# Write it out here, so that this check is about this function alone.


# %% solution="memory_on_log_scale"
def memory_on_log_scale(u, low=0.9, high=0.999):
    """beta between low and high, with 1 - beta even in its logarithm: u = 0 gives low, u = 1 would
    give high.

    u: a number from 0 to 1, or an array of any shape. low, high: at least 0 and below 1. Returns it
    in the shape of u.
    """
    ### BEGIN SOLUTION
    first, last = 1 - low, 1 - high
    betas = 1 - first * (last / first) ** u
    ### END SOLUTION
    return betas


# %% test="memory_on_log_scale" points=12
check(memory_on_log_scale)

# %% showcase
u = np.random.default_rng(4).random(200)
betas = {
    "plain line": 0.9 + 0.099 * u,
    "the listing": 1 - 10 ** (-3 * u),
    "your scale": ready(memory_on_log_scale, u),
}
left, right = new_axes(columns=2, width=5, height=2.8)
plot_strips(betas, left, xlabel="$\\beta$", title="Where the draws lie")
memories = {name: 1 / (1 - drawn) for name, drawn in betas.items()}
plot_strips(memories, right, xlabel="memory $1 / (1 - \\beta)$", xscale="log", title="What the average feels of them")
for name, drawn in betas.items():
    print(f"{name}: {np.mean(drawn < 0.9):.0%} below 0.9, {np.mean(drawn > 0.99):.0%} above 0.99")

# %% [markdown]
# **See.** On your scale the memories are spread evenly over two powers of ten. On the plain line nine of ten draws have a
# memory below 100. The listing throws a third of all trials away in the long run, on averages that hardly average.

# %% showcase
explorers.scales()

# %% [markdown]
# **What if the range goes to 0.9999?** What share of the draws lies between 0.999 and 0.9999 on your scale, and what share on
# the plain line? Work it out, then draw 10,000.

# %% [markdown]
# ## 5 · Grid or chance  (8 min)
#
# You have 25 trials and two knobs. A *grid* takes five values of each and tries all combinations. *Random search* draws
# both knobs anew in each trial. Written as a dict, a grid of two axes is
# `{"learning_rate": [0.01, 0.1], "units": [10, 20, 40]}`, and a single setting is `{"learning_rate": 0.01, "units": 20}`.
#
# **Try.** All combinations, in the order of the names in `axes`, the last one changing fastest. There may be any number of
# axes, so a loop in a loop will not do. Begin with one empty setting, and take axis after axis.


# %% solution="grid"
def grid(axes):
    """All combinations of the values on some axes, as a list of settings.

    axes: dict of a name -> list of values. Returns a list of dicts of a name -> value, in the order
    of the names in axes, the last one changing fastest.
    """
    ### BEGIN SOLUTION
    settings = [{}]
    for name, values in axes.items():
        settings = [{**setting, name: value} for setting in settings for value in values]
    ### END SOLUTION
    return settings


# %% test="grid" points=6
check(grid)

# %% [markdown]
# For random search a *space* says how each knob is drawn: a kind and two ends, as in
# `{"learning_rate": ("log", 0.0001, 1), "beta1": ("memory", 0.5, 0.995), "units": ("whole", 5, 50)}`. The fourth kind is
# `"linear"`, the plain line.
#
# **Try.** One row of $U$ makes one trial, and column $j$ is for the $j$-th name. Call your three functions for their kinds;
# in this check others take their place, which do something else, and it shows in the result whether you call them.


# %% solution="random_trials"
def random_trials(U, space):
    """One setting for each row of U, as a list of dicts of a name -> value.

    U: numbers drawn evenly from 0 to 1, shape (n, k). space: dict of k names -> (kind, low, high),
    where kind is "log", "memory", "whole" or "linear"; column j of U is for the j-th name. Calls
    on_log_scale, memory_on_log_scale, whole_number.
    """
    trials = []
    for row in U:
        trial = {}
        ### BEGIN SOLUTION
        for u, (name, (kind, low, high)) in zip(row, space.items(), strict=True):
            if kind == "log":
                trial[name] = on_log_scale(u, low, high)
            elif kind == "memory":
                trial[name] = memory_on_log_scale(u, low, high)
            elif kind == "whole":
                trial[name] = whole_number(u, low, high)
            else:
                trial[name] = low + (high - low) * u
        ### END SOLUTION
        trials.append(trial)
    return trials


# %% test="random_trials" points=14
check(random_trials)

# %% predict [markdown]
# Two knobs, and only the first one matters, but nobody knows that beforehand. How many *different* values of the first one
# do 25 trials on a grid try, and how many do 25 random trials?
#
# * 5 and 25
#   Five columns have five values. Twenty trials of the grid repeat what is known, apart from a knob that does nothing.
# - 25 and 25
#   A grid has 25 settings, but in each column of it the first knob is the same.
# - 5 and 5
#   Chance does not hit the same rate twice.
# - 25 and 5
#   It is the other way about: a grid repeats its values.

# %% [markdown]
# With three knobs it is a cube: 125 trials of a grid, and still only five values of each. Now a real search. The knobs are
# $\alpha$ and Adam's $\varepsilon$, of which section 1 says that it does nothing. Each trial trains a net.

# %% showcase
SPACE = {"learning_rate": ("log", 0.0001, 1), "epsilon": ("log", 1e-10, 1e-6)}


def tried(trials):
    """The trials and their dev errors in per cent."""
    return trials, np.array([fit_and_measure(X, Y, X_dev, Y_dev, trial) for trial in trials])


five = (np.arange(5) + 0.5) / 5  # the middles of five equal pieces
axes = {name: [float(on_log_scale(u, low, high)) for u in five] for name, (_, low, high) in SPACE.items()}
searches = {
    "grid": tried(ready(grid, axes)),
    "random": tried(ready(random_trials, np.random.default_rng(5).random((25, 2)), SPACE)),
}
left, right = new_axes(columns=2, width=5, height=3)
for ax, knob in ((left, "learning_rate"), (right, "epsilon")):
    values = {name: [setting[knob] for setting in settings] for name, (settings, _) in searches.items()}
    plot_strips(values, ax, xlabel=knob, xscale="log", title=f"25 trials seen along {knob}")
for name, (settings, errors) in searches.items():
    different = len({setting["learning_rate"] for setting in settings})
    print(f"{name}: {different} learning rates, best dev error {errors.min():.1f} %")

# %% [markdown]
# **See.** Seen along the learning rate, five strokes stand against twenty-five. The grid cannot come closer to the best rate
# than one of its five columns; the random trials come closer by chance. Over five draws of the digits, the best of the grid
# has 6.3 ± 2.2 %, the best of 25 random trials 5.5 ± 1.8 %, and the difference is 0.8 ± 0.6 points.
#
# That is the case for which random search is praised: a knob that does nothing. With the number of units, from 5 to 50, as the
# second knob, which does matter, it does not hold here: 5.3 ± 1.3 % on the grid, 5.9 ± 1.9 % with random trials, a difference
# of -0.7 ± 0.7. A grid covers a plane evenly, and chance leaves holes. But who knows beforehand that all knobs matter?

# %% showcase
explorers.search(second="epsilon", method="grid")

# %% [markdown]
# **What if two of three knobs do nothing?** Add `beta2`, a `"memory"` from 0.9 to 0.9999, and give 27 trials to a grid of
# three values each and to chance. How many rates does each try now, and how far apart are the two?

# %% [markdown]
# ## 6 · Closer  (7 min)
#
# The best of 25 trials says where to look more closely. Draw a smaller space around it and search that: *coarse to fine*.
# Smaller means a share of the old width, **measured on the scale on which the knob is even**: $\log$ for a rate,
# $\log(1 - \beta)$ for a $\beta$, the plain line for the other two kinds.
#
# Say $\alpha$ was searched from 0.0001 to 1, four powers of ten, and 0.01 was best. A quarter of that is one power of ten
# with 0.01 in its middle: 0.00316 to 0.0316.
#
# **Try.** The new interval is `share` times as wide as the old one, on the knob's scale, and centred on the best. If it
# would stick out at an end, it is *pushed* inside, not cut. Ends of whole numbers are rounded outwards.


# %% solution="zoom"
def zoom(space, best, share=0.25):
    """A smaller space around the best setting.

    space: dict of a name -> (kind, low, high), as in random_trials. best: dict of a name -> value
    between low and high.
    Returns a space of the same names and kinds. Each interval is `share` times as wide as the old
    one on the scale on which the knob is even, centred on the best, pushed inside the old ends;
    ends of "whole" knobs rounded outwards.
    """
    closer = {}
    for name, (kind, low, high) in space.items():
        ### BEGIN SOLUTION
        if kind == "log":
            to_scale, back = math.log, math.exp
        elif kind == "memory":
            to_scale, back = lambda beta: -math.log(1 - beta), lambda s: 1 - math.exp(-s)
        else:
            to_scale, back = float, float
        first, last, middle = to_scale(low), to_scale(high), to_scale(best[name])
        width = share * (last - first)
        start = min(max(middle - width / 2, first), last - width)
        new_low, new_high = back(start), back(start + width)
        if kind == "whole":
            new_low, new_high = max(low, math.floor(new_low)), min(high, math.ceil(new_high))
        closer[name] = (kind, new_low, new_high)
        ### END SOLUTION
    return closer


# %% test="zoom" points=18
check(zoom)

# %% predict [markdown]
# Of 25 settings the best has a dev error of 4 %. What will its error on new points probably be?
#
# - 4 %, since the dev points took no part in training
#   They took part in the choice. The setting was chosen because it suited just these points.
# - Lower, since it is the best
#   It is the best on the points by which it was chosen.
# * Higher
#   Each of 25 dev errors is partly luck, and the smallest has the most of it. So the winner is judged once more, on
#   points that took part in nothing.
# - Anything: the dev error says nothing
#   It says a lot, only a little too kindly.

# %% showcase
SPACE = {
    "learning_rate": ("log", 0.0001, 1),
    "beta1": ("memory", 0.5, 0.995),
    "batch_size": ("log", 8, 256),
    "units": ("whole", 5, 50),
}
settings, errors = tried(ready(random_trials, np.random.default_rng(6).random((25, 4)), SPACE))
best = settings[errors.argmin()]
closer = ready(zoom, SPACE, best, 0.5)
print("coarse, best of 25:", as_trained(best), f"dev error {errors.min():.1f} %")
for name, (_, low, high) in closer.items():
    print(f"  {name}: {low:.4g} to {high:.4g}")
fine_settings, fine_errors = tried(random_trials(np.random.default_rng(7).random((25, 4)), closer))
winner = fine_settings[fine_errors.argmin()]
print("fine, best of 25:", as_trained(winner), f"dev error {fine_errors.min():.1f} %")
print(f"the winner, once, on the test digits: {fit_and_measure(X, Y, X_test, Y_test, winner):.1f} %")

# %% [markdown]
# **See.** Over five draws of the digits, the winner of such a search has a dev error of 4.6 ± 1.5 % and a test error of
# 6.4 ± 0.9 %: the same setting, the same net, and 1.8 ± 1.2 points of luck. That is why the test digits are used once. And did
# the zoom help? From the coarse round to the fine one the error falls from 5.8 ± 2.0 to 4.6 ± 1.5 %; but 50 trials in the
# whole space come to 4.7 ± 2.3 %. With so few knobs and such cheap trials it makes no difference here. What a zoom is worth
# grows with the number of knobs: a quarter of the width of each of four knobs is one part of 256 of the space.

# %% [markdown]
# A setting goes stale. Data change, a machine gets faster, somebody turns another knob: look again every few months. Here are
# the moons, and the moons some months later: turned, twice as noisy, measured in units ten times as large.

# %% showcase
moons = load_moons()
two = np.eye(2)
turned = np.deg2rad(40)
turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])


def later(X, seed):
    """The same kind of points, some months later."""
    return 10 * (turn @ X + 0.2 * np.random.default_rng(seed).standard_normal(X.shape))


now = (moons.X_train, two[:, moons.Y_train[0]], moons.X_test, two[:, moons.Y_test[0]])
then = (later(now[0], 1), now[1], later(now[2], 2), now[3])
MOON_SPACE = {"learning_rate": ("log", 0.0001, 1), "units": ("whole", 3, 30), "lambd": ("log", 0.001, 10)}
trials = [{"epochs": 20} | trial for trial in random_trials(np.random.default_rng(8).random((25, 3)), MOON_SPACE)]
at_first = [fit_and_measure(*now, trial) for trial in trials]
months_later = [fit_and_measure(*then, trial) for trial in trials]
old, new = trials[int(np.argmin(at_first))], trials[int(np.argmin(months_later))]
print(f"old winner: dev error {min(at_first):.0f} % then, {fit_and_measure(*then, old):.0f} % on the later moons")
print(f"new search: {min(months_later):.0f} % on the later moons, rate {new['learning_rate']:.4f} for {old['learning_rate']:.4f}")

# %% [markdown]
# **See.** The later moons are harder for any net. Over five draws, the old setting has 11.2 ± 1.9 % on them and the best of a new
# search 9.8 ± 0.8 %, a difference of 1.4 ± 1.7 points. So the advice holds weakly here: sometimes the old setting is stale, and
# sometimes it is nearly the best. Nobody can tell which without looking.

# %% [markdown]
# **What if you zoom too soon?** Take only 5 trials in the coarse round, and a share of 0.1. How often does the fine round
# still find what 50 trials in the whole space find?

# %% [markdown]
# ## 7 · Folds  (7 min)
#
# Who judges a setting? There are three, and each spoils something. The *training* error always likes the net that learns
# by heart. A *dev set* is fair, but takes examples away from training, and with few examples it is small and noisy. *Folds*
# use each example both ways: cut the examples into $k$ pieces; each piece is the dev set once, while the others train; then
# take the mean of the $k$ dev errors. The price is $k$ trainings a setting.

# %% predict [markdown]
# 10 examples, 3 folds. How large are the three dev sets?
#
# - 3, 3 and 3
#   One example would never be asked. Each is a dev example exactly once.
# * 4, 3 and 3
#   The one that is left over goes to the first piece. Sizes differ by one at most.
# - 4, 4 and 2
#   Pieces of four as long as there are so many: the last one is too small to judge as well as the others.
# - 7, 7 and 6
#   Those are the sizes of the training sets.

# %% [markdown]
# **Try.** Examples may lie in the file in some order, all zeros first, so the pieces are cut from a permutation that is
# handed in: $k$ consecutive pieces of it, the first `m % k` of them with one more.


# %% solution="folds"
def folds(m, k, permutation):
    """k pairs (train, dev) of indices, so that each of m examples is in dev once.

    permutation: array of the numbers 0, ..., m - 1 in some order. It is cut into k consecutive
    pieces, the first m % k of which have one more. dev is a piece, train is the rest, both arrays
    of whole numbers.
    """
    pairs = []
    ### BEGIN SOLUTION
    start = 0
    for i in range(k):
        end = start + m // k + (i < m % k)
        train = np.concatenate([permutation[:start], permutation[end:]])
        dev = permutation[start:end]
        pairs.append((train, dev))
        start = end
    ### END SOLUTION
    return pairs


# %% test="folds" points=14
check(folds)

# %% [markdown]
# **Try.** Now the judge. `fit_and_measure(X, Y, X_dev, Y_dev, setting)` trains on the first two and returns the dev error on
# the other two. Examples are columns. In this check, other functions take the place of `folds` and `fit_and_measure`.


# %% solution="cross_validation_error"
def cross_validation_error(X, Y, k, permutation, setting):
    """Mean and standard deviation of the k dev errors of a setting.

    X: shape (n, m). Y: shape (C, m). permutation: of 0, ..., m - 1. Calls folds and
    fit_and_measure. The standard deviation is that of np.std, with 1/k. Returns two numbers.
    """
    ### BEGIN SOLUTION
    errors = []
    for train, dev in folds(X.shape[1], k, permutation):
        errors.append(fit_and_measure(X[:, train], Y[:, train], X[:, dev], Y[:, dev], setting))
    mean, deviation = np.mean(errors), np.std(errors)
    ### END SOLUTION
    return mean, deviation


# %% test="cross_validation_error" points=8
check(cross_validation_error)

# %% showcase
few = np.random.default_rng(9).permutation(400)[:100]  # a hundred digits are all we have
X_few, Y_few = X[:, few], Y[:, few]
permutation = np.random.default_rng(10).permutation(100)
plot_folds(ready(folds, 20, 5, np.random.default_rng(10).permutation(20)), title="20 examples, 5 folds")
print("lambd   training    20 dev digits    5 folds        597 test digits")
for lambd in (0.001, 0.1, 1, 10, 100):
    setting = {"learning_rate": 0.01, "epochs": 40, "lambd": lambd}
    parameters = fit(X_few[:, 20:], Y_few[:, 20:], setting)
    by_training, by_dev = error(parameters, X_few[:, 20:], Y_few[:, 20:]), error(parameters, X_few[:, :20], Y_few[:, :20])
    mean, deviation = map(as_number, ready(cross_validation_error, X_few, Y_few, 5, permutation, setting))
    truth = fit_and_measure(X_few, Y_few, X_test, Y_test, setting)
    print(f"{lambd:<8}{by_training:>5.1f} %{by_dev:>12.1f} %{mean:>12.1f} ± {deviation:.1f}{truth:>14.1f} %")

# %% [markdown]
# **See.** The training error is 0 for the first three settings and tells them apart in nothing. The 20 dev digits know only steps of
# 5 %, since each of them is a twentieth. The folds are closer, and they say how far they spread. Over five draws of a hundred
# digits, for $\lambda = 0.1$, the three judges are off the test error by 12.5 ± 1.5 points (training), 5.8 ± 3.1 (20 dev digits) and
# 3.8 ± 0.9 (folds). Folds are still too strict: each net has seen 80 digits, and the one that is used in the end will see 100.

# %% [markdown]
# **What if each example is a fold?** With `k = 100` every training has all examples but one. What does it cost, and what
# values can a single dev error still have?

# %% [markdown]
# ## 8 · Panda or caviar  (7 min)
#
# A panda has one cub and watches over it day and night; sturgeons lay millions of eggs and watch over none. Who has one
# large model and little computing power nurses it: looks at the curve each day, lowers the rate, goes back a day when it
# went wrong. Who can train many at once lets them all run and takes the best. Computing power decides. Try nursing:

# %% showcase
explorers.diary()

# %% [markdown]
# Between the two lies a third way: start many, look at the curves after a while, and let only the better half go on. The
# steps that are saved start more models. One must be careful: a curve that is bad early may be the best at the end.
#
# **Try.** At each checkpoint $t$, those still alive are ranked by their dev error after $t$ steps, and the best
# $\lceil keep \cdot number\ alive \rceil$ go on. A curve that has become not-a-number never goes on, even if fewer are left
# then. Of equal errors the one with the lower index is better. `np.argsort` with `kind="stable"` keeps that order, and puts
# not-a-number last.


# %% solution="surviving"
def surviving(curves, checkpoints, keep=0.5):
    """Which of many trainings go on after each checkpoint, and how many steps are made in all.

    curves: shape (n, T); curves[i, t - 1] is the dev error of training i after t steps.
    checkpoints: ascending numbers of steps, below T. At each of them ceil(keep * number alive) go
    on, those with the lowest errors; not-a-number never does.
    Returns a list with an array of indices, ascending, for each checkpoint, and the cost: the steps
    of all trainings, each as long as it is alive, the last survivors to the end T.
    """
    n, T = curves.shape
    alive, cost, done = np.arange(n), 0, 0
    survivors = []
    for t in checkpoints:
        ### BEGIN SOLUTION
        cost += len(alive) * (t - done)
        errors = curves[alive, t - 1]
        places = math.ceil(keep * len(alive))
        best = np.argsort(errors, kind="stable")[:places]
        best = best[~np.isnan(errors[best])]
        alive, done = np.sort(alive[best]), t
        ### END SOLUTION
        survivors.append(alive)
    ### BEGIN SOLUTION
    cost += len(alive) * (T - done)
    ### END SOLUTION
    return survivors, cost


# %% test="surviving" points=12
check(surviving)


# %% showcase
def curve(setting, epochs=8):
    """The dev error after each of the epochs."""
    errors = []
    steps = -(-X.shape[1] // int(setting["batch_size"]))  # an epoch

    def watch(t, parameters):
        if t % steps == 0:
            errors.append(error(parameters, X_dev, Y_dev))

    fit(X, Y, setting | {"epochs": epochs}, watch=watch)
    return errors


trials = random_trials(np.random.default_rng(11).random((16, 4)), SPACE)
curves = np.array([curve(trial) for trial in trials])
survivors, cost = ready(surviving, curves, (1, 2, 4))
plot_survivors(curves, (1, 2, 4), survivors, xlabel="epoch", ylabel="dev error, %", title="16 start, 2 arrive")
print(f"{cost} epochs in place of {curves.size}; alive: {', '.join(str(len(alive)) for alive in survivors)}")
print(f"best that arrived: {curves[survivors[-1], -1].min():.1f} %, best of all: {curves[:, -1].min():.1f} %")

# %% [markdown]
# **See.** 16 trainings were started and 40 epochs paid in place of 128. Over five draws of the digits nothing was lost by it:
# each time the best of all was among the two that arrived, with 8.4 ± 4.0 %. That is no law. Curves cross, and a small learning
# rate looks bad early and may be the best in the end.

# %% [markdown]
# **What if you are more impatient?** Take `keep=0.25` and a single checkpoint after the first epoch. How many epochs does that
# cost, and does the best one survive? Which kind of setting is thrown out too early?

# %% [markdown]
# ## What you have learned
#
# Hyper-parameters are what training does not set. Which of them matter can be measured, and the learning rate nearly always
# does. Draw each on the scale on which it acts: powers of ten for rates, $1 - \beta$ for memories, and whole numbers so that
# each comes equally often. Random trials try more values of the knob that matters than a grid does. Then search more closely
# around the best, on the same scales. The best of many is partly lucky, so judge the winner once on points that took part
# in nothing; with few data, let folds judge. With little computing power nurse one model, with much train many, and stop
# the worse half early.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
