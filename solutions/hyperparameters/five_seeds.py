"""The claims of this notebook over five seeds, each with a draw of the data, first weights and trials of its own.

    python solutions/hyperparameters/five_seeds.py > solutions/hyperparameters/five_seeds.txt    (3 minutes of one core; needs scikit-learn)

Digits are split anew into 400 to train on, 400 to choose by and 997 to test; moons are drawn anew. Prints per cent of errors, mean and
standard deviation (with 1/4) over the seeds. The functions are those of the reference solution.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "datasets"))

from make_datasets import moons

from autograde.authoring.script import read_script, solution_namespace
from helpers.data import load_digits, split_anew
from helpers.settings import RANGES, error, fit, fit_and_measure

SEEDS = (1, 2, 3, 4, 5)
TIMES = 4  # random searches of a kind for each seed, averaged
RATE = {"learning_rate": ("log", 0.0001, 1)}
FOUR = RATE | {"beta1": ("memory", 0.5, 0.995), "batch_size": ("log", 8, 256), "units": ("whole", 5, 50)}
solved = solution_namespace(read_script(Path(__file__).with_name("notebook.py")))


def split(seed):
    """X and one-hot Y to train on, 400, to choose by, 400, and to test on, 997, drawn anew from all digits."""
    anew = split_anew(load_digits(), seed, 800)
    X, Y = anew.X_train, np.eye(10)[:, anew.Y_train[0]]
    test = anew.X_test, np.eye(10)[:, anew.Y_test[0]]
    return [(X[:, :400], Y[:, :400]), (X[:, 400:], Y[:, 400:]), test]


def draw_moons(seed):
    """300 moons to train on and 100 to choose by."""
    parts = (moons(m, 10 * seed + i) for i, m in enumerate((300, 100)))
    return [(points.T, np.eye(2)[:, labels]) for points, labels in parts]


def later(X, seed):
    """The moons some months later: turned, with more noise, in units ten times as large."""
    angle = np.deg2rad(40)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return 10 * (turn @ X + 0.2 * np.random.default_rng(seed).standard_normal(X.shape))


def trials(seed, n, space):
    return solved["random_trials"](np.random.default_rng(seed).random((n, len(space))), space)


def errors(train, dev, settings, seed, base=None):
    return np.array([fit_and_measure(*train, *dev, (base or {}) | setting, seed) for setting in settings])


def say(what, values, unit=""):
    print(f"{what}: {np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}{unit}", flush=True)


def importance(name, draw, base):
    for knob, values in RANGES.items():
        moved = []
        for seed in SEEDS:
            train, dev = draw(seed)[:2]
            found = errors(train, dev, [{knob: value} for value in values], seed, base)
            moved.append(found.max() - found.min())
        say(f"{name}, {knob} moves the dev error by", moved)


def wrong_scale():
    """Best of 25 is the mean over the 16 searches that 400 trials are cut into."""
    scales = {"plain line": lambda u: 0.0001 + 0.9999 * u, "powers of ten": lambda u: solved["on_log_scale"](u, 0.0001, 1)}
    found = {name: {25: [], 400: []} for name in scales}
    for seed in SEEDS:
        train, dev, _ = split(seed)
        u = np.random.default_rng(seed).random(400)
        for name, scale in scales.items():
            e = errors(train, dev, [{"learning_rate": rate} for rate in scale(u)], seed)
            found[name][25].append(e.reshape(16, 25).min(axis=1).mean())
            found[name][400].append(e.min())
    for name, by_number in found.items():
        for n, values in by_number.items():
            say(f"{name}, best of {n}", values)


def grid_or_chance(second, space):
    """The grid has the middles of five equal pieces of each range."""
    five, found = (np.arange(5) + 0.5) / 5, {"grid": [], "random": []}
    corners = solved["random_trials"](np.repeat(five[:, None], len(space), axis=1), space)
    axes = {name: [trial[name] for trial in corners] for name in space}
    for seed in SEEDS:
        train, dev, _ = split(seed)
        found["grid"].append(errors(train, dev, solved["grid"](axes), seed).min())
        searches = [errors(train, dev, trials(100 * seed + i, 25, space), seed).min() for i in range(TIMES)]
        found["random"].append(np.mean(searches))
    for name, values in found.items():
        say(f"rate and {second}, {name}, best of 25", values)
    say(f"rate and {second}, grid less random", np.subtract(found["grid"], found["random"]))


def coarse_to_fine():
    found = {name: [] for name in ("coarse", "fine", "both rounds", "50 in the whole space", "winner, test", "test less dev")}
    for seed in SEEDS:
        train, dev, test = split(seed)
        coarse = trials(seed, 25, FOUR)
        e = errors(train, dev, coarse, seed)
        fine = trials(seed + 50, 25, solved["zoom"](FOUR, coarse[int(e.argmin())], 0.5))
        e_fine = errors(train, dev, fine, seed)
        more = errors(train, dev, trials(seed + 90, 25, FOUR), seed)
        winner = fine[int(e_fine.argmin())] if e_fine.min() <= e.min() else coarse[int(e.argmin())]
        tested = fit_and_measure(*train, *test, winner, seed)
        best = min(e.min(), e_fine.min())
        for name, value in zip(found, (e.min(), e_fine.min(), best, min(e.min(), more.min()), tested, tested - best), strict=True):
            found[name].append(value)
    for name, values in found.items():
        say(f"search of four knobs, {name}", values)


def months():
    space = RATE | {"units": ("whole", 3, 30), "lambd": ("log", 0.001, 10)}
    found = {"then": [], "old setting, later": [], "new search, later": []}
    for seed in SEEDS:
        train, dev = draw_moons(seed)
        settings = [{"epochs": 20} | trial for trial in trials(seed, 25, space)]
        first = errors(train, dev, settings, seed)
        train, dev = (later(train[0], seed), train[1]), (later(dev[0], seed + 50), dev[1])
        now = errors(train, dev, settings, seed)
        for name, value in zip(found, (first.min(), now[int(first.argmin())], now.min()), strict=True):
            found[name].append(value)
    for name, values in found.items():
        say(f"moons, {name}", values)
    say("moons, old setting less new search", np.subtract(found["old setting, later"], found["new search, later"]))


def judges():
    """How far each judge is from the truth about one setting, with a hundred digits; 4 draws of them for each seed."""
    setting, found = {"learning_rate": 0.01, "epochs": 40, "lambd": 0.1}, {"20 dev digits": [], "5 folds": [], "training": []}
    for seed in SEEDS:
        train, _, test = split(seed)
        off = {name: [] for name in found}
        for i in range(4):
            X, Y = (part[:, 100 * i : 100 * i + 100] for part in train)
            truth = fit_and_measure(X, Y, *test, setting, seed)
            parameters = fit(X[:, 20:], Y[:, 20:], setting, seed)
            mean, _ = solved["cross_validation_error"](X, Y, 5, np.random.default_rng(seed).permutation(100), setting)
            off["20 dev digits"].append(abs(error(parameters, X[:, :20], Y[:, :20]) - truth))
            off["5 folds"].append(abs(mean - truth))
            off["training"].append(abs(error(parameters, X[:, 20:], Y[:, 20:]) - truth))
        for name, values in off.items():
            found[name].append(np.mean(values))
    for name, values in found.items():
        say(f"a hundred digits, {name} off the truth by", values)


def curve(train, dev, setting, seed):
    """The dev error after each of eight epochs."""
    steps, found = -(-train[0].shape[1] // int(setting["batch_size"])), []

    def watch(t, parameters):
        if t % steps == 0:
            found.append(error(parameters, *dev))

    fit(*train, setting | {"epochs": 8}, seed, watch)
    return found


def stopped_early():
    found = {"best that arrived": [], "best of all": [], "arrived less all": []}
    for seed in SEEDS:
        train, dev, _ = split(seed)
        curves = [curve(train, dev, trial, seed) for trial in trials(seed + 20, 16, FOUR)]
        curves = np.array(curves)
        survivors, cost = solved["surviving"](curves, (1, 2, 4))
        arrived, best = curves[survivors[-1], -1].min(), curves[:, -1].min()
        for name, value in zip(found, (arrived, best, arrived - best), strict=True):
            found[name].append(value)
    print(f"16 start, {cost} epochs of {curves.size}")
    for name, values in found.items():
        say(f"16 start, {name}", values)


def main():
    importance("digits", split, {})
    importance("moons", draw_moons, {"learning_rate": 0.03, "epochs": 20})
    wrong_scale()
    grid_or_chance("epsilon", RATE | {"epsilon": ("log", 1e-10, 1e-6)})
    grid_or_chance("units", RATE | {"units": ("whole", 5, 50)})
    coarse_to_fine()
    months()
    judges()
    stopped_early()


if __name__ == "__main__":
    main()
