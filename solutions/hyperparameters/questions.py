"""Cases and known mistakes of the assignment on hyper-parameters.

Shares u lie between the steps of whole numbers, never on them or just below 1, so that every honest way to round down gives
the same. Functions that call others are judged on tell-tale ones in their place (helpers/stubs.py). Names of knobs are not in
alphabetical order, and no two sizes of a case are equal.
"""

from itertools import combinations

import numpy as np

from autograde.authoring.questions import drawn, draws, hidden, mistake, question, stream, visible, within

SCALES = {"stubs": "helpers.stubs.OTHER_SCALES"}
JUDGES = {"stubs": "helpers.stubs.OTHER_JUDGES"}
SORTED = {"adapter": "helpers.adapters.with_sorted_parts"}
ENDS = {"adapter": "helpers.adapters.with_named_ends"}

S2, S3, S4 = "2 · Whole numbers and straight scales", "3 · Powers of ten", "4 · The memory of an average"
S5, S6, S7, S8 = "5 · Grid or chance", "6 · Closer", "7 · Folds", "8 · Panda or caviar"


def shares(seed, *shape):
    """Numbers drawn evenly from 0.02 to 0.98, with 4 decimals."""
    return np.round(stream(seed).uniform(0.02, 0.98, shape), 4)


# 2 · Whole numbers and straight scales -------------------------------------------------------------------------------


def in_pieces(seed, n, *shape):
    """Shares that lie well inside of one of n equal pieces of the line from 0 to 1, each piece as often as can be."""
    rng, size = stream(seed), int(np.prod(shape))
    pieces = rng.permutation(np.resize(rng.permutation(n), size))
    return np.round((pieces + rng.uniform(0.1, 0.9, size)) / n, 6).reshape(shape)


HIGHEST = within(100, 90, 120)
FEWEST = within(2, 2, 5)
SMALLEST = within(3, 1, 9)
ONLY = within(7, 2, 90)
FROM = within(50, 20, 900)

whole_number = question(
    "whole_number",
    visible("2 to 4 layers, nine draws", in_pieces(10, 3, 9), FEWEST, FEWEST + 2),
    visible("50 to 100 units, a table of draws", in_pieces(11, HIGHEST - 49, 3, 4), 50, HIGHEST),
    visible("u = 0 and u = 0.999", np.array([0.0, 0.999]), FROM, FROM + 50, edge=True),
    hidden("a single draw", float(in_pieces(15, 20, 1)[0]), SMALLEST, SMALLEST + 19),
    hidden("seven numbers, each three times", in_pieces(12, 7, 21), SMALLEST, SMALLEST + 6),
    hidden("0 or 1", in_pieces(13, 2, 5), 0, 1, edge=True),
    hidden("a single number to choose from", shares(14, 4), ONLY, ONLY, edge=True),
    section=S2,
    hints=(
        "How many whole numbers are there from low to high? Multiply u by that, and cut off what is behind the point.",
        "`np.floor` rounds every entry down; then low has to come in again. Which value belongs to u = 0?",
    ),
)

mistake(whole_number, "rounded to the nearest",
    "low + np.floor(n * np.asarray(u)).astype(int)", "np.round(low + (high - low) * np.asarray(u)).astype(int)",
    says="You rounded to the nearest whole number, so both ends come half as often as the others.",
    hint="For 2 to 4: for which u do you get a 2, and for which a 3?")

mistake(whole_number, "top left out",
    "high - low + 1", "high - low",
    says="Your highest number never comes.",
    hint="How many whole numbers are there from 2 to 4, both ends among them?")

mistake(whole_number, "one too many",
    "high - low + 1", "high - low + 2",
    says="You cut the line into one piece too many, so a number above high comes out.",
    hint="How many whole numbers are there from 2 to 4, both ends among them?")

mistake(whole_number, "high taken for the number of numbers",
    "high - low + 1", "high",
    says="You multiplied u by high; it is the number of whole numbers from low to high.",
    hint="What is the largest value that you can return, and what should it be?")

mistake(whole_number, "rounded up",
    "np.floor", "np.ceil",
    says="You rounded up, so everything is one too large.",
    hint="Which number belongs to a u just above 0?")

mistake(whole_number, "rounded up on the plain line",
    "low + np.floor(n * np.asarray(u)).astype(int)", "np.ceil(low + (high - low) * np.asarray(u)).astype(int)",
    says="You rounded a value between low and high up, so low comes for u = 0 alone.",
    hint="For 2 to 4: for which u do you get a 2?")

mistake(whole_number, "rounded up, less 1",
    "low + np.floor", "low - 1 + np.ceil",
    says="You rounded up and took 1 away, so u = 0 gives a number below low.",
    hint="Which number belongs to u = 0, and which to a u just above it?")

mistake(whole_number, "low not added",
    "low + np.floor", "np.floor",
    says="You count from 0; the first number is low.",
    hint="Which number belongs to u = 0?")

mistake(whole_number, "not whole",
    "np.floor(n * np.asarray(u)).astype(int)", "n * np.asarray(u)",
    says="Your values have digits behind the point.",
    hint="What cuts them off, for every entry of an array?")

mistake(whole_number, "backwards",
    "low + np.floor", "high - np.floor",
    says="You count down from high; u = 0 should give low.",
    hint="Which number belongs to u = 0?")

mistake(whole_number, "the pieces rounded to the nearest",
    "np.floor", "np.round",
    says="You rounded u times the number of pieces to the nearest, so low comes half as often and a number above high comes too.",
    hint="In which piece of the line lies u: the one that it has begun. Which way of rounding says so?")


# 3 · Powers of ten ---------------------------------------------------------------------------------------------------

SAME = within(5.0, 0.2, 9.0)

on_log_scale = question(
    "on_log_scale",
    visible("0.0001 to 1, six draws", shares(20, 6), 0.0001, 1.0),
    visible("3 to 8, a table of draws", shares(21, 2, 3), within(3.0, 2.5, 3.4), within(8.0, 7.1, 9.0)),
    visible("u = 0", 0.0, within(0.02, 0.011, 0.08), within(7.0, 4.0, 9.0), edge=True),
    hidden("a single draw", within(0.37, 0.2, 0.8), within(0.003, 0.001, 0.009), within(0.2, 0.11, 0.9)),
    hidden("whole numbers as ends", shares(22, 5), within(8, 4, 16), within(256, 128, 512)),
    hidden("fourteen powers of ten", shares(23, 4), 1e-8, within(1e6, 1e5, 9e6)),
    hidden("low and high are the same", shares(24, 3), SAME, SAME, edge=True),
    section=S3,
    hints=(
        "By which factor is high larger than low? At u = 0 none of it is there, at u = 1 all of it.",
        "A share u of a factor is a power of it. Or with logarithms: draw the exponent, then raise the same base to it.",
    ),
)

mistake(on_log_scale, "the plain line",
    "low * factor**u", "low + (high - low) * u",
    says="You drew on the plain line; the exponent should be even, not the number.",
    hint="Half-way between 0.0001 and 1, at u = 0.5, there should be 0.01. What do you get?")

mistake(on_log_scale, "the exponent returned",
    "low * factor**u", "np.log10(low * factor**u)",
    also=[("low * factor**u", "np.log(low * factor**u)")],
    says="You returned the exponent; ten has still to be raised to it.",
    hint="A learning rate is positive. Which step leads from r to 10 to the power of r?")

mistake(on_log_scale, "two bases mixed",
    "low * factor**u", "np.exp(np.log10(low * factor**u))",
    also=[("low * factor**u", "10 ** np.log(low * factor**u)")],
    says="You took a logarithm with one base and raised another base to it.",
    hint="np.log belongs to np.exp, np.log10 to 10 ** r. Which two stand in your function?")

mistake(on_log_scale, "ends exchanged",
    "low * factor**u", "high / factor**u",
    says="Your values run from high to low; u = 0 should give low.",
    hint="What do you return for u = 0?")

mistake(on_log_scale, "ends rounded to powers of ten",
    "low * factor**u", "10 ** (np.round(np.log10(low)) + u * (np.round(np.log10(high)) - np.round(np.log10(low))))",
    also=[("low * factor**u", "10 ** (np.floor(np.log10(low)) + u * (np.floor(np.log10(high)) - np.floor(np.log10(low))))")],
    says="You rounded the exponents of the ends to whole numbers; ends such as 3 and 8 are no powers of ten.",
    hint="The logarithm of 3 is no whole number. Does it have to be one?")

mistake(on_log_scale, "low left out",
    "low * factor**u", "factor**u + 0 * low",
    says="You returned the share of the factor; it has to be multiplied by low.",
    hint="What should u = 0 give, and what is anything to the power of 0?")

mistake(on_log_scale, "factor times u",
    "factor**u", "factor * u",
    says="You multiplied the factor by u; a share of a factor is a power of it.",
    hint="Going half of the way twice should give the whole factor. What times itself gives the factor?")

mistake(on_log_scale, "difference in place of the factor",
    "factor = high / low", "factor = high - low",
    says="You took the difference of the ends; on this scale what counts is by which factor they differ.",
    hint="At u = 1 low times your factor should be high.")

mistake(on_log_scale, "ends taken for exponents",
    "low * factor**u", "10 ** (low + (high - low) * u)",
    says="You raised ten to a value between low and high. low and high are the ends themselves, not exponents.",
    hint="Which exponent of ten gives 0.0001?")


# 4 · The memory of an average ----------------------------------------------------------------------------------------

memory_on_log_scale = question(
    "memory_on_log_scale",
    visible("0.9 to 0.999, six draws", shares(30, 6)),
    visible("0.5 to 0.98, a table of draws", shares(31, 2, 3), within(0.5, 0.4, 0.6), within(0.98, 0.97, 0.99)),
    visible("u = 0", 0.0, within(0.8, 0.6, 0.85), within(0.96, 0.95, 0.99), edge=True),
    hidden("a single draw", within(0.45, 0.3, 0.7), within(0.7, 0.6, 0.8), within(0.99, 0.98, 0.995)),
    hidden("up to a memory of 10,000", shares(32, 5), 0.9, within(0.9999, 0.9998, 0.99991)),
    hidden("from 0 on", shares(33, 4), 0.0, within(0.9, 0.8, 0.95), edge=True),
    section=S4,
    hints=(
        "What is even in its logarithm is 1 - beta. Where does it begin at u = 0, and where does it end?",
        "The form of section 3: the first value times a factor to the power of u. Then 1 minus all that.",
    ),
)

mistake(memory_on_log_scale, "one less ten to the power of -3u",
    "1 - first * (last / first) ** u", "1 - 10 ** (-3 * np.asarray(u)) + 0 * first * last",
    says="You used the listing that begins at a beta of 0; a third of its draws lies below 0.9.",
    hint="What does your function give for u = 0? The exponent should begin at -1 for a beta of 0.9.")

mistake(memory_on_log_scale, "upside down",
    "1 - first * (last / first) ** u", "1 - last * (first / last) ** u",
    says="Your values run from high to low; u = 0 should give low.",
    hint="Which of 1 - low and 1 - high belongs to u = 0?")

mistake(memory_on_log_scale, "logarithm of beta",
    "1 - first * (last / first) ** u", "low * (high / low) ** u + 0 * first * last",
    says="You drew beta itself evenly in its logarithm; it is 1 - beta that should be even.",
    hint="From 0.9 to 0.999 the logarithm of beta hardly moves. What does move by two powers of ten?")

mistake(memory_on_log_scale, "the plain line",
    "1 - first * (last / first) ** u", "1 - (first + (last - first) * u)",
    says="You drew beta on the plain line, where nine of ten draws have a short memory.",
    hint="Half-way between 0.9 and 0.999 there should be 0.99. What do you get for u = 0.5?")

mistake(memory_on_log_scale, "one less beta returned",
    "betas = 1 - first", "betas = first",
    says="You returned 1 - beta.",
    hint="Your values are near 0. Near what should they be?")

mistake(memory_on_log_scale, "ends fixed",
    "first, last = 1 - low, 1 - high", "first, last = 0.1, 0.001",
    says="You draw from 0.9 to 0.999 whatever the arguments low and high say.",
    hint="Which values arrive as arguments of the function?")

mistake(memory_on_log_scale, "low and high not taken from 1",
    "1 - first * (last / first) ** u", "1 - low * (high / low) ** u + 0 * first * last",
    says="You put low and high into the formula where 1 - low and 1 - high belong.",
    hint="At u = 0 your result should be low. Which first value makes it so?")

mistake(memory_on_log_scale, "memories drawn evenly",
    "1 - first * (last / first) ** u", "1 - 1 / (1 / first + (1 / last - 1 / first) * u)",
    says="You drew the memory evenly, so nearly all draws have a long one; its logarithm should be even.",
    hint="Half-way between memories of 10 and 1,000 there should be 100.")

mistake(memory_on_log_scale, "the exponent returned",
    "1 - first * (last / first) ** u", "np.log10(first * (last / first) ** u)",
    says="You returned the exponent r; the way back to beta is missing.",
    hint="1 - beta is 10 to the power of r. What is beta?")


# 5 · Grid or chance --------------------------------------------------------------------------------------------------


def points(seed, n, scale=1.0):
    """n values of a knob, in no order."""
    return [round(float(scale * (1 + abs(x))) * (i + 1), 3) for i, x in enumerate(draws(seed)(n))][::-1]


grid = question(
    "grid",
    visible("two knobs of two and three values", {"units": points(40, 2, 9), "learning_rate": points(41, 3, 0.01)}),
    visible("three knobs of two, three and four", {"layers": points(42, 2), "units": points(43, 3, 9), "decay": points(44, 4)}),
    visible("one of three with a single value", {"units": points(57, 2, 9), "beta1": points(58, 1, 0.2), "rate": points(59, 3)}, edge=True),
    visible("a single knob", {"lambd": points(45, 4)}, edge=True),
    hidden("five by five", {"rate": points(46, 5, 0.01), "epsilon": points(47, 5)}),
    hidden("four knobs", {"layers": points(48, 1), "units": points(49, 2), "rate": points(50, 3), "beta": points(51, 2)}),
    hidden("a value for each of three knobs", {name: points(52 + i, 1) for i, name in enumerate("cab")}, edge=True),
    section=S5,
    hints=(
        "Begin with the list [{}]. For each axis, every setting so far becomes as many as the axis has values.",
        "`{**setting, name: value}` is a new dict: the old one with one entry more. Which loop is the inner one, if the last "
        "name is to change fastest?",
    ),
)

mistake(grid, "first name fastest",
    "for setting in settings for value in values", "for value in values for setting in settings",
    says="All combinations are there, but the first name changes fastest; it should be the last one.",
    hint="Write down the first three settings that should come. Which value stays the same?")

mistake(grid, "paired",
    "    settings = [{}]\n    for name, values in axes.items():\n"
    "        settings = [{**setting, name: value} for setting in settings for value in values]\n",
    "    settings = [dict(zip(axes, values)) for values in zip(*axes.values())]\n",
    says="You paired the first values, then the second, and so on; a grid has every combination.",
    hint="How many settings do two and three values give together?")

mistake(grid, "last value left out",
    "for value in values]", "for value in values[: max(1, len(values) - 1)]]",
    says="The last value of each axis does not come.",
    hint="Compare the values in your settings with those of the axes.")

mistake(grid, "names sorted",
    "axes.items()", "sorted(axes.items())",
    says="You took the names in alphabetical order; they should be in the order of `axes`.",
    hint="Which name should change fastest: the last one in the dict. Which does in yours?")

mistake(grid, "values sorted",
    "for value in values]", "for value in sorted(values)]",
    says="You sorted the values of each axis; they should come in the order in which they are given.",
    hint="Compare the first setting with the first value of each axis.")

mistake(grid, "one knob at a time",
    "    settings = [{}]\n    for name, values in axes.items():\n"
    "        settings = [{**setting, name: value} for setting in settings for value in values]\n",
    "    first = {name: values[0] for name, values in axes.items()}\n"
    "    settings = [first] + [{**first, name: value} for name, values in axes.items() for value in values[1:]]\n",
    says="You changed one knob at a time, with all others at their first value; a grid has every combination.",
    hint="Is there a setting in your list in which two knobs have their second value?")

mistake(grid, "each knob by itself",
    "    settings = [{}]\n    for name, values in axes.items():\n"
    "        settings = [{**setting, name: value} for setting in settings for value in values]\n",
    "    settings = [{name: value} for name, values in axes.items() for value in values]\n",
    says="Each of your settings has a single knob; it should have a value for all of them.",
    hint="How many entries should each dict have?")

mistake(grid, "one dict for all",
    "        settings = [{**setting, name: value} for setting in settings for value in values]\n",
    "        settings = [setting for setting in settings for value in values if not setting.update({name: value})]\n",
    says="All your settings are the same dict, which you fill again and again, so all show its last state.",
    hint="Where do you make a new dict? It has to be one for each setting.")


def space(*seeds):
    """A space of four knobs, one of each kind, in an order that is not alphabetical."""
    a, b, c, d = (abs(draws(seed)()) for seed in seeds)
    return {
        "rate": ("log", round(0.001 * (1 + a), 6), round(2 + b, 6)),
        "units": ("whole", int(within(5, 3, 12)), int(within(60, 40, 99))),
        "beta": ("memory", round(0.8 + c / 50, 6), round(0.98 + d / 500, 6)),
        "keep_prob": ("linear", round(0.3 + c / 20, 6), round(0.9 + d / 50, 6)),
    }


random_trials = question(
    "random_trials",
    visible("three trials of four knobs", shares(60, 3, 4), space(61, 62, 63, 64), **SCALES),
    visible(
        "five trials of two knobs", shares(65, 5, 2),
        {"rate": ("log", within(0.02, 0.01, 0.04), within(0.8, 0.5, 0.9)), "keep_prob": ("linear", within(0.4, 0.3, 0.5), 1.0)},
        **SCALES,
    ),
    visible("a single trial", shares(66, 1, 4), space(67, 68, 69, 70), edge=True, **SCALES),
    hidden("two trials of four knobs", shares(71, 2, 4), space(72, 73, 74, 75), **SCALES),
    hidden(
        "three knobs of one kind", shares(76, 4, 3),
        {name: ("memory", within(0.6, 0.5, 0.8), within(0.97, 0.95, 0.99)) for name in ("s", "v", "b")}, **SCALES,
    ),
    hidden("a single knob", shares(77, 5, 1), {"layers": ("whole", within(2, 1, 4), within(9, 6, 12))}, edge=True, **SCALES),
    section=S5,
    hints=(
        "Go through the row and the space side by side: zip(row, space.items()) gives a u, a name, and its kind and ends.",
        "Three of the kinds have a function of yours: hand it u, low and high. The fourth is the plain line from low to high.",
    ),
)

mistake(random_trials, "names sorted",
    "space.items()", "sorted(space.items())",
    says="You gave the columns of U to the names in alphabetical order; column j is for the j-th name in `space`.",
    hint="Which name is the first in the dict, and which column of U should it use?")

mistake(random_trials, "columns from the right",
    "zip(row, space", "zip(row[::-1], space",
    says="You took the columns of U from the right; the first column is for the first name.",
    hint="Which column should the first name use?")

mistake(random_trials, "first row for all",
    "zip(row, space", "zip(U[0], space",
    says="All your trials use the first row of U; each should use its own.",
    hint="Why are all your settings the same?")

mistake(random_trials, "one number for all knobs",
    "zip(row, space", "zip([row[0]] * len(row), space",
    says="All knobs of a trial use the same number, that of the first column.",
    hint="U has a column for each knob. Which one do you read?")

mistake(random_trials, "memory on the scale of a rate",
    "memory_on_log_scale(u, low, high)", "on_log_scale(u, low, high)",
    says="You drew the kind \"memory\" with on_log_scale, in which beta and not 1 - beta is even.",
    hint="Which function have you written for this kind?")

mistake(random_trials, "ends not handed on",
    "memory_on_log_scale(u, low, high)", "memory_on_log_scale(u)",
    says="You call memory_on_log_scale without low and high, so it draws from 0.9 to 0.999 in every space.",
    hint="Its arguments have defaults. Which values should they get?")

mistake(random_trials, "ends exchanged",
    "on_log_scale(u, low, high)\n            elif kind == \"memory\"", "on_log_scale(u, high, low)\n            elif kind == \"memory\"",
    "memory_on_log_scale(u, low, high)", "memory_on_log_scale(u, high, low)",
    "whole_number(u, low, high)", "whole_number(u, high, low)",
    says="You hand your functions high before low.",
    hint="In which order do your functions take their arguments?")

mistake(random_trials, "low left out of the plain line",
    "low + (high - low) * u", "(high - low) * u",
    says="Your kind \"linear\" begins at 0; it should begin at low.",
    hint="What should u = 0 give?")

mistake(random_trials, "whole knobs on the plain line",
    "whole_number(u, low, high)", "low + (high - low) * u",
    says="You drew the kind \"whole\" on the plain line, without your whole_number.",
    hint="Half a unit cannot be made. Which of your functions gives whole numbers?")

ITSELF = (  # each scale, and what it comes to
    ("on_log_scale(u, low, high)\n            elif kind == \"memory\"", "low * (high / low) ** u\n            elif kind == \"memory\""),
    ("memory_on_log_scale(u, low, high)", "1 - (1 - low) * ((1 - high) / (1 - low)) ** u"),
    ("whole_number(u, low, high)", "int(low + (high - low + 1) * u)"),
)
WRITTEN_OUT = [sum(some, ()) for k in (1, 2) for some in combinations(ITSELF, k)]  # one of the scales, or two

mistake(random_trials, "written out again",
    *sum(ITSELF, ()),
    also=WRITTEN_OUT,
    says="You wrote out again what your functions of sections 2 to 4 do. Call all three of them: in this check others take their place.",
    hint="Which functions of sections 2 to 4 do the work?")


# 6 · Closer ----------------------------------------------------------------------------------------------------------


def knobs(seed, odd=25):
    """A space of five knobs of all four kinds. Whole ones have an odd width, so that no half or quarter of it is whole."""
    rng = stream(seed)
    whole = 2 * int(rng.randint(odd - 5, odd + 6)) + 1
    low = int(rng.randint(10, 60))
    return {
        "units": ("whole", low, low + whole),
        "rate": ("log", float(f"{10 ** rng.uniform(-4.5, -3.5):.4g}"), float(f"{10 ** rng.uniform(-0.5, 0.3):.4g}")),
        "keep_prob": ("linear", round(rng.uniform(0.2, 0.4), 4), round(rng.uniform(0.8, 1.0), 4)),
        "beta": ("memory", round(rng.uniform(0.85, 0.92), 4), round(rng.uniform(0.998, 0.9992), 5)),
        "layers": ("whole", 2, 5),
    }


def at_share(space, *places):
    """A setting so far from low to high of each knob, on its own scale; rounded, but never beyond an end."""
    best = {}
    for (name, (kind, low, high)), u in zip(space.items(), places, strict=True):
        if kind == "log":
            value = low * (high / low) ** u
        elif kind == "memory":
            value = 1 - (1 - low) * ((1 - high) / (1 - low)) ** u
        else:
            value = low + (high - low) * u
        value = round(value) if kind == "whole" else float(f"{value:.6g}")
        best[name] = low if u == 0 else high if u == 1 else value
    return best


def around(seed, *places, spread=0.02, **how):
    """A space and a best setting near these shares of it."""
    space, rng = knobs(seed, **how), stream(seed + 500)
    near = [u if u in (0, 1) else u + rng.uniform(-spread, spread) for u in places]
    return space, at_share(space, *near)


zoom = question(
    "zoom",
    visible("best in the middle of all", *around(80, 0.46, 0.6, 0.42, 0.55, 0.33), **ENDS),
    visible("best near the ends", *around(81, 0.93, 0.06, 0.95, 0.94, 0.33), edge=True, **ENDS),
    visible("best at the ends, half as wide", *around(82, 0, 1, 0, 0, 1), 0.5, edge=True, **ENDS),
    hidden("best elsewhere", *around(83, 0.6, 0.35, 0.7, 0.38, 0.66), **ENDS),
    hidden("half as wide", *around(84, 0.55, 0.48, 0.52, 0.44, 0.33), 0.5, **ENDS),
    hidden("best at the other ends", *around(85, 1, 0, 1, 1, 0), edge=True, **ENDS),
    hidden("near the other ends", *around(86, 0.05, 0.94, 0.07, 0.06, 0.66), edge=True, **ENDS),
    section=S6,
    hints=(
        "For each knob: bring low, high and best to the scale on which it is even, work there, and go back. Two kinds stay as they are.",
        "On the scale: how wide is the new interval, and where would it begin, with the best in its middle? If it begins too low or "
        "too high, move its beginning; its width stays.",
    ),
)

mistake(zoom, "plain line for all",
    'kind == "log"', 'kind == "none"',
    'kind == "memory"', 'kind == "nor this"',
    says="You worked on the plain line for all kinds; rates and betas have scales of their own.",
    hint="A quarter of 0.0001 to 1 around 0.01: is it a quarter of the length, or one of four powers of ten?")

mistake(zoom, "share to each side",
    "width = share * (last - first)", "width = 2 * share * (last - first)",
    says="Your interval is twice too wide: you took the share to each side of the best.",
    hint="`share` is the new width in all, compared with the old one. How much of it lies on each side?")

mistake(zoom, "cut at the ends",
    "start = min(max(middle - width / 2, first), last - width)\n", "start = max(middle - width / 2, first)\n",
    "back(start + width)", "back(min(middle + width / 2, last))",
    says="You cut the interval where it sticks out; it should be pushed inside and keep its width.",
    hint="How wide is your interval when the best lies at an end?")

mistake(zoom, "sticks out",
    "min(max(middle - width / 2, first), last - width)", "middle - width / 2",
    "max(low, math.floor(new_low)), min(high, math.ceil(new_high))", "math.floor(new_low), math.ceil(new_high)",
    also=[("min(max(middle - width / 2, first), last - width)", "middle - width / 2")],
    says="Your interval sticks out over the old ends.",
    hint="Where does it begin when the best is low itself?")

mistake(zoom, "whole ends rounded inwards",
    "max(low, math.floor(new_low)), min(high, math.ceil(new_high))",
    "max(low, math.ceil(new_low)), min(high, math.floor(new_high))",
    says="You rounded the ends of whole numbers inwards; outwards is asked for, so that nothing is lost.",
    hint="The lower end goes down, the upper one up.")

mistake(zoom, "whole ends to the nearest",
    "max(low, math.floor(new_low)), min(high, math.ceil(new_high))",
    "max(low, round(new_low)), min(high, round(new_high))",
    says="You rounded the ends of whole numbers to the nearest; outwards is asked for.",
    hint="The lower end goes down, the upper one up.")

mistake(zoom, "whole ends not rounded",
    "max(low, math.floor(new_low)), min(high, math.ceil(new_high))", "new_low, new_high",
    says="The ends of your whole numbers are not whole.",
    hint="Which way should the lower end be rounded, and which way the upper one?")

mistake(zoom, "memory on the scale of a rate",
    "lambda beta: -math.log(1 - beta), lambda s: 1 - math.exp(-s)", "math.log, math.exp",
    says="You zoomed the kind \"memory\" in the logarithm of beta; its scale is that of 1 - beta.",
    hint="On which scale did memory_on_log_scale draw evenly?")

mistake(zoom, "memory on the plain line",
    'kind == "memory"', 'kind == "none"',
    says="You zoomed the kind \"memory\" on the plain line; its scale is that of 1 - beta.",
    hint="On which scale did memory_on_log_scale draw evenly?")

mistake(zoom, "rate on the plain line",
    'kind == "log"', 'kind == "none"',
    says="You zoomed the kind \"log\" on the plain line; a rate has the logarithm for its scale.",
    hint="A quarter of 0.0001 to 1 around 0.01: is it a quarter of the length, or one of four powers of ten?")

mistake(zoom, "old middle",
    "to_scale(best[name])", "(to_scale(low) + to_scale(high)) / 2",
    says="Your interval lies around the middle of the old one, and not around the best.",
    hint="Where does your function use `best`?")

mistake(zoom, "begins at the best",
    "middle - width / 2", "middle",
    says="Your interval begins at the best; the best should be in its middle.",
    hint="How much of the width lies below the best?")

mistake(zoom, "share fixed",
    "share * (last", "0.25 * (last",
    says="Your interval is a quarter as wide whatever the argument share says.",
    hint="Which value arrives as the argument share?")

mistake(zoom, "not back from the scale",
    "new_low, new_high = back(start), back(start + width)", "new_low, new_high = start, start + width",
    says="Your ends are still logarithms: the way back from the scale is missing.",
    hint="A rate is positive. What undoes a logarithm?")


# 7 · Folds -----------------------------------------------------------------------------------------------------------


def shuffled(seed, m):
    """The numbers 0, ..., m - 1 in another order, in which the first is not 0."""
    order = stream(seed).permutation(m)
    return order if order[0] else np.roll(order, 1 + m // 2)


def cut(seed, m, k):
    """The arguments of folds."""
    return m, k, shuffled(seed, m)


MANY = within(23, 19, 29)

folds = question(
    "folds",
    visible("11 examples, 3 folds", *cut(90, 11, 3), **SORTED),
    visible("12 examples, 4 folds", *cut(91, 12, 4), **SORTED),
    visible("as many folds as examples", *cut(92, 5, 5), edge=True, **SORTED),
    hidden("14 examples, 4 folds", *cut(93, 14, 4), **SORTED),
    hidden("many examples, 5 folds", *cut(94, MANY, 5), **SORTED),
    hidden("two folds of an odd number", *cut(95, 9, 2), edge=True, **SORTED),
    section=S7,
    items=("fold", "train", "dev"),
    hints=(
        "Each dev set is a slice of the permutation. How long is piece i, and where does the next one begin?",
        "`train` is all that is not in the piece: what lies before it and what lies behind it, put together with np.concatenate.",
    ),
)

mistake(folds, "last examples lost",
    "start + m // k + (i < m % k)", "start + m // k",
    "permutation[end:]", "permutation[end : k * (m // k)]",
    also=[("start + m // k + (i < m % k)", "start + m // k")],
    says="The examples that are left over are in no dev set.",
    hint="11 examples in 3 folds: how large are your dev sets together?")

mistake(folds, "rest in the last fold",
    "start + m // k + (i < m % k)", "start + m // k + (m % k if i == k - 1 else 0)",
    says="All examples that are left over are in your last fold; sizes should differ by one at most.",
    hint="Which folds get one example more?")

mistake(folds, "one more in the last folds",
    "(i < m % k)", "(i >= k - m % k)",
    says="Your last folds have one example more; it should be the first m % k.",
    hint="What is i for the first fold, and for which i is there one more?")

mistake(folds, "not shuffled",
    "    start = 0\n", "    permutation = np.arange(m)\n    start = 0\n",
    says="You cut the examples in the order in which they lie; the pieces are cut from the permutation.",
    hint="Where does your function use `permutation`?")

mistake(folds, "train has all",
    "np.concatenate([permutation[:start], permutation[end:]])", "permutation",
    says="Your training sets contain all examples, those of dev among them.",
    hint="What should no training set share with its dev set?")

mistake(folds, "train only before",
    "np.concatenate([permutation[:start], permutation[end:]])", "permutation[:start]",
    says="Your training sets end where dev begins; what lies behind dev belongs to them too.",
    hint="How many examples should train and dev have together?")

mistake(folds, "train only behind",
    "np.concatenate([permutation[:start], permutation[end:]])", "permutation[end:]",
    says="Your training sets begin where dev ends; what lies before dev belongs to them too.",
    hint="How many examples should train and dev have together?")

mistake(folds, "every k-th",
    "dev = permutation[start:end]", "dev = permutation[i::k]",
    "np.concatenate([permutation[:start], permutation[end:]])", "np.setdiff1d(permutation, permutation[i::k])",
    says="You dealt the examples out like cards; the pieces should be consecutive.",
    hint="The first fold of 11 has the first four numbers of the permutation. Which has yours?")

mistake(folds, "exchanged",
    "pairs.append((train, dev))", "pairs.append((dev, train))",
    says="You put dev first; a pair is train, then dev.",
    hint="Which of the two is the larger one?")

mistake(folds, "pieces overlap",
    "dev = permutation[start:end]", "dev = permutation[start : end + 1]",
    says="Your dev sets reach one example too far, so they overlap.",
    hint="In permutation[a:b] the entry b is not included. Where does the next piece begin?")


def judged(seed, n, C, m, k):
    """The arguments of cross_validation_error."""
    randn = draws(seed)
    return randn(n, m), randn(C, m), k, shuffled(seed + 1, m), {"shift": within(0.7, 0.3, 1.5)}


cross_validation_error = question(
    "cross_validation_error",
    visible("ten examples, three folds", *judged(100, 2, 3, 10, 3), **JUDGES),
    visible("seven examples, four folds", *judged(102, 3, 1, 7, 4), **JUDGES),
    visible("two folds", *judged(104, 1, 2, 5, 2), edge=True, **JUDGES),
    hidden("nine examples, three folds", *judged(106, 2, 4, 9, 3), **JUDGES),
    hidden("as many folds as examples", *judged(108, 3, 2, 6, 6), edge=True, **JUDGES),
    hidden("many examples", *judged(110, 4, 3, 31, 5), **JUDGES),
    section=S7,
    hints=(
        "A loop over the pairs that folds gives. In it, four arrays are cut out of X and Y by their columns.",
        "Keep the k errors in a list. Which two functions of NumPy make of them what is asked for?",
    ),
)

cv = cross_validation_error

mistake(cv, "rows counted",
    "folds(X.shape[1], k", "folds(X.shape[0], k",
    also=[("folds(X.shape[1], k", "folds(Y.shape[0], k")],
    says="You counted the rows for m. Examples are columns, so m is the number of columns.",
    hint="X has the shape (n, m). Which entry of its shape is m?")

mistake(cv, "deviation with k - 1",
    "np.std(errors)", "np.std(errors, ddof=1)",
    says="Your standard deviation is the one with 1/(k - 1); here it is 1/k.",
    hint="What does np.std do when nothing more is said?")

mistake(cv, "variance",
    "np.std(errors)", "np.var(errors)",
    says="You returned the variance; its root is asked for.",
    hint="Which function is it, np.std or np.var?")

mistake(cv, "deviation of the mean",
    "np.std(errors)", "np.std(errors) / np.sqrt(k)",
    says="You divided the standard deviation by the root of k. That would be how far the mean may stray, not the errors.",
    hint="Which of the two is asked for: the spread of the errors, or that of their mean?")

mistake(cv, "train and dev exchanged",
    "for train, dev in", "for dev, train in",
    says="You train on the dev part and measure on the training part.",
    hint="In which order does folds give the two?")

mistake(cv, "measured where it was trained",
    "X[:, dev], Y[:, dev]", "X[:, train], Y[:, train]",
    says="You measure the error on the examples that were trained on.",
    hint="Which examples should judge: those of train or those of dev?")

mistake(cv, "trained on all",
    "fit_and_measure(X[:, train], Y[:, train],", "fit_and_measure(X, Y,",
    says="You train on all examples, those of dev among them.",
    hint="Which columns may the training see?")

mistake(cv, "last fold alone",
    "        errors.append(", "        errors = [",
    "X[:, dev], Y[:, dev], setting))", "X[:, dev], Y[:, dev], setting)]",
    says="Only your last fold counts: the list begins anew in each turn of the loop.",
    hint="How many errors should there be when the loop has ended?")

mistake(cv, "median",
    "np.mean(errors)", "np.median(errors)",
    says="You returned the median of the errors; their mean is asked for.",
    hint="Which function of NumPy adds up and divides by k?")

mistake(cv, "sum",
    "np.mean(errors)", "np.sum(errors)",
    says="You returned the sum of the errors; their mean is asked for.",
    hint="By what is the sum divided?")

mistake(cv, "folds written out again",
    "folds(X.shape[1], k, permutation):",
    "[(np.setdiff1d(permutation, piece), piece) for piece in np.array_split(permutation, k)]:",
    says="You cut the examples again yourself. Call your folds: in this check another function takes its place.",
    hint="Which function of this section gives the pairs?")


# 8 · Panda or caviar -------------------------------------------------------------------------------------------------


def in_other_rows(curves):
    """The same curves; in a run, and in a twin, in other rows, so that who goes on has other numbers."""
    return curves[drawn(np.arange(len(curves)), lambda rng: rng.permutation(len(curves)))]


def dev_errors(seed, n, T, lost=()):
    """Curves (n, T) of errors, no two alike; those of lost, (i, t), are no number from step t on."""
    curves = np.round(stream(seed, same_in_twins=True).uniform(0.1, 3, (n, T)), 6)
    for i, t in lost:
        curves[i, t - 1 :] = np.nan
    return in_other_rows(curves)


def with_ties(seed, n, T):
    """Curves of whole per cents. After two steps, two are equal and one place is left for them."""
    rng = stream(seed, same_in_twins=True)
    curves = np.array([rng.permutation(n) for _ in range(T)]).T * 3 + 4
    last = (n + 1) // 2 - 1  # the rank of the last one that goes on
    column = curves[:, 1]
    column[column == 3 * (last + 1) + 4] = 3 * last + 4
    return in_other_rows(curves)


surviving = question(
    "surviving",
    visible("seven trainings, checkpoints 2 and 4", dev_errors(120, 7, 6), (2, 4)),
    visible("not a number on the way", dev_errors(121, 6, 5, [(0, 2), (2, 1), (3, 2), (5, 1)]), (2, 3), edge=True),
    visible("a third goes on, three times", dev_errors(122, 11, 7), (1, 3, 4), 0.34),
    visible("a tie", with_ties(123, 7, 4), (2,), edge=True),
    hidden("five trainings, one checkpoint", dev_errors(124, 5, 4), (3,)),
    hidden("twelve trainings, three checkpoints", dev_errors(125, 12, 9), (1, 4, 6)),
    hidden("some not a number, few go on", dev_errors(126, 9, 6, [(1, 3), (4, 1), (8, 2)]), (2, 4), 0.3, edge=True),
    hidden("another tie", with_ties(127, 9, 5), (2,), edge=True),
    hidden("nobody is stopped", dev_errors(128, 4, 3), (1, 2), 0.9, edge=True),
    section=S8,
    hints=(
        "At each checkpoint: who is alive pays for the steps since the last one; then take their errors, rank them, keep some.",
        "`np.argsort` of the errors gives places among those alive; alive[...] makes indices of them again. Which entry of a curve "
        "is the error after t steps?",
    ),
)

mistake(surviving, "rounded down",
    "math.ceil(keep * len(alive))", "max(1, math.floor(keep * len(alive)))",
    also=[("math.ceil(keep * len(alive))", "math.floor(keep * len(alive))")],
    says="You rounded the number that goes on down; it is rounded up.",
    hint="Of seven, half is 3.5. How many go on?")

mistake(surviving, "rounded to the nearest",
    "math.ceil(keep * len(alive))", "round(keep * len(alive))",
    also=[("math.ceil(keep * len(alive))", "max(1, round(keep * len(alive)))")],
    says="You rounded the number that goes on to the nearest; it is rounded up.",
    hint="Of four, the share 0.34 is 1.36. How many go on?")

mistake(surviving, "a share of all",
    "math.ceil(keep * len(alive))", "math.ceil(keep * n)",
    says="At each checkpoint you keep a share of all trainings; it is a share of those still alive.",
    hint="Eight start, and half go on at each checkpoint. How many are left after the second one?")

mistake(surviving, "nobody is stopped",
    "math.ceil(keep * len(alive))", "len(alive)",
    says="At your checkpoints all go on whose error is a number; it is a share of them only.",
    hint="Which argument has not been used?")

mistake(surviving, "higher index of equals",
    "np.argsort(errors, kind=\"stable\")[:places]", "len(alive) - 1 - np.argsort(errors[::-1], kind=\"stable\")[:places]",
    says="Of two equal errors you keep the one with the higher index; the lower one is better.",
    hint="Does your way of sorting keep the order of equal errors?")

mistake(surviving, "not a number is best",
    "np.argsort(errors, kind=\"stable\")[:places]", "np.argsort(np.nan_to_num(errors), kind=\"stable\")[:places]",
    says="You rank a curve that is not a number any more before all others.",
    hint="What did you put in the place of not-a-number? It has to be worse than any error.")

mistake(surviving, "not a number goes on",
    "        best = best[~np.isnan(errors[best])]\n", "",
    says="A curve that is not a number goes on when there are places left; it never should.",
    hint="Three places, and two errors that are numbers: how many go on?")

mistake(surviving, "one step late",
    "curves[alive, t - 1]", "curves[alive, t]",
    says="You read the errors one step too late: after t steps is curves[i, t - 1].",
    hint="In which column is the error after the first step?")

mistake(surviving, "end not paid",
    "cost += len(alive) * (T - done)", "cost += 0 * T",
    says="You forgot the steps that the last survivors make up to the end.",
    hint="What happens after the last checkpoint, up to T?")

mistake(surviving, "all pay to the end",
    "cost += len(alive) * (T - done)", "cost = n * T",
    says="Your cost is that of all trainings to the end; who is stopped makes no more steps.",
    hint="How many steps has a training made that is stopped at the first checkpoint?")

mistake(surviving, "paid from the start each time",
    "cost += len(alive) * (t - done)", "cost += len(alive) * t",
    says="At each checkpoint you count the steps from the beginning again.",
    hint="How many steps lie between the first and the second checkpoint?")

mistake(surviving, "paid after the choice",
    "        cost += len(alive) * (t - done)\n", "        before = done\n",
    "alive, done = np.sort(alive[best]), t\n", "alive, done = np.sort(alive[best]), t\n        cost += len(alive) * (t - before)\n",
    says="You count the steps up to a checkpoint for those only who go on after it; the others have made them too.",
    hint="Who is alive between the start and the first checkpoint?")

mistake(surviving, "worse part goes on",
    "np.argsort(errors, kind=\"stable\")", "np.argsort(-errors, kind=\"stable\")",
    says="You keep those with the highest errors.",
    hint="Is a low dev error good or bad?")

mistake(surviving, "in the order of their errors",
    "np.sort(alive[best])", "alive[best]",
    says="The right ones go on, but your indices are in the order of the errors; they should be ascending.",
    hint="Which function of NumPy puts an array in order?")

mistake(surviving, "places in place of indices",
    "np.sort(alive[best])", "np.sort(best)",
    says="You return places among those who were alive, and not the indices of the trainings.",
    hint="After the first checkpoint, is the first one alive still training 0?")

mistake(surviving, "the stopped come back",
    "curves[alive, t - 1]", "curves[:, t - 1]",
    "np.sort(alive[best])", "np.sort(best)",
    says="You rank all trainings at each checkpoint; who was stopped cannot come back.",
    hint="Among whom are the places given at the second checkpoint?")

mistake(surviving, "by the mean so far",
    "curves[alive, t - 1]", "curves[alive, :t].mean(axis=1)",
    says="You rank by the mean of the curve so far; it is the error after t steps that counts.",
    hint="Which single column of curves is needed at checkpoint t?")

mistake(surviving, "by the best so far",
    "curves[alive, t - 1]", "np.min(curves[alive, :t], axis=1)",
    says="You rank by the lowest error so far; it is the error after t steps that counts.",
    hint="Which single column of curves is needed at checkpoint t?")
