"""Active content of every kind, and an oracle of its own that tells what in a page could run or load."""

import re
from html.parser import HTMLParser

HTML = [
    "<script>RAN=1;fetch('AT/script')</script>",
    "<script src=AT/src.js></script>",
    "<img src=x onerror=RAN=1> <img src=AT/img.png> <img srcset='AT/set.png 2x'> <input type=image src=AT/input.png>",
    "<details open ontoggle=RAN=1>x</details><div onmouseover=RAN=1 onfocus=RAN=1 tabindex=0 autofocus>x</div>",
    "<iframe src=AT/frame></iframe><iframe srcdoc='<script>top.RAN=1</script>'></iframe><frameset onload=RAN=1>",
    "<object data=AT/object></object><embed src=AT/embed><applet code=x></applet><portal src=AT/portal></portal>",
    "<svg onload=RAN=1><script>RAN=1</script><image href=AT/svg.png /><use href='AT/use.svg#x'/>"
    "<foreignObject><img src=x onerror=RAN=1></foreignObject><animate onbegin=RAN=1 attributeName=x dur=1s></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=RAN=1&gt;'></table></mtext></math>",
    "<math href='javascript:RAN=1'>x</math><form><math><mtext></form><form><mglyph><style></math><img src onerror=RAN=1>",
    "<noscript><p title='</noscript><img src=x onerror=RAN=1>'></noscript><template><img src=AT/tmpl.png></template>",
    "<style>@import url(AT/import.css); body { background: url(AT/bg.png); display: none }</style>",
    "<p style='background:url(AT/style.png);width:expression(RAN=1);behavior:url(AT/b.htc)'>x</p>",
    "<link rel=stylesheet href=AT/link.css><link rel=prefetch href=AT/pre><link rel=dns-prefetch href=AT><base href=AT/>",
    "<meta http-equiv=refresh content='0;url=AT/refresh'><meta http-equiv=set-cookie content=a=b>",
    "<form action=AT/form><input name=q autofocus onfocus=RAN=1><button>Log in</button></form><isindex action=AT>",
    "<video src=AT/v.mp4 autoplay poster=AT/p.png></video><audio src=AT/a.mp3 autoplay onloadstart=RAN=1></audio>",
    "<a href='java&#10;script:RAN=1' ping=AT/ping target=_top>x</a><a href='data:text/html,<script>top.RAN=1</script>'>y</a>",
    "<body onload=RAN=1 background=AT/body.png><table background=AT/table.png><tr><td>x</table>",
    "<marquee onstart=RAN=1>x</marquee><x onclick=RAN=1 id=submission_id name=MathJax class='score navbar-fixed-top'>y</x>",
    "<!--><img src=x onerror=RAN=1>--><![CDATA[<img src=x onerror=RAN=1>]]><?xml-stylesheet href='AT/x.css'?>",
    "<textarea><img title='</textarea><img src=x onerror=RAN=1>'></textarea><xmp><img src=x onerror=RAN=1></xmp><plaintext>",
]
STYLES = [
    "border-top:9000px solid white",
    "position:fixed;top:0;left:0;width:100vw;height:100vh;background:white;z-index:9999",
    "margin-top:-9000px;padding-bottom:9000px;background-color:white",
    "box-shadow:0 0 0 9000px white;outline:9000px solid white",
    "display:block;transform:scale(900);float:left;font-size:9000px;line-height:9000",
    "text-indent:-9000px;letter-spacing:900px;text-shadow:0 -200px 0 black;white-space:pre;-webkit-text-stroke:900px white",
]
PAINT = [
    *(f"<span style='{style}'>painted</span>" for style in STYLES),
    "Z" + "\u0335\u030d\u0310" * 300,
    "\u202e\u2066 turned \u202e round",
    "<table width=1000000 height=1000000 border=9000 cellpadding=9000><tr><td>wide</td></tr></table>",
    "<p>" + "x" * 20_000 + "</p>",
]
MARKDOWN = [
    "[a](javascript:RAN=1) [b](<java\tscript:RAN=1>) [c](&#106;avascript:RAN=1) <javascript:RAN=1> [d]\n\n[d]: javascript:RAN=1",
    "![x](AT/md.png) ![y][z] ![w](attachment:w.png)\n\n[z]: AT/ref.png",
    '![x](x"onerror=RAN=1//) ![](data:image/svg+xml,<svg/onload=RAN=1>)',
    "```mermaid\n<img src=x onerror=RAN=1>\n```",
    "`<b>` ``` <script>RAN=1</script>\n\n    <script>RAN=1</script>\n\n$<img src=x onerror=RAN=1>$ \\(<img src=x onerror=RAN=1>\\)",
    "$\\href{javascript:RAN=1}{x}$ $$\\require{../../evil}\\style{position:fixed;width:9000px}{x}\\rule{9000px}{9000px}$$",
    "~~~\n~~~\n<script>RAN=1</script>\n<div>\n\n```\n</div><img src=x onerror=RAN=1>\n```",
]
SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='60' height='40' onload='RAN=1'>"
    "<script>RAN=1;fetch('AT/svg')</script><image href='AT/in-svg.png'/><style>@import url(AT/svg.css);</style>"
    "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='AT/svg-frame'/></foreignObject>"
    "<a xlink:href='javascript:RAN=1'><rect width='60' height='40' fill='green'/></a></svg>"
)
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


class Active(HTMLParser):
    """What in a page could run or load: not by the lists of the product."""

    RUNS = "script iframe frame object embed applet form input button textarea base link meta svg math video audio template"

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag in self.RUNS.split() or "-" in tag:
            self.found.append(f"<{tag} {named}>")
        for name, value in attrs:
            plain = re.sub(r"[\x00-\x20]", "", value or "").lower()
            outside = name in ("src", "srcset", "background", "poster", "data", "action") and not plain.startswith(
                "data:image/"
            )
            runs = name.startswith("on") or name in ("srcdoc", "ping", "id", "name", "target")
            if (
                outside
                or runs
                or plain.startswith(("javascript:", "data:text"))
                or (name == "style" and "url" in plain)
            ):
                self.found.append(f"{tag} {name}={value}")


def active(html):
    parser = Active()
    parser.feed(html)
    parser.close()
    return parser.found
