"""`course site`: the course as pages that open from a folder and from any host, and ask nobody for anything.

Sphinx makes them, with MyST-NB and Furo, which come with the extra `site`: of the notebooks as pages.py has them, of the
course's `docs/`, and of a front page.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import jupyter_server_mathjax
import nbformat
from nbformat import NotebookNode

from autograde.authoring.executed import execute_solved
from autograde.authoring.leaks import Leak, leaks_in
from autograde.authoring.listing import rows_of
from autograde.authoring.pages import ABOUT, page_of
from autograde.course import CourseError, this_course
from autograde.paths import TEMPLATES

EXTRA = ("sphinx", "myst_nb", "furo")
FILES = TEMPLATES / "site"
STATIC = "_static"
MARK = "searchindex.js"  # by which a folder is known that a site was written to
NOT_NEEDED = (".buildinfo", "objects.inv")
AT_ONCE = 2  # notebooks that run
MATHJAX = Path(jupyter_server_mathjax.__file__).parent / "static"
OF_MATHJAX = (  # what its pages here can ask for: no menu, no other languages, no formulas in other notations
    *("MathJax.js", "LICENSE", "config/TeX-AMS-MML_HTMLorMML-full.js"),
    *("extensions/*.js", "extensions/TeX/**/*.js", "extensions/HTML-CSS/*.js"),
    *("jax/element/**/*.js", "jax/output/HTML-CSS/**/*.js", "fonts/**/*.woff"),
)
HEADING = re.compile(r"^#+ ", re.MULTILINE)
TO_CELL = "#cell-id="  # how a notebook links to a cell of another, as JupyterLab has it
LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
LOADING = {
    ("link", "href"),
    *((tag, "src") for tag in ("script", "img", "iframe", "source", "video", "audio", "embed")),
}
NOT_LOADED = ("canonical", "next", "prev", "search", "index", "author", "license")  # links that say where something is
FROM_ELSEWHERE = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)
FOR_SCREEN_READERS = {  # what Sphinx and Furo leave out
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
}
IN_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")


def write_site(out: Path, executed: Callable[[str], NotebookNode] = execute_solved) -> int:
    """Write the site; how many pages it has. executed: gives each notebook as it ran with the reference solution.

    Raises CourseError, Leak among its reasons, and then leaves what was there before.
    """
    require_extra()
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        raise CourseError(f"'{out}' holds other things than a site: give a new folder as --out")
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work, "source"), Path(work, "html")
        written = write_source(source, executed)
        _run_sphinx(source, made)
        found = leaks_in({**written, **{name: path.read_text(encoding="utf-8") for name, path in _texts(made)}})
        if found:
            raise Leak(f"no site was written, because it would show {found[0]}")
        if asked := next(asked_elsewhere(made), None):
            raise CourseError(f"no site was written, because {asked}: put that file into the course")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out, ignore=shutil.ignore_patterns(*NOT_NEEDED))
    return len(list(out.rglob("*.html")))


def require_extra() -> None:
    """Raise CourseError where what makes the site is not installed."""
    if any(importlib.util.find_spec(name) is None for name in EXTRA):
        raise CourseError(
            "the site is made by packages that are not installed here: run `python -m pip install 'descent[site]'` first"
        )


def write_source(folder: Path, executed: Callable[[str], NotebookNode]) -> dict[str, str]:
    """Write what Sphinx makes the site of, laid out as the course is, so that links lead where they do there; the pages of
    notebooks, by their names."""
    course = this_course()
    names = course.in_reading_order
    if missing := next((name for name in names if not course.notebook(name).is_file()), None):
        raise CourseError(f"there is no '{course.told(course.notebook(missing))}': run `course build` first")
    docs = sorted((course.root / "docs").glob("*.md"))
    known = {course.notebook(name) for name in names} | set(docs)
    written: dict[str, str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ran = dict(zip(names, pool.map(executed, names), strict=True))
    for name in names:
        page = page_of(name, ran[name])
        path = course.notebook(name)
        for cell in page.notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = with_links(cell.source, path.parent, known)
                if HEADING.search(cell.source) and cell.id != ABOUT:
                    cell.source = f"({_label(path, cell.id)})=\n{cell.source}"
        place = folder / path.relative_to(course.root)
        place.parent.mkdir(parents=True)
        written[course.told(path)] = nbformat.writes(page.notebook)
        place.write_text(written[course.told(path)], encoding="utf-8")
        for file, content in page.files.items():
            _write(folder / STATIC / file, content)
    for path in docs:
        _write(folder / path.relative_to(course.root), with_links(path.read_text("utf-8"), path.parent, known).encode())
    _write(folder / "index.md", _front(docs, known).encode())
    _write(folder / "conf.py", (FILES / "conf.py.txt").read_bytes())
    _write(folder / "course.json", json.dumps({"title": course.title}).encode())
    for file in ("site.css", "site.js", "widgets.js", "formulas.js"):
        _write(folder / STATIC / file, (FILES / file).read_bytes())
    for path in (path for pattern in OF_MATHJAX for path in MATHJAX.glob(pattern)):
        _write(folder / STATIC / "mathjax" / path.relative_to(MATHJAX), path.read_bytes())
    return written


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def with_links(text: str, folder: Path, known: set[Path]) -> str:
    """Markdown whose links to files of the course that the site has not lead to its public repository, or nowhere.

    folder: where the text lies. known: the files that are pages of the site.
    """
    course = this_course()

    def mend(found: re.Match) -> str:
        picture, words, target, part = found.groups()
        path = (folder / target).resolve()
        if not picture and path in known and part and part.startswith(TO_CELL):
            return f"[{words}](#{_label(path, part.removeprefix(TO_CELL))})"
        if picture or path in known or not (path.exists() and path.is_relative_to(course.root)):
            return found[0]
        place = f"{course.repository.rstrip('/')}/blob/HEAD/{course.told(path)}{part or ''}"
        return f"[{words}]({place})" if course.repository else words

    return LINK.sub(mend, text)


def _label(path: Path, cell: str) -> str:
    """The name of a place in all of the site: a notebook's cell that has a heading."""
    return f"{path.stem}-{cell}"


def _front(docs: list[Path], known: set[Path]) -> str:
    """The front page: what the course's README says first, its notebooks, its pages for instructors."""
    course = this_course()
    paragraphs = (
        (course.root / "README.md").read_text("utf-8").split("\n\n") if (course.root / "README.md").is_file() else []
    )
    about = next((text for text in paragraphs if re.match(r"[A-Za-z*_]", text)), "")
    head, *rows = rows_of(course)
    places = {f"`{name}`": course.told(course.notebook(name)) for name in course.handed_out}
    lines = [f"# {course.title}", "", with_links(about, course.root, known), ""]
    lines += [_row(head[1:]), _row(["---"] * (len(head) - 1))]
    lines += [_row([f"[{title}]({places[name]})", *more]) for name, title, *more in rows]
    lines += [
        "",
        *_contents("Notebooks", [PurePosixPath(places[f"`{name}`"]) for name in course.in_reading_order]),
    ]
    if docs:
        lines += ["", "For who teaches the course: how to write assignments, how grading works, what is contained.", ""]
        lines += [f"- [{_title(path)}]({course.told(path)})" for path in docs]
        lines += ["", *_contents("For instructors", [PurePosixPath(course.told(path)) for path in docs])]
    return with_links("\n".join(lines), course.root, known) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _contents(caption: str, paths: list[PurePosixPath]) -> list[str]:
    names = [path.with_suffix("").as_posix() for path in paths]
    return ["```{toctree}", ":hidden:", ":maxdepth: 1", f":caption: {caption}", "", *names, "```"]


def _title(path: Path) -> str:
    return path.read_text("utf-8").partition("\n")[0].lstrip("# ").strip()


def _run_sphinx(source: Path, made: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-d", str(source.with_name("doctrees"))]
    ran = subprocess.run([*command, str(source), str(made)], capture_output=True, text=True, check=False)
    for line in ran.stderr.splitlines():
        print(f"site: {line.removeprefix(f'{source}/')}", file=sys.stderr)
    if ran.returncode:
        raise CourseError("Sphinx could not make the site; it says why above")
    for path in made.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for given, mended in FOR_SCREEN_READERS.items():
            page = page.replace(given, mended)
        path.write_text(page, encoding="utf-8")


def _texts(made: Path) -> Iterator[tuple[str, Path]]:
    """The files of a site that say something of the course's."""
    for path in sorted(made.rglob("*")):
        name = path.relative_to(made).as_posix()
        if name.endswith(".html") or name == MARK or name.startswith(f"{STATIC}/widgets/"):
            yield name, path


def asked_elsewhere(made: Path) -> Iterator[str]:
    """A phrase for each file that a page or a style sheet of the site would load from another host."""
    for path in sorted(made.rglob("*")):
        name = path.relative_to(made).as_posix()
        if path.suffix == ".html":
            loaded = _Loaded()
            loaded.feed(path.read_text(encoding="utf-8"))
            yield from (f"{name} loads {address}" for address in loaded.addresses)
        elif path.suffix == ".css":
            yield from (f"{name} loads {address}" for address in IN_STYLES.findall(path.read_text(encoding="utf-8")))


class _Loaded(HTMLParser):
    """Finds what a page loads from another host."""

    def __init__(self):
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        """The parser's hook for a tag."""
        told = dict(attrs)
        if tag == "link" and (told.get("rel") or "") in NOT_LOADED:
            return
        self.addresses += [v for k, v in attrs if (tag, k) in LOADING and FROM_ELSEWHERE.match(v or "")]
