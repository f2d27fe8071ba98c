"""Line 13: files beside the notebook that Python, Jupyter or pytest would run."""

from pathlib import Path

from attacks.attempt import FORWARD, NOTHING
from attacks.table import attack

PLANTED = """
import builtins
builtins.PLANTED = __file__
print("LE" "AK", "planted", __file__)
open({mark!r}, "w").close()
"""

PLACES = [
    "numpy.py",
    "numpy/__init__.py",
    "helpers.py",
    "helpers/__init__.py",
    "checking/calls.py",
    "autograde.py",
    "autograde/__init__.py",
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
    "tests/conftest.py",
    "json.py",
    "nbformat.py",
    "socket.py",
    "jupyter_config.py",
    "ipython_config.py",
    "nbgrader_config.py",
    "startup/00.py",
    ".ipython/profile_default/startup/00.py",
    ".jupyter/jupyter_config.py",
    "jupyter_nbconvert_config.py",
]


@attack(13, FORWARD, words=NOTHING)
def files_beside(work):
    for folder in (work.folder, work.folder.parent):
        for name in PLACES:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            mark = Path(work.world.evidence, "planted-" + name.replace("/", "-"))
            path.write_text(PLANTED.format(mark=str(mark)))
        (folder / "evil.pth").write_text(f"import os; open({str(Path(work.world.evidence, 'pth'))!r}, 'w')\n{folder}\n")
        (folder / "pyvenv.cfg").write_text("home = /\n")
        (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest\n")
    work.write(
        FORWARD,
        """
        import builtins, importlib, os, sys

        def forward_propagation(x, theta):
            sys.path[:0] = ["", ".", os.getcwd(), os.path.join(WORLD["submissions"], "13-files-beside", "gradient_checking")]
            found, looked = [], 0
            for name in ("conftest", "sitecustomize", "usercustomize", "autograde", "nbgrader_config", "startup.00"):
                looked += 1
                try:
                    sys.modules.pop(name, None)
                    importlib.import_module(name)
                except Exception:
                    pass
            if hasattr(builtins, "PLANTED"):
                found.append(builtins.PLANTED)
            return result(found, looked, theta * x)
        """,
    )
