"""Explorers: pictures that move under your hand. `from helpers import explorers`, then for example `explorers.ewa()`.

Nothing here is graded, and nothing needs TensorFlow or a network.
"""

from collections.abc import Callable
from typing import Any

from helpers.explorers.activations import ACTIVATIONS
from helpers.explorers.batch_norm import BATCH_NORM
from helpers.explorers.clouds import CLOUDS
from helpers.explorers.diary import DIARY
from helpers.explorers.ewa import EWA
from helpers.explorers.explorer import Explorer
from helpers.explorers.fit import FIT
from helpers.explorers.graph import GRAPH
from helpers.explorers.learning_rate import LEARNING_RATE
from helpers.explorers.momentum import MOMENTUM
from helpers.explorers.race import RACE, RACE_WITH_YOURS, answering
from helpers.explorers.regularization import REGULARIZATION
from helpers.explorers.scales import SCALES
from helpers.explorers.search import SEARCH
from helpers.explorers.shift import SHIFT
from helpers.explorers.signal import SIGNAL
from helpers.explorers.softmax import SOFTMAX
from helpers.explorers.transplant import TRANSPLANT
from helpers.explorers.widget import show
from helpers.explorers.zeros import ZEROS

EXPLORERS: dict[str, Explorer] = {
    explorer.name: explorer
    for explorer in (
        EWA,
        LEARNING_RATE,
        MOMENTUM,
        RACE,
        FIT,
        GRAPH,
        SIGNAL,
        ACTIVATIONS,
        REGULARIZATION,
        ZEROS,
        SCALES,
        SEARCH,
        DIARY,
        BATCH_NORM,
        SHIFT,
        SOFTMAX,
        TRANSPLANT,
        CLOUDS,
    )
}


def ewa(**values: Any) -> None:
    """Exponentially weighted averages: what beta keeps, and what bias correction repairs. values: of the controls."""
    show(EWA, **values)


def learning_rate(**values: Any) -> None:
    """Gradient descent on a bowl: how long a step may be, and what a falling learning rate does. values: of the controls."""
    show(LEARNING_RATE, **values)


def momentum(**values: Any) -> None:
    """Momentum on a bowl: for which alpha and beta it converges, swings or diverges. values: of the controls."""
    show(MOMENTUM, **values)


def race(mine: Callable | None = None, **values: Any) -> None:
    """Seven update rules on surfaces of two parameters. mine: a rule of your own that runs along, either
    f(w, g, state, alpha, t) -> new w, or one of the course's update_parameters functions. values: of the controls."""
    if mine is None:
        show(RACE, **values)
    else:
        show(RACE_WITH_YOURS, answer=answering(mine), alone=RACE, **values)


def fit(**values: Any) -> None:
    """A polynomial through noisy points: degree, points, noise, lambda and steps, and what it costs on new points. values: of
    the controls."""
    show(FIT, **values)


def graph(**values: Any) -> None:
    """Back through the graph of a sigmoid unit: values, gradients, and a nudge at any node. values: of the controls."""
    show(GRAPH, **values)


def signal(**values: Any) -> None:
    """Signal by depth: what is left of activations and gradients after many random layers. values: of the controls."""
    show(SIGNAL, **values)


def activations(**values: Any) -> None:
    """One activation: curve, slope, what leaves it, and units that go out after a large step. values: of the controls."""
    show(ACTIVATIONS, **values)


def regularization(**values: Any) -> None:
    """L2 and dropout on a decision boundary: a net trained anew for every lambda. values: of the controls."""
    show(REGULARIZATION, **values)


def search(**values: Any) -> None:
    """Search for hyper-parameters: grid or random, linear or log scale, coarse to fine. values: of the controls."""
    show(SEARCH, **values)


def scales(**values: Any) -> None:
    """Draws of a rate or a beta on several scales, beside what the net feels of them. values: of the controls."""
    show(SCALES, **values)


def diary(**values: Any) -> None:
    """One model that is looked after, week by week, beside twenty unattended ones. values: of the controls."""
    show(DIARY, **values)


def batch_norm(**values: Any) -> None:
    """Batch normalization: what it does to one unit's z, and what is used at test time. values: of the controls."""
    show(BATCH_NORM, **values)


def shift(**values: Any) -> None:
    """A batch as a row of dots: drag one, and in training all move, in use none does. values: of the controls."""
    show(SHIFT, **values)


def softmax(**values: Any) -> None:
    """Softmax: logits to probabilities, and the straight boundaries of softmax regression. values: of the controls."""
    show(SOFTMAX, **values)


def zeros(**values: Any) -> None:
    """Two weights and a penalty: which way down lands exactly on 0. values: of the controls."""
    show(ZEROS, **values)


def transplant(**values: Any) -> None:
    """What to keep of a net: layers kept, layers frozen, pictures a class, as it was measured. values: of the controls."""
    show(TRANSPLANT, **values)


def clouds(**values: Any) -> None:
    """Where a net that learns "same or different" puts new digits, step by step. values: of the controls."""
    show(CLOUDS, **values)
