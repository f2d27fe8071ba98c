"""What travels between the command and the machines that judge: bytes of our own form, out of which nothing but data is made.

A parcel is a line of JSON and then parts of given sizes. A reply that has not the form of a verdict in full is none, so
whatever goes wrong on the way, nothing of it can be taken for points.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from autograde.results import Answer, Execution, Job
from checking.cause import Cause

MAX_REPLY = 64 << 20  # bytes; what honest notebooks come to is a hundredth of that
ANSWERED = ("graded", "manual", "missing", "error", "timeout")  # statuses of a question
ROUNDING = 1e-9
STOPPED = ("error", "timeout")  # statuses of a notebook that came to no answers


class NoParcel(ValueError):
    """Bytes that are none of ours; the message says in what."""


def pack(head: Mapping[str, Any], *parts: bytes) -> bytes:
    """The head, which is JSON data, and the parts as one."""
    line = json.dumps({**head, "sizes": [len(part) for part in parts]}, allow_nan=False)
    return b"\n".join([line.encode(), b"".join(parts)])


def unpack(parcel: object) -> tuple[dict[str, Any], list[bytes]]:
    """Head and parts. Raises NoParcel."""
    if not isinstance(parcel, bytes | bytearray | memoryview):
        raise NoParcel("what came back is no bytes")
    if len(parcel) > MAX_REPLY:
        raise NoParcel(f"what came back has more than {MAX_REPLY >> 20} MB")
    line, _, rest = bytes(parcel).partition(b"\n")
    try:
        head = json.loads(line)
        sizes = head.pop("sizes")
        if sum(sizes) != len(rest) or any(size < 0 for size in sizes):
            raise ValueError
        parts, begin = [], 0
        for size in sizes:
            parts.append(rest[begin : begin + size])
            begin += size
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoParcel("what came back is no reply of a worker of ours") from None
    return head, parts


def pack_job(job: Job, notebook: bytes, timestamp: bytes | None) -> bytes:
    """A job with all that it takes to do it. timestamp: of when it was handed in."""
    return pack({"job": asdict(job)}, notebook, *([timestamp] if timestamp is not None else []))


def unpack_job(parcel: bytes) -> tuple[Job, bytes, bytes | None]:
    """What `pack_job` was given."""
    head, parts = unpack(parcel)
    return Job(**head["job"]), parts[0], parts[1] if len(parts) > 1 else None


@dataclass(frozen=True)
class Reply:
    """What a worker says of a job.

    kind: "verdict", and only then there is an execution; "died": the process that judged it ended over it, which `reason` says;
    "bare": the worker knows nothing of this class; "unfit": it cannot judge, for this reason; "closing": it is being ended.
    worker: its address. identity: what it is made of. tier, notes: how it isolates, and why no better. notebook, page: as
    executed, and for the student; both b"" where there is none.
    """

    kind: str
    worker: str = ""
    reason: str = ""
    identity: Mapping[str, str] | None = None
    tier: str = ""
    notes: tuple[str, ...] = ()
    execution: Execution | None = None
    notebook: bytes = b""
    page: bytes = b""

    def packed(self) -> bytes:
        """As bytes; of the execution all but the job, which the other side knows."""
        head = asdict(self) | {"notebook": None, "page": None}
        if self.execution:
            head["execution"] = {**asdict(self.execution), "job": None}
        return pack(head, self.notebook, self.page)


def unpack_reply(parcel: object, job: Job, points: Mapping[str, float]) -> Reply:
    """The reply to a job whose questions have these points. Raises NoParcel for what is none."""
    head, parts = unpack(parcel)
    try:
        kind, worker, reason, tier = (_text(head[name]) for name in ("kind", "worker", "reason", "tier"))
        identity = {_text(k): _text(v) for k, v in (head["identity"] or {}).items()}
        notes = tuple(map(_text, head["notes"]))
        execution = None
        if kind == "verdict":
            notebook, page = parts
            execution = _execution(head["execution"], job, points)
            if not execution.failure and not (notebook and page):
                raise ValueError
            return Reply(kind, worker, reason, identity, tier, notes, execution, notebook, page)
        if kind not in ("died", "bare", "unfit", "closing"):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NoParcel("what came back is no verdict on what was asked") from None
    return Reply(kind, worker, reason, identity, tier, notes)


def _execution(data: dict, job: Job, points: Mapping[str, float]) -> Execution:
    """Raises ValueError, TypeError or KeyError for what cannot have come of this job."""
    seconds = data["seconds"]
    if not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        raise ValueError
    if data["failure"] is not None:
        status, words = map(_text, data["failure"])
        if status not in STOPPED or data["answers"]:
            raise ValueError
        return Execution(job, failure=(status, words), seconds=seconds)
    answers = tuple(Answer(**{**one, "cause": Cause(**one["cause"])}) for one in data["answers"])
    if sorted(answer.question for answer in answers) != sorted(points):
        raise ValueError
    for answer in answers:
        if answer.status not in ANSWERED or not 0 <= answer.score <= points[answer.question] * (1 + ROUNDING):
            raise ValueError
    if not isinstance(data["starved"], bool):
        raise TypeError
    return Execution(job, answers, None, seconds, data["starved"])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
