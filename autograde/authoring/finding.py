"""How a notebook finds its course, wherever it lies; and the links by which it is opened elsewhere.

The build writes both: the first lines of the setup cell, and a line below the title where `course.toml` names a public
repository. Nothing can be imported before the course is found, so the cell itself has to look.
"""

import re
import textwrap

from autograde.course import Course

FIND = """\
import sys
from pathlib import Path

# Find the course: above this notebook, beside it, or else where pip has installed it.
above = Path(globals().get("__vsc_ipynb_file__", "notebook")).resolve().parents
sys.path[:0] = [str(f) for a in above for f in (a, a / "{name}") if any(f.glob("helpers/cases"))]
try:
    {found}
except ImportError as error:
    error._render_traceback_ = [  # a sentence in place of a traceback
{sentence}
    ].copy
    raise

"""
FOUND = "from helpers import check"
SENTENCE = (
    "The course cannot be used here ({{error}}): move this notebook into the folder '{name}', or choose the kernel of the "
    "Python that has the course{fetch}, and run this cell again."
)
FETCH = ", or, in Colab or Kaggle, run !{command} in a new cell"
GITHUB = re.compile(r"https://github\.com/(?P<repository>[\w.-]+/[\w.-]+?)(\.git|/)?")
ELSEWHERE = {  # what opens a notebook from GitHub, by the address of the notebook there
    "Colab": "https://colab.research.google.com/github/{place}",
    "Kaggle": "https://kaggle.com/kernels/welcome?src=https://github.com/{place}",
}


def finding(course: Course) -> str:
    """The lines that begin each setup cell of a course: they put it on the path, or say in a sentence what to do."""
    fetch = FETCH.format(command=fetch_command(course)) if course.repository else ""
    sentence = SENTENCE.format(name=course.name, fetch=fetch)
    pieces = textwrap.wrap(sentence, width=104, break_long_words=False, break_on_hyphens=False)
    lines = [f'        {"f" * ("{" in piece)}"{piece} "' for piece in pieces]
    return FIND.format(
        name=course.name, found=FOUND, sentence="\n".join([*lines[:-1], lines[-1].removesuffix(' "') + '"'])
    )


def with_finding(source: str, course: Course) -> str:
    """A setup cell that finds its course first. What it has by then need not be imported a second time."""
    begin = finding(course)
    return begin.rstrip("\n") if source.strip() == FOUND else begin + source


def fetch_command(course: Course) -> str:
    """What fetches a course from its repository into a folder where notebooks find it."""
    branch = f"-b {course.branch} " if course.branch else ""
    return f"git clone -q {branch}{course.repository} {course.name}"


def open_in(course: Course, name: str) -> dict[str, str]:
    """Where a notebook can be opened without installing anything, and the address there: of a public repository on GitHub."""
    found = GITHUB.fullmatch(course.repository)
    if not found:
        return {}
    notebook = course.told(course.notebook(name))
    place = f"{found['repository']}/blob/{course.branch or 'main'}/{notebook}"
    return {where: address.format(place=place) for where, address in ELSEWHERE.items()}


def with_links(source: str, course: Course, name: str) -> str:
    """A text cell with the title of a notebook, and below it where else it can be opened."""
    links = " · ".join(f"[Open in {where}]({address})" for where, address in open_in(course, name).items())
    return re.sub(r"^(# .*)$", rf"\1\n\n{links}", source, count=1, flags=re.MULTILINE) if links else source
