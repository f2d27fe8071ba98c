"""What an error of Python, NumPy or TensorFlow means for who is new to them, and what to do about it.

The words of an error are foreign text, and a table of patterns reads them. Nothing is run again and no value of the student's
is looked at, so it works in a box, and on what a box has sent. An error that is not in the table has no explanation:
its own words are shown in any case.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_READ = 400  # characters of an error's words
_SHAPE = r"\((\d*(?:, ?\d*)*)\)"


@dataclass(frozen=True)
class StudentError:
    """An error in a student's function: the type's name, its words, and the line that stopped, "" if it is not known."""

    error: str
    text: str
    line: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry of the table. errors: names of types; says: makes the explanation of the match and the error."""

    errors: tuple[str, ...]
    pattern: re.Pattern[str]
    says: Callable[[re.Match[str], StudentError], str]


def explanation(error: StudentError) -> str:
    """One to three sentences for the student; "" for an error that the table does not have."""
    for entry in TABLE:
        if error.error in entry.errors and (match := entry.pattern.search(error.text[:MAX_READ])):
            return entry.says(match, error)
    return ""


def _entry(errors: str, pattern: str, says: str | Callable[[re.Match[str], StudentError], str]) -> Entry:
    """An entry; in a text, {0}, {1}, ... stand for the groups of the pattern."""
    if callable(says):
        return Entry(tuple(errors.split()), re.compile(pattern), says)
    text = says
    return Entry(tuple(errors.split()), re.compile(pattern), lambda match, error: text.format(*match.groups("")))


def _no_type(match: re.Match[str], error: StudentError) -> str:
    function = re.search(r"\b(zeros|ones|empty|full)\(", error.line)
    name = f"np.{function[1]}" if function else "np.zeros"
    return (
        f"A shape is one argument: `{name}((2, 3))`, with two pairs of parentheses. "
        f"With one pair, {match[1]} is taken for the type of the numbers."
    )


def _shapes(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text))


def _entry_by_entry(match: re.Match[str], error: StudentError) -> str:
    a, b = _shapes(match[1]), _shapes(match[2])
    said = f"+, -, * and / go entry by entry, and shapes {a} and {b} do not fit for that."
    if "*" in error.line and len(a) == len(b) == 2 and a[1] == b[0]:
        return f"{said} The matrix product is written `@` or np.dot; it would give shape {(a[0], b[1])}."
    flat = next((shape for shape in (a, b) if len(shape) == 1), None)
    if flat:
        return f"{said} An array of shape {flat} is taken for a row; a column has shape {(*flat, 1)}."
    return f"{said} Print both shapes. Is one of them to be transposed, or summed with keepdims=True?"


def _product(rows: int | str, columns: int | str) -> str:
    return (
        f"In a matrix product A @ B, A needs as many columns as B has rows; here it is {columns} and {rows}. "
        "Print both shapes. Is one of them to be transposed, or do the two stand in the wrong order?"
    )


def _sizes_of_tensors(match: re.Match[str], error: StudentError) -> str:
    a, b = _shapes(match[1]), _shapes(match[2])
    return _product(b[0], a[-1])


def _key(match: re.Match[str], error: StudentError) -> str:
    name = match[1]
    if re.fullmatch(r"d?[A-Za-z]+0", name):
        return f"There is no entry '{name}': layers are counted from 1, so the first is '{name[:-1]}1'."
    return f"The dict has no entry '{name}'. Print its keys; upper and lower case matter, and so does each digit."


def _undefined(match: re.Match[str], error: StudentError) -> str:
    return (
        f"Nothing is called {match[1]} when this line runs. Look for a slip in the name. If another cell makes it, that "
        "cell has to run to its end first."
    )


TABLE = (
    # shapes and types of arrays
    _entry("TypeError", r"^Cannot interpret '(.+?)' as a data type", _no_type),
    _entry(
        "TypeError",
        r"^'tuple' object cannot be interpreted as an integer",
        "The sizes go into np.random.rand and np.random.randn one by one, without a second pair of parentheses: "
        "`np.random.randn(2, 3)`.",
    ),
    _entry("TypeError", r"^'float' object cannot be interpreted as an integer",
        "A size or a count has to be a whole number, and / always gives a float. Whole division is //."),
    _entry("ValueError", rf"^operands could not be broadcast together with shapes {_SHAPE} {_SHAPE}", _entry_by_entry),
    _entry("ValueError", rf"^non-broadcastable output operand with shape {_SHAPE}.* shape {_SHAPE}",
        "What is added has shape ({1}), more than the array of shape ({0}) into which it is added has room for. "
        "Is a sum over the examples missing?"),
    _entry("ValueError", r"^shapes \(.*\) and \(.*\) not aligned: (\d+) \(dim \d+\) != (\d+)",
        lambda match, error: _product(match[2], match[1])),
    _entry("ValueError", r"^matmul: Input operand 1 has a mismatch.*\(size (\d+) is different from (\d+)\)",
        lambda match, error: _product(match[1], match[2])),
    _entry("ValueError", r"^matmul: Input operand \d does not have enough dimensions",
        "@ is the matrix product of two arrays, and one of the two is a number here. Numbers are multiplied by *."),
    _entry("ValueError", r"^cannot reshape array of size (\d+) into shape \((.+?)\)",
        "A reshape keeps all {0} numbers; a shape ({1}) holds another number of them. The product of the sizes has to be {0}."),
    _entry("ValueError", r"^The truth value of an array",
        "An `if` or `while` needs one yes or no, and a comparison of arrays gives one for each entry. "
        "np.where, or a product with the comparison, works entry by entry."),
    _entry("TypeError", r"^only (?:0-dimensional|length-1|size-1) arrays can be converted",
        "This takes one number and was given an array. Functions of `math` are for numbers; those of NumPy, "
        "np.sqrt or np.exp, work on all entries of an array."),
    _entry("IndexError", r"^index (-?\d+) is out of bounds for axis \d+ with size (\d+)",
        "There is no entry {0} along an axis of size {1}: entries are counted from 0."),
    _entry("IndexError", r"^list index out of range", "The list is shorter than that: its entries are counted from 0."),
    _entry("IndexError", r"^too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
        "The array has {0} axes, and there are {1} indices in the brackets. Print its shape."),
    _entry("AxisError", r"^axis (\d+) is out of bounds for array of dimension (\d+)",
        "The array has {1} axes, which are counted from 0: axis 0, the rows, then axis 1, the columns. There is no axis {0}."),
    # names and calls
    _entry("UnboundLocalError", r"local variable '(\w+)'",
        "{0} has a value only if the line that assigns it has run, and here it has not: that line stands in a loop "
        "that had nothing to go through, in an `if` that was false, or further down."),
    _entry("NameError", r"^name '(\w+)' is not defined", _undefined),
    _entry("KeyError", r"^'([\w ]+)'$", _key),
    _entry("TypeError", r"^'\S*(?:ndarray|EagerTensor|dict|list|tuple|float|float64|int)' object is not callable",
        "Parentheses after a name call it as a function, and this name is none. An entry is taken with brackets, A[0]; "
        "a product needs its sign, 2 * (a + b)."),
    _entry("TypeError", r"\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)$",
        "The call does not pass {0}. Compare the call with the `def` line; a function of this notebook keeps the "
        "arguments that it was handed out with."),
    _entry("TypeError", r"\(\) takes .*positional arguments? but (\d+) (?:was|were) given",
        "The call passes {0} arguments, and the function does not take so many. Compare the call with the `def` line; a "
        "function of this notebook keeps the arguments that it was handed out with."),
    _entry("TypeError", r"'NoneType'",
        "Something in this line is None. A function without `return` gives None, and a gradient is None where the "
        "tape has not seen how the cost comes from the variable: the forward pass belongs inside its `with`."),
    _entry("RecursionError", r"", "The function calls itself, over and over. Is one of its calls meant for another function?"),
    _entry("ZeroDivisionError", r"", "The number below the fraction line is 0 in this case."),
    # TensorFlow
    _entry("ValueError", r"^No gradients provided for any variable",
        "All gradients are None: the tape has not seen how the cost comes from the variables. The forward pass and the "
        "cost belong inside `with tf.GradientTape() as tape:`."),
    _entry("InvalidArgumentError", r"Matrix size-incompatible: In\[0\]: \[(\d+,\d+)\], In\[1\]: \[(\d+,\d+)\]", _sizes_of_tensors),
    _entry("InvalidArgumentError", r"expected to be a (\w+) tensor but is a (\w+) tensor",
        "TensorFlow does not mix types of numbers: one is {0}, the other {1}. `tf.cast(x, tf.float32)` changes the type."),
    _entry("InvalidArgumentError", r"Value for attr 'T' of (int\d+) is not in the list of allowed values",
        "This needs floats and was given whole numbers ({0}). `tf.cast(z, tf.float32)` makes floats of them."),
    _entry("InvalidArgumentError", r"Incompatible shapes: \[([\d,]*)\] vs\. \[([\d,]*)\]",
        "+, -, * and / go entry by entry, and shapes ({0}) and ({1}) do not fit for that. The matrix product is tf.matmul."),
    _entry("NotImplementedError", r"^Cannot convert a symbolic tf\.Tensor",
        "Inside a graph there are no numbers yet, and NumPy works on numbers only. Take TensorFlow's own function in its place: "
        "tf.reduce_mean for np.mean, tf.reduce_sum for np.sum, tf.math.log for np.log."),
    _entry("AttributeError", r"Tensor'? object has no attribute 'T'", "A tensor is transposed by tf.transpose(x)."),
    _entry("AttributeError", r"'SymbolicTensor' object has no attribute 'numpy'",
        "Inside a graph there are no numbers yet, so a tensor has to stay a tensor: leave out .numpy()."),
    _entry("AttributeError", r"Tensor' object has no attribute 'assign'",
        "Only a tf.Variable can be changed, and this is a tensor. `tf.Variable(value)` makes a variable."),
    # a cell that Python cannot run
    _entry("ModuleNotFoundError ImportError", r"^No module named '([\w.]+)'",
        "There is no package {0} here. The course needs none but those that its first cell imports: leave that line out."),
    _entry("UsageError", r"[Mm]agic function `(%+\w+)",
        "A line that begins with {0} is a command for Jupyter, which this one does not know: leave it out."),
    _entry("IndentationError", r"", "The lines of a body begin in the same column, to the right of their `def`, `for` or `if`."),
    _entry("SyntaxError", r"was never closed|unmatched|EOF", "Count the parentheses and brackets: each that opens has to close."),
)  # fmt: skip


def about_a_raise_left_in(line: int, around: tuple[str, ...], given: tuple[str, ...]) -> str:
    """What to say of a `raise NotImplementedError` that was reached though its part may be written; "" if it is not.

    line: its number in the cell. around: the nearest lines of code above and below it. given: those that are handed out there.
    A part may be written where one of the two lines next to the `raise` is not as handed out.
    """
    if not given or all(code in given for code in around):
        return ""
    return f"If this part is written, delete line {line}, `raise NotImplementedError`; if it is not, write it there."
