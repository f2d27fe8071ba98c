"""The claims of this notebook over five seeds, each with a split of the digits, first weights and an order of its own.

    python solutions/deep_networks/five_seeds.py > solutions/deep_networks/five_seeds.txt    (5 minutes of one core)

Prints per cent of the 597 test digits, mean and standard deviation (with 1/4) over the seeds, and per cent of units that are dead.
The functions are those of the reference solution. The part in Keras needs TensorFlow.
"""

import sys
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograde.authoring.script import read_script, run_source, solution_namespace
from helpers import deep, nets
from helpers.data import Dataset, load_digits, split_anew
from helpers.explorers.race import adam, momentum, rmsprop

SEEDS = (1, 2, 3, 4, 5)
WIDE = [64, 100, 100, 100, 10]
SMALL = [64, 100, 50, 10]
script = read_script(Path(__file__).with_name("notebook.py"))
solved = solution_namespace(script)


DATA = {seed: split_anew(load_digits(), seed) for seed in SEEDS}


def say(what, values, decimals=1):
    print(f"{what}: {np.mean(values):.{decimals}f} ± {np.std(values, ddof=1):.{decimals}f}", flush=True)


def trained(sizes, gain, *activation, make_update=lambda: nets.descend, skip=False, **how):
    """For each seed the digits and the history of a net; make_update() gives each its own update rule."""
    for seed in SEEDS:
        first = nets.initialize_scaled(sizes, gain=gain, seed=seed)
        about = {"skip": skip, "seed": seed, "update": make_update(), **how}
        yield DATA[seed], deep.train_digits(DATA[seed], first, *activation, **about)


def right(sizes, gain, *activation, skip=False, **how):
    """Per cent of the test digits, for each seed."""
    runs = trained(sizes, gain, *activation, skip=skip, **how)
    return [deep.percent_right(digits, history.parameters, *activation, skip=skip) for digits, history in runs]


def dead(digits, parameters):
    """Per cent of the units of each hidden layer."""
    layers = deep.forward(digits.X_train, parameters)[1][:-1]
    return [100 * np.mean(solved["dead_units"](layer["A"])) for layer in layers]


def units():
    before = [dead(DATA[seed], nets.initialize_scaled(WIDE, gain=2, seed=seed)) for seed in SEEDS]
    for l, values in enumerate(zip(*before, strict=True), start=1):
        say(f"dead before, layer {l}", values)
    for rate in (0.01, 0.1, 0.5, 1):
        runs = [(digits, history.parameters) for digits, history in trained(WIDE, 2, learning_rate=rate, epochs=20)]
        for l, values in enumerate(zip(*(dead(*run) for run in runs), strict=True), start=1):
            say(f"dead at {rate}, layer {l}", values)
        say(f"ReLU at {rate}", [deep.percent_right(*run) for run in runs])
    leaky, elu = solved["leaky_relu"], solved["elu"]
    kinds = {"leaky 0.01": lambda Z: leaky(Z, 0.01), "leaky 0.2": lambda Z: leaky(Z, 0.2), "ELU": elu}
    for name, activation in kinds.items():
        for rate in (0.1, 0.5):
            say(f"{name} at {rate}", right(WIDE, 2, activation, learning_rate=rate, epochs=20))


def paths():
    for depth in (5, 20, 40):
        for gain, weights in ((0.09, "small"), (2, "He's")):
            for skip, words in ((False, "without"), (True, "with")):
                about = {"skip": skip, "learning_rate": 0.02, "epochs": 15}
                say(f"{depth} layers, {weights} weights, {words}", right([64, *[50] * depth, 10], gain, **about))


def clipping():
    def by(clip, threshold):
        def update(parameters, grads, learning_rate):
            return nets.descend(parameters, clip(grads, threshold), learning_rate)

        return update

    def norm(grads, threshold):
        return solved["clip_by_norm"](grads, threshold)[0]

    about = {"learning_rate": 0.01, "epochs": 20}
    sizes, gain = [64, *[50] * 20, 10], 2 * 1.5**2
    say("not clipped", right(sizes, gain, **about))
    for threshold in (1, 0.1, 0.01):
        say(f"by value at {threshold}", right(sizes, gain, make_update=partial(by, solved["clip_by_value"], threshold), **about))
    for threshold in (100, 10, 1):
        say(f"by norm at {threshold}", right(sizes, gain, make_update=partial(by, norm, threshold), **about))


def rules():
    for beta in (0.0, 0.9, 0.99999):
        about = {"learning_rate": 0.01, "epochs": 20, "make_update": partial(deep.keeping, deep.momentum, beta=beta)}
        say(f"speed, beta {beta}", right(SMALL, 2, **about))
    batch = []

    def ahead(parameters, grads, v, learning_rate):
        function = solved["update_parameters_with_nesterov"]
        function.__globals__["gradient"] = lambda at: deep.gradients(*batch, at)[1]
        return function(parameters, v, 0.9, learning_rate)

    kinds = {
        "descent": (0.1, lambda: nets.descend),
        "momentum": (0.1, lambda: deep.each_by(momentum)),
        "Nesterov": (0.01, lambda: deep.keeping(ahead)),
        "AdaGrad": (0.01, lambda: deep.keeping(solved["update_parameters_with_adagrad"])),
        "RMSprop": (0.01, lambda: deep.each_by(rmsprop)),
        "Adam": (0.001, lambda: deep.each_by(adam)),
        "Adadelta": (None, lambda: deep.keeping(solved["update_parameters_with_adadelta"], 2, rho=0.9)),
    }
    for name, (rate, make_update) in kinds.items():
        about = {"learning_rate": rate, "epochs": 20, "make_update": make_update, "batch": batch}
        runs = list(trained(SMALL, 2, **about))
        say(f"{name}, test digits", [deep.percent_right(digits, history.parameters) for digits, history in runs])
        for epoch in (5, 20):
            costs = [np.mean(history.costs[24 * epoch - 24 : 24 * epoch]) for _, history in runs]
            say(f"{name}, cost in epoch {epoch}", costs, 3)


def scales():
    """The same net twice, once with W1 a tenth and W2 ten times as large, which ReLU lets through."""
    for scale in (1, 10):
        for beta in (0.0, 0.9):
            costs = []
            for seed in SEEDS:
                first = nets.initialize_scaled(SMALL, gain=2, seed=seed)
                first |= {"W1": first["W1"] / scale, "W2": first["W2"] * scale}
                about = {"learning_rate": 0.1 * (1 - beta), "epochs": 20, "seed": seed}
                history = deep.train_digits(DATA[seed], first, update=deep.keeping(deep.momentum, beta=beta), **about)
                costs.append(np.mean(history.costs[-24:]))
            say(f"layers of scale {scale}, beta {beta}, last cost", costs, 4)


def schedules():
    """With the last 200 training digits as a dev set, as in the notebook."""
    f = solved["scheduled_learning_rate"]
    kinds = {
        "constant": lambda rate, t: rate,
        "piecewise": lambda rate, t: f(rate, t, "piecewise", 1, 1.0, (200,), (rate / 100,)),
        "exponential": lambda rate, t: f(rate, t, "exponential", 200),
        "power": lambda rate, t: f(rate, t, "power", 200),
        "performance": None,
    }
    for start, (name, rate_of) in product((1.0, 3.0), kinds.items()):
        shares, costs = [], []
        for seed in SEEDS:
            d = DATA[seed]
            part = Dataset("part", d.X_train[:, :-200], d.Y_train[:, :-200], d.X_train[:, -200:], d.Y_train[:, -200:])
            errors: list[float] = []

            def watched(t, parameters, start=start, part=part, errors=errors):
                if t % 20 == 0:
                    errors.append(100 - deep.percent_right(part, parameters))
                return solved["performance_schedule"](start, errors, 10.0, 3)[-1]

            def by_table(t, parameters, start=start, rate_of=rate_of):
                return rate_of(start, t)

            update = deep.at_rates(by_table if rate_of else watched, deep.each_by(momentum))
            first = nets.initialize_scaled(SMALL, gain=2, seed=seed)
            history = deep.train_digits(part, first, learning_rate=None, epochs=20, update=update, seed=seed)
            shares.append(deep.percent_right(d, history.parameters))
            costs.append(np.mean(history.costs[-20:]))
        say(f"{name}, from {start:g}, test digits", shares)
        say(f"{name}, from {start:g}, last cost", costs, 4)


def in_keras():
    """By the functions of the notebook's own cell, which finds Keras and reads `digits`."""
    (cell,) = [cell.source for cell in script.notebook.cells if "def chapter_net" in cell.source]
    for batch_norm in (False, True):
        shares, first, last = [], [], []
        for seed in SEEDS:
            names = {"digits": DATA[seed]}
            run_source(cell, "<chapter_net>", names)
            keras = names["keras"]
            keras.utils.set_random_seed(seed)
            net, optimizer = names["chapter_net"](batch_norm), keras.optimizers.SGD(0.01, clipvalue=1.0)
            history, share = names["fit"](net, optimizer, epochs=20, batch_size=20)
            shares.append(share)
            first.append(history["loss"][0])
            last.append(history["loss"][-1])
        words = "with" if batch_norm else "without"
        say(f"Keras, {words} batch norm, test digits", shares)
        say(f"Keras, {words} batch norm, cost in epoch 1", first, 3)
        say(f"Keras, {words} batch norm, cost in epoch 20", last, 3)


def main():
    with np.errstate(all="ignore"):  # nets that fly apart
        for part in (units, paths, clipping, rules, scales, schedules, in_keras):
            part()


if __name__ == "__main__":
    main()
