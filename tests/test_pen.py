"""The digits of invented hands: what is in the files, that they can be made again, and MNIST's files in their place."""

import gzip
import importlib.util
import platform
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from conftest import SHARED_DATA, assert_one_sentence

from helpers import data

PEN = Path(data.__file__).parents[1] / "datasets" / "pen"
MAX_BYTES = 3e6


@pytest.fixture(scope="module")
def generator():
    """datasets/pen/make_pen.py as a module."""
    spec = importlib.util.spec_from_file_location("make_pen", PEN / "make_pen.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path):
    """An IDX file, read by hand."""
    content = gzip.decompress(path.read_bytes())
    shape = struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])
    return np.array(bytearray(content[4 + 4 * content[3] :]), np.uint8).reshape(shape)


def save_mnist(folder, part, images, labels):
    for name, array in (("images-idx3", images), ("labels-idx1", labels)):
        header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        (folder / "original" / f"{part}-{name}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))


def some(m, seed=0):
    """m pictures of noise with labels, one of each class first."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (m, 28, 28)).astype(np.uint8), (np.arange(m) % 10).astype(np.uint8)


def test_digits_by_hands_of_which_none_is_in_both_parts():
    pen = data.load_pen(original=False)
    assert pen.name == "pen"
    assert (pen.X_train.shape, pen.X_test.shape) == ((784, 10000), (784, 2000))
    assert (pen.Y_train.shape, pen.Y_test.shape) == ((1, 10000), (1, 2000))
    assert pen.Y_train.dtype == pen.Y_test.dtype == np.int64
    assert (np.bincount(pen.Y_train[0]) == 1000).all()
    assert (np.bincount(pen.Y_test[0]) == 200).all()
    for X in (pen.X_train, pen.X_test):
        assert (X.min(), X.max()) == (0, 1)
        assert X.max(axis=0).min() > 0.5, "no picture is empty"
        assert len(np.unique(X, axis=1).T) == X.shape[1], "no picture is there twice"
    hands = {part: read(PEN / f"{part}-hands-idx1-ubyte.gz") for part in ("train", "t10k")}
    assert not {*hands["train"].tolist()} & {*hands["t10k"].tolist()}
    for part, labels in (("train", pen.Y_train[0]), ("t10k", pen.Y_test[0])):
        each = np.unique(np.column_stack([hands[part], labels]), axis=0, return_counts=True)[1]
        assert (each == 5).all(), "each hand writes each digit five times"
    assert sum(path.stat().st_size for path in PEN.glob("*.gz")) <= MAX_BYTES


def test_smaller_pictures_are_means_of_four_pixels():
    large, small = data.load_pen(28, original=False), data.load_pen(size=14, original=False)
    picture = read(PEN / "train-images-idx3-ubyte.gz")[7].astype(float)
    np.testing.assert_allclose(large.X_train[:, 7], picture.ravel() / 255)
    by_hand = [picture[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean() / 255 for i in range(14) for j in range(14)]
    np.testing.assert_allclose(small.X_train[:, 7], by_hand)
    assert small.X_test.shape == (196, 2000)
    assert_one_sentence(lambda: data.load_pen(size=20), "28 or 14 pixels", "not 20")


def test_a_hand_writes_the_same_alone_as_among_others(generator):
    """And so do two runs: pictures and their order come from seeds alone."""
    alone = [picture for picture, _ in generator.pictures_of(200)]
    pictures, hands = (read(PEN / f"t10k-{what}-ubyte.gz") for what in ("images-idx3", "hands-idx1"))
    theirs = sorted(picture.tobytes() for picture in pictures[hands == 200])
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        assert sorted(picture.tobytes() for picture in alone) == theirs
    else:  # other C libraries round sines differently
        mine = np.sort([picture.mean() for picture in alone])
        np.testing.assert_allclose(mine, np.sort([np.frombuffer(p, np.uint8).mean() for p in theirs]), atol=1)


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="other C libraries round sines differently"
)
def test_the_test_files_are_made_again_byte_for_byte_but_for_how_they_are_packed(generator):
    for what, array in zip(("images-idx3", "labels-idx1", "hands-idx1"), generator.make("t10k"), strict=True):
        made = generator.idx(array)
        assert made == generator.idx(array)
        assert gzip.decompress(made) == gzip.decompress((PEN / f"t10k-{what}-ubyte.gz").read_bytes())


def test_the_contact_sheet_shows_the_pictures(generator):
    image = pytest.importorskip("matplotlib.image").imread(PEN / "contact_sheet.png")
    sheet = generator.contact_sheet(*(read(PEN / f"train-{what}-ubyte.gz") for what in ("images-idx3", "labels-idx1")))
    np.testing.assert_allclose(image[..., 0] * 255, sheet, atol=0.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: content[:-100], "was changed"),
        (lambda content: b"<html>" + content, "was changed"),
        (None, "is missing"),
    ],
)
@pytest.mark.parametrize("name", data.MNIST)
def test_a_wrong_or_truncated_file_is_one_sentence(folder, name, change, words):
    path = folder / "pen" / name
    content = path.read_bytes()
    path.unlink()
    if change:
        path.write_bytes(change(content))
    assert_one_sentence(data.load_pen, name, words, "copy it anew")


def test_mnist_is_used_when_its_four_files_are_there(folder):
    train, test = some(30), some(20, seed=1)
    save_mnist(folder, "train", *train)
    assert data.load_pen(14).name == "pen", "a part of the files changes nothing"
    assert_one_sentence(
        lambda: data.load_pen(original=True), "lacks t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz"
    )
    save_mnist(folder, "t10k", *test)
    pen = data.load_pen()
    assert pen.name == "pen (MNIST)"
    np.testing.assert_array_equal(pen.X_train, train[0].reshape(30, -1).T / 255)
    np.testing.assert_array_equal(pen.Y_train, train[1][None])
    np.testing.assert_array_equal(pen.X_test, test[0].reshape(20, -1).T / 255)
    np.testing.assert_array_equal(pen.Y_test, test[1][None])
    assert data.load_pen(original=False).name == "pen"


def test_of_the_test_files_alone_four_fifths_are_learnt_from(folder):
    images, labels = some(50)
    save_mnist(folder, "t10k", images, labels)
    pen = data.load_pen()
    assert pen.name == "pen (MNIST's test pictures)"
    assert (pen.X_train.shape, pen.X_test.shape) == ((784, 40), (784, 10))
    together = np.hstack([np.vstack([pen.X_train * 255, pen.Y_train]), np.vstack([pen.X_test * 255, pen.Y_test])])
    original = np.column_stack([images.reshape(50, -1), labels])
    assert sorted(together.T.round().tolist()) == sorted(original.tolist())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: b"not packed at all", "not packed by gzip"),
        (lambda content: content[: len(content) // 2], "breaks off"),
        (lambda content: content[:40] + bytes(20) + content[60:], "damaged"),
        (lambda content: gzip.compress(b"\0\0\x08\x01" + bytes(8)), "no IDX file"),
        (lambda content: gzip.compress(b"abc"), "no IDX file"),
        (lambda content: gzip.compress(gzip.decompress(content)[:-1]), "not as many as it says"),
        (lambda content: gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 1, 2, 2) + bytes(4)), "not (28, 28)"),
        (lambda content: gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 1, 28, 28) + bytes(784)), "labels of shape"),
    ],
)
def test_a_damaged_mnist_is_one_sentence(folder, change, words):
    save_mnist(folder, "t10k", *some(20))
    path = folder / "original" / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(change(path.read_bytes()))
    assert_one_sentence(data.load_pen, "t10k-images-idx3-ubyte.gz", words, "our own digits")


def test_real_handwriting(folder):
    files = [SHARED_DATA / name for name in data.MNIST_TEST]
    if not all(path.exists() for path in files):
        pytest.skip("MNIST's test files are not on this machine")
    for path in files:
        shutil.copy(path, folder / "original")
    pen = data.load_pen(14)
    assert (pen.X_train.shape, pen.X_test.shape) == ((196, 8000), (196, 2000))
    counted = np.bincount(np.hstack([pen.Y_train, pen.Y_test])[0])
    assert counted.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]  # as the literature has them
