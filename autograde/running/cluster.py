"""Where a Dask cluster is, and whether one may and can speak with it: asked of the socket, before Dask is, since Dask waits.

Whoever reaches the port of a scheduler can run programs on all its workers, so off this machine there is TLS or nothing.
"""

import contextlib
import importlib.util
import ipaddress
import json
import logging
import socket
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from autograde.course import ENGINE
from autograde.running.basis import CannotGrade
from autograde.running.request import Cluster, default_jobs

if TYPE_CHECKING:
    from distributed import LocalCluster, Security

LOCAL = "local:"
NEEDED = (
    f"--cluster needs Dask, which is not installed: in '{ENGINE}', give"
    f" {sys.executable} -m pip install -c constraints.txt -e '.[cluster]'"
)
PATIENCE = 3.0  # seconds for each thing that a scheduler does at once
MOST_OF_EACH = 4  # workers started here for each processor
FILES = ("ca.pem", "cert.pem", "key.pem")  # in the folder of --tls
SETTINGS = {  # of what of Dask is started here; deploy/dask/dask.yaml has them for other machines
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.worker-saturation": 2.0,
    "distributed.scheduler.allowed-failures": 1,
    "distributed.scheduler.worker-ttl": "30s",
    "distributed.admin.low-level-log-length": 0,
}


@dataclass(frozen=True)
class Place:
    """A scheduler that answers. security: with which it is spoken to; None where it is on this machine."""

    address: str
    security: "Security | None" = None


def require_reachable(cluster: Cluster) -> Place | None:
    """The scheduler that is meant; None if it is to be started. Raises CannotGrade, within ten seconds, if none answers."""
    if importlib.util.find_spec("distributed") is None:
        raise CannotGrade(NEEDED)
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)  # what matters of it is said in a line, by us
    if cluster.address.startswith(LOCAL):
        _number_of_workers(cluster)
        return None
    address = _address(cluster.address)
    security = _security(address, cluster.tls)
    _require_answer(address, security)
    return Place(address, security)


@contextlib.contextmanager
def reached(cluster: Cluster) -> Iterator[Place]:
    """The same, started if it is to be, for as long as it is needed."""
    place = require_reachable(cluster)
    if place is not None:
        yield place
        return
    with contextlib.closing(_started(_number_of_workers(cluster))) as started:
        yield Place(started.scheduler_address)


def _number_of_workers(cluster: Cluster) -> int:
    if cluster.tls is not None:
        raise CannotGrade("--tls has no use where the cluster is on this machine: leave it out")
    number = cluster.address.removeprefix(LOCAL)
    if not (number.isascii() and number.isdecimal() and number.strip("0")):
        raise CannotGrade(f"'{cluster.address}' says no number of workers: --cluster local:2")
    most = MOST_OF_EACH * default_jobs()
    if len(number) > 9 or int(number) > most:
        raise CannotGrade(f"'{cluster.address}' is more than this machine has room for: --cluster local:{most} at most")
    return int(number)


def _started(workers: int) -> "LocalCluster":
    """A scheduler and workers of our own, a process each."""
    import dask.config
    from distributed import LocalCluster

    with dask.config.set(SETTINGS):
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        )


def _address(said: str) -> str:
    """The address of a scheduler; of a file, that which it has."""
    if "://" not in said:
        try:
            said = json.loads(Path(said).read_text(encoding="utf-8"))["address"]
        except OSError as error:
            raise CannotGrade(
                f"'{said}' is no address such as tls://host:8786, no local:N, and no scheduler file ({error.strerror})"
            ) from None
        except (ValueError, KeyError, TypeError):
            raise CannotGrade(f"'{said}' is no scheduler file: `dask scheduler --scheduler-file` writes one") from None
    try:
        parts = urlsplit(said)
        is_address = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port and not parts.path.strip("/")
    except (ValueError, AttributeError):
        is_address = False
    if not is_address:
        raise CannotGrade(f"'{said}' is no address of a scheduler: tls://host:8786, or tcp://127.0.0.1:8786")
    return f"{parts.scheme}://{parts.netloc}"


def _security(address: str, folder: Path | None) -> "Security | None":
    from distributed import Security

    is_tls = address.startswith("tls://")
    if not is_tls and not _is_here(address):
        raise CannotGrade(
            f"'{address}' is another machine, and there work is judged over TLS only: whoever reaches a scheduler"
            " can run programs on its workers. docs/cluster.md says how certificates are made"
        )
    if not is_tls and folder is not None:
        raise CannotGrade(f"'{address}' is without TLS, for which --tls was given: did you mean tls://?")
    if not is_tls:
        return None
    if folder is None:
        raise CannotGrade(f"'{address}' needs --tls FOLDER, with {', '.join(FILES)}")
    paths = [folder / name for name in FILES]
    for path in paths:
        if not path.is_file():
            raise CannotGrade(f"there is no '{path}': --tls is a folder with {', '.join(FILES)}")
    ca, cert, key = map(str, paths)
    security = Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)
    try:
        security.get_connection_args("client")
    except (OSError, ssl.SSLError) as error:
        raise CannotGrade(f"the certificates in '{folder}' cannot be used: {_words(error)}") from None
    return security


def require_not_open(listens: str, said: str) -> None:
    """Raises CannotGrade if a scheduler without TLS lets itself be reached from other machines."""
    if not listens.startswith("tls://") and not _is_here(listens):
        raise CannotGrade(
            f"the scheduler at '{said}' can be reached from other machines, as '{listens}', and has no TLS: whoever"
            " reaches it can run programs on its workers. Start it with --host 127.0.0.1, or with certificates"
        )


def _is_here(address: str) -> bool:
    """Whether an address is this machine's own, and nobody else's."""
    with contextlib.suppress(OSError, ValueError):
        found = socket.getaddrinfo(urlsplit(address).hostname, None)
        return all(ipaddress.ip_address(one[4][0]).is_loopback for one in found)
    return False


def _require_answer(address: str, security: "Security | None") -> None:
    """Raises CannotGrade if no scheduler answers there in the way that its address says."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname, parts.port), PATIENCE) as connection:
            connection.settimeout(PATIENCE if security is None else PATIENCE / 6)
            speaks = _first_byte(connection)  # a scheduler without TLS begins, one with it waits
            if security is None and not speaks:
                raise CannotGrade(f"what is at '{address}' does not answer: if it has TLS, give tls:// and --tls")
            if security is not None and speaks:
                raise CannotGrade(f"the scheduler at '{address}' has no TLS: start it with its certificates")
            if security is not None:
                connection.settimeout(PATIENCE)
                context = security.get_connection_args("client")["ssl_context"]
                with context.wrap_socket(connection) as wrapped:
                    if not wrapped.recv(1):  # whether it takes our certificate is told after the handshake
                        raise ConnectionResetError("it ended the connection")
    except ssl.SSLError as error:
        raise CannotGrade(
            f"'{address}' and the certificates of --tls are not of one authority: {_words(error)}"
        ) from None
    except OSError as error:
        raise CannotGrade(f"no scheduler can be reached at '{address}': {_words(error)}") from None


def _first_byte(connection: socket.socket) -> bytes:
    """What comes without being asked for, and stays there; b"" if nothing does."""
    try:
        return connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return b""


def _words(error: OSError) -> str:
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or error.strerror or str(error)
    return str(reason).lower().replace("_", " ") or type(error).__name__
