"""Random numbers that come out the same in Python and in a browser: mulberry32, a counter and a hash of it.

NumPy's own generators have no equal in JavaScript; `js/draws.js` is this file once more, and a test compares the two.
"""

import numpy as np

_STEP, _SPREAD = 0x6D2B79F5, 0x9E3779B1


def uniform(seed: int, n: int) -> np.ndarray:
    """n numbers in [0, 1), of shape (n,); the first of them are the same whatever n is."""
    a = (np.arange(1, n + 1, dtype=np.uint64) * _STEP + np.uint64(seed) * _SPREAD).astype(np.uint32)
    t = (a ^ (a >> 15)) * (a | 1)
    t = t ^ (t + (t ^ (t >> 7)) * (t | 61))
    return (t ^ (t >> 14)) / 2.0**32


def normal(seed: int, n: int) -> np.ndarray:
    """n numbers from a standard normal distribution, of shape (n,), by Box and Muller (1958)."""
    u = uniform(seed, 2 * n)
    return np.sqrt(-2 * np.log(1 - u[0::2])) * np.cos(2 * np.pi * u[1::2])
