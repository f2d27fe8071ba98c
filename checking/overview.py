"""Where one stands: `check.overview()` in a notebook, and on the front page for all notebooks. It calls no function of anybody's.

In a notebook it goes by what each check last said in this kernel, and says of the others what is noted beside the notebooks;
on the front page it goes by what is noted alone. Where notes cannot be written or read, it says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

from checking.card import STATES, Body, Link, Table
from checking.contents import Chapter, Contents
from checking.examiner import Verdict
from checking.progress import FOLDER, Done, Noted
from checking.questions import Question
from checking.words import plural

HAND_IN = "Before you hand in: choose Kernel, Restart Kernel and Run All Cells, look at this card again, and save."


@dataclass(frozen=True)
class Standing:
    """Where a function stands. state: one of checking.card.STATES, also those that no check gives. score: as far as it is known.

    last: what it had before the kernel was started, if it has not been checked since and that is noted.
    """

    question: Question
    state: str
    score: float = 0.0
    last: Done | None = None

    @property
    def was_right(self) -> bool:
        """Whether it is right, or was when it was last checked."""
        return self.state == "right" or (self.last is not None and self.last.score >= self.last.points)

    @property
    def last_score(self) -> float:
        """What it had when it was last checked, if that was before the kernel was started."""
        return min(self.last.score, self.question.points) if self.last else 0.0


@dataclass(frozen=True)
class Keeping:
    """How it is with the notes beside the notebooks. front: the front page, beside which they lie.

    is_found: whether there is one from where this notebook lies. is_writable: whether notes can be written; is_whole: whether
    those of this notebook could be read in full.
    """

    front: str
    is_found: bool = True
    is_writable: bool = True
    is_whole: bool = True


@dataclass(frozen=True)
class Overview:
    """What a card says: its state, its first line, and all below it. record: the same as plain data."""

    state: str
    heading: str
    body: Body
    record: dict[str, Any]


def standing(
    question: Question,
    judged: tuple[Any, Verdict] | None,
    now: Any,
    is_unread: bool = False,
    last: Done | None = None,
) -> Standing:
    """Where a function stands. judged: what its last check was given and said, if there was one; now: what has its name now.

    is_unread: whether its last cell could not be read, so that it was not made anew. last: what is noted of it.
    """
    if is_unread:
        return Standing(question, "unread")
    if judged is None:
        return Standing(question, "unchecked", last=last)
    function, verdict = judged
    if not _is_same(function, now):
        return Standing(question, "changed")
    return Standing(question, verdict.state, verdict.score)


def _is_same(one: Any, other: Any) -> bool:
    """Whether both are one thing, or functions whose cell was run again without a change."""
    if one is other:
        return True
    return type(one) is type(other) is FunctionType and one.__code__ == other.__code__


def of_notebook(
    standings: Sequence[Standing], chapter: Chapter | None, after: Chapter | None, keeping: Keeping | None = None
) -> Overview:
    """The overview of one notebook. chapter: what is known of it besides; after: the one that comes next.

    keeping: None where nothing is noted by intent, as with the grader's check.
    """
    chapter = chapter or Chapter("", "", "")
    points = sum(each.question.points for each in standings)
    score = sum(each.score for each in standings)
    still_open = [each for each in standings if each.state != "right"]
    is_begun = any(each.state not in ("unchecked", "unfilled") for each in standings)
    state = "partly" if still_open and is_begun else "unfilled" if still_open else "right"
    graders = any(case.hidden for each in standings for case in each.question.cases)
    basis = "" if graders else " on the visible cases"
    reached = f"{score:g} of {points:g} points{basis}"
    to_do, *more = [_next(standings, after), *_answers(chapter), *_time(standings, chapter)]
    before = [each for each in standings if each.last]
    had = sum(each.last_score for each in before)
    if before and all(each.state == "unchecked" for each in standings):
        reached = f"{had:g} of {points:g} points when last checked"
        said = f"When last checked: {had:g} of {points:g} points."
        lines = [f"Nothing has been checked since the kernel was started. {said}", to_do, *more]
    elif before:
        number = f"{plural(len(before), 'function')} {'has' if len(before) == 1 else 'have'}"
        said = f"When last checked: {had:g} of {sum(each.question.points for each in before):g} points."
        lines = [to_do, f"{number} not been checked since the kernel was started. {said}", *more]
    else:
        lines = [to_do, *more]
    lines += _kept(keeping, chapter.name)
    file = Path(chapter.path).name
    file = file if file and Path(file).is_file() else ""  # a link to a notebook that is called otherwise leads nowhere
    rows = tuple(_row(each, chapter, file) for each in standings)
    functions = [
        {"name": e.question.name, "state": e.state, "score": e.score, "points": e.question.points} for e in standings
    ]
    return Overview(
        state,
        f"{STATES[state][0]} Where you stand · {reached}",
        Body(finding=lines[0], lines=tuple(lines[1:]), table=Table(("function", "state", "points"), rows)),
        {"notebook": chapter.name, "score": score, "points": points, "functions": functions},
    )


def _row(each: Standing, chapter: Chapter, file: str) -> tuple[tuple[str | Link, ...], ...]:
    sign, word, _ = STATES[each.state]
    question = each.question
    where = () if each.was_right or not question.section else (_section(question.section, chapter, file),)
    name = (f"`{question.name}`", *where)
    if each.last:
        day = f" ({each.last.on})" if each.last.on else ""
        had = _of(f"{each.last_score:g}", question.points)
        return name, (_sign(sign, word), "since the kernel was started"), (had, f"when last checked{day}")
    known = "–" if each.state in ("unchecked", "changed", "unread") else f"{each.score:g}"
    return name, (_sign(sign, word),), (_of(known, question.points),)


def _sign(sign: str, word: str) -> str:
    """A state, whose sign stays with its word."""
    return f"{sign}\N{NO-BREAK SPACE}{word}"


def _of(score: str, points: float) -> str:
    """Points of so many, which stay on one line."""
    return f"{score} of {points:g}".replace(" ", "\N{NO-BREAK SPACE}")


def _section(title: str, chapter: Chapter, file: str) -> str | Link:
    """Where to read, and how long it may take."""
    section = next((s for s in chapter.sections if s.title == title), None)
    words = f"section {title}"
    if section is None:
        return words
    words = f"{words} ({section.minutes} min)" if section.minutes else words
    return Link(words, f"{file}#{section.anchor}") if file else words


def _next(standings: Sequence[Standing], after: Chapter | None) -> str:
    """What to do next, in one sentence."""
    if standings and all(each.state == "unchecked" for each in standings):
        return "Next: run the cells from the top, with Shift+Enter or with Run, Run All Cells."
    each = next((each for each in standings if each.state != "right"), None)
    if each is None:
        return f"{HAND_IN} Then go on with {after.title}." if after else HAND_IN
    name = f"`{each.question.name}`"
    return {
        "unfilled": f"Next: write {name}, run its cell, and then its check.",
        "unchecked": f"Next: run the cell of {name}, and then its check.",
        "changed": f"Next: run the check of {name} again.",
        "unread": f"Next: mend the cell of {name}, which Python cannot read as it is.",
    }.get(each.state, f"Next: mend {name}; the card of its check says what differs, and `check.hint` gives a hint.")


def _answers(chapter: Chapter) -> list[str]:
    if not chapter.answers:
        return []
    return [f"{plural(chapter.answers, 'answer')} more: a person reads what you write, so it has no points here."]


def _time(standings: Sequence[Standing], chapter: Chapter) -> list[str]:
    still_open = [each for each in standings if not each.was_right]
    functions, right = len(standings), len(standings) - len(still_open)
    is_past = any(each.last for each in standings)
    verb = ("was" if is_past else "is") if right == 1 else ("were" if is_past else "are")
    when = " when last checked" if is_past else ""
    said = f"{right} of {plural(functions, 'function')} {verb} right{when}"
    if not still_open:
        return [f"All {functions} functions {verb} right on the visible cases{when}. Grading tries further ones."]
    minutes = chapter.minutes_of({each.question.section for each in still_open})
    return [f"{said}; the sections of the others take about {minutes} minutes." if minutes else f"{said}."]


def _kept(keeping: Keeping | None, name: str) -> list[str]:
    """What is to be known of the notes of a notebook: nothing where all is well."""
    if keeping is None:
        return []
    if not keeping.is_found:
        return [
            f"`{keeping.front}` does not count this notebook where it lies: it counts those in its own folder and one folder below."
        ]
    if not keeping.is_writable:
        return [_not_writable(keeping.front)]
    if not keeping.is_whole:
        return [
            f"Not all of `{FOLDER}/{name}.json` could be read, which has your points; running this notebook once more brings "
            "them back."
        ]
    return []


def _not_writable(front: str) -> str:
    return (
        f"Your points cannot be kept for another day: nothing can be written to the folder `{FOLDER}` beside `{front}`."
    )


def _kept_in_course(chapters: Sequence[Chapter], noted: Mapping[str, Noted], keeping: Keeping | None) -> list[str]:
    """What the points of all notebooks are, and what is to be known of their notes."""
    damaged = [chapter for chapter in chapters if _is_damaged(noted, chapter)]
    if any(noted[chapter.name].done for chapter in chapters if chapter.name in noted):
        as_far = ", as far as they could be read" if damaged else ""
        said = (
            f"These are the points that the checks last showed you in each notebook{as_far}. Nobody but you sees them."
        )
    else:
        said = f"No points are noted in the folder `{FOLDER}`; where you had some, running the notebook once more brings them back."
    lines = [said]
    if damaged:
        files = ", ".join(f"`{FOLDER}/{chapter.name}.json`" for chapter in damaged)
        which = "that notebook" if len(damaged) == 1 else "these notebooks"
        lines.append(f"Not all could be read of {files}; running {which} once more brings the points back.")
    if keeping and not keeping.is_writable:
        lines.append(_not_writable(keeping.front))
    return lines


def _is_damaged(noted: Mapping[str, Noted], chapter: Chapter) -> bool:
    return chapter.name in noted and not noted[chapter.name].is_whole


def of_course(contents: Contents, noted: Mapping[str, Noted], keeping: Keeping | None = None) -> Overview:
    """The overview of all notebooks. noted: what is noted of each."""
    done = {name: each.done for name, each in noted.items()}
    graded = [chapter for chapter in contents.chapters if chapter.points]
    reached = {chapter.name: _reached(chapter, done.get(chapter.name, {})) for chapter in graded}
    score, points = sum(reached.values()), sum(chapter.points for chapter in graded)
    todo = next((chapter for chapter in graded if reached[chapter.name] < chapter.points), None)
    state = "right" if graded and todo is None else "partly" if score else "unfilled"
    rows = tuple(
        _chapter_row(chapter, reached[chapter.name], done.get(chapter.name, {}), _is_damaged(noted, chapter))
        for chapter in graded
    )
    record = [{"name": c.name, "score": reached[c.name], "points": c.points} for c in graded]
    return Overview(
        state,
        f"{STATES[state][0]} Where you stand · {score:g} of {points:g} points on the visible cases",
        Body(
            finding=_next_notebook(todo, graded, reached, todo is not None and _is_damaged(noted, todo)),
            lines=tuple(_kept_in_course(graded, noted, keeping)),
            table=Table(("notebook", "state", "points"), rows) if rows else None,
        ),
        {"notebook": "", "score": score, "points": points, "notebooks": record},
    )


def _reached(chapter: Chapter, done: Mapping[str, Done]) -> float:
    functions = {name for section in chapter.sections for name in section.functions}
    return min(chapter.points, sum(each.score for name, each in done.items() if name in functions))


def _chapter_row(
    chapter: Chapter, score: float, done: Mapping[str, Done], is_damaged: bool
) -> tuple[tuple[str | Link, ...], ...]:
    state = "right" if score >= chapter.points else "partly" if done and score else "unfilled"
    sign, word, _ = STATES[state]
    word = {"right": "done", "partly": "begun"}.get(state, word)
    if is_damaged and state != "right":
        known = f"{score:g}" if done else "–"
        return (
            (Link(chapter.title, chapter.path),),
            (_sign("–", "not all could be read"),),
            (_of(known, chapter.points),),
        )
    name: tuple[str | Link, ...] = (Link(chapter.title, chapter.path), *_left(chapter, done))
    return name, (_sign(sign, word),), (_of(f"{score:g}", chapter.points),)


def _left(chapter: Chapter, done: Mapping[str, Done]) -> tuple[str, ...]:
    """How long the sections may take in which a function is not right."""
    right = {name for name, each in done.items() if each.score >= each.points}
    titles = {section.title for section in chapter.sections if set(section.functions) - right}
    if not titles or not chapter.minutes:
        return ()
    minutes = chapter.minutes_of(titles) if right else chapter.minutes
    return (f"about {minutes} minutes{' left' if right else ''}",)


def _next_notebook(
    todo: Chapter | None, graded: Sequence[Chapter], reached: Mapping[str, float], is_damaged: bool
) -> str:
    if not graded:
        return "There is no list of the notebooks here; open them in the folder beside this one."
    if todo is None:
        return "All is right on the visible cases. Next: the questions below, from memory."
    if is_damaged:
        return f"Next: run {todo.title} once more."
    if reached[todo.name]:
        return f"Next: go on with {todo.title}."
    return f"Next: begin {todo.title}." if any(reached.values()) else f"Next: open {todo.title}."
