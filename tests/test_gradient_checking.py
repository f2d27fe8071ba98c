"""Gradient checking: the published figures, independent oracles for the reference solution, and the questions."""

import nbformat
import numpy as np
import pytest
from conftest import solution

from autograde.authoring.questions import module_of, net_parameters, specs_in
from autograde.authoring.script import read_script
from autograde.course import this_course
from autograde.hidden import all_questions
from autograde.notebook import grade_id
from checking.calls import call, call_case
from checking.examiner import examine
from helpers import stubs
from helpers.vectors import dictionary_to_vector, forward_propagation_n, gradients_to_vector, vector_to_dictionary

ASSIGNMENT = "gradient_checking"
ours = module_of(ASSIGNMENT)
NAMES = ["forward_propagation", "backward_propagation", "gradient_check", "gradient_check_n", "backward_propagation_n"]


def verdict_on(name, function, questions=None):
    """The grader's verdict on `function`, or, with other questions, that of those."""
    question = (questions or all_questions(ASSIGNMENT))[name]
    return examine(question, lambda case: call_case(function, case))


# The published figures


def test_cube_at_1(figures):
    published = figures["gradient_checking"]["cubic_at_1"]
    one_sided, two_sided = published["one_sided_eps_0.01"], published["two_sided_eps_0.01"]
    mistakes = {wrong.name: wrong.function for wrong in specs_in(ASSIGNMENT)["gradient_check"].mistakes}
    wrong = call(mistakes["one-sided difference"], (1, 1, 0.01), "helpers.stubs.CUBE")
    assert wrong.value == pytest.approx((one_sided - 3) / (one_sided + 3), rel=1e-9)
    outcome = call(solution(ASSIGNMENT)["gradient_check"], (1, 1, 0.01), "helpers.stubs.CUBE")
    assert outcome.value == pytest.approx((two_sided - 3) / (two_sided + 3), rel=1e-9)


def test_one_dimension(figures):
    published = figures["gradient_checking"]["one_dimensional"]
    difference = solution(ASSIGNMENT)["gradient_check"](published["x"], published["theta"])
    assert float(difference) == pytest.approx(published["difference"], rel=10.0 ** -published["digits"])


def test_planted_bugs(figures):
    published = figures["gradient_checking"]["n_dimensional_with_two_planted_bugs"]
    difference = solution(ASSIGNMENT)["gradient_check_n"](*ours.check_of(*ours.course_net(), dW2=2, db1=4))
    assert float(difference) == pytest.approx(published["difference"], rel=10.0 ** -published["digits"])


def test_repaired(figures):
    X, Y, parameters = ours.course_net()
    gradients = solution(ASSIGNMENT)["backward_propagation_n"](X, Y, forward_propagation_n(X, Y, parameters)[1])
    difference = solution(ASSIGNMENT)["gradient_check_n"](parameters, gradients, X, Y)
    assert 0 < difference < figures["gradient_checking"]["n_dimensional_fixed"]["difference_below"]


# Independent oracles


def independent_cost(X, Y, parameters, number=np.float64):
    """The cost, written anew and in any type of number: losses from the last Z, without a sigmoid."""
    A = X.astype(number)
    L = len(parameters) // 2
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = np.where(Z.real > 0, Z, 0)
    losses = np.log(1 + np.exp(-Z)) + (1 - Y) * Z
    return losses.sum() / Y.size


def complex_step_gradients(X, Y, parameters):
    """Exact slopes without any difference: the imaginary part of the cost at theta + ih."""
    gradients = {}
    for name, value in parameters.items():
        gradients[f"d{name}"] = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            moved = value.astype(complex)
            moved[place] += 1e-30j
            slope = independent_cost(X, Y, parameters | {name: moved}, complex).imag / 1e-30
            gradients[f"d{name}"][place] = slope
    return gradients


def relative_difference(a, b):
    a, b = (np.concatenate([array.ravel() for array in gradients.values()]) for gradients in (a, b))
    return float(np.sqrt(((a - b) ** 2).sum()) / (np.sqrt((a**2).sum()) + np.sqrt((b**2).sum())))


@pytest.mark.parametrize("layers", [(4, 1), (3, 5, 1), (2, 4, 3, 2, 1)])
def test_gradient_check_n_against_complex_step(layers):
    X, Y, parameters = ours.small_net(7, *layers, m=6)
    rng = np.random.default_rng(3)
    wrong = {
        name: grad + 0.05 * rng.normal(size=grad.shape) for name, grad in ours.right_gradients(X, Y, parameters).items()
    }
    expected = relative_difference(wrong, complex_step_gradients(X, Y, parameters))
    difference = solution(ASSIGNMENT)["gradient_check_n"](parameters, wrong, X, Y, 1e-6)
    assert expected > 0.01
    assert difference == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("epsilon", [0.3, 0.05])
def test_gradient_check_n_against_long_differences(epsilon):
    """At a large epsilon the check has to show the error of the two-sided difference, neither more nor less."""
    X, Y, parameters = ours.small_net(17, 3, 4, 1, m=5)
    parameters = {name: value.astype(np.longdouble) for name, value in parameters.items()}
    slopes = {}
    for name, value in parameters.items():
        slopes[f"d{name}"] = np.zeros(value.shape, np.longdouble)
        for place in np.ndindex(value.shape):
            costs = []
            for sign in (1, -1):
                moved = value.copy()
                moved[place] += sign * np.longdouble(epsilon)
                costs.append(independent_cost(X, Y, parameters | {name: moved}, np.longdouble))
            slopes[f"d{name}"][place] = (costs[0] - costs[1]) / (2 * np.longdouble(epsilon))
    parameters = {name: value.astype(float) for name, value in parameters.items()}
    gradients = ours.right_gradients(X, Y, parameters)
    difference = solution(ASSIGNMENT)["gradient_check_n"](parameters, gradients, X, Y, epsilon)
    assert difference > 1e-4
    assert difference == pytest.approx(relative_difference(gradients, slopes), rel=1e-8)


def test_repaired_gradients_against_tape():
    tf = pytest.importorskip("tensorflow")
    for X, Y, parameters in (ours.course_net(), ours.small_net(27, 6, 4, 3, 1, m=9)):
        variables = {name: tf.Variable(value, dtype=tf.float64) for name, value in parameters.items()}
        with tf.GradientTape() as tape:
            A = tf.constant(X)
            for l in (1, 2, 3):
                Z = variables[f"W{l}"] @ A + variables[f"b{l}"]
                A = tf.nn.relu(Z)
            labels = tf.constant(Y, dtype=tf.float64)
            cost = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=Z))
        gradients = solution(ASSIGNMENT)["backward_propagation_n"](X, Y, forward_propagation_n(X, Y, parameters)[1])
        for name, slope in tape.gradient(cost, variables).items():
            np.testing.assert_allclose(gradients[f"d{name}"], slope.numpy(), rtol=1e-10, atol=1e-12)


# The parameters as a vector


@pytest.mark.parametrize("layers", [(3, 1), (4, 5, 3, 1), (2, 3, 4, 5, 2, 1)])
def test_vector_and_back(layers):
    parameters = net_parameters(5, *layers)
    theta = dictionary_to_vector(parameters)
    assert theta.shape == (sum(value.size for value in parameters.values()), 1)
    for column in (theta, theta.ravel()):
        back = vector_to_dictionary(column, parameters)
        assert list(back) == list(parameters)
        for name, value in parameters.items():
            np.testing.assert_array_equal(back[name], value, strict=True)


def test_vector_goes_by_names_not_by_order():
    parameters = net_parameters(5, 3, 2, 1)
    shuffled = dict(sorted(parameters.items(), reverse=True))
    gradients = {f"d{name}": value for name, value in shuffled.items()} | {"dZ1": np.ones((2, 4)), "dA1": np.ones(3)}
    np.testing.assert_array_equal(dictionary_to_vector(shuffled), dictionary_to_vector(parameters))
    np.testing.assert_array_equal(gradients_to_vector(gradients), dictionary_to_vector(parameters))


def test_vector_shares_nothing_with_the_dict():
    parameters = net_parameters(5, 3, 2, 1)
    kept = {name: value.copy() for name, value in parameters.items()}
    theta = dictionary_to_vector(parameters)
    back = vector_to_dictionary(theta, parameters)
    before = theta.copy()
    back["W1"] += 1
    np.testing.assert_array_equal(theta, before)
    theta += 1
    for name, value in kept.items():
        np.testing.assert_array_equal(parameters[name], value)


def test_vector_of_wrong_length():
    with pytest.raises(ValueError, match="has 12 numbers, these shapes need 11"):
        vector_to_dictionary(np.zeros(12), net_parameters(5, 3, 2, 1))


@pytest.mark.parametrize("name", ["LINE", "CUBE", "CUBE_WITH_HALF_ITS_GRADIENT", "QUARTIC_WITH_A_WRONG_SIGN"])
def test_stubs_are_what_their_names_say(name):
    """By complex step: the gradient of a stand-in is right, half of what it should be, or wrong."""
    forward, backward = (getattr(stubs, name)[f] for f in ("forward_propagation", "backward_propagation"))
    for x, theta in [(2.0, 3.0), (-1.5, 0.75)]:
        slope = forward(x, theta + 1e-30j).imag / 1e-30
        share = {"LINE": 1, "CUBE": 1, "CUBE_WITH_HALF_ITS_GRADIENT": 0.5}.get(name)
        if share:
            assert backward(x, theta) == pytest.approx(share * slope)
        else:
            assert abs(backward(x, theta) - slope) > 0.1 * abs(slope)


# The questions


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "returned",
    [
        pytest.param(lambda *args: {}, id="empty dict"),
        pytest.param(lambda *args: None, id="None"),
        pytest.param(lambda *args: 0.0, id="zero"),
        pytest.param(lambda *args: args, id="all inputs"),
        pytest.param(lambda *args: args[-1], id="last input"),
        pytest.param(lambda *args: {f"d{k}{l}": np.zeros((1, 1)) for k in "Wb" for l in (1, 2, 3)}, id="dict of zeros"),
    ],
)
def test_what_is_no_answer(name, returned):
    assert verdict_on(name, returned).state in ("wrong", "partly", "unfilled")


def test_gradient_check_does_not_depend_on_the_students_pair():
    """Its own forward_propagation and backward_propagation may be wrong or missing; the check is judged on its own."""

    def missing(x, theta):
        raise NotImplementedError

    namespace = {"np": np, "forward_propagation": missing, "backward_propagation": missing}
    script = read_script(this_course().script(ASSIGNMENT))
    source = next(cell.source for cell in script.notebook.cells if grade_id(cell) == "gradient_check")
    exec(source, namespace)
    assert verdict_on("gradient_check", namespace["gradient_check"]).state == "right"
    assert namespace["forward_propagation"] is missing


# The release that students open


@pytest.fixture(scope="module")
def release():
    return nbformat.read(this_course().notebook(ASSIGNMENT), as_version=4)


def test_untouched_release_is_not_started(release):
    namespace = {}
    for cell in release.cells:
        if cell.cell_type == "code" and (grade_id(cell) == "setup" or grade_id(cell) in NAMES):
            exec(cell.source, namespace)
    for name in NAMES:
        assert verdict_on(name, namespace[name]).state == "unfilled"


def test_given_version_with_bugs(release, figures):
    """It is in the release, gives the published difference, and, handed in as it is, is recognised."""
    source = next(
        cell.source for cell in release.cells if cell.source.startswith("def backward_propagation_n_with_bugs")
    )
    namespace = {"np": np}
    exec(source, namespace)
    given = namespace["backward_propagation_n_with_bugs"]
    X, Y, parameters = ours.course_net()
    gradients = given(X, Y, forward_propagation_n(X, Y, parameters)[1])
    difference = solution(ASSIGNMENT)["gradient_check_n"](parameters, gradients, X, Y)
    published = figures["gradient_checking"]["n_dimensional_with_two_planted_bugs"]
    assert float(difference) == pytest.approx(published["difference"], rel=10.0 ** -published["digits"])
    verdict = verdict_on("backward_propagation_n", given)
    assert verdict.state == "wrong"
    assert verdict.score == 0
    assert verdict.mistake.name == "both planted bugs left in"


def test_cases_of_the_backward_pass_are_of_three_layers():
    """The signature unpacks a cache of 12 arrays, so no case may come with another number."""
    assert {len(case.args[2]) for case in all_questions(ASSIGNMENT)["backward_propagation_n"].cases} == {12}
