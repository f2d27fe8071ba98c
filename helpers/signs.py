"""The TensorFlow side of the course: which device computes, Adam in one pass, a training loop, and a record of training.

The only module that imports TensorFlow. Import it before TensorFlow, and TensorFlow's start-up notes stay away while its
errors are shown. In everything below, examples are columns: X has shape (n_x, m) and Y, one-hot, shape (C, m).
"""

import contextlib
import importlib.metadata
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from helpers.training import History, NotReady, progress, ready

START_UP_NOTE = re.compile(
    r"WARNING: All log messages before absl|[IW]\d{4} |\d{4}-\d\d-\d\d .*: [IW] |To enable the following"
)


@contextlib.contextmanager
def _without_start_up_notes() -> Iterator[None]:
    """Hold back what C++ code writes to standard error; give back all of it but notes and warnings."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # 2: errors are shown
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            lines = held.read().decode(errors="replace").splitlines(keepends=True)
            os.write(2, "".join(line for line in lines if not START_UP_NOTE.match(line)).encode())


with _without_start_up_notes():
    import tensorflow as tf

    GPUS = tf.config.list_physical_devices("GPU")  # the first look for a GPU writes notes too

GPU_EXTRA = "python -m pip install -e .[gpu]"
GPU_BUILD_ON_TOP = "python -m pip install --force-reinstall --no-deps tensorflow"

Weights = dict[str, tf.Variable]


def describe_device() -> str:
    """One sentence: which device TensorFlow computes on, and why."""
    version = f"TensorFlow {tf.__version__}"
    if GPUS:
        names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in GPUS]
        return f"{version} computes on the GPU ({', '.join(names)}), because it finds one that it can use."
    if tf.test.is_built_with_cuda():
        why = f"it finds no GPU that it can use. With an NVIDIA card: {GPU_EXTRA}"
    elif _installed("tensorflow") and _installed("tensorflow-cpu"):
        why = f"the build without GPU lies over the one with it. To use the GPU: {GPU_BUILD_ON_TOP}"
    else:
        why = f"this build knows no GPU. To use an NVIDIA card, on Linux: {GPU_EXTRA}"
    return f"{version} computes on the CPU ({os.cpu_count()} cores), which is enough for the course: {why}"


def _installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


class Adam:
    """Adam (Kingma and Ba, 2015) as one fused operation a variable: the numbers of keras.optimizers.Adam, with fewer passes
    over the memory.

    learning_rate, beta_1, beta_2, epsilon: as there, but epsilon is 1e-8, as in the paper. An instance belongs to the
    variables that it meets first.
    """

    def __init__(self, learning_rate: float = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8):
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self._steps = tf.Variable(0.0)
        self._averages: list[tuple[tf.Variable, tf.Variable]] = []  # v and s of each variable

    def build(self, variables: list[tf.Variable]) -> None:
        """Make the averages, all zero. A graph cannot make variables on its second run, so `fit` does it before."""
        if not self._averages:
            self._averages = [(tf.Variable(tf.zeros_like(w)), tf.Variable(tf.zeros_like(w))) for w in variables]

    def apply_gradients(self, grads_and_vars) -> None:
        """One step: pairs (gradient, variable), always the same variables in the same order."""
        pairs = list(grads_and_vars)
        self.build([variable for _, variable in pairs])
        self._steps.assign_add(1.0)
        for (gradient, variable), (v, s) in zip(pairs, self._averages, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=v.handle,
                v=s.handle,
                beta1_power=self.beta_1**self._steps,
                beta2_power=self.beta_2**self._steps,
                lr=self.learning_rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=gradient,
            )


def fit(
    train_step: Callable,
    X,
    Y,
    parameters: Weights,
    optimizer,
    num_epochs: int,
    minibatch_size: int = 32,
    seed: int = 3,
    watch: Callable[[int, float, Weights], None] | None = None,
) -> History:
    """Train on mini-batches, shuffled anew in every epoch, with a progress bar.

    train_step(X, Y, parameters, optimizer) makes one step and returns the cost before it. watch(epoch, cost, parameters)
    is called after every epoch, the first of which has number 1. The history's costs are means over the batches of an
    epoch. An interrupt ends the training early and keeps what is trained. `parameters` are changed in place.
    """
    history = History(parameters, unit="epoch")
    costs = epochs(train_step, X, Y, parameters, optimizer, minibatch_size, seed)
    with contextlib.suppress(KeyboardInterrupt):
        for epoch in progress(num_epochs, "epoch", first=1):
            history.record(epoch, next(costs))
            if watch:
                watch(epoch, history.costs[-1], parameters)
    return history


def epochs(
    train_step: Callable, X, Y, parameters: Weights, optimizer, minibatch_size: int = 32, seed: int = 3
) -> Iterator[float]:
    """The training itself, an epoch for each value taken: the mean cost of its batches. A whole epoch is one graph."""
    # One example a row here, so that a batch is a few long pieces of memory and not many short ones.
    examples, labels = (tf.constant(np.ascontiguousarray(np.transpose(columns), np.float32)) for columns in (X, Y))
    m = X.shape[1]

    @tf.function
    def train_epoch(order):
        cost, batches = 0.0, 0.0
        for start in tf.range(0, m, minibatch_size):
            batch = order[start : start + minibatch_size]
            X_batch, Y_batch = tf.transpose(tf.gather(examples, batch)), tf.transpose(tf.gather(labels, batch))
            cost, batches = cost + train_step(X_batch, Y_batch, parameters, optimizer), batches + 1.0
        return cost / batches

    rng = np.random.default_rng(seed)
    optimizer.build(list(parameters.values()))
    while True:
        yield float(_in_a_graph(train_epoch, tf.constant(rng.permutation(m))))


def _in_a_graph(train_epoch: Callable, order) -> tf.Tensor:
    """Run an epoch; a train_step that works alone but not inside a graph is explained in a sentence."""
    try:
        return ready(train_epoch, order)
    except (AttributeError, TypeError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise NotReady(
            "train_step cannot run inside a graph: it must return the cost as a tensor (without .numpy()) and make no "
            f"variable or optimizer of its own. TensorFlow says: {reason[:300]}"
        ) from None


@dataclass
class Record:
    """Watches a training run: cost and accuracies after the first and every `every` epochs, kept here and, if `log` names a
    folder, for TensorBoard.

    predict(X, parameters) gives labels of shape (1, m). sets: {name: (X, labels)}, labels of shape (1, m).
    """

    predict: Callable
    sets: dict[str, tuple[np.ndarray, np.ndarray]]
    every: int = 25
    log: str | Path | None = None
    epochs: list[int] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    accuracies: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self):
        self._sets = {name: (tf.constant(X), np.asarray(labels)) for name, (X, labels) in self.sets.items()}
        self._writer = tf.summary.create_file_writer(str(self.log)) if self.log else None

    def __call__(self, epoch: int, cost: float, parameters: Weights) -> None:
        if epoch % self.every and epoch != 1:
            return
        self.epochs.append(epoch)
        self.costs.append(cost)
        for name, (X, labels) in self._sets.items():
            found = np.asarray(ready(self.predict, X, parameters))
            self.accuracies.setdefault(name, []).append(float(np.mean(found == labels)))
        if self._writer:
            with self._writer.as_default(step=epoch):
                tf.summary.scalar("cost", cost)
                for name, values in self.accuracies.items():
                    tf.summary.scalar(f"accuracy/{name}", values[-1])
            self._writer.flush()
