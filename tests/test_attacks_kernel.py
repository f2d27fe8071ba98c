"""The list of attacks on `course grade --tier kernel`: the first of each line, and which lines this tier does not hold.

docs/security.md names what gets through.
"""

import pytest
from attacks import ATTACKS
from test_attacks import LEAK, assert_it_comes_out_as_it_should, grade_attacks, texts

FIRST = [next(attack for attack in ATTACKS if attack.number == line) for line in range(1, 41)]
# All questions share a kernel: who spoils it, or floods it on a busy machine, spoils the questions beside, of the same notebook.
NOT_HELD = {15, 16, 35}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    return grade_attacks(tmp_path_factory.mktemp("kernels"), FIRST, "kernel")


def holds(attack, ran) -> bool:
    try:
        assert_it_comes_out_as_it_should(attack, ran)
    except AssertionError:
        return False
    return True


def test_all_lines_hold_but_those_that_the_security_page_names(ran):
    assert {attack.number for attack in FIRST if not holds(attack, ran)} <= NOT_HELD


def test_honest_neighbours_get_all_their_points(ran):
    rows = [row for (student, _), rows in ran.rows.items() if student in ("ada", "zoe") for row in rows]
    assert rows
    assert [row for row in rows if row["status"] != "graded" or row["score"] != row["max_score"]] == []


def test_nothing_out_of_reach_was_reached(ran):
    assert ran.seen == []
    assert LEAK not in ran.said
    assert [path for path, content in texts(ran.out) if LEAK.encode() in content] == []
