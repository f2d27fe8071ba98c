"""A real JupyterLab server and a real browser for tests. Everything stays on this machine's loopback."""

import atexit
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError, sync_playwright

from autograde.course import this_course

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS = 90


def free_port() -> int:
    """A port of this machine's loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def jupyterlab(root: Path, environment: dict[str, str] | None = None) -> Iterator[str]:
    """JupyterLab serving `root` on a free port; yields its address and ends it afterwards."""
    port = free_port()
    settings = {
        "ServerApp.root_dir": root,
        "ServerApp.port": port,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port_retries": 0,
        "IdentityProvider.token": "",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    _write_settings(root / ".lab-settings")
    environment = {**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(root / ".lab-settings"), **(environment or {})}
    log = (root / ".jupyterlab.log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api/status", server)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


@contextlib.contextmanager
def course_lab(out: Path, home: Path, **settings) -> Iterator[tuple[str, str]]:
    """`course lab OUT`, whose user has these settings in a configuration of his own; yields its address and token."""
    port = free_port()
    ours = {"ServerApp.port": port, "ServerApp.open_browser": False, "ServerApp.allow_root": True}
    ours |= {"LabApp.news_url": None, "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate"}
    (home / "config").mkdir(parents=True)
    lines = [f"c.{name} = {value!r}" for name, value in {**ours, **settings}.items()]
    (home / "config" / "jupyter_server_config.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write_settings(home / "settings")
    folders = {"CONFIG_DIR": "config", "RUNTIME_DIR": "runtime", "DATA_DIR": "data"}
    environment = {**os.environ, **{f"JUPYTER_{name}": str(home / place) for name, place in folders.items()}}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    with (home / "log").open("wb") as log:
        command = [sys.executable, "-m", "autograde", "lab", str(out)]
        server = subprocess.Popen(command, cwd=this_course().root, stdout=log, stderr=log, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", server)
        (running,) = (home / "runtime").glob("jpserver-*.json")
        said = json.loads(running.read_text(encoding="utf-8"))
        yield said["url"].rstrip("/"), said["token"]
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def run_all(tab, address: str, notebook: str) -> None:
    """Open a notebook in JupyterLab and have all its cells run; returns when that has begun."""
    tab.goto(f"{address}/lab/tree/{notebook}?reset", wait_until="domcontentloaded")
    tab.get_by_role("menuitem", name="Run", exact=True).wait_for(timeout=90_000)
    tab.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=90_000)
    tab.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=90_000)

    def run():
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()

    until_it_runs(tab, run)


def until_it_runs(tab, run: Callable[[], None]) -> None:
    """Ask for cells to be run, again where nothing begins: before its kernel is connected, Jupyter forgets what it is
    to run, and the page can say "idle" a moment too early.
    """
    begun = tab.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text=re.compile(r"\[(\*|\d+)\]"))
    for _ in range(9):
        run()
        with contextlib.suppress(TimeoutError):
            begun.first.wait_for(timeout=10_000)
            return
    raise AssertionError("no cell began to run in 90 seconds")


def _write_settings(folder: Path) -> None:
    """Every cell is in the page, also one that nobody has scrolled to; no question about news."""
    settings = {
        "notebook-extension/tracker": {"windowingMode": "none"},
        "apputils-extension/notification": {"fetchNews": "false"},
    }
    for plugin, setting in settings.items():
        path = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting), encoding="utf-8")


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended at once with exit code {server.returncode}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not answer at {address}")


@contextlib.contextmanager
def page(**options) -> Iterator:
    """A page of a headless Chromium, which knows nothing of other pages; the browser is that of the pages before."""
    if not _chromium().is_connected():
        close_browser()
    context = _chromium().new_context(**options)
    try:
        yield context.new_page()
    finally:
        context.close()


def serious(tab, context: str | None = None) -> list[tuple[str, str]]:
    """What axe finds of serious and critical violations: (rule, HTML of the first place). context: a selector; all by default."""
    found = Axe().run(tab, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]


_open = contextlib.ExitStack()


@cache
def _chromium():
    """A browser, which takes a second to start. While it runs, this thread can run nothing with asyncio.run."""
    playwright = _open.enter_context(sync_playwright())
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    _open.callback(chromium.close)
    return chromium


@atexit.register
def close_browser() -> None:
    """End the browser, if there is one; conftest.py does so after the tests of each file."""
    _chromium.cache_clear()
    _open.close()
