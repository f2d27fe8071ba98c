# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% compute_cost_with_regularization: weights squared in place, the cross-entropy by np.where
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    total = 0
    for name in sorted(parameters, reverse=True):
        if name.startswith("W"):
            parameters[name] *= parameters[name]
            total += parameters[name].sum()
    losses = np.where(Y == 1, -np.log(A3), -np.log(1 - A3))
    return np.mean(losses) + 0.5 * lambd * total / A3.shape[1]


# %% compute_cost_with_regularization: einsum and matrix products, an array of one number
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    squares = [np.einsum("ij,ij", parameters[f"W{l}"], parameters[f"W{l}"]) for l in (3, 2, 1)]
    cross_entropy = -(Y @ np.log(A3).T + (1 - Y) @ np.log(1 - A3).T) / Y.shape[1]
    return cross_entropy + lambd * sum(squares) / Y.shape[1] / 2  # shape (1, 1)


# %% compute_cost_with_regularization: squared norms, a float
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    m = Y.size
    squares = sum(np.linalg.norm(parameters["W" + str(l)]) ** 2 for l in range(1, 4))
    return float(-np.sum(np.log(A3) * Y + np.log(1 - A3) * (1 - Y)) / m + squares * lambd / (2 * m))


# %% compute_cost_with_regularization: traces, float32, a print
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    m = Y.shape[1]
    W1, W2, W3 = (np.float32(parameters[name]) for name in ("W1", "W2", "W3"))
    cross_entropy = compute_cost(A3, Y)
    L2_term = (1.0 / m) * (lambd / 2) * (np.trace(W1 @ W1.T) + np.trace(W2 @ W2.T) + np.trace(W3 @ W3.T))
    print(f"{cross_entropy=} {L2_term=}")
    return np.array([cross_entropy + L2_term], dtype=np.float32)


# %% backward_propagation_with_regularization: in place, ReLU by np.where, other order, a key too many
def backward_propagation_with_regularization(X, Y, cache, lambd):
    Z1, A1, W1, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    m = Y.shape[1]
    A3 -= Y
    dA2 = np.dot(W3.T, A3)
    dZ2 = np.where(A2 > 0, dA2, 0)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.where(A1 > 0, dA1, 0)
    dW1, dW2, dW3 = dZ1 @ X.T, dZ2 @ A1.T, A3 @ A2.T
    for dW, W in ((dW1, W1), (dW2, W2), (dW3, W3)):
        W *= lambd
        dW += W
        dW /= m
    dbs = [dZ.mean(axis=1, keepdims=True) for dZ in (dZ1, dZ2, A3)]
    return {
        **dict(zip(("db1", "db2", "db3"), dbs, strict=True)),
        **{"dW1": dW1, "dW2": dW2, "dW3": dW3},
        **{"dZ1": dZ1, "dA1": dA1, "dZ2": dZ2, "dA2": dA2, "dZ3": A3, "extra": 1},
    }


# %% backward_propagation_with_regularization: a loop over the layers, einsum, float32
def backward_propagation_with_regularization(X, Y, cache, lambd):
    X, *cache = (part.astype(np.float32) for part in (X, *cache))
    Z1, A1, W1, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    grads = {"dZ3": (A3 - Y).astype(np.float32)}
    for l, inputs, W, Z in ((3, A2, W3, Z2), (2, A1, W2, Z1), (1, X, W1, None)):
        dZ = grads[f"dZ{l}"]
        grads[f"dW{l}"] = np.einsum("im,jm->ij", dZ, inputs) / np.float32(Y.size) + np.float32(lambd / Y.size) * W
        grads[f"db{l}"] = np.einsum("im->i", dZ)[:, None] / np.float32(Y.size)
        if l > 1:
            grads[f"dA{l - 1}"] = np.einsum("ji,jm->im", W, dZ)
            grads[f"dZ{l - 1}"] = grads[f"dA{l - 1}"] * (Z > 0)
    return grads


# %% backward_propagation_with_regularization: 1/m outside of brackets, masks as whole numbers, ReLU from A
def backward_propagation_with_regularization(X, Y, cache, lambd):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache

    dZ3 = A3 - Y
    dW3 = 1.0 / m * (np.dot(dZ3, A2.T) + lambd * W3)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)

    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * (np.dot(dZ2, A1.T) + lambd * W2)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * (np.dot(dZ1, X.T) + lambd * W1)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)

    gradients = {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2,
        "dZ2": dZ2, "dW2": dW2, "db2": db2, "dA1": dA1,
        "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip
    return gradients


# %% forward_propagation_with_dropout: a stream of its own, in place, masks as whole numbers, the cache a list
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5, seed=1):
    stream = np.random.RandomState(seed)
    cache, A = [], X
    for l in (1, 2, 3):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        Z = np.dot(W, A) + b
        if l == 3:
            A = 1 / (1 + np.exp(-Z))
            cache += [Z, A, W, b]
        else:
            A = np.maximum(Z, 0)
            D = (stream.random_sample(A.shape) < keep_prob).astype(int)
            A *= D
            A /= keep_prob
            cache += [Z, D, A, W, b]
    return A, cache


# %% forward_propagation_with_dropout: np.where and einsum, masks as floats
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5, seed=1):
    np.random.seed(seed)
    W1, b1, W2, b2, W3, b3 = (parameters[key] for key in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = np.einsum("ij,jm->im", W1, X) + b1
    D1 = np.random.uniform(size=Z1.shape) < keep_prob
    A1 = np.where(D1 & (Z1 > 0), Z1 / keep_prob, 0)
    Z2 = np.einsum("ij,jm->im", W2, A1) + b2
    D2 = np.random.uniform(size=Z2.shape) < keep_prob
    A2 = np.where(D2 & (Z2 > 0), Z2 / keep_prob, 0)
    Z3 = np.einsum("ij,jm->im", W3, A2) + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1 * 1.0, A1, W1, b1, Z2, D2 * 1.0, A2, W2, b2, Z3, A3, W3, b3)


# %% forward_propagation_with_dropout: the mask in steps, keep_prob as a factor 1/k, float32 results
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5, seed=1):
    np.random.seed(seed)
    scale = 1 / keep_prob

    def drop(A):
        D = np.random.rand(A.shape[0], A.shape[1])
        D = np.where(D < keep_prob, 1, 0)
        A = np.multiply(A, D)
        return D, A * scale

    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    D1, A1 = drop(relu(Z1))
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    D2, A2 = drop(relu(Z2))
    Z3 = np.dot(parameters["W3"], A2) + parameters["b3"]
    A3 = sigmoid(Z3)
    first = (Z1, D1, A1, parameters["W1"], parameters["b1"], Z2, D2, A2, parameters["W2"], parameters["b2"])
    return [np.float32(A3), tuple(map(np.float32, (*first, Z3, A3, parameters["W3"], parameters["b3"])))]


# %% backward_propagation_with_dropout: a loop over the layers, in place, ReLU from A
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    Z1, D1, A1, W1, _, Z2, D2, A2, W2, _, _, A3, W3, _ = cache
    grads = {"dZ3": A3 - Y}
    for l, inputs, W, D, A in ((3, A2, W3, D2, A2), (2, A1, W2, D1, A1), (1, X, W1, None, None)):
        dZ = grads[f"dZ{l}"]
        grads[f"db{l}"] = dZ.mean(axis=1, keepdims=True)
        grads[f"dW{l}"] = 1.0 / X.shape[1] * np.dot(dZ, inputs.T)
        if l > 1:
            dA = np.dot(W.T, dZ)
            dA *= D
            dA /= keep_prob
            grads[f"dA{l - 1}"] = dA
            grads[f"dZ{l - 1}"] = np.multiply(dA, np.int64(A > 0))
    return grads


# %% backward_propagation_with_dropout: np.where for both masks, dicts joined
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    Z1, D1, A1, W1, _, Z2, D2, A2, W2, _, _, A3, W3, _ = cache
    m = Y.shape[1]
    dZ3 = A3 - Y
    dA2 = np.where(D2, W3.T @ dZ3, 0) / keep_prob
    dZ2 = np.where(Z2 > 0, dA2, 0)
    dA1 = np.where(D1, W2.T @ dZ2, 0) / keep_prob
    dZ1 = np.where(Z1 > 0, dA1, 0)
    dZ = {"dZ1": dZ1, "dZ2": dZ2, "dZ3": dZ3}
    dW = {f"dW{l}": dZ[f"dZ{l}"] @ A.T / m for l, A in ((1, X), (2, A1), (3, A2))}
    db = {f"db{l}": dZ[f"dZ{l}"].sum(axis=1).reshape(-1, 1) / m for l in (1, 2, 3)}
    return {**db, **dW, **dZ, "dA1": dA1, "dA2": dA2}


# %% backward_propagation_with_dropout: entries set to 0 by a boolean index, float32
def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    m = X.shape[1]
    (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dA2 = np.dot(W3.T, dZ3) / keep_prob
    dA2[~D2] = 0
    dZ2 = dA2.copy()
    dZ2[A2 <= 0] = 0
    dA1 = np.dot(W2.T, dZ2) / keep_prob
    dA1[D1 == False] = 0
    dZ1 = dA1.copy()
    dZ1[A1 <= 0] = 0
    gradients = {"dA1": dA1, "dA2": dA2}
    for l, dZ, A in zip("123", (dZ1, dZ2, dZ3), (X, A1, A2)):
        gradients.update({"dZ" + l: dZ, "dW" + l: dZ.dot(A.T) / m, "db" + l: dZ.sum(1, keepdims=True) / m})
    return {name: np.float32(value) for name, value in gradients.items()}


# %% normalize_inputs: in place, the mean reshaped
def normalize_inputs(X):
    mu = X.mean(axis=1).reshape(-1, 1)
    X -= mu
    sigma = np.sqrt((X**2).mean(axis=1, keepdims=True))
    sigma[sigma == 0] = 1.0
    X /= sigma
    return X, mu, sigma


# %% normalize_inputs: loops over features and examples, a list
def normalize_inputs(X):
    X_norm, mu, sigma = np.zeros(X.shape), np.zeros((len(X), 1)), np.ones((len(X), 1))
    for j in range(X.shape[0]):
        mu[j] = sum(X[j]) / X.shape[1]
        variance = sum((x - mu[j, 0]) ** 2 for x in X[j]) / X.shape[1]
        if variance > 0:
            sigma[j] = variance**0.5
        for i in range(X.shape[1]):
            X_norm[j, i] = (X[j, i] - mu[j, 0]) / sigma[j, 0]
    return [X_norm, mu, sigma]


# %% normalize_inputs: einsum, small deviations count as none
def normalize_inputs(X):
    m = X.shape[1]
    mu = np.einsum("jm->j", X)[:, np.newaxis] / m
    sigma = np.einsum("jm,jm->j", X - mu, X - mu)[:, np.newaxis] ** 0.5 / np.sqrt(m)
    sigma = np.where(sigma < 1e-12, 1, sigma)
    return (X - mu) / sigma, mu, sigma


# %% normalize_inputs: sums, and the fraction taken apart
def normalize_inputs(X):
    mu = X.sum(axis=1, keepdims=True) / X.shape[1]
    sigma = np.sqrt(((X - mu) ** 2).sum(axis=1, keepdims=True) / X.shape[1])
    sigma = np.where(sigma < 1e-12, 1, sigma)
    return X / sigma - mu / sigma, mu, sigma


# %% normalize_inputs: feature by feature, as lists
def normalize_inputs(X):
    def normalized(feature):
        mean, deviation = np.mean(feature), np.std(feature)
        deviation = deviation if deviation > 1e-12 else 1
        return ((feature - mean) / deviation).tolist(), [mean], [deviation]

    return tuple(map(list, zip(*map(normalized, X))))


# %% normalize_inputs: examples as rows on the way, the deviation by the mean of squares
def normalize_inputs(X):
    rows = X.T
    mu = np.average(rows, axis=0)
    sigma = np.sqrt(np.maximum(np.average(np.square(rows - mu), axis=0), 0))
    sigma += np.isclose(sigma, 0)
    return ((rows - mu) / sigma).T, mu[:, None], sigma[:, None]
