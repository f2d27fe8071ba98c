"""Downloads of Canvas and Moodle: whose is what, what counts as handed in, and zips that mean harm."""

import random
import stat
import struct
import zipfile

import nbformat
import pytest
from zips import A, B, known, plain, taking, there, work, zipped

from autograde.cli import main
from autograde.judging.intake import find, recognise, take_in
from autograde.lms import downloads
from autograde.lms.archives import ZipLimits
from autograde.lms.downloads import CannotImport, safe_name

CANVAS = "doejane_12345_678901_initialization.ipynb"


@pytest.fixture
def take(tmp_path):
    return taking(tmp_path)


# Canvas


def test_canvas_gives_each_student_a_folder_that_keeps_the_number_and_the_newest_file_counts(take):
    result = take(
        [
            (CANVAS, work("first")),
            ("doejane_LATE_12345_678901_initialization-1.ipynb", work("second")),
            ("doejane_777_678905_initialization.ipynb", work("her namesake")),
            ("müllerjörg_88_678990_Initialization-2.ipynb", work("newer")),
            ("müllerjörg_88_700001_Initialization-1.ipynb", work("newest")),
            ("müllerjörg_88_678999_Initialization-9.ipynb", work("old")),
            ("noone_5_700000_essay.pdf", b"%PDF"),
            ("noone_5_text.html", b"<p>see my essay"),
        ]
    )
    assert there(take.to) == {
        "doejane_12345/initialization/initialization.ipynb": "second",
        "doejane_777/initialization/initialization.ipynb": "her namesake",
        "müllerjörg_88/initialization/initialization.ipynb": "newest",
        "doejane_12345/initialization/doejane_12345_678901_initialization.ipynb": "first",
        "müllerjörg_88/initialization/müllerjörg_88_678990_Initialization-2.ipynb": "newer",
        "müllerjörg_88/initialization/müllerjörg_88_678999_Initialization-9.ipynb": "old",
    }
    assert result.late == ["doejane_12345/initialization"]
    assert len(result.beside) == 3
    assert result.without == ["noone (5): noone_5_700000_essay.pdf, noone_5_text.html"]
    assert result.other == 2
    assert not result.complete
    jane = known(take.to)[0]
    assert (jane["student"], jane["lms_id"], jane["name"], jane["late"]) == ("doejane_12345", "12345", "doejane", "yes")
    assert jane["file"] == "doejane_LATE_12345_678901_initialization-1.ipynb"


def test_the_grader_finds_what_was_imported_and_nothing_of_what_was_set_aside(take):
    take([(CANVAS, work("1")), (CANVAS.replace("8901", "8902"), work("2")), ("b_2_3_x.ipynb", work(assignment=B))])
    submissions = {(s.student, s.assignment): s for s in map(take_in, find(take.to, recognise))}
    assert {student for student, _ in submissions} == {"doejane_12345", "b_2"}
    assert submissions["doejane_12345", A].status == ""
    assert submissions["b_2", B].status == ""


def test_the_number_of_an_anonymous_student_is_a_word(take):
    take(
        [("anon_x7Kp2_678901_initialization.ipynb", work("a")), ("LATE_anon_y9_678902_initialization.ipynb", work("b"))]
    )
    assert there(take.to) == {
        "anon_x7Kp2/initialization/initialization.ipynb": "a",
        "anon_y9/initialization/initialization.ipynb": "b",
    }
    assert [line["late"] for line in known(take.to)] == ["", "yes"]


def test_digits_in_names_and_files_are_no_numbers_of_canvas(take):
    take([(CANVAS, work()), ("doe2_12_678902_5_6_initialization.ipynb", work())])
    assert known(take.to)[0]["student"] == "doe2_12"


def test_a_student_who_is_called_otherwise_now_keeps_the_folder(take):
    take([(CANVAS, work("1"))])
    take([("roejane_12345_9_x.ipynb", work("2", B))])
    assert set(there(take.to).values()) == {"1", "2"}
    assert {line["student"] for line in known(take.to)} == {"doejane_12345"}


def test_names_that_are_utf8_and_do_not_say_so_are_read_as_such(take):
    content = zipped([("muellerjoerg_88_678990_initialization.ipynb", work())])
    take(content.replace(b"muellerjoerg", "müllerjörg".encode()))
    assert known(take.to)[0]["student"] == "müllerjörg_88"


# Moodle


def test_it_is_said_when_a_download_has_more_than_one_assignment(take):
    zipped_work = [(f"s{i}_{i}_{i}_{A}.ipynb", work(f"a{i}")) for i in range(1, 4)]
    result = take([*zipped_work, (f"x_9_9_{B}.ipynb", work("b", assignment=B))])
    assert any(f"3 of {A}, 1 of {B}" in line and "--assignment" in line for line in result.lines(take.to))
    assert not any("--assignment" in line for line in take(zipped_work).lines(take.to))


def test_moodle_in_folders_and_flat(take):
    result = take(
        [
            ("Jane Doe_123456_assignsubmission_file_/initialization.ipynb", work("jane")),
            ("Jane Doe_123456_assignsubmission_onlinetext_/onlinetext.html", "<p>"),
            ("Zoë O'Neil_123457_assignsubmission_file_initialization.ipynb", work("zoë")),
            ("Ann Lee_123458_assignsubmission_file_/my work/deep/initialization.ipynb", work("ann")),
            ("Bob Roe_123459_assignsubmission_file_/essay.docx", b""),
        ]
    )
    assert there(take.to) == {
        "Jane Doe/initialization/initialization.ipynb": "jane",
        "Zoë O'Neil/initialization/initialization.ipynb": "zoë",
        "Ann Lee/initialization/initialization.ipynb": "ann",
    }
    assert [line["lms_id"] for line in known(take.to)] == ["123458", "123456", "123457"]
    assert result.without == ["Bob Roe (123459): essay.docx"]


def moodle(name, number, assignment=A, words=""):
    return f"{name}_{number}_assignsubmission_file_/{assignment}.ipynb", work(words, assignment)


def test_two_of_one_name_in_moodle_stay_two_and_one_of_two_downloads_stays_one(take):
    result = take([moodle("Jane Doe", 1, words="one"), moodle("jane doe", 2, words="two"), moodle("Ann", 3)])
    assert {line["student"] for line in known(take.to)} == {"Jane Doe_1", "jane doe_2", "Ann"}
    assert len(result.notes) == 2
    assert "--roster" in result.notes[0]
    take([moodle("Ann", 77, B)])  # the numbers are others in the next assignment
    assert {line["assignment"] for line in known(take.to) if line["student"] == "Ann"} == {A, B}
    take([moodle("Ann", 4)])  # somebody who handed in the same assignment under the same name, later
    assert {line["student"] for line in known(take.to) if line["name"] == "Ann"} == {"Ann", "Ann_4"}


def test_a_folder_of_unknown_origin_is_given_to_nobody_of_that_name(take):
    (take.to / "Ann" / B).mkdir(parents=True)
    take([moodle("Ann", 3)])
    assert [line["student"] for line in known(take.to)] == ["Ann_3"]


def test_anonymous_participants_are_told_apart_by_number(take):
    take([moodle("Participant", 3)])
    take([moodle("Participant", 9, B)])
    assert {line["student"] for line in known(take.to)} == {"Participant_3", "Participant_9"}


@pytest.mark.parametrize("word", ["Teilnehmerin", "Участник", "参加者"])
def test_a_single_participant_of_one_word_keeps_the_number_until_a_class_has_shown_the_name(word, take):
    for number, assignment in ((11, A), (12, B)):
        result = take([moodle(word, number, assignment)])
        assert any("anonymous" in note for note in result.notes)
    assert {line["student"] for line in known(take.to)} == {f"{word}_11", f"{word}_12"}


TEAMS = [("Jane Doe", "Team 1-Jane Doe"), ("Team 1-Jane Doe", "Jane Doe"), ("Team 1-Jane Doe", "A-Team-Jane Doe")]


@pytest.mark.parametrize("names", TEAMS)
def test_a_student_of_moodle_is_not_made_two_by_the_name_of_a_team(names, take):
    take([moodle(names[0], 1), moodle("Ann Lee", 2)])
    result = take([moodle(names[1], 3, B), moodle("Ann Lee", 4, B)])
    assert {line["student"] for line in known(take.to)} == {names[0], "Ann Lee"}
    assert f"is of '{names[1]}', who may be '{names[0]}' in a team" in result.refused[0]
    assert "--roster" in result.refused[0]


def test_a_dash_in_a_name_makes_no_team_where_both_are_there_or_both_are_known(take):
    twins = ("Mary-Ann Lee", "Ann Lee", "Jo Foo-Smith", "Al Bar-Smith", "Smith")
    assert take([moodle(name, i) for i, name in enumerate(twins)]).complete
    for i, name in enumerate(twins):
        assert take([moodle(name, 10 + i, B)]).complete
    assert {line["student"] for line in known(take.to)} == set(twins)


@pytest.mark.parametrize(
    ("roster", "entry", "student"),
    [
        ("Student,ID,SIS User ID,SIS Login ID,Section\nPoints Possible,,,,\nDoe,12345,S1,jdoe@x.org,1\n", (CANVAS, ""), "jdoe@x.org"),
        ("\ufeffIdentifier,Full name,Email address,Grade\nParticipant 7,J Doe,jdoe@x.org,\n", moodle("J Doe", 7), "jdoe@x.org"),
        ("Identifier;Username;Email address\nParticipant 7;jdoe;x@x.org\n", moodle("J Doe", 7), "jdoe"),
    ],
    ids=["canvas", "moodle", "moodle-semicolons"],
)  # fmt: skip
def test_a_roster_names_folders_by_login(roster, entry, student, take):
    path = take.to.parent / "roster.csv"
    path.write_text(roster, encoding="utf-8")
    take([(entry[0], work())], roster=path)
    (line,) = known(take.to)
    assert (line["student"], line["login"]) == (student, student)


def test_what_is_no_roster_is_said_in_one_line(take):
    path = take.to.parent / "roster.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CannotImport, match="no roster for Canvas: it needs 'ID'"):
        take([(CANVAS, work())], roster=path)


# nbgrader's layout, and which assignment it is


def test_nbgraders_layout_with_its_timestamps_and_a_folder_around(take):
    result = take(
        [
            ("submitted/ada/initialization/initialization.ipynb", work("ada")),
            ("submitted/ada/initialization/timestamp.txt", "2024-05-01 12:00:00 UTC"),
            ("submitted/ada/initialization/.ipynb_checkpoints/initialization-checkpoint.ipynb", work("old")),
            ("submitted/bela/regularization/my copy.ipynb", work("bela", B)),
            ("submitted/readme.ipynb", plain()),
        ]
    )
    assert there(take.to) == {
        "ada/initialization/initialization.ipynb": "ada",
        "bela/regularization/regularization.ipynb": "bela",
    }
    assert (take.to / "ada" / A / "timestamp.txt").read_text() == "2024-05-01 12:00:00 UTC"
    assert result.refused == ["'submitted/readme.ipynb' lies in no student's folder"]


def test_a_renamed_notebook_is_recognised_and_one_of_another_assignment_is_set_aside(take):
    entries = [("a_1_1_final version.ipynb", work("a")), ("b_2_2_initialization.ipynb", work("b", B))]
    take(entries)
    assert set(there(take.to)) == {f"a_1/{A}/{A}.ipynb", f"b_2/{B}/{B}.ipynb"}
    result = take([("c_3_3_initialization.ipynb", work("c", B)), ("d_4_4_x.ipynb", plain())], assignment=A)
    assert "of 'regularization', not of 'initialization'" in result.aside[0]
    assert there(take.to)[f"d_4/{A}/{A}.ipynb"] == "", "taken by request, for the grader to judge"
    assert f"c_3/{A}/{A}.ipynb" not in there(take.to)


def test_a_damaged_notebook_counts_by_its_name_and_one_that_says_nothing_is_set_aside(take):
    result = take([("a_1_1_initialization-3.ipynb", b"{ torn"), ("b_2_2_notes.ipynb", plain())])
    assert (take.to / "a_1" / A / f"{A}.ipynb").read_bytes() == b"{ torn"
    assert len(result.aside) == 1
    assert "--assignment" in result.aside[0]
    assert (take.to / "__aside" / "b_2" / "b_2_2_notes.ipynb").exists()


def test_a_newer_scrap_does_not_push_out_the_submission(take):
    take([("a_1_1_initialization.ipynb", work("work")), ("a_1_2_scrap.ipynb", plain())], assignment=A)
    assert there(take.to)[f"a_1/{A}/{A}.ipynb"] == "work"


# Zips in the zip


def test_a_students_own_zip_is_opened_and_none_in_it(take):
    inner = zipped([("deep.ipynb", work("too deep"))])
    own = zipped(
        [
            ("folder/initialization.ipynb", work("in a zip")),
            ("__MACOSX/._x.ipynb", b""),
            ("more.zip", inner),
            ("a.txt", b""),
        ]
    )
    result = take([("a_1_1_work.zip", own), ("b_2_2_work.zip", b"no zip"), ("c_3_3_work.7z", b"7z")])
    assert there(take.to) == {f"a_1/{A}/{A}.ipynb": "in a zip"}
    assert [line.partition("' ")[0] for line in result.refused] == [
        "'a_1_1_work.zip/more.zip",
        "'b_2_2_work.zip",
        "'c_3_3_work.7z",
    ]
    assert [who.partition(" ")[0] for who in result.without] == ["b", "c"]


# What means harm

HOSTILE_NAMES = [
    ("/etc/doe_1_2_initialization.ipynb", "outside"),
    ("../../outside.txt", "outside"),
    ("a/../../../doe_1_2_initialization.ipynb", "outside"),
    ("C:/doe_1_2_initialization.ipynb", "outside"),
    ("C:doe_1_2_initialization.ipynb", "outside"),
    ("..\\..\\doe_1_2_initialization.ipynb", "backslash"),
    ("doe_1_2_init\x1b[2Jialization.ipynb", "characters"),
    ("doe_1_2_\u202einitialization.ipynb", "characters"),
    ("doe_1_2_initialization.ipynb\n", "characters"),
    ("doe_1_2_initialization.ipynb\x00.txt", "characters"),
    ("NUL", "Windows"),
    ("com1.ipynb", "Windows"),
    ("Lpt9 .txt/doe_1_2_initialization.ipynb", "Windows"),
]


@pytest.mark.parametrize(("name", "reason"), HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
@pytest.mark.parametrize("inside", [False, True], ids=["outer", "nested"])
def test_a_hostile_name_is_refused_and_stops_nothing(name, reason, inside, take):
    info = zipfile.ZipInfo("x")
    info.filename = name  # the constructor would cut it
    bad = [(info, work("bad"))]
    result = take([*([("e_9_9_work.zip", zipped(bad))] if inside else bad), (CANVAS, work("good"))])
    assert there(take.to) == {f"doejane_12345/{A}/{A}.ipynb": "good"}
    (told,) = result.refused
    assert reason in told
    assert "\x1b" not in "".join(result.lines(take.to))


@pytest.mark.parametrize(
    ("kind", "reason"), [(stat.S_IFLNK, "link"), (stat.S_IFIFO, "ordinary"), (stat.S_IFCHR, "ordinary")]
)
def test_links_and_devices_are_refused(kind, reason, take):
    info = zipfile.ZipInfo("doe_1_2_initialization.ipynb")
    info.external_attr = (kind | 0o777) << 16
    result = take([(info, "/etc/passwd"), (CANVAS, work("good"))])
    assert reason in result.refused[0]
    assert set(there(take.to).values()) == {"good"}


def test_students_with_names_that_are_no_folders_get_one_that_is(take):
    take([moodle("..", 1, words="dots"), moodle("__aside", 2, words="aside"), moodle("=1+1", 3, words="sum")])
    students = {path.split("/")[0]: words for path, words in there(take.to).items()}
    assert set(students.values()) == {"dots", "aside", "sum"}
    for student in students:
        assert not student.startswith((".", "__", "="))
    assert len(find(take.to, recognise)) == 3


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        " ",
        "...",
        "a/b",
        "a\\b",
        "CON",
        "con.txt",
        "a:b",
        "x" * 500,
        "é" * 300,
        "_" * 9,
        "\x00",
        "a.",
        "-1+1",
        "'",
    ],
)
def test_a_safe_name_is_one_name(name):
    safe = safe_name(name)
    assert safe
    assert len(safe.encode()) <= 120
    assert not set(safe) & set('<>:"/\\|?*\x00')
    assert not safe.startswith((".", "__", "=", "-", "+", "@"))
    assert not safe.endswith((".", " "))
    assert safe_name(safe) == safe
    assert safe.upper() not in ("CON", "CON.TXT")


def test_case_twins_in_nbgraders_layout_are_refused_and_in_canvas_stay_two(take):
    result = take(
        [(f"Ada/{A}/{A}.ipynb", work("1")), (f"ada/{A}/{A}.ipynb", work("2")), (f"b/{A}/{A}.ipynb", work("3"))]
    )
    assert set(there(take.to).values()) == {"1", "3"}
    assert "rename one" in result.refused[0]
    take([("zoe_1_1_initialization.ipynb", work("4")), ("ZOE_2_2_initialization.ipynb", work("5"))])
    assert {"4", "5"} <= set(there(take.to).values())


SMALL = ZipLimits(file=3_000_000, nested=400_000, total=5_000_000, ratio=50, entries=20, nested_entries=5)


def test_bombs_are_refused_by_size_and_ratio_declared_or_real(take):
    zeros = b"0" * 2_000_000
    own = zipped([("zeros.ipynb", zeros)])
    result = take(
        [
            ("a_1_1_initialization.ipynb", b"0" * 3_000_001),
            ("b_2_2_initialization.ipynb", zeros),
            ("c_3_3_work.zip", own),
            (CANVAS, work("good")),
        ],
        limits=SMALL,
    )
    assert set(there(take.to).values()) == {"good"}
    reasons = [line.partition("' ")[2] for line in result.refused]
    assert reasons == ["unpacks to 3.0 MB; 3.0 are accepted", *["unpacks to more than 50 times its size"] * 2]


def test_an_entry_that_declares_fewer_bytes_than_it_holds_is_refused(take):
    content = work("x" * 5_000).encode()
    declared = struct.pack("<I", len(content))
    honest = zipped([("d_4_4_initialization.ipynb", content), (CANVAS, work("good"))])
    assert honest.count(declared) == 2, "before the content, and in the list at the end"
    result = take(honest.replace(declared, struct.pack("<I", 100)))
    assert "is damaged" in result.refused[0]
    assert set(there(take.to).values()) == {"good"}


def test_a_download_that_is_too_much_all_in_all_is_taken_as_far_as_it_goes(take):
    noise = random.Random(1).randbytes(2_000_000)
    entries = [(f"s{i}_{i}_{i}_initialization.ipynb", noise + bytes([i])) for i in range(1, 5)]
    result = take([*entries, (CANVAS, work("small enough"))], limits=SMALL)
    assert len(result.taken) == 3
    assert [line.rpartition("is too much")[1] for line in result.refused] == ["is too much"] * 2
    assert "small enough" in there(take.to).values()


def test_long_lists_of_files_are_not_read(take):
    with pytest.raises(CannotImport, match="lists more than 20 files"):
        take([(f"a_1_{i}_x.ipynb", b"") for i in range(21)], limits=SMALL)
    assert not take.to.exists()
    result = take(
        [("a_1_1_w.zip", zipped([(f"{i}.ipynb", b"") for i in range(6)])), (CANVAS, work("good"))], limits=SMALL
    )
    assert result.refused == ["'a_1_1_w.zip' lists more than 5 files"]


def test_encrypted_and_damaged_entries_are_refused(take):
    content = zipped([("a_1_1_initialization.ipynb", work("a")), (CANVAS, work("good"))])
    encrypted = bytearray(content)
    encrypted[6] |= 1  # in the entry, and in the list at the end
    encrypted[content.index(b"PK\x01\x02") + 8] |= 1
    result = take(bytes(encrypted))
    assert result.refused == ["'a_1_1_initialization.ipynb' is encrypted: ask for it without a password"]
    assert set(there(take.to).values()) == {"good"}
    damaged = bytearray(content)
    damaged[200:220] = bytes(20)
    result = take(bytes(damaged))
    assert "is damaged" in result.refused[0]
    assert len(result.same) == 1


@pytest.mark.parametrize("content", [b"", b"hello", zipped([(CANVAS, work())])[:-30]], ids=["empty", "text", "torn"])
def test_what_is_no_zip_is_said_in_one_line_and_nothing_is_made(content, take):
    with pytest.raises(CannotImport, match=r"download\.zip' cannot be opened: it is damaged or no zip"):
        take(content)
    assert not take.to.exists()


def test_a_link_among_the_submissions_leads_nowhere(take, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    take.to.mkdir()
    (take.to / "a_1").symlink_to(elsewhere)
    (take.to / "b_2" / A).mkdir(parents=True)
    (take.to / "b_2" / A / f"{A}.ipynb").symlink_to(elsewhere / "new.ipynb")
    (take.to / "__aside").symlink_to(elsewhere)
    entries = [
        (f"{who}_{i}_{n}_initialization.ipynb", work(f"{who}{n}"))
        for n, who, i in ((1, "a", 1), (2, "b", 2), (4, "c", 3))
    ]
    entries.append(("c_3_3_notes.ipynb", plain()))
    result = take(entries, replace_old=True)
    assert list(elsewhere.iterdir()) == []
    assert len(result.refused) == 3
    assert (take.to / "c_3" / A / f"{A}.ipynb").read_text() == work("c4")


# What is there already


def test_another_notebook_is_not_overwritten_unless_asked_and_then_the_old_one_is_kept(take):
    take([(CANVAS, work("old"))])
    assert take([(CANVAS, work("old"))]).same == [f"doejane_12345/{A}"]
    result = take([(CANVAS, work("new"))])
    assert result.kept == [f"doejane_12345/{A}, by '{CANVAS}'"]
    assert set(there(take.to).values()) == {"old"}
    take([(CANVAS, work("new"))], replace_old=True)
    take([(CANVAS, work("newer"))], replace_old=True)
    assert there(take.to) == {
        f"doejane_12345/{A}/{A}.ipynb": "newer",
        f"__aside/doejane_12345/{A}/{A}.ipynb": "old",
        f"__aside/doejane_12345/{A}/{A} (2).ipynb": "new",
    }


def test_another_notebook_takes_with_it_what_came_with_the_old_one(take):
    where = f"ada/{A}"
    stamp = take.to / where / "timestamp.txt"
    old = [(f"{where}/{A}.ipynb", work("old")), (f"{where}/{A}-Copy1.ipynb", work("old copy"))]
    take([*old, (f"{where}/timestamp.txt", "2024-05-01 12:00:00 UTC")])
    assert set(there(take.to)) == {name for name, _ in old}
    take([(f"{where}/{A}.ipynb", work("new"))])
    assert stamp.exists(), "nothing is replaced"
    take([(f"{where}/{A}.ipynb", work("new"))], replace_old=True)
    assert not stamp.exists(), "it says when other work was handed in"
    assert (take.to / "__aside" / where / "timestamp.txt").read_text() == "2024-05-01 12:00:00 UTC"
    assert there(take.to) == {
        f"{where}/{A}.ipynb": "new",
        f"__aside/{where}/{A}.ipynb": "old",
        f"__aside/{where}/{A}-Copy1.ipynb": "old copy",
    }


def solved():
    """A notebook with an answer to each question, that need not be right."""
    notebook = nbformat.reads(work(), as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("raise NotImplementedError", "return 1")
    return nbformat.writes(notebook)


@pytest.mark.parametrize(
    "names",
    [
        [f"Jane Doe_1_assignsubmission_file_/{A}.ipynb", f"Jane Doe_1_assignsubmission_file_/{A}-Copy1.ipynb"],
        [f"doejane_12345_9_{A}.ipynb", f"doejane_12345_8_{A}-Copy1.ipynb"],
        [f"ada/{A}/{A}.ipynb", f"ada/my work/{A}.ipynb"],
        [f"Jane Doe_1_assignsubmission_file_/{A}.ipynb", f"Jane Doe_1_assignsubmission_file_/old/{A}.ipynb.json"],
    ],
)
def test_the_grader_takes_the_copy_that_holds_answers_whatever_it_is_called(names, take):
    result = take([(names[0], work()), (names[1], solved())])
    assert result.complete
    (told,) = result.beside
    assert told.startswith(f"'{names[1]}' beside '{names[0].rpartition('/')[2]}': ")
    (found,) = find(take.to, recognise)
    submission = take_in(found)
    assert submission.status == ""
    assert str(submission.path).endswith(told.rpartition(": ")[2])
    assert "it is as it was handed out" in str(submission.notes)


def test_a_second_import_changes_nothing(take):
    entries = [(CANVAS, work("1")), (CANVAS.replace("8901", "8902"), work("2")), moodle("x", 1)]
    entries.pop()
    take(entries)
    before = {path: path.read_bytes() for path in take.to.rglob("*") if path.is_file()}
    take(entries)
    assert {path: path.read_bytes() for path in take.to.rglob("*") if path.is_file()} == before


def test_a_damaged_students_csv_stops_the_import_before_anything_changes(take):
    take.to.mkdir()
    (take.to / "students.csv").write_text("who,what\nada,1\n")
    with pytest.raises(CannotImport, match=r"students\.csv' has no column 'student'"):
        take([(CANVAS, work())])
    assert [path.name for path in take.to.iterdir()] == ["students.csv"]


def test_students_csv_holds_no_formula(take):
    take([("Jane;=cmd|'calc'_7_assignsubmission_file_/initialization.ipynb", work()), moodle("@SUM(A1)", 8)])
    cells = [cell for line in known(take.to) for cell in line.values()]
    assert [cell for cell in cells if cell.startswith(("=", "@", "+")) or ";=" in cell] == []


# The command


def test_the_command_says_what_became_of_it_and_by_its_exit_code_whether_that_is_all(take, tmp_path, capsys):
    download = tmp_path / "download.zip"
    download.write_bytes(zipped([(CANVAS, work())]))
    arguments = ["import", str(download), "--to", str(tmp_path / "in")]
    assert main(arguments) == 0
    assert f"Submissions taken into {tmp_path / 'in'}: 1; there already: 0" in capsys.readouterr().out
    download.write_bytes(zipped([(CANVAS, work()), ("../x_1_2_initialization.ipynb", work())]))
    assert main(arguments) == 1
    out = capsys.readouterr().out
    assert "refused: 1\n  '../x_1_2_initialization.ipynb' names a place outside of the zip\n" in out
    for bad in (["--assignment", "nonsense"], ["--roster", str(tmp_path / "none.csv")]):
        assert main([*arguments, *bad]) == 2
        error = capsys.readouterr().err
        assert error.startswith("course: ")
        assert error.count("\n") == 1


def test_a_big_download_shows_progress(take, monkeypatch, capsys):
    monkeypatch.setattr(downloads, "BIG", 10)
    take([(CANVAS, work())])
    assert "import: 100%" in capsys.readouterr().err
