# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% forward_propagation: by NumPy
def forward_propagation(x, theta):
    J = np.dot(theta, x)
    return J


# %% forward_propagation: a lambda with a print, float32
forward_propagation = lambda x, theta: print("J") or np.float32(x) * np.float32(theta)


# %% backward_propagation: an array of one number
def backward_propagation(x, theta):
    dtheta = np.array(float(x))
    return dtheta


# %% backward_propagation: a difference quotient, which is exact for a line
def backward_propagation(x, theta):
    return (forward_propagation(x, theta + 1) - forward_propagation(x, theta - 1)) / 2


# %% gradient_check: in steps, divided twice, with a print
def gradient_check(x, theta, epsilon=1e-7):
    thetaplus = theta + epsilon
    thetaminus = theta - epsilon
    J_plus = forward_propagation(x, thetaplus)
    J_minus = forward_propagation(x, thetaminus)
    gradapprox = (J_plus - J_minus) / 2 / epsilon
    grad = backward_propagation(x, theta)
    numerator = np.linalg.norm(gradapprox - grad)
    denominator = np.linalg.norm(gradapprox) + np.linalg.norm(grad)
    difference = numerator / denominator
    print("The gradient is correct!" if difference < 1e-7 else "The gradient is wrong!")
    return difference


# %% gradient_check: absolute values, arguments by name
def gradient_check(x, theta, epsilon=1e-7):
    slope = 0.5 * forward_propagation(x, theta=theta + epsilon) / epsilon
    slope -= 0.5 * forward_propagation(x, theta=theta - epsilon) / epsilon
    return abs(backward_propagation(x, theta) - slope) / (abs(slope) + abs(backward_propagation(x, theta)))


# %% gradient_check: a helper function, a decorator, and no division by 0
def counted(function):
    def call(*args, **kwargs):
        call.calls += 1
        return function(*args, **kwargs)

    call.calls = 0
    return call


def slope(f, at, h):
    return (f(at + h) - f(at - h)) / (2 * h)


@counted
def gradient_check(x, theta, epsilon=1e-7):
    pair = np.array([backward_propagation(x, theta), slope(lambda t: forward_propagation(x, t), theta, epsilon)])
    size = np.abs(pair).sum()
    return np.array([np.ptp(pair) / size if size else 0.0])


# %% gradient_check_n: J_plus and J_minus as vectors, np.copy
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    values = dictionary_to_vector(parameters)
    number = values.shape[0]
    J_plus, J_minus, gradapprox = np.zeros((number, 1)), np.zeros((number, 1)), np.zeros((number, 1))
    for i in range(number):
        thetaplus = np.copy(values)
        thetaplus[i][0] = thetaplus[i][0] + epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaplus, parameters))
        thetaminus = np.copy(values)
        thetaminus[i][0] = thetaminus[i][0] - epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaminus, parameters))
        gradapprox[i] = (J_plus[i] - J_minus[i]) / (2 * epsilon)
    grad = gradients_to_vector(gradients)
    return np.linalg.norm(grad - gradapprox) / (np.linalg.norm(grad) + np.linalg.norm(gradapprox))


# %% gradient_check_n: moves the parameters themselves and puts them back, no vector at all
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    slopes, claimed = [], []
    for name, value in parameters.items():
        for place in np.ndindex(value.shape):
            kept = value[place]
            value[place] = kept + epsilon
            J_plus = nets.compute_cost(nets.forward_propagation(X, parameters)[0], Y)
            value[place] = kept - epsilon
            J_minus = nets.compute_cost(nets.forward_propagation(X, parameters)[0], Y)
            value[place] = kept
            slopes.append((J_plus - J_minus) / (2 * epsilon))
            claimed.append(gradients[f"d{name}"][place])
    slopes, claimed = np.array(slopes), np.array(claimed)
    return np.sqrt(((slopes - claimed) ** 2).sum()) / (np.sqrt((slopes**2).sum()) + np.sqrt((claimed**2).sum()))


# %% gradient_check_n: rows of a unit matrix as shifts, an array of one number
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    theta = dictionary_to_vector(parameters).ravel()
    shifts = epsilon * np.eye(theta.size)
    costs = [
        [forward_propagation_n(X, Y, vector_to_dictionary(theta + s, parameters))[0] for s in S]
        for S in (shifts, -shifts)
    ]
    approx, grad = np.subtract(*costs) / (2 * epsilon), gradients_to_vector(gradients).ravel()
    return np.array([[np.linalg.norm(grad - approx) / (np.linalg.norm(grad) + np.linalg.norm(approx))]])


# %% gradient_check_n: one copy, moved up, moved down by twice as much, and put back
def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
    theta, grad = dictionary_to_vector(parameters), gradients_to_vector(gradients)

    def J(i, move):
        theta[i] += move
        return forward_propagation_n(X, Y, vector_to_dictionary(theta, parameters))[0]

    gradapprox = []
    for i in range(len(theta)):
        above = J(i, epsilon)
        below = J(i, -2 * epsilon)
        J(i, epsilon)
        gradapprox.append([(above - below) / epsilon / 2])
    distance = np.linalg.norm(np.array(gradapprox) - grad)
    return float(distance / (np.linalg.norm(gradapprox) + np.linalg.norm(grad)))


# %% backward_propagation_n: einsum, 1/m at the start, a key too many
def backward_propagation_n(X, Y, cache):
    (Z1, A1, _, _, Z2, A2, W2, _, _, A3, W3, _), m = cache, X.shape[1]
    dZ3 = (A3 - Y) / m
    dZ2 = np.where(Z2 > 0, np.einsum("ij,im->jm", W3, dZ3), 0)
    dZ1 = np.where(Z1 > 0, np.einsum("ij,im->jm", W2, dZ2), 0)
    grads = {}
    for l, (dZ, A) in enumerate([(dZ1, X), (dZ2, A1), (dZ3, A2)], start=1):
        grads[f"db{l}"] = dZ.sum(axis=1).reshape(-1, 1)
        grads[f"dW{l}"] = np.einsum("im,jm->ij", dZ, A)
    return grads | {"dZ3": dZ3}


# %% backward_propagation_n: one example at a time
def backward_propagation_n(X, Y, cache):
    _, A1, W1, b1, _, A2, W2, b2, _, A3, W3, b3 = cache
    arrays = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    total = {f"d{name}": np.zeros_like(array) for name, array in arrays.items()}
    m = X.shape[1]
    for i in range(m):
        d3 = A3[:, [i]] - Y[:, [i]]
        d2 = W3.T.dot(d3) * np.int64(A2[:, [i]] > 0)
        d1 = W2.T.dot(d2) * np.int64(A1[:, [i]] > 0)
        for l, (d, a) in enumerate([(d1, X), (d2, A1), (d3, A2)], start=1):
            total[f"dW{l}"] += np.outer(d, a[:, i]) / m
            total[f"db{l}"] += d / m
    return total


# %% backward_propagation_n: float32
def backward_propagation_n(X, Y, cache):
    m = np.float32(X.shape[1])
    X, A1, A2, W2, A3, W3 = (np.float32(array) for array in (X, cache[1], cache[5], cache[6], cache[9], cache[10]))
    dZ3 = A3 - np.float32(Y)
    dZ2 = np.multiply(np.dot(W3.T, dZ3), np.float32(A2 > 0))
    dZ1 = np.multiply(np.dot(W2.T, dZ2), np.float32(A1 > 0))
    dW3, dW2, dW1 = 1.0 / m * np.dot(dZ3, A2.T), 1.0 / m * np.dot(dZ2, A1.T), 1.0 / m * np.dot(dZ1, X.T)
    db3, db2, db1 = (1.0 / m * np.sum(dZ, axis=1, keepdims=True) for dZ in (dZ3, dZ2, dZ1))
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dW2": dW2, "db2": db2, "dW1": dW1, "db1": db1}


# %% backward_propagation_n: through the derivatives of cost and sigmoid, ReLU from Z
def backward_propagation_n(X, Y, cache):
    m = X.shape[1]
    Z1, A1, _, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    dA3 = -Y / A3 + (1 - Y) / (1 - A3)
    dZ3 = dA3 * A3 * (1 - A3)
    dZ2 = np.where(Z2 >= 0, W3.T @ dZ3, 0)
    dZ1 = np.where(Z1 >= 0, W2.T @ dZ2, 0)
    pairs = zip((1, 2, 3), (dZ1, dZ2, dZ3), (X, A1, A2), strict=True)
    return {
        name: value
        for l, dZ, A in pairs
        for name, value in ((f"dW{l}", np.dot(dZ, A.T) / m), (f"db{l}", dZ.mean(axis=1, keepdims=True)))
    }
