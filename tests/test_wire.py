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
            for shape in (
                [0, *[2**26] * 20],
                [3],
                [-1],
                [-1, -1],
                [2**62, 4],
                [0, 2**62],
                [1.0],
                [True],
                ["1"],
                1,
                [1] * 33,
            )
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


def test_what_is_sent_together_is_not_more_than_was_sent():
    described = {"array": ["|u1", [16], 0]}
    assert len(decode(json.dumps([described] * 1).encode(), bytes(16))) == 1
    with pytest.raises(BadFrame, match="share"):
        decode(json.dumps([described] * 2).encode(), bytes(16))


@pytest.mark.parametrize(
    "tree", [b"[" + b"[]," * 2_000_000 + b"[]]", b"[" + b"{}," * 900_000 + b"{}]"], ids=["lists", "objects"]
)
def test_more_values_than_may_be_are_refused_before_they_are_made(tree, monkeypatch):
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("they were made"))
    with pytest.raises(BadFrame, match="too many"):
        decode(tree, b"")


def test_text_may_hold_what_would_be_too_many_values():
    words = "[,{" * 500_000
    assert whole(encode({"said": words, "quoted": '\\"' * 10})) == {"said": words, "quoted": '\\"' * 10}


@pytest.mark.parametrize("end", [b"", b'"', b"\\"])
def test_a_string_without_end_is_looked_at_once(end):
    """With an expression that tries it again from each quotation mark in it, this takes hours."""
    with pytest.raises(BadFrame):
        decode(b"," * 800_001 + b'"' + b'\\"' * 1_000_000 + end, b"")


def test_another_encoding_is_no_way_around_the_count():
    with pytest.raises(BadFrame):
        decode(("[" + '"[],",' * 300_000 + "[]]").encode("utf-16"), b"")
