"""A small net that is made and trained as a setting of its hyper-parameters says, for searches that train it many times.

linear -> ReLU -> ... -> linear -> softmax, by Adam (Kingma and Ba, 2014) in mini-batches. Examples are columns; Y is one-hot, (C, m).
"""

from collections.abc import Callable, Mapping

import numpy as np

from helpers import nets
from helpers.nets import Parameters
from helpers.training import train_classes

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
WHOLE = ("batch_size", "units", "layers", "epochs")  # of other values training takes the whole part
RANGES: dict[str, tuple[float, ...]] = {  # from one end of what is tried to the other
    "learning_rate": (0.0001, 0.001, 0.01, 0.1, 1),
    "beta1": (0.5, 0.84, 0.95, 0.984, 0.995),
    "batch_size": (8, 19, 45, 107, 256),
    "units": (5, 29, 53, 76, 100),
    "layers": (1, 2, 3, 4),
    "decay": (0.01, 0.056, 0.32, 1.8, 10),
    "lambd": (0.001, 0.01, 0.1, 1, 10),
    "beta2": (0.9, 0.982, 0.997, 0.9994, 0.9999),
    "epsilon": (1e-10, 1e-9, 1e-8, 1e-7, 1e-6),
}


def fit(X, Y, setting: Setting, seed: int = 0, watch: Callable[[int, Parameters], None] | None = None) -> Parameters:
    """Parameters after training on X, (n, m), and Y, (C, m). A knob that the setting does not name has its default.

    seed: of the first weights and of the order of examples. watch(t, parameters) is called after step t, from 1; its
    parameters are moved by the next step.
    """
    if unknown := set(setting) - set(DEFAULTS):
        raise ValueError(f"no such knob: {', '.join(sorted(unknown))}; there are {', '.join(DEFAULTS)}")
    knob = DEFAULTS | dict(setting)
    whole = {name: int(knob[name]) for name in WHOLE}
    m = X.shape[1]
    sizes = [X.shape[0], *[whole["units"]] * whole["layers"], Y.shape[0]]
    start = nets.initialize_scaled(sizes, gain=2, seed=seed)
    theta = np.concatenate([value.ravel() for value in start.values()])  # all of them, one after the other
    parameters, at = {}, 0
    for name, value in start.items():  # views of theta, so that a step moves them all
        parameters[name] = theta[at : at + value.size].reshape(value.shape)
        at += value.size
    price = np.concatenate([np.full(value.size, name[0] == "W") for name, value in start.items()]) * knob["lambd"] / m
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    beta1, beta2, size, t = knob["beta1"], knob["beta2"], whole["batch_size"], 0

    def gradients(X, Y, parameters):
        _, cache = nets.forward_propagation(X, parameters, "relu", "softmax")
        return np.nan, nets.backward_propagation(X, Y, cache)  # nobody asks for the cost

    def adam(parameters, grads, learning_rate):
        nonlocal first, second, theta, t
        t += 1
        rate = learning_rate / (1 + knob["decay"] * ((t - 1) // -(-m // size)))
        slope = np.concatenate([grads[f"d{name}"].ravel() for name in parameters]) + price * theta
        first += (1 - beta1) * (slope - first)
        second += (1 - beta2) * (slope * slope - second)
        theta -= rate / (1 - beta1**t) * first / (np.sqrt(second / (1 - beta2**t)) + knob["epsilon"])
        return parameters

    rate, epochs = knob["learning_rate"], whole["epochs"]
    about: dict = {"batch_size": size, "update": adam, "watch": watch, "seed": seed}
    with np.errstate(all="ignore"):  # a setting may be a bad one: then what comes of it is no number
        train_classes(X, Y, parameters, gradients, learning_rate=rate, epochs=epochs, **about)
    return parameters


def as_trained(setting: Setting) -> Setting:
    """A setting to be read: its whole knobs as training takes them, the others with 4 decimals."""
    return {name: int(value) if name in WHOLE else round(float(value), 4) for name, value in setting.items()}


def error(parameters: Parameters, X, Y) -> float:
    """Per cent of the examples X, (n, m), whose largest share is not that of their class in Y, (C, m)."""
    with np.errstate(all="ignore"):
        A, _ = nets.forward_propagation(X, parameters, "relu", "softmax")
    return 100 * (1 - nets.share_right(A, np.argmax(Y, axis=0)[None]))


def fit_and_measure(X, Y, X_dev, Y_dev, setting: Setting, seed: int = 0) -> float:
    """The dev error in per cent after training on X and Y as the setting says."""
    return error(fit(X, Y, setting, seed), X_dev, Y_dev)
