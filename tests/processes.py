"""Which of the processes that a grading starts is what."""

import psutil


def is_worker_source(process: psutil.Process) -> bool:
    """Whether workers are forked out of it."""
    # It has the name where warm_source.py forks it, and else the words.
    is_source = process.name() == "forkserver" or any(
        "multiprocessing.forkserver" in part for part in process.cmdline()
    )
    return is_source and not is_worker(process)


def is_worker(process: psutil.Process) -> bool:
    """Whether it judges; it has the words and the name of the one that it was forked out of."""
    parent = process.parent()
    return parent is not None and process.cmdline() == parent.cmdline() != [] and process.name() == parent.name()
