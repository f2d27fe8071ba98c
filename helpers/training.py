"""Training loops that notebooks show and students read: full-batch descent, and mini-batches with any update rule.

Both take the student's functions as arguments, show a progress bar, and return a History. The numbers are those of a
plain loop: same operations, same order.
"""

import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from helpers import nets
from helpers.data import Dataset
from helpers.errors import OneSentence
from helpers.nets import Parameters


@dataclass
class History:
    """What a training run leaves: the parameters, and the cost at some steps.

    steps, costs: equally long lists; step is the iteration, or the epoch in mini-batch training (`unit` says which).
    """

    parameters: Parameters
    steps: list[int] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    unit: str = "iteration"

    def record(self, step: int, cost: float) -> None:
        """Note the cost of one step, as a plain float."""
        self.steps.append(step)
        self.costs.append(as_number(cost))


class NotReady(OneSentence, NotImplementedError):
    """A demonstration needs what a function does not give yet. Notebooks show the sentence, and go on: checking.unwritten.

    function: its name, "" if it has none. returns_nothing: whether it runs to its end, and only its result is missing.
    """

    def __init__(self, sentence: str, function: str = "", returns_nothing: bool = False):
        super().__init__(sentence)
        self.function, self.returns_nothing = function, returns_nothing


def train(
    dataset: Dataset,
    initialize: Callable[[list[int]], Parameters],
    *,
    hidden_layers: Iterable[int] = (10, 5),
    learning_rate: float = 0.01,
    iterations: int = 15_000,
    forward: Callable = nets.forward_propagation,
    cost: Callable = lambda AL, Y, parameters: nets.compute_cost(AL, Y),
    backward: Callable = nets.backward_propagation,
    watch: Callable[[int, Parameters], None] | None = None,
    record_every: int = 100,
) -> History:
    """Full-batch gradient descent on the training set.

    initialize(layers_dims) gives the parameters to begin with, forward(X, parameters) -> AL, cache,
    cost(AL, Y, parameters) -> number, backward(X, Y, cache) -> dict of dWl, dbl. The cost is recorded every
    `record_every` iterations, before the step; `watch(iteration, parameters)` is called then too.
    """
    X, Y = dataset.X_train, dataset.Y_train
    parameters = ready(initialize, [X.shape[0], *hidden_layers, 1])
    history = History(parameters)
    for i in progress(iterations, "iteration"):
        AL, cache = ready(forward, X, parameters)
        if i % record_every == 0:
            history.record(i, ready(cost, AL, Y, parameters))
            if watch:
                watch(i, parameters)
        parameters = nets.descend(parameters, ready(backward, X, Y, cache), learning_rate)
    history.parameters = parameters
    return history


def train_mini_batches(
    dataset: Dataset,
    mini_batches: Callable,
    update: Callable[[Parameters, dict, int, int], Parameters],
    *,
    hidden_layers: Iterable[int] = (5, 2),
    batch_size: int = 64,
    epochs: int = 10_000,
    record_every: int = 100,
) -> History:
    """Mini-batch training with any update rule.

    mini_batches(X, Y, batch_size, seed) gives a list of (X, Y) pairs; the seed is 11 in the first epoch and grows by 1,
    so that each epoch shuffles anew. update(parameters, grads, t, epoch) makes one step; t counts steps from 1. The
    recorded cost is that of the epoch's last mini-batch, before its step.
    """
    X, Y = dataset.X_train, dataset.Y_train
    parameters = nets.initialize_scaled([X.shape[0], *hidden_layers, 1], gain=2, seed=3)
    history = History(parameters, unit="epoch")
    t = 0
    for epoch in progress(epochs, "epoch"):
        batches = ready(mini_batches, X, Y, batch_size, 11 + epoch)
        for X_batch, Y_batch in batches:
            AL, cache = nets.forward_propagation(X_batch, parameters)
            t += 1
            grads = nets.backward_propagation(X_batch, Y_batch, cache)
            parameters = ready(update, parameters, grads, t, epoch)
        if epoch % record_every == 0:  # AL is still the output before the last step
            history.record(epoch, nets.compute_cost(AL, Y_batch) if batches else np.nan)
    history.parameters = parameters
    return history


def train_classes(
    X,
    Y,
    parameters: Parameters,
    gradients: Callable,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int | None = 64,
    update: Callable = nets.descend,
    watch: Callable[[int, Parameters], None] | None = None,
    seed: int = 0,
) -> History:
    """Training on several classes, in mini-batches that are shuffled anew in each epoch, or on all examples at once.

    X: shape (n_0, m). Y: one-hot, shape (C, m). gradients(X_batch, Y_batch, parameters) -> cost, grads; grads has a dW1 for
    W1, and so for each parameter. batch_size: None for all examples. update(parameters, grads, learning_rate) gives the next
    parameters. The cost is recorded at each step, before it; `watch(t, parameters)` is called after step t, which counts from 1.
    """
    m = X.shape[1]
    rng = np.random.default_rng(seed)
    history = History(parameters, unit="step")
    for _ in range(epochs):
        order = rng.permutation(m)
        for start in range(0, m, batch_size or m):
            chosen = order[start : start + (batch_size or m)]
            cost, grads = ready(gradients, X[:, chosen], Y[:, chosen], parameters)
            t = len(history.steps) + 1
            history.record(t, cost)
            parameters = ready(update, parameters, grads, learning_rate)
            if watch:
                watch(t, parameters)
    history.parameters = parameters
    return history


def walk(
    gradient: Callable,
    start: tuple[float, float],
    update: Callable[[Parameters, dict, int, int], Parameters],
    steps: int,
    steps_per_epoch: int = 1,
) -> np.ndarray:
    """The way of an update rule over a surface J(w, b), for pictures: shape (steps + 1, 2), the start first.

    gradient(w, b, t) -> dJ/dw, dJ/db; w is held as W1 and b as b1, both of shape (1, 1), so that `update` is the same
    function as in `train_mini_batches`. t counts steps from 1, epochs count from 0.
    """
    w, b = start
    parameters = {"W1": np.array([[w]], dtype=float), "b1": np.array([[b]], dtype=float)}
    points = [start]
    for t in range(1, steps + 1):
        dw, db = gradient(parameters["W1"].item(), parameters["b1"].item(), t)
        grads = {"dW1": np.array([[dw]], dtype=float), "db1": np.array([[db]], dtype=float)}
        parameters = ready(update, parameters, grads, t, (t - 1) // steps_per_epoch)
        points.append((parameters["W1"].item(), parameters["b1"].item()))
    return np.array(points)


def ready(function: Callable, *args):
    """Call a function that may be the student's; an unfilled one, or one without a result, becomes a NotReady with what to do."""
    name = getattr(function, "__name__", "a function")
    try:
        result = function(*args)
    except NotReady:  # which one called inside has found out
        raise
    except NotImplementedError as error:
        name = traceback.extract_tb(error.__traceback__)[-1].name  # which may be called by `function`
        name = name.removeprefix("tf__")  # which TensorFlow puts before the name of what it makes a graph of
        name, needed = _called(name)
        sentence = f"This cell needs {needed}, which is not written yet: fill it in above, then run this cell again."
        raise NotReady(sentence, name) from error
    if result is None:
        name, needed = _called(name)
        sentence = (
            f"This cell needs the result of {needed}, which returns nothing (None). Does every way through it end at a "
            "`return`? Mend it above, then run this cell again."
        )
        raise NotReady(sentence, name, returns_nothing=True)
    return result


def as_number(value) -> float:
    """A number that may be an array or tensor of one entry: `e @ e.T` has two dimensions, and is as right."""
    return float(np.squeeze(value))


def number_of(function: Callable, *args) -> float:
    """The number that a function gives, which may be the student's; as `ready`."""
    return as_number(ready(function, *args))


def _called(name: str) -> tuple[str, str]:
    """The name of a function, "" if it has none, and what a sentence calls it."""
    return ("", "one of your functions") if name == "<lambda>" else (name, name)


def progress(n: int, unit: str, first: int = 0):
    """first, first + 1, ..., n numbers in all, with a progress bar on standard output, which, unlike a widget, is kept in a
    saved notebook."""
    steps = range(first, first + n)
    return tqdm(steps, unit=f" {unit}s", file=sys.stdout, mininterval=0.3, ncols=80, ascii=" -#", leave=True)
