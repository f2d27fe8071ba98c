"""Waiting for what another process does."""

import time


def wait_until(true, seconds=10):
    """Whether `true()` is so within this time; a test that passes waits no longer than it must."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()
