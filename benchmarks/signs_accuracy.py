"""How right are the networks of the last assignment? Five starts, the reference solution, the notebook's own trainings.

    python benchmarks/signs_accuracy.py              the exercise's network after 1,500 epochs, on our pictures (some minutes)
    python benchmarks/signs_accuracy.py --quick      one start, 300 epochs, under 50 s on two quiet cores
    python benchmarks/signs_accuracy.py --later      the networks of sections 13 to 15 of the notebook: centred, moved,
                                                     convolutional; also on moved test pictures, and by tone and hand
    python benchmarks/signs_accuracy.py --original   on the original photographs, where datasets/original/ has them; and
                                                     networks trained on our pictures tested on the photographs

The last line is the median of the accuracies on the test pictures, with --later of the convolutional network.
"""

import argparse
import ast
import contextlib
import io
import os
import statistics
import tempfile
from functools import partial
from types import SimpleNamespace

import numpy as np

from autograde.authoring.script import read_script, solution_namespace
from autograde.course import this_course
from autograde.notebook import is_showcase
from helpers import groups, signs
from helpers.data import Pictures, load_attributes, load_signs

script = read_script(this_course().script("tensorflow_signs"))
course = solution_namespace(script)


def trained(pictures: Pictures, seed: int, epochs: int) -> signs.Weights:
    """Parameters after the exercise's training: 12288-25-12-6, Glorot uniform, Adam 1e-4, batches of 32."""
    X, Y = course["normalize_images"](pictures.images_train), course["one_hot_matrix"](pictures.labels_train[0], 6)
    parameters = course["initialize_parameters"](seed=seed)
    for _, _cost in zip(
        range(epochs), signs.epochs(course["train_step"], X, Y, parameters, signs.Adam(1e-4)), strict=False
    ):
        pass
    return parameters


def accuracy(parameters: signs.Weights, images: np.ndarray, labels: np.ndarray) -> float:
    Z3 = course["forward_propagation"](course["normalize_images"](images), parameters)
    return float(np.mean(Z3.numpy().argmax(axis=0) == labels[0]))


def demonstrations(first: int, last: int) -> list[str]:
    """The demonstrations of the notebook's sections from `first` to `last`."""
    found, section = [], 0
    for cell in script.notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            number = cell.source.split()[1]
            section = int(number) if number.isdigit() else last + 1
        elif is_showcase(cell) and first <= section <= last:
            found.append(cell.source)
    return found


def function_of(source: str, name: str, names: dict) -> None:
    """Define one function of a cell and nothing else of it."""
    (function,) = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    exec(compile(ast.Module([function], []), "<cell>", "exec"), names)


def after_later_sections(pictures: Pictures, seed: int) -> dict:
    """The names that the notebook has after sections 13 to 15, with another start for each of its networks."""
    X_train, X_test = (course["normalize_images"](images) for images in (pictures.images_train, pictures.images_test))
    start = partial(course["initialize_parameters"], seed=seed)
    names = {
        **course, "data": pictures, "initialize_parameters": start, "X_train": X_train, "X_test": X_test,
        "labels_train": pictures.labels_train, "labels_test": pictures.labels_test, "parameters": start(),
        "Y_train": course["one_hot_matrix"](pictures.labels_train[0], 6),
        "plain": SimpleNamespace(epochs=[1], accuracies={"training": [0.0], "test": [0.0]}),
    }  # fmt: skip
    (predict,) = (source for source in demonstrations(11, 11) if "def predict(" in source)
    function_of(predict, "predict", names)
    for source in demonstrations(13, 15):
        exec(
            source.replace("network = convolutional_network()", f"network = convolutional_network(seed={seed})"), names
        )
    return names


def measured(names: dict, photographs: Pictures | None) -> dict[str, list[float]]:
    """By a line's name: for each network or group, how many are right, or which share."""
    nets, dense = names["nets"], ("centred", "better")
    found = {}
    for part in ("train", "test"):
        X, labels = names[f"X_{part}"] - names["mean"], names[f"labels_{part}"]
        shares = [float(np.mean(names["predict"](X, names[name]) == labels)) for name in dense]
        images = getattr(names["data"], f"images_{part}")
        shares.append(float(np.mean(nets["convolutional"](images).argmax(axis=1) == labels[0])))
        found[f"{part}: centred, moved, convolutional"] = shares
    for pixels in (4, 8):
        moved = names["aside"](names["data"].images_test, pixels)
        found[f"right when moved by {pixels}: dense, convolutional"] = [
            names["count_right"](net, moved) for net in nets.values()
        ]
    if photographs:
        for name, net in nets.items():
            p = net(photographs.images_test)
            share = float(np.mean(p.argmax(axis=1) == photographs.labels_test[0]))
            found[f"photographs, {name}: right, mean probability of the answer"] = [share, float(p.max(axis=1).mean())]
    about = load_attributes()
    for name, net in nets.items():
        right = net(names["data"].images_test).argmax(axis=1) == names["labels_test"][0]
        for kind, values in (("tone", about.tone.astype(str)), ("hand", about.hand), ("side", about.side)):
            counted = groups.by_group(right, values, about.person)
            found[f"wrong, {name}, by {kind} ({', '.join(g.name for g in counted)})"] = [
                g.total - g.right for g in counted
            ]
        wrong_people = about.person[~right]
        found[f"wrong, {name}: pictures, people"] = [len(wrong_people), len(set(wrong_people))]
    return found


def measure_later(seeds: list[int], original: bool) -> float:
    """Print the figures of sections 13 to 15 for each seed; the median test accuracy of the convolutional network."""
    ours, photographs = load_signs(original=False), load_signs(original=True) if original else None
    accuracies = []
    for seed in seeds:
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),  # which gets the records
            contextlib.redirect_stdout(io.StringIO()),
        ):
            names = after_later_sections(ours, seed)
        found = measured(names, photographs)
        accuracies.append(found["test: centred, moved, convolutional"][-1])
        for line, values in found.items():
            print(f"seed {seed}, {line}: " + ", ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in values))
        print(flush=True)
    return statistics.median(accuracies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one start, 300 epochs")
    parser.add_argument("--later", action="store_true", help="the networks of sections 13 to 15")
    parser.add_argument("--original", action="store_true", help="the original photographs")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3, 4, 5], help="of the initial weights")
    options = parser.parse_args()
    seeds, epochs = ([1], 300) if options.quick else (options.seeds, 1500)
    if options.later:
        os.environ.setdefault("MPLBACKEND", "Agg")
        print(f"signs_test_accuracy: {measure_later(seeds, options.original):.3f}")
        return
    ours = load_signs(original=False)
    sets = [load_signs(original=True), ours] if options.original else [ours]
    test = sets[0]
    found = []
    print(f"{'trained on':20}{'seed':>6}{'train':>9}{'test':>9}   (tested on: {test.name})")
    for pictures in sets:
        for seed in seeds:
            parameters = trained(pictures, seed, epochs)
            on_train = accuracy(parameters, pictures.images_train, pictures.labels_train)
            on_test = accuracy(parameters, test.images_test, test.labels_test)
            print(f"{pictures.name:20}{seed:6}{on_train:9.3f}{on_test:9.3f}", flush=True)
            if pictures is test:
                found.append(on_test)
    print(f"signs_test_accuracy: {statistics.median(found):.3f}")


if __name__ == "__main__":
    main()
