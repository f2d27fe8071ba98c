"""A Dask scheduler and workers as processes, each in a folder of its own: several machines, as far as one machine can play them."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
from browser import free_port
from small_course import ENVIRONMENT
from waiting import wait_until

from autograde.course import ENGINE

SETTINGS = ENGINE / "deploy" / "dask" / "dask.yaml"


def family(process: subprocess.Popen) -> list[psutil.Process]:
    """It and what it has started."""
    try:
        root = psutil.Process(process.pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def freeze(process: subprocess.Popen) -> list[psutil.Process]:
    """It stands still with what it has started; all of it."""
    found = family(process)
    for one in found:
        with contextlib.suppress(psutil.NoSuchProcess):  # a box that has ended meanwhile
            one.suspend()
    return found


def end(process: subprocess.Popen) -> None:
    """With all that it has started, also where it is frozen."""
    for one in family(process):
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait(30)


class Machines:
    """The processes of a cluster. inside: what goes before each command, by machine, such as `ip netns exec NAME`."""

    def __init__(
        self, folder: Path, course: Path, tls: Path | None = None, host: str = "127.0.0.1", inside=None, **settings
    ):
        self.folder, self.course, self.tls, self.host, self._inside = folder, course, tls, host, inside or {}
        self.port = free_port()
        self.address = f"{'tls' if tls else 'tcp'}://{host}:{self.port}"
        self.environment = ENVIRONMENT | {"DASK_CONFIG": str(SETTINGS)} | settings
        self.scheduler: subprocess.Popen | None = None
        self.workers: dict[str, subprocess.Popen] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def _run(self, machine: str, words: list[str], cwd: Path, environment=None) -> subprocess.Popen:
        place = self.folder / machine
        place.mkdir(exist_ok=True)
        command = [*self._inside.get(machine, []), sys.executable, *words]
        with (place / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=cwd,
                env=self.environment | (environment or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _tls(self) -> list[str]:
        if not self.tls:
            return []
        files = (("ca-file", "ca"), ("cert", "cert"), ("key", "key"))
        return [word for name, file in files for word in (f"--tls-{name}", str(self.tls / f"{file}.pem"))]

    def start_scheduler(self) -> "Machines":
        words = ["--host", self.address.replace(f":{self.port}", ""), "--port", str(self.port), "--no-dashboard"]
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        self.scheduler = self._run(
            "scheduler", ["-m", "dask", "scheduler", *words, *self._tls(), "--scheduler-file", str(file)], self.folder
        )
        assert wait_until(lambda: file.is_file() or self.scheduler.poll() is not None, 60)
        assert self.scheduler.poll() is None, self.said("scheduler")
        return self

    def add(
        self,
        machine: str,
        *words: str,
        course: Path | None = None,
        supervised=False,
        host="127.0.0.1",
        **environment: str,
    ) -> None:
        """A worker; supervised: by the script that starts it again whenever it ends."""
        place = self.folder / machine
        options = [
            "--host",
            f"{self.address.partition('://')[0]}://{host}",
            "--nthreads",
            "1",
            "--no-dashboard",
            "--local-directory",
            str(place / "scratch"),
            "--name",
            machine,
        ]
        command = ["-m", "dask", "worker", self.address, *options, *self._tls(), *words]
        if supervised:
            command = [str(ENGINE / "deploy" / "dask" / "keep_running.py"), sys.executable, *command]
        self.workers[machine] = self._run(machine, command, course or self.course, environment)

    def ready(self, workers: int, seconds: float = 60) -> "Machines":
        """Wait until so many have come."""
        assert wait_until(lambda: self.came() >= workers, seconds), self.said("scheduler")
        return self

    def came(self) -> int:
        return self.said("scheduler").count("Register worker addr")

    def said(self, machine: str) -> str:
        log = self.folder / machine / "log"
        return log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""

    def remove(self, machine: str) -> None:
        end(self.workers.pop(machine))

    def close(self) -> None:
        for process in [*self.workers.values(), *filter(None, [self.scheduler])]:
            end(process)


def certificates(folder: Path) -> Path:
    """An authority and a certificate of its own, as docs/cluster.md has them made; `folder`."""
    openssl = shutil.which("openssl")
    assert openssl
    folder.mkdir()
    script = ENGINE / "deploy" / "dask" / "make_certificates.sh"
    subprocess.run(["sh", str(script), str(folder)], check=True, capture_output=True, env=os.environ)
    return folder
