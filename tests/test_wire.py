"""Frames of plain data between a box and the grader: what is sent comes out, and what lies about itself is refused."""

import json
import math

import numpy as np
import pytest

from autograde.sandbox.wire import BadFrame, decode, encode, whole


@pytest.mark.parametrize("cut", [0, 5, 12, -1])
def test_a_frame_that_is_cut_is_refused(cut):
    frame = encode({"x": np.arange(4.0)})
    assert list(whole(frame)["x"]) == [0, 1, 2, 3]
    with pytest.raises(BadFrame):
        whole(frame[:cut])


@pytest.mark.parametrize("shape", [[1], [2, 1], [0], [0, 7], []])
def test_an_array_comes_out_as_it_was_described_and_as_a_copy(shape):
    numbers = np.arange(2.0).tobytes()
    found = decode(json.dumps({"array": ["<f8", shape, 0]}).encode(), numbers)
    assert np.array_equal(found, np.arange(2.0)[: math.prod(shape)].reshape(shape))
    assert found.flags.writeable


@pytest.mark.parametrize(
    "described",
    [
        *(["<f8", [1], place] for place in (-8, -1, 9, 16, 2**70)),
        *(
            ["<f8", shape, 0]
            for shape in ([3], [-1], [-1, -1], [2**62, 4], [0, 2**62], [1.0], [True], ["1"], 1, [1] * 33)
        ),
        *([code, [1], 0] for code in ("|O", "<f16", "<c16", ">f8", "|S8", "|V8", "float64", "", None, ["<f8"])),
        ["<f8", [1]],
        [],
        None,
    ],
    ids=str,
)
def test_an_array_that_lies_about_itself_is_refused(described):
    """Before the first number and behind the last there is memory too, and it is not the sender's."""
    with pytest.raises(BadFrame):
        decode(json.dumps({"array": described}).encode(), bytes(16))
