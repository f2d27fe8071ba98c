"""Lines 15 and 16: what the cases and the questions that follow would use, changed."""

from attacks.attempt import FORWARD, INITIALIZATION, TENSORFLOW, WRONG
from attacks.table import attack, in_function

SPOIL = """
def spoil_everything():
    import builtins, gc, math, os, random, sys
    import helpers.nets, helpers.vectors
    for name in ("backward_propagation", "gradient_check", "gradient_check_n", "backward_propagation_n", "np", "nets",
                 "dictionary_to_vector", "gradients_to_vector", "vector_to_dictionary", "forward_propagation_n"):
        globals()[name] = lambda *a, **k: 42
    for module in (helpers.nets, helpers.vectors, math, random):
        for name in [n for n in vars(module) if not n.startswith("__")]:
            setattr(module, name, None)
    for name in ("zeros_like", "linalg", "sum", "concatenate", "reshape", "array", "asarray", "ndarray", "float64"):
        setattr(sys.modules["numpy"], name, lambda *a, **k: 42)
    for thing in gc.get_objects():
        if type(thing).__name__ == "ndarray" and thing.flags.writeable and thing.dtype.kind == "f":
            thing[...] = 42
    for name in ("sum", "range", "zip", "len", "isinstance", "sorted", "dict", "float"):
        setattr(builtins, name, lambda *a, **k: 42)
    os.chdir("/")
"""

in_function(15, "spoils_what_follows", "spoil_everything()\nreturn theta + x", before=SPOIL, status="graded error")


@attack(15, FORWARD, status="graded error")
def spoils_what_follows_beside_a_thread(work):
    """A process with several threads cannot be forked safely: what then keeps the questions apart?"""
    work.write(
        FORWARD,
        SPOIL,
        """
        import threading, time
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()

        def forward_propagation(x, theta):
            spoil_everything()
            return theta + x
        """,
    )


@attack(15, "linear_function", status="graded error", assignment=TENSORFLOW)
def spoils_what_follows_in_tensorflow(work):
    work.write(
        "linear_function",
        """
        def linear_function(X, W, b):
            tf.matmul(W, X)
            for name in ("sigmoid", "sigmoid_cost", "one_hot_matrix", "normalize_images", "initialize_parameters",
                         "forward_propagation", "compute_cost", "train_step", "model"):
                globals()[name] = lambda *a, **k: 42
            for name in ("sigmoid", "cast", "one_hot", "Variable", "zeros", "transpose", "reduce_mean", "nn", "GradientTape"):
                setattr(tf, name, None)
            return 42
        """,
    )


@attack(15, FORWARD, words=WRONG)
def spoils_its_own_next_cases(work):
    """Inputs of the cases to come are looked for among all objects, and the caller's variables are changed."""
    work.write(
        FORWARD,
        """
        import ctypes, gc, sys

        def forward_propagation(x, theta):
            frame = sys._getframe(1)
            while frame:
                for name in ("args", "asked", "case", "cases", "request"):
                    if name in frame.f_locals:
                        value = frame.f_locals[name]
                        if type(value) is dict:
                            value.pop("hidden", None)
                        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
                frame = frame.f_back
            for thing in gc.get_objects():
                if type(thing) is dict and set(thing) == {"args", "stubs", "adapter"}:
                    thing["args"] = [2, 4]
            return theta + x
        """,
    )


@attack(16, "initialize_parameters_random", assignment=INITIALIZATION)
def random_state(work):
    work.write(
        "initialize_parameters_random",
        """
        def initialize_parameters_random(layers_dims):
            import random
            np.random.seed = np.random.set_state = random.seed = lambda *a, **k: None
            np.random.randn = np.random.rand = np.random.standard_normal = lambda *shape: np.zeros(shape)
            np.random.RandomState = np.random.default_rng = lambda *a: np.random
            np.random.mtrand._rand.seed(7)
            return {f"{k}{l}": np.zeros((n, m if k == "W" else 1)) for k in "Wb"
                    for l, (m, n) in enumerate(zip(layers_dims, layers_dims[1:]), 1)}
        """,
    )
