"""Slopes of any function of arrays, measured by two-sided differences, and gradients held against them."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.training import as_number

Arrays = Mapping[str, np.ndarray]


def measured_slopes(cost: Callable[[Arrays], float], arrays: Arrays, epsilon: float = 1e-5) -> dict[str, np.ndarray]:
    """The slope of cost(arrays) in every number of every array: a dict of arrays of the same names and shapes.

    Each number goes up and down by epsilon while all others stay, so 1,000 numbers take 2,000 costs.
    """
    moved = {name: np.array(array, dtype=float) for name, array in arrays.items()}
    slopes = {}
    for name, array in moved.items():
        slopes[name] = np.empty_like(array)
        for place, value in np.ndenumerate(array):
            at = []
            for moved_to in (value + epsilon, value - epsilon):
                array[place] = moved_to
                at.append(as_number(cost(moved)))
            array[place] = value
            slopes[name][place] = (at[0] - at[1]) / (2 * epsilon)
    return slopes


def check_gradient(cost: Callable[[Arrays], float], arrays: Arrays, gradients: Arrays) -> dict[str, float]:
    """How far each gradient is from the measured slopes of cost(arrays), by the name of the array.

    gradients: under "d" and the name of the array, in its shape. The distance is the largest error of an entry, as a share of
    the array's largest slope; about 1e-8 for a right gradient. Where all slopes are 0, it is the error itself.
    """
    slopes = measured_slopes(cost, arrays)
    distances = {}
    for name, slope in slopes.items():
        error = np.abs(np.asarray(gradients[f"d{name}"]) - slope).max()
        largest = np.abs(slope).max()
        distances[name] = float(error / largest if largest > 1e-9 else error)
    return distances
