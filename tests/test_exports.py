"""Exports: the numbers are nbgrader's own, templates come back with nothing else changed, and no cell is a formula."""

import csv
import shutil
import subprocess
import sys
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins.export import CsvExportPlugin
from zips import work, zipped

from autograde.cli import main
from autograde.judging.submission import Submission
from autograde.lms.downloads import import_download
from autograde.lms.exports import CannotExport, CanvasExport, export
from autograde.lms.roster import RosterEntry
from autograde.records.class_folder import ClassFolder
from autograde.records.verdict_file import VerdictFile
from autograde.records.verdicts import Row, SubmissionResult
from autograde.tables import BadTable, Table, as_number, harmless, is_harmless, number_in, read_table, write_table

# nbgrader's own way of adding a submission
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

A, B = "initialization", "gradient_checking"
DUE = datetime(2024, 5, 1, 12, 0)
EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """A course folder: two assignments of 10 + 5 points, and students with all that a gradebook may have of them."""
    out = tmp_path_factory.mktemp("course") / "OUT"
    out.mkdir()
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        for assignment in (B, A):  # not in the order of the course
            book.add_assignment(assignment, duedate=DUE)
            book.add_notebook(assignment, assignment)
            for cell, points in (("test_one", 10), ("test_two", 5)):
                book.add_grade_cell(cell, assignment, assignment, max_score=points, cell_type="code")
            book.add_solution_cell("one", assignment, assignment)
        book.add_student("ada", first_name="Ada", last_name="Lovelace", email="ada@x.org", lms_user_id="101")
        book.add_student("bela", first_name=EVIL, last_name="@SUM(A1)", lms_user_id="sis-7")
        for student in ("chidi", "dana", "emre", "nobody"):
            book.add_student(student)
        hand_in(book, "ada", A, one=10, two=3.3333333)
        hand_in(book, "ada", B, one=7, two=5, penalty=2.5)
        hand_in(book, "bela", A, one=1, two=0, penalty=9)  # more off than there is
        hand_in(book, "chidi", A, one=10, two=5, manual=30)  # a person wrote too much
        hand_in(book, "dana", A, one=10, two=5, extra=4)
        hand_in(book, "emre", A, one=2, two=None)
        book.db.commit()
    return out


def hand_in(book, student, assignment, one, two, penalty=0.0, manual=None, extra=None):
    book.add_submission(assignment, student, timestamp=DUE)
    notebook = book.find_submission_notebook(assignment, assignment, student)
    notebook.late_submission_penalty = penalty
    for cell, score in (("test_one", one), ("test_two", two)):
        grade = book.find_grade(cell, assignment, assignment, student)
        grade.auto_score, grade.needs_manual_grade = score, score is None
    first = book.find_grade("test_one", assignment, assignment, student)
    first.manual_score, first.extra_credit = manual, extra
    if student == "ada":
        book.find_comment("one", assignment, assignment, student).manual_comment = "<b>Well</b> done;\n=1+1"


@pytest.fixture
def out(gradebook, tmp_path):
    return shutil.copytree(gradebook, tmp_path / "OUT")


def judged(out, student):
    """A verdict of somebody whom the gradebook does not know."""
    row = Row(student, A, "", 0.0, 0.0, "rejected")
    VerdictFile(ClassFolder(out)).write(Submission(student, A), "print", SubmissionResult([row]))


def cells(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def lines_of(path):
    head, *rows = cells(path)
    return [dict(zip(head, row, strict=True)) for row in rows]


EXPECTED = {  # by hand, of 15
    ("ada", A): 13.33,
    ("ada", B): 9.5,
    ("bela", A): 0,
    ("chidi", A): 15,
    ("dana", A): 19,
    ("emre", A): 2,
}


# The numbers


def test_grades_are_exported_though_the_environment_was_not_activated(out, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert shutil.which("alembic") is None, "the gradebook would find it anyway"
    assert export(out, "csv", tmp_path / "plain.csv").rows == len(EXPECTED)


def test_the_plain_export_has_one_row_a_submission_and_the_numbers_of_nbgraders_own(out, tmp_path):
    done = export(out, "csv", tmp_path / "plain.csv")
    rows = lines_of(tmp_path / "plain.csv")
    assert done.rows == len(rows) == len(EXPECTED)
    assert [row["assignment"] for row in rows] == [A] * 5 + [B], "in the order of the course"
    assert {(row["student"], row["assignment"]): float(row["score"]) for row in rows} == EXPECTED
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(book)
    theirs = {(row["student_id"], row["assignment"]): row for row in lines_of(tmp_path / "theirs.csv")}
    for row in rows:
        other = theirs[row["student"], row["assignment"]]
        for ours, name in (
            ("raw_score", "raw_score"),
            ("late_penalty", "late_submission_penalty"),
            ("max_score", "max_score"),
        ):
            assert float(row[ours]) == pytest.approx(float(other[name]), abs=0.005)
        if row["student"] != "chidi":  # cut to the maximum
            assert float(row["score"]) == pytest.approx(float(other["score"]), abs=0.005)
    assert rows[0]["due"] == rows[0]["handed_in"] == "2024-05-01 12:00:00 UTC"
    assert [row["student"] for row in rows if row["needs_manual_grade"] == "yes"] == ["emre"]
    assert any("1 waits for a person's grade" in note and "emre" in note for note in done.notes)
    assert any("cut to the maximum" in note and "chidi" in note and "dana" not in note for note in done.notes)


def test_what_could_not_be_judged_is_named_of_those_who_are_asked_for(out, tmp_path):
    for student in ("zoe", "ada"):  # ada has a grade by now
        judged(out, student)
    said = [export(out, "csv", tmp_path / "a.csv", assignment=wanted).notes for wanted in ((), (A,), (B,))]
    assert [any("zoe/initialization" in note for note in notes) for notes in said] == [True, True, False]
    assert "ada" not in "".join(note for note in said[0] if "not judged" in note)
    said = [export(out, "canvas", tmp_path / "b.csv", zeros=zeros).notes for zeros in (False, True)]
    for notes, counts in zip(said, ("so without a grade: ", "so with 0: "), strict=True):
        assert f"{counts}zoe/initialization" in "".join(notes)


def test_the_gradebook_is_read_only_and_grades_csv_is_not_read(out, tmp_path):
    (out / "grades.csv").write_text("nonsense")
    before = (out / "gradebook.db").read_bytes()
    for format in ("canvas", "moodle", "csv"):
        export(out, format, tmp_path / format)
    assert (out / "gradebook.db").read_bytes() == before
    assert {path.name for path in out.iterdir()} == {"gradebook.db", "grades.csv"}


def test_the_numbers_are_short_and_never_more_than_they_are():
    assert [as_number(x) for x in (0, 0.001, 100, 99.999, 66.6666, 12345.678, 0.1 + 0.2)] == [
        *("0", "0", "100", "100", "66.67", "12345.68", "0.3")
    ]
    assert [number_in(x) for x in ("100", "100.00", " 12,5 ", "(read only)", "", "-3", "1.2.3")] == [
        *(100, 100, 12.5, None, None, None, None)
    ]


# Canvas


def test_canvas_gets_its_columns_the_points_row_and_empty_cells_where_nothing_was_handed_in(out, tmp_path):
    done = export(out, "canvas", tmp_path / "c.csv", columns=[f"{A}=Initialization (77)"])
    head, possible, *rows = cells(tmp_path / "c.csv")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Initialization (77)", B]
    assert possible == ["    Points Possible", "", "", "", "", "15", "15"]
    assert rows[0] == ["Lovelace, Ada", "101", "", "ada", "", "13.33", "9.5"]
    assert rows[1][1:4] == ["", "sis-7", "bela"], "Canvas takes the digits at the start of an ID for it"
    assert [row[3:] for row in rows if row[3] == "nobody"] == [["nobody", "", "", ""]]
    assert done.rows == 5
    assert not (tmp_path / "c.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    export(out, "canvas", tmp_path / "c.csv", zeros=True, assignment=[B])
    assert [row[5] for row in cells(tmp_path / "c.csv")[2:]] == ["9.5", "0", "0", "0", "0", "0"]


def canvas_template(path, newline="\n", bom="", delimiter=","):
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Notes", "Initialization (77)", "Gradient checking (78)", "Essay (9)", "Current Score"],
        ["", "", "", "", "", "", "Manual Posting", "", "", ""],
        ["    Points Possible", "", "", "", "", "", "30.00", "15.00", "5.00", "(read only)"],
        ["Lovelace, Ada", "101", "", "other@x.org", "S, 1", "=keep", "", "3.00", "4.50", "88.1"],
        [EVIL, "202", "sis-7", "b@x.org", "S1", "", "", "", "", ""],
        ["Okafor, Chidi", "303", "", "CHIDI", "S1", "", "EX", "", "", ""],
        ["Dana", "404", "", "dana", "S1", "", "N/A", "", "", ""],
        ["Emre", "505", "", "emre", "S1", "", "7", "", "", ""],
        ["Emre again", "506", "", "emre", "S1", "", "8", "", "", ""],
        ["Student, Test", "606", "", "", "S1", "", "", "1", "", ""],
    ]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(bom)
        csv.writer(file, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return rows


@pytest.mark.parametrize(
    ("newline", "bom", "delimiter"), [("\n", "", ","), ("\r\n", "\ufeff", ";")], ids=["plain", "bom-semicolon"]
)
def test_a_canvas_template_is_filled_in_and_all_else_in_it_is_kept(out, tmp_path, newline, bom, delimiter):
    before = canvas_template(tmp_path / "t.csv", newline, bom, delimiter)
    done = export(out, "canvas", tmp_path / "c.csv", template=tmp_path / "t.csv")
    text = (tmp_path / "c.csv").read_bytes().decode()
    assert text.startswith(f"{bom}Student{delimiter}ID")
    assert text.count(newline) == len(before)
    after = list(csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=delimiter))
    changes = {
        (row[0], before[0][j]): new
        for row, changed in zip(before, after, strict=True)
        for j, (old, new) in enumerate(zip(row, changed, strict=True))
        if old != new
    }
    assert changes == {
        ("Lovelace, Ada", "Initialization (77)"): "26.67",  # of 30 there
        ("Lovelace, Ada", "Gradient checking (78)"): "9.5",
        (EVIL, "Initialization (77)"): "0",
        (EVIL, "Student"): "'" + EVIL,
    }
    said = "\n".join(done.notes)
    assert "'Initialization (77)' has 30 points there, 15 here" in said
    assert "excused or not for this student: chidi/initialization (EX), dana/initialization (N/A)" in said
    assert "not sure who this is, left as it is: Emre, Emre again" in said
    assert "no grade for Student, Test (cells left as they are; `--zeros` writes 0)" in said
    assert "open the file as text" in said, "the note of a teacher is read back, so it stays as it is"
    assert done.rows == 2


def test_zeros_are_for_all_who_have_no_grade_unless_somebodys_grade_has_no_row(out, tmp_path):
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", A, B]
    people = [
        [name, str(500 + i), "", name, "S1", "", ""] for i, name in enumerate(("ada", "bela", "chidi", "dana", "emre"))
    ]
    noone, excused = ["Noone", "900", "", "noone", "S1", "", "3"], ["Ex", "901", "", "ex", "S1", "EX", ""]
    judged(out, "rejected")
    for rows, given in (
        ([*people, noone, excused], ["0", "3", "EX", "0"]),
        ([*people[1:], noone, excused], ["", "3", "EX", ""]),
    ):
        write_table(Table([head, *rows]), tmp_path / "t.csv")
        done = export(out, "canvas", tmp_path / "c.csv", template=tmp_path / "t.csv", zeros=True)
        filled = cells(tmp_path / "c.csv")
        assert filled[-2][5:] + filled[-1][5:] == given
        assert any("Noone, Ex" in note for note in done.notes)
    export(out, "canvas", tmp_path / "c.csv", zeros=True, assignment=[A])
    assert {row["Student"]: row[A] for row in lines_of(tmp_path / "c.csv")}["rejected"] == "0"


def test_a_column_can_be_named_by_its_title_or_number_and_one_that_is_missing_is_told(out, tmp_path):
    canvas_template(tmp_path / "t.csv")
    for name in ("9", "Essay", "Essay (9)"):
        done = export(out, "canvas", tmp_path / "c.csv", template=tmp_path / "t.csv", columns=[f"{A}={name}"])
        assert lines_of(tmp_path / "c.csv")[2]["Essay (9)"] == "4.44"
    done = export(out, "canvas", tmp_path / "c.csv", template=tmp_path / "t.csv", columns=[f"{A}=Esay"])
    assert any("no column for 'initialization'" in note and "--column" in note for note in done.notes)


# Moodle


def test_moodles_import_has_a_byte_order_mark_and_if_asked_the_comments(out, tmp_path):
    export(out, "moodle", tmp_path / "m.csv", feedback=True, assignment=[A])
    assert (tmp_path / "m.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    head, ada, bela, *others = cells(tmp_path / "m.csv")
    assert {row[0]: row[6] for row in others}["emre"] == "one 2/10; two 0/5 until a person has graded it"
    assert head == ["Username", "ID number", "Email address", "First name", "Last name", A, f"{A} (feedback)"]
    assert ada[:6] == ["ada", "101", "ada@x.org", "Ada", "Lovelace", "13.33"]
    assert ada[6] == "one 10/10; two 3.33/5; one: &lt;b&gt;Well&lt;/b&gt; done; '=1+1"
    assert bela[6] == "one 1/10; two 0/5; late: 9 off"


def worksheet(path, maximum="100.00", name="Maximum Grade"):
    rows = [
        ["Identifier", "Full name", "Email address", "Status", "Grade", name, "Grade can be changed", "Last modified (submission)", "Online text", "Last modified (grade)", "Feedback comments"],
        ["Participant 11", "Ada Lovelace", "ADA@x.org", "Submitted", "", maximum, "Yes", "-", EVIL, "Monday, 6 May 2024, 10:00 AM", ""],
        ["Participant 12", "Dana", "dana", "Submitted", "", maximum, "Yes", "-", "", "-", "=a remark that was there"],
        ["Participant 13", "Chidi", "chidi", "Submitted", "1.00", maximum, "No", "-", "", "-", ""],
        ["Participant 14", "Noone", "noone@x.org", "No submission", "", maximum, "Yes", "-", "", "-", ""],
        ["Participant 15", "nobody", "nobody", "No submission", "", maximum, "Yes", "-", "", "-", ""],
        ["@Participant 16", "+Odd", "", "", "", maximum, "Yes", "-", "", "-", ""],
    ]  # fmt: skip
    write_table(Table(rows, bom=True), path)
    return rows


def test_a_moodle_worksheet_is_filled_in_and_all_that_moodle_reads_back_is_kept(out, tmp_path):
    worksheet(tmp_path / "w.csv")
    done = export(
        out, "moodle", tmp_path / "m.csv", template=tmp_path / "w.csv", assignment=[A], zeros=True, feedback=True
    )
    rows = {row["Full name"]: row for row in lines_of(tmp_path / "m.csv")}
    assert {name: row["Grade"] for name, row in rows.items()} == {
        "Ada Lovelace": "88.89",  # 13.333 of 15, in a hundred
        "Dana": "100",  # Moodle passes over more
        "Chidi": "1.00",
        "Noone": "",
        "nobody": "0",
        "'+Odd": "",
    }
    assert rows["'+Odd"]["Identifier"] == "@Participant 16"
    assert rows["Ada Lovelace"]["Identifier"] == "Participant 11"
    assert rows["Ada Lovelace"]["Last modified (grade)"] == "Monday, 6 May 2024, 10:00 AM"
    assert rows["Ada Lovelace"]["Online text"] == "'" + EVIL, "a student's words, which Moodle does not read"
    assert rows["Ada Lovelace"]["Feedback comments"].startswith("one 10/10")
    assert rows["Dana"]["Feedback comments"] == "=a remark that was there"
    said = "\n".join(done.notes)
    for words in (
        "cannot be changed in Moodle, left as they are: chidi",
        "cut to Moodle's maximum: dana",
        "no grade for Noone",
        "(cells left as they are; no 0 written, since a grade of those above may be theirs)",
    ):
        assert words in said
    assert "in no row of the template: bela, emre" in said


def test_moodles_number_of_a_participant_counts_in_its_assignment_only(out, tmp_path):
    worksheet(tmp_path / "w.csv")
    lines = [
        RosterEntry("emre", A, "E", "Moodle", "14", "", "", ""),
        RosterEntry("bela", B, "B", "Moodle", "15", "", "", ""),
    ]
    head = ["student", "assignment", "name", "system", "lms_id", "login", "late", "file"]
    write_table(Table([head, *[list(vars(line).values()) for line in lines]]), tmp_path / "s.csv")
    export(out, "moodle", tmp_path / "m.csv", template=tmp_path / "w.csv", assignment=[A], students=tmp_path / "s.csv")
    rows = {row["Identifier"]: row["Grade"] for row in lines_of(tmp_path / "m.csv")}
    assert (rows["Participant 14"], rows["Participant 15"]) == ("13.33", "")


# From the download to the template


def test_what_was_imported_from_canvas_finds_its_row_again(tmp_path, out):
    download, submissions = tmp_path / "d.zip", tmp_path / "in"
    download.write_bytes(zipped([("doejane_9001_5_initialization.ipynb", work()), ("doejane_9002_6_x.ipynb", work())]))
    import_download(download, submissions)
    (out / "run.json").write_text(f'{{"submissions": "{submissions}"}}')
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        for student, score in (("doejane_9001", 5), ("doejane_9002", 6)):
            book.add_student(student)
            hand_in(book, student, A, one=score, two=0)
        book.db.commit()
    template = tmp_path / "t.csv"
    template.write_text(
        f'Student,ID,SIS Login ID,Section,{A} (1)\nPoints Possible,,,,15\n"D, J",9002,q,1,\n"D, J",9001,p,1,\n'
    )
    export(out, "canvas", tmp_path / "c.csv", template=template)
    assert [row[4] for row in cells(tmp_path / "c.csv")[2:]] == ["6", "5"]
    export(out, "canvas", tmp_path / "c.csv")
    rows = {row["ID"]: row for row in lines_of(tmp_path / "c.csv")}
    assert (rows["9001"]["SIS Login ID"], rows["9001"][A]) == ("", "5"), "the name of the folder is no login"


def test_zeros_of_those_who_are_not_in_the_gradebook_have_their_number_and_no_made_up_login(tmp_path, out):
    download, submissions = tmp_path / "d.zip", tmp_path / "in"
    download.write_bytes(zipped([("doejane_9001_5_initialization.ipynb", work())]))
    import_download(download, submissions)
    (out / "run.json").write_text(f'{{"submissions": "{submissions}"}}')
    judged(out, "doejane_9001")
    export(out, "canvas", tmp_path / "c.csv", zeros=True)
    (row,) = (row for row in lines_of(tmp_path / "c.csv") if row["Student"] == "doejane")
    assert (row["ID"], row["SIS Login ID"], row[A]) == ("9001", "", "0")
    done = export(out, "moodle", tmp_path / "m.csv", zeros=True)
    assert any("cannot tell who these are" in note and "doejane_9001" in note for note in done.notes)


# Formulas


@pytest.mark.parametrize(
    "words",
    ["=1+1", "+A1", "-A1+cmd", "@SUM(A1)", " =1", "\t=1", "\n=1", "a;=1", "a,@b", "＝1", "=", "-2+3+cmd|' /C calc'!A0", "-1;=2"],
)  # fmt: skip
def test_a_formula_is_made_words(words):
    assert not is_harmless(words)
    safe = harmless(words)
    assert is_harmless(safe)
    assert "'" in safe
    assert harmless(safe) == safe


@pytest.mark.parametrize(
    "words", ["", "-", "--", "-1", "+1.5", "3,25", "Jean-Luc", "a=b", "ada@x.org", "a - b", "O'Neil", "'=1"]
)
def test_what_is_no_formula_stays(words):
    assert harmless(words) == words


def test_commands_to_a_terminal_do_not_get_into_a_cell():
    assert harmless("a\x1b[31m\x07\r\nb\u202e") == "a b"


def test_ids_that_look_like_formulas_stay_as_they_are_and_are_told(out, tmp_path):
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        book.add_student("=1+1")
        book.db.commit()
    done = export(out, "canvas", tmp_path / "c.csv")
    assert "=1+1" in [row[3] for row in cells(tmp_path / "c.csv")]
    assert any("open the file as text" in note for note in done.notes)


# Tables


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        ("a,b\ncaf\u00e9".encode("latin-1"), "UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-8"),
        (b'a,b\n"1,2\n', "no CSV table"),
        (b"a,b\n1,2,3\n", "longer"),
    ],
    ids=["empty", "latin", "utf16", "quote", "long"],
)
def test_what_is_no_table_is_said_in_one_line(content, reason, tmp_path):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(BadTable, match=reason) as caught:
        read_table(tmp_path / "t.csv")
    assert "\n" not in str(caught.value)


def test_a_table_comes_back_as_it_was(tmp_path):
    rows = [["a", "b"], ['say "x"', "two\nlines"], ["", " ä;,\t "]]
    for delimiter in ",;\t":
        for bom in (True, False):
            write_table(Table(rows, delimiter, bom, "\r\n"), tmp_path / "t.csv")
            assert read_table(tmp_path / "t.csv") == Table(rows, delimiter, bom, "\r\n")


# The commands


def test_errors_are_one_line_and_nothing_is_written(out, tmp_path, capsys):
    canvas_template(tmp_path / "t.csv")
    worksheet(tmp_path / "w.csv")
    worksheet(tmp_path / "scale.csv", name="Scale")
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "gradebook.db").write_text("hello")
    to = tmp_path / "x.csv"
    for folder, arguments in (
        (tmp_path / "none", ["--format", "csv"]),
        (tmp_path / "empty", ["--format", "csv"]),
        (tmp_path / "broken", ["--format", "csv"]),
        (out, ["--format", "csv", "--template", str(tmp_path / "t.csv")]),
        (out, ["--format", "csv", "--assignment", "nonsense"]),
        (out, ["--format", "canvas", "--feedback"]),
        (out, ["--format", "canvas", "--column", "nonsense"]),
        (out, ["--format", "canvas", "--template", str(tmp_path / "none.csv")]),
        (out, ["--format", "canvas", "--template", str(tmp_path / "w.csv")]),
        (out, ["--format", "moodle", "--template", str(tmp_path / "t.csv")]),
        (out, ["--format", "moodle", "--template", str(tmp_path / "w.csv")]),  # of which assignment?
        (out, ["--format", "moodle", "--template", str(tmp_path / "scale.csv"), "--assignment", A]),
        (out, ["--format", "canvas", "--students", str(tmp_path / "t.csv")]),
    ):
        assert main(["export", str(folder), "--to", str(to), *arguments]) == 2
        error = capsys.readouterr().err
        assert error.startswith("course: ")
        assert error.count("\n") == 1, arguments
        assert not to.exists()
    assert main(["export", str(out), "--format", "csv", "--to", str(tmp_path / "no" / "such" / "x.csv")]) == 2
    assert not (tmp_path / "empty" / "gradebook.db").exists()
    template = tmp_path / "t.csv"
    with pytest.raises(CannotExport, match="is the template itself"):
        export(out, "canvas", template, template=template)


def test_the_command_says_where_and_how_many(out, tmp_path, capsys):
    assert main(["export", str(out), "--format", "csv", "--assignment", B, "--to", str(tmp_path / "x.csv")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'x.csv'}: rows with grades: 1\n"


def test_nbgraders_own_export_takes_the_plugins_with_their_settings(out, tmp_path):
    canvas_template(tmp_path / "t.csv")
    command = [
        *(sys.executable, "-m", "nbgrader", "export", "--exporter=autograde.exports.CanvasExport"),
        *(
            "--to",
            str(tmp_path / "n.csv"),
            f"--CourseDirectory.root={out}",
            f"--CanvasExport.template={tmp_path / 't.csv'}",
        ),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "rows with grades: 2" in done.stderr
    export(out, "canvas", tmp_path / "c.csv", template=tmp_path / "t.csv")
    assert (tmp_path / "n.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()


def test_the_plugins_heed_nbgraders_lists_of_students_and_assignments(out, tmp_path):
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        CanvasExport(to=str(tmp_path / "c.csv"), student=["ada", "emre"], assignment=[A]).export(book)
    assert [row[3:] for row in cells(tmp_path / "c.csv")[2:]] == [["ada", "", "13.33"], ["emre", "", "2"]]
