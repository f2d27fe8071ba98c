"""The numbers in a notebook's text: which there are, what each is held by, and whether it is true.

An assignment's `figures.toml`, beside its notebook, has an entry for each phrase with numbers that are found out by running
the notebook or by arithmetic:

    [[figure]]
    says = "the cost falls from 0.883 to 0.066"             stands in the text, line breaks aside
    shown = "He: the cost goes from # to # in"              stands in what is put out; each # is a number, … anything

The numbers shown have to be those of the phrase, as exactly as the phrase has them. Where they are not the same, or where
nothing is shown, `equals` has an expression in Python for each number of the phrase, and `holds` a condition for all. In
both, `v` are the numbers shown and the names of the reference solution can be used, and `published`, the figures of the
course notes. `shown` may be a list. It is looked for in the outputs of the phrase's section, and where these lack it, in
all; with `file`, in that file. A phrase that claims nothing, such as a setting of an example, has `given = true` alone.

`numbers_in` leaves out what needs no entry; see EXEMPT and `_is_given`.
"""

import inspect
import io
import math
import re
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from nbformat import NotebookNode

from autograde.course import ENGINE
from checking import examiner

NUMBER = re.compile(
    r"(?<![\w.\\])(?P<sign>(?<![\w)}\]])[-−])?"
    r"(?:(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?(?:\s*\\cdot\s*10\^\{?(?P<times>-?\d+)\}?)?)"
)
POWER_OF_TEN = re.compile(r"(?<![\w.])(?<!\\cdot\ )10\^\{(?P<power>-?\d+)\}")
SHOWN = r"([-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?)(?![.,]?\d)"  # all of a number

# What stands in these needs no entry. Whole numbers below 10 in inline formulas, 0 and 1, and what the section's code has
# need none either.
EXEMPT = re.compile(
    r"""
    ^\#+\ [^\n]*                                        # a heading, with its minutes
    | \$\$.*?\$\$ | `[^`]*`                             # a formula on lines of its own, code
    | (?<=\])\([^()\s]*\)                               # an address
    | ^\*\*What\ if\ .*?(?=\n\n|\Z)                    # an open task: what to set, and nothing on what comes of it
    | (?<!10)\^(?:\{[^{}]*\}|\w) | _(?:\{[^{}]*\}|\w)   # exponents and indices
    | \]\(https?://[^)\s]*\)                               # where a link leads
    | <summary>[^\n]*</summary>(?=\s+\*\*Not\ so\.)   # a choice that is wrong
    | \b(?:19|20)\d\d\b                                 # a year
    | ^\d\.\ (?=\w)                                     # a place in a list
    | \b\d+\sminutes\b
    | \b\d+(?:-\d+){2,}\b                                # the sizes of a network's layers
    | \b(?i:sections?|layers?|labels?|rows?|columns?|pictures?|units?|examples?|version)\s\d+(?:(?:,|\sand|\sor|\sto)\s\d+)*\b
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
SENTENCE = re.compile(r"\S.*?(?:[.?!:](?=[\s)*]|$)|\Z|\n\n|\n(?=[|-]\s))", re.DOTALL)
INLINE = re.compile(r"(?<!\$)\$[^$]+\$(?!\$)")


@dataclass(frozen=True)
class Number:
    """A number in a text. unit: of its last digit. start, end: where it stands."""

    value: float
    unit: float
    start: int
    end: int

    def is_rounded(self, exact: float) -> bool:
        """Whether it is what the exact number is rounded to; of a power of ten, whether that is the nearest."""
        if math.isinf(self.unit):
            return exact > 0 and abs(math.log10(exact / self.value)) <= 0.5
        return bool(abs(exact - self.value) <= 0.5000001 * self.unit)


@dataclass(frozen=True)
class Section:
    """A part of a notebook from one heading to the next: its text, its code's numbers, its outputs; line breaks as spaces."""

    text: str
    given: frozenset[float]
    output: str


@dataclass(frozen=True)
class Figure:
    """An entry of `figures.toml`."""

    says: str
    shown: list[str] = field(default_factory=list)
    equals: list[str] = field(default_factory=list)
    holds: str = ""
    file: str = ""
    given: bool = False


POINTS = Figure(
    "values bring 50 % of the points; shapes and keys 20 %, once any part of a result is right; edge cases 30 %",
    equals=["100 - examiner.FORM_WEIGHT - examiner.EDGE_WEIGHT", "examiner.FORM_WEIGHT", "examiner.EDGE_WEIGHT"],
)


def read_figures(path: Path) -> list[Figure]:
    """All entries of a table, if there is one, and what assignments say of points."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["figure"] if path.exists() else []
    for entry in entries:
        entry["says"] = _joined(entry["says"])
        if isinstance(entry.get("shown"), str):
            entry["shown"] = [entry["shown"]]
    return [POINTS, *(Figure(**entry) for entry in entries)]


def _joined(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def numbers_in(text: str) -> Iterator[Number]:
    """The numbers of a text that are not in an exempt place."""
    exempt = [found.span() for found in EXEMPT.finditer(text)]
    exempt += [found.span() for found in SENTENCE.finditer(text) if found[0].rstrip().endswith("?")]
    powers = list(POWER_OF_TEN.finditer(text))
    for found in powers:
        if not _is_within(found.start(), exempt):
            yield Number(10.0 ** int(found["power"]), math.inf, *found.span())
    exempt += [found.span() for found in powers]
    for found in NUMBER.finditer(text):
        if not _is_within(found.start("digits"), exempt):
            scale = 10.0 ** int(found["times"] or 0)
            decimals = found["decimals"] or ""
            value = float(found["digits"].replace(",", "") + "." + decimals) * scale
            yield Number(-value if found["sign"] else value, scale * 10.0 ** -len(decimals), *found.span())


def _is_within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def sections(notebook: NotebookNode) -> list[Section]:
    """The parts of a notebook, which may have been executed or not."""
    parts: list[list[NotebookNode]] = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            parts.append([])
        parts[-1].append(cell)
    return [
        Section(
            "\n\n".join(cell.source for cell in part if cell.cell_type == "markdown"),
            frozenset(value for cell in part if cell.cell_type == "code" for value in _literals(cell.source)),
            _joined(" ".join(_printed(output) for cell in part for output in cell.get("outputs", []))),
        )
        for part in parts
    ]


def _literals(source: str) -> Iterator[float]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NUMBER and not token.string.endswith("j"):
            yield float(eval(token.string))


def _printed(output: NotebookNode) -> str:
    return output.text if output.output_type == "stream" else output.get("data", {}).get("text/plain", "")


def unheld(notebook: NotebookNode, figures: list[Figure]) -> list[str]:
    """A line for each number of the text that has no entry and needs one, and for each entry whose phrase is not there."""
    found = []
    phrases = {figure.says for figure in figures if figure is not POINTS}
    for section in sections(notebook):
        places = [match.span() for figure in figures for match in re.finditer(_pattern(figure.says), section.text)]
        phrases -= {figure.says for figure in figures if re.search(_pattern(figure.says), section.text)}
        formulas = [match.span() for match in INLINE.finditer(section.text)]
        for number in numbers_in(section.text):
            held = any(start <= number.start and number.end <= end for start, end in places)
            if not held and not _is_given(number, _is_within(number.start, formulas), section):
                around = _joined(section.text[max(0, number.start - 60) : number.end + 40])
                found.append(f"{section.text[number.start : number.end]} in: … {around} …")
    return found + [f"not in the text: {phrase}" for phrase in sorted(phrases)]


def _pattern(phrase: str) -> str:
    return r"\s+".join(map(re.escape, phrase.split(" ")))


def _is_given(number: Number, inside_formula: bool, section: Section) -> bool:
    """Whether a number needs no entry: 0 and 1, a small whole number of a formula, or one that the section's code has."""
    whole = number.value.is_integer() and number.unit >= 1
    if whole and (abs(number.value) <= 1 or (inside_formula and abs(number.value) < 10)):
        return True
    return abs(number.value) in section.given


def untrue(notebook: NotebookNode, figures: list[Figure], names: dict) -> list[str]:
    """A line for each entry that what the executed notebook put out does not bear out. names: for its expressions."""
    parts = sections(notebook)
    everything = " ".join(part.output for part in parts)
    problems = []
    for figure in figures:
        if figure.given:
            continue
        here = [part.output for part in parts if re.search(_pattern(figure.says), part.text)]
        try:
            outputs = (
                [_joined((ENGINE / figure.file).read_text(encoding="utf-8"))] if figure.file else [*here, everything]
            )
            problem = _problem(figure, outputs, names)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            problems.append(f"{figure.says!r}: {problem}")
    return problems


def _problem(figure: Figure, outputs: list[str], names: dict) -> str:
    """What is wrong with an entry, or ""."""
    said = sorted(numbers_in(figure.says), key=lambda number: number.start)
    shown = [value for pattern in figure.shown for value in _shown(pattern, outputs)]
    scope = {**vars(math), "np": np, "inspect": inspect, "examiner": examiner, **names, "v": shown}
    if figure.holds:
        return "" if eval(figure.holds, scope) else f"{figure.holds} does not hold with {shown}"
    exact = [float(eval(expression, scope)) for expression in figure.equals] if figure.equals else shown
    if len(exact) != len(said) or not said:
        return f"it has the numbers {[number.value for number in said]}, and what it is compared with is {exact}"
    wrong = [f"{e!r} instead of {n.value!r}" for n, e in zip(said, exact, strict=True) if not n.is_rounded(e)]
    return ", ".join(wrong)


def _shown(pattern: str, outputs: list[str]) -> list[float]:
    """The numbers at the # of a pattern, in the first of the outputs that has it."""
    expression = SHOWN.join(re.escape(part).replace("…", ".{0,100}?") for part in _joined(pattern).split("#"))
    for output in outputs:
        if found := {match.groups() for match in re.finditer(expression, output)}:
            if len(found) > 1:
                raise ValueError(f"{pattern!r} is there with {len(found)} different numbers; make it longer")
            return [float(text.replace(",", "").replace("−", "-")) for text in found.pop()]
    raise ValueError(f"{pattern!r} is not in the outputs")
