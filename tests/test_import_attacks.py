"""What one student hands in may cost that student's own submission, and nobody else's: names, sizes and broken zips.

In each test an honest class stands beside the attack, and every one of its notebooks has to arrive as it was.
"""

import io
import random
import struct
import unicodedata
import zipfile

import pytest
from zips import there, work, zipped

from autograde.cli import main
from autograde.judging.intake import find, recognise
from autograde.lms import downloads
from autograde.lms.archives import ZipLimits
from autograde.lms.downloads import CannotImport, import_download

A, B = "initialization", "regularization"
SMALL = ZipLimits(student=2_000_000, student_files=30, student_zips=3, file=1_500_000, nested=1_500_000)


def canvas(n, rest=f"{A}.ipynb", name="ann", number=None):
    return f"{name}{n}_{1000 + n}_{number or 678_900 + n}_{rest}"


def moodle(n, rest=f"/{A}.ipynb"):
    return f"Ann {n}_{4000 + n}_assignsubmission_file_{rest}"


CLASSES = {
    "Canvas": ([canvas(n) for n in range(5)], [f"ann{n}_{1000 + n}" for n in range(5)]),
    "Canvas, anonymous": (
        [f"{'LATE_' * (n == 0)}anon_xK{n}_{678_900 + n}_{A}.ipynb" for n in range(5)],
        [f"anon_xK{n}" for n in range(5)],
    ),
    "Moodle": ([moodle(n) for n in range(5)], [f"Ann {n}" for n in range(5)]),
    "Moodle, folders of 4.1": (
        [f"Ann {n}_{4000 + n}_assignsubmission_file/{A}.ipynb" for n in range(5)],
        [f"Ann {n}" for n in range(5)],
    ),
    "Moodle, flat": ([moodle(n, f"{A}.ipynb") for n in range(5)], [f"Ann {n}" for n in range(5)]),
    "nbgrader": ([f"ann{n}/{A}/{A}.ipynb" for n in range(5)], [f"ann{n}" for n in range(5)]),
    "nbgrader, in a folder": (
        ["downloads/readme.ipynb", *(f"downloads/hw/ann{n}/{A}/{A}.ipynb" for n in range(5))],
        [f"ann{n}" for n in range(5)],
    ),
}


class Class:
    """An honest class, and a zip in which its submissions stand among those of others."""

    def __init__(self, tmp_path, system):
        names, self.students = CLASSES[system]
        self.system = system
        self.to = tmp_path / "in"
        self.zip = tmp_path / "download.zip"
        self.entries = [(name, work(f"honest {n}")) for n, name in enumerate(names)]

    def take(self, others, **settings):
        """Import half of the class, the others, the other half; what became of it. others: entries, or a whole zip."""
        half = len(self.entries) // 2
        whole = isinstance(others, bytes)
        self.zip.write_bytes(others if whole else zipped([*self.entries[:half], *others, *self.entries[half:]]))
        result = import_download(self.zip, self.to, **settings)
        lines = list(result.lines(self.to))
        assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for line in lines for c in line)
        assert len(lines) < 60
        assert not list(self.to.glob(".import*"))
        return result

    def others(self):
        """{path: words} of the notebooks that came beside the class, which itself has to be there."""
        found = there(self.to)
        for student, (name, _) in zip(self.students, [e for e in self.entries if "readme" not in e[0]], strict=True):
            words = found.pop(f"{student}/{A}/{A}.ipynb", None)
            assert words == dict(self.entries)[name].partition("these words: ")[2].partition('"')[0], student
        return found


@pytest.fixture
def honest(tmp_path):
    """Makes an honest class of a system."""
    return lambda system="Canvas": Class(tmp_path, system)


# The system of a zip (line 51 of the list)

ODD = {
    "Canvas": [canvas(9, f"Zoe_5_assignsubmission_file_{A}.ipynb")],
    "Canvas, anonymous": [f"anon_xK9_678909_Zoe_5_assignsubmission_file_{A}.ipynb", "bob_5_678910_x.ipynb"],
    "Moodle": [moodle(9, f"/w{i}/{A}/z{i}_{i}_{i}_x.ipynb") for i in range(1, 30)],
    "Moodle, folders of 4.1": [moodle(9, f"/x{i}/{A}/z{i}_{i}_{i}_x.ipynb") for i in range(1, 30)],
    "Moodle, flat": [moodle(9, f"z{i}_{i}_{i}_{A}.ipynb") for i in range(1, 30)],
    "nbgrader": [f"eve/{i}/Zoe_{i}_assignsubmission_file_/{i}_{i}_{i}_x.ipynb" for i in range(1, 500)],
    "nbgrader, in a folder": [f"downloads/hw/eve/work{i}/{A}/{A}/{i}_{i}_{i}_x.ipynb" for i in range(1, 500)],
}


@pytest.mark.parametrize("system", CLASSES)
def test_names_that_one_student_chose_do_not_decide_for_the_class(system, honest):
    us = honest(system)
    result = us.take([(name, work(f"odd {i}")) for i, name in enumerate(ODD[system])])
    us.others()
    assert result.system == system.split(",")[0]
    told = " ".join([*result.notes, *result.refused, *result.aside])
    assert all(name.split("/")[0] in told for name in ODD[system][:1]), "the odd one is named"


def test_an_entry_that_only_another_system_could_have_named_is_refused_by_name(honest):
    us = honest()
    result = us.take([(f"Zoe_assignsubmission_file_{A}.ipynb", work("odd"))])
    assert us.others() == {}
    assert result.refused == [
        f"'Zoe_assignsubmission_file_{A}.ipynb' has not the name that Canvas gives: nobody knows whose it is"
    ]


def test_five_hundred_folders_of_an_assignments_name_make_nobody_a_student(honest):
    us = honest("nbgrader")
    folders = [(f"eve/{A}/{A}/{i}/{A}/x.ipynb", work(f"eve {i}")) for i in range(500)]
    us.take([(f"eve/{A}/{A}.ipynb", work("eve")), *folders])
    assert {path.split("/")[-3] for path in us.others()} == {"eve"}


def test_a_student_called_anon_does_not_make_the_class_anonymous(honest):
    us = honest()
    us.take([(f"anon_77_678950_12_{A}.ipynb", work("anon"))])
    assert us.others() == {f"anon_77/{A}/{A}.ipynb": "anon"}


def test_two_canvas_downloads_in_two_folders_are_canvas(honest):
    us = honest()
    us.entries = [(f"hw{n % 2}/{name}", content) for n, (name, content) in enumerate(us.entries)]
    assert us.take([]).system == "Canvas"
    us.others()


# Budgets (line 52)


def noise(size, seed):
    return random.Random(seed).randbytes(size)


def own(*entries):
    return zipped([(name, content) for name, content in entries])


def looked_at_while(monkeypatch, folder):
    """[{name in the staging folder: content}], at each moment when a notebook is looked at."""
    moments = []
    look = downloads.recognise

    def spy(path):
        moments.append({p.name: p.read_bytes() for p in folder.glob(".import*/*")})
        return look(path)

    monkeypatch.setattr(downloads, "recognise", spy)
    return moments


def test_a_students_zips_use_up_that_students_budget_only(honest):
    us = honest()
    big = [(canvas(9, f"{i}.zip", number=679_000 + i), own((f"{i}.ipynb", noise(700_000, i)))) for i in range(5)]
    result = us.take(big, limits=SMALL)
    us.others()
    assert {line.partition("' ")[0] for line in result.refused} <= {f"'{name}" for name, _ in big} | {
        f"'{name}/{i}.ipynb" for i, (name, _) in enumerate(big)
    }
    assert any("2 MB are unpacked for one student" in line for line in result.refused)


def test_what_a_class_unpacks_to_in_all_is_not_one_students(honest):
    us = honest()
    limits = ZipLimits(total=4_000_000, student=2_000_000)
    big = [(canvas(9, f"{i}.ipynb", number=679_000 + i), noise(900_000, i)) for i in range(9)]
    result = us.take(big, limits=limits)
    us.others()
    assert len(result.refused) == 7


def test_a_student_has_so_many_files_and_zips_and_the_report_stays_short(honest):
    us = honest("nbgrader")
    flood = [(f"eve/{A}/{i}.ipynb", b"") for i in range(400)]
    zips = [(f"fay/{A}/{i}.zip", own((f"{A}.ipynb", work(f"zip {i}")))) for i in range(9)]
    result = us.take([*flood, *zips], limits=SMALL)
    assert {path.split("/")[0] for path in us.others()} <= {"eve", "fay", "__aside"}
    assert "'eve/initialization/30.ipynb' is too much: 30 files are unpacked for one student" in result.refused
    assert "390 more files of 'eve'" in result.refused
    assert sum("3 zips are opened for one student" in line for line in result.refused) == 6


@pytest.mark.parametrize("kind", ["read", "no zip", "torn", "with a bomb"])
def test_a_students_zip_is_gone_before_its_notebooks_are_looked_at(kind, honest, monkeypatch):
    us = honest()
    moments = looked_at_while(monkeypatch, us.to)
    content = own((f"{A}.ipynb", work("in a zip")), ("noise.bin", noise(500_000, 1)))
    content = {
        "no zip": noise(500_000, 2),
        "torn": content[:-40],
        "with a bomb": own(("bomb.ipynb", b"0" * 5_000_000), (f"{A}.ipynb", work("x")), ("n", noise(10**6, 3))),
    }.get(kind, content)
    us.take([(canvas(9, "work.zip"), content)])
    us.others()
    assert len(moments) >= 5
    for staged in moments:
        assert max(map(len, staged.values())) < 400_000, "neither the zip nor what was refused of it lies there"


def test_what_lies_unpacked_is_one_students_at_a_time(honest, monkeypatch):
    us = honest()
    moments = looked_at_while(monkeypatch, us.to)
    us.take([(canvas(9, f"{i}.ipynb", number=679_000 + i), work(f"copy {i}")) for i in range(8)])
    us.others()
    assert max(map(len, moments)) == 8
    assert len(moments) == 13
    assert min(map(len, moments)) == 1


def test_of_many_notebooks_of_one_student_twenty_are_set_aside_and_the_newest_counts(honest):
    us = honest()
    names = [canvas(9, f"{i}.ipynb", number=679_000 + i) for i in range(60)]
    result = us.take([(name, work(f"copy {i}")) for i, name in enumerate(names)])
    found = us.others()
    assert found.pop(f"ann9_1009/{A}/{A}.ipynb") == "copy 59"
    assert set(found.values()) == {f"copy {i}" for i in range(39, 59)}
    assert "39 more of 'ann9_1009' stay in the zip" in result.aside


def test_marks_inside_a_students_file_are_not_entries_of_the_class(honest):
    us = honest()
    info = zipfile.ZipInfo(canvas(9, "work.zip"))
    info.compress_type = zipfile.ZIP_STORED
    marks = b"".join(b"PK\x01\x02" + noise(6, i) for i in range(500))
    result = us.take([(info, marks)], limits=ZipLimits(entries=50))
    us.others()
    assert result.refused == [f"'{info.filename}' cannot be opened: it is damaged or no zip"]


# Names that stand for others (line 53)

TWO_WAYS = [
    "ann3_1003_999999_initialization.ipynb",  # Canvas would take out the dot; another system may not
    "ann3_1003_999999_x",
    "ann3_LATE_1003_999999_x",
    "ann3_1003",  # the own number would be that of the file then
    "ann3_1003_999999_ann4_1004_999998_x",
    "nobody_5_999999_x",  # of somebody who handed in nothing
]


@pytest.mark.parametrize("name", TWO_WAYS)
@pytest.mark.parametrize("rest", [f"{A}.ipynb", "work.zip"])
def test_a_display_name_with_anothers_pattern_stands_for_nobody(name, rest, honest):
    us = honest()
    entry = f"{name}_660000_700500_{rest}"
    content = work("forged") if rest != "work.zip" else own((f"{A}.ipynb", work("forged")))
    result = us.take([(entry, content)], replace_old=True)
    assert us.others() == {}
    (line,) = result.refused
    assert line.startswith(f"'{entry}' may be of '{name.split('_')[0]} ({5 if 'nobody' in name else 1003})' or of ")
    assert "put it in its place by hand" in line
    assert not result.complete


@pytest.mark.parametrize(
    "rest",
    [
        "2024_05_01_initialization.ipynb",
        "hw_1_2_final.ipynb",
        "12_10_initialization.ipynb",
        "_3_4_5_.ipynb",
        "ann9_1009_678000_initialization.ipynb",  # what came back from the teacher, handed in again
    ],
)
def test_dates_and_versions_in_a_files_own_name_are_no_other_student(rest, honest):
    us = honest()
    result = us.take([(canvas(9, rest), work("mine"))])
    assert us.others() == {f"ann9_1009/{A}/{A}.ipynb": "mine"}
    assert result.refused == []


@pytest.mark.parametrize(
    ("system", "entry", "folder"),
    [
        ("Moodle, flat", f"Ann 3_4003_assignsubmission_file__66_assignsubmission_file_{A}.ipynb", None),
        ("Moodle, flat", f"Ann 3_4003_assignsubmission_file_x_assignsubmission_file_{A}.ipynb", None),
        ("Moodle", f"Ann 3_4003_assignsubmission_file__66_assignsubmission_file_/{A}.ipynb", "Ann 3_4003_"),
        ("Moodle", f"Ann 3_4003_66_assignsubmission_file_/{A}.ipynb", "Ann 3_4003"),
        ("Moodle", f"Eve_66_assignsubmission_file_/Ann 3_4003_assignsubmission_file_/{A}.ipynb", "Eve"),
    ],
)
def test_a_display_name_with_moodles_pattern_stands_for_nobody(system, entry, folder, honest):
    us = honest(system)
    result = us.take([(entry, work("forged"))], replace_old=True)
    found = us.others()
    assert [path for path in found if path.split("/")[0] in us.students] == []
    assert all(path.startswith(folder) for path in found) if folder else entry in result.refused[0]
    assert len(found) == bool(folder)


STRANGE = [
    ["students.csv"],
    ["STUDENTS.CSV", "Students.csv"],
    ["students.csv.part"],
    ["__aside", "__Aside"],
    [".import-x"],
    ["..", "..."],
    ["NUL", "nul.txt"],
    ["x" * 250, "x" * 249 + "y"],
    ["é" * 100, "e\u0301" * 100],
    ["Zoë", "Zoe\u0308"],
    ["ann", "ANN", "ａｎｎ", "an\u200bn", "ann\ufe0f"],
    ["straße", "STRASSE", "ﬁn", "fin"],
    ["a/b", "a:b", "a*b"],
    ["_", "__", "___"],
    ["Eve_5", "Eve"],
]


@pytest.mark.parametrize("names", STRANGE, ids=range(len(STRANGE)))
@pytest.mark.parametrize("folders", [True, False], ids=["folders", "flat"])
def test_no_strange_name_ends_the_import_or_shares_a_folder(names, folders, honest):
    us = honest("Moodle" if folders else "Moodle, flat")
    rest = f"/{A}.ipynb" if folders else f"{A}.ipynb"
    names = [name for name in names if "/" not in name]
    strange = [(f"{name}_{5 + i}_assignsubmission_file_{rest}", work(f"strange {i}")) for i, name in enumerate(names)]
    result = us.take(strange)
    found = us.others()
    assert len(set(found.values())) == len(found) == len(names) - len(result.refused)
    refusable = (
        "Windows keeps for devices",
        "names a place outside of the zip",
        "characters in its name that are not for names",
    )
    assert [line for line in result.refused if not line.endswith(refusable)] == []
    students = [path.split("/")[0] for path in found]
    assert len({student.casefold() for student in students}) == len(students)
    assert {f.student for f in find(us.to, recognise)} == {*us.students, *students}, "the grader sees them all"
    assert len(list(us.to.glob("students.csv"))) == 1


@pytest.mark.parametrize("names", [n for n in STRANGE if "x" * 249 not in n[0]], ids=str)
def test_no_strange_folder_ends_the_import_of_nbgraders_layout(names, honest):
    us = honest("nbgrader")
    us.take([(f"{name}/{A}/{A}.ipynb", work(f"strange {i}")) for i, name in enumerate(names)])
    found = us.others()
    assert len(set(found.values())) == len(found), "nobody's has become another's"
    assert (us.to / "students.csv").is_file()


def test_accents_in_two_spellings_are_two_students_who_have_to_be_told_apart(honest):
    us = honest("nbgrader")
    result = us.take([(f"Zoë/{A}/{A}.ipynb", work("one")), (f"Zoe\u0308/{A}/{A}(1).ipynb", work("two"))])
    assert us.others() == {f"Zoë/{A}/{A}.ipynb": "one"}
    assert "rename one" in result.refused[0]


def test_a_name_with_a_number_does_not_get_the_folder_of_a_namesake(honest):
    us = honest("Moodle")
    us.take([(f"Eve_5_9_assignsubmission_file_/{A}.ipynb", work("called Eve_5"))])
    twins = [(f"Eve_{n}_assignsubmission_file_/{B}.ipynb", work(f"Eve {n}", B)) for n in (5, 6)]
    us.take(twins, replace_old=True)
    found = us.others()
    assert found[f"Eve_5/{A}/{A}.ipynb"] == "called Eve_5"
    assert f"Eve_5/{B}/{B}.ipynb" not in found
    assert sorted(found.values()) == ["Eve 5", "Eve 6", "called Eve_5"]


def test_a_file_where_a_folder_should_be_costs_one_submission(honest):
    us = honest()
    us.to.mkdir()
    (us.to / "ann9_1009").write_text("the teacher's")
    (us.to / f"ann8_1008/{A}/{A}.ipynb").mkdir(parents=True)
    result = us.take([(canvas(9), work("nine")), (canvas(8), work("eight"))], replace_old=True)
    assert us.others().get(f"ann9_1009/{A}/{A}.ipynb") is None
    assert [line.rpartition(" finds ")[2].rpartition(": ")[2] for line in result.refused] == ["move that away"] * 2


# Zips that are no zips, outside and inside


def patch(content, name, offset, form, *values):
    """A zip in which what is listed of an entry is another; offset: in the list at the end."""
    changed = bytearray(content)
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    struct.pack_into(form, changed, start + offset, *values)
    return bytes(changed)


def with_extra(name, extra):
    info = zipfile.ZipInfo(name)
    info.extra = extra
    return info


BAD = canvas(9, f"bad-{A}.ipynb")
BIG = 0xFFFFFFFF
BROKEN = {
    "2**63 bytes": (struct.pack("<HHQ", 1, 8, 2**63), 24, "<L", BIG),
    "2**63 packed bytes": (struct.pack("<HHQ", 1, 8, 2**63), 20, "<L", BIG),
    "in the place 2**63": (struct.pack("<HHQ", 1, 8, 2**63), 42, "<L", BIG),
    "in the place 2**64": (struct.pack("<HHQ", 1, 8, 2**64 - 1), 42, "<L", BIG),
    "numbers of zip64 left out": (struct.pack("<HHQ", 1, 8, 2**63), 20, "<LL", BIG, BIG),
    "an extra field that is too long": (struct.pack("<HHQ", 1, 900, 2**63), 24, "<L", BIG),
    "a version to come": (b"", 6, "<B", 99),
    "UTF-8 that is none": (b"", 8, "<H", 0x800),
    "a wrong checksum": (b"", 16, "<L", 1),
    "packed otherwise": (b"", 10, "<H", 77),
    "patched data": (b"", 8, "<H", 0x20),
    "month 15, second 62": (b"", 12, "<HH", 0xFFFF, 0xFFFF),
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("inside", [False, True], ids=["outer", "nested"])
def test_one_broken_entry_is_one_line(what, inside, honest):
    us = honest()
    extra, *change = BROKEN[what]
    name = BAD.replace("bad", "b\u00e4d" if "UTF-8" in what else "bad")
    bad = (with_extra(name, extra), work("bad"))
    entries = [(f"good-{A}.ipynb", work("good"))] if inside else us.entries
    content = zipped([entries[0], bad, *entries[1:]])
    if "UTF-8" in what:
        content = content.replace(name.encode(), name.encode("latin-1") + b"x")  # as long as before
        name = "d-initialization.ipynb"
    content = patch(content, name, *change)
    result = us.take([(canvas(9, "work.zip"), content)] if inside else content)
    others = us.others()
    if what.startswith("month"):
        assert "bad" in others.values()
        assert result.refused == []
    else:
        assert set(others.values()) == ({"good"} if inside else set())
        (line,) = result.refused
        assert "ann9_1009_678909" in line


def test_a_name_that_is_listed_twice_counts_once(honest):
    us = honest()
    with pytest.warns(UserWarning, match="Duplicate name"):
        entries = zipped([*us.entries, (BAD, work("first")), (BAD, work("second"))])
    result = us.take(entries)
    assert us.others() == {f"ann9_1009/{A}/{A}.ipynb": "first"}
    assert result.refused == [f"'{BAD}' is listed more than once; the first one counts"]


def test_entries_that_share_their_bytes_use_up_the_budget_of_their_student(honest):
    kernel = noise(400_000, 1)
    listed = zipped([(f"{i}.ipynb", b"") for i in range(25)])
    one = zipped([("0.ipynb", kernel)])
    (info,) = zipfile.ZipFile(io.BytesIO(one)).infolist()
    start = listed.index(b"PK\x01\x02")
    directory = bytearray(listed[start:])
    at = 0
    while directory[at : at + 4] == b"PK\x01\x02":
        struct.pack_into(
            "<HHHLLL", directory, at + 10, info.compress_type, 0, 33, info.CRC, info.compress_size, info.file_size
        )
        struct.pack_into("<L", directory, at + 42, 0)
        at += 46 + sum(struct.unpack_from("<HHH", directory, at + 28))
    struct.pack_into("<L", directory, at + 16, one.index(b"PK\x01\x02"))
    bomb = one[: one.index(b"PK\x01\x02")] + bytes(directory)
    assert len(zipfile.ZipFile(io.BytesIO(bomb)).infolist()) == 25
    us = honest()
    result = us.take([(canvas(9, "work.zip"), bomb)], limits=SMALL)
    us.others()
    assert len(result.refused) == 11, "ten lines, and how many more"
    assert any("damaged" in line or "too much" in line for line in result.refused)


def test_a_file_and_a_folder_of_one_name_are_both_read(honest):
    us = honest("nbgrader")
    us.take([(f"eve/{A}/{A}.ipynb", work("file")), (f"eve/{A}/{A}.ipynb/{A}.ipynb", work("in a folder"))])
    assert set(us.others().values()) == {"file", "in a folder"}


@pytest.mark.parametrize("name", [".", "./.", "a" * 1_100 + ".ipynb", "a/" * 20_000 + "x.ipynb", "\x01.ipynb"], ids=len)
@pytest.mark.parametrize("inside", [False, True], ids=["outer", "nested"])
def test_a_name_that_is_none_is_one_line(name, inside, honest):
    us = honest()
    bad = [(name, work("bad"))]
    result = us.take([(canvas(9, "work.zip"), zipped(bad))] if inside else bad)
    assert us.others() == {}
    assert len(result.refused) == 1


@pytest.mark.parametrize(
    "content", [b"9" * 90, b"\xff\xfe\x00", b"", b"9999999-99-99 99:99:99", b"x" * 1_001, b"1\x1b[2J"]
)
def test_an_absurd_timestamp_costs_at_most_itself(content, honest):
    us = honest("nbgrader")
    result = us.take([(f"eve/{A}/{A}.ipynb", work("eve")), (f"eve/{A}/timestamp.txt", content)])
    assert us.others() == {f"eve/{A}/{A}.ipynb": "eve"}
    assert len(result.refused) == (len(content) > 1_000)


def test_the_command_names_what_was_refused_and_exits_with_one(honest, capsys):
    us = honest()
    us.zip.write_bytes(zipped([*us.entries, (f"{TWO_WAYS[0]}_660000_700500_x.ipynb", work("forged"))]))
    assert main(["import", str(us.zip), "--to", str(us.to)]) == 1
    assert "may be of 'ann3 (1003)' or of 'ann3_1003_999999_initialization.ipynb (660000)'" in capsys.readouterr().out
    us.others()


def test_a_zip_that_lists_too_much_is_one_line(honest):
    us = honest()
    with pytest.raises(CannotImport, match="lists more than 3 files"):
        us.take([], limits=ZipLimits(entries=3))
