"""Lines 4 to 7: the shell, the builtins and the comparisons that grading would use, changed."""

from attacks.attempt import BACKWARD, FORWARD, NOTHING, WRONG
from attacks.table import attack, in_function

# -------------------------------------------------------------------------------------------------- 4, 5 the shell itself


@attack(4, FORWARD, words=WRONG)
def transformers(work):
    work.write(
        FORWARD,
        """
        import ast

        class Lenient(ast.NodeTransformer):
            def visit_Assert(self, node):
                return ast.copy_location(ast.Pass(), node)

            visit_Raise = visit_Assert

            def visit_Call(self, node):
                if getattr(node.func, "id", "") in ("check", "grader_check"):
                    return ast.copy_location(ast.Constant(10.0), node)
                return self.generic_visit(node)

        def emptied(lines):
            return ["10.0\\n"] if any(line.startswith(("check(", "from autograde")) for line in lines) else lines

        get_ipython().ast_transformers.append(Lenient())
        get_ipython().input_transformers_post.append(emptied)
        get_ipython().input_transformers_cleanup.append(emptied)

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(4, BACKWARD, share=1.0, status="graded tampered")
def transformers_that_empty_what_follows(work):
    """Cells after this one would lose what they define; a cell is run as it is written."""
    work.append(
        BACKWARD,
        """
        import ast

        class Empty(ast.NodeTransformer):
            def visit_FunctionDef(self, node):
                return ast.copy_location(ast.Pass(), node)

        get_ipython().ast_transformers.append(Empty())
        get_ipython().input_transformers_post.append(lambda lines: ["pass\\n"])
        """,
    )


@attack(5, FORWARD, words=NOTHING)
def hooks(work):
    work.write(
        FORWARD,
        """
        import re
        import sys

        shell, seen = get_ipython(), []

        def before(info=None):
            seen.append(str(getattr(info, "raw_cell", "")))

        def after(result=None):
            seen.append(str(getattr(getattr(result, "info", None), "raw_cell", "")))
            if result is not None:
                result.error_in_exec = result.error_before_exec = None
                result.result = 10.0

        for when, hook in (("pre_run_cell", before), ("pre_execute", before), ("post_run_cell", after), ("post_execute", after)):
            shell.events.register(when, hook)
        shell.showtraceback = lambda *a, **k: None
        shell.set_custom_exc((Exception,), lambda *a, **k: None)
        sys.excepthook = lambda *a: None
        sys.settrace(lambda frame, event, arg: seen.append(frame.f_code.co_filename))
        sys.settrace(None)

        def forward_propagation(x, theta):
            found = [s[:80] for s in seen if re.search("autograd[e]|grader_chec[k]|HIDDE[N]", s)]
            return result(found, len(seen) + 1, theta * x)
        """,
    )


# ---------------------------------------------------------------------------------------- 6, 7 what a comparison would use

in_function(
    6,
    "builtins_while_it_runs",
    """
    import builtins
    builtins.isinstance = lambda *a: True
    builtins.len = lambda *a: 6
    builtins.abs = builtins.sum = builtins.max = lambda *a, **k: 0
    builtins.all = builtins.any = builtins.callable = builtins.hasattr = lambda *a: True
    builtins.round = lambda *a: 10.0
    builtins.AssertionError = builtins.ValueError = builtins.KeyError = type("Never", (BaseException,), {})
    builtins.float = builtins.int = type("Any", (float,), {"__eq__": lambda *a: True, "__hash__": None})
    return theta + x
    """,
    status="graded error",
)


@attack(6, FORWARD, status="graded error")
def builtins_for_good(work):
    """Changed in a cell, so that they are still changed when the other functions are called."""
    work.write(
        FORWARD,
        """
        import builtins

        class Any(float):
            def __eq__(self, other):
                return True

            __hash__ = float.__hash__

        isinstance_ = isinstance
        builtins.isinstance = lambda thing, kinds: kinds is float or isinstance_(thing, kinds)
        builtins.float, builtins.AssertionError = Any, type("Never", (BaseException,), {})
        builtins.abs = builtins.round = lambda *a: 0
        builtins.all = lambda *a: True

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(7, FORWARD, words=WRONG)
def comparisons(work):
    work.write(
        FORWARD,
        """
        import sys, unittest

        import checking.calls, checking.check, checking.comparison, checking.examiner, checking.plain, checking.questions

        def yes(*args, **kwargs):
            return True

        for name in ("allclose", "isclose", "array_equal", "array_equiv"):
            setattr(np, name, yes)
        for name in [name for name in dir(np.testing) if name.startswith("assert_")]:
            setattr(np.testing, name, yes)
        for name in [name for name in dir(unittest.TestCase) if name.startswith("assert")]:
            setattr(unittest.TestCase, name, yes)
        checking.examiner.compare = checking.comparison._compare_dicts = lambda *a, **k: []
        checking.comparison.close = lambda *a, **k: np.True_
        checking.examiner.judge = lambda question, case, outcome: checking.examiner.CaseResult(case, "passed")
        sys.modules["checking.check"].Check.__call__ = lambda self, function: 10.0
        checking.calls.call = lambda *a, **k: checking.calls.Outcome("returned", 8)
        check = yes

        def forward_propagation(x, theta):
            return theta + x
        """,
    )
