"""The fifth assignment and helpers/signs.py: published figures, oracles in NumPy and Keras, the loop, the device, the record."""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import ORIGINAL_SIGNS, solution

from autograde.authoring.script import read_script
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.notebook import is_showcase
from checking.calls import Outcome, call_case
from checking.examiner import examine, judge
from checking.questions import Case, Question
from helpers import data, nets, signs
from helpers.signs import tf
from helpers.training import NotReady

ASSIGNMENT = "tensorflow_signs"


def demonstration(beginning):
    """What the demonstration prints in which this text stands, run with the reference solution."""
    cells = read_script(this_course().script(ASSIGNMENT)).notebook.cells
    (source,) = (cell.source for cell in cells if is_showcase(cell) and beginning in cell.source)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, dict(solution(ASSIGNMENT)))
    return printed.getvalue()


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def verdict(name, function):
    return examine(all_questions(ASSIGNMENT)[name], lambda case: call_case(function, case))


# --- published figures


def test_linear_function(figures):
    np.random.seed(1)
    X, W, b = np.random.randn(3, 1), np.random.randn(4, 3), np.random.randn(4, 1)
    result = solution(ASSIGNMENT)["linear_function"](X, W, b)
    np.testing.assert_allclose(result, figures["tensorflow"]["linear_function"]["result"], atol=5e-9)


def test_sigmoid(figures):
    sigmoid = solution(ASSIGNMENT)["sigmoid"]
    published = figures["tensorflow"]["sigmoid"]
    assert float(sigmoid(0)) == published["0"]
    assert float(sigmoid(12)) == pytest.approx(published["12"], abs=1e-7)  # printed cut off, not rounded


def test_sigmoid_cost(figures):
    names = solution(ASSIGNMENT)
    published = figures["tensorflow"]["sigmoid_cross_entropy"]
    logits = names["sigmoid"](np.array([0.2, 0.4, 0.7, 0.9]))
    cost = names["sigmoid_cost"](logits, np.array(published["labels"], np.float32))
    np.testing.assert_allclose(cost, published["cost"], atol=1e-6)


def test_one_hot_matrix(figures):
    published = figures["tensorflow"]["one_hot"]
    result = solution(ASSIGNMENT)["one_hot_matrix"](np.array(published["labels"]), published["C"])
    np.testing.assert_array_equal(result, published["result"])


def test_the_tape_finds_the_published_minima(figures):
    published = figures["tensorflow"]["quadratic"]
    one, many, other = (re.search(r"w = (\S+)$", line)[1] for line in demonstration("def minimum").splitlines())
    assert float(one) == published["w_after_1_step"]
    assert float(many) == published["w_after_1000_more"]
    assert float(other) == pytest.approx(10, abs=1e-3)


def test_the_session_programs_print_the_published_figures(figures):
    first = demonstration("v1 = tf.compat.v1")
    assert 'Tensor("mul:0", shape=(), dtype=int32)' in first
    assert re.search(r"in a session it is a number: +20$", first, re.M)
    assert re.search(rf"squared loss: +{figures['tensorflow']['squared_loss']['loss']}$", first, re.M)
    assert float(demonstration("loss = (y_hat - y) ** 2\nprint").split()[-1]) == 9
    published = figures["tensorflow"]["quadratic"]
    names = solution(ASSIGNMENT)
    names["v1"] = tf.compat.v1
    lines = demonstration("GradientDescentOptimizer").splitlines()
    del names["v1"]
    after = [re.search(r"w = (\S+) after 1 step, (\S+) after", line).groups() for line in lines]
    assert tuple(map(float, after[0])) == (published["w_after_1_step"], published["w_after_1000_more"])
    assert float(after[1][1]) == pytest.approx(10, abs=1e-3)


def test_softmax(figures):
    published = figures["softmax"]
    z = np.array(published["z"], np.float32)
    np.testing.assert_allclose(tf.nn.softmax(z), published["a"], atol=6e-4)
    assert np.exp(z).sum() == pytest.approx(published["sum"], abs=0.05)
    # a cost of -log(a) of the right class
    cost = solution(ASSIGNMENT)["compute_cost"](tf.constant(z[:, None]), np.eye(4, dtype=np.float32)[:, [0]])
    assert np.exp(-float(cost)) == pytest.approx(published["a"][0], abs=6e-4)


# --- the network, against NumPy


@pytest.fixture
def small():
    """X (5, 9), one-hot Y (3, 9) and variables of a net 5-4-4-3."""
    rng = np.random.default_rng(0)
    parameters = solution(ASSIGNMENT)["initialize_parameters"]((5, 4, 4, 3))
    Y = np.eye(3, dtype=np.float32)[:, np.arange(9) % 3]
    return rng.random((5, 9), np.float32), Y, parameters


def test_forward_and_cost_are_those_of_numpy(small):
    X, Y, parameters = small
    names = solution(ASSIGNMENT)
    _, cache = nets.forward_propagation(X, {name: value.numpy() for name, value in parameters.items()})
    Z3 = cache[-4]
    np.testing.assert_allclose(names["forward_propagation"](X, parameters), Z3, rtol=1e-5, atol=1e-6)
    probabilities = np.exp(Z3) / np.exp(Z3).sum(axis=0)
    expected = -np.log(probabilities[Y.argmax(axis=0), np.arange(9)]).mean()
    assert float(names["compute_cost"](Z3, Y)) == pytest.approx(expected, rel=1e-5)


def test_a_step_follows_the_finite_differences(small):
    X, Y, parameters = small
    names = solution(ASSIGNMENT)

    def cost_with(name, index, shift):
        moved = {n: value.numpy().astype(np.float64) for n, value in parameters.items()}
        moved[name][index] += shift
        return float(names["compute_cost"](names["forward_propagation"](X.astype(float), moved), Y.astype(float)))

    before = {name: value.numpy() for name, value in parameters.items()}
    slopes = {
        (name, index): (cost_with(name, index, 1e-6) - cost_with(name, index, -1e-6)) / 2e-6
        for name, value in before.items()
        for index in np.ndindex(value.shape)
    }
    names["train_step"](X, Y, parameters, tf.keras.optimizers.SGD(0.1))
    for (name, index), slope in slopes.items():
        assert parameters[name].numpy()[index] == pytest.approx(before[name][index] - 0.1 * slope, abs=1e-5)


def test_adam_is_that_of_keras():
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((50, 3, 4)).astype(np.float32) * np.float32([1e-6, 1e-3, 1, 100])
    ours, theirs = tf.Variable(tf.ones((3, 4))), tf.Variable(tf.ones((3, 4)))
    adam, keras = signs.Adam(0.01), tf.keras.optimizers.Adam(0.01, epsilon=1e-8)
    for gradient in gradients:
        adam.apply_gradients([(tf.constant(gradient), ours)])
        keras.apply_gradients([(tf.constant(gradient), theirs)])
        np.testing.assert_allclose(ours, theirs, atol=2e-6)


# --- the loop


@pytest.fixture(autouse=True)
def always_a_graph(monkeypatch):
    """However few steps there are."""
    monkeypatch.setattr(signs, "FEW", 0)


@pytest.mark.parametrize("few", [0, 15])
def test_fit_is_the_plain_loop_over_shuffled_batches(small, few, monkeypatch):
    monkeypatch.setattr(signs, "FEW", few)
    X, Y, parameters = small
    twins = {name: tf.Variable(value) for name, value in parameters.items()}
    train_step = solution(ASSIGNMENT)["train_step"]
    history = signs.fit(train_step, X, Y, parameters, signs.Adam(0.01), 5, minibatch_size=4, seed=7)
    rng, optimizer, costs = np.random.default_rng(7), tf.keras.optimizers.Adam(0.01, epsilon=1e-8), []
    for _ in range(5):
        order = rng.permutation(9)
        batches = [order[:4], order[4:8], order[8:]]
        costs.append(np.mean([float(train_step(X[:, b], Y[:, b], twins, optimizer)) for b in batches]))
    np.testing.assert_allclose(history.costs, costs, atol=1e-6)
    for name in parameters:
        np.testing.assert_allclose(parameters[name], twins[name], atol=1e-6)


@pytest.fixture
def large(monkeypatch):
    """X (8, 9), one-hot Y (3, 9), parameters of a net 8-25-12-3; the first layer is large enough to be cut."""
    monkeypatch.setattr(signs, "LARGE", 8)
    Y = np.eye(3, dtype=np.float32)[:, np.arange(9) % 3]
    X = np.random.default_rng(1).random((8, 9), np.float32)
    return X, Y, solution(ASSIGNMENT)["initialize_parameters"]((8, 25, 12, 3))


def with_matmul(X, Y, parameters, optimizer):
    """A step like ours, in other words."""
    with tf.GradientTape() as tape:
        A = tf.nn.relu(tf.add(tf.matmul(parameters["W1"], X), parameters["b1"]))
        A = tf.nn.relu(tf.matmul(parameters["W2"], A) + parameters["b2"])
        cost = solution(ASSIGNMENT)["compute_cost"](tf.matmul(parameters["W3"], A) + parameters["b3"], Y)
    names = sorted(parameters)
    gradients = tape.gradient(cost, [parameters[name] for name in names])
    optimizer.apply_gradients(list(zip(gradients, (parameters[name] for name in names), strict=True)))
    return cost


def with_l2(X, Y, parameters, optimizer):
    """A step that also looks at W1 itself, which has no pieces then."""
    with tf.GradientTape() as tape:
        cost = solution(ASSIGNMENT)["compute_cost"](solution(ASSIGNMENT)["forward_propagation"](X, parameters), Y)
        cost += 0.1 * sum(tf.nn.l2_loss(parameters[name]) for name in ("W1", "W2", "W3"))
    variables = list(parameters.values())
    optimizer.apply_gradients(zip(tape.gradient(cost, variables), variables, strict=True))
    return cost


@pytest.mark.parametrize("step", ["ours", with_matmul, with_l2], ids=["ours", "matmul", "l2"])
def test_a_large_first_layer_in_pieces_is_trained_as_in_one(large, step, monkeypatch):
    X, Y, parameters = large
    step = solution(ASSIGNMENT)["train_step"] if step == "ours" else step
    seen = []

    def watched(X, Y, parameters, optimizer):
        seen.append(type(parameters["W1"]) is signs.Weight)
        return step(X, Y, parameters, optimizer)

    twins = {name: tf.Variable(value) for name, value in parameters.items()}
    ours, theirs = signs.Adam(0.01), signs.Adam(0.01)
    costs = [c for _ in range(2) for c in signs.fit(watched, X, Y, parameters, ours, 4, 4).costs]  # the second goes on
    assert any(seen)
    assert seen[-1] == (step is not with_l2)
    monkeypatch.setattr(signs, "LARGE", 10**9)
    expected = [c for _ in range(2) for c in signs.fit(step, X, Y, twins, theirs, 4, 4).costs]
    np.testing.assert_allclose(costs, expected, atol=1e-6)
    for name in parameters:
        np.testing.assert_allclose(parameters[name], twins[name], atol=1e-6)


def test_batches_are_prepared(large, monkeypatch):
    X, Y, parameters = large
    twins = {name: tf.Variable(value) for name, value in parameters.items()}
    step = solution(ASSIGNMENT)["train_step"]
    history = signs.fit(step, X, Y, parameters, signs.Adam(0.01), 3, 4, prepare=lambda X: 1 - X)
    monkeypatch.setattr(signs, "LARGE", 10**9)
    expected = signs.fit(step, 1 - X, Y, twins, signs.Adam(0.01), 3, 4)
    np.testing.assert_allclose(history.costs, expected.costs, atol=1e-6)


def test_every_example_is_seen_once_an_epoch(small):
    X = np.arange(9, dtype=np.float32)[None]
    seen = tf.Variable(tf.zeros(9))

    def count(X_batch, Y_batch, parameters, optimizer):
        seen.assign_add(tf.reduce_sum(tf.one_hot(tf.cast(X_batch[0], tf.int32), 9), axis=0))
        return tf.reduce_sum(X_batch) * 0.0

    signs.fit(count, X, X, {"w": tf.Variable(0.0)}, signs.Adam(), 3, minibatch_size=4)
    np.testing.assert_array_equal(seen, 3 * np.ones(9))


def test_an_interrupt_keeps_what_is_trained(small):
    X, Y, parameters = small

    def stop(epoch, cost, parameters):
        if epoch == 3:
            raise KeyboardInterrupt

    history = signs.fit(solution(ASSIGNMENT)["train_step"], X, Y, parameters, signs.Adam(0.1), 50, watch=stop)
    assert history.steps == [1, 2, 3]
    assert np.isfinite(parameters["W1"]).all()


def as_numpy(X, Y, parameters, optimizer):
    return tf.reduce_sum(parameters["W1"]).numpy()


def with_a_variable_of_its_own(X, Y, parameters, optimizer):
    return tf.Variable(0.0) + tf.reduce_sum(parameters["W1"])


@pytest.mark.parametrize("wrong", [as_numpy, with_a_variable_of_its_own])
def test_a_step_that_no_graph_can_hold_is_explained(small, wrong):
    X, Y, parameters = small
    with pytest.raises(NotReady, match="train_step cannot run inside a graph: it must return the cost as a tensor"):
        signs.fit(wrong, X, Y, parameters, signs.Adam(), 1)


def test_an_unwritten_step_is_asked_for(small):
    X, Y, parameters = small

    def train_step(X, Y, parameters, optimizer):
        raise NotImplementedError

    with pytest.raises(NotReady, match="needs train_step"):
        signs.fit(train_step, X, Y, parameters, signs.Adam(), 1)


# --- the loop of Keras networks


class Noted:
    """In the place of a Keras network: keeps what it is given to learn from, in epochs of batches; its costs are 5, 4, ..."""

    def __init__(self):
        self.epochs = []

    def fit(self, batches, **_):
        self.epochs.append([(images.numpy(), labels.numpy()) for images, labels in batches])
        return SimpleNamespace(history={"loss": [6.0 - len(self.epochs)]})


def test_a_keras_network_sees_each_picture_once_an_epoch_with_its_label():
    images, labels = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1), np.arange(10)[None] * 3
    network, seen = Noted(), []
    watch = lambda *told: seen.append(told)  # noqa: E731
    tf.random.set_seed(1)
    costs = signs.fit_network(
        network, images, labels, 3, minibatch_size=4, watch=watch, prepare=lambda batch: batch + 100
    )
    assert costs == [5, 4, 3]
    assert seen == [(1, 5, network), (2, 4, network), (3, 3, network)]
    orders = []
    for batches in network.epochs:
        assert [len(its_labels) for _, its_labels in batches] == [4, 4, 2]
        shown, named = (np.concatenate(parts).ravel() for parts in zip(*batches, strict=True))
        np.testing.assert_array_equal(named, 3 * (shown.astype(int) - 100))
        np.testing.assert_array_equal(np.sort(shown), np.arange(100, 110))
        orders.append(tuple(shown))
    assert len(set(orders)) == 3


def test_an_interrupt_keeps_what_a_keras_network_has_learned():
    def stop(epoch, cost, network):
        if epoch == 2:
            raise KeyboardInterrupt

    images, labels = np.zeros((4, 2, 2, 3), np.uint8), np.zeros((1, 4), int)
    assert signs.fit_network(Noted(), images, labels, 9, watch=stop) == [5, 4]


def test_the_convolutional_network_is_that_of_the_text():
    """18,182 parameters: by hand, a filter has a weight for each number of its window, and a bias."""
    printed = demonstration("def convolutional_network")
    by_hand = 16 * (5 * 5 * 3 + 1) + 32 * (3 * 3 * 16 + 1) + 32 * (3 * 3 * 32 + 1) + 6 * (4 * 4 * 32 + 1)
    assert re.search(rf"^in all +{by_hand:,}$", printed, re.M)
    assert re.search(rf"^the dense network +{12288 * 25 + 25 + 25 * 12 + 12 + 12 * 6 + 6:,}$", printed, re.M)


# --- the exercise itself, all 1,500 epochs; on our own pictures, tests/test_notebooks.py trains


def accuracies(pictures, seed):
    """On training and test pictures, after the exercise's training with the reference solution from these weights."""
    names = solution(ASSIGNMENT)
    X_train, X_test = map(names["normalize_images"], (pictures.images_train, pictures.images_test))
    Y_train, parameters = (
        names["one_hot_matrix"](pictures.labels_train[0], 6),
        names["initialize_parameters"](seed=seed),
    )
    signs.fit(names["train_step"], X_train, Y_train, parameters, signs.Adam(0.0001), 1500)
    return [
        float(np.mean(names["forward_propagation"](X, parameters).numpy().argmax(axis=0) == labels[0]))
        for X, labels in ((X_train, pictures.labels_train), (X_test, pictures.labels_test))
    ]


def test_the_network_over_fits_the_photographs_as_published(folder, figures):
    if not ORIGINAL_SIGNS:
        pytest.skip("the original photographs are not on this machine")
    for name, path in zip(data.SIGNS, ORIGINAL_SIGNS, strict=True):
        shutil.copy(path, folder / "original" / name)
    # The third of the seeds that were tried: with 1 and 2 the training stalls, see datasets/signs/README.md.
    train, test = accuracies(data.load_signs(original=True), seed=3)
    published = figures["tensorflow"]["signs_model"]
    assert train >= published["the_original_course"]["train_accuracy"] - 0.001
    assert 0.70 <= test <= 0.90  # as the figures' note says: the digits depend on TensorFlow's version


# --- the record


def test_the_record_keeps_accuracies_and_tensorboard_reads_them(small, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    X, Y, parameters = small
    names = solution(ASSIGNMENT)
    labels = Y.argmax(axis=0)[None]

    def predict(X, parameters):
        return names["forward_propagation"](X, parameters).numpy().argmax(axis=0)[None]

    record = signs.Record(predict, {"training": (X, labels)}, every=4, log=tmp_path)
    signs.fit(names["train_step"], X, Y, parameters, signs.Adam(0.02), 8, watch=record)
    assert record.epochs == [1, 4, 8]
    assert record.accuracies["training"][-1] == np.mean(predict(X, parameters) == labels)
    events = EventAccumulator(str(tmp_path)).Reload()
    kept = {
        tag: [float(tf.make_ndarray(e.tensor_proto)) for e in events.Tensors(tag)] for tag in events.Tags()["tensors"]
    }
    assert set(kept) == {"cost", "accuracy/training"}
    np.testing.assert_allclose(kept["cost"], record.costs, rtol=1e-6)
    np.testing.assert_allclose(kept["accuracy/training"], record.accuracies["training"], rtol=1e-6)


def test_the_command_for_tensorboard_works_in_any_folder(tmp_path, monkeypatch):
    log = tmp_path / "a folder" / "runs"
    with tf.summary.create_file_writer(str(log / "plain")).as_default(step=7):
        tf.summary.scalar("cost", 1.0)
    monkeypatch.chdir(log.parent)
    command = signs.tensorboard_command("runs")
    (tmp_path / "elsewhere").mkdir()
    said = subprocess.run(
        f"{command} --inspect", shell=True, cwd=tmp_path / "elsewhere", capture_output=True, text=True, check=True
    )
    assert str(log / "plain") in said.stdout
    assert re.search(r"last_step +7", said.stdout)


# --- the device, the notes, the imports


def test_the_device_is_named_with_its_reason(monkeypatch):
    assert "computes on the CPU" in signs.describe_device()
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    assert "it finds no GPU that it can use" in signs.describe_device()
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: False)
    for found, reason in (([], "knows no GPU"), (["tensorflow", "tensorflow-cpu"], "lies over the one with it")):
        monkeypatch.setattr(signs, "_installed", lambda package, found=found: package in found)
        assert reason in signs.describe_device()
    monkeypatch.setattr(signs, "GPUS", [tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")])
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: {"device_name": "Card of 2026"})
    assert "computes on the GPU (Card of 2026)" in signs.describe_device()


ELSEWHERE = """
import sys
from helpers import signs
from helpers.signs import tf
import numpy as np
cpu, = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
def step(X, Y, parameters, optimizer):
    with tf.GradientTape() as tape:
        cost = tf.reduce_mean((parameters["W1"] @ X - Y) ** 2)
    variables = list(parameters.values())
    optimizer.apply_gradients(zip(tape.gradient(cost, variables), variables))
    return cost
X, Y = np.ones((2, 5), np.float32), np.ones((1, 5), np.float32)
for device in ("CPU:0", "CPU:1"):
    with tf.device(device):
        parameters = {"W1": tf.Variable([[0.5, 0.25]])}
        optimizer = signs.Adam(0.1)
        signs.fit(step, X, Y, parameters, optimizer, 3, minibatch_size=2)
        print("\\n", parameters["W1"].device[-5:], optimizer.averages[parameters["W1"].ref()][0].device[-5:], parameters["W1"].numpy().tolist())
"""


def ran(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=this_course().root,
        check=False,
        env={**os.environ, **environment},
    )


def test_training_runs_on_the_device_that_is_chosen_and_start_up_is_silent():
    done = ran(ELSEWHERE, TF_CPP_MIN_LOG_LEVEL="0")
    assert done.stderr == ""
    first, second = (line.split(maxsplit=2) for line in done.stdout.splitlines() if "CPU:" in line)
    assert first[:2] == ["CPU:0", "CPU:0"]
    assert second[:2] == ["CPU:1", "CPU:1"]
    assert first[2] == second[2]


WITH_A_CARD = """
import tensorflow as tf
card = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
tf.config.list_physical_devices = lambda kind=None: [card]
grows = []
tf.config.experimental.set_memory_growth = lambda device, on: grows.append((device.name, on))
import helpers.signs
print(tf.config.experimental.tensor_float_32_execution_enabled(), grows)
"""


def test_a_card_computes_with_all_digits_and_is_shared_by_notebooks():
    # Seen on an H200: with 11 bits, as a card computes unless told not to, right functions got 3 of 5 and 0 of 10 points.
    assert ran(WITH_A_CARD).stdout == "False [('/physical_device:GPU:0', True)]\n"


def test_errors_at_start_up_are_shown_and_notes_are_not(capfd):
    with signs._without_start_up_notes():
        os.write(2, b"I0000 00:00:17 1 port.cc:153] oneDNN custom operations are on.\n")
        os.write(2, b"E0000 00:00:17 1 cuda_platform.cc:52] failed call to cuInit: CUDA_ERROR_NO_DEVICE: none\n")
        os.write(2, b"E0000 00:00:17 1 cuda.cc:1] failed call to cuInit\nplain words\n")
    assert capfd.readouterr().err == "E0000 00:00:17 1 cuda.cc:1] failed call to cuInit\nplain words\n"


def test_only_signs_imports_tensorflow_and_the_rest_does_without():
    found = [
        path.name
        for path in this_course().helpers.glob("*.py")
        if re.search(r"^\s*(import|from) (tensorflow|keras)", path.read_text(), re.M)
    ]
    assert found == ["signs.py"]
    light = [
        path.stem for path in this_course().helpers.glob("*.py") if path.stem not in ("signs", "__init__", "doctor")
    ]
    done = ran(f"import sys\nimport {', '.join(f'helpers.{name}' for name in light)}\nprint(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras", "sklearn"} & set(done.stdout.split())
    bare = ran("import helpers, sys\nprint(*sys.modules)").stdout.split()
    assert not {"tensorflow", "keras", "sklearn", "matplotlib", "scipy", "h5py", "PIL", "ipywidgets"} & set(bare)


# --- what is judged


def test_trained_parameters_are_judged_on_inputs_that_they_have_not_seen():
    X, labels = np.eye(3), np.array([[0, 1, 2]])
    question = Question("model", 1, (Case("unseen", (), (X, labels), accuracy=0.9),))
    good = {"W1": np.eye(3), "b1": np.zeros((3, 1))}
    found = {
        "right": good,
        "one of three wrong": {**good, "b1": np.array([[2.0], [0], [0]])},
        "no parameters": [1.0, 2.0],
        "another size": {"W1": np.eye(4), "b1": np.zeros((4, 1))},
        "nothing": {},
    }
    results = {name: judge(question, question.cases[0], Outcome("returned", value)) for name, value in found.items()}
    assert Counter(result.status for result in results.values()) == {"passed": 1, "differs": 4}
    assert results["right"].status == "passed"
    assert "right on 33% of 3 examples" in results["one of three wrong"].differences[0].what
    assert "trained parameters W1, b1, ... were expected" in results["no parameters"].differences[0].what
