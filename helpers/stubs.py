"""Functions that take the place of a student's own while another of their functions is judged.

`gradient_check` calls the student's `forward_propagation` and `backward_propagation`. Were one of these wrong, the
check would come out wrong too, and were both right, its result would be rounding noise that shows nothing. So it is
judged on other functions, whose gradients are right or wrong by a known amount. So is `train_step`, which calls
`forward_propagation` and `compute_cost`, and so is all that calls softmax, batch norm, scales of a search or folds: what takes
their place does something else, which shows in the result, so whoever writes them out again instead of calling them is found out.
"""

import numpy as np


def _line(x, theta):
    return x * theta


def _line_gradient(x, theta):
    return x


def _cube(x, theta):
    return x * theta**3


def _cube_gradient(x, theta):
    return 3 * x * theta**2


def _cube_gradient_half(x, theta):
    return 1.5 * x * theta**2


def _quartic_shifted(x, theta):
    return (x + theta) ** 4


def _quartic_shifted_gradient_wrong(x, theta):
    return 4 * (x - theta) ** 3


def _scores(X, parameters):
    return parameters["W1"] @ X + parameters["b1"]


def _squared_error(Z, Y):
    from helpers.signs import tf  # imported already by whoever calls

    return tf.reduce_mean((Z - Y) ** 2 + Z / 4)  # so that Z and Y cannot change places


def _shares_by_size(Z):
    """Shares that add up to 1 in each column, by the size of the scores and not by powers of e.

    As with softmax, what is added to a whole column changes nothing: whoever subtracts the largest score first is right.
    """
    sizes = 1 + Z - np.min(Z, axis=0)
    return sizes / np.sum(sizes, axis=0)


def _shares_less_labels(Z, Y):
    return _shares_by_size(Z) - Y


def _doubled_and_3_more(Z, gamma, beta, epsilon=1e-5):
    Z_norm = 2 * Z + 3
    return gamma * Z_norm + beta + epsilon, {"Z_norm": Z_norm, "mu": Z[:, :1], "var": Z[:, :1] ** 2 + epsilon}


def _tripled(Z, gamma, beta, running, epsilon=1e-5):
    return gamma * (3 * Z - running["mu"]) + beta * running["var"] + epsilon


def _five_old_and_some_new(running, mu, var, momentum=0.9):
    return {"mu": 5 * running["mu"] + momentum * mu, "var": 5 * running["var"] - momentum * var}


def _low_twice(u, low, high):
    return 2 * low + 3 * high * u + u**2


def _from_high(u, low=0.9, high=0.999):
    return 5 * high + (3 - low) * u


def _beyond_high(u, low, high):
    return 7 * high - 2 * low + u / 2


def _odd_pairs(m, k, permutation):
    """Training sets that grow and dev sets that shrink, which share examples, as no folds do. Any m will do, a wrong one too."""
    return [(permutation[: 2 + i % max(m - 2, 1)], permutation[i % max(m - 1, 1) :]) for i in range(k)]


def _by_columns(X, Y, X_dev, Y_dev, setting):
    """What depends on every column that is handed in, and on its place."""
    means = [np.mean(A * np.arange(1, A.shape[1] + 1)) for A in (X, Y, X_dev, Y_dev)]
    return setting["shift"] + float(np.dot((1, 2, -3, 5), means)) ** 2


def _bent_gradient(parameters):
    """Each gradient depends on all parameters, so that it shows whether some of them were moved before it was asked for."""
    together = sum(float(np.sum(value)) for value in parameters.values())
    return {f"d{name}": 2 * value + value**2 / 2 + 0.3 + together / 5 for name, value in parameters.items()}


LINE = {"forward_propagation": _line, "backward_propagation": _line_gradient}
CUBE = {"forward_propagation": _cube, "backward_propagation": _cube_gradient}
CUBE_WITH_HALF_ITS_GRADIENT = {"forward_propagation": _cube, "backward_propagation": _cube_gradient_half}
QUARTIC_WITH_A_WRONG_SIGN = {
    "forward_propagation": _quartic_shifted,
    "backward_propagation": _quartic_shifted_gradient_wrong,
}
LAYER_AND_SQUARED_ERROR = {"forward_propagation": _scores, "compute_cost": _squared_error}
SHARES_BY_SIZE = {"softmax": _shares_by_size, "softmax_backward": _shares_less_labels}
OTHER_BATCH_NORM = {
    "batch_norm_forward": _doubled_and_3_more,
    "batch_norm_inference": _tripled,
    "update_running_averages": _five_old_and_some_new,
}
OTHER_SCALES = {
    "on_log_scale": _low_twice,
    "memory_on_log_scale": _from_high,
    "whole_number": _beyond_high,
}
OTHER_JUDGES = {"folds": _odd_pairs, "fit_and_measure": _by_columns}

OTHER_GRADIENT = {"gradient": _bent_gradient}
