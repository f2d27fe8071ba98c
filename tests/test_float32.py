"""float32 costs nothing where it is honest, and excuses nothing else: benchmarks/float32.py measures what honest needs."""

import importlib.util
import sys
from functools import wraps

import numpy as np
import pytest
from conftest import asked, solution
from test_mutation import mutation

from autograde.authoring.questions import specs_in
from autograde.course import ENGINE
from checking.calls import Outcome, call, call_case
from checking.comparison import FLOAT32_ROUNDING
from checking.examiner import examine, judge

spec = importlib.util.spec_from_file_location("float32", ENGINE / "benchmarks" / "float32.py")
float32 = sys.modules["float32"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(float32)

SEEDS = (None, 3, 12)
QUESTIONS = [(a, name) for a in float32.NUMPY for name in specs_in(a)]
EPSILON = float(np.finfo(np.float32).eps)


@pytest.mark.parametrize("way", float32.WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_honest_float32_gets_full_marks(assignment, name, way):
    if way not in float32.ways_of(name):
        pytest.skip("the difference of two costs that are nearly equal needs double precision")
    function = wraps(solution(assignment)[name])(way(solution(assignment)[name]))
    for seed in SEEDS:
        question = asked(assignment, seed)[name]
        said = examine(question, lambda case: call_case(function, case))
        assert said.state == "right", [r for r in said.results if r.status != "passed"]
        twins = [judge(question, twin, call_case(function, twin)) for twin in question.twins]
        assert [twin for twin in twins if twin.status != "passed"] == []


def test_float32_inside_the_check_cannot_see_a_right_gradient_and_is_not_right():
    """theta + 1e-7 is theta, so that the slope is 0: a check like this says that every gradient is wrong."""
    for name in float32.DOUBLE_INSIDE:
        function = solution("gradient_checking")[name]
        checked = wraps(function)(float32.everything(function))
        said = examine(asked("gradient_checking", None)[name], lambda case, f=checked: call_case(f, case))
        assert said.state != "right"
        assert all(r.status != "passed" for r in said.results if r.case.below is not None)


def test_the_tolerance_is_what_honest_float32_needs_and_not_much_more():
    most = max(max(line.values()) for line in float32.needs(()).values())
    assert most * EPSILON < FLOAT32_ROUNDING < 20 * EPSILON


def off_by(value, question, times):
    """As float32, with every entry of every array off by what is allowed, times something."""
    if isinstance(value, dict):
        return {key: off_by(part, question, times) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(off_by(part, question, times) for part in value)
    if not isinstance(value, np.ndarray) or value.dtype != np.float64:
        return value
    allowed = question.atol + question.rtol * np.abs(value) + FLOAT32_ROUNDING * np.abs(value).max(initial=0)
    return (value + times * allowed).astype(np.float32)


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_noise_above_the_tolerance_is_seen_and_below_it_is_not(assignment, name):
    question = asked(assignment, 3)[name]
    for case in question.calls:
        if case.below is None and to_arrays(case.expected):
            for times, status in ((0.8, "passed"), (1.3, "differs")):
                found = off_by(case.expected, question, times)
                assert judge(question, case, Outcome("returned", found)).status == status, (case.name, times)


def to_arrays(value):
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
    return any(
        to_arrays(p) if isinstance(p, (dict, list, tuple)) else getattr(p, "dtype", None) == np.float64 for p in parts
    )


def assert_fails_in_float32_too(question, function, what):
    for case in question.calls:
        outcome = call(function, case.args, case.stubs, case.adapter, mutation.SECONDS)
        if outcome.kind == "returned" and judge(question, case, outcome).status != "passed":
            cast = Outcome("returned", float32.single(outcome.value))
            assert judge(question, case, cast).status != "passed", (question.name, what, case.name)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("assignment", float32.NUMPY)
def test_each_mistake_that_is_seen_in_double_precision_is_seen_in_float32(assignment, seed):
    for name, entry in specs_in(assignment).items():
        for wrong in entry.mistakes:
            assert_fails_in_float32_too(asked(assignment, seed)[name], wrong.function, wrong.name)


@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_each_mutant_that_is_seen_in_double_precision_is_seen_in_float32(assignment, name):
    names = dict(mutation._prepared(assignment)[0])
    for mutant in list(mutation.mutants_of(name, mutation.source_of(assignment, name)))[:: mutation.QUICK]:
        defined = dict(names)
        exec(mutant.source, defined)
        assert_fails_in_float32_too(asked(assignment, None)[name], defined[name], mutant.name)


def adam(slip):
    """Adam with one slip: how much too large something is, relative."""

    def step(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
        wrong = {
            "correction": 0.0,
            "correction of s": 0.0,
            "beta1": 0.0,
            "beta2": 0.0,
            "step": 0.0,
            "epsilon": 0.0,
        } | slip
        beta1, beta2 = beta1 * (1 - wrong["beta1"]), beta2 * (1 - wrong["beta2"])
        for name in parameters:
            d = "d" + name
            v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
            s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
            v_corrected = v[d] / (1 - beta1**t) * (1 + wrong["correction"])
            s_corrected = s[d] / (1 - beta2**t) * (1 + wrong["correction of s"])
            rate = learning_rate * (1 + wrong["step"])
            parameters[name] = parameters[name] - rate * v_corrected / (
                np.sqrt(s_corrected) + epsilon + wrong["epsilon"]
            )
        return parameters, v, s

    return step


SLIPS = [{what: size} for what in ("correction", "correction of s", "beta1", "beta2", "step") for size in (1e-3, 1e-4)]
SLIPS += [{"epsilon": size} for size in (1e-2, 1e-3, 1e-4)]


@pytest.mark.parametrize("slip", SLIPS, ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_adam_that_is_wrong_by_little_is_not_excused_by_float32(slip, seed):
    question = asked("optimizers", seed)["update_parameters_with_adam"]
    wrong = adam(slip)
    seen = [examine(question, lambda case, f=f: call_case(f, case)).state for f in (wrong, float32.result_only(wrong))]
    assert seen[0] != "right", "the slip has to be seen in double precision"
    assert seen[1] != "right"


W = np.array([[1.0, -2.0, 0.5], [3.0, 0.3, -1.0]])


@pytest.mark.parametrize(("kind", "state"), [("float16", "wrong"), ("float32", "right"), ("longdouble", "right")])
def test_other_kinds_of_floats(kind, state):
    """float16 has three digits, which are too few; a long double is read as double precision."""
    question = asked("optimizers", None)["update_parameters_with_gd"]
    function = solution("optimizers")["update_parameters_with_gd"]

    def cast(*args):
        return {name: value.astype(kind) for name, value in function(*args).items()}

    assert examine(question, lambda case: call_case(cast, case)).state in (
        state,
        "partly" if state == "wrong" else state,
    )


@pytest.mark.parametrize("value", [W.astype(complex), W.astype(np.complex64), 1 + 0j, {"W1": W + 0j}], ids=repr)
def test_complex_numbers_are_not_plain_data(value):
    case = asked("optimizers", None)["update_parameters_with_gd"].cases[0]
    assert call_case(lambda *args: value, case).kind == "unusable"
