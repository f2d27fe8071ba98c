"""The claims of this notebook over five seeds, each with a draw of the data and first weights of its own.

    python solutions/generalization/five_seeds.py > solutions/generalization/five_seeds.txt    (15 minutes of one core)

Prints per cent, mean and standard deviation (with 1/4) over the seeds. `pen` is our digits, tested on 2,000 of other hands; `real` are
the 10,000 test pictures of MNIST, split anew into 8,000 and 2,000, and is printed where its two test files lie in
datasets/original/. Remedies are judged without any choice by their results, so the test pictures are a fair judge.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "datasets"))

from make_datasets import kicks

from autograde.authoring.script import read_script, solution_namespace
from helpers import data, nets
from helpers.data import load_digits, load_pen, split_anew
from helpers.remedies import learn, learn_pitch, like_so_many, percent_right, shares, some_of, weights_in

SEEDS = (1, 2, 3, 4, 5)
SIZES, PASSES = (500, 1000, 2000, 4000, 8000), (80, 80, 40, 30, 20)  # of the notebook
solved = solution_namespace(read_script(Path(__file__).with_name("notebook.py")))


def say(what, values, unit=" %"):
    print(f"{what}: {np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}{unit}", flush=True)


def say_2(what, values):
    print(f"{what}: {np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}", flush=True)


def capped(r):
    """Max-norm on all layers."""
    return lambda parameters: {n: solved["max_norm"](v, r) if n[0] == "W" else v for n, v in parameters.items()}


def charged(l1=0.0, l2=0.0):
    return lambda grads, parameters: solved["add_penalty_gradient"](grads, parameters, l1, l2)


def dropping(*rates):
    return {"dropout": (solved["dropout"], rates)}


def moving(most):
    """Each picture of a batch moved by up to so many pixels in both directions, all at once, which is quicker."""

    def change(X, rng):
        m = X.shape[1]
        dx, dy = rng.integers(-most, most + 1, (2, m))
        padded = np.pad(X.T.reshape(m, 14, 14), ((0, 0), (most, most), (most, most)))
        rows, columns = (np.arange(14) + most - by[:, None] for by in (dy, dx))
        return padded[np.arange(m)[:, None, None], rows[:, :, None], columns[:, None]].reshape(m, 196).T

    return change


def noisy(X, rng):
    return X + 0.2 * rng.standard_normal(X.shape)


REMEDIES = {  # what is done, and how many times as long
    "none": ({}, 1),
    "none, twice as long": ({}, 2),
    "dropout 0.2": (dropping(0, 0.2, 0.2), 1),
    "dropout 0.5": (dropping(0, 0.5, 0.5), 1),
    "dropout 0.5, twice as long": (dropping(0, 0.5, 0.5), 2),
    "dropout 0.2, inputs too": (dropping(0.2, 0.2, 0.2), 1),
    "max-norm 1": ({"after": capped(1)}, 1),
    "max-norm 2": ({"after": capped(2)}, 1),
    "L1": ({"add": charged(l1=1e-4)}, 1),
    "L2": ({"add": charged(l2=5e-4)}, 1),
    "noise": ({"change": noisy}, 1),
    "shifts": ({"change": moving(1)}, 1),
    "shifts, twice as long": ({"change": moving(1)}, 2),
    "shifts of two pixels, twice as long": ({"change": moving(2)}, 2),
    "shifts and dropout 0.2, twice as long": ({"change": moving(1), **dropping(0, 0.2, 0.2)}, 2),
}


@cache
def digits_of(original):
    return load_pen(14, original)


def draw_pen(seed):
    return digits_of(False)


def draw_real(seed):
    return split_anew(digits_of(True), seed, 8000)


def remedies(kind, draw):
    reached = {}
    for m, passes in zip(SIZES, PASSES, strict=True):
        for name, (how, times) in REMEDIES.items() if m in (500, 2000) else [("none", REMEDIES["none"])]:
            rights = []
            for seed in SEEDS:
                dataset = draw(seed)
                parameters = learn(*some_of(dataset, m, seed), passes * times, seed=seed, **how)
                rights.append(percent_right(parameters, dataset.X_test, dataset.Y_test))
            reached[m, name] = rights
            say(f"{kind}, {m} pictures, {name}", rights)
    for m in (500, 2000):
        for name in ("noise", "shifts", "shifts, twice as long"):
            like = like_so_many(SIZES, [np.mean(reached[size, "none"]) for size in SIZES], float(np.mean(reached[m, name])))
            print(f"{kind}, {m} pictures with {name}: like {like:.0f}")
    for m in (500, 2000):
        for name in ("dropout 0.2", "dropout 0.5", "noise"):
            say(f"{kind}, {m} pictures, {name} less none", np.subtract(reached[m, name], reached[m, "none"]), " points")
        longer = np.subtract(reached[m, "dropout 0.5, twice as long"], reached[m, "none, twice as long"])
        say(f"{kind}, {m} pictures, dropout 0.5 less none, both twice as long", longer, " points")


def by_heart():
    pen = draw_pen(0)
    for name in ("true", "shuffled"):
        train, test = [], []
        for seed in SEEDS:
            X, labels = some_of(pen, 500, seed)
            taught = labels if name == "true" else labels[:, np.random.default_rng(seed).permutation(500)]
            parameters = learn(X, taught, 150, seed=seed)
            train.append(percent_right(parameters, X, taught))
            test.append(percent_right(parameters, pen.X_test, pen.Y_test))
        say(f"{name} labels, training pictures right", train)
        say(f"{name} labels, test pictures right", test)


def stopping():
    pen, found = draw_pen(0), []
    for seed in SEEDS:
        X, labels, X_dev, labels_dev = some_of(pen, 500, seed, 1000)
        costs, rights = [], []

        def watch(t, parameters, X_dev=X_dev, labels_dev=labels_dev, costs=costs, rights=rights):
            if t % 50 == 0:
                costs.append(nets.class_cost(shares(parameters, X_dev), labels_dev))
                rights.append(percent_right(parameters, X_dev, labels_dev))

        learn(X, labels, 300, seed=seed, watch=watch)
        best, last = solved["early_stopping"](np.array(costs))
        at = best // 50 - 1
        found.append((best, last, costs[at], costs[-1], rights[at], rights[-1]))
    best, last, low, high, before, after = np.array(found).T
    say("stopping, best step", best, "")
    say("stopping, last step", last, "")
    say_2("stopping, best dev cost", low)
    say_2("stopping, dev cost in the end", high)
    say("stopping, dev pictures right at the best", before)
    say("stopping, dev pictures right in the end", after)
    print(f"the share is higher in the end for {np.sum(after > before)} of {len(found)}")


def pitches():
    rate, m = 0.3, 200

    def shrinking(lambd):
        return lambda parameters: {
            n: solved["shrink"](v, rate * lambd / (2 * m)) if n[0] == "W" else v for n, v in parameters.items()
        }

    ways = {
        "no penalty": {},
        "L2 0.7": {"add": charged(l2=0.7 / (2 * m))},
        "L1 0.7": {"add": charged(l1=0.7 / (2 * m))},
        "shrink 0.7": {"after": shrinking(0.7)},
        "shrink 2": {"after": shrinking(2)},
        "max-norm 1": {"after": capped(1)},
        "max-norm 2": {"after": capped(2)},
        "max-norm 3": {"after": capped(3)},
    }
    for name, how in ways.items():
        train, test, small, zero = [], [], [], []
        for seed in SEEDS:
            X, labels = kicks(np.random.RandomState(100 + seed), 5200)
            X, Y = X.T, labels[None]
            pitch = data.Dataset("pitch", X[:, :200], Y[:, :200], X[:, 200:], Y[:, 200:])
            parameters = learn_pitch(pitch, seed=seed, **how)
            w = np.abs(weights_in(parameters))
            train.append(100 * nets.accuracy(parameters, pitch.X_train, pitch.Y_train))
            test.append(100 * nets.accuracy(parameters, pitch.X_test, pitch.Y_test))
            small.append(100 * np.mean(w < 0.001))
            zero.append(100 * np.mean(w == 0))
        say(f"pitch, {name}, training kicks right", train)
        say(f"pitch, {name}, new kicks right", test)
        say(f"pitch, {name}, weights below 0.001", small)
        say(f"pitch, {name}, weights exactly 0", zero)


def slower():
    pen = draw_pen(0)
    for name, rates in (("none", (0, 0, 0)), ("0.2", (0, 0.2, 0.2)), ("0.5", (0, 0.5, 0.5))):
        steps = []
        for seed in SEEDS:
            X, labels = some_of(pen, 500, seed)
            right = []

            def watch(t, parameters, X=X, labels=labels, right=right):
                if t % 10 == 0:
                    right.append(percent_right(parameters, X, labels))

            learn(X, labels, 160, seed=seed, watch=watch, dropout=(solved["dropout"], rates))
            steps.append(10 * (1 + int(np.argmax(np.array(right) >= 95))))
        say(f"dropout {name}, steps to 95 % of the training pictures", steps, "")


def holes():
    cuts = (0, 0.5, 0.6, 0.7, 0.8, 0.9)
    for name, how in (("plain", {}), ("with L1", {"add": charged(l1=0.001)})):
        rights = []
        for seed in SEEDS:
            digits = split_anew(load_digits(), seed)
            parameters = learn(digits.X_train, digits.Y_train, 60, seed=seed, **how)
            rights.append(
                [percent_right(solved["prune"](parameters, cut), digits.X_test, digits.Y_test) for cut in cuts]
            )
        for cut, values in zip(cuts, np.array(rights).T, strict=True):
            say(f"digits, {name}, {100 * cut:.0f} % cut", values)


def leaders():
    found = {"plain descent with L1": [], "FTRL": []}
    for seed in SEEDS:
        digits = split_anew(load_digits(), seed)
        X, Y = digits.X_train, np.eye(10)[:, digits.Y_train[0]]
        counted = (X != 0).any(axis=1)
        for name, places in found.items():
            W, b = np.zeros((10, 64)), np.zeros((10, 1))
            z, n = np.zeros_like(W), np.zeros_like(W)
            for _ in range(300):
                dZ = nets.ACTIVATIONS["softmax"](W @ X + b) - Y
                dW, db = dZ @ X.T / Y.shape[1], dZ.mean(axis=1, keepdims=True)
                if name == "FTRL":
                    W, z, n = solved["ftrl_step"](W, dW, z, n, 0.5, 0.1, 0.3, 0.0)
                else:
                    W = W - 0.5 * (dW + 0.001 * np.sign(W))
                b = b - 0.5 * db
            right = 100 * nets.share_right(W @ digits.X_test + b, digits.Y_test)
            places.append((right, 100 * np.mean(W[:, counted] == 0)))
    for name, values in found.items():
        right, zeros = np.array(values).T
        say(f"softmax regression, {name}, right", right)
        say(f"softmax regression, {name}, weights exactly 0", zeros)


if __name__ == "__main__":
    by_heart()
    stopping()
    slower()
    holes()
    leaders()
    remedies("pen", draw_pen)
    try:
        remedies("real", draw_real)
    except data.DataError as error:
        print(f"Not measured on real handwriting: {error}", file=sys.stderr)
    pitches()
