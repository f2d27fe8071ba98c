# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% whole_number: floor of all
def whole_number(u, low, high):
    return np.floor(low + np.asarray(u) * (high - low + 1))


# %% whole_number: a list of numbers to choose from
def whole_number(u, low, high):
    numbers = np.arange(low, high + 1)
    places = (np.asarray(u) * len(numbers)).astype(int)
    return numbers[places]


# %% whole_number: entry by entry
def whole_number(u, low, high):
    if np.ndim(u) == 0:
        return low + int(u * (high - low + 1))
    return np.array([whole_number(part, low, high) for part in u])


# %% whole_number: the ends of the pieces
def whole_number(u, low, high):
    n = high - low + 1
    ends = np.arange(1, n) / n
    return low + np.searchsorted(ends, u, side="right")


# %% whole_number: counting the pieces that are passed
def whole_number(u, low, high):
    n = high - low + 1
    u = np.asarray(u)
    passed = np.zeros(u.shape, dtype=int)
    for i in range(1, n):
        passed += u >= i / n
    return low + passed


# %% whole_number: cut to integers
def whole_number(u, low, high):
    steps = np.array(u * (1 + high - low), dtype=np.int64)
    return steps + low


# %% whole_number: floor division
def whole_number(u, low, high):
    u = np.asarray(u)
    return low + (u * (high + 1 - low)) // 1


# %% whole_number: rounding the middle of a piece
def whole_number(u, low, high):
    n = high - low + 1
    return np.rint(low - 0.5 + np.asarray(u) * n)


# %% whole_number: np.vectorize
def whole_number(u, low, high):
    return np.vectorize(lambda x: low + math.floor(x * (high - low + 1)))(u)


# %% whole_number: with a guard for u = 1
def whole_number(u, low, high):
    value = np.floor(low + (high + 1 - low) * np.asarray(u))
    return np.clip(value, low, high)


# %% whole_number: digitize
def whole_number(u, low, high):
    n = high - low + 1
    return low + np.digitize(u, [i / n for i in range(1, n)])


# %% on_log_scale: base ten
def on_log_scale(u, low, high):
    r = np.log10(low) + u * (np.log10(high) - np.log10(low))
    return 10**r


# %% on_log_scale: base e, as a mean of the logarithms
def on_log_scale(u, low, high):
    return np.exp((1 - u) * np.log(low) + u * np.log(high))


# %% on_log_scale: a product of two powers
def on_log_scale(u, low, high):
    return low ** (1 - u) * high**u


# %% on_log_scale: base two
def on_log_scale(u, low, high):
    return np.exp2(np.log2(low) + np.log2(high / low) * np.asarray(u))


# %% on_log_scale: np.interp
def on_log_scale(u, low, high):
    return 10 ** np.interp(u, [0, 1], np.log10([low, high]))


# %% on_log_scale: entry by entry
def on_log_scale(u, low, high):
    if np.ndim(u):
        return np.array([on_log_scale(part, low, high) for part in u])
    return low * math.pow(high / low, u)


# %% on_log_scale: from the top
def on_log_scale(u, low, high):
    return high * (low / high) ** (1 - u)


# %% on_log_scale: math's logarithm
def on_log_scale(u, low, high):
    start, end = math.log(low), math.log(high)
    return np.exp(start + (end - start) * np.asarray(u))


# %% on_log_scale: in place
def on_log_scale(u, low, high):
    r = np.array(u, dtype=float)
    r *= np.log(high) - np.log(low)
    r += np.log(low)
    return np.exp(r)


# %% on_log_scale: np.power
def on_log_scale(u, low, high):
    a, b = np.log10(low), np.log10(high)
    return np.power(10.0, a * (1 - np.asarray(u)) + b * np.asarray(u))


# %% memory_on_log_scale: base ten
def memory_on_log_scale(u, low=0.9, high=0.999):
    a, b = np.log10(1 - low), np.log10(1 - high)
    return 1 - 10 ** (a + (b - a) * u)


# %% memory_on_log_scale: calls on_log_scale
def memory_on_log_scale(u, low=0.9, high=0.999):
    return 1 - on_log_scale(u, 1 - low, 1 - high)


# %% memory_on_log_scale: calls it with the ends in order
def memory_on_log_scale(u, low=0.9, high=0.999):
    return 1 - on_log_scale(1 - np.asarray(u), 1 - high, 1 - low)


# %% memory_on_log_scale: by memories
def memory_on_log_scale(u, low=0.9, high=0.999):
    short, long = 1 / (1 - low), 1 / (1 - high)
    memory = short * (long / short) ** u
    return 1 - 1 / memory


# %% memory_on_log_scale: expm1 and log1p
def memory_on_log_scale(u, low=0.9, high=0.999):
    return -np.expm1((1 - np.asarray(u)) * np.log1p(-low) + u * np.log1p(-high))


# %% memory_on_log_scale: as a product of two powers
def memory_on_log_scale(u, low=0.9, high=0.999):
    return 1 - (1 - low) ** (1 - u) * (1 - high) ** u


# %% memory_on_log_scale: np.interp
def memory_on_log_scale(u, low=0.9, high=0.999):
    r = np.interp(u, [0.0, 1.0], [np.log10(1 - low), np.log10(1 - high)])
    return 1 - 10.0**r


# %% memory_on_log_scale: memories, in logarithms
def memory_on_log_scale(u, low=0.9, high=0.999):
    memory = np.exp(-np.log(1 - low) + np.asarray(u) * (np.log(1 - low) - np.log(1 - high)))
    return (memory - 1) / memory


# %% memory_on_log_scale: entry by entry
def memory_on_log_scale(u, low=0.9, high=0.999):
    if np.ndim(u):
        return np.array([memory_on_log_scale(part, low, high) for part in u])
    start, end = math.log(1 - low), math.log(1 - high)
    return 1 - math.exp(start + u * (end - start))


# %% memory_on_log_scale: from the upper end
def memory_on_log_scale(u, low=0.9, high=0.999):
    down = (1 - low) / (1 - high)
    return 1 - (1 - high) * down ** (1 - u)


# %% grid: itertools
def grid(axes):
    import itertools

    return [dict(zip(axes, values)) for values in itertools.product(*axes.values())]


# %% grid: recursion
def grid(axes):
    if not axes:
        return [{}]
    first, *others = axes
    rest = grid({name: axes[name] for name in others})
    return [{first: value, **setting} for value in axes[first] for setting in rest]


# %% grid: loops and copies
def grid(axes):
    settings = [{}]
    for name in axes:
        longer = []
        for setting in settings:
            for value in axes[name]:
                new = dict(setting)
                new[name] = value
                longer.append(new)
        settings = longer
    return settings


# %% grid: by counting
def grid(axes):
    names = list(axes)
    lengths = [len(axes[name]) for name in names]
    settings = []
    for i in range(int(np.prod(lengths))):
        places = np.unravel_index(i, lengths)
        settings.append({name: axes[name][place] for name, place in zip(names, places)})
    return settings


# %% grid: np.ndindex
def grid(axes):
    shape = tuple(len(values) for values in axes.values())
    return [{name: axes[name][i] for name, i in zip(axes, place)} for place in np.ndindex(*shape)]


# %% grid: meshgrid
def grid(axes):
    columns = [mesh.ravel() for mesh in np.meshgrid(*axes.values(), indexing="ij")]
    return [dict(zip(axes.keys(), row)) for row in zip(*columns)]


# %% grid: from the last axis
def grid(axes):
    settings = [{}]
    for name in reversed(list(axes)):
        settings = [{name: value, **setting} for value in axes[name] for setting in settings]
    return settings


# %% grid: repeat and tile
def grid(axes):
    total = 1
    for values in axes.values():
        total *= len(values)
    settings = [{} for _ in range(total)]
    inner = total
    for name, values in axes.items():
        inner //= len(values)
        for i, setting in enumerate(settings):
            setting[name] = values[i // inner % len(values)]
    return settings


# %% grid: functools.reduce
def grid(axes):
    from functools import reduce

    return reduce(lambda done, axis: [s | {axis[0]: v} for s in done for v in axis[1]], axes.items(), [{}])


# %% grid: a generator
def grid(axes):
    def walk(names, setting):
        if not names:
            yield dict(setting)
        else:
            for value in axes[names[0]]:
                yield from walk(names[1:], {**setting, names[0]: value})

    return list(walk(list(axes), {}))


# %% random_trials: column by column
def random_trials(U, space):
    n = U.shape[0]
    trials = [{} for _ in range(n)]
    for j, name in enumerate(space):
        kind, low, high = space[name]
        u = U[:, j]
        if kind == "log":
            values = on_log_scale(u, low, high)
        if kind == "memory":
            values = memory_on_log_scale(u, low, high)
        if kind == "whole":
            values = whole_number(u, low, high)
        if kind == "linear":
            values = low + u * (high - low)
        for i in range(n):
            trials[i][name] = values[i]
    return trials


# %% random_trials: functions by their kinds
def random_trials(U, space):
    by_kind = {
        "log": on_log_scale,
        "memory": memory_on_log_scale,
        "whole": whole_number,
        "linear": lambda u, low, high: low + (high - low) * u,
    }
    return [{name: by_kind[kind](row[j], low, high) for j, (name, (kind, low, high)) in enumerate(space.items())} for row in U]


# %% random_trials: by numbers
def random_trials(U, space):
    n, k = U.shape
    names = list(space.keys())
    trials = []
    for i in range(n):
        trial = dict()
        for j in range(k):
            kind, low, high = space[names[j]]
            u = float(U[i, j])
            if kind == "log":
                value = on_log_scale(u, low, high)
            elif kind == "memory":
                value = memory_on_log_scale(u, low, high)
            elif kind == "whole":
                value = whole_number(u, low, high)
            else:
                value = (1 - u) * low + u * high
            trial[names[j]] = value
        trials.append(trial)
    return trials


# %% random_trials: whole columns, as numbers of Python
def random_trials(U, space):
    columns = {}
    for u, (name, (kind, *ends)) in zip(U.T, space.items()):
        if kind == "linear":
            columns[name] = np.interp(u, [0, 1], ends)
        else:
            function = {"log": on_log_scale, "memory": memory_on_log_scale, "whole": whole_number}[kind]
            columns[name] = function(u, *ends)
    return [{name: np.asarray(values)[i].item() for name, values in columns.items()} for i in range(len(U))]


# %% random_trials: a helper inside
def random_trials(U, space):
    def value(u, kind, low, high):
        if kind == "linear":
            return low + (high - low) * u
        if kind == "whole":
            return whole_number(u, low, high)
        return on_log_scale(u, low, high) if kind == "log" else memory_on_log_scale(u, low, high)

    return [{name: value(u, *how) for u, (name, how) in zip(row, space.items())} for row in U]


# %% random_trials: match
def random_trials(U, space):
    trials = []
    for row in U:
        trial, u = {}, iter(row)
        for name, (kind, low, high) in space.items():
            match kind:
                case "log":
                    trial[name] = on_log_scale(next(u), low, high)
                case "memory":
                    trial[name] = memory_on_log_scale(next(u), low=low, high=high)
                case "whole":
                    trial[name] = whole_number(next(u), low, high)
                case "linear":
                    trial[name] = low + (high - low) * next(u)
        trials.append(trial)
    return trials


# %% random_trials: rows and columns turned at the end
def random_trials(U, space):
    columns = []
    for j, (kind, low, high) in enumerate(space.values()):
        u = U[:, j]
        if kind == "log":
            columns.append(on_log_scale(u, low, high))
        elif kind == "memory":
            columns.append(memory_on_log_scale(u, low, high))
        elif kind == "whole":
            columns.append(whole_number(u, low, high))
        else:
            columns.append(np.array([low + (high - low) * x for x in u]))
    return [dict(zip(space, row)) for row in zip(*columns)]


# %% random_trials: keyword arguments
def random_trials(U, space):
    trials = [dict() for _ in U]
    for trial, row in zip(trials, U):
        for j, name in enumerate(space):
            kind, low, high = space[name]
            if kind == "linear":
                trial[name] = row[j] * high + (1 - row[j]) * low
            else:
                scale = on_log_scale if kind == "log" else whole_number if kind == "whole" else memory_on_log_scale
                trial[name] = scale(u=row[j], low=low, high=high)
    return trials


# %% random_trials: a list of rows
def random_trials(U, space):
    kinds = [how[0] for how in space.values()]
    lows = [how[1] for how in space.values()]
    highs = [how[2] for how in space.values()]
    names = [name for name in space]
    result = []
    for row in U.tolist():
        values = []
        for u, kind, low, high in zip(row, kinds, lows, highs):
            if kind in ("log", "memory"):
                values.append((on_log_scale if kind[0] == "l" else memory_on_log_scale)(u, low, high))
            elif kind == "whole":
                values.append(whole_number(u, low, high))
            else:
                values.append(low + u * (high - low))
        result.append(dict(zip(names, values)))
    return result


# %% random_trials: popped from a list
def random_trials(U, space):
    trials = []
    for row in U:
        left = list(row)
        trial = {}
        for name, (kind, low, high) in space.items():
            u = left.pop(0)
            if kind == "linear":
                trial[name] = low + (high - low) * u
                continue
            trial[name] = {"log": on_log_scale, "memory": memory_on_log_scale, "whole": whole_number}[kind](u, low, high)
        trials.append(trial)
    return trials


# %% zoom: base ten
def zoom(space, best, share=0.25):
    closer = {}
    for name, (kind, low, high) in space.items():
        if kind == "log":
            a, b, c = np.log10(low), np.log10(high), np.log10(best[name])
        elif kind == "memory":
            a, b, c = -np.log10(1 - low), -np.log10(1 - high), -np.log10(1 - best[name])
        else:
            a, b, c = low, high, best[name]
        half = share * (b - a) / 2
        left, right = c - half, c + half
        if left < a:
            left, right = a, a + 2 * half
        if right > b:
            left, right = b - 2 * half, b
        if kind == "log":
            left, right = 10**left, 10**right
        if kind == "memory":
            left, right = 1 - 10**-left, 1 - 10**-right
        if kind == "whole":
            left, right = int(np.floor(left)), int(np.ceil(right))
        closer[name] = (kind, left, right)
    return closer


# %% zoom: memories run down on their scale
def zoom(space, best, share=0.25):
    closer = {}
    for name in space:
        kind, low, high = space[name]
        x = best[name]
        if kind == "memory":
            top, bottom, middle = math.log(1 - low), math.log(1 - high), math.log(1 - x)
            width = share * (top - bottom)
            end = min(max(middle - width / 2, bottom), top - width)
            closer[name] = (kind, 1 - math.exp(end + width), 1 - math.exp(end))
            continue
        if kind == "log":
            low, high, x = math.log(low), math.log(high), math.log(x)
        width = share * (high - low)
        begin = min(max(x - width / 2, low), high - width)
        if kind == "log":
            closer[name] = (kind, math.exp(begin), math.exp(begin + width))
        elif kind == "whole":
            closer[name] = (kind, math.floor(begin), math.ceil(begin + width))
        else:
            closer[name] = (kind, begin, begin + width)
    return closer


# %% zoom: in shares of the old interval
def zoom(space, best, share=0.25):
    closer = {}
    for name, (kind, low, high) in space.items():
        if kind == "log":
            u = math.log(best[name] / low) / math.log(high / low)
        elif kind == "memory":
            u = math.log((1 - best[name]) / (1 - low)) / math.log((1 - high) / (1 - low))
        else:
            u = (best[name] - low) / (high - low)
        start = np.clip(u - share / 2, 0, 1 - share)
        ends = np.array([start, start + share])
        if kind == "log":
            ends = low * (high / low) ** ends
        elif kind == "memory":
            ends = 1 - (1 - low) * ((1 - high) / (1 - low)) ** ends
        else:
            ends = low + (high - low) * ends
        if kind == "whole":
            ends = [math.floor(ends[0] + 1e-9), math.ceil(ends[1] - 1e-9)]
        closer[name] = (kind, ends[0], ends[1])
    return closer


# %% zoom: memories as memories
def zoom(space, best, share=0.25):
    def moved(a, b, middle):
        width = share * (b - a)
        a_new = middle - width / 2
        a_new += max(0, a - a_new)
        a_new -= max(0, a_new + width - b)
        return a_new, a_new + width

    result = {}
    for name, (kind, low, high) in space.items():
        x = best[name]
        if kind == "log":
            a, b = np.exp(moved(np.log(low), np.log(high), np.log(x)))
        elif kind == "memory":
            a, b = np.exp(moved(*(np.log(1 / (1 - v)) for v in (low, high, x))))
            a, b = 1 - 1 / a, 1 - 1 / b
        elif kind == "whole":
            a, b = moved(low, high, x)
            a, b = math.floor(a), math.ceil(b)
        else:
            a, b = moved(low, high, x)
        result[name] = (kind, a, b)
    return result


# %% zoom: recursion on the kind "log"
def zoom(space, best, share=0.25):
    closer = {}
    for name, (kind, low, high) in space.items():
        x = best[name]
        if kind == "memory":
            inner = zoom({"m": ("log", 1 - high, 1 - low)}, {"m": 1 - x}, share)["m"]
            closer[name] = ("memory", 1 - inner[2], 1 - inner[1])
        elif kind == "log":
            inner = zoom({"r": ("linear", math.log10(low), math.log10(high))}, {"r": math.log10(x)}, share)["r"]
            closer[name] = ("log", 10 ** inner[1], 10 ** inner[2])
        else:
            width = share * (high - low)
            start = sorted((low, x - width / 2, high - width))[1]
            end = start + width
            if kind == "whole":
                start, end = math.floor(start), math.ceil(end)
            closer[name] = (kind, start, end)
    return closer


# %% zoom: scales as pairs of functions
def zoom(space, best, share=0.25):
    scales = {
        "log": (np.log2, np.exp2),
        "memory": (lambda b: -np.log2(1 - b), lambda s: 1 - np.exp2(-s)),
        "linear": (np.float64, np.float64),
        "whole": (np.float64, np.float64),
    }
    closer = dict()
    for name, how in space.items():
        there, back = scales[how[0]]
        first, last = there(how[1]), there(how[2])
        width = (last - first) * share
        start = np.clip(there(best[name]) - 0.5 * width, first, last - width)
        ends = [back(start), back(start + width)]
        if how[0] == "whole":
            ends = [np.floor(ends[0]), np.ceil(ends[1])]
        closer[name] = (how[0], *ends)
    return closer


# %% zoom: lists in place of tuples
def zoom(space, best, share=0.25):
    out = {}
    for name, (kind, low, high) in space.items():
        values = np.array([low, high, best[name]], dtype=float)
        if kind == "log":
            values = np.log(values)
        if kind == "memory":
            values = -np.log1p(-values)
        width = share * (values[1] - values[0])
        if values[2] + width / 2 > values[1]:
            ends = np.array([values[1] - width, values[1]])
        elif values[2] - width / 2 < values[0]:
            ends = np.array([values[0], values[0] + width])
        else:
            ends = values[2] + width * np.array([-0.5, 0.5])
        if kind == "log":
            ends = np.exp(ends)
        if kind == "memory":
            ends = -np.expm1(-ends)
        if kind == "whole":
            ends = np.array([np.floor(ends[0]), np.ceil(ends[1])])
        out[name] = [kind, ends[0], ends[1]]
    return out


# %% zoom: factors in place of logarithms
def zoom(space, best, share=0.25):
    closer = {}
    for name, (kind, low, high) in space.items():
        x = best[name]
        if kind in ("linear", "whole"):
            width = share * (high - low)
            a = min(max(x - width / 2, low), high - width)
            b = a + width
            if kind == "whole":
                a, b = math.floor(a), math.ceil(b)
        else:
            if kind == "memory":
                low, high, x = 1 / (1 - low), 1 / (1 - high), 1 / (1 - x)
            factor = (high / low) ** share
            a = min(max(x / factor**0.5, low), high / factor)
            b = a * factor
            if kind == "memory":
                a, b = 1 - 1 / a, 1 - 1 / b
        closer[name] = (kind, a, b)
    return closer


# %% zoom: the middle is moved first
def zoom(space, best, share=0.25):
    closer = {}
    for name, (kind, low, high) in space.items():
        to = {"log": math.log, "memory": lambda beta: -math.log(1 - beta)}.get(kind, lambda x: x)
        back = {"log": math.exp, "memory": lambda s: 1 - math.exp(-s)}.get(kind, lambda x: x)
        half = share / 2 * (to(high) - to(low))
        middle = to(best[name])
        middle = max(middle, to(low) + half)
        middle = min(middle, to(high) - half)
        a, b = back(middle - half), back(middle + half)
        if kind == "whole":
            a, b = math.floor(a), -math.floor(-b)
        closer[name] = (kind, a, b)
    return closer


# %% zoom: a new dict by copying
def zoom(space, best, share=0.25):
    closer = dict(space)
    for name in closer:
        kind, low, high = closer[name]
        if kind == "log":
            f, g = np.log10, lambda r: 10.0**r
        elif kind == "memory":
            f, g = lambda beta: np.log10(1 / (1 - beta)), lambda r: 1 - 10.0**-r
        else:
            f = g = lambda x: x
        width = share * (f(high) - f(low))
        begin = f(best[name]) - width / 2
        if begin < f(low):
            begin = f(low)
        elif begin + width > f(high):
            begin = f(high) - width
        new = [g(begin), g(begin + width)]
        if kind == "whole":
            new = [int(new[0]), int(np.ceil(new[1]))]
        closer[name] = (kind, *new)
    return closer


# %% folds: array_split and setdiff1d
def folds(m, k, permutation):
    return [(np.setdiff1d(permutation, piece), piece) for piece in np.array_split(permutation, k)]


# %% folds: sizes and their sums
def folds(m, k, permutation):
    sizes = np.full(k, m // k)
    sizes[: m % k] += 1
    ends = np.cumsum(sizes)
    pairs = []
    for size, end in zip(sizes, ends):
        dev = permutation[end - size : end]
        pairs.append((np.array([i for i in permutation if i not in dev]), dev))
    return pairs


# %% folds: masks
def folds(m, k, permutation):
    fold_of = np.sort(np.arange(m) % k)
    return [(permutation[fold_of != i], permutation[fold_of == i]) for i in range(k)]


# %% folds: np.delete
def folds(m, k, permutation):
    pairs, start = [], 0
    for i in range(k):
        size = m // k + 1 if i < m % k else m // k
        places = np.arange(start, start + size)
        pairs.append((np.delete(permutation, places), permutation[places]))
        start += size
    return pairs


# %% folds: lists
def folds(m, k, permutation):
    order = list(permutation)
    result = []
    for i in range(k):
        rest = m % k
        start = i * (m // k) + min(i, rest)
        end = (i + 1) * (m // k) + min(i + 1, rest)
        result.append((order[:start] + order[end:], order[start:end]))
    return result


# %% folds: pieces first, then all others
def folds(m, k, permutation):
    pieces, left = [], permutation
    for i in range(k):
        size = -(-len(left) // (k - i))
        pieces.append(left[:size])
        left = left[size:]
    return [(np.concatenate([p for j, p in enumerate(pieces) if j != i] + [np.array([], dtype=int)]), pieces[i]) for i in range(k)]


# %% folds: sets
def folds(m, k, permutation):
    everything = set(range(m))
    pairs = []
    for dev in np.array_split(np.array(permutation), k):
        train = np.array(sorted(everything - set(dev.tolist())))
        pairs.append((train, np.sort(dev)))
    return pairs


# %% folds: np.isin
def folds(m, k, permutation):
    pairs = []
    for i in range(k):
        length = m // k + int(i < m % k)
        begin = sum(m // k + int(j < m % k) for j in range(i))
        dev = permutation[begin : begin + length]
        train = np.arange(m)[~np.isin(np.arange(m), dev)]
        pairs.append((train, dev))
    return pairs


# %% folds: rolled to the front
def folds(m, k, permutation):
    pairs = []
    rolled = np.array(permutation)
    for i in range(k):
        size = (m + k - 1 - i) // k
        pairs.append((rolled[size:].copy(), rolled[:size].copy()))
        rolled = np.roll(rolled, -size)
    return pairs


# %% folds: np.split at the ends
def folds(m, k, permutation):
    cuts = [i * (m // k) + min(i, m % k) for i in range(1, k)]
    pieces = np.split(permutation, cuts)
    return [[np.hstack(pieces[:i] + pieces[i + 1 :]), pieces[i]] for i in range(k)]


# %% cross_validation_error: a list at once
def cross_validation_error(X, Y, k, permutation, setting):
    pairs = folds(X.shape[1], k, permutation)
    errors = np.array([fit_and_measure(X[:, t], Y[:, t], X[:, d], Y[:, d], setting) for t, d in pairs])
    return errors.mean(), errors.std()


# %% cross_validation_error: sums
def cross_validation_error(X, Y, k, permutation, setting):
    total = squares = 0.0
    errors = []
    for train, dev in folds(Y.shape[1], k, permutation):
        e = fit_and_measure(X[:, train], Y[:, train], X[:, dev], Y[:, dev], setting)
        errors.append(e)
        total += e
    mean = total / k
    for e in errors:
        squares += (e - mean) ** 2
    return mean, math.sqrt(squares / k)


# %% cross_validation_error: filled in
def cross_validation_error(X, Y, k, permutation, setting):
    errors = np.zeros(k)
    pairs = folds(X.shape[1], k, permutation)
    for i in range(k):
        train, dev = pairs[i]
        errors[i] = fit_and_measure(X[:, train], Y[:, train], X[:, dev], Y[:, dev], setting)
    return float(np.mean(errors)), float(np.std(errors))


# %% cross_validation_error: rows
def cross_validation_error(X, Y, k, permutation, setting):
    A, B = X.T, Y.T
    errors = []
    for train, dev in folds(len(A), k, permutation):
        errors += [fit_and_measure(A[train].T, B[train].T, A[dev].T, B[dev].T, setting)]
    return np.average(errors), np.sqrt(np.var(errors))


# %% cross_validation_error: np.take
def cross_validation_error(X, Y, k, permutation, setting):
    def one(pair):
        (train, dev) = pair
        return fit_and_measure(
            np.take(X, train, axis=1), np.take(Y, train, axis=1), np.take(X, dev, axis=1), np.take(Y, dev, axis=1), setting
        )

    errors = list(map(one, folds(X.shape[1], k, permutation)))
    return np.mean(errors), np.std(errors)


# %% cross_validation_error: statistics
def cross_validation_error(X, Y, k, permutation, setting):
    import statistics

    errors = []
    for train, dev in folds(m=X.shape[1], k=k, permutation=permutation):
        errors.append(float(fit_and_measure(X[:, train], Y[:, train], X[:, dev], Y[:, dev], setting)))
    return statistics.fmean(errors), statistics.pstdev(errors)


# %% cross_validation_error: ellipsis
def cross_validation_error(X, Y, k, permutation, setting):
    errors = []
    for train, dev in folds(X.shape[-1], k, permutation):
        errors.append(fit_and_measure(X[..., train], Y[..., train], X[..., dev], Y[..., dev], setting))
    return [np.mean(errors), np.std(errors, ddof=0)]


# %% cross_validation_error: mean of squares
def cross_validation_error(X, Y, k, permutation, setting):
    e = np.array(
        [
            fit_and_measure(X[:, train], Y[:, train], X[:, dev], Y[:, dev], setting)
            for train, dev in folds(X.shape[1], k, permutation)
        ]
    )
    mean = e.sum() / k
    return mean, (((e - mean) ** 2).sum() / k) ** 0.5


# %% cross_validation_error: X and Y together
def cross_validation_error(X, Y, k, permutation, setting):
    n = X.shape[0]
    both = np.vstack([X, Y])
    errors = []
    for train, dev in folds(both.shape[1], k, permutation):
        T, D = both[:, train], both[:, dev]
        errors.append(fit_and_measure(T[:n], T[n:], D[:n], D[n:], setting))
    return np.mean(errors), np.std(errors)


# %% cross_validation_error: by the length of the permutation
def cross_validation_error(X, Y, k, permutation, setting):
    errors = []
    for pair in folds(len(permutation), k, permutation):
        parts = [array[:, chosen] for chosen in pair for array in (X, Y)]
        errors.append(fit_and_measure(*parts, setting))
    mean = sum(errors) / len(errors)
    return mean, np.linalg.norm(np.array(errors) - mean) / np.sqrt(len(errors))


# %% surviving: sorted
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    alive, cost, done, survivors = list(range(n)), 0, 0, []
    for t in checkpoints:
        cost += len(alive) * (t - done)
        places = math.ceil(keep * len(alive))
        ranked = sorted((i for i in alive if not np.isnan(curves[i, t - 1])), key=lambda i: curves[i, t - 1])
        alive = sorted(ranked[:places])
        survivors.append(np.array(alive, dtype=int))
        done = t
    return survivors, cost + len(alive) * (T - done)


# %% surviving: infinity for not a number
def surviving(curves, checkpoints, keep=0.5):
    curves = np.where(np.isnan(curves), np.inf, curves)
    n, T = curves.shape
    alive = np.arange(n)
    survivors, cost, before = [], 0, 0
    for t in checkpoints:
        cost += alive.size * (t - before)
        before = t
        places = int(np.ceil(keep * alive.size))
        order = alive[np.argsort(curves[alive, t - 1], kind="stable")][:places]
        alive = np.sort(order[np.isfinite(curves[order, t - 1])])
        survivors.append(alive)
    cost += alive.size * (T - before)
    return survivors, cost


# %% surviving: the length of each training
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    length = np.full(n, T)
    alive, survivors = np.arange(n), []
    for t in checkpoints:
        errors = curves[alive, t - 1]
        places = math.ceil(keep * len(alive))
        on = [alive[j] for j in np.argsort(errors, kind="stable")[:places] if not np.isnan(errors[j])]
        for i in alive:
            if i not in on:
                length[i] = t
        alive = np.array(sorted(on), dtype=int)
        survivors.append(alive)
    return survivors, length.sum()


# %% surviving: step by step
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    alive, cost, survivors = np.arange(n), 0, []
    for t in range(1, T + 1):
        cost += len(alive)
        if t in checkpoints:
            errors = curves[alive, t - 1]
            finite = alive[~np.isnan(errors)]
            places = min(math.ceil(keep * len(alive)), len(finite))
            order = np.lexsort((finite, curves[finite, t - 1]))
            alive = np.sort(finite[order[:places]])
            survivors.append(alive)
    return survivors, cost


# %% surviving: ranks by counting who is better
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    alive = list(range(n))
    survivors, cost, done = [], 0, 0
    for t in checkpoints:
        cost += len(alive) * (t - done)
        done = t
        places = math.ceil(keep * len(alive))
        error = {i: curves[i, t - 1] for i in alive}
        on = []
        for i in alive:
            better = sum(1 for j in alive if error[j] < error[i] or (error[j] == error[i] and j < i))
            if better < places and not np.isnan(error[i]):
                on.append(i)
        alive = on
        survivors.append(np.array(alive, dtype=int))
    return survivors, cost + len(alive) * (T - done)


# %% surviving: a mask
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    on = np.ones(n, dtype=bool)
    survivors, paid, last = [], 0, 0
    for t in checkpoints:
        paid += int(on.sum()) * (t - last)
        last = t
        places = math.ceil(keep * on.sum())
        errors = np.where(on & ~np.isnan(curves[:, t - 1]), curves[:, t - 1], np.inf)
        order = np.argsort(errors, kind="stable")[:places]
        on = np.zeros(n, dtype=bool)
        on[order] = errors[order] < np.inf
        survivors.append(np.flatnonzero(on))
    return survivors, paid + int(on.sum()) * (T - last)


# %% surviving: pairs of error and index
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    alive, survivors, stops = range(n), [], [0, *checkpoints, T]
    numbers = [n]
    for t in checkpoints:
        ranked = sorted((curves[i, t - 1], i) for i in alive if curves[i, t - 1] == curves[i, t - 1])
        alive = sorted(i for _, i in ranked[: math.ceil(keep * len(alive))])
        survivors.append(np.array(alive, int))
        numbers.append(len(alive))
    cost = sum(number * (b - a) for number, a, b in zip(numbers, stops[:-1], stops[1:]))
    return survivors, cost


# %% surviving: saved steps taken off
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    alive = np.arange(n)
    cost, survivors = n * T, []
    for t in checkpoints:
        e = curves[alive, t - 1]
        k = math.ceil(keep * len(alive))
        chosen = [i for i in np.argsort(e, kind="mergesort")[:k] if not math.isnan(e[i])]
        new = np.sort(alive[chosen])
        cost -= (len(alive) - len(new)) * (T - t)
        alive = new
        survivors += [alive]
    return survivors, cost


# %% surviving: one after the other is taken out
def surviving(curves, checkpoints, keep=0.5):
    n, T = curves.shape
    alive, survivors, cost, done = list(range(n)), [], 0, 0
    for t in checkpoints:
        cost += len(alive) * (t - done)
        done = t
        places = math.ceil(keep * len(alive))
        alive = [i for i in alive if not np.isnan(curves[i, t - 1])]
        while len(alive) > places:
            worst = alive[0]
            for i in alive:
                if curves[i, t - 1] >= curves[worst, t - 1]:
                    worst = i
            alive.remove(worst)
        survivors.append(np.array(alive, dtype=int))
    cost += len(alive) * (T - done)
    return survivors, cost


# %% surviving: recursion
def surviving(curves, checkpoints, keep=0.5):
    def go(alive, before, stops):
        if not stops:
            return [], len(alive) * (curves.shape[1] - before)
        t, *later = stops
        errors = np.nan_to_num(curves[alive, t - 1], nan=np.inf)
        first = np.argsort(errors, kind="stable")[: math.ceil(keep * len(alive))]
        on = np.sort(alive[first[errors[first] < np.inf]])
        rest, paid = go(on, t, later)
        return [on, *rest], paid + len(alive) * (t - before)

    return go(np.arange(len(curves)), 0, list(checkpoints))
