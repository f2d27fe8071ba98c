"""Shared by all tests: the published figures, and the functions of the reference solutions."""

import json
import os
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest

from autograde.paths import ROOT, SOLUTIONS
from autograde.script import read_script, solution_namespace

# The original football data, which may not be passed on. Tests that need it skip where neither file is there.
ORIGINALS = (ROOT / "datasets" / "original" / "data.mat", ROOT.parent / "shared" / "data" / "data.mat")
ORIGINAL_FOOTBALL = next((path for path in ORIGINALS if path.exists()), None)


@pytest.fixture(scope="session")
def figures():
    """The figures that the course notes print (`tests/seed_figures.json`), by chapter."""
    return json.loads((Path(__file__).parent / "seed_figures.json").read_text(encoding="utf-8"))


@cache
def solution(assignment: str) -> dict:
    """The names that an assignment's reference solution defines."""
    return solution_namespace(read_script(SOLUTIONS / f"{assignment}.py"))
