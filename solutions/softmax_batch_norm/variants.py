# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% softmax: by log-sum-exp
def softmax(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=0))


# %% softmax: column by column
def softmax(Z):
    A = np.zeros(Z.shape)
    for k in range(Z.shape[1]):
        z = Z[:, k] - max(Z[:, k])
        t = np.exp(z)
        A[:, k] = t / t.sum()
    return A


# %% softmax: by differences of all pairs of scores
def softmax(Z):
    with np.errstate(over="ignore"):
        return 1 / np.exp(Z[None] - Z[:, None]).sum(axis=1)


# %% softmax: transposed and back
def softmax(Z):
    rows = Z.T
    shifted = rows - rows.max(axis=1)[:, np.newaxis]
    rows = np.exp(shifted) / np.exp(shifted).sum(axis=1)[:, np.newaxis]
    return rows.T


# %% softmax: in place, as a list of rows
def softmax(Z):
    Z -= Z.max(0)
    np.exp(Z, out=Z)
    Z /= Z.sum(0)
    return list(Z)


# %% softmax: SciPy's
def softmax(Z):
    from scipy.special import softmax as shares

    return shares(Z, axis=0)


# %% softmax_cost: logaddexp
def softmax_cost(Z, Y):
    return (np.logaddexp.reduce(Z, axis=0) - (Z * Y).sum(axis=0)).mean()


# %% softmax_cost: example by example, with the label found
def softmax_cost(Z, Y):
    total = 0
    for z, y in zip(Z.T, Y.T):
        right = y.argmax()
        total += np.log(np.exp(z - z.max()).sum()) + z.max() - z[right]
    return total / Z.shape[1]


# %% softmax_cost: logarithms of all shares, never the shares
def softmax_cost(Z, Y):
    shifted = Z - Z.max(axis=0, keepdims=True)
    log_A = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return -np.sum(Y * log_A) / Y.shape[1]


# %% softmax_cost: scores less the right one's, as an array with one number
def softmax_cost(Z, Y):
    ahead = Z - np.sum(Z * Y, axis=0, keepdims=True)
    M = ahead.max(axis=0, keepdims=True)
    losses = M + np.log(np.exp(ahead - M).sum(axis=0, keepdims=True))
    return np.mean(losses, axis=1)


# %% softmax_cost: SciPy's log-sum-exp
def softmax_cost(Z, Y):
    from scipy.special import logsumexp

    m = Z.shape[1]
    return float(1 / m * (logsumexp(Z, axis=0).sum() - np.trace(Z.T @ Y)))


# %% softmax_backward: two cases
def softmax_backward(Z, Y):
    A = softmax(Z)
    return np.where(Y == 1, A - 1, A)


# %% softmax_backward: the right classes pulled up
def softmax_backward(Z, Y):
    dZ = softmax(Z)
    dZ[Y.argmax(axis=0), np.arange(Z.shape[1])] -= 1
    return dZ


# %% softmax_backward: as in the derivation, share by share
def softmax_backward(Z, Y):
    A = softmax(Z)
    C, m = A.shape
    dZ = np.zeros((C, m))
    for k in range(m):
        for j in range(C):
            for i in range(C):
                slope = A[i, k] * ((i == j) - A[j, k])
                dZ[j, k] -= Y[i, k] / A[i, k] * slope
    return dZ


# %% softmax_backward: the largest score taken off before
def softmax_backward(Z, Y):
    Z = Z - np.max(Z, axis=0, keepdims=True)
    return softmax(Z) - Y


# %% softmax_backward: what is missing, and what is too much
def softmax_backward(Z, Y):
    A = softmax(Z)
    return A * (1 - Y) - (1 - A) * Y


# %% softmax_regression_gradients: by softmax itself
def softmax_regression_gradients(X, Y, parameters):
    A = softmax(np.dot(parameters["W1"], X) + parameters["b1"])
    dZ = A - Y
    return {"dW1": np.dot(dZ, X.T) / X.shape[1], "db1": dZ.mean(axis=1, keepdims=True)}


# %% softmax_regression_gradients: example by example
def softmax_regression_gradients(X, Y, parameters):
    W1, b1 = parameters["W1"], parameters["b1"]
    dW1, db1 = np.zeros(W1.shape), np.zeros(b1.shape)
    m = X.shape[1]
    for k in range(m):
        x, y = X[:, k : k + 1], Y[:, k : k + 1]
        dz = softmax_backward(W1 @ x + b1, y)
        dW1 += dz @ x.T
        db1 += dz
    dW1 /= m
    db1 /= m
    return dict(db1=db1, dW1=dW1)


# %% softmax_regression_gradients: bias as one more weight
def softmax_regression_gradients(X, Y, parameters):
    with_one = np.vstack([X, np.ones((1, X.shape[1]))])
    both = np.hstack([parameters["W1"], parameters["b1"]])
    d = softmax_backward(both @ with_one, Y) @ with_one.T / X.shape[1]
    return {"dW1": d[:, :-1], "db1": d[:, -1:]}


# %% softmax_regression_gradients: einsum, dZ in the result too
def softmax_regression_gradients(X, Y, parameters):
    Z = np.einsum("cn,nm->cm", parameters["W1"], X) + parameters["b1"]
    dZ = softmax_backward(Y=Y, Z=Z)
    m = Y.shape[1]
    return {"dZ1": dZ, "dW1": np.einsum("cm,nm->cn", dZ, X) / m, "db1": 1 / m * dZ.sum(1).reshape(-1, 1)}


# %% batch_norm_forward: by the mean of the squares, the power of -1/2
def batch_norm_forward(Z, gamma, beta, epsilon=1e-5):
    m = Z.shape[1]
    mu = Z.sum(axis=1, keepdims=True) / m
    D = Z - mu
    var = (D * D).sum(axis=1, keepdims=True) / m
    Z_norm = D * (var + epsilon) ** -0.5
    return gamma * Z_norm + beta, dict(Z_norm=Z_norm, mu=mu, var=var)


# %% batch_norm_forward: np.var, unit by unit
def batch_norm_forward(Z, gamma, beta, epsilon=1e-5):
    Z_tilde, Z_norm = np.zeros_like(Z), np.zeros_like(Z)
    mu, var = np.zeros_like(gamma), np.zeros_like(gamma)
    for i, z in enumerate(Z):
        mu[i], var[i] = z.mean(), z.var()
        Z_norm[i] = (z - mu[i]) / np.sqrt(var[i] + epsilon)
        Z_tilde[i] = gamma[i] * Z_norm[i] + beta[i]
    return Z_tilde, {"Z_norm": Z_norm, "mu": mu, "var": var}


# %% batch_norm_forward: examples in rows, and back
def batch_norm_forward(Z, gamma, beta, epsilon=1e-5):
    rows = Z.T
    mu, var = rows.mean(axis=0), rows.var(axis=0)
    normed = (rows - mu) / np.sqrt(var + epsilon)
    out = normed * gamma[:, 0] + beta[:, 0]
    return out.T, {"Z_norm": normed.T, "mu": mu.reshape(-1, 1), "var": var.reshape(-1, 1), "epsilon": epsilon}


# %% batch_norm_forward: scale and shift folded
def batch_norm_forward(Z, gamma, beta, epsilon=1e-5):
    mu, var = np.mean(Z, 1, keepdims=True), np.var(Z, 1, keepdims=True)
    s = np.sqrt(var + epsilon)
    cache = {"Z_norm": Z / s - mu / s, "mu": mu, "var": var}
    return gamma / s * Z + (beta - gamma * mu / s), cache


# %% update_running_averages: a step towards the batch
def update_running_averages(running, mu, var, momentum=0.9):
    return {
        "mu": running["mu"] + (1 - momentum) * (mu - running["mu"]),
        "var": running["var"] + (1 - momentum) * (var - running["var"]),
    }


# %% update_running_averages: copied first, then in place
def update_running_averages(running, mu, var, momentum=0.9):
    new = {name: value.copy() for name, value in running.items()}
    for name, value in (("mu", mu), ("var", var)):
        new[name] *= momentum
        new[name] += (1 - momentum) * value
    return new


# %% update_running_averages: np.average
def update_running_averages(running, mu, var, momentum=0.9):
    weights = [momentum, 1 - momentum]
    batch = dict(mu=mu, var=var)
    return {name: np.average([running[name], batch[name]], axis=0, weights=weights) for name in ("var", "mu")}


# %% batch_norm_inference: folded into a factor and a shift
def batch_norm_inference(Z, gamma, beta, running, epsilon=1e-5):
    factor = gamma / np.sqrt(running["var"] + epsilon)
    return factor * Z + (beta - factor * running["mu"])


# %% batch_norm_inference: example by example
def batch_norm_inference(Z, gamma, beta, running, epsilon=1e-5):
    columns = []
    for k in range(Z.shape[1]):
        z = Z[:, k : k + 1]
        columns.append(gamma * (z - running["mu"]) * (running["var"] + epsilon) ** -0.5 + beta)
    return np.hstack(columns)


# %% batch_norm_inference: float32
def batch_norm_inference(Z, gamma, beta, running, epsilon=1e-5):
    mu, var = running["mu"].astype(np.float32), running["var"].astype(np.float32)
    return np.float32(gamma) * (np.float32(Z) - mu) / np.sqrt(var + np.float32(epsilon)) + np.float32(beta)


# %% batch_norm_backward: the six rungs
def batch_norm_backward(dZ_tilde, cache, gamma, epsilon=1e-5):
    m = dZ_tilde.shape[1]
    Z_norm = cache["Z_norm"]
    s = np.sqrt(cache["var"] + epsilon)
    D = Z_norm * s
    dZ_norm = gamma * dZ_tilde
    ds = -(dZ_norm * D).sum(axis=1, keepdims=True) / s**2
    dvar = ds / (2 * s)
    dD = dZ_norm / s + dvar * 2 / m * D
    dmu = -dD.sum(axis=1, keepdims=True)
    dZ = dD + dmu / m
    return dZ, (dZ_tilde * Z_norm).mean(axis=1, keepdims=True), dZ_tilde.mean(axis=1, keepdims=True)


# %% batch_norm_backward: as in the paper, with the way from the variance to the mean
def batch_norm_backward(dZ_tilde, cache, gamma, epsilon=1e-5):
    m = dZ_tilde.shape[1]
    root = (cache["var"] + epsilon) ** 0.5
    centred = cache["Z_norm"] * root
    dx = dZ_tilde * gamma
    dvar = np.sum(dx * centred * -0.5 * root**-3, axis=1, keepdims=True)
    dmu = np.sum(-dx / root, axis=1, keepdims=True) + dvar * np.mean(-2 * centred, axis=1, keepdims=True)
    dZ = dx / root + dvar * 2 * centred / m + dmu / m
    dgamma = np.sum(dZ_tilde * cache["Z_norm"], axis=1, keepdims=True) / m
    dbeta = np.sum(dZ_tilde, axis=1, keepdims=True) / m
    return dZ, dgamma, dbeta


# %% batch_norm_backward: with sums and one factor 1/m
def batch_norm_backward(dZ_tilde, cache, gamma, epsilon=1e-5):
    m = dZ_tilde.shape[1]
    n = cache["Z_norm"]
    a, b = np.sum(dZ_tilde, axis=1, keepdims=True), np.sum(dZ_tilde * n, axis=1, keepdims=True)
    dZ = gamma / (m * np.sqrt(cache["var"] + epsilon)) * (m * dZ_tilde - a - n * b)
    return dZ, b / m, a / m


# %% batch_norm_backward: unit by unit, with the matrix of all slopes
def batch_norm_backward(dZ_tilde, cache, gamma, epsilon=1e-5):
    n_units, m = dZ_tilde.shape
    dZ, dgamma, dbeta = np.zeros((n_units, m)), np.zeros((n_units, 1)), np.zeros((n_units, 1))
    for i in range(n_units):
        z, d = cache["Z_norm"][i], dZ_tilde[i]
        slopes = (np.eye(m) - 1 / m - np.outer(z, z) / m) / np.sqrt(cache["var"][i] + epsilon)
        dZ[i] = gamma[i] * slopes @ d
        dgamma[i], dbeta[i] = d @ z / m, d.mean()
    return dZ, dgamma, dbeta


# %% forward_propagation_with_batch_norm: by keywords, the cache filled in place
def forward_propagation_with_batch_norm(X, parameters, running, training, momentum=0.9, epsilon=1e-5):
    L = nets.number_of_layers(parameters)
    A, caches, now = X, [], list(running)
    for l in range(1, L):
        W, gamma, beta = parameters[f"W{l}"], parameters[f"gamma{l}"], parameters[f"beta{l}"]
        Z = np.dot(W, A)
        if not training:
            A = nets.relu(batch_norm_inference(Z, gamma, beta, running[l - 1], epsilon=epsilon))
            continue
        out, cache = batch_norm_forward(Z, gamma, beta, epsilon=epsilon)
        cache["A_previous"] = A
        cache["Z_tilde"] = out
        caches.append(cache)
        now[l - 1] = update_running_averages(now[l - 1], mu=cache["mu"], var=cache["var"], momentum=momentum)
        A = out * (out > 0)
    caches.append({"A_previous": A})
    return parameters[f"W{L}"] @ A + parameters[f"b{L}"], caches, now


# %% forward_propagation_with_batch_norm: lists put together at the end, Z kept too
def forward_propagation_with_batch_norm(X, parameters, running, training, momentum=0.9, epsilon=1e-5):
    L = len([name for name in parameters if name[0] == "W"])
    A, caches, now = X, (), []
    for l in range(1, L):
        p = [parameters[f"{kind}{l}"] for kind in ("gamma", "beta")]
        Z = parameters["W" + str(l)].dot(A)
        old = running[l - 1]
        if training:
            Z_tilde, c = batch_norm_forward(Z, *p, epsilon)
            old = update_running_averages(old, c["mu"], c["var"], momentum)
            caches += ({"Z": Z, "A_previous": A, "Z_tilde": Z_tilde, "Z_norm": c["Z_norm"], "mu": c["mu"], "var": c["var"]},)
        else:
            Z_tilde = batch_norm_inference(Z, *p, old, epsilon)
        now.append(old)
        A = np.where(Z_tilde > 0, Z_tilde, 0)
    caches += ({"A_previous": A},)
    ZL = parameters[f"W{L}"] @ A + parameters[f"b{L}"]
    return ZL, list(caches), now


# %% softmax: powers of 2 in place of e
def softmax(Z):
    exponents = Z / np.log(2)
    T = 2.0 ** (exponents - exponents.max(axis=0))
    return np.divide(T, np.sum(T, axis=0))


# %% softmax: map over the columns
def softmax(Z):
    def shares(z):
        t = np.exp(z - np.max(z))
        return t / sum(t)

    return np.apply_along_axis(shares, 0, Z)


# %% softmax_cost: labels by their numbers
def softmax_cost(Z, Y):
    Z = Z - np.amax(Z, axis=0)
    m = Z.shape[1]
    right = Z[np.argmax(Y, axis=0), np.arange(m)]
    return np.mean(np.log(np.exp(Z).sum(axis=0)) - right)


# %% softmax_cost: a mask
def softmax_cost(Z, Y):
    log_sums = np.logaddexp.reduce(list(Z))
    return np.average(log_sums - Z.T[Y.T == 1])


# %% softmax_backward: in two lines, with another name for the shares
def softmax_backward(Z, Y):
    Y_hat = softmax(Z)
    return np.subtract(Y_hat, Y)


# %% softmax_backward: columns put together
def softmax_backward(Z, Y):
    A = softmax(Z)
    return np.column_stack([A[:, k] - Y[:, k] for k in range(A.shape[1])])


# %% softmax_backward: the matrix of slopes
def softmax_backward(Z, Y):
    A = softmax(Z)
    slopes = np.einsum("im,ij->ijm", A, np.eye(len(A))) - np.einsum("im,jm->ijm", A, A)
    return -np.einsum("im,ijm->jm", Y / A, slopes)


# %% softmax_regression_gradients: 1/m first
def softmax_regression_gradients(X, Y, parameters):
    share = softmax_backward(np.matmul(parameters["W1"], X) + parameters["b1"], Y) / X.shape[1]
    return {"dW1": np.matmul(share, X.T), "db1": share.sum(axis=1)[:, None]}


# %% softmax_regression_gradients: means of outer products
def softmax_regression_gradients(X, Y, parameters):
    dZ = softmax_backward(parameters["W1"].dot(X) + parameters["b1"], Y)
    outer = dZ[:, None, :] * X[None, :, :]
    return {"dW1": outer.mean(axis=2), "db1": dZ.mean(axis=1).reshape(parameters["b1"].shape)}


# %% batch_norm_forward: np.std, epsilon put in by hand
def batch_norm_forward(Z, gamma, beta, epsilon=1e-5):
    mu = np.average(Z, axis=1)[:, None]
    sigma = np.std(Z, axis=1, keepdims=True)
    root = np.hypot(sigma, np.sqrt(epsilon))
    cache = {}
    cache["mu"], cache["var"] = mu, sigma * sigma
    cache["Z_norm"] = np.divide(np.subtract(Z, mu), root)
    return np.multiply(gamma, cache["Z_norm"]) + beta, cache


# %% batch_norm_forward: loops over all numbers
def batch_norm_forward(Z, gamma, beta, epsilon=1e-5):
    n, m = Z.shape
    mu, var = [[sum(row) / m] for row in Z], []
    for i in range(n):
        var.append([sum((z - mu[i][0]) ** 2 for z in Z[i]) / m])
    Z_norm = [[(Z[i][k] - mu[i][0]) / (var[i][0] + epsilon) ** 0.5 for k in range(m)] for i in range(n)]
    Z_tilde = [[gamma[i][0] * Z_norm[i][k] + beta[i][0] for k in range(m)] for i in range(n)]
    return np.array(Z_tilde), {"Z_norm": np.array(Z_norm), "mu": np.array(mu), "var": np.array(var)}


# %% update_running_averages: a copy of the dict, updated
def update_running_averages(running, mu, var, momentum=0.9):
    new = dict(running)
    new.update(mu=running["mu"] * momentum + mu * (1 - momentum), var=running["var"] * momentum + var * (1 - momentum))
    return new


# %% batch_norm_inference: a difference and a quotient, in place on a copy
def batch_norm_inference(Z, gamma, beta, running, epsilon=1e-5):
    out = Z.copy()
    out -= running["mu"]
    out /= np.sqrt(epsilon + running["var"])
    out *= gamma
    out += beta
    return out


# %% batch_norm_backward: deviations from the mean, then what is along Z_norm taken off
def batch_norm_backward(dZ_tilde, cache, gamma, epsilon=1e-5):
    n = cache["Z_norm"]
    dbeta = dZ_tilde.mean(axis=1)[:, None]
    dgamma = np.einsum("ij,ij->i", dZ_tilde, n)[:, None] / n.shape[1]
    rest = dZ_tilde - dbeta
    rest = rest - dgamma * n
    return rest * gamma * (cache["var"] + epsilon) ** -0.5, dgamma, dbeta


# %% forward_propagation_with_batch_norm: a function for each hidden layer
def forward_propagation_with_batch_norm(X, parameters, running, training, momentum=0.9, epsilon=1e-5):
    caches, now = [], []

    def hidden(l, A):
        Z = parameters[f"W{l}"] @ A
        scale_and_shift = parameters[f"gamma{l}"], parameters[f"beta{l}"]
        if not training:
            now.append(running[l - 1])
            return batch_norm_inference(Z, *scale_and_shift, running[l - 1], epsilon)
        Z_tilde, cache = batch_norm_forward(Z, *scale_and_shift, epsilon)
        now.append(update_running_averages(running[l - 1], cache["mu"], cache["var"], momentum))
        caches.append(dict(cache, A_previous=A, Z_tilde=Z_tilde))
        return Z_tilde

    A, l = X, 1
    while f"W{l + 1}" in parameters:
        A = np.clip(hidden(l, A), 0, None)
        l += 1
    caches.append({"A_previous": A})
    return parameters[f"W{l}"] @ A + parameters[f"b{l}"], caches, now
