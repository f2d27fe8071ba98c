"""A net that learns digits from few pictures, with room for what helps it on new ones; and trainings on the football pitch.

What is done to batches, units, gradients and weights is handed in, so that it can be the student's own. Letters as in
`helpers.nets`.
"""

from collections.abc import Callable

import numpy as np

from helpers import deep, nets
from helpers.data import Dataset
from helpers.explorers.race import adam
from helpers.nets import Parameters
from helpers.training import ready, train_classes

SIZES = (100, 50)  # of the hidden layers
Dropout = tuple[Callable, tuple[float, ...]]  # dropout(A, U, rate) -> A, mask; the rates of inputs and hidden layers


def some_of(dataset: Dataset, m: int, seed: int, m_dev: int = 0) -> tuple[np.ndarray, ...]:
    """X and labels, (1, m), of m training pictures drawn by this seed; and of m_dev others."""
    order = np.random.default_rng(seed).permutation(dataset.Y_train.size)
    parts = order[:m], order[m : m + m_dev]
    return tuple(array[:, part] for part in parts[: 1 + bool(m_dev)] for array in (dataset.X_train, dataset.Y_train))


def learn(
    X,
    labels,
    epochs: int,
    *,
    seed: int = 0,
    change: Callable | None = None,
    dropout: Dropout | None = None,
    add: Callable | None = None,
    after: Callable | None = None,
    watch: Callable[[int, Parameters], None] | None = None,
    start: Parameters | None = None,
) -> Parameters:
    """Parameters of a net n-100-50-10, ReLU and softmax, after training by Adam at rate 0.001 in batches of 50.

    X: shape (n, m). labels: shape (1, m). change(X, rng) -> X: done to each batch anew. add(grads, parameters) -> grads.
    after(parameters) -> parameters: done after each step. watch: see `train_classes`. start: to go on from, in place of first weights. seed: of these, of order and
    masks.
    """
    rng = np.random.default_rng(seed)
    parameters = start or nets.initialize_scaled([X.shape[0], *SIZES, 10], gain=2, seed=seed)
    rule = deep.each_by(adam)

    def gradients(X, Y, parameters):
        X = ready(change, X, rng) if change else X
        grads = _gradients(X, Y, parameters, dropout, rng)
        return np.nan, ready(add, grads, parameters) if add else grads  # nobody asks for the cost

    def update(parameters, grads, learning_rate):
        stepped = rule(parameters, grads, learning_rate)
        return ready(after, stepped) if after else stepped

    about: dict = {"update": update, "watch": watch, "seed": seed, "batch_size": 50}
    Y = np.eye(10)[:, labels[0]]
    return train_classes(X, Y, parameters, gradients, learning_rate=0.001, epochs=epochs, **about).parameters


def _gradients(X, Y, parameters: Parameters, dropout: Dropout | None, rng: np.random.Generator) -> dict:
    """dW1, db1, ... of the mean cost, with units dropped where it is asked for."""
    if dropout is None:
        return deep.gradients(X, Y, parameters)[1]
    drop, (of_inputs, *of_layers) = dropout
    ahead = iter(of_layers)

    def relu_and_drop(Z):  # of one layer after the other: what is dropped has slope 0, and what is kept is steeper
        A, slope = deep.relu(Z)
        if rate := next(ahead):
            A, mask = drop(A, rng.random(A.shape), rate)
            slope = slope * mask / (1 - rate)
        return A, slope

    if of_inputs:
        X, _ = ready(drop, X, rng.random(X.shape), of_inputs)
    return deep.gradients(X, Y, parameters, relu_and_drop)[1]


def shares(parameters: Parameters, X) -> np.ndarray:
    """What the net answers, shape (10, m); each column adds up to 1."""
    return nets.forward_propagation(X, parameters, "relu", "softmax")[0]


def percent_right(parameters: Parameters, X, labels) -> float:
    """Per cent of the pictures that the net has right."""
    return 100 * nets.share_right(shares(parameters, X), labels)


def learn_pitch(
    dataset: Dataset,
    *,
    add: Callable | None = None,
    after: Callable | None = None,
    steps: int = 30_000,
    learning_rate: float = 0.3,
    seed: int = 3,
) -> Parameters:
    """Parameters of a net 2-20-3-1 after plain descent on all points of two classes. add, after: as in `learn`."""
    X, Y = dataset.X_train, dataset.Y_train
    parameters = nets.initialize_scaled([2, 20, 3, 1], gain=1, seed=seed)
    for _ in range(steps):
        _, cache = nets.forward_propagation(X, parameters)
        grads = {name: g for name, g in nets.backward_propagation(X, Y, cache).items() if name[1] != "Z"}
        grads = ready(add, grads, parameters) if add else grads
        parameters = nets.descend(parameters, grads, learning_rate)
        parameters = ready(after, parameters) if after else parameters
    return parameters


def weights_in(parameters: Parameters) -> np.ndarray:
    """All entries of W1, W2, ... in one long array."""
    return np.concatenate([value.ravel() for name, value in parameters.items() if name.startswith("W")])


def like_so_many(sizes, rights, right: float) -> float:
    """How many pictures a net would have to learn from, to be `right` without any remedy; inf beyond the largest of the sizes.

    rights: what it comes to after learning from so many, ascending; in between, a straight line over the logarithm.
    """
    if right > rights[-1]:
        return np.inf
    return float(np.exp(np.interp(right, np.maximum.accumulate(rights), np.log(sizes))))
