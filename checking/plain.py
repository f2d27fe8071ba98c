"""Plain data: the only values that pass between a student's function and whoever judges it.

Plain means None, bool, int, float, str, numeric or boolean NumPy arrays, and lists, tuples and dicts of these with
string keys. `plain` makes a fresh copy in exactly these types, so that a value with arithmetic of its own cannot speak
for itself; `to_json` and `from_json` write and read it without losing a digit.
"""

import math
import sys

import numpy as np

MAX_DEPTH = 12
MAX_BITS = 1000  # of an integer, so that it can be compared with a float
MAX_VALUES = 5_000_000  # numbers in one result; the course's largest has about 2,000
TOO_MUCH = ". That is more than can be compared."


class NotPlain(Exception):
    """A value, or a part of it, is not plain data. `where` is its path, "" for the whole; `what` says what it is.

    why: how a sentence about it ends, if it is plain and only too large.
    """

    def __init__(self, where: str, what: str, why: str = ""):
        super().__init__(f"{where or 'the value'}: {what}")
        self.where, self.what, self.why = where, what, why


def plain(value, where: str = "", depth: int = 0):
    """A deep copy of `value` in plain types; NumPy scalars become Python's, array subclasses and tensors become arrays.

    Raises NotPlain for anything else, for nesting deeper than MAX_DEPTH and for more than MAX_VALUES numbers.
    """
    if depth > MAX_DEPTH:
        what = f"lists or dicts that are nested more than {MAX_DEPTH} deep"
        raise NotPlain("", what, ". Does one of them contain itself?")
    kind = type(value)  # and not what it says of itself in __class__
    if kind is int and value.bit_length() > MAX_BITS:
        raise NotPlain(where, "an integer of more than 300 digits", TOO_MUCH)
    if value is None or value is Ellipsis or kind in (bool, int, float, str):
        return value
    if issubclass(kind, np.generic):
        value = np.asarray(value)
        kind = np.ndarray
    if issubclass(kind, np.ndarray):
        return _plain_array(value, where)
    if issubclass(kind, dict):
        if dict.__len__(value) > MAX_VALUES:
            raise NotPlain(where, f"a dict of {dict.__len__(value):,} entries", TOO_MUCH)
        return {_key(k, where): plain(v, _inside(where, str(k)), depth + 1) for k, v in dict.items(value)}
    if _is_tensor(value):
        return _plain_array(np.asarray(value.numpy()), where)
    if issubclass(kind, (list, tuple)):
        base = list if issubclass(kind, list) else tuple
        if base.__len__(value) > MAX_VALUES:
            raise NotPlain(where, f"a sequence of {base.__len__(value):,} values", TOO_MUCH)
        return base(plain(v, f"{where}[{i}]", depth + 1) for i, v in enumerate(base.__iter__(value)))
    raise NotPlain(where, f"an object of type {type(value).__name__}")


def _plain_array(value: np.ndarray, where: str):
    if value.dtype.kind not in "biuf":
        raise NotPlain(where, f"an array of dtype {value.dtype}")
    if value.size > MAX_VALUES:
        raise NotPlain(where, f"an array of {value.size:,} numbers", TOO_MUCH)
    array = np.array(value, subok=False, order="C")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:  # a long double; no two systems agree on it
        array = array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return array.item() if array.ndim == 0 else array


def _is_tensor(value) -> bool:
    """Whether this is a TensorFlow tensor or variable that holds numbers; TensorFlow is not imported for the question."""
    tf = sys.modules.get("tensorflow")
    return tf is not None and tf.is_tensor(value) and hasattr(value, "numpy")


def _key(key, where: str) -> str:
    if type(key) is np.str_:
        return str(key)
    if type(key) is not str:
        raise NotPlain(where, f"a dict with the key {key!r:.40}, which is not a string")
    return key


def _inside(where: str, key: str) -> str:
    return f"{where}[{key!r}]" if where else key


def leaves(value) -> list:
    """The innermost values of a plain value, in order; a dict, list or tuple with nothing in it has none."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def place_of(value, sign) -> str:
    """Where in a plain value one of its innermost values is this one; "" if none is."""

    def found(value, where: str) -> str:
        if isinstance(value, dict):
            inside = ((part, _inside(where, key)) for key, part in value.items())
        elif isinstance(value, (list, tuple)):
            inside = ((part, f"{where}[{i}]") for i, part in enumerate(value))
        else:
            return where if value is sign else ""
        return next((place for part, deeper in inside if (place := found(part, deeper))), "")

    return found(value, "")


def to_json(value):
    """Plain data as what `json` can write: arrays, tuples, dicts and non-finite floats become one-key objects."""
    if isinstance(value, np.ndarray):
        short = value.dtype == np.float32  # as a float64 it would show 17 digits, of which it has 9
        return {
            "array": [to_json(float(str(x)) if short else x.item()) for x in value.ravel()],
            "shape": list(value.shape),
            "dtype": str(value.dtype),
        }
    if isinstance(value, dict):
        return {"dict": {key: to_json(part) for key, part in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [to_json(part) for part in value]}
    if isinstance(value, list):
        return [to_json(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    return value


def from_json(value):
    """The inverse of `to_json`."""
    if isinstance(value, list):
        return [from_json(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array([from_json(x) for x in value["array"]], dtype=value["dtype"]).reshape(value["shape"])
    if "dict" in value:
        return {key: from_json(part) for key, part in value["dict"].items()}
    if "tuple" in value:
        return tuple(from_json(part) for part in value["tuple"])
    return float(value["float"])
