"""From a key press on a slider to changed pixels, for every widget in a lesson of the site, opened from its folder.

python benchmarks/site_explorers.py [--quick] [SITE]

SITE: a site that `course site` wrote; without it, one is made of the course's lessons alone. One Chromium without network; a
sample begins with the keydown event in the page and ends after the frame in which the new picture was painted.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from autograde.authoring.site import write_site
from autograde.course import ENGINE, Course, this_course, use

sys.path.insert(0, str(ENGINE / "tests"))
from browser import page
from latency import measure

SLIDER = "input[type=range]"


def site_of_lessons(folder: Path) -> Path:
    """A site with the lessons of this course and none of its assignments, which take minutes to run."""
    course = this_course()
    for name in ("solutions", "notebooks", "helpers", "datasets"):
        (folder / name).symlink_to(course.root / name)
    lines = [f"{key} = {json.dumps(value)}" for key, value in _told(course).items()]
    (folder / "course.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    use(folder)
    write_site(folder / "site")
    return folder / "site"


def _told(course: Course) -> dict:
    return {"name": course.name, "title": course.title, "assignments": [], "lessons": list(course.lessons)}


def measure_site(site: Path, lessons: tuple[str, ...], n: int) -> list[float]:
    """The 95th percentile of each widget in these lessons, which it prints."""
    print(f"{'milliseconds':<34}{'median':>8}{'p95':>8}   of {n} changes")
    p95 = []
    with page(viewport={"width": 1366, "height": 768}) as tab:
        tab.context.set_offline(True)
        for lesson in lessons:
            tab.goto((site / "notebooks" / lesson / f"{lesson}.html").resolve().as_uri())
            tab.wait_for_function("document.documentElement.dataset.widgets", timeout=120_000)
            tab.wait_for_timeout(3000)
            for place in tab.locator(".site-widget").all():
                at_end = place.locator(SLIDER).first.evaluate("(input) => input.value === input.max")
                keys = ("ArrowLeft", "ArrowRight") if at_end else ("ArrowRight", "ArrowLeft")
                times = measure(tab, place, n, SLIDER, keys=keys)
                p95.append(statistics.quantiles(times, n=20)[-1])
                title = place.get_by_role("heading").first.inner_text()
                print(f"{title[:33]:<34}{statistics.median(times):>8.1f}{p95[-1]:>8.1f}", flush=True)
    return p95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few samples")
    parser.add_argument("site", nargs="?", type=Path, metavar="SITE")
    options = parser.parse_args()
    n = 8 if options.quick else 40
    lessons = this_course().lessons
    with tempfile.TemporaryDirectory() as name:
        site = options.site or site_of_lessons(Path(name))
        p95 = measure_site(site, lessons, n)
    print(f"site_explorer_p95_ms: {max(p95):.1f}")


if __name__ == "__main__":
    main()
