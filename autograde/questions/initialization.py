"""Questions."""

import numpy as np
from autograde.questions import hidden, mistake, question, visible

initialize_parameters_he = question(
    "initialize_parameters_he", visible("2-4-1", [2, 4, 1]), hidden("one layer", [3, 1])
)


@mistake(initialize_parameters_he, "variance used as scale", hint="Which number, squared, is 2/n?")
def he_without_root(layers_dims):
    """You multiplied by 2/n instead of its square root."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 2 / layers_dims[l - 1]
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters
