# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% early_stopping: waited steps counted
def early_stopping(dev_errors, check_every=50, patience=2000):
    best, best_step, step, waited = float("inf"), 0, 0, 0
    for error in dev_errors:
        step += check_every
        if error < best:
            best, best_step, waited = error, step, 0
        else:
            waited += check_every
            if waited >= patience:
                break
    return best_step, step


# %% early_stopping: checks rounded up
def early_stopping(dev_errors, check_every=50, patience=2000):
    most = -(-patience // check_every)
    best = -1
    for i in range(len(dev_errors)):
        if not np.isnan(dev_errors[i]) and (best < 0 or dev_errors[i] < dev_errors[best]):
            best = i
        if i - best >= most and best >= 0:
            break
    return (best + 1) * check_every, (i + 1) * check_every


# %% early_stopping: while
def early_stopping(dev_errors, check_every=50, patience=2000):
    best, best_step, i = math.inf, 0, 0
    while True:
        step = (i + 1) * check_every
        if dev_errors[i] < best:
            best = dev_errors[i]
            best_step = step
        if step - best_step >= patience or i == len(dev_errors) - 1:
            return best_step, step
        i += 1


# %% early_stopping: returns inside of the loop
def early_stopping(dev_errors, check_every=50, patience=2000):
    best, best_step = np.inf, 0
    for step, error in zip(range(check_every, check_every * (len(dev_errors) + 1), check_every), dev_errors):
        if best > error:
            best, best_step = error, step
        if step >= best_step + patience:
            return best_step, step
    return best_step, len(dev_errors) * check_every


# %% early_stopping: running minimum
def early_stopping(dev_errors, check_every=50, patience=2000):
    errors = np.where(np.isnan(dev_errors), np.inf, dev_errors)
    for i in range(len(errors)):
        best = int(np.argmin(errors[: i + 1]))
        if (i - best) * check_every >= patience:
            break
    return (best + 1) * check_every, (i + 1) * check_every


# %% early_stopping: not a number left out by hand
def early_stopping(dev_errors, check_every=50, patience=2000):
    best_error = None
    best_step = 0
    for i, e in enumerate(dev_errors, start=1):
        step = i * check_every
        if np.isfinite(e) and (best_error is None or e < best_error):
            best_error = e
            best_step = step
            continue
        if step - best_step >= patience:
            break
    return best_step, step


# %% early_stopping: a list
def early_stopping(dev_errors, check_every=50, patience=2000):
    best, best_step, step = math.inf, 0, 0
    for i, error in enumerate(dev_errors):
        step = (i + 1) * check_every
        if error < best:
            best, best_step = error, step
        elif step - best_step >= patience:
            break
    return [best_step, step]


# %% early_stopping: floats
def early_stopping(dev_errors, check_every=50, patience=2000):
    best, best_step = 1e300, 0.0
    for i, error in enumerate(dev_errors):
        step = float(i + 1) * check_every
        if error < best:
            best, best_step = error, step
        if not step - best_step < patience:
            break
    return best_step, step


# %% early_stopping: history of bests
def early_stopping(dev_errors, check_every=50, patience=2000):
    bests = [(math.inf, 0)]
    for i, error in enumerate(dev_errors):
        step = check_every * i + check_every
        if error < bests[-1][0]:
            bests.append((error, step))
        if step - bests[-1][1] >= patience:
            break
    return bests[-1][1], step


# %% early_stopping: steps left
def early_stopping(dev_errors, check_every=50, patience=2000):
    left, best, best_step, step = patience, math.inf, 0, 0
    for error in dev_errors:
        step += check_every
        left -= check_every
        if error < best:
            best, best_step, left = error, step, patience
        if left <= 0:
            break
    return best_step, step


# %% penalty: two sums
def penalty(parameters, l1=0.0, l2=0.0):
    sizes = sum(np.abs(v).sum() for k, v in parameters.items() if k[0] == "W")
    squares = sum((v**2).sum() for k, v in parameters.items() if k[0] == "W")
    return l1 * sizes + l2 * squares


# %% penalty: by number
def penalty(parameters, l1=0.0, l2=0.0):
    L = len(parameters) // 2
    total = 0
    for l in range(1, L + 1):
        W = parameters["W" + str(l)]
        total = total + l1 * np.abs(W).sum() + l2 * np.square(W).sum()
    return total


# %% penalty: norms
def penalty(parameters, l1=0.0, l2=0.0):
    return sum(
        l1 * np.linalg.norm(W.ravel(), 1) + l2 * np.linalg.norm(W) ** 2 for name, W in parameters.items() if "W" in name
    )


# %% penalty: one long vector
def penalty(parameters, l1=0.0, l2=0.0):
    w = np.concatenate([v.ravel() for k, v in parameters.items() if k.startswith("W")])
    return l1 * np.sum(np.abs(w)) + l2 * np.dot(w, w)


# %% penalty: inside one sum
def penalty(parameters, l1=0.0, l2=0.0):
    price = 0.0
    for name in parameters:
        if not name.startswith("b"):
            W = parameters[name]
            price += np.sum(l1 * np.abs(W) + l2 * W**2)
    return price


# %% penalty: as long as there is a layer
def penalty(parameters, l1=0.0, l2=0.0):
    price, l = 0.0, 1
    while f"W{l}" in parameters:
        price += l1 * np.abs(parameters[f"W{l}"]).sum() + l2 * (parameters[f"W{l}"] ** 2).sum()
        l += 1
    return price


# %% penalty: weight by weight
def penalty(parameters, l1=0.0, l2=0.0):
    price = 0.0
    for name, W in parameters.items():
        if name[0] == "W":
            for w in W.flat:
                price += l1 * abs(w) + l2 * w * w
    return price


# %% penalty: einsum
def penalty(parameters, l1=0.0, l2=0.0):
    Ws = [parameters[k] for k in sorted(parameters) if k.startswith("W")]
    return l1 * sum(np.einsum("ij->", np.abs(W)) for W in Ws) + l2 * sum(np.einsum("ij,ij->", W, W) for W in Ws)


# %% penalty: sign times weight
def penalty(parameters, l1=0.0, l2=0.0):
    return np.sum([np.sum(W * (l1 * np.sign(W) + l2 * W)) for name, W in parameters.items() if name.startswith("W")])


# %% penalty: as an array of one
def penalty(parameters, l1=0.0, l2=0.0):
    price = np.zeros(1)
    for name, W in parameters.items():
        if name.startswith("W"):
            price += l1 * np.sum(abs(W)) + l2 * np.sum(W * W)
    return price


# %% add_penalty_gradient: comprehension
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    return {
        d: g + l1 * np.sign(parameters[d[1:]]) + 2 * l2 * parameters[d[1:]] if d.startswith("dW") else g
        for d, g in grads.items()
    }


# %% add_penalty_gradient: by number
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    out = {}
    for l in range(1, len(parameters) // 2 + 1):
        W = parameters["W" + str(l)]
        out["dW" + str(l)] = grads["dW" + str(l)] + l1 * np.sign(W) + l2 * 2 * W
        out["db" + str(l)] = grads["db" + str(l)]
    return out


# %% add_penalty_gradient: deep copy
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    import copy

    total = copy.deepcopy(grads)
    for name, W in parameters.items():
        if name[0] == "W":
            total["d" + name] += l1 * np.sign(W)
            total["d" + name] += 2 * l2 * W
    return total


# %% add_penalty_gradient: sign by comparison
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    total = grads.copy()
    for name in [k for k in parameters if "W" in k]:
        W = parameters[name]
        sign = (W > 0).astype(float) - (W < 0).astype(float)
        total["d" + name] = total["d" + name] + l1 * sign + 2 * l2 * W
    return total


# %% add_penalty_gradient: two rounds
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    total = {k: v.copy() for k, v in grads.items()}
    for k, v in parameters.items():
        if k.startswith("W"):
            total[f"d{k}"] = total[f"d{k}"] + 2 * l2 * v
    for k, v in parameters.items():
        if k.startswith("W"):
            total[f"d{k}"] = total[f"d{k}"] + l1 * np.sign(v)
    return total


# %% add_penalty_gradient: merged dicts
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    pull = {f"d{k}": l1 * np.sign(v) + 2 * l2 * v for k, v in parameters.items() if k.startswith("W")}
    return {**grads, **{d: grads[d] + p for d, p in pull.items()}}


# %% add_penalty_gradient: zero pull for biases
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    total = {}
    for name, value in parameters.items():
        is_weight = 1.0 if name.startswith("W") else 0.0
        total["d" + name] = grads["d" + name] + is_weight * (l1 * np.sign(value) + 2 * l2 * value)
    return total


# %% add_penalty_gradient: np.where for the sign
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    total = dict(grads)
    l = 1
    while f"W{l}" in parameters:
        W = parameters[f"W{l}"]
        total[f"dW{l}"] = grads[f"dW{l}"] + np.where(W > 0, l1, np.where(W < 0, -l1, 0.0)) + 2 * l2 * W
        l += 1
    return total


# %% add_penalty_gradient: an inner function
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    def slope(W):
        return l1 * np.sign(W) + 2 * l2 * W

    return {d: (g + slope(parameters[d[1:]])) if d[1] == "W" else g for d, g in grads.items()}


# %% add_penalty_gradient: np.add
def add_penalty_gradient(grads, parameters, l1=0.0, l2=0.0):
    total = dict(grads)
    for d in total:
        if d[:2] == "dW":
            W = parameters[d[1:]]
            total[d] = np.add(total[d], np.add(np.multiply(l1, np.sign(W)), np.multiply(2 * l2, W)))
    return total


# %% shrink: where
def shrink(W, amount):
    return np.where(np.abs(W) <= amount, 0.0, W - amount * np.sign(W))


# %% shrink: two maxima
def shrink(W, amount):
    return np.maximum(W - amount, 0) - np.maximum(-W - amount, 0)


# %% shrink: clip taken away
def shrink(W, amount):
    return W - np.clip(W, -amount, amount)


# %% shrink: three cases
def shrink(W, amount):
    out = np.zeros(W.shape)
    out[W > amount] = W[W > amount] - amount
    out[W < -amount] = W[W < -amount] + amount
    return out


# %% shrink: weight by weight
def shrink(W, amount):
    out = np.zeros_like(W)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            w = W[i, j]
            if w > amount:
                out[i, j] = w - amount
            elif w < -amount:
                out[i, j] = w + amount
    return out


# %% shrink: mask
def shrink(W, amount):
    size = abs(W) - amount
    return (size > 0) * size * np.sign(W)


# %% shrink: np.select
def shrink(W, amount):
    return np.select([W > amount, W < -amount], [W - amount, W + amount], 0.0)


# %% shrink: copysign
def shrink(W, amount):
    return np.copysign(np.fmax(np.abs(W) - amount, 0.0), W)


# %% shrink: minimum of sizes
def shrink(W, amount):
    return W - np.sign(W) * np.minimum(np.abs(W), amount)


# %% shrink: np.vectorize
def shrink(W, amount):
    one = np.vectorize(lambda w: max(w - amount, 0.0) if w > 0 else min(w + amount, 0.0), otypes=[float])
    return one(W)


# %% max_norm: norm and where
def max_norm(W, r):
    norms = np.linalg.norm(W, axis=1, keepdims=True)
    return np.where(norms > r, W * r / np.where(norms > 0, norms, 1), W)


# %% max_norm: minimum with infinity
def max_norm(W, r):
    with np.errstate(divide="ignore"):
        return W * np.minimum(1, r / np.linalg.norm(W, axis=1, keepdims=True))


# %% max_norm: as Keras
def max_norm(W, r):
    norms = np.sqrt((W * W).sum(axis=1, keepdims=True))
    return W * np.clip(norms, 0, r) / (1e-7 + norms)


# %% max_norm: row by row
def max_norm(W, r):
    out = W.copy()
    for i in range(len(W)):
        length = np.sqrt(np.sum(W[i] ** 2))
        if length > r:
            out[i] = W[i] / length * r
    return out


# %% max_norm: stacked
def max_norm(W, r):
    return np.vstack([row * min(1, r / np.linalg.norm(row)) if row.any() else row for row in W])


# %% max_norm: boolean index
def max_norm(W, r):
    out = np.array(W)
    lengths = np.linalg.norm(W, axis=1)
    long = lengths > r
    out[long] *= (r / lengths[long])[:, None]
    return out


# %% max_norm: transposed
def max_norm(W, r):
    lengths = np.sqrt((W.T**2).sum(axis=0))
    return (W.T * (r / np.maximum(lengths, r))).T


# %% max_norm: einsum
def max_norm(W, r):
    lengths = np.sqrt(np.einsum("ij,ij->i", W, W)).reshape(-1, 1)
    return W * (r / np.maximum(r, lengths))


# %% max_norm: squares compared
def max_norm(W, r):
    squares = np.sum(W**2, 1, keepdims=True)
    factor = np.ones_like(squares)
    factor[squares > r**2] = r / np.sqrt(squares[squares > r**2])
    return factor * W


# %% max_norm: diagonal
def max_norm(W, r):
    return np.diag(r / np.maximum(np.linalg.norm(W, axis=1), r)) @ W


# %% dropout: where
def dropout(A, U, rate, training=True):
    if not training:
        return A, np.ones_like(A, dtype=bool)
    dropped = U < rate
    return np.where(dropped, 0, A / (1 - rate)), ~dropped


# %% dropout: mask of numbers
def dropout(A, U, rate, training=True):
    if training:
        mask = (U >= rate).astype(float)
        return A * mask / (1 - rate), mask
    return A, np.ones(A.shape)


# %% dropout: keep_prob
def dropout(A, U, rate, training=True):
    keep_prob = 1 - rate
    mask = ~(U < rate) if training else np.full(A.shape, True)
    return (A * mask / keep_prob if training else A), mask


# %% dropout: rate 0 in use
def dropout(A, U, rate, training=True):
    rate = rate if training else 0
    mask = U >= rate
    return A * mask / (1 - rate), mask


# %% dropout: written into a copy
def dropout(A, U, rate, training=True):
    A = A.copy()
    mask = np.ones_like(U, dtype=bool)
    if training:
        mask[U < rate] = False
        A[~mask] = 0
        A = A / (1 - rate)
    return A, mask


# %% dropout: unit by unit
def dropout(A, U, rate, training=True):
    out, mask = np.zeros(A.shape), np.zeros(A.shape, dtype=bool)
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            if not training:
                out[i, j], mask[i, j] = A[i, j], True
            elif U[i, j] >= rate:
                out[i, j], mask[i, j] = A[i, j] / (1 - rate), True
    return out, mask


# %% dropout: scaled mask
def dropout(A, U, rate, training=True):
    mask = np.logical_or(U >= rate, not training)
    scale = 1 / (1 - rate) if training else 1
    return A * (mask * scale), mask


# %% dropout: np.multiply
def dropout(A, U, rate, training=True):
    mask = np.greater_equal(U, rate) if training else np.ones(A.shape, bool)
    out = np.multiply(A, mask)
    if training:
        out = np.divide(out, 1.0 - rate)
    return out, mask


# %% dropout: whole numbers for the mask
def dropout(A, U, rate, training=True):
    mask = np.where(U < rate, 0, 1) if training else np.ones(A.shape, dtype=int)
    return (A * mask) / (1 - rate * training), mask


# %% dropout: sign of the difference
def dropout(A, U, rate, training=True):
    if training is False:
        return A.copy(), np.ones(A.shape) > 0
    mask = U - rate >= 0
    return A * mask * (1 / (1 - rate)), mask


# %% weights_after_dropout: by number
def weights_after_dropout(parameters, rates):
    out = {}
    for l in range(1, len(rates) + 1):
        out[f"W{l}"] = parameters[f"W{l}"] * (1 - rates[l - 1])
        out[f"b{l}"] = parameters[f"b{l}"]
    return out


# %% weights_after_dropout: enumerate
def weights_after_dropout(parameters, rates):
    scaled = dict(parameters)
    for l, rate in enumerate(rates, start=1):
        scaled["W" + str(l)] = (1 - rate) * parameters["W" + str(l)]
    return scaled


# %% weights_after_dropout: copies
def weights_after_dropout(parameters, rates):
    scaled = {name: value.copy() for name, value in parameters.items()}
    for l in range(len(rates)):
        scaled[f"W{l + 1}"] *= 1 - rates[l]
    return scaled


# %% weights_after_dropout: comprehension
def weights_after_dropout(parameters, rates):
    return {n: v * (1 - rates[int(n[1:]) - 1]) if n[0] == "W" else v for n, v in parameters.items()}


# %% weights_after_dropout: less what was dropped
def weights_after_dropout(parameters, rates):
    return {n: v - rates[int(n[1:]) - 1] * v if n.startswith("W") else v for n, v in parameters.items()}


# %% weights_after_dropout: zip of the sorted names
def weights_after_dropout(parameters, rates):
    scaled = dict(parameters)
    names = sorted(n for n in parameters if n.startswith("W"))
    for name, rate in zip(names, rates):
        scaled[name] = parameters[name] * (1.0 - rate)
    return scaled


# %% weights_after_dropout: keep_probs
def weights_after_dropout(parameters, rates):
    keep = [1 - rate for rate in rates]
    return {n: keep[int(n[1:]) - 1] * v if n.startswith("W") else v for n, v in parameters.items()}


# %% weights_after_dropout: factor 1 for biases
def weights_after_dropout(parameters, rates):
    scaled = {}
    for name in parameters:
        factor = 1.0
        if "W" in name:
            factor = 1 - rates[int(name.replace("W", "")) - 1]
        scaled[name] = parameters[name] * factor
    return scaled


# %% weights_after_dropout: array of rates
def weights_after_dropout(parameters, rates):
    keep = 1 - np.asarray(rates)
    scaled = {}
    for i in range(keep.size):
        scaled.update({f"W{i + 1}": parameters[f"W{i + 1}"] * keep[i], f"b{i + 1}": parameters[f"b{i + 1}"]})
    return scaled


# %% weights_after_dropout: while
def weights_after_dropout(parameters, rates):
    scaled, l = {}, 1
    while f"W{l}" in parameters:
        scaled[f"W{l}"] = np.multiply(parameters[f"W{l}"], 1 - rates[l - 1])
        scaled[f"b{l}"] = parameters[f"b{l}"]
        l += 1
    return scaled


# %% dropconnect: where
def dropconnect(W, A, b, U, rate):
    return np.where(U < rate, 0.0, W / (1 - rate)) @ A + b


# %% dropconnect: divided afterwards
def dropconnect(W, A, b, U, rate):
    return (W * (U >= rate)) @ A / (1 - rate) + b


# %% dropconnect: copy
def dropconnect(W, A, b, U, rate):
    thinned = W.copy()
    thinned[U < rate] = 0
    return np.dot(thinned / (1 - rate), A) + b


# %% dropconnect: keep_prob
def dropconnect(W, A, b, U, rate):
    keep_prob = 1 - rate
    D = (U >= rate).astype(int)
    return np.matmul(np.multiply(W, D), A) / keep_prob + b


# %% dropconnect: einsum
def dropconnect(W, A, b, U, rate):
    return np.einsum("ij,jk->ik", W * (U >= rate), A) / (1 - rate) + b


# %% dropconnect: scaled inputs
def dropconnect(W, A, b, U, rate):
    return (W * ~(U < rate)) @ (A / (1 - rate)) + b


# %% dropconnect: unit by unit
def dropconnect(W, A, b, U, rate):
    Z = np.zeros((W.shape[0], A.shape[1]))
    for i in range(W.shape[0]):
        kept = U[i] >= rate
        Z[i] = W[i, kept] @ A[kept] / (1 - rate) + b[i, 0]
    return Z


# %% dropconnect: what is dropped taken away
def dropconnect(W, A, b, U, rate):
    return ((W - W * (U < rate)) / (1 - rate)) @ A + b


# %% dropconnect: bias inside a larger matrix
def dropconnect(W, A, b, U, rate):
    thinned = np.hstack([W * (U >= rate) / (1 - rate), b])
    return thinned @ np.vstack([A, np.ones((1, A.shape[1]))])


# %% dropconnect: example by example
def dropconnect(W, A, b, U, rate):
    M = W * (U >= rate) / (1 - rate)
    return np.column_stack([M.dot(A[:, j]) + b.ravel() for j in range(A.shape[1])])


# %% shift_pictures: slices in both
def shift_pictures(images, dx, dy):
    m, h, w = images.shape
    out = np.zeros_like(images)
    for i in range(m):
        x, y = dx[i], dy[i]
        if abs(x) >= w or abs(y) >= h:
            continue
        out[i, max(0, y) : h + min(0, y), max(0, x) : w + min(0, x)] = images[i, max(0, -y) : h - max(0, y), max(0, -x) : w - max(0, x)]
    return out


# %% shift_pictures: pixel by pixel
def shift_pictures(images, dx, dy):
    m, h, w = images.shape
    out = np.zeros(images.shape)
    for i in range(m):
        for r in range(h):
            for c in range(w):
                if 0 <= r - dy[i] < h and 0 <= c - dx[i] < w:
                    out[i, r, c] = images[i, r - dy[i], c - dx[i]]
    return out


# %% shift_pictures: roll, then blank
def shift_pictures(images, dx, dy):
    out = np.empty_like(images)
    for i, (x, y) in enumerate(zip(dx, dy)):
        moved = np.roll(images[i], (y, x), axis=(0, 1))
        if y > 0:
            moved[:y] = 0
        if y < 0:
            moved[y:] = 0
        if x > 0:
            moved[:, :x] = 0
        if x < 0:
            moved[:, x:] = 0
        out[i] = moved
    return out


# %% shift_pictures: matrices that move
def shift_pictures(images, dx, dy):
    m, h, w = images.shape
    return np.array([np.eye(h, k=-dy[i]) @ images[i] @ np.eye(w, k=dx[i]) for i in range(m)])


# %% shift_pictures: index arrays
def shift_pictures(images, dx, dy):
    m, h, w = images.shape
    rows = np.arange(h)[None, :] - np.asarray(dy)[:, None]
    columns = np.arange(w)[None, :] - np.asarray(dx)[:, None]
    seen = ((rows >= 0) & (rows < h))[:, :, None] & ((columns >= 0) & (columns < w))[:, None, :]
    taken = images[np.arange(m)[:, None, None], rows.clip(0, h - 1)[:, :, None], columns.clip(0, w - 1)[:, None, :]]
    return taken * seen


# %% shift_pictures: wide padding
def shift_pictures(images, dx, dy):
    m, h, w = images.shape
    far = int(max(np.abs(dx).max(), np.abs(dy).max()))
    padded = np.pad(images, ((0, 0), (far, far), (far, far)))
    return np.stack([padded[i, far - dy[i] : far - dy[i] + h, far - dx[i] : far - dx[i] + w] for i in range(m)])


# %% shift_pictures: larger field
def shift_pictures(images, dx, dy):
    m, h, w = images.shape
    out = []
    for i in range(m):
        field = np.zeros((5 * h, 5 * w))
        top, left = 2 * h + max(-2 * h, min(2 * h, dy[i])), 2 * w + max(-2 * w, min(2 * w, dx[i]))
        field[top : top + h, left : left + w] = images[i]
        out.append(field[2 * h : 3 * h, 2 * w : 3 * w])
    return np.array(out)


# %% shift_pictures: down, then right
def shift_pictures(images, dx, dy):
    out = np.zeros_like(images)
    for i in range(len(images)):
        h, w = images[i].shape
        down = np.zeros((h, w))
        for r in range(h):
            if 0 <= r + dy[i] < h:
                down[r + dy[i]] = images[i][r]
        for c in range(w):
            if 0 <= c + dx[i] < w:
                out[i][:, c + dx[i]] = down[:, c]
    return out


# %% shift_pictures: one by one, by a function
def shift_pictures(images, dx, dy):
    def move(image, x, y):
        h, w = image.shape
        rows = [r - y for r in range(h)]
        columns = [c - x for c in range(w)]
        return [[image[r][c] if 0 <= r < h and 0 <= c < w else 0.0 for c in columns] for r in rows]

    return np.array([move(image, int(x), int(y)) for image, x, y in zip(images, dx, dy)])


# %% shift_pictures: all pixels that stay
def shift_pictures(images, dx, dy):
    out = np.zeros_like(images)
    i, r, c = np.indices(images.shape).reshape(3, -1)
    to_r, to_c = r + np.asarray(dy)[i], c + np.asarray(dx)[i]
    stays = (to_r >= 0) & (to_r < images.shape[1]) & (to_c >= 0) & (to_c < images.shape[2])
    out[i[stays], to_r[stays], to_c[stays]] = images[i[stays], r[stays], c[stays]]
    return out


# %% prune: places sorted
def prune(parameters, share):
    names = [n for n in parameters if n.startswith("W")]
    w = np.concatenate([parameters[n].ravel() for n in names])
    w[np.argsort(np.abs(w))[: round(share * w.size)]] = 0
    out, at = dict(parameters), 0
    for n in names:
        size = parameters[n].size
        out[n] = w[at : at + size].reshape(parameters[n].shape)
        at += size
    return out


# %% prune: first size that stays
def prune(parameters, share):
    sizes = sorted(abs(w) for n, W in parameters.items() if n[0] == "W" for w in W.flat)
    k = int(round(share * len(sizes)))
    first = sizes[k] if k < len(sizes) else np.inf
    return {n: np.where(np.abs(v) < first, 0, v) if n[0] == "W" else v for n, v in parameters.items()}


# %% prune: copies
def prune(parameters, share):
    out = {n: v.copy() for n, v in parameters.items()}
    every = np.concatenate([np.abs(v).flatten() for n, v in out.items() if "W" in n])
    k = round(share * every.size)
    if k == 0:
        return out
    limit = np.sort(every)[k - 1]
    for n in out:
        if "W" in n:
            out[n][np.abs(out[n]) <= limit] = 0
    return out


# %% prune: partition
def prune(parameters, share):
    every = np.hstack([np.abs(v).ravel() for n, v in parameters.items() if n.startswith("W")])
    k = int(np.round(share * every.size))
    limit = np.partition(every, k - 1)[k - 1] if k > 0 else -1
    return {n: v * (np.abs(v) > limit) if n.startswith("W") else v for n, v in parameters.items()}


# %% prune: one after the other
def prune(parameters, share):
    out = {n: np.array(v) for n, v in parameters.items()}
    places = [(abs(out[n][i, j]), n, i, j) for n in out if n[0] == "W" for i in range(out[n].shape[0]) for j in range(out[n].shape[1])]
    places.sort()
    for _, n, i, j in places[: round(share * len(places))]:
        out[n][i, j] = 0.0
    return out


# %% prune: by number of the layer
def prune(parameters, share):
    L = len(parameters) // 2
    out = dict(parameters)
    every = np.sort(np.concatenate([abs(parameters["W" + str(l)]).reshape(-1) for l in range(1, L + 1)]))
    k = round(share * len(every))
    limit = -1.0 if k == 0 else every[k - 1]
    for l in range(1, L + 1):
        W = parameters["W" + str(l)]
        out["W" + str(l)] = np.where(abs(W) > limit, W, 0.0)
    return out


# %% prune: ranks
def prune(parameters, share):
    names = [n for n in parameters if n.startswith("W")]
    sizes = np.concatenate([np.abs(parameters[n]).ravel() for n in names])
    ranks = np.argsort(np.argsort(sizes))
    kept = ranks >= round(share * sizes.size)
    pieces = np.split(kept, np.cumsum([parameters[n].size for n in names])[:-1])
    return {**parameters, **{n: parameters[n] * piece.reshape(parameters[n].shape) for n, piece in zip(names, pieces)}}


# %% prune: limit between two sizes
def prune(parameters, share):
    sizes = np.sort(np.concatenate([np.abs(v).ravel() for n, v in parameters.items() if n.startswith("W")]))
    borders = np.concatenate([[-1.0], (sizes[:-1] + sizes[1:]) / 2, [sizes[-1] + 1]])
    limit = borders[round(share * sizes.size)]
    return {n: np.where(np.abs(v) < limit, 0.0, v) if n.startswith("W") else v for n, v in parameters.items()}


# %% prune: squares
def prune(parameters, share):
    squares = np.sort(np.concatenate([(v**2).ravel() for n, v in parameters.items() if n.startswith("W")]))
    k = round(share * squares.size)
    out = dict(parameters)
    if k >= 1:
        for n, v in parameters.items():
            if n.startswith("W"):
                out[n] = np.where(v**2 <= squares[k - 1], 0.0, v)
    return out


# %% prune: the largest kept
def prune(parameters, share):
    sizes = np.concatenate([np.abs(v).ravel() for n, v in parameters.items() if n.startswith("W")])
    stay = sizes.size - round(share * sizes.size)
    largest = set(np.sort(sizes)[sizes.size - stay :].tolist())
    return {
        n: np.array([[w if abs(w) in largest else 0.0 for w in row] for row in v]) if n.startswith("W") else v
        for n, v in parameters.items()
    }


# %% ftrl_step: clip
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    n_new = n + g * g
    z_new = z + g - (n_new**0.5 - n**0.5) / alpha * w
    w_new = (np.clip(z_new, -l1, l1) - z_new) / ((beta + n_new**0.5) / alpha + l2)
    return w_new, z_new, n_new


# %% ftrl_step: maximum
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    old, n = n, n + np.square(g)
    z = z + g - w * (np.sqrt(n) - np.sqrt(old)) / alpha
    return -np.sign(z) * np.maximum(np.abs(z) - l1, 0) / (l2 + (beta + np.sqrt(n)) / alpha), z, n


# %% ftrl_step: boolean index
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    sigma = (np.sqrt(n + g**2) - np.sqrt(n)) / alpha
    z = z + g - sigma * w
    n = n + g**2
    w = np.zeros(z.shape)
    far = np.abs(z) > l1
    w[far] = -(z[far] - np.sign(z[far]) * l1) / ((beta + np.sqrt(n[far])) / alpha + l2)
    return w, z, n


# %% ftrl_step: entry by entry
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    w_new, z_new, n_new = np.zeros(w.shape), np.zeros(w.shape), np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        n_new[i] = n[i] + g[i] ** 2
        sigma = (math.sqrt(n_new[i]) - math.sqrt(n[i])) / alpha
        z_new[i] = z[i] + g[i] - sigma * w[i]
        if abs(z_new[i]) > l1:
            sign = 1 if z_new[i] > 0 else -1
            w_new[i] = (sign * l1 - z_new[i]) / ((beta + math.sqrt(n_new[i])) / alpha + l2)
    return w_new, z_new, n_new


# %% ftrl_step: mask times formula
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    root = np.sqrt(n)
    n = n + g**2
    z = z + g - (np.sqrt(n) - root) / alpha * w
    w = (np.abs(z) > l1) * (np.sign(z) * l1 - z) / ((beta + np.sqrt(n)) / alpha + l2)
    return w, z, n


# %% ftrl_step: times alpha above and below
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    n2 = n + g**2
    z2 = z + g - w * (np.sqrt(n2) - np.sqrt(n)) / alpha
    return np.where(np.abs(z2) <= l1, 0, alpha * (l1 * np.sign(z2) - z2) / (beta + np.sqrt(n2) + alpha * l2)), z2, n2


# %% ftrl_step: np.select
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    sigma = (np.sqrt(n + g**2) - np.sqrt(n)) / alpha
    z, n = z + g - sigma * w, n + g**2
    below = (beta + np.sqrt(n)) / alpha + l2
    return np.select([z > l1, z < -l1], [(l1 - z) / below, (-l1 - z) / below], 0.0), z, n


# %% ftrl_step: a list
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    sigma = (np.sqrt(n + g**2) - np.sqrt(n)) / alpha
    z = z + (g - sigma * w)
    n = n + g**2
    w = np.where(abs(z) > l1, (l1 * np.sign(z) - z) / (beta / alpha + np.sqrt(n) / alpha + l2), 0.0)
    return [w, z, n]


# %% ftrl_step: soft threshold first
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    def soft(v):
        return v - np.clip(v, -l1, l1)

    grown = np.add(n, np.power(g, 2))
    z = z + g - np.subtract(np.sqrt(grown), np.sqrt(n)) * w / alpha
    return -soft(z) / ((beta + np.sqrt(grown)) / alpha + l2), z, grown


# %% ftrl_step: cut afterwards
def ftrl_step(w, g, z, n, alpha, beta, l1, l2):
    sigma = (np.sqrt(n + g**2) - np.sqrt(n)) / alpha
    z = z + g - sigma * w
    n = n + g**2
    w = -(z - l1 * np.sign(z)) / ((beta + np.sqrt(n)) / alpha + l2)
    w[np.abs(z) <= l1] = 0
    return w, z, n
