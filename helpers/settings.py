"""A small net that is made and trained as a setting of its hyper-parameters says, for searches that train it many times.

linear -> ReLU -> ... -> linear -> softmax, by Adam (Kingma and Ba, 2014) in mini-batches. Examples are columns; Y is one-hot, (C, m).
"""

from collections.abc import Callable, Mapping

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


def fit(X, Y, setting: Setting, seed: int = 0, watch: Callable[[int, Parameters], None] | None = None) -> Parameters:
    """Parameters after training on X, (n, m), and Y, (C, m). A knob that the setting does not name has its default.

    seed: of the first weights and of the order of examples. watch(t, parameters) is called after step t, from 1; its
    parameters are moved by the next step.
    """
    if unknown := set(setting) - set(DEFAULTS):
        raise ValueError(f"no such knob: {', '.join(sorted(unknown))}; there are {', '.join(DEFAULTS)}")
    knob = DEFAULTS | dict(setting)
    m = X.shape[1]
    sizes = [X.shape[0], *[int(knob["units"])] * int(knob["layers"]), Y.shape[0]]
    start = nets.initialize_scaled(sizes, gain=2, seed=seed)
    theta = np.concatenate([value.ravel() for value in start.values()])  # all of them, one after the other
    parameters, at = {}, 0
    for name, value in start.items():  # views of theta, so that a step moves them all
        parameters[name] = theta[at : at + value.size].reshape(value.shape)
        at += value.size
    price = np.concatenate([np.full(value.size, name[0] == "W") for name, value in start.items()]) * knob["lambd"] / m
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    beta1, beta2 = knob["beta1"], knob["beta2"]
    rng, size, t = np.random.default_rng(seed), int(knob["batch_size"]), 0
    with np.errstate(all="ignore"):  # a setting may be a bad one: then what comes of it is no number
        for epoch in range(int(knob["epochs"])):
            rate = knob["learning_rate"] / (1 + knob["decay"] * epoch)
            order = rng.permutation(m)
            for begin in range(0, m, size):
                chosen, t = order[begin : begin + size], t + 1
                _, cache = nets.forward_propagation(X[:, chosen], parameters, "relu", "softmax")
                grads = nets.backward_propagation(X[:, chosen], Y[:, chosen], cache)
                slope = np.concatenate([grads[f"d{name}"].ravel() for name in parameters]) + price * theta
                first += (1 - beta1) * (slope - first)
                second += (1 - beta2) * (slope * slope - second)
                spread = np.sqrt(second / (1 - beta2**t)) + knob["epsilon"]
                theta -= rate / (1 - beta1**t) * first / spread
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
