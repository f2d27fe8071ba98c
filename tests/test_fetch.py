"""Optional downloads, from a server on this machine."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from helpers.data import DataError
from helpers.fetch import MNIST_SHA256, fetch_mnist, fetch_original, main

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


def test_mnist_comes_as_four_files_each_by_its_sha256(tmp_path):
    """From a folder on this machine that has files of these names; their own sha256 stand in for MNIST's."""
    served = tmp_path / "served"
    served.mkdir()
    for number, name in enumerate(MNIST_SHA256):
        (served / name).write_bytes(bytes([number]) * 100)
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in served.iterdir()}
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=served)) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{http.server_address[1]}"
        paths = fetch_mnist(url, digests, tmp_path / "original")
        assert {path.name: path.read_bytes() for path in paths} == {
            path.name: path.read_bytes() for path in served.iterdir()
        }
        with pytest.raises(DataError, match="was not accepted, and nothing was written"):
            fetch_mnist(f"{url}/", MNIST_SHA256, tmp_path / "other")
        http.shutdown()
    assert not list((tmp_path / "other").iterdir())


def test_the_word_mnist_asks_the_folder_that_is_named(capsys, monkeypatch):
    asked = []
    monkeypatch.setattr("helpers.fetch.fetch_original", lambda url, digest, *_: asked.append((url, digest)) or url)
    assert main(["mnist", "http://127.0.0.1:9/digits"]) == 0
    assert asked == [(f"http://127.0.0.1:9/digits/{name}", digest) for name, digest in MNIST_SHA256.items()]
    assert main(["http://127.0.0.1:9/data.mat"]) == 0
    assert asked[4:] == [("http://127.0.0.1:9/data.mat", "")]
