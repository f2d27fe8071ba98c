"""Cases and known mistakes of the assignment on optimizers.

Epsilon may be added to the root or inside it. The cases keep the two apart by less than the tolerance: gradients are
either exactly zero, where both give a step of zero, or large compared with the root of epsilon.
"""

import math

import numpy as np

from autograde.questions import draws, hidden, mistake, net_parameters, question, visible

FIRST_COLUMN_OF_NOTES = ("W1", "b1", "W2", "b2")


def notes_draws():
    """parameters and grads of the published example: 3-2 and 3-3 layers from the legacy stream with seed 1."""
    stream = np.random.RandomState(1)
    shapes = {"W1": (2, 3), "b1": (2, 1), "W2": (3, 3), "b2": (3, 1)}
    parameters = {name: np.round(stream.randn(*shape), 8) for name, shape in shapes.items()}
    grads = {f"d{name}": np.round(stream.randn(*shape), 8) for name, shape in shapes.items()}
    return parameters, grads


def gradients(seed, *layers_dims, scale=0.5):
    """dW1, db1, ... for layers of these sizes."""
    return {f"d{name}": value for name, value in net_parameters(seed, *layers_dims, scale=scale).items()}


def squares(seed, *layers_dims):
    """Averages of squared gradients, positive and not small: dW1, db1, ..."""
    return {name: np.round(value**2 + 0.05, 6) for name, value in gradients(seed, *layers_dims).items()}


def zeros(*layers_dims):
    """dW1, db1, ... all zero."""
    return {name: np.zeros_like(value) for name, value in gradients(0, *layers_dims).items()}


def with_dead_unit(grads):
    """The same gradients, but nothing reaches the first unit of layer 1."""
    grads = {name: value.copy() for name, value in grads.items()}
    grads["dW1"][0] = grads["db1"][0] = 0
    return grads
