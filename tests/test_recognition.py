"""Which mistake a wrong function is said to have, where it has two at once, and that nobody's mistake gets no name."""

import numpy as np
import pytest
from conftest import asked, visible_questions

from autograde.hidden import all_questions
from checking.calls import call_case
from checking.card import as_text
from checking.check import summary
from checking.examiner import examine
from helpers import nets
from helpers.nets import relu, sigmoid


def judged(assignment, name, function, visible=False):
    question = (visible_questions()[assignment] if visible else all_questions(assignment))[name]
    return examine(question, lambda case: call_case(function, case))


# ------------------------------------------------------------------------------------------------------- two at once


def layers(layers_dims, W, b=lambda n: np.zeros((n, 1))):
    """Parameters of a net whose weights and biases are drawn by W(fan_out, fan_in) and b(fan_out), after seed 3."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = W(layers_dims[l], layers_dims[l - 1])
        parameters[f"b{l}"] = b(layers_dims[l])
    return parameters


def he_no_root_random_biases(layers_dims):
    return layers(layers_dims, lambda n, k: np.random.randn(n, k) * (2 / k), lambda n: np.random.randn(n, 1))


def he_wrong_layer_flat_biases(layers_dims):
    return layers(layers_dims, lambda n, k: np.random.randn(n, k) * np.sqrt(2 / n), np.zeros)


def xavier_no_root_and_ones(layers_dims):
    return layers(layers_dims, lambda n, k: np.random.randn(n, k) * (2 / (n + k)), lambda n: np.ones((n, 1)))


def zeros_transposed_and_flat(layers_dims):
    return layers(layers_dims, lambda n, k: np.zeros((k, n)), np.zeros)


def momentum_exchanged_and_uphill(parameters, grads, v, beta, learning_rate):
    for name in parameters:
        v[f"d{name}"] = (1 - beta) * v[f"d{name}"] + beta * grads[f"d{name}"]
        parameters[name] = parameters[name] + learning_rate * v[f"d{name}"]
    return parameters, v


def momentum_unweighted_and_unused(parameters, grads, v, beta, learning_rate):
    for name in parameters:
        v[f"d{name}"] = beta * v[f"d{name}"] + grads[f"d{name}"]
        parameters[name] = parameters[name] - learning_rate * grads[f"d{name}"]
    return parameters, v


def rmsprop_unweighted_and_without_root(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    for name in parameters:
        s[f"d{name}"] = beta2 * s[f"d{name}"] + grads[f"d{name}"] ** 2
        parameters[name] = parameters[name] - learning_rate * grads[f"d{name}"] / (s[f"d{name}"] + epsilon)
    return parameters, s


def adam_beta1_and_not_corrected(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for name in parameters:
        d = f"d{name}"
        v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
        s[d] = beta1 * s[d] + (1 - beta1) * grads[d] ** 2
        parameters[name] = parameters[name] - learning_rate * v[d] / (np.sqrt(s[d]) + epsilon)
    return parameters, v, s


def decay_no_floor_and_root_without_rate(rate, epoch, decay_rate, kind="inverse", interval=1):
    n = epoch / interval
    if kind == "inverse":
        return rate / (1 + decay_rate * n)
    return rate * decay_rate**n if kind == "exponential" else rate / np.sqrt(max(n, 1))


def decay_brackets_and_base_exchanged(rate, epoch, decay_rate, kind="inverse", interval=1):
    n = epoch // interval
    if kind == "inverse":
        return rate / 1 + decay_rate * n
    return rate * n**decay_rate if kind == "exponential" else rate * decay_rate / np.sqrt(max(n, 1))


def back_l2(X, Y, cache, weight, bias):
    """The backward pass of three layers with the terms weight(W, m) and bias(b, m) in the gradients."""
    m = X.shape[1]
    _, A1, W1, b1, _, A2, W2, b2, _, A3, W3, b3 = cache
    dZ3 = A3 - Y
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    grads = {"dZ3": dZ3, "dA2": dA2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
    for l, dZ, A, W, b in ((3, dZ3, A2, W3, b3), (2, dZ2, A1, W2, b2), (1, dZ1, X, W1, b1)):
        grads[f"dW{l}"] = dZ @ A.T / m + weight(W, m)
        grads[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m + bias(b, m)
    return grads


def back_without_m_and_biases(X, Y, cache, lambd):
    return back_l2(X, Y, cache, lambda W, m: lambd * W, lambda b, m: lambd * b)


def back_minus_and_biases_in_sum(X, Y, cache, lambd):
    return back_l2(X, Y, cache, lambda W, m: -lambd / m * W, lambda b, m: b * m)


def forward_masks(X, parameters, seed, mask, use):
    np.random.seed(seed)
    A, cache = X, []
    for l in (1, 2):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        Z = W @ A + b
        D = mask(relu(Z).shape, l)
        A = use(relu(Z), D, l)
        cache += [Z, D, A, W, b]
    Z3 = parameters["W3"] @ A + parameters["b3"]
    return sigmoid(Z3), (*cache, Z3, sigmoid(Z3), parameters["W3"], parameters["b3"])


def forward_reversed_and_not_inverted(X, parameters, keep_prob=0.5, seed=1):
    return forward_masks(X, parameters, seed, lambda s, l: np.random.rand(*s) > keep_prob, lambda A, D, l: A * D)


def dropout_in_layer_1_only(X, parameters, keep_prob=0.5, seed=1):
    def mask(shape, l):
        return np.random.rand(*shape) < (keep_prob if l == 1 else 2)

    return forward_masks(X, parameters, seed, mask, lambda A, D, l: A * D / keep_prob if l == 1 else A)


def normalize_variance_without_mean(X):
    mu, sigma = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    sigma[sigma == 0] = 1
    return X / sigma, mu, sigma


def gd_uphill_without_biases(parameters, grads, learning_rate):
    for name in parameters:
        if name[0] == "W":
            parameters[name] = parameters[name] + learning_rate * grads[f"d{name}"]
    return parameters


def back_n_bug_and_sum(X, Y, cache):
    grads = {k: g for k, g in back_l2(X, Y, cache, lambda W, m: 0, lambda b, m: 0).items() if k[1] in "Wb"}
    return grads | {"dW2": 2 * grads["dW2"], "db3": 7 * grads["db3"]}


TWO_AT_ONCE = [  # with the names of the two, or of the one that has a name
    ("initialization", "initialize_parameters_zeros", zeros_transposed_and_flat,
     ("rows and columns exchanged", "biases without columns")),
    ("initialization", "initialize_parameters_he", he_no_root_random_biases, ("variance used as scale", "random biases")),
    ("initialization", "initialize_parameters_he", he_wrong_layer_flat_biases, ("n of the wrong layer",)),
    ("initialization", "initialize_parameters_xavier", xavier_no_root_and_ones, ("variance used as scale",)),
    ("optimizers", "update_parameters_with_gd", gd_uphill_without_biases, ("uphill", "biases left out")),
    ("optimizers", "update_parameters_with_momentum", momentum_exchanged_and_uphill, ("weights exchanged", "uphill")),
    ("optimizers", "update_parameters_with_momentum", momentum_unweighted_and_unused,
     ("1 - beta forgotten", "step along the gradient")),
    ("optimizers", "update_parameters_with_rmsprop", rmsprop_unweighted_and_without_root,
     ("1 - beta2 forgotten", "root forgotten")),
    ("optimizers", "update_parameters_with_adam", adam_beta1_and_not_corrected, ("beta1 for beta2", "not corrected")),
    ("optimizers", "learning_rate_decay", decay_no_floor_and_root_without_rate,
     ("not rounded down", "decay_rate missing in the root rule")),
    ("optimizers", "learning_rate_decay", decay_brackets_and_base_exchanged,
     ("brackets missing", "base and exponent exchanged")),
    ("regularization", "backward_propagation_with_regularization", back_without_m_and_biases,
     ("lambd not divided by m", "biases regularized too")),
    ("regularization", "backward_propagation_with_regularization", back_minus_and_biases_in_sum, ("L2 term subtracted",)),
    ("regularization", "forward_propagation_with_dropout", forward_reversed_and_not_inverted,
     ("kept and dropped swapped", "no division by keep_prob")),
    ("regularization", "forward_propagation_with_dropout", dropout_in_layer_1_only, ("dropout after layer 1 alone",)),
    ("regularization", "normalize_inputs", normalize_variance_without_mean,
     ("divided by the variance", "mean not subtracted")),
    ("gradient_checking", "backward_propagation_n", back_n_bug_and_sum, ("planted bug left in dW2",)),
]  # fmt: skip
FEW = (
    decay_no_floor_and_root_without_rate,
    decay_brackets_and_base_exchanged,
)  # three numbers are wrong, by two causes


@pytest.mark.parametrize(("assignment", "name", "function", "either"), TWO_AT_ONCE)
@pytest.mark.parametrize("visible", [False, True], ids=["all cases", "visible cases"])
def test_of_two_mistakes_at_once_one_is_named_as_the_nearest(assignment, name, function, either, visible):
    said = judged(assignment, name, function, visible)
    if visible and function in FEW:
        assert said.mistake is None
    else:
        assert said.mistake is not None
        assert (said.mistake.name in either, said.nearest) == (True, True), said.mistake.name


@pytest.mark.parametrize(("assignment", "name", "function", "either"), TWO_AT_ONCE)
def test_the_nearest_is_marked_as_such_on_the_card_and_in_the_table(assignment, name, function, either):
    said = judged(assignment, name, function)
    told = (
        "That explains a part of what differs. Something else is wrong too.",
        "Not all that differs is explained by it.",
    )
    assert any(sentence in as_text(said) for sentence in told)
    assert summary(said)["mistake"] == f"nearest: {said.mistake.name}"


@pytest.mark.parametrize(("assignment", "name", "function", "either"), TWO_AT_ONCE)
def test_the_nearest_is_the_same_with_the_numbers_of_another_run(assignment, name, function, either):
    said = examine(asked(assignment, 3)[name], lambda case: call_case(function, case))
    assert summary(said)["mistake"] == summary(judged(assignment, name, function))["mistake"]


def test_a_mistake_alone_is_not_called_the_nearest():
    said = judged("gradient_checking", "forward_propagation", lambda x, theta: x + theta)
    assert (said.mistake.name, said.nearest) == ("sum instead of product", False)
    assert "It looks as if you added theta and x; J is their product." in as_text(said)
    assert "omething else is wrong" not in as_text(said)


def test_where_the_mistake_would_be_wrong_and_the_function_is_right_it_is_not_named():
    """One of three biases regularized: the others are right, so it is not the mistake of regularizing the biases."""

    def in_layer_3_only(X, Y, cache, lambd):
        grads = back_l2(X, Y, cache, lambda W, m: lambd / m * W, lambda b, m: 0)
        return grads | {"db3": grads["db3"] + lambd / X.shape[1] * cache[-1]}

    said = judged("regularization", "backward_propagation_with_regularization", in_layer_3_only)
    assert said.state != "right"
    assert said.mistake is None


# --------------------------------------------------------------------------------------------------- nobody's mistake


def decay(n_of, rate_of=None):
    def function(rate, epoch, decay_rate, kind="inverse", interval=1):
        n = n_of(epoch, interval)
        if rate_of:
            return rate_of(rate, n, decay_rate)
        if kind == "inverse":
            return rate / (1 + decay_rate * n)
        return rate * decay_rate**n if kind == "exponential" else rate * decay_rate / np.sqrt(max(n, 1))

    return function


def step(change):
    def function(parameters, grads, *more):
        return {name: change(value, grads[f"d{name}"], *more) for name, value in parameters.items()}

    return function


def signal(measure):
    def function(X, parameters, activation):
        A, found = X, []
        for l in range(1, len(parameters) // 2 + 1):
            A = nets.ACTIVATIONS[activation](parameters[f"W{l}"] @ A + parameters[f"b{l}"])
            found.append(measure(A))
        return np.array(found)

    return function


def nesterov(parameters, grads, v, beta, learning_rate):
    for name in parameters:
        d = f"d{name}"
        v[d] = beta * v[d] + (1 - beta) * grads[d]
        parameters[name] = parameters[name] - learning_rate * (beta * v[d] + (1 - beta) * grads[d])
    return parameters, v


def absolute_gradients(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    for name in parameters:
        d = f"d{name}"
        s[d] = beta2 * s[d] + (1 - beta2) * np.abs(grads[d])
        parameters[name] = parameters[name] - learning_rate * grads[d] / (s[d] + epsilon)
    return parameters, s


def another_seed(X, parameters, keep_prob=0.5, seed=1):
    def mask(shape, l):
        return np.random.rand(*shape) < keep_prob

    return forward_masks(X, parameters, seed + 1, mask, lambda A, D, l: A * D / keep_prob)


def l2_in_the_last_layer_only(X, Y, cache, lambd):
    W3 = cache[-2]
    return back_l2(X, Y, cache, lambda W, m: lambd / m * W if W is W3 else 0, lambda b, m: 0)


def from_the_right(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    order = np.random.permutation(X.shape[1])[::-1]
    ends = range(0, X.shape[1], mini_batch_size)
    return [(X[:, order[k : k + mini_batch_size]], Y[:, order[k : k + mini_batch_size]]) for k in ends]


def cost_with(term):
    def function(A3, Y, parameters, lambd):
        return nets.compute_cost(A3, Y) + term([parameters[f"W{l}"] for l in (1, 2, 3)], lambd, Y.shape[1])

    return function


def scaled_to_0_and_1(X):
    low, width = X.min(axis=1, keepdims=True), np.ptp(X, axis=1).reshape(-1, 1)
    width[width == 0] = 1
    return (X - low) / width, low, width


def he_with(scale, b=lambda n: np.zeros((n, 1))):
    return lambda layers_dims: layers(layers_dims, lambda n, k: np.random.randn(n, k) * scale(n, k), b)


NOBODYS = [
    ("initialization", "initialize_parameters_zeros", lambda d: layers(d, lambda n, k: np.ones((n, k)))),
    ("initialization", "initialize_parameters_he", he_with(lambda n, k: np.sqrt(3 / k))),
    ("initialization", "initialize_parameters_he", he_with(lambda n, k: np.sqrt(2 / k), lambda n: np.ones((n, 1)))),
    ("initialization", "initialize_parameters_xavier", he_with(lambda n, k: np.sqrt(6 / (n + k)))),
    ("initialization", "initialize_parameters_random", he_with(lambda n, k: 100)),
    ("initialization", "signal_by_depth", signal(np.mean)),
    ("initialization", "signal_by_depth", signal(np.ptp)),
    ("initialization", "signal_by_depth", signal(lambda A: A.std(ddof=1) if A.size > 1 else 0.0)),
    ("regularization", "compute_cost_with_regularization", cost_with(lambda Ws, r, m: r * sum(W.sum() for W in Ws))),
    ("regularization", "compute_cost_with_regularization", cost_with(lambda Ws, r, m: r / 2 / m * (Ws[0] ** 2).sum())),
    ("regularization", "backward_propagation_with_regularization", l2_in_the_last_layer_only),
    ("regularization", "forward_propagation_with_dropout", another_seed),
    ("regularization", "normalize_inputs", scaled_to_0_and_1),
    ("gradient_checking", "forward_propagation", lambda x, theta: theta - x),
    ("gradient_checking", "forward_propagation", lambda x, theta: theta**2 * x),
    ("gradient_checking", "backward_propagation", lambda x, theta: 2 * x),
    ("gradient_checking", "gradient_check_n", lambda *arguments: 0.25),
    ("optimizers", "update_parameters_with_gd", step(lambda p, g, rate: p)),
    ("optimizers", "update_parameters_with_gd", step(lambda p, g, rate: p - rate * np.sign(g))),
    ("optimizers", "update_parameters_with_gd", step(lambda p, g, rate: p * (1 - rate))),
    ("optimizers", "random_mini_batches", from_the_right),
    ("optimizers", "exponentially_weighted_average", lambda th, b, c=False: np.cumsum(th) / np.arange(1, len(th) + 1)),
    ("optimizers", "exponentially_weighted_average", lambda theta, beta, correct=False: theta),
    ("optimizers", "initialize_velocity", lambda p: {f"d{k}": np.ones_like(v) for k, v in p.items()}),
    ("optimizers", "update_parameters_with_momentum", nesterov),
    ("optimizers", "update_parameters_with_rmsprop", absolute_gradients),
    ("optimizers", "learning_rate_decay", decay(lambda epoch, interval: epoch // interval + 1)),
    ("optimizers", "learning_rate_decay", decay(lambda e, i: e // i, lambda rate, n, d: rate / (1 + d * n) ** 2)),
]


@pytest.mark.parametrize(("assignment", "name", "function"), NOBODYS)
@pytest.mark.parametrize("visible", [False, True], ids=["all cases", "visible cases"])
def test_what_is_nobodys_mistake_gets_no_name(assignment, name, function, visible):
    said = judged(assignment, name, function, visible)
    assert said.state != "right"
    assert said.mistake is None
