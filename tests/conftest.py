"""Shared by all tests: the published figures, and the functions of the reference solutions."""

import json
import os
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest

from autograde.paths import SOLUTIONS
from autograde.script import read_script, solution_namespace


@pytest.fixture(scope="session")
def figures():
    """The figures that the course notes print (`tests/seed_figures.json`), by chapter."""
    return json.loads((Path(__file__).parent / "seed_figures.json").read_text(encoding="utf-8"))


@cache
def solution(assignment: str) -> dict:
    """The names that an assignment's reference solution defines."""
    return solution_namespace(read_script(SOLUTIONS / f"{assignment}.py"))
