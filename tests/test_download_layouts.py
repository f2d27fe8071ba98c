"""Whose is what in downloads of every system, by names that public documents and programs show: as many students come out as
went in."""

import zipfile
from time import perf_counter
from types import SimpleNamespace

import pytest
from zips import A, B, known, taking, there, work, zipped

from autograde.lms import downloads, naming
from autograde.lms.archives import Entry


@pytest.fixture
def take(tmp_path):
    return taking(tmp_path)


CLASS = ["Jane Doe", "Doe, Jane", "Jörg Müller", "O'Brien-Smith, Ann", "Jane Doe", "李 小龍"]
SUBMITTERS = "".join(
    f"submission_{i}:\n  :submitters:\n  - :name: {name!r}\n    :sid: '{i}'\n    :email: s{i}@x.org\n  :score: 1.0\n"
    for i, name in enumerate(CLASS)
)
LAYOUTS = {  # the name of a student's notebook, by number and name; what lies beside them
    "canvas": (lambda i, name: f"{name.lower().replace(' ', '')}_{100 + i}_{5000 + i}_{A}.ipynb", []),
    "moodle": (lambda i, name: f"{name}_{100 + i}_assignsubmission_file_/{A}.ipynb", []),
    "moodle 4.1": (
        lambda i, name: f"{name}_{100 + i}_assignsubmission_file/{A}.ipynb",
        [("Jane Doe_100_assignsubmission_onlinetext/onlinetext.html", "<p>my work")],
    ),
    "moodle, flat": (lambda i, name: f"{name}_{100 + i}_assignsubmission_file_{A}.ipynb", []),
    "gradescope": (
        lambda i, name: f"assignment_1_export/submission_{i}/{A}.ipynb",
        [("assignment_1_export/submission_metadata.yml", SUBMITTERS)],
    ),
    "blackboard": (
        lambda i, name: f"Home_work 1_js_{i}_attempt_2026-10-03-11-50-1{i}_{A}.ipynb",
        [
            (f"Home_work 1_js_{i}_attempt_2026-10-03-11-50-1{i}.txt", f"Name: J S (js_{i})\nAssignment: (x)")
            for i in range(len(CLASS))
        ],
    ),
    "brightspace": (
        lambda i, name: f"{700 + i}-99 - {name} - Oct 3, 2026 1150 AM/{A}.ipynb",
        [("index.html", "<html>")],
    ),
    "brightspace, flat": (lambda i, name: f"{700 + i}-99 - {name} - {A}.ipynb", []),
    "github, as cloned": (lambda i, name: f"hw-1-submissions/hw-1-js-{i}/notebooks/{A}/{A}.ipynb", []),
    "github": (lambda i, name: f"{A}-js-{i}/{A}.ipynb", []),
    "google": (lambda i, name: f"Homework 1/{name} - {A}.ipynb", []),
    "folders": (lambda i, name: f"Homework 1/{name}/{A}.ipynb", []),
    "folders in folders": (lambda i, name: f"{name}/my files/{A}.ipynb", []),
    "nbgrader": (lambda i, name: f"submitted/{name}/{A}/{A}.ipynb", []),
}
NAMES_ONLY = ("google", "folders", "folders in folders", "nbgrader")  # no two of one name can be told apart


@pytest.mark.parametrize("size", [1, 2, len(CLASS)])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_as_many_students_come_out_as_went_in_each_with_their_own_work(layout, size, take):
    called, beside = LAYOUTS[layout]
    names = CLASS[:size]
    if layout in NAMES_ONLY:
        names = list(dict.fromkeys(names))
    entries = [(called(i, name), work(f"work {i}")) for i, name in enumerate(names)]
    if layout == "folders in folders" and size == 1:  # of one alone, nobody knows which folder is the student's
        entries = [(f"{names[0]}/{A}.ipynb", work("work 0"))]
    result = take([*(beside[:size] if layout == "blackboard" else beside), *entries])
    assert result.complete
    assert sorted(there(take.to).values()) == [f"work {i}" for i in range(len(names))]
    assert len({line["student"] for line in known(take.to)}) == len(names)
    for line in known(take.to):
        i = int(there(take.to)[f"{line['student']}/{A}/{A}.ipynb"].removeprefix("work "))
        assert line["file"] == entries[i][0], "students.csv says whose work lies in the folder"
        if layout in (
            *NAMES_ONLY,
            "moodle",
            "moodle 4.1",
            "moodle, flat",
            "brightspace",
            "brightspace, flat",
            "gradescope",
        ):
            assert line["name"] == names[i]
    if layout == "gradescope":
        assert {line["login"] for line in known(take.to)} == {f"s{i}@x.org" for i in range(len(names))}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_second_assignment_finds_the_folders_of_the_first(layout, take):
    called, beside = LAYOUTS[layout]
    names = ["Jane Doe", "Jörg Müller"]
    for n, assignment in enumerate((A, B)):
        # numbers that a system gives for one assignment only are others in the next
        number = 50 * n if layout.startswith("moodle") else 0
        take(
            [
                *(e for e in beside if e[0].endswith(".yml")),
                *(
                    (called(i + number, name).replace(A, assignment), work(name, assignment))
                    for i, name in enumerate(names)
                ),
            ]
        )
    lines = known(take.to)
    assert len(lines) == 4
    assert len({line["student"] for line in lines}) == 2
    assert {line["assignment"]: 0 for line in lines}.keys() == {A, B}


def test_a_submission_to_gradescope_by_two_is_each_ones(take):
    pair = "submission_7:\n  :submitters:\n  - :name: Ann\n    :email: a@x.org\n  - :name: Bob\n    :sid: '2'\n"
    assert take([("e/submission_metadata.yml", pair), (f"e/submission_7/{A}.ipynb", work("ours"))]).complete
    assert there(take.to) == {f"a@x.org/{A}/{A}.ipynb": "ours", f"2/{A}/{A}.ipynb": "ours"}


@pytest.mark.parametrize(
    "said", ["", "\0", "[" * 5_000, "submission_1: !ruby/object:User {}", "submission_1:\n  :submitters: 7"]
)
def test_a_folder_of_gradescope_of_which_nobody_says_whose_it_is_is_refused(said, take):
    result = take([("e/submission_metadata.yml", said), *((f"e/submission_{i}/{A}.ipynb", work()) for i in (1, 2))])
    assert there(take.to) == {}
    assert "Gradescope" in result.refused[-1]
    assert not result.complete


def test_the_last_attempt_in_blackboard_and_brightspace_counts(take):
    names = [f"HW_jdoe_attempt_2026-10-{day}-11-50-10_{A}.ipynb" for day in ("04", "12", "03")]
    names += [f"HW_roe_attempt_2026-10-01-11-50-10_{A}.ipynb"]
    take([(name, work(name[24:26])) for name in names])
    assert there(take.to)[f"jdoe/{A}/{A}.ipynb"] == "12"
    folders = [
        f"7-9 - Jane Doe - {when}" for when in ("Oct 3, 2026 1150 PM", "Oct 3, 2026 1250 PM", "Sep 30, 2026 905 AM")
    ]
    result = take([(f"{folder}/{A}.ipynb", work(folder[-7:])) for folder in folders])
    assert there(take.to)[f"Jane Doe/{A}/{A}.ipynb"] == "1150 PM"
    assert len(result.aside) == 2
    assert not result.complete, "what is set aside is for a person to look at"


@pytest.mark.parametrize("layout", ["brightspace", "brightspace, flat"])
def test_one_name_with_another_number_in_brightspace_is_somebody_else_and_told(layout, take):
    called, _ = LAYOUTS[layout]
    take([(called(0, "Jane Doe"), work("first"))])
    result = take([(called(1, "Jane Doe").replace(A, B), work("second", B))])
    assert there(take.to) == {f"Jane Doe/{A}/{A}.ipynb": "first", f"Jane Doe_701/{B}/{B}.ipynb": "second"}
    assert any("'Jane Doe' is of another number in Brightspace than 'Jane Doe (701)'" in note for note in result.notes)
    take([(called(1, "Jane Doe"), work("hers too"))])
    assert there(take.to)[f"Jane Doe_701/{A}/{A}.ipynb"] == "hers too"


def test_two_files_under_one_name_in_google_classroom_are_given_to_nobody(take):
    names = [f"Jane Doe - {A}.ipynb", f"Jane Doe - {A} (1).ipynb", f"Ann Lee - {A}.ipynb"]
    result = take([(name, work("same")) for name in names])
    assert there(take.to) == {f"Ann Lee/{A}/{A}.ipynb": "same"}
    assert len(result.refused) == 2
    assert "does not say whether they are one student's" in result.refused[0]


SEVERAL = {
    "sections": [f"section {s}/{name}/{A}.ipynb" for s in (1, 2) for name in ("ann", "bob")],
    "namesakes": [f"section {s}/ann/{A}/{A}.ipynb" for s in (1, 2)],
    "an assignment around": [f"class/{A}/{name}/{A}.ipynb" for name in ("ann", "bob")],
    "zips": [f"class/{name}.zip" for name in ("ann", "bob")],
    "own folders": [f"ann/{folder}/{A}.ipynb" for folder in ("a", "b")] + [f"bob/a/{A}.ipynb", f"cleo/a/{A}.ipynb"],
}


@pytest.mark.parametrize("names", SEVERAL.values(), ids=SEVERAL)
@pytest.mark.parametrize("alike", [True, False])
def test_no_student_is_made_of_several_folders(names, alike, take):
    def content(name):
        notebook = work("alike" if alike else name)
        return zipped([(f"{A}.ipynb", notebook)]) if name.endswith(".zip") else notebook

    result = take([(name, content(name)) for name in names])
    lost = [name for name in names if any(name in line for line in result.refused)]
    assert len(lost) + len(there(take.to)) == len(names)
    assert len(lost) >= 2
    assert not result.complete


def test_a_copy_beside_the_work_makes_nobody_two(take):
    names = [
        f"ann/{A}/{A}.ipynb",
        f"ann/{A}/old/{A}.ipynb",
        f"ann/backup/{A}.ipynb",
        f"bob/{A}.ipynb",
        f"bob/x/{A}.ipynb",
    ]
    take([(name, work(name)) for name in names])
    assert there(take.to) == {
        f"ann/{A}/{A}.ipynb": f"ann/{A}/{A}.ipynb",
        f"ann/{A}/{A} (2).ipynb": f"ann/backup/{A}.ipynb",
        f"ann/{A}/{A} (3).ipynb": f"ann/{A}/old/{A}.ipynb",
        f"bob/{A}/{A}.ipynb": f"bob/{A}.ipynb",
        f"bob/{A}/{A} (2).ipynb": f"bob/x/{A}.ipynb",
    }


# Gradescope's file on whose the folders are


def submitted(**folders):
    return "---\n" + "".join(f"{folder}:\n  :submitters:\n{people}" for folder, people in folders.items())


def person(name, email=""):
    return f"  - :name: {name}\n    :sid: ''\n" + f"    :email: {email}\n" * bool(email)


ANN, MAL = person("Ann", "ann@x.org"), person("Mal", "mal@x.org")
OF_BOTH = submitted(submission_1=ANN, submission_2=MAL)


@pytest.mark.parametrize("around", ["", "export/", "a/b/export/"])
@pytest.mark.parametrize("own", ["", "my work/", "submission_1/", "x/submission_metadata.yml/"])
def test_a_students_own_file_on_submitters_gives_nobody_anothers_work(around, own, take):
    swapped = submitted(submission_1=MAL, submission_2=ANN)
    result = take(
        [
            (f"{around}submission_metadata.yml", OF_BOTH),
            (f"{around}submission_1/{A}.ipynb", work("ann")),
            (f"{around}submission_2/{A}.ipynb", work("mal")),
            (f"{around}submission_2/{own}submission_metadata.yml", swapped),
        ]
    )
    assert there(take.to) == {f"ann@x.org/{A}/{A}.ipynb": "ann", f"mal@x.org/{A}/{A}.ipynb": "mal"}
    assert result.complete


def test_two_exports_of_gradescope_in_one_zip_go_each_by_their_own_file(take):
    exports = (("one", A, OF_BOTH), ("two", B, submitted(submission_1=MAL, submission_2=ANN)))
    entries = [(f"{export}/submission_metadata.yml", said) for export, _, said in exports]
    entries += [
        (f"{export}/submission_{n}/{a}.ipynb", work(f"{export} {n}", a)) for export, a, _ in exports for n in (1, 2)
    ]
    assert take(entries).complete
    assert there(take.to) == {
        f"ann@x.org/{A}/{A}.ipynb": "one 1",
        f"mal@x.org/{A}/{A}.ipynb": "one 2",
        f"mal@x.org/{B}/{B}.ipynb": "two 1",
        f"ann@x.org/{B}/{B}.ipynb": "two 2",
    }


def test_a_folder_of_gradescope_that_is_named_twice_is_nobodys(take):
    said = OF_BOTH + submitted(submission_1=MAL)[4:]
    result = take([("submission_metadata.yml", said), *((f"submission_{n}/{A}.ipynb", work(str(n))) for n in (1, 2))])
    assert there(take.to) == {f"mal@x.org/{A}/{A}.ipynb": "2"}
    assert "submission_1/" in result.refused[0]


def test_a_submitter_of_whom_gradescope_says_no_number_is_told(take):
    said = submitted(submission_1=ANN + person("Bob"), submission_2=person("Cleo"))
    result = take([("submission_metadata.yml", said), *((f"submission_{n}/{A}.ipynb", work(str(n))) for n in (1, 2))])
    assert there(take.to) == {f"ann@x.org/{A}/{A}.ipynb": "1"}
    assert [line.split("'")[1:4:2] for line in result.refused[:2]] == [
        ["submission_1", "Bob"],
        ["submission_2", "Cleo"],
    ]


def test_what_else_gradescope_says_is_not_read(take):
    words = "      :submitters:\n      - :name: Mal\n\n      {[\n\n      :submitters:\n      - :email: mal@x.org\n"
    history = "".join(f"  - :id: {i}\n    :score: 1.0\n" for i in range(200_000))
    more = f"  :results:\n    :output: |-\n{words}  :history:\n{history}"
    said = submitted(submission_1=ANN + more, submission_2=MAL)
    start = perf_counter()
    assert take([("submission_metadata.yml", said), (f"submission_1/{A}.ipynb", work("ann"))]).complete
    assert perf_counter() - start < 5
    assert there(take.to) == {f"ann@x.org/{A}/{A}.ipynb": "ann"}


@pytest.mark.parametrize("said", ["\0", OF_BOTH, "- x: " * 400_000])
def test_a_students_file_on_submitters_is_not_read_where_the_system_is_another(said, take, monkeypatch):
    monkeypatch.setattr(downloads, "submitters_in", lambda path: pytest.fail("it was read"))
    result = take(
        [
            (f"Jane Doe_1_assignsubmission_file_/{A}.ipynb", work("jane")),
            ("Jane Doe_1_assignsubmission_file_/submission_metadata.yml", said),
            ("submission_metadata.yml", said),
        ]
    )
    assert there(take.to) == {f"Jane Doe/{A}/{A}.ipynb": "jane"}
    assert result.complete


def test_a_repository_is_of_the_assignment_with_the_longest_name(monkeypatch):
    monkeypatch.setattr(naming, "this_course", lambda: SimpleNamespace(assignments=["nets", "nets_deep"]))
    names = {"jdoe": "nets-deep-jdoe", "roe": "nets-roe", "x-y": "nets_deep-x-y"}
    entries = [Entry(zipfile.ZipInfo(n), n, n) for n in (f"{folder}/x.ipynb" for folder in names.values())]
    assert [naming.Naming(entries).places(entry)[0].owner.lms_id for entry in entries] == list(names)


# Blackboard's usernames


def attempt(whose, rest=f"_{A}.ipynb", day="03"):
    return f"{whose}_attempt_2026-10-{day}-11-50-10{rest}"


def test_usernames_with_a_dash_below_in_blackboard_are_those_of_its_text_files(take):
    for hw, login, assignment in (("HW 1", "a_smith", A), ("HW 2", "b_smith", B), ("HW_2", "john_doe", A)):
        said = f"Nom: Eve (smith) ({login})\r\nAssignment: {hw} (smith)\r\n"
        assert take(
            [
                (attempt(f"{hw}_{login}", f"_{assignment}.ipynb"), work(login, assignment)),
                (attempt(f"{hw}_{login}", ".txt"), said),
            ]
        ).complete
    assert there(take.to) == {
        f"a_smith/{A}/{A}.ipynb": "a_smith",
        f"b_smith/{B}/{B}.ipynb": "b_smith",
        f"john_doe/{A}/{A}.ipynb": "john_doe",
    }


@pytest.mark.parametrize("said", [None, "", "Name: Eve (victim)", "\nx (smith)" * 9])
def test_a_username_in_blackboard_of_which_nobody_says_where_it_begins_is_refused(said, take):
    entries = [(attempt("HW 1_a_smith"), work())]
    entries += [] if said is None else [(attempt("HW 1_a_smith", ".txt"), said)]
    result = take(entries)
    if said and "(smith)" in said:
        assert set(there(take.to)) == {f"smith/{A}/{A}.ipynb"}
    else:
        assert there(take.to) == {}
        assert "may be of 'a_smith' or of 'smith'" in result.refused[0]
        assert ".txt" in result.refused[0]


def test_a_late_download_of_one_who_is_known_in_blackboard_finds_the_folder_and_says_so(take):
    assert take([(attempt(f"HW 1_{login}"), work(login)) for login in ("john_doe", "roe")]).complete
    result = take([(attempt("HW 2_john_doe", f"_{B}.ipynb"), work("late", B))])
    assert there(take.to)[f"john_doe/{B}/{B}.ipynb"] == "late"
    assert any("'john_doe', who is known" in note for note in result.notes)


# What is no student's folder


CROWDS = {
    "files in one folder": [f"Homework 1/{name}.ipynb" for name in ("doejane", "smithbob", "lee")],
    "numbers": [f"Homework 1/hw1_{n}.ipynb" for n in (12345, 12346)],
    "the original among them": [f"Homework 1/{name}.ipynb" for name in ("doejane", "smithbob", A)],
    "a folder of the assignment": [f"class/{A}/{name}.ipynb" for name in ("doejane", "smithbob")],
    "one in a folder": ["class/doejane.ipynb", "class/smithbob.ipynb", "class/x/lee.ipynb"],
    "in one zip": ["class/all.zip", "class/sub/more.zip"],
}


@pytest.mark.parametrize("names", CROWDS.values(), ids=CROWDS)
@pytest.mark.parametrize("alike", [True, False])
def test_a_folder_with_notebooks_of_several_names_is_no_student(names, alike, take):
    def content(name):
        twins = [(f"{who}.ipynb", work("alike" if alike else who)) for who in ("doejane", "smithbob")]
        return zipped(twins) if name.endswith(".zip") else work("alike" if alike else name)

    result = take([(name, content(name)) for name in names])
    assert there(take.to) == {}
    assert all(any(name in line for line in result.refused) for name in names)


def test_an_equal_notebook_of_another_name_in_one_folder_is_told(take):
    entries = [(f"Homework 1/{name}.ipynb", work("alike")) for name in (A, f"{A}-Copy1", "lee")]
    (note,) = take(entries).notes
    assert note.endswith("Homework 1/lee.ipynb")


def test_copies_of_one_notebook_are_one_students(take):
    own = ("my work", "My Work-Copy1", "Copy of my work", "my work (2)", "my_work - copy copy 2", A, f"{A}-Copy1")
    result = take([(f"ann/{name}.ipynb", work(name)) for name in own] + [(f"bob/{A}.ipynb", work("bob"))])
    assert not result.refused
    assert there(take.to)[f"ann/{A}/{A}.ipynb"] == A
    assert set(there(take.to).values()) == {*own, "bob"}


@pytest.mark.parametrize("folders", [("HW1",), ("HW1", "HW2"), ("C/HW1", "C/HW2")])
@pytest.mark.parametrize("alone", [[], ["HW1/stuff/Zoe - {}.ipynb"]])
def test_folders_of_google_classroom_are_told_one_by_one(folders, alone, take):
    people = ["Jane Doe", "Bob Roe", "Ann Lee", "李 小龍"]
    entries = [
        (f"{folder}/{name} - {assignment}.ipynb", work(f"{name} {assignment}", assignment))
        for folder, assignment in zip(folders, (A, B), strict=False)
        for name in (people if assignment == A else people[:1])
    ]
    entries += [(name.format(A), work("Zoe")) for name in alone]
    result = take(entries)
    assert result.system == "Google Classroom"
    assert result.complete
    assert len(there(take.to)) == len(entries)
    assert {line["student"] for line in known(take.to)} == {*people, *(["Zoe"] if alone else [])}


def test_a_dash_in_the_names_of_students_files_is_not_google_classroom(take):
    entries = [(f"{who}/Week 1 - {A}.ipynb", work(who)) for who in ("ann", "bob")]
    entries.append((f"ann/Week 2 - {B}.ipynb", work("ann 2", B)))
    result = take(entries)
    assert result.complete
    assert {line["student"] for line in known(take.to)} == {"ann", "bob"}
    assert any("may be Google Classroom's" in note for note in result.notes), "a person can tell"


# Which of a student's notebooks


@pytest.mark.parametrize("layout", ["moodle", "gradescope", "brightspace", "github"])
def test_what_lies_nearer_goes_before_what_lies_deeper(layout, take):
    called, beside = LAYOUTS[layout]
    near = called(0, "Jane Doe")
    deep = near.rpartition("/")[0] + f"/submission_77/{A}.ipynb"
    take([*beside, (deep, work("deep")), (near, work("near")), (called(1, "Bob"), work("bob"))])
    assert sorted(there(take.to).values()) == ["bob", "deep", "near"]
    (student,) = {line["student"] for line in known(take.to) if line["file"] == near}
    assert there(take.to)[f"{student}/{A}/{A}.ipynb"] == "near"
    assert there(take.to)[f"{student}/{A}/{A} (2).ipynb"] == "deep"


# What is handed in and is no notebook


@pytest.mark.parametrize("late", ["", "LATE_"])
@pytest.mark.parametrize("kind", ["text", "link"])
def test_who_hands_in_a_text_or_a_link_in_canvas_is_told(late, kind, take):
    result = take([(f"ann_1001_2001_{A}.ipynb", work()), (f"bob_{late}1002_{kind}.html", "<p>")])
    assert result.without == [f"bob (1002): bob_{late}1002_{kind}.html"]
    result = take([(f"anon_xK1_2001_{A}.ipynb", work()), (f"{late}anon_y2_{kind}.html", "<p>")])
    assert result.without == [f"anon (y2): {late}anon_y2_{kind}.html"]


@pytest.mark.parametrize(
    ("beside", "lost"),
    [
        (f"Homework 1/Jane Doe - {A}.ipynb", f"Homework 1/{A}.ipynb.txt"),
        (f"ann_1001_2001_{A}.ipynb", f"{A}.ipynb.json"),
        (f"ann_1001_2001_{A}.ipynb", "work.7z"),
        (f"ann/{A}/{A}.ipynb", f"{A}.ipynb.txt"),
        (f"e/submission_1/{A}.ipynb", f"e/submission_9/{A}.ipynb.json"),
    ],
)
def test_a_notebook_or_an_archive_with_another_ending_is_told_where_nobody_knows_whose_it_is(beside, lost, take):
    said = [("e/submission_metadata.yml", OF_BOTH)] if lost.startswith("e/") else []
    others = [(beside.replace("Jane", "Bob"), work("known")), (beside, work("known")), (lost, work("lost"))]
    result = take([*said, *dict(others).items()])
    assert set(there(take.to).values()) == {"known"}
    assert any(line.startswith(f"'{lost}'") for line in result.refused)
