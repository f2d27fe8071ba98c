# %% [markdown]
# # Test

# %% setup
import numpy as np
from helpers import check
check.begin("initialization")

# %% solution="initialize_parameters_he"
def initialize_parameters_he(layers_dims):
    """x"""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        ### BEGIN SOLUTION
        fan_in = layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], fan_in) * np.sqrt(2 / fan_in)
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        ### END SOLUTION
    return parameters

# %% test="initialize_parameters_he" points=100
check(initialize_parameters_he)

# %% showcase
print(1)
