# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% initialize_parameters_zeros: shape by name, keys by str(), assertions
def initialize_parameters_zeros(layers_dims):
    parameters = {}
    L = len(layers_dims)  # number of layers in the network

    for l in range(1, L):
        parameters["W" + str(l)] = np.zeros(shape=(layers_dims[l], layers_dims[l - 1]))
        parameters["b" + str(l)] = np.zeros(shape=(layers_dims[l], 1))
        assert parameters["W" + str(l)].shape == (layers_dims[l], layers_dims[l - 1])
        assert parameters["b" + str(l)].shape == (layers_dims[l], 1)

    return parameters


# %% initialize_parameters_zeros: lists of whole numbers in place of arrays
def initialize_parameters_zeros(layers_dims):
    parameters = {}
    for l, (before, units) in enumerate(zip(layers_dims, layers_dims[1:]), 1):
        parameters[f"W{l}"] = [[0] * before for _ in range(units)]
        parameters[f"b{l}"] = [[0]] * units
    return parameters


# %% initialize_parameters_zeros: dict comprehensions, biases first, boolean zeros, a key too many
def initialize_parameters_zeros(layers_dims):
    layers = range(1, len(layers_dims))
    biases = {f"b{l}": np.full((layers_dims[l], 1), False) for l in layers}
    weights = {f"W{l}": np.full((layers_dims[l], layers_dims[l - 1]), False) for l in layers}
    return {**biases, **weights, "layers_dims": list(layers_dims)}


# %% initialize_parameters_zeros: a loop that was meant for all four, with factor 0 and float32
def initialize_parameters_zeros(layers_dims, factor=0):
    parameters = {}
    for l in range(len(layers_dims) - 1, 0, -1):
        W = np.random.randn(layers_dims[l], layers_dims[l - 1]).astype(np.float32)
        parameters.update({f"W{l}": W * np.float32(factor), f"b{l}": W[:, :1] - W[:, :1]})
    return parameters


# %% initialize_parameters_random: 10 from the left, a print and a warning
import warnings


def initialize_parameters_random(layers_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layers_dims)
    for l in range(1, L):
        warnings.warn("large weights")
        parameters["W" + str(l)] = 10.0 * np.random.randn(layers_dims[l], layers_dims[l - 1])
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        print("layer", l, parameters["W" + str(l)].shape)
    return parameters


# %% initialize_parameters_random: the whole stream drawn at once and cut up
def initialize_parameters_random(layers_dims):
    from itertools import pairwise

    pairs = list(pairwise(layers_dims))
    stream, at, parameters = np.random.RandomState(3).standard_normal(sum(n * k for n, k in pairs)), 0, {}
    for l, (fan_in, fan_out) in enumerate(pairs, 1):
        parameters["W" + str(l)] = 10 * stream[at : at + fan_in * fan_out].reshape(fan_out, fan_in)
        at += fan_in * fan_out
    for l, units in enumerate(layers_dims[1:], 1):
        parameters["b" + str(l)] = np.zeros((units, 1), dtype=int)
    return parameters


# %% initialize_parameters_random: entry by entry, scaled in place, lists
def initialize_parameters_random(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        W = np.empty((layers_dims[l], layers_dims[l - 1]))
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                W[i, j] = np.random.randn()
        W *= 10
        parameters[f"W{l}"] = W.tolist()
        parameters[f"b{l}"] = [[0.0]] * layers_dims[l]
    return parameters


# %% initialize_parameters_random: np.random.normal with a scale, in float32, in a list of layers
def initialize_parameters_random(layers_dims):
    np.random.seed(3)
    layers = []
    for fan_in, fan_out in zip(layers_dims[:-1], layers_dims[1:]):
        W = np.random.normal(loc=0, scale=10, size=(fan_out, fan_in))
        layers.append((W.astype(np.float32), np.zeros(fan_out, dtype=np.float32)[:, None]))
    return {f"{letter}{l}": array for l, pair in enumerate(layers, 1) for letter, array in zip("Wb", pair)}


# %% initialize_parameters_he: the root of the 2 and the root of n apart
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layers_dims) - 1
    for l in range(1, L + 1):
        parameters["W" + str(l)] = (
            np.random.randn(layers_dims[l], layers_dims[l - 1]) * np.sqrt(2.0) / np.sqrt(layers_dims[l - 1])
        )
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


# %% initialize_parameters_he: divided by the root of the inverse
def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    shapes = [(layers_dims[l], layers_dims[l - 1]) for l in range(1, len(layers_dims))]
    weights = [np.random.randn(*shape) / np.sqrt(shape[1] / 2) for shape in shapes]
    parameters = {}
    for l in range(len(weights)):
        parameters[f"b{l + 1}"] = 0 * weights[l].sum(axis=1, keepdims=True)
        parameters[f"W{l + 1}"] = weights[l]
    return parameters


# %% initialize_parameters_he: a helper function in the same cell, and math
import math


def scale(n):
    return math.sqrt(2 / n)


def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.multiply(
            np.random.randn(layers_dims[l], layers_dims[l - 1]), scale(layers_dims[l - 1])
        )
        parameters[f"b{l}"] = np.zeros_like(parameters[f"W{l}"][:, [0]])
    return parameters


# %% initialize_parameters_he: one stream, in float32, and a key too many
def initialize_parameters_he(layers_dims):
    rng = np.random.RandomState(seed=3)
    parameters = {"L": len(layers_dims) - 1}
    for l in range(len(layers_dims) - 1):
        fan_in, fan_out = layers_dims[l : l + 2]
        W = rng.normal(0, (2 / fan_in) ** 0.5, (fan_out, fan_in))
        parameters[f"W{l + 1}"], parameters[f"b{l + 1}"] = np.float32(W), np.zeros((fan_out, 1), np.float32)
    return parameters


# %% initialize_parameters_xavier: one over the mean of the two sizes
def initialize_parameters_xavier(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        mean_size = (layers_dims[l - 1] + layers_dims[l]) / 2
        sigma = np.power(mean_size, -0.5)
        parameters["W" + str(l)] = sigma * np.random.randn(layers_dims[l], layers_dims[l - 1])
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


# %% initialize_parameters_xavier: He's weights, rescaled
def initialize_parameters_xavier(layers_dims):
    parameters = initialize_parameters_he(layers_dims)
    for name, value in parameters.items():
        if name[0] == "W":
            n, k = value.shape
            value *= np.sqrt(k / (n + k))
    return parameters


# %% initialize_parameters_xavier: entry by entry, as lists
def initialize_parameters_xavier(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        rows, columns = layers_dims[l], layers_dims[l - 1]
        factor = (2 / (rows + columns)) ** (1 / 2)
        parameters[f"W{l}"] = [[factor * np.random.randn() for _ in range(columns)] for _ in range(rows)]
        parameters[f"b{l}"] = [[0.0] for _ in range(rows)]
    return parameters


# %% initialize_parameters_xavier: np.random.normal, float32, biases from a list
def initialize_parameters_xavier(layers_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        shape = layers_dims[l], layers_dims[l - 1]
        parameters[f"W{l}"] = np.random.normal(scale=np.sqrt(2 / sum(shape)), size=shape).astype("float32")
        parameters[f"b{l}"] = np.array([[0.0]] * shape[0], dtype="float32")
    return parameters


# %% signal_by_depth: einsum, the deviation by its formula, a list
def signal_by_depth(X, parameters, activation):
    A, signal = X, []
    for l in range(len(parameters) // 2):
        W, b = parameters["W" + str(l + 1)], parameters["b" + str(l + 1)]
        A = nets.ACTIVATIONS[activation](np.einsum("ij,jm->im", W, A) + b)
        signal += [np.sqrt(np.mean((A - np.mean(A)) ** 2))]
    return signal


# %% signal_by_depth: its own activations, in place, parameters used up
def signal_by_depth(X, parameters, activation):
    signal = np.zeros(nets.number_of_layers(parameters))
    for l in range(signal.size):
        X = np.dot(parameters[f"W{l + 1}"], X)
        X += parameters.pop(f"b{l + 1}")
        if activation == "relu":
            X[X < 0] = 0
        elif activation != "linear":
            X = np.tanh(X) if activation == "tanh" else np.exp(X) / (1 + np.exp(X))
        signal[l] = np.std(X.ravel())
    return signal


# %% signal_by_depth: float32
def signal_by_depth(X, parameters, activation):
    A, signal = X.astype(np.float32), []
    for l in range(1, len(parameters) // 2 + 1):
        W, b = (parameters[f"{letter}{l}"].astype(np.float32) for letter in "Wb")
        A = nets.ACTIVATIONS[activation](W @ A + b)
        signal.append(A.std())
    return np.array(signal)


# %% signal_by_depth: calls itself, a tuple
def signal_by_depth(X, parameters, activation, l=1):
    A = nets.ACTIVATIONS[activation](parameters[f"W{l}"] @ X + parameters[f"b{l}"])
    rest = signal_by_depth(A, parameters, activation, l + 1) if f"W{l + 1}" in parameters else ()
    return (np.var(A) ** 0.5, *rest)


# %% signal_by_depth: examples as rows, the bias as one more input
def signal_by_depth(X, parameters, activation):
    rows, signal = X.T, np.array([])
    for l in range(1, len(parameters) // 2 + 1):
        with_one = np.hstack([rows, np.ones((len(rows), 1))])
        rows = nets.ACTIVATIONS[activation](with_one @ np.hstack([parameters[f"W{l}"], parameters[f"b{l}"]]).T)
        signal = np.append(signal, rows.std())
    return signal
