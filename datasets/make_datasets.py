"""Make the CSV files of this folder and their checksums.

    python datasets/make_datasets.py             rewrite every CSV and registry.txt; a second run changes no byte
    python datasets/make_datasets.py --measure   how far a network over-fits the football pitch, and what helps (1 min)
    python datasets/make_datasets.py --survey    the same on 40 other pitches: is ours an exception? (6 min)

Needs NumPy; circles, moons and digits also need scikit-learn. README.md says what the files are and are not good for.
"""

import argparse
import hashlib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent

FOOTBALL_SEED = 28  # one of 40 looked at; README.md says why this one and what the others do
HALF_LENGTH, HALF_WIDTH = 0.8, 0.52  # a pitch of 105 m by 68 m, its centre at (0, 0)
BLUR = 0.03  # how far the two teams reach into each other's half
SURPRISES = 0.05  # the share of kicks headed by the team that should not have been there

HOUSES_SEED = 7  # the first that was tried
NOISE = 0.10  # standard deviation of the logarithm of a price: what no rule can know
QUARTERS = {"harbour": 0.25, "hill": 0.35, "mills": -0.2, "old town": 0.15, "station": -0.1}
HEATING = {"district": 0.05, "gas": 0.0, "heat pump": 0.1, "oil": -0.1}

DIGITS_SEED = 16  # of the order in which the scanned digits are split
DIGITS_TRAIN = 1200  # of 1,797

Table = tuple[np.ndarray, np.ndarray]  # X of shape (m, n), labels of shape (m,): examples are rows, as in a CSV
Columns = dict[str, list[str]]  # m texts by name


# --- the data -----------------------------------------------------------------------------------------------------


def front(x1: np.ndarray) -> np.ndarray:
    """The slanted, gently curved line between the teams: its x2 at each x1."""
    return 0.6 * x1 + 0.2 * np.sin(3 * x1)


def kicks(rng: np.random.RandomState, m: int) -> Table:
    """Where m of the goalkeeper's kicks came down, and whether our team (1) or the other one (0) headed the ball.

    Places are even over the pitch. Our players hold the side above `front`, give or take BLUR; then SURPRISES * m
    kicks, drawn at random, change sides.
    """
    X = rng.uniform([-HALF_LENGTH, -HALF_WIDTH], [HALF_LENGTH, HALF_WIDTH], size=(m, 2)).round(6)
    distance = (X[:, 1] - front(X[:, 0])) / np.hypot(1, 0.6)
    labels = (distance + BLUR * rng.standard_normal(m) > 0).astype(np.int64)
    surprises = rng.permutation(m)[: round(SURPRISES * m)]
    labels[surprises] = 1 - labels[surprises]
    return X, labels


def football(seed: int = FOOTBALL_SEED) -> dict[str, Table]:
    """Training and test kicks: 200 each, one stream, the same rules for both."""
    rng = np.random.RandomState(seed)
    return {"football_train.csv": kicks(rng, 200), "football_test.csv": kicks(rng, 200)}


def circles_and_moons() -> dict[str, Table]:
    """scikit-learn's circles and moons. `random_state=1` draws what `np.random.seed(1)` before the call would."""
    from sklearn.datasets import make_circles

    return {
        "circles_train.csv": make_circles(n_samples=300, noise=0.05, random_state=1),
        "circles_test.csv": make_circles(n_samples=100, noise=0.05, random_state=2),
        "moons_train.csv": moons(300, 3),
        "moons_test.csv": moons(100, 4),
    }


def moons(m: int, seed: int) -> Table:
    """m points of scikit-learn's moons, as noisy as those of the course."""
    from sklearn.datasets import make_moons

    return make_moons(n_samples=m, noise=0.2, random_state=seed)


def log_price(area, rooms, age, distance, quarter, heating) -> np.ndarray:
    """The rule of the houses, without noise, for arrays of shape (m,): the natural logarithm of the price.

    It bends on purpose: houses are cheapest at 60 years, and distance costs little where there is water.
    """
    worth = 12.6 + 0.75 * np.log(area / 100) + 0.04 * (rooms - area / 28)
    worth = worth + np.array([QUARTERS[name] for name in quarter])
    worth = worth + np.array([HEATING.get(name, -0.05) for name in heating])  # wood, which HEATING does not have
    worth = worth + 0.4 * (age / 60 - 1) ** 2 * (age < 120)
    return worth - np.where(np.array(quarter) == "harbour", 0.03, 0.22) * np.log(1 + distance)


def sales(rng: np.random.RandomState, m: int, wood: int = 0) -> Columns:
    """m sales of houses by the rule, as columns of text and numbers; what is missing is "". wood: so many are heated so."""
    area = np.round(np.exp(np.log(105) + 0.35 * rng.standard_normal(m))).clip(30, 320)
    rooms = np.round(area / 28 + 0.8 * rng.standard_normal(m)).clip(1, 12)
    age = np.floor(115 * rng.uniform(size=m) ** 1.3)
    distance = np.round(np.exp(np.log(3.5) + 0.7 * rng.standard_normal(m)), 1).clip(0.1, 30)
    quarter = rng.choice(list(QUARTERS), m, p=[0.15, 0.15, 0.3, 0.15, 0.25])
    heating = rng.choice(list(HEATING), m, p=[0.2, 0.45, 0.1, 0.25]).astype("<U9")
    heating[rng.permutation(m)[:wood]] = "wood"
    price = np.exp(log_price(area, rooms, age, distance, quarter, heating) + NOISE * rng.standard_normal(m))
    unknown = {name: rng.uniform(size=m) < share for name, share in (("rooms", 0.06), ("age", 0.12), ("heating", 0.1))}
    columns = {"area": area, "rooms": rooms, "age": age, "distance": distance, "quarter": quarter, "heating": heating}
    text = {
        name: [f"{value:g}" if values.dtype.kind == "f" else str(value) for value in values]
        for name, values in columns.items()
    }
    for name, missing in unknown.items():
        text[name] = ["" if gone else value for value, gone in zip(text[name], missing, strict=True)]
    return text | {"price": [f"{value:.0f}" for value in np.round(price, -2)]}


def houses(seed: int = HOUSES_SEED) -> dict[str, Columns]:
    """Training and test sales, one stream; some of the test set are heated with wood, which training never saw."""
    rng = np.random.RandomState(seed)
    return {"houses_train.csv": sales(rng, 1200), "houses_test.csv": sales(rng, 300, wood=6)}


def digits() -> dict[str, Table]:
    """The scanned digits that scikit-learn carries, pixels from 0 to 16, shuffled once and split."""
    from sklearn.datasets import load_digits

    X, labels = load_digits(return_X_y=True)
    order = np.random.RandomState(DIGITS_SEED).permutation(len(labels))
    train, test = order[:DIGITS_TRAIN], order[DIGITS_TRAIN:]
    return {
        "digits_train.csv": (X[train].astype(np.int64), labels[train]),
        "digits_test.csv": (X[test].astype(np.int64), labels[test]),
    }


# --- the files ----------------------------------------------------------------------------------------------------


def csv_bytes(table: Table) -> bytes:
    """A header and a line for each example; `repr` keeps every digit, so the floats read back are the same floats."""
    X, labels = table
    header = ",".join([*(f"x{i}" for i in range(1, X.shape[1] + 1)), "label"])
    lines = [",".join([*map(repr, x), str(label)]) for x, label in zip(X.tolist(), labels.tolist(), strict=True)]
    return "\n".join([header, *lines, ""]).encode("ascii")


def columns_bytes(columns: Columns) -> bytes:
    """The same for columns of text: their names, and a line for each example."""
    lines = [",".join(row) for row in zip(*columns.values(), strict=True)]
    return "\n".join([",".join(columns), *lines, ""]).encode("ascii")


def write(tables: Mapping[str, Table | Columns], folder: Path) -> None:
    """Write the tables as CSV files."""
    for name, table in tables.items():
        path, content = folder / name, columns_bytes(table) if isinstance(table, dict) else csv_bytes(table)
        same = path.exists() and path.read_bytes() == content
        path.write_bytes(content)
        print(f"{name}: {len(content.splitlines()) - 1} examples, {'unchanged' if same else 'written'}")


def write_registry(folder: Path) -> None:
    """List the points and the pictures with their sha256, in the format of pooch (a file name, a space, 64 hex digits)."""
    files = sorted(
        [*folder.glob("*.csv"), *folder.glob("signs/*.h5"), *folder.glob("pen/*.gz"), *folder.glob("transfer/*.csv")]
    )
    lines = [f"{path.relative_to(folder).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    header = "# Made by datasets/make_datasets.py; do not edit."
    (folder / "registry.txt").write_bytes("\n".join([header, *lines, ""]).encode("ascii"))
    print(f"registry.txt: {len(lines)} files")


# --- the measurement ----------------------------------------------------------------------------------------------

REMEDIES = {"none": {}, "L2, lambd 0.7": {"lambd": 0.7}, "dropout, keep_prob 0.86": {"keep_prob": 0.86}}


def train(table: Table, seed: int = 3, lambd: float = 0.0, keep_prob: float = 1.0, iterations: int = 30_000) -> list:
    """The network of the regularization assignment: 2-20-3-1, full batch, learning rate 0.3. Returns its (W, b) pairs.

    The assignment calls np.random.seed(1) before every dropout pass, so all passes share one set of masks; hence they
    are drawn once here.
    """
    X, Y = np.ascontiguousarray(table[0].T), table[1][None]  # (2, m), (1, m)
    m = Y.shape[1]
    sizes = [2, 20, 3, 1]
    rng = np.random.RandomState(seed)
    layers = [(rng.randn(n, k) / np.sqrt(k), np.zeros((n, 1))) for k, n in pairwise(sizes)]
    rng = np.random.RandomState(1)
    masks = [1.0] + [(rng.rand(n, m) < keep_prob) / keep_prob for n in sizes[1:-1]]

    for _ in range(iterations):
        A = [X]
        for (W, b), D in zip(layers[:-1], masks[1:], strict=True):
            A.append(np.maximum(0, W @ A[-1] + b) * D)
        W, b = layers[-1]
        dZ = (1 / (1 + np.exp(-(W @ A[-1] + b))) - Y) / m
        for i in reversed(range(len(layers))):
            W, b = layers[i]
            dW, db = dZ @ A[i].T + lambd / m * W, dZ.sum(axis=1, keepdims=True)
            dZ = (W.T @ dZ) * masks[i] * (A[i] > 0)
            layers[i] = W - 0.3 * dW, b - 0.3 * db
    return layers


def accuracy(layers: list, table: Table) -> float:
    """The share of examples on the right side of 0.5, dropout off."""
    A = table[0].T
    for W, b in layers[:-1]:
        A = np.maximum(0, W @ A + b)
    W, b = layers[-1]
    return float(((W @ A + b > 0) == table[1]).mean())


def accuracies(data_seed: int = FOOTBALL_SEED, weight_seed: int = 3) -> np.ndarray:
    """Shape (3, 3): a row for each remedy; columns training, test, and 20,000 fresh kicks by the same rules."""
    train_set, test_set = football(data_seed).values()
    fresh = kicks(np.random.RandomState(1_000_000 + data_seed), 20_000)
    networks = [train(train_set, weight_seed, **remedy) for remedy in REMEDIES.values()]
    return np.array([[accuracy(network, t) for t in (train_set, test_set, fresh)] for network in networks])


def show(title: str, rows: np.ndarray) -> None:
    """Print one (3, 3) array of `accuracies` as lines of text."""
    print(f"{title:25}  train   test  fresh")
    for name, row in zip(REMEDIES, rows, strict=True):
        print(f"  {name:23}" + "".join(f"{value:7.3f}" for value in row), flush=True)


def measure() -> None:
    """Our pitch, five initializations of the weights."""
    for seed in (3, 1, 2, 4, 5):
        show(f"weight seed {seed}", accuracies(weight_seed=seed))


def survey() -> None:
    """Forty pitches by the same rules, each with weight seed 3."""
    rows = np.array([accuracies(data_seed=seed) for seed in range(40)])
    show("mean of 40 pitches", rows.mean(axis=0))
    for i, name in list(enumerate(REMEDIES))[1:]:
        test, fresh = (rows[:, i, 1:] > rows[:, 0, 1:]).sum(axis=0)
        print(f"  {name}: better than none on {test} of 40 test sets, on {fresh} of 40 fresh samples")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the data sets of the course, or measure the football pitch.")
    parser.add_argument("--measure", action="store_true", help="train on the football pitch and print accuracies")
    parser.add_argument("--survey", action="store_true", help="do the same on 40 other pitches")
    options = parser.parse_args()
    if options.measure:
        measure()
    if options.survey:
        survey()
    if not (options.measure or options.survey):
        write({**football(), **circles_and_moons(), **houses(), **digits()}, FOLDER)
        write_registry(FOLDER)


if __name__ == "__main__":
    main()
