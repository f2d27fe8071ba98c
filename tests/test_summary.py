"""What the terminal shows at the end: tables that fit it, and all of them where there is no terminal."""

import pytest

from autograde.running.summary import print_table

NAMES = [f"assignment_{i}" for i in range(11)]
TABLE = [["student", *NAMES], ["ada", *map(str, range(11))], ["a long name", *["100"] * 11]]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_table_wider_than_the_terminal_comes_in_several_each_with_the_students(columns, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    print_table(TABLE)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    heads = [line.split() for line in lines if line.startswith("student")]
    assert len(heads) > 1
    assert [name for _, *names in heads for name in names] == NAMES
    assert [cell for line in lines if line.startswith("ada") for cell in line.split()[1:]] == TABLE[1][1:]


def test_in_a_file_it_is_one_table(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    print_table(TABLE)
    assert len(capsys.readouterr().out.splitlines()) == 4
