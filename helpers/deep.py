"""A deep net for several classes, for demonstrations: any number of layers, an activation that is handed in, and, if wished, a
path around each layer. Letters as in `helpers.nets`; an activation gives a pair, A and the slope at each z, both in the shape of Z.
"""

from collections.abc import Callable

import numpy as np

from helpers import nets
from helpers.nets import Parameters
from helpers.training import History, ready, train_classes

Activation = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def relu(Z):
    """max(0, Z) and its slope, 0 or 1, both in the shape of Z."""
    return nets.relu(Z), np.where(Z > 0, 1.0, 0.0)


def forward(X, parameters: Parameters, activation: Activation = relu, skip: bool = False):
    """Scores ZL, shape (C, m), and a list with a dict for each layer: A_previous, and of hidden ones A, slope and around.

    skip: add a layer's input to its output wherever both have one shape; `around` says where that was.
    """
    L, A, layers = nets.number_of_layers(parameters), X, []
    for l in range(1, L):
        layer = {"A_previous": A}
        layer["A"], layer["slope"] = ready(activation, parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        layer["around"] = skip and layer["A"].shape == A.shape
        A = layer["A"] + A if layer["around"] else layer["A"]
        layers.append(layer)
    return parameters[f"W{L}"] @ A + parameters[f"b{L}"], [*layers, {"A_previous": A}]


def gradients(X, Y, parameters: Parameters, activation: Activation = relu, skip: bool = False):
    """Mean cost of softmax at the end, and its derivatives by all parameters, a dict dW1, db1, ...; Y: one-hot, shape (C, m)."""
    ZL, layers = forward(X, parameters, activation, skip)
    shares, m, grads = nets.ACTIVATIONS["softmax"](ZL), Y.shape[1], {}
    dZ, d_out = shares - Y, np.zeros(0)
    for l in range(len(layers), 0, -1):
        layer = layers[l - 1]
        grads[f"dW{l}"], grads[f"db{l}"] = dZ @ layer["A_previous"].T / m, dZ.mean(axis=1, keepdims=True)
        if l > 1:
            dA, below = parameters[f"W{l}"].T @ dZ, layers[l - 2]
            if l < len(layers) and layer["around"]:
                dA = dA + d_out  # what goes around layer l comes back around it
            d_out, dZ = dA, dA * below["slope"]
    return nets.class_cost(shares, np.argmax(Y, axis=0)[None]), grads


def train_digits(
    digits,
    parameters: Parameters,
    activation: Activation = relu,
    *,
    skip: bool = False,
    batch_size: int = 50,
    batch: list | None = None,
    **how,
) -> History:
    """`train_classes` on the training digits with the gradients of this net; how: learning_rate, epochs, update, watch, seed.

    batch: a list that is made to hold X and Y of the batch at hand, for rules that ask for a gradient elsewhere.
    """

    def batch_gradients(X, Y, parameters):
        if batch is not None:
            batch[:] = X, Y
        return gradients(X, Y, parameters, activation, skip)

    Y = np.eye(10)[:, digits.Y_train[0]]
    return train_classes(digits.X_train, Y, parameters, batch_gradients, batch_size=batch_size, **how)


def percent_right(digits, parameters: Parameters, activation: Activation = relu, skip: bool = False) -> float:
    """Per cent of the test digits that the net has right."""
    return 100 * nets.share_right(forward(digits.X_test, parameters, activation, skip)[0], digits.Y_test)


def momentum(parameters: Parameters, grads, v, learning_rate: float, beta: float):
    """One step of momentum whose v is the step itself, a sum of gradients with the learning rate inside: parameters, v."""
    v = {d: beta * v[d] + learning_rate * grads[d] for d in v}
    return {name: value - v[f"d{name}"] for name, value in parameters.items()}, v


def keeping(update: Callable, names: int = 1, **settings) -> Callable:
    """An update rule for `train_digits` out of update(parameters, grads, v, ...) -> parameters, v, ...: it keeps v, or s and d.

    names: how many such dicts there are; before the first step they hold zeros. settings: what else update is given.
    """
    kept: list = []

    def step(parameters, grads, learning_rate):
        state = kept or [{f"d{name}": np.zeros_like(p) for name, p in parameters.items()} for _ in range(names)]
        about = settings if learning_rate is None else {"learning_rate": learning_rate, **settings}
        parameters, *kept[:] = ready(lambda: update(parameters, grads, *state, **about))
        return parameters

    return step


def at_rates(rate_of: Callable, step: Callable) -> Callable:
    """The update rule `step` with a learning rate of its own for each step: rate_of(t, parameters), with t from 0."""
    used: list[float] = []

    def update(parameters, grads, learning_rate):
        used.append(rate_of(len(used), parameters))
        return step(parameters, grads, used[-1])

    return update


def each_by(rule: Callable) -> Callable:
    """An update rule for `train_digits` out of one of the race, rule(w, g, state, alpha, t) -> new w, for each parameter alone."""
    states: dict = {}

    def step(parameters, grads, learning_rate):
        states["t"] = states.get("t", 0) + 1
        return {
            name: rule(p, grads[f"d{name}"], states.setdefault(name, {}), learning_rate, states["t"])
            for name, p in parameters.items()
        }

    return step
