"""The numbers in the text of the assignments: each is held by an entry in `figures.toml`, or of a kind that needs none.

Whether the entries are true, tests/test_notebooks.py finds out, which executes the notebooks.
"""

import pytest
from figures import Figure, numbers_in, read_figures, unheld, untrue
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograde.authoring.script import read_script
from autograde.course import this_course


@pytest.mark.parametrize("assignment", this_course().assignments)
def test_every_number_of_the_text_is_held(assignment):
    script = this_course().script(assignment)
    assert unheld(read_script(script).notebook, read_figures(script.with_name("figures.toml"))) == []


@pytest.mark.parametrize("name", this_course().ungraded)
def test_every_number_of_a_text_without_points_is_held_if_it_has_a_table(name):
    """What these say follows by arithmetic, so nothing has to be executed for it."""
    table = this_course().script(name).with_name("figures.toml")
    if not table.exists():
        pytest.skip("numbers of this notebook are not claimed to be held")
    text, figures = read_script(this_course().script(name)).notebook, read_figures(table)
    assert unheld(text, figures) == []
    assert untrue(text, [figure for figure in figures if figure.says in joined(text)], {}) == []


def joined(text):
    return " ".join(" ".join(cell.source for cell in text.cells).split())


def notebook(*texts, code="", printed=""):
    """A section with these text cells, and a code cell that printed something."""
    outputs = [new_output("stream", text=printed)] if printed else []
    cells = [new_markdown_cell(text) for text in texts]
    return new_notebook(
        cells=[new_markdown_cell("## 3 · A section  (5 min)"), *cells, new_code_cell(code, outputs=outputs)]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cost falls from 0.883 to 0.066.", [0.883, 0.066]),
        ("**See.** After 15,000 steps it is $-1.45$, or 99.3 %.", [15000, -1.45, 99.3]),
        (r"about $2.9 \cdot 10^{-10}$, far below $10^{-3}$", [2.9e-10, 1e-3]),
        ("$0.9^{50}$ and 34 million", [0.9, 34]),
        ("## 7 · The race  (4 min)", []),
        ("`W1` has `25` rows; L2, float32, layers 1 and 2, section\n9 (He et al., 2015), 2-10-5-1 and 60 minutes", []),
        ("[He et al., 2015](https://arxiv.org/abs/1502.01852), 12 layers", [12]),
        ("**What if there are 12?** Take 25,\nor 30.\n\nThere are 14.", [14]),
        ("$$0.25 W^{[2]}$$ and $W^{[12]}_{34}$", []),
        ("Is it 12, 25 or 300? It is 25.", [25]),
        ("- 12 first\n- 14 then", [12, 14]),
        ("| A | 15 % | 0.5 % |", [15, 0.5]),
    ],
)
def test_which_numbers_a_text_has(text, expected):
    found = sorted(numbers_in(text), key=lambda number: number.start)
    assert [number.value for number in found] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It takes 40 steps of 0.5.", ["40 in"]),  # 0.5 is in the code
        ("The cost is 0.07, and 0.08 at the end.", ["0.08 in"]),
        ("It is 0 or 1, with $2 x$.", []),
        ("There are 3 of them.", ["3 in"]),
    ],
)
def test_a_number_that_nothing_holds_is_found(text, said):
    found = unheld(notebook(text, "A cost is 0.07.", code="x = 0.5"), [Figure("cost is 0.07")])
    assert [line.split(":")[0] for line in found] == said


def test_an_entry_whose_phrase_is_gone_is_found():
    assert unheld(notebook("No number."), [Figure("the cost is 0.07")]) == ["not in the text: the cost is 0.07"]


@pytest.mark.parametrize(
    ("figure", "is_true"),
    [
        (Figure("from 0.883 to 0.066", shown=["cost goes from # to # in"]), True),
        (Figure("from 0.883 to 0.066", shown=["to # in 14,900"], equals=["0.88334", "v[0]"]), True),
        (Figure("from 0.883 to 0.066", shown=["to # in 14,900"], equals=["0.884", "v[0]"]), False),
        (Figure("from 0.883 to 0.066", shown=["to # in 14,900"]), False),  # two numbers, of which one is shown
        (Figure("from 0.883 to 0.066", shown=["goes to # in"]), False),
        (Figure("right on 99 %", shown=["right on #%"]), False),  # 98.4
        (Figure("right on 99 %", shown=["right on #%"], holds="98 < v[0] < 99"), True),
        (Figure("right on 99 %", shown=["right on #%"], holds="v[0] > 99"), False),
        (Figure("right on 99 %", given=True), True),
        (Figure("right on 99 %", equals=["no_such_name"]), False),
        (Figure("about $10^{-7}$", equals=["2e-7"]), True),
        (Figure("about $10^{-7}$", equals=["2e-8"]), False),
        (Figure(r"is $2 \cdot 10^{-4}$", equals=["1.6e-4"]), True),
        (Figure(r"is $2 \cdot 10^{-4}$", equals=["1.4e-4"]), False),
    ],
)
def test_an_entry_is_compared_with_what_the_notebook_puts_out(figure, is_true):
    text = r"It falls from 0.883 to 0.066, and is right on 99 %, about $10^{-7}$; it is $2 \cdot 10^{-4}$."
    ran = notebook(text, printed="the cost goes from 0.883 to 0.0659\nin 14,900 steps; right on 98.4% of 300")
    assert (untrue(ran, [figure], {}) == []) is is_true


def test_two_places_with_different_numbers_are_ambiguous():
    ran = notebook("The cost is 0.07.", printed="cost 0.07, cost 0.08, price 0.07, price 0.07")
    assert "2 different numbers" in untrue(ran, [Figure("cost is 0.07", shown=["cost #"])], {})[0]
    assert untrue(ran, [Figure("cost is 0.07", shown=["price #"])], {}) == []
    assert "not in the outputs" in untrue(ran, [Figure("cost is 0.07", shown=["price #.07"])], {})[0]
