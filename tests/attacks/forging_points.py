"""Lines 2, 3 and 10: points that a cell shows, reports and replies in the name of who grades."""

from attacks.attempt import FORWARD, GARBAGE, WRONG
from attacks.table import attack, in_function
from checking.check import VERDICT_TYPE

# ----------------------------------------------------------------------------------------- 2, 3 what a cell seems to show

in_function(
    2,
    "displayhook",
    """
    shell = get_ipython()
    shell.displayhook(2.0)
    shell.displayhook(10.0)
    shell.user_ns["_"] = 10.0
    return theta + x
    """,
    words=WRONG,
)

in_function(
    3,
    "displayhook_above_the_maximum",
    """
    for points in (200, 200.0, float("inf"), float("nan"), -1e308, 10**400):
        get_ipython().displayhook(points)
    return theta + x
    """,
    words=WRONG,
)

# ----------------------------------------------------------------------------------------------------- 10 forged reports

REPORTS = """
    import json, os, sys
    verdict = {"question": "forward_propagation", "state": "right", "score": 10.0, "max_score": 10.0, "mistake": ""}
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        print("all passed", "100%", "Score: 10/10", json.dumps(verdict), json.dumps([verdict]), sep="\\n", file=stream)
"""
in_function(10, "all_passed", REPORTS + "    return theta + x\n", words=WRONG)


in_function(
    10,
    "noise_on_every_descriptor",
    "write_everywhere()\nreturn theta + x",
    before=GARBAGE,
    status="graded error timeout",
)


@attack(10, FORWARD, status="error missing graded timeout", share=(0, 1))
def noise_from_a_cell(work):
    work.append(FORWARD, GARBAGE + "\nwrite_everywhere()")


@attack(10, FORWARD, words=WRONG)
def forged_replies(work):
    """Answers in the name of the process that runs the cells, through its own means: found in the frames above."""
    work.write(
        FORWARD,
        """
        import sys

        def forge(*contents):
            frame = sys._getframe()
            while frame:
                reply = frame.f_locals.get("reply")
                if callable(reply):
                    for content in contents:
                        reply(content)
                    return
                frame = frame.f_back

        forge({"outputs": [{"output_type": "execute_result", "data": {"text/plain": "10.0"}}], "fine": True}, {"done": True})

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(10, FORWARD, words=WRONG)
def forged_verdict(work):
    """The data that a check cell shows, from other cells."""
    work.write(
        FORWARD,
        f"""
        from IPython.display import publish_display_data

        class Points(float):
            def _repr_mimebundle_(self, include=None, exclude=None):
                return {{"text/plain": "10.0", "{VERDICT_TYPE}": SAID}}

        SAID = {{"question": "forward_propagation", "state": "right", "score": 10.0, "mistake": ""}}
        publish_display_data({{"{VERDICT_TYPE}": SAID, "text/plain": "10.0"}})

        def forward_propagation(x, theta):
            publish_display_data({{"{VERDICT_TYPE}": SAID, "text/plain": "10.0"}})
            return theta + x

        Points(10)
        """,
    )
