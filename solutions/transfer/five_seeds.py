"""The claims of this notebook over five seeds, each with pictures, first weights and an order of its own.

    python solutions/transfer/five_seeds.py > solutions/transfer/five_seeds.txt    (10 minutes of one core)

Prints per cent of the test pictures, mean and standard deviation (with 1/4) over the seeds: of pen, and of real handwriting where
MNIST's files, or its two test files alone, lie in datasets/original/. The functions are those of the reference solution. What is
kept of a net for the digits 0 to 4 is measured by datasets/transfer/make_transplant.py.
"""

import sys
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograde.authoring.script import read_script, solution_namespace
from helpers import reuse
from helpers.data import DataError, Dataset, load_pen
from helpers.explorers.transplant import measured

SEEDS = (1, 2, 3, 4, 5)
SIZES = [196, *[100] * 5]
solved = solution_namespace(read_script(Path(__file__).with_name("notebook.py")))


def say(what, values, decimals=1):
    print(f"{what}: {np.mean(values):.{decimals}f} ± {np.std(values, ddof=1):.{decimals}f}", flush=True)


def as_small(data: Dataset) -> Dataset:
    """The same with float32 pixels."""
    X_train, X_test = (X.astype(np.float32) for X in (data.X_train, data.X_test))
    return Dataset(data.name, X_train, data.Y_train, X_test, data.Y_test)


def zero_to_four(data):
    """Exercise 8, with batch norm and with dropout."""
    X, labels = data.X_train, data.Y_train[0]
    old = data.Y_test[0] < 5
    kinds = {"plain": {}, "batch norm": {"normalized": True}, "dropout": {"drop": 0.2}}
    for name, about in kinds.items():
        second, best, right, epochs = [], [], [], []
        for seed in SEEDS:
            chosen = np.random.default_rng(seed).permutation(np.flatnonzero(labels < 5))
            m = 4 * chosen.size // 5
            net = reuse.Remedied(**about, seed=seed)
            train, dev = chosen[:m], chosen[m:]
            run = reuse.train_patiently(
                X[:, train],
                reuse.one_hot(labels[train], 5),
                X[:, dev],
                labels[None, dev],
                reuse.first_weights([*SIZES, 5], seed),
                net,
                seed=seed,
            )
            second.append(run.dev_costs[1])
            best.append(min(run.dev_costs))
            epochs.append(len(run.dev_costs))
            scores = net.scores(data.X_test[:, old], run.parameters)
            right.append(100 * np.mean(np.argmax(scores, axis=0) == data.Y_test[0, old]))
        say(f"{data.name}, {name}, dev cost after two epochs", second, 3)
        say(f"{data.name}, {name}, best dev cost", best, 3)
        say(f"{data.name}, {name}, epochs", epochs)
        say(f"{data.name}, {name}, test", right)


def longer(data):
    """The two ends of the table of what is kept, with five times the training."""
    X, labels = data.X_train, data.Y_train[0]
    for per_class in (5, 100):
        for name, kept, frozen in (("scratch", 0, 0), ("five frozen", 5, 5), ("five thawed", 5, 0)):
            about = {"kept": kept, "frozen": frozen, "per_class": per_class, "steps": 5 * reuse.STEPS}
            values = []
            for seed in SEEDS:
                old = reuse.first_net(X, labels, seed)
                values.append(reuse.transplant_percent(data, old, seed=seed, **about))
            say(f"{data.name}, 5 to 9 from {per_class} a class, {name}, five times as long", values)


def table():
    """The rows of datasets/transfer/transplant.csv."""
    for row, values in measured().items():
        digits, others, kept, frozen, per_class = row.split()
        say(f"{digits}, {per_class} a class, {kept} kept, {frozen} frozen, others {others}", values)


def split(data, seed):
    """Most of the training pictures, to learn a task from; and of each digit 100 others, class by class."""
    rng, labels = np.random.default_rng(seed), data.Y_train[0]
    few = np.stack([rng.permutation(np.flatnonzero(labels == c))[:100] for c in range(10)])
    many = rng.permutation(np.setdiff1d(np.arange(labels.size), few))
    return many, few


def learnt(data, few, per_class, tower, frozen, seed, warped=False):
    """Per cent of the test pictures after training on a few pictures of each digit."""
    chosen = few[:, :per_class].ravel()
    X, Y = data.X_train[:, chosen], reuse.one_hot(data.Y_train[0, chosen], 10)
    net = reuse.first_weights([*SIZES, 10], 100 + seed) | tower
    change = partial(reuse.views, rng=np.random.default_rng(seed)) if warped else None
    net = reuse.train_upper(X, Y, net, frozen, steps=3000 if warped else 1000, seed=seed, change=change)
    return reuse.percent_right(data.X_test, data.Y_test, net)


def pairs_right(data, towers, head, judge, seed):
    """Per cent of 2,000 pairs of test pictures."""
    i, j, target = solved["pair_batch"](data.Y_test[0], np.random.default_rng(50 + seed).random((2000, 2)))
    share = reuse.answers(data.X_test, i, j, towers, head, judge)
    return 100 * np.mean((share > 0.5) == target)


def tasks(data, real):
    """For each seed the towers that several tasks leave, by name."""
    difference = reuse.by_difference(solved["pair_forward"])
    told, costs, found = {}, {}, []
    for seed in SEEDS:
        many, few = split(data, seed)
        X, labels = data.X_train[:, many], data.Y_train[0, many]
        first = reuse.tower_of(reuse.first_weights([*SIZES, 10], seed), 5)
        second = reuse.tower_of(reuse.first_weights([*SIZES, 10], 10 + seed), 5)
        kinds = {"shared": ([first], reuse.first_head(100, seed), difference, 3000)}
        if not real:
            kinds |= {
                "hidden ten": ([first, second], reuse.first_head(200, seed, hidden=10), reuse.by_joining, 4000),
                "linear": ([first, second], reuse.first_head(200, seed), reuse.by_joining, 2000),
            }
        towers = {}
        for name, (start, head, judge, batches) in kinds.items():
            ends, head, history = reuse.train_pairs(X, labels, start, head, judge, solved["pair_batch"], batches, seed)
            told.setdefault(name, []).append(pairs_right(data, ends, head, judge, seed))
            costs.setdefault(name, []).append(np.mean(history[-500:]))
            towers[name] = ends[0]
        start = reuse.first_weights([*SIZES, 10], seed)
        names = reuse.train_all(X, reuse.one_hot(labels, 10), start, epochs=10, batch_size=50, seed=seed)
        told.setdefault("names at once", []).append(reuse.percent_right(data.X_test, data.Y_test, names))
        towers["names"] = reuse.tower_of(names, 5)
        towers["free"], history = reuse.train_views(X, first, solved["which_of_the_batch"], 3000, seed)
        costs.setdefault("free", []).append(np.mean(history[-500:]))
        if not real:
            about = (X, first, reuse.first_head(100, seed), solved["margin_cost"], 2000, seed)
            towers["spoilt"], _, ahead = reuse.train_scores(*about)
            told.setdefault("spoilt", []).append(100 * np.mean(ahead[-500:]))
        found.append((few, towers))
    for name, values in told.items():
        say(f"{data.name}, {name}, right", values)
    for name, values in costs.items():
        say(f"{data.name}, {name}, last cost", values, 3)
    return found


def exercise_10(data, real):
    found = tasks(data, real)
    for per_class in (5, 20, 100):
        about = [(few, towers, seed) for (few, towers), seed in zip(found, SEEDS, strict=True)]
        where = f"{data.name}, {per_class} a class"
        say(f"{where}, scratch", [learnt(data, few, per_class, {}, 0, seed) for few, _, seed in about])
        for name in found[0][1]:
            values = [learnt(data, few, per_class, towers[name], 5, seed) for few, towers, seed in about]
            say(f"{where}, {name}, frozen", values)
        for name in ("free", "spoilt")[: 1 if real else 2]:
            values = [learnt(data, few, per_class, towers[name], 0, seed) for few, towers, seed in about]
            say(f"{where}, {name}, thawed", values)
        values = [learnt(data, few, per_class, towers["free"], 0, seed, warped=True) for few, towers, seed in about]
        say(f"{where}, free, thawed, warps", values)
        say(f"{where}, scratch, warps", [learnt(data, few, per_class, {}, 0, seed, warped=True) for few, _, seed in about])


def clouds(data):
    right = []
    for seed in SEEDS:
        many, _ = split(data, seed)
        X, labels = data.X_train[:, many], data.Y_train[0, many]
        start = reuse.first_weights([196, 100, 100, 100, 2], seed)
        net = reuse.train_clouds(X, labels, start, solved["pair_batch"], 5000, seed=seed)
        right.append(reuse.nearest_mean_percent(X, labels, data.X_test, data.Y_test[0], net))
    say(f"{data.name}, clouds, nearest of ten means", right)


def main():
    pen = as_small(load_pen(14, original=False))
    zero_to_four(pen)
    table()
    longer(pen)
    exercise_10(pen, real=False)
    clouds(pen)
    try:
        real = as_small(load_pen(14, original=True))
    except DataError as error:
        print(f"Nothing on real handwriting: {error}")
        return
    real = Dataset("handwriting", real.X_train, real.Y_train, real.X_test, real.Y_test)
    zero_to_four(real)
    exercise_10(real, real=True)
    clouds(real)


if __name__ == "__main__":
    main()
