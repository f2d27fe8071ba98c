"""Make transplant.csv: how right a net is on the digits 5 to 9 with layers that have learnt 0 to 4, by how many are kept.

    python datasets/transfer/make_transplant.py    (4 minutes of one core); then make_datasets.py, for registry.txt

A row for each number of old layers kept, of these frozen, each of 5, 20 and 100 pictures a class, and whether new layers stand above
the kept ones: per cent of the test pictures, for five seeds. Each seed has an old net, a draw of the pictures, new first weights
and an order of its own. Rows of handwriting are made where MNIST's files, or its two test files, lie in original/; else those
that stand in the file stay. A row is `helpers.reuse.transplant_percent`, which a notebook can run.
"""

import csv
import sys
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from helpers.data import DataError, load_pen
from helpers.reuse import HIDDEN, first_net, transplant_percent

FILE = Path(__file__).with_name("transplant.csv")
SEEDS = (1, 2, 3, 4, 5)
PER_CLASS = (5, 20, 100)
COLUMNS = ("digits", "others", "kept", "frozen", "per_class", *(f"seed_{seed}" for seed in SEEDS))


def settings():
    """others, kept, frozen, per_class, those with no layer to drop or renew once."""
    for others, kept, per_class in product(("new", "dropped"), range(HIDDEN + 1), PER_CLASS):
        if others == "new" or kept < HIDDEN:
            yield from ((others, kept, frozen, per_class) for frozen in range(kept + 1))


def rows(name: str, data):
    """The rows of one set of digits."""
    X, labels = data.X_train.astype(np.float32), data.Y_train[0]
    old = {seed: first_net(X, labels, seed) for seed in SEEDS}
    for others, kept, frozen, per_class in settings():
        about = {"kept": kept, "frozen": frozen, "per_class": per_class, "others_new": others == "new"}
        found = [transplant_percent(data, old[seed], seed=seed, **about) for seed in SEEDS]
        yield [name, others, kept, frozen, per_class, *(f"{percent:.1f}" for percent in found)]


def main() -> None:
    before = FILE.read_text(encoding="ascii").splitlines() if FILE.exists() else []
    real = [row for row in csv.reader(before) if row[0] == "handwriting"]
    pen = list(rows("pen", load_pen(14, original=False)))
    try:
        real = list(rows("handwriting", load_pen(14, original=True)))
    except DataError as error:
        print(f"The rows of handwriting stay as they were: {error}")
    with FILE.open("w", encoding="ascii", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *pen, *real])


if __name__ == "__main__":
    main()
