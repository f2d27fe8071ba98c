# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% polynomial_features: products one after the other
def polynomial_features(x, degree):
    return np.cumprod(np.tile(x, (degree, 1)), axis=0)


# %% polynomial_features: rows in a list, vstack
def polynomial_features(x, degree):
    rows = []
    for k in range(degree):
        rows.append(x ** (k + 1))
    return np.vstack(rows)


# %% polynomial_features: filled in
def polynomial_features(x, degree):
    X = np.zeros((degree, x.shape[0]))
    for d in range(1, degree + 1):
        X[d - 1, :] = np.power(x, d)
    return X


# %% polynomial_features: broadcast exponents
def polynomial_features(x, degree):
    return x[np.newaxis, :] ** np.arange(1, degree + 1).reshape(-1, 1)


# %% polynomial_features: vander
def polynomial_features(x, degree):
    return np.vander(x, degree + 1, increasing=True)[:, 1:].T


# %% polynomial_features: number by number, lists
def polynomial_features(x, degree):
    return [[float(value) ** d for value in x] for d in range(1, degree + 1)]


# %% polynomial_features: stack
def polynomial_features(x, degree):
    return np.stack([x**d for d in np.arange(degree) + 1], axis=0)


# %% polynomial_features: recursion
def polynomial_features(x, degree):
    if degree == 1:
        return x.reshape(1, -1)
    lower = polynomial_features(x, degree - 1)
    return np.concatenate([lower, lower[-1:] * x])


# %% polynomial_features: scikit-learn's order by hand
def polynomial_features(x, degree):
    powers = {0: np.ones_like(x)}
    for d in range(1, degree + 1):
        powers[d] = powers[d - 1] * x
    return np.array([powers[d] for d in sorted(powers) if d > 0])


# %% polynomial_features: outer power
def polynomial_features(x, degree):
    return np.power.outer(x, np.arange(1, degree + 1)).T


# %% mean_squared_error: means
def mean_squared_error(X, y, w, b):
    e = np.dot(w, X) + b - y
    return np.mean(e**2), np.mean(2 * e * X, axis=1).reshape(1, -1), np.mean(2 * e)


# %% mean_squared_error: the other sign of the error
def mean_squared_error(X, y, w, b):
    m = X.shape[1]
    r = y - (w @ X + b)
    return float((r @ r.T).item() / m), -2 / m * r @ X.T, -2 / m * r.sum()


# %% mean_squared_error: loops
def mean_squared_error(X, y, w, b):
    n, m = X.shape
    cost, dw, db = 0.0, np.zeros((1, n)), 0.0
    for i in range(m):
        prediction = b
        for j in range(n):
            prediction += w[0, j] * X[j, i]
        e = prediction - y[0, i]
        cost += e * e / m
        db += 2 * e / m
        for j in range(n):
            dw[0, j] += 2 * e * X[j, i] / m
    return cost, dw, db


# %% mean_squared_error: einsum
def mean_squared_error(X, y, w, b):
    e = (w @ X + b - y)[0]
    return np.einsum("i,i->", e, e) / len(e), 2 * np.einsum("ji,i->j", X, e)[None] / len(e), 2 * e.sum() / len(e)


# %% mean_squared_error: bias as a row of ones
def mean_squared_error(X, y, w, b):
    X1 = np.vstack([X, np.ones((1, X.shape[1]))])
    w1 = np.append(w, b)[None]
    e = w1 @ X1 - y
    d = 2 * e @ X1.T / X.shape[1]
    return np.mean(np.square(e)), d[:, :-1], d[0, -1]


# %% mean_squared_error: norm
def mean_squared_error(X, y, w, b):
    m = y.shape[1]
    e = w @ X + b - y
    return np.linalg.norm(e) ** 2 / m, (2 / m) * (X @ e.T).T, (2 / m) * np.sum(e)


# %% mean_squared_error: average with weights
def mean_squared_error(X, y, w, b):
    e = w @ X + b - y
    d = 2 * e / e.size
    return np.average(e * e), np.sum(d * X, axis=1, keepdims=True).T, np.sum(d)


# %% mean_squared_error: var and mean
def mean_squared_error(X, y, w, b):
    e = np.matmul(w, X) + b - y
    return e.var() + e.mean() ** 2, 2 * np.matmul(e, X.transpose()) / e.shape[1], 2 * e.mean()


# %% mean_squared_error: expanded square
def mean_squared_error(X, y, w, b):
    m = X.shape[1]
    z = w @ X + b
    cost = (np.sum(z**2) - 2 * np.sum(z * y) + np.sum(y**2)) / m
    return cost, 2 * (z @ X.T - y @ X.T) / m, 2 * (z.sum() - y.sum()) / m


# %% mean_squared_error: lists of errors
def mean_squared_error(X, y, w, b):
    m = X.shape[1]
    errors = [float((w @ X[:, [i]]).item() + b - y[0, i]) for i in range(m)]
    cost = sum(e**2 for e in errors) / m
    dw = sum(2 * e * X[:, i] for i, e in enumerate(errors)) / m
    return cost, dw.reshape(w.shape), 2 * sum(errors) / m


# %% logistic_cost: logaddexp
def logistic_cost(X, Y, w, b):
    Z = w @ X + b
    m = X.shape[1]
    return np.mean(np.logaddexp(0, Z) - Y * Z), (sigmoid(Z) - Y) @ X.T / m, np.mean(sigmoid(Z) - Y)


# %% logistic_cost: a cost for each class
def logistic_cost(X, Y, w, b):
    Z = w @ X + b
    costs = np.where(Y == 1, np.logaddexp(0, -Z), np.logaddexp(0, Z))
    dZ = sigmoid(Z) - Y
    return costs.mean(), (dZ * X).mean(axis=1)[None], dZ.mean()


# %% logistic_cost: the sign of the class
def logistic_cost(X, Y, w, b):
    Z = w @ X + b
    right = (2 * Y - 1) * Z
    cost = np.mean(np.maximum(-right, 0) + np.log1p(np.exp(-np.abs(right))))
    dZ = -(2 * Y - 1) * sigmoid(-right)
    return cost, np.dot(dZ, X.T) / Y.shape[1], dZ.sum() / Y.shape[1]


# %% logistic_cost: np.where with the overflow thrown away
def logistic_cost(X, Y, w, b):
    Z = w @ X + b
    softplus = np.where(Z > 0, Z + np.log(1 + np.exp(-Z)), np.log(1 + np.exp(Z)))
    A = np.where(Z > 0, 1 / (1 + np.exp(-Z)), np.exp(Z) / (1 + np.exp(Z)))
    dZ = A - Y
    return np.mean(softplus - Z * Y), dZ @ X.T / X.shape[1], np.mean(dZ)


# %% logistic_cost: tanh for the sigmoid
def logistic_cost(X, Y, w, b):
    Z = w @ X + b
    m = Z.shape[1]
    cost = np.sum(np.abs(Z) / 2 + Z / 2 - Z * Y + np.log(1 + np.exp(-np.abs(Z)))) / m
    dZ = (1 + np.tanh(Z / 2)) / 2 - Y
    return cost, dZ.dot(X.T) / m, np.sum(dZ) / m


# %% logistic_cost: example by example
def logistic_cost(X, Y, w, b):
    n, m = X.shape
    cost, dw, db = 0, np.zeros((1, n)), 0
    for i in range(m):
        z = float(sum(w[0, j] * X[j, i] for j in range(n)) + b)
        y = int(Y[0, i])
        s = z if y == 0 else -z
        cost += s + np.log1p(np.exp(-s)) if s > 0 else np.log1p(np.exp(s))
        d = sigmoid(z) - y
        dw += d * X[:, i]
        db += d
    return cost / m, dw / m, db / m


# %% logistic_cost: TensorFlow's own
def logistic_cost(X, Y, w, b):
    Z = w @ X + b
    Y = Y.astype(float)
    cost = tf.nn.sigmoid_cross_entropy_with_logits(labels=Y, logits=Z)
    dZ = tf.sigmoid(Z).numpy() - Y
    return float(tf.reduce_mean(cost)), dZ @ X.T / Y.size, dZ.mean()


# %% logistic_cost: the two classes apart
def logistic_cost(X, Y, w, b):
    m = X.shape[1]
    Z = w @ X + b
    dZ = sigmoid(Z) - Y
    zeros, ones = Z[Y == 0], Z[Y == 1]
    cost = (np.logaddexp(zeros, 0).sum() + np.logaddexp(-ones, 0).sum()) / m
    return cost, dZ @ X.T / m, dZ.sum() / m


# %% logistic_cost: logsumexp by hand
def logistic_cost(X, Y, w, b):
    Z = w @ X + b
    scores = np.vstack([np.zeros_like(Z), Z])
    top = scores.max(axis=0)
    total = top + np.log(np.exp(scores - top).sum(axis=0))
    dZ = np.exp(Z - total) - Y
    return np.mean(total - Y * Z), dZ @ X.T / Z.size, np.mean(dZ)


# %% logistic_cost: log of the sigmoid in a safe form
def logistic_cost(X, Y, w, b):
    def log_sigmoid(z):
        return np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))

    z = np.dot(w, X) + b
    cost = -np.mean(Y * log_sigmoid(z) + (1 - Y) * log_sigmoid(-z))
    error = np.exp(log_sigmoid(z)) - Y
    return cost, np.dot(error, X.T) / X.shape[1], error.mean()


# %% sigmoid_graph: the sigmoid's own derivative
def sigmoid_graph(w, x):
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    f = 1 / (1 + np.exp(-s))
    ds = f * (1 - f)
    return {
        "s": s, "neg": -s, "exp": np.exp(-s), "plus1": 1 + np.exp(-s), "f": f, "df": 1, "dplus1": -f * f, "dexp": -f * f,
        "dneg": -ds, "ds": ds, "dw": ds * np.append(x, 1), "dx": ds * w[:2],
    }


# %% sigmoid_graph: products as nodes
def sigmoid_graph(w, x):
    p0, p1 = w[0] * x[0], w[1] * x[1]
    s = p0 + p1 + w[2]
    neg = -1 * s
    exp = np.exp(neg)
    plus1 = 1 + exp
    f = plus1**-1
    df = 1
    dplus1 = -(plus1**-2) * df
    dexp = 1 * dplus1
    dneg = exp * dexp
    ds = -1 * dneg
    dp0 = dp1 = ds
    dw = [dp0 * x[0], dp1 * x[1], ds]
    dx = [dp0 * w[0], dp1 * w[1]]
    return dict(s=s, neg=neg, exp=exp, plus1=plus1, f=f, df=df, dplus1=dplus1, dexp=dexp, dneg=dneg, ds=ds, dw=np.array(dw), dx=np.array(dx))


# %% sigmoid_graph: keyed as it goes
def sigmoid_graph(w, x):
    g = {}
    g["s"] = np.dot(w[:2], x) + w[2]
    g["neg"] = -g["s"]
    g["exp"] = np.exp(g["neg"])
    g["plus1"] = g["exp"] + 1
    g["f"] = 1 / g["plus1"]
    g["df"] = 1.0
    g["dplus1"] = -g["f"] ** 2
    g["dexp"] = g["dplus1"]
    g["dneg"] = g["dexp"] * g["exp"]
    g["ds"] = -g["dneg"]
    g["dw"] = g["ds"] * np.array([x[0], x[1], 1.0])
    g["dx"] = g["ds"] * np.array(w[:2])
    return g


# %% sigmoid_graph: by a tape of its own
def sigmoid_graph(w, x):
    values = {"s": w[0] * x[0] + w[1] * x[1] + w[2]}
    steps = [("neg", lambda a: -a, lambda a, c: -1), ("exp", np.exp, lambda a, c: c), ("plus1", lambda a: a + 1, lambda a, c: 1), ("f", lambda a: 1 / a, lambda a, c: -c * c)]
    before, slopes = "s", []
    for name, forward, slope in steps:
        values[name] = forward(values[before])
        slopes.append((before, slope(values[before], values[name])))
        before = name
    gradient, gradients = 1.0, {"df": 1.0}
    for name, slope in reversed(slopes):
        gradient = gradient * slope
        gradients["d" + name] = gradient
    ds = gradients["ds"]
    return {**values, **gradients, "dw": np.array([x[0] * ds, x[1] * ds, ds]), "dx": np.array([w[0] * ds, w[1] * ds])}


# %% sigmoid_graph: lists for arrays
def sigmoid_graph(w, x):
    s = sum(a * b for a, b in zip(w, list(x) + [1]))
    neg = -s
    exp = np.e**neg
    plus1 = exp + 1
    f = 1 / plus1
    dplus1 = -f / plus1
    dneg = dplus1 * exp
    return {"s": s, "neg": neg, "exp": exp, "plus1": plus1, "f": f, "df": 1.0, "dplus1": dplus1, "dexp": dplus1, "dneg": dneg, "ds": -dneg, "dw": [-dneg * x[0], -dneg * x[1], -dneg], "dx": [-dneg * w[0], -dneg * w[1]]}


# %% sigmoid_graph: f from tanh
def sigmoid_graph(w, x):
    s = w @ np.append(x, 1.0)
    f = 0.5 * (1 + np.tanh(0.5 * s))
    exp = (1 - f) / f
    out = {"s": s, "neg": -s, "exp": exp, "plus1": 1 / f, "f": f, "df": 1.0}
    out["dplus1"] = out["dexp"] = -(f**2)
    out["ds"] = f - f**2
    out["dneg"] = -out["ds"]
    out["dw"] = np.concatenate([x, [1]]) * out["ds"]
    out["dx"] = w[:-1] * out["ds"]
    return out


# %% sigmoid_graph: TensorFlow's tape
def sigmoid_graph(w, x):
    w, x = tf.constant(w), tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([w, x])
        s = w[0] * x[0] + w[1] * x[1] + w[2]
        neg = -s
        exp = tf.exp(neg)
        plus1 = exp + 1
        f = 1 / plus1
    nodes = {"s": s, "neg": neg, "exp": exp, "plus1": plus1}
    back = {"d" + name: tape.gradient(f, node) for name, node in nodes.items()}
    return {**nodes, "f": f, **back, "df": 1.0, "dw": tf.convert_to_tensor(tape.gradient(f, w)), "dx": tf.convert_to_tensor(tape.gradient(f, x))}


# %% sigmoid_graph: with the square of the exponential
def sigmoid_graph(w, x):
    s = w[2] + w[1] * x[1] + w[0] * x[0]
    e = np.exp(-s)
    ds = e / (1 + e) ** 2
    dplus1 = -1 / (1 + e) ** 2
    return {"dx": np.array([ds * w[0], ds * w[1]]), "dw": np.array([ds * x[0], ds * x[1], ds * 1]), "ds": ds, "dneg": -ds, "dexp": dplus1, "dplus1": dplus1, "df": 1.0, "f": 1 / (1 + e), "plus1": 1 + e, "exp": e, "neg": -s, "s": s}


# %% sigmoid_graph: inner functions
def sigmoid_graph(w, x):
    def forward():
        s = (w[:2] * x).sum() + w[2]
        return s, -s, np.exp(-s), np.exp(-s) + 1, 1 / (np.exp(-s) + 1)

    s, neg, exp, plus1, f = forward()
    d = [1.0, -(f**2), -(f**2), -(f**2) * exp, f**2 * exp]
    return {"s": s, "neg": neg, "exp": exp, "plus1": plus1, "f": f, "df": d[0], "dplus1": d[1], "dexp": d[2], "dneg": d[3], "ds": d[4], "dw": d[4] * np.r_[x, 1], "dx": d[4] * w[:2]}


# %% sigmoid_graph: float and math
def sigmoid_graph(w, x):
    from math import exp as e

    a, b, c = map(float, w)
    p, q = map(float, x)
    s = a * p + b * q + c
    f = 1 / (1 + e(-s))
    g = f * f * e(-s)
    return {"s": s, "neg": -s, "exp": e(-s), "plus1": 1 + e(-s), "f": f, "df": 1, "dplus1": -f * f, "dexp": -f * f, "dneg": -g, "ds": g, "dw": np.array([p * g, q * g, g]), "dx": np.array([a * g, b * g])}


# %% backpropagate: reversed and enumerate, arrays
def backpropagate(tape):
    grads = np.zeros(len(tape))
    grads[-1] = 1
    for i, (op, ins, v) in reversed(list(enumerate(tape))):
        if op == "add":
            grads[ins[0]] += grads[i]
            grads[ins[1]] += grads[i]
        if op == "multiply":
            grads[ins[0]] += grads[i] * tape[ins[1]][2]
            grads[ins[1]] += grads[i] * tape[ins[0]][2]
        if op == "exp":
            grads[ins[0]] += grads[i] * v
        if op == "reciprocal":
            grads[ins[0]] += -grads[i] * v * v
    return grads


# %% backpropagate: a table of derivatives
def backpropagate(tape):
    slopes = {
        "input": lambda v, a: (),
        "add": lambda v, a: (1, 1),
        "multiply": lambda v, a: (a[1], a[0]),
        "exp": lambda v, a: (v,),
        "reciprocal": lambda v, a: (-(v**2),),
    }
    gradients = [0] * len(tape)
    gradients[-1] = 1
    for place in reversed(range(len(tape))):
        operation, inputs, value = tape[place]
        for i, slope in zip(inputs, slopes[operation](value, [tape[k][2] for k in inputs])):
            gradients[i] += slope * gradients[place]
    return gradients


# %% backpropagate: who uses me
def backpropagate(tape):
    n = len(tape)
    gradients = [None] * n
    gradients[n - 1] = 1.0
    for place in range(n - 2, -1, -1):
        total = 0.0
        for user in range(place + 1, n):
            operation, inputs, value = tape[user]
            for k, i in enumerate(inputs):
                if i == place:
                    slope = {"add": 1, "exp": value, "reciprocal": -(value**2)}.get(operation)
                    if operation == "multiply":
                        slope = tape[inputs[1 - k]][2]
                    total += gradients[user] * slope
        gradients[place] = total
    return gradients


# %% backpropagate: recursion from each place
def backpropagate(tape):
    known = {len(tape) - 1: 1.0}

    def gradient(place):
        if place not in known:
            total = 0.0
            for user, (operation, inputs, value) in enumerate(tape):
                for k in range(len(inputs)):
                    if inputs[k] == place:
                        if operation == "add":
                            total += gradient(user)
                        elif operation == "multiply":
                            total += gradient(user) * tape[inputs[1 - k]][2]
                        elif operation == "exp":
                            total += gradient(user) * value
                        else:
                            total -= gradient(user) / tape[place][2] ** 2
            known[place] = total
        return known[place]

    return [gradient(place) for place in range(len(tape))]


# %% backpropagate: a matrix of one-step derivatives
def backpropagate(tape):
    n = len(tape)
    J = np.zeros((n, n))
    for i, (operation, inputs, value) in enumerate(tape):
        for k, j in enumerate(inputs):
            J[i, j] += {"add": 1.0, "multiply": tape[inputs[1 - k] if operation == "multiply" else j][2], "exp": value, "reciprocal": -value * value}[operation]
    return np.linalg.solve((np.eye(n) - J).T, np.eye(n)[-1])


# %% backpropagate: forward, once for each place
def backpropagate(tape):
    result = []
    for seed in range(len(tape)):
        d = []
        for place, (operation, inputs, value) in enumerate(tape):
            a = [tape[i][2] for i in inputs]
            t = [d[i] for i in inputs]
            if place == seed:
                d.append(1.0)
            elif operation == "add":
                d.append(t[0] + t[1])
            elif operation == "multiply":
                d.append(t[0] * a[1] + a[0] * t[1])
            elif operation == "exp":
                d.append(t[0] * value)
            elif operation == "reciprocal":
                d.append(-t[0] / a[0] ** 2)
            else:
                d.append(0.0)
        result.append(d[-1])
    return result


# %% backpropagate: match
def backpropagate(tape):
    d = [0.0 for _ in tape]
    d[len(d) - 1] = 1.0
    place = len(tape) - 1
    while place >= 0:
        match tape[place]:
            case ("add", (a, b), _):
                d[a] += d[place]
                d[b] += d[place]
            case ("multiply", (a, b), _):
                d[a] = d[a] + d[place] * tape[b][2]
                d[b] = d[b] + d[place] * tape[a][2]
            case ("exp", (a,), value):
                d[a] += value * d[place]
            case ("reciprocal", (a,), _):
                d[a] -= d[place] / tape[a][2] ** 2
        place -= 1
    return d


# %% backpropagate: lists of what comes back, added at the end
def backpropagate(tape):
    back = [[] for _ in tape]
    back[-1].append(1.0)
    gradients = [0.0] * len(tape)
    for i in range(len(tape))[::-1]:
        kind, inputs, value = tape[i]
        gradients[i] = sum(back[i])
        if kind == "add":
            for j in inputs:
                back[j].append(gradients[i])
        elif kind == "multiply":
            back[inputs[0]].append(gradients[i] * tape[inputs[1]][2])
            back[inputs[1]].append(gradients[i] * tape[inputs[0]][2])
        elif kind != "input":
            back[inputs[0]].append(gradients[i] * (value if kind == "exp" else -(value**2)))
    return gradients


# %% backpropagate: nodes as objects
class Node:
    def __init__(self, kind, inputs, value):
        self.kind, self.inputs, self.value, self.grad = kind, inputs, value, 0.0


def backpropagate(tape):
    nodes = [Node(*entry) for entry in tape]
    nodes[-1].grad = 1.0
    for node in nodes[::-1]:
        ins = [nodes[i] for i in node.inputs]
        if node.kind == "add":
            for a in ins:
                a.grad += node.grad
        elif node.kind == "multiply":
            a, b = ins
            a.grad, b.grad = (a.grad + node.grad * b.value, b.grad + node.grad * a.value) if a is not b else (a.grad + 2 * node.grad * a.value,) * 2
        elif node.kind == "exp":
            ins[0].grad += node.grad * node.value
        elif node.kind == "reciprocal":
            ins[0].grad += node.grad * -(node.value**2)
    return [node.grad for node in nodes]


# %% backpropagate: TensorFlow's tape
def backpropagate(tape):
    compute = {"add": tf.add, "multiply": tf.multiply, "exp": tf.exp, "reciprocal": lambda a: 1 / a}
    values = {i: tf.constant(v, tf.float64) for i, (k, _, v) in enumerate(tape) if k == "input"}
    with tf.GradientTape() as t:
        t.watch(list(values.values()))
        for i, (kind, inputs, _) in enumerate(tape):
            if kind != "input":
                values[i] = compute[kind](*[values[j] for j in inputs])
        answer = values[len(tape) - 1] * 1
    return [float(g) for g in t.gradient(answer, [values[i] for i in range(len(tape))], unconnected_gradients="zero")]


# %% deep_net: the last layer in the loop
def deep_net(X, parameters):
    L = len(parameters) // 2
    A = X
    for l in range(1, L + 1):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        A = np.maximum(0, Z) if l < L else Z
    return A


# %% deep_net: names counted, while
def deep_net(X, parameters):
    A, l = X, 1
    while f"W{l + 1}" in parameters:
        A = np.maximum(parameters[f"W{l}"] @ A + parameters[f"b{l}"], 0)
        l += 1
    return parameters[f"W{l}"] @ A + parameters[f"b{l}"]


# %% deep_net: ReLU by a mask
def deep_net(X, parameters):
    weights = [name for name in parameters if name[0] == "W"]
    L = len(weights)
    Z = parameters["W1"] @ X + parameters["b1"]
    for l in range(2, L + 1):
        A = Z * (Z > 0)
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
    return Z


# %% deep_net: recursion
def deep_net(X, parameters):
    L = sum(k.startswith("W") for k in parameters)

    def output(l):
        A = X if l == 1 else nets.relu(output(l - 1))
        return parameters[f"W{l}"] @ A + parameters[f"b{l}"]

    return output(L)


# %% deep_net: the course's own forward pass, its cache
def deep_net(X, parameters):
    _, cache = nets.forward_propagation(X, parameters)
    return cache[-4]


# %% deep_net: reduce
from functools import reduce


def deep_net(X, parameters):
    L = len([k for k in parameters if k.startswith("W")])
    layer = lambda A, l: parameters[f"W{l}"] @ A + parameters[f"b{l}"]
    return layer(reduce(lambda A, l: np.clip(layer(A, l), 0, None), range(1, L), X), L)


# %% deep_net: in place
def deep_net(X, parameters):
    A = X.copy()
    L = max(int(name[1:]) for name in parameters)
    for l in range(1, L):
        A = parameters[f"W{l}"].dot(A)
        A += parameters[f"b{l}"]
        A[A < 0] = 0
    return parameters[f"W{L}"].dot(A) + parameters[f"b{L}"]


# %% deep_net: TensorFlow
def deep_net(X, parameters):
    L = len(parameters) // 2
    A = tf.constant(X)
    for l in range(1, L):
        A = tf.nn.relu(tf.matmul(parameters[f"W{l}"], A) + parameters[f"b{l}"])
    return tf.matmul(parameters[f"W{L}"], A) + parameters[f"b{L}"]


# %% deep_net: half of the sum with the size
def deep_net(X, parameters):
    L = sum(name.startswith("W") for name in parameters)
    A = X
    for l in range(1, L):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = (Z + abs(Z)) / 2
    return parameters[f"W{L}"] @ A + parameters[f"b{L}"]


# %% deep_net: bias as a column of the matrix
def deep_net(X, parameters):
    A, L = X, sum(name.startswith("W") for name in parameters)
    for l in range(1, L + 1):
        both = np.hstack([parameters[f"W{l}"], parameters[f"b{l}"]])
        A = both @ np.vstack([A, np.ones((1, A.shape[1]))])
        if l != L:
            A = np.where(A > 0, A, 0)
    return A


# %% minimize_by_feeding: get_variable and an initializer
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [3], name="x")
        w = v1.get_variable("w", [], tf.float32, v1.zeros_initializer())
        train = v1.train.GradientDescentOptimizer(learning_rate).minimize(x[0] * w**2 + x[1] * w + x[2])
        session.run(v1.global_variables_initializer())
        for _ in range(steps):
            session.run(train, {x: coefficients})
        return float(session.run(w))


# %% minimize_by_feeding: the column of the lecture
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    column = np.array(coefficients, dtype=np.float32).reshape(3, 1)
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [3, 1])
        w = v1.Variable(0, dtype=tf.float32)
        cost = tf.multiply(x[0][0], tf.square(w)) + tf.multiply(x[1][0], w) + x[2][0]
        train = v1.train.GradientDescentOptimizer(learning_rate).minimize(cost)
        init = v1.global_variables_initializer()
        session.run(init)
        for i in range(steps):
            session.run(train, feed_dict={x: column})
        result = session.run(w)
    return result


# %% minimize_by_feeding: gradients and assign
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    with tf.Graph().as_default(), v1.Session() as session:
        a, b, c = (v1.placeholder(tf.float32, []) for _ in range(3))
        w = v1.Variable(0.0, name="w")
        cost = a * w * w + b * w + c
        (slope,) = v1.gradients(cost, [w])
        step = v1.assign(w, w - learning_rate * slope)
        w.initializer.run()
        feed = dict(zip((a, b, c), coefficients))
        for _ in range(steps):
            step_value = session.run(step, feed)
        return session.run(w).item()


# %% minimize_by_feeding: no graph of its own, a name that can be taken
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    w = v1.get_variable("w", shape=(), initializer=v1.constant_initializer(0.0))
    abc = v1.placeholder(tf.float32, (3,))
    cost = tf.reduce_sum(abc * tf.stack([w * w, w, 1.0]))
    train = v1.train.GradientDescentOptimizer(learning_rate).minimize(cost)
    session = v1.Session()
    session.run(v1.global_variables_initializer())
    for _ in range(steps):
        session.run([train, cost], {abc: coefficients})
    value = float(session.run(w))
    session.close()
    return value


# %% minimize_by_feeding: unstack
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, shape=(3,))
        a, b, c = tf.unstack(x)
        w = v1.Variable([0.0])
        cost = tf.reduce_sum(a * w**2 + b * w + c)
        train = v1.train.GradientDescentOptimizer(learning_rate=learning_rate).minimize(cost)
        v1.global_variables_initializer().run()
        for _ in range(steps):
            train.run(feed_dict={x: coefficients})
        return float(w.eval()[0])


# %% minimize_by_feeding: compute and apply
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    graph = tf.Graph()
    with graph.as_default():
        x = v1.placeholder(tf.float32, [None])
        w = v1.Variable(0.0)
        optimizer = v1.train.GradientDescentOptimizer(learning_rate)
        train = optimizer.apply_gradients(optimizer.compute_gradients(x[0] * w**2 + x[1] * w + x[2]))
        init = v1.global_variables_initializer()
    with v1.Session(graph=graph) as session:
        session.run(init)
        for _ in range(steps):
            session.run(train, {x: np.asarray(coefficients)})
        return float(session.run(w))


# %% minimize_by_feeding: the rate is fed too
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    with tf.Graph().as_default(), v1.Session() as session:
        abc, rate = v1.placeholder(tf.float32, [3]), v1.placeholder(tf.float32, [])
        w = v1.Variable(tf.zeros([]))
        train = v1.train.GradientDescentOptimizer(rate).minimize(abc[0] * w**2 + abc[1] * w + abc[2])
        session.run(v1.variables_initializer(v1.global_variables()))
        k = 0
        while k < steps:
            session.run(train, {abc: coefficients, rate: learning_rate})
            k += 1
        return float(session.run(w))


# %% minimize_by_feeding: polyval
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [3])
        w = v1.Variable(0.0)
        cost = tf.math.polyval([x[0], x[1], x[2]], w)
        step = v1.train.GradientDescentOptimizer(learning_rate).minimize(cost, var_list=[w])
        session.run(v1.global_variables_initializer())
        result = 0.0
        for _ in range(steps):
            session.run(step, feed_dict={x: coefficients})
            result = float(session.run(w))
        return result


# %% minimize_by_feeding: scalar product with the powers
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [1, 3])
        w = v1.Variable(np.float32(0))
        powers = tf.reshape(tf.stack([w**2, w, tf.constant(1.0)]), [3, 1])
        train = v1.train.GradientDescentOptimizer(learning_rate).minimize((x @ powers)[0, 0])
        session.run(v1.global_variables_initializer())
        for _ in range(steps):
            session.run(train, feed_dict={x: [list(coefficients)]})
        return float(session.run(w))


# %% minimize_by_feeding: momentum of 0
def minimize_by_feeding(coefficients, steps, learning_rate=0.01):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [3])
        w = v1.Variable(0.0)
        train = v1.train.MomentumOptimizer(learning_rate, 0.0).minimize(x[0] * tf.pow(w, 2) + x[1] * w + x[2])
        session.run(v1.global_variables_initializer())
        [session.run(train, feed_dict={x: coefficients}) for _ in range(steps)]
        return float(session.run(w))


# %% latest_checkpoint: sorted
def latest_checkpoint(names):
    return sorted(names, key=lambda n: int(n.split("-")[-1]))[-1] if names else ""


# %% latest_checkpoint: a loop
def latest_checkpoint(names):
    best, best_step = "", -1
    for name in names:
        step = int(name[name.rfind("-") + 1 :])
        if step > best_step:
            best, best_step = name, step
    return best


# %% latest_checkpoint: rsplit
def latest_checkpoint(names):
    if not names:
        return ""
    return max(names, key=lambda name: int(name.rsplit("-", 1)[1]))


# %% latest_checkpoint: a regular expression
import re


def latest_checkpoint(names):
    return max(names, key=lambda name: int(re.search(r"(\d+)$", name)[1]), default="")


# %% latest_checkpoint: pairs
def latest_checkpoint(names):
    pairs = [(int(name.split("-")[-1]), name) for name in names]
    return max(pairs)[1] if pairs else ""


# %% latest_checkpoint: argmax
def latest_checkpoint(names):
    if len(names) == 0:
        return ""
    return names[int(np.argmax([int(n.split("-")[-1]) for n in names]))]


# %% latest_checkpoint: a dict of steps
def latest_checkpoint(names):
    by_step = {}
    for name in names:
        by_step[int(name.rpartition("-")[2])] = name
    return by_step[max(by_step)] if by_step else ""


# %% latest_checkpoint: sorted, reversed, next
def latest_checkpoint(names):
    return next(iter(sorted(names, key=lambda n: -int(n.split("-")[-1]))), "")


# %% latest_checkpoint: as texts of one length
def latest_checkpoint(names):
    return max(names, key=lambda n: n.split("-")[-1].zfill(12), default="")


# %% latest_checkpoint: an error caught
def latest_checkpoint(names):
    try:
        return max(names, key=lambda name: float(name.split("-").pop()))
    except ValueError:
        return ""


# %% fill_and_scale: nan_to_num
def fill_and_scale(train, other):
    first, second = [], []
    for name in train:
        median = np.nanmedian(train[name])
        a, b = np.nan_to_num(train[name], nan=median), np.nan_to_num(other[name], nan=median)
        s = np.std(a) if np.std(a) > 0 else 1.0
        first.append((a - np.mean(a)) / s)
        second.append((b - np.mean(a)) / s)
    return np.vstack(first), np.vstack(second)


# %% fill_and_scale: copies, known values by a mask
def fill_and_scale(train, other):
    results = [[], []]
    for name in train:
        known = train[name][~np.isnan(train[name])]
        median = np.median(known)
        columns = [train[name].copy(), other[name].copy()]
        for column in columns:
            column[np.isnan(column)] = median
        mean, std = columns[0].mean(), columns[0].std() or 1
        for result, column in zip(results, columns):
            result.append((column - mean) / std)
    return np.array(results[0]), np.array(results[1])


# %% fill_and_scale: all columns at once
def fill_and_scale(train, other):
    A, B = np.array(list(train.values())), np.array([other[name] for name in train])
    median = np.nanmedian(A, axis=1, keepdims=True)
    A, B = np.where(np.isnan(A), median, A), np.where(np.isnan(B), median, B)
    mean, std = A.mean(axis=1, keepdims=True), A.std(axis=1, keepdims=True)
    std[std == 0] = 1
    return (A - mean) / std, (B - mean) / std


# %% fill_and_scale: number by number
def fill_and_scale(train, other):
    rows, other_rows = [], []
    for name in train:
        known = sorted(v for v in train[name] if v == v)
        k = len(known)
        median = known[k // 2] if k % 2 else (known[k // 2 - 1] + known[k // 2]) / 2
        filled = [v if v == v else median for v in train[name]]
        mean = sum(filled) / len(filled)
        deviation = (sum((v - mean) ** 2 for v in filled) / len(filled)) ** 0.5
        if deviation == 0:
            deviation = 1
        rows.append([(v - mean) / deviation for v in filled])
        other_rows.append([((v if v == v else median) - mean) / deviation for v in other[name]])
    return np.array(rows), np.array(other_rows)


# %% fill_and_scale: an inner function
def fill_and_scale(train, other):
    def treat(name, table):
        median = np.nanmedian(train[name])
        fill = lambda v: np.where(np.isnan(v), median, v)
        reference = fill(train[name])
        spread = np.sqrt(np.mean((reference - np.mean(reference)) ** 2))
        return (fill(table[name]) - np.mean(reference)) / (spread if spread > 1e-12 else 1)

    return np.array([treat(n, train) for n in train]), np.array([treat(n, other) for n in train])


# %% fill_and_scale: both tables in one row
def fill_and_scale(train, other):
    rows, m = [], len(next(iter(train.values())))
    for name, column in train.items():
        both = np.concatenate([column, other[name]])
        both[np.isnan(both)] = np.nanmedian(column)
        sigma = both[:m].std()
        rows.append((both - both[:m].mean()) / (sigma + (sigma == 0)))
    rows = np.array(rows)
    return rows[:, :m], rows[:, m:]


# %% fill_and_scale: masked arrays
def fill_and_scale(train, other):
    out, out2 = [], []
    for name in train:
        t, o = np.ma.masked_invalid(train[name]), np.ma.masked_invalid(other[name])
        med = float(np.ma.median(t))
        t, o = t.filled(med), o.filled(med)
        sd = t.std()
        out.append((t - t.mean()) / (sd if sd else 1))
        out2.append((o - t.mean()) / (sd if sd else 1))
    return np.array(out), np.array(out2)


# %% fill_and_scale: lists
def fill_and_scale(train, other):
    rows, other_rows = [], []
    for name in train:
        q = np.nanquantile(train[name], 0.5)
        f = np.array([q if np.isnan(v) else v for v in train[name]])
        g = np.array([q if np.isnan(v) else v for v in other[name]])
        d = max(f.std(), 0) or 1.0
        rows.append(list((f - f.mean()) / d))
        other_rows.append(list((g - f.mean()) / d))
    return rows, other_rows


# %% fill_and_scale: percentiles, variance
def fill_and_scale(train, other):
    rows, other_rows = [], []
    for name in train.keys():
        fill = np.nanpercentile(train[name], 50)
        a = np.where(np.isfinite(train[name]), train[name], fill)
        b = np.where(np.isfinite(other[name]), other[name], fill)
        variance = a.var()
        scale = 1 / np.sqrt(variance) if variance != 0 else 1
        rows.append(scale * (a - a.mean()))
        other_rows.append(scale * (b - a.mean()))
    return np.stack(rows), np.stack(other_rows)


# %% fill_and_scale: statistics first
import copy


def fill_and_scale(train, other):
    train, other = copy.deepcopy(train), copy.deepcopy(other)
    statistics = {}
    for name, column in train.items():
        median = np.nanmedian(column)
        column[np.isnan(column)] = median
        statistics[name] = median, column.mean(), column.std()
    for name, column in other.items():
        column[np.isnan(column)] = statistics[name][0]
    tables = []
    for table in (train, other):
        tables.append(np.array([(table[name] - mean) / (std if std else 1) for name, (_, mean, std) in statistics.items()]))
    return tuple(tables)


# %% one_hot_columns: comparisons of arrays
def one_hot_columns(train, other):
    rows, other_rows = [], []
    for name in train:
        for word in sorted(set(train[name])):
            if word:
                rows.append((np.array(train[name]) == word).astype(float))
                other_rows.append((np.array(other[name]) == word).astype(float))
    return np.array(rows), np.array(other_rows)


# %% one_hot_columns: np.unique
def one_hot_columns(train, other):
    parts, others = [], []
    for name in train:
        words = [w for w in np.unique(train[name]) if w != ""]
        parts.append(np.array(words)[:, None] == np.array(train[name])[None])
        others.append(np.array(words)[:, None] == np.array(other[name])[None])
    return np.vstack(parts) * 1.0, np.vstack(others) * 1.0


# %% one_hot_columns: filled in, by an index
def one_hot_columns(train, other):
    index = {}
    for name in train:
        for word in sorted(set(train[name])):
            if word != "":
                index[name, word] = len(index)
    results = []
    for table in (train, other):
        X = np.zeros((len(index), len(next(iter(table.values())))))
        for name in train:
            for i, word in enumerate(table[name]):
                if (name, word) in index:
                    X[index[name, word], i] = 1
        results.append(X)
    return results[0], results[1]


# %% one_hot_columns: whole numbers, nested comprehensions
def one_hot_columns(train, other):
    known = [(n, w) for n in train for w in sorted(filter(None, set(train[n])))]
    return tuple(np.array([[int(v == w) for v in t[n]] for n, w in known]) for t in (train, other))


# %% one_hot_columns: booleans
def one_hot_columns(train, other):
    known = [(n, w) for n in train for w in sorted(set(train[n]).difference([""]))]
    return [np.array([[v == w for v in t[n]] for n, w in known], dtype=float) for t in (train, other)]


# %% one_hot_columns: rows of the unit matrix
def one_hot_columns(train, other):
    blocks = {"train": [], "other": []}
    for name in train:
        words = sorted(set(train[name]) - {""})
        rows = np.vstack([np.eye(len(words)), np.zeros(len(words))])
        place = lambda value: words.index(value) if value in words else len(words)
        blocks["train"].append(rows[[place(v) for v in train[name]]].T)
        blocks["other"].append(rows[[place(v) for v in other[name]]].T)
    return np.concatenate(blocks["train"]), np.concatenate(blocks["other"])


# %% one_hot_columns: a list of words, sorted in place
def one_hot_columns(train, other):
    rows, other_rows = [], []
    for name in train:
        words = []
        for value in train[name]:
            if value and value not in words:
                words.append(value)
        words.sort()
        for word in words:
            rows.append([0.0] * len(train[name]))
            for i, value in enumerate(train[name]):
                if value == word:
                    rows[-1][i] = 1.0
            other_rows.append([float(value == word) for value in other[name]])
    return rows, other_rows


# %% one_hot_columns: columns first, then turned
def one_hot_columns(train, other):
    words = {name: sorted({v for v in column if v != ""}) for name, column in train.items()}

    def encode(table):
        m = len(list(table.values())[0])
        return np.array([[1.0 if table[n][i] == w else 0.0 for n in words for w in words[n]] for i in range(m)]).T

    return encode(train), encode(other)


# %% one_hot_columns: Counter
from collections import Counter


def one_hot_columns(train, other):
    a, b = [], []
    for name in train:
        for word in sorted(Counter(train[name])):
            if len(word) > 0:
                a.append(list(map(lambda v: 1 if v == word else 0, train[name])))
                b.append(list(map(lambda v: 1 if v == word else 0, other[name])))
    return np.asarray(a, dtype=np.float32), np.asarray(b, dtype=np.float32)


# %% one_hot_columns: np.where
def one_hot_columns(train, other):
    out = ([], [])
    for name, column in train.items():
        for word in sorted(set(column)):
            if word == "":
                continue
            for rows, table in zip(out, (train, other)):
                rows.append(np.where(np.array(table[name], dtype=str) == word, 1.0, 0.0))
    return np.array(out[0]), np.array(out[1])


# %% root_mean_squared_error_of_logs: log of the quotient
def root_mean_squared_error_of_logs(predicted, actual):
    return np.sqrt(np.mean(np.log(predicted / actual) ** 2))


# %% root_mean_squared_error_of_logs: a power of a half
def root_mean_squared_error_of_logs(predicted, actual):
    d = np.log(actual) - np.log(predicted)
    return (np.sum(d * d) / d.size) ** 0.5


# %% root_mean_squared_error_of_logs: norm
def root_mean_squared_error_of_logs(predicted, actual):
    return np.linalg.norm(np.log(predicted) - np.log(actual)) / np.sqrt(predicted.shape[1])


# %% root_mean_squared_error_of_logs: loop and math
import math


def root_mean_squared_error_of_logs(predicted, actual):
    total = 0
    for p, a in zip(predicted[0], actual[0]):
        total += (math.log(p) - math.log(a)) ** 2
    return math.sqrt(total / len(predicted[0]))


# %% root_mean_squared_error_of_logs: variance and mean
def root_mean_squared_error_of_logs(predicted, actual):
    d = np.log(predicted) - np.log(actual)
    return np.sqrt(d.var() + d.mean() ** 2)


# %% root_mean_squared_error_of_logs: the cost of section 1
def root_mean_squared_error_of_logs(predicted, actual):
    cost, _, _ = mean_squared_error(np.log(predicted), np.log(actual), np.ones((1, 1)), 0.0)
    return np.sqrt(cost)


# %% root_mean_squared_error_of_logs: base 2, and back
def root_mean_squared_error_of_logs(predicted, actual):
    return np.log(2) * np.sqrt(np.mean((np.log2(predicted) - np.log2(actual)) ** 2))


# %% root_mean_squared_error_of_logs: lists
def root_mean_squared_error_of_logs(predicted, actual):
    squares = [(np.log(p) - np.log(a)) ** 2 for p, a in zip(predicted.ravel(), actual.ravel())]
    return float(np.sqrt(sum(squares) / len(squares)))


# %% root_mean_squared_error_of_logs: matrix product
def root_mean_squared_error_of_logs(predicted, actual):
    e = np.log(predicted) - np.log(actual)
    return float(np.sqrt((e @ e.T) / e.shape[1]).item())


# %% root_mean_squared_error_of_logs: average along the examples
def root_mean_squared_error_of_logs(predicted, actual):
    squared = np.square(np.subtract(np.log(predicted), np.log(actual)))
    return np.sqrt(np.average(squared, axis=1))[0]
