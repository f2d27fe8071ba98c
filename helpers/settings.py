"""A small net that is made and trained as a setting of its hyper-parameters says, for searches that train it many times.

linear -> ReLU -> ... -> linear -> softmax, by Adam (Kingma and Ba, 2014) in mini-batches. Examples are columns; Y is one-hot, (C, m).
"""

from collections.abc import Callable, Mapping
from itertools import count

import numpy as np

from helpers import nets
from helpers.nets import Parameters

Setting = Mapping[str, float]  # a value by the name of the knob
DEFAULTS: dict[str, float] = {
    "learning_rate": 0.01,
    "beta1": 0.9,
    "beta2": 0.999,
    "epsilon": 1e-8,
    "batch_size": 64,
    "units": 50,  # of each hidden layer
    "layers": 2,  # that are hidden
    "lambd": 0.0,  # of L2: lambd / 2m times the squares of all weights
    "decay": 0.0,  # the rate in epoch e, counted from 0, is learning_rate / (1 + decay e)
    "epochs": 10,
}


def fit(
    X, Y, setting: Setting, seed: int = 0, watch: Callable[[int, Parameters], None] | None = None
) -> Parameters:
    """Parameters after training on X, (n, m), and Y, (C, m). A knob that the setting does not name has its default.

    seed: of the first weights and of the order of examples. watch(t, parameters) is called after step t, from 1.
    """
    if unknown := set(setting) - set(DEFAULTS):
        raise ValueError(f"no such knob: {', '.join(sorted(unknown))}; there are {', '.join(DEFAULTS)}")
    knob = DEFAULTS | dict(setting)
    m = X.shape[1]
    sizes = [X.shape[0], *[int(knob["units"])] * int(knob["layers"]), Y.shape[0]]
    parameters = nets.initialize_scaled(sizes, gain=2, seed=seed)
    first = {name: np.zeros_like(value) for name, value in parameters.items()}
    second = {name: np.zeros_like(value) for name, value in parameters.items()}
    rng, size, steps = np.random.default_rng(seed), int(knob["batch_size"]), count(1)
    with np.errstate(all="ignore"):  # a setting may be a bad one: then what comes of it is no number
        for epoch in range(int(knob["epochs"])):
            rate = knob["learning_rate"] / (1 + knob["decay"] * epoch)
            order = rng.permutation(m)
            for start in range(0, m, size):
                chosen, t = order[start : start + size], next(steps)
                _, cache = nets.forward_propagation(X[:, chosen], parameters, "relu", "softmax")
                grads = nets.backward_propagation(X[:, chosen], Y[:, chosen], cache)
                scale = np.sqrt(1 - knob["beta2"] ** t)
                for name, value in parameters.items():
                    slope = grads[f"d{name}"] + (knob["lambd"] / m * value if name[0] == "W" else 0)
                    first[name] += (1 - knob["beta1"]) * (slope - first[name])
                    second[name] += (1 - knob["beta2"]) * (slope * slope - second[name])
                    spread = np.sqrt(second[name]) / scale + knob["epsilon"]
                    parameters[name] = value - rate / (1 - knob["beta1"] ** t) * first[name] / spread
                if watch:
                    watch(t, parameters)
    return parameters


def error(parameters: Parameters, X, Y) -> float:
    """Per cent of the examples X, (n, m), whose largest share is not that of their class in Y, (C, m)."""
    with np.errstate(all="ignore"):
        A, _ = nets.forward_propagation(X, parameters, "relu", "softmax")
    return 100 * (1 - nets.share_right(A, np.argmax(Y, axis=0)[None]))


def fit_and_measure(X, Y, X_dev, Y_dev, setting: Setting, seed: int = 0) -> float:
    """The dev error in per cent after training on X and Y as the setting says."""
    return error(fit(X, Y, setting, seed), X_dev, Y_dev)
