"""Attempts in their folders: one counts, none is lost, and whoever is stopped between two steps goes on from there."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from kept_verdicts import change

from autograde.course import this_course
from autograde.judging.submission import Submission
from autograde.records.attempts import Attempts, attempt_at
from autograde.records.class_folder import ClassFolder
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Row, SubmissionResult
from autograde.running.basis import Run
from autograde.running.class_run import ClassRun
from autograde.running.request import Request, Result

A = this_course().assignments[0]
KEY = ("ada", A)
ONE, TWO = "20311001T120000.000000-a", "20311001T130000.000000-b"


def write_files(folder, words):
    for path in (folder.submitted(*KEY), folder.autograded(*KEY), folder.page(*KEY)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)


def write_verdict(attempts, attempt, aside="", score=1.0):
    decided = SubmissionResult([Row(*KEY, "q", score, 2.0, "graded")], executed=True, attempt=attempt)
    VerdictFile(attempts.folder(*KEY)).write(Submission(*KEY), "print", decided, aside=aside)


def all_of(attempts):
    return [(*key, attempt) for *key, attempt, _ in VerdictFile(attempts.folder(*KEY)).attempts()]


def files_of(folder):
    return {path.read_text() for path in (folder.submitted(*KEY), folder.autograded(*KEY), folder.page(*KEY))}


@pytest.fixture
def attempts(tmp_path):
    """Of a student of whom the first attempt counts, and the second is executed and has no verdict yet."""
    attempts = Attempts(ClassFolder(tmp_path))
    write_files(attempts.folder(*KEY), "one")
    write_verdict(attempts, ONE)
    write_files(attempts.folder(*KEY, TWO), "two")
    return attempts


def test_the_names_of_attempts_sort_as_their_times_do():
    noon = datetime(2031, 10, 1, 12)
    assert attempt_at(noon) == "20311001T120000.000000"
    assert attempt_at(noon.replace(tzinfo=timezone(timedelta(hours=2)))) == "20311001T100000.000000"
    times = [noon + timedelta(seconds=s) for s in (0, 0.5, 59, 3600, 1e6, 1e8)]
    assert sorted(map(attempt_at, times)) == [attempt_at(time.replace(tzinfo=UTC)) for time in times]


def test_one_takes_the_place_of_another_which_is_kept(attempts):
    attempts.put_in_place(KEY, TWO)
    write_verdict(attempts, TWO)
    attempts.remove_emptied(KEY, TWO)
    assert files_of(attempts.folder(*KEY)) == {"two"}
    assert files_of(attempts.folder(*KEY, ONE)) == {"one"}
    assert attempts.judged(KEY, ONE).attempt == ONE
    assert attempts.judged(KEY, TWO) == attempts.counting(KEY)
    assert sorted(all_of(attempts)) == [(*KEY, ONE), (*KEY, TWO)]
    assert not attempts.folder(*KEY, TWO).root.exists()


@pytest.mark.parametrize("steps", range(1, 10))
def test_whoever_is_stopped_at_any_step_goes_on_and_loses_nothing(attempts, steps, monkeypatch):
    """After each of its renames and writes in turn: the same is begun once more, with the second attempt judged again."""
    done = 0

    class Stopped(Exception):
        pass

    def counted(plain):
        def step(*args):
            nonlocal done
            done += 1
            if done > steps:
                raise Stopped
            return plain(*args)

        return step

    with monkeypatch.context() as patched:
        patched.setattr(Attempts, "_rename", counted(Attempts._rename))
        patched.setattr(VerdictFile, "keep_aside", counted(VerdictFile.keep_aside))
        try:
            attempts.put_in_place(KEY, TWO)
        except Stopped:
            pass
        else:
            assert done <= steps
    assert attempts.counting(KEY).attempt == ONE, "the verdict of the second is still to be written"
    write_files(attempts.folder(*KEY, TWO), "two")  # it is judged again
    attempts.put_in_place(KEY, TWO)
    write_verdict(attempts, TWO)
    assert files_of(attempts.folder(*KEY)) == {"two"}
    assert files_of(attempts.folder(*KEY, ONE)) == {"one"}
    assert attempts.judged(KEY, ONE).attempt == ONE


@pytest.mark.parametrize(
    ("counts", "one", "other", "expected"),
    [
        ("last", (TWO, 1.0, True), (ONE, 2.0, True), True),
        ("last", (ONE, 2.0, True), (TWO, 1.0, True), False),
        ("best", (TWO, 1.0, True), (ONE, 2.0, True), False),
        ("best", (ONE, 2.0, True), (TWO, 1.0, True), True),
        ("best", (TWO, 2.0, True), (ONE, 2.0, True), True),
        ("last", (TWO, 0.0, False), (ONE, 0.0, True), False),
        ("last", (ONE, 0.0, True), (TWO, 0.0, False), True),
        ("last", (TWO, 0.0, False), (ONE, 0.0, False), True),
        ("best", ("", 0.0, True), (ONE, 2.0, True), True),
        ("last", (ONE, 0.0, False), None, True),
    ],
)
def test_which_of_two_counts(tmp_path, counts, one, other, expected):
    def result(given):
        attempt, score, executed = given
        return SubmissionResult([Row(*KEY, "q", score, 2.0, "graded")], executed=executed, attempt=attempt)

    run = ClassRun(Request(tmp_path, tmp_path, 1), Run("in", 0, counts=counts), Result([], 0), None)
    assert run._counts(result(one), result(other) if other else None) is expected


def test_work_of_versions_without_attempts_is_kept_by_the_time_of_its_verdict(attempts):
    write_verdict(attempts, "")
    attempts.put_in_place(KEY, TWO)
    write_verdict(attempts, TWO)
    ((_, _, kept),) = [found for found in all_of(attempts) if found[2] != TWO]
    assert kept.startswith("20")
    assert files_of(attempts.folder(*KEY, kept)) == {"one"}


def test_an_attempt_that_is_put_aside_keeps_the_time_at_which_it_was_judged(attempts):
    """By which the limit of an hour goes after a restart; what an attempt's name says is what the student claimed."""
    verdicts = VerdictFile(attempts.folder(*KEY))
    change(attempts.folder(*KEY).root, "ada", judged=1e9)
    assert list(verdicts.attempts()) == [(*KEY, ONE, 1e9)]
    attempts.put_in_place(KEY, TWO)
    write_verdict(attempts, TWO)
    when = {attempt: judged for *_, attempt, judged in verdicts.attempts()}
    assert when.keys() == {ONE, TWO}
    assert when[ONE] == 1e9
    assert when[TWO] > 1.7e9
    assert [attempt for *_, attempt, _ in verdicts.attempts(since=1.1e9)] == [TWO]


def test_what_was_begun_and_never_judged_goes_and_what_is_on_its_way_aside_stays(attempts):
    """A service was killed, and the file in its inbox is another by now."""
    write_files(attempts.folder(*KEY, ONE), "one")
    attempts.remove_unfinished()
    assert files_of(attempts.folder(*KEY, ONE)) == {"one"}
    assert not attempts.folder(*KEY, TWO).root.exists()
    write_files(attempts.folder(*KEY, TWO), "two")
    write_verdict(attempts, TWO, aside=TWO)
    attempts.remove_unfinished()
    assert files_of(attempts.folder(*KEY, TWO)) == {"two"}
