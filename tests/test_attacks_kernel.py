"""The list of attacks on `course grade --tier kernel`: the first of each line."""

import pytest
from attacks import ATTACKS
from test_attacks import LEAK, assert_it_comes_out_as_it_should, grade_attacks, texts

FIRST = [next(attack for attack in ATTACKS if attack.number == line) for line in range(1, 41)]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    return grade_attacks(tmp_path_factory.mktemp("kernels"), FIRST, "kernel")


@pytest.mark.parametrize("attack", FIRST, ids=lambda attack: f"{attack.number}-{attack.name}")
def test_every_line_comes_out_as_the_list_says(ran, attack):
    assert_it_comes_out_as_it_should(attack, ran)


def test_honest_neighbours_get_all_their_points(ran):
    rows = [row for (student, _), rows in ran.rows.items() if student in ("ada", "zoe") for row in rows]
    assert rows
    assert [row for row in rows if row["status"] != "graded" or row["score"] != row["max_score"]] == []


def test_nothing_out_of_reach_was_reached(ran):
    assert ran.seen == []
    assert LEAK not in ran.said
    assert [path for path, content in texts(ran.out) if LEAK.encode() in content] == []
