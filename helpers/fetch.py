"""Fetch an original data file from wherever your course keeps it, into datasets/original/. Nothing in the course needs it.

python -m helpers.fetch URL SHA256     the address ends in data.mat, train_signs.h5 or test_signs.h5
"""

import argparse
import re
import sys
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from helpers.data import FOLDER, DataError

ORIGINALS = ("data.mat", "train_signs.h5", "test_signs.h5")


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


def main(arguments: list[str] | None = None) -> int:
    """0 if the file is there afterwards, else 1 and a sentence."""
    parser = argparse.ArgumentParser(prog="python -m helpers.fetch", description=__doc__.splitlines()[0])
    parser.add_argument("url", help=f"an address that ends in {', '.join(ORIGINALS)}")
    parser.add_argument("sha256", help="of the file, 64 hexadecimal digits")
    options = parser.parse_args(arguments)
    try:
        print(f"{fetch_original(options.url, options.sha256)} is there and has the right sha256.")
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
