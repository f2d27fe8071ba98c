"""Plain data: fresh copies in exact types, everything else refused, JSON without loss."""

import json

import numpy as np
import pytest

from checking.plain import NotPlain, from_json, leaves, plain, to_json


class Impostor(np.ndarray):
    """An array that claims to equal everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


def test_an_array_subclass_becomes_an_array_with_the_same_numbers():
    value = plain(np.arange(3.0).view(Impostor))
    assert type(value) is np.ndarray
    assert value.tolist() == [0, 1, 2]


def test_a_copy_shares_nothing_with_the_original():
    original = {"W1": np.ones((2, 2)), "parts": [np.zeros(1)]}
    copy = plain(original)
    original["W1"][:] = 7
    original["parts"][0][:] = 7
    assert copy["W1"].sum() == 4
    assert copy["parts"][0][0] == 0


@pytest.mark.parametrize("scalar", [np.float32(0.5), np.int64(3), np.bool_(True), np.array(2.0)])
def test_numpy_scalars_become_pythons(scalar):
    assert type(plain(scalar)) in (float, int, bool)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (object(), ""),
        ({"W1": {1, 2}}, "W1"),
        ([np.array(["a"])], "[0]"),
        ((1, np.array([None])), "[1]"),
        ({1: 2.0}, ""),
        (np.zeros(2, dtype=complex), ""),
        (lambda: 1, ""),
    ],
)
def test_what_is_not_plain_is_refused_and_located(value, where):
    with pytest.raises(NotPlain) as refused:
        plain(value)
    assert refused.value.where == where


def test_a_key_of_numpys_string_type_is_a_string():
    (key,) = plain({np.str_("W1"): 1.0})
    assert (type(key), key) == (str, "W1")


def test_bottomless_and_huge_values_are_refused():
    bottomless: list = []
    bottomless.append(bottomless)
    with pytest.raises(NotPlain, match="deep"):
        plain(bottomless)
    with pytest.raises(NotPlain, match="numbers"):
        plain(np.broadcast_to(0.0, (10_000, 10_000)))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0.1,
        -3,
        "text",
        [1, (2.5, "x"), {}],
        {"array": 1, "dict": {"tuple": ()}},
        float("inf"),
        np.array([[0.1, np.nan], [-np.inf, 1e-300]]),
        np.zeros((0, 3)),
        np.array([True, False]),
        np.arange(4, dtype=np.int32).reshape(2, 2),
    ],
    ids=repr,
)
def test_json_gives_back_every_digit_shape_and_type(value):
    back = from_json(json.loads(json.dumps(to_json(value), allow_nan=False)))
    assert type(back) is type(value)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype
        assert back.shape == value.shape
        np.testing.assert_array_equal(back, value)
    else:
        assert back == value


def test_nan_survives_json():
    assert np.isnan(from_json(json.loads(json.dumps(to_json(float("nan"))))))


def test_leaves_are_the_innermost_values():
    assert leaves({"a": [1, (None,)], "b": {}}) == [1, None]
