"""Record what the reference solution returns: inputs and outputs of every case, and what each named mistake returns.

`solutions/<a>/reference.json` has all cases; `helpers/cases/<a>.json`, for students, the visible ones.
"""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograde.authoring.questions import CaseInput, QuestionSpec, WrongSolution, equivalents_of, specs_in
from autograde.authoring.script import Script, ScriptError, lines_around_marks, solution_namespace, solution_source
from autograde.course import CourseError, this_course
from autograde.files import write_text
from checking.calls import Outcome, call_case
from checking.comparison import is_same
from checking.examiner import judge
from checking.plain import from_json, to_json
from checking.questions import Question, questions_from
from checking.recognition import recognise

# Two machines' linear algebra may differ in the last digits. A recording is replaced only where it differs by more.
SAME = (1e-6, 1e-7)  # relative, absolute
OPTIONS = ("below", "stubs", "adapter", "accuracy", "edge")  # of a case; written where set


def record(script: Script) -> dict[str, Any]:
    """All questions of an assignment as JSON data, from its notebook.py and its questions.py."""
    asked = specs_in(script.assignment)
    if set(asked) != set(script.points):
        odd = ", ".join(sorted(set(asked) ^ set(script.points)))
        where = f"solutions/{script.assignment}/"
        raise ScriptError(f"{where}questions.py and {where}notebook.py have different functions; in one alone: {odd}")
    namespace = solution_namespace(script)
    document = {
        "derived": f"by `make build` from notebook.py and questions.py in solutions/{script.assignment}/",
        "assignment": script.assignment,
        "questions": [
            {**_question(asked[name], points, namespace[name]), **_form(script, asked[name])}
            for name, points in script.points.items()
        ],
    }
    for question in questions_from(document).values():
        _require_equivalents_that_are_right(script.assignment, question, asked[question.name])
        _require_mistakes_that_show(script.assignment, question)
    return document


def _require_equivalents_that_are_right(assignment: str, question: Question, asked: QuestionSpec) -> None:
    """Raises CourseError for edits that are said to leave the solution right, and do not."""
    course = this_course()
    for edits, function in zip(asked.equivalent, equivalents_of(asked, assignment), strict=True):
        for case in question.cases:
            if judge(question, case, call_case(function, case)).status != "passed":
                raise CourseError(
                    f"{course.told(course.questions(assignment))}, {question.name}: with {edits[1]!r} for {edits[0]!r} "
                    f"the solution fails the case {case.name!r}, so that is not equivalent"
                )


def _require_mistakes_that_show(assignment: str, question: Question) -> None:
    """Raises CourseError for a mistake that fails no case, and for two that no case tells apart."""
    course = this_course()
    for mistake in question.mistakes:
        where = f"{course.told(course.questions(assignment))}, mistake {mistake.name!r} of {question.name}"
        for way in mistake.ways:
            outcomes = [Outcome(**outcome) for outcome in way]
            statuses = [judge(question, case, out).status for case, out in zip(question.cases, outcomes, strict=True)]
            if set(statuses) == {"passed"}:
                raise CourseError(f"{where}: it changes no result; add a case that shows it, or leave it out")
            if all(outcome.kind != "returned" for outcome in outcomes):
                raise CourseError(f"{where}: it returns nothing in any case, so nothing tells it from other errors")
            others = [named for named in recognise(question, outcomes) if named is not mistake]
            if others:
                raise CourseError(
                    f"{where}: no case tells it from {others[0].name!r}; "
                    "add one that does, or make one mistake of the two"
                )


def _question(asked: QuestionSpec, points: float, function: Callable) -> dict[str, Any]:
    return {
        "name": asked.name,
        "points": points,
        "rtol": asked.rtol,
        "atol": asked.atol,
        "section": asked.section,
        "hints": list(asked.hints),
        **({"form_given": True} if asked.form_given else {}),
        "cases": [_case(asked, case, function) for case in asked.cases],
        "mistakes": [
            {
                "name": wrong.name,
                "diagnosis": wrong.diagnosis,
                "hint": wrong.hint,
                "outcomes": _outcomes(wrong.function, asked),
                **_other_ways(wrong, asked),
            }
            for wrong in asked.mistakes
        ],
    }


def _form(script: Script, asked: QuestionSpec) -> dict[str, Any]:
    """What a cell says of its answer: the code around what is to be written, and the names of what is returned."""
    item, *inside = asked.items or ("",)
    parts = [item, inside] if item else result_parts(solution_source(script, asked.name) or "", asked.name)
    return {"given": lines_around_marks(script, asked.name), **({"parts": parts} if parts else {})}


def result_parts(source: str, function: str) -> list:
    """What the values are called that a function returns as a tuple: the names in its last return, [] if it has none.

    A name that holds a tuple of names itself is a pair of the name and these: `return A, cache` with `cache = (Z, W)`
    gives ["A", ["cache", ["Z", "W"]]].
    """
    tuples: dict[str, list[str]] = {}
    returned: list[str] = []
    for node in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == function):
        for inner in sorted((n for n in ast.walk(node) if isinstance(n, ast.stmt)), key=lambda n: n.lineno):
            match inner:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    tuples[name] = _names(value)
                case ast.Return(value=value):
                    returned = _names(value)
    return [[name, tuples[name]] if tuples.get(name) else name for name in returned]


def _names(value: ast.AST | None) -> list[str]:
    """The names in a tuple of nothing but names, [] for anything else."""
    if not isinstance(value, ast.Tuple) or not all(isinstance(part, ast.Name) for part in value.elts):
        return []
    return [part.id for part in value.elts if isinstance(part, ast.Name)]


def _other_ways(wrong: WrongSolution, asked: QuestionSpec) -> dict[str, Any]:
    """What the other ways to write a mistake come to, as far as that is not the same."""
    ways = [_outcomes(wrong.function, asked)]
    for function in wrong.also:
        outcomes = _outcomes(function, asked)
        if not any(_same(way, outcomes) for way in ways):
            ways.append(outcomes)
    return {"also": ways[1:]} if ways[1:] else {}


def _outcomes(function: Callable, asked: QuestionSpec) -> list[dict[str, Any]]:
    """What a mistake comes to in each case."""
    return [outcome_document(call_case(function, case)) for case in asked.cases]


def _case(asked: QuestionSpec, case: CaseInput, function: Callable) -> dict[str, Any]:
    outcome = call_case(function, case)
    if outcome.kind != "returned":
        raise ScriptError(f"{asked.name}, case {case.name!r}: the reference solution fails. {outcome.message}")
    return case_document(case, outcome)


def case_document(case: CaseInput, outcome: Outcome) -> dict[str, Any]:
    """A case as JSON data. outcome: what the reference solution returned."""
    return {
        "name": case.name,
        "hidden": case.hidden,
        **{option: value for option in OPTIONS if (value := getattr(case, option))},
        "args": to_json(list(case.args)),
        "expected": to_json(_expected(case, outcome)),
    }


def _expected(case: CaseInput, outcome: Outcome):
    """What a result is compared with: nothing, pictures that the net has not seen, or what the reference returned."""
    if case.below is not None:
        return None
    return case.unseen if case.accuracy is not None else outcome.value


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """What a mistake came to, as JSON data."""
    told = {"kind": outcome.kind, "value": outcome.value if outcome.kind == "returned" else None}
    return to_json(told | ({"error": outcome.error} if outcome.error else {}))


def write_record(document: dict[str, Any], path: Path) -> bool:
    """Write a recording, unless the file there says the same up to rounding; whether it was written."""
    text = _dump(document)
    if path.exists() and _same(json.loads(path.read_text(encoding="utf-8")), json.loads(text)):
        return False
    return write_text(text, path)


def write_visible(recording: Path, path: Path) -> bool:
    """Write the part of a recording that students get; whether it changed.

    Hidden cases are dropped, from the mistakes' outcomes too; and so are twins.
    """
    document = json.loads(recording.read_text(encoding="utf-8"))
    questions = []
    for entry in document["questions"]:
        kept = [i for i, case in enumerate(entry["cases"]) if not case["hidden"]]
        mistakes = [_of_cases(wrong, kept) for wrong in entry["mistakes"]]
        shown = {key: value for key, value in entry.items() if key != "twins"}
        questions.append({**shown, "cases": [entry["cases"][i] for i in kept], "mistakes": mistakes})
    return write_text(_dump({**document, "questions": questions}), path)


def _of_cases(mistake: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    """A mistake with its outcomes in these cases only."""
    also = [[way[i] for i in kept] for way in mistake.get("also", ())]
    return {**mistake, "outcomes": [mistake["outcomes"][i] for i in kept], **({"also": also} if also else {})}


def _same(old, new) -> bool:
    """Whether two recordings are alike, numbers up to rounding."""
    if isinstance(old, dict) and isinstance(new, dict):
        if not {"array", "float"} & set(old):
            return list(old) == list(new) and all(_same(old[key], new[key]) for key in old)
        if set(old) != set(new) or old.get("dtype") != new.get("dtype"):
            return False
        return is_same(from_json(old), from_json(new), *SAME)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    if isinstance(old, float) and isinstance(new, float):
        return is_same(old, new, *SAME)
    return type(old) is type(new) and old == new


def _dump(document: dict[str, Any]) -> str:
    """JSON with one line a case and one a mistake: readable, and a change shows as the lines it concerns."""

    def line(value) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    def block(items: list) -> str:
        return "[" + ",".join(f"\n    {line(item)}" for item in items) + "\n   ]" if items else "[]"

    questions = []
    for entry in document["questions"]:
        blocks = [key for key in ("cases", "twins", "mistakes") if key in entry]
        head = ", ".join(f"{line(key)}: {line(value)}" for key, value in entry.items() if key not in blocks)
        questions.append(f"  {{{head}," + ",".join(f"\n   {line(key)}: {block(entry[key])}" for key in blocks) + "}")
    return (
        f'{{"derived": {line(document["derived"])},\n "assignment": {line(document["assignment"])},\n'
        f' "questions": [\n' + ",\n".join(questions) + "\n ]}\n"
    )
