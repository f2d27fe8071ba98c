"""What students may honestly use in a cell beside the course's own modules: it has to work in every box.

Each is a cell that prints "fine" last. `tests/test_seccomp.py` runs them, and `benchmarks/system_calls.py` measures them.
"""

HONEST = {
    "threads": """
        from concurrent.futures import ThreadPoolExecutor
        import queue, threading, time
        numbers, lock = queue.Queue(), threading.RLock()
        def work(i):
            with lock:
                numbers.put(i)
            time.sleep(0.001)
            return i
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(work, range(20))) == list(range(20))
        ready = threading.Event()
        threading.Timer(0.01, ready.set).start()
        assert ready.wait(5) and numbers.qsize() == 20
    """,
    "processes": """
        import multiprocessing
        def square(x):
            return x * x
        context = multiprocessing.get_context("fork")
        with context.Pool(2) as pool:
            assert pool.map(square, range(10)) == [i * i for i in range(10)]
        semaphore, line = context.Semaphore(1), context.Queue()
        def work():
            with semaphore:
                line.put(42)
        process = context.Process(target=work)
        process.start()
        assert line.get(timeout=5) == 42
        process.join()
        value, array = context.Value("i", 1), context.Array("d", 3)
        value.value += 1
        assert value.value == 2 and len(array) == 3
    """,
    "shared_memory": """
        from multiprocessing import shared_memory
        block = shared_memory.SharedMemory(create=True, size=4096)
        block.buf[0] = 7
        assert block.buf[0] == 7
        block.close()
        block.unlink()
    """,
    "process_pool": """
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        def cube(x):
            return x ** 3
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
            assert list(pool.map(cube, range(4))) == [0, 1, 8, 27]
    """,
    "joblib": """
        from joblib import Parallel, delayed
        assert Parallel(n_jobs=2, backend="threading")(delayed(abs)(-i) for i in range(4)) == [0, 1, 2, 3]
        assert Parallel(n_jobs=1)(delayed(abs)(-i) for i in range(4)) == [0, 1, 2, 3]
    """,
    "programs": """
        import os, subprocess, sys
        assert subprocess.run(["cat"], input=b"x", capture_output=True, check=True).stdout == b"x"
        assert subprocess.check_output("echo a | tr a b; sleep 0.01", shell=True) == b"b\\n"
        assert subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True).stdout == "1\\n"
        assert os.system("true") == 0 and os.popen("echo hi").read() == "hi\\n"
        child = subprocess.Popen(["sleep", "30"], start_new_session=True)
        child.terminate()
        assert child.wait() == -15
        os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    """,
    "commands": """
        !ls -la / > list.txt && wc -l list.txt && sort list.txt | head -n 3
        !mkdir -p a/b; cp list.txt a/b/; mv a/b/list.txt a/; ln -s list.txt a/link; touch a/x; chmod 600 a/x; du -s a; df .; rm -r a
        !date; nproc; uname -a; id; find . -name 'x*'; tar cf t.tar list.txt; gzip -k list.txt; grep -c . list.txt; sed -n 1p list.txt
        !ps; free; head -c 10 /dev/urandom | od -c; timeout 5 true; env | cut -c -5 > /dev/null; which python3; stat list.txt
        files = !ls
        assert "list.txt" in files
    """,
    "installing": """
        import importlib.metadata, subprocess, sys
        assert importlib.metadata.version("numpy")
        subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
    """,
    "magics": """
        %time sum(range(10))
        %timeit -n 2 -r 2 sum(range(10))
        %env ANSWER=42
        %pwd
        %who
        %matplotlib inline
    """,
    "progress_bars": """
        from tqdm import tqdm, trange
        import time
        for i in tqdm(range(5), total=5):
            time.sleep(0.001)
        for i in trange(3, desc="epochs"):
            pass
        print("\\r1", end="", flush=True)
    """,
    "signals": """
        import signal, time
        def ring(*args):
            raise TimeoutError
        kept = signal.signal(signal.SIGUSR1, ring)
        try:
            signal.raise_signal(signal.SIGUSR1)
        except TimeoutError:
            pass
        signal.signal(signal.SIGUSR1, kept)
        assert signal.getsignal(signal.SIGINT)
        time.sleep(0.01)
    """,
    "files": """
        import csv, glob, json, os, pathlib, pickle, shutil, tarfile, tempfile, zipfile
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "a.json")
            path.write_text(json.dumps([1, 2]))
            os.chmod(path, 0o600)
            os.utime(path, (1e9, 1e9))
            shutil.copy2(path, path.with_name("b.json"))
            shutil.copytree(folder, folder + "/copy")
            os.rename(path, path.with_name("c.json"))
            os.replace(path.with_name("c.json"), path)
            os.link(path, path.with_name("hard"))
            os.symlink(path, path.with_name("soft"))
            assert os.readlink(path.with_name("soft")) == str(path)
            os.truncate(path, 2)
            with open(path, "r+b") as file:
                file.seek(1), file.truncate(), file.flush(), os.fsync(file.fileno())
            with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
                archive.write(path)
            with tarfile.open(path.with_suffix(".tar"), "w") as archive:
                archive.add(path)
            shutil.make_archive(folder + "/made", "zip", folder + "/copy")
            assert len(glob.glob(folder + "/*")) == 8, glob.glob(folder + "/*")
            shutil.rmtree(folder + "/copy")
            os.makedirs(folder + "/x/y"), os.removedirs(folder + "/x/y")
            os.listdir(folder), list(os.scandir(folder)), list(os.walk(folder)), shutil.disk_usage(folder)
        with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryFile() as other:
            pickle.dump({"W1": 1}, file)
            other.write(b"x")
        with tempfile.SpooledTemporaryFile() as file:
            file.write(b"x")
    """,
    "locks": """
        import fcntl, tempfile
        with tempfile.TemporaryFile() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL))
    """,
    "sqlite": """
        import sqlite3
        with sqlite3.connect("notes.db") as base:
            base.execute("pragma journal_mode = wal")
            base.execute("create table if not exists t (x)")
            base.execute("insert into t values (1)")
        assert base.execute("select count(*) from t").fetchone()[0] >= 1
        base.close()
    """,
    "mapped_files": """
        import mmap
        import numpy as np
        mapped = np.memmap("mapped.bin", np.float64, "w+", shape=(1000,))
        mapped[:] = 1
        mapped.flush()
        assert np.memmap("mapped.bin", np.float64, "r").sum() == 1000
        with open("mapped.bin", "r+b") as file, mmap.mmap(file.fileno(), 0) as inside:
            inside.resize(16000)
            inside.madvise(mmap.MADV_SEQUENTIAL)
            inside.flush()
    """,
    "arrays_in_files": """
        import numpy as np
        np.save("a.npy", np.ones(3)), np.savez_compressed("a.npz", a=np.ones(3)), np.savetxt("a.txt", np.ones(3))
        assert np.load("a.npy", mmap_mode="r").sum() == np.load("a.npz")["a"].sum() == np.loadtxt("a.txt").sum() == 3
    """,
    "asyncio": """
        import asyncio, threading
        async def work():
            process = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
            said, _ = await process.communicate()
            await asyncio.sleep(0.01)
            return said, await asyncio.to_thread(lambda: 3)
        found = []
        def run():
            try:
                found.append(asyncio.run(work()))
            except OSError as error:  # a fork has no pairs of sockets, which its event loop needs
                found.append(error)
        other = threading.Thread(target=run)  # a kernel has a loop of its own in the main thread
        other.start()
        other.join()
        print(found)
    """,
    "pictures": """
        import io
        import matplotlib.pyplot as plt
        import numpy as np
        plt.plot([1, 2])
        plt.savefig("figure.png"), plt.savefig("figure.pdf"), plt.savefig("figure.svg")
        plt.show()
        from PIL import Image
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).resize((4, 4)).save("picture.jpg")
        assert Image.open("picture.jpg").size == (4, 4)
        assert plt.imread("figure.png").ndim == 3
    """,
    "animation": """
        import matplotlib.pyplot as plt
        from matplotlib.animation import FuncAnimation, PillowWriter
        figure, axes = plt.subplots()
        (line,) = axes.plot([0, 1], [0, 1])
        FuncAnimation(figure, lambda i: line.set_data([0, i], [0, 1]), frames=2).save("a.gif", writer=PillowWriter())
        plt.close(figure)
    """,
    "hdf5": """
        import h5py
        import numpy as np
        with h5py.File("data.h5", "w") as file:
            file["X"] = np.ones((3, 3))
        with h5py.File("data.h5") as file:
            assert file["X"][:].sum() == 9
    """,
    "scikit_learn": """
        from sklearn.linear_model import LogisticRegression
        import sklearn.datasets
        X, y = sklearn.datasets.make_moons(50)
        assert LogisticRegression().fit(X, y).score(X, y) > 0.5
    """,
    "linear_algebra": """
        import numpy as np
        rng = np.random.default_rng()
        A = rng.normal(size=(600, 600))
        np.linalg.svd(A), np.linalg.inv(A), A @ A
        import scipy.optimize
        scipy.optimize.minimize(lambda x: ((x - 1) ** 2).sum(), np.zeros(3))
    """,
    "the_machine": """
        import getpass, locale, os, platform, resource, socket, sys, time, uuid
        platform.platform(), os.cpu_count(), os.sched_getaffinity(0), os.getloadavg(), os.times(), os.getpriority(0, 0)
        resource.getrusage(resource.RUSAGE_SELF), resource.getrlimit(resource.RLIMIT_NOFILE), os.uname(), os.umask(0o22)
        os.getpid(), os.getppid(), os.getuid(), os.getgroups(), os.getpgrp(), os.getsid(0), os.urandom(8), uuid.uuid4(), uuid.uuid1()
        time.perf_counter(), time.process_time(), time.thread_time(), time.monotonic(), time.clock_getres(time.CLOCK_REALTIME)
        os.sysconf("SC_PAGE_SIZE"), os.get_terminal_size, sys.stdout.isatty(), os.isatty(0), socket.gethostname()
        time.tzset(), os.statvfs("."), os.pathconf(".", "PC_NAME_MAX"), os.nice(0)
        import psutil
        psutil.virtual_memory(), psutil.Process().memory_info(), psutil.Process().num_threads(), psutil.cpu_percent()
    """,
    "faults": """
        import faulthandler, gc, tracemalloc, warnings, logging
        tracemalloc.start(); gc.collect(); tracemalloc.stop()
        logging.basicConfig(filename="log.txt"); logging.error("x")
        import cProfile
        cProfile.run("sum(range(10))")
    """,
    "compiled_code": """
        import ctypes
        assert ctypes.CDLL(None).abs(-3) == 3
        called = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1)
        assert called(2) == 3
    """,
    "widgets": """
        import ipywidgets
        from IPython.display import HTML, Image, Markdown, clear_output, display
        display(HTML("<b>x</b>"), Markdown("*x*"))
        clear_output()
    """,
}

WITH_TENSORFLOW = {
    "tensors": """
        import tensorflow as tf
        assert float(tf.reduce_sum(tf.random.normal((200, 200)) @ tf.ones((200, 200)))) is not None
    """,
    "datasets": """
        import tensorflow as tf
        data = tf.data.Dataset.range(100).map(lambda x: x * 2, num_parallel_calls=tf.data.AUTOTUNE).batch(8).prefetch(2)
        assert sum(int(tf.reduce_sum(part)) for part in data) == 9900
    """,
    "keras": """
        import keras, numpy as np
        net = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, "relu"), keras.layers.Dense(1)])
        net.compile("adam", "mse")
        net.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=2, verbose=1)
        net.save("net.keras")
        assert keras.models.load_model("net.keras").predict(np.ones((2, 4)), verbose=0).shape == (2, 1)
        net.save_weights("net.weights.h5")
    """,
    "graphs": """
        import tensorflow as tf
        @tf.function(jit_compile=True)
        def square(x):
            return x * x
        assert float(square(tf.constant(3.0))) == 9
        writer = tf.summary.create_file_writer("logs")
        with writer.as_default():
            tf.summary.scalar("cost", 1.0, step=0)
        writer.close()
        tf.saved_model.save(tf.Module(), "saved")
        tf.train.Checkpoint(v=tf.Variable(1.0)).write("checkpoint")
    """,
}
