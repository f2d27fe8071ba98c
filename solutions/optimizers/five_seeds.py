"""What section 8 says of Adam with and without a schedule, over five seeds, each with points and an order of its own.

    python solutions/optimizers/five_seeds.py > solutions/optimizers/five_seeds.txt    (half a minute of one core)

Prints how far above the minimum the cost is in the mean of the last 5 of 30 epochs: mean and standard deviation (with 1/4)
over the seeds. The functions are those of the reference solution.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograde.authoring.script import read_script, solution_namespace
from helpers.training import walk

SEEDS, EPOCHS, POINTS = (1, 2, 3, 4, 5), 30, 300
solved = solution_namespace(read_script(Path(__file__).with_name("notebook.py")))


def descent(parameters, grads, t, epoch):
    """Plain descent with the rate 0.1."""
    return solved["update_parameters_with_gd"](parameters, grads, 0.1)


def adam(rate):
    """Adam with a rate that depends on the epoch."""
    state = {}

    def update(parameters, grads, t, epoch):
        if t == 1:
            state["v"], state["s"] = solved["initialize_adam"](parameters)
        moved = solved["update_parameters_with_adam"](parameters, grads, state["v"], state["s"], t, rate(epoch))
        parameters, state["v"], state["s"] = moved
        return parameters

    return update


def excess(seed, update):
    """Mean of the cost above the minimum, over the last five epochs of single examples."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((1, POINTS))
    y = 2 * x + 1 + rng.standard_normal((1, POINTS))
    orders = (solved["random_mini_batches"](x, y, 1, 1000 * seed + epoch) for epoch in range(EPOCHS))
    batches = [batch for order in orders for batch in order]

    def gradient(w, b, t):
        X, Y = batches[t - 1]
        error = w * X + b - Y
        return np.mean(error * X), np.mean(error)

    def cost(w, b):
        return np.mean((np.multiply.outer(w, x[0]) + np.expand_dims(b, -1) - y[0]) ** 2, axis=-1) / 2

    points = walk(gradient, (-1, -1), update, len(batches), steps_per_epoch=POINTS)
    return float((cost(*points.T) - cost(*np.polyfit(x[0], y[0], 1)))[-5 * POINTS :].mean())


def main() -> None:
    """Print all claims, a line each."""
    found = {
        "descent, constant": [excess(seed, descent) for seed in SEEDS],
        "Adam, constant": [excess(seed, adam(lambda epoch: 0.1)) for seed in SEEDS],
        "Adam, exponential": [
            excess(seed, adam(lambda epoch: solved["learning_rate_decay"](0.1, epoch, 0.85, "exponential")))
            for seed in SEEDS
        ],
    }
    for name, values in found.items():
        print(f"{name}: {np.mean(values):.5f} ± {np.std(values, ddof=1):.5f}")
    shares = np.divide(found["Adam, exponential"], found["Adam, constant"])
    print(f"Adam: the schedule leaves at most {shares.max():.4f} of the excess")


if __name__ == "__main__":
    main()
