"""What an error of Python, NumPy or TensorFlow means for who is new to them, and what to do about it.

The words of an error are foreign text, and a table of patterns reads them. Nothing is run again and no value of the student's
is looked at, so it works in a box, and on what a box has sent. An error that is not in the table has no explanation:
its own words are shown in any case.
"""

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from checking.words import plural

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
    said = match[1]
    if said in ("True", "False"):
        return f"By its place, {said} is taken for the type of the numbers. Write keepdims={said} by name."
    if re.search(r"\barray\(", error.line):
        return f"Write np.array([1, 2]), with one list: a second argument, here {said}, is taken for the type of the numbers."
    function = re.search(r"\b(zeros|ones|empty|full)\(", error.line)
    if not function:
        return ""
    example = "np.full((2, 3), 1.0)" if function[1] == "full" else f"np.{function[1]}((2, 3))"
    return (
        f"A shape is one argument: `{example}`, with two pairs of parentheses. "
        f"With one pair, {said} is taken for the type of the numbers."
    )


def _tuple_for_a_number(match: re.Match[str], error: StudentError) -> str:
    if re.search(r"\brange\(", error.line):
        return "`range` takes one number, and a shape is several: take theta.shape[0], or theta.size for all entries."
    function = re.search(r"\brandn?(?=\()", error.line)
    if function:
        name = f"np.random.{function[0]}"
        star = f" A star takes a shape apart: {name}(*A.shape)." if ".shape" in error.line else ""
        return f"The sizes go into {name} one by one, without a second pair of parentheses: `{name}(2, 3)`.{star}"
    return "This takes one whole number, and a shape is several: A.shape[0] is the number of rows."


def _shapes(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text))


def _entry_by_entry(match: re.Match[str], error: StudentError) -> str:
    a, b = _shapes(match[1]), _shapes(match[2])
    said = f"+, -, * and / go entry by entry, and shapes {a} and {b} do not match."
    if len(a) == len(b) == 1:
        return (
            f"{said} Two flat arrays have to be of the same length. Should each be one number, as np.sum(…) gives it?"
        )
    if a == b[::-1]:
        return f"{said} One is the other's transpose: which of the two is the wrong way round?"
    if len(a) == len(b) == 2 and a[1] == b[0] and _may_mean_a_matrix_product(error.line):
        return f"{said} If you meant the matrix product, it is written `@` or np.dot and gives shape {(a[0], b[1])}."
    flat = next((shape for shape in (a, b) if len(shape) == 1), None)
    if flat:
        return f"{said} An array of shape {flat} is taken for a row; a column has shape {(*flat, 1)}."
    return f"{said} Print both shapes. Is one of them to be transposed, or is a sum missing, such as np.sum(…)?"


def _may_mean_a_matrix_product(line: str) -> bool:
    """Whether two arrays may be multiplied in this line by a *, with nothing else between them."""
    by_a_number = re.search(r"(?<![\w.])[\d.]+ *\*|\* *[\d.]+(?!\w)", line)
    return "*" in line and "**" not in line and not by_a_number and not re.search(r"[@<>-]|dot|matmul", line)


def _no_room(match: re.Match[str], error: StudentError) -> str:
    a, b = _shapes(match[1]), _shapes(match[2])
    summed = len(a) == len(b) == 2 and a == (b[0], 1)
    return (
        f"This line changes an array of shape ({match[1]}) in place, and combined with what is on the right it would "
        f"need shape ({match[2]}). {'Is a sum over the examples missing?' if summed else 'Print both shapes.'}"
    )


def _no_reshape(match: re.Match[str], error: StudentError) -> str:
    size, shape = int(match[1]), match[2]
    if "newaxis" in shape:  # NumPy's word for the -1
        others = math.prod(_shapes(shape))
        return (
            f"The -1 in a reshape stands for what is left, and {size} cannot be divided by {others}. Print the shape."
        )
    return (
        f"A reshape keeps all {size} numbers; a shape ({shape}) holds another number of them. "
        f"The product of the sizes has to be {size}."
    )


def _no_yes_or_no(match: re.Match[str], error: StudentError) -> str:
    function = re.search(r"(?<![\w.])(max|min)\(", error.line)
    if function:
        name = f"np.{function[1]}imum"
        return f"Python's own {function[1]} cannot compare arrays: {name}(0, Z) takes the {function[1]}imum entry by entry."
    place = "An `if`, `while`, `and`, `or` or `not` needs one yes or no here"
    if not re.search(r"\b(if|elif|while|and|or|not|assert)\b", error.line):
        place = "Python needs one yes or no here"
    return (
        f"{place}, and a comparison of arrays gives one for each entry. "
        "np.where, or a product with the comparison, works entry by entry."
    )


def _no_axis(match: re.Match[str], error: StudentError) -> str:
    axis, axes = match[1], int(match[2])
    if axes == 0:
        return "This is a single number, which has no axes. Print it: should it be an array?"
    if axes == 1:
        return (
            f"The array has 1 axis, axis 0, and no axis {axis}. Print its shape: has a sum or an index without keepdims=True "
            "taken the other axis away?"
        )
    return (
        f"The array has {axes} axes, which are counted from 0: axis 0, the rows, then axis 1, the columns. "
        f"There is no axis {axis}."
    )


def _no_value_yet(match: re.Match[str], error: StudentError) -> str:
    name = match[1]
    if re.match(rf"{name}\s*(?:[-+*/@%]|//|\*\*)=", error.line):
        return (
            f"This very line changes `{name}`, which has no value yet. Give it a first value above, before a loop if this "
            f"is one: {name} = 0."
        )
    if re.match(rf"{name}\s*=(?!=)", error.line):
        return (
            f"It is this very line that gives `{name}` its first value, and it needs one already. A function that assigns a name "
            "does not see what has that name outside. Give it a first value above, or call the result by another name."
        )
    return (
        f"{name} has a value only if the line that assigns it has run, and here it has not: that line stands in a loop "
        "that had nothing to go through, in an `if` that was false, or further down."
    )


def _not_a_place(match: re.Match[str], error: StudentError) -> str:
    replaced = re.match(r"(\w+)\s*=(?!=).*?\b\1(\[[^\]]*\])", error.line)
    if replaced:
        name, key = replaced.groups()
        return (
            f"`{name}` is an array by now: this very line has put it in the place of the dict. `{name}{key} = …` changes "
            "the entry alone."
        )
    entries = re.findall(r"""(\w+)(\[f?["'][^\]]*\])""", error.line)
    if entries:
        one = len(set(re.findall(r"\b(\w+)\[", error.line))) == 1
        entry = "".join(entries[0]) + " = …" if one else "such as v['dW1'] = …"
        return (
            f"A key such as 'W1' is for a dict, and what stands before the brackets is an array. If it was a dict, an earlier "
            f"line has replaced it: assign to its entry, {entry}, and not to the whole."
        )
    if "/" in error.line or not error.line:
        return "The brackets of an array take whole numbers, and / always gives a float. Whole division is //."
    return "What stands before the brackets is an array, and it takes whole numbers there. Print both."


def _none(match: re.Match[str], error: StudentError) -> str:
    if "'append'" in error.text:
        return (
            "`averages.append(v)` changes the list and gives back None. Write it without `averages = ` in front, or the "
            "list is lost."
        )
    if re.search(r"\bprint\(", error.line):
        return "`print(…)` shows a value and gives back None: leave `print` out, and the value stays."
    said = "Something in this line is None. A function without `return` gives None."
    if "tensorflow" in sys.modules or "tape" in error.line:
        return (
            f"{said} A gradient is None where the tape has not seen how the cost comes from the variable: the forward pass "
            "belongs inside its `with`."
        )
    return said


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
    if "{" in name:
        return (
            f"The letter f is missing before the quotes: f'{name}' puts the value in, '{name}' is taken as it stands."
        )
    if re.fullmatch(r"d?[A-Za-z]+0", name):
        return f"There is no entry '{name}': layers are counted from 1, so the first is '{name[:-1]}1'."
    if re.fullmatch(r"[Wb]\d+", name) and re.search(r"\b(grads|v|s)\[", error.line):
        return f"A dict in this line has no entry '{name}'. Those of gradients, and of their averages, begin with d: 'd{name}'."
    return f"The dict has no entry '{name}'. Print its keys; upper and lower case matter, and so does each digit."


def _undefined(match: re.Match[str], error: StudentError) -> str:
    name = match[1]
    if re.search(rf"\b{name}\(", error.line) and (full := in_numpy(name)):
        return f"There is no {name} here, and NumPy has one: write {full}."
    kind = "function" if re.search(rf"\b{name}\(", error.line) else "variable"
    said = f"There is no {kind} {name} here. Look for a slip in the name."
    if len(name) > 1 and re.search(rf"[=!]=\s*{name}\b|\[{name}\]", error.line):
        return f"{said} If you meant the word itself, write '{name}', with quotes."
    return f"{said} If another cell makes it, that cell has to run to its end first."


def in_numpy(name: str) -> str:
    """How a function of NumPy is written that has this name, "" if there is none."""
    for place, module in (("np", np), ("np.random", np.random)):  # by `vars`, since some names warn that they are old
        if callable(function := vars(module).get(name)) and not isinstance(function, type):
            return f"{place}.{name}"
    return ""


def _no_arithmetic(match: re.Match[str], error: StudentError) -> str:
    words = match[0]
    if "'dict'" in words:
        return "One of the two is a dict, and a dict cannot be calculated with: take its entries one by one, such as v['dW1']."
    if "'tuple'" in words:
        return (
            "One of the two is a tuple: a function that returns several values gives them as one. Take them apart where it is "
            "called, as in J, cache = f(…)."
        )
    if "'list'" in words:
        return "One of the two is a list, which has no arithmetic entry by entry: np.array(…) makes an array of it."
    if "'str'" in words:
        return (
            "One of the two is a text. A formula in quotes is not calculated: take its quotes away. A name with a number in "
            "it is 'W' + str(l), or f'W{l}'."
        )
    if "function" in words or "method" in words:
        return "A function stands here without its parentheses, so it is not called: write X.mean(), not X.mean."
    return ""


TABLE = (
    # shapes and types of arrays
    _entry("TypeError", r"^Cannot interpret '(.+?)' as a data type", _no_type),
    _entry(
        "TypeError",
        r"^'tuple' object cannot be interpreted as an integer",
        _tuple_for_a_number,
    ),
    _entry("TypeError", r"^'list' object cannot be interpreted as an integer",
        "This takes one whole number and was given a list. The number of its entries is len(…)."),
    _entry("TypeError", r"^only integer scalar arrays can be converted to a scalar index",
        "A size or an index has to be one whole number, and this is an array. Zeros in the shape of W are np.zeros(W.shape), or "
        "np.zeros_like(W)."),
    _entry("TypeError", r"^'float' object cannot be interpreted as an integer",
        "A size or a count has to be a whole number, and / always gives a float. Whole division is //."),
    _entry("ValueError", rf"^operands could not be broadcast together with shapes {_SHAPE} {_SHAPE}", _entry_by_entry),
    _entry("ValueError", rf"^non-broadcastable output operand with shape {_SHAPE}.* shape {_SHAPE}", _no_room),
    _entry("UFuncTypeError _UFuncNoLoopError UFuncNoLoopError", r"did not contain a loop .*dtype\('<U",
        "One of the two is a text, and a formula in quotes is not calculated: take its quotes away."),
    _entry("UFuncTypeError _UFuncOutputCastingError UFuncOutputCastingError", r"^Cannot cast ufunc .* to dtype\('u?int",
        "An array of whole numbers cannot take floats in place: make it one of floats first, v.astype(float)."),
    _entry("ValueError", r"^shapes \(.*\) and \(.*\) not aligned: (\d+) \(dim \d+\) != (\d+)",
        lambda match, error: _product(match[2], match[1])),
    _entry("ValueError", r"^matmul: Input operand 1 has a mismatch.*\(size (\d+) is different from (\d+)\)",
        lambda match, error: _product(match[1], match[2])),
    _entry("ValueError", r"^matmul: Input operand \d does not have enough dimensions",
        "@ is the matrix product of two arrays, and one of the two is a number here. Numbers are multiplied by *."),
    _entry("ValueError", r"^cannot reshape array of size (\d+) into shape \((.+?)\)", _no_reshape),
    _entry("ValueError", r"^The truth value of an array", _no_yes_or_no),
    _entry("ValueError", r"^setting an array element with a sequence",
        "One entry of an array takes one number, and it is given several. Print the shape of what is on the right."),
    _entry("TypeError", r"^only (?:0-dimensional|length-1|size-1) arrays can be converted",
        "This takes one number and was given an array. Functions of `math` are for numbers; those of NumPy, "
        "np.sqrt or np.exp, work on all entries of an array."),
    _entry("IndexError", r"^index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        lambda match, error: f"There is no entry {match[1]} along axis {match[2]}, of size {match[3]}: entries are counted "
        "from 0" + (f", so the last is {int(match[3]) - 1}." if int(match[3]) else ".")
        + (" In a table axis 0 goes over the rows, and columns are X[:, i]." if match[2] == "0" else "")),
    _entry("IndexError", r"^list index out of range", "The list has no such entry: they are counted from 0, so the last has the number len(…) - 1."),
    _entry("IndexError", r"^tuple index out of range", lambda match, error:
        "There are fewer axes than that. A flat array has shape[0] alone, a single number not even that. Print the shape." if ".shape[" in error.line
        else "The tuple is shorter than that: its entries are counted from 0."),
    _entry("IndexError", r"^too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
        lambda match, error: f"The array has {plural(int(match[1]), 'axis', 'axes')}, and there are {match[2]} indices in the "
        "brackets. Print its shape."),
    _entry("IndexError", r"^only integers, slices", _not_a_place),
    _entry("TypeError", r"^(list|tuple) indices must be integers or slices, not (\w+)", lambda match, error:
        f"A {match[1]} takes whole numbers in its brackets, and no key of a dict."
        + (" A function that returns several values gives a tuple: take it apart, as in parameters, v = update(…)." if match[1] == "tuple" else "")),
    _entry("AxisError", r"^axis (-?\d+) is out of bounds for array of dimension (\d+)", _no_axis),
    # names and calls
    _entry("UnboundLocalError", r"local variable '(\w+)'", _no_value_yet),
    _entry("NameError", r"^name '(\w+)' is not defined", _undefined),
    _entry("KeyError", r"^'([\w {}()+-]+)'$", _key),
    _entry("KeyError", r"^(\d{1,4})$",
        "The dict has no entry {0}. Print its keys: the number {0} is not the text 'W{0}'."),
    _entry("TypeError", r"'NoneType'", _none),
    _entry("TypeError", r"^unsupported operand type\(s\) for \^|^ufunc 'bitwise_xor' not supported",
        "`^` is not the power in Python: write `**`, as in beta**t."),
    _entry("TypeError", r"^unsupported operand type\(s\) for [^:]+: .*", _no_arithmetic),
    _entry("TypeError", r"^can only concatenate str", "A text and a number are joined by 'W' + str(l), or f'W{{l}}'."),
    _entry("TypeError", r"^'(?:int|float|numpy\.float64)' object is not iterable",
        "`for` needs something to go through, and this is one number: for l in range(1, L + 1)."),
    _entry("TypeError", r"^'(?:int|float|numpy\.float64)' object is not subscriptable",
        "Brackets take an entry of something, and this is one number."),
    _entry("TypeError", r"^unhashable type: '(?:slice|list|numpy\.ndarray)'",
        "What stands before the brackets is a dict, whose keys are texts such as 'W1': take that entry first."),
    _entry("ValueError", r"^(?:too many|not enough) values to unpack",
        "There are more or fewer names on the left than values on the right. A dict gives its keys alone; "
        "key and value together come from .items()."),
    _entry("RuntimeError", r"^dictionary (?:changed size|keys changed) during iteration",
        "A loop over a dict cannot put keys into the same dict. Go through list(parameters), or fill a new dict."),
    _entry("AttributeError", r"^'NoneType' object has", _none),
    _entry("AttributeError", r"^'numpy\.ndarray' object has no attribute 'append'",
        "An array has no append, since its length is fixed. Collect in a list, and make it an array at the end: np.array(values)."),
    _entry("AttributeError", r"^'dict' object has no attribute '(\w+)'",
        "This is a dict, and {0} is nothing that a dict has. Its entries are taken by their keys: parameters['W1']."),
    _entry("AttributeError", r"^'(?:int|float)' object has no attribute '(?:shape|T|size|ndim|dot|sum|mean|std)'",
        "This is one number, and only an array has that. Leave it out, or find out why it is no array."),
    _entry("AttributeError", r"^'(list|tuple)' object has no attribute '(?:shape|T|size|ndim|dot|sum|mean|std)'",
        "This is a {0}, and only an array has that: np.array(…) makes one of numbers."),
    _entry("AttributeError", r"^module 'numpy' has no attribute '(randn?|randint|seed|permutation|shuffle)'",
        "NumPy has it under random: np.random.{0}."),
    _entry("AttributeError", r"^module 'tensorflow(?:\.[\w.]+)?' has no attribute '(placeholder|Session|InteractiveSession|"
        r"global_variables_initializer|GradientDescentOptimizer|get_variable|get_default_graph)'",
        "{0} is of TensorFlow 1. TensorFlow 2 keeps it in tf.compat.v1, for which one often writes v1: look for it there."),
    _entry("AttributeError", r"^module '(\w+)' has no attribute '(\w+)'",
        "There is no {1} in {0}. Look for a slip in the name; upper and lower case matter."),
    _entry("TypeError", r"^'\S*(?:ndarray|EagerTensor|dict|list|tuple|float|float64|int)' object is not callable",
        "Parentheses after a name call it as a function, and this name is none. An entry is taken with brackets, A[0]; "
        "a product needs its sign, 2 * (a + b)."),
    _entry("TypeError", r"\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)$",
        "The call does not pass {0}. Compare the call with the `def` line; a function of this notebook keeps the "
        "arguments that it was handed out with."),
    _entry("TypeError", r"\(\) takes .*positional arguments? but (\d+) (?:was|were) given",
        lambda match, error: f"The call passes {plural(int(match[1]), 'argument')}, and the function does not take so many. "
        "Compare the call with the `def` line; a function of this notebook keeps the arguments that it was handed out with."),
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
        "+, -, * and / go entry by entry, and shapes ({0}) and ({1}) do not match. The matrix product is tf.matmul."),
    _entry("InvalidArgumentError", r"You must feed a value for placeholder",
        "A placeholder has no value of its own: each session.run of something that depends on it needs "
        "feed_dict={{placeholder: values}}."),
    _entry("FailedPreconditionError", r"Could not find variable|uninitialized",
        "A variable was read before it had a value. Run the initializer in this session first, once."),
    _entry("TypeError", r"^<tf\.Tensor .*is out of scope and cannot be used here",
        "What is returned is a node of a graph, and no number. Run it in the session while that is open, and return what comes out."),
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
        "There is no package {0} here. Look for a slip in its name. If the line is your own, leave it out: the course does without."),
    _entry("UsageError", r"[Mm]agic function `(%+\w+)",
        "A line that begins with {0} is a command for Jupyter, which this one does not know: leave it out."),
    _entry("IndentationError", r"", "The lines of a body begin in the same column, to the right of their `def`, `for` or `if`."),
    _entry("SyntaxError", r"was never closed|unmatched|EOF", "Count the parentheses and brackets: each that opens has to close."),
)  # fmt: skip


def about_a_raise_left_in(line: int, around: tuple[str, ...], given: tuple[str, ...]) -> str:
    """What to say of a `raise NotImplementedError` that was reached though something is written; "" if nothing is.

    line: its number in the cell. around: the nearest lines of code above and below it. given: those that are handed out there,
    first the one above the first part. A part may be written where one of the two lines next to the `raise` is not as handed
    out; and the parts above it are where it is not the first.
    """
    if not given or not around:
        return ""
    if any(code not in given for code in around):
        return (
            f"If this part is written, delete line {line}, `raise NotImplementedError`; if it is not, write it there."
        )
    if around[0] == given[0]:
        return ""
    return f"The part in line {line} is still to be written, in the place of `raise NotImplementedError`; those above it are there."
