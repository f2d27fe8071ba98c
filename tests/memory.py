"""Memory, for tests that bound it."""

import sys

import pytest


def peak_memory():
    """MB that this process has had at most."""
    resource = pytest.importorskip("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
