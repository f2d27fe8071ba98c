"""The claims of this notebook over five draws of the data, each with first weights of its own.

    python solutions/foundations/five_seeds.py > solutions/foundations/five_seeds.txt

Prints mean and standard deviation (with 1/4): the bug of section 6 on other moons, the prices of section 9 on other houses.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "datasets"))

from make_datasets import houses, moons

from autograde.authoring.script import read_script, solution_namespace
from helpers import nets

SEEDS = (1, 2, 3, 4, 5)
STEPS = 2_000
solved = solution_namespace(read_script(Path(__file__).with_name("notebook.py")))


def points(seed: int) -> tuple[np.ndarray, ...]:
    """300 moons' points to learn from and 2,000 new ones: X, Y, X_new, Y_new."""
    parts = (moons(300, 100 + seed), moons(2000, 900 + seed))
    return tuple(array for X, y in parts for array in (X.T, y[None]))


def share_right(seed: int, hidden: tuple[int, ...], where: str) -> float:
    """Per cent of new points that a net gets right whose ReLU stands in the loop, or after it.

    The listing's net with ReLU after the loop is linear up to its last hidden layer.
    """
    X, Y, X_new, Y_new = points(seed)
    parameters = nets.initialize_scaled([2, *hidden, 1], gain=2, seed=seed)
    L, m = nets.number_of_layers(parameters), X.shape[1]

    def has_relu(l: int) -> bool:
        return l < L and (where == "in" or l == L - 1)

    def forward(A):
        outputs = [A]
        for l in range(1, L + 1):
            Z = parameters[f"W{l}"] @ outputs[-1] + parameters[f"b{l}"]
            outputs.append(nets.relu(Z) if has_relu(l) else Z)
        return outputs

    for _ in range(STEPS):
        A = forward(X)
        dZ, grads = (nets.sigmoid(A[-1]) - Y) / m, {}
        for l in range(L, 0, -1):
            grads |= {f"dW{l}": dZ @ A[l - 1].T, f"db{l}": dZ.sum(axis=1, keepdims=True)}
            dZ = parameters[f"W{l}"].T @ dZ
            if has_relu(l - 1):
                dZ = dZ * (A[l - 1] > 0)
        parameters = nets.descend(parameters, grads, 0.1)
    return 100 * float(np.mean((forward(X_new)[-1] > 0) == Y_new))


def price_errors(seed: int) -> list[float]:
    """Error of the logarithms on new houses of the line, the net, and the net with L2, by the functions of the notebook."""
    tables = []
    for columns in houses(seed).values():
        numbers = {k: np.array([float(v or "nan") for v in columns[k]]) for k in ("area", "rooms", "age", "distance")}
        tables.append(
            (numbers, {k: columns[k] for k in ("quarter", "heating")}, np.array([list(map(float, columns["price"]))]))
        )
    (numbers, words, prices), (new_numbers, new_words, new_prices) = tables
    parts = zip(solved["fill_and_scale"](numbers, new_numbers), solved["one_hot_columns"](words, new_words), strict=True)
    X, X_new = (np.vstack(part) for part in parts)
    mean = np.log(prices).mean()
    errors = []
    for hidden, lambd in (((), 0.0), ((20, 10), 0.0), ((20, 10), 3.0)):
        parameters = descend(X, np.log(prices) - mean, hidden, lambd, seed)
        predicted = np.exp(solved["deep_net"](X_new, parameters) + mean)
        errors.append(float(solved["root_mean_squared_error_of_logs"](predicted, new_prices)))
    return errors


def descend(X, y, hidden: tuple[int, ...], lambd: float, seed: int, iterations: int = 3_000) -> nets.Parameters:
    """Parameters after a descent on half the mean squared error with L2, as in the notebook."""
    parameters = nets.initialize_scaled([X.shape[0], *hidden, 1], gain=2, seed=seed)
    L, m = nets.number_of_layers(parameters), X.shape[1]
    for _ in range(iterations):
        _, cache = nets.forward_propagation(X, parameters, last="linear")
        grads = nets.backward_propagation(X, y, cache)
        for l in range(1, L + 1):
            grads[f"dW{l}"] += lambd / m * parameters[f"W{l}"]
        parameters = nets.descend(parameters, grads, 0.1)
    return parameters


def main() -> None:
    nets_tried = {
        "ReLU in the loop": ((10, 10, 10), "in"),
        "ReLU after the loop": ((10, 10, 10), "after"),
        "one unit": ((), "in"),
    }
    for name, (hidden, where) in nets_tried.items():
        shares = [share_right(seed, hidden, where) for seed in SEEDS]
        print(f"{name}: {np.mean(shares):.1f} ± {np.std(shares, ddof=1):.1f} % of new points", flush=True)
    errors = np.array([price_errors(seed) for seed in SEEDS])
    for name, column in zip(("line", "net", "net with L2"), errors.T, strict=True):
        print(f"{name}: {np.mean(column):.3f} ± {np.std(column, ddof=1):.3f} on new houses", flush=True)


if __name__ == "__main__":
    main()
