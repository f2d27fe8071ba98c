"""Plain data as bytes: a JSON tree, and beside it the numbers of all arrays as they lie in memory.

The only thing that passes between a box and the grader. Nothing is ever executed to read it, no name is looked up, and
every size, count and depth is bounded before memory is taken: of the tree by counting what opens and separates its parts,
of the arrays by their sum, which cannot be more than the numbers sent. What is plain: checking.plain.

A frame is two lengths (JSON uint32, numbers uint64, big-endian), the JSON, the numbers. In the tree, arrays, tuples, dicts
and ... are one-key objects; lists and everything else stand for themselves.
"""

import json
import math
import re
import struct

import numpy as np

from checking.plain import MAX_BITS

HEAD = struct.Struct(">IQ")
MAX_TREE = 8 << 20  # bytes
MAX_NUMBERS = 64 << 20  # bytes
MAX_NODES = 200_000
MAX_MARKS = 4 * MAX_NODES  # that open or separate values; an array is described by seven
MAX_DEPTH = 40
MAX_AXES = 32  # of an array
DTYPES = {
    np.dtype(code).str: np.dtype(code)
    for code in ("?", *(f"{kind}{n}" for kind in "iu" for n in (1, 2, 4, 8)), "f2", "f4", "f8")
}
_STRING = re.compile(
    rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL
)  # also one without an end, so that none is tried twice


class BadFrame(Exception):
    """What came is no frame of plain data; the message says why."""


def encode(value) -> bytes:
    """One frame for a plain value. Raises BadFrame if it is longer than may be sent."""
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

    # text as it is: escapes of six bytes would make too much of what a cell may well show
    tree = json.dumps(node(value), ensure_ascii=False).encode("utf-8", "replace")
    head = HEAD.pack(len(tree), offset)
    sizes(head)
    return b"".join((head, tree, *numbers))


def sizes(head: bytes) -> tuple[int, int]:
    """The lengths of what follows a head; BadFrame if either is out of bounds."""
    tree, numbers = HEAD.unpack(head)
    if tree > MAX_TREE or numbers > MAX_NUMBERS:
        raise BadFrame(f"a frame of {tree + numbers:,} bytes")
    return tree, numbers


def decode(tree: bytes, numbers: bytes):
    """The plain value of a frame without its head; arrays are fresh copies. Raises BadFrame, and nothing else."""
    _require_few(tree)
    try:
        parsed = json.loads(tree.decode())  # of bytes, json would guess the encoding
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"no JSON: {type(error).__name__}") from None
    left, bytes_left = MAX_NODES, len(numbers)

    def value(node, depth: int):
        nonlocal left, bytes_left
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
            array = _array(content, numbers)
            bytes_left -= array.nbytes
            if bytes_left < 0:
                raise BadFrame("arrays that share what was sent")
            return array.copy()
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


def _require_few(tree: bytes) -> None:
    """BadFrame if there are more values than may be; before json makes an object of each. Text may hold what it likes."""
    if _marks(tree) > MAX_MARKS and _marks(_STRING.sub(b"", tree)) > MAX_MARKS:
        raise BadFrame("too many values")


def _marks(tree: bytes) -> int:
    """How often something is opened or separated."""
    return tree.count(b",") + tree.count(b"[") + tree.count(b"{")


def _array(described, numbers: bytes) -> np.ndarray:
    """The part of `numbers` that is described, where it lies. numpy would take a place before the first of them."""
    match described:
        case [str(code), list(shape), int(place)] if code in DTYPES and len(shape) <= MAX_AXES:
            for n in shape:
                if type(n) is not int or not 0 <= n <= MAX_NUMBERS:
                    raise BadFrame("an array of impossible shape")
            if math.prod(max(1, n) for n in shape) > MAX_NUMBERS:  # numpy counts so, also where one of them is 0
                raise BadFrame("an array of impossible shape")
            dtype, count = DTYPES[code], math.prod(shape)
            if place < 0 or place + count * dtype.itemsize > len(numbers):
                raise BadFrame("an array larger than what was sent")
            return np.ndarray(shape, dtype, numbers, place if count else 0)
    raise BadFrame("an array of another kind than numbers")
