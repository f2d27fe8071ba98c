"""Line 27: inputs of hidden cases, carried out by whatever is shown or shared."""

from attacks.attempt import BACKWARD, FORWARD
from attacks.table import attack

# What a call saw, as a word that the tests can compute too.
TOKEN = """
import hashlib

def token(x, theta):
    return "seen" + hashlib.sha256(repr((float(x), float(theta))).encode()).hexdigest()[:16]
"""


def token(x, theta) -> str:
    """What the attacks of line 27 call the inputs of one call."""
    names: dict = {}
    exec(TOKEN, names)
    return names["token"](x, theta)


@attack(27, FORWARD, share=1.0)
def smuggled_by_what_is_shown(work):
    work.write(
        FORWARD,
        TOKEN,
        """
        import logging, os, sys, warnings
        import matplotlib.pyplot as plt
        from IPython.display import HTML, display

        shown = display(HTML("<p>inputs</p>"), display_id="inputs")

        def forward_propagation(x, theta):
            word = token(x, theta)
            print(word)
            print(word, file=sys.stderr)
            warnings.warn(word)
            logging.getLogger().error(word)
            for stream in (sys.__stdout__, sys.__stderr__):
                print(word, file=stream, flush=True)
            for descriptor in (1, 2):
                os.write(descriptor, word.encode())
            display(HTML(f"<p>{word}</p>"))
            display(HTML(f"<p>{word}</p>"), display_id="inputs", update=True)
            if shown:
                shown.update(HTML(word))
            plt.figure()
            plt.title(word)
            plt.show()
            get_ipython().displayhook(word)
            get_ipython().showtraceback((ValueError, ValueError(word), None))
            get_ipython().user_ns["In"].append(word)
            for folder in (".", "/tmp", "/dev/shm"):
                try:
                    open(os.path.join(folder, word), "w").write(word)
                except OSError:
                    pass
            return theta * x
        """,
    )


@attack(27, FORWARD)
def smuggled_by_errors(work):
    work.write(
        FORWARD,
        TOKEN,
        """
        count = []

        def forward_propagation(x, theta):
            word = token(x, theta)
            count.append(word)
            n = (len(count) - 1) % 6
            if n == 0:
                raise ValueError(word)
            if n == 1:
                raise type(word, (Exception,), {})
            if n == 2:
                return type(word, (), {})()
            if n == 3:
                return {word: object()}
            if n == 4:
                return {"a": {word + word: {1: 2}}}
            exec(compile("raise ValueError", word, "exec"))
        """,
    )


@attack(27, FORWARD, BACKWARD, share=(0, 1))
def smuggled_to_the_next_question(work):
    """One question's hidden inputs, kept wherever forks may share something, and shown by the other's visible cases."""
    work.write(
        FORWARD,
        TOKEN,
        '''
        import glob, mmap, os, socket

        try:
            shared = mmap.mmap(-1, 1 << 16)
        except OSError:  # not without a file
            with open("shared", "w+b") as file:
                file.truncate(1 << 16)
                shared = mmap.mmap(file.fileno(), 1 << 16)
        out, into = os.pipe()
        os.set_blocking(out, False)
        os.set_blocking(into, False)
        try:
            left, right = socket.socketpair()
            left.setblocking(False)
        except OSError:
            left = right = None

        def keep(word):
            end = shared.find(b"\\0")
            shared[end : end + len(word) + 1] = word.encode() + b" "
            for write in (lambda: os.write(into, word.encode()), lambda: right.send(word.encode(), socket.MSG_DONTWAIT)):
                try:
                    write()
                except (OSError, AttributeError):
                    pass
            for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "/run"):
                try:
                    open(os.path.join(folder, "kept-" + word), "w").close()
                except OSError:
                    pass

        def kept():
            """What other calls have seen, in this process or another."""
            words = [shared[: shared.find(b"\\0")].decode()]
            for read in (lambda: os.read(out, 1 << 16), lambda: left.recv(1 << 16)):
                try:
                    words.append(read().decode())
                except (OSError, AttributeError):
                    pass
            for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "/run"):
                words += glob.glob(os.path.join(folder, "kept-*"))
            return " ".join(words)

        def forward_propagation(x, theta):
            keep(token(x, theta))
            print("kept:", kept())
            return theta * x
        ''',
    )
    work.write(
        BACKWARD,
        """
        def backward_propagation(x, theta):
            keep(token(x, theta))
            print("kept:", kept())
            raise ValueError(kept())
        """,
    )


@attack(27, FORWARD, status="graded error")
def smuggled_by_how_it_ends(work):
    """How a process ends is a number that its own code chooses; for a hidden case nobody is told."""
    work.write(
        FORWARD,
        """
        import os

        def forward_propagation(x, theta):
            if (x, theta) not in ((2, 4), (-3, 0.5)):
                os._exit(213)
            return theta * x
        """,
    )
