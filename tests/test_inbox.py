"""What arrives in an inbox: told once and in full, and only what was its own to hand in."""

import os
import time

import pytest

from autograde.campus import inbox as module
from autograde.campus.handing_back import Outlet
from autograde.campus.inbox import ExchangeInbox, FolderInbox, Refused, copy_of, inbox_at
from autograde.course import this_course

A = this_course().assignments[0]
SECRET = "s" * 128
root_only = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="who gives files away is root")


@pytest.fixture
def settled(monkeypatch):
    """Nothing has to lie still for a while."""
    monkeypatch.setattr(module, "SETTLED", 0.0)


def exchange(tmp_path):
    root = tmp_path / "exchange" / "course" / "inbound"
    root.mkdir(parents=True)
    return inbox_at(root)


def submit(inbox, name, secret=SECRET, text="{}"):
    """As nbgrader does it, in its order."""
    folder = inbox.root / name
    folder.mkdir()
    (folder / f"{A}.ipynb").write_text(text)
    (folder / "timestamp.txt").write_text("2031-10-01 12:00:00.000000 UTC")
    if secret:
        (folder / "submission_secret.txt").write_text(secret)
    return folder


def told(inbox, hints=()):
    return list(inbox.look(hints))


def test_nbgraders_folder_is_known_by_its_name_and_others_are_plain(tmp_path):
    assert isinstance(exchange(tmp_path), ExchangeInbox)
    assert isinstance(inbox_at(tmp_path), FolderInbox)


def test_an_exchange_tells_of_each_submission_once_and_when_it_is_complete(tmp_path):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x1Y-_z", secret="")
    assert told(inbox) == []
    (folder / "submission_secret.txt").write_text(SECRET[:100])
    assert told(inbox) == [], "its secret is half-written"
    (folder / "submission_secret.txt").write_text(SECRET)
    (arrival,) = told(inbox)
    assert (arrival.student, arrival.assignment) == ("ada", A)
    assert arrival.attempt.startswith("20311001T120000.000000-")
    assert told(inbox) == []
    inbox.take_later(arrival)
    assert told(inbox) == [arrival]


def test_two_submissions_of_one_moment_are_two_attempts(tmp_path):
    inbox = exchange(tmp_path)
    for chance in ("aaa", "bbb"):
        submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+{chance}")
    assert len({arrival.attempt for arrival in told(inbox)}) == 2


def test_what_old_versions_of_nbgrader_hand_in_without_a_secret_is_taken_after_a_while(tmp_path):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC", secret="")
    assert told(inbox) == []
    before = time.time() - 2 * module.PATIENCE
    os.utime(folder, (before, before))
    assert [arrival.student for arrival in told(inbox)] == ["ada"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ada", "not named as nbgrader"),
        ("ada+optimizers", "not named as nbgrader"),
        ("ada+no_such_thing+2031-10-01 12:00:00.000000 UTC+x", "no assignment of this course"),
        (f"ada+{A}+2031-99-01 12:00:00.000000 UTC+x", "names no time"),
        (f"ada\n+{A}+2031-10-01 12:00:00.000000 UTC+x", "no name of a student"),
    ],
)
def test_what_is_no_submission_is_refused_in_a_line(tmp_path, name, words):
    inbox = exchange(tmp_path)
    submit(inbox, name)
    (said,) = told(inbox)
    assert isinstance(said, Refused)
    assert words in str(said)
    assert "\n" not in str(said)
    assert told(inbox) == []


def test_a_link_in_place_of_a_submission_is_refused(tmp_path):
    inbox = exchange(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (inbox.root / f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x").symlink_to(tmp_path / "elsewhere")
    (said,) = told(inbox)
    assert isinstance(said, Refused)


def test_in_a_folder_what_has_changed_is_another_attempt(tmp_path, settled):
    inbox = FolderInbox(tmp_path)
    path = tmp_path / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    (first,) = told(inbox)
    assert told(inbox) == []
    path.write_text("{ }")
    (second,) = told(inbox)
    assert first.attempt < second.attempt
    assert told(inbox, [path]) == []


def test_a_file_that_is_still_changing_waits_and_one_that_never_ends_is_taken_as_it_is(tmp_path, monkeypatch):
    inbox = FolderInbox(tmp_path)
    path = tmp_path / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    assert told(inbox) == []
    monkeypatch.setattr(module, "ENDLESS", 0.0)
    assert len(told(inbox)) == 1


def test_a_hint_is_about_its_own_student_and_a_look_at_all_finds_what_no_hint_told_of(tmp_path, settled):
    inbox = FolderInbox(tmp_path)
    for student in ("ada", "bob"):
        (tmp_path / student / A).mkdir(parents=True)
        (tmp_path / student / A / f"{A}.ipynb").write_text("{}")
    assert [arrival.student for arrival in told(inbox, [tmp_path / "bob" / A])] == ["bob"]
    assert [arrival.student for arrival in told(inbox)] == ["ada"]


def test_a_copy_has_the_notebooks_and_nbgraders_files_and_follows_no_link(tmp_path):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x", text='{"a": 1}')
    (folder / "notes.txt").write_text("mine")
    (arrival,) = told(inbox)
    assert copy_of(arrival, inbox, tmp_path / "copy") == [f"{A}.ipynb"]
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [
        f"{A}.ipynb",
        "submission_secret.txt",
        "timestamp.txt",
    ]
    assert (tmp_path / "copy" / f"{A}.ipynb").read_text() == '{"a": 1}'
    (folder / f"{A}.ipynb").unlink()
    (folder / f"{A}.ipynb").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="is a link"):
        copy_of(arrival, inbox, tmp_path / "another")
    (folder / f"{A}.ipynb").unlink()
    os.mkfifo(folder / f"{A}.ipynb")
    with pytest.raises(Refused, match="is no file"):
        copy_of(arrival, inbox, tmp_path / "third")


def test_what_is_too_large_is_copied_by_its_size_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILE", 10)
    inbox = exchange(tmp_path)
    submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x", text="x" * 5_000)
    (arrival,) = told(inbox)
    copy_of(arrival, inbox, tmp_path / "copy")
    copy = tmp_path / "copy" / f"{A}.ipynb"
    assert copy.stat().st_size == 5_000
    assert copy.read_bytes() == bytes(5_000)


def test_a_folder_that_is_closed_is_said_once_and_keeps_nobody_else_waiting(tmp_path, settled, monkeypatch):
    inbox, plain = FolderInbox(tmp_path), os.scandir
    for student in ("ada", "bob", "cleo"):
        (tmp_path / student / A).mkdir(parents=True)
        (tmp_path / student / A / f"{A}.ipynb").write_text("{}")

    def closed(path="."):
        if "bob" in str(path):
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr(os, "scandir", closed)
    *found, last = told(inbox)
    assert [one.student for one in (found[0], last)] == ["ada", "cleo"]
    assert all("bob" in str(one) and "Permission denied" in str(one) for one in found[1:])
    assert told(inbox) == []


def test_many_large_notebooks_take_no_more_room_than_one_may(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILE", 1_000)
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x", text="x" * 400)
    for i in range(20):
        (folder / f"a{i}.ipynb").write_text("y" * 400)
    (arrival,) = told(inbox)
    copy_of(arrival, inbox, tmp_path / "copy")
    copies = {path.name: path.read_bytes() for path in (tmp_path / "copy").glob("*.ipynb")}
    assert copies[f"{A}.ipynb"] == b"x" * 400, "that which has the right name comes first"
    assert sum(any(content) for content in copies.values()) == 2
    assert {len(content) for content in copies.values()} == {400, 1_001}, "others are too large to be read"


def test_an_attempt_of_a_thousand_notebooks_gets_ten_pages(tmp_path):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    for i in range(1000):
        (folder / f"a{i}.ipynb").write_text("{}")
    (arrival,) = told(inbox)
    assert len(Outlet(inbox).places(arrival)) == 10


@root_only
@pytest.mark.parametrize("whose", ["folder", "notebook", "timestamp.txt"])
def test_nobody_hands_in_under_the_name_of_another(tmp_path, whose):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"daemon+{A}+2031-10-01 12:00:00.000000 UTC+x")
    path = {"folder": folder, "notebook": folder / f"{A}.ipynb"}.get(whose, folder / whose)
    os.chown(path, 65534, 65534)
    (arrival,) = told(inbox)
    with pytest.raises(Refused, match="handed in by another"):
        copy_of(arrival, inbox, tmp_path / "copy")
    os.chown(path, 1, 1)  # daemon's own
    assert copy_of(arrival, inbox, tmp_path / "another") == [f"{A}.ipynb"]


def test_a_page_goes_where_nbgrader_looks_for_it_and_goes_there_once(tmp_path):
    from nbgrader.utils import notebook_hash

    inbox = exchange(tmp_path)
    submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    (arrival,) = told(inbox)
    (written,) = Outlet(inbox).hand_back(arrival, "a page")
    assert written == inbox.root.parent / "feedback" / f"{notebook_hash(secret=SECRET, notebook_id=A)}.html"
    assert written.read_text() == "a page"
    assert written.parent.stat().st_mode & 0o777 == 0o711
    assert written.stat().st_mode & 0o777 == 0o644
    assert Outlet(inbox).hand_back(arrival, "another") == []
    assert written.read_text() == "a page"


def test_without_an_exchange_pages_go_to_the_outbox_by_attempt_or_nowhere(tmp_path, settled):
    inbox = FolderInbox(tmp_path / "in")
    path = tmp_path / "in" / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    (arrival,) = told(inbox)
    assert Outlet(inbox).hand_back(arrival, "a page") == []
    (written,) = Outlet(inbox, tmp_path / "outbox").hand_back(arrival, "a page")
    assert written == tmp_path / "outbox" / "ada" / A / f"{arrival.attempt}.html"
