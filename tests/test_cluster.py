"""Other machines judge: what comes back is what one machine would have said, whatever goes wrong on the way, and no object."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from pathlib import Path

import nbformat
import psutil
import pytest
from dask_machines import Machines, certificates, end, family, free_port
from small_course import ENVIRONMENT, RIGHT, A, course, make, work_of
from waiting import wait_until

from autograde.judging.notebook_run import Rules
from autograde.results import Answer, Execution, Job
from autograde.running.basis import CannotGrade
from autograde.running.bench import Bench, Terms
from autograde.running.cluster import require_not_open, require_reachable
from autograde.running.identity import differences
from autograde.running.parcels import NoParcel, Reply, pack, pack_job, unpack_job, unpack_reply
from autograde.running.request import Cluster

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="machines are played by processes of Linux")

POINTS = {"predict": 50.0, "squared_loss": 50.0}
CODE = (RIGHT, RIGHT | {"predict": "return w * x - b"}, {})
MANY = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The course, with a class of a few and a class of many, and both as graded here."""
    folder = make(tmp_path_factory.mktemp("cluster") / "c")
    texts = [nbformat.writes(work_of(folder, code)) for code in CODE]
    for name, students in (("few", 6), ("many", MANY)):
        for i in range(students):
            path = folder / name / f"student{i}" / A / f"{A}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(texts[i % len(texts)], encoding="utf-8")
        (folder / name / "student0" / A / "timestamp.txt").write_text("2031-10-01 12:00:00.000000 UTC")
        course("grade", name, "--out", f"{name} here", "--seed", 5, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def machines(made, tmp_path_factory):
    """A scheduler and two workers, each with a copy of the course."""
    here = Machines(tmp_path_factory.mktemp("machines"), made)
    try:
        here.start_scheduler()
        for name in ("one", "two"):
            here.add(name, course=copy_of(made, here.folder / name / "course"))
        yield here.ready(2)
    finally:
        here.close()


@pytest.fixture
def lonely(made, tmp_path):
    """A scheduler without workers."""
    here = Machines(tmp_path / "machines", made)
    try:
        yield here.start_scheduler()
    finally:
        here.close()


def copy_of(made: Path, to: Path) -> Path:
    return shutil.copytree(made, to, ignore=shutil.ignore_patterns("few*", "many*", "OUT*"))


def begin(made: Path, submissions: str, out: Path, address: str, *words: str, **environment: str) -> subprocess.Popen:
    """`course grade` on a cluster, as a process."""
    command = [sys.executable, "-m", "autograde", "grade", submissions, "--out", str(out), "--seed", "5"]
    return subprocess.Popen(
        [*command, "--cluster", address, *words],
        cwd=made,
        env=ENVIRONMENT | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen, seconds: float = 150) -> str:
    """What it said; ended if it takes longer."""
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        end(process)
        raise AssertionError(process.communicate()[0]) from None


def graded(made: Path, submissions: str, out: Path, address: str, *words: str, **environment: str) -> str:
    process = begin(made, submissions, out, address, *words, **environment)
    said = ended(process)
    assert process.returncode == 0, said
    return said


def assert_as_here(made: Path, submissions: str, out: Path) -> None:
    """Byte for byte."""
    here = made / f"{submissions} here"
    assert (out / "grades.csv").read_bytes() == (here / "grades.csv").read_bytes()
    for folder in ("autograded", "feedback", "submitted"):
        paths = sorted(path.relative_to(here) for path in (here / folder).rglob("*") if path.is_file())
        assert paths
        assert [path for path in paths if (out / path).read_bytes() != (here / path).read_bytes()] == []


def test_a_class_comes_back_as_one_machine_would_have_it(made, machines, tmp_path):
    said = graded(made, "few", tmp_path / "out", machines.address, "--tier", "fork")
    assert_as_here(made, "few", tmp_path / "out")
    assert f"Isolation: fork, on the workers at {machines.address}" in said
    again = graded(made, "few", tmp_path / "again", str(machines.folder / "scheduler.json"))
    assert_as_here(made, "few", tmp_path / "again")
    left = [path for name in ("one", "two") for path in (machines.folder / name / "scratch").rglob("judging-*")]
    assert wait_until(lambda: not any(path.exists() for path in left)), "workers keep nothing of a class that is done"


def test_local_workers_can_be_tried(made, tmp_path):
    graded(made, "few", tmp_path / "out", "local:1")
    assert_as_here(made, "few", tmp_path / "out")
