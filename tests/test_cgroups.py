"""Control groups of boxes: what is in memory and belongs to no process is counted too, and nothing is left behind."""

import os
from pathlib import Path

import pytest

from autograde.sandbox import cgroups
from autograde.sandbox.box import Limits
from autograde.sandbox.cgroups import PREFIX, CgroupPlace, Group, NoGroups, find_place, remove_forsaken
from autograde.sandbox.client import Box, BoxDied, ForkServer


@pytest.fixture(scope="module")
def place():
    try:
        return find_place()
    except NoGroups as why:
        pytest.skip(f"no control groups for boxes here: {why}")


@pytest.fixture(scope="module")
def server():
    started = ForkServer(["checking.check"])
    yield started
    started.close()


FILES = """
for folder in ("/tmp", "/box", "/dev/shm"):
    with open(folder + "/file", "wb") as file:
        for _ in range(60):
            file.write(b"x" * (1 << 20))
"""
PROCESSES = """
import os, time
for _ in range(5):
    if not os.fork():
        kept = bytearray(b"x") * (40 << 20)
        time.sleep(20)
while True:
    time.sleep(1)
"""


@pytest.mark.parametrize("source", [FILES, PROCESSES], ids=["files in memory", "processes"])
def test_all_memory_of_a_box_is_counted(place, server, source):
    box = Box(server.control.fileno(), Limits(memory_mb=50), place)
    with pytest.raises(BoxDied, match="50 MB"):
        list(box.run_cells([source], 20))
    box.close()


def test_the_same_is_nothing_to_a_box_that_may_have_it(place, server):
    box = Box(server.control.fileno(), Limits(memory_mb=400), place)
    (said,) = box.run_cells([FILES + "print('written')"], 20)
    assert [output["text"] for output in said["outputs"]] == ["written\n"]
    box.close()


def test_a_group_goes_when_what_was_in_it_has_ended(place, server):
    def ours():
        return sorted(Path(place.folder).glob(f"{PREFIX}{os.getpid()}-*"))

    before = ours()
    box = Box(server.control.fileno(), Limits(), place)
    list(box.run_cells(["1"], 20))
    assert len(ours()) == len(before) + 1
    box.close()
    cgroups._sweep_at_the_end()
    assert not set(ours()) - set(before)


def test_groups_of_processes_that_were_killed_are_removed(place):
    forsaken = Path(place.folder, f"{PREFIX}{2**22 + 5}-1")  # no process has this number
    forsaken.mkdir()
    kept = Group(place, Limits())
    remove_forsaken(place)
    assert not forsaken.exists()
    assert kept.peak() >= 0
    kept.close()


def test_where_none_can_be_made_it_is_said_why(tmp_path):
    with pytest.raises(OSError, match="descent"):
        Group(CgroupPlace(str(tmp_path / "nothing" / "there"), 1), Limits())


def test_version_2_needs_the_memory_controller(tmp_path):
    (tmp_path / "cgroup.controllers").write_text("cpu pids\n")
    with pytest.raises(OSError, match="does not count memory"):
        cgroups._delegated(tmp_path)


def test_in_version_2_the_grader_moves_into_a_leaf_and_its_workers_find_the_same_place(tmp_path):
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    (tmp_path / "cgroup.procs").write_text("")
    (tmp_path / "cgroup.subtree_control").write_text("")
    found = cgroups._delegated(tmp_path)
    assert (found.folder, found.version) == (str(tmp_path), 2)
    assert (tmp_path / cgroups.LEAF).is_dir()
    (tmp_path / cgroups.LEAF / "cgroup.controllers").write_text("memory\n")
    assert cgroups._delegated(tmp_path / cgroups.LEAF).folder == str(tmp_path)
