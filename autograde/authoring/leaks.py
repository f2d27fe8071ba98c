"""What students must not get: reference solutions, hidden cases, and the marks around them."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import chain
from typing import Any

from autograde.authoring.script import Script, between_marks, model_answers, read_script
from autograde.course import this_course

MARKS = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)|autograde\.hidden")
TELLING = 2  # a solution of fewer lines may be any code's
TELLING_WORDS = 6  # an answer of fewer may be anybody's
TELLING_NUMBERS = 3  # a case of fewer may be anybody's
DRAWN = re.compile(r"-?\d+\.\d{4,}")  # a number that nobody writes by chance
PAGES = (".html", ".js")  # of the site; what they say may be laid out in any way


class Leak(Exception):
    """Something is about to reach students that must not."""


def leaks_in(files: dict[str, str]) -> list[str]:
    """A phrase for each leak in `files` (text by name): marks, parts of a solution, hidden cases. Empty if all is well."""
    course = this_course()
    scripts = [read_script(course.script(assignment)) for assignment in course.assignments]
    solutions, hidden, answers = _solutions(scripts), _hidden_cases(), _answers(scripts)
    numbers = _hidden_numbers() if any(name.endswith(PAGES) for name in files) else {}
    found = []
    for name, text in files.items():
        code = _code(name, text)
        if MARKS.search(text) and name.endswith((".ipynb", ".py", ".json")):
            found.append(f"a solution's or a hidden test's mark, in {name}")
        lines = _lines(code)
        joined = "\n".join(lines)
        found += [f"a part of the solution of {where}, in {name}" for where, part in solutions if part in joined]
        said = " ".join((code or text).split())  # with one blank between words, so that layout hides nothing
        found += [f"a part of the model answer to {where}, in {name}" for where, part in answers if part in said]
        if name.endswith(".json"):
            found += [f"a hidden case of {question}, in {name}" for question, case in hidden if case in text]
            found += [f"a case marked hidden, in {name}"] * ('"hidden": true' in text)
        if name.endswith(PAGES):
            told = {numbers[run] for run in _runs(DRAWN.findall(code)) if run in numbers}
            found += [f"numbers of a hidden case of {question}, in {name}" for question in sorted(told)]
    return found


def _code(name: str, text: str) -> str:
    """What may be code in a file: all of a program or of a text; of a notebook, that of all its cells; what a page says."""
    if name.endswith(PAGES):
        return _said(text) if name.endswith(".html") else text.replace("\\n", "\n").replace('\\"', '"')
    if not name.endswith(".ipynb"):
        return text if name.endswith((".py", ".md")) else ""
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def _said(html: str) -> str:
    """The text of a page with its line ends, what scripts hold and what stands in the place of pictures included."""
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts)


class _Text(HTMLParser):
    """Collects what a page says."""

    def __init__(self):
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag, attrs):
        """The parser's hook for a tag, of which only words in the place of something are text."""
        self.parts += [f"\n{value}\n" for name, value in attrs if name in ("alt", "title", "aria-label") and value]

    def handle_data(self, data):
        """The parser's hook for text."""
        self.parts.append(data)


def _lines(code: str) -> list[str]:
    """Code lines without indent, comment lines and blank lines, so that layout hides nothing."""
    lines = (re.sub(r"\s+#.*$", "", line).strip() for line in code.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _solutions(scripts: list[Script]) -> list[tuple[str, str]]:
    """(function, text) of all solution regions of TELLING lines or more."""
    parts = []
    for script in scripts:
        for cell in script.notebook.cells:
            for region in between_marks(cell.source):
                lines = _lines(region)
                if len(lines) >= TELLING:
                    parts.append((f"{script.assignment}.{cell.id}", "\n".join(lines)))
    return parts


def _answers(scripts: list[Script]) -> list[tuple[str, str]]:
    """(question, paragraph) of all that stands in model answers and is of TELLING_WORDS or more."""
    parts = []
    for script in scripts:
        for question, regions in model_answers(script).items():
            paragraphs = (" ".join(words.split()) for region in regions for words in re.split(r"\n\s*\n", region))
            parts += [(f"{script.assignment}.{question}", p) for p in paragraphs if len(p.split()) >= TELLING_WORDS]
    return parts


def _hidden_cases() -> list[tuple[str, str]]:
    """(function, recorded arguments) of all hidden cases and twins that no visible case shares."""
    cases = []
    for assignment in this_course().assignments:
        document = json.loads(this_course().reference(assignment).read_text(encoding="utf-8"))
        for question in document["questions"]:
            recorded = [
                (c["hidden"], f'"args": {json.dumps(c["args"], ensure_ascii=False)}')
                for c in (*question["cases"], *question["twins"])
            ]
            visible = [text for hidden, text in recorded if not hidden]
            cases += [(question["name"], text) for hidden, text in recorded if hidden and text not in visible]
    return cases


def _hidden_numbers() -> dict[tuple[str, ...], str]:
    """The function by each run of numbers that stand in the arguments of its hidden cases and in no visible case."""
    runs: dict[tuple[str, ...], str] = {}
    seen: set[tuple[str, ...]] = set()
    for assignment in this_course().assignments:
        document = json.loads(this_course().reference(assignment).read_text(encoding="utf-8"))
        for question in document["questions"]:
            for case in (*question["cases"], *question["twins"]):
                of_case = list(_runs([text for text in map(repr, _numbers(case["args"])) if DRAWN.fullmatch(text)]))
                if case["hidden"]:
                    runs |= dict.fromkeys(of_case, question["name"])
                else:
                    seen.update(of_case)
    return {run: question for run, question in runs.items() if run not in seen}


def _numbers(value: Any) -> Iterator[float]:
    """The numbers of a recorded value, in their order."""
    if isinstance(value, dict | list):
        yield from chain.from_iterable(map(_numbers, value.values() if isinstance(value, dict) else value))
    elif isinstance(value, float):
        yield value


def _runs(numbers: list[str]) -> Iterator[tuple[str, ...]]:
    """All TELLING_NUMBERS neighbours among them, but one number again and again."""
    runs = zip(*(numbers[i:] for i in range(TELLING_NUMBERS)), strict=False)
    return (run for run in runs if len(set(run)) > 1)
