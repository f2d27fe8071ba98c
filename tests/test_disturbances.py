"""Whatever else people do to a notebook, grading gives no less than `check` showed in a real kernel."""

import pytest
from disturbances import A, less_than_shown

from autograde.judging.notebook_run import Rules
from autograde.judging.tiers import Isolation, limits_for


@pytest.fixture(scope="module")
def isolation():
    isolation = Isolation("fork", [A], limits_for(Rules()))
    yield isolation
    isolation.close()


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_grading_gives_no_less_than_check_showed(isolation, first):
    """60 of the 200 that were tried; the others by tests/disturbances.py."""
    assert [said for seed in range(first, first + 10) if (said := less_than_shown(seed, isolation))] == []
