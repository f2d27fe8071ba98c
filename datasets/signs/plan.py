"""Who shows what, where: the people, their places and the list of pictures. Every random draw but the rendering's."""

from dataclasses import dataclass

import numpy as np

SEED = 7
SIGNS_SHOWN = 6
COUNTS = {"train": 1080, "test": 120}
PEOPLE = {"train": 45, "test": 20}  # nobody is in both parts, and nobody's place

# What was tuned until the exercise's network over-fits as wanted; README.md says how far that goes.
LEFT_EVERY = 5  # every fifth person shows the left hand
BACK = 0.15  # share of pictures that show the back of the hand
WANDER = 0.75  # scales how much pose of the hand, aim of the camera and light differ between and within people

# Skin in daylight for the Fitzpatrick types 1 to 6, sRGB.
TONES = np.array([[236, 190, 164], [226, 174, 140], [206, 152, 114], [180, 124, 86], [138, 90, 62], [96, 62, 46]]) / 255
WALLS = ("plain", "gradient", "room", "tiles", "cloth", "wood")
WALL_SHARES = (0.40, 0.22, 0.14, 0.08, 0.08, 0.08)


@dataclass(frozen=True)
class Person:
    """number: unique over both parts. tone: Fitzpatrick type, 1 to 6. skin: linear RGB.

    fingers, palm: by how many cm the skin is thicker than the mesh's. stretch: finger length over the mesh's.
    sleeve: where it ends, cm above the wrist; None for bare arms. cloth: its linear RGB.
    turn: usual yaw, pitch, roll of the hand, degrees. aim: where it usually is in the picture, cm. zoom: usual width
    of the picture over the usual one.
    """

    number: int
    tone: int
    skin: np.ndarray
    left: bool
    fingers: float
    palm: float
    stretch: float
    sleeve: float | None
    cloth: np.ndarray
    turn: np.ndarray
    aim: np.ndarray
    zoom: float


@dataclass(frozen=True)
class Place:
    """wall: which of WALLS. depth: cm behind the hand. light: where the lamp is, cm, its size in cm and how bright it is
    against the rest; warmth: its colour from -1, bluish, to 1, yellowish. noise: of the camera, 1 is white.
    exposure: mean brightness over the usual one.
    """

    wall: str
    wall_seed: int
    depth: float
    lamp: np.ndarray
    lamp_size: float
    lamp_share: float
    warmth: float
    noise: float
    exposure: float


@dataclass(frozen=True)
class Picture:
    """part: train or test. number: its index there. back: whether it shows the back of the hand, not the palm."""

    part: str
    number: int
    label: int
    person: int
    back: bool


def generator(*key: int) -> np.random.Generator:
    """A stream of its own for each person, place and picture, so that none changes when another draws more."""
    return np.random.default_rng([SEED, *key])


def hsv(hue: float, saturation: float, value: float) -> np.ndarray:
    """sRGB from hue, saturation, value, all from 0 to 1."""
    k = (np.array([5, 3, 1]) + hue * 6) % 6
    return value - value * saturation * np.clip(np.minimum(k, 4 - k), 0, 1)


def linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB from 0 to 1, to linear light (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def person(number: int) -> Person:
    """Person number 0, 1, ...; tones take turns, so each part has all."""
    rng = generator(1, number)
    tone = 1 + number % len(TONES)
    between = np.clip(tone - 1 + rng.uniform(-0.4, 0.4), 0, len(TONES) - 1)
    low = min(int(between), len(TONES) - 2)
    skin = TONES[low] + (between - low) * (TONES[low + 1] - TONES[low])
    return Person(
        number=number,
        tone=tone,
        skin=linear(np.clip(skin * rng.normal(1, 0.02) * rng.normal(1, 0.012, 3), 0.05, 0.95)),
        left=number % LEFT_EVERY == LEFT_EVERY - 1,
        fingers=rng.uniform(0.06, 0.15),
        palm=rng.uniform(-0.02, 0.10),
        stretch=rng.uniform(0.94, 1.06),
        sleeve=rng.uniform(0.5, 5.5) if rng.random() < 0.5 else None,
        cloth=linear(hsv(rng.random(), rng.uniform(0, 0.8), rng.uniform(0.15, 0.85))),
        turn=rng.normal(0, (8, 7, 6)) * WANDER,
        aim=rng.normal(0, 0.45, 2) * WANDER,
        zoom=1 + rng.uniform(-0.08, 0.08) * WANDER,
    )


def place(number: int) -> Place:
    """The place where the person of this number is."""
    rng = generator(2, number)
    height = rng.uniform(0.1, 0.9)  # of the lamp: 0 beside the hand, 1 above it
    return Place(
        wall=str(rng.choice(WALLS, p=WALL_SHARES)),
        wall_seed=int(rng.integers(2**31)),
        depth=rng.uniform(12, 40),
        lamp=np.array([rng.choice([-1, 1]) * 50 * (1 - 0.5 * height), 10 + 60 * height, 45]),
        lamp_size=rng.uniform(4, 11),
        lamp_share=rng.uniform(1.5, 4),
        warmth=rng.uniform(-1, 1),
        noise=rng.uniform(0.002, 0.006),
        exposure=float(np.exp(rng.normal(0, 0.06) * WANDER)),
    )


def pictures(part: str, count: int) -> list[Picture]:
    """The first `count` pictures of a part, in the order of the files.

    In rounds: each round is one person who shows each number once. The rounds of a part are then shuffled.
    """
    first = 0 if part == "train" else PEOPLE["train"]
    rng = generator(3, first)
    order = rng.permutation(COUNTS[part])
    rounds, labels = order // SIGNS_SHOWN, order % SIGNS_SHOWN
    people = first + rounds % PEOPLE[part]
    # The same share of backs for every label.
    backs = np.zeros(COUNTS[part], bool)
    for label in range(SIGNS_SHOWN):
        places = np.flatnonzero(labels == label)
        backs[rng.permutation(places)[: round(BACK * len(places))]] = True
    return [Picture(part, i, int(labels[i]), int(people[i]), bool(backs[i])) for i in range(min(count, COUNTS[part]))]
