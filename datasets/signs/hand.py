"""The hand: a rigged mesh, its bones, and how the skin follows them. NumPy only.

Lengths are in centimetres. The hand frame of the bind pose, for the right hand: x towards the thumb, y towards the
finger tips, z out of the palm, the origin in the middle of the hand. Each bone has a frame of its own: x across the
finger, y towards its back, z back to the wrist; so a finger bends by a turn about -x.
"""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np

MESH = Path(__file__).resolve().parent / "hand" / "right.glb"
SHA256 = "291790c14f7f88a7f9bd35330c47392ed8e8d395ae6728f4bb7089f1bc1f2b96"

FINGERS = ("index", "middle", "ring", "pinky")
PHALANGES = ("proximal", "intermediate", "distal")

# The mesh has its fingers along -y, the back of the hand towards +x and the thumb towards -z; metres.
TO_HAND_FRAME = np.array([[0.0, 0, -100], [0, -100, 0], [-100, 0, 0]])
CENTRE = np.array([3.0, -2.5, 0.5])  # of the hand, in centimetres along the axes of the mesh

Rotations = dict[str, np.ndarray]  # joint name -> rotation in the frame of its bone, shape (3, 3)
COMPONENTS = {5121: np.uint8, 5123: np.uint16, 5126: np.float32}  # glTF 2.0, accessor.componentType
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}  # accessor.type


def joint(finger: str, phalanx: str) -> str:
    """The name of a joint in the rig: WebXR's, where the thumb's joints lack the word finger."""
    return f"thumb-phalanx-{phalanx}" if finger == "thumb" else f"{finger}-finger-phalanx-{phalanx}"


def turn(axis: int, degrees: float) -> np.ndarray:
    """Rotation about axis 0, 1 or 2 (x, y, z), right-handed, shape (3, 3)."""
    angle = np.radians(degrees)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = np.cos(angle)
    matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
    return matrix


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit vertex normals, shape (V, 3): the sum of the normals of the faces around, weighted by their areas."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for k in range(3):
        for d in range(3):
            total[:, d] += np.bincount(faces[:, k], across[:, d], len(vertices))
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


class Subdivision:
    """One step of Loop's subdivision (C. Loop, 1987, with Warren's weights): each triangle becomes four.

    faces: the finer triangles, shape (4 F, 3). Calling it takes values at the V vertices, shape (V, d), to values at
    the V + E finer ones, E the number of edges.
    """

    def __init__(self, faces: np.ndarray, vertex_count: int) -> None:
        opposite: dict[tuple[int, int], list[int]] = {}  # edge -> the third corners of its one or two triangles
        for a, b, c in faces.tolist():
            for p, q, r in ((a, b, c), (b, c, a), (c, a, b)):
                opposite.setdefault((min(p, q), max(p, q)), []).append(r)
        around: list[list[int]] = [[] for _ in range(vertex_count)]
        rim: list[list[int]] = [[] for _ in range(vertex_count)]  # neighbours along the border of an open mesh
        for (p, q), corners in opposite.items():
            for near, far in ((p, q), (q, p)):
                around[near].append(far)
                if len(corners) == 1:
                    rim[near].append(far)

        rows = [self._vertex_row(v, around[v], rim[v]) for v in range(vertex_count)]
        rows += [self._edge_row(p, q, corners) for (p, q), corners in opposite.items()]
        width = max(len(row) for row in rows)
        self._index = np.array([[i for i, _ in row] + [0] * (width - len(row)) for row in rows])
        self._weight = np.array([[w for _, w in row] + [0.0] * (width - len(row)) for row in rows])

        middle = {edge: vertex_count + i for i, edge in enumerate(opposite)}
        self.faces = np.array(
            [
                triangle
                for a, b, c in faces.tolist()
                for ab, bc, ca in [[middle[min(p, q), max(p, q)] for p, q in ((a, b), (b, c), (c, a))]]
                for triangle in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))
            ]
        )

    @staticmethod
    def _vertex_row(v: int, around: list[int], rim: list[int]) -> list[tuple[int, float]]:
        if rim:
            return [(v, 0.75)] + [(w, 0.25 / len(rim)) for w in rim]
        weight = 3 / 16 if len(around) == 3 else 3 / (8 * len(around))
        return [(v, 1 - len(around) * weight)] + [(w, weight) for w in around]

    @staticmethod
    def _edge_row(p: int, q: int, corners: list[int]) -> list[tuple[int, float]]:
        if len(corners) == 1:
            return [(p, 0.5), (q, 0.5)]
        return [(p, 0.375), (q, 0.375)] + [(corner, 0.25 / len(corners)) for corner in corners]

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return np.einsum("rk,rkd->rd", self._weight, values[self._index])


class Hand:
    """A right hand.

    names: of the 25 joints, each after its parent. bind: frames of the joints in the bind pose, shape (25, 4, 4).
    vertices (V, 3), faces (F, 3): the coarse mesh. weights (V, 25): how much each joint moves each vertex; rows add
    up to 1. fine_faces: the triangles after `refine`.
    """

    def __init__(self, path: Path = MESH, steps: int = 2) -> None:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != SHA256:
            raise ValueError(f"'{path}' is not the mesh that the poses were made for: copy it anew.")
        self._read(content)
        self.index = {name: i for i, name in enumerate(self.names)}
        self.parents = [self._parent(name) for name in self.names]
        self._unbind = np.linalg.inv(self.bind)
        self._local = np.array(
            [self.bind[i] if p < 0 else self._unbind[p] @ self.bind[i] for i, p in enumerate(self.parents)]
        )
        self._steps: list[Subdivision] = []
        self.fine_faces = self.faces
        count = len(self.vertices)
        for _ in range(steps):
            self._steps.append(Subdivision(self.fine_faces, count))
            self.fine_faces = self._steps[-1].faces
            count = int(self.fine_faces.max()) + 1

    def _read(self, content: bytes) -> None:
        """Take mesh and rig out of a binary glTF 2.0 file; bring them into the hand frame; weld seams of the mesh."""
        (json_length,) = struct.unpack_from("<I", content, 12)
        gltf = json.loads(content[20 : 20 + json_length])
        blob = content[20 + json_length + 8 :]

        def accessor(i: int) -> np.ndarray:
            a = gltf["accessors"][i]
            view = gltf["bufferViews"][a["bufferView"]]
            offset = view.get("byteOffset", 0) + a.get("byteOffset", 0)
            width = WIDTHS[a["type"]]
            return np.frombuffer(blob, COMPONENTS[a["componentType"]], a["count"] * width, offset).reshape(-1, width)

        primitive = gltf["meshes"][0]["primitives"][0]
        skin = gltf["skins"][0]
        attributes = {name: accessor(i) for name, i in primitive["attributes"].items()}
        _, first, place = np.unique(attributes["POSITION"].round(6), axis=0, return_index=True, return_inverse=True)
        corners = place.ravel()[accessor(primitive["indices"])].reshape(-1, 3)
        self.faces = corners[np.array([len(set(triangle)) == 3 for triangle in corners.tolist()])]
        self.names: list[str] = [gltf["nodes"][i]["name"] for i in skin["joints"]]

        self.weights = np.zeros((len(first), len(self.names)))
        for k in range(4):
            np.add.at(
                self.weights,
                (np.arange(len(first)), attributes["JOINTS_0"][first, k].astype(int)),
                attributes["WEIGHTS_0"][first, k],
            )
        self.weights /= self.weights.sum(axis=1, keepdims=True)

        self.vertices = (attributes["POSITION"][first] - CENTRE / 100) @ TO_HAND_FRAME.T
        # glTF stores matrices by columns, and the inverses: from the mesh to the bone.
        bind = np.linalg.inv(accessor(skin["inverseBindMatrices"]).astype(float).reshape(-1, 4, 4).transpose(0, 2, 1))
        self.bind = np.tile(np.eye(4), (len(bind), 1, 1))
        self.bind[:, :3, :3] = TO_HAND_FRAME / 100 @ bind[:, :3, :3]
        self.bind[:, :3, 3] = (bind[:, :3, 3] - CENTRE / 100) @ TO_HAND_FRAME.T

    def _parent(self, name: str) -> int:
        if name == "wrist":
            return -1
        return 0 if name.endswith("metacarpal") else self.index[name] - 1

    def in_bone(self, name: str, points: np.ndarray) -> np.ndarray:
        """Points of the bind pose, shape (n, 3), in the frame of a bone."""
        unbind = self._unbind[self.index[name]]
        return points @ unbind[:3, :3].T + unbind[:3, 3]

    def pose(self, rotations: Rotations, stretch: float = 1.0) -> np.ndarray:
        """Frames of the joints, shape (25, 4, 4), when each joint turns by its rotation (none given: not at all).

        stretch: the length of the fingers' and thumb's bones relative to the mesh.
        """
        frames = np.zeros_like(self.bind)
        for i, parent in enumerate(self.parents):
            local = self._local[i].copy()
            if parent >= 0 and "phalanx" in self.names[parent]:
                local[2, 3] *= stretch
            local[:3, :3] = local[:3, :3] @ rotations.get(self.names[i], np.eye(3))
            frames[i] = local if parent < 0 else frames[parent] @ local
        return frames

    def skin(self, frames: np.ndarray, vertices: np.ndarray | None = None, stretch: float = 1.0) -> np.ndarray:
        """Linear blend skinning: the coarse vertices, shape (V, 3), when the joints stand in the given frames.

        vertices: another bind shape than that of the mesh. stretch: as given to `pose`.
        """
        points = self.vertices if vertices is None else vertices
        along = np.diag([1.0, 1.0, stretch, 1.0])
        moves = np.array(
            [
                frame @ (along if "phalanx" in name or name.endswith("tip") else np.eye(4)) @ unbind
                for name, frame, unbind in zip(self.names, frames, self._unbind, strict=True)
            ]
        )
        blended = np.einsum("vj,jab->vab", self.weights, moves[:, :3])
        return np.einsum("vab,vb->va", blended, np.c_[points, np.ones(len(points))])

    def refine(self, values: np.ndarray) -> np.ndarray:
        """Values at the coarse vertices, shape (V, d), to values at the fine ones, smoothly."""
        for step in self._steps:
            values = step(values)
        return values
