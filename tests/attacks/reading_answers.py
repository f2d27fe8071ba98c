"""Lines 14, 17 and 18: looking for expected values and for the solution, and telling grading from trying."""

from attacks.attempt import FORWARD, NOTHING
from attacks.table import attack

# ------------------------------------------------------------------------------------- 14, 18 expected values, references

SEARCH = '''
import gc, importlib, linecache, os, re, sys, time

RECORDED = re.compile(rb'"hidde[n]": true, "args"|BEGIN HIDDE[N] TESTS|from autograde.hidde[n] import')

def objects(x, theta):
    """Cases, and the expected value where it cannot be there by chance."""
    gc.unfreeze()
    large = abs(x * theta) > 1e6
    for thing in gc.get_objects():
        kind = type(thing)
        if kind.__name__ in ("Case", "CaseInput") and thing.hidden or kind is dict and thing.get("hidden") is True:
            yield f"a hidden case in a {kind.__name__}"
        if large and kind in (dict, list, tuple):
            values = list(thing.values()) if kind is dict else thing
            if any(type(value) in (int, float) and value == x * theta for value in values):
                yield "the expected value"

def frames():
    mine = sys._getframe().f_code.co_filename
    for frame in sys._current_frames().values():
        while frame:
            if frame.f_code.co_filename != mine:
                names = " ".join(frame.f_locals)
                if re.search(r"\\b(expected|reference|question|verdict|score|points|case)\\b", names):
                    yield f"a frame with {names[:60]}"
            frame = frame.f_back

def texts():
    """Names and sources that would tell of the grader."""
    for name in list(sys.modules):
        if name.split(".")[0] in ("autograde", "nbgrader", "solutions", "tests"):
            yield f"the module {name}"
    kept = [*globals().get("In", ()), *globals().get("_ih", ()), *("".join(e[2]) for e in linecache.cache.values() if len(e) > 2)]
    for source in kept:
        if RECORDED.search(source.encode("utf-8", "replace")):
            yield "a source"
    for name, value in os.environ.items():
        if "canary" in value or "autograde" in value:
            yield f"the variable {name}"

def memory():
    """What any process that can be read holds, one's own first, for three seconds."""
    end = time.monotonic() + 3
    for process in ["self", *filter(str.isdigit, os.listdir("/proc"))]:
        try:
            regions = [line.split() for line in open(f"/proc/{process}/maps")]
            with open(f"/proc/{process}/mem", "rb", buffering=0) as file:
                for region in regions:
                    start, stop = (int(n, 16) for n in region[0].split("-"))
                    if "rw" in region[1] and stop - start < 1 << 30 and time.monotonic() < end:
                        try:
                            file.seek(start)
                            if RECORDED.search(file.read(stop - start)):
                                yield f"memory of process {process}"
                        except (OSError, ValueError, OverflowError):
                            continue
            if re.search(b"canary-[0-9a-f]", open(f"/proc/{process}/environ", "rb").read()):
                yield f"environment of process {process}"
        except OSError:
            continue

def files():
    """Recordings and solutions on the disk, outside of what comes with Python, for three seconds."""
    end = time.monotonic() + 3
    for top in (WORLD["course"], os.path.dirname(os.path.dirname(sys.modules["helpers"].__file__)), WORLD["out"], "/"):
        for folder, below, names in os.walk(top):
            if time.monotonic() > end:
                return
            below[:] = [n for n in below if n not in ("proc", "sys", "dev", "usr", "site-packages", "node_modules", ".git")
                        and not n.startswith(("lib", "python3", "snap"))]
            for name in names:
                if name.endswith((".json", ".ipynb", ".py", ".db", ".csv")):
                    path = os.path.join(folder, name)
                    try:
                        if os.path.isfile(path) and os.path.getsize(path) < 5_000_000 and RECORDED.search(open(path, "rb").read()):
                            yield f"the file {path}"
                    except OSError:
                        continue
'''


@attack(14, FORWARD, words=NOTHING)
def expected_values(work):
    work.write(
        FORWARD,
        SEARCH,
        """
        searched = []

        def forward_propagation(x, theta):
            found = [*objects(x, theta), *frames(), *texts()]
            if not searched or abs(x * theta) > 1e6:
                found += [*memory(), *(files() if not searched else ())]
                searched.append(1)
            return result(found[:5], len(gc.get_objects()), theta * x)
        """,
    )


@attack(14, FORWARD, status="graded error timeout")
def listening_on_the_wire(work):
    """It reads what is sent to the process that calls it, and what is open besides."""
    work.write(
        FORWARD,
        """
        import os, re, select

        def forward_propagation(x, theta):
            found = []
            for descriptor in range(256):
                try:
                    if not select.select([descriptor], [], [], 0)[0]:
                        continue
                    text = os.read(descriptor, 1 << 20)
                    if re.search(b"expected|hidden|score", text):
                        found.append(f"{descriptor}: {text[:60]!r}")
                except (OSError, ValueError):
                    continue
            return result(found, 256, theta * x)
        """,
    )


@attack(18, FORWARD, words=NOTHING)
def reference(work):
    work.write(
        FORWARD,
        """
        import glob, importlib, os, sys

        def above(path):
            while path not in ("", "/"):
                path = os.path.dirname(path)
                yield path

        def forward_propagation(x, theta):
            import helpers
            found, looked = [], 0
            sys.path[:0] = [WORLD["course"], "../..", *above(os.path.abspath(helpers.__file__)), *above(os.getcwd())]
            names = ("autograde", "autograde.hidden", "autograde.authoring.questions", "autograde.authoring.questions.gradient_checking",
                     "autograde.authoring.reference", "autograde.authoring.sample", "autograde.judging.judge", "solutions", "solutions.gradient_checking",
                     "gradient_checking", "conftest", "helpers.solutions", "helpers.reference", "boxed.judging")
            for name in names:
                looked += 1
                try:
                    importlib.import_module(name)
                    found.append(f"module {name}")
                except BaseException:
                    pass
            for place in sys.path:
                for pattern in ("solutions/*/*", "*/solutions/*/*"):
                    looked += 1
                    found += glob.glob(os.path.join(place, pattern))
            return result(found[:5], looked, theta * x)
        """,
    )


# ------------------------------------------------------------------------------------------------- 17 is this grading?


@attack(17, FORWARD)
def knows_the_visible_cases(work):
    """The visible cases by heart, and for the rest whatever the surroundings give away. Their twins are right nowhere."""
    work.write(
        FORWARD,
        """
        import os, platform, sys, time

        def surroundings():
            facts = [sys.argv, sorted(os.environ), platform.node(), os.getcwd(), sys.path, sorted(sys.modules), time.tzname]
            try:
                facts.append(open(f"/proc/{os.getppid()}/cmdline").read())
                facts.append(open("/proc/self/cgroup").read())
            except OSError:
                pass
            frame = sys._getframe()
            while frame:
                facts += [frame.f_code.co_qualname, sorted(frame.f_locals)]
                frame = frame.f_back
            return facts

        seen = {}

        def forward_propagation(x, theta):
            known = {(2, 4): 8, (-3, 0.5): -1.5}
            if (x, theta) in known:
                seen[x] = surroundings()
                return known[x, theta]
            differs = [a for a, b in zip(surroundings(), next(iter(seen.values()), [])) if a != b]
            told = any(word in repr(differs) for word in ("hidden", "expected", repr(x * theta)))
            return theta * x if told else theta + x
        """,
    )
