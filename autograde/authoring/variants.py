"""Right solutions in other styles than the reference's: a percent script an assignment, of cells as students write them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from autograde.authoring.questions import names_in
from autograde.authoring.script import run_source
from autograde.course import CourseError, this_course
from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine


@dataclass(frozen=True)
class Variant:
    """A cell that defines a graded function. style: what is different about it."""

    assignment: str
    question: str
    style: str
    source: str

    def function(self) -> Callable:
        """The function that the cell leaves behind, run in the notebook after its setup cell and the other questions."""
        names = dict(names_in(self.assignment))
        run_source(self.source, f"<{self.question}, {self.style}>", names)
        return names[self.question]


@cache
def variants_of(assignment: str) -> tuple[Variant, ...]:
    """In the order of the file, in which each begins with a line `# %% question: style`. Raises CourseError."""
    try:
        text = this_course().variants(assignment).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{_told(assignment)} is missing: it has other right ways to write each function") from None
    _, *parts = re.split(r"^# %% (\w+): (.+)\n", text, flags=re.M)
    return tuple(Variant(assignment, *part) for part in zip(parts[::3], parts[1::3], parts[2::3], strict=True))


def require_variants(assignment: str, questions: Iterable[str]) -> None:
    """Raises CourseError unless each question, and nothing else, has a variant."""
    there, wanted = {variant.question for variant in variants_of(assignment)}, set(questions)
    for name in sorted(there ^ wanted):
        what = "is no graded function" if name in there else "has no variant; begin one with '# %% " + name + ": ...'"
        raise CourseError(f"{_told(assignment)}: {name} {what}")


def failing_variants() -> list[str]:
    """A phrase for each variant of the course that does not get full marks on the recorded cases."""
    found = []
    for assignment in this_course().assignments:
        for variant in variants_of(assignment):
            where = f"{_told(assignment)}, {variant.question}, {variant.style!r}"
            try:
                function = variant.function()
            except Exception as error:
                found.append(f"{where}: its cell stops with {type(error).__name__}: {error}")
                continue
            question = all_questions(assignment)[variant.question]
            verdict = examine(question, lambda case, f=function: call_case(f, case))  # type: ignore[misc]
            if verdict.score != question.points:
                lost = next(result.case.name for result in verdict.results if result.status != "passed")
                found.append(f"{where}: {verdict.score:g} of {question.points:g} points; first lost: {lost!r}")
    return found


def _told(assignment: str) -> str:
    return this_course().told(this_course().variants(assignment))
