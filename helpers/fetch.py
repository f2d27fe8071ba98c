"""Fetch an original data file from wherever your course keeps it, into datasets/original/. Nothing in the course needs it.

python -m helpers.fetch URL SHA256      the address ends in data.mat, train_signs.h5 or test_signs.h5
python -m helpers.fetch mnist [FOLDER]  MNIST's four files, from a public mirror, or from the address of a folder that has them
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from helpers.data import FOLDER, MNIST, DataError

ORIGINALS = ("data.mat", "train_signs.h5", "test_signs.h5", *MNIST)
MIRROR = "https://storage.googleapis.com/cvdf-datasets/mnist/"
MNIST_SHA256 = dict(
    zip(
        MNIST,
        (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
        strict=True,
    )
)


def fetch_original(url: str, sha256: str, folder: Path = FOLDER / "original") -> Path:
    """Download one of the ORIGINALS, check its sha256 and put it into `folder`; shows a progress bar.

    A file that is there already is kept. Raises DataError, and leaves nothing half done, for an unknown name, a server
    that does not answer, and content with another sha256.
    """
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    if name not in ORIGINALS:
        raise DataError(f"'{url}' ends in none of the names that the course knows: {', '.join(ORIGINALS)}.")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise DataError(f"'{sha256}' is no sha256: 64 digits from 0 to f are needed. Ask whoever gave you the address.")
    import pooch
    import requests

    path = folder / name
    if path.exists():
        if pooch.file_hash(str(path)) == sha256.lower():
            return path
        raise DataError(f"'{path}' is there and has another sha256. Move it away first, if you want to replace it.")
    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(url, known_hash=f"sha256:{sha256.lower()}", fname=name, path=folder, progressbar=True)
    except requests.RequestException as error:
        raise DataError(
            f"'{url}' could not be fetched ({type(error).__name__}): {error}. Nothing was written."
        ) from None
    except ValueError as error:  # pooch's word for another sha256, and for an address of an unknown kind
        raise DataError(f"'{url}' was not accepted, and nothing was written. {error}") from None
    return path


def fetch_mnist(
    url: str = MIRROR, digests: Mapping[str, str] = MNIST_SHA256, folder: Path = FOLDER / "original"
) -> list[Path]:
    """Download MNIST's files from the folder at this address; those that are there already are kept. Errors as above."""
    return [fetch_original(f"{url.rstrip('/')}/{name}", digest, folder) for name, digest in digests.items()]


def main(arguments: list[str] | None = None) -> int:
    """0 if the files are there afterwards, else 1 and a sentence."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.fetch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what", metavar="URL", help="an address that ends in the name of an original file, or the word mnist"
    )
    parser.add_argument("more", nargs="?", default="", metavar="SHA256 | FOLDER", help="of the file; or after mnist")
    options = parser.parse_args(arguments)
    try:
        if options.what == "mnist":
            paths = fetch_mnist(options.more or MIRROR)
        else:
            paths = [fetch_original(options.what, options.more)]
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    for path in paths:
        print(f"{path} is there and has the right sha256.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
