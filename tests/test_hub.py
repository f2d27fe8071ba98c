"""A real JupyterHub with accounts of the system, set up by deploy/jupyterhub: from the release to a student's page, by clicking.

What students must not reach is tried as a student, and `course doctor --hub` finds each thing that is opened.
"""

import contextlib
import os
import pwd
import random
import re
import shutil
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from browser import CHROMIUM, page, until_it_runs
from kept_verdicts import kept_verdicts
from outside import copy_of_this_repository, without_this_repository
from small_course import RIGHT, A, course, make
from waiting import wait_until

from autograde.course import ENGINE, CourseError, this_course

if sys.platform != "win32":
    from autograde.campus import hub as doctor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="JupyterHub does not run on Windows")

DEPLOY = ENGINE / "deploy" / "jupyterhub"
PYTHON = "/usr/bin/python3"  # of the system: users cannot run one in a home, and a box has another /tmp
BASE = Path("/opt/descent-hub-test")
TEACHER, ADA, BEN, GUEST = "descent-teacher", "descent-ada", "descent-ben", "descent-guest"
STUDENTS, TEACHERS = "descent-students", "descent-teachers"
PASSWORD = "one-Two-3"
NAME = "course101"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # as systemd gives it
PICTURES = this_course().build / "screenshots"
UNASKED = range(20_000, 30_000)  # ports that nobody gets who asks for any, since they are needed minutes later
SECONDS = 120


def lacking():
    """What a hub needs and this machine has not."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "accounts of the system can be made by root on Linux only"
    for command in (CHROMIUM, PYTHON, "npm", "node", "useradd", "chpasswd"):
        if shutil.which(command) is None:
            return f"there is no {command}"
    said = "import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    if subprocess.run([PYTHON, "-c", said], check=False, capture_output=True).returncode:
        return f"{PYTHON} is none from 3.11 to 3.13 that makes environments"
    return None


def run(*words, **options):
    done = subprocess.run([*map(str, words)], check=False, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def as_user(name):
    """What makes subprocess run something as a user, with the user's groups."""
    user = pwd.getpwnam(name)
    return {
        **{"user": user.pw_uid, "group": user.pw_gid, "extra_groups": os.getgrouplist(name, user.pw_gid)},
        "env": {"PATH": PATH, "HOME": user.pw_dir, "LANG": "C.UTF-8"},
    }


def remove_accounts():
    for name in (ADA, BEN, GUEST, TEACHER):
        with contextlib.suppress(KeyError):
            uid = pwd.getpwnam(name).pw_uid
            theirs = [p for p in psutil.process_iter(["uids"]) if p.info["uids"] and p.info["uids"].real == uid]
            for process in theirs:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(theirs, timeout=20)
            run("userdel", "--remove", "--force", name)
    for name in (STUDENTS, TEACHERS):
        subprocess.run(["groupdel", name], check=False, capture_output=True)


def remove_folder():
    if BASE.is_mount():
        run("umount", "--lazy", BASE)
    shutil.rmtree(BASE, ignore_errors=True)


def is_free(port):
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def settings():
    """The file of settings that is handed out, with places of this test."""
    said = (DEPLOY / "hub.env").read_text(encoding="utf-8")
    ports = [port for port in random.sample(UNASKED, 30) if is_free(port)]
    ours = {
        **{"COURSE": BASE / NAME, "ENGINE": BASE / "engine", "EXTRAS": "", "GRADES": BASE / "grades"},
        **{"INSTRUCTOR": TEACHER, "INSTRUCTORS": TEACHERS, "STUDENTS": STUDENTS, "EXCHANGE": BASE / "exchange"},
        **{"FOLDER": BASE / "hub", "STATE": BASE / "state", "UNITS": BASE / "units", "PYTHON": PYTHON},
        **{"URL": f"http://127.0.0.1:{ports[0]}", "PORT": ports[1], "PROXY_PORT": ports[2]},
    }
    assert set(re.findall(r"^HUB_(\w+)=", said, re.MULTILINE)) == set(ours)
    for name, value in ours.items():
        said = re.sub(rf"^HUB_{name}=.*", f"HUB_{name}={value}", said, flags=re.MULTILINE)
    return said


def started(unit):
    """A service as systemd starts it, as far as this unit says; its process and what it says."""
    said = (BASE / "units" / unit).read_text(encoding="utf-8")

    def of(name, default=""):
        return next(iter(re.findall(rf"^{name}=(.*)", said, re.MULTILINE)), default)

    who = as_user(of("User", "root"))
    lines = re.findall(r"^Environment=(.*)", said, re.MULTILINE)
    if file := of("EnvironmentFile"):
        lines += re.findall(r"^\w+=.*", Path(file).read_text(encoding="utf-8"), re.MULTILINE)
    who["env"] |= dict(line.split("=", 1) for line in lines)
    log = BASE / f"{unit}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            of("ExecStart").split(), cwd=of("WorkingDirectory"), umask=int(of("UMask", "022"), 8),
            stdout=file, stderr=file, **who,
        )  # fmt: skip
    return SimpleNamespace(process=process, said=lambda: log.read_text(encoding="utf-8", errors="replace"))


def end(service):
    if service.process.poll() is None:
        service.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            service.process.wait(30)
        service.process.kill()


def answers(url):
    with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(url, timeout=5):
        return True
    return False


@pytest.fixture(scope="module")
def hub():
    """The hub, as docs/hub.md sets it up: it runs, and so does the service; two students, an instructor, and a guest."""
    if why := lacking():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    remove_accounts()
    remove_folder()
    BASE.mkdir(mode=0o755)
    # In memory, where that is allowed: two environments are 60,000 files.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", BASE], check=False, capture_output=True)
    login = doctor.LOGIN.read_bytes()
    services = []
    try:
        copy_of_this_repository(BASE / "engine")
        make(BASE / NAME)
        (BASE / "hub.env").write_text(settings(), encoding="utf-8")
        set_up()
        for name, group in ((ADA, STUDENTS), (BEN, STUDENTS), (GUEST, "")):
            run("useradd", "--create-home", "--groups", group, "--shell", "/bin/bash", name)
        run("chpasswd", input="".join(f"{name}:{PASSWORD}\n" for name in (ADA, BEN, GUEST, TEACHER)))
        service = started("course-serve.service")
        services.append(service)
        services.append(started("jupyterhub.service"))
        address = dict(line.split("=", 1) for line in settings_there())["HUB_URL"]
        ready = wait_until(lambda: "ready: " in service.said() and answers(f"{address}/hub/login"), SECONDS)
        assert ready, service.said() + services[-1].said()[-4000:]
        yield SimpleNamespace(address=address, service=service, said=services[-1].said)
    finally:
        for one in reversed(services):
            end(one)
        remove_accounts()
        doctor.LOGIN.write_bytes(login)
        remove_folder()


def settings_there():
    return re.findall(r"^HUB_.*", (BASE / "hub.env").read_text(encoding="utf-8"), re.MULTILINE)


def set_up(*words):
    """The script that is handed out, with uv, which links what both environments have."""
    environment = without_this_repository() | {"PATH": PATH, "UV_CACHE_DIR": str(BASE / "cache")}
    if not (BASE / "uv").exists():
        run(PYTHON, "-m", "venv", BASE / "uv")
        run(BASE / "uv" / "bin" / "python", "-m", "pip", "install", "--quiet", "uv")
    environment["PATH"] = f"{BASE / 'uv' / 'bin'}:{PATH}"
    return run(
        "bash", BASE / "engine" / "deploy" / "jupyterhub" / "setup", *words, BASE / "hub.env", env=environment, cwd="/"
    )


@contextlib.contextmanager
def logged_in(hub, name):
    """A page of JupyterLab, of a user who has logged in."""
    with page(viewport={"width": 1400, "height": 900}) as tab:
        tab.set_default_timeout(90_000)
        sign_in(tab, hub, name)
        tab.get_by_role("menuitem", name="Nbgrader", exact=True).wait_for()
        yield tab


def sign_in(tab, hub, name):
    tab.goto(f"{hub.address}/hub/login")
    tab.fill("#username_input", name)
    tab.fill("#password_input", PASSWORD)
    tab.click("#login_submit")


def picture(tab, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=PICTURES / f"hub_{name}.png")


def open_nbgraders_menu(tab):
    """The texts of its entries. On a busy machine JupyterLab may close a menu that was opened while it was still starting."""
    entries = tab.locator(".lm-Menu .lm-Menu-itemLabel").filter(has_text=re.compile("."))

    def is_open():
        if not entries.count():
            tab.get_by_role("menuitem", name="Nbgrader", exact=True).click()
        tab.wait_for_timeout(300)
        return entries.count()

    assert wait_until(is_open, 90)
    return entries.all_inner_texts()


def of_nbgrader(tab, name):
    """Choose an entry of nbgrader's menu."""
    open_nbgraders_menu(tab)
    tab.locator(".lm-Menu").get_by_text(name, exact=True).click()


def formgrader(tab):
    of_nbgrader(tab, "Formgrader")
    return tab.frame_locator("iframe").first


def feedback_pages():
    return list((BASE / "exchange" / NAME / "feedback").glob("*.html"))


def write(tab, function, code):
    """Write a function's body into its cell, as a person does."""
    cell = tab.locator(".jp-CodeCell").filter(has_text=f"def {function}(").first
    editor = cell.locator(".cm-content")
    head = re.search(r"def .*:", editor.inner_text())[0]
    editor.click()
    tab.keyboard.press("Control+A")
    tab.keyboard.insert_text(f"{head}\n    {code}")


@pytest.fixture(scope="module")
def handed_in(hub):
    """Released by the instructor; fetched, solved, run and handed in by ada; all by clicking."""
    with logged_in(hub, TEACHER) as tab:
        form = formgrader(tab)
        picture(tab, "formgrader")
        form.locator("td.release a").first.click()
        form.get_by_text(f"Successfully released '{A}'").wait_for()
        picture(tab, "released")
    with logged_in(hub, ADA) as tab:
        entries = open_nbgraders_menu(tab)
        tab.locator(".lm-Menu").get_by_text("Assignment List", exact=True).click()
        tab.get_by_role("button", name="Fetch", exact=True).click()
        tab.locator("#fetched_assignments_list a.assignment-notebooks-link").click()
        picture(tab, "fetched")
        tab.locator("#fetched_assignments_list .nested_list_item a").click()
        tab.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        tab.get_by_text(re.compile(r"\| Idle")).wait_for()
        for function, code in RIGHT.items():
            write(tab, function, code)

        def run_all_cells():
            tab.get_by_role("menuitem", name="Run", exact=True).click()
            tab.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()

        until_it_runs(tab, run_all_cells)
        cards = [tab.locator(f'[role=group][aria-label*="{function}"]') for function in RIGHT]
        for card in cards:
            card.wait_for()
        texts = [card.inner_text() for card in cards]
        kernels = [
            p.username() for p in psutil.process_iter(["cmdline"]) if "ipykernel_launcher" in (p.info["cmdline"] or [])
        ]
        picture(tab, "solved")
        tab.keyboard.press("Escape")
        tab.keyboard.press("Control+S")
        saved = pwd.getpwnam(ADA).pw_dir + f"/{A}/{A}.ipynb"
        assert wait_until(lambda: RIGHT["predict"] in Path(saved).read_text(encoding="utf-8"), 30)
        tab.get_by_role("tab", name="Assignments").click()
        tab.get_by_role("button", name="Submit", exact=True).click()
        tab.locator("#submitted_assignments_list .nested_list_item").first.wait_for()
    assert wait_until(feedback_pages, SECONDS), hub.service.said()
    return SimpleNamespace(entries=entries, cards=texts, kernels=kernels)


def fetched_page(tab, name, points):
    """The page that a student fetches and opens, as text; it is waited for until it says these points."""
    tab.get_by_role("tab", name="Assignments").click()
    with tab.expect_response(lambda response: "fetch_feedback" in response.url and response.ok):
        tab.get_by_role("button", name="Fetch Feedback").click()  # else an earlier page may be opened
    tab.get_by_text("(view feedback)").first.click()
    tab.locator(".jp-DirListing-item").filter(has_text=f"{A}.html").dblclick()
    # one that was open when the student left is open again, and shows the page as it was before it was fetched anew
    tab.get_by_role("button", name="Rerender HTML Document").click()
    body = tab.locator(".jp-HTMLViewer iframe").content_frame.locator("body")
    body.get_by_text(points).first.wait_for()
    picture(tab, name)
    return body.inner_text()


def test_a_student_solves_in_a_kernel_of_their_own_and_sees_no_formgrader(handed_in):
    assert handed_in.entries == ["Assignment List"]
    assert [re.search(r"· (right|.*?) ·", text)[1] for text in handed_in.cards] == ["right", "right"]
    assert ADA in handed_in.kernels


def test_the_first_feedback_is_fetched_and_opened(hub, handed_in):
    assert [path.stat().st_uid for path in feedback_pages()] == [pwd.getpwnam(TEACHER).pw_uid]
    with logged_in(hub, ADA) as tab:
        text = fetched_page(tab, "feedback", "100 of 100 points")
    assert re.search(r"\b100 of 100 points", text)
    assert "this attempt counted" in text


def test_points_given_by_hand_inside_the_hub_reach_the_student(hub, handed_in):
    (handed_back,) = feedback_pages()
    with logged_in(hub, TEACHER) as tab:
        form = formgrader(tab)
        form.get_by_role("link", name="Manual Grading").first.click()
        for place in (A, f"{A}/{A}"):
            form.locator(f"tbody a[href$='/gradebook/{place}']").click()
        form.get_by_role("link", name="Submission #1").click()
        form.locator("input.score[placeholder]").first.wait_for()  # it fetches the points when it is there already
        score = form.locator("input.score#test_predict")
        score.fill("17.5")
        with tab.expect_response(lambda response: "/api/grade/" in response.url and response.ok):
            score.press("Tab")
        picture(tab, "points_by_hand")
    assert wait_until(lambda: "77.5" in handed_back.read_text(encoding="utf-8"), 60), hub.service.said()
    with logged_in(hub, ADA) as tab:
        assert "77.5 of 100 points" in fetched_page(tab, "feedback_again", "77.5 of 100 points")


FORBIDDEN = {
    "a solution": f"{NAME}/solutions/{A}/notebook.py",
    "the questions": f"{NAME}/solutions/{A}/questions.py",
    "the hidden cases": f"grades/questions/{A}.json",
    "the gradebook": "grades/gradebook.db",
    "the grades": "grades/verdicts.db",
    "the engine": "engine/autograde/judging/judge.py",
    "the list of submissions": f"exchange/{NAME}/inbound",
    "the list of pages": f"exchange/{NAME}/feedback",
    "the hub's database": "state/jupyterhub.sqlite",
    "the hub's secret": "state/jupyterhub_cookie_secret",
    "another's work": f"/home/{ADA}/{A}/{A}.ipynb",
    "another's secret": f"/home/{ADA}/.local/share/jupyter/nbgrader_cache",
}


def can_read(name, path):
    """Whether a user can read a file or list a folder: tried with the commands that everybody has."""
    command = ["ls" if path.is_dir() else "cat", str(path)]
    return subprocess.run(command, check=False, capture_output=True, cwd="/", **as_user(name)).returncode == 0


@pytest.mark.parametrize("path", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_student_cannot_read(hub, handed_in, path):
    place = BASE / path
    owner = pwd.getpwuid(place.stat().st_uid).pw_name
    assert can_read(owner, place), "it is there"
    assert not can_read(BEN, place)


def test_a_student_reaches_no_server_of_another_and_no_formgrader(hub, handed_in):
    with logged_in(hub, BEN) as tab:
        assert tab.goto(f"{hub.address}/user/{BEN}/formgrader").status == 404
        assert tab.goto(f"{hub.address}/user/{BEN}/api/contents/").status == 200
        for name in (TEACHER, ADA):
            assert tab.goto(f"{hub.address}/user/{name}/api/contents/").status in (403, 404)
            picture(tab, "no_entry")


def test_who_is_in_no_group_cannot_log_in(hub):
    with page() as tab:
        sign_in(tab, hub, GUEST)
        tab.locator(".login_error").wait_for()
        picture(tab, "guest")
    assert f"User '{GUEST}' not allowed" in hub.said(), "the password was right"
    assert not [p for p in psutil.process_iter(["username"]) if p.info["username"] == GUEST]


def test_a_student_cannot_hand_in_for_another(hub, handed_in):
    before = kept_verdicts(BASE / "grades")
    place = BASE / "exchange" / NAME / "inbound" / f"{ADA}+{A}+2031-10-01 12:00:00.000000 UTC+chance"
    script = 'mkdir "$0" && cd "$0" && echo "{}" > "$1.ipynb" && date > timestamp.txt && head -c 128 /dev/zero > submission_secret.txt'
    run("sh", "-c", script, place, A, cwd="/", **as_user(BEN))
    assert wait_until(lambda: f"was handed in by another (user {BEN})" in hub.service.said(), 30), hub.service.said()
    assert kept_verdicts(BASE / "grades") == before


def test_the_class_is_served_as_course_lab_serves_it(hub, handed_in):
    with logged_in(hub, TEACHER) as tab:
        assert tab.goto(f"{hub.address}/user/{TEACHER}/api/contents/gradebook.db").status == 404
        assert tab.goto(f"{hub.address}/user/{TEACHER}/api/contents/grades.csv").status == 200
        assert tab.goto(f"{hub.address}/user/{TEACHER}/api/terminals").status == 404
        policy = tab.goto(f"{hub.address}/user/{TEACHER}/lab").headers["content-security-policy"]
        assert "default-src 'self'" in policy


def test_setting_up_again_changes_nothing_that_is_there(hub, handed_in):
    before = {path: path.read_bytes() for path in (BASE / "units").iterdir()}
    said = set_up("--dry-run")
    assert f"useradd --create-home --shell /bin/bash {TEACHER}" not in said
    assert f"groupadd -f {STUDENTS}" in said
    assert {path: path.read_bytes() for path in (BASE / "units").iterdir()} == before


def said_of(parts):
    """The sentences of `course doctor --hub` on what is open."""
    findings = doctor.examine_hub(BASE / "hub.env", BEN, parts)
    assert findings
    return [sentence for fine, sentence in findings if fine is False]


def test_the_doctor_finds_nothing_open(hub, handed_in):
    said = course("doctor", "--hub", BASE / "hub.env", cwd=ENGINE)
    assert "✗" not in said
    assert said.count("✓") > 20
    assert f"{ADA} reads nothing in the homes of 2 others." in said


@contextlib.contextmanager
def with_mode(path, mode):
    before = stat.S_IMODE(path.stat().st_mode)
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def opened_mode(path, mode):
    return lambda: with_mode(BASE / path, mode)


@contextlib.contextmanager
def written(path, text):
    """A file that says something else meanwhile, or is there meanwhile."""
    before = path.read_bytes() if path.exists() else None
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(before) if before is not None else path.unlink()


@contextlib.contextmanager
def as_instructor():
    run("gpasswd", "-a", BEN, TEACHERS)
    try:
        yield
    finally:
        run("gpasswd", "-d", BEN, TEACHERS)


@contextlib.contextmanager
def owned_by(path, uid):
    before = path.stat()
    os.chown(path, uid, -1)
    try:
        yield
    finally:
        os.chown(path, before.st_uid, -1)
        path.chmod(stat.S_IMODE(before.st_mode))


def students_etc(*parts):
    return BASE.joinpath("hub", "students", "etc", "jupyter", *parts)


def site_packages():
    (folder,) = (BASE / "hub" / "students" / "lib").glob("python3*/site-packages")
    return folder


INBOUND = f"exchange/{NAME}/inbound"
SERVER = "nbgrader.server_extensions"
OPENED = {
    "course folder": (opened_mode(NAME, 0o755), "_reading", "can read .*, of the course folder; run chmod 0750"),
    "course folder, traversed": (opened_mode(NAME, 0o751), "_reading", "can read .*, of the course folder"),
    "engine": (opened_mode("engine", 0o755), "_reading", "can read .*, of the engine"),
    "instructors' Python": (
        lambda: both(with_mode(BASE / NAME, 0o755), with_mode(BASE / "engine", 0o755)),
        "_python",
        "can import the engine by the instructors' Python",
    ),
    "students' Python": (
        lambda: written(site_packages() / "autograde.py", ""),
        "_python",
        "can import the engine by the students' Python",
    ),
    "grades": (opened_mode("grades", 0o755), "_reading", "of what the service keeps; run chmod 0700"),
    "state": (opened_mode("state", 0o755), "_reading", "can read .*, of the hub's database"),
    "a home": (
        lambda: with_mode(Path(pwd.getpwnam(ADA).pw_dir), 0o711),
        "_reading",
        "of others; run chmod 0700 /home/",
    ),
    "instructor": (as_instructor, "_groups", "is in the group"),
    "what the hub runs": (
        opened_mode("hub/etc/jupyterhub_config.py", 0o666),
        "_writing",
        "can write .*jupyterhub_config",
    ),
    "course, to write": (
        lambda: both(with_mode(BASE / NAME, 0o755), with_mode(BASE / NAME / "course.toml", 0o666)),
        "_writing",
        "can write .*course.toml",
    ),
    "inbound, listed": (opened_mode(INBOUND, 0o3737), "_exchange", "can list what is in .*inbound.*; run chmod 3733"),
    "inbound, closed": (opened_mode(INBOUND, 0o3711), "_exchange", "cannot hand in"),
    "inbound, not sticky": (opened_mode(INBOUND, 0o2733), "_exchange", "can move what is in .*inbound"),
    "exchange, closed": (opened_mode("exchange", 0o1755), "_exchange", "cannot hand in.*; run chmod 1777"),
    "exchange, not sticky": (
        opened_mode("exchange", 0o777),
        "_exchange",
        "can move what is in .*exchange'; run chmod 1777",
    ),
    "outbound, closed": (opened_mode(f"exchange/{NAME}/outbound", 0o700), "_exchange", "cannot see what is released"),
    "outbound, to write": (opened_mode(f"exchange/{NAME}/outbound", 0o777), "_exchange", "can write in .*outbound"),
    "feedback, listed": (
        opened_mode(f"exchange/{NAME}/feedback", 0o755),
        "_exchange",
        "can list what is in .*feedback",
    ),
    "inbound of another": (lambda: owned_by(BASE / INBOUND, 0), "_exchange", "does not own all of the exchange"),
    "formgrader in the menu": (
        lambda: written(students_etc("labconfig", "page_config.json"), "{}"),
        "_formgrader",
        "Students have formgrader in JupyterLab",
    ),
    "formgrader on the server": (
        lambda: written(
            students_etc("jupyter_server_config.d", "z.json"),
            f'{{"ServerApp": {{"jpserver_extensions": {{"{SERVER}.formgrader": true}}}}}}',
        ),
        "_formgrader",
        "Students' servers load formgrader",
    ),
    "homes to come": (lambda: written(doctor.LOGIN, "UMASK 022\n"), "_homes", r"are open to others \(0755\)"),
    "homes to come, to a group": (
        lambda: written(doctor.LOGIN, "HOME_MODE 0750\n"),
        "_homes",
        r"open to others \(0750\)",
    ),
}


@contextlib.contextmanager
def both(one, other):
    with one, other:
        yield


@pytest.mark.parametrize(("opens", "part", "words"), OPENED.values(), ids=OPENED)
def test_the_doctor_finds(hub, handed_in, opens, part, words):
    parts = (getattr(doctor, part),)
    with opens():
        said = said_of(parts)
    assert any(re.search(words, sentence) for sentence in said), said
    assert said_of(parts) == []


def test_the_doctor_of_the_hub_says_what_it_cannot_do(hub, tmp_path):
    assert "there is no account 'nobody-of-that-name'" in course(
        "doctor", "--hub", BASE / "hub.env", "--student", "nobody-of-that-name", cwd=ENGINE, code=2
    )
    assert "Give the hub.env of this machine" in course("doctor", "--hub", tmp_path / "none", cwd=ENGINE, code=2)
    (tmp_path / "hub.env").write_text("HUB_COURSE=/srv/course\n")
    assert "does not say HUB_ENGINE" in course("doctor", "--hub", tmp_path / "hub.env", cwd=ENGINE, code=2)
    with with_mode(BASE / "grades", 0o755):
        ran = subprocess.run(
            [sys.executable, "-m", "autograde", "doctor", "--hub", BASE / "hub.env"],
            cwd=ENGINE,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stdout.count("✗") == 1


def test_a_students_name_of_a_file_is_no_command_to_the_terminal(capsys):
    assert doctor.print_findings([(False, "can read '/home/a/\x1b[31m\nb'"), (None, "c"), (True, "d")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines] == ["✗", "·", "✓"]
    assert "\x1b" not in lines[0]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FOLDER", "", "does not say HUB_FOLDER"),
        ("GRADES", "/srv/my grades", "a value without spaces and quotes"),
        ("GRADES", '"/srv/grades"', "a value without spaces and quotes"),
        ("STATE", "$(touch ran)", "a value without spaces and quotes"),
    ],
    ids=str,
)
def test_settings_that_would_be_read_in_two_ways_are_refused_by_all(tmp_path, name, value, said):
    changed = re.sub(rf"^HUB_{name}=.*", lambda _: f"HUB_{name}={value}", settings_as_given(), flags=re.MULTILINE)
    file = tmp_path / "hub.env"
    file.write_text(changed, encoding="utf-8")
    by_setup = subprocess.run(
        ["bash", DEPLOY / "setup", "--dry-run", file], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert (by_setup.returncode, said in by_setup.stderr) == (2, True), by_setup.stderr
    assert not (tmp_path / "ran").exists()
    with pytest.raises(CourseError, match=re.escape(said)):
        doctor._read(file)


def settings_as_given():
    return (DEPLOY / "hub.env").read_text(encoding="utf-8")
