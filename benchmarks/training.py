"""How fast is signs.fit? The exercise's training (12288-25-12-6, Adam, batches of 32), in four loops side by side.

    python benchmarks/training.py            100 epochs of each loop (some minutes)
    python benchmarks/training.py --quick    20 epochs of each, under 50 s on two quiet cores

The loops take turns, an epoch each, so that whatever else the machine does hits all alike. They begin with the same weights
and see the same batches; that their costs agree is checked. The last line is seconds of the session loop over ours.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from autograde.authoring.script import read_script, solution_namespace
from autograde.course import this_course
from helpers import signs
from helpers.data import load_signs
from helpers.signs import tf

BATCH, RATE, EPOCHS_OF_THE_EXERCISE = 32, 1e-4, 1500
SAME_FOR = 20  # epochs in which the costs must agree to TOLERANCE; later, rounding has grown
TOLERANCE = 1e-4

course = solution_namespace(read_script(this_course().script("tensorflow_signs")))
data = load_signs(original=False)
labels = data.labels_train[0]
m = labels.size


def orders() -> Iterator[np.ndarray]:
    """The order of the examples in each epoch, as signs.fit draws it."""
    rng = np.random.default_rng(3)
    while True:
        yield rng.permutation(m)


# Each loop below is a generator that trains an epoch whenever it is asked for the next cost.


def session_loop() -> Iterator[float]:
    """A TensorFlow 1 program, as the course's notes have it: placeholders, a feed_dict for every batch, float64 pictures."""
    v1 = tf.compat.v1
    X_train = data.images_train.reshape(m, -1).T / 255.0
    Y_train = np.eye(6)[labels].T
    start = {name: value.numpy() for name, value in course["initialize_parameters"]().items()}
    graph = tf.Graph()
    with graph.as_default():
        X, Y = v1.placeholder(tf.float32, [12288, None]), v1.placeholder(tf.float32, [6, None])
        parameters = {name: v1.Variable(value, name=name) for name, value in start.items()}
        cost = course["compute_cost"](course["forward_propagation"](X, parameters), Y)
        step = v1.train.AdamOptimizer(RATE).minimize(cost)
        initialize = v1.global_variables_initializer()
    session = v1.Session(graph=graph)
    session.run(initialize)
    for order in orders():
        X_shuffled, Y_shuffled = X_train[:, order], Y_train[:, order]
        costs = []
        for k in range(0, m, BATCH):
            feed = {X: X_shuffled[:, k : k + BATCH], Y: Y_shuffled[:, k : k + BATCH]}
            costs.append(session.run([step, cost], feed_dict=feed)[1])
        yield float(np.mean(costs))


def python_loop(train_step: Callable) -> Iterator[float]:
    """A TensorFlow 2 program: Python goes through the batches and calls a step with Keras' Adam."""
    X_train, Y_train = course["normalize_images"](data.images_train), course["one_hot_matrix"](labels, 6).numpy()
    parameters = course["initialize_parameters"]()
    optimizer = tf.keras.optimizers.Adam(RATE, epsilon=1e-8)
    optimizer.build(list(parameters.values()))
    for order in orders():
        batches = [order[k : k + BATCH] for k in range(0, m, BATCH)]
        yield float(np.mean([train_step(X_train[:, b], Y_train[:, b], parameters, optimizer) for b in batches]))


def our_loop() -> Iterator[float]:
    """signs.fit, the course's own: its epochs are handed out one at a time."""
    X_train, Y_train = course["normalize_images"](data.images_train), course["one_hot_matrix"](labels, 6)
    parameters = course["initialize_parameters"]()
    yield from signs.epochs(course["train_step"], X_train, Y_train, parameters, signs.Adam(RATE), BATCH)


LOOPS = {
    "session, feed_dict": session_loop,
    "eager, step by step": lambda: python_loop(course["train_step"]),
    "one graph a step": lambda: python_loop(tf.function(course["train_step"])),
    "one graph an epoch (signs.fit)": our_loop,
}
SESSION, EAGER, _, OURS = LOOPS


def floor() -> float:
    """Seconds of an epoch if there were nothing but the two large matrix products and Adam's pass over W1."""
    W, X, rows = tf.random.normal((25, 12288)), tf.random.normal((12288, BATCH)), tf.random.normal((BATCH, 12288))
    dZ, variable, adam = tf.random.normal((25, BATCH)), tf.Variable(W), signs.Adam(RATE)
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        tf.matmul(W, X)
        adam.apply_gradients([(tf.matmul(dZ, rows), variable)])
        times.append(time.perf_counter() - begin)
    return float(np.median(times)) * -(-m // BATCH)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="20 epochs of each loop")
    epochs = SAME_FOR if parser.parse_args().quick else 100

    loops = {name: make() for name, make in LOOPS.items()}
    costs: dict[str, list[float]] = {name: [] for name in loops}
    seconds: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(epochs):
        for name, loop in loops.items():
            begin = time.perf_counter()
            costs[name].append(next(loop))
            seconds[name].append(time.perf_counter() - begin)

    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, TensorFlow {tf.__version__}, {epochs} epochs each"
    )
    print(f"{'loop':32}{'s an epoch':>12}{'fastest':>10}{'s for 1,500':>13}{'ours is':>10}")
    typical = {name: float(np.median(times[1:])) for name, times in seconds.items()}  # the first builds graphs
    for name, times in seconds.items():
        ratio = typical[name] / typical[OURS]
        print(
            f"{name:32}{typical[name]:12.3f}{min(times):10.3f}{typical[name] * EPOCHS_OF_THE_EXERCISE:13.0f}{ratio:9.1f}x"
        )
    print(f"{'matrix products and Adam alone':32}{floor():12.3f}")

    reference = np.array(costs[SESSION][:SAME_FOR])
    worst = {name: float(np.abs(np.array(values[:SAME_FOR]) - reference).max()) for name, values in costs.items()}
    print(f"largest difference of a cost from the session loop's in {SAME_FOR} epochs: {max(worst.values()):.1e}")
    if max(worst.values()) > TOLERANCE:
        print(f"The loops do not compute the same: {worst}", file=sys.stderr)
        return 1
    print(f"training_eager_ratio: {typical[EAGER] / typical[OURS]:.1f}")
    print(f"training_ratio: {typical[SESSION] / typical[OURS]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
