"""One notebook being run in boxes: which of its cells, in which order, and what becomes of those that end the process or take
too long.

In the first look all cells but check cells and demonstrations are run. In the second one what this machine lacks is passed
over, the demonstrations that are asked for are run too, and own cells that took too long are left out.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import inf
from typing import Protocol

from nbformat import NotebookNode

from autograde.judging.sanitize import as_outputs, new_output
from autograde.notebook import grade_id, is_showcase
from autograde.sandbox.client import BoxDied
from autograde.text import one_line

SECONDS_PER_CELL = 60  # unless the command says otherwise; a call has checking.calls.SECONDS_PER_CALL
MAX_RESTARTS = 8  # of a notebook whose cells end its process
LONG = 5  # seconds; own cells that take longer are left out of a second look for which there is too little time


class OpenBox(Protocol):
    """What a tier offers: a place where one notebook runs. All of it may raise BoxDied, and then it is of no more use.

    until: when, by time.monotonic(), all of a request must have ended. out_of_turn: whether it has said what it was not
    asked. forks: whether it can be asked in a fork now; if not, all happens in one process.
    """

    out_of_turn: bool
    forks: bool

    def run_cells(
        self, sources: Sequence[str], seconds: float, until: float = inf, lenient: bool = False
    ) -> Iterator[dict]:
        """Run cells one after the other; {"outputs", "fine", "timeout"} of each. seconds: for each. lenient: what a cell
        needs and does not find here is passed over."""
        ...

    def ask(self, calls: Sequence[dict], fork: bool, until: float = inf) -> Iterator[dict]:
        """Call functions: {"name", "args", "stubs", "adapter", "seconds"} of each; what came of each. fork: in a fork of the
        box, where there are forks."""
        ...

    def starved(self, whole: bool = False) -> bool:
        """Whether what it does now (whole: all that it has done) might have ended in time on a machine with nothing else
        to do."""
        ...

    def close(self) -> None:
        """Kill what is left of it."""
        ...


@dataclass(frozen=True)
class Rules:
    """How a notebook is run. seconds: for all of it, and as many for a second look; showcase: whether demonstrations are run."""

    seconds_per_cell: float = SECONDS_PER_CELL
    seconds: float = 300
    showcase: bool = False

    @staticmethod
    def of(seconds_per_cell: float, showcase: bool) -> "Rules":
        """The rules with this limit for a cell; demonstrations train for minutes, so they get more time."""
        if showcase:
            return Rules(max(600, seconds_per_cell), 3600, showcase=True)
        return Rules(seconds_per_cell, max(300, 5 * seconds_per_cell))

    @property
    def seconds_of_both_looks(self) -> float:
        """After which nothing of a notebook runs."""
        return 2 * self.seconds


@dataclass
class NotebookRun:
    """One notebook being run; it gets a new box whenever the last one has died.

    outputs: of each cell by its place. deadly: cells that ended the process, which are left out from then on. slow: those
    that took all their time, by the clock here. left_out: own cells for which there is no time in a second look.
    """

    notebook: NotebookNode
    open_box: Callable[[], OpenBox]
    rules: Rules
    outputs: dict[int, list] = field(default_factory=dict)
    deadly: dict[int, BoxDied] = field(default_factory=dict)
    slow: set[int] = field(default_factory=set)
    left_out: frozenset[int] = frozenset()

    def __post_init__(self):
        self.starved = False
        self._box: OpenBox | None = None
        self._ran = 0  # cells before this one have run in the box
        self._took: dict[int, float] = {}
        self._second = False
        self._demonstrations: frozenset[int] = frozenset()
        self.end = time.monotonic() + self.rules.seconds

    def look_again(self, demonstrations: frozenset[int]) -> None:
        """Begin the second look, which has time of its own. demonstrations: those that are run too."""
        self.drop()
        self._second, self._demonstrations = True, demonstrations
        self.end = time.monotonic() + self.rules.seconds
        self.left_out = self._too_long()

    def _too_long(self) -> frozenset[int]:
        """Own cells that are left out, so that half of the time remains for questions: those that never ended, and then
        the longest."""
        cells = [i for i in self._took if not grade_id(self.notebook.cells[i])]
        found, left = set(self.slow & set(cells)), self.rules.seconds / 2
        for i in sorted(cells, key=self._took.__getitem__):
            if i in found:
                continue
            left -= self._took[i]
            if left < 0 and self._took[i] > LONG:
                found.add(i)
        return frozenset(found)

    def cells(self) -> list[int]:
        """Which cells are run: the code but for check cells, and for demonstrations, which are run once if they are wanted."""
        return [
            i
            for i, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code"
            and not grade_id(cell).startswith("test_")
            and (not is_showcase(cell) or self._is_shown(i))
            and i not in self.deadly
            and i not in self.left_out
        ]

    def _is_shown(self, i: int) -> bool:
        """Whether a demonstration is run."""
        return i in self._demonstrations if self._second else self.rules.showcase and i not in self.outputs

    def has_time(self) -> bool:
        """Whether the notebook's time is not up."""
        return time.monotonic() < self.end

    @property
    def is_open(self) -> bool:
        """Whether there is a box that can be asked on."""
        return self._box is not None and not self._box.out_of_turn

    def box(self, place: int | None = None) -> OpenBox:
        """A box in which the cells before this place have run, and no others; all if it is None.

        BoxDied if time is up, or if too many cells end its process."""
        place = len(self.notebook.cells) if place is None else place
        if self._box is not None and (self._box.out_of_turn or self._ran > place):
            self.drop()
        while self._box is None or self._ran < place:
            if not self.has_time():
                raise self._out_of_time()
            if len(self.deadly) > MAX_RESTARTS:
                raise BoxDied("error", f"more than {MAX_RESTARTS} of the notebook's cells end its process")
            if self._box is None:
                self._box, self._ran = self.open_box(), 0
            self._run_up_to(place, self._box)
        return self._box

    def _run_up_to(self, place: int, box: OpenBox) -> None:
        """Run the cells that come next; a cell that ends the process ends the box, and is left out from then on."""
        cells, done = [i for i in self.cells() if self._ran <= i < place], 0
        began = time.monotonic()
        try:
            for seconds, together in groupby(cells, self._seconds_for):
                sources = [self.notebook.cells[i].source for i in together]
                for said in box.run_cells(sources, seconds, self.end, self._second):
                    self._note(cells[done], said, time.monotonic() - began)
                    began = time.monotonic()
                    done += 1
            self._ran = place
        except BoxDied as death:
            if death.status == "timeout":
                self.ran_out()
            self.drop()
            if done < len(cells):
                self._took[cells[done]] = time.monotonic() - began
            if not self.has_time():  # of the notebook, and not of this cell
                raise self._out_of_time() from None
            if done == len(cells):  # all have run, and then it died: nothing can be left out
                raise
            self.deadly[cells[done]] = death
            words = one_line(str(death))
            error = new_output("error", ename="ProcessEnded", evalue=words, traceback=[f"This cell: {words}."])
            self.outputs[cells[done]] = [error]

    def _seconds_for(self, i: int) -> float:
        """How long a cell may take. Demonstrations take at most a quarter of a second look's time, all together."""
        each = self.rules.seconds_per_cell
        return min(each, self.rules.seconds / 4 / len(self._demonstrations)) if i in self._demonstrations else each

    def _note(self, i: int, said: dict, took: float) -> None:
        """What a cell showed, and how long it took."""
        self.outputs.setdefault(i, as_outputs(said.get("outputs")))
        self._took[i] = took
        if took >= self.rules.seconds_per_cell:
            self.slow.add(i)
            self.ran_out()

    def ran_out(self) -> None:
        """Note that something has run out of time in this box, which is still open."""
        whole = not self.has_time()
        self.starved = self.starved or (self._box is not None and self._box.starved(whole))

    def _out_of_time(self) -> BoxDied:
        return BoxDied("timeout", f"the notebook was still running after {self.rules.seconds:g} seconds")

    def drop(self) -> None:
        """End this box; the next question gets a new one."""
        if self._box is not None:
            self._box.close()
            self._box = None

    def executed(self) -> NotebookNode:
        """The notebook with what its cells showed; those that were run have a number."""
        for i, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = self.outputs.get(i, []), 0 if i in self.outputs else None
        return self.notebook
