"""What is behind the hand: walls painted by formula, linear RGB, shape (SIDE, SIDE, 3), float32."""

import numpy as np
from body import LUMINANCE
from plan import Place, hsv, linear

SIDE = 192
Field = np.ndarray  # shape (SIDE, SIDE)


def value_noise(rng: np.random.Generator, cells: int, octaves: int = 3, aspect: int = 1) -> Field:
    """Smooth noise from 0 to 1: random values on a grid, smoothly interpolated, in octaves. aspect: stretched along x."""

    def smooth(n: int) -> tuple[np.ndarray, np.ndarray]:
        at = np.linspace(0, n, SIDE, endpoint=False)
        share = at - at.astype(int)
        return at.astype(int), share * share * (3 - 2 * share)

    total = np.zeros((SIDE, SIDE))
    for octave in range(octaves):
        rows = cells * 2**octave
        columns = max(rows // aspect, 1)
        grid = rng.random((rows + 1, columns + 1))
        (y, down), (x, right) = smooth(rows), smooth(columns)
        upper = grid[y][:, x] * (1 - right) + grid[y][:, x + 1] * right
        lower = grid[y + 1][:, x] * (1 - right) + grid[y + 1][:, x + 1] * right
        total += 0.5**octave * (upper + (lower - upper) * down[:, None])
    return total / sum(0.5**octave for octave in range(octaves))


def paint(place: Place, skin: np.ndarray) -> np.ndarray:
    """The wall of a place: white, cream or grey as most rooms are; behind fair skin a deeper, cold colour.

    The lamp is nearer to the hand than to the wall, so a white wall comes out about as light as fair skin.
    """
    rng = np.random.default_rng(place.wall_seed)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    colour = linear(hsv(rng.choice([0.1, 0.14, 0.3, 0.5, 0.58, 0.62]), rng.uniform(0, 0.12), rng.uniform(0.84, 0.97)))
    fair = (skin @ LUMINANCE) > linear(np.array(0.55))
    if fair:
        colour = linear(hsv(rng.uniform(0.30, 0.68), rng.uniform(0.1, 0.35), rng.uniform(0.3, 0.5)))
    wall: np.ndarray = np.broadcast_to(colour, (SIDE, SIDE, 3)).copy()

    if place.wall == "plain":
        wall *= (1 + 0.05 * (value_noise(rng, 24) - 0.5))[..., None]
    elif place.wall == "gradient":
        angle = rng.uniform(0, 2 * np.pi)
        wall *= (1 + 0.7 * ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)))[..., None]
    elif place.wall == "room":  # shelves, frames, a door, out of focus
        for _ in range(rng.integers(2, 5)):
            left, top = rng.uniform(-0.1, 0.9, 2)
            width, height = rng.uniform(0.06, 0.35, 2)
            inside = (x > left) & (x < left + width) & (y > top) & (y < top + height)
            wall[inside] = linear(hsv(rng.random(), rng.uniform(0, 0.3), rng.uniform(0.45, 0.95)))
        for axis in (0, 1):
            for _ in range(4):
                wall = (np.roll(wall, 1, axis) + 2 * wall + np.roll(wall, -1, axis)) / 4
    elif place.wall == "tiles":
        count = int(rng.integers(4, 8))
        shade = rng.uniform(0.92, 1.08, (count, count))[(y * count).astype(int), (x * count).astype(int)]
        joints = ((x * count) % 1 < 0.05) | ((y * count) % 1 < 0.05)
        wall *= np.where(joints, 0.6, shade)[..., None]
    elif place.wall == "cloth":
        folds = np.sin(2 * np.pi * (x * rng.uniform(5, 9) + 0.35 * value_noise(rng, 3)))
        wall *= (0.82 + 0.2 * folds)[..., None]
    elif place.wall == "wood":
        wood = linear(hsv(rng.uniform(0.06, 0.11), rng.uniform(0.2, 0.4), rng.uniform(0.75, 0.9)))
        if fair:
            wood = wood * 0.45
        boards = (y * rng.integers(4, 8)) % 1 < 0.035
        wall = wood * ((0.7 + 0.6 * value_noise(rng, 26, 4, 14)) * np.where(boards, 0.5, 1))[..., None]
    return np.clip(wall, 0.01, 0.95).astype(np.float32)
