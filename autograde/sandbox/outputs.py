"""What one cell shows, as a notebook's outputs, kept up to a bound."""

MAX_CHARACTERS = 2_000_000  # of one cell's outputs, pictures in base64 included
MAX_OF_ALL = 20_000_000  # of a notebook's
MAX_OUTPUTS = 200  # of one cell
CUT = "\n[the rest of this cell's output was cut]\n"


class Outputs:
    """What one cell shows, as a notebook's outputs."""

    def __init__(self, characters: int = MAX_CHARACTERS):
        self.items: list[dict] = []
        self._may, self._left = characters, characters
        self.is_cut = False

    def add(self, output: dict, size: int) -> None:
        """Add an output of `size` characters, or cut if there is no room for it."""
        if size > self._left or len(self.items) >= MAX_OUTPUTS:
            self.cut()
            return
        self._left -= size
        self.items.append(output)

    def write(self, name: str, text: str) -> None:
        """Add text to the stream stdout or stderr, and cut where there is no more room."""
        if len(text) > self._left:
            text = text[: self._left]
            self._left = 0
            self._append(name, text)
            self.cut()
            return
        self._left -= len(text)
        self._append(name, text)

    def replace(self, name: str | None, content: dict) -> None:
        """Another content for a display that was shown under a name."""
        if size(content) > self._left:
            self.cut()
            return
        for output in self.items:
            if name and output.get("shown_as") == name:
                self._left -= size(content)
                output["data"] = content

    @property
    def used(self) -> int:
        """Characters that were added in all, also those that have been replaced or cleared since."""
        return self._may - self._left

    def clear(self) -> None:
        """Take away what is shown so far. There is no more room than before."""
        self.items.clear()

    def _append(self, name: str, text: str) -> None:
        last = self.items[-1] if self.items else None
        if last and last["output_type"] == "stream" and last["name"] == name:
            last["text"].append(text)
        elif len(self.items) < MAX_OUTPUTS:
            self.items.append({"output_type": "stream", "name": name, "text": [text]})
        else:
            self.cut()

    def cut(self) -> None:
        """Say, once, that something was left out."""
        if not self.is_cut:
            self.is_cut = True
            self.items.append({"output_type": "stream", "name": "stdout", "text": [CUT]})

    def collected(self) -> list[dict]:
        """The outputs as a notebook has them, each stream's text in one piece."""
        return [{**o, "text": "".join(o["text"])} if o["output_type"] == "stream" else o for o in self.items]


def size(content: dict) -> int:
    """Characters of a display's data, {MIME type: text}."""
    return sum(map(len, content.values()))
