"""What arrives in an inbox: told once and in full, and only what was its own to hand in."""

import errno
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from autograde.campus import inbox as module
from autograde.campus.handing_back import Outlet
from autograde.campus.inbox import Closed, ExchangeInbox, FolderInbox, Refused, Replaced, copy_of, inbox_at
from autograde.campus.status import BURST, GOES_ON, Status
from autograde.course import this_course

A = this_course().assignments[0]
SECRET = "s" * 128
NO_LIMIT = [].append  # of the disk
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


def handed_in(root, text="{}"):
    """A folder in which ada has handed in; and her notebook."""
    path = root / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return FolderInbox(root), path


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
        (f"ada+{A}+0001-01-01 00:00:00.000000 UTC+x", "names no time"),
        (f"ada+{A}+9999-12-31 23:59:59.000000 UTC+x", "names no time"),
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
    inbox, path = handed_in(tmp_path)
    (first,) = told(inbox)
    assert told(inbox) == []
    path.write_text("{ }")
    (second,) = told(inbox)
    assert first.attempt < second.attempt
    assert told(inbox, [path]) == []


def test_what_is_replaced_before_it_is_copied_is_no_longer_that_attempt(tmp_path, settled):
    inbox, path = handed_in(tmp_path)
    (first,) = told(inbox)
    inbox.require_unchanged(first)
    path.write_text("[]")
    with pytest.raises(Replaced, match=f"^ada, {A}: other work came in its place"):
        inbox.require_unchanged(first)
    (second,) = told(inbox)
    inbox.require_unchanged(second)
    path.unlink()
    with pytest.raises(Replaced):
        inbox.require_unchanged(second)


def test_a_file_that_is_still_changing_waits_and_one_that_never_ends_is_taken_as_it_is(tmp_path, monkeypatch):
    inbox, path = handed_in(tmp_path, "{")
    assert told(inbox) == []
    monkeypatch.setattr(module, "ENDLESS", 0.0)
    (arrival,) = told(inbox)
    path.write_text("{{")
    inbox.require_unchanged(arrival)


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
    assert copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT) == [f"{A}.ipynb"]
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [
        f"{A}.ipynb",
        "submission_secret.txt",
        "timestamp.txt",
    ]
    assert (tmp_path / "copy" / f"{A}.ipynb").read_text() == '{"a": 1}'
    (folder / f"{A}.ipynb").unlink()
    (folder / f"{A}.ipynb").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="is a link"):
        copy_of(arrival, inbox, tmp_path / "another", NO_LIMIT)
    (folder / f"{A}.ipynb").unlink()
    os.mkfifo(folder / f"{A}.ipynb")
    with pytest.raises(Refused, match="is no file"):
        copy_of(arrival, inbox, tmp_path / "third", NO_LIMIT)


def test_what_is_too_large_is_copied_by_its_size_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILE", 10)
    inbox = exchange(tmp_path)
    submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x", text="x" * 5_000)
    (arrival,) = told(inbox)
    copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT)
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


def test_work_in_a_place_where_none_is_looked_for_is_said_once(tmp_path, settled):
    inbox = FolderInbox(tmp_path)
    for path in (
        "kim/initialisation/hw.ipynb",
        "noa/hw.ipynb",
        "root.ipynb",
        f"ada/{A}/{A}.ipynb",
        "all.zip",
        "noa/b.zip",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    (tmp_path / "noa" / "notes.txt").write_text("mine")
    (tmp_path / "list.csv").write_text("x")
    said = told(inbox)
    assert [one.student for one in said if not isinstance(one, Refused)] == ["ada"]
    strays = [str(one) for one in said if isinstance(one, Refused)]
    stray = ["all.zip", "kim/initialisation", "noa/b.zip", "noa/hw.ipynb", "root.ipynb"]
    assert [words.split("'")[1] for words in strays] == stray
    assert all(("'initialisation' is no assignment" in words) == ("kim/" in words) for words in strays)
    assert all(("`course import`" in words) == (".zip'" in words) for words in strays)
    assert told(inbox) == []


def test_a_folder_without_a_notebook_is_said_once_when_none_has_come_for_a_while(tmp_path, settled, monkeypatch):
    inbox, folder = FolderInbox(tmp_path), tmp_path / "ada" / A
    folder.mkdir(parents=True)
    for name in ("work.zip", "timestamp.txt", ".DS_Store"):
        (folder / name).write_text("x")
    assert told(inbox) == [], "a notebook may follow"
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    (said,) = told(inbox)
    assert str(said) == f"'ada/{A}' in '{tmp_path}' holds no notebook; there is work.zip"
    assert told(inbox) == []
    (folder / f"{A}.ipynb").write_text("{}")
    (arrived,) = told(inbox)
    assert arrived.key == ("ada", A)
    (tmp_path / "bob" / A).mkdir(parents=True)
    assert told(inbox) == [], "there is nothing in it"


def test_many_large_notebooks_take_no_more_room_than_one_may(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILE", 1_000)
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x", text="x" * 400)
    for i in range(20):
        (folder / f"a{i}.ipynb").write_text("y" * 400)
    (arrival,) = told(inbox)
    copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT)
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
    (arrival,) = told(inbox)
    os.chown(path, 65534, 65534)
    with pytest.raises(Refused, match="handed in by another"):
        copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT)
    for own in (folder, *folder.iterdir()):
        os.chown(own, 1, 1)  # daemon's
    assert copy_of(arrival, inbox, tmp_path / "another", NO_LIMIT) == [f"{A}.ipynb"]


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


@pytest.mark.parametrize("claimed", [1e11, -1e11, 3e11])
def test_a_file_of_a_year_that_no_calendar_has_is_an_attempt_of_now(tmp_path, settled, claimed):
    inbox = FolderInbox(tmp_path)
    path = tmp_path / "ada" / A / f"{A}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert datetime.now(UTC) - module._time_that_can_be(claimed, time.time()) < timedelta(minutes=1)
    os.utime(path, (4e9, 4e9))
    (arrival,) = told(inbox)
    assert arrival.attempt.startswith("2096"), "a time that can be is what the file claims"
    assert abs(arrival.since - time.time()) < 60, "and when it came is what the system noted"


def test_an_attempt_of_a_time_to_come_is_not_fresh_for_ever(tmp_path):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    os.utime(folder / "submission_secret.txt", (4e9, 4e9))
    (arrival,) = told(inbox)
    assert abs(arrival.since - time.time()) < 60
    assert not replace(arrival, since=time.time() + 1e6).is_fresh
    assert not replace(arrival, since=time.time() - 1e6).is_fresh


def test_a_length_that_the_disk_does_not_take_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 10_000)
    monkeypatch.setattr(module, "MAX_FILE", 10)
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    os.truncate(folder / f"{A}.ipynb", 1 << 42)
    (arrival,) = told(inbox)
    copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT)
    assert (tmp_path / "copy" / f"{A}.ipynb").stat().st_size == 10_000


def test_a_name_that_the_disk_does_not_take_is_that_students_misfortune(tmp_path, monkeypatch):
    inbox = exchange(tmp_path)
    submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    (arrival,) = told(inbox)

    def refuses(path, *args):
        raise OSError(errno.EILSEQ, "Invalid or incomplete multibyte or wide character")

    monkeypatch.setattr(type(tmp_path), "open", refuses)
    with pytest.raises(Refused, match="cannot be kept"):
        copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT)


def test_what_is_opened_to_others_only_at_the_end_is_waited_for(tmp_path, monkeypatch):
    """nbgrader copies a private folder as it is, and sets its rights after it has written the secret."""
    inbox, plain = exchange(tmp_path), os.open
    submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    (arrival,) = told(inbox)

    def closed(path, *args, **kwargs):
        if str(path).endswith(".ipynb"):
            raise PermissionError(13, "Permission denied")
        return plain(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(Closed):
        copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT)
    assert arrival.is_fresh, "so it is told of once more"


def test_a_new_folder_that_is_closed_is_waited_for_and_refused_when_it_stays_so(tmp_path, monkeypatch):
    inbox, plain = exchange(tmp_path), type(tmp_path).lstat
    submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")

    def closed(path):
        if path.name == "submission_secret.txt":
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr(type(tmp_path), "lstat", closed)
    assert told(inbox) == []
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    (said,) = told(inbox)
    assert "Permission denied" in str(said)


def test_a_folder_of_ever_so_many_files_is_refused_and_not_listed_to_the_end(tmp_path, settled, monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 5)
    inbox = FolderInbox(tmp_path)
    for student, files in (("ada", 6), ("bob", 5)):
        (tmp_path / student / A).mkdir(parents=True)
        for i in range(files):
            (tmp_path / student / A / f"{i}.ipynb").write_text("{}")
    said, taken = told(inbox)
    assert "more than 5 files" in str(said)
    assert taken.student == "bob"
    assert told(inbox) == []


@root_only
def test_in_a_students_own_folder_a_file_of_the_graders_is_a_link_and_not_taken(tmp_path):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"daemon+{A}+2031-10-01 12:00:00.000000 UTC+x")
    for own in (folder, *folder.iterdir()):
        os.chown(own, 1, 1)
    (tmp_path / "solution.ipynb").write_text("{}")
    (folder / "b.ipynb").hardlink_to(tmp_path / "solution.ipynb")
    (arrival,) = told(inbox)
    with pytest.raises(Refused, match="handed in by another"):
        copy_of(arrival, inbox, tmp_path / "copy", NO_LIMIT)


@root_only
def test_another_spelling_of_a_users_name_is_no_other_student(tmp_path, monkeypatch):
    """A directory of users may take DAEMON for daemon; the limit of an hour would be twice as much."""
    inbox, plain = exchange(tmp_path), module.pwd.getpwnam
    monkeypatch.setattr(module.pwd, "getpwnam", lambda name: plain(name.lower()))
    for name in ("daemon", "DAEMON"):
        folder = submit(inbox, f"{name}+{A}+2031-10-01 12:00:00.000000 UTC+x")
        for own in (folder, *folder.iterdir()):
            os.chown(own, 1, 1)
    other, own = told(inbox)
    assert copy_of(own, inbox, tmp_path / "copy", NO_LIMIT) == [f"{A}.ipynb"]
    assert "handed in by another (user daemon)" in str(other)


@root_only
def test_what_another_puts_in_under_a_name_never_stands_in_line_with_what_is_the_students_own(tmp_path):
    """The last of those that wait is judged in place of the others: who could put one there could take theirs away."""
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"daemon+{A}+2199-10-01 12:00:00.000000 UTC+x")
    os.chown(folder, 65534, 65534)
    (said,) = told(inbox)
    assert isinstance(said, Refused)
    assert "handed in by another" in str(said)


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "theirs"])
def test_a_secret_that_is_another_thing_by_now_gets_no_page_and_is_no_trouble(tmp_path, kind):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    (arrival,) = told(inbox)
    secret = folder / "submission_secret.txt"
    secret.unlink()
    if kind == "folder":
        secret.mkdir()
    elif kind == "fifo":
        os.mkfifo(secret)
    elif kind == "link":
        (tmp_path / "elsewhere").write_text(SECRET)
        secret.symlink_to(tmp_path / "elsewhere")
    elif os.geteuid() == 0:
        secret.write_text(SECRET)
        os.chown(secret, 65534, 65534)
    else:
        pytest.skip("who gives files away is root")
    assert Outlet(inbox).hand_back(arrival, "a page") == []
    assert not (inbox.root.parent / "feedback").exists()


def test_a_notebook_whose_name_is_no_text_takes_no_page_from_the_others(tmp_path):
    inbox = exchange(tmp_path)
    folder = submit(inbox, f"ada+{A}+2031-10-01 12:00:00.000000 UTC+x")
    try:
        (folder / os.fsdecode(b"\xff.ipynb")).write_text("{}")
    except OSError:
        pytest.skip("this disk takes no such name")
    (arrival,) = told(inbox)
    assert len(Outlet(inbox).hand_back(arrival, "a page")) == 1


def test_a_flood_of_lines_is_cut_and_counted_and_hides_no_other(tmp_path, capsys, monkeypatch):
    status = Status(tmp_path)
    for i in range(3 * BURST):
        status.say_of_arrival(f"not taken: {i}")
    status.say("the disk is full")
    assert len(status.lines) == BURST + 1
    monkeypatch.setattr("autograde.campus.status.BURST_SECONDS", 0.0)
    status.write()
    assert f"{2 * BURST} more lines" in capsys.readouterr().out


def test_a_fault_of_the_machine_is_said_once_then_that_it_is_mended_and_then_another_time(tmp_path):
    status = Status(tmp_path)
    for _ in range(3):
        status.say_fault("the disk is full")
        status.say_if_mended(60)
    for _ in range(3):
        status.say_if_mended(0)
    status.say_fault("the disk is full")
    assert [words for _, words in status.lines] == [
        "the disk is full",
        "mended: the service goes on",
        "the disk is full",
    ]


def test_of_two_things_that_are_wrong_each_is_mended_by_itself(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("autograde.campus.status.time.monotonic", lambda: now[0])
    status = Status(tmp_path)
    status.say_fault(f"the inbox cannot be read; {GOES_ON}")
    now[0] = 130.0
    status.say_fault("the disk is full")
    status.say_if_mended(40.0)
    assert len(status.faults) == 2
    now[0] = 150.0
    status.say_if_mended(40.0)
    assert status.faults == ["the disk is full"]
    assert (
        status.lines[-1][1]
        == "mended, though something else is wrong, what was said before: “the inbox cannot be read”"
    )
    now[0] = 170.0
    status.say_if_mended(40.0)
    assert not status.faults
    assert status.lines[-1][1] == "mended: the service goes on"


def test_what_waits_is_not_counted_as_nothing_while_nobody_looks(tmp_path):
    status = Status(tmp_path, waiting=3, oldest=0.0, is_counting=False)
    status.write()
    for name in ("attempts_waiting", "attempts_without_room", "oldest_waiting_seconds"):
        assert f"course_{name} NaN" in (tmp_path / "metrics.prom").read_text()
    assert "counted once the service is ready" in (tmp_path / "status.html").read_text()
    assert "On its way" not in (tmp_path / "status.html").read_text()
    status.is_counting = True
    status.write()
    assert "course_attempts_waiting 3.0" in (tmp_path / "metrics.prom").read_text()


def test_a_refusal_that_is_met_again_is_counted_once(tmp_path):
    status = Status(tmp_path)
    for why in ("a link", "a link", "a folder"):
        status.note_refused(why)
    assert status.refused == 2


def test_a_line_to_a_log_that_takes_none_stops_nothing(tmp_path, monkeypatch):
    def full(*words, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("builtins.print", full)
    status = Status(tmp_path)
    status.say("the disk is full")
    assert len(status.lines) == 1


@pytest.mark.parametrize("since", [-1e12, 4e9, 1e300])
def test_a_time_that_is_no_time_does_not_stop_the_status(tmp_path, since):
    status = Status(tmp_path, oldest=since)
    status.note_landed(since)
    status.write()
    assert (tmp_path / "status.html").is_file()


def test_what_is_wrong_is_on_page_and_in_metrics_until_it_is_mended(tmp_path):
    status = Status(tmp_path)
    status.say_fault("the <disk> is full")
    status.write()
    assert "the &lt;disk&gt; is full" in (tmp_path / "status.html").read_text()
    assert "course_faults 1.0" in (tmp_path / "metrics.prom").read_text()
    status.say_if_mended(0.0)
    status.write()
    assert "Something is wrong" not in (tmp_path / "status.html").read_text()
    assert "course_faults 0.0" in (tmp_path / "metrics.prom").read_text()


def test_the_work_that_counts_already_is_on_the_page_and_not_among_what_was_judged(tmp_path):
    status = Status(tmp_path, same=1)
    status.note_landed(0.0)
    status.write()
    assert "1 attempt since the start" in (tmp_path / "status.html").read_text()
    assert "1 more had the work that counts already" in (tmp_path / "status.html").read_text()
