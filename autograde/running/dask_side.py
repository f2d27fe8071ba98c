"""What runs in a Dask worker: a plugin that owns a `Bench`, and the function of a job, out of which only bytes come.

Both are found here by their names, so whoever has Dask and no engine can run neither.
"""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from autograde.running.bench import Bench, Terms
from autograde.running.parcels import Reply
from autograde.text import one_line


class Judges(WorkerPlugin):
    """Has a Dask worker judge one class, for as long as the worker or the class lasts."""

    idempotent = True  # else registering it again would end what it runs

    def __init__(self, name: str, terms: bytes):
        self.name, self._terms = name, terms
        self.bench: Bench | None = None

    async def setup(self, worker: Worker) -> None:
        """Begin; this is the event loop, on which nothing may wait."""
        root = Path(tempfile.mkdtemp(prefix="judging-", dir=worker.local_directory))
        self.bench = Bench(root, Terms.of(self._terms), worker.address)

    async def teardown(self, worker: Worker) -> None:
        """End what was begun."""
        if self.bench is not None:
            await asyncio.to_thread(self.bench.close)


def judge_one(plugin: str, parcel: bytes) -> bytes:
    """A reply, whatever happens: an exception, or a result that is no bytes, would be pickled."""
    worker = "?"
    try:
        here = get_worker()
        worker = here.address
        judges = here.plugins.get(plugin)
        # its scheduler was restarted, and has forgotten what it knew
        if not isinstance(judges, Judges) or judges.bench is None:
            return Reply("bare", worker).packed()
        return judges.bench.judge(parcel).packed()
    except BaseException as error:
        reply = Reply("unfit", worker)
        try:
            reply = replace(reply, reason=one_line(f"{type(error).__name__}: {error}"))
        except BaseException:  # an exception that cannot say what it is
            reply = replace(reply, reason="an exception without words")
        return reply.packed()
