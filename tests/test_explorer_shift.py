"""The explorer of a batch as a row of dots: against differences, TensorFlow's batch norm, and what its words promise."""

import shutil

import numpy as np
import pytest
from browser import CHROMIUM
from explorer_page import explorer_page

from helpers.explorers.shift import EPSILON, RUNNING, SHIFT, compute, statistics

DEFAULTS = SHIFT.defaults()


def computed(**values):
    return compute(DEFAULTS | values)


def moved(held, by, **values):
    """What leaves when the dot in hand is moved."""
    return computed(**values, held=held, **{f"z{held}": (DEFAULTS | values)[f"z{held}"] + by})["out"]


@pytest.mark.parametrize("use", [False, True])
@pytest.mark.parametrize(("held", "m"), [(6, 6), (1, 6), (3, 4), (2, 2)])
def test_slopes_are_what_a_small_move_does(held, m, use):
    """By two-sided differences."""
    slopes = computed(held=held, m=m, use=use)["slopes"]
    nudged = (moved(held, 1e-5, m=m, use=use) - moved(held, -1e-5, m=m, use=use)) / 2e-5
    np.testing.assert_allclose(slopes, nudged, atol=1e-8)


def test_what_leaves_is_tensorflows_batch_norm():
    tf = pytest.importorskip("tensorflow")
    z = tf.constant(computed()["z"])
    mean, variance = tf.nn.moments(z, axes=[0])
    theirs = tf.nn.batch_normalization(z, mean, variance, None, None, EPSILON)
    np.testing.assert_allclose(computed()["out"], theirs.numpy(), rtol=1e-12)
    in_use = tf.nn.batch_normalization(z, *tf.constant(RUNNING, z.dtype), None, None, EPSILON)
    np.testing.assert_allclose(computed(use=True)["out"], in_use.numpy(), rtol=1e-12)


def test_in_training_the_others_come_closer_together_and_all_slopes_add_up_to_nothing():
    before, after = computed()["out"][:5], moved(6, 1.0)[:5]
    assert (np.abs(after - before) > 1e-3).all()
    assert (np.diff(after) < np.diff(before)).all()
    assert computed()["slopes"].sum() == pytest.approx(0, abs=1e-12)
    assert SHIFT.prediction.answers[SHIFT.prediction.right] == "they move too, closer together"


def test_in_use_no_other_dot_moves():
    before, after = computed(use=True)["out"], moved(6, 1.0, use=True)
    assert (after[:5] == before[:5]).all()
    assert after[5] - before[5] == pytest.approx(1 / np.sqrt(RUNNING[1] + EPSILON))
    assert statistics(computed()["z"], use=True) == RUNNING


def test_two_dots_leave_at_minus_one_and_one_wherever_they_are():
    for z1, z2 in ((-3, -1.5), (0.1, 4), (-5, 5)):
        a = computed(m=2, z1=z1, z2=z2)
        np.testing.assert_allclose(a["out"], [-1, 1], atol=1e-3)
        np.testing.assert_allclose(a["slopes"], 0, atol=1e-3)


def test_a_hand_that_holds_a_dot_which_is_gone_holds_the_last():
    assert computed(held=6, m=3)["held"] == 2


@pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
def test_a_dot_is_taken_where_the_pointer_is_and_dragged_and_keys_do_the_same():
    with explorer_page(SHIFT) as tab:
        canvas = tab.locator("canvas").first
        box = canvas.bounding_box()
        width = box["width"] - 54 - 12  # without the margins of plot.js

        def across(z):
            return box["x"] + 54 + width * (z + 6) / 12

        middle = box["y"] + box["height"] / 2
        tab.mouse.move(across(-1.4), middle)  # dot 2 is at -1.5
        tab.mouse.down()
        tab.mouse.move(across(4), middle)  # over the dots 3 to 6, which stay
        tab.mouse.up()
        tab.wait_for_function("state.params.held === 2 && state.params.z2 === 4")
        others = tab.evaluate("[1, 3, 4, 5, 6].map((i) => state.params[`z${i}`])")
        assert others == [DEFAULTS[f"z{i}"] for i in (1, 3, 4, 5, 6)]
        canvas.focus()
        tab.keyboard.press("ArrowLeft")
        tab.keyboard.press("ArrowUp")
        tab.keyboard.press("Shift+ArrowRight")
        tab.wait_for_function("state.params.held === 3 && state.params.z2 === 3.9 && state.params.z3 === 0")
