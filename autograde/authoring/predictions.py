"""Predictions that commit: a question whose choices each fold away what is said of them, in nothing but HTML and Markdown.

In a script, the choices stand below the question, the right one with a star, and what is said of each is indented below it:

    # %% predict [markdown]
    # Two days of 20 degrees, $\\beta = 0.98$. What is $v_2$, not corrected?
    #
    # - 20
    #   That would be so if the weights of the two days added up to 1.
    # * 0.8
    #   The weights add up to $1 - 0.98^2$, about 0.04.

JupyterLab takes `name` and `id` out of what stands in text cells, and with them radio buttons lose their group. So each choice
is a fold of its own: opening it is the choice, by mouse or keyboard, and shows what is said of this one alone. What came of
an experiment ("See") is folded too, or the prediction would be for nothing.
"""

import re
from dataclasses import dataclass
from html import escape

SEE = "**See.**"
RIGHT, WRONG = "**Right.**", "**Not so.**"
_CHOICE = re.compile(r"^([-*]) (\S.*)$")


class BadPrediction(Exception):
    """A prediction is not written as it has to be; the message says what is wrong."""


@dataclass
class Choice:
    """One answer that a student may choose. said: what is read then."""

    label: str
    is_right: bool
    said: str = ""


def prediction(source: str, begins: str = "**Predict.**", ends: str = "") -> str:
    """The text cell of a prediction, as Markdown. source: question and choices. Raises BadPrediction.

    begins: what stands before the question. ends: what is added to all that is said of a choice.
    """
    question, choices = _read(source)
    more = f"\n\n{ends}" if ends else ""
    folds = [fold(choice.label, f"{RIGHT if choice.is_right else WRONG} {choice.said}{more}") for choice in choices]
    return "\n\n".join([f"{begins} {question} Open the answer that you would bet on.", *folds])


def fold(label: str, text: str) -> str:
    """Text behind a label that opens it. The blank lines let Markdown be read inside."""
    return f"<details><summary>{_in_html(label)}</summary>\n\n{text}\n\n</details>"


def fold_what_came(source: str) -> str:
    """The text on what came of an experiment, folded; other text as it is."""
    if not source.startswith(SEE):
        return source
    return fold("See what came of it", source.removeprefix(SEE).strip())


def _read(source: str) -> tuple[str, list[Choice]]:
    question: list[str] = []
    choices: list[Choice] = []
    for line in source.splitlines():
        if found := _CHOICE.match(line):
            choices.append(Choice(found[2].strip(), found[1] == "*"))
        elif not choices:
            question.append(line)
        elif line.startswith("  ") or not line.strip():
            choices[-1].said = f"{choices[-1].said}\n{line[2:]}".strip("\n")
        else:
            raise BadPrediction(f"the line {line!r} belongs to no choice; indent it by two, or put '- ' before it")
    text = "\n".join(question).strip()
    if not text:
        raise BadPrediction("there is no question above the choices")
    if len(choices) < 2:
        raise BadPrediction(
            "it needs two choices or more, each in a line that begins with '- ', the right one with '* '"
        )
    if sum(choice.is_right for choice in choices) != 1:
        raise BadPrediction("just one of its choices has to begin with '* ', the right one")
    if silent := next((choice for choice in choices if not choice.said.strip()), None):
        raise BadPrediction(f"nothing is said of the choice {silent.label!r}; write it below, indented by two")
    return text, choices


def _in_html(label: str) -> str:
    """A label with its code marked up, since Markdown is not read in it."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(label, quote=False))
