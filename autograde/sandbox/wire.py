"""Plain data as bytes: a JSON tree, and beside it the numbers of all arrays as they lie in memory.

The only thing that passes between a box and the grader. Nothing is ever executed to read it, no name is looked up, and
every size, count and depth is bounded before memory is taken. What is plain: helpers.plain.

A frame is two lengths (JSON uint32, numbers uint64, big-endian), the JSON, the numbers. In the tree, arrays, tuples, dicts
and ... are one-key objects; lists and everything else stand for themselves.
"""

import json
import math
import struct

import numpy as np

from helpers.plain import MAX_BITS

HEAD = struct.Struct(">IQ")
MAX_TREE = 8 << 20  # bytes
MAX_NUMBERS = 64 << 20  # bytes
MAX_NODES = 200_000
MAX_DEPTH = 40
MAX_AXES = 32  # of an array
DTYPES = {
    np.dtype(code).str: np.dtype(code)
    for code in ("?", *(f"{kind}{n}" for kind in "iu" for n in (1, 2, 4, 8)), "f2", "f4", "f8")
}


class BadFrame(Exception):
    """What came is no frame of plain data; the message says why."""


def encode(value) -> bytes:
    """One frame for a plain value."""
    numbers: list[bytes] = []
    offset = 0

    def node(value):
        nonlocal offset
        if isinstance(value, np.ndarray):
            raw = np.ascontiguousarray(value)
            place, offset = offset, offset + raw.nbytes
            numbers.append(raw.tobytes())
            return {"array": [value.dtype.str, list(value.shape), place]}
        if isinstance(value, dict):
            return {"dict": {key: node(part) for key, part in value.items()}}
        if isinstance(value, tuple):
            return {"tuple": [node(part) for part in value]}
        if isinstance(value, list):
            return [node(part) for part in value]
        return {"...": 0} if value is Ellipsis else value

    tree = json.dumps(node(value)).encode()
    return b"".join((HEAD.pack(len(tree), offset), tree, *numbers))


def sizes(head: bytes) -> tuple[int, int]:
    """The lengths of what follows a head; BadFrame if either is out of bounds."""
    tree, numbers = HEAD.unpack(head)
    if tree > MAX_TREE or numbers > MAX_NUMBERS:
        raise BadFrame(f"a frame of {tree + numbers:,} bytes")
    return tree, numbers


def decode(tree: bytes, numbers: bytes):
    """The plain value of a frame without its head; arrays are fresh copies. Raises BadFrame, and nothing else."""
    try:
        parsed = json.loads(tree)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"no JSON: {type(error).__name__}") from None
    left = MAX_NODES

    def value(node, depth: int):
        nonlocal left
        left -= 1
        if left < 0 or depth > MAX_DEPTH:
            raise BadFrame("too many values, or nested too deeply")
        if isinstance(node, list):
            return [value(part, depth + 1) for part in node]
        if isinstance(node, str):  # without halves of characters
            return node if node.isascii() else node.encode("utf-8", "replace").decode("utf-8")
        if isinstance(node, int) and node.bit_length() > MAX_BITS:
            raise BadFrame("an integer of too many digits")
        if not isinstance(node, dict):
            return node
        if len(node) != 1:
            raise BadFrame("an object without a kind")
        ((kind, content),) = node.items()
        if kind == "array":
            return _array(content, numbers)
        if kind == "dict" and isinstance(content, dict):
            return {value(key, depth + 1): value(part, depth + 1) for key, part in content.items()}
        if kind == "tuple" and isinstance(content, list):
            return tuple(value(part, depth + 1) for part in content)
        if kind == "...":
            return ...
        raise BadFrame(f"an object of unknown kind {kind[:40]!r}")

    return value(parsed, 0)


def whole(frame: bytes):
    """The plain value of one whole frame."""
    if len(frame) < HEAD.size:
        raise BadFrame("no head")
    tree, numbers = sizes(frame[: HEAD.size])
    if len(frame) != HEAD.size + tree + numbers:
        raise BadFrame("a frame of another length than its head says")
    return decode(frame[HEAD.size : HEAD.size + tree], frame[HEAD.size + tree :])


def _array(described, numbers: bytes) -> np.ndarray:
    """A copy of the part of `numbers` that is described. numpy would take a place before the first of them."""
    match described:
        case [str(code), list(shape), int(place)] if code in DTYPES and len(shape) <= MAX_AXES:
            for n in shape:
                if type(n) is not int or not 0 <= n <= MAX_NUMBERS:
                    raise BadFrame("an array of impossible shape")
            dtype, count = DTYPES[code], math.prod(shape)
            if place < 0 or place + count * dtype.itemsize > len(numbers):
                raise BadFrame("an array larger than what was sent")
            return np.ndarray(shape, dtype, numbers, place if count else 0).copy()
    raise BadFrame("an array of another kind than numbers")
