"""The data sets: what is in the files, where it comes from, and what is said when a file is not as it should be."""

import hashlib
import importlib.util
import platform
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import ORIGINAL_FOOTBALL, assert_one_sentence
from scipy.io import savemat

from helpers import data

ROOT = Path(__file__).resolve().parents[1]
DATASETS = ROOT / "datasets"

LOADERS = {
    "circles": (data.load_circles, 300, 100),
    "moons": (data.load_moons, 300, 100),
    "football": (lambda: data.load_football(original=False), 200, 200),
}
LEGACY = [  # file, scikit-learn's function, seed, its arguments
    ("circles_train.csv", "make_circles", 1, {"n_samples": 300, "noise": 0.05}),
    ("circles_test.csv", "make_circles", 2, {"n_samples": 100, "noise": 0.05}),
    ("moons_train.csv", "make_moons", 3, {"n_samples": 300, "noise": 0.2}),
    ("moons_test.csv", "make_moons", 4, {"n_samples": 100, "noise": 0.2}),
]


@pytest.fixture(scope="module")
def generator():
    """datasets/make_datasets.py as a module."""
    spec = importlib.util.spec_from_file_location("make_datasets", DATASETS / "make_datasets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def save_original(folder, **changes):
    """A small data.mat of the right form, except for the changes; None leaves a variable out."""
    content = {
        "X": np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]),
        "y": np.array([[0], [1], [1]], dtype=np.uint8),
        "Xval": np.array([[-0.1, -0.2], [-0.3, -0.4]]),
        "yval": np.array([[1], [0]], dtype=np.uint8),
    } | changes
    savemat(folder / "original" / "data.mat", {k: v for k, v in content.items() if v is not None})


# --- what is in the files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOADERS)
def test_shapes_types_and_labels(name):
    load, m_train, m_test = LOADERS[name]
    dataset = load()
    assert dataset.name == name
    for X, Y, m in ((dataset.X_train, dataset.Y_train, m_train), (dataset.X_test, dataset.Y_test, m_test)):
        assert X.shape == (2, m)
        assert Y.shape == (1, m)
        assert X.dtype == np.float64
        assert Y.dtype == np.int64
        assert np.isfinite(X).all()
        assert set(np.unique(Y)) == {0, 1}
        assert 0.4 < Y.mean() < 0.6
    assert not np.isin(dataset.X_train[0], dataset.X_test[0]).any(), "training points among the test points"


def test_digits_are_pictures_of_ten_classes_and_those_of_scikit_learn():
    digits = data.load_digits()
    assert digits.name == "digits"
    assert (digits.X_train.shape, digits.X_test.shape) == ((64, 1200), (64, 597))
    assert (digits.Y_train.shape, digits.Y_test.shape) == ((1, 1200), (1, 597))
    assert digits.Y_train.dtype == digits.Y_test.dtype == np.int64
    samples = pytest.importorskip("sklearn.datasets").load_digits()
    X, labels = np.hstack([digits.X_train, digits.X_test]), np.hstack([digits.Y_train, digits.Y_test])[0]
    ours = sorted((*(16 * x).tolist(), int(label)) for x, label in zip(X.T, labels, strict=True))
    theirs = sorted((*x.tolist(), int(label)) for x, label in zip(samples.data, samples.target, strict=True))
    assert ours == theirs  # each once, all there, none in both parts
    assert np.bincount(digits.Y_test[0]).min() > 40


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x1,x2,label\n1,2,0\n", "x1,x2,...,x64,label"),
        (b"label missing", "label missing"),
    ],
)
def test_damaged_digits_are_refused(folder, content, words):
    (folder / "digits_test.csv").write_bytes(content)
    assert_one_sentence(data.load_digits, words, "digits_test.csv", "copy it anew")


def test_a_digit_of_another_form_is_refused(folder):
    path = folder / "digits_train.csv"
    header, first, *_ = path.read_text().splitlines()
    for line, words in (
        (first[:-1] + "10", "not 0 to 9"),
        (first + ",1", "65 numbers"),
        ("a" + first, "not 65 numbers"),
    ):
        path.write_text(f"{header}\n{line}\n")
        assert_one_sentence(data.load_digits, words, "digits_train.csv")


def test_values_go_to_the_right_places():
    dataset = data.load_football(original=False)
    second_line = (DATASETS / "football_train.csv").read_text().splitlines()[2]
    assert second_line == f"{dataset.X_train[0, 1]},{dataset.X_train[1, 1]},{dataset.Y_train[0, 1]}"


def test_datasets_cannot_be_rebound():
    with pytest.raises(AttributeError):
        data.load_circles().name = "squares"


# --- where it comes from ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "function", "seed", "arguments"), LEGACY)
def test_circles_and_moons_are_those_of_scikit_learn(name, function, seed, arguments):
    samples = pytest.importorskip("sklearn.datasets")
    np.random.seed(seed)
    X, y = getattr(samples, function)(**arguments)
    table = np.loadtxt(DATASETS / name, delimiter=",", skiprows=1)
    # Sines are rounded in the last place differently by some C libraries; a point drawn anew is 0.01 away.
    np.testing.assert_allclose(table[:, :2], X, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(table[:, 2], y)


def test_football_and_houses_are_made_again_byte_for_byte(generator, tmp_path):
    generator.write({**generator.football(), **generator.houses()}, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (DATASETS / path.name).read_bytes()
    assert len(list(tmp_path.iterdir())) == 4


def test_houses_follow_the_rule_with_the_noise_that_is_said(generator):
    """Of houses without gaps; the rounding of prices hardly matters."""
    houses = data.load_houses()
    for sales, m in ((houses.train, 1200), (houses.test, 300)):
        assert sales.prices.shape == (1, m)
        whole = [
            i
            for i in range(m)
            if not any(np.isnan(column[i]) for column in sales.numbers.values()) and sales.words["heating"][i]
        ]
        numbers = {name: column[whole] for name, column in sales.numbers.items()}
        words = {name: [column[i] for i in whole] for name, column in sales.words.items()}
        noise = np.log(sales.prices[0, whole]) - generator.log_price(**numbers, **words)
        assert len(whole) > 0.65 * m
        assert abs(noise.mean()) < 4 * 0.1 / np.sqrt(len(whole))
        assert noise.std() == pytest.approx(0.1, rel=0.15)
    assert set(houses.test.words["heating"]) - set(houses.train.words["heating"]) == {"wood"}
    for name, column in {**houses.train.numbers, **houses.train.words}.items():
        missing = sum(value in ("", None) or value != value for value in column) / 1200
        assert missing == pytest.approx({"rooms": 0.06, "age": 0.12, "heating": 0.1}.get(name, 0), abs=0.03)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("area,rooms", "rooms,area", "columns of houses"),
        (",oil,", ",", "not as the others"),
        ("190,6,", "much,6,", "not as the others"),
        (",266600", ",-266600", "no positive number"),
    ],
)
def test_a_damaged_file_of_houses_is_a_sentence(folder, old, new, said):
    path = folder / "houses_train.csv"
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))
    assert_one_sentence(data.load_houses, "houses_train.csv", said)


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="other C libraries round sines differently"
)
def test_circles_moons_digits_and_registry_are_made_again_byte_for_byte(generator, tmp_path):
    pytest.importorskip("sklearn")
    made = generator.football() | generator.circles_and_moons() | generator.houses() | generator.digits()
    generator.write(made, tmp_path)
    for folder in ("signs", "pen", "transfer"):
        shutil.copytree(DATASETS / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.glb", "*.py"))
    generator.write_registry(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert made == {path.name: path.read_bytes() for path in DATASETS.iterdir() if path.name in made}


def test_registry_names_all_points_and_pictures_with_their_sha256():
    lines = (DATASETS / "registry.txt").read_text().splitlines()
    listed = dict(line.split(" ") for line in lines if not line.startswith("#"))
    files = [
        *DATASETS.glob("*.csv"),
        *DATASETS.glob("*/*.h5"),
        *DATASETS.glob("*/*.gz"),
        *DATASETS.glob("transfer/*.csv"),
    ]
    files = [path for path in files if path.parent.name != "original"]
    digests = {path.relative_to(DATASETS).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert listed == digests
    assert len(listed) == 20


def test_football_shows_over_fitting_and_both_remedies(generator):
    train_set, test_set = generator.football().values()
    networks = [generator.train(train_set, iterations=10_000, **remedy) for remedy in generator.REMEDIES.values()]
    plain, l2, dropout = (generator.accuracy(network, test_set) for network in networks)
    assert generator.accuracy(networks[0], train_set) - plain >= 0.05
    assert l2 - plain >= 0.03
    assert dropout - plain >= 0.03


# --- the original football data -----------------------------------------------------------------------------------


def test_original_is_used_when_it_is_there(folder):
    assert data.load_football().name == "football"
    save_original(folder)
    dataset = data.load_football()
    assert dataset.name == "football (original)"
    np.testing.assert_array_equal(dataset.X_train, [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]])
    np.testing.assert_array_equal(dataset.Y_train, [[0, 1, 1]])
    np.testing.assert_array_equal(dataset.X_test, [[-0.1, -0.3], [-0.2, -0.4]])
    np.testing.assert_array_equal(dataset.Y_test, [[1, 0]])
    assert dataset.Y_train.dtype == dataset.Y_test.dtype == np.int64, "uint8 labels would wrap around in A3 - Y"
    assert data.load_football(original=False).name == "football"


def test_real_original(folder):
    if not ORIGINAL_FOOTBALL:
        pytest.skip("the original data.mat is not on this machine")
    shutil.copy(ORIGINAL_FOOTBALL, folder / "original" / "data.mat")
    dataset = data.load_football()
    assert dataset.X_train.shape == (2, 211)
    assert dataset.Y_train.shape == (1, 211)
    assert dataset.X_test.shape == (2, 200)
    assert dataset.Y_test.shape == (1, 200)
    assert dataset.Y_train.sum() == 106
    assert dataset.Y_test.sum() == 87


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Xval": None}, "has no Xval"),
        ({"X": np.zeros((3, 3))}, "X of shape (3, 3)"),
        ({"y": np.zeros((2, 1))}, "labels of shape (2, 1)"),
        ({"y": np.array([[1], [2], [1]])}, "not 0 or 1"),
        ({"X": np.full((3, 2), np.nan)}, "no finite number"),
        ({"X": np.full((3, 2), 1j)}, "no finite number"),
    ],
)
def test_an_original_of_another_form_is_refused(folder, changes, words):
    save_original(folder, **changes)
    assert_one_sentence(data.load_football, words, "data.mat", "use our own kicks")


def test_a_damaged_original_is_refused(folder):
    (folder / "original" / "data.mat").write_bytes(b"not a MATLAB file" * 20)
    assert_one_sentence(data.load_football, "cannot be read", "data.mat", "use our own kicks")


def test_an_original_asked_for_but_absent(folder):
    assert_one_sentence(lambda: data.load_football(original=True), "is not there", "data.mat", "put data.mat")


# --- damaged files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "begins with ''"),
        (b"a,b,label\n1,2,0\n", "begins with 'a,b,label'"),
        (b"x1,x2,label\n", "does not have three numbers"),
        (b"x1,x2,label\n1,2\n3,4\n", "does not have three numbers"),
        (b"x1,x2,label\n1,2,0\n1,2\n", "not three numbers"),
        (b"x1,x2,label\n1,two,0\n", "not three numbers"),
        (b"x1,x2,label\n1,2,3\n", "not 0 or 1"),
        (b"x1,x2,label\n1,nan,1\n", "no finite number"),
        (b"\xff\xfe\x00\x81", "not a text file"),
    ],
)
def test_a_damaged_csv_is_refused(folder, content, words):
    (folder / "moons_test.csv").write_bytes(content)
    assert_one_sentence(data.load_moons, words, "moons_test.csv", "copy it anew")


def test_a_missing_csv(folder):
    (folder / "circles_train.csv").unlink()
    assert_one_sentence(data.load_circles, "is missing", "circles_train.csv", "copy it anew")


def test_a_folder_in_place_of_a_csv(folder):
    (folder / "circles_train.csv").unlink()
    (folder / "circles_train.csv").mkdir()
    assert_one_sentence(data.load_circles, "cannot be read", "circles_train.csv", "copy it anew")


def test_verify_finds_nothing_in_the_files_as_shipped():
    assert data.verify_datasets() == []


def test_verify_names_changed_and_missing_files(folder):
    path = folder / "football_test.csv"
    path.write_bytes(path.read_bytes().replace(b"0.", b"1.", 1))
    (folder / "moons_train.csv").unlink()
    changed, missing = data.verify_datasets()
    assert "football_test.csv' was changed: copy it anew" in changed
    assert "moons_train.csv' is missing: copy it anew" in missing


@pytest.mark.parametrize("content", ["", "# only a comment\n", "circles_train.csv\n", "a b c\n"])
def test_verify_notices_a_damaged_registry(folder, content):
    (folder / "registry.txt").write_text(content)
    (problem,) = data.verify_datasets()
    assert "registry.txt' is damaged" in problem


def test_verify_notices_a_missing_registry(folder):
    (folder / "registry.txt").unlink()
    (problem,) = data.verify_datasets()
    assert "registry.txt' is missing" in problem


def test_digits_that_are_split_anew_are_the_same_with_their_labels():
    digits = data.load_digits()
    anew = data.split_anew(digits, 3, 800)
    assert (anew.Y_train.shape, anew.Y_test.shape) == ((1, 800), (1, 997))
    before, after = (
        sorted(
            zip(map(bytes, np.hstack([d.X_train, d.X_test]).T.copy()), np.hstack([d.Y_train, d.Y_test])[0], strict=True)
        )
        for d in (digits, anew)
    )
    assert before == after
    assert data.split_anew(digits, 3).Y_train.shape == (1, 1200)
    assert not np.array_equal(data.split_anew(digits, 4).Y_train, data.split_anew(digits, 3).Y_train)
