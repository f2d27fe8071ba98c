"""The data set signs: the mesh and its rig, the poses, the plan of the pictures, the files, and that all can be redone."""

import csv
import hashlib
import importlib.util
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

SIGNS = Path(__file__).resolve().parents[1] / "datasets" / "signs"
sys.path.insert(0, str(SIGNS))  # its modules import each other by their bare names

import body  # noqa: E402
import hand  # noqa: E402
import plan  # noqa: E402
import poses  # noqa: E402
import walls  # noqa: E402

LABELS = range(6)
STRAIGHT = {0: "", 1: "index", 2: "index middle", 3: "index middle", 4: "index middle ring pinky"}
STRAIGHT[5] = STRAIGHT[4]
THUMB_OUT = {3, 5}
MAX_BYTES = 12_500_000  # uncompressed they have 14.7 million


@pytest.fixture(scope="module")
def rig():
    return hand.Hand(steps=1)


def draws(label, count=20):
    """Poses of a sign as the generator draws them, with the people who show them."""
    for number in range(count):
        yield poses.draw_pose(label, np.random.default_rng([1, label, number])), plan.person(number)


def tip(frames, rig, finger):
    return frames[rig.index["thumb-tip" if finger == "thumb" else f"{finger}-finger-tip"], :3, 3]


def knuckle(frames, rig, finger):
    return frames[rig.index[hand.joint(finger, "proximal")], :3, 3]


def distance(a, b):
    return float(np.linalg.norm(a - b))


# --- mesh and rig -------------------------------------------------------------------------------------------------


def test_the_mesh_is_the_file_of_the_package(rig):
    assert hashlib.sha256(hand.MESH.read_bytes()).hexdigest() == hand.SHA256
    assert len(rig.names) == 25
    assert rig.vertices.shape == (1159, 3)
    assert np.ptp(rig.vertices, axis=0) == pytest.approx([14.6, 21.2, 7.7], abs=0.05), "cm"
    np.testing.assert_allclose(rig.weights.sum(axis=1), 1)
    assert (hand.MESH.parent / "LICENSE").read_text().startswith("MIT License")


def test_another_mesh_is_refused(tmp_path):
    other = tmp_path / "right.glb"
    other.write_bytes(hand.MESH.read_bytes()[:-1] + b"!")
    with pytest.raises(ValueError, match="not the mesh"):
        hand.Hand(other)


def test_without_rotation_the_skin_stays_in_the_bind_pose(rig):
    np.testing.assert_allclose(rig.pose({}), rig.bind, atol=1e-9)
    np.testing.assert_allclose(rig.skin(rig.pose({})), rig.vertices, atol=1e-9)


def test_right_hand_in_the_hand_frame(rig):
    frames = rig.pose({})
    x, y, _ = np.mean([tip(frames, rig, finger) for finger in hand.FINGERS], axis=0)
    assert tip(frames, rig, "thumb")[0] > x + 3, "the thumb is on the side of +x"
    assert y > knuckle(frames, rig, "middle")[1] + 5, "fingers point to +y"
    bent = rig.pose(poses.rotations(np.concatenate([np.zeros(5), [0, 60, 0, 0] * 4])))
    assert tip(bent, rig, "middle")[2] > tip(frames, rig, "middle")[2] + 5, "fingers bend to the palm, +z"


@pytest.mark.parametrize("label", LABELS)
def test_bones_keep_their_lengths_and_frames_stay_rigid(rig, label):
    for pose, person in draws(label):
        frames, rest = rig.pose(poses.rotations(pose), person.stretch), rig.pose({}, person.stretch)
        for i, parent in enumerate(rig.parents):
            np.testing.assert_allclose(frames[i, :3, :3].T @ frames[i, :3, :3], np.eye(3), atol=1e-6)
            if parent >= 0:
                now, then = (distance(f[i, :3, 3], f[parent, :3, 3]) for f in (frames, rest))
                assert now == pytest.approx(then, abs=1e-6), rig.names[i]


def test_stretch_lengthens_fingers_but_not_the_palm(rig):
    rest, longer = rig.pose({}), rig.pose({}, 1.1)
    for finger in hand.FINGERS:
        np.testing.assert_allclose(knuckle(longer, rig, finger), knuckle(rest, rig, finger), atol=1e-9)
        ratio = distance(tip(longer, rig, finger), knuckle(longer, rig, finger))
        ratio /= distance(tip(rest, rig, finger), knuckle(rest, rig, finger))
        assert ratio == pytest.approx(1.1, abs=0.005)


def test_refining_keeps_the_surface_closed_and_weights_whole(rig):
    edges = Counter(tuple(sorted(edge)) for a, b, c in rig.fine_faces.tolist() for edge in ((a, b), (b, c), (c, a)))
    coarse = Counter(tuple(sorted(edge)) for a, b, c in rig.faces.tolist() for edge in ((a, b), (b, c), (c, a)))
    assert len(rig.fine_faces) == 4 * len(rig.faces)
    assert set(edges.values()) <= {1, 2}
    assert sum(n == 1 for n in edges.values()) == 2 * sum(n == 1 for n in coarse.values()), "only the wrist is open"
    np.testing.assert_allclose(rig.refine(rig.weights).sum(axis=1), 1)


# --- the signs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", LABELS)
def test_just_the_fingers_of_the_sign_are_straight(rig, label):
    for pose, person in draws(label):
        frames, rest = rig.pose(poses.rotations(pose), person.stretch), rig.pose({}, person.stretch)
        for finger in hand.FINGERS:
            now, straight = (distance(tip(f, rig, finger), knuckle(f, rig, finger)) for f in (frames, rest))
            if finger in STRAIGHT[label].split():
                assert now > 0.97 * straight, finger
            elif label == 0:  # curved: neither straight nor a fist
                assert 0.7 * straight < now < 0.9 * straight, finger
            else:
                assert now < 0.67 * straight, finger
        now, open_hand = (distance(tip(f, rig, "thumb"), knuckle(f, rig, "pinky")) for f in (frames, rest))
        if label in THUMB_OUT:
            assert now > 0.85 * open_hand
        else:
            assert now < 0.8 * open_hand


def test_in_0_the_tips_of_index_and_middle_finger_meet_the_tip_of_the_thumb(rig):
    """The nearest points of the refined skin are at most 6 mm apart, for everyone and each time."""
    builder = body.Body(rig)
    weights = rig.refine(rig.weights)

    def end(finger):
        tip_name = "thumb-tip" if finger == "thumb" else f"{finger}-finger-tip"
        names = (hand.joint(finger, "distal"), tip_name)
        return weights[:, [rig.index[name] for name in names]].sum(axis=1) > 0.6

    for pose, person in draws(0):
        frames = rig.pose(poses.rotations(pose), person.stretch)
        skin = rig.refine(rig.skin(frames, builder.build(person), person.stretch))
        for finger in ("index", "middle"):
            gaps = np.linalg.norm(skin[end(finger)][:, None] - skin[end("thumb")][None], axis=2)
            assert gaps.min() < 0.6, finger


# --- the plan -----------------------------------------------------------------------------------------------------


def test_labels_and_sides_are_balanced():
    for part, count in plan.COUNTS.items():
        chosen = plan.pictures(part, count)
        assert Counter(picture.label for picture in chosen) == dict.fromkeys(LABELS, count // 6)
        backs = Counter(picture.label for picture in chosen if picture.back)
        assert set(backs.values()) == {round(plan.BACK * count / 6)}
        assert [picture.number for picture in chosen] == list(range(count))


def test_each_person_shows_each_number_equally_often():
    for part, count in plan.COUNTS.items():
        shown = Counter((picture.person, picture.label) for picture in plan.pictures(part, count))
        assert set(shown.values()) == {count // 6 // plan.PEOPLE[part]}
        assert len(shown) == 6 * plan.PEOPLE[part]


def test_people_and_places_of_training_and_test_are_disjoint():
    train, test = ({picture.person for picture in plan.pictures(part, 2000)} for part in plan.COUNTS)
    assert not train & test
    skins = {plan.person(number).skin.tobytes() for number in train | test}
    walls_painted = {plan.place(number).wall_seed for number in train | test}
    assert len(skins) == len(walls_painted) == sum(plan.PEOPLE.values()), "nobody has a double"


def test_every_tone_and_both_hands_are_in_both_parts():
    for part in plan.COUNTS:
        people = [plan.person(number) for number in {picture.person for picture in plan.pictures(part, 2000)}]
        tones = Counter(person.tone for person in people)
        assert set(tones) == set(range(1, 7))
        assert max(tones.values()) - min(tones.values()) <= 1
        assert {person.left for person in people} == {True, False}


def test_tones_get_darker_from_1_to_6():
    luminance = [np.mean([plan.person(n).skin @ body.LUMINANCE for n in range(t, 60, 6)]) for t in range(6)]
    assert luminance == sorted(luminance, reverse=True)


def test_a_short_plan_is_the_beginning_of_the_whole():
    assert plan.pictures("train", 7) == plan.pictures("train", 1080)[:7]


def test_walls_can_be_painted_again():
    for number in range(12):
        place, skin = plan.place(number), plan.person(number).skin
        wall = walls.paint(place, skin)
        assert wall.shape == (walls.SIDE, walls.SIDE, 3)
        assert 0 < wall.min() <= wall.max() < 1
        np.testing.assert_array_equal(wall, walls.paint(place, skin))


# --- rendering ----------------------------------------------------------------------------------------------------


def test_without_mitsuba_one_sentence_says_what_to_do(monkeypatch):
    make_signs = pytest.importorskip("make_signs")
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mitsuba" else find(name))
    monkeypatch.setattr(sys, "argv", ["make_signs.py"])
    with pytest.raises(SystemExit) as caught:
        make_signs.main()
    assert str(caught.value) == "Mitsuba, which this needs, cannot be found: run pip install -e .[signs]."


def test_a_picture_is_rendered_again_byte_for_byte():
    pytest.importorskip("mitsuba")
    import scene

    picture = plan.pictures("test", 1)[0]
    first, second = (scene.Studio().render(picture) for _ in range(2))
    assert first.pixels.shape == (64, 64, 3)
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.contrast > 10


# --- measuring ----------------------------------------------------------------------------------------------------


def test_backward_gives_the_slope_of_the_cross_entropy(monkeypatch):
    pytest.importorskip("h5py")
    import measure

    monkeypatch.setattr(measure, "SIZES", (8, 7, 5, 6))
    rng = np.random.default_rng(1)
    X, y = rng.random((20, 8)).astype(np.float32), rng.integers(0, 6, 20)
    parameters, gradients = measure.glorot_uniform(rng), measure.Parameters()
    measure.backward(parameters, X, y, gradients)

    def cost():
        Z = measure.forward(parameters, X)[-1].astype(float)
        return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(20), y])

    start, direction = parameters.vector.copy(), rng.standard_normal(len(parameters.vector))
    costs = []
    for h in (1e-3, -1e-3):
        parameters.vector[:] = start + h * direction
        costs.append(cost())
    assert (costs[0] - costs[1]) / 2e-3 == pytest.approx(float(gradients.vector @ direction), rel=2e-3)


# --- the files ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files():
    """Part -> the arrays of its h5 file."""
    h5py = pytest.importorskip("h5py")
    content = {}
    for part in plan.COUNTS:
        with h5py.File(SIGNS / f"{part}_signs.h5") as file:
            content[part] = {key: file[key][:] for key in file}
    return content


@pytest.fixture(scope="module")
def rows():
    with (SIGNS / "pictures.csv").open(encoding="ascii") as file:
        return list(csv.DictReader(file))


def test_keys_shapes_and_types(files):
    for part, count in plan.COUNTS.items():
        content = files[part]
        assert set(content) == {f"{part}_set_x", f"{part}_set_y", "list_classes"}
        X, y = content[f"{part}_set_x"], content[f"{part}_set_y"]
        assert (X.shape, X.dtype) == ((count, 64, 64, 3), np.uint8)
        assert (y.shape, y.dtype) == ((count,), np.int64)
        assert content["list_classes"].dtype == np.int64
        assert content["list_classes"].tolist() == list(LABELS)
        assert Counter(y.tolist()) == dict.fromkeys(LABELS, count // 6)


def test_the_files_are_small():
    assert sum((SIGNS / f"{part}_signs.h5").stat().st_size for part in plan.COUNTS) <= MAX_BYTES


def test_no_picture_is_dark_blown_out_or_flat(files):
    for part in plan.COUNTS:
        X = files[part][f"{part}_set_x"]
        mean, spread = X.mean(axis=(1, 2, 3)), X.std(axis=(1, 2, 3))
        assert mean.min() > 60
        assert mean.max() < 200
        assert spread.min() > 15
        assert (X.min(axis=3) == 255).mean(axis=(1, 2)).max() < 0.1


def test_no_picture_is_there_twice(files):
    pictures = np.concatenate([files[part][f"{part}_set_x"] for part in plan.COUNTS])
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)


def test_the_csv_tells_the_labels_of_the_files_and_the_plan(files, rows):
    for part, count in plan.COUNTS.items():
        mine = [row for row in rows if row["part"] == part]
        assert [int(row["number"]) for row in mine] == list(range(count))
        assert [int(row["label"]) for row in mine] == files[part][f"{part}_set_y"].tolist()
        for row, picture in zip(mine, plan.pictures(part, count), strict=True):
            person = plan.person(picture.person)
            assert (int(row["person"]), int(row["tone"])) == (picture.person, person.tone)
            assert row["hand"] == ("left" if person.left else "right")
            assert row["side"] == ("back" if picture.back else "palm")


def test_shipped_pictures_are_what_the_generator_makes(files):
    """Within rounding: other processors and Mitsuba versions add up light in another order."""
    pytest.importorskip("mitsuba")
    import scene

    picture = plan.pictures("train", 1)[0]
    again = scene.Studio().render(picture).pixels.astype(int)
    assert np.abs(again - files["train"]["train_set_x"][0]).mean() < 8
