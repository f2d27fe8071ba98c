"""A small fully connected network: linear -> ReLU -> ... -> linear -> sigmoid, trained on cross-entropy. With other names for
its activations, the same one for several classes: linear -> tanh -> ... -> linear -> softmax.

Letters as in the course: `parameters` is a dict W1, b1, ..., WL, bL with Wl of shape (n_l, n_{l-1}) and bl of shape
(n_l, 1); X has shape (n_0, m), one example a column; Y has shape (1, m) and holds 0 or 1. For C classes Y is one-hot, of shape
(C, m), and `labels` are whole numbers from 0 to C - 1, of shape (1, m).
"""

from collections.abc import Callable

import numpy as np

Parameters = dict[str, np.ndarray]


def sigmoid(Z):
    """1 / (1 + e^-Z), element by element, in the shape of Z. Large negative Z overflow to infinity inside, which gives the
    right 0."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-Z))


def relu(Z):
    """max(0, Z), element by element, in the shape of Z."""
    return np.maximum(0, Z)


# By name; np.positive gives back its input. Softmax alone takes a column as a whole.
ACTIVATIONS: dict[str, Callable] = {
    "linear": np.positive,
    "relu": relu,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "softmax": lambda Z: np.exp(Z - np.logaddexp.reduce(Z, axis=0)),
}

# The slopes of those that hidden layers have, at the place where the activation is A.
SLOPES: dict[str, Callable] = {
    "linear": np.ones_like,
    "relu": lambda A: A > 0,
    "tanh": lambda A: 1 - A**2,
    "sigmoid": lambda A: A * (1 - A),
}


def number_of_layers(parameters: Parameters) -> int:
    """L: how many layers have weights. Other parameters than W and b, such as gamma and beta, do not count."""
    return sum(name.startswith("W") for name in parameters)


def initialize_scaled(layers_dims, *, gain: float, seed: int) -> Parameters:
    """Normal weights of variance gain / n_{l-1}, biases zero, from NumPy's legacy stream, so that figures can be compared.

    layers_dims: sizes of the layers, input first, e.g. [2, 20, 3, 1], which gives W1 of shape (20, 2) and b1 of (20, 1).
    gain: 2 for ReLU (He et al., 2015), 1 for tanh (LeCun et al., 1998).
    """
    stream = np.random.RandomState(seed)
    parameters = {}
    for l in range(1, len(layers_dims)):
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = stream.randn(layers_dims[l], fan_in) * np.sqrt(gain / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


def forward_propagation(X, parameters: Parameters, hidden: str = "relu", last: str = "sigmoid"):
    """Output AL, shape (n_L, m), and the cache (Z1, A1, W1, b1, ..., ZL, AL, WL, bL) that the backward pass needs.

    X has shape (n_0, m), Zl and Al have shape (n_l, m). hidden, last: names in ACTIVATIONS.
    """
    L = number_of_layers(parameters)
    A, cache = X, []
    for l in range(1, L + 1):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        Z = W @ A + b
        A = ACTIVATIONS[last if l == L else hidden](Z)
        cache += [Z, A, W, b]
    return A, tuple(cache)


def compute_cost(AL, Y) -> float:
    """Mean cross-entropy of AL and Y, both of shape (1, m). An output of exactly 0 or 1 makes a term 0 * inf; such
    terms are left out (nansum)."""
    m = Y.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        losses = -np.log(AL) * Y - np.log(1 - AL) * (1 - Y)
    return float(np.nansum(losses) / m)


def class_cost(AL, labels) -> float:
    """Mean of -log of the share that each example's own class has in AL, which is the output of softmax, shape (C, m)."""
    with np.errstate(divide="ignore"):
        return float(-np.log(np.take_along_axis(AL, labels, axis=0)).mean())


def share_right(scores, labels) -> float:
    """Share of examples whose largest score, in a column of shape (C,), is that of the label; labels: shape (1, m)."""
    return float(np.mean(np.argmax(scores, axis=0) == labels))


def backward_propagation(X, Y, cache, hidden: str = "relu"):
    """Gradients of the cost for every layer, from the cache of `forward_propagation`: a dict of dZl, shape (n_l, m), and of
    dWl and dbl, in the shapes of Wl and bl. X has shape (n_0, m), Y has shape (1, m), or (C, m) with softmax at the end.

    dZl is m times the cost's derivative, because the cost is a mean over m examples; dWl and dbl are its derivatives.
    """
    m = X.shape[1]
    layers = [cache[i : i + 4] for i in range(0, len(cache), 4)]
    grads = {}
    dZ = layers[-1][1] - Y  # sigmoid, or softmax, and cross-entropy together
    for l in range(len(layers), 0, -1):
        W = layers[l - 1][2]
        A_previous = layers[l - 2][1] if l > 1 else X
        grads[f"dZ{l}"] = dZ
        grads[f"dW{l}"] = dZ @ A_previous.T / m
        grads[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dZ = (W.T @ dZ) * SLOPES[hidden](A_previous)
    return grads


def descend(parameters: Parameters, grads, learning_rate: float) -> Parameters:
    """One step of plain gradient descent: new arrays, the old ones stay as they were.

    grads: dWl and dbl, in the shapes of Wl and bl; what else it holds is not looked at.
    """
    return {name: value - learning_rate * grads[f"d{name}"] for name, value in parameters.items()}


def predict(parameters: Parameters, X, hidden: str = "relu"):
    """Predicted labels 0 or 1, shape (1, m), for X of shape (n_0, m); 1 where the output is above 0.5.

    hidden: the activation of the hidden layers, a name in ACTIVATIONS.
    """
    AL, _ = forward_propagation(X, parameters, hidden)
    return (AL > 0.5).astype(int)


def accuracy(parameters: Parameters, X, Y, hidden: str = "relu") -> float:
    """Share of right predictions, between 0 and 1, for X of shape (n_0, m) and labels Y of shape (1, m)."""
    return float(np.mean(predict(parameters, X, hidden) == Y))
