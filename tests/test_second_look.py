"""The second look where boxes do not fork: what it asks again, in how many boxes, and that it takes no point away."""

from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograde.judging import notebook_run as running
from autograde.judging.judge import judge
from autograde.judging.notebook_run import Rules
from autograde.judging.second_look import _made_in, _taken_by
from autograde.notebook import EDITED, SHOWCASE
from autograde.sandbox.client import BoxDied
from checking.questions import Case, Question

SECONDS = 20  # that all cells of the notebook take


class Kernel:
    """A box that does not fork. answers: what each function returns, by its name; one that is not there is missing."""

    out_of_turn = False
    forks = False

    def __init__(self, clock, answers):
        self.clock, self.answers, self.ran, self.asked = clock, answers, [], []

    def run_cells(self, sources, seconds, until, lenient=False):
        self.ran += sources
        self.clock.now += SECONDS
        if self.clock.now > until:
            raise BoxDied("timeout", "it ran out of time")
        for source in sources:
            self.clock.now += min(seconds, int(source.removeprefix("sleep "))) if source.startswith("sleep ") else 0
            if self.clock.now > until:
                raise BoxDied("timeout", "it ran out of time")
            yield {"outputs": []}

    def ask(self, calls, fork, until):
        for call in calls:
            self.asked.append(call["name"])
            function = self.answers.get(call["name"])
            yield {"kind": "returned", "value": function(call["args"][0])} if function else {"kind": "missing"}

    def starved(self, whole=False):
        return False

    def close(self):
        pass


@pytest.fixture
def grade(monkeypatch):
    """Grades functions by their answers; points of each, and the boxes that it took."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(running, "time", SimpleNamespace(monotonic=lambda: clock.now))

    def grade(*answers, cells=(), **rules):
        """answers: in the first box, the second, and so on; the last in all others."""
        names = list({name: None for each in answers for name in each} | dict.fromkeys("fghk"))
        questions = {name: Question(name, 10.0, CASES, twins=TWINS) for name in names}
        boxes = []

        def open_box():
            boxes.append(Kernel(clock, answers[min(len(boxes), len(answers) - 1)]))
            return boxes[-1]

        functions = [new_code_cell(f"def {n}(x): ...", metadata={"nbgrader": {"grade_id": n}}) for n in names]
        notebook = new_notebook(cells=[*cells, *functions])
        found = judge(notebook, questions, open_box, Rules(**rules))
        return {answer.question: answer.score for answer in found.answers}, boxes

    return grade


CASES = (Case("one", (1.0,), 2.0), Case("three", (3.0,), 4.0), Case("five", (5.0,), 6.0, hidden=True))
TWINS = (Case("one", (2.0,), 3.0, hidden=True), Case("three", (4.0,), 5.0, hidden=True))


def right(x):
    return x + 1


def half(x):
    """Right below 3."""
    return x + 1 if x < 3 else -x


def test_what_is_right_needs_one_box(grade):
    points, boxes = grade(dict.fromkeys("fghk", right))
    assert points == dict.fromkeys("fghk", 10)
    assert len(boxes) == 1


def test_where_time_is_up_the_points_that_there_were_stay(grade):
    answers = {"f": half, "g": half, "h": right, "k": right}
    plenty, _ = grade(answers)
    assert 0 < plenty["f"] < 10
    for seconds in (2.5 * SECONDS, 3.5 * SECONDS):
        assert grade(answers, seconds=seconds)[0] == plenty


def test_a_question_that_another_spoils_has_its_points_in_a_box_of_its_own(grade):
    spoiled = {"f": half, "g": lambda x: 0.0, "h": right, "k": right}
    alone = {"f": half, "g": right, "h": right, "k": right}
    points, boxes = grade(spoiled, spoiled, alone)
    assert points["g"] == 10
    assert len(boxes) == 4, "all, all that failed, and two alone"


def test_functions_that_are_missing_share_a_box(grade):
    gone = {"f": half}
    points, boxes = grade(gone)
    assert {name: points[name] for name in "ghk"} == dict.fromkeys("ghk", 0)
    assert len(boxes) == 4, "all, all that failed, those that are missing, and one alone"
    taken_away = {"f": half, "g": right, "h": right, "k": right}
    assert grade(gone, gone, taken_away)[0]["k"] == 10


def test_demonstrations_run_once(grade):
    shown = new_code_cell("train()", metadata={"tags": ["showcase"]})
    _, boxes = grade({"f": half, "g": half, "h": right, "k": right}, cells=[shown], showcase=True, seconds=3600)
    assert ["train()" in box.ran for box in boxes] == [True] + [False] * (len(boxes) - 1)
    assert len(boxes) > 2


def test_long_experiments_are_left_out_where_there_would_be_no_time_for_functions(grade):
    long = [new_code_cell(f"sleep {50 + i}") for i in range(6)]
    points, boxes = grade({"f": half, "g": right, "h": right, "k": right}, cells=[new_code_cell("sleep 1"), *long])
    assert [points[name] for name in "ghk"] == [10, 10, 10]
    assert 0 < points["f"] < 10
    ran = [source for box in boxes[1:2] for source in box.ran if source.startswith("sleep")]
    assert ran == ["sleep 1", "sleep 50", "sleep 51"], "those for which there is half of the time"


def test_a_look_that_leaves_out_what_a_function_needs_takes_nothing(grade):
    long = [new_code_cell(f"sleep {50 + i}") for i in range(4)]
    others = {"g": right, "h": right, "k": right}
    plenty, _ = grade({"f": half, **others})
    assert 0 < plenty["f"] < 10
    assert grade({"f": half, **others}, others, cells=long)[0] == plenty


@pytest.mark.parametrize(
    ("source", "made", "taken"),
    [
        ("a, b[0] = f(c)\nd += 1", {"a", "b", "d"}, {"f", "c"}),
        ("for i, j in pairs:\n    total == i", {"i", "j"}, {"for", "in", "pairs", "total"}),
        ("import os.path as p\nfrom x import y, z", {"os", "path", "as", "p", "y", "z"}, {"import", "from", "x"}),
        ("def f(x, n=1):\n    return x * g", {"f", "x", "n"}, {"def", "return", "g"}),
        (
            "plot(title=t)\nwith open(n) as file: pass",
            {"file"},
            {"plot", "title", "t", "with", "open", "n", "as", "pass"},
        ),
    ],
)
def test_names_that_a_cell_makes_and_takes(source, made, taken):
    assert _made_in(source) == made
    assert _taken_by(source) == taken


def test_a_cell_that_never_ended_is_not_waited_for_again(grade):
    answers = {"f": half, "g": half, "h": right, "k": right}
    _, boxes = grade(answers, cells=[new_code_cell("sleep 60")])
    assert ["sleep 60" in box.ran for box in boxes] == [True] + [False] * (len(boxes) - 1)


def test_demonstrations_leave_time_for_functions(grade):
    edited = [new_code_cell("sleep 50", metadata={"tags": [SHOWCASE, EDITED]}) for _ in range(9)]
    points, boxes = grade({"g": right, "h": right, "k": right}, cells=edited)
    assert [points[name] for name in "fghk"] == [0, 10, 10, 10]
    assert ["sleep 50" in box.ran for box in boxes[:2]] == [False, True]
    assert boxes[0].clock.now < 300
