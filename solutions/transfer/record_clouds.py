"""Record where new pictures lie while a net of two output units learns "same or different": datasets/transfer/clouds.csv.

    python solutions/transfer/record_clouds.py    (20 seconds); then datasets/make_datasets.py, for registry.txt

A row for each of 15 test pictures of each digit, by its number among the test pictures of pen, and for the mean of all training
pictures of a digit, at some steps of a training by `helpers.reuse.train_clouds` with the reference solution's pair_batch.
"""

import csv
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograde.authoring.script import read_script, solution_namespace
from helpers import reuse
from helpers.data import FOLDER, load_pen

BATCHES = 5000
AT = (0, 25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1300, 1600, 2000, 2500, 3000, 3500, 4000, BATCHES)
EACH = 15


def main() -> None:
    solved = solution_namespace(read_script(Path(__file__).with_name("notebook.py")))
    pen = load_pen(14, original=False)
    X, labels = pen.X_train.astype(np.float32), pen.Y_train[0]
    shown = np.concatenate([np.flatnonzero(pen.Y_test[0] == c)[:EACH] for c in range(10)])
    new, rows = pen.X_test[:, shown].astype(np.float32), []

    def watch(t, parameters):
        if t in AT:
            there = reuse.places(new, parameters)
            means = reuse.mean_places(X, labels, parameters)
            rows.extend((t, k, d, *p) for k, d, p in zip(shown, pen.Y_test[0, shown], there.T, strict=True))
            rows.extend((t, "mean", d, *p) for d, p in enumerate(means.T))

    start = reuse.first_weights([196, 100, 100, 100, 2], 1)
    watch(BATCHES, reuse.train_clouds(X, labels, start, solved["pair_batch"], BATCHES, watch, seed=1))
    with (FOLDER / "transfer" / "clouds.csv").open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("batches", "picture", "digit", "x", "y"))
        writer.writerows((t, k, d, f"{x:.2f}", f"{y:.2f}") for t, k, d, x, y in rows)


if __name__ == "__main__":
    main()
