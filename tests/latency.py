"""How long a page takes from a key press to changed pixels."""

REST = 250  # ms between two samples

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
    tab, place, n: int, handle: str = "input[type=range]", kind: str = "canvas", watch: str = WATCH
) -> list[float]:
    """Milliseconds of n changes, back and forth over a few stops. place: what is watched; handle: what is pressed on, in it.

    kind: "canvas" or "img", what changes. watch: JavaScript that puts the milliseconds into `window.samples`.
    """
    place.scroll_into_view_if_needed()
    tab.evaluate(watch, [place.element_handle(), kind])
    place.locator(handle).first.focus()
    for i in range(n + 3):  # the first three warm up
        before = tab.evaluate("samples.length")
        tab.keyboard.press("ArrowRight" if i // 4 % 2 else "ArrowLeft")
        tab.wait_for_function("(n) => samples.length > n", arg=before, timeout=10_000)
        tab.wait_for_timeout(REST)
    return tab.evaluate("samples")[3:]
