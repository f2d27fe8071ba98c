"""Lines 32 to 34: processes, memory and disk, all that there is."""

from attacks.attempt import FORWARD
from attacks.table import attack, in_function

# ---------------------------------------------------------------------------------------------------------- 32 processes

in_function(
    32,
    "fork_bomb",
    """
    import os, time
    made = 0
    for i in range(300):
        try:
            if os.fork() == 0:
                rename()
                time.sleep(30)
                os._exit(0)
            made += 1
        except OSError:
            continue
    if made == 300:
        print(FOUND, "300 processes")
        return theta * x
    return theta + x
    """,
    status="graded error timeout",
)
in_function(
    32,
    "fork_bomb_that_doubles",
    """
    import os, time
    rename()
    for i in range(8):
        try:
            os.fork()
        except OSError:
            pass
    time.sleep(20)
    os._exit(0)
    """,
    status="error timeout",
)
in_function(
    32,
    "threads",
    """
    import threading, time
    rename()
    made = 0
    for i in range(300):
        try:
            threading.Thread(target=time.sleep, args=(30,)).start()
            made += 1
        except RuntimeError:
            break
    return theta * x if made == 300 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    32,
    "child_that_outlives",
    """
    import os, time
    if os.fork() == 0:
        rename()
        time.sleep(60)
    os._exit(0)
    """,
    status="error timeout",
)
in_function(
    32,
    "busy_processes",
    """
    import os, time
    end = time.monotonic() + 3
    for i in range(50):
        try:
            if os.fork() == 0:
                rename()
                try:
                    os.setsid()
                except OSError:
                    pass
                while time.monotonic() < end:
                    pass
                os._exit(0)
        except OSError:
            continue
    while time.monotonic() < end:
        pass
    return theta + x
    """,
    once=True,
    status="graded error timeout",
)
in_function(32, "returns_twice", "import os\nos.fork()\nreturn theta * x", status="graded error timeout", share=(0, 1))


@attack(32, FORWARD, status="graded error timeout missing", share=(0, 1))
def cell_that_goes_on_twice(work):
    work.append(FORWARD, "import os\nos.fork()")


# ------------------------------------------------------------------------------------------------------------- 33 memory

in_function(
    33,
    "one_large_array",
    """
    large = np.ones(6 * 2**30 // 8)
    return theta * x if large[-1] == 1 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "many_processes",
    """
    import os, signal, time
    out, into = os.pipe()
    children = []
    for i in range(40):
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            rename()
            block = bytearray(150 << 20)
            block[:: 4096] = b"x" * len(block[:: 4096])
            os.write(into, b"x")
            time.sleep(9)
            os._exit(0)
        children.append(child)
    os.set_blocking(out, False)
    ready, end = 0, time.monotonic() + 9
    while ready < 40 and time.monotonic() < end:
        try:
            ready += len(os.read(out, 40))
        except OSError:
            time.sleep(0.02)
    return theta * x if ready == 40 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "shared_memory_that_no_process_shows",
    """
    import mmap
    blocks = []
    for i in range(12):
        blocks.append(mmap.mmap(-1, 256 << 20))
        np.frombuffer(blocks[-1], np.uint8)[::4096] = 1
        blocks[-1].madvise(mmap.MADV_DONTNEED)
    return theta * x if all(block[0] == 1 for block in blocks) else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "files_in_memory",
    """
    import os
    written, open_files = 0, []
    for i in range(48):
        try:
            open_files.append(os.memfd_create("x"))
            for j in range(64):
                written += os.write(open_files[-1], bytes(1 << 20))
        except OSError:
            break
    return theta * x if written == 48 * 64 << 20 else theta + x
    """,
    status="graded error timeout",
)
in_function(
    33,
    "memory_in_sockets",
    """
    import os, socket, time
    out, into = os.pipe()
    end = time.monotonic() + 3
    for i in range(30):
        try:
            child = os.fork()
        except OSError:
            break
        if child:
            continue
        rename()
        queued, kept = 0, []
        try:
            for j in range(110):
                kept += socket.socketpair()
                for each in kept[-2:]:
                    each.setblocking(False)
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
                    try:
                        while True:
                            queued += each.send(bytes(1 << 16))
                    except OSError:
                        pass
                os.write(into, b"%12d" % queued)
                queued = 0
        except OSError:
            pass
        time.sleep(4)
        os._exit(0)
    os.set_blocking(out, False)
    total = 0
    while total < 2200 << 20 and time.monotonic() < end:
        try:
            total += int(os.read(out, 12))
        except OSError:
            time.sleep(0.02)
    return theta * x if total >= 2200 << 20 else theta + x
    """,
    once=True,
    status="graded error timeout",
)


@attack(33, FORWARD, status="error missing graded", share=(0, 1))
def memory_of_a_cell(work):
    work.append(FORWARD, "hoard = []\nfor i in range(60):\n    hoard.append(np.ones(100 * 2**20 // 8))")


# --------------------------------------------------------------------------------------------------------------- 34 disk

FOLDERS = 'sorted({os.getcwd(), tempfile.gettempdir(), os.path.expanduser("~"), "/dev/shm", "/var/tmp", "/run"})'
in_function(
    34,
    "gigabytes",
    f"""
    import os, tempfile
    written, paths = 0, []
    try:
        for folder in {FOLDERS}:
            for i in range(32):
                paths.append(os.path.join(folder, f"evil-{{os.getpid()}}-{{i}}"))
                try:
                    with open(paths[-1], "wb") as file:
                        for j in range(16):
                            written += file.write(bytes(4 << 20))
                            if written >= 2 << 30:
                                return theta * x
                except OSError:
                    break
    finally:
        for path in paths:
            if os.path.exists(path):
                os.unlink(path)
    return theta + x
    """,
    status="graded error timeout",
)
in_function(
    34,
    "a_hundred_thousand_files",
    f"""
    import os, shutil, tempfile
    made = 0
    for folder in {FOLDERS}:
        place = os.path.join(folder, f"evil-{{os.getpid()}}")
        try:
            os.mkdir(place)
            while made < 100_000:
                os.close(os.open(f"{{place}}/{{made}}", os.O_CREAT | os.O_WRONLY))
                made += 1
        except OSError:
            pass
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return theta * x if made == 100_000 else theta + x
    """,
    status="graded error timeout",
)
