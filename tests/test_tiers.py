"""What a tier decides for each assignment: which imports are heavy, and how much memory a box gets for them."""

import json
from dataclasses import asdict

import pytest

from autograde.course import Course
from autograde.judging import tiers
from autograde.judging.tiers import HEAVY_MB, KERNEL_MB, Boxes, imports_heavy
from autograde.sandbox import kernel_box
from autograde.sandbox.box import Limits

HELPERS = {
    "__init__.py": "from checking.check import Check",
    "light.py": "import numpy as np\nfrom helpers import lighter\nfrom . import light",
    "lighter.py": "import tensorflowing, json.keras\nnot python",
    "nets.py": "with open('x') as file:\n    import tensorflow as tf",
    "late.py": "def late():\n    from helpers.nets import tf",
    "beside.py": "from . import light, late",
    "deep/__init__.py": "from .. import light",
    "deep/far.py": "from .near import x",
    "deep/near.py": "from ..beside import x",
    "laden/__init__.py": "import keras.layers",
    "laden/empty.py": "",
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    for name, source in HELPERS.items():
        path = tmp_path / "helpers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (tmp_path / "elsewhere.py").write_text("import torch")
    monkeypatch.setattr(tiers, "this_course", lambda: Course(tmp_path, "a", "A", ("one",)))


@pytest.mark.parametrize(
    "modules",
    [["numpy", "torch.nn"], ["helpers.nets"], ["helpers.late"], ["helpers.light", "helpers.beside"], ["helpers.deep.far"],
     ["helpers.laden.empty"]],
    ids=str,
)  # fmt: skip
def test_heavy_is_who_imports_it_by_whatever_way(course, modules):
    assert imports_heavy(modules)


@pytest.mark.parametrize(
    "modules", [[], ["numpy", "elsewhere"], ["helpers", "helpers.light"], ["helpers.deep"]], ids=str
)
def test_others_are_light(course, modules):
    assert not imports_heavy(modules)


def test_a_kernel_has_memory_for_what_its_own_assignment_imports(monkeypatch):
    monkeypatch.setattr(kernel_box, "KernelBox", lambda sandboxed, limits, groups: limits.memory_mb)
    boxes = Boxes.of(json.loads(json.dumps(asdict(Boxes("kernel", limits=Limits(memory_mb=50), heavy=["large"])))))
    assert (boxes.opener("small")(), boxes.opener("large")()) == (50 + KERNEL_MB, 50 + HEAVY_MB)
