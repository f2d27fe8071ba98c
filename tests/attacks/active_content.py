"""Line 28: content that would run in the browser, the terminal or the spreadsheet of who reads it."""

import textwrap

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from attacks.attempt import BACKWARD, FORWARD
from attacks.table import attack, honest
from checking.check import VERDICT_TYPE

EVIL = "window.evil28=1"
ACTIVE = (
    f"<script>{EVIL}</script>",
    f"<img src=x onerror={EVIL}>",
    f"<img src=x oNeRRor  =\n'{EVIL}'>",
    f'<svg onload="{EVIL}"><script>{EVIL}</script><animate onbegin="{EVIL}" attributeName=x dur=1s></svg>',
    f'<iframe srcdoc="&lt;script&gt;parent.{EVIL}&lt;/script&gt;"></iframe><iframe src="javascript:parent.{EVIL}"></iframe>',
    f'<a href="javascript:{EVIL}" id=evil28>x</a><a href="java\tscript:{EVIL}">x</a><a href=" &#106;avascript:{EVIL}">x</a>',
    f'<a href="data:text/html,<script>opener.{EVIL}</script>">x</a>',
    f'<form action="javascript:{EVIL}"><button formaction="javascript:{EVIL}">x</button></form>',
    f'<object data="javascript:{EVIL}"></object><embed src="javascript:{EVIL}">',
    f'<details open ontoggle="{EVIL}">x</details><input autofocus onfocus="{EVIL}"><video><source onerror="{EVIL}"></video>',
    f'<body onload="{EVIL}"><marquee onstart="{EVIL}">x</marquee>',
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={EVIL}&gt;'></table></mtext></math>",
    f'<svg><style><img src="</style><img src=x onerror={EVIL}>"></svg>',
    f'<noscript><p title="</noscript><img src=x onerror={EVIL}>"></noscript>',
    f"<style>@import 'javascript:{EVIL}'; body {{ background: url(\"javascript:{EVIL}\") }}</style>",
    f'<base href="https://evil28.invalid/"><link rel=stylesheet href="https://evil28.invalid/{EVIL}">',
    f'<meta http-equiv=refresh content="0;url=data:text/html,<script>{EVIL}</script>">',
    f"--><script>{EVIL}</script><!--",
    f"</script><script>{EVIL}</script>",
    f"</pre></div></template></textarea></title><script>{EVIL}</script>",
    f'![x](x" onerror="{EVIL})\n\n[x](javascript:{EVIL})\n\n<javascript:{EVIL}>\n\n`</code><img src=x onerror={EVIL}>`',
    f"$$</script><script>{EVIL}</script>$$ $\\href{{javascript:{EVIL}}}{{x}}$ $\\style{{x: y}}{{</span><img src=x onerror={EVIL}>}}$",
)


@honest(28)
def active_content(work):
    """In every kind of output, in names, errors, cells and ids; all answers are right."""
    publish = "from IPython.display import publish_display_data as show\n"
    kinds = ("text/html", "text/markdown", "image/svg+xml", "text/latex", "text/plain", "application/javascript")
    bundle = "\n".join(f"show({{{kind!r}: text}})" for kind in kinds)
    breaking_out = f'AAAA" onerror="{EVIL}" x="'
    metadata = {"image/png": {"width": f'1" onerror="{EVIL}', "alt": f'"><script>{EVIL}</script>'}}
    cells = [new_code_cell(f"{publish}for text in {ACTIVE!r}:\n" + textwrap.indent(bundle, "    "))]
    cells += [
        new_code_cell(
            f"{publish}for kind in ('image/png', 'image/jpeg', 'image/gif', 'application/pdf', 'video/mp4'):\n"
            f"    show({{kind: {breaking_out!r}}})\n    show({{kind: 'AAAA'}}, metadata={{kind: {metadata['image/png']!r}}})"
        ),
        new_code_cell(
            f"{publish}show({{'application/vnd.jupyter.widget-view+json': {{'model_id': {ACTIVE[0]!r}}}, 'text/html': '.'}})\n"
            f"show({{'application/vnd.vega.v5+json': {{'data': {ACTIVE[0]!r}}}}})\n"
            f"show({{'{VERDICT_TYPE}': {{'mistake': {ACTIVE[0]!r}, 'state': 'right', 'score': 10.0, 'question': 'x'}}}})"
        ),
        new_code_cell(f"import sys\nfor text in {ACTIVE!r}:\n    print(text)\n    print(text, file=sys.stderr)"),
        new_code_cell(f"raise type({ACTIVE[1]!r}, (Exception,), {{}})({ACTIVE[0]!r})"),
        new_code_cell("get_ipython()._showtraceback(Exception, 'x', [" + ", ".join(map(repr, ACTIVE)) + "])"),
        new_code_cell(f"# {ACTIVE[18]} {ACTIVE[1]}"),
        new_code_cell(
            f"print('\\x1b]8;;javascript:{EVIL}\\x07x\\x1b]8;;\\x07 \\x1b[31m<img src=x onerror={EVIL}>\\x1b[0m')"
        ),
        *(new_markdown_cell(text) for text in ACTIVE),
        *(new_raw_cell(text) for text in ACTIVE),
        new_markdown_cell(f"![x](attachment:a.png)\n\n{ACTIVE[0]}"),
    ]
    cells[-1].attachments = {"a.png": {"image/svg+xml": ACTIVE[3], "image/png": breaking_out}}
    for i, cell in enumerate(cells):
        cell.id = f'"><img src=x onerror={EVIL}>{i}'
    work.insert(BACKWARD, *cells)
    solved = work.cell(FORWARD).source.replace("def ", "def solved_", 1)
    work.write(
        FORWARD, f"{solved}\n\ndef {FORWARD}(x, theta):\n    print({ACTIVE!r})\n    return solved_{FORWARD}(x, theta)"
    )


@attack(28, *(FORWARD, BACKWARD))
def active_errors(work):
    """In what a visible case says of itself: an error's name and text, a type, a key, a line of code, a print."""
    work.write(
        FORWARD,
        f"def {FORWARD}(x, theta):\n    print({ACTIVE[0]!r})\n    raise type({ACTIVE[1]!r}, (Exception,), {{}})({ACTIVE[0]!r})",
    )
    work.write(BACKWARD, f"def {BACKWARD}(x, theta):\n    return {{{ACTIVE[1]!r}: type({ACTIVE[0]!r}, (), {{}})()}}")


@attack(28, FORWARD)
def control_characters(work):
    """Words that would speak to a terminal or to a spreadsheet."""
    work.write(
        FORWARD,
        r"""
        def forward_propagation(x, theta):
            raise ValueError("=cmd|' /C calc'!A0\t\r\n\x1b]0;evil28\x07\x1b[2J\x1b[31m\x9b31m\x08\x7f\u202e\u2066\x85 end")
        """,
    )
