"""The claims of this notebook over five seeds, each with a split of the digits, first weights and an order of its own.

    python solutions/softmax_batch_norm/five_seeds.py > solutions/softmax_batch_norm/five_seeds.txt    (2 minutes of one core)

Prints per cent of the 597 test digits, mean and standard deviation (with 1/4) over the seeds. The functions are those of the
reference solution.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograde.authoring.script import read_script, solution_namespace
from helpers import nets
from helpers.data import load_digits, split_anew
from helpers.training import train_classes

SEEDS = (1, 2, 3, 4, 5)
SIZES = [64, 50, 50, 50, 50, 50, 10]
RATES = (0.01, 0.1, 1, 3, 5)
EPOCHS = 10
solved = solution_namespace(read_script(Path(__file__).with_name("notebook.py")))


def split(seed):
    """X and labels to train on, 1,200, and to test on, 597, drawn anew from all digits."""
    anew = split_anew(load_digits(), seed)
    return anew.X_train, anew.Y_train, anew.X_test, anew.Y_test


def first_parameters(seed, gain):
    """W1, b1, ...: weights of variance gain / n, or 1 where gain is None; biases 0."""
    parameters = nets.initialize_scaled(SIZES, gain=gain or 1, seed=seed)
    if gain is None:
        for l, n in enumerate(SIZES[:-1], start=1):
            parameters[f"W{l}"] *= np.sqrt(n)
    return parameters


def repaired(seed):
    """Weights of a sigmoid net that make up for its slope of 1/4, and biases that take its mean of 1/2 off again."""
    parameters = first_parameters(seed, gain=1)
    for l in range(1, len(SIZES)):
        parameters[f"W{l}"] *= 4
        if l > 1:
            parameters[f"b{l}"] = -parameters[f"W{l}"].sum(axis=1, keepdims=True) / 2
    return parameters


def without(data, seed, parameters, hidden, rate, batch_size=64):
    """Per cent of the test digits that a net without batch norm has right."""
    X, labels, X_test, labels_test = data

    def gradients(X, Y, parameters):
        _, cache = nets.forward_propagation(X, parameters, hidden, "softmax")
        return 0.0, nets.backward_propagation(X, Y, cache, hidden)

    about = {"learning_rate": rate, "epochs": EPOCHS, "batch_size": batch_size, "seed": seed}
    trained = train_classes(X, np.eye(10)[:, labels[0]], parameters, gradients, **about).parameters
    return 100 * nets.share_right(nets.forward_propagation(X_test, trained, hidden, "softmax")[0], labels_test)


def with_batch_norm(data, seed, parameters, hidden, rate, batch_size=64):
    """The same with batch norm in each hidden layer, by the reference solution's functions."""
    X, labels, X_test, labels_test = data
    L = nets.number_of_layers(parameters)
    parameters = {name: value for name, value in parameters.items() if name[0] == "W" or name == f"b{L}"}
    running = []
    for l, units in enumerate(SIZES[1:-1], start=1):
        parameters |= {f"gamma{l}": np.ones((units, 1)), f"beta{l}": np.zeros((units, 1))}
        running.append({"mu": np.zeros((units, 1)), "var": np.ones((units, 1))})

    def layers(X, parameters, training):
        A, caches = X, []
        for l in range(1, L):
            Z, scale, shift = parameters[f"W{l}"] @ A, parameters[f"gamma{l}"], parameters[f"beta{l}"]
            if training:
                Z_tilde, cache = solved["batch_norm_forward"](Z, scale, shift)
                running[l - 1] = solved["update_running_averages"](running[l - 1], cache["mu"], cache["var"])
            else:
                Z_tilde, cache = solved["batch_norm_inference"](Z, scale, shift, running[l - 1]), {}
            below, A = A, nets.ACTIVATIONS[hidden](Z_tilde)
            caches.append((below, A, cache))
        return parameters[f"W{L}"] @ A + parameters[f"b{L}"], caches, A

    def gradients(X, Y, parameters):
        ZL, caches, A = layers(X, parameters, True)
        m = Y.shape[1]
        dZ = solved["softmax_backward"](ZL, Y)
        grads = {f"dW{L}": dZ @ A.T / m, f"db{L}": dZ.mean(axis=1, keepdims=True)}
        for l in range(L - 1, 0, -1):
            below, A, cache = caches[l - 1]
            dZ_tilde = (parameters[f"W{l + 1}"].T @ dZ) * nets.SLOPES[hidden](A)
            dZ, grads[f"dgamma{l}"], grads[f"dbeta{l}"] = solved["batch_norm_backward"](
                dZ_tilde, cache, parameters[f"gamma{l}"]
            )
            grads[f"dW{l}"] = dZ @ below.T / m
        return 0.0, grads

    about = {"learning_rate": rate, "epochs": EPOCHS, "batch_size": batch_size, "seed": seed}
    trained = train_classes(X, np.eye(10)[:, labels[0]], parameters, gradients, **about).parameters
    return 100 * nets.share_right(layers(X_test, trained, False)[0], labels_test)


def regression(data, steps=200):
    """Per cent of the test digits after these steps of softmax regression at rate 0.5, all digits at once."""
    X, labels, X_test, labels_test = data
    zeros = {"W1": np.zeros((10, 64)), "b1": np.zeros((10, 1))}

    def gradients(X, Y, parameters):
        return 0.0, solved["softmax_regression_gradients"](X, Y, parameters)

    about = {"learning_rate": 0.5, "epochs": steps, "batch_size": None}
    trained = train_classes(X, np.eye(10)[:, labels[0]], zeros, gradients, **about).parameters
    return 100 * nets.share_right(trained["W1"] @ X_test + trained["b1"], labels_test)


def say(what, values):
    print(f"{what}: {np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}", flush=True)


def main():
    data = {seed: split(seed) for seed in SEEDS}
    say("softmax regression, 200 steps", [regression(data[s]) for s in SEEDS])
    kinds = {"ReLU, He": ("relu", 2), "sigmoid, 1/n": ("sigmoid", 1), "ReLU, variance 1": ("relu", None)}
    with np.errstate(all="ignore"):  # nets that fly apart
        for name, (hidden, gain) in kinds.items():
            for rate in RATES:
                for how, train in (("without", without), ("with", with_batch_norm)):
                    values = [train(data[s], s, first_parameters(s, gain), hidden, rate) for s in SEEDS]
                    say(f"{name}, rate {rate}, {how}", values)
        for rate in (0.01, 0.1, 1):
            say(f"sigmoid repaired by hand, rate {rate}", [without(data[s], s, repaired(s), "sigmoid", rate) for s in SEEDS])
        for size in (2, 4, 8):
            for how, train in (("without", without), ("with", with_batch_norm)):
                values = [train(data[s], s, first_parameters(s, 2), "relu", 0.01, size) for s in SEEDS]
                say(f"batches of {size}, rate 0.01, {how}", values)


if __name__ == "__main__":
    main()
