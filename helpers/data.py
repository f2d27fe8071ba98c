"""The data sets of the course, read from the `datasets` folder, and a look at whether its files are complete."""

import csv
import gzip
import hashlib
import math
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from helpers.errors import OneSentence
from helpers.installing import install

FOLDER = Path(__file__).resolve().parents[1] / "datasets"
NUMBERS, WORDS = ("area", "rooms", "age", "distance"), ("quarter", "heating")  # columns of houses, beside the price
RESTORE = "copy it anew from the zip file of the course"
SIGNS = ("train_signs.h5", "test_signs.h5")
MNIST_TEST = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
MNIST = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", *MNIST_TEST)
GET_MNIST = "get a sound copy, or take MNIST's files away to use our own digits"
GET_SIGNS = "get a sound copy, or take both files away to use our own pictures"


class DataError(OneSentence):
    """A data set cannot be read: what happened, where, what to do. Notebooks show the sentence, not a traceback."""


@dataclass(frozen=True)
class Dataset:
    """Points of two classes, or of several, examples in columns.

    X_train, X_test: features, floats, shape (n_x, m). Y_train, Y_test: labels 0 or 1, or up to C - 1, int64, shape (1, m).
    m is the number of examples, which differs between training and test.
    """

    name: str
    X_train: np.ndarray
    Y_train: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray


@dataclass(frozen=True)
class Pictures:
    """Photographs or renderings of several classes.

    images_train, images_test: uint8, shape (m, 64, 64, 3), red, green and blue from 0 to 255. labels_train, labels_test:
    which class each shows, int64, shape (1, m). classes: the labels there are, shape (C,).
    """

    name: str
    images_train: np.ndarray
    labels_train: np.ndarray
    images_test: np.ndarray
    labels_test: np.ndarray
    classes: np.ndarray


@dataclass(frozen=True)
class Attributes:
    """Who and what is on each of m pictures, in their order; all arrays have shape (m,).

    person: a number each. tone: of the skin, from 1, very light, to 6, very dark. hand: "left" or "right".
    side: "palm" or "back". wall: its kind.
    """

    person: np.ndarray
    tone: np.ndarray
    hand: np.ndarray
    side: np.ndarray
    wall: np.ndarray


@dataclass(frozen=True)
class Sales:
    """Houses that were sold: m of them, in the same order everywhere.

    numbers: columns of floats, shape (m,), nan where a value is missing. words: columns of m texts, "" where one is missing.
    prices: shape (1, m).
    """

    numbers: dict[str, np.ndarray]
    words: dict[str, list[str]]
    prices: np.ndarray


@dataclass(frozen=True)
class Houses:
    """The sales to learn from, and others to be tested with."""

    train: Sales
    test: Sales


def load_circles() -> Dataset:
    """Two noisy rings, 0 the outer and 1 the inner one: 300 training and 100 test points."""
    return _from_csv("circles")


def load_moons() -> Dataset:
    """Two noisy half moons, one in the other: 300 training and 100 test points."""
    return _from_csv("moons")


def load_houses() -> Houses:
    """Invented sales of houses, 1,200 for training and 300 for the test: numbers, words, gaps, and a price."""
    return Houses(*(_sales(FOLDER / f"houses_{part}.csv") for part in ("train", "test")))


def load_football(original: bool | None = None) -> Dataset:
    """Where the goalkeeper's kicks came down, and whether our team (1) or the other one (0) headed the ball.

    original: True for the data of the original exercise, which you put at datasets/original/data.mat (211 training
    and 200 test points); False for ours (200 and 200); None for the original if it is there. The name says which.
    """
    path = FOLDER / "original" / "data.mat"
    if original is None:
        original = path.exists()
    return _from_mat(path) if original else _from_csv("football")


def load_digits() -> Dataset:
    """Scanned handwritten digits, 0 to 9, of 8 by 8 pixels from 0, white, to 1, black: 1,200 training and 597 test examples.

    X_train has shape (64, 1200), a picture row by row from its top in each column.
    """
    dataset = _from_csv("digits", features=64, classes=10)
    return replace(dataset, X_train=dataset.X_train / 16, X_test=dataset.X_test / 16)


def load_pen(size: int = 28, original: bool | None = None) -> Dataset:
    """Digits, 0 to 9, that invented hands have written: 10,000 training and 2,000 test examples, the latter of other hands.

    size: 28 pixels across or, each the mean of 2 by 2, 14. X_train has shape (size * size, 10000), pixels from 0, paper, to 1,
    ink, a picture row by row from its top in each column, in an order of chance.

    original: True for MNIST, handwriting of real people (60,000 and 10,000), whose four files you put in datasets/original/;
    with the two test files alone (8,000 and 2,000 of their pictures). False for ours; None for MNIST if it is there. The name
    says which.
    """
    if size not in (28, 14):
        raise DataError(f"The digits are 28 or 14 pixels across, not {size}.")
    there = {name for name in MNIST if (FOLDER / "original" / name).exists()}
    if original is None:
        original = there in (set(MNIST), set(MNIST_TEST))
    if original:
        return _mnist(FOLDER / "original", size)
    digests = _registry()
    for name in MNIST:
        if problem := _problem(FOLDER / "pen" / name, digests.get(f"pen/{name}", "")):
            raise DataError(problem)
    return Dataset(
        "pen", *(array for part in ("train", "t10k") for array in _digits(FOLDER / "pen", part, size, RESTORE))
    )


def split_anew(dataset: Dataset, seed: int, m_train: int | None = None) -> Dataset:
    """The same examples, drawn anew into those to train on, m_train or as many as before, and those to test on, the rest."""
    X, Y = np.hstack([dataset.X_train, dataset.X_test]), np.hstack([dataset.Y_train, dataset.Y_test])
    m = dataset.Y_train.size if m_train is None else m_train
    order = np.random.default_rng(seed).permutation(Y.size)
    train, test = order[:m], order[m:]
    return replace(dataset, X_train=X[:, train], Y_train=Y[:, train], X_test=X[:, test], Y_test=Y[:, test])


def load_signs(original: bool | None = None) -> Pictures:
    """Hands that show a number from 0 to 5 in American Sign Language: 1080 training and 120 test pictures, 64 by 64.

    original: True for the photographs of the original exercise, train_signs.h5 and test_signs.h5, which you put in
    datasets/original/; False for ours, which are rendered; None for the original if both are there. The name says which.
    """
    folder = FOLDER / "original"
    if original is None:
        original = all((folder / name).exists() for name in SIGNS)
    if original:
        return _from_h5("signs (original)", folder, GET_SIGNS)
    digests = _registry()
    for name in SIGNS:
        if problem := _problem(FOLDER / "signs" / name, digests.get(f"signs/{name}", "")):
            raise DataError(problem)
    return _from_h5("signs", FOLDER / "signs", RESTORE)


def load_attributes(part: str = "test") -> Attributes:
    """Who and what is on the pictures of our hand signs, of the part "train" or "test"; datasets/signs/README.md says more.

    They come from datasets/signs/pictures.csv. Of the original photographs nobody has noted such things.
    """
    path = FOLDER / "signs" / "pictures.csv"
    try:
        rows = [row for row in read_table("signs/pictures.csv") if row["part"] == part]
        rows.sort(key=lambda row: int(row["number"]))
        kinds = {"person": int, "tone": int, "hand": str, "side": str, "wall": str}
        columns = {name: np.array([kind(row[name]) for row in rows]) for name, kind in kinds.items()}
    except (KeyError, TypeError, ValueError):
        rows = []
    if not rows:
        raise DataError(f"'{path}' does not say who and what is on the {part} pictures: {RESTORE}.")
    return Attributes(**columns)


def read_table(name: str) -> list[dict[str, str]]:
    """The lines of a CSV file of the datasets folder, such as "transfer/clouds.csv", each by the names of the columns."""
    return list(csv.DictReader(_read(FOLDER / name).splitlines()))


def verify_datasets() -> list[str]:
    """A sentence for each file that is not as datasets/registry.txt says; an empty list when all is well."""
    try:
        digests = _registry()
    except DataError as error:
        return [str(error)]
    return [problem for name, digest in digests.items() if (problem := _problem(FOLDER / name, digest))]


def _registry() -> dict[str, str]:
    """sha256 by file name, from datasets/registry.txt."""
    path = FOLDER / "registry.txt"
    try:
        digests = dict(line.split() for line in _read(path).splitlines() if line and not line.startswith("#"))
    except ValueError:
        digests = {}
    if not digests:
        raise DataError(f"'{path}' is damaged: {RESTORE}.")
    return digests


def _problem(path: Path, digest: str) -> str:
    """What is wrong with a file that should have this sha256; empty if nothing is."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return _unreadable(path, error)
    return "" if hashlib.sha256(content).hexdigest() == digest else f"'{path}' was changed: {RESTORE}."


def _from_csv(name: str, features: int = 2, classes: int = 2) -> Dataset:
    train, test = (_csv(FOLDER / f"{name}_{part}.csv", features, classes) for part in ("train", "test"))
    return Dataset(name, *train, *test)


def _csv(path: Path, features: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """X of shape (features, m) and Y of shape (1, m) from a CSV file with the columns x1, x2, ..., label."""
    columns = ",".join([*(f"x{i}" for i in range(1, features + 1)), "label"])
    wanted = {2: "three numbers"}.get(features, f"{features + 1} numbers")
    header, *lines = _read(path).splitlines() or [""]
    if header != columns:
        shown = columns if features < 5 else f"x1,x2,...,x{features},label"
        raise DataError(f"'{path}' should begin with the columns {shown} but begins with {header[:40]!r}: {RESTORE}.")
    try:
        table = np.array([line.split(",") for line in lines], dtype=float)
    except ValueError:
        raise DataError(f"'{path}' has a line that is not {wanted}: {RESTORE}.") from None
    if table.ndim != 2 or table.shape[1] != features + 1:
        raise DataError(f"'{path}' does not have {wanted} in each line: {RESTORE}.")
    return _columns(table[:, :features], table[:, features:], path, RESTORE, features, classes)


def _sales(path: Path) -> Sales:
    """What a CSV file of sales has, column by column."""
    header, *lines = _read(path).splitlines() or [""]
    if header != ",".join((*NUMBERS, *WORDS, "price")):
        raise DataError(f"'{path}' should have the columns of houses but begins with {header[:40]!r}: {RESTORE}.")
    try:
        columns = dict(zip(header.split(","), zip(*(line.split(",") for line in lines), strict=True), strict=True))
        numbers = {name: np.array([float(value or "nan") for value in columns[name]]) for name in (*NUMBERS, "price")}
    except ValueError:
        raise DataError(f"'{path}' has a line that is not as the others are: {RESTORE}.") from None
    prices = numbers.pop("price")
    if not (prices > 0).all():
        raise DataError(f"'{path}' has a price that is no positive number: {RESTORE}.")
    return Sales(numbers, {name: list(columns[name]) for name in WORDS}, prices[None])


def _from_mat(path: Path) -> Dataset:
    """The original football data: X, y are for training and Xval, yval for test, with examples in rows."""
    advice = "get a sound copy, or take the file away to use our own kicks"
    if not path.is_file():
        raise DataError(f"'{path}' is not there: put data.mat of the original exercise in that folder.")
    try:
        from scipy.io import loadmat
    except ImportError:
        raise DataError(f"SciPy, which reads '{path}', is not installed: run {install('original')}.") from None
    try:
        content = loadmat(path)
    except Exception as error:  # SciPy has another error for each kind of damage
        raise DataError(f"'{path}' cannot be read as a MATLAB file ({error}): {advice}.") from None
    missing = [key for key in ("X", "y", "Xval", "yval") if key not in content]
    if missing:
        raise DataError(f"'{path}' has no {', '.join(missing)}: {advice}.")
    X_train, Y_train = _columns(content["X"], content["y"], path, advice)
    X_test, Y_test = _columns(content["Xval"], content["yval"], path, advice)
    return Dataset("football (original)", X_train, Y_train, X_test, Y_test)


def _columns(
    X: np.ndarray, y: np.ndarray, path: Path, advice: str, features: int = 2, classes: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """From examples in rows, X of shape (m, features) and y of shape (m, 1), to columns; a DataError if they are not that."""
    if X.size == 0 or X.shape[1:] != (features,) or y.shape != (X.shape[0], 1):
        raise DataError(f"'{path}' holds X of shape {X.shape} and labels of shape {y.shape}: {advice}.")
    if X.dtype.kind not in "fiu" or not np.isfinite(X).all() or not np.isin(y, range(classes)).all():
        labels = "0 or 1" if classes == 2 else f"0 to {classes - 1}"
        raise DataError(f"'{path}' holds a feature that is no finite number or a label that is not {labels}: {advice}.")
    return np.ascontiguousarray(X.T, dtype=np.float64), np.ascontiguousarray(y.T, dtype=np.int64)


def _from_h5(name: str, folder: Path, advice: str) -> Pictures:
    """Pictures from two HDF5 files: train_set_x, train_set_y and list_classes; test_set_x, test_set_y."""
    train, test = (folder / name for name in SIGNS)
    images_train, labels_train, classes = _h5(train, ("train_set_x", "train_set_y", "list_classes"), advice)
    images_test, labels_test = _h5(test, ("test_set_x", "test_set_y"), advice)
    for path, images, labels in ((train, images_train, labels_train), (test, images_test, labels_test)):
        size = (images.shape[0], 64, 64, 3)
        if images.shape != size or images.dtype != np.uint8 or labels.shape != size[:1] or not images.size:
            raise DataError(f"'{path}' holds {images.dtype} pictures {images.shape}, labels {labels.shape}: {advice}.")
        if not np.isin(labels, classes).all():
            raise DataError(f"'{path}' has a label that is none of the classes {classes.tolist()}: {advice}.")
    rows = (labels_train[None].astype(np.int64), labels_test[None].astype(np.int64))
    return Pictures(name, images_train, rows[0], images_test, rows[1], classes.astype(np.int64))


def _mnist(folder: Path, size: int) -> Dataset:
    """MNIST, or of its test pictures alone four fifths to learn from and the others for the test."""
    missing = [name for name in MNIST if not (folder / name).exists()]
    if missing and missing != [name for name in MNIST if name not in MNIST_TEST]:
        raise DataError(
            f"'{folder}' lacks {', '.join(missing)}: put MNIST's four files there, or its two test files alone."
        )
    X_test, Y_test = _digits(folder, "t10k", size, GET_MNIST)
    if not missing:
        return Dataset("pen (MNIST)", *_digits(folder, "train", size, GET_MNIST), X_test, Y_test)
    everything = Dataset("pen (MNIST's test pictures)", X_test, Y_test, X_test[:, :0], Y_test[:, :0])
    return split_anew(everything, seed=0, m_train=Y_test.size * 4 // 5)


def _digits(folder: Path, part: str, size: int, advice: str) -> tuple[np.ndarray, np.ndarray]:
    """X, (size * size, m), and Y, (1, m), of the part "train" or "t10k", from files of MNIST's names and format."""
    path = folder / f"{part}-images-idx3-ubyte.gz"
    images = _idx(path, 3, advice)
    labels = _idx(folder / f"{part}-labels-idx1-ubyte.gz", 1, advice)
    if images.shape[1:] != (28, 28):
        raise DataError(f"'{path}' holds pictures {images.shape[1:]}, not (28, 28): {advice}.")
    cut = 28 // size
    X = images.reshape(len(images), size, cut, size, cut).mean((2, 4)).reshape(len(images), size * size) / 255
    return _columns(X, labels[:, None], path, advice, size * size, 10)


def _idx(path: Path, axes: int, advice: str) -> np.ndarray:
    """What a gzipped IDX file of bytes holds: two zeros, type 8, the number of axes, their lengths in 4 bytes each, the bytes."""
    try:
        content = gzip.decompress(path.read_bytes())
    except gzip.BadGzipFile:
        raise DataError(f"'{path}' is not packed by gzip: {advice}.") from None
    except (EOFError, zlib.error):
        raise DataError(f"'{path}' breaks off or is damaged: {advice}.") from None
    except OSError as error:
        raise DataError(_unreadable(path, error, advice)) from None
    shape = tuple(np.frombuffer(content[4 : 4 + 4 * axes], ">u4").tolist()) if len(content) >= 4 + 4 * axes else ()
    if content[:4] != bytes([0, 0, 8, axes]) or len(content) != 4 + 4 * axes + math.prod(shape):
        raise DataError(f"'{path}' is no IDX file of bytes with {axes} axes, or has not as many as it says: {advice}.")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def _h5(path: Path, keys: tuple[str, ...], advice: str) -> list[np.ndarray]:
    """The arrays of an HDF5 file under these keys."""
    if not path.is_file():
        raise DataError(f"'{path}' is not there: {advice}.")
    import h5py  # here, because only pictures need it

    try:
        with h5py.File(path) as file:
            missing = [key for key in keys if key not in file]
            if not missing:
                return [np.asarray(file[key]) for key in keys]
    except (OSError, RuntimeError) as error:  # h5py raises either, depending on where the damage is
        raise DataError(f"'{path}' cannot be read as an HDF5 file ({error}): {advice}.") from None
    raise DataError(f"'{path}' has no {', '.join(missing)}: {advice}.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(_unreadable(path, error)) from None
    except UnicodeDecodeError:
        raise DataError(f"'{path}' is not a text file: {RESTORE}.") from None


def _unreadable(path: Path, error: OSError, advice: str = RESTORE) -> str:
    """One sentence about a file that is missing or closed to us."""
    if isinstance(error, FileNotFoundError):
        return f"'{path}' is missing: {advice}."
    return f"'{path}' cannot be read ({error.strerror}): {advice}."
