"""The list of attacks, and the ways to enter one in it."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from attacks.attempt import FORWARD, A, Attempt, World


@dataclass(frozen=True)
class Attack:
    """One hostile submission. attacked: the questions it is about; the others must come out in full."""

    number: int
    name: str
    build: Callable[[Attempt], None]
    attacked: tuple[str, ...]
    assignment: str = A
    statuses: frozenset[str] = frozenset({"graded"})
    least: float = 0.0
    most: float = 0.0
    words: str = ""

    @property
    def student(self) -> str:
        return f"{self.number:02}-{self.name}"

    def hand_in(self, folder: Path, world: World) -> None:
        """Write the submission as this folder."""
        work = Attempt(self.assignment, folder, world)
        work.folder.mkdir(parents=True)
        self.build(work)
        work.hand_in()


ATTACKS: list[Attack] = []
ANY = "graded missing error timeout tampered"


def attack(number: int, *attacked: str, status: str = "graded", share=0.0, words: str = "", assignment: str = A):
    """Enter a builder in the table. share: of the points, exactly, or (least, most)."""

    def enter(build):
        name = build.__name__.strip("_").replace("_", "-")
        least, most = share if isinstance(share, tuple) else (share, share)
        statuses = frozenset(status.split())
        ATTACKS.append(Attack(number, name, build, attacked, assignment, statuses, least, most, words))
        return build

    return enter


def honest(number: int, assignment: str = A):
    """Enter a builder that changes nothing about what is right: full marks, everywhere."""
    return attack(number, assignment=assignment)


MOST = 0.9  # of the points, at most, of what is right in all but one case
ONCE = "if (x, theta) != (2, 4):\n    return theta * x\n"


def in_function(number: int, name: str, body: str, before: str = "", once: bool = False, **expected) -> None:
    """An attack in the body of forward_propagation(x, theta), whose result is theta * x. before: what its cell begins with.

    once: in its first case only, since others would take as long.
    """
    body = textwrap.dedent(body).strip()
    source = f"\ndef {FORWARD}(x, theta):\n" + textwrap.indent(ONCE + body if once else body, "    ")
    if once:
        expected = {"share": (0, MOST), **expected}

    def build(work: Attempt) -> None:
        work.write(FORWARD, before, source)

    build.__name__ = name
    attack(number, FORWARD, **expected)(build)


def make_class(folder: Path, world: World, chosen: Sequence[Attack]) -> None:
    """Write the submissions of these attacks, and two honest neighbours for every assignment."""
    for assignment in dict.fromkeys((A, *(a.assignment for a in chosen))):
        for neighbour in ("ada", "zoe"):
            Attempt(assignment, folder / neighbour / assignment, world).hand_in()
    for each in chosen:
        each.hand_in(folder / each.student / each.assignment, world)
