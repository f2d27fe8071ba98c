"""Transfer: Keras, TensorFlow and differences as oracles, facts about pairs, and that a sum of two opinions ends at log 2."""

import itertools

import numpy as np
import pytest
from conftest import solution
from scipy.optimize import minimize

from autograde.authoring.questions import module_of
from autograde.hidden import all_questions
from checking.calls import call_case
from checking.examiner import examine
from helpers import adapters, nets, plots, reuse
from helpers.data import load_pen
from helpers.slopes import measured_slopes

ASSIGNMENT = "transfer"
ours = module_of(ASSIGNMENT)


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def reference(name):
    return solution(ASSIGNMENT)[name]


def verdict_on(name, function):
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


def a_net(*sizes, seed=1):
    parameters = nets.initialize_scaled(sizes, gain=2, seed=seed)
    rng = np.random.default_rng(seed)
    return {name: value + 0.1 * rng.standard_normal(value.shape) for name, value in parameters.items()}


def in_keras(keras, parameters):
    """The same net of ELU layers, whose dense layers have names that begin with 9."""
    L = nets.number_of_layers(parameters)
    net = keras.Sequential([keras.Input((parameters["W1"].shape[1],), dtype="float64")])
    for l in range(1, L + 1):
        about = {"activation": "elu" if l < L else None, "name": f"dense_{l + 8}", "dtype": "float64"}
        layer = keras.layers.Dense(parameters[f"W{l}"].shape[0], **about)
        net.add(layer)
        layer.set_weights([parameters[f"W{l}"].T, parameters[f"b{l}"].ravel()])
    return net


# 1 to 3 · Classes, names, other frameworks


def test_classes_are_those_of_a_mask_in_their_order():
    rng = np.random.default_rng(1)
    labels = rng.integers(6, size=60)
    X = np.arange(60)[None] + rng.random((3, 60))
    found, new = reference("select_classes")(X, labels, (4, 0))
    np.testing.assert_array_equal(found, X[:, np.isin(labels, (4, 0))])
    np.testing.assert_array_equal(np.array([4, 0])[new], labels[np.isin(labels, (4, 0))])
    found, new = reference("select_classes")(X, labels, (4, 0), 3)
    assert sorted(found[0].astype(int)) == sorted([*np.flatnonzero(labels == 4)[:3], *np.flatnonzero(labels == 0)[:3]])


def test_a_pattern_has_to_match_a_whole_name():
    ten = nets.initialize_scaled([2] * 12, gain=2, seed=1)
    saved = {name: value + 1 for name, value in ten.items()}
    restored = reference("restore")(ten, saved, "[Wb]1")
    assert {name for name in ten if np.array_equal(restored[name], saved[name])} == {"W1", "b1"}
    restored["W1"][0, 0] = 99
    restored["W2"][0, 0] = 99
    assert saved["W1"][0, 0] != 99
    assert ten["W2"][0, 0] != 99


def test_weights_of_keras_give_the_scores_of_keras(keras):
    theirs = in_keras(keras, a_net(3, 4, 5, 2))
    foreign = {}
    for layer in theirs.layers[::-1]:
        kernel, bias = layer.get_weights()
        foreign |= {f"{layer.name}/bias": bias, f"{layer.name}/kernel": kernel}
    parameters = reference("import_weights")(foreign)
    X = np.random.default_rng(2).standard_normal((3, 6))
    np.testing.assert_allclose(reuse.class_scores(X, parameters), np.asarray(theirs(X.T)).T, rtol=1e-9)


def test_the_first_dense_layer_of_keras_has_no_number(keras):
    keras.backend.clear_session()
    names = [keras.layers.Dense(2).name for _ in range(3)]
    assert names == ["dense", "dense_1", "dense_2"]


# 4 and 5 · Frozen layers


def test_a_new_output_has_hes_variance_and_no_bias():
    draws = np.random.default_rng(3).standard_normal((400, 50))
    new = reference("replace_output")(a_net(7, 50, 3), 400, draws)
    assert new["W2"].var() == pytest.approx(2 / 50, rel=0.03)
    assert not new["b2"].any()


def test_frozen_layers_compute_what_keras_computes(keras):
    parameters = a_net(4, 6, 5, 3, 2)
    theirs = in_keras(keras, parameters)
    X = np.random.default_rng(4).standard_normal((4, 7))
    for k in (1, 2, 3):
        cut = keras.Sequential([keras.Input((4,), dtype="float64"), *theirs.layers[:k]])
        np.testing.assert_allclose(reference("cache_frozen")(X, parameters, k), np.asarray(cut(X.T)).T, rtol=1e-9)
    np.testing.assert_array_equal(reference("cache_frozen")(X, parameters, 0), X)


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_gradients_above_are_those_of_the_tape(tf, keras, k):
    Y, cache, parameters, _ = ours.cut_off(5, 6, (4, 6, 5, 3, 2), k)
    L = nets.number_of_layers(parameters)
    exact = {f"A{k}": cache[f"A{k}"]}
    for l in range(k + 1, L + 1):
        exact[f"Z{l}"] = parameters[f"W{l}"] @ exact[f"A{l - 1}"] + parameters[f"b{l}"]
        exact[f"A{l}"] = np.asarray(keras.activations.elu(exact[f"Z{l}"]))
    variables = {name: tf.Variable(value) for name, value in parameters.items() if int(name[1:]) > k}
    with tf.GradientTape() as tape:
        A = tf.constant(exact[f"A{k}"])
        for l in range(k + 1, L + 1):
            Z = variables[f"W{l}"] @ A + variables[f"b{l}"]
            A = tf.nn.elu(Z)
        cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(Y.T, tf.transpose(Z)))
    theirs = tape.gradient(cost, variables)
    found = reference("backward_above")(Y, exact, parameters, k)
    assert found.keys() == {f"d{name}" for name in variables}
    for name, value in theirs.items():
        np.testing.assert_allclose(found[f"d{name}"], value, rtol=1e-6, atol=1e-12)


def test_a_step_of_the_trainable_is_a_step_of_descent():
    parameters = a_net(*ours.TEN)
    grads = {f"d{name}": value**2 for name, value in parameters.items()}
    everything = nets.descend(parameters, grads, 0.3)
    for frozen in ((), (10,), (1, 10), (2, 3)):
        found = reference("update_trainable")(parameters, grads, 0.3, frozen)
        for name in parameters:
            expected = parameters if int(name[1:]) in frozen else everything
            np.testing.assert_array_equal(found[name], expected[name])


# 7 · Pairs


def test_pairs_are_spread_over_all_that_fit():
    """Each picture comes first equally often, and each fitting one beside it, by a test of frequencies."""
    labels = np.repeat([0, 1, 2], [3, 4, 5])
    i, j, target = reference("pair_batch")(labels, np.random.default_rng(6).random((24_000, 2)))
    np.testing.assert_array_equal(target, labels[i] != labels[j])
    assert target[:12_000].sum() == 0
    assert target[12_000:].all()
    assert (i != j).all()
    assert np.abs(np.bincount(i) / 2000 - 1).max() < 0.12  # over five standard deviations
    for first, second in itertools.permutations(range(12), 2):
        fits = (
            np.sum(labels == labels[first]) - 1
            if labels[first] == labels[second]
            else 12 - np.sum(labels == labels[first])
        )
        met = np.sum((i == first) & (j == second))
        assert abs(met - 1000 / fits) < 6 * np.sqrt(1000 / fits)


def test_the_order_of_a_pair_does_not_matter():
    A_1, A_2, w, b = ours.outputs(7, 4, 9)
    forward = reference("pair_forward")
    np.testing.assert_array_equal(forward(A_1, A_2, w, b), forward(A_2, A_1, w, b))
    np.testing.assert_allclose(forward(A_1, A_1, w, b), nets.sigmoid(b))


def test_a_sum_of_two_opinions_costs_log_2_at_least_and_is_right_on_three_of_four():
    """With any number g for each first digit and h for each second, over all pairs, half of them alike."""
    pairs = [(i, i, 0.0, 1 / 10) for i in range(10)]
    pairs += [(i, j, 1.0, 1 / 90) for i, j in itertools.permutations(range(10), 2)]
    first, second, target, weight = map(np.array, zip(*pairs, strict=True))

    def cost(values):
        z = values[first.astype(int)] + values[10 + second.astype(int)]
        return np.sum(weight * (np.logaddexp(0, z) - target * z)) / 2

    for seed in range(5):
        found = minimize(cost, 3 * np.random.default_rng(seed).standard_normal(20), method="BFGS")
        assert found.fun == pytest.approx(np.log(2), abs=1e-6)
        assert np.ptp(found.x[:10]) < 0.02
    larger = (second > first) == (target == 1)
    assert np.sum(weight * larger) / 2 == pytest.approx(0.75)


# 8 · Labels for nothing


@pytest.mark.parametrize("margin", [0.3, 1.0, 2.0])
def test_the_margin_is_the_hinge_of_the_tape(tf, margin):
    good, bad = ours.scores(8, 11, margin)
    x, y = tf.Variable(good), tf.Variable(bad)
    with tf.GradientTape() as tape:
        cost = tf.reduce_mean(tf.nn.relu(margin - x + y))
    dgood, dbad = tape.gradient(cost, [x, y])
    found = reference("margin_cost")(good, bad, margin)
    assert found[0] == pytest.approx(float(cost), rel=1e-9)
    np.testing.assert_allclose(found[1], dgood)
    np.testing.assert_allclose(found[2], dbad)
    on = reference("margin_cost")(np.array([[2.0]]), np.array([[1.0]]))
    assert [float(np.sum(part)) for part in on] == [0, 0, 0]


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_which_of_the_batch_is_a_softmax_of_products(tf, temperature):
    A, B = ours.views(9, 5, 7)
    a, b = tf.Variable(A), tf.Variable(B)
    with tf.GradientTape() as tape:
        rows = tf.transpose(a) @ b / temperature  # a row for each column of A
        cost = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(np.arange(7), rows))
    dA, dB = tape.gradient(cost, [a, b])
    found = reference("which_of_the_batch")(A, B, temperature)
    assert found[0] == pytest.approx(float(cost), rel=1e-9)
    np.testing.assert_allclose(found[1], dA, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(found[2], dB, rtol=1e-9, atol=1e-14)


# What counts as right


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (
            "backward_above",
            lambda grads, parameters: grads | {f"d{n}": 0 * p for n, p in parameters.items() if f"d{n}" not in grads},
        ),
        ("restore", lambda restored, saved: restored | saved),
    ],
)
def test_names_that_nobody_asked_for_cost_points(name, change):
    function = reference(name)
    given = {"backward_above": 2, "restore": 1}[name]
    verdict = verdict_on(name, lambda *args: change(function(*args), args[given]))
    assert verdict.score < all_questions(ASSIGNMENT)[name].points


def test_pairs_may_be_drawn_by_the_other_column_and_in_another_order():
    question, function = all_questions(ASSIGNMENT)["pair_batch"], reference("pair_batch")
    assert verdict_on("pair_batch", lambda labels, U: function(labels, U[:, ::-1])).score == question.points

    def by_another_order(labels, U):
        i, j, target = function(labels[::-1], U)
        return len(labels) - 1 - i, len(labels) - 1 - j, target

    assert verdict_on("pair_batch", by_another_order).score == question.points


def test_facts_about_pairs_say_what_is_wrong():
    labels, U = ours.paired(10, {2: 4, 0: 5, 1: 3}, 120)
    right = adapters.facts_about_pairs(reference("pair_batch"))(labels, U)
    assert right["of the first half, pairs of one class"] == "all"
    assert right["of the second half, pairs of one class"] == "none"
    assert right["one picture gets several partners"]
    wrong = adapters.facts_about_pairs(lambda labels, U: (np.arange(120) % 12, np.arange(120) % 12, np.zeros(120)))
    facts = wrong(labels, U)
    assert facts["a picture is paired with itself"]
    assert not facts["other draws give other first pictures"]
    assert adapters.facts_about_pairs(lambda labels, U: None)(labels, U) is None
    no_pairs = adapters.facts_about_pairs(lambda labels, U: (np.arange(3), np.arange(3)))(labels, U)
    assert no_pairs == {"results are three, i, j and target": False}
    for i in (np.array([0, 99]), np.array([0.0, np.nan]), np.array([[0, 1]])):
        found = adapters.facts_about_pairs(lambda labels, U, i=i: (i, np.array([1, 2]), np.array([0, 1])))(labels, U)
        assert found["i and j are numbers of pictures"] is False
        assert found["target"].tolist() == [0, 1]
    floats = adapters.facts_about_pairs(lambda labels, U: [1.0 * part for part in reference("pair_batch")(labels, U)])
    found = floats(labels, U)
    assert found.pop("i and j are") == "floats, floats"
    assert all(np.array_equal(found[name], right[name]) for name in found), "and nothing else is said of them"
    row = adapters.facts_about_pairs(lambda labels, U: (*reference("pair_batch")(labels, U)[:2], right["target"][None]))
    found = row(labels, U)
    assert found.pop("shapes of i, j and target") == "(120,), (120,), (1, 120)"
    assert all(np.array_equal(found[name], right[name]) for name in found)


def test_shared_arrays_are_found_in_whichever_dict_they_are():
    first, second = {"W1": np.ones((2, 2))}, {"W1": np.zeros((2, 2))}
    for result, shared in (({"W1": first["W1"][:1]}, [True, False]), ({"W1": second["W1"].T}, [False, True])):
        found = adapters.with_arrays_of_its_own(lambda a, b, result=result: result)(first, second)
        assert [found[f"shares arrays with the {which} dict"] for which in ("first", "second")] == shared


# The nets of the demonstrations


@pytest.mark.parametrize("hidden", [0, 3])
def test_pairs_have_the_gradients_of_differences(hidden):
    rng = np.random.default_rng(11)
    X, i, j = rng.standard_normal((4, 9)), np.arange(6), np.array([3, 8, 1, 0, 7, 2])
    target = np.array([[0.0, 1, 1, 0, 1, 0]])
    tower = a_net(4, 5, 3, seed=2)
    judge = reuse.by_joining if hidden else reuse.by_difference(reference("pair_forward"))
    head = {name: value.astype(float) for name, value in reuse.first_head(6 if hidden else 3, 1, hidden).items()}

    def cost(arrays):
        own = {name: arrays[name] for name in tower}
        share = judge(
            reuse.climb(X[:, i], own)[-1], reuse.climb(X[:, j], own)[-1], target, {n: arrays[n] for n in head}
        )[0]
        return nets.compute_cost(share, target)

    outputs = [reuse.climb(X[:, which], tower) for which in (i, j)]
    _, grads, *dA = judge(outputs[0][-1], outputs[1][-1], target, head)
    both = [reuse.down(d, outs, tower) for d, outs in zip(dA, outputs, strict=True)]
    found = {name: both[0][name] + both[1][name] for name in both[0]} | grads
    measured = measured_slopes(cost, tower | head)
    for name, value in measured.items():
        np.testing.assert_allclose(found[f"d{name}"], value, rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize("about", [{}, {"normalized": True}, {"drop": 0.4}, {"normalized": True, "drop": 0.4}])
def test_batch_norm_and_dropout_have_the_gradients_of_differences(about):
    rng = np.random.default_rng(12)
    X, Y = rng.standard_normal((4, 8)), np.eye(3)[:, rng.integers(3, size=8)]
    parameters = reuse.Remedied(**about).begin(a_net(4, 5, 6, 3, seed=3))
    if about.get("normalized"):
        parameters |= {name: value * 1.3 for name, value in parameters.items() if name.startswith("gamma")}

    def cost(arrays):
        return reuse.Remedied(**about, seed=4).gradients(X, Y, arrays)[0]  # the same units are dropped

    _, grads = reuse.Remedied(**about, seed=4).gradients(X, Y, parameters)
    for name, value in measured_slopes(cost, parameters).items():
        np.testing.assert_allclose(grads[f"d{name}"], value, rtol=1e-3, atol=2e-6)


def test_in_use_batch_norm_takes_the_averages_and_nothing_is_dropped():
    X = np.random.default_rng(13).standard_normal((4, 200)).astype(np.float32)
    Y = reuse.one_hot(np.arange(200) % 3, 3)
    net = reuse.Remedied(normalized=True, drop=0.3, seed=1)
    parameters = net.begin(reuse.first_weights([4, 5, 3], 1))
    for _ in range(200):
        net.gradients(X, Y, parameters)
    Z = parameters["W1"] @ X
    np.testing.assert_allclose(net.averages[1][0], Z.mean(axis=1, keepdims=True), atol=1e-5)
    alone = np.hstack([net.scores(X[:, k : k + 1], parameters) for k in range(5)])
    np.testing.assert_allclose(alone, net.scores(X[:, :5], parameters), rtol=1e-4, atol=1e-5)


def test_patience_keeps_the_best_net_and_ends_when_it_is_over():
    pen = load_pen(14, original=False)
    X, labels = pen.X_train[:, :600].astype(np.float32), pen.Y_train[:, :600]
    net, start = reuse.Remedied(), reuse.first_weights([196, 30, 10], 1)
    dev, about = (X[:, 400:], labels[:, 400:]), {"patience": 3, "most": 200}
    run = reuse.train_patiently(X[:, :400], reuse.one_hot(labels[0, :400], 10), *dev, start, net, **about)
    best = int(np.argmin(run.dev_costs))
    assert len(run.dev_costs) == best + 4
    shares = reuse.softmax(net.scores(X[:, 400:], run.parameters))
    assert nets.class_cost(shares, labels[:, 400:]) == pytest.approx(min(run.dev_costs))


def test_training_above_frozen_layers_is_training_with_frozen_layers():
    """What layers give once is what they give each time: the same numbers, to rounding, as with a mask on the gradients."""
    pen = load_pen(14, original=False)
    X, labels = reuse.some_of_each(pen.X_train.astype(np.float32), pen.Y_train[0], range(5, 10), 12, seed=1)
    net, Y = reuse.first_weights([196, 20, 15, 10, 5], 2), reuse.one_hot(labels, 5)
    above = reuse.train_upper(X, Y, net, 2, steps=30)

    def masked(X, Y, parameters):
        cost, grads = reuse.class_gradients(X, Y, parameters)
        return cost, {name: value * (int(name[2:]) > 2) for name, value in grads.items()}

    whole = reuse.train_all(X, Y, net, gradients=masked, epochs=10)
    for name, value in whole.items():
        np.testing.assert_allclose(above[name], value, atol=2e-5)
        assert np.array_equal(value, net[name]) == (int(name[1:]) <= 2)


def test_views_are_pictures_of_the_same_size_that_differ_and_blank_ones_stay_blank():
    pen = load_pen(14, original=False)
    X = np.hstack([pen.X_train[:, :30], np.zeros((196, 1))])
    one, other = (reuse.views(X, np.random.default_rng(seed)) for seed in (1, 2))
    assert one.shape == X.shape
    assert np.array_equal(one, reuse.views(X, np.random.default_rng(1)))
    assert np.abs(one - other).max(axis=0)[:-1].min() > 0.2
    assert not one[:, -1].any()
    ink = one[:, :-1].sum(axis=0) / X[:, :-1].sum(axis=0)
    assert 0.5 < np.median(ink) < 1.5


def test_a_view_that_changes_nothing_is_the_picture_itself(monkeypatch):
    class Still:
        def normal(self, mean, spread, size):
            return np.zeros(size)

        def uniform(self, low, high, size):
            return np.full(size, (low + high) / 2)

    X = np.random.default_rng(1).random((196, 3))
    np.testing.assert_allclose(reuse.views(X, Still()), X, atol=1e-6)


def test_spoilt_pictures_have_a_lower_half_of_another_and_never_their_own():
    X = np.arange(196 * 7, dtype=float).reshape(196, 7)
    spoilt = reuse.spoil(X, np.random.default_rng(1))
    np.testing.assert_array_equal(spoilt[:98], X[:98])
    source = spoilt[98:] % 7
    assert (source == source[0]).all()
    assert (source[0] != np.arange(7)).all()
    assert sorted(source[0]) == list(range(7))


def test_free_tasks_and_clouds_have_the_gradients_of_differences(monkeypatch):
    """By what a single step of plain descent changes."""
    seen = {}

    def step(parameters, grads, learning_rate):
        seen.update(parameters=parameters, grads=grads)
        return parameters

    monkeypatch.setattr(reuse.deep, "each_by", lambda rule: step)
    rng = np.random.default_rng(14)
    X, labels = rng.random((196, 120)).astype(np.float32), np.arange(120) % 10
    views = reuse.views(X[:, :200], rng)
    monkeypatch.setattr(reuse, "views", lambda pictures, rng: views[:, : pictures.shape[1]] if next(turn) else pictures)
    turn = itertools.cycle((False, True))
    tower = {
        name: value.astype(float) for name, value in reuse.tower_of(reuse.first_weights([196, 6, 5, 3], 1), 2).items()
    }

    def cost(arrays):
        return reuse.train_views(X, arrays, reference("which_of_the_batch"), 1, seed=1)[1][0]

    cost(tower)
    grads = dict(seen["grads"])
    chosen = {name: tower[name] for name in ("b1", "W2", "b2")}
    for name, value in measured_slopes(lambda part: cost(tower | part), chosen).items():
        np.testing.assert_allclose(grads[f"d{name}"], value, rtol=1e-3, atol=1e-6)

    net = {name: value.astype(float) for name, value in reuse.first_weights([196, 6, 5, 2], 1).items()}
    i, j, target = reference("pair_batch")(labels, np.random.default_rng(1).random((100, 2)))

    def cloud_cost(arrays):
        distance = np.sum((reuse.places(X[:, i], arrays) - reuse.places(X[:, j], arrays)) ** 2, axis=0)
        return nets.compute_cost(nets.sigmoid(distance - 4)[None], target[None])

    reuse.train_clouds(X, labels, net, reference("pair_batch"), 1, seed=1)
    chosen = {name: net[name] for name in ("b1", "W2", "W3", "b3")}
    for name, value in measured_slopes(lambda part: cloud_cost(net | part), chosen).items():
        np.testing.assert_allclose(seen["grads"][f"d{name}"], value, rtol=1e-3, atol=1e-6)


def test_clouds_are_drawn_on_axes_of_one_scale(capsys):
    plots.plot_clouds(
        {"at first": np.zeros((2, 4)), "in the end": np.array([[0, 9, 0, 9], [0, 0, 1, 1]])}, np.array([3, 3, 4, 4])
    )
    figure = plots.plt.gcf()
    assert [ax.get_aspect() for ax in figure.axes] == [1, 1]
    assert figure.description in capsys.readouterr().out
    assert "at first, in the end" in figure.description
    plots.plt.close(figure)
