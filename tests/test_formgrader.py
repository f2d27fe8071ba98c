"""The autograde button of nbgrader's formgrader, pressed in a real browser: it grades in the sandbox."""

import json
import shutil
import subprocess
import sys

import pytest
from browser import CHROMIUM, jupyterlab, page

from autograde.nbgrader_api import write_config
from autograde.paths import ROOT
from autograde.sample import Work
from autograde.tiers import available_tiers

A = "gradient_checking"


@pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no chromium on this machine")
def test_the_autograde_button_judges_in_a_box(tmp_path):
    work = Work(A)
    work.solve(*work.functions[:3])
    work.hand_in(tmp_path / "in", "ada")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "autograde", "grade", tmp_path / "in", "--out", out, "--seed", "0"]
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True, capture_output=True)
    executed = out / "autograded" / "ada" / A / f"{A}.ipynb"
    ours = json.loads(executed.read_text(encoding="utf-8"))
    shutil.rmtree(out / "autograded")
    write_config(out)

    with jupyterlab(out, {"JUPYTER_CONFIG_PATH": str(out)}) as address, page() as tab:
        tab.goto(f"{address}/formgrader/manage_submissions/{A}", wait_until="networkidle")
        tab.locator("td.autograde a").first.click()
        said = tab.locator(".modal-dialog")
        said.get_by_text("Successfully autograded").wait_for(timeout=120_000)
        assert f"Isolation: {available_tiers()[0]};" in said.inner_text()

    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]

    def points(cells):
        return [
            output["data"]["text/plain"]
            for cell in cells
            if cell["metadata"].get("nbgrader", {}).get("grade")
            for output in cell["outputs"]
        ]

    assert len(points(cells)) == len(work.functions)
    assert points(cells) == points(ours["cells"])
