"""Write the digits of invented hands, and show what they look like and how hard they are to read.

    python datasets/pen/make_pen.py             rewrite the files of this folder (half a minute)
    python datasets/pen/make_pen.py --measure   what a small net makes of them, five draws each (3 min)

A second run on the same machine changes no byte. Needs NumPy and Matplotlib. README.md is the data card.
"""

import argparse
import gzip
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
SEED = 1  # the first that was tried
HANDS = {"train": range(200), "t10k": range(200, 240)}  # nobody writes in both
EACH = 5  # of each digit, by each hand
SIZE = 28  # pixels across
EDGE = 0.07  # over which the edge of a stroke fades; the picture is 2 wide
LEVELS = 15  # of ink, above none

# How far a thing differs from hand to hand, and from one time to the next in the same hand: standard deviations.
SLANT, SLANT_MEAN = (0.18, 0.12), 0.12  # how far a stroke's top is pushed to the right, by its height
TURN = (0.08, 0.1)  # radians
STRETCH = (0.1, 0.12)  # of the logarithm of width, and of height
SHIFT = (0.0, 0.1)  # of the whole digit; a pixel is 2 / SIZE
CORNER = (0.03, 0.03)  # of each point of a stroke
BEND = (0.08, 0.08)  # height of each of four sines along and across
PEN, PEN_MEAN = (0.25, 0.15), 0.11  # of the logarithm of half the width of a stroke
INK = (0.75, 1.0)  # between which a picture's darkest ink lies

Stroke = np.ndarray  # points (n, 2), x to the right and y upwards, from -1 to 1


def line(*points: tuple[float, float]) -> Stroke:
    return np.array(points)


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, points: int = 12) -> Stroke:
    """From angle start to end, in degrees against the clock from the right."""
    angle = np.radians(np.linspace(start, end, points))
    return np.column_stack([x + rx * np.cos(angle), y + ry * np.sin(angle)])


def joined(*parts: Stroke) -> Stroke:
    return np.concatenate(parts)


def rounded(stroke: Stroke) -> Stroke:
    """Each corner cut off at a quarter of its two sides (G. Chaikin, 1974); the ends stay."""
    near, far = 0.75 * stroke[:-1] + 0.25 * stroke[1:], 0.25 * stroke[:-1] + 0.75 * stroke[1:]
    between = np.stack([near, far], axis=1).reshape(-1, 2)[1:-1]
    return np.concatenate([stroke[:1], between, stroke[-1:]])


FORMS: list[list[list[Stroke]]] = [  # of each digit its forms, each a list of strokes
    [[arc(0, 0, 0.6, 0.95, 100, 460, 18)], [arc(0, 0, 0.7, 0.9, 60, 450, 18)]],
    [
        [line((0, 0.95), (0, 0), (0, -0.95))],
        [line((-0.35, 0.5), (0.05, 0.95), (0.05, 0), (0.05, -0.95))],
        [line((-0.35, 0.55), (0.05, 0.95), (0.05, 0), (0.05, -0.95)), line((-0.4, -0.95), (0.5, -0.95))],
    ],
    [
        [joined(arc(0, 0.45, 0.55, 0.5, 165, -25), line((0.2, -0.25), (-0.6, -0.95), (0, -0.95), (0.65, -0.95)))],
        [joined(arc(-0.02, 0.48, 0.5, 0.47, 150, -50), arc(-0.35, -0.75, 0.2, 0.2, 60, 300, 8), line((0.65, -0.85)))],
    ],
    [
        [joined(arc(0, 0.48, 0.5, 0.46, 150, -85), arc(0, -0.45, 0.58, 0.5, 85, -150))],
        [joined(line((-0.5, 0.93), (0.5, 0.93), (0, 0.2)), arc(-0.02, -0.38, 0.56, 0.57, 80, -145))],
    ],
    [
        [line((0.1, 0.95), (-0.25, 0.35), (-0.6, -0.25), (0, -0.25), (0.65, -0.25)), line((0.3, 0.4), (0.3, -0.95))],
        [line((-0.5, 0.9), (-0.55, 0), (0, -0.05), (0.5, -0.05)), line((0.45, 0.9), (0.43, 0), (0.4, -0.95))],
        [line((0.35, -0.95), (0.35, 0), (0.35, 0.95), (-0.15, 0.3), (-0.6, -0.3), (0, -0.3), (0.65, -0.3))],
    ],
    [
        [joined(line((0.5, 0.93), (0, 0.93), (-0.42, 0.93), (-0.48, 0.2)), arc(-0.02, -0.32, 0.58, 0.6, 125, -140))],
        [
            joined(line((-0.4, 0.9), (-0.46, 0.2)), arc(-0.04, -0.3, 0.58, 0.62, 125, -140)),
            line((-0.4, 0.9), (0.5, 0.95)),
        ],
    ],
    [
        [joined(arc(0.45, 0.1, 0.98, 0.9, 110, 190, 8), arc(0, -0.42, 0.52, 0.52, 170, -180, 14))],
        [joined(line((0.1, 0.95), (-0.3, 0.35)), arc(0, -0.4, 0.5, 0.54, 160, -190, 14))],
    ],
    [
        [line((-0.55, 0.93), (0, 0.93), (0.6, 0.93), (0.25, 0), (-0.1, -0.95))],
        [line((-0.55, 0.93), (0, 0.93), (0.6, 0.93), (0.25, 0), (-0.1, -0.95)), line((-0.2, 0), (0.55, 0.05))],
        [line((-0.55, 0.6), (-0.5, 0.93), (0, 0.93), (0.55, 0.93), (0.1, 0.2), (-0.05, -0.95))],
    ],
    [
        [joined(arc(0, 0.48, 0.45, 0.45, -90, 270, 14), arc(0, -0.46, 0.55, 0.49, 90, -270, 14))],
        [
            joined(
                arc(0, 0.5, 0.42, 0.43, 30, 230, 9),
                arc(0, -0.45, 0.52, 0.5, 60, -240, 14),
                arc(0, 0.5, 0.42, 0.43, -50, 30, 5),
            )
        ],
    ],
    [
        [joined(arc(0.02, 0.42, 0.5, 0.5, 0, 360, 14), line((0.5, 0), (0.42, -0.4), (0.2, -0.95)))],
        [joined(arc(0, 0.42, 0.5, 0.5, 0, 360, 14), line((0.5, -0.2), (0.5, -0.95)))],
        [joined(arc(0, 0.42, 0.48, 0.5, 0, 360, 14), arc(-0.05, -0.25, 0.53, 0.7, 60, -130, 9))],
    ],
]


@dataclass(frozen=True)
class Hand:
    """What stays the same whenever this hand writes: its usual form of each digit, and how that differs from the book's."""

    forms: list[int]
    slant: float
    turn: float
    stretch: np.ndarray  # of width and height, logarithms
    pen: float  # logarithm
    corners: list[list[np.ndarray]]  # by digit and stroke
    bends: np.ndarray  # (10, 4): heights of the sines
    phases: np.ndarray  # (10, 4)


def new_hand(rng: np.random.Generator) -> Hand:
    forms = [int(rng.integers(len(of_digit))) for of_digit in FORMS]
    return Hand(
        forms,
        rng.normal(SLANT_MEAN, SLANT[0]),
        rng.normal(0, TURN[0]),
        rng.normal(0, STRETCH[0], 2),
        rng.normal(np.log(PEN_MEAN), PEN[0]),
        [
            [rng.normal(0, CORNER[0], stroke.shape) for stroke in of_digit[form]]
            for of_digit, form in zip(FORMS, forms, strict=True)
        ],
        rng.normal(0, BEND[0], (10, 4)),
        rng.uniform(0, 2 * np.pi, (10, 4)),
    )


def write(hand: Hand, digit: int, rng: np.random.Generator) -> list[Stroke]:
    """The strokes of one digit by this hand, this time."""
    turn = hand.turn + rng.normal(0, TURN[1])
    slant = hand.slant + rng.normal(0, SLANT[1])
    width, height = np.exp(hand.stretch + rng.normal(0, STRETCH[1], 2)) * (0.62, 0.7)
    shift = rng.normal(0, SHIFT[1], 2)
    bends, phases = hand.bends[digit] + rng.normal(0, BEND[1], 4), hand.phases[digit]
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ [[1, slant], [0, 1]]
    strokes = []
    for stroke, habit in zip(FORMS[digit][hand.forms[digit]], hand.corners[digit], strict=True):
        x, y = (stroke + habit + rng.normal(0, CORNER[1], stroke.shape)).T
        bent = np.column_stack(
            [
                x + bends[0] * np.sin(2.2 * y + phases[0]) + bends[1] * np.sin(3.5 * y + phases[1]),
                y + bends[2] * np.sin(2.2 * x + phases[2]) + bends[3] * np.sin(3.5 * x + phases[3]),
            ]
        )
        strokes.append(rounded(bent * (width, height)) @ matrix.T + shift)
    return strokes


def draw(strokes: Sequence[Stroke], pen: float, ink: float) -> np.ndarray:
    """A picture, uint8 (SIZE, SIZE), 0 where no ink is: each pixel by its distance from the nearest stroke."""
    start = np.concatenate([stroke[:-1] for stroke in strokes])[:, None]
    along = np.concatenate([np.diff(stroke, axis=0) for stroke in strokes])[:, None]
    middle = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    pixels = np.stack(np.meshgrid(middle, -middle), axis=-1).reshape(1, -1, 2)
    share = np.clip(((pixels - start) * along).sum(-1) / ((along**2).sum(-1) + 1e-12), 0, 1)
    distance = np.sqrt(((pixels - start - share[..., None] * along) ** 2).sum(-1).min(0))
    covered = np.clip((pen - distance) / EDGE + 0.5, 0, 1)
    return (np.round(ink * covered * LEVELS) * (255 // LEVELS)).astype(np.uint8).reshape(SIZE, SIZE)


def pictures_of(number: int, seed: int = SEED) -> Iterator[tuple[np.ndarray, int]]:
    """All that this hand writes: EACH pictures of each digit, with the digit."""
    rng = np.random.default_rng([seed, number])
    hand = new_hand(rng)
    for digit in range(10):
        for _ in range(EACH):
            strokes = write(hand, digit, rng)
            yield draw(strokes, np.exp(hand.pen + rng.normal(0, PEN[1])), rng.uniform(*INK)), digit


def make(part: str, seed: int = SEED) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pictures (m, SIZE, SIZE), their labels and the hands that wrote them, (m,), all uint8, in an order of chance."""
    written = [(picture, digit, hand) for hand in HANDS[part] for picture, digit in pictures_of(hand, seed)]
    order = np.random.default_rng([seed, len(written)]).permutation(len(written))
    pictures, labels, hands = (np.array(column, np.uint8)[order] for column in zip(*written, strict=True))
    return pictures, labels, hands


def idx(array: np.ndarray) -> bytes:
    """The format of MNIST's files, packed without a date: two zeros, type 8, the number of axes, their lengths, the bytes."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes(), 9, mtime=0)


def contact_sheet(pictures: np.ndarray, labels: np.ndarray, columns: int = 24) -> np.ndarray:
    """The first pictures of each digit, a row each, dark on white."""
    rows = [np.concatenate(list(pictures[labels == digit][:columns]), axis=1) for digit in range(10)]
    return 255 - np.concatenate(rows)


def measure() -> None:
    """How many of the test pictures a net is right on, after learning from so many: mean and spread of five draws."""
    from helpers.data import load_pen
    from helpers.settings import error, fit

    pen = load_pen(size=14, original=False)
    Y = np.eye(10)[:, pen.Y_train[0]]
    Y_test = np.eye(10)[:, pen.Y_test[0]]
    for m in (500, 1000, 2000, 4000, 8000):
        right = []
        for seed in range(5):
            chosen = np.random.default_rng(seed).permutation(Y.shape[1])[:m]
            setting = {"learning_rate": 0.001, "epochs": max(20, 40_000 // m), "batch_size": 50}
            right.append(100 - error(fit(pen.X_train[:, chosen], Y[:, chosen], setting, seed), pen.X_test, Y_test))
        print(f"{m} pictures: {np.mean(right):.1f} ± {np.std(right, ddof=1):.1f} %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true")
    if parser.parse_args().measure:
        measure()
        return
    import matplotlib.image

    for part in HANDS:
        pictures, labels, hands = make(part)
        for what, array in (("images-idx3", pictures), ("labels-idx1", labels), ("hands-idx1", hands)):
            path = FOLDER / f"{part}-{what}-ubyte.gz"
            path.write_bytes(idx(array))
            print(f"{path.name}: {array.shape}, {path.stat().st_size / 1e6:.2f} MB")
        if part == "train":
            sheet = contact_sheet(pictures, labels)
            matplotlib.image.imsave(FOLDER / "contact_sheet.png", sheet, cmap="gray", vmin=0, vmax=255)
    print("Now run datasets/make_datasets.py, which notes the checksums.")


if __name__ == "__main__":
    main()
