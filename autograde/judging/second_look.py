"""The second look at questions that are not right: never less than a student saw who restarted, ran all cells and read the cards.

Cells run in their order, and each question is asked at its own check cell in a fork, so that nothing that comes later
counts; and once more at the end, when what stands below the check cell has run too. The better of the two counts. A process
that cannot be forked, as after TensorFlow has run, is asked at its end, one question after the other; those that are not
right then get a process of their own each, run up to the check cell, as long as there is time.

Whatever is shown to a student was there before the box got the first hidden input. So visible cases come first, at both
places, and hidden ones then, where the visible ones went better; the box of another question is never asked on.
"""

import re

from autograde.judging.asking import Place, ask, in_order, verdict_of
from autograde.judging.notebook_run import NotebookRun
from autograde.notebook import grade_id, is_edited, is_showcase
from autograde.sandbox.client import BoxDied
from checking.calls import SECONDS_PER_CALL, Outcome
from checking.examiner import judge, places_as_recorded, twins_of_returned
from checking.questions import Question

FINAL = ("died", "timeout", "missing")  # after which a question is not asked on
NO_NAME = re.compile(r"\bname '(\w+)' is not defined")  # Python's words, since 2.0

WORD = re.compile(r"[^\W\d]\w*")
_ASSIGNED = re.compile(r"(?<![=!<>])=(?!=)")
_MADE = re.compile(r"\bfor ([^=:]{1,200}?) in\b|\bas (\w+)|\b(?:def|class|import) (.+)")

Found = dict[Place, Outcome]


class SecondLook:
    """Asks questions that were not right again. first: what came of them in the first look."""

    def __init__(self, run: NotebookRun, questions: dict[str, Question], first: dict[str, list[Outcome]]):
        self._run = run
        places = {grade_id(cell): i for i, cell in enumerate(run.notebook.cells)}
        checks = {name: places.get(f"test_{name}", len(run.notebook.cells)) for name in questions}
        self._checks = dict(sorted(checks.items(), key=lambda check: check[1]))
        self._questions = {name: questions[name] for name in self._checks}
        run.look_again(_demonstrations_to_run(run, {name: first[name] for name in questions}))

    def outcomes(self) -> dict[str, list[Outcome]]:
        """What came of the calls of each question, where it went better."""
        at_check, at_end = self._in_forks_at_checks(), Found()
        for name in self._questions:
            at_end |= self._settled(name, at_check) or self._visible(name, None)
        earlier = [name for name in self._questions if self._worth(name, at_check) > self._worth(name, at_end)]
        for name in self._questions:
            if name not in earlier:
                at_end |= self._hidden(name, at_end, None)
        for name in earlier:  # in a new box, which they share
            at_check |= self._hidden(name, at_check, self._checks[name])
        found = {
            name: in_order(name, question, at_check if name in earlier else at_end)
            for name, question in self._questions.items()
        }
        asked = {name for name, _ in at_check}
        return found | self._apart({name: outcomes for name, outcomes in found.items() if name not in asked})

    def _in_forks_at_checks(self) -> Found:
        """Visible cases of each question, at its check cell, as far as the box forks there."""
        found = Found()
        for name, cell in self._checks.items():
            try:
                if not self._run.box(cell).forks:
                    break
            except BoxDied:
                break
            found |= self._visible(name, cell)
        return found

    def _apart(self, found: dict[str, list[Outcome]]) -> dict[str, list[Outcome]]:
        """Those of them that went better in a process of their own, run up to the check cell, as long as there is time.

        Where the function is missing nothing is called, and so the next question may share the process.
        """
        better: dict[str, list[Outcome]] = {}
        self._run.drop()
        for name, outcomes in found.items():
            question, cell = self._questions[name], self._checks[name]
            verdict = verdict_of(question, outcomes)
            if verdict.state == "right" or not self._run.has_time():
                continue
            alone = self._visible(name, cell)
            alone |= self._hidden(name, alone, cell)
            if any(outcome.kind != "missing" for outcome in alone.values()):
                self._run.drop()
            again = verdict_of(question, in_order(name, question, alone))
            if again.score > verdict.score or (again.score == verdict.score and self._run.has_time()):
                better[name] = in_order(name, question, alone)
        return better

    def _visible(self, name: str, cell: int | None) -> Found:
        wanted = [i for i, case in enumerate(self._questions[name].cases) if not case.hidden]
        return self._ask(name, wanted, cell)

    def _hidden(self, name: str, found: Found, cell: int | None) -> Found:
        """Twins, which say what the visible cases are worth, and hidden cases, unless something has not ended; and those by
        which a mistake is known."""
        question = self._questions[name]
        so_far = in_order(name, question, found)
        wanted = twins_of_returned(question, so_far)
        if not any(outcome.kind in FINAL for outcome in so_far):
            wanted += [i for i, case in enumerate(question.cases) if case.hidden] + places_as_recorded(question)
        return self._ask(name, wanted, cell)

    def _ask(self, name: str, wanted: list[int], cell: int | None) -> Found:
        return ask(self._run, self._questions, [(name, i) for i in wanted], SECONDS_PER_CALL, fork=True, cell=cell)

    def _settled(self, name: str, at_check: Found) -> Found:
        """What came of a question that did not end at its check cell, if nothing below has its name; else nothing."""
        found = {place: outcome for place, outcome in at_check.items() if place[0] == name}
        below = [self._run.notebook.cells[i].source for i in self._run.cells() if i > self._checks[name]]
        ended = any(outcome.kind in ("died", "timeout") for outcome in found.values())
        return found if ended and not any(_has(source, name) for source in below) else Found()

    def _worth(self, name: str, found: Found) -> tuple[int, int, int]:
        """How much of the visible cases is right."""
        question = self._questions[name]
        asked = [(case, found[name, i]) for i, case in enumerate(question.cases) if (name, i) in found]
        try:
            results = [judge(question, case, outcome) for case, outcome in asked]
        except Exception:  # at values that cannot be compared
            return 0, 0, 0
        return (
            sum(result.status == "passed" for result in results),
            sum(result.any_right for result in results),
            sum(result.well_formed for result in results),
        )


def missing_name(outcome: Outcome) -> str:
    """The name that a function did not find; "" if it stopped at something else."""
    found = NO_NAME.search(outcome.message) if outcome.error == "NameError" else None
    return found[1] if found else ""


def why_missing(name: str, run: NotebookRun) -> str:
    """Which cell should have made a name and was stopped or left out, in a sentence; "" if there is none."""
    for i in sorted(run.outputs.keys() | run.left_out):
        if not _has(run.notebook.cells[i].source, name):
            continue
        error = next((output for output in run.outputs.get(i, ()) if output.output_type == "error"), None)
        if error is not None:
            return f"Cell {i + 1}, which has `{name}`, stopped with {error.ename}: {error.evalue}."
        if i in run.left_out:
            return f"Cell {i + 1}, which has `{name}`, was left out, since it took too long."
    return ""


def _demonstrations_to_run(run: NotebookRun, questions: dict[str, list[Outcome]]) -> frozenset[int]:
    """Demonstrations without which a question may have gone wrong, by what came of it. They train for minutes, so no other is run.

    These are edited ones that make a name which its cell takes from outside; where something stopped, all that were edited,
    and those that make a name which was missing; and those above that make what these need.
    """
    cells = run.notebook.cells
    shown = [i for i, cell in enumerate(cells) if is_showcase(cell)]
    made = {i: _made_in(cells[i].source) for i in shown}
    edited = {i for i in shown if is_edited(cells[i])}
    taken = set().union(*(_taken_by(cell.source) for cell in cells if grade_id(cell) in questions))
    found = {i for i in edited if made[i] & taken}
    outcomes = [outcome for each in questions.values() for outcome in each]
    if any(outcome.kind not in ("returned", "skipped", "timeout") for outcome in outcomes):
        missing = {missing_name(outcome) for outcome in outcomes}
        errors = [output for shown in run.outputs.values() for output in shown if output.get("ename") == "NameError"]
        missing |= {name[1] for error in errors if (name := NO_NAME.search(error.evalue))}
        found |= edited | {i for i in shown if made[i] & missing}
    needed: set[str] = set()  # by those further down
    for i in reversed(shown):
        if i in found or made[i] & needed:
            found.add(i)
            needed |= _taken_by(cells[i].source)
    return frozenset(found)


def _made_in(source: str) -> set[str]:
    """Names that a cell makes, wherever in it: roughly, by its text, since a parser takes a thousand times the memory."""
    made: set[str] = set()
    for line in source.splitlines():
        left, *right = _ASSIGNED.split(line, maxsplit=1)
        if right and "(" not in left:
            made.update(WORD.findall(left))
        for found in _MADE.finditer(line):
            made.update(WORD.findall(next(filter(None, found.groups()))))
    return made


def _taken_by(source: str) -> set[str]:
    """Names in a cell that it does not make."""
    return set(WORD.findall(source)) - _made_in(source)


def _has(source: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", source) is not None
