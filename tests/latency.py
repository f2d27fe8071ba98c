"""How long a page takes from a key press to changed pixels."""

from collections.abc import Sequence

REST = 250  # ms between two samples
BACK_AND_FORTH = (*["ArrowLeft"] * 4, *["ArrowRight"] * 4)

# A canvas is painted inside a frame, so it is on the screen when the next task runs; a picture is decoded and painted in
# the frame after it was put into the page.
WATCH = """([root, kind]) => {
    window.samples = [];
    let begun = 0;
    const ended = () => { const channel = new MessageChannel();
        channel.port1.onmessage = () => { if (begun) samples.push(performance.now() - begun); begun = 0; };
        channel.port2.postMessage(0); };
    const picture = () => [...root.querySelectorAll("img")].at(-1);
    let before = "";
    root.addEventListener("keydown", () => { begun = performance.now(); before = picture()?.src; }, true);
    new MutationObserver(async () => {
        if (!begun) return;
        if (kind === "canvas") return ended();
        const img = picture();
        if (!img || img.src === before) return; // the slider's own number has moved, no more
        await img.decode().catch(() => {});
        requestAnimationFrame(ended);
    }).observe(kind === "canvas" ? root.querySelector(".explorer-summary") : root,
               { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["src"] });
}"""


def measure(
    tab,
    place,
    n: int,
    handle: str = "input[type=range]",
    kind: str = "canvas",
    watch: str = WATCH,
    keys: Sequence[str] = BACK_AND_FORTH,
) -> list[float]:
    """Milliseconds of n changes. place: what is watched; handle: what is pressed on, in it.

    kind: "canvas" or "img", what changes. watch: JavaScript that puts the milliseconds into `window.samples`. keys: which
    are pressed in turns; each has to change something.
    """
    place.scroll_into_view_if_needed()
    tab.evaluate(watch, [place.element_handle(), kind])
    place.locator(handle).first.focus()
    for i in range(n + 3):  # the first three warm up
        before = tab.evaluate("samples.length")
        tab.keyboard.press(keys[i % len(keys)])
        tab.wait_for_function("(n) => samples.length > n", arg=before, timeout=10_000)
        tab.wait_for_timeout(REST)
    return tab.evaluate("samples")[3:]
