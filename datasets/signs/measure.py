"""What is in the data set, and how hard is it? Prints the figures that README.md quotes.

    python datasets/signs/measure.py                     counts, then the network on the files of this folder (15 min)
    python datasets/signs/measure.py --data FOLDER       on the train_signs.h5 and test_signs.h5 of another folder
    python datasets/signs/measure.py --also FILE         test it on the test pictures of FILE as well
    python datasets/signs/measure.py --only counts       counts of pictures.csv alone
    python datasets/signs/measure.py --only mlp --seeds 1 2 --epochs 300

The network is that of the exercise, in plain NumPy: 12288-25-12-6. How right others are, benchmarks/signs_accuracy.py
measures.
"""

import argparse
import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np

FOLDER = Path(__file__).resolve().parent
SIZES = (64 * 64 * 3, 25, 12, 6)
LEARNING_RATE, BETA1, BETA2, EPSILON = 1e-4, 0.9, 0.999, 1e-7  # Adam as in Keras
BATCH = 32
BLOCK = 16_384  # numbers
TINY = np.float32(1e-18)  # moves no weight, but keeps the averages of dead units away from slow, denormal numbers

Pictures = tuple[np.ndarray, np.ndarray]  # X of shape (m, 64, 64, 3), floats from 0 to 1; labels of shape (m,)


def read(path: Path, part: str) -> Pictures:
    """The pictures and labels of one part, "train" or "test", of an h5 file."""
    with h5py.File(path) as file:
        return file[f"{part}_set_x"][:].astype(np.float32) / 255, file[f"{part}_set_y"][:].astype(np.int64)


# --- the network of the exercise ----------------------------------------------------------------------------------


class Parameters:
    """W1, b1, W2, b2, W3, b3 as views of one vector, or their gradients; W of shape (n_in, n_out), float32."""

    def __init__(self) -> None:
        shapes = [shape for n_in, n_out in pairwise(SIZES) for shape in ((n_in, n_out), (n_out,))]
        ends = np.cumsum([np.prod(shape) for shape in shapes])
        self.vector = np.zeros(ends[-1], np.float32)
        self.parts = [part.reshape(shape) for part, shape in zip(np.split(self.vector, ends[:-1]), shapes, strict=True)]


def glorot_uniform(rng: np.random.Generator) -> Parameters:
    """W from U(-limit, limit) with limit = sqrt(6 / (n_in + n_out)), b zero."""
    parameters = Parameters()
    for W in parameters.parts[::2]:
        limit = np.sqrt(6 / sum(W.shape))
        W[:] = rng.uniform(-limit, limit, W.shape)
    return parameters


def forward(parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A1, A2, Z3 for X of shape (m, 12288)."""
    W1, b1, W2, b2, W3, b3 = parameters.parts
    A1 = np.maximum(0, X @ W1 + b1)
    A2 = np.maximum(0, A1 @ W2 + b2)
    return A1, A2, A2 @ W3 + b3


def backward(parameters: Parameters, X: np.ndarray, y: np.ndarray, gradients: Parameters) -> None:
    """Write the gradients of the mean cross-entropy to `gradients`."""
    A1, A2, Z3 = forward(parameters, X)
    dZ3 = np.exp(Z3 - Z3.max(axis=1, keepdims=True))
    dZ3 /= dZ3.sum(axis=1, keepdims=True)
    dZ3[np.arange(len(y)), y] -= 1
    dZ3 /= len(y)
    dZ2 = dZ3 @ parameters.parts[4].T * (A2 > 0)
    dZ1 = dZ2 @ parameters.parts[2].T * (A1 > 0)
    dW1, db1, dW2, db2, dW3, db3 = gradients.parts
    for A, dZ, dW, db in ((X, dZ1, dW1, db1), (A1, dZ2, dW2, db2), (A2, dZ3, dW3, db3)):
        np.matmul(A.T, dZ, out=dW)
        dZ.sum(axis=0, out=db)


def train_mlp(pictures: Pictures, seed: int, epochs: int) -> Parameters:
    """Adam on shuffled mini-batches.

    Adam goes through the parameters in blocks that fit the processor's cache, which saves time. Its averages are
    kept without the factors 1 - beta; `rate` and `epsilon` make up for them and for the bias correction.
    """
    rng = np.random.default_rng(seed)
    X, y = pictures[0].reshape(-1, SIZES[0]), pictures[1]
    parameters, gradients = glorot_uniform(rng), Parameters()
    v, s = np.zeros_like(gradients.vector), np.zeros_like(gradients.vector)
    blocks = [slice(start, start + BLOCK) for start in range(0, len(v), BLOCK)]
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), BATCH):
            batch = order[start : start + BATCH]
            backward(parameters, X[batch], y[batch], gradients)
            step += 1
            root = np.sqrt((1 - BETA2**step) / (1 - BETA2))
            rate = np.float32(LEARNING_RATE * root * (1 - BETA1) / (1 - BETA1**step))
            epsilon = np.float32(EPSILON * root)
            for block in blocks:
                g = gradients.vector[block]
                g += TINY
                v[block] *= np.float32(BETA1)
                v[block] += g
                s[block] *= np.float32(BETA2)
                s[block] += np.square(g, out=g)
                np.sqrt(s[block], out=g)
                g += epsilon
                np.divide(v[block], g, out=g)
                g *= rate
                parameters.vector[block] -= g
    return parameters


def accuracy_mlp(parameters: Parameters, pictures: Pictures) -> float:
    """The share of pictures whose greatest output is that of their label."""
    Z3 = forward(parameters, pictures[0].reshape(-1, SIZES[0]))[-1]
    return float((Z3.argmax(axis=1) == pictures[1]).mean())


# --- the figures --------------------------------------------------------------------------------------------------


def show(name: str, accuracies: list[float]) -> None:
    """A line of the table of accuracies."""
    print(f"{name:24}" + "".join(f"{value:8.3f}" for value in accuracies), flush=True)


def show_counts(path: Path) -> None:
    """How many pictures there are of each kind, and people: from pictures.csv."""
    with path.open(encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    for part in ("train", "test"):
        mine = [row for row in rows if row["part"] == part]
        print(f"{part}: {len(mine)} pictures of {len({row['person'] for row in mine})} people")
        for column in ("label", "tone", "hand", "side", "wall"):
            counts = sorted(Counter(row[column] for row in mine).items())
            print(f"  {column:6}" + "".join(f"  {value} {count}" for value, count in counts))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network on the data set and print its accuracies.")
    parser.add_argument("--data", type=Path, default=FOLDER, help="the folder of train_signs.h5 and test_signs.h5")
    parser.add_argument("--also", type=Path, help="an h5 file with further test pictures")
    parser.add_argument("--only", choices=("counts", "mlp"), help="a part of the figures")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5], help="seeds of the MLP")
    parser.add_argument("--epochs", type=int, default=1500, help="epochs of the MLP")
    options = parser.parse_args()

    wanted = {options.only} if options.only else {"counts", "mlp"}
    if "counts" in wanted:
        show_counts(options.data / "pictures.csv")
    if wanted == {"counts"}:
        return
    train_set = read(options.data / "train_signs.h5", "train")
    sets = {"train": train_set, "test": read(options.data / "test_signs.h5", "test")}
    if options.also:
        sets["also"] = read(options.also, "test")
    print(" " * 24 + "".join(f"{name:>8}" for name in sets))
    for seed in options.seeds:
        parameters = train_mlp(train_set, seed, options.epochs)
        show(f"MLP, seed {seed}", [accuracy_mlp(parameters, pictures) for pictures in sets.values()])


if __name__ == "__main__":
    main()
