"""The gradebook writer against nbgrader's own autograde: the same rows, and what a person entered stays."""

import shutil
import sqlite3
import threading
from dataclasses import replace
from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from traitlets.config import Config

from autograde.authoring.sample import SampleNotebook
from autograde.authoring.script import read_script
from autograde.course import this_course
from autograde.judging.restore import restore
from autograde.judging.submission import Submission
from autograde.notebook import write_notebook
from autograde.records.class_folder import ClassFolder
from autograde.records.entry import GradebookEntry, Late, ManualGrade, ManualGrades, handed_in, save_autograded
from autograde.records.gradebook import GradebookWriter
from autograde.records.gradebook_read import read_manual_grades
from autograde.records.nbgrader import autograde_one, course_api, feedback_on_one, register, write_config
from autograde.records.refusals import GradebookError
from autograde.text import moment

A = "gradient_checking"  # the quickest to run
POINTS = read_script(this_course().script(A)).points
DUE = datetime(2024, 5, 1, 12, 0)
LATE = DUE + timedelta(hours=3)
ZERO_IF_LATE = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A course folder in which the assignment is registered and nothing was handed in."""
    root = tmp_path_factory.mktemp("registered")
    write_notebook(read_script(this_course().script(A)).notebook, root / "source" / A / f"{A}.ipynb")
    register([A], ClassFolder(root))
    with Gradebook(url(root)) as gradebook:
        gradebook.update_or_create_assignment(A, duedate=DUE)
    return root


@pytest.fixture
def root(registered, tmp_path):
    return shutil.copytree(registered, tmp_path / "course")


def url(root):
    return f"sqlite:///{root / 'gradebook.db'}"


def handed_out(*solved):
    """The notebook as intake hands it on, with these functions written."""
    work = SampleNotebook(A)
    if solved:
        work.solve(*solved)
    return restore(work.notebook.cells, Submission("", A))


def graded(student="ada", share=0.5, timestamp=None, notebook=None):
    scores = {question: points * share for question, points in POINTS.items()}
    return GradebookEntry(student, A, scores, timestamp, notebook or handed_out())


def tables(root):
    """Every row of the gradebook, without the ids that nbgrader draws at random."""
    connection = sqlite3.connect(root / "gradebook.db")
    connection.row_factory = sqlite3.Row
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}
    connection.close()
    who = {row["id"]: row["student_id"] for row in rows["submitted_assignment"]}
    who |= {row["id"]: who[row["assignment_id"]] for row in rows["submitted_notebook"]}
    for name in ("submitted_assignment", "submitted_notebook", "grade", "comment"):
        for row in rows[name]:
            del row["id"]
    return {name: sorted(str({k: who.get(v, v) for k, v in row.items()}) for row in rows[name]) for name in names}


def enter_by_hand(root, student="ada"):
    """What a person does in formgrader: a score, extra credit, a comment."""
    first, second = list(POINTS)[:2]
    with Gradebook(url(root)) as gradebook:
        gradebook.find_grade(f"test_{first}", A, A, student).manual_score = 1.5
        gradebook.find_grade(f"test_{second}", A, A, student).extra_credit = 2.0
        gradebook.find_comment(first, A, A, student).manual_comment = "Well tried."
        gradebook.db.commit()


def auto_scores(root, student="ada"):
    with Gradebook(url(root)) as gradebook:
        grades = gradebook.find_submission_notebook(A, A, student).grades
        return {grade.name.removeprefix("test_"): grade.auto_score for grade in grades}


def test_it_leaves_what_nbgraders_own_autograde_leaves_and_so_does_a_regrade(root, tmp_path):
    ours = shutil.copytree(root, tmp_path / "ours")
    api = course_api(root, ZERO_IF_LATE)
    place = root / "submitted" / "ada" / A
    with GradebookWriter(ClassFolder(ours), ZERO_IF_LATE) as writer:
        for time, solved in ((LATE, list(POINTS)[:3]), (LATE + timedelta(days=1), list(POINTS)[1:])):
            notebook = handed_out(*solved)
            write_notebook(notebook, place / f"{A}.ipynb")
            (place / "timestamp.txt").write_text(f"{time} UTC")
            result = autograde_one(api, A, "ada")
            assert result["success"], result
            scores = auto_scores(root)
            assert 0 < sum(scores.values()) < 100, "nothing to compare"
            (late,) = writer.write([GradebookEntry("ada", A, scores, handed_in(place), notebook)])
            theirs = tables(root)
            assert tables(ours) == theirs
            assert "'No response.'" in str(theirs["comment"])
            assert f"'late_submission_penalty': {late.points}" in str(theirs["submitted_notebook"])
            assert late.points > 0
            enter_by_hand(root)
            enter_by_hand(ours)


def test_a_regrade_replaces_automatic_scores_and_keeps_what_a_person_entered(root):
    first, second = list(POINTS)[:2]
    with GradebookWriter(ClassFolder(root)) as writer:
        writer.write([graded(share=0.25, timestamp=DUE)])
        enter_by_hand(root)
        writer.write([graded(share=1.0)])
    with Gradebook(url(root)) as gradebook:
        assert auto_scores(root) == POINTS
        by_hand = gradebook.find_grade(f"test_{first}", A, A, "ada")
        assert (by_hand.manual_score, by_hand.score, by_hand.needs_manual_grade) == (1.5, 1.5, True)
        more = gradebook.find_grade(f"test_{second}", A, A, "ada")
        assert (more.score, more.needs_manual_grade) == (POINTS[second] + 2.0, False)
        assert gradebook.find_comment(first, A, A, "ada").comment == "Well tried."
        assert gradebook.find_submission(A, "ada").timestamp == DUE, "no new timestamp, so the old one stays"


def test_what_is_withdrawn_has_the_points_of_a_person_only(root):
    first = next(iter(POINTS))
    with GradebookWriter(ClassFolder(root), ZERO_IF_LATE) as writer:
        writer.write([graded(share=1.0, timestamp=LATE), graded("bela", share=1.0)])
        with Gradebook(url(root)) as gradebook:
            gradebook.find_grade(f"test_{first}", A, A, "ada").manual_score = 1.5
            gradebook.db.commit()
        writer.withdraw("ada", A)
        writer.withdraw("nobody", A)
    with Gradebook(url(root)) as gradebook:
        ada = gradebook.find_submission(A, "ada")
        assert (ada.score, ada.late_submission_penalty, ada.needs_manual_grade) == (1.5, 0, True)
        assert gradebook.find_submission(A, "bela").score == 100
        assert {student.id for student in gradebook.students} == {"ada", "bela"}


def test_many_submissions_and_names_of_any_kind_in_one_batch(root):
    names = ["[a] & b's *", "?", "Zoë ☃", "ada", "ADA", "o'brien; --", "%", *(f"s{i}" for i in range(20))]
    batch = [graded(name, i / len(names)) for i, name in enumerate(names)]
    with GradebookWriter(ClassFolder(root)) as writer:
        writer.write(batch)
        writer.write(batch[:3])  # as after a stop
    with Gradebook(url(root)) as gradebook:
        assert sorted(student.id for student in gradebook.students) == sorted(names)
        found = {s.student.id: s.score for s in gradebook.assignment_submissions(A)}
    assert found == pytest.approx({name: 100 * i / len(names) for i, name in enumerate(names)})


def test_the_last_of_two_for_one_student_counts(root):
    with GradebookWriter(ClassFolder(root)) as writer:
        writer.write([graded(share=1.0), graded(share=0.5)])
    assert sum(auto_scores(root).values()) == 50


def test_a_question_without_a_score_waits_for_a_person(root):
    question = next(iter(POINTS))
    one = graded()
    del one.scores[question]
    with GradebookWriter(ClassFolder(root)) as writer:
        writer.write([one])
    with Gradebook(url(root)) as gradebook:
        grade = gradebook.find_grade(f"test_{question}", A, A, "ada")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)


@pytest.mark.parametrize("wrong", [{"no_such": 1.0}, {next(iter(POINTS)): 99.0}, {next(iter(POINTS)): float("nan")}])
def test_scores_that_cannot_be_are_refused_and_nothing_of_their_batch_is_written(root, wrong):
    before = tables(root)
    with GradebookWriter(ClassFolder(root)) as writer:
        with pytest.raises(ValueError, match=next(iter(wrong))):
            writer.write([graded("bela"), replace(graded(), scores=wrong)])
        assert tables(root) == before
        writer.write([graded("bela")])
    assert sum(auto_scores(root, "bela").values()) == 50


class Fixed(LateSubmissionPlugin):
    """Takes the same from everybody."""

    penalty: float | None = None

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        assert total_seconds_late == 3 * 3600
        return self.penalty


@pytest.mark.parametrize(("asked", "taken"), [(None, None), (-3, 0.0), (5.5, 5.5), (1000, 50.0)])
def test_the_configured_plugin_says_what_a_late_submission_loses(root, monkeypatch, asked, taken):
    monkeypatch.setattr(Fixed, "penalty", asked)
    with GradebookWriter(ClassFolder(root), Config({"AssignLatePenalties": {"plugin_class": Fixed}})) as writer:
        in_time, late = writer.write([graded("bela", timestamp=DUE), graded(timestamp=LATE)])
        with Gradebook(url(root)) as gradebook:
            assert gradebook.find_submission_notebook(A, A, "ada").late_submission_penalty == taken
            assert gradebook.find_submission_notebook(A, A, "bela").late_submission_penalty is None
            gradebook.grant_extension(A, "ada", hours=3)
        assert (in_time, late) == (None, Late(taken, moment(DUE)) if taken else None)
        assert writer.write([graded(timestamp=LATE)]) == [None], "with an extension it is in time"


def test_settings_in_the_folders_own_configuration_hold(root):
    write_config(root, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    with GradebookWriter(ClassFolder(root)) as writer:
        assert writer.write([graded("bela", timestamp=DUE), graded(timestamp=LATE)]) == [None, Late(50.0, moment(DUE))]


def hold(root, statement):
    connection = sqlite3.connect(root / "gradebook.db", isolation_level=None, check_same_thread=False)
    for line in ("BEGIN", statement):
        connection.execute(line).fetchone()
    return connection


HELD = {
    "another writes": "UPDATE course SET id = id",
    "another reads": "SELECT * FROM base_cell",
}


@pytest.mark.parametrize("statement", HELD.values(), ids=HELD)
def test_a_gradebook_in_use_is_one_sentence_and_the_batch_can_be_written_later(root, statement):
    before = tables(root)
    batch = [graded("ada"), graded("bela")]
    with GradebookWriter(ClassFolder(root), seconds_to_wait=0.2) as writer:
        other = hold(root, statement)
        with pytest.raises(GradebookError) as caught:
            writer.write(batch)
        other.close()
        assert str(root / "gradebook.db") in str(caught.value)
        assert "--resume" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert tables(root) == before
        writer.write(batch)
    assert sum(auto_scores(root, "bela").values()) == 50


def test_it_waits_for_a_gradebook_that_is_in_use(root):
    other = hold(root, HELD["another writes"])
    release = threading.Timer(1.0, other.close)  # longer than SQLite waits by itself
    with GradebookWriter(ClassFolder(root)) as writer:
        release.start()
        writer.write([graded()])
    assert sum(auto_scores(root).values()) == 50


def test_nobody_else_writes_between_what_it_reads_and_what_it_writes(root):
    tried = []

    class Meanwhile(dict):
        def items(self):
            other = sqlite3.connect(root / "gradebook.db", timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute(HELD["another writes"])
            tried.append(other.close())
            return super().items()

    with GradebookWriter(ClassFolder(root)) as writer:
        writer.write([replace(graded(), scores=Meanwhile(graded().scores))])
    assert tried


def test_late_penalties_and_extra_credit_are_read_where_nothing_else_was_entered(root):
    with GradebookWriter(ClassFolder(root), ZERO_IF_LATE) as writer:
        assert writer.write([graded("ada", timestamp=LATE), graded("bela")]) == [Late(50.0, moment(DUE)), None]
    with Gradebook(url(root)) as gradebook:
        question = next(iter(POINTS))
        gradebook.find_grade(f"test_{question}", A, A, "bela").extra_credit = 2.0
        gradebook.db.commit()
    found = read_manual_grades(ClassFolder(root), [A])
    assert found["ada", A] == ManualGrades(late=Late(50.0, moment(DUE)))
    assert found["bela", A] == ManualGrades({question: ManualGrade(waits=False, extra_credit=2.0)})


def test_who_was_given_more_time_is_told_when_it_was_over(root):
    over = Late(50.0, moment(DUE + timedelta(hours=1)))
    with GradebookWriter(ClassFolder(root), ZERO_IF_LATE) as writer:
        writer.write([graded("ada")])
        with Gradebook(url(root)) as gradebook:
            gradebook.grant_extension(A, "ada", hours=1)
        assert writer.write([graded("ada", timestamp=LATE)]) == [over]
    assert read_manual_grades(ClassFolder(root), [A])["ada", A] == ManualGrades(late=over)


@pytest.mark.parametrize("start", [0, 4096], ids=["header", "pages"])
def test_a_damaged_gradebook_is_one_sentence_that_says_to_move_it_away(root, start):
    path = root / "gradebook.db"
    content = path.read_bytes()
    path.write_bytes(content[:start] + b"\xff" * (len(content) - start))
    with GradebookWriter(ClassFolder(root)) as writer:
        with pytest.raises(GradebookError, match=r"is damaged .*move it away .*without the points and") as caught:
            writer.write([graded()])
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
        path.write_bytes(content)
        writer.write([graded()])
    assert sum(auto_scores(root).values()) == 50


def test_a_gradebook_that_was_moved_away_meanwhile_is_noticed(root):
    path = root / "gradebook.db"
    with GradebookWriter(ClassFolder(root)) as writer:
        writer.write([graded("ada")])
        path.rename(root / "elsewhere.db")
        with pytest.raises(GradebookError, match="is not there"):
            writer.write([graded("bela")])
        assert not path.exists()
        path.write_bytes(b"")
        with pytest.raises(GradebookError, match="no gradebook of this nbgrader"):
            writer.write([graded("bela")])
        shutil.move(root / "elsewhere.db", path)
        writer.write([graded("bela")])
    assert sum(auto_scores(root, "ada").values()) == sum(auto_scores(root, "bela").values()) == 50


def test_an_assignment_that_was_not_registered_is_named(root):
    with GradebookWriter(ClassFolder(root)) as writer, pytest.raises(GradebookError, match="no assignment 'week9'"):
        writer.write([replace(graded(), assignment="week9")])


def test_when_it_was_handed_in(tmp_path):
    assert handed_in(tmp_path) is None
    for words, time in (
        ("2024-05-01 12:00:00 UTC", DUE),
        ("2024-05-01T14:00:00+02:00\n", DUE),
        ("2024-05-01 12:00:00.000000", DUE),
        ("", None),
    ):
        (tmp_path / "timestamp.txt").write_text(words)
        assert handed_in(tmp_path) == time
    for nonsense in ("soon", "99999999999999999999", "\x00"):
        (tmp_path / "timestamp.txt").write_text(nonsense)
        with pytest.raises(ValueError, match="does not say when"):
            handed_in(tmp_path)


def test_nbgraders_own_feedback_finds_what_was_saved(root):
    """`nbgrader generate_feedback` by hand, after a person has graded."""
    one = graded("[a] & b's *", notebook=handed_out(*list(POINTS)[:2]))
    place = root / "submitted" / one.student / A
    place.mkdir(parents=True)
    (place / "timestamp.txt").write_text(f"{DUE} UTC")
    with GradebookWriter(ClassFolder(root)) as writer:
        writer.write([one])
    path = save_autograded(one, ClassFolder(root))
    assert nbformat.read(path, as_version=4) == one.notebook
    assert handed_in(path.parent) == DUE
    enter_by_hand(root, one.student)
    result = feedback_on_one(course_api(root), A, one.student)
    assert result["success"], result
    page = (root / "feedback" / one.student / A / f"{A}.html").read_text(encoding="utf-8")
    first = next(iter(POINTS))
    assert f"(Score: {round(50 - POINTS[first] / 2 + 1.5 + 2, 2)} / 100.0)" in page
    assert "Well tried." in page
    assert "No response." in page
