"""`check(function)`: judge a function on the visible cases, show a card, return the score as a float.

In a notebook: `from helpers import check`, once `check.begin("the_assignment")`, then `check(the_function)`, for whoever is
stuck `check.hint(the_function)`, and at the end `check.overview()`.
"""

import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from checking import progress
from checking.calls import call_case
from checking.card import STATES, Body, as_html, as_plain, as_text, html_card
from checking.cause import cause_of
from checking.contents import Contents
from checking.examiner import Verdict, examine
from checking.overview import Keeping, Overview, of_course, of_notebook, standing
from checking.questions import Question
from checking.stopped import StoppedCells
from checking.unwritten import PassOver

VERDICT_TYPE = "application/vnd.descent.verdict+json"
OVERVIEW_TYPE = "application/vnd.descent.overview+json"


class Score(float):
    """Points reached, which a notebook shows as a card. nbgrader reads it as partial credit, being a plain number."""

    html: str
    text: str
    summary: dict[str, Any]

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(float(self)), "text/html": self.html, VERDICT_TYPE: self.summary}

    def __str__(self) -> str:
        return self.text


class Advice:
    """A message card without a score."""

    def __init__(self, state: str, title: str, lines: list[str]):
        heading = f"{STATES[state][0]} {title}"
        body = Body(lines=tuple(lines))
        self.html, self.text = html_card(state, heading, body), as_plain(heading, body)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text, "text/html": self.html}

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class OverviewCard(Advice):
    """An overview, which a notebook shows as a card."""

    def __init__(self, overview: Overview):
        self.html = html_card(overview.state, overview.heading, overview.body)
        self.text = as_plain(overview.heading, overview.body)
        self.summary = overview.record

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {**super()._repr_mimebundle_(), OVERVIEW_TYPE: self.summary}


def summary(verdict: Verdict) -> dict[str, Any]:
    """What a gradebook wants to know of a verdict, besides the score: state and, in words, what went wrong."""
    words = str(cause_of(verdict))
    return {"question": verdict.question.name, "state": verdict.state, "score": verdict.score, "mistake": words}


class Check:
    """Judges functions on the cases of `questions`: {assignment: {function name: Question}}.

    contents: what the notebooks of the course are, for overviews.
    """

    def __init__(
        self,
        questions: Callable[[], dict[str, dict[str, Question]]],
        assignment: str | None = None,
        contents: Callable[[], Contents] = Contents,
    ):
        self._questions = questions
        self._contents = contents
        self._assignment = assignment
        # what the last check of a function was given, and what it said
        self._judged: dict[tuple[str | None, str], tuple[Any, Verdict]] = {}
        self._hints: dict[tuple[str | None, str], list[str]] = {}  # given in this session, by function
        self._on_cards: dict[tuple[str | None, str], set[str]] = {}  # hints that a card has shown, by function
        self._is_kept = True  # whether what the last check said could be noted beside the notebooks
        self._passes_over: Any = None  # the shell in which it lets cells be passed over
        self._stopped: StoppedCells | None = None

    def begin(self, assignment: str) -> None:
        """Say which assignment this notebook is, since two assignments may share the name of a function.

        From then on, a cell of the notebook that needs a function which is not written yet says so in one sentence, and the
        cells below it run on.
        """
        self._assignment = assignment
        shell = _shell()
        if shell is not None and self._passes_over is not shell:
            self._passes_over, self._stopped = shell, StoppedCells(shell, self._known)
            PassOver(shell, lambda title, sentence: _display(Advice("unfilled", title, [sentence])), self._not_right)

    def __call__(self, function: Callable) -> Score:
        """Judge `function` on copies of the cases' inputs; whatever it does, a card comes out, never an error."""
        namespace = sys._getframe(1).f_globals
        question = self._question_of(function, namespace)
        if question is None:
            return self._unknown(function, namespace)
        verdict = self._verdict(question, function)
        shown = self._on_cards.setdefault((self._assignment, question.name), set())
        shown.update(mistake.hint for mistake in verdict.mistakes[:1])
        score = Score(verdict.score)
        first = self._stopped.said_of(question.name) if self._stopped else ""
        score.html, score.text, score.summary = as_html(verdict, first), as_text(verdict, first), summary(verdict)
        return _shown(score)

    def hint(self, function: Any = None) -> Advice:
        """The next hint for `function`: on the mistake that it looks like, then on the question, then where to read.

        Asking costs nothing. Each hint is given once a session, and none that a card has shown already; after the last they
        are all shown again.
        """
        namespace = sys._getframe(1).f_globals
        question = self._question_of(function, namespace)
        if question is None:
            return _shown(Advice("note", *self._what_is_unknown(function, namespace, "check.hint")))
        verdict = self._verdict(question, function)
        if verdict.state == "right":
            said = "All visible cases pass. Grading tries further ones: other shapes and edge cases."
            return _shown(Advice("right", f"{question.name} · no hint is needed", [said]))
        place = (self._assignment, question.name)
        given = self._hints.setdefault(place, [])
        known = [mistake.hint for mistake in verdict.mistakes]
        left = [hint for hint in (*known, *question.hints) if hint not in {*given, *self._on_cards.get(place, ())}]
        if not left:
            lines = [f"Read again: {question.section}."] if question.section else []
            return _shown(Advice("hint", f"{question.name} · no more hints", [*given, *lines]))
        given.append(left[0])
        title = f"{question.name} · hint {len(given)} of {len(given) + len(left) - 1}"
        return _shown(Advice("hint", title, [left[0]]))

    def overview(self) -> OverviewCard:
        """Where you stand in this notebook, by what each check last said in this kernel; nothing is called for it.

        Of what was not checked in this kernel it says what is noted beside the notebooks.

        On the front page, which begins no assignment: where you stand in the course, by what is noted beside the notebooks.
        """
        contents, assignment = self._contents(), self._assignment
        if assignment is None:
            return _shown(OverviewCard(_of_course(contents)))
        namespace = sys._getframe(1).f_globals
        known = self._known()
        noted, keeping = progress.Noted({}), None
        if contents.front and not _is_graders(known.values()):
            folder = progress.place_of_progress(contents.front)
            noted = progress.noted_in(folder, assignment)
            is_writable = folder is None or (self._is_kept and progress.can_keep(folder, assignment))
            keeping = Keeping(contents.front, folder is not None, is_writable, noted.is_whole)
        standings = [
            standing(
                question,
                self._judged.get((assignment, name)),
                namespace.get(name),
                self._is_unread(name),
                noted.done.get(name),
            )
            for name, question in known.items()
        ]
        chapter, after = contents.chapter(assignment), contents.after(assignment)
        return _shown(OverviewCard(of_notebook(standings, chapter, after, keeping)))

    def _not_right(self) -> set[str]:
        """The functions of this notebook that are not right, by what their last checks said."""
        return {
            name
            for (assignment, name), (function, verdict) in self._judged.items()
            if assignment == self._assignment
            and verdict.state in ("partly", "wrong", "timeout")
            and self._passes_over.user_ns.get(name) is function
        }

    def _is_unread(self, name: str) -> bool:
        return bool(self._stopped and self._stopped.is_unread(name))

    def _verdict(self, question: Question, function: Callable) -> Verdict:
        """The judgement on a function, which is remembered; what students see is noted beside the notebooks too."""
        verdict = _verdict(question, function)
        self._judged[self._assignment, question.name] = function, verdict
        if self._assignment and not _is_graders([question]):
            folder = progress.place_of_progress(self._contents().front)
            self._is_kept = progress.note(folder, self._assignment, {question.name: (verdict.score, question.points)})
        return verdict

    def _question_of(self, function, namespace: dict) -> Question | None:
        known = self._known()
        name = getattr(function, "__name__", None)
        if name not in known:  # a lambda, a partial, a decorated function: what does the notebook call it?
            name = next((n for n in known if callable(function) and namespace.get(n) is function), None)
        return known.get(str(name)) if callable(function) else None

    def _known(self) -> dict[str, Question]:
        """Questions by function name: the assignment's, or, before `begin`, all whose name is used once."""
        every = self._questions()
        if self._assignment:
            return every.get(self._assignment, {})
        names = [name for questions in every.values() for name in questions]
        return {n: q for questions in every.values() for n, q in questions.items() if names.count(n) == 1}

    def _unknown(self, function, namespace: dict) -> Score:
        title, lines = self._what_is_unknown(function, namespace)
        advice, score = Advice("note", title, lines), Score(0.0)
        score.html, score.text = advice.html, advice.text
        name = getattr(function, "__name__", None)
        score.summary = {"question": str(name), "state": "wrong", "score": 0.0, "mistake": title}
        return _shown(score)

    def _what_is_unknown(self, function, namespace: dict, asked: str = "check") -> tuple[str, list[str]]:
        """Title and text of a card for what is no question. asked: what was called."""
        if not callable(function):
            taken = next((n for n in self._known() if n in namespace and namespace[n] is function), None)
            if taken:
                said = (
                    f"A cell has put a value in its place ({type(function).__name__}). Run the function's cell again."
                )
                return f"{taken} is no function any more", [said]
            example = function if isinstance(function, str) and function in self._known() else "name"
            if function is None:
                said = f"Write the function's name in the parentheses, without calling it: {asked}({example})."
            elif isinstance(function, str):
                said = f"It got a text. Leave the quotes out: {asked}({example})."
            else:
                said = f"It got a value ({type(function).__name__}). Pass the function itself, not its result: {asked}({example})."
            return f"{asked} needs the function itself", [said]
        name = getattr(function, "__name__", None) or "this"
        return f"{name} is not a question of this notebook", [
            f"It can check {', '.join(self._known()) or 'nothing yet'}."
        ]


def _of_course(contents: Contents) -> Overview:
    """Where you stand in the course, by what is noted beside the front page."""
    folder = progress.place_of_progress(contents.front)
    noted = {chapter.name: progress.noted_in(folder, chapter.name) for chapter in contents.chapters}
    keeping = Keeping(contents.front, is_writable=folder is None or progress.can_keep(folder))
    return of_course(contents, noted, keeping)


def _is_graders(questions: Iterable[Question]) -> bool:
    """Whether these are the questions as the grader has them."""
    return any(case.hidden for question in questions for case in question.cases)


def _verdict(question: Question, function: Callable) -> Verdict:
    random_state = np.random.get_state()
    try:
        with warnings.catch_warnings():
            # comparing infinities may warn, and nbgrader gives 0 points for any word on standard error
            warnings.simplefilter("ignore")
            return examine(question, lambda case: call_case(function, case))
    finally:
        np.random.set_state(random_state)  # what comes next in the notebook does not depend on the check


Card = TypeVar("Card", bound=Score | Advice)


def _shown(card: Card) -> Card:
    """Print the card where nothing else would show it: in a script or a terminal."""
    if not hasattr(_shell(), "kernel"):
        print(card.text)
    return card


def _shell():
    """The IPython shell that runs this code, if one does. IPython is not imported for the question."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _display(card: Advice) -> None:
    """Put a card below a cell whatever it returns."""
    from IPython.display import display

    display(card)
