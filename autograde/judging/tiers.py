"""How well isolated submissions run: the tiers, which of them this machine offers, and where boxes come from in each.

fork    a fork of a warm process for each notebook, in namespaces of its own (autograde/sandbox)
kernel  a Jupyter kernel for each notebook, wrapped in bubblewrap or, without namespaces, in Landlock
none    a Jupyter kernel with your rights, within time limits
docs/security.md says what each contains.
"""

import ast
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import resolve_name
from pathlib import Path

from autograde.course import this_course
from autograde.judging.notebook_run import OpenBox, Rules
from autograde.judging.submission import as_handed_out
from autograde.notebook import is_showcase
from autograde.sandbox.box import Limits
from autograde.sandbox.cgroups import CgroupPlace, NoGroups, find_place, remove_forsaken
from autograde.sandbox.client import Box, BoxDied, ForkServer, SandboxError

TIERS = ("fork", "kernel", "none")
BEST_OF = {"auto": TIERS, "contained": TIERS[:-1]}  # what may be asked for in place of one
MEMORY_MB = 400  # of a box: ten times what the course's notebooks take
SHOWCASE_MB = 2048  # where demonstrations are run too, which train nets
KERNEL_MB = 100  # more for a kernel, which imports everything itself: 70 were measured; a fork has it of its server
HEAVY = frozenset({"jax", "keras", "tensorflow", "torch"})  # what takes seconds to import, and hundreds of MB
HEAVY_MB = 1600  # more for a kernel that imports one of these
GRACE = 60  # seconds after its own limit until a notebook's box is ended
AUTOGROUP = Path("/proc/sys/kernel/sched_autogroup_enabled")
FRESH = 20  # seconds that a box may wait until it is used

CONTAINS = {
    "fork": "each submission runs in namespaces of its own, without network, your files or the answers",
    "kernel": "each submission runs in a wrapped Jupyter kernel, without network, your files or the answers",
    "none": "submissions run with your rights, within time limits only; nothing else is contained",
}


def limits_for(rules: Rules, memory_mb: int | None = None) -> Limits:
    """What a box may use in which a notebook is run by these rules. memory_mb: None for the usual."""
    return Limits(memory_mb=memory_mb or (SHOWCASE_MB if rules.showcase else MEMORY_MB), seconds=rules.seconds + GRACE)


@dataclass(frozen=True)
class Boxes:
    """What a worker needs to open boxes, as JSON data can say it.

    sockets: of the fork servers, by assignment. groups: where each box gets a control group; None if nowhere. heavy: the
    assignments whose notebooks import what is HEAVY.
    """

    tier: str
    sockets: dict[str, int] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    groups: CgroupPlace | None = None
    heavy: Sequence[str] = ()

    @staticmethod
    def of(data: dict) -> "Boxes":
        """The Boxes of which `asdict` has made this data."""
        groups = CgroupPlace(**data["groups"]) if data["groups"] else None
        return Boxes(data["tier"], data["sockets"], Limits(**data["limits"]), groups, data["heavy"])

    def opener(self, assignment: str) -> Callable[[], OpenBox]:
        """A function that opens a box for one notebook of the assignment."""
        if self.tier == "fork":
            descriptor = self.sockets[assignment]
            return lambda: Box(descriptor, self.limits, self.groups)
        from autograde.sandbox.kernel_box import KernelBox

        more = HEAVY_MB if assignment in self.heavy else KERNEL_MB
        limits = replace(self.limits, memory_mb=self.limits.memory_mb + more)
        return lambda: KernelBox(sandboxed=self.tier == "kernel", limits=limits, groups=self.groups)


class OneAhead:
    """Opens boxes of a fork server before they are asked for: to enter a control group a process waits for the kernel, and
    for longer than many a notebook runs. For one thread."""

    def __init__(self, open_box: Callable[[], OpenBox]):
        self._open = open_box
        self._next: OpenBox | None = None
        self._opened = 0.0

    def __call__(self) -> OpenBox:
        """A box; raises SandboxError."""
        box = self._next
        if box is not None and time.monotonic() > self._opened + FRESH:  # its time runs from when it was opened
            box.close()
            box = None
        box = box or self._open()
        try:
            self._next, self._opened = self._open(), time.monotonic()
        except SandboxError:  # whoever asks for it will hear of it
            self._next = None
        return box


class Isolation:
    """A tier at work: owns the fork servers, if it has any, and starts them again when they have ended."""

    def __init__(
        self,
        tier: str,
        assignments: Sequence[str],
        limits: Limits,
        log: Path | None = None,
        meanwhile: Callable[[Boxes], None] | None = None,
    ):
        """Raises SandboxError if this machine does not offer the tier; it is tried.

        meanwhile: called with the boxes while what they come from still starts, which takes a second or more.
        """
        self.tier, self._limits, self._log = tier, limits, log
        self.groups, self.no_groups = _groups(tier)
        imports = {assignment: _imports(assignment) for assignment in dict.fromkeys(assignments)}
        self._heavy = frozenset(assignment for assignment, names in imports.items() if imports_heavy(names))
        self._modules = _modules_by_server(imports, self._heavy) if tier == "fork" else {}
        self._servers: dict[frozenset[str], ForkServer] = {}
        try:
            if meanwhile:
                meanwhile(self._boxes_to_come())
            boxes = self.boxes()
            if assignments:
                _try(boxes.opener(assignments[0]))
        except BaseException:
            self.close()
            raise

    def boxes(self) -> Boxes:
        """What to give to workers; their processes must inherit the sockets. Raises SandboxError."""
        boxes = self._boxes_to_come()
        for server in self._servers.values():
            server.wait()
        return boxes

    def _boxes_to_come(self) -> Boxes:
        """The same while fork servers may still start."""
        sockets: dict[str, int] = {}
        for served, modules in self._modules.items():
            server = self._servers.get(served)
            if server is None or not server.alive():
                self._servers[served] = server = ForkServer(modules, self._log)
            sockets |= dict.fromkeys(sorted(served), server.control.fileno())
        return Boxes(self.tier, sockets, self._limits, self.groups, sorted(self._heavy))

    def close(self) -> None:
        """End the fork servers, and remove the control groups that are left."""
        for server in self._servers.values():
            server.close()
        if self.groups:
            remove_forsaken(self.groups)  # those of workers, which were ended before


def isolate(
    tier: str,
    assignments: Sequence[str],
    limits: Limits,
    log: Path | None = None,
    meanwhile: Callable[[Boxes], None] | None = None,
) -> tuple[Isolation, list[str]]:
    """The tier asked for, or the best of several that works here; and why the better ones do not, a sentence each.

    meanwhile: see Isolation; it is called again for each tier that is tried. Raises SandboxError if none works.
    """
    reasons: list[str] = []
    for name in BEST_OF.get(tier, (tier,)):
        try:
            return Isolation(name, assignments, limits, log, meanwhile), reasons
        except SandboxError as error:
            reasons.append(f"isolation '{name}' does not work here: {error}")
    if tier == "contained":
        reasons.append("`--tier none` judges with your rights, and contains nothing")
    raise SandboxError("; ".join(reasons))


def available_tiers() -> list[str]:
    """The tiers that work on this machine, best first; each is tried."""
    return [tier for tier, problem in _tried() if not problem]


def examine_tiers() -> list[str]:
    """A sentence for each tier, that it works here or why it does not; then how memory and processors are shared out."""
    tiers = [
        f"{'✗' if problem else '✓'} Isolation '{tier}' {f'does not work here: {problem}' if problem else 'works'}."
        for tier, problem in _tried()
    ]
    return [*tiers, _about_memory(), _about_processors()]


def _about_memory() -> str:
    try:
        return f"✓ Memory of a box is counted by a control group of its own (version {find_place().version})."
    except NoGroups as problem:
        return f"○ Memory of a box is counted process by process, since it can have no control group: {problem}."


def _about_processors() -> str:
    groups, _ = _groups("fork")
    if groups and "cpu" in groups.controllers:
        return "✓ Processors are shared out by box: each has a control group of its own."
    if AUTOGROUP.is_file() and AUTOGROUP.read_text().strip() == "1":
        return "✓ Processors are shared out by box: each has a session of its own (autogroup)."
    return (
        "○ Processors are shared out by process, so a box with many gets more of them; who runs out of time by that is asked"
        " again alone."
    )


def _tried() -> Iterator[tuple[str, str]]:
    for tier in TIERS:
        try:
            Isolation(tier, this_course().assignments[:1], Limits()).close()
            yield tier, ""
        except SandboxError as error:
            yield tier, str(error)


def _groups(tier: str) -> tuple[CgroupPlace | None, str]:
    """Where boxes get control groups, or why they get none."""
    if tier == "none":
        return None, "nothing is contained"
    try:
        return find_place(), ""
    except NoGroups as problem:
        return None, str(problem)


def _try(open_box: Callable[[], OpenBox]) -> None:
    """Run one cell and ask one question."""
    try:
        box = open_box()
        try:
            said = list(box.run_cells(["def answer(x): return x + 41"], 30))
            call = {"name": "answer", "args": (1,), "stubs": None, "adapter": None, "seconds": 30}
            replies = list(box.ask([call], fork=True))
        finally:
            box.close()
    except BoxDied as death:
        raise SandboxError(str(death)) from None
    if not (len(said) == 1 and len(replies) == 1 and replies[0].get("value") == 42):
        raise SandboxError("a cell that should give 42 does not")


def _modules_by_server(imports: dict[str, set[str]], heavy: frozenset[str]) -> dict[frozenset[str], list[str]]:
    """{assignments that share a fork server: the modules that they import}. The heavy ones have one of their own."""
    groups = [group for group in (frozenset(imports) - heavy, heavy) if group]
    return {group: sorted(set().union(*(imports[a] for a in group))) for group in groups}


def _imports(assignment: str) -> set[str]:
    """What the cells of the released notebook import, demonstrations left out."""
    cells = (cell for cell in as_handed_out(assignment).cells if cell.cell_type == "code" and not is_showcase(cell))
    return set().union(*(_imported_by(cell.source) for cell in cells))


def imports_heavy(modules: Iterable[str]) -> bool:
    """Whether one of these modules is heavy or imports what is, by way of the course's own modules or at once."""
    todo, seen = set(modules), set[str]()
    while todo:
        seen.add(name := todo.pop())
        if name.partition(".")[0] in HEAVY:
            return True
        if (source := _source(name)) is not None:
            found = _imported_by(source.read_text(encoding="utf-8"), name, source.name == "__init__.py")
            package = name.rpartition(".")[0]  # it is imported first
            todo |= (found | {package} if package else found) - seen
    return False


def _source(module: str) -> Path | None:
    """The file of a module of the course's own; None of any other, and of a name that is no module's."""
    package, *inside = module.split(".")
    if package != (helpers := this_course().helpers).name:
        return None
    path = helpers.joinpath(*inside)
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)


def _imported_by(source: str, module: str = "", is_package: bool = False) -> set[str]:
    """What the source of a module or of a cell imports, in functions too: modules, and names that may be modules."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a gap to be filled in
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module if is_package else module.rpartition(".")[0]
            if node.level and not package:  # which is no import at all
                continue
            named = resolve_name("." * node.level + (node.module or ""), package)
            names |= {named, *(f"{named}.{alias.name}" for alias in node.names)}
    return names


def describe(isolation: Isolation) -> str:
    """One line for the terminal and the report."""
    return f"Isolation: {isolation.tier}; {CONTAINS[isolation.tier]}."
