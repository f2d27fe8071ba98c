"""Lines 37 to 40: odd, slow and loud, and right: all of these must get all their points."""

from attacks.attempt import BACK_N, BACKWARD, CHECK, CHECK_N, FORWARD, INITIALIZATION, TENSORFLOW, Attempt
from attacks.table import honest

# ------------------------------------------------------------------------------------------------- 37 prints, warnings


@honest(37)
def warns_and_prints(work):
    for name in work.functions:
        work.append(
            name,
            f"""
            import logging, os, sys, warnings

            def _loudly(function):
                def run(*args, **kwargs):
                    warnings.warn("half way")
                    logging.getLogger().warning("half way")
                    print("calling", function.__name__, "x" * 10_000)
                    print("calling", file=sys.stderr, flush=True)
                    os.write(1, b"calling")
                    os.write(2, b"calling")
                    np.float64(1) / 0
                    print("\\x1b[31mred\\x1b[0m \\0 \\ud800 \\udcff \\U0001f600 \\r\\x08 <b>")
                    return function(*args, **kwargs)
                return run

            {name} = _loudly({name})
            warnings.warn("in the cell")
            print("in the cell", file=sys.stderr)
            """,
        )


@honest(37)
def magics_and_progress_bars(work):
    work.insert(
        BACKWARD, "%matplotlib inline\n%precision 3", "%%time\nfrom tqdm import tqdm\nfor i in tqdm(range(3)): pass"
    )
    work.cell(CHECK_N).source = "%%capture said\n" + work.cell(CHECK_N).source + "\nprint('defined')"
    work.append(
        CHECK,
        """
        quiet_check = gradient_check

        def gradient_check(*args, **kwargs):
            from tqdm import tqdm
            for i in tqdm(range(3)):
                pass
            return quiet_check(*args, **kwargs)
        """,
    )


# ------------------------------------------------------------------------------------------------- 38 other kinds of right


def converted(work: Attempt, expression: str, *names: str) -> None:
    """Let functions return `expression` of each array or number `v` of their results."""
    for name in names or work.functions:
        work.append(
            name,
            f"""
            def _converted(function):
                def each(v):
                    if isinstance(v, dict):
                        return {{key: each(part) for key, part in v.items()}}
                    return tuple(map(each, v)) if isinstance(v, tuple) else ({expression})
                return lambda *args, **kwargs: each(function(*args, **kwargs))

            {name} = _converted({name})
            """,
        )


@honest(38, INITIALIZATION)
def float32(work):
    converted(work, "np.asarray(v, np.float32)")


@honest(38, INITIALIZATION)
def fortran_order_and_views(work):
    converted(
        work, "np.stack([np.asfortranarray(v)] * 2)[1][::-1][::-1].T.T if np.ndim(v) == 2 else np.repeat(v, 2)[::2]"
    )


@honest(38)
def within_tolerance(work):
    converted(work, "v * (1 + 1e-7)", FORWARD, BACKWARD, CHECK_N, BACK_N)


@honest(38)
def lists_and_scalars(work):
    converted(work, "v.tolist() if isinstance(v, np.ndarray) else np.array([v])")


@honest(38)
def big_endian_and_read_only(work):
    converted(work, "(lambda a: a.setflags(write=False) or a)(np.array(v, '>f8'))")


@honest(38)
def long_double(work):
    converted(work, "np.asarray(v, np.longdouble)", BACK_N)


@honest(38, INITIALIZATION)
def subclasses(work):
    """Dicts and arrays of other classes, with the right numbers."""
    converted(work, "np.asmatrix(v) if np.ndim(v) == 2 else np.ma.array(v)")
    for name in work.functions[:-1]:
        work.append(
            name,
            f"import collections\n_plain_{name} = {name}\ndef {name}(d):\n    return collections.OrderedDict(_plain_{name}(d))",
        )


@honest(38, INITIALIZATION)
def integers_and_broadcast_zeros(work):
    work.write(
        "initialize_parameters_zeros",
        """
        def initialize_parameters_zeros(layers_dims):
            parameters = {}
            for l in range(1, len(layers_dims)):
                parameters[f"W{l}"] = np.broadcast_to(0.0, (layers_dims[l], layers_dims[l - 1]))
                parameters[f"b{l}"] = np.zeros((layers_dims[l], 1), dtype=int)
            return parameters
        """,
    )


@honest(38, TENSORFLOW)
def arrays_for_tensors(work):
    """NumPy where TensorFlow is usual, and tensors where NumPy is."""
    work.write("compute_cost", work.cell("compute_cost").source.replace("return cost", "return tf.reshape(cost, ())"))
    work.write(
        "normalize_images",
        work.cell("normalize_images").source.replace("return columns", "return tf.constant(columns)"),
    )
    work.append(
        "linear_function",
        "_tensor = linear_function\ndef linear_function(X, W, b):\n    return _tensor(X, W, b).numpy()",
    )


# ---------------------------------------------------------------------------------------------------- 39, 40 other habits


@honest(39)
def spoils_its_arguments(work):
    """In place, after the result is computed: arrays to 0, dicts emptied; globals are counted up."""
    for name in work.functions:
        work.append(
            name,
            f"""
            def _spoiling(function):
                def run(*args, **kwargs):
                    value = function(*args, **kwargs)
                    for part in args:
                        for array in part.values() if isinstance(part, dict) else part if isinstance(part, tuple) else [part]:
                            if isinstance(array, np.ndarray):
                                array[...] = 0
                        if isinstance(part, dict):
                            part.clear()
                    run.calls += 1
                    return value
                run.calls = 0
                return run

            {name} = _spoiling({name})
            """,
        )


@honest(39, INITIALIZATION)
def returns_its_arguments(work):
    """The same list and dict again and again, changed in place between calls."""
    for name in work.functions[:-1]:
        work.append(
            name,
            f"""
            _kept_{name}, _fresh_{name} = {{}}, {name}

            def {name}(layers_dims):
                _kept_{name}.clear()
                _kept_{name}.update(_fresh_{name}(layers_dims))
                layers_dims.clear() if isinstance(layers_dims, list) else None
                return _kept_{name}
            """,
        )


@honest(40)
def slow(work):
    """Fifty times the work, in the function with the most of it, and a pause in another."""
    work.append(
        CHECK_N,
        """
        once = gradient_check_n

        def gradient_check_n(*args, **kwargs):
            for i in range(50):
                value = once(*args, **kwargs)
            return value
        """,
    )
    work.append(
        FORWARD,
        """
        at_once = forward_propagation

        def forward_propagation(x, theta):
            import time
            time.sleep(0.6)
            return at_once(x, theta)
        """,
    )
