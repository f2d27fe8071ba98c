"""Why a question has not all of its points: a record that is counted and compared, and its words, which are made last."""

from dataclasses import dataclass

from checking.examiner import Verdict
from checking.words import share


@dataclass(frozen=True, slots=True)
class Cause:
    """What went wrong with a question.

    kind: "" (nothing, or no more than is known), mistake or nearest (`name` is that of a known mistake, or of several that come to the same numbers), not started, case
    (`name` is that of the first case that fails, of which `words` say what happened, and `error` is the type of the exception
    that ended it), cell (the function's own cell stopped with `error`, of which `words` say more), or other (`words`).
    failed, cases: of how many cases how many fail. advice: what the error that stopped a cell means, if that is known.
    """

    kind: str = ""
    name: str = ""
    error: str = ""
    words: str = ""
    failed: int = 0
    cases: int = 0
    advice: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "nearest":
                return f"nearest: {self.name}"
            case "not started":
                return "not started"
            case "case":
                told = f": {self.words}" if self.words else ""
                return f"{share(self.failed, self.cases, 'cases', 'fails', 'fail')}, first: {self.name}{told}"
        return self.words or self.name


NOTHING = Cause()


def cause_of(verdict: Verdict) -> Cause:
    """The cause in a verdict. Of a hidden case only its name is told."""
    failed = [result for result in verdict.results if result.status != "passed"]
    if verdict.mistakes:
        return Cause("nearest" if verdict.nearest else "mistake", " or ".join(m.name for m in verdict.mistakes))
    if verdict.state == "unfilled":
        return Cause("not started")
    if not failed:
        return NOTHING
    first = failed[0]
    told = ("", "") if first.case.hidden else (first.error, first.message)
    return Cause("case", first.case.name, *told, len(failed), len(verdict.results))
