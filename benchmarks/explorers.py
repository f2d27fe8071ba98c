"""From a key press on a slider to changed pixels: our explorers, and the usual `interact` with inline pictures.

python benchmarks/explorers.py [--quick]

One JupyterLab, one Chromium, one notebook; the same two pictures in each technique. A sample begins with the keydown event
in the page and ends after the frame in which the new picture was painted, with a rest between samples.

interact     ipywidgets' interact, the figure drawn anew and sent inline
blit         our picture drawn in Python, where JavaScript does not load
kernel       our race, drawn in the browser, with the student's own rule run by the kernel
JavaScript   our explorer as it is

And how long it takes to open the notebook of all explorers in a JupyterLab that is open already, and to run all of its cells:
from the double click to the idle kernel, and from Run All to the last explorer, painted.
"""

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograde.course import ENGINE, this_course
from autograde.notebook import KERNEL
from helpers.explorers import EXPLORERS

sys.path.insert(0, str(ENGINE / "tests"))
from browser import jupyterlab, page, run_all, until_it_runs
from latency import WATCH, measure

COMMON = """\
%matplotlib inline
from IPython.display import display
import ipywidgets
import matplotlib.pyplot as plt
from helpers import explorers
from helpers.explorers.blit import BlitWidget
from helpers.explorers.ewa import EWA
from helpers.explorers.widget import static_figure
"""
INTERACT = """\
def show(beta):
    static_figure(EWA, EWA.compute(EWA.defaults() | {"beta": beta}))
    plt.show()

stops = next(control for control in EWA.controls if control.name == "beta").stops
ipywidgets.interact(show, beta=ipywidgets.SelectionSlider(options=stops, value=0.9));
"""
BLIT = 'display(BlitWidget(EWA, lambda params: (EWA.compute(params), ""), EWA.defaults()))'
IN_KERNEL = """\
def mine(w, g, state, alpha, t):
    return w - alpha * g

explorers.race(mine=mine)
"""
JAVASCRIPT = "explorers.ewa()"

# What to press on, and what changes: a picture's address, or words that are written right after the canvas is painted.
TECHNIQUES = {
    "interact": (INTERACT, ".noUi-handle", "img"),
    "blit": (BLIT, ".noUi-handle", "img"),
    "kernel": (IN_KERNEL, "input[type=range]", "canvas"),
    "JavaScript": (JAVASCRIPT, "input[type=range]", "canvas"),
}

# The kernel's answer changes the picture a second time; the sample ends with that one.
WATCH_ANSWER = """([root]) => {
    window.samples = [];
    let begun = 0;
    root.addEventListener("keydown", () => (begun = performance.now()), true);
    window.addEventListener("explorer-answer", () => requestAnimationFrame(() => { const channel = new MessageChannel();
        channel.port1.onmessage = () => { if (begun) samples.push(performance.now() - begun); begun = 0; };
        channel.port2.postMessage(0); }));
}"""


def open_and_run(times: int) -> list[tuple[float, float]]:
    """Seconds to open the notebook of all explorers, and to run it, so many times."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        for i in range(times):
            shutil.copy(this_course().notebook("explorers"), Path(name, f"explorers{i}.ipynb"))
        with (
            jupyterlab(Path(name), {"PYTHONPATH": str(ENGINE)}) as address,
            page(viewport={"width": 1366, "height": 768}) as tab,
        ):
            tab.goto(f"{address}/lab?reset", wait_until="domcontentloaded")
            for i in range(times):
                file = tab.get_by_role("listitem", name=re.compile(rf"explorers{i}\.ipynb"))
                file.wait_for(timeout=90_000)
                tab.wait_for_timeout(2000)
                begun = time.perf_counter()
                file.dblclick()
                notebook = tab.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
                notebook.locator(".jp-CodeCell").first.wait_for(timeout=90_000)
                tab.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=90_000)
                opened = time.perf_counter()
                until_it_runs(tab, lambda: _choose_run_all(tab))
                notebook.locator(".explorer").nth(len(EXPLORERS) - 1).wait_for(timeout=90_000)
                tab.evaluate(
                    "() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"
                )
                found.append((opened - begun, time.perf_counter() - opened))
                tab.keyboard.press("Control+s")
                tab.wait_for_timeout(1000)
                tab.get_by_role("menuitem", name="File", exact=True).click()
                tab.get_by_text("Close and Shut Down Notebook", exact=False).first.click()
                tab.get_by_role("button", name=re.compile("Shut Down|Ok")).first.click()
                tab.wait_for_timeout(2000)
    return found


def _choose_run_all(tab) -> None:
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few samples")
    n = 20 if parser.parse_args().quick else 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cells = [new_code_cell(source) for source in (COMMON, *(source for source, *_ in TECHNIQUES.values()))]
        nbformat.write(new_notebook(cells=cells, metadata=KERNEL), folder / "bench.ipynb")
        with (
            jupyterlab(folder, {"PYTHONPATH": str(ENGINE)}) as address,
            page(viewport={"width": 1250, "height": 950}) as tab,
        ):
            run_all(tab, address, "bench.ipynb")
            tab.get_by_role("region", name="Exponentially weighted averages", exact=True).wait_for(timeout=90_000)
            tab.wait_for_timeout(2000)
            outputs = tab.locator(".jp-CodeCell")
            print(f"{'milliseconds':<14}{'median':>8}{'p95':>8}   of {n} changes")
            p95 = {}
            for i, (technique, (_, handle, kind)) in enumerate(TECHNIQUES.items(), start=1):
                watch = WATCH_ANSWER if technique == "kernel" else WATCH
                times = measure(tab, outputs.nth(i).locator(".jp-Cell-outputWrapper"), n, handle, kind, watch)
                p95[technique] = statistics.quantiles(times, n=20)[-1]
                print(f"{technique:<14}{statistics.median(times):>8.1f}{p95[technique]:>8.1f}", flush=True)
    print(f"interact takes {p95['interact'] / p95['JavaScript']:.1f} times as long as JavaScript (p95)")
    for opened, ran in open_and_run(3):
        print(f"opening the notebook of all explorers, then running it: {opened:.1f} + {ran:.1f} s")
    print(f"explorer_p95_ms: {p95['JavaScript']:.1f}")


if __name__ == "__main__":
    main()
