"""The questions of one run: hidden inputs that follow from a seed, fair for every seed, and nothing else changed."""

import json
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from conftest import solution

from autograde.authoring import asking
from autograde.authoring.asking import questions_for_run, record_run
from autograde.authoring.questions import draws, module_of, rounded, specs_in, within
from autograde.course import this_course
from autograde.hidden import all_questions
from checking.calls import Outcome, call_case
from checking.examiner import examine, judge
from checking.plain import leaves, to_json
from checking.questions import Case, Mistake, Question, case_from, questions_from

# TensorFlow takes five times as long as the others, so it has one seed.
SEEDS = {assignment: (1,) if assignment == "tensorflow_signs" else (1, 20) for assignment in this_course().assignments}
RUNS = [(assignment, seed) for assignment in this_course().assignments for seed in SEEDS[assignment]]

# Nothing is left to draw where both inputs are 0.
ALWAYS_THE_SAME = {("gradient_checking", "backward_propagation", "both 0")}


@cache
def run_text(assignment, seed):
    return json.dumps(record_run(assignment, seed))


def run_of(assignment, seed):
    return json.loads(run_text(assignment, seed))


@cache
def questions_of(assignment, seed):
    return questions_from(run_of(assignment, seed))


@cache
def specs_of(assignment, run):
    """The inputs of a run's first draw, which several tests look at; loading them takes longer than looking."""
    return specs_in(assignment, f"{run}/0")


def recording(assignment):
    return json.loads(this_course().reference(assignment).read_text(encoding="utf-8"))


def cases_of(document):
    """{(question, case): the case as JSON data}; twins are called so, since they have the names of other cases."""
    named = {(q["name"], c["name"]): c for q in document["questions"] for c in q["cases"]}
    return named | {(q["name"], f"twin of {c['name']}"): c for q in document["questions"] for c in q["twins"]}


def verdict(question, function):
    return examine(question, lambda case: call_case(function, case))


@pytest.mark.parametrize(("assignment", "seed"), RUNS)
def test_the_reference_solution_gets_all_points(assignment, seed):
    for name, question in questions_of(assignment, seed).items():
        said = verdict(question, solution(assignment)[name])
        assert said.score == question.points, (name, [r for r in said.results if r.status != "passed"])


@pytest.mark.parametrize(("assignment", "seed"), RUNS)
def test_each_mistake_costs_at_least_what_it_costs_in_the_recording(assignment, seed):
    run = questions_of(assignment, seed)
    for name, question in all_questions(assignment).items():
        for mistake, wrong in zip(question.mistakes, specs_in(assignment)[name].mistakes, strict=True):
            for case, drawn, outcome in zip(question.cases, run[name].cases, mistake.outcomes, strict=True):
                if case.hidden and judge(question, case, Outcome(**outcome)).status != "passed":
                    found = judge(question, drawn, call_case(wrong.function, drawn))
                    assert found.status != "passed", (name, wrong.name, case.name)


@pytest.mark.parametrize(("assignment", "seed"), RUNS)
def test_only_hidden_cases_and_twins_differ_from_the_recording(assignment, seed):
    recorded, run = recording(assignment), run_of(assignment, seed)
    for before, now in zip(recorded["questions"], run["questions"], strict=True):
        for old, new in zip(before["cases"] + before["twins"], now["cases"] + now["twins"], strict=True):
            kept = set(old) - {"args", "expected"} if old["hidden"] else set(old)
            assert {key: old[key] for key in kept} == {key: new[key] for key in kept}
            assert set(old) == set(new)
        drawn = [old for old, new in zip(before["cases"], now["cases"], strict=True) if old != new]
        assert now.get("recorded", []) == drawn
        changed = dict.fromkeys(("cases", "twins", "recorded"), 0)
        assert before | changed == now | changed, "mistakes among them, which are known by the recorded cases"
    assert run["seed"] == seed


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_seeds_differ_from_each_other_and_from_the_recording_in_every_hidden_case(assignment):
    versions = [cases_of(recording(assignment)), *(cases_of(run_of(assignment, seed)) for seed in SEEDS[assignment])]
    for (question, name), case in versions[0].items():
        inputs = {json.dumps(version[question, name]["args"]) for version in versions}
        alike = not case["hidden"] or (assignment, question, name) in ALWAYS_THE_SAME
        assert len(inputs) == (1 if alike else len(versions)), (question, name)


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_answers_prepared_for_the_recorded_cases_gain_nothing(assignment):
    questions = questions_of(assignment, 1)
    for name, recorded in all_questions(assignment).items():
        prepared = {json.dumps(to_json(list(c.args))): c.expected for c in recorded.cases if c.below is None}
        said = examine(
            questions[name],
            lambda case, prepared=prepared: Outcome("returned", prepared.get(json.dumps(to_json(list(case.args))))),
        )
        gained = {(assignment, name, r.case.name) for r in said.results if r.case.hidden and r.status == "passed"}
        assert gained <= ALWAYS_THE_SAME


def test_a_fresh_process_gives_the_same_in_whatever_order():
    code = (
        "import json; from autograde.authoring.asking import record_run\n"
        f"print(json.dumps({{a: record_run(a, {{s}}) for a, s in {[(a, SEEDS[a][0]) for a in this_course().assignments[::-1]]}}}))"
    ).replace("{s}", "s")
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=this_course().root, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == {a: run_of(a, SEEDS[a][0]) for a in this_course().assignments}


@pytest.mark.parametrize("assignment", [a for a in this_course().assignments if a != "tensorflow_signs"])
def test_the_same_seed_gives_the_same_again_and_as_a_program(assignment, monkeypatch, capsys):
    text = run_text(assignment, 20)
    specs_in(assignment, "something else")
    monkeypatch.setattr(sys, "argv", ["asking", assignment, "20"])
    asking.main()
    assert capsys.readouterr().out == text + "\n"


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_nothing_global_changes(assignment):
    def state():
        cases = [to_json(list(c.args)) for asked in specs_in(assignment).values() for c in asked.cases]
        return json.dumps(cases), draws(7)(3).tolist(), within(5, 1, 9), str(np.random.get_state())

    module = module_of(assignment)
    before, asked = state(), specs_in(assignment)
    specs_in(assignment, "a run")
    if assignment == "gradient_checking":  # whose stand-ins take the place of names for a while
        record_run(assignment, 5)
    assert state() == before
    assert all(now is then for now, then in zip(specs_in(assignment).values(), asked.values(), strict=True))
    assert module_of(assignment) is module


def test_without_a_seed_the_questions_are_the_recorded_ones():
    assert questions_for_run("optimizers", None) is all_questions("optimizers")
    args = questions_for_run("gradient_checking", 20)["forward_propagation"].cases[2].args
    assert args == questions_of("gradient_checking", 20)["forward_propagation"].cases[2].args


def test_any_integer_is_a_seed():
    seen = {specs_in("gradient_checking", f"{seed}/0")["forward_propagation"].cases[2].args for seed in (0, -1, 2**70)}
    assert len(seen) == 3


def without_first_gradient(p, grads, *averages_and_rates):
    averages = [array for part in averages_and_rates if isinstance(part, dict) for array in part.values()]
    return not grads["dW1"][0].any() and grads["dW1"][1:].all() and not any(map(np.any, averages))


# What a case's name promises, where that is more than the shape of its inputs
PROMISED = {
    ("initialization", "signal_by_depth", "an input of zeros"): lambda X, p, g: not X.any(),
    ("optimizers", "update_parameters_with_momentum", "no memory"): lambda p, g, v, beta, rate: beta == 0,
    ("optimizers", "update_parameters_with_rmsprop", "a unit without gradient so far"): without_first_gradient,
    ("optimizers", "update_parameters_with_adam", "a unit without gradient so far"): without_first_gradient,
    ("optimizers", "update_parameters_with_adam", "averages without memory"): lambda *args: args[-2:] == (0, 0),
    ("optimizers", "learning_rate_decay", "no decay"): lambda r, epoch, decay, k, n: decay == 0,
    ("gradient_checking", "gradient_check", "gradient of 0"): lambda x, theta, e: theta == 0,
    ("gradient_checking", "gradient_check_n", "gradients of 0"): lambda p, g, X, Y, e: not any(map(np.any, g.values())),
    ("gradient_checking", "forward_propagation", "theta of 0"): lambda x, theta: x != 0 and theta == 0,
    ("gradient_checking", "forward_propagation", "x of 0"): lambda x, theta: x == 0 and theta != 0,
    ("gradient_checking", "forward_propagation", "both negative"): lambda x, theta: x < 0 and theta < 0,
    ("gradient_checking", "backward_propagation", "a negative x"): lambda x, theta: x < 0,
    ("gradient_checking", "gradient_check", "gradient of the wrong sign"): lambda x, theta, e: 0 < x < theta,
    ("gradient_checking", "gradient_check", "a negative theta"): lambda x, theta, e: theta < 0,
    ("gradient_checking", "gradient_check_n", "a single example"): lambda p, g, X, Y, e: X.shape[1] == 1,
    ("gradient_checking", "backward_propagation_n", "all labels 0"): lambda X, Y, cache: not Y.any(),
    ("regularization", "compute_cost_with_regularization", "a single example"): lambda A, Y, p, l: Y.size == 1,
    ("regularization", "forward_propagation_with_dropout", "most units dropped"): lambda X, p, keep: 0 < keep < 0.5,
    ("regularization", "forward_propagation_with_dropout", "another seed"): lambda X, p, keep, seed: seed != 1,
    ("regularization", "normalize_inputs", "a feature that is 0 everywhere"): lambda X: not X[-1].any(),
    ("optimizers", "update_parameters_with_gd", "a learning rate above 1"): lambda p, g, rate: rate > 1,
    ("optimizers", "random_mini_batches", "default size and seed"): lambda X, Y: X.shape[1] > 128,
    ("optimizers", "random_mini_batches", "fewer examples than a batch holds"): lambda X, Y, n, s: X.shape[1] < n,
    ("optimizers", "random_mini_batches", "all examples in one batch"): lambda X, Y, n, s: X.shape[1] == n,
    ("optimizers", "random_mini_batches", "a rest of one"): lambda X, Y, n, s: X.shape[1] % n == 1,
    ("optimizers", "update_parameters_with_momentum", "no gradient, only velocity"): lambda p, g, v, b, r: (
        not any(map(np.any, g.values())) and all(map(np.all, v.values()))
    ),
    ("optimizers", "learning_rate_decay", "where a stair begins"): lambda r, epoch, d, k, n: epoch % n == 0 < epoch,
    ("optimizers", "learning_rate_decay", "where a stair ends"): lambda r, epoch, d, k, n: epoch % n == n - 1,
    ("optimizers", "learning_rate_decay", "exponential in stairs"): lambda r, epoch, d, k, n: 0 < epoch % n < epoch,
    ("optimizers", "learning_rate_decay", "root in stairs"): lambda r, epoch, d, k, n: 0 < epoch % n < epoch,
    ("tensorflow_signs", "sigmoid", "a negative integer"): lambda z: type(z) is int and z < 0,
    ("tensorflow_signs", "one_hot_matrix", "as many labels as classes"): lambda labels, C: labels.size == C,
    ("tensorflow_signs", "one_hot_matrix", "a class that does not occur"): lambda labels, C: len(set(labels)) < C,
    ("tensorflow_signs", "one_hot_matrix", "a single label"): lambda labels, C: labels.size == 1 and labels[0] < C,
    **{
        ("initialization", f"initialize_parameters_{kind}", name): promise
        for kind in ("zeros", "random", "he", "xavier")
        for name, promise in {
            "one layer": lambda sizes: len(sizes) == 2 and sizes[0] != sizes[1],
            "five layers": lambda sizes: len(sizes) == 6 and all(np.diff(sizes)),
            "a single input": lambda sizes: sizes[0] == 1 < min(sizes[1:]),
            "a hidden layer of one unit": lambda sizes: sizes[1] == 1 < min(sizes[::2]),
        }.items()
    },
}


@pytest.mark.parametrize("assignment", this_course().assignments)
@pytest.mark.parametrize("run", ["recorded", *range(20)])
def test_what_the_name_of_a_case_promises_is_true(assignment, run):
    asked = specs_in(assignment) if run == "recorded" else specs_of(assignment, run)
    cases = {(assignment, q.name, c.name): c for q in asked.values() for c in q.cases}
    promised = {key: promise for key, promise in PROMISED.items() if key[0] == assignment}
    assert [key for key, promise in promised.items() if not promise(*cases[key].args)] == []


@pytest.mark.parametrize("assignment", this_course().assignments)
@pytest.mark.parametrize("run", range(5))
def test_what_is_single_in_the_recording_is_so_in_every_run(assignment, run):
    for name, asked in specs_of(assignment, run).items():
        for case, recorded in zip(asked.cases, specs_in(assignment)[name].cases, strict=True):
            for now, then in zip(leaves(list(case.args)), leaves(list(recorded.args)), strict=True):
                assert type(now) is type(then) or {type(now), type(then)} == {int, float}
                assert np.ndim(now) == np.ndim(then)
                if np.ndim(then) == 2:
                    assert [n == 1 for n in np.shape(now)] == [n == 1 for n in np.shape(then)], (name, case.name)


def rmsprop_with_epsilon_inside(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    for name in parameters:
        s["d" + name] = beta2 * s["d" + name] + (1 - beta2) * np.square(grads["d" + name])
        parameters[name] -= learning_rate * grads["d" + name] / np.sqrt(s["d" + name] + epsilon)
    return parameters, s


def adam_with_epsilon_inside(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for name in parameters:
        v["d" + name] = beta1 * v["d" + name] + (1 - beta1) * grads["d" + name]
        s["d" + name] = beta2 * s["d" + name] + (1 - beta2) * np.square(grads["d" + name])
        root = np.sqrt(s["d" + name] / (1 - beta2**t) + epsilon)
        parameters[name] = parameters[name] - learning_rate * (v["d" + name] / (1 - beta1**t)) / root
    return parameters, v, s


def test_steps_hardly_depend_on_the_place_of_epsilon_in_any_draw():
    for run in range(10):
        asked = specs_of("optimizers", run)
        for name, other in (
            ("update_parameters_with_rmsprop", rmsprop_with_epsilon_inside),
            ("update_parameters_with_adam", adam_with_epsilon_inside),
        ):
            for case in (case for case in asked[name].cases if case.hidden):
                ours, theirs = (call_case(f, case).value[0] for f in (solution("optimizers")[name], other))
                assert all(np.abs(ours[key] - theirs[key]).max() < 1e-7 for key in ours), (run, case.name)


def test_a_rounded_cache_has_no_value_where_right_solutions_may_differ():
    Z, A, W, b = np.array([[2e-7, -2e-7, 3.0]]), np.array([[2e-7, 0.0, 3.0]]), np.zeros((1, 2)), np.zeros((1, 1))
    for before, Z1, A1, Z2, A2 in ((Z, A, W, b, Z, A, W, b), 0, 1, 4, 5), ((Z, A > 0, A, W, b, Z, A, W, b), 0, 2, 5, 6):
        after = rounded(before)
        assert after[Z1].tolist() == after[Z2].tolist() == [[-1e-6, -1e-6, 3.0]]
        assert after[A1].tolist() == after[A2].tolist() == [[0.0, 0.0, 3.0]]
        assert all(not part.any() for part in (after[3 if A1 == 2 else 2], after[-2], after[-1]))
    X, Y, cache = module_of("gradient_checking").pass_back(
        np.array([[9.0]]), np.array([[0]]), {"W1": np.array([[9.0]]), "b1": np.zeros((1, 1))}
    )
    assert cache[1] == 1 - 1e-6


# --- which draws are asked


def step_at_half(x):
    return float(x > 0.5)


def never(x):
    return 0.0


CASE = Case("a step", (0.9,), 1.0, hidden=True)
MISTAKE = Mistake("never", "", "", ({"kind": "returned", "value": 0.0},))
STEP = Question("step", 1.0, (CASE,), (MISTAKE,))


@pytest.mark.parametrize(("x", "clear"), [(0.7, True), (0.1, True), (0.5 + 1e-11, False), (0.5 - 1e-11, False)])
def test_a_draw_close_to_a_step_is_not_clear(x, clear):
    case = Case("a step", (x,), step_at_half(x), hidden=True)
    assert asking._is_clear(STEP, 0, case, call_case(step_at_half, case), step_at_half) == clear


@pytest.mark.parametrize(("below", "clear"), [(1e-3, True), (5e-4, False)])
def test_a_result_close_to_its_bound_is_not_clear(below, clear):
    case = Case("small", (0.0,), None, hidden=True, below=below)
    assert asking._is_clear(STEP, 0, case, Outcome("returned", 6e-5), step_at_half) == clear


def test_a_draw_that_does_not_show_a_mistake_is_not_asked():
    wrong = [Outcome("returned", 0.0)]
    assert asking._shows_as_much(STEP, 0, CASE, wrong)
    assert not asking._shows_as_much(STEP, 0, Case("a step", (0.1,), 0.0, hidden=True), wrong)


def test_yes_and_no_must_come_out_as_recorded():
    recorded = Question("f", 1.0, (Case("c", (1,), {"even": True, "n": 1.0}, hidden=True),))
    for even, clear in ((True, True), (False, False)):
        case = Case("c", (2,), {"even": even, "n": 2.0}, hidden=True)
        outcome = Outcome("returned", case.expected)
        assert asking._is_clear(recorded, 0, case, outcome, lambda x, c=case: c.expected) == clear


def test_nudging_moves_floats_only_and_leaves_zeros():
    value = {"a": np.array([0.0, 2.0]), "b": (1.5, 3, True), "c": np.array([1], dtype=np.float32), "d": np.array([5])}
    nudged, opposite = (asking._nudged(value, side, np.random.RandomState(0)) for side in (1, -1))
    assert nudged["b"][0] + opposite["b"][0] == pytest.approx(3, abs=1e-15)
    assert nudged["a"][0] == 0
    assert 0 < abs(nudged["a"][1] - 2) < 1e-8
    assert 0 < abs(nudged["b"][0] - 1.5) < 1e-8
    assert nudged["b"][1:] == (3, True)
    assert nudged["c"].dtype == np.float32
    assert nudged["d"][0] == 5
    assert value["a"][1] == 2


def test_a_case_without_a_fair_draw_stays_as_recorded(monkeypatch):
    monkeypatch.setattr(asking, "TRIES", 0)
    assert record_run("initialization", 1)["questions"] == recording("initialization")["questions"]


def test_a_machine_that_is_too_slow_is_an_error_and_not_another_question(monkeypatch):
    monkeypatch.setattr(asking, "call_case", lambda function, case: Outcome("timeout", message="It was slow."))
    with pytest.raises(asking.ScriptError, match="too slow"):
        record_run("initialization", 1)


def test_a_case_reads_back_from_its_data():
    entry = cases_of(recording("initialization"))["signal_by_depth", "an input of zeros"]
    case = case_from(entry)
    assert case.hidden
    assert to_json(list(case.args)) == entry["args"]
