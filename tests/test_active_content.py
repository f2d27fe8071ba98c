"""A submission full of active content, graded by `course grade` and by nbgrader's own commands; every page of it opened.

No script may run, no request may leave a page, and nothing may be painted outside its own frame.
"""

import csv
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import nbformat
import pytest
from active_pieces import HTML, MARKDOWN, PAINT, PNG, SVG, active
from browser import CHROMIUM, course_lab, page
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from warm import NBGRADER, ran_course, warm_python

from autograde.authoring.sample import SampleNotebook
from autograde.course import ENGINE, this_course
from autograde.paths import MATHJAX
from autograde.records.nbgrader import Gradebook
from autograde.serving.contents import FOR_PEOPLE
from autograde.serving.lab import formgrader_on
from checking.check import VERDICT_TYPE

A = "gradient_checking"
ODD_NAME = '";RAN=1;<svg onload=RAN=1><img src=x onerror=RAN=1>'
NAMES = ("honest", "mallory", ODD_NAME)
IMPOSTOR = """class ProcessEnded(Exception): pass
raise ProcessEnded("the cell did not end in time\\n\\x1b[31m\\x9b2J\\u202e=1+1\\r\\u2028")
"""
SHOTS = ENGINE / "build" / "screenshots"
AT = "http://127.0.0.1:PORT"  # where a listener hears what leaves a page

in_browser = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")


def at(port, text):
    return text.replace("AT/", f"http://127.0.0.1:{port}/").replace("=AT>", f"=http://127.0.0.1:{port}>")


def shows(data):
    """Code that displays it."""
    return f"from IPython.display import publish_display_data\npublish_display_data({data!r})"


def hostile_cells(port):
    """Code, Markdown and raw cells with everything above."""
    html = [at(port, text) for text in (*HTML, *PAINT)]
    code = [shows({"text/html": f"<p>before</p>{text}", "text/plain": "x"}) for text in html]
    code += [shows({"text/markdown": at(port, text)}) for text in (*MARKDOWN, *HTML)]
    code += [
        shows({"image/svg+xml": at(port, SVG)}),
        shows({"text/latex": at(port, f"{MARKDOWN[5]} {HTML[0]} {HTML[2]}")}),
    ]
    code += [shows({"application/javascript": "RAN=1", "text/plain": "js"})]
    code += [shows({"application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>RAN=1</script>"}})]
    code += [
        shows({"image/png": f'{PNG}" onerror="RAN=1', "text/plain": "png"}),
        "print('<img src=x onerror=RAN=1>\\x1b]8;;javascript:RAN=1\\x07\\x1b[8m\\x9b31m')",
    ]
    code += [
        "class Evil(Exception): pass\nEvil.__name__ = '<img src=x onerror=RAN=1>'\nraise Evil('<script>RAN=1</script>\\u202e')"
    ]
    return [
        *(new_code_cell(source) for source in code),
        *(new_markdown_cell(at(port, text)) for text in (*MARKDOWN, *HTML, *PAINT)),
        *(new_raw_cell(at(port, text)) for text in HTML[:4]),
    ]


def hostile_notebook(port):
    """What a student may hand in: all cells, forged outputs, attachments and metadata besides."""
    work = SampleNotebook(A)
    work.solve(*work.functions[:2])
    notebook = work.notebook
    cells = hostile_cells(port)
    cells[0].outputs = [new_output("display_data", {"application/javascript": "RAN=1", "text/html": at(port, HTML[0])})]
    cells[0].metadata = {"tags": ['"><img src=x onerror=RAN=1>'], "trusted": True, "magics_language": "html"}
    paste = new_markdown_cell("![pasted](attachment:a.png)")
    paste.attachments = {"a.png": {'image/png" onerror="RAN=1" x="': PNG}}
    notebook.cells[1:1] = [*cells, paste]
    state = {"application/vnd.jupyter.widget-state+json": {"x": "</script><script>RAN=1</script>"}}
    notebook.metadata.widgets = state
    notebook.metadata.language_info = {"name": "<img src=x onerror=RAN=1>", "pygments_lexer": "html"}
    return work


@pytest.fixture(scope="module")
def listener():
    """A server on loopback, and the paths that were asked of it."""
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(port=server.server_port, heard=heard)
    server.shutdown()


@pytest.fixture(scope="module")
def graded(tmp_path_factory, listener):
    """OUT of a class of an honest student, one with active content, and one whose name is active too."""
    root = tmp_path_factory.mktemp("class")
    honest = SampleNotebook(A)
    honest.solve(*honest.functions[:2])
    honest.hand_in(root / "in", "honest")
    for name in NAMES[1:]:
        hostile_notebook(listener.port).hand_in(root / "in", name)
    impostor = SampleNotebook(A)
    impostor.solve(*impostor.functions[1:2])
    impostor.cell(impostor.functions[0]).source = IMPOSTOR
    impostor.cell(impostor.functions[2]).source = "raise KeyboardInterrupt"
    impostor.hand_in(root / "in", "impostor")
    (root / "in" / ODD_NAME / "<img src=x onerror=RAN=1>").mkdir()
    done = ran_course("grade", root / "in", "--out", root / "out", "--seed", "7", cwd=this_course().root)
    assert done.returncode == 0, done.stderr[-3000:]
    return SimpleNamespace(out=root / "out", said=done.stdout, root=root)


@pytest.fixture(scope="module")
def by_nbgrader(graded, listener):
    """The same class and an assignment that is none of the course's, by nbgrader's own commands, on what was handed in."""
    out = graded.root / "stock"
    shutil.copytree(graded.out, out)
    formgrader_on(out)
    handed_in = graded.root / "in" / "mallory" / A / f"{A}.ipynb"
    shutil.copy(handed_in, out / "submitted" / "mallory" / A)
    for place in ("autograded", "feedback"):
        shutil.rmtree(out / place / ODD_NAME)
    shutil.rmtree(out / "submitted" / ODD_NAME)
    shutil.rmtree(out / "feedback")
    foreign = new_notebook(cells=[answer("raise NotImplementedError"), check()])
    foreign.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    write(out / "source" / "foreign" / "foreign.ipynb", foreign)
    nbgrader(out, "generate_assignment", "foreign")
    foreign.cells = [*hostile_cells(listener.port), answer("x = 1"), check()]
    write(out / "submitted" / "mallory" / "foreign" / "foreign.ipynb", foreign)
    for assignment in (A, "foreign"):
        nbgrader(out, "autograde", assignment, "--force", "--student=mallory", "--Execute.allow_errors=True")
        nbgrader(out, "generate_feedback", assignment, "--force", "--student=mallory")
    return out


def answer(source):
    marks = {
        "grade": False,
        "solution": True,
        "locked": False,
        "schema_version": 3,
        "grade_id": "answer",
        "task": False,
    }
    return new_code_cell(source, metadata={"nbgrader": marks})


def check():
    marks = {
        "grade": True,
        "solution": False,
        "locked": True,
        "schema_version": 3,
        "grade_id": "test_answer",
        "points": 1,
    }
    return new_code_cell("assert x == 1", metadata={"nbgrader": {**marks, "task": False}})


def write(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def nbgrader(out, *arguments):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ENGINE), os.environ.get("PYTHONPATH", "")])}
    command = [*warm_python(NBGRADER), "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=out, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]


def test_saved_notebooks_hold_nothing_active(graded, by_nbgrader):
    """Those that lie beside the gradebook, by an oracle of its own, and as text where it counts."""
    paths = [*graded.out.glob("autograded/*/*/*.ipynb"), *by_nbgrader.glob("autograded/mallory/*/*.ipynb")]
    assert len(paths) == len(NAMES) + 3
    for path in paths:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
        for cell in notebook["cells"]:
            assert set(cell["metadata"]) <= {"nbgrader", "tags", "deletable", "editable"}
            assert "attachments" not in cell
            for output in cell.get("outputs", ()):
                assert set(output.get("data", ())) <= {
                    "text/html",
                    "text/markdown",
                    "text/plain",
                    "text/latex",
                    "image/png",
                    "image/jpeg",
                    VERDICT_TYPE,
                }
                title = output.get("data", {}).get(VERDICT_TYPE, {"title": []})
                assert set(title) == {"title"}
                assert all(isinstance(part, str) and part.isprintable() for part in title["title"])
                html = output.get("data", {}).get("text/html", "")
                assert active("".join(html)) == []
            if cell["cell_type"] == "raw":
                assert active("".join(cell["source"])) == []


def test_the_honest_student_and_the_honest_questions_have_their_points(graded):
    with (graded.out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = {
        name: sum(float(row["score"]) for row in rows if row["student"] == name)
        for name in {r["student"] for r in rows}
    }
    assert len(points) == len(NAMES) + 1
    assert len({points[name] for name in points if name != "impostor"}) == 1
    assert points["honest"] > points["impostor"] > 0
    assert all(field.isprintable() for row in rows for field in row.values())
    assert all(line.isprintable() for line in graded.said.splitlines())


def test_what_came_of_a_cell_is_not_read_off_the_students_words(graded):
    with (graded.out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["student"] == "impostor"]
    assert [row["status"] for row in rows][:3] == ["error", "graded", "error"]
    assert rows[0]["mistake"].startswith("ProcessEnded: the cell did not end in time")
    assert "ProcessEnded: the cell did not end in time" in graded.said
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", (graded.out / "grades.csv").read_text("utf-8"))


@pytest.fixture(scope="module")
def tab():
    with page(viewport={"width": 1200, "height": 900}) as tab:
        tab.set_default_timeout(60_000)
        yield tab


def look(tab, address, listener, may_ask=(), name=None, wait="load"):
    """Open a page, move over it, and tell what it did besides: dialogs, scripts that ran, requests."""
    did, listener.heard[:] = [], []
    itself = []

    def asked(request):
        if not itself and request.is_navigation_request() and request.frame == tab.main_frame:
            itself.append(request)
        else:
            did.append(f"asked {request.url[:200]}")

    said = lambda dialog: (did.append("dialog"), dialog.dismiss())  # noqa: E731
    tab.on("request", asked)
    tab.on("dialog", said)
    tab.emulate_media(media="screen")
    tab.goto(address, wait_until=wait)
    tab.wait_for_timeout(500)
    tab.mouse.move(300, 300)
    tab.keyboard.press("Tab")
    tab.remove_listener("request", asked)
    tab.remove_listener("dialog", said)
    if tab.evaluate("typeof RAN") != "undefined":
        did.append("ran a script")
    if name:
        SHOTS.mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    ours = ("data:", *may_ask)
    return [one for one in did if not one.startswith(tuple(f"asked {start}" for start in ours))], list(listener.heard)


def uncovered(tab, selector):
    """Of the elements with this selector, how many there are, and those over which something else is painted."""
    return tab.evaluate(
        """selector => {
          const all = [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length);
          const covered = all.filter(e => {
            e.scrollIntoView({ block: "center" });
            const box = e.getBoundingClientRect();
            const top = document.elementFromPoint(box.left + Math.min(8, box.width / 2), box.top + box.height / 2);
            return !(top && (e.contains(top) || top.contains(e)));
          });
          return [all.length, covered.map(e => e.outerHTML.slice(0, 200))];
        }""",
        selector,
    )


@in_browser
def test_the_pages_of_course_grade_run_nothing_and_ask_nothing(graded, listener, tab):
    paths = sorted(graded.out.rglob("*.html"))
    assert len(paths) == 3 + len(NAMES)
    for number, path in enumerate(paths):
        did, heard = look(tab, f"file://{quote(str(path))}", listener, name=f"active-{number}-{path.stem}")
        assert (did, heard) == ([], []), path
        tab.evaluate("() => document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        for medium in ("screen", "print"):
            tab.emulate_media(media=medium)
            some, covered = uncovered(tab, "h1, h2, h3, .score, article, .about, nav a, .label, th, td.number")
            assert some >= 3
            assert covered == [], (path, medium)


@in_browser
def test_nbgraders_own_feedback_runs_nothing_and_asks_for_nothing_but_mathjax(by_nbgrader, listener, tab):
    paths = sorted(by_nbgrader.glob("feedback/mallory/*/*.html"))
    assert len(paths) == 2
    tab.route(f"{MATHJAX}**", lambda route: route.abort())
    for path in paths:
        did, heard = look(tab, f"file://{path}", listener, may_ask=(MATHJAX,), name=f"nbgrader-{path.stem}")
        assert (did, heard) == ([], []), path
        some, covered = uncovered(tab, "h4, #toc li, .nbgrader-label, .pull-right")
        assert some > 3
        assert covered == [], path


@pytest.fixture(scope="module")
def lab(graded, tmp_path_factory):
    """`course lab OUT` of somebody who has switched all protection off in a configuration of his own."""
    careless = {"IdentityProvider.token": "", "ServerApp.token": "", "ServerApp.allow_unauthenticated_access": True}
    careless |= {
        "ServerApp.disable_check_xsrf": True,
        "ServerApp.allow_origin": "*",
        "ContentsManager.allow_hidden": True,
    }
    with course_lab(graded.out, tmp_path_factory.mktemp("home") / "x", **careless) as (address, token):
        yield SimpleNamespace(address=address, token=token)


def status(address):
    try:
        with urlopen(address) as reply:
            return 403 if "/login" in reply.url else reply.status
    except HTTPError as error:
        return error.code


def test_course_lab_serves_nobody_without_its_token(lab):
    assert len(lab.token) > 20
    for path in ("api/contents", "api/kernels", "api/sessions", "files/grades.csv", "formgrader/api/assignments"):
        assert status(f"{lab.address}/{path}") == 403, path
        assert status(f"{lab.address}/{path}?token=") == 403, path
        assert status(f"{lab.address}/{path}?token={lab.token}") == 200, path


def test_course_lab_serves_nothing_that_is_hidden(graded, lab):
    with Gradebook(f"sqlite:///{graded.out / 'gradebook.db'}") as gradebook:
        one = gradebook.find_submission_notebook(A, A, "honest").id
    hidden = [
        f"questions/{A}.json",
        f"source/{A}/{A}.ipynb",
        "run.json",
        "gradebook.db",
        "verdicts.db",
        "submitted",
    ]
    hidden += ["nbgrader_config.py", "log", "questions", "autograded/../run.json"]
    for path in hidden:
        for service in ("api/contents/", "files/", "nbconvert/html/", "api/contents/autograded/..%2F..%2F"):
            assert status(f"{lab.address}/{service}{path}?token={lab.token}") in (400, 403, 404, 405), (service, path)
        over = quote(f"../../../{path}", safe="")
        assert status(f"{lab.address}/formgrader/submissions/{one}/{over}?token={lab.token}") in (403, 404), path
    assert status(f"{lab.address}/formgrader?path={quote(str(graded.root))}&token={lab.token}") == 403
    assert status(f"{lab.address}/api/terminals?token={lab.token}") == 404
    with urlopen(f"{lab.address}/api/contents?token={lab.token}") as reply:
        names = {entry["name"] for entry in json.load(reply)["content"]}
    assert {"autograded", "feedback"} <= names <= set(FOR_PEOPLE)
    assert status(f"{lab.address}/api/contents/autograded/honest/{A}/{A}.ipynb?token={lab.token}") == 200


@in_browser
def test_formgraders_pages_run_nothing_of_a_submission(graded, lab, listener, tab):
    tab.goto(f"{lab.address}/tree?token={lab.token}", wait_until="commit")
    refused = []
    tab.on("console", lambda message: "Content Security Policy" in message.text and refused.append(message.text))
    with Gradebook(f"sqlite:///{graded.out / 'gradebook.db'}") as gradebook:
        ids = [gradebook.find_submission_notebook(A, A, name).id for name in NAMES]
    pages = [f"submissions/{one}/" for one in ids]
    pages += ["manage_assignments", f"manage_submissions/{A}", f"gradebook/{A}/{A}", "gradebook", "manage_students"]
    pages += [f"manage_students/{quote(ODD_NAME)}", f"manage_students/{quote(ODD_NAME)}/{A}"]
    for number, place in enumerate(pages):
        address = f"{lab.address}/formgrader/{place}"
        may_ask = (lab.address, "about:blank")  # MathJax has a font of that address, which is none
        did, heard = look(tab, address, listener, may_ask, name=f"formgrader-{number}", wait="networkidle")
        assert (did, heard) == ([], []), place
        assert [words for words in refused if "'about:blank'" not in words] == [], place
        if place.startswith("submissions"):
            some, covered = uncovered(tab, ".panel-title, .nbgrader-label, input.score")
            assert some > 10
            assert covered == [], place
            assert tab.locator("input.score[placeholder]").count() == 5, "its own scripts have run"
