"""One picture: the posed hand before its wall, rendered by Mitsuba 3 and taken by a small camera.

Lengths are in centimetres; the hand is near the origin, the camera on the z axis, y up.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from body import Body, sleeve, swing
from hand import Hand, normals, turn
from plan import WANDER, Person, Picture, Place, generator, person, place
from poses import draw_pose, rotations
from walls import paint

SIZE = 64  # pixels
SAMPLES = 12  # light paths a pixel
DISTANCE = 70.0  # of the camera
BRIGHTNESS = 0.42  # mean of a picture, sRGB, to which the camera exposes
DARKEST_HAND, BRIGHTEST_HAND = 0.20, 0.66  # unless the mean of the hand would leave these bounds
FRAME = 1.2  # width of the picture over the height or width of the hand
FOLLOW = 0.6  # 1: the camera fits every hand; 0: it stands still

# Yaw in degrees for palm and back. The ring of 0 is seen from the side, where one can see through it.
FACING = {0: (-68.0, -112.0)}
USUAL_FACING = (0.0, 180.0)


@dataclass(frozen=True)
class Rendered:
    """pixels: uint8, shape (SIZE, SIZE, 3). contrast: between the hand and the wall around it, 0 to 255 (`contrast`)."""

    pixels: np.ndarray
    contrast: float


class Studio:
    """Renders pictures; keeps what is the same for all pictures of a person."""

    def __init__(self) -> None:
        import drjit
        import mitsuba

        drjit.set_thread_count(1)  # pictures are rendered in parallel, not parts of them
        mitsuba.set_variant("scalar_rgb")
        self._mi: Any = mitsuba
        self._body = Body(Hand(steps=1))
        self._sitter = lru_cache(maxsize=None)(self._prepare)

    def _prepare(self, number: int) -> tuple[Person, Place, np.ndarray, np.ndarray, np.ndarray]:
        """A person, the place, the coarse hand, the colours of the skin and the wall."""
        who, where = person(number), place(number)
        return who, where, self._body.build(who), self._body.colours(who, generator(4, number)), paint(where, who.skin)

    def render(self, picture: Picture) -> Rendered:
        """The picture, always the same for the same plan."""
        who, where, shape, skin, wall = self._sitter(picture.person)
        rng = generator(5, int(picture.part == "test"), picture.number)
        body, hand = self._body, self._body.hand

        frames = hand.pose(rotations(draw_pose(picture.label, rng)), who.stretch)
        tilt = rng.normal(0, 8, 2) * WANDER
        view = self._view(picture, who, rng)
        vertices = body.bend_wrist(hand.refine(hand.skin(frames, shape, who.stretch)), tilt) @ view.T
        faces = hand.fine_faces[:, ::-1] if who.left else hand.fine_faces  # a mirror turns triangles inside out
        shapes = {"hand": self._mesh(vertices, faces, self._skin(), skin)}
        if who.sleeve is not None:
            cloth, cloth_faces = sleeve(who, generator(6, who.number))
            cloth_faces = cloth_faces[:, ::-1] if who.left else cloth_faces
            shapes["sleeve"] = self._mesh(swing(cloth, tilt) @ view.T, cloth_faces, self._cloth(who))
        centre, half_width = frame(vertices[body.armness < 0.3], who, rng)
        scene = self._mi.load_dict(
            {
                "type": "scene",
                "integrator": {"type": "aov", "aovs": "depth:depth", "image": {"type": "path", "max_depth": 3}},
                "sensor": self._sensor(centre, half_width),
                **shapes,
                "wall": self._wall(wall, where, rng),
                **self._lights(where, rng),
            }
        )
        seed = int(rng.integers(2**31))
        rendered = np.array(self._mi.render(scene, seed=seed)).astype(np.float64)
        mask = rendered[..., -1] < DISTANCE + where.depth / 2
        pixels = develop(rendered[..., :3], mask, where, rng)
        return Rendered(pixels, contrast(pixels, mask))

    def _view(self, picture: Picture, who: Person, rng: np.random.Generator) -> np.ndarray:
        """From the hand frame to the scene, shape (3, 3); mirrors a left hand."""
        yaw, pitch, roll = who.turn + rng.normal(0, (8, 6, 6)) * WANDER
        facing = FACING.get(picture.label, USUAL_FACING)[picture.back]
        mirror = np.diag([-1.0 if who.left else 1.0, 1, 1])
        return mirror @ turn(2, roll) @ turn(0, pitch) @ turn(1, yaw + facing)

    # --- parts of the scene --------------------------------------------------------------------------------------

    def _mesh(self, vertices: np.ndarray, faces: np.ndarray, bsdf: dict, colours: np.ndarray | None = None):
        properties = self._mi.Properties()
        properties["bsdf"] = self._mi.load_dict(bsdf)
        mesh = self._mi.Mesh("mesh", len(vertices), len(faces), has_vertex_normals=True, props=properties)
        if colours is not None:
            mesh.add_attribute("vertex_color", 3, np.ascontiguousarray(colours, np.float32).ravel())
        parameters = self._mi.traverse(mesh)
        parameters["vertex_positions"] = vertices.astype(np.float32).ravel()
        parameters["faces"] = np.ascontiguousarray(faces, np.uint32).ravel()
        parameters["vertex_normals"] = normals(vertices, faces).astype(np.float32).ravel()
        parameters.update()
        return mesh

    @staticmethod
    def _skin() -> dict:
        colour = {"type": "mesh_attribute", "name": "vertex_color"}
        return {"type": "principled", "base_color": colour, "roughness": 0.6, "specular": 0.35}

    @staticmethod
    def _cloth(who: Person) -> dict:
        colour = {"type": "rgb", "value": who.cloth.tolist()}
        return {"type": "twosided", "cloth": {"type": "diffuse", "reflectance": colour}}

    def _sensor(self, centre: np.ndarray, half_width: float) -> dict:
        x, y = centre.tolist()
        return {
            "type": "perspective",
            "fov": float(np.degrees(2 * np.arctan(half_width / DISTANCE))),
            "to_world": self._mi.ScalarTransform4f().look_at([x, y, DISTANCE], [x, y, 0], [0, 1, 0]),
            "film": {
                "type": "hdrfilm",
                "width": SIZE,
                "height": SIZE,
                "rfilter": {"type": "box"},
                "component_format": "float32",
            },
            "sampler": {"type": "multijitter", "sample_count": SAMPLES},
        }

    def _wall(self, wall: np.ndarray, where: Place, rng: np.random.Generator) -> dict:
        x, y = rng.normal(0, 1.5, 2) * WANDER
        texture = {"type": "bitmap", "bitmap": self._mi.Bitmap(wall), "raw": True}
        return {
            "type": "rectangle",
            "to_world": self._mi.ScalarTransform4f().translate([x, y, -where.depth]).scale(42),
            "bsdf": {"type": "diffuse", "reflectance": texture},
        }

    def _lights(self, where: Place, rng: np.random.Generator) -> dict:
        """A lamp, and light from all sides. Only their proportion matters: the camera exposes to BRIGHTNESS."""
        lamp = where.lamp + rng.normal(0, 4, 3) * WANDER
        tint = np.array([1 + 0.06 * where.warmth, 1, 1 - 0.08 * where.warmth])
        # A square of half width s at distance d gives a surface that faces it E = 4 s^2 L / d^2; the rest gives pi.
        radiance = where.lamp_share * np.pi * (lamp @ lamp) / (4 * where.lamp_size**2)
        towards = self._mi.ScalarTransform4f().look_at(lamp.tolist(), [0, 0, 0], [0, 1, 0.01])
        return {
            "rest": {"type": "constant", "radiance": {"type": "rgb", "value": 1.0}},
            "lamp": {
                "type": "rectangle",
                "to_world": towards.scale(where.lamp_size),
                "emitter": {"type": "area", "radiance": {"type": "rgb", "value": (radiance * tint).tolist()}},
            },
        }


def frame(vertices: np.ndarray, who: Person, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Where the camera looks, (x, y) in cm, and half the width it sees at the hand. It never cuts a finger off."""
    projected = vertices[:, :2] / (1 - vertices[:, 2:] / DISTANCE)
    low, high = projected.min(axis=0), projected.max(axis=0)
    still = np.array([0.0, 1.0])
    centre = FOLLOW * (low + high) / 2 + (1 - FOLLOW) * still + who.aim + rng.normal(0, 0.8, 2) * WANDER
    half = FRAME * who.zoom * (FOLLOW * (high - low).max() / 2 + (1 - FOLLOW) * 8.8)
    half *= 1 + 0.05 * np.clip(rng.standard_normal(), -2, 2) * WANDER
    return centre, float(max(half, 1.06 * np.abs([low - centre, high - centre]).max()))


def develop(light: np.ndarray, hand: np.ndarray, where: Place, rng: np.random.Generator) -> np.ndarray:
    """From linear light, shape (SIZE, SIZE, 3), to a picture: exposure, tone curve, a little blur, noise, 8 bits."""

    def tone(exposure: float) -> np.ndarray:
        x = light * exposure
        x = x / (1 + 0.10 * x)  # bright parts saturate slowly
        srgb = np.clip(np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055), 0, 1.1)
        return srgb + 0.45 * (srgb - 0.45) * np.clip(1 - np.abs(2 * srgb - 1) ** 3, 0, 1)

    target = BRIGHTNESS * where.exposure
    low, high = 0.0, 10.0
    for _ in range(25):  # bisection, as tone is monotone
        middle = (low + high) / 2
        picture = np.clip(tone(middle), 0, 1)
        of_hand = picture[hand].mean()
        too_dark = of_hand < DARKEST_HAND or (picture.mean() < target and of_hand < BRIGHTEST_HAND)
        low, high = (middle, high) if too_dark else (low, middle)

    light = blur(light, rng.uniform(0, 0.16))
    noisy = tone(high) + rng.normal(0, where.noise, light.shape)
    return np.clip(np.round(noisy * 255), 0, 255).astype(np.uint8)


def blur(image: np.ndarray, share: float) -> np.ndarray:
    """Each pixel gives `share` to either neighbour, along both axes."""
    for axis in (0, 1):
        width = [(1, 1) if a == axis else (0, 0) for a in range(image.ndim)]
        padded = np.pad(image, width, "edge")
        before, after = (np.take(padded, range(i, i + SIZE), axis) for i in (0, 2))
        image = (1 - 2 * share) * image + share * (before + after)
    return image


def contrast(pixels: np.ndarray, hand: np.ndarray) -> float:
    """How far the mean colours of the hand's rim and of the wall next to it are apart, both 3 pixels wide."""

    def grown(mask: np.ndarray) -> np.ndarray:
        return blur(blur(blur(mask.astype(float), 0.25), 0.25), 0.25) > 0

    inside, outside = hand & grown(~hand), ~hand & grown(hand)
    return float(np.linalg.norm(pixels[inside].mean(axis=0) - pixels[outside].mean(axis=0)) / np.sqrt(3))
