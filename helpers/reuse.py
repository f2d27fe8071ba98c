"""Deep nets of ELU layers that learn one task and are kept for another: training with patience, on pairs of pictures, and on
two views of one picture. Letters as in `helpers.nets`. A *tower* is a dict W1, b1, ..., Wk, bk of hidden layers alone.

All arrays are float32, in which the products of matrices take half the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers import deep, nets
from helpers.explorers.race import adam
from helpers.nets import Parameters
from helpers.training import ready, train_classes

EPSILON = 1e-3  # under the root of batch norm
TEMPERATURE = 0.1
PAIRS = 100  # in a batch
VIEWS = 100  # pictures in a batch of which each is seen twice

Judge = Callable[..., tuple[np.ndarray, dict, np.ndarray, np.ndarray]]


def elu(Z):
    """The exponential linear unit with alpha = 1 (Clevert et al., 2016), and its slope, both in the shape of Z."""
    A = np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0)))
    return A, 1 + np.minimum(A, 0)


softmax = nets.ACTIVATIONS["softmax"]  # shares by column, in the shape of the scores


def first_weights(sizes: Sequence[int], seed: int) -> Parameters:
    """He's weights and zero biases for a net of these sizes, inputs first."""
    return as_floats(nets.initialize_scaled(sizes, gain=2, seed=seed))


def as_floats(parameters: Parameters) -> Parameters:
    """The same numbers as float32."""
    return {name: value.astype(np.float32) for name, value in parameters.items()}


def one_hot(labels, classes: int):
    """A column with a single 1 for each of the labels, shape (m,) or (1, m): shape (classes, m)."""
    return np.eye(classes, dtype=np.float32)[:, np.ravel(labels)]


def tower_of(parameters: Parameters, layers: int) -> Parameters:
    """The lowest layers of a net: the same arrays under the same names."""
    return {name: value for name, value in parameters.items() if int(name[1:]) <= layers}


# Classes -------------------------------------------------------------------------------------------------------------


def class_gradients(X, Y, parameters: Parameters):
    """Mean cost of softmax on ELU layers, and its derivatives by all parameters; Y: one-hot, shape (C, m)."""
    return deep.gradients(X, Y, parameters, elu)


def class_scores(X, parameters: Parameters):
    """Scores before softmax, shape (C, m)."""
    return deep.forward(X, parameters, elu)[0]


def percent_right(X, labels, parameters: Parameters) -> float:
    """Per cent of the pictures whose largest score is that of their label; labels: shape (m,) or (1, m)."""
    return 100 * nets.share_right(class_scores(X, parameters), np.ravel(labels))


def train_all(X, Y, parameters: Parameters, **how) -> Parameters:
    """Parameters after Adam on all layers, in mini-batches; how: as `train_classes`."""
    how = {"learning_rate": 0.001, "batch_size": 20, "gradients": class_gradients, **how}
    return train_classes(X, Y, parameters, update=deep.each_by(adam), **how).parameters


def train_upper(X, Y, parameters: Parameters, frozen: int, *, steps: int, seed: int = 0, change=None) -> Parameters:
    """Parameters after Adam on the layers above the frozen ones, in at least `steps` batches of 20.

    What the frozen layers give is computed once. change(X), without frozen layers: what becomes of each batch of pictures before
    it is learnt from.
    """

    def gradients(X, Y, parameters):
        return class_gradients(change(X) if change else X, Y, parameters)

    A = climb(X, tower_of(parameters, frozen))[-1]
    above = {_moved(name, -frozen): value for name, value in parameters.items() if int(name[1:]) > frozen}
    epochs = -(-steps // -(-X.shape[1] // 20))
    above = train_all(A, Y, above, gradients=gradients, epochs=epochs, seed=seed)
    return parameters | {_moved(name, frozen): value for name, value in above.items()}


def _moved(name: str, layers: int) -> str:
    """The name of a parameter so many layers higher up."""
    return f"{name[0]}{int(name[1:]) + layers}"


# Batch norm, dropout and patience ------------------------------------------------------------------------------------


@dataclass
class Remedied:
    """A net for several classes with batch norm (Ioffe and Szegedy, 2015), dropout in each hidden layer, both or neither.

    averages: the running mean and variance of each normalized layer, which training moves; with `normalized`, parameters have
    a gamma for each hidden layer, and b comes after the normalization, as its beta. drop: share of units that is dropped.
    """

    normalized: bool = False
    drop: float = 0.0
    seed: int = 0
    averages: dict = field(default_factory=dict)

    def __post_init__(self):
        self.rng = np.random.default_rng(self.seed)

    def begin(self, parameters: Parameters) -> Parameters:
        """The same parameters, with a gamma of ones for each hidden layer if it is normalized."""
        if not self.normalized:
            return parameters
        layers = range(1, nets.number_of_layers(parameters))
        return parameters | {f"gamma{l}": np.ones_like(parameters[f"b{l}"]) for l in layers}

    def scores(self, X, parameters: Parameters):
        """In use: nothing is dropped, and the averages normalize. Shape (C, m)."""
        A, L = X, nets.number_of_layers(parameters)
        for l in range(1, L):
            Z = parameters[f"W{l}"] @ A
            if self.normalized:
                mean, var = self.averages[l]
                Z = parameters[f"gamma{l}"] * (Z - mean) / np.sqrt(var + EPSILON)
            A, _ = elu(Z + parameters[f"b{l}"])
        return parameters[f"W{L}"] @ A + parameters[f"b{L}"]

    def gradients(self, X, Y, parameters: Parameters):
        """In training: mean cost, and derivatives by all parameters."""
        L, m = nets.number_of_layers(parameters), Y.shape[1]
        A, layers = X, []
        for l in range(1, L):
            layer = {"into": A}
            Z = parameters[f"W{l}"] @ A
            if self.normalized:
                mean, var = np.mean(Z, axis=1)[:, None], np.var(Z, axis=1)[:, None]
                old = self.averages.get(l, (np.zeros_like(mean), np.ones_like(var)))
                self.averages[l] = tuple(0.9 * a + 0.1 * new for a, new in zip(old, (mean, var), strict=True))
                layer["spread"] = np.sqrt(var + EPSILON)
                layer["even"] = (Z - mean) / layer["spread"]
                Z = parameters[f"gamma{l}"] * layer["even"]
            A, layer["slope"] = elu(Z + parameters[f"b{l}"])
            if self.drop:
                kept = self.rng.random(A.shape, dtype=np.float32) >= self.drop
                layer["slope"] = layer["slope"] * kept / (1 - self.drop)
                A = A * kept / np.float32(1 - self.drop)
            layers.append(layer)
        shares = softmax(parameters[f"W{L}"] @ A + parameters[f"b{L}"])
        grads, dZ = {}, shares - Y
        for l in range(L, 0, -1):
            grads[f"db{l}"] = np.mean(dZ, axis=1)[:, None]
            if l < L and self.normalized:
                even = layers[l - 1]["even"]
                grads[f"dgamma{l}"] = np.mean(dZ * even, axis=1)[:, None]
                pull = grads[f"db{l}"] + even * grads[f"dgamma{l}"]
                dZ = parameters[f"gamma{l}"] / layers[l - 1]["spread"] * (dZ - pull)
            grads[f"dW{l}"] = dZ @ (A if l == L else layers[l - 1]["into"]).T / m
            if l > 1:
                dZ = parameters[f"W{l}"].T @ dZ * layers[l - 2]["slope"]
        return nets.class_cost(shares, np.argmax(Y, axis=0)[None]), grads


@dataclass
class Patient:
    """What training with patience leaves: the parameters of the best epoch, and the dev cost after each epoch."""

    parameters: Parameters
    dev_costs: list[float] = field(default_factory=list)


def train_patiently(X, Y, X_dev, labels_dev, parameters, net: Remedied, *, patience=6, most=40, batch_size=50, seed=0):
    """Adam until the dev cost has not been at its best for `patience` epochs, or `most` are over; the best epoch's net stays.

    labels_dev: shape (1, m). The averages of `net` are those of the best epoch, too.
    """
    now = net.begin(parameters)
    run, waited, update, kept = Patient(now), 0, deep.each_by(adam), {}
    while waited < patience and len(run.dev_costs) < most:
        how = {"learning_rate": 0.001, "epochs": 1, "batch_size": batch_size, "update": update}
        now = train_classes(X, Y, now, net.gradients, **how, seed=1000 * seed + len(run.dev_costs)).parameters
        cost = nets.class_cost(softmax(net.scores(X_dev, now)), labels_dev)
        waited = 0 if cost < min(run.dev_costs, default=np.inf) else waited + 1
        if not waited:
            run.parameters, kept = now, dict(net.averages)
        run.dev_costs.append(cost)
    net.averages = kept
    return run


# From the digits 0 to 4 to the digits 5 to 9 -------------------------------------------------------------------------

HIDDEN = 5  # layers of HIDDEN_UNITS each
HIDDEN_UNITS = 100
STEPS = 1000  # of a training on the new digits, at least


def first_net(X, labels, seed: int) -> Parameters:
    """A net 196-100-100-100-100-100-5 that has learnt the digits 0 to 4 with patience. labels: of all ten digits, shape (m,).

    Four fifths of its pictures are drawn to learn from, the rest to stop by.
    """
    chosen = np.random.default_rng(seed).permutation(np.flatnonzero(labels < 5))
    X, labels = X[:, chosen], labels[chosen]
    m = 4 * labels.size // 5
    start = first_weights([X.shape[0], *[HIDDEN_UNITS] * HIDDEN, 5], seed)
    dev = X[:, m:], labels[None, m:]
    return train_patiently(X[:, :m], one_hot(labels[:m], 5), *dev, start, Remedied(), seed=seed).parameters


def some_of_each(X, labels, classes: Sequence[int], per_class: int, seed: int):
    """per_class pictures of each class, drawn at random: X, and labels from 0 in the order of `classes`, shape (m,)."""
    rng = np.random.default_rng(1000 + seed)
    drawn = [rng.permutation(np.flatnonzero(labels == c))[:per_class] for c in classes]
    return X[:, np.concatenate(drawn)], np.repeat(np.arange(len(classes)), per_class)


def transplanted(old: Parameters, kept: int, *, others_new: bool, classes: int, seed: int) -> Parameters:
    """A net with the lowest `kept` hidden layers of an old one, and with new ones above up to five, or with no others at all."""
    layers = HIDDEN if others_new else kept
    sizes = [old["W1"].shape[1], *[HIDDEN_UNITS] * layers, classes]
    return first_weights(sizes, 100 + seed) | tower_of(old, kept)


def transplant_percent(
    data, old: Parameters, *, kept: int, frozen: int, per_class: int, seed: int, others_new=True, steps=STEPS
) -> float:
    """Per cent of the test pictures of 5 to 9 that are right after training on a few of them: a row of the table.

    data: a Dataset of 14 by 14 pixels, such as load_pen(14). old: the net of `first_net` with the same seed.
    """
    X, labels = some_of_each(data.X_train.astype(np.float32), data.Y_train[0], range(5, 10), per_class, seed)
    net = transplanted(old, kept, others_new=others_new, classes=5, seed=seed)
    net = train_upper(X, one_hot(labels, 5), net, frozen, steps=steps, seed=seed)
    new = data.Y_test[0] >= 5
    return percent_right(data.X_test[:, new].astype(np.float32), data.Y_test[0, new] - 5, net)


# Towers: two pictures, one question ----------------------------------------------------------------------------------


def climb(X, tower: Parameters) -> list:
    """X and the outputs of all layers of a tower, the top one last."""
    outputs = [X]
    for l in range(1, nets.number_of_layers(tower) + 1):
        outputs.append(elu(tower[f"W{l}"] @ outputs[-1] + tower[f"b{l}"])[0])
    return outputs


def down(dA, outputs: list, tower: Parameters) -> Parameters:
    """Derivatives by the parameters of a tower. dA: those by its top outputs, with 1/m in them, as a cost has it."""
    grads: Parameters = {}
    for l in reversed(range(1, len(outputs))):
        dZ = dA * (1 + np.minimum(outputs[l], 0))
        grads |= {f"dW{l}": dZ @ outputs[l - 1].T, f"db{l}": dZ.sum(axis=1, keepdims=True)}
        dA = tower[f"W{l}"].T @ dZ
    return grads


def by_difference(pair_forward: Callable) -> Judge:
    """The judge of a pair by the student's function: sigma(w^T |A_1 - A_2| + b); head: w, shape (n, 1), and b."""

    def judge(A_1, A_2, target, head):
        share = np.reshape(ready(pair_forward, A_1, A_2, head["w"], head["b"].item()), (1, -1))
        error = ((share - target) / target.size).astype(np.float32)
        grads = {"dw": np.abs(A_1 - A_2) @ error.T, "db": error.sum(keepdims=True)}
        dA_1 = np.sign(A_1 - A_2) * (head["w"] @ error)
        return share, grads, dA_1, -dA_1

    return judge


def by_joining(A_1, A_2, target, head):
    """The judge of a pair by its outputs, joined: a logistic unit on them, or with V and c in the head on hidden units."""
    joined = top = np.vstack([A_1, A_2])
    if "V" in head:
        top, slope = elu(head["V"] @ joined + head["c"])
    share = nets.sigmoid(head["w"].T @ top + head["b"])
    error = ((share - target) / target.size).astype(np.float32)
    grads = {"dw": top @ error.T, "db": error.sum(keepdims=True)}
    d_joined = head["w"] @ error
    if "V" in head:
        dZ = d_joined * slope
        grads |= {"dV": dZ @ joined.T, "dc": dZ.sum(axis=1, keepdims=True)}
        d_joined = head["V"].T @ dZ
    return share, grads, *np.vsplit(d_joined, 2)


def first_head(n: int, seed: int, hidden: int = 0) -> Parameters:
    """A logistic unit on n numbers, or with `hidden` units between: w, b and, with them, V, c."""
    rng = np.random.RandomState(seed)
    head = {"w": rng.randn(hidden or n, 1) / np.sqrt(hidden or n), "b": np.zeros((1, 1))}
    if hidden:
        head |= {"V": rng.randn(hidden, n) * np.sqrt(2 / n), "c": np.zeros((hidden, 1))}
    return as_floats(head)


def answers(X, i, j, towers: Sequence[Parameters], head, judge: Judge):
    """The probability of "different" for each pair of pictures i, j, shape (1, m)."""
    A_1, A_2 = climb(X[:, i], towers[0])[-1], climb(X[:, j], towers[-1])[-1]
    return judge(A_1, A_2, np.zeros((1, len(i)), np.float32), head)[0]


def train_pairs(
    X, labels, towers: Sequence[Parameters], head, judge: Judge, pair_batch: Callable, batches: int, seed=0
):
    """Adam on pairs that pair_batch(labels, U) draws. towers: one for both pictures, or one for each.

    labels: shape (m,). Returns the towers, the head, and the cost of each batch.
    """
    rng, towers, costs = np.random.default_rng(seed), list(towers), []
    steps = [deep.each_by(adam) for _ in (*towers, head)]
    for _ in range(batches):
        i, j, target = ready(pair_batch, labels, rng.random((PAIRS, 2)))
        target = np.reshape(target, (1, -1))
        chosen = [np.hstack([i, j])] if len(towers) == 1 else [i, j]
        outputs = [climb(X[:, which], tower) for which, tower in zip(chosen, towers, strict=True)]
        A_1, A_2 = np.hsplit(outputs[0][-1], 2) if len(towers) == 1 else (outputs[0][-1], outputs[1][-1])
        share, grads, dA_1, dA_2 = judge(A_1, A_2, target, head)
        costs.append(nets.compute_cost(share, target))
        backs = [np.hstack([dA_1, dA_2])] if len(towers) == 1 else [dA_1, dA_2]
        for k, (tower, dA, outs) in enumerate(zip(towers, backs, outputs, strict=True)):
            towers[k] = steps[k](tower, down(dA, outs, tower), 0.001)
        head = steps[-1](head, grads, 0.001)
    return towers, head, costs


# Two views of one picture --------------------------------------------------------------------------------------------


def views(X, rng: np.random.Generator):
    """Each picture as another hand might have drawn it: turned, slanted, stretched, moved, bent and lighter or darker, at random.

    X: shape (side * side, m), a picture row by row in each column. Returns the same shape.
    """
    side, m = round(X.shape[0] ** 0.5), X.shape[1]
    unit, middle = side / 14, (side - 1) / 2
    y, x = (np.ravel(axis)[:, None] - middle for axis in np.mgrid[:side, :side])
    turn, slant = rng.normal(0, 0.2, (2, m))
    wide, high = np.exp(rng.normal(0, 0.15, (2, m)))
    right, below = rng.normal(0, 0.8 * unit, (2, m))
    bend, other_bend = rng.normal(0, 0.6 * unit, (2, m))
    phase = rng.uniform(0, 2 * np.pi, m)
    c, s = np.cos(turn), np.sin(turn)
    column = c * wide * x + (slant - s) * high * y + right + bend * np.sin(y / (3 * unit) + phase) + middle
    row = s * wide * x + c * high * y + below + other_bend * np.sin(x / (3 * unit) + phase) + middle
    framed = np.pad(X.reshape(side, side, m), ((1, 1), (1, 1), (0, 0)))
    left, top = np.floor(column).astype(int), np.floor(row).astype(int)
    across, along, which = column - left, row - top, np.arange(m)

    def pixel(down_by, right_by):
        rows, columns = (np.clip(at + by + 1, 0, side + 1) for at, by in ((top, down_by), (left, right_by)))
        return framed[rows, columns, which]

    upper = (1 - across) * pixel(0, 0) + across * pixel(0, 1)
    lower = (1 - across) * pixel(1, 0) + across * pixel(1, 1)
    return (((1 - along) * upper + along * lower) * rng.uniform(0.7, 1.3, m)).astype(np.float32)


def train_views(X, tower: Parameters, which_of_the_batch: Callable, batches: int, seed: int = 0):
    """Adam on the question which of a hundred pictures is the other view of this one, asked both ways (Chen et al., 2020).

    Returns the tower and the cost of each batch.
    """
    rng, step, costs = np.random.default_rng(seed), deep.each_by(adam), []
    for _ in range(batches):
        seen = X[:, rng.choice(X.shape[1], VIEWS, replace=False)]
        outputs = climb(np.hstack([views(seen, rng), views(seen, rng)]), tower)
        length = np.linalg.norm(outputs[-1], axis=0) + np.float32(1e-6)
        unit = outputs[-1] / length
        A, B = np.hsplit(unit, 2)
        cost, dA, dB = ready(which_of_the_batch, A, B, TEMPERATURE)
        other_cost, other_dB, other_dA = ready(which_of_the_batch, B, A, TEMPERATURE)
        costs.append((np.squeeze(cost) + np.squeeze(other_cost)) / 2)
        d_unit = np.hstack([dA + other_dA, dB + other_dB]) / 2
        d_top = (d_unit - unit * np.sum(d_unit * unit, axis=0)) / length  # what changes the direction, not the length
        tower = step(tower, down(d_top.astype(np.float32), outputs, tower), 0.001)
    return tower, costs


# Spoilt pictures -----------------------------------------------------------------------------------------------------


def spoil(X, rng: np.random.Generator):
    """Each picture with its lower half from another one, never its own: the next in an order of chance."""
    order = rng.permutation(X.shape[1])
    spoilt, half = X.copy(), X.shape[0] // 2
    spoilt[half:, order] = X[half:, np.roll(order, 1)]
    return spoilt


def train_scores(X, tower: Parameters, head, margin_cost: Callable, batches: int, seed: int = 0):
    """Adam on a score, w^T A + b, that is to be higher by 1 for a picture than for the same one spoilt.

    Returns the tower, the head, and for each batch the share of pictures with the higher score.
    """
    rng, steps, ahead = np.random.default_rng(seed), [deep.each_by(adam) for _ in range(2)], []
    for _ in range(batches):
        chosen = X[:, rng.choice(X.shape[1], VIEWS, replace=False)]
        outputs = climb(np.hstack([chosen, spoil(chosen, rng)]), tower)
        good, bad = np.hsplit(head["w"].T @ outputs[-1] + head["b"], 2)
        ahead.append(float(np.mean(good > bad)))
        _, dgood, dbad = ready(margin_cost, good, bad)
        d_score = np.hstack([dgood, dbad]).astype(np.float32)
        grads = down(head["w"] @ d_score, outputs, tower)
        head = steps[1](head, {"dw": outputs[-1] @ d_score.T, "db": d_score.sum(keepdims=True)}, 0.001)
        tower = steps[0](tower, grads, 0.001)
    return tower, head, ahead


# Clouds --------------------------------------------------------------------------------------------------------------


def places(X, parameters: Parameters):
    """Where a net whose last layer has two linear units puts each picture, shape (2, m)."""
    return class_scores(X, parameters)


def train_clouds(X, labels, parameters: Parameters, pair_batch: Callable, batches: int, watch=None, seed: int = 0):
    """Adam on pairs, of which "different" has the logit |a - b|^2 - 4, where a and b are the places of the two pictures.

    The rate falls to a tenth for the last three tenths of the batches. watch(t, parameters) is called before batch t.
    """
    rng, step, L = np.random.default_rng(seed), deep.each_by(adam), nets.number_of_layers(parameters)
    for t in range(batches):
        if watch:
            watch(t, parameters)
        i, j, target = ready(pair_batch, labels, rng.random((PAIRS, 2)))
        tower = tower_of(parameters, L - 1)
        outputs = climb(X[:, np.hstack([i, j])], tower)
        a, b = np.hsplit(parameters[f"W{L}"] @ outputs[-1] + parameters[f"b{L}"], 2)
        share = nets.sigmoid(np.sum((a - b) ** 2, axis=0) - 4)
        d_a = 2 * (a - b) * (share - np.ravel(target)) / PAIRS
        d_places = np.hstack([d_a, -d_a]).astype(np.float32)
        grads = down(parameters[f"W{L}"].T @ d_places, outputs, tower)
        grads |= {f"dW{L}": d_places @ outputs[-1].T, f"db{L}": d_places.sum(axis=1, keepdims=True)}
        parameters = step(parameters, grads, 0.003 if t < 0.7 * batches else 0.0003)
    return parameters


def mean_places(X, labels, parameters: Parameters):
    """The mean place of the pictures of each digit, shape (2, 10); labels: shape (m,)."""
    there = places(X, parameters)
    return np.stack([there[:, labels == c].mean(axis=1) for c in range(10)], axis=1)


def nearest_mean_percent(X, labels, X_new, labels_new, parameters: Parameters) -> float:
    """Per cent of new pictures that lie nearest to the mean place of their own digit's old pictures; labels: shape (m,)."""
    new, means = places(X_new, parameters), mean_places(X, labels, parameters)
    distance = np.sum((new[:, :, None] - means[:, None, :]) ** 2, axis=0)
    return 100 * float(np.mean(np.argmin(distance, axis=1) == labels_new))
