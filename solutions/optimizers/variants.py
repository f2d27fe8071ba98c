# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% update_parameters_with_gd: by layers, in place
def update_parameters_with_gd(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        parameters["W" + str(l + 1)] -= learning_rate * grads["dW" + str(l + 1)]
        parameters["b" + str(l + 1)] -= learning_rate * grads["db" + str(l + 1)]
    return parameters


# %% update_parameters_with_gd: a new dict in another order
def update_parameters_with_gd(parameters, grads, learning_rate):
    return {name: parameters[name] - learning_rate * grads[f"d{name}"] for name in sorted(parameters)}


# %% update_parameters_with_gd: float32
def update_parameters_with_gd(parameters, grads, learning_rate):
    step = np.float32(learning_rate)
    return {name: np.float32(value) - step * np.float32(grads[f"d{name}"]) for name, value in parameters.items()}


# %% update_parameters_with_gd: entry by entry, the gradients scaled in place, a decorator
from functools import wraps


def timed(function):
    @wraps(function)
    def call(*args, **kwargs):
        start = time.time()
        result = function(*args, **kwargs)
        print(f"{function.__name__}: {time.time() - start:.3f} s")
        return result

    return call


@timed
def update_parameters_with_gd(parameters, grads, learning_rate):
    for d, gradient in grads.items():
        gradient *= -learning_rate
        for i, j in np.ndindex(*gradient.shape):
            parameters[d[1:]][i, j] += gradient[i, j]
    return parameters


# %% random_mini_batches: whole numbers in a list, batches as lists, a tuple of them
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    order = list(np.random.permutation(X.shape[1]))
    cuts = [order[k : k + mini_batch_size] for k in range(0, len(order), mini_batch_size)]
    return tuple([X.take(cut, axis=1), Y.take(cut, axis=1)] for cut in cuts)


# %% random_mini_batches: complete batches first, the rest apart
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    mini_batches = []
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    num_complete_minibatches = math.floor(m / mini_batch_size)
    for k in range(0, num_complete_minibatches):
        mini_batch_X = shuffled_X[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        mini_batch_Y = shuffled_Y[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        mini_batches.append((mini_batch_X, mini_batch_Y))
    if m % mini_batch_size != 0:
        mini_batch_X = shuffled_X[:, num_complete_minibatches * mini_batch_size :]
        mini_batch_Y = shuffled_Y[:, num_complete_minibatches * mini_batch_size :]
        mini_batches.append((mini_batch_X, mini_batch_Y))
    return mini_batches


# %% random_mini_batches: np.split of X over Y, labels as floats
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    both = np.vstack([X, Y])[:, np.random.permutation(m)]
    parts = np.split(both, range(mini_batch_size, m, mini_batch_size), axis=1)
    return [(part[:-1], part[-1:]) for part in parts]


# %% random_mini_batches: shuffled in place, the last rest from the end
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    order = np.arange(X.shape[1])
    np.random.shuffle(order)
    batches, rest = [], X.shape[1] % mini_batch_size
    for k in range(X.shape[1] // mini_batch_size):
        chosen = order[np.arange(mini_batch_size) + k * mini_batch_size]
        batches.append((X[:, chosen], Y[:, chosen]))
    if rest:
        batches += [(X[:, order[-rest:]], Y[:, order[-rest:]])]
    return batches


# %% exponentially_weighted_average: all weights in a matrix, no recursion
def exponentially_weighted_average(theta, beta, correct=False):
    past = np.subtract.outer(np.arange(len(theta)), np.arange(len(theta)))
    weights = np.where(past >= 0, float(beta) ** np.abs(past), 0)
    return weights @ theta / weights.sum(axis=1) if correct else (1 - beta) * weights @ theta


# %% exponentially_weighted_average: v in a list, a list
def exponentially_weighted_average(theta, beta, correct=False):
    v = [0.0]
    for value in theta:
        v.append(beta * v[-1] + (1 - beta) * value)
    return [v[t] / (1 - beta**t) if correct else v[t] for t in range(1, len(v))]


# %% exponentially_weighted_average: from value to value by a difference, the power kept, float32
def exponentially_weighted_average(theta, beta, correct=False):
    averages, v, power = np.zeros(len(theta), dtype=np.float32), 0.0, 1.0
    for t in range(len(theta)):
        v += (1 - beta) * (theta[t] - v)
        power *= beta
        averages[t] = v / (1 - power) if correct == True else v
    return averages


# %% exponentially_weighted_average: itertools.accumulate
from itertools import accumulate


def exponentially_weighted_average(theta, beta, correct=False):
    v = np.array(list(accumulate(theta, lambda v, value: beta * v + (1 - beta) * value, initial=0)))[1:]
    if correct:
        v /= 1 - beta ** np.arange(1, len(v) + 1)
    return v


# %% initialize_velocity: by layers, biases first
def initialize_velocity(parameters):
    v = {}
    for l in range(1, len(parameters) // 2 + 1):
        v["db" + str(l)] = np.zeros((parameters["b" + str(l)].shape[0], 1))
        v["dW" + str(l)] = parameters["W" + str(l)] * 0
    return v


# %% initialize_velocity: whole numbers, as a comprehension
def initialize_velocity(parameters):
    return {f"d{name}": np.zeros(value.shape, dtype=int) for name, value in parameters.items()}


# %% update_parameters_with_momentum: by layers and letters, in place
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    for l in range(1, len(parameters) // 2 + 1):
        for letter in "Wb":
            v[f"d{letter}{l}"] *= beta
            v[f"d{letter}{l}"] += (1 - beta) * grads[f"d{letter}{l}"]
            parameters[f"{letter}{l}"] -= learning_rate * v[f"d{letter}{l}"]
    return parameters, v


# %% update_parameters_with_momentum: from average to gradient by a difference, new dicts, a list
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    v = {d: gradient + beta * (v[d] - gradient) for d, gradient in grads.items()}
    return [{name: value - learning_rate * v[f"d{name}"] for name, value in parameters.items()}, v]


# %% update_parameters_with_momentum: calls the step of section 1, float32 averages
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    averages = {d: np.average([v[d], grads[d]], axis=0, weights=[beta, 1 - beta]) for d in v}
    return update_parameters_with_gd(parameters, averages, learning_rate), {
        d: average.astype(np.float32) for d, average in averages.items()
    }


# %% update_parameters_with_rmsprop: epsilon inside the root
def update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    for name in parameters:
        s[f"d{name}"] = beta2 * s[f"d{name}"] + (1 - beta2) * np.square(grads[f"d{name}"])
        parameters[name] = parameters[name] - learning_rate * grads[f"d{name}"] / np.sqrt(s[f"d{name}"] + epsilon)
    return parameters, s


# %% update_parameters_with_rmsprop: new dicts, einsum
def update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    s = {d: np.einsum(",ij->ij", beta2, s[d]) + (1 - beta2) * np.multiply(grads[d], grads[d]) for d in s}
    steps = {name: learning_rate / (s[f"d{name}"] ** 0.5 + epsilon) * grads[f"d{name}"] for name in parameters}
    return {name: parameters[name] - steps[name] for name in parameters}, s


# %% update_parameters_with_rmsprop: by layers, in place, the root by the length of two numbers
def update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    for l in range(len(parameters) // 2, 0, -1):
        for name in (f"W{l}", f"b{l}"):
            root = np.hypot(np.sqrt(beta2 * s["d" + name]), np.sqrt(1 - beta2) * grads["d" + name])
            s["d" + name][:] = root**2
            parameters[name] -= np.divide(learning_rate * grads["d" + name], root + epsilon)
    return parameters, s


# %% update_parameters_with_rmsprop: float32, epsilon inside the root
def update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    new_parameters, new_s = {}, {}
    for name, p in parameters.items():
        g = grads["d" + name].astype("float32")
        new_s["d" + name] = np.float32(beta2) * s["d" + name].astype("float32") + np.float32(1 - beta2) * g**2
        new_parameters[name] = p.astype("float32") - np.float32(learning_rate) * g * (
            new_s["d" + name] + np.float32(epsilon)
        ) ** np.float32(-0.5)
    return new_parameters, new_s


# %% initialize_adam: each from a function of section 4, a list
def initialize_adam(parameters):
    return [initialize_velocity(parameters), initialize_velocity(parameters)]


# %% initialize_adam: by layers, shapes taken apart, other order
def initialize_adam(parameters):
    L = len(parameters) // 2
    v = {}
    s = {}
    for l in range(L, 0, -1):
        rows, columns = parameters["W" + str(l)].shape
        s["db" + str(l)], s["dW" + str(l)] = np.zeros((rows, 1)), np.zeros((rows, columns))
        v["db" + str(l)], v["dW" + str(l)] = np.zeros((rows, 1)), np.zeros((rows, columns))
    return v, s


# %% update_parameters_with_adam: epsilon inside the root, corrected averages in dicts
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v_corrected, s_corrected = {}, {}
    for l in range(len(parameters) // 2):
        for letter in ("W", "b"):
            d = f"d{letter}{l + 1}"
            v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
            v_corrected[d] = v[d] / (1 - np.power(beta1, t))
            s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
            s_corrected[d] = s[d] / (1 - np.power(beta2, t))
            step = learning_rate * v_corrected[d] / np.sqrt(s_corrected[d] + epsilon)
            parameters[d[1:]] = parameters[d[1:]] - step
    return parameters, v, s


# %% update_parameters_with_adam: the root of the corrected s, computed with epsilon inside and in place
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for name in parameters:
        d = "d" + name
        v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
        s[d] = beta2 * s[d] + (1 - beta2) * np.square(grads[d])
        root = np.sqrt(s[d] / (1 - beta2**t) + epsilon)
        parameters[name] -= learning_rate * (v[d] / (1 - beta1**t)) / root
    return parameters, v, s


# %% update_parameters_with_adam: as in Keras, corrections in the learning rate, epsilon added to the uncorrected root
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {d: v[d] + (1 - beta1) * (gradient - v[d]) for d, gradient in grads.items()}
    s = {d: s[d] + (1 - beta2) * (gradient**2 - s[d]) for d, gradient in grads.items()}
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return {k: p - rate * v[f"d{k}"] / (np.sqrt(s[f"d{k}"]) + epsilon) for k, p in parameters.items()}, v, s


# %% update_parameters_with_adam: float32
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    parameters, grads, v, s = (
        {name: value.astype(np.float32) for name, value in each.items()} for each in (parameters, grads, v, s)
    )
    for name in parameters:
        d = "d" + name
        v[d] = np.float32(beta1) * v[d] + np.float32(1 - beta1) * grads[d]
        s[d] = np.float32(beta2) * s[d] + np.float32(1 - beta2) * grads[d] ** 2
        v_hat, s_hat = v[d] / np.float32(1 - beta1**t), s[d] / np.float32(1 - beta2**t)
        parameters[name] = parameters[name] - np.float32(learning_rate) * v_hat / (np.sqrt(s_hat) + np.float32(epsilon))
    return parameters, v, s


# %% update_parameters_with_adam: calls the averages of its own, v_corrected returned as well by name only
def average(old, new, beta):
    return old * beta + new * (1 - beta)


def corrected(average, beta, t):
    return average / (1 - beta**t)


def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for d in grads:
        v[d], s[d] = average(v[d], grads[d], beta1), average(s[d], grads[d] * grads[d], beta2)
        numerator, root = corrected(v[d], beta1, t), np.power(corrected(s[d], beta2, t), 0.5)
        parameters[d.removeprefix("d")] -= numerator * learning_rate / (epsilon + root)
    return parameters, v, s


# %% learning_rate_decay: a dict of the three, floor
def learning_rate_decay(learning_rate0, epoch, decay_rate, kind="inverse", interval=1):
    n = int(np.floor(epoch / interval))
    rates = {
        "inverse": np.array(1 / (1 + decay_rate * n)),
        "exponential": np.power(decay_rate, n),
        "root": decay_rate / np.sqrt(n) if n else decay_rate,
    }
    return learning_rate0 * rates[kind]


# %% learning_rate_decay: functions in a dict, logarithms, n a float
def learning_rate_decay(learning_rate0, epoch, decay_rate, kind="inverse", interval=1):
    n = np.floor(epoch / interval)
    return {
        "inverse": lambda: 1 / (1 + decay_rate * n) * learning_rate0,
        "exponential": lambda: learning_rate0 * np.exp(n * np.log(decay_rate)),
        "root": lambda: decay_rate / np.maximum(n, 1) ** 0.5 * learning_rate0,
    }[kind]()


# %% learning_rate_decay: the exponential rule by repeated products, float32, match
def learning_rate_decay(learning_rate0, epoch, decay_rate, kind="inverse", interval=1):
    n = (epoch - epoch % interval) / interval
    rate = np.float32(learning_rate0)
    match kind:
        case "inverse":
            rate /= np.float32(1 + decay_rate * n)
        case "exponential":
            for _ in range(int(n)):
                rate *= np.float32(decay_rate)
        case "root":
            rate *= np.float32(decay_rate) / np.float32(math.sqrt(n or 1))
    return np.array([rate])
