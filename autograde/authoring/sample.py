"""The sample class: submissions made from the reference solution, with what people really hand in.

Six students, who hand in every assignment that the course has. What is special about each stands in `SAMPLE`.
"""

import json
import shutil
import textwrap
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograde.authoring.questions import script_of, specs_in
from autograde.authoring.script import without_marks
from autograde.course import this_course
from autograde.judging.submission import released
from autograde.notebook import grade_id, is_manual


class SampleNotebook:
    """One student's copy of a notebook while it is being made."""

    def __init__(self, assignment: str):
        self.assignment = assignment
        self.notebook = released(assignment)
        script = script_of(assignment)
        self._source = {grade_id(cell): cell.source for cell in script.notebook.cells}
        self.answers = [grade_id(cell) for cell in script.notebook.cells if is_manual(cell)]
        self.functions = list(specs_in(assignment))

    def cell(self, name: str) -> NotebookNode:
        """The cell with this grade_id. Raises StopIteration if there is none."""
        return next(cell for cell in self.notebook.cells if grade_id(cell) == name)

    def solve(self, *names: str) -> None:
        """Write the reference solution of these functions, or of all, and then the model answers too."""
        for name in names or (*self.functions, *self.answers):
            self.cell(name).source = without_marks(self._source[name])

    def write(self, name: str, source: str) -> None:
        """Put this source into a function's cell, without the indentation that all its lines share."""
        self.cell(name).source = textwrap.dedent(source).strip()

    def hand_in(self, folder: Path, student: str) -> Path:
        """Write the notebook where a student's submission lies in `folder`; its path."""
        path = folder / student / self.assignment / f"{self.assignment}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(self.notebook, path)
        return path

    def mistake(self, name: str, which: int = 0) -> None:
        """Write a function with one of its named mistakes."""
        mistakes = specs_in(self.assignment)[name].mistakes
        if mistakes:
            self.write(name, mistakes[which % len(mistakes)].source)


def _right(work: SampleNotebook) -> None:
    work.solve()


def _one_mistake(work: SampleNotebook) -> None:
    work.solve()
    work.mistake(work.functions[-1])


def right_and_wrong(assignment: str) -> tuple[SampleNotebook, SampleNotebook]:
    """Work in which all is right, and the same but for its last function, which has a mistake with a name."""
    works = SampleNotebook(assignment), SampleNotebook(assignment)
    for fill, work in zip((_right, _one_mistake), works, strict=True):
        fill(work)
    return works


def _half_done(work: SampleNotebook) -> None:
    work.solve(*work.functions[: len(work.functions) // 2])


def _a_mistake_everywhere(work: SampleNotebook) -> None:
    for i, name in enumerate(work.functions):
        work.mistake(name, i)


def _chatty(work: SampleNotebook) -> None:
    """Right, and it prints and warns on every call."""
    work.solve()
    name = work.functions[-1]
    source = work.cell(name).source.replace(f"def {name}(", "def _quiet(", 1)
    work.write(
        name,
        f"{source}\n\nimport warnings\n\ndef {name}(*args, **kwargs):\n    warnings.warn('half way')\n"
        "    print('calling')\n    return _quiet(*args, **kwargs)",
    )


def _in_other_words(work: SampleNotebook) -> None:
    """Right, but results come as lists where arrays are usual, and one function is a lambda in a variable."""
    work.solve()
    name = work.functions[0]
    work.write(
        name,
        work.cell(name).source.replace(f"def {name}(", "def first_try(", 1) + f"\n\n{name} = lambda *a: first_try(*a)",
    )


def _empty(work: SampleNotebook) -> None:
    work.notebook = new_notebook(metadata=work.notebook.metadata)


def _untouched(work: SampleNotebook) -> None:
    """As handed out."""


def _edited_checks(work: SampleNotebook) -> None:
    """Nothing solved; the first check cell replaced by a number, and its points raised."""
    check = work.cell(f"test_{work.functions[0]}")
    check.source = "1000.0"
    check.metadata.nbgrader.points = 1000.0


def _endless(work: SampleNotebook) -> None:
    """The first function never ends; the rest is right."""
    work.solve()
    work.write(work.functions[0], f"def {work.functions[0]}(*args, **kwargs):\n    while True:\n        pass")


def _defined_twice(work: SampleNotebook) -> None:
    """The first function stands twice, with the same id: a wrong one, then the right one."""
    work.solve()
    first = work.cell(work.functions[0])
    earlier = nbformat.from_dict(json.loads(json.dumps(first)))
    earlier.source = f"def {work.functions[0]}(*args):\n    return 42"
    earlier.id = "an-earlier-try"
    work.notebook.cells.insert(work.notebook.cells.index(first), earlier)


def _crashes(work: SampleNotebook) -> None:
    """A syntax error, an exception, a missing return and `exit()`; the rest is right."""
    work.solve()
    crashes = (
        "def {}(*args:\n    return 1",
        "def {}(*args, **kwargs):\n    return undefined_name + 1",
        "def {}(*args, **kwargs):\n    result = {{'W1': sum([1, 2])}}",
        "def {}(*args, **kwargs):\n    raise SystemExit",
    )
    for name, crash in zip(work.functions, crashes, strict=False):
        work.write(name, crash.format(name))


def _a_late_mistake(work: SampleNotebook) -> None:
    """One mistake near the end, of those that are named last."""
    work.solve()
    work.mistake(work.functions[-2:][0], -1)


# Instead of a notebook
BROKEN_FILE, NO_NOTEBOOK = "broken file", "no notebook"

# What each student hands in, assignment by assignment; whoever has fewer kinds begins again.
SAMPLE: dict[str, tuple[Callable[[SampleNotebook], None] | str, ...]] = {
    "ada": (_right,),
    "bela": (_one_mistake,),
    "chidi": (_half_done, _chatty, _half_done, _half_done, _half_done),
    "dana": (_a_mistake_everywhere,),
    "emre": (_empty, BROKEN_FILE, NO_NOTEBOOK, _untouched, _in_other_words),
    "fatou": (_edited_checks, _endless, _defined_twice, _crashes, _a_late_mistake),
}


def make_sample(folder: Path) -> int:
    """Write the class as <student>/<assignment>/<assignment>.ipynb into `folder`; how many submissions there are."""
    shutil.rmtree(folder, ignore_errors=True)
    assignments = this_course().assignments
    for student, kinds in SAMPLE.items():
        for assignment, kind in zip(assignments, cycle(kinds), strict=False):
            place = folder / student / assignment
            place.mkdir(parents=True)
            work = SampleNotebook(assignment)
            if not work.functions and kind not in (_empty, _untouched, BROKEN_FILE, NO_NOTEBOOK):
                kind = _right  # there is nothing to get wrong in other ways
            if callable(kind):
                kind(work)
            text = nbformat.writes(work.notebook)
            if kind == BROKEN_FILE:
                text = text[: len(text) // 2]
            if kind != NO_NOTEBOOK:
                (place / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
    return len(SAMPLE) * len(assignments)
