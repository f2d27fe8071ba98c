"""What the executor makes of submissions that run out of time beside others, and of workers that end over them."""

import json
import subprocess
import sys

import pytest

from autograde.course import ENGINE
from autograde.results import Job
from autograde.running.runner import LocalWorkers, SourceEnded

# A worker that notes what runs beside what it runs, and does as the student's name says.
WORKER = """
import json, os, sys, time
folder = sys.argv[1]
for line in sys.stdin:
    student = json.loads(line)["student"]
    open(f"{folder}/running-{student}", "w").close()
    time.sleep(0.1)
    beside = sorted(name for name in os.listdir(folder) if name.startswith("running-") and name != f"running-{student}")
    with open(f"{folder}/log", "a") as log:
        log.write(json.dumps([student, beside]) + "\\n")
    tries = sum(json.loads(entry)[0] == student for entry in open(f"{folder}/log"))
    if student.startswith("deadly"):
        os.remove(f"{folder}/running-{student}")
        os._exit(1)
    if student.startswith("unlucky") and tries == 1:
        os.remove(f"{folder}/running-{student}")
        os._exit(1)
    starved = student.startswith("slow") and (tries == 1 or student == "slow for ever")
    answer = {"question": "q", "score": 0.0 if starved else 1.0, "status": "timeout" if starved else "graded", "cause": {}}
    os.remove(f"{folder}/running-{student}")
    print(json.dumps({"answers": [answer], "failure": None, "seconds": 1.0, "starved": starved}), flush=True)
"""


def worker(folder):
    command = [sys.executable, "-c", WORKER, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def executor(tmp_path):
    workers = LocalWorkers(lambda: worker(tmp_path), 2, 60)
    yield workers
    workers.close()


def log(folder):
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def test_what_ran_out_of_time_is_run_again_alone_and_that_counts(executor, tmp_path):
    students = ["a", "slow", "b", "slow for ever", "c", "d"]
    for student in students:
        executor.submit(Job(student, "x"))
    found = {execution.job.student: execution for execution in executor.collect()}
    assert sorted(found) == sorted(students)
    assert found["slow"].answers[0].status == "graded"
    assert found["slow for ever"].answers[0].status == "timeout", "it has had its second try"
    assert found["slow"].seconds == 2.0, "both tries"
    again = [beside for student, beside in log(tmp_path) if student.startswith("slow")][2:]
    assert again == [[], []], "nothing ran beside them then"
    assert [student for student, _ in log(tmp_path)].count("a") == 1


def test_a_worker_that_ends_costs_only_the_submission_over_which_it_ends_when_alone(executor, tmp_path):
    for student in ("a", "deadly", "unlucky", "b"):
        executor.submit(Job(student, "x"))
    found = {execution.job.student: execution for execution in executor.collect()}
    assert {student: execution.failure and execution.failure[0] for student, execution in found.items()} == {
        "a": None,
        "b": None,
        "unlucky": None,
        "deadly": "error",
    }
    assert [student for student, _ in log(tmp_path)].count("deadly") == 2


def test_workers_that_have_begun_before_do_the_work_and_end_with_the_others(tmp_path):
    begun = [worker(tmp_path) for _ in range(2)]
    workers = LocalWorkers(lambda: pytest.fail("a third one is started"), 2, 60, begun=begun)
    for student in "abcd":
        workers.submit(Job(student, "x"))
    assert {execution.failure for execution in workers.collect()} == {None}
    workers.close()
    assert None not in [process.poll() for process in begun]


def test_no_job_suffers_from_workers_that_were_ended_while_they_had_nothing_to_do(tmp_path):
    begun = [worker(tmp_path) for _ in range(3)]
    workers = LocalWorkers(lambda: worker(tmp_path), 2, 60, begun=begun)
    for process in begun:
        process.kill()
        process.wait()
    workers.submit(Job("a", "x"))
    assert [execution.failure for execution in workers.collect()] == [None]
    workers.close()


def test_a_job_whose_worker_is_ended_as_it_begins_gets_another(tmp_path):
    tries = iter([SourceEnded, SourceEnded])

    def start():
        for error in tries:
            raise error
        return worker(tmp_path)

    workers = LocalWorkers(start, 2, 60)
    for student in "ab":
        workers.submit(Job(student, "x"))
    assert {execution.job.student: execution.failure for execution in workers.collect()} == {"a": None, "b": None}
    workers.close()


def test_a_worker_starts_without_nbgrader_and_its_database():
    code = "import sys, autograde.running.worker\nprint(sorted({'nbgrader', 'sqlalchemy', 'alembic'} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ENGINE)
    assert said.stdout == "[]\n"  # they take longer to import than a notebook to judge


def test_nobody_who_has_more_to_hand_out_waits_for_a_second_try(executor):
    executor.submit(Job("slow", "x"))
    while not executor._for_later:
        assert list(executor.collect(0)) == []
    executor.submit(Job("a", "x"))
    assert [execution.job.student for execution in executor.collect()] == ["a", "slow"]
