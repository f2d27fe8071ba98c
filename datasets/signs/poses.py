"""The signs: how thumb and fingers stand for each number, and how this varies. Angles in degrees.

A pose is an array of shape (21,): five angles of the thumb, then four of each finger from index to pinky.

    thumb    flexion, abduction, twist of the metacarpal; bend at the proximal, at the distal phalanx
    finger   spread, bend at the proximal, at the intermediate, at the distal phalanx

Angles of touching fingers were solved by least squares on the mesh, once: finger tips to the tip of the thumb in 0, the
thumb on the middle (1) or ring finger (2) or on the palm (4), without reaching into each other by more than 2 mm.
"""

import numpy as np
from hand import FINGERS, PHALANGES, Rotations, joint, turn

THUMB_OUT = (0, -6, 0, 2, 2)
CLOSE = [(1, 1, 2, 1), (0, 1, 2, 1), (0, 1, 2, 1), (1, 1, 2, 1)]  # straight fingers, side by side
SPREAD = [(6, 4, 5, 3), (0, 3, 5, 3), (-4, 4, 6, 3), (-8, 6, 8, 4)]
FOLDED = [(0, 75, 98, 47), (-1, 72, 93, 46), (0.5, 77, 104, 48), (0, 79, 98, 47)]


def _pose(thumb: tuple, *fingers: tuple) -> np.ndarray:
    return np.concatenate([thumb, *fingers]).astype(float)


# Each sign has two ends; every pose between them is the sign as well.
SIGNS: dict[int, tuple[np.ndarray, np.ndarray]] = {
    0: (
        _pose((23.1, 26.6, 9.7, 23.6, 19.6), (0.3, 45.1, 50.9, 33.9), (0.1, 51.4, 56.6, 35.6), (-0.6, 50.9, 56.4, 35.6),
              (0, 46.5, 51.6, 33.9)),
        _pose((19.2, 24.1, 12.5, 29.6, 27.2), (0.1, 36.6, 61.2, 41.7), (-0.4, 46.4, 65.6, 42.1), (-0.1, 46, 68.9, 44.3),
              (0, 42.6, 66.9, 43.6)),
    ),
    1: (
        _pose((11.8, 20.1, 10.1, 50.9, 42.3), (4, 6, 6, 3), *FOLDED[1:]),
        _pose((9.8, 18.1, 10.1, 50.9, 42.3), (-2, 0, 2, 1), *FOLDED[1:]),
    ),
    2: (
        _pose((25, 31.6, 11.6, 52.3, 42.9), (2, 2, 3, 2), (-2, 2, 3, 2), *FOLDED[2:]),
        _pose((25, 31.6, 11.6, 52.3, 42.9), (8, 2, 3, 2), (-8, 2, 3, 2), *FOLDED[2:]),
    ),
    3: (
        _pose((0, -2, 0, 4, 4), (2, 2, 3, 2), (-2, 2, 3, 2), *FOLDED[2:]),
        _pose((0, -16, 0, 0, -4), (8, 2, 3, 2), (-8, 2, 3, 2), *FOLDED[2:]),
    ),
    4: (_pose((42, 14.7, 12.7, 66.4, 49.2), *CLOSE), _pose((47.8, 15.7, 5.3, 64, 46.9), *SPREAD)),
    5: (_pose((0, 4, 0, 6, 8), *CLOSE), _pose((0, -14, 0, 0, -4), *SPREAD)),
}  # fmt: skip

# Standard deviations on top. Where finger tips touch, more than this would tear them apart.
TREMOR = {0: 0.8, 1: 1.5, 2: 1.5, 3: 2.5, 4: 1.5, 5: 2.5}


def draw_pose(label: int, rng: np.random.Generator) -> np.ndarray:
    """One person's way, this time, of showing a number."""
    first, last = SIGNS[label]
    return first + rng.random() * (last - first) + TREMOR[label] * rng.standard_normal(len(first))


def rotations(pose: np.ndarray) -> Rotations:
    """The rotations of the joints for a pose of shape (21,)."""
    flexion, abduction, twist, proximal, distal = pose[:5]
    result = {
        "thumb-metacarpal": turn(1, abduction) @ turn(0, -flexion) @ turn(2, twist),
        joint("thumb", "proximal"): turn(0, -proximal),
        joint("thumb", "distal"): turn(0, -distal),
    }
    for finger, (spread, *bends) in zip(FINGERS, pose[5:].reshape(4, 4), strict=True):
        result |= {joint(finger, phalanx): turn(0, -bend) for phalanx, bend in zip(PHALANGES, bends, strict=True)}
        result[joint(finger, "proximal")] = turn(1, spread) @ result[joint(finger, "proximal")]
    return result
