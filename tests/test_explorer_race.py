"""The race: its rules step by step against Keras and the course's solutions, its surfaces against finite differences and
SciPy, and whatever a student's function may do.
"""

import importlib
import shutil
import threading
import time

import numpy as np
import pytest
from browser import CHROMIUM
from conftest import solution
from explorer_page import assert_alike, computed, explorer_page
from scipy.optimize import rosen, rosen_der

from helpers.explorers import widget
from helpers.explorers.explorer import Slider
from helpers.explorers.race import (
    RACE,
    RACE_WITH_YOURS,
    RUNNERS,
    SHOWN,
    STEPS,
    SURFACES,
    Surface,
    answering,
    compute,
    describe,
    run,
)

in_browser = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
RACE_MODULE = importlib.import_module("helpers.explorers.race")  # the package has a function of this name
START = (-1.3, 0.9)
each_surface = pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))


# --- surfaces


@each_surface
def test_gradients_are_those_of_finite_differences(surface):
    for w, b in np.random.default_rng(0).uniform((-3, -2), (3, 2), (50, 2)):
        h = 1e-5
        numeric = (
            (surface.height(w + h, b) - surface.height(w - h, b)) / (2 * h),
            (surface.height(w, b + h) - surface.height(w, b - h)) / (2 * h),
        )
        np.testing.assert_allclose(surface.gradient(w, b), numeric, rtol=1e-6, atol=1e-7)


@each_surface
def test_heights_are_zero_at_the_minima_and_above_elsewhere(surface):
    for w, b in surface.minima:
        assert surface.height(w, b) == 0
        assert surface.gradient(w, b) == (0, 0)
    grid = np.meshgrid(np.linspace(-3, 3, 61), np.linspace(-2, 2, 41))
    distance = np.min([np.hypot(grid[0] - w, grid[1] - b) for w, b in surface.minima], axis=0)
    assert surface.height(*grid)[distance > 0.01].min() > 0


def test_surfaces_are_what_their_names_say():
    points = np.random.default_rng(1).uniform(-2, 2, (2, 30))
    valley = SURFACES["rosenbrock"]
    np.testing.assert_allclose(valley.height(*points), [rosen(point) / 50 for point in points.T])
    np.testing.assert_allclose(valley.gradient(*points), np.transpose([rosen_der(point) / 50 for point in points.T]))
    for name in ("ravine", "slanted"):
        curvatures = np.transpose([SURFACES[name].gradient(*e) for e in np.eye(2)])
        np.testing.assert_allclose(np.linalg.eigvalsh(curvatures), [1, 50])
    assert SURFACES["saddle"].gradient(0, 0) == (0, 0)
    assert SURFACES["saddle"].height(0, 0) == 0.25
    steepness = [np.hypot(*SURFACES["plateau"].gradient(w, 0)) for w in (0.5, 3)]
    assert steepness[0] > 10 * steepness[1]


# --- rules

# Keras' velocity has no factor 1 - beta, so its rate is ours times 1 - beta. AdaGrad and RMSprop have epsilon inside the root
# there and outside here; Adam's is outside in both, but on the root that is not yet corrected: so all three get one too
# small to matter. Its AdaGrad begins with an accumulator of 0.1, the paper's with 0. Adadelta is the same in both.
# Keras passes some betas through float32, which sums of a few powers of two survive; 0.9 does not.
BETA, BETA2, RHO, TINY = 7 / 8, 1 - 2**-10, 15 / 16, 1e-20
KERAS = {
    "gd": lambda optimizers, alpha: optimizers.SGD(alpha),
    "momentum": lambda optimizers, alpha: optimizers.SGD(alpha * (1 - BETA), momentum=BETA),
    "nesterov": lambda optimizers, alpha: optimizers.SGD(alpha * (1 - BETA), momentum=BETA, nesterov=True),
    "adagrad": lambda optimizers, alpha: optimizers.Adagrad(alpha, initial_accumulator_value=0.0, epsilon=TINY),
    "rmsprop": lambda optimizers, alpha: optimizers.RMSprop(alpha, rho=BETA, epsilon=TINY),
    "adadelta": lambda optimizers, alpha: optimizers.Adadelta(alpha, rho=RHO, epsilon=1e-6),
    "adam": lambda optimizers, alpha: optimizers.Adam(alpha, beta_1=BETA, beta_2=BETA2, epsilon=TINY),
}


@pytest.fixture
def optimizers():
    tensorflow = pytest.importorskip("tensorflow")
    before = tensorflow.keras.config.floatx()
    tensorflow.keras.config.set_floatx("float64")
    yield tensorflow.keras.optimizers
    tensorflow.keras.config.set_floatx(before)


@pytest.mark.parametrize("key", RUNNERS)
def test_every_step_is_the_one_of_keras(key, optimizers, monkeypatch):
    import tensorflow as tf

    for name, value in {"BETA": BETA, "BETA2": BETA2, "RHO": RHO, "EPSILON": TINY}.items():
        monkeypatch.setattr(RACE_MODULE, name, value)
    steps, alpha, surface = 60, RUNNERS[key].alpha, SURFACES["saddle"]
    ours = run(RUNNERS[key].rule, surface, START, alpha, steps)
    w = tf.Variable(START, dtype="float64")
    optimizer = KERAS[key](optimizers, float(alpha))
    for t in range(1, steps + 1):
        optimizer.apply_gradients([(tf.constant(surface.gradient(*w.numpy()), dtype="float64"), w)])
        np.testing.assert_allclose(ours[t], w.numpy(), rtol=1e-9, atol=1e-9, err_msg=f"step {t}")
    assert np.hypot(*(ours[-1] - START)) > 0.1


def test_constants_are_those_of_the_papers():
    assert (RACE_MODULE.BETA, RACE_MODULE.BETA2, RACE_MODULE.EPSILON) == (0.9, 0.999, 1e-8)  # Kingma and Ba
    assert (RACE_MODULE.RHO, RACE_MODULE.EPSILON_ADADELTA) == (0.95, 1e-6)  # Zeiler


@pytest.mark.parametrize(("key", "first"), [("adagrad", 1 / 2), ("rmsprop", 1 / (0.1**0.5 + 1)), ("adam", 1 / 2)])
def test_epsilon_is_outside_the_root(key, first):
    """With a gradient as large as epsilon, it is worth as much as the root."""
    step = RUNNERS[key].rule(np.zeros(2), np.array([1e-8, -1e-8]), {}, 1.0, 1)
    np.testing.assert_allclose(step, [-first, first])


@pytest.mark.parametrize("key", SHOWN["course"])
@pytest.mark.parametrize("scale", [1, 1e-9], ids=["ordinary gradients", "as small as epsilon"])
def test_the_courses_functions_take_the_same_path(key, scale, monkeypatch):
    """Entered as the student's function, each of them follows its namesake, also where the place of epsilon is seen."""
    bowl = SURFACES["slanted"]
    small = Surface("small", bowl.height, lambda w, b: tuple(scale * g for g in bowl.gradient(w, b)))
    monkeypatch.setitem(SURFACES, "slanted", small)
    alpha = RUNNERS[key].alpha / (scale if key in ("gd", "momentum") else 1)
    function = solution("optimizers")[f"update_parameters_with_{key}"]
    answer = answering(function)({"surface": "slanted", "w": -1.3, "b": 0.9, "alpha_mine": alpha})
    ours = run(RUNNERS[key].rule, small, START, alpha, STEPS)
    assert len(answer["path"]) == STEPS + 1
    np.testing.assert_allclose(answer["path"], ours, rtol=1e-6, atol=1e-9)


# --- what it must show


def test_only_rules_that_scale_each_parameter_mind_the_slant():
    def cost(surface, start):
        arrays = compute(RACE.defaults() | {"surface": surface, "w": start[0], "b": start[1]})
        return dict(zip(arrays["names"], arrays["excess"][:, -1], strict=True))

    along, across = -2.5, 1.0
    straight = cost("ravine", (along, across))
    turned = cost("slanted", (0.8 * along - 0.6 * across, 0.6 * along + 0.8 * across))  # the same point of the ravine
    for name in ("GD", "momentum", "Nesterov"):
        assert turned[name] == pytest.approx(straight[name], rel=1e-3, abs=1e-14)
    for name in ("AdaGrad", "Adam", "Adadelta"):
        assert turned[name] > 5 * straight[name]
    shown = cost("slanted", (RACE.defaults()["w"], RACE.defaults()["b"]))  # what the prediction says
    assert (round(shown["Adam"], 3), float(f"{straight['Adam']:.1e}")) == (0.077, 1.5e-9)
    assert min(shown, key=shown.get) == min(straight, key=straight.get) == "Nesterov"
    assert sorted(shown, key=shown.get)[3:] == ["RMSprop", "Adam", "AdaGrad", "Adadelta"]


def test_descent_diverges_beyond_two_over_the_curvature():
    for alpha, diverges in ((0.03, False), (0.05, True)):
        arrays = compute(RACE.defaults() | {"alpha_gd": alpha})
        assert bool(arrays["diverged"][0]) == diverges
        assert ("Diverged: GD in step 12." in describe(arrays)) == diverges
    assert np.isnan(compute(RACE.defaults() | {"alpha_gd": 0.05})["excess"][0, 12:]).all()


def test_the_sentence_names_leader_last_and_those_who_are_gone():
    arrays = {
        "names": ["GD", "momentum", "Adam"],
        "w": np.zeros((3, 6)),
        "excess": np.array([[1.0] * 6, [2.0] * 6, [0.5] * 6]),
        "diverged": [0, 3, 0],
    }
    said = "After 5 steps Adam leads, 0.5 above the minimum; GD is last, 1 above it. Diverged: momentum in step 3."
    assert describe(arrays) == said
    assert "only Adam is left, 0.5" in describe(arrays | {"diverged": [1, 3, 0]})
    assert "nobody is left. Diverged: GD in step 1, momentum" in describe(arrays | {"diverged": [1, 3, 2]})
    assert "are level, 1 above" in describe(arrays | {"excess": np.ones((3, 6)), "diverged": [0, 0, 0]})
    yours = arrays | {"names": ["GD", "Adam", "yours"], "diverged": [0, 0, 0]}
    assert "yours leads" in describe(yours)
    assert "Yours is number 1 of 3." in describe(yours)


# --- the student's own function


def asked(mine, **values):
    return widget._answered(answering(mine), RACE_WITH_YOURS.defaults() | values)


def test_a_rule_of_ones_own_runs_along():
    for runner in RUNNERS.values():
        answer = asked(runner.rule, alpha_mine=runner.alpha)["answer"]
        arrays = compute(RACE.defaults() | {"steps": 70}, answer)
        assert arrays["names"][-1] == "yours"
        position = arrays["names"].index(runner.name)
        np.testing.assert_array_equal(arrays["w"][-1], arrays["w"][position])
        np.testing.assert_array_equal(arrays["excess"][-1], arrays["excess"][position])
    assert (
        "yours" not in compute(RACE.defaults() | {"surface": "bowl"}, answer)["names"]
    )  # an answer to another question


def test_the_rules_of_deep_networks_run_along_too():
    """One asks for the gradient itself, at the point ahead, where the race's Nesterov stands; one has two averages and no rate."""
    solved = solution("deep_networks")
    answer = asked(solved["update_parameters_with_nesterov"], alpha_mine=0.01)["answer"]
    path = np.array(answer["path"])
    ahead = path[1:] + 0.9 * np.diff(path, axis=0)
    theirs = run(
        RUNNERS["nesterov"].rule, SURFACES["ravine"], (-2.5, 1), 0.1, STEPS
    )  # an average: 0.1 (1 - 0.9) is 0.01
    np.testing.assert_allclose(ahead, theirs[1:], atol=1e-12)
    answer = asked(solved["update_parameters_with_adadelta"])["answer"]
    theirs = run(RUNNERS["adadelta"].rule, SURFACES["ravine"], (-2.5, 1), 1, STEPS)
    np.testing.assert_allclose(answer["path"], theirs, atol=1e-12)
    answer = asked(solved["update_parameters_with_adagrad"], alpha_mine=0.3)["answer"]
    theirs = run(RUNNERS["adagrad"].rule, SURFACES["ravine"], (-2.5, 1), 0.3, STEPS)
    np.testing.assert_allclose(answer["path"], theirs, atol=1e-12)


def test_a_rule_that_diverges_is_no_mistake():
    heard = asked(lambda w, g, state, alpha, t: w - alpha * g, alpha_mine=0.05)
    assert "problem" not in heard
    arrays = compute(RACE.defaults(), heard["answer"])
    assert arrays["diverged"] == [0] * 7 + [12]


def in_place(w, g, state, alpha, t):
    w -= alpha * g
    return w


def counts(w, g, state, alpha, t):
    state["calls"] = state.get("calls", 0) + 1
    print("hello")
    assert state["calls"] == t
    return list(w - alpha * g)


def momentum_with_other_defaults(parameters, grads, v, beta=0.5, learning_rate=0.01):
    v = {name: beta * v[name] + (1 - beta) * grads[name] for name in v}
    return {name: parameters[name] - learning_rate * v["d" + name] for name in parameters}, v


@pytest.mark.parametrize("mine", [in_place, counts, momentum_with_other_defaults])
def test_other_ways_to_write_it_are_fine(mine, capsys):
    heard = [asked(mine, alpha_mine=0.02, steps=steps) for steps in (200, 3, 200)]
    assert heard[0] == heard[1] == heard[2]
    v, w, expected = 0, np.array([-2.5, 1]), []
    beta = 0.5 if mine is momentum_with_other_defaults else 0
    for _ in range(STEPS + 1):
        expected.append(w)
        v = beta * v + (1 - beta) * w * (1, 50)
        w = w - 0.02 * v
    np.testing.assert_allclose(heard[0]["answer"]["path"], expected, atol=1e-12)
    assert capsys.readouterr().out == ""


def broken_in_step_four(w, g, state, alpha, t):
    return w - alpha * g / (4 - t)


def divides(w, g, state, alpha, t):
    return [w[0] / (3 - t), w[1]] if t < 3 else [1 // (3 - t), 0]


def unfinished(parameters, grads, learning_rate):
    raise NotImplementedError


def without_v(parameters, grads, v, beta, learning_rate):
    return parameters


def wrong_name(parameters, grads, learning_rate):
    return {"w1": parameters["W1"]}


def flat(parameters, grads, learning_rate):
    return {"W1": parameters["W1"].ravel(), "b1": parameters["b1"]}


def stands_in_the_way(parameters, grads, v, beta, learning_rate, patience):
    return parameters, v


WRONG = {
    "nan": (broken_in_step_four, ("ValueError: in step 4, it returned [", "inf", "two finite numbers")),
    "error": (divides, ("ZeroDivisionError: in step 3, integer division", "f(w, g, state, alpha, t)")),
    "none": (lambda w, g, state, alpha, t: None, ("ValueError: in step 1, it returned None.", "shape (2,)")),
    "shape": (lambda w, g, state, alpha, t: np.outer(w, w), ("in step 1, it returned an array of shape (2, 2)",)),
    "words": (lambda w, g, state, alpha, t: "ab", ("in step 1, it returned a str", "the new w")),
    "arguments": (lambda w, g: w, ("TypeError: in step 1, ", "takes 2 positional", "f(w, g, state, alpha, t)")),
    "exit": (lambda w, g, state, alpha, t: exit(), ("SystemExit: in step 1",)),
    "no function": (42, ("TypeError: in step 1, 42 is not a callable",)),
    "unwritten": (unfinished, ("NotImplementedError: it is not written yet.",)),
    "v is missing": (without_v, ("TypeError: in step 1, it returned a dict", "must return parameters and v; W1")),
    "shape of W1": (flat, ("ValueError: in step 1, the W1 it returned is an array of shape (2,).",)),
    "name": (wrong_name, ("KeyError: in step 1, there is no W1",)),
    "more arguments": (stands_in_the_way, ("in step 1, ", "missing 1 required positional argument: 'patience'")),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_goes_wrong_becomes_a_sentence_and_the_seven_race_on(case):
    mine, words = WRONG[case]
    heard = asked(mine)
    assert heard["answer"] is None
    assert heard["problem"].startswith("Your function stopped with ")
    assert [word for word in words if word not in heard["problem"]] == []
    assert "Traceback" not in heard["problem"]
    assert len(heard["problem"]) < 400
    assert compute(RACE.defaults(), heard["answer"])["names"] == [runner.name for runner in RUNNERS.values()]


def for_ever(w, g, state, alpha, t):
    while t == 3:
        try:
            sum(range(100))
        except Exception:
            continue
    return w


@pytest.mark.parametrize("sleeps", [False, True])
def test_a_function_without_end_is_stopped(sleeps, monkeypatch):
    monkeypatch.setattr(RACE_MODULE, "SECONDS", 0.3)
    before = threading.active_count()
    heard = asked((lambda w, g, state, alpha, t: time.sleep(1) or w) if sleeps else for_ever)
    step = 1 if sleeps else 3
    assert f"TimeoutError: in step {step}, the 0.3 seconds for all 200 steps were over." in heard["problem"]
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.1)
    assert threading.active_count() <= before  # its thread has ended


def test_race_shows_eight_with_a_function_and_seven_without(monkeypatch):
    from helpers import explorers

    shown = []
    monkeypatch.setattr(explorers, "show", lambda *args, **values: shown.append((args, values)))
    explorers.race(surface="bowl")
    explorers.race(mine=in_place, alpha_mine=0.02)
    assert shown[0] == ((RACE,), {"surface": "bowl"})
    assert shown[1][0] == (RACE_WITH_YOURS,)
    answer, alpha = shown[1][1]["answer"], shown[1][1]["alpha_mine"]
    assert alpha == 0.02
    assert len(answer(RACE_WITH_YOURS.defaults() | {"alpha_mine": alpha})["path"]) == STEPS + 1
    assert [c.name for c in RACE_WITH_YOURS.controls if isinstance(c, Slider)][-1] == "alpha_mine"


# --- in the browser

ANSWER = "([answer, problem]) => listeners['msg:custom']({ kind: 'answer', answer, problem })"


@in_browser
def test_javascript_takes_the_answer_in_as_python_does():
    with explorer_page(RACE_WITH_YOURS, asks=True) as tab:
        for values in ({"surface": "slanted"}, {"steps": 7, "show": "course"}, {"alpha_mine": 3}):
            params = RACE_WITH_YOURS.defaults() | {"alpha_mine": 0.02} | values
            answer = widget._answered(answering(in_place), params)["answer"]
            arrays = compute(params, answer)
            theirs = computed(tab, RACE_WITH_YOURS, params, answer)
            assert arrays["names"][-1] == "yours"
            assert theirs.pop("words") == describe(arrays)
            assert_alike(widget.plain(arrays), theirs)


@in_browser
def test_the_browser_asks_and_shows_the_path_or_what_is_wrong():
    def summary():
        tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return tab.locator(".explorer-summary").text_content()

    with explorer_page(RACE_WITH_YOURS, asks=True) as tab:
        questions = tab.evaluate("heard.filter((message) => message.kind === 'ask')")
        assert [question["params"] for question in questions] == [widget.plain(RACE_WITH_YOURS.defaults())]
        assert "Yours" not in summary()
        good = asked(in_place)
        tab.evaluate(ANSWER, [good["answer"], None])
        assert "Diverged: yours in step 4." in summary()
        tab.get_by_label("α of yours", exact=True).focus()
        tab.keyboard.press("ArrowLeft")
        question = tab.evaluate("heard.at(-1)")
        assert (question["kind"], question["params"]["alpha_mine"]) == ("ask", 0.08)
        bad = asked(broken_in_step_four, alpha_mine=0.01)
        tab.evaluate(ANSWER, [bad["answer"], bad["problem"]])
        assert "Nesterov leads" in summary()
        assert tab.get_by_role("alert").text_content() == bad["problem"]
        good = asked(in_place, alpha_mine=0.02)
        tab.evaluate(ANSWER, [good["answer"], None])
        assert "Yours is number 6 of 8." in summary()
        assert tab.get_by_role("alert").text_content() == ""


@in_browser
def test_the_start_is_dragged_to_where_the_pointer_is():
    with explorer_page(RACE) as tab:
        box = tab.locator("canvas").first.bounding_box()
        tab.mouse.move(box["x"] + 54 + 0.2 * (box["width"] - 66), box["y"] + 12 + 0.5 * (box["height"] - 56))
        tab.mouse.down()
        tab.mouse.move(box["x"] + 54 + 0.75 * (box["width"] - 66), box["y"] + 12 + 0.25 * (box["height"] - 56), steps=4)
        tab.mouse.up()
        tab.wait_for_function("Math.abs(state.params.w - 1.5) < 0.051 && Math.abs(state.params.b - 1) < 0.051")
