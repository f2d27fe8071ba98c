"""Ten clouds: what was recorded lies near what the pictures' digits say, and the share is that of nearest means."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from helpers.data import load_pen
from helpers.explorers.clouds import BATCHES, CLOUDS, LEVELS, SIDE, recorded


def seen(**values):
    return CLOUDS.compute(CLOUDS.defaults() | values)


def test_the_pictures_are_test_pictures_with_their_own_digits():
    data, pen = recorded(), load_pen(SIDE, original=False)
    assert np.bincount(data["digits"]).tolist() == [15] * 10
    for digit in range(10):
        first = data["ink"][int(np.argmax(data["digits"] == digit))]
        picture = np.array([int(figure, 16) for figure in first]) / LEVELS
        distance = np.abs(pen.X_test - picture[:, None]).max(axis=0)
        assert distance.min() <= 0.5 / LEVELS + 1e-9
        assert pen.Y_test[0, int(np.argmin(distance))] == digit


def test_the_share_is_that_of_a_search_for_the_nearest_mean():
    data, arrays = recorded(), seen()
    for t in (0, 7, len(BATCHES) - 1):
        means = cKDTree(np.stack([data["mean_x"][t], data["mean_y"][t]], axis=1))
        _, found = means.query(np.stack([data["x"][t], data["y"][t]], axis=1))
        assert arrays["right"][t] == pytest.approx(100 * np.mean(found == data["digits"]))


def test_ten_clouds_part():
    """In the end a picture lies much closer to its own mean than means lie to each other; at first it does not."""
    data = recorded()

    def looseness(t):
        means = np.stack([data["mean_x"][t], data["mean_y"][t]], axis=1)
        places = np.stack([data["x"][t], data["y"][t]], axis=1)
        own = np.linalg.norm(places - means[data["digits"]], axis=1)
        between = cKDTree(means).query(means, k=2)[0][:, 1]
        return np.median(own) / np.median(between)

    assert looseness(0) > 2
    assert looseness(len(BATCHES) - 1) < 0.5
    right = seen()["right"]
    assert right[0] < 30
    assert right[-1] >= 88


def test_it_says_how_many_of_the_digit_in_hand_are_right():
    arrays = seen(batches=0, digit=7)
    assert CLOUDS.describe(arrays).startswith("Before the first batch")
    assert f"of the 7s it is {arrays['own']} of 15" in CLOUDS.describe(arrays)
    owns = [seen(batches=1000, digit=digit)["own"] for digit in range(10)]
    assert seen(batches=1000)["right"][-1] == pytest.approx(100 * sum(owns) / 150)
