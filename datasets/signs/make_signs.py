"""Render the data set: hands that show the numbers 0 to 5.

    python datasets/signs/make_signs.py                      rewrite the files of this folder (5 to 10 min)
    python datasets/signs/make_signs.py --out TRY --count 60 the first 60 training pictures and some for test, elsewhere

Writes train_signs.h5, test_signs.h5, pictures.csv and contact_sheet.png; a second run on the same machine changes no
byte. Needs Mitsuba 3, h5py and Pillow: pip install -e .[signs]. README.md is the data card.
"""

import argparse
import csv
import importlib.util
import multiprocessing
from pathlib import Path

import numpy as np
from plan import COUNTS, SIGNS_SHOWN, Picture, person, pictures, place
from scene import SIZE, Rendered, Studio
from tqdm import tqdm

FOLDER = Path(__file__).resolve().parent
NEEDED = {"mitsuba": "Mitsuba", "h5py": "h5py", "PIL": "Pillow"}
CHUNK = 60  # pictures compressed together
SHEET_COLUMNS = 16

_studio: Studio | None = None  # one for each process


def render(picture: Picture) -> Rendered:
    global _studio
    if _studio is None:
        _studio = Studio()
    return _studio.render(picture)


def render_all(todo: list[Picture], processes: int) -> list[Rendered]:
    """In the order of `todo`. How many processes there are does not change a picture."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return list(tqdm(pool.imap(render, todo, chunksize=4), total=len(todo), unit="picture"))


def write_h5(path: Path, part: str, todo: list[Picture], pixels: np.ndarray) -> None:
    """The keys of the original exercise: train_set_x, train_set_y, list_classes (or test_set_...)."""
    import h5py

    with h5py.File(path, "w", libver="earliest") as file:
        chunks = (min(CHUNK, len(pixels)), *pixels.shape[1:])
        file.create_dataset(f"{part}_set_x", data=pixels, chunks=chunks, compression="gzip", compression_opts=9)
        file.create_dataset(f"{part}_set_y", data=np.array([picture.label for picture in todo], np.int64))
        file.create_dataset("list_classes", data=np.arange(SIGNS_SHOWN, dtype=np.int64))


def write_csv(path: Path, todo: list[Picture]) -> None:
    """What README.md counts: a line for each picture."""
    with path.open("w", newline="", encoding="ascii") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["part", "number", "label", "person", "tone", "hand", "side", "wall"])
        for picture in todo:
            who = person(picture.person)
            hand, side = "left" if who.left else "right", "back" if picture.back else "palm"
            wall = place(picture.person).wall
            writer.writerow([picture.part, picture.number, picture.label, who.number, who.tone, hand, side, wall])


def write_sheet(path: Path, todo: list[Picture], pixels: np.ndarray) -> None:
    """A row for each label: its first training pictures."""
    from PIL import Image

    sheet = np.full((SIGNS_SHOWN, SIZE, SHEET_COLUMNS, SIZE, 3), 255, np.uint8)
    for label in range(SIGNS_SHOWN):
        chosen = [i for i, picture in enumerate(todo) if picture.label == label and picture.part == "train"]
        for column, i in enumerate(chosen[:SHEET_COLUMNS]):
            sheet[label, :, column] = pixels[i]
    Image.fromarray(sheet.reshape(SIGNS_SHOWN * SIZE, SHEET_COLUMNS * SIZE, 3)).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Render the data set signs.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to")
    parser.add_argument(
        "--count", type=int, default=COUNTS["train"], help="training pictures; a ninth as many for test"
    )
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise SystemExit(f"{' and '.join(missing)}, which this needs, cannot be found: run pip install -e .[signs].")

    todo = pictures("train", options.count) + pictures("test", -(-options.count // 9))
    rendered = render_all(todo, options.processes)
    pixels = np.stack([picture.pixels for picture in rendered])
    options.out.mkdir(parents=True, exist_ok=True)
    for part in COUNTS:
        mine = np.array([picture.part == part for picture in todo])
        write_h5(options.out / f"{part}_signs.h5", part, [p for p in todo if p.part == part], pixels[mine])
    write_csv(options.out / "pictures.csv", todo)
    write_sheet(options.out / "contact_sheet.png", todo, pixels)

    size = sum((options.out / f"{part}_signs.h5").stat().st_size for part in COUNTS)
    contrasts = np.array([picture.contrast for picture in rendered])
    faint = contrasts.argmin()
    print(f"{len(todo)} pictures, {size / 1e6:.1f} MB in {options.out}")
    print(f"mean brightness {pixels.mean((1, 2, 3)).min():.0f} to {pixels.mean((1, 2, 3)).max():.0f} of 255")
    print(f"least contrast of hand and wall {contrasts[faint]:.0f} of 255: {todo[faint].part} {todo[faint].number}")


if __name__ == "__main__":
    main()
