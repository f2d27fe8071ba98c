"""Ways to call a function whose arguments or results are not plain data: variables, an optimizer, random weights. And ways
to see what the comparison of results leaves out: whether inputs were changed, names that nobody asked for, exact zeros.

An adapter takes a student's function and gives one that takes and returns plain data; a case names it. TensorFlow is
imported when one of those that need it is used.
"""

from collections.abc import Callable
from copy import deepcopy

import numpy as np

from checking.calls import replaced


def with_dtype(function: Callable) -> Callable:
    """Says what type the numbers of the result have, since TensorFlow does not mix float32 and float64."""

    def run(*args):
        result = function(*args)
        return result if result is None else {"values": result, "dtype": _dtype(result)}

    return run


def _dtype(value) -> str:
    return str(np.dtype(getattr(getattr(value, "dtype", None), "name", None) or np.asarray(value).dtype))


def initial_weights(function: Callable) -> Callable:
    """Says what random weights are like. Their digits differ from one version of TensorFlow to the next."""
    return lambda layers_dims, seed: _described(function(layers_dims, seed))


def initial_weights_by_seed(function: Callable) -> Callable:
    """The same, and whether it is the seed that makes them."""

    def run(layers_dims, seed):
        parameters = function(layers_dims, seed)
        if not isinstance(parameters, dict):
            return parameters
        again, other = function(layers_dims, seed), function(layers_dims, seed + 1)
        return _described(parameters) | {
            "the same seed gives the same W1": bool(np.array_equal(parameters["W1"], again["W1"])),
            "another seed gives another W1": not np.array_equal(parameters["W1"], other["W1"]),
        }

    return run


def _described(parameters):
    if not isinstance(parameters, dict):
        return parameters
    facts = {name: _description(str(name), value) for name, value in parameters.items()}
    weights = [np.ravel(value) for name, value in parameters.items() if str(name).startswith("W") and np.size(value)]
    if len(weights) > 1:
        facts["each layer draws numbers of its own"] = not _same_draws(*weights[:2])
    return facts


def _same_draws(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two layers begin with the same draws, up to their scale: they have the same seed then."""
    k = min(a.size, b.size, 20)
    lengths = np.linalg.norm(a[:k]) * np.linalg.norm(b[:k])
    return bool(k > 2 and lengths and abs(a[:k] @ b[:k]) > 0.999 * lengths)


def _description(name: str, value) -> dict:
    """Shape, kind and, for weights, whether they lie evenly on the interval of Glorot and Bengio (2010)."""
    from helpers.signs import tf

    array = np.asarray(value)
    facts = {"shape": array.shape, "a tf.Variable": isinstance(value, tf.Variable), "dtype": str(array.dtype)}
    if not name.startswith("W") or array.ndim != 2:
        return facts | {"all zero": not array.any()}
    limit = np.sqrt(6 / sum(array.shape))
    chance = 2 / np.sqrt(array.size)  # how far the spread of so many draws may stray; four standard errors and more
    return facts | {
        "none outside the limit": bool(np.abs(array).max() <= limit * 1.0001),
        "spread evenly up to the limit": bool(abs(array.std() / (limit / np.sqrt(3)) - 1) < chance),
    }


def counted_training(function: Callable) -> Callable:
    """Trains with a step that does nothing but note its batch: what is asked for, and what `watch` and the caller get."""

    def run(X, Y, learning_rate, num_epochs, minibatch_size):
        from helpers.signs import tf

        batches, epochs = [], []

        def train_step(X_batch, Y_batch, parameters, optimizer):
            batches.append((*X_batch.shape, Y_batch.shape[0]))
            rates.add(round(float(optimizer.learning_rate), 6))
            return tf.constant(1.0)

        rates: set[float] = set()
        with replaced(function, {"train_step": train_step}):
            parameters = function(
                X, Y, learning_rate, num_epochs, minibatch_size, lambda epoch, *_: epochs.append(epoch)
            )
        if not isinstance(parameters, dict):
            return parameters
        shapes = {name: tuple(getattr(value, "shape", ())) for name, value in parameters.items()}
        return {"shapes": shapes, "batches": batches, "learning rates": sorted(rates), "epochs that watch saw": epochs}

    return run


def training_steps(function: Callable) -> Callable:
    """Runs training steps on variables of its own; gives the costs, and the parameters that come out."""

    def run(X, Y, parameters, optimizer, learning_rate, steps, in_a_graph):
        from helpers.signs import Adam, as_graph, tf

        variables = {name: tf.Variable(value) for name, value in parameters.items()}
        kinds = {"gradient descent": tf.keras.optimizers.SGD, "Adam": Adam}
        chosen = kinds[optimizer](learning_rate)
        chosen.build(list(variables.values()))
        given = tf.constant(X), tf.constant(Y), variables, chosen
        step = as_graph(function, *given) if in_a_graph else function
        costs = [step(*given) for _ in range(steps)]
        return {"costs": costs, "parameters": variables}

    return run


def second_after_the_first_is_filled(function: Callable) -> Callable:
    """Puts ones into the arrays of the first of two dicts and in their place, and gives the second: what do they share?"""

    def run(*args):
        result = function(*args)
        if not (isinstance(result, (tuple, list)) and len(result) == 2 and isinstance(result[0], dict)):
            return result
        first, second = result
        for key, value in first.items():
            if isinstance(value, np.ndarray) and value.flags.writeable:
                value[...] = 1  # the same array may stand in both
            first[key] = 1.0  # the second has this number if it is the same dict, and else the array
        return {"the second, after ones were put into the first": second}

    return run


def with_inputs_untouched(function: Callable) -> Callable:
    """Says whether all that was given is as it was, down to the last number; the result itself is under "result"."""

    def run(*args):
        given = deepcopy(args)
        result = function(*args)
        return _beside(result, {"what was given is as it was": _same(given, args)})

    return run


def with_sorted_keys(function: Callable) -> Callable:
    """Says which names are in a dict that is returned, or in the dicts of a tuple or list; others would not be missed."""

    def run(*args):
        result = function(*args)
        return _beside(result, {"names": _keys(result)})

    return run


def with_exact_zeros(function: Callable) -> Callable:
    """Says how many numbers are exactly 0, in each array of a dict or in the one that is returned; a tiny one is not."""

    def run(*args):
        result = function(*args)
        return _beside(result, {"how many are exactly 0": _zeros(result)})

    return run


def with_sorted_parts(function: Callable) -> Callable:
    """Sorts the arrays of a returned list of tuples, where the order in them is as good as any other."""

    def run(*args):
        result = function(*args)
        if not (isinstance(result, (tuple, list)) and all(isinstance(pair, (tuple, list)) for pair in result)):
            return result
        return [tuple(np.sort(part) if np.ndim(part) == 1 else part for part in pair) for pair in result]

    return run


def with_named_ends(function: Callable) -> Callable:
    """Calls the three parts of each knob of a space by their names, so that cards do too."""

    def run(*args):
        result = function(*args)
        if not isinstance(result, dict):
            return result
        return {name: _kind_and_ends(part) for name, part in result.items()}

    return run


def _kind_and_ends(part) -> dict:
    """What should be (kind, low, high), by these names as far as it goes; of more than three, none is taken for one of them."""
    parts = part if isinstance(part, (tuple, list)) else (part,)
    return dict(zip(("kind", "low", "high"), parts, strict=False)) if len(parts) <= 3 else {"kind": part}


def with_arrays_of_its_own(function: Callable) -> Callable:
    """Says which names a returned dict has, and whether it shares arrays with the first two dicts that were given."""

    def run(first, second, *args):
        result = function(first, second, *args)
        if not isinstance(result, dict):
            return result
        shared = [
            any(np.shares_memory(a, b) for a in result.values() for b in given.values()) for given in (first, second)
        ]
        facts = {"names": _keys(result), "shares arrays with the first dict": shared[0]}
        return _beside(result, {**facts, "shares arrays with the second dict": shared[1]})

    return run


def facts_about_pairs(function: Callable) -> Callable:
    """What is true of the pairs (i, j, target) that a function of labels and draws gives, since which ones they are is its own
    affair. Where it is no pairs of pictures, it says no more than that."""

    def run(labels, U):
        result = function(labels, U)
        if result is None:
            return None
        facts: dict = {"results are three, i, j and target": isinstance(result, (tuple, list)) and len(result) == 3}
        if not facts["results are three, i, j and target"]:
            return facts
        i, j, target = map(np.asarray, result)
        facts["shapes of i, j and target"] = ", ".join(str(part.shape) for part in (i, j, target))
        facts["i and j are"] = ", ".join(_kind(part) for part in (i, j))
        i, j = (part.astype(int) if part.dtype.kind == "f" and np.isfinite(part).all() else part for part in (i, j))
        facts["i and j are numbers of pictures"] = _are_places(i, len(labels)) and _are_places(j, len(labels))
        facts["target"] = target.ravel()
        if not (facts["i and j are numbers of pictures"] and len(i) == len(j) == target.size):
            return facts
        others = function(labels, (U + 0.37) % 1)  # draws of other pictures, wherever they are used
        alike, half = labels[i] == labels[j], len(i) // 2
        return facts | {
            "of the first half, pairs of one class": _how_many(alike[:half]),
            "of the second half, pairs of one class": _how_many(alike[half:]),
            "a picture is paired with itself": bool(np.any(i == j)),
            "other draws give other first pictures": not np.array_equal(others[0], i),
            "other draws give other partners": not np.array_equal(others[1], j),
            "the same draws give the same pairs": _same(tuple(result), tuple(function(labels, U))),
            "one picture gets several partners": _several(i, j, target.ravel()),
            "most pictures come as partners": len(set(j)) >= 0.75 * len(labels),
            "classes that come first": sorted({int(c) for c in labels[i]}),
            "classes of the partners": sorted({int(c) for c in labels[j]}),
        }

    return run


def _kind(array: np.ndarray) -> str:
    return {"i": "whole numbers", "u": "whole numbers", "f": "floats"}.get(array.dtype.kind, "no numbers")


def _are_places(places: np.ndarray, m: int) -> bool:
    """Whether these are whole numbers, of one axis, that lead to one of m pictures each."""
    return bool(
        places.ndim == 1 and places.dtype.kind in "iu" and places.size and -m <= places.min() and places.max() < m
    )


def _how_many(flags) -> str:
    return "all" if np.all(flags) else "some" if np.any(flags) else "none"


def _several(i, j, target) -> bool:
    """Whether most pictures that come first more than twice in one kind of pair have more than one partner there."""
    met = [j[(i == first) & (target == kind)] for first in set(i) for kind in (0, 1)]
    several = [len(set(partners)) > 1 for partners in met if len(partners) > 2]
    return not several or float(np.mean(several)) > 0.5


def _beside(result, facts: dict):
    """The result with facts about it; a result that is missing stays so."""
    return result if result is None else {"result": result, **facts}


def _same(a, b) -> bool:
    """Whether two pieces of data are equal: kinds, keys, shapes and every number; nan is equal to nan."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(_same, a, b))
    if not isinstance(a, np.ndarray):
        return type(a) is type(b) and (a == b or a != a)  # only nan differs from itself
    return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def _keys(value):
    if isinstance(value, dict):
        return sorted(map(str, value))
    return [_keys(part) for part in value if isinstance(part, dict)] if isinstance(value, (list, tuple)) else []


def _zeros(value):
    """In a dict by name; in several arrays, or in lists in the place of arrays, together."""
    if isinstance(value, dict):
        return {name: _zeros(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        found = [_zeros(part) for part in value]
        return found if any(isinstance(part, (dict, list)) for part in found) else sum(found)
    return int(np.size(value) - np.count_nonzero(value))


def in_a_new_graph(function: Callable) -> Callable:
    """Calls a function that builds a graph of TensorFlow 1 in one of its own, so that a second call finds no names taken."""

    def run(*args):
        from helpers.signs import tf

        with tf.Graph().as_default():
            return function(*args)

    return run
