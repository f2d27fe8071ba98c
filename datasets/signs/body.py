"""What a person adds to the mesh: the build of the hand, a forearm, the colours of the skin, a sleeve."""

from itertools import pairwise

import numpy as np
from hand import FINGERS, PHALANGES, Hand, joint, normals, turn
from plan import Person

WRIST = np.array([-0.4, -7.7, -0.9])  # where the forearm bends away from the hand, cm
FOREARM = 30.0  # its length, cm
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear RGB (ITU-R BT.709)

# The three great lines of the palm, as polylines (x, y) in cm in the hand frame.
PALM_LINES = (
    [(1.9, 1.8), (0.9, 1.0), (-0.1, -0.6), (-0.3, -2.6), (-0.2, -3.2)],
    [(2.0, 1.9), (0.5, 1.2), (-1.1, 0.2), (-2.5, -0.6)],
    [(-4.1, 1.4), (-2.5, 1.8), (-0.9, 2.4), (0.1, 3.4)],
)


class Body:
    """Builds hands of all people from one mesh. Fine arrays have one row for each vertex after `Hand.refine`."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        phalanges = [i for name, i in hand.index.items() if "phalanx" in name]
        self._normals = normals(hand.vertices, hand.faces)
        self._fingerness = hand.weights[:, phalanges].sum(axis=1, keepdims=True)
        self._rest = hand.refine(hand.vertices)
        self._weights = hand.refine(hand.weights)
        # 0 on the hand, 1 on the forearm
        self.armness = hand.refine(np.clip((-6.5 - hand.vertices[:, 1:2]) / 2.2, 0, 1))[:, 0]
        self._palm = self._palm_mask()
        self._nail, self._tip = self._finger_end_masks()
        self._crease, self._knuckle = self._joint_masks()
        self._crease = np.maximum(self._crease, self._palm_lines())

    def build(self, person: Person) -> np.ndarray:
        """The coarse bind shape of a person's hand and forearm, shape (V, 3), cm.

        The refinement shrinks the mesh, hence the extra thickness. The mesh ends at the wrist: its last rings are
        pulled out to a forearm that widens.
        """
        thickness = person.fingers * self._fingerness + person.palm * (1 - self._fingerness)
        shape = self.hand.vertices + self._normals * thickness
        along = np.clip((-7.1 - shape[:, 1:2]) / 3.0, 0, 1.05)
        across = [0, 2]
        axis = WRIST[across]
        shape[:, across] = axis + (shape[:, across] - axis) * (1 + 0.42 * along**1.2)
        shape[:, 1:2] -= FOREARM * along**1.5
        return shape

    def bend_wrist(self, vertices: np.ndarray, tilt: np.ndarray) -> np.ndarray:
        """Fine vertices, shape (n, 3), with the forearm swung and the hand where it was."""
        return vertices + self.armness[:, None] * (swing(vertices, tilt) - vertices)

    def colours(self, person: Person, rng: np.random.Generator) -> np.ndarray:
        """Linear RGB of the skin at each fine vertex, shape (n, 3).

        Palms are lighter than the back of the hand, more so on dark skin; finger tips and knuckles are redder.
        """
        skin = person.skin
        luminance = skin @ LUMINANCE
        palm = skin * (1.05 + 0.9 * np.exp(-luminance / 0.10)) + np.array([0.06, 0.012, 0.008]) * (0.4 + luminance)
        palm = np.clip(palm, 0, 0.85)
        colour = skin + (palm - skin) * self._palm[:, None]
        waves = [np.sin(self._rest @ rng.normal(0, 1.6, 3) + rng.uniform(0, 2 * np.pi)) for _ in range(6)]
        for mask, strength, share in (
            (np.mean(waves, axis=0), -0.10, (0.6, 1, 1)),
            (self._tip, 0.10, (-0.4, 1, 0.9)),
            (self._knuckle, 0.28, (0.6, 1, 1)),
            (self._crease, 0.42, (0.7, 1, 1)),
        ):
            colour = colour * (1 - strength * mask[:, None] * np.array(share))
        nail = np.clip(palm * np.array([1.18, 0.98, 1.02]) + np.array([0.07, 0.056, 0.056]), 0, 0.9)
        colour = colour + 0.9 * (nail - colour) * self._nail[:, None]
        return np.clip(colour, 0.01, 0.95)

    # --- where on the skin: masks from 0 to 1, shape (n,) --------------------------------------------------------

    def _weight(self, part: str) -> np.ndarray:
        """How much the joints whose names begin so move each fine vertex."""
        return self._weights[:, [i for name, i in self.hand.index.items() if name.startswith(part)]].sum(axis=1)

    def _palm_mask(self) -> np.ndarray:
        """1 where the skin looks to the palm. The thumb has a direction of its own: its pad."""
        outward = normals(self._rest, self.hand.fine_faces)
        thumb_back = self.hand.bind[self.hand.index[joint("thumb", "distal")], :3, 1]
        thumb = self._weight("thumb-ph")
        to_back = -outward[:, 2] * (1 - thumb) + outward @ thumb_back * thumb
        on_arm = np.clip((-7.5 - self._rest[:, 1]) / 2, 0, 1)
        return (1 - 0.75 * on_arm) / (1 + np.exp(6 * (to_back + 0.05)))

    def _finger_end_masks(self) -> tuple[np.ndarray, np.ndarray]:
        """Nails: rounded squares on the backs of the finger ends. Tips: the last 1.6 cm."""
        nails, tips = [], []
        for finger in ("thumb", *FINGERS):
            name = joint(finger, "distal")
            own = self._weights[:, self.hand.index[name]] > 0.3
            local = self.hand.in_bone(name, self._rest)
            low, high = local[own].min(axis=0), local[own].max(axis=0)
            middle, half_width = (low + high) / 2, (high[0] - low[0]) / 2
            length = 1.1 * half_width
            from_middle = ((local[:, 0] - middle[0]) / (0.72 * half_width)) ** 4
            from_middle += ((local[:, 2] - low[2] - 0.75 * length) / (0.75 * length)) ** 4
            nails.append(own * (local[:, 1] > middle[1]) * np.clip(1.6 - from_middle, 0, 1))
            tips.append(own * np.clip(1 - (local[:, 2] - low[2]) / 1.6, 0, 1))
        return np.max(nails, axis=0), np.max(tips, axis=0)

    def _joint_masks(self) -> tuple[np.ndarray, np.ndarray]:
        """Creases inside the finger joints, and knuckles outside."""
        creases, knuckles = [], []
        for finger in ("thumb", *FINGERS):
            own = self._weight(finger) > 0.4
            for phalanx in PHALANGES:
                if joint(finger, phalanx) not in self.hand.index:
                    continue
                x, _, z = self.hand.in_bone(joint(finger, phalanx), self._rest).T
                near = own * (np.abs(x) < 1.4)
                # The first crease of a finger lies in front of its knuckle.
                crease_at = -1.6 if finger != "thumb" and phalanx == "proximal" else 0.0
                creases.append(near * self._palm * np.exp(-(((z - crease_at) / 0.14) ** 2)))
                knuckles.append(near * (1 - self._palm) * np.exp(-((z / 0.6) ** 2)))
        return np.max(creases, axis=0), np.max(knuckles, axis=0)

    def _palm_lines(self) -> np.ndarray:
        points = self._rest[:, :2]
        distance = np.full(len(points), np.inf)
        for line in PALM_LINES:
            corners = np.array(line)
            for start, end in pairwise(corners):
                along = np.clip((points - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
                distance = np.minimum(distance, np.linalg.norm(points - start - along[:, None] * (end - start), axis=1))
        on_palm = (self._rest[:, 1] > -7.5) * (self.hand.refine(self._fingerness)[:, 0] < 0.5)
        return 0.9 * on_palm * self._palm * np.exp(-((distance / 0.15) ** 2))


def swing(points: np.ndarray, tilt: np.ndarray) -> np.ndarray:
    """Points of the forearm, shape (n, 3), when it turns at the wrist about x and z by the angles of `tilt`, degrees."""
    return WRIST + (points - WRIST) @ (turn(2, tilt[1]) @ turn(0, tilt[0])).T


def sleeve(person: Person, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A tube of cloth round the forearm with a hem and folds: vertices (n, 3) in the hand frame, cm; faces (m, 3)."""
    assert person.sleeve is not None
    around = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    # From inside the cuff over its edge up the arm: how far along the sleeve, and how wide.
    profile = [(0.06, 0.93), (0.0, 0.985)] + [(share, 1.04) for share in np.linspace(0, 1, 14)]
    phase = rng.uniform(0, 2 * np.pi, 2)
    rings = []
    for share, width in profile:
        folds = 1 + 0.03 * np.sin(3 * around + 20 * share + phase[0])
        folds += 0.025 * np.sin(2 * around + 31 * share + phase[1])
        wider = 1.8 * share + 0.1 * person.sleeve
        x = WRIST[0] + (3.65 + wider) * width * folds * np.sin(around)
        z = WRIST[2] - (3.0 + wider) * width * folds * np.cos(around)
        rings.append(np.column_stack([x, np.full(len(around), -8.0 - person.sleeve - 40 * share), z]))
    n = len(around)
    a = np.arange(n * (len(rings) - 1))
    b = a - a % n + (a + 1) % n
    faces = np.concatenate([np.column_stack([a, a + n, b]), np.column_stack([b, a + n, b + n])])
    return np.concatenate(rings), faces
