# %% [markdown]
# # Gradient checking
#
# Back-propagation is easy to get a little wrong: a factor too many, a transposed matrix, a forgotten term. The cost
# still falls, only more slowly, and nothing stops with an error. In this notebook you learn a test that finds such
# mistakes: compare the gradient that the formulas give with the slope that two values of the cost give.
#
# You will learn
#
# - to measure a slope from two values, and why one value on each side is better than one side only;
# - how small $\varepsilon$ should be, and why smaller is not always better;
# - to compare two gradients with one number, and what its size means;
# - to check the whole backward pass of a network, and to find the two bugs in one;
# - when a check misleads: dropout, a forgotten regularization term, parameters that are still 0, the kink of ReLU.
#
# Time: about 60 minutes. You need Python, NumPy arrays and the forward and backward pass of a small network; no
# TensorFlow.

# %% setup
import numpy as np

from helpers import check, nets
from helpers.plots import new_axes, plot_against_epsilon, plot_differences, plot_lines, plot_slopes
from helpers.training import number_of, ready
from helpers.vectors import dictionary_to_vector, forward_propagation_n, gradients_to_vector, vector_to_dictionary

check.begin("gradient_checking")

# %% [markdown]
# ## 1 · A slope from two values  (7 min)
#
# The derivative of $f$ at $\theta$ is a limit: the slope of the line through two points of the curve, while the points
# move together.
#
# $$f'(\theta) = \lim_{\varepsilon \to 0} \frac{f(\theta + \varepsilon) - f(\theta)}{\varepsilon}
# = \lim_{\varepsilon \to 0} \frac{f(\theta + \varepsilon) - f(\theta - \varepsilon)}{2 \varepsilon}$$
#
# The limits are equal. Before the limit, with an $\varepsilon$ that a computer can add, the two fractions are not. The
# first one is the **one-sided** difference, the second the **two-sided** one.

# %% predict [markdown]
# For $f(\theta) = \theta^3$ the slope at 1 is 3. What do the two fractions give with $\varepsilon = 0.01$? Work out on
# paper which powers of $\varepsilon$ remain in $(1 + \varepsilon)^3 - (1 - \varepsilon)^3$.
#
# * one-sided 3.0301, two-sided 3.0001
#   $(1 + \varepsilon)^3 - 1 = 3 \varepsilon + 3 \varepsilon^2 + \varepsilon^3$, so one side gives
#   $3 + 3 \varepsilon + \varepsilon^2$. With two sides the even powers cancel, $6 \varepsilon + 2 \varepsilon^3$
#   remains, and divided by $2 \varepsilon$ it is $3 + \varepsilon^2$.
# - one-sided 3.0001, two-sided 3.0301
#   The two-sided difference does span twice the distance, but evenly around $\theta$. The slope to the right is too
#   steep, the one to the left too flat, and in their mean nearly all of the error cancels.
# - both 3.0301
#   Only the limits are equal. As long as $\varepsilon$ is not 0, the two fractions use different points of the curve
#   and have different errors.

# %% [markdown]
# **Try.** Run the cell. Then change `epsilon` to 0.1 and to 0.001 and see how each error shrinks.


# %% showcase
def cube(theta):
    return theta**3


def cube_slope(theta):
    return 3 * theta**2


epsilon = 0.01
one_sided = (cube(1 + epsilon) - cube(1)) / epsilon
two_sided = (cube(1 + epsilon) - cube(1 - epsilon)) / (2 * epsilon)
print(f"one-sided {one_sided:.6f}   error {one_sided - 3:.6f}")
print(f"two-sided {two_sided:.6f}   error {two_sided - 3:.6f}")
plot_slopes(cube, cube_slope, at=1, epsilon=0.5, title=r"$f(\theta) = \theta^3$, with a large $\varepsilon$ of 0.5")

# %% [markdown]
# **See.** The one-sided difference gives 3.0301, the two-sided one 3.0001: 301 times closer. The reason is in the
# Taylor series,
#
# $$f(\theta \pm \varepsilon) = f(\theta) \pm \varepsilon f'(\theta) + \tfrac{1}{2} \varepsilon^2 f''(\theta)
# \pm \tfrac{1}{6} \varepsilon^3 f'''(\theta) + \dots$$
#
# In $f(\theta + \varepsilon) - f(\theta - \varepsilon)$ all even powers cancel, so the first error after division is of
# order $\varepsilon^2$. The one-sided difference keeps $\tfrac{1}{2} \varepsilon f''$, an error of order $\varepsilon$.
# With a tenth of $\varepsilon$ the one-sided error becomes about a tenth, the two-sided error a hundredth. In the
# picture, the two-sided line is the one that runs nearly parallel to the tangent.

# %% [markdown]
# **What if the curve is a parabola?** Take $f(\theta) = \theta^2$ and an $\varepsilon$ of 100. How large are the two
# errors now? Find the reason in the Taylor series.

# %% [markdown]
# ## 2 · How small should epsilon be?  (7 min)
#
# A computer keeps about 16 digits of a number. $f(\theta + \varepsilon)$ and $f(\theta - \varepsilon)$ are nearly
# equal, so in their difference the leading digits cancel, and the rounding error of the last digits, about $10^{-16}$,
# is divided by $2 \varepsilon$. The smaller $\varepsilon$, the larger that error.

# %% predict [markdown]
# For $\theta^3$ at 1, which of these $\varepsilon$ gives the best two-sided slope?
#
# - $10^{-2}$
#   Rounding does no harm here, but truncation does. It leaves an error of $\varepsilon^2 = 10^{-4}$.
# * $10^{-5}$
#   Truncation leaves $\varepsilon^2 = 10^{-10}$, and rounding about $10^{-16} / 10^{-5} = 10^{-11}$. With each of the
#   others one of the two errors is larger.
# - $10^{-8}$
#   Of these four it is the best for the one-sided difference. With two sides truncation is harmless long before, and
#   rounding leaves about $10^{-16} / 10^{-8} = 10^{-8}$.
# - $10^{-12}$
#   In the limit smaller is better, but a computer divides its rounding error by $\varepsilon$ too. That leaves about
#   $10^{-16} / 10^{-12} = 10^{-4}$, as much as truncation does at $\varepsilon = 10^{-2}$.

# %% showcase
epsilons = 10 ** np.linspace(-13, 0, 105)
plot_against_epsilon(
    epsilons,
    {
        "one-sided": np.abs((cube(1 + epsilons) - cube(1)) / epsilons - 3),
        "two-sided": np.abs((cube(1 + epsilons) - cube(1 - epsilons)) / (2 * epsilons) - 3),
    },
    ylabel="error of the slope",
    title=r"Slope of $\theta^3$ at 1: truncation on the right, rounding on the left",
)

# %% [markdown]
# **See.** Each curve is a V. On the right the error is **truncation**, what the Taylor series leaves over: a straight
# line of slope 1 (one-sided) or 2 (two-sided) on logarithmic axes. On the left it is **rounding**: it grows like
# $1 / \varepsilon$ and jumps from point to point, because it depends on the accident of the last digit. The two-sided
# valley lies between $\varepsilon = 10^{-6}$ and $10^{-5}$, with an error near $10^{-11}$; the one-sided valley lies
# near $10^{-8}$, and its error is several hundred times larger. In theory the best $\varepsilon$ is about the cube root
# of the machine precision $10^{-16}$ for two sides, and about its square root for one side.
#
# The course uses $\varepsilon = 10^{-7}$: a little left of the best, and good enough in double precision. In single
# precision (`float32`, about 7 digits) it would be useless, because $1 + 10^{-7}$ is hardly different from 1.

# %% [markdown]
# **What if you stand at 0?** Draw the picture for the slope at 0 in place of 1, which is 0 and not 3. One of the two
# branches of the V is gone. Which rounding has nothing to round there?

# %% [markdown]
# ## 3 · A cost with one parameter  (5 min)
#
# Take the smallest model there is: one input $x$, one parameter $\theta$, and the cost $J(\theta) = \theta x$. The
# forward pass computes $J$. The backward pass computes $\frac{\partial J}{\partial \theta}$.

# %% predict [markdown]
# Let $x = 2$. By how much does $J$ grow if $\theta$ goes from 4 to 5, and by how much if it goes from 0 to 1?
#
# - by 10 and by 2
#   These are the values that $J$ reaches. It came from 8 and from 0.
# - by 4 and by 0
#   Those are the values of $\theta$, which would be the slope if $x$ moved. Here $\theta$ moves and $x$ stays.
# * by 2 both times
#   $5 \cdot 2 - 4 \cdot 2 = 2$, and $1 \cdot 2 - 0 \cdot 2 = 2$. The slope of $J$ along $\theta$ is $x$, whatever
#   $\theta$ is.

# %% [markdown]
# **Try.** Write both functions. Take the derivative on paper first; the second function has to be right for every
# $\theta$.


# %% solution="forward_propagation"
def forward_propagation(x, theta):
    """The cost J = theta x, a number.

    x, theta: numbers.
    """
    ### BEGIN SOLUTION
    return theta * x
    ### END SOLUTION


# %% test="forward_propagation" points=10
check(forward_propagation)

# %% [markdown]
# The cell above is a check cell: it runs your function on a few cases and shows a card. Right values bring 50 % of the
# points; shapes and keys 20 %, once any part of a result is right; edge cases 30 %, once an ordinary case passes. A share
# for which a check has no case goes to the values, so a card may show a larger share for them; here, where the result is a single
# number, there is no shape. Grading uses these visible cases and further ones. If you are stuck,
# `check.hint(forward_propagation)` gives a hint, then another; asking costs nothing.


# %% solution="backward_propagation"
def backward_propagation(x, theta):
    """The derivative of J = theta x with respect to theta, a number.

    x, theta: numbers; any of them may be 0.
    """
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION


# %% test="backward_propagation" points=10
check(backward_propagation)

# %% [markdown]
# **See.** The slope of $J$ is $x$, the same everywhere. One also meets $J / \theta$, which has the same value as long
# as $\theta \ne 0$ and fails at $\theta = 0$, where biases usually start. A check at $\theta = 4$ alone would not
# notice. So check at more than one place.

# %% [markdown]
# **What if the cost is $\theta^2 x$, and the backward pass still returns $x$?** At one value of $\theta$ the check
# would find nothing. Which one is it, and how likely are you to meet it by chance?

# %% [markdown]
# ## 4 · The check in one dimension  (10 min)
#
# Now compare the two slopes: *grad* from the backward pass and *gradapprox* from two forward passes.
#
# $$\text{gradapprox} = \frac{J(\theta + \varepsilon) - J(\theta - \varepsilon)}{2 \varepsilon}, \qquad
# \text{difference} = \frac{\lVert \text{grad} - \text{gradapprox} \rVert_2}
# {\lVert \text{grad} \rVert_2 + \lVert \text{gradapprox} \rVert_2}$$
#
# Of a single number the norm is the absolute value. The division makes the result **relative**: a distance of 0.01 is
# much between gradients of size 0.02, and little between gradients of size 1,000. The difference lies between 0 and 1,
# whatever the units (unless both gradients are exactly 0; then it is 0/0). With $\varepsilon = 10^{-7}$, read it like
# this:
#
# | difference | what it means |
# |---|---|
# | about $10^{-7}$ or less | the gradient is right |
# | about $10^{-5}$ | look closer: rounding, a kink, or a small bug |
# | about $10^{-3}$ or more | almost surely a bug |

# %% predict [markdown]
# Suppose a backward pass forgets a factor 2, so that grad is half of what it should be. What is the difference?
#
# - $1/2$
#   This compares the distance with the length of gradapprox alone. The difference divides it by both lengths together.
# * $1/3$
#   If gradapprox is 1, grad is $1/2$. Their distance is $1/2$, their lengths add up to $3/2$, and the quotient is
#   $1/3$.
# - $1/4$
#   This divides the distance, $1/2$, by 2, as if both gradients had length 1. But grad has only $1/2$, so the lengths
#   add up to $3/2$.

# %% [markdown]
# **Try.** Call `forward_propagation` twice and `backward_propagation` once. Do not write the formula of $J$ into the
# check: it should work for any pair of functions. The check cell makes use of that and puts other functions in the
# place of yours. Mind the parentheses around $2 \varepsilon$.


# %% solution="gradient_check"
def gradient_check(x, theta, epsilon=1e-7):
    """Relative difference between the gradient of backward_propagation and the two-sided slope of
    forward_propagation.

    x, theta: numbers; epsilon: how far theta is moved to each side. Returns a number from 0 to 1.
    """
    ### BEGIN SOLUTION
    J_plus = forward_propagation(x, theta + epsilon)
    J_minus = forward_propagation(x, theta - epsilon)
    gradapprox = (J_plus - J_minus) / (2 * epsilon)
    grad = backward_propagation(x, theta)
    return np.linalg.norm(grad - gradapprox) / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))
    ### END SOLUTION


# %% test="gradient_check" points=25
check(gradient_check)

# %% showcase
difference = ready(gradient_check, 2, 4)
print(f"J = theta x at x = 2, theta = 4: difference {difference:.2e}")
factors = 10 ** np.linspace(-3, 3, 121)
plot_lines(
    {
        "too small": (factors[factors <= 1], (1 - factors[factors <= 1]) / (1 + factors[factors <= 1])),
        "too large": (factors[factors >= 1], (factors[factors >= 1] - 1) / (factors[factors >= 1] + 1)),
    },
    ax=new_axes(width=5.4),
    xscale="log",
    xlabel="factor $c$ between the given and the right gradient",
    ylabel="relative difference",
    title="What a wrong factor $c$ does: $|c - 1| / (c + 1)$",
)

# %% [markdown]
# **See.** The difference is about $2.9 \cdot 10^{-10}$. For a straight line the two-sided slope has no truncation
# error, so this is rounding alone. A gradient of half the size gives 1/3, and one of double the size gives 1/3 too: for
# a factor $c$ the difference is $|c - 1| / (c + 1)$. Remember this curve; in section 6 it tells you which factor is
# wrong. At $c = 1$ it drops to 0.

# %% [markdown]
# **What if both functions make the same mistake?** Let the forward pass compute $\theta x^2$ and the backward pass its
# derivative, and run `gradient_check`. What does a check that is passed say about the cost that you had in mind?

# %% [markdown]
# ## 5 · The check of a network  (13 min)
#
# A network has many parameters in several arrays. Write them below each other, $W^{[1]}$ row by row, then $b^{[1]}$,
# $W^{[2]}$ and so on: the result is one long column $\theta$ with $n$ entries, and the cost becomes a function
# $J(\theta_1, \dots, \theta_n)$ of a vector. Its gradient is checked entry by entry, where only one entry moves and all
# others stay:
#
# $$\text{gradapprox}_i =
# \frac{J(\dots, \theta_i + \varepsilon, \dots) - J(\dots, \theta_i - \varepsilon, \dots)}{2 \varepsilon}
# \qquad i = 1, \dots, n$$
#
# Then the two vectors grad and gradapprox are compared as before, now with the length
# $\lVert v \rVert_2 = \sqrt{\sum_i v_i^2}$.
#
# These functions are given:
#
# | function | gives |
# |---|---|
# | `forward_propagation_n(X, Y, parameters)` | `cost, cache` of a net with ReLU layers and a sigmoid at the end |
# | `dictionary_to_vector(parameters)` | the column $\theta$, shape $(n, 1)$ |
# | `gradients_to_vector(gradients)` | the column of `dW1`, `db1`, `dW2`, ..., in the same order, shape $(n, 1)$ |
# | `vector_to_dictionary(theta, parameters)` | the way back: `W1`, `b1`, ... in the shapes of `parameters` |
#
# Our net has 4 inputs, layers of 5, 3 and 1 units, and 3 examples:

# %%
np.random.seed(1)  # fixed, so that your numbers can be compared with ours
X = np.random.randn(4, 3)
Y = np.array([[1, 1, 0]])
parameters = {}
for l, (fan_in, units) in enumerate([(4, 5), (5, 3), (3, 1)], start=1):
    parameters[f"W{l}"] = np.random.randn(units, fan_in)
    parameters[f"b{l}"] = np.random.randn(units, 1)

# %% [markdown]
# And this is the backward pass that a colleague wrote for it. Training with it seems to work, but something is wrong
# with it. Do not search for the bugs yet; let the check do it. `cache` holds
# `Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3`.


# %%
def backward_propagation_n_with_bugs(X, Y, cache):
    """Gradients of the cost of a 3-layer net, dW1, db1, ..., dW3, db3. Two of the six are wrong."""
    m = X.shape[1]
    _, A1, _, _, _, A2, W2, _, _, A3, W3, _ = cache

    dZ3 = A3 - Y
    dW3 = 1 / m * (dZ3 @ A2.T)
    db3 = 1 / m * np.sum(dZ3, axis=1, keepdims=True)

    dZ2 = (W3.T @ dZ3) * (A2 > 0)
    dW2 = 2 / m * (dZ2 @ A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)

    dZ1 = (W2.T @ dZ2) * (A1 > 0)
    dW1 = 1 / m * (dZ1 @ X.T)
    db1 = 4 / m * np.sum(dZ1, axis=1, keepdims=True)

    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2, "dW3": dW3, "db3": db3}


# %% predict [markdown]
# How many numbers does $\theta$ hold for 4 inputs and layers of 5, 3 and 1 units, and how many forward passes does the
# check take?
#
# - 38 and 76
#   These 38 are the weights, $5 \cdot 4 + 3 \cdot 5 + 1 \cdot 3$. The biases are parameters too, one for each of the 9
#   units.
# - 47 and 48
#   That would do for the one-sided difference, where the same $J(\theta)$ serves all entries. With two sides every
#   entry takes two passes of its own.
# * 47 and 94
#   There are $5 \cdot 4 + 3 \cdot 5 + 1 \cdot 3 = 38$ weights and $5 + 3 + 1 = 9$ biases, and each of these 47 numbers
#   takes two passes.
# - 47 and 2
#   Two passes give one slope, along the line on which the parameters were moved. The check asks for the slope along
#   every entry by itself.

# %% [markdown]
# **Try.** For each $i$, make two **copies** of $\theta$, move entry $i$ of one up and of the other down, turn both back
# into dictionaries and compute their costs. Keep `gradapprox` a column: a row minus a column is a table in NumPy, and
# no error is raised.


# %% solution="gradient_check_n"
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    """Relative difference between `gradients` and the two-sided slopes of the cost, over all
    parameters together.

    parameters: dict W1, b1, ..., WL, bL, any number of layers; gradients: dict dW1, db1, ..., of
    the same shapes.
    X: examples, shape (n_0, m); Y: labels, shape (1, m); epsilon: how far each entry is moved to
    each side.
    Returns a number from 0 to 1.
    """
    theta = dictionary_to_vector(parameters)  # (n, 1)
    grad = gradients_to_vector(gradients)  # (n, 1)
    gradapprox = np.zeros_like(theta)  # (n, 1), for you to fill
    ### BEGIN SOLUTION
    for i in range(theta.size):
        theta_plus, theta_minus = theta.copy(), theta.copy()
        theta_plus[i] += epsilon
        theta_minus[i] -= epsilon
        J_plus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_plus, parameters))
        J_minus, _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus, parameters))
        gradapprox[i] = (J_plus - J_minus) / (2 * epsilon)
    return np.linalg.norm(grad - gradapprox) / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))
    ### END SOLUTION


# %% test="gradient_check_n" points=30
check(gradient_check_n)

# %% showcase
cost, cache = forward_propagation_n(X, Y, parameters)
gradients = backward_propagation_n_with_bugs(X, Y, cache)
difference = number_of(gradient_check_n, parameters, gradients, X, Y)
n = dictionary_to_vector(parameters).size
print(f"cost {cost:.4f}, {n} parameters, {2 * n} forward passes")
print(f"difference {difference:.6f}")

# %% [markdown]
# **See.** The difference is 0.285093: far above $10^{-3}$, so the backward pass has a bug. It took 94 forward passes
# for 47 numbers. That is the price: two forward passes *per parameter*, where back-propagation gives *all* slopes for
# about the work of two. A classifier with layers of 12,288, 25, 12 and 6 units has 307,615 parameters; one check is
# 615,230 forward passes. So the check is a test that you run now and then, on a small net and a few examples. It is no
# way to train.

# %% [markdown]
# **What if you move all parameters at once?** Draw a random direction `r` of the shape of $\theta$. The slope along it
# is `np.sum(grad * r)`, and two forward passes measure it, whatever the number of parameters is. Does it find the
# bugs, with every `r`?

# %% [markdown]
# ## 6 · Find the two bugs  (10 min)
#
# One number says that something is wrong, not where. So ask the same question for each array alone. A quick way: walk a
# small step along the claimed gradient of **one** array, all its entries at once. If $d$ is the direction of length 1
# in which `dW2`, say, points, then the slope of the cost along $d$ has to be $\lVert dW^{[2]} \rVert_2$. That takes two
# forward passes an array instead of two an entry. It asks less (an error at right angles to $d$ stays unseen), but it
# is cheap, and it works for networks of any size.


# %% showcase
def difference_along(cost, parameters, gradients, names):
    """Relative difference between the slope of the cost along the claimed gradient, and that gradient's length.

    cost: function of a parameter dict; gradients: dict dW1, db1, ...; names: what moves, e.g. ["W1", "b1"].
    """
    epsilon = 1e-5
    length = np.sqrt(sum(np.sum(gradients[f"d{name}"] ** 2) for name in names))
    step = {name: epsilon * gradients[f"d{name}"] / length for name in names}
    J_plus = cost(parameters | {name: parameters[name] + step[name] for name in names})
    J_minus = cost(parameters | {name: parameters[name] - step[name] for name in names})
    slope = (J_plus - J_minus) / (2 * epsilon)
    return abs(length - slope) / (length + abs(slope))


def course_cost(parameters):
    return forward_propagation_n(X, Y, parameters)[0]


gradients = backward_propagation_n_with_bugs(X, Y, cache)
differences = {f"d{name}": difference_along(course_cost, parameters, gradients, [name]) for name in parameters}
plot_differences(differences, title="The given backward pass, array by array")

# %% predict [markdown]
# Two bars are long: 0.33 and 0.6. With $|c - 1| / (c + 1)$ from section 4, by which factors are the two gradients too
# large? (They could be too small just as well; the lines of the code decide that.)
#
# * 2 and 4
#   $(2 - 1) / (2 + 1) = 1/3 \approx 0.33$, and $(4 - 1) / (4 + 1) = 0.6$.
# - 3 and 1.67
#   These are the inverses of 0.33 and 0.6. But a factor of 3 would give $(3 - 1) / (3 + 1) = 0.5$.
# - 1.33 and 1.6
#   They would fit if the distance were divided by the right gradient alone. Since it is divided by both lengths
#   together, 1.33 would give only $0.33 / 2.33 \approx 0.14$.

# %% [markdown]
# **Try.** Copy the lines of the given function and repair the two. All six gradients are means over the $m$ examples.


# %% solution="backward_propagation_n"
def backward_propagation_n(X, Y, cache):
    """Gradients of the cost of a 3-layer net (ReLU, ReLU, sigmoid; cross-entropy).

    X: examples, shape (n_0, m); Y: labels, shape (1, m); cache: Z1, A1, W1, b1, ..., b3 of the
    forward pass.
    Returns a dict dW1, db1, dW2, db2, dW3, db3, each of the shape of its parameter.
    """
    m = X.shape[1]
    _, A1, _, _, _, A2, W2, _, _, A3, W3, _ = cache
    ### BEGIN SOLUTION
    dZ3 = A3 - Y
    dW3 = 1 / m * (dZ3 @ A2.T)
    db3 = 1 / m * np.sum(dZ3, axis=1, keepdims=True)

    dZ2 = (W3.T @ dZ3) * (A2 > 0)
    dW2 = 1 / m * (dZ2 @ A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)

    dZ1 = (W2.T @ dZ2) * (A1 > 0)
    dW1 = 1 / m * (dZ1 @ X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    ### END SOLUTION
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2, "dW3": dW3, "db3": db3}


# %% test="backward_propagation_n" points=25
check(backward_propagation_n)

# %% showcase
gradients = ready(backward_propagation_n, X, Y, cache)
print(f"difference {number_of(gradient_check_n, parameters, gradients, X, Y):.2e}")
differences = {f"d{name}": difference_along(course_cost, parameters, gradients, [name]) for name in parameters}
plot_differences(differences, title="The repaired backward pass, array by array")

epsilons = 10 ** np.linspace(-12, 0, 49)
plot_against_epsilon(
    epsilons,
    {"repaired": np.array([number_of(gradient_check_n, parameters, gradients, X, Y, e) for e in epsilons])},
    ylabel="relative difference",
    title="The check of the network at other epsilons",
)

# %% [markdown]
# **See.** The difference of the repaired pass is about $1.2 \cdot 10^{-7}$. This is the V of section 2 again: at
# $10^{-7}$ we stand on its left side, where rounding rules, and the last digits of the difference mean nothing. At
# $\varepsilon = 10^{-4}$ it is about $2 \cdot 10^{-10}$. A real bug does not behave like that: the 0.285 of the given
# pass stays what it is for every reasonable $\varepsilon$. To move $\varepsilon$ is therefore the first thing to try
# when a difference is neither clearly small nor clearly large.
#
# The jump on the right, between $\varepsilon = 0.01$ and 0.1, is not the straight line of a truncation error. You meet
# its cause below.

# %% [markdown]
# **What if all numbers are right, and in the wrong place?** Exchange two rows of `gradients["dW1"]`, first 0 and 1,
# then 1 and 2, and let `difference_along` look at `["W1"]`. Why does it protest so much more in one of the two cases?

# %% [markdown]
# ## 7 · When a check misleads  (8 min)
#
# A check compares the gradient with the cost. It can only be as good as both, so make sure that they belong together.
#
# ### Dropout: the cost changes with each call
#
# Dropout ([Srivastava et al., 2014](https://jmlr.org/papers/v15/srivastava14a.html)) switches units off at random, with a new mask in each forward pass. Here the inputs
# are dropped; hidden units behave in the same way.

# %% predict [markdown]
# $J(\theta + \varepsilon)$ and $J(\theta - \varepsilon)$ are computed with different masks. Divided by
# $2 \varepsilon = 2 \cdot 10^{-5}$, does their difference still have to do with the slope?
#
# * no, it comes from the change of masks
#   Two masks give two different costs, however small $\varepsilon$ is. Division by $2 \cdot 10^{-5}$ makes that 50,000
#   times as large, and the slope is lost in it.
# - yes, so small a step changes next to nothing
#   The step is small, but the change of masks is not. It moves the cost as much as ever.
# - roughly, the masks add a little noise
#   Noise that is little beside the cost is much beside what a step of $\varepsilon$ changes in the cost. Division by
#   $2 \varepsilon$ enlarges both, and the noise stays the larger by far.


# %% showcase
def drop_inputs(rng, keep_prob=0.8):
    """X with some entries set to 0, the others divided by keep_prob."""
    return X * (rng.random(X.shape) < keep_prob) / keep_prob


masks = np.random.default_rng(7)
dropped = drop_inputs(masks)  # drawn once and kept


def cost_with_new_mask(parameters):
    return forward_propagation_n(drop_inputs(masks), Y, parameters)[0]


def cost_with_fixed_mask(parameters):
    return forward_propagation_n(dropped, Y, parameters)[0]


gradients = ready(backward_propagation_n, dropped, Y, forward_propagation_n(dropped, Y, parameters)[1])
for name, cost in [("a new mask each time", cost_with_new_mask), ("a fixed mask", cost_with_fixed_mask)]:
    found = [difference_along(cost, parameters, gradients, list(parameters)) for _ in range(4)]
    print(f"{name:21}", *(f"{difference:9.1e}" for difference in found))

shifts = np.linspace(-1, 1, 81)
moved = [parameters | {"b1": parameters["b1"] + shift} for shift in shifts]
plot_lines(
    {
        "a fixed mask": (shifts, [cost_with_fixed_mask(p) for p in moved]),
        "a new mask each time": (shifts, [cost_with_new_mask(p) for p in moved]),
    },
    ax=new_axes(width=6.4),
    xlabel="added to all of $b^{[1]}$",
    ylabel="cost $J$",
    title="A cost with dropout has no slope while its masks change",
)

# %% [markdown]
# **See.** With new masks the difference is about 1, for a gradient that is right: the jump from mask to mask is divided
# by $2 \varepsilon$ and drowns the slope. With one fixed mask the cost is an ordinary function again, and the
# difference is tiny. So either switch dropout off (`keep_prob = 1`), check, and switch it on again; or hold the mask
# fixed during the check, which tests the dropout code too.

# %% [markdown]
# ### Regularization: the gradient has a term, and the cost must have it
#
# L2 regularization adds $\frac{\lambda}{2m} \sum_l \lVert W^{[l]} \rVert_F^2$ to the cost and
# $\frac{\lambda}{m} W^{[l]}$ to $dW^{[l]}$. Checked against the plain cost, a right gradient looks wrong.

# %% showcase
m, lambd = X.shape[1], 0.7
plain = ready(backward_propagation_n, X, Y, cache)
with_term = plain | {f"dW{l}": plain[f"dW{l}"] + lambd / m * parameters[f"W{l}"] for l in (1, 2, 3)}


def cost_with_term(parameters):
    return course_cost(parameters) + lambd / (2 * m) * sum(np.sum(parameters[f"W{l}"] ** 2) for l in (1, 2, 3))


print("                      cost without term   cost with term")
for name, gradients in [("gradient without term", plain), ("gradient with term", with_term)]:
    pair = [difference_along(cost, parameters, gradients, list(parameters)) for cost in (course_cost, cost_with_term)]
    print(f"{name:21} {pair[0]:17.1e} {pair[1]:16.1e}")

# %% [markdown]
# **See.** Only the pairs that belong together are small. The check cannot say which of the two is wrong, the cost or
# the gradient.

# %% [markdown]
# ### Parameters that are still 0 hide bugs
#
# Biases usually start at 0, and every term that is multiplied by a bias is then invisible. Here is a backward pass that
# regularizes the biases too, although the cost does not. It is checked before training and after some steps.

# %% showcase
trained = nets.initialize_scaled([4, 5, 3, 1], gain=2, seed=3)  # biases 0
for step in range(1001):
    _, step_cache = forward_propagation_n(X, Y, trained)
    gradients = ready(backward_propagation_n, X, Y, step_cache)
    gradients = {f"d{name}": gradients[f"d{name}"] + lambd / m * value for name, value in trained.items()}
    if step in (0, 1, 10, 100, 1000):
        everything, biases = (
            difference_along(cost_with_term, trained, gradients, names) for names in (list(trained), ["b1", "b2", "b3"])
        )
        print(f"after {step:4} steps: all parameters {everything:.1e}, biases alone {biases:.1e}")
    trained = nets.descend(trained, gradients, learning_rate=0.1)

# %% [markdown]
# **See.** Before training, all biases are 0 and the check is passed. After one step the difference is
# $2 \cdot 10^{-3}$, after a hundred $2 \cdot 10^{-2}$. So check twice: at the start, and again when training has moved
# the parameters away from 0. (Or check at random biases, as our test net has them.)

# %% [markdown]
# ### The kink of ReLU
#
# ReLU has a corner at 0. If a unit's $z$ is nearer to 0 than the step moves it, the two points lie on different sides
# of the corner, and the two-sided slope is a mixture of 0 and 1.

# %% predict [markdown]
# $\max(0, z)$ at $z = 0.004$ has slope 1. What does the two-sided difference give with $\varepsilon = 0.01$?
#
# - 1
#   That is the slope at the point itself. The difference knows only the two ends of the step, and the left one, at
#   $-0.006$, lies beyond the corner.
# - 0.5
#   That would be right with the corner in the middle of the step. It lies nearer to the left end, so the slope 1 has
#   the larger part.
# * 0.7
#   The ends are $-0.006$ and $0.014$, where ReLU is 0 and $0.014$. The slope between them is $0.014 / 0.02 = 0.7$.

# %% showcase
plot_slopes(
    nets.relu, lambda z: float(z > 0), at=0.004, epsilon=0.01, title=r"ReLU at 0.004, with $\varepsilon = 0.01$"
)

near = parameters | {"b1": parameters["b1"].copy()}
Z1 = forward_propagation_n(X, Y, near)[1][0]
near["b1"][0] += 5e-6 - Z1[0, 0]  # now the first unit has z = 0.000005 for the first example
gradients = ready(backward_propagation_n, X, Y, forward_propagation_n(X, Y, near)[1])
for epsilon in (1e-4, 1e-5, 1e-6, 1e-7):
    print(f"epsilon {epsilon:.0e}: difference {number_of(gradient_check_n, near, gradients, X, Y, epsilon):.1e}")

# %% [markdown]
# **See.** The two-sided slope is 0.7, for a derivative that is 1. In the network below the picture, one unit was moved
# to $z = 5 \cdot 10^{-6}$: with $\varepsilon = 10^{-4}$ and $10^{-5}$ a right gradient looks wrong, with $10^{-6}$ the
# step no longer reaches the corner. This also explains the jump in the last picture of section 6: between
# $\varepsilon = 0.01$ and 0.1 the first unit crosses its corner. When a difference is suspicious, try a smaller
# $\varepsilon$, other examples, and fewer of them, before you blame the formulas. A kink vanishes; a bug stays.

# %% [markdown]
# **What if you check at the end of training?** Take a hundred steps of `nets.descend` with a learning rate of 1 and
# the repaired backward pass, and check there. The formulas are still right. What is left to compare?

# %% [markdown]
# ## What you learned
#
# - A slope can be measured from two values of the cost. One value on each side of $\theta$ leaves an error of order
#   $\varepsilon^2$; one side only leaves $\varepsilon$.
# - Too large an $\varepsilon$ truncates, too small an $\varepsilon$ rounds; between them is a valley.
# - The relative difference compares two gradients in one number: about $10^{-7}$ is right, $10^{-5}$ asks for a closer
#   look, $10^{-3}$ is a bug.
# - A factor $c$ gives $|c - 1| / (c + 1)$, and a look at each array alone shows where it is.
# - The check costs two forward passes a parameter, so it is a test and never a way to train.
# - Fix the dropout masks or switch dropout off, put every term of the gradient into the cost, check again after some
#   steps, and mind the kinks.
#
# **Further experiments.** Plant a bug of your own in `backward_propagation_n_with_bugs`: leave out `* (A2 > 0)`, or
# change the sign of `dZ2`. Which bars of section 6 grow? Does a bug in layer 2 show in layer 3, or only in the layers
# before it? Turn `X` and all of `parameters` into `float32` and look for the best $\varepsilon$ again. For the cube,
# compute `np.imag(cube(1 + 1e-20j)) / 1e-20`: this complex step ([Squire and Trapp, 1998](https://doi.org/10.1137/S003614459631241X)) subtracts nothing, so it has
# no rounding error that grows as the step shrinks.
#
# **Where it leads.** The next notebook uses gradients that you can now trust, and asks how to step along them:
# momentum, RMSprop and Adam.

# %% [markdown]
# ## Where you stand
#
# The points of each function, as its check last said since the kernel was started, and what to do next. Run the cell
# whenever you like; it runs none of your functions.

# %% showcase
check.overview()
