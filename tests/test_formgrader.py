"""nbgrader's formgrader in JupyterLab, in a real browser, on a class that `course grade` has graded."""

import csv
import json
import os
import shutil
from types import SimpleNamespace
from urllib.request import urlopen

import nbformat
import pytest
from browser import CHROMIUM, course_lab, jupyterlab, page
from warm import ran_course

from autograde.authoring.sample import SampleNotebook
from autograde.authoring.script import read_script
from autograde.course import this_course
from autograde.judging.tiers import available_tiers
from autograde.lms.exports import export
from autograde.records.nbgrader import Gradebook
from autograde.serving.lab import CannotOpen, formgrader_on, settings

A = "gradient_checking"
SOLVED = {"ada": 3, "bela": 1, "chidi": 0}

in_browser = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Three submissions, graded with a seed of their own, so that hidden cases are not the recorded ones."""
    root = tmp_path_factory.mktemp("class")
    for student, solved in SOLVED.items():
        hand_in(root, student, solved)
    grade(root, "--seed", "5")
    return root


def hand_in(root, student, solved):
    work = SampleNotebook(A)
    if solved:
        work.solve(*work.functions[:solved])
    work.hand_in(root / "in", student)


def grade(root, *more):
    ran = ran_course("grade", root / "in", "--out", root / "out", *more, cwd=this_course().root)
    assert ran.returncode == 0, ran.stderr


def totals(root):
    points = dict.fromkeys(SOLVED, 0.0)
    with (root / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            points[row["student"]] += float(row["score"])
    return points


@pytest.fixture(scope="module")
def lab(graded, tmp_path_factory):
    """JupyterLab as `course lab OUT` opens it, and a page of it, whose user has come in by the token."""
    home = tmp_path_factory.mktemp("home") / "jupyter"
    with (
        course_lab(graded / "out", home) as (address, token),
        page(viewport={"width": 1400, "height": 900}) as tab,
    ):
        tab.set_default_timeout(90_000)
        tab.goto(f"{address}/tree?token={token}", wait_until="commit")
        yield SimpleNamespace(address=address, tab=tab)


def submissions(lab):
    """Formgrader inside JupyterLab, at the list of submissions of the assignment, reached as a person does."""
    lab.tab.goto(f"{lab.address}/lab?reset", wait_until="domcontentloaded")
    lab.tab.get_by_role("menuitem", name="Nbgrader", exact=True).click(timeout=90_000)
    lab.tab.locator(".lm-Menu").get_by_text("Formgrader", exact=True).click()
    form = lab.tab.frame_locator("iframe").first
    form.get_by_role("link", name="Manual Grading").first.click()
    for place in (A, f"{A}/{A}"):  # the assignment, then its notebook, whose link has the same words
        form.locator(f"tbody a[href$='/gradebook/{place}']").click()
    form.get_by_role("link", name="Submission #1").wait_for()
    return form


def shown(form):
    """The points of each submission in the list."""
    rows = form.locator("tbody tr").all_inner_texts()
    return sorted(float(row.split("Submission #")[1].split("\t")[1].split("/")[0]) for row in rows)


def open_work(form, points):
    """The page of the one submission that has so many points, with them: it fetches them when it is there already."""
    row = form.locator("tbody tr").filter(has_text=f"{points:g} / 100").first
    row.get_by_role("link", name="Submission #").click()
    form.locator("input.score[placeholder]").first.wait_for()


def press_autograde(lab, student):
    """What formgrader said after the button in the row of this student."""
    lab.tab.goto(f"{lab.address}/formgrader/manage_submissions/{A}", wait_until="networkidle")
    lab.tab.locator("tr").filter(has_text=student).locator("td.autograde a").click()
    said = lab.tab.locator(".modal-dialog")
    said.get_by_text("Successfully autograded").wait_for(timeout=120_000)
    return said.inner_text()


@in_browser
def test_jupyterlab_shows_the_graded_class(graded, lab):
    expected = totals(graded)
    assert len(set(expected.values())) == len(SOLVED)
    form = submissions(lab)
    assert shown(form) == sorted(expected.values())
    open_work(form, expected["ada"])
    assert form.locator("input.score").count() == 5
    assert form.get_by_text("All 6 cases pass.").count() >= 1, "our cards are in the page"


@in_browser
def test_formulas_are_drawn_by_the_servers_own_mathjax(graded, lab):
    form = submissions(lab)
    asked = []
    lab.tab.on("request", lambda request: asked.append(request.url))
    open_work(form, totals(graded)["ada"])
    form.locator(".text_cell_render .MathJax").first.wait_for()
    assert form.get_by_text("$$").count() == 0
    scripts = [url for url in asked if "MathJax" in url]
    assert len(scripts) > 1, "its parts too"
    assert [url for url in asked if url.startswith("http") and not url.startswith(lab.address)] == []


@in_browser
def test_keys_lead_from_one_submission_to_the_next_without_mathjax(graded, lab):
    """Formgrader's page waits for MathJax before it hears keys."""
    lab.tab.route("**/MathJax.js*", lambda route: route.abort())
    form = submissions(lab)
    form.get_by_role("link", name="Submission #1").click()
    for key, place in (("Control+.", 2), ("Control+.", 3), ("Control+,", 2)):
        field = form.locator("input.score[placeholder]").first
        field.focus()
        field.press(key)
        form.get_by_text(f"Submission {place} / 3").first.wait_for()
    lab.tab.unroute("**/MathJax.js*")


@in_browser
def test_the_autograde_button_judges_in_a_box_and_asks_what_was_asked(graded, lab):
    executed = graded / "out" / "autograded" / "ada" / A / f"{A}.ipynb"
    before = cards(executed)
    assert len(before) == 5
    shutil.rmtree(executed.parent)
    said = press_autograde(lab, "ada")
    assert f"Isolation: {available_tiers()[0]};" in said
    assert cards(executed) == before


def cards(notebook):
    """What the check cells put out."""
    cells = nbformat.read(notebook, as_version=4).cells  # nbgrader and we break its lines in different places
    graded = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
    return [output["data"] for cell in graded for output in cell["outputs"]]


@in_browser
def test_a_manual_grade_entered_in_jupyterlab_survives_regrades(graded, lab):
    points = totals(graded)["bela"]
    form = submissions(lab)
    open_work(form, points)
    assert score(form).get_attribute("placeholder") == "0"
    score(form).fill("7.5")
    with lab.tab.expect_response(lambda response: "/api/grade/" in response.url and response.ok):
        score(form).press("Tab")

    press_autograde(lab, "bela")
    form = submissions(lab)
    open_work(form, points + 7.5)
    assert score(form).input_value() == "7.5"

    hand_in(graded, "bela", 4)  # late, and this function is right now
    grade(graded, "--resume")
    form = submissions(lab)
    solved = totals(graded)["bela"]
    full = read_script(this_course().script(A)).points["gradient_check_n"]
    open_work(form, solved)
    assert (score(form).input_value(), score(form).get_attribute("placeholder")) == ("7.5", f"{full:g}")
    export(graded / "out", "csv", graded / "points.csv")
    with (graded / "points.csv").open(encoding="utf-8-sig", newline="") as file:
        exported = {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported["bela"] == solved


def score(form):
    """The field for the points of gradient_check_n."""
    return form.locator("input.score#test_gradient_check_n")


def test_formgrader_shows_what_was_written_while_it_was_open(graded, tmp_path):
    """Its server has one session for as long as it runs, in which an object once read would stay as it was."""
    out = tmp_path / "out"
    out.mkdir()
    shutil.copy(graded / "out" / "gradebook.db", out)

    def work(gradebook):
        return gradebook.find_submission_notebook(A, A, "ada")

    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook, jupyterlab(out, formgrader_on(out)) as address:

        def shown():
            with urlopen(f"{address}/formgrader/api/grades?submission_id={work(gradebook).id}") as reply:
                return [grade["auto_score"] for grade in json.load(reply)]

        assert sum(shown()) == totals(graded)["ada"]
        for grade in work(gradebook).grades:
            grade.auto_score = 1.5
        gradebook.db.commit()
        assert shown() == [1.5] * 5


def test_what_course_grade_did_not_write_is_refused(tmp_path):
    with pytest.raises(CannotOpen, match="no gradebook in"):
        formgrader_on(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_somebody_has_written_stays(graded):
    path = graded / "out" / "nbgrader_config.py"
    formgrader_on(graded / "out")
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    formgrader_on(graded / "out")
    assert path.read_text(encoding="utf-8").endswith("# mine\n")


@pytest.mark.parametrize(("uid", "allowed"), [(0, True), (1000, None)])
def test_jupyterlab_is_told_that_it_runs_as_root_only_where_it_does(monkeypatch, tmp_path, uid, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: uid, raising=False)
    assert settings(tmp_path, of_class=False).get("ServerApp.allow_root") is allowed
