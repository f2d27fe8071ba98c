"""Optional downloads, from a server on this machine."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from helpers.data import DataError
from helpers.fetch import fetch_original, main

CONTENT = bytes(range(256)) * 400
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a folder with a train_signs.h5 and a file of another name."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "train_signs.h5").write_bytes(CONTENT)
    (folder / "other.zip").write_bytes(CONTENT)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_address[1]}"
        http.shutdown()


def test_a_file_arrives_with_a_progress_bar_and_is_not_fetched_twice(server, tmp_path, capfd):
    path = fetch_original(f"{server}/train_signs.h5", SHA256.upper(), tmp_path)
    assert path.read_bytes() == CONTENT
    assert "100%" in capfd.readouterr().err
    assert fetch_original("http://127.0.0.1:9/train_signs.h5", SHA256, tmp_path) == path  # nobody is asked


@pytest.mark.parametrize(
    ("name", "digest", "sentence"),
    [
        ("other.zip", SHA256, "ends in none of the names"),
        ("train_signs.h5", "12ab", "is no sha256"),
        ("train_signs.h5", "0" * 64, "was not accepted, and nothing was written"),
        ("test_signs.h5", SHA256, "could not be fetched .HTTPError.*404"),
    ],
)
def test_what_is_not_right_is_a_sentence_and_leaves_nothing(server, tmp_path, name, digest, sentence):
    with pytest.raises(DataError, match=sentence):
        fetch_original(f"{server}/{name}", digest, tmp_path)
    assert not list(tmp_path.iterdir())


def test_another_file_of_that_name_is_not_overwritten(server, tmp_path):
    (tmp_path / "train_signs.h5").write_bytes(b"mine")
    with pytest.raises(DataError, match="Move it away first"):
        fetch_original(f"{server}/train_signs.h5", SHA256, tmp_path)
    assert (tmp_path / "train_signs.h5").read_bytes() == b"mine"


def test_on_the_command_line_a_failure_is_a_sentence(capsys):
    assert main(["http://127.0.0.1:9/test_signs.h5", SHA256]) == 1
    assert "could not be fetched (ConnectionError)" in capsys.readouterr().err
