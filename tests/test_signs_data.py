"""Reading the pictures of hand signs: ours as they are shipped, and the original photographs where somebody has them."""

import shutil

import h5py
import numpy as np
import pytest
from conftest import ORIGINAL_SIGNS, assert_one_sentence

from helpers import data


def save_original(folder, **changes):
    """Small files of the right form in datasets/original/, but for the changes; None leaves a key out."""
    content = {
        "train_set_x": np.arange(2 * 64 * 64 * 3, dtype=np.uint32).reshape(2, 64, 64, 3).astype(np.uint8),
        "train_set_y": np.array([0, 1]),
        "test_set_x": np.full((1, 64, 64, 3), 7, np.uint8),
        "test_set_y": np.array([1]),
        "list_classes": np.arange(2),
    } | changes
    for part in ("train", "test"):
        with h5py.File(folder / "original" / f"{part}_signs.h5", "w") as file:
            for key, value in content.items():
                if value is not None and (key.startswith(part) or key == "list_classes"):
                    file[key] = value


def test_ours():
    signs = data.load_signs(original=False)
    assert signs.name == "signs"
    assert signs.images_train.shape == (1080, 64, 64, 3)
    assert signs.images_test.shape == (120, 64, 64, 3)
    assert signs.images_train.dtype == signs.images_test.dtype == np.uint8
    assert signs.labels_train.dtype == signs.labels_test.dtype == np.int64
    np.testing.assert_array_equal(signs.classes, np.arange(6))
    np.testing.assert_array_equal(np.bincount(signs.labels_train[0]), [180] * 6)
    np.testing.assert_array_equal(np.bincount(signs.labels_test[0]), [20] * 6)


def test_the_original_is_used_when_both_files_are_there(folder):
    save_original(folder)
    (folder / "original" / "test_signs.h5").rename(folder / "elsewhere.h5")
    assert data.load_signs().name == "signs"
    (folder / "elsewhere.h5").rename(folder / "original" / "test_signs.h5")
    signs = data.load_signs()
    assert signs.name == "signs (original)"
    np.testing.assert_array_equal(signs.labels_train, [[0, 1]])
    np.testing.assert_array_equal(signs.images_test, np.full((1, 64, 64, 3), 7))
    assert data.load_signs(original=False).name == "signs"


def test_the_real_original(folder):
    if not ORIGINAL_SIGNS:
        pytest.skip("the original photographs are not on this machine")
    for name, path in zip(("train_signs.h5", "test_signs.h5"), ORIGINAL_SIGNS, strict=True):
        shutil.copy(path, folder / "original" / name)
    signs = data.load_signs()
    assert signs.images_train.shape == (1080, 64, 64, 3)
    assert signs.images_test.shape == (120, 64, 64, 3)
    np.testing.assert_array_equal(np.bincount(signs.labels_test[0]), [20] * 6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"train_set_y": None}, "train_signs.h5' has no train_set_y"),
        ({"list_classes": None}, "has no list_classes"),
        ({"test_set_x": np.zeros((1, 32, 32, 3), np.uint8)}, "test_signs.h5' holds uint8 pictures (1, 32, 32, 3)"),
        ({"test_set_x": np.zeros((1, 64, 64, 3))}, "holds float64 pictures"),
        ({"test_set_y": np.zeros((1, 2), int)}, "labels (1, 2)"),
        (
            {"train_set_x": np.zeros((0, 64, 64, 3), np.uint8), "train_set_y": np.zeros(0, int)},
            "pictures (0, 64, 64, 3)",
        ),
        ({"test_set_y": np.array([5])}, "none of the classes [0, 1]"),
    ],
)
def test_an_original_of_another_form_is_refused(folder, changes, words):
    save_original(folder, **changes)
    assert_one_sentence(data.load_signs, words, "use our own pictures")


@pytest.mark.parametrize(
    "damage", [lambda content: content[:2000], lambda content: b"no HDF5" * 99, lambda content: b""]
)
def test_a_damaged_original_is_refused(folder, damage):
    save_original(folder)
    path = folder / "original" / "train_signs.h5"
    path.write_bytes(damage(path.read_bytes()))
    assert_one_sentence(data.load_signs, "cannot be read as an HDF5 file", "train_signs.h5", "use our own pictures")


def test_an_original_asked_for_but_absent(folder):
    assert_one_sentence(lambda: data.load_signs(original=True), "is not there", "train_signs.h5")


def shorten(path):
    path.write_bytes(path.read_bytes()[:-1000])


def replace(path):
    path.write_bytes(b"another file")


@pytest.mark.parametrize(
    ("change", "words"),
    [(shorten, "was changed"), (replace, "was changed"), (lambda path: path.unlink(), "is missing")],
)
@pytest.mark.parametrize("name", ["train_signs.h5", "test_signs.h5"])
def test_a_file_of_ours_that_is_not_as_shipped_is_refused(folder, name, change, words):
    change(folder / "signs" / name)
    assert_one_sentence(data.load_signs, words, name, "copy it anew from the zip file of the course")
    assert len(data.verify_datasets()) == 1


def test_who_and_what_is_on_the_pictures():
    """As datasets/signs/README.md counts them, and in the order of the pictures."""
    for part, people in (("train", 45), ("test", 20)):
        about = data.load_attributes(part)
        labels = getattr(data.load_signs(original=False), f"labels_{part}")[0]
        assert len(set(about.person)) == people
        for person in set(about.person):
            shown = about.person == person
            assert set(np.bincount(labels[shown])) == {len(labels) // people // 6}  # each shows each number as often
            for attribute in (about.tone, about.hand):
                assert len(set(attribute[shown])) == 1
    np.testing.assert_array_equal(np.bincount(about.tone), [0, 18, 18, 18, 24, 24, 18])
    assert np.sum(about.hand == "left") == 24
    assert np.sum(about.side == "back") == 18


@pytest.mark.parametrize(
    "content", ["part,number\n", "part,number,person\ntest,0,1\n", "part,number\ntest,first\n", ""]
)
def test_a_damaged_list_of_who_is_on_the_pictures_is_refused(folder, content):
    (folder / "signs" / "pictures.csv").write_text(content)
    assert_one_sentence(data.load_attributes, "pictures.csv' does not say who", "copy it anew")
