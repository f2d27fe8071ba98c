"""What to keep of a net: the explorer shows the table as it was measured, and a row of it can be measured again."""

import numpy as np
import pytest

from helpers import reuse
from helpers.data import load_pen
from helpers.explorers.explorer import to_decimals
from helpers.explorers.transplant import TRANSPLANT, measured


def seen(**values):
    return TRANSPLANT.compute(TRANSPLANT.defaults() | values)


def test_the_table_has_every_setting_of_the_controls_and_nothing_else():
    asked = {
        (digits, others, kept, frozen, per_class)
        for digits in ("pen", "handwriting")
        for others in ("new", "dropped")
        for kept in range(6 if others == "new" else 5)
        for frozen in range(kept + 1)
        for per_class in (5, 20, 100)
    }
    assert {" ".join(map(str, row)) for row in asked} == set(measured())
    assert all(len(values) == 5 and 20 < min(values) <= max(values) < 100 for values in measured().values())


def test_the_figures_of_the_explanation():
    right = {
        (kept, frozen): seen(kept=kept, frozen=frozen)["mean"][frozen] for kept, frozen in ((5, 5), (0, 0), (5, 0))
    }
    assert [round(value) for value in right.values()] == [76, 84, 86]
    gains = [seen(digits="handwriting", kept=5, per_class=n) for n in (5, 20, 100)]
    assert all(arrays["mean"].max() < arrays["mean_scratch"] + 1 for arrays in gains)  # nothing gains a point
    assert all((np.diff(arrays["mean"]) < 0).all() for arrays in gains)  # and each frozen layer costs
    few = seen(kept=5, per_class=5)["mean"]
    assert few.max() - few.min() < 3


@pytest.mark.parametrize("kept", range(6))
def test_no_more_layers_are_frozen_than_are_kept_and_the_net_says_which_is_what(kept):
    for frozen in range(6):
        arrays = seen(kept=kept, frozen=frozen)
        assert arrays["frozen"] == min(frozen, kept)
        assert arrays["layers"].count("old, frozen") == min(frozen, kept)
        assert arrays["layers"].count("old, trained") == kept - min(frozen, kept)
        assert len(arrays["layers"]) == 6
    assert len(seen(kept=kept, dropped=True)["layers"]) == (6 if kept == 5 else kept + 1)


def test_the_spread_is_that_of_a_sample():
    arrays = seen(kept=3, frozen=1, per_class=20)
    assert arrays["spread"] == pytest.approx(np.std(measured()["pen new 3 1 20"], ddof=1))
    assert f"± {to_decimals(arrays['spread'], 1)} %" in TRANSPLANT.describe(arrays)


def test_a_row_comes_out_again():
    """On another machine sums may be taken in another order, and a picture or two of a thousand turn."""
    pen = load_pen(14, original=False)
    old = reuse.first_net(pen.X_train.astype(np.float32), pen.Y_train[0], seed=2)
    found = reuse.transplant_percent(pen, old, kept=5, frozen=5, per_class=20, seed=2)
    assert found == pytest.approx(measured()["pen new 5 5 20"][1], abs=1.5)
