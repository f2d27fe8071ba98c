"""Cases and known mistakes of the assignment on generalization.

Chance comes in as U, so that every case is exact; no entry of U is nearer than 0.02 to a rate. Weights that are cut have sizes
that differ, a share always makes a whole number of them, and no weight lies on the border of what is shrunk or capped.
"""

import math

import numpy as np

from autograde.authoring.questions import (
    drawn,
    draws,
    hidden,
    mistake,
    net_parameters,
    question,
    stream,
    visible,
    within,
)

UNTOUCHED = {"adapter": "helpers.adapters.with_inputs_untouched"}
ZEROS = {"adapter": "helpers.adapters.with_exact_zeros"}

S1, S2, S3, S4 = "2 · Stop with patience", "3 · Penalties, for any net", "4 · Exact zeros", "5 · A cap for each unit"
S5, S6, S7 = "6 · Dropout, complete", "7 · More pictures than there are", "8 · Nets with holes"


# 2 · Stop with patience ----------------------------------------------------------------------------------------------


def errors(*recorded):
    """Dev errors as written; in a run all moved by the same amount, which changes no comparison. Ties are of whole numbers."""
    array = np.array(recorded)
    by = drawn(0.0, lambda rng: round(rng.uniform(0.5, 3), 3))
    return array + (math.ceil(by) if array.dtype.kind == "i" else by)


def every(recorded, times, low=20, high=80):
    """check_every, and so many times of it as patience."""
    check_every = within(recorded, low, high)
    return check_every, times * check_every


early_stopping = question(
    "early_stopping",
    visible("a rise, then a new best, then patience ends", errors(5, 3, 4, 3.2, 2, 2.5, 2.3, 2.4, 1), *every(50, 3)),
    visible("training ends before the patience does", errors(5, 4, 3, 2.5, 2.6, 2.4), *every(20, 5)),
    visible("a check every few steps", errors(5, 3, *[4] * 20), *every(2, 3, 2, 5)),
    visible("a tie with the best", errors(10, 6, 8, 6, 7, 9, 4), *every(10, 3), edge=True),
    visible("not a number at first", errors(math.nan, 4, 3, math.nan, 5, 6), *every(10, 6), edge=True),
    hidden("patience ends at the second rise", errors(9, 7, 8, 6, 7, 6.5, 8, 8.5, 5), *every(30, 3)),
    hidden("the first is the best", errors(1, 2, 3, 4, 5, 6), *every(40, 2), edge=True),
    hidden("a single check", errors(3), *every(50, 4), edge=True),
    hidden("patience is no multiple of a check", errors(6, 5, 5.5, 5.6, 5.7, 5.8, 4), 40, within(90, 85, 115)),
    hidden("check_every and patience left out", errors(*np.linspace(5, 4, within(3, 2, 8)), *[4.5] * 45)),
    hidden("a tie with the best, later", errors(8, 6, 7, 6, 6, 6, 5, 4), *every(30, 3), edge=True),
    section=S1,
    hints=(
        "The first entry was measured after check_every steps, the second after twice as many. Keep three things while you go through "
        "the errors: the lowest so far, its step, and the step you are at.",
        "How many steps have passed since the best? When they reach `patience`, `break` leaves the loop. A comparison with "
        "not-a-number is always False.",
    ),
)

mistake(early_stopping, "patience counted in checks",
    "step - best_step >= patience", "(step - best_step) // check_every >= patience",
    says="You counted patience in checks; it is a number of steps, like check_every.",
    hint="How many checks are 150 steps when there is one every 50?")

mistake(early_stopping, "stops at the first rise",
    "elif step - best_step >= patience", "elif True",
    says="You stopped at the first check that was not better; patience waits for a new best.",
    hint="Where does your function use `patience`?")

mistake(early_stopping, "returns where it stopped as the best",
    "return best_step, step", "return step, step",
    says="You returned the step at which training ended as the best one.",
    hint="Whose parameters are restored: the last or the best?")

mistake(early_stopping, "a tie renews the patience",
    "error < best", "error <= best",
    says="An error that only equals the best one renews your patience; better means strictly below.",
    hint="3 after 3: is that better?")

mistake(early_stopping, "counted from 0",
    "step = (i + 1) * check_every", "step = i * check_every",
    says="Your first check is at step 0; entry i was measured after (i + 1) * check_every steps.",
    hint="How many steps had been made when the first error was measured?")

mistake(early_stopping, "one check too late",
    ">= patience", "> patience",
    says="You went on for one check too long: training ends as soon as `patience` steps have passed since the best.",
    hint="Is it `>` or `>=` that you compare with?")

mistake(early_stopping, "never stops",
    "            break\n", "            pass\n",
    says="You went through to the last error; training ends when patience does, and what comes later is never measured.",
    hint="What leaves a loop?")

mistake(early_stopping, "compared with the error before",
    "        if error < best:\n            best, best_step = error, step", "        if error < before:\n            best_step = step",
    "best, best_step, step = math.inf, 0, 0\n", "before, best_step, step = math.inf, 0, 0\n",
    "            break\n", "            break\n        before = error\n",
    says="You compared each error with the one before it; the best so far is what counts.",
    hint="5, 3, 4, 3.2: is the last one better than the best?")

mistake(early_stopping, "last step of the whole list",
    "return best_step, step", "return best_step, len(dev_errors) * check_every",
    says="Your last step is that of the whole list; training ended earlier.",
    hint="At which step did you leave the loop?")

mistake(early_stopping, "numbers of checks",
    "return best_step, step", "return best_step // check_every, step // check_every",
    says="You returned numbers of checks; asked for are steps.",
    hint="How many steps lie between two checks?")

mistake(early_stopping, "not a number counts as best",
    "if error < best:", "if not error >= best:",
    says="Not-a-number became your best. It is better than nothing, and nothing is better than it.",
    hint="Comparisons with nan are False. What does `not` make of that?")


# 3 · Penalties, for any net ------------------------------------------------------------------------------------------


def net(seed, *sizes, zero=True):
    """Parameters with a weight of exactly 0, where the slope of L1 is 0."""
    parameters = net_parameters(seed, *sizes)
    if zero:
        parameters["W1"][0, 0] = 0.0
    return parameters


L1_, L2_ = within(0.03, 0.02, 0.08), within(0.2, 0.1, 0.4)

penalty = question(
    "penalty",
    visible("three layers, both penalties", net(20, 3, 4, 2, 1), L1_, L2_),
    visible("L1 alone", net(21, 2, 3, 1), within(0.5, 0.3, 0.8)),
    visible("L2 alone", net(22, 2, 3, 2), 0.0, within(0.7, 0.4, 0.9)),
    visible("one layer", net(23, 3, 2), L1_, L2_, edge=True),
    hidden("five layers, both", net(24, 2, 3, 4, 3, 2, 1), L1_, L2_),
    hidden("no penalty", net(25, 4, 3), edge=True, one_answer=True),
    hidden("large weights", {name: 10 * value for name, value in net(26, 3, 2, 2).items()}, L1_, L2_),
    section=S2,
    hints=(
        "Go through the dict with `.items()`. Which names are those of weights?",
        "`np.abs` and squares, each summed over the whole array. Layers add up.",
    ),
)

mistake(penalty, "biases too",
    'if name.startswith("W"):', "if True:",
    says="You charged for the biases as well; they are free.",
    hint="A bias moves a border and does not bend it. Which names begin with W?")

mistake(penalty, "means in place of sums",
    "np.sum(np.abs(value))", "np.mean(np.abs(value))",
    "np.sum(value**2)", "np.mean(value**2)",
    says="You took means over the weights; the penalties are sums.",
    hint="Should twice as many weights cost twice as much?")

mistake(penalty, "weights not squared",
    "np.sum(value**2)", "np.sqrt(np.sum(value**2))",
    says="Your L2 term is the length of the weights; the squares are summed, without a root.",
    hint="Which of the two has 2 w as its derivative?")

mistake(penalty, "half of L2",
    "l2 * np.sum(value**2)", "l2 / 2 * np.sum(value**2)",
    says="You halved the L2 term. In *Regularization* it was λ/2m; here l2 stands in its place, without a half.",
    hint="Which l2 does the formula have in this section?")

mistake(penalty, "without absolute values",
    "np.sum(np.abs(value))", "np.sum(value)",
    says="Your L1 term sums the weights with their signs; their sizes are asked for.",
    hint="What would weights of 3 and -3 cost?")

mistake(penalty, "first layer only",
    'if name.startswith("W"):', 'if name == "W1":',
    says="You charged for W1 only; all layers count.",
    hint="Which names does the dict have?")

mistake(penalty, "last layer only",
    "price += l1", "price = l1",
    says="You kept the last layer's price only; layers add up.",
    hint="What does `=` do to the sum so far?")

mistake(penalty, "exchanged",
    "l1 * np.sum(np.abs(value)) + l2 * np.sum(value**2)", "l2 * np.sum(np.abs(value)) + l1 * np.sum(value**2)",
    says="You exchanged l1 and l2.",
    hint="Which of the two goes with the squares?")


def gradients_and_net(seed, *sizes):
    """Gradients of a net's cost, and the net."""
    parameters = net(seed, *sizes)
    grads = net_parameters(seed + 50, *sizes)
    return {f"d{name}": value for name, value in grads.items()}, parameters


add_penalty_gradient = question(
    "add_penalty_gradient",
    visible("three layers, both penalties", *gradients_and_net(30, 3, 4, 2, 1), L1_, L2_, **UNTOUCHED),
    visible("L1 alone, a weight of exactly 0", *gradients_and_net(31, 2, 3, 1), within(0.5, 0.3, 0.8), **UNTOUCHED),
    visible("L2 alone", *gradients_and_net(32, 2, 3, 2), 0.0, within(0.7, 0.4, 0.9), **UNTOUCHED),
    visible("no penalty", *gradients_and_net(33, 3, 2), edge=True, **UNTOUCHED),
    hidden("five layers, both", *gradients_and_net(34, 2, 3, 4, 3, 2, 1), L1_, L2_, **UNTOUCHED),
    hidden("one layer", *gradients_and_net(35, 4, 3), L1_, L2_, edge=True, **UNTOUCHED),
    hidden("L1 alone, four layers", *gradients_and_net(36, 3, 2, 4, 2, 1), within(0.6, 0.3, 0.8), **UNTOUCHED),
    section=S2,
    hints=(
        "The names of the gradients are d and the name of the parameter. np.sign gives -1, 0 or 1.",
        "Begin with a new dict that has all of grads, and put other arrays under the names of the weights' gradients. `+=` on an "
        "array would change what you were given.",
    ),
)

apg = add_penalty_gradient

mistake(apg, "2 forgotten",
    "2 * l2 * W", "l2 * W",
    says="A 2 is missing: the derivative of w squared is 2 w.",
    hint="Differentiate l2 times w squared.")

mistake(apg, "sign forgotten",
    "l1 * np.sign(W)", "l1",
    says="You added l1 to every gradient; the slope of |w| is -1 for a negative w.",
    hint="Which way should a negative weight be pushed?")

mistake(apg, "size in place of sign",
    "np.sign(W)", "np.abs(W)",
    says="You added |w|; its derivative is the sign of w.",
    hint="How fast does |w| change when w grows by a little?")

mistake(apg, "biases too",
    'if name.startswith("W"):', "if True:",
    says="You changed the gradients of the biases as well; their penalty is 0.",
    hint="Which names begin with W?")

mistake(apg, "subtracted",
    "+ l1 * np.sign(W) + 2 * l2 * W", "- l1 * np.sign(W) - 2 * l2 * W",
    says="You subtracted the penalty's gradient. The cost grows with the penalty, so the gradients add up.",
    hint="The derivative of a sum is the sum of what?")

mistake(apg, "gradients alone",
    'grads[f"d{name}"] + l1', "l1",
    says="You returned the penalty's gradient without that of the cost.",
    hint="What was in grads before you came?")

mistake(apg, "writes into what was given",
    "total = dict(grads)", "total = grads",
    also=[(
        'total[f"d{name}"] = grads[f"d{name}"] + l1 * np.sign(W) + 2 * l2 * W',
        'total[f"d{name}"] += l1 * np.sign(W) + 2 * l2 * W',
    )],
    says="You changed what you were given. Whoever calls you may still need grads as it was.",
    hint="dict(grads) gives a new dict, but of the same arrays, and `+=` on an array writes into it.")

mistake(apg, "first layer only",
    'if name.startswith("W"):', 'if name == "W1":',
    says="Only the gradient of W1 has its penalty; all layers have one.",
    hint="Which names does the dict have?")

mistake(apg, "exchanged",
    "l1 * np.sign(W) + 2 * l2 * W", "l2 * np.sign(W) + 2 * l1 * W",
    says="You exchanged l1 and l2.",
    hint="Which of the two goes with the sign?")

mistake(apg, "divided by the number of weights",
    "l1 * np.sign(W) + 2 * l2 * W", "(l1 * np.sign(W) + 2 * l2 * W) / W.size",
    says="You divided by the number of weights; the penalty is a sum.",
    hint="What is the derivative of a sum by one of its terms?")


# 4 · Exact zeros -----------------------------------------------------------------------------------------------------


def on_both_sides(seed, n, m, amount):
    """Weights within and beyond the amount, none within a tenth of it of the border."""
    rng = stream(seed)
    inside = rng.rand(n, m) < 0.5
    inside.flat[:2] = True, False
    size = np.where(inside, rng.uniform(0.1, 0.9, (n, m)), rng.uniform(1.1, 3, (n, m))) * amount
    return np.round(np.where(rng.rand(n, m) < 0.5, -1, 1) * size, 7)


def to_shrink(seed, n, m, amount):
    """The arguments of shrink; both signs are on both sides."""
    W = on_both_sides(seed, n, m, amount)
    if W.size >= 4:
        W.flat[:4] = np.array([0.5, -0.4, 1.7, -2.3]) * amount
    return np.round(W, 7), amount


WHOLE = np.array([[2, -2, 6], [-8, 1, 0]])

shrink = question(
    "shrink",
    visible("three units of four weights", *to_shrink(40, 3, 4, within(0.2, 0.1, 0.5)), **ZEROS),
    visible("nothing to take away", *to_shrink(41, 2, 3, 0.3)[:1], 0.0, edge=True, **ZEROS),
    hidden("two units of five weights", *to_shrink(42, 2, 5, within(0.3, 0.2, 0.6)), **ZEROS),
    hidden("whole numbers, two just at the border", drawn(WHOLE, lambda rng: rng.permutation(WHOLE.ravel()).reshape(2, 3)), 2, edge=True, **ZEROS),
    hidden("all are inside", np.round(0.1 * to_shrink(43, 2, 3, 1.0)[0], 7), 0.5, edge=True, one_answer=True, **ZEROS),
    hidden("a single row", *to_shrink(44, 1, 6, within(0.05, 0.03, 0.09)), **ZEROS),
    section=S3,
    hints=(
        "Two questions for each weight: how large is it afterwards, and which sign does it have? Sizes cannot be negative.",
        "`np.maximum` with 0 sees to the first one. Which function gives the sign?",
    ),
)

mistake(shrink, "cut without shrinking",
    "np.sign(W) * np.maximum(np.abs(W) - amount, 0)", "np.where(np.abs(W) > amount, W, 0.0)",
    says="You cut the small weights and left the large ones as they are; those come nearer to 0 as well.",
    hint="What should become of 1.7 with an amount of 0.5?")

mistake(shrink, "sign lost",
    "np.sign(W) * np.maximum", "np.maximum",
    says="All your weights are positive; each keeps its sign.",
    hint="What should become of -1.7 with an amount of 0.5?")

mistake(shrink, "across 0",
    "np.sign(W) * np.maximum(np.abs(W) - amount, 0)", "W - amount * np.sign(W)",
    says="Your small weights jump across 0; they stop there.",
    hint="What should become of 0.1 with an amount of 0.5?")

mistake(shrink, "away from 0",
    "np.maximum(np.abs(W) - amount, 0)", "np.maximum(np.abs(W) + amount, 0)",
    says="Your weights have become larger.",
    hint="Towards 0: is amount added to the size, or taken away?")

mistake(shrink, "moved down",
    "np.sign(W) * np.maximum(np.abs(W) - amount, 0)", "np.maximum(W - amount, 0)",
    says="You took the amount away from every weight, and negative ones became 0. Towards 0 is upwards for them.",
    hint="What should become of -1.7 with an amount of 0.5?")

mistake(shrink, "by a factor",
    "np.sign(W) * np.maximum(np.abs(W) - amount, 0)", "(1 - amount) * W",
    says="You made all weights smaller by a factor, as L2 does; none ever becomes 0 so.",
    hint="Every weight comes nearer by the same amount, not by the same share.")

mistake(shrink, "nearly 0",
    "np.maximum(np.abs(W) - amount, 0)", "np.maximum(np.abs(W) - amount, 1e-9)",
    says="Your small weights are nearly 0; they should be exactly 0, so that they can be left out.",
    hint="How many of your numbers are exactly 0?")


# 5 · A cap for each unit ---------------------------------------------------------------------------------------------


def rows(seed, n, m, r):
    """Rows of which every second is longer than r, by a tenth at least, and the others shorter."""
    W = draws(seed)(n, m) + 0.01
    lengths = np.linalg.norm(W, axis=1, keepdims=True)
    wanted = r * np.where(np.arange(n)[:, None] % 2 == 0, 1.2 + 0.3 * np.abs(np.sin(lengths)), 0.4 + 0.4 * np.abs(np.sin(lengths)))
    return np.round(W / lengths * wanted, 6), r


ROWS, TIMES = np.array([[3.0, 4], [6, 8], [0, 0], [1, 0.5]]), within(1, 1, 90)

max_norm = question(
    "max_norm",
    visible("five units of three weights", *rows(50, 5, 3, within(1.2, 0.8, 2.0))),
    visible("one row just as long as r, one twice as long, one of zeros", TIMES * drawn(ROWS, lambda rng: rng.permutation(ROWS)), 5.0 * TIMES, edge=True),
    visible("a single unit", *rows(51, 1, 4, within(0.5, 0.4, 0.7)), edge=True),
    hidden("three units of six weights", *rows(52, 3, 6, within(2.0, 1.5, 3.0))),
    hidden("all are short", 0.2 * rows(53, 3, 2, 1.0)[0], 1.0, edge=True),
    hidden("many units", *rows(54, within(30, 24, 36), 7, within(0.6, 0.4, 0.9))),
    section=S4,
    hints=(
        "The length of a row is the root of the sum of its squares. With keepdims=True it stays a column, so that W can be "
        "multiplied by it.",
        "A row that is too long is multiplied by r / length, the others by 1. np.maximum(length, r) puts both into one formula, and a "
        "row of zeros does no harm in it.",
    ),
)

mistake(max_norm, "along the columns",
    "axis=1", "axis=0",
    says="You capped the columns: what goes out of a unit. A unit's own weights stand in its row.",
    hint="W has shape (units, inputs). What does a row belong to?")

mistake(max_norm, "the whole matrix",
    "np.sum(W**2, axis=1, keepdims=True)", "np.sum(W**2)",
    says="You measured the whole matrix; each unit has a length and a cap of its own.",
    hint="How many lengths are there for five units?")

mistake(max_norm, "lengthens short rows",
    "np.maximum(lengths, r)", "np.maximum(lengths, 1e-12)",
    also=[("np.maximum(lengths, r)", "lengths")],
    says="Your short rows have become longer: all have length r now. Only what is too long is changed.",
    hint="What should become of (1, 0.5) when r is 5?")

mistake(max_norm, "root forgotten",
    "np.sqrt(np.sum(W**2, axis=1, keepdims=True))", "np.sum(W**2, axis=1, keepdims=True)",
    says="You compared the sum of squares with r; the length is its root.",
    hint="How long is (3, 4)?")

mistake(max_norm, "each weight capped",
    "W * r / np.maximum(lengths, r)", "np.clip(W, -r, r)",
    says="You capped each weight by itself; the cap is for the length of a row.",
    hint="Is (4, 4) longer than 5?")

mistake(max_norm, "sum of sizes",
    "np.sqrt(np.sum(W**2, axis=1, keepdims=True))", "np.sum(np.abs(W), axis=1, keepdims=True)",
    says="You measured rows by the sum of their sizes; the length is the root of the sum of squares.",
    hint="How long is (3, 4): 7 or 5?")

mistake(max_norm, "length 1 in place of r",
    "W * r /", "W /",
    says="Your long rows have length 1 or so; they should have length r.",
    hint="By what is a row of length 10 multiplied when r is 5?")

mistake(max_norm, "long rows to 0",
    "W * r / np.maximum(lengths, r)", "np.where(lengths > r, 0.0, W)",
    says="You set long rows to 0; they keep their direction and get length r.",
    hint="By what is a row of length 10 multiplied when r is 5?")


# 6 · Dropout, complete -----------------------------------------------------------------------------------------------


def chance(seed, n, m, *rates):
    """Evenly drawn numbers, none within 0.03 of a rate or of 1 - rate; some below and some above each."""
    rng = stream(seed)
    U = np.round(rng.rand(n, m), 4)
    for rate in rates:
        for border in (rate, 1 - rate):
            near = np.abs(U - border) < 0.03
            U = np.where(near, np.round(np.mod(U + 0.07, 0.99), 4), U)
    U.flat[:2] = 0.011, 0.987
    for rate in rates:  # the shift may have brought one near the other border
        for border in (rate, 1 - rate):
            U = np.where(np.abs(U - border) < 0.015, 0.987, U)
    return U


def dropped(seed, n, m, rate):
    """The first arguments of dropout."""
    return draws(seed)(n, m), chance(seed + 5, n, m, rate), rate


dropout = question(
    "dropout",
    visible("three units, five examples, rate 0.3", *dropped(60, 3, 5, within(0.3, 0.15, 0.4))),
    visible("rate 0.8", *dropped(62, 4, 3, within(0.8, 0.65, 0.85))),
    visible("in use, rate 0.5", *dropped(64, 2, 4, 0.5), False, edge=True),
    visible("rate 0", *dropped(66, 3, 2, 0.0), edge=True),
    hidden("five units, three examples", *dropped(68, 5, 3, within(0.25, 0.15, 0.4))),
    hidden("in use, another rate", *dropped(70, 3, 3, within(0.3, 0.2, 0.4)), False, edge=True),
    hidden("a single example", *dropped(72, 6, 1, within(0.6, 0.55, 0.75)), edge=True),
    hidden("many units", *dropped(74, within(40, 30, 50), 4, within(0.2, 0.1, 0.3))),
    section=S5,
    hints=(
        "The mask comes from a comparison of U with rate. In use nothing is dropped: the mask is all True.",
        "Those that are kept are divided, so that the mean stays. By which share of them is left?",
    ),
)

mistake(dropout, "keeps where U is below keep_prob",
    "U >= rate", "U < 1 - rate",
    says="Your share is right, but other units are kept. In *Regularization* it was rand < keep_prob; here a unit is dropped where U < rate.",
    hint="U = 0.1 and rate 0.3: is this unit dropped?")

mistake(dropout, "rate taken for keep_prob",
    "U >= rate", "U < rate",
    "(1 - rate)", "(rate + 1e-12)",
    says="You kept a share of `rate`; that is the share that is dropped.",
    hint="Rate 0.8: how many of ten units are left?")

mistake(dropout, "keeps the wrong share",
    "U >= rate", "U < rate",
    says="You kept the units that should be dropped, and the other way about.",
    hint="Dropped where U < rate: what is the mask of those kept?")

mistake(dropout, "not divided",
    "A * mask / (1 - rate)", "A * mask",
    says="You did not divide what is kept by 1 - rate, so the layer's mean falls.",
    hint="Of 10 units 7 are left. By what must they grow so that the sum stays?")

mistake(dropout, "divided by the rate",
    "/ (1 - rate)", "/ (rate or 1.0)",
    also=[("/ (1 - rate)", "/ np.float64(rate)")],
    says="You divided by the rate; the share that is kept is 1 - rate.",
    hint="Of 10 units 7 are left. By what must they grow so that the sum stays?")

mistake(dropout, "drops in use",
    "    if training:\n        mask = U >= rate\n        A = A * mask / (1 - rate)\n",
    "    mask = U >= rate\n    A = A * mask / (1 - rate)\n",
    says="You dropped units in use as well; with training=False all are kept as they are.",
    hint="Where does your function look at `training`?")

mistake(dropout, "multiplied in use",
    "    return A, mask", "    else:\n        A = A * (1 - rate)\n    return A, mask",
    says="In use you multiplied by 1 - rate. That belongs to the other form; here training has divided already.",
    hint="Once is enough: divide in training, or multiply in use.")

mistake(dropout, "multiplied in training",
    "mask / (1 - rate)", "mask * (1 - rate)",
    says="You multiplied by 1 - rate in training; divide, so that the mean stays.",
    hint="Of 10 units 7 are left. By what must they grow so that the sum stays?")

mistake(dropout, "mask of those dropped",
    "return A, mask", "return A, ~mask",
    says="Your mask is True where a unit was dropped; it should be True where one is kept.",
    hint="Which units does the backward pass go through?")

mistake(dropout, "U of the wrong end in use",
    "np.ones(A.shape, dtype=bool)", "U >= rate",
    says="In use your mask still has False in it; nothing is dropped then.",
    hint="What should the mask be when training is False?")


RATES = tuple(drawn((0.2, 0.5, 0.35, 0.1), lambda rng: tuple(float(round(0.1 + 0.15 * k + rng.uniform(0, 0.1), 3)) for k in rng.permutation(4))))

weights_after_dropout = question(
    "weights_after_dropout",
    visible("three layers", net_parameters(80, 3, 4, 2, 1), RATES[:3]),
    visible("no dropout on the inputs", net_parameters(81, 2, 3, 2), (0.0, RATES[1])),
    visible("one layer", net_parameters(82, 4, 2), RATES[:1], edge=True),
    hidden("four layers", net_parameters(83, 2, 4, 3, 3, 1), RATES),
    hidden("two layers", net_parameters(84, 5, 3, 2), RATES[1:3]),
    hidden("no dropout at all", net_parameters(85, 3, 2, 2), (0.0, 0.0), edge=True),
    section=S5,
    hints=(
        "Whose outputs does W of layer l multiply? That layer's rate is the one that counts.",
        "The number in a name is there as l already. rates[0] belongs to the inputs, which W1 multiplies.",
    ),
)

wad = weights_after_dropout

mistake(wad, "rate of the layer itself",
    "rates[l - 1]", "(*rates, 0.0)[l]",
    says="You took the rate of the layer that the weights lead to; they multiply the outputs of the layer before.",
    hint="What does W1 multiply, and which entry of rates belongs to it?")

mistake(wad, "divided",
    "value * (1 - rates[l - 1])", "value / (1 - rates[l - 1])",
    says="You divided by 1 - rate. In use more units speak than in training, so the weights have to become smaller.",
    hint="In training a sum had half of its terms. What must be done to the terms when all are there?")

mistake(wad, "times the rate",
    "(1 - rates[l - 1])", "rates[l - 1]",
    says="You multiplied by the rate; the share that was kept is 1 - rate.",
    hint="A rate of 0 means that nothing was dropped. What should become of the weights then?")

mistake(wad, "biases too",
    'if name.startswith("W"):', "if True:",
    says="You scaled the biases as well; nothing of them was ever dropped.",
    hint="Is b multiplied by an output of the layer before?")

mistake(wad, "one rate for all",
    "rates[l - 1]", "rates[0]",
    says="You used the first rate for all layers.",
    hint="How many rates are there?")

mistake(wad, "rates from the end",
    "rates[l - 1]", "rates[-l]",
    says="Your rates run from the last layer to the first.",
    hint="rates[0] belongs to the inputs. Which W multiplies these?")


def connections(seed, n, n_previous, m, rate):
    """The arguments of dropconnect."""
    randn = draws(seed)
    return randn(n, n_previous), randn(n_previous, m), randn(n, 1) + 0.5, chance(seed + 5, n, n_previous, rate), rate


dropconnect = question(
    "dropconnect",
    visible("three units, four inputs, two examples", *connections(90, 3, 4, 2, within(0.3, 0.15, 0.4))),
    visible("rate 0.7", *connections(92, 2, 5, 3, within(0.7, 0.6, 0.8))),
    visible("rate 0", *connections(94, 4, 2, 3, 0.0), edge=True),
    hidden("five units, three inputs", *connections(96, 5, 3, 4, within(0.2, 0.1, 0.35))),
    hidden("a single example", *connections(98, 2, 6, 1, within(0.4, 0.25, 0.45)), edge=True),
    hidden("many inputs", *connections(100, 3, within(30, 24, 36), 2, within(0.6, 0.55, 0.75))),
    section=S5,
    hints=(
        "It is dropout on W in place of A. Which shape has U?",
        "The bias stays: where does it stand, inside of what is divided or outside?",
    ),
)

mistake(dropconnect, "not divided",
    "W * kept / (1 - rate)", "W * kept",
    says="You did not divide the weights that are kept by 1 - rate.",
    hint="What did dropout do to what it kept, and why?")

mistake(dropconnect, "bias divided too",
    "(W * kept / (1 - rate)) @ A + b", "((W * kept) @ A + b) / (1 - rate)",
    says="You divided the bias as well; it stays.",
    hint="Of what was a share dropped: of W, or of all of Z?")

mistake(dropconnect, "keeps the wrong share",
    "U >= rate", "U < rate",
    says="You kept the weights that should be dropped.",
    hint="Dropped where U < rate.")

mistake(dropconnect, "keeps where U is below keep_prob",
    "U >= rate", "U < 1 - rate",
    says="Your share is right, but other weights are kept: a weight is dropped where U < rate.",
    hint="U = 0.1 and rate 0.3: is this weight dropped?")

mistake(dropconnect, "bias forgotten",
    "@ A + b", "@ A",
    says="The bias is missing.",
    hint="Z = W A + b. What of it is dropped?")

mistake(dropconnect, "divided by the rate",
    "/ (1 - rate)", "/ (rate or 1.0)",
    also=[("/ (1 - rate)", "/ np.float64(rate)")],
    says="You divided by the rate; the share that is kept is 1 - rate.",
    hint="Of 10 weights 7 are left. By what must they grow so that the sum stays?")


# 7 · More pictures than there are ------------------------------------------------------------------------------------


def pictures(seed, m, height, width):
    """Pictures without a 0 in them, so that what comes in can be told."""
    rng = stream(seed)
    return np.round(rng.uniform(0.1, 1, (m, height, width)), 3)


def moved(seed, height, width, *by):
    """Pictures, dx and dy, from pairs (dx, dy)."""
    return pictures(seed, len(by), height, width), np.array([x for x, _ in by]), np.array([y for _, y in by])


FAR = within(2, 2, 3)

shift_pictures = question(
    "shift_pictures",
    visible("three pictures, 4 by 5", *moved(110, 4, 5, (1, 0), (-2, 1), (0, -1))),
    visible("two pictures, 5 by 3", *moved(111, 5, 3, (1, -FAR), (-1, FAR))),
    visible("no shift, and one beyond the picture", *moved(112, 3, 4, (0, 0), (5, 0), (0, -4)), edge=True),
    hidden("four pictures, 6 by 5", *moved(113, 6, 5, (1, 1), (-1, 2), (2, -1), (-FAR, -1))),
    hidden("along one axis only", *moved(114, 5, 4, (0, 2), (0, -1), (3, 0), (-1, 0)), edge=True),
    hidden("as far as the picture is wide and high", *moved(115, 3, 4, (4, 0), (-4, 1), (0, 3), (1, -3)), edge=True),
    hidden("a single picture", *moved(116, 7, 6, (-FAR, 1)), edge=True),
    hidden("tall and narrow", *moved(117, 7, 2, (1, -6), (0, 5))),
    hidden("low and wide", *moved(118, 2, 7, (-6, 1), (5, 0))),
    section=S6,
    hints=(
        "One picture after the other. Put it into a larger field of zeros first (np.pad), and then cut a window of the old size out "
        "of it.",
        "If the picture should move to the right, which way does the window move? np.clip keeps a shift within the picture's size; "
        "beyond it, nothing is left to see anyway.",
    ),
)

mistake(shift_pictures, "rolls around",
    "padded[i, height - y : 2 * height - y, width - x : 2 * width - x]", "np.roll(images[i], (y, x), (0, 1))",
    also=[(
        "padded[i, height - y : 2 * height - y, width - x : 2 * width - x]",
        "np.roll(images[i], (dy[i], dx[i]), (0, 1))",
    )],
    says="What leaves your picture on one side comes in on the other; zeros should come in.",
    hint="np.roll goes round. What lies beside the edge of a sheet of paper?")

mistake(shift_pictures, "other way",
    "height - y : 2 * height - y, width - x : 2 * width - x", "height + y : 2 * height + y, width + x : 2 * width + x",
    says="Your pictures move the other way: dx > 0 is to the right, dy > 0 is down.",
    hint="To move a picture right, cut out a window that lies further left.")

mistake(shift_pictures, "axes exchanged",
    "y, x = int(np.clip(dy[i], -height, height)), int(np.clip(dx[i], -width, width))",
    "y, x = int(np.clip(dx[i], -height, height)), int(np.clip(dy[i], -width, width))",
    says="You exchanged the axes: dx moves along the columns, dy along the rows.",
    hint="Is the first axis of a picture the one that goes down, or the one that goes right?")

mistake(shift_pictures, "up is positive",
    "height - y : 2 * height - y", "height + y : 2 * height + y",
    says="Your pictures move up where dy > 0; rows are counted from the top, so that is down.",
    hint="Which row of an array is printed first?")

mistake(shift_pictures, "left is positive",
    "width - x : 2 * width - x", "width + x : 2 * width + x",
    says="Your pictures move left where dx > 0; it should be right.",
    hint="To move a picture right, cut out a window that lies further left.")

mistake(shift_pictures, "one shift for all",
    "np.clip(dy[i], -height, height)", "np.clip(dy[0], -height, height)",
    "np.clip(dx[i], -width, width)", "np.clip(dx[0], -width, width)",
    says="You moved all pictures by the first shift; each has its own.",
    hint="Which entry of dx belongs to picture i?")

mistake(shift_pictures, "edge repeated",
    "(width, width)))", '(width, width)), mode="edge")',
    says="The edge of your picture is drawn out; zeros should come in.",
    hint="What does np.pad do when no mode is given?")

mistake(shift_pictures, "ones come in",
    "(width, width)))", "(width, width)), constant_values=1.0)",
    says="Ones come in where the picture has left; here 0 is paper, and it should be that.",
    hint="What does np.pad put there by itself?")


# 8 · Nets with holes -------------------------------------------------------------------------------------------------


def to_prune(seed, *layers_dims):
    """A net whose weights have sizes that all differ, in layers of very different scale, with tiny biases."""
    rng = stream(seed)
    shapes = list(zip(layers_dims[1:], layers_dims[:-1], strict=True))
    n = sum(rows * columns for rows, columns in shapes)
    sizes_ = 0.05 + 2 * ((np.arange(n) + rng.uniform(0, 0.3, n)) / n) ** 2
    first = shapes[0][0] * shapes[0][1]
    order = np.concatenate([rng.permutation(first), first + rng.permutation(n - first)])
    if n > first + 1:  # the scales differ, but each layer has some of the other's
        a, b = int(rng.randint(first)), first + int(rng.randint(n - first))
        order[a], order[b] = order[b], order[a]
    values = np.round(sizes_[order] * rng.choice([-1, 1], n), 6)
    values[:2] = np.abs(values[0]), -np.abs(values[1])
    parameters, at = {}, 0
    for l, (rows, columns) in enumerate(shapes, start=1):
        parameters[f"W{l}"] = values[at : at + rows * columns].reshape(rows, columns)
        parameters[f"b{l}"] = np.round(0.001 * (1 + rng.rand(rows, 1)), 6)
        at += rows * columns
    return parameters


prune = question(
    "prune",
    visible("16 weights, a half", to_prune(120, 4, 2, 4), 0.5, **ZEROS),
    visible("20 weights, a quarter", to_prune(121, 2, 5, 2), 0.25, **ZEROS),
    visible("nothing", to_prune(122, 3, 2, 3), 0, edge=True, **ZEROS),
    visible("everything", to_prune(123, 2, 4, 3), 1, edge=True, **ZEROS),
    hidden("28 weights, three quarters", to_prune(124, 4, 4, 3), 0.75, **ZEROS),
    hidden("three layers, a half", to_prune(125, 3, 4, 2, 2), 0.5, **ZEROS),
    hidden("one layer, a quarter", to_prune(126, 4, 5), 0.25, edge=True, **ZEROS),
    hidden("four weights, a quarter", to_prune(128, 2, 2), 0.25, edge=True, **ZEROS),
    hidden("many weights, a half", to_prune(127, within(10, 8, 12), 4, 5), 0.5, **ZEROS),
    section=S7,
    hints=(
        "All sizes of all weights in one long array, sorted: then the k-th of them is the limit. How large is k?",
        "`np.concatenate` and `np.sort`. With k = 0 there is no k-th size: nothing is cut then. Biases stay out of it.",
    ),
)

mistake(prune, "each layer alone",
    "    if k > 0:\n        limit = sizes[k - 1]\n        for name in names:\n",
    "    if k > 0:\n        for name in names:\n            own = np.sort(np.abs(parameters[name]).ravel())\n            limit = own[max(round(share * own.size) - 1, 0)]\n",
    says="You cut the same share of each layer; it is the smallest of all weights together.",
    hint="A layer of small weights may lose nearly all of them. How long is the array that you sort?")

mistake(prune, "biases too",
    'if name.startswith("W")]', "]",
    says="You cut biases as well; they stay, and do not count.",
    hint="Which names begin with W?")

mistake(prune, "by value, not by size",
    "np.sort(np.concatenate([np.abs(parameters[name]).ravel() for name in names]))",
    "np.sort(np.concatenate([parameters[name].ravel() for name in names]))",
    "np.abs(parameters[name]) <= limit", "parameters[name] <= limit",
    says="You cut the lowest values, the large negative ones first; it is the smallest sizes.",
    hint="Which is smaller in size, -3 or 0.1?")

mistake(prune, "the largest",
    "np.abs(parameters[name]) <= limit", "np.abs(parameters[name]) >= sizes[-k]",
    says="You cut the largest weights.",
    hint="Which weights does the net miss least?")

mistake(prune, "keeps the share",
    "round(share * sizes.size)", "round((1 - share) * sizes.size)",
    says="You kept the share that should be cut.",
    hint="With a share of 0.25, how many of 20 weights become 0?")

mistake(prune, "one too few",
    "limit = sizes[k - 1]", "limit = sizes[max(k - 2, 0)]",
    says="You cut one weight too few.",
    hint="Which entry of a sorted array is the k-th, counted from 1?")

mistake(prune, "one too many",
    "limit = sizes[k - 1]", "limit = sizes[min(k, sizes.size - 1)]",
    says="You cut one weight too many.",
    hint="Which entry of a sorted array is the k-th, counted from 1?")

mistake(prune, "below a threshold",
    "limit = sizes[k - 1]", "limit = share",
    says="You took the share for a threshold: what is smaller than it is cut, however many that are.",
    hint="A share of 0.5 means half of the weights. How do you find the size below which half of them lie?")

mistake(prune, "share of the largest size",
    "limit = sizes[k - 1]", "limit = share * sizes[-1]",
    says="You cut all weights below a share of the largest one, however many that are.",
    hint="A share of 0.5 means half of the weights. How do you find the size below which half of them lie?")


def ftrl_state(seed, n, m, l1):
    """w, g, z, n of a step after which some weights are 0 and others not, none near the border; no entry is 0."""
    rng = stream(seed)
    w = np.round(np.where(rng.rand(n, m) < 0.5, -1, 1) * rng.uniform(0.2, 1, (n, m)), 4)
    g = np.round(np.where(rng.rand(n, m) < 0.5, -1, 1) * rng.uniform(0.2, 1, (n, m)), 4)
    squares = np.round(rng.uniform(0.3, 2, (n, m)), 4)
    return w, g, squares


def ftrl(seed, n, m, alpha, beta, l1, l2):
    """All arguments of ftrl_step. z is chosen so that its new value is well within l1 or well beyond it."""
    w, g, squares = ftrl_state(seed, n, m, l1)
    rng = stream(seed + 7)
    inside = rng.rand(n, m) < 0.5
    inside.flat[:2] = True, False
    new = l1 * np.where(inside, rng.uniform(0.2, 0.8, (n, m)), rng.uniform(1.4, 3, (n, m))) * np.where(rng.rand(n, m) < 0.5, -1, 1)
    sigma = (np.sqrt(squares + g**2) - np.sqrt(squares)) / alpha
    return w, g, np.round(new - g + sigma * w, 6), squares, alpha, beta, l1, l2


ftrl_step = question(
    "ftrl_step",
    visible("two units of three weights", *ftrl(130, 2, 3, 0.5, 1.0, within(0.6, 0.4, 0.9), within(0.2, 0.1, 0.4)), **ZEROS),
    visible("a small rate", *ftrl(131, 3, 2, 0.1, 0.5, within(1.0, 0.8, 1.5), within(0.3, 0.2, 0.5)), **ZEROS),
    visible("without penalties", *ftrl(132, 2, 2, 0.5, 1.0, 1.0, 0.0)[:6], 0.0, 0.0, edge=True, **ZEROS),
    hidden("four weights in a row", *ftrl(133, 1, 4, 0.3, 0.8, within(0.5, 0.4, 0.8), within(0.1, 0.05, 0.3)), **ZEROS),
    hidden("many weights", *ftrl(134, 5, within(8, 6, 9), 0.8, 1.5, within(0.7, 0.5, 0.9), within(0.4, 0.2, 0.6)), **ZEROS),
    hidden("L1 alone", *ftrl(135, 2, 4, 0.4, 1.0, within(0.9, 0.6, 1.2), 0.0), edge=True, **ZEROS),
    section=S7,
    hints=(
        "Five lines in the order of the formulas: sigma, z, n, the denominator, w. sigma needs n as it was; the denominator needs it as "
        "it is now.",
        "`np.where(condition, this, that)` for w: exactly 0 where z is not larger than l1 in size.",
    ),
)

mistake(ftrl_step, "old n in the denominator",
    "step = (beta + np.sqrt(n)) / alpha + l2", "step = (beta + np.sqrt(n - g**2)) / alpha + l2",
    says="Your denominator has n as it was before this gradient; it needs n as it is now.",
    hint="Which comes first, the new n or the new w?")

mistake(ftrl_step, "new n in sigma",
    "sigma = (np.sqrt(n + g**2)", "n = n + g**2\n    sigma = (np.sqrt(n + g**2)",
    "    n = n + g**2\n    step", "    step",
    says="Your sigma was computed after n had grown; it needs n as it was before this gradient.",
    hint="In which order do the formulas stand?")

mistake(ftrl_step, "sigma forgotten",
    "z + g - sigma * w", "z + g",
    says="sigma w is missing in z. Without it the step does not begin where the weights are.",
    hint="What keeps the new weights near the old ones?")

mistake(ftrl_step, "sigma added",
    "z + g - sigma * w", "z + g + sigma * w",
    says="You added sigma w to z; it is subtracted.",
    hint="w is minus z over something. Which sign must sigma w have so that w stays in place without a gradient?")

mistake(ftrl_step, "sign of the weights",
    "-(z - np.sign(z) * l1) / step", "(z - np.sign(z) * l1) / step",
    says="Your weights have the wrong sign: z sums gradients, and weights go against them.",
    hint="A positive gradient, summed up for long: should w be positive or negative?")

mistake(ftrl_step, "l1 not taken away",
    "-(z - np.sign(z) * l1) / step", "-z / step",
    says="You cut at l1, but did not take l1 away from what is beyond it, so that weights jump from 0.",
    hint="Which of z is left just beyond l1?")

mistake(ftrl_step, "nothing is cut",
    "np.where(np.abs(z) <= l1, 0.0, -(z - np.sign(z) * l1) / step)", "-(z - np.sign(z) * l1) / step",
    says="Where z is smaller than l1 your weights are not 0; they have changed sides instead.",
    hint="What should w be where |z| is at most l1?")

mistake(ftrl_step, "l2 forgotten",
    "(beta + np.sqrt(n)) / alpha + l2", "(beta + np.sqrt(n)) / alpha",
    says="l2 is missing in the denominator.",
    hint="Where does your function use l2?")

mistake(ftrl_step, "l2 divided by alpha",
    "(beta + np.sqrt(n)) / alpha + l2", "(beta + np.sqrt(n) + l2) / alpha",
    says="You divided l2 by alpha as well; it stands beside the fraction.",
    hint="Where does the fraction with alpha end?")

mistake(ftrl_step, "gradient not squared",
    "n = n + g**2", "n = n + np.abs(g)",
    says="n sums the sizes of your gradients; it is their squares.",
    hint="Under which root does n stand?")

mistake(ftrl_step, "beta forgotten",
    "(beta + np.sqrt(n)) / alpha", "np.sqrt(n) / alpha",
    says="beta is missing in the denominator.",
    hint="Where does your function use beta?")
