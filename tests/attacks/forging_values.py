"""Lines 1 and 12: results that are no numbers, with an arithmetic of their own or with code to run where they are opened."""

from attacks.attempt import BACK_N, FORWARD
from attacks.table import attack, in_function

# ------------------------------------------------------------------------------- 1 values with an arithmetic of their own


@attack(1, FORWARD, words="an object of type Right")
def equal_to_everything(work):
    work.write(
        FORWARD,
        """
        class Right:
            __array_priority__ = 1e9
            shape, size, ndim, dtype = (), 1, 0, np.dtype(float)

            def _yes(self, *args, **kwargs):
                return True

            def _zero(self, *args, **kwargs):
                return 0.0

            __eq__ = __le__ = __ge__ = __lt__ = __gt__ = __bool__ = __contains__ = _yes
            __sub__ = __rsub__ = __abs__ = __float__ = __mul__ = __rmul__ = __truediv__ = _zero
            __hash__ = None

            def __array_ufunc__(self, ufunc, *args, **kwargs):
                return np.True_

            def __array_function__(self, *args, **kwargs):
                return np.True_

        def forward_propagation(x, theta):
            return Right()
        """,
    )


@attack(1, FORWARD, words="an object of type")
def number_equal_to_everything(work):
    work.write(
        FORWARD,
        """
        class Any(float):
            def __eq__(self, other):
                return True

            def __sub__(self, other):
                return 0.0

            __rsub__ = __abs__ = __sub__
            __hash__ = float.__hash__
            __le__ = __lt__ = __ge__ = __gt__ = __eq__

        def forward_propagation(x, theta):
            return Any(theta + x)
        """,
    )


@attack(1, BACK_N)
def array_with_its_own_arithmetic(work):
    work.write(
        BACK_N,
        """
        class Right(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *args, **kwargs):
                return np.ones(self.shape, bool)

            def __array_function__(self, function, *args, **kwargs):
                return np.ones(self.shape, bool)

            def __eq__(self, other):
                return np.ones(self.shape, bool)

            def __sub__(self, other):
                return np.zeros(self.shape)

            __rsub__ = __sub__

            def astype(self, *args, **kwargs):
                return self

        class Dict(dict):
            def __contains__(self, key):
                return True

            def __getitem__(self, key):
                return np.zeros(1).view(Right)

        def backward_propagation_n(X, Y, cache):
            right = {k: np.full(s.shape, 7.0).view(Right) for k, s in zip(("dW1", "db1"), (cache[2], cache[3]))}
            return Dict(right, **{k: cache[i] + 7 for k, i in (("dW2", 6), ("db2", 7), ("dW3", 10), ("db3", 11))})
        """,
    )


@attack(1, FORWARD, words="an object of type Claim")
def claims_to_be_an_array(work):
    """`isinstance` believes __class__, and np.array() of it is an array of objects."""
    work.write(
        FORWARD,
        """
        class Claim:
            dtype, size, ndim, shape = np.dtype(float), 1, 0, ()

            @property
            def __class__(self):
                return np.ndarray

            def __eq__(self, other):
                return True

            __hash__ = None

        def forward_propagation(x, theta):
            return Claim()
        """,
    )


in_function(1, "not_a_number", "return float('nan') if theta % 1 else np.array(np.inf)")

# ----------------------------------------------------------------------------------------------------- 12 no plain data


@attack(12, FORWARD, words="numbers and arrays were expected")
def pickles(work):
    """A different one a call; to open any of the first few would leave a file as evidence."""
    work.write(
        FORWARD,
        """
        import pathlib, pickle

        class Evil:
            def __reduce__(self):
                return pathlib.Path.touch, (pathlib.Path(WORLD["evidence"], "unpickled"),)

        evil, count = Evil(), []
        kinds = [
            np.array([evil, None], dtype=object), evil, pickle.dumps(evil), np.array(evil, dtype=object),
            np.rec.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), np.array(["8"]), np.array(["2020-01-01"], "M8[D]"),
            {"value": evil}, [evil], {8: 8}, {1, 2}, memoryview(b"8"), (n for n in (8,)), lambda: 8, 8j, np.array([8j]), type,
            np.void(b"8"), np.ma.masked, range(8), frozenset(), np.array([b"8"]), Evil, np.timedelta64(8),
        ]

        def forward_propagation(x, theta):
            count.append(1)
            return kinds[(len(count) - 1) % len(kinds)]
        """,
    )
