"""What `course new` makes, and what is said about mistakes in it. That it works, from end to end: test_outside.py."""

import pytest
from small_course import ENVIRONMENT
from warm import ran_course

from autograde.authoring.new import new_assignment, new_course
from autograde.course import CourseError, load


def course(*words, cwd):
    """What `course` says, run where a user would run it."""
    return ran_course(*words, cwd=cwd, environment=ENVIRONMENT)


@pytest.fixture
def place(tmp_path):
    new_course(tmp_path / "c")
    return tmp_path / "c"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"first_steps",', '"first_steps", "first_steps"', "line 5: 'first_steps' is there more than once"),
        ('"first_steps",', '"first_steps", "third"', "line 5: 'third' has no solutions/third/notebook.py"),
        ('"first_steps",', '"a b"', "line 5: 'a b' cannot be the name of an assignment"),
        ('"first_steps",', "7", "line 4: 'assignments' has to be a list of names"),
        ("assignments = [", "assignment = [", "line 4: 'assignment' is not known here"),
        ('name = "c"', "name = 3", "line 2: 'name' has to be text in quotes"),
        ('name = "c"', "", "'name' is missing"),
        ('name = "c"', "name =", "this is no TOML: Invalid value"),
    ],
)
def test_a_mistake_in_course_toml_is_one_line_that_says_where(place, old, new, said):
    path = place / "course.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CourseError) as refused:
        load(place)
    assert said in str(refused.value)
    assert "course.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("questions.py", '"w * x + b", "w * x",', '"x * w + b", "w * x",', "predict: 'x * w + b' stands there 0 times"),
        (
            "questions.py",
            '"w * x + b", "w * x",',
            '"w * x + b", "x * w + b",',
            "'b left out' of predict: it changes no result",
        ),
        ("questions.py", '"b * x + w"', '"w * x"', "no case tells it from 'w and b exchanged'"),
        ("questions.py", '"b * x + w"', '"b * x +"', "what comes of it is no Python"),
        ("questions.py", '    hint="Which of', '    hnt="Which of', "questions.py, line 18: TypeError"),
        ("questions.py", "import draws", "import drafts", "questions.py, line 3: ImportError"),
        ("notebook.py", "points=60", 'points="many"', "the points of test='squared_loss' are 'many'"),
        ("notebook.py", "points=60", "points=many", "cannot be read"),
        (
            "notebook.py",
            "points=60",
            "points=-5",
            "the points of test='squared_loss' are -5, and have to be a number above 0",
        ),
        ("notebook.py", "y = w * x + b", "y = w * x + b + c", "the reference solution fails"),
        ("notebook.py", "import numpy", "import nunpy", "cell 'setup' stops with ModuleNotFoundError"),
        ("variants.py", "# %% predict:", "# %% predct:", "variants.py: predct is no graded function"),
        ("notebook.py", "check(predict)", "check(predct)", "the cell test='predict' checks 'predct'"),
        (
            "notebook.py",
            'check.begin("first_steps")',
            'check.begin("second")',
            "the setup cell begins 'second', not 'first_steps'",
        ),
        ("notebook.py", "### END SOLUTION", "", "each ### BEGIN SOLUTION needs one ### END SOLUTION below it"),
        ("notebook.py", "def predict(", "def predicted(", "cell 'predict' does not define predict"),
        ("notebook.py", "y = w * x + b", "y = w * x + b)", "cell 'predict' stops with SyntaxError"),
        ("notebook.py", 'test="squared_loss"', 'test="predict"', "test='predict' is there more than once"),
        ("notebook.py", '# %% test="predict" points=40\ncheck(predict)\n', "", "every solution needs one test"),
    ],
)
def test_a_mistake_in_an_assignment_stops_the_build_in_one_line(place, file, old, new, said):
    path = place / "solutions" / "first_steps" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    ran = course("build", cwd=place)
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr
    assert ran.stderr.startswith("course: ")
    assert len(ran.stderr.splitlines()) == 1
    assert not (place / "notebooks").exists(), "nothing is half written"


@pytest.mark.parametrize(
    "written",
    [
        'assignments=["first_steps"]',
        "assignments = ['first_steps']  # one",
        'assignments = [\n  "first_steps"  # the last one\n]',
        'assignments = [\n  "first_steps",  # the last one\n]  # so far',
    ],
)
def test_an_assignment_is_added_to_a_list_however_it_is_written(place, written):
    (place / "course.toml").write_text(f'name = "c"\ntitle = "C"\n{written}\n')
    new_assignment(place, "second")
    assert load(place).assignments == ("first_steps", "second")
    assert (place / "course.toml").read_text().count("#") == written.count("#")


def test_a_list_that_is_not_understood_is_left_alone(place):
    odd = 'name = "c"\ntitle = "C"\nassignments = [  # not "first_steps" alone\n  "first_steps"\n]\n'
    (place / "course.toml").write_text(odd)
    with pytest.raises(CourseError, match="no comment among them"):
        new_assignment(place, "second")
    assert (place / "course.toml").read_text() == odd
    assert not (place / "solutions" / "second").exists()


def test_what_is_there_is_not_written_over(place):
    with pytest.raises(CourseError, match="is not empty"):
        new_course(place)
    with pytest.raises(CourseError, match="already"):
        new_assignment(place, "first_steps")
    with pytest.raises(CourseError, match="cannot be the name"):
        new_assignment(place, "../x")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    (place / "course.toml").write_bytes(b'name = "c"\ntitle = "C"\nassignments=["first_steps"]\n')
    new_assignment(place, "second")
    assert load(place).assignments == ("first_steps", "second")
    assert {path: path.read_bytes() for path in before if path.name != "course.toml"} == {
        path: content for path, content in before.items() if path.name != "course.toml"
    }
