"""Functions that take the place of a student's own while another of their functions is judged.

`gradient_check` calls the student's `forward_propagation` and `backward_propagation`. Were one of these wrong, the
check would come out wrong too, and were both right, its result would be rounding noise that shows nothing. So it is
judged on other functions, whose gradients are right or wrong by a known amount. So is `train_step`, which calls
`forward_propagation` and `compute_cost`.
"""


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


LINE = {"forward_propagation": _line, "backward_propagation": _line_gradient}
CUBE = {"forward_propagation": _cube, "backward_propagation": _cube_gradient}
CUBE_WITH_HALF_ITS_GRADIENT = {"forward_propagation": _cube, "backward_propagation": _cube_gradient_half}
QUARTIC_WITH_A_WRONG_SIGN = {
    "forward_propagation": _quartic_shifted,
    "backward_propagation": _quartic_shifted_gradient_wrong,
}
LAYER_AND_SQUARED_ERROR = {"forward_propagation": _scores, "compute_cost": _squared_error}
