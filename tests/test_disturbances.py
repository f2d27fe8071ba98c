"""Whatever else people do to a notebook, grading gives no less than `check` showed in a real kernel."""

import pytest
from disturbances import less_than_shown
from warm import FOR_KERNELS, kernels_of, warm

from autograde.course import this_course
from autograde.judging.notebook_run import Rules
from autograde.judging.tiers import Isolation, limits_for


@pytest.fixture(scope="module")
def isolation():
    isolation = Isolation("fork", list(this_course().assignments), limits_for(Rules()))
    yield isolation
    isolation.close()


@pytest.fixture(scope="module")
def kernels():
    with warm(*FOR_KERNELS) as python:
        yield {"kernel_manager_class": kernels_of(python)}


@pytest.mark.parametrize("first", range(0, 48, 8))
def test_grading_gives_no_less_than_check_showed(isolation, kernels, first):
    """48 of the 200 that were tried; the others by tests/disturbances.py."""
    assert [said for seed in range(first, first + 8) if (said := less_than_shown(seed, isolation, **kernels))] == []


@pytest.mark.parametrize("assignment", ["initialization", "foundations", "softmax_batch_norm", "hyperparameters"])
def test_nor_does_it_in_other_notebooks(isolation, kernels, assignment):
    """One of those that were tried in each, another in every one, in notebooks whose demonstrations take less than a minute.

    foundations needs TensorFlow. The others by tests/disturbances.py.
    """
    assert less_than_shown(100 + this_course().assignments.index(assignment), isolation, assignment, **kernels) == ""
