"""The TensorFlow side of the course: which device computes, Adam in one pass, a training loop, and a record of training.

The only module that imports TensorFlow. Import it before TensorFlow, and TensorFlow's start-up notes stay away while its
errors are shown. In everything below, examples are columns: X has shape (n_x, m) and Y, one-hot, shape (C, m).
"""

import contextlib
import importlib.metadata
import inspect
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from helpers.errors import OneSentence
from helpers.installing import FOLDER, install
from helpers.training import History, NotReady, progress, ready

START_UP_NOTE = re.compile(
    r"WARNING: All log messages before absl|[IW]\d{4} |\d{4}-\d\d-\d\d .*: [IW] |To enable the following"
    r"|.*CUDA_ERROR_NO_DEVICE"  # no card, or none that may be used: `describe_device` says so
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


class NoTensorFlow(OneSentence, ModuleNotFoundError):
    """TensorFlow is not installed. Notebooks show the sentence, not a traceback."""


with _without_start_up_notes():
    try:
        import tensorflow as tf
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise NoTensorFlow(
            f"This notebook needs TensorFlow, which is not installed: in a terminal, in the folder '{FOLDER}', run "
            f"{install('tensorflow')} and then restart the kernel.",
            name=error.name,
        ) from None

    # The course's matrices are too small to share one between threads; see benchmarks/README.md. Too late: RuntimeError.
    if "TF_NUM_INTRAOP_THREADS" not in os.environ:
        with contextlib.suppress(RuntimeError):
            tf.config.threading.set_intra_op_parallelism_threads(1)

    # Cards since 2020 round the factors of a float32 product to 11 bits unless told not to: in the fourth digit, right
    # answers then differ from the reference's.
    tf.config.experimental.enable_tensor_float_32_execution(False)

    GPUS = tf.config.list_physical_devices("GPU")  # the first look for a GPU writes notes too
    for gpu in GPUS:
        with contextlib.suppress(RuntimeError):  # TensorFlow has begun to use it
            tf.config.experimental.set_memory_growth(gpu, True)  # or the first notebook leaves a second one nothing

GPU_EXTRA = install("gpu")
GPU_BUILD_ON_TOP = "python -m pip install --force-reinstall --no-deps tensorflow"

Weights = dict[str, tf.Variable]

LARGE = 4096  # inputs from which the first layer is cut
PIECES = min(4, os.cpu_count() or 1)
FEW = 30  # steps that take less time one by one than it takes to make a graph of them


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


def tensorboard_command(log: str | Path) -> str:
    """What to type into a terminal, in whatever folder, to see a folder of records in TensorBoard."""
    words = [sys.executable, "-m", "tensorboard.main", "--logdir", str(Path(log).resolve())]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


class Adam:
    """Adam (Kingma and Ba, 2015) as one fused operation a variable: the numbers of keras.optimizers.Adam, with fewer passes
    over the memory.

    learning_rate, beta_1, beta_2, epsilon: as there, but epsilon is 1e-8, as in the paper.
    """

    def __init__(self, learning_rate: float = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8):
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.steps = tf.Variable(0.0)
        self.averages: dict = {}  # by variable.ref(): v of its gradients and s of their squares

    def build(self, variables) -> None:
        """Make the averages, all zero. A graph cannot make variables on its second run, so `fit` does it before."""
        for variable in variables:
            if variable.ref() not in self.averages:
                zeros = tf.zeros_like(variable)
                self.averages[variable.ref()] = tf.Variable(zeros), tf.Variable(zeros)

    def apply_gradients(self, grads_and_vars) -> None:
        """One step, on pairs (gradient, variable), both of one shape; W1 and its gradient may come in pieces (see Weight)."""
        pairs = [pair for g, w in grads_and_vars for pair in zip(tf.nest.flatten(g), tf.nest.flatten(w), strict=True)]
        self.build([variable for _, variable in pairs])
        t = self.steps.assign_add(1.0)
        powers = {"beta1_power": self.beta_1**t, "beta2_power": self.beta_2**t}
        rates = {"lr": self.learning_rate, "beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.epsilon}
        for gradient, variable in pairs:
            v, s = self.averages[variable.ref()]
            tf.raw_ops.ResourceApplyAdam(var=variable.handle, m=v.handle, v=s.handle, grad=gradient, **powers, **rates)


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
    prepare: Callable | None = None,
) -> History:
    """Train on mini-batches, shuffled anew in every epoch, with a progress bar.

    X has shape (n_x, m), Y shape (C, m); parameters hold Wl of shape (n_l, n_{l-1}) and bl of shape (n_l, 1).
    train_step(X, Y, parameters, optimizer) makes one step and returns the cost before it. watch(epoch, cost, parameters)
    is called after every epoch, the first of which has number 1. prepare(X), of the same shape as X, is what the step
    gets in the place of a batch X. The history's costs are means over the batches of an epoch. An interrupt ends the
    training early and keeps what is trained. `parameters` are changed in place. Up to FEW steps are taken as they are;
    more become graphs.
    """
    history = History(parameters, unit="epoch")
    few = num_epochs * -(-X.shape[1] // minibatch_size) <= FEW
    costs = (_one_by_one if few else epochs)(train_step, X, Y, parameters, optimizer, minibatch_size, seed, prepare)
    with contextlib.suppress(KeyboardInterrupt):
        for epoch in progress(num_epochs, "epoch", first=1):
            history.record(epoch, next(costs))
            if watch:
                watch(epoch, history.costs[-1], parameters)
    return history


def fit_network(
    network,
    images: np.ndarray,
    labels: np.ndarray,
    num_epochs: int,
    minibatch_size: int = 32,
    watch: Callable[[int, float, Any], None] | None = None,
    prepare: Callable | None = None,
) -> list[float]:
    """Train a compiled Keras network on pictures, with a progress bar; an interrupt ends it early, as with `fit`.

    images: uint8, shape (m, height, width, 3), since Keras wants an example in each row. labels: shape (1, m).
    watch(epoch, cost, network) is called after every epoch, the first of which has number 1. prepare(batch), of the same
    shape as the batch, is what the network gets in its place. Returns the mean cost of each epoch. What chance decides
    follows from `tf.keras.utils.set_random_seed`, called before the network is made.
    """
    m = len(images)
    batches = tf.data.Dataset.from_tensor_slices((images, labels[0])).shuffle(m).batch(minibatch_size)
    if prepare:
        as_it_is = tf.autograph.experimental.do_not_convert(lambda batch, its_labels: (prepare(batch), its_labels))
        batches = batches.map(as_it_is)
    costs: list[float] = []
    with contextlib.suppress(KeyboardInterrupt):
        for epoch in progress(num_epochs, "epoch", first=1):
            costs += network.fit(batches, shuffle=False, verbose=0).history["loss"]
            if watch:
                watch(epoch, costs[-1], network)
    return costs


def epochs(
    train_step: Callable,
    X,
    Y,
    parameters: Weights,
    optimizer,
    minibatch_size: int = 32,
    seed: int = 3,
    prepare: Callable | None = None,
) -> Iterator[float]:
    """The training itself, an epoch for each value taken: the mean cost of its batches. A whole epoch is one graph.

    Arguments as for `fit`. A batch is X of shape (n_x, minibatch_size) and Y of shape (C, minibatch_size), fewer in the
    last. Raises NotReady if train_step is not filled in or cannot run inside a graph.
    """
    # One example a row here, so that a batch is a few long parts of memory and not many short ones.
    rows, labels = (np.ascontiguousarray(np.transpose(columns), np.float32) for columns in (X, Y))
    m = X.shape[1]

    def epoch_on(parameters, pieces: int, join: Callable, afterwards: Callable, rewrite: Callable) -> Any:
        examples = [tf.constant(part) for part in np.split(rows, pieces, axis=1)]
        step, prepared = rewrite(train_step), rewrite(prepare) if prepare else None

        def train_batch(order, start, cost, batches):
            batch = order[start : start + minibatch_size]
            parts = [tf.gather(part, batch) for part in examples]
            if prepared:
                X_batch = prepared(tf.transpose(tf.concat(parts, axis=1)))
                parts = tf.split(tf.transpose(X_batch), pieces, axis=1)
            Y_batch = tf.transpose(tf.gather(labels, batch))
            return start + minibatch_size, cost + step(join(parts), Y_batch, parameters, optimizer), batches + 1.0

        @partial(tf.function, autograph=False)
        def train_epoch(order):
            none = tf.constant(0), tf.constant(0.0), tf.constant(0.0)
            _, cost, batches = tf.while_loop(lambda start, *_: start < m, partial(train_batch, order), none)
            afterwards()
            return cost / batches

        return train_epoch

    cut_once = cache(partial(_cut, parameters, optimizer))

    def in_pieces(rewrite: Callable) -> Any:
        cut, put_back = cut_once()
        return epoch_on(cut, PIECES, lambda parts: Inputs(tuple(parts)), put_back, rewrite)

    def whole(rewrite: Callable) -> Any:
        return epoch_on(parameters, 1, lambda parts: tf.transpose(parts[0]), lambda: None, rewrite)

    # A step that does more with W1 or X than W1 @ X cannot be traced with pieces, and goes on with the whole. One that
    # decides by the value of a tensor has to be rewritten for the graph; that takes time, so it comes second.
    cuttable = X.shape[0] >= LARGE and isinstance(optimizer, Adam)
    ways = [partial(way, rewrite) for way in (in_pieces, whole)[not cuttable :] for rewrite in (_as_it_is, _rewritten)]
    optimizer.build(list(parameters.values()))
    train_epoch = _first_that_can_be_traced(ways, tf.TensorSpec([m], tf.int64))
    rng = np.random.default_rng(seed)
    while True:
        yield float(_in_a_graph(train_epoch, tf.constant(rng.permutation(m))))


def _one_by_one(
    train_step: Callable, X, Y, parameters: Weights, optimizer, minibatch_size: int, seed: int, prepare: Callable | None
) -> Iterator[float]:
    """As `epochs`, in the same shapes, with the same arithmetic and no graph."""
    X, Y = np.asarray(X, np.float32), np.asarray(Y, np.float32)
    m = X.shape[1]
    optimizer.build(list(parameters.values()))
    rng = np.random.default_rng(seed)
    while True:
        order, costs = rng.permutation(m), []
        for start in range(0, m, minibatch_size):
            batch = order[start : start + minibatch_size]
            X_batch, Y_batch = tf.constant(X[:, batch]), tf.constant(Y[:, batch])
            X_batch = prepare(X_batch) if prepare else X_batch
            costs.append(ready(train_step, X_batch, Y_batch, parameters, optimizer))
        yield float(sum(costs) / len(costs))


def as_graph(function: Callable, *args) -> Callable:
    """The function as a graph, for arguments like these; rewritten for it only where it cannot be traced as it is."""
    ways = [partial(tf.function, function, autograph=False), partial(tf.function, function)]
    return _first_that_can_be_traced(ways, *args)


def _as_it_is(function: Callable) -> Callable:
    return function


def _rewritten(function: Callable) -> Callable:
    """With `if`, `while` and `for` over tensors as operations of a graph."""
    return tf.autograph.to_graph(function) if inspect.isfunction(function) else function


def _first_that_can_be_traced(ways: Sequence[Callable], *args) -> Any:
    """A graph for arguments like these, made in the first of these ways that works; what is wrong with the last is seen
    when it runs."""
    for way in ways[:-1]:
        with contextlib.suppress(Exception):
            graph = way()
            graph.get_concrete_function(*args)
            return graph
    return ways[-1]()


class Inputs(tf.experimental.ExtensionType):
    """X in pieces: its rows cut into PIECES parts of the same size, each turned so that an example is a row, which makes
    them (m, n_x / PIECES)."""

    parts: tuple[tf.Tensor, ...]


class Weight:
    """W1 in pieces: its columns cut where the rows of X are cut, each part turned, which makes them (n_x / PIECES, n_1), so
    that W1 @ X, of shape (n_1, m), is a sum over the pieces.

    Each core works on pieces of its own, and a piece with its gradient and averages fits into a core's cache. That makes
    training twice as fast where the first layer has 300,000 weights and nearly all of the work.
    """

    def __init__(self, parts):
        self.parts = list(parts)

    def __matmul__(self, X: Inputs) -> tf.Tensor:
        return tf.transpose(tf.add_n([rows @ part for rows, part in zip(X.parts, self.parts, strict=True)]))

    def __tf_flatten__(self):  # by which tape.gradient and tf.nest see the pieces
        return (), tuple(self.parts)

    @classmethod
    def __tf_unflatten__(cls, metadata, parts):
        return cls(parts)


@tf.experimental.dispatch_for_api(tf.matmul, {"b": Inputs})
def _matmul(
    a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False,
    a_is_sparse=False, b_is_sparse=False, output_type=None, grad_a=False, grad_b=False, name=None,
):  # fmt: skip
    if transpose_a or transpose_b or adjoint_a or adjoint_b:
        raise TypeError("pieces can be multiplied as they are only")
    return a @ b


def _cut(parameters: Weights, optimizer: Adam) -> tuple[dict, Callable]:
    """parameters with W1, of shape (n_1, n_x), in pieces, and what to do after each epoch: put W1 and its averages
    back together."""
    W1 = parameters["W1"]
    wholes = (W1, *optimizer.averages[W1.ref()])
    cut = [[tf.Variable(part) for part in tf.split(tf.transpose(whole), PIECES)] for whole in wholes]
    for W, v, s in zip(*cut, strict=True):
        optimizer.averages[W.ref()] = v, s

    def put_back() -> None:
        for whole, parts in zip(wholes, cut, strict=True):
            whole.assign(tf.transpose(tf.concat(parts, axis=0)))

    return {**parameters, "W1": Weight(cut[0])}, put_back


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

    predict(X, parameters) gives labels of shape (1, m). sets: {name: (X, labels)}, X of shape (n_x, m), labels of shape
    (1, m). accuracies: by name, shares of right labels between 0 and 1, as many as there are epochs and costs.
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
        """What `fit` calls after an epoch: note it if it is one of those watched. Raises NotReady."""
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
