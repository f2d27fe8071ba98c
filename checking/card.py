"""A verdict as a card: HTML for the notebook, plain text for terminals and for whoever reads without a browser.

Colours are Okabe-Ito's and always come with a sign and a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from checking.examiner import CaseResult, Group, Verdict
from checking.words import share

STATES = {  # state: (sign, word, colour of the bar)
    "right": ("✓", "right", "#009E73"),
    "partly": ("◐", "partly right", "#E69F00"),
    "wrong": ("✗", "not right yet", "#D55E00"),
    "timeout": ("∞", "did not end", "#D55E00"),
    "unfilled": ("○", "not started yet", "#56B4E9"),
    "note": ("○", "cannot be checked", "#56B4E9"),
    "hint": ("?", "hint", "#0072B2"),
    "unchecked": ("–", "not checked yet", "#56B4E9"),
    "unread": ("✗", "Python could not read its cell", "#D55E00"),
    "changed": ("↻", "changed since its check", "#56B4E9"),
}
NEEDS = {  # a group that may be worth nothing: what it takes to count
    "shape and keys": "Shape and keys count once any part of a result is right.",
    "edge cases": "Edge cases count once an ordinary case passes.",
}
MAX_DIFFERENCES = 4  # a case; more of them teach no more


def heading(verdict: Verdict) -> str:
    """First line of a card."""
    return " · ".join(title(verdict))


def title(verdict: Verdict) -> list[str]:
    """What the first line of a card says: sign and function, state, score."""
    sign, word, _ = STATES[verdict.state]
    score = f"{verdict.score:g} of {verdict.question.points:g} points"
    hidden = any(case.hidden for case in verdict.question.cases)
    basis = "" if hidden or verdict.state == "unfilled" else " on the visible cases"
    return [f"{sign} {verdict.question.name}", word, f"{score}{basis}"]


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere, in HTML."""

    words: str
    to: str


@dataclass(frozen=True)
class Table:
    """Rows below each other. A cell is one line or several, of which the first says what the row is about.

    head: a word for each column.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str | Link, ...], ...], ...]


@dataclass(frozen=True)
class Body:
    """A card below its first line. finding: what is wrong, first and in bold. lines: what is worth knowing at once.

    table: rows that stand below. folded: what the details are about, "" where there are none. details: a sentence or case a
    line.
    """

    finding: str = ""
    lines: tuple[str, ...] = ()
    folded: str = ""
    details: tuple[str, ...] = ()
    table: Table | None = None


def body_of(verdict: Verdict) -> Body:
    """What a card says of a verdict."""
    question, results = verdict.question, verdict.results
    hidden = any(case.hidden for case in question.cases)  # as the grader has them, whose cards stand on no cell
    if verdict.state == "unfilled":
        return Body(
            "Write what is still missing in the place of `raise NotImplementedError`.",
            () if hidden else ("Then run its cell, and run this cell again.",),
        )
    if verdict.state == "right":
        further = "" if hidden else " Grading tries further ones: other shapes and edge cases."
        every = {1: "The case passes.", 2: "Both cases pass."}.get(len(results), f"All {len(results)} cases pass.")
        return Body(lines=(f"{every}{further}",))
    failed = [result for result in results if result.status != "passed"]
    finding, *more = _diagnosis(verdict, failed) or _first_failure(failed)
    details = [_made_of(verdict.groups), *(line for result in results for line in _case_lines(result))]
    if question.section:
        details.append(f"Read again: {question.section}.")
    count = share(len(failed), len(results), "cases", "fails", "fail")
    return Body(finding, tuple(more), count, tuple(details))


def _diagnosis(verdict: Verdict, failed: Sequence[CaseResult]) -> list[str]:
    """The mistake that it looks like, or those that look alike, whether more is wrong, one difference, and the hint."""
    if not verdict.mistakes:
        return []
    first, *others = verdict.mistakes
    if others:
        said = [
            f"It looks like one of {len(verdict.mistakes)} mistakes, which come to the same numbers here.",
            f"Either: {first.diagnosis}",
            *(f"Or: {other.diagnosis}" for other in others),
        ]
    else:
        said = [f"It looks as if {_in_a_sentence(first.diagnosis)}"]
    shown = next((result for result in failed if not result.case.hidden and result.differences), None)
    if verdict.nearest:
        shown = verdict.explained
        said.append(
            "That explains a part of what differs. Something else is wrong too."
            if verdict.more
            else "Not all that differs is explained by it."
        )
    return [*said, *([_first_difference(shown)] if shown else []), f"Hint: {first.hint}"]


def _in_a_sentence(diagnosis: str) -> str:
    """A sentence as a part of another: its first letter small, unless the word is a name."""
    word = diagnosis.partition(" ")[0]
    is_name = word != "A" and not (word[:1].isupper() and word[1:].islower() and word.isalpha())
    return diagnosis if is_name else diagnosis[:1].lower() + diagnosis[1:]


def _first_failure(failed: Sequence[CaseResult]) -> list[str]:
    """What is wrong in the first case that fails and may be shown, or, where none may be, of what kind the case is."""
    shown = next((result for result in failed if not result.case.hidden), None)
    if shown is None:
        if not failed:
            return [""]
        return ["All visible cases pass, and not all of the grader's.", _hidden(failed[0])]
    if shown.status == "unfilled":
        return [f"In the case '{shown.case.name}' it still reaches a part that is not filled in."]
    if shown.status != "differs":
        told = [] if shown.advice == shown.message else [shown.advice]
        return [shown.message, *filter(None, told)]
    return [_first_difference(shown)]


def _first_difference(result: CaseResult) -> str:
    first = result.differences[0]
    return f"In the case '{result.case.name}', {_called(first.where)}: {first.what}."


def _called(where: str) -> str:
    return f"`{where}`" if where.isidentifier() else where or "the result"


def _made_of(groups: tuple[Group, ...]) -> str:
    """How many cases each group of the score has right, and what the group carries."""
    shares = [f"{group.name} {group.right} of {group.cases} ({group.weight} %)" for group in groups]
    idle = [NEEDS[group.name] for group in groups if group.right and not group.counts]
    return " ".join([f"Points for {', '.join(shares)}.", *idle])


def _hidden(result: CaseResult) -> str:
    """What is told of a case of the grader."""
    kind = "an edge case" if result.case.edge else "a case"
    return f"✗ {result.case.name} ({kind} of the grader): {_kind_of_failure(result)}."


def _case_lines(result: CaseResult) -> list[str]:
    name = f"{result.case.name} (edge case)" if result.case.edge else result.case.name
    if result.status == "passed":
        return [f"✓ {name}"]
    if result.case.hidden:
        return [_hidden(result)]
    if result.status == "unfilled":
        return [f"✗ {name}: it still reaches a part that is not filled in."]
    if result.status != "differs":
        return [f"✗ {name}: {result.message}"]
    lines = [f"✗ {name}"]
    for difference in result.differences[:MAX_DIFFERENCES]:
        lines.append(f"    {difference.where or 'the result'}: {difference.what}.")
    left = len(result.differences) - MAX_DIFFERENCES
    if left > 0:
        lines.append(f"    and {left} more.")
    if result.right:
        lines.append(f"    as expected: {', '.join(result.right[:8])}{', …' if len(result.right) > 8 else ''}.")
    return lines


def _kind_of_failure(result: CaseResult) -> str:
    return {
        "differs": "the result differs",
        "raised": "it stops with an error",
        "unusable": "what it returns cannot be used",
        "unfilled": "a part is not filled in",
        "timeout": "it did not end in time",
        "skipped": "not tried, since an earlier case could not be finished",
        "died": "its process ended",
        "missing": "there is no such function",
    }[result.status]


def as_text(verdict: Verdict, first: str = "") -> str:
    """The card in plain text. first: what is to be known before anything else."""
    return as_plain(heading(verdict), _begun_with(first, body_of(verdict)), verdict.printed)


def as_html(verdict: Verdict, first: str = "") -> str:
    """The same in HTML, styled inline, so that it looks the same in a notebook, an export and a feedback page."""
    return html_card(verdict.state, heading(verdict), _begun_with(first, body_of(verdict)), verdict.printed)


def _begun_with(first: str, body: Body) -> Body:
    return replace(body, finding=first, lines=(*filter(None, [body.finding]), *body.lines)) if first else body


def note_html(title: str, *lines: str) -> str:
    """A card that is no verdict: `check` was not given something it knows."""
    return html_card("note", title, Body(lines=lines))


def as_plain(title: str, body: Body, printed: str = "") -> str:
    """A card in plain text."""
    lines = [body.finding] if body.finding else []
    lines += body.lines
    if body.table:
        lines += map(_plain_row, body.table.rows)
    if body.folded:
        lines += [f"{body.folded}:", *(f"  {line}" for line in body.details)]
    if printed:
        lines += ["It printed:", *(f"  | {line}" for line in printed.splitlines())]
    return "\n".join([title, *(f"  {line}" for line in lines)])


def html_card(state: str, title: str, body: Body, printed: str = "") -> str:
    """A card with a bar in the state's colour. Details are folded; those that begin with spaces belong to the line before."""
    rows = [_row(body.finding, "font-weight:600;")] if body.finding else []
    rows += [_row(line) for line in body.lines]
    if body.table:
        rows.append(_html_table(body.table))
    if body.folded:
        details = "".join(_row(line, indent=1.6 if line.startswith(" ") else 0) for line in body.details)
        rows.append(_folded(f"{body.folded}: details", details))
    if printed:
        rows.append(
            _folded("What it printed", f'<pre style="margin:4px 0;white-space:pre-wrap">{escape(printed)}</pre>')
        )
    return (
        f'<div role="group" aria-label="{escape(title, quote=True)}" style="border-left:6px solid {STATES[state][2]};'
        f'padding:6px 12px;margin:4px 0;line-height:1.5;max-width:60em;overflow-wrap:anywhere">'
        f'<div role="heading" aria-level="3" style="font-weight:600">{escape(title)}</div>{"".join(rows)}</div>'
    )


def _plain_row(row: tuple[tuple[str | Link, ...], ...]) -> str:
    words = (part.words if isinstance(part, Link) else part for cell in row for part in cell)
    return " · ".join(filter(None, words))


def _html_table(table: Table) -> str:
    """A table that says its own style, since Jupyter would set its numbers and words otherwise."""
    style = "text-align:left;vertical-align:top;padding:3px 1.2em 3px 0;border:0;background:none;overflow-wrap:normal"
    head = "".join(f'<th scope="col" style="{style};font-weight:600">{escape(word)}</th>' for word in table.head)
    rows = "".join(
        f'<tr style="background:none">{"".join(_html_cell(cell, style, i == 0) for i, cell in enumerate(row))}</tr>'
        for row in table.rows
    )
    return (
        '<table style="margin:6px 0;border-collapse:collapse;border:0;font-size:inherit;table-layout:auto">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _html_cell(cell: tuple[str | Link, ...], style: str, is_first: bool) -> str:
    lines = "".join(
        f'<div style="{"font-size:0.92em" if i else ""}">{_linked(part)}</div>' for i, part in enumerate(cell) if part
    )
    tag = 'th scope="row"' if is_first else "td"
    return f'<{tag} style="{style};font-weight:400">{lines}</{tag[:2]}>'


def _linked(part: str | Link) -> str:
    """A line of a cell. A long name may be broken behind an underscore, and a number stays with what follows it."""
    if isinstance(part, Link):
        return f'<a href="{escape(part.to, quote=True)}">{_code(escape(part.words))}</a>'
    if part.startswith("`"):
        return _code(escape(part)).replace("_", "_<wbr>")
    return _code(escape(part))


def _row(line: str, style: str = "", indent: float = 0) -> str:
    return f'<div style="{style}margin:2px 0 2px {indent:g}em">{_code(escape(line.strip()))}</div>'


def _folded(summary: str, content: str) -> str:
    return f'<details style="margin-top:4px"><summary>{escape(summary)}</summary>{content}</details>'


def _code(line: str) -> str:
    """Text in backticks as code."""
    parts = line.split("`")
    return (
        "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts)) if len(parts) % 2 else line
    )
