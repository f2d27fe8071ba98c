"""How the service is doing, for people (`status.html`) and for Prometheus (`metrics.prom`, for node_exporter's textfiles)."""

import contextlib
import math
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, write_to_textfile

from autograde.files import is_full, why_not, write_atomically
from autograde.records.refusals import AGAIN, Lost
from autograde.reporting.report import pages
from autograde.text import moment, one_line

KEPT = 200  # latencies, and lines of what was said
SAID_AGAIN = 600.0  # seconds before the same line is said once more
GOES_ON = "the service tries again until it is mended, and nothing that arrives is lost"
MINUTE = 60.0
BURST, BURST_SECONDS = 50, MINUTE  # lines on single arrivals in so many seconds; others are counted


@dataclass
class Status:
    """What is counted and said. waiting, held, without_room, working: attempts, of the waiting those beyond the limit of
    an hour and those that do not fit on the disk. is_running: whether the service is. oldest: since when the first of all but
    the held has waited, None if none does. same: attempts with the work that counts already. is_counting: whether
    is known what waits, which it is not while the service cannot look.
    """

    folder: Path
    waiting: int = 0
    held: int = 0
    without_room: int = 0
    is_running: bool = True
    is_counting: bool = True
    working: int = 0
    oldest: float | None = None
    judged: int = 0
    refused: int = 0
    overtaken: int = 0
    same: int = 0
    began: float = field(default_factory=time.monotonic)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))  # seconds from file to page
    landed: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))  # when, by a clock that nobody sets
    lines: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT))  # when and what
    _burst_began: float = 0.0
    _in_burst: int = 0
    _judged_said: int = 0  # how many had been judged, and when that was said
    _said_when: float = -math.inf
    _said: dict[str, float] = field(default_factory=dict)
    _faults: dict[str, float] = field(default_factory=dict)  # that are not mended, as they were said, and when last
    _refusals: set[int] = field(default_factory=set)
    _registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        def gauge(name: str, what: str) -> Gauge:
            return Gauge(f"course_{name}", what, registry=self._registry)

        self._gauges = {
            "waiting": gauge("attempts_waiting", "Attempts that have arrived and are not taken up yet"),
            "without_room": gauge("attempts_without_room", "Attempts of the waiting that do not fit on the disk"),
            "working": gauge("attempts_working", "Attempts that are being judged"),
            "faults": gauge("faults", "What is wrong with the machine and not mended; 0 if all is well"),
            "oldest": gauge(
                "oldest_waiting_seconds", "How long the oldest has waited, but for those beyond the limit of an hour"
            ),
            "memory": gauge("memory_bytes", "Resident memory of the service and all that it has started"),
            "latency": gauge(
                "latency_seconds",
                "From file to page, less the wait for an hour to be over, the 95th percentile of the last 200",
            ),
            "rate": gauge("attempts_per_minute", "Attempts judged in the last minute"),
        }
        self._counters = {
            name: Counter(f"course_attempts_{name}", what, registry=self._registry)
            for name, what in (
                ("judged", "Attempts that have come to a verdict"),
                ("refused", "Arrivals that were not taken"),
                ("overtaken", "Attempts beyond the limit in whose place a later one was judged"),
                ("same", "Attempts with the work that counts already, which are not judged again"),
            )
        }
        self._counted = dict.fromkeys(self._counters, 0)

    def say(self, words: str) -> None:
        """A line for the terminal and the page; the same one again only after a while."""
        words, now = one_line(words), time.monotonic()
        if now - self._said.get(words, -SAID_AGAIN) < SAID_AGAIN:
            return
        self._said = {line: when for line, when in self._said.items() if now - when < SAID_AGAIN} | {words: now}
        self._put(words)

    def say_fault(self, words: str) -> None:
        """The same of what is wrong with the machine, which is said to be mended when it is."""
        self._faults[one_line(words)] = time.monotonic()
        self.say(words)

    @property
    def faults(self) -> list[str]:
        """What is wrong with the machine now."""
        return sorted(self._faults)

    def note_refused(self, why: str) -> None:
        """Count an arrival that was not taken; once, though the service begins anew after a fault and meets it again."""
        if hash(why) not in self._refusals:
            self._refusals.add(hash(why))
            self.refused += 1

    def say_if_mended(self, lasting: float) -> None:
        """What was wrong with the machine and has not been for so many seconds; another time it is said again."""
        now = time.monotonic()
        mended = [words for words in self.faults if now - self._faults[words] >= lasting]
        for words in mended:
            self._said.pop(words, None)
            del self._faults[words]
        if mended and not self._faults:
            self._put("mended: the service goes on")
        else:
            for words in mended:
                self._put(
                    f"mended, though something else is wrong, what was said before: “{words.removesuffix(f'; {GOES_ON}')}”"
                )

    def say_of_arrival(self, words: str) -> None:
        """The same of what students caused, who may cause any number: of a flood some lines, and how many more there were."""
        now = time.monotonic()
        if now - self._burst_began >= BURST_SECONDS:
            self._end_burst()
            self._burst_began = now
        self._in_burst += 1
        if self._in_burst <= BURST:
            self.say(words)

    def say_how_it_goes(self) -> None:
        """A line a minute at most, if anything was judged since the last."""
        now, new = time.monotonic(), self.judged - self._judged_said
        if new and now - self._said_when >= MINUTE:
            self._judged_said, self._said_when = self.judged, now
            self._put(f"judged {new:,}; {self.working:,} being judged, {self.waiting:,} waiting")

    def _end_burst(self) -> None:
        if self._in_burst > BURST:
            self._put(f"{self._in_burst - BURST:,} more lines of this kind are left out, so that they hide no others")
        self._in_burst = 0

    def _put(self, words: str) -> None:
        now = moment(datetime.now(UTC))
        self.lines.append((now, words))
        with contextlib.suppress(OSError, UnicodeError):  # whoever listened has gone, the log's disk is full
            print(f"{now}  {words}", flush=True)

    def end(self) -> None:
        """Nothing is on its way any more, and nobody looks whether what was wrong is mended."""
        self.is_counting = self.is_running = False
        self.working = 0
        self._faults.clear()

    @property
    def page(self) -> Path:
        """For people."""
        return self.folder / "status.html"

    def note_landed(self, since: float | None) -> None:
        """Count an attempt whose page is there now. since: from when it was waited for; None if that tells nothing."""
        self.judged += 1
        self.landed.append(time.monotonic())
        if since is not None:
            self.latencies.append(max(0.0, time.time() - since))

    @property
    def slowest_of_most(self) -> float:
        """The 95th percentile of the latencies, 0 if there are none."""
        return float(np.percentile(self.latencies, 95)) if self.latencies else 0.0

    def write(self) -> None:
        """Both files. Raises OSError."""
        now = time.monotonic()
        if now - self._burst_began >= BURST_SECONDS:
            self._end_burst()
        of_waiting = 1.0 if self.is_counting else math.nan
        facts = {
            "waiting": self.waiting * of_waiting,
            "without_room": self.without_room * of_waiting,
            "working": self.working,
            "faults": len(self._faults),
            "oldest": of_waiting * (max(0.0, time.time() - self.oldest) if self.oldest is not None else 0.0),
            "memory": _memory(),
            "latency": self.slowest_of_most,
            "rate": sum(now - when < 60 for when in self.landed),
        }
        for name, value in facts.items():
            self._gauges[name].set(value)
        for name, counter in self._counters.items():
            counter.inc(getattr(self, name) - self._counted[name])
            self._counted[name] = getattr(self, name)
        write_to_textfile(str(self.folder / "metrics.prom"), self._registry)
        page = pages.get_template("status.html").render(
            status=self, facts=facts, now=moment(datetime.now(UTC)), up=now - self.began
        )
        write_atomically(page, self.page)


def _memory() -> int:
    """Bytes of this process and of all that it has started."""
    total = 0
    for process in (own := psutil.Process(), *own.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total


def in_words(error: Exception, out: Path) -> str:
    """What is said of an error of the machine's; out: the folder of the class, of whose disk one line is enough."""
    if is_full(error):
        return f"the disk of '{out}' is full"
    if isinstance(error, Lost):
        return (
            f"{error.what}: put a copy of it back. Without one, stop the service; begun again, it says how everything is judged"
            " anew"
        )
    if isinstance(error, OSError) and error.strerror:
        return f"'{error.filename}' cannot be used: {why_not(error)}" if error.filename else error.strerror
    return str(error).removesuffix(f", then {AGAIN}")  # which the service does by itself
