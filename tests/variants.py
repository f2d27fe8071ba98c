"""Right solutions in other styles than the reference's: a percent script an assignment, of cells as students write them."""

import re
from dataclasses import dataclass
from functools import cache

from conftest import solution

from autograde.course import this_course


@dataclass(frozen=True)
class Variant:
    """A cell that defines a graded function. style: what is different about it."""

    assignment: str
    question: str
    style: str
    source: str

    def function(self):
        """The function that the cell leaves behind, run in the notebook after its setup cell and the other questions."""
        names = dict(solution(self.assignment))
        exec(compile(self.source, f"<{self.style}>", "exec"), names)
        return names[self.question]


@cache
def variants_of(assignment: str) -> tuple[Variant, ...]:
    """In the order of the file, in which each begins with a line `# %% question: style`."""
    text = this_course().variants(assignment).read_text(encoding="utf-8")
    _, *parts = re.split(r"^# %% (\w+): (.+)\n", text, flags=re.M)
    return tuple(Variant(assignment, *part) for part in zip(parts[::3], parts[1::3], parts[2::3], strict=True))
