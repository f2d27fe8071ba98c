"""Photographs: pixels from every sort of file, what is said about files that are none, and the button to choose one."""

import io
import re
import shutil
import struct
import subprocess
import sys
import warnings
import zipfile

import nbformat
import numpy as np
import pytest
from browser import CHROMIUM, jupyterlab, page
from nbclient import NotebookClient
from PIL import Image

from autograde.course import ENGINE, this_course
from helpers import photos
from helpers.photos import PhotoError, choose_photo, read_photo

RED, GREEN, BLUE, GOLD = (220, 30, 20), (10, 160, 60), (30, 50, 200), (230, 190, 20)
STORED = {  # what a camera stores of an upright picture under each EXIF orientation; 6: its first row is our right edge
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright, 2).swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}


def quadrants(height, width):
    """Red and green above, blue and gold below: uint8 of shape (height, width, 3)."""
    colours = np.array([[RED, GREEN], [BLUE, GOLD]], dtype=np.uint8)
    return np.kron(colours, np.ones((height // 2, width // 2, 1), dtype=np.uint8))


def corners(pixels):
    """The colours in the middle of the four quadrants of a square, as a list in reading order."""
    near, far = len(pixels) // 4, 3 * len(pixels) // 4
    return [pixels[row, column].tolist() for row in (near, far) for column in (near, far)]


def encoded(picture, kind="PNG", **options):
    """The content of a file with this Pillow picture."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def plain(mode, colour, size=(40, 40)):
    return Image.new(mode, size, colour)


def assert_is(pixels, colour, tolerance=2):
    """Every pixel has this colour (a number for a grey)."""
    assert pixels.shape[2] == 3
    np.testing.assert_allclose(pixels, np.broadcast_to(colour, pixels.shape), rtol=0, atol=tolerance)


# --- pixels -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photograph_is_turned_upright(orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](quadrants(1200, 800))))
    pixels = read_photo(encoded(stored, kind, exif=exif))
    np.testing.assert_allclose(corners(pixels), [RED, GREEN, BLUE, GOLD], atol=8)


def test_path_text_and_content_give_the_same(tmp_path, monkeypatch):
    path = tmp_path / "my hand.png"
    path.write_bytes(encoded(Image.fromarray(quadrants(70, 90))))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    expected = read_photo(path)
    assert expected.shape == (64, 64, 3)
    assert expected.dtype == np.uint8
    assert expected.flags.writeable
    assert corners(expected) == [list(colour) for colour in (RED, GREEN, BLUE, GOLD)]
    content = path.read_bytes()
    for source in (str(path), "~/my hand.png", content, bytearray(content), memoryview(content)):
        np.testing.assert_array_equal(read_photo(source), expected)


def test_size():
    assert read_photo(encoded(plain("RGB", RED)), size=20).shape == (20, 20, 3)


def test_the_middle_is_cut_out():
    wide = np.concatenate([np.full((90, 90, 3), colour, dtype=np.uint8) for colour in (RED, GREEN, BLUE)], axis=1)
    for picture in (wide, wide.swapaxes(0, 1)):
        pixels = read_photo(encoded(Image.fromarray(picture)))
        assert_is(pixels[3:-3, 3:-3], GREEN)  # the filter takes in a little of what lies beyond the edge


def test_reducing_averages_fine_patterns():
    checks = np.indices((640, 640)).sum(axis=0) % 2 * np.uint8(255)
    inside = read_photo(encoded(Image.fromarray(checks.astype(np.uint8))))[4:-4, 4:-4]
    assert_is(inside, 127.5, tolerance=8)


def test_a_jpeg_is_as_sharp_as_a_png():
    spots = Image.fromarray(np.random.default_rng(1).integers(0, 256, (50, 50, 3), dtype=np.uint8)).resize((200, 200))
    difference = read_photo(encoded(spots, "JPEG", quality=95, subsampling=0)).astype(float) - read_photo(
        encoded(spots)
    )
    assert np.abs(difference).mean() < 5


@pytest.mark.parametrize("size", [(1, 1), (5000, 30), (30, 5000), (2, 3)])
def test_unusual_sizes(size):
    pixels = read_photo(encoded(plain("RGB", GOLD, size)))
    assert pixels.shape == (64, 64, 3)
    assert_is(pixels, GOLD)


def deep(value, kind=">u2"):
    """A grey picture of more than 8 bits."""
    return Image.fromarray(np.full((40, 40), value, dtype=kind))


MODES = {
    "RGBA": (encoded(plain("RGBA", (*RED, 0))), 255),
    "RGBA half": (encoded(plain("RGBA", (0, 0, 0, 127))), 128),
    "LA": (encoded(plain("LA", (0, 127))), 128),
    "P transparent": (encoded(plain("P", 0), transparency=0), 255),
    "P transparent GIF": (encoded(plain("P", 0), "GIF", transparency=0), 255),
    "RGB one colour transparent": (encoded(plain("RGB", RED), transparency=RED), 255),
    "P": (encoded(plain("RGB", BLUE).quantize(4)), BLUE),
    "L": (encoded(plain("L", 90)), 90),
    "1 white": (encoded(plain("1", 1)), 255),
    "1 black": (encoded(plain("1", 0)), 0),
    "I;16": (encoded(deep(100 * 257)), 100),
    "I;16B TIFF": (encoded(deep(100 * 257), "TIFF"), 100),
    "I;16 TIFF": (encoded(deep(100 * 257, "<u2"), "TIFF"), 100),
    "I": (b"P5 2 1 65535\n" + struct.pack(">HH", 100 * 257, 100 * 257), 100),
    "F": (encoded(deep(0.4, "<f4"), "TIFF"), 102),
    "CMYK": (encoded(plain("CMYK", (0, 255, 255, 0)), "TIFF"), (255, 0, 0)),
    "CMYK JPEG": (encoded(plain("CMYK", (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
    "YCbCr": (encoded(plain("YCbCr", (100, 128, 128)), "TIFF"), 100),
}


@pytest.mark.parametrize("mode", MODES)
def test_modes(mode):
    content, colour = MODES[mode]
    assert_is(read_photo(content), colour)


def test_a_soft_edge_on_white_has_no_rim_of_another_colour():
    half = np.zeros((400, 400, 4), dtype=np.uint8)  # black but transparent on the left, white on the right
    half[:, 200:] = 255
    assert_is(read_photo(encoded(Image.fromarray(half))), 255)


def test_of_an_animation_the_first_picture():
    frames = [plain("RGB", colour) for colour in (GREEN, RED)]
    for kind in ("GIF", "WEBP", "PNG"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert_is(read_photo(content), GREEN, tolerance=8)


def test_a_picture_of_95_megapixels_is_read_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_is(read_photo(encoded(plain("L", 77, (10_000, 9_500)), "JPEG")), 77)


# --- files that are no photograph ---------------------------------------------------------------------------------


def message(call):
    """What the PhotoError of this call says; it is one line and all that a notebook shows."""
    with pytest.raises(PhotoError) as caught:
        call()
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert caught.value._render_traceback_() == [text]
    return text


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("hand.txt", "hand")
    return file.getvalue()


def bomb():
    """A small file that says it holds 60,000 x 60,000 pixels."""
    content = bytearray(encoded(plain("RGB", RED), "BMP"))
    struct.pack_into("<ii", content, 18, 60_000, 60_000)
    return bytes(content)


NOISE = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8)), "JPEG")
FOREIGN = {
    "empty.jpg": (b"", "is empty: copy"),
    "cut.jpg": (NOISE[: len(NOISE) // 2], "is damaged.*: copy it anew"),
    "head.jpg": (NOISE[:30], "is damaged.*: copy it anew"),
    "cut.png": (encoded(Image.fromarray(quadrants(90, 90)))[:90], "is damaged.*: copy it anew"),
    "signature.png": (b"\x89PNG\r\n\x1a\n", "is damaged.*: copy it anew"),
    "bomb.bmp": (bomb(), "too many pixels: make it smaller"),
    "hand.heic": (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic", "HEIC photograph.*JPEG.*Most Compatible"),
    "live.mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "is a video, not a picture: choose"),
    "hand.avif": (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF.*export it as a JPEG"),
    "hand.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF document, not a picture: .*export it as a JPEG"),
    "hand.docx": (archive(), "office document, not a picture: take the picture out"),
    "hand.svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG drawing.*export it"),
    "hand.jpeg": (b"\n<!DOCTYPE html><html></html>", "a web page, not a picture: save the picture itself"),
    "notes.txt": ("Über meine Hand: drei Finger.\r\n".encode() * 60, "is text, not a picture: choose"),
    "hand.bin": (bytes(range(256)) * 8, "is no picture that can be read here: .*export it"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_cannot_be_read_is_named_with_a_remedy(name, tmp_path):
    content, words = FOREIGN[name]
    path = tmp_path / name
    path.write_bytes(content)
    assert re.match(f"'{re.escape(str(path))}' .*{words}", message(lambda: read_photo(path)))
    assert re.match(f"The file .*{words}", message(lambda: read_photo(content)))
    assert re.match(f"'{re.escape(name)}' .*{words}", message(lambda: read_photo(content, name=name)))


def test_a_missing_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = message(lambda: read_photo("my_hand.jpg"))
    assert "no file 'my_hand.jpg'" in said
    assert f"the folder '{tmp_path}': copy the photograph into that folder, or give its whole path" in said


def test_a_folder(tmp_path):
    assert message(lambda: read_photo(tmp_path)) == (
        f"'{tmp_path}' is a folder, not a picture: add the name of a file in it."
    )


@pytest.mark.parametrize("name", ["a\0b.jpg", "x" * 5000, "a.jpg/b.jpg"])
def test_a_path_that_no_file_can_have(name, tmp_path):
    (tmp_path / "a.jpg").write_bytes(NOISE)
    assert "cannot be opened" in message(lambda: read_photo(tmp_path / name))


@pytest.mark.parametrize("source", [None, np.zeros((4, 4, 3)), 3])
def test_something_else_than_a_path(source):
    said = message(lambda: read_photo(source))
    assert f"given {type(source).__name__}:" in said
    assert 'read_photo("my_hand.jpg")' in said


def test_importing_is_cheap():
    lines = "import sys, helpers.photos; print([m for m in ('PIL', 'ipywidgets', 'IPython', 'tensorflow') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=this_course().root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# --- the button ---------------------------------------------------------------------------------------------------


def upload(chooser, name, content):
    """What the message from a browser does when a file was chosen."""
    button = chooser.children[0]
    file = {"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": 0}
    button.set_state({"value": [file]})
    assert button.value == ()


def shown(capsys):
    """What was printed after the codes that clear a terminal; nothing went to standard error."""
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.rpartition("\r")[2]


def test_the_button_gives_pixels_to_the_function_each_time():
    seen = []
    chooser = photos._chooser(seen.append, 32)
    content = encoded(Image.fromarray(quadrants(80, 80)))
    upload(chooser, "hand.png", content)
    upload(chooser, "hand.png", content)
    assert len(seen) == 2, "the same file chosen again is classified again"
    for pixels in seen:
        assert pixels.dtype == np.uint8
        np.testing.assert_array_equal(pixels, read_photo(content, 32))


def test_the_button_can_be_understood_and_takes_one_picture():
    button = photos._chooser(print, 64).children[0]
    assert (button.accept, button.multiple, button.disabled) == ("image/*", False, False)
    assert "photograph" in button.description
    assert "photograph" in button.tooltip


def test_a_wrong_file_is_a_sentence_beneath_the_button(capsys):
    upload(photos._chooser(print, 64), "notes.txt", b"Dear diary")
    assert shown(capsys).startswith("notes.txt\n'notes.txt' is text, not a picture: choose")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NameError("name 'model' is not defined"), "NameError: name 'model' is not defined. Run the cells above first"),
        (ValueError("one.\ntwo.\n" + "long " * 500), r"ValueError: one. two. [long ]+\[...\]. Run the cells above"),
        (NotImplementedError(), "NotImplementedError. Run the cells above first"),
    ],
)
def test_an_error_in_the_function_is_a_sentence(error, words, capsys):
    def classify_hand(image):
        raise error

    upload(photos._chooser(classify_hand, 64), "hand.png", encoded(plain("RGB", RED)))
    text = shown(capsys)
    assert re.fullmatch(f"hand.png\nclassify_hand stopped with {words}.* then choose the photograph again.\n", text)
    assert len(text) < 500


def test_outside_a_notebook_a_line_says_how_to_do_without(capsys):
    assert choose_photo(lambda image: None) is None
    assert shown(capsys).endswith('run this in a new cell:\nclassify(read_photo("my_hand.jpg"))\n')


def notebook(*sources):
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    made.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return made


def test_without_a_front_end_the_line_is_there_and_nothing_on_standard_error(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ENGINE))
    call = "choose_photo(print)"
    missing = f"import sys; sys.modules['ipywidgets'] = None; {call}"
    made = notebook("from helpers.photos import choose_photo", call, missing)
    NotebookClient(made, timeout=60, kernel_name="python3").execute()
    button, without = (cell.outputs for cell in made.cells[1:])
    for outputs in (button, without):
        assert outputs[0]["name"] == "stdout"
        assert 'print(read_photo("my_hand.jpg"))' in outputs[0]["text"]
    assert len(without) == 1
    (box,) = button[1:]
    assert "application/vnd.jupyter.widget-view+json" in box["data"]
    assert box["data"]["text/plain"] == "(The button needs a running notebook.)"


@pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
def test_in_a_browser_a_result_replaces_the_last(tmp_path, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel sets its own
    source = """\
import matplotlib.pyplot as plt
from helpers.photos import choose_photo
answers = []
def classify(image):
    plt.figure(figsize=(1, 1))
    plt.imshow(image)
    answers.append("three fingers" if image[0, 0, 0] > 100 else "one finger")
    print(f"Answer {len(answers)}: {answers[-1]}")
choose_photo(classify)"""
    nbformat.write(notebook(source), tmp_path / "hand.ipynb")
    files = {
        "notes.txt": b"Dear diary",
        "red.png": encoded(plain("RGB", RED)),
        "blue.jpg": encoded(plain("RGB", BLUE), "JPEG"),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with (
        jupyterlab(tmp_path, {"PYTHONPATH": str(ENGINE)}) as address,
        page(viewport={"width": 1000, "height": 700}) as tab,
    ):
        tab.goto(f"{address}/lab/tree/hand.ipynb?reset", wait_until="domcontentloaded")
        tab.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=90_000)
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.get_by_text("Run All Cells", exact=True).click()
        button = tab.get_by_role("button", name="Choose a photograph")
        button.wait_for(timeout=60_000)
        output = tab.locator(".jp-OutputArea").first
        for name, key, words in (
            ("notes.txt", "Enter", "'notes.txt' is text, not a picture"),
            ("red.png", "Space", "Answer 1: three fingers"),
            ("blue.jpg", "", "Answer 2: one finger"),
            ("blue.jpg", "", "Answer 3: one finger"),
        ):
            with tab.expect_file_chooser() as chooser:
                button.press(key) if key else button.click()
            chooser.value.set_files(tmp_path / name)
            output.get_by_text(words).wait_for(timeout=20_000)
            if "Answer" in words:
                output.locator("img").wait_for(timeout=20_000)
            tab.get_by_role("button", name="Choose a photograph (0)").wait_for()  # 1 until all is done
            lines = output.inner_text().split("Choose a photograph (0)")[1].split("\n")
            assert [line[: len(words)] for line in lines if line] == [name, words], "nothing of the last choice is left"
        this_course().build.joinpath("screenshots").mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=this_course().build / "screenshots" / "choose_photo.png")
