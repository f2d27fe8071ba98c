"""The claims of this notebook over five seeds, each with a pitch and first weights of its own.

    python solutions/regularization/five_seeds.py > solutions/regularization/five_seeds.txt    (3 minutes of one core)

Prints mean and standard deviation (with 1/4) over the seeds, and what holds for each of them. Errors are in per cent, on 200
training kicks (30 where the text says so) and on 5,000 new ones by the same rules.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "datasets"))

from make_datasets import kicks

from helpers import nets
from helpers.data import load_moons
from helpers.explorers.regularization import gradient, unpack

SEEDS = (1, 2, 3, 4, 5)
RATE = 0.3


def pitch(seed):
    """X and Y of 200 training kicks, and of 5,000 new ones."""
    X, labels = kicks(np.random.RandomState(100 + seed), 5200)
    return X.T[:, :200], labels[None, :200], X.T[:, 200:], labels[None, 200:]


def some_moons(seed):
    """X and Y of 300 of the 400 moons' points, drawn anew."""
    moons = load_moons()
    chosen = np.random.default_rng(seed).permutation(400)[:300]
    return np.hstack([moons.X_train, moons.X_test])[:, chosen], np.hstack([moons.Y_train, moons.Y_test])[:, chosen]


def first_weights(seed, *sizes):
    """As in the notebook, with another seed."""
    return nets.initialize_scaled(sizes, gain=1, seed=seed)


def blind(seed, *sizes):
    """Weights that pass over x2; many units are steep, each at another place."""
    parameters = first_weights(seed, *sizes)
    if len(sizes) > 2:
        parameters["W1"] *= 20
        parameters["b1"] = np.random.default_rng(seed).uniform(-10, 10, parameters["b1"].shape)
    parameters["W1"][:, 1] = 0
    return parameters


def weights_of(parameters):
    """All entries of W1, W2, ... as one vector."""
    return np.concatenate([value.ravel() for name, value in parameters.items() if name.startswith("W")])


def descend(X, Y, parameters, steps, hidden="relu", pull=lambda W: 0, after=lambda parameters: parameters):
    """Full-batch descent. pull(W): what is added to the gradient of W. after: done to the parameters after each step."""
    for _ in range(steps):
        _, cache = nets.forward_propagation(X, parameters, hidden)
        grads = nets.backward_propagation(X, Y, cache, hidden)
        for name in parameters:
            if name.startswith("W"):
                grads[f"d{name}"] = grads[f"d{name}"] + pull(parameters[name])
        parameters = after(nets.descend(parameters, grads, RATE))
    return parameters


def max_norm(parameters):
    """The weights into each unit scaled back to length 1 where they are longer."""
    return {
        name: value / np.maximum(1, np.linalg.norm(value, axis=1, keepdims=True)) if name.startswith("W") else value
        for name, value in parameters.items()
    }


def with_dropout(X, Y, parameters, keep, steps, seed):
    """Descent with fresh masks and a probability for each of two hidden layers, of 20 and of 3 units."""
    rng = np.random.default_rng(seed)
    theta = np.concatenate([value.ravel() for value in parameters.values()])
    for _ in range(steps):
        factors = [rng.binomial(1, k, (n, X.shape[1])) / k if k < 1 else 1 for k, n in zip(keep, (20, 3), strict=True)]
        theta = theta - RATE * gradient(theta, X, Y[0], (20, 3), 0, factors)
    return unpack(theta, (20, 3))


def units_at_work(parameters):
    """As in the notebook."""
    return np.sum(np.linalg.norm(parameters["W1"], axis=1) * np.linalg.norm(parameters["W2"], axis=0) > 0.01)


def one_seed(seed):
    """{claim: its number}."""
    X, Y, X_new, Y_new = pitch(seed)
    found = {}

    def note(name, parameters, m=200):
        found[f"{name}, training"] = 100 * (1 - nets.accuracy(parameters, X[:, :m], Y[:, :m]))
        found[f"{name}, new"] = 100 * (1 - nets.accuracy(parameters, X_new, Y_new))

    half = X * [[1], [0]]
    note("one unit, x1", descend(half, Y, blind(seed, 2, 1), 1_000))
    note("one unit, both", descend(X, Y, first_weights(seed, 2, 1), 1_000))
    note("50 units, x1", descend(half[:, :30], Y[:, :30], blind(seed, 2, 50, 1), 4_000), 30)
    start = first_weights(seed, 2, 20, 3, 1)
    note("section 1", descend(X, Y, start, 30_000))

    rivals = {
        "L2": descend(X, Y, start, 8_000, pull=lambda W: 0.7 / 200 * W),
        "L1": descend(X, Y, start, 8_000, pull=lambda W: 0.7 / 400 * np.sign(W)),
        "max-norm": descend(X, Y, start, 8_000, after=max_norm),
    }
    for name, parameters in rivals.items():
        found[f"{name}, below 0.001"] = 100 * np.mean(np.abs(weights_of(parameters)) < 0.001)
        found[f"{name}, units"] = units_at_work(parameters)
    long = descend(X, Y, rivals["L2"], 22_000, pull=lambda W: 0.7 / 200 * W)
    found["L2, units after 30,000 steps"] = units_at_work(long)

    X_moons, Y_moons = some_moons(seed)
    for lambd in (0, 10):
        start_tanh, pull = first_weights(seed, 2, 5, 3, 1), lambda W, lambd=lambd: lambd / 300 * W
        tanh_net = descend(X_moons, Y_moons, start_tanh, 5_000, "tanh", pull)
        Z1 = nets.forward_propagation(X_moons, tanh_net, "tanh")[1][0]
        found[f"tanh {lambd}, small z"] = 100 * np.mean(np.abs(Z1) < 0.5)

    for keep in ((1, 1), (0.86, 0.86), (0.6, 1)):
        parameters = with_dropout(X, Y, start, keep, 10_000, seed)
        found[f"dropout {keep[0]} {keep[1]}, size"] = np.sqrt(np.mean(weights_of(parameters) ** 2))
    return found


def main() -> None:
    """Print all claims, a line each."""
    found = [one_seed(seed) for seed in SEEDS]
    for name in found[0]:
        values = [one[name] for one in found]
        print(f"{name}: {np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}, from {min(values):.2f} to {max(values):.2f}")
    shares = [one["tanh 10, small z"] / one["tanh 0, small z"] for one in found]
    print(f"tanh: with the price at least {min(shares):.2f} times as many are small")
    sizes = [[one[f"dropout {keep}, size"] for keep in ("1 1", "0.86 0.86", "0.6 1")] for one in found]
    print(f"dropout: both ways are smaller than without in {sum(none > max(rest) for none, *rest in sizes)} of 5")
    gaps = [one["50 units, x1, new"] - one["50 units, x1, training"] for one in found]
    print(f"50 units, x1: new kicks at least {min(gaps):.2f} above training")


if __name__ == "__main__":
    main()
