"""The limits of a whole notebook, and boxes that have to be replaced: what `judge` makes of them."""

import pytest
from nbformat.v4 import new_code_cell

from autograde.authoring.sample import SampleNotebook
from autograde.hidden import all_questions
from autograde.judging.judge import judge
from autograde.judging.notebook_run import Rules
from autograde.judging.submission import released
from autograde.judging.tiers import Isolation, OneAhead
from autograde.sandbox.box import Limits
from autograde.sandbox.client import SandboxError

A = "gradient_checking"
FORWARD, BACKWARD = "forward_propagation", "backward_propagation"


@pytest.fixture(scope="module")
def isolation():
    try:
        started = Isolation("fork", [A], Limits())
    except SandboxError as error:
        pytest.skip(str(error))
    yield started
    started.close()


def judged(isolation, work, rules=Rules()):  # noqa: B008
    return judge(work.notebook, all_questions(A), isolation.boxes().opener(A), rules)


def solved():
    work = SampleNotebook(A)
    work.solve()
    return work


def test_the_time_of_a_notebook_is_that_of_all_its_boxes_together(isolation):
    work = solved()
    place = work.notebook.cells.index(work.cell(FORWARD))
    work.notebook.cells[place:place] = [new_code_cell("while True: pass") for _ in range(40)]
    found = judged(isolation, work, Rules(seconds_per_cell=0.5, seconds=3))
    ran = [cell for cell in found.notebook.cells if cell.source == "while True: pass" and cell.outputs]
    assert 1 <= len(ran) <= 12, "as many as there is time for, twice"
    assert {answer.status for answer in found.answers} == {"timeout"}
    assert all("3 seconds" in str(answer.cause) for answer in found.answers), found.answers


def test_a_call_may_take_no_longer_than_a_cell(isolation):
    work = solved()
    work.write(
        FORWARD,
        """
        import time

        def forward_propagation(x, theta):
            end = time.process_time() + 4
            while time.process_time() < end:
                pass
            return theta * x
        """,
    )
    found = judged(isolation, work, Rules(seconds_per_cell=1, seconds=60))
    assert {answer.status for answer in found.answers if answer.question == FORWARD} == {"timeout"}
    assert sum(answer.status == "graded" for answer in found.answers) >= 2


def test_a_function_that_hangs_after_forging_costs_its_own_points_only(isolation):
    work = solved()
    work.write(
        FORWARD,
        """
        import gc, json, os, struct, time

        def forward_propagation(x, theta):
            for request in [each for each in gc.get_objects() if isinstance(each, dict) and isinstance(each.get("number"), str)]:
                for said in [{"kind": "returned", "value": 1.0}] * 30 + [{"done": True}]:
                    tree = json.dumps({"dict": {"number": request["number"], **said}}).encode()
                    for name in os.listdir("/proc/self/fd"):
                        try:
                            if os.readlink("/proc/self/fd/" + name).startswith("socket:"):
                                os.write(int(name), struct.pack(">IQ", len(tree), 0) + tree)
                        except OSError:
                            pass
            time.sleep(1000)
        """,
    )
    answers = {answer.question: answer for answer in judged(isolation, work).answers}
    assert answers.pop(FORWARD).score == 0
    assert {name: answer.score for name, answer in answers.items()} == {
        name: question.points for name, question in all_questions(A).items() if name != FORWARD
    }


def test_boxes_that_are_opened_one_ahead_judge_the_same(isolation):
    opener = OneAhead(isolation.boxes().opener(A))
    scores = [
        [answer.score for answer in judge(solved().notebook, all_questions(A), opener, Rules()).answers]
        for _ in range(3)
    ]
    assert scores == [[question.points for question in all_questions(A).values()]] * 3


def test_a_fork_server_that_has_ended_is_no_submissions_doing(isolation):
    other = Isolation("fork", [A], Limits())
    opener = OneAhead(other.boxes().opener(A))
    opener()  # another one is waiting
    other.close()
    with pytest.raises(SandboxError):
        judge(released(A), all_questions(A), opener, Rules())
