"""A verdict as a card: HTML for the notebook, plain text for terminals and for whoever reads without a browser.

Colours are Okabe-Ito's and always come with a sign and a word.
"""

from html import escape

from checking.examiner import CaseResult, Group, Verdict

STATES = {  # state: (sign, word, colour of the bar)
    "right": ("✓", "right", "#009E73"),
    "partly": ("◐", "partly right", "#E69F00"),
    "wrong": ("✗", "not right yet", "#D55E00"),
    "timeout": ("⏱", "did not end", "#D55E00"),
    "unfilled": ("○", "not started yet", "#56B4E9"),
    "note": ("○", "cannot be checked", "#56B4E9"),
    "hint": ("?", "hint", "#0072B2"),
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


def sentences(verdict: Verdict) -> list[str]:
    """The rest of a card, a sentence or case a line."""
    if verdict.state == "unfilled":
        return ["Fill in the marked part of the function, run its cell, and run this cell again."]
    if verdict.state == "right":
        hidden = any(case.hidden for case in verdict.question.cases)
        return [
            f"All {len(verdict.results)} cases pass."
            + ("" if hidden else " Grading tries further ones: other shapes and edge cases.")
        ]
    lines = [_made_of(verdict.groups)]
    if verdict.mistake:
        like = "It comes nearest to this, and something else is wrong too" if verdict.nearest else "It looks like this"
        lines.append(f"{like}: {verdict.mistake.name}. {verdict.mistake.diagnosis}")
        lines.append(f"Hint: {verdict.mistake.hint}")
    lines += [line for result in verdict.results for line in _case_lines(result)]
    if verdict.question.section:
        lines.append(f"Read again: {verdict.question.section}.")
    return lines


def _made_of(groups: tuple[Group, ...]) -> str:
    """How many cases each group of the score has right, and what the group carries."""
    shares = [f"{group.name} {group.right} of {group.cases} ({group.weight} %)" for group in groups]
    idle = [NEEDS[group.name] for group in groups if group.right and not group.counts]
    return " ".join([f"Points for {', '.join(shares)}.", *idle])


def _case_lines(result: CaseResult) -> list[str]:
    name = f"{result.case.name} (edge case)" if result.case.edge else result.case.name
    if result.status == "passed":
        return [f"✓ {name}"]
    if result.case.hidden:
        kind = "an edge case" if result.case.edge else "a case"
        return [f"✗ {result.case.name} ({kind} of the grader): {_kind_of_failure(result)}."]
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


def as_text(verdict: Verdict) -> str:
    """The card in plain text."""
    printed = [f"    | {line}" for line in verdict.printed.splitlines()]
    return "\n".join(
        [heading(verdict), *(f"  {s}" for s in sentences(verdict)), *(["  It printed:", *printed] if printed else [])]
    )


def as_html(verdict: Verdict) -> str:
    """The card in HTML, styled inline, so that it looks the same in a notebook, an export and a feedback page."""
    return html_card(verdict.state, heading(verdict), sentences(verdict), verdict.printed)


def note_html(title: str, text: str) -> str:
    """A card that is no verdict: `check` was not given something it knows."""
    return html_card("note", title, [text])


def as_plain(title: str, lines: list[str]) -> str:
    """A card that is no verdict, in plain text."""
    return "\n".join([title, *(f"  {line}" for line in lines)])


def html_card(state: str, title: str, lines: list[str], printed: str = "") -> str:
    """A card with a bar in the state's colour; lines that begin with spaces are details of the line before."""
    colour = STATES[state][2]
    rows = "".join(
        f'<div style="margin:2px 0 2px {1.6 if line.startswith(" ") else 0}em">{_code(escape(line.strip()))}</div>'
        for line in lines
    )
    if printed:
        rows += (
            f'<details style="margin-top:4px"><summary>What it printed</summary>'
            f'<pre style="margin:4px 0;white-space:pre-wrap">{escape(printed)}</pre></details>'
        )
    return (
        f'<div role="group" aria-label="{escape(title, quote=True)}" style="border-left:6px solid {colour};'
        f'padding:6px 12px;margin:4px 0;line-height:1.5;max-width:60em">'
        f'<div role="heading" aria-level="3" style="font-weight:600">{escape(title)}</div>{rows}</div>'
    )


def _code(line: str) -> str:
    """Text in backticks as code."""
    parts = line.split("`")
    return (
        "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts)) if len(parts) % 2 else line
    )
