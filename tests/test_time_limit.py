"""A time limit counts what a piece of work has used, and not that others kept it waiting."""

import itertools
import os
import time

import pytest

from checking import time_limit as module
from checking.time_limit import PATIENCE, time_limit


class Stopped(Exception):
    pass


def looks_of(monkeypatch, idle):
    """How often a sleeping piece of work is looked at until it is stopped, on a machine that has so many idle processors."""
    began, looks = time.monotonic(), itertools.count()
    monkeypatch.setattr(module, "LOOK", 0.02)

    def idle_seconds():
        next(looks)
        return None if idle is None else idle * (time.monotonic() - began)

    monkeypatch.setattr(module, "idle_seconds", idle_seconds)
    with pytest.raises(Stopped), time_limit(0.1, Stopped()) as alarm:
        time.sleep(10)
    assert alarm.rang
    return next(looks)


def test_what_sleeps_while_processors_are_idle_is_stopped_at_the_second_look(monkeypatch):
    assert looks_of(monkeypatch, idle=1) == 2


def test_what_may_have_had_to_wait_is_given_more_time_and_not_for_ever(monkeypatch):
    began = time.monotonic()
    assert looks_of(monkeypatch, idle=0) <= 2 + 0.1 * (PATIENCE - 1) / 0.02, "fewer where this machine is busy"
    assert time.monotonic() - began >= 0.1 * PATIENCE


def test_where_nobody_knows_how_busy_the_machine_is_the_clock_alone_counts(monkeypatch):
    assert looks_of(monkeypatch, idle=None) == 1


def test_what_has_used_its_seconds_is_stopped_however_busy_the_machine_is(monkeypatch):
    monkeypatch.setattr(module, "idle_seconds", lambda: 0.0)
    monkeypatch.setattr(module, "computed_seconds", time.monotonic)
    with pytest.raises(Stopped), time_limit(0.05, Stopped()) as alarm:
        time.sleep(10)
    assert alarm.rang


def test_what_the_system_does_for_a_piece_of_work_is_none_of_its_seconds(monkeypatch):
    monkeypatch.setattr(module, "idle_seconds", lambda: 0.0)
    monkeypatch.setattr(module, "LOOK", 0.02)
    monkeypatch.setattr(os, "times", lambda: os.times_result((1.0, time.monotonic(), 0.0, 0.0, time.monotonic())))
    with time_limit(0.1, Stopped()) as alarm:
        time.sleep(0.2)
    assert not alarm.rang


def test_a_block_that_ends_in_time_is_left_alone():
    with time_limit(10, Stopped()) as alarm:
        pass
    assert not alarm.rang


def test_idle_seconds_grow_by_what_the_processors_do_not_do():
    before = module.idle_seconds()
    if before is None:
        pytest.skip("this system does not say how busy it is")
    assert before > 0
    assert module.idle_seconds() >= before
