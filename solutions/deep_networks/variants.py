# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% dead_units: unit by unit
def dead_units(A):
    dead = np.zeros(A.shape[0], dtype=bool)
    for i in range(A.shape[0]):
        dead[i] = all(a == 0 for a in A[i])
    return dead


# %% dead_units: by the largest output
def dead_units(A):
    return A.max(axis=1) == 0


# %% dead_units: by the sum, none being negative
def dead_units(A):
    return ~(A.sum(axis=1) > 0)


# %% dead_units: not any
def dead_units(A):
    return np.logical_not(np.any(A, axis=1))


# %% dead_units: a list
def dead_units(A):
    return [not row.any() for row in A]


# %% dead_units: zeros counted
def dead_units(A):
    n, m = A.shape
    return np.sum(A == 0, axis=1) == m


# %% dead_units: 0 and 1 for False and True
def dead_units(A):
    return np.array([int(np.count_nonzero(row) == 0) for row in A])


# %% dead_units: transposed
def dead_units(A):
    return (A.T == 0).all(0)


# %% dead_units: product of the comparisons
def dead_units(A):
    return np.prod(A == 0, axis=1).astype(bool)


# %% dead_units: by the length
def dead_units(A):
    return np.linalg.norm(A, axis=1) == 0


# %% leaky_relu: maximum, slope from A
def leaky_relu(Z, alpha=0.01):
    A = np.maximum(alpha * Z, Z)
    return A, np.where(A > 0, 1.0, alpha) if alpha else (Z > 0) * 1.0


# %% leaky_relu: masks
def leaky_relu(Z, alpha=0.01):
    slope = (Z > 0) + alpha * (Z < 0)
    return slope * Z, slope


# %% leaky_relu: entry by entry
def leaky_relu(Z, alpha=0.01):
    A, slope = np.zeros(Z.shape), np.zeros(Z.shape)
    for i in range(Z.shape[0]):
        for j in range(Z.shape[1]):
            if Z[i, j] > 0:
                A[i, j], slope[i, j] = Z[i, j], 1
            else:
                A[i, j], slope[i, j] = alpha * Z[i, j], alpha
    return A, slope


# %% leaky_relu: boolean index on copies
def leaky_relu(Z, alpha=0.01):
    A = Z.copy()
    A[Z < 0] *= alpha
    slope = np.ones_like(Z)
    slope[Z < 0] = alpha
    return A, slope


# %% leaky_relu: two halves added
def leaky_relu(Z, alpha=0.01):
    A = np.maximum(Z, 0) + alpha * np.minimum(Z, 0)
    return A, A / Z


# %% leaky_relu: float32, in a list
def leaky_relu(Z, alpha=0.01):
    Z = Z.astype(np.float32)
    return [np.where(Z > 0, Z, np.float32(alpha) * Z), np.where(Z > 0, np.float32(1), np.float32(alpha))]


# %% leaky_relu: by the size of z
def leaky_relu(Z, alpha=0.01):
    return (1 + alpha) / 2 * Z + (1 - alpha) / 2 * abs(Z), (1 + alpha) / 2 + (1 - alpha) / 2 * np.sign(Z)


# %% leaky_relu: in place, the input's own array
def leaky_relu(Z, alpha=0.01):
    slope = np.where(Z >= 0, 1, alpha)
    Z *= slope
    return Z, slope


# %% leaky_relu: vectorized by NumPy
def leaky_relu(Z, alpha=0.01):
    def one(z):
        return (z, 1.0) if z > 0 else (alpha * z, float(alpha))

    return np.vectorize(one, otypes=[float, float])(Z)


# %% leaky_relu: choose
def leaky_relu(Z, alpha=0.01):
    below = (Z < 0).astype(int)
    return np.choose(below, [Z, alpha * Z]), np.choose(below, [1.0, alpha])


# %% elu: where, with a warning
def elu(Z, alpha=1.0):
    return np.where(Z > 0, Z, alpha * (np.exp(Z) - 1)), np.where(Z > 0, 1, alpha * np.exp(Z))


# %% elu: expm1
def elu(Z, alpha=1.0):
    A = np.where(Z > 0, Z, alpha * np.expm1(np.minimum(Z, 0)))
    slope = np.where(Z > 0, 1, A + alpha)
    return A, slope


# %% elu: two halves added
def elu(Z, alpha=1.0):
    power = np.exp(np.minimum(Z, 0))
    return np.maximum(Z, 0) + alpha * (power - 1), (Z > 0) + (Z <= 0) * alpha * power


# %% elu: entry by entry, math
def elu(Z, alpha=1.0):
    import math

    A, slope = np.zeros_like(Z), np.zeros_like(Z)
    for place, z in np.ndenumerate(Z):
        A[place] = z if z > 0 else alpha * (math.exp(z) - 1)
        slope[place] = 1 if z > 0 else alpha * math.exp(z)
    return A, slope


# %% elu: boolean index
def elu(Z, alpha=1.0):
    A, slope = Z.copy(), np.ones(Z.shape)
    low = Z <= 0
    A[low] = alpha * (np.exp(Z[low]) - 1)
    slope[low] = alpha * np.exp(Z[low])
    return A, slope


# %% elu: float32
def elu(Z, alpha=1.0):
    Z = np.float32(Z)
    power = np.exp(np.minimum(Z, np.float32(0)))
    return np.where(Z > 0, Z, np.float32(alpha) * (power - 1)), np.where(Z > 0, np.float32(1), np.float32(alpha) * power)


# %% elu: clipped
def elu(Z, alpha=1.0):
    power = np.exp(np.clip(Z, -700, 0))
    A = np.where(Z > 0, Z, alpha * power - alpha)
    return A, np.where(Z < 0, alpha * power, 1.0)


# %% elu: nan_to_num after masks
def elu(Z, alpha=1.0):
    with np.errstate(all="ignore"):
        low = np.nan_to_num((Z <= 0) * alpha * (np.exp(Z) - 1), nan=0.0)
    A = (Z > 0) * Z + low
    return A, np.where(Z > 0, np.ones_like(Z), low + alpha)


# %% elu: piecewise
def elu(Z, alpha=1.0):
    A = np.piecewise(Z, [Z > 0], [lambda z: z, lambda z: alpha * (np.exp(z) - 1)])
    slope = np.piecewise(Z, [Z > 0], [1.0, lambda z: alpha * np.exp(z)])
    return A, slope


# %% elu: reciprocal of the power of the size
def elu(Z, alpha=1.0):
    power = 1 / np.exp(np.abs(np.where(Z < 0, Z, 0)))
    A = np.where(Z > 0, Z, alpha * (power - 1))
    return (A, np.where(Z > 0, 1.0, alpha * power))


# %% prelu_backward: masks
def prelu_backward(dA, Z, alpha):
    below = Z < 0
    dZ = dA * (Z > 0) + alpha * dA * below
    return dZ, np.sum(dA * Z * below) / Z.shape[1]


# %% prelu_backward: boolean index
def prelu_backward(dA, Z, alpha):
    dZ = dA.copy()
    dZ[Z < 0] *= alpha
    return dZ, (dA * Z)[Z < 0].sum() / dA.shape[1]


# %% prelu_backward: example by example
def prelu_backward(dA, Z, alpha):
    n, m = Z.shape
    dZ, dalpha = np.zeros((n, m)), 0
    for k in range(m):
        for i in range(n):
            if Z[i, k] > 0:
                dZ[i, k] = dA[i, k]
            else:
                dZ[i, k] = alpha * dA[i, k]
                dalpha += dA[i, k] * Z[i, k] / m
    return dZ, dalpha


# %% prelu_backward: mean of the sums of columns
def prelu_backward(dA, Z, alpha):
    slope = np.where(Z > 0, 1, alpha)
    return slope * dA, float(np.mean(np.sum(np.where(Z > 0, 0, Z) * dA, axis=0)))


# %% prelu_backward: sum of the means of rows
def prelu_backward(dA, Z, alpha):
    each = np.mean(dA * np.minimum(0, Z), axis=1)
    return np.where(Z > 0, dA, alpha * dA), each.sum()


# %% prelu_backward: a trace
def prelu_backward(dA, Z, alpha):
    low = np.minimum(Z, 0)
    return dA * ((Z > 0) + alpha * (Z <= 0)), np.trace(dA @ low.T) / Z.shape[1]


# %% prelu_backward: vdot
def prelu_backward(dA, Z, alpha):
    m = len(Z[0])
    return np.where(Z < 0, alpha * dA, dA), np.vdot(dA, np.minimum(Z, 0.0)) / m


# %% prelu_backward: an array with one number, a list
def prelu_backward(dA, Z, alpha):
    dZ = dA * np.where(Z > 0, 1.0, alpha)
    dalpha = np.sum(dA * np.minimum(Z, 0), keepdims=True) / Z.shape[1]
    return [dZ, dalpha.item()]


# %% prelu_backward: einsum
def prelu_backward(dA, Z, alpha):
    dalpha = np.einsum("ij,ij->", dA, (Z - abs(Z)) / 2) / Z.shape[1]
    return dA - (1 - alpha) * dA * (Z < 0), dalpha


# %% prelu_backward: in place, float32
def prelu_backward(dA, Z, alpha):
    dA, Z = dA.astype(np.float32), Z.astype(np.float32)
    dalpha = (dA * np.minimum(Z, 0)).sum(dtype=np.float32) / np.float32(Z.shape[1])
    dA *= np.where(Z > 0, np.float32(1), np.float32(alpha))
    return dA, dalpha


# %% rrelu: two branches
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    if training:
        alpha = low + (high - low) * U
    else:
        alpha = (low + high) / 2
    return np.where(Z > 0, Z, alpha * Z)


# %% rrelu: weights of low and high
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    if not training:
        U = 0.5
    return np.maximum(Z, 0) + ((1 - U) * low + U * high) * np.minimum(Z, 0)


# %% rrelu: calls leaky_relu in use
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    if training is False:
        return leaky_relu(Z, (low + high) / 2)[0]
    return leaky_relu(Z, low + U * (high - low))[0]


# %% rrelu: entry by entry
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    A = np.zeros(Z.shape)
    for i in range(Z.shape[0]):
        for k in range(Z.shape[1]):
            slope = low + (high - low) * U[i, k] if training else low + (high - low) / 2
            A[i, k] = Z[i, k] if Z[i, k] > 0 else slope * Z[i, k]
    return A


# %% rrelu: interpolated
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    slope = np.interp(U if training else np.full(U.shape, 0.5), [0, 1], [low, high])
    return np.where(Z < 0, slope * Z, Z)


# %% rrelu: maximum, slopes being below 1
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    alpha = U * (high - low) + low if training else np.mean([low, high])
    return np.maximum(Z, alpha * Z)


# %% rrelu: in place
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    below = Z < 0
    Z[below] *= (low + (high - low) * U)[below] if training else 0.5 * (low + high)
    return Z


# %% rrelu: float32
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    Z, U = Z.astype("float32"), U.astype("float32")
    slope = np.float32(low) + np.float32(high - low) * U if training else np.float32((low + high) / 2)
    return np.where(Z > 0, Z, slope * Z)


# %% rrelu: masks
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    slope = (high - (1 - U) * (high - low)) if training else high - (high - low) / 2
    return Z * (Z > 0) + slope * Z * (Z <= 0)


# %% rrelu: a list of rows
def rrelu(Z, U, low=1 / 8, high=1 / 3, training=True):
    rows = []
    for z, u in zip(Z, U):
        slopes = low + (high - low) * u if training else (low + high) / 2 * np.ones(len(u))
        rows.append([a if a > 0 else s * a for a, s in zip(z, slopes)])
    return rows


# %% clip_by_value: minimum and maximum
def clip_by_value(grads, threshold=1.0):
    return {name: np.maximum(-threshold, np.minimum(threshold, value)) for name, value in grads.items()}


# %% clip_by_value: sign and size
def clip_by_value(grads, threshold=1.0):
    clipped = {}
    for name, value in grads.items():
        clipped[name] = np.sign(value) * np.minimum(abs(value), threshold)
    return clipped


# %% clip_by_value: boolean index on copies
def clip_by_value(grads, threshold=1.0):
    clipped = {}
    for name in grads:
        g = grads[name].copy()
        g[g > threshold] = threshold
        g[g < -threshold] = -threshold
        clipped[name] = g
    return clipped


# %% clip_by_value: entry by entry
def clip_by_value(grads, threshold=1.0):
    clipped = {}
    for name, value in grads.items():
        clipped[name] = np.array([[min(max(x, -threshold), threshold) for x in row] for row in value])
    return clipped


# %% clip_by_value: where twice
def clip_by_value(grads, threshold=1.0):
    clipped = dict(grads)
    for name in clipped:
        clipped[name] = np.where(clipped[name] > threshold, threshold, clipped[name])
        clipped[name] = np.where(clipped[name] < -threshold, -threshold, clipped[name])
    return clipped


# %% clip_by_value: the method of the array, by layers
def clip_by_value(grads, threshold=1.0):
    clipped = {}
    for l in range(1, len(grads) // 2 + 1):
        clipped[f"dW{l}"] = grads[f"dW{l}"].clip(-threshold, threshold)
        clipped[f"db{l}"] = grads[f"db{l}"].clip(-threshold, threshold)
    return clipped


# %% clip_by_value: in the unit of the threshold
def clip_by_value(grads, threshold=1.0):
    return {k: threshold * np.clip(v / threshold, -1, 1) for k, v in grads.items()}


# %% clip_by_value: each entry by its own factor
def clip_by_value(grads, threshold=1.0):
    return {k: v / np.maximum(1, np.abs(v) / threshold) for k, v in grads.items()}


# %% clip_by_value: deep copy, then in place
def clip_by_value(grads, threshold=1.0):
    from copy import deepcopy

    clipped = deepcopy(grads)
    for value in clipped.values():
        np.clip(value, -threshold, threshold, out=value)
    return clipped


# %% clip_by_value: medians of three
def clip_by_value(grads, threshold=1.0):
    clipped = {}
    for name, g in grads.items():
        t = np.full(g.shape, threshold)
        clipped[name] = np.median([-t, g, t], axis=0)
    return clipped


# %% clip_by_norm: as TensorFlow writes it
def clip_by_norm(grads, threshold):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: g * threshold / max(norm, threshold) for name, g in grads.items()}, norm


# %% clip_by_norm: one long vector
def clip_by_norm(grads, threshold):
    vector = np.concatenate([g.ravel() for g in grads.values()])
    norm = np.linalg.norm(vector)
    if norm > threshold:
        return {k: g * (threshold / norm) for k, g in grads.items()}, norm
    return {k: g.copy() for k, g in grads.items()}, norm


# %% clip_by_norm: norms of the arrays, then their norm
def clip_by_norm(grads, threshold):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads.values()])
    scale = 1 if norm < threshold else threshold / norm
    clipped = {}
    for name, g in grads.items():
        clipped[name] = scale * g
    return clipped, float(norm)


# %% clip_by_norm: a loop over all entries
def clip_by_norm(grads, threshold):
    total = 0
    for g in grads.values():
        for x in g.flat:
            total += x * x
    norm = total**0.5
    factor = threshold / norm if norm >= threshold else 1
    return {name: np.array([[factor * x for x in row] for row in g]) for name, g in grads.items()}, norm


# %% clip_by_norm: the given gradients where nothing is to be done
def clip_by_norm(grads, threshold):
    norm = sum(np.vdot(g, g) for g in grads.values()) ** 0.5
    if norm <= threshold:
        return grads, norm
    return {name: g / norm * threshold for name, g in grads.items()}, norm


# %% clip_by_norm: minimum with 1, a warning where there is no gradient
def clip_by_norm(grads, threshold):
    norm = np.sqrt(np.sum([np.sum(np.square(g)) for g in grads.values()]))
    factor = np.minimum(1.0, threshold / norm)
    return {name: factor * g for name, g in grads.items()}, norm


# %% clip_by_norm: hypot
def clip_by_norm(grads, threshold):
    import math

    norm = math.hypot(*(x for g in grads.values() for x in g.ravel()))
    clipped = dict(grads)
    if norm > threshold:
        for name in clipped:
            clipped[name] = clipped[name] / (norm / threshold)
    return [clipped, norm]


# %% clip_by_norm: squares compared
def clip_by_norm(grads, threshold):
    squares = sum(float(np.sum(g * g)) for g in grads.values())
    factor = 1.0
    if squares > threshold**2:
        factor = threshold / np.sqrt(squares)
    return {name: factor * grads[name] for name in grads}, np.sqrt(squares)


# %% clip_by_norm: deep copy, then in place
def clip_by_norm(grads, threshold):
    from copy import deepcopy

    clipped = deepcopy(grads)
    norm = np.sqrt(sum(np.sum(g**2) for g in clipped.values()))
    if norm > threshold:
        for g in clipped.values():
            g *= threshold / norm
    return clipped, norm


# %% clip_by_norm: float32, by layers
def clip_by_norm(grads, threshold):
    L = len(grads) // 2
    total = np.float32(0)
    for l in range(1, L + 1):
        total += np.sum(grads[f"dW{l}"].astype("float32") ** 2) + np.sum(grads[f"db{l}"].astype("float32") ** 2)
    norm = np.sqrt(total)
    factor = np.float32(threshold) / norm if norm > np.float32(threshold) else np.float32(1)
    return {name: factor * g.astype("float32") for name, g in grads.items()}, norm


# %% update_parameters_with_nesterov: new dicts
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    g = gradient({k: p - beta * v[f"d{k}"] for k, p in parameters.items()})
    v = {d: beta * v[d] + learning_rate * g[d] for d in v}
    return {k: p - v[f"d{k}"] for k, p in parameters.items()}, v


# %% update_parameters_with_nesterov: from the point ahead, the gradient's part alone
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    ahead = {}
    for name in parameters:
        ahead[name] = parameters[name] - beta * v["d" + name]
    grads = gradient(ahead)
    new, new_v = {}, {}
    for name in ahead:
        new[name] = ahead[name] - learning_rate * grads["d" + name]
        new_v["d" + name] = parameters[name] - new[name]
    return new, new_v


# %% update_parameters_with_nesterov: the other sign of v inside
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    m = {d: -value for d, value in v.items()}
    grads = gradient({k: p + beta * m["d" + k] for k, p in parameters.items()})
    m = {d: beta * m[d] - learning_rate * grads[d] for d in m}
    return {k: p + m["d" + k] for k, p in parameters.items()}, {d: -value for d, value in m.items()}


# %% update_parameters_with_nesterov: by layers
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    L = len(parameters) // 2
    ahead = {}
    for l in range(1, L + 1):
        ahead["W" + str(l)] = parameters["W" + str(l)] - beta * v["dW" + str(l)]
        ahead["b" + str(l)] = parameters["b" + str(l)] - beta * v["db" + str(l)]
    grads = gradient(ahead)
    parameters, v = dict(parameters), dict(v)
    for l in range(1, L + 1):
        v["dW" + str(l)] = beta * v["dW" + str(l)] + learning_rate * grads["dW" + str(l)]
        v["db" + str(l)] = beta * v["db" + str(l)] + learning_rate * grads["db" + str(l)]
        parameters["W" + str(l)] = parameters["W" + str(l)] - v["dW" + str(l)]
        parameters["b" + str(l)] = parameters["b" + str(l)] - v["db" + str(l)]
    return parameters, v


# %% update_parameters_with_nesterov: deep copies, then in place
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    from copy import deepcopy

    parameters, v = deepcopy(parameters), deepcopy(v)
    for name in v:
        v[name] *= beta
        parameters[name[1:]] -= v[name]
    grads = gradient(parameters)
    for name in v:
        parameters[name[1:]] -= learning_rate * grads[name]
        v[name] += learning_rate * grads[name]
    return parameters, v


# %% update_parameters_with_nesterov: the gradient asked for anew for each name
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    new, new_v = {}, {}
    for name in parameters:
        d = "d" + name
        g = gradient({k: parameters[k] - beta * v["d" + k] for k in parameters})[d]
        new_v[d] = beta * v[d] + learning_rate * g
        new[name] = parameters[name] - new_v[d]
    return new, new_v


# %% update_parameters_with_nesterov: a list of two
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    names = list(parameters)
    at = gradient(dict((k, np.subtract(parameters[k], np.multiply(beta, v["d" + k]))) for k in names))
    v = dict(("d" + k, np.add(np.multiply(beta, v["d" + k]), np.multiply(learning_rate, at["d" + k]))) for k in names)
    return [dict((k, np.subtract(parameters[k], v["d" + k])) for k in names), v]


# %% update_parameters_with_nesterov: float32
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    p = {k: x.astype(np.float32) for k, x in parameters.items()}
    v = {d: np.float32(beta) * x.astype(np.float32) for d, x in v.items()}
    grads = gradient({k: p[k] - v["d" + k] for k in p})
    v = {d: v[d] + np.float32(learning_rate) * grads[d] for d in v}
    return {k: p[k] - v["d" + k] for k in p}, v


# %% update_parameters_with_nesterov: the given copies, reversed order
def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    parameters, v = dict(parameters), dict(v)
    grads = gradient(parameters | {k: parameters[k] - beta * v["d" + k] for k in reversed(parameters)})
    for d in reversed(list(v)):
        v[d] = learning_rate * grads[d] + v[d] * beta
        parameters[d.removeprefix("d")] = parameters[d.removeprefix("d")] - v[d]
    return parameters, v


# %% update_parameters_with_nesterov: a helper of one's own
def look_ahead(parameters, v, beta):
    moved = {}
    for name, value in parameters.items():
        moved[name] = value - beta * v["d" + name]
    return moved


def update_parameters_with_nesterov(parameters, v, beta, learning_rate):
    parameters, v = dict(parameters), dict(v)
    for d, g in gradient(look_ahead(parameters, v, beta)).items():
        v[d] = beta * v[d] + learning_rate * g
    return {name: parameters[name] - v["d" + name] for name in parameters}, v


# %% update_parameters_with_adagrad: new dicts
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    s = {d: s[d] + np.square(grads[d]) for d in s}
    return {k: p - learning_rate / (np.sqrt(s["d" + k]) + epsilon) * grads["d" + k] for k, p in parameters.items()}, s


# %% update_parameters_with_adagrad: epsilon inside the root
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    parameters, s = dict(parameters), dict(s)
    for name in parameters:
        s["d" + name] = s["d" + name] + grads["d" + name] ** 2
        parameters[name] = parameters[name] - learning_rate * grads["d" + name] / np.sqrt(s["d" + name] + epsilon)
    return parameters, s


# %% update_parameters_with_adagrad: by layers
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    new, sums = {}, {}
    for l in range(len(parameters) // 2):
        for letter in "Wb":
            k = letter + str(l + 1)
            sums["d" + k] = s["d" + k] + grads["d" + k] * grads["d" + k]
            new[k] = parameters[k] - learning_rate * grads["d" + k] / (sums["d" + k] ** 0.5 + epsilon)
    return new, sums


# %% update_parameters_with_adagrad: deep copies, then in place
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    import copy

    parameters, s = copy.deepcopy(parameters), copy.deepcopy(s)
    for d in grads:
        s[d] += grads[d] ** 2
        parameters[d[1:]] -= learning_rate * grads[d] / (epsilon + np.sqrt(s[d]))
    return parameters, s


# %% update_parameters_with_adagrad: entry by entry
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    parameters = {k: p.copy() for k, p in parameters.items()}
    s = {k: x.copy() for k, x in s.items()}
    for name, p in parameters.items():
        for place in np.ndindex(p.shape):
            g = grads["d" + name][place]
            s["d" + name][place] += g**2
            p[place] -= learning_rate * g / (np.sqrt(s["d" + name][place]) + epsilon)
    return parameters, s


# %% update_parameters_with_adagrad: the length of two numbers
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    new, sums = {}, {}
    for name in parameters:
        root = np.hypot(np.sqrt(s["d" + name]), grads["d" + name])
        sums["d" + name] = root**2
        new[name] = parameters[name] - learning_rate * grads["d" + name] / (root + epsilon)
    return new, sums


# %% update_parameters_with_adagrad: float32
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    new, sums = {}, {}
    for name, p in parameters.items():
        g = np.float32(grads["d" + name])
        sums["d" + name] = np.float32(s["d" + name]) + g**2
        new[name] = np.float32(p) - np.float32(learning_rate) * g / (np.sqrt(sums["d" + name]) + np.float32(epsilon))
    return new, sums


# %% update_parameters_with_adagrad: a rate for each weight first
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    parameters, s = dict(parameters), dict(s)
    for name in parameters:
        d = "d" + name
        s[d] = np.add(s[d], np.power(grads[d], 2))
        rates = learning_rate / (np.sqrt(s[d]) + epsilon)
        step = rates * grads[d]
        parameters[name] = parameters[name] - step
    return parameters, s


# %% update_parameters_with_adagrad: a power of minus a half
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    s = {d: value + grads[d] ** 2 for d, value in s.items()}
    return [{k: p - learning_rate * grads["d" + k] * (s["d" + k] + epsilon) ** -0.5 for k, p in parameters.items()}, s]


# %% update_parameters_with_adagrad: items together
def update_parameters_with_adagrad(parameters, grads, s, learning_rate, epsilon=1e-8):
    s = dict(zip(s, (s[d] + grads[d] ** 2 for d in s)))
    steps = dict((d, learning_rate * grads[d] / (np.sqrt(x) + epsilon)) for d, x in s.items())
    return dict((k, parameters[k] - steps["d" + k]) for k in parameters), s


# %% update_parameters_with_adadelta: new dicts
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    s = {k: rho * s[k] + (1 - rho) * grads[k] ** 2 for k in s}
    step = {k: np.sqrt(d[k] + epsilon) / np.sqrt(s[k] + epsilon) * grads[k] for k in s}
    d = {k: rho * d[k] + (1 - rho) * step[k] ** 2 for k in d}
    return {k: p - step["d" + k] for k, p in parameters.items()}, s, d


# %% update_parameters_with_adadelta: one root
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    parameters, s, d = dict(parameters), dict(s), dict(d)
    for name in parameters:
        g = grads["d" + name]
        s["d" + name] = rho * s["d" + name] + (1 - rho) * g**2
        delta = -np.sqrt((d["d" + name] + epsilon) / (s["d" + name] + epsilon)) * g
        d["d" + name] = rho * d["d" + name] + (1 - rho) * delta**2
        parameters[name] = parameters[name] + delta
    return parameters, s, d


# %% update_parameters_with_adadelta: a root of squares, as in the paper
def RMS(average, epsilon):
    return np.sqrt(average + epsilon)


def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    new, new_s, new_d = {}, {}, {}
    for k in grads:
        new_s[k] = rho * s[k] + (1 - rho) * grads[k] ** 2
        step = RMS(d[k], epsilon) / RMS(new_s[k], epsilon) * grads[k]
        new_d[k] = rho * d[k] + (1 - rho) * step**2
        new[k[1:]] = parameters[k[1:]] - step
    return new, new_s, new_d


# %% update_parameters_with_adadelta: deep copies, then in place
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    from copy import deepcopy

    parameters, s, d = deepcopy(parameters), deepcopy(s), deepcopy(d)
    for k, g in grads.items():
        s[k] *= rho
        s[k] += (1 - rho) * g * g
        step = g * np.sqrt(d[k] + epsilon)
        step /= np.sqrt(s[k] + epsilon)
        d[k] *= rho
        d[k] += (1 - rho) * step * step
        parameters[k[1:]] -= step
    return parameters, s, d


# %% update_parameters_with_adadelta: averages moved towards the new
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    parameters, s, d = dict(parameters), dict(s), dict(d)
    for name in parameters:
        key = "d" + name
        s[key] = s[key] + (1 - rho) * (grads[key] ** 2 - s[key])
        step = np.sqrt(d[key] + epsilon) * grads[key] / np.sqrt(s[key] + epsilon)
        d[key] = d[key] + (1 - rho) * (step**2 - d[key])
        parameters[name] = parameters[name] - step
    return parameters, s, d


# %% update_parameters_with_adadelta: by layers
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    new, new_s, new_d = {}, {}, {}
    for l in range(1, len(parameters) // 2 + 1):
        for kind in ("W", "b"):
            k = f"d{kind}{l}"
            new_s[k] = s[k] * rho + grads[k] ** 2 * (1 - rho)
            step = (d[k] + epsilon) ** 0.5 / (new_s[k] + epsilon) ** 0.5 * grads[k]
            new_d[k] = d[k] * rho + step**2 * (1 - rho)
            new[f"{kind}{l}"] = parameters[f"{kind}{l}"] - step
    return new, new_s, new_d


# %% update_parameters_with_adadelta: the square of the step by the squares
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    s = {k: rho * s[k] + (1 - rho) * np.square(grads[k]) for k in s}
    ratio = {k: (d[k] + epsilon) / (s[k] + epsilon) for k in s}
    new_d = {k: rho * d[k] + (1 - rho) * ratio[k] * grads[k] ** 2 for k in d}
    return {k: parameters[k] - np.sqrt(ratio["d" + k]) * grads["d" + k] for k in parameters}, s, new_d


# %% update_parameters_with_adadelta: entry by entry
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    parameters, s, d = ({k: x.copy() for k, x in part.items()} for part in (parameters, s, d))
    for name, p in parameters.items():
        k = "d" + name
        for at in np.ndindex(p.shape):
            g = grads[k][at]
            s[k][at] = rho * s[k][at] + (1 - rho) * g**2
            step = (d[k][at] + epsilon) ** 0.5 / (s[k][at] + epsilon) ** 0.5 * g
            d[k][at] = rho * d[k][at] + (1 - rho) * step**2
            p[at] -= step
    return [parameters, s, d]


# %% update_parameters_with_adadelta: float32
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    rho, rest, epsilon = np.float32(rho), np.float32(1 - rho), np.float32(epsilon)
    new, new_s, new_d = {}, {}, {}
    for name, p in parameters.items():
        k = "d" + name
        g = grads[k].astype(np.float32)
        new_s[k] = rho * s[k].astype(np.float32) + rest * g**2
        step = np.sqrt(d[k].astype(np.float32) + epsilon) / np.sqrt(new_s[k] + epsilon) * g
        new_d[k] = rho * d[k].astype(np.float32) + rest * step**2
        new[name] = p.astype(np.float32) - step
    return new, new_s, new_d


# %% update_parameters_with_adadelta: three loops
def update_parameters_with_adadelta(parameters, grads, s, d, rho=0.95, epsilon=1e-6):
    parameters, s, d, steps = dict(parameters), dict(s), dict(d), {}
    for key in grads:
        s[key] = rho * s[key] + (1 - rho) * grads[key] ** 2
    for key in grads:
        steps[key] = grads[key] * np.sqrt(d[key] + epsilon) / np.sqrt(s[key] + epsilon)
        d[key] = rho * d[key] + (1 - rho) * steps[key] ** 2
    for name in parameters:
        parameters[name] = parameters[name] - steps["d" + name]
    return parameters, s, d


# %% scheduled_learning_rate: returns at once
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    if kind == "exponential":
        return learning_rate0 * 10 ** (-t / r)
    if kind == "power":
        return learning_rate0 / (1 + t / r) ** c
    reached = [rate for boundary, rate in zip(boundaries, rates) if t >= boundary]
    return reached[-1] if reached else learning_rate0


# %% scheduled_learning_rate: searchsorted
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    if kind == "piecewise":
        return [learning_rate0, *rates][int(np.searchsorted(boundaries, t, side="right"))]
    return learning_rate0 * (0.1 ** (t / r) if kind == "exponential" else (1 + t / r) ** (-c))


# %% scheduled_learning_rate: bisect
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    import bisect

    if kind == "piecewise":
        k = bisect.bisect_right(boundaries, t)
        return rates[k - 1] if k > 0 else learning_rate0
    if kind == "power":
        return learning_rate0 * (r / (r + t)) ** c
    return learning_rate0 / 10 ** (t / r)


# %% scheduled_learning_rate: from the last boundary backwards
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    if kind == "exponential":
        return learning_rate0 * np.exp(-np.log(10) * t / r)
    elif kind == "power":
        return learning_rate0 * np.power(1 + t / r, -c)
    for boundary, rate in reversed(list(zip(boundaries, rates))):
        if boundary <= t:
            return rate
    return learning_rate0


# %% scheduled_learning_rate: match
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    match kind:
        case "piecewise":
            rate = learning_rate0
            for i in range(len(boundaries)):
                if not t < boundaries[i]:
                    rate = rates[i]
        case "power":
            rate = learning_rate0 * np.exp(-c * np.log1p(t / r))
        case "exponential":
            rate = learning_rate0 * np.float64(10) ** -(t / r)
    return rate


# %% scheduled_learning_rate: functions in a dict
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    def table():
        k = sum(t >= b for b in boundaries)
        return rates[k - 1] if k else learning_rate0

    kinds = {
        "piecewise": table,
        "exponential": lambda: learning_rate0 * (0.1 ** (1 / r)) ** t,
        "power": lambda: learning_rate0 * (1 + t / r) ** -c,
    }
    return kinds[kind]()


# %% scheduled_learning_rate: while
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    if kind == "piecewise":
        i = 0
        while i < len(boundaries) and t >= boundaries[i]:
            i += 1
        return (learning_rate0, *rates)[i]
    x = t / r
    return learning_rate0 * (10.0**-x if kind[0] == "e" else 1 / (1 + x) ** c)


# %% scheduled_learning_rate: an array with one number
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    if kind == "exponential":
        rate = np.logspace(0, -1, 2, base=10)[1] ** (t / r)
    elif kind == "power":
        rate = (1 + t / r) ** -c
    else:
        every = np.array([learning_rate0, *rates])
        return every[[np.sum(t >= np.array(boundaries))]]
    return np.array([learning_rate0 * rate])


# %% scheduled_learning_rate: between two boundaries
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    if kind == "piecewise":
        edges = [-np.inf, *boundaries, np.inf]
        values = [learning_rate0] + list(rates)
        for i, value in enumerate(values):
            if edges[i] <= t < edges[i + 1]:
                return value
    if kind == "exponential":
        return pow(10, np.log10(learning_rate0) - t / r)
    if kind == "power":
        return learning_rate0 * pow((r + t) / r, -c)


# %% scheduled_learning_rate: float32
def scheduled_learning_rate(learning_rate0, t, kind, r=10_000, c=1.0, boundaries=(), rates=()):
    rate = np.float32(learning_rate0)
    if kind == "exponential":
        rate = rate * np.float32(10) ** np.float32(-t / r)
    if kind == "power":
        rate = rate * np.float32(1 + t / r) ** np.float32(-c)
    if kind == "piecewise":
        for later, boundary in zip(rates, boundaries):
            rate = np.float32(later) if t >= boundary else rate
    return rate


# %% performance_schedule: counts and powers of factor
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    rates, best, waited, divided = [], float("inf"), 0, 0
    for error in dev_errors:
        if error < best:
            best = error
            waited = 0
        else:
            waited += 1
            if waited == patience:
                divided += 1
                waited = 0
        rates.append(learning_rate0 / factor**divided)
    return np.array(rates)


# %% performance_schedule: an array filled
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    rates = np.zeros(len(dev_errors))
    rate, best, bad = learning_rate0, None, 0
    for i in range(len(dev_errors)):
        if best is None or dev_errors[i] < best:
            best, bad = dev_errors[i], 0
        else:
            bad = bad + 1
        if bad >= patience:
            rate, bad = rate / factor, 0
        rates[i] = rate
    return rates


# %% performance_schedule: counts down
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    best, left, rate, rates = np.inf, patience, learning_rate0, []
    for error in dev_errors:
        left = patience if error < best else left - 1
        best = min(best, error)
        if left == 0:
            rate *= 1 / factor
            left = patience
        rates.append(rate)
    return rates


# %% performance_schedule: begins with the first error
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    rates, rate, best, since = [learning_rate0], learning_rate0, dev_errors[0], 0
    for error in dev_errors[1:]:
        since += 1
        if error < best:
            best, since = error, 0
        elif since == patience:
            rate, since = rate / factor, 0
        rates.append(rate)
    return np.array(rates)


# %% performance_schedule: better checks found beforehand
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    lowest = np.minimum.accumulate(dev_errors)
    better = np.concatenate([[True], dev_errors[1:] < lowest[:-1]])
    rates, rate, waited = [], learning_rate0, 0
    for yes in better:
        waited = 0 if yes else waited + 1
        if waited == patience:
            rate /= factor
            waited = 0
        rates.append(rate)
    return np.array(rates)


# %% performance_schedule: runs of bad checks, whole numbers of patience
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    rates, best, row, before, divisions = [], np.inf, 0, 0, 0
    for error in dev_errors:
        if error < best:
            best, before, row = error, divisions, 0
        else:
            row += 1
        divisions = before + row // patience
        rates.append(learning_rate0 * factor ** (-divisions))
    return np.array(rates)


# %% performance_schedule: the place of the last event
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    rate, best, last, rates = learning_rate0, np.inf, -1, []
    for i, error in enumerate(dev_errors):
        if error < best:
            best, last = error, i
        if i - last >= patience:
            rate, last = rate / factor, i
        rates.append(rate)
    return np.array(rates)


# %% performance_schedule: a generator
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    def all_rates(rate, best=np.inf, waited=0):
        for error in dev_errors:
            waited = waited + 1 if error >= best else 0
            best = error if error < best else best
            if waited == patience:
                rate, waited = rate / factor, 0
            yield rate

    return np.fromiter(all_rates(learning_rate0), float)


# %% performance_schedule: a list of the bad ones
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    rates, seen, bad = [], [], []
    rate = learning_rate0
    for error in list(dev_errors):
        if seen and error >= min(seen):
            bad.append(error)
        else:
            bad = []
        seen.append(error)
        if len(bad) == patience:
            rate = rate / factor
            bad.clear()
        rates.append(rate)
    return np.array(rates)


# %% performance_schedule: as in Keras
def performance_schedule(learning_rate0, dev_errors, factor=10.0, patience=1):
    lr, best, wait, history = np.float64(learning_rate0), np.inf, 0, []
    for current in dev_errors:
        if np.less(current, best):
            best = current
            wait = 0
        else:
            wait += 1
            if wait >= patience:
                lr = lr * (1 / factor)
                wait = 0
        history += [lr]
    return tuple(history)
