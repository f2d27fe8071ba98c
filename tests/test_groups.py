"""Right answers by group, and their intervals; the oracle of these is SciPy."""

import numpy as np
import pytest
from scipy.stats import binomtest

from helpers.groups import Group, by_group, wilson_interval
from helpers.plots import new_axes, plot_groups, plot_maps, plot_probabilities


@pytest.mark.parametrize(("right", "total"), [(18, 18), (0, 18), (17, 24), (1, 1), (118, 120), (434, 868)])
def test_the_interval_is_that_of_wilson(right, total):
    expected = binomtest(right, total).proportion_ci(method="wilson")
    assert wilson_interval(right, total) == pytest.approx((expected.low, expected.high), abs=1e-4)  # 1.96 is rounded


@pytest.mark.parametrize(("right", "total"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(right, total):
    with pytest.raises(ValueError, match=f"{right} of {total} is no share"):
        wilson_interval(right, total)


def test_groups_are_counted():
    right = np.array([True, False, True, True, False])
    people = np.array([7, 7, 7, 2, 3])
    assert by_group(right, ["b", "a", "a", "b", "b"], people) == [Group("a", 1, 2, 1), Group("b", 2, 3, 3)]


GROUPS = {
    "one": [Group("left", 3, 4, 1), Group("right", 10, 10, 2)],
    "two": [Group("left", 4, 4, 1), Group("right", 0, 10, 2)],
}


def test_groups_are_drawn_with_their_intervals_and_said(capsys):
    ax = new_axes()
    plot_groups(GROUPS, ax)
    (ends,) = ax.containers[0].lines[2]  # the first net's error bars
    drawn = [sorted(path[:, 0]) for path in ends.get_segments()]
    np.testing.assert_allclose(drawn, [wilson_interval(3, 4), wilson_interval(10, 10)], atol=1e-12)
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "left\n4 pictures, 1 person",
        "right\n10 pictures, 2 people",
    ]
    said = capsys.readouterr().out
    assert " ".join(said.splitlines()[0].split()) == "left one 3 of 4, 30% to 95%; two 4 of 4, 51% to 100%."
    assert ax.figure.description.count("of  10") == 2
    assert len({container.lines[0].get_marker() for container in ax.containers}) == 2  # colour is not the only cue


def test_probabilities_of_several_nets_stand_side_by_side(capsys):
    plot_probabilities(np.zeros((2, 2, 3), np.uint8), {"dense": [0.7, 0.3], "other": [0.1, 0.9]}, [0, 1])
    said = capsys.readouterr().out
    assert "The answer of dense is 0, with a probability of 70%." in said
    assert "The answer of other is 1, with a probability of 90%." in said


def test_maps_say_how_many_are_narrow(capsys):
    maps = np.zeros((10, 10, 3))
    maps[:, 0, 0] = 1  # an edge
    maps[..., 1] = 2  # all
    plot_maps(np.zeros((4, 4, 3), np.uint8), maps)
    assert "the maps of 3 filters" in (said := capsys.readouterr().out)
    assert "2 of them in less than a fifth of the picture, as along edges, 1 in more." in said
