"""Which of the processes that a grading starts is what."""

import psutil


def is_worker_source(process: psutil.Process) -> bool:
    """Whether workers are forked out of it."""
    return any("multiprocessing.forkserver" in part for part in process.cmdline()) and not is_worker(process)


def is_worker(process: psutil.Process) -> bool:
    """Whether it judges; it has the words of the one that it was forked out of."""
    parent = process.parent()
    return parent is not None and process.cmdline() == parent.cmdline() != []
