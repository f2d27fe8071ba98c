"""How right is the exercise's network after 1,500 epochs? Five initial weights, the reference solution, signs.fit.

    python benchmarks/signs_accuracy.py              on our pictures (some minutes)
    python benchmarks/signs_accuracy.py --quick      one initialization, 300 epochs, under 50 s on two quiet cores
    python benchmarks/signs_accuracy.py --original   on the original photographs, where datasets/original/ has them;
                                                     and a network trained on our pictures tested on the photographs

The last line is the median of the accuracies on the test pictures.
"""

import argparse
import statistics

import numpy as np

from autograde.authoring.script import read_script, solution_namespace
from autograde.course import this_course
from helpers import signs
from helpers.data import Pictures, load_signs

course = solution_namespace(read_script(this_course().script("tensorflow_signs")))


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one initialization, 300 epochs")
    parser.add_argument("--original", action="store_true", help="the original photographs")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3, 4, 5], help="of the initial weights")
    options = parser.parse_args()
    seeds, epochs = ([1], 300) if options.quick else (options.seeds, 1500)
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
