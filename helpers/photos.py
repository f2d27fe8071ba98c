"""A photograph of one's own: `read_photo(path)` gives its pixels, `choose_photo(classify)` shows a button to choose one.

Pillow and the widgets are imported where they are needed, so that importing this module costs nothing.
"""

import io
import os
import sys
import textwrap
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from helpers.errors import OneSentence

JPEG = "open it and export it as a JPEG or PNG file"
ANOTHER = "choose a photograph, best a JPEG or PNG file"


class PhotoError(OneSentence):
    """A photograph cannot be read: what happened, where, what to do. Notebooks show the sentence, not a traceback."""


def read_photo(source: str | Path | bytes | memoryview, size: int = 64, name: str = "") -> np.ndarray:
    """The square in the middle of a photograph, as uint8 of shape (size, size, 3): rows from the top, red, green, blue.

    source: the path of a file (`~` is your home folder), or the content of a file, which messages call `name`.
    It is turned upright as the camera noted. What is transparent becomes white; of an animation, the first picture
    is taken. PhotoError if it cannot be read.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _pixels(io.BytesIO(source), f"'{name}'" if name else "The file", size)
    if not isinstance(source, (str, Path)):
        raise PhotoError(
            f"read_photo was given {type(source).__name__}: "
            'give it the path of a file in quotation marks, such as read_photo("my_hand.jpg").'
        )
    path = Path(os.path.expanduser(source))
    if os.path.isdir(path):  # unlike path.is_dir(), no error for a name that is too long
        raise PhotoError(f"'{path}' is a folder, not a picture: add the name of a file in it.")
    try:
        with path.open("rb") as file:
            return _pixels(file, f"'{path}'", size)
    except FileNotFoundError:
        raise PhotoError(
            f"There is no file '{path}' seen from the folder '{Path.cwd()}': "
            "copy the photograph into that folder, or give its whole path."
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise PhotoError(
            f"'{path}' cannot be opened ({getattr(error, 'strerror', error)}): copy it to another place and try again."
        ) from None


def choose_photo(classify: Callable[[np.ndarray], object], size: int = 64) -> None:
    """A button that opens a photograph and gives its pixels, uint8 of shape (size, size, 3), to `classify`.

    What classify prints and draws is shown beneath, until another photograph replaces it; an error is one sentence.
    Where buttons do not work, a line says how to do without.
    """
    print("No button here, or nothing happens (files over 10 MB)?")
    print("Put the file beside this notebook and run this in a new cell:")
    print(f'{_name(classify)}(read_photo("my_hand.jpg"))')
    try:
        from IPython import get_ipython
        from IPython.display import display

        if not hasattr(get_ipython(), "kernel"):
            return
        chooser = _chooser(classify, size)
    except ImportError:
        return
    display({**chooser._repr_mimebundle_(), "text/plain": "(The button needs a running notebook.)"}, raw=True)


def _chooser(classify: Callable[[np.ndarray], object], size: int):
    """The button and beneath it a place for results, in a widget."""
    from ipywidgets import FileUpload, Layout, Output, VBox

    upload = FileUpload(
        accept="image/*",
        description="Choose a photograph",
        tooltip="Choose a photograph; the result appears below",
        layout=Layout(width="auto"),
    )
    output = Output()

    def answer(change) -> None:
        if not change.new:
            return
        output.clear_output()
        with output:
            for file in change.new:
                _answer(classify, size, file)
        upload.value = ()  # the same file again counts as a new choice, for instance after a correction

    upload.observe(answer, "value")
    return VBox([upload, output], layout=Layout(align_items="flex-start"))


def _answer(classify: Callable[[np.ndarray], object], size: int, file: dict) -> None:
    """Show what `classify` says about an uploaded file, or one sentence about what went wrong."""
    print(file["name"])
    try:
        classify(read_photo(file["content"], size, file["name"]))
    except PhotoError as error:
        print(error)
    except Exception as error:  # a student's code may raise anything
        what = textwrap.shorten(f"{type(error).__name__}: {error}", 300).rstrip(":.")
        print(
            f"{_name(classify)} stopped with {what}. Run the cells above first, from the top, then choose the photograph again."
        )
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.show()  # by itself, Jupyter shows figures only at the end of a cell


def _name(function: Callable) -> str:
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() else "classify"


def _pixels(file: BinaryIO, name: str, size: int) -> np.ndarray:
    """What read_photo returns, from an open file. name: how a sentence calls the file."""
    from PIL import Image, ImageOps

    start = file.read(1024)  # Image.open goes back by itself
    if not start:
        raise PhotoError(f"{name} is empty: copy the photograph anew.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow finds odd about a file is nothing to act on
        try:
            with Image.open(file) as image:
                image.draft(None, (3 * size, 3 * size))  # a large JPEG is decoded smaller, which saves memory and time
                picture = _on_white(ImageOps.exif_transpose(image))
                side = min(picture.size)
                left, top = ((length - side) / 2 for length in picture.size)
                box = (left, top, left + side, top + side)
                square = picture.resize((size, size), Image.Resampling.LANCZOS, box, reducing_gap=3)
        except (Image.DecompressionBombError, MemoryError):
            raise PhotoError(
                f"{name} has too many pixels: make it smaller in a program for pictures, to 4000 x 4000 or less."
            ) from None
        except Exception:  # each format has its own errors for damage
            what, remedy = _what_it_is(start)
            raise PhotoError(f"{name} is {what}: {remedy}.") from None
    return np.array(square)


def _on_white(image):
    """A Pillow picture of any mode as RGB, laid on white."""
    from PIL import Image

    if image.mode[0] in "IF":  # deeper than 8 bits, where Pillow would turn everything above 255 to white
        values = np.nan_to_num(np.asarray(image, dtype=np.float32)).clip(min=0)
        full = max(1.0 if image.mode[0] == "F" else 65535.0, values.max())
        image = Image.fromarray((values / full * 255).round().astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _what_it_is(start: bytes) -> tuple[str, str]:
    """What a file that Pillow cannot read is, by its first bytes, and what to do about it."""
    brand = start[8:12] if start[4:8] == b"ftyp" else b""
    words = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")) or start[8:12] == b"WEBP":
        return "damaged, incomplete or of a rare kind", "copy it anew, or open it and export it as a JPEG file"
    if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
        return "a HEIC photograph, which cannot be read here", (
            "export it as a JPEG, or set Settings > Camera > Formats on the iPhone to Most Compatible and take another"
        )
    if brand in (b"avif", b"avis"):
        return "an AVIF picture, which cannot be read here", JPEG
    if brand or start.startswith(b"\x1a\x45\xdf\xa3") or start[8:12] == b"AVI ":
        return "a video, not a picture", "choose a photograph, or a screenshot of one moment"
    if start.startswith(b"%PDF"):
        return "a PDF document, not a picture", JPEG
    if start.startswith(b"PK\x03\x04"):
        return "an archive or an office document, not a picture", "take the picture out of it and choose that"
    if words.startswith(b"<svg") or (words.startswith(b"<?xml") and b"<svg" in words):
        return "an SVG drawing, which cannot be read here", JPEG
    if words.startswith((b"<!doctype html", b"<html")):
        return "a web page, not a picture", "save the picture itself and choose that"
    if all(byte >= 32 or byte in b"\t\n\r\f" for byte in start):
        return "text, not a picture", ANOTHER
    return "no picture that can be read here", JPEG
