# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% select_classes: counts in a dict
def select_classes(X, labels, classes, per_class=None):
    place = {c: k for k, c in enumerate(classes)}
    met = dict.fromkeys(classes, 0)
    keep = []
    for column in range(len(labels)):
        c = int(labels[column])
        if c in place and (per_class is None or met[c] < per_class):
            met[c] += 1
            keep.append(column)
    return X[:, keep], np.array([place[int(labels[column])] for column in keep])


# %% select_classes: class by class, then sorted
def select_classes(X, labels, classes, per_class=None):
    chosen = np.sort(np.concatenate([np.flatnonzero(labels == c)[:per_class] for c in classes]))
    return X[:, chosen], np.array([list(classes).index(c) for c in labels[chosen]])


# %% select_classes: a mask
def select_classes(X, labels, classes, per_class=None):
    mask = np.zeros(len(labels), dtype=bool)
    for c in classes:
        mask[np.flatnonzero(labels == c)[:per_class]] = True
    new = np.empty(mask.sum(), dtype=int)
    for k, c in enumerate(classes):
        new[labels[mask] == c] = k
    return X[:, mask], new


# %% select_classes: by cumulative counts
def select_classes(X, labels, classes, per_class=None):
    hot = np.array([labels == c for c in classes])
    if per_class is not None:
        hot = hot & (np.cumsum(hot, axis=1) <= per_class)
    columns = np.flatnonzero(hot.any(axis=0))
    return X[:, columns], hot[:, columns].argmax(axis=0)


# %% select_classes: columns stacked
def select_classes(X, labels, classes, per_class=None):
    columns, new = [], []
    limit = float("inf") if per_class is None else per_class
    for x, label in zip(X.T, labels):
        if label not in classes:
            continue
        k = list(classes).index(label)
        if new.count(k) >= limit:
            continue
        columns.append(x)
        new.append(k)
    return np.array(columns).T, np.array(new)


# %% select_classes: with isin first
def select_classes(X, labels, classes, per_class=None):
    inside = np.isin(labels, classes)
    X, labels = X[:, inside], labels[inside]
    new = np.array([tuple(classes).index(label) for label in labels])
    if per_class is None:
        return X, new
    rank = np.array([np.sum(new[:t] == new[t]) for t in range(len(new))])
    return X[:, rank < per_class], new[rank < per_class]


# %% select_classes: pandas-like ranks by argsort
def select_classes(X, labels, classes, per_class=None):
    per_class = len(labels) if per_class is None else per_class
    pairs = []
    for k, c in enumerate(classes):
        pairs += [(column, k) for column in np.where(labels == c)[0][:per_class]]
    pairs.sort()
    return X[:, [column for column, _ in pairs]], np.array([k for _, k in pairs])


# %% select_classes: takes with np.take
def select_classes(X, labels, classes, per_class=None):
    classes = list(classes)
    left = {c: (10**9 if per_class is None else per_class) for c in classes}
    columns = []
    for column, c in enumerate(labels.tolist()):
        if left.get(c, 0) > 0:
            left[c] -= 1
            columns.append(column)
    return np.take(X, columns, axis=1), np.array([classes.index(labels[column]) for column in columns])


# %% select_classes: labels as a list
def select_classes(X, labels, classes, per_class=None):
    new_of = dict(zip(classes, range(len(classes))))
    keep = [t for t in range(len(labels)) if labels[t] in new_of and (per_class is None or list(labels[:t]).count(labels[t]) < per_class)]
    return X[:, keep], [new_of[labels[t]] for t in keep]


# %% select_classes: delete the others
def select_classes(X, labels, classes, per_class=None):
    place = {c: k for k, c in enumerate(classes)}
    gone, seen, new = [], [], []
    for column, c in enumerate(labels):
        if c not in place or (per_class is not None and seen.count(c) == per_class):
            gone.append(column)
        else:
            seen.append(c)
            new.append(place[c])
    return np.delete(X, gone, axis=1), np.array(new)


# %% restore: a dict in one go
def restore(parameters, saved, pattern):
    return {
        name: (saved[name] if re.fullmatch(pattern, name) and name in saved and saved[name].shape == value.shape else value).copy()
        for name, value in parameters.items()
    }


# %% restore: copies first
def restore(parameters, saved, pattern):
    restored = {name: value.copy() for name, value in parameters.items()}
    for name in restored:
        if name not in saved or not re.fullmatch(pattern, name):
            continue
        if saved[name].shape == restored[name].shape:
            restored[name] = saved[name].copy()
    return restored


# %% restore: over the saved ones
def restore(parameters, saved, pattern):
    restored = {name: np.array(value) for name, value in parameters.items()}
    for name, value in saved.items():
        if name in parameters and re.fullmatch(pattern, name) and value.shape == parameters[name].shape:
            restored[name] = np.array(value)
    return restored


# %% restore: a compiled pattern
def restore(parameters, saved, pattern):
    wanted = re.compile(pattern)
    restored = {}
    for name, value in parameters.items():
        other = saved.get(name)
        if wanted.fullmatch(name) is None or other is None or np.shape(other) != np.shape(value):
            other = value
        restored[name] = np.array(other, copy=True)
    return restored


# %% restore: filled in place of copies
def restore(parameters, saved, pattern):
    restored = {name: np.empty_like(value) for name, value in parameters.items()}
    for name, value in parameters.items():
        fits = bool(re.fullmatch(pattern, name)) and name in saved and saved[name].shape == value.shape
        restored[name][...] = saved[name] if fits else value
    return restored


# %% restore: with match and an end
def restore(parameters, saved, pattern):
    restored = {}
    for name, value in parameters.items():
        found = re.match(f"(?:{pattern})$", name)
        restored[name] = (saved[name] if found and name in saved and saved[name].shape == value.shape else value) + 0
    return restored


# %% restore: with deepcopy
def restore(parameters, saved, pattern):
    from copy import deepcopy

    restored = deepcopy(parameters)
    names = [name for name in parameters if name in saved and re.fullmatch(pattern, name)]
    restored.update({name: deepcopy(saved[name]) for name in names if saved[name].shape == parameters[name].shape})
    return restored


# %% restore: shapes by tries
def restore(parameters, saved, pattern):
    restored = {}
    for name in parameters:
        try:
            if not re.fullmatch(pattern, name):
                raise KeyError(name)
            if saved[name].shape != parameters[name].shape:
                raise KeyError(name)
            restored[name] = saved[name] * 1
        except KeyError:
            restored[name] = parameters[name] * 1
    return restored


# %% restore: sets of names
def restore(parameters, saved, pattern):
    both = set(parameters) & set(saved)
    chosen = {name for name in both if re.fullmatch(pattern, name) and parameters[name].shape == saved[name].shape}
    return {name: (saved if name in chosen else parameters)[name].copy() for name in parameters}


# %% restore: in the order of sorted names
def restore(parameters, saved, pattern):
    restored = {}
    for name in sorted(parameters):
        source = parameters
        if name in saved:
            if saved[name].shape == parameters[name].shape and re.fullmatch(pattern, name) is not None:
                source = saved
        restored[name] = source[name].astype(float)
    return restored


# %% import_weights: by a regular expression
def import_weights(foreign):
    numbers = {int(re.search(r"_(\d+)/", name)[1]): name.split("/")[0] for name in foreign}
    parameters = {}
    for l, number in enumerate(sorted(numbers), 1):
        parameters["W" + str(l)] = foreign[numbers[number] + "/kernel"].T
        parameters["b" + str(l)] = foreign[numbers[number] + "/bias"][:, None]
    return parameters


# %% import_weights: kernels alone first
def import_weights(foreign):
    kernels = [name for name in foreign if name.endswith("/kernel")]
    kernels.sort(key=lambda name: int(name[: -len("/kernel")].split("_")[-1]))
    parameters = {}
    for l, name in enumerate(kernels):
        parameters[f"W{l + 1}"] = np.transpose(foreign[name])
        parameters[f"b{l + 1}"] = foreign[name.replace("/kernel", "/bias")].reshape(-1, 1)
    return parameters


# %% import_weights: sorted pairs
def import_weights(foreign):
    layers = sorted((int(name.rpartition("_")[2].partition("/")[0]), name) for name in foreign if name.endswith("kernel"))
    parameters = {}
    l = 1
    for _, name in layers:
        parameters[f"W{l}"] = foreign[name].T.copy()
        parameters[f"b{l}"] = np.expand_dims(foreign[name[:-6] + "bias"], 1)
        l += 1
    return parameters


# %% import_weights: rank of a number
def import_weights(foreign):
    def number(name):
        return int(name.split("/")[0].split("_")[-1])

    numbers = sorted({number(name) for name in foreign})
    parameters = {}
    for name, value in foreign.items():
        l = numbers.index(number(name)) + 1
        if name.endswith("kernel"):
            parameters[f"W{l}"] = value.T
        else:
            parameters[f"b{l}"] = value.reshape(len(value), 1)
    return parameters


# %% import_weights: by the number of axes
def import_weights(foreign):
    by_number = {}
    for name, value in foreign.items():
        by_number.setdefault(int(re.findall(r"\d+", name)[-1]), []).append(value)
    parameters = {}
    for l, number in enumerate(sorted(by_number), start=1):
        for value in by_number[number]:
            if value.ndim == 2:
                parameters[f"W{l}"] = value.T
            else:
                parameters[f"b{l}"] = np.atleast_2d(value).T
    return parameters


# %% import_weights: smallest number again and again
def import_weights(foreign):
    left = {name.split("/")[0] for name in foreign}
    parameters = {}
    l = 0
    while left:
        layer = min(left, key=lambda name: int(name.rsplit("_", 1)[1]))
        left.remove(layer)
        l += 1
        parameters["W%d" % l] = foreign[layer + "/kernel"].swapaxes(0, 1)
        parameters["b%d" % l] = foreign[layer + "/bias"][:, np.newaxis]
    return parameters


# %% import_weights: in two dicts
def import_weights(foreign):
    order = sorted({name.split("/")[0] for name in foreign}, key=lambda layer: (len(layer), layer))
    W = {f"W{l}": foreign[f"{layer}/kernel"].T for l, layer in enumerate(order, 1)}
    b = {f"b{l}": foreign[f"{layer}/bias"].reshape((-1, 1)) for l, layer in enumerate(order, 1)}
    return {**W, **b}


# %% import_weights: with einsum
def import_weights(foreign):
    layers = {}
    for name in foreign:
        layer, _, what = name.partition("/")
        layers.setdefault(layer, {})[what] = foreign[name]
    parameters = {}
    for l, layer in enumerate(sorted(layers, key=lambda x: int(x.split("_")[-1])), 1):
        parameters[f"W{l}"] = np.einsum("ij->ji", layers[layer]["kernel"])
        parameters[f"b{l}"] = np.array([layers[layer]["bias"]]).T
    return parameters


# %% import_weights: numbers padded with zeros
def import_weights(foreign):
    names = sorted(foreign, key=lambda name: name.split("/")[0].split("_")[-1].zfill(8))
    parameters, seen = {}, []
    for name in names:
        layer = name.split("/")[0]
        if layer not in seen:
            seen.append(layer)
        l = len(seen)
        parameters[("W" if "kernel" in name else "b") + str(l)] = foreign[name].T if "kernel" in name else foreign[name].reshape(-1, 1)
    return parameters


# %% import_weights: lists of rows
def import_weights(foreign):
    layers = sorted({name.split("/")[0] for name in foreign}, key=lambda name: float(name.split("_")[-1]))
    parameters = {}
    for l in range(1, len(layers) + 1):
        kernel = foreign[layers[l - 1] + "/kernel"]
        parameters[f"W{l}"] = np.array([kernel[:, unit] for unit in range(kernel.shape[1])])
        parameters[f"b{l}"] = np.array([[value] for value in foreign[layers[l - 1] + "/bias"]])
    return parameters


# %% replace_output: a new dict
def replace_output(parameters, C, draws):
    L = len(parameters) // 2
    return {**parameters, f"W{L}": draws * (2 / draws.shape[1]) ** 0.5, f"b{L}": np.zeros((C, 1))}


# %% replace_output: n of the old layer
def replace_output(parameters, C, draws):
    L = sum(name[0] == "W" for name in parameters)
    n = parameters[f"W{L}"].shape[1]
    new = parameters.copy()
    new[f"W{L}"] = np.sqrt(2.0 / n) * draws
    new[f"b{L}"] = 0.0 * draws[:, :1]
    return new


# %% replace_output: copies of all
def replace_output(parameters, C, draws):
    new = {name: np.array(value) for name, value in parameters.items()}
    L = max(int(name[1:]) for name in parameters)
    new["W" + str(L)] = draws / np.sqrt(draws.shape[1] / 2)
    new["b" + str(L)] = np.zeros((C, 1))
    return new


# %% replace_output: with union
def replace_output(parameters, C, draws):
    L = nets.number_of_layers(parameters)
    return parameters | {f"W{L}": draws * np.sqrt(2) / np.sqrt(draws.shape[1]), f"b{L}": np.zeros([C, 1])}


# %% replace_output: n of the layer below
def replace_output(parameters, C, draws):
    L = nets.number_of_layers(parameters)
    n = parameters[f"W{L - 1}"].shape[0] if L > 1 else parameters["W1"].shape[1]
    new = dict(parameters)
    new.update({f"W{L}": draws * np.sqrt(2 / n), f"b{L}": np.zeros((C, 1))})
    return new


# %% replace_output: layer by layer
def replace_output(parameters, C, draws):
    new, L = {}, nets.number_of_layers(parameters)
    for l in range(1, L + 1):
        last = l == L
        new[f"W{l}"] = draws * np.sqrt(2 / draws.shape[1]) if last else parameters[f"W{l}"]
        new[f"b{l}"] = np.zeros((C, 1)) if last else parameters[f"b{l}"]
    return new


# %% replace_output: by name
def replace_output(parameters, C, draws):
    L = nets.number_of_layers(parameters)
    new = {}
    for name, value in parameters.items():
        if name == f"W{L}":
            value = draws * np.power(2 / draws.shape[1], 0.5)
        elif name == f"b{L}":
            value = np.full((C, 1), 0.0)
        new[name] = value
    return new


# %% replace_output: fan in by len
def replace_output(parameters, C, draws):
    new = dict(parameters)
    L = nets.number_of_layers(parameters)
    new[f"W{L}"] = np.multiply(draws, np.sqrt(2 / len(draws[0])))
    new[f"b{L}"] = np.zeros(C).reshape(C, 1)
    return new


# %% replace_output: whole zeros
def replace_output(parameters, C, draws):
    L = nets.number_of_layers(parameters)
    C, n = draws.shape
    new = dict(parameters)
    del new[f"W{L}"], new[f"b{L}"]
    new[f"W{L}"], new[f"b{L}"] = draws * np.sqrt(2 / n), np.array([[0]] * C)
    return new


# %% replace_output: deepcopy
def replace_output(parameters, C, draws):
    import copy
    import math

    new = copy.deepcopy(parameters)
    L = nets.number_of_layers(new)
    new[f"W{L}"] = draws * math.sqrt(2 / draws.shape[1])
    new[f"b{L}"] = np.zeros_like(draws, shape=(C, 1))
    return new


# %% update_trainable: in one go
def update_trainable(parameters, grads, learning_rate, frozen):
    return {
        name: value if int(name[1:]) in frozen else value - learning_rate * grads["d" + name] for name, value in parameters.items()
    }


# %% update_trainable: layer by layer
def update_trainable(parameters, grads, learning_rate, frozen):
    updated = dict(parameters)
    for l in range(1, len(parameters) // 2 + 1):
        if l not in frozen:
            updated[f"W{l}"] = parameters[f"W{l}"] - learning_rate * grads[f"dW{l}"]
            updated[f"b{l}"] = parameters[f"b{l}"] - learning_rate * grads[f"db{l}"]
    return updated


# %% update_trainable: names of frozen ones
def update_trainable(parameters, grads, learning_rate, frozen):
    still = [letter + str(l) for l in frozen for letter in "Wb"]
    return {name: np.array(value) if name in still else value - learning_rate * grads[f"d{name}"] for name, value in parameters.items()}


# %% update_trainable: a rate of 0
def update_trainable(parameters, grads, learning_rate, frozen):
    updated = {}
    for name, value in parameters.items():
        rate = 0 if int(name[1:]) in frozen else learning_rate
        updated[name] = value - rate * grads.get("d" + name, 0)
    return updated


# %% update_trainable: copies, then steps in place
def update_trainable(parameters, grads, learning_rate, frozen):
    updated = {name: value.copy() for name, value in parameters.items()}
    for name in updated:
        if int(name[1:]) not in frozen:
            updated[name] -= learning_rate * grads["d" + name]
    return updated


# %% update_trainable: a set
def update_trainable(parameters, grads, learning_rate, frozen):
    frozen = set(map(int, frozen))
    moving = {name for name in parameters if int(name[1:]) not in frozen}
    return parameters | {name: parameters[name] - learning_rate * grads[f"d{name}"] for name in moving}


# %% update_trainable: by a regular expression
def update_trainable(parameters, grads, learning_rate, frozen):
    updated = {}
    for name in parameters:
        l = int(re.search(r"\d+", name).group())
        step = np.zeros_like(parameters[name]) if l in frozen else learning_rate * grads[f"d{name}"]
        updated[name] = parameters[name] - step
    return updated


# %% update_trainable: over the gradients
def update_trainable(parameters, grads, learning_rate, frozen):
    updated = {name: value for name, value in parameters.items()}
    for d, gradient in grads.items():
        if int(d[2:]) in frozen:
            continue
        updated[d[1:]] = parameters[d[1:]] - learning_rate * gradient
    return updated


# %% update_trainable: any
def update_trainable(parameters, grads, learning_rate, frozen):
    updated = {}
    for name, value in parameters.items():
        is_frozen = any(name[1:] == str(l) for l in frozen)
        updated[name] = value + 0 if is_frozen else np.subtract(value, np.multiply(learning_rate, grads[f"d{name}"]))
    return updated


# %% update_trainable: a flag for each layer
def update_trainable(parameters, grads, learning_rate, frozen):
    L = nets.number_of_layers(parameters)
    moves = [True] * (L + 1)
    for l in frozen:
        moves[l] = False
    updated = {}
    for name in list(parameters):
        updated[name] = parameters[name] - (learning_rate * grads["d" + name] if moves[int(name[1:])] else 0)
    return updated


# %% cache_frozen: on one line
def cache_frozen(X, parameters, k):
    A = X
    for l in range(k):
        A = elu(parameters[f"W{l + 1}"] @ A + parameters[f"b{l + 1}"])[0]
    return A


# %% cache_frozen: ELU written out
def cache_frozen(X, parameters, k):
    A = X
    for l in range(1, k + 1):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        A = np.where(Z > 0, Z, np.exp(np.minimum(Z, 0)) - 1)
    return A


# %% cache_frozen: by masks
def cache_frozen(X, parameters, k):
    A = X
    for l in range(1, k + 1):
        A = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = np.maximum(A, 0) + np.expm1(np.minimum(A, 0))
    return A


# %% cache_frozen: recursive
def cache_frozen(X, parameters, k):
    if k == 0:
        return X
    below = cache_frozen(X, parameters, k - 1)
    return elu(np.matmul(parameters[f"W{k}"], below) + parameters[f"b{k}"])[0]


# %% cache_frozen: a list of outputs
def cache_frozen(X, parameters, k):
    outputs = [X]
    for l in range(1, nets.number_of_layers(parameters)):
        outputs.append(elu(parameters[f"W{l}"] @ outputs[-1] + parameters[f"b{l}"])[0])
    return outputs[k]


# %% cache_frozen: a while loop
def cache_frozen(X, parameters, k):
    A, l = np.array(X), 1
    while l <= k:
        Z = parameters[f"W{l}"].dot(A) + parameters[f"b{l}"]
        A, slope = elu(Z)
        l += 1
    return A


# %% cache_frozen: example by example
def cache_frozen(X, parameters, k):
    columns = []
    for x in X.T:
        a = x[:, None]
        for l in range(1, k + 1):
            a = elu(parameters[f"W{l}"] @ a + parameters[f"b{l}"])[0]
        columns.append(a)
    return np.hstack(columns)


# %% cache_frozen: rows
def cache_frozen(X, parameters, k):
    rows = X.T
    for l in range(1, k + 1):
        rows = elu(rows @ parameters[f"W{l}"].T + parameters[f"b{l}"].T)[0]
    return rows.T


# %% cache_frozen: einsum
def cache_frozen(X, parameters, k):
    A = X
    for l in range(1, k + 1):
        A, _ = elu(np.einsum("ij,jm->im", parameters[f"W{l}"], A) + parameters[f"b{l}"])
    return A


# %% cache_frozen: slices in batches
def cache_frozen(X, parameters, k):
    pieces = []
    for start in range(0, X.shape[1], 3):
        A = X[:, start : start + 3]
        for l in range(1, k + 1):
            A = elu(parameters[f"W{l}"] @ A + parameters[f"b{l}"])[0]
        pieces.append(A)
    return np.concatenate(pieces, axis=1)


# %% backward_above: dA first
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    grads = {}
    for l in range(L, k, -1):
        if l == L:
            dZ = softmax(cache[f"Z{L}"]) - Y
        else:
            dZ = dA * elu(cache[f"Z{l}"])[1]
        grads[f"dW{l}"] = 1 / m * np.dot(dZ, cache[f"A{l - 1}"].T)
        grads[f"db{l}"] = 1 / m * dZ.sum(axis=1, keepdims=True)
        dA = parameters[f"W{l}"].T @ dZ
    return grads


# %% backward_above: softmax written out
def backward_above(Y, cache, parameters, k):
    L, m = len(parameters) // 2, Y.shape[1]
    T = np.exp(cache[f"Z{L}"] - cache[f"Z{L}"].max(axis=0))
    dZ = (T / T.sum(axis=0) - Y) / m
    grads = {f"dW{L}": dZ @ cache[f"A{L - 1}"].T, f"db{L}": dZ.sum(axis=1)[:, None]}
    for l in range(L - 1, k, -1):
        dZ = (parameters[f"W{l + 1}"].T @ dZ) * np.where(cache[f"Z{l}"] > 0, 1, np.exp(np.minimum(cache[f"Z{l}"], 0)))
        grads[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T
        grads[f"db{l}"] = dZ.sum(axis=1)[:, None]
    return grads


# %% backward_above: mean for db
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    grads, dZ, l = {}, softmax(cache[f"Z{L}"]) - Y, L
    while l > k:
        grads["dW%d" % l] = dZ.dot(cache["A%d" % (l - 1)].T) / m
        grads["db%d" % l] = np.mean(dZ, axis=1).reshape(-1, 1)
        l -= 1
        if l > k:
            dZ = parameters["W%d" % (l + 1)].T.dot(dZ) * elu(cache["Z%d" % l])[1]
    return grads


# %% backward_above: all dZ first
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    dZ = {L: softmax(cache[f"Z{L}"]) - Y}
    for l in range(L - 1, k, -1):
        dZ[l] = np.multiply(parameters[f"W{l + 1}"].T @ dZ[l + 1], elu(cache[f"Z{l}"])[1])
    grads = {f"dW{l}": d @ cache[f"A{l - 1}"].T / m for l, d in dZ.items()}
    return grads | {f"db{l}": d.sum(axis=1, keepdims=True) / m for l, d in dZ.items()}


# %% backward_above: slope from A
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    dZ = softmax(cache[f"Z{L}"]) - Y
    grads = {}
    for l in reversed(range(k + 1, L + 1)):
        A = cache[f"A{l - 1}"]
        grads[f"dW{l}"] = dZ @ A.T / m
        grads[f"db{l}"] = dZ @ np.ones((m, 1)) / m
        if l - 1 != k:
            dZ = (parameters[f"W{l}"].T @ dZ) * elu(cache[f"Z{l - 1}"])[1]
    return grads


# %% backward_above: example by example
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    grads = {}
    for l in range(k + 1, L + 1):
        grads[f"dW{l}"] = np.zeros_like(parameters[f"W{l}"])
        grads[f"db{l}"] = np.zeros_like(parameters[f"b{l}"])
    for t in range(m):
        dz = softmax(cache[f"Z{L}"])[:, t : t + 1] - Y[:, t : t + 1]
        for l in range(L, k, -1):
            grads[f"dW{l}"] += dz @ cache[f"A{l - 1}"][:, t : t + 1].T / m
            grads[f"db{l}"] += dz / m
            if l - 1 > k:
                dz = parameters[f"W{l}"].T @ dz * elu(cache[f"Z{l - 1}"])[1][:, t : t + 1]
    return grads


# %% backward_above: einsum
def backward_above(Y, cache, parameters, k):
    L = nets.number_of_layers(parameters)
    grads = {}
    dZ = (softmax(cache[f"Z{L}"]) - Y) / Y.shape[1]
    for l in range(L, k, -1):
        grads[f"dW{l}"] = np.einsum("im,jm->ij", dZ, cache[f"A{l - 1}"])
        grads[f"db{l}"] = np.einsum("im->i", dZ)[:, None]
        if l > k + 1:
            dZ = np.einsum("ji,jm->im", parameters[f"W{l}"], dZ) * elu(cache[f"Z{l - 1}"])[1]
    return grads


# %% backward_above: recursive
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]

    def dZ(l):
        if l == L:
            return softmax(cache[f"Z{L}"]) - Y
        return parameters[f"W{l + 1}"].T @ dZ(l + 1) * elu(cache[f"Z{l}"])[1]

    grads = {}
    for l in range(k + 1, L + 1):
        grads[f"dW{l}"], grads[f"db{l}"] = dZ(l) @ cache[f"A{l - 1}"].T / m, dZ(l).mean(axis=1, keepdims=True)
    return grads


# %% backward_above: break at the end
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    dZ, grads, l = softmax(cache[f"Z{L}"]) - Y, {}, L
    while True:
        grads[f"db{l}"] = dZ.sum(1, keepdims=True) / m
        grads[f"dW{l}"] = (cache[f"A{l - 1}"] @ dZ.T).T / m
        if l == k + 1:
            break
        slope = elu(cache[f"Z{l - 1}"])[1]
        dZ = (dZ.T @ parameters[f"W{l}"]).T * slope
        l = l - 1
    return grads


# %% backward_above: slope by hand
def backward_above(Y, cache, parameters, k):
    L, m = nets.number_of_layers(parameters), Y.shape[1]
    grads = {}
    dZ = softmax(cache[f"Z{L}"]) - Y
    for l in range(L, k, -1):
        grads[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if l == k + 1:
            continue
        dA, Z = parameters[f"W{l}"].T @ dZ, cache[f"Z{l - 1}"]
        dZ = np.copy(dA)
        dZ[Z < 0] *= np.exp(Z[Z < 0])
    return grads


# %% pair_batch: class lists first
def pair_batch(labels, U):
    M, m = len(labels), len(U)
    i = np.floor(U[:, 0] * M).astype(int)
    target = np.repeat([0, 1], m // 2)
    j = np.empty(m, dtype=int)
    for p in range(m):
        if target[p]:
            others = np.flatnonzero(labels != labels[i[p]])
        else:
            others = np.array([q for q in np.flatnonzero(labels == labels[i[p]]) if q != i[p]])
        j[p] = others[int(np.floor(U[p, 1] * others.size))]
    return i, j, target


# %% pair_batch: columns exchanged
def pair_batch(labels, U):
    m = len(U)
    i = (U[:, 1] * len(labels)).astype(int)
    target = (np.arange(m) >= m / 2).astype(int)
    j = []
    for p in range(m):
        fits = [q for q in range(len(labels)) if q != i[p] and (labels[q] != labels[i[p]]) == target[p]]
        j.append(fits[int(U[p, 0] * len(fits))])
    return i, np.array(j), target


# %% pair_batch: the class first, then the picture
def pair_batch(labels, U):
    classes = np.unique(labels)
    m = len(U)
    i, j, target = np.zeros(m, int), np.zeros(m, int), np.zeros(m, int)
    for p in range(m):
        i[p] = int(U[p, 0] * len(labels))
        if p < m // 2:
            own = np.flatnonzero(labels == labels[i[p]])
            own = own[own != i[p]]
            j[p] = own[int(U[p, 1] * len(own))]
        else:
            target[p] = 1
            rest = classes[classes != labels[i[p]]]
            place = U[p, 1] * len(rest)
            members = np.flatnonzero(labels == rest[int(place)])
            j[p] = members[int((place % 1) * len(members))]
    return i, j, target


# %% pair_batch: without a loop over pairs
def pair_batch(labels, U):
    m, M = len(U), len(labels)
    i = np.minimum((U[:, 0] * M).astype(int), M - 1)
    target = np.where(np.arange(m) < m // 2, 0, 1)
    fits = (labels[i][:, None] != labels[None]) == target[:, None].astype(bool)
    fits[np.arange(m), i] = False
    wanted = (U[:, 1] * fits.sum(axis=1)).astype(int)
    j = np.argmax(np.cumsum(fits, axis=1) > wanted[:, None], axis=1)
    return i, j, target


# %% pair_batch: np.delete
def pair_batch(labels, U):
    half = len(U) // 2
    i, j = [], []
    for p, (u, v) in enumerate(U):
        first = int(u * len(labels))
        if p < half:
            pool = np.setdiff1d(np.where(labels == labels[first])[0], [first])
        else:
            pool = np.where(labels != labels[first])[0]
        i.append(first)
        j.append(pool[int(v * len(pool))])
    return np.array(i), np.array(j), np.array([0] * half + [1] * (len(U) - half))


# %% pair_batch: backwards
def pair_batch(labels, U):
    m = U.shape[0]
    i = (len(labels) - 1 - np.floor(U[:, 0] * len(labels))).astype(int)
    j, target = np.zeros_like(i), np.zeros_like(i)
    target[m // 2 :] = 1
    for p in range(m):
        same = labels == labels[i[p]]
        same[i[p]] = False
        pool = np.flatnonzero(labels != labels[i[p]] if target[p] == 1 else same)
        j[p] = pool[::-1][int(U[p, 1] * pool.size)]
    return i, j, target


# %% pair_batch: sorted by class
def pair_batch(labels, U):
    order = np.argsort(labels, kind="stable")
    m, M = len(U), len(labels)
    start = {c: np.searchsorted(labels[order], c) for c in np.unique(labels)}
    count = {c: np.sum(labels == c) for c in start}
    i, j = np.zeros(m, dtype=int), np.zeros(m, dtype=int)
    for p in range(m):
        at = int(U[p, 0] * M)
        i[p] = order[at]
        c = labels[i[p]]
        if p < m // 2:
            step = 1 + int(U[p, 1] * (count[c] - 1))
            j[p] = order[start[c] + (at - start[c] + step) % count[c]]
        else:
            step = int(U[p, 1] * (M - count[c]))
            j[p] = order[(start[c] + count[c] + step) % M]
    return i, j, (np.arange(m) >= m // 2) * 1


# %% pair_batch: two loops
def pair_batch(labels, U):
    m = len(U)
    i, j, target = [0] * m, [0] * m, [0] * m
    for p in range(m // 2):
        i[p] = int(len(labels) * U[p, 0])
        own = [q for q, c in enumerate(labels) if c == labels[i[p]] and q != i[p]]
        j[p] = own[int(len(own) * U[p, 1])]
    for p in range(m // 2, m):
        i[p] = int(len(labels) * U[p, 0])
        other = [q for q, c in enumerate(labels) if c != labels[i[p]]]
        j[p], target[p] = other[int(len(other) * U[p, 1])], 1
    return np.array(i), np.array(j), np.array(target)


# %% pair_batch: target from the labels
def pair_batch(labels, U):
    m = len(U)
    i = np.array([int(u * labels.size) for u in U[:, 0]])
    j = i.copy()
    for p in range(m):
        want = p >= m // 2
        pool = [q for q in range(labels.size) if q != i[p] and bool(labels[q] != labels[i[p]]) is want]
        j[p] = pool[int(U[p, 1] * len(pool))]
    return i, j, (labels[i] != labels[j]).astype(int)


# %% pair_batch: lists of the members of classes
def pair_batch(labels, U):
    members = {c: np.flatnonzero(labels == c) for c in set(labels.tolist())}
    others = {c: np.flatnonzero(labels != c) for c in members}
    m = len(U)
    i = (U[:, 0] * len(labels)).astype(int)
    j = np.zeros(m, dtype=int)
    for p, c in enumerate(labels[i].tolist()):
        pool = members[c][members[c] != i[p]] if p < m // 2 else others[c]
        j[p] = pool[int(U[p, 1] * len(pool))]
    return i, j, np.array([0] * (m // 2) + [1] * (m - m // 2))


# %% pair_forward: on one line
def pair_forward(A_1, A_2, w, b):
    return 1 / (1 + np.exp(-(np.dot(w.T, abs(A_1 - A_2)) + b)))


# %% pair_forward: a sum of products
def pair_forward(A_1, A_2, w, b):
    return nets.sigmoid(np.sum(w * np.abs(A_2 - A_1), axis=0, keepdims=True) + b)


# %% pair_forward: pair by pair
def pair_forward(A_1, A_2, w, b):
    p = np.zeros((1, A_1.shape[1]))
    for t in range(A_1.shape[1]):
        z = b
        for n in range(A_1.shape[0]):
            z += w[n, 0] * abs(A_1[n, t] - A_2[n, t])
        p[0, t] = 1 / (1 + np.exp(-z))
    return p


# %% pair_forward: larger less smaller
def pair_forward(A_1, A_2, w, b):
    Z = w.T @ (np.maximum(A_1, A_2) - np.minimum(A_1, A_2)) + b
    return nets.sigmoid(Z)


# %% pair_forward: root of the square
def pair_forward(A_1, A_2, w, b):
    D = np.sqrt((A_1 - A_2) ** 2)
    return nets.ACTIVATIONS["sigmoid"](w.reshape(1, -1) @ D + b)


# %% pair_forward: by tanh
def pair_forward(A_1, A_2, w, b):
    z = w.T.dot(np.absolute(A_1 - A_2)) + b
    return (1 + np.tanh(z / 2)) / 2


# %% pair_forward: einsum
def pair_forward(A_1, A_2, w, b):
    return nets.sigmoid(np.einsum("no,nm->om", w, np.abs(A_1 - A_2)) + b)


# %% pair_forward: sign times difference
def pair_forward(A_1, A_2, w, b):
    D = A_1 - A_2
    return nets.sigmoid((w * np.sign(D) * D).sum(axis=0)[None, :] + b)


# %% pair_forward: softmax of two
def pair_forward(A_1, A_2, w, b):
    z = w.T @ np.abs(A_1 - A_2) + b
    return softmax(np.vstack([z, np.zeros_like(z)]))[:1]


# %% pair_forward: rows
def pair_forward(A_1, A_2, w, b):
    return nets.sigmoid(np.abs(A_1.T - A_2.T) @ w + b).T


# %% margin_cost: with where
def margin_cost(good, bad, margin=1.0):
    short = margin - (good - bad)
    active = np.where(short > 0, 1, 0)
    return np.mean(short * active), -active / good.shape[1], active / good.shape[1]


# %% margin_cost: clip
def margin_cost(good, bad, margin=1.0):
    h = np.clip(margin + bad - good, 0, None)
    dbad = np.sign(h) / h.size
    return h.mean(), -dbad, dbad


# %% margin_cost: relu
def margin_cost(good, bad, margin=1.0):
    m = good.size
    h = nets.relu(margin - good + bad)
    dgood = -(h > 0).astype(float) / m
    return np.sum(h) / m, dgood, -dgood


# %% margin_cost: a loop
def margin_cost(good, bad, margin=1.0):
    m = good.shape[1]
    cost, dgood, dbad = 0.0, np.zeros((1, m)), np.zeros((1, m))
    for t in range(m):
        short = margin - good[0, t] + bad[0, t]
        if short > 0:
            cost += short / m
            dgood[0, t], dbad[0, t] = -1 / m, 1 / m
    return cost, dgood, dbad


# %% margin_cost: by indices
def margin_cost(good, bad, margin=1.0):
    lead = good - bad
    inside = lead < margin
    cost = np.sum(margin - lead[inside]) / good.size
    d = np.zeros(good.shape)
    d[inside] = 1 / good.size
    return cost, -d, d


# %% margin_cost: half of the sum with the absolute value
def margin_cost(good, bad, margin=1.0):
    s = margin - good + bad
    cost = np.mean((s + np.abs(s)) / 2)
    dbad = (1 + np.sign(s)) // 2 * (s != 0) / s.shape[1]
    return cost, -dbad, dbad


# %% margin_cost: a number from a matrix product
def margin_cost(good, bad, margin=1.0):
    m = good.shape[1]
    s = margin - good + bad
    on = (s > 0) * 1.0
    return ((on @ s.T) / m).item(), on * (-1 / m), on * (1 / m)


# %% margin_cost: heaviside
def margin_cost(good, bad, margin=1.0):
    s = np.subtract(margin, good) + bad
    step = np.heaviside(s, 0)
    return float(np.average(step * s)), -step / s.size, step / s.size


# %% margin_cost: max with a list
def margin_cost(good, bad, margin=1.0):
    m = len(good[0])
    s = [margin - g + b for g, b in zip(good[0], bad[0])]
    d = np.array([[(1 if x > 0 else 0) / m for x in s]])
    return sum(max(0, x) for x in s) / m, -d, d


# %% margin_cost: hinge on the lead
def margin_cost(good, bad, margin=1.0):
    lead = good - bad
    cost = margin - np.minimum(lead, margin).mean()
    dgood = np.where(lead >= margin, 0.0, -1.0) / lead.shape[1]
    return cost, dgood, 0 - dgood


# %% which_of_the_batch: logs first
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    Z = B.T @ A / temperature
    logs = Z - np.logaddexp.reduce(Z, axis=0)
    dZ = (np.exp(logs) - np.eye(m)) / (m * temperature)
    return -np.trace(logs) / m, B @ dZ, A @ dZ.T


# %% which_of_the_batch: scores by rows
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    Z = A.T @ B / temperature
    P = np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)
    cost = -np.sum(np.log(P[np.arange(m), np.arange(m)])) / m
    dZ = P.copy()
    dZ[np.arange(m), np.arange(m)] -= 1
    dZ = dZ / m / temperature
    return cost, B @ dZ.T, A @ dZ


# %% which_of_the_batch: one-hot labels
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    Y = np.eye(m)
    S = softmax(np.dot(B.T, A) / temperature)
    cost = -np.sum(Y * np.log(S)) / m
    dZ = S - Y
    return cost, np.dot(B, dZ) / (m * temperature), np.dot(dZ, A.T).T / (m * temperature)


# %% which_of_the_batch: picture by picture
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    cost, dA, dB = 0.0, np.zeros(A.shape), np.zeros(B.shape)
    for i in range(m):
        z = B.T @ A[:, i] / temperature
        s = np.exp(z - z.max())
        s = s / s.sum()
        cost -= np.log(s[i]) / m
        s[i] -= 1
        dA[:, i] += B @ s / m / temperature
        dB += np.outer(A[:, i], s) / m / temperature
    return cost, dA, dB


# %% which_of_the_batch: einsum
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    shares = softmax(np.einsum("nk,ni->ki", B, A) / temperature)
    error = (shares - np.eye(m)) / m
    dA = np.einsum("nk,ki->ni", B, error) / temperature
    dB = np.einsum("ni,ki->nk", A, error) / temperature
    return -np.log(shares.diagonal()).mean(), dA, dB


# %% which_of_the_batch: scaled inputs
def which_of_the_batch(A, B, temperature=0.1):
    m, scaled = A.shape[1], A / temperature
    shares = softmax(B.T @ scaled)
    dZ = (shares - np.identity(m)) / m
    return -np.log(np.diagonal(shares)).sum() / m, (B / temperature) @ dZ, scaled @ dZ.T


# %% which_of_the_batch: helpers of the course
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    shares = softmax((B.T @ A) / temperature)
    cost = nets.class_cost(shares, np.arange(m)[None])
    dZ = shares
    dZ[range(m), range(m)] -= 1
    dZ = dZ / (m * temperature)
    return cost, B @ dZ, (dZ @ A.T).T


# %% which_of_the_batch: lead over the right one
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    Z = B.T @ A / temperature
    right = np.diag(Z)
    total = np.exp(Z - right).sum(axis=0)
    cost = np.mean(np.log(total))
    shares = np.exp(Z - right) / total
    dZ = (shares - np.eye(m)) / (temperature * m)
    return cost, B @ dZ, A @ dZ.T


# %% which_of_the_batch: pulls and pushes
def which_of_the_batch(A, B, temperature=0.1):
    m = A.shape[1]
    S = softmax(B.T @ A / temperature)
    return np.log(1 / np.diag(S)).mean(), (B @ S - B) / (temperature * m), (A @ S.T - A) / (temperature * m)


# %% which_of_the_batch: softmax by hand with a shift for each column
def which_of_the_batch(A, B, temperature=0.1):
    n, m = A.shape
    Z = np.matmul(np.transpose(B), A) / temperature
    T = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    S = T / np.sum(T, axis=0, keepdims=True)
    cost = 0.0
    for i in range(m):
        cost = cost - np.log(S[i, i])
    G = S - np.eye(m)
    return cost / m, np.matmul(B, G) / m / temperature, np.matmul(A, G.T) / m / temperature
