"""The parameters of a net as one long vector, so that its cost is a function of a vector, as a gradient check needs it.

The vector is a column: W1 row by row, then b1, W2, b2, ..., bL. Any number of layers.
"""

import numpy as np

from helpers import nets
from helpers.nets import Parameters


def _names(layers: int) -> list[str]:
    """W1, b1, ..., WL, bL: the order in the vector."""
    return [f"{kind}{l}" for l in range(1, layers + 1) for kind in "Wb"]


def _column(arrays) -> np.ndarray:
    return np.concatenate([np.reshape(array, (-1, 1)) for array in arrays])


def dictionary_to_vector(parameters: Parameters) -> np.ndarray:
    """All n numbers of W1, b1, ..., WL, bL below each other, shape (n, 1); a copy."""
    return _column(parameters[name] for name in _names(nets.number_of_layers(parameters)))


def gradients_to_vector(gradients) -> np.ndarray:
    """The same for dW1, db1, ..., dWL, dbL, shape (n, 1). Other keys, such as dZ1, are left out."""
    layers = sum(key.startswith("dW") for key in gradients)
    return _column(gradients[f"d{name}"] for name in _names(layers))


def vector_to_dictionary(theta, shapes_like: Parameters) -> Parameters:
    """The inverse: a vector of n numbers as W1, b1, ..., WL, bL in the shapes of `shapes_like`; copies."""
    names = _names(nets.number_of_layers(shapes_like))
    sizes = [shapes_like[name].size for name in names]
    if np.size(theta) != sum(sizes):
        raise ValueError(f"the vector has {np.size(theta)} numbers, these shapes need {sum(sizes)}")
    parts = np.split(np.ravel(theta), np.cumsum(sizes)[:-1])
    return {name: part.reshape(shapes_like[name].shape).copy() for name, part in zip(names, parts, strict=True)}


def forward_propagation_n(X, Y, parameters: Parameters):
    """The cost J of the net on the examples X, Y, and the cache (Z1, A1, W1, b1, ..., ZL, AL, WL, bL)."""
    AL, cache = nets.forward_propagation(X, parameters)
    return nets.compute_cost(AL, Y), cache
