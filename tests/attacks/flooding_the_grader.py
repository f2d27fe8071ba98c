"""Lines 35 and 36: outputs and results too large, too many or too deep for who receives them."""

from attacks.attempt import BACK_N, BACKWARD, FORWARD, TENSORFLOW
from attacks.table import attack, in_function

# ------------------------------------------------------------------------------------------------------------- 35 outputs


@attack(35, FORWARD, status="graded error missing timeout", share=(0, 1))
def two_gigabytes_printed_by_a_cell(work):
    work.append(
        FORWARD, "import sys\nfor i in range(2000):\n    print('x' * 1_000_000)\n    sys.stderr.write('y' * 1000)"
    )


@attack(35)
def many_cells_that_print(work):
    """Each stays within bounds, and all together do not."""
    work.insert(BACKWARD, *["print('x' * 1_900_000)"] * 60)


@attack(35, FORWARD, status="graded error timeout", share=(0, 1))
def two_gigabytes_printed_by_a_function(work):
    work.append(
        FORWARD,
        """
        right = forward_propagation

        def forward_propagation(x, theta):
            import os
            for i in range(2000):
                print("x" * 1_000_000)
                os.write(1, b"x" * 65536)
            return right(x, theta)
        """,
    )


@attack(35, FORWARD, status="graded error missing timeout", share=(0, 1))
def a_hundred_thousand_displays(work):
    work.append(
        FORWARD,
        """
        from IPython.display import HTML, clear_output, publish_display_data

        for i in range(100_000):
            publish_display_data({"text/plain": str(i), "text/html": "<p>" * 100})
            if i % 1000 == 999:
                clear_output()
        """,
    )


@attack(35, FORWARD, status="graded error missing timeout", share=(0, 1))
def large_outputs(work):
    """Few, but large: a page, a picture, an error's text, a name, a display that grows."""
    work.insert(
        BACKWARD,
        "from IPython.display import HTML, display\nHTML('<p>' * 50_000_000)",
        "display({'image/png': 'A' * 150_000_000}, raw=True)",
        "display('x', display_id='x')\nfor i in range(200):\n    display('x' * 1_000_000, display_id='x', update=True)",
        "raise ValueError('x' * 150_000_000)",
        "raise type('x' * 150_000_000, (Exception,), {})",
        "exec(compile('\\n' * 1_000_000 + '1 / 0', 'x' * 1_000_000, 'exec'))",
        "'x' * 150_000_000",
        "import sys\nfor i in range(3_000_000):\n    sys.stdout.write('x')",
    )
    work.append(
        FORWARD,
        """
        right = forward_propagation

        def forward_propagation(x, theta):
            if theta == 0.5:
                raise ValueError("x" * 150_000_000)
            return right(x, theta)
        """,
    )


# ------------------------------------------------------------------------------------------------------ 36 large results

for name, value in {
    "ten_gigabytes": "np.broadcast_to(0.0, (1_250_000_000,))",
    "more_than_there_is": "np.lib.stride_tricks.as_strided(np.zeros(1), (2**60,), (0,))",
    "a_million_deep": "__import__('functools').reduce(lambda inner, _: [inner], range(1_000_000), 8)",
    "a_list_in_itself": "(lambda own: own.append(own) or own)([])",
    "a_long_string": "'x' * 2**30",
    "many_strings": "['x' * 50] * 4_000_000",
    "many_keys": "{str(i): i for i in range(1_000_000)}",
    "a_long_key": "{'x' * 100_000_000: 8}",
    "a_huge_integer": "10**400",
    "a_longer_integer": "-(10**100_000)",
}.items():
    in_function(36, name, f"return {value}", once=name == "many_keys", status="graded error timeout")


@attack(36, FORWARD, status="graded error timeout")
def limits_lifted(work):
    """Whatever bounds a result inside, its owner can lift."""
    work.write(
        FORWARD,
        """
        import sys

        def forward_propagation(x, theta):
            sys.set_int_max_str_digits(0)
            sys.setrecursionlimit(10**6)
            for module in list(sys.modules.values()):
                for name in [n for n in getattr(module, "__dict__", ()) if n.startswith("MAX_")]:
                    if type(getattr(module, name)) is int:
                        setattr(module, name, 2**62)
            return np.zeros(20_000_000) if theta == 4 else 10**100_000
        """,
    )


@attack(36, FORWARD, status="error graded timeout")
def forged_headers(work):
    """Frames that promise more than there is, on every socket there is: 16 EB, 2**60 numbers, a million levels."""
    work.write(
        FORWARD,
        """
        import gc, json, socket, struct, sys

        def numbers():
            frame = sys._getframe()
            while frame:
                for value in list(frame.f_locals.values()):
                    if type(value) is dict and "number" in value:
                        yield value["number"]
                frame = frame.f_back

        def forward_propagation(x, theta):
            number = next(numbers(), "")
            values = [["<f8", [2**60], 0], ["<f8", [2**31, 2**31, 0], 0], ["<f8", [-1], 0], ["|O", [1], 0], ["<f8", [8], 2**63]]
            trees = [json.dumps({"dict": {"number": number, "kind": "returned", "value": {"array": v}}}).encode() for v in values]
            trees += [b"[" * 1_000_000, b'{"dict": ' * 200_000, b"9" * 1_000_000, b'"' + b"x" * 4_000_000, b"\\xff"]
            frames = [struct.pack(">IQ", len(tree), 0) + tree for tree in trees]
            frames += [struct.pack(">IQ", 0xFFFFFFFF, 2**64 - 1) + b"x" * 100_000, struct.pack(">IQ", 2, 2**40) + b"{}"]
            start = 0 if theta == 4 else 5
            for thing in gc.get_objects():
                if isinstance(thing, socket.socket) and thing.fileno() >= 0:
                    thing.settimeout(1)
                    for frame in frames[start:]:
                        try:
                            thing.sendall(frame)
                        except OSError:
                            break
            return theta + x
        """,
    )


@attack(36, BACK_N, status="graded error timeout")
def strings_that_widen_an_array(work):
    """One long string makes every entry of an array of strings as long: 1 MB would become 2 GB where it is compared."""
    work.write(
        BACK_N,
        """
        def backward_propagation_n(X, Y, cache):
            return {"dW1": ["x" * 1_000_000] + [""] * 500}
        """,
    )


@attack(36, "model", assignment=TENSORFLOW)
def parameters_that_widen_a_net(work):
    """1 MB of biases that makes a layer of a million units where the accuracy is computed."""
    work.write(
        "model",
        """
        def model(X_train, Y_train, *args, **kwargs):
            n, C = X_train.shape[0], Y_train.shape[0]
            return {"W1": np.zeros((1, n)), "b1": np.zeros((1_000_000, 1), np.int8), "W2": np.zeros((1, 1_000_000), np.int8),
                    "b2": np.zeros((1_000_000, 1), np.int8), "W3": np.zeros((C, 1_000_000), np.int8), "b3": np.zeros((C, 1))}
        """,
    )
