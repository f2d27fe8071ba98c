"""The verdicts in an OUT, read and changed past the engine: `verdicts.db` is one table, `verdict`."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple


class Kept(NamedTuple):
    """aside: the attempt's name where it does not count, else "". judged: in seconds of the epoch."""

    student: str
    assignment: str
    aside: str
    judged: float
    document: dict

    @property
    def attempt(self) -> str:
        return self.document["attempt"]


def kept_verdicts(out: Path) -> list[Kept]:
    """Every verdict there is; one stands twice for as long as another takes its place."""
    path = out / "verdicts.db"
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'verdict'").fetchone():
            return []  # it is being made
        rows = database.execute(
            "SELECT student, assignment, aside, judged, document FROM verdict ORDER BY student, assignment, aside"
        )
        return [Kept(*row, json.loads(document)) for *row, document in rows]


def change(out: Path, student: str, **columns: object) -> None:
    """Other values in every verdict of a student."""
    sets = ", ".join(f"{name} = ?" for name in columns)
    with closing(sqlite3.connect(out / "verdicts.db")) as database, database:
        assert database.execute(f"UPDATE verdict SET {sets} WHERE student = ?", (*columns.values(), student)).rowcount
